"""Traces, read with the official messages of OpenTelemetry."""

import json

import pytest
from collector import Collector

SERVER, CLIENT, INTERNAL = 2, 3, 1
THEIRS = "4bf92f3577b34da6a3ce929d0e0e4736"
TRACEPARENT = f"00-{THEIRS}-00f067aa0ba902b7-01"


@pytest.fixture
def collector():
    collector = Collector()
    yield collector
    collector.stop()


def search(home, **headers):
    return home.post("onboarding", home.tokens["alice"], {
        "jsonrpc": "2.0", "id": 7, "method": "tools/call",
        "params": {"name": "notion.search", "arguments": {"query": "canary-argument"}}}, **headers)


def test_a_call_is_one_tree_from_the_request_to_the_outcome(home, collector):
    home.start("--otlp-endpoint", collector.url).settle()
    assert search(home)[0] == 200
    tool = collector.wait("execute_tool notion.search")[0]
    request = collector.wait("POST /mcp/{agent}")[-1]
    message = collector.wait("tools/call")[0]
    assert request.parent == "" and request.kind == SERVER
    assert message.parent == request.id and message.kind == SERVER
    assert tool.parent == message.id and tool.kind == INTERNAL
    children = sorted(collector.children(tool), key=lambda span: span.start)
    assert [span.name for span in children] == ["gate decide", "gate commit", "POST notion", "gate record"]
    upstream = children[2]
    assert upstream.kind == CLIENT and upstream.attributes["http.response.status_code"] == 200
    assert {span.trace for span in children} == {request.trace}
    assert all(span.start <= span.end for span in collector.spans)
    assert tool.start <= children[0].start and children[-1].end <= tool.end
    assert message.attributes | {"mcp.method.name": "tools/call", "mcp.protocol.version": "2025-11-25",
                                 "jsonrpc.request.id": "7"} == message.attributes
    assert tool.attributes | {
        "gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "notion.search", "gen_ai.agent.name": "onboarding",
        "deputy.organization": "acme", "deputy.outcome": "done", "deputy.effect": "read",
        "deputy.identity": "assistant"} == tool.attributes
    assert request.attributes["http.route"] == "/mcp/{agent}" and request.attributes["http.response.status_code"] == 200
    assert request.resource["service.name"] == "deputy"
    assert home.leaves()[-1]["call"] == tool.attributes["gen_ai.tool.call.id"]


def test_traces_hold_no_argument_no_result_and_no_secret(home, collector):
    home.start("--otlp-endpoint", collector.url).settle()
    _, body, _ = search(home)
    collector.wait("execute_tool")
    told = "\n".join(collector.bodies)
    assert "canary-argument" not in told
    for secret in (*home.acme.secrets(), *home.tokens.values()):
        assert secret not in told
    for page in json.loads(body["result"]["content"][0]["text"]).get("results", []):
        assert page["id"] not in told


def test_a_client_s_trace_is_linked_and_not_gone_on_with(home, collector):
    home.start("--otlp-endpoint", collector.url).settle()
    search(home, traceparent=TRACEPARENT)
    collector.wait("execute_tool")
    request = collector.wait("POST /mcp/{agent}")[-1]
    assert request.trace != THEIRS and request.links == [(THEIRS, "00f067aa0ba902b7")]


def test_a_trusted_client_s_trace_goes_on(home, collector):
    home.start("--otlp-endpoint", collector.url, "--trace-incoming", "parent").settle()
    search(home, traceparent=TRACEPARENT)
    collector.wait("execute_tool")
    request = collector.wait("POST /mcp/{agent}")[-1]
    assert request.trace == THEIRS and request.parent == "00f067aa0ba902b7"


def test_the_message_s_own_trace_goes_before_its_transport_s(home, collector):
    home.start("--otlp-endpoint", collector.url, "--trace-incoming", "parent").settle()
    home.post("onboarding", home.tokens["alice"], {
        "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {
            "name": "notion.search", "arguments": {"query": "x"}, "_meta": {"traceparent": TRACEPARENT}}})
    tool = collector.wait("execute_tool")[0]
    message = collector.wait("tools/call")[0]
    request = collector.wait("POST /mcp/{agent}")[-1]
    assert message.trace == tool.trace == THEIRS and message.links == [(request.trace, request.id)]


def test_a_collector_that_is_down_is_tried_again_and_holds_nobody_up(home, collector):
    collector.answers = [503, 503]
    home.start(OTEL_EXPORTER_OTLP_ENDPOINT=collector.url, OTEL_EXPORTER_OTLP_HEADERS="x-token=s%20ecret").settle()
    assert search(home)[0] == 200
    collector.wait("execute_tool")
    path, headers = collector.headers[-1]
    assert path == "/v1/traces" and headers["x-token"] == "s ecret" and headers["Content-Type"] == "application/json"


def test_what_is_left_is_told_when_the_gateway_stops(home, collector):
    home.start("--otlp-endpoint", collector.url).settle()
    search(home)
    home.stop()
    assert [span for span in collector.spans if span.name.startswith("execute_tool")]


def test_without_an_endpoint_nothing_is_told(home, collector):
    home.start().settle()
    search(home, traceparent=TRACEPARENT)
    home.stop()
    assert collector.bodies == []
