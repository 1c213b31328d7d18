"""A gateway that lets clients in, a place where clients take their answers, and one where they publish what they are."""

import http.server
import json
import socket
import threading
import urllib.parse

import gateway_home as gateway
import pytest


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


# Where a web page that may be a client is served, by one name; by another name it may not.
PAGE_PORT = free_port()
PAGE = f"http://app.example:{PAGE_PORT}"


class Site(http.server.ThreadingHTTPServer):
    """A site on this machine: it keeps what comes to `/callback`, and answers as `pages` says."""

    def __init__(self, port=0):
        super().__init__(("127.0.0.1", port), Handler)
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.callback = self.url + "/callback"
        self.answers, self.pages, self.seen, self.arrived = [], {}, [], threading.Event()
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def document(self, path="/client.json", **changes):
        """Publishes a client's metadata document, and gives the client's id."""
        client = self.url + path
        value = {"client_id": client, "client_name": "Reader", "redirect_uris": [self.url + "/callback"]} | changes
        self.pages[path] = lambda handler: handler.answer(200, json.dumps(value).encode())
        return client


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        target = urllib.parse.urlsplit(self.path)
        self.server.seen.append(self.path)
        if target.path.startswith("/callback"):
            self.server.answers.append(dict(urllib.parse.parse_qsl(target.query)))
            self.server.arrived.set()
            return self.answer(200, b"<!doctype html><title>Done</title><h1>Done</h1>", "text/html")
        page = self.server.pages.get(target.path)
        return page(self) if page else self.answer(404, b"{}")

    def answer(self, status, body, kind="application/json", **headers):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.fixture
def site():
    site = Site()
    yield site
    site.shutdown()
    site.server_close()


@pytest.fixture
def apps():
    site = Site(PAGE_PORT)
    site.pages["/"] = lambda handler: handler.answer(200, b"<!doctype html><title>app</title>", "text/html")
    yield site
    site.shutdown()
    site.server_close()


@pytest.fixture(scope="module")
def acme(tmp_path_factory):
    acme = gateway.Acme(tmp_path_factory.mktemp("acme"))
    yield acme
    acme.stop()


@pytest.fixture(scope="module")
def home(tmp_path_factory, acme):
    home = gateway.Home(tmp_path_factory.mktemp("home"), acme)
    home.populate().serve(flags=("--open-registration", "--allow-origin", PAGE))
    home.connect()
    yield home
    home.stop()
