"""The official Python client's whole way through a real OpenID provider: the client asks, the person signs in at glewlwyd with
a password, agrees on our page, and the client calls a tool as them."""

import re

import gateway_home as gateway
import pytest
from chromium import options
from glewlwyd import Glewlwyd
from kept import Kept
from playwright.sync_api import sync_playwright
from test_official_oauth import Seat, roadmap, run

SECRET = "s3cret-of-deputy"


class ProviderSeat(Seat):
    """Has no link of ours: signs in at the provider alone."""

    async def sign_in(self, page):
        await page.get_by_role("link", name="Sign in with corp").click()
        await page.fill("#username", self.person)
        await page.fill("#password", f"{self.person}-pw-1")
        await page.keyboard.press("Enter")
        await page.get_by_role("button", name="Continue").click()
        await page.wait_for_url(self.home.url + "/**")
        assert "Nobody here has that login" not in await page.inner_text("main")


@pytest.fixture(scope="module")
def glewlwyd(tmp_path_factory):
    glewlwyd = Glewlwyd(tmp_path_factory.mktemp("glewlwyd") / "g")
    glewlwyd.people("alice", "stranger")
    yield glewlwyd
    glewlwyd.stop()


@pytest.fixture(scope="module")
def home(tmp_path_factory, acme, glewlwyd):
    home = gateway.Home(tmp_path_factory.mktemp("home"), acme)
    home.populate().serve(flags=("--open-registration",))
    home.connect()
    added = home.run("sign-in", "add", "corp", "--issuer", glewlwyd.issuer, "--client-id", "deputy", secret=SECRET)
    glewlwyd.client("deputy", SECRET, added["redirect_uri"], added["post_logout_redirect_uri"])
    home.run("sign-in", "link", "alice", "--provider", "corp", "--subject", subject(home, "alice"))
    yield home
    home.stop()


def subject(home, person):
    """As the page says it of a login that is nobody's here."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**options())
        page = browser.new_page()
        page.goto(home.url + "/sign-in")
        page.get_by_role("link", name="Sign in with corp").click()
        page.fill("#username", person)
        page.fill("#password", f"{person}-pw-1")
        page.keyboard.press("Enter")
        page.get_by_role("button", name="Continue").click()
        page.wait_for_url(home.url + "/**")
        text = page.inner_text("main")
        browser.close()
    assert "Nobody here has that login" in text
    return re.search(r"--subject (\S+)", text).group(1)


def test_the_official_client_comes_to_a_tool_call_through_a_provider(home, acme, site):
    kept, begun = Kept(), len(acme.journal())

    async def test(client, person):
        found = await client.call_tool("notion.get_page", roadmap(acme))
        assert not found.is_error, found
        assert len(person.pages) == 1 and "Reader" in person.pages[0], "one consent, and none remembered from elsewhere"

    run(home, site, kept, test, sits=ProviderSeat)
    assert kept.tokens.refresh_token and kept.client.client_id
    assert [row["people"] for row in home.run("clients", "list")["clients"]] == [["alice"]]
    allowed = [leaf for leaf in home.leaves() if leaf.get("change") == "client.allowed"]
    assert [(leaf["by"], leaf["agent"]) for leaf in allowed] == [("person:alice", "product")]
    owners = [entry["owner"] for entry in acme.journal()[begun:] if entry["call"] == "notion.pages.retrieve"]
    assert owners == ["product"] * 2, "each of the two calls with the agent's own credential"


def test_a_login_that_is_nobodys_here_comes_to_nothing(home, site, acme):
    kept = Kept()

    async def test(client, person):
        raise AssertionError("it got in")

    with pytest.raises(BaseException) as told:
        run(home, site, kept, test, sits=ProviderSeat, person="stranger")
    assert "it got in" not in repr(told.value)
    assert kept.tokens is None
