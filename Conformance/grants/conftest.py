"""A home whose agents get their tokens without a browser, from a provider that reads every assertion with others' libraries."""

import json
import pathlib

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from depot import Depot
from gateway_home import Home
from grant_keys import private, public


@pytest.fixture(scope="session")
def keys():
    return {"rsa": rsa.generate_private_key(65537, 2048), "ec": ec.generate_private_key(ec.SECP256R1()),
            "other": ec.generate_private_key(ec.SECP256R1())}


@pytest.fixture
def depot():
    depot = Depot()
    yield depot
    depot.stop()


class NoStandIns:
    origins, tokens = {}, {}


@pytest.fixture
def home(tmp_path, depot):
    home = Home(tmp_path, NoStandIns())
    pathlib.Path(home.path, "providers", "depot.json5").write_text(depot.manifest())
    for person in ("alice", "dana"):
        home.run("people", "add", person, "--email", f"{person}@acme.test")
    home.run("agents", "add", "robot", "--acts-as", "claw", "--owner", "dana", "--users", "everyone",
             "--slot", "depot:agent", "--tool", "depot.*", "--subject", "assistant@acme.test",
             "--subject", "Stranger@acme.test")
    home.run("agents", "add", "helper", "--acts-as", "assistant", "--owner", "dana", "--users", "everyone",
             "--slot", "depot:agent", "--tool", "depot.*")
    home.serve()
    yield home
    home.stop()


@pytest.fixture
def service_account(depot, keys, tmp_path):
    """The key file of one that may be the assistant, and wrongly Alice as well."""
    mail = "robot@acme.iam.gserviceaccount.com"
    depot.accounts[mail] = ("kid-1", public(keys["rsa"]))
    depot.users = {"assistant@acme.test", "alice@acme.test"}
    file = tmp_path / "account.json"
    file.write_text(json.dumps({
        "type": "service_account", "project_id": "acme", "private_key_id": "kid-1", "private_key": private(keys["rsa"]),
        "client_email": mail, "client_id": "1", "token_uri": "https://elsewhere.example/token"}))
    return str(file)
