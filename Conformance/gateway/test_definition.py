"""`deputy plan`, `apply` and `export` on the built binary."""

import json
import pathlib

import pytest

EMAIL = """{ agents: { list: [
  { id: "email", owner: "dana", actsAs: "claw", users: "everyone", slots: ["gmail:agent"], tools: { use: ["gmail.%s"] } },
] } }"""

CORPUS = pathlib.Path(__file__).resolve().parents[2] / "Tests" / "Corpus" / "definition"


def write(tmp_path, text, name="a.json5"):
    path = tmp_path / name
    path.write_text(text)
    return str(path)


def test_a_plan_is_shown_applied_and_then_empty(empty, tmp_path):
    empty.populate()
    file = write(tmp_path, EMAIL % "*")
    planned = empty.command("plan", file, "--exit-code")
    assert planned.returncode == 4
    plan = json.loads(planned.stdout)
    assert plan["agents"][0]["change"] == "change" and plan["agents"][0]["newly"] == [], "narrower: nothing new"
    empty.run("apply", file, "--yes")
    assert empty.command("plan", file, "--exit-code").returncode == 0
    wider = write(tmp_path, EMAIL.replace('"gmail:agent"', '"gmail:agent", "calendar:agent"').replace(
        '"gmail.%s"', '"gmail.*", "calendar.*"'))
    newly = empty.run("plan", wider)["agents"][0]
    assert any("calendar.create_event" in sentence for sentence in newly["newly"])
    words = newly["replay"][0]
    assert words.startswith("deputy explain email calendar.")


def test_what_a_plan_says_can_be_replayed(empty, tmp_path):
    import shlex
    empty.populate()
    wider = write(tmp_path, (EMAIL % "*").replace("email", "mailer"))
    replays = empty.run("plan", wider)["agents"][0]["replay"]
    empty.run("apply", wider, "--yes")
    assert replays
    for replay in replays:
        answer = empty.run(*shlex.split(replay)[1:])
        assert answer["verdict"] in ("permit", "ask", "connect", "deny"), replay


def test_the_seeds_example_loads_and_its_agents_can_do_nothing(empty, tmp_path):
    empty.populate()
    file = str(CORPUS / "seed" / "organizational-assistant.json5")
    refused = empty.command("plan", file)
    assert refused.returncode == 1 and "has no `owner`" in refused.stdout
    plan = empty.run("apply", file, "--yes", "--owner", "dana")
    assert len(plan["unavailable"]) == 11
    shown = empty.run("agents", "show", "org-assistant")
    assert shown["actsAs"] is None and shown["allowedTools"] == []
    exported = write(tmp_path, json.dumps(empty.run("export")), "export.json5")
    assert empty.command("plan", exported, "--exit-code").returncode == 0


@pytest.mark.parametrize("name", sorted(file.stem for file in (CORPUS / "seed").glob("*.json5")))
def test_each_example_of_the_seed_is_applied_as_it_stands(empty, name):
    empty.populate()
    flags = ["--as-agent"] if name.startswith("bare-") else []
    empty.run("apply", str(CORPUS / "seed" / f"{name}.json5"), "--yes", "--owner", "dana", *flags)
    agent = "org-assistant" if name == "organizational-assistant" else "delegate"
    assert empty.run("agents", "show", agent)["allowedTools"] == []


def test_every_mistake_is_told_at_its_place_and_nothing_is_changed(empty, tmp_path):
    empty.populate()
    before = empty.run("export")
    file = write(tmp_path, '{ agents: { list: [\n  { id: "x", owner: "dana", actsAs: "clawd" },\n  { id: "y", slot: [] } ] } }')
    result = empty.command("apply", file, "--yes")
    assert result.returncode == 1
    message = json.loads(result.stdout)["error"]["message"]
    assert f"{file}:2:37: `actsAs` can't be `clawd`" in message and "did you mean `claw`?" in message
    assert f"{file}:3:14: unknown key `slot` in an agent (did you mean `slots`?)" in message
    assert empty.run("export") == before


def test_a_clone_has_no_connections_and_the_first_one_stays(empty):
    empty.populate()
    empty.run("agents", "clone", "product", "product2", "--as", "assistant")
    assert empty.run("agents", "show", "product2")["actsAs"] == "assistant"
    assert empty.run("agents", "show", "product")["actsAs"] == "claw"
    assert not [c for c in empty.run("connections", "list")["connections"] if c["owner"] == "agent:product2"]


def test_a_name_that_is_a_path_is_refused_and_nothing_is_written(empty, tmp_path):
    empty.populate()
    before = empty.run("export")
    for agent in ("../../escaped", "Sales Bot", "a/b", ""):
        file = write(tmp_path, json.dumps({"agents": {"list": [{"id": agent, "owner": "dana"}]}}))
        assert empty.command("apply", file, "--yes").returncode == 1, agent
    file = write(tmp_path, '{ people: [ { id: "../eve", email: "eve@acme.test" } ] }')
    assert "can't be the name of a person" in empty.command("apply", file, "--yes").stdout
    assert empty.run("export") == before


def test_what_was_changed_by_hand_is_told_and_isnt_undone_in_passing(empty, tmp_path):
    empty.populate()
    file = write(tmp_path, EMAIL % "*")
    empty.run("apply", file, "--yes")
    empty.run("agents", "edit", "email", "--deny", "gmail.send")
    drift = empty.run("plan", file)["drift"]
    assert [(d["key"], d["undone"]) for d in drift] == [("deny", True)] and drift[0]["by"].startswith("operator:")
    refused = empty.command("apply", file, "--yes")
    assert refused.returncode == 1 and "--overwrite-drift" in refused.stdout
    exported = empty.command("export")
    assert exported.returncode == 0 and "`deny` of agent `email`" in exported.stderr
    assert any("`deny` of agent `email`" in f["message"] for f in empty.run("doctor")["findings"])
    taken = write(tmp_path, exported.stdout, "export.json5")
    empty.run("apply", taken, "--yes")
    assert empty.run("plan", taken)["drift"] == []


def test_what_no_file_names_any_more_is_suspended_and_keeps_its_connection(empty, tmp_path):
    empty.populate().serve()
    two = write(tmp_path, """{ agents: { list: [
      { id: "first", owner: "dana", actsAs: "claw", slots: ["notion:agent"], tools: { use: ["notion.*"] } },
      { id: "second", owner: "dana", actsAs: "claw", slots: ["notion:agent"], tools: { use: ["notion.*"] } } ] } }""")
    empty.run("apply", two, "--yes")
    empty.run("connections", "add", "notion", "--agent", "second", secret=empty.acme.tokens["notion"]["product"])
    one = write(tmp_path, """{ agents: { list: [
      { id: "first", owner: "dana", actsAs: "claw", slots: ["notion:agent"], tools: { use: ["notion.*"] } } ] } }""")
    assert empty.run("plan", one)["prunable"] == ["second"]
    empty.run("apply", one, "--yes", "--prune")
    assert empty.run("agents", "show", "second")["standing"] == "suspended"
    held = [c for c in empty.run("connections", "list")["connections"] if c["owner"] == "agent:second"]
    assert [c["health"] for c in held] == ["healthy"]
    explained = empty.run("explain", "second", "notion.search", "--as", "dana", "--arguments", '{"query":"x"}')
    assert explained["verdict"] == "deny"
    assert empty.run("agents", "show", "product")["standing"] == "active", "what a command added isn't pruned"
