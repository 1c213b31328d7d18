"""Load on three gateways while gateways and the database are killed: nothing lost, nothing twice."""

import json
import os
import pathlib
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error

import faults
from waiting import until

VERIFY = pathlib.Path(__file__).parents[1] / "verifier/verify.py"
RECEIPT = "dev.deputy/receipt"
ENOUGH = 20
SECONDS = float(os.environ.get("DEPUTY_SOAK_SECONDS", "10"))


class Load:
    """Clients that each go on with another gateway when theirs dies, and never repeat a call."""

    def __init__(self, gateways, clients=6):
        self.gateways, self.answers, self.receipts, self.isOver = gateways, {}, [], False
        self.lock = threading.Lock()
        self.threads = [threading.Thread(target=self.run, args=(number,)) for number in range(clients)]
        for thread in self.threads:
            thread.start()

    def run(self, client):
        number = 0
        while not self.isOver:
            number += 1
            name, home = f"event-{client}-{number}", random.choice(self.gateways)
            try:
                kind, result = home.call("email", home.tokens["bob"], "calendar.create_event", faults.event(name))
                if receipt := result.get("_meta", {}).get(RECEIPT):
                    self.receipts.append(receipt)
            except (urllib.error.URLError, ConnectionError, OSError, AssertionError, ValueError):
                kind = "lost"
                time.sleep(0.02)
            with self.lock:
                self.answers[name] = kind

    def finish(self):
        """Once more was done than shows nothing."""
        until(lambda: list(self.answers.values()).count("done") > ENOUGH, 120)
        self.isOver = True
        for thread in self.threads:
            thread.join(90)
        return self


def independent(home, receipts):
    """What a verifier that shares no code with Deputy has against the ledger and what the clients hold of it."""
    with tempfile.TemporaryDirectory() as folder:
        home.run("ledger", "export", folder + "/ledger")
        file = pathlib.Path(folder, "receipts.jsonl")
        file.write_text("".join(json.dumps(receipt) + "\n" for receipt in receipts))
        result = subprocess.run(
            [sys.executable, VERIFY, folder + "/ledger", "--receipts", file], capture_output=True, text=True)
    return [] if result.returncode == 0 else [result.stdout + result.stderr]


def events_alone(leaves):
    """Of the calls that make an event, not of the others by which a test sees that a gateway works."""
    made = {leaf["call"] for leaf in leaves if leaf["kind"] == "decision" and leaf.get("tool") == "calendar.create_event"}
    return [leaf for leaf in leaves if leaf.get("call") in made]


def settle(home, acme, load):
    """What contradicts the promises once the leases of the dead have run out and their calls were taken over."""
    answers = load.answers
    done = [name for name, kind in answers.items() if kind == "done"]
    assert len(load.receipts) >= len(done), "each that is done bears a receipt"
    assert len(done) > ENOUGH, f"the load got nowhere: {len(done)} of {len(answers)}"
    deadline = time.time() + 60
    while True:
        effects = faults.made(acme)
        found = faults.faults(effects, events_alone(faults.all_leaves(home)), done)
        # While a call is under way whose client has left, effects and records are of two moments.
        if "an intent without an outcome" not in found or time.time() > deadline:
            break
        time.sleep(1)
    refused = {name for name, kind in answers.items() if kind in ("denied", "unavailable", "not_sent")}
    if refused & set(effects):
        found.append("what was said not to be done was done")
    if not home.run("ledger", "verify")["intact"]:
        found.append("the ledger doesn't verify")
    found += independent(home, load.receipts)
    assert found == []


def tried(home):
    """What comes of a call; whether it may be made at all is read from the database too."""
    status, body, _ = home.post("onboarding", home.tokens["alice"], {
        "jsonrpc": "2.0", "id": 1, "method": "tools/call",
        "params": {"name": "notion.search", "arguments": {"query": "plan"}}})
    if status == 503:
        return "unavailable"
    assert status == 200, (status, body)
    return body["result"]["structuredContent"]["error"]["kind"] if body["result"].get("isError") else "done"


def works(home):
    """It serves again as soon as it has its database back."""
    deadline = time.time() + 60
    while (kind := tried(home)) != "done":
        assert kind == "unavailable" and time.time() < deadline, kind
        time.sleep(0.2)


def test_gateways_are_killed_under_load(three, acme):
    load = Load(three)
    end, kills = time.time() + SECONDS, 0
    while time.time() < end or kills < 3:
        time.sleep(random.uniform(0.5, 1.5))
        victim = random.choice(three)
        victim.gateway.send_signal(signal.SIGKILL)
        victim.gateway.wait(60)
        kills += 1
        victim.serve(int(victim.url.rsplit(":", 1)[1]))
    load.finish()
    settle(three[0], acme, load)


def test_the_database_is_killed_under_load(three, acme, cluster):
    load = Load(three)
    for _ in range(3):
        time.sleep(SECONDS / 6)
        cluster.kill()
    time.sleep(SECONDS / 6)
    load.finish()
    for home in three:
        assert home.gateway.poll() is None, "a gateway died with its database"
        works(home)
    settle(three[0], acme, load)


def test_the_connections_are_cut_under_load(three, acme, cluster):
    load = Load(three)
    end, cuts = time.time() + SECONDS / 2, 0
    while time.time() < end or cuts <= 10 and time.time() < end + 60:
        time.sleep(random.uniform(0.05, 0.3))
        cuts += int(cluster.sql(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE usename = 'deputy' AND pid <> "
            f"pg_backend_pid() AND datname = '{three[0].name}'", "postgres"))
    load.finish()
    assert cuts > 10
    settle(three[0], acme, load)


def test_a_frozen_database_holds_nobody_up(three, acme, cluster):
    """It goes on existing and says nothing: whoever asks is refused before long, and all go on when it is back."""
    load = Load(three)
    time.sleep(3)
    cluster.freeze()
    begin = time.time()
    try:
        for home in three:
            assert faults.becomes(home, 503, 10)
            asked = time.time()
            assert faults.becomes(home, 503, 0.1) and time.time() - asked < 5, "it says so without delay"
        for home in three:
            asked = time.time()
            assert tried(home) == "unavailable" and time.time() - asked < 25
        # For longer than a lease is good for.
        time.sleep(max(0, begin + 25 - time.time()))
    finally:
        cluster.thaw()
    time.sleep(3)
    load.finish()
    for home in three:
        assert faults.becomes(home, 200, 60)
        works(home)
        assert home.gateway.poll() is None, "nobody took another's lease for lost"
    settle(three[0], acme, load)
