"""Mailboxes that are opened by password, on a real Dovecot, and mail that goes out through a real Postfix."""

import email
import email.policy
import imaplib
import pathlib
import re
import ssl
import time

from mail_servers import address, password
from test_canaries import forms


def wait_for(mails, count=1):
    for _ in range(3000):
        if len(mails()) >= count:
            return [email.message_from_bytes(mail, policy=email.policy.default) for mail in mails()]
        time.sleep(0.02)
    raise AssertionError("no mail came")


def test_each_person_reads_their_own_mailbox(home, dovecot, call):
    dovecot.deliver("alice", subject="For Alice", text="the blue one")
    dovecot.deliver("bob", subject="For Bob", text="the red one")
    since = dovecot.mark()
    for person, other in (("alice", "Bob"), ("bob", "Alice")):
        found = call(person, "post.search")["messages"]
        assert [m["subject"] for m in found if m["subject"].startswith("For")] == [f"For {person.title()}"]
        assert other not in str(found)
    assert dovecot.opened(since) == [(address("alice"), "PLAIN"), (address("bob"), "PLAIN")]


def test_a_search_finds_what_it_names_and_a_reading_leaves_no_mark(home, dovecot, call):
    dovecot.deliver("alice", subject="=?utf-8?Q?Gr=C3=BC=C3=9Fe?=", sender="zoe@outside.example", headers=(
        'MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="b"\r\n'), text=(
        '--b\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n'
        'Wie geht=\r\n es d=C3=BCr?\r\n--b\r\nContent-Type: application/pdf; name="plan.pdf"\r\n'
        'Content-Disposition: attachment; filename="plan.pdf"\r\nContent-Transfer-Encoding: base64\r\n\r\nAAAA\r\n--b--'))
    found = call("alice", "post.search", subject="Grüße", unread=True)
    assert found["found"] == 1
    message, = found["messages"]
    assert (message["subject"], message["from"], message["unread"]) == ("Grüße", ["zoe@outside.example"], True)
    read = call("alice", "post.read", id=message["id"])
    assert read["text"].strip() == "Wie geht es dür?" and not read["cut"]
    assert [(part["name"], part["type"]) for part in read["attachments"]] == [("plan.pdf", "application/pdf")]
    assert call("alice", "post.search", subject="Grüße", unread=True)["found"] == 1
    assert call("alice", "post.search", since="2099-01-01")["found"] == 0
    assert call("alice", "post.search", text='" SEEN\\')["found"] == 0


def test_marks_and_moves_change_one_message(home, dovecot, call):
    for number in range(2):
        dovecot.deliver("bob", subject=f"Move {number}")
    folders = {folder.get("use"): folder["name"] for folder in call("bob", "post.folders")["folders"]}
    assert folders["drafts"] == "Drafts" and folders["archive"] == "Archive"
    message, = call("bob", "post.search", subject="Move 0")["messages"]
    call("bob", "post.mark", id=message["id"], mark="read")
    assert call("bob", "post.search", subject="Move 0", unread=True)["found"] == 0
    call("bob", "post.move", id=message["id"], to_folder="Archive")
    assert call("bob", "post.search", subject="Move")["found"] == 1
    assert call("bob", "post.search", subject="Move 0", folder="Archive")["found"] == 1
    for tool, more in (("read", {}), ("move", {"to_folder": "Archive"}), ("mark", {"mark": "read"})):
        kind, result = home.call("helper", home.tokens["bob"], f"post.{tool}", {"id": message["id"]} | more)
        assert kind == "refused" and "search it again" in str(result), (kind, result)
    for folder in ("Nowhere", "a*", 'x" "y'):
        kind, result = home.call("helper", home.tokens["bob"], "post.search", {"folder": folder})
        assert kind == "refused" and "folder" in str(result), (kind, result)


def test_a_draft_lies_in_the_mailbox_and_goes_nowhere(home, dovecot, postfix, call):
    before = postfix.log.read_text()
    told = call("alice", "post.draft", to=["pat@outside.example"], subject="Später", body="Hallo\n.\nPat")
    draft, = wait_for(lambda: dovecot.mails("alice", ".Drafts"))
    assert (draft["From"], draft["To"], draft["Subject"]) == ("alice@acme.test", "pat@outside.example", "Später")
    assert draft["Message-ID"] == told["message_id"] and draft.get_content() == "Hallo\n.\nPat"
    assert postfix.log.read_text() == before


def test_a_mail_is_sent_when_its_sender_agreed_to_its_recipients(home, dovecot, call):
    arguments = {"to": [address("bob")], "subject": "Grüße\u2014", "body": "Hello\n.\nBob", "cc": [address("clerk")]}
    kind, asked = home.call("helper", home.tokens["alice"], "post.send", arguments)
    assert kind == "approval_required", asked
    approval = re.search(r"/approvals/(apr_\w+)", str(asked)).group(1)
    alice = home.browser("alice")
    page = alice.send("GET", f"/approvals/{approval}")[1]
    assert address("bob") in page and address("clerk") in page
    assert not [mail for mail in dovecot.mails("bob") if b"Message-ID: <" in mail and b"alice@acme.test" in mail]
    assert alice.approve(approval)[0] == 303
    mail = next(m for m in wait_for(lambda: [m for m in dovecot.mails("bob") if b"From: <alice@acme.test>" in m]))
    assert (mail["From"], mail["Subject"], mail.get_content()) == ("alice@acme.test", "Grüße—", "Hello\n.\nBob")
    assert mail["Return-Path"] == "<alice@acme.test>" and mail["Cc"] == address("clerk")
    assert mail["Message-ID"].endswith("@acme.test>")
    wait_for(lambda: [m for m in dovecot.mails("clerk") if b"From: <alice@acme.test>" in m])
    # The same call again tells what became of it, and sends nothing.
    assert home.call("helper", home.tokens["alice"], "post.send", arguments)[0] in ("done", "approval_required")
    assert len([m for m in dovecot.mails("bob") if b"From: <alice@acme.test>" in m]) == 1


def test_nobody_writes_for_another_and_one_refused_recipient_stops_it_all(home, dovecot):
    for extra in ({"from": address("bob")}, {"sender": address("bob")}):
        kind, result = home.call("helper", home.tokens["alice"], "post.send", {
            "to": [address("dana")], "subject": "s", "body": "b"} | extra)
        assert kind == "invalid_arguments", result
    count = len(dovecot.mails("bob"))
    kind, asked = home.call("helper", home.tokens["alice"], "post.send", {
        "to": [address("bob"), "nobody@acme.test"], "subject": "s", "body": "b"})
    approval = re.search(r"/approvals/(apr_\w+)", str(asked)).group(1)
    assert home.browser("alice").approve(approval)[0] == 303
    for _ in range(3000):
        kind, result = home.call("helper", home.tokens["alice"], "post.send", {
            "to": [address("bob"), "nobody@acme.test"], "subject": "s", "body": "b"})
        if kind != "approval_required":
            break
        time.sleep(0.02)
    assert len(dovecot.mails("bob")) == count


def test_a_claw_has_its_own_mailbox(home, dovecot, call):
    dovecot.deliver("clerk", subject="For the clerk")
    since = dovecot.mark()
    assert [m["subject"] for m in call("bob", "post.search", agent="clerk", subject="clerk")["messages"]] == ["For the clerk"]
    assert dovecot.opened(since) == [(address("clerk"), "PLAIN")]


def test_a_credential_that_is_wrong_or_anothers_isnt_kept(home, dovecot):
    before = home.run("connections", "list")["connections"]
    for owner, secret, words in (
        (("--person", "alice"), f"{address('alice')}:wrong-pw", "refuses this credential"),
        (("--person", "alice"), f"{address('bob')}:{password('bob')}", "isn't the account of `alice`"),
        (("--agent", "clerk"), f"{address('bob')}:{password('bob')}", "is the account of `bob`"),
        (("--person", "alice"), "no-colon-here", "must be `user:password`"),
        (("--person", "alice"), "alice@evil.test:x", "isn't of the domain `acme.test`"),
        (("--person", "alice"), "alice@acme.test\td1 LOGOUT:x", "must be `user:password`"),
    ):
        result = home.command("connections", "add", "post", *owner, secret=secret)
        assert result.returncode != 0 and words in result.stderr + result.stdout, (result.stdout, result.stderr)
        assert secret not in result.stdout + result.stderr
        assert "hint" in result.stdout + result.stderr
    assert home.run("connections", "list")["connections"] == before


def takes(dovecot, person, secret):
    """Dovecot looks at its file only now and then."""
    box = imaplib.IMAP4_SSL("127.0.0.1", dovecot.imaps, ssl_context=ssl._create_unverified_context())
    try:
        box.login(address(person), secret)
        return True
    except imaplib.IMAP4.error:
        return False
    finally:
        box.shutdown()


def test_a_password_that_was_changed_asks_its_owner_to_connect_again(home, dovecot, call):
    users = dovecot.folder / "users"
    kept = users.read_text()
    users.write_text(re.sub(r"(clerk@acme.test:).*", r"\1{PLAIN}another::::::", kept))
    try:
        assert any(takes(dovecot, "clerk", "another") or time.sleep(0.1) for _ in range(600))
        kind, result = home.call("clerk", home.tokens["bob"], "post.search", {})
        assert kind == "refused" and "connect again" in str(result), (kind, result)
        since = dovecot.mark()
        kind, result = home.call("clerk", home.tokens["bob"], "post.search", {})
        assert kind != "done" and dovecot.refused(since) == [], "it isn't tried again, which would lock the account"
    finally:
        users.write_text(kept)


def test_passwords_are_found_nowhere(home, tmp_path):
    kind, _ = home.call("helper", home.tokens["alice"], "post.search", {"text": "x"})
    assert kind == "done"
    places = {str(path): path.read_bytes() for path in home.files}
    places["log"] = pathlib.Path(home.output.name).read_bytes()
    places["ledger"] = str(home.leaves()).encode()
    found = [(place, person) for place, content in places.items() for person in ("alice", "bob", "clerk")
             for form in forms(password(person)) if form in content]
    assert not found
