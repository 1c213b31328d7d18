"""Slack's stand-in, proved by slack_sdk."""

import pytest
import requests
from proof import calls_exactly, refutes
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError


def client(acme, token):
    return WebClient(token=token, base_url=acme.origins["slack"] + "/api/")


def as_owner(acme, owner):
    return client(acme, acme.tokens["slack"][owner])


def refused(call, **arguments):
    with pytest.raises(SlackApiError) as refusal:
        call(**arguments)
    return refusal.value.response


def check_identity(acme, owner, expected):
    answer = as_owner(acme, owner).auth_test()
    assert answer["user_id"] == acme.ids["slack_users"][expected]
    assert answer["team_id"].startswith("T")
    assert answer["url"] == "https://acme.slack.com/"


def check_channels(acme, owner, expected):
    scopes = "public_channel" if owner == "product" else "public_channel,private_channel"
    listed = as_owner(acme, owner).conversations_list(types=scopes)["channels"]
    assert [channel["name"] for channel in listed] == expected


def check_refusal(acme, token, error):
    assert refused(client(acme, token).auth_test)["error"] == error


def test_each_token_is_its_owner(acme):
    for owner in ["alice", "bob", "product"]:
        check_identity(acme, owner, owner)
    refutes(check_identity, acme, "bob", "alice")
    assert as_owner(acme, "product").auth_test()["bot_id"].startswith("B")
    assert "bot_id" not in as_owner(acme, "alice").auth_test().data


def test_each_token_sees_its_channels(acme):
    check_channels(acme, "alice", ["general", "onboarding", "alice-notes"])
    check_channels(acme, "bob", ["general", "onboarding"])
    check_channels(acme, "product", ["general", "onboarding"])
    refutes(check_channels, acme, "bob", ["general", "onboarding", "alice-notes"])


def test_a_private_channel_does_not_exist_for_others(acme):
    notes = acme.ids["channels"]["alice-notes"]
    assert as_owner(acme, "alice").conversations_history(channel=notes)["messages"]
    assert refused(as_owner(acme, "bob").conversations_history, channel=notes)["error"] == "channel_not_found"
    assert refused(as_owner(acme, "bob").chat_postMessage, channel=notes, text="x")["error"] == "channel_not_found"
    assert acme.sent()["messages"] == []


def test_a_bot_must_be_in_the_channel(acme):
    onboarding = acme.ids["channels"]["onboarding"]
    product = as_owner(acme, "product")
    assert refused(product.conversations_history, channel=onboarding)["error"] == "not_in_channel"
    assert refused(product.chat_postMessage, channel=onboarding, text="x")["error"] == "not_in_channel"
    assert product.chat_postMessage(channel=acme.ids["channels"]["general"], text="x")["ok"]


def test_a_message_is_posted_as_the_token_owner(acme):
    def check_author(owner, expected):
        general = acme.ids["channels"]["general"]
        posted = as_owner(acme, owner).chat_postMessage(channel=general, text=f"from {owner}")
        newest = as_owner(acme, "alice").conversations_history(channel=general, limit=1)["messages"][0]
        assert newest["ts"] == posted["ts"]
        assert newest["user"] == acme.ids["slack_users"][expected]
        assert acme.sent()["messages"][-1]["owner"] == expected

    check_author("bob", "bob")
    check_author("product", "product")
    refutes(check_author, "bob", "alice")


@pytest.mark.parametrize("how", ["form", "json", "json without charset"])
def test_arguments_come_as_form_or_as_json(acme, how):
    url = acme.origins["slack"] + "/api/chat.postMessage"
    body = {"channel": acme.ids["channels"]["general"], "text": "grüße"}
    headers = {"Authorization": "Bearer " + acme.tokens["slack"]["alice"]}
    if how == "form":
        answer = requests.post(url, data=body, headers=headers).json()
    elif how == "json":
        headers["Content-Type"] = "application/json; charset=utf-8"
        answer = requests.post(url, json=body, headers=headers).json()
    else:
        answer = requests.post(url, json=body, headers=headers).json()
    assert answer["ok"] and answer["message"]["text"] == "grüße"
    assert (answer.get("warning") == "missing_charset") == (how == "json without charset")


def test_history_is_paged_newest_first(acme):
    alice, general = as_owner(acme, "alice"), acme.ids["channels"]["general"]
    for number in range(5):
        alice.chat_postMessage(channel=general, text=str(number))
    more, texts = [], []
    for page in alice.conversations_history(channel=general, limit=2):
        more.append(page["has_more"])
        texts += [message["text"] for message in page["messages"]]
    assert more == [True, True, False]
    assert texts[:5] == ["4", "3", "2", "1", "0"]


def test_absent_wrong_and_revoked_tokens(acme):
    check_refusal(acme, None, "not_authed")
    check_refusal(acme, "xoxp-1-2-3-wrong", "invalid_auth")
    acme.revoke("slack", "alice")
    check_refusal(acme, acme.tokens["slack"]["alice"], "token_revoked")
    refutes(check_refusal, acme, "xoxp-1-2-3-wrong", "token_revoked")
    check_identity(acme, "bob", "bob")
    assert [entry["owner"] for entry in acme.journal()] == [None, None, "alice", None, "bob"]


def test_a_reissued_token_replaces_the_old_one(acme):
    old, new = acme.tokens["slack"]["alice"], acme.reissue("slack", "alice")
    check_refusal(acme, old, "invalid_auth")
    assert client(acme, new).auth_test()["user"] == "alice"


def test_a_missing_scope_is_named(acme):
    narrow = client(acme, acme.reissue("slack", "alice", scopes=["users:read"]))
    answer = refused(narrow.chat_postMessage, channel=acme.ids["channels"]["general"], text="x")
    assert (answer["error"], answer["needed"], answer["provided"]) == ("missing_scope", "chat:write", "users:read")
    assert answer.headers["x-oauth-scopes"] == "users:read"
    assert answer.headers["x-accepted-oauth-scopes"] == "chat:write"
    wide = client(acme, acme.reissue("slack", "alice", scopes=["chat:write"]))
    assert wide.chat_postMessage(channel=acme.ids["channels"]["general"], text="x")["ok"]


def test_an_address_needs_its_own_scope(acme):
    bob = acme.ids["slack_users"]["bob"]
    assert as_owner(acme, "alice").users_info(user=bob)["user"]["profile"]["email"] == "bob@acme.test"
    narrow = client(acme, acme.reissue("slack", "alice", scopes=["users:read"]))
    assert "email" not in narrow.users_info(user=bob)["user"]["profile"]
    assert refused(narrow.users_info, user="U0NOBODY")["error"] == "user_not_found"


def burst(acme, calls):
    alice, general = as_owner(acme, "alice"), acme.ids["channels"]["general"]
    for _ in range(calls):
        alice.conversations_history(channel=general)


def test_too_many_calls_are_limited(acme, start):
    answer = refused(lambda: burst(acme, 60))
    assert (answer.status_code, answer["error"]) == (429, "ratelimited")
    assert int(answer.headers["Retry-After"]) >= 1
    as_owner(acme, "bob").conversations_history(channel=acme.ids["channels"]["general"])
    burst(start("--no-rate-limits"), 60)


def test_history_outside_the_marketplace_is_once_a_minute(start):
    outside = start("--slack-non-marketplace")
    burst(outside, 1)
    answer = refused(lambda: burst(outside, 1))
    assert int(answer.headers["Retry-After"]) > 50
    burst(start(), 2)


def test_the_journal_names_the_owner_of_each_call(acme):
    general = acme.ids["channels"]["general"]
    with calls_exactly(
        acme,
        ("alice", "slack.auth.test", 200),
        ("bob", "slack.conversations.history", 200),
        ("product", "slack.chat.postMessage", 200),
        ("alice", "unknown", 200),
    ):
        as_owner(acme, "alice").auth_test()
        as_owner(acme, "bob").conversations_history(channel=general)
        as_owner(acme, "product").chat_postMessage(channel=general, text="x")
        assert refused(as_owner(acme, "alice").api_call, api_method="team.profile.get")["error"] == "unknown_method"
    with pytest.raises(AssertionError):
        with calls_exactly(acme, ("bob", "slack.auth.test", 200)):
            as_owner(acme, "alice").auth_test()
