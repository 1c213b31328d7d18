"""Metrics, read by the official parser of Prometheus."""

import re

from prometheus_client.parser import text_string_to_metric_families


def families(text):
    found = list(text_string_to_metric_families(text))
    names = [family.name for family in found]
    assert len(names) == len(set(names)), "each metric stands once"
    return {family.name: family for family in found}


def value(found, name, sample=None, **labels):
    for each in found[name].samples:
        if each.name == (sample or name) and labels.items() <= each.labels.items():
            return each.value
    raise AssertionError(f"no {name} with {labels}: {found.get(name)}")


def test_the_public_face_has_no_metrics_and_the_socket_has(home, ask):
    home.start()
    assert home.get("/metrics")[0] == 404
    assert ask(home.socket, "/metrics")[0] == 200


def test_calls_are_counted_by_outcome_effect_and_identity(home, ask):
    home.start().settle()
    kind, _ = home.call("onboarding", home.tokens["alice"], "notion.search", {"query": "onboarding"})
    assert kind == "done"
    kind, _ = home.call("onboarding", home.tokens["alice"], "slack.post_message", {"channel": "#general", "text": "hi"})
    assert kind == "approval_required"
    home.call("onboarding", home.tokens["alice"], "no.such_tool", {})
    found = families(ask(home.socket, "/metrics")[1])
    calls = lambda **labels: value(found, "deputy_calls", "deputy_calls_total", **labels)
    assert calls(outcome="done", effect="read", identity="assistant") == 1
    assert calls(outcome="asked", effect="send", identity="assistant") == 1
    assert calls(outcome="no_such_tool", effect="none", identity="none") == 1
    assert value(found, "deputy_refusals", "deputy_refusals_total", layer="hard_blocks") == 1
    assert value(found, "deputy_decision_seconds", "deputy_decision_seconds_count") >= 2
    assert value(found, "deputy_upstream_seconds", "deputy_upstream_seconds_count", provider="notion", result="2xx") == 1
    assert value(found, "deputy_http_requests", "deputy_http_requests_total", route="/mcp/{agent}", method="POST", status="200") == 3
    assert value(found, "deputy_ledger_records", tree="organization/acme") > 0
    assert value(found, "process_resident_memory_bytes") > 1 << 20
    assert value(found, "process_start_time_seconds") > 1_700_000_000


def test_metrics_name_no_person_no_agent_and_no_tool(home, ask):
    home.start().settle()
    home.call("onboarding", home.tokens["alice"], "notion.search", {"query": "canary-argument"})
    text = ask(home.socket, "/metrics")[1]
    for word in ("alice", "onboarding", "notion.search", "canary-argument", *home.acme.secrets(), home.tokens["alice"]):
        assert word not in text


def test_a_port_of_its_own_serves_metrics_and_nothing_else(home, ask):
    home.start("--metrics-address", "127.0.0.1:0")
    address = re.search(r"metrics at http://(\S+?)/metrics", home.log.read_text()).group(1)
    status, text = ask(address, "/metrics")
    assert status == 200 and "deputy_build_info" in families(text)
    assert ask(address, "/metrics", Host="evil.example")[0] == 401
    assert ask(address, "/v1/organization")[0] == 404
    assert ask(address, "/healthz")[0] == 200


def test_metrics_that_others_reach_want_a_token(home, ask, tmp_path):
    refused = home.command("serve", "--metrics-address", "0.0.0.0:0")
    assert refused.returncode == 64 and "--metrics-token-file" in refused.stderr
    secret = tmp_path / "token"
    secret.write_text("0123456789abcdef-scrape\n")
    home.start("--metrics-address", "0.0.0.0:0", "--metrics-token-file", str(secret))
    address = "127.0.0.1:" + re.search(r"metrics at http://0.0.0.0:(\d+)/metrics", home.log.read_text()).group(1)
    assert ask(address, "/metrics")[0] == 401
    assert ask(address, "/metrics", Authorization="Bearer 0123456789abcdef-scrape")[0] == 200


def test_health_is_for_everybody_and_says_little(home):
    home.start()
    assert home.get("/healthz") == (200, '{"status":"ok"}')
    assert home.get("/readyz") == (200, '{"status":"ready"}')


def test_status_shows_the_same_on_one_screen(home):
    home.start().settle()
    home.call("onboarding", home.tokens["alice"], "notion.search", {"query": "x"})
    answer = home.run("status")
    assert answer["ready"] and answer["phase"] == "serving"
    assert {check["name"] for check in answer["checks"]} >= {"store", "ledger", "keys"}
    home.stop()
    assert home.run("status")["phase"] == "starting"
