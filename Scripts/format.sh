#!/usr/bin/env bash
# Formats every Swift file in place by .swift-format; with --lint it changes nothing and fails on the first difference.
# `walls` cases are formatted too: a refused case has to be refused for its one line alone.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/steps.sh"

places=(Package.swift)
for folder in Sources Tests Benchmarks Conformance; do
    [ ! -d "$folder" ] || places+=("$folder")
done
# A few hundred at a time: the formatter opens all that it is given, and 1,024 open files is a common limit.
formatter() { find "${places[@]}" -name '*.swift' -print0 | xargs -0 -n 300 swift format "$@"; }
case ${1:-} in
    "") formatter format --in-place --parallel ;;
    --lint) formatter lint --strict --parallel && echo "format: clean" ;;
    *) refuse "usage: Scripts/format.sh [--lint]" ;;
esac
