"""An approved call and a process that dies at each point of its run: sent at most once, and told as it is."""

import contextlib
import json
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
    deadline = time.time() + 90
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
    for _ in range(1000):
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


INSIDE = MAIL | {"to": ["alice@acme.test"]}


def again(home, browser):
    """The gateway stops and another begins; the person's session goes on."""
    home.stop()
    home.serve()
    browser.host = urllib.parse.urlsplit(home.url).netloc


def state(home, approval):
    return home.run("approvals", "show", approval)["state"]


def settled(home, token, arguments):
    deadline = time.time() + 60
    while (told := home.call("email", token, "gmail.send", arguments))[0] == "approval_running" and time.time() < deadline:
        time.sleep(0.05)
    return told


def test_a_denial_outlives_a_restart_and_is_told(empty):
    token, approval, dana = prepare(empty)
    assert dana.answer(approval, "deny", reason="ask Pat yourself")[0] == 303
    again(empty, dana)
    assert state(empty, approval) == "denied"
    kind, result = empty.call("email", token, "gmail.send", MAIL)
    assert kind == "approval_denied" and "ask Pat yourself" in str(result)
    csrf = dana.send("GET", "/connections")[1].split('name="csrf" value="')[1].split('"')[0]
    fields = {"csrf": csrf, "shown": empty.run("approvals", "show", approval)["digest"]}
    status, page = dana.send("POST", f"/approvals/{approval}/approve", fields)
    assert status == 409 and "decided already" in page
    assert sent(empty) == 0


def test_a_call_that_was_changed_outlives_a_restart_as_it_was_changed(empty):
    token, approval, dana = prepare(empty)
    assert dana.answer(approval, "edit", arguments=json.dumps(INSIDE))[0] == 303
    again(empty, dana)
    assert state(empty, approval) == "replaced"
    kind, result = settled(empty, token, MAIL)
    assert kind == "done" and "dana changed the arguments" in result["content"][0]["text"]
    again(empty, dana)
    assert state(empty, approval) == "replaced" and sent(empty) == 1
    assert empty.call("email", token, "gmail.send", MAIL)[0] == "approval_required", "handed out once"


def test_what_expired_while_no_gateway_ran_is_over_at_the_start(empty):
    token, approval, dana = prepare(empty)
    empty.stop()
    [(record,)] = empty.sql("SELECT record FROM approvals WHERE id = $1", approval)
    record = json.loads(record)
    record["expires"] = record["created"] + 1
    empty.sql("UPDATE approvals SET record = $1 WHERE id = $2", json.dumps(record), approval)
    empty.serve()
    dana.host = urllib.parse.urlsplit(empty.url).netloc
    deadline = time.time() + 60
    while state(empty, approval) == "waiting" and time.time() < deadline:
        time.sleep(0.05)
    assert state(empty, approval) == "expired"
    assert "obody answered in time" in dana.send("GET", f"/approvals/{approval}")[1]
    again(empty, dana)
    assert state(empty, approval) == "expired"
    kind, result = empty.call("email", token, "gmail.send", MAIL)
    assert kind == "approval_required" and result["structuredContent"]["error"]["approval"] != approval
    assert sent(empty) == 0


def test_an_open_window_outlives_a_restart_and_a_closed_one_stays_closed(empty):
    token, _, dana = prepare(empty)
    kind, result = empty.call("email", token, "gmail.send", INSIDE)
    assert kind == "approval_required"
    approval = result["structuredContent"]["error"]["approval"]
    assert dana.approve(approval, window="arguments")[0] == 303
    assert settled(empty, token, INSIDE)[0] == "done"
    again(empty, dana)
    assert empty.call("email", token, "gmail.send", INSIDE)[0] == "done", "within the window nobody is asked"
    assert empty.call("email", token, "gmail.send", INSIDE | {"subject": "Another"})[0] == "approval_required"
    page = dana.send("GET", "/approvals")[1]
    window = page.split('action="/windows/')[1].split('"')[0]
    csrf = page.split('name="csrf" value="')[1].split('"')[0]
    assert dana.send("POST", f"/windows/{window}", {"csrf": csrf})[0] == 303
    again(empty, dana)
    assert empty.call("email", token, "gmail.send", INSIDE)[0] == "approval_required"
    assert sent(empty) == 2


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
