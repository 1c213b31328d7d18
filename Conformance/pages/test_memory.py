"""What agents remember, on a person's page: how it looks, and what its forms do."""

import pytest
from browsing import LOOKS, inspect


@pytest.fixture(scope="module")
def remembering(home):
    home.run("agents", "edit", "onboarding", "--tool", "group:memory")
    for person in ("alice", "dana"):
        home.tokens[person] = home.token(person)
    for arguments in (
        {"text": "I like my reports short, and with <b>figures</b>.\nNever on a Monday."},
        {"text": "this is about the move to Berlin", "for": "conversation"},
    ):
        kind, result = home.call("onboarding", home.tokens["alice"], "memory.remember", arguments)
        assert kind == "done", result
    return home


def test_a_person_corrects_and_forgets_what_is_remembered(remembering, sign_in):
    alice = sign_in("alice")
    alice.goto(remembering.url + "/memory")
    assert "<b>figures</b>" in alice.inner_text("main"), "markup is text"
    entry = alice.locator(".remembered", has_text="Berlin")
    entry.locator("summary").click()
    entry.get_by_label("In other words").fill("this is about the move to Lisbon")
    entry.get_by_role("button", name="Correct").click()
    assert "Corrected" in alice.inner_text("[role=status]")
    assert "Lisbon" in alice.inner_text("main") and "Berlin" not in alice.inner_text("main")
    alice.locator(".remembered", has_text="Lisbon").get_by_role("button", name="Forget").click()
    assert "Lisbon" not in alice.inner_text("main") and "figures" in alice.inner_text("main")


def test_the_owner_writes_what_everybody_is_told(remembering, sign_in):
    dana = sign_in("dana")
    dana.goto(remembering.url + "/memory")
    dana.get_by_role("link", name="onboarding", exact=True).click()
    dana.get_by_label("What everybody is told").fill("Lunch is at noon, on the third floor.")
    dana.get_by_role("button", name="Add").click()
    assert "Lunch is at noon" in dana.inner_text("main")
    kind, result = remembering.call("onboarding", remembering.tokens["alice"], "memory.search", {"query": "lunch"})
    assert kind == "done" and "noon" in str(result)


@pytest.mark.parametrize("scheme, width", LOOKS)
def test_how_it_looks(remembering, sign_in, screenshots, scheme, width):
    for person, path, name in (("alice", "/memory", "memory"), ("dana", "/memory/agents/onboarding", "memory-own"),
                               ("carol", "/memory", "memory-none")):
        page = sign_in(person)
        page.goto(remembering.url + path)
        for summary in page.locator("summary").all()[:1]:
            summary.click()
        inspect(page, screenshots, name, scheme, width)
