"""Everything that acme's model servers answer has the vendors' types, and they take what the model clients send."""

import copy
import json

import pytest
import requests
from anthropic.types import ErrorResponse, Message
from asking import CORPUS, MODELS, PATHS, SERVICES, bodies, data, events, post, question, tool
from openai.types.chat import ChatCompletion
from openai.types.responses import Response
from openai.types.shared import ErrorObject
from proof import refutes
from vendor_types import EVENTS, answer_has_type, request_has_type

WHOLE = {"anthropic": Message, "openai-chat": ChatCompletion, "openai-responses": Response}
PROTOCOLS = list(PATHS)
CALL = '/call clock {"zone": "UTC"}'


def planned(acme, protocol):
    """Each kind of reply once: words, a call that is written out, both, one cut short, one refused."""
    yield question(protocol, "Grüße 👋, and more than twelve characters")
    yield question(protocol, CALL, tools=[tool(protocol)])
    for reply in ({"text": "I look.", "calls": [{"name": "clock", "arguments": "{}"}] * 2, "ending": "tools"},
                  {"text": "As fa", "ending": "length"}, {"text": "I can't do that.", "ending": "refused"}):
        acme.control("POST", "/models/replies", service=SERVICES[protocol], **reply)
        yield question(protocol)


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_answers_have_the_vendors_types(acme, protocol):
    seen = 0
    for body in planned(acme, protocol):
        answer = post(acme, protocol, body)
        assert answer.status_code == 200, answer.text
        answer_has_type(WHOLE[protocol], answer.json())
        refutes(answer_has_type, WHOLE[protocol], answer.json() | {"no_such_member": 1})
        refutes(answer_has_type, WHOLE[protocol], answer.json() | {"id": 7})
        seen += 1
    assert seen == 5


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_events_have_the_vendors_types(acme, protocol):
    for body in planned(acme, protocol):
        if protocol == "openai-chat":
            body["stream_options"] = {"include_usage": True}
        answer = post(acme, protocol, body | {"stream": True})
        told = [event for event in events(answer) if event.get("type") != "ping"]
        assert len(told) > 3
        for event in told:
            answer_has_type(EVENTS[protocol], event)
            refutes(answer_has_type, EVENTS[protocol], event | {"no_such_member": 1})
        if protocol == "openai-chat":
            assert answer.text.endswith("data: [DONE]\n\n") and told[-1]["usage"]["total_tokens"] > 0


@pytest.mark.parametrize("name", sorted(path.stem for path in (CORPUS / "streams").glob("*.sse")))
def test_recorded_streams_have_the_vendors_types(name):
    protocol = json.loads((CORPUS / "streams" / f"{name}.json").read_text())["speaks"]
    told = data((CORPUS / "streams" / f"{name}.sse").read_text())
    assert len(told) > 3
    for event in told:
        if event.get("type") != "ping":
            answer_has_type(EVENTS[protocol], event)
            refutes(answer_has_type, EVENTS[protocol], event | {"no_such_member": 1})


@pytest.mark.parametrize(("protocol", "body"), bodies())
def test_what_the_clients_send_is_taken(acme, protocol, body):
    answer = post(acme, protocol, body)
    assert answer.status_code == 200, answer.text
    for event in events(answer):
        if event.get("type") != "ping":
            answer_has_type(EVENTS[protocol], event)
    asked = acme.control("GET", "/models")["asked"]
    assert [(entry["service"], entry["owner"], entry["model"], entry["status"]) for entry in asked] == [
        (SERVICES[protocol], "acme", MODELS[protocol], 200)]
    assert asked[0]["body"] == body
    request_has_type(protocol, asked[0]["body"])


def without(body, *path):
    other = copy.deepcopy(body)
    here = other
    for step in path[:-1]:
        here = here[step]
    del here[path[-1]]
    return other


def talk(protocol):
    """The longest of the clients' conversations."""
    return [body for kind, body in bodies() if kind == protocol][1]


FAULTS = {
    "anthropic": [
        (lambda body: without(body, "max_tokens"), "max_tokens: Field required"),
        (lambda body: without(body, "model"), "model: Field required"),
        (lambda body: body | {"no_such_member": 1}, "no_such_member: Extra inputs are not permitted"),
        (lambda body: body | {"temperature": 1.0}, "temperature: Extra inputs are not permitted"),
        (lambda body: body | {"max_tokens": "4"}, "max_tokens: Input should be a valid integer"),
        (lambda body: body | {"max_tokens": 64_001}, "max_tokens: 64001 > 64000"),
        (lambda body: body | {"messages": []}, "messages: is too short"),
        (lambda body: without(body, "messages", 0), "first message must use the"),
        (lambda body: without(body, "messages", 2), "conversation must end with a user message"),
        (lambda body: without(body, "messages", 2, "content", 1), "`tool_use` ids were found without `tool_result`"),
        (lambda body: without(body, "messages", 1, "content", 1), "unexpected `tool_use_id` found in `tool_result`"),
        (lambda body: without(body, "tools", 0, "input_schema", "type"), "input_schema.type"),
        (lambda body: body | {"tools": body["tools"] * 2}, "Tool names must be unique"),
        (lambda body: body | {"tools": [tool("anthropic", "a.b")]}, "tools.0.name: String should match pattern"),
        (lambda body: body | {"messages": [{"role": "user", "content": [{"type": "text", "text": ""}]}]}, "non-empty"),
        (lambda body: body | {"messages": [{"role": "user", "content": " "}]}, "non-whitespace"),
    ],
    "openai-chat": [
        (lambda body: without(body, "messages"), "Missing required parameter: 'messages'"),
        (lambda body: body | {"no_such_member": 1}, "Unknown parameter: 'no_such_member'"),
        (lambda body: body | {"max_tokens": "4"}, "Invalid type for 'max_tokens': expected integer"),
        (lambda body: body | {"max_completion_tokens": 4}, "at the same time is not supported"),
        (lambda body: body | {"max_tokens": 32_001}, "supports at most 32000"),
        (lambda body: without(body, "stream"), "only allowed when 'stream' is enabled"),
        (lambda body: without(body, "messages", 4), "did not have response messages: toolu_02"),
        (lambda body: without(body, "messages", 2), "must be a response to a preceeding message with 'tool_calls'"),
        (lambda body: body | {"tools": [tool("openai-chat", "a.b")]}, "Invalid 'tools[0].function.name'"),
        (lambda body: body | {"messages": [{"role": "assistant"}]}, "expected a string, got null"),
    ],
    "openai-responses": [
        (lambda body: without(body, "input"), "Missing required parameter: 'input'"),
        (lambda body: body | {"no_such_member": 1}, "Unknown parameter: 'no_such_member'"),
        (lambda body: body | {"max_output_tokens": "4"}, "Invalid type for 'max_output_tokens': expected integer"),
        (lambda body: without(body, "input", 2), "No tool call found for function call output with call_id toolu_01"),
        (lambda body: without(body, "input", 4), "No tool output found for function call toolu_01"),
        (lambda body: without(body, "tools", 0, "strict"), "Missing required parameter: 'tools[0].strict'"),
        (lambda body: body | {"tools": [tool("openai-responses", "a.b")]}, "Invalid 'tools[0].name'"),
        (lambda body: body | {"previous_response_id": "resp_9"}, "Previous response with id 'resp_9' not found"),
        (lambda body: body | {"input": [{"type": "no_such_item"}]}, "Invalid value: 'no_such_item'"),
    ],
}


@pytest.mark.parametrize(("protocol", "change", "words"), [
    (protocol, change, words) for protocol, faults in FAULTS.items() for change, words in faults])
def test_what_a_vendor_refuses_is_refused(acme, protocol, change, words):
    assert post(acme, protocol, talk(protocol)).status_code == 200
    answer = post(acme, protocol, change(talk(protocol)))
    assert answer.status_code == 400 and words in answer.json()["error"]["message"], answer.text
    has_error_type(protocol, answer.json())
    assert [entry["status"] for entry in acme.control("GET", "/models")["asked"]] == [200, 400]


def has_error_type(protocol, body):
    if protocol == "anthropic":
        answer_has_type(ErrorResponse, body)
    else:
        assert set(body) == {"error"}
        answer_has_type(ErrorObject, body["error"])


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize("status", [401, 402, 404, 429, 500, 503])
def test_planted_refusals_have_the_vendors_types(acme, protocol, status):
    acme.control("POST", "/faults", service=SERVICES[protocol], status=status, retry_after=7)
    answer = post(acme, protocol, question(protocol))
    has_error_type(protocol, answer.json())
    refutes(has_error_type, protocol, answer.json() | {"error": {"message": 7}})
    assert answer.headers["Retry-After"] == "7"
    assert answer.status_code == (429 if (status, SERVICES[protocol]) == (402, "openai") else status)
    assert post(acme, protocol, question(protocol)).status_code == 200


def test_keys_are_the_vendors_own_way_alone(acme):
    for protocol, wrong in (("anthropic", {"x-api-key": "sk-ant-api03-no"}), ("anthropic", {"x-api-key": ""}),
                            ("openai-chat", {"Authorization": "Bearer no"}), ("openai-responses", {"Authorization": ""})):
        answer = post(acme, protocol, question(protocol), **wrong)
        assert answer.status_code == 401
        has_error_type(protocol, answer.json())
    key = {"Authorization": "Bearer " + acme.tokens["anthropic"]["acme"], "anthropic-version": "2026-10-21"}
    address = acme.origins["anthropic"] + PATHS["anthropic"]
    assert requests.post(address, json=question("anthropic"), headers=key, timeout=10).status_code == 200
    older = post(acme, "anthropic", question("anthropic", temperature=1.0), **{"anthropic-version": "2023-06-01"})
    assert older.status_code == 200
    unversioned = post(acme, "anthropic", question("anthropic"), **{"anthropic-version": "2020-01-01"})
    assert unversioned.status_code == 400 and "anthropic-version" in unversioned.json()["error"]["message"]
    assert [entry["status"] for entry in acme.control("GET", "/models")["asked"]] == [200, 200]
