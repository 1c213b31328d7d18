"""The seed's agents in Slack: whoever writes gets their own accounts, and the provider's journal says whose was used."""

import json
import re
import signal
import time

import pytest

SEARCH = '/call notion.search {"query": ""}'
MAIL = '/call gmail.send {"to": ["pat@stranger.example"], "subject": "From Slack", "body": "hello"}'


class Slack:
    def __init__(self, home, agent, unknown="link", *flags):
        self.home, self.acme, self.name = home, home.acme, f"{agent}-app"
        where = f"{home.url}/hooks/slack/{agent}"
        self.app = self.acme.ask("POST", "/slack/apps", {
            "owner": self.name, "request_url": where, "channels": ["general"],
            "retry_milliseconds": [0, 10, 20], "patience_milliseconds": 3000})
        home.run("agents", "add", f"{agent}-voice", "--acts-as", "claw", "--owner", "dana", "--slot", "slack:agent")
        connection = home.run("connections", "add", "slack", "--agent", f"{agent}-voice", secret=self.app["token"])["id"]
        home.run("channels", "add", "slack", agent, "--connection", connection, "--app-id", self.app["app"],
                 "--team", self.app["team"], "--user", self.app["user"], "--bot-id", self.app["bot"],
                 "--unknown", unknown, *flags, secret=self.app["signing_secret"])

    def say(self, by, text, **where):
        return self.acme.ask("POST", "/slack/say", {"by": by, "text": text} | (where or {"to": self.name}))

    def link(self, person):
        user = self.acme.ids["slack_users"][person]
        self.home.run("senders", "link", f"slack:{self.app['team']}/{user}", "--person", person)

    def alone(self, person):
        """Where the app and this person are alone: what others may not read is said there."""
        return self.acme.ask("POST", "/slack/channels", {"members": [person, self.name]})["id"]

    def messages(self, channel):
        return self.acme.ask("GET", f"/slack/messages?channel={channel}")["messages"]

    def wait(self, channel, words, count=1, seconds=60):
        deadline = time.time() + seconds
        while time.time() < deadline:
            found = [m for m in self.messages(channel) if words in json.dumps(m, ensure_ascii=False)
                     and m.get("user") == self.app["user"]]
            if len(found) >= count:
                return found
            time.sleep(0.05)
        raise AssertionError((words, self.messages(channel)))


def bind(home, folder, **agents):
    """Each agent gets the messages of the account that is called as it is."""
    rules = [{"agentId": agent, "match": {"channel": "slack", "accountId": account}} for agent, account in agents.items()]
    path = folder / "bindings.json5"
    path.write_text(json.dumps({"bindings": rules}))
    home.run("apply", str(path), "--yes", "--owner", "dana")


def owners(home, call):
    return [entry["owner"] for entry in home.acme.journal() if entry["call"] == call and entry["status"] == 200]


@pytest.fixture
def talking(home, tmp_path):
    home.run("models", "add", "default", "--speaks", "offline")
    bind(home, tmp_path, onboarding="onboarding", email="email")
    return home



def test_the_onboarding_assistant_acts_as_each_who_writes(talking):
    slack = Slack(talking, "onboarding")
    for person in ("alice", "bob"):
        slack.link(person)
        said = slack.say(person, SEARCH)
        slack.wait(said["channel"], "offline planner")
    assert owners(talking, "notion.search") == ["alice", "bob"]
    posted = [entry["owner"] for entry in talking.acme.journal() if entry["call"] == "slack.chat.postMessage"]
    assert set(posted) == {slack.name}


def test_fleet_1_bob_in_alices_thread_is_bob_and_each_reads_their_own(talking):
    slack = Slack(talking, "onboarding")
    for person in ("alice", "bob"):
        slack.link(person)
    said = slack.say("alice", f"@{slack.name} {SEARCH}", channel="general")
    slack.wait(slack.alone("alice"), "offline planner")
    slack.say("bob", f"@{slack.name} {SEARCH}", channel="general", thread=said["ts"])
    slack.wait(slack.alone("bob"), "offline planner")
    assert owners(talking, "notion.search") == ["alice", "bob"]
    assert "offline planner" not in json.dumps(slack.messages(said["channel"])), "what is Alice's is told to Alice"


def test_the_onboarding_assistant_reads_and_posts_with_each_ones_own_slack(talking):
    slack = Slack(talking, "onboarding")
    notes = slack.acme.ids["channels"]["alice-notes"]
    for person in ("alice", "bob"):
        slack.link(person)
        said = slack.say(person, '/call slack.read_channel {"channel": "%s"}' % notes)
        slack.wait(said["channel"], "slack.read_channel")
    asked = [(entry["owner"], entry.get("error")) for entry in talking.acme.journal()
             if entry["call"] == "slack.conversations.history"]
    assert asked == [("alice", None), ("bob", "channel_not_found")], "Alice's notes are open to Alice's own account alone"

    general = slack.acme.ids["channels"]["general"]
    said = slack.say("alice", '/call slack.post_message {"channel": "%s", "text": "Bob starts on Monday"}' % general)
    card = slack.wait(said["channel"], "deputy.approve")[0]
    assert "Bob starts" not in json.dumps(slack.messages(general)), "it waits for her"
    slack.acme.ask("POST", "/slack/press", {
        "by": "alice", "channel": said["channel"], "ts": card["ts"], "action": "deputy.approve"})
    slack.wait(said["channel"], "`slack.post_message`")
    posted, = [message for message in slack.messages(general) if "Bob starts" in json.dumps(message)]
    assert posted["user"] == slack.acme.ids["slack_users"]["alice"], "as herself, not as the app"
    assert owners(talking, "slack.chat.postMessage").count("alice") == 1


def test_who_isnt_known_is_shown_how_to_be_and_nobody_else_sees_it(talking):
    slack = Slack(talking, "onboarding")
    said = slack.say("alice", f"@{slack.name} {SEARCH}", channel="general")
    card = slack.wait(said["channel"], "/senders/dpy_sender_")[0]
    assert card["reader"] == slack.acme.ids["slack_users"]["alice"]
    assert owners(talking, "notion.search") == []
    path = json.dumps(card).split("/senders/")[1].split('"')[0].split("|")[0].split(">")[0]
    alice = talking.browser("alice")
    status, page = alice.send("GET", f"/senders/{path}")
    assert status == 200
    form = {name: re.search(f'name="{name}" value="([^"]+)"', page).group(1) for name in ("csrf", "link", "sender")}
    action = re.search(r'<form[^>]*action="([^"]+)"', page).group(1)
    assert alice.send("POST", action, form)[0] in (200, 303)
    slack.say("alice", f"@{slack.name} {SEARCH}", channel="general")
    slack.wait(slack.alone("alice"), "offline planner")
    assert owners(talking, "notion.search") == ["alice"]


def test_the_email_claw_asks_dana_whoever_writes(talking):
    slack = Slack(talking, "email")
    for person in ("bob", "dana"):
        slack.link(person)
    said = slack.say("bob", MAIL)
    slack.wait(said["channel"], "agreement of dana")
    assert owners(talking, "gmail.users.messages.send") == []
    waiting = talking.run("approvals", "list")["approvals"]
    assert len(waiting) == 1
    assert talking.browser("dana").approve(waiting[0]["id"])[0] in (200, 303)
    slack.wait(said["channel"], "gmail.send")
    assert owners(talking, "gmail.users.messages.send") == ["dana"]


def test_fleet_3_dana_says_yes_with_a_button_and_bob_cant(talking):
    slack = Slack(talking, "email")
    for person in ("bob", "dana"):
        slack.link(person)
    said = slack.say("dana", MAIL)
    card = slack.wait(said["channel"], "deputy.approve")[0]
    approval = talking.run("approvals", "list")["approvals"][0]["id"]
    press = {"channel": said["channel"], "ts": card["ts"], "action": "deputy.approve"}
    bobs = slack.say("bob", "hello")
    mine = slack.wait(bobs["channel"], "Write each call")[0]
    slack.acme.ask("POST", "/slack/press", {
        "channel": bobs["channel"], "ts": mine["ts"], "action": "deputy.approve", "by": "bob", "value": approval})
    time.sleep(1)
    assert owners(talking, "gmail.users.messages.send") == []
    slack.acme.ask("POST", "/slack/press", press | {"by": "dana"})
    slack.wait(said["channel"], "`gmail.send`")
    decided = slack.wait(said["channel"], "agreed. I go on with it now")[0]
    assert decided["ts"] == card["ts"] and "deputy.approve" not in json.dumps(decided), "it takes the buttons' place"
    slack.acme.ask("POST", "/slack/press", press | {"by": "dana", "value": approval})
    slack.wait(said["channel"], "it is decided already")
    assert owners(talking, "gmail.users.messages.send") == ["dana"]


@pytest.mark.parametrize("verb, words", [("approve", "agreed by dana"), ("deny", "denied by dana")])
def test_what_is_decided_on_a_page_takes_the_cards_place(talking, verb, words):
    slack = Slack(talking, "email")
    slack.link("dana")
    said = slack.say("dana", MAIL)
    card = slack.wait(said["channel"], "deputy.approve")[0]
    approval = talking.run("approvals", "list")["approvals"][0]["id"]
    assert talking.browser("dana").answer(approval, verb)[0] in (200, 303)
    decided = slack.wait(said["channel"], words)[0]
    assert decided["ts"] == card["ts"] and "deputy.approve" not in json.dumps(slack.messages(said["channel"]))
    time.sleep(1.5)
    updates = [one for one in talking.acme.journal() if one["call"] == "slack.chat.update"]
    assert [(one["owner"], one["status"]) for one in updates] == [(slack.name, 200)]
    assert len(owners(talking, "gmail.users.messages.send")) == (verb == "approve")


@pytest.mark.parametrize("fault", ["late", "forged", "unsigned", "malformed", "oversized"])
def test_row_10_what_slack_didnt_say_starts_nothing(talking, fault):
    slack = Slack(talking, "onboarding")
    slack.link("alice")
    said = slack.acme.ask("POST", "/slack/say", {"by": "alice", "text": SEARCH, "to": slack.name, "fault": fault})
    time.sleep(1)
    assert owners(talking, "notion.search") == []
    assert [m for m in slack.messages(said["channel"]) if m.get("user") == slack.app["user"]] == []


def test_row_10_fleet_11_an_event_that_is_told_twice_is_one_turn_also_after_a_death(talking):
    slack = Slack(talking, "onboarding")
    slack.link("alice")
    said = slack.acme.ask("POST", "/slack/say", {"by": "alice", "text": SEARCH, "to": slack.name, "fault": "duplicate"})
    slack.wait(said["channel"], "offline planner")
    port = int(talking.url.rsplit(":", 1)[1])
    talking.gateway.send_signal(signal.SIGKILL)
    talking.gateway.wait()
    talking.serve(port)
    said = slack.say("alice", SEARCH)
    slack.wait(said["channel"], "offline planner", count=2)
    time.sleep(1)
    assert owners(talking, "notion.search") == ["alice", "alice"]
    assert len(slack.wait(said["channel"], "offline planner", count=2)) == 2


def test_who_leaves_isnt_known_any_more(talking):
    slack = Slack(talking, "onboarding", unknown="refuse")
    slack.link("alice")
    talking.run("people", "suspend", "alice")
    said = slack.say("alice", SEARCH)
    slack.wait(said["channel"], "don't know who you are")
    assert owners(talking, "notion.search") == []


def test_a_paused_account_takes_nothing(talking):
    slack = Slack(talking, "onboarding")
    slack.link("alice")
    talking.run("channels", "pause", "slack", "onboarding")
    said = slack.say("alice", SEARCH)
    time.sleep(1)
    assert slack.messages(said["channel"])[-1].get("user") != slack.app["user"]
    assert owners(talking, "notion.search") == []
