"""A person with two accounts at one service says on their own page which one an agent uses; nobody else does, and nothing
ever takes its place. What is compared is whose token the service saw."""

import urllib.parse

import pytest
from browsing import LOOKS, inspect, raw


QUERY = {"query": "Roadmap"}


def read(home, person="alice"):
    """Who the service saw, and what the client was told."""
    since = max((entry["n"] for entry in home.acme.journal()), default=0)
    kind, result = home.call("onboarding", home.tokens[person], "notion.search", QUERY)
    seen = [e["owner"] for e in home.acme.journal(since) if e["n"] > since and e["service"] == "notion"]
    return kind, result, seen


def accounts(home, owner, provider="notion"):
    return [c for c in home.run("connections", "list")["connections"]
            if c["owner"] == owner and c["provider"] == provider and c["health"] != "revoked"]


def leaves(home, change):
    return [leaf for leaf in home.leaves() if leaf.get("change") == change]


@pytest.fixture(scope="module")
def second(home):
    """Alice's second account at Notion."""
    product = accounts(home, "agent:product")[0]
    home.run("people", "add", "alice", "--subject", f"notion={product['account']}")
    assert read(home)[2] == ["alice"]
    return home.run("connections", "add", "notion", "--person", "alice", secret=home.acme.tokens["notion"]["product"])


def test_of_two_accounts_none_is_used_until_alice_chooses_on_her_page(home, second, sign_in, screenshots):
    kind, result, seen = read(home)
    assert kind == "connection_required" and seen == []
    error = result["structuredContent"]["error"]
    assert error["rule"] == "credential.choose" and "onboarding" in error["message"]
    assert error["link"] == f"{home.url}/accounts/onboarding?provider=notion"

    # The link names what waits and gives nobody anything.
    assert raw(home, "GET", "/accounts/onboarding?provider=notion")[0] == 401
    carol = sign_in("carol")
    carol.goto(error["link"])
    assert "no account to choose from" in carol.inner_text("main")
    assert second["account_name"] not in carol.content()

    alice = sign_in("alice")
    alice.goto(error["link"])
    assert alice.inner_text("h1") == "Which account should onboarding use?"
    for scheme, width in LOOKS:
        inspect(alice, screenshots, "accounts", scheme, width)
    assert alice.get_by_role("radio").count() == 2
    alice.get_by_label(second["account_name"]).check()
    alice.get_by_role("button", name="Use this account").click()
    assert "Chosen." in alice.inner_text("main")
    assert alice.get_by_label(second["account_name"]).is_checked()
    assert read(home)[::2] == ("done", ["product"])
    made = leaves(home, "choice.made")[-1]
    assert made["by"] == "person:alice" and made["agent"] == "onboarding" and made["connection"] == second["id"]
    assert read(home, "bob")[2] == ["bob"], "nobody else's"

    alice.goto(home.url + "/connections")
    assert f"onboarding at notion: {second['account_name']}" in alice.inner_text("main")
    for scheme, width in LOOKS:
        inspect(alice, screenshots, "connections-several", scheme, width)
    alice.get_by_role("link", name="Choose the account of onboarding at notion").click()
    first = next(c for c in accounts(home, "person:alice") if c["id"] != second["id"])
    alice.get_by_label(first["email"]).check()
    alice.get_by_role("button", name="Use this account").click()
    assert read(home)[::2] == ("done", ["alice"])


def test_nobody_chooses_for_alice_and_she_chooses_nobody_elses(home, second, sign_in):
    alice, bob = sign_in("alice"), sign_in("bob")
    alice.goto(f"{home.url}/accounts/onboarding?provider=notion")
    bob.goto(f"{home.url}/accounts/onboarding?provider=notion")
    assert second["account_name"] not in bob.content()
    fields = {name: alice.locator(f"input[name={name}]").first.get_attribute("value") for name in ("csrf", "shown")}
    bobs = {"csrf": bob.locator("input[name=csrf]").first.get_attribute("value")}
    before = home.run("connections", "choices")
    path = f"{home.url}/accounts/onboarding"
    ours = fields | {"provider": "notion", "connection": second["id"]}
    assert bob.request.post(path, form=ours | bobs).status != 200, "another person, with what alice was shown"
    assert bob.request.post(path, form=ours).status == 403, "another person, with alice's form token"
    theirs = accounts(home, "person:bob")[0]["id"]
    assert alice.request.post(path, form=ours | {"connection": theirs}).status == 422, "somebody else's account"
    assert alice.request.post(path, form=ours | {"shown": "00" * 32}).status == 422, "not what she was shown"
    assert alice.request.post(f"{home.url}/accounts/email", form=ours | {"provider": "gmail"}).status == 404, "dana's claw"
    assert alice.request.get(f"{path}?provider=notion&connection={second['id']}").status == 200
    foreign = raw(home, "POST", "/accounts/onboarding", urllib.parse.urlencode(ours),
                  Content_Type="application/x-www-form-urlencoded", Origin="https://evil.example",
                  Cookie="; ".join(f"{c['name']}={c['value']}" for c in alice.context.cookies()))
    assert foreign[0] == 403, "a form of another site"
    assert home.run("connections", "choices") == before
    for token in home.tokens.values():
        answer = raw(home, "GET", "/accounts/onboarding?provider=notion", Authorization=f"Bearer {token}")
        assert answer[0] == 401, "a client's token opens no page"


def test_what_was_chosen_and_revoked_has_nothing_in_its_place(home, second, sign_in):
    chosen = home.run("connections", "choose", second["id"], "--agent", "onboarding", "--person", "alice")
    assert chosen["account_name"] == second["account_name"]
    assert read(home)[2] == ["product"]
    home.run("connections", "revoke", second["id"])
    kind, result, seen = read(home)
    assert kind == "connection_required" and seen == [], "the other account is healthy, and isn't used"
    error = result["structuredContent"]["error"]
    assert error["rule"] == "credential.choose-again" and "/accounts/onboarding?provider=notion" in error["link"]
    alice = sign_in("alice")
    alice.goto(error["link"])
    assert "there no more" in alice.inner_text("main")
    alice.get_by_role("button", name="Take the choice back").click()
    assert "Taken back." in alice.inner_text("main")
    assert read(home)[::2] == ("done", ["alice"]), "now there is just one"
    assert [leaf["by"] for leaf in leaves(home, "choice.taken-back")] == ["person:alice"]


def test_an_agents_own_accounts_are_chosen_from_by_its_owner(home, sign_in):
    home.run("agents", "add", "desk", "--acts-as", "claw", "--owner", "dana", "--users", "everyone",
             "--slot", "notion:agent", "--tool", "notion.search")
    token = home.token("bob", "desk")
    home.run("people", "add", "alice", "--subject", "notion=nobody-in-particular")
    refused = home.command("connections", "add", "notion", "--agent", "desk", secret=home.acme.tokens["notion"]["bob"])
    assert "is the account of `bob`" in refused.stdout
    own = home.run("connections", "add", "notion", "--agent", "desk", secret=home.acme.tokens["notion"]["product"])
    assert home.call("desk", token, "notion.search", QUERY)[0] == "done"
    home.run("connections", "add", "notion", "--agent", "desk", secret=home.acme.tokens["notion"]["product"])
    kind, result = home.call("desk", token, "notion.search", QUERY)
    assert kind == "connection_required" and "link" not in result["structuredContent"]["error"], "bob can do nothing about it"
    assert "deputy connections choose" in str(result)
    bob, dana = sign_in("bob"), sign_in("dana")
    assert bob.goto(f"{home.url}/accounts/desk?provider=notion").status == 404
    dana.goto(home.url + "/connections")
    dana.get_by_role("link", name="Choose the account of desk at notion").click()
    dana.get_by_role("radio").first.check()
    dana.get_by_role("button", name="Use this account").click()
    assert home.call("desk", token, "notion.search", QUERY)[0] == "done"
    choice = home.run("connections", "choices")["choices"][-1]
    assert (choice["agent"], choice["owner"]) == ("desk", "agent:desk")
    home.run("agents", "clone", "desk", "desk-two", "--as", "claw", "--owner", "dana")
    assert [c["agent"] for c in home.run("connections", "choices")["choices"]].count("desk-two") == 0
    refused = home.command("connections", "choose", own["id"], "--agent", "desk-two")
    assert refused.returncode == 1 and "no connection of the agent `desk-two`" in refused.stdout
    home.run("connections", "take-back", "notion", "--agent", "desk")
    assert home.call("desk", token, "notion.search", QUERY)[0] == "connection_required"
