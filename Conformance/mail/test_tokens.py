"""Access tokens that people granted in the browser, judged by Dovecot, which asks glewlwyd whose they are."""

import base64
import hashlib
import imaplib
import re
import secrets
import ssl
import time
import urllib.parse

import pytest
import requests
from agreeing import agree
from glewlwyd import ok
from mail_servers import SECRET, address, password
from waiting import until


@pytest.fixture
def connected(home, walk, issuer):
    """People's mailboxes, connected anew with tokens that live as long as a test says."""
    def connected(*people, seconds=3600):
        issuer.lasting(seconds)
        for connection in home.run("connections", "list")["connections"]:
            if connection["provider"] == "letters" and connection["health"] != "revoked":
                home.run("connections", "revoke", connection["id"])
        for person in people:
            walk(person).keep(home.run("connections", "connect", "letters", "--person", person)["link"])
        issuer.lasting(3600)
    return connected


def whose(dovecot, since, expected):
    """The check itself: which mailboxes Dovecot opened, against whose calls they were. Empty when all is right."""
    opened = [user for user, _ in dovecot.opened(since)]
    return [(user, owner) for user, owner in zip(opened, map(address, expected), strict=True) if user != owner]


def test_alices_token_opens_alices_mailbox_and_not_bobs(home, dovecot, connected, call):
    connected("alice", "bob")
    dovecot.deliver("alice", subject="Token A", text="for Alice")
    dovecot.deliver("bob", subject="Token B", text="for Bob")
    since, callers = dovecot.mark(), ["alice", "bob", "bob", "alice", "alice", "bob"]
    for person in callers:
        found = call(person, "letters.search", subject="Token")["messages"]
        assert [m["subject"] for m in found] == ["Token A" if person == "alice" else "Token B"]
    assert dovecot.opened(since) == [(address(person), "XOAUTH2") for person in callers]
    assert whose(dovecot, since, callers) == []


def granted(issuer, person):
    """A token as Deputy has one, got outside of it."""
    there, verifier = requests.Session(), secrets.token_urlsafe(48)
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
    ok(there.post(issuer.url + "/api/auth", json={"username": address(person), "password": f"{person}-pw-1"}))
    ok(there.put(issuer.url + "/api/auth/grant/deputy", json={"scope": "mail"}))
    callback = f"http://127.0.0.1:{issuer.home_port}/connect/callback/letters"
    back = there.get(issuer.issuer + "/auth", allow_redirects=False, params={
        "response_type": "code", "client_id": "deputy", "redirect_uri": callback, "scope": "mail", "state": "s" * 16,
        "code_challenge": challenge, "code_challenge_method": "S256", "g_continue": ""}).headers["Location"]
    code = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(back).query))["code"]
    return ok(requests.post(issuer.issuer + "/token", auth=("deputy", SECRET), data={
        "grant_type": "authorization_code", "code": code, "redirect_uri": callback, "code_verifier": verifier,
    })).json()["access_token"]


def test_dovecot_itself_tells_them_apart(dovecot, issuer, certificate):
    """Without Deputy: what the check stands on."""
    token, context = granted(issuer, "alice"), ssl.create_default_context(cafile=certificate + ".crt")

    def opens(user):
        box = imaplib.IMAP4_SSL("localhost", dovecot.imaps, ssl_context=context)
        first = f"user={user}\1auth=Bearer {token}\1\1".encode()
        try:
            box.authenticate("XOAUTH2", lambda challenge: b"" if challenge else first)
            return True
        except imaplib.IMAP4.error:
            return False
        finally:
            box.shutdown()

    assert opens(address("alice")) and not opens(address("bob")) and not opens("alice@evil.test")


def test_a_planted_fault_is_found(home, dovecot, connected, call):
    """A resolver that hands Bob's connection to Alice: the account is said to be hers, and everything in Deputy agrees."""
    connected("bob")
    alices = [c for c in home.run("connections", "list")["connections"]
              if c["provider"] == "post" and c["owner"] == "person:alice" and c["health"] == "healthy"]
    home.run("people", "add", "eve", "--email", "eve@acme.test", "--subject", f"post={address('bob')}")
    home.run("connections", "add", "post", "--person", "eve", secret=f"{address('bob')}:{password('bob')}")
    home.tokens["eve"] = home.token("eve", "helper")
    agree(home.browser("eve"))
    since = dovecot.mark()
    call("eve", "post.search")
    call("alice", "post.search")
    assert whose(dovecot, since, ["eve", "alice"]) == [(address("bob"), address("eve"))]
    assert len(alices) == 1


def test_another_mailbox_than_ones_own_isnt_kept(home, dovecot, walk):
    link = home.run("connections", "connect", "letters", "--person", "alice")["link"]
    there = walk("alice", account="bob")
    page = there.browser.send("GET", there(link))[1]
    assert 'value="keep"' not in page and address("bob") in page


def test_a_token_that_ended_is_renewed_and_the_call_goes_on(home, dovecot, connected, call):
    connected("alice", seconds=5)
    time.sleep(5.2)
    since = dovecot.mark()
    call("alice", "letters.search")
    call("alice", "letters.search")
    assert whose(dovecot, since, ["alice", "alice"]) == [] and dovecot.refused(since) == []


def test_a_token_that_was_revoked_is_renewed_once_and_the_call_goes_out_again(home, dovecot, issuer, connected, call):
    connected("alice")
    call("alice", "letters.search")
    issuer.refuse("alice")
    since = dovecot.mark()
    call("alice", "letters.search")
    call("alice", "letters.search")
    for _ in range(3000):
        if dovecot.refused(since):
            break
        time.sleep(0.02)
    assert dovecot.refused(since) == [address("alice")], "one refusal, which named the token that was renewed"
    assert whose(dovecot, since, ["alice", "alice"]) == []
    health = [c["health"] for c in home.run("connections", "list")["connections"]
              if c["provider"] == "letters" and c["health"] != "revoked"]
    assert health == ["healthy"]


def test_mail_is_sent_with_a_token(home, dovecot, connected):
    connected("alice")
    kind, asked = home.call("helper", home.tokens["alice"], "letters.send", {
        "to": [address("bob")], "subject": "by token", "body": "x"})
    assert kind == "approval_required", asked
    assert home.browser("alice").approve(re.search(r"/approvals/(apr_\w+)", str(asked)).group(1))[0] == 303
    for _ in range(3000):
        if any(b"Subject: by token" in mail for mail in dovecot.mails("bob")):
            break
        time.sleep(0.02)
    else:
        raise AssertionError("no mail came")


def test_rows_that_were_exchanged_open_nothing(home, dovecot):
    """Bob's sealed credential in Alice's row: the seal knows whose it is, and no mail server hears of it."""
    rows = dict(home.sql("SELECT owner, sealed FROM connections WHERE provider = 'post' AND owner IN ('alice', 'bob')"))
    home.stop()
    for owner, other in (("alice", "bob"), ("bob", "alice")):
        home.sql("UPDATE connections SET sealed = $1 WHERE provider = 'post' AND owner = $2", rows[other], owner)
    home.serve(port=int(home.url.rsplit(":", 1)[1]))
    since = dovecot.mark()
    for person in ("alice", "bob"):
        assert home.call("helper", home.tokens[person], "post.search", {})[0] != "done"
    assert dovecot.opened(since) == [] and dovecot.refused(since) == []


def test_an_agents_mailbox_is_read_by_token(home, dovecot, issuer, walk):
    """The account of a channel, over a connection whose tokens the broker renews."""
    issuer.lasting(8)
    home.run("agents", "edit", "clerk", "--slot", "letters:agent")
    walk("dana", account="clerk").keep(home.run("connections", "connect", "letters", "--agent", "clerk")["link"])
    issuer.lasting(3600)
    connection, = [c["id"] for c in home.run("connections", "list")["connections"]
                   if (c["provider"], c["owner"], c["health"]) == ("letters", "agent:clerk", "healthy")]
    since = dovecot.mark()
    home.run("channels", "add", "mail", "tokens", "--connection", connection, "--authserv-id", "mx.acme.test")
    taken = lambda: home.sql("SELECT COUNT(*) FROM inbox")[0][0]
    until(lambda: (address("clerk"), "XOAUTH2") in dovecot.opened(since))
    dovecot.deliver("clerk", subject="one", headers="From: <alice@acme.test>\r\n")
    until(lambda: taken() == 1)
    # The first token has ended: the session is opened anew with another.
    time.sleep(8)
    since = dovecot.mark()
    home.run("channels", "pause", "mail", "tokens")
    time.sleep(2.5)
    home.run("channels", "resume", "mail", "tokens")
    until(lambda: (address("clerk"), "XOAUTH2") in dovecot.opened(since))
    dovecot.deliver("clerk", subject="two", headers="From: <alice@acme.test>\r\n")
    until(lambda: taken() == 2)
    assert {user for user, _ in dovecot.opened(since)} == {address("clerk")}
    home.run("channels", "remove", "mail", "tokens")
