"""A turn that reads what its model may not see goes on at the one that may, or stops and says so. Which bytes went where is the
stand-ins' journal, taken at the model servers themselves."""

import json
import threading
import time

import pytest
from test_summaries import KEYS, long  # noqa: F401

PAIRS = [("anthropic", "openai"), ("openai", "anthropic"), ("anthropic", "responses"), ("responses", "anthropic")]


def read(long):  # noqa: F811
    return f'/call rippling.get_worker {{"worker_id": "{long.acme.ids["workers"]["alice"]}"}}'


def questions(long, since=0):  # noqa: F811
    """(service, body) of each question, in their order."""
    return [(entry["service"], json.dumps(entry["body"])) for entry in long.acme.ask("GET", "/models")["asked"][since:]]


def leaves(long):  # noqa: F811
    return [(leaf["key"].split(":")[0], leaf["classes"]) for leaf in long.home.leaves() if leaf["kind"] == "model"]


@pytest.mark.parametrize("first, second", PAIRS)
def test_in_the_middle_of_a_turn_the_model_that_may_see_it_takes_over(long, first, second):  # noqa: F811
    long.models((first, []), (second, ["financial"]))
    worker, since = long.acme.ids["workers"]["alice"], max(e["n"] for e in long.acme.journal())
    said = long.say("alice", read(long), long.canary)
    assert "failed" not in said
    (one, before), (other, after) = questions(long)
    assert (one, other) == (KEYS[first], KEYS[second])
    assert long.canary not in before and long.canary in after
    # The second is told the whole turn: what was asked, the call that the first one wanted, and what it brought.
    assert after.count(worker) >= 2 and "rippling" in after
    assert leaves(long) == [(KEYS[first], []), (KEYS[second], ["financial"])]
    assert [e["status"] for e in long.acme.journal(since) if e["call"].startswith("rippling.")] == [200], "read once"

    # What the conversation has seen holds for its next turns; another's conversation has seen nothing.
    long.say("alice", "and now?", "You said: <")
    long.say("bob", "hello", "You said: <")
    (third, again), (fourth, bobs) = questions(long, 2)
    assert (third, fourth) == (KEYS[second], KEYS[first])
    assert long.canary in again and long.canary not in bobs
    # Begun anew it is asked where it was at first, and nothing of before goes there.
    long.say("alice", "/new", "")
    time.sleep(1)
    long.say("alice", "hello again", "You said: <")
    (last, fresh), = questions(long, 4)
    assert last == KEYS[first] and long.canary not in fresh
    assert not [body for service, body in questions(long) if service == KEYS[first] and long.canary in body]
    assert long.home.run("ledger", "verify")["intact"]


@pytest.mark.parametrize("only", ["anthropic", "openai", "responses"])
def test_where_no_model_may_see_it_the_turn_stops_and_says_so(long, only):  # noqa: F811
    long.models((only, ["contacts"]))
    said = long.say("alice", read(long), "may go to none of the agent")
    assert "financial" in said and long.canary not in said
    assert [service for service, _ in questions(long)] == [KEYS[only]] and long.canary not in str(questions(long))
    assert leaves(long) == [(KEYS[only], [])]


def test_when_the_one_that_may_see_it_fails_no_other_is_asked(long):  # noqa: F811
    long.models(("anthropic", []), ("openai", ["financial"]))
    for _ in range(20):
        long.acme.ask("POST", "/faults", {"service": "openai", "status": 400})
    long.say("alice", read(long), "No model answered")
    assert [service for service, _ in questions(long)] == ["anthropic"] and long.canary not in str(questions(long))


def test_who_may_see_it_is_asked_anew_when_that_changes_while_the_turn_runs(long):  # noqa: F811
    """The definition is changed between two questions of one turn: what holds when a question goes out counts."""
    long.models(("anthropic", ["financial"]), ("openai", ["financial"]))
    # The first model takes its time to say which call it wants, and loses the right meanwhile.
    long.acme.ask("POST", "/models/pace", {"milliseconds": 1500})
    said = []
    asking = threading.Thread(target=lambda: said.append(long.say("alice", read(long), long.canary, 120)))
    asking.start()
    deadline = time.time() + 60
    while not questions(long) and time.time() < deadline:
        time.sleep(0.05)
    long.models(("anthropic", []), ("openai", ["financial"]))
    asking.join(120)
    assert said and [service for service, _ in questions(long)] == ["anthropic", "openai"]
    assert long.canary not in questions(long)[0][1]
