"""Load on three gateways while gateways and the database are killed: nothing lost, nothing twice."""

import os
import random
import signal
import threading
import time
import urllib.error

import pytest

SECONDS = float(os.environ.get("DEPUTY_SOAK_SECONDS", "20"))


def event(name):
    return {"summary": name, "start": "2026-12-01T10:00:00Z", "end": "2026-12-01T11:00:00Z"}


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
                kind, _ = home.call("email", home.tokens["bob"], "calendar.create_event", event(name))
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


def judge(home, acme, answers):
    made = [made["event"]["summary"] for made in acme.ask("GET", "/sent")["events"]]
    assert len(made) == len(set(made)), "an effect happened twice"
    done = {name for name, kind in answers.items() if kind == "done"}
    assert done <= set(made), "an answer without its effect"
    assert len(done) > 30, f"the load got nowhere: {len(done)} of {len(answers)}"
    refused = {name for name, kind in answers.items() if kind in ("denied", "unavailable", "not_sent")}
    assert not refused & set(made), "what was said not to be done was done"
    assert home.run("ledger", "verify")["intact"]
    leaves, start = [], 0
    while True:
        page = home.run("ledger", "tail", "--tree", "organization/acme", "--count", "100000")["records"]
        leaves = page
        break
    intents = {leaf["call"] for leaf in leaves if leaf["kind"] == "intent"}
    outcomes = [leaf["call"] for leaf in leaves if leaf["kind"] == "outcome"]
    assert len(outcomes) == len(set(outcomes)), "a call has two outcomes"
    return intents - set(outcomes), made


def settle(home, acme, answers):
    """Every intent has its outcome once the leases of the dead have run out."""
    deadline = time.time() + 60
    while True:
        open_calls, made = judge(home, acme, answers)
        if not open_calls:
            return made
        assert time.time() < deadline, f"{len(open_calls)} calls were left without an outcome"
        time.sleep(1)


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
    assert kills >= 5
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
        assert home.call("onboarding", home.tokens["alice"], "notion.search", {"query": "plan"})[0] == "done"
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
    assert cuts > 20
    settle(three[0], acme, answers)


def test_the_oracle_finds_a_planted_double_and_a_planted_loss(moved, acme):
    moved.serve()
    for name in ("a", "b"):
        assert moved.call("email", moved.tokens["bob"], "calendar.create_event", event(name))[0] == "done"
    answers = {f"x{number}": "done" for number in range(40)}
    with pytest.raises(AssertionError, match="an answer without its effect"):
        judge(moved, acme, answers | {"a": "done"})
