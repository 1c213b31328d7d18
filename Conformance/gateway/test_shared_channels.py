"""Shares for some channels alone: counted before they are given, decided by where somebody writes, ended with what was there."""

import json
import time

import pytest
from test_sharing import error
from test_slack_talk import SEARCH, Slack, bind, owners


@pytest.fixture
def place(home, tmp_path):
    """An agent that is Dana's alone, with an app in Slack that is in two channels."""
    home.run("models", "add", "default", "--speaks", "offline")
    home.run("agents", "add", "desk", "--acts-as", "claw", "--owner", "dana", "--slot", "notion:agent", "--tool",
             "notion.search")
    home.run("connections", "add", "notion", "--agent", "desk", secret=home.acme.tokens["notion"]["product"])
    bind(home, tmp_path, desk="desk")
    slack = Slack(home, "desk", "refuse")
    home.acme.ask("POST", "/slack/people", {"owner": "gus", "guest": True})
    home.acme.ask("POST", "/slack/people", {"owner": "mallory", "team": "T08RIVAL999"})
    slack.sales = home.acme.ask("POST", "/slack/channels", {
        "name": "sales", "members": ["alice", "bob", "gus", "mallory", slack.name], "shared": True})["id"]
    slack.other = home.acme.ask("POST", "/slack/channels", {"name": "other", "members": ["alice", slack.name]})["id"]
    slack.text = f"slack/desk/{slack.sales}"
    for person in ("alice", "bob"):
        slack.link(person)
    return slack


def ask(slack, person, channel):
    """How many calls come of it."""
    before = len(owners(slack.home, "notion.search"))
    said = slack.say(person, f"@{slack.name} {SEARCH}", channel=channel)
    deadline = time.time() + 4
    while len(owners(slack.home, "notion.search")) == before and time.time() < deadline:
        time.sleep(0.05)
    return len(owners(slack.home, "notion.search")) - before, said


def test_who_reads_there_is_counted_before_it_is_shared(home, place):
    dry = home.run("agents", "share", "desk", "--with", "person:alice", "--channel", place.text, "--dry-run")
    assert dry["shared"] is False and home.run("agents", "shares", "desk")["shares"] == []
    counted, = dry["channels"]
    assert (counted["name"], counted["shared"]) == ("sales", True)
    assert (counted["members"], counted["guests"], counted["outsiders"], counted["bots"]) == (5, 1, 1, 1)
    assert counted["known"] == ["alice", "bob"] and counted["gaining"] == ["alice"]
    asked = [entry for entry in home.acme.journal() if entry["call"].startswith("slack.conversations.")]
    assert {entry["owner"] for entry in asked} == {place.name}
    assert [leaf["place"] for leaf in home.leaves() if leaf.get("change") == "channel.counted"] == [place.text]


def test_it_is_used_there_and_nowhere_else(home, place):
    assert ask(place, "alice", "sales")[0] == 0
    home.run("agents", "share", "desk", "--with", "person:alice", "--channel", place.text)
    assert ask(place, "alice", "sales")[0] == 1
    assert ask(place, "alice", "other")[0] == 0
    assert ask(place, "bob", "sales")[0] == 0
    token = home.token("alice", "desk")
    home.post("desk", token, {"jsonrpc": "2.0", "id": 1, "method": "tools/call",
                              "params": {"name": "notion.search", "arguments": {"query": ""}}})
    assert owners(home, "notion.search") == ["product"]
    share, = home.run("agents", "shares", "desk")["shares"]
    assert share["channels"] == [place.text]


def test_what_was_there_ends_with_it(home, place):
    home.run("agents", "share", "desk", "--with", "person:alice", "--channel", place.text, "--channel",
             f"slack/desk/{place.other}")
    assert ask(place, "alice", "sales")[0] == 1 and ask(place, "alice", "other")[0] == 1
    assert home.sql("SELECT 1 FROM sessions WHERE agent = 'desk'")
    home.run("agents", "unshare", "desk", "--with", "person:alice", "--channel", place.text)
    assert home.sql("SELECT 1 FROM sessions WHERE agent = 'desk'") == []
    assert ask(place, "alice", "sales")[0] == 0
    assert ask(place, "alice", "other")[0] == 1
    home.run("agents", "unshare", "desk", "--with", "person:alice")
    assert ask(place, "alice", "other")[0] == 0
    ended = [leaf for leaf in home.leaves() if leaf.get("change") == "use.ended"]
    assert [(leaf["agent"], leaf["person"]) for leaf in ended] == [("desk", "alice")] * 2


def test_what_cant_be_counted_isnt_shared(home, place):
    elsewhere = home.acme.ask("POST", "/slack/channels", {"name": "board", "members": ["carol"], "private": True})["id"]
    for text, message in [
            (f"slack/desk/{elsewhere}", "can't be counted"), ("slack/desk/C0NOWHERE", "can't be counted"),
            ("slack/nobody/C1", "there is no account"), ("web/main/C1", "isn't a place that can be counted"),
            ("sales", "isn't a place of a channel"), (f"slack/desk/{place.sales}&token=x", "can't be")]:
        refused = home.command("agents", "share", "desk", "--with", "person:alice", "--channel", text)
        assert refused.returncode != 0, text
        assert message in error(refused)["message"] or message == "can't be", (text, error(refused))
    refused = home.command("agents", "share", "desk", "--with", "person:alice", "--right", "use", "--right", "edit",
                           "--channel", place.text)
    assert "only `use` can be limited" in error(refused)["message"]
    assert home.run("agents", "shares", "desk")["shares"] == []
    assert json.dumps(home.run("agents", "shares", "desk")).count("slack/") == 0
