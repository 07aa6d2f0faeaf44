#!/bin/sh
# Real Chromium against the program's server, driven by playwright-core.
#
#     browser.sh CANDOR GENERATE CACHE [NAME...]
#
# Runs each NAME.test.cjs beside this file; without a name, all. GENERATE makes the demo company's people;
# playwright-core and axe-core are pinned by package-lock.json and installed into CACHE once; Chromium is
# the system's ($CHROMIUM, chromium or chromium-browser). Without node, npm, their server or Chromium the
# tests say so and are skipped. SHOTS=FOLDER keeps the screenshots; house.cjs says how tests are written.
set -eu
export LC_ALL=C.UTF-8
CANDOR=$(readlink -f "$1") GENERATE=$(readlink -f "$2") cache=$3
export CANDOR GENERATE
shift 3
here=$(cd "$(dirname "$0")" && pwd)

for program in node npm; do
    command -v "$program" >/dev/null || {
        echo "skipped: no $program; apt-get install nodejs npm"
        exit 77
    }
done
CHROMIUM=${CHROMIUM:-$(command -v chromium || command -v chromium-browser || true)}
if [ -z "$CHROMIUM" ]; then
    echo "skipped: no chromium; apt-get install chromium"
    exit 77
fi
export CHROMIUM
mkdir -p "$cache"
cache=$(cd "$cache" && pwd)
if ! cmp -s "$here/package-lock.json" "$cache/installed"; then
    cp "$here/package.json" "$here/package-lock.json" "$cache"
    if ! (cd "$cache" && npm ci --ignore-scripts --no-audit --no-fund --fetch-retries=1 --fetch-timeout=30000) >"$cache/npm" 2>&1; then
        echo "skipped: npm cannot install playwright-core: $(grep -m 1 -i 'error' "$cache/npm" || tail -n 1 "$cache/npm")"
        exit 77
    fi
    cp "$here/package-lock.json" "$cache/installed"
fi
export NODE_PATH="$cache/node_modules"
if ! node "$here/house.cjs" 2>"$cache/why"; then
    echo "skipped: Chromium does not start: $(head -n 1 "$cache/why")"
    exit 77
fi

if [ $# -eq 0 ]; then
    for file in "$here"/*.test.cjs; do
        set -- "$@" "$(basename "$file" .test.cjs)"
    done
fi
wrong=0
for name; do
    node "$here/$name.test.cjs" || wrong=1
done
exit "$wrong"
