"""Manual pages and completions are made from the commands: every command has a page, with each of its options."""

import json
import re
import shutil
import subprocess

import pytest


@pytest.fixture
def tree(deputy):
    return json.loads(deputy("--experimental-dump-help").stdout)["command"]


def commands(command, path=()):
    """Each visible command: its path, and the node."""
    path += (command["commandName"],)
    yield path, command
    for child in command.get("subcommands", []):
        if child["shouldDisplay"] and child["commandName"] != "help":
            yield from commands(child, path)


@pytest.fixture
def pages(deputy, tmp_path):
    result = deputy("manual", str(tmp_path / "man"))
    assert result.returncode == 0, result.stderr
    return tmp_path / "man"


def rendered(page):
    text = subprocess.run(["mandoc", "-Tutf8", "-O", "width=200", str(page)], capture_output=True, text=True, check=True).stdout
    return re.sub(".\b", "", text)


def test_every_command_has_a_page_with_each_of_its_options(tree, pages):
    wanted = dict(commands(tree))
    assert {f"{'-'.join(path)}.1" for path in wanted} == {page.name for page in pages.iterdir()}
    for path, command in wanted.items():
        text = rendered(pages / f"{'-'.join(path)}.1")
        flat = " ".join(text.split())
        for argument in command.get("arguments", []):
            if not argument["shouldDisplay"]:
                continue
            for name in argument.get("names", []):
                spelled = ("-" if name["kind"] == "short" else "--") + name["name"]
                assert re.search(rf"(^|[\s\[,]){spelled}([\s\],]|$)", text), (path, spelled)
            assert argument["valueName"] in text, (path, argument["valueName"])
            words = argument["abstract"].split("`")[0].split("'")[0].strip()
            assert " ".join(words.split())[:40] in flat, (path, words)
        for child in command.get("subcommands", []):
            if child["shouldDisplay"] and child["commandName"] != "help":
                assert "-".join((*path, child["commandName"])) in text, path


def test_pages_have_no_warnings(pages):
    checked = subprocess.run(
        ["mandoc", "-Tlint", "-W", "warning,stop", *sorted(map(str, pages.iterdir()))], capture_output=True, text=True)
    assert checked.returncode == 0 and checked.stdout + checked.stderr == "", checked.stdout + checked.stderr
    if shutil.which("groff"):
        for page in pages.iterdir():
            result = subprocess.run(["groff", "-mandoc", "-ww", "-Tutf8", "-z", str(page)], capture_output=True, text=True)
            assert result.returncode == 0 and result.stderr == "", (page.name, result.stderr)


def test_the_lint_would_tell(pages, tmp_path):
    broken = tmp_path / "broken.1"
    broken.write_text((pages / "deputy.1").read_text().replace(".Sh DESCRIPTION", ".Sh DESCRIPTION\n.Nonsense x"))
    assert subprocess.run(["mandoc", "-Tlint", "-W", "warning,stop", str(broken)], capture_output=True).returncode != 0


def test_the_shells_complete_commands_and_options(deputy, tmp_path):
    script = tmp_path / "deputy.bash"
    script.write_text(deputy("completions", "bash").stdout)
    assert deputy("completions", "tcsh").returncode == 64

    def completed(*words):
        line = " ".join(words)
        code = (f"source {script}; COMP_WORDS=({' '.join(repr(word) for word in words)}); COMP_CWORD={len(words) - 1}; "
                f"COMP_LINE={line!r}; COMP_POINT={len(line)}; "
                f"_deputy deputy {words[-1]!r} {words[-2]!r}; printf '%s\\n' \"${{COMPREPLY[@]}}\"")
        result = subprocess.run(["bash", "-c", code], capture_output=True, text=True, timeout=30)
        assert result.returncode == 0, result.stderr
        return {word.strip() for word in result.stdout.split()}

    assert {"approvals", "apply", "agents"} <= completed("deputy", "a") and "ledger" not in completed("deputy", "a")
    assert {"list", "show", "clear"} <= completed("deputy", "sessions", "")
    assert {"--agent", "--follow", "--since"} <= completed("deputy", "ledger", "show", "--")
    for shell, check in (("zsh", ["zsh", "-n"]), ("fish", ["fish", "--no-execute"])):
        file = tmp_path / shell
        file.write_text(deputy("completions", shell).stdout)
        assert "approvals" in file.read_text()
        if shutil.which(shell):
            result = subprocess.run([*check, str(file)], capture_output=True, text=True, timeout=30)
            assert result.returncode == 0, (shell, result.stderr)


# These write their own format, or answer at the gateway that a person's link leads to, and not in a home.
ELSEWHERE = (("completions",), ("channels", "manifest"), ("export",), ("approvals", "approve"), ("approvals", "deny"))


def test_every_list_and_show_has_json_and_every_command_says_what_it_does(tree):
    for path, command in commands(tree):
        assert command["abstract"].endswith("."), path
        for argument in command.get("arguments", []):
            assert argument["abstract"].endswith("."), (path, argument["valueName"])
        if not command.get("subcommands") and path[1:] not in ELSEWHERE:
            names = {name["name"] for argument in command["arguments"] for name in argument.get("names", [])}
            assert "json" in names, path
