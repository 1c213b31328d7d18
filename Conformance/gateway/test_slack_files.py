"""Files that come with messages in Slack: opened by the agent through the gate, with the app's own token, for whoever sent them."""

import json
import time

import pytest
from test_slack_talk import Slack

CANARY = "the canary sings at dawn"


@pytest.fixture
def slack(home, tmp_path):
    file = tmp_path / "reader.json5"
    file.write_text(json.dumps({
        "agents": {"list": [{"id": "reader", "owner": "dana", "actsAs": "assistant", "users": "everyone",
                             "tools": {"use": ["group:attachments"]}}]},
        "bindings": [{"agentId": "reader", "match": {"channel": "slack", "accountId": "reader"}}]}))
    home.run("apply", str(file), "--yes", "--owner", "dana")
    home.run("models", "add", "default", "--speaks", "offline")
    slack = Slack(home, "reader")
    for person in ("alice", "bob"):
        slack.link(person)
        home.token(person, "reader")  # They agree to what it does for them.
    return slack


def shared(name="plan.md", mimetype="text/markdown", id="F07PLAN", **more):
    return [{"id": id, "name": name, "mimetype": mimetype} | (more or {"content": CANARY})]


def send(slack, by, files, text=None, **where):
    return slack.acme.ask("POST", "/slack/say", {
        "by": by, "text": text or '/call attachments.open {"file": "%s"}' % files[0]["id"], "files": files} | (
            where or {"to": slack.name}))["channel"]


def asked(slack, what):
    return [(e["owner"], e["status"]) for e in slack.acme.journal() if e["call"] == f"slack.files.{what}"]


def test_a_file_is_opened_for_whoever_sent_it_with_the_apps_own_token(home, slack):
    slack.wait(send(slack, "alice", shared()), CANARY)
    assert asked(slack, "info") == [(slack.name, 200)] and asked(slack, "download") == [(slack.name, 200)]
    opened, = [leaf for leaf in home.leaves() if leaf.get("change") == "file.opened"]
    assert opened["file"] == "F07PLAN" and opened["account"].endswith("reader")
    assert CANARY not in json.dumps(home.leaves())

    told = slack.wait(slack.say("bob", '/call attachments.open {"file": "F07PLAN"}')["channel"], "no file `F07PLAN`")
    assert CANARY not in json.dumps(told)
    assert len(asked(slack, "info")) == 1, "nobody is asked about what isn't Bob's"


@pytest.mark.parametrize("files, words", [
    (shared("scan.pdf", "application/pdf"), "application/pdf"),
    (shared("odd.txt", "text/plain", bytes=[255, 254, 0]), "isn't text"),
])
def test_what_isnt_text_is_refused_with_what_it_is(slack, files, words):
    slack.wait(send(slack, "alice", files), words)
    assert len(asked(slack, "download")) == (words == "isn't text")


def test_a_strangers_file_isnt_opened(slack):
    slack.acme.ask("POST", "/slack/people", {"owner": "mallory", "team": "T08RIVAL999"})
    where = slack.acme.ask("POST", "/slack/channels", {
        "name": "partners", "members": ["alice", "mallory", slack.name], "shared": True})["id"]
    send(slack, "mallory", shared(id="F07THEIRS"), f"@{slack.name} see", channel="partners")
    send(slack, "alice", shared(id="F07THEIRS2"), f"@{slack.name} " + '/call attachments.open {"file": "F07THEIRS"}',
         channel="partners")
    slack.wait(slack.alone("alice"), "no file `F07THEIRS`")
    time.sleep(0.5)
    assert asked(slack, "download") == [] and CANARY not in json.dumps(
        [m for m in slack.messages(where) if m.get("user") == slack.app["user"]])


def test_canary_what_a_file_says_isnt_said_where_a_guest_reads(slack):
    slack.acme.ask("POST", "/slack/people", {"owner": "gus", "guest": True})
    where = slack.acme.ask("POST", "/slack/channels", {"name": "mixed", "members": ["alice", "gus", slack.name]})["id"]
    send(slack, "alice", shared(), f"@{slack.name} " + '/call attachments.open {"file": "F07PLAN"}', channel="mixed")
    slack.wait(slack.alone("alice"), CANARY)
    assert CANARY not in json.dumps([m for m in slack.messages(where) if m.get("user") == slack.app["user"]])


def test_a_message_says_what_came_with_it_and_its_words_are_gone_when_it_is_erased(home, slack):
    slack.wait(send(slack, "alice", shared()), CANARY)
    home.run("people", "suspend", "alice")
    before = home.sql("SELECT count(*) FROM payloads")[0][0]
    home.run("people", "erase", "alice", "--yes")
    assert home.sql("SELECT count(*) FROM payloads")[0][0] < before
    turns = [row[0] for row in home.sql("SELECT id FROM turns")]
    assert turns and not [row for row in home.sql("SELECT id FROM payloads") if row[0].split("/")[0] in turns]
