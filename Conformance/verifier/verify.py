"""Verifies an exported ledger with nothing but its public key. Shares no code with Deputy.

    python verify.py FOLDER [--key KEY] [--proof FILE.tlog-proof --record FILE.json] [--kept NOTE ...]

FOLDER is what `deputy ledger export` wrote. Give the key that you noted yourself with `--key`: the one in the folder is
only as good as the folder. Checked are: each record's place, hash and form; that time doesn't run back; every checkpoint's
signature and root, so that all of them tell of one and the same tree; that nothing under a checkpoint is missing; that
each intent follows a permit and has one outcome at most; that no approval is spent twice. Exit code 0: all of it holds.
"""

import argparse
import base64
import hashlib
import json
import pathlib
import sys

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


class Fault(Exception):
    """What doesn't hold, and from which record on."""

    def __init__(self, position, message):
        super().__init__(f"record {position}: {message}")
        self.position = position


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
        if not self.edge:
            return hashlib.sha256(b"").digest()
        root = self.edge[-1]
        for left in reversed(self.edge[:-1]):
            root = node_hash(left, root)
        return root


class Key:
    """A C2SP signed-note verifier key: NAME+ID+BASE64."""

    def __init__(self, text):
        self.name, number, encoded = text.strip().split("+", 2)
        raw = base64.b64decode(encoded, validate=True)
        digest = hashlib.sha256(self.name.encode() + b"\n" + raw).digest()
        if raw[0] != 1 or digest[:4].hex() != number:
            raise ValueError("that isn't an Ed25519 key, or its number belongs to another")
        self.id, self.key = digest[:4], Ed25519PublicKey.from_public_bytes(raw[1:])

    def check(self, note):
        """The three lines of a checkpoint, once its signature holds: origin, size, root."""
        text, _, signatures = note.rpartition("\n\n")
        text += "\n"
        for line in signatures.splitlines():
            mark, name, encoded = line.split(" ")
            raw = base64.b64decode(encoded, validate=True)
            if mark == "\u2014" and name == self.name and raw[:4] == self.id:
                self.key.verify(raw[4:], text.encode())
                origin, size, root = text.splitlines()
                if origin != self.name:
                    raise ValueError(f"the checkpoint is of `{origin}`")
                return int(size), base64.b64decode(root, validate=True)
        raise ValueError("no signature of this key")


def read_checkpoints(notes, key):
    read, last = [], -1
    for number, note in enumerate(notes):
        try:
            size, root = key.check(note)
        except (InvalidSignature, ValueError) as error:
            raise Fault(max(last, 0), f"checkpoint {number} isn't good: {error or 'its signature is wrong'}") from error
        read.append((size, root))
        last = size
    return read


class Calls:
    """Each intent follows a permit of its call and has at most one outcome. What wanted a person's yes had one, and was
    done once."""

    def __init__(self):
        self.permitted, self.intended, self.ended = {}, set(), set()
        self.agreed, self.spent = set(), {}

    def note(self, position, record):
        call, kind, approval = record.get("call"), record["kind"], record.get("approval")
        if kind == "approval" and record.get("change") == "approval.agreed":
            self.agreed.add(approval)
        elif kind == "approval" and record.get("change") == "approval.edited":
            self.agreed.add(record["replacement"])
        elif kind == "decision" and record.get("verdict") == "permit":
            self.permitted[call] = approval
            if approval in self.spent:
                raise Fault(position, f"the approval {approval} is spent twice, first at {self.spent[approval]}")
            if approval:
                self.spent[approval] = position
        elif kind == "intent":
            if call not in self.permitted:
                raise Fault(position, f"the call {call} took effect without a permit")
            if call in self.intended:
                raise Fault(position, f"the call {call} took effect twice")
            if self.permitted[call] and self.permitted[call] not in self.agreed:
                raise Fault(position, f"nobody agreed to {self.permitted[call]}, by which the call {call} took effect")
            self.intended.add(call)
        elif kind == "outcome":
            if call not in self.intended:
                raise Fault(position, f"the call {call} has an outcome and took no effect")
            if call in self.ended:
                raise Fault(position, f"the call {call} ended twice")
            self.ended.add(call)


def verify(lines, notes, key, kept=()):
    """Checks it all; returns how many records there are, are signed, and which calls have no outcome yet."""
    checkpoints = sorted(set(read_checkpoints(notes, key)) | {key.check(note) for note in kept})
    pending, tree, calls = list(checkpoints), Tree(), Calls()
    previous, time = "0" * 64, None
    while pending and pending[0][0] == 0:
        compare(pending, tree)
    for position, line in enumerate(lines):
        try:
            record = json.loads(line, object_pairs_hook=members)
        except ValueError as error:
            raise Fault(position, f"that isn't a record: {error}") from error
        if list(record)[:4] != ["index", "previous", "kind", "time"] or record["index"] != position:
            raise Fault(position, f"the record says that it is number {record.get('index')}")
        if record["previous"] != previous:
            raise Fault(position, "it was written after another record than the one before it")
        if time is not None and record["time"] < time:
            raise Fault(position, "it is older than the one before it")
        calls.note(position, record)
        digest = leaf_hash(line)
        previous, time = digest.hex(), record["time"]
        tree.append(digest)
        while pending and pending[0][0] == tree.size:
            compare(pending, tree)
    if pending:
        raise Fault(tree.size, f"{pending[-1][0]} records were signed, and {tree.size} are there")
    signed = checkpoints[-1][0] if checkpoints else 0
    return tree.size, signed, sorted(calls.intended - calls.ended)


def compare(pending, tree):
    size, root = pending.pop(0)
    if root != tree.root():
        raise Fault(size - 1, f"the records up to here aren't the ones that the checkpoint over {size} signed")


def members(pairs):
    names = [name for name, _ in pairs]
    if len(names) != len(set(names)):
        raise ValueError("a member comes twice")
    return dict(pairs)


def verify_proof(text, record, key):
    """RFC 9162, section 2.1.3.2, under the checkpoint in a C2SP tlog-proof. Returns the record's index."""
    head, _, note = text.partition("\n\n")
    first, index, *hashes = head.split("\n")
    if first != "c2sp.org/tlog-proof@v1" or not index.startswith("index "):
        raise ValueError("that isn't a tlog-proof")
    size, root = key.check(note)
    place = int(index.removeprefix("index "))
    if not 0 <= place < size:
        raise ValueError("the checkpoint doesn't reach so far")
    node, last, found = place, size - 1, leaf_hash(record)
    for encoded in hashes:
        sibling = base64.b64decode(encoded, validate=True)
        if last == 0:
            raise ValueError("the path is too long")
        if node & 1 or node == last:
            found = node_hash(sibling, found)
            while node and not node & 1:
                node, last = node >> 1, last >> 1
        else:
            found = node_hash(found, sibling)
        node, last = node >> 1, last >> 1
    if last or found != root:
        raise ValueError("the path doesn't lead to the signed root")
    return place


def main(arguments):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--key")
    parser.add_argument("--proof", type=pathlib.Path)
    parser.add_argument("--record", type=pathlib.Path)
    parser.add_argument("--kept", type=pathlib.Path, action="append", default=[])
    options = parser.parse_args(arguments)
    try:
        key = Key(options.key or (options.folder / "key").read_text())
        if options.proof:
            place = verify_proof(options.proof.read_text(), options.record.read_bytes().rstrip(b"\n"), key)
            print(f"record {place} is in `{key.name}`")
            return 0
        with open(options.folder / "records.jsonl", "rb") as file:
            notes = [json.loads(line) for line in (options.folder / "checkpoints.jsonl").read_text().splitlines()]
            kept = [path.read_text() for path in options.kept]
            size, signed, unknown = verify((line.rstrip(b"\n") for line in file), notes, key, kept)
    except (Fault, ValueError, InvalidSignature, OSError) as error:
        print(f"not shown to be good: {error or 'a signature is wrong'}", file=sys.stderr)
        return 3
    print(f"{size} records of `{key.name}` hold, {signed} of them signed; {len(unknown)} calls without an outcome")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
