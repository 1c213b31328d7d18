"""Traces, read with the official messages of OpenTelemetry."""

import json
import socket
import threading
import time

import pytest
import uvicorn
from collector import Collector
from mcp.server.mcpserver import MCPServer

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
    message = collector.wait("tools/call notion.search")[0]
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
    assert message.name == "tools/call notion.search"
    assert message.attributes | {"mcp.method.name": "tools/call", "gen_ai.tool.name": "notion.search",
                                 "gen_ai.operation.name": "execute_tool", "mcp.protocol.version": "2025-11-25",
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
    message = collector.wait("tools/call notion.search")[0]
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


@pytest.fixture
def tickets():
    """The official SDK's server."""
    server = MCPServer("tickets")

    @server.tool()
    def search(query: str) -> str:
        """Finds tickets."""
        return f"found {query}"

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    runner = uvicorn.Server(uvicorn.Config(server.streamable_http_app(), host="127.0.0.1", port=port, log_level="error"))
    thread = threading.Thread(target=runner.run, daemon=True)
    thread.start()
    while not runner.started:
        time.sleep(0.02)
    yield f"http://127.0.0.1:{port}/mcp"
    runner.should_exit = True
    thread.join(10)


def test_a_remote_servers_call_is_named_by_its_method_and_tool(home, collector, tickets):
    home.start("--otlp-endpoint", collector.url).settle()
    home.run("servers", "add", "tickets", tickets)
    home.run("servers", "refresh", "tickets")
    home.run("tools", "release", "tickets.search", "--effect", "read")
    home.run("agents", "add", "helper", "--acts-as", "claw", "--owner", "dana", "--users", "everyone", "--tool", "tickets.*")
    kind, result = home.call("helper", home.token("alice", "helper"), "tickets.search", {"query": "canary-argument"})
    assert kind == "done", result
    tool = collector.wait("execute_tool tickets.search")[0]
    assert collector.wait("tools/call tickets.search")[0].kind == SERVER
    (upstream,) = [span for span in collector.children(tool) if span.kind == CLIENT]
    assert upstream.name == "tools/call search"
    assert upstream.attributes | {
        "mcp.method.name": "tools/call", "gen_ai.tool.name": "search", "gen_ai.operation.name": "execute_tool",
        "network.transport": "tcp", "deputy.provider": "tickets"} == upstream.attributes
    assert upstream.attributes["mcp.protocol.version"] in ("2025-11-25", "2026-07-28")
    assert upstream.attributes["jsonrpc.request.id"] == tool.attributes["gen_ai.tool.call.id"]
    assert "canary-argument" not in "\n".join(collector.bodies)


def test_a_tool_that_isnt_named_as_one_isnt_repeated(home, collector):
    home.start("--otlp-endpoint", collector.url).settle()
    home.post("onboarding", home.tokens["alice"], {
        "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "canary name\u202e", "arguments": {}}})
    message = collector.wait("tools/call")[0]
    assert message.name == "tools/call" and "gen_ai.tool.name" not in message.attributes
    assert "canary" not in "\n".join(collector.bodies)
