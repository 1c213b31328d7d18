"""What the stand-in tells apps, signed as Slack signs: `slack_sdk` verifies it."""

import json
from urllib.parse import parse_qs

import pytest
import requests
from proof import refutes
from slack_sdk.signature import SignatureVerifier


def say(acme, **what):
    return acme.control("POST", "/slack/say", **{"by": "alice", **what})


def events(receiver):
    return [json.loads(body) for _, body in receiver.requests]


def check_signed(app, request):
    headers, body = request
    assert SignatureVerifier(app["signing_secret"]).is_valid_request(body, headers)


def test_what_is_told_is_signed(acme, app, receiver):
    say(acme, to="assistant", text="hello")
    check_signed(app, receiver.requests[0])
    headers, body = receiver.requests[0]
    refutes(check_signed, {"signing_secret": "another"}, (headers, body))
    refutes(check_signed, app, (headers, body + b" "))


@pytest.mark.parametrize("fault", ["late", "forged", "unsigned"])
def test_what_must_be_refused_is(acme, app, receiver, fault):
    say(acme, to="assistant", text="hello", fault=fault)
    refutes(check_signed, app, receiver.requests[0])


def test_a_direct_message(acme, app, receiver):
    said = say(acme, to="assistant", text="hello & <bye>")
    event = events(receiver)[0]
    assert (event["type"], event["api_app_id"], event["team_id"]) == ("event_callback", app["app"], app["team"])
    assert event["authorizations"][0]["user_id"] == app["user"]
    inner = event["event"]
    assert (inner["type"], inner["channel_type"], inner["channel"]) == ("message", "im", said["channel"])
    assert inner["user"] == acme.ids["slack_users"]["alice"] and inner["ts"] == said["ts"]
    assert said["channel"].startswith("D") and "bot_id" not in inner
    assert inner["text"] == "hello &amp; &lt;bye&gt;"


def test_a_mention_is_told_to_who_is_there(acme, app, receiver):
    say(acme, channel="general", text="nothing for anybody")
    assert receiver.requests == []
    say(acme, channel="general", text="@assistant what's new?")
    assert [event["event"]["type"] for event in events(receiver)] == ["app_mention"]
    assert f"<@{app['user']}>" in events(receiver)[0]["event"]["text"]
    say(acme, channel="onboarding", text="@assistant are you there?")
    assert len(receiver.requests) == 1


def test_a_mention_where_messages_are_read_too_comes_twice(acme, receiver):
    acme.control("POST", "/slack/apps", owner="assistant", request_url=receiver.url, channels=["general"],
                 events=["app_mention", "message.channels"])
    say(acme, channel="general", text="@assistant hi", reversed=True)
    told = events(receiver)
    assert [event["event"]["type"] for event in told] == ["app_mention", "message"]
    assert told[0]["event"]["ts"] == told[1]["event"]["ts"] and told[0]["event_id"] != told[1]["event_id"]


def test_a_group_of_few_has_an_id_like_a_channel(acme, app, receiver):
    said = say(acme, to=["bob", "assistant"], text="hi all")
    assert said["channel"].startswith("C")
    assert events(receiver)[0]["event"]["channel_type"] == "mpim"


def test_threads_files_edits_and_deletions(acme, app, receiver):
    first = say(acme, to="assistant", text="one")
    say(acme, to="assistant", text="two", thread=first["ts"], files=[{"name": "a.txt", "mimetype": "text/plain", "size": 3}])
    acme.control("POST", "/slack/edit", channel=first["channel"], ts=first["ts"], text="uno")
    acme.control("POST", "/slack/delete", channel=first["channel"], ts=first["ts"])
    told = [event["event"] for event in events(receiver)]
    assert [event.get("subtype") for event in told] == [None, "file_share", "message_changed", "message_deleted"]
    assert told[1]["thread_ts"] == first["ts"] and told[1]["files"][0]["name"] == "a.txt"
    assert told[2]["message"]["text"] == "uno" and told[2]["previous_message"]["text"] == "one"
    assert told[3]["deleted_ts"] == first["ts"]


def test_people_of_another_workspace_are_marked(acme, app, receiver):
    acme.control("POST", "/slack/people", owner="mallory", team="T08RIVAL999")
    acme.control("POST", "/slack/channels", name="partners", members=["alice", "mallory", "assistant"], shared=True)
    say(acme, by="mallory", channel="partners", text="@assistant hi")
    say(acme, by="alice", channel="partners", text="@assistant hi")
    stranger, colleague = events(receiver)
    assert stranger["is_ext_shared_channel"] and colleague["is_ext_shared_channel"]
    assert stranger["event"]["user_team"] == "T08RIVAL999" and "user_team" not in colleague["event"]
    assert colleague["event"]["team"] == app["team"]


def test_other_bots_say_so(acme, app, receiver):
    say(acme, by="product", channel="general", text="@assistant beep")
    assert events(receiver)[0]["event"]["bot_id"].startswith("B")


def test_a_request_url_proves_itself(acme, receiver):
    receiver.answer = lambda headers, body: (200, json.loads(body).get("challenge", "").encode(), {})
    told = acme.control("POST", "/slack/apps", owner="assistant", request_url=receiver.url, verify=True)
    assert told["verified"]
    receiver.answer = lambda headers, body: (200, b"who?", {})
    told = acme.control("POST", "/slack/apps", owner="assistant", request_url=receiver.url, verify=True)
    assert not told["verified"]


def test_only_this_machine_is_told(acme):
    for url in ["https://deputy.test/hooks", "http://10.0.0.1:80/", "http://127.0.0.1:1@evil.test/", "file:///etc/passwd"]:
        answer = requests.post(acme.origins["control"] + "/slack/apps", json={"owner": "assistant", "request_url": url})
        assert answer.status_code == 400


@pytest.mark.parametrize("script, statuses, reasons", [
    ([500, 503], [500, 503, 200], [None, "http_error", "http_error"]),
    ([1.0], [0, 200], [None, "http_timeout"]),
    ([500, 500, 500, 500, 500], [500, 500, 500, 500], [None, "http_error", "http_error", "http_error"]),
])
def test_what_isnt_taken_is_told_again_three_times(acme, app, receiver, script, statuses, reasons):
    receiver.script = script
    attempts = say(acme, to="assistant", text="hello")["told"][0]["attempts"]
    assert [attempt["status"] for attempt in attempts] == statuses
    assert [headers.get("x-slack-retry-reason") for headers, _ in receiver.requests] == reasons
    assert [headers.get("x-slack-retry-num") for headers, _ in receiver.requests[1:]] == \
        [str(number) for number in range(1, len(statuses))]
    assert len({body for _, body in receiver.requests}) == 1
    for request in receiver.requests:
        check_signed(app, request)


def test_an_app_may_want_to_hear_no_more_of_it(acme, app, receiver):
    receiver.answer = lambda headers, body: (500, b"", {"X-Slack-No-Retry": "1"})
    assert len(say(acme, to="assistant", text="hello")["told"][0]["attempts"]) == 1


def test_duplicates_oversized_malformed_and_reordered(acme, app, receiver):
    say(acme, to="assistant", text="twice", fault="duplicate")
    assert receiver.requests[0][1] == receiver.requests[1][1]
    say(acme, to="assistant", text="large", fault="oversized")
    assert len(receiver.requests[2][1]) > 1 << 20
    say(acme, to="assistant", text="cut", fault="malformed")
    check_signed(app, receiver.requests[3])
    refutes(lambda: _parses(receiver.requests[3][1]))
    for text in ["first", "second"]:
        say(acme, to="assistant", text=text, held=True)
    assert len(receiver.requests) == 4
    acme.control("POST", "/slack/release", reversed=True)
    assert [event["event"]["text"] for event in events_after(receiver, 4)] == ["second", "first"]


def _parses(body):
    try:
        json.loads(body)
    except ValueError as error:
        raise AssertionError from error


def events_after(receiver, number):
    return [json.loads(body) for _, body in receiver.requests[number:]]


def test_any_event_can_be_told(acme, app, receiver):
    for subtype in ["channel_join", "channel_topic", "me_message"]:
        event = {"type": "message", "subtype": subtype, "channel": "C07GENERAL1", "ts": "1795000000.000001", "user": "U1"}
        acme.control("POST", "/slack/event", app="assistant", event=event)
    assert [event["event"]["subtype"] for event in events(receiver)] == ["channel_join", "channel_topic", "me_message"]


def test_a_press_is_a_signed_form_and_comes_once(acme, app, receiver):
    said = say(acme, to="assistant", text="may I?")
    blocks = [{"type": "actions", "elements": [
        {"type": "button", "action_id": "deputy.approve", "value": "apv_1",
         "text": {"type": "plain_text", "text": "Approve"}}]}]
    posted = requests.post(acme.origins["slack"] + "/api/chat.postMessage",
                           json={"channel": said["channel"], "text": "asks", "blocks": blocks},
                           headers={"Authorization": "Bearer " + app["token"]}).json()
    receiver.requests.clear()
    receiver.script = [500]
    acme.control("POST", "/slack/press", by="alice", channel=said["channel"], ts=posted["ts"], action="deputy.approve")
    assert len(receiver.requests) == 1
    check_signed(app, receiver.requests[0])
    headers, body = receiver.requests[0]
    assert headers["content-type"] == "application/x-www-form-urlencoded"
    payload = json.loads(parse_qs(body.decode())["payload"][0])
    assert (payload["type"], payload["api_app_id"]) == ("block_actions", app["app"])
    assert payload["user"]["id"] == acme.ids["slack_users"]["alice"]
    assert payload["actions"][0]["value"] == "apv_1"
    assert payload["container"]["message_ts"] == posted["ts"]
    answer = requests.post(acme.origins["control"] + "/slack/press", json={
        "by": "bob", "channel": said["channel"], "ts": posted["ts"], "action": "deputy.approve"})
    assert answer.status_code == 404


def test_it_keeps_what_it_told_and_never_the_secret(acme, app, receiver):
    say(acme, to="assistant", text="hello")
    say(acme, to="assistant", text="again")
    told = acme.control("GET", "/slack/told?since=1")["told"]
    assert [json.loads(one["body"])["event"]["text"] for one in told] == ["again"]
    everything = json.dumps(acme.control("GET", "/slack/told")) + json.dumps(acme.journal())
    assert app["signing_secret"] not in everything and app["token"] not in everything
