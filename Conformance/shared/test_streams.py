"""Programs talk to three gateways of one organization, of which one runs turns, while each of them is killed: every message is
answered once, and its stream goes on at another gateway after the last event that was seen."""

import json
import random
import signal
import threading
import time

import pytest
from program import Program

SEARCH = '/call notion.search {"query": ""}'
WRITERS, MESSAGES = 5, 8


class Writer:
    """One conversation, at whichever gateway answers."""

    def __init__(self, programs, number):
        self.programs, self.talk, self.seen, self.moves = programs, f"talk-{number}", {}, 0
        self.thread = threading.Thread(target=self.run)
        self.thread.start()

    def anywhere(self, work):
        while True:
            try:
                return work(random.choice(self.programs))
            except (OSError, AssertionError, ValueError):
                self.moves += 1
                time.sleep(0.1)

    def send(self, program, id):
        status, body, _ = program.write(id, f"{SEARCH}\n{id}", self.talk)
        assert status in (200, 202), body

    def follow(self, program, id):
        """Takes what comes after the last event; whether it was all."""
        seen = self.seen.setdefault(id, [])
        after = seen[-1][0] if seen else None
        for number, name, _ in program.events(id, self.talk, after=after, seconds=40):
            assert name != "error"
            if number is not None:
                seen.append((number, name))
        assert seen and seen[-1][1] == "done"

    def run(self):
        for number in range(MESSAGES):
            # A token has each id once, over all of its conversations.
            id = f"{self.talk}-m{number}"
            self.anywhere(lambda program: self.send(program, id))
            self.anywhere(lambda program: self.follow(program, id))
            time.sleep(0.5)


def test_streams_go_on_at_another_gateway_and_each_message_is_answered_once(three, acme):
    three[0].run("models", "add", "default", "--speaks", "offline")
    made = three[0].run("tokens", "create", "alice", "--agent", "onboarding", "--for", "api")
    token = three[0].run("tokens", "take-up", made["code"])["token"]
    writers = [Writer([Program(home.url, token, "onboarding") for home in three], number) for number in range(WRITERS)]
    for victim in three:
        time.sleep(2)
        port = int(victim.url.rsplit(":", 1)[1])
        victim.gateway.send_signal(signal.SIGKILL)
        victim.gateway.wait()
        time.sleep(1)
        victim.serve(port)
    for writer in writers:
        writer.thread.join(240)
        assert not writer.thread.is_alive(), (writer.talk, writer.seen)
    assert sum(writer.moves for writer in writers) > 0, "no stream was cut: the test shows nothing"
    for writer in writers:
        assert list(writer.seen) == [f"{writer.talk}-m{number}" for number in range(MESSAGES)]
        for id, seen in writer.seen.items():
            # Each event once and in its order, from the first to the last, whatever gateway told it.
            assert [number for number, _ in seen] == list(range(len(seen))), (writer.talk, id, seen)
            assert [name for _, name in seen].count("reply") == 1 and seen[0][1] == "began"
        lines = Program(three[1].url, token, "onboarding").read(writer.talk)[1]["messages"]
        assert [line["id"] for line in lines] == list(writer.seen), "in the order in which they were written"
        assert all(line["state"] == "answered" and len(line["said"]) == 1 for line in lines)
    assert {entry["owner"] for entry in acme.journal() if entry["call"] == "notion.search"} == {"alice"}
    assert three[0].run("ledger", "verify")["intact"]


@pytest.mark.parametrize("near", [0, 1, 2])
def test_a_turn_is_told_at_each_gateway(three, near):
    three[0].run("models", "add", "default", "--speaks", "offline")
    made = three[0].run("tokens", "create", "alice", "--agent", "onboarding", "--for", "api")
    token = three[0].run("tokens", "take-up", made["code"])["token"]
    events = list(Program(three[near].url, token, "onboarding").write_and_watch("m1", SEARCH))
    kept = [(number, name) for number, name, _ in events if number is not None]
    assert kept == [(0, "began"), (1, "progress"), (2, "progress"), (3, "reply"), (4, "done")], json.dumps(events)
