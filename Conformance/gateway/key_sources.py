"""Homes whose keys come from somewhere: a file, a passphrase, a credential, a token of SoftHSM."""

import json
import os
import pathlib
import re
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
DEPUTY = os.environ.get("DEPUTY_BIN", str(ROOT / ".build/debug/deputy"))
ENVIRONMENT = os.environ | {"SWIFT_BACKTRACE": "enable=no"}
PASSPHRASE = "correct horse battery staple"
OTHER_PASSPHRASE = "seven quiet otters drink tea"
MODULE = "/usr/lib/softhsm/libsofthsm2.so"
PIN, OFFICER = "4711", "12345678"
# The least that is allowed: a guess costs 32 MiB.
COST = ("--passphrase-cost", "15")


class Given:
    """A file descriptor with the lines that a source asks for, one for each question."""

    def __init__(self, *lines):
        self.read, write = os.pipe()
        os.write(write, "".join(line + "\n" for line in lines).encode())
        os.close(write)

    @property
    def options(self):
        return ("--passphrase-fd", str(self.read))

    def __enter__(self):
        return self

    def __exit__(self, *error):
        os.close(self.read)


def run(home, *arguments, lines=(), **environment):
    """A command in the home, told `lines`: the finished process."""
    with Given(*lines) as given:
        return subprocess.run(
            [DEPUTY, *arguments, "--home", home.path, "--json", *(given.options if lines else ())], input="",
            capture_output=True, text=True, timeout=120, env=ENVIRONMENT | environment, pass_fds=(given.read,))


def done(home, *arguments, **told):
    result = run(home, *arguments, **told)
    assert result.returncode == 0, f"{arguments}: {result.returncode} {result.stdout} {result.stderr}"
    return json.loads(result.stdout)


def refusal(home, *arguments, **told):
    """Exit code, code, message and hint of a command that fails."""
    result = run(home, *arguments, **told)
    assert result.returncode != 0, result.stdout
    error = json.loads(result.stdout)["error"]
    return result.returncode, error["code"], error["message"], error.get("hint", "")


def serve(home, *arguments, lines=(), **environment):
    with Given(*lines) as given:
        home.gateway = subprocess.Popen(
            [DEPUTY, "serve", "--home", home.path, "--port", "0", "--allow-loopback-providers", *arguments,
             *(given.options if lines else ())],
            stdout=subprocess.PIPE, stderr=home.output, stdin=subprocess.DEVNULL, text=True,
            env=ENVIRONMENT | environment, pass_fds=(given.read,))
    line = home.gateway.stdout.readline()
    found = re.search(r"http://\S+?(?=/mcp)", line)
    assert found, f"the gateway didn't start: {line!r}"
    home.url = found.group(0)
    return home


class SoftHSM:
    """Tokens of one test's own."""

    def __init__(self, folder):
        self.folder, self.tokens = folder, folder / "tokens"
        folder.mkdir()
        self.tokens.mkdir()
        configuration = folder / "softhsm2.conf"
        configuration.write_text(f"directories.tokendir = {self.tokens}\nobjectstore.backend = file\nlog.level = ERROR\n")
        self.environment = {"SOFTHSM2_CONF": str(configuration)}
        self.pin_file = folder / "pin"
        self.pin_file.touch(0o600)
        self.pin_file.write_text(PIN + "\n")

    def make(self, label):
        subprocess.run(
            ["softhsm2-util", "--init-token", "--free", "--label", label, "--so-pin", OFFICER, "--pin", PIN],
            check=True, capture_output=True, env=os.environ | self.environment)
        return self

    def tool(self, *arguments, label="deputy"):
        return subprocess.run(
            ["pkcs11-tool", "--module", MODULE, "--token-label", label, "--login", "--pin", PIN, *arguments],
            check=True, capture_output=True, text=True, env=os.environ | self.environment).stdout

    def uri(self, token="deputy", key="kek", asks=False):
        source = "" if asks else f"&pin-source=file:{self.pin_file}"
        return f"pkcs11:token={token};object={key}?module-path={MODULE}{source}"

    def take_away(self):
        self.tokens.rename(self.folder / "away")
        self.tokens.mkdir()

    def put_back(self):
        self.tokens.rmdir()
        (self.folder / "away").rename(self.tokens)
