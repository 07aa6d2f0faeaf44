#!/bin/sh
# The demo company is the same for the same seed, another for another, and names nobody real.
. "$(dirname "$0")/lib.sh"
generate=$build_dir/demo/generate

"$generate" --subjects 3000 --out "$scratch/one"
"$generate" --subjects 3000 --out "$scratch/two"
"$generate" --subjects 3000 --seed 8 --out "$scratch/other"
for file in subjects events consents responses; do
    cmp -s "$scratch/one/$file.csv" "$scratch/two/$file.csv" || not_true "$file.csv is the same again"
    ! cmp -s "$scratch/one/$file.csv" "$scratch/other/$file.csv" ||
        not_true "$file.csv is another for another seed"
done

# LC_ALL=C because one planted row is not UTF-8.
good=$(LC_ALL=C awk -F, 'NF == 9 && $1 ~ /^C00[0-3][0-9][0-9][0-9]$/ && !seen[$1]++' \
    "$scratch/one/subjects.csv" | wc -l)
[ "$good" -ge 3000 ] || not_true "every person is in subjects.csv, not only $good"
strange=$(cut -d, -f2 "$scratch/one/subjects.csv" | LC_ALL=C grep -aE '@' |
    LC_ALL=C grep -avE '^[a-z]+\.[a-z]+[0-9]+@example\.(com|org|net)$' || true)
[ -z "$strange" ] || not_true "addresses are under example.com, .org and .net: $strange"

{
    echo 'identifier,decision,offer,score,reason,ledger_index'
    seq -f 'C%06g,send,classic,0.5,"likely, and allowed",1' 1 1000
    seq -f 'C%06g,holdout,,0.5,,2' 1001 2000
    seq -f 'C%06g,withhold,,0.1,,3' 2001 3000
} >"$scratch/plan.csv"
outcomes() {
    "$generate" --outcomes "$scratch/plan.csv" --subjects-dir "$scratch/one" --out "$1"
}
outcomes "$scratch/outcomes.csv"
outcomes "$scratch/again.csv"
cmp -s "$scratch/outcomes.csv" "$scratch/again.csv" || not_true "outcomes are the same again"
awk -F, 'NR > 1 { n++; yes[$1 > "C001000"] += $2 }
    END { exit !(n == 2000 && yes[0] > 2 * yes[1] && yes[1] > 0) }' "$scratch/outcomes.csv" ||
    not_true "contact has an effect on those it reached, and the withheld have no outcome"
if "$generate" --outcomes "$scratch/plan.csv" --subjects-dir "$scratch/other" --out /dev/null \
    2>"$scratch/said"; then
    not_true "a plan of another company is refused"
fi
done_testing
