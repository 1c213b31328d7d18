"""Disks that are full or fail, and what must hold whatever happened."""

import ctypes
import json
import os
import pathlib
import subprocess
import tempfile
import time
import urllib.error
import urllib.request

SHIM = pathlib.Path(__file__).parent / "shim/fault_shim.c"
CLONE_NEWNS, MS_REC, MS_PRIVATE = 0x20000, 0x4000, 1 << 18
KILLS = int(os.environ.get("DEPUTY_KILLS", "20"))


def event(name):
    return {"summary": name, "start": "2026-12-01T10:00:00Z", "end": "2026-12-01T11:00:00Z"}


class SmallDisk:
    """A tmpfs that only this process and its children see."""

    def __init__(self, path, megabytes):
        self.path = path
        path.mkdir()
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.unshare(CLONE_NEWNS) != 0 or libc.mount(None, b"/", None, MS_REC | MS_PRIVATE, None) != 0 or libc.mount(
                b"tmpfs", os.fsencode(path), b"tmpfs", 0, f"size={megabytes}m,mode=700".encode()) != 0:
            raise OSError(ctypes.get_errno(), "no private mount is allowed here")
        self.umount = libc.umount2

    def fill(self):
        with open(self.path / "filler", "ab", buffering=0) as filler:
            for size in (1 << 20, 1 << 12, 1):
                try:
                    while filler.write(b"\0" * size):
                        pass
                except OSError:
                    pass

    def make_room(self):
        (self.path / "filler").unlink()

    def close(self):
        self.umount(os.fsencode(self.path), 2)


class Failing:
    """Lets a home's syncs and writes fail from outside."""

    def __init__(self, folder, home):
        self.plan, self.log = folder / "plan", folder / "faults"
        library = folder / "fault_shim.so"
        subprocess.run(["gcc", "-shared", "-fPIC", "-O1", "-o", library, SHIM, "-ldl"], check=True)
        self.environment = {
            "LD_PRELOAD": str(library), "FAULT_HOME": str(home), "FAULT_PLAN": str(self.plan), "FAULT_LOG": str(self.log)}

    def let(self, *what):
        self.plan.write_text(",".join(what))

    @property
    def count(self):
        return len(self.log.read_text().splitlines()) if self.log.exists() else 0


def becomes(home, status, seconds=5):
    """Whether `/readyz` says it soon: an answer is half a second old at most."""
    deadline, found = time.time() + seconds, None
    while found != status and time.time() < deadline:
        try:
            with urllib.request.urlopen(home.url + "/readyz", timeout=10) as answer:
                found = answer.status
        except urllib.error.HTTPError as error:
            found = error.code
        time.sleep(0.05)
    return found == status


def made(acme):
    return [entry["event"]["summary"] for entry in acme.ask("GET", "/sent")["events"]]


def all_leaves(home):
    """However many there are."""
    with tempfile.TemporaryDirectory() as folder:
        home.run("ledger", "export", folder + "/ledger")
        return [json.loads(line) for line in pathlib.Path(folder, "ledger/records.jsonl").read_text().splitlines()]


def settled_leaves(home, seconds=90):
    """Once each intent has an outcome. With a shared store that takes until the lease of the gateway that died is over."""
    deadline = time.time() + seconds
    while True:
        leaves = all_leaves(home)
        calls = [{leaf["call"] for leaf in leaves if leaf["kind"] == kind} for kind in ("intent", "outcome")]
        if calls[0] == calls[1] or time.time() > deadline:
            return leaves
        time.sleep(0.5)


def faults(effects, leaves, answered):
    """What contradicts the promises, by name: each is one that mustn't happen.

    `effects` is what the provider did, `leaves` the organization's ledger after a start, `answered` what a caller was told
    is done.
    """
    intents = [leaf["call"] for leaf in leaves if leaf["kind"] == "intent"]
    outcomes = {leaf["call"]: leaf["outcome"] for leaf in leaves if leaf["kind"] == "outcome"}
    done = [call for call, outcome in outcomes.items() if outcome == "done"]
    found = []
    if len(effects) != len(set(effects)):
        found.append("an effect happened twice")
    if not set(answered) <= set(effects):
        found.append("done was answered, and nothing happened")
    if len(effects) > len(intents):
        found.append("an effect without an intent")
    if set(outcomes) != set(intents):
        found.append("an intent without an outcome")
    if len(done) < len(answered):
        found.append("done was answered, and isn't recorded")
    if len(done) > len(effects):
        found.append("done was recorded, and nothing happened")
    return found


def undurable(log, asked):
    """Which of the calls (times in ns at which they were asked) reached the provider without a sync in between."""
    missing = []
    for begin, end in asked:
        sent = [at for at, what, _ in log if what == "sent" and begin <= at <= end]
        synced = [at for at, what, _ in log if what == "synced" and begin <= at <= end]
        if not sent or not synced or min(synced) > min(sent):
            missing.append((begin, end))
    return missing
