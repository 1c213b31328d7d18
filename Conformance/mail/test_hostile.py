"""Mail servers that mean harm: a call of theirs ends with words, soon, and takes nothing else with it."""

import json
import pathlib
import resource
import time

import pytest
from agreeing import agree
from hostile_mail import Hostile
from mail_home import PASSWORD_MANIFEST, new_home

SECRET = "alice@acme.test:canary-of-alice-1234"
MB = 1 << 20


@pytest.fixture(scope="module")
def servers(certificate):
    servers = {"wall": Hostile(certificate), "strip": Hostile(certificate, implicit=False)}
    yield servers
    for server in servers.values():
        server.stop()


@pytest.fixture(scope="module")
def served(tmp_path_factory, servers, certificate):
    pem = json.dumps(pathlib.Path(certificate + ".crt").read_text())
    smtp = "smtps://127.0.0.1:9"
    home = new_home(tmp_path_factory.mktemp("home"), {
        name: PASSWORD_MANIFEST % {
            "name": name, "imap": f"{scheme}://127.0.0.1:{servers[name].port}", "smtp": smtp, "certificate": pem}
        for name, scheme in (("wall", "imaps"), ("strip", "imap"))}, people=("alice", "dana"))
    home.serve()
    home.run("connections", "add", "wall", "--person", "alice", secret=SECRET)
    home.tokens = {"alice": home.token("alice", "helper")}
    agree(home.browser("alice"))
    yield home
    home.stop()


@pytest.fixture
def wall(servers):
    servers["wall"].honest()
    return servers["wall"]


@pytest.fixture
def strip(servers):
    servers["strip"].honest()
    servers["strip"].capabilities = b"IMAP4rev1 AUTH=PLAIN STARTTLS"
    return servers["strip"]


def fetch(data):
    return lambda tag: b"* 1 FETCH " + data + b"\r\n" + tag + b" OK done\r\n"


@pytest.mark.parametrize("verb, answer", [
    ("UID SEARCH", b"* SEARCH " + b"1 " * 2_000_000 + b"\r\n"),
    ("UID SEARCH", b"* SEARCH 1 x'; DROP\r\n"),
    ("UID SEARCH", b"* OK x\r\n" * 100_000),
    ("UID SEARCH", b"* SEARCH 1\n"),
    ("UID SEARCH", b"* SEARCH 1\0\r\n"),
    ("UID SEARCH", lambda tag: b"d999 OK not yours\r\n"),
    ("UID SEARCH", lambda tag: b"+ more please\r\n"),
    ("UID SEARCH", lambda tag: tag + b" NO [SERVERBUG] no\r\n"),
    ("UID SEARCH", lambda tag: tag + b"\r\n"),
    ("UID FETCH", fetch(b"(UID 1 ENVELOPE {4000000000}")),
    ("UID FETCH", fetch(b"(UID 1 BODY {5000000}\r\n" + b"x" * 5 * MB + b")")),
    ("UID FETCH", fetch(b"(" * 100_000)),
    ("UID FETCH", fetch(b"(UID 1 ENVELOPE (" + b"NIL " * 400_000 + b"))")),
    ("UID FETCH", fetch(b'(UID 1 ENVELOPE ("')),
    ("UID FETCH", fetch(b"x" * 10 * MB)),
    ("EXAMINE", b"* 3 EXISTS\r\n"),
    ("CAPABILITY", b"* CAPABILITY " + b"X" * MB + b"\r\n"),
], ids=range(17))
def test_what_is_too_much_or_no_answer_ends_the_call(served, wall, verb, answer):
    before = rss(served)
    wall.answers[verb] = answer
    since = time.monotonic()
    kind, result = served.call("helper", served.tokens["alice"], "wall.search", {})
    assert kind != "done" and time.monotonic() - since < 10, (kind, result)
    assert "canary" not in str(result)
    assert rss(served) - before < 100 * MB
    wall.honest()
    assert served.call("helper", served.tokens["alice"], "wall.search", {})[0] == "done", "nothing of it stays"


def rss(home):
    pages = int(pathlib.Path(f"/proc/{home.gateway.pid}/statm").read_text().split()[1])
    return pages * resource.getpagesize()


@pytest.mark.parametrize("greeting", [
    b"* PREAUTH welcome\r\n", b"* BYE go away\r\n", b"220 mail ESMTP\r\n", b"HTTP/1.1 200 OK\r\n\r\n", b"\r\n",
    b"* OK " + b"x" * MB, b"* OK\n", b"+ hello\r\n", b"* 3 EXISTS\r\n",
], ids=range(9))
def test_a_greeting_that_is_none_is_the_end(served, wall, greeting):
    wall.greeting = greeting
    kind, result = served.call("helper", served.tokens["alice"], "wall.folders", {})
    assert kind != "done", result
    assert wall.passwords == []


def test_a_greeting_that_never_comes_isnt_waited_for(served, wall):
    wall.greeting = lambda connection: time.sleep(30)
    since = time.monotonic()
    kind, result = served.call("helper", served.tokens["alice"], "wall.folders", {})
    assert kind != "done" and time.monotonic() - since < 20, result


def test_a_password_that_comes_back_is_blotted_out(served, wall):
    wall.answers["LIST"] = b'* LIST () "/" "canary-of-alice-1234"\r\n'
    kind, result = served.call("helper", served.tokens["alice"], "wall.folders", {})
    assert kind == "done" and "[redacted]" in str(result) and "canary" not in str(result), result
    wall.answers["LIST"] = lambda tag: tag + b" NO your password is canary-of-alice-1234\r\n"
    kind, result = served.call("helper", served.tokens["alice"], "wall.folders", {})
    assert kind != "done" and "canary" not in str(result), result


def add(home, provider):
    result = home.command("connections", "add", provider, "--person", "alice", secret=SECRET)
    assert result.returncode != 0 and "canary" not in result.stdout + result.stderr, result
    return result.stdout + result.stderr


def test_tls_that_is_taken_away_ends_it_before_the_password(served, strip):
    strip.capabilities = b"IMAP4rev1 AUTH=PLAIN"
    assert "STARTTLS" in add(served, "strip")
    strip.honest()
    strip.capabilities = b"IMAP4rev1 STARTTLS AUTH=PLAIN"
    strip.answers["STARTTLS"] = lambda tag: tag + b" NO not today\r\n"
    add(served, "strip")
    strip.greeting = b"* PREAUTH come in\r\n"
    add(served, "strip")
    assert strip.passwords == [] and all(b"AUTH" not in line for _, line in strip.heard)


def test_what_is_said_in_clear_behind_starttls_is_no_part_of_tls(served, strip):
    strip.answers["STARTTLS"] = lambda tag: tag + b" OK begin\r\n* CAPABILITY IMAP4rev1 AUTH=PLAIN LOGINDISABLED\r\n"
    assert "out of turn" in add(served, "strip")
    assert strip.passwords == []


def test_a_name_that_isnt_in_the_certificate_is_refused(served, strip, servers, tmp_path, certificate):
    import subprocess
    path = str(tmp_path / "other")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", f"{path}.key", "-out", f"{path}.crt",
         "-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"],
        check=True, capture_output=True)
    kept, servers["strip"].context = servers["strip"].context, Hostile(path).context
    try:
        assert "TLS" in add(served, "strip")
        assert strip.passwords == []
    finally:
        servers["strip"].context = kept


def test_a_server_that_is_honest_is_connected(served, strip):
    served.run("connections", "add", "strip", "--person", "alice", secret=SECRET)
    assert strip.passwords == [b"\0alice@acme.test\0canary-of-alice-1234"]
    assert [line for secure, line in strip.heard if not secure and not line.split()[1] in (b"CAPABILITY", b"STARTTLS")] == []
