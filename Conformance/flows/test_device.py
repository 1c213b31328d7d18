"""An operator connects a claw by a device's code: what came back is shown, and kept on a yes alone. glewlwyd gives the tokens
out and says whether they live; at acme, its journal and its book of grants do."""

import json
import pathlib
import re
import subprocess
import time
import types

import gateway_home as gateway
import pytest
from acme_oauth import decide, families, register
from clicks import allow
from gateway_home import DEPUTY, ENVIRONMENT
from homes import Tokens
from running import Acme
from terminal import converse

SECRET = "s3cret-of-deputy"
MAY = re.compile(r"It may: +(.*)")


def words(home, provider, agent, *flags):
    return [DEPUTY, "connections", "add", provider, "--agent", agent, "--device", "--home", home.path, *flags]


def by_device(home, visit, *flags, provider="files", agent="clerk"):
    """Without a terminal, as a script: (exit code, answer, what was told)."""
    child = subprocess.Popen(
        words(home, provider, agent, "--json", *flags), stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        stdin=subprocess.DEVNULL, text=True, env=ENVIRONMENT)
    told, address = "", None
    while not address:
        line = child.stderr.readline()
        assert line, child.communicate()
        told += line
        found = re.search(r"Or open (\S+) and compare", line)
        address = found and found.group(1)
    visit(address)
    output, errors = child.communicate(timeout=60)
    return child.returncode, json.loads(output), told + errors


def at_a_terminal(home, visit, answers, *flags, provider="files", agent="clerk"):
    """What an operator sees who answers each question so."""
    left, visited = list(answers), []

    def react(seen):
        found = re.search(rb"Or open (\S+) and compare", seen)
        if found and not visited:
            visited.append(found)
            visit(found.group(1).decode())
        asked = seen.count(b"Type yes:") > len(answers) - len(left)
        return left.pop(0) if asked else None

    return converse(words(home, provider, agent, *flags), ENVIRONMENT, react)


# at glewlwyd


@pytest.fixture
def as_user(browse, glewlwyd):
    """Signs in at glewlwyd with the code, and allows it, as if for the first time."""
    def as_user(user, *scopes):
        def visit(address):
            glewlwyd.consent(user, "")
            page = browse()
            page.goto(address)
            allow(page, user, *(scopes or ("files.read",)), back=None)
        return visit
    return as_user


@pytest.fixture
def alive(glewlwyd, passage):
    return lambda: [glewlwyd.introspect(passage.tokens[kind])["active"] for kind in ("refresh_token", "access_token")]


def call(home, agent="clerk", person="bob", tool="files.list"):
    return home.call(agent, home.tokens[person], tool, {})[0]


def test_an_operator_connects_a_claw_by_a_devices_code(home, as_user, files, connected, told):
    code, answer, _ = by_device(home, as_user("robot"), "--yes", "robot@acme.test")
    assert code == 0 and answer["email"] == "robot@acme.test", answer
    assert connected() == {"agent:clerk": ("robot@acme.test", ["files.read"])}
    assert call(home) == "done" and files.journal == [("robot", "GET /files")]
    changes = [leaf["change"] for leaf in sorted(told("connect.offered") + told("connection.added"), key=lambda l: l["index"])]
    assert changes == ["connect.offered", "connection.added"]


def test_the_operator_sees_the_account_and_says_yes(home, as_user, files, connected):
    code, seen = at_a_terminal(home, as_user("robot"), ["yes"])
    assert code == 0, seen
    assert "`files` says that this is Robot, robot@acme.test" in seen and MAY.search(seen).group(1).strip() == "files.read"
    assert seen.index("Keep robot@acme.test as the account of clerk?") < seen.index("Connected agent:clerk")
    assert connected() == {"agent:clerk": ("robot@acme.test", ["files.read"])}
    assert call(home) == "done" and files.journal == [("robot", "GET /files")]


def test_the_page_says_that_the_account_waits_at_a_terminal(home, as_user, sign_in, look, connected):
    """Whoever opens the link meanwhile is told where the answer is given, and can give none there."""
    dana, link = sign_in("dana"), home.run("connections", "connect", "files", "--agent", "clerk")["link"]
    visited, shown = [], []

    def react(seen):
        found = re.search(rb"Or open (\S+) and compare", seen)
        if found and not visited:
            visited.append(found)
            as_user("robot")(found.group(1).decode())
        if b"Type yes:" not in seen or shown:
            return None
        dana.goto(link)
        shown.append(dana.inner_text("main"))
        look(dana, "device-elsewhere")
        assert dana.get_by_role("button", name="Keep this account").count() == 0
        assert "Answer there; if you begin again below, that account is given back." in shown[0]
        assert "robot@acme.test" not in shown[0], "whose it is, is told at the terminal alone"
        return "no"

    code, seen = converse(words(home, "files", "clerk"), ENVIRONMENT, react)
    assert code == 1 and "nothing was connected" in seen
    assert "An account waits for an answer at the terminal that gave a code out." in shown[0]
    dana.goto(link)
    assert "terminal" not in dana.inner_text("main") and connected() == {}


@pytest.mark.parametrize("answer", ["no", "y", ""])
def test_without_a_yes_nothing_is_kept_and_the_grant_is_dead_again(home, as_user, alive, files, connected, told, answer):
    code, seen = at_a_terminal(home, as_user("robot"), [answer])
    assert code == 1 and "nothing was connected" in seen and "given back" in seen
    assert connected() == {} and alive() == [False, False]
    assert [leaf["because"] for leaf in told("connect.ended")] == ["dropped"]
    assert call(home) != "done" and files.journal == []


def test_an_account_that_a_script_doesnt_name_is_given_back(home, as_user, alive, connected):
    code, answer, told = by_device(home, as_user("robot"), "--yes", "spare@acme.test")
    assert code == 1 and "`robot@acme.test`, and `--yes` names `spare@acme.test`" in answer["error"]["message"]
    assert connected() == {} and alive() == [False, False]


def test_a_script_says_yes_before_a_code_is_given_out(home, passage):
    result = subprocess.run(words(home, "files", "clerk"), capture_output=True, text=True, stdin=subprocess.DEVNULL,
                            env=ENVIRONMENT, timeout=60)
    assert result.returncode == 64 and "give --yes with the account" in result.stderr
    assert passage.forms("/device_authorization") == []


def test_a_code_that_a_person_was_talked_into_typing_gives_an_agent_nothing(home, as_user, alive, connected):
    code, answer, told = by_device(home, as_user("carol"), "--yes", "carol@acme.test")
    assert code != 0 and "carol" in answer["error"]["message"]
    assert connected() == {} and alive() == [False, False]


def test_another_account_than_before_takes_a_yes_of_its_own(home, as_user, glewlwyd, alive, passage, files, connected):
    assert by_device(home, as_user("robot"), "--yes", "robot@acme.test")[0] == 0
    first = passage.tokens
    code, answer, _ = by_device(home, as_user("spare"), "--yes", "spare@acme.test")
    assert code == 1 and "--instead-of robot@acme.test" in answer["error"]["hint"]
    assert alive() == [False, False] and glewlwyd.introspect(first["refresh_token"])["active"]
    code, seen = at_a_terminal(home, as_user("spare"), ["yes", "no"])
    assert code == 1 and "takes the place of Robot, robot@acme.test" in seen
    assert alive() == [False, False] and connected() == {"agent:clerk": ("robot@acme.test", ["files.read"])}
    assert call(home) == "done"
    code, seen = at_a_terminal(home, as_user("spare"), ["yes", "yes"])
    assert code == 0, seen
    assert connected() == {"agent:clerk": ("spare@acme.test", ["files.read"])}
    assert call(home) == "done" and files.journal == [("robot", "GET /files"), ("spare", "GET /files")]
    until = time.monotonic() + 60
    while glewlwyd.introspect(first["refresh_token"])["active"]:
        assert time.monotonic() < until, "the grant that was replaced lives on"
        time.sleep(0.2)


def test_what_wasnt_ticked_is_told(home, as_user, glewlwyd, connected):
    code, seen = at_a_terminal(home, as_user("robot"), ["yes"], "--scope", "files.read", "--scope", "files.write")
    assert code == 0 and re.search(r"Not granted: +files.write", seen), seen
    assert connected() == {"agent:clerk": ("robot@acme.test", ["files.read"])}


# at acme

MANIFEST = """{
  provider: "strict", title: "Strict", origin: "%(api)s", credential: { kind: "bearer" },
  oauth: {
    issuer: "%(api)s", authorization: "%(api)s/authorize", token: "%(api)s/token", revocation: "%(api)s/revoke",
    device: "%(api)s/device_authorization", scopes: ["profile"], refresh: { rotation: "strict" },
  },
  account: { requests: [{ method: "GET", path: "/userinfo" }], id: "/sub", email: "/email", name: "/name" },
  tools: [{
    name: "strict.echo", title: "Echo", description: "Says whose token came.", effect: "read", scopes: ["echo"],
    labels: { integrity: "colleague" }, request: { method: "GET", path: "/api/echo" },
  }],
}"""


@pytest.fixture(scope="module")
def strict():
    acme = Acme("--oauth", "--no-rate-limits")
    acme.control("POST", "/strict", reset=True, device_interval=1)
    for owner in ("robot", "dana"):
        acme.control("POST", "/oauth/accounts", owner=owner)
    yield acme
    acme.stop()


@pytest.fixture(scope="module")
def stall(tmp_path_factory, strict):
    """A home with a claw of Dana's."""
    home = gateway.Home(tmp_path_factory.mktemp("stall"), types.SimpleNamespace(origins={}, tokens={}, ids={}))
    folder = pathlib.Path(home.path) / "providers"
    folder.mkdir(exist_ok=True)
    (folder / "strict.json5").write_text(MANIFEST % {"api": strict.origins["strict"]})
    for person in ("bob", "dana"):
        home.run("people", "add", person, "--email", f"{person}@acme.test")
    home.run("agents", "add", "clerk", "--acts-as", "claw", "--owner", "dana", "--users", "everyone",
             "--slot", "strict:agent", "--tool", "strict.*")
    home.run("apps", "add", "strict", "--client-id", "deputy", secret=SECRET)
    register(strict, "strict", "deputy", SECRET)
    home.serve()
    home.tokens = Tokens(home, ("clerk",))
    yield home
    home.stop()


def grants(strict):
    return [(family["owner"], bool(family["ended"])) for family in families(strict, "strict")]


def test_whose_token_acme_sees_is_whose_account_was_agreed_to(stall, strict):
    def visit(owner):
        return lambda address: decide(address, owner)

    code, seen = at_a_terminal(stall, visit("robot"), ["no"], provider="strict")
    assert code == 1 and grants(strict) == [("robot", True)]
    code, _, told = by_device(stall, visit("dana"), "--yes", "dana@acme.test", provider="strict")
    assert code == 1 and "owner" in told and grants(strict)[1:] == [("dana", True)]
    assert call(stall, tool="strict.echo") != "done"
    assert "strict.echo" not in [entry["call"] for entry in strict.journal()]
    code, answer, _ = by_device(stall, visit("robot"), "--yes", "robot@acme.test", provider="strict")
    assert code == 0, answer
    assert call(stall, tool="strict.echo") == "done"
    assert [entry["owner"] for entry in strict.journal() if entry["call"] == "strict.echo"] == ["robot"]
    assert grants(strict) == [("robot", True), ("dana", True), ("robot", False)]
