"""Somebody who means harm, attempt by attempt. Each is shown beside the same attempt made rightly, which works."""

import base64
import hashlib
import hmac
import json
import threading
import time

import pytest
from flow import Client, Person, answer, ping, send
from mcp.client.auth import OAuthFlowError
from mcp.client.auth.utils import validate_authorization_response_iss
from mcp.shared.auth import OAuthMetadata


@pytest.fixture
def client(home, site):
    made = home.run("clients", "register", "Reader", "--redirect-uri", site.callback)
    return Client(home, made["id"], site.callback)


@pytest.fixture
def alice(home):
    return Person(home, "alice")


def metadata(home):
    status, _, text = send(home.url + "/.well-known/oauth-authorization-server")
    assert status == 200
    return json.loads(text)


def refused(person, url):
    """The page that says no: nothing is sent anywhere."""
    status, headers, text = person.get(url)
    assert status in (400, 403, 422) and "Location" not in headers, (status, headers.get("Location"))
    assert "Nothing was done" in text
    return text


def error(person, url):
    """The error that the client is told."""
    status, headers, text = person.get(url)
    assert status == 303, (status, text)
    return answer(headers["Location"])


# Mix-up


def test_row_6_mix_up_every_answer_names_its_issuer(home, client, alice):
    known = metadata(home)
    assert known["issuer"] == home.url and known["authorization_response_iss_parameter_supported"] is True
    for told in (answer(alice.allow(client.link())), answer(alice.allow(client.link(), answer="deny")),
                 error(alice, client.link(code_challenge=None))):
        assert told["iss"] == home.url and told["state"] == client.state
    checked = OAuthMetadata.model_validate(known)
    validate_authorization_response_iss(home.url, checked)
    for planted in (None, "https://evil.example", home.url + "/", home.url.upper(), home.url.replace("127.0.0.1", "localhost")):
        with pytest.raises(OAuthFlowError):
            validate_authorization_response_iss(planted, checked)


# Codes


def test_row_6_code_injection_needs_the_verifier_of_the_same_request(home, client, alice):
    attacker = Client(home, client.id, client.callback)
    code = answer(alice.allow(client.link()))["code"]
    assert attacker.redeem(code) == (400, {"error": "invalid_grant", "error_description": attacker.redeem(code)[1]["error_description"]})
    for planted in ({"code_verifier": client.challenge}, {"code_verifier": client.verifier[:-1]}, {"code_verifier": client.verifier + "a"},
                    {"redirect_uri": client.callback + "/x"}, {"resource": f"{home.url}/mcp/email"}):
        assert client.redeem(code, **planted)[1]["error"] == "invalid_grant", planted
    assert client.redeem(code, code_verifier=None)[1]["error"] == "invalid_request"
    assert client.redeem(code)[0] == 200


def test_row_6_code_is_bound_to_its_client(home, client, alice, site):
    other = home.run("clients", "register", "Other", "--redirect-uri", site.callback, "--confidential")
    code = answer(alice.allow(client.link()))["code"]
    assert client.redeem(code, client_id=other["id"], client_secret=other["secret"])[1]["error"] == "invalid_grant"
    assert client.redeem(code, client_id=other["id"], client_secret="dpy_cs_guess")[1]["error"] == "invalid_client"
    assert client.redeem(code)[0] == 200


def test_row_6_code_replay_ends_what_the_code_gave(home, client, alice):
    code = answer(alice.allow(client.link()))["code"]
    status, tokens = client.redeem(code)
    assert status == 200 and ping(home, tokens["access_token"])[0] == 200
    assert client.redeem(code)[1]["error"] == "invalid_grant"
    status, challenge = ping(home, tokens["access_token"])
    assert status == 401 and 'error="invalid_token"' in challenge
    assert client.refresh(tokens["refresh_token"])[1]["error"] == "invalid_grant"


@pytest.mark.parametrize("changes", [
    {"code_challenge": None}, {"code_challenge_method": "plain"}, {"code_challenge_method": None},
    {"code_challenge": None, "code_challenge_method": None}, {"code_challenge": "abc"}])
def test_row_6_pkce_downgrade_is_refused(client, alice, changes):
    assert error(alice, client.link(**changes))["error"] == "invalid_request"
    assert "code" in answer(alice.allow(client.link()))


# Places


@pytest.mark.parametrize("trick", [
    "{callback}/", "{callback}/x", "{callback}/../callback", "{callback}?x=1", "{callback}#x", "{callback}%2f..%2f",
    "http://user@127.0.0.1:{port}/callback", "http://127.0.0.1:{port}@evil.example/callback",
    "http://127.0.0.1.evil.example/callback", "http://localhost:{port}/callback", "http://[::1]:{port}/callback",
    "https://127.0.0.1:{port}/callback", "http://127.0.0.1:{port}\\@evil.example/callback", "http://evil.example/callback",
    "//evil.example/callback", "javascript:alert(1)//127.0.0.1:{port}/callback", "http://127.0.0.2:{port}/callback",
    "HTTP://127.0.0.1:{port}/callback", "http://0177.0.0.1:{port}/callback"])
def test_row_6_redirect_tricks_lead_nowhere(client, alice, site, trick):
    place = trick.format(callback=site.callback, port=site.server_port)
    assert "isn&#39;t one that this client registered" in refused(alice, client.link(redirect_uri=place))


def test_row_6_redirect_any_port_on_this_machine_alone(home, alice, site):
    made = home.run("clients", "register", "Local", "--redirect-uri", "http://127.0.0.1/callback")
    client = Client(home, made["id"], site.callback)
    assert alice.allow(client.link()).startswith(site.callback + "?code=")
    refused(alice, client.link(redirect_uri=f"http://127.0.0.1:{site.server_port}/callback2"))
    named = f"http://localhost:{site.server_port}/callback"
    refused(alice, client.link(redirect_uri=named))
    made = home.run("clients", "register", "Named", "--redirect-uri", "http://localhost/callback")
    client = Client(home, made["id"], named)
    _, _, page = alice.get(client.link())
    assert "the computer in front of you" in page
    status, tokens = client.redeem(answer(alice.allow(client.link()))["code"])
    assert status == 200, tokens
    refused(alice, client.link(redirect_uri=site.callback))
    refused(alice, client.link(redirect_uri=f"https://localhost:{site.server_port}/callback"))


def test_a_document_that_lists_localhost_without_a_port_signs_in_as_claude_code_does(home, alice, site):
    places = ["http://localhost/callback", "http://127.0.0.1/callback"]
    client = Client(home, site.document(redirect_uris=places), f"http://localhost:{site.server_port}/callback")
    status, tokens = client.redeem(answer(alice.allow(client.link()))["code"])
    assert status == 200 and ping(home, tokens["access_token"])[0] == 200
    assert client.refresh(tokens["refresh_token"])[0] == 200


def test_an_error_of_a_client_that_nobody_vouches_for_redirects_nobody(home, client, alice, site):
    stranger = Client(home, site.document(), site.callback)
    assert "Go on" in refused(alice, stranger.link(code_challenge=None))
    assert error(alice, client.link(code_challenge=None))["error"] == "invalid_request"


# Refreshing


def test_row_6_refresh_replay_ends_the_family(home, client, alice):
    first = client.sign_in(alice)
    status, second = client.refresh(first["refresh_token"])
    assert status == 200 and ping(home, second["access_token"])[0] == 200
    assert client.refresh(first["refresh_token"])[1]["error"] == "invalid_grant"
    assert ping(home, second["access_token"])[0] == 401 and ping(home, first["access_token"])[0] == 401
    assert client.refresh(second["refresh_token"])[1]["error"] == "invalid_grant"


def test_row_6_refresh_race_serves_one_and_ends_the_family(home, client, alice):
    for _ in range(5):
        first = client.sign_in(alice)
        found, gate = [], threading.Barrier(2)

        def refresh():
            gate.wait()
            found.append(client.refresh(first["refresh_token"]))

        threads = [threading.Thread(target=refresh) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(status for status, _ in found) == [200, 400], found
        tokens = next(body for status, body in found if status == 200)
        assert ping(home, tokens["access_token"])[0] == 401
        assert client.refresh(tokens["refresh_token"])[1]["error"] == "invalid_grant"


def test_row_6_refresh_stays_with_its_client_its_resource_and_its_scope(home, client, alice, site):
    tokens = client.sign_in(alice)
    other = home.run("clients", "register", "Other", "--redirect-uri", site.callback)["id"]
    assert client.refresh(tokens["refresh_token"], client_id=other)[1]["error"] == "invalid_grant"
    assert client.refresh(tokens["refresh_token"], resource=f"{home.url}/mcp/email")[1]["error"] == "invalid_target"
    assert client.refresh(tokens["refresh_token"], scope="read send")[1]["error"] == "invalid_scope"
    assert client.refresh(tokens["refresh_token"])[0] == 200


# Audience


def test_row_6_foreign_audience(home, client, alice):
    tokens = client.sign_in(alice)["access_token"]
    by_hand = home.token("alice")
    for place in ("email", "product/../product", "onboarding"):
        status, challenge = ping(home, tokens, place)
        assert (status, "invalid_token" in challenge) in ((401, True), (404, False)), (place, status, challenge)
    elsewhere = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "ping"})
    headers = {"Content_Type": "application/json", "Accept": "application/json, text/event-stream",
               "MCP_Protocol_Version": "2025-11-25"}
    for token, expected in ((tokens, 401), (by_hand, 200)):
        status, _, _ = send(f"{home.url}/org/acme/mcp/product", "POST", body=elsewhere, Authorization=f"Bearer {token}", **headers)
        assert status == expected, "another URL of the same agent is another audience"
    assert ping(home, tokens)[0] == 200


@pytest.mark.parametrize("resource", [
    None, "https://evil.example/mcp/product", "{url}/mcp/product/", "{url}/mcp/product?x", "{url}/mcp/%70roduct",
    "{url}/mcp/nobody", "{url}", "{url}/v1", "{url}/org/other/mcp/product", "product"])
def test_row_6_foreign_resource(home, client, alice, resource):
    asked = resource and resource.format(url=home.url)
    assert error(alice, client.link(resource=asked))["error"] == "invalid_target"


def test_two_resources_are_none(home, client, alice):
    assert error(alice, client.link() + f"&resource={home.url}/mcp/email")["error"] == "invalid_target"


def test_the_host_of_a_request_names_nothing(home):
    port = home.url.rsplit(":", 1)[1]
    for path in ("/.well-known/oauth-authorization-server", "/.well-known/openid-configuration",
                 "/.well-known/oauth-protected-resource/mcp/product"):
        _, _, text = send(home.url + path, Host=f"localhost:{port}", X_Forwarded_Host="evil.example", Forwarded="host=evil.example")
        assert home.url in text and "evil" not in text and "localhost" not in text


# Another person's browser, and pages of others


def test_another_persons_browser_gives_that_persons_own(home, client, alice):
    bob = Person(home, "bob")
    link = client.link()
    _, _, page = alice.get(link)
    form = alice.form(page)
    assert bob.post("/oauth/authorize", form)[0] == 403, "her form isn't his"
    _, _, own = bob.get(link)
    mixed = form | {"csrf": bob.form(own)["csrf"]}
    assert bob.post("/oauth/authorize", mixed)[0] == 422, "what she was shown isn't what he was shown"
    code = answer(bob.allow(link))["code"]
    status, tokens = client.redeem(code)
    assert status == 200
    made = [token for token in home.run("tokens", "list")["tokens"] if token["label"] == "Reader"][-1]
    assert made["person"] == "bob"


@pytest.mark.parametrize("planted", [
    {"csrf": None}, {"csrf": "guess"}, {"shown": None}, {"shown": "0" * 64}, {"request": None}, {"answer": None},
    {"answer": "maybe"}])
def test_consent_without_the_pages_own_form_is_refused(home, client, alice, planted):
    status, headers, page = alice.get(client.link())
    assert status == 200
    status, headers, _ = alice.post("/oauth/authorize", alice.form(page, **planted))
    assert status in (403, 422) and "Location" not in headers
    assert alice.post("/oauth/authorize", alice.form(page))[0] == 303


@pytest.mark.parametrize("headers", [
    {"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec_Fetch_Site": "cross-site"}, {"Sec_Fetch_Site": "same-site"},
    {"Sec_Fetch_Site": "none"}])
def test_consent_from_another_site_is_refused(home, client, alice, headers):
    _, _, page = alice.get(client.link())
    assert alice.post("/oauth/authorize", alice.form(page), **headers)[0] == 403
    assert alice.post("/oauth/authorize", alice.form(page), Origin=home.url, Sec_Fetch_Site="same-origin")[0] == 303


def test_looking_gives_nothing(home, client, alice):
    client.sign_in(alice)
    for url in (client.link(), client.link(answer="allow"), client.link() + "&csrf=x&shown=y"):
        status, headers, page = alice.get(url)
        assert status == 200 and "Location" not in headers and "code=" not in page
        assert "Set-Cookie" not in headers, "there is no cookie of a consent"


def test_row_6_consent_replay_for_another_client_or_after_an_end(home, client, alice, site):
    _, _, page = alice.get(client.link())
    form = alice.form(page)
    other = home.run("clients", "register", "Other", "--redirect-uri", site.callback)
    request = form["request"].replace(client.id, other["id"])
    assert request != form["request"]
    assert alice.post("/oauth/authorize", form | {"request": request})[0] == 422
    email = form["request"].replace("%2Fmcp%2Fproduct", "%2Fmcp%2Femail")
    assert email != form["request"]
    assert alice.post("/oauth/authorize", form | {"request": email})[0] == 422
    assert alice.post("/oauth/authorize", form)[0] == 303
    home.run("clients", "revoke", client.id)
    status, headers, _ = alice.post("/oauth/authorize", form)
    assert "code=" not in headers.get("Location", "") and status != 303


def test_an_effect_that_wasnt_shown_isnt_given(home, client, alice):
    _, _, page = alice.get(client.link())
    form = alice.form(page)
    assert [name for name in form if name.startswith("effect-")] == ["effect-read"]
    for planted in ({"effect-delete": "yes"}, {"effect-read": None}):
        status, headers, _ = alice.post("/oauth/authorize", {k: v for k, v in (form | planted).items() if v})
        assert status == 422 and "Location" not in headers
    assert client.redeem(answer(alice.allow(client.link()))["code"])[1]["scope"] == "read"


# Clients by document


@pytest.mark.parametrize("planted", [
    {"client_id": "https://other.example/client.json"}, {"client_id": None}, {"redirect_uris": ["http://127.0.0.1:1/other"]},
    {"redirect_uris": []}, {"redirect_uris": ["javascript:alert(1)"]}, {"client_secret": "s"},
    {"token_endpoint_auth_method": "client_secret_post"}, {"padding": "x" * 20_000}])
def test_row_6_client_metadata_mismatch(home, alice, site, planted):
    client = Client(home, site.document("/wrong.json", **planted), site.callback)
    refused(alice, client.link())
    rightly = Client(home, site.document("/right.json"), site.callback)
    assert "code" in answer(alice.allow(rightly.link()))


def test_a_document_elsewhere_by_redirect_isnt_followed(home, alice, site):
    site.document("/real.json")
    site.pages["/moved.json"] = lambda handler: handler.answer(302, b"", Location=site.url + "/real.json")
    refused(alice, Client(home, site.url + "/moved.json", site.callback).link())
    assert site.seen == ["/moved.json"]


def test_a_huge_or_slow_document_costs_little(home, alice, site):
    site.pages["/huge.json"] = lambda handler: handler.answer(200, b" " * (8 << 20))

    def drip(handler):
        handler.send_response(200)
        handler.send_header("Content-Type", "application/json")
        handler.end_headers()
        try:
            for _ in range(60):
                handler.wfile.write(b" ")
                handler.wfile.flush()
                time.sleep(0.5)
        except OSError:
            pass

    site.pages["/slow.json"] = drip
    for path in ("/huge.json", "/slow.json"):
        begun = time.monotonic()
        refused(alice, Client(home, site.url + path, site.callback).link())
        assert time.monotonic() - begun < 15
        assert path in site.seen


def test_without_a_session_no_document_is_fetched(home, site):
    client = Client(home, site.document(), site.callback)
    status, headers, _ = send(client.link())
    assert status == 303 and headers["Location"].startswith("/sign-in?next=%2Foauth%2Fauthorize%3F")
    assert site.seen == []


# Tokens


def test_token_of_a_suspended_person_or_agent(home, client):
    home.run("people", "add", "erin", "--email", "erin@acme.test")
    erin = Person(home, "erin")
    tokens = client.sign_in(erin)
    waiting = answer(erin.allow(client.link()))["code"]
    assert ping(home, tokens["access_token"])[0] == 200
    home.run("people", "suspend", "erin")
    assert ping(home, tokens["access_token"])[0] == 401
    assert client.refresh(tokens["refresh_token"])[1]["error"] == "invalid_grant"
    assert client.redeem(waiting)[1]["error"] == "invalid_grant"
    assert erin.get(client.link())[0] == 303, "and nobody is signed in"


def test_token_and_code_of_somebody_to_whom_the_agent_is_shared_no_more(home, site, acme):
    home.run("agents", "add", "atlas", "--acts-as", "claw", "--owner", "dana", "--slot", "notion:agent", "--tool", "notion.*")
    home.run("people", "add", "frank", "--email", "frank@acme.test")
    home.run("agents", "share", "atlas", "--with", "person:frank")
    made = home.run("clients", "register", "Atlas reader", "--redirect-uri", site.callback)
    client, frank = Client(home, made["id"], site.callback, agent="atlas"), Person(home, "frank")
    tokens = client.sign_in(frank)
    waiting = answer(frank.allow(client.link()))["code"]
    assert ping(home, tokens["access_token"], "atlas")[0] == 200
    home.run("agents", "unshare", "atlas", "--with", "person:frank")
    assert ping(home, tokens["access_token"], "atlas")[0] == 401
    assert client.refresh(tokens["refresh_token"])[1]["error"] == "invalid_grant"
    assert client.redeem(waiting)[1]["error"] == "invalid_grant"
    home.run("agents", "share", "atlas", "--with", "person:frank")
    assert ping(home, tokens["access_token"], "atlas")[0] == 401
    assert client.refresh(tokens["refresh_token"])[1]["error"] == "invalid_grant"
    assert client.redeem(waiting)[1]["error"] == "invalid_grant"


def test_token_of_a_suspended_agent(home, client, alice, acme):
    token = client.sign_in(alice)["access_token"]
    page = {"page_id": acme.ids["pages"]["roadmap"]}
    assert home.call("product", token, "notion.get_page", page)[0] == "done"
    home.run("agents", "suspend", "product")
    try:
        assert home.call("product", token, "notion.get_page", page)[0] == "denied"
    finally:
        home.run("agents", "resume", "product")


def test_token_in_the_query_is_refused(home, client, alice):
    tokens = client.sign_in(alice)
    access, refresh = tokens["access_token"], tokens["refresh_token"]
    headers = {"Content_Type": "application/json", "Accept": "application/json, text/event-stream"}
    status, _, _ = send(f"{home.url}/mcp/product?access_token={access}", "POST", body="{}", **headers)
    assert status == 400
    for path, name, value in (("token", "refresh_token", refresh), ("revoke", "token", access), ("introspect", "token", access)):
        status, _, text = send(f"{home.url}/oauth/{path}?{name}={value}&client_id={client.id}&grant_type=refresh_token",
                               "POST", {"client_id": client.id})
        assert status == 400 and json.loads(text)["error"] == "invalid_request"
    assert ping(home, access)[0] == 200


def test_row_6_alg_none_and_key_confusion_make_no_token(home, client, alice):
    def part(value):
        return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")

    _, _, keys = send(home.url + "/oauth/jwks")
    claims = part({"iss": home.url, "sub": "acme/alice", "aud": client.resource, "exp": 1 << 40, "scope": "read"})
    forged = [f"{part({'alg': 'none'})}.{claims}."]
    signed = f"{part({'alg': 'HS256'})}.{claims}"
    forged.append(f"{signed}.{base64.urlsafe_b64encode(hmac.digest(keys.encode(), signed.encode(), hashlib.sha256)).decode().rstrip('=')}")
    for token in forged + ["dpy_at_", "dpy_at_" + "A" * 43, "dpy_mcp_" + "A" * 43]:
        assert ping(home, token)[0] == 401
    assert ping(home, client.sign_in(alice)["access_token"])[0] == 200


def test_what_a_client_holds_opens_no_page_and_approves_nothing(home, client, alice):
    tokens = client.sign_in(alice)
    for token in (tokens["access_token"], tokens["refresh_token"], home.token("alice")):
        for path in ("/approvals", "/clients", "/connections"):
            assert send(home.url + path, Authorization=f"Bearer {token}")[0] == 401
            assert send(home.url + path, Cookie=f"deputy={token}")[0] == 401
        status, headers, _ = send(client.link(), Authorization=f"Bearer {token}", Cookie=f"deputy={token}")
        assert status == 303 and headers["Location"].startswith("/sign-in")
        assert send(home.url + "/oauth/authorize", "POST", {"answer": "allow"}, Authorization=f"Bearer {token}")[0] == 401
        assert send(home.url + "/oauth/introspect", "POST", {"token": token, "client_id": client.id})[0] == 401
    assert ping(home, tokens["refresh_token"])[0] == 401


def test_a_client_gives_back_its_own_tokens_alone(home, client, alice, site):
    other = home.run("clients", "register", "Other", "--redirect-uri", site.callback)["id"]
    tokens = client.sign_in(alice)

    def give_back(token, identity):
        return send(home.url + "/oauth/revoke", "POST", {"token": token, "client_id": identity, "token_type_hint": "x"})[0]

    assert give_back(tokens["access_token"], other) == 200 and ping(home, tokens["access_token"])[0] == 200
    assert give_back("dpy_at_unknown", client.id) == 200
    assert give_back(tokens["access_token"], client.id) == 200 and ping(home, tokens["access_token"])[0] == 401
    assert client.refresh(tokens["refresh_token"])[1]["error"] == "invalid_grant"


def test_introspection_is_for_clients_with_a_secret_and_their_own_tokens(home, client, alice, site):
    made = home.run("clients", "register", "Server", "--redirect-uri", site.callback, "--confidential")
    server = Client(home, made["id"], site.callback, made["secret"])
    token, others = server.sign_in(alice)["access_token"], client.sign_in(alice)["access_token"]

    def look(token, identity, secret=None):
        fields = {"token": token, "client_id": identity} | ({"client_secret": secret} if secret else {})
        status, _, text = send(home.url + "/oauth/introspect", "POST", fields)
        return status, json.loads(text)

    status, told = look(token, made["id"], made["secret"])
    assert status == 200 and told["active"] and told["aud"] == server.resource and told["sub"] == "acme/alice"
    assert look(others, made["id"], made["secret"]) == (200, {"active": False})
    assert look(token, made["id"], "dpy_cs_guess")[0] == 401 and look(token, client.id)[0] == 401 and look(token, made["id"])[0] == 401
