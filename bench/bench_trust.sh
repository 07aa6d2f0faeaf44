#!/usr/bin/env bash
# bench_trust.sh BUILD [NAME...] - what is promised of trust, measured: theft, repair, blind, poison, watch. From ../shared/data.
set -euo pipefail
export LC_ALL=C.UTF-8
build=$(readlink -f "$1")
shift
data=$(cd "$(dirname "$0")/.." && pwd)/../shared/data
[ -f "$data/adult/adult.csv.gz" ] || { echo "skip: there is no $data/adult/adult.csv.gz"; exit 0; }
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
zcat "$data/adult/adult.csv.gz" >"$scratch/adult.csv"

wanted() { [ $# -eq 1 ] || return 1; [ ${#names[@]} -eq 0 ] || [[ " ${names[*]} " == *" $1 "* ]]; }
names=("$@")

if wanted theft; then
    for pairs in auto 0; do
        "$build/candor" fit "$scratch/adult.csv" --target income --split "$data/adult/split80.txt" --pairs "$pairs" \
            --out "$scratch/adult.model" --json >/dev/null
        "$build/bench/bench_theft" "$scratch/adult.model" "$scratch/adult.csv"
    done
fi

if wanted repair; then
    CANDOR_DATA=$data bash "$(dirname "$0")/trust_repair.sh" "$build"
fi

if wanted blind; then
    python3 "$(dirname "$0")/trust_blind.py" "$build/candor" "$data"
fi

if wanted poison; then
    "$build/bench/bench_poison"
    python3 "$(dirname "$0")/trust_poison.py" "$build/candor" "$data"
    python3 "$(dirname "$0")/trust_poison_made.py" "$build/candor" "$data"
fi

if wanted watch; then
    "$build/bench/bench_trust_watch" "$data" 40
fi
