"""Files that agents send with their answers in Slack: in three steps, with the app's own token, to those who may read the answer."""

import json
import signal
import time
import urllib.request

import pytest
from slack_sdk import WebClient
from test_slack_files import CANARY, send, shared
from test_slack_talk import Slack

SEND = '/call attachments.send {"name": "plan.csv", "text": "name;day\\nAlice;Monday"}'
STEPS = ["getUploadURLExternal", "put", "completeUploadExternal"]


def definition(**more):
    return {
        "agents": {"list": [{"id": "reader", "owner": "dana", "actsAs": "assistant", "users": "everyone",
                             "tools": {"use": ["group:attachments"]}} | more]},
        "bindings": [{"agentId": "reader", "match": {"channel": "slack", "accountId": "reader"}}]}


@pytest.fixture
def slack(home, tmp_path):
    file = tmp_path / "reader.json5"
    file.write_text(json.dumps(definition(lift=[{"tools": "attachments.send", "destinations": "nobody"}])))
    home.run("apply", str(file), "--yes", "--owner", "dana")
    home.run("models", "add", "default", "--speaks", "offline")
    slack = Slack(home, "reader")
    for person in ("alice", "bob"):
        slack.link(person)
        home.token(person, "reader")
    slack.file = file
    return slack


def files(slack, channel):
    return [(file["name"], message.get("thread_ts")) for message in reversed(slack.messages(channel))
            for file in message.get("files", []) if message["user"] == slack.app["user"]]


def wait(slack, channel, count=1, seconds=60):
    deadline = time.time() + seconds
    while time.time() < deadline:
        if len(found := files(slack, channel)) >= count:
            return found
        time.sleep(0.05)
    raise AssertionError((slack.messages(channel), slack.home.run("messages", "list")))


def steps(slack):
    return [(e["call"].removeprefix("slack.files."), e["owner"], e["status"]) for e in slack.acme.journal()
            if e["call"].startswith("slack.files.")]


def bytes_of(slack, channel):
    """As the app that sent it gets it back."""
    bot = WebClient(token=slack.app["token"], base_url=slack.acme.origins["slack"] + "/api/")
    id = next(f["id"] for m in slack.messages(channel) for f in m.get("files", []) if m["user"] == slack.app["user"])
    where = bot.files_info(file=id)["file"]["url_private_download"]
    request = urllib.request.Request(where, headers={"Authorization": f"Bearer {slack.app['token']}"})
    return urllib.request.urlopen(request).read()


def test_a_file_goes_with_an_answer_in_three_steps_as_the_app(home, slack):
    channel = slack.say("alice", SEND)["channel"]
    assert wait(slack, channel) == [("plan.csv", None)]
    assert steps(slack) == [(step, slack.name, 200) for step in STEPS]
    assert bytes_of(slack, channel) == b"name;day\nAlice;Monday"
    words = slack.wait(channel, "offline planner")[0]
    assert "with your answer" in json.dumps(words)
    sending = [leaf["change"] for leaf in home.leaves() if leaf.get("change") in ("files.sending", "message.sending")]
    assert sending == ["files.sending", "message.sending"]
    assert "Alice;Monday" not in json.dumps(home.leaves())


def test_in_a_channel_it_is_in_the_answers_thread(slack):
    said = slack.say("alice", f"@{slack.name} {SEND}", channel="general")
    assert wait(slack, said["channel"]) == [("plan.csv", said["ts"])]


def test_it_waits_for_the_principal_unless_the_owner_lifted_that(home, slack):
    slack.file.write_text(json.dumps(definition()))
    home.run("apply", str(slack.file), "--yes", "--owner", "dana")
    channel = slack.say("alice", SEND)["channel"]
    card = slack.wait(channel, "deputy.approve")[0]
    assert "plan.csv" in json.dumps(card) and files(slack, channel) == [] and steps(slack) == []
    slack.acme.ask("POST", "/slack/press", {"by": "alice", "channel": channel, "ts": card["ts"], "action": "deputy.approve"})
    assert wait(slack, channel) == [("plan.csv", None)]


def test_canary_alices_file_goes_to_alice_alone_where_a_guest_reads(slack):
    slack.acme.ask("POST", "/slack/people", {"owner": "gus", "guest": True})
    where = slack.acme.ask("POST", "/slack/channels", {"name": "mixed", "members": ["alice", "gus", slack.name]})["id"]
    send(slack, "alice", shared(), f"@{slack.name} " + '/call attachments.send {"name": "copy.md", "file": "F07PLAN"}',
         channel="mixed")
    assert wait(slack, slack.alone("alice")) == [("copy.md", None)]
    assert bytes_of(slack, slack.alone("alice")) == CANARY.encode()
    assert files(slack, where) == []


def test_canary_bob_has_nothing_sent_of_alices(home, slack):
    slack.wait(send(slack, "alice", shared(), "see"), "offline planner")
    told = slack.wait(slack.say("bob", '/call attachments.send {"name": "a", "file": "F07PLAN"}')["channel"], "no file `F07PLAN`")
    assert CANARY not in json.dumps(told) and steps(slack) == []
    # At a client there is no answer that it could go with.
    kind, result = home.call("reader", home.token("bob", "reader"), "attachments.send", {"name": "a", "text": "b"})
    assert kind == "refused" and "no conversation here" in str(result)


@pytest.mark.parametrize("arguments, words", [
    ({"name": "a"}, "one of `text`, `base64` and `file`"), ({"name": "a", "text": "b", "base64": "Yg=="}, "one of"),
    ({"name": "a", "base64": "%%%"}, "isn't base64"), ({"name": "a", "text": "b", "type": "text/plain\r\nX: y"}, "like `text/csv`"),
    ({"name": "a" * 151, "text": "b"}, "name"),
])
def test_what_cant_be_sent_is_told_before_anything_is(home, slack, arguments, words):
    kind, result = home.call("reader", home.token("alice", "reader"), "attachments.send", arguments)
    assert kind != "done" and (words in str(result) or "no conversation" in str(result)), result
    assert steps(slack) == []


def test_names_are_inert_and_five_files_go_with_one_answer(slack):
    names = ["../../etc/passwd", "a\\r\\nX-Evil: 1.txt", "gpj.\\u202eexe", "a/b\\\\c", "....", "sixth"]
    calls = "\n".join('/call attachments.send {"name": "%s", "text": "x"}' % name for name in names)
    channel = slack.say("alice", calls)["channel"]
    found = [name for name, _ in wait(slack, channel, 5)]
    assert sorted(found) == sorted(["_.._etc_passwd", "aX-Evil_ 1.txt", "gpj.exe", "a_b_c", "file"])
    assert "5 files" in json.dumps(slack.wait(channel, "5 files and 3145728 bytes at the most"))
    assert [step for step, _, _ in steps(slack)].count("completeUploadExternal") == 1


def test_killed_between_upload_and_showing_it_is_shown_once(home, slack):
    port = int(home.url.rsplit(":", 1)[1])
    home.gateway.send_signal(signal.SIGTERM)
    home.gateway.wait()
    home.serve(port, DEPUTY_KILL_AT="files-uploaded:1")
    channel = slack.say("alice", SEND)["channel"]
    assert home.gateway.wait(timeout=20) == -signal.SIGKILL
    assert files(slack, channel) == [] and [step for step, _, _ in steps(slack)] == STEPS[:2]
    home.serve(port)
    assert wait(slack, channel) == [("plan.csv", None)]
    time.sleep(1)
    assert len(files(slack, channel)) == 1 and len(slack.wait(channel, "offline planner")) == 1
    assert [step for step, _, _ in steps(slack)] == STEPS[:2] + STEPS


def fault(slack, step, status, count=1, **more):
    slack.acme.ask("POST", "/faults", {"service": "slack", "operation": f"slack.files.{step}", "status": status, "count": count} | more)


@pytest.mark.parametrize("step, status", [("getUploadURLExternal", 429), ("getUploadURLExternal", 500), ("put", 500)])
def test_what_nobody_sees_yet_is_tried_again(slack, step, status):
    fault(slack, step, status, **({"retry_after": 1} if status == 429 else {}))
    channel = slack.say("alice", SEND)["channel"]
    assert wait(slack, channel) == [("plan.csv", None)]
    assert len(slack.wait(channel, "offline planner")) == 1


def test_where_nobody_knows_whether_it_was_shown_it_is_unknown_and_never_sent_again(home, slack):
    fault(slack, "completeUploadExternal", 500)
    channel = slack.say("alice", SEND)["channel"]
    slack.wait(channel, "offline planner")
    deadline = time.time() + 60
    while not (lost := [m for m in home.run("messages", "list")["messages"] if m["trouble"] == "unknown"]):
        assert time.time() < deadline
        time.sleep(0.1)
    time.sleep(2)
    assert len(lost) == 1 and [step for step, _, _ in steps(slack)].count("completeUploadExternal") == 1


def test_too_many_at_once_wait_as_slack_says(slack):
    fault(slack, "completeUploadExternal", 429, retry_after=1)
    channel = slack.say("alice", SEND)["channel"]
    assert wait(slack, channel) == [("plan.csv", None)]
    assert len(slack.wait(channel, "offline planner")) == 1, "the words were taken before, and aren't said twice"
