"""A gateway that programs talk to."""


import gateway_home as gateway
import pytest
from program import Program


@pytest.fixture
def acme(tmp_path):
    acme = gateway.Acme(tmp_path)
    yield acme
    acme.stop()


@pytest.fixture
def home(tmp_path, acme):
    home = gateway.Home(tmp_path, acme).populate().serve()
    home.connect()
    home.run("models", "add", "default", "--speaks", "offline")
    yield home
    home.stop()


@pytest.fixture
def api_token(home):
    """(text, id) of a new token of `/v1`."""
    def make(person, *agents, **options):
        words = [word for agent in agents for word in ("--agent", agent)]
        made = home.run("tokens", "create", person, *words, "--for", "api", *options.get("more", ()))
        taken = home.run("tokens", "take-up", made["code"])
        assert taken["token"].startswith("dpy_api_") and taken["for"] == "api"
        return taken["token"], taken["id"]

    return make


@pytest.fixture
def program(home, api_token):
    def make(person, agent):
        return Program(home.url, api_token(person, agent)[0], agent)

    return make
