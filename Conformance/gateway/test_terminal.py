"""Policy test 15: texts of others can't move the cursor, forge a line or break out of JSON, in tables, pages' feeds or logs."""

import json

EVIL = "x\x1b[2K\rdeputy: error: all is well\n\u202eevil\u0085\x9b31m\",\"injected\":\"1"


def plain(home, deputy, *arguments):
    return deputy(*arguments, "--home", home.path)


def is_inert(text):
    return not [c for c in text if (ord(c) < 0x20 and c != "\n") or 0x7F <= ord(c) < 0xA0 or c in "\u202e\u2066\u200b"]


def test_policy_15_a_name_with_control_characters_stays_a_name(empty, deputy):
    empty.populate()
    empty.run("people", "add", "carol", "--name", EVIL.replace("\n", " "), "--email", "carol@acme.test")
    empty.run("tokens", "create", "carol", "--agent", "email", "--label", EVIL)
    for command in (["people", "list"], ["tokens", "list"], ["agents", "list"], ["ledger", "tail"], ["people", "show", "carol"]):
        result = plain(empty, deputy, *command)
        assert result.returncode == 0, (command, result.stderr)
        assert is_inert(result.stdout), (command, result.stdout)
        assert "\ndeputy: error: all is well" not in result.stdout


def test_policy_15_json_stays_one_value(empty):
    empty.populate()
    empty.run("tokens", "create", "carol", "--agent", "email", "--label", EVIL)
    listed = empty.run("tokens", "list")
    assert [t["label"] for t in listed["tokens"]] == [EVIL]
    assert "injected" not in listed["tokens"][0]


def test_policy_15_what_a_server_answers_is_inert_in_logs(home):
    before = len(open(home.output.name, "rb").read())
    home.call("onboarding", home.tokens["alice"], "notion.search", {"query": EVIL})
    log = open(home.output.name, "rb").read()[before:].decode()
    for line in log.splitlines():
        assert is_inert(line), line
    assert not [line for line in log.splitlines() if line.startswith("deputy: error: all is well")]
    for leaf in home.leaves():
        json.dumps(leaf)
