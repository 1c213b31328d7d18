"""Two of the agents that this product was made for, whole: Slack's signed events in, and everything that a person does in between in a
real browser. The onboarding assistant has Slack and Notion with each person's own accounts; the product claw has its own Notion account
behind a Slack bot of its own. Whose token it was is what acme's journal says."""

import json
import re
import time
import types

import gateway_home as gateway
import pytest
from clicks import go_there, keep
from running import Acme as Running
from test_slack_talk import Slack, bind, owners
from vendors import SECRET, decide

FLOW = "**/connect/flow*"
DESKS = ("notion", "slack")


class Acme(Running):
    def ask(self, method, path, body=None):
        return self.control(method, path, **(body or {}))


@pytest.fixture
def acme():
    acme = Acme("--oauth", "--no-rate-limits")
    yield acme
    acme.stop()


@pytest.fixture
def home(tmp_path, acme):
    """The two agents as they are written down, and nobody's account."""
    home = gateway.Home(tmp_path, types.SimpleNamespace(origins={name: acme.origins[name] for name in DESKS}))
    home.acme = acme
    for person in ("alice", "bob", "dana"):
        home.run("people", "add", person, "--email", f"{person}@acme.test")
    file = tmp_path / "agents.json5"
    file.write_text(json.dumps({"agents": {"list": [
        {"id": "onboarding", "owner": "dana", "actsAs": "assistant", "users": "everyone",
         "slots": ["notion:person", "slack:person"], "tools": {"use": ["notion.*", "slack.*"]}},
        {"id": "product", "owner": "dana", "actsAs": "claw", "users": "everyone", "slots": ["notion:agent"],
         "tools": {"use": ["notion.*"]}, "ask": ["notion.get_page"]}]}}))
    home.run("apply", str(file), "--yes")
    home.run("models", "add", "default", "--speaks", "offline")
    home.serve()
    for name in DESKS:
        redirect = home.run("apps", "add", name, "--client-id", "deputy", secret=SECRET)["redirect_uri"]
        acme.control("POST", "/oauth/clients", service=name, id="deputy", secret=SECRET, redirect_uris=[redirect])
    acme.control("POST", "/oauth/accounts", owner="bob")
    acme.control("POST", "/oauth/accounts", owner="product")
    yield home
    home.stop()


def agree(home, page):
    page.goto(home.url + "/agreements")
    while (button := page.get_by_role("button", name="Agree to what is new")).count():
        button.first.click()


def become(home, slack, person, page, said):
    """Opens the link that the sender was sent, and shows who they are."""
    card = slack.wait(said["channel"], "/senders/dpy_sender_", count=1 + (person == "bob"))[-1]
    assert card["reader"] == acme_user(slack, person), "nobody else sees it"
    page.goto(re.search(re.escape(home.url) + r"/senders/[^\"\\ |>]*", json.dumps(card)).group(0))
    page.locator("main form button").first.click()
    page.wait_for_url("**/senders?done=linked")


def acme_user(slack, person):
    return slack.acme.ids["slack_users"][person]


def connect(home, slack, page, account, where, done):
    """Follows each card to the provider's own page and back, until nothing is missing any more."""
    deadline, seen = time.time() + 40, []
    while not done() and time.time() < deadline:
        cards = json.dumps([m for m in slack.messages(where) if m.get("reader") == acme_user(slack, account)])
        for link in re.findall(re.escape(home.url) + r"/connect/flow[^\"\\ |>]*", cards):
            if link not in seen:
                seen.append(link)
                go_there(page, link)
                decide(page, account)
                page.wait_for_url(FLOW)
                keep(page)
        time.sleep(0.1)
    return seen


def test_the_onboarding_assistant_from_a_question_to_an_answer(home, acme, sign_in, tmp_path):
    bind(home, tmp_path, onboarding="onboarding")
    slack = Slack(home, "onboarding")
    general = acme.ids["channels"]["general"]
    asked = lambda person: (  # noqa: E731
        f'@{slack.name} /call notion.search {{"query": ""}}\n'
        f'/call slack.post_message {{"channel": "{general}", "text": "{person} starts on Monday"}}')
    for person in ("alice", "bob"):
        page = sign_in(person)
        said = slack.say(person, asked(person), channel="general")
        become(home, slack, person, page, said)
        assert owners(home, "notion.search").count(person) == 0, "who isn't known yet has nobody's accounts"
        agree(home, page)
        said = slack.say(person, asked(person), channel="general")
        card = lambda: [m for place in (said["channel"], slack.alone(person)) for m in slack.messages(place)  # noqa: B023, E731
                        if "deputy.approve" in json.dumps(m) and (m.get("reader") or place == slack.alone(person))]
        seen = connect(home, slack, page, person, said["channel"], lambda: card())
        assert len(seen) == 2, "Notion and Slack, each once"
        assert person not in [m["user"] for m in slack.messages(general)]
        button, = card()
        place = slack.alone(person) if button in slack.messages(slack.alone(person)) else said["channel"]
        assert f"{person} starts" in json.dumps(button), "the very words"
        acme.ask("POST", "/slack/press", {"by": person, "channel": place, "ts": button["ts"], "action": "deputy.approve"})
        slack.wait(slack.alone(person), "`slack.post_message`")
        posted, = [m for m in slack.messages(general) if f"{person} starts on Monday" == m.get("text")
                   and m["user"] == acme.ids["slack_users"][person] and slack.name not in m["text"]]
        assert owners(home, "notion.search").count(person) == 1
        connected = {c["provider"]: c["email"] or c["account"] for c in home.run("connections", "list")["connections"]
                     if c["owner"] == f"person:{person}"}
        assert connected == {"notion": f"{person}@acme.test", "slack": f"{person}@acme.test"}
    assert owners(home, "notion.search") == ["alice", "bob"]
    assert [owner for owner in owners(home, "slack.chat.postMessage") if owner != slack.name] == ["alice", "bob"]
    assert home.run("ledger", "verify")["intact"]


def test_the_product_claw_from_a_question_to_an_answer(home, acme, sign_in, tmp_path):
    bind(home, tmp_path, product="product")
    slack = Slack(home, "product")
    for person in ("alice", "dana"):
        slack.link(person)
    plan = acme.ids["pages"]["roadmap"]
    said = slack.say("alice", '/call notion.search {"query": ""}\n/call notion.get_page {"page_id": "%s"}' % plan)
    told, = slack.wait(said["channel"], "My own account at notion")
    assert "dana is told" in json.dumps(told) and "/connect" not in json.dumps(told), "Alice can't mend it"
    # Whose agent it is is told where she talks, and nobody else.
    card, = slack.wait(slack.alone("dana"), "without an account of its own")
    dana = sign_in("dana")
    dana.goto(re.search(re.escape(home.url) + r"/connect/agent/[^\"\\\\ |>]*", json.dumps(card)).group(0))
    dana.get_by_role("button", name="Connect: Notion").click()
    if dana.get_by_role("button", name=re.compile("Go on to")).count():
        dana.get_by_role("button", name=re.compile("Go on to")).click()
    decide(dana, "product")
    dana.wait_for_url(FLOW)
    keep(dana)
    # The turn goes on by itself, up to what the owner wants to be asked for.
    asks, = slack.wait(slack.alone("dana"), "deputy.approve")
    assert plan in json.dumps(asks) and owners(home, "notion.search") == ["product"]
    assert owners(home, "notion.pages.retrieve") == []
    acme.ask("POST", "/slack/press", {"by": "dana", "channel": slack.alone("dana"), "ts": asks["ts"], "action": "deputy.approve"})
    slack.wait(said["channel"], "`notion.get_page` answered:")
    assert owners(home, "notion.pages.retrieve") == ["product"]
    spoke = [entry["owner"] for entry in acme.journal() if entry["call"] == "slack.chat.postMessage"]
    assert set(spoke) == {slack.name}, "behind its own bot"
    time.sleep(1)
    assert len(slack.wait(slack.alone("dana"), "without an account of its own")) == 1, "once"
    assert home.run("ledger", "verify")["intact"]
