"""Somebody with more connections than one commit destroys, and processes that die on the way."""

import time

import pytest

COLUMNS = ("organization, owner_kind, owner, provider, origin, kind, account, account_name, email, scopes, generation,"
           " fingerprint, sealed, health, created")


def multiply(home, count):
    """As many more connections of Bob's, made behind the store's back."""
    one, = home.sql("SELECT id FROM connections WHERE owner = 'bob' AND provider = 'notion'")
    for start in range(0, count, 500):
        rows = " UNION ALL ".join(f"SELECT {number} AS n" for number in range(start, min(start + 500, count)))
        home.sql(f"INSERT INTO connections (id, {COLUMNS}) SELECT 'many-' || CAST(n AS TEXT), {COLUMNS}"
                 f" FROM connections, ({rows}) AS numbers WHERE id = $1", one[0])


def left(home):
    """How many are alive, and how many of those that aren't still have their secret."""
    alive, = home.sql("SELECT COUNT(*) FROM connections WHERE owner = 'bob' AND health <> 'revoked'")
    secret, = home.sql(
        "SELECT COUNT(*) FROM connections WHERE owner = 'bob' AND health = 'revoked' AND LENGTH(sealed) > 0")
    return alive[0], secret[0]


@pytest.mark.parametrize("store", ("sqlite", "postgresql"))
@pytest.mark.parametrize("waypoint", ("offboarding-cut:1", "offboarding-batch:2"))
def test_a_process_that_dies_leaves_nobody_in_and_the_next_goes_on(make, connected, notes, waypoint, store, wait_for_exit):
    home = make(store)
    home.serve(DEPUTY_KILL_AT=waypoint)
    home.connect()
    home.tokens["bob"] = home.token("bob", "helper", "onboarding")
    connected(home, "bob")
    tokens = notes.live("bob")
    multiply(home, 1_800)
    assert home.command("people", "offboard", "bob").returncode != 0
    assert wait_for_exit(home) == -9
    alive, secret = left(home)
    assert alive == 0 and 0 < secret < 1_800, "useless, all of them, and not destroyed yet"
    early = home.command("people", "add", "bob", "--email", "bob@acme.test")
    assert early.returncode != 0 and "still being destroyed" in early.stdout + early.stderr

    home.serve()
    status, _, _ = home.post("helper", home.tokens["bob"], {
        "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "notes.list", "arguments": {}}})
    assert status == 401
    deadline = time.monotonic() + 60
    while left(home) != (0, 0) or notes.opens(tokens):
        assert time.monotonic() < deadline, (left(home), notes.opens(tokens))
        time.sleep(0.2)
    while (again := home.run("people", "offboard", "bob"))["state"] != "already":
        assert time.monotonic() < deadline
    assert home.run("ledger", "verify")["intact"]
    revoked = home.sql("SELECT COUNT(*) FROM connections WHERE owner = 'bob' AND health = 'revoked'")[0][0]
    assert revoked == 1_803 and sum(line["count"] for line in again["remains"] if line["what"] == "untold") == 1_802
    home.run("people", "add", "bob", "--email", "bob@acme.test")
