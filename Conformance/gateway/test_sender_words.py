"""What a guest wrote and was told is destroyed on an administrator's word, with what came of it, and every proof still holds."""

import json
import re
import time

import pytest
from test_slack_cards import MAIL, Post, sent
from test_slack_talk import Slack, bind

EVENT = '/call calendar.create_event {"summary": "Lunch", "start": "2027-01-04T10:00:00Z", "end": "2027-01-04T11:00:00Z"}'


@pytest.fixture
def slack(home, tmp_path):
    home.run("models", "add", "default", "--speaks", "offline")
    bind(home, tmp_path, email="email")
    return Slack(home, "email", "guest")


def words(home):
    """How many messages and answers can still be opened."""
    return [home.sql(f"SELECT COUNT(*) FROM {table} JOIN payloads ON payloads.id = {table}.id || '/message'")[0][0]
            for table in ("inbox", "outbox")]


def erase(home, sender):
    return home.run("senders", "erase", sender, "--yes")


def test_a_guests_words_are_destroyed_and_nobody_elses(home, slack):
    sender = f"slack:{slack.app['team']}/{home.acme.ids['slack_users']['bob']}"
    home.run("senders", "link", f"slack:{slack.app['team']}/{home.acme.ids['slack_users']['alice']}", "--person", "alice")
    hers, his = slack.say("alice", "mine"), slack.say("bob", "canary of a guest")
    slack.wait(hers["channel"], "Write each call")
    slack.wait(his["channel"], "Write each call")
    assert words(home) == [2, 2]
    refused = home.command("senders", "erase", sender)
    assert refused.returncode == 1 and json.loads(refused.stdout)["error"]["code"] == "not_confirmed"
    nobody = home.command("senders", "erase", "somebody", "--yes")
    assert nobody.returncode == 1 and "`somebody` isn't a sender" in json.loads(nobody.stdout)["error"]["message"]
    done = erase(home, sender)
    assert (done["messages"], done["answers"]) == (1, 1), done
    assert words(home) == [1, 1]
    again = erase(home, sender)
    assert (again["messages"], again["answers"]) == (0, 0)
    leaves = [leaf for leaf in home.leaves() if leaf.get("change") == "sender.erased"]
    assert [(leaf["sender"], leaf["messages"], leaf["answers"]) for leaf in leaves] == [(sender, 1, 1), (sender, 0, 0)]
    assert home.run("ledger", "verify")["intact"]
    slack.say("bob", "I am back")
    slack.wait(his["channel"], "Write each call", count=2)
    assert words(home) == [2, 2], "who writes again is answered as before"


def test_what_calls_of_a_guest_held_goes_too(home, slack):
    bob = home.acme.ids["slack_users"]["bob"]
    slack.say("bob", EVENT)
    sender = f"slack:{slack.app['team']}/{bob}"
    said = slack.say("bob", "and?")
    slack.wait(said["channel"], "Write each call")
    calls = [leaf["call"] for leaf in home.leaves() if leaf["kind"] == "decision" and leaf["requester"] == f"guest:{sender}"]
    kept = lambda: [call for call in calls if home.sql("SELECT id FROM payloads WHERE id = $1", f"{call}/arguments")]
    done = erase(home, sender)
    assert done["calls"] == len(calls) and kept() == []
    assert home.run("ledger", "verify")["intact"]


def test_a_person_isnt_a_guest(home, slack):
    sender = f"slack:{slack.app['team']}/{home.acme.ids['slack_users']['alice']}"
    home.run("senders", "link", sender, "--person", "alice")
    said = slack.say("alice", "hello")
    slack.wait(said["channel"], "Write each call")
    refused = home.command("senders", "erase", sender, "--yes")
    assert refused.returncode == 1 and "`alice`" in json.loads(refused.stdout)["error"]["message"]
    assert words(home) == [1, 1]
    # Also what they were told by another name goes with them.
    home.run("senders", "unlink", sender)
    assert erase(home, sender)["messages"] == 0
    home.run("people", "suspend", "alice")
    home.run("people", "erase", "alice", "--yes")
    assert words(home) == [0, 0]
    assert home.run("ledger", "verify")["intact"]


@pytest.mark.parametrize("pressed", [False, True], ids=["nobody answered", "somebody answers right after"])
def test_what_a_guest_asked_for_that_waits_is_void_and_nothing_of_it_is_shown_any_more(home, tmp_path, pressed):
    post = Post(home, tmp_path, unknown="guest", guests=["gmail.send"])
    for person in ("carol", "dana"):
        post.link(person)
    sender = f"slack:{post.app['team']}/{home.acme.ids['slack_users']['bob']}"
    said = post.say("bob", MAIL.replace("hello", "canary of a guest"))
    other = home.token("alice", "post")
    home.call("post", other, "gmail.send", {"to": ["pat@stranger.example"], "subject": "s", "body": "Alice's own"})
    cards = {person: post.wait(post.alone(person), "deputy.approve", count=2) for person in ("carol", "dana")}
    his = {person: next(card for card in found if "canary of a guest" in json.dumps(card)) for person, found in cards.items()}
    approval = re.search(r"apr_[0-9a-f]+", json.dumps(his["dana"])).group(0)
    done = erase(home, sender)
    assert done["calls"] == 1 and done["messages"] == 1, done
    if pressed:
        post.press("dana", his["dana"], value=approval)
    for person, card in his.items():
        gone = post.wait(post.alone(person), "was erased, with whoever asked")[0]
        assert gone["ts"] == card["ts"]
        assert "canary of a guest" not in json.dumps(post.history(person))
        assert len(post.cards(person)) == 1, "Alice's call still waits"
    time.sleep(2)
    assert sent(home) == [] and [row["id"] for row in home.run("approvals", "list")["approvals"]] != [approval]
    assert home.command("approvals", "show", approval).returncode == 1
    assert home.browser("dana").send("GET", f"/approvals/{approval}")[0] == 404
    deadline = time.time() + 60
    while (waits := home.sql("SELECT COUNT(*) FROM turns WHERE state = 'parked'")[0][0]) and time.time() < deadline:
        time.sleep(0.2)
    assert waits == 0, "nothing waits for what nobody can answer"
    assert home.run("ledger", "verify")["intact"]
    # Who writes again is asked for again.
    post.say("bob", MAIL)
    post.wait(post.alone("dana"), "deputy.approve", count=2)
    assert said["channel"]
