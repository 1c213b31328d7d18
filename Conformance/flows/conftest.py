"""A home whose people and agents connect accounts that real and stood-in authorization servers give out."""

import pathlib
import types

import gateway_home as gateway
import pytest
from browsing import LOOKS, inspect
from files import Files, Passage, manifest
from glewlwyd import Glewlwyd
from homes import Tokens, clear

SECRET = "s3cret-of-deputy"
ALSO = ("auth-type-device-enabled", "introspection-revocation-allowed", "introspection-revocation-allow-target-client")


@pytest.fixture(scope="module")
def glewlwyd(tmp_path_factory):
    glewlwyd = Glewlwyd(tmp_path_factory.mktemp("glewlwyd") / "g", also=ALSO)
    glewlwyd.scopes("files.read", "files.write")
    glewlwyd.people("alice", "carol", "robot", "spare", scopes=("files.read", "files.write"))
    yield glewlwyd
    glewlwyd.stop()


@pytest.fixture(scope="module")
def passage(glewlwyd):
    passage = Passage(glewlwyd)
    yield passage
    passage.stop()


@pytest.fixture(scope="module")
def files(glewlwyd):
    files = Files(glewlwyd)
    yield files
    files.stop()


@pytest.fixture(scope="module")
def served(tmp_path_factory, glewlwyd, passage, files):
    home = gateway.Home(tmp_path_factory.mktemp("home"), types.SimpleNamespace(origins={}, tokens={}, ids={}))
    folder = pathlib.Path(home.path) / "providers"
    folder.mkdir(exist_ok=True)
    (folder / "files.json5").write_text(manifest(glewlwyd, passage, files))
    for person in ("alice", "bob", "carol", "dana"):
        home.run("people", "add", person, "--email", f"{person}@acme.test")
    home.run("agents", "add", "reader", "--acts-as", "assistant", "--owner", "dana", "--users", "everyone",
             "--slot", "files:person", "--tool", "files.list")
    home.run("agents", "add", "writer", "--acts-as", "assistant", "--owner", "dana", "--users", "everyone",
             "--slot", "files:person", "--tool", "files.*")
    home.run("agents", "add", "clerk", "--acts-as", "claw", "--owner", "dana", "--users", "everyone",
             "--slot", "files:agent", "--tool", "files.list")
    home.serve()
    home.tokens = Tokens(home, ("reader", "writer", "clerk"))
    added = home.run("apps", "add", "files", "--client-id", "deputy", secret=SECRET)
    glewlwyd.client("deputy", SECRET, added["redirect_uri"], home.url,
                    ("code", "refresh_token", "delete_token", "device_authorization"))
    yield home
    home.stop()


@pytest.fixture
def home(served, passage, files, glewlwyd):
    """Nobody has an account yet, and nobody has consented to anything at glewlwyd."""
    clear(served)
    for user in ("alice", "carol", "robot", "spare"):
        glewlwyd.consent(user, "")
    passage.passed.clear()
    files.journal.clear()
    files.needed, files.isNeverContent = {"GET": ["files.read"], "POST": ["files.write"]}, False
    return served


@pytest.fixture
def browse(chromium):
    """A browser of its own, for each call."""
    contexts = []

    def browse(**options):
        contexts.append(chromium.new_context(locale="en", **options))
        return contexts[-1].new_page()

    yield browse
    for context in contexts:
        context.close()


@pytest.fixture
def sign_in(browse, home):
    def sign_in(person):
        page = browse()
        page.goto(home.run("login", person)["link"])
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url("**/approvals")
        return page
    return sign_in


@pytest.fixture
def look(screenshots):
    """Looks at one of Deputy's pages in each scheme and width, and leaves it as it was."""
    def look(page, name):
        assert page.locator("script").count() == 0, name
        for scheme, width in LOOKS:
            inspect(page, screenshots, "flow-" + name, scheme, width)
    return look


@pytest.fixture
def connected(home):
    """Those that work: {owner: (account, scopes)}."""
    def connected(provider="files"):
        return {c["owner"]: (c["email"] or c["account"], c["scopes"]) for c in home.run("connections", "list")["connections"]
                if c["provider"] == provider and c["health"] == "healthy"}
    return connected


@pytest.fixture
def told(home):
    """The changes that the ledger tells of since the test began."""
    before = max(leaf["index"] for leaf in home.leaves())
    return lambda change: [leaf for leaf in home.leaves() if leaf["index"] > before and leaf.get("change") == change]
