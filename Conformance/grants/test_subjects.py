"""Whom an agent may be at Google by domain-wide delegation: its own list says, and the stand-in's journal shows who it was."""

import json
import pathlib

import pytest
from test_google_oauth import BEARER, READ, Robot
from walking import World

MANIFEST = """{
  provider: "post",
  title: "Post",
  origin: "%(gmail)s",
  credential: { kind: "bearer" },
  oauth: {
    issuer: "%(google)s",
    authorization: "%(google)s/o/oauth2/v2/auth",
    token: "%(google)s/token",
    scopes: ["%(read)s"],
    refresh: { rotation: "none", marginSeconds: 300 },
  },
  account: { requests: [{ method: "GET", path: "/gmail/v1/users/me/profile" }], id: "/emailAddress", email: "/emailAddress" },
  refusal: { code: "/error/status", message: "/error/message" },
  tools: [
    {
      name: "post.list",
      title: "List mail",
      description: "Lists the messages.",
      effect: "read",
      scopes: ["%(read)s"],
      labels: { integrity: "outsider" },
      request: { method: "GET", path: "/gmail/v1/users/me/messages" },
    },
  ],
}
"""


@pytest.fixture
def world(tmp_path):
    world = World(tmp_path)
    origins = {name: world.acme.origins[name] for name in ("gmail", "google")}
    pathlib.Path(world.home.path, "providers", "post.json5").write_text(MANIFEST % (origins | {"read": READ}))
    for person in ("alice", "dana"):
        world.home.run("people", "add", person, "--email", f"{person}@acme.test")
    world.home.run("agents", "add", "robot", "--acts-as", "claw", "--owner", "dana", "--users", "everyone",
                   "--slot", "post:agent", "--tool", "post.*", "--subject", "Assistant@acme.test")
    world.home.serve()
    yield world
    world.stop()


def test_it_is_whom_its_list_names_and_at_the_next_call_no_more(world, tmp_path):
    robot = Robot(world.acme, scopes=[READ])
    # Google itself takes every user of the domain.
    for anybody in ("dana", "bob", "assistant"):
        assert robot.access(f"{anybody}@acme.test")
    asked = [entry for entry in world.acme.journal() if entry.get("grant") == BEARER]
    assert [entry["owner"] for entry in asked] == ["dana", "bob", "assistant"]

    file = tmp_path / "key.json"
    file.write_text(json.dumps(robot.key))
    begun = len(world.acme.journal())

    def add(subject):
        return world.home.command(
            "connections", "add", "post", "--agent", "robot", "--service-account", str(file), "--subject", subject)

    for subject, because in (("bob@acme.test", "may not be"), ("dana@acme.test", "is a person's")):
        refused = add(subject)
        assert refused.returncode != 0 and because in refused.stdout + refused.stderr, refused
    assert len(world.acme.journal()) == begun, "nobody was asked"

    assert add("assistant@acme.test").returncode == 0
    token = world.home.token("dana", "robot")
    kind, result = world.home.call("robot", token, "post.list", {})
    assert kind == "done", result
    used = [(entry["call"], entry["owner"]) for entry in world.acme.journal()[begun:]]
    assert {owner for _, owner in used} == {"assistant"}, used
    assert {"google.token", "gmail.users.messages.list"} <= {call for call, _ in used}

    world.home.run("agents", "edit", "robot", "--without-subject", "assistant@acme.test")
    quiet = len(world.acme.journal())
    kind, result = world.home.call("robot", token, "post.list", {})
    assert result["structuredContent"]["error"]["rule"] == "credential.asserted-subject", result
    assert len(world.acme.journal()) == quiet, "the token that is held isn't used, and no other is asked for"
    told = world.home.run("explain", "robot", "post.list", "--as", "dana")
    assert "credential.asserted-subject" in json.dumps(told), "who asks beforehand is told the same"

    # Robot is still whom it was at Google: only Deputy's list held it back.
    assert robot.access("assistant@acme.test")
    world.home.run("agents", "edit", "robot", "--subject", "assistant@acme.test")
    assert world.home.call("robot", token, "post.list", {})[0] == "done"


def test_what_isnt_an_address_is_on_no_list(world, tmp_path):
    refused = world.home.command("agents", "edit", "robot", "--subject", "assistant")
    assert refused.returncode != 0 and "`assistant` isn't a mail address" in refused.stdout + refused.stderr
    file = pathlib.Path(world.home.path) / "robot.json5"
    file.write_text('{ agents: { list: [ {\n  id: "robot", owner: "dana", actsAs: "claw",\n  users: "everyone", slots: ["post:agent"],\n'
                    '  subjects: ["assistant@acme.test", "not an address"],\n} ] } }\n')
    refused = world.home.command("plan", str(file))
    assert refused.returncode != 0 and "4:13: `not an address` isn't a mail address" in refused.stdout + refused.stderr
    file.write_text(file.read_text().replace(', "not an address"', ', "second@acme.test"'))
    planned = world.home.run("plan", str(file))["agents"][0]
    assert planned["change"] == "change", planned
    world.home.run("apply", str(file), "--yes")
    shown = world.home.run("agents", "show", "robot")
    assert shown["subjects"] == ["assistant@acme.test", "second@acme.test"]
    exported = world.home.command("export")
    assert exported.returncode == 0 and "second@acme.test" in exported.stdout
