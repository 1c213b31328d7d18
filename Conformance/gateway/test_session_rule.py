"""A stranger's mail changes what its reader's token may do, in whatever connection."""

import pathlib

LAB = """
{
  provider: "lab", origin: "%s", credential: { kind: "bearer" }, headers: { "Notion-Version": "2025-09-03" },
  account: { requests: [{ method: "GET", path: "/v1/users/me" }], id: "/id" },
  refusal: { code: "/code", message: "/message" },
  tools: [{
    name: "lab.run", title: "Run", description: "Runs something.", effect: "execute",
    arguments: { query: { role: "content", required: true, type: "string" } },
    labels: { integrity: "own-words", readers: "organization" },
    request: { method: "POST", path: "/v1/search", body: { query: "{query}" } },
  }],
}
"""


def test_after_a_strangers_mail_sending_asks_and_execution_is_denied(empty, acme):
    (pathlib.Path(empty.path) / "providers/lab.json5").write_text(LAB % acme.origins["notion"])
    empty.populate()
    empty.run("agents", "add", "clerk", "--acts-as", "claw", "--owner", "dana", "--users", "everyone",
              "--slot", "gmail:agent", "--slot", "lab:agent", "--tool", "gmail.*", "--tool", "lab.run")
    empty.serve()
    empty.run("connections", "add", "gmail", "--agent", "clerk", "--shared-with-owner", secret=acme.tokens["gmail"]["dana"])
    empty.run("connections", "add", "lab", "--agent", "clerk", secret=acme.tokens["notion"]["product"])
    token = empty.token("bob", "clerk")
    assert empty.call("clerk", token, "lab.run", {"query": "x"})[0] == "approval_required"
    kind, _ = empty.call("clerk", token, "gmail.get_message", {"id": acme.ids["messages"]["pat"]})
    assert kind == "done"
    # Every call here is a connection of its own.
    kind, result = empty.call("clerk", token, "lab.run", {"query": "x"})
    assert kind == "denied" and "hard-blocks.execute" in str(result)
    kind, result = empty.call("clerk", token, "gmail.send", {"to": ["alice@acme.test"], "subject": "s", "body": "b"})
    assert kind == "approval_required" and "flow.outsider-and-private" in str(result)
    assert empty.call("clerk", empty.token("bob", "clerk"), "lab.run", {"query": "x"})[0] == "approval_required"
    empty.run("sessions", "clear", "clerk", "--person", "bob")
    assert empty.call("clerk", token, "lab.run", {"query": "x"})[0] == "approval_required"
    assert not [entry for entry in acme.journal() if entry["call"] in ("notion.search", "gmail.messages.send")]


def test_sessions_are_listed_shown_and_cleared_one_by_one(home, acme):
    assert home.call("email", home.tokens["bob"], "gmail.get_message", {"id": acme.ids["messages"]["pat"]})[0] == "done"
    assert home.call("onboarding", home.tokens["alice"], "notion.search", {"query": ""})[0] == "done"
    sessions = {session["person"]: session for session in home.run("sessions", "list")["sessions"]}
    assert sessions["bob"]["agent"] == "email" and sessions["bob"]["labels"]["integrity"] == "outsider"
    assert sessions["bob"]["token"] == next(t["id"] for t in home.run("tokens", "list")["tokens"] if t["person"] == "bob")
    assert 0 <= sessions["bob"]["idle_seconds"] < 600
    assert home.run("sessions", "show", sessions["bob"]["id"])["labels"] == sessions["bob"]["labels"]
    home.run("sessions", "clear", sessions["bob"]["id"])
    assert [session["person"] for session in home.run("sessions", "list")["sessions"]] == ["alice"]
    assert home.leaves()[-1]["change"] == "sessions.cleared"
    gone = home.command("sessions", "show", sessions["bob"]["id"])
    assert gone.returncode == 1 and "sessions list" in gone.stdout
    vague = home.command("sessions", "clear", "email")
    assert vague.returncode == 1 and "--person" in vague.stdout
