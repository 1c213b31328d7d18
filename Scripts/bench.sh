#!/usr/bin/env bash
# Builds everything optimised (in .build/release, beside the debug build and apart from it) and runs the benchmarks.
# Usage: Scripts/bench.sh [arguments of the benchmark program]
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/steps.sh"

Scripts/prepare.sh bench
step "build (release)" swift build "${optimised[@]}"
binaries=$PWD/.build/release
step "benchmarks" env DEPUTY_BIN="$binaries/deputy" ACME_BIN="$binaries/acme" PYTHON="$PWD/.venv/bin/python" \
    "$PWD/.venv/bin/python" Benchmarks/bench.py "$@"
