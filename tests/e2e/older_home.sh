#!/usr/bin/env bash
# A home that an older program made opens, has all that it had, and goes on.
#
#   older_home.sh PROGRAM
#
# tests/formats/home-vN.tar.xz are homes of each version of the schema, never changed: 30 people s1 .. s30,
# of whom s1 has three decisions, s2 two and s3 one.
set -u
export LC_ALL=C.UTF-8
program=$1
here=$(cd "$(dirname "$0")" && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
wrong=0
not_true() {
    printf 'not true: %s\n' "$*"
    wrong=$((wrong + 1))
}
decisions_are() { # IDENTIFIER COUNT
    local count
    count=$("$program" --home "$home" subject show "$1" --because 'a test' --json | grep -cE '"decision": "(send|withhold)"')
    [ "$count" -eq "$2" ] || not_true "$1 has $2 decisions, not $count"
}
entries() { "$program" --home "$home" ledger verify | sed -n 's/^Sound. \([0-9]*\) entries.*/\1/p'; }

for archive in "$here"/../formats/home-v*.tar.xz; do
    rm -rf "$scratch/shop"
    tar -xJf "$archive" -C "$scratch"
    home=$scratch/shop
    cp "$home/ledger.pub" "$scratch/known.pub"
    # As it lies there, before anything is changed: whoever only verifies needs no newer tables.
    cp -a "$home" "$scratch/untouched"
    "$program" --home "$scratch/untouched" ledger verify >"$scratch/before" ||
        not_true "an untouched ledger of ${archive##*/} verifies"
    rm -rf "$scratch/untouched"
    decisions_are s1 3
    decisions_are s2 2
    decisions_are s3 1
    before=$(entries)
    [ "$before" -gt 40 ] || not_true "it verifies: $(cat "$scratch/before")"
    for who in s1 s4 s1; do
        "$program" --home "$home" decide "$who" --campaign welcome --json >"$scratch/out" ||
            not_true "a decision about $who is made"
    done
    decisions_are s1 5
    decisions_are s4 1
    after=$(entries)
    [ "$after" -gt "$before" ] || not_true "there are more than $before entries, verified: $after"
    "$program" --home "$home" subject erase s1 --because 'a test' --json >"$scratch/out" ||
        not_true 's1 is erased'
    grep -q '"decisions": 5' "$scratch/out" || not_true "five decisions go: $(cat "$scratch/out")"
    decisions_are s2 2
    [ "$(entries)" -gt "$after" ] || not_true 'it verifies after an erasure'
    cmp -s "$home/ledger.pub" "$scratch/known.pub" || not_true 'it has the key that it had'
done
exit $((wrong > 0))
