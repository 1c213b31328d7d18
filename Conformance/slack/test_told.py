"""`Tests/Corpus/slack/told.json` is what the stand-in tells, and the Swift tests read it: the two are one."""

import json
import pathlib
from urllib.parse import parse_qs

import pytest
from proof import refutes
from script import play
from slack_sdk import WebClient

CORPUS = pathlib.Path(__file__).resolve().parents[2] / "Tests/Corpus/slack/told.json"


@pytest.fixture
def told(acme, receiver):
    app = acme.control("POST", "/slack/apps", owner="assistant", request_url=receiver.url, channels=["general"],
                       events=["app_mention", "message.im", "message.mpim", "message.channels"])
    return play(acme, WebClient(token=app["token"], base_url=acme.origins["slack"] + "/api/"), receiver)


def shape(value):
    """The value without what differs from one run to the next."""
    if isinstance(value, dict):
        return {key: shape(item) for key, item in value.items()}
    if isinstance(value, list):
        return [shape(item) for item in value]
    return type(value).__name__


def parsed(kind, body):
    return json.loads(body if kind == "application/json" else parse_qs(body)["payload"][0])


def check_alike(kept, kind, body):
    assert kept["type"] == kind
    assert shape(parsed(kind, kept["body"])) == shape(parsed(kind, body))


def test_what_is_told_is_what_is_kept(told):
    kept = {entry["name"]: entry for entry in json.loads(CORPUS.read_text())}
    assert list(kept) == list(told)
    for name, (kind, body) in told.items():
        check_alike(kept[name], kind, body)
    refutes(check_alike, kept["a press"], *told["a file"])
    refutes(check_alike, kept["a file"], *told["a direct message"])
