#!/usr/bin/env bash
# What is cheap enough to run before every commit: formatting, layers, the numbers of known bugs and where channels are named, and
# that these checks find planted faults.
# Takes seconds and builds nothing.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/steps.sh"

Scripts/format.sh --lint
python3 Scripts/check-layers.py
python3 Scripts/check-layers.py --self-test
python3 Scripts/check-bugs.py
python3 Scripts/check-bugs.py --self-test
python3 Scripts/check-channels.py
python3 Scripts/check-channels.py --self-test
