"""What the model clients send has the vendors' types, and the vendors' readers read a stream as the clients do.

The corpus is the hinge: the Swift tests hold the clients to it, byte by byte.
"""

import copy
import json
import pathlib

import anthropic
import httpx2
import openai
import pytest
from proof import refutes
from vendor_types import request_has_type

CORPUS = pathlib.Path(__file__).resolve().parents[2] / "Tests/Corpus/models"
CASES = json.loads((CORPUS / "requests.json").read_text())["cases"]
BODIES = [(protocol, body) for case in CASES for protocol, body in case["bodies"].items()]
STREAMS = sorted(path.stem for path in (CORPUS / "streams").glob("*.sse"))
ENDINGS = {"end_turn": "finished", "tool_use": "tools", "max_tokens": "length", "refusal": "refused", "stop": "finished",
           "tool_calls": "tools", "length": "length"}


@pytest.mark.parametrize(("protocol", "body"), BODIES)
def test_a_request_has_the_vendors_types(protocol, body):
    request_has_type(protocol, body)


@pytest.mark.parametrize(("protocol", "body"), BODIES)
def test_a_request_with_a_fault_has_not(protocol, body):
    """Each member once of another type and once more beside it, at every depth."""
    faults = list(faulty(body))
    assert len(faults) >= 10
    for fault in faults:
        refutes(request_has_type, protocol, fault)


def faulty(body, path=()):
    """The body with one thing wrong, in each place where the types say something."""
    here = body
    for step in path:
        here = here[step]
    if isinstance(here, dict):
        yield changed(body, path + ("no_such_member",), 1)
        for key in here:
            if path and key in ("input_schema", "parameters", "input"):
                continue  # Whatever the tool takes.
            yield changed(body, path + (key,), {"wrong": object})
            yield from faulty(body, path + (key,))
    elif isinstance(here, list):
        for index in range(len(here)):
            yield from faulty(body, path + (index,))


def changed(body, path, value):
    other = copy.deepcopy(body)
    here = other
    for step in path[:-1]:
        here = here[step]
    here[path[-1]] = value
    return other


def serving(text):
    """A client of httpx whose every answer is this stream."""
    def answer(_):
        return httpx2.Response(200, headers={"content-type": "text/event-stream"}, content=text)
    return httpx2.Client(transport=httpx2.MockTransport(answer))


def read_by_vendor(protocol, text):
    """The reply as the vendor's own package puts it together, in our words."""
    if protocol == "anthropic":
        client = anthropic.Anthropic(api_key="k", base_url="http://model", http_client=serving(text), max_retries=0)
        with client.messages.stream(model="m-1", max_tokens=400, messages=[{"role": "user", "content": "x"}]) as stream:
            message = stream.get_final_message()
        usage = message.usage
        cached = (usage.cache_creation_input_tokens or 0) + (usage.cache_read_input_tokens or 0)
        return reply("".join(block.text for block in message.content if block.type == "text"),
                     [(block.id, block.name, block.input) for block in message.content if block.type == "tool_use"],
                     ENDINGS[message.stop_reason], usage.input_tokens + cached, usage.output_tokens)
    client = openai.OpenAI(api_key="k", base_url="http://model/v1", http_client=serving(text), max_retries=0)
    if protocol == "openai-chat":
        return read_chat(client)
    with client.responses.stream(model="m-1", input="x") as stream:
        response = [event.response for event in stream if hasattr(event, "response")][-1]
    contents = [part for item in response.output if item.type == "message" for part in item.content]
    calls = [(item.call_id, item.name, json.loads(item.arguments)) for item in response.output
             if item.type == "function_call"]
    refused = any(part.type == "refusal" for part in contents)
    ending = ("length" if response.status == "incomplete" else "refused" if refused else "tools" if calls else "finished")
    return reply("".join(part.refusal if part.type == "refusal" else part.text for part in contents), calls, ending,
                 response.usage.input_tokens, response.usage.output_tokens)


def read_chat(client):
    """The stream's events as the package types them; its helper refuses a reply that was cut short."""
    text, refusal, calls, ending, usage = "", "", {}, None, None
    for chunk in client.chat.completions.create(model="m-1", messages=[], stream=True):
        usage = chunk.usage or usage
        for choice in chunk.choices:
            text += choice.delta.content or ""
            refusal += choice.delta.refusal or ""
            ending = choice.finish_reason or ending
            for part in choice.delta.tool_calls or []:
                call = calls.setdefault(part.index, ["", "", ""])
                for place, piece in enumerate((part.id, part.function.name, part.function.arguments)):
                    call[place] += piece or ""
    made = [] if ending == "length" else [(a, b, json.loads(c)) for a, b, c in calls.values()]
    return reply(text + refusal, made, "refused" if refusal else ENDINGS[ending], usage.prompt_tokens,
                 usage.completion_tokens)


def reply(text, calls, ending, given, made):
    return {"text": text, "calls": [] if ending in ("length", "refused") else calls, "ending": ending,
            "usage": {"input": given, "output": made}}


def check_stream(name, text):
    recorded = json.loads((CORPUS / "streams" / f"{name}.json").read_text())
    expected = recorded["reply"]
    expected["calls"] = [(call["id"], call["name"], json.loads(call["arguments"])) for call in expected["calls"]]
    assert read_by_vendor(recorded["speaks"], text) == expected


@pytest.mark.parametrize("name", STREAMS)
def test_the_vendors_reader_reads_the_same_reply(name):
    text = (CORPUS / "streams" / f"{name}.sse").read_bytes()
    check_stream(name, text)
    for said in (b"dich, ", b"I look.", b"As fa", b"do that.", b"No\""):
        text = text.replace(said, said.swapcase())
    refutes(check_stream, name, text)
