"""Notices by mail and by webhook, against servers of others and the vendor's own verification."""

import base64
import email
import json
import time

import pytest
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

PASSWORD = "correct-horse-battery"


def set_mail(home, tmp_path, url, certificate, password=PASSWORD):
    arguments = ["notices", "set", "--smtp", url, "--from", "deputy@acme.test", "--trust-file", certificate[0]]
    if "@" in url:
        (tmp_path / "password").write_text(password + "\n")
        arguments += ["--password-file", str(tmp_path / "password")]
    home.run(*arguments)


def tell(home, person="dana"):
    return json.loads(home.command("notices", "test", person).stdout)["results"]


@pytest.mark.parametrize("security, scheme", [("implicit", "smtps"), ("starttls", "smtp")])
def test_a_mail_goes_over_tls_with_a_password(home, tmp_path, mail_server, certificate, security, scheme):
    box, port = mail_server(security)
    set_mail(home, tmp_path, f"{scheme}://deputy@acme.test@localhost:{port}", certificate)
    assert tell(home) == [{"way": "mail", "result": "delivered"}]
    (is_tls, sender, recipients, content), = box.mails
    message = email.message_from_bytes(content)
    assert is_tls or security == "implicit"
    assert (sender, recipients) == ("deputy@acme.test", ["dana@acme.test"])
    assert message["Auto-Submitted"] == "auto-generated" and message["Message-ID"] and message["Date"]
    assert message.get_content_type() == "text/plain" and home.url in message.get_payload()
    assert box.logins == ["LOGIN"] or box.logins == ["PLAIN"]
    assert not message.defects


def test_a_server_without_starttls_is_refused(home, tmp_path, mail_server, certificate):
    box, port = mail_server("clear", auth_require_tls=False)
    set_mail(home, tmp_path, f"smtp://deputy@acme.test@localhost:{port}", certificate)
    result, = tell(home)
    assert result["result"] == "refused" and "STARTTLS" in result["reason"]
    assert box.mails == [] and box.logins == []


def test_a_wrong_password_and_a_certificate_that_nobody_trusts(home, tmp_path, mail_server, certificate):
    box, port = mail_server("implicit")
    set_mail(home, tmp_path, f"smtps://deputy@acme.test@localhost:{port}", certificate, password="wrong-password")
    result, = tell(home)
    assert result["result"] == "refused" and "wrong-password" not in json.dumps(result)
    home.run("notices", "set", "--smtp", f"smtps://localhost:{port}", "--from", "deputy@acme.test")
    result, = tell(home)
    assert result["result"] == "not_sent" and box.mails == []


def test_a_webhook_is_verified_by_the_vendors_library(home, hook):
    secret = home.run("notices", "set", "--webhook", hook.url)["secret"]
    assert tell(home) == [{"way": "webhook", "result": "delivered"}]
    (headers, body), = hook.posts
    names = {name.lower(): value for name, value in headers.items()}
    payload = Webhook(secret).verify(body, names)
    assert payload["type"] == "notice.test" and payload["data"]["link"].startswith(home.url)
    assert set(payload["data"]) == {"organization", "person", "agents", "link"}
    with pytest.raises(WebhookVerificationError):
        Webhook("whsec_" + base64.b64encode(b"x" * 32).decode()).verify(body, names)
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(body + b" ", names)


def test_somebody_whose_connection_is_missing_is_told_once(home, hook):
    home.run("notices", "set", "--webhook", hook.url)
    token = home.token("carol", "onboarding")
    for _ in range(3):
        kind, _ = home.call("onboarding", token, "notion.search", {"query": "x"})
        assert kind == "connection_required"
    until = time.monotonic() + 30
    while not hook.posts and time.monotonic() < until:
        time.sleep(0.2)
    time.sleep(1)
    (_, body), = hook.posts
    told = json.loads(body)
    assert told["type"] == "connection.needed" and told["data"]["person"] == "carol"
    assert told["data"]["link"] == home.url + "/connect/agent/onboarding" and told["data"]["agents"] == ["onboarding"]


def received(post):
    headers, body = post
    return {name.lower(): value for name, value in headers.items()}, body


def test_an_old_or_altered_webhook_is_refused_by_its_receiver_row_10(home, hook):
    """From the receiver's side, with the vendor's library: what somebody replays or changes doesn't pass for ours."""
    secret = home.run("notices", "set", "--webhook", hook.url)["secret"]
    assert tell(home) == [{"way": "webhook", "result": "delivered"}]
    headers, body = received(hook.posts[0])
    receiver = Webhook(secret)
    receiver.verify(body, headers)
    sent = int(headers["webhook-timestamp"])
    assert abs(sent - time.time()) < 60, "it is of now, so a receiver can refuse what is five minutes old"
    for name, value in [("webhook-timestamp", str(sent - 301)), ("webhook-timestamp", str(sent + 301)),
                        ("webhook-timestamp", str(sent + 1)), ("webhook-id", headers["webhook-id"] + "x"),
                        ("webhook-signature", "v1,"), ("webhook-signature", ""),
                        ("webhook-signature", headers["webhook-signature"].replace("v1,", "v2,"))]:
        with pytest.raises(WebhookVerificationError):
            receiver.verify(body, headers | {name: value})
    for position in range(0, len(body), max(1, len(body) // 20)):
        altered = bytearray(body)
        altered[position] ^= 1
        with pytest.raises((WebhookVerificationError, UnicodeDecodeError)):
            receiver.verify(bytes(altered), headers)
    for missing in ["webhook-id", "webhook-timestamp", "webhook-signature"]:
        with pytest.raises(WebhookVerificationError):
            receiver.verify(body, {name: value for name, value in headers.items() if name != missing})
    # Beside another signature, as while a secret changes, ours still counts; and names in any case.
    other = base64.b64encode(b"x" * 32).decode()
    receiver.verify(body, headers | {"webhook-signature": f"v1,{other} {headers['webhook-signature']}"})


def test_what_comes_again_has_its_id_and_something_new_another_row_10(home, hook):
    """A receiver tells a repeat by its id, so each attempt at one message has the same, and no other message has it."""
    secret = home.run("notices", "set", "--webhook", hook.url)["secret"]
    tell(home)
    tell(home, "alice")
    ids = [received(post)[0]["webhook-id"] for post in hook.posts]
    assert len(ids) == 2 and len(set(ids)) == 2
    again = home.run("notices", "set", "--webhook", hook.url)["secret"]
    tell(home)
    headers, body = received(hook.posts[-1])
    assert again != secret and Webhook(again).verify(body, headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(body, headers)


def test_a_redirect_is_never_followed_row_7(home, hook):
    home.run("notices", "set", "--webhook", hook.url)
    hook.answer = 307
    assert tell(home) == [{"way": "webhook", "result": "refused", "reason": "the webhook answered 307"}]
    assert len(hook.posts) == 1


def test_secrets_are_nowhere_in_clear_and_changes_are_leaves(home, tmp_path, mail_server, certificate, hook):
    _, port = mail_server("implicit")
    set_mail(home, tmp_path, f"smtps://deputy@acme.test@localhost:{port}", certificate)
    secret = home.run("notices", "set", "--webhook", hook.url)["secret"]
    tell(home)
    shown = json.dumps(home.run("notices", "show"))
    home.run("notices", "remove", "webhook")
    changes = [leaf.get("change") for leaf in map(fields, home.leaves())]
    assert [c for c in changes if c and c.startswith("notices.")] == [
        "notices.mail.set", "notices.webhook.set", "notices.webhook.removed"]
    home.stop()
    forms = [PASSWORD.encode(), base64.b64encode(PASSWORD.encode()), secret.encode(), secret[6:].encode()]
    for file in [p for p in tmp_path.rglob("*") if p.is_file() and p.name != "password"]:
        data = file.read_bytes()
        assert not any(form in data for form in forms), file
    assert not any(form.decode() in shown for form in forms)


def fields(record):
    return record.get("fields", record)
