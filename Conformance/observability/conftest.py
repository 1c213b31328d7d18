"""A gateway that is watched: its health, its metrics, its log, its traces."""

import http.client
import re
import socket
import subprocess

import gateway_home as gateway
import pytest


class OverSocket(http.client.HTTPConnection):
    """HTTP over the home's socket."""

    def __init__(self, path):
        super().__init__("localhost", timeout=20)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(20)
        self.sock.connect(self.path)


def get(address, path, **headers):
    """(status, body) of a plain GET: `address` is host:port, or the path of a socket."""
    connection = OverSocket(address) if address.startswith("/") else http.client.HTTPConnection(address, timeout=20)
    connection.request("GET", path, headers=headers)
    response = connection.getresponse()
    return response.status, response.read().decode()


class Watched(gateway.Home):
    """Its log is a pipe's end in a file of its own."""

    def __init__(self, folder, acme):
        super().__init__(folder, acme)
        self.log = folder / "gateway.log"

    def start(self, *flags, **environment):
        self.gateway = subprocess.Popen(
            [gateway.DEPUTY, "serve", "--home", self.path, "--port", "0", "--allow-loopback-providers", *flags],
            stdout=subprocess.PIPE, stderr=self.output, stdin=subprocess.DEVNULL, text=True,
            env=gateway.ENVIRONMENT | environment)
        line = self.gateway.stdout.readline()
        found = re.search(r"http://\S+?(?=/mcp)", line)
        assert found, f"the gateway didn't start: {line!r} {self.log.read_text()}"
        self.url = found.group(0)
        return self

    @property
    def address(self):
        return self.url.removeprefix("http://")

    @property
    def socket(self):
        return self.path + "/deputy.sock"

    def get(self, path, **headers):
        return get(self.address, path, **headers)

    def settle(self):
        """People, agents and connections, and a token of Alice's."""
        self.connect()
        self.tokens = {"alice": self.token("alice")}
        return self


@pytest.fixture
def acme(tmp_path):
    acme = gateway.Acme(tmp_path)
    yield acme
    acme.stop()


@pytest.fixture
def home(tmp_path, acme):
    home = Watched(tmp_path, acme)
    yield home.populate()
    home.stop()


@pytest.fixture
def ask():
    return get


@pytest.fixture
def watched(acme):
    """Makes a home in a folder."""
    return lambda folder: Watched(folder, acme)


@pytest.fixture
def modern():
    """A call of 2026-07-28 that sends a message to Slack, of a client that opens links."""
    def call(home, arguments, state=None):
        meta = {"io.modelcontextprotocol/protocolVersion": "2026-07-28",
                "io.modelcontextprotocol/clientCapabilities": {"elicitation": {"url": {}}}}
        params = {"name": "slack.post_message", "arguments": arguments, "_meta": meta}
        if state is not None:
            params["requestState"] = state
        status, body, _ = home.post("onboarding", home.tokens["alice"], {
            "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params},
            **{"MCP-Protocol-Version": "2026-07-28", "Mcp-Method": "tools/call", "Mcp-Name": "slack.post_message"})
        assert status == 200, body
        return body

    return call
