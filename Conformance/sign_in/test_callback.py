"""The way back: it belongs to one browser, one provider and one try. Row 6 of the attacks."""

import time
import urllib.parse

import pytest
from words import query_of


def test_row6_an_answer_of_another_provider_isnt_taken_mix_up(visitor, provider):
    """`iss` is wrong, normalised, or missing though the provider says that it always names itself."""
    for issuer in ("https://evil.example", provider.issuer + "/", provider.issuer.upper(), "", None):
        def answer(query, issuer=issuer):
            return {k: v for k, v in (query | {"iss": issuer}).items() if v is not None}
        provider.answer = answer
        assert visitor.sign_in().status_code == 400 and visitor.person is None, issuer
    assert "/token" not in provider.fetched, "no code went to a provider that it may not be from"
    provider.answer = lambda query: query
    visitor.sign_in()
    assert visitor.person == "alice"


def test_row6_a_code_goes_to_the_provider_that_was_asked_and_to_no_other(home, visitor, provider):
    """Two providers: what was begun with one is brought to the other's address."""
    other = type(provider)()
    try:
        home.run("sign-in", "add", "other", "--issuer", other.issuer, "--client-id", "public", "--auth", "none")
        back = visitor.arrive("corp")
        answer = visitor.open(back.replace("/sign-in/corp/", "/sign-in/other/"))
        assert answer.status_code == 400 and "is over" in answer.text
        assert "/token" not in other.fetched
        visitor.open(back)
        assert visitor.person == "alice", "where it belongs it is taken"
    finally:
        home.run("sign-in", "remove", "other")
        other.stop()


def test_login_csrf_an_answer_that_this_browser_didnt_ask_for_signs_it_in_nowhere(visitor, another, provider):
    """The attacker begins, and sends the victim the way back: the victim would act as the attacker."""
    provider.subject = "bob-1"
    back = visitor.arrive()
    answer = another.open(back)
    assert answer.status_code == 400 and another.person is None
    visitor.open(back)
    assert visitor.person == "bob"


def test_another_persons_browser_begins_and_its_answer_isnt_taken_for_mine(visitor, another, provider):
    """Both are on their way at once; the answers are exchanged."""
    mine, theirs = visitor.arrive(), another.arrive()
    assert visitor.open(theirs).status_code == 400 and another.open(mine).status_code == 400
    visitor.open(mine)
    assert visitor.person == "alice"


def test_code_injection_a_stolen_code_in_ones_own_answer_is_refused(visitor, another, provider):
    """The attacker has Alice's code, and puts it into an answer of their own: state and cookie are theirs, PKCE isn't."""
    stolen = query_of(visitor.arrive())["code"]
    provider.subject = "bob-1"
    own = urllib.parse.urlsplit(another.arrive())
    query = query_of(own.geturl()) | {"code": stolen}
    answer = another.open(own._replace(query=urllib.parse.urlencode(query)).geturl())
    assert answer.status_code == 400 and another.person is None


def test_code_injection_a_code_of_another_nonce_is_refused(visitor, provider):
    """A provider without PKCE hands out a token for a code of another try: its nonce isn't this one's."""
    first = query_of(visitor.arrive())
    provider.change = lambda header, claims: claims.update(nonce=provider.seen[0]["nonce"])
    assert visitor.sign_in().status_code == 400 and visitor.person is None
    assert first["state"] != provider.seen[-1]["state"]


def test_replay_of_the_callback_signs_nobody_in_twice(visitor, another, provider):
    """The provider would take the same code again; the way back works once all the same."""
    provider.redeem_again = True
    back = visitor.arrive()
    ticket = visitor.cookies.copy()
    codes = dict(provider.codes)
    visitor.open(back)
    assert visitor.person == "alice"
    provider.codes.update(codes)
    another.cookies.update(ticket)
    answer = another.open(back)
    assert answer.status_code == 409 and "taken already" in answer.text and another.person is None


def test_two_at_once_with_one_answer_are_one(visitor, another, provider):
    back = visitor.arrive()
    another.cookies.update(visitor.cookies)
    assert sorted(v.open(back).status_code for v in (visitor, another)) in ([200, 400], [200, 409])


def test_state_is_used_once_even_by_its_own_browser(visitor, provider):
    back = visitor.arrive()
    visitor.open(back)
    session = visitor.cookies.get("deputy")
    assert visitor.open(back).status_code == 400, "its cookie is gone with the first"
    assert visitor.cookies.get("deputy") == session and visitor.person == "alice"


@pytest.mark.parametrize("spoil", ["without", "altered", "two", "foreign"])
def test_without_its_own_cookie_an_answer_is_nothing(visitor, another, provider, spoil):
    back = visitor.arrive()
    ticket = visitor.cookies.pop("deputy-sign-in")
    cookie = {
        "without": "", "altered": f"deputy-sign-in={ticket[:-2]}AA", "foreign": "deputy-sign-in=a.b",
        "two": f"deputy-sign-in={ticket}; deputy-sign-in={ticket}",
    }[spoil]
    assert another.get(back, headers={"Cookie": cookie}, allow_redirects=False).status_code == 400
    assert another.get(back, headers={"Cookie": f"deputy-sign-in={ticket}"}, allow_redirects=False).status_code == 303


@pytest.mark.parametrize("change", [
    {"state": "another"}, {"state": None}, {"code": None}, {"code": "another"}, {"error": "access_denied"}])
def test_an_answer_that_lacks_or_alters_something_is_nothing(visitor, provider, change):
    back = urllib.parse.urlsplit(visitor.arrive())
    query = {k: v for k, v in (query_of(back.geturl()) | change).items() if v is not None}
    answer = visitor.open(back._replace(query=urllib.parse.urlencode(query)).geturl())
    assert answer.status_code in (400, 403) and visitor.person is None


def test_a_parameter_that_comes_twice_is_refused(visitor, provider):
    back = visitor.arrive()
    assert visitor.open(back + "&iss=https%3A%2F%2Fevil.example").status_code == 400 and visitor.person is None


def test_session_fixation_signing_in_makes_a_session_that_nobody_knew_before(visitor, provider):
    """A session that an attacker planted isn't the one that the person is signed in with."""
    visitor.cookies.set("deputy", "dpy_web_" + "A" * 43, domain="127.0.0.1", path="/")
    visitor.sign_in()
    first = [c.value for c in visitor.cookies if c.name == "deputy"]
    assert first != ["dpy_web_" + "A" * 43] and visitor.person == "alice"
    visitor.sign_in()
    second = [c.value for c in visitor.cookies if c.name == "deputy"]
    assert first != second and visitor.person == "alice"
    visitor.cookies.clear()
    visitor.cookies.set("deputy", first[0], domain="127.0.0.1", path="/")
    assert visitor.person is None, "the session of before ended with the new one"


def test_a_browser_of_somebody_else_isnt_taken_over(visitor, provider):
    visitor.sign_in()
    provider.subject = "bob-1"
    answer = visitor.sign_in()
    assert answer.status_code == 409 and visitor.person == "alice"


@pytest.mark.parametrize("next", [
    "https://evil.example", "//evil.example", "/\\evil.example", "\\\\evil.example", "/%0d%0aSet-Cookie:a=b\r\nb: c",
    "javascript:alert(1)", "evil.example", "/\t/evil.example", ""])
def test_open_redirect_next_leads_nowhere_but_here(visitor, provider, next):
    response = visitor.open(visitor.arrive(next=next), follow=False)
    assert response.status_code == 303 and response.headers["Location"] == "/approvals"


def test_next_leads_back_to_the_page_that_was_asked_for(visitor, provider):
    page = visitor.open("/tokens?a=b&c=d")
    assert page.status_code == 401 and "/sign-in?next=%2Ftokens%3Fa%3Db%26c%3Dd" in page.text
    page = visitor.open("/sign-in", next="/tokens?a=b")
    assert '/sign-in/corp?next=%2Ftokens%3Fa%3Db"' in page.text
    assert visitor.open(visitor.arrive(next="/tokens?a=b"), follow=False).headers["Location"] == "/tokens?a=b"


def test_what_goes_to_the_provider_is_code_pkce_state_and_nonce(visitor, provider):
    query = query_of(visitor.depart())
    assert query["response_type"] == "code" and query["code_challenge_method"] == "S256"
    assert len(query["code_challenge"]) == 43 and len(query["state"]) == 43 and len(query["nonce"]) == 43
    assert query["scope"] == "openid" and query["redirect_uri"] == visitor.home.url + "/sign-in/corp/callback"
    again = query_of(visitor.depart())
    assert all(query[name] != again[name] for name in ("state", "nonce", "code_challenge"))


def test_however_often_strangers_fail_the_ledger_grows_little_and_others_sign_in(home, visitor, another, provider):
    before = len(home.leaves())
    statuses = {another.open("/sign-in/corp/callback", code="x", state=str(n)).status_code for n in range(60)}
    assert statuses == {400, 429}
    failed = [leaf for leaf in home.leaves()[before:] if leaf.get("change") == "login.failed"]
    assert len(home.leaves()) - before <= 2 and len(failed) <= 1
    for count in range(30):
        if visitor.sign_in().status_code == 200:
            break
        time.sleep(1)       # the address of both is one here; a person's own tries are given back
    assert visitor.person == "alice"
