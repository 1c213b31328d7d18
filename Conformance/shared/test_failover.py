"""The primary dies for good and its standby is promoted, under gateways that name both in their URL."""

import os
import pathlib
import signal
import subprocess
import time

import postgres
import pytest
from test_kills import Load, settle, works
from waiting import until

SOCKETS = "postgresql://deputy@/{name}?host={first},{second}&target_session_attrs=read-write"


class Standby(postgres.Cluster):
    """Streams from another server, whose data it begins with."""

    def __init__(self, primary):
        self.primary = primary
        super().__init__()

    def run(self, program, *arguments):
        if program == "initdb":
            program, arguments = "pg_basebackup", ("-R", "-h", self.primary.socket, "-U", "deputy", "-c", "fast", "-D", self.data)
        super().run(program, *arguments)

    def promote(self):
        self.run("pg_ctl", "-D", self.data, "-w", "promote")


def dies(server):
    """And never comes back."""
    os.kill(server.pid, signal.SIGKILL)
    for process in server.processes()[1:]:
        try:
            os.kill(process, signal.SIGKILL)
        except ProcessLookupError:
            continue
    (server.data / "postmaster.pid").unlink()


@pytest.fixture
def pair():
    primary = postgres.Cluster()
    standby = Standby(primary)
    until(lambda: primary.sql("SELECT state FROM pg_stat_replication", "postgres") == "streaming")
    yield primary, standby
    for server in (standby, primary):
        server.stop()


@pytest.fixture
def two(populated, peer, pair):
    """Gateways of a home in the primary, told of both servers."""
    primary, standby = pair
    name = "d" + os.urandom(4).hex()
    primary.database(name)
    populated.run("migrate-store", "--to", SOCKETS.format(name=name, first=primary.socket, second=standby.socket))
    gateways = [populated, peer(populated)]
    for each in gateways:
        each.serve()
    yield gateways
    for each in gateways:
        each.stop()


def test_a_synchronous_standby_takes_over_and_nothing_that_was_answered_is_lost(two, pair, acme):
    primary, standby = pair
    primary.sql("ALTER SYSTEM SET synchronous_standby_names = '*'", "postgres")
    primary.sql("SELECT pg_reload_conf()", "postgres")
    until(lambda: primary.sql("SELECT sync_state FROM pg_stat_replication", "postgres") == "sync")
    load = Load(two)
    time.sleep(4)
    two[0].run("people", "suspend", "dana")
    dies(primary)
    standby.promote()
    # Whoever was at a commit asks the new primary what became of it.
    before = len([kind for kind in load.answers.values() if kind == "done"])
    until(lambda: len([kind for kind in load.answers.values() if kind == "done"]) > before + 20, 120)
    load.finish()
    for home in two:
        assert home.gateway.poll() is None, pathlib.Path(home.output.name).read_text()[-2000:]
        works(home)
    assert {person["id"]: person["standing"] for person in two[0].run("people", "list")["people"]}["dana"] == "suspended"
    settle(two[0], acme, load)


def test_a_standby_that_lagged_is_never_signed(two, pair):
    primary, standby = pair
    standby.sql("ALTER SYSTEM SET primary_conninfo = ''", "postgres")
    standby.sql("SELECT pg_reload_conf()", "postgres")
    until(lambda: primary.sql("SELECT count(*) FROM pg_stat_replication", "postgres") == "0")
    two[0].run("people", "suspend", "dana")
    for home in two:
        works(home)
    dies(primary)
    standby.promote()
    for home in two:
        try:
            home.gateway.wait(1)
        except subprocess.TimeoutExpired:
            try:
                kind = home.call("email", home.tokens["dana"], "calendar.create_event", {})[0]
            except (OSError, AssertionError, ValueError):
                kind = "lost"
            assert kind != "done", "dana was suspended"
        assert home.gateway.wait(60) == 2
        assert "a standby that lagged" in pathlib.Path(home.output.name).read_text(), "it says why"
