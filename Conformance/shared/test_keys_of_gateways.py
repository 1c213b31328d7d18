"""Keys of several gateways: handed round first, and used when every gateway has them."""

import pathlib
import shutil
import threading

import faults
from waiting import until

SEARCH = {"query": "plan"}


def hand_round(three):
    for home in three[1:]:
        shutil.copy2(pathlib.Path(three[0].path) / "keys/vault.key", pathlib.Path(home.path) / "keys/vault.key")


def keys(home):
    return {key["id"]: key["state"] for key in home.run("keys", "list")["keys"]}


def healths(home):
    return {row["health"] for row in home.run("connections", "list")["connections"]}


def test_keys_change_at_three_gateways_under_calls_and_nothing_breaks(three, cluster):
    first, over, kinds = three[0], threading.Event(), []

    def work(home):
        while not over.is_set():
            kinds.append(home.call("onboarding", home.tokens["alice"], "notion.search", SEARCH)[0])

    workers = [threading.Thread(target=work, args=(home,)) for home in three]
    for worker in workers:
        worker.start()
    (old,) = keys(first)
    alone = first.command("keys", "rotate")
    assert alone.returncode == 1 and "keys add" in alone.stdout, "others would lack it"
    new = first.run("keys", "add")["added"]
    early = first.command("keys", "rotate")
    assert early.returncode == 1 and new in early.stdout, "they lack it still"
    hand_round(three)
    until(lambda: all(keys(home) == {old: "active", new: "waiting"} for home in three))
    until(lambda: first.command("keys", "rotate").returncode == 0, 60)
    until(lambda: all(keys(home) == {old: "decrypt-only", new: "active"} for home in three))
    over.set()
    for worker in workers:
        worker.join(60)
    # Gone, and back with the file as it took it up.
    three[2].stop()
    three[2].serve()
    assert first.run("keys", "reseal")["refused"] == []
    assert healths(first) == {"healthy"}
    assert set(kinds) <= {"done", "unavailable"} and kinds.count("done") > 10, kinds
    for home in three:
        assert home.call("email", home.tokens["bob"], "calendar.list_events", {})[0] == "done"
        assert home.run("keys", "verify")["intact"]


def test_a_gateway_that_lacks_a_key_says_so_and_breaks_nothing(three, cluster):
    """The key is used though a gateway lacks it: it wasn't there when the others were asked."""
    first, last = three[0], three[2]
    first.run("keys", "add")
    hand_round(three[:2])
    until(lambda: (cluster.sql(
        "UPDATE gateways SET keys = (SELECT keys FROM gateways ORDER BY length(keys) DESC LIMIT 1)", first.name),
        first.command("keys", "rotate").returncode == 0)[1])
    verdict = last.command("keys", "verify")
    assert verdict.returncode == 3 and "unknown_key" in verdict.stdout and "copy the key file" in verdict.stdout
    assert healths(last) == {"healthy"}
    assert faults.becomes(last, 503, 60), "it isn't ready"
    hand_round(three)
    until(lambda: last.command("keys", "verify").returncode == 0)
    assert faults.becomes(last, 200, 60)
    assert last.call("onboarding", last.tokens["alice"], "notion.search", SEARCH)[0] == "done"
    assert healths(last) == {"healthy"}
