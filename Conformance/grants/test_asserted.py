"""Tokens by an assertion that this home's key signs, about the connection's owner and nobody else."""

import pytest
from exchanging import strict
from grant_keys import private, public
from walking import Walker, World, told

GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"


@pytest.fixture
def world(tmp_path, keys, company):
    world = World(tmp_path, strict=("strict", strict(company=company)))
    for person in ("alice", "bob", "dana"):
        subject = ("--subject", f"strict=id-of-{person}") if company else ()
        world.home.run("people", "add", person, "--email", f"{person}@acme.test", *subject)
    world.home.run("agents", "add", "helper", "--acts-as", "assistant", "--owner", "dana", "--users", "everyone",
                   "--slot", "strict:person", "--tool", "strict.list")
    world.home.run("agents", "add", "robot", "--acts-as", "claw", "--owner", "dana", "--users", "everyone",
                   "--slot", "strict:agent", "--tool", "strict.list", "--subject", "assistant@acme.test")
    world.home.serve()
    file = tmp_path / "key.pem"
    file.write_text(private(keys["ec"]))
    world.app("strict", "strict", key=str(file), public_keys=[public(keys["ec"])])
    world.tokens = {}
    for person in ("alice", "bob"):
        Walker(world.home, person).agree()
        world.tokens[person] = world.home.token(person, "helper", "robot")
    yield world
    world.stop()


@pytest.fixture
def company(request):
    return getattr(request, "param", False)


def add(world, *flags):
    return world.home.run("connections", "add", "strict", "--assertion", "--scope", "openid", "--scope", "notes", *flags)


def call(world, person, agent="helper"):
    kind, result = world.home.call(agent, world.tokens[person], "strict.list", {})
    return result["structuredContent"]["owner"] if kind == "done" else kind


def asked(world):
    return [entry["owner"] for entry in world.acme.journal() if entry.get("grant") == GRANT]


def test_each_person_is_asserted_for_themselves(world):
    assert add(world, "--person", "alice")["email"] == "alice@acme.test"
    assert call(world, "alice") == "alice" and call(world, "bob") == "connection_required"
    add(world, "--person", "bob")
    assert [call(world, person) for person in ("alice", "bob", "alice")] == ["alice", "bob", "alice"]
    assert asked(world) == ["alice", "bob"]
    for person in ("alice", "bob"):
        world.acme.revoke("strict", person)
    assert [call(world, person) for person in ("bob", "alice")] == ["bob", "alice"]
    assert asked(world) == ["alice", "bob", "bob", "alice"], "signed anew, each about its own"


def test_an_agent_is_who_was_named_for_it_and_never_a_person(world):
    assert add(world, "--agent", "robot", "--subject", "assistant@acme.test")["email"] == "assistant@acme.test"
    assert [call(world, person, "robot") for person in ("alice", "bob")] == ["assistant", "assistant"]
    for subject in ("alice@acme.test", "Alice+robot@acme.test"):
        result = world.home.command("connections", "add", "strict", "--assertion", "--agent", "robot", "--subject", subject)
        assert result.returncode != 0 and "never acts as a person" in result.stdout + result.stderr
    assert [leaf["because"] for leaf in told(world.home, "connection.refused")] == ["subject_person"] * 2
    assert asked(world) == ["assistant"]


def test_nobody_is_named_for_a_person(world):
    result = world.home.command(
        "connections", "add", "strict", "--assertion", "--person", "alice", "--subject", "bob@acme.test")
    assert result.returncode != 0 and "about that person" in result.stdout + result.stderr
    refused, = told(world.home, "connection.refused")
    assert (refused["owner"], refused["because"], refused["subject"]) == ("person:alice", "subject_named", "bob@acme.test")
    assert asked(world) == []


@pytest.mark.parametrize("company", [True], indirect=True)
def test_an_agent_that_asks_about_somebody_else_is_refused_with_a_leaf(world):
    world.home.run("agents", "add", "clerk", "--acts-as", "assistant", "--owner", "dana", "--users", "everyone",
                   "--slot", "strict:agent", "--tool", "strict.list", "--subject", "assistant@acme.test")
    Walker(world.home, "alice").agree()
    token = world.home.token("alice", "clerk")
    add(world, "--agent", "clerk", "--subject", "assistant@acme.test")
    seen = len(world.acme.journal())
    kind, result = world.home.call("clerk", token, "strict.list", {"of": "id-of-bob"})
    assert kind != "done", result
    assert len(world.acme.journal()) == seen
    refused, = [leaf for leaf in world.home.leaves() if leaf.get("verdict") == "deny"]
    assert refused["principal"] == "alice" and refused["agent"] == "clerk", refused
    kind, result = world.home.call("clerk", token, "strict.list", {})
    assert kind == "done" and result["structuredContent"]["owner"] == "assistant", result


def test_who_became_a_person_is_asserted_no_more(world):
    add(world, "--agent", "robot", "--subject", "assistant@acme.test")
    world.home.run("people", "add", "ann", "--email", "assistant@acme.test")
    world.acme.revoke("strict", "assistant")
    assert call(world, "alice", "robot") not in ("assistant", "alice") and asked(world) == ["assistant"]


def test_an_app_without_a_key_says_so(world):
    world.home.run("apps", "add", "strict", "--client-id", "deputy", "--replace", secret="s3cret")
    result = world.home.command("connections", "add", "strict", "--assertion", "--person", "alice")
    assert result.returncode != 0 and "--key-file" in result.stdout + result.stderr


def test_what_is_revoked_ends_at_the_server_too(world):
    added = add(world, "--person", "alice")
    assert call(world, "alice") == "alice"
    assert world.home.run("connections", "revoke", added["id"])["upstream"] == "revoked"
    assert call(world, "alice") == "connection_required"
