"""What a person's browser and an app's set-up do with the stand-ins' authorization servers."""

import base64
import hashlib
import html.parser
import secrets
import urllib.parse
import uuid

import requests

CALLBACK = "https://deputy.test/connect/callback"


class PageForm(html.parser.HTMLParser):
    """The one form of a page: what a browser would send if the person only pressed a button."""

    def __init__(self, text):
        super().__init__()
        self.action, self.fields, self.accounts = None, [], []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if tag == "form":
            self.action = attributes["action"]
        elif tag == "option":
            self.accounts.append(attributes["value"])
        elif tag == "input" and (attributes.get("type") != "checkbox" or "checked" in attributes):
            self.fields.append((attributes["name"], attributes.get("value", "")))


def pkce():
    verifier = secrets.token_urlsafe(48)
    digest = hashlib.sha256(verifier.encode()).digest()
    return verifier, base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def register(acme, service, name, secret="s3cret-of-the-app", redirect_uris=(CALLBACK,), **more):
    body = {"service": service, "id": name, "redirect_uris": list(redirect_uris), **more}
    acme.control("POST", "/oauth/clients", **(body | ({"secret": secret} if secret else {})))
    return name


def families(acme, service):
    return acme.control("GET", f"/oauth/families?service={service}")["families"]


def later(acme, seconds):
    acme.control("POST", "/clock", ahead_seconds=seconds)


def decide(address, account="alice", decision="allow", untick=()):
    """Opens the page at `address`, chooses, and gives the answer to the form; nothing is followed."""
    shown = requests.get(address, allow_redirects=False, timeout=10)
    if shown.status_code != 200:
        return shown
    form = PageForm(shown.text)
    assert account in form.accounts
    fields = [pair for pair in form.fields if not (pair[0] == "grant" and pair[1] in untick)]
    return requests.post(
        urllib.parse.urljoin(address, form.action), data=[*fields, ("account", account), ("decision", decision)],
        allow_redirects=False, timeout=10)


def landed(answer, callback=CALLBACK):
    """The members with which the browser came back to the app."""
    assert answer.status_code in (302, 303), answer.text
    base, _, query = answer.headers["Location"].partition("?")
    assert base == callback
    return dict(urllib.parse.parse_qsl(query, keep_blank_values=True, strict_parsing=True))


def address(origin, path, **query):
    return f"{origin}{path}?{urllib.parse.urlencode(query)}"


TENANT = "ac3e0000-0c0d-4a11-8bad-00000000ac3e"


def microsoft_id(owner, tenant=TENANT):
    """Tenant and object id of an account at acme's Entra."""
    return f"{tenant}/{uuid.UUID(bytes=hashlib.sha256(f'oid {owner}'.encode()).digest()[:16])}"
