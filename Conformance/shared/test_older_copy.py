"""An older copy of the database is put in its place while gateways serve: they end, and sign nothing of it."""

import pathlib
import time

import faults


def copied(home, cluster):
    """The database as it is now, beside. Whoever uses it is cut off for a moment."""
    cluster.sql(f"ALTER DATABASE {home.name} WITH ALLOW_CONNECTIONS false", "postgres")
    cluster.sql(f"SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '{home.name}'", "postgres")
    cluster.sql(f"CREATE DATABASE {home.name}_older TEMPLATE {home.name}", "postgres")
    cluster.sql(f"ALTER DATABASE {home.name} WITH ALLOW_CONNECTIONS true", "postgres")
    return f"{home.name}_older"


def put_back(home, cluster, copy):
    cluster.sql(f"DROP DATABASE {home.name} WITH (FORCE)", "postgres")
    cluster.sql(f"ALTER DATABASE {copy} RENAME TO {home.name}", "postgres")


def works(home):
    deadline = time.time() + 60
    while True:
        # A session that was cut is found so by whoever uses it first.
        try:
            if home.call("onboarding", home.tokens["alice"], "notion.search", {"query": "plan"})[0] == "done":
                return
        except AssertionError as error:
            assert "503" in str(error)
        assert time.time() < deadline
        time.sleep(0.1)


def signed(home):
    """Once everything is signed, what is kept beside the keys."""
    mark, last = pathlib.Path(home.path) / "keys/ledger.mark", None
    while last != (last := mark.read_bytes()):
        time.sleep(2.5)
    return last


def test_row_18_an_older_copy_under_live_gateways_ends_them_and_is_never_signed(three, cluster):
    copy = copied(three[0], cluster)
    for home in three:
        works(home)
    three[0].run("people", "suspend", "bob")
    for home in three:
        works(home)
    marks = [signed(home) for home in three]
    checkpoints = cluster.sql("SELECT count(*) FROM checkpoints", copy)
    put_back(three[0], cluster, copy)
    answers = []
    for home in three:
        try:
            answers.append(home.call("email", home.tokens["bob"], "calendar.create_event", faults.event("late"))[0])
        except (OSError, AssertionError, ValueError):
            answers.append("lost")
    assert "done" not in answers and faults.made(three[0].acme) == [], "bob was suspended"
    for home in three:
        assert home.gateway.wait(60) == 2
        assert "older" in pathlib.Path(home.output.name).read_text(), "it says why"
    assert [(pathlib.Path(home.path) / "keys/ledger.mark").read_bytes() for home in three] == marks
    assert cluster.sql("SELECT count(*) FROM checkpoints", three[0].name) == checkpoints, "nothing of it was signed"
    for home in three:
        refused = home.command("people", "list")
        assert refused.returncode == 2 and "older copy" in refused.stdout
