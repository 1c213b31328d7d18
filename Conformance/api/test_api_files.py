"""Files that agents send to programs, and that programs send to agents."""

import json

import pytest
from program import Program
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
