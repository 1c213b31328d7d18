"""What stands in a file that an assistant opened for Alice reaches Bob by no way there is: not as a file, from memory, by a search, in a
summary, in an answer, nor in what a model is asked for him. The model's and Slack's own journals say so."""

import json
import time

import pytest
from test_slack_talk import Slack, bind

CANARY = "cerulean-8123"
FILE = [{"id": "F07PLAN", "name": "plan.md", "mimetype": "text/markdown", "content": f"the bonus is {CANARY}"}]
FILLER = "and the weather is fine in Lisbon, " * 40


@pytest.fixture
def slack(home, tmp_path):
    key = home.acme.tokens["anthropic"]["acme"]
    home.run("connections", "add", "anthropic", "--organization", secret=key)
    file = tmp_path / "reader.json5"
    file.write_text(json.dumps({"agents": {"list": [{
        "id": "reader", "owner": "dana", "actsAs": "assistant", "users": "everyone",
        "tools": {"use": ["group:attachments", "group:memory"]},
        "models": [{"name": "main", "speaks": "anthropic", "model": "claude-acme-1", "key": "anthropic:organization",
                    "context": 6000, "longestReply": 500}]}]}}))
    home.run("apply", str(file), "--yes", "--owner", "dana")
    bind(home, tmp_path, reader="reader")
    slack = Slack(home, "reader")
    for person in ("alice", "bob"):
        slack.link(person)
        home.token(person, "reader")
    return slack


def asked(slack):
    return [json.dumps(entry["body"]) for entry in slack.acme.ask("GET", "/models")["asked"]]


def heard(slack, channel, words, seconds=60):
    """Says nothing; waits until the app has said so much more in this channel."""
    before = len([m for m in slack.messages(channel) if m.get("user") == slack.app["user"]])
    words()
    deadline = time.time() + seconds
    while time.time() < deadline:
        ours = [m for m in slack.messages(channel) if m.get("user") == slack.app["user"]]
        if len(ours) > before:
            return json.dumps(ours[before:])
        time.sleep(0.05)
    raise AssertionError(slack.messages(channel))


def test_canary_of_a_file_opened_for_alice_never_reaches_bob(home, slack):
    alone = {person: slack.alone(person) for person in ("alice", "bob")}

    def say(person, text, **where):
        return heard(slack, alone[person], lambda: slack.say(person, text, **where))

    assert CANARY in heard(slack, alone["alice"], lambda: slack.acme.ask("POST", "/slack/say", {
        "by": "alice", "text": '/call attachments.open {"file": "F07PLAN"}', "files": FILE, "to": slack.name}))
    for kind in ("person", "conversation"):
        told = '/call memory.remember {"text": "the bonus is %s", "for": "%s"}' % (CANARY, kind)
        assert "mem_call_" in say("alice", told)
    summaries = lambda: [leaf for leaf in home.leaves() if leaf.get("change") == "conversation.summarized"]  # noqa: E731
    for number in range(30):
        say("alice", f"note {number}: {FILLER}")
        if len(summaries()) == 3:
            break
    assert len(summaries()) == 3
    # It is found for her, so that what follows could find it too.
    assert CANARY in asked(slack)[-1], "three summaries later she is still shown it"
    general = slack.acme.ids["channels"]["general"]
    opening = slack.say("alice", f'@{slack.name} /call memory.search {{"query": "bonus"}}', channel="general")
    slack.wait(alone["alice"], "memories")
    assert CANARY in json.dumps(slack.messages(alone["alice"]))

    since = len(asked(slack))
    for text in ('/call attachments.open {"file": "F07PLAN"}', '/call memory.search {"query": "bonus"}',
                 '/call memory.search {"query": ""}', "what is the bonus?", "what did Alice's file say?", "/call memory.list {}"):
        assert CANARY not in say("bob", text)
        before = len(asked(slack))
        slack.say("bob", f"@{slack.name} {text}", channel="general", thread=opening["ts"])
        deadline = time.time() + 20
        while len(asked(slack)) == before and time.time() < deadline:
            time.sleep(0.05)
    for number in range(14):
        say("bob", f"note {number} of bob: {FILLER}")
    assert len(summaries()) > 3, "a summary of his own"
    time.sleep(1)
    assert len(asked(slack)) > since + 20
    assert not [body for body in asked(slack)[since:] if CANARY in body]
    for channel in (general, alone["bob"]):
        ours = [m for m in slack.messages(channel) if m.get("user") == slack.app["user"]]
        assert CANARY not in json.dumps(ours), channel
    exported = home.plain("sessions", "export", text=home.run("login", "bob")["link"] + "\n")
    assert exported.returncode == 0 and "note 3 of bob" in exported.stdout and CANARY not in exported.stdout
    mine = home.plain("sessions", "export", text=home.run("login", "alice")["link"] + "\n")
    assert CANARY in mine.stdout, "she takes along what she was told"
    opened = [leaf for leaf in home.leaves() if leaf.get("change") == "file.opened"]
    assert len(opened) == 1, "nobody's file is asked for on Bob's word"
    assert home.run("ledger", "verify")["intact"]
