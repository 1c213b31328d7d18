"""Files on the page where people talk to agents: sent with a form, got by a link. Without scripts it works as well."""

import json
import re

import pytest
from browsing import LOOKS, cookie, inspect, raw
from test_chats import begin, say, wait_for
from waiting import until

CANARY = "the canary sings at dawn"
SEND = '/call attachments.send {"name": "plan.html", "text": "<script>alert(1)</script>", "type": "text/html"}'


@pytest.fixture(scope="module", autouse=True)
def reader(home, tmp_path_factory):
    file = tmp_path_factory.mktemp("files") / "reader.json5"
    file.write_text(json.dumps({"agents": {"list": [
        {"id": "reader", "owner": "dana", "actsAs": "assistant", "users": "everyone",
         "tools": {"use": ["group:attachments"]}, "lift": [{"tools": "attachments.send", "destinations": "nobody"}]}]}}))
    home.run("apply", str(file), "--yes", "--owner", "dana")
    home.run("models", "add", "default", "--speaks", "offline")
    for person in ("alice", "bob"):
        home.token(person, "reader")


def attach(page, *files):
    page.set_input_files("#file", [{"name": name, "mimeType": kind, "buffer": content} for name, kind, content in files])


def payloads(home, kind):
    return [row[0] for row in home.sql("SELECT id FROM payloads") if row[0].endswith(kind)]


def message(home):
    return home.sql("SELECT id FROM inbox ORDER BY received DESC, id DESC LIMIT 1")[0][0]


def follow(page, home, text):
    """A call about the files of the message before."""
    say(page, text % message(home))


def test_a_file_is_sent_with_a_message_and_opened_by_the_agent(home, sign_in):
    alice = sign_in("alice")
    begin(alice, home, "reader")
    attach(alice, ("../pl\u00e4ne.md", "text/markdown", CANARY.encode()), ("b.bin", "application/octet-stream", b"\x00\xff"))
    say(alice, "see")
    wait_for(alice, "Write each call")
    assert "With _pl\u00e4ne.md, 24 bytes" in alice.inner_text("#talk").replace(".._", "_") and CANARY not in alice.inner_text("#talk")
    follow(alice, home, '/call attachments.open {"file": "%s/1"}')
    wait_for(alice, CANARY)
    before = message(home)
    sent = home.sql("SELECT id FROM inbox ORDER BY received DESC, id DESC LIMIT 2")[1][0]
    say(alice, '/call attachments.open {"file": "%s/2"}' % sent)
    wait_for(alice, "only text and pictures can be opened")
    say(alice, '/call attachments.open {"file": "%s/3"}' % sent)
    wait_for(alice, "no file `%s/3`" % sent)
    opened = [leaf for leaf in home.leaves() if leaf.get("change") == "file.opened"]
    assert opened and "connection" not in opened[-1] and CANARY not in json.dumps(home.leaves())
    assert before != sent


def test_canary_bob_and_her_other_conversations_have_no_file_of_alices(home, sign_in):
    alice, bob = sign_in("alice"), sign_in("bob")
    begin(alice, home, "reader")
    attach(alice, ("plan.md", "text/markdown", CANARY.encode()))
    say(alice, "see")
    wait_for(alice, "Write each call")
    sent = message(home)
    for page in (bob, alice):
        begin(page, home, "reader")
        for tool in ("open", "send"):
            say(page, '/call attachments.%s {%s"file": "%s/1"}' % (tool, '"name": "a", ' if tool == "send" else "", sent))
            page.wait_for_function("n => document.querySelectorAll('#talk .theirs').length >= n", arg=1 + (tool == "send"))
        assert page.inner_text("#talk").count("no file `%s/1`" % sent) == 2 and CANARY not in page.inner_text("#talk")


def test_what_an_agent_sends_is_a_link_for_that_person_alone_and_never_shown(home, sign_in):
    alice = sign_in("alice")
    begin(alice, home, "reader")
    say(alice, SEND)
    wait_for(alice, "plan.html")
    link = alice.locator("#talk a.file")
    with alice.expect_download() as download:
        link.click()
    assert download.value.suggested_filename == "plan.html"
    path = link.get_attribute("href")
    status, text, headers = raw(home, "GET", path, Cookie=cookie(alice))
    assert (status, text) == (200, "<script>alert(1)</script>")
    assert headers["Content-Type"] == "application/octet-stream" and headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Disposition"] == "attachment; filename*=UTF-8''plan.html"
    assert "sandbox" in headers["Content-Security-Policy"] and "script-src" not in headers["Content-Security-Policy"]
    assert headers["Cache-Control"] == "no-store" and headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert raw(home, "GET", path)[0] in (302, 303, 401, 403), "nobody who isn't signed in"
    bob = sign_in("bob")
    assert raw(home, "GET", path, Cookie=cookie(bob))[0] == 404
    other = re.sub(r"/chats/reader\.[^/]+/", "/chats/reader.other/", path)
    assert raw(home, "GET", other, Cookie=cookie(alice))[0] == 404


def test_too_much_is_told_and_nothing_is_kept(home, sign_in):
    alice = sign_in("alice")
    begin(alice, home, "reader")
    talk, since = alice.url, len(payloads(home, "/files"))
    for files, words in (
        ([(f"{n}.txt", "text/plain", b"x") for n in range(6)], "5 files at the most"),
        ([("big.txt", "text/plain", b"x" * ((1 << 20) + 1))], "1048577 bytes"),
        ([(f"{n}.txt", "text/plain", b"x" * (1 << 20)) for n in range(3)], "2097152 bytes at the most"),
    ):
        alice.goto(talk)
        attach(alice, *files)
        say(alice, "see")
        alice.wait_for_selector("text=" + words)
    assert len(payloads(home, "/files")) == since
    counted = next(f for f in home.run("status")["metrics"] if f["name"] == "deputy_channel_refusals_total")
    reasons = {s["labels"]["reason"]: s["value"] for s in counted["samples"] if s["labels"]["channel"] == "web"}
    assert reasons["file-many"] == 1 and reasons["file-size"] >= 2


def test_without_the_form_token_no_file_is_taken(home, sign_in):
    alice = sign_in("alice")
    begin(alice, home, "reader")
    since = len(payloads(home, "/files"))
    forged = alice.request.post(alice.url, multipart={
        "csrf": "x" * 32, "event": "e", "text": "forged", "file": {"name": "a.txt", "mimeType": "text/plain", "buffer": b"x"}})
    assert forged.status == 403 and len(payloads(home, "/files")) == since


def test_a_file_is_sent_and_got_without_scripts(home, chromium, sign_in):
    alice = sign_in("alice")
    context = chromium.new_context(locale="en", java_script_enabled=False)
    context.add_cookies(alice.context.cookies())
    page = context.new_page()
    page.goto(home.url + "/chats")
    page.get_by_role("link", name="reader", exact=True).first.click()
    attach(page, ("plan.md", "text/markdown", CANARY.encode()))
    with page.expect_navigation():
        say(page, SEND)
    until(lambda: page.reload() and page.locator("#talk a.file").count())
    assert "plan.md" in page.inner_text("#talk") and page.locator("#talk a.file").count() == 1
    context.close()


def test_the_page_with_files_can_be_read_by_everybody(home, sign_in, screenshots):
    alice = sign_in("alice")
    begin(alice, home, "reader")
    talk = alice.url
    attach(alice, ("a" * 140 + ".txt", "text/plain", b"x" * 2345), ("plan.md", "text/markdown", CANARY.encode()))
    say(alice, SEND)
    wait_for(alice, "plan.html")
    for scheme, width in LOOKS:
        alice.goto(talk)
        inspect(alice, screenshots, "chat-files", scheme, width)


def test_files_go_with_the_persons_words(home, sign_in):
    assert payloads(home, "/files") and payloads(home, "/file")
    for person in ("alice", "bob"):
        home.run("people", "suspend", person)
        home.run("people", "erase", person, "--yes")
    assert payloads(home, "/files") == [] and payloads(home, "/file") == []
