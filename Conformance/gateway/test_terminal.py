"""Policy test 15: texts of others can't move the cursor, forge a line or break out of JSON, in tables, pages' feeds or logs."""

import fcntl
import json
import os
import pty
import select
import struct
import subprocess
import termios
import time
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


class Terminal:
    """A command in a terminal of its own, and what it shows."""

    def __init__(self, deputy, *arguments, columns=80, **options):
        self.primary, secondary = pty.openpty()
        fcntl.ioctl(secondary, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        self.child = subprocess.Popen(
            [deputy.path, *arguments], stdin=secondary, stdout=secondary, stderr=secondary, env=deputy.environment,
            start_new_session=True, preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0), **options)
        os.close(secondary)
        self.shown, self.read = "", 0

    def expect(self, text=None, seconds=30):
        """Reads until the text is shown, or until the command ends; what was shown since the last time."""
        deadline = time.time() + seconds
        while text is None or text not in self.shown[self.read:]:
            assert time.time() < deadline, f"{text!r} isn't in {self.shown[self.read:]!r}"
            if not select.select([self.primary], [], [], 0.5)[0]:
                continue
            try:
                part = os.read(self.primary, 65536)
            except OSError:
                part = b""
            if not part:
                assert text is None, f"{text!r} isn't in {self.shown[self.read:]!r}"
                break
            self.shown += part.decode().replace("\r\n", "\n")
        start = self.read
        self.read = len(self.shown) if text is None else self.shown.index(text, start) + len(text)
        return self.shown[start:self.read]

    def type(self, text):
        os.write(self.primary, text.encode())

    def end(self):
        """The exit code, once the command has ended."""
        self.expect()
        os.close(self.primary)
        return self.child.wait(20)


def in_terminal(deputy, *arguments, columns, home):
    """What the command prints into a terminal of that width."""
    terminal = Terminal(deputy, *arguments, "--home", home.path, columns=columns)
    assert terminal.end() == 0, terminal.shown
    return terminal.shown


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


def ask(deputy, path, *answers, arguments=()):
    """`init` in a terminal: each answer after the prompt that it is for."""
    terminal = Terminal(deputy, "init", *arguments, "--home", str(path), columns=100)
    for prompt, answer in answers:
        terminal.expect(prompt)
        terminal.type(answer + "\n")
    return terminal.end(), terminal.shown


def people(deputy, path):
    return json.loads(deputy("people", "list", "--json", "--home", str(path)).stdout)["people"]


def test_init_asks_five_questions_and_says_what_is_next(deputy, tmp_path):
    code, shown = ask(
        deputy, tmp_path / "home", ("1. ", "Acme Ltd"), ("2. ", "acme.example, acme.test"),
        ("3. ", "Dana Lee <dana@acme.example>"), ("4. ", "https://deputy.acme.example"), ("5. ", "https://hooks.example/x"))
    assert code == 0 and "6. " not in shown, shown
    assert "deputy agents add notes --acts-as assistant --owner dana" in shown
    assert shown.count("\n  deputy ") == 3 and "whsec_" in shown
    assert [(p["id"], p["name"], p["email"]) for p in people(deputy, tmp_path / "home")] == [
        ("dana", "Dana Lee", "dana@acme.example")]
    home = ("--json", "--home", str(tmp_path / "home"))
    organization = json.loads(deputy("export", *home).stdout)["organization"]
    assert organization == {"name": "Acme Ltd", "domains": ["acme.example", "acme.test"]} and "`acme-ltd`" in shown
    assert json.loads(deputy("notices", "show", *home).stdout)["webhook"]["url"] == "https://hooks.example/x"
    deputy("agents", "add", "notes", "--owner", "dana", *home)
    added = json.loads(deputy("clients", "add", "claude", "notes", *home).stdout)
    assert added["url"] == "https://deputy.acme.example/mcp/notes"
    gateway = subprocess.Popen([deputy.path, "serve", "--port", "0", "--home", str(tmp_path / "home")], text=True,
                               stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=deputy.environment)
    try:
        assert "https://deputy.acme.example/mcp/AGENT" in gateway.stdout.readline()
    finally:
        gateway.terminate()
        gateway.wait(20)


def test_init_takes_defaults_tells_mistakes_and_hides_the_password(deputy, tmp_path):
    code, shown = ask(
        deputy, tmp_path / "one", ("1. ", ""), ("   ", "Acme"), ("2. ", "acme"), ("write it as", "acme.example"),
        ("nobody yet] ", "dana@else.example"), ("its domains are", ""), ("this machine alone] ", "deputy.example"),
        ("with nothing behind", ""), ("not at all] ", "carrier pigeon"), ("none, smtps", ""))
    assert code == 0 and people(deputy, tmp_path / "one") == [] and "deputy people add NAME" in shown, shown
    code, shown = ask(
        deputy, tmp_path / "two", ("not at all] ", "smtps://deputy@mail.acme.example"), ("password: ", "hunter2-secret"),
        arguments=("acme", "--name", "Acme", "--domain", "acme.example", "--person", "dana@acme.example",
                   "--public-url", "https://deputy.acme.example"))
    assert code == 0 and "hunter2-secret" not in shown and "1. How are people told" in shown, shown
    shown = json.loads(deputy("notices", "show", "--json", "--home", str(tmp_path / "two")).stdout)
    assert shown["mail"]["password"] is True and shown["mail"]["from"] == "deputy@acme.example"


def test_init_that_is_left_makes_nothing(deputy, tmp_path):
    terminal = Terminal(deputy, "init", "--home", str(tmp_path / "home"))
    terminal.expect("1. ")
    terminal.type("\x04")
    assert terminal.end() == 1 and "nothing was made" in terminal.shown
    assert not (tmp_path / "home").exists()


def test_init_without_a_terminal_asks_nothing_and_names_the_flag(deputy, tmp_path):
    for arguments, word in (
        ((), "deputy init acme"), (("acme",), "--domain"), (("Acme!", "--domain", "acme.example"), "lower-case"),
        (("acme", "--domain", "acme"), "acme.example"),
        (("acme", "--domain", "acme.example", "--person", "dana"), "dana@acme.example"),
        (("acme", "--domain", "acme.example", "--notices", "smtps://u@mail.acme.example"), "--password-file"),
        (("acme", "--domain", "acme.example", "--public-url", "deputy.example"), "https://"),
    ):
        result = deputy("init", *arguments, "--home", str(tmp_path / "home"), stdin=subprocess.DEVNULL)
        assert result.returncode == 1 and word in result.stderr, (arguments, result.stdout, result.stderr)
        assert not (tmp_path / "home").exists(), arguments


def test_init_that_fails_leaves_the_folder_as_it_was(deputy, tmp_path):
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    (tmp_path / "secret").write_text("not a secret of Standard Webhooks")
    arguments = ("init", "acme", "--domain", "acme.example", "--notices", "https://hooks.example/x", "--home", str(home))
    refused = deputy(*arguments, "--secret-file", str(tmp_path / "secret"), stdin=subprocess.DEVNULL)
    assert refused.returncode == 1 and "whsec_" in refused.stderr
    assert list(home.iterdir()) == []
    (home / "mine.txt").write_text("mine")
    refused = deputy(*arguments, stdin=subprocess.DEVNULL)
    assert refused.returncode == 2 and "mine.txt" in refused.stderr
    assert [p.name for p in home.iterdir()] == ["mine.txt"]
    (home / "mine.txt").unlink()
    made = deputy(*arguments, stdin=subprocess.DEVNULL)
    assert made.returncode == 0 and "whsec_" in made.stdout
