"""The strict authorization server: rotation, reuse, and what a test may make go wrong with it."""

import concurrent.futures
import secrets
import time

import pytest
import requests
from acme_oauth import CALLBACK, address, decide, families, landed, later, pkce, register
from authlib.integrations.requests_client import OAuth2Session
from proof import refutes

SECRET = "s3cret-of-the-app"


class App:
    """A registered app at the strict server, with as many people as wish."""

    def __init__(self, acme, name="deputy", **more):
        self.acme, self.name, self.origin = acme, register(acme, "strict", name, SECRET, **more), acme.origins["strict"]

    def authorize(self, account="alice", scope="mail.read mail.send", decision="allow", **changes):
        self.verifier, challenge = pkce()
        query = {
            "client_id": self.name, "response_type": "code", "redirect_uri": CALLBACK, "scope": scope, "state": "st",
            "code_challenge": challenge, "code_challenge_method": "S256",
        } | changes
        query = {name: value for name, value in query.items() if value is not None}
        return decide(address(self.origin, "/authorize", **query), account, decision)

    def post(self, path, auth=True, **fields):
        return requests.post(
            self.origin + path, data=fields, auth=(self.name, SECRET) if auth is True else auth or None, timeout=10)

    def redeem(self, code, **changes):
        fields = {"code": code, "redirect_uri": CALLBACK, "code_verifier": self.verifier} | changes
        return self.post("/token", grant_type="authorization_code", **fields)

    def connect(self, account="alice", **more):
        answer = self.redeem(landed(self.authorize(account, **more))["code"])
        assert answer.status_code == 200, answer.text
        return answer.json()

    def refresh(self, token, **more):
        return self.post("/token", grant_type="refresh_token", refresh_token=token, **more)

    def echo(self, access, path=""):
        return requests.get(
            self.origin + "/api/echo" + path, headers={"Authorization": "Bearer " + access} if access else {},
            timeout=10)

    def set(self, **settings):
        self.acme.control("POST", "/strict", **settings)


@pytest.fixture
def strict(start):
    return start("--oauth")


@pytest.fixture
def app(strict):
    return App(strict)


def fails(answer, status, error):
    assert (answer.status_code, answer.json()["error"]) == (status, error), answer.text


def check_owner(app, access, owner):
    assert app.echo(access).json()["owner"] == owner
    assert app.acme.last()["owner"] == owner


def test_an_independent_client_connects_refreshes_and_revokes(strict):
    app = App(strict)
    metadata = requests.get(app.origin + "/.well-known/oauth-authorization-server", timeout=10).json()
    assert metadata["issuer"] == app.origin
    session = OAuth2Session(
        app.name, SECRET, scope="mail.read", redirect_uri=CALLBACK, code_challenge_method="S256",
        token_endpoint=metadata["token_endpoint"], token_endpoint_auth_method="client_secret_basic")
    verifier = secrets.token_urlsafe(48)
    url, state = session.create_authorization_url(metadata["authorization_endpoint"], code_verifier=verifier)
    answer = decide(url, "bob")
    assert landed(answer)["state"] == state
    assert landed(answer)["iss"] == metadata["issuer"]
    token = session.fetch_token(authorization_response=answer.headers["Location"], code_verifier=verifier)
    assert session.get(app.origin + "/api/echo").json()["owner"] == "bob"
    assert session.get(app.origin + "/userinfo").json()["email"] == "bob@acme.test"
    renewed = session.refresh_token(metadata["token_endpoint"])
    assert renewed["refresh_token"] != token["refresh_token"]
    check = session.introspect_token(metadata["introspection_endpoint"], token=renewed["access_token"]).json()
    assert check["active"] and check["username"] == "bob" and check["scope"] == "mail.read"
    assert session.revoke_token(metadata["revocation_endpoint"], token=renewed["refresh_token"]).status_code == 200
    assert session.introspect_token(metadata["introspection_endpoint"], token=renewed["access_token"]).json() == {
        "active": False}


def test_tokens_are_their_owners(app):
    tokens = {owner: app.connect(owner)["access_token"] for owner in ["alice", "bob", "carol"]}
    for owner, access in tokens.items():
        check_owner(app, access, owner)
    refutes(check_owner, app, tokens["alice"], "bob")


def test_a_code_needs_its_verifier_its_redirect_uri_and_its_app(app):
    code = landed(app.authorize())["code"]
    fails(app.redeem(code, code_verifier=pkce()[0]), 400, "invalid_grant")
    fails(app.redeem(code, code_verifier=""), 400, "invalid_grant")
    fails(app.redeem(code, redirect_uri=CALLBACK + "/"), 400, "invalid_grant")
    other = App(app.acme, "other")
    fails(other.post("/token", grant_type="authorization_code", code=code, redirect_uri=CALLBACK,
                     code_verifier=app.verifier), 400, "invalid_grant")
    assert app.redeem(code).status_code == 200


def test_a_code_that_comes_twice_ends_the_authorization(app):
    code = landed(app.authorize())["code"]
    tokens = app.redeem(code).json()
    fails(app.redeem(code), 400, "invalid_grant")
    assert app.echo(tokens["access_token"]).status_code == 401
    fails(app.refresh(tokens["refresh_token"]), 400, "invalid_grant")
    assert families(app.acme, "strict")[0]["ended"] == "code replayed"


def test_a_code_ends_after_ten_minutes(app):
    code = landed(app.authorize())["code"]
    later(app.acme, 601)
    fails(app.redeem(code), 400, "invalid_grant")


def test_what_is_wrong_with_an_authorization_request(app):
    for changes in [{"client_id": "mallory"}, {"redirect_uri": CALLBACK + "?x=1"}, {"redirect_uri": CALLBACK.upper()}]:
        answer = app.authorize(**changes)
        assert answer.status_code == 400 and "Location" not in answer.headers
    for changes, error in [
        ({"code_challenge": None}, "invalid_request"), ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"response_type": "token"}, "unsupported_response_type"), ({"decision": "cancel"}, "access_denied"),
    ]:
        back = landed(app.authorize(**changes))
        assert (back["error"], back["state"], back["iss"]) == (error, "st", app.origin)
        assert "code" not in back
        assert app.acme.last()["error"] == error


def test_apps_prove_who_they_are_in_one_way(app):
    token = app.connect()["refresh_token"]
    refresh = {"grant_type": "refresh_token", "refresh_token": token}
    fails(app.post("/token", auth=(app.name, "wrong"), **refresh), 401, "invalid_client")
    fails(app.post("/token", auth=None, client_id=app.name, **refresh), 401, "invalid_client")
    fails(app.post("/token", client_id=app.name, client_secret=SECRET, **refresh), 400, "invalid_request")
    fails(App(app.acme, "other").refresh(token), 400, "invalid_grant")
    assert app.post("/token", auth=None, client_id=app.name, client_secret=SECRET, **refresh).status_code == 200


def test_a_public_app_has_no_secret(strict):
    register(strict, "strict", "spa", secret=None)
    app = App(strict, "spa-owner")
    app.name = "spa"
    code = landed(app.authorize())["code"]
    answer = app.post("/token", auth=None, client_id="spa", grant_type="authorization_code", code=code,
                      redirect_uri=CALLBACK, code_verifier=app.verifier)
    assert answer.status_code == 200


def test_a_refresh_token_that_comes_again_ends_the_family(app):
    first = app.connect()
    other = app.connect("bob")
    second = app.refresh(first["refresh_token"]).json()
    assert app.echo(second["access_token"]).ok and app.echo(first["access_token"]).ok
    fails(app.refresh(first["refresh_token"]), 400, "invalid_grant")
    for access in [first["access_token"], second["access_token"]]:
        assert app.echo(access).status_code == 401
    fails(app.refresh(second["refresh_token"]), 400, "invalid_grant")
    family = families(app.acme, "strict")[0]
    assert (family["posts"], family["refreshes"], family["reuses"]) == (3, 1, 1)
    assert family["ended"] == "refresh token reused"
    assert app.echo(other["access_token"]).ok


def test_of_many_refreshes_at_once_one_wins_and_the_family_is_over(app):
    first = app.connect()
    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda _: app.refresh(first["refresh_token"]), range(16)))
    won = [answer.json() for answer in answers if answer.status_code == 200]
    assert len(won) == 1
    fails(app.refresh(won[0]["refresh_token"]), 400, "invalid_grant")
    assert app.echo(won[0]["access_token"]).status_code == 401
    family = families(app.acme, "strict")[0]
    assert (family["posts"], family["refreshes"], family["reuses"]) == (17, 1, 15)


def test_a_leeway_forgives_a_reuse(app):
    app.set(reuse_leeway_seconds=600)
    first = app.connect()
    app.refresh(first["refresh_token"])
    assert app.refresh(first["refresh_token"]).status_code == 200
    later(app.acme, 601)
    fails(app.refresh(first["refresh_token"]), 400, "invalid_grant")


def test_tokens_end_by_the_servers_clock(app):
    app.set(access_seconds=60, refresh_seconds=3600)
    tokens = app.connect()
    assert tokens["expires_in"] == 60
    later(app.acme, 61)
    answer = app.echo(tokens["access_token"])
    assert answer.status_code == 401 and 'error="invalid_token"' in answer.headers["WWW-Authenticate"]
    assert app.acme.last()["owner"] == "alice"
    assert app.echo(app.refresh(tokens["refresh_token"]).json()["access_token"]).ok
    later(app.acme, 3601)
    fails(app.refresh(tokens["refresh_token"]), 400, "invalid_grant")


def test_the_api_challenges(app):
    narrow = app.connect(scope="mail.read")["access_token"]
    assert app.echo(None).headers["WWW-Authenticate"] == 'Bearer realm="strict"'
    assert app.echo("sat_nobodys").status_code == 401
    assert app.echo(narrow, "/mail.read").ok
    answer = app.echo(narrow, "/mail.send")
    assert answer.status_code == 403
    assert 'error="insufficient_scope", scope="mail.send"' in answer.headers["WWW-Authenticate"]


@pytest.mark.parametrize("setting, expected", [("number", 3600), ("string", "3600"), ("absent", None)])
def test_how_the_lifetime_is_written(app, setting, expected):
    app.set(expires_in=setting)
    assert app.connect().get("expires_in") == expected


def test_a_refresh_token_that_stays(app):
    app.set(refresh_token="stays")
    first = app.connect()
    for _ in range(2):
        answer = app.refresh(first["refresh_token"]).json()
        assert "refresh_token" not in answer and app.echo(answer["access_token"]).ok
    app.set(refresh_token="none")
    assert "refresh_token" not in app.connect()


def test_fewer_scopes_than_asked_for(app):
    app.set(grantable_scopes=["mail.read"])
    tokens = app.connect(scope="mail.read mail.send")
    assert tokens["scope"] == "mail.read"
    assert app.echo(tokens["access_token"], "/mail.send").status_code == 403
    fails(app.refresh(tokens["refresh_token"], scope="mail.read mail.send"), 400, "invalid_scope")
    assert app.refresh(tokens["refresh_token"], scope="mail.read").status_code == 200


def test_a_refresh_may_end_the_old_access_token(app):
    app.set(ends_old_access=True)
    first = app.connect()
    second = app.refresh(first["refresh_token"]).json()
    assert app.echo(first["access_token"]).status_code == 401
    assert app.echo(second["access_token"]).ok


@pytest.mark.parametrize("iss, expected", [("wrong", "https://mallory.example"), ("absent", None)])
def test_another_or_no_issuer(app, iss, expected):
    app.set(iss=iss)
    assert landed(app.authorize()).get("iss") == expected


def test_an_answer_lost_after_the_rotation(app):
    first = app.connect()
    app.acme.control("POST", "/faults", service="strict", operation="strict.token", drop="after")
    with pytest.raises(requests.ConnectionError):
        app.refresh(first["refresh_token"])
    assert families(app.acme, "strict")[0]["refreshes"] == 1
    fails(app.refresh(first["refresh_token"]), 400, "invalid_grant")
    assert families(app.acme, "strict")[0]["reuses"] == 1


def test_answers_that_say_come_back_later_or_nothing_at_all(app):
    first = app.connect()
    app.acme.control("POST", "/faults", service="strict", operation="strict.token", status=503, retry_after=7)
    answer = app.refresh(first["refresh_token"])
    fails(answer, 503, "temporarily_unavailable")
    assert answer.headers["Retry-After"] == "7"
    app.acme.control("POST", "/faults", service="strict", operation="strict.token", page="before")
    answer = app.refresh(first["refresh_token"])
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    family = families(app.acme, "strict")[0]
    assert (family["posts"], family["refreshes"]) == (2, 0)
    assert app.refresh(first["refresh_token"]).status_code == 200


def test_the_provider_ends_what_an_owner_allowed(app):
    alice, bob = app.connect("alice"), app.connect("bob")
    assert app.acme.control("POST", "/oauth/end", service="strict", owner="alice") == {"ended": [1]}
    assert app.echo(alice["access_token"]).status_code == 401
    assert app.echo(bob["access_token"]).ok


def test_a_device_waits_for_a_person(app):
    app.set(device_interval=5, device_seconds=600)
    begun = app.post("/device_authorization", scope="mail.read").json()
    poll = {"grant_type": "urn:ietf:params:oauth:grant-type:device_code", "device_code": begun["device_code"]}
    fails(app.post("/token", **poll), 400, "authorization_pending")
    fails(app.post("/token", **poll), 400, "slow_down")
    later(app.acme, 11)
    fails(app.post("/token", **poll), 400, "authorization_pending")
    assert "The device is connected" in decide(begun["verification_uri_complete"], "carol").text
    assert decide(begun["verification_uri_complete"], "bob").status_code == 400
    tokens = app.post("/token", **poll).json()
    check_owner(app, tokens["access_token"], "carol")
    fails(app.post("/token", **poll), 400, "invalid_grant")


def test_a_device_is_refused_or_comes_too_late(app):
    poll = {"grant_type": "urn:ietf:params:oauth:grant-type:device_code"}
    begun = app.post("/device_authorization").json()
    decide(begun["verification_uri_complete"], decision="cancel")
    fails(app.post("/token", device_code=begun["device_code"], **poll), 400, "access_denied")
    begun = app.post("/device_authorization").json()
    later(app.acme, 601)
    fails(app.post("/token", device_code=begun["device_code"], **poll), 400, "expired_token")


def test_an_app_acts_as_itself(app):
    tokens = app.post("/token", grant_type="client_credentials", scope="mail.read").json()
    assert "refresh_token" not in tokens
    check_owner(app, tokens["access_token"], "deputy")


@pytest.mark.parametrize("algorithm", ["RS256", "PS256", "ES256"])
def test_an_app_proves_itself_by_its_key(strict, algorithm):
    from joserfc import jwk, jwt
    key = jwk.RSAKey.generate_key(2048) if algorithm != "ES256" else jwk.ECKey.generate_key("P-256")
    app = App(strict)
    register(strict, "strict", "signer", secret=None, public_keys=[key.as_pem(private=False).decode()])

    def ask(signed_by=key, **changes):
        now = int(time.time())
        claims = {"iss": "signer", "sub": "signer", "aud": app.origin, "exp": now + 60, "jti": secrets.token_hex()}
        assertion = jwt.encode({"alg": algorithm}, claims | changes, signed_by, algorithms=[algorithm])
        return app.post(
            "/token", auth=None, grant_type="client_credentials", client_assertion=assertion,
            client_assertion_type="urn:ietf:params:oauth:client-assertion-type:jwt-bearer")

    check_owner(app, ask().json()["access_token"], "signer")
    other = jwk.RSAKey.generate_key(2048) if algorithm != "ES256" else jwk.ECKey.generate_key("P-256")
    assert ask(jti="once").ok
    for wrong in [
        ask(signed_by=other), ask(aud=app.origin + "/token"), ask(aud=[app.origin]), ask(sub="deputy"), ask(jti="once"),
        ask(exp=int(time.time()) - 1), ask(exp=int(time.time()) + 3600),
        app.post("/token", auth=None, grant_type="client_credentials", client_id="signer"),
    ]:
        fails(wrong, 401, "invalid_client")


def test_the_journal_tells_whose_call_it_was_and_holds_no_secret(app):
    tokens = app.connect("bob")
    app.refresh(tokens["refresh_token"])
    app.refresh(tokens["refresh_token"])
    seen = [
        (entry["call"], entry["owner"], entry.get("client"), entry.get("grant"), entry["error"])
        for entry in app.acme.journal()
    ]
    assert seen == [
        ("strict.authorize", None, "deputy", None, None), ("strict.authorize", "bob", "deputy", None, None),
        ("strict.token", "bob", "deputy", "authorization_code", None),
        ("strict.token", "bob", "deputy", "refresh_token", None),
        ("strict.token", "bob", "deputy", "refresh_token", "invalid_grant"),
    ]
    text = str(app.acme.journal())
    for secret in [tokens["access_token"], tokens["refresh_token"], SECRET, app.verifier]:
        assert secret not in text


def test_apps_and_people_come_from_a_file(start, tmp_path):
    path = tmp_path / "setup.json"
    path.write_text(
        '{"accounts": [{"owner": "erin"}],'
        ' "clients": [{"service": "strict", "id": "deputy", "secret": "s3cret-of-the-app",'
        f'  "redirect_uris": ["{CALLBACK}"]}}]}}')
    app = App.__new__(App)
    app.acme = start("--oauth", "--oauth-setup", path)
    app.name, app.origin = "deputy", app.acme.origins["strict"]
    check_owner(app, app.connect("erin")["access_token"], "erin")


def test_wrong_set_ups_are_refused(strict):
    for path, body in [
        ("/oauth/clients", {"service": "fax", "id": "x"}), ("/oauth/clients", {"service": "strict"}),
        ("/oauth/accounts", {}), ("/strict", {"access_seconds": "long"}), ("/strict", {"colour": "red"}),
        ("/strict", {"iss": "maybe"}), ("/clock", {}),
        ("/oauth/clients", {"service": "microsoft", "id": "x", "certificates": ["no pem"]}),
    ]:
        assert requests.post(strict.origins["control"] + path, json=body, timeout=10).status_code == 400, body
