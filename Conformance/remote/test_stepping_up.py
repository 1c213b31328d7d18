"""A server that refuses a call for want of a permission: the person is asked for it, and the waiting call goes on."""

import asyncio
import threading

import httpx2
import pytest
from mcp import Client
from mcp.client.streamable_http import streamable_http_client
from mcp_types import ElicitResult
from clicking import go, keep

ALL = ["tickets:read", "tickets:write"]


@pytest.fixture
def reading(connected, helper):
    """Alice may read, and agreed to no more."""
    def reading(desk):
        desk.published["/.well-known/oauth-protected-resource/mcp"] = desk.resource()
        desk.granted = {"tickets:read"}
        found = connected(desk, "alice")
        helper()
        desk.granted = set(ALL)
        return found["alice"]
    return reading


def scopes(home):
    return [sorted(c["scopes"]) for c in home.run("connections", "list")["connections"] if c["health"] == "healthy"]


def test_the_person_is_asked_for_the_union_and_the_repeat_is_done(home, desk, reading, told):
    page = reading(desk)
    token = home.token("alice", "helper")
    kind, result = home.call("helper", token, "tickets.close", {"ticket": 7})
    assert kind == "connection_required", result
    error = result["structuredContent"]["error"]
    assert error["rule"] == "credential.scopes" and "tickets:write" in error["message"]
    assert desk.calls == [] and told("server.scopes-needed")[0]["tool"] == "tickets.close"
    keep(go(page, error["link"]))
    assert sorted(desk.provider.asked[-1][0]) == ALL, "what it had is asked for too"
    assert home.call("helper", token, "tickets.close", {"ticket": 7})[0] == "done"
    assert desk.calls == [("alice-at-tickets", "close", {"ticket": 7})] and scopes(home) == [ALL]
    # Known from now on: the next person is asked before anything is sent.
    before = len(desk.headers)
    assert home.call("helper", home.token("bob", "helper"), "tickets.close", {"ticket": 8})[0] == "connection_required"
    assert len(desk.headers) == before


def test_the_official_clients_waiting_call_goes_on(home, desk, reading):
    page = reading(desk)
    links, answered = [], threading.Event()

    async def opened(context, params):
        links.append(params.url)
        return ElicitResult(action="accept")

    async def call():
        http = httpx2.AsyncClient(headers={"Authorization": "Bearer " + home.token("alice", "helper")}, timeout=60)
        transport = streamable_http_client(home.url + "/mcp/helper", http_client=http)
        async with Client(transport, mode="2026-07-28", elicitation_callback=opened) as session:
            return await session.call_tool("tickets.close", {"ticket": 9})

    results = []
    thread = threading.Thread(target=lambda: (results.append(asyncio.run(call())), answered.set()))
    thread.start()
    while not links:
        assert not answered.wait(0.05), results
    keep(go(page, links[0]))
    assert answered.wait(30)
    thread.join()
    assert not results[0].is_error, results
    assert desk.calls == [("alice-at-tickets", "close", {"ticket": 9})]


def test_a_server_asks_for_no_more_than_it_said_when_it_was_added(home, modern, reading, told):
    reading(modern)
    modern.challenge = 'Bearer error="insufficient_scope", scope="tickets:write admin:everything"'
    kind, result = home.call("helper", home.token("alice", "helper"), "tickets.close", {"ticket": 1})
    assert kind == "refused", result
    [leaf] = told("server.scopes-refused")
    assert leaf["by"] == "server:tickets" and "admin:everything" in leaf["scopes"]
    assert told("server.scopes-needed") == [] and modern.calls == []
    link = home.run("connections", "connect", "tickets", "--person", "alice")["link"]
    assert link
    home.run("servers", "authorize", "tickets", "--scope", "admin:everything")
    assert home.call("helper", home.token("alice", "helper"), "tickets.close", {"ticket": 1})[0] == "connection_required"


def test_a_server_that_is_never_content_is_asked_a_bounded_number_of_times(home, modern, reading):
    page = reading(modern)
    token = home.token("alice", "helper")
    modern.needs["close"] = ["tickets:write", "never"]
    modern.challenge = 'Bearer error="insufficient_scope", scope="tickets:write"'
    kind, result = home.call("helper", token, "tickets.close", {"ticket": 1})
    assert kind == "connection_required"
    keep(go(page, result["structuredContent"]["error"]["link"]))
    before = len(modern.headers)
    for _ in range(3):
        assert home.call("helper", token, "tickets.close", {"ticket": 1})[0] == "refused"
    assert len(modern.headers) - before <= 3, "once for each call of the client's"


@pytest.mark.parametrize("challenge", [
    "", "Bearer", 'Bearer error="invalid_token"', 'Bearer error="insufficient_scope", scope="a", scope="b"',
    'Basic realm="insufficient_scope"'])
def test_another_refusal_asks_nobody_for_anything(home, modern, reading, told, challenge):
    reading(modern)
    modern.challenge = challenge or "Nothing"
    kind, _ = home.call("helper", home.token("alice", "helper"), "tickets.close", {"ticket": 1})
    assert kind == "refused" and told("server.scopes-needed") == [] == told("server.scopes-refused")
