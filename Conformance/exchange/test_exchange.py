"""RFC 8693 at our own token endpoint: what an agent builder gets for its user's token."""

import json
import time
import urllib.request

import pytest
from issuing import ACCESS_TOKEN, BEARER, EXCHANGE, ping


def roadmap(acme):
    return {"page_id": acme.ids["pages"]["roadmap"]}


def test_metadata_name_the_grants(home, builder):
    for path in ("oauth-authorization-server", "openid-configuration"):
        with urllib.request.urlopen(f"{home.url}/.well-known/{path}") as response:
            document = json.loads(response.read())
        assert {EXCHANGE, BEARER} <= set(document["grant_types_supported"])
        assert document["authorization_grant_profiles_supported"] == ["urn:ietf:params:oauth:grant-profile:id-jag"]


def test_the_answer_is_the_rfcs(builder):
    status, answer, headers = builder.post(
        grant_type=EXCHANGE, subject_token=builder.token(), resource=builder.resource(),
        subject_token_type="urn:ietf:params:oauth:token-type:id_token", scope="read")
    assert status == 200 and headers["Cache-Control"] == "no-store", headers
    assert set(answer) == {"access_token", "issued_token_type", "token_type", "expires_in", "scope"}
    assert answer["issued_token_type"] == ACCESS_TOKEN and answer["token_type"] == "Bearer"
    assert 0 < answer["expires_in"] <= 600 and answer["scope"] == "read"
    told = builder.told(answer["access_token"])
    assert told["active"] and told["sub"] == "acme/alice" and told["act"] == {"sub": builder.resource()}
    assert told["aud"] == builder.resource() and told["client_id"] == builder.id


def test_an_access_token_of_the_issuer_too(builder):
    token = builder.issuer.access_token("alice-1", ["api://mail", builder.audience])
    assert builder.exchange(token, subject_token_type=ACCESS_TOKEN)[0] == 200
    assert builder.exchange(token)[1]["error"] == "invalid_request"


def test_a_call_is_the_persons_at_this_agent_alone(home, acme, builder):
    token = builder.session("bob-1")
    assert home.call("product", token, "notion.get_page", roadmap(acme))[0] == "done"
    assert [ping(home, token, agent) for agent in ("product", "email", "onboarding")] == [200, 401, 401]
    issued = [leaf for leaf in home.leaves() if leaf.get("change") == "client.exchanged"][-1]
    assert (issued["person"], issued["agent"], issued["client"], issued["issuer"]) == ("bob", "product", builder.id, "corp")
    decided = [leaf for leaf in home.leaves() if leaf.get("client") == issued["token"] and leaf.get("tool")][-1]
    assert decided["requester"]["person"] == "bob" if isinstance(decided["requester"], dict) else "bob" in decided["requester"]


def test_an_assistant_still_waits_for_its_persons_own_yes(home, acme, builder):
    page = {"page_id": acme.ids["pages"]["alice_onboarding"]}
    token = builder.session("alice-1", "onboarding")
    kind, result = home.call("onboarding", token, "notion.get_page", page)
    assert kind != "done", "nobody has agreed to anything"
    home.token("alice", "onboarding")
    since = len(acme.journal())
    assert home.call("onboarding", token, "notion.get_page", page)[0] == "done"
    assert {entry["owner"] for entry in acme.journal()[since:] if entry["call"].startswith("notion")} == {"alice"}


def test_the_scope_narrows_one_token_and_a_refusal_names_what_is_missing(home, acme, builder):
    narrow, wide = (builder.session(agent="email", scope=scope) for scope in ("read", None))
    event = {"summary": "From a client", "start": "2026-12-01T09:00:00Z", "end": "2026-12-01T10:00:00Z"}
    request = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "calendar.create_event", "arguments": event}}
    status, _, headers = home.post("email", narrow, request)
    assert status == 403 and 'error="insufficient_scope"' in headers.get("Www-Authenticate", headers.get("WWW-Authenticate"))
    assert home.call("email", wide, "calendar.create_event", event)[0] == "done"
    assert home.call("email", narrow, "calendar.list_events", {})[0] == "done"
    assert builder.told(narrow)["scope"] == "read" and "create" in builder.told(wide)["scope"].split()


def test_who_acted_before_is_history(home, builder):
    history = {"sub": "planner", "act": {"sub": "web"}}
    status, answer = builder.exchange(builder.token(act=history))
    assert status == 200
    assert builder.told(answer["access_token"])["act"] == {"sub": builder.resource(), "act": history}
    assert [leaf for leaf in home.leaves() if leaf.get("change") == "client.exchanged"][-1]["actors"] == history


def test_who_may_act(builder):
    assert builder.exchange(builder.token(may_act={"sub": builder.resource()}))[0] == 200
    for actor in ({"sub": builder.resource("email")}, {"sub": "product"}, {"client_id": builder.id}):
        assert builder.exchange(builder.token(may_act=actor))[1]["error"] == "invalid_request"


def test_it_ends_with_the_token_that_it_came_of(builder):
    status, answer = builder.exchange(builder.token(exp=int(time.time()) + 30))
    assert status == 200 and answer["expires_in"] <= 30


def test_a_client_gives_one_back(home, builder):
    one, two = builder.session(), builder.session()
    assert builder.post("/oauth/revoke", token=one)[0] == 200
    assert [ping(home, one), ping(home, two)] == [401, 200]


@pytest.mark.parametrize("changes, error", [
    ({"subject_token": None}, "invalid_request"), ({"subject_token_type": None}, "invalid_request"),
    ({"subject_token_type": "urn:ietf:params:oauth:token-type:saml2"}, "invalid_request"),
    ({"requested_token_type": "urn:ietf:params:oauth:token-type:refresh_token"}, "invalid_request"),
    ({"actor_token": "x"}, "invalid_request"), ({"actor_token_type": ACCESS_TOKEN}, "invalid_request"),
    ({"resource": None}, "invalid_target"), ({"resource": "https://other.example/mcp/product"}, "invalid_target"),
    ({"audience": "https://other.example"}, "invalid_target"), ({"scope": "everything"}, "invalid_scope"),
    ({"client_secret": "wrong"}, "invalid_client"), ({"client_secret": None}, "invalid_client"),
    ({"grant_type": EXCHANGE + "x"}, "unsupported_grant_type"),
])
def test_errors_are_the_rfcs(builder, changes, error):
    status, answer = builder.exchange(builder.token(), **changes)
    assert (status, answer["error"]) == (401 if error == "invalid_client" else 400, error)


def test_an_issuer_that_is_down_is_no_reason_to_believe_anybody(home, builder, issuer, stranger):
    made = home.run("clients", "register", "Third", "--confidential")
    home.run("issuers", "add", "down", "--issuer", stranger.url, "--audience", f"api://third={made['id']}")
    findings = [finding["message"] for finding in json.loads(home.command("doctor").stdout)["findings"]]
    assert any("`down`" in message and "can be exchanged" in message for message in findings), findings
    home.run("clients", "revoke", made["id"])
    stranger.down = True
    findings = [finding["message"] for finding in json.loads(home.command("doctor").stdout)["findings"]]
    stranger.down = False
    assert any("no token of `down` can be exchanged" in message for message in findings), findings
    assert any("`api://third` of `down`" in message for message in findings), findings
    assert any("no login of `down`" in message for message in findings), findings
    home.run("issuers", "remove", "down")
