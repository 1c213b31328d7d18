"""One custom Slack app for each agent, in one workspace: each bot's token is got by OAuth through its own app, delivers what its
agent says, and is renewed as that app. Judged by the stand-in's journal: whose token, and which app."""

import json
import time

import pytest
from acme_oauth import later, register
from walking import Walker, World, healthy, told

AGENTS = ("product", "clerk")
READ = {"channel": "C07GENERAL1"}


class Voice:
    """An agent and its own app in Slack."""

    def __init__(self, world, agent):
        self.world, self.agent, self.bot, self.client = world, agent, f"{agent}-app", f"{agent}.client"
        self.app = world.acme.control(
            "POST", "/slack/apps", owner=self.bot, request_url=f"{world.home.url}/hooks/slack/{agent}",
            channels=["general"], retry_milliseconds=[0, 10, 20], patience_milliseconds=3000)
        register(world.acme, "slack", self.client, f"{agent}-secret", bot=self.bot,
                 redirect_uris=[f"{world.home.url}/connect/callback/slack"])

    def add(self, *flags):
        return self.world.home.command(
            "apps", "add", "slack", "--agent", self.agent, "--client-id", self.client, *flags, secret=f"{self.agent}-secret")

    def connect(self, dana):
        link = self.world.home.run("connections", "connect", "slack", "--agent", self.agent)["link"]
        return dana.connect("slack", "dana", link)

    @property
    def connection(self):
        return next(row["id"] for row in self.world.home.run("connections", "list")["connections"]
                    if row["owner"] == f"agent:{self.agent}" and row["health"] == "healthy")

    def channel(self, **changes):
        own = {"--connection": self.connection, "--app-id": self.app["app"], "--team": self.app["team"],
               "--user": self.app["user"], "--bot-id": self.app["bot"]} | changes
        return self.world.home.command(
            "channels", "add", "slack", self.agent, *[word for pair in own.items() for word in pair],
            secret=self.app["signing_secret"])

    def hear(self, text, count=1):
        """Alice writes to it; what it has answered there, and it alone."""
        said = self.world.acme.control("POST", "/slack/say", by="alice", text=text, to=self.bot)
        end = time.monotonic() + 40
        while time.monotonic() < end:
            there = self.world.acme.control("GET", f"/slack/messages?channel={said['channel']}")["messages"]
            found = [message for message in there if message.get("user") == self.app["user"]]
            if len(found) >= count:
                return found
            time.sleep(0.1)
        raise AssertionError(there)


@pytest.fixture
def world(tmp_path):
    world = World(tmp_path, {"slack": "slack"})
    home = world.home
    for person in ("alice", "dana"):
        home.run("people", "add", person, "--email", f"{person}@acme.test")
    for agent in AGENTS:
        home.run("agents", "add", agent, "--acts-as", "claw", "--owner", "dana", "--users", "everyone", "--slot", "slack:agent",
                 "--tool", "slack.read_channel")
    home.run("agents", "add", "helper", "--acts-as", "assistant", "--owner", "dana", "--users", "everyone",
             "--slot", "slack:person", "--tool", "slack.read_channel")
    home.run("models", "add", "default", "--speaks", "offline")
    rules = [{"agentId": agent, "match": {"channel": "slack", "accountId": agent}} for agent in AGENTS]
    (tmp_path / "bindings.json5").write_text(json.dumps({"bindings": rules}))
    home.run("apply", str(tmp_path / "bindings.json5"), "--yes", "--owner", "dana")
    home.serve()
    world.dana, world.voices = Walker(home, "dana"), {agent: Voice(world, agent) for agent in (*AGENTS, "helper")}
    yield world
    world.stop()


def done(result):
    assert result.returncode == 0, result.stdout + result.stderr
    return json.loads(result.stdout)


def refusal(result):
    assert result.returncode != 0, result.stdout
    return result.stdout + result.stderr


@pytest.fixture
def voices(world):
    """Both speak in Slack, through their own apps."""
    for agent in AGENTS:
        voice = world.voices[agent]
        done(voice.add("--app-id", voice.app["app"]))
        asked = voice.connect(world.dana)
        assert asked["client_id"] == voice.client
        done(voice.channel())
    alice = world.acme.ids["slack_users"]["alice"]
    world.home.run("senders", "link", f"slack:{world.voices['product'].app['team']}/{alice}", "--person", "alice")
    return [world.voices[agent] for agent in AGENTS]


def entries(world, call, **having):
    return [entry for entry in world.acme.journal() if entry["call"] == f"slack.{call}"
            and all(entry.get(key) == value for key, value in having.items())]


def posted(world):
    """Whose token each message was sent with, and which app's that is."""
    return [(entry["owner"], entry["client"]) for entry in entries(world, "chat.postMessage") if not entry["error"]]


def test_each_agent_speaks_with_its_own_bots_token_that_its_own_app_got(world, voices):
    assert [(app["agent"], app["client"], app["app"]) for app in world.home.run("apps", "list")["apps"]] == [
        (voice.agent, voice.client, voice.app["app"]) for voice in sorted(voices, key=lambda voice: voice.agent)]
    assert healthy(world.home, "slack") == {
        f"agent:{voice.agent}": f"{voice.app['team']}/{voice.app['user']}" for voice in voices}
    for voice in voices:
        assert voice.hear("hello")
    assert posted(world) == [(voice.bot, voice.client) for voice in voices]
    got = [(entry["client"], entry["owner"]) for entry in entries(world, "oauth.v2.access", grant="authorization_code")]
    assert sorted(client for client, _ in got) == ["clerk.client", "product.client"]


def test_each_is_renewed_as_its_own_app_and_speaks_on(world, voices):
    for voice in voices:
        voice.hear("hello")
    later(world.acme, 43_201)
    for voice in voices:
        voice.hear("still there?", count=2)
    renewals = entries(world, "oauth.v2.access", grant="refresh_token")
    assert {entry["client"] for entry in renewals} == {voice.client for voice in voices}
    assert not [entry for entry in renewals if entry["error"]]
    assert set(posted(world)) == {(voice.bot, voice.client) for voice in voices}


def test_what_one_app_signs_is_nothing_at_the_others_hook(world, voices):
    product, clerk = voices
    world.acme.control("POST", "/slack/apps", owner=clerk.bot, request_url=f"{world.home.url}/hooks/slack/product",
                       signing_secret=clerk.app["signing_secret"], retry_milliseconds=[], channels=["general"])
    world.acme.control("POST", "/slack/say", by="alice", text="hello", to=clerk.bot)
    answers = [attempt["status"] for told in world.acme.control("GET", "/slack/told")["told"]
               for attempt in told["attempts"]]
    assert answers and set(answers) == {401}, answers
    assert posted(world) == []


def test_a_row_that_names_the_other_app_is_asked_with_by_neither(world, voices):
    product, clerk = voices
    world.home.stop()
    connection = product.connection
    world.home.sql("UPDATE token_sets SET client = $1 WHERE id = $2", clerk.client, connection)
    since = len(world.acme.journal())
    later(world.acme, 43_201)
    world.home.serve()
    alice = world.home.token("alice", "product", "clerk")
    assert world.home.call("clerk", alice, "slack.read_channel", READ)[0] == "done"
    kind, result = world.home.call("product", alice, "slack.read_channel", READ)
    assert kind != "done", result
    asked = [entry for entry in world.acme.journal()[since:] if entry["call"] == "slack.oauth.v2.access"]
    assert {(entry["client"], entry["error"]) for entry in asked} == {(clerk.client, None)} and len(asked) == 1, asked


def test_a_name_is_one_apps_and_an_answer_for_another_app_is_refused(world):
    product, clerk = world.voices["product"], world.voices["clerk"]
    done(product.add("--app-id", product.app["app"]))
    clerk.client, own = product.client, clerk.client
    assert "is the app of `product`" in refusal(clerk.add())
    clerk.client = own
    assert "is the app of `product`" in refusal(clerk.add("--app-id", product.app["app"]))
    done(clerk.add("--app-id", "A07ANOTHER1"))
    link = world.home.run("connections", "connect", "slack", "--agent", "clerk")["link"]
    _, page = world.dana.come_back(world.dana.depart(link), "dana")
    assert "Keep this account" not in page
    assert [leaf["because"] for leaf in told(world.home, "connect.ended")] == ["mix-up"]
    assert healthy(world.home, "slack") == {}
    hints = {finding["message"]: finding.get("hint") for finding in world.home.run("doctor")["findings"]}
    assert hints["`product` has no connection to `slack`"] == "`deputy connections connect slack --agent product`"
    product.connect(world.dana)
    assert "made through the app" in refusal(product.channel(**{"--app-id": clerk.app["app"]}))


def test_what_a_person_connects_for_an_agent_is_that_agents_apps(world):
    """And stays so: it is renewed by it, and connected again by it, also by who comes for no agent."""
    helper = world.voices["helper"]
    done(helper.add())
    alice, token = Walker(world.home, "alice"), world.home.token("alice", "helper")
    alice.agree()
    refused = refusal(world.home.command("connections", "connect", "slack", "--person", "alice"))
    assert "doesn't know this home" in refused and "/connect/agent/helper" in refused
    _, result = world.home.call("helper", token, "slack.read_channel", READ)
    assert alice.connect("slack", "alice", result["structuredContent"]["error"]["link"])["client_id"] == helper.client
    later(world.acme, 43_201)
    assert world.home.call("helper", token, "slack.read_channel", READ)[0] == "done"
    assert {(entry["client"], entry["owner"]) for entry in entries(world, "oauth.v2.access", grant="refresh_token")} == {
        (helper.client, "alice")}
    dana_sees, alice_sees = (walker.send("GET", "/connections")[1] for walker in (world.dana, alice))
    assert "Connect Slack" in alice_sees and "Connect Slack" not in dana_sees, "there is a button for whom it has connected"
    link = world.home.run("connections", "connect", "slack", "--person", "alice")["link"]
    assert alice.connect("slack", "alice", link)["client_id"] == helper.client
    assert {(entry["client"], entry["owner"]) for entry in entries(world, "conversations.history", error=None)} == {
        (helper.client, "alice")}


def test_a_secret_is_rotated_for_its_own_app_and_an_app_goes_alone(world, voices):
    product, clerk = voices
    register(world.acme, "slack", product.client, "the second", bot=product.bot)
    world.home.run("apps", "rotate", "slack", "--agent", "product", secret="the second")
    later(world.acme, 43_201)
    for voice in voices:
        voice.hear("still there?")
    apps = {app["agent"]: app.get("rotating") for app in world.home.run("apps", "list")["apps"]}
    assert apps == {"product": None, "clerk": None}, "it is proven"
    world.home.run("connections", "revoke", product.connection)
    assert [entry["owner"] for entry in entries(world, "auth.revoke")] == [product.bot]
    world.home.run("apps", "remove", "slack", "--agent", "product")
    assert [app["agent"] for app in world.home.run("apps", "list")["apps"]] == ["clerk"]
    assert clerk.hear("and you?", count=2)
