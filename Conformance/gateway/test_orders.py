"""What a delegate does when nobody asks: only what its standing orders say, as often and as long as they say it."""

import json
import pathlib
import time

import pytest
from test_schedules import calls, ended, runs, schedule, until

INSIDE = '/call gmail.send {"to": ["bob@acme.test"], "subject": "Triage", "body": "two new"}'
OUTSIDE = '/call gmail.send {"to": ["pat@stranger.example"], "subject": "Triage", "body": "two new"}'
ORDER = {"id": "triage", "principal": "dana", "tools": ["gmail.send"], "effects": ["send"], "to": ["bob"], "callsPerDay": 2,
         "until": "2099-12-31"}


class Delegate:
    def __init__(self, home, folder):
        self.home, self.folder = home, folder
        home.run("agents", "add", "del", "--acts-as", "delegate", "--tier", "3", "--principal", "dana", "--owner", "dana",
                 "--users", "everyone", "--slot", "gmail:agent", "--allow", "gmail.*", "--sandbox", "all", "--audit-days", "365")
        home.run("connections", "add", "gmail", "--agent", "del", "--shared-with-owner", secret=home.acme.tokens["gmail"]["dana"])
        home.run("models", "add", "default", "--speaks", "offline")
        self.file = pathlib.Path(home.path) / "workspaces" / "del" / "AGENTS.md"

    def write(self, *orders):
        text = self.file.read_text()
        head, rest = text.split("```standing-orders\n", 1)
        block = json.dumps(list(orders)) + "\n" if orders else ""
        self.file.write_text(head + "```standing-orders\n" + block + rest[rest.index("```"):])

    def asks(self, message):
        definition = self.home.run("export")
        given = next(one for one in definition["agents"]["list"] if one["id"] == "del")
        given["schedules"] = [schedule(message=message)]
        path = self.folder / "del.json5"
        path.write_text(json.dumps({"agents": {"list": [given]}}))
        self.home.run("apply", str(path), "--yes")

    def run(self):
        count = len(runs(self.home, "del")) + 1
        self.home.run("schedules", "run-now", "del", "morning")
        return ended(self.home, count, "del")[0]

    def sent(self):
        return len(calls(self.home, "gmail.users.messages.send"))

    def decisions(self):
        return [leaf for leaf in self.home.leaves() if leaf.get("tool") == "gmail.send" and "verdict" in leaf]


@pytest.fixture
def delegate(empty, tmp_path):
    empty.populate().serve()
    return Delegate(empty, tmp_path)


def test_nothing_is_done_without_an_order_that_was_taken(delegate):
    delegate.asks(INSIDE)
    assert delegate.run()["calls"][0]["error"]
    delegate.write(ORDER)
    assert delegate.run()["calls"][0]["error"], "written isn't taken"
    assert delegate.sent() == 0


def test_an_order_is_for_what_it_says_and_as_often(delegate):
    delegate.asks(INSIDE)
    delegate.write(ORDER)
    taken = delegate.home.run("orders", "take", "del")
    assert taken["orders"][0]["tools"] == ["gmail.send"] and not taken["edited"]
    for number in (1, 2):
        assert delegate.run()["calls"] == [{"tool": "gmail.send", "error": False}]
        assert delegate.sent() == number
    # The leaf says which order, and which revision of it.
    permitted = [leaf for leaf in delegate.decisions() if leaf["verdict"] == "permit"]
    assert {(leaf["order"], leaf["order_revision"], leaf["trigger"], leaf["requester"]) for leaf in permitted} == {
        ("triage", taken["revision"], "schedule", "nobody")}
    assert delegate.run()["calls"][0]["error"], "two a day"
    assert delegate.sent() == 2
    assert delegate.home.run("ledger", "verify")


def test_nothing_leaves_the_organization_by_an_order(delegate):
    delegate.asks(OUTSIDE)
    delegate.write(ORDER | {"to": "insiders"})
    delegate.home.run("orders", "take", "del")
    assert delegate.run()["calls"][0]["error"]
    assert delegate.sent() == 0
    assert delegate.home.run("approvals", "list")["approvals"] == []


def test_an_edited_order_counts_no_more_until_it_is_taken_anew(delegate):
    delegate.asks(INSIDE)
    delegate.write(ORDER)
    delegate.home.run("orders", "take", "del")
    delegate.write(ORDER | {"callsPerDay": 50})
    assert delegate.home.run("orders", "show", "del")["edited"]
    assert delegate.run()["calls"][0]["error"]
    assert "tier.order-edited" in json.dumps(delegate.home.leaves())
    delegate.home.run("orders", "take", "del")
    assert not delegate.run()["calls"][0]["error"]
    # Nobody has to take that there is none any more.
    delegate.write()
    assert delegate.run()["calls"][0]["error"]
    assert delegate.sent() == 1


def test_an_order_ends(delegate):
    delegate.asks(INSIDE)
    soon = time.gmtime(time.time() + 75)
    delegate.write(ORDER | {"until": time.strftime("%Y-%m-%dT%H:%M", soon)})
    delegate.home.run("orders", "take", "del")
    assert not delegate.run()["calls"][0]["error"]
    until(lambda: time.gmtime()[:5] >= soon[:5], seconds=90)
    assert delegate.run()["calls"][0]["error"]
    assert "tier.order-expired" in json.dumps(delegate.home.leaves())
    assert delegate.sent() == 1


def test_what_is_wrong_is_told_with_its_place(delegate):
    for wrong, told in (({"principal": "bob"}, "isn't the only principal"), ({"tools": ["gmail.sned"]}, "gmail.send"),
                        ({"to": ["nobody-here"]}, "no person is called"), ({"until": "2020-01-01"}, "has passed"),
                        ({"effects": ["delete"]}, "may not delete")):
        delegate.write(ORDER | wrong)
        refused = delegate.home.command("orders", "take", "del")
        assert refused.returncode != 0 and told in refused.stdout, refused.stdout
        assert "AGENTS.md:" in refused.stdout
    assert delegate.home.run("orders", "show", "del")["orders"] == []


def test_what_somebody_asks_for_needs_no_order(delegate):
    kind, result = delegate.home.call(
        "del", delegate.home.token("dana", "del"), "gmail.send",
        {"to": ["bob@acme.test"], "subject": "Triage", "body": "two new"})
    assert kind != "done" and "approval" in json.dumps(result), "and is agreed to as ever"
    assert delegate.sent() == 0
