"""A gateway with people and agents, and a real browser to look at its pages."""

import importlib.util
import os
import pathlib
import sys
import time

import pytest

_path = pathlib.Path(__file__).resolve().parents[1] / "gateway" / "conftest.py"
_spec = importlib.util.spec_from_file_location("gateway_home", _path)
gateway = importlib.util.module_from_spec(_spec)
sys.modules["gateway_home"] = gateway
_spec.loader.exec_module(gateway)

MAIL = {"to": ["pat@stranger.example"], "subject": "Meeting", "body": "Does Tuesday suit you?\nBest, \u202eevil\u202c"}


class Tokens(dict):
    """A token of each person, taken up when it is first wanted."""

    def __init__(self, home):
        super().__init__()
        self.home = home

    def __missing__(self, person):
        self[person] = self.home.token(person)
        return self[person]


@pytest.fixture(scope="module")
def acme(tmp_path_factory):
    acme = gateway.Acme(tmp_path_factory.mktemp("acme"))
    yield acme
    acme.stop()


@pytest.fixture(scope="module")
def bare(tmp_path_factory, acme):
    """People and agents, without an account of anybody."""
    home = gateway.Home(tmp_path_factory.mktemp("home"), acme)
    home.populate().serve()
    home.tokens, home.cookies = Tokens(home), {}
    yield home
    home.stop()


@pytest.fixture(scope="module")
def home(bare):
    return bare.connect()


@pytest.fixture
def sign_in(chromium, home):
    """Opens a browser for a person and signs them in by their link's button; or, unless it has to be fresh, goes on with
    the session that they have already."""
    contexts = []

    def sign_in(person=None, fresh=False):
        context = chromium.new_context(locale="en")
        contexts.append(context)
        page = context.new_page()
        if not person:
            return page
        if person in home.cookies and not fresh:
            context.add_cookies(home.cookies[person])
            if page.goto(home.url + "/approvals").status == 200:
                return page
        page.goto(home.run("login", person)["link"])
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url("**/approvals")
        home.cookies[person] = context.cookies()
        return page

    yield sign_in
    for context in contexts:
        context.close()


@pytest.fixture
def ask(home):
    """Bob has the email claw send a mail: it waits for Dana. Gives the approval's id."""
    count = iter(range(1_000_000))

    def ask(**changes):
        arguments = MAIL | {"subject": f"Meeting {os.urandom(4).hex()}"} | changes
        kind, result = home.call("email", home.tokens["bob"], "gmail.send", arguments)
        assert kind == "approval_required", result
        return result["structuredContent"]["error"]["approval"], arguments

    return ask


@pytest.fixture
def settle(home):
    """Bob's client repeats its call until it has an answer: (kind, result)."""
    def settle(arguments, tool="gmail.send"):
        for _ in range(100):
            kind, result = home.call("email", home.tokens["bob"], tool, arguments)
            if kind != "approval_running":
                return kind, result
            time.sleep(0.05)
        raise AssertionError(result)

    return settle


@pytest.fixture(scope="session")
def screenshots(tmp_path_factory):
    folder = pathlib.Path(os.environ.get("DEPUTY_SCREENSHOTS") or tmp_path_factory.mktemp("screenshots"))
    folder.mkdir(parents=True, exist_ok=True)
    return folder
