"""Approvers' cards at three gateways: each is dealt and taken down once, and no gateway's death keeps anybody waiting."""

import json
import signal
import time

import pytest
from test_slack_cards import MAIL, Post, leaves, sent


@pytest.fixture
def post(three, tmp_path):
    slack = Post(three[0], tmp_path)
    for person in ("carol", "dana"):
        slack.link(person)
    return slack


def ask(home, token, number):
    kind, result = home.call("post", token, "gmail.send", {
        "to": ["pat@stranger.example"], "subject": f"s{number}", "body": "hello"})
    assert kind == "approval_required", result
    return result["structuredContent"]["error"]["approval"]


def posted(home, call):
    return [one for one in home.acme.journal() if one["call"] == f"slack.chat.{call}" and one["status"] == 200]


def numbers(cluster, database):
    return set(cluster.sql("SELECT number FROM gateways", database).split())


def kept(cluster, database):
    """The gateways of now, whose leases hold for longer than this test lasts, whoever is dead."""
    return set(cluster.sql("UPDATE gateways SET until = until + 3600000000 RETURNING number", database).split())


@pytest.mark.parametrize("victim", [0, 1, 2])
def test_whichever_gateway_dies_cards_are_dealt_and_taken_down_once_and_at_once(three, post, cluster, victim):
    token = three[0].token("bob", "post")
    first = ask(three[0], token, 1)
    cards = {person: post.card(person) for person in ("carol", "dana")}
    three[victim].gateway.send_signal(signal.SIGKILL)
    three[victim].gateway.wait()
    gateways = kept(cluster, three[0].name)
    assert len(gateways) >= 3
    left = [home for number, home in enumerate(three) if number != victim]
    second = ask(left[0], token, 2)
    for person in cards:
        post.wait(post.alone(person), "deputy.approve", count=2)
    assert left[1].browser("dana").answer(first, "deny")[0] in (200, 303)
    for person in cards:
        gone = post.wait(post.alone(person), "denied by dana")[0]
        assert gone["ts"] == cards[person]["ts"]
    assert gateways <= numbers(cluster, three[0].name), "nobody waits until the dead one is taken for dead"
    time.sleep(2)
    assert len(posted(left[0], "postMessage")) == 4 and len(posted(left[0], "update")) == 2, "each once"
    shown = [(leaf["approval"], leaf["person"]) for leaf in leaves(left[0], "card.shown")]
    assert sorted(shown) == sorted((one, person) for one in (first, second) for person in cards)
    assert sent(left[0]) == [] and MAIL
    assert "can't be" not in json.dumps(post.history("dana"))
