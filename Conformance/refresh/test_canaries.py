"""Every credential of the OAuth paths is a canary, and the provider says them all in its errors: none is found in anything
that Deputy writes, says, or leaves behind."""

import base64
import http.client
import json
import os
import pathlib
import re
import resource
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.parse

import postgres
import pytest
from agreeing import agree
from collector import Collector
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from gateway_home import DEPUTY, ENVIRONMENT, Home
from grant_keys import private, public
from parrot import Parrot, spoken
from refreshing import NOWHERE
from test_clients import Walk

FORMATS = ("jsonl", "cloudevents", "ocsf")


def forms(secret):
    """What a secret looks like: as it is, in base64 wherever it begins, in hex and percent-encoded."""
    raw = secret if isinstance(secret, bytes) else secret.encode()
    found = {raw, raw.hex().encode(), raw.hex().upper().encode()}
    percent = urllib.parse.quote(raw, safe="")
    found |= {percent.encode(), percent.lower().encode(), urllib.parse.quote_plus(raw).encode()}
    for offset in range(3):
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            text = encode(b"\0" * offset + raw)
            found.add(text[(0, 2, 3)[offset]: (offset + len(raw)) * 8 // 6])
    return found


def leaks(places, canaries):
    """Where which kind of canary is found."""
    patterns = [(kind, form) for kind, held in canaries.items() for secret in held for form in forms(secret)]
    return sorted({(name, kind) for name, content in places.items() for kind, form in patterns if form in content})


def of_key(key):
    """What of a private key mustn't be seen: the lines of its PEM, and its numbers."""
    numbers = key.private_numbers()
    values = [numbers.private_value] if isinstance(key, ec.EllipticCurvePrivateKey) else [numbers.d, numbers.p, numbers.q]
    der = key.private_bytes(serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return [line for line in private(key).splitlines()[1:-1] if len(line) == 64] + [
        value.to_bytes((value.bit_length() + 7) // 8, "big") for value in values] + [der]


@pytest.fixture
def parrot():
    parrot = Parrot()
    yield parrot
    parrot.stop()


@pytest.fixture
def collector():
    collector = Collector()
    yield collector
    collector.stop()


class Story:
    """A home, and everything that it was heard to say."""

    def __init__(self, folder, parrot, collector):
        self.folder, self.parrot, self.collector, self.places = folder, parrot, collector, {}
        self.keys = {"rsa": rsa.generate_private_key(65537, 2048), "ec": ec.generate_private_key(ec.SECP256R1())}
        self.secret = parrot.mint("client-secret")
        self.canaries = {"private-key": of_key(self.keys["ec"]), "service-account-key": of_key(self.keys["rsa"])}
        self.home = Home(folder, NOWHERE)
        self.serving = ()

    def hear(self, place, *words):
        self.places[place] = self.places.get(place, b"") + "\n".join(str(word) for word in words).encode()

    def run(self, *arguments, secret=None, fails=False):
        """A command, heard in full."""
        result = self.home.command(*arguments, secret=secret)
        self.hear("$ " + " ".join(arguments), result.stdout, result.stderr)
        assert (result.returncode != 0) == fails, (arguments, result.stdout, result.stderr)
        return json.loads(result.stdout) if not fails else None

    def serve(self):
        self.home.serve(flags=("--log-level", "trace", "--otlp-endpoint", self.collector.url, "--trace-providers"))
        return self

    def serve_in(self, folder):
        """As a shell without limits would start it."""
        home = self.home
        home.gateway = subprocess.Popen(
            [DEPUTY, "serve", "--home", home.path, "--port", "0", "--allow-loopback-providers"], cwd=folder,
            stdout=subprocess.PIPE, stderr=home.output, stdin=subprocess.DEVNULL, text=True, env=ENVIRONMENT,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CORE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY)))
        home.url = re.search(r"http://\S+?(?=/mcp)", home.gateway.stdout.readline()).group(0)

    def call(self, agent, person, tool):
        try:
            kind, result = self.home.call(agent, self.token(person), tool, {})
        except AssertionError as error:
            kind, result = "refused", str(error)
        self.hear("answers", kind, json.dumps(result), result)
        return kind

    def token(self, person):
        if person not in self.home.tokens:
            self.home.tokens[person] = self.home.token(person, "helper", "robot")
        return self.home.tokens[person]

    def page(self, browser, path):
        status, page = browser.send("GET", path)
        self.hear("page " + path.split("/flow")[0], status, page)
        return page

    def set_up(self):
        parrot, folder = self.parrot, pathlib.Path(self.home.path) / "providers"
        folder.mkdir(exist_ok=True)
        rules = {"rotation": "once", "marginSeconds": 60}
        (folder / "depot.json5").write_text(parrot.manifest(namesItself=True, refresh=rules))
        (folder / "signed.json5").write_text(parrot.manifest("signed", refresh=rules))
        (folder / "keyed.json5").write_text(self.keyed("keyed", {"kind": "bearer"}))
        (folder / "based.json5").write_text(self.keyed("based", {"kind": "basic"}))
        for person in ("carol", "dana"):
            self.run("people", "add", person, "--email", f"{person}@acme.test")
        self.run("agents", "add", "helper", "--acts-as", "assistant", "--owner", "dana", "--users", "everyone",
                 "--slot", "depot:person", "--tool", "depot.*")
        self.run("agents", "add", "robot", "--acts-as", "claw", "--owner", "dana", "--users", "everyone",
                 "--subject", "assistant@acme.test",
                 *[word for name in ("depot", "signed", "keyed", "based") for word in ("--slot", f"{name}:agent", "--tool", f"{name}.*")])
        parrot.clients["deputy"] = {"secret": self.secret}
        parrot.clients["signer"] = {"keys": {"key-7": public(self.keys["ec"])}}
        file = self.folder / "key.pem"
        file.write_text(private(self.keys["ec"]))
        self.run("apps", "add", "depot", "--client-id", "deputy", secret=self.secret)
        self.run("apps", "add", "signed", "--client-id", "signer", "--key-file", str(file), "--key-id", "key-7")
        file.unlink()

    def keyed(self, name, credential):
        manifest = json.loads(self.parrot.manifest(name)) | {"credential": credential}
        del manifest["oauth"]
        return json.dumps(manifest)

    def connect(self):
        """Carol's account, after the token endpoint and the account's own endpoint have failed."""
        self.walk = walk = Walk(self.home, self.parrot, "carol")
        agree(walk.browser)
        self.link = link = self.run("connections", "connect", "depot", "--person", "carol")["link"]
        path = urllib.parse.urlsplit(link).path
        for where, status in (("/token", 400), ("/token", 500), ("api", 500), ("api", 403)):
            self.parrot.bad = {where: status}
            try:
                walk(link)
            except (AssertionError, AttributeError, TypeError) as error:
                self.hear("connecting", error)
            self.page(walk.browser, path)
            self.page(walk.browser, path + "?again=yes")
        self.parrot.bad = {}
        walk(link)
        for path in ("/connections", "/approvals", "/", "/connect/agent/helper", path):
            self.page(walk.browser, path)

    def use(self):
        """Calls that work, whose token is refused, whose provider says the token in its error, and renewals that fail."""
        parrot = self.parrot
        assert self.call("helper", "carol", "depot.list") == "done"
        # The last refuses a new token as well: whether the grant is over isn't an API's word.
        for status in (400, 403, 404, 429, 500, 503, 401):
            parrot.bad = {"api": status}
            assert self.call("helper", "carol", "depot.list") != "done"
        parrot.bad = {}
        deadline = time.time() + 60
        while self.call("helper", "carol", "depot.list") != "done":
            assert time.time() < deadline
            time.sleep(0.5)
        for status in (400, 401, 403, 429, 500, 503):
            parrot.bad = {"/token": status}
            parrot.tokens.clear()
            self.call("helper", "carol", "depot.list")
            self.past_waiting()
        parrot.bad = {}
        deadline = time.time() + 60
        while self.call("helper", "carol", "depot.list") != "done":
            assert time.time() < deadline, str([(l.get("change"), l.get("because"), l.get("of")) for l in self.home.leaves() if "change" in l][-40:])
            self.past_waiting()

    def past_waiting(self):
        self.home.sql("UPDATE token_sets SET due = 0 WHERE due IS NOT NULL")

    def grants(self):
        """What agents get without a browser, each with a failure before."""
        parrot, run = self.parrot, self.run
        account = self.service_account()
        parrot.bad = {"/token": 400}
        run("connections", "add", "signed", "--agent", "robot", "--client-credentials", fails=True)
        parrot.bad = {}
        self.revoked(run("connections", "add", "signed", "--agent", "robot", "--client-credentials"), "signed")
        parrot.bad = {"/token": 401}
        run("connections", "add", "signed", "--agent", "robot", "--service-account", account,
            "--subject", "assistant@acme.test", fails=True)
        parrot.bad = {}
        self.revoked(run("connections", "add", "signed", "--agent", "robot", "--service-account", account,
                         "--subject", "assistant@acme.test"), "signed")
        os.unlink(account)
        key, pair = parrot.mint("api-key"), "robot:" + parrot.mint("password")
        parrot.bad = {"api": 500}
        run("connections", "add", "keyed", "--agent", "robot", secret=key, fails=True)
        parrot.bad = {}
        parrot.tokens[key] = parrot.tokens[pair] = "robot-1"
        for provider, secret in (("keyed", key), ("based", pair)):
            self.revoked(run("connections", "add", provider, "--agent", "robot", secret=secret), provider)
        self.device()

    def revoked(self, added, provider):
        assert self.call("robot", "dana", provider + ".list") == "done"
        self.parrot.bad = {"api": 500, "/revoke": 503}
        assert self.call("robot", "dana", provider + ".list") != "done"
        self.run("connections", "revoke", added["id"])
        self.parrot.bad = {}

    def service_account(self):
        mail, key = "robot@acme.iam.gserviceaccount.com", self.keys["rsa"]
        self.parrot.accounts[mail] = ("kid-1", public(key))
        self.parrot.users = {"assistant@acme.test"}
        file = self.folder / "account.json"
        file.write_text(json.dumps({
            "type": "service_account", "project_id": "acme", "private_key_id": "kid-1", "private_key": private(key),
            "client_email": mail, "client_id": "1", "token_uri": "https://elsewhere.example/token"}))
        return str(file)

    def device(self):
        child = subprocess.Popen(
            [DEPUTY, "connections", "add", "depot", "--agent", "robot", "--device", "--yes", "machine-1",
             "--home", self.home.path, "--json"],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True, env=ENVIRONMENT)
        shown = child.stderr.readline()
        self.hear("/proc device", pathlib.Path(f"/proc/{child.pid}/cmdline").read_bytes(),
                  pathlib.Path(f"/proc/{child.pid}/environ").read_bytes())
        flow, = self.parrot.devices.values()
        self.parrot.bad = {"/token": 500}
        time.sleep(2)
        self.parrot.bad = {}
        flow["answer"] = "user:machine-1"
        output, errors = child.communicate(timeout=60)
        self.hear("$ device", shown, output, errors)
        assert child.returncode == 0, errors
        assert self.call("robot", "dana", "depot.list") == "done"

    def ask_around(self):
        """What a running gateway tells whoever asks, and what commands write for others."""
        process = pathlib.Path(f"/proc/{self.home.gateway.pid}")
        for name in ("environ", "cmdline", "status", "maps", "limits", "mountinfo"):
            self.places[f"/proc/{name}"] = (process / name).read_bytes()
        connection = http.client.HTTPConnection(self.home.url.split("//")[1], timeout=20)
        for path in ("/healthz", "/readyz", "/metrics", "/.well-known/oauth-authorization-server", "/nowhere"):
            connection.request("GET", path)
            self.hear("GET " + path, connection.getresponse().read())
        dana = self.home.browser("dana")
        for path in ("/", "/connections", "/week", "/agents", "/keys", "/people"):
            self.page(dana, path)
        for command in (
            ("apps", "list"), ("connections", "list"), ("people", "list"), ("agents", "show", "robot"), ("tokens", "list"),
            ("keys", "list"), ("keys", "verify"), ("doctor",), ("status",), ("notices", "list"), ("sessions", "list"),
            ("tools", "list"), ("ledger", "verify"), ("ledger", "tail"), ("ledger", "show"),
            ("export", str(self.folder / "definitions")), ("ledger", "export", str(self.folder / "exported")),
            *((("ledger", "export", str(self.folder / f"events.{name}"), "--format", name)) for name in FORMATS),
            *([] if postgres.IS_SHARED else [("backup", str(self.folder / "backup"))]),
        ):
            result = self.home.command(*command)
            self.hear("$ " + " ".join(command), result.stdout, result.stderr)
        self.hear("metrics", self.over_socket("/metrics"))
        self.read_files("running")
        with self.collector.news:
            self.hear("traces", *self.collector.bodies)

    def over_socket(self, path):
        connection = http.client.HTTPConnection("localhost", timeout=20)
        connection.sock = socket.socket(socket.AF_UNIX)
        connection.sock.connect(f"{self.home.path}/deputy.sock")
        connection.request("GET", path)
        return connection.getresponse().read()

    def read_files(self, when):
        """Every file of the home, of its database and beside it: the store's write-ahead log too, while it runs."""
        for path in [*self.home.files, *self.folder.rglob("*")]:
            if path.is_file():
                self.places[f"{when} {path}"] = path.read_bytes()
        if postgres.IS_SHARED:
            server = self.home.database.server
            self.places[f"{when} pg_dump"] = subprocess.run(
                ["pg_dump", "-h", server.socket, "-U", "deputy", self.home.database.name], check=True, capture_output=True).stdout

    def told(self):
        """Everything that the provider gave or saw, by kind."""
        return self.canaries | {kind: held for kind, held in self.parrot.minted.items() if kind != "state"}


@pytest.fixture
def story(tmp_path, parrot, collector):
    story = Story(tmp_path, parrot, collector)
    yield story
    story.home.stop()


def test_row_17_no_credential_is_found_anywhere(story):
    story.set_up()
    story.serve()
    story.connect()
    story.use()
    story.grants()
    story.ask_around()
    story.home.stop()
    story.read_files("stopped")
    canaries = story.told()
    assert set(canaries) == {"private-key", "service-account-key", "client-secret", "access", "refresh", "id-token", "code",
                             "verifier", "assertion", "device", "api-key", "password"}
    assert all(len(held) > 0 for held in canaries.values())
    assert len(story.places["traces"]) > 1000 and b"deputy_" in story.places["metrics"]
    assert {"running", "stopped"} == {name.split()[0] for name in story.places if name.split()[0] in ("running", "stopped")}
    assert leaks(story.places, canaries) == []
    # The provider did say them, and each place would show one in whatever form.
    assert b"[redacted]" in story.places["answers"]
    secret = canaries["access"][0]
    for name, content in story.places.items():
        assert leaks({name: content + secret.encode()}, {"access": [secret]}) == [(name, "access")]
    for kind, held in canaries.items():
        for form in forms(held[0]):
            assert leaks({"planted": b"before " + form + b" after"}, {kind: held[:1]}) == [("planted", kind)]
    for form in spoken(secret):
        assert leaks({"planted": form.encode()}, {"access": [secret]})


DIES = """
import os, resource, signal, sys
resource.setrlimit(resource.RLIMIT_CORE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
canary = sys.argv[1] * 4
os.kill(os.getpid(), signal.SIGSEGV)
"""


def test_row_17_no_core_of_a_gateway_that_dies_holding_tokens(story, tmp_path):
    """A core of the same user's ordinary process is written and holds its words; the gateway's isn't, whatever signal. What
    root takes by ptrace (gcore) is out of scope."""
    pattern = pathlib.Path("/proc/sys/kernel/core_pattern").read_text().strip()
    if pattern.startswith("|") or "/" in pattern:
        pytest.skip(f"cores go elsewhere: `{pattern}`")
    most = resource.getrlimit(resource.RLIMIT_CORE)[1]
    if most == 0 and os.geteuid() != 0:
        pytest.skip("no process may leave a core here")
    folder = tmp_path / "cores"
    folder.mkdir()
    # A shell that starts something beside itself has it ignore this one, and all that it starts.
    signal.signal(signal.SIGQUIT, signal.SIG_DFL)
    canary = secrets.token_hex(16)
    assert subprocess.run([sys.executable, "-c", DIES, canary], cwd=folder).returncode == -signal.SIGSEGV
    cores = list(folder.glob("core*"))
    assert cores and any(canary.encode() in core.read_bytes() for core in cores), "an ordinary process leaves one"
    for core in cores:
        core.unlink()
    story.set_up()
    for number in (signal.SIGSEGV, signal.SIGABRT, signal.SIGBUS, signal.SIGQUIT):
        story.serve_in(folder)
        if number == signal.SIGSEGV:
            story.connect()
        assert story.call("helper", "carol", "depot.list") == "done"
        limits = pathlib.Path(f"/proc/{story.home.gateway.pid}/limits").read_text()
        line = next(line for line in limits.splitlines() if line.startswith("Max core file size"))
        assert line.split()[4:6] == ["0", "0"]
        story.home.gateway.send_signal(number)
        story.home.gateway.wait(30)
        assert list(folder.iterdir()) == []
