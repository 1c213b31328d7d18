"""A conversation through the gateway with each kind of model server, and whose key it is asked with."""

import json
import pathlib
import re
import time

import gateway_home as gateway
import pytest


@pytest.fixture
def home(tmp_path):
    acme = gateway.Acme(tmp_path)
    home = gateway.Home(tmp_path, acme).populate().serve()
    home.connect()
    yield home
    home.stop()
    acme.stop()


def talk(home, person, agent, text, words, seconds=60):
    """What a page shows of a conversation once these words are in it."""
    browser = home.browser(person)
    path = f"/chats/{agent}.talk"
    _, page = browser.send("GET", path)
    form = {name: re.search(f'name="{name}" value="([^"]+)"', page).group(1) for name in ("csrf", "event")}
    assert browser.send("POST", path, form | {"text": text})[0] in (200, 303)
    deadline = time.time() + seconds
    while time.time() < deadline:
        _, page = browser.send("GET", path)
        said = page.split('id="talk"')[1].split("</ol>")[0]
        if words in said.replace(text, ""):
            return said
        time.sleep(0.1)
    raise AssertionError(said)


@pytest.mark.parametrize("provider, speaks, model", [
    ("anthropic", "anthropic", "claude-acme-1"), ("openai", "openai-chat", "gpt-acme-1"),
    ("openai", "openai-responses", "gpt-acme-1")])
def test_a_model_is_asked_with_the_organizations_key_and_its_call_is_made_by_the_gate(home, provider, speaks, model):
    key = home.acme.tokens[provider]["acme"]
    connection = home.run("connections", "add", provider, "--organization", secret=key)["id"]
    home.run("models", "add", "default", "--speaks", speaks, "--model", model, "--key", f"{provider}:organization")
    said = talk(home, "bob", "product", '/call notion.search {"query": ""}', "Roadmap")
    assert "failed" not in said
    assert [e["owner"] for e in home.acme.journal() if e["call"] == "notion.search"] == ["product"]
    asked = [leaf for leaf in home.leaves() if leaf["kind"] == "model"]
    assert len(asked) == 2 and {leaf["connection"] for leaf in asked} == {connection}
    assert {leaf["key"] for leaf in asked} == {f"{provider}:organization"}
    assert {leaf["at"] for leaf in asked} == {home.acme.origins[provider]}
    assert key not in str(home.leaves())


KEYS = {"product": "acme", "voice": "alice"}


def asked(home, word):
    """Whose keys the stand-in saw in questions that hold this word, by its own journal."""
    return {entry["owner"] for entry in home.acme.ask("GET", "/models")["asked"] if word in json.dumps(entry["body"])}


def each_has_its_own(home):
    for agent, owner in KEYS.items():
        assert asked(home, f"word-of-{agent}") == {owner}, agent


@pytest.fixture
def two(home):
    """Two agents that ask the same model, each with a key of its own."""
    home.run("agents", "add", "voice", "--acts-as", "claw", "--owner", "dana", "--users", "everyone")
    home.run("models", "add", "main", "--speaks", "anthropic", "--model", "claude-acme-1", "--key", "anthropic:agent")
    return home


def connect(home, agent, owner):
    return home.run("connections", "add", "anthropic", "--agent", agent, secret=home.acme.tokens["anthropic"][owner])["id"]


def test_each_agents_model_is_asked_with_its_own_key(two):
    for agent, owner in KEYS.items():
        connect(two, agent, owner)
        talk(two, "bob", agent, f"word-of-{agent}", "You said:")
    each_has_its_own(two)


def test_another_agents_key_in_a_turn_is_found_by_the_models_journal(two):
    """The fault that the check is for: the key of `voice` as that of `product`."""
    for agent in KEYS:
        connect(two, agent, KEYS["voice"])
        talk(two, "bob", agent, f"word-of-{agent}", "You said:")
    with pytest.raises(AssertionError, match="product"):
        each_has_its_own(two)


def test_where_an_agent_has_no_key_no_other_is_used(two):
    connect(two, "voice", "alice")
    two.run("connections", "add", "anthropic", "--organization", secret=two.acme.tokens["anthropic"]["acme"])
    talk(two, "bob", "product", "word-of-product", "No model answered")
    assert asked(two, "word-of-product") == set()
    talk(two, "bob", "voice", "word-of-voice", "You said:")
    assert asked(two, "word-of-voice") == {"alice"}
    told = {finding["message"]: finding["hint"] for finding in two.run("doctor")["findings"]
            if "whose key" in finding["message"]}
    assert told["`product` has no connection to `anthropic`, whose key `main` is asked with"] == (
        "`deputy connections add anthropic --agent product`")
    assert not any(message.startswith("`voice`") for message in told)


def test_a_row_that_was_moved_to_another_agent_opens_nothing(two):
    """Behind its back the key of `voice` becomes a row of `product`: it was sealed for its owner."""
    connection = connect(two, "voice", "alice")
    two.stop()
    two.sql("UPDATE connections SET owner = 'product' WHERE id = $1", connection)
    two.serve()
    talk(two, "bob", "product", "word-of-product", "No model answered")
    assert asked(two, "word-of-product") == set()


def test_the_next_model_is_asked_with_its_own_key_and_a_revoked_one_no_more(two):
    connection = connect(two, "product", "acme")
    two.run("connections", "add", "openai", "--organization", secret=two.acme.tokens["openai"]["alice"])
    two.run("models", "add", "spare", "--speaks", "openai-chat", "--model", "gpt-acme-1", "--key", "openai:organization")
    talk(two, "bob", "product", "word-one", "You said: <")
    assert asked(two, "word-one") == {"acme"}
    two.run("connections", "revoke", connection)
    talk(two, "bob", "product", "word-two", "You said: <")
    assert {entry["service"] for entry in two.acme.ask("GET", "/models")["asked"]
            if "word-two" in json.dumps(entry["body"])} == {"openai"}


def test_a_definition_says_it_all_and_is_exported_as_it_is(two):
    (pathlib.Path(two.path).parent / "d.json5").write_text("""{
      organization: { models: [{ name: "default", speaks: "offline" }] },
      agents: { list: [{ id: "voice", owner: "dana", actsAs: "claw", users: "everyone", models: [
        { name: "main", speaks: "anthropic", model: "claude-acme-1", key: "anthropic:agent", mayRead: ["contacts"] }] }] },
    }""")
    file = str(pathlib.Path(two.path).parent / "d.json5")
    plan = two.run("plan", file)
    assert [change["key"] for change in plan["organization"]] == ["models"]
    assert plan["newly"] == ["every agent that names no models may newly ask `default`, which is no model, and show it "
                             "what has no class"]
    assert plan["agents"][0]["newly"] == ["`voice` may newly show contacts to `main`, the model `claude-acme-1` with the "
                                          "key of `anthropic:agent`"]
    two.run("apply", file, "--yes")
    exported = two.run("export")
    assert exported["organization"]["models"] == [{"name": "default", "speaks": "offline"}]
    assert [agent["models"] for agent in exported["agents"]["list"] if agent["id"] == "voice"] == [
        [{"name": "main", "speaks": "anthropic", "model": "claude-acme-1", "key": "anthropic:agent",
          "mayRead": ["contacts"]}]]
    assert two.run("plan", file)["changes"] is False
    two.run("models", "add", "more", "--agent", "voice", "--speaks", "offline")
    assert "`models` of agent `voice` was changed" in two.run("plan", file)["drift"][0]["message"]


def test_a_persons_key_and_an_account_with_tools_are_no_keys(home):
    for arguments, words in (
            (("models", "add", "m", "--speaks", "anthropic", "--model", "c", "--key", "anthropic:person"), "never a person's"),
            (("models", "add", "m", "--speaks", "anthropic", "--model", "c", "--key", "anthropic:any"), "isn't a slot"),
            (("connections", "add", "notion", "--organization"), "for models alone")):
        result = home.command(*arguments, secret=home.acme.tokens["notion"]["product"])
        assert result.returncode != 0 and words in result.stdout + result.stderr
