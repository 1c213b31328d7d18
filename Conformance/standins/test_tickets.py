"""The remote MCP server: the official client uses its tool with each owner's token, and sees its words change."""

import asyncio

import httpx2
import pytest
import requests
from mcp import Client
from mcp.client.streamable_http import streamable_http_client


def use(acme, owner, mode="auto"):
    async def run():
        headers = {"Authorization": "Bearer " + acme.tokens["tickets"][owner]}
        async with httpx2.AsyncClient(headers=headers) as http:
            transport = streamable_http_client(acme.origins["tickets"] + "/mcp", http_client=http)
            async with Client(transport, mode=mode) as client:
                tools = (await client.list_tools()).tools
                result = await client.call_tool("search", {"query": "laptop"})
                return tools, result

    return asyncio.run(run())


@pytest.mark.parametrize("mode", ["legacy", "2026-07-28"])
def test_each_owner_is_told_apart(start, mode):
    acme = start()
    for owner in ("alice", "bob"):
        tools, result = use(acme, owner, mode)
        assert [tool.name for tool in tools] == ["search"]
        assert result.structured_content["owner"] == owner
    owners = {entry["owner"] for entry in acme.control("GET", "/journal")["entries"] if entry["service"] == "tickets"}
    assert owners == {"alice", "bob"}


def test_its_words_change_when_told(start):
    acme = start()
    assert requests.post(acme.origins["control"] + "/tickets", json={"description": "Other words."}).status_code == 204
    tools, _ = use(acme, "alice")
    assert tools[0].description == "Other words."


def test_without_a_good_token_there_is_nothing(start):
    acme = start()
    for headers in ({}, {"Authorization": "Bearer tkt_wrong"}):
        answer = requests.post(acme.origins["tickets"] + "/mcp", json={}, headers=headers)
        assert answer.status_code == 401 and answer.headers["WWW-Authenticate"].startswith("Bearer")
