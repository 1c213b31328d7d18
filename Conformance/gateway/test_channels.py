"""`deputy channels`: the accounts by which people reach agents."""

import json

SLACK = ["--app-id", "A1", "--team", "T1", "--user", "U1"]


def with_bot(home):
    home.populate().serve()
    home.run("agents", "add", "poster", "--acts-as", "claw", "--owner", "alice", "--slot", "slack:agent")
    return home.run(
        "connections", "add", "slack", "--agent", "poster", "--shared-with-owner",
        secret=home.acme.tokens["slack"]["alice"])["id"]


def refused(home, *words, secret=None):
    result = home.command(*words, secret=secret)
    assert result.returncode == 1, result.stdout
    return json.loads(result.stdout)["error"]["message"]


def test_accounts_are_set_up_paused_and_forgotten(empty):
    empty.populate()
    empty.run("channels", "add", "web", "chat")
    empty.run("channels", "add", "api", "programs", "--ceiling", "read", "--ceiling", "draft")
    listed = empty.run("channels", "list")["channels"]
    assert [(a["kind"], a["name"], a["ceiling"], a["paused"]) for a in listed] == [
        ("api", "programs", ["read", "draft"], False),
        ("web", "chat", listed[1]["ceiling"], False)]
    assert empty.run("channels", "pause", "web", "chat")["paused"] is True
    assert [a["paused"] for a in empty.run("channels", "pause", "--all")["channels"]] == [True, True]
    assert empty.run("channels", "resume", "web", "chat")["paused"] is False
    empty.run("channels", "remove", "api", "programs")
    assert [a["name"] for a in empty.run("channels", "list")["channels"]] == ["chat"]
    changes = [leaf["change"] for leaf in empty.leaves() if "channel" in leaf.get("change", "")]
    assert sorted(changes) == sorted([
        "channel.added", "channel.added", "channel.paused", "channels.paused", "channel.resumed", "channel.removed"])


def test_what_doesnt_fit_is_refused(empty):
    empty.populate()
    assert "no channel is called `slak`" in refused(empty, "channels", "add", "slak", "x")
    assert "can't be the name of an account" in refused(empty, "channels", "add", "web", "Chat")
    assert "needs no connection" in refused(empty, "channels", "add", "web", "chat", "--connection", "c")
    assert "has signed in" in refused(empty, "channels", "add", "web", "chat", "--unknown", "guest")
    assert "there is no account" in refused(empty, "channels", "pause", "web", "chat")
    assert "there is no secret" in refused(empty, "channels", "add", "slack", "help", *SLACK, "--connection", "c")
    assert "there is no connection" in refused(
        empty, "channels", "add", "slack", "help", *SLACK, "--connection", "c", secret="hush")


def test_a_signing_secret_is_sealed_rotated_and_never_shown(empty):
    bot = with_bot(empty)
    team = empty.sql("SELECT account FROM connections")[0][0].split("/")[0]
    words = ("channels", "add", "slack", "help", "--app-id", "A1", "--team", team, "--user", "U1", "--connection", bot,
             "--unknown", "link")
    assert "isn't in the workspace `T1`" in refused(
        empty, *["T1" if word == team else word for word in words], secret="8f742231b10e8888abcd99yyyzzz85a5")
    added = empty.run(*words, secret="8f742231b10e8888abcd99yyyzzz85a5")
    assert added["settings"] == {"app": "A1", "team": team, "user": "U1"} and added["unknown"] == "link"
    assert added["hook"] == f"{empty.url}/hooks/slack/help"
    before = sealed(empty)
    assert len(before) == 1 and b"8f742231" not in before[0]
    for file in empty.files:
        assert b"8f742231b10e8888" not in file.read_bytes(), file
    empty.run("keys", "rotate")
    assert sealed(empty) != before
    old = [key for key in empty.run("keys", "list")["keys"] if key["state"] != "active"]
    assert [key["rows"] for key in old] == [0]


def sealed(home):
    return [row[0] for row in home.sql("SELECT sealed FROM channel_accounts")]
