"""Exports for other systems, read by those systems' own libraries."""

import hashlib
import json
from typing import Any, Literal, Optional

import pytest
from cloudevents.core.bindings.http import HTTPMessage, from_structured_event
from py_ocsf_models.objects.api import API
from py_ocsf_models.objects.metadata import Metadata
from pydantic import BaseModel, model_validator


class Actor(BaseModel):
    user: dict[str, Any]
    app_uid: Optional[str] = None
    app_name: Optional[str] = None
    authorizations: list[dict[str, Any]] = []


class APIActivity(BaseModel):
    """The required attributes of the class 6003 in OCSF 1.5.0, and how its numbers hang together."""

    category_uid: Literal[6]
    class_uid: Literal[6003]
    activity_id: Literal[0, 1, 2, 3, 4, 99]
    activity_name: str
    type_uid: int
    time: int
    severity_id: Literal[0, 1, 2, 3, 4, 5, 6, 99]
    status_id: Literal[0, 1, 2, 99]
    status: str
    metadata: Metadata
    actor: Actor
    api: API
    src_endpoint: dict[str, str]
    unmapped: dict[str, Any]

    @model_validator(mode="after")
    def hangs_together(self):
        assert self.type_uid == self.class_uid * 100 + self.activity_id
        assert self.metadata.version == "1.5.0" and self.metadata.product.vendor_name
        # The class wants one of these of each endpoint; a user wants a number for what it is, and a name or an id.
        assert {"uid", "name", "ip", "hostname"} & set(self.src_endpoint)
        assert self.actor.user["uid"] and self.actor.user["type_id"] in (0, 1, 2, 3, 99)
        assert 1_700_000_000_000 < self.time < 4_000_000_000_000
        return self


@pytest.fixture
def told(home, acme):
    page = {"page_id": acme.ids["pages"]["alice_onboarding"]}
    assert home.call("onboarding", home.tokens["alice"], "notion.get_page", page)[0] == "done"
    assert home.call("onboarding", home.tokens["carol"], "notion.search", {"query": "x"})[0] == "connection_required"
    assert home.call("email", home.tokens["bob"], "calendar.create_event", {
        "summary": "the secret plan", "start": "2026-12-01T10:00:00Z", "end": "2026-12-01T11:00:00Z"})[0] == "done"
    return home


def export(home, path, *arguments):
    answer = home.run("ledger", "export", str(path), *arguments)
    text = path.read_text()
    assert "secret plan" not in text
    return answer, [json.loads(line) for line in text.splitlines()]


def test_ocsf_events_are_api_activities(told, tmp_path):
    answer, events = export(told, tmp_path / "events", "--format", "ocsf")
    read = [APIActivity.model_validate(event) for event in events]
    assert [event.metadata.sequence for event in read] == list(range(answer["next"]))
    calls = [event for event in read if event.metadata.event_code in ("decision", "intent", "outcome")]
    by = {(event.actor.user["uid"], event.metadata.event_code, event.api.operation): event for event in calls}
    assert by["alice", "decision", "notion.get_page"].activity_id == 2
    assert by["alice", "outcome", "notion.get_page"].status_id == 1
    assert by["bob", "outcome", "calendar.create_event"].activity_id == 1
    refused = by["carol", "decision", "notion.search"]
    assert refused.actor.app_uid == "onboarding" and refused.actor.authorizations[0]["decision"] == "connect"
    assert len({event.metadata.correlation_uid for event in calls}) == 3
    assert {event.metadata.tenant_uid for event in read} == {"acme"}


def test_cloud_events_are_taken_by_their_own_library(told, tmp_path):
    answer, events = export(told, tmp_path / "events", "--format", "cloudevents")
    lines = (tmp_path / "events").read_text().splitlines()
    _, records = export(told, tmp_path / "records", "--format", "jsonl")
    for line, record in zip(lines, records):
        event = from_structured_event(HTTPMessage(headers={"content-type": "application/cloudevents+json"}, body=line.encode()))
        assert event.get_id() == str(record["index"]) and event.get_data() == record
        assert event.get_type() == f"dev.deputy.ledger.{record['kind']}"
        assert abs(event.get_time().timestamp() * 1e6 - record["time"]) < 1000
        text = json.dumps(record, separators=(",", ":"), ensure_ascii=False).encode()
        assert event.get_extension("leafhash") == hashlib.sha256(b"\0" + text).hexdigest()
    assert len(events) == answer["next"]


def test_an_export_goes_on_where_another_ended(told, tmp_path, deputy):
    first, events = export(told, tmp_path / "one", "--format", "ocsf")
    rest, none = export(told, tmp_path / "two", "--format", "ocsf", "--from", str(first["next"]))
    assert none == [] and rest["next"] == first["next"]
    told.call("onboarding", told.tokens["carol"], "notion.search", {"query": "y"})
    _, more = export(told, tmp_path / "three", "--format", "ocsf", "--from", str(first["next"]))
    assert [event["metadata"]["sequence"] for event in more] == [first["next"]]
    piped = deputy("ledger", "export", "-", "--format", "jsonl", "--home", told.path)
    assert len(piped.stdout.splitlines()) == len(events) + 1 and f"--from {len(events) + 1}" in piped.stderr


def test_what_cannot_be_exported_is_told(told, tmp_path, deputy):
    taken = tmp_path / "taken"
    taken.write_text("mine")
    for arguments in (
        ("-",), (str(tmp_path / "x"), "--from", "3"), (str(tmp_path / "x"), "--format", "xml"),
        (str(taken), "--format", "ocsf"), (str(tmp_path / "x"), "--format", "ocsf", "--tree", "nothing"),
    ):
        assert deputy("ledger", "export", *arguments, "--home", told.path).returncode != 0, arguments
    assert taken.read_text() == "mine"


def test_the_system_tree_is_exported_while_nothing_serves(told, tmp_path):
    told.stop()
    answer, events = export(told, tmp_path / "events", "--format", "cloudevents", "--tree", "system")
    assert len(events) == answer["next"] > 0
