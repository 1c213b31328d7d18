"""A call whose answer got lost: it isn't repeated until somebody has looked at the provider and says what became of it."""

import signal

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


def test_fleet_6_nobody_is_asked_again_until_somebody_says_what_became_of_it(home):
    lose(home)
    kinds = [home.call("email", home.tokens["bob"], "gmail.send", MAIL)[0] for _ in range(3)]
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
    for _ in range(100):
        if home.call("email", home.tokens["bob"], "gmail.send", MAIL)[0] == "done":
            break
    sent = [e for e in home.acme.journal() if e["call"] == "gmail.users.messages.send" and e["status"] == 200]
    assert len(sent) == 1 and sent[0]["owner"] == "dana"
