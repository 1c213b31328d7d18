"""Groups, shares and their pre-flight, editors, and people who leave, from the command line against a running gateway."""

import json


def error(result):
    return json.loads(result.stdout)["error"]


def reached(home, agent, token):
    """The HTTP status of a ping with this token."""
    return home.post(agent, token, {"jsonrpc": "2.0", "id": 1, "method": "ping"})[0]


def add_private(home):
    """A claw of Dana's own mailbox and an assistant, which nobody but her may use yet."""
    home.run("agents", "add", "inbox", "--acts-as", "claw", "--owner", "dana", "--slot", "gmail:agent", "--tool", "gmail.*")
    home.run("agents", "add", "notes", "--acts-as", "assistant", "--owner", "dana", "--slot", "notion:person",
             "--tool", "notion.search", "--tool", "notion.get_page")


def test_groups_live_and_die(home):
    home.run("groups", "add", "sales", "--name", "Sales", "--member", "bob")
    assert home.run("groups", "add-member", "sales", "carol")["members"] == ["bob", "carol"]
    assert [group["id"] for group in home.run("groups", "list")["groups"]] == ["sales"]
    home.run("agents", "share", "product", "--with", "group:sales")
    shown = home.run("groups", "show", "sales")
    assert shown["name"] == "Sales" and shown["shares"] == [{"agent": "product", "rights": ["use"]}]
    assert home.run("groups", "remove-member", "sales", "bob")["members"] == ["carol"]
    assert "sales" in error(home.command("groups", "show", "salse"))["hint"]
    assert "bob" in error(home.command("groups", "remove-member", "sales", "bob"))["message"]
    home.run("groups", "remove", "sales")
    assert home.run("groups", "list")["groups"] == []
    assert home.run("agents", "shares", "product")["shares"] == []


def test_fleet_18_a_claw_on_its_owners_mailbox_waits_for_an_acknowledgement(home, acme):
    add_private(home)
    home.run("connections", "add", "gmail", "--agent", "inbox", "--shared-with-owner", secret=acme.tokens["gmail"]["dana"])
    home.run("groups", "add", "sales", "--member", "bob", "--member", "carol")
    share = ("agents", "share", "inbox", "--with", "group:sales")
    dry = home.run(*share, "--dry-run")
    assert dry["shared"] is False and dry["warnings"][0]["people"] == ["bob", "carol"]
    assert dry["warnings"][0]["holder"] == "dana"
    refused = home.command(*share)
    assert refused.returncode == 1
    told = error(refused)
    assert told["code"] == "refused" and "--acknowledge-own-account" in told["hint"]
    assert all(name in told["message"] for name in ("`bob`", "`carol`", "`dana`", "dana@acme.test"))
    assert home.run("agents", "shares", "inbox")["shares"] == []
    assert home.run(*share, "--acknowledge-own-account")["shared"] is True
    bob = home.token("bob", "inbox")
    assert home.call("inbox", bob, "gmail.search", {})[0] == "done"
    leaf = [leaf for leaf in home.leaves() if leaf.get("change") == "agent.shared"][-1]
    assert "dana@acme.test" in leaf["acknowledged"][0] and leaf["with"] == "group:sales"


def test_a_share_opens_an_assistant_with_each_ones_own_account_and_ends_at_once(home, acme):
    add_private(home)
    alice = home.token("alice", "notes")
    page = {"page_id": acme.ids["pages"]["alice_onboarding"]}
    listing = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
    assert home.post("notes", alice, listing)[0] == 404
    said = home.run("agents", "share", "notes", "--with", "organization")
    assert any("their own account" in sentence for sentence in said["sentences"]) and not said["warnings"]
    assert home.call("notes", alice, "notion.get_page", page)[0] == "done"
    assert home.call("notes", home.token("bob", "notes"), "notion.get_page", page)[0] != "done"
    home.run("agents", "unshare", "notes", "--with", "organization")
    assert reached(home, "notes", alice) == 401
    dead = [token for token in home.run("tokens", "list")["tokens"] if token["agents"] == ["notes"]]
    assert dead and all(token["state"] == "revoked" for token in dead)


def test_a_wider_assistant_asks_each_person_again(home, acme):
    add_private(home)
    home.run("agents", "share", "notes", "--with", "person:alice", "--right", "use")
    home.token("alice", "notes")
    edited = home.run("agents", "edit", "notes", "--slot", "slack:person", "--tool", "slack.*")
    assert "slack.read_channel" in edited["allowedTools"]
    channel = json.dumps({"channel": "C1"})
    explained = home.run("explain", "notes", "slack.read_channel", "--as", "alice", "--arguments", channel)
    assert explained["verdict"] == "connect"
    assert "credential.agreement" in [finding["rule"] for finding in explained["findings"]]
    assert [leaf["by"].split(":")[0] for leaf in home.leaves() if leaf.get("change") == "agent.edited"] == ["operator"]
    assert home.command("agents", "edit", "notes", "--tool", "slack.*", "--as", "bob").returncode == 64


def test_fleet_16_who_leaves_has_nothing_left(home, acme):
    shown = home.run("people", "show", "bob")
    assert {row["provider"] for row in shown["connections"]} == {"notion", "slack"}
    assert {row["agent"] for row in shown["agents"]} == {"onboarding", "email", "product"}
    assert reached(home, "onboarding", home.tokens["bob"]) == 200
    before = len(home.leaves())
    assert home.run("people", "offboard", "bob")["state"] == "offboarded"
    assert reached(home, "onboarding", home.tokens["bob"]) == 401
    assert reached(home, "onboarding", home.tokens["alice"]) == 200
    assert {row["health"] for row in home.run("people", "show", "bob")["connections"]} == {"revoked"}
    changes = [leaf.get("change") for leaf in home.leaves()[before:]]
    assert changes.count("connection.revoked") == 2 and "person.removed" in changes
    assert home.command("people", "resume", "bob").returncode == 1
    assert home.command("tokens", "create", "bob", "--agent", "onboarding").returncode == 1
    assert home.run("ledger", "verify")["intact"]


def test_who_is_suspended_starts_anew(home, acme):
    assert home.run("people", "suspend", "alice")["standing"] == "suspended"
    assert reached(home, "onboarding", home.tokens["alice"]) == 401
    home.run("people", "resume", "alice")
    assert reached(home, "onboarding", home.tokens["alice"]) == 401
    page = {"page_id": acme.ids["pages"]["alice_onboarding"]}
    assert home.call("onboarding", home.token("alice", "onboarding"), "notion.get_page", page)[0] == "done"


def test_what_people_are_shown_is_text(home, deputy):
    home.run("groups", "add", "sales", "--member", "bob")
    for words, expected in (
        (("people", "show", "bob"), ("May use:", "onboarding", "Waiting for their answer:")),
        (("groups", "list"), ("sales", "bob")),
        (("agents", "share", "product", "--with", "group:sales", "--dry-run"), ("Nobody gains reach", "Nothing was shared")),
        (("agents", "shares", "product"), ("everyone",)),
    ):
        result = deputy(*words, "--home", home.path)
        assert result.returncode == 0, result.stderr
        assert all(text in result.stdout for text in expected), result.stdout
