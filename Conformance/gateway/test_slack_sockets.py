"""Slack without a way in: the gateway opens sockets, and takes over them what it would else be posted."""

import json
import signal
import threading
import time
import urllib.error
import urllib.request

import pytest
from test_slack_talk import MAIL, SEARCH, Slack, bind, owners
from waiting import until


class SocketSlack(Slack):
    """As an account that is told over sockets."""

    def __init__(self, home, agent, token=None, **app):
        self.home, self.acme, self.name, self.agent = home, home.acme, f"{agent}-app", agent
        self.app = self.acme.ask("POST", "/slack/apps", {
            "owner": self.name, "socket_mode": True, "channels": ["general"], "retry_milliseconds": [10, 200, 1000],
            "patience_milliseconds": 3000} | app)
        home.run("agents", "add", f"{agent}-voice", "--acts-as", "claw", "--owner", "dana", "--slot", "slack:agent")
        self.connection = home.run(
            "connections", "add", "slack", "--agent", f"{agent}-voice", secret=self.app["token"])["id"]
        self.add(token or self.app["app_token"])

    def add(self, token):
        self.home.run("channels", "add", "slack", self.agent, "--connection", self.connection, "--app-id", self.app["app"],
                      "--team", self.app["team"], "--user", self.app["user"], "--bot-id", self.app["bot"],
                      "--unknown", "link", "--socket-mode", secret=token)

    def sockets(self, what=None):
        return [one for one in self.acme.ask("GET", "/slack/sockets")["sockets"]
                if one.get("app") == self.name and what in (None, one["what"])]

    def do(self, what, text=""):
        return self.acme.ask("POST", "/slack/sockets", {"app": self.name, "do": what, "text": text})["changed"]

    def listed(self):
        return next(one for one in self.home.run("channels", "list")["channels"] if one["name"] == self.agent)["socket"]

    def ready(self, sockets=1):
        until(lambda: self.listed()["open"] == sockets)
        return self


@pytest.fixture
def talking(home, tmp_path):
    home.run("models", "add", "default", "--speaks", "offline")
    bind(home, tmp_path, onboarding="onboarding", email="email")
    return home


@pytest.fixture
def slack(talking):
    slack = SocketSlack(talking, "onboarding").ready()
    for person in ("alice", "bob"):
        slack.link(person)
    return slack


def acknowledged(said):
    return [one["acknowledged"] for told in said["told"] for one in told["attempts"]]


def refusals(home, reason):
    """How often something came from Slack that started nothing, for this reason."""
    family = next(f for f in home.run("status")["metrics"] if f["name"] == "deputy_channel_refusals_total")
    return sum(sample["value"] for sample in family["samples"] if sample["labels"] == {"channel": "slack", "reason": reason})


def test_each_who_writes_gets_their_own_accounts(talking, slack):
    for person in ("alice", "bob"):
        said = slack.say(person, SEARCH)
        assert acknowledged(said) == [True]
        slack.wait(said["channel"], "offline planner")
    assert owners(talking, "notion.search") == ["alice", "bob"]
    opens = [entry["owner"] for entry in talking.acme.journal() if entry["call"] == "slack.apps.connections.open"]
    assert opens == [slack.name]


def test_an_approval_is_answered_with_a_button(talking):
    slack = SocketSlack(talking, "email").ready()
    slack.link("dana")
    said = slack.say("dana", MAIL)
    card = slack.wait(said["channel"], "deputy.approve")[0]
    slack.acme.ask("POST", "/slack/press", {
        "channel": said["channel"], "ts": card["ts"], "action": "deputy.approve", "by": "dana"})
    slack.wait(said["channel"], "`gmail.send`")
    assert owners(talking, "gmail.users.messages.send") == ["dana"]


def test_nothing_is_taken_at_the_hook_of_such_an_account(talking, slack):
    assert "hook" not in next(one for one in talking.run("channels", "list")["channels"] if one["name"] == "onboarding")
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(urllib.request.Request(f"{talking.url}/hooks/slack/onboarding", data=b"{}"), timeout=10)
    assert refused.value.code == 404


def test_what_is_told_twice_is_one_turn(talking, slack):
    said = slack.acme.ask("POST", "/slack/say", {"by": "alice", "text": SEARCH, "to": slack.name, "fault": "duplicate"})
    assert acknowledged(said) == [True, True]
    slack.wait(said["channel"], "offline planner")
    time.sleep(1)
    assert owners(talking, "notion.search") == ["alice"]
    assert len([m for m in slack.messages(said["channel"]) if m.get("user") == slack.app["user"]]) == 1


@pytest.mark.parametrize("change, text", [
    ("binary", "{}"), ("masked", "{}"), ("reserved", "{}"), ("cut", "")])
def test_what_breaks_a_socket_loses_nothing(talking, slack, change, text):
    assert slack.do(change, text) == 1
    until(lambda: len(slack.sockets("opened")) >= 2)
    slack.ready()
    said = slack.say("alice", SEARCH)
    slack.wait(said["channel"], "offline planner")
    assert owners(talking, "notion.search") == ["alice"]


def test_what_is_too_large_breaks_its_socket_alone(talking):
    slack = SocketSlack(talking, "onboarding", patience_milliseconds=300, retry_milliseconds=[10]).ready()
    slack.link("alice")
    large = slack.acme.ask("POST", "/slack/say", {"by": "alice", "text": SEARCH, "to": slack.name, "fault": "oversized"})
    assert not any(acknowledged(large))
    slack.ready()
    assert 1 <= refusals(talking, "oversized") <= len(acknowledged(large))
    said = slack.say("alice", SEARCH)
    slack.wait(said["channel"], "offline planner")
    assert owners(talking, "notion.search") == ["alice"]


@pytest.mark.parametrize("text", ["", "{", "[]", '{"type": 1}', '{"type": "events_api", "envelope_id": ""}', "\u0000"])
def test_what_cant_be_read_starts_nothing_and_the_socket_stays(talking, slack, text):
    slack.do("send", text)
    said = slack.say("alice", SEARCH)
    slack.wait(said["channel"], "offline planner")
    assert len(slack.sockets("opened")) == 1 and refusals(talking, "malformed") == 1


def test_another_apps_events_are_acknowledged_and_start_nothing(talking, slack):
    event = {"type": "event_callback", "api_app_id": "A0OTHER", "team_id": slack.app["team"], "event_id": "Ev1",
             "event": {"type": "message", "channel": "D1", "channel_type": "im", "user": "U1", "text": SEARCH,
                       "ts": "1795000000.000001"}}
    slack.do("send", json.dumps({"type": "events_api", "envelope_id": "foreign-1", "payload": event}))
    until(lambda: any(one.get("envelope_id") == "foreign-1" for one in slack.sockets("acknowledged")))
    command = {"command": "/ask", "text": SEARCH, "api_app_id": slack.app["app"], "user_id": "U1"}
    slack.do("send", json.dumps({"type": "slash_commands", "envelope_id": "command-1", "payload": command}))
    until(lambda: any(one.get("envelope_id") == "command-1" for one in slack.sockets("acknowledged")))
    assert talking.sql("SELECT 1 FROM inbox") == []


def test_fragments_with_pings_between_them_are_one_message(talking, slack):
    slack.do("fragment", json.dumps({"type": "slash_commands", "envelope_id": "parts-1", "payload": {}}))
    until(lambda: any(one.get("envelope_id") == "parts-1" for one in slack.sockets("acknowledged")))
    assert len(slack.sockets("pong")) == 3 and len(slack.sockets("unmasked")) == 0


@pytest.mark.parametrize("change", ["warn", "refresh"])
def test_the_next_socket_is_open_before_one_closes(talking, slack, change):
    slack.do(change)
    until(lambda: len(slack.sockets("opened")) == 2)
    if change == "refresh":
        until(lambda: slack.sockets("closed"))
        lines = [one["what"] for one in slack.sockets()]
        assert lines.index("opened", lines.index("opened") + 1) < lines.index("closed")
    for text in ("one", "two", "three"):
        said = slack.say("alice", SEARCH)
        assert acknowledged(said)[-1]
    slack.wait(said["channel"], "offline planner", count=3)
    assert len(slack.sockets("opened")) == 2
    assert owners(talking, "notion.search") == ["alice"] * 3


def test_who_dies_between_storing_and_acknowledging_answers_once(talking, slack):
    talking.stop()
    talking.serve(DEPUTY_KILL_AT="envelope-stored:1")
    slack.ready()
    said = slack.acme.ask("POST", "/slack/say", {"by": "alice", "text": SEARCH, "to": slack.name, "held": True})
    assert said["told"] == []
    told = {}
    teller = threading.Thread(target=lambda: told.update(slack.acme.ask("POST", "/slack/release", {})))
    teller.start()
    until(lambda: talking.gateway.poll() is not None)
    assert talking.gateway.poll() == -signal.SIGKILL
    talking.serve()
    slack.ready()
    teller.join(20)
    slack.wait(said["channel"], "offline planner")
    time.sleep(1)
    assert owners(talking, "notion.search") == ["alice"]
    assert len([m for m in slack.messages(said["channel"]) if m.get("user") == slack.app["user"]]) == 1


def test_slack_says_when_it_opens_no_socket_and_so_does_the_gateway(talking):
    slack = SocketSlack(talking, "onboarding", token="xapp-1-A1-2-wrong")
    until(lambda: "doesn't know the app-level token" in slack.listed().get("reason", ""))
    assert slack.listed()["open"] == 0
    until(lambda: any("the socket of `slack/onboarding` isn't open" in one["message"]
                      for one in talking.run("doctor")["findings"]), seconds=20)
    talking.run("channels", "remove", "slack", "onboarding")
    slack.add(slack.app["app_token"])
    slack.ready()
    assert not any("the socket of" in one["message"] for one in talking.run("doctor")["findings"])
    assert "xapp-" not in open(talking.output.name).read()


def test_another_apps_token_opens_nothing_that_is_heard(talking):
    other = talking.acme.ask("POST", "/slack/apps", {"owner": "other-app", "socket_mode": True})
    slack = SocketSlack(talking, "onboarding", token=other["app_token"])
    until(lambda: "another app's" in slack.listed().get("reason", ""))
    slack.link("alice")
    slack.say("alice", SEARCH)
    assert owners(talking, "notion.search") == [] and slack.listed()["open"] == 0


def test_it_comes_again_when_slack_says(talking, slack):
    talking.acme.ask("POST", "/faults", {
        "service": "slack", "operation": "slack.apps.connections.open", "count": 1, "status": 429, "retry_after": 1})
    slack.do("cut")
    until(lambda: len(slack.sockets("opened")) == 2, seconds=20)
    slack.ready()


def test_a_paused_account_has_no_socket(talking, slack):
    talking.run("channels", "pause", "slack", "onboarding")
    until(lambda: slack.sockets("closed"))
    assert slack.say("alice", SEARCH)["told"][0]["attempts"][0]["error"] == "no_connection"
    talking.run("channels", "resume", "slack", "onboarding")
    until(lambda: len(slack.sockets("opened")) == 2)


@pytest.mark.parametrize("flags, secret, message", [
    (["--socket-mode"], "8f742231b10e", "needs an app-level token"), ([], "xapp-1-A1-2-3", "an app-level token signs nothing")])
def test_each_way_has_its_own_secret(talking, flags, secret, message):
    talking.run("agents", "add", "voice", "--acts-as", "claw", "--owner", "dana", "--slot", "slack:agent")
    app = talking.acme.ask("POST", "/slack/apps", {"owner": "voice-app", "socket_mode": True})
    connection = talking.run("connections", "add", "slack", "--agent", "voice", secret=app["token"])["id"]
    refused = talking.command(
        "channels", "add", "slack", "voice", "--connection", connection, "--app-id", app["app"], "--team", app["team"],
        "--user", app["user"], *flags, secret=secret)
    assert refused.returncode == 1 and message in refused.stdout and secret not in refused.stdout


def test_a_manifest_for_each_way(empty):
    socket = json.loads(empty.plain("channels", "manifest", "help", "--shown", "Helper", "--socket-mode").stdout)
    assert socket["settings"]["socket_mode_enabled"] and "request_url" not in socket["settings"]["event_subscriptions"]
    hook = json.loads(empty.plain(
        "channels", "manifest", "help", "--shown", "Helper", "--public-url", "https://deputy.acme.test").stdout)
    assert not hook["settings"]["socket_mode_enabled"]
    assert hook["settings"]["event_subscriptions"]["request_url"] == "https://deputy.acme.test/hooks/slack/help"
    assert empty.plain("channels", "manifest", "help", "--shown", "Helper").returncode != 0
