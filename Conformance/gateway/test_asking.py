"""The official client is asked for an approval in each of its ways, and only Dana's own click ends the waiting."""

import asyncio

import httpx2
import pytest
from mcp import Client, MCPError
from mcp.client.streamable_http import streamable_http_client
from mcp_types import ElicitResult
from test_approval_kill import MAIL, sent


def client(home, person, mode, callback=None):
    http = httpx2.AsyncClient(headers={"Authorization": "Bearer " + home.tokens[person]}, timeout=60)
    transport = streamable_http_client(home.url + "/mcp/email", http_client=http)
    return Client(transport, mode=mode, elicitation_callback=callback)


def dana(home):
    return home.browser("dana")


def test_input_is_required_and_the_call_ends_when_dana_has_clicked(home):
    browser, opened = dana(home), []

    async def open_page(context, params):
        opened.append(params.url)
        # The person opens the page and clicks; the client only says that it was opened.
        assert browser.approve(params.url.rsplit("/", 1)[1])[0] == 303
        return ElicitResult(action="accept")

    async def story():
        async with client(home, "bob", "2026-07-28", open_page) as session:
            return await session.call_tool("gmail.send", MAIL)

    result = asyncio.run(story())
    assert not result.is_error, result
    assert len(opened) == 1 and opened[0].startswith(home.url + "/approvals/")
    assert sent(home) == 1


def test_accepting_without_a_click_sends_nothing(home):
    async def accept(context, params):
        return ElicitResult(action="accept")

    async def story():
        async with client(home, "bob", "2026-07-28", accept) as session:
            task = asyncio.create_task(session.call_tool("gmail.send", MAIL))
            done, _ = await asyncio.wait([task], timeout=5)
            task.cancel()
            return done

    assert not asyncio.run(story()) and sent(home) == 0


def test_declining_ends_in_the_tools_error(home):
    async def decline(context, params):
        return ElicitResult(action="decline")

    async def story():
        async with client(home, "bob", "2026-07-28", decline) as session:
            return await session.call_tool("gmail.send", MAIL)

    result = asyncio.run(story())
    assert result.is_error and "/approvals/" in result.content[0].text and sent(home) == 0


def test_a_client_of_2025_11_25_that_opens_links_is_told_so(home):
    async def callback(context, params):
        return ElicitResult(action="accept")

    async def story():
        async with client(home, "bob", "legacy", callback) as session:
            with pytest.raises(MCPError) as raised:
                await session.call_tool("gmail.send", MAIL)
            error = raised.value
            assert error.error.code == -32042
            url = error.error.data["elicitations"][0]["url"]
            assert dana(home).approve(url.rsplit("/", 1)[1])[0] == 303
            for _ in range(600):
                try:
                    return await session.call_tool("gmail.send", MAIL)
                except MCPError:
                    await asyncio.sleep(0.1)

    result = asyncio.run(story())
    assert not result.is_error and sent(home) == 1
