"""The vault under attack: somebody writes to the database by hand, puts old files back, or takes the wrong key."""

import json
import os
import pathlib
import re
import shutil
import threading
import time

import pytest
import verify

SEARCH = {"query": "q4"}


def row_of(home, owner, provider="notion"):
    return dict(zip(
        ("id", "generation", "sealed", "health", "owner", "account", "issuer", "fingerprint"),
        home.sql("SELECT id, generation, sealed, health, owner, account, issuer, fingerprint FROM connections "
                 "WHERE owner = $1 AND provider = $2", owner, provider)[0]))


def put(home, row):
    names = [name for name in row if name != "id"]
    home.sql(f"UPDATE connections SET {', '.join(f'{name} = ${number}' for number, name in enumerate(names, 1))} "
             f"WHERE id = ${len(names) + 1}", *[row[name] for name in names], row["id"])


def verdict(home):
    result = home.command("keys", "verify")
    return result.returncode, [line.split('"')[3] for line in result.stdout.splitlines() if '"code"' in line]


def broken(home, seconds=60):
    """What the comparison took out of use, which runs once behind the start."""
    deadline = time.time() + seconds
    while time.time() < deadline:
        found = [(leaf["connection"], leaf["by"], leaf["because"])
                 for leaf in home.leaves() if leaf.get("change") == "connection.broken"]
        if found:
            return found
        time.sleep(0.05)
    return []


def test_each_attack_has_a_name_of_its_own(home, deputy, tmp_path):
    assert home.call("onboarding", home.tokens["alice"], "notion.search", SEARCH)[0] == "done"
    home.stop()
    assert verdict(home) == (0, [])
    alice, bob = row_of(home, "alice"), row_of(home, "bob")
    flipped = bytearray(alice["sealed"])
    flipped[-1] ^= 1
    renamed = bytearray(alice["sealed"])
    renamed[5] ^= 1
    for change, code in (
        ({"sealed": bob["sealed"]}, "misplaced"),
        ({"sealed": bob["sealed"], "fingerprint": bob["fingerprint"]}, "rewritten"),
        ({"account": bob["account"]}, "rewritten"),
        ({"issuer": "https://id.evil.test"}, "misplaced"),
        ({"owner": "carol"}, "rewritten"),
        ({"generation": 0}, "rolled_back"),
        ({"sealed": alice["sealed"][:-9]}, "truncated"),
        ({"sealed": b""}, "truncated"),
        ({"sealed": bytes(flipped)}, "not_authentic"),
        ({"sealed": bytes(renamed)}, "unknown_key"),
    ):
        put(home, alice | change)
        assert verdict(home) == (3, [code]), change
        doctor = home.command("doctor")
        assert doctor.returncode == 3 and alice["id"] in doctor.stdout
        put(home, alice)
    assert verdict(home) == (0, [])
    home.sql("DELETE FROM connections WHERE id = $1", alice["id"])
    assert verdict(home) == (3, ["missing"])


def test_nothing_is_sent_with_a_seal_that_was_moved_or_put_back(home, acme):
    home.run("connections", "revoke", row_of(home, "bob", "slack")["id"])
    home.stop()
    alice, bob = row_of(home, "alice"), row_of(home, "bob")
    put(home, alice | {"sealed": bob["sealed"], "fingerprint": bob["fingerprint"]})
    seen = len(acme.journal())
    home.serve()
    kind, result = home.call("onboarding", home.tokens["alice"], "notion.search", SEARCH)
    assert kind != "done", result
    assert home.call("onboarding", home.tokens["bob"], "notion.search", SEARCH)[0] == "done"
    entries = acme.journal()[seen:]
    assert {entry["owner"] for entry in entries} == {"bob"}, entries
    # The comparison at the start took it out of use, and says so in the ledger.
    assert broken(home) == [(alice["id"], "vault", "rewritten")]


def test_a_revoked_connection_that_is_put_back_is_taken_out_of_use(home, acme):
    before = row_of(home, "alice")
    home.run("connections", "revoke", before["id"])
    home.stop()
    put(home, before)
    assert verdict(home) == (3, ["revived"])
    home.serve()
    assert broken(home) == [(before["id"], "vault", "revived")]
    seen = len(acme.journal())
    assert home.call("onboarding", home.tokens["alice"], "notion.search", SEARCH)[0] == "connection_required"
    assert acme.journal()[seen:] == []


def test_a_shredded_secret_is_in_no_file(home):
    sealed = row_of(home, "alice")["sealed"]

    def places():
        return [path.name for path in home.files if sealed in path.read_bytes()]

    assert places(), "the search finds what is there"
    home.run("connections", "revoke", row_of(home, "alice")["id"])
    assert sealed not in [row[0] for row in home.sql("SELECT sealed FROM connections")]
    if home.database:
        # A plain VACUUM leaves it in the free part of a page.
        home.sql("VACUUM FULL connections")
    assert places() == []


def test_row_18_the_wrong_key_and_an_older_key_file_are_named(home, deputy, tmp_path):
    keys = pathlib.Path(home.path) / "keys/vault.key"
    old = keys.read_text()
    home.run("keys", "rotate")
    active = next(key["id"] for key in home.run("keys", "list")["keys"] if key["state"] == "active")
    home.stop()
    new = keys.read_text()
    keys.write_text(old)
    result = home.command("doctor")
    assert result.returncode == 2 and active in result.stdout, result.stdout
    other = str(tmp_path / "other")
    assert deputy("init", "other", "--domain", "other.test", "--home", other).returncode == 0
    shutil.copy(other + "/keys/vault.key", keys)
    result = home.command("doctor")
    assert result.returncode == 2 and active in result.stdout and "put back the key file" in result.stdout
    keys.unlink()
    assert home.command("doctor").returncode == 2
    keys.touch(0o600)
    keys.write_text(new)
    assert home.command("doctor").returncode == 0


def test_row_18_an_older_copy_of_the_database_is_noticed(home):
    home.stop()
    copy = home.copy()
    home.serve()
    home.run("people", "suspend", "bob")
    home.stop()
    home.put_back(copy)
    result = home.command("people", "list")
    assert result.returncode == 2 and "older copy" in result.stdout and "deputy restore" in result.stdout


def test_row_18_an_older_copy_that_went_another_way_is_noticed(home):
    home.stop()
    copy, mark = home.copy(), pathlib.Path(home.path) / "keys/ledger.mark"
    home.run("people", "suspend", "bob")
    signed = mark.read_bytes()
    home.put_back(copy)
    mark.unlink()
    for number in range(6):
        home.run("people", "add", f"new{number}", "--email", f"new{number}@acme.test")
    mark.write_bytes(signed)
    # Every signature holds, and it is longer: it was signed with the key of the home.
    assert home.run("ledger", "verify")["intact"]
    for _ in range(2):
        refused = home.command("serve", "--port", "0")
        assert refused.returncode == 3 and "isn't the one that was signed here" in refused.stdout + refused.stderr
    doctor = home.command("doctor")
    assert doctor.returncode == 3 and "isn't the one that was signed here" in doctor.stdout
    home.put_back(copy)
    assert home.command("people", "list").returncode == 2, "the mark stayed what was signed here"


def test_keys_change_while_agents_work(home, acme):
    stop, kinds = threading.Event(), []

    def work():
        while not stop.is_set():
            kinds.append(home.call("onboarding", home.tokens["alice"], "notion.search", SEARCH)[0])

    seen = len(acme.journal())
    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    first = home.run("keys", "rotate")
    second = home.run("keys", "rotate")
    stop.set()
    for worker in workers:
        worker.join()
    assert first["rows"] > 8 and second["rows"] >= first["rows"] and first["refused"] == second["refused"] == []
    assert set(kinds) == {"done"}
    assert {entry["owner"] for entry in acme.journal()[seen:]} == {"alice"}
    refused = home.command("keys", "retire", home.run("keys", "list")["keys"][0]["id"])
    assert refused.returncode == 1 and "calls that began before" in refused.stdout
    home.stop()
    refused = home.command("keys", "retire", home.run("keys", "list")["keys"][0]["id"])
    assert refused.returncode == 1 and "minutes" in refused.stdout, "a restart doesn't shorten the wait"
    keys = pathlib.Path(home.path) / "keys/vault.key"
    os.utime(keys, (time.time() - 901,) * 2)
    home.run("keys", "reseal")
    old, middle, new = home.run("keys", "list")["keys"]
    assert (old["rows"], middle["rows"], new["state"]) == (0, 0, "active")
    home.run("keys", "retire", old["id"])
    os.utime(keys, (time.time() - 901,) * 2)
    home.run("keys", "retire", middle["id"])
    assert home.command("keys", "retire", new["id"]).returncode == 1
    home.serve()
    assert home.call("onboarding", home.tokens["alice"], "notion.search", SEARCH)[0] == "done"
    assert home.run("ledger", "verify")["intact"] and verdict(home) == (0, [])
    changes = [leaf["change"] for leaf in home.leaves("system") if leaf.get("change", "").startswith("keys.")]
    assert changes[:3] == ["keys.rotating", "keys.rotated", "keys.resealed"] and changes.count("keys.retired") == 2


@pytest.mark.parametrize("point", ["key-rotated", "rows-resealed"])
def test_a_killed_rotation_is_taken_up(home, wait_for_exit, point):
    assert home.call("onboarding", home.tokens["alice"], "notion.search", SEARCH)[0] == "done"
    port = int(re.search(r":(\d+)$", home.url).group(1))
    home.stop()
    home.serve(port, DEPUTY_KILL_AT=f"{point}:1")
    assert home.command("keys", "rotate").returncode != 0
    assert wait_for_exit(home) == -9
    home.serve(port)
    assert home.call("onboarding", home.tokens["alice"], "notion.search", SEARCH)[0] == "done"
    old, new = home.run("keys", "list")["keys"]
    assert old["state"] == "decrypt-only" and old["rows"] > 0
    assert "sealed with an older key" in home.command("doctor").stdout
    assert home.run("keys", "reseal")["rows"] == old["rows"]
    assert [key["rows"] > 0 for key in home.run("keys", "list")["keys"]] == [False, True]
    assert home.call("onboarding", home.tokens["alice"], "notion.search", SEARCH)[0] == "done"


def leaf(home, index):
    return home.sql("SELECT record FROM leaves WHERE tree = 'organization/acme' AND idx = $1", index)[0][0]


def rewrite(home, index, record):
    home.sql("UPDATE leaves SET record = $1 WHERE tree = 'organization/acme' AND idx = $2", record, index)


@pytest.mark.parametrize("change", [
    lambda home, index, record: rewrite(home, index, record.replace(b"connection.revoked", b"connection.rewoked")),
    lambda home, index, record: home.sql("DELETE FROM leaves WHERE tree = 'organization/acme' AND idx = $1", index),
    lambda home, index, record: rewrite(home, 3, b" " + leaf(home, 3)),
], ids=["rewritten", "deleted", "a space before another"])
def test_whoever_alters_the_ledger_too_gets_no_further(home, change):
    before = row_of(home, "alice")
    home.run("connections", "revoke", before["id"])
    home.stop()
    put(home, before)
    index = next(leaf["index"] for leaf in home.leaves() if leaf.get("change") == "connection.revoked")
    change(home, index, leaf(home, index))
    assert verdict(home) == (3, ["ledger_altered"])
    assert home.command("serve", "--port", "0").returncode == 3, "a gateway whose ledger doesn't verify ends"


def append(home, fields):
    """Appends a well-formed record to the organization's tree, as somebody does who knows all but the key."""
    tree = "organization/acme"
    size, edge, last, at = home.sql("SELECT size, edge, last_hash, last_time FROM trees WHERE tree = $1", tree)[0]
    record = json.dumps({"index": size, "previous": last.hex(), "kind": "authority", "time": at} | fields,
                        separators=(",", ":")).encode()
    merkle = verify.Tree()
    merkle.size, merkle.edge = size, [edge[start:start + 32] for start in range(0, len(edge), 32)]
    digest = verify.leaf_hash(record)
    merkle.append(digest)
    home.sql("INSERT INTO leaves (tree, idx, record, hash) VALUES ($1, $2, $3, $4)", tree, size, record, digest)
    home.sql("UPDATE trees SET size = $1, edge = $2, last_hash = $3 WHERE tree = $4",
             merkle.size, b"".join(merkle.edge), digest, tree)


def test_a_record_that_was_never_signed_gives_nothing(home):
    """Somebody revives a connection, and writes a record for it behind the last signature."""
    before, bob = row_of(home, "alice"), row_of(home, "bob")
    home.run("connections", "revoke", before["id"])
    home.stop()
    forged = before | {"id": "con_" + "0" * 30}
    home.sql("UPDATE connections SET id = $1 WHERE id = $2", forged["id"], before["id"])
    put(home, forged)
    append(home, {"change": "connection.added", "by": "operator:0", "connection": forged["id"], "owner": "person:alice",
                  "provider": "notion", "account": before["account"], "generation": 1,
                  "fingerprint": before["fingerprint"]})
    home.serve()
    assert broken(home)[0] == (forged["id"], "vault", "unsigned")
    assert home.call("onboarding", home.tokens["alice"], "notion.search", SEARCH)[0] == "connection_required"
    assert home.call("onboarding", home.tokens["bob"], "notion.search", SEARCH)[0] == "done"
    assert row_of(home, "bob")["health"] == bob["health"] == "healthy"


def test_an_account_that_was_just_connected_outlives_a_crash(home, acme):
    home.run("connections", "revoke", row_of(home, "alice")["id"])
    home.run("connections", "add", "notion", "--person", "alice", secret=acme.tokens["notion"]["alice"])
    home.gateway.kill()
    home.gateway.wait()
    home.serve()
    assert home.call("onboarding", home.tokens["alice"], "notion.search", SEARCH)[0] == "done"
    assert broken(home, seconds=1) == []
