"""Asks acme's model servers without any package, to see every byte."""

import json
import pathlib

import requests

CORPUS = pathlib.Path(__file__).resolve().parents[2] / "Tests/Corpus/models"
PATHS = {"anthropic": "/v1/messages", "openai-chat": "/v1/chat/completions", "openai-responses": "/v1/responses"}
SERVICES = {"anthropic": "anthropic", "openai-chat": "openai", "openai-responses": "openai"}
MODELS = {"anthropic": "claude-acme-1", "openai-chat": "gpt-acme-1", "openai-responses": "gpt-acme-1"}


def headers(acme, protocol, owner="acme"):
    key = acme.tokens[SERVICES[protocol]][owner]
    if protocol == "anthropic":
        return {"x-api-key": key, "anthropic-version": "2026-10-21"}
    return {"Authorization": "Bearer " + key}


def post(acme, protocol, body, **other_headers):
    return requests.post(acme.origins[SERVICES[protocol]] + PATHS[protocol], json=body, timeout=10,
                         headers=headers(acme, protocol) | other_headers)


def question(protocol, text="Hello", **members):
    """The smallest request, and more members."""
    asked = [{"role": "user", "content": text}]
    if protocol == "anthropic":
        body = {"model": MODELS[protocol], "max_tokens": 400, "messages": asked}
    elif protocol == "openai-chat":
        body = {"model": MODELS[protocol], "messages": asked}
    else:
        body = {"model": MODELS[protocol], "input": text}
    return body | members


def tool(protocol, name="clock"):
    schema = {"type": "object", "properties": {"zone": {"type": "string"}}}
    if protocol == "anthropic":
        return {"name": name, "description": "The time.", "input_schema": schema}
    if protocol == "openai-chat":
        return {"type": "function", "function": {"name": name, "description": "The time.", "parameters": schema}}
    return {"type": "function", "name": name, "description": "The time.", "parameters": schema, "strict": False}


def events(answer):
    """The data of each event of a stream."""
    assert answer.headers["Content-Type"].startswith("text/event-stream")
    return data(answer.text)


def data(text):
    parts = [line.removeprefix("data: ") for line in text.split("\n") if line.startswith("data: ")]
    return [json.loads(part) for part in parts if part != "[DONE]"]


def bodies():
    """What the model clients send, after the corpus, for a model that acme has."""
    cases = json.loads((CORPUS / "requests.json").read_text())["cases"]
    return [(protocol, body | {"model": MODELS[protocol]}) for case in cases for protocol, body in case["bodies"].items()]
