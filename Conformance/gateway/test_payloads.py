"""Arguments and results: read by a role of its own alone, each time with a leaf first; and erased with proofs intact."""

import json
import pathlib
import subprocess
import sys

import pytest

VERIFY = pathlib.Path(__file__).parents[1] / "verifier/verify.py"
EVENT = {"summary": "the secret plan", "start": "2026-12-01T10:00:00Z", "end": "2026-12-01T11:00:00Z"}


def read(home, deputy, person, call, reason="an incident"):
    link = home.run("login", person)["link"]
    return deputy("ledger", "show", call, "--payload", "--reason", reason, "--json", "--home", home.path, input=link + "\n")


@pytest.fixture
def told(home):
    """Bob made an event, and Dana may read payloads. The call's id."""
    kind, result = home.call("email", home.tokens["bob"], "calendar.create_event", EVENT)
    assert kind == "done"
    home.run("people", "role", "dana", "payload_reader")
    return home, result["_meta"]["deputy/call"]


def test_a_reader_reads_and_a_leaf_says_so_first(told, deputy):
    home, call = told
    before = len(home.leaves())
    found = read(home, deputy, "dana", call)
    assert found.returncode == 0, found.stderr
    answer = json.loads(found.stdout)
    assert json.loads(answer["arguments"]["text"])["summary"] == "the secret plan"
    assert "the secret plan" in answer["result"]["text"]
    new = home.leaves()[before:]
    told_of = [leaf for leaf in new if leaf.get("change") == "payload.read"]
    assert [(leaf["by"], leaf["call"], leaf["reason"]) for leaf in told_of] == [("person:dana", call, "an incident")]
    assert not any("secret plan" in json.dumps(leaf) for leaf in home.leaves())
    assert home.run("people", "show", "dana")["roles"] == ["payload_reader"]


def test_nobody_else_reads_and_nothing_is_left_of_trying(told, deputy):
    home, call = told
    for person in ("alice", "bob", "carol"):
        refused = read(home, deputy, person, call)
        assert refused.returncode == 1 and "secret" not in refused.stdout + refused.stderr, person
    # The operator has the home and its socket, and no way to it: without a person's link there is nothing.
    for link in ("", "nonsense\n"):
        assert deputy("ledger", "show", call, "--payload", "--reason", "x", "--home", home.path, input=link).returncode == 1
    assert deputy("ledger", "show", call, "--payload", "--home", home.path, input="").returncode != 0
    for wrong in ("call_unknown", ""):
        assert read(home, deputy, "dana", wrong).returncode != 0
    for reason in ("  ", "x" * 201):
        assert read(home, deputy, "dana", call, reason).returncode == 1
    home.run("people", "role", "dana", "payload_reader", "--end")
    assert read(home, deputy, "dana", call).returncode == 1
    assert not [leaf for leaf in home.leaves() if leaf.get("change") == "payload.read"]


def test_the_page_is_for_readers(told):
    home, call = told
    dana, bob = home.browser("dana"), home.browser("bob")
    assert bob.send("GET", "/payloads")[0] == 404
    status, page = dana.send("GET", "/payloads")
    csrf = page.split('name="csrf" value="', 1)[1].split('"', 1)[0]
    assert status == 200
    assert dana.send("POST", "/payloads", {"csrf": "x", "call": call, "reason": "y"})[0] == 403
    status, page = dana.send("POST", "/payloads", {"csrf": csrf, "call": call, "reason": "an incident"})
    assert status == 200 and "the secret plan" in page
    status, page = dana.send("POST", "/payloads", {"csrf": csrf, "call": call, "reason": ""})
    assert status == 422 and "the secret plan" not in page


def test_what_was_read_is_what_the_ledger_commits_to_until_it_is_erased(told, deputy, tmp_path):
    home, call = told
    answer = json.loads(read(home, deputy, "dana", call).stdout)
    for refused in (("bob",), ("bob", "--yes"), ("nobody", "--yes")):
        assert home.command("people", "erase", *refused).returncode == 1
    home.run("people", "offboard", "bob")
    erased = home.run("people", "erase", "bob", "--yes")
    assert erased["calls"] >= 1
    gone = json.loads(read(home, deputy, "dana", call).stdout)
    assert gone["arguments"] is None and gone["result"] is None
    assert home.run("ledger", "verify")["intact"]
    home.stop()
    index = next(leaf["index"] for leaf in home.leaves() if leaf.get("call") == call)
    name = tmp_path / "proof"
    home.run("ledger", "prove", str(index), "--to", str(name))
    home.run("ledger", "export", str(tmp_path / "ledger"))

    def verify(*payloads):
        (tmp_path / "ledger/payloads.jsonl").write_text("".join(json.dumps(payload) + "\n" for payload in payloads))
        return subprocess.run([sys.executable, VERIFY, tmp_path / "ledger"], capture_output=True, text=True)

    assert verify().returncode == 0, verify().stderr
    proved = subprocess.run([sys.executable, VERIFY, tmp_path / "ledger", "--proof", f"{name}.tlog-proof", "--record", f"{name}.json"],
                            capture_output=True, text=True)
    assert proved.returncode == 0, proved.stderr
    # Somebody kept a copy: it is shown to be what it was, and to be there against the record of its erasure.
    kept = verify(answer["arguments"])
    assert kept.returncode == 3 and "erased" in kept.stderr
    altered = answer["arguments"] | {"text": answer["arguments"]["text"].replace("secret", "public")}
    assert "isn't the one" in verify(altered).stderr
