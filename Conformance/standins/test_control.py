"""What acme tells about itself, and the failures it plants."""

import json
import os
import stat
import time

import pytest
import requests
from proof import refutes
from running import Acme


def me(acme, session=requests, owner="alice", timeout=10):
    headers = {"Authorization": "Bearer " + acme.tokens["notion"][owner], "Notion-Version": "2025-09-03"}
    return session.get(acme.origins["notion"] + "/v1/users/me", headers=headers, timeout=timeout)


def post(acme, text):
    return requests.post(
        acme.origins["slack"] + "/api/chat.postMessage",
        json={"channel": acme.ids["channels"]["general"], "text": text},
        headers={"Authorization": "Bearer " + acme.tokens["slack"]["alice"]},
    )


def secrets(acme):
    return [token for owners in acme.tokens.values() for token in owners.values()]


def check_holds_no_secret(text, tokens):
    assert not [token for token in tokens if token in text]


def test_tokens_are_new_in_each_run_unless_given_back(start, tmp_path):
    first, second = start(), start()
    assert not set(secrets(first)) & set(secrets(second))
    kept = tmp_path / "ready.json"
    kept.write_text(first.line)
    assert start("--tokens", kept).tokens == first.tokens


def test_the_ready_file_is_the_line_and_for_its_owner_only(start, tmp_path):
    path = tmp_path / "ready.json"
    acme = start("--ready", path)
    assert path.read_text() == acme.line
    assert stat.S_IMODE(os.stat(path).st_mode) == 0o600
    assert os.listdir(tmp_path) == ["ready.json"]


def test_the_journal_file_has_the_line_before_the_answer(start, tmp_path):
    path = tmp_path / "journal"
    acme = start("--journal", path)
    for number in range(1, 30):
        me(acme)
        assert len(path.read_text().splitlines()) == number
    assert [json.loads(line) for line in path.read_text().splitlines()] == acme.journal()


def test_the_journal_holds_no_secret(start, tmp_path):
    acme = start("--journal", tmp_path / "journal", "--no-rate-limits")
    me(acme)
    post(acme, "hello")
    for token in secrets(acme):
        requests.get(acme.origins["slack"] + "/api/auth.test", params={"token": token})
        requests.get(acme.origins["notion"] + "/v1/pages/" + token)
    check_holds_no_secret((tmp_path / "journal").read_text() + json.dumps(acme.journal()), secrets(acme))
    refutes(check_holds_no_secret, acme.line, secrets(acme))


def test_the_journal_names_the_socket(acme):
    with requests.Session() as session:
        for owner in ["alice", "bob", "alice"]:
            me(acme, session, owner)
    me(acme)
    ports = [entry["connection"] for entry in acme.journal()]
    assert len(set(ports[:3])) == 1 and ports[3] != ports[0]
    assert [entry["owner"] for entry in acme.journal()] == ["alice", "bob", "alice", "alice"]


def test_the_journal_is_read_from_a_number_and_cleared(acme):
    me(acme)
    me(acme)
    assert [entry["n"] for entry in acme.journal(since=1)] == [2]
    assert acme.control("GET", "/counts")["counts"] == {"notion": {"alice": {"notion.users.me": 2}}}
    acme.control("DELETE", "/journal")
    assert acme.journal() == [] and acme.control("GET", "/counts")["counts"] == {}
    me(acme)
    assert [entry["n"] for entry in acme.journal()] == [3]


def test_counts_tell_calls_from_successes(acme):
    me(acme)
    acme.revoke("notion", "alice")
    me(acme)
    counts = acme.control("GET", "/counts")
    assert counts["counts"]["notion"]["alice"] == {"notion.users.me": 2}
    assert counts["succeeded"]["notion"]["alice"] == {"notion.users.me": 1}


def test_a_planted_status_is_answered_in_the_services_words(acme):
    acme.control("POST", "/faults", service="notion", status=503, count=2)
    answers = [me(acme) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [503, 503, 200]
    assert answers[0].json()["code"] == "service_unavailable"


@pytest.mark.parametrize("drop, effects", [("before", 0), ("after", 1)])
def test_a_dropped_connection_before_or_after_the_effect(acme, drop, effects):
    acme.control("POST", "/faults", service="slack", drop=drop, count=1, operation="slack.chat.postMessage")
    with pytest.raises(requests.ConnectionError):
        post(acme, "lost")
    assert len(acme.sent()["messages"]) == effects
    assert acme.last()["status"] == (200 if effects else 0)
    assert post(acme, "kept").ok
    assert len(acme.sent()["messages"]) == effects + 1


def test_a_planted_fault_can_be_taken_back(acme):
    acme.control("POST", "/faults", service="notion", status=500, count=100)
    acme.control("POST", "/faults", service="notion", status=500, count=0)
    assert me(acme).ok


def test_a_delay_holds_the_answer_after_the_effect(acme):
    acme.control("POST", "/delay", service="notion", milliseconds=60_000)
    with pytest.raises(requests.Timeout):
        me(acme, timeout=0.5)
    assert acme.last()["status"] == 200
    acme.control("POST", "/delay", service="notion", milliseconds=0)
    assert me(acme, timeout=5).ok


def test_a_held_answer_does_not_hold_up_the_end(acme):
    acme.control("POST", "/delay", service="notion", milliseconds=60_000)
    with pytest.raises(requests.Timeout):
        me(acme, timeout=0.5)
    began = time.monotonic()
    assert acme.stop() == 0
    assert time.monotonic() - began < 5


def test_wrong_requests_to_the_control_port_are_refused(acme):
    for path, body in [
        ("/revoke", {"service": "notion", "owner": "mallory"}), ("/revoke", {"service": "fax", "owner": "alice"}),
        ("/faults", {"service": "notion"}), ("/faults", {"service": "notion", "status": 200}),
        ("/delay", {"service": "notion", "milliseconds": "long"}), ("/nowhere", {}),
    ]:
        assert 400 <= requests.post(acme.origins["control"] + path, json=body).status_code < 500


def test_a_taken_port_is_an_error():
    with requests.Session():
        first = Acme()
        port = int(first.origins["slack"].rsplit(":", 1)[1])
        with pytest.raises(RuntimeError):
            Acme("--port", port)
        assert first.stop() == 0
