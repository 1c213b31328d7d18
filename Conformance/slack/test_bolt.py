"""A Bolt app as the counterpart: what passes for Slack here passes for Slack there."""

import logging

import pytest
from slack_bolt import App
from slack_bolt.request import BoltRequest
from slack_sdk import WebClient

APPROVE = [{"type": "actions", "elements": [
    {"type": "button", "action_id": "deputy.approve", "value": "apv_1",
     "text": {"type": "plain_text", "text": "Approve"}}]}]


@pytest.fixture
def bolt(acme, receiver, app):
    """Bolt behind the receiver; what it heard is in `heard`."""
    client = WebClient(token=app["token"], base_url=acme.origins["slack"] + "/api/")
    bolt = App(client=client, signing_secret=app["signing_secret"], process_before_response=True,
               logger=logging.getLogger("bolt"))
    bolt.heard = []

    @bolt.event("app_mention")
    def mentioned(event, say):
        bolt.heard.append(("mention", event["text"]))
        say(text="here", thread_ts=event.get("thread_ts", event["ts"]))

    @bolt.event("message")
    def written(event, say):
        bolt.heard.append((event.get("subtype") or "message", event.get("text")))
        if event.get("channel_type") == "im" and "subtype" not in event:
            say(text="may I?", blocks=APPROVE)

    @bolt.action("deputy.approve")
    def pressed(ack, body, client):
        ack()
        bolt.heard.append(("press", body["actions"][0]["value"]))
        client.chat_update(channel=body["channel"]["id"], ts=body["container"]["message_ts"], text="approved")

    def answer(headers, body):
        reply = bolt.dispatch(BoltRequest(body=body.decode(), headers=headers))
        return reply.status, (reply.body or "").encode(), {}

    receiver.answer = answer
    return bolt


def statuses(told):
    return [attempt["status"] for one in told["told"] for attempt in one["attempts"]]


def test_a_request_url_is_verified(acme, bolt, receiver, app):
    told = acme.control("POST", "/slack/apps", owner="assistant", request_url=receiver.url, verify=True,
                        signing_secret=app["signing_secret"])
    assert told["verified"]


def test_a_conversation_with_a_button(acme, bolt):
    said = acme.control("POST", "/slack/say", by="alice", to="assistant", text="hello")
    assert statuses(said) == [200]
    asked = acme.control("GET", f"/slack/messages?channel={said['channel']}")["messages"][-1]
    pressed = acme.control("POST", "/slack/press", by="alice", channel=said["channel"], ts=asked["ts"],
                           action="deputy.approve")
    assert statuses(pressed) == [200]
    assert bolt.heard == [("message", "hello"), ("press", "apv_1")]
    assert acme.control("GET", f"/slack/messages?channel={said['channel']}")["messages"][-1]["text"] == "approved"


def test_a_mention_is_answered_in_its_thread(acme, bolt):
    said = acme.control("POST", "/slack/say", by="bob", channel="general", text="@assistant hi")
    answer = acme.control("GET", "/slack/messages?channel=general")["messages"][-1]
    assert (answer["text"], answer["thread_ts"]) == ("here", said["ts"])


@pytest.mark.parametrize("fault", ["forged", "late", "unsigned"])
def test_what_isnt_slacks_is_refused(acme, bolt, fault):
    said = acme.control("POST", "/slack/say", by="alice", to="assistant", text="hello", fault=fault)
    assert set(statuses(said)) == {401} and bolt.heard == []


def test_its_own_words_arent_heard(acme, bolt):
    acme.control("POST", "/slack/say", by="assistant", to="alice", text="to myself")
    assert bolt.heard == []


def test_edits_and_deletions_are_heard_as_such(acme, bolt):
    said = acme.control("POST", "/slack/say", by="alice", to="assistant", text="hello")
    acme.control("POST", "/slack/edit", channel=said["channel"], ts=said["ts"], text="hullo")
    acme.control("POST", "/slack/delete", channel=said["channel"], ts=said["ts"])
    assert [kind for kind, _ in bolt.heard] == ["message", "message_changed", "message_deleted"]
