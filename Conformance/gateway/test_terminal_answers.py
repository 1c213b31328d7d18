"""Approvals answered in a terminal: by the person themself, with their own one-time link, and by nobody else."""

import subprocess
import time

import pytest
from terminal import converse

MAIL = {"to": ["pat@stranger.example"], "subject": "Meet\u202eing", "body": "Does Tuesday suit you?"}


@pytest.fixture
def waiting(home):
    """A mail that Bob asked for, which waits for Dana."""
    _, result = home.call("email", home.tokens["bob"], "gmail.send", MAIL)
    home.approval = result["structuredContent"]["error"]["approval"]
    return home


def link(home, person):
    return home.run("login", person)["link"]


def answer(deputy, *words, link=""):
    return subprocess.run([deputy.path, "approvals", *words], input=link + "\n", capture_output=True, text=True,
                          timeout=60, env=deputy.environment)


def sent(acme):
    return [entry for entry in acme.journal() if entry["call"].endswith("messages.send")]


def at_a_terminal(deputy, words, link, last):
    """What a person sees who pastes the link and types the last word."""
    typing = [(b"sign-in link:", link), (b"Type yes:", last)]

    def react(seen):
        return typing.pop(0)[1] if typing and typing[0][0] in seen else None

    return converse([deputy.path, "approvals", *words], deputy.environment, react, seconds=30)


def wait_for(found, seconds=60):
    deadline = time.time() + seconds
    while not found() and time.time() < deadline:
        time.sleep(0.05)
    return found()


def test_dana_sees_the_call_and_agrees(waiting, acme, deputy):
    code, seen = at_a_terminal(deputy, ["approve", waiting.approval], link(waiting, "dana"), "yes")
    assert code == 0, seen
    assert "pat@stranger.example (OUTSIDE the organization)" in seen and "Does Tuesday suit you?" in seen
    assert seen.index("goes to") < seen.index("What is sent")
    assert "\u202e" not in seen
    assert wait_for(lambda: sent(acme)) and [entry["owner"] for entry in sent(acme)] == ["dana"]
    assert waiting.call("email", waiting.tokens["bob"], "gmail.send", MAIL)[0] == "done"
    agreed = [leaf for leaf in waiting.leaves() if leaf.get("by") == "person:dana" or leaf.get("person") == "dana"]
    assert agreed, "the ledger says whose answer it was"
    again = answer(deputy, "approve", waiting.approval, "--yes", link=link(waiting, "dana"))
    assert again.returncode == 1 and "waits for no answer of yours" in again.stderr
    assert len(sent(acme)) == 1


def test_without_a_typed_yes_nothing_happens(waiting, acme, deputy):
    code, seen = at_a_terminal(deputy, ["approve", waiting.approval], link(waiting, "dana"), "y")
    assert code == 1 and "nothing was done" in seen
    assert waiting.run("approvals", "show", waiting.approval)["state"] == "waiting"
    piped = answer(deputy, "approve", waiting.approval, link=link(waiting, "dana"))
    assert piped.returncode == 1 and "--yes" in piped.stderr
    assert sent(acme) == []


def test_nobody_else_answers(waiting, acme, deputy):
    for person in ("alice", "bob"):
        result = answer(deputy, "approve", waiting.approval, "--yes", link=link(waiting, person))
        assert result.returncode == 1 and "nothing here for you" in result.stderr, result.stderr
    used = link(waiting, "dana")
    denied = answer(deputy, "deny", waiting.approval, "--reason", "ask Pat yourself", link=used)
    assert denied.returncode == 0, denied.stderr
    for bad in (used, "", "not a link", "http://deputy.example/login/abc", waiting.tokens["bob"]):
        result = answer(deputy, "approve", waiting.approval, "--yes", link=bad)
        assert result.returncode == 1 and "hint" in result.stderr, bad
    _, result = waiting.call("email", waiting.tokens["bob"], "gmail.send", MAIL)
    assert "ask Pat yourself" in str(result)
    assert sent(acme) == []
    assert waiting.command("approvals", "list").returncode == 0
