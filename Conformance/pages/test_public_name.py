"""Behind a proxy with TLS: cookies, forms and tries to sign in, by the name that the world knows."""

import json
import socket
import subprocess
import types
import urllib.parse

import gateway_home as gateway
import postgres
import pytest
from browsing import FORM, raw

NAME = "https://deputy.example"


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    folder = str(tmp_path_factory.mktemp("named") / "home")

    def run(*arguments):
        done = subprocess.run([gateway.DEPUTY, *arguments, "--home", folder, "--json"], capture_output=True, text=True,
                              stdin=subprocess.DEVNULL, timeout=60, env=gateway.ENVIRONMENT)
        assert done.returncode == 0, done.stdout + done.stderr
        return json.loads(done.stdout)

    run("init", "acme", "--name", "Acme", "--domain", "acme.test")
    postgres.move(run)
    run("people", "add", "dana", "--email", "dana@acme.test")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    child = subprocess.Popen([gateway.DEPUTY, "serve", "--home", folder, "--port", str(port), "--public-url", NAME + "/"],
                             stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True, env=gateway.ENVIRONMENT)
    assert NAME + "/mcp" in child.stdout.readline()
    yield types.SimpleNamespace(url=f"http://127.0.0.1:{port}", run=run)
    child.terminate()
    child.wait(20)


def sign_in(home, **headers):
    link = home.run("login", "dana")["link"]
    assert link.startswith(NAME + "/login/")
    body = urllib.parse.urlencode({"code": link.rsplit("/", 1)[1]})
    return raw(home, "POST", "/login", body, Content_Type=FORM, **{"Host": "deputy.example", "Origin": NAME} | headers)


def session(home):
    """A cookie, and the token of its forms."""
    cookie = sign_in(home)[2]["Set-Cookie"].split(";")[0]
    _, page, _ = raw(home, "GET", "/tokens", Host="deputy.example", Cookie=cookie)
    return cookie, page.split('name="csrf" value="')[1].split('"')[0]


def test_over_tls_the_cookie_is_secure_and_belongs_to_this_host_alone(home):
    status, _, headers = sign_in(home)
    assert status == 303 and headers["Location"] == "/approvals"
    cookie, *attributes = headers["Set-Cookie"].split("; ")
    assert cookie.startswith("__Host-deputy=dpy_web_")
    assert sorted(attributes) == ["HttpOnly", "Max-Age=604800", "Path=/", "SameSite=Lax", "Secure"]
    cookie, csrf = session(home)
    assert raw(home, "GET", "/week", Host="deputy.example", Cookie=cookie)[0] == 200
    plain = cookie.removeprefix("__Host-")
    assert raw(home, "GET", "/week", Host="deputy.example", Cookie=plain)[0] == 401, "another name is no session"
    _, _, headers = raw(home, "POST", "/logout", urllib.parse.urlencode({"csrf": csrf}), Host="deputy.example",
                        Cookie=cookie, Content_Type=FORM)
    assert headers["Set-Cookie"] == "__Host-deputy=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0; Secure"


@pytest.mark.parametrize("host", ["deputy.example", None])
@pytest.mark.parametrize("origin,is_ours", [
    (NAME, True), (None, True), ("http://deputy.example", False), (NAME + ":8443", False), ("https://evil.example", False),
    ("HOST", False), ("null", False),
])
def test_forms_come_from_our_public_name_whatever_host_a_proxy_asks_for(home, host, origin, is_ours):
    if not hasattr(home, "session"):
        home.session = session(home)
    cookie, csrf = home.session
    headers = {"Cookie": cookie, "Content_Type": FORM} | ({"Host": host} if host else {})
    if origin:
        headers["Origin"] = home.url if origin == "HOST" else origin
    status, _, _ = raw(home, "POST", "/tokens", urllib.parse.urlencode({"csrf": csrf, "code": "wrong"}), **headers)
    assert status == (422 if is_ours else 403)


def test_head_answers_as_get_does_without_a_body(home):
    cookie, _ = session(home)
    for path in ("/", "/approvals", "/connections", "/week", "/approvals/nothing", "/nothing-here", "/style.css",
                 "/login/nothing"):
        for headers in ({"Cookie": cookie}, {}):
            got = raw(home, "GET", path, Host="deputy.example", source="127.0.0.8", **headers)
            head = raw(home, "HEAD", path, Host="deputy.example", source="127.0.0.8", **headers)
            assert head[0] == got[0] and head[1] == "", path
            assert head[2].get("Content-Security-Policy") == got[2].get("Content-Security-Policy"), path


def test_tries_in_vain_make_an_address_wait_and_nobody_else(home):
    body = urllib.parse.urlencode({"code": "dpy_login_guess"})
    answers = [raw(home, "POST", "/login", body, source="127.0.0.9", Host="deputy.example", Content_Type=FORM)
               for _ in range(25)]
    assert [answer[0] for answer in answers].count(409) == 20
    status, text, headers = answers[-1]
    assert status == 429 and 0 < int(headers["Retry-After"]) <= 6 and "Too many tries" in text
    assert raw(home, "GET", "/login/dpy_login_guess", source="127.0.0.9", Host="deputy.example")[0] == 429
    assert sign_in(home, source="127.0.0.9")[0] == 303, "what is right is never refused, wherever it comes from"
    link = home.run("login", "dana")["link"].removeprefix(NAME)
    assert all(raw(home, "GET", link, Host="deputy.example")[0] == 200 for _ in range(25)), "right links cost nothing"
    assert sign_in(home)[0] == 303, "at another address a right link works"


def test_a_public_name_is_a_name_and_nothing_more():
    for wrong in ("deputy.example", "https://deputy.example/path", "ftp://deputy.example", "https://"):
        done = subprocess.run([gateway.DEPUTY, "serve", "--public-url", wrong], capture_output=True, text=True, timeout=20)
        assert done.returncode == 64 and "isn't an address that people can open" in done.stderr, done


def test_codes_in_vain_make_an_address_wait_too(home):
    answers = [raw(home, "POST", "/v1/tokens/take-up", json.dumps({"code": "wrong"}), source="127.0.0.7")
               for _ in range(25)]
    assert [answer[0] for answer in answers].count(429) >= 4 and answers[0][0] != 429
    assert int(answers[-1][2]["Retry-After"]) > 0 and json.loads(answers[-1][1])["error"]["code"] == "too_many"
    assert raw(home, "POST", "/v1/tokens/take-up", json.dumps({"code": "wrong"}))[0] == answers[0][0]


def test_who_opens_more_pages_than_anybody_reads_waits_and_others_dont(home):
    cookie, _ = session(home)
    answers = [raw(home, "GET", "/week", Host="deputy.example", Cookie=cookie) for _ in range(14)]
    assert answers[0][0] == 200 and answers[-1][0] == 429 and int(answers[-1][2]["Retry-After"]) >= 1
    home.run("people", "add", "alice", "--email", "alice@acme.test")
    body = urllib.parse.urlencode({"code": home.run("login", "alice")["link"].rsplit("/", 1)[1]})
    alice = raw(home, "POST", "/login", body, Host="deputy.example", Content_Type=FORM)[2]["Set-Cookie"].split(";")[0]
    assert raw(home, "GET", "/week", Host="deputy.example", Cookie=alice)[0] == 200
