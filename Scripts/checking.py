"""The command line of a check: it looks at the repository, or with `--self-test` at copies with planted faults."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def run(about: str, good: str, planted: str, check: Callable[[Path], list[str]], self_test: Callable[[Path], list[str]]) -> int:
    """Prints what is wrong, else what was found good. The exit code: 1 where something is wrong."""
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument("--self-test", action="store_true", help="plant faults in a copy and expect each by name")
    is_planting = parser.parse_args().self_test
    problems = self_test(ROOT) if is_planting else check(ROOT)
    print("\n".join(problems) or (planted if is_planting else good))
    return 1 if problems else 0
