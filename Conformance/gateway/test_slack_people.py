"""Who somebody in Slack is, as the workspace's own directory says; and the product claw behind its own bot."""

import json
import time

from slack_sdk import WebClient
from test_slack_talk import SEARCH, Slack, bind, owners, talking  # noqa: F401

LOOK_UPS = "slack.users.info"


def links(home):
    return {link["sender"]: (link["person"], link["proof"]) for link in home.run("senders", "list")["senders"]}


def sender(slack, person):
    return f"slack:{slack.app['team']}/{slack.acme.ids['slack_users'][person]}"


def test_a_colleague_is_known_by_the_address_that_the_workspace_confirmed(talking):
    slack = Slack(talking, "onboarding", "link", "--match-directory")
    before = owners(talking, LOOK_UPS).count(slack.name)
    said = slack.say("alice", SEARCH)
    slack.wait(said["channel"], "offline planner")
    slack.say("alice", SEARCH)
    slack.wait(said["channel"], "offline planner", count=2)
    assert owners(talking, "notion.search") == ["alice", "alice"]
    assert links(talking) == {sender(slack, "alice"): ("alice", "directory")}
    assert owners(talking, LOOK_UPS).count(slack.name) == before + 1, "asked once, as the app"
    leaves = [leaf.get("change") for leaf in talking.leaves()]
    assert leaves.count("sender.looked-up") == 1 and leaves.index("sender.looked-up") < leaves.index("sender.linked")


def test_guests_and_who_was_unlinked_are_asked_to_show_who_they_are(talking):
    slack = Slack(talking, "onboarding", "link", "--match-directory")
    talking.acme.ask("POST", "/slack/people", {"owner": "bob", "guest": True})
    try:
        said = slack.say("bob", SEARCH)
        slack.wait(said["channel"], "/senders/dpy_sender_")
    finally:
        talking.acme.ask("POST", "/slack/people", {"owner": "bob", "guest": False})
    said = slack.say("alice", SEARCH)
    slack.wait(said["channel"], "offline planner")
    talking.run("senders", "unlink", sender(slack, "alice"))
    slack.say("alice", SEARCH)
    slack.wait(said["channel"], "/senders/dpy_sender_")
    assert links(talking) == {} and owners(talking, "notion.search") == ["alice"]


def test_without_the_switch_nobody_is_looked_up(talking):
    slack = Slack(talking, "onboarding")
    before = owners(talking, LOOK_UPS)
    said = slack.say("alice", SEARCH)
    slack.wait(said["channel"], "/senders/dpy_sender_")
    assert owners(talking, LOOK_UPS) == before and links(talking) == {}


def test_the_product_claw_answers_behind_its_own_bot_with_its_own_notion(talking, tmp_path):
    """The seed: "It has its own Notion account and is exposed via a custom Slack bot.\""""
    bind(talking, tmp_path, product="product", email="email")
    slack, other = Slack(talking, "product", "refuse"), Slack(talking, "email")
    for person in ("alice", "bob"):
        slack.link(person)
        said = slack.say(person, SEARCH)
        answer = slack.wait(said["channel"], "offline planner")[0]
        assert "Alice's" not in str(answer) and "Bob's" not in str(answer)
    assert owners(talking, "notion.search") == ["product", "product"], "whoever asks"
    spoke = [entry["owner"] for entry in talking.acme.journal() if entry["call"] == "slack.chat.postMessage"]
    assert set(spoke) == {slack.name}, "an agent speaks through its own app alone"

    said = slack.say("carol", SEARCH)
    slack.wait(said["channel"], "I don't know who you are here")
    time.sleep(0.5)
    assert owners(talking, "notion.search") == ["product", "product"]
    assert other.app["user"] not in str(slack.messages(said["channel"]))


def test_a_bot_starts_nothing_unless_it_is_named_and_never_agrees(talking, tmp_path):
    home = talking
    file = tmp_path / "desk.json5"
    file.write_text(json.dumps({
        "agents": {"list": [
            {"id": "desk", "owner": "dana", "actsAs": "claw", "users": "everyone", "slots": ["notion:agent", "gmail:agent"],
             "tools": {"use": ["notion.*", "gmail.send"]}, "guests": ["notion.search"]}]},
        "bindings": [{"agentId": "desk", "match": {"channel": "slack", "accountId": name}} for name in ("open", "named")]}))
    home.run("apply", str(file), "--yes")
    for provider, owner in (("notion", "product"), ("gmail", "dana")):
        home.run("connections", "add", provider, "--agent", "desk", "--shared-with-owner", secret=home.acme.tokens[provider][owner])
    robot = home.acme.ask("POST", "/slack/apps", {"owner": "robot", "request_url": "http://127.0.0.1:9/", "channels": ["general"]})
    # Even where strangers may talk to it, a bot isn't one of them.
    for name, flags, calls in (("open", (), 0), ("named", ("--bot", f"slack:{robot['team']}/{robot['user']}"), 1)):
        slack = Slack(home, name, "guest", *flags)
        bot = WebClient(token=robot["token"], base_url=home.acme.origins["slack"] + "/api/")
        text = f"<@{slack.app['user']}> {SEARCH}"
        ts = bot.chat_postMessage(channel=home.acme.ids["channels"]["general"], text=text)["ts"]
        home.acme.ask("POST", "/slack/event", {"app": slack.name, "event": {
            "type": "app_mention", "user": robot["user"], "bot_id": robot["bot"], "text": text, "ts": ts, "event_ts": ts,
            "channel": home.acme.ids["channels"]["general"], "team": robot["team"]}})
        deadline = time.time() + 4
        while len(owners(home, "notion.search")) < calls and time.time() < deadline:
            time.sleep(0.1)
        time.sleep(0.5)
        assert owners(home, "notion.search") == ["product"] * calls, name
    assert [row[0] for row in home.sql("SELECT reason FROM inbox WHERE state = 'ignored'")].count("a bot wrote it") == 1
    refused = home.command("senders", "link", f"slack:{robot['team']}/{robot['user']}", "--person", "dana")
    assert refused.returncode == 1 and "no bot is a person" in refused.stdout, "so it agrees to nothing either"
