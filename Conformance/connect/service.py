"""A service with an authorization server of its own, honest until a test tells it not to be. It shares no code with Deputy,
and its journal says whose token it saw."""

import base64
import hashlib
import html
import json
import secrets
import threading
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

MANIFEST = """{
  provider: "%(name)s",
  title: "%(title)s",
  origin: "%(origin)s",
  credential: { kind: "bearer" },
  oauth: {
    issuer: "%(origin)s",
    namesItself: true,
    authorization: "%(origin)s/authorize",
    token: "%(origin)s/token",
    revocation: "%(origin)s/revoke",
    scopes: ["profile"],
    parameters: { access_type: "offline" },
  },
  account: { requests: [{ method: "GET", path: "/me" }], id: "/id", email: "/email", name: "/name" },
  refusal: { code: "/error" },
  tools: [
    {
      name: "%(name)s.list",
      title: "List",
      description: "The account's notes.",
      effect: "read",
      scopes: ["notes.read"],
      labels: { integrity: "colleague" },
      request: { method: "GET", path: "/notes" },
    },
    {
      name: "%(name)s.add",
      title: "Add",
      description: "Adds a note.",
      effect: "create",
      scopes: ["notes.write"],
      arguments: { text: { role: "content", required: true, type: "string", maxLength: 100 } },
      labels: { integrity: "colleague" },
      request: { method: "POST", path: "/notes", body: { text: "{text}" } },
    },
  ],
}
"""

PAGE = """<!doctype html><html lang="en"><title>%s</title><main><h1>%s</h1><p>Deputy asks for: <b id="scopes">%s</b></p>
<p>You are <b>%s</b>.</p><form method="get" action="/decide">%s
<button name="answer" value="allow">Allow</button> <button name="answer" value="deny">Deny</button></form></main></html>"""


def challenge(verifier):
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


class Service:
    """`account` is who is signed in there; `answer` and `token` are what it says, for a test to alter."""

    def __init__(self, name, title):
        self.name, self.title, self.lock = name, title, threading.Lock()
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self.handler())
        self.origin = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.client, self.secret = f"deputy-at-{name}", f"s3cret/{name} +"
        self.accounts = {person: {"id": f"U-{person}", "email": f"{person}@acme.test", "name": person.title()}
                         for person in ("alice", "bob", "carol", "dana", "robot")}
        self.accounts["robot"]["email"] = "robot@bots.test"
        self.accounts["carol2"] = {"id": "U-carol2", "email": "carol@acme.test", "name": "Carol's other workspace"}
        self.reset()

    def reset(self):
        self.account = "carol"
        self.answer = lambda query: query               # of the way back
        self.token = lambda answer: (200, answer)       # of the token endpoint
        self.tokens = {}          # every token that still opens an account
        self.codes, self.asked, self.redeemed, self.revoked, self.journal = {}, [], [], [], []
        self.refreshed, self.reused, self.scopes = 0, 0, {}

    def stop(self):
        self.server.shutdown()
        self.server.server_close()

    @property
    def manifest(self):
        return MANIFEST % {"name": self.name, "title": self.title, "origin": self.origin}

    def live(self, account):
        """The tokens of an account that still open it."""
        return [token for token, (owner, _) in self.tokens.items() if owner == account]

    def decide(self, query):
        """Where the browser goes after Allow or Deny."""
        back = {"state": query["state"], "iss": self.origin}
        if query.get("answer") == "deny":
            back |= {"error": "access_denied", "error_description": "<script>alert(1)</script>"}
        else:
            code = secrets.token_urlsafe(16)
            self.codes[code] = query | {"account": self.account}
            back["code"] = code
        return query["redirect_uri"] + "?" + urllib.parse.urlencode(self.answer(back))

    def redeem(self, form, authorization):
        name, _, secret = base64.b64decode(authorization.removeprefix("Basic ")).decode().partition(":")
        if (urllib.parse.unquote(name), urllib.parse.unquote(secret)) != (self.client, self.secret):
            return 401, {"error": "invalid_client"}
        if form.get("grant_type") == "refresh_token":
            return self.refresh(form.get("refresh_token"))
        self.redeemed.append(form)
        query = self.codes.pop(form.get("code"), None)
        if form.get("grant_type") != "authorization_code" or not query \
                or query["redirect_uri"] != form.get("redirect_uri") or query["client_id"] != name \
                or query["code_challenge_method"] != "S256" \
                or query["code_challenge"] != challenge(form.get("code_verifier", "")):
            return 400, {"error": "invalid_grant"}
        return self.grant(query["account"], query["scope"])

    def refresh(self, token):
        """Each refresh token does once; one that comes again ends everything that its account granted."""
        with self.lock:
            self.refreshed += 1
            status, answer = self.token({})
            if status != 200:
                return status, answer
            if token not in self.tokens:
                self.reused += 1
                self.tokens = {}
                return 400, {"error": "invalid_grant"}
            return self.grant(self.tokens.pop(token)[0], self.scopes[token])

    def grant(self, account, scope):
        access, refresh = "at_" + secrets.token_urlsafe(24), "rt_" + secrets.token_urlsafe(24)
        status, answer = self.token({"access_token": access, "refresh_token": refresh, "token_type": "Bearer",
                                     "expires_in": 3600, "scope": scope})
        if status == 200 and "access_token" in answer:
            self.tokens[access] = (account, answer.get("scope", scope).split())
            self.tokens[refresh], self.scopes[refresh] = (account, []), answer.get("scope", scope)
        return status, answer

    def revoke(self, form):
        """A refresh token takes the whole grant of its account with it, as many providers have it."""
        self.revoked.append(form)
        found = self.tokens.pop(form.get("token"), None)
        if found and form["token"].startswith("rt_"):
            self.tokens = {token: held for token, held in self.tokens.items() if held[0] != found[0]}
        return 200, {}

    def read(self, path, authorization):
        token = (authorization or "").removeprefix("Bearer ")
        if token not in self.tokens or not token.startswith("at_"):
            return 401, {"error": "invalid_token"}
        account, scopes = self.tokens[token]
        if path == "/me":
            return 200, self.accounts[account]
        self.journal.append((account, path))
        return 200, {"notes": [f"a note of {account}"]}

    def handler(service):
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def reply(self, status, body=b"", kind="application/json", **headers):
                body = body if isinstance(body, bytes) else json.dumps(body).encode()
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def do_GET(self):
                path, _, text = self.path.partition("?")
                query = dict(urllib.parse.parse_qsl(text, keep_blank_values=True))
                if path == "/authorize":
                    service.asked.append(query)
                    fields = "".join(f'<input type="hidden" name="{html.escape(k)}" value="{html.escape(v)}">'
                                     for k, v in query.items())
                    page = PAGE % (service.title, service.title, html.escape(query.get("scope", "")),
                                   service.account, fields)
                    self.reply(200, page.encode(), "text/html; charset=utf-8")
                elif path == "/decide":
                    self.reply(302, Location=service.decide(query))
                else:
                    self.reply(*service.read(path, self.headers.get("Authorization")))

            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
                form = dict(urllib.parse.parse_qsl(body))
                if self.path == "/token":
                    self.reply(*service.redeem(form, self.headers["Authorization"]))
                elif self.path == "/revoke":
                    self.reply(*service.revoke(form))
                else:
                    self.reply(*service.read(self.path, self.headers.get("Authorization")))

        return Handler
