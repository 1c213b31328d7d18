"""The official Python client's own way through enterprise-managed authorization, to a tool call, in both protocol versions."""

import asyncio

import httpx2
import pytest
from mcp import Client
from mcp.client.auth.extensions.identity_assertion import IdentityAssertionOAuthProvider
from mcp.client.streamable_http import streamable_http_client


class Kept:
    def __init__(self):
        self.tokens, self.taken = None, []

    async def get_tokens(self):
        return self.tokens

    async def set_tokens(self, tokens):
        self.tokens = tokens
        self.taken.append(tokens)

    async def get_client_info(self):
        return None

    async def set_client_info(self, client):
        raise AssertionError("nothing is registered")


def run(home, builder, test, mode, agent="product", scope=None, method="client_secret_post"):
    kept, asked = Kept(), []

    async def leave(audience, resource):
        asked.append((audience, resource))
        return builder.leave(audience=audience, resource=resource)

    async def go():
        provider = IdentityAssertionOAuthProvider(
            server_url=f"{home.url}/mcp/{agent}", storage=kept, client_id=builder.id, client_secret=builder.secret,
            issuer=home.url, assertion_provider=leave, scope=scope, token_endpoint_auth_method=method)
        http = httpx2.AsyncClient(auth=provider, timeout=60)
        async with Client(streamable_http_client(f"{home.url}/mcp/{agent}", http_client=http), mode=mode) as client:
            await test(client)

    asyncio.run(go())
    assert set(asked) == {(home.url, f"{home.url}/mcp/{agent}")}
    return kept


@pytest.mark.parametrize("mode", ["legacy", "2026-07-28"])
@pytest.mark.parametrize("method", ["client_secret_post", "client_secret_basic"])
def test_a_call(home, acme, builder, mode, method):
    async def test(client):
        found = await client.call_tool("notion.get_page", {"page_id": acme.ids["pages"]["roadmap"]})
        assert not found.is_error, found

    kept = run(home, builder, test, mode, method=method)
    assert len(kept.taken) == 1 and kept.tokens.refresh_token is None and kept.tokens.expires_in <= 600


@pytest.mark.parametrize("mode", ["legacy", "2026-07-28"])
def test_a_client_that_may_do_less_steps_up(home, acme, builder, mode):
    event = {"summary": f"From a client, {mode}", "start": "2026-12-01T09:00:00Z", "end": "2026-12-01T10:00:00Z"}

    async def test(client):
        assert not (await client.call_tool("calendar.list_events", {})).is_error
        assert not (await client.call_tool("calendar.create_event", event)).is_error

    kept = run(home, builder, test, mode, agent="email", scope="read")
    assert [set(tokens.scope.split()) for tokens in kept.taken] == [{"read"}, {"read", "create"}]
