"""A remote server that answers with too much: row 14 of what an attacker tries. Each time the gateway goes on, in bounded memory."""

import json
import time

import pytest
from test_remote import assistant, release, states

MIB = 1 << 20


def peak(home):
    """The most memory it ever had, in MiB."""
    for line in open(f"/proc/{home.gateway.pid}/status"):
        if line.startswith("VmHWM"):
            return int(line.split()[1]) / 1024
    raise AssertionError("no VmHWM")


@pytest.fixture
def search(home, wild):
    """Calls the server's one tool."""
    home.run("servers", "add", "wild", wild.url)
    assistant(home, "wild")
    release(home, "wild.search")
    token = home.token("alice", "helper")
    return lambda query="x": home.call("helper", token, "wild.search", {"query": query})


def flood(kind, beginning, piece, sent):
    """Writes on and on, until nobody reads."""
    def answer(handler, _):
        handler.send_response(200)
        handler.send_header("Content-Type", kind)
        handler.send_header("Connection", "close")
        handler.end_headers()
        handler.close_connection = True
        try:
            handler.wfile.write(beginning)
            while sent[0] < 1 << 30:
                handler.wfile.write(piece)
                sent[0] += len(piece)
        except OSError:
            pass
    return answer


@pytest.mark.parametrize("kind, beginning, piece", [
    ("text/event-stream", b"event: message\ndata: ", b"x" * MIB), ("text/event-stream", b"", b"data: x\n" * (MIB // 8)),
    ("text/event-stream", b"", b": still here\n\n" * (MIB // 14)), ("text/event-stream", b"", b"\n" * MIB),
    ("application/json", b'{"a":"', b"x" * MIB)], ids=["line", "lines", "comments", "empty", "json"])
def test_row_14_an_answer_of_a_gigabyte(home, wild, search, kind, beginning, piece):
    assert search()[0] == "done"
    before, sent, started = peak(home), [0], time.monotonic()
    wild.behaviour = flood(kind, beginning, piece, sent)
    assert search()[0] != "done"
    assert time.monotonic() - started < 30 and sent[0] < 96 * MIB, "it read on"
    assert peak(home) - before < 96
    wild.behaviour = "json"
    assert search("again")[0] == "done"


def test_row_14_headers_without_end(home, wild, search):
    sent = [0]

    def answer(handler, _):
        handler.close_connection = True
        try:
            handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
            while sent[0] < 256 * MIB:
                handler.wfile.write(b"x-more: " + b"y" * 8_000 + b"\r\n")
                sent[0] += 8_000
        except OSError:
            pass

    before = peak(home)
    wild.behaviour = answer
    assert search()[0] != "done"
    assert sent[0] < 64 * MIB and peak(home) - before < 96
    wild.behaviour = "json"
    assert search("again")[0] == "done"


def doubling(levels):
    """Each level refers to the next one twice: written out it has 2^levels parts."""
    definitions = {f"d{n}": {"type": "object", "properties": {"a": {"$ref": f"#/$defs/d{n + 1}"}, "b": {"$ref": f"#/$defs/d{n + 1}"}}}
                   for n in range(levels)}
    return {"type": "object", "properties": {"query": {"$ref": "#/$defs/d0"}}, "$defs": definitions | {f"d{levels}": {"type": "string"}}}


def nested(levels):
    schema = {"type": "string"}
    for _ in range(levels):
        schema = {"type": "object", "properties": {"a": schema}}
    return {"type": "object", "properties": {"query": schema}}


SCHEMAS = {
    "doubling": doubling(64), "nested": nested(60), "itself": {"type": "object", "properties": {"query": {"$ref": "#"}}},
    "elsewhere": {"type": "object", "properties": {"query": {"$ref": "http://127.0.0.1:1/schema"}}},
    "alternatives": {"type": "object", "properties": {"query": {"anyOf": [{"allOf": [{"type": "string"}] * 50}] * 50}}},
    "regex": {"type": "object", "properties": {"query": {"type": "string", "pattern": "^(a+)+$"}}},
    "named-regex": {"type": "object", "patternProperties": {"^(a|a?)+$": {"type": "string"}}},
    "wide": {"type": "object", "properties": {f"p{n}": {"type": "string"} for n in range(2_000)}},
    "long": {"type": "object", "properties": {"query": {"type": "string", "enum": [f"v{n}" for n in range(5_000)]}}},
    "unique": {"type": "object", "properties": {"query": {"type": "array", "uniqueItems": True}}},
}


@pytest.mark.parametrize("name", SCHEMAS)
def test_row_14_a_schema_or_pattern_without_end(home, wild, name):
    """Taken or refused, quickly; what is called then is judged quickly too, whatever it brings."""
    before, started = peak(home), time.monotonic()
    wild.tools[0]["inputSchema"] = SCHEMAS[name]
    assert home.command("servers", "add", "wild", wild.url).returncode in (0, 1)
    assert time.monotonic() - started < 15
    if states(home).get("wild.search") == "quarantined":
        release(home, "wild.search")
        assistant(home, "wild")
        token = home.token("alice", "helper")
        values = ["a" * 5_000 + "!", {"a" * 5_000 + "!": "x"}, [{"n": n} for n in range(5_000)]]
        deep = "x"
        for _ in range(50):
            deep = {"a": deep, "b": deep if isinstance(deep, str) else "x"}
        for query in (*values, deep):
            began = time.monotonic()
            home.call("helper", token, "wild.search", {"query": query})
            assert time.monotonic() - began < 10, (name, str(query)[:40])
    assert peak(home) - before < 128
    assert home.run("agents", "list")["agents"]


@pytest.mark.parametrize("listing", ["deep", "huge"])
def test_row_14_a_list_of_tools_without_end(home, wild, listing):
    before, started = peak(home), time.monotonic()
    if listing == "deep":
        wild.tools = "[" * 20_000 + "]" * 20_000
    else:
        wild.tools[0]["description"] = "x" * (64 * MIB)
    home.command("servers", "add", "wild", wild.url)
    assert time.monotonic() - started < 20 and peak(home) - before < 192, json.dumps(states(home))[:200]
    assert home.run("agents", "list")["agents"]
