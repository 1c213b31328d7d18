"""Whoever must agree is shown the call in Slack, alone, and decides there: by the platform's own book."""

import email
import email.policy
import json
import pathlib
import socket
import time
import urllib.error
import urllib.parse
import urllib.request

import pytest
from aiosmtpd.controller import Controller
from slack_sdk import WebClient
from slack_sdk.signature import SignatureVerifier
from test_slack_talk import Slack

MAIL = '/call gmail.send {"to": ["pat@stranger.example"], "subject": "From Slack", "body": "hello"}'


class Post(Slack):
    """An agent that sends for everybody, with Dana's yes or Carol's."""

    def __init__(self, home, folder, unknown="link", guests=()):
        file = folder / "post.json5"
        file.write_text(json.dumps({
            "agents": {"list": [
                {"id": "post", "owner": "dana", "actsAs": "claw", "users": "everyone", "approvers": ["carol"],
                 "slots": ["gmail:agent"], "tools": {"use": ["gmail.*"]}, "guests": list(guests)}]},
            "bindings": [{"agentId": "post", "match": {"channel": "slack", "accountId": "post"}}]}))
        home.run("apply", str(file), "--yes", "--owner", "dana")
        home.run("connections", "add", "gmail", "--agent", "post", "--shared-with-owner",
                 secret=home.acme.tokens["gmail"]["dana"])
        home.run("models", "add", "default", "--speaks", "offline")
        super().__init__(home, "post", unknown)
        self.bot = WebClient(token=self.app["token"], base_url=self.acme.origins["slack"] + "/api/")

    def history(self, person):
        """What the app and this person have said to each other alone, as Slack tells the app."""
        return self.bot.conversations_history(channel=self.alone(person))["messages"]

    def cards(self, person):
        return [message for message in self.history(person) if "deputy.approve" in json.dumps(message)]

    def card(self, person, seconds=60):
        return self.wait(self.alone(person), "deputy.approve", seconds=seconds)[0]

    def press(self, by, card, action="deputy.approve", channel=None, **more):
        self.acme.ask("POST", "/slack/press", {
            "by": by, "channel": channel or self.alone(by), "ts": card["ts"], "action": action} | more)


@pytest.fixture
def post(home, tmp_path):
    slack = Post(home, tmp_path)
    for person in ("bob", "carol", "dana"):
        slack.link(person)
    return slack


def sent(home):
    return [entry["owner"] for entry in home.acme.journal()
            if entry["call"] == "gmail.users.messages.send" and entry["status"] == 200]


def sends_once(home, owner, seconds=60):
    """A call that was agreed to is carried out a moment later."""
    deadline = time.time() + seconds
    while not sent(home) and time.time() < deadline:
        time.sleep(0.05)
    time.sleep(0.5)
    return sent(home) == [owner]


def leaves(home, change):
    return [leaf for leaf in home.leaves() if leaf.get("change") == change]


def lines(message):
    """What stands in a message, a line each."""
    return [element["text"] for block in message["blocks"] if block["type"] == "rich_text"
            for section in block["elements"] for element in section["elements"]]


def test_both_who_may_agree_are_shown_it_alone_and_one_of_them_decides(home, post):
    said = post.say("bob", f"@{post.name} {MAIL}", channel="general")
    cards = {person: post.card(person) for person in ("carol", "dana")}
    shown = "\n".join(lines(cards["dana"])).split("\n")
    assert shown[1] == "to pat@stranger.example (outside)", "destinations first"
    assert shown[2] == "asked by: bob, of the agent post"
    assert "body: hello" in shown
    assert "deputy.approve" not in json.dumps(post.messages(said["channel"])) and post.cards("bob") == []
    assert "stranger.example" not in json.dumps(
        [m for m in post.messages(said["channel"]) if m.get("user") == post.app["user"]])
    assert sorted(leaf["person"] for leaf in leaves(home, "card.shown")) == ["carol", "dana"]
    posted = [entry["owner"] for entry in home.acme.journal() if entry["call"] == "slack.chat.postMessage"]
    assert set(posted) == {post.name}

    post.press("dana", cards["dana"])
    post.wait(post.alone("dana"), "agreed. I go on with it now")
    replaced = post.wait(post.alone("carol"), "agreed by dana")[0]
    assert replaced["ts"] == cards["carol"]["ts"] and post.cards("carol") == [] and post.cards("dana") == []
    approval = leaves(home, "card.shown")[0]["approval"]
    post.press("carol", cards["carol"], value=approval)
    post.wait(post.alone("carol"), "it is decided already: it was approved by dana")
    assert sends_once(home, "dana")
    assert leaves(home, "press.refused") == []


def test_what_a_client_calls_is_shown_too_and_denied_with_a_button(home, post):
    token = home.token("bob", "post")
    kind, _ = home.call("post", token, "gmail.send", {
        "to": ["pat@stranger.example"], "subject": "s", "body": "<https://a.test|click> *all* `of` @channel"})
    assert kind == "approval_required"
    card = post.card("carol")
    assert "body: <https://a.test|click> *all* `of` @channel" in "\n".join(lines(card)).split("\n"), "as it is"
    post.press("carol", card, "deputy.deny")
    post.wait(post.alone("dana"), "denied by carol")
    assert sent(home) == [] and post.cards("dana") == []


def test_what_isnt_shown_whole_has_no_buttons(home, post):
    post.say("bob", MAIL.replace("hello", "x" * 2500 + "END"))
    assert "END" in json.dumps(post.card("dana"))
    post.say("bob", MAIL.replace("hello", "x" * 5000 + "END"))
    cut = post.wait(post.alone("dana"), "This is not all of it")[0]
    assert "deputy.approve" not in json.dumps(cut) and "END" not in json.dumps(cut)
    assert "/approvals/" in json.dumps(cut), "the page has all of it"


def test_fleet_3_a_copy_and_anybody_elses_press_count_for_nothing_and_are_recorded(home, post):
    home.acme.ask("POST", "/slack/people", {"owner": "mallory"})
    post.say("bob", MAIL)
    card = post.card("dana")
    approval = leaves(home, "card.shown")[0]["approval"]
    general = home.acme.ask("POST", "/slack/channels", {"name": "all", "members": ["dana", "bob", "mallory", post.name]})["id"]
    copy = post.bot.chat_postMessage(channel=general, text="?", blocks=card["blocks"])
    # Dana may agree, but not to a copy; Bob asked, and may not; nobody knows Mallory.
    for person in ("dana", "bob", "mallory"):
        post.press(person, copy, channel=general)
        post.press(person, copy, channel=general)
    deadline = time.time() + 60
    while len(leaves(home, "press.refused")) < 3 and time.time() < deadline:
        time.sleep(0.1)
    time.sleep(1)
    refused = [(leaf["reason"], leaf.get("person"), leaf["approval"]) for leaf in leaves(home, "press.refused")]
    assert sorted(refused, key=str) == sorted([
        ("not-their-card", "dana", approval), ("not-their-card", "bob", approval),
        ("unknown-sender", None, approval)], key=str), "each once, however often it is pressed"
    assert sent(home) == []
    told = post.wait(general, "a card that you were shown", count=4) + post.wait(general, "don't know who you are", count=2)
    readers = [message["reader"] for message in told]
    users = [home.acme.ids["slack_users"][person] for person in ("dana", "bob")]
    assert readers[:4] == [users[0], users[0], users[1], users[1]], "whoever pressed is told why, alone"
    assert readers[4] == readers[5] not in (None, *users)
    post.press("dana", card)
    post.wait(post.alone("dana"), "agreed. I go on with it now")
    assert sends_once(home, "dana")


def test_fleet_3_who_isnt_an_approver_any_more_agrees_to_nothing_and_their_card_goes(home, post):
    post.say("bob", MAIL)
    cards = {person: post.card(person) for person in ("carol", "dana")}
    user = home.acme.ids["slack_users"]["carol"]
    home.run("senders", "unlink", f"slack:{post.app['team']}/{user}")
    post.press("carol", cards["carol"])
    post.wait(post.alone("carol"), "don't know who you are")
    gone = post.wait(post.alone("carol"), "isn't yours to answer any more", seconds=20)[0]
    assert gone["ts"] == cards["carol"]["ts"]
    assert [message["ts"] for message in post.cards("dana")] == [cards["dana"]["ts"]], "the other one stands"
    assert sent(home) == []
    home.run("people", "suspend", "bob")
    post.wait(post.alone("dana"), "what it stood on has changed")
    assert post.cards("dana") == []


def test_fleet_a_guest_cant_flood_an_owner(home, tmp_path):
    slack = Post(home, tmp_path, unknown="guest", guests=["gmail.send"])
    slack.link("dana")
    for number in range(7):
        said = slack.say("bob", MAIL.replace("hello", f"hello {number}"))
    slack.wait(said["channel"], "the person who is responsible", count=7)
    slack.wait(slack.alone("dana"), "More waits for your answer")
    time.sleep(3)
    assert len(slack.cards("dana")) == 4
    told = [m for m in slack.history("dana") if "More waits" in json.dumps(m)]
    assert len(told) == 1 and f"{home.url}/approvals" in json.dumps(told)
    assert len(home.run("approvals", "list")["approvals"]) == 7
    assert "asked by: the guest slack:" in json.dumps(slack.cards("dana")), "and who it is"


def test_of_two_who_must_both_agree_the_first_begins_nothing(home, tmp_path):
    slack = Post(home, tmp_path, unknown="guest", guests=["gmail.send"])
    for person in ("carol", "dana"):
        slack.link(person)
    slack.say("bob", MAIL)
    cards = {person: slack.card(person) for person in ("carol", "dana")}
    slack.press("carol", cards["carol"])
    first = slack.wait(slack.alone("carol"), "agreed. It waits for somebody else's yes too")[0]
    assert first["ts"] == cards["carol"]["ts"] and slack.cards("carol") == []
    assert "I go on with it" not in json.dumps(slack.history("carol"))
    time.sleep(1)
    assert sent(home) == [] and slack.card("dana")["ts"] == cards["dana"]["ts"]
    slack.press("dana", cards["dana"])
    slack.wait(slack.alone("dana"), "agreed. I go on with it now")
    assert sends_once(home, "dana")


def test_what_nobody_answers_in_time_loses_its_buttons_everywhere_and_is_never_done(home, post):
    post.say("bob", MAIL)
    cards = {person: post.card(person) for person in ("carol", "dana")}
    approval = leaves(home, "card.shown")[0]["approval"]
    # The clock can't be moved, so what is kept of it is: it ended a second ago.
    record = json.loads(home.sql("SELECT record FROM approvals WHERE id = $1", approval)[0][0])
    key = next(name for name in record if name.startswith("expire"))
    home.sql("UPDATE approvals SET record = $1 WHERE id = $2",
             json.dumps(record | {key: int((time.time() - 1) * 1_000_000)}, separators=(",", ":")), approval)
    # A press that comes before anybody has noticed is one too late.
    post.press("dana", cards["dana"])
    for person, words in (("dana", "nobody answered in time"), ("carol", "nobody agreed in time")):
        gone = post.wait(post.alone(person), words, seconds=70)[0]
        assert gone["ts"] == cards[person]["ts"] and post.cards(person) == []
    assert sent(home) == []


class Letters:
    """A mail server that keeps what it is handed, and for whom."""

    def __init__(self):
        self.mails = []
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.controller = Controller(self, hostname="127.0.0.1", port=self.port, ready_timeout=60)
        self.controller.start()

    async def handle_DATA(self, server, session, envelope):
        self.mails.append((envelope.rcpt_tos, email.message_from_bytes(envelope.content, policy=email.policy.default)))
        return "250 taken"

    def of(self, person):
        return [mail for to, mail in self.mails if to == [f"{person}@acme.test"]]

    def got(self, person, count=1, seconds=60):
        deadline = time.time() + seconds
        while len(self.of(person)) < count and time.time() < deadline:
            time.sleep(0.05)
        assert len(self.of(person)) == count, self.mails
        return self.of(person)


@pytest.fixture
def letters():
    letters = Letters()
    yield letters
    letters.controller.stop()


def test_who_is_in_slack_is_asked_there_and_who_isnt_by_mail_each_once(home, tmp_path, letters):
    slack = Post(home, tmp_path)
    home.run("notices", "set", "--smtp", f"smtp-clear://127.0.0.1:{letters.port}", "--from", "deputy@acme.test")
    for person in ("bob", "dana"):
        slack.link(person)
    slack.say("bob", MAIL)
    card = slack.card("dana")
    letter, = letters.got("carol")
    assert "to pat@stranger.example (outside)" in letter.get_content() and "deputy.approve" not in letter.get_content()
    time.sleep(6)
    assert len(letters.mails) == 1, "Dana has seen it, and nobody is told twice"
    slack.press("dana", card)
    slack.wait(slack.alone("dana"), "agreed. I go on with it now")
    _, told = letters.got("carol", 2)
    assert "agreed by dana." in told.get_content() and told["In-Reply-To"] == letter["Message-ID"]
    assert sends_once(home, "dana") and letters.of("dana") == []


def test_fleet_test_15_when_slack_takes_nothing_the_approver_is_asked_by_mail(home, tmp_path, letters):
    slack = Post(home, tmp_path)
    home.run("notices", "set", "--smtp", f"smtp-clear://127.0.0.1:{letters.port}", "--from", "deputy@acme.test")
    slack.link("dana")
    token = home.token("bob", "post")
    home.acme.ask("POST", "/revoke", {"service": "slack", "owner": slack.name})
    kind, _ = home.call("post", token, "gmail.send", {"to": ["pat@stranger.example"], "subject": "s", "body": "hello"})
    assert kind == "approval_required"
    letter, = letters.got("dana", seconds=60)
    assert "body: hello" in letter.get_content()
    approval = home.run("approvals", "list")["approvals"][0]["id"]
    assert home.browser("dana").approve(approval)[0] in (200, 303)
    assert sends_once(home, "dana")


def test_a_card_whose_tool_is_in_quarantine_loses_its_buttons_and_a_press_agrees_to_nothing(home, post):
    home.run("servers", "add", "tickets", home.acme.origins["tickets"] + "/mcp", "--credential")
    home.run("agents", "add", "courier", "--acts-as", "claw", "--owner", "dana", "--users", "everyone",
             "--slot", "tickets:agent", "--tool", "tickets.*")
    home.run("connections", "add", "tickets", "--agent", "courier", secret=home.acme.tokens["tickets"]["service"])
    home.run("servers", "refresh", "tickets")
    home.run("tools", "release", "tickets.search", "--effect", "send", "--role", "query=destination")
    file = pathlib.Path(home.path).parent / "courier.json5"
    file.write_text(json.dumps({"bindings": [
        {"agentId": agent, "match": {"channel": "slack", "accountId": "post"} | more}
        for agent, more in (("post", {}), ("courier", {"peer": {"kind": "channel", "id": "C0000000001"}}))]}))
    home.run("apply", str(file), "--yes", "--owner", "dana")
    kind, _ = home.call("courier", home.token("bob", "courier"), "tickets.search", {"query": "pat@stranger.example"})
    assert kind == "approval_required"
    card = post.card("dana")
    approval = leaves(home, "card.shown")[0]["approval"]
    since = max(entry["n"] for entry in home.acme.journal())
    home.acme.ask("POST", "/tickets", {"description": "Finds tickets, and sends them on."})
    home.run("servers", "refresh", "tickets")
    post.press("dana", card)
    gone = post.wait(post.alone("dana"), "its tool is away or has changed", seconds=30)[0]
    assert gone["ts"] == card["ts"] and post.cards("dana") == []
    # Also one who kept the button, and one who has it from before, agrees to nothing.
    post.press("dana", card, value=approval)
    time.sleep(2)
    assert home.run("approvals", "show", approval)["state"] == "waiting"
    assert [one for one in home.acme.journal(since) if one["call"] == "tickets.search"] == []
    assert "I go on with it" not in json.dumps(post.history("dana"))


def test_a_foreign_or_forged_press_of_a_real_card_counts_for_nothing(home, post):
    post.say("bob", MAIL)
    card = post.card("dana")
    approval = leaves(home, "card.shown")[0]["approval"]
    dana = home.acme.ids["slack_users"]["dana"]

    def press(secret=post.app["signing_secret"], age=0, user=None, **more):
        body = {
            "type": "block_actions", "api_app_id": post.app["app"], "team": {"id": post.app["team"]},
            "user": {"id": dana, "team_id": post.app["team"]} | (user or {}),
            "container": {"type": "message", "message_ts": card["ts"], "channel_id": post.alone("dana")},
            "channel": {"id": post.alone("dana")}, "trigger_id": "1.2.3", "response_url": "https://evil.example/",
            "actions": [{"action_id": "deputy.approve", "type": "button", "value": approval}]} | more
        text = urllib.parse.urlencode({"payload": json.dumps(body)})
        at = str(int(time.time()) - age)
        request = urllib.request.Request(f"{home.url}/hooks/slack/post", data=text.encode(), headers={
            "Content-Type": "application/x-www-form-urlencoded", "X-Slack-Request-Timestamp": at,
            "X-Slack-Signature": SignatureVerifier(secret).generate_signature(timestamp=at, body=text)})
        try:
            return urllib.request.urlopen(request, timeout=10).status
        except urllib.error.HTTPError as error:
            return error.code

    assert press(secret="f" * 32) == 401 and press(age=400) == 401
    assert press(api_app_id="A0OTHER") == 403 and press(team={"id": "T0OTHER"}) == 403
    # A member of another workspace whose id is Dana's; a message of another place; Carol's own card isn't Dana's.
    assert press(user={"team_id": "T0OTHER"}) == 200
    assert press(container={"type": "message", "message_ts": card["ts"], "channel_id": post.alone("carol")},
                 channel={"id": post.alone("carol")}) == 200
    assert press(container={"type": "message", "message_ts": post.card("carol")["ts"],
                            "channel_id": post.alone("carol")}, channel={"id": post.alone("carol")}) == 200
    deadline = time.time() + 60
    while len(leaves(home, "press.refused")) < 3 and time.time() < deadline:
        time.sleep(0.1)
    assert sorted(leaf["reason"] for leaf in leaves(home, "press.refused")) == [
        "not-their-card", "not-their-card", "unknown-sender"]
    assert home.run("approvals", "show", approval)["state"] == "waiting" and sent(home) == []
    counts = {s["labels"]["reason"]: s["value"] for f in home.run("status")["metrics"]
              if f["name"] == "deputy_channel_refusals_total" for s in f["samples"]}
    assert (counts["forged"], counts["stale"], counts["foreign"], counts["press"]) == (1, 1, 2, 3)
    assert press() == 200, "and the real one counts"
    post.wait(post.alone("dana"), "agreed. I go on with it now")
    assert sends_once(home, "dana")
