"""What one person tells an assistant is told to that person alone, by every way there is. Canaries are planted through the
built binary, and looked for in what people, models and the database are shown."""

import json
import re
import time

import postgres
import pytest

from test_slack_talk import Slack, bind

TELL = '/call memory.remember {"text": "my bonus is cerulean-4711"}'
FIND = '/call memory.search {"query": "bonus"}'
CANARY = "cerulean-4711"
MODEL = ("anthropic", "claude-acme-1")


@pytest.fixture
def talking(empty, tmp_path):
    """The assistant has a memory, and people have agreed to that."""
    empty.populate().serve()
    empty.run("agents", "edit", "onboarding", "--tool", "group:memory")
    empty.connect()
    empty.tokens = {person: empty.token(person) for person in ("alice", "bob", "dana")}
    empty.run("models", "add", "default", "--speaks", "offline")
    bind(empty, tmp_path, onboarding="onboarding")
    return empty


def search(home, person, query="", agent="onboarding"):
    kind, result = home.call(agent, home.tokens[person], "memory.search", {"query": query, "limit": 50})
    assert kind == "done", result
    return [entry["text"] for entry in result["structuredContent"]["memories"]]


def say_on_page(browser, agent, text, words, talk="talk", seconds=60):
    path = f"/chats/{agent}.{talk}"
    _, page = browser.send("GET", path)
    form = {name: re.search(f'name="{name}" value="([^"]+)"', page).group(1) for name in ("csrf", "event")}
    assert browser.send("POST", path, form | {"text": text})[0] in (200, 303)
    deadline = time.time() + seconds
    while time.time() < deadline:
        _, page = browser.send("GET", path)
        said = page.split('id="talk"')[1].split("</ol>")[0]
        if words in said:
            return said
        time.sleep(0.1)
    raise AssertionError(said)


def test_fleet_12_bob_asks_in_the_same_slack_thread_for_what_alice_told(talking):
    slack = Slack(talking, "onboarding")
    for person in ("alice", "bob"):
        slack.link(person)
    told = slack.say("alice", f"@{slack.name} {TELL}", channel="general")
    slack.wait(told["channel"], "memory.remember")
    slack.say("bob", f"@{slack.name} {FIND}", channel="general", thread=told["ts"])
    time.sleep(0.1)
    slack.wait(told["channel"], '"memories":[]'.replace('"', '\\"'))
    slack.say("alice", f"@{slack.name} {FIND}", channel="general", thread=told["ts"])
    slack.wait(slack.alone("alice"), CANARY)
    for channel in (told["channel"], slack.alone("bob")):
        ours = [m for m in slack.messages(channel) if m.get("user") == slack.app["user"]]
        assert CANARY not in json.dumps(ours), channel


def test_fleet_13_each_is_told_their_own_and_a_clone_nothing(talking):
    for person in ("alice", "bob"):
        kind, result = talking.call("onboarding", talking.tokens[person], "memory.remember",
                                    {"text": f"the canary of {person} is vermilion"})
        assert kind == "done", result
    for person in ("alice", "bob"):
        for query in ("", "canary", "VERMILION alice bob"):
            assert search(talking, person, query) == [f"the canary of {person} is vermilion"]
    assert search(talking, "dana", "canary") == []
    talking.run("agents", "clone", "onboarding", "second", "--as", "assistant")
    talking.tokens["alice"] = talking.token("alice", "second", "onboarding")
    assert search(talking, "alice", "canary", agent="second") == []
    assert len(search(talking, "alice", "canary")) == 1


def test_a_model_is_shown_what_its_own_person_told_before(talking):
    provider, model = MODEL
    talking.run("connections", "add", provider, "--organization", secret=talking.acme.tokens[provider]["acme"])
    talking.run("models", "add", "default", "--speaks", provider, "--model", model, "--key", f"{provider}:organization")
    kind, _ = talking.call("onboarding", talking.tokens["alice"], "memory.remember", {"text": f"my bonus is {CANARY}"})
    assert kind == "done"
    seen = {}
    for person in ("alice", "bob"):
        before = len(talking.acme.ask("GET", "/models")["asked"])
        say_on_page(talking.browser(person), "onboarding", "what is my bonus?", "theirs")
        seen[person] = json.dumps(talking.acme.ask("GET", "/models")["asked"][before:])
        assert seen[person] != "[]"
    assert CANARY in seen["alice"], "the check sees what a model is shown"
    assert CANARY not in seen["bob"]


def test_who_is_erased_or_has_left_is_remembered_no_more_and_the_ledger_verifies(talking):
    for person in ("alice", "bob"):
        talking.call("onboarding", talking.tokens[person], "memory.remember", {"text": f"{person} likes {CANARY}"})
    assert talking.sql("SELECT COUNT(*) FROM memories")[0][0] == 2
    report = talking.run("people", "offboard", "alice")
    assert "remembered about them" in json.dumps(report)
    assert [row[0] for row in talking.sql("SELECT about FROM memories")] == ["bob"]
    assert search(talking, "bob", "likes") == [f"bob likes {CANARY}"]
    assert talking.sql("SELECT COUNT(*) FROM payloads WHERE id LIKE 'memory/%'")[0][0] == 2, "the words and their key"
    talking.run("people", "suspend", "bob")
    talking.run("people", "erase", "bob", "--yes")
    assert talking.sql("SELECT COUNT(*) FROM payloads WHERE id LIKE 'memory/%'")[0][0] == 0
    assert talking.run("ledger", "verify")["intact"]


def test_whoever_has_the_files_finds_no_word_and_no_leaf_has_one(talking):
    kind, _ = talking.call("onboarding", talking.tokens["alice"], "memory.remember", {"text": f"my bonus is {CANARY}"})
    assert kind == "done" and search(talking, "alice", CANARY) == [f"my bonus is {CANARY}"]
    assert CANARY not in json.dumps(talking.leaves())
    assert any(leaf.get("change") == "memory.written" and "hmac" in leaf["text"] for leaf in talking.leaves())
    talking.stop()
    for path in talking.files:
        assert CANARY.encode() not in path.read_bytes(), path


def test_what_everybody_is_to_be_told_waits_for_the_person_and_for_the_owner(talking):
    arguments = {"text": "the office is in vermilion street"}
    kind, result = talking.call("onboarding", talking.tokens["alice"], "memory.teach", arguments)
    assert kind == "approval_required"
    approval = result["structuredContent"]["error"]["approval"]
    assert search(talking, "bob", "office") == []
    assert talking.browser("bob").send("GET", f"/approvals/{approval}")[0] == 404
    for person in ("dana", "alice"):
        assert search(talking, "bob", "office") == []
        assert talking.browser(person).approve(approval)[0] == 303
    for _ in range(1000):
        kind, _ = talking.call("onboarding", talking.tokens["alice"], "memory.teach", arguments)
        if kind == "done":
            break
        time.sleep(0.05)
    assert search(talking, "bob", "office") == [arguments["text"]]


def test_a_memory_is_the_pages_of_whom_it_is_about_alone(talking):
    talking.call("onboarding", talking.tokens["alice"], "memory.remember", {"text": f"my bonus is {CANARY}"})
    alice, bob = talking.browser("alice"), talking.browser("bob")
    page = alice.send("GET", "/memory")[1]
    assert CANARY in page and CANARY not in bob.send("GET", "/memory")[1]
    action = re.search(r'action="(/memory/entries/[^"]+)/forget"', page).group(1)
    fields = {"csrf": re.search(r'name="csrf" value="([^"]+)"', page).group(1), "version": "1"}
    theirs = re.search(r'name="csrf" value="([^"]+)"', bob.send("GET", "/browsers")[1]).group(1)
    assert bob.send("POST", action + "/forget", fields | {"csrf": theirs})[0] == 404
    assert bob.send("POST", action + "/correct", fields | {"csrf": theirs, "text": "x"})[0] == 404
    assert bob.send("GET", "/memory/agents/onboarding")[0] == 422
    assert bob.send("POST", "/memory/agents/onboarding", {"csrf": theirs, "event": "e", "text": "evil"})[0] == 422
    assert alice.send("POST", action + "/correct", fields | {"text": "my bonus is secret-2"})[0] == 303
    assert alice.send("POST", action + "/correct", fields | {"text": "again"})[0] == 422, "what was changed meanwhile"
    assert search(talking, "alice", CANARY) == [] and search(talking, "alice", "secret") == ["my bonus is secret-2"]
    assert alice.send("POST", action + "/forget", fields | {"version": "2"})[0] == 303
    assert search(talking, "alice") == []
    changes = [leaf["change"] for leaf in talking.leaves() if leaf.get("change", "").startswith("memory.")]
    assert changes == ["memory.written", "memory.corrected", "memory.forgotten"]


def test_the_agents_own_memory_is_edited_by_who_was_given_that_right(talking):
    bob, dana = talking.browser("bob"), talking.browser("dana")
    assert bob.send("GET", "/memory/agents/onboarding")[0] == 422
    talking.run("agents", "share", "onboarding", "--with", "person:bob", "--right", "use", "--right", "edit-memory")
    page = bob.send("GET", "/memory/agents/onboarding")[1]
    fields = {name: re.search(f'name="{name}" value="([^"]+)"', page).group(1) for name in ("csrf", "event")}
    for _ in range(2):
        assert bob.send("POST", "/memory/agents/onboarding", fields | {"text": "lunch is at noon"})[0] == 303
    assert search(talking, "alice", "lunch") == ["lunch is at noon"], "and sent twice it is there once"
    talking.run("agents", "unshare", "onboarding", "--with", "person:bob")
    assert bob.send("POST", "/memory/agents/onboarding", fields | {"text": "evil"})[0] == 422
    page = dana.send("GET", "/memory/agents/onboarding")[1]
    action = re.search(r'action="(/memory/own/[^"]+)/forget"', page).group(1)
    csrf = re.search(r'name="csrf" value="([^"]+)"', page).group(1)
    assert bob.send("POST", action + "/forget", {"csrf": fields["csrf"], "version": "1"})[0] == 422
    assert dana.send("POST", action + "/forget", {"csrf": csrf, "version": "1"})[0] == 303
    assert search(talking, "alice", "lunch") == []


def at_terminal(home, person, *arguments, words="", link=None):
    link = link or home.run("login", person)["link"]
    return home.plain("memory", *arguments, "--json", text=f"{link}\n{words}")


def test_a_person_sees_corrects_exports_and_has_forgotten_at_their_terminal(talking):
    for person in ("alice", "bob"):
        talking.call("onboarding", talking.tokens[person], "memory.remember", {"text": f"{person} likes {CANARY}"})
    listed = json.loads(at_terminal(talking, "alice", "list").stdout)["memories"]
    assert [entry["text"] for entry in listed] == [f"alice likes {CANARY}"]
    mine = listed[0]["id"]
    theirs = json.loads(at_terminal(talking, "bob", "list").stdout)["memories"][0]["id"]
    assert json.loads(at_terminal(talking, "alice", "show", mine).stdout) == listed[0]
    for verb, *more in (("show",), ("forget",), ("correct", "--text", "x")):
        refused = at_terminal(talking, "alice", verb, theirs, *more)
        assert refused.returncode == 1 and CANARY not in refused.stdout + refused.stderr, verb
    assert search(talking, "bob", CANARY) == [f"bob likes {CANARY}"]
    assert at_terminal(talking, "alice", "correct", mine, words="alice likes\nviridian").returncode == 0
    assert search(talking, "alice", "viridian") == ["alice likes\nviridian"] and search(talking, "alice", CANARY) == []
    lines = at_terminal(talking, "alice", "export").stdout.splitlines()
    assert [json.loads(line)["text"] for line in lines] == ["alice likes\nviridian"]
    used = talking.run("login", "alice")["link"]
    assert at_terminal(talking, "alice", "forget", mine, link=used).returncode == 0
    assert search(talking, "alice") == []
    again = at_terminal(talking, "alice", "list", link=used)
    assert again.returncode == 1, "a link works once"
    assert talking.run("ledger", "verify")["intact"]


def test_what_an_agent_tells_everybody_is_edited_at_the_terminal_by_who_may(talking):
    dana = talking.browser("dana")
    _, page = dana.send("GET", "/memory/agents/onboarding")
    form = {name: re.search(f'name="{name}" value="([^"]+)"', page).group(1) for name in ("csrf", "event")}
    assert dana.send("POST", "/memory/agents/onboarding", form | {"text": "the office is in Bern"})[0] in (200, 303)
    own = json.loads(at_terminal(talking, "dana", "list", "--of-agent", "onboarding").stdout)["memories"]
    assert [entry["text"] for entry in own] == ["the office is in Bern"]
    assert at_terminal(talking, "alice", "list", "--of-agent", "onboarding").returncode == 1
    assert at_terminal(talking, "alice", "forget", own[0]["id"], "--of-agent", "onboarding").returncode == 1
    corrected = at_terminal(talking, "dana", "correct", own[0]["id"], "--of-agent", "onboarding", "--text", "it is in Basel")
    assert corrected.returncode == 0 and search(talking, "alice", "basel") == ["it is in Basel"]


@postgres.embedded_only("replaces deputy.sqlite by a backup that the gateway made")
def test_what_was_forgotten_stays_forgotten_after_a_restore(talking, tmp_path):
    for number, person in enumerate(("alice", "alice", "alice", "bob", "carol")):
        talking.tokens.setdefault(person, None) or talking.tokens.update({person: talking.token(person)})
        talking.call("onboarding", talking.tokens[person], "memory.remember", {"text": f"{person} {number} {CANARY}"})
    file = str(tmp_path / "monday.backup")
    talking.run("backup", file)
    ids = {entry["text"]: entry["id"] for entry in json.loads(at_terminal(talking, "alice", "list").stdout)["memories"]}
    assert at_terminal(talking, "alice", "forget", ids[f"alice 0 {CANARY}"]).returncode == 0
    assert at_terminal(talking, "alice", "correct", ids[f"alice 1 {CANARY}"], "--text", "alice 1 viridian").returncode == 0
    talking.run("people", "offboard", "carol")
    talking.stop()
    assert talking.run("restore", file, "--replace")["forgotten"] == 2
    talking.serve()
    talking.tokens = {person: talking.token(person) for person in ("alice", "bob")}
    assert search(talking, "alice") == [f"alice 2 {CANARY}"]
    assert search(talking, "bob") == [f"bob 3 {CANARY}"]
    assert sorted(row[0] for row in talking.sql("SELECT about FROM memories")) == ["alice", "bob"]
    assert talking.sql("SELECT COUNT(*) FROM payloads WHERE id LIKE 'memory/%'")[0][0] == 4, "words and keys of two"
    assert talking.run("ledger", "verify")["intact"]


def test_fleet_12_an_open_claw_tells_a_channel_nobodys_memory(empty, tmp_path):
    """Whoever asks is shown what they told it; everybody in the channel is shown what its own account holds."""
    empty.populate().serve()
    empty.run("agents", "edit", "product", "--tool", "group:memory")
    empty.connect()
    empty.run("models", "add", "default", "--speaks", "offline")
    bind(empty, tmp_path, product="product")
    slack = Slack(empty, "product")
    slack.link("alice")
    told = slack.say("alice", TELL)
    slack.wait(told["channel"], "memory.remember")
    asked = slack.say("alice", f"@{slack.name} {FIND}", channel="general")
    slack.wait(slack.alone("alice"), "memory.search")
    assert CANARY not in json.dumps(slack.messages(asked["channel"]))
