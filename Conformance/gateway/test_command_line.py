"""Commands, their exit codes and their words."""

import json
import os
import pathlib
import signal
import subprocess

import pytest


def error(result):
    return json.loads(result.stdout)["error"]


def test_people_agents_tokens_and_connections_live_and_die(empty, acme):
    empty.populate().serve()
    assert [person["id"] for person in empty.run("people", "list")["people"]] == ["alice", "bob", "carol", "dana"]
    again = empty.command("agents", "set-identity", "product", "assistant")
    assert again.returncode == 1 and "stays one" in error(again)["message"]
    empty.run("agents", "add", "later", "--owner", "alice")
    assert empty.run("agents", "show", "later")["actsAs"] is None
    empty.run("agents", "set-identity", "later", "claw")
    made = empty.run("connections", "add", "notion", "--person", "alice", secret=acme.tokens["notion"]["alice"])
    assert made["email"] == "alice@acme.test"
    code = empty.run("tokens", "create", "alice", "--agent", "onboarding")["code"]
    status, _, _ = empty.post("onboarding", code, {"jsonrpc": "2.0", "id": 1, "method": "ping"})
    assert status == 401
    token = empty.run("tokens", "take-up", code)
    assert empty.command("tokens", "take-up", code).returncode == 1
    page = {"page_id": acme.ids["pages"]["alice_onboarding"]}
    assert empty.call("onboarding", token["token"], "notion.get_page", page)[0] == "done"
    explained = empty.run("explain", "onboarding", "notion.get_page", "--as", "alice", "--arguments", json.dumps(page))
    assert explained["verdict"] == "permit" and explained["on_behalf_of"] == "alice"
    empty.run("stop")
    assert empty.call("onboarding", token["token"], "notion.get_page", page)[0] == "denied"
    empty.run("resume")
    empty.run("connections", "revoke", made["id"])
    assert empty.call("onboarding", token["token"], "notion.get_page", page)[0] == "connection_required"
    empty.run("tokens", "revoke", token["id"])
    status, _, _ = empty.post("onboarding", token["token"], {"jsonrpc": "2.0", "id": 1, "method": "ping"})
    assert status == 401
    assert empty.run("ledger", "verify")["intact"]
    assert all(finding["grade"] != "bad" for finding in empty.run("doctor")["findings"])


@pytest.mark.parametrize(("arguments", "word"), [
    (("tokens", "create", "alise", "--agent", "onboarding"), "alice"),
    (("tokens", "create", "alice", "--agent", "onbording"), "onboarding"),
    (("agents", "add", "x", "--owner", "alice", "--slot", "noton:person"), "notion"),
    (("agents", "add", "x", "--owner", "alice", "--slot", "notion:person", "--tool", "notion.serach"), "notion.search"),
    (("agents", "add", "x", "--owner", "alice", "--acts-as", "assistent"), "assistant"),
    (("agents", "add", "x", "--owner", "alice", "--acts-as", "claw", "--slot", "notion:person"), "notion:agent"),
    (("people", "add", "erin", "--email", "erin@elsewhere.example"), "acme.test"),
    (("people", "add", "erin", "--email", "erin@acme.test", "--subject", "riplling=1"), "rippling"),
    (("explain", "onboarding", "notion.serach", "--as", "alice"), "notion.search"),
])
def test_a_mistake_is_told_with_the_way_out(empty, arguments, word):
    empty.populate()
    result = empty.command(*arguments)
    assert result.returncode == 1
    told = error(result)
    assert word in told["message"] + (told.get("hint") or "")


def test_whose_account_it_is_decides_where_it_may_be_kept(empty, acme):
    empty.populate().serve()
    secrets = acme.tokens["notion"]
    for arguments, secret in (
        (("--person", "alice"), secrets["bob"]), (("--agent", "product"), secrets["alice"]),
        (("--agent", "product", "--shared-with-owner"), secrets["alice"]), (("--person", "alice"), "not-a-token"),
        (("--agent", "product"), ""),
    ):
        result = empty.command("connections", "add", "notion", *arguments, secret=secret)
        assert result.returncode == 1, arguments
        assert secret not in result.stdout + result.stderr or not secret
    assert empty.run("connections", "list")["connections"] == []


def test_a_home_that_isnt_safe_or_free_is_refused(empty, deputy, tmp_path):
    empty.populate()
    path = pathlib.Path(empty.path)
    os.chmod(path, 0o755)
    assert empty.command("people", "list").returncode == 2
    os.chmod(path, 0o700)
    key = path / "keys/vault.key"
    os.chmod(key, 0o644)
    refused = empty.command("people", "list")
    assert refused.returncode == 2 and "chmod" in refused.stdout
    os.chmod(key, 0o600)
    whole = key.read_bytes()
    other = deputy("init", "other", "--domain", "other.test", "--home", str(tmp_path / "other"))
    assert other.returncode == 0
    key.write_bytes((tmp_path / "other/keys/vault.key").read_bytes())
    assert empty.command("people", "list").returncode == 2
    key.write_bytes(whole)
    empty.serve()
    held = deputy("serve", "--home", empty.path)
    assert held.returncode == 2 and "another process holds this home" in held.stderr and empty.path in held.stderr
    assert len(empty.run("people", "list")["people"]) == 4
    missing = deputy("people", "list", "--home", str(tmp_path / "nowhere"))
    assert missing.returncode == 2 and "deputy init" in missing.stderr
    assert deputy("peeple").returncode == 64


def test_a_home_is_made_in_no_folder_of_others(deputy, tmp_path):
    letters = tmp_path / "letters"
    letters.mkdir(mode=0o755)
    (letters / "to-pat.txt").write_text("Dear Pat")
    made = deputy("init", "acme", "--domain", "acme.test", "--home", str(letters))
    assert made.returncode == 2 and "`to-pat.txt`" in made.stderr and "hint: " in made.stderr
    assert letters.stat().st_mode & 0o777 == 0o755 and sorted(os.listdir(letters)) == ["to-pat.txt"]
    file = tmp_path / "file"
    file.write_text("")
    for folder in (file, file / "below"):
        made = deputy("init", "acme", "--domain", "acme.test", "--home", str(folder))
        assert made.returncode == 2 and made.stderr.startswith(f"deputy: error: the folder `{file}"), made.stderr


def test_a_metrics_port_that_is_taken_is_named_as_it_is(empty, deputy):
    import socket

    empty.populate()
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        refused = deputy("serve", "--home", empty.path, "--port", "0", "--metrics-address", f"127.0.0.1:{port}")
    assert refused.returncode == 1 and f"port {port} can't be listened at" in refused.stderr
    assert "--metrics-address" in refused.stderr


MAIL = {"to": ["pat@stranger.example"], "subject": "Meeting", "body": "Does Tuesday suit you?"}


def test_watching_begins_with_what_waits_and_tells_each_change(home, deputy):
    assert home.call("email", home.tokens["bob"], "gmail.send", MAIL)[0] == "approval_required"
    first = home.run("approvals", "list")["approvals"][0]
    child = subprocess.Popen(
        [deputy.path, "approvals", "watch", "--json", "--home", home.path], stdout=subprocess.PIPE, text=True,
        stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, env=deputy.environment,
        # As at a terminal, also where the tests themselves run in the background.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))
    try:
        assert json.loads(child.stdout.readline())["id"] == first["id"]
        home.call("email", home.tokens["bob"], "gmail.send", MAIL | {"subject": "Another"})
        second = json.loads(child.stdout.readline())
        assert second["id"] != first["id"] and second["state"] == "waiting"
        home.browser("dana").approve(first["id"])
        changed = json.loads(child.stdout.readline())
        assert changed["id"] == first["id"] and changed["state"] != "waiting"
        child.send_signal(signal.SIGINT)
        assert child.wait(60) != 0 and "Traceback" not in child.stderr.read()
    finally:
        child.kill()
        child.wait(10)
    text = deputy("approvals", "show", second["id"], "--home", home.path).stdout
    assert "waits for  dana" in text and "gmail.send (send)" in text and "Tuesday" not in text


def test_each_thing_that_is_listed_can_be_shown(home, deputy):
    for list_, key, name in (("agents", "agents", "id"), ("people", "people", "id"), ("connections", "connections", "id"),
                             ("tokens", "tokens", "id"), ("tools", "tools", "name")):
        for thing in home.run(list_, "list")[key][:2]:
            shown = home.run(list_, "show", thing[name])
            assert shown.get("id", thing[name]) == thing[name], (list_, shown)
            text = deputy(list_, "show", thing[name], "--home", home.path)
            assert text.returncode == 0 and thing[name].split(".")[-1] in text.stdout, (list_, text.stdout, text.stderr)
        unknown = home.command(list_, "show", "x" + thing[name])
        assert unknown.returncode == 1 and thing[name] in error(unknown)["hint"], (list_, unknown.stdout)


MISTAKES = """
agents show x | agents add notes --owner dan | agents add notes --owner dana --slot notion | agents add email --owner dana
agents set-identity product assistant | agents edit product --without-tool x | agents share product --with group:x
agents share product --with bob | agents share product --with person:x | agents unshare product --with person:bob
agents clone product copy --as clow | agents suspend prodct | agents workspace x | agents shares x
people show x | people add erin | people add Erin! --email erin@acme.test | people suspend x | people offboard x
groups show x | groups add sales --member x | groups add-member sales dana | groups remove sales
tokens create dana --agent x | tokens create x --agent email | tokens create dana --agent email --days 0 | tokens show x
tokens take-up nonsense | tokens take-up nonsense --url http://127.0.0.1:1 | tokens take-up nonsense --url x | tokens revoke x
connections add notion | connections add notion --person dana | connections add notion --person x --agent email
connections show x | connections revoke x | connections add notion --person dana --secret-file /nowhere
login dana | login x | notices set | notices set --smtp x | notices set --webhook x | notices test dana | notices test x
notices remove x | notices remove mail | servers add tickets nonsense | servers add tickets http://127.0.0.1:1/mcp
servers add T https://x.example/mcp | servers remove x | servers refresh x
tools show x | tools release x --effect read | tools release notion.search --effect read | tools release x --effect rea
sessions show x | sessions clear email | sessions clear email --person x | sessions clear x --person dana | sessions clear ses_x
explain x | explain 0 | explain email gmail.send | explain email gmail.send --as x | explain x gmail.send --as dana
explain email x --as dana | explain email gmail.send --as dana --arguments { | explain email gmail.send --as dana
ledger show 999 | ledger show abc | ledger show --limit 0 | ledger show --tree x | ledger tail --tree x | ledger show --since x
approvals show x | approvals approve x | approvals deny x | plan /nowhere | apply /nowhere | serve --port 99999
serve --host nowhere.invalid --port 0 | serve --public-url x | clients add claude email | clients add claude x --url https://x.example
init | init acme --domain x.test | completions | completions tcsh | nonsense | agents nonsense | agnets list | agents lst
"""


def test_every_mistake_names_the_way_out(empty, deputy):
    empty.populate()
    for line in MISTAKES.strip().splitlines():
        for mistake in line.split(" | "):
            words = mistake.split()
            home = [] if words[0] == "completions" else ["--home", empty.path]
            result = deputy(*words, *home, stdin=subprocess.DEVNULL)
            assert result.returncode in (1, 2, 64) and result.stdout == "", (mistake, result)
            if result.returncode == 64 and "has no command" not in result.stderr:
                assert result.stderr.startswith("Error: ") and "--help" in result.stderr, (mistake, result.stderr)
                continue
            # Only `serve` logs before it fails.
            assert result.stderr.startswith("deputy: error: ") or words[0] == "serve", (mistake, result.stderr)
            said = result.stderr[result.stderr.index("deputy: error: "):].rstrip()
            told, hint = said.split("\ndeputy: hint: ") if "\ndeputy: hint: " in said else (said, "")
            assert hint or "(write " in told, (mistake, result.stderr)
            assert not told.endswith("."), (mistake, told)


def test_a_port_that_is_taken_is_told(home, deputy, tmp_path):
    port = home.url.rsplit(":", 1)[1]
    deputy("init", "other", "--domain", "other.test", "--home", str(tmp_path / "other"), stdin=subprocess.DEVNULL)
    taken = deputy("serve", "--port", port, "--home", str(tmp_path / "other"), stdin=subprocess.DEVNULL)
    assert taken.returncode == 1 and "in use" in taken.stderr and "--port" in taken.stderr, taken.stderr


def test_a_command_that_there_isnt_is_told_with_the_one_that_there_is(deputy):
    for arguments, word in ((("agnets",), "agents"), (("agents", "lst"), "list"), (("ledger", "--json", "x"), "--help")):
        result = deputy(*arguments)
        assert result.returncode == 64 and word in result.stderr, (arguments, result.stderr)
    assert json.loads(deputy("agnets", "--json").stdout)["error"]["hint"] == "did you mean `agents`?"
    assert deputy("help", "agents").returncode == 0


def test_status_and_doctor_tell_of_the_kill_switch(home, deputy):
    def told():
        answers = home.run("status")["stopped"], [one["message"] for one in home.run("doctor")["findings"]]
        return answers[0], any("everything is stopped" in message for message in answers[1])

    assert told() == (False, False)
    home.run("stop")
    assert told() == (True, True)
    assert "deputy resume" in deputy("status", "--home", home.path).stdout
    home.run("resume")
    assert told() == (False, False)


def test_a_gateway_that_doesnt_run_is_up_since_never(empty, deputy):
    text = deputy("status", "--home", empty.path).stdout
    assert "not running" in text and "up since" not in text and "memory" not in text, text


@pytest.mark.parametrize("end", ["30d", "2020-01-01", "tomorrow"])
def test_a_secret_isnt_said_to_have_ended(empty, end):
    told = error(empty.command("apps", "add", "notion", "--client-id", "c", "--secret-expires", end, secret="s"))
    assert end in told["message"] and "2027-05-31" in told["hint"], told
    assert empty.run("apps", "list")["apps"] == []


def test_a_webhook_that_could_never_be_told_isnt_kept(empty):
    told = error(empty.command("notices", "set", "--webhook", "http://hooks.example.org/deputy"))
    assert "TLS" in told["message"] and "https://" in told["hint"], told
    assert "webhook" not in empty.run("notices", "show")
    assert empty.command("notices", "set", "--webhook", "http://127.0.0.1:9/hook").returncode == 0


def test_what_lacks_beside_automatic_is_named_alone(deputy):
    rotate = "apps", "rotate", "outlook", "--automatic"
    assert "--object-id" not in deputy(*rotate, "--object-id", "x").stderr.split("Usage")[0]
    assert "--every" not in deputy(*rotate, "--every", "90d").stderr.split("Usage")[0].split("Error")[1]
