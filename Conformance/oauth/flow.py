"""The steps of a sign-in, one by one, as a client and a browser make them; each may be made otherwise."""

import base64
import hashlib
import http.client
import html
import json
import os
import re
import urllib.parse

FORM = "application/x-www-form-urlencoded"


def send(url, method="GET", fields=None, body=None, **headers):
    """(status, headers, body). Follows no redirect."""
    target = urllib.parse.urlsplit(url)
    connection = http.client.HTTPConnection(target.hostname, target.port, timeout=30)
    headers = {name.replace("_", "-"): value for name, value in headers.items() if value is not None}
    if fields is not None:
        body = fields if isinstance(fields, str) else urllib.parse.urlencode(fields)
        headers.setdefault("Content-Type", FORM)
    connection.request(method, target.path + ("?" + target.query if target.query else ""), body=body, headers=headers)
    response = connection.getresponse()
    text = response.read().decode()
    connection.close()
    return response.status, response.headers, text


class Person:
    """A person's browser, without a screen."""

    def __init__(self, home, name):
        self.home, self.name = home, name
        link = home.run("login", name)["link"]
        _, headers, _ = send(home.url + "/login", "POST", {"code": link.rsplit("/", 1)[1]})
        self.cookie = headers["Set-Cookie"].split(";")[0]

    def get(self, path, **headers):
        return send(self.home.url + path if path.startswith("/") else path, Cookie=self.cookie, **headers)

    def post(self, path, fields, **headers):
        return send(self.home.url + path, "POST", fields, Cookie=self.cookie, **headers)

    def form(self, page, **changes):
        """What the consent page's form would send, all of it ticked."""
        fields = {name: html.unescape(value) for name, value in
                  re.findall(r'type="hidden" name="([\w-]+)" value="([^"]*)"', page)}
        fields |= {name: "yes" for name in re.findall(r'type="checkbox" name="([\w-]+)" value="yes"', page)}
        return {name: value for name, value in (fields | {"answer": "allow"} | changes).items() if value is not None}

    def allow(self, url, **changes):
        """Opens the link, presses the button, and gives where the browser is sent."""
        status, _, page = self.get(url)
        assert status == 200, (status, page)
        status, headers, text = self.post("/oauth/authorize", self.form(page, **changes))
        assert status == 303, (status, text)
        return headers["Location"]


class Client:
    """A client that does everything right, unless it is told otherwise."""

    def __init__(self, home, identity, callback, secret=None, agent="product"):
        self.home, self.id, self.callback, self.secret, self.agent = home, identity, callback, secret, agent
        self.verifier = base64.urlsafe_b64encode(os.urandom(32)).decode().rstrip("=")
        digest = hashlib.sha256(self.verifier.encode()).digest()
        self.challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        self.state = os.urandom(8).hex()

    @property
    def resource(self):
        return f"{self.home.url}/mcp/{self.agent}"

    def link(self, **changes):
        fields = {
            "response_type": "code", "client_id": self.id, "redirect_uri": self.callback, "state": self.state,
            "code_challenge": self.challenge, "code_challenge_method": "S256", "resource": self.resource} | changes
        query = urllib.parse.urlencode([(name, value) for name, value in fields.items() if value is not None])
        return f"{self.home.url}/oauth/authorize?{query}"

    def token(self, **fields):
        fields = {"client_id": self.id, "client_secret": self.secret} | fields
        status, _, text = send(self.home.url + "/oauth/token", "POST", {k: v for k, v in fields.items() if v is not None})
        return status, json.loads(text)

    def redeem(self, code, **changes):
        return self.token(**{"grant_type": "authorization_code", "code": code, "redirect_uri": self.callback,
                             "code_verifier": self.verifier, "resource": self.resource} | changes)

    def refresh(self, token, **changes):
        return self.token(**{"grant_type": "refresh_token", "refresh_token": token, "resource": self.resource} | changes)

    def sign_in(self, person):
        """Tokens, after a person's yes."""
        status, tokens = self.redeem(answer(person.allow(self.link()))["code"])
        assert status == 200, tokens
        return tokens


def answer(url):
    return dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(url).query, keep_blank_values=True))


def ping(home, token, agent="product"):
    """The HTTP status and the challenge of an MCP ping with this token."""
    status, _, headers = home.post(agent, token, {"jsonrpc": "2.0", "id": 1, "method": "ping"})
    return status, headers.get("WWW-Authenticate", headers.get("Www-Authenticate", ""))
