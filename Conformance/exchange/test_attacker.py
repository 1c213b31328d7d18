"""Whoever brings the wrong token, somebody else's or an old one gets nothing, and the ledger says who tried."""

import hashlib
import hmac
import json
import secrets
import time

import pytest
from authlib.jose import JsonWebKey
from issuing import b64, ping


def refused(home, builder, token, word, **changes):
    before = len(home.leaves())
    status, answer = builder.exchange(token, **changes)
    assert (status, answer["error"]) == (400, "invalid_request"), answer
    leaves = [leaf for leaf in home.leaves()[before:] if leaf.get("change") == "exchange.refused"]
    assert len(leaves) == 1 and leaves[0]["client"] == builder.id and leaves[0]["because"].endswith(word), leaves
    assert token not in json.dumps(home.leaves())


def bare(header, claims, sign=lambda text: b""):
    text = b64(json.dumps(header).encode()) + "." + b64(json.dumps(claims).encode())
    return text + "." + b64(sign(text.encode()))


@pytest.mark.parametrize("changes, word", [
    ({"aud": "api://other"}, "audience"), ({"aud": "api://builder/"}, "audience"), ({"aud": []}, "audience"),
    ({"aud": ["api://builder", "api://mail"]}, "authorized-party"), ({"azp": "api://mail"}, "authorized-party"),
    ({"exp": int(time.time()) - 1}, "expired"), ({"exp": None}, "expired"), ({"iat": int(time.time()) + 900}, "issued"),
    ({"nbf": int(time.time()) + 900}, "issued"), ({"iat": None}, "issued"), ({"sub": None}, "subject"),
    ({"sub": ["alice-1"]}, "subject"), ({"cnf": {"jkt": "x"}}, "restricted"), ({"act": "planner"}, "actor"),
    ({"events": {"x": {}}}, "type"), ({"iss": "https://id.evil.example"}, "issuer"),
])
def test_row_6_each_claim_that_is_wrong(home, builder, changes, word):
    refused(home, builder, builder.token(**changes), word)


def test_row_6_no_other_signature(home, builder, issuer):
    claims = issuer.claims("alice-1", builder.audience)
    public = json.dumps(issuer.keys["ec"].as_dict(is_private=False)).encode()
    for alg in ("none", "None", "nOnE", "HS256", "HS512", "RS1", ""):
        sign = lambda text: hmac.new(public, text, hashlib.sha256).digest() if alg.startswith("H") else b""
        refused(home, builder, bare({"alg": alg, "typ": "JWT", "kid": "ec"}, claims, sign), "algorithm")
    refused(home, builder, builder.token()[:-4] + "AAAA", "signature")
    refused(home, builder, ".".join(builder.token().split(".")[:2]) + ".", "signature")


def test_row_6_no_other_key(home, builder, issuer, stranger):
    evil = JsonWebKey.generate_key("EC", "P-256", {"kid": "ec"}, is_private=True)
    refused(home, builder, builder.token(key=evil), "signature")
    public = evil.as_dict(is_private=False)
    refused(home, builder, builder.token(key=evil, header={"jwk": public, "jku": stranger.url + "/keys"}), "signature")
    for kid in ("../../etc/passwd", "ec\0", "' OR '1'='1", stranger.url + "/keys"):
        refused(home, builder, builder.token(key=evil, header={"kid": kid}), "unknown-key")
    # Another issuer's own key and honest token; and that token with our issuer's name in it.
    refused(home, builder, stranger.id_token("alice-1", builder.audience), "issuer")
    refused(home, builder, stranger.id_token("alice-1", builder.audience, iss=issuer.url), "signature")
    assert stranger.fetched == [], "nobody asks whom a token names"


def test_a_token_of_another_audience_or_client(home, builder):
    other = builder.other
    refused(home, builder, other.token(), "audience")
    assert builder.exchange(other.token(), client_id=other.id)[1]["error"] == "invalid_client", "confused client_id"
    status, answer = other.exchange(builder.token())
    assert (status, answer["error"]) == (400, "invalid_request")
    assert other.exchange(other.token())[0] == 200


def test_a_client_without_a_secret(home, builder):
    public = home.run("clients", "register", "Public", "--redirect-uri", "http://127.0.0.1/callback")["id"]
    status, answer = builder.exchange(builder.token(), client_id=public, client_secret=None)
    assert (status, answer["error"]) == (400, "unauthorized_client")


def test_somebody_whom_nobody_knows_here(home, builder):
    status, answer = builder.exchange(builder.token("mallory-1"))
    assert (status, answer["error"]) == (400, "invalid_request") and "nobody" in answer["error_description"]
    leaf = [leaf for leaf in home.leaves() if leaf.get("change") == "exchange.refused"][-1]
    assert leaf["subject"] == "mallory-1" and "person" not in leaf
    # A mail address finds nobody.
    assert builder.exchange(builder.token("x", email="alice@acme.test", email_verified=True))[0] == 400


def test_unlinking_ends_it_on_the_next_call(home, builder, issuer):
    home.run("sign-in", "link", "carol", "--issuer", issuer.url, "--subject", "carol-1")
    token = builder.token("carol-1")
    session = builder.exchange(token)[1]["access_token"]
    assert ping(home, session) == 200
    home.run("sign-in", "unlink", "--issuer", issuer.url, "--subject", "carol-1")
    assert ping(home, session) == 401
    assert builder.exchange(token)[1]["error"] == "invalid_request"
    assert builder.redeem(builder.leave("carol-1"))[1]["error"] == "invalid_grant"


def test_suspending_the_person_ends_it(home, builder, issuer):
    home.run("sign-in", "link", "dana", "--issuer", issuer.url, "--subject", "dana-1")
    session = builder.session("dana-1")
    home.run("people", "suspend", "dana")
    assert ping(home, session) == 401
    assert builder.exchange(builder.token("dana-1"))[1]["error"] == "invalid_request"
    home.run("people", "resume", "dana")
    assert ping(home, session) == 401, "what ended stays ended"


def test_removing_the_issuer_ends_it(home, builder, stranger):
    home.run("issuers", "add", "lab", "--issuer", stranger.url, "--audience", f"api://lab={builder.id}", "--once")
    home.run("sign-in", "link", "alice", "--issuer", stranger.url, "--subject", "a")
    token = stranger.id_token("a", "api://lab", jti=secrets.token_hex(8))
    session = builder.exchange(token)[1]["access_token"]
    assert ping(home, session) == 200
    refused(home, builder, token, "brought before")
    refused(home, builder, stranger.id_token("a", "api://lab"), "could come twice")
    home.run("issuers", "remove", "lab")
    assert ping(home, session) == 401
    refused(home, builder, stranger.id_token("a", "api://lab", jti="n"), "issuer")
    home.run("sign-in", "unlink", "--issuer", stranger.url, "--subject", "a")


def test_revoking_the_client_ends_it(home, builder, issuer):
    session = builder.other.session()
    home.run("clients", "revoke", builder.other.id)
    assert ping(home, session) == 401
    assert builder.other.exchange(builder.other.token())[1]["error"] == "invalid_client"


def test_row_6_a_leave_is_taken_once(home, builder):
    leave = builder.leave()
    status, answer = builder.redeem(leave)
    assert status == 200 and "refresh_token" not in answer and answer["expires_in"] <= 600
    assert ping(home, answer["access_token"]) == 200
    status, answer = builder.redeem(leave)
    assert (status, answer["error"]) == (400, "invalid_grant")
    assert home.leaves()[-1]["because"] == "the token was brought before"


@pytest.mark.parametrize("changes, error", [
    ({"header": {"typ": "JWT"}}, "invalid_grant"), ({"header": {"typ": None}}, "invalid_grant"),
    ({"audience": "https://other.example"}, "invalid_grant"), ({"client": "app_other"}, "invalid_grant"),
    ({"client": None}, "invalid_grant"), ({"jti": None}, "invalid_grant"), ({"exp": int(time.time()) - 90}, "invalid_grant"),
    ({"exp": int(time.time()) + 86_400}, "invalid_grant"), ({"resource": None}, "invalid_grant"),
    ({"resource": "https://other.example/mcp/product"}, "invalid_target"), ({"sub": None}, "invalid_grant"),
    ({"scope": "openid"}, "invalid_scope"), ({"authorization_details": [{"type": "x"}]}, "invalid_grant"),
])
def test_what_is_no_leave(builder, changes, error):
    status, answer = builder.redeem(builder.leave(**changes))
    assert (status, answer["error"]) == (400, error), answer


def test_a_leave_for_two_audiences_or_another_place(home, builder):
    two = builder.leave(audience=[home.url, "https://other.example"])
    assert builder.redeem(two)[1]["error"] == "invalid_grant"
    assert builder.redeem(builder.leave(audience=[home.url]))[0] == 200
    assert builder.redeem(builder.leave(), resource=builder.resource("email"))[1]["error"] == "invalid_target"


def test_a_leave_is_no_token_and_a_token_no_leave(builder):
    assert builder.exchange(builder.leave())[1]["error"] == "invalid_request"
    assert builder.redeem(builder.token())[1]["error"] == "invalid_grant"


def test_nothing_of_a_token_is_kept(home, builder):
    token = builder.token()
    session = builder.exchange(token)[1]["access_token"]
    signature = token.rsplit(".", 1)[1].encode()
    home.output.flush()
    for path in home.files + [home.output.name]:
        with open(path, "rb") as file:
            content = file.read()
        assert signature not in content and session.encode() not in content, path
