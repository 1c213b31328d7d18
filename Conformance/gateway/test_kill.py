"""kill -9 at each named point of a call: nothing twice, nothing answered that the ledger doesn't hold."""

import re
import urllib.error

import pytest
from faults import KILLS, settled_leaves


def event(number):
    return {"summary": f"event-{number}", "start": "2026-12-01T10:00:00Z", "end": "2026-12-01T11:00:00Z"}


@pytest.mark.parametrize("point", ["before-commit", "before-effect", "before-outcome", "before-answer"])
def test_killed_at(empty, acme, wait_for_exit, point):
    empty.populate().serve()
    empty.run("connections", "add", "calendar", "--agent", "email", "--shared-with-owner", secret=acme.tokens["calendar"]["dana"])
    token = empty.token("bob", "email")
    port = int(re.search(r":(\d+)$", empty.url).group(1))
    empty.stop()
    answered, died = {}, []
    for number in range(KILLS):
        empty.serve(port, DEPUTY_KILL_AT=f"{point}:{1 + number % 2}")
        for part in range(2):
            try:
                kind, result = empty.call("email", token, "calendar.create_event", event(f"{number}-{part}"))
                answered[f"event-{number}-{part}"] = kind
                assert kind == "done", result
            except (urllib.error.URLError, ConnectionError, OSError):
                died.append(f"event-{number}-{part}")
                break
        assert wait_for_exit(empty) == -9
    empty.serve(port)
    made = [made["event"]["summary"] for made in acme.ask("GET", "/sent")["events"]]
    assert len(made) == len(set(made)), "an effect happened twice"
    assert set(answered) <= set(made)
    # What died before its effect didn't happen; what died after it did.
    assert bool(set(died) & set(made)) == (point in ("before-outcome", "before-answer"))
    assert len(died) == KILLS
    leaves = settled_leaves(empty)
    intents = {leaf["call"] for leaf in leaves if leaf["kind"] == "intent"}
    outcomes = {leaf["call"]: leaf["outcome"] for leaf in leaves if leaf["kind"] == "outcome"}
    assert set(outcomes) == intents, "an intent was left without an outcome after the restart"
    assert len(intents) >= len(made), "an effect without an intent"
    assert list(outcomes.values()).count("done") >= len(answered)
    assert ("unknown" in outcomes.values()) == (point in ("before-effect", "before-outcome"))
    assert empty.run("ledger", "verify")["intact"]
    if point in ("before-effect", "before-outcome"):
        kind, _ = empty.call("email", token, "calendar.create_event", event(died[0].removeprefix("event-")))
        assert kind in ("pending", "unknown"), "an unknown effect was retried blindly"
        assert [made["event"]["summary"] for made in acme.ask("GET", "/sent")["events"]] == made
