"""What mustn't compile: for each wall that types build, a refused file and a twin that differs by a line and compiles.

Each case is a folder `cases/<module>/<case>` with `refused.swift`, `accepted.swift` and `expected.txt`. The twin keeps a
case from being refused for a reason of its own (a renamed type, a module that isn't found). `expected.txt` holds a part
of each diagnostic, one to a line: an error that no line names fails the case, and so does a line that no error matches.

The compiler has to go as far as SIL: the checks of values that can't be copied come after type checking.
"""

from __future__ import annotations

import difflib
import functools
import json
import os
import re
import subprocess
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
BUILD = Path(os.environ.get("DEPUTY_BUILD", ROOT / ".build" / "debug"))
CHECKOUTS = ROOT / ".build" / "checkouts"
# The flags of our own that decide what is accepted; each is followed by its value.
TAKEN_OVER = {"-swift-version", "-package-name", "-enable-upcoming-feature"}
ERROR = re.compile(r"^\S+:\d+:\d+: error: (.*)$|^(?:<unknown>:0: )?error: (.*)$", re.MULTILINE)
CASES = sorted(path.parent for path in HERE.glob("cases/*/*/refused.swift"))


@dataclass(frozen=True)
class Compilation:
    succeeded: bool
    output: str

    @property
    def errors(self) -> list[str]:
        return [located or plain for located, plain in ERROR.findall(self.output)]


@functools.cache
def flags() -> list[str]:
    """As SwiftPM compiles our targets, the package's name included: `package` access must not open a wall either."""
    plan = BUILD.parent / "debug.yaml"
    ours = re.search(r'^ +args: (\[.*"-module-name","Gate".*\])$', plan.read_text(), re.MULTILINE)
    assert ours, f"{plan} has no command for the module `Gate`; build first: swift build"
    arguments = json.loads(ours[1])
    pairs = zip(arguments, arguments[1:])
    maps = [*CHECKOUTS.glob("*/Sources/*/include/module.modulemap"), *BUILD.glob("*.build/module.modulemap")]
    return [
        *(part for pair in pairs if pair[0] in TAKEN_OVER for part in pair),
        *("-parse-as-library", "-I", str(BUILD / "Modules"), "-I", str(CHECKOUTS / "GRDB.swift/Sources/GRDBSQLite")),
        *(part for path in maps for part in ("-Xcc", f"-fmodule-map-file={path}")),
    ]


def compile_swift(file: Path) -> Compilation:
    command = ["swiftc", "-emit-sil", "-o", os.devnull, *flags(), str(file)]
    finished = subprocess.run(command, capture_output=True, text=True, timeout=300)
    return Compilation(finished.returncode == 0, finished.stdout + finished.stderr)


def differing_lines(refused: str, accepted: str) -> int:
    """How many lines would have to be replaced, added or removed to make one text of the other."""
    matcher = difflib.SequenceMatcher(None, refused.splitlines(), accepted.splitlines(), autojunk=False)
    edits = [code for code in matcher.get_opcodes() if code[0] != "equal"]
    return sum(max(code[2] - code[1], code[4] - code[3]) for code in edits)


def mismatches(errors: list[str], expected: list[str]) -> list[str]:
    """What speaks against the errors being exactly those that were expected."""
    unforeseen = [f"not expected: {error}" for error in errors if not any(part in error for part in expected)]
    absent = [f"not reported: {part}" for part in expected if not any(part in error for error in errors)]
    return unforeseen + absent


@pytest.fixture(scope="session")
def compilations():
    """All files compiled side by side, since each takes about a second and uses one core."""
    flags()
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        files = [case / name for case in CASES for name in ("refused.swift", "accepted.swift")]
        pending: dict[Path, Future[Compilation]] = {file: pool.submit(compile_swift, file) for file in files}
        yield lambda file: pending[file].result()


def by_name(case: Path) -> str:
    return f"{case.parent.name}-{case.name}"


@pytest.mark.parametrize("case", CASES, ids=by_name)
def test_the_twins_differ_by_one_line(case: Path):
    assert differing_lines((case / "refused.swift").read_text(), (case / "accepted.swift").read_text()) == 1


@pytest.mark.parametrize("case", CASES, ids=by_name)
def test_the_twin_compiles(case: Path, compilations):
    result = compilations(case / "accepted.swift")
    assert result.succeeded, result.output


@pytest.mark.parametrize("case", CASES, ids=by_name)
def test_it_is_refused_with_the_expected_diagnostic(case: Path, compilations):
    result = compilations(case / "refused.swift")
    assert not result.succeeded, "it compiled"
    expected = (case / "expected.txt").read_text().splitlines()
    assert expected and all(expected), "expected.txt must name a diagnostic on each line"
    assert not mismatches(result.errors, expected), result.output


@pytest.mark.parametrize("module", ["Gate", "Vault"])
def test_each_module_has_cases(module: str):
    assert any(case.parent.name == module for case in CASES)


SPENT_ONCE = """
struct Coin: ~Copyable {
    consuming func spend() {}
}
func pay(_ coin: consuming Coin) {
    coin.spend()
}
"""
SPENT_TWICE = SPENT_ONCE.replace("    coin.spend()\n", "    coin.spend()\n    coin.spend()\n")


def test_the_flags_of_the_package_are_found():
    assert TAKEN_OVER <= set(flags())


@pytest.mark.parametrize("text, errors", [(SPENT_ONCE, []), (SPENT_TWICE, ["'coin' consumed more than once"])])
def test_the_harness_sees_what_is_spent_twice(tmp_path: Path, text: str, errors: list[str]):
    file = tmp_path / "coin.swift"
    file.write_text(text)
    result = compile_swift(file)
    assert (result.succeeded, result.errors) == (not errors, errors)


def test_the_harness_finds_what_is_wrong_with_a_case():
    assert differing_lines(SPENT_TWICE, SPENT_ONCE) == 1
    assert differing_lines(SPENT_TWICE, SPENT_TWICE) == 0
    assert differing_lines("a\nb\nc", "x\nb\ny") == 2
    assert mismatches(["cannot find 'Permit' in scope"], ["initializer is inaccessible"]) == [
        "not expected: cannot find 'Permit' in scope",
        "not reported: initializer is inaccessible",
    ]
