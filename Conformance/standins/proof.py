"""What the tests share: checks that fail where they must, and schemas from Google's discovery documents."""

import contextlib

import pytest


def refutes(check, *arguments):
    """The twin of a check: on planted input it must fail, and by an assertion of its own."""
    with pytest.raises(AssertionError):
        check(*arguments)


@contextlib.contextmanager
def calls_exactly(acme, *expected):
    """Inside, the services see exactly these calls: (owner, call, status) each, in order."""
    since = len(acme.journal())
    yield
    seen = [(entry["owner"], entry["call"], entry["status"]) for entry in acme.journal()[since:]]
    assert seen == list(expected)


def conforms(document, name, value, path=""):
    """Every member of `value` is in the schema `name` of the discovery document, with the type it says."""
    matches(document, document["schemas"][name], value, path or name)


def matches(document, schema, value, path):
    if "$ref" in schema:
        conforms(document, schema["$ref"], value, path)
        return
    kind = schema.get("type", "any")
    expected = {"string": str, "integer": int, "boolean": bool, "number": (int, float), "array": list, "object": dict}
    assert kind == "any" or isinstance(value, expected[kind]), f"{path} is not of type {kind}"
    if kind == "array":
        for index, item in enumerate(value):
            matches(document, schema["items"], item, f"{path}[{index}]")
    elif kind == "object":
        for name, item in value.items():
            inner = schema.get("properties", {}).get(name) or schema.get("additionalProperties")
            assert inner, f"{path}.{name} is not in the schema"
            matches(document, inner, item, f"{path}.{name}")
