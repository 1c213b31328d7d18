"""Silence shows: every run of a gateway begins and ends with a heartbeat in each tree, and a crash is told as one."""

import signal
import time


def beats(home, tree="organization/acme"):
    return [leaf for leaf in home.leaves(tree) if leaf["kind"] == "heartbeat"]


def test_a_start_and_a_stop_leave_a_heartbeat_in_each_tree(empty):
    empty.serve()
    empty.stop()
    for tree in ("organization/acme", "system"):
        assert [beat["phase"] for beat in beats(empty, tree)] == ["started", "stopped"]
    report = empty.run("ledger", "verify")
    assert report["intact"] and not any(tree["silences"] or tree["overdue"] for tree in report["trees"])


def test_a_crash_is_told_by_the_next_start_and_by_verifying(home, wait_for_exit):
    assert home.call("onboarding", home.tokens["alice"], "notion.nothing", {})[0] == "error"
    home.stop()
    home.serve(flags=("--heartbeat", "1"))
    home.gateway.send_signal(signal.SIGKILL)
    wait_for_exit(home)
    if home.database:
        # Others may run beside it, and take it for dead when it is overdue.
        deadline = time.time() + 60
        while not all(tree["overdue"] for tree in home.run("ledger", "verify")["trees"]):
            assert time.time() < deadline
            time.sleep(0.5)
    home.serve()
    crashed, started = beats(home)[-2:]
    assert started["phase"] == "started" and started["crashed"] == [crashed["gateway"]]
    report = home.run("ledger", "verify")
    assert report["intact"]
    for tree in report["trees"]:
        assert [(silence["cause"], silence["gateway"]) for silence in tree["silences"]] == [("crashed", crashed["gateway"])]
    home.stop()
    assert beats(home)[-1]["phase"] == "stopped"


def test_calls_are_counted_by_what_became_of_them(home):
    answers = [home.call("onboarding", home.tokens["carol"], "notion.search", {"query": "x"})[0] for _ in range(3)]
    assert answers == ["connection_required"] * 3
    home.stop()
    counted = beats(home)[-1]["counted"]
    assert counted["connect"] == 3 and counted["permit"] == 0 == counted["over_rate"]
