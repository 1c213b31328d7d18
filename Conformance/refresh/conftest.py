"""Homes whose accounts are at a server that rotates refresh tokens and ends a grant when one comes twice."""


import gateway_home as gateway
import postgres
import pytest
from refreshing import NOWHERE, Stage, Strict, introduce, prepare


def end(home):
    if home.gateway and home.gateway.poll() is None:
        home.gateway.kill()
        home.gateway.wait(20)


@pytest.fixture(scope="module")
def strict():
    strict = Strict()
    yield strict
    strict.stop()


@pytest.fixture(scope="module")
def made(tmp_path_factory, strict):
    """Makes a home where nobody has an account yet, kept in the store of that name; nothing runs."""
    homes = []

    def made(store, **rules):
        home = gateway.Home(tmp_path_factory.mktemp("home"), NOWHERE, store="sqlite")
        homes.append(home)
        prepare(home, strict, **rules)
        if store == "postgresql":
            home.database = postgres.Database().make()
            home.run("migrate-store", "--to", home.database.url)
        return home

    yield made
    for home in homes:
        end(home)


@pytest.fixture(scope="module")
def served(made, strict, tmp_path_factory):
    """Makes a stage with so many gateways on one database."""
    peers = []

    def served(gateways=3, flags=("--requests-per-second", "0"), **rules):
        first = made("postgresql", **rules)
        homes = [first]
        for _ in range(gateways - 1):
            homes.append(gateway.Peer(first, tmp_path_factory.mktemp("peer") / "home"))
            peers.append(homes[-1])
        for home in homes:
            home.flags = flags
            home.serve(flags=flags)
        introduce(first, strict)
        return Stage(strict, homes)

    yield served
    for home in peers:
        end(home)


@pytest.fixture(scope="module")
def three(served):
    return served()


@pytest.fixture
def stage(three):
    """Three gateways that run, honest exchanges, and nobody's tokens about to end."""
    yield three
    three.reset()


@pytest.fixture(scope="module")
def alone(made, strict):
    """One gateway on its own store."""
    home = made("sqlite")
    home.flags = ("--requests-per-second", "0")
    home.serve(flags=home.flags)
    introduce(home, strict)
    return Stage(strict, [home])


@pytest.fixture
def single(alone):
    yield alone
    alone.reset()
