"""A home whose people and agents have mailboxes: `post` opens them by password, `letters` by access token."""

import json
import os
import pathlib
import re
import subprocess
import tempfile
import urllib.parse

import pytest
import requests
from agreeing import agree
from glewlwyd import free_port, ok
from mail_home import PASSWORD_MANIFEST, TOKEN_MANIFEST, new_home
from mail_servers import SECRET, Dovecot, Postfix, Tokens, address, password


@pytest.fixture(scope="session")
def open_folder():
    """Mail servers run as users of their own, who can't pass pytest's folders."""
    with tempfile.TemporaryDirectory(prefix="deputy-mail-") as folder:
        os.chmod(folder, 0o755)
        yield pathlib.Path(folder)


@pytest.fixture(scope="session")
def certificate(open_folder):
    """The path without its ending: `.crt` and `.key`."""
    path = open_folder / "mail"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", f"{path}.key", "-out", f"{path}.crt",
         "-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"],
        check=True, capture_output=True)
    return str(path)


@pytest.fixture(scope="module")
def issuer(tmp_path_factory):
    """glewlwyd, and the port that this home is known to it by."""
    issuer = Tokens(tmp_path_factory.mktemp("glewlwyd") / "g")
    issuer.home_port = free_port()
    issuer.scope("mail")
    issuer.mailboxes()
    issuer.app("deputy", SECRET, f"http://127.0.0.1:{issuer.home_port}/connect/callback/letters")
    yield issuer
    issuer.stop()


@pytest.fixture(scope="module")
def dovecot(open_folder, certificate, issuer):
    introspection = issuer.issuer.replace("http://", f"http://deputy:{SECRET}@") + "/introspect"
    dovecot = Dovecot(pathlib.Path(tempfile.mkdtemp(dir=open_folder)) / "d", certificate, introspection)
    yield dovecot
    dovecot.stop()


@pytest.fixture(scope="module")
def postfix(open_folder, certificate, dovecot):
    postfix = Postfix.started(lambda: pathlib.Path(tempfile.mkdtemp(dir=open_folder)) / "p", certificate, dovecot)
    yield postfix
    postfix.stop()


@pytest.fixture(scope="module")
def home(request, tmp_path_factory, dovecot, postfix, issuer, certificate):
    pem = json.dumps(pathlib.Path(certificate + ".crt").read_text())
    home = new_home(tmp_path_factory.mktemp("home"), {
        "post": PASSWORD_MANIFEST % {
            "name": "post", "imap": f"imaps://127.0.0.1:{dovecot.imaps}", "smtp": f"smtp://127.0.0.1:{postfix.port}",
            "certificate": pem},
        "letters": TOKEN_MANIFEST % {
            "imap": dovecot.imap, "smtp": postfix.port, "issuer": issuer.issuer, "auth": getattr(request.module, "AUTH", "xoauth2"),
            "certificate": pem},
    })
    home.run("agents", "add", "clerk", "--acts-as", "claw", "--owner", "dana", "--users", "everyone",
             "--slot", "post:agent", "--tool", "post.*")
    home.serve(port=issuer.home_port)
    home.run("apps", "add", "letters", "--client-id", "deputy", secret=SECRET)
    for person in ("alice", "bob"):
        home.run("connections", "add", "post", "--person", person, secret=f"{address(person)}:{password(person)}")
    home.run("connections", "add", "post", "--agent", "clerk", secret=f"{address('clerk')}:{password('clerk')}")
    home.tokens = {person: home.token(person, "helper", "clerk") for person in ("alice", "bob", "dana")}
    for person in home.tokens:
        agree(home.browser(person))
    yield home
    home.stop()


class Walk:
    """From the link to the yes, in a browser that is signed in on both sides."""

    def __init__(self, home, issuer, person, account=None):
        self.browser, self.there = home.browser(person), requests.Session()
        account = account or person
        ok(self.there.post(issuer.url + "/api/auth", json={"username": address(account), "password": f"{account}-pw-1"}))
        ok(self.there.put(issuer.url + "/api/auth/grant/deputy", json={"scope": "mail"}))

    def location(self, method, path, fields=None):
        import http.client
        connection = http.client.HTTPConnection(self.browser.host, timeout=20)
        headers = {"Cookie": self.browser.cookie}
        body = None if fields is None else urllib.parse.urlencode(fields)
        if body:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection.request(method, path, body=body, headers=headers)
        return connection.getresponse().headers["Location"]

    def field(self, path, name):
        page = self.browser.send("GET", path)[1]
        found = re.search(rf'name="{name}" value="([^"]+)"', page)
        assert found, re.sub(r"<[^>]+>", " ", page)
        return found.group(1)

    def __call__(self, link):
        path = urllib.parse.urlsplit(link).path
        there = self.location("POST", path, {"csrf": self.field(path, "csrf")})
        back = urllib.parse.urlsplit(self.there.get(there, allow_redirects=False).headers["Location"])
        assert self.location("GET", f"{back.path}?{back.query}") == path
        return path

    def keep(self, link):
        path = self(link)
        fields = {name: self.field(path, name) for name in ("csrf", "shown")} | {"answer": "keep"}
        assert self.location("POST", path + "/answer", fields) == path + "?done=kept"


@pytest.fixture
def walk(home, issuer):
    return lambda person, account=None: Walk(home, issuer, person, account)


@pytest.fixture
def call(home):
    """The structured result of a tool call that worked."""
    def call(person, tool, agent="helper", **arguments):
        kind, result = home.call(agent, home.tokens[person], tool, arguments)
        assert kind == "done", result
        return result["structuredContent"]
    return call
