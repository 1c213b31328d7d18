"""A gateway with people and agents, and a real browser to look at its pages."""

import os
import time

import gateway_home as gateway
import pytest

MAIL = {"to": ["pat@stranger.example"], "subject": "Meeting", "body": "Does Tuesday suit you?\nBest, \u202eevil\u202c"}


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
    home.tokens, home.cookies = gateway.Tokens(home), {}
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
        for _ in range(1000):
            kind, result = home.call("email", home.tokens["bob"], tool, arguments)
            if kind != "approval_running":
                return kind, result
            time.sleep(0.05)
        raise AssertionError(result)

    return settle
