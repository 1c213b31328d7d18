"""The log, line by line."""

import json
import re
import time


def lines(home, *flags):
    return [json.loads(line) for line in home.log.read_text().splitlines() if line.startswith("{")]


def logged(home, seconds=60, **wanted):
    """The first line that has these members."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        for line in lines(home):
            if wanted.items() <= line.items():
                return line
        time.sleep(0.05)
    raise AssertionError(f"no line with {wanted}: {home.log.read_text()}")


def test_a_call_is_one_line_with_its_ids(home):
    home.start("--log-format", "json", "--log-level", "info").settle()
    home.call("onboarding", home.tokens["alice"], "notion.search", {"query": "canary-argument"})
    line = logged(home, message="call answered")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", line["time"])
    assert line | {"level": "info", "organization": "acme", "agent": "onboarding", "tool": "notion.search",
                   "effect": "read", "outcome": "done", "identity": "assistant"} == line
    assert line["call"] == home.leaves()[-1]["call"]


def test_policy_15_what_a_client_sends_never_makes_a_line_of_its_own(home):
    home.start("--log-format", "json", "--log-level", "trace").settle()
    for attack in ("a\nlevel=critical", "x\u001b[2J", "\",\"level\":\"critical\"", "\u2028\u202e"):
        home.call("onboarding", home.tokens["alice"], attack, {attack: attack})
        home.post("onboarding", attack.encode("ascii", "ignore").decode().replace("\n", ""), {"jsonrpc": "2.0"})
    text = home.log.read_text()
    assert "\u001b" not in text and "\u202e" not in text and "\u2028" not in text
    for line in text.splitlines():
        if line.startswith("{"):
            assert json.loads(line)["level"] != "critical"


def test_policy_17_canaries_are_in_no_line_at_any_level(home, ask):
    home.start("--log-format", "json", "--log-level", "trace").settle()
    home.call("onboarding", home.tokens["alice"], "notion.search", {"query": "canary-argument"})
    home.call("onboarding", home.tokens["alice"], "slack.post_message", {"channel": "#general", "text": "canary-message"})
    home.post("onboarding", "canary-token-of-nobody", {"jsonrpc": "2.0", "id": 1, "method": "tools/list"})
    home.get("/login/canary-login-code")
    home.get("/readyz?token=canary-query")
    home.stop()
    text = home.log.read_text()
    for canary in (*home.acme.secrets(), *home.tokens.values(), "canary-argument", "canary-message",
                   "canary-token-of-nobody", "canary-login-code", "canary-query"):
        assert canary not in text


def test_a_line_within_a_trace_says_where(home):
    home.start("--log-format", "json", "--log-level", "info", "--otlp-endpoint", "http://127.0.0.1:9").settle()
    home.call("onboarding", home.tokens["alice"], "notion.search", {"query": "x"})
    line = logged(home, message="call answered")
    assert re.fullmatch(r"[0-9a-f]{32}", line["trace_id"]) and re.fullmatch(r"[0-9a-f]{16}", line["span_id"])


def test_a_wrong_level_is_told(home):
    refused = home.command("serve", "--log-level", "loud")
    assert refused.returncode == 64 and "trace, debug, info" in refused.stderr
