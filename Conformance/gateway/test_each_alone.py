"""What is wrong with one person, channel or directory stops nobody else."""

import json
import re
import time
import urllib.request

import pytest
from test_memory import say_on_page
from test_slack_talk import MAIL, Slack, bind
from waiting import until


@pytest.fixture
def talking(empty, tmp_path):
    def begin(*arguments, **bindings):
        empty.populate().serve()
        empty.connect()
        empty.run("models", "add", "default", "--speaks", "offline")
        bind(empty, tmp_path, **bindings)
        return Slack(empty, next(iter(bindings)), *arguments)

    return begin


@pytest.mark.parametrize("gateway", ["running", "stopped"])
def test_who_is_erased_while_something_waits_for_them_stops_nobody(talking, empty, gateway):
    slack = talking(email="email")
    slack.link("bob")
    said = slack.say("bob", MAIL)
    slack.wait(said["channel"], "agreement of dana")
    port = int(empty.url.rsplit(":", 1)[1])
    if gateway == "stopped":
        empty.stop()
    for arguments in (("people", "offboard", "bob"), ("people", "erase", "bob", "--yes")):
        done = empty.command(*arguments)
        assert done.returncode == 0, done.stderr
    if gateway == "stopped":
        empty.serve(port)
    alice = empty.browser("alice")
    say_on_page(alice, "onboarding", "hi", "Write each call", seconds=60)
    until(lambda: empty.sql("SELECT id FROM turns WHERE state = 'parked'") == [], seconds=60)
    assert empty.run("ledger", "verify")


def test_a_paused_account_keeps_its_answers(talking, empty):
    slack = talking(email="email")
    slack.link("bob")
    said = slack.say("bob", MAIL)
    slack.wait(said["channel"], "agreement of dana")
    sent = len([leaf for leaf in empty.leaves() if leaf.get("change") == "message.sending"])
    empty.run("channels", "pause", "slack", "email")
    empty.sql("UPDATE outbox SET state = 'waiting', attempts = 0, parts = 0, not_before = 0")
    time.sleep(4)
    assert {tuple(row) for row in empty.sql("SELECT state, attempts FROM outbox")} == {("waiting", 0)}
    assert len([leaf for leaf in empty.leaves() if leaf.get("change") == "message.sending"]) == sent
    empty.run("channels", "resume", "slack", "email")
    until(lambda: {row[0] for row in empty.sql("SELECT state FROM outbox")} == {"delivered"})


def test_a_slow_directory_holds_up_who_it_is_asked_about_alone(talking, empty):
    slack = talking("link", "--match-directory", onboarding="onboarding")
    bob = empty.browser("bob")
    empty.acme.ask("POST", "/delay", {"service": "slack", "milliseconds": 8000})
    slack.say("alice", "hello")
    time.sleep(1)
    began = time.time()
    say_on_page(bob, "onboarding", "hi", "Write each call", seconds=60)
    assert time.time() - began < 6


def test_a_long_answer_goes_on_at_the_part_that_slack_put_off(talking, empty):
    slack = talking(product="product")
    empty.run("agents", "edit", "product", "--tool", "group:memory")
    slack.link("alice")
    told = slack.say("alice", '/call memory.remember {"text": "' + "word " * 700 + '"}')
    slack.wait(told["channel"], "memory.remember")

    def posts():
        return [e for e in empty.acme.journal() if e["call"] == "slack.chat.postMessage" and e["owner"] == slack.name]

    before = len(posts())
    empty.acme.ask("POST", "/delay", {"service": "slack", "milliseconds": 1500})
    slack.say("alice", "\n".join('/call memory.search {"query": "word"}' for _ in range(12)))
    until(lambda: len(posts()) > before, seconds=60)
    empty.acme.ask(
        "POST", "/faults",
        {"service": "slack", "status": 429, "count": 1, "retry_after": 1, "operation": "slack.chat.postMessage"})
    until(lambda: [row[0] for row in empty.sql("SELECT state FROM outbox ORDER BY created")][-1] == "delivered", 60)
    after = posts()[before:]
    assert [e["status"] for e in after].count(429) == 1 and len([e for e in after if e["status"] == 200]) >= 2
    assert empty.sql("SELECT parts FROM outbox ORDER BY created")[-1][0] == len([e for e in after if e["status"] == 200])


def test_while_slack_takes_nothing_it_isnt_asked_for_anybody(talking, empty):
    slack = talking("guest", email="email")

    def posts():
        return [e["status"] for e in empty.acme.journal() if e["call"] == "slack.chat.postMessage" and e["owner"] == slack.name]

    empty.acme.ask("POST", "/faults", {
        "service": "slack", "status": 429, "count": 1, "retry_after": 6, "operation": "slack.chat.postMessage"})
    slack.say("alice", "hello")
    until(lambda: posts() == [429])
    began = time.time()
    said = slack.say("bob", "hello")
    time.sleep(2)
    assert posts() == [429], "what Slack said is for Bob's conversation too"
    slack.wait(said["channel"], "Write each call")
    assert time.time() - began > 4
    until(lambda: posts() == [429, 200, 200])


def test_who_floods_an_account_is_counted_and_holds_up_nobody(talking, empty):
    slack = talking("link", "--match-directory", onboarding="onboarding")
    slack.link("bob")
    empty.acme.ask("POST", "/delay", {"service": "slack", "milliseconds": 8000})
    for number in range(204):
        slack.say("alice", f"hello {number}")
    rows = empty.sql("SELECT COUNT(*) FROM inbox WHERE state = 'waiting'")[0][0]
    assert rows == 200, "as many of one sender's wait, and no more"
    slack.say("bob", "hi")
    until(lambda: empty.sql("SELECT COUNT(*) FROM turns WHERE person = 'bob'")[0][0] == 1)
    family = next(f for f in empty.run("status")["metrics"] if f["name"] == "deputy_channel_refusals_total")
    assert {s["labels"]["reason"]: s["value"] for s in family["samples"] if s["labels"]["channel"] == "slack"} == {"flood": 4}
    assert any("4 flood" in f["message"] for f in empty.run("doctor")["findings"])


def test_who_floods_an_account_is_told_so_alone_and_once(talking, empty):
    slack = talking(onboarding="onboarding")
    slack.link("alice")
    empty.run("connections", "add", "openai", "--organization", secret=empty.acme.tokens["openai"]["acme"])
    empty.run("models", "add", "default", "--speaks", "openai-chat", "--model", "gpt-acme-1", "--key", "openai:organization")
    empty.acme.ask("POST", "/delay", {"service": "openai", "milliseconds": 600_000})
    said = slack.say("alice", "first")
    until(lambda: empty.sql("SELECT COUNT(*) FROM turns")[0][0] == 1)
    for number in range(202):
        slack.say("alice", f"hello {number}")
    assert len(slack.wait(said["channel"], "more than I can take at once")) == 1
    slack.say("alice", "and more")
    until(lambda: any("3 flood" in finding["message"] for finding in empty.run("doctor")["findings"]))
    assert len(slack.wait(said["channel"], "more than I can take at once")) == 1
    assert len(empty.sql("SELECT sender FROM flood_notices")) == 1


def stream(browser, path):
    """The events of a conversation's page, as a browser reads them."""
    request = urllib.request.Request(f"http://{browser.host}{path}", headers={"Cookie": browser.cookie})
    return urllib.request.urlopen(request, timeout=60)


@pytest.mark.parametrize("end", ["suspend", "sign-out"])
def test_who_may_read_no_more_reads_no_more(empty, end):
    empty.populate().serve()
    empty.connect()
    empty.run("models", "add", "default", "--speaks", "offline")
    alice = empty.browser("alice")
    say_on_page(alice, "onboarding", "hi", "Write each call")
    reading = stream(alice, "/chats/onboarding.talk/events")
    assert reading.readline() == b": here\n"
    if end == "suspend":
        empty.run("people", "suspend", "alice")
    else:
        _, page = alice.send("GET", "/chats/onboarding.talk")
        token = re.search(r'name="csrf" value="([^"]+)"', page).group(1)
        assert alice.send("POST", "/logout", {"csrf": token})[0] in (200, 303)
    began = time.time()
    reading.read()
    assert time.time() - began < 10, json.dumps({"seconds": time.time() - began})
