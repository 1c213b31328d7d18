"""Several gateways on one PostgreSQL, each with a folder of its own and the same keys."""

import importlib.util
import os
import pathlib
import shutil
import signal
import sys

import postgres
import pytest

_path = pathlib.Path(__file__).resolve().parents[1] / "gateway" / "conftest.py"
_spec = importlib.util.spec_from_file_location("gateway_home", _path)
gateway = importlib.util.module_from_spec(_spec)
sys.modules["gateway_home"] = gateway
_spec.loader.exec_module(gateway)


class Peer(gateway.Home):
    """Another gateway of a home that has moved to a database."""

    def __init__(self, first, folder):
        self.path, self.acme, self.gateway, self.url, self.tokens = str(folder), first.acme, None, None, first.tokens
        self.output = open(str(folder) + ".log", "ab")
        folder.mkdir(mode=0o700)
        for name in ("keys", "providers"):
            shutil.copytree(pathlib.Path(first.path) / name, folder / name)
        shutil.copy2(pathlib.Path(first.path) / "database.url", folder)
        # How far one gateway signed is its own.
        (folder / "keys" / "ledger.mark").unlink(missing_ok=True)


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
    return lambda home, number=1: Peer(home, tmp_path / f"peer{number}")


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
