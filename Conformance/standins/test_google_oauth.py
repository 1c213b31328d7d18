"""Google's token endpoint, proved by google-auth: refresh of people's tokens, and service accounts with a subject."""

import time

import pytest
import requests
from acme_oauth import CALLBACK, address, decide, landed, later, pkce, register
from google.auth import crypt, jwt
from google.auth.exceptions import RefreshError
from google.auth.transport.requests import Request
from google.oauth2 import service_account
from google.oauth2.credentials import Credentials
from google_client import service
from googleapiclient.errors import HttpError
from proof import refutes

SECRET = "s3cret-of-the-app"
READ, SEND = ["https://www.googleapis.com/auth/gmail." + name for name in ("readonly", "send")]
BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"


@pytest.fixture
def google(start):
    acme = start("--oauth")
    register(acme, "google", "g1", SECRET)
    return acme


def authorize(acme, account="alice", scopes=(READ, SEND, "openid"), decision="allow", untick=(), **changes):
    query = {
        "client_id": "g1", "response_type": "code", "redirect_uri": CALLBACK, "scope": " ".join(scopes), "state": "st",
        "access_type": "offline", "prompt": "consent",
    } | changes
    page = address(acme.origins["google"], "/o/oauth2/v2/auth", **{k: v for k, v in query.items() if v is not None})
    return landed(decide(page, account, decision, untick))


def token(acme, **fields):
    return requests.post(acme.origins["google"] + "/token", data=fields, timeout=10)


def redeem(acme, code="", **changes):
    fields = {"code": code, "client_id": "g1", "client_secret": SECRET, "redirect_uri": CALLBACK}
    return token(acme, grant_type="authorization_code", **(fields | changes))


def connect(acme, account="alice", **more):
    answer = redeem(acme, authorize(acme, account, **more)["code"])
    assert answer.ok, answer.text
    return answer.json()


def credentials(acme, answer):
    return Credentials(
        None, refresh_token=answer["refresh_token"], token_uri=acme.origins["google"] + "/token", client_id="g1",
        client_secret=SECRET)


def check_mailbox(acme, access, owner):
    profile = service("gmail", "v1", acme.origins["gmail"], access).users().getProfile(userId="me").execute()
    assert profile["emailAddress"] == f"{owner}@acme.test"
    assert acme.last()["owner"] == owner


def test_google_auth_refreshes_and_the_refresh_token_stays(google):
    answer = connect(google)
    first = credentials(google, answer)
    first.refresh(Request())
    assert first.refresh_token == answer["refresh_token"]
    assert 3500 < (first.expiry.timestamp() - time.mktime(time.gmtime())) <= 3600
    again = credentials(google, answer)
    again.refresh(Request())
    for access in [answer["access_token"], first.token, again.token]:
        check_mailbox(google, access, "alice")
    check_mailbox(google, connect(google, "dana")["access_token"], "dana")
    refutes(check_mailbox, google, first.token, "dana")


def test_who_signed_in(google):
    answer = connect(google, "bob")
    certificates = google.origins["google"] + "/oauth2/v3/certs"
    keys = {key["kid"]: key for key in requests.get(certificates, timeout=10).json()["keys"]}
    claims = google_claims(answer["id_token"], keys)
    headers = {"Authorization": "Bearer " + answer["access_token"]}
    person = requests.get(google.origins["google"] + "/oauth2/v3/userinfo", headers=headers, timeout=10).json()
    assert (claims["email"], claims["aud"], claims["sub"]) == ("bob@acme.test", "g1", person["sub"])
    narrow = connect(google, scopes=[READ])
    assert "id_token" not in narrow
    headers = {"Authorization": "Bearer " + narrow["access_token"]}
    assert requests.get(google.origins["google"] + "/oauth2/v3/userinfo", headers=headers, timeout=10).status_code == 403


def google_claims(text, keys):
    from joserfc import jwk, jwt
    return jwt.decode(text, jwk.KeySet.import_key_set({"keys": list(keys.values())}), algorithms=["RS256"]).claims


def test_a_person_may_grant_less(google):
    back = authorize(google, untick=[SEND])
    answer = redeem(google, back["code"]).json()
    assert answer["scope"].split() == [READ, "openid"] == back["scope"].split()
    more = connect(google, scopes=[SEND], include_granted_scopes="true")
    assert set(more["scope"].split()) == {READ, SEND, "openid"}


def test_refresh_tokens_come_offline_and_when_asked_for(google):
    assert "refresh_token" not in connect(google, "bob", access_type=None)
    assert "refresh_token" in connect(google, "bob", prompt=None)
    assert "refresh_token" not in connect(google, "bob", prompt=None)
    assert "refresh_token" in connect(google, "bob")


def test_the_oldest_of_more_than_a_hundred_is_dropped(google):
    answers = [connect(google, scopes=[READ]) for _ in range(101)]
    with pytest.raises(RefreshError) as dead:
        credentials(google, answers[0]).refresh(Request())
    assert dead.value.args[1]["error"] == "invalid_grant"
    credentials(google, answers[1]).refresh(Request())


def test_revoking_ends_the_grant(google):
    answer = connect(google)
    url = google.origins["google"] + "/revoke"
    assert requests.post(url, data={"token": answer["access_token"]}, timeout=10).ok
    with pytest.raises(RefreshError):
        credentials(google, answer).refresh(Request())
    again = requests.post(url, data={"token": answer["refresh_token"]}, timeout=10)
    assert (again.status_code, again.json()["error"]) == (400, "invalid_token")


def test_what_the_token_endpoint_refuses(google):
    verifier, challenge = pkce()
    code = authorize(google, code_challenge=challenge, code_challenge_method="S256")["code"]
    for changes, status, error, text in [
        ({"client_id": "g2"}, 401, "invalid_client", "The OAuth client was not found."),
        ({"client_secret": "x"}, 401, "invalid_client", "Unauthorized"),
        ({"code": "x"}, 400, "invalid_grant", "Malformed auth code."),
        ({"redirect_uri": CALLBACK + "/"}, 400, "redirect_uri_mismatch", "Bad Request"),
        ({}, 400, "invalid_grant", "Missing code verifier."),
        ({"code_verifier": pkce()[0]}, 400, "invalid_grant", "Invalid code verifier."),
    ]:
        answer = redeem(google, **({"code": code} | changes))
        assert (answer.status_code, answer.json()) == (status, {"error": error, "error_description": text})
    assert redeem(google, code, code_verifier=verifier).ok
    assert redeem(google, code, code_verifier=verifier).json()["error"] == "invalid_grant"
    assert authorize(google, decision="cancel")["error"] == "access_denied"


def test_a_password_wanted_again_and_an_account_gone(google):
    answer = connect(google)
    google.control("POST", "/oauth/accounts", service="google", owner="alice", reauthenticate=True)
    body = token(google, grant_type="refresh_token", refresh_token=answer["refresh_token"], client_id="g1",
                 client_secret=SECRET).json()
    assert (body["error"], body["error_subtype"]) == ("invalid_grant", "invalid_rapt")
    google.control("POST", "/oauth/accounts", service="google", owner="alice", disabled=True)
    with pytest.raises(RefreshError):
        credentials(google, answer).refresh(Request())


def test_an_access_token_ends_after_an_hour(google):
    access = connect(google)["access_token"]
    later(google, 3601)
    headers = {"Authorization": "Bearer " + access}
    profile = requests.get(google.origins["gmail"] + "/gmail/v1/users/me/profile", headers=headers, timeout=10)
    assert profile.status_code == 401


class Robot:
    """A service account, and what the domain's administrator lets it do."""

    def __init__(self, acme, scopes=(READ, SEND)):
        self.acme, self.key = acme, acme.control(
            "POST", "/google/keys", name="deputy", origin=acme.origins["google"])
        self.delegate(scopes)

    def delegate(self, scopes):
        self.acme.control("POST", "/google/delegations", client_id=self.key["client_id"], scopes=list(scopes))

    def access(self, subject=None, scopes=(READ,)):
        credentials = service_account.Credentials.from_service_account_info(
            self.key, scopes=list(scopes), subject=subject)
        credentials.refresh(Request())
        return credentials.token

    def assertion(self, **changes):
        now = int(time.time())
        claims = {
            "iss": self.key["client_email"], "scope": READ, "aud": "https://oauth2.googleapis.com/token", "iat": now,
            "exp": now + 3600, "sub": "assistant@acme.test",
        } | changes
        signer = crypt.RSASigner.from_service_account_info(self.key)
        return jwt.encode(signer, {k: v for k, v in claims.items() if v is not None}).decode()

    def post(self, **changes):
        return self.send(self.assertion(**changes))

    def send(self, assertion):
        answer = token(self.acme, grant_type=BEARER, assertion=assertion)
        return answer.status_code, answer.json().get("error"), answer.json().get("error_description", "")


def test_a_service_account_acts_as_the_person_it_names(google):
    robot = Robot(google)
    check_mailbox(google, robot.access("assistant@acme.test"), "assistant")
    check_mailbox(google, robot.access("dana@acme.test"), "dana")
    refutes(check_mailbox, google, robot.access("assistant@acme.test"), "dana")
    entry = [entry for entry in google.journal() if entry["call"] == "google.token"][0]
    assert (entry["owner"], entry["client"], entry["grant"]) == ("assistant", robot.key["client_email"], BEARER)
    assert robot.key["private_key"] not in str(google.journal())


def test_what_the_administrator_did_not_allow(google):
    robot = Robot(google, scopes=[READ])
    with pytest.raises(RefreshError) as refusal:
        robot.access("assistant@acme.test", [READ, SEND])
    assert refusal.value.args[1]["error"] == "unauthorized_client"
    robot.access("assistant@acme.test", [READ])
    robot.delegate([])
    assert robot.post()[:2] == (401, "unauthorized_client")
    for subject in ["mallory@elsewhere.test", "assistant"]:
        robot.delegate([READ])
        assert robot.post(sub=subject)[:2] == (400, "invalid_grant")
    google.control("POST", "/oauth/accounts", service="google", owner="assistant", disabled=True)
    assert robot.post()[:2] == (400, "invalid_grant")


def test_wrong_assertions(google):
    robot, now = Robot(google), int(time.time())
    for changes, words in [
        ({"aud": google.origins["google"] + "/token"}, "audience"), ({"exp": now + 3700}, "short-lived"),
        ({"iat": now - 7200, "exp": now - 3601}, "short-lived"), ({"iat": now + 900, "exp": now + 1800}, "short-lived"),
        ({"iss": "nobody@acme.iam.gserviceaccount.test"}, "account not found"),
    ]:
        status, error, text = robot.post(**changes)
        assert (status, error) == (400, "invalid_grant") and words in text, (changes, text)
    assert robot.post(scope=None)[:2] == (400, "invalid_scope")
    head, body, signature = robot.assertion().split(".")
    planted = ("A" if signature[20] != "A" else "B").join([signature[:20], signature[21:]])
    assert "Signature" in robot.send(".".join([head, body, planted]))[2]
    assert robot.post()[0] == 200
    later(google, 7200)
    assert "short-lived" in robot.post()[2]


def test_a_second_key_and_the_account_itself(google):
    robot = Robot(google)
    second = Robot(google)
    assert robot.key["client_id"] == second.key["client_id"]
    assert robot.access() and second.access("dana@acme.test")
    second.key = second.key | {"private_key": robot.key["private_key"]}
    assert "Signature" in second.post()[2]


def test_permissions_that_are_taken_back_leave_the_rest(google):
    answer = connect(google, scopes=(READ, SEND))
    messages = service("gmail", "v1", google.origins["gmail"], answer["access_token"]).users().messages()
    assert messages.list(userId="me").execute() is not None
    google.control("POST", "/oauth/narrow", service="google", owner="alice", scopes=[READ])
    with pytest.raises(HttpError) as refusal:
        messages.list(userId="me").execute()
    assert refusal.value.status_code == 403 and "insufficient_scope" in refusal.value.resp["www-authenticate"]
    assert "ACCESS_TOKEN_SCOPE_INSUFFICIENT" in str(refusal.value.error_details)
    renewed = token(google, grant_type="refresh_token", refresh_token=answer["refresh_token"], client_id="g1",
                    client_secret=SECRET).json()
    assert renewed["scope"] == SEND
