"""A stopped home whose leaves were tampered with: the first bad position is named."""

import sqlite3

import pytest


@pytest.mark.parametrize(("statement", "position"), [
    ("UPDATE leaves SET record = CAST(replace(CAST(record AS TEXT), 'alice', 'alicf') AS BLOB) WHERE tree = 'organization/acme' AND idx = 1", 1),
    ("DELETE FROM leaves WHERE tree = 'organization/acme' AND idx = 2", 2),
    ("UPDATE leaves SET hash = zeroblob(32) WHERE tree = 'organization/acme' AND idx = 3", 3),
    ("UPDATE leaves SET idx = CASE idx WHEN 2 THEN -3 ELSE -2 END WHERE tree = 'organization/acme' AND idx IN (2, 3);"
     "UPDATE leaves SET idx = -idx WHERE idx < 0", 2),
])
def test_tampering_is_found(empty, statement, position):
    empty.populate()
    assert empty.run("ledger", "verify")["intact"]
    store = sqlite3.connect(f"{empty.path}/deputy.sqlite")
    store.executescript(statement)
    store.commit()
    store.close()
    result = empty.command("ledger", "verify")
    assert result.returncode == 3
    assert f'"position": {position}' in result.stdout, result.stdout


def test_a_cut_tail_is_found(empty):
    empty.populate()
    store = sqlite3.connect(f"{empty.path}/deputy.sqlite")
    last = store.execute("SELECT max(idx) FROM leaves WHERE tree = 'organization/acme'").fetchone()[0]
    store.execute("DELETE FROM leaves WHERE tree = 'organization/acme' AND idx = ?", (last,))
    store.commit()
    store.close()
    result = empty.command("ledger", "verify")
    assert result.returncode == 3 and f'"position": {last}' in result.stdout
