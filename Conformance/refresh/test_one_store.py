"""One gateway on its own store, where another process has to wait until it ends."""

import pathlib
import threading

from refreshing import PEOPLE, Callers, port
from test_gateways import again
from waiting import until


def test_many_call_while_tokens_end(single):
    single.connect_all(seconds=4)
    callers = Callers(single, each=8)
    threading.Event().wait(10)
    until(lambda: len(callers.answers) > 50, 120)
    answers = callers.finish()
    assert {kind for _, kind in answers} == {"done"} and answers.total() > 50, str(answers)
    assert single.check(lost=()) == set()


def refused(stage):
    return [entry for entry in stage.strict.acme.journal() if entry["call"].startswith("strict.echo") and entry["status"] == 401]


def test_a_server_that_ends_the_old_access_token_at_each_renewal_fails_no_call(single):
    """Calls are under way with the token of before, all the time: each is refused once and goes out again with the next."""
    single.connect_all(seconds=3, ends_old_access=True)
    callers = Callers(single, each=8)
    threading.Event().wait(12)
    until(lambda: len(callers.answers) > 50 and refused(single), 120)
    answers = callers.finish()
    assert {kind for _, kind in answers} == {"done"} and answers.total() > 50, str(answers)
    assert refused(single), "no call met the end of its token, so nothing was shown"
    assert single.check(lost=()) == set()


def test_successive_processes_are_killed_at_each_step(single):
    """Commands that need no gateway run in between, and seal every row anew."""
    single.connect_all()
    home = single.first
    steps = {"alice": "token-claimed", "bob": "token-answered", "carol": "token-kept"}
    for person, point in steps.items():
        again(home, DEPUTY_KILL_AT=f"{point}:1")
        single.end_tokens(person)
        assert single.call(home, person) == "lost"
        assert home.gateway.wait(60) == -9
        assert home.command("keys", "rotate").returncode == 0
        assert home.command("keys", "verify").returncode == 0
    home.serve(port(home), flags=home.flags)
    assert single.check(lost=["bob"]) == {"bob"}


def test_answers_and_requests_are_dropped(single):
    single.connect_all()
    after, before = single.rule_for(PEOPLE[:2], "after"), single.rule_for(PEOPLE[2:], "before")
    single.strict.between.rule = lambda form: after(form) or before(form)
    single.end_tokens()
    callers = Callers(single, each=3)
    single.strict.between.await_asked(2 + 2 * len(PEOPLE[2:]))
    callers.finish()
    assert single.check(lost=PEOPLE[:2]) == set(PEOPLE[:2])


def test_a_home_that_was_put_back_is_found_by_the_check(single):
    """Planted: the store is what it was before a renewal, and its refresh token was used."""
    single.connect_all()
    home = single.first
    single.becomes(home, "alice", "done")
    home.stop()
    copy = home.copy()
    home.serve(port(home), flags=home.flags)
    single.end_tokens("alice")
    single.becomes(home, "alice", "done")
    home.stop()
    home.put_back(copy)
    # It wouldn't start: it knows how far it signed.
    (pathlib.Path(home.path) / "keys/ledger.mark").unlink()
    home.serve(port(home), flags=home.flags)
    single.end_tokens("alice")
    single.becomes(home, "alice", "connection_required")
    assert any("the grant of alice was ended by us" in fault for fault in single.faults())


def test_a_server_whose_clock_is_wrong_is_told_of_and_moves_nothing(single):
    """It says that it is an hour later: tokens live as long as they did, and `doctor` says why assertions would be refused."""
    home = single.first
    single.connect_all(seconds=3600)
    single.strict.between.ahead = 3600
    single.end_tokens("alice")
    single.becomes(home, "alice", "done")
    found = [f["message"] for f in home.run("doctor")["findings"] if "the clock here" in f["message"]]
    assert len(found) == 1 and found[0].endswith(f"seconds behind that of {single.strict.between.origin}"), found
    for _ in range(20):
        assert {single.call(home, person) for person in single.people} == {"done"}
    assert len(single.strict.between.seen) == 1, "nobody's token ended for it"
    single.strict.between.ahead = 0
    single.end_tokens("bob")
    single.becomes(home, "bob", "done")
    assert not any("the clock here" in f["message"] for f in home.run("doctor")["findings"])
