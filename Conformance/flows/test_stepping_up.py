"""An API that refuses a call for want of a permission: the person is asked for the union, and the waiting call goes on. glewlwyd
gives the permissions out, and the service of files says what a call needs by the challenge of RFC 6750."""

import asyncio
import threading

import httpx2
import pytest
from clicks import allow, go_there, keep
from mcp import Client
from mcp.client.streamable_http import streamable_http_client
from mcp_types import ElicitResult

BOTH = ["files.read", "files.write"]


def call(home, agent, tool="files.list", person="carol", **arguments):
    kind, result = home.call(agent, home.tokens[person], tool, arguments)
    return kind if kind == "done" else result["structuredContent"]["error"]


@pytest.fixture
def carol(home, sign_in, glewlwyd):
    """Connected, and allowed to read alone."""
    page = sign_in("carol")
    page.goto(home.url + "/agreements")
    while (button := page.get_by_role("button", name="Agree to what is new")).count():
        button.first.click()
    go_there(page, call(home, "reader")["link"])
    allow(page, "carol", "files.read")
    return keep(page)


@pytest.fixture
def consent(carol, glewlwyd):
    """Glewlwyd asks nothing when something is granted already; Carol changes it there."""
    def consent(link, *scopes):
        glewlwyd.consent("carol", " ".join(scopes))
        go_there(carol, link)
        carol.get_by_role("button", name="Continue").click()
        carol.wait_for_url("**/connect/flow*")
    return consent


def health(home):
    return {c["owner"]: c["health"] for c in home.run("connections", "list")["connections"] if c["health"] != "revoked"}


def test_what_an_api_wants_besides_is_asked_for_and_the_repeat_is_done(home, carol, consent, files, connected, told, passage):
    files.needed["GET"] = BOTH
    error = call(home, "writer")
    assert error["kind"] == "connection_required" and error["rule"] == "credential.scopes", error
    assert "files.write" in error["message"]
    assert health(home) == {"person:carol": "healthy"}, "the connection isn't broken"
    needed, = told("connection.scopes-needed")
    assert (needed["by"], needed["tool"], needed["scopes"]) == ("provider:files", "files.list", BOTH)
    consent(error["link"], *BOTH)
    assert "files.write" in carol.inner_text("main")
    keep(carol)
    assert connected() == {"person:carol": ("carol@acme.test", BOTH)}
    before = len(files.journal)
    assert call(home, "writer") == "done" and files.journal[before:] == [("carol", "GET /files")]


def test_who_may_not_ask_for_it_is_told_what_and_where(home, carol, files, told):
    files.needed["GET"] = BOTH
    error = call(home, "reader")
    assert error["kind"] == "refused" and "`files.write`" in error["message"] and "no tool of `reader`" in error["message"]
    assert "providers/files.json5" in error["way_out"] and "deputy agents edit reader" in error["way_out"]
    assert told("connection.scopes-needed") == [] and len(told("connection.scopes-refused")) == 1
    files.needed["GET"] = ["files.read", "admin.everything"]
    assert "`admin.everything`" in call(home, "writer")["message"]
    assert health(home) == {"person:carol": "healthy"}


def test_what_the_person_doesnt_grant_is_asked_for_again_and_other_calls_go_on(home, carol, consent, files):
    files.needed["GET"] = BOTH
    error = call(home, "writer")
    consent(error["link"], "files.read")
    assert "files.write" in carol.locator(".warn").inner_text()
    keep(carol)
    before = len(files.journal)
    again = call(home, "writer")
    assert again["kind"] == "connection_required" and "files.write" in again["message"]
    assert files.journal[before:] == [("carol", "GET /files")]
    files.needed["GET"] = ["files.read"]
    assert call(home, "reader") == "done" and call(home, "writer") == "done", "it was this call that lacked it"


def test_an_api_that_is_never_content_asks_carol_once(home, carol, consent, files, told):
    files.needed["GET"], files.isNeverContent = BOTH, True
    error = call(home, "writer")
    assert error["kind"] == "connection_required"
    consent(error["link"], *BOTH)
    keep(carol)
    before = len(files.journal)
    for _ in range(3):
        error = call(home, "writer")
        assert error["kind"] == "refused" and "still refuses `files.list`" in error["message"], error
    assert len(files.journal) - before == 3, "once for each call of the client's"
    assert len(told("connection.scopes-needed")) == 1 and health(home) == {"person:carol": "healthy"}


def test_the_official_clients_waiting_call_goes_on(home, carol, consent, files):
    files.needed["GET"] = BOTH
    links, answered, results = [], threading.Event(), []

    async def opened(context, params):
        links.append(params.url)
        return ElicitResult(action="accept")

    async def ask():
        http = httpx2.AsyncClient(headers={"Authorization": "Bearer " + home.tokens["carol"]}, timeout=60)
        transport = streamable_http_client(home.url + "/mcp/writer", http_client=http)
        async with Client(transport, mode="2026-07-28", elicitation_callback=opened) as session:
            return await session.call_tool("files.list", {})

    thread = threading.Thread(target=lambda: (results.append(asyncio.run(ask())), answered.set()))
    thread.start()
    while not links:
        assert not answered.wait(0.05), results
    consent(links[0], *BOTH)
    keep(carol)
    assert answered.wait(30)
    thread.join()
    assert not results[0].is_error, results
    assert files.journal[-1] == ("carol", "GET /files")
