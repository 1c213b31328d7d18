"""What a guest wrote and was told is destroyed on an administrator's word, with what came of it, and every proof still holds."""

import json

import pytest
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
