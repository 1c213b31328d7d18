"""How the gateway ends, and what it takes anew while it runs."""

import json
import os
import signal
import threading
import time

from waiting import until


def search(home):
    return home.call("onboarding", home.tokens["alice"], "notion.search", {"query": "x"})


def in_flight(home, milliseconds):
    """A call that waits at the provider, once its intent is there."""
    home.acme.ask("POST", "/delay", {"service": "notion", "milliseconds": milliseconds})
    before = sum(leaf["kind"] == "intent" for leaf in home.leaves())
    answers = []

    def call():
        try:
            answers.append(search(home))
        except Exception as error:
            answers.append(error)

    caller = threading.Thread(target=call)
    caller.start()
    until(lambda: sum(leaf["kind"] == "intent" for leaf in home.leaves()) > before)
    return caller, answers


def test_a_call_in_flight_is_finished_recorded_and_answered(home):
    home.start().settle()
    caller, answers = in_flight(home, 2000)
    home.gateway.send_signal(signal.SIGTERM)
    assert home.gateway.wait(60) == 0
    caller.join(60)
    assert answers[0][0] == "done"
    assert home.leaves()[-1]["kind"] in ("outcome", "heartbeat")
    assert [leaf for leaf in home.leaves() if leaf["kind"] == "outcome"][-1]["outcome"] == "done"


def test_what_takes_too_long_is_given_up_in_time_and_told_as_unknown(home):
    home.start("--shutdown-deadline", "1").settle()
    caller, answers = in_flight(home, 20_000)
    start = time.monotonic()
    home.gateway.send_signal(signal.SIGTERM)
    assert home.gateway.wait(60) == 0
    assert time.monotonic() - start < 8
    caller.join(60)
    assert isinstance(answers[0], Exception) or answers[0][0] == "unknown"
    assert "before every call had ended" in home.log.read_text()
    assert [leaf for leaf in home.leaves() if leaf["kind"] == "outcome"][-1]["outcome"] == "unknown"


def test_a_second_signal_ends_it_at_once(home):
    home.start().settle()
    in_flight(home, 20_000)
    home.gateway.send_signal(signal.SIGTERM)
    until(lambda: "stopping" in home.log.read_text())
    start = time.monotonic()
    home.gateway.send_signal(signal.SIGTERM)
    assert home.gateway.wait(60) == 128 + signal.SIGTERM
    assert time.monotonic() - start < 8
    home.acme.ask("POST", "/delay", {"service": "notion", "milliseconds": 0})
    assert home.run("ledger", "verify")


def test_it_says_that_it_is_not_ready_before_it_stops_serving(home):
    home.start("--shutdown-delay", "3").settle()
    home.gateway.send_signal(signal.SIGTERM)
    until(lambda: home.get("/readyz") == (503, '{"status":"not ready","reasons":["stopping"]}'))
    assert home.get("/healthz")[0] == 200
    assert search(home)[0] == "done"
    assert home.gateway.wait(60) == 0


def test_who_waits_for_a_person_is_let_go(home, modern):
    home.start().settle()
    first = modern(home, {"channel": "#general", "text": "hello"})
    state = first["result"]["requestState"]
    answers = []
    caller = threading.Thread(target=lambda: answers.append(modern(home, {"channel": "#general", "text": "hello"}, state)))
    caller.start()
    time.sleep(1)
    assert not answers, "it waits"
    start = time.monotonic()
    home.gateway.send_signal(signal.SIGTERM)
    assert home.gateway.wait(60) == 0
    assert time.monotonic() - start < 8
    caller.join(60)
    assert answers[0]["result"]["resultType"] == "input_required"


def test_an_idle_connection_does_not_hold_it_up(home):
    import http.client
    home.start()
    connection = http.client.HTTPConnection(home.address)
    connection.request("GET", "/healthz")
    connection.getresponse().read()
    start = time.monotonic()
    home.gateway.send_signal(signal.SIGTERM)
    assert home.gateway.wait(60) == 0
    assert time.monotonic() - start < 5


def test_the_level_of_the_log_is_taken_anew(home):
    home.start("--log-format", "json").settle()
    file = os.path.join(home.path, "log-level")
    lines = lambda: [json.loads(line) for line in home.log.read_text().splitlines() if line.startswith("{")]
    calls = lambda: [line for line in lines() if line["message"] == "call answered"]
    search(home)
    assert not calls()
    with open(file, "w") as level:
        level.write("info\n")
    home.gateway.send_signal(signal.SIGHUP)
    until(lambda: any(line["message"] == "reloaded" and line["what"] == "log level" for line in lines()))
    search(home)
    until(lambda: len(calls()) == 1)
    with open(file, "w") as level:
        level.write("loud")
    home.gateway.send_signal(signal.SIGHUP)
    until(lambda: any(line["level"] == "error" and line.get("what") == "log level" for line in lines()))
    search(home)
    until(lambda: len(calls()) == 2)
    os.unlink(file)
    home.gateway.send_signal(signal.SIGHUP)
    until(lambda: sum(line["message"] == "reloaded" for line in lines()) == 2)
    search(home)
    time.sleep(0.2)
    assert len(calls()) == 2
