"""What agents do by the clock: once for each time, as themselves, with what their owner still may."""

import json
import signal
import time

import postgres
import pytest
from test_slack_talk import Slack, bind
from waiting import until

SEARCH = '/call notion.search {"query": "plan"}'
MAIL = '/call gmail.send {"to": ["pat@stranger.example"], "subject": "On its own", "body": "hello"}'


def write(home, folder, agent, *schedules):
    """Gives an agent these schedules, and leaves the rest of its definition as it is."""
    definition = home.run("export")
    given = next(one for one in definition["agents"]["list"] if one["id"] == agent)
    given["schedules"] = list(schedules)
    path = folder / "schedules.json5"
    path.write_text(json.dumps({"agents": {"list": [given]}}))
    return home.command("apply", str(path), "--yes")


def schedule(name="morning", message=SEARCH, **more):
    return {"id": name, "cron": "0 7 * * 1-5", "tz": "Europe/Zurich", "message": message} | more


def due(home, ago=1):
    """Its time has come, so many seconds ago."""
    home.sql("UPDATE schedules SET next = $1", int((time.time() - ago) * 1e6))


def runs(home, agent="product", name="morning"):
    return home.run("schedules", "runs", agent, name)["runs"]


def ended(home, count=1, agent="product", name="morning"):
    return until(lambda: (lambda found: found if len(found) >= count and all("outcome" in run for run in found) else None)(
        runs(home, agent, name)))


def calls(home, name):
    return [entry["owner"] for entry in home.acme.journal() if entry["call"] == name and entry["status"] == 200]


@pytest.fixture
def clockwork(empty, tmp_path):
    empty.populate().serve()
    empty.connect()
    empty.run("models", "add", "default", "--speaks", "offline")
    return empty


def test_it_runs_once_when_it_is_due_as_the_agent_itself(clockwork, tmp_path):
    home = clockwork
    assert write(home, tmp_path, "product", schedule()).returncode == 0
    listed = home.run("schedules", "list")["schedules"]
    assert [(one["agent"], one["id"], one["state"], one["author"]) for one in listed] == [
        ("product", "morning", "active", "dana")]
    assert listed[0]["next"] > time.time() * 1e6
    assert runs(home) == []
    before = len(calls(home, "notion.search"))
    due(home)
    [run] = ended(home)
    assert (run["outcome"], run["calls"]) == ("answered", [{"tool": "notion.search", "error": False}])
    time.sleep(3)
    assert len(runs(home)) == 1
    # The provider's own journal says whose credential that was.
    assert calls(home, "notion.search")[before:] == ["product"]
    changes = [leaf.get("change") for leaf in home.leaves()]
    assert changes.count("schedule.began") == changes.count("schedule.ended") == 1
    lines = [json.loads(line) for line in home.plain(
        "schedules", "runs", "product", "morning", "--jsonl", "--home", home.path).stdout.splitlines()]
    assert [line["run"] for line in lines] == [run["run"]]
    assert home.run("ledger", "verify")


def test_a_process_that_is_killed_runs_it_neither_twice_nor_never(clockwork, tmp_path):
    home = clockwork
    assert write(home, tmp_path, "product", schedule(missed="once")).returncode == 0
    port = int(home.url.rsplit(":", 1)[1])
    before = len(calls(home, "notion.search"))
    for round in range(1, 5):
        due(home)
        time.sleep(0.25 * round)
        home.gateway.send_signal(signal.SIGKILL)
        home.gateway.wait()
        home.serve(port)
        ended(home, round)
    assert len(runs(home)) == 4
    # A read that was under way at the kill is made again; nothing else is.
    assert 4 <= len(calls(home, "notion.search")) - before <= 8
    assert len({run["due"] for run in runs(home)}) == 4
    assert home.run("ledger", "verify")


@pytest.mark.parametrize("missed, outcome", [("skip", "skipped"), ("once", "answered")])
def test_after_a_pause_of_the_gateway_it_runs_once_or_not_at_all(clockwork, tmp_path, missed, outcome):
    home = clockwork
    assert write(home, tmp_path, "product", schedule(missed=missed) | {"cron": "*/5 * * * *"}).returncode == 0
    port = int(home.url.rsplit(":", 1)[1])
    home.stop()
    due(home, ago=86_400)
    home.serve(port)
    [run] = ended(home)
    assert run["outcome"] == outcome
    [listed] = home.run("schedules", "list")["schedules"]
    assert 0 < listed["next"] / 1e6 - time.time() <= 300


def test_fleet_8_a_call_that_needs_a_person_waits_for_them_and_the_schedule_goes_on(clockwork, tmp_path):
    home = clockwork
    assert write(home, tmp_path, "email", schedule(message=MAIL)).returncode == 0
    due(home)
    [waiting] = until(lambda: home.run("approvals", "list")["approvals"])
    assert "outcome" not in runs(home, "email")[0]
    assert calls(home, "gmail.users.messages.send") == []
    due(home)
    until(lambda: len(runs(home, "email")) == 2)
    home.run("schedules", "pause", "email", "morning")
    assert home.run("schedules", "show", "email", "morning")["state"] == "paused"
    assert waiting["agent"] == "email"
    browser = home.browser("dana")
    assert browser.approve(waiting["id"])[0] == 303
    # The agent's mail account is one that Dana lent to it.
    assert until(lambda: calls(home, "gmail.users.messages.send")) == ["dana"]
    first = until(lambda: next((run for run in runs(home, "email") if "outcome" in run), None))
    assert (first["outcome"], [call["tool"] for call in first["calls"]]) == ("answered", ["gmail.send"])


def test_fleet_16_who_leaves_takes_along_what_ran_with_their_authority(clockwork, tmp_path):
    home = clockwork
    slack = Slack(home, "product")
    slack.link("alice")
    assert write(home, tmp_path, "product", schedule()).returncode == 0
    left = home.run("people", "offboard", "dana", "--agents-to", "alice")
    assert [line["text"] for line in left["remains"] if line["what"] == "schedule"] == [
        "`morning` of `product` rests until its new owner resumes it, who is told"]
    said = slack.wait(slack.alone("alice"), "has stopped")
    assert len(said) == 1 and f"{home.url}/schedules" in json.dumps(said)
    page = home.browser("alice").send("GET", "/schedules")[1]
    assert "morning" in page and "dana" in page and "left" in page
    shown = home.run("schedules", "show", "product", "morning")
    assert (shown["state"], shown["author"], shown["reason"]) == ("paused", "dana", "`dana` left")
    before = len(calls(home, "notion.search"))
    due(home)
    time.sleep(3)
    assert runs(home) == []
    assert home.command("schedules", "resume", "product", "morning").returncode == 0
    assert home.run("schedules", "show", "product", "morning")["author"] == "alice"
    due(home)
    ended(home)
    assert len(calls(home, "notion.search")) == before + 1


def test_who_is_suspended_stops_theirs(clockwork, tmp_path):
    home = clockwork
    assert write(home, tmp_path, "product", schedule()).returncode == 0
    home.run("people", "suspend", "dana")
    assert home.run("schedules", "show", "product", "morning")["state"] == "paused"
    assert "`morning` of `product` is paused" in home.command("doctor").stdout
    refused = home.command("schedules", "resume", "product", "morning")
    assert refused.returncode != 0 and "suspended" in refused.stdout + refused.stderr
    refused = home.command("schedules", "run-now", "product", "morning")
    assert refused.returncode != 0
    home.run("people", "resume", "dana")
    home.run("schedules", "resume", "product", "morning")
    home.run("schedules", "run-now", "product", "morning")
    assert ended(home)[0]["outcome"] == "answered"


def test_its_answer_goes_where_its_author_said_if_the_place_is_the_agents(clockwork, tmp_path):
    home = clockwork
    slack = Slack(home, "product")
    bind(home, tmp_path, product="product")
    place = home.acme.ask("POST", "/slack/channels", {"name": "briefing", "members": ["alice", "bob", slack.name]})["id"]
    deliver = {"channel": "slack/product", "to": place}
    assert write(home, tmp_path, "product", schedule(deliver=deliver), schedule("plain", "good morning", deliver=deliver)
                 ).returncode == 0
    home.run("schedules", "run-now", "product", "plain")
    ended(home, name="plain")
    before = slack.messages(place)
    assert [message["user"] for message in before] == [slack.app["user"]]
    sending = '/call attachments.send {"name": "plan.csv", "text": "name;day"}'
    given = next(one for one in home.run("export")["agents"]["list"] if one["id"] == "product")
    given["tools"]["use"] = [*given["tools"]["use"], "attachments.send"]
    given["lift"] = [{"tools": "attachments.send", "destinations": "nobody"}]
    (tmp_path / "product.json5").write_text(json.dumps({"agents": {"list": [given]}}))
    assert home.command("apply", str(tmp_path / "product.json5"), "--yes").returncode == 0
    assert write(home, tmp_path, "product", schedule(deliver=deliver), schedule("files", sending, deliver=deliver)).returncode == 0
    home.run("schedules", "run-now", "product", "files")
    ended(home, name="files")
    until(lambda: [file["name"] for message in slack.messages(place) for file in message.get("files", [])] == ["plan.csv"])
    before = slack.messages(place)
    # Another agent's place is told nothing.
    bind(home, tmp_path, email="product")
    home.run("schedules", "run-now", "product", "morning")
    assert "no binding gives" in ended(home)[0]["reason"]
    assert slack.messages(place) == before


def test_an_assistant_has_none(clockwork, tmp_path):
    refused = write(clockwork, tmp_path, "onboarding", schedule())
    assert refused.returncode != 0
    assert "assistant" in refused.stderr + refused.stdout


def test_a_mistake_is_told_with_its_place(clockwork, tmp_path):
    refused = write(clockwork, tmp_path, "product", schedule(tz="Europe/Zuerich"))
    assert refused.returncode != 0
    assert "schedules.json5:1:" in refused.stderr + refused.stdout
    assert "Europe/Zurich" in refused.stderr + refused.stdout


def read(home, person, *arguments):
    return home.plain("schedules", "read", *arguments, text=home.run("login", person)["link"] + "\n")


def test_whoever_owns_the_agent_reads_what_a_run_said_and_nobody_else(clockwork, tmp_path):
    home = clockwork
    assert write(home, tmp_path, "product", schedule()).returncode == 0
    home.run("schedules", "run-now", "product", "morning")
    [run] = ended(home)
    told = json.loads(read(home, "dana", "product", "morning", "--json").stdout)["runs"]
    assert [one["run"] for one in told] == [run["run"]] and "offline planner" in told[0]["said"][0]
    assert "answered" in (shown := read(home, "dana", "product", "morning").stdout) and "  " + told[0]["said"][0].split("\n")[0] in shown
    for person, name in (("bob", "morning"), ("dana", "evening")):
        refused = read(home, person, "product", name)
        assert refused.returncode == 1 and "no agent of yours has such a schedule" in refused.stderr + refused.stdout
        assert "offline planner" not in refused.stdout
    # What the agent's account showed was Dana's to read: to its next owner it stays closed.
    given = next(one for one in home.run("export")["agents"]["list"] if one["id"] == "product")
    (tmp_path / "owner.json5").write_text(json.dumps({"agents": {"list": [given | {"owner": "alice"}]}}))
    assert home.command("apply", str(tmp_path / "owner.json5"), "--yes").returncode == 0
    assert read(home, "dana", "product", "morning").returncode == 1
    told = json.loads(read(home, "alice", "product", "morning", "--json").stdout)["runs"]
    assert told[0]["said"] == [] and "isn't yours to read" in told[0]["reason"]


def test_whoever_owns_the_agent_is_told_where_they_talk_that_it_has_stopped(clockwork, tmp_path):
    home = clockwork
    slack = Slack(home, "product")
    slack.link("dana")
    home.run("models", "add", "gone", "--agent", "product", "--speaks", "openai-chat", "--model", "m", "--base", "http://127.0.0.1:9")
    assert write(home, tmp_path, "product", schedule()).returncode == 0
    home.sql("UPDATE schedules SET failures = 4")
    due(home)
    until(lambda: home.run("schedules", "show", "product", "morning")["state"] == "suspended", seconds=60)
    said = slack.wait(slack.alone("dana"), "has stopped")
    assert f"{home.url}/schedules" in json.dumps(said)
    time.sleep(1)
    assert len(slack.wait(slack.alone("dana"), "has stopped")) == 1, "once"


@postgres.embedded_only("replaces deputy.sqlite by a backup that the gateway made")
@pytest.mark.parametrize("missed, outcomes", [("skip", ["skipped"]), ("once", ["answered"])])
def test_after_a_restore_what_was_due_meanwhile_is_missed(clockwork, tmp_path, missed, outcomes):
    home = clockwork
    assert write(home, tmp_path, "product", schedule(missed=missed) | {"cron": "*/5 * * * *"}).returncode == 0
    home.stop()
    due(home, ago=7 * 86_400)
    copy = str(tmp_path / "last-week.backup")
    home.run("backup", copy)
    home.run("restore", copy, "--replace")
    before = len(calls(home, "notion.search"))
    home.serve()
    assert [run["outcome"] for run in ended(home)] == outcomes
    time.sleep(2)
    assert [run["outcome"] for run in ended(home)] == outcomes, "a week of it is one"
    assert len(calls(home, "notion.search")) - before == outcomes.count("answered")
    [listed] = home.run("schedules", "list")["schedules"]
    assert listed["state"] == "active" and 0 < listed["next"] / 1e6 - time.time() <= 300
    assert home.run("ledger", "verify")["intact"]
