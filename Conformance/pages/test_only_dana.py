"""Only the person's own click, in their own session, changes anything. Judged by acme's count of what was sent."""

import json
import urllib.parse

from browsing import FORM, LOOKS, cookie, form, inspect, raw


def sent(home):
    return [entry for entry in home.acme.journal() if entry["call"] == "gmail.users.messages.send" and entry["status"] == 200]


def state(home, approval):
    return home.run("approvals", "show", approval)["state"]


def test_danas_click_sends_the_mail_once_and_bobs_repeat_has_the_result(home, sign_in, ask, settle):
    before = len(sent(home))
    approval, arguments = ask()
    dana = sign_in("dana")
    dana.get_by_role("link", name="Send").first.click()
    assert "pat@stranger.example" in dana.inner_text("main")
    assert "outside the organization" in dana.inner_text("main")
    assert "⟨U+202E⟩" in dana.inner_text("main"), "what can't be seen is written out"
    dana.get_by_role("button", name="Approve", exact=True).click()
    dana.wait_for_url("**/approvals?done=approved")
    kind, result = settle(arguments)
    assert kind == "done", result
    assert len(sent(home)) == before + 1
    assert sent(home)[-1]["owner"] == "dana"


def test_looking_changes_nothing_whoever_looks_and_however(home, sign_in, ask):
    approval, _ = ask()
    before = len(sent(home))
    dana = sign_in("dana")
    path = f"/approvals/{approval}"
    for method in ("GET", "HEAD", "OPTIONS"):
        for where in ("", "/approve", "/deny", "/edit"):
            raw(home, method, path + where, Cookie=cookie(dana))
            raw(home, method, path + where)
    for _ in range(3):
        dana.goto(home.url + path)
    assert state(home, approval) == "waiting" and len(sent(home)) == before


ACTS = ["/approvals/{}/approve", "/approvals/{}/deny", "/approvals/{}/edit", "/windows/{}", "/connections",
        "/connections/{}", "/agreements/email", "/tokens", "/tokens/{}", "/tools/{}", "/logout", "/logout/everywhere",
        "/login"]


def changes_by_looking(home, page, approval, send):
    """What the ledger tells of after every path that acts was looked at, with all that its form would have sent."""
    fields = form(page) | {"arguments": "{}", "reason": "x", "provider": "notion", "secret": "x", "code": "x"}
    fields = urllib.parse.urlencode(fields)

    def newest():
        return home.run("ledger", "tail", "--tree", "organization/acme", "--count", "1")["records"][0]["index"]

    before = newest()
    for method in ("GET", "HEAD", "OPTIONS"):
        for act in ACTS:
            send(home, method, act.format(approval) + "?" + fields, fields, Cookie=cookie(page), Content_Type=FORM)
    return [leaf.get("change") for leaf in home.leaves() if leaf["index"] > before]


def test_no_path_that_acts_does_so_by_being_looked_at(home, sign_in, ask, settle):
    approval, arguments = ask()
    dana = sign_in("dana")
    dana.goto(f"{home.url}/approvals/{approval}")
    assert changes_by_looking(home, dana, approval, raw) == []
    assert dana.goto(f"{home.url}/approvals/{approval}").status == 200, "she is still signed in"

    def faulty(home, method, *rest, **headers):
        return raw(home, "POST" if method == "GET" else method, *rest, **headers)

    found = changes_by_looking(home, dana, approval, faulty)
    assert "approval.agreed" in found and "login.ended" in found, "a gateway whose GET acts would be found"
    settle(arguments)


def test_alice_with_danas_link_finds_nothing_and_can_do_nothing(home, sign_in, ask):
    approval, _ = ask()
    path = f"/approvals/{approval}"
    dana, alice = sign_in("dana"), sign_in("alice")
    dana.goto(home.url + path)
    danas = form(dana)
    answer = alice.goto(home.url + path)
    assert answer.status == 404 and "pat@stranger.example" not in alice.content()
    alice.goto(home.url + "/browsers")
    own = alice.locator("input[name=csrf]").first.get_attribute("value")
    for csrf in (own, danas["csrf"], ""):
        for where in ("approve", "deny"):
            body = urllib.parse.urlencode({"csrf": csrf, "shown": danas["shown"]})
            status, text, _ = raw(home, "POST", f"{path}/{where}", body, Cookie=cookie(alice),
                                  Content_Type="application/x-www-form-urlencoded")
            assert status in (403, 404) and "pat@stranger" not in text
    assert state(home, approval) == "waiting"


def test_without_a_session_or_with_the_mcp_token_there_is_nothing(home, sign_in, ask):
    approval, _ = ask()
    path = f"/approvals/{approval}"
    dana = sign_in("dana")
    dana.goto(home.url + path)
    body = urllib.parse.urlencode(form(dana))
    token = home.tokens["dana"]
    for headers in ({}, {"Authorization": f"Bearer {token}"}, {"Cookie": f"deputy={token}"},
                    {"Cookie": "deputy=dpy_web_nothing"}, {"Cookie": cookie(dana) + "; " + cookie(dana)}):
        status, text, _ = raw(home, "GET", path, **headers)
        assert status == 401 and "pat@stranger" not in text, headers
        for where in ("approve", "deny", "edit"):
            status, _, _ = raw(home, "POST", f"{path}/{where}", body,
                               Content_Type="application/x-www-form-urlencoded", **headers)
            assert status == 401, headers
    assert state(home, approval) == "waiting"


ELSEWHERE = [
    {"csrf": ""}, {"csrf": "wrong"}, {"shown": ""}, {"shown": "00" * 32}, {"Origin": "https://evil.example"},
    {"Sec_Fetch_Site": "cross-site"}, {"Sec_Fetch_Site": "same-site"}, {"Content_Type": "text/plain"},
    {"Content_Type": "application/json"},
]


def test_a_form_from_elsewhere_is_refused_and_the_same_without_fault_is_taken(home, sign_in, ask, settle):
    approval, arguments = ask()
    path = f"/approvals/{approval}"
    dana = sign_in("dana")
    dana.goto(home.url + path)
    right, headers = form(dana), {"Cookie": cookie(dana), "Content_Type": FORM}

    def approve(change):
        fields = right | {name: value for name, value in change.items() if name in right}
        more = {name: value for name, value in change.items() if name not in right}
        return raw(home, "POST", f"{path}/approve", urllib.parse.urlencode(fields), **headers | more)

    for change in ELSEWHERE:
        assert approve(change)[0] in (403, 409) and state(home, approval) == "waiting", change
    status, _, answer = approve({})
    assert status == 303 and answer["Location"] == "/approvals?done=approved", "the check can fail"
    settle(arguments)


def test_another_host_name_is_refused(home):
    status, _, _ = raw(home, "GET", "/approvals", Host="deputy.evil.example")
    assert status == 421


def test_a_double_click_and_a_second_tab_count_once_and_are_told(home, sign_in, ask, settle):
    before = len(sent(home))
    approval, arguments = ask()
    dana = sign_in("dana")
    other, third = dana.context.new_page(), dana.context.new_page()
    for page in (dana, other, third):
        page.goto(f"{home.url}/approvals/{approval}")
    dana.get_by_role("button", name="Approve", exact=True).dblclick()
    other.get_by_role("button", name="Deny").click()
    assert "decided already" in other.inner_text("main") and "approved" in other.inner_text("main")
    third.get_by_text("Change it first").click()
    box = third.get_by_label("Arguments, as JSON")
    box.fill(box.input_value().replace("Does Tuesday", "Does Friday"))
    with third.expect_response("**/edit") as answer:
        third.get_by_role("button", name="Approve as changed").click()
    assert answer.value.status == 409 and "decided already" in third.get_by_role("alert").inner_text()
    assert "Does Friday" in third.inner_text("main"), "what Dana wrote isn't lost"
    assert settle(arguments)[0] == "done"
    assert len(sent(home)) == before + 1


def test_denying_tells_bob_why_and_editing_sends_what_dana_wrote(home, sign_in, ask, settle, screenshots):
    approval, arguments = ask()
    dana = sign_in("dana")
    dana.goto(f"{home.url}/approvals/{approval}")
    dana.get_by_label("Why not").fill("ask Pat yourself")
    dana.get_by_role("button", name="Deny").click()
    kind, result = home.call("email", home.tokens["bob"], "gmail.send", arguments)
    assert kind == "approval_denied" and "ask Pat yourself" in str(result)

    approval, arguments = ask()
    dana.goto(f"{home.url}/approvals/{approval}")
    dana.get_by_text("Change it first").click()
    box = dana.get_by_label("Arguments, as JSON")
    shown = box.input_value()
    assert "\u202e" not in shown and "\\u202E" in shown, "what can't be seen is written out in the box too"
    assert json.loads(shown) == arguments
    for wrong, reason in ((shown[:-1], "isn't JSON"), ("[1]", "must be one JSON object"),
                          (shown.replace('"to"', '"too"'), "don't fit")):
        box.fill(wrong)
        with dana.expect_response("**/edit") as answer:
            dana.get_by_role("button", name="Approve as changed").click()
        assert answer.value.status == 422 and reason in dana.get_by_role("alert").inner_text()
        assert box.input_value() == wrong, "what Dana wrote is still there"
    for scheme, width in LOOKS:
        inspect(dana, screenshots, "approval-again", scheme, width)
    box.fill(shown.replace("pat@stranger.example", "alice@acme.test"))
    dana.get_by_role("button", name="Approve as changed").click()
    dana.wait_for_url("**/approvals?done=edited")
    kind, result = settle(arguments)
    assert kind == "done" and "dana changed the arguments" in result["content"][0]["text"]
    assert "alice@acme.test" in str(result["_meta"])
