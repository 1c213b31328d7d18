"""Acme's Notion, Slack and Google as people and apps meet them."""

import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
import threading

import requests

SECRET = "s3cret-of-the-app"
GMAIL = "https://www.googleapis.com/auth/gmail."
VENDORS = {
    "notion": {"title": "Notion", "desk": "notion", "tool": "notion.search", "arguments": {"query": "handbook"},
               "journal": "notion.search", "scopes": [], "late": "invalid_grant", "wrong": "invalid_client"},
    "slack": {"title": "Slack", "desk": "slack", "tool": "slack.read_channel", "arguments": {"channel": "C07GENERAL1"},
              "journal": "slack.conversations.history",
              "scopes": ["channels:history", "chat:write", "users:read", "users:read.email"], "late": "invalid_code",
              "wrong": "bad_client_secret"},
    "gmail": {"title": "Gmail", "desk": "google", "tool": "gmail.search", "arguments": {},
              "journal": "gmail.users.messages.list", "scopes": [GMAIL + "readonly", GMAIL + "send"],
              "late": "invalid_grant", "wrong": "invalid_client"},
}


class Google:
    """accounts.google.com, oauth2.googleapis.com and gmail.googleapis.com at one origin, as a home reaches them."""

    def __init__(self, acme):
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self.handler(acme))
        self.origin = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()

    @staticmethod
    def handler(acme):
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def do_GET(self):
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                there = acme.origins["gmail" if self.path.startswith("/gmail/") else "google"]
                answer = requests.request(
                    self.command, there + self.path, data=body, timeout=20, allow_redirects=False,
                    headers={name: self.headers[name] for name in ("Authorization", "Content-Type") if name in self.headers})
                self.send_response(answer.status_code)
                for name in ("Content-Type", "Location", "Content-Security-Policy", "WWW-Authenticate", "Retry-After"):
                    if name in answer.headers:
                        self.send_header(name, answer.headers[name])
                self.send_header("Content-Length", str(len(answer.content)))
                self.end_headers()
                self.wfile.write(answer.content)

            do_POST = do_GET

        return Handler


def decide(page, account="carol", button="Allow", untick=()):
    """At acme's page: chooses who they are, unticks, and answers."""
    page.get_by_label("Sign in as").select_option(account)
    for scope in untick:
        page.get_by_label(scope).uncheck()
    page.get_by_role("button", name=button).click()


def query(page):
    return dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(page.url).query))
