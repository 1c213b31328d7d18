"""Whoever may not use an agent any more: the tokens that they have for it are worth nothing at the next call, of whatever kind,
whichever way the right was taken. Judged by the provider's journal."""

import json
import pathlib

import pytest
from program import Program

PING = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}


@pytest.fixture
def tokens(home, builder):
    """Bob's at `product`: for MCP, exchanged for his token of the issuer, and for `/v1`."""
    if not any(model["name"] == "default" for model in home.run("models", "list")["models"]):
        home.run("models", "add", "default", "--speaks", "offline")
    code = home.run("tokens", "create", "bob", "--agent", "product", "--for", "api")["code"]
    return {"mcp": home.token("bob", "product"), "exchanged": builder.session("bob-1"),
            "api": home.run("tokens", "take-up", code)["token"]}


def users(home, who):
    file = pathlib.Path(home.path) / "product.json5"
    file.write_text(json.dumps({"agents": {"list": [{
        "id": "product", "owner": "dana", "actsAs": "claw", "users": who, "slots": ["notion:agent"], "tools": {"use": ["notion.*"]}}]}}))
    home.run("apply", str(file), "--yes")


def reach(home, acme, tokens, id):
    """Which of them still reach the provider, or are heard."""
    found = set()
    for kind in ("mcp", "exchanged"):
        since = len(acme.journal())
        status, body, _ = home.post("product", tokens[kind], {
            "jsonrpc": "2.0", "id": 1, "method": "tools/call",
            "params": {"name": "notion.get_page", "arguments": {"page_id": acme.ids["pages"]["roadmap"]}}})
        if any(entry["call"].startswith("notion") for entry in acme.journal()[since:]):
            found.add(kind)
        assert (kind in found) == (status == 200 and not body.get("error") and not body["result"].get("isError")), body
        status, body, _ = home.post("product", tokens[kind], PING)
        assert (kind in found) == (status == 200 and bool(body["result"]["tools"])), "what it can't call isn't listed"
    status, body, _ = Program(home.url, tokens["api"], "product").write(id, "hello")
    if status < 300:
        found.add("api")
    return found


def test_an_apply_that_narrows_who_may_use_an_agent_ends_their_tokens(home, acme, builder, tokens):
    assert reach(home, acme, tokens, "a1") == {"mcp", "exchanged", "api"}
    dana = home.token("dana", "product")
    users(home, ["dana"])
    assert reach(home, acme, tokens, "a2") == set()
    status, answer = builder.exchange(builder.token("bob-1"))
    assert status == 400 and "access_token" not in answer, "and there is no other"
    assert home.call("product", dana, "notion.get_page", {"page_id": acme.ids["pages"]["roadmap"]})[0] == "done"
    users(home, "everyone")


def test_a_share_that_is_taken_back_ends_them_too(home, acme, builder, tokens):
    users(home, ["dana"])
    home.run("agents", "share", "product", "--with", "person:bob")
    assert reach(home, acme, tokens, "b1") == {"mcp", "exchanged", "api"}
    home.run("agents", "unshare", "product", "--with", "person:bob")
    assert reach(home, acme, tokens, "b2") == set()
    users(home, "everyone")
