"""A connection that somebody lacks when they ask in Slack: a card for them alone, consent in a real browser, and the turn goes on by
itself. Judged by the service's journal and by what Slack's stand-in has where."""

import json
import pathlib
import re
import time

import gateway_home as gateway
import pytest
from clicking import go, keep
from test_connecting import agree
from test_slack_talk import Slack, bind

ASK = "/call notes.list {}"


@pytest.fixture
def home(tmp_path, services):
    """Carol and Bob have no account at Notes yet."""
    services["notes"].reset()
    acme = gateway.Acme(tmp_path)
    home = gateway.Home(tmp_path, acme)
    folder = pathlib.Path(home.path) / "providers"
    folder.mkdir(exist_ok=True)
    (folder / "notes.json5").write_text(services["notes"].manifest)
    for person in ("bob", "carol", "dana"):
        home.run("people", "add", person, "--email", f"{person}@acme.test")
    home.run("agents", "add", "helper", "--acts-as", "assistant", "--owner", "dana", "--users", "everyone",
             "--slot", "notes:person", "--tool", "notes.list")
    home.run("apps", "add", "notes", "--client-id", services["notes"].client, secret=services["notes"].secret)
    home.run("models", "add", "default", "--speaks", "offline")
    bind(home, tmp_path, helper="helper")
    home.serve()
    yield home
    home.stop()
    acme.stop()


def link_in(message, home):
    return re.search(re.escape(home.url) + r"/connect/flow[^\"\\ |>]*", json.dumps(message)).group(0)


def test_fleet_2_whoever_lacks_a_connection_is_shown_a_link_alone_and_is_answered_when_they_have_it(home, notes, sign_in):
    slack = Slack(home, "helper")
    slack.link("carol")
    carol = sign_in("carol")
    agree(home, carol)
    said = slack.say("carol", f"@{slack.name} {ASK}", channel="general")
    card = slack.wait(said["channel"], "/connect/flow")[0]
    assert card["reader"] == slack.acme.ids["slack_users"]["carol"], "nobody else in the channel sees it"
    link = link_in(card, home)
    assert "carol" not in link and notes.journal == []

    bob = sign_in("bob")
    bob.goto(link)
    assert bob.get_by_role("button", name=re.compile("Go on to")).count() == 0, "it is for Carol alone"

    keep(go(carol, link))
    slack.wait(slack.alone("carol"), "offline planner")
    assert notes.journal[-1] == ("carol", "/notes")
    assert [owner for owner, path in notes.journal if path == "/notes"] == ["carol"], "once, and by itself"
    time.sleep(1)
    assert "offline planner" not in json.dumps(slack.messages(said["channel"]))
    turns = home.sql("SELECT state FROM turns")
    assert [tuple(row) for row in turns] == [("answered",)]
