"""A home whose people connect accounts at two services in a browser, with one that is honest until told otherwise."""

import pathlib
import types

import gateway_home as gateway
import pytest
from service import Service


@pytest.fixture(scope="module")
def services():
    found = {"notes": Service("notes", "Notes"), "memos": Service("memos", "Memos & <b>more</b>")}
    yield found
    for service in found.values():
        service.stop()


@pytest.fixture(scope="module")
def served(tmp_path_factory, services):
    home = gateway.Home(tmp_path_factory.mktemp("home"), types.SimpleNamespace(origins={}, tokens={}, ids={}))
    folder = pathlib.Path(home.path) / "providers"
    folder.mkdir(exist_ok=True)
    for service in services.values():
        (folder / f"{service.name}.json5").write_text(service.manifest)
    for person in ("alice", "bob", "carol", "dana"):
        home.run("people", "add", person, "--email", f"{person}@acme.test")
    home.run("agents", "add", "helper", "--acts-as", "assistant", "--owner", "dana", "--users", "everyone",
             "--slot", "notes:person", "--slot", "memos:person", "--tool", "notes.list", "--tool", "memos.*")
    home.run("agents", "add", "clerk", "--acts-as", "claw", "--owner", "dana", "--users", "everyone",
             "--slot", "notes:agent", "--tool", "notes.*")
    for service in services.values():
        home.run("apps", "add", service.name, "--client-id", service.client, secret=service.secret)
    home.serve()
    home.tokens, home.cookies = gateway.Tokens(home), {}
    yield home
    home.stop()


class Tokens(gateway.Tokens):
    def __missing__(self, person):
        self[person] = self.home.token(person, "helper", "clerk")
        return self[person]


@pytest.fixture
def home(served, services):
    """Nobody has an account yet, and the services are honest."""
    for service in services.values():
        service.reset()
    for connection in served.run("connections", "list")["connections"]:
        if connection["health"] != "revoked":
            served.run("connections", "revoke", connection["id"])
    for service in services.values():
        service.reset()
    if not isinstance(served.tokens, Tokens):
        served.tokens = Tokens(served)
    return served


@pytest.fixture
def notes(services):
    return services["notes"]


@pytest.fixture
def memos(services):
    return services["memos"]


@pytest.fixture
def sign_in(chromium, home):
    """A browser of a person's own; every call opens a new one."""
    contexts = []

    def sign_in(person=None, **options):
        context = chromium.new_context(locale="en", **options)
        contexts.append(context)
        page = context.new_page()
        if person:
            page.goto(home.run("login", person)["link"])
            page.get_by_role("button", name="Sign in").click()
            page.wait_for_url("**/approvals")
        return page

    yield sign_in
    for context in contexts:
        context.close()


@pytest.fixture
def link(home):
    def link(provider="notes", person=None, agent=None):
        owner = ("--agent", agent) if agent else ("--person", person or "carol")
        return home.run("connections", "connect", provider, *owner)["link"]
    return link


@pytest.fixture
def connections(home):
    """Those that work: {owner: account} at a provider."""
    def connections(provider="notes"):
        return {c["owner"]: c["account"] for c in home.run("connections", "list")["connections"]
                if c["provider"] == provider and c["health"] == "healthy"}
    return connections


@pytest.fixture
def refusals(home):
    """What the ledger tells of tries that were refused, since the test began."""
    before = max(leaf["index"] for leaf in home.leaves())

    def refusals():
        return [(leaf["by"], leaf["for"], leaf["because"]) for leaf in home.leaves()
                if leaf["index"] > before and leaf.get("change") == "connect.refused"]
    return refusals


@pytest.fixture
def told(home):
    """The changes that the ledger tells of since the test began."""
    before = max(leaf["index"] for leaf in home.leaves())
    return lambda: [leaf for leaf in home.leaves() if leaf["index"] > before and "change" in leaf]
