"""Sign in with Slack: whoever Slack signs in is that member of the workspace, and their messages are theirs."""

import re

import requests
from acme_oauth import decide
from test_slack_people import links, sender
from test_slack_talk import SEARCH, Slack, owners, talking  # noqa: F401

SECRET = "s3cret-of-the-app"


def register(home):
    home.acme.ask("POST", "/oauth/clients", {
        "service": "slack", "id": "A1", "secret": SECRET, "redirect_uris": [home.url + "/sign-in/slack/callback"]})
    home.run("sign-in", "add", "slack", "--issuer", home.acme.origins["slack"], "--client-id", "A1", secret=SECRET)


class Visitor(requests.Session):
    def __init__(self, home):
        super().__init__()
        self.home, self.trust_env = home, False

    def by_link(self, person):
        code = self.home.run("login", person)["link"].rsplit("/", 1)[1]
        self.post(self.home.url + "/login", data={"code": code})
        return self

    def through_slack(self, account, path="/sign-in/slack"):
        """To Slack and back as this account there; gives the last page."""
        there = self.get(self.home.url + path, allow_redirects=False).headers["Location"]
        back = decide(there, account).headers["Location"]
        return self.get(back)


def test_whoever_slack_signs_in_is_known_when_they_write(talking):
    slack = Slack(talking, "onboarding")
    register(talking)
    talking.run("sign-in", "link", "alice", "--provider", "slack", "--subject", slack.acme.ids["slack_users"]["alice"])
    page = Visitor(talking).through_slack("alice")
    assert page.status_code == 200 and "alice" in page.text
    assert links(talking) == {sender(slack, "alice"): ("alice", "sign-in")}
    said = slack.say("alice", SEARCH)
    slack.wait(said["channel"], "offline planner")
    assert owners(talking, "notion.search") == ["alice"]


def test_a_person_links_their_slack_on_a_page_that_shows_who_they_are_there(talking):
    slack = Slack(talking, "onboarding")
    register(talking)
    bob = Visitor(talking).by_link("bob")
    path = re.search(r'href="(/sign-in/slack\?link=[^"]+)"', bob.get(talking.url + "/browsers").text).group(1)
    page = bob.through_slack("bob", path)
    assert f"<dd>{sender(slack, 'bob')}</dd>" in page.text and links(talking) == {}, "being asked links nothing"
    fields = {name: re.search(f'name="{name}" value="([^"]*)"', page.text).group(1) for name in ("csrf", "proof")}
    assert "Linked." in bob.post(talking.url + "/logins", data=fields).text
    assert links(talking) == {sender(slack, "bob"): ("bob", "sign-in")}
    said = slack.say("bob", SEARCH)
    slack.wait(said["channel"], "offline planner")
    assert owners(talking, "notion.search") == ["bob"]


def test_another_workspaces_member_and_another_persons_sender_stay_what_they_are(talking):
    slack = Slack(talking, "onboarding")
    register(talking)
    for person in ("alice", "bob"):
        talking.run("sign-in", "link", person, "--provider", "slack", "--subject", slack.acme.ids["slack_users"][person])
    talking.run("senders", "link", sender(slack, "bob"), "--person", "carol")
    Visitor(talking).through_slack("bob")
    assert links(talking) == {sender(slack, "bob"): ("carol", "assertion")}, "signing in takes nobody's sender away"
    team = slack.app["team"]
    talking.acme.ask("POST", "/slack/people", {"owner": "alice", "team": "T9OTHER"})
    try:
        assert Visitor(talking).through_slack("alice").status_code == 200
    finally:
        talking.acme.ask("POST", "/slack/people", {"owner": "alice", "team": team})
    assert links(talking) == {sender(slack, "bob"): ("carol", "assertion")}
