#!/usr/bin/env bash
# What is cheap enough to run before every commit: formatting, layers and the numbers of known bugs, and that both checks find
# planted faults.
# Takes seconds and builds nothing.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/steps.sh"

Scripts/format.sh --lint
python3 Scripts/check-layers.py
python3 Scripts/check-layers.py --self-test
python3 Scripts/check-bugs.py
python3 Scripts/check-bugs.py --self-test
