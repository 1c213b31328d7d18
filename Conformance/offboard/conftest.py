"""Somebody leaves: a home in each store, three gateways where they share one, and a provider whose journal says whose token it
saw and what it was told to end."""

import pathlib
import signal
import threading

import gateway_home as gateway
import pytest
from agreeing import agree
from service import Service
from test_clients import Walk


class Provider(Service):
    """Its answers wait while `is_open` isn't set, and its revocation endpoint may be out of order."""

    def reset(self):
        super().reset()
        self.is_open, self.arrived, self.is_down = threading.Event(), threading.Semaphore(0), False
        self.is_open.set()

    def read(self, path, authorization):
        answer = super().read(path, authorization)
        if path == "/notes":
            self.arrived.release()
            self.is_open.wait(20)
        return answer

    def revoke(self, form):
        return (503, {"error": "temporarily_unavailable"}) if self.is_down else super().revoke(form)

    def opens(self, tokens):
        """Those that still open an account."""
        return [token for token in tokens if token in self.tokens]


@pytest.fixture
def notes():
    provider = Provider("notes", "Notes")
    yield provider
    provider.is_open.set()
    provider.stop()


@pytest.fixture
def acme(tmp_path):
    acme = gateway.Acme(tmp_path)
    yield acme
    acme.stop()


@pytest.fixture
def make(tmp_path, acme, notes):
    """A home with everybody in it, in this store; nothing runs."""
    homes = []

    def make(store):
        home = gateway.Home(tmp_path, acme, store=store)
        homes.append(home)
        folder = pathlib.Path(home.path) / "providers"
        folder.mkdir(exist_ok=True)
        (folder / "notes.json5").write_text(notes.manifest)
        home.populate()
        home.run("agents", "add", "helper", "--acts-as", "assistant", "--owner", "dana", "--users", "everyone",
                 "--slot", "notes:person", "--tool", "notes.*")
        home.run("apps", "add", "notes", "--client-id", notes.client, secret=notes.secret)
        return home

    yield make
    for home in homes:
        home.stop()


@pytest.fixture
def connected(notes):
    """Somebody's account, connected at their own gateway in their own browser."""
    def connected(home, person):
        notes.account = person
        walk = Walk(home, notes, person)
        agree(walk.browser)
        walk(home.run("connections", "connect", "notes", "--person", person)["link"])
        return walk.browser
    return connected


@pytest.fixture(params=("sqlite", "postgresql"))
def gateways(request, make, connected, tmp_path):
    """One gateway on an embedded store, or three on PostgreSQL. Alice and Bob have accounts everywhere."""
    first = make(request.param)
    first.serve()
    first.connect()
    first.tokens = {person: first.token(person, "helper", "onboarding", "email", "product") for person in ("alice", "bob", "dana")}
    first.browsers = {person: connected(first, person) for person in ("alice", "bob")}
    more = (1, 2) if request.param == "postgresql" else ()
    all = [first] + [gateway.Peer(first, tmp_path / f"peer{number}").serve() for number in more]
    yield all
    for home in all:
        if home.gateway and home.gateway.poll() is None:
            home.gateway.send_signal(signal.SIGCONT)
        home.stop()


@pytest.fixture
def lines():
    """What a report counts, by what it is."""
    def lines(report, part="ended"):
        return {line["what"]: line["count"] for line in report[part]}
    return lines
