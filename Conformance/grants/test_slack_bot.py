"""A claw's own Slack bot and a person's own Slack account, out of one app. Judged by the stand-in's journal: whose token it saw."""

import time

import pytest
from acme_oauth import families, later
from walking import Walker, World, healthy, told

BOT = {"app_mentions:read", "channels:history", "channels:read", "chat:write", "files:read", "files:write", "groups:read", "im:history",
       "mpim:history", "mpim:read", "users:read"}


@pytest.fixture
def world(tmp_path):
    world = World(tmp_path, {"slack": "slack"})
    for person in ("alice", "dana"):
        world.home.run("people", "add", person, "--email", f"{person}@acme.test")
    tools = ("--tool", "slack.read_channel", "--tool", "slack.post_message")
    world.home.run("agents", "add", "clerk", "--acts-as", "claw", "--owner", "dana", "--users", "everyone",
                   "--slot", "slack:agent", *tools)
    world.home.run("agents", "add", "helper", "--acts-as", "assistant", "--owner", "dana", "--users", "everyone",
                   "--slot", "slack:person", *tools)
    world.home.serve()
    world.app("slack", "slack")
    yield world
    world.stop()


@pytest.fixture
def connected(world):
    """The clerk's bot, which dana installed, and Alice's own account: the queries that Slack was asked with."""
    asked = {}
    for person, words in (("dana", ("--agent", "clerk")), ("alice", ("--person", "alice"))):
        walker = Walker(world.home, person)
        walker.agree()
        asked[person] = walker.connect("slack", person, world.home.run("connections", "connect", "slack", *words)["link"])
    world.alice = world.home.token("alice", "clerk", "helper")
    return asked


def read(world, agent):
    return world.home.call(agent, world.alice, "slack.read_channel", {"channel": "C07GENERAL1"})[0]


def seen(world, call):
    return [entry["owner"] for entry in world.acme.journal() if entry["call"] == f"slack.{call}" and entry["status"] == 200
            and not entry.get("error")]


def row(world, owner):
    found, = [row for row in world.home.run("connections", "list")["connections"] if row["owner"] == owner]
    return found


def test_whose_slot_it_is_says_which_token_it_gets(world, connected):
    assert set(connected["dana"]["scope"].split(",")) == BOT and "user_scope" not in connected["dana"]
    assert "scope" not in connected["alice"]
    assert {"users:read", "users:read.email"} <= set(connected["alice"]["user_scope"].split(","))
    assert healthy(world.home, "slack") == {"agent:clerk": "T07ACME0HQ1/U07PRODUCT1", "person:alice": "T07ACME0HQ1/U07ALICE4K2"}
    assert [read(world, agent) for agent in ("clerk", "helper")] == ["done", "done"]
    assert seen(world, "conversations.history") == ["product", "alice"]


def test_each_is_renewed_by_itself(world, connected):
    for number in (1, 2):
        later(world.acme, 43_201 * number)
        for agent in ("clerk", "helper"):
            # What is refused so soon after it was renewed waits for some seconds.
            end = time.monotonic() + 60
            while (kind := read(world, agent)) != "done":
                assert time.monotonic() < end, kind
                time.sleep(0.5)
    assert [seen(world, "conversations.history").count(owner) for owner in ("product", "alice")] == [2, 2]
    assert {(family["refreshes"], family["reuses"]) for family in families(world.acme, "slack")} == {(2, 0)}


@pytest.mark.parametrize("hours", [0, 13])
def test_an_end_is_told_to_slack_and_is_nobody_elses(world, connected, hours):
    """Slack ends an access token by itself alone; one that has run out is renewed for that."""
    assert read(world, "clerk") == "done"
    later(world.acme, hours * 3600)
    told_it = world.home.run("connections", "revoke", row(world, "agent:clerk")["id"])
    assert "revoked" in str(told_it), told_it
    assert seen(world, "auth.revoke") == ["product"]
    assert [leaf["result"] for leaf in told(world.home, "connection.revoked-upstream")] == ["revoked"]
    assert read(world, "helper") == "done", "alice's own goes on"
    assert healthy(world.home, "slack").keys() == {"person:alice"}


def test_a_channel_speaks_with_the_bots_connection_in_its_own_workspace(world, connected):
    bot = row(world, "agent:clerk")["id"]
    words = ("channels", "add", "slack", "clerk", "--connection", bot, "--app-id", "A07DEPUTY01", "--user", "U07PRODUCT1",
             "--bot-id", "B07PRODUCT1")
    refused = world.home.command(*words, "--team", "T07ELSE", secret="s1gning-secret")
    assert refused.returncode != 0 and "isn't in the workspace `T07ELSE`" in refused.stdout + refused.stderr, refused
    world.home.run(*words, "--team", "T07ACME0HQ1", secret="s1gning-secret")
