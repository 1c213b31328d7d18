"""Homes whose providers are mailboxes."""

import pathlib
import types

import gateway_home as gateway
from mail_servers import address

PASSWORD_MANIFEST = """{
  provider: "%(name)s",
  title: "Post",
  mail: {
    imap: "%(imap)s",
    smtp: "%(smtp)s",
    auth: "password",
    domain: "acme.test",
    certificates: %(certificate)s,
  },
}"""
TOKEN_MANIFEST = """{
  provider: "letters",
  title: "Letters",
  mail: {
    imap: "imap://127.0.0.1:%(imap)d",
    smtp: "smtp://127.0.0.1:%(smtp)d",
    auth: "%(auth)s",
    account: "%(issuer)s/userinfo",
    certificates: %(certificate)s,
  },
  oauth: {
    issuer: "%(issuer)s",
    authorization: "%(issuer)s/auth",
    token: "%(issuer)s/token",
    authentication: "client_secret_basic",
    // What lets a signed-in person's consent pass without a page.
    parameters: { g_continue: "" },
    scopes: ["mail"],
    refresh: { rotation: "strict" },
  },
}"""


def new_home(folder, manifests, people=("alice", "bob", "dana")):
    home = gateway.Home(folder, types.SimpleNamespace(origins={}, tokens={}, ids={}))
    providers = pathlib.Path(home.path) / "providers"
    providers.mkdir(exist_ok=True)
    for name, text in manifests.items():
        (providers / f"{name}.json5").write_text(text)
    for person in people:
        home.run("people", "add", person, "--email", address(person))
    slots = [word for name in manifests for word in ("--slot", f"{name}:person", "--tool", f"{name}.*")]
    home.run("agents", "add", "helper", "--acts-as", "assistant", "--owner", "dana", "--users", "everyone", *slots)
    return home
