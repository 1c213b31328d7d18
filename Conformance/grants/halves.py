"""Finds a private key that nobody told us: its public half is known, and a number that divides that is half of the private one."""

import base64
import re

RUNS = ((re.compile(rb"[0-9A-Fa-f]{256,}"), 2, bytes.fromhex),
        (re.compile(rb"[A-Za-z0-9+/_-]{170,}"), 4, lambda text: base64.b64decode(text, altchars=b"-_")))


def whole(text, size, decode):
    """What a run of such letters says, wherever it begins."""
    for offset in range(size):
        part = text[offset:].decode()
        # What ends before its group does is filled up.
        yield decode(part + ("A" if size == 4 else "0") * (-len(part) % size))


def writings(content, depth=2):
    """The bytes as they are, and what is written in them in hex or base64, in lines too, and in that once more."""
    yield content
    if depth == 0:
        return
    joined = re.sub(rb"(?:\\r|\\n|\r|\n)", b"", content)
    for text in {content, joined}:
        for letters, size, decode in RUNS:
            for run in letters.finditer(text):
                found = run.group().translate(bytes.maketrans(b"+/", b"-_")) if size == 4 else run.group()
                for said in whole(found, size, decode):
                    yield from writings(said, depth - 1)


def divides(content, modulus):
    """Whether one of the modulus' two primes lies in these bytes, whichever end comes first."""
    half = modulus.bit_length() // 16
    for start in range(len(content) - half + 1):
        first, last = content[start], content[start + half - 1]
        if first > 127 and last & 1 and modulus % int.from_bytes(content[start: start + half], "big") == 0:
            return True
        if last > 127 and first & 1 and modulus % int.from_bytes(content[start: start + half], "little") == 0:
            return True
    return False


def holds_half(content, modulus):
    return any(divides(writing, modulus) for writing in writings(content))


def leaks(places, moduli):
    """The places in which a private key of one of these lies."""
    return sorted({name for name, content in places.items() for modulus in moduli if holds_half(content, modulus)})
