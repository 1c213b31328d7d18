"""Slack's OAuth, proved by slack_sdk: its WebClient and its TokenRotator."""

import time

import pytest
from acme_oauth import CALLBACK, address, decide, families, landed, later, pkce, register
from proof import refutes
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.oauth import AuthorizeUrlGenerator
from slack_sdk.oauth.installation_store import Installation
from slack_sdk.oauth.token_rotation import TokenRotator

SECRET = "s3cret-of-the-app"
BOT = ["chat:write", "channels:read"]
USER = ["channels:history", "users:read"]


def web(acme, token=None):
    return WebClient(token=token, base_url=acme.origins["slack"] + "/api/")


def refused(call, **arguments):
    with pytest.raises(SlackApiError) as refusal:
        call(**arguments)
    assert refusal.value.response.status_code == 200
    return refusal.value.response["error"]


def code(acme, account="alice", scopes=BOT, user_scopes=USER, decision="allow", **changes):
    generator = AuthorizeUrlGenerator(
        client_id="A1", scopes=scopes, user_scopes=user_scopes, redirect_uri=CALLBACK,
        authorization_url=acme.origins["slack"] + "/oauth/v2/authorize")
    url = generator.generate("st")
    for name, value in changes.items():
        url += f"&{name}={value}"
    back = landed(decide(url, account, decision))
    assert back["state"] == "st"
    return back.get("code") or back["error"]


def install(acme, account="alice", **more):
    return web(acme).oauth_v2_access(
        client_id="A1", client_secret=SECRET, code=code(acme, account, **more), redirect_uri=CALLBACK)


@pytest.fixture
def slack(acme):
    register(acme, "slack", "A1", SECRET)
    return acme


def check_user(acme, token, owner):
    assert web(acme, token).auth_test()["user"] == owner
    assert acme.last()["owner"] == owner


def test_an_installation_holds_two_credentials(slack):
    answer = install(slack, "bob")
    assert (answer["token_type"], answer["scope"]) == ("bot", ",".join(BOT))
    user = answer["authed_user"]
    assert (user["token_type"], user["scope"], user["expires_in"]) == ("user", ",".join(USER), 43200)
    assert answer["access_token"].startswith("xoxe.xoxb-") and user["access_token"].startswith("xoxe.xoxp-")
    check_user(slack, answer["access_token"], "product")
    check_user(slack, user["access_token"], "bob")
    refutes(check_user, slack, user["access_token"], "alice")
    assert refused(web(slack, user["access_token"]).chat_postMessage, channel="C07GENERAL1", text="x") == "missing_scope"


def test_a_user_token_alone(slack):
    answer = install(slack, scopes=[])
    assert "access_token" not in answer.data and answer["authed_user"]["access_token"]


def installation(answer):
    user, soon = answer["authed_user"], time.time()
    return Installation(
        app_id=answer["app_id"], team_id=answer["team"]["id"], user_id=user["id"], bot_token=answer["access_token"],
        bot_refresh_token=answer["refresh_token"], bot_token_expires_at=int(soon), bot_id="B07PRODUCT1",
        bot_user_id=answer["bot_user_id"], user_token=user["access_token"], user_refresh_token=user["refresh_token"],
        user_token_expires_at=int(soon))


def test_the_official_rotator_rotates_both(slack):
    rotator = TokenRotator(client_id="A1", client_secret=SECRET, client=web(slack))
    first = installation(install(slack))
    second = rotator.perform_token_rotation(installation=first)
    for before, after in [(first.bot_token, second.bot_token), (first.user_token, second.user_token),
                          (first.bot_refresh_token, second.bot_refresh_token),
                          (first.user_refresh_token, second.user_refresh_token)]:
        assert before != after
    check_user(slack, second.bot_token, "product")
    check_user(slack, second.user_token, "alice")
    assert refused(web(slack).oauth_v2_access, client_id="A1", client_secret=SECRET, grant_type="refresh_token",
                   refresh_token=first.bot_refresh_token) == "invalid_refresh_token"
    check_user(slack, second.bot_token, "product")
    family = families(slack, "slack")[0]
    assert (family["refreshes"], family["reuses"], family["ended"]) == (2, 1, None)


def test_tokens_end_after_half_a_day(slack):
    answer = install(slack)
    later(slack, 43_201)
    assert refused(web(slack, answer["access_token"]).auth_test) == "token_expired"


def test_what_oauth_v2_access_refuses(slack):
    access = web(slack).oauth_v2_access
    good = {"client_id": "A1", "client_secret": SECRET, "redirect_uri": CALLBACK, "code": code(slack)}
    for change, error in [
        ({"client_id": "A2"}, "invalid_client_id"), ({"client_secret": "x"}, "bad_client_secret"),
        ({"code": "x"}, "invalid_code"), ({"redirect_uri": CALLBACK + "/"}, "bad_redirect_uri"),
        ({"grant_type": "password"}, "invalid_grant_type"),
        ({"grant_type": "refresh_token", "refresh_token": "x"}, "invalid_refresh_token"),
    ]:
        assert refused(access, **(good | change)) == error
    assert access(**good)["ok"]
    assert refused(access, **good) == "code_already_used"
    assert code(slack, decision="cancel") == "access_denied"


def test_a_challenge_wants_its_verifier(slack):
    verifier, challenge = pkce()
    made = code(slack, code_challenge=challenge, code_challenge_method="S256")
    call = {"client_id": "A1", "client_secret": SECRET, "redirect_uri": CALLBACK, "code": made}
    assert refused(web(slack).oauth_v2_access, **call, code_verifier=pkce()[0]) == "invalid_code_verifier"
    assert web(slack).oauth_v2_access(**call, code_verifier=verifier)["ok"]


def test_a_token_without_an_end_is_exchanged_once(acme):
    register(acme, "slack", "A1", SECRET, rotation=False)
    old = install(acme)
    assert "refresh_token" not in old.data and old["access_token"].startswith("xoxb-")
    call = {"client_id": "A1", "client_secret": SECRET, "token": old["access_token"]}
    assert refused(web(acme).oauth_v2_exchange, **call) == "token_rotation_not_enabled"
    register(acme, "slack", "A1", SECRET)
    new = web(acme).oauth_v2_exchange(**call)
    check_user(acme, new["access_token"], "product")
    assert new["refresh_token"]
    assert refused(web(acme).oauth_v2_exchange, **call) == "token_already_exchanged"
    assert refused(web(acme).oauth_v2_exchange, **(call | {"token": "xoxb-1"})) == "invalid_token"


def test_revoking_one_credential_leaves_the_other(slack):
    answer = install(slack)
    user = answer["authed_user"]
    assert web(slack, user["access_token"]).auth_revoke(test=True)["revoked"] is False
    assert web(slack, user["access_token"]).auth_revoke()["revoked"] is True
    assert refused(web(slack, user["access_token"]).auth_test) == "token_revoked"
    refresh = {"client_id": "A1", "client_secret": SECRET, "grant_type": "refresh_token"}
    assert refused(
        web(slack).oauth_v2_access, **refresh, refresh_token=user["refresh_token"]) == "invalid_refresh_token"
    check_user(slack, answer["access_token"], "product")
    slack.control("POST", "/oauth/end", service="slack", owner="alice", cause="uninstalled")
    assert refused(web(slack, answer["access_token"]).auth_test) == "token_revoked"


def test_a_redirect_uri_is_compared_byte_for_byte(slack):
    wrong = decide(address(slack.origins["slack"], "/oauth/v2/authorize", client_id="A1", scope="chat:write",
                           redirect_uri=CALLBACK + "?x"))
    assert wrong.status_code == 400 and "redirect_uri_mismatch" in wrong.text


def test_two_apps_in_one_workspace_are_two_clients(slack):
    """Each with its own bot and secret: what one was given is nothing at the other."""
    apps = {"A1": ("product", SECRET), "A2": ("clerk-bot", "another secret")}
    register(slack, "slack", "A2", "another secret", bot="clerk-bot")
    given = {}
    for client, (bot, secret) in apps.items():
        generator = AuthorizeUrlGenerator(
            client_id=client, scopes=BOT, redirect_uri=CALLBACK, authorization_url=slack.origins["slack"] + "/oauth/v2/authorize")
        made = landed(decide(generator.generate("st"), "dana"))["code"]
        access = {"code": made, "redirect_uri": CALLBACK}
        other, theirs = next((other, theirs[1]) for other, theirs in apps.items() if other != client)
        assert refused(web(slack).oauth_v2_access, client_id=other, client_secret=theirs, **access) == "invalid_code"
        assert refused(web(slack).oauth_v2_access, client_id=client, client_secret=theirs, **access) == "bad_client_secret"
        given[client] = web(slack).oauth_v2_access(client_id=client, client_secret=secret, **access)
        check_user(slack, given[client]["access_token"], bot)
        assert slack.last()["client"] == client
    assert given["A1"]["app_id"] != given["A2"]["app_id"] and given["A1"]["bot_user_id"] != given["A2"]["bot_user_id"]
    for client, other in (("A1", "A2"), ("A2", "A1")):
        refresh = {"grant_type": "refresh_token", "refresh_token": given[other]["refresh_token"]}
        assert refused(web(slack).oauth_v2_access, client_id=client, client_secret=apps[client][1],
                       **refresh) == "invalid_refresh_token"
        assert refused(web(slack).oauth_v2_access, client_id=other, client_secret=apps[client][1],
                       **refresh) == "bad_client_secret"
        assert refused(web(slack).oauth_v2_access, client_id="A3", client_secret=SECRET, **refresh) == "invalid_client_id"
    for client, (bot, secret) in apps.items():
        rotated = web(slack).oauth_v2_access(
            client_id=client, client_secret=secret, grant_type="refresh_token",
            refresh_token=given[client]["refresh_token"])
        check_user(slack, rotated["access_token"], bot)
