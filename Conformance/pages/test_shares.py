"""An owner sees with whom their agents are shared, in which places alone, and takes it back."""

import json

import pytest
from browsing import LOOKS, inspect

PLACES = ["slack/help/C0001", "slack/help/C0002"]


@pytest.fixture
def shared(home):
    """Who reads in a place is the platform's to say, which isn't what is looked at here: the places are put as they are kept."""
    home.run("agents", "share", "product", "--with", "person:bob")
    home.run("agents", "share", "product", "--with", "person:carol", "--right", "edit")
    home.sql("UPDATE shares SET channels = $1 WHERE grantee = $2", json.dumps(PLACES, separators=(",", ":")), "person:bob")
    yield home
    for person in ("bob", "carol"):
        home.command("agents", "unshare", "product", "--with", f"person:{person}")


def shares(home):
    return {share["with"]: share for share in home.run("agents", "shares", "product")["shares"]}


def test_a_place_is_taken_back_and_then_all_of_it(shared, sign_in):
    page = sign_in("dana")
    page.goto(shared.url + "/shares")
    card = page.locator("section", has_text="product")
    assert all(place in card.inner_text() for place in PLACES) and "everywhere" in card.inner_text()
    page.get_by_role("button", name=f"Take product back from person:bob in {PLACES[0]}", exact=True).click()
    assert "Taken back." in page.inner_text("main") and PLACES[0] not in page.inner_text("main")
    assert shares(shared)["person:bob"]["channels"] == PLACES[1:]
    page.get_by_role("button", name="Take all of product back from person:bob", exact=True).click()
    assert set(shares(shared)) == {"person:carol"}
    changes = [leaf for leaf in shared.leaves() if leaf.get("change") == "agent.unshared"]
    assert [leaf["by"] for leaf in changes[-2:]] == ["person:dana", "person:dana"]


def test_nobody_else_sees_or_ends_a_share(shared, sign_in):
    page = sign_in("bob")
    page.goto(shared.url + "/shares")
    assert "You share no agent." in page.inner_text("main")
    page.goto(shared.url + "/browsers")
    csrf = page.locator('input[name="csrf"]').first.get_attribute("value")
    for agent in ("product", "nothing"):
        answer = page.request.post(
            shared.url + "/shares", form={"csrf": csrf, "agent": agent, "with": "person:bob"}, max_redirects=0,
            headers={"Origin": shared.url})
        assert answer.status == 404, answer.text()
    assert set(shares(shared)) == {"person:bob", "person:carol"}


def test_the_page_can_be_read_by_everybody(shared, sign_in, screenshots):
    page = sign_in("dana")
    for scheme, width in LOOKS:
        page.goto(shared.url + "/shares")
        inspect(page, screenshots, "shares", scheme, width)
