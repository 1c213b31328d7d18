"""A stream of somebody who lost the agent ends, and says that there is nothing to come back for; and nobody writes faster than people do."""

import http.client
import re
import time
import urllib.parse

import pytest
from program import Program

MAIL = '/call gmail.send {"to": ["pat@stranger.example"], "subject": "A talk", "body": "hello"}'


@pytest.fixture
def talking(home):
    home.run("models", "add", "default", "--speaks", "offline")
    return home


def api(home, person, agent):
    made = home.run("tokens", "create", person, "--agent", agent, "--for", "api")
    return Program(home.url, home.run("tokens", "take-up", made["code"])["token"], agent), made


LOSSES = {
    "the agent is suspended": lambda home, token: home.run("agents", "suspend", "email"),
    "the person is suspended": lambda home, token: home.run("people", "suspend", "alice"),
    "the token is revoked": lambda home, token: home.run("tokens", "revoke", token),
}


@pytest.mark.parametrize("loss", LOSSES)
def test_a_programs_stream_ends_with_an_event_of_its_own(talking, loss):
    program, made = api(talking, "alice", "email")
    seen, began = [], time.time()
    for _, name, data in program.write_and_watch("m1", MAIL):
        seen.append((name, data))
        if name == "waits":
            LOSSES[loss](talking, made["id"])
    assert [name for name, _ in seen if name != "text"][:2] == ["began", "progress"]
    assert seen[-1] == ("error", {"state": "lost"}) and time.time() - began < 10, seen


class Stream:
    """What a browser's EventSource reads of a conversation."""

    def __init__(self, browser, talk):
        self.connection = http.client.HTTPConnection(browser.host, timeout=20)
        self.connection.request("GET", f"/chats/{talk}/events", headers={
            "Cookie": browser.cookie, "Accept": "text/event-stream"})
        self.response = self.connection.getresponse()

    def events(self):
        return [line.decode().split(": ", 1)[1].strip() for line in self.response if line.startswith(b"event: ")]


def test_whoever_has_many_tokens_holds_no_more_streams_than_their_own_share(talking):
    def stream(program):
        connection = http.client.HTTPConnection(program.host, timeout=20)
        connection.request("GET", f"/v1/agents/{program.agent}/conversations/one/messages/m1/events", headers={
            "Authorization": f"Bearer {program.token}", "Accept": "text/event-stream"})
        response = connection.getresponse()
        assert response.status == 200
        return response

    programs = [api(talking, "alice", "email")[0] for _ in range(5)]
    bob, _ = api(talking, "bob", "email")
    for program in (*programs, bob):
        assert program.write("m1", MAIL)[0] == 202
    bobs = stream(bob)
    held = [stream(program) for program in programs for _ in range(60)]
    for response in held[:44]:
        assert response.read(), "the oldest end"
    for response in (held[44], held[-1], bobs):
        while response.readline() != b": here\n":
            pass


def test_a_pages_stream_ends_for_good_when_the_agent_is_suspended(talking):
    browser = talking.browser("alice")
    stream = Stream(browser, "email.talk")
    assert stream.response.status == 200
    talking.run("agents", "suspend", "email")
    assert stream.events()[-1] == "over"
    again = Stream(browser, "email.talk")
    assert again.response.status == 204, "a browser doesn't ask again after that"
    talking.run("agents", "resume", "email")
    assert Stream(browser, "email.talk").response.status == 200


def test_a_pages_stream_ends_for_good_for_who_may_not_use_the_agent(talking):
    talking.run("agents", "add", "danas", "--acts-as", "claw", "--owner", "dana")
    browser = talking.browser("alice")
    assert [Stream(browser, f"{agent}.talk").response.status for agent in ("danas", "nothing")] == [204, 204]
    stream = Stream(browser, "email.talk")
    talking.run("people", "suspend", "alice")
    assert stream.events()[-1] == "over"
    assert Stream(browser, "email.talk").response.status in (401, 403)


def test_who_writes_faster_than_people_do_waits_and_others_dont(talking):
    def post(browser, csrf, number):
        fields = {"csrf": csrf, "event": f"e{number}", "text": "hello"}
        connection = http.client.HTTPConnection(browser.host, timeout=20)
        connection.request("POST", f"/chats/email.talk{number % 7}", urllib.parse.urlencode(fields), {
            "Cookie": browser.cookie, "Content-Type": "application/x-www-form-urlencoded"})
        response = connection.getresponse()
        response.read()
        return response.status, response.headers["Retry-After"]

    browsers = {person: talking.browser(person) for person in ("alice", "bob")}
    forms = {person: re.search('name="csrf" value="([^"]+)"', browser.send("GET", "/browsers")[1]).group(1)
             for person, browser in browsers.items()}
    answers = [post(browsers["alice"], forms["alice"], number) for number in range(120)]
    taken = sum(status == 303 for status, _ in answers)
    refused = [wait for status, wait in answers if status == 429]
    assert taken + len(refused) == 120 and refused and all(int(wait) >= 1 for wait in refused), answers
    assert taken >= 60, "a burst is taken"
    assert talking.sql("SELECT COUNT(*) FROM inbox")[0][0] == taken, "nothing is stored of the others"
    assert post(browsers["bob"], forms["bob"], 1)[0] == 303
