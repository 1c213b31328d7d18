"""Many at one address, as behind a router or on one host: what some of them try in vain keeps none of the others out."""

import json
import urllib.parse

import pytest
from flow import Client, Person, answer, ping, send


@pytest.fixture
def client(home, site):
    return Client(home, home.run("clients", "register", "Reader", "--redirect-uri", site.callback)["id"], site.callback)


def until_told_to_wait(attempt, most):
    """Fails until the address is told to wait."""
    for _ in range(most):
        status, headers, _ = attempt()
        if status == 429:
            assert int(headers["Retry-After"]) >= 1
            return
        assert status in (400, 401, 403, 404, 409), status
    raise AssertionError("nobody was told to wait")


def wrong_refresh(home):
    return send(home.url + "/oauth/token", "POST",
                {"grant_type": "refresh_token", "refresh_token": "dpy_rt_wrong", "client_id": "nobody"})


def give_back(client, token):
    return send(client.home.url + "/oauth/revoke", "POST", {"token": token, "client_id": client.id})[0]


def test_row_19_wrong_refreshes_keep_no_other_client_at_the_address_out(home, client, site):
    alice = Person(home, "alice")
    tokens, others = client.sign_in(alice), client.sign_in(alice)
    waiting = answer(alice.allow(client.link()))["code"]
    until_told_to_wait(lambda: wrong_refresh(home), 260)
    status, tokens = client.refresh(tokens["refresh_token"])
    assert status == 200, tokens
    assert client.redeem(waiting)[0] == 200
    for _ in range(30):
        until_told_to_wait(lambda: wrong_refresh(home), 20)
        status, tokens = client.refresh(tokens["refresh_token"])
        assert status == 200, tokens
    for token in (tokens["refresh_token"], others["access_token"]):
        assert give_back(client, token) == 200
    assert ping(home, tokens["access_token"])[0] == 401 and ping(home, others["access_token"])[0] == 401


def test_row_19_what_is_nobodys_is_given_back_however_often(home, client):
    for _ in range(260):
        assert give_back(client, "dpy_at_unknown") == 200
    token = client.sign_in(Person(home, "alice"))["access_token"]
    assert give_back(client, token) == 200 and ping(home, token)[0] == 401


def test_row_19_wrong_links_keep_nobody_at_the_address_from_signing_in(home):
    link = home.run("login", "bob")["link"]
    until_told_to_wait(lambda: send(home.url + "/login/wrong"), 30)
    until_told_to_wait(lambda: send(home.url + "/login", "POST", {"code": "wrong"}), 30)
    code = link.rsplit("/", 1)[1]
    status, _, page = send(home.url + f"/login/{code}")
    assert status == 200 and "bob" in page
    status, headers, _ = send(home.url + "/login", "POST", {"code": code})
    assert status == 303 and "deputy" in headers["Set-Cookie"]
    assert send(home.url + "/login", "POST", {"code": code})[0] == 429, "it is used up"


def test_row_19_wrong_codes_keep_nobody_at_the_address_from_their_token(home):
    code = home.run("tokens", "create", "bob", "--agent", "product")["code"]

    def take_up(code):
        return send(home.url + "/v1/tokens/take-up", "POST", body=json.dumps({"code": code}), Content_Type="application/json")

    until_told_to_wait(lambda: take_up("wrong"), 30)
    status, _, text = take_up(code)
    assert status == 200, text


def test_row_19_many_ways_to_a_provider_are_begun_one_after_another(home):
    """None is known here: what counts is that nobody is told to wait."""
    for _ in range(230):
        assert send(home.url + "/sign-in/nowhere")[0] == 404
    state = urllib.parse.quote("x" * 43)
    statuses = {send(home.url + f"/connect/callback/notion?state={state}")[0] for _ in range(20)}
    assert not statuses & {500, 503}, statuses
