"""An agent is our app itself at a remote server (client credentials): with a secret or a key, for that server alone. The official
client gets its tokens at the same endpoint in the same way, and the server's journal says whose token came with each call."""

import asyncio
import time

import httpx2
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from grant_keys import certificate
from grant_keys import private as pem
from joserfc import jwk, jwt
from kept import Kept
from mcp import Client
from mcp.client.auth.extensions.client_credentials import ClientCredentialsOAuthProvider, PrivateKeyJWTOAuthProvider
from mcp.client.streamable_http import streamable_http_client

SECRET = "s3cret/with +signs"


@pytest.fixture
def key(tmp_path):
    """(file, private, public) of an ES256 key."""
    private = ec.generate_private_key(ec.SECP256R1())
    pem = private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    file = tmp_path / "client.pem"
    file.write_bytes(pem)
    return file, jwk.ECKey.import_key(pem), jwk.ECKey.import_key(private.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo))


@pytest.fixture
def clerk(home):
    """A claw with a slot at the server, which is added by its address."""
    def clerk(desk):
        home.run("servers", "add", "tickets", desk.url, "--oauth")
        home.run("agents", "add", "clerk", "--acts-as", "claw", "--owner", "dana", "--users", "everyone",
                 "--slot", "tickets:agent")
    return clerk


def use(home):
    """Its tools, released and called as anybody who may use it."""
    home.run("servers", "refresh", "tickets")
    for tool, effect in (("search", "read"), ("close", "update")):
        home.run("tools", "release", f"tickets.{tool}", "--effect", effect)
    home.run("agents", "edit", "clerk", "--tool", "tickets.*")
    return lambda: home.call("clerk", home.token("bob", "clerk"), "tickets.search", {"query": "x"})


def add(home, *flags):
    return home.command("connections", "add", "tickets", "--agent", "clerk", "--client-credentials", *flags)


def official(desk, provider):
    async def ask():
        async with httpx2.AsyncClient(auth=provider, timeout=30) as http:
            async with Client(streamable_http_client(desk.url, http_client=http), mode="2026-07-28") as session:
                return await session.call_tool("search", {"query": "official"})
    return asyncio.run(ask())


def test_with_a_secret_as_the_official_client(home, desk, clerk, told):
    desk.provider.secrets = {"ours": SECRET, "theirs": SECRET}
    clerk(desk)
    home.run("apps", "add", "tickets", "--client-id", "ours", secret=SECRET)
    added = add(home, "--scope", "tickets:read")
    assert added.returncode == 0, added.stdout + added.stderr
    assert desk.provider.resources == [("client_credentials", desk.url)]
    kind, result = use(home)()
    assert kind == "done", result
    assert desk.calls == [("robot-at-tickets", "search", {"query": "x"})]
    [row] = home.run("connections", "list")["connections"]
    assert (row["owner"], row["scopes"]) == ("agent:clerk", ["tickets:read"])
    asked = told("connection.asked")
    assert [leaf["grant"] for leaf in asked] == ["client_credentials"]
    # The official client's request is taken by the same rules.
    if desk.is_modern:
        desk.calls.clear()
        done = official(desk, ClientCredentialsOAuthProvider(
            desk.url, Kept(), "theirs", SECRET, scope="tickets:read", issuer=desk.origin))
        assert not done.is_error and desk.calls == [("robot-at-tickets", "search", {"query": "official"})]


def test_with_a_key_made_out_to_the_issuer_alone(home, modern, clerk, key):
    file, private, public = key
    modern.provider.keys = {"ours": public, "theirs": public}
    clerk(modern)
    home.run("apps", "add", "tickets", "--client-id", "ours", "--key-file", str(file))
    added = add(home)
    assert added.returncode == 0, added.stdout + added.stderr
    call = use(home)
    assert call()[0] == "done" and modern.calls == [("robot-at-tickets", "search", {"query": "x"})]

    async def assertion(audience):
        now = int(time.time())
        claims = {"iss": "theirs", "sub": "theirs", "aud": audience, "iat": now, "exp": now + 300, "jti": f"j{now}"}
        return jwt.encode({"alg": "ES256"}, claims, private)

    modern.calls.clear()
    done = official(modern, PrivateKeyJWTOAuthProvider(
        modern.url, Kept(), "theirs", assertion, scope="tickets:read", issuer=modern.origin))
    assert not done.is_error and modern.calls == [("robot-at-tickets", "search", {"query": "official"})]


def test_a_token_that_ends_is_asked_for_anew(home, modern, clerk):
    modern.provider.secrets = {"ours": SECRET}
    clerk(modern)
    home.run("apps", "add", "tickets", "--client-id", "ours", secret=SECRET)
    assert add(home).returncode == 0
    call = use(home)
    assert call()[0] == "done"
    asked = len(modern.provider.resources)
    modern.provider.access.clear()
    deadline = time.monotonic() + 60
    while call()[0] != "done":
        assert time.monotonic() < deadline
        time.sleep(0.5)
    assert modern.provider.resources[asked:] == [("client_credentials", modern.url)]


def test_who_the_app_is_where_the_server_names_nobody(home, modern, clerk):
    modern.provider.secrets = {"ours": SECRET}
    clerk(modern)
    home.run("apps", "add", "tickets", "--client-id", "ours", secret=SECRET)
    assert add(home).returncode == 0
    [row] = home.run("connections", "list")["connections"]
    assert row["account"] == "client:ours" and row["account_name"] == "ours"


@pytest.mark.parametrize("known, why", [(None, "doesn't know this home yet"), ("none", "by no secret and no key")])
def test_nobody_is_an_app_that_shows_nothing(home, modern, clerk, known, why):
    clerk(modern)
    if known:
        home.run("apps", "add", "tickets", "--client-id", "ours", "--auth", "none")
    refused = add(home)
    assert refused.returncode != 0 and why in refused.stdout, refused.stdout
    assert modern.provider.resources == []


def test_a_wrong_secret_keeps_nothing(home, modern, clerk):
    modern.provider.secrets = {"ours": SECRET}
    clerk(modern)
    home.run("apps", "add", "tickets", "--client-id", "ours", secret="another")
    refused = add(home)
    assert refused.returncode != 0 and "invalid_client" in refused.stdout
    assert home.run("connections", "list")["connections"] == []


def test_a_server_that_names_another_issuer_gets_no_secret(home, modern, clerk):
    modern.provider.secrets = {"ours": SECRET}
    clerk(modern)
    home.run("apps", "add", "tickets", "--client-id", "ours", secret=SECRET)
    modern.published["/.well-known/oauth-protected-resource/mcp"] = modern.resource(
        authorization_servers=["http://127.0.0.1:9"])
    refused = add(home)
    assert refused.returncode != 0 and modern.provider.resources == []


def test_people_and_devices_are_refused(home, modern, clerk):
    clerk(modern)
    for flags in (("--person", "alice", "--client-credentials"), ("--agent", "clerk", "--device", "--yes", "x")):
        assert home.command("connections", "add", "tickets", *flags).returncode != 0
    assert modern.provider.resources == []


@pytest.fixture
def reading(home, desk, clerk):
    """The clerk's connection may read, by the operator's word, and its tools do more."""
    desk.provider.secrets = {"ours": SECRET}
    desk.published["/.well-known/oauth-protected-resource/mcp"] = desk.resource()
    clerk(desk)
    home.run("apps", "add", "tickets", "--client-id", "ours", secret=SECRET)
    assert add(home, "--scope", "tickets:read").returncode == 0
    use(home)
    return lambda: home.call("clerk", home.token("bob", "clerk"), "tickets.close", {"ticket": 7})


def connection(home):
    [row] = home.run("connections", "list")["connections"]
    return row


def test_what_a_call_lacks_is_asked_for_without_a_page(home, desk, reading, told):
    asked = len(desk.provider.resources)
    kind, result = reading()
    assert kind == "done", result
    assert desk.calls == [("robot-at-tickets", "close", {"ticket": 7})]
    assert desk.provider.resources[asked:] == [("client_credentials", desk.url)], "for this server alone, and once"
    assert sorted(connection(home)["scopes"]) == ["tickets:read", "tickets:write"]
    assert [leaf["by"] for leaf in told("connection.reconnected")] == ["gateway"]
    desk.provider.access.clear()
    deadline = time.monotonic() + 60
    while reading()[0] != "done":
        assert time.monotonic() < deadline
        time.sleep(0.5)
    assert sorted(connection(home)["scopes"]) == ["tickets:read", "tickets:write"], "and is asked for again as that"


def test_what_the_server_doesnt_give_our_app_is_the_operators_to_mend(home, modern, clerk, told):
    modern.granted = {"tickets:read"}
    modern.published["/.well-known/oauth-protected-resource/mcp"] = modern.resource()
    modern.provider.secrets = {"ours": SECRET}
    clerk(modern)
    home.run("apps", "add", "tickets", "--client-id", "ours", secret=SECRET)
    assert add(home).returncode == 0
    use(home)
    token = home.token("bob", "clerk")

    def close():
        kind, result = home.call("clerk", token, "tickets.close", {"ticket": 7})
        return kind if kind == "done" else result["structuredContent"]["error"]

    error = close()
    assert error["kind"] == "refused" and "gives our app no `tickets:write`" in error["message"], error
    command = f"deputy connections widen {connection(home)['id']}"
    assert command in error["way_out"]
    before = len(modern.headers), len(modern.provider.resources)
    for _ in range(3):
        error = close()
        assert error["kind"] == "connection_required" and command in error["message"] and not error.get("link"), error
    assert (len(modern.headers), len(modern.provider.resources)) == before, "nothing is asked in vain"
    widened = home.run("connections", "widen", connection(home)["id"])
    assert widened["missing"] == ["tickets:write"]
    modern.granted = {"tickets:read", "tickets:write"}
    assert home.run("connections", "widen", connection(home)["id"])["missing"] == []
    assert close() == "done" and modern.calls == [("robot-at-tickets", "close", {"ticket": 7})]


def test_a_server_gets_no_more_asked_of_itself_than_it_said_when_it_was_added(home, modern, clerk, told):
    modern.published["/.well-known/oauth-protected-resource/mcp"] = modern.resource()
    modern.provider.secrets = {"ours": SECRET}
    clerk(modern)
    home.run("apps", "add", "tickets", "--client-id", "ours", secret=SECRET)
    assert add(home, "--scope", "tickets:read").returncode == 0
    use(home)
    modern.challenge = 'Bearer error="insufficient_scope", scope="tickets:write admin:everything"'
    asked = len(modern.provider.resources)
    kind, result = home.call("clerk", home.token("bob", "clerk"), "tickets.close", {"ticket": 7})
    assert kind == "refused", result
    assert len(modern.provider.resources) == asked and len(told("server.scopes-refused")) == 1


def test_with_a_key_and_the_certificate_that_names_it(home, modern, clerk, tmp_path):
    """`x5t#S256` of the very certificate (RFC 7515 section 4.1.8), checked by others' code; another one isn't taken."""
    private = rsa.generate_private_key(65537, 2048)
    made, other = certificate(private), certificate(private)
    file = tmp_path / "certified.pem"
    file.write_text(pem(private) + made)
    modern.provider.certificates = {"ours": other}
    clerk(modern)
    home.run("apps", "add", "tickets", "--client-id", "ours", "--key-file", str(file))
    assert add(home).returncode != 0, "the server knows another certificate of the same key"
    modern.provider.certificates = {"ours": made}
    added = add(home)
    assert added.returncode == 0, added.stdout + added.stderr
    assert use(home)()[0] == "done" and modern.calls == [("robot-at-tickets", "search", {"query": "x"})]
    asked = len(modern.provider.resources)
    modern.provider.access.clear()
    call = lambda: home.call("clerk", home.token("bob", "clerk"), "tickets.search", {"query": "x"})[0]
    deadline = time.monotonic() + 60
    while call() != "done":
        assert time.monotonic() < deadline
        time.sleep(0.5)
    assert modern.provider.resources[asked:] == [("client_credentials", modern.url)]
