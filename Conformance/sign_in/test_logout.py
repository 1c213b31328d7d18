"""Signing out: here, there, and by the provider's word."""

import re
import secrets

import pytest
from words import query_of


def hear(visitor, token, name="corp"):
    return visitor.post(f"{visitor.home.url}/sign-in/{name}/logout", data={"logout_token": token}, timeout=20)


def test_signing_out_here_leads_to_signing_out_there(visitor, provider):
    visitor.sign_in()
    page = visitor.open("/browsers").text
    answer = visitor.submit("/logout", csrf=visitor.field("csrf", page))
    there = re.search(r'href="(http[^"]+)"', answer.text).group(1).replace("&amp;", "&")
    assert visitor.person is None
    query = query_of(there)
    assert there.startswith(provider.issuer + "/end?") and query["client_id"] == "deputy"
    assert query["post_logout_redirect_uri"] == visitor.home.url + "/sign-in"
    assert query["id_token_hint"].count(".") == 2
    assert "Sign in with corp" in visitor.open(there).text
    assert provider.seen[-1]["id_token_hint"] == query["id_token_hint"]


def test_a_logout_of_the_provider_ends_the_sessions_that_it_made_and_no_others(home, visitor, another, provider):
    link = type(visitor)(home).by_link("alice")
    visitor.sign_in()
    provider.session = "session-2"
    another.sign_in()
    provider.session = "session-1"
    assert hear(visitor, provider.logout_token()).status_code == 200
    assert visitor.person is None and another.person == "alice", "one session of the provider is meant"
    visitor.sign_in()
    assert hear(visitor, provider.logout_token(sid=None)).status_code == 200
    assert visitor.person is None and another.person is None, "all of the subject are meant"
    assert link.person == "alice", "a one-time link isn't the provider's to end"
    assert any(leaf.get("change") == "login.ended-by-provider" for leaf in home.leaves())


def test_a_logout_names_a_session_alone(visitor, provider):
    visitor.sign_in()
    assert hear(visitor, provider.logout_token(sub=None)).status_code == 200 and visitor.person is None


def test_replay_of_a_logout_ends_nothing_row_10(visitor, provider):
    token = provider.logout_token(sid=None)
    assert hear(visitor, token).status_code == 200
    visitor.sign_in()
    answer = hear(visitor, token)
    assert answer.status_code == 400 and answer.json()["error"] == "invalid_request" and visitor.person == "alice"


@pytest.mark.parametrize("changes", [
    {"iss": "https://evil.example"}, {"aud": "another"}, {"events": {}}, {"events": None}, {"nonce": "n"}, {"jti": None},
    {"sub": None, "sid": None}, {"exp": 1_700_000_000}, {"iat": 1_700_000_000}, {"iat": 4_000_000_000}])
def test_what_isnt_a_logout_of_ours_ends_nothing_row_10(visitor, provider, changes):
    visitor.sign_in()
    answer = hear(visitor, provider.logout_token(**changes))
    assert answer.status_code == 400 and answer.headers["Cache-Control"] == "no-store" and visitor.person == "alice"


def test_an_id_token_isnt_a_logout_row_10(visitor, provider):
    visitor.sign_in()
    assert hear(visitor, provider.id_token("deputy", "n", "a")).status_code == 400 and visitor.person == "alice"
    assert hear(visitor, "").status_code == 400 and hear(visitor, "a.b.c").status_code == 400
    assert hear(visitor, provider.logout_token(), "nobody").status_code == 400 and visitor.person == "alice"


def test_a_token_signed_by_somebody_else_ends_nothing_and_asks_the_provider_seldom(visitor, provider):
    """Anybody may send a logout. A made-up key makes Deputy ask for new keys a few times, and then no more."""
    visitor.sign_in()
    honest = dict(provider.keys)
    from joserfc import jwk
    forged = []
    for n in range(15):
        provider.keys["rsa"] = jwk.RSAKey.generate_key(2048, {"kid": f"forged-{n}"}, private=True)
        forged.append(provider.logout_token(jti=secrets.token_hex(4)))
    provider.keys = honest
    provider.fetched.clear()
    assert {hear(visitor, token).status_code for token in forged} == {400}
    assert 1 <= provider.fetched.count("/keys") <= 5 and visitor.person == "alice"
    # Somebody's own way back isn't kept from finding new keys by that.
    provider.keys["rsa"] = jwk.RSAKey.generate_key(2048, {"kid": "newer", "use": "sig"}, private=True)
    visitor.sign_in()
    assert visitor.person == "alice"


def test_keys_that_the_provider_changed_are_found_at_once(visitor, provider):
    """Key rotation: the first token of a new key makes Deputy ask once."""
    from joserfc import jwk
    visitor.sign_in()
    provider.keys["rsa"] = jwk.RSAKey.generate_key(2048, {"kid": "rotated", "use": "sig"}, private=True)
    provider.fetched.clear()
    visitor.sign_in()
    assert visitor.person == "alice" and provider.fetched.count("/keys") == 1
    provider.fetched.clear()
    visitor.sign_in()
    assert provider.fetched.count("/keys") == 0


def test_one_browser_is_ended_from_another(home, visitor, another, provider):
    visitor.sign_in()
    another.sign_in()
    page = visitor.open("/browsers").text
    assert page.count("signed in with corp") >= 2
    paths = re.findall(r'action="(/browsers/[^"]+)"', page)
    csrf = visitor.field("csrf", page)
    for path in paths:
        assert visitor.submit(path, csrf=csrf).status_code == 200
    assert visitor.person == "alice" and another.person is None
    bob = type(visitor)(home).by_link("bob")
    own = re.findall(r'action="(/browsers/[^"]+)"', bob.open("/browsers").text)
    stolen = bob.submit("/browsers/web_" + secrets.token_hex(8), csrf=bob.field("csrf", bob.open("/browsers").text))
    assert own == [] and stolen.status_code == 404
