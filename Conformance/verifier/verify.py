"""Verifies an exported ledger with nothing but its public key. Shares no code with Deputy.

    python verify.py FOLDER [--key KEY] [--kept NOTE ...] [--receipts FILE]
    python verify.py --key KEY --proof FILE.tlog-proof --record FILE.json
    python verify.py --key KEY --growth FILE.tlog-growth --kept NOTE

FOLDER is what `deputy ledger export` wrote; note the key yourself, the one in the folder is only as good as the folder.
Checked are records, checkpoints, the order of calls, receipts (one JSON text a line), payloads and their erasure. Told are
the silences, where heartbeats don't show that a gateway ran and recorded everything. Exit code 0: all of it holds, and is
signed; 4: the newest records aren't signed, so that whoever has the folder could have written them; 3: it doesn't hold.
"""

import argparse
import base64
import functools
import hashlib
import hmac
import json
import pathlib
import sys
from datetime import UTC, datetime

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


unbase64 = functools.partial(base64.b64decode, validate=True)


class Fault(ValueError):
    """What doesn't hold."""


def require(holds, message, position=None):
    if not holds:
        raise Fault(message if position is None else f"record {position}: {message}")


def leaf_hash(record):
    return hashlib.sha256(b"\x00" + record).digest()


def node_hash(left, right):
    return hashlib.sha256(b"\x01" + left + right).digest()


class Tree:
    """RFC 6962, section 2.1, kept as the roots of its perfect subtrees."""
    def __init__(self):
        self.size, self.edge = 0, []

    def append(self, leaf):
        joined = self.size
        while joined & 1:
            leaf = node_hash(self.edge.pop(), leaf)
            joined >>= 1
        self.edge.append(leaf)
        self.size += 1

    def root(self):
        root = self.edge[-1] if self.edge else hashlib.sha256(b"").digest()
        for left in reversed(self.edge[:-1]):
            root = node_hash(left, root)
        return root


class Key:
    """A C2SP signed-note verifier key: NAME+ID+BASE64."""
    def __init__(self, text):
        self.name, number, encoded = text.strip().split("+", 2)
        raw = unbase64(encoded)
        digest = hashlib.sha256(self.name.encode() + b"\n" + raw).digest()
        require(raw[0] == 1 and digest[:4].hex() == number, "that isn't an Ed25519 key, or its number differs")
        self.id, self.key = digest[:4], Ed25519PublicKey.from_public_bytes(raw[1:])

    def lines(self, note):  # of a signed note, once its signature holds
        text, _, signatures = note.rpartition("\n\n")
        for line in signatures.splitlines():
            mark, name, encoded = line.split(" ")
            raw = unbase64(encoded)
            if mark == "\u2014" and name == self.name and raw[:4] == self.id:
                self.key.verify(raw[4:], (text + "\n").encode())
                return text.split("\n")
        raise ValueError("no signature of this key")

    def checkpoint(self, note):
        origin, size, root = self.lines(note)
        require(origin == self.name, f"the checkpoint is of `{origin}`")
        return int(size), unbase64(root)

    def receipt(self, note):  # the leaf hashes that were promised, by their index
        first, origin, _, *leaves = self.lines(note)
        require((first, origin) == ("deputy/receipt@v1", self.name) and leaves, "that isn't a receipt of this ledger")
        return {int(index): unbase64(digest) for index, digest in (leaf.split(" ") for leaf in leaves)}


class Calls:
    """Each intent follows a permit of its call and has at most one outcome. What wanted a person's yes had one, and was
    done once. Remembers what each call's payloads were committed to, and whose were erased."""
    def __init__(self):
        self.permitted, self.intended, self.ended, self.agreed, self.spent = {}, set(), set(), set(), set()
        self.committed, self.people, self.erased = {}, {}, {}

    def note(self, position, record):
        call, kind, approval, change = (record.get(name) for name in ("call", "kind", "approval", "change"))
        for payload in (record[name] for name in ("arguments", "result") if name in record):
            self.committed[payload["payload"]] = (payload["hmac"], call)
        if kind == "decision":
            self.people[call] = (position, record.get("principal"), record.get("requester", "").removeprefix("person:"))
        if change == "payloads.erased":
            self.erased[record["person"]] = record["before"]
        if change == "approval.agreed":
            self.agreed.add(approval)
        elif change == "approval.edited":
            self.agreed.add(record["replacement"])
        elif kind == "decision" and record["verdict"] == "permit":
            self.permitted[call] = approval
            require(approval not in self.spent, f"the approval {approval} is spent twice", position)
            if approval:
                self.spent.add(approval)
        elif kind == "intent":
            require(call in self.permitted, f"the call {call} took effect without a permit", position)
            require(call not in self.intended, f"the call {call} took effect twice", position)
            wanted = self.permitted[call]
            require(not wanted or wanted in self.agreed, f"nobody agreed to {wanted}, and {call} took effect", position)
            self.intended.add(call)
        elif kind == "outcome":
            require(call in self.intended, f"the call {call} has an outcome and took no effect", position)
            require(call not in self.ended, f"the call {call} ended twice", position)
            self.ended.add(call)

    def check(self, payload):
        name = payload["payload"]
        digest, call = self.committed.get(name, (None, None))
        position, *people = self.people.get(call, (0,))
        found = hmac.digest(unbase64(payload["key"]), payload["text"].encode(), "sha256").hex()
        require(digest == found, f"the payload {name} isn't the one that the ledger commits to", position)
        require(all(position >= self.erased.get(person, 0) for person in people),
                f"the payload {name} is there, and the ledger says that it was erased", position)


class Pulse:
    """Where heartbeats don't show that a gateway ran, and that it recorded all that it counted."""
    def __init__(self):
        self.running, self.silences, self.counts = {}, [], {"decision": 0, "outcome": 0}

    def note(self, position, record):
        kind, time, name, phase = record["kind"], record["time"], record.get("gateway"), record.get("phase")
        if kind in self.counts:
            self.counts[kind] += 1
        if kind != "heartbeat":
            return
        for crashed in set(record.get("crashed", [])) & set(self.running):
            self.tell(position, crashed, "crashed", self.running.pop(crashed)[0]["time"], time)
        sums = {"decision": sum(record["counted"][verdict] for verdict in ("permit", "ask", "connect", "deny")),
                "outcome": record["counted"]["outcomes"]}
        first = {"number": -1, "uptime": 0, "time": time, "interval": 3600}
        last, base = self.running.get(name, (first, {kind: self.counts[kind] - sums[kind] for kind in sums}))
        ran, limit = record["uptime"] - last["uptime"], 2_000_000 * last["interval"] + 10_000_000
        if record["number"] != last["number"] + 1 or (phase == "started") != (last is first):
            self.tell(position, name, "heartbeats missing", last["time"], time)
        elif last is not first and ran > limit:
            self.tell(position, name, "silent", last["time"], time)
        elif last is not first and abs(time - last["time"] - ran) > limit:
            self.tell(position, name, "clock set", last["time"], time)
        if record["size"] > position or any(sums[kind] > self.counts[kind] - base[kind] for kind in sums):
            self.tell(position, name, "leaves missing", last["time"], time)
            base = {kind: min(base[kind], self.counts[kind] - sums[kind]) for kind in sums}
        self.running[name] = (record, base)
        if phase == "stopped":
            del self.running[name]

    def tell(self, position, gateway, what, *times):
        since, until = (datetime.fromtimestamp(at / 1e6, UTC).isoformat("T", "seconds") for at in times)
        self.silences.append(f"record {position}: {what}: no gateway was running or its leaves are missing "
                             f"({gateway}, between {since} and {until})")


def verify(lines, notes, key, kept=(), receipts=(), payloads=()):
    """Checks it all; returns how many records there are, are signed, the calls without an outcome, and the silences."""
    checkpoints = sorted({key.checkpoint(note) for note in [*notes, *kept]})
    pending, tree, calls, pulse = list(checkpoints), Tree(), Calls(), Pulse()
    promises = {}
    for index, digest in (promise for note in receipts for promise in key.receipt(note).items()):
        promises.setdefault(index, set()).add(digest)
    previous, time = "0" * 64, 0
    compare(pending, tree)
    for position, line in enumerate(lines):
        try:
            record = json.loads(line, object_pairs_hook=members)
        except ValueError as error:
            require(False, f"that isn't a record: {error}", position)
        require(list(record)[:4] == ["index", "previous", "kind", "time"] and record["index"] == position,
                f"the record says that it is number {record.get('index')}", position)
        require(record["previous"] == previous, "it was written after another record than the one before it", position)
        require(record["time"] >= time, "it is older than the one before it", position)
        digest = leaf_hash(line)
        require(promises.pop(position, {digest}) == {digest}, "a receipt was given for another record", position)
        calls.note(position, record)
        pulse.note(position, record)
        previous, time = digest.hex(), record["time"]
        tree.append(digest)
        compare(pending, tree)
    signed = max([0, *(size for size, _ in checkpoints)])
    require(not pending, f"{signed} records were signed, and {tree.size} are there", tree.size)
    require(not promises, f"a receipt was given for it, and there are {tree.size} records", min(promises, default=0))
    for payload in payloads:
        calls.check(payload)
    return tree.size, signed, sorted(calls.intended - calls.ended), pulse.silences


def compare(pending, tree):
    while pending and pending[0][0] == tree.size:
        size, root = pending.pop(0)
        require(root == tree.root(), f"the records up to here aren't what the checkpoint over {size} signed", size - 1)


def members(pairs):
    require(len({name for name, _ in pairs}) == len(pairs), "a member comes twice")
    return dict(pairs)


def climb(node, last, path, *, old=None, new):
    """Both hashes at the top of a path (RFC 9162, sections 2.1.3.2 and 2.1.4.2)."""
    for sibling in path:
        require(last, "the path is too long")
        if node & 1 or node == last:
            old, new = old and node_hash(sibling, old), node_hash(sibling, new)
            while node and not node & 1:
                node, last = node >> 1, last >> 1
        else:
            new = node_hash(new, sibling)
        node, last = node >> 1, last >> 1
    return old, new if last == 0 else None


def read_proof(text, key):
    head, _, note = text.partition("\n\n")
    return head.split("\n"), key.checkpoint(note)


def verify_proof(text, record, key):
    """That a record is under the checkpoint in a C2SP tlog-proof. Returns its index."""
    (first, index, *hashes), (size, root) = read_proof(text, key)
    place = int(index.removeprefix("index "))
    require(first == "c2sp.org/tlog-proof@v1" and index.startswith("index ") and 0 <= place < size,
            "that isn't a tlog-proof, or its checkpoint doesn't reach so far")
    require(climb(place, size - 1, map(unbase64, hashes), new=leaf_hash(record))[1] == root,
            "the path doesn't lead to the signed root")
    return place


def verify_growth(text, kept, key):
    """That the tree under the newer checkpoint begins with the one under the kept. Returns both sizes."""
    (first, *hashes), (size, root) = read_proof(text, key)
    old, before = key.checkpoint(kept)
    path = list(map(unbase64, hashes))
    require(first == f"old {old}" and old <= size, f"the proof is of `{first}`, the kept checkpoint is over {old}")
    if old in (0, size):
        require(not path and (not old or before == root), "two checkpoints over as many differ: the ledger was forked")
        return old, size
    shift = (old & -old).bit_length() - 1
    start = before if old == 1 << shift else path.pop(0)
    require(climb((old - 1) >> shift, (size - 1) >> shift, path, old=start, new=start) == (before, root),
            "the ledger doesn't begin with what the kept checkpoint covers: it was forked or cut back")
    return old, size


def main(arguments):
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("folder", type=pathlib.Path, nargs="?", default=pathlib.Path("."))
    for name in ("--key", "--proof", "--record", "--growth", "--receipts"):
        parser.add_argument(name, type=str if name == "--key" else pathlib.Path)
    parser.add_argument("--kept", type=pathlib.Path, action="append", default=[])
    options = parser.parse_args(arguments)
    read = lambda path: map(json.loads, open(path, "rb")) if path and path.exists() else ()  # noqa: E731
    try:
        key = Key(options.key or (options.folder / "key").read_text())
        kept = [path.read_text() for path in options.kept]
        if options.proof:
            place = verify_proof(options.proof.read_text(), options.record.read_bytes().rstrip(b"\n"), key)
            print(f"record {place} is in `{key.name}`")
        elif options.growth:
            old, size = verify_growth(options.growth.read_text(), kept[0], key)
            print(f"the {size} records of `{key.name}` begin with the {old} that were kept")
        else:
            lines = (line.rstrip(b"\n") for line in open(options.folder / "records.jsonl", "rb"))
            size, signed, unknown, silences = verify(
                lines, read(options.folder / "checkpoints.jsonl"), key, kept, read(options.receipts),
                read(options.folder / "payloads.jsonl"))
            print(f"{size} records of `{key.name}` hold, {signed} of them signed;",
                  f"{len(unknown)} calls without an outcome", *("\n" + silence for silence in silences))
            if signed < size or not signed:
                print(f"not shown to be good: {size - signed} records from number {signed} on aren't signed",
                      file=sys.stderr)
                return 4
    except (ValueError, LookupError, TypeError, InvalidSignature, OSError) as error:
        print(f"not shown to be good: {error or 'a signature is wrong'}", file=sys.stderr)
        return 3
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
