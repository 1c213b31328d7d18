"""A delegate gets no account before hard blocks, tool policy, sandbox setting and audit are there."""

import json
import pathlib
import re
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
    told = empty.run("agents", "workspace", "del")
    assert told["written"] == [] and told["lacking"] == ["SOUL.md"] and told["add"] in whole
    assert soul.read_text() == whole.replace("Never export", "Rarely export"), "nothing is rewritten in passing"
    assert "SOUL.md" in refusal()["message"]
    assert empty.run("agents", "workspace", "del", "--append-hard-blocks")["written"] == ["SOUL.md"]
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


def test_a_connected_delegate_stays_hardened(empty):
    empty.populate().serve()
    empty.run("agents", "add", "del", "--acts-as", "delegate", "--tier", "2", "--principal", "dana", "--owner", "dana",
              "--slot", "notion:agent", "--allow", "notion.search", "--sandbox", "all", "--audit-days", "365")
    empty.run("connections", "add", "notion", "--agent", "del", secret=empty.acme.tokens["notion"]["product"])
    softer = pathlib.Path(empty.path) / "d.json5"
    softer.write_text("""{ agents: { list: [ { id: "del", owner: "dana", actsAs: "delegate", tier: 2, principals: ["dana"],
        slots: ["notion:agent"], tools: { allow: ["notion.search"] }, sandbox: { mode: "all" } } ] } }""")
    refused = empty.command("apply", str(softer), "--yes")
    assert refused.returncode == 1 and "takes away what had to be there first" in refused.stdout
    soul = pathlib.Path(empty.path) / "workspaces" / "del" / "SOUL.md"
    soul.unlink()
    found = [f["message"] for f in empty.run("doctor")["findings"]]
    assert any("`del` is a delegate with an account" in m and "SOUL.md" in m for m in found), found
    assert any("`agents.list[].audit.retainDays` (of `del`) is kept and not enforced yet" in m for m in found), found
    assert empty.run("agents", "edit", "del", "--sandbox", "non-main", "--audit-days", "30")["about"]["audit"] == {
        "retainDays": 30}
    assert empty.command("agents", "edit", "del", "--sandbox", "al").returncode == 1


def test_a_workspace_that_is_a_link_isnt_followed(empty, tmp_path):
    empty.populate().serve()
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    home = pathlib.Path(empty.path) / "workspaces"
    home.mkdir(exist_ok=True)
    (home / "linked").symlink_to(elsewhere)
    add = ["agents", "add", "linked", "--acts-as", "delegate", "--tier", "1", "--principal", "dana", "--owner", "dana",
           "--slot", "notion:agent", "--allow", "notion.search", "--sandbox", "all", "--audit-days", "365"]
    assert any("link" in problem for problem in empty.run(*add)["workspaceProblems"])
    refused = empty.command("agents", "workspace", "linked", "--append-hard-blocks")
    assert refused.returncode == 1 and "is a link or no folder" in refused.stdout
    assert list(elsewhere.iterdir()) == []
    # Documents behind the link don't count either.
    empty.run("agents", "add", "del", *add[3:])
    for name in ("AGENTS.md", "SOUL.md"):
        (elsewhere / name).write_text((home / "del" / name).read_text())
    secret = empty.acme.tokens["notion"]["product"]
    assert empty.command("connections", "add", "notion", "--agent", "linked", secret=secret).returncode == 1
    # A document that is a link, or one more name of another file.
    soul = home / "del" / "SOUL.md"
    soul.unlink()
    soul.symlink_to(elsewhere / "SOUL.md")
    assert empty.command("connections", "add", "notion", "--agent", "del", secret=secret).returncode == 1
    assert "`SOUL.md` is a link" in empty.command("agents", "workspace", "del").stdout
    soul.unlink()
    soul.hardlink_to(elsewhere / "SOUL.md")
    assert empty.command("connections", "add", "notion", "--agent", "del", secret=secret).returncode == 1


def test_each_hint_is_a_command_that_works(empty):
    empty.populate().serve()
    empty.run("agents", "add", "del", "--acts-as", "delegate", "--tier", "1", "--principal", "dana", "--owner", "dana",
              "--slot", "notion:agent", "--tool", "notion.*")
    secret = empty.acme.tokens["notion"]["product"]
    connect = ["connections", "add", "notion", "--agent", "del"]
    soul = pathlib.Path(empty.path) / "workspaces" / "del" / "SOUL.md"
    soul.unlink()
    hint = json.loads(empty.command(*connect, secret=secret).stdout)["error"]["hint"]
    ways = re.findall(r"`deputy (agents [^`]+)`", hint)
    assert len(ways) == 4, hint
    for way in ways:
        empty.run(*way.replace("TOOL", "notion.search").split())
    connection = empty.run(*connect, secret=secret)["id"]

    # Connected, it keeps them: by an apply, by an edit of the operator, and by its owner's own.
    softer = pathlib.Path(empty.path) / "d.json5"
    whole = """{ agents: { list: [ { id: "del", owner: "dana", actsAs: "delegate", tier: 1, principals: ["dana"],
        slots: ["notion:agent"], tools: { use: ["notion.*"], deny: ["notion.search"] }, sandbox: { mode: "all" },
        audit: { retainDays: 365 } } ] } }"""
    for gone in (', deny: ["notion.search"]', ' sandbox: { mode: "all" },', "audit: { retainDays: 365 }"):
        assert gone in whole
        softer.write_text(whole.replace(gone, ""))
        refused = json.loads(empty.command("apply", str(softer), "--yes", "--overwrite-drift").stdout)["error"]
        assert "takes away what had to be there first" in refused["message"], gone
    edit = ["agents", "edit", "del", "--without-deny", "notion.search"]
    refused = json.loads(empty.command(*edit).stdout)["error"]
    own = empty.command(*edit, "--by-link", secret=empty.run("login", "dana")["link"] + "\n")
    assert own.returncode == 1 and "takes away" in json.loads(own.stdout)["error"]["message"]
    softer.write_text(whole)
    empty.run("apply", str(softer), "--yes", "--overwrite-drift")
    assert not [f for f in empty.run("doctor")["findings"] if "`del` is a delegate with an account" in f["message"]]

    # The way out that they name.
    way, = re.findall(r"`deputy (connections [^`]+)`", refused["hint"])
    empty.run(*way.replace("ID", connection).split())
    empty.run(*edit)

    # What doctor finds missing in a home of before, its hint brings back.
    empty.run(*edit[:3], "--deny", "notion.search")
    empty.run(*connect, secret=secret)
    soul.unlink()
    found, = [f for f in empty.run("doctor")["findings"] if "`del` is a delegate with an account" in f["message"]]
    way, = re.findall(r"`deputy (agents [^`]+)`", found["hint"])
    empty.run(*way.split())
    assert not [f for f in empty.run("doctor")["findings"] if "`del` is a delegate with an account" in f["message"]]
