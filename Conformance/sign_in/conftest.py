"""A home whose people sign in with a provider: an honest one (glewlwyd), or one that lies when it is told to."""

import pytest
from hostile import Provider
from visiting import Visitor, make_home


@pytest.fixture(scope="module")
def provider():
    provider = Provider()
    yield provider
    provider.stop()


@pytest.fixture(scope="module")
def served(tmp_path_factory, provider):
    """With a provider `corp`, whose `alice-1` is Alice and `bob-1` Bob, and which decides about two groups."""
    home = make_home(tmp_path_factory.mktemp("home"))
    home.run("groups", "add", "sales")
    home.run("groups", "add", "staff", "--member", "dana")
    home.serve()
    home.run("sign-in", "add", "corp", "--issuer", provider.issuer, "--client-id", "deputy", "--groups-claim", "groups",
             "--group", "everybody=staff", "--group", "vendors=sales", "--group", "closers=sales",
             secret=provider.clients["deputy"])
    for person in ("alice", "bob"):
        home.run("sign-in", "link", person, "--provider", "corp", "--subject", f"{person}-1")
    yield home
    home.stop()


@pytest.fixture
def home(served, provider):
    """The provider is honest again, and Deputy knows its keys."""
    provider.reset()
    if served.gateway is None:
        served.serve()
    return served


@pytest.fixture
def visitor(home):
    return Visitor(home)


@pytest.fixture
def another(home):
    return Visitor(home)
