"""Taking a share back ends whatever stood on it: tokens, sessions, what waits, windows, conversations. The services' own
journal says that nothing was done afterwards."""

import re
import time

import pytest
from waiting import until

PING = {"jsonrpc": "2.0", "id": 1, "method": "ping"}
INSIDE = {"to": ["alice@acme.test"], "subject": "Inside", "body": "Hello"}
OUTSIDE = {"to": ["pat@stranger.example"], "subject": "Outside", "body": "Hello"}
SAID = '/call gmail.send {"to": ["pat@stranger.example"], "subject": "Talk", "body": "hello"}'


def form(browser, path):
    _, page = browser.send("GET", path)
    return {name: re.search(f'name="{name}" value="([^"]+)"', page).group(1) for name in ("csrf", "shown")}


def approve(browser, approval, **more):
    path = f"/approvals/{approval}"
    return browser.send("POST", f"{path}/approve", form(browser, path) | more)


def asked(result):
    return result["structuredContent"]["error"]["approval"]


def sent(acme):
    return len([entry for entry in acme.journal() if entry["call"] == "gmail.users.messages.send"])


def write(browser, talk, text):
    _, page = browser.send("GET", talk)
    csrf = re.search('name="csrf" value="([^"]+)"', page).group(1)
    assert browser.send("POST", talk, {"csrf": csrf, "text": text, "event": f"e{time.time_ns()}"})[0] == 303


@pytest.fixture
def mailer(home, acme):
    """Dana's claw, which Bob and Carol use by a share; Bob has everything there that somebody can have."""
    home.run("models", "add", "default", "--speaks", "offline")
    home.run("agents", "add", "mailer", "--acts-as", "claw", "--owner", "dana", "--slot", "gmail:agent", "--tool", "gmail.*")
    home.run("connections", "add", "gmail", "--agent", "mailer", "--shared-with-owner",
             secret=acme.tokens["gmail"]["dana"])
    home.run("groups", "add", "sales", "--member", "bob", "--member", "carol")
    home.run("agents", "share", "mailer", "--with", "group:sales", "--acknowledge-own-account")
    home.alone, home.both = home.token("bob", "mailer"), home.token("bob", "mailer", "email")
    home.carols = home.token("carol", "mailer")
    home.dana, home.bob = home.browser("dana"), home.browser("bob")
    kind, result = home.call("mailer", home.alone, "gmail.send", INSIDE)
    assert kind == "approval_required"
    assert approve(home.dana, asked(result), window="destinations")[0] == 303
    assert until(lambda: home.call("mailer", home.alone, "gmail.send", INSIDE)[0] == "done")
    assert home.call("mailer", home.alone, "gmail.send", INSIDE | {"body": "Again"})[0] == "done", "the window is open"
    kind, result = home.call("mailer", home.alone, "gmail.send", OUTSIDE)
    home.waiting = asked(result)
    home.talk = "/chats/mailer.one"
    write(home.bob, home.talk, SAID)
    assert until(lambda: "the agreement of dana" in home.bob.send("GET", home.talk)[1])
    assert [s for s in home.run("sessions", "list")["sessions"] if s["agent"] == "mailer" and s["person"] == "bob"]
    home.before = sent(acme)
    assert home.before >= 2
    return home


ENDINGS = {
    "unshare": lambda home: home.run("agents", "unshare", "mailer", "--with", "group:sales"),
    "remove-member": lambda home: home.run("groups", "remove-member", "sales", "bob"),
    "remove-group": lambda home: home.run("groups", "remove", "sales"),
}


@pytest.mark.parametrize("ending", ENDINGS)
def test_whoever_loses_an_agent_has_nothing_left_there(mailer, acme, ending):
    waits = [a["id"] for a in mailer.run("approvals", "list")["approvals"] if a["agent"] == "mailer"]
    assert len(waits) == 2
    digests = {approval: form(mailer.dana, f"/approvals/{approval}")["shown"] for approval in waits}
    ENDINGS[ending](mailer)
    # Tokens: the one for this agent alone is over, the other is one for the rest.
    assert mailer.post("mailer", mailer.alone, PING)[0] == 401
    assert mailer.post("email", mailer.both, PING)[0] == 200
    status, body, _ = mailer.post("mailer", mailer.both, {"jsonrpc": "2.0", "id": 1, "method": "tools/list"})
    assert status in (403, 404), body
    # What waited is void, and nobody's yes does it.
    for approval in waits:
        assert mailer.run("approvals", "show", approval)["state"] == "void"
        fields = {"csrf": csrf(mailer.dana), "shown": digests[approval]}
        assert mailer.dana.send("POST", f"/approvals/{approval}/approve", fields)[0] == 409
    # Nothing is left of what the sessions have seen.
    left = [s for s in mailer.run("sessions", "list")["sessions"] if s["agent"] == "mailer" and s["person"] == "bob"]
    assert left == []
    # The conversation that waited has ended, and another one doesn't begin.
    assert until(lambda: "use this agent" in mailer.bob.send("GET", mailer.talk)[1])
    write(mailer.bob, "/chats/mailer.two", '/call gmail.search {}')
    assert until(lambda: "use this agent" in mailer.bob.send("GET", "/chats/mailer.two")[1])
    assert "mailer.one" not in mailer.bob.send("GET", "/chats")[1].split("Earlier")[0]
    ended = [leaf for leaf in mailer.leaves() if leaf.get("change") == "use.ended" and leaf["person"] == "bob"]
    assert [leaf["agent"] for leaf in ended] == ["mailer"] and len(ended[0]["tokens"]) == 2
    # Whoever keeps it keeps everything; who doesn't loses it too.
    assert mailer.post("mailer", mailer.carols, PING)[0] == (200 if ending == "remove-member" else 401)
    # And nothing comes back with it.
    if ending == "remove-group":
        mailer.run("groups", "add", "sales", "--member", "bob")
        mailer.run("agents", "share", "mailer", "--with", "group:sales", "--acknowledge-own-account")
    elif ending == "remove-member":
        mailer.run("groups", "add-member", "sales", "bob")
    else:
        mailer.run("agents", "share", "mailer", "--with", "group:sales", "--acknowledge-own-account")
    assert mailer.post("mailer", mailer.alone, PING)[0] == 401
    again = mailer.token("bob", "mailer")
    assert mailer.call("mailer", again, "gmail.send", INSIDE | {"body": "Once more"})[0] == "approval_required"
    assert sent(acme) == mailer.before
    assert mailer.run("ledger", "verify")["intact"]


def csrf(browser):
    return re.search('name="csrf" value="([^"]+)"', browser.send("GET", "/connections")[1]).group(1)


def test_who_is_suspended_loses_all_of_it_too(mailer, acme):
    waits = [a["id"] for a in mailer.run("approvals", "list")["approvals"] if a["agent"] == "mailer"]
    mailer.run("people", "suspend", "bob")
    assert mailer.post("mailer", mailer.alone, PING)[0] == mailer.post("email", mailer.both, PING)[0] == 401
    assert {mailer.run("approvals", "show", approval)["state"] for approval in waits} == {"void"}
    assert [s for s in mailer.run("sessions", "list")["sessions"] if s["person"] == "bob"] == []
    assert mailer.bob.send("GET", mailer.talk)[0] == 401
    assert sent(acme) == mailer.before
