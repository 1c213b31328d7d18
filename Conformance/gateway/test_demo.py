"""The demo passes, serves what it promises, and fails when one credential was swapped."""

import json
import os
import signal
import sqlite3
import stat
import subprocess
import urllib.request


def test_the_story_comes_out_as_told(deputy):
    result = deputy("demo", "--once", "--json")
    assert result.returncode == 0, result.stdout + result.stderr
    story = json.loads(result.stdout)
    assert story["passed"] and len(story["steps"]) == 29
    assert "level=error" not in result.stderr


def test_a_swapped_credential_makes_it_fail(deputy, tmp_path):
    home = str(tmp_path / "home")
    assert deputy("demo", "--once", "--home", home).returncode == 0
    store = sqlite3.connect(f"{home}/deputy.sqlite")
    with store:
        rows = dict(store.execute(
            "SELECT owner, id FROM connections WHERE provider = 'notion' AND owner_kind = 'person' AND owner = 'alice'"
            " UNION SELECT owner, id FROM connections WHERE owner = 'product'").fetchall())
        sealed = {owner: store.execute("SELECT sealed, fingerprint FROM connections WHERE id = ?", (id,)).fetchone() for owner, id in rows.items()}
        for owner, other in (("alice", "product"), ("product", "alice")):
            store.execute("UPDATE connections SET sealed = ?, fingerprint = ? WHERE id = ?", (*sealed[other], rows[owner]))
    store.close()
    result = deputy("demo", "--once", "--json", "--home", home)
    assert result.returncode == 3, result.stdout
    failed = [step["step"] for step in json.loads(result.stdout)["steps"] if not step["passed"]]
    assert any("Alice reads her page" in step for step in failed)


def test_the_credentials_file_works_while_it_serves(deputy, tmp_path):
    path = tmp_path / "credentials.json"
    child = subprocess.Popen(
        [deputy.path, "demo", "--credentials", str(path), "--home", str(tmp_path / "home")],
        stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True, env=deputy.environment)
    try:
        for line in child.stdout:
            if line.startswith("Serving"):
                break
        assert stat.S_IMODE(os.stat(path).st_mode) == 0o600
        given = json.loads(path.read_text())
        for person in ("alice", "bob"):
            for agent in ("onboarding", "email", "product"):
                request = urllib.request.Request(
                    f"{given['url']}/mcp/{agent}", data=b'{"jsonrpc":"2.0","id":1,"method":"tools/list"}',
                    headers={"Authorization": f"Bearer {given['people'][person]}", "Content-Type": "application/json",
                             "Accept": "application/json, text/event-stream", "MCP-Protocol-Version": "2025-11-25"})
                with urllib.request.urlopen(request, timeout=10) as response:
                    assert json.loads(response.read())["result"]["tools"]
        refused = deputy("serve", "--home", str(tmp_path / "home"))
        assert refused.returncode == 2
    finally:
        child.send_signal(signal.SIGINT)
        child.wait(20)
    refused = deputy("serve", "--home", str(tmp_path / "home"))
    assert refused.returncode == 2 and "demo home" in refused.stderr
