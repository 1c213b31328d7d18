"""One command ends everything of somebody who leaves. Judged by the providers' journals, never by what Deputy says of itself."""

import re
import subprocess
import threading
import time
import urllib.parse

from test_clients import Walk, field


def call(home, person="bob", agent="helper", tool="notes.list", arguments=None):
    """What became of a call: `done`, the kind of the refusal, or the status that the token is refused with."""
    status, body, _ = home.post(agent, home.tokens[person], {
        "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": tool, "arguments": arguments or {}}})
    if status != 200:
        return status
    if "error" in body:
        return "error"
    result = body["result"]
    return result["structuredContent"]["error"]["kind"] if result.get("isError") else "done"


def mail(to="pat@stranger.example"):
    return {"to": [to], "subject": "Tuesday", "body": "Does Tuesday suit you?"}


def changes(home):
    return [leaf["change"] for leaf in home.leaves() if "change" in leaf]


def test_everything_ends_and_what_was_done_is_told(gateways, notes, acme, lines):
    home, last = gateways[0], gateways[-1]
    tokens = notes.live("bob")
    assert len(tokens) == 2
    assert call(home) == "done" and call(home, tool="notion.search", agent="onboarding", arguments={"query": "plan"}) == "done"
    assert call(home, agent="email", tool="gmail.send", arguments=mail()) == "approval_required"
    link = home.run("login", "bob")["link"]
    home.run("groups", "add", "sales", "--member", "bob")

    before = len(home.leaves())
    plan = last.run("people", "offboard", "bob", "--dry-run")
    assert plan["state"] == "planned" and len(home.leaves()) == before and call(last) == "done", "nothing was changed"
    calls, seen = len(notes.journal), len(acme.journal())
    report = last.run("people", "offboard", "bob")
    assert report["state"] == "offboarded"
    ended = lines(report)
    assert {name: ended[name] for name in ("connections", "approvals_asked", "login_links", "groups", "revoked_upstream")} \
        == {"connections": 3, "approvals_asked": 1, "login_links": 1, "groups": 1, "revoked_upstream": 1}, ended
    assert ended["tokens"] == 1 and ended["browser_sessions"] >= 1 and ended["agreements"] >= 1
    # What a session has seen is written soon after the answer; what providers confirm isn't known before.
    later = ("sessions", "revoked_upstream")
    assert {what: count for what, count in lines(plan).items() if what not in later} \
        == {what: count for what, count in ended.items() if what not in later}, "the plan said so"
    assert lines(report, "remains")["untold"] == 1 and sum(
        line["count"] for line in report["remains"] if line["what"] == "untold") == 2, "notion and slack can't be told"

    assert [form["token"][:3] for form in notes.revoked] == ["rt_", "at_"], "the provider heard of it"
    assert notes.opens(tokens) == [] and notes.live("alice"), "no token of his works there, and hers do"
    for gateway in gateways:
        assert call(gateway) == 401
        browser = gateway.browser("alice")
        assert browser.send("GET", "/approvals")[0] == 200
        browser.cookie = home.browsers["bob"].cookie
        assert browser.send("GET", "/approvals")[0] != 200
    home.browsers["bob"].sign_in(link)
    assert home.browsers["bob"].send("GET", "/approvals")[0] != 200
    assert len(notes.journal) == calls
    assert len(acme.journal()) == seen
    assert call(home, "alice") == "done"
    assert home.run("connections", "list")["connections"] and not [
        c for c in home.run("connections", "list")["connections"] if c["owner"] == "person:bob" and c["health"] != "revoked"]
    assert not home.sql("SELECT id FROM connections WHERE owner = 'bob' AND LENGTH(sealed) > 0")
    assert not home.sql("SELECT id FROM token_sets WHERE id IN (SELECT id FROM connections WHERE owner = 'bob')")
    assert home.run("ledger", "verify")["intact"]
    assert "person.offboarded" in changes(home)

    again = home.run("people", "offboard", "bob")
    assert again["state"] == "already" and again["ended"] == [] and again["by"] == report["by"]


def test_calls_under_way_bring_nothing_back(gateways, notes):
    """They are at the provider when he is cut off: what they bring is withheld, at every gateway."""
    notes.is_open.clear()
    answers, threads = [], []
    for gateway in gateways * 3:
        threads.append(threading.Thread(target=lambda at=gateway: answers.append(call(at))))
        threads[-1].start()
    for _ in threads:
        assert notes.arrived.acquire(timeout=20)
    gateways[0].run("people", "offboard", "bob")
    notes.is_open.set()
    for thread in threads:
        thread.join(30)
    assert len(answers) == len(threads) and "done" not in answers, answers


def test_of_calls_all_the_time_none_works_after_the_command(gateways, notes, acme):
    """Whatever is cached at whichever gateway: no call that begins after it is done, and none is seen at the provider."""
    over, lock, begun = threading.Event(), threading.Lock(), []

    def run(gateway, person):
        while not over.is_set():
            start = time.monotonic()
            try:
                answer = call(gateway, person)
            except OSError:
                answer = "lost"
            with lock:
                begun.append((person, start, answer))

    threads = [threading.Thread(target=run, args=(gateway, person)) for gateway in gateways for person in ("alice", "bob", "bob")]
    for thread in threads:
        thread.start()
    deadline = time.monotonic() + 90
    while len([1 for person, _, answer in list(begun) if (person, answer) == ("bob", "done")]) < 10:
        assert time.monotonic() < deadline, begun[-5:]
        time.sleep(0.01)
    tokens = notes.live("bob")
    gateways[-1].run("people", "offboard", "bob")
    cut, seen = time.monotonic(), len([1 for owner, _ in notes.journal if owner == "bob"])
    hers = len([1 for person, _, answer in list(begun) if (person, answer) == ("alice", "done")])
    while len([1 for person, start, _ in list(begun) if person == "bob" and start > cut]) < 20 \
            or len([1 for person, _, answer in list(begun) if (person, answer) == ("alice", "done")]) < hers + 5:
        assert time.monotonic() < cut + 90, "alice's calls don't go on"
        time.sleep(0.01)
    over.set()
    for thread in threads:
        thread.join(30)
    assert {answer for person, start, answer in begun if person == "bob" and start > cut} <= {401, 429, "lost"}
    assert len([1 for owner, _ in notes.journal if owner == "bob"]) == seen, "nothing of his was seen there any more"
    assert notes.opens(tokens) == []


def test_a_provider_that_is_down_is_told_later(gateways, notes, lines):
    home, tokens = gateways[0], notes.live("bob")
    notes.is_down = True
    report = home.run("people", "offboard", "bob")
    assert "1 revocation at notes not confirmed yet" in [line["text"] for line in report["remains"]]
    assert notes.opens(tokens) == tokens and call(home) == 401, "it lives there, and not here"
    assert lines(home.run("people", "offboard", "bob"), "remains")["unconfirmed"] == 1
    notes.is_down = False
    home.sql("UPDATE revocations SET due = 0")
    deadline = time.monotonic() + 90
    while notes.opens(tokens):
        assert time.monotonic() < deadline, "it was never told again"
        time.sleep(0.2)
    while "unconfirmed" in lines(home.run("people", "offboard", "bob"), "remains"):
        assert time.monotonic() < deadline
        time.sleep(0.2)


def test_an_account_that_was_offered_and_not_kept_goes_back(gateways, notes):
    home = gateways[0]
    notes.account = "carol"
    before = set(notes.tokens)
    walk = Walk(home, notes, "carol")
    path = urllib.parse.urlsplit(home.run("connections", "connect", "notes", "--person", "carol")["link"]).path
    page = walk.browser.send("GET", path)[1]
    there = walk.location("POST", path, {"csrf": field(page, "csrf")})
    query = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(there).query))
    back = urllib.parse.urlsplit(notes.decide(query | {"answer": "allow"}))
    assert walk.location("GET", f"{back.path}?{back.query}") == path
    offered = set(notes.tokens) - before
    assert len(offered) == 2
    home.run("people", "offboard", "carol")
    assert notes.opens(offered) == [] and notes.live("alice")
    assert not home.sql("SELECT id FROM connect_flows WHERE person = 'carol'")


def test_agents_need_somebody_who_gets_them_and_accounts_of_hers_end_there_too(gateways, acme, lines):
    home = gateways[-1]
    event = {"summary": "x", "start": "2026-12-01T10:00:00Z", "end": "2026-12-01T11:00:00Z"}
    assert call(home, "alice", "email", "calendar.create_event", event) == "done"
    refused = home.command("people", "offboard", "dana")
    assert refused.returncode != 0 and "--agents-to" in refused.stdout + refused.stderr
    assert call(home, "dana") != 401, "nothing happened"
    report = home.run("people", "offboard", "dana", "--agents-to", "carol")
    assert {agent["agent"]: agent["owner"] for agent in report["agents"]} == {
        name: "carol" for name in ("onboarding", "email", "product", "helper")}
    assert lines(report)["held_by_agents"] == 2, "gmail and calendar were her own accounts"
    assert [line["text"] for line in report["remains"] if line["what"] == "agent_account"], "product's and onboarding's stay"
    made = len(acme.journal())
    for gateway in gateways:
        assert call(gateway, "alice", "email", "calendar.create_event", event | {"summary": "y"}) != "done"
    assert len(acme.journal()) == made, "no call of hers left this machine"
    assert call(home, "alice") == "done", "others' go on"


def test_who_comes_back_begins_anew(gateways, notes):
    home = gateways[0]
    tokens = notes.live("bob")
    home.run("people", "offboard", "bob")
    assert home.command("people", "add", "bob").returncode != 0, "not by accident"
    home.run("people", "add", "bob", "--email", "bob@acme.test")
    for gateway in gateways:
        assert call(gateway) == 401
    assert "bob@acme.test" not in home.browsers["bob"].send("GET", "/accounts")[1]
    assert notes.opens(tokens) == []
    home.tokens["bob"] = home.token("bob", "helper")
    assert call(home) == "connection_required"
    assert home.run("people", "offboard", "bob")["state"] == "offboarded"


def test_the_terminal_tells_it_in_words(make):
    from gateway_home import DEPUTY, ENVIRONMENT
    home = make("sqlite")

    def say(*arguments):
        return subprocess.run([DEPUTY, "people", "offboard", "bob", *arguments, "--home", home.path], capture_output=True,
                              text=True, timeout=60, env=ENVIRONMENT)

    home.run("groups", "add", "sales", "--member", "bob")
    plan = say("--dry-run")
    assert plan.returncode == 0 and "Nothing was changed" in plan.stdout and "1 membership of groups" in plan.stdout
    done = say()
    assert done.returncode == 0 and "`bob` is offboarded. Ended:" in done.stdout, done.stderr
    assert re.search(r"What remains:\n.*deputy people erase bob", done.stdout), done.stdout
    again = say()
    assert again.returncode == 0 and "was offboarded before" in again.stdout and "nothing of theirs" in again.stdout
