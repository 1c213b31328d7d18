#!/usr/bin/env python3
"""Compares every import under Sources/ and Tests/, the manifest's target dependencies, and the table of
Docs/architecture.md with Scripts/layers.json.

SwiftPM accepts an import of an undeclared sibling target and of a transitive dependency, so the walls of
Docs/architecture.md stand only while this check does. `--self-test` plants faults in a copy and expects each by name.
"""

from __future__ import annotations

import json
import re
import shutil
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import checking
from swift_imports import Import, Unreadable, imports

LIST = "Scripts/layers.json"
MANIFEST = "Package.swift"
PAGE = "Docs/architecture.md"


@dataclass(frozen=True)
class Target:
    name: str
    path: str
    ours: frozenset[str]
    packages: frozenset[str]
    toolchain: frozenset[str]

    @property
    def allowed(self) -> frozenset[str]:
        return self.ours | self.packages | self.toolchain

    @property
    def is_header(self) -> bool:
        """Whether it only names a library of C."""
        return self.name.startswith("C") and self.name[1:2].isupper()


@dataclass(frozen=True)
class Layers:
    targets: dict[str, Target]
    reserved: dict[str, frozenset[str]]
    forbidden: dict[str, frozenset[str]]


@dataclass
class Findings:
    lines: list[str] = field(default_factory=list)

    def add(self, where: str, what: str, hint: str) -> None:
        self.lines.append(f"{where}: {what}; {hint}")


# Reading the manifest


def balanced(text: str, opening: int) -> int:
    """The offset of the bracket that closes the one at `opening`."""
    depth = 0
    for at in range(opening, len(text)):
        depth += {"(": 1, "[": 1, ")": -1, "]": -1}.get(text[at], 0)
        if depth == 0:
            return at
    raise Unreadable("Package.swift: a bracket is never closed")


def elements(text: str) -> list[str]:
    """The top-level, comma-separated parts of a bracket's inside."""
    parts, start, depth, quoted = [], 0, 0, False
    for at, character in enumerate(text):
        if character == '"':
            quoted = not quoted
        elif not quoted:
            depth += {"(": 1, "[": 1, ")": -1, "]": -1}.get(character, 0)
            if character == "," and depth == 0:
                parts.append(text[start:at])
                start = at + 1
    parts.append(text[start:])
    return [part.strip() for part in parts if part.strip()]


PRODUCT = re.compile(r'let\s+(\w+)\s*=\s*Target\.Dependency\.product\(\s*name:\s*"([^"]+)"')
DIRECT = re.compile(r'\.(?:product|target|byName)\(\s*name:\s*"([^"]+)"')
CALL = re.compile(r"^(wall|program|tests|\.target|\.executableTarget|\.testTarget)\s*\((.*)\)$", re.DOTALL)
# A target's other arguments change neither its name nor what it may import.
OTHER = re.compile(r"^(?:path|resources|exclude|sources|swiftSettings|linkerSettings|plugins)\s*:")


def manifest_targets(source: str) -> dict[str, frozenset[str]]:
    """Target name to the names of all that it depends on, read from the manifest's text (running it takes seconds)."""
    text = re.sub(r'("(?:\\.|[^"\\\n])*")|//[^\n]*', lambda match: match[1] or "", source)
    products = dict(PRODUCT.findall(text))
    package = text.find("let package = Package(")
    if package < 0:
        raise Unreadable("Package.swift: `let package = Package(` isn't found")
    opening = text.index("(", package)
    arguments = elements(text[opening + 1 : balanced(text, opening)])
    targets = next((argument for argument in arguments if argument.startswith("targets:")), None)
    if targets is None:
        raise Unreadable("Package.swift: the list `targets:` isn't found")
    opening = targets.index("[")
    found: dict[str, frozenset[str]] = {}
    for element in elements(targets[opening + 1 : balanced(targets, opening)]):
        call = CALL.match(element)
        if call is None:
            raise Unreadable(f"Package.swift: a target that can't be read: `{element.splitlines()[0]}`")
        name, dependencies = target_call(call[1], elements(call[2]), products)
        if name in found:
            raise Unreadable(f"Package.swift: the target `{name}` stands there twice")
        found[name] = frozenset(dependencies)
    return found


def target_call(kind: str, arguments: list[str], products: dict[str, str]) -> tuple[str, list[str]]:
    first = re.match(r'(?:(?:name|of)\s*:\s*)?"([^"]+)"$', arguments[0]) if arguments else None
    if first is None:
        raise Unreadable(f"Package.swift: a call of `{kind}` doesn't begin with a name")
    dependencies = [first[1]] if kind == "tests" else []
    for argument in arguments[1:]:
        listed = re.match(r"(?:dependencies\s*:\s*)?\[(.*)\]$", argument, re.DOTALL)
        if OTHER.match(argument):
            continue
        if listed is None:
            raise Unreadable(f"Package.swift: an argument of `{first[1]}` can't be read: `{argument}`")
        dependencies += [dependency(part, first[1], products) for part in elements(listed[1])]
    return (f"{first[1]}Tests" if kind == "tests" else first[1]), dependencies


def dependency(part: str, target: str, products: dict[str, str]) -> str:
    quoted, direct = re.match(r'"([^"]+)"$', part), DIRECT.match(part)
    if quoted or direct:
        return (quoted or direct)[1]
    if part in products:
        return products[part]
    raise Unreadable(f"Package.swift: a dependency of `{target}` can't be read: `{part}`")


# The list and the check


def read_layers(root: Path) -> Layers:
    raw = json.loads((root / LIST).read_text(), object_pairs_hook=distinct)
    unknown = set(raw) - {"about", "targets", "reserved", "forbidden"}
    if unknown:
        raise Unreadable(f"{LIST}: unknown key `{min(unknown)}`")
    targets = {}
    for name, entry in raw["targets"].items():
        unknown = set(entry) - {"path", "ours", "packages", "toolchain"}
        if unknown:
            raise Unreadable(f"{LIST}: unknown key `{min(unknown)}` in `{name}`")
        folder = "Tests" if name.endswith("Tests") else "Sources"
        targets[name] = Target(
            name,
            entry.get("path", f"{folder}/{name}"),
            *(frozenset(entry.get(key, [])) for key in ("ours", "packages", "toolchain")),
        )
    return Layers(
        targets,
        {module: frozenset(owners) for module, owners in raw.get("reserved", {}).items()},
        {module: frozenset(barred) for module, barred in raw.get("forbidden", {}).items()},
    )


def distinct(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise Unreadable(f"{LIST}: a key stands twice among {', '.join(key for key, _ in pairs)}")
    return members


def check_list(layers: Layers, findings: Findings) -> None:
    """The list itself: only known names, and no entry that widens a reserved or forbidden module."""
    for name, target in layers.targets.items():
        for module in sorted(target.ours - layers.targets.keys()):
            findings.add(LIST, f"`{name}` names `{module}`, which is no target", "remove it or list the target")
        for module, owners in layers.reserved.items():
            kinds = {name, "*Tests"} if name.endswith("Tests") else {name}
            if module in target.allowed and not kinds & owners:
                findings.add(LIST, f"`{name}` lists `{module}`", f"it is reserved for {names(owners)}")
        for module, barred in layers.forbidden.items():
            if module in target.allowed and name in barred:
                findings.add(LIST, f"`{name}` lists `{module}`", "it is forbidden there")


def check_manifest(root: Path, layers: Layers, findings: Findings) -> None:
    declared = manifest_targets((root / MANIFEST).read_text())
    for name in sorted(declared.keys() | layers.targets.keys()):
        if name not in layers.targets:
            findings.add(MANIFEST, f"target `{name}` isn't in the list", f"add it to {LIST}")
        elif name not in declared:
            findings.add(LIST, f"target `{name}` isn't in Package.swift", "remove it or declare it")
        else:
            wanted = layers.targets[name].ours | layers.targets[name].packages
            for extra in sorted(declared[name] - wanted):
                findings.add(MANIFEST, f"`{name}` depends on `{extra}`", f"{LIST} doesn't allow it")
            for missing in sorted(wanted - declared[name]):
                findings.add(MANIFEST, f"`{name}` doesn't depend on `{missing}`", f"{LIST} says that it does")


ROW = re.compile(r"^\| [a-z ]*\| `(\w+)` \| .* \| ([^|]*) \|$", re.MULTILINE)


def check_page(root: Path, layers: Layers, findings: Findings) -> None:
    """The page shows every target with code of ours but the programs that measure, and what it may import."""
    shown = {name: allowed for name, allowed in ROW.findall((root / PAGE).read_text())}
    for name, target in layers.targets.items():
        ours = {module for module in target.ours if not layers.targets[module].is_header}
        if name in shown and ours != set(shown[name].replace("nothing", "").replace(",", " ").split()):
            findings.add(PAGE, f"`{name}` may import {names(frozenset(ours)) or 'nothing'}", "the table says something else")
        if name not in shown and not (target.is_header or name.endswith("Tests") or name in ("Bench", "simulate")):
            findings.add(PAGE, f"`{name}` isn't in the table", "write its row")
    for name in shown.keys() - layers.targets.keys():
        findings.add(PAGE, f"`{name}` is no target", "remove its row")


def check_sources(root: Path, layers: Layers, findings: Findings) -> None:
    folders = {target.path: target for target in layers.targets.values()}
    for target in layers.targets.values():
        folder = root / target.path
        if not any(folder.rglob("*.swift")) and not any(folder.rglob("include/*.h")):
            findings.add(target.path, f"`{target.name}` has no Swift file", "write its first code or take it out")
    for top in ("Sources", "Tests", "Benchmarks"):
        for file in sorted((root / top).rglob("*.swift")):
            where = file.relative_to(root).as_posix()
            owner = next((folders[path] for path in folders if where.startswith(path + "/")), None)
            if owner is None:
                findings.add(where, "this file belongs to no target", f"list its target in {LIST}")
                continue
            for found in imports(file.read_text(), where):
                check_import(found, owner, layers, f"{where}:{found.line}", findings)


def check_import(found: Import, target: Target, layers: Layers, where: str, findings: Findings) -> None:
    for attribute in found.attributes:
        if attribute == "testable":
            if target.name != f"{found.module}Tests":
                findings.add(
                    where,
                    f"`{target.name}` imports `{found.module}` as testable",
                    f"only `{found.module}Tests` may see its internals",
                )
        elif attribute != "preconcurrency":
            findings.add(where, f"`@{attribute} import {found.module}`", "this attribute would open a wall")
    if found.module not in target.allowed:
        allowed = names(target.allowed) if target.allowed else "nothing"
        findings.add(where, f"`{target.name}` may not import `{found.module}`", f"it may import {allowed} ({LIST})")


def names(modules: frozenset[str]) -> str:
    return ", ".join(f"`{module}`" for module in sorted(modules))


def check(root: Path) -> list[str]:
    findings = Findings()
    try:
        layers = read_layers(root)
        check_list(layers, findings)
        check_manifest(root, layers, findings)
        check_page(root, layers, findings)
        check_sources(root, layers, findings)
    except (Unreadable, KeyError, json.JSONDecodeError, FileNotFoundError) as error:
        findings.lines.append(f"the layer check can't be carried out: {error}")
    return findings.lines


# The check of the check

PLANTED = "Sources/Wire/Planted.swift"
PURE = 'wall("Authority", [])'
SEALED = 'wall("Vault", ["CPKCS11", crypto, cryptoExtras])'
EMPTY = '"Authority": {}'
SECOND_LINE = ":2: `Wire` may not import `Vault`"
FAULTS: list[tuple[str, str, str, str | None]] = [
    # what is planted, file, its text (or `old=>new` for one that exists), a part of the finding expected
    ("an outside module", PLANTED, "import Foundation\n", "`Wire` may not import `Foundation`"),
    ("a sibling", PLANTED, "public import Gate\n", "Planted.swift:1: `Wire` may not import `Gate`"),
    ("one declaration", PLANTED, "import struct Foundation.Data\n", "`Wire` may not import `Foundation`"),
    ("a second import on a line", PLANTED, "import Crypto; import GRDB\n", "`Wire` may not import `GRDB`"),
    ("an attribute on the line before", PLANTED, "@preconcurrency\nimport Vault\n", SECOND_LINE),
    ("an import after a tricky string", PLANTED, 'let a = "\\("/*")"\nimport Vault\n', SECOND_LINE),
    ("an import after a raw string", PLANTED, 'let a = #"\\"#\nimport Vault\n', SECOND_LINE),
    ("a re-export", PLANTED, "@_exported import Crypto\n", "`@_exported import Crypto`"),
    ("an unreadable import", PLANTED, "import\n", "can't be read"),
    ("a comment, which is no import", PLANTED, "/* /* */ import Gate */ // import Gate\n", None),
    ("a string, which is no import", PLANTED, 'let a = """\nimport Gate\n"""\n', None),
    ("a test's name, which is no import", PLANTED, "func `an import Gate is refused`() {}\n", None),
    ("a member named import", PLANTED, "let a = Kind.import\n", None),
    ("Gate's internals elsewhere", "Tests/BrokerTests/P.swift", "@testable import Gate\n", "only `GateTests` may see"),
    ("Gate's internals in its tests", "Tests/GateTests/P.swift", "@testable import Gate\n", None),
    ("a twin in the product", "Sources/Gateway/P.swift", "import Twins\n", "`Gateway` may not import `Twins`"),
    ("the stand-in reaching in", "Sources/acme/P.swift", "import Wire\n", "`acme` may not import `Wire`"),
    ("a file of no target", "Sources/Loose/P.swift", "import Wire\n", "belongs to no target"),
    ("a wider manifest", MANIFEST, f'{PURE}=>wall("Authority", ["Wire"])', "`Authority` depends on `Wire`"),
    ("a narrower manifest", MANIFEST, f'{SEALED}=>wall("Vault", [])', "`Vault` doesn't depend on `Crypto`"),
    ("a target that isn't listed", MANIFEST, f'{PURE}=>{PURE}, wall("New", [])', "`New` isn't in the list"),
    ("a target listed twice", LIST, f"{EMPTY},=>{EMPTY}, {EMPTY},", "a key stands twice"),
    ("an import after a string in a string", PLANTED, 'let a = "\\(f(")"))"\nimport Vault\n', SECOND_LINE),
    ("a reserved module listed", LIST, f'{EMPTY}=>"Authority": {{"packages": ["GRDB"]}}', "reserved for `Storage`"),
    ("a page that says less", PAGE, "checkpoints, verification | Wire |=>checkpoints, verification | nothing |", "`Ledger` may import `Wire`"),
    ("a page without a target", PAGE, "| | `Ledger` |=>| | Ledger |", "`Ledger` isn't in the table"),
    ("a forbidden module listed", LIST, f'{EMPTY}=>"Authority": {{"toolchain": ["Foundation"]}}', "is forbidden"),
]


def plant(root: Path, path: str, text: str) -> None:
    file = root / path
    if "=>" in text:
        old, new = text.split("=>", 1)
        before = file.read_text()
        if before.count(old) != 1:
            raise Unreadable(f"the fault for {path} finds no place: `{old}` must stand there once")
        file.write_text(before.replace(old, new))
    else:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)


def self_test(root: Path) -> list[str]:
    """Plants each fault in a copy of the tree; the check must name it, and nothing beyond it."""
    problems = []
    before = set(check(root))
    with tempfile.TemporaryDirectory(prefix="layers-") as folder:
        for number, (what, path, text, expected) in enumerate(FAULTS):
            copy = Path(folder) / str(number)
            for part in (MANIFEST, LIST, PAGE):
                (copy / part).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(root / part, copy / part)
            for part in ("Sources", "Tests", "Benchmarks"):
                if (root / part).is_dir():
                    (copy / part).symlink_to(root / part) if not path.startswith(part) else shutil.copytree(
                        root / part, copy / part, ignore=shutil.ignore_patterns("*.json*", "*.txt")
                    )
            try:
                plant(copy, path, text)
            except Unreadable as error:
                problems.append(f"{what}: {error}")
                continue
            new = [line for line in check(copy) if line not in before]
            if expected is None and new:
                problems.append(f"{what}: nothing should be found, but: {new[0]}")
            elif expected is not None and not any(expected in line for line in new):
                problems.append(f"{what}: `{expected}` wasn't found, but: {new}")
    return problems


if __name__ == "__main__":
    sys.exit(checking.run(
        __doc__.splitlines()[0], "layers: every import is on the list",
        f"layers: all {len(FAULTS)} planted cases came out as told", check, self_test))
