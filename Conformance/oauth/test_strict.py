"""A gateway as it is without switches: no client on this machine, no registration; and what an address may try."""

import json
import subprocess
import types

import gateway_home as gateway
import postgres
import pytest
from flow import FORM, Client, Person, answer, send


@pytest.fixture(scope="module")
def strict(tmp_path_factory):
    folder = str(tmp_path_factory.mktemp("strict") / "home")

    def run(*arguments):
        done = subprocess.run([gateway.DEPUTY, *arguments, "--home", folder, "--json"], capture_output=True, text=True,
                              stdin=subprocess.DEVNULL, timeout=60, env=gateway.ENVIRONMENT)
        assert done.returncode == 0, done.stdout + done.stderr
        return json.loads(done.stdout)

    run("init", "acme", "--name", "Acme", "--domain", "acme.test")
    postgres.move(run)
    run("people", "add", "alice", "--email", "alice@acme.test")
    run("agents", "add", "product", "--acts-as", "claw", "--owner", "alice", "--users", "everyone",
        "--slot", "notion:agent", "--tool", "notion.*")
    child = subprocess.Popen([gateway.DEPUTY, "serve", "--home", folder, "--port", "0"],
                             stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True, env=gateway.ENVIRONMENT)
    url = child.stdout.readline().split()[2].removesuffix("/mcp/AGENT")
    yield types.SimpleNamespace(url=url, run=run)
    child.terminate()
    child.wait(20)


INNER = [
    "{site}/client.json", "https://127.0.0.1:{port}/client.json", "https://localhost:{port}/client.json",
    "https://[::1]:{port}/client.json", "https://169.254.169.254/latest/meta-data", "https://10.0.0.1/client.json",
    "https://192.168.1.1/client.json", "https://172.16.0.1/client.json", "https://100.64.0.1/client.json",
    "https://0.0.0.0:{port}/client.json", "https://0177.0.0.1:{port}/client.json", "https://2130706433:{port}/client.json",
    "https://0x7f.1:{port}/client.json", "https://[::ffff:127.0.0.1]:{port}/client.json", "https://[fd00::1]/client.json",
    "https://127.0.0.1.:{port}/client.json", "https://user@127.0.0.1:{port}/client.json", "http://169.254.169.254/x",
    "file:///etc/passwd", "gopher://127.0.0.1:{port}/x", "https://127.0.0.1:{port}/a/../client.json",
    "https://127.0.0.1:{port}/client.json#x", "unix:/run/deputy.sock"]


@pytest.mark.parametrize("place", INNER)
def test_row_7_ssrf_by_client_id_reaches_nothing(strict, site, place):
    site.document()
    client = Client(strict, place.format(site=site.url, port=site.server_port), site.callback)
    status, headers, text = Person(strict, "alice").get(client.link())
    assert status == 400 and "Location" not in headers and "Nothing was done" in text
    assert site.seen == []


def test_the_same_document_is_fetched_where_a_switch_allows_it(home, site):
    client = Client(home, site.document(), site.callback)
    assert Person(home, "alice").get(client.link())[0] == 200 and site.seen == ["/client.json"]


def test_registration_is_off_unless_switched_on(strict, home):
    body = json.dumps({"redirect_uris": ["https://app.example/cb"]})
    for place, expected in ((strict, 404), (home, 201)):
        known = json.loads(send(place.url + "/.well-known/oauth-authorization-server")[2])
        assert ("registration_endpoint" in known) == (expected == 201)
        status, _, text = send(place.url + "/oauth/register", "POST", body=body, Content_Type="application/json")
        assert (status == expected) or (expected == 404 and status in (404, 405)), (status, text)


def test_metadata_lie_where_clients_look(strict):
    found = {}
    for path in ("/.well-known/oauth-authorization-server", "/.well-known/openid-configuration",
                 "/.well-known/oauth-protected-resource", "/.well-known/oauth-protected-resource/mcp/product",
                 "/.well-known/oauth-protected-resource/org/acme/mcp/product"):
        status, headers, text = send(strict.url + path)
        assert status == 200 and headers["Content-Type"] == "application/json", path
        found[path] = json.loads(text)
    server = found["/.well-known/oauth-authorization-server"]
    assert server == found["/.well-known/openid-configuration"] and server["issuer"] == strict.url
    assert server["code_challenge_methods_supported"] == ["S256"] and server["client_id_metadata_document_supported"]
    for path, resource in list(found.items())[3:]:
        assert resource["resource"] == strict.url + path.removeprefix("/.well-known/oauth-protected-resource")
        assert resource["authorization_servers"] == [strict.url]
    for endpoint in ("authorization_endpoint", "token_endpoint", "revocation_endpoint", "introspection_endpoint", "jwks_uri"):
        assert server[endpoint].startswith(strict.url + "/oauth/")


def test_row_19_an_address_that_tries_in_vain_locks_nobody_else_out(strict, site):
    made = strict.run("clients", "register", "Reader", "--redirect-uri", site.callback)
    client, alice = Client(strict, made["id"], site.callback), Person(strict, "alice")
    import http.client
    import urllib.parse
    host = urllib.parse.urlsplit(strict.url)

    def guess():
        connection = http.client.HTTPConnection(host.hostname, host.port, timeout=10, source_address=("127.0.0.9", 0))
        connection.request("POST", "/oauth/token", headers={"Content-Type": FORM}, body=urllib.parse.urlencode(
            {"grant_type": "refresh_token", "refresh_token": "dpy_rt_guess", "client_id": "x"}))
        status = connection.getresponse().status
        connection.close()
        return status

    found = [guess() for _ in range(230)]
    assert found[0] == 400 and found[-1] == 429
    status, tokens = client.redeem(answer(alice.allow(client.link()))["code"])
    assert status == 200, tokens
