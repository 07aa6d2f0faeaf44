#!/usr/bin/env bash
# openapi.sh CANDOR GENERATE CACHE - GET /openapi.json is true: tests of the calls run through a proxy that writes
# down what passes, and npm's validators hold it against the document.
#
# They are pinned by package-lock.json and installed into CACHE once. Without node, npm or their server the test
# says so and is skipped.
set -u
export LC_ALL=C.UTF-8
candor=$(readlink -f "$1") generate=$(readlink -f "$2") cache=$3
here=$(cd "$(dirname "$0")" && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

for program in node npm python3; do
    command -v "$program" >/dev/null || {
        echo "skipped: no $program; apt-get install nodejs npm python3"
        exit 77
    }
done
mkdir -p "$cache"
if ! cmp -s "$here/package-lock.json" "$cache/installed"; then
    cp "$here/package.json" "$here/package-lock.json" "$cache"
    if ! (cd "$cache" && npm ci --ignore-scripts --no-audit --no-fund --fetch-retries=1 --fetch-timeout=30000) >"$scratch/npm" 2>&1; then
        echo "skipped: npm cannot install the validators: $(grep -m 1 -i 'error' "$scratch/npm" || tail -n 1 "$scratch/npm")"
        exit 77
    fi
    cp "$here/package-lock.json" "$cache/installed"
fi

export RECORD="$scratch/record"
wrong=0
for name in serve calls track surface signals board; do
    [ -f "$here/../e2e/$name.sh" ] || continue
    if ! bash "$here/../e2e/$name.sh" "$candor" "$generate" >"$scratch/$name.out" 2>&1; then
        printf 'not true: %s.sh passes when recorded\n' "$name"
        grep '^not true' "$scratch/$name.out" | head -n 5
        wrong=1
    fi
done
bash "$here/drive.sh" "$candor" >"$scratch/drive.out" 2>&1 || { grep "^not true" "$scratch/drive.out"; wrong=1; }
NODE_PATH="$cache/node_modules" node "$here/check.cjs" "$RECORD" || wrong=1
exit "$wrong"
