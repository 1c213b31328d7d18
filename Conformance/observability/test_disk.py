"""A disk that fills up, on a file system of its own."""

import errno
import json
import subprocess

import postgres
import pytest
from waiting import until

MIB = 1 << 20


@pytest.fixture
def small(watched, tmp_path):
    """A home on a disk of 64 MiB."""
    folder = tmp_path / "small"
    folder.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", str(folder)], capture_output=True).returncode:
        pytest.skip("mounting a file system needs root")
    home = watched(folder)
    try:
        yield home.populate()
    finally:
        home.stop()
        home.output.close()
        subprocess.run(["umount", str(folder)], check=True)


def fill(folder, leaving):
    """Leaves so many bytes."""
    path = folder / "ballast"
    statistics = __import__("os").statvfs(folder)
    with open(path, "ab", buffering=0) as ballast:
        try:
            ballast.write(b"x" * max(statistics.f_bavail * statistics.f_frsize - leaving, 0))
        except OSError as error:
            # Somebody else took what was left.
            if error.errno != errno.ENOSPC:
                raise
    return path


def search(home):
    return home.call("onboarding", home.tokens["alice"], "notion.search", {"query": "x"})


def test_a_disk_that_fills_up_is_told_before_it_stops_anything_and_all_recovers_by_itself(small, ask):
    home, folder = small, small.log.parent
    home.start("--disk-low", "24MiB", "--disk-reserve", "8MiB").settle()
    assert home.get("/readyz") == (200, '{"status":"ready"}')

    ballast = fill(folder, 16 * MIB)
    until(lambda: home.get("/readyz") == (200, '{"status":"degraded","reasons":["disk"]}'))
    assert search(home)[0] == "done"
    assert 'deputy_disk_state{state="low"} 1' in ask(home.socket, "/metrics")[1]
    assert "getting full" in home.log.read_text()

    fill(folder, 4 * MIB)
    until(lambda: home.get("/readyz") == (503, '{"status":"not ready","reasons":["disk"]}'))
    since, leaves = len(home.acme.journal()), len(home.leaves())
    kind, result = search(home)
    assert kind == "unavailable"
    assert "nearly full" in result["structuredContent"]["error"]["message"]
    assert len(home.acme.journal()) == since and len(home.leaves()) == leaves, "nothing was begun, nothing was written"

    # What takes rights away still works, and is recorded.
    home.run("people", "suspend", "bob")
    assert len(home.leaves()) > leaves

    ballast.unlink()
    until(lambda: home.get("/readyz") == (200, '{"status":"ready"}'))
    assert search(home)[0] == "done"
    assert "has room again" in home.log.read_text()
    home.stop()
    assert home.run("ledger", "verify")


def test_a_call_that_has_begun_has_room_for_its_outcome(small):
    home, folder = small, small.log.parent
    home.start("--disk-low", "24MiB", "--disk-reserve", "8MiB").settle()
    home.acme.ask("POST", "/delay", {"service": "notion", "milliseconds": 3000})
    import threading
    answers = []
    caller = threading.Thread(target=lambda: answers.append(search(home)))
    caller.start()
    until(lambda: any(leaf["kind"] == "intent" for leaf in home.leaves()))
    fill(folder, 4 * MIB)
    until(lambda: home.get("/readyz")[0] == 503)
    caller.join(20)
    assert answers[0][0] == "done"
    until(lambda: home.leaves()[-1]["kind"] == "outcome")


@postgres.embedded_only("fills the disk of deputy.sqlite; test_faults.py fills a PostgreSQL's")
def test_a_store_that_could_not_write_is_ready_again_once_it_can(small):
    home, folder = small, small.log.parent
    home.start("--disk-low", "0", "--disk-reserve", "0").settle()
    ballast = fill(folder, 0)
    kinds = {search(home)[0] for _ in range(20)}
    assert "unavailable" in kinds or "unknown" in kinds
    until(lambda: home.get("/readyz")[0] == 503)
    assert "store" in json.loads(home.get("/readyz")[1])["reasons"]
    ballast.unlink()
    until(lambda: home.get("/readyz") == (200, '{"status":"ready"}'))
    assert search(home)[0] == "done"
    home.stop()
    assert home.run("ledger", "verify")
