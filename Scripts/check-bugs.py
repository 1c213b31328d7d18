#!/usr/bin/env python3
"""Compares the table of bugs that others shipped (Docs/threat-model.md) with the tests that have its numbers.

A test has a number by its name: `fleet 12: …` in Swift, `test_fleet_12_…` in Python. Each number of the table has a row, each file that
a row names has a test of that number, and each test with a number stands in a file that its row names. `--self-test` plants faults in a
copy and expects each by name.
"""

from __future__ import annotations

import re
import shutil
import sys
import tempfile
from pathlib import Path

import checking

PAGE = "Docs/threat-model.md"
HEADING = "## Bugs that others shipped"
NUMBERS = range(1, 19)
SWIFT = re.compile(r"func\s+`[^`\n]*?fleet (\d+)[,:]")
PYTHON = re.compile(r"^(?:async )?def test_\w*?fleet_(?:test_)?(\d+)_", re.MULTILINE)


def rows(text: str) -> tuple[dict[int, set[str]], list[str]]:
    """The files that each number's row names, from the root; and what is wrong with the table itself."""
    found: dict[int, set[str]] = {}
    problems = []
    if HEADING not in text:
        return {}, [f"{PAGE}: `{HEADING}` is missing"]
    for line in text.split(HEADING, 1)[1].split("\n## ", 1)[0].splitlines():
        if not (row := re.match(r"\| (\d+) \|", line)):
            continue
        number = int(row.group(1))
        if number in found:
            problems.append(f"{PAGE}: {number} stands twice")
        found[number] = {place(name) for name in re.findall(r"`([A-Za-z_]+/[\w/.]+)`", line.rsplit("|", 2)[1])}
    return found, problems


def place(name: str) -> str:
    return f"Conformance/{name}" if name.endswith(".py") else f"Tests/{name}.swift"


def tests(root: Path) -> dict[int, set[str]]:
    """The files that have a test of each number."""
    found: dict[int, set[str]] = {}
    for folder, suffix, pattern in (("Tests", "*.swift", SWIFT), ("Conformance", "test_*.py", PYTHON)):
        for path in sorted((root / folder).rglob(suffix)):
            for number in pattern.findall(path.read_text()):
                found.setdefault(int(number), set()).add(str(path.relative_to(root)))
    return found


def check(root: Path) -> list[str]:
    named, problems = rows((root / PAGE).read_text())
    there = tests(root)
    if not problems or named:
        problems += [f"{PAGE}: {number} has no row" for number in NUMBERS if number not in named]
        problems += [f"{PAGE}: {number} is no number of the list" for number in named if number not in NUMBERS]
    for number, files in sorted(named.items()):
        if not files:
            problems.append(f"{PAGE}: {number} names no test")
        for file in sorted(files):
            if not (root / file).is_file():
                problems.append(f"{PAGE}: {number} names `{file}`, which isn't there")
            elif file not in there.get(number, set()):
                problems.append(f"{PAGE}: {number} names `{file}`, which has no test of that number")
    for number, files in sorted(there.items()):
        problems += [f"{file}: it has a test of {number}, and {PAGE} doesn't name it there"
                     for file in sorted(files - named.get(number, set()))]
    return problems


# What is changed in a copy, and what has to be found. `old=>new`, in a file of this number's row.
FAULTS = [
    ("a test that is gone", "Tests/GateTests/WindowTests.swift", "`fleet 9:=>`", "9 names `Tests/GateTests/WindowTests.swift`, which has no"),
    ("a test of another number", "Conformance/gateway/test_every_way.py", "fleet_8=>fleet_9", "it has a test of 9"),
    ("a file that isn't there", PAGE, "`remote/test_remote.py`=>`remote/test_gone.py`", "which isn't there"),
    ("a row that is gone", PAGE, "| 13 |=>| thirteen |", "13 has no row"),
    ("a row that stands twice", PAGE, "| 13 |=>| 12 |", "12 stands twice"),
    ("a row that names nothing", PAGE, "`remote/test_remote.py`=>nothing", "10 names no test"),
    ("a table that is gone", PAGE, f"{HEADING}=>## Others", "is missing"),
    ("a test that no row names", "Tests/WireTests/NearestTests.swift", "func `=>func `fleet 3: ", "it has a test of 3"),
]


def self_test(root: Path) -> list[str]:
    problems = []
    for what, file, change, expected in FAULTS:
        with tempfile.TemporaryDirectory(prefix="bugs-") as folder:
            copy = Path(folder)
            for part in ("Tests", "Conformance"):
                shutil.copytree(root / part, copy / part, ignore=lambda place, names: [
                    name for name in names if not (Path(place) / name).is_dir() and not name.endswith((".swift", ".py"))])
            (copy / PAGE).parent.mkdir()
            shutil.copy(root / PAGE, copy / PAGE)
            old, new = change.split("=>", 1)
            text = (copy / file).read_text()
            if old not in text:
                problems.append(f"{what}: the fault finds no place: `{old}`")
                continue
            (copy / file).write_text(text.replace(old, new))
            if not any(expected in line for line in check(copy)):
                problems.append(f"{what}: `{expected}` wasn't found")
    return problems


if __name__ == "__main__":
    sys.exit(checking.run(
        __doc__.splitlines()[0], "bugs: each number has the tests that the page names",
        f"bugs: all {len(FAULTS)} planted faults were found", check, self_test))
