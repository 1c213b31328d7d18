"""A PostgreSQL that its own tools bring back: the gateway notices, and goes on from there when it is told to."""

import subprocess


def bring_back(home, cluster, dump):
    cluster.sql(f"DROP DATABASE {home.name}", "postgres")
    cluster.database(home.name)
    subprocess.run(["psql", "-qX", "-v", "ON_ERROR_STOP=1", home.url_of_database], input=dump, check=True, capture_output=True)


def test_a_database_that_was_brought_back_is_noticed_and_voids_what_was_handed_out(moved, cluster):
    home = moved
    dump = subprocess.run(["pg_dump", home.url_of_database], check=True, capture_output=True).stdout
    home.serve()
    home.run("people", "suspend", "bob")
    home.stop()
    bring_back(home, cluster, dump)
    refused = home.command("people", "list")
    assert refused.returncode == 2 and "older copy" in refused.stdout and "--database-was-restored" in refused.stdout
    told = home.run("restore", "--database-was-restored")
    assert not told["knew_since"] and told["connections"] == 8 and told["findings"] == []
    home.serve()
    status, _, _ = home.post("onboarding", home.tokens["alice"], {"jsonrpc": "2.0", "id": 1, "method": "tools/list"})
    assert status == 401, "a token of then is void"
    assert home.call("onboarding", home.token("alice"), "notion.search", {"query": "q4"})[0] == "done"
    restored = [leaf for leaf in home.leaves("system") if leaf.get("change") == "home.restored"]
    assert len(restored) == 1 and restored[0]["superseded"], "a witness is told how far the lost one went"
    assert home.run("ledger", "verify")["intact"]


def test_a_home_in_a_database_has_no_backup_of_its_own(tmp_path, acme, moved, deputy_home):
    embedded = deputy_home(tmp_path / "embedded")
    backup = str(tmp_path / "backup")
    embedded.run("backup", backup)
    refused = moved.command("backup", str(tmp_path / "another"))
    assert refused.returncode == 1 and "pg_dump" in refused.stdout
    for arguments in ((backup,), (backup, "--replace")):
        refused = moved.command("restore", *arguments)
        assert refused.returncode == 2 and "--database-was-restored" in refused.stdout, "it would have no effect"
    assert len(moved.run("people", "list")["people"]) == 4
    refused = embedded.command("restore", "--database-was-restored")
    assert refused.returncode == 2 and "names no shared database" in refused.stdout
    for arguments in ((), (backup, "--database-was-restored")):
        assert embedded.command("restore", *arguments).returncode == 64
