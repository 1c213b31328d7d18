"""What Slack tells three gateways out of order or late is one turn and one answer each, and a button that all are told of one decision.
Each request is signed here, as Slack signs it."""

import concurrent.futures
import hashlib
import hmac
import json
import pathlib
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

import pytest

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "gateway"))
from test_slack_talk import MAIL, SEARCH, Slack, bind, owners  # noqa: E402


class Told:
    """An agent's app, and what is told to each of the gateways."""

    def __init__(self, gateways, folder, agent):
        self.gateways, self.agent = gateways, agent
        first = gateways[0]
        first.run("models", "add", "default", "--speaks", "offline")
        bind(first, folder, **{agent: agent})
        self.slack = Slack(first, agent)
        self.users = first.acme.ids["slack_users"]

    def post(self, home, body, kind="application/json"):
        stamp = str(int(time.time()))
        secret = self.slack.app["signing_secret"].encode()
        mac = hmac.new(secret, f"v0:{stamp}:".encode() + body, hashlib.sha256).hexdigest()
        request = urllib.request.Request(f"{home.url}/hooks/slack/{self.agent}", data=body, headers={
            "Content-Type": kind, "X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": f"v0={mac}"})
        try:
            return urllib.request.urlopen(request, timeout=10).status
        except urllib.error.HTTPError as error:
            return error.code

    def everywhere(self, body, kind):
        with concurrent.futures.ThreadPoolExecutor(len(self.gateways)) as pool:
            return list(pool.map(lambda home: self.post(home, body, kind), self.gateways))

    def event(self, person, text, stamp, **more):
        app = self.slack.app
        return json.dumps({
            "type": "event_callback", "api_app_id": app["app"], "team_id": app["team"], "event_id": f"Ev{stamp}",
            "event_time": int(float(stamp)), "is_ext_shared_channel": False,
            "authorizations": [{"team_id": app["team"], "enterprise_id": None, "user_id": app["user"], "is_bot": True}],
            "event": {"type": "message", "channel_type": "im", "channel": self.slack.alone(person), "text": text,
                      "user": self.users[person], "team": app["team"], "ts": stamp} | more}).encode()

    def press(self, person, card, channel):
        app = self.slack.app
        button = next(e for block in card["blocks"] for e in block.get("elements", []) if e.get("action_id") == "deputy.approve")
        return "payload=" + urllib.parse.quote(json.dumps({
            "type": "block_actions", "api_app_id": app["app"], "team": {"id": app["team"]},
            "user": {"id": self.users[person], "team_id": app["team"]},
            "container": {"type": "message", "message_ts": card["ts"], "channel_id": channel, "is_ephemeral": False},
            "channel": {"id": channel}, "message": card,
            "actions": [{"action_id": "deputy.approve", "type": "button", "value": button["value"]}]}))

    def counted(self, reason):
        return sum(sample["value"] for home in self.gateways for family in home.run("status")["metrics"]
                   if family["name"] == "deputy_channel_refusals_total" for sample in family["samples"]
                   if sample["labels"]["reason"] == reason)


def stamped(seconds=0):
    return f"{time.time() + seconds:.6f}"


@pytest.fixture
def told(three, tmp_path):
    return lambda agent: Told(three, tmp_path, agent)


def answers(slack, channel):
    return [one for one in slack.messages(channel) if one.get("user") == slack.app["user"]]


def test_row_10_what_comes_late_or_in_another_order_is_answered_once(told):
    told = told("onboarding")
    slack = told.slack
    slack.link("alice")
    hour, now = stamped(-3600), stamped()
    change = json.loads(told.event("alice", "", stamped(1), subtype="message_changed", hidden=True))
    change["event"]["message"] = {"type": "message", "user": told.users["alice"], "text": SEARCH, "ts": now}
    # The change of a message before the message, and what was written an hour ago last.
    bodies = [json.dumps(change).encode(), told.event("alice", SEARCH, now), told.event("alice", SEARCH, hour)]
    for number, body in enumerate(bodies):
        assert told.post(told.gateways[number], body) == 200
    slack.wait(slack.alone("alice"), "offline planner", count=2)
    time.sleep(2)
    assert owners(told.gateways[0], "notion.search") == ["alice"] * 2
    assert len(answers(slack, slack.alone("alice"))) == 2
    assert told.counted("stale") == 0


def test_fleet_4_one_button_at_three_gateways_at_once_is_one_decision(told):
    told = told("email")
    slack, first = told.slack, told.gateways[0]
    slack.link("dana")
    channel = slack.alone("dana")
    assert told.post(told.gateways[1], told.event("dana", MAIL, stamped())) == 200
    card = slack.wait(channel, "deputy.approve")[0]
    body = told.press("dana", card, channel).encode()
    assert told.everywhere(body, "application/x-www-form-urlencoded") == [200] * 3
    slack.wait(channel, "`gmail.send`")
    said = "it is decided already: it was approved by dana"
    slack.wait(channel, said)
    ends = [m for m in answers(slack, channel) if said in m["text"] or "agreed. I go on with it now" in m["text"]]
    assert ends and not any("deputy.approve" in json.dumps(m) for m in slack.messages(channel)), "nothing is left to press"
    time.sleep(2)
    assert owners(first, "gmail.users.messages.send") == ["dana"]
    assert first.run("ledger", "verify")["intact"]
