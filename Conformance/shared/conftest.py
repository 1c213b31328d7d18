"""Several gateways on one PostgreSQL, each with a folder of its own and the same keys."""

import os
import signal

import gateway_home as gateway
import postgres
import pytest


@pytest.fixture(scope="session")
def cluster():
    return postgres.cluster()


@pytest.fixture
def acme(tmp_path):
    acme = gateway.Acme(tmp_path)
    yield acme
    acme.stop()


@pytest.fixture
def deputy_home(acme):
    """Makes a home with an embedded store."""
    def make(folder):
        folder.mkdir()
        return gateway.Home(folder, acme, store="sqlite")

    return make


@pytest.fixture
def populated(tmp_path, acme):
    """A home with everybody in it; nothing runs."""
    home = gateway.Home(tmp_path, acme, store="sqlite")
    home.populate().serve().connect()
    home.tokens = {person: home.token(person) for person in ("alice", "bob", "dana")}
    home.stop()
    yield home
    home.stop()


@pytest.fixture
def moved(populated, cluster):
    """The same, moved to a database of its own."""
    populated.name = "d" + os.urandom(4).hex()
    populated.url_of_database = cluster.database(populated.name)
    populated.moved = populated.run("migrate-store", "--to", populated.url_of_database)
    return populated


@pytest.fixture
def peer(tmp_path):
    """Makes another gateway of a home that has moved."""
    return lambda home, number=1: gateway.Peer(home, tmp_path / f"peer{number}")


@pytest.fixture
def three(moved, peer):
    """Three gateways that serve it."""
    gateways = [moved, peer(moved, 1), peer(moved, 2)]
    for home in gateways:
        home.serve()
    yield gateways
    for home in gateways:
        if home.gateway and home.gateway.poll() is None:
            home.gateway.send_signal(signal.SIGCONT)
        home.stop()
