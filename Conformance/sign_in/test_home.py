"""A home of its own for each: a public name over TLS, a restore, keys that change."""

import re
import subprocess

import gateway_home as gateway
import postgres
import pytest
from glewlwyd import free_port
from visiting import Visitor, make_home

NAME = "https://deputy.example"


@pytest.fixture
def home(tmp_path, provider):
    provider.reset()
    home = make_home(tmp_path)
    home.serve()
    home.run("sign-in", "add", "corp", "--issuer", provider.issuer, "--client-id", "deputy", secret=provider.clients["deputy"])
    for person in ("alice", "bob"):
        home.run("sign-in", "link", person, "--provider", "corp", "--subject", f"{person}-1")
    yield home
    home.stop()


def signs_in(home, provider, person):
    provider.subject = f"{person}-1"
    visitor = Visitor(home)
    visitor.sign_in()
    return visitor.person == person


def test_over_tls_the_cookies_belong_to_this_host_alone(home, provider):
    """Behind a proxy with TLS. A neighbour's host can't plant a ticket: `__Host-` is refused from there."""
    home.stop()
    port = free_port()
    child = subprocess.Popen(
        [gateway.DEPUTY, "serve", "--home", home.path, "--port", str(port), "--public-url", NAME,
         "--allow-loopback-providers"],
        stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True, env=gateway.ENVIRONMENT)
    try:
        assert NAME in child.stdout.readline()
        home.url = f"http://127.0.0.1:{port}"
        visitor = Visitor(home)
        visitor.headers["Host"] = "deputy.example"
        answer = visitor.open("/sign-in/corp", follow=False)
        cookie, *attributes = answer.headers["Set-Cookie"].split("; ")
        assert cookie.startswith("__Host-deputy-sign-in=")
        assert sorted(attributes) == ["HttpOnly", "Max-Age=600", "Path=/", "SameSite=Lax", "Secure"]
        assert "redirect_uri=https%3A%2F%2Fdeputy.example%2Fsign-in%2Fcorp%2Fcallback" in answer.headers["Location"]
        back = provider.authorize(dict(re.findall(r"(\w+)=([^&]+)", answer.headers["Location"])) | {
            "redirect_uri": NAME + "/sign-in/corp/callback"})
        path = back.removeprefix(NAME)
        plain = cookie.removeprefix("__Host-")
        assert visitor.get(home.url + path, headers={"Cookie": plain}, allow_redirects=False).status_code == 400
        taken = visitor.get(home.url + path, headers={"Cookie": cookie}, allow_redirects=False)
        assert taken.status_code == 303 and "__Host-deputy=dpy_web_" in taken.headers["Set-Cookie"]
        foreign = visitor.get(home.url + "/sign-in/corp", headers={"Host": "evil.example"}, allow_redirects=False)
        assert foreign.status_code == 421
    finally:
        child.terminate()
        child.wait(20)


@postgres.embedded_only("copies deputy.sqlite; a PostgreSQL is backed up by its own tools")
def test_a_restore_gives_no_login_back(home, provider, tmp_path):
    assert signs_in(home, provider, "alice") and signs_in(home, provider, "bob")
    kept = Visitor(home)
    provider.subject = "alice-1"
    kept.sign_in()
    backup = str(tmp_path / "backup")
    home.run("backup", backup)
    home.run("sign-in", "unlink", "--provider", "corp", "--subject", "bob-1")
    home.stop()
    assert home.run("restore", backup, "--replace")["unlinked"] == 1
    home.serve()
    kept.home = home
    assert kept.person is None, "sign-ins of the backup are void"
    assert signs_in(home, provider, "alice") and not signs_in(home, provider, "bob")
    home.run("sign-in", "remove", "corp")
    home.stop()
    home.run("restore", backup, "--replace")
    assert home.run("sign-in", "list")["providers"] == []


def test_keys_change_under_signed_in_people(home, provider):
    """The client secret and the hint of a session are sealed anew; who is on the way stays so."""
    visitor, on_the_way = Visitor(home), Visitor(home)
    visitor.sign_in()
    back = on_the_way.arrive()
    home.run("keys", "rotate")
    states = {key["state"]: key["rows"] for key in home.run("keys", "list")["keys"]}
    assert states["active"] >= 4 and sum(rows for state, rows in states.items() if state != "active") == 0
    on_the_way.open(back)
    assert on_the_way.person == "alice"
    page = visitor.open("/browsers").text
    answer = visitor.submit("/logout", csrf=visitor.field("csrf", page))
    assert "id_token_hint=" in answer.text and signs_in(home, provider, "bob")


def test_a_new_secret_signs_nobody_out(home, provider):
    """The provider's client gets a new secret: the old one fails, the new one is put in its place."""
    visitor = Visitor(home)
    visitor.sign_in()
    kept, provider.clients = provider.clients, provider.clients | {"deputy": "another-secret"}
    try:
        assert not signs_in(home, provider, "bob")
        same = ["sign-in", "add", "corp", "--issuer", provider.issuer, "--client-id", "deputy"]
        again = home.command(*same, secret="another-secret")
        assert again.returncode == 1 and "there is a provider `corp` already" in again.stdout
        home.run(*same, "--replace", secret="another-secret")
        assert signs_in(home, provider, "bob") and visitor.person == "alice"
    finally:
        provider.clients = kept


def test_a_restart_forgets_nobody_on_the_way(home, provider):
    """Nothing of a sign-in is kept here before the provider has answered, so nothing of it gets lost."""
    visitor = Visitor(home)
    back = visitor.arrive()
    port = home.url.rsplit(":", 1)[1]
    home.stop()
    home.serve(port=port)
    visitor.open(back)
    assert visitor.person == "alice"
