"""Where the keys come from: each source opens its own home, every wrong one has a name, and a move survives its death."""

import os
import pathlib
import pty
import re
import secrets
import signal
import subprocess
import threading
import time

import postgres
import pytest
from key_sources import (
    COST, DEPUTY, ENVIRONMENT, MODULE, OTHER_PASSPHRASE, PASSPHRASE, PIN, SoftHSM, done, refusal, run, serve,
)

SEARCH = {"query": "q4"}


@pytest.fixture
def hsm(tmp_path):
    return SoftHSM(tmp_path / "hsm").make("deputy")


@pytest.fixture
def credentials(tmp_path):
    folder = tmp_path / "credentials"
    folder.mkdir(0o700)
    path = folder / "deputy-key"
    path.touch(0o400)
    path.write_text(secrets.token_hex(32) + "\n")
    return folder


@pytest.fixture(params=["passphrase", "credential", "token"])
def source(request, credentials, hsm):
    """A source: what `--to` is given, what it is told, and its environment."""
    return {
        "passphrase": ("passphrase", (PASSPHRASE,), {}),
        "credential": ("credential", (), {"CREDENTIALS_DIRECTORY": str(credentials)}),
        "token": (hsm.uri(), (), hsm.environment),
    }[request.param]


def key_file(home):
    return pathlib.Path(home.path) / "keys/vault.key"


def plain_keys(home):
    """Each key of a plain file, as text and as bytes."""
    import base64
    found = [line.split()[3] for line in key_file(home).read_text().splitlines() if line.startswith("deputy-key-v1")]
    return [text.encode() for text in found] + [base64.b64decode(text) for text in found]


def test_a_home_is_made_moved_and_served_from_each_source(home, source, acme):
    to, lines, environment = source
    home.stop()
    plain = plain_keys(home)
    assert done(home, "keys", "source")["source"] == "file"
    moved = done(home, "keys", "move", "--to", to, *COST, lines=lines, **environment)
    assert moved["from"] == "file"
    assert done(home, "keys", "source")["source"] == moved["to"], "the file says it, and nothing is asked"
    serve(home, lines=lines, **environment)
    assert home.call("onboarding", home.tokens["alice"], "notion.search", SEARCH)[0] == "done"
    rotated = home.run("keys", "rotate")
    assert rotated["rows"] > 8 and rotated["refused"] == []
    assert home.call("onboarding", home.tokens["bob"], "notion.search", SEARCH)[0] == "done"
    assert any("which opens them" in finding["message"] for finding in home.run("doctor")["findings"])
    process = pathlib.Path(f"/proc/{home.gateway.pid}")
    said = {name: (process / name).read_bytes() for name in ("environ", "cmdline")}
    assert re.search(rb"Max core file size +0 +0 ", (process / "limits").read_bytes())
    home.stop()
    # No key in clear, and nothing that was typed, is in any file of the home or shown by the process.
    files = {str(path): path.read_bytes() for path in pathlib.Path(home.path).rglob("*") if path.is_file()}
    files |= said | {"log": pathlib.Path(home.output.name).read_bytes()}
    words = plain + [PASSPHRASE.encode(), b"deputy-key-v1"]
    assert [(name, word[:6]) for name, text in files.items() for word in words if word in text] == []
    assert any(words[0] in text for text in [*files.values(), b"planted " + words[0]]), "the search finds what is there"
    # And back: the same keys, open in their file again.
    done(home, "keys", "move", "--to", "file", lines=lines, **environment)
    assert set(plain) <= set(plain_keys(home))
    home.serve()
    assert home.call("onboarding", home.tokens["alice"], "notion.search", SEARCH)[0] == "done"
    changes = [leaf["change"] for leaf in home.leaves("system") if leaf.get("change", "").startswith("keys.mov")]
    assert changes == ["keys.moving", "keys.moved"] * 2


@pytest.mark.parametrize("kind", ["passphrase", "token"])
def test_a_new_home_can_have_its_keys_elsewhere_from_the_start(tmp_path, deputy, hsm, kind):
    class Home:
        path = str(tmp_path / "new")
    to, lines, environment = {
        "passphrase": ("passphrase", (PASSPHRASE,), {}), "token": (hsm.uri(asks=True), (PIN,), hsm.environment)}[kind]
    made = run(Home, "init", "acme", "--domain", "acme.test", "--keys", to, *COST, lines=lines, **environment)
    assert made.returncode == 0, made.stdout + made.stderr
    assert "deputy-key-v1" not in key_file(Home).read_text()
    assert len(done(Home, "keys", "list", lines=lines, **environment)["keys"]) == 1


def test_each_wrong_answer_has_a_name_of_its_own(empty, hsm, credentials, tmp_path):
    plain = key_file(empty).read_text()

    def put(text):
        key_file(empty).write_text(text)

    # A passphrase.
    done(empty, "keys", "move", "--to", "passphrase", *COST, lines=(PASSPHRASE,))
    sealed = key_file(empty).read_text()
    assert refusal(empty, "doctor", lines=(OTHER_PASSPHRASE,))[:2] == (2, "wrong_passphrase")
    code, name, _, hint = refusal(empty, "serve")
    assert (code, name) == (2, "not_given") and "--passphrase-fd" in hint, "nobody is there to type it"
    put(re.sub(r"(?m)^scrypt 15", "scrypt 30", sealed))
    assert refusal(empty, "doctor", lines=(PASSPHRASE,))[1] == "key_file_invalid"
    hostile = [line for line in re.sub(r"(?m)^scrypt 15", "scrypt 30", sealed).splitlines() if line[0] != "#"][:-1]
    put("\n".join([*hostile, "check " + digest(hostile)]) + "\n")
    assert refusal(empty, "doctor", lines=(PASSPHRASE,))[1] == "parameters_refused"
    put(sealed)
    assert refusal(empty, "keys", "move", "--to", "passphrase", *COST, lines=(PASSPHRASE, "short"))[2:3] == (
        "the passphrase has 5 characters",)
    # Another passphrase: nothing else is sealed anew.
    done(empty, "keys", "move", "--to", "passphrase", *COST, lines=(PASSPHRASE, OTHER_PASSPHRASE))
    assert refusal(empty, "doctor", lines=(PASSPHRASE,))[1] == "wrong_passphrase"
    ring = re.compile(r"(?m)^ring .*$")
    assert ring.search(key_file(empty).read_text()).group() == ring.search(sealed).group()
    done(empty, "keys", "list", lines=(OTHER_PASSPHRASE,))
    # A credential.
    put(plain)
    given = {"CREDENTIALS_DIRECTORY": str(credentials)}
    done(empty, "keys", "move", "--to", "credential", **given)
    assert refusal(empty, "doctor")[1] == "not_given"
    assert refusal(empty, "doctor", CREDENTIALS_DIRECTORY=str(tmp_path))[1] == "not_given"
    secret = credentials / "deputy-key"
    for mode, expected in ((0o440, None), (0o444, "key_file_exposed"), (0o420, "key_file_exposed"), (0o400, None)):
        secret.chmod(mode)
        if expected is None:
            done(empty, "keys", "list", **given)
        else:
            assert refusal(empty, "doctor", **given)[1] == expected, oct(mode)
    right = secret.read_text()
    for text, expected in ((secrets.token_hex(32), "wrong_credential"), ("short", "weak_passphrase")):
        secret.write_text(text)
        assert refusal(empty, "doctor", **given)[1] == expected
    secret.write_text(right)
    # A token.
    put(plain)
    done(empty, "keys", "move", "--to", hsm.uri(asks=True), lines=(PIN,), **hsm.environment)
    key = hsm.tool("--list-objects", "--type", "secrkey")
    assert "sensitive, always sensitive, never extractable" in key, "the token made a key that never leaves it"
    assert refusal(empty, "doctor", lines=("0000",), **hsm.environment)[1] == "wrong_pin"
    assert refusal(empty, "doctor", **hsm.environment)[1] == "not_given"
    hsm.take_away()
    assert refusal(empty, "doctor", lines=(PIN,), **hsm.environment)[1] == "token_missing"
    hsm.make("deputy")
    assert refusal(empty, "doctor", lines=(PIN,), **hsm.environment)[1] == "wrong_token", "another, with the same label"
    hsm.tool("--keygen", "--key-type", "AES:32", "--label", "kek", "--sensitive")
    assert refusal(empty, "doctor", lines=(PIN,), **hsm.environment)[1] == "wrong_token", "its key is another"
    put(plain)
    hsm.tool("--keygen", "--key-type", "AES:32", "--label", "loose", "--extractable")
    for uri, expected in (
        (hsm.uri(key="loose"), "token_unusable"), (hsm.uri("nobody"), "token_missing"),
        (hsm.uri().replace(MODULE, "/usr/lib/nowhere.so"), "token_unusable"),
        (f"pkcs11:token=deputy;object=kek?module-path={MODULE}&pin-value={PIN}", "source_invalid"),
    ):
        assert refusal(empty, "keys", "move", "--to", uri, **hsm.environment)[1] == expected, uri
        assert key_file(empty).read_text() == plain


def digest(lines):
    import hashlib
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]


def test_a_token_that_is_removed_while_it_runs_is_an_error_with_a_way_out(home, hsm):
    home.stop()
    done(home, "keys", "move", "--to", hsm.uri(), **hsm.environment)
    serve(home, **hsm.environment)
    hsm.take_away()
    assert home.call("onboarding", home.tokens["alice"], "notion.search", SEARCH)[0] == "done", "the keys are open"
    refused = home.command("keys", "rotate")
    assert refused.returncode == 1 and "no token is called `deputy`" in refused.stdout and "put it back" in refused.stdout
    doctor = home.command("doctor")
    assert doctor.returncode == 3 and "no token is called" in doctor.stdout
    assert home.call("onboarding", home.tokens["alice"], "notion.search", SEARCH)[0] == "done"
    hsm.put_back()
    assert home.run("keys", "rotate")["rows"] > 8
    assert home.call("onboarding", home.tokens["alice"], "notion.search", SEARCH)[0] == "done"


def test_a_passphrase_is_typed_without_echo(empty):
    done(empty, "keys", "move", "--to", "passphrase", *COST, lines=(PASSPHRASE,))
    child, terminal = pty.fork()
    if child == 0:
        os.execve(DEPUTY, [DEPUTY, "keys", "list", "--home", empty.path], ENVIRONMENT)
    shown = b""
    while b"Passphrase of the keys: " not in shown:
        shown += os.read(terminal, 4096)
    # The prompt is there before the terminal is quiet, or after: either way nothing is lost.
    time.sleep(0.2)
    os.write(terminal, PASSPHRASE.encode() + b"\n")
    try:
        while part := os.read(terminal, 4096):
            shown += part
    except OSError:
        pass
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0, shown
    assert b"active" in shown and PASSPHRASE.encode() not in shown


@pytest.mark.parametrize(("point", "is_new"), [("keys-moving", False), ("keys-ready", False), ("keys-moved", True)])
def test_a_killed_move_leaves_the_old_source_or_the_new_one(empty, hsm, credentials, point, is_new):
    environment = hsm.environment | {"CREDENTIALS_DIRECTORY": str(credentials)}
    way = [("passphrase", (PASSPHRASE,)), ("credential", ()), (hsm.uri(), ()), ("passphrase", (OTHER_PASSPHRASE,)), ("file", ())]
    known, before = (), "file"
    for to, lines in way:
        killed = run(empty, "keys", "move", "--to", to, *COST, lines=(*known, *lines), DEPUTY_KILL_AT=f"{point}:1",
                     **environment)
        assert killed.returncode == -signal.SIGKILL, killed.stdout
        now = done(empty, "keys", "source")["source"].split(":")[0]
        assert (now != before) == is_new
        done(empty, "keys", "list", lines=lines if is_new else known, **environment)
        assert not list(pathlib.Path(empty.path).rglob("*.new")), "what was half done is cleared at the next start"
        if not is_new:
            done(empty, "keys", "move", "--to", to, *COST, lines=(*known, *lines), **environment)
        known, before = lines, done(empty, "keys", "source")["source"].split(":")[0]
    assert before == "file" and plain_keys(empty)


def test_a_move_that_is_killed_at_any_time_leaves_a_home_that_opens(empty):
    """Without named points: the process dies whenever it happens to."""
    sources = {"file": (), "passphrase": (PASSPHRASE,)}
    for number in range(20):
        now = done(empty, "keys", "source")["source"]
        to = "passphrase" if now == "file" else "file"
        read, write = os.pipe()
        os.write(write, (PASSPHRASE + "\n").encode())
        os.close(write)
        child = subprocess.Popen(
            [DEPUTY, "keys", "move", "--home", empty.path, "--to", to, *COST, "--passphrase-fd", str(read)],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, pass_fds=(read,), env=ENVIRONMENT)
        os.close(read)
        threading.Event().wait(0.05 + number * 0.05)
        child.kill()
        child.wait()
        found = done(empty, "keys", "source")["source"]
        assert len(done(empty, "keys", "list", lines=sources[found])["keys"]) == 1


@postgres.embedded_only("copies deputy.sqlite; a PostgreSQL is backed up by its own tools")
def test_a_backup_names_the_source_that_it_needs_and_brings_its_keys(home, tmp_path, hsm):
    home.stop()
    backups = {}
    for name, to, lines in (("file", None, ()), ("passphrase", "passphrase", (PASSPHRASE,)), ("token", hsm.uri(), ())):
        if to:
            known = (PASSPHRASE,) if name == "token" else ()
            done(home, "keys", "move", "--to", to, *COST, lines=(*known, *lines), **hsm.environment)
            done(home, "keys", "rotate", lines=lines, **hsm.environment)
        backups[name] = str(tmp_path / f"{name}.backup")
        done(home, "backup", backups[name], lines=lines, **hsm.environment)

    class Elsewhere:
        path = str(tmp_path / "elsewhere")

    (tmp_path / "elsewhere/keys").mkdir(parents=True)
    os.chmod(Elsewhere.path, 0o700)
    os.chmod(Elsewhere.path + "/keys", 0o700)
    # One whose keys lay open in their file brings none along.
    assert refusal(Elsewhere, "restore", backups["file"])[1] == "key_file_missing"
    assert refusal(Elsewhere, "restore", backups["passphrase"], lines=(OTHER_PASSPHRASE,))[1] == "wrong_passphrase"
    assert refusal(Elsewhere, "restore", backups["token"])[1] in ("token_missing", "token_unusable")
    assert not key_file(Elsewhere).exists()
    restored = done(Elsewhere, "restore", backups["token"], **hsm.environment)
    assert restored["connections"] == 8
    assert done(Elsewhere, "keys", "source")["source"] == hsm.uri()
    done(Elsewhere, "doctor", **hsm.environment)
    # A home of its own, whose keys come from elsewhere, is told which source is needed.
    other = tmp_path / "other"
    Elsewhere.path = str(other)
    assert run(Elsewhere, "init", "other", "--domain", "other.test").returncode == 0
    code, name, message, hint = refusal(Elsewhere, "restore", backups["passphrase"], "--replace")
    assert (code, name) == (2, "wrong_source") and "from `passphrase`" in message and "out of the way" in hint
    assert refusal(Elsewhere, "restore", backups["file"], "--replace")[1] == "unknown_key"
    key_file(Elsewhere).unlink()
    done(Elsewhere, "restore", backups["passphrase"], "--replace", "--forget-what-was-revoked", lines=(PASSPHRASE,))
    assert done(Elsewhere, "keys", "source")["source"] == "passphrase"
