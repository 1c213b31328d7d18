"""Three gateways share what one Slack app is told over sockets: each has one, and each message is answered once."""

import signal
import time

import pytest
from test_slack_sockets import SocketSlack, acknowledged, until
from test_slack_talk import SEARCH, bind, owners


@pytest.fixture
def slack(three, tmp_path):
    first = three[0]
    first.run("models", "add", "default", "--speaks", "offline")
    bind(first, tmp_path, onboarding="onboarding")
    slack = SocketSlack(first, "onboarding")
    for person in ("alice", "bob"):
        slack.link(person)
    until(lambda: len(slack.sockets("opened")) == 3)
    for home in three:
        until(lambda: next(one for one in home.run("channels", "list")["channels"])["socket"]["open"] == 1)
    return slack


def answers(slack, said):
    return [one for one in slack.messages(said["channel"]) if one.get("user") == slack.app["user"]]


def test_each_message_is_answered_once_whichever_is_told(three, slack):
    for number in range(6):
        said = slack.acme.ask("POST", "/slack/say", {
            "by": "alice", "text": SEARCH, "to": slack.name, **({"fault": "duplicate"} if number % 2 else {})})
        assert all(acknowledged(said))
    slack.wait(said["channel"], "offline planner", count=6)
    time.sleep(1.5)
    assert len(answers(slack, said)) == 6
    assert owners(three[0], "notion.search") == ["alice"] * 6
    assert len({one["connection"] for one in slack.sockets("acknowledged")}) == 3


def test_when_one_dies_the_others_are_told(three, slack):
    three[1].gateway.send_signal(signal.SIGKILL)
    three[1].gateway.wait()
    until(lambda: len(slack.sockets("closed")) == 1)
    for _ in range(4):
        said = slack.say("bob", SEARCH)
        assert acknowledged(said)[-1]
    slack.wait(said["channel"], "offline planner", count=4, seconds=40)
    time.sleep(1)
    assert len(answers(slack, said)) == 4
    assert owners(three[0], "notion.search") == ["bob"] * 4
