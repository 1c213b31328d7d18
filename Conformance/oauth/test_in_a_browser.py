"""What a real browser holds back, and what a person sees and does on their own pages."""

import os
import urllib.parse

import pytest
from axe_playwright_python.sync_playwright import Axe
from chromium import options
from flow import Client, Person, ping
from playwright.sync_api import sync_playwright


@pytest.fixture(scope="module")
def chromium():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**options("evil.example", "app.example"))
        yield browser
        browser.close()


@pytest.fixture
def client(home, site):
    made = home.run("clients", "register", "Reader <b>\u202e", "--redirect-uri", site.callback)
    return Client(home, made["id"], site.callback, agent="email")


@pytest.fixture
def seat(home, chromium):
    context = chromium.new_context(locale="en")
    page = context.new_page()
    page.goto(home.run("login", "alice")["link"])
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/approvals")
    yield page
    context.close()


def evil(site, path, body):
    """A page of another site's, at another name."""
    site.pages[path] = lambda handler: handler.answer(200, body.encode(), "text/html")
    return f"http://evil.example:{site.server_port}{path}"


def test_consent_stands_in_no_frame(client, seat, site):
    site.pages["/own"] = lambda handler: handler.answer(200, b"<h1>framed</h1>", "text/html")
    place = evil(site, "/trap", f"""<iframe name=a src="{client.link().replace('&', '&amp;')}"></iframe>
        <iframe name=b src="/own"></iframe>""")
    seat.goto(place)
    seat.wait_for_timeout(500)
    frames = {frame.name: frame for frame in seat.frames}
    assert "framed" in frames["b"].content(), "a page that allows it can be framed"
    assert frames["a"].url.startswith("chrome-error:") and client.id not in frames["a"].content()
    seat.goto(client.link())
    assert seat.get_by_role("button", name="Allow").is_visible()


def test_consent_takes_no_form_of_another_site(home, client, seat, site):
    seat.goto(client.link())
    fields = {name: seat.locator(f"input[name={name}]").get_attribute("value") for name in ("csrf", "shown", "request")}
    hidden = "".join(f'<input name="{name}" value="{value.replace("&", "&amp;")}">' for name, value in fields.items())
    body = f"""<form method=post action="{home.url}/oauth/authorize">{hidden}<input name="effect-read" value="yes">
        <button name=answer value=allow>Win a prize</button></form>"""
    seat.goto(evil(site, "/prize", body))
    seat.get_by_role("button", name="Win a prize").click()
    seat.wait_for_load_state()
    assert urllib.parse.urlsplit(seat.url).path == "/oauth/authorize"
    assert seat.get_by_role("heading").first.inner_text() in ("You aren't signed in", "That didn't come from our page")
    assert site.answers == [], "even with all that the page's own form holds"
    seat.goto(client.link())
    seat.get_by_role("button", name="Allow").click()
    seat.wait_for_url("**/callback?**")
    assert "code" in site.answers[-1]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_a_person_is_asked(client, seat, site, scheme, tmp_path):
    seat.emulate_media(color_scheme=scheme)
    seat.set_viewport_size({"width": 360, "height": 900})
    seat.goto(client.link())
    text = seat.inner_text("main")
    for shown in ("Reader <b>⟨U+202E⟩", client.id, site.callback, "email", "read", "send", "create", "the computer in front of you"):
        assert shown in text, (shown, text)
    assert "read at gmail" in text and "send at gmail towards anybody outside" in text
    found = Axe().run(seat).response["violations"]
    assert [(v["id"], [n["html"] for n in v["nodes"]]) for v in found] == []
    assert not seat.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    folder = os.environ.get("DEPUTY_SCREENSHOTS") or tmp_path
    seat.screenshot(path=f"{folder}/consent-{scheme}.png", full_page=True)


def test_a_person_narrows_and_signs_out_a_client(home, client, seat, site, tmp_path):
    tokens = client.sign_in(Person(home, "alice"))
    token = tokens["access_token"]
    assert set(tokens["scope"].split()) == {"read", "send", "create"}
    seat.goto(home.url + "/clients")
    card = seat.locator("section.card", has_text=client.id)
    assert "email" in card.inner_text()
    assert [v["id"] for v in Axe().run(seat).response["violations"]] == []
    seat.screenshot(path=f"{os.environ.get('DEPUTY_SCREENSHOTS') or tmp_path}/clients.png", full_page=True)
    card.locator("input[name=effect-send]").uncheck()
    card.get_by_role("button", name="Keep only").click()
    seat.wait_for_url("**/clients?done=narrowed")
    mail = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "gmail.send", "arguments": {
        "to": ["bob@acme.test"], "subject": "s", "body": "b"}}}
    status, _, headers = home.post("email", token, mail)
    challenge = headers.get("WWW-Authenticate", headers.get("Www-Authenticate", ""))
    assert status == 403 and 'error="insufficient_scope"' in challenge and 'scope="read send create"' in challenge
    assert "resource_metadata=" in challenge
    assert home.call("email", token, "calendar.list_events", {})[0] == "done"
    card = seat.locator("section.card", has_text=client.id)
    assert card.locator("input[name=effect-send]").count() == 0
    card.get_by_role("button", name="Sign out").click()
    seat.wait_for_url("**/clients?done=signed-out")
    assert ping(home, token, "email")[0] == 401
    assert seat.locator("section.card", has_text=client.id).count() == 0


def test_commands_narrow_revoke_and_sign_out(home, client):
    alice, bob = Person(home, "alice"), Person(home, "bob")
    hers, his = client.sign_in(alice)["access_token"], client.sign_in(bob)["access_token"]
    row = home.run("clients", "show", client.id)
    assert row["people"] == ["alice", "bob"] and row["agents"] == ["email"]
    home.run("clients", "sign-out", client.id, "--person", "bob")
    assert ping(home, hers, "email")[0] == 200 and ping(home, his, "email")[0] == 401
    home.run("clients", "ceiling", client.id, "read")
    mail = {"to": ["bob@acme.test"], "subject": "s", "body": "b"}
    assert home.post("email", hers, {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {
        "name": "gmail.send", "arguments": mail}})[0] == 403
    home.run("clients", "revoke", client.id)
    assert ping(home, hers, "email")[0] == 401
    assert alice.get(client.link())[0] == 400
    home.run("clients", "restore", client.id)
    assert alice.get(client.link())[0] == 200 and ping(home, hers, "email")[0] == 401


def test_signing_in_first_comes_back_to_the_question(home, client, chromium):
    context = chromium.new_context(locale="en")
    page = context.new_page()
    page.goto(client.link())
    assert urllib.parse.urlsplit(page.url).path == "/sign-in"
    page.goto(home.run("login", "alice")["link"])
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/oauth/authorize?**")
    assert page.get_by_role("button", name="Allow").is_visible()
    context.close()


@pytest.mark.parametrize("place", [
    "//evil.example/x", "https://evil.example/x", "/\\evil.example", "/x\r\nSet-Cookie: y=z", "javascript:alert(1)", "x", "/a b"])
def test_signing_in_leads_to_no_other_place(home, chromium, place):
    context = chromium.new_context(locale="en")
    page = context.new_page()
    page.goto(f"{home.url}/sign-in?next={urllib.parse.quote(place, safe='')}")
    page.goto(home.run("login", "alice")["link"])
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_load_state()
    assert page.url == home.url + "/approvals"
    context.close()


FLOW = """async ([gateway, callback]) => {
    const call = async (...all) => { const answer = await fetch(...all); return [answer, await answer.json()] }
    const asked = await fetch(gateway + "/mcp/product", {method: "POST", headers: {"Content-Type": "application/json"}, body: "{}"})
    const challenge = asked.headers.get("WWW-Authenticate")
    const version = {headers: {"MCP-Protocol-Version": "2025-11-25"}}
    const [, resource] = await call(/resource_metadata="([^"]+)"/.exec(challenge)[1], version)
    const [, server] = await call(resource.authorization_servers[0] + "/.well-known/oauth-authorization-server", version)
    const [, keys] = await call(server.jwks_uri)
    const [made, client] = await call(server.registration_endpoint, {
        method: "POST", headers: {"Content-Type": "application/json"},
        body: JSON.stringify({client_name: "A page", redirect_uris: [callback]})})
    return {scope: /scope="([^"]+)"/.exec(challenge)[1], server, status: made.status, client, keys}
}"""

TOKENS = """async ([server, fields, gateway]) => {
    const form = {method: "POST", headers: {"Content-Type": "application/x-www-form-urlencoded", "MCP-Protocol-Version": "2025-11-25"}}
    const tokens = await (await fetch(server.token_endpoint, {...form, body: new URLSearchParams(fields)})).json()
    const ping = () => fetch(gateway + "/mcp/product", {method: "POST", body: '{"jsonrpc":"2.0","id":1,"method":"ping"}', headers: {
        "Content-Type": "application/json", "Accept": "application/json, text/event-stream", "Authorization": "Bearer " + tokens.access_token}})
    const before = (await ping()).status
    const given = {token: tokens.access_token, client_id: fields.client_id}
    const back = (await fetch(server.revocation_endpoint, {...form, body: new URLSearchParams(given)})).status
    return [before, back, (await ping()).status]
}"""


def test_a_page_of_an_allowed_origin_is_a_client_and_another_page_is_none(home, chromium, seat, site, apps):
    """From the challenge to the call, in a page's own script. The same page by another name may read nothing."""
    def show(name):
        page = chromium.new_context().new_page()
        page.goto(f"http://{name}.example:{apps.server_port}/")
        return page

    page = show("app")
    found = page.evaluate(FLOW, [home.url, site.callback])
    assert found["status"] == 201 and found["scope"] == "read draft send share create update execute"
    assert found["server"]["issuer"] == home.url and "keys" in found["keys"]
    client = Client(home, found["client"]["client_id"], site.callback)
    seat.goto(client.link())
    seat.get_by_role("button", name="Allow").click()
    seat.wait_for_url("**/callback?**")
    fields = {"grant_type": "authorization_code", "code": site.answers[-1]["code"], "redirect_uri": client.callback,
              "code_verifier": client.verifier, "resource": client.resource, "client_id": client.id}
    assert page.evaluate(TOKENS, [found["server"], fields, home.url]) == [200, 200, 401]
    evil = show("evil")
    read = "async ([place, method]) => { try { return (await fetch(place, {method})).status } catch { return 'kept back' } }"
    for path, method in (("/.well-known/oauth-authorization-server", "GET"), ("/oauth/jwks", "GET"),
                         ("/.well-known/oauth-protected-resource/mcp/product", "GET"), ("/oauth/token", "POST"),
                         ("/oauth/revoke", "POST"), ("/oauth/register", "POST"), ("/mcp/product", "POST")):
        assert evil.evaluate(read, [home.url + path, method]) == "kept back", path
        assert page.evaluate(read, [home.url + path, method]) in (200, 400, 401), path
