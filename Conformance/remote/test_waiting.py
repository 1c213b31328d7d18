"""Calls of remote tools that wait for somebody while their tool changes, goes, or is let be."""

import subprocess
import time

import gateway_home as gateway
import pytest
from browsing import LOOKS, inspect
from test_remote import release, states
from test_watching import until

@pytest.fixture
def courier(home, wild):
    """A claw of Dana's whose calls wait for her. Bob asks: the approval's id."""
    home.run("servers", "add", "wild", wild.url)
    home.run("agents", "add", "courier", "--acts-as", "claw", "--owner", "dana", "--users", "everyone",
             "--slot", "wild:agent", "--tool", "wild.*")
    release(home, "wild.search", "send", "query=destination")
    token = home.token("bob", "courier")

    def call(to="pat@stranger.example"):
        return home.call("courier", token, "wild.search", {"query": to})

    def ask(to="pat@stranger.example"):
        kind, result = call(to)
        assert kind == "approval_required", result
        return result["structuredContent"]["error"]["approval"]

    ask.call = call
    return ask


def change(home, wild, part="description", value="Finds tickets.\u200b And sends them on."):
    wild.tools[0][part] = value
    home.run("servers", "refresh", "wild")
    assert states(home)["wild.search"] == "quarantined"


@pytest.mark.parametrize("part, value", [
    ("description", "Finds tickets, and more."), ("title", "Search"), ("icons", [{"src": "https://evil.example/i.png"}]),
    ("inputSchema", {"type": "object", "properties": {"query": {"type": "string", "x-mcp-header": "Query"}}}),
    ("outputSchema", {"type": "object"}), ("annotations", {"readOnlyHint": True}), ("_meta", {"a/b": 1}),
    ("execution", {"taskSupport": "optional"})])
def test_fleet_7_policy_2_a_changed_pin_voids_what_waits_also_when_it_is_released_again(home, wild, courier, part, value):
    approval = courier()
    change(home, wild, part, value)
    release(home, "wild.search", "send", "query=destination")
    status, page = home.browser("dana").approve(approval)
    assert status == 409 and "void" in page
    assert home.run("approvals", "show", approval)["state"] == "void"
    time.sleep(0.3)
    assert wild.calls == [] and courier() != approval


def test_fleet_7_an_unrelated_apply_or_tool_voids_nothing(home, wild, courier, tmp_path):
    approval = courier()
    file = tmp_path / "other.json5"
    file.write_text("""{ agents: { list: [
      { id: "other", owner: "alice", actsAs: "claw", users: "everyone", slots: ["wild:agent"], tools: { use: ["wild.*"] } },
    ] } }""")
    home.run("apply", str(file), "--yes")
    wild.tools.append({"name": "added", "inputSchema": {"type": "object"}})
    home.run("servers", "refresh", "wild")
    home.run("tools", "release", "wild.added", "--effect", "read")
    assert home.browser("dana").approve(approval)[0] == 303
    assert until(lambda: home.run("approvals", "show", approval)["state"] == "answered", 60)
    assert courier.call()[0] == "done" and len(wild.calls) == 1


def test_an_approver_sees_why_it_cant_be_approved_now_and_denies_it(home, wild, courier, sign_in, screenshots):
    approval, other = courier(), courier("sam@stranger.example")
    change(home, wild)
    for id in (approval, other):
        shown = home.run("approvals", "show", id)
        assert shown["state"] == "waiting" and "changed since it was released" in shown["obstacle"]
    assert all("in quarantine" in row["obstacle"] for row in home.run("approvals", "list")["approvals"])
    text = subprocess.run([gateway.DEPUTY, "approvals", "list", "--home", home.path], capture_output=True, text=True).stdout
    assert text.count("can't be approved now") == 2
    dana = sign_in("dana")
    dana.goto(home.url + "/approvals")
    assert dana.inner_text("main").count("It can't be approved now.") == 2
    for scheme, width in LOOKS:
        inspect(dana, screenshots, "approvals-obstacle", scheme, width)
    dana.goto(f"{home.url}/approvals/{approval}")
    said = dana.get_by_role("status").inner_text()
    assert "can't be approved now" in said and "changed since it was released" in said
    assert "pat@stranger.example" in dana.inner_text("main")
    assert dana.get_by_role("button", name="Approve").count() == 0 and dana.get_by_text("Change it first").count() == 0
    for scheme, width in LOOKS:
        inspect(dana, screenshots, "approval-obstacle", scheme, width)
    dana.get_by_label("Why not").fill("not with that server")
    dana.get_by_role("button", name="Deny").click()
    dana.wait_for_url("**/approvals?done=denied")
    assert home.run("approvals", "show", approval)["what"].endswith("not with that server")
    kind, result = courier.call()
    assert kind in ("approval_denied", "error") and not wild.calls
    # Whoever has the page open from before is told as well.
    status, page = home.browser("dana").answer(other, "approve")
    assert status == 409 and "void" in page and home.run("approvals", "show", other)["state"] == "void"


def test_a_tool_that_is_as_it_was_again_leaves_the_call_waiting(home, wild, courier):
    before = wild.tools[0]["description"]
    approval = courier()
    change(home, wild)
    wild.tools[0]["description"] = before
    home.run("servers", "refresh", "wild")
    assert "obstacle" not in home.run("approvals", "show", approval)
    assert home.browser("dana").approve(approval)[0] == 303
    assert until(lambda: len(wild.calls) == 1, 60)


def test_a_terminal_says_it_too_and_denies(home, wild, courier):
    approval = courier()
    change(home, wild)

    def answer(verb, *words):
        return subprocess.run([gateway.DEPUTY, "approvals", verb, approval, *words], capture_output=True, text=True,
                              input=home.run("login", "dana")["link"] + "\n", timeout=60)

    refused = answer("approve", "--yes")
    assert refused.returncode and "can't be approved now" in refused.stdout + refused.stderr
    assert home.run("approvals", "show", approval)["state"] == "waiting", "asking has voided nothing"
    denied = answer("deny", "--reason", "no")
    assert denied.returncode == 0, denied.stderr
    assert home.run("approvals", "show", approval)["state"] == "denied"
