#!/usr/bin/env bash
# bench_home.sh BUILD - the journey's figures: import rows/s, decisions/s with a durable ledger,
# consent check ns, erasure ms; a home of 20,000 subjects (seed 7).
set -eu
build=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$build/demo/generate" --subjects 20000 --seed 7 --until "$(date -u +%Y-%m-%d)" --out "$work/data"
export CANDOR_HOME=$work/home
root=$(cd "$(dirname "$0")/.." && pwd)
"$build/candor" --operator ana init "$work/home" --name bench >"$work/log"
cp "$root/demo/candor.yaml" "$work/home/candor.yaml"
sed "s/2026-10-15/$(date -u -d '-1 day' +%Y-%m-%d)/" "$root/demo/responses.yaml" >"$work/map.yaml"
import() {
    "$build/candor" import "$@" --json >"$work/report.json"
    awk -v what="$1" '/"rows":/ {gsub(",", ""); rows = $2} /"seconds":/ {seconds = $2}
        END {printf "import %-17s %8.0f rows/s (%d rows)\n", what, rows / seconds, rows}' "$work/report.json"
}
import subjects "$work/data/subjects.csv"
import consents "$work/data/consents.csv"
import events "$work/data/events.csv"
"$build/candor" import events "$work/data/responses.csv" --map "$work/map.yaml" >"$work/log"
"$build/candor" train lead >"$work/log"
"$build/candor" model publish lead >"$work/log"
tail -n +2 "$work/data/responses.csv" | cut -d, -f1 | head -19000 >"$work/identifiers"
"$build/bench/bench_home" "$work/home" spring email_marketing email "$work/identifiers"
