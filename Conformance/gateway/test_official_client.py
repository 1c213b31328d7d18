"""The official Python client, each protocol version in a run of its own."""

import asyncio
import json

import httpx2
import pytest
from mcp import Client
from mcp.client.streamable_http import streamable_http_client


def connected(home, person, agent, mode):
    http = httpx2.AsyncClient(headers={"Authorization": f"Bearer {home.tokens[person]}"}, timeout=30)
    return Client(streamable_http_client(f"{home.url}/mcp/{agent}", http_client=http), mode=mode)


@pytest.mark.parametrize(("mode", "version"), [("legacy", "2025-11-25"), ("2026-07-28", "2026-07-28")])
def test_each_person_reaches_their_own_pages(home, acme, mode, version):
    async def run():
        for person, other in (("alice", "bob"), ("bob", "alice")):
            async with connected(home, person, "onboarding", mode) as client:
                assert client.protocol_version == version
                names = [tool.name for tool in (await client.list_tools()).tools]
                assert names == sorted(names)
                assert "notion.get_page" in names and "gmail.send" not in names
                own = await client.call_tool("notion.get_page", {"page_id": acme.ids["pages"][f"{person}_onboarding"]})
                assert not own.is_error
                assert person.capitalize() in json.dumps(own.structured_content)
                foreign = await client.call_tool("notion.get_page", {"page_id": acme.ids["pages"][f"{other}_onboarding"]})
                assert foreign.is_error
                assert other.capitalize() not in json.dumps(foreign.structured_content)

    asyncio.run(run())
    seen = [(entry["owner"], entry["status"]) for entry in acme.journal() if entry["call"] == "notion.pages.retrieve"]
    assert seen == [("alice", 200), ("alice", 404), ("bob", 200), ("bob", 404)]


def test_without_a_token_the_challenge_names_the_metadata(home):
    status, _, headers = home.post("onboarding", None, {"jsonrpc": "2.0", "id": 1, "method": "ping"})
    assert status == 401
    challenge = headers["WWW-Authenticate"]
    assert challenge.startswith("Bearer") and "resource_metadata=" in challenge and "error=" not in challenge
    status, _, headers = home.post("onboarding", "dpy_mcp_wrong", {"jsonrpc": "2.0", "id": 1, "method": "ping"})
    assert status == 401 and 'error="invalid_token"' in headers["WWW-Authenticate"]
