#!/usr/bin/env bash
# The whole gate, as CI runs it: prepare, check, one debug build, the Swift tests, then Conformance against that build,
# four files at a time, and a part of it again with every home in PostgreSQL.
# The runners' own lines reach standard output; the first step that fails ends it.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/steps.sh"

Scripts/prepare.sh test
step "check" Scripts/check.sh
step "build (debug, with tests)" swift build --build-tests --explicit-target-dependency-import-check error
# No test here is an XCTest; without the flag its runner would close on "0 tests" beside the real count.
# A test that hangs fails the run. The tests run side by side, so what failed is told again after the last of them;
# not all at once, since many hold a database and sockets, and 1,024 open files is a common limit.
swift_tests() {
    local log code=0
    log=$(mktemp)
    SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH=32 \
        timeout -k 10 1500 swift test --skip-build --disable-xctest 2>&1 | tee "$log" || code=$?
    if [ "$code" -ne 0 ]; then
        echo "==> what failed:"
        grep -A 4 -E "recorded an issue" "$log" | grep -E "recorded an issue|^↳|error|Expectation" || tail -n 20 "$log"
    fi
    rm -f "$log"
    return "$code"
}
step "Swift tests" swift_tests
binaries=$PWD/.build/debug
step "conformance" env DEPUTY_BIN="$binaries/deputy" ACME_BIN="$binaries/acme" \
    .venv/bin/python -m pytest -q -ra -n 4 --dist loadfile Conformance
# What depends most on the store; `make soak ARGS=postgresql` runs all of it there.
step "conformance on PostgreSQL" env DEPUTY_TEST_STORE=postgresql DEPUTY_KILLS=5 \
    DEPUTY_BIN="$binaries/deputy" ACME_BIN="$binaries/acme" \
    .venv/bin/python -m pytest -q -n 4 Conformance/gateway/test_{kill,approval_kill,durable,faults,ledger_tamper,crossing}.py
echo "==> everything passed in $SECONDS s"
