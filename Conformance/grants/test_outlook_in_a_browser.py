"""Carol connects Outlook by clicks. What Microsoft shows her is the stand-in's page; its journal says whose token it saw."""

import re
import urllib.parse

import pytest
from acme_oauth import microsoft_id, register
from browsing import LOOKS, inspect
from exchanging import MICROSOFT
from walking import World, healthy, told

CLAIMS = '{"access_token":{"acrs":{"essential":true,"value":"c1"}}}'


def made(folder, provider="outlook", manifest=None):
    world = World(folder, {} if manifest else {provider: "microsoft"}, **({provider: ("microsoft", manifest)} if manifest else {}))
    for person in ("carol", "dana"):
        known = () if manifest else ("--subject", f"{provider}={microsoft_id(person)}")
        world.home.run("people", "add", person, "--email", f"{person}@acme.test", *known)
    tools = [word for tool in (("list",) if manifest else ("list_messages", "send")) for word in ("--tool", f"{provider}.{tool}")]
    world.home.run("agents", "add", "reader", "--acts-as", "assistant", "--owner", "dana", "--users", "everyone",
                   "--slot", f"{provider}:person", *tools)
    world.home.serve()
    world.token = world.home.token("carol", "reader")
    return world


@pytest.fixture
def world(tmp_path):
    world = made(tmp_path)
    yield world
    world.stop()


@pytest.fixture
def sign_in(chromium):
    """Carol's browser, which has agreed to what the assistant does."""
    contexts = []

    def sign_in(world, **options):
        context = chromium.new_context(locale="en", **options)
        contexts.append(context)
        page = context.new_page()
        page.goto(world.home.run("login", "carol")["link"])
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url("**/approvals")
        page.goto(world.home.url + "/agreements")
        while (button := page.get_by_role("button", name="Agree to what is new")).count():
            button.first.click()
        return page

    yield sign_in
    for context in contexts:
        context.close()


def call(world, tool="outlook.list_messages"):
    return world.home.call("reader", world.token, tool, {})


def link(result):
    return result["structuredContent"]["error"]["link"]


def go(page, url=None, account="carol", button="Allow"):
    """From the link to Microsoft's page, and back; what Microsoft was asked with."""
    if url:
        page.goto(url)
    page.get_by_role("button", name=re.compile("Go on to")).click()
    page.wait_for_url("**/oauth2/v2.0/authorize?*")
    asked = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(page.url).query))
    assert page.locator("h1").inner_text().startswith("Sign in to Microsoft")
    page.get_by_label("Sign in as").select_option(account)
    page.get_by_role("button", name=button).click()
    page.wait_for_url("**/connect/flow*")
    return asked


def keep(page):
    page.get_by_role("button", name="Keep this account").click()
    page.wait_for_url("**?done=kept")


def seen(world):
    return [(entry["owner"], entry["status"]) for entry in world.acme.journal() if entry["call"] == "graph.me.messages"]


def test_carol_connects_outlook_by_clicks_and_her_call_goes_on(world, sign_in):
    world.app("outlook", "microsoft")
    carol = sign_in(world)
    kind, result = call(world)
    assert kind == "connection_required", result
    asked = go(carol, link(result))
    assert asked["prompt"] == "select_account" and asked["code_challenge_method"] == "S256" and "claims" not in asked
    assert "carol@acme.test" in carol.inner_text("main") and "Mail.Read" in carol.inner_text("main")
    assert healthy(world.home, "outlook") == {}, "nothing is kept before she says so"
    keep(carol)
    kind, result = call(world)
    assert kind == "done" and "For carol alone" in str(result), result
    assert seen(world) == [("carol", 200)]


def test_another_persons_account_isnt_kept_and_a_cancel_is_hers(world, sign_in):
    world.app("outlook", "microsoft")
    carol = sign_in(world)
    url = link(call(world)[1])
    go(carol, url, button="Cancel")
    assert "You said no at Outlook" in carol.inner_text("main")
    go(carol, account="bob")
    assert "isn't the account of `carol`" in carol.inner_text("main") and healthy(world.home, "outlook") == {}


def test_what_only_an_administrator_can_allow_is_understood(world, sign_in, screenshots):
    world.app("outlook", "microsoft", administrators=["Mail.Send"])
    carol = sign_in(world)
    url = link(call(world)[1])
    go(carol, url)
    text = carol.inner_text("main")
    assert "an administrator there has to allow it first" in text and "You said no" not in text, text
    assert "Ask whoever administers your organization's accounts there" in text and "Mail.Send" in text
    assert "AADSTS" not in text, "and nothing of what it says by itself is shown"
    for scheme, width in LOOKS:
        inspect(carol, screenshots, "outlook-administrator", scheme, width)
    assert [leaf["because"] for leaf in told(world.home, "connect.ended")] == ["refused"]
    register(world.acme, "microsoft", "deputy", "s3cret-of-the-app",
             redirect_uris=[f"{world.home.url}/connect/callback/outlook"])
    go(carol, url)
    keep(carol)
    assert call(world)[0] == "done", "once an administrator has allowed it"


def test_what_the_organization_wants_of_her_sign_in_is_asked_for_from_the_first_time_on(world, sign_in):
    world.app("outlook", "microsoft")
    world.acme.control("POST", "/oauth/accounts", service="microsoft", owner="carol", claims=CLAIMS)
    carol = sign_in(world)
    assert "claims" not in go(carol, link(call(world)[1]))
    text = carol.inner_text("main")
    assert "interaction_required" in text and "Begin again: it wants more of your sign-in" in text, text
    assert go(carol)["claims"] == CLAIMS
    keep(carol)
    assert call(world)[0] == "done" and seen(world) == [("carol", 200)]


def test_a_first_exchange_that_is_refused_asks_for_more_too(tmp_path, sign_in):
    """On behalf of: her sign-in is done by then, and what the API's token wants of it is known only now."""
    world = made(tmp_path, "graph", MICROSOFT)
    world.app("graph", "microsoft")
    world.acme.control("POST", "/oauth/accounts", service="microsoft", owner="carol", claims=CLAIMS)
    carol = sign_in(world)
    go(carol, link(call(world, "graph.list")[1]))
    grants = [(entry["grant"], entry["status"]) for entry in world.acme.journal() if entry["call"] == "microsoft.token"]
    assert grants == [("authorization_code", 200), ("urn:ietf:params:oauth:grant-type:jwt-bearer", 400)]
    assert "it wants more of your sign-in" in carol.inner_text("main").lower() and healthy(world.home, "graph") == {}
    assert go(carol)["claims"] == CLAIMS
    keep(carol)
    assert set(healthy(world.home, "graph")) == {"person:carol"}
    world.stop()
