"""glewlwyd is the provider, and Chromium goes there and back: a real one, with its own pages."""

import re

import pytest
from browsing import LOOKS, inspect
from glewlwyd import Glewlwyd
from visiting import make_home

SECRET = "s3cret-of-deputy"


@pytest.fixture(scope="module")
def glewlwyd(tmp_path_factory):
    glewlwyd = Glewlwyd(tmp_path_factory.mktemp("glewlwyd") / "g")
    glewlwyd.people("alice", "bob", "stranger")
    yield glewlwyd
    glewlwyd.stop()


@pytest.fixture(scope="module")
def home(tmp_path_factory, glewlwyd):
    home = make_home(tmp_path_factory.mktemp("home"))
    home.run("groups", "add", "builders")
    home.serve()
    for name, client, auth in (("corp", "deputy", "basic"), ("posting", "deputy-post", "post"), ("public", "deputy-public", "none")):
        if name == "corp":
            added = home.run("sign-in", "add", name, "--issuer", glewlwyd.issuer, "--client-id", client, "--auth", auth,
                             "--groups-claim", "groups", "--group", "engineering=builders", secret=SECRET)
        glewlwyd.client(client, None if auth == "none" else SECRET, added["redirect_uri"].replace("corp", name),
                        added["post_logout_redirect_uri"])
    yield home
    home.stop()


@pytest.fixture
def browse(chromium):
    contexts = []

    def browse():
        contexts.append(chromium.new_context(locale="en"))
        return contexts[-1].new_page()

    yield browse
    for context in contexts:
        context.close()


def sign_in(home, page, person=None, name="corp"):
    """By the provider's own pages: with a password, or as whom it knows the browser by."""
    page.goto(home.url + "/sign-in")
    page.get_by_role("link", name=f"Sign in with {name}").click()
    if person:
        page.fill("#username", person)
        page.fill("#password", f"{person}-pw-1")
        page.keyboard.press("Enter")
    page.get_by_role("button", name="Continue").click()
    page.wait_for_url(home.url + "/**")
    return page


@pytest.fixture(scope="module")
def linked(home, glewlwyd, chromium):
    """The operator links the subjects that refused sign-ins showed."""
    for person in ("alice", "bob"):
        context = chromium.new_context(locale="en")
        page = sign_in(home, context.new_page(), person)
        text = page.inner_text("main")
        assert "Nobody here has that login" in text
        subject = re.search(r"--subject (\S+)", text).group(1)
        home.run("sign-in", "link", person, "--provider", "corp", "--subject", subject)
        context.close()
    return home


def test_a_person_signs_in_with_a_real_provider(linked, browse):
    page = sign_in(linked, browse(), "alice")
    assert page.url == linked.url + "/approvals" and "Signed in as alice" in page.inner_text("header")
    cookies = {cookie["name"]: cookie for cookie in page.context.cookies() if cookie["name"].startswith("deputy")}
    assert list(cookies) == ["deputy"] and cookies["deputy"]["httpOnly"] and cookies["deputy"]["sameSite"] == "Lax"
    page.goto(linked.url + "/browsers")
    assert "signed in with corp" in page.inner_text("main")


def test_the_page_that_was_wanted_is_where_it_ends(linked, browse):
    page = browse()
    page.goto(linked.url + "/tokens")
    page.get_by_role("link", name="Go on").click()
    page.get_by_role("link", name="Sign in with corp").click()
    page.fill("#username", "bob")
    page.fill("#password", "bob-pw-1")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Continue").click()
    page.wait_for_url(linked.url + "/tokens")
    assert "Signed in as bob" in page.inner_text("header")


def test_who_is_nobody_here_isnt_signed_in(linked, browse):
    page = sign_in(linked, browse(), "stranger")
    assert "Nobody here has that login" in page.inner_text("main")
    assert page.goto(linked.url + "/approvals").status == 401


def test_keys_are_rotated_under_a_running_gateway(linked, glewlwyd, browse):
    page = sign_in(linked, browse(), "alice")
    glewlwyd.rotate()
    page.get_by_role("link", name="Browsers").click()
    page.get_by_role("button", name="Sign out here").click()
    sign_in(linked, page)
    assert "Signed in as alice" in page.inner_text("header")


@pytest.mark.parametrize("scheme,width", LOOKS)
def test_the_pages_can_be_read_by_everybody(linked, browse, tmp_path, scheme, width):
    page = browse()
    page.goto(linked.url + "/sign-in")
    inspect(page, tmp_path, "sign-in", scheme, width)
    sign_in(linked, page, "bob")
    page.goto(linked.url + "/browsers")
    inspect(page, tmp_path, "browsers", scheme, width)
    page.get_by_role("link", name="Link your login at corp").click()
    page.get_by_role("button", name="Continue").click()
    page.wait_for_url(linked.url + "/**")
    assert "Link this login to bob" in page.inner_text("main") and "bob@acme.test" in page.inner_text("main")
    inspect(page, tmp_path, "link-login", scheme, width)
    page.get_by_role("button", name="Link this login to bob").click()
    assert "that login is `bob`'s already" in page.inner_text("main")


def test_groups_of_the_provider_are_groups_here(linked, glewlwyd, browse):
    page = sign_in(linked, browse(), "alice")
    assert linked.run("groups", "show", "builders")["members"] == []
    glewlwyd.groups("alice", "engineering", "other")
    sign_in(linked, page)
    assert linked.run("groups", "show", "builders")["members"] == ["alice"]
    glewlwyd.groups("alice")
    sign_in(linked, page)
    assert linked.run("groups", "show", "builders")["members"] == []


def test_signing_out_here_and_there(linked, browse):
    page = sign_in(linked, browse(), "alice")
    page.goto(linked.url + "/browsers")
    page.get_by_role("button", name="Sign out here").click()
    link = page.get_by_role("link", name="Sign out there too")
    assert "id_token_hint=" in link.get_attribute("href")
    link.click()
    page.wait_for_load_state()
    assert page.goto(linked.url + "/approvals").status == 401


@pytest.mark.parametrize("name,client,auth", [("posting", "deputy-post", "post"), ("public", "deputy-public", "none")])
def test_other_ways_to_say_who_we_are(linked, glewlwyd, browse, name, client, auth):
    """One provider of an issuer at a time: its logins are the issuer's, so they stay who they are."""
    linked.run("sign-in", "remove", "corp")
    try:
        linked.run("sign-in", "add", name, "--issuer", glewlwyd.issuer, "--client-id", client, "--auth", auth, secret=SECRET)
        page = sign_in(linked, browse(), "alice", name)
        assert "Signed in as alice" in page.inner_text("header")
        linked.run("sign-in", "remove", name)
        assert page.goto(linked.url + "/approvals").status == 401
    finally:
        linked.command("sign-in", "remove", name)
        linked.run("sign-in", "add", "corp", "--issuer", glewlwyd.issuer, "--client-id", "deputy", "--groups-claim", "groups",
                   "--group", "engineering=builders", secret=SECRET)


def test_a_wrong_issuer_isnt_kept(linked, glewlwyd):
    for issuer, words in (
        (glewlwyd.issuer + "/", "another issuer"), (glewlwyd.url, "answers 404"), ("http://127.0.0.1:9", "refused"),
        ("https://127.0.0.1:9/", "refused"), ("http://10.0.0.1/", "only reached over TLS"), ("nonsense", "isn't the name"),
        ("https://169.254.169.254/", "nothing may connect to"),
    ):
        result = linked.command("sign-in", "add", "wrong", "--issuer", issuer, "--client-id", "x", "--auth", "none")
        assert result.returncode == 1 and words in result.stdout, (issuer, result.stdout)


def test_the_doctor_asks_the_provider(linked, glewlwyd):
    findings = linked.run("doctor")["findings"]
    assert any(f["grade"] == "good" and "`corp` signs people in: one key, signed with PS256, RS256" in f["message"] for f in findings)
    glewlwyd.stop()
    try:
        findings = linked.command("doctor").stdout
        assert "nobody can sign in with `corp`" in findings
    finally:
        glewlwyd.start()


def test_no_secret_is_told(linked):
    assert SECRET not in linked.command("sign-in", "list").stdout
    assert SECRET not in str(linked.leaves())
    assert not [path.name for path in linked.files if SECRET.encode() in path.read_bytes()]
