"""`deputy ledger show` and `deputy explain`: the record as people read it, without payloads."""

import json
import subprocess

import pytest


@pytest.fixture
def told(home, acme):
    """Calls of every verdict: permitted, refused by the provider, denied, without a connection, waiting."""
    pages = acme.ids["pages"]
    assert home.call("onboarding", home.tokens["alice"], "notion.get_page", {"page_id": pages["alice_onboarding"]})[0] == "done"
    home.call("onboarding", home.tokens["alice"], "notion.get_page", {"page_id": pages["bob_onboarding"]})
    worker = {"worker_id": acme.ids["workers"]["bob"]}
    home.call("onboarding", home.tokens["alice"], "rippling.get_worker", worker)
    home.call("onboarding", home.tokens["carol"], "notion.search", {"query": "a secret question"})
    mail = {"to": ["pat@stranger.example"], "subject": "a secret subject", "body": "a secret body"}
    assert home.call("email", home.tokens["bob"], "gmail.send", mail)[0] == "approval_required"
    return home


def show(home, *arguments):
    return home.run("ledger", "show", *arguments)["records"]


def test_records_are_found_by_agent_person_decision_effect_time_and_call(told):
    verdicts = lambda *arguments: [r["verdict"] for r in show(told, *arguments) if r["kind"] == "decision"]
    assert verdicts() == ["permit", "permit", "deny", "connect", "ask"]
    assert verdicts("--agent", "email") == ["ask"] == verdicts("--effect", "send") == verdicts("--decision", "ask")
    assert verdicts("--person", "carol") == ["connect"]
    calls = show(told, "--decision", "permit")
    assert [r["kind"] for r in calls] == ["decision", "intent", "outcome"] * 2
    one = calls[0]["call"]
    assert [r["index"] for r in show(told, "--call", one)] == [r["index"] for r in calls[:3]]
    everything = show(told, "--limit", "1000")
    assert [r["index"] for r in everything] == list(range(len(everything)))
    assert [r["index"] for r in show(told, "--limit", "2")] == [len(everything) - 2, len(everything) - 1]
    assert show(told, "--since", "1h", "--limit", "1000") == everything
    assert show(told, "--until", "1h") == []
    assert show(told, "--agent", "nobody") == []
    assert told.run("ledger", "show", "3")["index"] == 3
    assert show(told, "--tree", "system")[-1]["kind"] == "heartbeat"


@pytest.mark.parametrize(("arguments", "word"), [
    (("ledger", "show", "--decision", "permitt"), "permit"), (("ledger", "show", "--effect", "sned"), "send"),
    (("ledger", "show", "--since", "yesterday"), "12h"), (("ledger", "show", "99999"), "counted from 0"),
    (("ledger", "show", "--tree", "sistem"), "system"), (("explain", "call_none"), "ledger show"),
    (("explain", "0"), "ledger show 0"), (("explain", "99999"), "ledger show"),
])
def test_a_mistake_is_told_with_the_way_out(empty, arguments, word):
    result = empty.command(*arguments)
    assert result.returncode == 1
    assert word in json.loads(result.stdout)["error"]["hint"]


def test_the_table_tells_each_record_in_words_and_no_payload(told, deputy):
    result = deputy("ledger", "show", "--limit", "1000", "--home", told.path)
    assert result.returncode == 0, result.stderr
    for words in ("permitted notion.get_page", "denied rippling.get_worker (credential.subject)", "notion.get_page: done",
                  "wanted something first for notion.search", "asked before gmail.send", "person added alice"):
        assert words in result.stdout, words
    assert "secret" not in result.stdout
    outcome = next(line for line in result.stdout.splitlines() if "notion.get_page: done" in line)
    assert "onboarding" in outcome and "alice" in outcome


def test_explain_tells_of_a_call_that_was_made(told, deputy):
    permitted = show(told, "--decision", "permit")[0]
    answer = told.run("explain", permitted["call"])
    assert answer["decision"]["verdict"] == "permit" and answer["owner"] == "person:alice"
    assert answer["outcome"]["outcome"] == "done" and answer["findings"] == []
    assert told.run("explain", str(answer["outcome"]["index"])) == answer
    text = deputy("explain", permitted["call"], "--home", told.path).stdout
    assert "of person alice" in text and "no layer objected" in text and "notion.get_page (read)" in text
    denied = told.run("explain", show(told, "--decision", "deny")[0]["call"])
    assert denied["findings"][0]["layer_name"] == "credential" and "owner" not in denied and "intent" not in denied
    asked = told.run("explain", show(told, "--decision", "ask")[0]["call"])
    assert {finding["layer"] for finding in asked["findings"]} == {3, 8}


def test_explain_tells_who_agreed(told, acme, deputy):
    asked = show(told, "--decision", "ask")[0]
    dana = told.browser("dana")
    dana.approve(asked["approval"])
    sent = None
    while sent is None:
        sent = next((r for r in show(told, "--effect", "send") if r["kind"] == "outcome"), None)
    answer = told.run("explain", sent["call"])
    assert answer["decision"]["verdict"] == "permit" and answer["owner"] == "agent:email"
    assert answer["approval"][0]["call"] == asked["call"]
    assert [leaf["change"] for leaf in answer["approval"][1:2]] == ["approval.agreed"]
    text = deputy("explain", sent["call"], "--home", told.path).stdout
    assert "agreed by dana" in text and "dana@acme.test, of agent email" in text and "done" in text


def test_following_goes_on_with_what_is_recorded(told, deputy):
    size = len(show(told, "--limit", "1000"))
    child = subprocess.Popen(
        [deputy.path, "ledger", "show", "--follow", "--limit", "1", "--json", "--home", told.path], text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, env=deputy.environment)
    try:
        assert json.loads(child.stdout.readline())["index"] == size - 1
        told.run("people", "add", "erin", "--email", "erin@acme.test")
        line = json.loads(child.stdout.readline())
        assert line["index"] == size and line["person"] == "erin"
    finally:
        child.terminate()
        child.wait(10)
