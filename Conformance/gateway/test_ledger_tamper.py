"""A stopped home whose leaves were tampered with: the first bad position is named."""

import json
import shutil
import sqlite3
import subprocess
import sys

import pytest
import verify as verifier


@pytest.mark.parametrize(("statement", "position"), [
    ("UPDATE leaves SET record = CAST(replace(CAST(record AS TEXT), 'alice', 'alicf') AS BLOB) WHERE tree = 'organization/acme' AND idx = 1", 1),
    ("DELETE FROM leaves WHERE tree = 'organization/acme' AND idx = 2", 2),
    ("UPDATE leaves SET hash = zeroblob(32) WHERE tree = 'organization/acme' AND idx = 3", 3),
    ("UPDATE leaves SET idx = CASE idx WHEN 2 THEN -3 ELSE -2 END WHERE tree = 'organization/acme' AND idx IN (2, 3);"
     "UPDATE leaves SET idx = -idx WHERE idx < 0", 2),
])
def test_row_18_a_changed_ledger_is_found_where_it_begins(empty, statement, position):
    empty.populate()
    assert empty.run("ledger", "verify")["intact"]
    store = sqlite3.connect(f"{empty.path}/deputy.sqlite")
    store.executescript(statement)
    store.commit()
    store.close()
    result = empty.command("ledger", "verify")
    assert result.returncode == 3
    assert f'"position": {position}' in result.stdout, result.stdout


def test_row_18_a_cut_tail_is_found(empty):
    empty.populate()
    store = sqlite3.connect(f"{empty.path}/deputy.sqlite")
    last = store.execute("SELECT max(idx) FROM leaves WHERE tree = 'organization/acme'").fetchone()[0]
    store.execute("DELETE FROM leaves WHERE tree = 'organization/acme' AND idx = ?", (last,))
    store.commit()
    store.close()
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
    old = shutil.copytree(empty.path, tmp_path / "old")
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
    stores = [sqlite3.connect(f"{path}/deputy.sqlite") for path in (empty.path, other.path)]
    seed = stores[1].execute("SELECT value FROM home WHERE name = 'ledger-seed'").fetchone()
    stores[0].execute("UPDATE home SET value = ? WHERE name = 'ledger-seed'", seed)
    stores[0].commit()
    for store in stores:
        store.close()
    result = empty.command("ledger", "verify")
    assert result.returncode == 2 and '"unknown_key"' in result.stdout, result.stdout
