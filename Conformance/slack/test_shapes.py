"""What Deputy makes for Slack, as `Tests/Corpus/slack` keeps it: the Swift tests hold the program to these files, and
Slack's own schema and library hold the files."""

import json
import pathlib

import jsonschema
import pytest
from slack_sdk import WebClient
from slack_sdk.models.blocks import ActionsBlock, Block, RichTextBlock

CORPUS = pathlib.Path(__file__).resolve().parents[2] / "Tests/Corpus/slack"
# https://github.com/slackapi/manifest-schema
SCHEMA = json.loads((pathlib.Path(__file__).parent / "manifest.schema.1.0.0.json").read_text())
MANIFESTS = sorted(CORPUS.glob("manifest-*.json"))
REQUESTS = json.loads((CORPUS / "requests.json").read_text())


@pytest.mark.parametrize("path", MANIFESTS, ids=lambda path: path.stem)
def test_a_manifest_is_what_slack_takes(path):
    manifest = json.loads(path.read_text())
    jsonschema.validate(manifest, SCHEMA)
    for broken in [{"display_information": {}}, {**manifest, "scopes": []}]:
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(broken, SCHEMA)


@pytest.mark.parametrize("request_", REQUESTS, ids=lambda request: request["name"])
def test_a_message_is_made_of_blocks_that_slack_knows(request_):
    for block in request_["body"]["blocks"]:
        parsed = Block.parse(block)
        assert isinstance(parsed, (RichTextBlock, ActionsBlock))
        parsed.validate_json()
        assert parsed.to_dict() == block


@pytest.mark.parametrize("request_", REQUESTS, ids=lambda request: request["name"])
def test_the_stand_in_takes_it(acme, app, request_):
    client = WebClient(token=app["token"], base_url=acme.origins["slack"] + "/api/")
    body = {**request_["body"]}
    alice = acme.ids["slack_users"]["alice"]
    body["channel"] = {"C1": acme.ids["channels"]["general"], "D1": alice, "U7": alice}[body["channel"]]
    if "user" in body:
        body["user"] = alice
    if request_["path"].endswith("chat.update"):
        first = client.chat_postMessage(channel=alice, text="may I?")
        body["channel"], body["ts"] = first["channel"], first["ts"]
    assert client.api_call(request_["path"].removeprefix("/api/"), json=body)["ok"]
