"""A thousand callers of one ended token, each with a socket of their own, at five gateways: one request, and every one of them has
its answer by the new token. 10,000 of them stand in `StormTests`, against the engine and its store without HTTP; DEPUTY_STORM says
how many it is here. So many that a machine can't answer all, with five gateways and the callers on it, fail for that alone.
"""

import asyncio
import collections
import json
import os
import resource
import threading

import pytest

CALLERS, GATEWAYS, EACH = int(os.environ.get("DEPUTY_STORM", "1000")), 5, 250
BODY = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "tools/call",
                   "params": {"name": "strict.echo", "arguments": {}}}).encode()


def request(token):
    return (f"POST /mcp/helper HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
            f"Accept: application/json, text/event-stream\r\nMCP-Protocol-Version: 2025-11-25\r\n"
            f"Authorization: Bearer {token}\r\nContent-Length: {len(BODY)}\r\nConnection: close\r\n\r\n").encode() + BODY


@pytest.fixture(scope="module")
def five(served):
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    if most < CALLERS + 500:
        pytest.skip(f"{CALLERS} sockets need as many open files, and {most} are allowed")
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    each = str(CALLERS // GATEWAYS + 100)
    return served(GATEWAYS, flags=("--requests-per-second", "0", "--limit", f"connections={each}",
                                   "--limit", f"connections-per-address={each}"))


async def storm(homes, tokens, sent):
    """Opens every connection, sends on all at once, and gives all answers."""
    places = [(homes[number % len(homes)], tokens[number // len(homes) % len(tokens)]) for number in range(CALLERS)]
    gate = asyncio.Semaphore(200)

    async def open_one(home):
        async with gate:
            return await asyncio.open_connection("127.0.0.1", int(home.url.rsplit(":", 1)[1]))

    streams = await asyncio.gather(*(open_one(home) for home, _ in places))
    for (_, writer), (_, token) in zip(streams, places):
        writer.write(request(token))
    await asyncio.gather(*(writer.drain() for _, writer in streams))
    sent()

    async def answer(reader, writer):
        try:
            return await reader.read()
        finally:
            writer.close()
    return await asyncio.gather(*(answer(*stream) for stream in streams), return_exceptions=True)


def test_row_6_single_flight_thousands_of_callers_cause_one_request(five, strict):
    five.people = ["alice"]
    strict.set()
    five.connect("alice")
    tokens = [five.first.token("alice", "helper") for _ in range(-(-CALLERS // GATEWAYS // EACH))]
    # Nobody has used the token yet, and it ended: the gateways don't renew it by themselves.
    five.first.sql("UPDATE token_sets SET expires = 1, due = NULL")
    five.begin()
    release, all_sent = threading.Event(), threading.Event()
    strict.between.rule = lambda form: release
    answers = []
    runner = threading.Thread(target=lambda: answers.extend(asyncio.run(storm(five.homes, tokens, all_sent.set))))
    runner.start()
    strict.between.await_asked(seconds=120)
    assert all_sent.wait(60)
    threading.Event().wait(2)
    release.set()
    runner.join(400)
    kinds = collections.Counter(map(kind, answers))
    print(kinds)
    assert len(strict.between.seen) == 1, "one request"
    assert strict.latest()["alice"]["refreshes"] == 1 and strict.latest()["alice"]["posts"] == 1
    assert five.faults(lost=()) == []
    assert kinds == {"alice": CALLERS}, "everybody is answered, with what the new token opens"


def kind(answer):
    """Whose data it is, or what kind of refusal."""
    if not isinstance(answer, bytes):
        return repr(answer)
    try:
        result = json.loads(answer.partition(b"\r\n\r\n")[2])["result"]
        said = result["structuredContent"]
        return said["error"]["kind"] if result.get("isError") else said["owner"]
    except (ValueError, KeyError, TypeError):
        return answer[-300:].decode(errors="replace")
