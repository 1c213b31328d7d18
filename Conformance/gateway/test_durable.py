"""A shim shows that the intent's sync returned before the provider saw a byte."""

import pathlib
import subprocess
import time

SHIM = pathlib.Path(__file__).parent / "shim/sync_shim.c"


def undurable(log, asked):
    """Which of the calls (times in ns at which they were asked) reached the provider without a sync in between."""
    missing = []
    for begin, end in asked:
        sent = [at for at, what, _ in log if what == "sent" and begin <= at <= end]
        synced = [at for at, what, _ in log if what == "synced" and begin <= at <= end]
        if not sent or not synced or min(synced) > min(sent):
            missing.append((begin, end))
    return missing


def test_each_effect_follows_a_sync(empty, acme, tmp_path):
    library, path = tmp_path / "shim.so", tmp_path / "sync.log"
    subprocess.run(["gcc", "-shared", "-fPIC", "-O1", "-o", library, SHIM, "-ldl"], check=True)
    empty.populate().serve(LD_PRELOAD=str(library), SYNC_LOG=str(path))
    empty.run("connections", "add", "calendar", "--agent", "email", "--shared-with-owner", secret=acme.tokens["calendar"]["dana"])
    token = empty.token("bob", "email")
    asked = []
    for number in range(10):
        begin = time.monotonic_ns()
        kind, _ = empty.call("email", token, "calendar.create_event", {
            "summary": f"e{number}", "start": "2026-12-01T10:00:00Z", "end": "2026-12-01T11:00:00Z"})
        assert kind == "done"
        asked.append((begin, time.monotonic_ns()))
        time.sleep(0.02)
    port = acme.origins["calendar"].rsplit(":", 1)[1]
    log = []
    for line in path.read_text().splitlines():
        at, what, detail = line.split(" ", 2)
        if (what == "sent" and detail == port) or (what == "synced" and detail.startswith(empty.path)):
            log.append((int(at), what, detail))
    assert undurable(log, asked) == []
    # The check finds a call whose sync is gone, and one whose sync came too late.
    begin, end = asked[4]
    gone = [entry for entry in log if not (entry[1] == "synced" and begin <= entry[0] <= end)]
    assert undurable(gone, asked) == [(begin, end)]
    late = gone + [(end, "synced", empty.path)]
    assert undurable(late, asked) == [(begin, end)]
