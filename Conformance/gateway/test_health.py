"""How connections stand: shown everywhere, told once to a webhook; what they weren't used for; secrets that end."""

import datetime
import http.server
import json
import threading
import time

import pytest


@pytest.fixture
def hook():
    """A webhook that takes everything."""
    taken = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            taken.append((self.headers["webhook-id"], self.headers["webhook-signature"], json.loads(body)))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    server.taken = taken
    yield server
    server.shutdown()
    server.server_close()


def of(home, owner, provider):
    return next(c for c in home.run("connections", "list")["connections"]
                if c["owner"] == owner and c["provider"] == provider)


def test_a_refused_credential_is_told_with_its_cause_and_its_way_out(home, hook):
    home.run("notices", "set", "--webhook", f"http://127.0.0.1:{hook.server_address[1]}/hook")
    token = home.token("bob")
    assert of(home, "person:bob", "notion")["state"] == "active"
    home.acme.ask("POST", "/revoke", {"service": "notion", "owner": "bob"})
    home.call("onboarding", token, "notion.search", {"query": "x"})
    found = of(home, "person:bob", "notion")
    assert (found["state"], found["cause"]) == ("needs_reconnect", "refused")
    assert "deputy connections add notion --person bob" in found["next_step"]
    assert of(home, "person:alice", "notion")["state"] == "active"
    kind, result = home.call("onboarding", token, "notion.search", {"query": "x"})
    error = result["structuredContent"]["error"]
    assert kind == "connection_required" and error["connection"]["state"] == "needs_reconnect" and error["link"]
    assert any("needs reconnect" in f["message"] for f in home.run("doctor")["findings"])
    explained = home.run("explain", "onboarding", "notion.search", "--as", "bob", "--arguments", '{"query": "x"}')
    assert explained["connection_state"]["cause"] == "refused"
    noted = home.run("connections", "attention")["attention"]
    assert [(e["connection"], e["next_step"]) for e in noted] == [(found["id"], found["next_step"])]
    deadline = time.monotonic() + 40
    while not any(m["type"] == "connection.needs_reconnect" for _, _, m in hook.taken):
        assert time.monotonic() < deadline, hook.taken
        time.sleep(0.2)
    events = [(i, s, m) for i, s, m in hook.taken if m["type"] == "connection.needs_reconnect"]
    assert len(events) == 1 and events[0][1].startswith("v1,")
    data = events[0][2]["data"]
    assert data["connections"] == [{"id": found["id"], "owner": "person:bob"}] and data["count"] == 1
    assert "bob@acme.test" not in json.dumps(data) and home.acme.tokens["notion"]["bob"] not in json.dumps(data)


def test_the_organizations_own_key_is_told_of_and_holds_up_nobody_elses_events(home, hook):
    home.run("notices", "set", "--webhook", f"http://127.0.0.1:{hook.server_address[1]}/hook")
    key = home.run("connections", "add", "anthropic", "--organization", secret=home.acme.tokens["anthropic"]["acme"])["id"]
    home.run("connections", "revoke", key)
    theirs = of(home, "agent:product", "notion")["id"]
    home.run("connections", "revoke", theirs)
    assert home.run("connections", "attention")["attention"] == []

    def revoked():
        return [c for _, _, m in hook.taken if m["type"] == "connection.revoked" for c in m["data"]["connections"]]

    deadline = time.monotonic() + 40
    while len(revoked()) < 2:
        assert time.monotonic() < deadline, hook.taken
        time.sleep(0.2)
    assert {c["id"]: c["owner"] for c in revoked()} == {key: "organization", theirs: "agent:product"}


def test_what_was_never_needed_is_named_until_a_call_needs_it(home):
    connection = of(home, "person:alice", "slack")

    def unused():
        rows = home.run("connections", "unused-scopes")["connections"]
        return next((row for row in rows if row["id"] == connection["id"]), None)

    before = unused()
    named = {u["scope"] for u in before["unused"]}
    assert "channels:history" in named and named < set(connection["scopes"]), "what Slack always wants is needed"
    assert not before["is_conclusive"]
    assert "deputy connections revoke" in before["next_step"]
    home.call("onboarding", home.token("alice"), "slack.read_channel", {"channel": "C0NOTHERE"})
    after = unused()
    left = {u["scope"] for u in after["unused"]} if after else set()
    assert left == named - {"channels:history"}


def test_an_apps_secret_is_rotated_and_its_end_is_told(home, hook):
    home.run("notices", "set", "--webhook", f"http://127.0.0.1:{hook.server_address[1]}/hook")
    soon = (datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=4)).date().isoformat()
    home.run("apps", "add", "notion", "--client-id", "c", "--secret-expires", soon, secret="first")
    step = "make a new secret there, and give it: `deputy apps rotate notion`"
    assert step in [f.get("hint") for f in home.run("doctor")["findings"]]
    deadline = time.monotonic() + 40
    while not any(m["type"] == "app.expiring" for _, _, m in hook.taken):
        assert time.monotonic() < deadline, hook.taken
        time.sleep(0.2)
    [data] = [m["data"] for _, _, m in hook.taken if m["type"] == "app.expiring"]
    assert (data["provider"], data["cause"], data["next_step"]) == ("notion", "secret_ends", step)
    assert [e["next_step"] for e in home.run("connections", "attention")["attention"]] == [step]
    home.run("apps", "rotate", "notion", "--secret-expires", "2030-01-01", secret="second")
    app = home.run("apps", "list")["apps"][0]
    assert app["rotating"] is True and app["client"] == "c"
    messages = [f["message"] for f in home.run("doctor")["findings"]]
    assert any("isn't proven yet" in m for m in messages) and not any("ends in" in m for m in messages)
    changes = [leaf["change"] for leaf in home.leaves() if leaf.get("change", "").startswith("app.")]
    assert changes == ["app.added", "app.secret.rotated"]


def test_a_secret_that_ends_without_anybody_saying_when_is_named(home):
    def unsaid():
        return [f["message"] for f in home.run("doctor")["findings"] if "nobody is told before" in f["message"]]

    home.run("apps", "add", "notion", "--client-id", "c", secret="first")
    home.run("apps", "add", "outlook", "--client-id", "c", secret="first")
    named, = unsaid()
    assert "`outlook`" in named
    home.run("apps", "rotate", "outlook", "--every", "180d")
    assert unsaid() == []


def test_a_secret_is_replaced_on_a_schedule(home):
    home.run("apps", "add", "notion", "--client-id", "c", secret="first")
    day = lambda days: (datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=days)).date().isoformat()
    said = home.command("apps", "rotate", "notion", "--every", "1d")
    assert said.returncode == 0 and json.loads(said.stdout)["every_days"] == 1
    assert not any("by its schedule" in f["message"] for f in home.run("doctor")["findings"]), "it was given a moment ago"
    home.run("apps", "rotate", "notion", "--every", "90d")
    shown, = home.run("apps", "list")["apps"]
    due = datetime.datetime.fromtimestamp(shown["replace_by"] / 1e6, datetime.UTC).date().isoformat()
    assert shown["every_days"] == 90 and due in (day(90), day(91)) and "secret_ends" not in shown
    home.run("apps", "rotate", "notion", "--secret-expires", day(4), secret="second")
    shown, = home.run("apps", "list")["apps"]
    assert shown["every_days"] == 90 and shown["replace_by"] == shown["secret_ends"], "the earlier of both"
    home.run("apps", "rotate", "notion", "--every", "never")
    shown, = home.run("apps", "list")["apps"]
    assert "every_days" not in shown and "secret_ends" in shown
    for wrong in ("90", "0d", "9999d", "d"):
        assert home.command("apps", "rotate", "notion", "--every", wrong).returncode != 0
    changes = [(leaf["change"], leaf.get("every_days")) for leaf in home.leaves() if leaf.get("change", "").startswith("app.")]
    assert changes == [("app.added", None), ("app.schedule.set", 1), ("app.schedule.set", 90), ("app.secret.rotated", None),
                       ("app.schedule.set", None)]
