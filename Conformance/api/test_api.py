"""Programs talk to agents for the person whose token they hold. Whose account was used is the provider's journal's to say."""

import json
import signal
import sqlite3
import threading
import time

import pytest
from program import Program

SEARCH = '/call notion.search {"query": ""}'
MAIL = '/call gmail.send {"to": ["pat@stranger.example"], "subject": "From a program", "body": "hello"}'


def owners(home, call):
    return [entry["owner"] for entry in home.acme.journal() if entry["call"] == call and entry["status"] == 200]


def wait(program, id, state, talk="one", seconds=60):
    deadline = time.time() + seconds
    while time.time() < deadline:
        status, body, _ = program.show(id, talk)
        if status == 200 and body["state"] == state:
            return body
        time.sleep(0.05)
    raise AssertionError(body)


def revive(home):
    port = int(home.url.rsplit(":", 1)[1])
    home.gateway.send_signal(signal.SIGKILL)
    home.gateway.wait()
    home.serve(port)


def names(events):
    return [name for _, name, _ in events]


def test_an_assistant_acts_as_whose_token_it_is(home, program):
    for person in ("alice", "bob"):
        said = program(person, "onboarding")
        status, body, _ = said.write("m1", SEARCH)
        assert status == 202 and body["state"] in ("waiting", "ready", "answered"), body
        body = wait(said, "m1", "answered")
        assert [line["kind"] for line in body["said"]] == ["reply"]
    assert owners(home, "notion.search") == ["alice", "bob"]


def test_a_post_is_answered_with_its_turns_events(home, program):
    events = list(program("alice", "onboarding").write_and_watch("m1", SEARCH))
    kept = [(id, name) for id, name, _ in events if id is not None]
    assert kept == [(0, "began"), (1, "progress"), (2, "progress"), (3, "reply"), (4, "done")]
    data = {id: data for id, _, data in events}
    assert data[1] == {"calls": ["notion.search"]} and data[2] == {"called": "notion.search", "isError": False}
    assert data[3]["kind"] == "reply" and data[4] == {"state": "answered"}


def test_an_approval_is_a_link_and_nothing_here_agrees(home, program):
    bob = program("bob", "email")
    bob.write("m1", MAIL)
    waits = next(event for event in bob.events("m1", until=("waits",)) if event[1] == "waits")
    assert waits[2]["for"] == "approval" and "agreement of dana" in waits[2]["said"]["text"]
    dana = program("dana", "email")
    dana.write("m1", MAIL.replace("From", "Also from"))
    card = next(event for event in dana.events("m1", until=("waits",)) if event[1] == "waits")[2]["said"]
    assert card["kind"] == "approval" and card["link"].startswith(f"{home.url}/approvals/")
    path = card["link"].removeprefix(home.url)
    for method, where in (("GET", path), ("POST", path + "/approve")):
        import http.client
        connection = http.client.HTTPConnection(dana.host, timeout=10)
        connection.request(method, where, headers={"Authorization": f"Bearer {dana.token}"})
        assert connection.getresponse().status in (303, 401, 403)
    time.sleep(0.5)
    assert owners(home, "gmail.users.messages.send") == []
    assert home.browser("dana").approve(path.rsplit("/", 1)[1])[0] in (200, 303)
    assert names(dana.events("m1", after=waits[0]))[-2:] == ["reply", "done"]
    assert owners(home, "gmail.users.messages.send") == ["dana"]


def test_a_missing_connection_is_a_link_too(home, program):
    carol = program("carol", "onboarding")
    carol.write("m1", SEARCH)
    waits = next(event for event in carol.events("m1", until=("waits",)) if event[1] == "waits")[2]
    assert waits["for"] == "connection" and waits["said"]["link"].startswith(home.url + "/connections")
    assert carol.show("m1")[1]["waits"]["for"] == "connection"


@pytest.mark.parametrize("killed", ["while a call is out", "while it waits"])
def test_a_stream_goes_on_where_it_was_after_the_gateway_was_killed(home, program, killed):
    person, agent, text = ("alice", "onboarding", SEARCH) if killed == "while a call is out" else ("dana", "email", MAIL)
    said = program(person, agent)
    if killed == "while a call is out":
        home.acme.ask("POST", "/delay", {"service": "notion", "milliseconds": 1500})
    said.write("m1", text)
    seen, last = [], None
    for id, name, _ in said.events("m1"):
        if id is not None:
            seen.append((id, name))
            last = id
        if name == ("progress" if killed == "while a call is out" else "waits"):
            break
    revive(home)
    if killed == "while it waits":
        approval = home.run("approvals", "list")["approvals"][0]["id"]
        assert home.browser("dana").approve(approval)[0] in (200, 303)
    home.acme.ask("POST", "/delay", {"service": "notion", "milliseconds": 0})
    while last is None or seen[-1][1] != "done":
        for id, name, _ in said.events("m1", after=last):
            if id is not None:
                seen.append((id, name))
                last = id
    assert [id for id, _ in seen] == list(range(len(seen))), "each once, in order"
    assert [name for _, name in seen].count("reply") == 1
    assert len(said.read()[1]["messages"]) == 1
    if killed == "while it waits":
        assert owners(home, "gmail.users.messages.send") == ["dana"]


def test_the_same_message_is_one_also_late_and_after_a_death(home, program):
    alice = program("alice", "onboarding")
    assert alice.write("m1", SEARCH)[0] == 202
    assert alice.write("m1", SEARCH)[0] == 200
    wait(alice, "m1", "answered")
    revive(home)
    status, body, _ = alice.write("m1", SEARCH)
    assert status == 200 and body["state"] == "answered"
    for text, talk in (("something else", "one"), (SEARCH, "two")):
        status, body, _ = alice.write("m1", text, talk)
        assert status == 409 and body["error"]["code"] == "exists", (status, body)
    assert alice.read("two")[0] == 404
    assert owners(home, "notion.search") == ["alice"]
    assert len(alice.read()[1]["messages"]) == 1


def test_many_at_once_are_each_one_and_in_order(home, program):
    alice = program("alice", "onboarding")
    threads = [threading.Thread(target=alice.write, args=(f"m{number % 5}", "hello")) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for number in range(5):
        wait(alice, f"m{number}", "answered")
    lines = alice.read()[1]["messages"]
    assert sorted(line["id"] for line in lines) == [f"m{number}" for number in range(5)]
    assert [line["began"] for line in lines] == sorted(line["began"] for line in lines)
    assert all(len(line["said"]) == 1 for line in lines)


def test_what_isnt_a_token_for_here_gets_nowhere(home, program, api_token):
    good = program("alice", "onboarding")
    for token, status in ((None, 401), ("dpy_api_" + "A" * 43, 401), (home.token("alice"), 401), ("x y", 401)):
        for method, path, body in (("GET", "", None), ("POST", "/conversations/one/messages", {"id": "m1", "text": "hi"}),
                                   ("GET", "/conversations/one/messages/m1/events", None)):
            answer = Program(home.url, token, "onboarding").send(method, path, body)
            assert answer[0] == status and answer[1]["error"]["message"], answer
            assert "resource_metadata" in answer[2]["WWW-Authenticate"]
    assert good.send("GET", "?access_token=" + good.token, Authorization=None)[0] == 400
    assert Program(home.url, good.token, "email").send("GET")[0] == 403
    assert Program(home.url, good.token, "nobody").send("GET")[0] == 403
    status, body, _ = good.send("GET")
    assert status == 200 and body["person"] == "alice" and body["channel"]["knowsRepeats"] is True
    mcp = home.post("onboarding", good.token, {"jsonrpc": "2.0", "id": 1, "method": "tools/list"})
    assert mcp[0] == 401, "a token for conversations is none for tools"


def test_a_revoked_token_ends_its_streams_and_its_turns(home, api_token):
    token, id = api_token("dana", "email")
    dana = Program(home.url, token, "email")
    dana.write("m1", MAIL)
    stream = dana.events("m1", seconds=20)
    assert "waits" in [next(stream)[1] for _ in range(3)]
    approval = home.run("approvals", "list")["approvals"][0]["id"]
    home.run("tokens", "revoke", id)
    began = time.time()
    assert list(stream) == [(None, "error", {"state": "lost"})] and time.time() - began < 10
    assert dana.show("m1")[0] == 401
    assert home.browser("dana").send("GET", f"/approvals/{approval}")[0] in (200, 404, 410)
    assert [a["id"] for a in home.run("approvals", "list")["approvals"]] == []
    deadline = time.time() + 60
    while home.sql("SELECT COUNT(*) FROM turns WHERE state IN ('parked', 'ready')")[0][0] and time.time() < deadline:
        time.sleep(0.2)
    assert [row[0] for row in home.sql("SELECT state FROM turns")] == ["failed"]
    assert owners(home, "gmail.users.messages.send") == []


def test_an_expired_token_does_nothing_more(home, api_token):
    token, id = api_token("alice", "onboarding")
    alice = Program(home.url, token, "onboarding")
    alice.write("m1", "hello")
    wait(alice, "m1", "answered")
    port = int(home.url.rsplit(":", 1)[1])
    home.stop()
    home.sql("UPDATE tokens SET expires = $1 WHERE id = $2", int(time.time() * 1e6) - 1, id)
    home.serve(port)
    assert alice.write("m2", SEARCH)[0] == 401 and alice.read()[0] == 401
    assert owners(home, "notion.search") == []


def test_a_conversation_is_its_tokens_alone(home, program, api_token):
    alice = program("alice", "onboarding")
    alice.write("m1", "my salary is 54321", "pay")
    wait(alice, "m1", "answered", "pay")
    for other in (program("bob", "onboarding"), program("alice", "onboarding")):
        for path in ("/conversations/pay", "/conversations/pay/messages/m1", "/conversations/pay/messages/m1/events"):
            status, body, _ = other.send("GET", path)
            assert status == 404 and body == other.send("GET", path.replace("pay", "none"))[1]
        assert other.send("GET", "/conversations")[1] == {"conversations": []}
        assert other.stop("s1", "pay")[0] == 202
        assert "54321" not in json.dumps(other.read("pay")[1])
    assert [talk["name"] for talk in alice.send("GET", "/conversations")[1]["conversations"]] == ["pay"]


def test_stop_ends_what_waits(home, program):
    dana = program("dana", "email")
    dana.write("m1", MAIL)
    wait(dana, "m1", "parked")
    assert dana.stop("s1")[0] == 202
    wait(dana, "m1", "stopped")
    assert wait(dana, "s1", "done")["said"] == []
    assert names(dana.events("m1"))[-1] == "done" and names(dana.events("s1")) == ["done"]
    assert home.run("approvals", "list")["approvals"] == [] or owners(home, "gmail.users.messages.send") == []


@pytest.mark.parametrize("body, status", [
    (b"{", 422), (b"[]", 422), (b"", 422), ({"id": "m1"}, 422), ({"text": "hi"}, 422), ({"id": "a b", "text": "hi"}, 422),
    ({"id": "m1", "text": " \n"}, 422), ({"id": "m1", "text": "x" * 32_001}, 422), ({"id": "m1", "text": 1}, 422),
    ({"id": "m1", "text": "hi", "person": "dana"}, 422), (b'{"id": "m1", "id": "m2", "text": "hi"}', 422),
    (b'{"id": "m1", "text": "' + b"x" * (3500 << 10) + b'"}', 413), (b'{"id": "m1", "text": "\xff"}', 422)])
def test_what_cant_be_a_message_starts_nothing(home, program, body, status):
    alice = program("alice", "onboarding")
    answer = alice.send("POST", "/conversations/one/messages", body)
    assert answer[0] == status and answer[1]["error"]["message"], answer
    assert home.sql("SELECT COUNT(*) FROM inbox")[0][0] == 0
    assert alice.send("POST", "/conversations/one/messages", b"{}", Content_Type="text/plain")[0] == 415
    assert alice.send("POST", "/conversations/a%2fb/messages", {"id": "m1", "text": "hi"})[0] in (404, 422)
    assert alice.send("POST", "/conversations/one/messages", {"id": "m1", "text": "hi"}, Content_Encoding="gzip")[0] == 415
    alice.write("m2", "hello")
    assert alice.send("GET", "/conversations/one/messages/m2/events", Last_Event_ID="-1")[0] == 422


def test_too_many_are_refused_before_anything_is_stored(home, program):
    alice, bob = program("alice", "onboarding"), program("bob", "onboarding")
    statuses = [alice.write(f"m{number}", "hello", f"t{number}")[0] for number in range(90)]
    refused = statuses.count(429)
    assert refused > 0 and statuses.count(202) == 90 - refused
    assert home.sql("SELECT COUNT(*) FROM inbox")[0][0] == 90 - refused
    status, body, headers = alice.write("more", "hello")
    if status == 429:
        assert int(headers["Retry-After"]) >= 1 and body["error"]["code"] == "too_many"
    assert bob.write("m1", "hello")[0] == 202, "one program doesn't stop another"


def test_who_leaves_is_refused_at_once(home, program):
    alice = program("alice", "onboarding")
    alice.write("m1", "hello")
    wait(alice, "m1", "answered")
    home.run("people", "suspend", "alice")
    status = alice.write("m2", SEARCH)[0]
    assert status in (401, 404) or wait(alice, "m2", "failed")
    time.sleep(0.5)
    assert owners(home, "notion.search") == []


def test_what_was_written_is_sealed(home, program):
    if home.database:
        pytest.skip("the files are read")
    alice = program("alice", "onboarding")
    alice.write("m1", "canary-51a1")
    wait(alice, "m1", "answered")
    home.stop()
    with sqlite3.connect(f"{home.path}/deputy.sqlite") as store:
        store.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    assert all(b"canary-51a1" not in path.read_bytes() for path in home.files)


def test_a_client_that_a_person_let_in_talks_no_further_than_they_said(home):
    from flow import Client, Person, answer, send

    class Talker(Client):
        @property
        def resource(self):
            return f"{self.home.url}/v1/agents/{self.agent}"

    back = "http://127.0.0.1:9/callback"
    made = home.run("clients", "register", "Talker", "--redirect-uri", back)
    client = Talker(home, made["id"], back, None, "email")
    status, _, text = send(f"{home.url}/.well-known/oauth-protected-resource/v1/agents/email")
    assert status == 200 and json.loads(text)["resource"] == client.resource
    dana = Person(home, "dana")
    redirect = dana.allow(client.link(scope="read"))
    status, tokens = client.redeem(answer(redirect)["code"])
    assert status == 200, tokens
    said = Program(home.url, tokens["access_token"], "email")
    assert said.send("GET")[1]["person"] == "dana"
    said.write("m1", MAIL)
    wait(said, "m1", "answered")
    assert owners(home, "gmail.users.messages.send") == [] and home.run("approvals", "list")["approvals"] == []
    assert home.post("email", tokens["access_token"], {"jsonrpc": "2.0", "id": 1, "method": "ping"})[0] == 401
    assert Program(home.url, tokens["access_token"], "product").send("GET")[0] == 401


def test_what_is_refused_is_counted_by_reason_and_shown(home, program):
    alice = program("alice", "onboarding")
    Program(home.url, None, "onboarding").send("GET")
    Program(home.url, "dpy_api_" + "A" * 43, "onboarding").send("GET")
    alice.send("POST", "/conversations/one/messages", b"{")
    alice.send("POST", "/conversations/one/messages", b'{"id": "m1", "text": "' + b"x" * (3500 << 10) + b'"}')
    alice.write("m1", "hello")
    alice.write("m1", "hello")
    status = home.run("status")
    family = next(f for f in status["metrics"] if f["name"] == "deputy_channel_refusals_total")
    counts = {sample["labels"]["reason"]: sample["value"] for sample in family["samples"]}
    assert all(sample["labels"]["channel"] == "api" for sample in family["samples"])
    assert counts == {"unsigned": 1, "forged": 1, "malformed": 1, "oversized": 1, "duplicate": 1}


def test_so_many_messages_of_a_token_wait_and_no_more(home, program):
    said, other = program("alice", "onboarding"), program("bob", "onboarding")
    said.write("m1", "hello")
    wait(said, "m1", "answered")
    far, account = 9_000_000_000_000_000, home.sql("SELECT account FROM inbox")[0][0]
    for number in range(200):
        home.sql("INSERT INTO inbox (id, organization, kind, account, event, conversation, is_stop, received, not_before, state,"
                 " attempts) VALUES ($1, 'acme', 'api', $2, $3, 'cnv', 0, $4, $5, 'waiting', 0)",
                 f"in-{number}", account, f"alice/w{number}", far, far)
    status, body, headers = said.write("m2", "one more")
    assert (status, body["error"]["code"], headers["Retry-After"]) == (429, "too_many", "10"), body
    assert "200 messages" in body["error"]["message"] and body["error"]["hint"]
    assert said.show("m2")[0] == 404, "nothing is stored of it"
    assert said.write("m1", "hello")[0] == 200, "what was taken before is said so"
    assert said.stop("s1")[0] == 202, "a stop doesn't wait"
    assert other.write("m1", "hello")[0] == 202, "each token has its own"
    home.sql("DELETE FROM inbox WHERE id = 'in-7'")
    home.sql("DELETE FROM inbox WHERE id = 'in-8'")
    assert said.write("m2", "one more")[0] == 202
    wait(said, "m2", "answered")


def test_an_organization_may_be_named_in_the_path(home, api_token, program):
    said = program("alice", "onboarding")
    named = Program(home.url, said.token, "onboarding")
    named.prefix = "/org/acme/v1/agents/"
    assert named.write("m1", "hello")[0] == 202
    assert wait(said, "m1", "answered") == wait(named, "m1", "answered"), "one conversation, whatever the path"
    named.prefix = "/org/rival/v1/agents/"
    assert named.write("m2", "hello")[0] == 404
    assert named.show("m1")[0] == 404
