"""The standard way to show a token to a mail server (RFC 7628)."""

from mail_servers import address

AUTH = "oauthbearer"


def test_a_token_opens_its_own_mailbox_by_oauthbearer(home, dovecot, issuer, walk, call):
    walk("alice").keep(home.run("connections", "connect", "letters", "--person", "alice")["link"])
    since = dovecot.mark()
    call("alice", "letters.folders")
    # A refusal comes in two parts. The token is renewed once, and the call goes on.
    issuer.refuse("alice")
    call("alice", "letters.folders")
    assert dovecot.opened(since) == [(address("alice"), "OAUTHBEARER")] * 2
