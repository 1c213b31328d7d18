"""The seed's email claw, and people who talk to agents by mail: real Postfix, real Dovecot. Whose account was used is what acme's
journal, Dovecot's log and Postfix's log say."""

import base64
import email
import email.message
import email.policy
import email.utils
import imaplib
import json
import pathlib
import re
import signal
import ssl
import time

import pytest
from agreeing import agree
from mail_home import PASSWORD_MANIFEST, gateway
from mail_servers import STRANGER, Dovecot, address, password

CALENDAR = '/call calendar.list_events {"max_results": 3}'
SEARCH = '/call notion.search {"query": ""}'


@pytest.fixture
def acme(tmp_path):
    acme = gateway.Acme(tmp_path)
    yield acme
    acme.stop()


class Desk:
    """A home whose account `desk` is clerk's mailbox."""

    def __init__(self, folder, acme, dovecot, postfix, certificate, unknown, agent, manifests=None, **where):
        self.dovecot, self.postfix, self.acme = dovecot, postfix, acme
        self.home = home = gateway.Home(folder, acme, **where)
        pem = json.dumps(pathlib.Path(certificate + ".crt").read_text())
        providers = pathlib.Path(home.path) / "providers"
        providers.mkdir(exist_ok=True)
        (providers / "post.json5").write_text(PASSWORD_MANIFEST % {
            "name": "post", "imap": f"imaps://127.0.0.1:{dovecot.imaps}", "smtp": f"smtp://127.0.0.1:{postfix.port}",
            "certificate": pem})
        for name, manifest in (manifests or {}).items():
            (providers / f"{name}.json5").write_text(manifest)
        for person in ("alice", "bob", "dana"):
            home.run("people", "add", person, "--email", address(person))
        file = folder / "agents.json5"
        file.write_text(json.dumps({
            "agents": {"list": [
                {"id": "email", "owner": "dana", "actsAs": "claw", "users": "everyone",
                 "slots": ["post:agent", "calendar:agent"], "tools": {"use": ["post.*", "calendar.*"]},
                 "guests": ["calendar.list_events", "calendar.create_event", "post.send"]},
                {"id": "onboarding", "owner": "dana", "actsAs": "assistant", "users": "everyone",
                 "slots": ["notion:person"], "tools": {"use": ["notion.*"]}}]},
            "bindings": [{"agentId": agent, "match": {"channel": "mail", "accountId": "desk"}}]}))
        home.run("apply", str(file), "--yes")
        home.run("models", "add", "default", "--speaks", "offline")
        home.serve()
        home.run("connections", "add", "calendar", "--agent", "email", "--shared-with-owner", secret=acme.tokens["calendar"]["dana"])
        for person in ("alice", "bob"):
            home.run("connections", "add", "notion", "--person", person, secret=acme.tokens["notion"][person])
            agree(home.browser(person))
        self.read_all()
        self.connection = home.run(
            "connections", "add", "post", "--agent", "email", secret=f"{address('clerk')}:{password('clerk')}")["id"]
        self.before = {path for person in ("alice", "bob", "dana", STRANGER) for path in self.files(person)}
        home.run("channels", "add", "mail", "desk", "--connection", self.connection, "--authserv-id", "mx.acme.test",
                 "--unknown", unknown)

    def write(self, by, text, *, envelope=None, login=False, **headers):
        """A mail to the claw. Returns its Message-ID."""
        message = email.message.EmailMessage(policy=email.policy.SMTP)
        message["From"], message["To"] = address(by), address("clerk")
        message["Message-ID"] = headers.pop("message_id", None) or email.utils.make_msgid(domain="outside.example")
        message["Subject"] = headers.pop("subject", "A question")
        for name, value in headers.items():
            message[name.replace("_", "-")] = value
        message.set_content(text)
        self.postfix.take(envelope or address(by), message.as_bytes(), address("clerk"), login=login)
        return message["Message-ID"]

    def files(self, person):
        box = self.dovecot.folder / "mail" / address(person)
        return sorted((path for kind in ("cur", "new") for path in (box / kind).glob("*")), key=lambda path: path.stat().st_mtime_ns)

    def mails(self, person):
        """What came into somebody's mailbox since this desk is there, in its order."""
        return [email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
                for path in self.files(person) if path not in self.before]

    def got(self, person, count=1, seconds=60):
        mails = self.until(lambda: len(found := self.mails(person)) >= count and found, seconds)
        assert len(mails) == count, mails
        return mails

    def none(self, person, count=0, seconds=1.5):
        time.sleep(seconds)
        assert len(self.mails(person)) == count

    def owners(self, call):
        return [entry["owner"] for entry in self.acme.journal() if entry["call"] == call and entry["status"] == 200]

    def inbox(self):
        return [tuple(row) for row in self.home.sql("SELECT state, reason FROM inbox ORDER BY received, id")]

    def until(self, check, seconds=60):
        deadline = time.time() + seconds
        while time.time() < deadline:
            if found := check():
                return found
            time.sleep(0.05)
        raise AssertionError((self.inbox(), open(self.home.output.name).read()[-3000:]))

    def kill(self):
        self.home.gateway.send_signal(signal.SIGKILL)
        self.home.gateway.wait()

    def again(self, **environment):
        self.home.serve(int(self.home.url.rsplit(":", 1)[1]), **environment)

    def client(self):
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        client = imaplib.IMAP4_SSL("127.0.0.1", self.dovecot.imaps, ssl_context=context)
        client.login(address("clerk"), password("clerk"))
        return client

    def read_all(self):
        with self.client() as client:
            if int(client.select("INBOX")[1][0]):
                client.store("1:*", "+FLAGS", "(\\Seen)")

    def unread(self):
        """The subjects that nobody has read in the claw's mailbox, by another client."""
        with self.client() as client:
            client.select("INBOX", readonly=True)
            found = client.search(None, "UNSEEN")[1][0].split()
            return [re.search(rb"Subject: ([^\r]*)", client.fetch(n, "(BODY.PEEK[HEADER.FIELDS (SUBJECT)])")[1][0][1]).group(1).decode()
                    for n in found]


@pytest.fixture
def desk(tmp_path, acme, dovecot, postfix, certificate):
    made = []

    def make(unknown="guest", agent="email", mailboxes=None):
        made.append(Desk(tmp_path, acme, mailboxes or dovecot, postfix, certificate, unknown, agent))
        return made[-1]

    yield make
    for one in made:
        one.home.stop()


def invitation(message_id, subject):
    return CALENDAR + "\n/call post.send " + json.dumps({
        "to": [STRANGER], "subject": subject, "body": "Tuesday at 3 would do.", "in_reply_to": message_id})


@pytest.mark.parametrize("killed", [False, True], ids=["in one go", "killed while it waits"])
def test_the_email_claw_answers_whoever_writes_once_dana_agrees(desk, killed):
    desk = desk()
    logins, sent = desk.dovecot.mark(), desk.postfix.sent_by("clerk")
    asked = "<question.%d@outside.example>" % time.time_ns()
    desk.write(STRANGER, invitation(asked, "Re: Meeting"), message_id=asked, subject="Meeting")
    approval, = desk.until(lambda: desk.home.run("approvals", "list")["approvals"])
    assert desk.owners("calendar.events.list") == ["dana"]
    desk.none(STRANGER)
    if killed:
        desk.kill()
        desk.again()
    dana = desk.home.browser("dana")
    page = dana.send("GET", f"/approvals/{approval['id']}")[1]
    assert STRANGER in page and "Tuesday at 3 would do." in page
    assert dana.approve(approval["id"])[0] in (200, 303)
    answer, = desk.got(STRANGER)
    assert (answer["From"], answer["In-Reply-To"], answer["References"]) == (address("clerk"), asked, asked)
    assert answer.get_content().strip() == "Tuesday at 3 would do."
    # Neither what the model said nor the request itself goes to a stranger.
    desk.none(STRANGER, 1)
    # Dana is told in her own mailbox, where the claw asks for her answer and says what became of it.
    assert desk.until(lambda: desk.postfix.sent_by("clerk") == sent + 3)
    assert desk.owners("calendar.events.list") == ["dana"]
    assert {user for user, _ in desk.dovecot.opened(logins)} == {address("clerk")}
    assert desk.inbox() == [("begun", None)]


def test_the_email_claw_of_the_seed_sends_and_invites_when_dana_agrees_to_each(desk):
    """"Regardless of who is emailing, this agent will look at my calendar … Sending emails and calendar invites is gated.\""""
    desk = desk()
    asked = "<question.%d@outside.example>" % time.time_ns()
    invite = "/call calendar.create_event " + json.dumps({
        "summary": "Meeting", "start": "2027-01-05T15:00:00Z", "end": "2027-01-05T16:00:00Z", "attendees": [STRANGER]})
    look, send = invitation(asked, "Re: Meeting").split("\n")
    desk.write(STRANGER, "\n".join([look, invite, send]), message_id=asked, subject="Meeting")
    dana = desk.home.browser("dana")
    for call, words in (("calendar.events.insert", "Create an event"), (None, "Tuesday at 3 would do.")):
        approval, = desk.until(lambda: [one for one in desk.home.run("approvals", "list")["approvals"] if one["state"] == "waiting"])
        page = dana.send("GET", f"/approvals/{approval['id']}")[1]
        assert STRANGER in page and words in page
        assert desk.owners("calendar.events.list") == ["dana"] and desk.mails(STRANGER) == []
        if call:
            assert desk.owners(call) == [], "nobody is invited before she agrees"
        assert dana.approve(approval["id"])[0] in (200, 303)
        if call:
            assert desk.until(lambda: desk.owners(call)) == ["dana"]
    answer, = desk.got(STRANGER)
    assert (answer["From"], answer["In-Reply-To"], answer.get_content().strip()) == (address("clerk"), asked, "Tuesday at 3 would do.")
    desk.none(STRANGER, 1)
    assert desk.owners("calendar.events.insert") == ["dana"] and desk.inbox() == [("begun", None)]


def test_a_person_is_answered_with_their_own_accounts_in_the_thread(desk):
    desk = desk("link", "onboarding")
    desk.home.run("senders", "link", "mail:alice@acme.test", "--person", "alice")
    first = desk.write("alice", SEARCH, login=True, subject="Pages")
    answer, = desk.got("alice")
    assert desk.owners("notion.search") == ["alice"]
    assert (answer["Subject"], answer["In-Reply-To"], answer["Auto-Submitted"]) == ("Re: Pages", first, "auto-replied")
    assert answer["From"] == address("clerk") and "offline planner" in answer.get_content()
    assert re.fullmatch(r"<dpy\.[0-9a-f]{22}\.out_[0-9a-f]{30}@acme\.test>", answer["Message-ID"])
    desk.write("alice", SEARCH + "\n\nOn Friday clerk wrote:\n> /call notion.search {\"query\": \"quoted\"}\n", login=True,
               subject="Re: Pages", In_Reply_To=answer["Message-ID"])
    _, second = desk.got("alice", 2)
    assert second["Message-ID"].split(".")[1] == answer["Message-ID"].split(".")[1]
    desk.write("alice", SEARCH, login=True, subject="Re: Pages")
    _, _, third = desk.got("alice", 3)
    assert third["Message-ID"].split(".")[1] != answer["Message-ID"].split(".")[1], "a subject is no thread"
    assert desk.owners("notion.search") == ["alice"] * 3, "what was quoted is asked again by nobody"
    assert len(desk.home.run("sessions", "list")["sessions"]) == 2


def test_who_isnt_known_shows_who_they_are_by_a_link_that_only_they_were_sent(desk):
    desk = desk("link", "onboarding")
    desk.write("bob", SEARCH, login=True)
    card, = desk.got("bob")
    assert desk.owners("notion.search") == []
    path = re.search(r"/senders/dpy_sender_\S+", card.get_content()).group(0)
    bob = desk.home.browser("bob")
    status, page = bob.send("GET", path)
    assert status == 200 and "mail:bob@acme.test" in page
    form = {name: re.search(f'name="{name}" value="([^"]+)"', page).group(1) for name in ("csrf", "link", "sender")}
    action = re.search(r'<form[^>]*action="([^"]+)"', page).group(1)
    assert bob.send("POST", action, form)[0] in (200, 303)
    desk.write("bob", SEARCH, login=True)
    assert "offline planner" in desk.got("bob", 2)[1].get_content()
    assert desk.owners("notion.search") == ["bob"]


FORGED = "mx.acme.test; dmarc=pass header.from=acme.test"


@pytest.mark.parametrize("unknown", ["link", "guest", "refuse"])
def test_fleet_17_a_forged_sender_is_nobody_whatever_it_says(desk, unknown):
    desk = desk(unknown, "onboarding")
    desk.home.run("senders", "link", "mail:alice@acme.test", "--person", "alice")
    for headers in ({}, {"Authentication_Results": FORGED}, {"Authentication_Results": FORGED.replace("mx.", "mx2.")}):
        desk.write("alice", SEARCH, envelope="mallory@evil.example", **headers)
    # From nowhere that the server would say anything about.
    desk.write("alice", SEARCH, envelope="other@evil.example", Authentication_Results="mx.evil.example; dmarc=pass header.from=acme.test")
    desk.until(lambda: len(desk.inbox()) == 4 and all(state != "waiting" for state, _ in desk.inbox()))
    desk.none("alice")
    assert desk.owners("notion.search") == []
    assert not [s for s in desk.home.run("sessions", "list")["sessions"] if s.get("person")]
    desk.write("alice", SEARCH, login=True)
    desk.got("alice")
    assert desk.owners("notion.search") == ["alice"], "the real one is"


def test_machines_are_never_answered_and_hold_up_nobody(desk):
    desk = desk("link", "onboarding")
    desk.home.run("senders", "link", "mail:alice@acme.test", "--person", "alice")
    for number, headers in enumerate([
            {"Auto_Submitted": "auto-replied"}, {"Precedence": "bulk"}, {"List_Id": "<all.acme.test>"}, {"X_Loop": "deputy"},
            {"message_id": "<dpy.0123456789abcdef012345.out_1@acme.test>"}]):
        desk.write("alice", SEARCH, login=True, subject=f"machine {number}", **headers)
    desk.dovecot.deliver("clerk", sender="", subject="machine bounce", headers="From: <alice@acme.test>\r\n")
    desk.dovecot.deliver("clerk", sender="clerk@acme.test", subject="machine self")
    desk.write("alice", SEARCH, login=True, subject="person")
    desk.until(lambda: len(desk.inbox()) == 8)
    answer, = desk.got("alice")
    assert answer["Subject"] == "Re: person"
    desk.none("alice", 1)
    assert desk.owners("notion.search") == ["alice"]
    assert sorted(state for state, _ in desk.inbox()) == ["begun"] + ["ignored"] * 7
    assert len([subject for subject in desk.unread() if subject.startswith("machine")]) >= 7
    assert "person" not in desk.unread(), "what was taken is marked"


def test_what_cant_be_read_is_set_aside_with_its_reason_and_those_behind_it_are_answered(desk):
    desk = desk("link", "onboarding")
    desk.home.run("senders", "link", "mail:alice@acme.test", "--person", "alice")
    deep = "".join(f"--b{n}\r\nContent-Type: multipart/mixed; boundary=b{n + 1}\r\n\r\n" for n in range(200))
    desk.dovecot.deliver("clerk", subject="deep", text=deep, headers="Content-Type: multipart/mixed; boundary=b0\r\n")
    desk.dovecot.deliver("clerk", subject="broken", headers="this is no header\r\n")
    desk.dovecot.deliver("clerk", subject="two", headers="From: <alice@acme.test>\r\n")
    desk.dovecot.deliver("clerk", subject="long", headers="X-Long: " + "\r\n ".join(["x" * 900] * 160) + "\r\n")
    desk.dovecot.deliver("clerk", subject="odd", text="=?utf-8?B?//\r\n\xff" + "<" * 5000,
                         headers="Content-Type: text/html; charset=\"no-such\"\r\nContent-Transfer-Encoding: base64\r\n")
    desk.write("alice", SEARCH, login=True, subject="person")
    answer, = desk.got("alice", seconds=60)
    assert answer["Subject"] == "Re: person"
    states = desk.until(lambda: len(found := desk.inbox()) == 6 and found)
    assert ("aside", "the mail server can't show it") in states, "nested beyond what a server's answer may be"
    assert ("aside", "its header can't be read") in states
    assert ("ignored", "it isn't of exactly one sender") in states and ("ignored", "it is too large") in states
    found = desk.home.run("doctor")["findings"]
    assert any("messages to agents were set aside" in finding["message"] for finding in found)


def test_a_mail_is_taken_once_however_often_its_mailbox_is_opened(desk):
    desk = desk("link", "onboarding")
    desk.home.run("senders", "link", "mail:alice@acme.test", "--person", "alice")
    desk.write("alice", SEARCH, login=True, subject="first")
    desk.got("alice")
    for _ in range(2):
        desk.kill()
        desk.again()
    desk.kill()
    desk.write("alice", SEARCH, login=True, subject="while it was down")
    desk.again()
    desk.got("alice", 2)
    # The mailbox is made anew: its numbers begin again, and its marks stay.
    desk.kill()
    before = desk.home.sql("SELECT validity FROM mailbox_marks")
    box = desk.dovecot.folder / "mail" / address("clerk")
    for path in box.glob("dovecot*"):
        path.unlink()
    desk.write("alice", SEARCH, login=True, subject="while it was made")
    desk.again()
    desk.got("alice", 3)
    desk.write("alice", SEARCH, login=True, subject="then")
    subjects = [mail["Subject"] for mail in desk.got("alice", 4)]
    desk.none("alice", 4)
    assert subjects == ["Re: first", "Re: while it was down", "Re: while it was made", "Re: then"]
    assert desk.home.sql("SELECT validity FROM mailbox_marks") != before
    assert desk.owners("notion.search") == ["alice"] * 4


@pytest.mark.parametrize("point", ["mail-stored", "mail-marked"])
def test_who_dies_between_storing_and_marking_takes_it_once(desk, point):
    desk = desk("link", "onboarding")
    desk.home.run("senders", "link", "mail:alice@acme.test", "--person", "alice")
    desk.until(lambda: desk.home.sql("SELECT 1 FROM mailbox_marks"))
    desk.kill()
    desk.again(DEPUTY_KILL_AT=f"{point}:1")
    desk.write("alice", SEARCH, login=True, subject=point)
    desk.until(lambda: desk.home.gateway.poll() is not None)
    assert (point in desk.unread()) == (point == "mail-stored")
    desk.again()
    desk.got("alice")
    desk.none("alice", 1)
    assert point not in desk.unread() and len(desk.inbox()) == 1
    # A read that was under way when it died is made again.
    assert desk.owners("notion.search") in (["alice"], ["alice"] * 2)


def test_a_paused_account_reads_nothing_and_a_revoked_connection_opens_nothing(desk):
    desk = desk("link", "onboarding")
    desk.home.run("senders", "link", "mail:alice@acme.test", "--person", "alice")
    desk.until(lambda: desk.home.sql("SELECT 1 FROM mailbox_marks"))
    desk.home.run("channels", "pause", "mail", "desk")
    time.sleep(2.5)
    desk.write("alice", SEARCH, login=True, subject="person")
    desk.none("alice")
    assert desk.inbox() == []
    desk.home.run("channels", "resume", "mail", "desk")
    desk.got("alice")
    desk.home.run("connections", "revoke", desk.connection)
    time.sleep(2.5)
    mark = desk.dovecot.mark()
    desk.write("alice", SEARCH, login=True, subject="more")
    desk.none("alice", 1, seconds=3)
    assert desk.dovecot.opened(mark) == []


def test_a_server_that_cant_tell_is_asked(desk, open_folder, certificate, postfix, issuer):
    import tempfile
    other = Dovecot(pathlib.Path(tempfile.mkdtemp(dir=open_folder)) / "d", certificate, issuer.issuer,
                    more="imap_capability = IMAP4rev1 UIDPLUS MOVE SPECIAL-USE\n")
    try:
        desk = desk("guest", "email", other)
        desk.until(lambda: desk.home.sql("SELECT 1 FROM mailbox_marks"))
        other.deliver("clerk", subject="one", text=CALENDAR)
        other.deliver("clerk", subject="two", text=CALENDAR)
        desk.until(lambda: desk.owners("calendar.events.list") == ["dana", "dana"], seconds=40)
    finally:
        other.stop()


def waiting(desk):
    return desk.home.sql("SELECT COUNT(*) FROM mail_postponed")[0][0]


def next_hour(desk):
    """As if an hour had passed: its counts are gone, and what waited is due."""
    desk.home.sql("DELETE FROM mail_counts")
    desk.home.sql("UPDATE mail_postponed SET due = 1")


def test_one_who_writes_all_the_time_begins_so_many_turns_an_hour_and_the_rest_wait(desk):
    desk = desk()
    desk.until(lambda: desk.home.sql("SELECT 1 FROM mailbox_marks"))
    for number in range(25):
        desk.write(STRANGER, "hello", subject=f"flood {number}")
    desk.until(lambda: waiting(desk) == 5)
    assert len(desk.inbox()) == 20
    assert len([s for s in desk.unread() if s.startswith("flood")]) == 5
    found = [finding["message"] for finding in desk.home.run("doctor")["findings"]]
    assert "5 mails to `mail/desk` wait, because their senders wrote too many within an hour" in found
    desk.write("bob", "hello", login=True)
    desk.until(lambda: len([s for s, _ in desk.inbox() if s == "begun"]) == 21)
    assert waiting(desk) == 5, "the hour isn't over"
    next_hour(desk)
    desk.write("bob", "hello", login=True)
    desk.until(lambda: len([s for s, _ in desk.inbox() if s == "begun"]) == 27)
    assert waiting(desk) == 0 and not [s for s in desk.unread() if s.startswith("flood")]


def test_who_writes_more_than_is_taken_is_told_once_and_strangers_arent(desk):
    desk = desk("link", "onboarding")
    desk.home.run("senders", "link", "mail:alice@acme.test", "--person", "alice")
    desk.until(lambda: desk.home.sql("SELECT 1 FROM mailbox_marks"))
    for number in range(23):
        desk.write("alice", SEARCH, login=True, subject=f"much {number}")
    mails = desk.got("alice", 21, seconds=60)
    told, = [mail for mail in mails if "more mails than I take within an hour" in mail.get_content()]
    assert (told["Subject"], told["Auto-Submitted"], told["To"]) == ("Re: much 20", "auto-replied", address("alice"))
    for number in range(22):
        desk.write(STRANGER, "hello", subject=f"stranger {number}")
    desk.until(lambda: waiting(desk) == 5)
    assert [row[0] for row in desk.home.sql("SELECT sender FROM flood_notices")] == ["mail:alice@acme.test"]
    next_hour(desk)
    desk.write("bob", "hello", login=True)
    desk.got("alice", 24, seconds=60)


def test_forged_mails_use_up_nothing_of_those_who_are_proved(desk):
    desk = desk("link", "onboarding")
    desk.home.run("senders", "link", "mail:alice@acme.test", "--person", "alice")
    desk.until(lambda: desk.home.sql("SELECT 1 FROM mailbox_marks"))
    for number in range(130):
        by = "alice" if number % 2 else f"n{number}"
        desk.write(by, SEARCH, envelope="mallory@evil.example", subject=f"forged {number}")
    desk.write("alice", SEARCH, login=True, subject="real")
    answer, = desk.got("alice", seconds=60)
    assert answer["Subject"] == "Re: real" and desk.owners("notion.search") == ["alice"]
    # Of the name of Alice 20, and of the others all: 65 names wrote once each.
    desk.until(lambda: (len(desk.inbox()), waiting(desk)) == (20 + 65 + 1, 45))
    for number in range(130, 170):
        desk.write(f"n{number}", SEARCH, envelope="mallory@evil.example", subject=f"forged {number}")
    desk.write("alice", SEARCH, login=True, subject="real again")
    desk.got("alice", 2, seconds=60)
    # All whose names are unproven share 100.
    desk.until(lambda: (len(desk.inbox()), waiting(desk)) == (100 + 2, 70))
    next_hour(desk)
    desk.write("alice", SEARCH, login=True, subject="later")
    desk.got("alice", 3)
    desk.until(lambda: waiting(desk) == 25)
    assert len(desk.inbox()) == 100 + 3 + 45 and desk.owners("notion.search") == ["alice"] * 3


@pytest.fixture
def pair(tmp_path, acme, dovecot, postfix, certificate):
    """A desk on PostgreSQL, and a second gateway of its home that isn't started."""
    desk = Desk(tmp_path, acme, dovecot, postfix, certificate, "link", "onboarding", store="postgresql")
    desk.home.run("senders", "link", "mail:alice@acme.test", "--person", "alice")
    desk.until(lambda: desk.home.sql("SELECT 1 FROM mailbox_marks"))
    peer = gateway.Peer(desk.home, tmp_path / "peer")
    yield desk, peer
    desk.home.stop()
    peer.stop()


def test_of_two_gateways_one_reads_a_mailbox_and_the_other_goes_on_when_it_dies(pair):
    desk, peer = pair
    peer.serve()
    mark = desk.dovecot.mark()
    for number in range(5):
        desk.write("alice", SEARCH, login=True, subject=f"both {number}")
    desk.got("alice", 5)
    assert desk.dovecot.opened(mark) == [], "the one that reads has it open, and the other doesn't open it"
    desk.kill()
    desk.write("alice", SEARCH, login=True, subject="one is dead")
    desk.got("alice", 6, seconds=60)
    desk.again()
    peer.gateway.send_signal(signal.SIGKILL)
    peer.gateway.wait()
    desk.write("alice", SEARCH, login=True, subject="the other is dead")
    desk.got("alice", 7, seconds=60)
    desk.none("alice", 7)
    assert desk.owners("notion.search") == ["alice"] * 7 and len(desk.inbox()) == 7


def test_one_that_dies_between_storing_and_marking_leaves_a_mail_that_the_other_takes_once(pair):
    desk, peer = pair
    desk.kill()
    desk.again(DEPUTY_KILL_AT="mail-stored:1")
    desk.write("alice", SEARCH, login=True, subject="stored")
    desk.until(lambda: desk.home.gateway.poll() is not None, seconds=60)
    assert "stored" in desk.unread()
    peer.serve()
    desk.got("alice", seconds=60)
    desk.until(lambda: "stored" not in desk.unread(), seconds=60)
    desk.none("alice", 1)
    assert len(desk.inbox()) == 1 and desk.owners("notion.search") == ["alice"]


def test_an_account_needs_a_mailbox_of_an_agents_and_the_name_of_its_server(desk):
    desk = desk()

    def refused(*words):
        result = desk.home.command("channels", "add", "mail", "other", *words)
        assert result.returncode == 1, result.stdout
        return json.loads(result.stdout)["error"]["message"]

    own = desk.home.run("connections", "add", "post", "--person", "alice", secret=f"{address('alice')}:{password('alice')}")["id"]
    calendar = next(c["id"] for c in desk.home.run("connections", "list")["connections"] if c["provider"] == "calendar")
    assert "a person's own account" in refused("--connection", own, "--authserv-id", "mx.acme.test")
    assert "no mailbox" in refused("--connection", calendar, "--authserv-id", "mx.acme.test")
    assert "`authserv-id` is missing" in refused("--connection", desk.connection)
    assert "can't be an authserv-id" in refused("--connection", desk.connection, "--authserv-id", "a b")
    assert "needs a connection" in refused("--authserv-id", "mx.acme.test")


def conversations(desk):
    return [row[0] for row in desk.home.sql("SELECT conversation FROM turns ORDER BY began, id")]


def test_an_answer_to_a_mail_that_a_tool_sent_goes_on_where_it_was_sent(desk):
    desk = desk("guest")
    for person in ("alice", "bob"):
        desk.home.run("senders", "link", f"mail:{person}@acme.test", "--person", person)
    desk.write("alice", "/call post.send " + json.dumps({
        "to": [address("alice"), address("bob")], "subject": "The plan", "body": "Here it is."}), login=True)
    approval, = desk.until(lambda: desk.home.run("approvals", "list")["approvals"])
    assert desk.home.browser("dana").approve(approval["id"])[0] in (200, 303)
    sent = desk.until(lambda: next((m for m in desk.mails("alice") if m["Subject"] == "The plan"), None))["Message-ID"]
    name = re.fullmatch(r"<([0-9a-v]+)@acme\.test>", sent).group(1).upper()
    assert base64.b32hexdecode(name + "=" * (-len(name) % 8)).startswith(b"call_")
    first = desk.until(lambda: [state for state, in desk.home.sql("SELECT state FROM turns")] == ["answered"] and conversations(desk))
    # Alice goes on; Bob, who was written to as well, and whoever only writes as Alice, have conversations of their own.
    desk.write("alice", "thanks", login=True, subject="Re: The plan", In_Reply_To=sent)
    desk.until(lambda: len(conversations(desk)) == 2)
    desk.write("bob", "and I?", login=True, subject="Re: The plan", In_Reply_To=sent)
    desk.until(lambda: len(conversations(desk)) == 3)
    desk.write("alice", "forged", envelope="mallory@evil.example", subject="Re: The plan", In_Reply_To=sent)
    desk.until(lambda: len(conversations(desk)) == 4)
    desk.write("alice", "something else", login=True, subject="The plan")
    found = desk.until(lambda: len(seen := conversations(desk)) == 5 and seen)
    assert found[0] == found[1] == first[0] and len(set(found)) == 4
    people = [row[0] for row in desk.home.sql("SELECT person FROM turns ORDER BY began, id")]
    assert people == ["alice", "alice", "bob", None, "alice"]


def test_a_mailbox_that_cant_be_read_is_told(desk):
    desk = desk("link", "onboarding")
    figures = lambda: {s["labels"]["state"]: s["value"] for f in desk.home.run("status")["metrics"]
                       if f["name"] == "deputy_mailboxes" for s in f["samples"]}
    desk.until(lambda: figures() == {"open": 1, "failing": 0})
    found = lambda: [f["message"] for f in desk.home.run("doctor")["findings"] if "the mailbox of" in f["message"]]
    assert found() == []
    desk.home.run("connections", "revoke", desk.connection)
    desk.until(lambda: any("its connection doesn't work" in message for message in found()))
    desk.until(lambda: figures() == {"open": 0, "failing": 1})
    refused = desk.home.command("senders", "link", "mail:unproven:alice@acme.test", "--person", "alice")
    assert refused.returncode == 1 and "anybody can write" in refused.stdout


def test_what_mail_starts_nothing_is_counted(desk):
    desk = desk("link", "onboarding")
    desk.write("alice", SEARCH, login=True, subject="machine", Auto_Submitted="auto-replied")
    counts = lambda: {s["labels"]["reason"]: s["value"] for f in desk.home.run("status")["metrics"]
                      if f["name"] == "deputy_channel_refusals_total" for s in f["samples"]}
    assert desk.until(counts) == {"automatic": 1}
