"""The methods by which apps speak, driven by `slack_sdk`."""

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError


@pytest.fixture
def bot(acme, app):
    return WebClient(token=app["token"], base_url=acme.origins["slack"] + "/api/")


def refused(call, **arguments):
    with pytest.raises(SlackApiError) as refusal:
        call(**arguments)
    return refusal.value.response["error"]


def messages(acme, channel):
    return acme.control("GET", f"/slack/messages?channel={channel}")["messages"]


def test_each_app_is_a_bot_of_its_own(acme, app, bot):
    told = bot.auth_test()
    assert (told["user_id"], told["bot_id"], told["team_id"]) == (app["user"], app["bot"], app["team"])
    assert app["app"] != "A07DEPUTY01" and told["bot_id"] != "B07PRODUCT1"


def test_a_conversation_opens_once(acme, bot):
    alice = acme.ids["slack_users"]["alice"]
    first = bot.conversations_open(users=[alice])["channel"]["id"]
    assert first.startswith("D") and bot.conversations_open(users=[alice])["channel"]["id"] == first
    assert bot.chat_postMessage(channel=alice, text="hi")["channel"] == first
    few = bot.conversations_open(users=[alice, acme.ids["slack_users"]["bob"]])["channel"]
    assert few["is_mpim"] and not few["id"].startswith("D")
    assert refused(bot.conversations_open, users=["U0NOBODY"]) == "user_not_found"
    assert refused(bot.conversations_open, users=["U07PRODUCT1"]) == "cannot_dm_bot"


def test_who_would_read_it(acme, app, bot):
    general = acme.ids["channels"]["general"]
    members = bot.conversations_members(channel=general)["members"]
    assert acme.ids["slack_users"]["alice"] in members and app["user"] in members
    assert not bot.conversations_info(channel=general)["channel"]["is_private"]
    assert refused(bot.conversations_members, channel=acme.ids["channels"]["alice-notes"]) == "channel_not_found"


def test_what_one_alone_sees(acme, bot):
    general, alice = acme.ids["channels"]["general"], acme.ids["slack_users"]["alice"]
    shown = bot.chat_postEphemeral(channel=general, user=alice, text="for you")
    assert messages(acme, general)[-1]["reader"] == alice
    reader = WebClient(token=acme.tokens["slack"]["alice"], base_url=acme.origins["slack"] + "/api/")
    assert all(message["text"] != "for you" for message in reader.conversations_history(channel=general)["messages"])
    assert refused(bot.chat_update, channel=general, ts=shown["message_ts"], text="x") == "message_not_found"
    assert refused(bot.chat_postEphemeral, channel=general, user="U0NOBODY", text="x") == "user_not_in_channel"


def test_a_message_is_changed_by_whoever_wrote_it(acme, bot):
    general = acme.ids["channels"]["general"]
    posted = bot.chat_postMessage(channel=general, text="may I?")
    assert bot.chat_update(channel=general, ts=posted["ts"], text="done")["ts"] == posted["ts"]
    assert messages(acme, general)[-1]["text"] == "done"
    other = WebClient(token=acme.tokens["slack"]["product"], base_url=acme.origins["slack"] + "/api/")
    assert refused(other.chat_update, channel=general, ts=posted["ts"], text="x") == "cant_update_message"
    assert refused(bot.chat_update, channel=general, ts="1.000001", text="x") == "message_not_found"


def test_where_it_may_not_speak(acme, bot):
    assert refused(bot.chat_postMessage, channel=acme.ids["channels"]["onboarding"], text="x") == "not_in_channel"
    acme.control("POST", "/slack/channels", name="old", members=["assistant"], archived=True)
    assert refused(bot.chat_postMessage, channel="old", text="x") == "is_archived"
    assert refused(bot.chat_postMessage, channel="C0NOWHERE", text="x") == "channel_not_found"


def test_blocks_have_limits(acme, bot):
    general = acme.ids["channels"]["general"]

    def section(length):
        return {"type": "section", "text": {"type": "mrkdwn", "text": "a" * length}}

    assert bot.chat_postMessage(channel=general, text="x", blocks=[section(3000)])["ok"]
    assert refused(bot.chat_postMessage, channel=general, text="x", blocks=[section(3001)]) == "invalid_blocks"
    assert refused(bot.chat_postMessage, channel=general, text="x", blocks=[section(3000)] * 5) == "msg_blocks_too_long"
    assert refused(bot.chat_postMessage, channel=general, text="x", blocks=[{"type": "nonsense"}]) == "invalid_blocks"


def test_guests_strangers_and_those_who_left(acme, bot):
    acme.control("POST", "/slack/people", owner="gina", guest=True)
    acme.control("POST", "/slack/people", owner="mallory", team="T08RIVAL999")
    people = acme.control("POST", "/slack/people", owner="carol", deactivated=True)
    assert bot.users_info(user=people["id"])["user"]["deleted"]
    gina = acme.control("POST", "/slack/people", owner="gina")["id"]
    assert bot.users_info(user=gina)["user"]["is_restricted"]
    mallory = bot.users_info(user=acme.control("POST", "/slack/people", owner="mallory")["id"])["user"]
    assert mallory["is_stranger"] and mallory["team_id"] == "T08RIVAL999" and "email" not in mallory["profile"]


def test_each_method_has_its_rate(acme, bot):
    general = acme.ids["channels"]["general"]
    with pytest.raises(SlackApiError) as refusal:
        for number in range(60):
            bot.chat_postMessage(channel=general, text=str(number))
    answer = refusal.value.response
    assert (answer.status_code, answer["error"]) == (429, "ratelimited") and int(answer.headers["Retry-After"]) >= 1
    assert bot.conversations_info(channel=general)["ok"]
    assert bot.chat_postMessage(channel=acme.ids["slack_users"]["alice"], text="elsewhere")["ok"]


def test_a_missing_scope_is_named(acme, receiver):
    told = acme.control("POST", "/slack/apps", owner="narrow", request_url=receiver.url, scopes=["chat:write"])
    narrow = WebClient(token=told["token"], base_url=acme.origins["slack"] + "/api/")
    assert refused(narrow.conversations_open, users=["U07ALICE4K2"]) == "missing_scope"
    assert narrow.chat_postMessage(channel="U07ALICE4K2", text="hi")["ok"]


def test_the_journal_has_each_call(acme, bot):
    bot.auth_test()
    bot.chat_postMessage(channel=acme.ids["channels"]["general"], text="x")
    seen = [(entry["owner"], entry["call"]) for entry in acme.journal()]
    assert seen == [("assistant", "slack.auth.test"), ("assistant", "slack.chat.postMessage")]
