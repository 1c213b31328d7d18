"""glewlwyd gives the tokens out, with its own pages and its own rules. Whether a token lives is what glewlwyd says of it, and
whose it was is what the service of files saw."""

import re
import time

import pytest
import requests
from clicks import allow, go_there, keep
from test_connecting import agree


def call(home, agent="reader", person="carol", tool="files.list", **arguments):
    kind, result = home.call(agent, home.tokens[person], tool, arguments)
    return kind if kind == "done" else result["structuredContent"]["error"]


@pytest.fixture
def carol(home, sign_in):
    page = sign_in("carol")
    agree(home, page)
    return page


@pytest.fixture
def connect(home, carol):
    """Carol connects by her assistant's link."""
    def connect(agent="reader", tool="files.list", grant=("files.read",), **arguments):
        go_there(carol, call(home, agent, tool=tool, **arguments)["link"])
        allow(carol, "carol", *grant)
        return keep(carol)
    return connect


def test_carol_connects_at_glewlwyd_and_her_call_goes_on(home, carol, files, passage, connected, told, look):
    error = call(home)
    assert error["kind"] == "connection_required"
    go_there(carol, error["link"])
    allow(carol, "carol", "files.read")
    text = carol.inner_text("main")
    assert "carol@acme.test" in text and "files.read" in text and connected() == {}
    look(carol, "glewlwyd-offer")
    keep(carol)
    assert connected() == {"person:carol": ("carol@acme.test", ["files.read"])}
    assert call(home) == "done" and files.journal == [("carol", "GET /files")]
    form, = passage.forms("/token")
    assert form["grant_type"] == "authorization_code" and len(form["code_verifier"]) >= 43
    added, = told("connection.added")
    assert added["by"] == "person:carol" and added["scopes"] == ["files.read"]


def test_what_carol_doesnt_tick_isnt_granted_and_is_asked_for_again(home, carol, glewlwyd, connected, look):
    go_there(carol, call(home, "writer", tool="files.add", name="x")["link"])
    allow(carol, "carol", "files.read")
    assert "files.write" in carol.locator(".warn").inner_text()
    look(carol, "glewlwyd-fewer")
    keep(carol)
    assert connected() == {"person:carol": ("carol@acme.test", ["files.read"])}
    assert call(home) == "done"
    error = call(home, "writer", tool="files.add", name="x")
    assert error["kind"] == "connection_required" and "files.write" in error["message"]
    # glewlwyd asks nothing when something is granted already; Carol changes it there.
    glewlwyd.consent("carol", "files.read files.write")
    go_there(carol, error["link"])
    carol.get_by_role("button", name="Continue").click()
    carol.wait_for_url("**/connect/flow*")
    keep(carol)
    assert connected() == {"person:carol": ("carol@acme.test", ["files.read", "files.write"])}
    assert call(home, "writer", tool="files.add", name="x") == "done"


def test_somebody_elses_account_is_refused_and_dead_again(home, carol, glewlwyd, passage, connected, look):
    go_there(carol, call(home)["link"])
    allow(carol, "alice", "files.read")
    text = carol.inner_text("main")
    assert "That account can't be kept" in text and "alice@acme.test" in text and connected() == {}
    look(carol, "glewlwyd-somebody-elses")
    tokens = passage.tokens
    assert not glewlwyd.introspect(tokens["refresh_token"])["active"]
    assert not glewlwyd.introspect(tokens["access_token"])["active"]


def test_tokens_are_renewed_and_glewlwyd_rotates_them(home, connect, glewlwyd, passage, files):
    connect()
    for _ in range(3):
        before = passage.tokens
        glewlwyd.revoke(before["access_token"])
        # What is refused so soon after it was renewed waits for some seconds.
        end = time.monotonic() + 40
        while call(home) != "done":
            assert time.monotonic() < end
            time.sleep(0.5)
        after = passage.tokens
        assert after["refresh_token"] != before["refresh_token"]
        assert not glewlwyd.introspect(before["refresh_token"])["active"]
        assert glewlwyd.introspect(after["refresh_token"])["active"]
    used = [form["refresh_token"] for form in passage.forms("/token") if form["grant_type"] == "refresh_token"]
    assert len(used) == len(set(used)) == 3, "each one is used once"
    assert files.journal == [("carol", "GET /files")] * 3


def test_a_disconnected_account_is_dead_at_glewlwyd(home, connect, glewlwyd, passage, connected, told):
    connect()
    tokens = passage.tokens
    assert glewlwyd.introspect(tokens["refresh_token"])["active"] and glewlwyd.introspect(tokens["access_token"])["active"]
    connection, = [c["id"] for c in home.run("connections", "list")["connections"] if c["health"] == "healthy"]
    assert home.run("connections", "revoke", connection)["upstream"] == "revoked"
    assert not glewlwyd.introspect(tokens["refresh_token"])["active"]
    assert not glewlwyd.introspect(tokens["access_token"])["active"], "glewlwyd ends it only when it is told of it too"
    assert connected() == {} and call(home)["kind"] == "connection_required"
    assert [leaf["result"] for leaf in told("connection.revoked-upstream")] == ["revoked"]


def test_carol_disconnects_on_her_own_page(home, carol, connect, glewlwyd, passage, connected):
    connect()
    carol.goto(home.url + "/connections")
    carol.get_by_role("button", name=re.compile("Revoke files")).click()
    assert connected() == {}
    until = time.monotonic() + 60  # the page doesn't wait for glewlwyd to be told
    while glewlwyd.introspect(passage.tokens["refresh_token"])["active"]:
        assert time.monotonic() < until
        time.sleep(0.2)


def test_a_code_brought_a_second_time_ends_what_came_of_it(home, carol, connect, glewlwyd, passage, connected, told):
    """glewlwyd's rule (RFC 6749 section 4.1.2). Whoever stole the code has nothing, and Carol is asked to connect again."""
    connect()
    assert call(home) == "done"
    form, = passage.forms("/token")
    tokens = passage.tokens
    replayed = requests.post(glewlwyd.issuer + "/token", data=form, auth=glewlwyd.known, timeout=10)
    assert replayed.status_code in (400, 403) and "access_token" not in replayed.text
    assert not glewlwyd.introspect(tokens["access_token"])["active"]
    assert not glewlwyd.introspect(tokens["refresh_token"])["active"]
    gone(home, connected, told)
    connect()
    assert call(home) == "done"


def test_a_refresh_token_that_was_stolen_ends_the_grant_and_carol_connects_again(
        home, connect, glewlwyd, passage, files, connected, told):
    """glewlwyd's rule: one that comes a second time breaks the chain. Deputy isn't the one who brings it twice."""
    connect()
    stolen = passage.tokens["refresh_token"]
    glewlwyd.revoke(passage.tokens["access_token"])
    assert call(home) == "done"
    answer = requests.post(glewlwyd.issuer + "/token", data={"grant_type": "refresh_token", "refresh_token": stolen},
                           auth=glewlwyd.known, timeout=10)
    assert answer.status_code == 400
    assert not glewlwyd.introspect(passage.tokens["refresh_token"])["active"]
    assert call(home) == "done", "glewlwyd leaves the access token alone"
    glewlwyd.revoke(passage.tokens["access_token"])
    gone(home, connected, told)
    connect()
    assert call(home) == "done" and files.journal[-1] == ("carol", "GET /files")


def gone(home, connected, told):
    """glewlwyd refuses with an empty body, so that the refusal alone could be anybody's: the service's own word, or what
    glewlwyd says when it is asked, ends the connection."""
    for _ in range(600):
        error = call(home)
        if error != "done" and "/connect/" in error.get("link", ""):
            break
        time.sleep(0.1)
    assert connected() == {} and len(told("connection.broken")) == 1, error
