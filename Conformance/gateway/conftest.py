"""A home with Acme's people and agents, served by the built binary, beside the stand-ins."""

import subprocess

import pytest
from gateway_home import DEPUTY, ENVIRONMENT, Acme, Home


@pytest.fixture
def acme(tmp_path):
    acme = Acme(tmp_path)
    yield acme
    acme.stop()


@pytest.fixture
def home_in(acme):
    """Makes a home in a folder of the test's choice."""
    homes = []

    def make(folder, **where):
        homes.append(Home(folder, acme, **where))
        return homes[-1]

    yield make
    for home in homes:
        home.stop()


@pytest.fixture
def empty(tmp_path, home_in):
    return home_in(tmp_path)


@pytest.fixture
def home(empty):
    """Everybody is there and connected, and the gateway runs."""
    empty.populate().serve()
    empty.connect()
    empty.tokens = {person: empty.token(person) for person in ("alice", "bob", "carol", "dana")}
    return empty


@pytest.fixture
def deputy():
    """Runs the binary without a home of its own."""
    def run(*arguments, **options):
        return subprocess.run([DEPUTY, *arguments], capture_output=True, text=True, timeout=60, env=ENVIRONMENT, **options)

    run.path = DEPUTY
    run.environment = ENVIRONMENT
    return run
