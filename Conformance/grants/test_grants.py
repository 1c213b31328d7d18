"""Agents connected as an app, as a service account and by a device's code; what Deputy signs is verified by others' libraries."""

import json
import subprocess
import time

from cryptography import x509
from gateway_home import DEPUTY, ENVIRONMENT
from grant_keys import certificate, private, public


def items(home, person="dana", agent="robot"):
    kind, result = home.call(agent, home.token(person, agent), "depot.list", {})
    assert kind == "done", result
    return result["structuredContent"]


def leaf(home, change):
    return [leaf for leaf in home.leaves() if leaf.get("change") == change]


def test_an_app_is_connected_with_its_secret_and_asks_anew(home, depot):
    depot.clients["deputy"] = {"secret": "s3cret/with +signs"}
    home.run("apps", "add", "depot", "--client-id", "deputy", secret="s3cret/with +signs")
    added = home.run("connections", "add", "depot", "--agent", "robot", "--client-credentials")
    assert depot.asked == [{"grant_type": "client_credentials", "scope": "items.read"}]
    assert added["account"] == "deputy"
    assert "of deputy" in json.dumps(items(home))
    # The token ends early: the refused call is answered with another one, asked for as the first was.
    depot.tokens.clear()
    assert "of deputy" in json.dumps(items(home))
    assert [form["grant_type"] for form in depot.asked] == ["client_credentials"] * 2


def test_an_app_signs_with_a_key(home, depot, keys, tmp_path):
    depot.clients["deputy"] = {"keys": {"key-7": public(keys["ec"])}}
    file = tmp_path / "key.pem"
    file.write_text(private(keys["ec"]))
    home.run("apps", "add", "depot", "--client-id", "deputy", "--key-file", str(file), "--key-id", "key-7")
    home.run("connections", "add", "depot", "--agent", "robot", "--client-credentials")
    header, claims = depot.read[0]
    assert header == {"alg": "ES256", "typ": "JWT", "kid": "key-7"}
    assert claims["aud"] == depot.origin and claims["exp"] - claims["iat"] <= 600
    depot.tokens.clear()
    items(home)
    assert len(depot.jtis) == 2     # signed anew for each request


def test_an_app_signs_with_a_certificate(home, depot, keys, tmp_path):
    depot.clients["deputy"] = {"certificate": certificate(keys["rsa"])}
    file = tmp_path / "certified.pem"
    file.write_text(private(keys["rsa"]) + depot.clients["deputy"]["certificate"])
    home.run("apps", "add", "depot", "--client-id", "deputy", "--key-file", str(file))
    home.run("connections", "add", "depot", "--agent", "robot", "--client-credentials")
    assert depot.read[0][0]["alg"] == "PS256" and set(depot.read[0][0]) == {"alg", "typ", "x5t#S256"}
    # It says itself when it ends, which is told of in time, and a later day that somebody wrote moves nothing.
    last = x509.load_pem_x509_certificate(depot.clients["deputy"]["certificate"].encode()).not_valid_after_utc
    [warning] = [f for f in home.run("doctor")["findings"] if "our app at `depot` ends in 1 day" in f["message"]]
    assert warning["hint"] == "make a new key, have it known there, and give it: `deputy apps rotate depot --key-file FILE`"
    again = certificate(keys["rsa"])
    file.write_text(private(keys["rsa"]) + again)
    home.run("apps", "rotate", "depot", "--key-file", str(file), "--secret-expires", "2090-01-01")
    assert home.run("apps", "list")["apps"][0]["secret_ends"] // 1_000_000 in range(int(last.timestamp()), int(last.timestamp()) + 600)


def test_a_service_account_is_the_agents_own_account(home, depot, service_account):
    added = home.run("connections", "add", "depot", "--agent", "robot", "--service-account", service_account,
                     "--subject", "assistant@acme.test")
    assert added["email"] == "assistant@acme.test"
    assert depot.read[0][1]["sub"] == "assistant@acme.test"
    assert "of assistant@acme.test" in json.dumps(items(home))
    depot.tokens.clear()
    assert "of assistant@acme.test" in json.dumps(items(home))
    assert [claims["sub"] for _, claims in depot.read] == ["assistant@acme.test"] * 2


def test_whom_an_agent_may_be_no_longer_it_isnt_at_the_next_call(home, depot, service_account):
    home.run("connections", "add", "depot", "--agent", "robot", "--service-account", service_account,
             "--subject", "assistant@acme.test")
    items(home)
    home.run("agents", "edit", "robot", "--without-subject", "assistant@acme.test")
    seen = len(depot.asked)
    _, result = home.call("robot", home.token("dana", "robot"), "depot.list", {})
    assert result["structuredContent"]["error"]["rule"] == "credential.asserted-subject", result
    assert len(depot.asked) == seen, "neither the token that is held nor another"
    result = home.command("connections", "add", "depot", "--agent", "robot", "--service-account", service_account,
                          "--subject", "assistant@acme.test")
    assert result.returncode != 0 and "may not be `assistant@acme.test`" in result.stdout + result.stderr


def test_a_service_account_is_never_a_person(home, depot, service_account):
    result = home.command("connections", "add", "depot", "--agent", "robot", "--service-account", service_account,
                          "--subject", "Alice+robot@acme.test")
    assert result.returncode != 0 and "never acts as a person" in result.stdout + result.stderr
    assert depot.asked == []


def test_who_became_a_person_is_nobodys_agent_any_more(home, depot, service_account):
    home.run("connections", "add", "depot", "--agent", "robot", "--service-account", service_account,
             "--subject", "assistant@acme.test")
    items(home)
    home.run("people", "add", "ann", "--email", "assistant@acme.test")
    depot.tokens.clear()
    kind, _ = home.call("robot", home.token("dana", "robot"), "depot.list", {})
    assert kind != "done"
    assert len(depot.read) == 1


def test_a_service_account_without_delegation_is_told_where_to_allow_it(home, depot, service_account):
    result = home.command("connections", "add", "depot", "--agent", "robot", "--service-account", service_account,
                          "--subject", "stranger@acme.test")
    assert result.returncode != 0 and "Admin console" in result.stdout + result.stderr


def device(home, agent="robot"):
    return subprocess.Popen(
        [DEPUTY, "connections", "add", "depot", "--agent", agent, "--device", "--yes", "machine-1",
         "--home", home.path, "--json"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True, env=ENVIRONMENT)


def test_a_device_is_allowed_by_whoever_types_the_code(home, depot):
    depot.clients["deputy"] = {"secret": "s3cret"}
    home.run("apps", "add", "depot", "--client-id", "deputy", secret="s3cret")
    child = device(home)
    line = child.stderr.readline()
    (code, flow), = depot.devices.items()
    assert flow["user_code"] in line and depot.origin + "/activate" in line and code not in line
    while not flow["times"]:
        time.sleep(0.02)
    flow["answer"] = "slow_down"
    while len(flow["times"]) < 2:
        time.sleep(0.02)
    flow["answer"] = "user:machine-1"
    output, _ = child.communicate(timeout=30)
    assert child.returncode == 0 and json.loads(output)["account"] == "machine-1"
    assert flow["times"][2] - flow["times"][1] > 5      # it waits five seconds more
    assert "of machine-1" in json.dumps(items(home))


def test_nobody_but_a_claw_is_connected_by_a_code(home, depot):
    depot.clients["deputy"] = {"secret": "s3cret"}
    home.run("apps", "add", "depot", "--client-id", "deputy", secret="s3cret")
    for flags in (("--agent", "helper"), ("--person", "alice")):
        result = home.command("connections", "add", "depot", *flags, "--device", "--yes", "machine-1")
        assert result.returncode != 0
    assert depot.asked == []


def test_a_revoked_connection_ends_at_the_provider_too(home, depot):
    depot.clients["deputy"] = {"secret": "s3cret"}
    home.run("apps", "add", "depot", "--client-id", "deputy", secret="s3cret")
    added = home.run("connections", "add", "depot", "--agent", "robot", "--client-credentials")
    token, = depot.tokens
    assert home.run("connections", "revoke", added["id"])["upstream"] == "revoked"
    assert depot.revoked == [(token, "access_token", 200)] and depot.tokens == {}
    assert [told["result"] for told in leaf(home, "connection.revoked-upstream")] == ["revoked"]


def test_a_provider_that_is_busy_leaves_the_token_alive_and_says_so(home, depot):
    depot.clients["deputy"] = {"secret": "s3cret"}
    home.run("apps", "add", "depot", "--client-id", "deputy", secret="s3cret")
    added = home.run("connections", "add", "depot", "--agent", "robot", "--client-credentials")
    token, = depot.tokens
    depot.revocation = (503, {"Retry-After": "120"})
    assert home.run("connections", "revoke", added["id"])["upstream"] == "alive"
    assert [told["result"] for told in leaf(home, "connection.revoked-upstream")] == ["alive"]
    # What waits for the next time is sealed, and nothing of it is anywhere else.
    home.stop()
    for path in home.files:
        assert token.encode() not in path.read_bytes(), path
    assert home.sql("SELECT attempts FROM revocations") == [(1,)]
