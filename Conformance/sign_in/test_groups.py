"""What a provider says of groups is so at once: those that it decides about, and no others."""

import json


def members(home, group):
    return sorted(home.run("groups", "show", group)["members"])


def test_groups_come_and_go_with_each_sign_in(home, visitor, provider):
    provider.groups = ["vendors", "something-else"]
    visitor.sign_in()
    assert members(home, "sales") == ["alice"] and members(home, "staff") == ["dana"]
    provider.groups = ["everybody", "closers"]
    visitor.sign_in()
    assert members(home, "sales") == ["alice"] and members(home, "staff") == ["alice", "dana"]
    provider.groups = []
    visitor.sign_in()
    assert members(home, "sales") == [] and members(home, "staff") == ["dana"], "what dana is in is nobody's to lose"
    changes = [(leaf["change"], leaf.get("group"), leaf["by"]) for leaf in home.leaves()
               if leaf.get("change", "").startswith("group.member") and leaf.get("person") == "alice"]
    assert ("group.member-added", "sales", "sign-in:corp") in changes
    assert ("group.member-removed", "staff", "sign-in:corp") in changes


def test_a_token_without_groups_or_with_nonsense_takes_them(home, visitor, provider):
    for nonsense in (None, "vendors-not", 7, {"vendors": True}, [["vendors"]], [7]):
        provider.groups = ["vendors"]
        provider.change = lambda header, claims: None
        visitor.sign_in()
        assert members(home, "sales") == ["alice"]

        def change(header, claims, nonsense=nonsense):
            claims.pop("groups") if nonsense is None else claims.update(groups=nonsense)
        provider.change = change
        visitor.sign_in()
        assert members(home, "sales") == [], nonsense


def test_a_lost_group_takes_what_it_alone_gave_at_once(home, visitor, provider):
    """Bob's token for the agent that was shared with the group dies in the commit that signs him in without it."""
    home.run("agents", "add", "crm", "--acts-as", "claw", "--owner", "dana", "--users", "dana")
    home.run("agents", "share", "crm", "--with", "group:sales", "--right", "use")
    provider.subject, provider.groups = "bob-1", ["vendors"]
    visitor.sign_in()
    assert members(home, "sales") == ["bob"]
    code = home.run("tokens", "create", "bob", "--agent", "crm")["code"]
    home.run("tokens", "take-up", code)
    assert [t["state"] for t in home.run("tokens", "list")["tokens"]] == ["active"]
    provider.groups = []
    visitor.sign_in()
    assert [t["state"] for t in home.run("tokens", "list")["tokens"]] == ["revoked"]
    assert any(leaf.get("change") == "use.ended" and leaf["by"] == "sign-in:corp" for leaf in home.leaves())


def test_one_provider_decides_about_a_group(home, provider):
    other = type(provider)()
    try:
        result = home.command("sign-in", "add", "other", "--issuer", other.issuer, "--client-id", "deputy",
                              "--groups-claim", "groups", "--group", "x=sales", secret=other.clients["deputy"])
        assert result.returncode == 1 and "`corp` decides who is in `sales` already" in json.loads(result.stdout)["error"]["message"]
        result = home.command("sign-in", "add", "other", "--issuer", other.issuer, "--client-id", "deputy",
                              "--groups-claim", "groups", "--group", "x=saels", secret=other.clients["deputy"])
        assert result.returncode == 1 and "no group is called `saels`" in result.stdout
    finally:
        other.stop()
