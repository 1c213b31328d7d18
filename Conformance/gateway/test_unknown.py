"""A call whose answer got lost: it isn't repeated until somebody has looked at the provider and says what became of it."""

import re
import signal
import time

from waiting import until

MAIL = {"to": ["pat@stranger.example"], "subject": "Lost", "body": "hello"}


def lose(home):
    """The gateway dies between the intent and the provider."""
    port = int(home.url.rsplit(":", 1)[1])
    home.stop()
    home.serve(port, DEPUTY_KILL_AT="before-effect:1")
    kind, result = home.call("email", home.tokens["bob"], "gmail.send", MAIL)
    assert kind == "approval_required"
    approval = result["structuredContent"]["error"]["approval"]
    try:
        home.browser("dana").approve(approval)
    except OSError:
        pass
    assert home.gateway.wait(20) == -signal.SIGKILL
    home.serve(port)
    return approval


def repeated(home):
    """Bob's repeat, once the approval isn't the dead gateway's any more: a shared store waits for its lease."""
    for _ in range(300):
        kind, _ = home.call("email", home.tokens["bob"], "gmail.send", MAIL)
        if kind != "approval_running":
            return kind
        time.sleep(0.1)
    raise AssertionError(kind)


def test_fleet_6_nobody_is_asked_again_until_somebody_says_what_became_of_it(home):
    lose(home)
    kinds = [repeated(home) for _ in range(3)]
    assert kinds == ["unknown", "pending", "pending"]
    assert home.run("approvals", "list")["approvals"] == []
    unknown = home.run("calls", "unknown")["calls"]
    assert [call["tool"] for call in unknown] == ["gmail.send"]
    assert any("calls nobody knows" in finding["message"] for finding in home.run("doctor")["findings"])

    wrong = home.command("calls", "settle", "call_x", "--no-happened")
    assert wrong.returncode == 1 and "deputy calls unknown" in wrong.stdout
    home.run("calls", "settle", unknown[0]["id"], "--no-happened")
    assert home.run("calls", "unknown")["calls"] == []
    assert home.command("calls", "settle", unknown[0]["id"], "--happened").returncode == 1
    settled = [leaf for leaf in home.leaves() if leaf.get("change") == "call.settled"]
    assert [(leaf["call"], leaf["happened"]) for leaf in settled] == [(unknown[0]["id"], False)]

    kind, result = home.call("email", home.tokens["bob"], "gmail.send", MAIL)
    assert kind == "approval_required"
    home.browser("dana").approve(result["structuredContent"]["error"]["approval"])
    until(lambda: home.call("email", home.tokens["bob"], "gmail.send", MAIL)[0] == "done")
    sent = [e for e in home.acme.journal() if e["call"] == "gmail.users.messages.send" and e["status"] == 200]
    assert len(sent) == 1 and sent[0]["owner"] == "dana"


def test_fleet_6_whoever_could_have_agreed_says_on_their_page_what_became_of_it(home):
    lose(home)
    assert repeated(home) == "unknown"
    call = home.run("calls", "unknown")["calls"][0]["id"]

    def page(person):
        browser = home.browser(person)
        csrf = re.search('name="csrf" value="([^"]+)"', browser.send("GET", "/browsers")[1]).group(1)
        return browser, browser.send("GET", "/approvals")[1], {"csrf": csrf, "happened": "no"}

    bob, shown, fields = page("bob")
    assert "Did this happen?" not in shown, "who asked for it doesn't say it"
    assert bob.send("POST", f"/calls/{call}", fields)[0] == 404
    dana, shown, fields = page("dana")
    assert "Did this happen?" in shown and "pat@stranger.example" in shown and f"/calls/{call}" in shown
    assert dana.send("POST", f"/calls/{call}", {"happened": "no"})[0] == 403
    assert dana.send("POST", f"/calls/{call}", fields | {"happened": "perhaps"})[0] == 403
    assert dana.send("GET", f"/calls/{call}")[0] == 404
    assert home.run("calls", "unknown")["calls"], "nothing of that changed anything"
    assert dana.send("POST", f"/calls/{call}", fields)[0] == 303
    assert dana.send("POST", f"/calls/{call}", fields)[0] == 404
    settled = [leaf for leaf in home.leaves() if leaf.get("change") == "call.settled"]
    assert [(leaf["call"], leaf["happened"], leaf["by"]) for leaf in settled] == [(call, False, "person:dana")]
    assert home.call("email", home.tokens["bob"], "gmail.send", MAIL)[0] == "approval_required"
