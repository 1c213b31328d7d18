"""Microsoft's token endpoint and Graph, proved by msal, which insists on TLS."""

import base64
import ssl
import time

import jwt
import msal
import pytest
import requests
from acme_oauth import CALLBACK, decide, families, landed, later, microsoft_id, register
from proof import refutes
from tls import Front, app_certificate

SECRET = "s3cret-of-the-app"
MAIL = ["Mail.Read", "User.Read"]


@pytest.fixture
def front(start, tmp_path):
    acme = start("--oauth")
    front = Front(tmp_path, int(acme.origins["microsoft"].rsplit(":", 1)[1]))
    front.acme = acme
    acme.control("POST", "/oauth/origins", service="microsoft", origin=front.origin)
    register(acme, "microsoft", "m1", SECRET, roles=["Mail.Read"])
    yield front
    front.stop()


def session(front):
    made = requests.Session()
    made.verify, made.trust_env = str(front.authority), False
    return made


def msal_app(front, kind=msal.ConfidentialClientApplication, name="m1", credential=SECRET, tenant="acme.test"):
    more = {"client_credential": credential} if credential else {}
    return kind(
        name, authority=f"{front.origin}/{tenant}", instance_discovery=False, http_client=session(front), **more)


def sign_in(front, application, account="alice", scopes=MAIL, decision="allow", claims=None):
    flow = application.initiate_auth_code_flow(list(scopes), redirect_uri=CALLBACK, claims_challenge=claims)
    plain = flow["auth_uri"].replace(front.origin, front.acme.origins["microsoft"])
    return application.acquire_token_by_auth_code_flow(flow, landed(decide(plain, account, decision)))


def graph(front, access, path="/v1.0/me/messages"):
    return requests.get(
        front.acme.origins["microsoft"] + path, headers={"Authorization": "Bearer " + access}, timeout=10)


def check_mailbox(front, access, owner):
    assert graph(front, access).json()["value"][0]["subject"] == f"For {owner} alone"
    assert front.acme.last()["owner"] == owner


def test_msal_signs_people_in(front):
    alice = sign_in(front, msal_app(front))
    assert alice["id_token_claims"]["preferred_username"] == "alice@acme.test"
    assert 3600 <= alice["expires_in"] < 5400
    me = graph(front, alice["access_token"], "/v1.0/me").json()
    assert me["mail"] == "alice@acme.test"
    tenant, = graph(front, alice["access_token"], "/v1.0/organization").json()["value"]
    claims = alice["id_token_claims"]
    assert f'{tenant["id"]}/{me["id"]}' == f'{claims["tid"]}/{claims["oid"]}' == microsoft_id("alice")
    check_mailbox(front, alice["access_token"], "alice")
    bob = sign_in(front, msal_app(front, tenant="common"), "bob")
    check_mailbox(front, bob["access_token"], "bob")
    refutes(check_mailbox, front, bob["access_token"], "alice")
    assert sign_in(front, msal_app(front), decision="cancel")["error"] == "access_denied"


def test_msal_trusts_the_suites_authority_alone(front):
    with pytest.raises(requests.exceptions.SSLError):
        msal.ConfidentialClientApplication(
            "m1", authority=f"{front.origin}/acme.test", instance_discovery=False, client_credential=SECRET)


def refresh(front, token, scope="https://graph.microsoft.com/Mail.Read offline_access", **changes):
    fields = {"grant_type": "refresh_token", "refresh_token": token, "client_id": "m1", "client_secret": SECRET,
              "scope": scope} | changes
    return requests.post(
        front.acme.origins["microsoft"] + "/acme.test/oauth2/v2.0/token", data=fields, timeout=10)


def test_msal_refreshes_from_its_cache_and_the_old_refresh_token_stays_good(front):
    application = msal_app(front)
    first = sign_in(front, application)
    account = application.get_accounts()[0]
    second = application.acquire_token_silent(["Mail.Read"], account, force_refresh=True)
    assert second["access_token"] != first["access_token"]
    check_mailbox(front, second["access_token"], "alice")
    third = refresh(front, first["refresh_token"]).json()
    assert third["refresh_token"] != first["refresh_token"]
    assert refresh(front, first["refresh_token"]).ok and refresh(front, third["refresh_token"]).ok
    assert families(front.acme, "microsoft")[0]["reuses"] == 0
    later(front.acme, 7_776_001)
    assert refresh(front, third["refresh_token"]).json()["error_codes"] == [700082]


def test_consent_covers_what_was_asked_for(front):
    first = sign_in(front, msal_app(front), scopes=["User.Read"])
    assert graph(front, first["access_token"]).json()["error"]["code"] == "ErrorAccessDenied"
    body = refresh(front, first["refresh_token"]).json()
    assert (body["error"], body["suberror"], body["error_codes"]) == ("invalid_grant", "consent_required", [65001])


def test_a_refresh_that_wants_the_person(front):
    first = sign_in(front, msal_app(front))
    claims = '{"access_token":{"acrs":{"essential":true,"value":"c1"}}}'
    front.acme.control("POST", "/oauth/accounts", service="microsoft", owner="alice", claims=claims)
    body = refresh(front, first["refresh_token"]).json()
    assert (body["error"], body["claims"]) == ("interaction_required", claims)
    sign_in(front, msal_app(front), claims=claims)
    assert refresh(front, first["refresh_token"]).ok
    front.acme.control("POST", "/oauth/end", service="microsoft", owner="alice")
    assert refresh(front, first["refresh_token"]).json()["error_codes"] == [50173]


@pytest.fixture(scope="module")
def pair():
    return app_certificate()


def thumbprint(certificate):
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes
    return x509.load_pem_x509_certificate(certificate.encode()).fingerprint(hashes.SHA1()).hex()


@pytest.mark.parametrize("how", ["secret", "PS256 and x5t#S256", "RS256 and x5t"])
def test_an_app_proves_itself(front, pair, how):
    key, certificate = pair
    register(front.acme, "microsoft", "c1", secret=None, certificates=[certificate], roles=["Mail.Read"])
    application = {
        "secret": lambda: msal_app(front),
        "PS256 and x5t#S256": lambda: msal_app(
            front, name="c1", credential={"private_key": key, "public_certificate": certificate}),
        "RS256 and x5t": lambda: msal_app(
            front, name="c1", credential={"private_key": key, "thumbprint": thumbprint(certificate)}),
    }[how]()
    answer = application.acquire_token_for_client(["https://graph.microsoft.com/.default"])
    assert "refresh_token" not in answer, answer
    assert graph(front, answer["access_token"]).status_code == 400
    found = graph(front, answer["access_token"], "/v1.0/users/bob@acme.test/messages").json()["value"]
    assert found[0]["subject"] == "For bob alone"
    narrow = application.acquire_token_for_client(["https://graph.microsoft.com/Mail.Read"])
    assert narrow["error"] == "invalid_scope"


def test_wrong_proofs_of_an_app(front, pair):
    key, certificate = pair
    register(front.acme, "microsoft", "c1", secret=None, certificates=[certificate])
    scopes = ["https://graph.microsoft.com/.default"]
    other_key, other = app_certificate()
    for credential, code in [
        ({"private_key": other_key, "public_certificate": other}, 700027),
        ({"private_key": other_key, "public_certificate": certificate}, 700027), ("a secret", 7000215),
    ]:
        if credential == "a secret":
            answer = msal_app(front, credential="wrong").acquire_token_for_client(scopes)
        else:
            answer = msal_app(front, name="c1", credential=credential).acquire_token_for_client(scopes)
        assert (answer["error"], answer["error_codes"]) == ("invalid_client", [code])
    assert msal_app(front, name="m9").acquire_token_for_client(scopes)["error_codes"] == [700016]
    good = {"private_key": key, "public_certificate": certificate}
    application = msal_app(front, name="c1", credential=good)
    # msal keeps the endpoint that it discovered: its audience is another server's from now on.
    front.acme.control("POST", "/oauth/origins", service="microsoft", origin="https://login.elsewhere.test")
    assert application.acquire_token_for_client(scopes)["error_codes"] == [700023]


@pytest.fixture
def middle(front):
    """An app in the middle, and a client app whose tokens are for it."""
    register(front.acme, "microsoft", "middle", SECRET, scopes=["Mail.Read"])
    return msal_app(front, name="middle")


def for_middle(front, account="alice", api="api://middle/act"):
    return sign_in(front, msal_app(front), account, scopes=[api])["access_token"]


def test_acting_on_behalf_of_who_asked(front, middle):
    for owner in ["alice", "bob"]:
        answer = middle.acquire_token_on_behalf_of(for_middle(front, owner), ["https://graph.microsoft.com/Mail.Read"])
        check_mailbox(front, answer["access_token"], owner)
    token = [entry for entry in front.acme.journal() if entry.get("grant", "").endswith("jwt-bearer")][-1]
    assert (token["owner"], token["client"]) == ("bob", "middle")
    assert graph(front, for_middle(front)).status_code == 401


def test_what_on_behalf_of_refuses(front, middle):
    def refused(assertion, scopes=("https://graph.microsoft.com/Mail.Read",), by=middle):
        answer = by.acquire_token_on_behalf_of(assertion, list(scopes))
        return answer["error"], answer["error_codes"]

    for_graph = sign_in(front, msal_app(front))["access_token"]
    assert refused(for_graph) == ("invalid_grant", [500131])
    assert refused("no.token.at-all") == ("invalid_grant", [50013])
    good = for_middle(front)
    assert refused(good, ["https://graph.microsoft.com/Mail.Send"]) == ("invalid_grant", [65001])
    app_only = msal_app(front).acquire_token_for_client(["api://middle/.default"])["access_token"]
    assert refused(app_only) == ("invalid_grant", [50027])
    front.acme.control("POST", "/oauth/accounts", service="microsoft", owner="alice", claims='{"c":1}')
    answer = middle.acquire_token_on_behalf_of(good, ["https://graph.microsoft.com/Mail.Read"])
    assert (answer["error"], answer["claims"]) == ("interaction_required", '{"c":1}')
    later(front.acme, 5401)
    fresh = msal_app(front, name="middle")  # the other one remembers the refusal for a minute
    assert refused(good, by=fresh) == ("invalid_grant", [500133])


def test_a_device_signs_in(front):
    register(front.acme, "microsoft", "device", secret=None)
    application = msal_app(front, msal.PublicClientApplication, "device", credential=None)
    flow = application.initiate_device_flow(MAIL)
    page = flow["verification_uri"].replace(front.origin, front.acme.origins["microsoft"])

    def poll():
        return application.acquire_token_by_device_flow(flow, exit_condition=lambda flow: True)

    assert poll()["error"] == "authorization_pending"
    assert poll()["error"] == "slow_down"
    assert "connected" in decide(f"{page}?user_code={flow['user_code']}", "carol").text
    check_mailbox(front, poll()["access_token"], "carol")
    flow = application.initiate_device_flow(MAIL)
    decide(f"{page}?user_code={flow['user_code']}", decision="cancel")
    assert poll()["error"] == "authorization_declined"
    flow = application.initiate_device_flow(MAIL)
    later(front.acme, 901)
    assert poll()["error"] == "expired_token"
    assert time.time() < flow["expires_at"]


def test_another_tenant_is_unknown(front):
    with pytest.raises(ValueError):
        msal_app(front, tenant="elsewhere.test")


OBJECT = "0b1ec700-0000-4a11-8bad-0000000000c2"


class Roller:
    """An app that rolls its own certificates, as Microsoft's page shows it."""

    def __init__(self, front):
        self.front = front

    def change(self, what, key, body, *, app="c2", to=OBJECT, aud="00000002-0000-0000-c000-000000000000", iss=OBJECT,
               seconds=600, token=None):
        token = token or msal_app(
            self.front, name=app, credential={"private_key": key[0], "public_certificate": key[1]}
        ).acquire_token_for_client(["https://graph.microsoft.com/.default"])["access_token"]
        now = int(time.time())
        proof = jwt.encode({"aud": aud, "iss": iss, "nbf": now, "exp": now + seconds}, key[0], algorithm="RS256")
        return requests.post(
            f"{self.front.acme.origins['microsoft']}/v1.0/applications/{to}/{what}", timeout=10,
            headers={"Authorization": "Bearer " + token}, json=body | {"proof": proof})

    def add(self, key, certificate, **changes):
        der = ssl.PEM_cert_to_DER_cert(certificate)
        credential = {"type": "AsymmetricX509Cert", "usage": "Verify", "key": base64.b64encode(der).decode()}
        return self.change("addKey", key, {"keyCredential": credential, "passwordCredential": None}, **changes)

    def remove(self, key, key_id, **changes):
        return self.change("removeKey", key, {"keyId": key_id}, **changes)

    def works(self, key):
        answer = msal_app(self.front, name="c2", credential={"private_key": key[0], "public_certificate": key[1]}
                          ).acquire_token_for_client(["https://graph.microsoft.com/.default"])
        return "access_token" in answer or answer["error_codes"]


def test_an_app_rolls_its_own_certificates_and_nobody_elses(front):
    first, second, other = app_certificate(), app_certificate(), app_certificate()
    register(front.acme, "microsoft", "c2", secret=None, certificates=[first[1]], object_id=OBJECT)
    register(front.acme, "microsoft", "c3", secret=None, certificates=[other[1]], object_id=OBJECT[:-1] + "3")
    roller = Roller(front)
    added = roller.add(first, second[1])
    assert added.status_code == 200 and roller.works(second) is True and roller.works(first) is True
    refused = [
        (roller.add(first, other[1], app="c2", to=OBJECT[:-1] + "3"), 403),
        (roller.add(first, other[1], aud="00000003-0000-0000-c000-000000000000"), 401),
        (roller.add(first, other[1], iss="c2"), 401), (roller.add(first, other[1], seconds=601), 401),
        (roller.add(first, other[1], to=OBJECT[:-1] + "4"), 404), (roller.add(first, second[1]), 400),
        (roller.remove(first, OBJECT), 404),
    ]
    assert [answer.status_code for answer, _ in refused] == [status for _, status in refused]
    token = msal_app(front, name="c2", credential={"private_key": first[0], "public_certificate": first[1]}
                     ).acquire_token_for_client(["https://graph.microsoft.com/.default"])["access_token"]
    assert roller.add(other, other[1], token=token).status_code == 401, "a key that the app doesn't have proves nothing"
    listed = graph(front, token, f"/v1.0/applications/{OBJECT}")
    assert listed.status_code == 403, "changing its own keys needs no permission, and reading them does"
    register(front.acme, "microsoft", "c4", secret=SECRET, roles=["Application.Read.All"])
    reader = msal_app(front, name="c4").acquire_token_for_client(["https://graph.microsoft.com/.default"])["access_token"]
    keys = graph(front, reader, f"/v1.0/applications/{OBJECT}").json()["keyCredentials"]
    first_id, = [key["keyId"] for key in keys if key["keyId"] != added.json()["keyId"]]
    assert roller.remove(second, first_id).status_code == 204
    assert roller.works(first) == [700027] and roller.works(second) is True
    assert roller.remove(second, added.json()["keyId"]).status_code == 400, "the last one stays"
