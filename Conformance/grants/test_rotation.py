"""Our certificate at Microsoft goes round by itself. Judged by the stand-in: which keys it knows, and who changed them."""

import signal
import time

import msal
import pytest
import requests
from acme_oauth import microsoft_id
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from grant_keys import certificate, private
from tls import Front
from walking import Walker, World, told

OBJECT, TENANT = "0b1ec700-0000-4a11-8bad-0000000000a9", "ac3e0000-0c0d-4a11-8bad-00000000ac3e"
ROLLING = "graph.applications."


def key_id(pem):
    """What the stand-in's directory calls a certificate."""
    digest = x509.load_pem_x509_certificate(pem.encode()).fingerprint(hashes.SHA256()).hex()
    return "-".join((digest[:8], digest[8:12], digest[12:16], digest[16:20], digest[20:32]))


@pytest.fixture
def first(keys):
    return private(keys["rsa"]), certificate(keys["rsa"])


@pytest.fixture
def world(tmp_path, first):
    world = World(tmp_path, {"outlook": "microsoft"})
    for person in ("alice", "dana"):
        world.home.run("people", "add", person, "--email", f"{person}@acme.test",
                       "--subject", f"outlook={microsoft_id(person)}")
    world.home.run("agents", "add", "reader", "--acts-as", "assistant", "--owner", "dana", "--users", "everyone",
                   "--slot", "outlook:person", "--tool", "outlook.list_messages")
    world.home.serve()
    file = tmp_path / "first.pem"
    file.write_text("".join(first))
    world.app("outlook", "microsoft", key=str(file), certificates=[first[1]], object_id=OBJECT)
    yield world
    world.stop()


def go_round(world, first, *more):
    return world.home.run("apps", "rotate", "outlook", "--every", "90d", "--automatic", "--object-id", OBJECT,
                          "--tenant", TENANT, "--grace", "0s", "--current-key", key_id(first[1]), *more)


def now(world):
    world.home.run("apps", "rotate", "outlook", "--now")


def shown(world):
    app, = world.home.run("apps", "list")["apps"]
    return app


def until(world, is_reached, seconds=60):
    end = time.monotonic() + seconds
    while not is_reached(app := shown(world)):
        assert time.monotonic() < end, app
        time.sleep(0.2)
    return app["automatic"]


def rolled(world):
    return [(entry["call"].removeprefix(ROLLING), entry["client"], entry["status"]) for entry in world.acme.journal()
            if entry["call"].startswith(ROLLING)]


def calls(world, name):
    return [entry["status"] for entry in world.acme.journal() if entry["call"] == name]


def mail(world, person="alice"):
    walker = Walker(world.home, person)
    walker.agree()
    token = world.home.token(person, "reader")
    kind, result = world.home.call("reader", token, "outlook.list_messages", {})
    if kind == "connection_required":
        walker.connect("outlook", person, result["structuredContent"]["error"]["link"])
        kind, result = world.home.call("reader", token, "outlook.list_messages", {})
    return kind


class Msal:
    """The same app in Microsoft's own library, with a key of its own."""

    def __init__(self, world, folder):
        self.front = Front(folder, int(world.acme.origins["microsoft"].rsplit(":", 1)[1]))
        world.acme.control("POST", "/oauth/origins", service="microsoft", origin=self.front.origin)

    def token(self, key, pem):
        session = requests.Session()
        session.verify, session.trust_env = str(self.front.authority), False
        app = msal.ConfidentialClientApplication(
            "deputy", authority=f"{self.front.origin}/acme.test", instance_discovery=False, http_client=session,
            client_credential={"private_key": key, "public_certificate": pem})
        return app.acquire_token_for_client(["https://graph.microsoft.com/.default"])


def test_the_new_one_works_and_the_old_one_is_gone(world, first, tmp_path):
    assert mail(world) == "done"
    set_up = go_round(world, first)
    assert set_up["step"] == "waiting" and set_up["key_id"] == key_id(first[1])
    # The certificate ends within a month, so that another is due at once.
    automatic = until(world, lambda app: app["automatic"].get("key_id") not in (None, key_id(first[1])))
    assert rolled(world) == [("addKey", "deputy", 200), ("removeKey", "deputy", 204)]
    assert automatic["step"] == "waiting" and "problem" not in automatic
    assert "rotating" not in shown(world)
    changes = [leaf["change"] for leaf in world.home.leaves() if "key." in leaf.get("change", "")]
    assert changes == ["app.key.made", "app.key.added", "app.key.replaced", "app.key.removed"]
    world.acme.revoke("microsoft", "alice")
    assert mail(world) == "done", "renewed with an assertion of the new key"
    world.home.run("ledger", "verify")
    # And round again, by the id that the directory gave.
    now(world)
    until(world, lambda app: app["automatic"].get("key_id") not in (None, automatic["key_id"]))
    assert [call for call, _, _ in rolled(world)] == ["addKey", "removeKey"] * 2
    other = Msal(world, tmp_path)
    refused = other.token(*first)
    assert refused["error"] == "invalid_client" and "700027" in refused["error_description"], refused
    other.front.stop()


def test_until_then_the_old_one_works_in_microsofts_library_too(world, first, tmp_path):
    other = Msal(world, tmp_path)
    assert "access_token" in other.token(*first)
    other.front.stop()


@pytest.mark.parametrize("step", ["microsoft.token", ROLLING + "addKey", ROLLING + "removeKey"])
def test_a_gateway_that_is_killed_while_it_waits_goes_on(world, first, step):
    assert mail(world) == "done"
    before = len(calls(world, step))
    world.acme.control("POST", "/delay", service="microsoft", operation=step, milliseconds=4000)
    go_round(world, first)
    end = time.monotonic() + 60
    while len(calls(world, step)) == before:
        assert time.monotonic() < end
        time.sleep(0.05)
    world.home.gateway.send_signal(signal.SIGKILL)
    world.home.gateway.wait()
    world.acme.control("POST", "/delay", service="microsoft", operation=step, milliseconds=0)
    world.home.serve(int(world.home.url.rsplit(":", 1)[1]))
    for _ in range(10):
        if len([call for call in rolled(world) if call[0] == "removeKey" and call[2] in (204, 404)]) and (
                shown(world)["automatic"]["step"] == "waiting"):
            break
        # What was under way is left alone for two minutes, unless somebody says otherwise.
        now(world)
        time.sleep(6)
    assert shown(world)["automatic"]["step"] == "waiting" and "problem" not in shown(world)["automatic"]
    assert [status for call, _, status in rolled(world) if call == "addKey"] == [200], "one is added"
    world.acme.revoke("microsoft", "alice")
    assert mail(world) == "done"
    assert len(told(world.home, "app.key.replaced")) == 1
    world.home.run("ledger", "verify")


def test_a_directory_that_forbids_it_is_told_of(world, first):
    world.acme.control("POST", "/oauth/clients", service="microsoft", id="deputy", certificates=[first[1]],
                       object_id=OBJECT, may_not_roll=True)
    go_round(world, first)
    automatic = until(world, lambda app: "problem" in app["automatic"])
    assert automatic["problem"] == "Authorization_RequestDenied" and automatic["step"] == "adding"
    findings = str(world.home.command("doctor").stdout)
    assert "isn't replaced by itself" in findings and "Authorization_RequestDenied" in findings
    end = time.monotonic() + 60
    while "rotation_failed" not in str(world.home.run("connections", "attention")):
        assert time.monotonic() < end
        time.sleep(0.5)
    world.acme.control("POST", "/oauth/clients", service="microsoft", id="deputy", certificates=[first[1]],
                       object_id=OBJECT)
    now(world)
    until(world, lambda app: app["automatic"]["step"] == "waiting" and "problem" not in app["automatic"])
    assert [status for call, _, status in rolled(world) if call == "addKey"] == [403, 200]


def test_what_cant_go_round_says_why(world, first):
    def refusal(*words):
        result = world.home.command("apps", "rotate", "outlook", *words)
        assert result.returncode != 0
        return result.stdout + result.stderr

    automatic = ("--every", "90d", "--automatic")
    assert "--object-id" in refusal(*automatic)
    assert "--tenant" in refusal(*automatic, "--object-id", OBJECT)
    assert "isn't an id of a directory" in refusal(*automatic, "--object-id", "deputy", "--tenant", TENANT)
    assert "go round by themselves" in refusal("--now")
    assert world.home.run("apps", "rotate", "outlook", "--every", "90d")["every_days"] == 90
    assert "automatic" not in shown(world)
