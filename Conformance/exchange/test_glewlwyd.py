"""A real provider's ID token, exchanged: glewlwyd signs it, and rotates its key."""

import base64
import hashlib
import json
import secrets
import urllib.parse

import pytest
import requests
from glewlwyd import Glewlwyd, ok
from issuing import Builder, ping

CALLBACK = "http://127.0.0.1:9/callback"


@pytest.fixture(scope="module")
def glewlwyd(tmp_path_factory):
    glewlwyd = Glewlwyd(tmp_path_factory.mktemp("glewlwyd") / "g")
    glewlwyd.people("alice", "bob")
    glewlwyd.client("web", "s3cret-of-web", CALLBACK, CALLBACK)
    yield glewlwyd
    glewlwyd.stop()


def id_token(glewlwyd, person):
    """By the authorization code flow, as the builder's own web application has it."""
    browser, verifier = requests.Session(), secrets.token_urlsafe(48)
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
    ok(browser.post(glewlwyd.url + "/api/auth", json={"username": person, "password": f"{person}-pw-1"}))
    ok(browser.put(glewlwyd.url + "/api/auth/grant/web", json={"scope": "openid"}))
    back = browser.get(glewlwyd.issuer + "/auth", allow_redirects=False, params={
        "response_type": "code", "client_id": "web", "redirect_uri": CALLBACK, "scope": "openid", "nonce": "n" * 16,
        "state": "s" * 16, "code_challenge": challenge, "code_challenge_method": "S256", "g_continue": ""})
    code = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(back.headers["Location"]).query))["code"]
    return ok(requests.post(glewlwyd.issuer + "/token", auth=("web", "s3cret-of-web"), data={
        "grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK, "code_verifier": verifier,
    })).json()["id_token"]


def subject(token):
    part = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))["sub"]


def test_a_real_providers_id_token(home, glewlwyd):
    builder = Builder(home, None, home.run("clients", "register", "Web", "--confidential"), "web")
    home.run("issuers", "add", "glewlwyd", "--issuer", glewlwyd.issuer, "--audience", f"web={builder.id}")
    token = id_token(glewlwyd, "alice")
    assert builder.exchange(token)[1]["error"] == "invalid_request", "nobody's login yet"
    home.run("sign-in", "link", "alice", "--issuer", glewlwyd.issuer, "--subject", subject(token))
    status, answer = builder.exchange(token)
    assert status == 200, answer
    assert ping(home, answer["access_token"]) == 200
    assert builder.told(answer["access_token"])["sub"] == "acme/alice"
    assert builder.exchange(id_token(glewlwyd, "bob"))[0] == 400, "Bob's is nobody's"
    # The provider's new key is found, and what the old one signed is no good with it.
    glewlwyd.rotate()
    status, answer = builder.exchange(id_token(glewlwyd, "alice"))
    assert status == 200, answer
    assert builder.exchange(token)[0] == 400
