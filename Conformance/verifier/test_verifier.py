"""What an outsider can check of an exported ledger, with a program that shares nothing with Deputy."""

import base64
import hashlib
import json
import os
import pathlib
import shutil
import subprocess
import sys

import pytest
import verify as verifier
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

ROOT = pathlib.Path(__file__).resolve().parents[2]
DEPUTY = os.environ.get("DEPUTY_BIN", str(ROOT / ".build/debug/deputy"))
VERIFY = pathlib.Path(__file__).with_name("verify.py")


def deputy(*arguments):
    return subprocess.run([DEPUTY, *map(str, arguments)], capture_output=True, text=True, timeout=120,
                          env=os.environ | {"SWIFT_BACKTRACE": "enable=no"})


def verify(*arguments):
    return subprocess.run([sys.executable, VERIFY, *map(str, arguments)], capture_output=True, text=True, timeout=60)


@pytest.fixture(scope="module")
def story(tmp_path_factory):
    """The home in which the demo's story was played, with its approvals, edits, denials and revocations."""
    folder = tmp_path_factory.mktemp("story")
    home = folder / "home"
    played = deputy("demo", "--once", "--home", home, "--port", "0")
    assert played.returncode == 0, played.stdout
    result = deputy("ledger", "export", folder / "ledger", "--home", home)
    assert result.returncode == 0, result.stderr
    return home, folder / "ledger"


@pytest.fixture
def ledger(story, tmp_path):
    shutil.copytree(story[1], tmp_path / "ledger")
    return tmp_path / "ledger"


def records(ledger):
    return (ledger / "records.jsonl").read_bytes().splitlines(keepends=True)


def test_the_exported_ledger_holds(story, ledger):
    result = verify(ledger)
    assert result.returncode == 0, result.stderr
    kinds = {json.loads(line)["kind"] for line in records(ledger)}
    assert {"decision", "intent", "outcome", "approval", "authority"} <= kinds
    key = (ledger / "key").read_text().strip()
    assert verify(ledger, "--key", key).returncode == 0
    assert deputy("ledger", "export", ledger, "--home", story[0]).returncode == 1, "nothing is overwritten"


def rewrite(ledger, change):
    lines = records(ledger)
    (ledger / "records.jsonl").write_bytes(b"".join(change(lines)))


def swapped(lines):
    return lines[:4] + [lines[5], lines[4]] + lines[6:]


def altered(lines):
    at = next(index for index, line in enumerate(lines) if b'"alice"' in line or b"person:alice" in line)
    return lines[:at] + [lines[at].replace(b"alice", b"alicf")] + lines[at + 1:]


@pytest.mark.parametrize("change", [
    altered, swapped, lambda lines: lines[:-1], lambda lines: lines[:3] + lines[4:], lambda lines: lines[:9] + lines[8:],
    lambda lines: [b"{}\n"] + lines[1:], lambda lines: lines[:2] + [lines[2].replace(b'{"index"', b'{ "index"')] + lines[3:],
])
def test_each_change_of_a_record_is_found(ledger, change):
    rewrite(ledger, change)
    result = verify(ledger)
    assert result.returncode == 3 and "record" in result.stderr, result.stdout


def test_a_forger_without_the_key_is_found(story, ledger):
    """Somebody writes the whole tree anew, with every hash right, and a key of their own."""
    name = (ledger / "key").read_text().split("+")[0]
    private = Ed25519PrivateKey.generate()
    raw = b"\x01" + private.public_key().public_bytes_raw()
    number = hashlib.sha256(name.encode() + b"\n" + raw).digest()[:4]
    tree, previous, lines = verifier.Tree(), "0" * 64, []
    for line in records(ledger)[:-3]:
        record = json.loads(line)
        record["previous"] = previous
        text = json.dumps(record, separators=(",", ":"), ensure_ascii=False).encode()
        digest = verifier.leaf_hash(text)
        tree.append(digest)
        previous = digest.hex()
        lines.append(text + b"\n")
    body = f"{name}\n{tree.size}\n{base64.b64encode(tree.root()).decode()}\n"
    note = f"{body}\n\u2014 {name} {base64.b64encode(number + private.sign(body.encode())).decode()}\n"
    (ledger / "records.jsonl").write_bytes(b"".join(lines))
    (ledger / "checkpoints.jsonl").write_text(json.dumps(note) + "\n")
    true = (story[1] / "key").read_text().strip()
    (ledger / "key").write_text(f"{name}+{number.hex()}+{base64.b64encode(raw).decode()}\n")
    assert verify(ledger).returncode == 0, "with the forger's own key it holds: that is why the key is noted elsewhere"
    assert verify(ledger, "--key", true).returncode == 3
    kept = ledger / "kept"
    kept.write_text(json.loads((story[1] / "checkpoints.jsonl").read_text().splitlines()[-1]))
    assert verify(ledger, "--kept", kept).returncode == 3


def test_a_call_that_was_not_permitted_or_done_twice_is_found():
    permit = {"kind": "decision", "verdict": "permit", "call": "c1", "approval": "a1"}
    agreed = {"kind": "approval", "change": "approval.agreed", "approval": "a1", "digest": "d1"}
    intent = {"kind": "intent", "call": "c1", "digest": "d1"}
    outcome = {"kind": "outcome", "call": "c1"}
    good = [agreed, permit, intent, outcome]
    bad = [
        [intent], [permit | {"verdict": "deny"}, intent], [agreed, permit, intent, intent],
        [agreed, permit, intent, outcome, outcome], [outcome], [permit, intent],
        [agreed | {"approval": "a2"}, permit, intent], [agreed, permit, permit | {"call": "c2"}],
    ]
    for case, holds in [(good, True)] + [(case, False) for case in bad]:
        calls = verifier.Calls()
        try:
            for position, record in enumerate(case):
                calls.note(position, record)
            found = True
        except verifier.Fault:
            found = False
        assert found == holds, case


def test_one_record_is_proved_and_no_other(story, tmp_path):
    home, exported = story
    count = len(records(exported))
    key = (exported / "key").read_text().strip()
    for index in (0, 1, count // 2, count - 1):
        name = tmp_path / f"record-{index}"
        result = deputy("ledger", "prove", index, "--to", name, "--home", home)
        assert result.returncode == 0, result.stderr
        proof, record = f"{name}.tlog-proof", f"{name}.json"
        good = verify(exported, "--key", key, "--proof", proof, "--record", record)
        assert good.returncode == 0 and f"record {index} " in good.stdout, good.stderr
        assert pathlib.Path(record).read_bytes().rstrip(b"\n") == records(exported)[index].rstrip(b"\n")
        text = pathlib.Path(proof).read_text()
        for broken in (text.replace(f"index {index}\n", f"index {index + 1}\n"), text.replace("\n\n", "\nAAAA\n\n", 1)):
            pathlib.Path(proof).write_text(broken)
            assert verify(exported, "--key", key, "--proof", proof, "--record", record).returncode == 3
        pathlib.Path(proof).write_text(text)
        pathlib.Path(record).write_bytes(records(exported)[(index + 2) % count])
        assert verify(exported, "--key", key, "--proof", proof, "--record", record).returncode == 3
    beyond = deputy("ledger", "prove", 10_000_000, "--home", home)
    assert beyond.returncode == 1 and "counted from 0" in beyond.stderr
