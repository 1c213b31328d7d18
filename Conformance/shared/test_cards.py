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


@pytest.mark.parametrize("victim", [0, 1, 2])
def test_whichever_gateway_dies_cards_are_dealt_and_taken_down_once_and_at_once(three, post, victim):
    token = three[0].token("bob", "post")
    first = ask(three[0], token, 1)
    cards = {person: post.card(person) for person in ("carol", "dana")}
    three[victim].gateway.send_signal(signal.SIGKILL)
    three[victim].gateway.wait()
    began = time.time()
    left = [home for number, home in enumerate(three) if number != victim]
    second = ask(left[0], token, 2)
    for person in cards:
        post.wait(post.alone(person), "deputy.approve", count=2, seconds=8)
    assert left[1].browser("dana").answer(first, "deny")[0] in (200, 303)
    for person in cards:
        gone = post.wait(post.alone(person), "denied by dana", seconds=8)[0]
        assert gone["ts"] == cards[person]["ts"]
    assert time.time() - began < 15, "nobody waits until the dead one is taken for dead"
    time.sleep(2)
    assert len(posted(left[0], "postMessage")) == 4 and len(posted(left[0], "update")) == 2, "each once"
    shown = [(leaf["approval"], leaf["person"]) for leaf in leaves(left[0], "card.shown")]
    assert sorted(shown) == sorted((one, person) for one in (first, second) for person in cards)
    assert sent(left[0]) == [] and MAIL
    assert "can't be" not in json.dumps(post.history("dana"))
