"""`deputy clients add`: what it writes is what each client reads, without the token, and the program runs."""

import json
import os
import subprocess
import sys

import pytest


@pytest.fixture
def project(tmp_path):
    folder = tmp_path / "project"
    folder.mkdir()
    return folder


def add(home, deputy, folder, *arguments):
    return deputy("clients", "add", *arguments, "--home", home.path, cwd=folder)


def test_each_clients_own_file_is_written_and_nothing_in_it_is_lost(empty, deputy, project):
    empty.populate().serve()
    url = empty.url + "/mcp/onboarding"
    (project / ".vscode").mkdir()
    kept = {"inputs": [{"type": "promptString", "id": "x"}], "servers": {"other": {"type": "stdio", "command": "y"}}}
    (project / ".vscode/mcp.json").write_text(json.dumps(kept))
    os.chmod(project / ".vscode/mcp.json", 0o640)
    for client in ("claude", "vscode", "cursor"):
        result = add(empty, deputy, project, client, "onboarding", "--write")
        assert result.returncode == 0 and "tokens create" in result.stderr, result.stderr
    claude = json.loads((project / ".mcp.json").read_text())
    assert claude["mcpServers"]["deputy-onboarding"] == {
        "type": "http", "url": url, "headers": {"Authorization": "Bearer ${DEPUTY_TOKEN}"}}
    cursor = json.loads((project / ".cursor/mcp.json").read_text())
    assert cursor["mcpServers"]["deputy-onboarding"] == {
        "url": url, "headers": {"Authorization": "Bearer ${env:DEPUTY_TOKEN}"}}
    code = json.loads((project / ".vscode/mcp.json").read_text())
    assert code["servers"]["other"] == kept["servers"]["other"] and code["inputs"][0] == kept["inputs"][0]
    assert code["servers"]["deputy-onboarding"]["headers"] == {"Authorization": "Bearer ${input:deputy-onboarding-token}"}
    assert code["inputs"][1]["password"] is True and code["inputs"][1]["id"] == "deputy-onboarding-token"
    assert (project / ".vscode/mcp.json").stat().st_mode & 0o777 == 0o640
    assert sorted(p.name for p in project.rglob("*") if p.is_file()) == [".mcp.json", "mcp.json", "mcp.json"]


def test_an_entry_of_the_same_name_stays_unless_forced(empty, deputy, project):
    empty.populate().serve()
    mine = {"mcpServers": {"deputy-onboarding": {"url": "https://mine.example"}}}
    (project / ".mcp.json").write_text(json.dumps(mine))
    refused = add(empty, deputy, project, "claude", "onboarding", "--write")
    assert refused.returncode == 1 and "--force" in refused.stderr and "--name" in refused.stderr
    assert json.loads((project / ".mcp.json").read_text()) == mine
    assert add(empty, deputy, project, "claude", "onboarding", "--write", "--name", "second").returncode == 0
    assert list(json.loads((project / ".mcp.json").read_text())["mcpServers"]) == ["deputy-onboarding", "second"]
    assert add(empty, deputy, project, "claude", "onboarding", "--write", "--force").returncode == 0
    (project / "commented.json").write_text("// mine\n{}")
    commented = add(empty, deputy, project, "vscode", "onboarding", "--write", "commented.json")
    assert commented.returncode == 1 and (project / "commented.json").read_text() == "// mine\n{}"


def test_it_prints_the_configuration_alone_and_says_what_is_missing(empty, deputy, project):
    empty.populate()
    nowhere = add(empty, deputy, project, "claude", "onboarding")
    assert nowhere.returncode == 1 and "--url" in nowhere.stderr
    printed = add(empty, deputy, project, "claude", "onboarding", "--url", "https://deputy.example/", "--variable", "T")
    server = json.loads(printed.stdout)["mcpServers"]["deputy-onboarding"]
    assert server["url"] == "https://deputy.example/mcp/onboarding" and "${T}" in str(server)
    assert "claude mcp add" in printed.stderr and "export T" in printed.stderr
    unknown = add(empty, deputy, project, "claude", "onbording", "--url", "https://deputy.example")
    assert unknown.returncode == 1 and "onboarding" in unknown.stderr
    assert add(empty, deputy, project, "emacs", "onboarding").returncode == 64
    assert add(empty, deputy, project, "claude", "onboarding", "--variable", "a b").returncode == 64
    assert list(project.iterdir()) == []


def test_the_python_program_runs_as_it_is(home, deputy, project, acme):
    assert add(home, deputy, project, "python", "onboarding", "--write").returncode == 0
    program = project / "deputy_onboarding.py"
    assert home.tokens["alice"] not in program.read_text()
    environment = {k: v for k, v in os.environ.items() if k != "DEPUTY_TOKEN"}

    def run(*arguments, token=home.tokens["alice"]):
        return subprocess.run([sys.executable, program, *arguments], capture_output=True, text=True, timeout=60,
                              env=environment | ({"DEPUTY_TOKEN": token} if token else {}))

    listed = run()
    assert listed.returncode == 0 and "notion.get_page: " in listed.stdout, listed.stderr
    page = {"page_id": acme.ids["pages"]["alice_onboarding"]}
    called = run("notion.get_page", json.dumps(page))
    assert called.returncode == 0 and "Alice" in called.stdout, called.stderr
    assert run("notion.get_page", json.dumps({"page_id": acme.ids["pages"]["bob_onboarding"]})).returncode == 1
    assert "DEPUTY_TOKEN" in run(token=None).stderr
    program.write_text("# mine")
    assert add(home, deputy, project, "python", "onboarding", "--write").returncode == 1
    assert program.read_text() == "# mine"
    printed = add(home, deputy, project, "python", "onboarding").stdout
    compile(printed, "printed", "exec")
