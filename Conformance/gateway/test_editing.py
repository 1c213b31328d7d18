"""Agents that people edit and copy in a terminal: as themselves, with their own one-time link, within what is theirs."""

import json
import threading

import pytest

NOTES = ("agents", "add", "notes", "--acts-as", "assistant", "--owner", "dana", "--slot", "notion:person",
         "--slot", "slack:person", "--slot", "rippling:agent", "--tool", "notion.*", "--tool", "rippling.get_worker",
         "--deny", "notion.get_page_content", "--ask", "notion.search")


def error(result):
    assert result.returncode == 1, result.stdout
    return json.loads(result.stdout)["error"]


def by_link(home, person, *words):
    return home.command("agents", *words, "--by-link", secret=home.run("login", person)["link"] + "\n")


def done(result):
    assert result.returncode == 0, result.stdout + result.stderr
    return json.loads(result.stdout)


@pytest.fixture
def shared(home):
    """Dana's notes, which Bob edits, Alice uses and Carol knows nothing of."""
    home.run(*NOTES)
    home.run("agents", "share", "notes", "--with", "person:bob", "--right", "edit")
    home.run("agents", "share", "notes", "--with", "person:alice")
    return home


def edits(home):
    return [(leaf["by"], leaf["changed"]) for leaf in home.leaves() if leaf.get("change") == "agent.edited"]


def test_an_editor_edits_as_themself(shared):
    edited = done(by_link(shared, "bob", "edit", "notes", "--tool", "slack.*", "--without-deny", "notion.get_page_content"))
    assert "slack.read_channel" in edited["allowedTools"] and "notion.get_page_content" in edited["allowedTools"]
    done(by_link(shared, "bob", "edit", "notes", "--deny", "slack.post_message", "--ask", "slack.*"))
    assert edits(shared) == [("person:bob", ["deny", "tools"]), ("person:bob", ["ask", "deny"])]
    assert shared.run("agents", "show", "notes")["ask"] == ["notion.search", "slack.*"]
    sessions = [leaf.get("change") for leaf in shared.leaves() if str(leaf.get("change", "")).startswith("session")]
    assert sessions.count("session.began") == sessions.count("session.ended") or not sessions


def test_what_an_editor_adds_is_asked_of_each_user(shared):
    alice = shared.token("alice", "notes")
    done(by_link(shared, "bob", "edit", "notes", "--tool", "slack.*"))
    kind, result = shared.call("notes", alice, "slack.read_channel", {"channel": "C1"})
    assert kind == "connection_required" and "/agreements" in str(result) and "read at `slack`" in str(result)


@pytest.mark.parametrize("words,told", [
    (("--without-ask", "notion.search"), "only its owner takes `notion.search` from what is asked for"),
    (("--tool", "rippling.*"), "only its owner adds `rippling.*`, which may use the agent's own account"),
    (("--slot", "gmail:agent"), "only its owner gives it an account of its own at `gmail`"),
    (("--without-slot", "notion:person", "--slot", "notion:agent"), "changes whose account is used at `notion`"),
    (("--sandbox", "off"), "only its owner changes `sandbox`"),
    (("--audit-days", "1"), "only its owner changes `audit`"),
])
def test_what_is_the_owners_stays_the_owners(shared, words, told):
    before = shared.run("agents", "show", "notes")
    refused = error(by_link(shared, "bob", "edit", "notes", *words))
    assert told in refused["message"] and refused["hint"] == "ask `dana`"
    assert shared.run("agents", "show", "notes") == before and edits(shared) == []
    done(by_link(shared, "dana", "edit", "notes", *words))
    assert [by for by, _ in edits(shared)] == ["person:dana"]


@pytest.mark.parametrize("change,told", [
    ({"owner": "bob"}, "unknown key `owner`"), ({"actsAs": "claw"}, "unknown key `actsAs`"),
    ({"principals": ["bob"]}, "unknown key `principals`"), ({"tier": 3}, "unknown key `tier`"),
    ({"grants": []}, "unknown key `grants`"), ({"shares": []}, "unknown key `shares`"),
    ({"standing": "active"}, "unknown key `standing`"), ({"users": "everyone"}, "who may use an agent isn't edited"),
    ({"restricted": []}, "`restricted` isn't changed by an edit"),
    ({"restricted": ["contacts"]}, "`restricted` isn't changed by an edit"),
])
def test_what_no_edit_changes_whoever_sends_it(shared, change, told):
    before = shared.run("agents", "show", "notes")
    for person in ("bob", "dana"):
        assert told in send(shared, person, "edit", change)[1], person
    assert shared.run("agents", "show", "notes") == before


@pytest.mark.parametrize("change", [
    {"approvers": ["bob"]}, {"guests": ["notion.search"]}, {"lift": [{"tools": "notion.search", "destinations": "nobody"}]},
    {"budget": {"callsPerDay": 9}}, {"ask": []}, {"sandbox": None},
])
def test_less_oversight_is_the_owners_alone(shared, change):
    before = shared.run("agents", "show", "notes")
    status, text = send(shared, "bob", "edit", change)
    assert status == 422 and "only its owner" in text
    assert shared.run("agents", "show", "notes") == before


def send(home, person, verb, change, **headers):
    """The form that the command sends, with whatever somebody puts into it."""
    browser = home.browser(person)
    browser.accept = "application/json"
    csrf = json.loads(browser.send("GET", "/session")[1])["csrf"]
    return browser.send("POST", f"/agents/notes/{verb}", {"csrf": csrf, "body": json.dumps(change)} | headers)


def test_who_may_not_is_told_what_they_may_know(shared):
    for verb, more in (("edit", ("--ask", "notion.*")), ("clone", ("mine", "--as", "assistant"))):
        word = {"edit": "edit", "clone": "clone"}[verb]
        user = error(by_link(shared, "alice", verb, "notes", *more))
        assert f"`alice` has no right to {word} `notes`" in user["message"]
        stranger = error(by_link(shared, "carol", verb, "notes", *more))
        nowhere = error(by_link(shared, "carol", verb, "nothing", *more))
        assert "no agent is called `notes`" in stranger["message"]
        assert stranger["message"].replace("notes", "nothing") == nowhere["message"]
        assert stranger.get("hint") == nowhere.get("hint")
    assert edits(shared) == []


def test_a_copy_is_the_persons_who_made_it(shared, acme):
    shared.run("connections", "add", "rippling", "--agent", "notes", secret=acme.tokens["rippling"]["company"])
    shared.run("agents", "share", "notes", "--with", "person:bob", "--right", "clone")
    copy = done(by_link(shared, "bob", "clone", "notes", "mine", "--as", "claw"))
    assert copy["owner"] == "bob" and copy["users"] == ["bob"] and copy["actsAs"] == "claw"
    assert set(copy["slots"]) == {"notion:agent", "slack:agent", "rippling:agent"}
    assert copy["ask"] == ["notion.search"], "what its first owner wants to be asked for comes along"
    assert not [c for c in shared.run("connections", "list")["connections"] if c["owner"] == "agent:mine"]
    assert shared.run("agents", "shares", "mine")["shares"] == []
    added = [leaf for leaf in shared.leaves() if leaf.get("change") == "agent.added"][-1]
    assert (added["by"], added["agent"], added["from"]) == ("person:bob", "mine", "notes")
    assert "can't act for somebody else" in error(by_link(
        shared, "bob", "clone", "notes", "hers", "--as", "delegate", "--tier", "1", "--principal", "dana"))["message"]
    assert "is yours" in by_link(shared, "bob", "clone", "notes", "x", "--as", "claw", "--owner", "dana").stderr
    # It is Bob's now: he opens what the first one's owner kept shut.
    done(by_link(shared, "bob", "edit", "mine", "--without-ask", "notion.search"))
    assert "no agent is called" in error(by_link(shared, "alice", "edit", "mine", "--ask", "notion.*"))["message"]
    # The first one isn't.
    assert "only its owner" in error(by_link(shared, "bob", "edit", "notes", "--without-ask", "notion.search"))["message"]


def test_the_right_ends_with_its_share(shared):
    done(by_link(shared, "bob", "edit", "notes", "--deny", "notion.search"))
    shared.run("agents", "unshare", "notes", "--with", "person:bob")
    assert "no agent is called" in error(by_link(shared, "bob", "edit", "notes", "--deny", "notion.get_page"))["message"]


def test_only_a_signed_in_person_edits(shared):
    link = shared.run("login", "bob")["link"]
    done(shared.command("agents", "edit", "notes", "--deny", "notion.search", "--by-link", secret=link + "\n"))
    again = error(shared.command("agents", "edit", "notes", "--deny", "slack.*", "--by-link", secret=link + "\n"))
    assert again["code"] == "link"
    bob = shared.browser("bob")
    assert bob.send("GET", "/agents/notes")[0] == 404, "there is no page for it"
    assert bob.send("GET", "/session")[0] == 404
    bob.accept = "application/json"
    assert bob.send("POST", "/agents/notes/edit", {"csrf": "x", "body": "{}"})[0] == 403
    assert bob.send("POST", "/agents/notes/edit", {"body": "{}"})[0] == 403
    assert bob.send("GET", "/agents/notes")[0] == 200
    bob.cookie = None
    assert bob.send("GET", "/agents/notes")[0] == 401
    token = shared.token("alice", "notes")
    status, _, _ = shared.post("notes", token, {"jsonrpc": "2.0", "id": 1, "method": "ping"})
    assert status == 200
    import urllib.request
    request = urllib.request.Request(f"{shared.url}/agents/notes", headers={
        "Authorization": f"Bearer {token}", "Accept": "application/json"})
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request, timeout=10)
    assert refused.value.code == 401, "what an agent's client holds changes nothing"


def test_of_edits_at_once_none_is_undone(shared):
    tools = ["notion.search", "notion.get_page", "slack.post_message", "slack.read_channel"]
    results = {}

    def edit(tool):
        results[tool] = shared.command("agents", "edit", "notes", "--deny", tool)

    threads = [threading.Thread(target=edit, args=(tool,)) for tool in tools]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    taken = {tool for tool, result in results.items() if result.returncode == 0}
    assert taken
    for tool in set(tools) - taken:
        assert "at the same time" in error(results[tool])["message"]
    assert set(shared.run("agents", "show", "notes")["deny"]) == taken | {"notion.get_page_content"}
