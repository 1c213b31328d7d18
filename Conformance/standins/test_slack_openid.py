"""Sign in with Slack, proved by slack_sdk and by joserfc."""

import pytest
import requests
from acme_oauth import CALLBACK, decide, landed, register
from joserfc import jwt
from joserfc.errors import InvalidClaimError
from joserfc.jwk import KeySet
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.oauth import OpenIDConnectAuthorizeUrlGenerator

SECRET = "s3cret-of-the-app"


@pytest.fixture
def slack(acme):
    register(acme, "slack", "A1", SECRET)
    return acme


def web(acme):
    return WebClient(base_url=acme.origins["slack"] + "/api/")


def code(acme, scopes=("openid", "profile", "email"), account="alice"):
    generator = OpenIDConnectAuthorizeUrlGenerator(
        client_id="A1", redirect_uri=CALLBACK, scopes=list(scopes),
        authorization_url=acme.origins["slack"] + "/openid/connect/authorize")
    return landed(decide(generator.generate("st", nonce="n1"), account))["code"]


def token(acme, **changes):
    fields = {"client_id": "A1", "client_secret": SECRET, "redirect_uri": CALLBACK} | changes
    return web(acme).openid_connect_token(**fields)


def verified(acme, text, audience):
    keys = KeySet.import_key_set(requests.get(acme.origins["slack"] + "/openid/connect/keys").json())
    token = jwt.decode(text, keys, algorithms=["RS256"])
    jwt.JWTClaimsRegistry(
        iss={"essential": True, "value": acme.origins["slack"]}, aud={"essential": True, "value": audience}
    ).validate(token.claims)
    return token.claims


def test_the_id_token_names_workspace_and_member(slack):
    answer = token(slack, code=code(slack))
    claims = verified(slack, answer["id_token"], "A1")
    alice = slack.ids["slack_users"]["alice"]
    assert claims["sub"] == claims["https://slack.com/user_id"] == alice and claims["nonce"] == "n1"
    me = WebClient(token=slack.tokens["slack"]["alice"], base_url=slack.origins["slack"] + "/api/").auth_test()
    assert claims["https://slack.com/team_id"] == me["team_id"] and me["user_id"] == alice
    with pytest.raises(InvalidClaimError):
        verified(slack, answer["id_token"], "A2")


@pytest.mark.parametrize("change, error", [
    ({"client_secret": "other"}, "bad_client_secret"), ({"client_id": "A9"}, "invalid_client_id"),
    ({"code": "nothing"}, "invalid_code"), ({"redirect_uri": CALLBACK + "2"}, "bad_redirect_uri"),
])
def test_what_it_refuses_it_refuses_as_the_rest_of_the_web_api(slack, change, error):
    with pytest.raises(SlackApiError) as refusal:
        token(slack, **({"code": code(slack)} | change))
    assert refusal.value.response.status_code == 200 and refusal.value.response["error"] == error


def test_a_code_works_once(slack):
    made = code(slack)
    assert token(slack, code=made)["ok"]
    with pytest.raises(SlackApiError):
        token(slack, code=made)
