"""Gateways whose people have accounts at the strict authorization server, and what must hold of their tokens."""

import collections
import http.client
import pathlib
import re
import threading
import time
import types
import urllib.error
import urllib.parse

import requests
from acme_oauth import decide, families, register
from between import Between
from faults import all_leaves
from running import Acme
from agreeing import agree
from test_clients import field

PEOPLE = ("alice", "bob", "carol", "dana", "erin", "frank")
SECRET = "s3cret-of-the-app"
OURS = ("refresh token reused", "code replayed")
MANIFEST = """{
  provider: "strict",
  title: "Strict",
  origin: "%(api)s",
  credential: { kind: "bearer" },
  oauth: {
    issuer: "%(api)s",
    namesItself: true,
    authorization: "%(api)s/authorize",
    token: "%(between)s/token",
    revocation: "%(api)s/revoke",
    %(introspection)s
    scopes: ["profile"],
    refresh: { rotation: "%(rotation)s", marginSeconds: %(margin)d, concurrency: 20 },
  },
  account: { requests: [{ method: "GET", path: "/userinfo" }], id: "/sub", email: "/email", name: "/name" },
  refusal: { code: "/error" },
  tools: [
    {
      name: "strict.echo",
      title: "Echo",
      description: "Says whose token came.",
      effect: "read",
      scopes: ["echo"],
      labels: { integrity: "colleague" },
      request: { method: "GET", path: "/api/echo" },
    },
  ],
}
"""


class Strict:
    """The stand-in, reached at its token endpoint through what a test controls."""

    def __init__(self):
        self.acme = Acme("--oauth", "--no-rate-limits")
        self.origin, self.between = self.acme.origins["strict"], Between(self.acme.origins["strict"])
        for person in PEOPLE:
            self.acme.control("POST", "/oauth/accounts", owner=person)

    def stop(self):
        self.between.stop()
        self.acme.stop()

    def set(self, **settings):
        self.acme.control("POST", "/strict", reset=True, **settings)

    def manifest(self, rotation="strict", introspection=True, margin=1):
        return MANIFEST % {
            "api": self.origin, "between": self.between.origin, "rotation": rotation, "margin": margin,
            "introspection": f'introspection: "{self.origin}/introspect",' if introspection else ""}

    def latest(self):
        """{person: the family that they allowed last}"""
        return {family["owner"]: family for family in families(self.acme, "strict")}

    def owner(self, form):
        """Whose refresh token that is."""
        return requests.post(self.origin + "/introspect", data={"token": form["refresh_token"]}, auth=("deputy", SECRET),
                             timeout=10).json().get("username")

    def refresh(self, form):
        """As a gateway would that doesn't know of the others."""
        return requests.post(self.origin + "/token", data={"grant_type": "refresh_token", "refresh_token": form["refresh_token"]},
                             auth=("deputy", SECRET), timeout=10).status_code


class Stage:
    """Homes on one store, the first of which made it."""

    def __init__(self, strict, homes, wanted=PEOPLE):
        self.strict, self.homes, self.first, self.people, self.cookies = strict, homes, homes[0], wanted, {}
        self.tokens, self.callers = {}, []
        self.begin()

    def begin(self):
        """What is counted is counted from now on."""
        self.strict.between.reset()
        self.before = {person: (family["family"], family["refreshes"]) for person, family in self.strict.latest().items()}
        self.renewed = self.renewals()

    def renewals(self):
        counts = {}
        for leaf in all_leaves(self.first):
            if leaf.get("change") == "tokens.renewed":
                counts.setdefault(leaf["connection"], []).append(leaf["of"])
        return counts

    def connections(self):
        return {c["owner"].removeprefix("person:"): c for c in self.first.run("connections", "list")["connections"]
                if c["health"] != "revoked"}

    def browser(self, person):
        if person not in self.cookies:
            self.cookies[person] = self.first.browser(person)
            agree(self.cookies[person])
        return self.cookies[person]

    def token(self, person):
        if person not in self.tokens:
            self.tokens[person] = self.first.token(person, "helper")
        return self.tokens[person]

    def connect(self, person):
        """What a person does in their browser, from the link to the yes."""
        browser = self.browser(person)

        def location(method, path, fields=None):
            connection = http.client.HTTPConnection(browser.host, timeout=20)
            headers = {"Cookie": browser.cookie, "Content-Type": "application/x-www-form-urlencoded"}
            connection.request(method, path, body=fields and urllib.parse.urlencode(fields), headers=headers)
            return connection.getresponse().headers["Location"]

        path = urllib.parse.urlsplit(self.first.run("connections", "connect", "strict", "--person", person)["link"]).path
        there = location("POST", path, {"csrf": field(browser.send("GET", path + "?again=yes")[1], "csrf")})
        back = urllib.parse.urlsplit(decide(there, person).headers["Location"])
        assert location("GET", f"{back.path}?{back.query}") == path
        page = browser.send("GET", path)[1]
        fields = {"csrf": field(page, "csrf"), "shown": field(page, "shown"), "answer": "keep"}
        assert location("POST", path + "/answer", fields) == path + "?done=kept"

    def connect_all(self, seconds=3600, **settings):
        """Everybody anew, with tokens that live so many seconds."""
        self.strict.between.reset()
        self.strict.set(access_seconds=seconds, **settings)
        for person in self.people:
            self.connect(person)
        self.begin()

    def call(self, home, person):
        """`done`, when the answer is about this person; else the kind of error, or `lost`."""
        try:
            kind, result = home.call("helper", self.token(person), "strict.echo", {})
        except (urllib.error.URLError, ConnectionError, OSError, http.client.HTTPException, AssertionError, ValueError):
            return "lost"
        if kind == "done":
            assert f'"owner":"{person}"' in str(result).replace('\\', "").replace(" ", ""), (person, result)
        return kind

    def reset(self):
        """Nobody calls, exchanges are honest, and every gateway runs."""
        for callers in self.callers:
            callers.isOver = True
        self.callers.clear()
        self.strict.between.reset()
        self.revive()

    def revive(self):
        """As a service manager does with a gateway that has ended."""
        for home in self.homes:
            if home.gateway is None or home.gateway.poll() is not None:
                home.serve(port(home), flags=home.flags)

    def becomes(self, home, person, wanted, seconds=90):
        """Calls until it ends so."""
        deadline = time.time() + seconds
        while (kind := self.call(home, person)) != wanted:
            assert time.time() < deadline, kind
            time.sleep(0.2)

    def end_tokens(self, *people):
        """Their access tokens are refused from now on, so that the next call has to have another."""
        for person in people or self.people:
            self.strict.acme.control("POST", "/revoke", service="strict", owner=person)

    def faults(self, lost=None, is_sure=True):
        """What contradicts the promises, by the stand-in's own book and by the ledger. `lost` are the people whose tokens
        the server replaced and nobody got."""
        found, connections = [], self.connections()
        renewed, latest = self.renewals(), self.strict.latest()
        for family in families(self.strict.acme, "strict"):
            if family["reuses"] or family["ended"] in OURS:
                found.append(f"the grant of {family['owner']} was ended by us: {family}")
        for person in self.people:
            connection = connections[person]
            since = renewed.get(connection["id"], [])[len(self.renewed.get(connection["id"], [])):]
            family, before = latest[person], self.before[person]
            if family["family"] != before[0]:
                continue  # they have connected again since
            refreshes = family["refreshes"] - before[1]
            isLost = refreshes == len(since) + 1
            if len(since) != len(set(since)):
                found.append(f"a generation of {person} was renewed twice")
            if refreshes not in (len(since), len(since) + 1):
                found.append(f"{person}: {refreshes} refreshes for {len(since)} renewals")
            if (connection["health"] == "broken") != isLost and (is_sure or isLost):
                found.append(f"{person} is {connection['health']}, and the server's answer "
                             f"{'was lost' if isLost else 'arrived'}")
            if lost is not None and isLost != (person in lost):
                found.append(f"the answer for {person} {'was lost' if isLost else 'arrived'}, unlike what was done to it")
        return found

    def lasting(self, lost=None, is_sure=True, seconds=60):
        """The faults once no renewal is under way between the two books."""
        deadline = time.time() + seconds
        while True:
            try:
                found = self.faults(lost, is_sure)
            except AssertionError as error:
                # A gateway that others took for dead ends while it is asked; another one answers then.
                if "the gateway stopped" not in str(error) or time.time() > deadline:
                    raise
                found = [str(error)]
            if not found or time.time() > deadline:
                return found
            time.sleep(0.5)

    def rule_for(self, people, what, times=1):
        """What becomes of the first refreshes for these people: {"before", "after"} or an event, as `Between` has it. Whose
        a refresh is, the stand-in says."""
        left, lock = dict.fromkeys(people, times), threading.Lock()

        def rule(form):
            person = self.strict.owner(form)
            with lock:
                if left.get(person):
                    left[person] -= 1
                    return what
        return rule

    def settle(self, seconds=75):
        """Calls for everybody at every gateway until each connection works there or wants its owner: {person: kind}."""
        deadline, ends = time.time() + seconds, {}
        while True:
            self.revive()
            ends = {person: {self.call(home, person) for home in self.homes} for person in self.people}
            if all(kinds in ({"done"}, {"connection_required"}) for kinds in ends.values()):
                return {person: kinds.pop() for person, kinds in ends.items()}
            assert time.time() < deadline, ends
            time.sleep(1)

    def check(self, lost=None, is_sure=True):
        """Everybody's connection works, or wants its owner where the server's answer was lost, and works again then.
        `is_sure`: an answer that arrived was written by whoever had it."""
        self.strict.set()
        ends = self.settle()
        found = self.lasting(lost, is_sure)
        assert not found, found
        broken = {person for person, kind in ends.items() if kind == "connection_required"}
        if lost is not None:
            assert broken == set(lost), ends
        for person in broken:
            self.connect(person)
            assert {self.call(home, person) for home in self.homes} == {"done"}
        found = self.lasting()
        assert not found, found
        return broken


class Callers:
    """Each calls for one person at one gateway, over and over."""

    def __init__(self, stage, each=1):
        self.stage, self.answers, self.isOver, self.lock = stage, [], False, threading.Lock()
        stage.callers.append(self)
        for person in stage.people:
            stage.token(person)
        self.threads = [threading.Thread(target=self.run, args=(home, person), daemon=True)
                        for home in stage.homes for person in stage.people for _ in range(each)]
        for thread in self.threads:
            thread.start()

    def run(self, home, person):
        while not self.isOver:
            kind = self.stage.call(home, person)
            with self.lock:
                self.answers.append((person, kind))
            if kind != "done":
                time.sleep(0.1)

    def finish(self):
        """How often which kind of end came, for each person."""
        self.isOver = True
        for thread in self.threads:
            thread.join(60)
        return collections.Counter(self.answers)


def prepare(home, strict, **rules):
    """People, an agent and an app in a home that serves nothing yet."""
    (home_providers(home) / "strict.json5").write_text(strict.manifest(**rules))
    for person in PEOPLE:
        home.run("people", "add", person, "--email", f"{person}@acme.test")
    home.run("agents", "add", "helper", "--acts-as", "assistant", "--owner", "dana", "--users", "everyone",
             "--slot", "strict:person", "--tool", "strict.*")
    home.run("apps", "add", "strict", "--client-id", "deputy", secret=SECRET)


def home_providers(home):
    folder = pathlib.Path(home.path) / "providers"
    folder.mkdir(exist_ok=True)
    return folder


def introduce(home, strict):
    """Tells the server where this home's people come back to."""
    register(strict.acme, "strict", "deputy", SECRET, redirect_uris=[home.url + "/connect/callback/strict"])


def port(home):
    return int(re.search(r":(\d+)$", home.url).group(1))


NOWHERE = types.SimpleNamespace(origins={}, tokens={}, ids={})
