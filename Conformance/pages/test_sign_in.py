"""The one-time link: a person's own button takes it, once; whatever merely fetches it takes nothing."""

import urllib.request

import pytest


@pytest.fixture(scope="module")
def home(bare):
    return bare


def fetch(url, method="GET"):
    request = urllib.request.Request(url, method=method, headers={"User-Agent": "MailScanner/1.0"})
    try:
        with urllib.request.urlopen(request, timeout=10) as response:
            return response.status
    except urllib.error.HTTPError as error:
        return error.code


def test_a_mail_scanner_takes_nothing_and_the_button_works_once(home, chromium):
    link = home.run("login", "dana")["link"]
    for method in ("GET", "HEAD", "GET", "OPTIONS", "GET"):
        fetch(link, method)
    context = chromium.new_context(locale="en")
    page = context.new_page()
    page.goto(link)
    page.get_by_role("button", name="Sign in as dana").click()
    page.wait_for_url("**/approvals")
    again = chromium.new_context(locale="en").new_page()
    answer = again.goto(link)
    assert answer.status == 404 and "doesn't sign you in" in again.inner_text("main")
    context.close()


def test_a_link_that_was_open_in_two_browsers_signs_in_one(home, chromium):
    link = home.run("login", "dana")["link"]
    pages = [chromium.new_context(locale="en").new_page() for _ in range(2)]
    for page in pages:
        page.goto(link)
    for page in pages:
        page.get_by_role("button", name="Sign in").click()
    assert pages[0].url.endswith("/approvals")
    assert "doesn't sign you in" in pages[1].inner_text("main")


def test_somebody_elses_link_doesnt_take_over_a_browser(home, sign_in):
    alice = sign_in("alice")
    alice.goto(home.run("login", "dana")["link"])
    alice.get_by_role("button", name="Sign in").click()
    assert "isn't yours" in alice.inner_text("main")
    alice.goto(home.url + "/browsers")
    assert "Signed in as alice" in alice.inner_text("header")


def test_a_used_link_tells_its_own_person_that_they_are_signed_in(home, chromium):
    link = home.run("login", "dana")["link"]
    context = chromium.new_context(locale="en")
    page, other = context.new_page(), context.new_page()
    for tab in (page, other):
        tab.goto(link)
    for tab in (page, other):
        tab.get_by_role("button", name="Sign in").click()
    assert page.url.endswith("/approvals")
    assert "signed in as dana already" in other.inner_text("main") and "isn't yours" not in other.inner_text("main")
    other.goto(link)
    other.get_by_role("link", name="Go on").click()
    other.wait_for_url("**/approvals")
    context.close()


def test_signing_out_everywhere_ends_every_browser(home, sign_in):
    first, second = sign_in("carol", fresh=True), sign_in("carol", fresh=True)
    first.goto(home.url + "/browsers")
    assert first.locator("li strong").all_inner_texts()[-1] == "Chrome on Linux"
    assert "AppleWebKit" not in first.inner_text("main"), "what it calls itself stands in a detail"
    first.get_by_role("button", name="Sign out everywhere").click()
    assert second.goto(home.url + "/approvals").status == 401
    assert first.goto(home.url + "/approvals").status == 401


def test_nobody_signs_in_for_who_isnt_there(home):
    result = home.command("login", "nobody")
    assert result.returncode == 1 and "no person is called `nobody`" in result.stdout


def test_the_ledger_tells_of_links_and_sign_ins(home, sign_in):
    sign_in("dana", fresh=True)
    changes = [leaf.get("change") for leaf in home.leaves()]
    assert "login.offered" in changes and "login.taken" in changes
