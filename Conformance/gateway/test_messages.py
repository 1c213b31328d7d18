"""Messages that came to nothing are seen, tried again or dropped by the operator, who never sees what was written."""

import json
import urllib.error
import urllib.request

import pytest
from test_slack_talk import SEARCH, Slack, bind
from waiting import until


def counts(home):
    family = next(f for f in home.run("status")["metrics"] if f["name"] == "deputy_channel_refusals_total")
    return {(s["labels"]["channel"], s["labels"]["reason"]): s["value"] for s in family["samples"]}


def test_an_answer_that_slack_refuses_is_sent_again_by_hand(home, tmp_path):
    home.run("models", "add", "default", "--speaks", "offline")
    bind(home, tmp_path, onboarding="onboarding")
    slack = Slack(home, "onboarding")
    slack.link("alice")
    connections = home.run("connections", "list")["connections"]
    bot = next(c["id"] for c in connections if c["provider"] == "slack" and c.get("owner", {}) and "voice" in json.dumps(c))
    home.run("connections", "revoke", bot)
    slack.say("alice", f"canary-77 {SEARCH}")
    # Tries take hours: what an archived channel or a dead token does at the end is written here at once.
    entry = until(lambda: home.sql("SELECT id FROM outbox WHERE state = 'waiting' AND attempts > 0"))[0][0]
    home.sql("UPDATE outbox SET state = 'failed', reason = 'the connection of the account is gone' WHERE id = $1", entry)
    listed = home.command("messages", "list")
    assert "canary" not in listed.stdout and "offline planner" not in listed.stdout
    [message] = json.loads(listed.stdout)["messages"]
    assert message["id"] == entry and message["trouble"] == "failed" and message["can_retry"]
    assert any("messages list" in (f.get("hint") or "") for f in home.run("doctor")["findings"])
    home.run("messages", "retry", entry)
    assert home.run("messages", "list")["messages"] == []
    until(lambda: home.sql("SELECT id FROM outbox WHERE state = 'waiting' AND attempts > 0"))
    home.sql("UPDATE outbox SET state = 'unknown' WHERE id = $1", entry)
    refused = home.command("messages", "retry", entry)
    assert refused.returncode != 0 and "may have arrived" in refused.stdout + refused.stderr
    home.run("messages", "drop", entry)
    assert home.run("messages", "list")["messages"] == []
    assert home.sql("SELECT COUNT(*) FROM payloads WHERE id = $1", f"{entry}/message")[0][0] == 0
    kinds = [leaf.get("change") for leaf in home.leaves()]
    assert kinds.count("message.retried") == 1 and kinds.count("message.dropped") == 1
    assert home.run("ledger", "verify")


def test_what_slack_didnt_say_is_counted_with_its_reason(home, tmp_path):
    home.run("models", "add", "default", "--speaks", "offline")
    bind(home, tmp_path, onboarding="onboarding")
    slack = Slack(home, "onboarding")
    slack.link("alice")
    for fault in ("late", "forged", "unsigned", "malformed", "oversized", "duplicate"):
        slack.acme.ask("POST", "/slack/say", {"by": "alice", "text": SEARCH, "to": slack.name, "fault": fault})
    slack.acme.ask("POST", "/slack/say", {"by": "alice", "text": SEARCH, "to": slack.name})
    for method in ("GET", "PUT"):
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(urllib.request.Request(f"{home.url}/hooks/slack/onboarding", method=method))
        assert refused.value.code == 405
    wanted = {("slack", reason) for reason in ("method", "stale", "forged", "unsigned", "malformed", "oversized", "duplicate")}
    until(lambda: wanted <= set(counts(home)))
    told = [f for f in home.run("doctor")["findings"] if "what came to `slack` and was refused" in f["message"]]
    assert len(told) == 1 and told[0]["grade"] == "warning", told
    assert all(f" {reason}" in told[0]["message"] for reason in ("stale", "forged", "unsigned", "malformed", "oversized"))
    assert "duplicate" not in told[0]["message"] and "signing secret" in told[0]["hint"]

