#!/usr/bin/env bash
# bench_anonymise.sh BUILD - a million rows, five quasi-identifiers; processor time of the whole command,
# reading and writing CSV included. The baseline is gzip over the same file, in the same run.
set -euo pipefail
export LC_ALL=C.UTF-8
build=$(readlink -f "$1")
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

awk 'BEGIN {
    srand(7)
    print "age,zip,sex,city,income,illness"
    for (i = 0; i < 1000000; i++)
        printf "%d,%05d,%s,c%d,%d,i%d\n", 18 + rand() * 73, rand() * 100000, rand() < 0.5 ? "m" : "f", \
            -20 * log(1 - rand()), 40000 + 15000 * (rand() + rand() + rand() - 1.5), rand() * 31
}' >"$scratch/people.csv"

# spent WORD...: user seconds.
spent() {
    local TIMEFORMAT=%U
    { time "$@" >"$scratch/out" 2>"$scratch/err"; } 2>&1
}
base=$(spent gzip -6 -c "$scratch/people.csv")
printf 'seed 7, 1,000,000 rows; gzip -6: %s s\n' "$base"
measure() {
    local name=$1 took
    shift
    took=$(spent "$build/candor" anonymise "$scratch/people.csv" --quasi age,zip,sex,city,income \
        --out "$scratch/safe.csv" --json "$@")
    printf '%-24s %6.2f s user, %5.2f times gzip, %s classes\n' "$name" "$took" \
        "$(awk -v a="$took" -v b="$base" 'BEGIN { print a / b }')" \
        "$(sed -n 's/^  "classes": \([0-9]*\),/\1/p' "$scratch/out")"
}
measure 'k = 5' --k 5
measure 'k = 5, local' --k 5 --local
measure 'k = 5, l = 3' --k 5 --sensitive illness --l 3
measure 'k = 5, t = 0.5' --k 5 --sensitive illness --t 0.5
