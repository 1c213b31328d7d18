"""Connections, tokens, agreements and the week of one person; and how every page looks and reads."""

from axe_playwright_python.sync_playwright import Axe
from browsing import LOOKS, inspect

PAGES = ["/approvals", "/connections", "/agreements", "/tools", "/tokens", "/week", "/browsers", "/nothing-here"]


def week(home, page):
    page.goto(home.url + "/week")
    return page.locator("ol.calls > li").all_inner_texts()


def mails(home, page):
    return [row for row in week(home, page) if row.startswith("gmail.send")]


def test_carol_connects_her_own_account_and_nobody_elses(home, sign_in):
    carol = sign_in("carol")
    carol.goto(home.url + "/connections?provider=notion")
    assert carol.get_by_label("Service").input_value() == "notion"
    carol.get_by_label("API key or token").fill(home.acme.tokens["notion"]["alice"])
    carol.get_by_role("button", name="Connect").click()
    assert "isn't the account of `carol`" in carol.inner_text("main")
    carol.goto(home.url + "/connections?provider=slack")
    carol.get_by_label("API key or token").fill("xoxp-not-a-token")
    carol.get_by_role("button", name="Connect").click()
    assert "didn't work" in carol.inner_text("main")
    assert home.acme.tokens["notion"]["alice"] not in carol.content()


def test_alice_revokes_her_own_connection_and_cant_revoke_bobs(home, sign_in):
    alice = sign_in("alice")
    bobs = next(c for c in home.run("connections", "list")["connections"]
                if c["owner"] == "person:bob" and c["provider"] == "slack")
    alice.goto(home.url + "/connections")
    assert "slack" in alice.inner_text("main") and bobs["account_name"] not in alice.inner_text("main")
    csrf = alice.locator("input[name=csrf]").first.get_attribute("value")
    answer = alice.request.post(f"{home.url}/connections/{bobs['id']}", form={"csrf": csrf})
    assert answer.status == 404
    alice.get_by_role("button", name="Revoke slack").click()
    assert "revoked" in alice.inner_text("main")
    health = {c["owner"]: c["health"] for c in home.run("connections", "list")["connections"] if c["provider"] == "slack"}
    assert health == {"person:alice": "revoked", "person:bob": "healthy"}


def test_a_code_is_taken_up_by_whom_it_is_for(home, sign_in):
    code = home.run("tokens", "create", "bob", "--agent", "product")["code"]
    carol, bob = sign_in("carol"), sign_in("bob")
    for page in (carol, bob):
        page.goto(home.url + "/tokens")
        page.get_by_label("The code that you were given").fill(code)
        page.get_by_role("button", name="Take up").click()
    assert "unknown, used or too old" in carol.inner_text("main")
    token = bob.locator(".secret").inner_text()
    kind, _ = home.call("product", token, "notion.search", {"query": "Roadmap"})
    assert kind == "done"
    bob.goto(home.url + "/tokens")
    assert token not in bob.content()
    identifier = next(t["id"] for t in home.run("tokens", "list")["tokens"] if t["agents"] == ["product"])
    bob.get_by_role("button", name=f"Revoke the token {identifier}").click()
    status, _, _ = home.post("product", token, {"jsonrpc": "2.0", "id": 1, "method": "ping", "params": {}})
    assert status == 401


def test_the_week_shows_danas_account_used_for_bob_and_not_alices(home, sign_in):
    home.call("email", home.tokens["bob"], "calendar.free_busy",
              {"time_min": "2026-11-23T00:00:00Z", "time_max": "2026-11-28T00:00:00Z"})
    home.call("onboarding", home.tokens["alice"], "rippling.get_worker", {})
    alices = week(home, sign_in("alice"))
    assert any("rippling.get_worker" in row for row in alices)
    assert not any("calendar.free_busy" in row for row in alices)
    carol = sign_in("carol")
    assert week(home, carol) == [] and "Nothing." in carol.inner_text("main")
    danas = week(home, sign_in("dana"))
    assert [row for row in danas if "dana@acme.test" in row and "asked by bob" in row and "calendar.free_busy" in row]
    assert "read" in danas[0] and "done" in danas[0]
    assert not any("rippling" in row for row in danas), "the company's account isn't hers"


def test_a_call_that_waited_is_one_row_of_the_week(home, sign_in, ask, settle):
    dana, bob = sign_in("dana"), sign_in("bob")
    before = {"dana": len(mails(home, dana)), "bob": len(mails(home, bob))}
    approval, arguments = ask()
    assert mails(home, bob)[0].splitlines()[0] == "gmail.send send waits for an answer"
    dana.goto(f"{home.url}/approvals/{approval}")
    dana.get_by_text("Change it first").click()
    box = dana.get_by_label("Arguments, as JSON")
    box.fill(box.input_value().replace("Does Tuesday", "Does Friday"))
    dana.get_by_role("button", name="Approve as changed").click()
    dana.wait_for_url("**/approvals?done=edited")
    settle(arguments)
    for person, page in (("dana", dana), ("bob", bob)):
        rows = mails(home, page)
        assert len(rows) == before[person] + 1, rows
        assert rows[0].splitlines()[0] == "gmail.send send done" and "as dana@acme.test" in rows[0]
    approval, _ = ask()
    dana.goto(f"{home.url}/approvals/{approval}")
    dana.get_by_role("button", name="Deny").click()
    dana.wait_for_url("**/approvals?done=denied")
    assert mails(home, bob)[0].splitlines()[0] == "gmail.send send dana denied it"


def test_every_page_is_accessible_and_runs_and_loads_nothing_foreign(home, sign_in, ask, screenshots):
    approval, _ = ask()
    assert home.tokens["dana"], "so that the list of tokens isn't empty"
    page = sign_in("dana")
    for path in [*PAGES, f"/approvals/{approval}", home.run("login", "dana")["link"].removeprefix(home.url)]:
        answer = page.goto(home.url + path)
        assert page.locator("script").count() == 0, path
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy and "script" not in policy
        assert answer.headers["cache-control"] == "no-store" and answer.headers["referrer-policy"] == "same-origin"
        name = path.strip("/").split("/")[0] + ("-one" if path.count("/") > 1 else "")
        for scheme, width in LOOKS:
            inspect(page, screenshots, name, scheme, width)


def test_the_accessibility_check_can_fail(home, sign_in):
    page = sign_in("dana")
    page.set_content("<!doctype html><html lang=en><title>t</title><main><h1>A</h1><input></main></html>")
    assert [v["id"] for v in Axe().run(page).response["violations"]] == ["label"]


def test_keyboard_alone_suffices(home, sign_in, ask):
    approval, _ = ask()
    page = sign_in("dana")
    page.goto(f"{home.url}/approvals/{approval}")
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent.trim()") == "Approve":
            break
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline != "none", "one sees where one is"
    page.keyboard.press("Enter")
    page.wait_for_url("**/approvals?done=approved")
