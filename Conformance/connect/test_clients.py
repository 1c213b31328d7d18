"""The official MCP client of each version is led to the page, and its call goes on when the person has connected. The link is
no answer: what counts is the person's own click."""

import asyncio
import re
import urllib.parse

import httpx2
import pytest
from agreeing import agree
from mcp import Client, MCPError
from mcp.client.streamable_http import streamable_http_client
from mcp_types import ElicitResult


def client(home, person, mode, callback):
    http = httpx2.AsyncClient(headers={"Authorization": "Bearer " + home.tokens[person]}, timeout=60)
    return Client(streamable_http_client(home.url + "/mcp/helper", http_client=http), mode=mode,
                  elicitation_callback=callback)


def field(page, name):
    return re.search(rf'name="{name}" value="([^"]+)"', page).group(1)


class Walk:
    """A browser without a screen, from the link to the yes."""

    def __init__(self, home, service, person):
        self.home, self.service, self.browser = home, service, home.browser(person)

    def location(self, method, path, fields=None):
        import http.client
        connection = http.client.HTTPConnection(self.browser.host, timeout=20)
        headers = {"Cookie": self.browser.cookie}
        body = None if fields is None else urllib.parse.urlencode(fields)
        if body:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection.request(method, path, body=body, headers=headers)
        return connection.getresponse().headers["Location"]

    def __call__(self, link):
        path = urllib.parse.urlsplit(link).path
        there = self.location("POST", path, {"csrf": field(self.browser.send("GET", path)[1], "csrf")})
        query = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(there).query))
        back = urllib.parse.urlsplit(self.service.decide(query | {"answer": "allow"}))
        assert self.location("GET", f"{back.path}?{back.query}") == path
        page = self.browser.send("GET", path)[1]
        fields = {"csrf": field(page, "csrf"), "shown": field(page, "shown"), "answer": "keep"}
        assert self.location("POST", path + "/answer", fields) == path + "?done=kept"


@pytest.fixture
def walk(home, notes):
    walk = Walk(home, notes, "carol")
    agree(walk.browser)
    return walk


def test_input_is_required_and_the_call_goes_on_when_carol_has_connected(home, notes, walk):
    opened = []

    async def open_page(context, params):
        opened.append(params.url)
        walk(params.url)
        return ElicitResult(action="accept")

    async def story():
        async with client(home, "carol", "2026-07-28", open_page) as session:
            return await session.call_tool("notes.list", {})

    result = asyncio.run(story())
    assert not result.is_error, result
    assert len(opened) == 1 and opened[0].startswith(home.url + "/connect/flow")
    assert notes.journal == [("carol", "/notes")]


def test_a_client_of_2025_11_25_is_told_the_link_and_calls_again(home, notes, walk):
    async def callback(context, params):
        return ElicitResult(action="accept")

    async def story():
        async with client(home, "carol", "legacy", callback) as session:
            with pytest.raises(MCPError) as raised:
                await session.call_tool("notes.list", {})
            assert raised.value.error.code == -32042
            walk(raised.value.error.data["elicitations"][0]["url"])
            return await session.call_tool("notes.list", {})

    assert not asyncio.run(story()).is_error
    assert notes.journal == [("carol", "/notes")]


def test_accepting_without_connecting_calls_nothing(home, notes, walk, connections):
    async def accept(context, params):
        return ElicitResult(action="accept")

    async def story():
        async with client(home, "carol", "2026-07-28", accept) as session:
            task = asyncio.create_task(session.call_tool("notes.list", {}))
            done, _ = await asyncio.wait([task], timeout=3)
            task.cancel()
            return done

    assert not asyncio.run(story()) and notes.journal == [] and connections() == {}


def test_bobs_link_does_nothing_for_carol(home, notes, refusals):
    kind, result = home.call("helper", home.tokens["bob"], "notes.list", {})
    bob = home.browser("bob")
    agree(bob)
    kind, result = home.call("helper", home.tokens["bob"], "notes.list", {})
    link = result["structuredContent"]["error"]["link"]
    assert kind == "connection_required" and "/connect/flow" in link
    status, page = home.browser("carol").send("GET", urllib.parse.urlsplit(link).path)
    assert status == 403 and "This isn&#39;t for you" in page or "This isn" in page
    assert refusals() == [("person:carol", "person:bob", "somebody-elses")]
