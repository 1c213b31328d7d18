"""The official Python client's whole OAuth flow, through the sign-in and consent pages in a real browser, to a tool call."""

import asyncio
import urllib.parse

import httpx2
import pytest
from chromium import options
from kept import Kept
from mcp import Client
from mcp.client.auth import OAuthClientProvider
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.auth import AuthorizationCodeResult, OAuthClientInformationFull, OAuthClientMetadata
from playwright.async_api import async_playwright


class Seat:
    """Somebody in front of a browser, who is sent there by a client and takes back its answer."""

    def __init__(self, home, site, browser, person="alice", untick=()):
        self.home, self.site, self.browser, self.person, self.untick = home, site, browser, person, untick
        self.context, self.pages = None, []

    async def open(self, url):
        self.site.answers.clear()
        if self.context is None:
            self.context = await self.browser.new_context(locale="en")
        page = await self.context.new_page()
        await page.goto(url)
        if urllib.parse.urlsplit(page.url).path == "/sign-in":
            assert "Sign in" in await page.inner_text("h1")
            await self.sign_in(page)
            await page.wait_for_url("**/oauth/authorize?**")
        self.pages.append(await page.inner_text("main"))
        for effect in self.untick:
            await page.locator(f"input[name=effect-{effect}]").uncheck()
        await page.get_by_role("button", name="Allow").click()
        await page.wait_for_url("**/callback?**")
        await page.close()

    async def sign_in(self, page):
        await page.goto(self.home.run("login", self.person)["link"])
        await page.get_by_role("button", name="Sign in").click()

    async def answer(self):
        found = self.site.answers.pop()
        return AuthorizationCodeResult(code=found["code"], state=found.get("state"), iss=found.get("iss"))


def run(home, site, kept, test, agent="product", document=None, sits=Seat, **seat):
    """Runs `test` with a connected client and the person's seat."""
    async def go():
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(**options())
            person = sits(home, site, browser, **seat)
            provider = OAuthClientProvider(
                server_url=f"{home.url}/mcp/{agent}",
                client_metadata=OAuthClientMetadata(client_name="Reader", redirect_uris=[site.callback]),
                storage=kept, redirect_handler=person.open, callback_handler=person.answer)
            # The client takes https URLs alone for this; on one machine there is no certificate to be had.
            provider.context.client_metadata_url = document
            http = httpx2.AsyncClient(auth=provider, timeout=60)
            for mode in ("legacy", "2026-07-28"):
                async with Client(
                        streamable_http_client(f"{home.url}/mcp/{agent}", http_client=http), mode=mode) as client:
                    await test(client, person)
            await browser.close()
    asyncio.run(go())


def roadmap(acme):
    return {"page_id": acme.ids["pages"]["roadmap"]}


def test_by_metadata_document(home, acme, site):
    document = site.document()
    kept = Kept()

    async def test(client, person):
        found = await client.call_tool("notion.get_page", roadmap(acme))
        assert not found.is_error, found

    run(home, site, kept, test, document=document)
    assert kept.client.client_id == document
    assert site.seen.count("/client.json") == 1, "it was fetched once and kept"
    assert kept.tokens.refresh_token and "read" in kept.tokens.scope.split()
    assert [row["people"] for row in home.run("clients", "list")["clients"] if row["id"] == document] == [["alice"]]


def test_by_registering_itself(home, acme, site):
    kept = Kept()

    async def test(client, person):
        assert not (await client.call_tool("notion.get_page", roadmap(acme))).is_error
        assert "registered itself" in person.pages[0] and "nobody vouches" in person.pages[0]

    run(home, site, kept, test)
    assert home.run("clients", "show", kept.client.client_id)["origin"] == "dynamic"


@pytest.mark.parametrize("flags", [(), ("--confidential",)])
def test_by_an_administrators_registration(home, acme, site, flags):
    made = home.run("clients", "register", "Reader", "--redirect-uri", "http://127.0.0.1/callback", *flags)
    kept = Kept(OAuthClientInformationFull(
        client_id=made["id"], client_secret=made.get("secret"), redirect_uris=[site.callback],
        token_endpoint_auth_method="client_secret_basic" if made.get("secret") else "none"))

    async def test(client, person):
        assert not (await client.call_tool("notion.get_page", roadmap(acme))).is_error
        text = person.pages[0]
        for shown in ("Reader", made["id"], site.callback, "product", "an administrator registered it"):
            assert shown in text, (shown, text)

    run(home, site, kept, test)


def test_a_client_that_may_do_less_asks_its_person_for_more(home, acme, site):
    kept = Kept()
    event = {"summary": "From a client", "start": "2026-12-01T09:00:00Z", "end": "2026-12-01T10:00:00Z"}

    async def test(client, person):
        asked = len(person.pages)
        if person.untick:
            found = await client.call_tool("calendar.list_events", {})
            assert not found.is_error, found
            assert kept.tokens.scope == "read", "what was unticked isn't granted"
            person.untick, asked = ("send",), 1
            assert not (await client.call_tool("calendar.create_event", event)).is_error
            assert len(person.pages) == asked + 1, "the person was asked again"
            assert set(kept.tokens.scope.split()) == {"read", "create"}
            person.untick = ()
        assert not (await client.call_tool("calendar.list_events", {})).is_error

    run(home, site, kept, test, agent="email", untick=("create", "send"))


def test_a_token_that_ran_out_is_refreshed_without_the_person(home, acme, site):
    kept = Kept()

    async def test(client, person):
        assert not (await client.call_tool("notion.get_page", roadmap(acme))).is_error
        assert len(person.pages) == 1

    run(home, site, kept, test)
    before = kept.tokens

    async def later():
        provider = OAuthClientProvider(
            server_url=f"{home.url}/mcp/product",
            client_metadata=OAuthClientMetadata(client_name="Reader", redirect_uris=[site.callback]), storage=kept)
        await provider._initialize()
        provider.context.token_expiry_time = 1
        http = httpx2.AsyncClient(auth=provider, timeout=60)
        async with Client(streamable_http_client(f"{home.url}/mcp/product", http_client=http)) as client:
            assert not (await client.call_tool("notion.get_page", roadmap(acme))).is_error

    asyncio.run(later())
    assert kept.tokens.access_token != before.access_token and kept.tokens.refresh_token != before.refresh_token
