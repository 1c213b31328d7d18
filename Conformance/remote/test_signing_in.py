"""People connect accounts at remote servers by signing in there. Whose token came with which call is judged by the server's own
journal, never by what Deputy says."""

import time

import pytest
from clicking import go, keep
from signing_desk import Desk


def test_each_person_signs_in_and_each_call_carries_that_persons_token(home, desk, connected, helper, told):
    connected(desk, "alice", "bob")
    helper()
    desk.calls.clear()
    for person in ("alice", "bob", "alice", "bob", "bob"):
        kind, result = home.call("helper", home.token(person, "helper"), "tickets.search", {"query": person})
        assert kind == "done", result
    assert desk.calls == [(f"{p}-at-tickets", "search", {"query": p}) for p in ("alice", "bob", "alice", "bob", "bob")]
    kind, result = home.call("helper", home.token("carol", "helper"), "tickets.search", {"query": "x"})
    assert kind == "connection_required" and "/connect/flow" in result["structuredContent"]["error"]["link"]
    assert len(desk.calls) == 5
    # Named in both requests, and in no other name (RFC 8707).
    assert {resource for _, resource in desk.provider.asked} == {desk.url}
    assert {resource for _, resource in desk.provider.resources} == {desk.url}
    assert told("server.added")[0]["issuer"] == desk.origin
    assert all(len(told(change)) == 2 for change in ("connect.begun", "connect.offered", "connection.added"))


def test_a_client_of_its_own_is_registered_once_for_the_one_redirect_uri(home, modern, connected):
    connected(modern, "alice")
    [client] = modern.provider.registered
    assert [str(uri) for uri in client.redirect_uris] == [home.url + "/connect/callback/tickets"]
    assert client.client_secret and client.application_type == "web"
    for path in home.files:
        assert client.client_secret.encode() not in path.read_bytes()


def test_the_end_of_a_registered_clients_secret_is_told_with_the_command_that_gets_another(home, connected):
    desk = Desk(secrets_end=4 * 86_400)
    try:
        connected(desk, "alice")
        [warning] = [f for f in home.run("doctor")["findings"] if "the secret of our app at `tickets` ends" in f["message"]]
        assert "`deputy servers authorize tickets --register`" in warning["hint"] and "people connect again" in warning["hint"]
        home.run("servers", "authorize", "tickets", "--register")
        first, second = desk.provider.registered
        assert first.client_id != second.client_id and first.client_secret != second.client_secret
        [alice] = [c for c in home.run("connections", "list")["connections"] if c["owner"] == "person:alice"]
        assert alice["health"] != "revoked", "what she has goes on until it is to be renewed"
    finally:
        desk.stop()


def test_nothing_registers_by_itself_and_the_way_out_is_told(home, modern):
    added = home.run("servers", "add", "tickets", modern.url, "--oauth")
    assert "--register" in added["next"] and "client" not in added and modern.provider.registered == []
    refused = home.command("connections", "connect", "tickets", "--person", "alice")
    assert refused.returncode and "deputy servers authorize tickets --register" in refused.stdout
    assert "--client-id" in refused.stdout
    home.run("servers", "authorize", "tickets", "--register")
    assert "/connect/flow" in home.run("connections", "connect", "tickets", "--person", "alice")["link"]


def test_an_app_that_somebody_registered_comes_first(home, modern, connected):
    from mcp.shared.auth import OAuthClientInformationFull
    modern.take_documents()
    modern.provider.clients["ours"] = OAuthClientInformationFull(
        client_id="ours", redirect_uris=[home.url + "/connect/callback/tickets"], token_endpoint_auth_method="none",
        scope="tickets:read tickets:write")
    home.run("servers", "add", "tickets", modern.url, "--oauth")
    home.run("apps", "add", "tickets", "--client-id", "ours", "--auth", "none")
    link = home.run("connections", "connect", "tickets", "--person", "alice")["link"]
    assert link and home.run("servers", "authorize", "tickets")["client"] == "ours"


def test_the_document_of_a_client_is_its_name(home, modern, connected, helper):
    modern.take_documents()
    connected(modern, "alice", register=False)
    document = modern.provider.fetched[-1]
    assert document["client_id"] == home.url + "/oauth/clients/tickets.json"
    assert document["redirect_uris"] == [home.url + "/connect/callback/tickets"]
    assert modern.provider.registered == []
    helper()
    assert home.call("helper", home.token("alice", "helper"), "tickets.search", {"query": "a"})[0] == "done"


def test_a_token_is_renewed_for_its_resource(home, desk, connected, helper):
    desk.lifetime = 2
    connected(desk, "alice")
    helper()
    token = home.token("alice", "helper")
    time.sleep(2)
    kind, result = home.call("helper", token, "tickets.search", {"query": "late"})
    assert kind == "done", result
    grants = [grant for grant, resource in desk.provider.resources if resource == desk.url]
    assert grants[0] == "authorization_code" and "refresh_token" in grants[1:]
    assert len(grants) == len(desk.provider.resources)


def test_a_token_that_the_server_forgot_is_renewed_and_the_call_goes_on(home, desk, connected, helper):
    connected(desk, "alice")
    helper()
    desk.provider.access.clear()
    kind, result = home.call("helper", home.token("alice", "helper"), "tickets.search", {"query": "again"})
    assert kind == "done", result
    assert [grant for grant, _ in desk.provider.resources] == ["authorization_code", "refresh_token"]


def test_no_inbound_token_goes_upstream_and_no_token_is_shown(home, modern, connected, helper):
    connected(modern, "alice")
    helper()
    inbound = home.token("alice", "helper")
    kind, result = home.call("helper", inbound, "tickets.search", {"query": "x"})
    assert kind == "done"
    own = list(modern.provider.access) + list(modern.provider.refresh)
    assert own and {h.removeprefix("Bearer ") for h in modern.headers} - {""} <= set(own)
    shown = str(result) + str(home.run("connections", "list")) + str(home.leaves())
    assert inbound not in str(modern.headers) and not [token for token in own if token in shown]
    for path in home.files:
        assert not [token for token in own if token.encode() in path.read_bytes()], path


def test_a_claw_signs_in_with_an_account_of_its_own(home, modern, sign_in):
    home.run("servers", "add", "tickets", modern.url, "--oauth", "--register")
    home.run("agents", "add", "clerk", "--acts-as", "claw", "--owner", "dana", "--users", "everyone",
             "--slot", "tickets:agent", "--tool", "tickets.*")
    modern.account = "robot-at-tickets"
    page = sign_in("dana")
    keep(go(page, home.run("connections", "connect", "tickets", "--agent", "clerk")["link"]))
    home.run("servers", "refresh", "tickets")
    home.run("tools", "release", "tickets.search", "--effect", "read")
    for person in ("alice", "bob"):
        assert home.call("clerk", home.token(person, "clerk"), "tickets.search", {"query": person})[0] == "done"
    assert [subject for subject, _, _ in modern.calls] == ["robot-at-tickets"] * 2


def test_a_no_and_a_credential_by_hand_lead_nowhere(home, modern, sign_in):
    home.run("servers", "add", "tickets", modern.url, "--oauth", "--register")
    page = sign_in("alice")
    go(page, home.run("connections", "connect", "tickets", "--person", "alice")["link"], button="Deny")
    assert "You said no" in page.inner_text("main")
    refused = home.command("connections", "add", "tickets", "--person", "alice", secret="pasted-token-000")
    assert refused.returncode and "signing in" in refused.stdout
    assert home.run("connections", "list")["connections"] == []


def test_the_account_is_named_without_a_name(home, modern, connected):
    connected(modern, "alice")
    [connection] = home.run("connections", "list")["connections"]
    assert connection["account"].startswith("unnamed-"), connection


@pytest.mark.parametrize("scopes", [["tickets:read"], ["tickets:read", "tickets:write"]])
def test_what_was_granted_is_what_counts(home, modern, connected, scopes):
    modern.published["/.well-known/oauth-protected-resource/mcp"] = modern.resource()
    modern.granted = set(scopes)
    connected(modern, "alice")
    [connection] = home.run("connections", "list")["connections"]
    assert sorted(connection["scopes"]) == scopes
