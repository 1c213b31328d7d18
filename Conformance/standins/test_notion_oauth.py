"""Notion's OAuth, proved by notion-client."""

import json

import pytest
import requests
from acme_oauth import CALLBACK, address, decide, families, landed, register
from notion_client import Client
from notion_client.errors import HTTPResponseError
from proof import refutes

APP = {"client_id": "notion-app", "client_secret": "s3cret-of-the-app"}


@pytest.fixture
def notion(acme):
    register(acme, "notion", APP["client_id"], APP["client_secret"])
    return acme


def client(acme, token=None):
    return Client(auth=token, base_url=acme.origins["notion"])


def code(acme, account, **changes):
    query = {"client_id": APP["client_id"], "response_type": "code", "owner": "user", "redirect_uri": CALLBACK,
             "state": "st"} | changes
    return landed(decide(address(acme.origins["notion"], "/v1/oauth/authorize", **query), account))


def connect(acme, account="carol"):
    return client(acme).oauth.token(
        **APP, grant_type="authorization_code", code=code(acme, account)["code"], redirect_uri=CALLBACK)


def refresh(acme, token):
    return client(acme).oauth.token(**APP, grant_type="refresh_token", refresh_token=token)


def refused(call, *arguments, **named):
    with pytest.raises(HTTPResponseError) as refusal:
        call(*arguments, **named)
    return refusal.value.status, json.loads(refusal.value.body)["code"]


def check_person(acme, token, answer):
    me = client(acme, token).users.me()
    assert me["id"] == answer["bot_id"]
    assert me["bot"]["owner"]["user"]["id"] == answer["owner"]["user"]["id"]
    assert me["bot"]["workspace_id"] == answer["workspace_id"]


def test_a_person_connects(notion):
    carol, bob = connect(notion, "carol"), connect(notion, "bob")
    assert carol["token_type"] == "bearer" and "expires_in" not in carol
    check_person(notion, carol["access_token"], carol)
    check_person(notion, bob["access_token"], bob)
    assert notion.last()["owner"] == "bob"
    refutes(check_person, notion, carol["access_token"], bob)


def test_refresh_tokens_rotate(notion):
    first = connect(notion)
    second = refresh(notion, first["refresh_token"])
    check_person(notion, second["access_token"], first)
    assert refused(refresh, notion, first["refresh_token"]) == (400, "invalid_grant")
    assert families(notion, "notion")[0]["ended"] == "refresh token reused"
    assert refused(refresh, notion, second["refresh_token"]) == (400, "invalid_grant")
    assert refused(client(notion, second["access_token"]).users.me) == (401, "unauthorized")


def test_introspect_and_revoke(notion):
    answer = connect(notion)
    assert client(notion).oauth.introspect(**APP, token=answer["access_token"])["active"] is True
    client(notion).oauth.revoke(**APP, token=answer["access_token"])
    assert client(notion).oauth.introspect(**APP, token=answer["access_token"])["active"] is False
    assert refused(refresh, notion, answer["refresh_token"]) == (400, "invalid_grant")


def test_what_the_token_endpoint_refuses(notion):
    made = code(notion, "carol")["code"]
    url = notion.origins["notion"] + "/v1/oauth/token"
    body = {"grant_type": "authorization_code", "code": made, "redirect_uri": CALLBACK}
    basic = (APP["client_id"], APP["client_secret"])
    for changes, status, error in [
        ({"json": body, "auth": (basic[0], "x")}, 401, "invalid_client"),
        ({"json": body | {"client_id": basic[0], "client_secret": basic[1]}}, 401, "invalid_client"),
        ({"data": body, "auth": basic}, 400, None),
        ({"json": body | {"code": "x"}, "auth": basic}, 400, "invalid_grant"),
        ({"json": body | {"redirect_uri": CALLBACK + "/"}, "auth": basic}, 400, "invalid_grant"),
        ({"json": body | {"grant_type": "password"}, "auth": basic}, 400, "unsupported_grant_type"),
    ]:
        answer = requests.post(url, timeout=10, **changes)
        assert (answer.status_code, answer.json().get("error")) == (status, error), changes
    assert requests.post(url, json=body, auth=basic, timeout=10).ok
    assert requests.post(url, json=body, auth=basic, timeout=10).json()["error"] == "invalid_grant"


def test_the_person_must_be_the_owner(notion):
    assert code(notion, "carol", owner="workspace")["error"] == "invalid_request"
