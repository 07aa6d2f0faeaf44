#!/usr/bin/env bash
# What candor scan finds on labelled texts, fitted on one half and told of the other.
#
#   bench_scan_quality.sh BUILD [FOLDER]
set -euo pipefail
python3 "$(dirname "$0")/scan_quality.py" "$1/candor" "${2:-../shared/data/gate}"
python3 "$(dirname "$0")/gate_assigned.py" "$1/candor" "$1/bench/gate_assigned" "${2:-../shared/data/gate}/secrets-creddata"
