#!/usr/bin/env bash
# Builds Deputy in debug, the same build that the tests use, and starts the demo organization; arguments go to the demo.
# Usage: Scripts/demo.sh [--once] [--port N] [--credentials FILE] [--json]
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/steps.sh"

# Standard output belongs to the demo: with --json it is read by a program.
{
    Scripts/prepare.sh demo
    step "build (debug)" swift build
} >&2
exec .build/debug/deputy demo "$@"
