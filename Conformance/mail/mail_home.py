"""Homes whose providers are mailboxes."""

import importlib.util
import pathlib
import shutil
import sys
import types

from mail_servers import address

_path = pathlib.Path(__file__).resolve().parents[1] / "gateway" / "conftest.py"
_spec = importlib.util.spec_from_file_location("mail_gateway", _path)
gateway = importlib.util.module_from_spec(_spec)
sys.modules["mail_gateway"] = gateway
_spec.loader.exec_module(gateway)


class Peer(gateway.Home):
    """Another gateway of a home in a database, with a folder of its own and the same keys."""

    def __init__(self, first, folder):
        self.path, self.acme, self.gateway, self.url, self.tokens = str(folder), first.acme, None, None, first.tokens
        self.database, self.output = first.database, open(str(folder) + ".log", "ab")
        folder.mkdir(mode=0o700)
        for name in ("keys", "providers"):
            shutil.copytree(pathlib.Path(first.path) / name, folder / name)
        shutil.copy2(pathlib.Path(first.path) / "database.url", folder)
        # How far one gateway signed is its own.
        (folder / "keys" / "ledger.mark").unlink(missing_ok=True)


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
