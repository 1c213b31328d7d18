"""Whoever owns an agent sees what it was asked by the clock and what it said, lets it rest and lets it run again."""

import json
import time

import pytest
from browsing import LOOKS, inspect

ASK = '/call notion.search {"query": "plan"}'


@pytest.fixture(scope="module")
def clocked(home, tmp_path_factory):
    home.run("models", "add", "default", "--speaks", "offline")
    given = next(one for one in home.run("export")["agents"]["list"] if one["id"] == "product")
    given["schedules"] = [
        {"id": "morning", "cron": "0 7 * * 1-5", "tz": "Europe/Zurich", "message": ASK + "\nLook at <b>this</b>."},
        {"id": "queue", "every": "15m", "message": "Look at the queue."}]
    path = tmp_path_factory.mktemp("schedules") / "product.json5"
    path.write_text(json.dumps({"agents": {"list": [given]}}))
    home.run("apply", str(path), "--yes")
    home.run("schedules", "run-now", "product", "morning")
    deadline = time.time() + 60
    while not any("outcome" in run for run in home.run("schedules", "runs", "product", "morning")["runs"]):
        assert time.time() < deadline
        time.sleep(0.1)
    return home


def test_the_owner_reads_what_was_said_and_nobody_else_does(clocked, sign_in):
    dana = sign_in("dana")
    dana.goto(clocked.url + "/schedules")
    card = dana.locator("section", has_text="product: morning")
    assert all(words in card.inner_text() for words in ("0 7 * * 1-5 Europe/Zurich", "answered", "notion.search", "offline planner"))
    assert "<b>this</b>" in card.inner_text(), "words are words"
    bob = sign_in("bob")
    bob.goto(clocked.url + "/schedules")
    assert "No agent of yours has a schedule." in bob.inner_text("main") and "morning" not in bob.inner_text("main")


def test_the_owner_lets_it_rest_and_run_again_and_nobody_else_does(clocked, sign_in):
    dana = sign_in("dana")
    dana.goto(clocked.url + "/schedules")
    path = dana.locator("form[action$=pause]").first.get_attribute("action")
    bob = sign_in("bob")
    bob.goto(clocked.url + "/browsers")
    csrf = bob.locator('input[name="csrf"]').first.get_attribute("value")
    for action in (path, path.replace("sch_", "sch_0")):
        answer = bob.request.post(clocked.url + action, form={"csrf": csrf}, max_redirects=0, headers={"Origin": clocked.url})
        assert answer.status == 404, answer.text()
    dana.get_by_role("button", name="Let morning of product rest").click()
    assert "It rests until" in dana.inner_text("main") and "It doesn't run: person:dana paused it." in dana.inner_text("main")
    assert clocked.run("schedules", "show", "product", "morning")["state"] == "paused"
    dana.get_by_role("button", name="Let morning of product run again").click()
    assert clocked.run("schedules", "show", "product", "morning")["state"] == "active"
    changes = [(leaf["change"], leaf["by"]) for leaf in clocked.leaves() if leaf.get("change") in ("schedule.paused", "schedule.resumed")]
    assert changes == [("schedule.paused", "person:dana"), ("schedule.resumed", "person:dana")]


@pytest.mark.parametrize("scheme, width", LOOKS)
def test_how_it_looks(clocked, sign_in, screenshots, scheme, width):
    dana = sign_in("dana")
    dana.goto(clocked.url + "/schedules")
    inspect(dana, screenshots, "schedules", scheme, width)
