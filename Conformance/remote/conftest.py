"""Remote MCP servers behind the built gateway: the official SDK's server, and one that misbehaves on demand."""

import re
import socket
import threading
import time

import gateway_home as gateway
import pytest
import uvicorn
from clicking import go, keep
from mcp.server.mcpserver import MCPServer
from signing_desk import Desk
from wild import Wild


@pytest.fixture
def acme(tmp_path):
    acme = gateway.Acme(tmp_path)
    yield acme
    acme.stop()


@pytest.fixture
def home(tmp_path, acme):
    home = gateway.Home(tmp_path, acme)
    home.populate().serve()
    yield home
    home.stop()


@pytest.fixture
def official():
    """The official SDK's server, with a journal of the credentials that came."""
    server = MCPServer("tickets")

    @server.tool()
    def search(query: str) -> str:
        """Finds tickets."""
        return f"found {query}"

    @server.tool()
    def close(ticket: int, note: str | None = None) -> dict[str, object]:
        """Closes a ticket."""
        return {"closed": ticket, "note": note}

    seen = []
    app = server.streamable_http_app()

    async def journal(scope, receive, send):
        if scope["type"] == "http":
            headers = dict(scope["headers"])
            seen.append((headers.get(b"authorization", b"").decode(), headers.get(b"mcp-session-id", b"").decode()))
        await app(scope, receive, send)

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    runner = uvicorn.Server(uvicorn.Config(journal, host="127.0.0.1", port=port, log_level="error"))
    thread = threading.Thread(target=runner.run, daemon=True)
    thread.start()
    while not runner.started:
        time.sleep(0.02)
    yield f"http://127.0.0.1:{port}/mcp", seen
    runner.should_exit = True
    thread.join(10)


@pytest.fixture
def wild():
    wild = Wild()
    yield wild
    wild.server.shutdown()


@pytest.fixture(params=["2026-07-28", "2025-11-25"])
def desk(request):
    """The official server whose people sign in, in both versions."""
    desk = Desk(is_modern=request.param == "2026-07-28")
    yield desk
    desk.stop()


@pytest.fixture
def modern():
    desk = Desk()
    yield desk
    desk.stop()


@pytest.fixture
def sign_in(chromium, home):
    """A browser of a person's own."""
    contexts = []

    def sign_in(person):
        context = chromium.new_context(locale="en")
        contexts.append(context)
        page = context.new_page()
        page.goto(home.run("login", person)["link"])
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url("**/approvals")
        return page

    yield sign_in
    for context in contexts:
        context.close()


@pytest.fixture
def told(home):
    """The changes of one kind that the ledger tells of."""
    return lambda change: [leaf for leaf in home.leaves() if leaf.get("change") == change]


@pytest.fixture
def connected(home, sign_in):
    """Adds a server that people sign in at, and connects people to it in their browsers: {person: page}."""
    def connected(desk, *people, register=True, more=()):
        home.run("servers", "add", "tickets", desk.url, "--oauth", *(["--register"] if register else []), *more)
        found = {}
        for person in people:
            desk.account = f"{person}-at-tickets"
            found[person] = sign_in(person)
            keep(go(found[person], home.run("connections", "connect", "tickets", "--person", person)["link"]))
        return found
    return connected


@pytest.fixture
def look(home):
    """A person has a server asked for its tools, on their own page. The status of the answer."""
    def look(person, server="tickets", of=None):
        [row] = [row for row in home.run("connections", "list")["connections"] if row["health"] == "healthy"
                 and row["owner"] == f"person:{of or person}" and row["provider"] == server]
        browser = home.browser(person)
        csrf = re.search(r'name="csrf" value="([^"]+)"', browser.send("GET", "/connections")[1]).group(1)
        return browser.send("POST", f"/connections/{row['id']}/tools", {"csrf": csrf})[0]
    return look


@pytest.fixture
def helper(home, look):
    """An assistant with both tools of the server, as Alice's connection found them."""
    def helper():
        assert look("alice") == 303
        for tool, effect in (("search", "read"), ("close", "update")):
            home.run("tools", "release", f"tickets.{tool}", "--effect", effect)
        home.run("agents", "add", "helper", "--acts-as", "assistant", "--owner", "dana", "--users", "everyone",
                 "--slot", "tickets:person", "--tool", "tickets.*")
    return helper
