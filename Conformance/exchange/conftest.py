"""A home that takes an issuer's word, and the clients of two agent builders."""


import gateway_home as gateway
import pytest
from issuing import Builder, Issuer


@pytest.fixture(scope="module")
def acme(tmp_path_factory):
    acme = gateway.Acme(tmp_path_factory.mktemp("acme"))
    yield acme
    acme.stop()


@pytest.fixture(scope="module")
def issuer():
    issuer = Issuer()
    yield issuer
    issuer.stop()


@pytest.fixture(scope="module")
def stranger():
    """An issuer that nobody here registered."""
    stranger = Issuer()
    yield stranger
    stranger.stop()


@pytest.fixture(scope="module")
def home(tmp_path_factory, acme):
    home = gateway.Home(tmp_path_factory.mktemp("home"), acme)
    home.populate().serve()
    home.connect()
    yield home
    home.stop()


@pytest.fixture(scope="module")
def builder(home, issuer):
    """A builder's client, whose users are Alice and Bob by the issuer's word."""
    builder = Builder(home, issuer, home.run("clients", "register", "Builder", "--confidential"), "api://builder")
    other = home.run("clients", "register", "Other", "--confidential")
    home.run("issuers", "add", "corp", "--issuer", issuer.url, "--audience", f"api://builder={builder.id}",
             "--audience", f"api://other={other['id']}", "--id-jag")
    for person in ("alice", "bob"):
        home.run("sign-in", "link", person, "--issuer", issuer.url, "--subject", f"{person}-1")
    builder.other = Builder(home, issuer, other, "api://other")
    return builder
