"""Google and Microsoft refuse a call for want of a permission that their tokens had: each by its own rules. The owner is asked once,
for the union; the call that waits goes on. Judged by the stand-in's journal: whose token it saw."""

import asyncio
import json
import pathlib
import threading

import httpx2
import pytest
from acme_oauth import microsoft_id
from mcp import Client
from mcp.client.streamable_http import streamable_http_client
from mcp_types import ElicitResult
from walking import Walker, World, healthy, told

PROVIDERS = pathlib.Path(__file__).resolve().parents[2] / "Sources/Definition/Providers"
GOOGLE = "https://www.googleapis.com/auth/"
# Graph's directory, which answers otherwise than mail and calendar.
DIRECTORY = {
    "provider": "directory", "title": "Directory", "origin": "ORIGIN", "credential": {"kind": "bearer"},
    "oauth": {
        "authorization": "ORIGIN/acme.test/oauth2/v2.0/authorize", "token": "ORIGIN/acme.test/oauth2/v2.0/token",
        "authentication": "client_secret_post", "scopes": ["offline_access", "User.ReadBasic.All"],
        "refresh": {"rotation": "lenient"},
    },
    "account": {"requests": [{"method": "GET", "path": "/v1.0/me"}], "id": "/id", "email": "/mail"},
    "refusal": {"code": "/error/code", "message": "/error/message",
                "missingScopes": {"codes": ["Authorization_RequestDenied"]}},
    "tools": [
        {"name": "directory.organization", "title": "Organization", "description": "Which it is.", "effect": "read",
         "scopes": ["Organization.Read.All"], "arguments": {}, "labels": {"integrity": "colleague"},
         "request": {"method": "GET", "path": "/v1.0/organization"}},
        {"name": "directory.me", "title": "Me", "description": "Who I am.", "effect": "read",
         "scopes": ["User.ReadBasic.All"], "arguments": {}, "labels": {"integrity": "colleague"},
         "request": {"method": "GET", "path": "/v1.0/me"}},
    ],
}


def bundled(name, acme):
    """The manifest that comes along, at acme's origins."""
    text = (PROVIDERS / f"{name}.json5").read_text()
    for host, service in (("gmail.googleapis.com", "gmail"), ("accounts.google.com", "google"), ("oauth2.googleapis.com", "google"),
                          ("openidconnect.googleapis.com", "google")):
        text = text.replace(f"https://{host}", acme.origins[service])
    return text.replace('origin: "https://www.googleapis.com"', f'origin: "{acme.origins["calendar"]}"')


class Vendor:
    def __init__(self, name, service, tool, other, call, lacks, arguments=None, also=(), who="carol"):
        """`also`: what would do in the place of what the tool needs, and is taken back with it."""
        self.name, self.service, self.tool, self.other, self.call = name, service, tool, other, call
        self.lacks, self.arguments, self.taken, self.who = lacks, arguments or {}, [*lacks, *also], who


GMAIL = Vendor("gmail", "google", "gmail.search", None, "gmail.users.messages.list", [GOOGLE + "gmail.readonly"])
CALENDAR = Vendor(
    "calendar", "google", "calendar.free_busy", "calendar.list_events", "calendar.freebusy.query", [GOOGLE + "calendar.freebusy"],
    {"time_min": "2026-11-23T09:00:00Z", "time_max": "2026-11-23T17:00:00Z"}, also=[GOOGLE + "calendar.readonly"], who="dana")
GRAPH = Vendor("directory", "microsoft", "directory.organization", "directory.me", "graph.organization", ["Organization.Read.All"])
VENDORS = {vendor.name: vendor for vendor in (GMAIL, CALENDAR, GRAPH)}


@pytest.fixture(params=VENDORS)
def vendor(request):
    return VENDORS[request.param]


@pytest.fixture
def world(tmp_path, vendor):
    world = World(tmp_path)
    text = bundled(vendor.name, world.acme) if vendor.service == "google" else json.dumps(DIRECTORY).replace(
        "ORIGIN", world.acme.origins["microsoft"])
    pathlib.Path(world.home.path, "providers", f"{vendor.name}.json5").write_text(text)
    for person in ("carol", "dana"):
        world.home.run("people", "add", person, "--email", f"{person}@acme.test")
    world.home.run("agents", "add", "reader", "--acts-as", "assistant", "--owner", "dana", "--users", "everyone",
                   "--slot", f"{vendor.name}:person", "--tool", f"{vendor.name}.*")
    world.home.serve()
    world.app(vendor.name, vendor.service)
    world.owner = Walker(world.home, vendor.who)
    world.owner.agree()
    world.token = world.home.token(vendor.who, "reader")
    world.asked = world.owner.connect(vendor.name, vendor.who, ask(world, vendor.tool, vendor.arguments)["link"])
    yield world
    world.stop()


def ask(world, tool, arguments=None):
    kind, result = world.home.call("reader", world.token, tool, arguments or {})
    return kind if kind == "done" else result["structuredContent"]["error"]


def seen(world, vendor):
    return [(entry["owner"], entry["status"]) for entry in world.acme.journal() if entry["call"] == vendor.call]


def narrow(world, vendor):
    assert ask(world, vendor.tool, vendor.arguments) == "done"
    world.acme.control("POST", "/oauth/narrow", service=vendor.service, owner=vendor.who, scopes=vendor.taken)
    return len(seen(world, vendor))


def test_the_owner_is_asked_once_for_the_union_and_it_goes_on(world, vendor):
    before = narrow(world, vendor)
    errors = [ask(world, vendor.tool, vendor.arguments) for _ in range(3)]
    assert {(error["kind"], error["rule"]) for error in errors} == {("connection_required", "credential.scopes")}, errors
    assert len({error["link"] for error in errors}) == 1
    assert seen(world, vendor)[before:] == [(vendor.who, 403)], "the vendor was asked once, and the owner is"
    needed, = told(world.home, "connection.scopes-needed")
    assert (needed["by"], needed["tool"], needed["scopes"]) == (f"provider:{vendor.name}", vendor.tool, vendor.lacks)
    assert healthy(world.home, vendor.name).keys() == {f"person:{vendor.who}"}, "the connection isn't broken"
    if vendor.other:
        assert ask(world, vendor.other) == "done", "and other calls go on"
    asked = world.owner.connect(vendor.name, vendor.who, errors[0]["link"])
    assert set(asked["scope"].split()) == set(world.asked["scope"].split()), "nothing of what there was is lost"
    before = len(seen(world, vendor))
    assert ask(world, vendor.tool, vendor.arguments) == "done"
    assert seen(world, vendor)[before:] == [(vendor.who, 200)]


def test_a_vendor_that_refuses_on_is_believed_no_more(world, vendor):
    narrow(world, vendor)
    world.owner.connect(vendor.name, vendor.who, ask(world, vendor.tool, vendor.arguments)["link"])
    world.acme.control("POST", "/oauth/narrow", service=vendor.service, owner=vendor.who, scopes=vendor.taken)
    error = ask(world, vendor.tool, vendor.arguments)
    assert error["kind"] == "refused" and f"still refuses `{vendor.tool}`" in error["message"], error
    assert len(told(world.home, "connection.scopes-needed")) == 1


def test_the_official_clients_waiting_call_goes_on(world, vendor):
    before = narrow(world, vendor)
    links, over, results = [], threading.Event(), []

    async def opened(context, params):
        links.append(params.url)
        return ElicitResult(action="accept")

    async def wait():
        http = httpx2.AsyncClient(headers={"Authorization": "Bearer " + world.token}, timeout=60)
        async with Client(streamable_http_client(world.home.url + "/mcp/reader", http_client=http),
                          mode="2026-07-28", elicitation_callback=opened) as session:
            return await session.call_tool(vendor.tool, vendor.arguments)

    thread = threading.Thread(target=lambda: (results.append(asyncio.run(wait())), over.set()))
    thread.start()
    while not links:
        assert not over.wait(0.05), results
    world.owner.connect(vendor.name, vendor.who, links[0])
    assert over.wait(30)
    thread.join()
    assert not results[0].is_error, results
    assert seen(world, vendor)[before:] == [(vendor.who, 403), (vendor.who, 200)]


def test_a_mailboxs_no_is_no_want_of_a_permission(tmp_path):
    """Graph says `ErrorAccessDenied` for many reasons: nobody is asked to consent to what they have consented to."""
    world = World(tmp_path, {"outlook": "microsoft"})
    for person in ("carol", "dana"):
        world.home.run("people", "add", person, "--email", f"{person}@acme.test",
                       "--subject", f"outlook={microsoft_id(person)}")
    world.home.run("agents", "add", "reader", "--acts-as", "assistant", "--owner", "dana", "--users", "everyone",
                   "--slot", "outlook:person", "--tool", "outlook.list_messages")
    world.home.serve()
    world.app("outlook", "microsoft")
    carol = Walker(world.home, "carol")
    carol.agree()
    world.token = world.home.token("carol", "reader")
    carol.connect("outlook", "carol", ask(world, "outlook.list_messages")["link"])
    world.acme.control("POST", "/oauth/narrow", service="microsoft", owner="carol", scopes=["Mail.Read"])
    error = ask(world, "outlook.list_messages")
    assert error["kind"] == "refused" and "ErrorAccessDenied" in error["message"], error
    assert told(world.home, "connection.scopes-needed") == []
    world.stop()
