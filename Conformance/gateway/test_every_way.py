"""The same call, by every way to an agent that there is, meets the same gate: it waits for the same person, and the provider hears
nothing of it. Schedules, sub-agents and skill scripts aren't among the ways: there are none."""

import http.client
import json
import time
import urllib.parse

import pytest

from test_memory import say_on_page
from test_slack_talk import Slack, bind

TO = "pat@stranger.example"


def mail(way):
    return {"to": [TO], "subject": f"By {way}", "body": "hello"}


def planned(way):
    return "/call gmail.send " + json.dumps(mail(way))


def by_mcp(home, _):
    kind, _ = home.call("email", home.tokens["bob"], "gmail.send", mail("mcp"))
    assert kind == "approval_required"


def by_page(home, _):
    say_on_page(home.browser("bob"), "email", planned("page"), "agreement of dana")


def by_api(home, _):
    made = home.run("tokens", "create", "bob", "--agent", "email", "--for", "api")
    token = home.run("tokens", "take-up", made["code"])["token"]
    connection = http.client.HTTPConnection(urllib.parse.urlsplit(home.url).netloc, timeout=20)
    connection.request("POST", "/v1/agents/email/conversations/one/messages", json.dumps({"id": "m1", "text": planned("api")}),
                       {"Authorization": f"Bearer {token}", "Content-Type": "application/json"})
    assert connection.getresponse().status == 202


def by_webhook(home, folder):
    bind(home, folder, email="email")
    slack = Slack(home, "email")
    slack.link("bob")
    slack.say("bob", planned("webhook"))


@pytest.mark.parametrize("way", [by_mcp, by_page, by_api, by_webhook], ids=lambda way: way.__name__)
def test_fleet_8_every_way_to_an_agent_meets_the_same_gate(home, tmp_path, way):
    home.run("models", "add", "default", "--speaks", "offline")
    way(home, tmp_path)
    deadline = time.time() + 60
    while not (waiting := home.run("approvals", "list")["approvals"]) and time.time() < deadline:
        time.sleep(0.1)
    asked, = waiting
    assert asked["approvers"] == ["dana"] and asked["agent"] == "email"
    shown = home.browser("dana").send("GET", f"/approvals/{asked['id']}")[1]
    assert TO in shown and f"By {way.__name__.removeprefix('by_')}" in shown
    decisions = [leaf for leaf in home.leaves() if leaf["kind"] == "decision" and leaf["tool"] == "gmail.send"]
    assert {leaf["verdict"] for leaf in decisions} == {"ask"} and {leaf["requester"] for leaf in decisions} == {"person:bob"}
    assert not [entry for entry in home.acme.journal() if entry["call"] == "gmail.users.messages.send"]
    assert home.browser("dana").approve(asked["id"])[0] in (200, 303)
    deadline = time.time() + 60
    sent = lambda: [e["owner"] for e in home.acme.journal() if e["call"] == "gmail.users.messages.send" and e["status"] == 200]
    while not sent() and time.time() < deadline:
        time.sleep(0.1)
    assert sent() == ["dana"], "and once agreed to, it is done once, with the agent's own account"
