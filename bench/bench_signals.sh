#!/usr/bin/env bash
# bench_signals.sh BUILD - decoding consent strings beside the reference libraries, in one run.
#
# The strings are the published vectors in ../shared/data, or in the folder CANDOR_DATA. The rivals,
# @iabtcf/core and @iabgpp/cmpapi, come from npm, pinned by bench/signals/package-lock.json, into
# BUILD/bench/signals; without node, npm or their server the run says so and measures Candor alone.
set -euo pipefail
export LC_ALL=C.UTF-8
here=$(cd "$(dirname "$0")" && pwd)
build=$(readlink -f "$1")
data=${CANDOR_DATA:-$here/../../shared/data}/consent-strings
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

[ -d "$data" ] || {
    echo "skipped: no $data; set CANDOR_DATA to the folder of the data"
    exit 0
}
"$build/bench/bench_signals" "$data" "$scratch/tcf" "$scratch/gpp"

for program in node npm; do
    command -v "$program" >/dev/null || {
        echo "rivals skipped: no $program"
        exit 0
    }
done
cache=$build/bench/signals
mkdir -p "$cache"
if ! cmp -s "$here/signals/package-lock.json" "$cache/installed"; then
    cp "$here/signals/package.json" "$here/signals/package-lock.json" "$cache"
    if ! (cd "$cache" && npm ci --ignore-scripts --no-audit --no-fund) >"$scratch/npm" 2>&1; then
        echo "rivals skipped: npm cannot install them: $(grep -m 1 -i error "$scratch/npm" || tail -n 1 "$scratch/npm")"
        exit 0
    fi
    cp "$here/signals/package-lock.json" "$cache/installed"
fi
NODE_PATH=$cache/node_modules node "$here/signals/rival.cjs" "$scratch/tcf" "$scratch/gpp"
