"""Disks that are full, and disks that fail: effects stop, nothing is told that isn't so, and work goes on afterwards."""

import os
import pathlib
import tempfile
import time

import postgres
import pytest
from faults import KILLS, Failing, SmallDisk, becomes, event, faults, made, settled_leaves

ROUNDS = KILLS


def prepare(home, acme, **environment):
    home.populate().serve(**environment)
    home.run("connections", "add", "calendar", "--agent", "email", "--shared-with-owner", secret=acme.tokens["calendar"]["dana"])
    return home.token("bob", "email")


def calls(home, token, names):
    """What each call came to."""
    return {name: home.call("email", token, "calendar.create_event", event(name))[0] for name in names}


def until_done(home, token, name, seconds=60):
    """Called again under other names until it works; the names that were used."""
    deadline, told = time.time() + seconds, {}
    while "done" not in told.values():
        assert time.time() < deadline, told
        told |= calls(home, token, [f"{name}-{len(told)}"])
        time.sleep(0.05)
    return told


def test_the_check_finds_each_fault():
    leaves = [{"kind": kind, "call": call, **({"outcome": "done"} if kind == "outcome" else {})}
              for call in ("a", "b") for kind in ("intent", "outcome")]
    assert faults(["a", "b"], leaves, ["a", "b"]) == []
    assert faults(["a", "b", "b"], leaves + leaves[:2], ["a"])[0] == "an effect happened twice"
    assert faults(["a", "c"], leaves, ["b"]) == ["done was answered, and nothing happened"]
    assert faults(["a", "b"], leaves[:1], ["a"]) == [
        "an effect without an intent", "an intent without an outcome", "done was answered, and isn't recorded"]
    assert faults(["a"], leaves, ["a"]) == ["done was recorded, and nothing happened"]


def revive(home):
    """A PostgreSQL that ended on a full disk is started again by its supervisor."""
    if home.database and not home.database.server.is_running:
        home.database.server.start()


@pytest.fixture
def disk():
    # A PostgreSQL's server is another user, who doesn't get into a test's own folder.
    with tempfile.TemporaryDirectory(prefix="disk") as folder:
        os.chmod(folder, 0o755)
        try:
            disk = SmallDisk(pathlib.Path(folder) / "disk", 192 if postgres.IS_SHARED else 48)
        except OSError as error:
            pytest.skip(str(error))
        yield disk
        disk.close()


@pytest.fixture
def on_disk(disk, home_in, tmp_path):
    """A home whose store lies on that disk."""
    if not postgres.IS_SHARED:
        home = home_in(disk.path)
        home.output = open(tmp_path / "gateway.log", "ab")
        yield home
    else:
        disk.path.chmod(0o777)
        server = postgres.Cluster(disk.path / "data")
        home = home_in(tmp_path, server=server)
        yield home
        home.stop()
        server.stop()


def test_row_18_a_full_disk_stops_effects_and_room_lets_them_go_on(on_disk, disk, acme):
    home = on_disk
    token = prepare(home, acme)
    told = calls(home, token, [f"before-{number}" for number in range(5)])
    assert set(told.values()) == {"done"} and becomes(home, 200)
    disk.fill()
    # What the log has room for already may still be written; then nothing is done any more.
    name = "full-0"
    while (told := told | calls(home, token, [name]))[name] != "unavailable":
        assert len(told) < 2000, "a full disk never stopped anything"
        name = f"full-{len(told)}"
    before = made(acme)
    refused = calls(home, token, [f"refused-{number}" for number in range(20)])
    assert set(refused.values()) == {"unavailable"}
    assert made(acme) == before, "an effect that the ledger can't hold"
    assert becomes(home, 503)
    disk.make_room()
    revive(home)
    told |= refused | until_done(home, token, "after")
    assert becomes(home, 200)
    home.stop()
    # What begins without room says so, and harms nothing. A PostgreSQL may have room in pages that it has already.
    disk.fill()
    full = home.command("people", "add", "erin", "--email", "erin@acme.test")
    assert "error" in full.stdout if full.returncode else home.database, full.stdout
    disk.make_room()
    revive(home)
    home.serve()
    assert home.run("ledger", "verify")["intact"]
    assert faults(made(acme), settled_leaves(home), [name for name, kind in told.items() if kind == "done"]) == []
    home.stop()


@pytest.fixture
def failing(home_in, tmp_path):
    """A home whose store is on a disk that can fail, and what makes it fail."""
    if not postgres.IS_SHARED:
        yield home_in(tmp_path), Failing(tmp_path, tmp_path / "home")
    else:
        with tempfile.TemporaryDirectory(prefix="fault") as folder:
            os.chmod(folder, 0o777)
            failing = Failing(pathlib.Path(folder), f"{folder}/data/pg_wal")
            server = postgres.Cluster(pathlib.Path(folder) / "data", failing.environment)
            yield home_in(tmp_path, server=server), failing
            failing.let()
            server.stop()


# A PostgreSQL dies of each failure, and is started again: that takes a while.
ROUNDS_OF_FAILURE = min(ROUNDS, 2) if postgres.IS_SHARED else ROUNDS


@pytest.mark.parametrize("what", ["fdatasync,fsync", "write", "write,fdatasync,fsync"])
def test_row_18_a_disk_that_fails_stops_effects(failing, acme, what):
    empty, failing = failing
    token = prepare(empty, acme, **({} if empty.database else failing.environment))
    told = calls(empty, token, [f"before-{number}" for number in range(5)])
    assert set(told.values()) == {"done"} and failing.count == 0, "the shim alone changes nothing"
    for number in range(ROUNDS_OF_FAILURE):
        before, count = made(acme), failing.count
        failing.let(what)
        during = calls(empty, token, [f"during-{number}-{part}" for part in range(5)])
        assert failing.count > count and "done" not in during.values(), during
        assert made(acme) == before, "an effect whose intent isn't durable"
        if number == 0:
            assert becomes(empty, 503)
        failing.let()
        revive(empty)
        told |= during | until_done(empty, token, f"after-{number}")
    assert becomes(empty, 200)
    empty.gateway.kill()
    empty.gateway.wait()
    empty.serve()
    assert empty.run("ledger", "verify")["intact"]
    assert faults(made(acme), settled_leaves(empty), [name for name, kind in told.items() if kind == "done"]) == []


def test_row_18_a_clock_that_was_set_back_changes_no_order(empty, acme, tmp_path):
    token = prepare(empty, acme)
    assert set(calls(empty, token, ["now"]).values()) == {"done"}
    empty.stop()
    failing = Failing(tmp_path, empty.path)
    empty.serve(CLOCK_BACK=str(86_400 * 30), **failing.environment)
    token = empty.token("bob", "email")
    assert set(calls(empty, token, ["a month before"]).values()) == {"done"}
    times = [leaf["time"] for leaf in empty.leaves()]
    assert times == sorted(times) and empty.run("ledger", "verify")["intact"]
