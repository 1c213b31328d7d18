"""A service account's key goes round by itself. Judged by the stand-in, which knows its keys, and by google-auth with the first."""

import base64
import datetime
import json
import pathlib
import signal
import time

import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from google.auth.exceptions import RefreshError
from google.auth.transport.requests import Request
from google.oauth2 import service_account
from google_client import service
from test_google_oauth import READ, Robot
from test_subjects import MANIFEST
from walking import World, told

KEYS = "google.iam.keys."
IAM = "https://www.googleapis.com/auth/iam"


@pytest.fixture
def world(tmp_path):
    world = World(tmp_path)
    origins = {name: world.acme.origins[name] for name in ("gmail", "google")}
    manifest = (MANIFEST % (origins | {"read": READ})).replace(
        "refresh: {", 'ownKeys: { interface: "google_iam", at: "%(google)s/v1", scopes: ["%(iam)s"] },\n    refresh: {'
        % (origins | {"iam": IAM}))
    pathlib.Path(world.home.path, "providers", "post.json5").write_text(manifest)
    world.home.run("people", "add", "dana", "--email", "dana@acme.test")
    world.home.run("agents", "add", "robot", "--acts-as", "claw", "--owner", "dana", "--users", "everyone",
                   "--slot", "post:agent", "--tool", "post.*", "--subject", "assistant@acme.test")
    world.home.serve()
    world.robot = Robot(world.acme, scopes=[READ])
    file = tmp_path / "key.json"
    file.write_text(json.dumps(world.robot.key))
    world.id = world.home.run("connections", "add", "post", "--agent", "robot", "--service-account", str(file),
                              "--subject", "assistant@acme.test")["id"]
    world.token = world.home.token("dana", "robot")
    yield world
    world.stop()


def let(world, may=True):
    world.acme.control("POST", "/google/key-admins", email=world.robot.key["client_email"], may_manage_keys=may)


def go_round(world, *more):
    return world.home.run("connections", "rotate", world.id, "--every", "90d", "--automatic", "--grace", "0s", *more)


def now(world):
    world.home.run("connections", "rotate", world.id, "--now")


def shown(world):
    row, = [row for row in world.home.run("connections", "list")["connections"] if row["id"] == world.id]
    return row


def until(world, is_reached, seconds=60):
    end = time.monotonic() + seconds
    while not is_reached(row := shown(world)):
        assert time.monotonic() < end, row
        time.sleep(0.2)
    return row


def done(world):
    first = world.robot.key["private_key_id"]
    return until(world, lambda row: row["automatic"]["step"] == "waiting" and row["automatic"].get("key_id") not in (
        None, first))


def changed(world):
    return [(entry["call"].removeprefix(KEYS), entry["owner"], entry["status"]) for entry in world.acme.journal()
            if entry["call"] in (KEYS + "upload", KEYS + "delete")]


def asked(world):
    return sum(entry["call"] == "google.token" for entry in world.acme.journal())


def listing(world):
    """Calls with a token that is asked for anew: those of before are taken back by the stand-in."""
    world.acme.revoke("gmail", "assistant")
    before, end = asked(world), time.monotonic() + 30
    while (kind := world.home.call("robot", world.token, "post.list", {})[0]) != "done":
        # Tokens that are refused as soon as they were given are asked for after 5 and 10 seconds.
        assert time.monotonic() < end, kind
        time.sleep(1)
    assert asked(world) > before, "another token was asked for"
    return kind


def test_the_new_one_works_and_the_old_one_is_gone(world):
    let(world)
    first, account = world.robot.key["private_key_id"], world.robot.key["client_email"]
    assert world.robot.access("assistant@acme.test")
    set_up = go_round(world, "--remove-current")
    assert set_up["step"] == "waiting" and set_up["key_id"] == first and set_up["account"] == account
    assert changed(world) == [], "nothing is done before it is due"
    now(world)
    row = done(world)
    assert row["state"] == "active" and "problem" not in row["automatic"]
    assert changed(world) == [("upload", account, 200), ("delete", account, 200)]
    assert listing(world) == "done"
    with pytest.raises(RefreshError, match="Invalid JWT Signature"):
        world.robot.access("assistant@acme.test")
    changes = [leaf["change"] for leaf in world.home.leaves() if "connection.key." in leaf.get("change", "")]
    assert changes == ["connection.key.due", "connection.key.made", "connection.key.added", "connection.key.replaced",
                       "connection.key.removed"]
    world.home.run("ledger", "verify")
    # And round again, with a key that was never in a file.
    now(world)
    until(world, lambda again: again["automatic"]["step"] == "waiting"
          and again["automatic"]["key_id"] not in (first, row["automatic"]["key_id"]))
    assert [call for call, _, _ in changed(world)] == ["upload", "delete"] * 2
    assert listing(world) == "done"
    doctor = world.home.command("doctor").stdout
    assert world.id not in doctor, doctor


def test_a_key_that_somebody_else_made_stays_unless_they_say_so(world):
    let(world)
    go_round(world)
    now(world)
    row = until(world, lambda row: row["automatic"].get("problem") == "old_key_left")
    assert [call for call, _, _ in changed(world)] == ["upload"] and world.robot.access("assistant@acme.test")
    assert row["state"] == "operator_action" and "delete the one before" in row["next_step"]
    assert listing(world) == "done"


def test_without_the_right_it_says_which_one_and_all_works_on(world):
    go_round(world, "--remove-current")
    now(world)
    row = until(world, lambda row: row["automatic"].get("problem"))
    assert row["automatic"]["problem"] == "PERMISSION_DENIED"
    assert (row["state"], row["cause"]) == ("operator_action", "rotation_failed")
    assert "roles/iam.serviceAccountKeyAdmin" in row["next_step"]
    assert "PERMISSION_DENIED" in world.home.command("doctor").stdout
    assert listing(world) == "done"
    let(world)
    now(world)
    assert done(world)["state"] == "active"
    assert [status for call, _, status in changed(world) if call == "upload"] == [403, 200]


@pytest.mark.parametrize("step", [KEYS + "upload", KEYS + "delete", "google.token"])
def test_a_gateway_that_is_killed_while_it_waits_goes_on(world, step):
    let(world)

    def calls():
        return sum(entry["call"] == step for entry in world.acme.journal())

    go_round(world, "--remove-current")
    before = calls()
    world.acme.control("POST", "/delay", service="google", operation=step, milliseconds=4000)
    now(world)
    end = time.monotonic() + 60
    while calls() == before:
        assert time.monotonic() < end
        time.sleep(0.05)
    world.home.gateway.send_signal(signal.SIGKILL)
    world.home.gateway.wait()
    world.acme.control("POST", "/delay", service="google", operation=step, milliseconds=0)
    world.home.serve(int(world.home.url.rsplit(":", 1)[1]))
    for _ in range(10):
        if shown(world)["automatic"]["step"] == "waiting" and len(told(world.home, "connection.key.removed")) == 1:
            break
        # What was under way is left alone for two minutes, unless somebody says otherwise.
        now(world)
        time.sleep(6)
    row = shown(world)
    assert row["automatic"]["step"] == "waiting" and row["state"] == "active", row
    assert [status for call, _, status in changed(world) if call == "upload"] == [200], "one is uploaded"
    assert listing(world) == "done"
    assert len(told(world.home, "connection.key.replaced")) == 1
    world.home.run("ledger", "verify")


def test_what_cant_go_round_says_why(world):
    def refusal(*words):
        result = world.home.command("connections", "rotate", world.id, *words)
        assert result.returncode != 0
        return result.stdout + result.stderr

    assert "--every" in refusal("--automatic")
    assert "--automatic" in refusal("--every", "90d", "--remove-current")
    assert "go round by themselves" in refusal("--now")
    go_round(world)
    file = pathlib.Path(world.home.path, "again.json")
    file.write_text(json.dumps(world.robot.key))
    assert "go round by themselves" in refusal("--service-account", str(file))
    assert world.home.run("connections", "rotate", world.id, "--every", "90d")["every_days"] == 90
    assert "automatic" not in shown(world)


def stop_in_the_middle(world):
    """A key is uploaded, and the gateway hears of no token for it."""
    let(world)
    go_round(world, "--remove-current")
    world.acme.control("POST", "/delay", service="google", operation=KEYS + "upload", milliseconds=8000)
    now(world)
    end = time.monotonic() + 60
    while not changed(world):
        assert time.monotonic() < end
        time.sleep(0.05)
    world.home.gateway.send_signal(signal.SIGKILL)
    world.home.gateway.wait()
    world.acme.control("POST", "/delay", service="google", operation=KEYS + "upload", milliseconds=0)
    world.home.serve(int(world.home.url.rsplit(":", 1)[1]))


def never(world):
    return world.home.run("connections", "rotate", world.id, "--every", "never")


def past_waiting(world):
    """Two minutes later."""
    world.home.sql("UPDATE key_rotations SET due = 0, version = version + 1")


def test_what_was_uploaded_is_deleted_where_it_is_ended_half_way(world):
    stop_in_the_middle(world)
    assert never(world)["automatic"]["step"] == "ending"
    past_waiting(world)
    until(world, lambda row: "automatic" not in row)
    assert [(call, status) for call, _, status in changed(world)] == [("upload", 200), ("delete", 200)]
    assert world.robot.access("assistant@acme.test") and listing(world) == "done"
    assert told(world.home, "connection.key.withdrawn")
    world.home.run("ledger", "verify")


def test_what_cant_be_deleted_is_named_and_left_to_whoever_says_so(world):
    stop_in_the_middle(world)
    let(world, may=False)
    never(world)
    past_waiting(world)
    row = until(world, lambda row: row["automatic"].get("problem") == "PERMISSION_DENIED")
    assert (row["state"], row["cause"]) == ("operator_action", "rotation_failed")
    assert "by hand" in row["next_step"] and "--every never" in row["next_step"]
    assert listing(world) == "done"
    assert "automatic" not in never(world) and "automatic" not in shown(world)


class Uploader:
    """The stand-in's IAM as google-auth's users meet it, without Deputy."""

    def __init__(self, world):
        self.world, self.account = world, world.robot.key["client_email"]
        self.url = f"{world.acme.origins['google']}/v1/projects/-/serviceAccounts/{self.account}/keys"

    def send(self, method, rest="", **body):
        token = self.world.robot.access(None, scopes=[IAM])
        return requests.request(method, self.url + rest, json=body or None, timeout=10,
                                headers={"Authorization": f"Bearer {token}"})

    def official(self):
        """IAM's methods in Google's own client."""
        token = self.world.robot.access(None, scopes=[IAM])
        return service("iam", "v1", self.world.acme.origins["google"], token).projects().serviceAccounts().keys()

    def upload(self, key, days=30):
        return self.send("POST", ":upload", publicKeyData=self.public(key, days))

    @staticmethod
    def public(key, days=30):
        begin = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(days=60)
        name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "ours")])
        end = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=days)
        certificate = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(
            key.public_key()).serial_number(7).not_valid_before(begin).not_valid_after(end).sign(key, hashes.SHA256())
        return base64.b64encode(certificate.public_bytes(serialization.Encoding.PEM)).decode()

    def token(self, key, key_id):
        pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
                                serialization.NoEncryption()).decode()
        credentials = service_account.Credentials.from_service_account_info(
            self.world.robot.key | {"private_key": pem, "private_key_id": key_id}, scopes=[READ],
            subject="assistant@acme.test")
        credentials.refresh(Request())
        return credentials.token


def test_the_stand_in_takes_uploaded_keys_from_google_auth_and_forgets_deleted_ones(world):
    uploader = Uploader(world)
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    assert uploader.upload(key).status_code == 403, "without the role"
    let(world)
    place = f"projects/-/serviceAccounts/{uploader.account}"
    public = uploader.public(key)
    answer = uploader.official().upload(name=place, body={"publicKeyData": public}).execute()
    assert answer["keyOrigin"] == "USER_PROVIDED"
    key_id = answer["name"].rsplit("/", 1)[1]
    listed = uploader.official().list(name=place, keyTypes=["USER_MANAGED"]).execute()["keys"]
    assert {entry["name"].rsplit("/", 1)[1] for entry in listed} == {key_id, world.robot.key["private_key_id"]}
    read = uploader.official().get(name=f"{place}/keys/{key_id}", publicKeyType="TYPE_X509_PEM_FILE").execute()
    assert read["publicKeyData"] == public
    assert uploader.token(key, key_id)
    other = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    with pytest.raises(RefreshError, match="Invalid JWT Signature"):
        uploader.token(other, key_id)
    assert uploader.upload(other, days=-1).status_code == 400, "one that has ended"
    assert uploader.official().delete(name=f"{place}/keys/{key_id}").execute() == {}
    assert uploader.send("DELETE", "/" + key_id).status_code == 404
    with pytest.raises(RefreshError, match="Invalid JWT Signature"):
        uploader.token(key, key_id)
    person = requests.get(uploader.url, timeout=10, headers={
        "Authorization": f"Bearer {world.robot.access('assistant@acme.test', scopes=[READ])}"})
    assert person.status_code == 403, "another scope isn't enough"
    for _ in range(9):
        made = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        assert uploader.upload(made).status_code == 200
    full = uploader.upload(other)
    assert (full.status_code, full.json()["error"]["status"]) == (400, "FAILED_PRECONDITION")
