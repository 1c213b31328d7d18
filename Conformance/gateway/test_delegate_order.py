"""A delegate gets no account before hard blocks, tool policy, sandbox setting and audit are there."""

import json
import pathlib
import stat


def test_what_it_cant_do_comes_before_what_it_can(empty):
    empty.populate().serve()
    add = ["agents", "add", "del", "--acts-as", "delegate", "--tier", "1", "--principal", "dana", "--owner", "dana",
           "--slot", "notion:agent", "--tool", "notion.*"]
    empty.run(*add)
    folder = pathlib.Path(empty.path) / "workspaces" / "del"
    assert sorted(file.name for file in folder.iterdir()) == ["AGENTS.md", "SOUL.md", "USER.md"]
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    connect = ["connections", "add", "notion", "--agent", "del"]
    secret = empty.acme.tokens["notion"]["product"]

    def refusal():
        result = empty.command(*connect, secret=secret)
        assert result.returncode == 1, result.stdout
        return json.loads(result.stdout)["error"]

    assert "no tool policy" in refusal()["message"] and "no sandbox" in refusal()["message"]
    assert "isn't written down how long" in refusal()["message"] and "--audit-days 365" in refusal()["hint"]
    file = pathlib.Path(empty.path) / "d.json5"
    file.write_text("""{ agents: { list: [ { id: "del", owner: "dana", actsAs: "delegate", tier: 1, principals: ["dana"],
        slots: ["notion:agent"], tools: { use: ["notion.*"], deny: ["notion.search"] },
        sandbox: { mode: "all" }, audit: { retainDays: 365 } } ] } }""")
    empty.run("apply", str(file), "--yes")
    soul = folder / "SOUL.md"
    whole = soul.read_text()
    soul.write_text(whole.replace("Never export", "Rarely export"))
    assert "SOUL.md" in refusal()["message"]
    assert empty.run("agents", "workspace", "del")["written"] == ["SOUL.md"]
    assert "Rarely export" in soul.read_text(), "what people wrote stays"
    assert not [e for e in empty.acme.journal() if e["service"] == "notion"], "nobody was asked about the secret"
    empty.run(*connect, secret=secret)


def test_flags_say_it_all_at_once(empty):
    empty.populate().serve()
    empty.run("agents", "add", "del", "--acts-as", "delegate", "--tier", "2", "--principal", "dana", "--owner", "dana",
              "--slot", "notion:agent", "--allow", "notion.search", "--sandbox", "all", "--audit-days", "365")
    empty.run("connections", "add", "notion", "--agent", "del", secret=empty.acme.tokens["notion"]["product"])


def test_no_account_comes_before_an_identity(empty):
    empty.populate().serve()
    empty.run("agents", "add", "later", "--owner", "dana", "--slot", "notion:agent", "--tool", "notion.*")
    secret = empty.acme.tokens["notion"]["product"]
    refused = empty.command("connections", "add", "notion", "--agent", "later", secret=secret)
    assert refused.returncode == 1 and "has no identity" in json.loads(refused.stdout)["error"]["message"]
    assert not [e for e in empty.acme.journal() if e["service"] == "notion"], "nobody was asked about the secret"
