#!/usr/bin/env bash
# Formats every Swift file in place by .swift-format; with --lint it changes nothing and fails on the first difference.
# `walls` cases are formatted too: a refused case has to be refused for its one line alone.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/steps.sh"

places=(Package.swift)
for folder in Sources Tests Benchmarks Conformance; do
    [ ! -d "$folder" ] || places+=("$folder")
done
case ${1:-} in
    "") swift format format --in-place --recursive --parallel "${places[@]}" ;;
    --lint) swift format lint --strict --recursive --parallel "${places[@]}" && echo "format: clean" ;;
    *) refuse "usage: Scripts/format.sh [--lint]" ;;
esac
