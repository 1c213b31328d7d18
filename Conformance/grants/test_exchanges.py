"""A person's token for this home becomes one for the API, for that person and one agent. Judged by the stand-ins' journal."""

import re
import threading

import pytest
from acme_oauth import later
from exchanging import MICROSOFT, STRICT
from grant_keys import private, public
from walking import Walker, World, healthy, told

EXCHANGES = {"graph": "urn:ietf:params:oauth:grant-type:jwt-bearer",
             "strict": "urn:ietf:params:oauth:grant-type:token-exchange"}
PEOPLE, AGENTS = ("alice", "bob"), ("reader", "writer")


@pytest.fixture(params=["graph", "strict"])
def provider(request):
    return request.param


@pytest.fixture
def world(tmp_path, provider, keys):
    service = {"graph": "microsoft", "strict": "strict"}[provider]
    world = World(tmp_path, **{provider: (service, {"graph": MICROSOFT, "strict": STRICT}[provider])})
    for person in (*PEOPLE, "dana"):
        world.home.run("people", "add", person, "--email", f"{person}@acme.test")
    for agent in AGENTS:
        world.home.run("agents", "add", agent, "--acts-as", "assistant", "--owner", "dana", "--users", "everyone",
                       "--slot", f"{provider}:person", "--tool", f"{provider}.list")
    world.home.serve()
    if provider == "graph":
        world.app(provider, service)
    else:
        file = tmp_path / "key.pem"
        file.write_text(private(keys["ec"]))
        world.app(provider, service, key=str(file), public_keys=[public(keys["ec"])])
        world.acme.control("POST", "/strict", api_audience="notes-api", wants_actor=True)
    world.walkers = {person: Walker(world.home, person) for person in PEOPLE}
    for person, walker in world.walkers.items():
        walker.agree()
        walker.token = world.home.token(person, *AGENTS)
    world.provider = provider
    yield world
    world.stop()


@pytest.fixture
def connected(world):
    for person in PEOPLE:
        connect(world, person)
    return world


def connect(world, person):
    link = world.home.run("connections", "connect", world.provider, "--person", person)["link"]
    return world.walkers[person].connect(world.provider, person, link)


def call(world, person, agent="reader", **arguments):
    return world.home.call(agent, world.walkers[person].token, f"{world.provider}.list", arguments)


def owner(result):
    """Whose token the API saw, as it says itself."""
    content = result["structuredContent"]
    return content["owner"] if "owner" in content else content["value"][0]["subject"].split()[1]


def journal(world, name):
    return [entry for entry in world.acme.journal() if entry["call"] == name]


def api(world):
    return journal(world, {"graph": "graph.me.messages", "strict": "strict.echo"}[world.provider])


def exchanges(world):
    return [entry for entry in world.acme.journal() if entry.get("grant") == EXCHANGES[world.provider]]


def test_the_person_is_asked_for_a_token_for_this_home_and_no_more(world):
    asked = connect(world, "alice")
    assert set(asked["scope"].split()) == {"graph": {"offline_access", "api://deputy/act"}, "strict": {"act"}}[world.provider]
    row, = [row for row in world.home.run("connections", "list")["connections"] if row["provider"] == world.provider]
    assert {"graph": "Mail.Read", "strict": "notes"}[world.provider] in row["scopes"] and row["email"] == "alice@acme.test"


def test_two_persons_and_two_agents_at_once_share_nothing(connected):
    world, wrong = connected, []
    before = len(exchanges(world))

    def calls(person, agent):
        for _ in range(8):
            kind, result = call(world, person, agent)
            if kind != "done" or owner(result) != person:
                wrong.append((person, agent, result))

    threads = [threading.Thread(target=calls, args=(person, agent)) for person in PEOPLE for agent in AGENTS]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    seen = api(world)
    assert len(seen) == 32 and all(entry["status"] == 200 for entry in seen), "the first token never reaches the API"
    assert {person: sum(entry["owner"] == person for entry in seen) for person in PEOPLE} == {"alice": 16, "bob": 16}
    asked = exchanges(world)[before:]
    assert sorted(entry["owner"] for entry in asked) == ["alice", "alice", "bob", "bob"], "one for each person and agent"
    if world.provider == "strict":
        assert {(entry["owner"], entry["actor"]) for entry in seen} == {
            (person, f"agent:{agent}") for person in PEOPLE for agent in AGENTS}
    exchanged = [(leaf["owner"], leaf["agent"]) for leaf in told(world.home, "tokens.exchanged")]
    assert sorted(exchanged) == sorted((f"person:{person}", agent) for person in PEOPLE for agent in AGENTS)


def test_a_token_that_ended_is_exchanged_anew(connected):
    world = connected
    assert call(world, "alice")[0] == "done"
    # The first token is over too, and renewed before that. What this home's key signs knows no other clock than its own.
    if world.provider == "graph":
        later(world.acme, 5401)
    else:
        world.acme.revoke("strict", "alice")
    kind, result = call(world, "alice")
    assert kind == "done" and owner(result) == "alice", result
    assert [leaf["owner"] for leaf in told(world.home, "tokens.exchanged")] == ["person:alice"] * 2
    assert len(told(world.home, "tokens.renewed")) == 1


def test_what_the_person_has_to_do_is_their_next_step(connected):
    world = connected
    claims = '{"access_token":{"acrs":{"essential":true,"value":"c1"}}}'
    if world.provider == "graph":
        world.acme.control("POST", "/oauth/accounts", service="microsoft", owner="alice", claims=claims)
    else:
        world.acme.control("POST", "/strict", needs_person=True)
    assert call(world, "alice")[0] != "done"
    assert [leaf["because"] for leaf in told(world.home, "connection.broken")] == ["interaction_required"]
    assert set(healthy(world.home, world.provider)) == {"person:bob"}
    kind, result = call(world, "alice")
    assert kind == "connection_required", result
    asked = len(exchanges(world))
    call(world, "alice")
    assert len(exchanges(world)) == asked, "it isn't asked again before she did something"
    if world.provider == "strict":
        world.acme.control("POST", "/strict", needs_person=False)
    query = world.walkers["alice"].connect(world.provider, "alice", result["structuredContent"]["error"]["link"])
    assert query.get("claims") == (claims if world.provider == "graph" else None)
    assert owner(call(world, "alice")[1]) == "alice" and owner(call(world, "bob")[1]) == "bob"


def test_a_grant_that_was_ended_is_known_by_its_refresh_token(connected):
    world = connected
    service = {"graph": "microsoft", "strict": "strict"}[world.provider]
    world.acme.control("POST", "/oauth/end", service=service, owner="alice")
    assert call(world, "alice")[0] != "done"
    assert set(healthy(world.home, world.provider)) == {"person:bob"}
    assert owner(call(world, "bob")[1]) == "bob"


def test_a_revoked_connection_is_exchanged_no_more(connected):
    world = connected
    assert call(world, "alice")[0] == "done"
    row, = [row for row in world.home.run("connections", "list")["connections"] if row["owner"] == "person:alice"]
    world.home.run("connections", "revoke", row["id"])
    asked, seen = len(exchanges(world)), len(api(world))
    assert call(world, "alice")[0] == "connection_required"
    assert (len(exchanges(world)), len(api(world))) == (asked, seen)


def test_an_agent_cant_ask_for_somebody_else(connected):
    world = connected
    seen = len(world.acme.journal())
    for name in ("subject", "sub", "subject_token", "on_behalf_of"):
        kind, _ = call(world, "alice", **{name: "bob@acme.test"})
        assert kind != "done"
    assert len(world.acme.journal()) == seen, "nothing was asked of anybody"
    assert told(world.home, "tokens.exchange-asked") == []


def test_nothing_exchanged_is_stored(connected):
    world = connected
    assert call(world, "alice")[0] == "done"
    world.home.stop()
    shapes = re.compile(rb"eyJhbGciOi|sat_[A-Za-z0-9]{32}|1\.A[A-Za-z0-9]{400}|srt_[A-Za-z0-9]{32}")
    for path in world.home.files:
        assert not shapes.search(path.read_bytes()), path


# planted faults: servers that give what wasn't asked for

@pytest.mark.parametrize("provider", ["strict"], indirect=True)
def test_a_server_that_gives_another_persons_token_is_found(connected):
    world = connected
    world.acme.control("POST", "/strict", exchange_owner="bob")
    assert call(world, "alice")[0] != "done"
    assert api(world) == [], "no call was made with it"
    refused, = told(world.home, "tokens.refused")
    assert (refused["owner"], refused["because"]) == ("person:alice", "other_account")
    assert owner(call(world, "bob")[1]) == "bob"
    assert set(healthy(world.home, "strict")) == {"person:alice", "person:bob"}


@pytest.mark.parametrize("provider", ["strict"], indirect=True)
@pytest.mark.parametrize("issued", ["urn:ietf:params:oauth:token-type:id_token", "nonsense"])
def test_another_kind_of_token_isnt_taken(connected, issued):
    world = connected
    world.acme.control("POST", "/strict", issued_token_type=issued)
    assert call(world, "alice")[0] != "done" and api(world) == []
    assert [leaf["because"] for leaf in told(world.home, "tokens.failed")] == ["issued_token_type"]
    assert set(healthy(world.home, "strict")) == {"person:alice", "person:bob"}, "it isn't her fault"


@pytest.mark.parametrize("provider", ["strict"], indirect=True)
def test_somebody_elses_account_isnt_kept(world):
    link = world.home.run("connections", "connect", "strict", "--person", "alice")["link"]
    _, page = world.walkers["alice"].come_back(world.walkers["alice"].depart(link), "bob")
    assert "Keep this account" not in page and healthy(world.home, "strict") == {}
