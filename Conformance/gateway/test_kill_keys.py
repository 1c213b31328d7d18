"""kill -9 at each named point of a change of keys and of a restore: one whole state or the other, and work goes on."""

import os
import pathlib
import secrets
import signal
import time

import postgres
import pytest
from faults import KILLS
from key_sources import done, run


def die(home, point, *arguments, **environment):
    killed = run(home, *arguments, DEPUTY_KILL_AT=f"{point}:1", **environment)
    assert killed.returncode == -signal.SIGKILL, killed.stdout + killed.stderr


@pytest.mark.parametrize("point", ["key-rotated", "rows-resealed"])
def test_rotations_that_die_are_taken_up(empty, point):
    empty.populate()
    key_file = pathlib.Path(empty.path) / "keys/vault.key"
    for _ in range(KILLS):
        before = [key["id"] for key in done(empty, "keys", "list")["keys"]]
        die(empty, point, "keys", "rotate")
        done(empty, "keys", "reseal")
        old, new = done(empty, "keys", "list")["keys"]
        assert [old["id"]] == before and old["rows"] == 0 and new["rows"] > 0 and new["state"] == "active"
        # The quarter of an hour after which nothing needs the old key.
        os.utime(key_file, (time.time() - 901,) * 2)
        done(empty, "keys", "retire", old["id"])
    assert done(empty, "keys", "verify")["findings"] == [] and done(empty, "ledger", "verify")["intact"]


@pytest.mark.parametrize("point", ["keys-moving", "keys-ready", "keys-moved"])
def test_moves_that_die_leave_one_source(empty, tmp_path, point):
    credential = tmp_path / "deputy-key"
    credential.touch(0o400)
    credential.write_text(secrets.token_hex(32))
    given = {"CREDENTIALS_DIRECTORY": str(tmp_path)}
    source, others = "file", {"file": "credential:deputy-key", "credential:deputy-key": "file"}
    for _ in range(KILLS):
        die(empty, point, "keys", "move", "--to", others[source], **given)
        if point != "keys-moved":
            assert done(empty, "keys", "source")["source"] == source
            assert len(done(empty, "keys", "list", **given)["keys"]) == 1, "the old source opens"
            done(empty, "keys", "move", "--to", others[source], **given)
        source = others[source]
        assert done(empty, "keys", "source")["source"] == source
        assert len(done(empty, "keys", "list", **given)["keys"]) == 1, "the new source opens"
    assert done(empty, "ledger", "verify", **given)["intact"]


@postgres.embedded_only("copies deputy.sqlite; a PostgreSQL is backed up by its own tools")
def test_restores_that_die_leave_the_home_as_it_was(empty, tmp_path):
    empty.populate()
    backup = str(tmp_path / "backup")
    done(empty, "backup", backup)
    done(empty, "people", "suspend", "bob")
    before = done(empty, "people", "list")
    for _ in range(KILLS):
        die(empty, "before-restore", "restore", backup, "--replace")
        assert done(empty, "people", "list") == before
    assert done(empty, "ledger", "verify")["intact"]
    done(empty, "restore", backup, "--replace")
    standing = {person["id"]: person["standing"] for person in done(empty, "people", "list")["people"]}
    assert standing["bob"] == "suspended" and standing["alice"] == "active", "what was taken away since stays so"
