"""A shim shows that the intent's sync returned before the provider saw a byte."""

import pathlib
import shutil
import subprocess
import tempfile
import time

import postgres
import pytest
from faults import undurable

SHIM = pathlib.Path(__file__).parent / "shim/sync_shim.c"


@pytest.fixture
def shim():
    """Where a shared database's server can read and write: it is another user."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix="shim"))
    folder.chmod(0o755)
    library, path = folder / "shim.so", folder / "sync.log"
    subprocess.run(["gcc", "-shared", "-fPIC", "-O1", "-o", library, SHIM, "-ldl"], check=True)
    path.touch()
    path.chmod(0o666)
    yield path, {"LD_PRELOAD": str(library), "SYNC_LOG": str(path)}
    shutil.rmtree(folder)


@pytest.fixture
def kept(home_in, tmp_path, shim):
    """A home, and the folder of what keeps it: syncs there are noted."""
    if not postgres.IS_SHARED:
        home = home_in(tmp_path)
        yield home, home.path
    else:
        server = postgres.Cluster(environment=shim[1])
        yield home_in(tmp_path, server=server), str(server.data / "pg_wal")
        server.stop()


def test_each_effect_follows_a_sync(kept, acme, shim):
    home, place = kept
    path, environment = shim
    home.populate().serve(**environment)
    home.run("connections", "add", "calendar", "--agent", "email", "--shared-with-owner", secret=acme.tokens["calendar"]["dana"])
    token = home.token("bob", "email")
    asked = []
    for number in range(10):
        begin = time.monotonic_ns()
        kind, _ = home.call("email", token, "calendar.create_event", {
            "summary": f"e{number}", "start": "2026-12-01T10:00:00Z", "end": "2026-12-01T11:00:00Z"})
        assert kind == "done"
        asked.append((begin, time.monotonic_ns()))
        time.sleep(0.02)
    port = acme.origins["calendar"].rsplit(":", 1)[1]
    log = []
    for line in path.read_text().splitlines():
        at, what, detail = line.split(" ", 2)
        if (what == "sent" and detail == port) or (what == "synced" and detail.startswith(place)):
            log.append((int(at), what, detail))
    assert undurable(log, asked) == []
    # The check finds a call whose sync is gone, and one whose sync came too late.
    begin, end = asked[4]
    gone = [entry for entry in log if not (entry[1] == "synced" and begin <= entry[0] <= end)]
    assert undurable(gone, asked) == [(begin, end)]
    late = gone + [(end, "synced", place)]
    assert undurable(late, asked) == [(begin, end)]
