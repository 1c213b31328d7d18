"""A connection that needs its owner is told to them in Slack, alone: by the platform's own book."""

import time

from test_slack_talk import Slack


def told(slack, since=0):
    """Everything that the app posted, wherever: [(channel, message)]"""
    return [entry for entry in slack.acme.journal()[since:]
            if entry["call"] in ("slack.chat.postMessage", "slack.chat.postEphemeral") and entry["status"] == 200]


def test_whoever_has_to_connect_again_is_told_alone_and_once(home, tmp_path):
    slack = Slack(home, "onboarding")
    slack.link("alice")
    alone = {person: slack.alone(person) for person in ("alice", "bob")}
    home.acme.ask("POST", "/revoke", {"service": "notion", "owner": "alice"})
    home.acme.ask("POST", "/revoke", {"service": "notion", "owner": "bob"})
    for person in ("alice", "bob"):
        for _ in range(3):
            kind, _ = home.call("onboarding", home.tokens[person], "notion.search", {"query": ""})
            assert kind != "done"
    message, = slack.wait(alone["alice"], "doesn't work any more")
    assert f"{home.url}/connections" in str(message)
    for word in ("notion", "alice", home.acme.tokens["notion"]["alice"]):
        assert word not in str(message["text"])
    time.sleep(7)
    assert len(told(slack)) == 1, "once, and nobody whom the app doesn't know"
    assert slack.messages(alone["bob"]) == []
    sending = [leaf for leaf in home.leaves() if leaf.get("change") == "notice.sending"]
    assert [leaf["person"] for leaf in sending] == ["alice"] and "onboarding" in sending[0]["account"]


def test_an_administrator_tries_it(home):
    slack = Slack(home, "onboarding")
    slack.link("alice")
    results = home.run("notices", "test", "alice")["results"]
    assert results == [{"way": "channel", "result": "delivered"}]
    slack.wait(slack.alone("alice"), "Notices reach you here")
