#!/usr/bin/env bash
# What takes longer than a test may: each named point of a process's death 200 times, and as many failures of a disk, against
# the debug build (`make test` does 20 of each). SOAK=N sets another number. Docs/reliability.md has the figures.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/steps.sh"

Scripts/prepare.sh test
step "build (debug, with tests)" swift build --build-tests --explicit-target-dependency-import-check error
binaries=$PWD/.build/debug
step "kills and failing disks, ${SOAK:-200} each" env DEPUTY_KILLS="${SOAK:-200}" \
    DEPUTY_BIN="$binaries/deputy" ACME_BIN="$binaries/acme" \
    .venv/bin/python -m pytest -q -ra -n 4 --durations=0 --durations-min=1 \
    Conformance/gateway/test_kill.py Conformance/gateway/test_kill_keys.py Conformance/gateway/test_faults.py
echo "==> soaked in $SECONDS s"
