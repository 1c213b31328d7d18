"""Three gateways on one database: many call while tokens end, answers are lost, and gateways and the database die."""

import os
import pathlib
import random
import signal
import threading
import time

import postgres
from refreshing import PEOPLE, Callers, port
from waiting import until

SECONDS = float(os.environ.get("DEPUTY_SOAK_SECONDS", "10"))


def kill(home):
    home.gateway.send_signal(signal.SIGKILL)
    home.gateway.wait(60)


def again(home, **environment):
    home.stop()
    home.serve(port(home), flags=home.flags, **environment)


def renewed(stage):
    return sum(len(of) for of in stage.renewals().values())


def test_many_call_while_tokens_end(stage):
    stage.connect_all(seconds=4)
    callers = Callers(stage, each=3)
    time.sleep(SECONDS)
    until(lambda: len(callers.answers) > 100 and renewed(stage) > 2 * len(PEOPLE), 120)
    answers = callers.finish()
    assert {kind for _, kind in answers} == {"done"} and answers.total() > 100, str(answers)
    assert renewed(stage) > 2 * len(PEOPLE)
    assert stage.check(lost=()) == set()


def test_what_was_done_and_nobody_heard_needs_its_owner(stage):
    """The answer is dropped after the server acted: the refresh token isn't used again, by whichever gateway."""
    lost, kept = PEOPLE[:3], PEOPLE[3:]
    stage.connect_all()
    stage.strict.between.rule = stage.rule_for(lost, "after")
    stage.end_tokens()
    callers = Callers(stage, each=2)
    stage.strict.between.await_answered(len(PEOPLE))
    time.sleep(2)
    answers = callers.finish()
    assert {kind for person, kind in answers if person in kept} == {"done"}, str(answers)
    assert stage.check(lost) == set(lost)


def test_what_the_server_never_saw_is_asked_again(stage):
    """The connection is dropped before the server acted: it is asked whether the token lives, and the connection stays."""
    stage.connect_all()
    stage.strict.between.rule = stage.rule_for(PEOPLE, "before", times=2)
    stage.end_tokens()
    callers = Callers(stage)
    stage.strict.between.await_asked(3 * len(PEOPLE))
    callers.finish()
    assert stage.check(lost=()) == set()
    assert len(stage.strict.between.seen) == 3 * len(PEOPLE)


def test_a_slow_answer_is_waited_for_by_all(stage):
    stage.connect_all()
    release = threading.Event()
    stage.strict.between.rule = stage.rule_for(PEOPLE, release)
    stage.end_tokens()
    callers = Callers(stage, each=3)
    stage.strict.between.await_answered(len(PEOPLE))
    # A request is given up after 15 seconds, and the first of them waits since before the last was answered.
    time.sleep(2)
    release.set()
    answers = callers.finish()
    assert {kind for _, kind in answers} == {"done"}, str(answers)
    assert len(stage.strict.between.seen) == len(PEOPLE), "one request for each connection"
    assert stage.check(lost=()) == set()


def test_an_answer_that_is_too_slow_is_lost(stage):
    """It comes after the gateway has stopped to wait: what it holds is nobody's."""
    stage.connect_all()
    release = threading.Event()
    stage.strict.between.rule = stage.rule_for(["alice"], release)
    stage.end_tokens()
    assert stage.call(stage.homes[1], "alice") != "done"
    release.set()
    assert stage.check(lost=["alice"]) == {"alice"}


def test_gateways_are_killed_at_each_step(stage):
    """Before anything is sent, with the answer in hand, and when it is written: three deaths at once."""
    stage.connect_all()
    steps = {"alice": "token-claimed", "bob": "token-answered", "carol": "token-kept"}
    for home, point in zip(stage.homes, steps.values()):
        again(home, DEPUTY_KILL_AT=f"{point}:1")
    stage.end_tokens(*steps)
    for home, person in zip(stage.homes, steps):
        assert stage.call(home, person) == "lost"
        assert home.gateway.wait(60) == -9
    for home in stage.homes:
        home.serve(port(home), flags=home.flags)
    assert stage.check(lost=["bob"]) == {"bob"}


def await_standing(home):
    """Until it has stopped itself."""
    stat = f"/proc/{home.gateway.pid}/stat"
    deadline = time.time() + 60
    while open(stat).read().rsplit(")", 1)[1].split()[0] != "T":
        assert time.time() < deadline
        time.sleep(0.05)


def test_a_gateway_that_was_taken_for_dead_with_new_tokens_in_hand(stage):
    """It stood still with the answer, and others have taken over its place at the database and given the connection up. The
    new tokens are written through another place before it ends: nobody has to connect again."""
    stage.connect_all()
    other, sleeper, _ = stage.homes
    again(sleeper, DEPUTY_STOP_AT="token-answered:1")
    stage.end_tokens("alice")
    caller = threading.Thread(target=stage.call, args=(sleeper, "alice"))
    caller.start()
    await_standing(sleeper)
    stage.becomes(other, "alice", "connection_required")
    wake(stage, sleeper, caller)


def wake(stage, sleeper, caller):
    """What it had is written, and then it ends: it has lost its lease."""
    before = stage.renewals()
    sleeper.gateway.send_signal(signal.SIGCONT)
    caller.join(60)
    stage.becomes(stage.homes[0], "alice", "done")
    assert sleeper.gateway.wait(40) != 0
    alice = stage.connections()["alice"]["id"]
    assert len(stage.renewals()[alice]) == len(before.get(alice, [])) + 1
    again(sleeper)
    assert stage.check(lost=()) == set()
    assert len([one for one in stage.strict.between.seen if one["status"] == 200]) == 1


def test_a_gateway_that_stands_still_with_new_tokens_on_their_way(stage):
    """It was stopped while it waited, past its lease and past the time that it waits: what came meanwhile is read."""
    stage.connect_all()
    other, sleeper, _ = stage.homes
    release = threading.Event()
    stage.strict.between.rule = stage.rule_for(["alice"], release)
    stage.end_tokens("alice")
    caller = threading.Thread(target=stage.call, args=(sleeper, "alice"))
    caller.start()
    stage.strict.between.await_answered()
    sleeper.gateway.send_signal(signal.SIGSTOP)
    release.set()
    stage.becomes(other, "alice", "connection_required")
    wake(stage, sleeper, caller)


def test_a_gateway_that_is_told_to_stop_with_new_tokens_on_their_way(stage):
    """Nobody waits for them: they were due. It ends when they are written."""
    stage.connect_all()
    release = threading.Event()
    stage.strict.between.rule = stage.rule_for(PEOPLE, release)
    # In one round: whoever is due in a later one is asked when this one is over, and its answers are waited for no longer.
    stage.first.sql("UPDATE token_sets SET due = 0 WHERE due IS NOT NULL")
    stage.strict.between.await_answered(len(PEOPLE))
    stopping = [threading.Thread(target=home.stop) for home in stage.homes]
    for thread in stopping:
        thread.start()
    time.sleep(2)
    release.set()
    for thread in stopping:
        thread.join(60)
    for home in stage.homes:
        home.serve(port(home), flags=home.flags)
    assert stage.check(lost=()) == set()


def test_a_gateway_that_stands_still_for_longer_than_its_lease(stage):
    """It was stopped before it sent anything, and another gateway has renewed meanwhile: it doesn't use the old token."""
    stage.connect_all()
    sleeper, other, _ = stage.homes
    again(sleeper, DEPUTY_STOP_AT="token-claimed:1")
    stage.end_tokens("alice")
    caller = threading.Thread(target=stage.call, args=(sleeper, "alice"))
    caller.start()
    await_standing(sleeper)
    stage.becomes(other, "alice", "done")
    sleeper.gateway.send_signal(signal.SIGCONT)
    caller.join(60)
    again(sleeper)
    assert stage.check(lost=()) == set()
    assert len(stage.strict.between.seen) == 1


def test_the_database_is_killed_with_answers_on_their_way(stage):
    stage.connect_all()
    release = threading.Event()
    stage.strict.between.rule = stage.rule_for(PEOPLE, release)
    stage.end_tokens()
    callers = Callers(stage)
    stage.strict.between.await_answered(len(PEOPLE))
    server = postgres.cluster()
    server.die()
    # Before it is back: answers are waited for no longer than recovery may take.
    release.set()
    server.revive()
    time.sleep(3)
    callers.finish()
    assert stage.check(lost=()) == set()
    assert len(stage.strict.between.seen) == len(PEOPLE)


def test_the_database_is_away_for_longer_than_a_lease(stage):
    """New tokens that can't be written are kept in memory until they can: nobody else can have begun either. A gateway that
    another one took for dead writes what it has through another place, and ends."""
    stage.connect_all()
    release = threading.Event()
    stage.strict.between.rule = stage.rule_for(PEOPLE, release)
    stage.end_tokens()
    callers = Callers(stage)
    stage.strict.between.await_answered(len(PEOPLE))
    server = postgres.cluster()
    server.run("pg_ctl", "-D", server.data, "-m", "immediate", "-w", "stop")
    release.set()
    time.sleep(50)
    server.start()
    callers.finish()
    assert stage.check(lost=()) == set()
    assert len(stage.strict.between.seen) == len(PEOPLE)


def test_gateways_and_the_database_die_under_load(stage):
    """Whatever dies when: what the server did and nobody wrote needs its owner, and nothing else does."""
    stage.connect_all(seconds=3)
    stage.strict.between.rule = lambda form: random.choices((None, "before", "after"), (20, 2, 1))[0]
    callers = Callers(stage, each=2)
    end = time.time() + 2 * SECONDS
    while time.time() < end:
        time.sleep(random.uniform(0.5, 1.5))
        if random.random() < 0.2:
            postgres.cluster().kill()
            continue
        victim = random.choice(stage.homes)
        kill(victim)
        victim.serve(port(victim), flags=victim.flags)
    stage.strict.between.rule = lambda form: None
    callers.finish()
    stage.check()


def test_the_check_finds_a_gateway_that_knows_of_no_other(stage):
    """Planted: somebody uses a refresh token that was used."""
    stage.connect_all()
    stage.end_tokens()
    assert set(stage.settle().values()) == {"done"} and stage.faults(lost=()) == []
    used = stage.strict.between.seen[0]["form"]
    assert stage.strict.refresh(used) == 400
    found = stage.faults(lost=())
    assert len([fault for fault in found if "ended by us" in fault]) == 1, found


def test_the_check_finds_two_stores_where_there_should_be_one(stage):
    """Planted: a gateway goes on with a copy of the database. Its lease and its generation hold nobody back."""
    stage.connect_all()
    for home in stage.homes:
        home.stop()
    copy = stage.first.database.copy()
    for home in stage.homes[:2]:
        home.serve(port(home), flags=home.flags)
    split = stage.homes[2]
    split.serve(port(split), flags=(*split.flags, "--database", copy.url))
    stage.end_tokens("alice")
    stage.becomes(stage.first, "alice", "done")
    stage.becomes(split, "alice", "connection_required")
    found = stage.faults(lost=())
    split.stop()
    # It would refuse to go on with the other one.
    (pathlib.Path(split.path) / "keys/ledger.mark").unlink()
    assert any("the grant of alice was ended by us" in fault for fault in found), found
