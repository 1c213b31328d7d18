"""Dovecot and Postfix as an organization has them: mailboxes, passwords, access tokens that are introspected. They share no
code with Deputy, and Dovecot's log says who opened which mailbox. Started as root, both leave it at once."""

import base64
import contextlib
import os
import pathlib
import re
import signal
import smtplib
import socket
import sqlite3
import ssl
import subprocess
import time

from glewlwyd import Glewlwyd, free_port, ok

SECRET = "s3cret-of-deputy"
PEOPLE = ("alice", "bob", "clerk", "dana")
# A mailbox elsewhere, of somebody whom nobody here knows.
STRANGER = "zoe@outside.example"


def address(person):
    return person if "@" in person else f"{person}@acme.test"


def password(person):
    return f"{person}-pw-1:with colon"


def until_said(port, word, process, log):
    for _ in range(3000):
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=2) as connection:
                if word in connection.recv(100):
                    return
        except OSError:
            pass
        assert process.poll() is None, log.read_text() if log.exists() else "no log"
        time.sleep(0.02)
    raise AssertionError("the server doesn't start")


class Tokens(Glewlwyd):
    """glewlwyd, whose users are called by their address, as mailboxes are."""

    def parameters(self):
        return super().parameters() | {
            "introspection-revocation-allowed": True, "introspection-revocation-allow-target-client": True,
            "access-token-duration": 3600}

    def mailboxes(self):
        for person in PEOPLE:
            ok(self.admin.post(self.url + "/api/user", json={
                "username": address(person), "password": f"{person}-pw-1", "name": person.title(),
                "email": address(person), "enabled": True, "scope": ["openid", "g_profile", "mail"]}))

    def scope(self, name):
        ok(self.admin.post(self.url + "/api/scope", json={
            "name": name, "display_name": name, "description": name, "password_required": False, "scheme": {}}))

    def app(self, name, secret, redirect_uri):
        ok(self.admin.post(self.url + "/api/client", json={
            "client_id": name, "name": name, "enabled": True, "redirect_uri": [redirect_uri], "scope": [],
            "authorization_type": ["code", "refresh_token", "delete_token"], "confidential": True, "password": secret,
            "client_secret": secret, "token_endpoint_auth_method": ["client_secret_basic", "client_secret_post"]}))

    def refuse(self, person):
        """Every access token of a person is over at once; what renews them isn't."""
        with contextlib.closing(sqlite3.connect(self.folder / "g.db", timeout=10)) as store, store:
            store.execute("UPDATE gpo_access_token SET gpoa_enabled = 0 WHERE gpoa_username = ?", (address(person),))

    def lasting(self, seconds):
        """How long access tokens live that are made from now on."""
        plugin = ok(self.admin.get(self.url + "/api/mod/plugin/oidc")).json()
        plugin["parameters"]["access-token-duration"] = seconds
        ok(self.admin.put(self.url + "/api/mod/plugin/oidc", json=plugin))
        ok(self.admin.put(self.url + "/api/mod/plugin/oidc/reset"))


class Dovecot:
    def __init__(self, folder, certificate, introspection, more=""):
        self.folder = pathlib.Path(folder)
        self.imaps, self.imap, self.lmtp, self.sasl = (free_port() for _ in range(4))
        for name in ("run", "mail", "lib"):
            (self.folder / name).mkdir(parents=True)
        for path in (self.folder, self.folder.parent):
            path.chmod(0o755)
        user = "dovecot" if os.geteuid() == 0 else subprocess.check_output(["id", "-un"], text=True).strip()
        if os.geteuid() == 0:
            subprocess.run(["chown", "dovecot:dovecot", self.folder / "mail"], check=True)
        plain = "" if os.geteuid() == 0 else f"""
default_login_user = {user}
default_internal_user = {user}
default_internal_group = {user}
service imap-login {{
  chroot =
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
"""
        (self.folder / "users").write_text("".join(f"{address(p)}:{{PLAIN.b64}}{b64(password(p))}::::::\n" for p in (*PEOPLE, STRANGER)))
        (self.folder / "tokens.conf").write_text(f"""
introspection_mode = post
introspection_url = {introspection}
username_attribute = username
active_attribute = active
active_value = true
timeout_msecs = 3000
""")
        (self.folder / "dovecot.conf").write_text(f"""
base_dir = {self.folder}/run
state_dir = {self.folder}/lib
log_path = {self.log}
protocols = imap lmtp
listen = 127.0.0.1
ssl = required
ssl_cert = <{certificate}.crt
ssl_key = <{certificate}.key
auth_mechanisms = plain login xoauth2 oauthbearer
auth_verbose = yes
auth_failure_delay = 0
first_valid_uid = 1
mail_location = maildir:{self.folder}/mail/%u
hostname = mail.acme.test
postmaster_address = postmaster@acme.test
namespace inbox {{
  inbox = yes
  mailbox Drafts {{
    auto = create
    special_use = \\Drafts
  }}
  mailbox Sent {{
    auto = create
    special_use = \\Sent
  }}
  mailbox Archive {{
    auto = create
    special_use = \\Archive
  }}
}}
passdb {{
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = {self.folder}/tokens.conf
}}
passdb {{
  driver = passwd-file
  mechanisms = plain login
  args = {self.folder}/users
}}
userdb {{
  driver = passwd-file
  args = {self.folder}/users
  override_fields = uid={user} gid={user} home={self.folder}/mail/%u
}}
service imap-login {{
  inet_listener imap {{
    port = {self.imap}
  }}
  inet_listener imaps {{
    port = {self.imaps}
  }}
}}
service lmtp {{
  inet_listener lmtp {{
    port = {self.lmtp}
  }}
}}
service auth {{
  inet_listener {{
    port = {self.sasl}
  }}
}}
service anvil {{
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
{plain}{more}""")
        self.child = subprocess.Popen(
            ["dovecot", "-F", "-c", self.folder / "dovecot.conf"], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, start_new_session=True)
        until_said(self.imap, b"OK", self.child, self.log)

    @property
    def log(self):
        return self.folder / "dovecot.log"

    def mark(self):
        return len(self.log.read_text())

    def opened(self, since=0):
        """(whose mailbox, by which mechanism) of each login, in their order, as Dovecot says."""
        return re.findall(r"imap-login: Info: Login: user=<([^>]*)>, method=(\S+?),", self.log.read_text()[since:])

    def refused(self, since=0):
        return re.findall(r"imap-login: Info: (?:Disconnected|Aborted)[^\n]*?auth failed[^\n]*?user=<([^>]*)>", self.log.read_text()[since:])

    def deliver(self, person, *, sender="zoe@outside.example", subject="Hello", text="hi", headers=""):
        """Puts a mail into a mailbox, as the MTA does."""
        name = f"{time.time_ns()}.M1P{os.getpid()}.here"
        box = self.folder / "mail" / address(person)
        mail = (f"From: <{sender}>\r\nTo: <{address(person)}>\r\nSubject: {subject}\r\nMessage-ID: <{name}@outside.example>\r\n"
                f"{headers}\r\n{text}\r\n").encode()
        with socket.create_connection(("127.0.0.1", self.lmtp), timeout=10) as connection:
            lines = connection.makefile("rwb")

            def say(words):
                lines.write(words)
                lines.flush()
                while True:
                    line = lines.readline()
                    if line[3:4] != b"-":
                        return line
            assert lines.readline().startswith(b"220")
            for words in (b"LHLO here\r\n", f"MAIL FROM:<{sender}>\r\n".encode(),
                          f"RCPT TO:<{address(person)}>\r\n".encode()):
                assert say(words).startswith(b"250")
            assert say(b"DATA\r\n").startswith(b"354")
            stuffed = b"".join(b"." + line if line.startswith(b".") else line for line in mail.splitlines(True))
            assert say(stuffed + b".\r\n").startswith(b"250")
        return box

    def mails(self, person, folder=""):
        """What lies in a folder, as files."""
        box = self.folder / "mail" / address(person) / folder
        return [path.read_bytes() for kind in ("cur", "new") for path in sorted((box / kind).glob("*"))]

    def stop(self):
        os.killpg(self.child.pid, signal.SIGKILL)
        self.child.wait(10)


def b64(text):
    return base64.b64encode(text.encode()).decode()


class Postfix:
    """Takes mail from who has logged in, in their own name alone, and hands it to Dovecot. Nothing leaves this machine."""

    def __init__(self, folder, certificate, dovecot):
        self.folder, self.port = pathlib.Path(folder), free_port()
        for name in ("conf", "queue", "data"):
            (self.folder / name).mkdir(parents=True)
        for path in (self.folder, self.folder.parent):
            path.chmod(0o755)
        subprocess.run(["chown", "postfix", self.folder / "data"], check=True)
        boxes = ", ".join(f"{address(p)}=1" for p in (*PEOPLE, STRANGER))
        # What a server that checks DMARC would write above: it knows who came from where.
        found = ", ".join(
            f"{{ {sender} = PREPEND Authentication-Results: mx.acme.test; dmarc={verdict} header.from={domain} }}"
            for sender, verdict, domain in (
                [(address(p), "pass", "acme.test") for p in PEOPLE]
                + [(STRANGER, "pass", "outside.example"), ("mallory@evil.example", "fail", "acme.test")]))
        logins = ", ".join(f"{address(p)}={address(p)}" for p in PEOPLE)
        (self.folder / "conf/main.cf").write_text(f"""
compatibility_level = 3.6
queue_directory = {self.folder}/queue
data_directory = {self.folder}/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
mail_owner = postfix
setgid_group = postdrop
maillog_file = {self.log}
maillog_file_prefixes = {self.folder}
myhostname = mail.acme.test
mydomain = acme.test
myorigin = acme.test
mydestination =
mynetworks =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
alias_maps =
alias_database =
local_recipient_maps =
virtual_mailbox_domains = acme.test, outside.example
virtual_mailbox_maps = inline:{{ {boxes} }}
virtual_transport = lmtp:inet:127.0.0.1:{dovecot.lmtp}
default_transport = error:5.7.1 no mail leaves this machine
relay_transport = error:5.7.1 no mail leaves this machine
smtpd_peername_lookup = no
disable_dns_lookups = yes
lmtp_host_lookup = native
smtpd_tls_security_level = may
smtpd_tls_auth_only = yes
smtpd_tls_cert_file = {certificate}.crt
smtpd_tls_key_file = {certificate}.key
smtpd_sasl_auth_enable = yes
smtpd_sasl_type = dovecot
smtpd_sasl_path = inet:127.0.0.1:{dovecot.sasl}
smtpd_relay_restrictions = permit_sasl_authenticated, reject_unauth_destination
smtpd_sender_login_maps = inline:{{ {logins} }}
smtpd_sender_restrictions = reject_sender_login_mismatch, check_sender_access inline:{{ {found} }}
""")
        (self.folder / "conf/master.cf").write_text(f"""
127.0.0.1:{self.port} inet n - n - - smtpd
cleanup   unix n - n - 0 cleanup
tlsmgr    unix - - n 1000? 1 tlsmgr
qmgr      unix n - n 300 1 qmgr
rewrite   unix - - n - - trivial-rewrite
bounce    unix - - n - 0 bounce
defer     unix - - n - 0 bounce
trace     unix - - n - 0 bounce
lmtp      unix - - n - - lmtp
error     unix - - n - - error
retry     unix - - n - - error
anvil     unix - - n - 1 anvil
proxymap  unix - - n - - proxymap
postlog   unix-dgram n - n - 1 postlogd
""")
        subprocess.run(["postfix", "-c", self.folder / "conf", "check"], stderr=subprocess.DEVNULL, check=True)
        self.child = subprocess.Popen(
            ["/usr/lib/postfix/sbin/master", "-c", self.folder / "conf", "-d"], stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
        until_said(self.port, b"220", self.child, self.log)

    @classmethod
    def started(cls, new_folder, *arguments):
        """On another port where somebody took the one that was free."""
        for _ in range(3):
            with contextlib.suppress(AssertionError):
                return cls(new_folder(), *arguments)
        return cls(new_folder(), *arguments)

    @property
    def log(self):
        return self.folder / "postfix.log"

    def take(self, sender, message, *recipients, login=False):
        """A mail that comes in: from outside, or from somebody who has logged in."""
        with smtplib.SMTP("127.0.0.1", self.port, timeout=20) as smtp:
            if login:
                context = ssl.create_default_context()
                context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
                smtp.starttls(context=context)
                smtp.login(sender, password(sender.split("@")[0]))
            smtp.sendmail(sender, recipients, message)

    def sent_by(self, person):
        """How many mails somebody handed over who had logged in, as Postfix says."""
        return len(re.findall(rf"sasl_username={re.escape(address(person))}$", self.log.read_text(), re.M))

    def stop(self):
        self.child.send_signal(signal.SIGTERM)
        self.child.wait(20)
