"""The echo of the benchmark: the same operation as HTTP and as MCP, proved by the official MCP client."""

import asyncio

import httpx2
import pytest
import requests
from mcp import Client
from mcp.client.streamable_http import streamable_http_client


@pytest.fixture
def bench(start):
    return start("--bench")


def bearer(bench):
    return {"Authorization": "Bearer " + bench.tokens["bench"]["bench"]}


def test_the_echo_as_http(bench):
    url = bench.origins["bench"] + "/bench/echo"
    assert requests.post(url, json={"text": "grüße"}, headers=bearer(bench)).json() == {"text": "grüße"}
    assert requests.post(url, json={"words": "x"}, headers=bearer(bench)).status_code == 400
    assert requests.post(url, json={"text": "x"}).status_code == 401
    assert bench.control("GET", "/counts")["succeeded"] == {"bench": {"bench": {"bench.echo": 1}}}


@pytest.mark.parametrize("mode, version", [("legacy", "2025-11-25"), ("2026-07-28", "2026-07-28"), ("auto", "2026-07-28")])
def test_the_echo_as_mcp(bench, mode, version):
    async def story():
        async with make_http(bench) as http:
            transport = streamable_http_client(bench.origins["bench"] + "/mcp", http_client=http)
            async with Client(transport, mode=mode) as client:
                assert client.protocol_version == version
                assert [tool.name for tool in (await client.list_tools()).tools] == ["echo"]
                result = await client.call_tool("echo", {"text": "grüße"})
                assert not result.is_error and result.structured_content == {"text": "grüße"}
                wrong = await client.call_tool("echo", {"text": 1})
                assert wrong.is_error

    asyncio.run(story())
    assert bench.control("GET", "/counts")["counts"]["bench"]["bench"]["bench.mcp"] >= 3


def make_http(bench):
    return httpx2.AsyncClient(headers=bearer(bench))


def test_headers_that_contradict_the_body_are_refused(bench):
    meta = {"io.modelcontextprotocol/protocolVersion": "2026-07-28"}
    body = {"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {"_meta": meta}}
    url, version = bench.origins["bench"] + "/mcp", {"MCP-Protocol-Version": "2026-07-28"}

    def send(**headers):
        return requests.post(url, json=body, headers=bearer(bench) | version | headers)

    assert send(**{"Mcp-Method": "tools/list"}).ok
    refused = send(**{"Mcp-Method": "tools/call"})
    assert (refused.status_code, refused.json()["error"]["code"]) == (400, -32020)
    assert requests.get(url, headers=bearer(bench)).status_code == 405
