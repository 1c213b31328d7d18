"""Conversations over the API: messages answered in a second, what Deputy adds to a model's first byte, what one that is open takes."""

import concurrent.futures
import http.client
import json
import pathlib
import re
import shutil
import statistics
import tempfile
import time
import urllib.parse

ASKED = 60  # what a token may send at once after a pause
STREAMS = 58  # of the 64 that a token may hold; all of them within the 512 connections of one address
MODEL = "gpt-acme-1"


def events(response):
    """(name, when) of each server-sent event as it comes."""
    name = None
    for line in response:
        if line.startswith(b"event:"):
            name = line[6:].strip().decode()
        elif not line.strip() and name:
            yield name, time.perf_counter()
            name = None


class Program:
    """One token, one connection at a time."""

    def __init__(self, url, token, agent):
        self.host, self.path = urllib.parse.urlsplit(url).netloc, f"/v1/agents/{agent}/conversations"
        self.headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json", "Accept": "text/event-stream"}
        self.connection = http.client.HTTPConnection(self.host, timeout=60)

    def post(self, talk, message, text, connection=None):
        connection = connection or self.connection
        connection.request("POST", f"{self.path}/{talk}/messages", json.dumps({"id": message, "text": text}), self.headers)
        response = connection.getresponse()
        if response.status not in (200, 202):
            raise SystemExit(f"unexpected answer: {response.status} {response.read(300)}")
        return response

    def ask(self, talk, message, text):
        """Seconds until the first piece of the model's words, if there was one, and until the end."""
        began, first = time.perf_counter(), None
        response = self.post(talk, message, text)
        for name, when in events(response):
            if name == "text" and first is None:
                first = when - began
            if name == "done":
                response.read()
                return first, when - began
        raise SystemExit(f"{message} was never done")


def direct(origin, key):
    """Seconds until the model server's own first piece."""
    connection = http.client.HTTPConnection(urllib.parse.urlsplit(origin).netloc, timeout=60)
    body = {"model": MODEL, "stream": True, "messages": [{"role": "user", "content": "hello"}]}
    began = time.perf_counter()
    connection.request("POST", "/v1/chat/completions", json.dumps(body),
                       {"Authorization": f"Bearer {key}", "Content-Type": "application/json"})
    response = connection.getresponse()
    for line in response:
        if line.startswith(b"data:") and b'"content"' in line and b'"content":""' not in line:
            first = time.perf_counter() - began
            response.read()
            return first
    raise SystemExit("the model server said nothing")


def measure_talk(rows, bench):
    """- Parameter bench: the module with programs, homes and pinning."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix="deputy-talk-"))
    try:
        with bench.Process(bench.pinned(range(bench.CORES // 2, bench.CORES), [bench.BIN["acme"], "--no-rate-limits"]), "line") as acme:
            world = json.loads(acme.line)
            origin, key = world["origins"]["openai"], world["tokens"]["openai"]["acme"]
            home = str(folder / "home")
            bench.deputy(home, "init", "acme", "--domain", "acme.test", "--provider-origin", f"openai={origin}",
                         "--provider-origin", f"notion={world['origins']['notion']}")
            bench.deputy(home, "people", "add", "alice", "--email", "alice@acme.test")
            bench.deputy(home, "agents", "add", "voice", "--acts-as", "claw", "--owner", "alice", "--users", "everyone")
            bench.deputy(home, "agents", "add", "aide", "--acts-as", "assistant", "--owner", "alice", "--users", "everyone",
                         "--slot", "notion:person", "--tool", "notion.*")
            with bench.serve(home) as gateway:
                url = re.search(r"http://\S+?(?=/mcp)", gateway.line).group(0)
                bench.deputy(home, "connections", "add", "openai", "--agent", "voice", input=key)
                bench.deputy(home, "models", "add", "default", "--speaks", "offline")

                def programs(count, agent):
                    return [Program(url, token(home, agent, bench), agent) for _ in range(count)]

                rate(rows, gateway, programs(16, "voice"))
                memory(rows, gateway, programs(8, "aide"))
                bench.deputy(home, "models", "add", "main", "--agent", "voice", "--speaks", "openai-chat", "--model", MODEL,
                             "--key", "openai:agent")
                first_byte(rows, programs(1, "voice")[0], origin, key)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def token(home, agent, bench):
    code = bench.deputy(home, "tokens", "create", "alice", "--agent", agent, "--for", "api")["code"]
    return bench.deputy(home, "tokens", "take-up", code)["token"]


def rate(rows, gateway, programs):
    """Each program asks in conversations of its own, one message at a time; no model is asked, so all of it is Deputy's."""
    for number, program in enumerate(programs):
        program.ask(f"warm{number}", f"w{number}", "hello")

    def talk(numbered):
        number, program = numbered
        return [program.ask(f"talk{number}-{count % 4}", f"m{number}-{count}", "hello")[1] for count in range(ASKED - 2)]

    before, began = gateway.cpu_seconds(), time.perf_counter()
    with concurrent.futures.ThreadPoolExecutor(len(programs)) as pool:
        times = sorted(seconds for each in pool.map(talk, enumerate(programs)) for seconds in each)
    seconds = time.perf_counter() - began
    rows.append({
        "row": f"messages answered, {len(programs)} at a time, one core", "value": len(times) / seconds, "unit": "messages/s",
        "cpu_ms_per_message": (gateway.cpu_seconds() - before) / len(times) * 1000, "p50_ms": times[len(times) // 2] * 1000,
        "p99_ms": times[len(times) * 99 // 100] * 1000})


def memory(rows, gateway, programs):
    """Conversations that wait for somebody, each watched by a stream."""
    held = []

    def hold(program, number):
        connection = http.client.HTTPConnection(program.host, timeout=60)
        for name, _ in events(program.post(f"open{number}", f"o{number}", '/call notion.search {"query": ""}', connection)):
            if name == "waits":
                held.append(connection)
                return
        raise SystemExit("a conversation doesn't wait")

    for number in range(STREAMS):
        hold(programs[0], number)
    before = gateway.pss_megabytes()
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda program: [hold(program, number) for number in range(STREAMS)], programs[1:]))
    count = (len(programs) - 1) * (STREAMS)
    rows.append({
        "row": f"memory of an open conversation, of {count}", "value": (gateway.pss_megabytes() - before) * 1024 / count,
        "unit": "KB", "before_mb": before})
    for connection in held:
        connection.close()


def first_byte(rows, program, origin, key):
    for number in range(5):
        program.ask("warm", f"f{number}", "hello")
        direct(origin, key)
    ours, theirs = [], []
    for number in range(50):
        ours.append(program.ask(f"first{number % 5}", f"g{number}", "hello")[0])
        theirs.append(direct(origin, key))
    rows.append({
        "row": "to a model's first byte, added by Deputy", "value": (statistics.median(ours) - statistics.median(theirs)) * 1000,
        "unit": "ms", "p50_ms": statistics.median(ours) * 1000, "of_the_server_ms": statistics.median(theirs) * 1000})
