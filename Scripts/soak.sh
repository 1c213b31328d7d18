#!/usr/bin/env bash
# What takes longer than a test may. A step that fails doesn't stop the others; the summary at the end says what came of
# each, and the exit code is 1 if one failed. All of it runs the debug build. Docs/reliability.md has the figures.
# Usage: Scripts/soak.sh [STEP…]; without a step, all of them in the order of `all` below.
# Each step's output is kept in .build/soak/STEP.log. How much: SOAK (200) deaths at each point, SOAK_COVER (50) times each
# fault of the simulation, SOAK_SECONDS (300) of load, SOAK_CONVERSATIONS (1000) at once, SOAK_LIMIT (7200) seconds until a
# step counts as hanging.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/steps.sh"

# A step NAME is a function soak_NAME here.
all=(simulation mistakes kills postgresql load conformance)
binaries=$PWD/.build/debug logs=.build/soak
deaths=(Conformance/gateway/test_{kill,kill_keys,faults}.py)

# Every fault at every port in every situation, SOAK_COVER times at least.
soak_simulation() {
    step "simulation, each fault ${SOAK_COVER:-50} times" limited "$binaries/simulate" \
        --cover "${SOAK_COVER:-50}" --table --workers "$(nproc)"
}

# Every planted mistake is found.
soak_mistakes() {
    local mistake mistakes
    mistakes=$("$binaries/simulate" --mistakes)
    for mistake in $mistakes; do
        step "planted: $mistake" found limited "$binaries/simulate" --bug "$mistake" --seeds 400 --workers "$(nproc)"
    done
}

# Each named point of a process's death, and as many failures of a disk, SOAK times (`make test` does 20 of each).
soak_kills() {
    step "deaths and failing disks, ${SOAK:-200} each" conformance "${deaths[@]}"
}

# The same with every home in a PostgreSQL.
soak_postgresql() {
    export DEPUTY_TEST_STORE=postgresql
    step "deaths and failing disks on PostgreSQL, ${SOAK:-200} each" conformance "${deaths[@]}"
}

# Three gateways on one PostgreSQL under load, SOAK_SECONDS of each kind of kill.
soak_load() {
    step "load under kills, ${SOAK_SECONDS:-300} s of each kind" conformance Conformance/shared/test_kills.py
}

# All other conformance with every home in a PostgreSQL.
soak_conformance() {
    local ignored=("${deaths[@]/#/--ignore=}" --ignore=Conformance/shared/test_kills.py)
    export DEPUTY_TEST_STORE=postgresql
    step "conformance on PostgreSQL" conformance --dist loadfile "${ignored[@]}" Conformance
}

# conformance ARGUMENT…: pytest against the build.
conformance() {
    limited env DEPUTY_KILLS="${SOAK:-200}" DEPUTY_SOAK_SECONDS="${SOAK_SECONDS:-300}" \
        DEPUTY_CONVERSATIONS="${SOAK_CONVERSATIONS:-1000}" \
        DEPUTY_BIN="$binaries/deputy" ACME_BIN="$binaries/acme" \
        .venv/bin/python -m pytest -q -ra -n 4 --durations=0 --durations-min=1 "$@"
}

limited() {
    timeout --kill-after=30 "${SOAK_LIMIT:-7200}" "$@"
}

# Succeeds when the command says that it found something (exit code 1), and not when it can't be run at all.
found() {
    local code=0
    "$@" || code=$?
    case $code in
        1) ;;
        0) echo "nobody noticed" >&2 && return 1 ;;
        *) return "$code" ;;
    esac
}

# figure STEP: what its log says of how much was done.
figure() {
    case $1 in
        simulation) grep -E '^[0-9]+ runs, ' "$logs/$1.log" ;;
        mistakes) echo "$(grep -cE '^==> planted: .*: [0-9]+ s$' "$logs/$1.log") planted mistakes found" ;;
        *) grep -E '^(=+ )?[0-9]+ (passed|failed|error|skipped).* in [0-9.]+s' "$logs/$1.log" | tr -d = ;;
    esac | tail -n 1
}

chosen=("$@")
[ ${#chosen[@]} -gt 0 ] || chosen=("${all[@]}")
for name in "${chosen[@]}"; do
    declare -F "soak_$name" >/dev/null || refuse "no step is called \`$name\`" "steps: ${all[*]}"
done
mkdir -p "$logs"
Scripts/prepare.sh test
step "build (debug, with tests)" swift build --build-tests --explicit-target-dependency-import-check error

summary=() failed=0
for name in "${chosen[@]}"; do
    started=$SECONDS result=passed
    # In a shell of its own, so that its end isn't ours; not in a condition, where `set -e` wouldn't count.
    set +e
    (set -e && "soak_$name") 2>&1 | tee "$logs/$name.log"
    code=${PIPESTATUS[0]}
    set -e
    if [ "$code" -ne 0 ]; then
        result="FAILED (exit code $code)" failed=$((failed + 1))
        [ "$code" -ne 124 ] || result="FAILED (took too long)"
    fi
    summary+=("$(printf '%-12s %6s s  %-24s %s' "$name" $((SECONDS - started)) "$result" "$(figure "$name" || true)")")
done
echo "==> soak of $(date --utc +%F), $(git rev-parse --short HEAD), $(nproc) processors:"
printf '    %s\n' "${summary[@]}"
if [ "$failed" -ne 0 ]; then
    echo "==> $failed of ${#chosen[@]} steps failed after $SECONDS s; what each said: $logs/STEP.log" >&2
    exit 1
fi
echo "==> soaked in $SECONDS s"
