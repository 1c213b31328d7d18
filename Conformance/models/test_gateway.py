"""A conversation through the gateway with each kind of model server: its key is an agent's connection."""

import importlib.util
import pathlib
import re
import sys
import time

import pytest

_path = pathlib.Path(__file__).resolve().parents[1] / "gateway" / "conftest.py"
_spec = importlib.util.spec_from_file_location("gateway_home_of_models", _path)
gateway = importlib.util.module_from_spec(_spec)
sys.modules["gateway_home_of_models"] = gateway
_spec.loader.exec_module(gateway)


@pytest.fixture
def home(tmp_path):
    acme = gateway.Acme(tmp_path)
    home = gateway.Home(tmp_path, acme).populate().serve()
    home.connect()
    yield home
    home.stop()
    acme.stop()


def talk(home, person, agent, text, words, seconds=20):
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
def test_a_model_is_asked_with_the_agents_key_and_its_call_is_made_by_the_gate(home, provider, speaks, model):
    key = home.acme.tokens[provider]["acme"]
    home.run("agents", "add", "voice", "--acts-as", "claw", "--owner", "dana")
    connection = home.run("connections", "add", provider, "--agent", "voice", secret=key)["id"]
    home.run("models", "add", "default", "--speaks", speaks, "--model", model, "--connection", connection)
    said = talk(home, "bob", "product", '/call notion.search {"query": ""}', "Roadmap")
    assert "failed" not in said
    assert [e["owner"] for e in home.acme.journal() if e["call"] == "notion.search"] == ["product"]
    asked = [leaf for leaf in home.leaves() if leaf["kind"] == "model"]
    assert len(asked) == 2 and {leaf["connection"] for leaf in asked} == {connection}
    assert key not in str(home.leaves())

