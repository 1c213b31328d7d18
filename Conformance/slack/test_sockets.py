"""Socket Mode of the stand-in: `slack_sdk`'s client and Bolt's handler drive and check it."""

import json
import socket
from urllib.parse import urlsplit

import pytest
import requests
from slack_bolt import App
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.socket_mode import SocketModeClient
from slack_sdk.socket_mode.response import SocketModeResponse
from waiting import until


@pytest.fixture
def app(acme):
    return acme.control("POST", "/slack/apps", owner="assistant", socket_mode=True, channels=["general"],
                        retry_milliseconds=[0, 10], patience_milliseconds=400)


def web(acme, token):
    return WebClient(token=token, base_url=acme.origins["slack"] + "/api/")


class Client:
    """`slack_sdk`'s client, which acknowledges what it is told unless `acknowledges` says otherwise."""

    def __init__(self, acme, app):
        self.heard, self.acknowledges = [], lambda request: True
        self.client = SocketModeClient(app_token=app["app_token"], web_client=web(acme, app["token"]), ping_interval=1)
        self.client.socket_mode_request_listeners.append(self.take)

    def take(self, client, request):
        self.heard.append(request)
        if self.acknowledges(request):
            client.send_socket_mode_response(SocketModeResponse(envelope_id=request.envelope_id))

    def __enter__(self):
        self.client.connect()
        until(lambda: self.client.is_connected())
        return self

    def __exit__(self, *_):
        self.client.close()


def opened(acme):
    return [entry for entry in acme.control("GET", "/slack/sockets")["sockets"] if entry["what"] == "opened"]


def say(acme, **what):
    return acme.control("POST", "/slack/say", **{"by": "alice", "text": "hello"} | (what if "channel" in what else {"to": "assistant"} | what))


def attempts(said):
    return [(one["retry_attempt"], one["acknowledged"]) for told in said["told"] for one in told["attempts"]]


def test_the_sdk_is_told_in_envelopes_and_acknowledges_them(acme, app):
    with Client(acme, app) as client:
        until(lambda: opened(acme))
        said = say(acme, text="hello & <bye>")
    assert attempts(said) == [(0, True)]
    request = client.heard[0]
    assert (request.type, request.accepts_response_payload) == ("events_api", False)
    assert request.payload["event"]["text"] == "hello &amp; &lt;bye&gt;"
    assert request.payload["api_app_id"] == app["app"]


def test_bolts_handler_hears_mentions_and_presses(acme, app):
    bolt = App(client=web(acme, app["token"]), token=None, signing_secret="unused")
    heard = []

    @bolt.event("app_mention")
    def mentioned(event, say):
        heard.append(event["text"])
        say(text="may I?", blocks=[{"type": "actions", "elements": [
            {"type": "button", "action_id": "deputy.approve", "value": "apv_1",
             "text": {"type": "plain_text", "text": "Approve"}}]}])

    @bolt.action("deputy.approve")
    def pressed(ack, body):
        ack()
        heard.append(body["actions"][0]["value"])

    handler = SocketModeHandler(bolt, app["app_token"], web_client=web(acme, app["token"]))
    handler.connect()
    try:
        until(lambda: opened(acme))
        assert attempts(say(acme, channel="general", text="@assistant hi")) == [(0, True)]
        until(lambda: len(acme.control("GET", "/slack/messages?channel=general")["messages"]) > 2)
        card = acme.control("GET", "/slack/messages?channel=general")["messages"][-1]
        said = acme.control("POST", "/slack/press", by="alice", channel="general", ts=card["ts"], action="deputy.approve")
        assert attempts(said) == [(0, True)]
        until(lambda: len(heard) == 2)
    finally:
        handler.close()
    assert heard[1] == "apv_1"


def test_an_envelope_that_isnt_acknowledged_goes_to_another_socket(acme, app):
    with Client(acme, app) as first, Client(acme, app) as second:
        until(lambda: len(opened(acme)) == 2)
        for client in (first, second):
            client.acknowledges = lambda request: request.retry_attempt == 1
        said = say(acme)
        assert attempts(said) == [(0, False), (1, True)]
    told = said["told"][0]["attempts"]
    assert told[0]["connection"] != told[1]["connection"]
    assert told[0]["envelope_id"] != told[1]["envelope_id"]
    assert [len(client.heard) for client in (first, second)] == [1, 1]
    assert {request.retry_reason for client in (first, second) for request in client.heard} == {"", "timeout"}


def test_each_token_does_what_it_is_for(acme, app):
    for token, error in [(app["token"], "not_allowed_token_type"), ("xapp-1-A1-2-wrong", "invalid_auth")]:
        with pytest.raises(SlackApiError, match=error):
            web(acme, token).apps_connections_open(app_token=token)
    with pytest.raises(SlackApiError, match="not_allowed_token_type"):
        web(acme, app["app_token"]).chat_postMessage(channel="general", text="hi")
    other = acme.control("POST", "/slack/apps", owner="other", socket_mode=True, app_scopes=["authorizations:read"])
    with pytest.raises(SlackApiError, match="missing_scope"):
        web(acme, other["app_token"]).apps_connections_open(app_token=other["app_token"])
    url = acme.origins["slack"] + "/api/apps.connections.open"
    assert requests.post(url, data={"token": app["app_token"]}).json()["error"] == "invalid_auth"
    assert requests.get(url, headers={"Authorization": f"Bearer {app['app_token']}"}).json()["error"] == "insecure_request"
    assert {entry["owner"] for entry in acme.journal() if entry["status"] == 200 and not entry.get("error")} <= {"assistant"}


def test_an_app_that_is_posted_to_opens_no_socket(acme, receiver):
    posted = acme.control("POST", "/slack/apps", owner="poster", request_url=receiver.url)
    assert posted["app_token"] is None


def handshake(url):
    """The first line of what the server answers to a request for a socket."""
    parts = urlsplit(url)
    with socket.create_connection((parts.hostname, parts.port), timeout=5) as peer:
        peer.sendall((f"GET {parts.path}?{parts.query} HTTP/1.1\r\nHost: {parts.netloc}\r\nUpgrade: websocket\r\n"
                      "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                      "Sec-WebSocket-Version: 13\r\n\r\n").encode())
        return peer.recv(4096).split(b"\r\n")[0].decode()


def test_an_address_opens_one_socket(acme, app):
    url = web(acme, app["token"]).apps_connections_open(app_token=app["app_token"])["url"]
    assert handshake(url).startswith("HTTP/1.1 101")
    assert handshake(url).startswith("HTTP/1.1 401")
    assert handshake(url.split("?")[0] + "?ticket=wrong").startswith("HTTP/1.1 401")
    everything = json.dumps(acme.control("GET", "/slack/sockets"))
    assert urlsplit(url).query.split("=")[1].split("&")[0] not in everything and app["app_token"] not in everything


def test_more_than_ten_sockets_arent_opened(acme, app):
    urls = [web(acme, app["token"]).apps_connections_open(app_token=app["app_token"])["url"] for _ in range(11)]
    peers, lasts = [], []
    for url in urls:
        parts = urlsplit(url)
        peer = socket.create_connection((parts.hostname, parts.port), timeout=5)
        peer.sendall((f"GET {parts.path}?{parts.query} HTTP/1.1\r\nHost: {parts.netloc}\r\nUpgrade: websocket\r\n"
                      "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                      "Sec-WebSocket-Version: 13\r\n\r\n").encode())
        text = b""
        while b'"type"' not in text:
            text += peer.recv(4096)
        peers.append(peer)
        lasts.append(b"too_many_websockets" in text)
    assert lasts == [False] * 10 + [True]
    for peer in peers:
        peer.close()


def test_the_sdk_comes_back_when_it_is_told_to(acme, app):
    with Client(acme, app) as client:
        until(lambda: len(opened(acme)) == 1)
        acme.control("POST", "/slack/sockets", **{"app": "assistant", "do": "refresh"})
        until(lambda: len(opened(acme)) >= 2)
        until(lambda: client.client.is_connected())
        assert attempts(say(acme))[-1][1]


def test_a_socket_that_was_turned_off_opens_no_more(acme, app):
    acme.control("POST", "/slack/sockets", **{"app": "assistant", "do": "disable"})
    with pytest.raises(SlackApiError, match="forbidden_team"):
        web(acme, app["token"]).apps_connections_open(app_token=app["app_token"])
    acme.control("POST", "/slack/sockets", **{"app": "assistant", "do": "enable"})
    assert web(acme, app["token"]).apps_connections_open(app_token=app["app_token"])["ok"]


def test_without_a_socket_nothing_is_told(acme, app):
    said = say(acme)
    assert [one["error"] for one in said["told"][0]["attempts"]] == ["no_connection"] * 3
