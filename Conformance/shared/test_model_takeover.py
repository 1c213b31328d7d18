"""A gateway dies while a model speaks: another one asks again and goes on, and people are shown one answer. Who asked when is the road's
word, and what was asked the model stand-in's own journal."""

import signal
import threading
import time

import pytest
from program import Program
from test_turns import restart, road, slowly, token, voices  # noqa: F401

WORDS = ("tell me of the sea and of those who went there " * 6).strip()
ANSWER = "You said: " + WORDS


def asked(acme):
    return [entry for entry in acme.ask("GET", "/models")["asked"] if WORDS in str(entry["body"])]


@pytest.mark.parametrize("death", [signal.SIGKILL, signal.SIGTERM])
def test_a_gateway_dies_in_the_middle_of_a_models_stream(road, voices, acme, death):  # noqa: F811
    key = token(voices[0], "alice")
    programs = [Program(home.url, key, "email") for home in voices]
    slowly(acme, 250)
    assert programs[0].write("m1", WORDS, "sea")[0] == 202
    heard = {number: [] for number in range(3)}

    def listen(number):
        for _, name, data in programs[number].events("m1", "sea"):
            if name == "text":
                heard[number].append(data["text"])

    streams = [threading.Thread(target=listen, args=(number,)) for number in heard]
    for stream in streams:
        stream.start()
    deadline = time.time() + 60
    while not (speaking := [number for number in heard if len(heard[number]) > 3]):
        assert time.time() < deadline, heard
        time.sleep(0.02)
    # Only the gateway that asks hears the model speak.
    (runner,) = speaking
    victim = voices[runner]
    victim.gateway.send_signal(death)
    victim.gateway.wait(60)
    assert ANSWER.startswith("".join(heard[runner])) and "".join(heard[runner]) != ANSWER
    slowly(acme, 0)
    others = [home for home in voices if home is not victim]
    shown = Program(others[0].url, key, "email")
    events = []
    deadline = time.time() + 60
    while "done" not in [name for name, _ in events] and time.time() < deadline:
        events += [(name, data) for _, name, data in shown.events("m1", "sea")]
    assert [data["text"] for name, data in events if name == "reply"] == [ANSWER]
    for home in others:
        (line,) = Program(home.url, key, "email").read("sea")[1]["messages"]
        assert line["state"] == "answered" and len(line["said"]) == 1
    assert len(asked(acme)) == 2, "once by each"
    assert sum(road.asked.values()) == 2, road.asked
    for stream in streams:
        stream.join(60)
    leaves = [leaf for leaf in others[0].leaves() if leaf["kind"] == "model"]
    assert len(leaves) == 2 and len({leaf["turn"] for leaf in leaves}) == 1 == len({leaf["step"] for leaf in leaves})
    restart(victim)
    assert others[0].run("ledger", "verify")["intact"]
