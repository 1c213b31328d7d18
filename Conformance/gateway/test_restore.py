"""Backups hold everything but the keys; a restored home gives up what was handed out, and gives nothing back."""

import os
import pathlib
import subprocess
import time
import urllib.parse

import postgres
import pytest

SEARCH = {"query": "q4"}

pytestmark = postgres.embedded_only("copies and replaces deputy.sqlite; a PostgreSQL is backed up by its own tools")


@pytest.fixture
def backed_up(home, tmp_path):
    """A home with a backup, and what was taken away after it."""
    home.file = str(tmp_path / "monday.backup")
    workspace = pathlib.Path(home.path) / "workspaces/email"
    workspace.mkdir(parents=True, exist_ok=True)
    (workspace / "NOTES.md").write_text("written by Dana")
    answer = home.run("backup", home.file)
    assert answer["files"] >= 1 and answer["bytes"] == pathlib.Path(home.file).stat().st_size
    return home


def test_a_backup_shows_nothing_and_is_its_owners_alone(backed_up, acme):
    text = pathlib.Path(backed_up.file).read_bytes()
    assert pathlib.Path(backed_up.file).stat().st_mode & 0o777 == 0o600
    for word in ("alice@acme.test", "SQLite format", "written by Dana", *acme.secrets()):
        assert word.encode() not in text
    again = backed_up.command("backup", backed_up.file)
    assert again.returncode == 1 and "exists already" in again.stdout
    assert not [path for path in pathlib.Path(backed_up.path).iterdir() if "copy" in path.name]
    assert not list(pathlib.Path(backed_up.file).parent.glob("*.part"))
    changes = [leaf["change"] for leaf in backed_up.leaves("system") if "change" in leaf]
    assert changes.count("home.backed-up") == 1, "what failed isn't recorded as done"


def test_a_restored_home_voids_what_was_handed_out_and_gives_nothing_back(backed_up, acme):
    home = backed_up
    asked = home.call("email", home.tokens["dana"], "gmail.send",
                      {"to": ["x@elsewhere.example"], "subject": "s", "body": "b"})
    waiting = home.run("approvals", "list")["approvals"]
    assert asked[0] != "done" and len(waiting) == 1
    later = home.file + ".later"
    home.run("backup", later)
    revoked = next(row["id"] for row in home.run("connections", "list")["connections"]
                   if (row["owner"], row["provider"]) == ("person:bob", "notion"))
    home.run("connections", "revoke", revoked)
    home.run("people", "suspend", "carol")
    assert home.command("restore", later, "--replace").returncode == 2, "a running gateway holds its home"
    home.stop()
    refused = home.command("restore", later)
    assert refused.returncode == 2 and "--replace" in refused.stdout
    answer = home.run("restore", later, "--replace")
    assert answer["revoked"] == [revoked] and "person:carol" in answer["suspended"] and answer["knew_since"]
    assert answer["findings"] == [] and pathlib.Path(answer["replaced"]).exists()
    home.serve()
    assert home.run("ledger", "verify")["intact"]
    assert [leaf["change"] for leaf in home.leaves("system") if "change" in leaf][-1] == "home.restored"
    status, _, _ = home.post("onboarding", home.tokens["alice"], {"jsonrpc": "2.0", "id": 1, "method": "tools/list"})
    assert status == 401, "a token of the backup is void"
    assert home.run("approvals", "list")["approvals"] == []
    assert home.run("approvals", "show", waiting[0]["id"])["state"] == "void"
    standing = {row["id"]: row["standing"] for row in home.run("people", "list")["people"]}
    assert standing["carol"] == "suspended" and standing["alice"] == "active"
    token = home.token("alice")
    seen = len(acme.journal())
    assert home.call("onboarding", token, "notion.search", SEARCH)[0] == "done"
    assert {entry["owner"] for entry in acme.journal()[seen:]} == {"alice"}
    assert home.call("onboarding", home.token("bob"), "notion.search", SEARCH)[0] == "connection_required"
    # The key file is enough for the secrets; the clock never runs below what the ledger saw.
    times = [leaf["time"] for leaf in home.leaves()]
    assert times == sorted(times)


def test_a_lost_home_comes_back_with_its_keys_and_files(backed_up, acme, tmp_path):
    home = backed_up
    home.stop()
    lost = pathlib.Path(home.path)
    lost.rename(tmp_path / "lost")
    no_keys = home.command("restore", home.file)
    assert no_keys.returncode == 2
    lost.mkdir(mode=0o700)
    (lost / "keys").mkdir(mode=0o700)
    no_keys = home.command("restore", home.file)
    assert no_keys.returncode == 2 and "keys/vault.key" in no_keys.stdout
    key = lost / "keys/vault.key"
    key.touch(0o600)
    key.write_text((tmp_path / "lost/keys/vault.key").read_text())
    answer = home.run("restore", home.file)
    assert not answer["knew_since"] and answer["connections"] == 8 and answer["replaced"] is None
    assert (lost / "workspaces/email/NOTES.md").read_text() == "written by Dana"
    home.serve()
    assert home.call("onboarding", home.token("alice"), "notion.search", SEARCH)[0] == "done"


def test_a_backup_that_was_cut_or_altered_changes_nothing(backed_up, deputy, tmp_path):
    home = backed_up
    home.stop()
    before = pathlib.Path(home.path, "deputy.sqlite").read_bytes()
    whole = pathlib.Path(home.file).read_bytes()
    altered = bytearray(whole)
    altered[len(altered) // 2] ^= 1
    other = str(tmp_path / "other")
    assert deputy("init", "other", "--domain", "other.test", "--home", other).returncode == 0
    foreign = str(tmp_path / "foreign.backup")
    assert deputy("backup", foreign, "--home", other).returncode == 0
    for content, words in (
        (whole[:-1], "is cut off"), (whole[:40], "isn't a backup"), (bytes(altered), "was altered"),
        (before, "isn't a backup"), (pathlib.Path(foreign).read_bytes(), "was sealed with key"),
    ):
        file = tmp_path / "broken.backup"
        file.write_bytes(content)
        result = home.command("restore", str(file), "--replace")
        assert result.returncode == 2 and words in result.stdout, result.stdout
        assert pathlib.Path(home.path, "deputy.sqlite").read_bytes() == before
        assert not list(pathlib.Path(home.path).glob("*.restoring*"))
    home.serve()
    assert home.call("onboarding", home.tokens["alice"], "notion.search", SEARCH)[0] == "done"


def test_a_restored_home_voids_windows_what_waits_and_links_to_sign_in(home, tmp_path):
    inside = {"to": ["alice@acme.test"], "subject": "s", "body": "b"}
    waits = inside | {"subject": "another"}
    token, dana = home.tokens["bob"], home.browser("dana")

    def asked(token, arguments):
        kind, result = home.call("email", token, "gmail.send", arguments)
        assert kind == "approval_required", (kind, result)
        return result["structuredContent"]["error"]["approval"]

    assert dana.approve(asked(token, inside), window="arguments")[0] == 303
    deadline = time.time() + 60
    while (kind := home.call("email", token, "gmail.send", inside)[0]) == "approval_running" and time.time() < deadline:
        time.sleep(0.05)
    assert kind == "done" and home.call("email", token, "gmail.send", inside)[0] == "done", "the window is open"
    pending = asked(token, waits)
    link = home.run("login", "carol")["link"]
    file = str(tmp_path / "open.backup")
    home.run("backup", file)
    home.stop()
    home.run("restore", file, "--replace")
    home.serve()
    host = urllib.parse.urlsplit(home.url).netloc
    dana.host = host
    assert dana.send("GET", "/approvals")[0] != 200, "a browser's session is void"
    stranger = home.browser("carol")
    stranger.cookie = None
    stranger.host = host
    stranger.sign_in(link)
    assert stranger.send("GET", "/approvals")[0] != 200, "so is a link that nobody had used"
    assert home.run("approvals", "show", pending)["state"] == "void"
    dana = home.browser("dana")
    assert "Nothing is open" in dana.send("GET", "/approvals")[1]
    assert home.post("email", token, {"jsonrpc": "2.0", "id": 1, "method": "ping"})[0] == 401
    fresh = home.token("bob")
    assert asked(fresh, inside) and asked(fresh, waits) != pending
    assert home.run("ledger", "verify")["intact"]


def test_a_killed_restore_leaves_the_home_as_it_was(backed_up, deputy):
    home = backed_up
    home.stop()
    child = subprocess.run(
        [deputy.path, "restore", home.file, "--replace", "--home", home.path],
        env=deputy.environment | {"DEPUTY_KILL_AT": "before-restore:1"}, capture_output=True, timeout=60)
    assert child.returncode == -9
    home.serve()
    assert home.call("onboarding", home.tokens["alice"], "notion.search", SEARCH)[0] == "done"
    home.stop()
    assert home.run("restore", home.file, "--replace")["knew_since"]
    home.serve()
    assert home.run("ledger", "verify")["intact"]


def test_the_log_of_a_lost_database_is_never_replayed(backed_up):
    """Killed, and the database moved away by hand: its log stays behind."""
    home = backed_up
    home.gateway.kill()
    home.gateway.wait()
    home.gateway = None
    database = pathlib.Path(home.path, "deputy.sqlite")
    assert pathlib.Path(f"{database}-wal").stat().st_size > 0
    database.rename(f"{database}.bad")
    answer = home.run("restore", home.file)
    assert not answer["knew_since"]
    home.serve()
    assert home.post("onboarding", home.tokens["alice"], {"jsonrpc": "2.0", "id": 1, "method": "tools/list"})[0] == 401
    restored = [leaf for leaf in home.leaves("system") if leaf.get("change") == "home.restored"]
    assert len(restored) == 1 and restored[0]["superseded"], "a witness is told how far the lost one went"
    assert home.run("ledger", "verify")["intact"]


def test_what_was_revoked_is_never_forgotten_in_passing(backed_up):
    home = backed_up
    revoked = next(row["id"] for row in home.run("connections", "list")["connections"] if row["owner"] == "person:bob")
    home.run("connections", "revoke", revoked)
    home.stop()
    home.sql("DELETE FROM leaves WHERE CAST(record AS TEXT) LIKE '%connection.revoked%'")
    refused = home.command("restore", home.file, "--replace")
    assert refused.returncode == 2 and "--forget-what-was-revoked" in refused.stdout, refused.stdout
    answer = home.run("restore", home.file, "--replace", "--forget-what-was-revoked")
    assert not answer["knew_since"] and answer["revoked"] == []
    assert "it holds sealed secrets" in home.command("doctor").stdout


def test_restored_files_go_where_no_link_leads(backed_up, tmp_path):
    home = backed_up
    home.stop()
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    workspaces = pathlib.Path(home.path) / "workspaces"
    (workspaces / "email" / "NOTES.md").unlink()
    (workspaces / "email").rename(workspaces / "moved")
    (workspaces / "email").symlink_to(elsewhere)
    answer = home.run("restore", home.file, "--replace")
    assert "workspaces/email/NOTES.md" in answer["kept"] and list(elsewhere.iterdir()) == []


def test_odd_files_are_refused_at_once(backed_up, tmp_path):
    home = backed_up
    home.stop()
    os.mkfifo(tmp_path / "pipe")
    for odd in (tmp_path / "pipe", tmp_path, tmp_path / "nothing", "/dev/zero", f"{home.path}/deputy.sqlite"):
        result = home.command("restore", str(odd), "--replace")
        assert result.returncode == 2, odd
    for odd in ("", str(tmp_path), str(tmp_path / "no/where"), home.file):
        assert home.command("backup", odd).returncode == 1, odd
    assert home.command("people", "list").returncode == 0
