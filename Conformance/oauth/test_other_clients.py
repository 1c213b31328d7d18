"""An OAuth client that isn't made for MCP, and a reader of ID tokens that knows the published keys alone."""

import json
import time

import pytest
from authlib.integrations.requests_client import OAuth2Session
from flow import Client, Person, answer, ping, send
from joserfc import jwk, jwt


@pytest.mark.parametrize("way", ["none", "client_secret_basic", "client_secret_post"])
def test_authlib_signs_in_refreshes_and_gives_back(home, site, way):
    flags = () if way == "none" else ("--confidential",)
    made = home.run("clients", "register", "Other", "--redirect-uri", site.callback, *flags)
    session = OAuth2Session(
        made["id"], made.get("secret"), redirect_uri=site.callback, scope="read", code_challenge_method="S256",
        token_endpoint_auth_method=way, revocation_endpoint_auth_method=way)
    verifier = "v" * 64
    link, state = session.create_authorization_url(
        home.url + "/oauth/authorize", code_verifier=verifier, resource=home.url + "/mcp/product")
    place = Person(home, "alice").allow(link)
    assert answer(place)["state"] == state
    tokens = session.fetch_token(home.url + "/oauth/token", authorization_response=place, code_verifier=verifier)
    assert tokens["token_type"] == "Bearer" and tokens["scope"] == "read"
    assert ping(home, tokens["access_token"])[0] == 200
    renewed = session.refresh_token(home.url + "/oauth/token", refresh_token=tokens["refresh_token"])
    assert renewed["access_token"] != tokens["access_token"] and ping(home, renewed["access_token"])[0] == 200
    if way != "none":
        told = session.introspect_token(home.url + "/oauth/introspect", token=renewed["access_token"]).json()
        assert told["active"] and told["client_id"] == made["id"]
    assert session.revoke_token(home.url + "/oauth/revoke", token=renewed["refresh_token"]).status_code == 200
    assert ping(home, renewed["access_token"])[0] == 401


def test_id_tokens_are_verified_with_the_published_keys_also_after_a_rotation(home, site):
    made = home.run("clients", "register", "Sign-in", "--redirect-uri", site.callback)
    client, alice = Client(home, made["id"], site.callback), Person(home, "alice")

    def sign_in(nonce):
        code = answer(alice.allow(client.link(scope="openid read", nonce=nonce)))["code"]
        return client.redeem(code)[1]["id_token"]

    def keys():
        return json.loads(send(home.url + "/oauth/jwks")[2])

    first = sign_in("n1")
    home.run("clients", "rotate-keys")
    second = sign_in("n2")
    published = keys()
    assert len(published["keys"]) == 2 and all("d" not in key for key in published["keys"])
    heads = []
    for token, nonce in ((first, "n1"), (second, "n2")):
        read = jwt.decode(token, jwk.KeySet.import_key_set(published), algorithms=["RS256"])
        heads.append(read.header["kid"])
        assert read.claims["iss"] == home.url and read.claims["aud"] == made["id"] and read.claims["nonce"] == nonce
        assert read.claims["sub"] == "acme/alice" and read.claims["exp"] > time.time()
    assert heads[0] != heads[1]
    head, body, signature = first.split(".")
    with pytest.raises(Exception):
        jwt.decode(f"{head}.{body[:-2]}AA.{signature}", jwk.KeySet.import_key_set(published), algorithms=["RS256"])
    assert ping(home, first)[0] == 401, "who somebody is opens no endpoint"


def test_there_is_a_key_before_anything_is_signed_and_rs256_is_named(home):
    (key,) = json.loads(send(home.url + "/oauth/jwks")[2])["keys"][-1:]
    assert key["kty"] == "RSA" and key["alg"] == "RS256" and "d" not in key
    known = json.loads(send(home.url + "/.well-known/openid-configuration")[2])
    assert known["id_token_signing_alg_values_supported"] == ["RS256"] and "auth_time" in known["claims_supported"]


def test_a_client_that_wants_a_person_who_signed_in_lately_has_them_sign_in_again(home, site):
    made = home.run("clients", "register", "Strict", "--redirect-uri", site.callback)
    client, alice = Client(home, made["id"], site.callback), Person(home, "alice")
    asked = client.link(scope="openid read", max_age="300", nonce="n")
    tokens = client.redeem(answer(alice.allow(asked))["code"])[1]
    claims = jwt.decode(tokens["id_token"], jwk.KeySet.import_key_set(json.loads(send(home.url + "/oauth/jwks")[2])),
                        algorithms=["RS256"]).claims
    assert 0 <= time.time() - claims["auth_time"] < 60
    home.stop()
    home.sql("UPDATE browser_sessions SET created = created - 400000000")
    home.serve(int(home.url.rsplit(":", 1)[1]), flags=("--open-registration",))
    for link in (asked, client.link(prompt="login"), client.link(max_age="0")):
        status, headers, _ = alice.get(link)
        assert status == 303 and headers["Location"].startswith("/sign-in?next=%2Foauth%2Fauthorize"), link
        assert headers["Location"].endswith("&max_age=300" if link == asked else "&max_age=60"), "the provider is told"
    assert alice.get(client.link(max_age="500"))[0] == 200 and alice.get(client.link())[0] == 200
    assert answer(alice.get(client.link(max_age="soon"))[1]["Location"])["error"] == "invalid_request"
    again = Person(home, "alice")
    assert "code" in answer(again.allow(asked)) and again.get(client.link(prompt="login"))[0] == 200
