"""Load on three gateways while gateways and the database are killed: nothing lost, nothing twice."""

import os
import random
import signal
import threading
import time
import urllib.error

import faults

SECONDS = float(os.environ.get("DEPUTY_SOAK_SECONDS", "10"))


class Load:
    """Clients that each go on with another gateway when theirs dies, and never repeat a call."""

    def __init__(self, gateways, clients=6):
        self.gateways, self.answers, self.isOver = gateways, {}, False
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
                kind, _ = home.call("email", home.tokens["bob"], "calendar.create_event", faults.event(name))
            except (urllib.error.URLError, ConnectionError, OSError, AssertionError, ValueError):
                kind = "lost"
                time.sleep(0.02)
            with self.lock:
                self.answers[name] = kind

    def finish(self):
        self.isOver = True
        for thread in self.threads:
            thread.join(60)
        return self.answers


def settle(home, acme, answers):
    """What contradicts the promises once the leases of the dead have run out and their calls were taken over."""
    done = [name for name, kind in answers.items() if kind == "done"]
    assert len(done) > 20, f"the load got nowhere: {len(done)} of {len(answers)}"
    deadline = time.time() + 60
    while True:
        effects = faults.made(acme)
        found = faults.faults(effects, faults.all_leaves(home), done)
        if found != ["an intent without an outcome"] or time.time() > deadline:
            break
        time.sleep(1)
    refused = {name for name, kind in answers.items() if kind in ("denied", "unavailable", "not_sent")}
    if refused & set(effects):
        found.append("what was said not to be done was done")
    if not home.run("ledger", "verify")["intact"]:
        found.append("the ledger doesn't verify")
    assert found == []


def works(home):
    """It serves again as soon as it has its database back."""
    deadline = time.time() + 20
    while (kind := home.call("onboarding", home.tokens["alice"], "notion.search", {"query": "plan"})[0]) != "done":
        assert kind == "unavailable" and time.time() < deadline, kind
        time.sleep(0.2)


def test_gateways_are_killed_under_load(three, acme):
    load = Load(three)
    end, kills = time.time() + SECONDS, 0
    while time.time() < end:
        time.sleep(random.uniform(0.5, 1.5))
        victim = random.choice(three)
        victim.gateway.send_signal(signal.SIGKILL)
        victim.gateway.wait(10)
        kills += 1
        victim.serve(int(victim.url.rsplit(":", 1)[1]))
    answers = load.finish()
    assert kills >= 3
    settle(three[0], acme, answers)


def test_the_database_is_killed_under_load(three, acme, cluster):
    load = Load(three)
    for _ in range(3):
        time.sleep(SECONDS / 6)
        cluster.kill()
    time.sleep(SECONDS / 6)
    answers = load.finish()
    for home in three:
        assert home.gateway.poll() is None, "a gateway died with its database"
        works(home)
    settle(three[0], acme, answers)


def test_the_connections_are_cut_under_load(three, acme, cluster):
    load = Load(three)
    end, cuts = time.time() + SECONDS / 2, 0
    while time.time() < end:
        time.sleep(random.uniform(0.05, 0.3))
        cuts += int(cluster.sql(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE usename = 'deputy' AND pid <> "
            f"pg_backend_pid() AND datname = '{three[0].name}'", "postgres"))
    answers = load.finish()
    assert cuts > 10
    settle(three[0], acme, answers)


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
            assert home.call("onboarding", home.tokens["alice"], "notion.search", {"query": "plan"})[0] == "unavailable"
            assert time.time() - asked < 25
        # For longer than a lease is good for.
        time.sleep(max(0, begin + 25 - time.time()))
    finally:
        cluster.thaw()
    time.sleep(3)
    answers = load.finish()
    for home in three:
        assert faults.becomes(home, 200, 20)
        works(home)
        assert home.gateway.poll() is None, "nobody took another's lease for lost"
    settle(three[0], acme, answers)
