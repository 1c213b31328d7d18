"""Whose a login is: an operator says it, or a person who is signed in by a one-time link."""

import json
import re

import pytest


def link_path(visitor):
    return re.search(r'href="(/sign-in/corp\?link=[^"]+)"', visitor.open("/browsers").text).group(1)


def go(visitor):
    """From the page of browsers to the provider and back; gives the page that asks."""
    there = visitor.open(link_path(visitor), follow=False).headers["Location"]
    back = visitor.get(there, allow_redirects=False, timeout=20).headers["Location"]
    return visitor.open(back)


@pytest.fixture
def dana(home, visitor, provider):
    provider.subject = "dana-1"
    yield visitor.by_link("dana")
    home.command("sign-in", "unlink", "--provider", "corp", "--subject", "dana-1")


def test_a_person_links_their_own_login_and_signs_in_with_it(home, dana, another):
    page = go(dana)
    assert "dana-1" in page.text and "Link this login to dana" in page.text
    assert another.sign_in().status_code == 403, "being asked links nothing"
    fields = {name: dana.field(name, page.text) for name in ("csrf", "proof")}
    assert "Linked." in dana.submit("/logins", **fields).text
    another.sign_in()
    assert another.person == "dana"
    assert dana.submit("/logins", **fields).status_code == 422, "the page works once"
    linked = [leaf for leaf in home.leaves() if leaf.get("change") == "login.linked" and leaf["subject"] == "dana-1"]
    assert linked[-1]["by"] == "person:dana" and linked[-1]["issuer"].startswith("http://127.0.0.1")


def test_unlinking_signs_out_what_the_login_signed_in(home, dana, another):
    home.run("sign-in", "link", "dana", "--provider", "corp", "--subject", "dana-1")
    another.sign_in()
    assert another.person == "dana"
    page = dana.open("/browsers").text
    fields = {name: dana.field(name, page) for name in ("csrf", "issuer", "subject")}
    assert "Unlinked." in dana.submit("/logins/unlink", **fields).text
    assert another.person is None and dana.person == "dana"
    assert another.sign_in().status_code == 403


def test_nobody_unlinks_another_persons_login(home, dana, provider):
    page = dana.open("/browsers").text
    answer = dana.submit("/logins/unlink", csrf=dana.field("csrf", page), issuer=provider.issuer, subject="alice-1")
    assert answer.status_code == 404
    assert "alice-1" in [login["subject"] for login in home.run("sign-in", "list")["logins"]]


def test_another_persons_browser_cant_finish_a_link(home, dana, another):
    """The attacker begins to link their own login; the victim's browser brings the answer, or the form."""
    another.by_link("bob")
    there = dana.open(link_path(dana), follow=False).headers["Location"]
    back = dana.get(there, allow_redirects=False, timeout=20).headers["Location"]
    assert another.open(back).status_code == 400
    page = dana.open(back).text
    proof = dana.field("proof", page)
    answer = another.submit("/logins", csrf=another.field("csrf", another.open("/browsers").text), proof=proof)
    assert answer.status_code == 403
    assert "dana-1" not in json.dumps(home.run("sign-in", "list"))


def test_no_other_site_begins_a_link(dana, home):
    """A link to our address on another site: without what our own page knows it begins nothing."""
    for proof in ("1", "a" * 64):
        assert dana.open("/sign-in/corp", follow=False, link=proof).status_code == 403
    page = go(dana)
    csrf = dana.field("csrf", page.text)
    assert dana.post(dana.home.url + "/logins", data={"csrf": csrf, "proof": dana.field("proof", page.text)},
                     headers={"Sec-Fetch-Site": "cross-site"}, timeout=20).status_code == 403
    assert dana.submit("/logins", csrf="another", proof=dana.field("proof", page.text)).status_code == 403
    assert dana.submit("/logins", csrf=csrf, proof="a.b").status_code == 403
    assert "dana-1" not in json.dumps(home.run("sign-in", "list"))


def test_a_login_is_one_persons(home):
    result = home.command("sign-in", "link", "bob", "--provider", "corp", "--subject", "alice-1")
    assert result.returncode == 1 and "that login is `alice`'s" in result.stdout
    result = home.command("sign-in", "link", "nobody", "--provider", "corp", "--subject", "x")
    assert result.returncode == 1 and "no person is called `nobody`" in result.stdout
    result = home.command("sign-in", "link", "bob", "--provider", "crop", "--subject", "x")
    assert result.returncode == 1 and "no provider to sign in with is called `crop`" in result.stdout


def test_who_is_suspended_or_gone_signs_in_nowhere(home, visitor, another, provider):
    home.run("people", "add", "erin", "--email", "erin@acme.test")
    home.run("sign-in", "link", "erin", "--provider", "corp", "--subject", "erin-1")
    provider.subject = "erin-1"
    visitor.sign_in()
    assert visitor.person == "erin"
    home.run("people", "suspend", "erin")
    assert visitor.person is None and another.sign_in().status_code == 403
    home.run("people", "resume", "erin")
    another.sign_in()
    assert another.person == "erin"
    home.run("people", "offboard", "erin")
    assert another.person is None and another.sign_in().status_code == 403
    assert "erin-1" not in json.dumps(home.run("sign-in", "list")), "the login is nobody's any more"


def test_one_time_links_can_be_off_and_the_operator_turns_them_on(home, visitor, another):
    code = home.run("login", "dana")["link"].rsplit("/", 1)[1]
    home.run("sign-in", "links", "off")
    try:
        result = home.command("login", "dana")
        assert result.returncode == 1 and "one-time links are off" in result.stdout
        assert visitor.open("/login/" + code).status_code == 404
        assert visitor.submit("/login", code=code).status_code == 409 and visitor.person is None
        assert "one-time link" not in visitor.open("/sign-in").text
        result = home.command("sign-in", "remove", "corp")
        assert result.returncode == 1 and "nobody could sign in without `corp`" in result.stdout
    finally:
        home.run("sign-in", "links", "on")
    assert visitor.submit("/login", code=code).status_code == 200 and visitor.person == "dana"
