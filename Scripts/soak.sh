#!/usr/bin/env bash
# What takes longer than a test may. Docs/reliability.md has the figures.
# Usage: Scripts/soak.sh [STEP…]; without a step, all of them in this order: simulation kills postgresql
# A step is a function here whose name begins with `soak_`.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/steps.sh"

# Every fault at every port in every situation, SOAK_COVER (50) times at least; then every planted mistake.
soak_simulation() {
    step "build the simulation (release)" swift build -c release --product simulate
    local simulate mistake
    simulate=$(swift build -c release --show-bin-path)/simulate
    step "simulation, each fault ${SOAK_COVER:-50} times" "$simulate" --cover "${SOAK_COVER:-50}" --table \
        --workers "$(nproc)"
    for mistake in $("$simulate" --mistakes); do
        step "planted: $mistake" found "$simulate" --bug "$mistake" --seeds 400 --workers "$(nproc)"
    done
}

# Succeeds when the command fails, which is how a mistake is found.
found() {
    if "$@"; then
        echo "nobody noticed" >&2
        return 1
    fi
}

# Each named point of a process's death, and as many failures of a disk, SOAK (200) times, against the debug build
# (`make test` does 20 of each).
soak_kills() {
    Scripts/prepare.sh test
    step "build (debug, with tests)" swift build --build-tests --explicit-target-dependency-import-check error
    local binaries=$PWD/.build/debug
    step "kills and failing disks, ${SOAK:-200} each" env DEPUTY_KILLS="${SOAK:-200}" \
        DEPUTY_BIN="$binaries/deputy" ACME_BIN="$binaries/acme" \
        .venv/bin/python -m pytest -q -ra -n 4 --durations=0 --durations-min=1 \
        Conformance/gateway/test_kill.py Conformance/gateway/test_kill_keys.py Conformance/gateway/test_faults.py
}

# Conformance with every home in a PostgreSQL, where a gateway dies SOAK (200) times at each named point as well, and
# SOAK_SECONDS (300) of each kind of kill under load.
soak_postgresql() {
    Scripts/prepare.sh test
    step "build (debug, with tests)" swift build --build-tests --explicit-target-dependency-import-check error
    local binaries=$PWD/.build/debug
    step "conformance on PostgreSQL" env DEPUTY_TEST_STORE=postgresql DEPUTY_KILLS="${SOAK:-200}" \
        DEPUTY_SOAK_SECONDS="${SOAK_SECONDS:-300}" DEPUTY_BIN="$binaries/deputy" ACME_BIN="$binaries/acme" \
        .venv/bin/python -m pytest -q -ra -n 4 --dist loadfile --durations=20 Conformance
}

all=(simulation kills postgresql)
chosen=("$@")
[ ${#chosen[@]} -gt 0 ] || chosen=("${all[@]}")
for name in "${chosen[@]}"; do
    declare -F "soak_$name" >/dev/null || refuse "no step is called \`$name\`" "steps: ${all[*]}"
done
for name in "${chosen[@]}"; do "soak_$name"; done
echo "==> soaked in $SECONDS s"
