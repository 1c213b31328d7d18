"""A restored backup gives no client back what it lost since, and none of their tokens."""

import gateway_home as gateway
import postgres
import pytest
from flow import Client, Person, ping


@pytest.fixture
def own(tmp_path, acme):
    home = gateway.Home(tmp_path, acme)
    home.populate().serve()
    yield home
    home.stop()


@postgres.embedded_only("copies deputy.sqlite; a PostgreSQL is backed up by its own tools")
def test_clients_of_a_restored_home(own, site, tmp_path):
    revoked, narrowed = (own.run("clients", "register", name, "--redirect-uri", site.callback)["id"] for name in ("One", "Two"))
    client = Client(own, narrowed, site.callback)
    tokens = client.sign_in(Person(own, "alice"))
    own.run("backup", str(tmp_path / "monday"))
    own.run("clients", "revoke", revoked)
    own.run("clients", "revoke", "https://evil.example/client.json")
    own.run("clients", "ceiling", narrowed, "draft")
    own.stop()
    own.run("restore", str(tmp_path / "monday"), "--replace")
    own.serve(port=int(client.home.url.rsplit(":", 1)[1]))
    rows = {row["id"]: row for row in own.run("clients", "list")["clients"]}
    assert rows[revoked]["state"] == "revoked" and rows["https://evil.example/client.json"]["state"] == "revoked"
    assert rows[narrowed]["ceiling"] == ["draft"] and rows[narrowed]["people"] == []
    assert ping(own, tokens["access_token"])[0] == 401
    assert client.refresh(tokens["refresh_token"])[1]["error"] == "invalid_grant"
    assert own.run("ledger", "verify")["intact"]
