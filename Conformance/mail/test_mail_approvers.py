"""Whoever must agree and isn't in Slack gets the call by mail: real Postfix, real Dovecot. What was sent is what lies in mailboxes."""

import http.server
import json
import re
import threading
import time

import pytest
from mail_servers import STRANGER, address
from test_mail_talk import acme, desk, invitation  # noqa: F401

SEND = {"to": [STRANGER], "subject": "Plan", "body": "Tuesday at 3 would do."}


def text(mail):
    return mail.get_content().replace("\r\n", "\n")


def figures(home, name):
    return {tuple(s["labels"].values()): s["value"] for f in home.run("status")["metrics"]
            if f["name"] == name for s in f["samples"]}


def notices(desk):
    """The home writes by Postfix too, as nobody who has a login."""
    desk.home.run("notices", "set", "--smtp", f"smtp://localhost:{desk.postfix.port}", "--from", "deputy@acme.test",
                  "--trust-file", str(desk.trusted))


@pytest.fixture
def asking(desk, certificate):  # noqa: F811
    def make(*words):
        made = desk(*words)
        made.trusted = certificate + ".crt"
        made.token = made.home.token("bob", "email", "onboarding")
        return made

    return make


def waiting(desk):
    return desk.until(lambda: desk.home.run("approvals", "list")["approvals"])


def test_whoever_isnt_in_slack_gets_the_very_call_once_and_a_link_that_gives_nobody_a_right(asking):
    desk = asking()
    notices(desk)
    asked = "<question.%d@outside.example>" % time.time_ns()
    desk.write(STRANGER, invitation(asked, "Re: Meeting"), message_id=asked, subject="Meeting")
    approval, = waiting(desk)
    card, = desk.got("dana")
    body = text(card)
    lines = body.split("\n")
    assert f"to {STRANGER} (outside)" in lines and "body: Tuesday at 3 would do." in lines
    assert lines.index(f"to {STRANGER} (outside)") == 2, "destinations first"
    assert f"asked by: the guest mail:{STRANGER}, of the agent email" in lines
    assert f"{desk.home.url}/approvals/{approval['id']}" in lines
    assert "offline planner" not in body, "nothing that a model said"
    assert (card["From"], card["To"]) == (address("clerk"), address("dana"))
    assert card["Subject"] == "The agent email asks for your answer" and card["In-Reply-To"] is None
    assert card["Auto-Submitted"] == "auto-generated"
    assert re.fullmatch(r"<dpc\.[0-9a-f]{22}\.out_[0-9a-f]{30}@acme\.test>", card["Message-ID"])
    shown, = [leaf for leaf in desk.home.leaves() if leaf.get("change") == "card.shown"]
    assert (shown["person"], shown["sender"], shown["account"]) == ("dana", "mail:dana@acme.test", "mail/desk")

    # The link alone, and the link in the hands of others.
    path = f"/approvals/{approval['id']}"
    nobody = desk.home.browser("alice")
    assert STRANGER not in nobody.send("GET", path)[1]
    dana = desk.home.browser("dana")
    form = dana.look(approval["id"])
    assert nobody.answer(approval["id"], "approve", form)[0] >= 400
    nobody.cookie = None
    status, page = nobody.send("GET", path)
    assert STRANGER not in page and nobody.answer(approval["id"], "approve", form)[0] >= 300
    desk.none(STRANGER)
    # Nor does an answer to it, whoever writes.
    desk.write("dana", "approve", login=True, subject="Re: " + card["Subject"], In_Reply_To=card["Message-ID"])
    desk.none(STRANGER)
    assert [one["id"] for one in waiting(desk)] == [approval["id"]]

    assert dana.approve(approval["id"])[0] in (200, 303)
    desk.got(STRANGER)
    told = desk.until(lambda: [m for m in desk.mails("dana") if "agreed by dana" in text(m)])
    assert [m["In-Reply-To"] for m in told] == [card["Message-ID"]] and told[0]["Auto-Submitted"] == "auto-replied"
    assert told[0]["Subject"] == "Re: " + card["Subject"]
    time.sleep(6)
    assert len([m for m in desk.mails("dana") if STRANGER in text(m)]) == 1, "no notice says it again"
    assert [m["From"] for m in desk.mails("dana")] == [address("clerk")] * len(desk.mails("dana"))
    assert desk.home.run("approvals", "list")["approvals"] == []


def call(desk, **more):
    kind, _ = desk.home.call("email", desk.token, "post.send", SEND | more)
    assert kind == "approval_required"


def test_an_agent_without_a_mailbox_asks_by_the_homes_mail_server_and_says_what_was_decided(asking):
    desk = asking("link", "onboarding")
    notices(desk)
    call(desk)
    card, = desk.got("dana")
    assert card["From"] == "deputy@acme.test"
    assert f"to {STRANGER} (outside)" in text(card).split("\n")
    approval, = waiting(desk)
    assert desk.home.browser("dana").answer(approval["id"], "deny")[0] in (200, 303)
    _, told = desk.got("dana", 2)
    assert "denied by dana. It won't be done." in text(told) and told["In-Reply-To"] == card["Message-ID"]
    time.sleep(6)
    desk.none("dana", 2)
    assert figures(desk.home, "deputy_notices").get(("delivered",), 0) == 0
    desk.none(STRANGER)


def test_an_agent_reads_no_letter_to_an_approver_wherever_a_server_files_it(asking):
    desk = asking()
    call(desk, body="The redundancies are on Monday.")
    card, = desk.got("dana")
    assert "The redundancies are on Monday." in text(card)
    approval, = waiting(desk)
    desk.home.browser("dana").answer(approval["id"], "deny")
    _, told = desk.got("dana", 2)
    # As servers do that keep what is sent by them.
    with desk.client() as box:
        box.append("Sent", "", None, b"Message-ID: <plain@acme.test>\r\nSubject: Plain\r\n\r\nPlain words.\r\n")
        for letter in (card, told):
            assert box.append("Sent", "", None, letter.as_bytes())[0] == "OK"
        box.select("Sent")
        validity = box.response("UIDVALIDITY")[1][0].decode()
        numbers = [n.decode() for n in box.uid("SEARCH", None, "HEADER", "Message-ID", "dpc")[1][0].split()]
        plain, = [n.decode() for n in box.uid("SEARCH", None, "HEADER", "Message-ID", "plain")[1][0].split()]
    assert len(numbers) == 2

    def ask(tool, **arguments):
        kind, result = desk.home.call("email", desk.token, f"post.{tool}", {"folder": "Sent"} | arguments)
        return kind, result["structuredContent"]

    kind, found = ask("search")
    assert kind == "done" and found["found"] == 1 and [m["subject"] for m in found["messages"]] == ["Plain"]
    assert found["messages"][0]["id"] == f"{validity}-{plain}"
    kind, found = ask("search", text="redundancies")
    assert kind == "done" and (found["found"], found["messages"]) == (0, [])
    for number in numbers:
        kind, refused = ask("read", id=f"{validity}-{number}")
        assert kind == "refused" and "no such message" in str(refused) and "redundancies" not in str(refused)
    assert ask("read", id=f"{validity}-{plain}")[1]["text"].strip() == "Plain words."


def invite(desk, agent, token):
    kind, _ = desk.home.call(agent, token, "calendar.create_event", {
        "summary": "Plan", "start": "2027-01-04T15:00:00Z", "end": "2027-01-04T16:00:00Z", "attendees": [STRANGER]})
    assert kind == "approval_required"


def test_fleet_test_15_what_isnt_delivered_takes_another_way_and_is_seen(asking):
    desk = asking()
    notices(desk)
    # The claw's mailbox doesn't open any more, so nothing leaves by it. A minute later the home writes.
    desk.home.run("connections", "revoke", desk.connection)
    invite(desk, "email", desk.token)
    desk.none("dana")
    card, = desk.got("dana", seconds=90)
    assert "deputy@acme.test" in card["From"] and STRANGER in text(card)
    # What has to be counted row by row is counted twice a minute.
    desk.until(lambda: figures(desk.home, "deputy_approval_cards_rerouted") == {(): 1}, seconds=60)
    assert figures(desk.home, "deputy_approval_cards")[("shown",)] == 1
    assert "an approver wasn't shown what waits for them" in open(desk.home.output.name).read()
    time.sleep(6)
    desk.none("dana", 1)


@pytest.fixture
def hook():
    """Keeps what is posted."""
    posts = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            posts.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *words):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever).start()
    yield f"http://127.0.0.1:{server.server_port}/hook", posts
    server.shutdown()
    server.server_close()


def test_fleet_test_15_where_no_way_works_it_isnt_silent(asking, hook, tmp_path):
    desk = asking("link", "onboarding")
    notices(desk)
    url, posts = hook
    desk.home.run("notices", "set", "--webhook", url)
    # Postfix knows nobody of that name.
    desk.home.run("people", "add", "nowhere", "--email", "nowhere@acme.test")
    file = tmp_path / "approvers.json5"
    file.write_text(json.dumps({"agents": {"list": [
        {"id": "email", "owner": "dana", "actsAs": "claw", "users": "everyone", "approvers": ["nowhere"],
         "slots": ["post:agent", "calendar:agent"], "tools": {"use": ["post.*", "calendar.*"]},
         "guests": ["calendar.list_events", "post.send"]}]}}))
    desk.home.run("apply", str(file), "--yes")
    invite(desk, "email", desk.token)
    desk.got("dana")
    desk.until(lambda: figures(desk.home, "deputy_approvers_unreached") == {(): 1}, seconds=60)
    found = [f["message"] for f in desk.home.run("doctor")["findings"]]
    assert any("weren't shown what waits for them" in message for message in found), found
    desk.until(lambda: posts, seconds=60)
    assert (posts[0]["type"], posts[0]["data"]["person"]) == ("approval.requested", "nowhere")


def test_who_asks_much_fills_nobodys_mailbox(asking):
    desk = asking("link", "onboarding")
    notices(desk)
    for number in range(7):
        call(desk, subject=f"Plan {number}")
    desk.until(lambda: any("More waits for your answer" in text(m) for m in desk.mails("dana")))
    time.sleep(6)
    mails = desk.mails("dana")
    assert len(mails) == 5 and len([m for m in mails if "subject: Plan" in text(m)]) == 4
    assert len({m["Message-ID"].split(".")[1] for m in mails}) == 5, "a thread for each"
    assert len(desk.home.run("approvals", "list")["approvals"]) == 7
