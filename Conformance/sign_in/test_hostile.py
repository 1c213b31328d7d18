"""What a provider's token says is believed only if all of it is right. Each lie has an honest token beside it."""

import hashlib
import hmac
import json

import pytest
from hostile import b64


def lie(**changes):
    def change(header, claims):
        for name, value in changes.items():
            claims.pop(name, None) if value is None else claims.__setitem__(name, value)
    return change


def head(**changes):
    return lambda header, claims: header.update(changes)


def unsigned(name):
    def sign(provider):
        def forge(header, claims):
            text = b64(json.dumps({"alg": name, "typ": "JWT"}).encode()) + "." + b64(json.dumps(claims).encode())
            return text + "."
        return forge
    return sign


def symmetric(form):
    """The public key, which everybody has, taken for a shared secret."""
    def sign(provider):
        def forge(header, claims):
            key = provider.keys["rsa"]
            secret = key.as_pem(private=False) if form == "pem" else json.dumps(key.as_dict(private=False)).encode()
            text = b64(json.dumps({"alg": "HS256", "kid": "rsa", "typ": "JWT"}).encode()) + "." \
                + b64(json.dumps(claims).encode())
            return text + "." + b64(hmac.new(secret, text.encode(), hashlib.sha256).digest())
        return forge
    return sign


def client_secret(provider):
    """HS256 with the secret that both know."""
    def forge(header, claims):
        text = b64(b'{"alg":"HS256"}') + "." + b64(json.dumps(claims).encode())
        return text + "." + b64(hmac.new(provider.clients["deputy"].encode(), text.encode(), hashlib.sha256).digest())
    return forge


def own_key(provider):
    """Signed by a key that the token brings along."""
    from joserfc import jwk, jws
    key = jwk.RSAKey.generate_key(2048, {"kid": "rsa"}, private=True)

    def forge(header, claims):
        header = header | {"jwk": key.as_dict(private=False), "jku": provider.issuer + "/keys"}
        return jws.serialize_compact(header, json.dumps(claims).encode(), key, algorithms=["RS256"])
    return forge


def twice(provider):
    """Two subjects in one token: readers of the first and the last would disagree."""
    def forge(header, claims):
        from joserfc import jws
        text = json.dumps(claims).replace('"sub":', '"sub": "bob-1", "sub":', 1)
        return jws.serialize_compact(header, text.encode(), provider.keys["rsa"], algorithms=["RS256"])
    return forge


SAID = {
    "another issuer": ("issuer", lie(iss="https://evil.example")), "no issuer": ("issuer", lie(iss=None)),
    "another audience": ("audience", lie(aud="another")), "no audience": ("audience", lie(aud=None)),
    "audiences of others": ("audience", lie(aud=["a", "b"])),
    "two audiences without azp": ("authorized-party", lie(aud=["deputy", "another"])),
    "two audiences and another azp": ("authorized-party", lie(aud=["deputy", "another"], azp="another")),
    "another azp": ("authorized-party", lie(azp="another")),
    "another nonce": ("nonce", lie(nonce="another")), "no nonce": ("nonce", lie(nonce=None)),
    "expired": ("expired", lie(exp=1_700_000_000)), "no end": ("expired", lie(exp=None)),
    "not yet": ("issued", lie(nbf=4_000_000_000)), "from the future": ("issued", lie(iat=4_000_000_000)),
    "from before": ("issued", lie(iat=1_700_000_000)), "no time": ("issued", lie(iat=None)),
    "another access token": ("access-token", lie(at_hash="AAAAAAAAAAAAAAAAAAAAAA")),
    "no subject": ("subject", lie(sub=None)), "an empty subject": ("subject", lie(sub="")),
    "an access token's type": ("type", head(typ="at+jwt")), "a logout's type": ("type", head(typ="logout+jwt")),
    "an unknown key": ("unknown-key", head(kid="another")), "another's key": ("unknown-key", head(kid="ec")),
}
SIGNED = {
    "alg none": ("algorithm", unsigned("none")), "alg None": ("algorithm", unsigned("None")),
    "alg nOnE": ("algorithm", unsigned("nOnE")), "no alg": ("algorithm", unsigned("")),
    "the public key as a secret": ("algorithm", symmetric("pem")),
    "the key set's key as a secret": ("algorithm", symmetric("jwk")), "the client's secret": ("algorithm", client_secret),
    "a key that the token brings": ("signature", own_key), "two subjects": ("malformed", twice),
}


@pytest.mark.parametrize("name", SAID)
def test_row_6_a_token_that_lies_signs_nobody_in(visitor, provider, name):
    word, provider.change = SAID[name]
    answer = visitor.sign_in()
    assert answer.status_code == 400 and f"this word: token-{word}<" in answer.text and visitor.person is None
    provider.change = lambda header, claims: None
    assert visitor.sign_in().status_code == 200 and visitor.person == "alice"


@pytest.mark.parametrize("name", SIGNED)
def test_row_6_a_token_that_is_forged_signs_nobody_in(visitor, provider, name):
    word, sign = SIGNED[name]
    provider.sign = sign(provider)
    answer = visitor.sign_in()
    assert answer.status_code == 400 and f"this word: token-{word}<" in answer.text and visitor.person is None
    provider.sign = provider.honest
    visitor.sign_in()
    assert visitor.person == "alice"


@pytest.mark.parametrize("alg", ["RS256", "PS256", "ES256", "EdDSA"])
def test_each_signature_that_is_taken_is(visitor, provider, alg):
    provider.alg = alg
    visitor.sign_in()
    assert visitor.person == "alice"


def test_an_algorithm_that_the_provider_doesnt_name_isnt_taken(home, visitor, provider, tmp_path):
    """RS256 of a provider that says ES256: the key is right, the signature is right, and it isn't taken."""
    other = type(provider)()
    try:
        other.metadata = lambda document: document | {"id_token_signing_alg_values_supported": ["ES256"]}
        home.run("sign-in", "add", "narrow", "--issuer", other.issuer, "--client-id", "deputy",
                 secret=other.clients["deputy"])
        home.run("sign-in", "link", "bob", "--provider", "narrow", "--subject", "alice-1")
        assert visitor.sign_in("narrow").status_code == 400 and visitor.person is None
        other.alg = "ES256"
        visitor.sign_in("narrow")
        assert visitor.person == "bob"
        home.run("sign-in", "remove", "narrow")
        assert visitor.person is None, "whom it signed in is signed out with it"
    finally:
        other.stop()


def test_the_mail_address_says_nothing_of_who_somebody_is(visitor, provider):
    """Every token of this provider claims to be `dana@acme.test`, verified. Nobody linked this subject."""
    provider.subject = "stranger-1"
    answer = visitor.sign_in()
    assert answer.status_code == 403 and "belongs to nobody here" in answer.text and "stranger-1" in answer.text
    assert visitor.person is None


@pytest.mark.parametrize("subject", ["Alice-1", "alice-1 ", "ALICE-1", "alice-\u200b1"])
def test_a_subject_is_compared_byte_by_byte(visitor, provider, subject):
    provider.subject = subject
    assert visitor.sign_in().status_code == 403 and visitor.person is None


@pytest.mark.parametrize("told", [None, -3_600, 3_600, "now"])
def test_a_sign_in_that_has_to_be_new_wants_a_provider_that_says_so(visitor, provider, told):
    """OpenID Connect Core 1.0 section 3.1.3.7, rule 12: a session there from before doesn't do, nor silence about it."""
    def tell(header, claims):
        if told is not None:
            claims["auth_time"] = claims["iat"] + told if told != "now" else "now"
    provider.change = tell
    answer = visitor.sign_in(max_age=300)
    assert provider.seen[-1]["max_age"] == "300"
    assert answer.status_code == 400 and "this word: token-auth-time<" in answer.text and visitor.person is None
    visitor.sign_in()
    assert "max_age" not in provider.seen[-1] and visitor.person == "alice"
    provider.change = lambda header, claims: claims.update(auth_time=claims["iat"] - 240)
    again = type(visitor)(visitor.home)
    again.sign_in(max_age=300)
    assert again.person == "alice"


def test_how_new_it_has_to_be_is_a_number_of_ours(visitor):
    assert visitor.open("/sign-in", max_age=300).text.count("/sign-in/corp?max_age=300") == 1
    for wrong in ("soon", "-1", "9" * 30):
        assert visitor.open("/sign-in/corp", follow=False, max_age=wrong).status_code == 403
