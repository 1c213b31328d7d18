"""Who reads in a channel is looked at before something is said there: by the platform's own book of what went where."""

import time

import pytest
from test_slack_talk import SEARCH, Slack, bind, owners

PLAN = "offline planner"


@pytest.fixture
def product(home, tmp_path):
    """A claw that everybody of the organization may ask: what it reads is for all of them, and for nobody else."""
    home.run("models", "add", "default", "--speaks", "offline")
    bind(home, tmp_path, product="product", onboarding="onboarding")
    slack = Slack(home, "product")
    slack.link("alice")
    home.acme.ask("POST", "/slack/people", {"owner": "gus", "guest": True})
    home.acme.ask("POST", "/slack/people", {"owner": "mallory", "team": "T08RIVAL999"})
    return slack


def channel(slack, name, *members, **more):
    return slack.acme.ask(
        "POST", "/slack/channels", {"name": name, "members": ["alice", *members, slack.name]} | more)["id"]


def ask(slack, name, text=SEARCH):
    return slack.say("alice", f"@{slack.name} {text}", channel=name)


def said(slack, channel):
    return [m for m in slack.messages(channel) if m.get("user") == slack.app["user"] and not m.get("reader")]


def asked(slack, method):
    return [e for e in slack.acme.journal() if e["call"] == f"slack.{method}" and e["owner"] == slack.name]


def test_what_is_the_organizations_is_said_where_its_own_people_read(home, product):
    channel(product, "crew", "bob")
    before = len(asked(product, "users.info"))
    where = ask(product, "crew")["channel"]
    product.wait(where, PLAN)
    assert said(product, product.alone("alice")) == []
    assert [leaf["place"] for leaf in home.leaves() if leaf.get("change") == "readers.asked"][0].endswith(where)
    ask(product, "crew")
    product.wait(where, PLAN, count=2)
    assert len(asked(product, "conversations.members")) == 1, "it holds for a minute"
    assert len(asked(product, "users.info")) - before == 3


@pytest.mark.parametrize("member, more", [("gus", {}), ("mallory", {}), ("bob", {"shared": True})])
def test_canary_nothing_that_was_read_is_said_where_a_guest_or_a_stranger_reads(home, product, member, more):
    canary = "Deputy roadmap"
    where = channel(product, "mixed", member, **more)
    ask(product, "mixed")
    alone = product.wait(product.alone("alice"), PLAN)
    assert owners(home, "notion.search") == ["product"]
    time.sleep(1)
    assert said(product, where) == [], canary
    assert len(alone) == 1


def test_canary_what_alice_alone_may_read_is_told_to_alice_alone(home, product):
    slack = Slack(home, "onboarding")
    slack.link("alice")
    where = channel(slack, "mixed", "gus", "bob")
    slack.say("alice", f"@{slack.name} {SEARCH}", channel="mixed")
    slack.wait(slack.alone("alice"), PLAN)
    assert owners(home, "notion.search") == ["alice"]
    time.sleep(1)
    assert said(slack, where) == []
    assert asked(slack, "conversations.members") == [], "nobody has to be asked for that"


def test_what_rests_on_nothing_that_was_read_is_said_there_all_the_same(product):
    where = channel(product, "mixed", "gus")
    ask(product, "mixed", "hello")
    product.wait(where, "Write each call")
    assert asked(product, "conversations.members") == []


@pytest.mark.parametrize("method", ["conversations.info", "conversations.members", "users.info"])
def test_when_slack_cant_be_asked_it_is_told_to_whoever_asked(home, product, method):
    where = channel(product, "crew", "bob")
    home.acme.ask("POST", "/faults", {"service": "slack", "operation": f"slack.{method}", "status": 500, "count": 99})
    ask(product, "crew")
    product.wait(product.alone("alice"), PLAN)
    ask(product, "crew", "hello")
    product.wait(where, "Write each call")
    assert len(said(product, where)) == 1, "the words that rest on nothing, and no others"


def test_when_slack_says_it_is_too_much_it_isnt_asked_again(home, product):
    where = channel(product, "crew", "bob")
    home.acme.ask("POST", "/faults", {"service": "slack", "operation": "slack.conversations.members", "status": 429,
                                      "retry_after": 600, "count": 1})
    ask(product, "crew")
    product.wait(product.alone("alice"), PLAN)
    before = len(asked(product, "conversations.info"))
    time.sleep(11)
    ask(product, "crew")
    product.wait(product.alone("alice"), PLAN, count=2)
    assert said(product, where) == []
    assert len(asked(product, "conversations.info")) == before


def test_a_guest_who_joins_is_seen_at_the_next_answer(home, product):
    where = channel(product, "crew", "bob")
    ask(product, "crew")
    product.wait(where, PLAN)
    channel(product, "crew", "bob", "gus")
    home.acme.ask("POST", "/slack/event", {"app": product.name, "event": {
        "type": "member_joined_channel", "user": home.acme.ids["slack_users"].get("gus", "U07GUS00001"), "channel": where,
        "channel_type": "C", "team": product.app["team"], "inviter": home.acme.ids["slack_users"]["alice"]}})
    ask(product, "crew")
    product.wait(product.alone("alice"), PLAN)
    assert len(said(product, where)) == 1
