"""What an outsider can check of an exported ledger, with a program that shares nothing with Deputy."""

import base64
import hashlib
import hmac
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


def test_the_ledger_is_shown_to_have_only_grown(story, tmp_path):
    home, exported = story
    key = (exported / "key").read_text().strip()
    notes = [json.loads(line) for line in (exported / "checkpoints.jsonl").read_text().splitlines()]
    assert len(notes) > 1
    for number in {0, len(notes) // 2, len(notes) - 1}:
        kept, name = tmp_path / f"kept-{number}", tmp_path / f"growth-{number}"
        kept.write_text(notes[number])
        size = int(notes[number].split("\n")[1])
        result = deputy("ledger", "prove", "--from", size, "--to", name, "--home", home)
        assert result.returncode == 0, result.stderr
        growth = pathlib.Path(f"{name}.tlog-growth")
        good = verify("--key", key, "--growth", growth, "--kept", kept)
        assert good.returncode == 0 and f"begin with the {size} " in good.stdout, good.stderr
        for other in set(notes) - {notes[number]}:
            kept.write_text(other)
            assert verify("--key", key, "--growth", growth, "--kept", kept).returncode == 3
    refused = deputy("ledger", "prove", "--from", 10_000_000, "--home", home)
    assert refused.returncode == 1 and "doesn't cover" in refused.stderr
    assert deputy("ledger", "prove", "--from", 3, "--size", 10_000_000, "--home", home).returncode == 1


class Log:
    """A small log of our own, for proofs that no honest ledger gives."""

    def __init__(self, records):
        self.private, self.leaves = Ed25519PrivateKey.generate(), [verifier.leaf_hash(record) for record in records]
        raw = b"\x01" + self.private.public_key().public_bytes_raw()
        self.number = hashlib.sha256(b"log\n" + raw).digest()[:4]
        self.key = verifier.Key(f"log+{self.number.hex()}+{base64.b64encode(raw).decode()}")

    def root(self, start, end):
        tree = verifier.Tree()
        for leaf in self.leaves[start:end]:
            tree.append(leaf)
        return tree.root()

    def signed(self, body):
        signature = base64.b64encode(self.number + self.private.sign(body.encode())).decode()
        return f"{body}\n\u2014 log {signature}\n"

    def note(self, size):
        return self.signed(f"log\n{size}\n{base64.b64encode(self.root(0, size)).decode()}\n")

    def growth(self, old, size):
        """RFC 6962, section 2.1.2, as it is written there."""
        def subproof(old, start, end, whole):
            if old == end - start:
                return [] if whole else [self.root(start, end)]
            half = 1 << (end - start - 1).bit_length() - 1
            if old <= half:
                return subproof(old, start, start + half, whole) + [self.root(start + half, end)]
            return subproof(old - half, start + half, end, False) + [self.root(start, start + half)]
        hashes = subproof(old, 0, size, True) if 0 < old < size else []
        return "\n".join([f"old {old}", *(base64.b64encode(one).decode() for one in hashes)]) + "\n\n" + self.note(size)


def test_a_fork_and_a_rewind_are_found():
    log = Log([b"%d" % number for number in range(40)])
    for size in range(1, 40):
        for old in range(0, size + 1):
            assert verifier.verify_growth(log.growth(old, size), log.note(old), log.key) == (old, size)
    kept = log.note(20)
    honest, log.leaves[7] = log.leaves[7], verifier.leaf_hash(b"another")
    for growth in (log.growth(20, 33), log.growth(20, 20)):
        with pytest.raises(ValueError, match="forked"):
            verifier.verify_growth(growth, kept, log.key)
    log.leaves[7] = honest
    with pytest.raises(ValueError, match="kept checkpoint is over 20"):
        verifier.verify_growth(log.growth(12, 12), kept, log.key)
    with pytest.raises(ValueError):
        verifier.verify_growth(log.growth(20, 12).replace("old 20", "old 20"), kept, log.key)


def beat(phase, number, at, uptime=None, gateway="g1", size=0, deny=0, outcomes=0, interval=60, **more):
    return {"kind": "heartbeat", "time": at * 1_000_000, "phase": phase, "gateway": gateway, "number": number,
            "uptime": (at if uptime is None else uptime) * 1_000_000, "interval": interval, "size": size,
            "counted": {"permit": 0, "ask": 0, "connect": 0, "deny": deny, "outcomes": outcomes}} | more


@pytest.mark.parametrize("records, found", [
    ([beat("started", 0, 0), beat("beat", 1, 60), beat("stopped", 2, 70), beat("started", 0, 9000, 0, "g2")], []),
    ([beat("started", 0, 0), beat("beat", 1, 131)], ["silent"]),
    ([beat("started", 0, 0), beat("beat", 2, 60)], ["heartbeats missing"]),
    ([beat("beat", 7, 0)], ["heartbeats missing"]),
    ([beat("started", 0, 0), beat("started", 0, 99, 0, "g2", crashed=["g1"])], ["crashed"]),
    ([beat("started", 0, 0), beat("beat", 1, 60, deny=1)], ["leaves missing"]),
    ([beat("started", 0, 0), {"kind": "decision", "time": 1}, beat("beat", 1, 60, deny=1)], []),
    ([beat("started", 0, 0), beat("beat", 1, 60, outcomes=1), beat("beat", 2, 120, outcomes=1)], ["leaves missing"]),
    ([beat("started", 0, 0), beat("beat", 1, 60, size=2)], ["leaves missing"]),
    ([beat("started", 0, 0), beat("beat", 1, 7200, 60)], ["clock set"]),
    ([beat("started", 0, 5, 0), beat("beat", 1, 5, 60), beat("beat", 2, 5, 120)], []),
])
def test_silence_is_told(records, found):
    pulse = verifier.Pulse()
    for position, record in enumerate(records):
        pulse.note(position, record)
    assert len(pulse.silences) == len(found)
    assert all(what in told for what, told in zip(found, pulse.silences)), pulse.silences


def ledger_of(log, records, folder):
    """A whole ledger with every hash and signature right, as only whoever has the key can write it."""
    folder.mkdir()
    previous, lines, log.leaves = "0" * 64, [], []
    for index, fields in enumerate(records):
        record = {"index": index, "previous": previous} | fields
        lines.append(json.dumps(record, separators=(",", ":"), ensure_ascii=False).encode())
        log.leaves.append(verifier.leaf_hash(lines[-1]))
        previous = log.leaves[-1].hex()
    (folder / "records.jsonl").write_bytes(b"".join(line + b"\n" for line in lines))
    (folder / "checkpoints.jsonl").write_text(json.dumps(log.note(len(lines))) + "\n")
    raw = b"\x01" + log.private.public_key().public_bytes_raw()
    (folder / "key").write_text(f"log+{log.number.hex()}+{base64.b64encode(raw).decode()}\n")
    return folder


def test_a_receipt_finds_its_record_dropped_or_altered_by_whoever_has_the_key(tmp_path):
    log = Log([])
    records = [{"kind": "decision", "time": number, "call": f"c{number}", "verdict": "deny"} for number in range(9)]
    honest = ledger_of(log, records, tmp_path / "honest")
    receipts = [log.signed("\n".join(["deputy/receipt@v1", "log", "1", *(
        f"{index} {base64.b64encode(log.leaves[index]).decode()}" for index in promised), ""])) for promised in [(2, 3), (8,)]]
    file = tmp_path / "receipts.jsonl"
    file.write_text("".join(json.dumps(receipt) + "\n" for receipt in receipts))
    good = verify(honest, "--receipts", file)
    assert good.returncode == 0, good.stderr
    cases = {
        "altered": records[:3] + [records[3] | {"verdict": "permit"}] + records[4:],
        "dropped": records[:2] + records[3:], "cut": records[:8],
    }
    for name, changed in cases.items():
        forged = ledger_of(log, changed, tmp_path / name)
        assert verify(forged).returncode == 0, "the ledger by itself looks whole"
        found = verify(forged, "--receipts", file)
        assert found.returncode == 3 and "receipt" in found.stderr, name
    other = Log([])
    for bad in (other.signed("deputy/receipt@v1\nlog\n1\n0 AAAA\n"), log.note(3), receipts[0].replace("\n2 ", "\n1 ")):
        file.write_text(json.dumps(bad) + "\n")
        assert verify(honest, "--receipts", file).returncode == 3


def test_payloads_are_what_the_records_commit_to_and_none_is_there_after_its_erasure(tmp_path):
    log, key, text = Log([]), b"k" * 32, '{"to":"x"}'
    commitment = {"payload": "c0/arguments", "hmac": hmac.digest(key, text.encode(), "sha256").hex()}
    call = {"kind": "decision", "time": 1, "call": "c0", "requester": "person:bob", "verdict": "deny", "arguments": commitment}
    erased = {"kind": "authority", "time": 2, "change": "payloads.erased", "person": "bob", "before": 1}
    payload = {"payload": "c0/arguments", "key": base64.b64encode(key).decode(), "text": text}
    cases = [
        ([call], payload, 0), ([call], payload | {"text": '{"to":"y"}'}, 3), ([call], payload | {"key": ""}, 3),
        ([call], payload | {"payload": "c1/arguments"}, 3), ([call, erased], payload, 3),
        ([erased | {"time": 0, "before": 0}, call], payload, 0), ([call, erased | {"person": "alice"}], payload, 0),
    ]
    for number, (records, there, code) in enumerate(cases):
        folder = ledger_of(log, records, tmp_path / str(number))
        (folder / "payloads.jsonl").write_text(json.dumps(there) + "\n")
        assert verify(folder).returncode == code, number
