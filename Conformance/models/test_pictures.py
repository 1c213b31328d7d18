"""Pictures that people send reach models that see, in each protocol, and nobody else's. What was sent is the stand-ins' journal, held
to the vendors' own types."""

import base64
import json
import struct
import time
import zlib

import anthropic
import openai
import pytest
from program import Program
from test_gateway import gateway
from test_packages import claude, gpt  # noqa: F401
from test_slack_talk import Slack
from vendor_types import request_has_type

MODELS = {"anthropic": ("anthropic", "claude-acme-1"), "openai-chat": ("openai", "gpt-acme-1"),
          "openai-responses": ("openai", "gpt-acme-1")}


def png(width, height, extra=b""):
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    rows = zlib.compress((b"\0" + b"\0" * min(width, 9)) * min(height, 9))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
            + (chunk(b"tEXt", extra) if extra else b"") + chunk(b"IDAT", rows) + chunk(b"IEND", b""))


PICTURE = png(31, 17, b"canary\0cerulean")
DATA = base64.b64encode(PICTURE).decode()


class Reader:
    """An assistant that opens files, and those who write to it."""

    def __init__(self, folder, acme):
        self.folder, self.acme = folder, acme
        self.home = gateway.Home(folder, acme).populate().serve()
        self.home.connect()
        for provider in ("anthropic", "openai"):
            self.home.run("connections", "add", provider, "--organization", secret=acme.tokens[provider]["acme"])
        self.tokens = {}

    def models(self, *slots):
        """(protocol, whether it sees) of each, first choice first."""
        path = self.folder / "reader.json5"
        path.write_text(json.dumps({"agents": {"list": [{
            "id": "reader", "owner": "dana", "actsAs": "assistant", "users": "everyone",
            "tools": {"use": ["group:attachments"]},
            "models": [{"name": speaks, "speaks": speaks, "model": MODELS[speaks][1],
                        "key": f"{MODELS[speaks][0]}:organization"} | ({"sees": ["pictures"]} if sees else {})
                       for speaks, sees in slots]}]}}))
        self.home.run("apply", str(path), "--yes", "--owner", "dana")

    def program(self, person):
        if person not in self.tokens:
            self.home.token(person, "reader")
            made = self.home.run("tokens", "create", person, "--agent", "reader", "--for", "api")
            self.tokens[person] = self.home.run("tokens", "take-up", made["code"])["token"]
        return Program(self.home.url, self.tokens[person], "reader")

    def send(self, person, id, content):
        status, body, _ = self.program(person).send("POST", "/conversations/one/messages", {"id": id, "content": content})
        assert status == 202, body
        self.wait(person, id)
        return self.home.sql("SELECT id FROM inbox WHERE event LIKE $1", f"%/{id}")[0][0] + "/1"

    def open(self, person, id, file):
        self.program(person).write(id, '/call attachments.open {"file": "%s"}' % file)
        return self.wait(person, id)

    def wait(self, person, id, seconds=60):
        deadline = time.time() + seconds
        while time.time() < deadline:
            body = self.program(person).show(id)[1]
            if body.get("state") in ("answered", "failed"):
                return body["said"][-1]["text"]
            time.sleep(0.05)
        raise AssertionError(body)

    def asked(self):
        return self.acme.ask("GET", "/models")["asked"]

    def saw(self, data=DATA):
        return [entry["service"] for entry in self.asked() if data in json.dumps(entry["body"])]


@pytest.fixture
def reader(tmp_path):
    acme = gateway.Acme(tmp_path)
    reader = Reader(tmp_path, acme)
    yield reader
    reader.home.stop()
    acme.stop()


def image(data=PICTURE, kind="image/png"):
    return [{"type": "input_text", "text": "see"},
            {"type": "input_image", "detail": "auto", "image_url": f"data:{kind};base64,{base64.b64encode(data).decode()}"}]


@pytest.mark.parametrize("speaks", MODELS)
def test_a_picture_reaches_a_model_that_sees(reader, speaks):
    reader.models((speaks, True))
    file = reader.send("alice", "m1", image())
    assert reader.saw() == [], "nothing is shown before it is opened"
    assert "[image/png 31x17]" in reader.open("alice", "m2", file)
    last = reader.asked()[-1]["body"]
    request_has_type(speaks, last)
    assert reader.saw() == [MODELS[speaks][0]]
    shown = [leaf for leaf in reader.home.leaves() if leaf["kind"] == "model" and leaf.get("pictures")]
    assert [leaf["pictures"] for leaf in shown] == [1]
    # The next turn isn't shown it again, and Bob's conversation never.
    reader.program("alice").write("m3", "hello")
    reader.wait("alice", "m3")
    assert "no file `" in reader.open("bob", "m4", file)
    assert len(reader.saw()) == 1
    transcript = reader.program("alice").send("GET", "/conversations/one")[1]
    assert DATA not in json.dumps(transcript) and "cerulean" not in json.dumps(transcript)
    assert reader.home.run("ledger", "verify")["intact"]


def test_parts_of_chat_completions_bring_pictures_too(reader):
    reader.models(("openai-chat", True))
    file = reader.send("alice", "m1", [
        {"type": "text", "text": "see"}, {"type": "image_url", "image_url": {"url": "data:image/png;base64," + DATA}}])
    assert "[image/png 31x17]" in reader.open("alice", "m2", file)


@pytest.mark.parametrize("data, kind, words", [
    (PICTURE, "image/jpeg", "[image/png 31x17]"),
    (b"GIF89a\x03\0\x05\0\0\0\0,\0\0\0\0\x03\0\x05\0\0\x02\x02\x4c\x01\0;", "text/plain", "[image/gif 3x5]"),
    (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/svg+xml", "isn't a PNG, JPEG, GIF or WebP picture"),
    (png(8001, 1), "image/png", "more than the agent's models take"),
    (b"%PDF-1.7", "application/pdf", "only text and pictures can be opened"),
])
def test_its_bytes_say_what_it_is(reader, data, kind, words):
    reader.models(("anthropic", True))
    assert words in reader.open("alice", "m2", reader.send("alice", "m1", image(data, kind)))


def test_where_no_model_sees_the_refusal_names_the_way_out(reader):
    reader.models(("anthropic", False), ("openai-chat", False))
    file = reader.send("alice", "m1", image())
    assert "`deputy models add NAME … --sees pictures`" in reader.open("alice", "m2", file)
    assert reader.saw() == []
    reader.home.run("models", "add", "openai-chat", "--agent", "reader", "--speaks", "openai-chat", "--model",
                    "gpt-acme-1", "--key", "openai:organization", "--sees", "pictures")
    assert "[image/png 31x17]" in reader.open("alice", "m3", file)
    # Asked first is the first of the list, until there is a picture.
    assert [entry["service"] for entry in reader.asked()[-2:]] == ["anthropic", "openai"]
    listed = {m["name"]: m.get("sees") for m in reader.home.run("models", "list")["models"] if m.get("agent") == "reader"}
    assert listed == {"anthropic": None, "openai-chat": ["pictures"]}


@pytest.mark.parametrize("speaks", MODELS)
def test_a_server_that_refuses_pictures_is_asked_once_more_in_words(reader, speaks):
    service = MODELS[speaks][0]
    reader.models((speaks, True))
    reader.home.run("models", "add", speaks, "--agent", "reader", "--speaks", speaks, "--model",
                    {"anthropic": "claude-acme-blind", "openai": "gpt-acme-blind"}[service],
                    "--key", f"{service}:organization", "--sees", "pictures")
    told = reader.open("alice", "m2", reader.send("alice", "m1", image()))
    assert "The picture isn't shown: the server that you are asked at refused it." in told
    last = reader.asked()[-2:]
    assert [(entry["status"], DATA in json.dumps(entry["body"])) for entry in last] == [(400, True), (200, False)]
    request_has_type(speaks, last[-1]["body"])
    leaves = [leaf for leaf in reader.home.leaves() if leaf["kind"] == "model"][-2:]
    assert [(leaf.get("pictures"), leaf.get("pictures_refused")) for leaf in leaves] == [(1, None), (None, True)]


def test_the_offline_planner_sees_nothing_and_the_refusal_names_the_way_out(reader):
    refused = reader.home.command("models", "add", "x", "--speaks", "offline", "--sees", "pictures")
    error = json.loads(refused.stdout)["error"]
    assert refused.returncode == 1 and "`offline` is no model, and sees nothing (leave out" in error["message"]
    assert "or name a model that sees" in error["message"]


def test_a_fallback_that_doesnt_see_is_told_in_words(reader):
    reader.models(("anthropic", True), ("openai-responses", False))
    file = reader.send("alice", "m1", image())
    control = reader.acme.ask
    control("POST", "/models/pace", {"milliseconds": 1000})
    reader.program("alice").write("m2", '/call attachments.open {"file": "%s"}' % file)
    before = len(reader.asked())
    while len(reader.asked()) == before:
        time.sleep(0.02)
    # While the first reply comes, the next question to it is refused.
    control("POST", "/faults", {"service": "anthropic", "status": 403})
    control("POST", "/models/pace", {"milliseconds": 0})
    told = reader.wait("alice", "m2")
    assert "The picture isn't shown: you are a model that isn't shown pictures." in told
    assert reader.asked()[-1]["service"] == "openai"
    request_has_type("openai-responses", reader.asked()[-1]["body"])


def block(data=DATA, kind="image/png"):
    return {"type": "image", "source": {"type": "base64", "media_type": kind, "data": data}}


def test_anthropics_package_sends_pictures_to_the_stand_in(acme, claude):  # noqa: F811
    def ask(image):
        return claude.messages.create(model="claude-acme-1", max_tokens=100, messages=[
            {"role": "user", "content": [{"type": "text", "text": "What is it?"}, image]}])
    reply = ask(block())
    assert reply.content[0].text == "You said: What is it?\n[image/png 31x17]" and reply.usage.input_tokens < 200
    for odd, words in ((block(kind="image/jpeg"), "appears to be a image/png"), (block("AAAA"), "Could not process"),
                       (block(base64.b64encode(png(8001, 1)).decode()), "8000 pixels"),
                       (block(base64.b64encode(png(9, 9, b"x" * 3_932_160)).decode()), "exceeds 5 MB maximum"),
                       (block(kind="image/svg+xml"), "media_type")):
        with pytest.raises(anthropic.BadRequestError, match=words):
            ask(odd)


def test_openais_package_sends_pictures_to_the_stand_in(acme, gpt):  # noqa: F811
    def chat(url):
        return gpt.chat.completions.create(model="gpt-acme-1", messages=[{"role": "user", "content": [
            {"type": "text", "text": "What is it?"}, {"type": "image_url", "image_url": {"url": url}}]}])
    url = "data:image/png;base64," + DATA
    assert chat(url).choices[0].message.content == "You said: What is it?\n[image/png 31x17]"
    response = gpt.responses.create(model="gpt-acme-1", input=[{"role": "user", "content": [
        {"type": "input_text", "text": "What is it?"}, {"type": "input_image", "image_url": url, "detail": "low"}]}])
    assert response.output_text == "You said: What is it?\n[image/png 31x17]"
    for odd in ("data:image/png;base64,AAAA", "data:image/jpeg;base64," + DATA, "data:text/plain,hello"):
        with pytest.raises(openai.BadRequestError, match="unsupported image"):
            chat(odd)


def test_a_picture_from_slack_is_got_with_the_apps_token_and_shown_to_whoever_sent_its_model(reader):
    reader.models(("anthropic", True))
    bindings = reader.folder / "bindings.json5"
    bindings.write_text(json.dumps({"bindings": [{"agentId": "reader", "match": {"channel": "slack", "accountId": "reader"}}]}))
    reader.home.run("apply", str(bindings), "--yes", "--owner", "dana")
    slack = Slack(reader.home, "reader")
    for person in ("alice", "bob"):
        slack.link(person)
        reader.home.token(person, "reader")
    where = slack.acme.ask("POST", "/slack/say", {
        "by": "alice", "text": '/call attachments.open {"file": "F07PIC"}', "to": slack.name,
        "files": [{"id": "F07PIC", "name": "a.png", "mimetype": "image/png", "bytes": list(PICTURE)}]})["channel"]
    slack.wait(where, "[image/png 31x17]")
    assert reader.saw() == ["anthropic"]
    assert {(e["owner"], e["status"]) for e in reader.acme.journal() if e["call"] == "slack.files.download"} == {(slack.name, 200)}
    slack.wait(slack.say("bob", '/call attachments.open {"file": "F07PIC"}')["channel"], "no file `F07PIC`")
    assert reader.saw() == ["anthropic"]
