"""The stand-ins' authorization pages in headless Chromium, without scripts."""

import urllib.parse

import pytest
from acme_oauth import address, register

PATHS = {
    "google": ("/o/oauth2/v2/auth", {"scope": "openid https://www.googleapis.com/auth/gmail.send"}),
    "microsoft": ("/acme.test/oauth2/v2.0/authorize", {"scope": "User.Read offline_access"}),
    "slack": ("/oauth/v2/authorize", {"scope": "chat:write", "user_scope": "users:read"}),
    "notion": ("/v1/oauth/authorize", {"owner": "user"}),
    "strict": ("/authorize", {
        "scope": "mail.read", "code_challenge": "A" * 43, "code_challenge_method": "S256"}),
}


@pytest.fixture
def page(chromium):
    context = chromium.new_context(locale="en", java_script_enabled=False)
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("service", PATHS)
def test_a_person_chooses_allows_or_cancels(start, page, service):
    acme = start("--oauth")
    # The control port is only somewhere to land: it answers 404, and the address is what counts.
    callback = acme.origins["control"] + "/callback?from=" + service
    register(acme, service, "app", redirect_uris=[callback])
    path, more = PATHS[service]
    query = {"client_id": "app", "response_type": "code", "redirect_uri": callback, "state": "st & <b>"} | more
    for button, member in [("Cancel", "error"), ("Allow", "code")]:
        page.goto(address(acme.origins[service], path, **query))
        assert page.locator("h1").inner_text().startswith("Sign in to ")
        page.get_by_label("Sign in as").select_option("bob")
        page.get_by_role("button", name=button).click()
        back = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(page.url).query))
        assert page.url.startswith(callback + "&")
        assert back["state"] == "st & <b>" and back[member]
        assert acme.last()["owner"] == "bob"


def test_a_scope_is_ticked_off_at_google(start, page):
    acme = start("--oauth")
    callback = acme.origins["control"] + "/callback"
    register(acme, "google", "app", redirect_uris=[callback])
    path, more = PATHS["google"]
    page.goto(address(acme.origins["google"], path, client_id="app", response_type="code", redirect_uri=callback, **more))
    page.get_by_label("gmail.send").uncheck()
    page.get_by_role("button", name="Allow").click()
    assert dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(page.url).query))["scope"] == "openid"


def test_an_app_with_a_wrong_redirect_uri_is_told_on_the_page(start, page):
    acme = start("--oauth")
    register(acme, "strict", "app", redirect_uris=["https://deputy.test/callback"])
    answer = page.goto(address(
        acme.origins["strict"], "/authorize", client_id="app", response_type="code", redirect_uri="https://mallory.test/"))
    assert answer.status == 400 and "redirect_uri_mismatch" in page.locator("h1").inner_text()
