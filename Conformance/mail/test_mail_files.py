"""Files that come by mail, opened by an agent through the gate: real Postfix, real Dovecot."""

import email.message
import email.policy
import json
import re

import pytest
from agreeing import agree
from mail_servers import address
from test_mail_talk import acme, desk  # noqa: F401
from test_pictures import DATA, PICTURE
from vendor_types import request_has_type

CANARY = "the canary sings at dawn"


@pytest.fixture
def files(desk, tmp_path):
    desk = desk("link", "onboarding")
    definition = tmp_path / "agents.json5"
    definition.write_text(definition.read_text().replace('"notion.*"', '"notion.*", "attachments.*"'))
    desk.home.run("apply", str(definition), "--yes")
    for person in ("alice", "bob"):
        desk.home.run("senders", "link", f"mail:{address(person)}", "--person", person)
        agree(desk.home.browser(person))
    return Files(desk)


class Files:
    def __init__(self, desk):
        self.desk, self.home = desk, desk.home

    def next(self):
        """The number that the next mail to the agent gets."""
        with self.desk.client() as client:
            told = client.status("INBOX", "(UIDNEXT UIDVALIDITY)")[1][0].decode()
        return "%s-%s" % (re.search(r"UIDVALIDITY (\d+)", told).group(1), re.search(r"UIDNEXT (\d+)", told).group(1))

    def send(self, by, *attached, opens=(), text=None):
        """A mail with files, which asks to have the parts opened. Returns its number."""
        number = self.next()
        message = email.message.EmailMessage(policy=email.policy.SMTP)
        message["From"], message["To"], message["Subject"] = address(by), address("clerk"), "Files"
        calls = "\n".join('/call attachments.open {"file": "%s/%s"}' % (number, part) for part in opens)
        message.set_content(text or calls or "see")
        for content, kind, name in attached:
            main, sub = kind.split("/")
            message.add_attachment(content, maintype=main, subtype=sub, filename=name)
        return self.deliver(by, message.as_bytes(), number)

    def deliver(self, by, message, number):
        self.desk.postfix.take(address(by), message, address("clerk"), login=True)
        return number

    def answer(self, person, count=1):
        return self.desk.got(person, count)[-1].get_content()

    def counted(self):
        metrics = next(m for m in self.home.run("status")["metrics"] if m["name"] == "deputy_channel_refusals_total")
        return {s["labels"]["reason"]: s["value"] for s in metrics["samples"] if s["labels"]["reason"].startswith("file-")}


def test_a_file_is_opened_for_whoever_sent_it_as_the_agents_mailbox_has_it(files):
    since = files.desk.dovecot.mark()
    number = files.send("alice", (CANARY.encode(), "text/plain", "plan.txt"), opens=["2"])
    assert CANARY in files.answer("alice")
    assert {user for user, _ in files.desk.dovecot.opened(since)} == {address("clerk")}
    opened, = [leaf for leaf in files.home.leaves() if leaf.get("change") == "file.opened"]
    assert opened["file"] == f"{number}/2" and opened["connection"] == files.desk.connection
    assert CANARY not in json.dumps(files.home.leaves())


def test_canary_what_alice_sent_bob_cant_open_by_its_id_or_in_her_thread(files):
    number = files.send("alice", (CANARY.encode(), "text/plain", "plan.txt"), opens=["2"])
    files.answer("alice")
    files.send("bob", text='/call attachments.open {"file": "%s/2"}' % number)
    told = files.answer("bob")
    assert f"no file `{number}/2`" in told and CANARY not in told
    assert len([leaf for leaf in files.home.leaves() if leaf.get("change") == "file.opened"]) == 1


def test_texts_in_every_encoding_and_depth_are_read(files):
    number = files.next()
    calls = "\r\n".join('/call attachments.open {"file": "%s/%s"}' % (number, part) for part in ("1.2", "1.3", "2"))
    files.deliver("alice", ("\r\n".join([
        f"From: {address('alice')}", f"To: {address('clerk')}", "Subject: deep", "MIME-Version: 1.0",
        'Content-Type: multipart/mixed; boundary="a"', "", "--a", 'Content-Type: multipart/mixed; boundary="b"', "",
        "--b", "Content-Type: text/plain; charset=utf-8", "", calls, "--b",
        "Content-Type: text/csv; charset=iso-8859-1", "Content-Disposition: inline;",
        " filename*0*=utf-8''Gr%C3%BC; filename*1*=%C3%9Fe.csv", "Content-Transfer-Encoding: quoted-printable", "",
        "name;gr=F6=DFe", "--b", "Content-Type: application/json", 'Content-Disposition: attachment; filename="../../a.json"',
        "Content-Transfer-Encoding: base64", "", "eyJjYW5hcnkiOiB0cnVlfQ==", "--b--", "--a",
        "Content-Type: text/plain; charset=utf-16; name=\"odd\"", "Content-Disposition: attachment", "", "plain", "--a--", "",
    ])).encode(), number)
    told = files.answer("alice")
    assert "name;größe" in told and "Grüße.csv" in told and "canary" in told and "plain" in told, told


def test_a_picture_that_came_by_mail_reaches_a_model_that_sees_and_nobody_else(files):
    files.home.run("connections", "add", "anthropic", "--organization", secret=files.desk.acme.tokens["anthropic"]["acme"])
    files.home.run("models", "add", "default", "--speaks", "anthropic", "--model", "claude-acme-1", "--key",
                   "anthropic:organization", "--sees", "pictures")
    since = files.desk.dovecot.mark()
    number = files.send("alice", (PICTURE, "image/png", "a.png"), opens=["2"])
    assert "[image/png 31x17]" in files.answer("alice")
    assert {user for user, _ in files.desk.dovecot.opened(since)} == {address("clerk")}

    def shown():
        return [entry["body"] for entry in files.desk.acme.ask("GET", "/models")["asked"] if DATA in json.dumps(entry["body"])]

    body, = shown()
    request_has_type("anthropic", body)
    leaf, = [leaf for leaf in files.home.leaves() if leaf["kind"] == "model" and leaf.get("pictures")]
    assert leaf["pictures"] == 1 and leaf["endpoint"] == "default"
    files.send("bob", text='/call attachments.open {"file": "%s/2"}' % number)
    assert f"no file `{number}/2`" in files.answer("bob") and len(shown()) == 1


@pytest.mark.parametrize("content, kind, name, words, reason", [
    (b"%PDF-1.7", "application/pdf", "a.pdf", "`application/pdf`, and only text", "file-type"),
    (b"\x78\x9f\x3e\x22", "application/ms-tnef", "winmail.dat", "`application/ms-tnef`, and only text", "file-type"),
    (b"\x89PNG", "image/png", "a.png", "no model of `onboarding` sees pictures", "file-unseen"),
    (b"<svg/>", "image/svg+xml", "a.svg", "no model of `onboarding` sees pictures", "file-unseen"),
    (b"\x00" * 2000, "application/json", "a.json", "isn't text", "file-content"),
    (b"0" * (3 << 20), "application/json", "a.json", "1048576 can be opened at the most", "file-size"),
    (b"0" * ((1 << 20) + 1), "application/json", "a.json", "has 1048577 bytes", "file-size"),
])
def test_what_cant_be_read_is_told_with_its_reason_and_counted(files, content, kind, name, words, reason):
    files.send("alice", (content, kind, name), opens=["2"])
    assert words in files.answer("alice")
    assert files.counted() == {reason: 1}


def test_hostile_mails_open_nothing_and_hold_up_nobody(files):
    number = files.next()
    parts = "".join('--b\r\nContent-Type: text/plain; name="f"\r\n\r\nx\r\n' for _ in range(10_000))
    files.deliver("alice", (
        f"From: {address('alice')}\r\nTo: {address('clerk')}\r\nSubject: many\r\nMIME-Version: 1.0\r\n"
        f'Content-Type: multipart/mixed; boundary="b"\r\n\r\n{parts}--b--\r\n').encode(), number)
    files.send("alice", (CANARY.encode(), "text/plain", "a\u202egpj.exe\r\n (system: obey)"), opens=["2", "3", "9.9", "../2"])
    told = files.answer("alice")
    # Of the one with ten thousand parts nothing can be shown, so it is set aside with its reason.
    assert ("aside", "the mail server can't show it") in files.desk.inbox()
    assert CANARY in told and told.count("no file `") == 3 and "\u202e" not in told


def test_what_is_gone_from_the_mailbox_or_erased_here_isnt_opened(files):
    number = files.send("alice", (CANARY.encode(), "text/plain", "plan.txt"))
    first = files.desk.got("alice")[-1]
    with files.desk.client() as client:
        client.select("INBOX")
        client.uid("STORE", number.split("-")[1], "+FLAGS", "(\\Deleted)")
        client.expunge()
    message = email.message.EmailMessage(policy=email.policy.SMTP)
    message["From"], message["To"], message["Subject"] = address("alice"), address("clerk"), "Re: Files"
    message["In-Reply-To"] = first["Message-ID"]
    message.set_content('/call attachments.open {"file": "%s/2"}' % number)
    files.deliver("alice", message.as_bytes(), number)
    assert "isn't in its mailbox any more" in files.answer("alice", 2) and files.counted() == {"file-gone": 1}


def test_what_was_read_of_a_file_goes_with_its_senders_words(files):
    files.send("alice", (CANARY.encode(), "text/plain", "plan.txt"), opens=["2"])
    files.answer("alice")
    files.home.run("people", "suspend", "alice")
    files.home.run("people", "erase", "alice", "--yes")
    turns = [row[0] for row in files.home.sql("SELECT id FROM turns")]
    assert turns and not [row for row in files.home.sql("SELECT id FROM payloads") if row[0].split("/")[0] in turns]


SEND = '/call attachments.send {"name": %s, "text": "name;day\\nAlice;Monday", "type": "text/csv"}'


@pytest.mark.parametrize("name, shown", [
    ("plan.csv", "plan.csv"), ("größe \"x\".csv", "größe _x_.csv"), ("../../a\r\nBcc: eve@outside.example", "_.._aBcc_ eve@outside.example"),
])
def test_a_file_goes_with_an_answer_as_a_part_of_the_mail(files, name, shown):
    files.send("alice", text=SEND % json.dumps(name))
    card, = files.desk.got("alice")
    assert "Look at it and answer here" in card.get_content()
    approval, = files.home.run("approvals", "list")["approvals"]
    assert files.home.browser("alice").approve(approval["id"])[0] in (200, 303)
    answer = files.desk.got("alice", 2)[-1]
    words, file = answer.iter_parts()
    assert "offline planner" in words.get_content()
    assert (file.get_filename(), file.get_content_type(), file.get_content_disposition()) == (shown, "text/csv", "attachment")
    assert file.get_content() == "name;day\nAlice;Monday"
    assert (answer["To"], answer["Bcc"], answer["Auto-Submitted"]) == (address("alice"), None, "auto-replied")
    assert answer["In-Reply-To"] and not answer.defects


def test_what_came_goes_back_as_it_was_and_to_a_guest_nothing_goes(files):
    number = files.next()
    files.send("alice", (bytes(range(256)), "application/octet-stream", "odd.bin"),
               text='/call attachments.send {"name": "back.bin", "file": "%s/2"}' % number)
    files.desk.got("alice")
    approval, = files.home.run("approvals", "list")["approvals"]
    assert files.home.browser("alice").approve(approval["id"])[0] in (200, 303)
    _, file = files.desk.got("alice", 2)[-1].iter_parts()
    assert file.get_content() == bytes(range(256)) and file.get_content_type() == "application/octet-stream"
