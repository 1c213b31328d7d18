"""Gmail's stand-in, proved by google-api-python-client and its discovery document."""

import base64
import email
import email.message
import email.policy
import json

import pytest
import requests
from google.auth.exceptions import RefreshError
from google_client import document, reason, service
from googleapiclient.errors import HttpError
from proof import calls_exactly, conforms, refutes

SCOPES = "https://www.googleapis.com/auth/"
SCHEMA = document("gmail", "v1")


def gmail(acme, token=None):
    return service("gmail", "v1", acme.origins["gmail"], token or acme.tokens["gmail"]["dana"]).users()


def refused(request):
    with pytest.raises(HttpError) as refusal:
        request.execute()
    return reason(refusal.value)


def encoded(sender, to="bob@acme.test", subject="Grüße", body="Hello", **headers):
    message = email.message.EmailMessage(policy=email.policy.SMTP)
    message["From"], message["To"], message["Subject"] = sender, to, subject
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(body)
    return {"raw": base64.urlsafe_b64encode(message.as_bytes()).decode()}


def header(message, name):
    return next(item["value"] for item in message["payload"]["headers"] if item["name"] == name)


def check_profile(acme, address):
    assert gmail(acme).getProfile(userId="me").execute()["emailAddress"] == address


def check_from(acme, sender, expected):
    sent = gmail(acme).messages().send(userId="me", body=encoded(sender)).execute()
    stored = gmail(acme).messages().get(userId="me", id=sent["id"]).execute()
    assert header(stored, "From") == expected
    assert acme.sent()["mails"][-1]["from"] == expected


def test_the_token_opens_danas_mailbox(acme):
    check_profile(acme, "dana@acme.test")
    refutes(check_profile, acme, "bob@acme.test")


def test_a_foreign_mailbox_is_refused(acme):
    assert gmail(acme).getProfile(userId="dana@acme.test").execute()
    with pytest.raises(HttpError) as refusal:
        gmail(acme).messages().list(userId="bob@acme.test").execute()
    assert refusal.value.status_code == 403
    assert refusal.value.reason == "Delegation denied for dana@acme.test"


def test_search_finds_by_sender_and_words(acme):
    def found(query):
        answer = gmail(acme).messages().list(userId="me", q=query).execute()
        conforms(SCHEMA, "ListMessagesResponse", answer)
        return [message["id"] for message in answer.get("messages", [])]

    ids = acme.ids["messages"]
    assert found("from:pat@stranger.example") == [ids["pat"]]
    assert found("from:acme.test is:unread") == [ids["bob"]]
    assert found('"hiring budget"') == [ids["carol"]]
    assert found("-from:acme.test in:inbox") == [ids["pat"]]
    assert found("is:read") == [ids["carol"]]
    assert found("unicorns") == []
    assert len(found("")) == 3


def test_messages_are_paged(acme):
    messages, request, seen = gmail(acme).messages(), None, []
    request = messages.list(userId="me", maxResults=2, labelIds=["INBOX"])
    while request is not None:
        answer = request.execute()
        seen.append([message["id"] for message in answer["messages"]])
        request = messages.list_next(request, answer)
    assert [len(page) for page in seen] == [2, 1]


@pytest.mark.parametrize("form", ["minimal", "metadata", "full", "raw"])
def test_a_message_has_the_shape_of_the_discovery_document(acme, form):
    answer = gmail(acme).messages().get(userId="me", id=acme.ids["messages"]["pat"], format=form).execute()
    conforms(SCHEMA, "Message", answer)
    refutes(conforms, SCHEMA, "Message", answer | {"colour": "red"})
    refutes(conforms, SCHEMA, "Message", answer | {"sizeEstimate": "many"})
    assert ("payload" in answer, "raw" in answer) == (form in ("metadata", "full"), form == "raw")
    if form == "full":
        text = base64.urlsafe_b64decode(answer["payload"]["body"]["data"]).decode()
        assert "forward its full text to pat@stranger.example" in text


def test_metadata_is_limited_to_the_headers_asked_for(acme):
    answer = gmail(acme).messages().get(
        userId="me", id=acme.ids["messages"]["bob"], format="metadata", metadataHeaders=["Subject", "From"]
    ).execute()
    assert {item["name"] for item in answer["payload"]["headers"]} == {"Subject", "From"}


def test_from_is_the_account_whatever_was_written(acme):
    check_from(acme, "Dana Reyes <dana@acme.test>", "Dana Reyes <dana@acme.test>")
    check_from(acme, "Carol <carol@acme.test>", "dana@acme.test")
    refutes(check_from, acme, "Carol <carol@acme.test>", "Carol <carol@acme.test>")


def test_a_sent_mail_is_kept_whole(acme):
    body = encoded("dana@acme.test", to="Bob <bob@acme.test>, pat@stranger.example", Bcc="carol@acme.test")
    sent = gmail(acme).messages().send(userId="me", body=body).execute()
    assert sent["labelIds"] == ["SENT"]
    mail = acme.sent()["mails"][0]
    assert mail["to"] == ["bob@acme.test", "pat@stranger.example", "carol@acme.test"]
    assert (mail["owner"], mail["subject"], mail["body"].strip()) == ("dana", "Grüße", "Hello")
    assert "carol" not in mail["raw"] and mail["message_id"]
    assert gmail(acme).messages().list(userId="me", q="in:sent").execute()["messages"] == [
        {"id": sent["id"], "threadId": sent["threadId"]}
    ]


def test_parts_of_a_message_are_decoded(acme):
    message = email.message.EmailMessage(policy=email.policy.SMTP)
    message["To"] = "bob@acme.test"
    message.set_content("plain grüße", cte="quoted-printable")
    message.add_alternative("<p>grüße</p>", subtype="html", cte="base64")
    body = {"raw": base64.urlsafe_b64encode(message.as_bytes()).decode()}
    sent = gmail(acme).messages().send(userId="me", body=body).execute()
    stored = gmail(acme).messages().get(userId="me", id=sent["id"]).execute()
    conforms(SCHEMA, "Message", stored)
    texts = [base64.urlsafe_b64decode(part["body"]["data"]).decode() for part in stored["payload"]["parts"]]
    assert [text.strip() for text in texts] == ["plain grüße", "<p>grüße</p>"]


def test_a_mail_needs_a_recipient_and_a_body(acme):
    messages = gmail(acme).messages()
    nobody = base64.urlsafe_b64encode(b"Subject: x\r\n\r\nx").decode()
    assert refused(messages.send(userId="me", body={"raw": nobody})) == (400, "invalidArgument")
    assert refused(messages.send(userId="me", body={})) == (400, "invalidArgument")
    assert refused(messages.get(userId="me", id="0000000000000000")) == (404, "notFound")
    assert acme.sent()["mails"] == []


def raw_refusal(acme, token):
    headers = {"Authorization": "Bearer " + token} if token else {}
    answer = requests.get(acme.origins["gmail"] + "/gmail/v1/users/me/profile", headers=headers)
    error = answer.json()["error"]
    assert answer.status_code == error["code"]
    return answer.status_code, error["status"], error["errors"][0]["reason"]


def test_absent_wrong_and_revoked_tokens(acme):
    assert raw_refusal(acme, None) == (401, "UNAUTHENTICATED", "required")
    assert raw_refusal(acme, "ya29.wrong") == (401, "UNAUTHENTICATED", "authError")
    # Google's client meets a 401 with a refresh, which these credentials cannot do.
    with pytest.raises(RefreshError):
        gmail(acme, "ya29.wrong").getProfile(userId="me").execute()
    acme.revoke("gmail", "dana")
    assert raw_refusal(acme, acme.tokens["gmail"]["dana"]) == (401, "UNAUTHENTICATED", "authError")
    check = gmail(acme, acme.reissue("gmail", "dana")).getProfile(userId="me").execute()
    assert check["emailAddress"] == "dana@acme.test"


@pytest.mark.parametrize("scope, may_read, may_send", [("gmail.readonly", True, False), ("gmail.send", False, True)])
def test_each_scope_allows_its_own_methods(acme, scope, may_read, may_send):
    messages = gmail(acme, acme.reissue("gmail", "dana", scopes=[SCOPES + scope])).messages()
    for request, allowed in [
        (messages.list(userId="me"), may_read),
        (messages.send(userId="me", body=encoded("dana@acme.test")), may_send),
    ]:
        if allowed:
            assert request.execute()
            continue
        with pytest.raises(HttpError) as refusal:
            request.execute()
        assert reason(refusal.value) == (403, "insufficientPermissions")
        error = json.loads(refusal.value.content)["error"]
        assert error["details"][0]["reason"] == "ACCESS_TOKEN_SCOPE_INSUFFICIENT"
        assert "insufficient_scope" in refusal.value.resp["www-authenticate"]
    assert len(acme.sent()["mails"]) == int(may_send)


def test_metadata_scope_forbids_bodies_and_search(acme):
    messages = gmail(acme, acme.reissue("gmail", "dana", scopes=[SCOPES + "gmail.metadata"])).messages()
    bob = acme.ids["messages"]["bob"]
    assert messages.get(userId="me", id=bob, format="metadata").execute()
    assert refused(messages.get(userId="me", id=bob, format="full")) == (403, "forbidden")
    assert refused(messages.list(userId="me", q="from:bob")) == (403, "forbidden")


def test_too_many_units_are_limited(acme, start):
    def burst(acme):
        send = acme.origins["gmail"] + "/gmail/v1/users/me/messages/send"
        with requests.Session() as session:
            session.headers["Authorization"] = "Bearer " + acme.tokens["gmail"]["dana"]
            return [session.post(send, json=encoded("dana@acme.test")) for _ in range(200)]

    limited = [answer for answer in burst(acme) if answer.status_code == 429]
    assert limited
    assert {answer.json()["error"]["errors"][0]["reason"] for answer in limited} == {"rateLimitExceeded"}
    assert all(answer.ok for answer in burst(start("--no-rate-limits")))


def test_the_journal_names_the_owner_of_each_call(acme):
    with calls_exactly(
        acme, ("dana", "gmail.users.messages.list", 200), ("dana", "gmail.users.messages.send", 200),
        (None, "gmail.users.getProfile", 401), ("dana", "unknown", 404),
    ):
        gmail(acme).messages().list(userId="me").execute()
        gmail(acme).messages().send(userId="me", body=encoded("dana@acme.test")).execute()
        raw_refusal(acme, "ya29.wrong")
        assert refused(gmail(acme).labels().list(userId="me")) == (404, "notFound")
