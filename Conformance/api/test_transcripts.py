"""What a person said to agents is theirs to take along, and nobody else's to read."""

import json
import time

import pytest
from test_api import MAIL, SEARCH, wait


@pytest.fixture
def export(home):
    """The lines of a person's transcript, by their own link."""
    def run(person, *arguments, link=None):
        link = link or home.run("login", person)["link"]
        result = home.plain("sessions", "export", *arguments, text=link + "\n")
        assert result.returncode == 0, result.stderr
        return [json.loads(line) for line in result.stdout.splitlines()]

    return run


def test_a_person_takes_along_what_they_said_and_were_told(home, program, export):
    for person in ("alice", "bob"):
        said = program(person, "onboarding")
        said.write("m1", f"{SEARCH}\ncanary-{person}")
        wait(said, "m1", "answered")
    lines = export("alice")
    assert [line["role"] for line in lines] == ["person", "agent"]
    assert "canary-alice" in lines[0]["text"] and lines[1]["text"]
    assert all({"session", "agent", "channel", "turn", "time", "labels"} <= set(line) for line in lines)
    assert "canary-bob" not in json.dumps(lines)
    session = lines[0]["session"]
    assert session in [s["id"] for s in home.run("sessions", "list")["sessions"]]
    assert export("alice", session) == lines
    assert export("bob", session) == [], "another person's session isn't there"
    status, page = home.browser("bob").send("GET", f"/transcript?session={session}")
    assert (status, page) == (200, "")


def test_without_a_persons_own_link_there_is_nothing(home, program):
    said = program("alice", "onboarding")
    said.write("m1", "canary-alice")
    wait(said, "m1", "answered")
    link = home.run("login", "alice")["link"]
    assert home.plain("sessions", "export", text=link + "\n").returncode == 0
    again = home.plain("sessions", "export", text=link + "\n")
    assert again.returncode != 0 and "canary" not in again.stdout + again.stderr, "a link works once"
    status, _, _ = said.send("GET", "/../../../transcript")
    assert status in (303, 404)
    assert "canary" not in json.dumps([home.run("sessions", "list"), home.run("messages", "list")])


def test_who_is_erased_has_said_nothing(home, program, export):
    said = program("alice", "onboarding")
    said.write("m1", "canary-alice")
    wait(said, "m1", "answered")
    home.run("people", "suspend", "alice")
    home.run("people", "erase", "alice", "--yes")
    home.run("people", "resume", "alice")
    assert [line["text"] for line in export("alice")] == [None, None]
    assert home.run("ledger", "verify")


def test_what_was_said_is_destroyed_when_its_days_are_over(home, program, export):
    said = program("alice", "onboarding")
    for id in ("m1", "m2"):
        said.write(id, f"canary-{id}")
        wait(said, id, "answered")
    assert home.run("sessions", "keep", "--days", "7", "--agent", "onboarding") == {"days": None, "agents": {"onboarding": 7}}
    assert home.run("sessions", "keep")["agents"] == {"onboarding": 7}
    refused = home.command("sessions", "keep", "--days", "7", "--agent", "nobody")
    assert refused.returncode != 0
    port = int(home.url.rsplit(":", 1)[1])
    home.stop()
    home.sql("UPDATE turns SET touched = touched - $1 WHERE id = (SELECT id FROM turns ORDER BY began LIMIT 1)", 8 * 86_400_000_000)
    home.serve(port)
    deadline = time.time() + 60
    while home.sql("SELECT COUNT(*) FROM turns")[0][0] > 1 and time.time() < deadline:
        time.sleep(0.2)
    assert [line["text"] for line in export("alice") if line["role"] == "person"] == ["canary-m2"]
    expired = [leaf for leaf in home.leaves() if leaf.get("change") == "transcripts.expired"]
    assert len(expired) == 1 and expired[0]["turns"] == 1
    assert home.run("ledger", "verify")


def test_how_long_what_was_said_is_kept_is_a_key_of_the_definition(home, program, tmp_path):
    said = program("alice", "onboarding")
    for id in ("m1", "m2"):
        said.write(id, f"canary-{id}")
        wait(said, id, "answered")
    exported = home.run("export")
    exported["organization"]["transcripts"] = {"retainDays": 90}
    agents = {agent["id"]: agent for agent in exported["agents"]["list"]}
    agents["onboarding"]["transcripts"] = {"retainDays": 7}
    file = tmp_path / "home.json5"
    file.write_text(json.dumps(exported))
    planned = home.run("plan", str(file))
    assert [change["key"] for change in planned["organization"]] == ["transcripts"]
    home.run("apply", str(file))
    assert home.run("sessions", "keep") == {"days": 90, "agents": {"onboarding": 7}}
    assert home.run("export") == exported and home.run("plan", str(file))["changes"] is False
    agents["onboarding"]["transcripts"] = {"retainDays": 0}
    file.write_text(json.dumps(exported))
    refused = home.command("plan", str(file))
    assert refused.returncode == 1 and "retainDays" in refused.stdout
    port = int(home.url.rsplit(":", 1)[1])
    home.stop()
    home.sql("UPDATE turns SET touched = touched - $1 WHERE id = (SELECT id FROM turns ORDER BY began LIMIT 1)", 11 * 86_400_000_000)
    late = [f["message"] for f in home.run("doctor")["findings"] if "should be destroyed by now" in f["message"]]
    assert late == ["what was said to `onboarding` should be destroyed by now"]
    home.serve(port)
    deadline = time.time() + 60
    while home.sql("SELECT COUNT(*) FROM turns")[0][0] > 1 and time.time() < deadline:
        time.sleep(0.2)
    assert home.sql("SELECT COUNT(*) FROM turns")[0][0] == 1
    assert not [f for f in home.run("doctor")["findings"] if "should be destroyed by now" in f["message"]]
    assert home.run("ledger", "verify")["intact"]


def test_a_session_begins_anew(home, program):
    said = program("alice", "email")
    said.write("m1", MAIL)
    wait(said, "m1", "parked")
    session, = home.run("sessions", "list")["sessions"]
    assert session["labels"] is not None
    assert home.run("sessions", "reset", session["id"])["stopped"] == 1
    wait(said, "m1", "stopped")
    assert home.run("sessions", "list")["sessions"] == []
    assert home.leaves()[-1]["change"] == "sessions.reset"
    unknown = home.command("sessions", "reset", session["id"])
    assert unknown.returncode == 1 and "sessions list" in unknown.stdout
    # A program begins nothing anew by itself.
    said.write("m3", "/new")
    wait(said, "m3", "answered")
    assert [s["id"] for s in home.run("sessions", "list")["sessions"]] == [session["id"]]
