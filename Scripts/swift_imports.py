"""Reads the imports of a Swift file without the compiler; part of check-layers.py."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass


class Unreadable(Exception):
    """A file that the check can't read in full; the check then fails rather than overlook something."""


@dataclass(frozen=True)
class Import:
    module: str
    attributes: tuple[str, ...]
    line: int


OPENING = re.compile(r'//|/\*|(?P<pounds>#*)(?P<quotes>"""|")|`')
COMMENT_EDGE = re.compile(r"/\*|\*/")


def without_text(source: str) -> str:
    """The source with comments, string literals and back-quoted names blanked, line breaks kept."""
    out: list[str] = []
    at = 0
    while (opening := OPENING.search(source, at)) is not None:
        out.append(source[at : opening.start()])
        stop = literal_end(source, opening)
        out.append(re.sub(r"[^\n]+", " ", source[opening.start() : stop]))
        at = stop
    out.append(source[at:])
    return "".join(out)


def literal_end(source: str, opening: re.Match[str]) -> int:
    if opening[0] == "//":
        stop = source.find("\n", opening.end())
        return len(source) if stop < 0 else stop
    if opening[0] == "/*":
        return comment_end(source, opening.end())
    if opening[0] == "`":
        closing = re.compile(r"[`\n]").search(source, opening.end())
        return len(source) if closing is None else closing.end()
    return string_end(source, opening.end(), opening["pounds"], opening["quotes"])


def comment_end(source: str, at: int) -> int:
    """Block comments nest in Swift."""
    depth = 1
    while depth and (edge := COMMENT_EDGE.search(source, at)) is not None:
        depth += 1 if edge[0] == "/*" else -1
        at = edge.end()
    return len(source) if depth else at


def string_end(source: str, at: int, pounds: str, quotes: str) -> int:
    """The offset after the literal whose content starts at `at`. An unclosed one-line literal ends with its line."""
    escape, closing = "\\" + pounds, quotes + pounds
    stop = re.compile(f"{re.escape(closing)}|{re.escape(escape)}" + ("|\n" if quotes == '"' else ""))
    while (found := stop.search(source, at)) is not None:
        if found[0] == closing:
            return found.end()
        if found[0] == "\n":
            return found.start()
        inner = found.end() + 1
        at = interpolation_end(source, inner) if source[found.end() : inner] == "(" else inner
    return len(source)


def interpolation_end(source: str, at: int) -> int:
    depth = 1
    edge = re.compile(r"[()]|" + OPENING.pattern)
    while depth and (found := edge.search(source, at)) is not None:
        if found[0] in "()":
            depth += 1 if found[0] == "(" else -1
            at = found.end()
        else:
            at = literal_end(source, found)
    return len(source) if depth else at


IMPORT = re.compile(
    r"(?<![\w.$])"
    r"(?P<attributes>(?:@\w+(?:\s*\([^)]*\))?\s+)*)"
    r"(?:(?:public|package|internal|fileprivate|private)\s+)?"
    r"(?P<attributes2>(?:@\w+(?:\s*\([^)]*\))?\s+)*)"
    r"import\s+"
    r"(?:(?:struct|class|enum|protocol|typealias|func|let|var|actor)\s+)?"
    r"(?P<module>\w+)"
)
# `import` is reserved: elsewhere it can stand only after a dot or before a colon.
WORD = re.compile(r"(?<![\w.$#])import\b(?!\s*:)")


@functools.cache
def imports(source: str, where: str) -> list[Import]:
    text = without_text(source)
    found = []
    for match in IMPORT.finditer(text):
        attributes = match["attributes"] + match["attributes2"]
        at = text.rindex("import", match.start(), match.start("module"))
        names = tuple(re.findall(r"@(\w+)", attributes))
        found.append(Import(match["module"], names, text.count("\n", 0, at) + 1))
    if len(found) != len(WORD.findall(text)):
        raise Unreadable(f"{where}: an import here can't be read; write it as `import Module` on a line of its own")
    return found
