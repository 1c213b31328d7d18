"""An approved call and a process that dies at each point of its run: sent at most once, and told as it is."""

import contextlib
import time
import urllib.parse

import pytest

MAIL = {"to": ["pat@stranger.example"], "subject": "Meeting", "body": "Does Tuesday suit you?"}


def sent(home):
    return len([e for e in home.acme.journal() if e["call"] == "gmail.users.messages.send" and e["status"] == 200])


def prepare(empty, **environment):
    empty.populate().serve(**environment)
    empty.connect()
    token = empty.token("bob")
    kind, result = empty.call("email", token, "gmail.send", MAIL)
    assert kind == "approval_required"
    dana = empty.browser("dana")
    return token, result["structuredContent"]["error"]["approval"], dana


@pytest.mark.parametrize("point, after, count", [
    ("before-commit", "done", 1), ("before-effect", "unknown", 0), ("before-outcome", "unknown", 1), ("before-answer", "done", 1)])
def test_killed_at_each_point_it_is_sent_at_most_once(empty, wait_for_exit, point, after, count):
    token, approval, dana = prepare(empty, DEPUTY_KILL_AT=f"{point}:1")
    with contextlib.suppress(ConnectionError):  # the answer to her click may die with the gateway
        dana.approve(approval)
    assert wait_for_exit(empty) == -9
    empty.gateway = None
    empty.serve()
    # With a shared store until the lease of the one that died is over.
    deadline = time.time() + 40
    while (told := empty.call("email", token, "gmail.send", MAIL))[0] == "approval_running" and time.time() < deadline:
        time.sleep(0.1)
    kind, result = told
    assert (kind, sent(empty)) == (after, count), result
    empty.call("email", token, "gmail.send", MAIL)
    time.sleep(0.3)
    assert sent(empty) == count, "a repeat sends nothing"
    assert empty.run("ledger", "verify")["intact"]


def test_a_restart_between_each_state_loses_nothing(empty):
    token, approval, _ = prepare(empty)
    empty.stop()
    empty.serve()
    assert empty.call("email", token, "gmail.send", MAIL)[1]["structuredContent"]["error"]["approval"] == approval
    dana = empty.browser("dana")
    assert dana.approve(approval)[0] == 303
    for _ in range(100):
        if empty.run("approvals", "show", approval)["state"] == "answered":
            break
        time.sleep(0.05)
    empty.stop()
    empty.serve()
    dana.host = urllib.parse.urlsplit(empty.url).netloc
    assert dana.send("GET", "/approvals")[0] == 200, "the session is still there"
    kind, result = empty.call("email", token, "gmail.send", MAIL)
    assert kind == "done" and sent(empty) == 1
    empty.stop()
    empty.serve()
    assert empty.call("email", token, "gmail.send", MAIL)[0] == "approval_required", "handed out once"


def test_two_approvers_race_and_the_second_is_told_who_decided(empty):
    import threading
    empty.populate().serve()
    empty.connect()
    empty.run("agents", "add", "email2", "--acts-as", "claw", "--owner", "dana", "--users", "everyone", "--approver", "carol",
              "--slot", "gmail:agent", "--tool", "gmail.*")
    empty.run("connections", "add", "gmail", "--agent", "email2", "--shared-with-owner", secret=empty.acme.tokens["gmail"]["dana"])
    token = empty.token("bob", "email2")
    for round in range(5):
        kind, result = empty.call("email2", token, "gmail.send", MAIL | {"subject": f"Race {round}"})
        approval = result["structuredContent"]["error"]["approval"]
        looked = []
        for person in ("dana", "carol"):
            browser = empty.browser(person)
            looked.append((browser, browser.look(approval)))
        answers = []
        threads = [threading.Thread(target=lambda b=b, f=f: answers.append(b.approve(approval, f))) for b, f in looked]
        [thread.start() for thread in threads]
        [thread.join() for thread in threads]
        assert sorted(status for status, _ in answers) == [303, 409]
        assert "decided already" in next(page for status, page in answers if status == 409)
    time.sleep(0.5)
    assert sent(empty) == 5
