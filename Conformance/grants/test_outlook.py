"""People connect their Microsoft mail and calendar. Judged by the stand-in's journal: whose token it saw."""

import msal
import pytest
import requests
from acme_oauth import later, microsoft_id
from grant_keys import certificate, private
from tls import Front
from walking import Walker, World, healthy, told


@pytest.fixture
def world(tmp_path):
    world = World(tmp_path, {"outlook": "microsoft"})
    for person in ("alice", "bob", "dana"):
        world.home.run("people", "add", person, "--email", f"{person}@acme.test",
                       "--subject", f"outlook={microsoft_id(person)}")
    for agent, tools in (("reader", ("list_messages", "search_messages", "get_message", "list_events")),
                         ("writer", ("send", "create_event"))):
        world.home.run("agents", "add", agent, "--acts-as", "assistant", "--owner", "dana", "--users", "everyone",
                       "--slot", "outlook:person", *[word for tool in tools for word in ("--tool", f"outlook.{tool}")])
    world.home.serve()
    yield world
    world.stop()


@pytest.fixture
def walkers(world):
    """Alice and Bob in browsers of their own, with a token each."""
    walkers = {person: Walker(world.home, person) for person in ("alice", "bob")}
    for person, walker in walkers.items():
        walker.agree()
        walker.token = world.home.token(person, "reader", "writer")
    return walkers


def call(world, walker, tool, agent="reader", **arguments):
    return world.home.call(agent, walker.token, f"outlook.{tool}", arguments)


def link(result):
    return result["structuredContent"]["error"]["link"]


def seen(world, operation):
    return [(entry["owner"], entry["status"]) for entry in world.acme.journal() if entry["call"] == f"graph.{operation}"]


def test_each_reads_their_own_mail(world, walkers):
    world.app("outlook", "microsoft")
    for person in ("alice", "bob"):
        kind, result = call(world, walkers[person], "list_messages")
        assert kind == "connection_required", result
        asked = walkers[person].connect("outlook", person, link(result))
        assert set(asked["scope"].split()) == {"offline_access", "User.Read", "Mail.Read", "Calendars.Read"}
        assert asked["prompt"] == "select_account" and asked["code_challenge_method"] == "S256"
    for person in ("alice", "bob", "alice", "bob"):
        kind, result = call(world, walkers[person], "list_messages")
        message, = result["structuredContent"]["value"]
        assert kind == "done" and message["subject"] == f"For {person} alone", result
        kind, result = call(world, walkers[person], "get_message", id=message["id"])
        assert f"Only {person} reads this." in str(result), result
    assert seen(world, "me.messages") == [(person, 200) for person in ("alice", "bob", "alice", "bob")]
    assert call(world, walkers["alice"], "search_messages", q="bob")[1]["structuredContent"]["value"] == []
    kind, result = call(world, walkers["bob"], "list_events",
                        time_min="2026-11-24T00:00:00Z", time_max="2026-11-25T00:00:00Z")
    assert result["structuredContent"]["value"][0]["subject"] == "A meeting of bob"
    # What says that a refresh token is wanted isn't shown as missing.
    assert all("offline_access" not in leaf["asked"] for leaf in told(world.home, "connection.added"))


def test_an_account_of_somebody_else_isnt_kept(world, walkers):
    world.app("outlook", "microsoft")
    there = walkers["alice"].depart(world.home.run("connections", "connect", "outlook", "--person", "alice")["link"])
    _, page = walkers["alice"].come_back(there, "bob")
    assert "Keep this account" not in page and healthy(world.home, "outlook") == {}


def test_an_address_says_nothing_of_whose_account_it_is(world, walkers):
    """Of another tenant, where anybody is called anything; and of our own, where the address was given to somebody else."""
    world.app("outlook", "microsoft")
    alice = walkers["alice"]
    for owner, more in (("mallory", {"tenant": "bad0bad0-0000-4bad-8bad-bad0bad0bad0"}), ("alice.next", {})):
        world.acme.control("POST", "/oauth/accounts", service="microsoft", owner=owner, email="alice@acme.test", **more)
        there = alice.depart(world.home.run("connections", "connect", "outlook", "--person", "alice")["link"])
        _, page = alice.come_back(there, owner)
        assert "Keep this account" not in page and microsoft_id(owner, **more) in page, page
        assert healthy(world.home, "outlook") == {}
    alice.connect("outlook", "alice", link(call(world, alice, "list_messages")[1]))
    assert healthy(world.home, "outlook") == {"person:alice": microsoft_id("alice")}


def test_whose_address_changed_keeps_their_account(world, walkers):
    world.app("outlook", "microsoft")
    alice = walkers["alice"]
    alice.connect("outlook", "alice", link(call(world, alice, "list_messages")[1]))
    world.acme.control("POST", "/oauth/accounts", service="microsoft", owner="alice", email="alice.reyes@acme.test")
    there = alice.depart(world.home.run("connections", "connect", "outlook", "--person", "alice")["link"])
    _, page = alice.come_back(there, "alice")
    assert "until now it was" not in page and "alice.reyes@acme.test" in page, page


def test_sending_needs_its_permission_and_a_yes(world, walkers):
    world.app("outlook", "microsoft")
    walkers["alice"].connect("outlook", "alice", link(call(world, walkers["alice"], "list_messages")[1]))
    mail = {"to": ["pat@stranger.example"], "subject": "Hello", "body": "From Alice."}
    kind, result = call(world, walkers["alice"], "send", "writer", **mail)
    assert kind == "connection_required", result
    asked = walkers["alice"].connect("outlook", "alice", link(result))
    assert {"Mail.Read", "Mail.Send", "Calendars.ReadWrite"} <= set(asked["scope"].split()), "agreeing to more loses nothing"
    kind, result = call(world, walkers["alice"], "send", "writer", **mail)
    assert kind == "approval_required" and world.acme.sent()["graph"]["sent"] == []
    assert walkers["alice"].approve(link(result)) == 303
    while (told_now := call(world, walkers["alice"], "send", "writer", **mail))[0] == "approval_running":
        pass
    assert told_now[0] == "done", told_now
    sent, = world.acme.sent()["graph"]["sent"]
    assert sent["owner"] == "alice" and sent["message"]["toRecipients"] == [
        {"emailAddress": {"address": "pat@stranger.example"}}]
    assert seen(world, "me.sendMail") == [("alice", 202)]


def test_what_the_organization_wants_of_the_next_sign_in_is_asked_for(world, walkers):
    world.app("outlook", "microsoft")
    alice = walkers["alice"]
    alice.connect("outlook", "alice", link(call(world, alice, "list_messages")[1]))
    claims = '{"access_token":{"acrs":{"essential":true,"value":"c1"}}}'
    world.acme.control("POST", "/oauth/accounts", service="microsoft", owner="alice", claims=claims)
    later(world.acme, 5401)
    assert call(world, alice, "list_messages")[0] != "done"
    assert [leaf["because"] for leaf in told(world.home, "connection.broken")] == ["interaction_required"]
    kind, result = call(world, alice, "list_messages")
    assert kind == "connection_required", result
    assert alice.connect("outlook", "alice", link(result))["claims"] == claims
    assert call(world, alice, "list_messages")[0] == "done"


def test_what_graph_wants_of_a_sign_in_is_asked_of_its_owner_and_nothing_is_renewed(world, walkers):
    world.app("outlook", "microsoft")
    alice = walkers["alice"]
    alice.connect("outlook", "alice", link(call(world, alice, "list_messages")[1]))
    assert call(world, alice, "list_messages")[0] == "done"
    claims = '{"access_token":{"nbf":{"essential":true,"value":"1604106651"}}}'
    world.acme.control("POST", "/oauth/accounts", service="microsoft", owner="alice", graph_claims=claims)
    begun = len(world.acme.journal())
    kind, result = call(world, alice, "list_messages")
    assert kind == "connection_required", result
    for _ in range(3):
        assert call(world, alice, "list_messages")[0] == "connection_required"
    seen_since = [(entry["call"], entry["status"]) for entry in world.acme.journal()[begun:]]
    assert seen_since == [("graph.me.messages", 401)], "asked once, and its token endpoint not at all"
    assert [leaf["because"] for leaf in told(world.home, "connection.broken")] == ["insufficient_claims"]
    row, = world.home.run("connections", "list")["connections"]
    assert (row["state"], row["cause"], row["code"]) == ("needs_reconnect", "owner_asked", "insufficient_claims")
    assert alice.connect("outlook", "alice", link(result))["claims"] == claims
    assert call(world, alice, "list_messages")[0] == "done"
    assert world.home.run("connections", "list")["connections"][0]["state"] == "active"


def test_an_app_with_a_certificate_which_msal_has_too(world, walkers, keys, tmp_path):
    key, made = private(keys["rsa"]), certificate(keys["rsa"])
    file = tmp_path / "certified.pem"
    file.write_text(key + made)
    world.app("outlook", "microsoft", key=str(file), certificates=[made], roles=["Mail.Read"])
    alice = walkers["alice"]
    alice.connect("outlook", "alice", link(call(world, alice, "list_messages")[1]))
    world.acme.revoke("microsoft", "alice")
    assert call(world, alice, "list_messages")[0] == "done", "renewed with another assertion"
    grants = [entry["grant"] for entry in world.acme.journal() if entry["call"] == "microsoft.token" and entry["status"] == 200]
    assert grants == ["authorization_code", "refresh_token"]
    front = Front(tmp_path, int(world.acme.origins["microsoft"].rsplit(":", 1)[1]))
    world.acme.control("POST", "/oauth/origins", service="microsoft", origin=front.origin)
    session = requests.Session()
    session.verify, session.trust_env = str(front.authority), False
    other = msal.ConfidentialClientApplication(
        "deputy", authority=f"{front.origin}/acme.test", instance_discovery=False, http_client=session,
        client_credential={"private_key": key, "public_certificate": made})
    assert "access_token" in other.acquire_token_for_client(["https://graph.microsoft.com/.default"])
    front.stop()
