"""A restored backup believes nobody again whose word was refused since, and none of their tokens."""

import gateway_home as gateway
import postgres
import pytest
from issuing import Builder, ping


@pytest.fixture
def own(tmp_path, acme):
    home = gateway.Home(tmp_path, acme)
    home.populate().serve()
    yield home
    home.stop()


@postgres.embedded_only("copies deputy.sqlite; a PostgreSQL is backed up by its own tools")
def test_issuers_of_a_restored_home(own, issuer, stranger, tmp_path):
    builder = Builder(own, issuer, own.run("clients", "register", "Builder", "--confidential"), "api://builder")
    for name, where in (("corp", issuer), ("lab", stranger)):
        own.run("issuers", "add", name, "--issuer", where.url, "--audience", f"api://builder={builder.id}")
        own.run("sign-in", "link", "alice", "--issuer", where.url, "--subject", "alice-1")
    session = builder.session()
    own.run("backup", str(tmp_path / "monday"))
    own.run("issuers", "remove", "lab")
    own.stop()
    own.run("restore", str(tmp_path / "monday"), "--replace")
    own.serve(port=int(own.url.rsplit(":", 1)[1]))
    assert [row["name"] for row in own.run("issuers", "list")["issuers"]] == ["corp"]
    assert ping(own, session) == 401
    assert ping(own, builder.session()) == 200
    assert builder.exchange(stranger.id_token("alice-1", "api://builder"))[1]["error"] == "invalid_request"
    assert own.run("ledger", "verify")["intact"]
