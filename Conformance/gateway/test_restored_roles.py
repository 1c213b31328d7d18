"""A restore gives nobody a role back that ended since."""

import postgres


@postgres.embedded_only("copies deputy.sqlite; a PostgreSQL is backed up by its own tools")
def test_a_role_that_ended_since_the_backup_stays_ended(home, tmp_path):
    for person in ("dana", "bob"):
        home.run("people", "role", person, "payload_reader")
    file = str(tmp_path / "monday.backup")
    home.run("backup", file)
    home.run("people", "role", "dana", "payload_reader", "--end")
    home.stop()
    home.run("restore", file, "--replace")
    home.serve()
    roles = {name: home.run("people", "show", name)["roles"] for name in ("dana", "bob")}
    assert roles == {"dana": [], "bob": ["payload_reader"]}
    ended = [leaf for leaf in home.leaves() if leaf.get("change") == "person.role-ended"]
    assert [leaf["person"] for leaf in ended] == ["dana"] and ended[0]["because"]
