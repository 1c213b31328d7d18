"""A home that takes an issuer's word, and the clients of two agent builders."""

import importlib.util
import pathlib
import sys

import pytest
from issuing import Issuer, Builder

_path = pathlib.Path(__file__).resolve().parents[1] / "gateway" / "conftest.py"
_spec = importlib.util.spec_from_file_location("gateway_home", _path)
gateway = importlib.util.module_from_spec(_spec)
sys.modules["gateway_home"] = gateway
_spec.loader.exec_module(gateway)


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
