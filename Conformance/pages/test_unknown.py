"""A call whose answer got lost, as whoever could have agreed to it sees it: by keyboard, and by a program for accessibility."""

import time

from browsing import LOOKS, inspect


def test_dana_looks_at_her_mailbox_and_says_that_it_happened(home, sign_in, ask, settle, screenshots):
    home.acme.ask("POST", "/faults", {"service": "gmail", "drop": "after", "count": 2})
    approval, arguments = ask()
    dana = sign_in("dana")
    dana.goto(f"{home.url}/approvals/{approval}")
    dana.get_by_role("button", name="Approve", exact=True).click()
    assert settle(arguments)[0] == "unknown"
    dana.goto(home.url + "/approvals")
    shown = dana.inner_text("main")
    assert "Did this happen?" in shown and arguments["subject"] in shown and "⟨U+202E⟩" not in shown and "\u202e" not in shown
    for scheme, width in LOOKS:
        inspect(dana, screenshots, "unknown", scheme, width)

    for _ in range(60):
        dana.keyboard.press("Tab")
        if dana.evaluate("document.activeElement.textContent.trim()") == "It happened":
            break
    dana.keyboard.press("Enter")
    dana.wait_for_url("**/approvals?done=happened")
    shown = dana.inner_text("main")
    assert "Did this happen?" not in shown and "Noted: it happened" in dana.inner_text("body")
    sent = [e for e in home.acme.journal() if e["call"] == "gmail.users.messages.send" and e["owner"] == "dana"]
    assert home.call("email", home.tokens["bob"], "gmail.send", arguments)[0] == "approval_required", "a new call"
    time.sleep(0.2)
    assert len([e for e in home.acme.journal() if e["call"] == "gmail.users.messages.send" and e["owner"] == "dana"]) == len(sent)
