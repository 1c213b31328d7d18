"""A remote server, or somebody between, that wants tokens which aren't its own, or our requests at places of its choice. Each try
is refused and told."""

import pytest
from clicking import go, keep
from signing_desk import Desk

RESOURCE = "/.well-known/oauth-protected-resource/mcp"
SERVER = "/.well-known/oauth-authorization-server"


@pytest.fixture
def other():
    desk = Desk()
    yield desk
    desk.stop()


def refused(home, desk, *more):
    answer = home.command("servers", "add", "tickets", desk.url, "--oauth", *more)
    assert answer.returncode, answer.stdout
    assert home.run("servers", "list")["servers"] == []
    return answer.stdout


@pytest.mark.parametrize("resource", ["http://127.0.0.1:1/mcp", "ORIGIN", "ORIGIN/", "ORIGIN/mc", "ORIGIN/mcp/other", None])
def test_row_6_metadata_of_another_resource_is_refused(home, modern, told, resource):
    modern.published[RESOURCE] = modern.resource(resource=resource and resource.replace("ORIGIN", modern.origin))
    assert "another resource" in refused(home, modern) or resource is None
    assert told("server.authorization-refused")[-1]["server"] == "tickets" and SERVER not in modern.reads


def test_row_6_a_server_cant_pose_as_another_one_to_have_its_tokens(home, modern, other, told):
    """The attacker names the other's authorization server and resource, so that its own calls would carry tokens for that."""
    modern.published[RESOURCE] = other.resource()
    assert "another resource" in refused(home, modern)
    assert other.reads == [] and len(told("server.authorization-refused")) == 1


@pytest.mark.parametrize("issuer", ["http://127.0.0.1:1", "ORIGIN/", "ORIGIN/x", None])
def test_row_6_an_issuer_that_isnt_the_one_that_was_named_is_refused(home, modern, told, issuer):
    modern.published[SERVER] = modern.metadata(issuer=issuer and issuer.replace("ORIGIN", modern.origin))
    assert "issuer" in refused(home, modern)
    assert told("server.authorization-refused")


@pytest.mark.parametrize("changes", [
    {"code_challenge_methods_supported": None}, {"code_challenge_methods_supported": ["plain"]},
    {"authorization_endpoint": "javascript:alert(1)"}, {"authorization_endpoint": "data:text/html,x"},
    {"token_endpoint": "ftp://127.0.0.1/token"}])
def test_row_6_a_server_without_pkce_or_with_strange_addresses_is_refused(home, modern, told, changes):
    modern.published[SERVER] = modern.metadata(**changes)
    refused(home, modern)
    assert told("server.authorization-refused")


@pytest.mark.parametrize("path", [RESOURCE, SERVER])
@pytest.mark.parametrize("place", ["http://10.0.0.1/x", "http://169.254.169.254/latest", "OTHER/.well-known/x"])
def test_row_7_a_redirect_in_discovery_isnt_followed(home, modern, other, told, path, place):
    modern.published[path] = place.replace("OTHER", other.origin)
    assert "redirects" in refused(home, modern)
    assert other.reads == [] and "redirects" in told("server.authorization-refused")[-1]["because"]


@pytest.mark.parametrize("name", ["https://10.0.0.1", "https://169.254.169.254", "https://[::ffff:10.0.0.1]", "http://192.168.1.1"])
def test_row_7_an_authorization_server_in_a_private_network_isnt_asked(home, modern, told, name):
    modern.published[RESOURCE] = modern.resource(authorization_servers=[name])
    refused(home, modern)
    because = told("server.authorization-refused")[-1]["because"]
    assert "nothing may connect to" in because or "TLS" in because


def test_among_several_servers_nobody_but_the_administrator_chooses(home, modern, other):
    modern.published[RESOURCE] = modern.resource(authorization_servers=[modern.origin, other.origin])
    assert "--issuer" in refused(home, modern)
    assert "doesn't name" in refused(home, modern, "--issuer", "http://127.0.0.1:1")
    assert other.reads == []
    home.run("servers", "add", "tickets", modern.url, "--oauth", "--issuer", modern.origin)


def test_an_answer_that_is_too_large_is_dropped(home, modern, told):
    modern.published[RESOURCE] = modern.resource(padding="x" * 2_000_000)
    refused(home, modern)
    assert told("server.authorization-refused")


def test_a_change_of_issuer_is_quarantined_and_not_followed(home, modern, other, connected, helper, sign_in, told):
    """Mix-up: the server names the attacker's authorization server later, so that codes and secrets would go there."""
    connected(modern, "alice")
    helper()
    modern.published[RESOURCE] = modern.resource(authorization_servers=[modern.origin])
    modern.published[SERVER] = modern.metadata(token_endpoint=other.origin + "/token")
    link = home.run("connections", "connect", "tickets", "--person", "bob")["link"]
    page = sign_in("bob")
    page.goto(link)
    page.get_by_role("button", name="Go on to").click()
    assert "otherwise than when it was added" in page.inner_text("main")
    [leaf] = told("server.authorization-quarantined")
    assert any(other.origin in line for line in leaf["differences"])
    [server] = home.run("servers", "list")["servers"]
    assert server["authorization"]["state"] == "quarantined" and server["authorization"]["diff"]
    # What is connected goes on where it was.
    modern.provider.access.clear()
    assert home.call("helper", home.token("alice", "helper"), "tickets.search", {"query": "x"})[0] == "done"
    assert other.provider.resources == [] and modern.provider.resources[-1][0] == "refresh_token"
    # Taken back, nobody has to do anything.
    modern.published.clear()
    modern.account = "bob-at-tickets"
    keep(go(page, link))
    assert home.run("servers", "list")["servers"][0]["authorization"]["state"] == "pinned"


def test_another_issuer_that_an_administrator_agrees_to_gets_nothing_of_the_old_one(
        home, modern, other, connected, helper, told):
    connected(modern, "alice")
    helper()
    modern.published[RESOURCE] = modern.resource(authorization_servers=[other.origin])
    modern.provider.access.clear()
    agreed = home.run("servers", "authorize", "tickets")
    assert agreed["authorization"]["issuer"] == other.origin and "client" not in agreed, "the old client is no client there"
    kind, result = home.call("helper", home.token("alice", "helper"), "tickets.search", {"query": "x"})
    assert kind in ("refused", "not_sent", "connection_required"), result
    assert other.provider.resources == [], "no refresh token went to the new server"


def test_a_server_that_moved_within_its_host_gets_no_token_of_before(home, modern, connected, helper, look):
    connected(modern, "alice")
    helper()
    home.run("servers", "remove", "tickets")
    modern.published["/.well-known/oauth-protected-resource/other"] = modern.resource(resource=modern.origin + "/other")
    modern.headers.clear()
    home.command("servers", "add", "tickets", modern.origin + "/other", "--credential")
    assert look("alice") == 422
    assert not [header for header in modern.headers if header]


def test_another_persons_link_is_refused_and_told(home, modern, sign_in, told):
    home.run("servers", "add", "tickets", modern.url, "--oauth", "--register")
    link = home.run("connections", "connect", "tickets", "--person", "bob")["link"]
    alice = sign_in("alice")
    assert alice.goto(link).status == 403 and "This isn't for you" in alice.inner_text("main")
    assert [(leaf["by"], leaf["for"], leaf["because"]) for leaf in told("connect.refused")] == [
        ("person:alice", "person:bob", "somebody-elses")]
    assert modern.provider.asked == []


@pytest.mark.parametrize("issuer", ["http://127.0.0.1:1", "", None])
def test_row_6_mix_up_an_answer_of_another_issuer_is_refused(home, modern, sign_in, issuer):
    modern.take_documents()
    modern.answering_issuer = issuer
    home.run("servers", "add", "tickets", modern.url, "--oauth")
    page = sign_in("alice")
    go(page, home.run("connections", "connect", "tickets", "--person", "alice")["link"])
    assert "isn't" in page.inner_text("main") and home.run("connections", "list")["connections"] == []
    assert modern.provider.resources == [], "the code was never used"


def test_one_account_isnt_two_peoples(home, modern, sign_in, connected):
    """Where the server says whose token it is, an account that Alice connected isn't Bob's."""
    modern.published[SERVER] = modern.metadata(introspection_endpoint=modern.origin + "/introspect")
    connected(modern, "alice")
    assert [c["account"] for c in home.run("connections", "list")["connections"]] == ["alice-at-tickets"]
    modern.account = "alice-at-tickets"
    page = sign_in("bob")
    go(page, home.run("connections", "connect", "tickets", "--person", "bob")["link"])
    assert "is the account of" in page.inner_text("main")
    assert len(home.run("connections", "list")["connections"]) == 1


def strangers(desk):
    """Calls that came with another person's token than that of who made them, by the server's journal."""
    return [call for call in desk.calls if call[0] != call[2]["query"] + "-at-tickets"]


def test_the_check_finds_a_wrong_persons_token(home, modern, connected, helper, sign_in):
    """Planted: Bob signs in at the server as Alice, which nobody but the journal can tell there."""
    connected(modern, "alice")
    helper()
    modern.account = "alice-at-tickets"
    keep(go(sign_in("bob"), home.run("connections", "connect", "tickets", "--person", "bob")["link"]))
    for person in ("alice", "bob"):
        assert home.call("helper", home.token(person, "helper"), "tickets.search", {"query": person})[0] == "done"
    assert strangers(modern) == [("alice-at-tickets", "search", {"query": "bob"})]


def test_tokens_that_were_moved_to_another_persons_connection_dont_open(home, modern, connected, helper):
    connected(modern, "alice", "bob")
    helper()
    ids = {c["owner"]: c["id"] for c in home.run("connections", "list")["connections"]}
    [(grant,)] = home.sql("SELECT grant_of FROM token_sets WHERE id = $1", ids["person:bob"])
    home.stop()
    home.sql("DELETE FROM token_sets WHERE id = $1", ids["person:bob"])
    home.sql("UPDATE token_sets SET id = $1, grant_of = $2 WHERE id = $3", ids["person:bob"], grant, ids["person:alice"])
    home.serve()
    kind, result = home.call("helper", home.token("bob", "helper"), "tickets.search", {"query": "bob"})
    assert kind != "done" and modern.calls == [], result
