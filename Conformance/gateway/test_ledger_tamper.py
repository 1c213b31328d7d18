"""A stopped home whose leaves were tampered with: the first bad position is named."""

import json
import shutil
import subprocess
import sys

import pytest
import verify as verifier


LEAF = "tree = 'organization/acme' AND idx"


def reword(home):
    record = home.sql(f"SELECT record FROM leaves WHERE {LEAF} = 1")[0][0]
    assert b"alice" in record
    home.sql(f"UPDATE leaves SET record = $1 WHERE {LEAF} = 1", record.replace(b"alice", b"alicf"))


def exchange(home):
    home.sql(f"UPDATE leaves SET idx = CASE idx WHEN 2 THEN -3 ELSE -2 END WHERE {LEAF} IN (2, 3)")
    home.sql("UPDATE leaves SET idx = -idx WHERE idx < 0")


@pytest.mark.parametrize(("change", "position"), [
    (reword, 1),
    (lambda home: home.sql(f"DELETE FROM leaves WHERE {LEAF} = 2"), 2),
    (lambda home: home.sql(f"UPDATE leaves SET hash = $1 WHERE {LEAF} = 3", bytes(32)), 3),
    (exchange, 2),
], ids=["reworded", "deleted", "another hash", "exchanged"])
def test_row_18_a_changed_ledger_is_found_where_it_begins(empty, change, position):
    empty.populate()
    assert empty.run("ledger", "verify")["intact"]
    change(empty)
    result = empty.command("ledger", "verify")
    assert result.returncode == 3
    assert f'"position": {position}' in result.stdout, result.stdout


def test_row_18_a_cut_tail_is_found(empty):
    empty.populate()
    last = empty.sql("SELECT max(idx) FROM leaves WHERE tree = 'organization/acme'")[0][0]
    empty.sql(f"DELETE FROM leaves WHERE {LEAF} = $1", last)
    result = empty.command("ledger", "verify")
    assert result.returncode == 3 and f'"position": {last}' in result.stdout


def export(home, folder, key=None, kept=None):
    """The independent verifier's answer about what the home exports: whether all holds, and what it says."""
    home.run("ledger", "export", str(folder))
    options = [*(["--key", key] if key else []), *(["--kept", str(kept)] if kept else [])]
    result = subprocess.run(
        [sys.executable, verifier.__file__, str(folder), *options], capture_output=True, text=True, timeout=60)
    return result.returncode == 0, result.stdout + result.stderr


def test_row_18_a_fork_of_the_whole_home_is_found_by_a_kept_checkpoint(empty, tmp_path):
    """Somebody puts back database, mark and keys as they were, and goes on from there: the home itself can't know."""
    empty.populate()
    empty.serve()
    empty.stop()
    old, copy = shutil.copytree(empty.path, tmp_path / "old"), empty.copy()
    empty.run("people", "suspend", "bob")
    holds, said = export(empty, tmp_path / "first")
    assert holds, said
    key = (tmp_path / "first/key").read_text().strip()
    note = tmp_path / "kept"
    note.write_text(json.loads((tmp_path / "first/checkpoints.jsonl").read_text().splitlines()[-1]))
    assert export(empty, tmp_path / "again", key, note)[0], "the same history holds"
    size = int(note.read_text().splitlines()[1])
    shutil.rmtree(empty.path)
    shutil.copytree(old, empty.path)
    empty.put_back(copy)
    holds, said = export(empty, tmp_path / "rewound", key, note)
    assert not holds and str(size) in said, said
    for number in range(3):
        empty.run("people", "add", f"erin{number}", "--email", f"erin{number}@acme.test")
    assert empty.run("ledger", "verify")["intact"], "by itself the fork is a ledger like any other"
    holds, said = export(empty, tmp_path / "forked", key, note)
    assert not holds and str(size) in said, said


def test_row_18_a_swapped_key_signs_nothing(empty, home_in, tmp_path):
    """The seed of the ledger's key, from another home; and another home's ledger under the noted key."""
    empty.populate()
    assert export(empty, tmp_path / "first")[0]
    key = (tmp_path / "first/key").read_text().strip()
    (tmp_path / "other").mkdir()
    other = home_in(tmp_path / "other")
    assert not export(other, tmp_path / "others", key)[0]
    seed = other.sql("SELECT value FROM home WHERE name = 'ledger-seed'")[0][0]
    empty.sql("UPDATE home SET value = $1 WHERE name = 'ledger-seed'", seed)
    result = empty.command("ledger", "verify")
    assert result.returncode == 2 and '"unknown_key"' in result.stdout, result.stdout
