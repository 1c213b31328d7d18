"""People talk to agents on a page. Whose account was used is read from the provider's journal."""

import re
import signal
import time

import pytest
from browsing import LOOKS, inspect

SEARCH = '/call notion.search {"query": ""}'
MAIL = '/call gmail.send {"to": ["pat@stranger.example"], "subject": "Talk", "body": "hello"}'


@pytest.fixture(scope="module", autouse=True)
def offline(home):
    home.run("models", "add", "default", "--speaks", "offline")


def begin(page, home, agent):
    page.goto(home.url + "/chats")
    page.get_by_role("link", name=agent, exact=True).first.click()
    page.wait_for_url(f"**/chats/{agent}.*")


def say(page, text):
    page.fill("#text", text)
    page.get_by_role("button", name="Send").click()


def wait_for(page, text, seconds=60):
    page.wait_for_function("text => document.getElementById('talk').innerText.includes(text)", arg=text,
                           timeout=seconds * 1000)


def last(home):
    return max((entry["n"] for entry in home.acme.journal()), default=0)


def calls(home, since, call):
    return [entry for entry in home.acme.journal(since) if entry["n"] > since and entry["call"] == call]


def agree(page, home):
    page.goto(home.url + "/agreements")
    page.locator("section", has_text="onboarding").get_by_role("button", name=re.compile("Agree")).click()


def test_an_assistant_acts_as_whoever_writes(home, sign_in):
    for person in ("alice", "bob"):
        since, page = last(home), sign_in(person)
        begin(page, home, "onboarding")
        talk = page.url
        say(page, SEARCH)
        wait_for(page, "waits for a connection")
        card = page.locator("#talk a.button")
        assert "/agreements" in card.get_attribute("href")
        agree(page, home)
        page.goto(talk)
        wait_for(page, "offline planner")
        assert [entry["owner"] for entry in calls(home, since, "notion.search")] == [person]


def test_what_alice_said_isnt_bobs(home, sign_in):
    alice, bob = sign_in("alice"), sign_in("bob")
    begin(alice, home, "onboarding")
    say(alice, "my salary is 54321")
    wait_for(alice, "Write each call")
    bob.goto(alice.url)
    assert "54321" not in bob.content() and bob.locator("#talk li").count() == 0
    status, events = bob.request.get(alice.url).status, bob.evaluate(
        "async url => (await fetch(url + '/events')).headers.get('content-type')", alice.url)
    assert status == 200 and events == "text/event-stream"
    say(bob, "what did she say?")
    wait_for(bob, "Write each call")
    alice.reload()
    assert "what did she say" not in alice.content()


def test_a_claw_waits_for_its_owner_and_goes_on_by_itself(home, sign_in):
    since = last(home)
    bob, dana = sign_in("bob"), sign_in("dana")
    begin(bob, home, "email")
    say(bob, MAIL)
    wait_for(bob, "the agreement of dana")
    say(bob, "are you still there?")
    wait_for(bob, "Write each call")
    assert calls(home, since, "gmail.users.messages.send") == []
    dana.goto(home.url + "/approvals")
    dana.get_by_role("link", name=re.compile("gmail|mail", re.I)).first.click()
    dana.get_by_role("button", name="Approve").first.click()
    wait_for(bob, "gmail.send")
    assert [entry["owner"] for entry in calls(home, since, "gmail.users.messages.send")] == ["dana"]
    bob.reload()
    assert bob.locator("#talk li").count() == 2


def test_stop_ends_it_and_the_yes_comes_too_late_for_the_conversation(home, sign_in):
    bob = sign_in("bob")
    begin(bob, home, "email")
    say(bob, MAIL.replace("Talk", "Stopped"))
    wait_for(bob, "the agreement of dana")
    say(bob, "stop")
    wait_for(bob, "stopped")


def test_an_agent_that_isnt_there_is_answered_as_one_that_isnt_mine(home, sign_in):
    bob = sign_in("bob")
    bob.goto(home.url + "/chats/nobody.one")
    say(bob, "hi")
    # Nothing comes by itself from an agent that isn't theirs: one looks again.
    deadline = time.time() + 60
    while "isn't there any more" not in bob.inner_text("#talk"):
        assert time.time() < deadline, bob.inner_text("#talk")
        time.sleep(0.5)
        bob.reload()
    assert bob.goto(home.url + "/chats/..%2f.one").status == 404
    assert bob.goto(home.url + "/chats/email.a%20b").status == 404


def test_what_was_written_is_answered_once_after_the_gateway_was_killed(home, sign_in):
    bob = sign_in("bob")
    begin(bob, home, "email")
    port = int(home.url.rsplit(":", 1)[1])
    say(bob, "one")
    home.gateway.send_signal(signal.SIGKILL)
    home.gateway.wait()
    home.serve(port)
    bob.goto(bob.url)
    wait_for(bob, "Write each call")
    time.sleep(1)
    bob.reload()
    assert bob.locator("#talk li").count() == 1
    assert bob.locator("#talk .theirs").count() == 1


def test_a_gateway_that_stops_waits_for_no_watcher(home, sign_in):
    bob = sign_in("bob")
    begin(bob, home, "email")
    say(bob, "hello")
    wait_for(bob, "Write each call")
    port, began = int(home.url.rsplit(":", 1)[1]), time.time()
    home.stop()
    assert time.time() - began < 10
    home.serve(port)


def test_the_same_form_sent_twice_is_one_message(home, sign_in):
    bob = sign_in("bob")
    begin(bob, home, "email")
    form = {name: bob.locator(f"#write [name={name}]").get_attribute("value") for name in ("csrf", "event")}
    for _ in range(2):
        assert bob.request.post(bob.url, form=form | {"text": "twice"}).status == 200
    bob.reload()
    wait_for(bob, "Write each call")
    assert bob.locator("#talk li").count() == 1


def test_without_the_form_token_nothing_is_taken(home, sign_in):
    bob = sign_in("bob")
    begin(bob, home, "email")
    assert bob.request.post(bob.url, form={"csrf": "x" * 32, "event": "e", "text": "forged"}).status == 403
    bob.reload()
    assert bob.locator("#talk li").count() == 0


def test_the_pages_can_be_read_by_everybody(home, sign_in, screenshots):
    bob = sign_in("bob")
    begin(bob, home, "email")
    talk = bob.url
    say(bob, "a long word: " + "x" * 200 + " \u202eevil <b>bold</b>")
    wait_for(bob, "Write each call")
    say(bob, MAIL.replace("Talk", "Look"))
    wait_for(bob, "the agreement of dana")
    assert bob.locator("#talk b").count() == 0 and "⟨U+202E⟩" in bob.inner_text("#talk")
    for scheme, width in LOOKS:
        bob.goto(talk)
        inspect(bob, screenshots, "chat", scheme, width)
        bob.goto(home.url + "/chats")
        inspect(bob, screenshots, "chats", scheme, width)


@pytest.mark.parametrize("when", ["while it is open", "when it comes back"])
def test_a_page_that_isnt_live_any_more_says_so_and_how_to_look_again(home, sign_in, screenshots, when):
    bob = sign_in("bob")
    begin(bob, home, "product")
    talk = bob.url
    say(bob, "hello")
    wait_for(bob, "Write each call")
    assert bob.locator("#over").is_hidden()
    if when == "when it comes back":
        # Its stream ends, and what asks for the next is told that there is none: 204.
        bob.route("**/events", lambda route: route.fulfill(status=204))
        bob.goto(talk)
    else:
        home.run("agents", "suspend", "product")
    try:
        bob.wait_for_selector("#over:not([hidden])", timeout=20_000)
        assert "Write each call" in bob.inner_text("#talk"), "what was said stays"
        for scheme, width in LOOKS:
            inspect(bob, screenshots, "chat-over", scheme, width)
    finally:
        home.run("agents", "resume", "product")
    bob.unroute("**/events")
    bob.get_by_role("link", name="Look again").click()
    bob.wait_for_url(talk)
    say(bob, "again")
    wait_for(bob, "again")
    assert bob.locator("#over").is_hidden()
