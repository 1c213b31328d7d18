"""Slack's stand-in takes files in three steps, proved by slack_sdk's own `files_upload_v2`."""

import pytest
import requests
from proof import refutes
from test_slack import client, refused


@pytest.fixture
def bot(acme):
    app = acme.control("POST", "/slack/apps", owner="filer", request_url="http://127.0.0.1:9/", channels=["general"])
    bot = client(acme, app["token"])
    bot.general = acme.ids["channels"]["general"]
    return bot


def shown(acme, bot):
    return [file["name"] for message in acme.control("GET", f"/slack/messages?channel={bot.general}")["messages"]
            for file in message.get("files", [])]


def check_shown(acme, bot, names):
    assert shown(acme, bot) == names


def test_files_upload_v2_shows_a_file_in_a_thread(acme, bot):
    root = bot.chat_postMessage(channel=bot.general, text="here")["ts"]
    answer = bot.files_upload_v2(channel=bot.general, thread_ts=root, filename="a.txt", content="hello")
    file = bot.files_info(file=answer["files"][0]["id"])["file"]
    got = requests.get(file["url_private_download"], headers={"Authorization": f"Bearer {bot.token}"}, timeout=10)
    assert (file["name"], got.content) == ("a.txt", b"hello")
    check_shown(acme, bot, ["a.txt"])
    refutes(check_shown, acme, bot, [])
    message = next(m for m in acme.control("GET", f"/slack/messages?channel={bot.general}")["messages"] if m.get("files"))
    assert message["thread_ts"] == root


def test_each_step_needs_the_one_before(acme, bot):
    place = bot.files_getUploadURLExternal(filename="a.txt", length=5)
    id, where = place["file_id"], place["upload_url"]
    show = bot.files_completeUploadExternal
    assert refused(show, files=[{"id": id}], channel_id=bot.general)["error"] == "file_not_found"
    assert requests.post(where, data=b"four", timeout=10).status_code == 400, "as many bytes as were announced"
    assert requests.post(where, data=b"hello", timeout=10).text == "OK - 5"
    assert requests.post(where, data=b"hello", timeout=10).status_code == 400, "once"
    assert requests.post(where + "x", data=b"hello", timeout=10).status_code == 400
    assert shown(acme, bot) == []
    assert refused(show, files=[{"id": id}], channel_id="C07ALICE1PV")["error"] == "channel_not_found"
    assert refused(show, files=[{"id": id}], channel_id=acme.ids["slack_users"]["alice"])["error"] == "channel_not_found"
    assert show(files=[{"id": id, "title": "a"}], channel_id=bot.general)["files"][0]["id"] == id
    assert refused(show, files=[{"id": id}], channel_id=bot.general)["error"] == "file_not_found"
    assert shown(acme, bot) == ["a.txt"]


def test_what_slack_refuses(acme, bot):
    assert refused(bot.files_upload, content="x", filename="a")["error"] == "method_deprecated"
    assert refused(bot.files_getUploadURLExternal, filename="a", length=0)["error"] == "invalid_arguments"
    assert refused(bot.files_getUploadURLExternal, filename="", length=1)["error"] == "invalid_arguments"
    as_json = requests.post(f"{acme.origins['slack']}/api/files.getUploadURLExternal", json={"filename": "a", "length": 1},
                            headers={"Authorization": f"Bearer {bot.token}"}, timeout=10)
    assert as_json.json()["error"] == "invalid_arguments"
    product = client(acme, acme.tokens["slack"]["product"])
    assert refused(product.files_getUploadURLExternal, filename="a", length=1)["error"] == "missing_scope"
