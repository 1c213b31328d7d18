"""A connection that somebody lacks when they ask by mail: a link to them, consent in a real browser, and the turn goes on by itself.
Judged by the service's journal and by what Dovecot has in whose mailbox."""

import json
import re

import pytest
from agreeing import agree
from clicking import go, keep
from mail_home import gateway
from service import Service
from test_mail_talk import Desk


@pytest.fixture
def acme(tmp_path):
    acme = gateway.Acme(tmp_path)
    yield acme
    acme.stop()


@pytest.fixture
def notes():
    service = Service("notes", "Notes")
    yield service
    service.stop()


@pytest.fixture
def desk(tmp_path, acme, dovecot, postfix, certificate, notes):
    desk = Desk(tmp_path, acme, dovecot, postfix, certificate, "link", "onboarding", manifests={"notes": notes.manifest})
    desk.home.run("apps", "add", "notes", "--client-id", notes.client, secret=notes.secret)
    desk.home.run("agents", "add", "helper", "--acts-as", "assistant", "--owner", "dana", "--users", "everyone",
                  "--slot", "notes:person", "--tool", "notes.list")
    rules = tmp_path / "rules.json5"
    rules.write_text(json.dumps({"bindings": [{"agentId": "helper", "match": {"channel": "mail", "accountId": "desk"}}]}))
    desk.home.run("apply", str(rules), "--yes", "--owner", "dana")
    yield desk
    desk.home.stop()


@pytest.fixture
def sign_in(chromium, desk):
    def sign_in(person):
        page = chromium.new_context(locale="en").new_page()
        page.goto(desk.home.run("login", person)["link"])
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url("**/approvals")
        return page
    return sign_in


def test_whoever_lacks_a_connection_is_mailed_a_link_and_is_answered_when_they_have_it(desk, notes, sign_in):
    home = desk.home
    home.run("senders", "link", "mail:alice@acme.test", "--person", "alice")
    agree(home.browser("alice"))
    notes.account = "alice"
    asked = desk.write("alice", "/call notes.list {}", login=True, subject="Notes")
    card, = desk.got("alice")
    link = re.search(re.escape(home.url) + r"/connect/flow\S*", card.get_content()).group(0)
    assert card["In-Reply-To"] == asked and notes.journal == []

    bob = sign_in("bob")
    bob.goto(link)
    assert bob.get_by_role("button", name=re.compile("Go on to")).count() == 0, "it is for Alice alone"

    keep(go(sign_in("alice"), link))
    _, answer = desk.got("alice", 2)
    assert "offline planner" in answer.get_content() and answer["Subject"] == "Re: Notes"
    assert [call for call in notes.journal if call[1] == "/notes"] == [("alice", "/notes")], "once, and by itself"
    assert desk.mails("bob") == []
    assert json.dumps([tuple(row) for row in home.sql("SELECT state FROM turns")]) == '[["answered"]]'
