"""Policy test 15: texts of others can't move the cursor, forge a line or break out of JSON, in tables, pages' feeds or logs."""

import fcntl
import json
import os
import pty
import struct
import subprocess
import termios
import unicodedata

EVIL = "x\x1b[2K\rdeputy: error: all is well\n\u202eevil\u0085\x9b31m\",\"injected\":\"1"


def plain(home, deputy, *arguments):
    return deputy(*arguments, "--home", home.path)


def is_inert(text):
    return not [c for c in text if (ord(c) < 0x20 and c != "\n") or 0x7F <= ord(c) < 0xA0 or c in "\u202e\u2066\u200b"]


def test_policy_15_a_name_with_control_characters_stays_a_name(empty, deputy):
    empty.populate()
    empty.run("people", "add", "carol", "--name", EVIL.replace("\n", " "), "--email", "carol@acme.test")
    empty.run("tokens", "create", "carol", "--agent", "email", "--label", EVIL)
    for command in (["people", "list"], ["tokens", "list"], ["agents", "list"], ["ledger", "tail"], ["people", "show", "carol"]):
        result = plain(empty, deputy, *command)
        assert result.returncode == 0, (command, result.stderr)
        assert is_inert(result.stdout), (command, result.stdout)
        assert "\ndeputy: error: all is well" not in result.stdout


def test_policy_15_json_stays_one_value(empty):
    empty.populate()
    empty.run("tokens", "create", "carol", "--agent", "email", "--label", EVIL)
    listed = empty.run("tokens", "list")
    assert [t["label"] for t in listed["tokens"]] == [EVIL]
    assert "injected" not in listed["tokens"][0]


def test_policy_15_what_a_server_answers_is_inert_in_logs(home):
    before = len(open(home.output.name, "rb").read())
    home.call("onboarding", home.tokens["alice"], "notion.search", {"query": EVIL})
    log = open(home.output.name, "rb").read()[before:].decode()
    for line in log.splitlines():
        assert is_inert(line), line
    assert not [line for line in log.splitlines() if line.startswith("deputy: error: all is well")]
    for leaf in home.leaves():
        json.dumps(leaf)


def in_terminal(deputy, *arguments, columns, home):
    """What the command prints into a terminal of that width."""
    primary, secondary = pty.openpty()
    fcntl.ioctl(secondary, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    child = subprocess.Popen(
        [deputy.path, *arguments, "--home", home.path], stdin=secondary, stdout=secondary, stderr=subprocess.PIPE,
        env=deputy.environment)
    os.close(secondary)
    shown = b""
    while True:
        try:
            part = os.read(primary, 65536)
        except OSError:
            break
        if not part:
            break
        shown += part
    os.close(primary)
    assert child.wait(20) == 0, child.stderr.read()
    return shown.decode().replace("\r\n", "\n")


def test_tables_fit_the_terminal_and_keep_ids_whole(empty, deputy):
    empty.populate()
    empty.run("people", "add", "carol", "--name", "日本語の長い名前" * 6, "--email", "carol@acme.test")
    made = empty.run("tokens", "create", "carol", "--agent", "email", "--label", "a long label " * 20)
    cells = lambda line: sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line)
    for columns in (60, 80, 120):
        people = in_terminal(deputy, "people", "list", columns=columns, home=empty)
        assert max(map(cells, people.splitlines())) <= columns and "…" in people
        tokens = in_terminal(deputy, "tokens", "list", columns=columns, home=empty)
        assert made["id"] in tokens and "…" in tokens
        assert max(map(cells, tokens.splitlines())) <= columns
    assert "a long label " * 19 in plain(empty, deputy, "tokens", "list").stdout
