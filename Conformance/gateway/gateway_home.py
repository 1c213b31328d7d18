"""A home with Acme's people and agents, served by the built binary, beside the stand-ins."""

import contextlib
import http.client
import json
import os
import pathlib
import re
import shutil
import signal
import sqlite3
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request

import postgres

ROOT = pathlib.Path(__file__).resolve().parents[2]
DEPUTY = os.environ.get("DEPUTY_BIN", str(ROOT / ".build/debug/deputy"))
ACME = os.environ.get("ACME_BIN", str(ROOT / ".build/debug/acme"))
ENVIRONMENT = os.environ | {"SWIFT_BACKTRACE": "enable=no"}


class Browser:
    """As much of a browser as a page without scripts needs."""

    def __init__(self, url):
        self.host, self.cookie, self.accept = urllib.parse.urlsplit(url).netloc, None, None

    def send(self, method, path, fields=None):
        connection = http.client.HTTPConnection(self.host, timeout=20)
        headers = {"Cookie": self.cookie} if self.cookie else {}
        if self.accept:
            headers["Accept"] = self.accept
        body = None
        if fields is not None:
            body, headers["Content-Type"] = urllib.parse.urlencode(fields), "application/x-www-form-urlencoded"
        connection.request(method, path, body=body, headers=headers)
        response = connection.getresponse()
        if response.headers["Set-Cookie"]:
            self.cookie = response.headers["Set-Cookie"].split(";")[0]
        return response.status, response.read().decode()

    def sign_in(self, link):
        return self.send("POST", "/login", {"code": link.rsplit("/", 1)[1]})

    def look(self, approval):
        """What the form of a waiting approval holds."""
        _, page = self.send("GET", f"/approvals/{approval}")
        return {name: re.search(f'name="{name}" value="([^"]+)"', page).group(1) for name in ("csrf", "shown")}

    def approve(self, approval, fields=None, **more):
        return self.answer(approval, "approve", fields, **more)

    def answer(self, approval, verb, fields=None, **more):
        return self.send("POST", f"/approvals/{approval}/{verb}", (fields or self.look(approval)) | more)


class Acme:
    """The stand-ins, and their journal."""

    def __init__(self, folder, port=0):
        self.child = subprocess.Popen(
            [ACME, "--port", str(port), "--no-rate-limits"], stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True)
        world = json.loads(self.child.stdout.readline())
        self.origins, self.tokens, self.ids = world["origins"], world["tokens"], world["ids"]

    def ask(self, method, path, body=None):
        request = urllib.request.Request(
            self.origins["control"] + path, method=method, data=None if body is None else json.dumps(body).encode())
        with urllib.request.urlopen(request, timeout=10) as response:
            text = response.read()
        return json.loads(text) if text else None

    def journal(self, since=0):
        return self.ask("GET", f"/journal?since={since}")["entries"]

    def secrets(self):
        return [secret for owners in self.tokens.values() for secret in owners.values()]

    def stop(self):
        self.child.send_signal(signal.SIGTERM)
        self.child.wait(60)


class Home:
    """One home, and the gateway that serves it."""

    def __init__(self, folder, acme, store=postgres.STORE, server=None):
        self.path, self.acme, self.gateway, self.url, self.tokens = str(folder / "home"), acme, None, None, {}
        self.output = open(folder / "gateway.log", "ab")
        origins = [f"{name}={origin}" for name, origin in acme.origins.items() if name not in ("control", "bench", "tickets")]
        self.run("init", "acme", "--name", "Acme", "--domain", "acme.test",
                 *[word for origin in origins for word in ("--provider-origin", origin)])
        self.database = postgres.move(self.run, store, server)

    def sql(self, statement, *values):
        """Reads or changes the store behind its back. Placeholders are $1, $2…"""
        if self.database:
            return self.database.sql(statement, *values)
        with contextlib.closing(sqlite3.connect(f"{self.path}/deputy.sqlite")) as store, store:
            return store.execute(statement, {str(number): value for number, value in enumerate(values, 1)}).fetchall()

    @property
    def files(self):
        """Every file that holds something of the home."""
        return [path for path in pathlib.Path(self.path).rglob("*") if path.is_file()] + (
            self.database.files if self.database else [])

    def copy(self):
        """The store as it is, for `put_back`. Nothing may run."""
        if self.database:
            return self.database.copy()
        with open(f"{self.path}/deputy.sqlite", "rb") as store:
            return store.read()

    def put_back(self, copy):
        """What was the store is lost."""
        if self.database:
            self.database.become(copy)
        else:
            with open(f"{self.path}/deputy.sqlite", "wb") as store:
                store.write(copy)

    def command(self, *arguments, secret=None):
        return subprocess.run(
            [DEPUTY, *arguments, "--home", self.path, "--json"], input=secret or "", capture_output=True, text=True,
            timeout=60, env=ENVIRONMENT)

    def plain(self, *arguments, text=""):
        """A command that needs no home, with what is typed."""
        return subprocess.run([DEPUTY, *arguments], input=text, capture_output=True, text=True, timeout=60, env=ENVIRONMENT)

    def run(self, *arguments, secret=None):
        result = self.command(*arguments, secret=secret)
        assert result.returncode == 0, f"{arguments}: {result.returncode} {result.stdout} {result.stderr}"
        return json.loads(result.stdout)

    def serve(self, port=0, flags=(), **environment):
        """On a port that it had before another program may be for a moment: then it is tried again."""
        deadline = time.time() + 60
        while (line := self.begin(port, flags, environment)) == "" and port and time.time() < deadline:
            if self.gateway.wait(10) == 0 or "in use" not in self.last_words():
                break
            time.sleep(0.5)
        found = re.search(r"http://\S+?(?=/mcp)", line)
        assert found, f"the gateway didn't start: {line!r}"
        self.url = found.group(0)
        return self

    def last_words(self):
        with open(self.output.name, "rb") as log:
            log.seek(max(0, os.path.getsize(self.output.name) - 1000))
            return log.read().decode(errors="replace")

    def begin(self, port, flags, environment):
        """The first line that it says; empty where it ended without one."""
        self.gateway = subprocess.Popen(
            [DEPUTY, "serve", "--home", self.path, "--port", str(port), "--allow-loopback-providers", *flags],
            stdout=subprocess.PIPE, stderr=self.output, stdin=subprocess.DEVNULL, text=True, env=ENVIRONMENT | environment)
        return self.gateway.stdout.readline()

    def stop(self):
        if self.gateway and self.gateway.poll() is None:
            self.gateway.send_signal(signal.SIGTERM)
            self.gateway.wait(60)
        self.gateway = None

    def populate(self):
        for person in ("alice", "bob", "carol", "dana"):
            self.run("people", "add", person, "--email", f"{person}@acme.test",
                     "--subject", f"rippling={self.acme.ids['workers'][person]}")
        self.run("agents", "add", "onboarding", "--acts-as", "assistant", "--owner", "dana", "--users", "everyone",
                 "--slot", "notion:person", "--slot", "slack:person", "--slot", "rippling:agent",
                 "--tool", "notion.*", "--tool", "slack.*", "--tool", "rippling.get_worker")
        self.run("agents", "add", "email", "--acts-as", "claw", "--owner", "dana", "--users", "everyone",
                 "--slot", "gmail:agent", "--slot", "calendar:agent", "--tool", "gmail.*", "--tool", "calendar.*")
        self.run("agents", "add", "product", "--acts-as", "claw", "--owner", "dana", "--users", "everyone",
                 "--slot", "notion:agent", "--tool", "notion.*")
        return self

    def connect(self):
        for provider, kind, owner, account, *flags in (
            ("notion", "--person", "alice", "alice"), ("notion", "--person", "bob", "bob"),
            ("slack", "--person", "alice", "alice"), ("slack", "--person", "bob", "bob"),
            ("rippling", "--agent", "onboarding", "company"),
            ("gmail", "--agent", "email", "dana", "--shared-with-owner"),
            ("calendar", "--agent", "email", "dana", "--shared-with-owner"),
            ("notion", "--agent", "product", "product"),
        ):
            self.run("connections", "add", provider, kind, owner, *flags, secret=self.acme.tokens[provider][account])
        return self

    def token(self, person, *agents):
        agents = agents or ("onboarding", "email", "product")
        code = self.run("tokens", "create", person, *[word for agent in agents for word in ("--agent", agent)])["code"]
        return self.run("tokens", "take-up", code)["token"]

    def post(self, agent, token, message, **headers):
        """One MCP message of 2025-11-25: (status, body)."""
        request = urllib.request.Request(
            f"{self.url}/mcp/{agent}", data=json.dumps(message).encode(),
            headers={"Content-Type": "application/json", "Accept": "application/json, text/event-stream",
                     "MCP-Protocol-Version": "2025-11-25"} | ({"Authorization": f"Bearer {token}"} if token else {}) | headers)
        try:
            with urllib.request.urlopen(request, timeout=30) as response:
                return response.status, json.loads(response.read() or b"null"), dict(response.headers)
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode(), dict(error.headers)

    def browser(self, person):
        """Signed in as that person."""
        browser = Browser(self.url)
        browser.sign_in(self.run("login", person)["link"])
        return browser

    def call(self, agent, token, tool, arguments):
        """The result of a tool call: (kind, result), where kind is `done` or the kind of the error."""
        status, body, _ = self.post(agent, token, {
            "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": tool, "arguments": arguments}})
        assert status == 200, (status, body)
        if "error" in body:
            return "error", body["error"]
        result = body["result"]
        return (result["structuredContent"]["error"]["kind"] if result.get("isError") else "done"), result

    def leaves(self, tree="organization/acme"):
        return self.run("ledger", "tail", "--tree", tree, "--count", "1000")["records"]


class Peer(Home):
    """Another gateway of a home in a database, with a folder of its own and the same keys."""

    def __init__(self, first, folder):
        self.path, self.acme, self.gateway, self.url, self.tokens = str(folder), first.acme, None, None, first.tokens
        self.database, self.output = first.database, open(str(folder) + ".log", "ab")
        folder.mkdir(mode=0o700)
        for name in ("keys", "providers"):
            shutil.copytree(pathlib.Path(first.path) / name, folder / name)
        shutil.copy2(pathlib.Path(first.path) / "database.url", folder)
        # How far one gateway signed is its own.
        (folder / "keys" / "ledger.mark").unlink(missing_ok=True)


class Tokens(dict):
    """A token of each person, taken up when it is first wanted."""

    def __init__(self, home):
        super().__init__()
        self.home = home

    def __missing__(self, person):
        self[person] = self.home.token(person)
        return self[person]
