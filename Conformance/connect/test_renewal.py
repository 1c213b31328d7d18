"""A connection's tokens end, are refused, or can't be had: what its owner's calls see, and what the service saw."""

import asyncio
import math
import time

import httpx2
import pytest
from agreeing import agree
from mcp import Client
from mcp.client.streamable_http import streamable_http_client
from test_clients import Walk


@pytest.fixture
def connected(home, notes):
    """Carol's account, with tokens of an hour; or with one that has ended and that nobody has used or renewed. What the service is
    to do `then` is said before."""
    def connected(isOver=False, then=lambda: None):
        walk = Walk(home, notes, "carol")
        agree(walk.browser)
        walk(home.run("connections", "connect", "notes", "--person", "carol")["link"])
        notes.refreshed = notes.reused = 0
        then()
        if isOver:
            home.sql("UPDATE token_sets SET expires = 1, due = NULL")
    return connected


def calls(home, count=1):
    async def story():
        http = httpx2.AsyncClient(headers={"Authorization": "Bearer " + home.tokens["carol"]}, timeout=60)
        async with Client(streamable_http_client(home.url + "/mcp/helper", http_client=http),
                          mode="2026-07-28") as session:
            return await asyncio.gather(*(session.call_tool("notes.list", {}) for _ in range(count)),
                                        return_exceptions=True)
    return asyncio.run(story())


def worked(result):
    return not isinstance(result, BaseException) and not result.is_error \
        and "a note of carol" in result.content[0].text


def health(home):
    return [c["health"] for c in home.run("connections", "list")["connections"] if c["health"] != "revoked"]


def test_a_token_that_ended_is_renewed_once_however_many_call(home, notes, connected):
    connected(isOver=True)
    assert all(worked(result) for result in calls(home, 20))
    assert (notes.refreshed, notes.reused) == (1, 0)
    assert notes.journal == [("carol", "/notes")] * 20
    assert worked(calls(home)[0]) and notes.refreshed == 1


def test_a_token_that_is_refused_is_renewed_and_the_call_goes_out_again(home, notes, connected):
    connected()
    assert worked(calls(home)[0])
    for token in [token for token in notes.live("carol") if token.startswith("at_")]:
        del notes.tokens[token]
    assert all(worked(result) for result in calls(home, 10))
    assert (notes.refreshed, notes.reused) == (1, 0)
    assert health(home) == ["healthy"]


def test_a_refresh_token_is_used_once_through_many_renewals(home, notes, connected):
    connected()
    for number in range(1, 4):
        for token in [token for token in notes.live("carol") if token.startswith("at_")]:
            del notes.tokens[token]
        # What is refused so soon after it was renewed waits for some seconds, and nothing is broken by it.
        end = time.monotonic() + 60
        while not worked(calls(home)[0]):
            assert time.monotonic() < end and health(home) == ["healthy"]
            time.sleep(0.5)
        assert all(worked(result) for result in calls(home, 5))
        assert (notes.refreshed, notes.reused) == (number, 0)
    assert health(home) == ["healthy"]


def test_a_service_that_is_down_takes_nothing_and_is_asked_again(home, notes, connected):
    def down():
        notes.token = lambda answer: (503, {"error": "temporarily_unavailable"})

    connected(isOver=True, then=down)
    assert not worked(calls(home)[0])
    asked, since = notes.refreshed, time.monotonic()
    for _ in range(10):
        calls(home)
    # It waits twice as long each time, from a second on, spread by a fifth.
    allowed = 2 + math.log2(1 + (time.monotonic() - since) / 0.8)
    assert notes.refreshed - asked <= allowed, "it is left alone for a while"
    assert health(home) == ["healthy"]
    notes.token = lambda answer: (200, answer)
    until = time.monotonic() + 60
    while not worked(calls(home)[0]):
        assert time.monotonic() < until
    assert notes.reused == 0


def test_a_grant_that_is_over_leads_to_the_page_again(home, notes, connected, told):
    connected(isOver=True, then=notes.tokens.clear)
    assert not worked(calls(home)[0])
    assert notes.refreshed == 1 and health(home) == ["broken"]
    again, = calls(home)
    text = str(again) if isinstance(again, BaseException) else again.model_dump_json()
    assert "/connect/" in text and notes.refreshed == 1, text
    assert [leaf["because"] for leaf in told() if leaf["change"] == "connection.broken"] == ["invalid_grant"]
    connected()
    assert worked(calls(home)[0]) and health(home) == ["healthy"]


def test_no_token_is_told_to_anybody(home, notes, connected):
    connected(isOver=True)
    results = str(calls(home, 3))
    secrets = list(notes.tokens) + [notes.secret]
    seen = results + str(home.leaves()) + str(home.run("connections", "list")) + str(home.run("apps", "list"))
    assert not [secret for secret in secrets if secret in seen]
    assert any(secret.startswith("rt_") for secret in secrets)
