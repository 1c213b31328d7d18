"""Files that agents send to programs, and that programs send to agents."""

import base64
import json

import pytest
from openai.types.chat import ChatCompletionContentPartParam
from openai.types.responses import ResponseInputMessageContentListParam
from program import Program
from pydantic import TypeAdapter
from test_api import wait

SEND = '/call attachments.send {"name": "../größe.csv", "text": "name;day\\nAlice;Monday", "type": "text/csv"}'


@pytest.fixture
def program(home, tmp_path, api_token):
    file = tmp_path / "files.json5"
    file.write_text(json.dumps({"agents": {"list": [
        {"id": "reader", "owner": "dana", "actsAs": "assistant", "users": "everyone",
         "tools": {"use": ["group:attachments"]}, "lift": [{"tools": "attachments.send", "destinations": "nobody"}]}]}}))
    home.run("apply", str(file), "--yes", "--owner", "dana")
    def program(person):
        home.token(person, "reader")
        return Program(home.url, api_token(person, "reader")[0], "reader")

    return program


def test_a_file_is_named_with_the_answer_and_fetched_with_the_token(home, program):
    alice = program("alice")
    events = list(alice.write_and_watch("m1", SEND))
    reply = next(data for _, name, data in events if name == "reply")
    file, = reply["files"]
    assert (file["name"], file["type"], file["size"]) == ("_größe.csv", "text/csv", 21)
    assert alice.show("m1")[1]["said"][-1]["files"] == [file] == alice.read()[1]["messages"][0]["said"][-1]["files"]
    status, text, headers = alice.send("GET", f"/conversations/one/files/{file['id']}")
    assert (status, text) == (200, "name;day\nAlice;Monday")
    assert headers["Content-Type"] == "application/octet-stream" and headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Disposition"] == "attachment; filename*=UTF-8''_gr%C3%B6%C3%9Fe.csv"
    assert "sandbox" in headers["Content-Security-Policy"] and headers["Cache-Control"] == "no-store"
    assert alice.send("GET", "")[1]["channel"]["carriesFiles"] is True


def test_canary_a_file_of_alices_is_no_other_tokens_and_no_other_conversations(home, program):
    alice, bob = program("alice"), program("bob")
    alice.write("m1", SEND)
    file, = wait(alice, "m1", "answered")["said"][-1]["files"]
    bob.write("m1", "hello")
    wait(bob, "m1", "answered")
    alice.write("m2", "hello", talk="two")
    wait(alice, "m2", "answered", talk="two")
    for who, talk in ((bob, "one"), (bob, "two"), (alice, "two"), (program("alice"), "one")):
        status, body, _ = who.send("GET", f"/conversations/{talk}/files/{file['id']}")
        assert status == 404 and "Monday" not in str(body)
    assert alice.send("GET", f"/conversations/one/files/{file['id']}")[0] == 200
    home.run("people", "suspend", "alice")
    home.run("people", "erase", "alice", "--yes")
    assert not [row for row in home.sql("SELECT id FROM payloads") if row[0].endswith("/file")]


def data(content, kind="text/markdown"):
    return f"data:{kind};base64,{base64.b64encode(content).decode()}"


def post(program, id, content, talk="one"):
    return program.send("POST", f"/conversations/{talk}/messages", {"id": id, "content": content})


def opened(home, program, id, number=1):
    """What the agent reads of a file that came with a message of before."""
    inbox = home.sql("SELECT id FROM inbox WHERE event LIKE $1", f"%/{id}")[0][0]
    program.write(f"{id}-open", '/call attachments.open {"file": "%s/%d"}' % (inbox, number))
    return wait(program, f"{id}-open", "answered")["said"][-1]["text"]


# As the types of the official package have them.
RESPONSES = [
    {"type": "input_text", "text": "see"},
    {"type": "input_file", "filename": "../plan.md", "file_data": data(b"the canary sings")},
]
CHAT = [
    {"type": "text", "text": "see"},
    {"type": "file", "file": {"filename": "../plan.md", "file_data": data(b"the canary sings")}},
]


@pytest.mark.parametrize("content, of", [
    (RESPONSES, ResponseInputMessageContentListParam), (CHAT, list[ChatCompletionContentPartParam])])
def test_a_file_is_sent_as_openais_package_writes_it(home, program, content, of):
    assert TypeAdapter(of).validate_python(content)
    alice, bob = program("alice"), program("bob")
    status, body, _ = post(alice, "m1", content)
    assert status == 202, body
    wait(alice, "m1", "answered")
    assert post(alice, "m1", content)[0] == 200, "the same twice is one"
    assert post(alice, "m1", [content[0]])[0] == 409, "and another under its id is refused"
    other = json.loads(json.dumps(content).replace(data(b"the canary sings"), data(b"the canary sinks")))
    assert other != content and post(alice, "m1", other)[0] == 409, "also one of as many bytes"
    assert "the canary sings" in opened(home, alice, "m1")
    bob.write("m2", '/call attachments.open {"file": "%s/1"}' % home.sql("SELECT id FROM inbox ORDER BY received LIMIT 1")[0][0])
    assert "no file `" in wait(bob, "m2", "answered")["said"][-1]["text"]


@pytest.mark.parametrize("part, status, words", [
    ({"type": "input_file", "file_url": "http://169.254.169.254/"}, 422, "no address is fetched"),
    ({"type": "input_file", "file_id": "file-1"}, 422, "no address is fetched"),
    ({"type": "file", "file": {"file_id": "file-1"}}, 422, "no address is fetched"),
    ({"type": "input_file", "filename": "a", "file_data": "https://evil.example/"}, 422, "`data:TYPE;base64,"),
    ({"type": "input_file", "filename": "a", "file_data": "data:text/plain,hello"}, 422, "`data:TYPE;base64,"),
    ({"type": "input_file", "filename": "a", "file_data": "data:text/plain;base64,%%%"}, 422, "`data:TYPE;base64,"),
    ({"type": "input_file", "file_data": data(b"x")}, 422, "can't be read"),
    ({"type": "input_image", "image_url": "https://evil.example/"}, 422, "no address is fetched"),
    ({"type": "input_image", "file_id": "file-1"}, 422, "no address is fetched"),
    ({"type": "image_url", "image_url": {"url": "http://169.254.169.254/"}}, 422, "no address is fetched"),
    ({"type": "image_url", "image_url": "https://evil.example/"}, 422, "can't be read"),
    ({"type": "input_text", "text": "x", "more": 1}, 422, "can't be read"), ("text", 422, "can't be read"),
    ({"type": "input_file", "filename": "a", "file_data": data(b"x" * ((1 << 20) + 1))}, 413, "1048577 bytes"),
])
def test_what_cant_be_taken_is_refused_and_nothing_is_kept(home, program, part, status, words):
    alice = program("alice")
    told, body, _ = post(alice, "m1", [{"type": "input_text", "text": "see"}, part])
    assert told == status and words in body["error"]["message"], body
    assert home.sql("SELECT id FROM inbox") == []


def test_files_have_bounds_in_number_and_together(home, program):
    alice = program("alice")
    file = {"type": "input_file", "filename": "a", "file_data": data(b"x")}
    assert post(alice, "m1", [RESPONSES[0]] + [file] * 6)[0] == 413
    large = dict(file, file_data=data(b"x" * (1 << 20)))
    assert post(alice, "m1", [RESPONSES[0]] + [large] * 3)[0] == 413
    assert post(alice, "m1", [RESPONSES[0]] + [large] * 2)[0] == 202
    assert post(alice, "m2", [RESPONSES[0]] + [large] * 40)[0] in (413, 422)
    wait(alice, "m1", "answered")
    home.run("people", "suspend", "alice")
    assert [row for row in home.sql("SELECT id FROM payloads") if row[0].endswith("/files")]
    home.run("people", "erase", "alice", "--yes")
    assert not [row for row in home.sql("SELECT id FROM payloads") if row[0].endswith("/files")]


def test_a_stop_with_files_stops_and_they_arent_taken(home, program, tmp_path):
    file = tmp_path / "careful.json5"
    file.write_text(json.dumps({"agents": {"list": [
        {"id": "reader", "owner": "dana", "actsAs": "assistant", "users": "everyone",
         "tools": {"use": ["group:attachments"]}}]}}))
    home.run("apply", str(file), "--yes", "--owner", "dana")
    alice = program("alice")
    alice.write("m1", SEND)
    wait(alice, "m1", "parked")
    stop = [{"type": "input_text", "text": " Stop "}, CHAT[1]]
    status, body, _ = post(alice, "m2", stop)
    assert status == 202, body
    assert [said["text"] for said in body["said"]] == ["The files that came with this weren't taken."]
    wait(alice, "m1", "stopped")
    assert post(alice, "m2", stop)[0] == 200, "the same twice is one"
    assert post(alice, "m2", [stop[0]])[0] == 409
    assert not [row for row in home.sql("SELECT id FROM payloads") if row[0].endswith("/files")]
    assert "no file `" in opened(home, alice, "m2")


def test_a_stop_with_files_doesnt_wait_for_room(home, program):
    """Twenty messages with files may wait, and a stop is none of them."""
    alice = program("alice")
    alice.write("m0", "hello")
    wait(alice, "m0", "answered")
    row = home.sql("SELECT organization, kind, account FROM inbox")[0]
    for number in range(20):
        home.sql("INSERT INTO inbox (id, organization, kind, account, event, conversation, is_stop, received, not_before, state,"
                 " attempts) VALUES ($1, $2, $3, $4, $5, 'cnv', 0, 9000000000000000, 9000000000000000, 'waiting', 0)",
                 f"in-{number}", *row, f"alice/w{number}")
    assert post(alice, "m1", CHAT)[0] == 429
    assert post(alice, "m2", [{"type": "text", "text": "stop"}, CHAT[1]])[0] == 202
