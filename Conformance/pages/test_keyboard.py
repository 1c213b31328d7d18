"""Whoever has no mouse does all that others do."""

import json

from test_tools import state, wild  # noqa: F401

FOCUSED = """() => { const e = document.activeElement;
  return [e.tagName, e.labels && e.labels.length ? e.labels[0].textContent.trim() : e.textContent.trim()] }"""


def reach(page, tag, words):
    """Goes to what is called so, key by key, and sees where that is."""
    for _ in range(60):
        page.keyboard.press("Tab")
        found, text = page.evaluate(FOCUSED)
        if found == tag and text.startswith(words):
            outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
            assert outline != "none", f"one doesn't see that one is at {words}"
            return
    raise AssertionError(f"{words} can't be reached")


def test_approve(home, sign_in, ask):
    approval, _ = ask()
    page = sign_in("dana")
    page.goto(f"{home.url}/approvals/{approval}")
    reach(page, "BUTTON", "Approve")
    page.keyboard.press("Enter")
    page.wait_for_url("**/approvals?done=approved")


def test_deny_with_a_reason(home, sign_in, ask):
    approval, arguments = ask()
    page = sign_in("dana")
    page.goto(f"{home.url}/approvals/{approval}")
    reach(page, "INPUT", "Why not")
    page.keyboard.type("ask Pat yourself")
    reach(page, "BUTTON", "Deny")
    page.keyboard.press("Enter")
    page.wait_for_url("**/approvals?done=denied")
    kind, result = home.call("email", home.tokens["bob"], "gmail.send", arguments)
    assert kind == "approval_denied" and "ask Pat yourself" in str(result)


def test_change_the_call_first(home, sign_in, ask, settle):
    approval, arguments = ask()
    page = sign_in("dana")
    page.goto(f"{home.url}/approvals/{approval}")
    reach(page, "SUMMARY", "Change it first")
    page.keyboard.press("Enter")
    reach(page, "TEXTAREA", "Arguments, as JSON")
    page.keyboard.press("Control+A")
    page.keyboard.insert_text(json.dumps(arguments | {"to": ["alice@acme.test"]}))
    reach(page, "BUTTON", "Approve as changed")
    page.keyboard.press("Enter")
    page.wait_for_url("**/approvals?done=edited")
    kind, result = settle(arguments)
    assert kind == "done" and "alice@acme.test" in str(result["_meta"])


def test_release_a_tool(home, wild, sign_in):  # noqa: F811
    page = sign_in("dana")
    page.goto(home.url + "/tools")
    reach(page, "A", "wild.search")
    page.keyboard.press("Enter")
    page.wait_for_url("**/tools/wild.search")
    reach(page, "SELECT", "Effect")
    page.keyboard.type("read")
    reach(page, "SELECT", "query")
    page.keyboard.type("selector")
    reach(page, "BUTTON", "Release this definition")
    page.keyboard.press("Enter")
    page.wait_for_url("**/tools?done=released")
    assert state(home) == "released"
    leaf = [leaf for leaf in home.leaves() if leaf.get("change") == "tool.released"][-1]
    assert leaf["effect"] == "read" and leaf["roles"] == {"query": "selector"}


def test_take_up_a_token(home, sign_in):
    code = home.run("tokens", "create", "carol", "--agent", "email")["code"]
    page = sign_in("carol")
    page.goto(home.url + "/tokens")
    reach(page, "INPUT", page.locator("label[for=code]").inner_text())
    page.keyboard.type(code)
    page.keyboard.press("Enter")
    page.get_by_text("dpy_mcp_").first.wait_for()
