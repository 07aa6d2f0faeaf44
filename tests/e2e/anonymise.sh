#!/usr/bin/env bash
# Nobody in a table stands alone: the written file is counted again by a program of its own.
#
#   anonymise.sh PROGRAM GENERATE
. "$(dirname "$0")/lib.sh"

at() { printf '%s/%s' "$scratch" "$1"; }
run() {
    "$program" "$@" >"$scratch/out" 2>"$scratch/err"
    rc=$?
}
ran() {
    run "$@"
    [ "$rc" -eq 0 ] || { sed 's/^/      | /' "$scratch/err"; return 1; }
}

# name,age,city,joined,illness,amount; drawn by a small generator of its own, so that it is the same.
awk 'BEGIN {
    s = 11
    print "name,age,city,joined,illness,amount"
    for (i = 0; i < 2000; i++) {
        for (k = 1; k <= 4; k++) { s = (s * 16807) % 2147483647; r[k] = s / 2147483647 }
        age = i % 50 ? 18 + int(r[1] * r[1] * 70) : ""
        printf "person %d,%s,c%d,20%02d-0%d-11,i%d,%d\n", i, age, r[2] * 9, 10 + r[3] * 15, \
            1 + r[4] * 9, (i * 7 + int(r[1] * 3)) % 6, 10 * r[2] * r[4]
    }
}' >"$(at data.csv)"
printf 'city:\n  north: {coast: [c0, c1, c2], hills: [c3, c4]}\n  south: [c5, c6, c7, c8]\n' >"$(at tree.yaml)"
data=$(at data.csv)
out=$(at safe.csv)

# classes K L: every class of the written file (columns age,city,joined) has K rows and L illnesses.
classes() {
    awk -F, -v k="$1" -v l="$2" '
        NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
        {
            class = $at["age"] "," $at["city"] "," $at["joined"]
            count[class]++
            if (!seen[class, $at["illness"]]++) ill[class]++
        }
        END {
            for (c in count) if (count[c] < k || ill[c] < l) { print c, count[c], ill[c]; bad = 1 }
            exit bad || length(count) < 2
        }' "$out"
}

it "a table is anonymised" ran anonymise "$data" --quasi age,city,joined --k 5 --drop name --out "$out" --json
it "every class has 5 rows" classes 5 1
it "the report says how large the smallest class is" value_is recoding global
it "no row is lost" [ "$(wc -l <"$out")" -eq 2001 ]
it "the dropped column is gone" [ "$(head -1 "$out")" = "age,city,joined,illness,amount" ]
it "what was asked about is kept as it was" diff <(cut -d, -f5,6 "$data") <(cut -d, -f4,5 "$out")
cp "$out" "$(at first.csv)"
it "and once more" ran anonymise "$data" --quasi age,city,joined --k 5 --drop name --out "$out" --json
it "the same table gives the same bytes" cmp "$out" "$(at first.csv)"
it "with l-diversity" ran anonymise "$data" --quasi age,city,joined --k 5 --sensitive illness --l 4 --drop name --out "$out"
it "every class has 4 illnesses" classes 5 4
it "with entropy" ran anonymise "$data" --quasi age,city,joined --k 5 --sensitive illness --l 3 --diversity entropy \
    --drop name --out "$out"
it "every class has 3 illnesses at least" classes 5 3
it "with t-closeness" ran anonymise "$data" --quasi age,city,joined --k 3 --sensitive illness,amount --t 0.25 --drop name --out "$out"
it "and classes of 3" classes 3 1
it "with a hierarchy and local recoding" ran anonymise "$data" --quasi age,city,joined --k 20 --hierarchies "$(at tree.yaml)" \
    --local --drop name --out "$out" --json
it "every class has 20 rows" classes 20 1
cities() { tail -n +2 "$out" | cut -d, -f2 | sort -u | grep -qvxE 'c[0-8]|north|south|coast|hills|\*'; }
it "cities are called as in the hierarchy" eval '! cities'

run anonymise "$data" --quasi age,city --k 5 --out "$out" --json
it "a column that names people is warned of" grep -q "'name' is passed on" "$scratch/out"

ran anonymise risk "$data" --quasi age,city,joined --json
it "the risk before is that of people who stand alone" value_is prosecutor_highest 1
ran anonymise "$data" --quasi age,city,joined --k 5 --drop name --out "$out"
run anonymise risk "$out" --quasi age,city,joined --risk-above 0.2 --json
it "and afterwards nobody's is above 1 / k" [ "$rc" -eq 0 ]
run anonymise risk "$data" --quasi age,city,joined --risk-above 0.2
it "a risk above ends with 1" [ "$rc" -eq 1 ]
head -200 "$data" >"$(at part.csv)"
ran anonymise risk "$(at part.csv)" --quasi age,city --population "$data" --json
it "in a population it is less" awk '/journalist_average/ { j = $2 + 0 } /prosecutor_average/ { p = $2 + 0 } END { exit !(j < p) }' "$scratch/out"

rm -f "$out"
refuses() { # EXIT PATTERN WORD...
    local exit=$1 pattern=$2
    shift 2
    run anonymise "$@" --out "$out"
    said "$exit" "$pattern" && [ ! -e "$out" ]
}
it "an unknown column" refuses 2 "no column 'ages'" "$data" --quasi ages --k 5
it "a column named twice" refuses 2 "named twice" "$data" --quasi age,age --k 5
it "no k" refuses 2 "--k is 1 or more" "$data" --quasi age --k 0
it "more than there are" refuses 3 "2000 rows cannot be" "$data" --quasi age --k 2001
it "more variety than there is" refuses 3 "less varied" "$data" --quasi age --k 2 --sensitive illness --l 7
it "l without a sensitive column" refuses 2 "name it with --sensitive" "$data" --quasi age --k 2 --l 2
it "a sensitive column without l" refuses 2 "needs --l or --t" "$data" --quasi age --k 2 --sensitive illness
it "a hierarchy of another column" refuses 2 "not one of the --quasi" "$data" --quasi age --k 2 --hierarchies "$(at tree.yaml)"
run anonymise "$data" --quasi age --k 2 --out "$data"
it "its own data" said 2 "."
printf 'age,city\n30,a\n31,b\n' >"$scratch/zero.csv"
for zero in "--t 0" "--l 0" "--risk-above 0"; do
    # shellcheck disable=SC2086
    "$program" anonymise "$scratch/zero.csv" --quasi age --k 2 --sensitive city $zero --out "$scratch/zero-out.csv" \
        >"$scratch/out" 2>"$scratch/err"
    rc=$?
    it "a promise of zero is none: $zero" said 2 "${zero%% *} is"
done
"$program" anonymise risk "$scratch/zero.csv" --quasi age --fraction 0 >"$scratch/out" 2>"$scratch/err"
rc=$?
it "nor is a sample of nobody" said 2 'fraction is above 0'
printf 'city: {x: [a]}\n' >"$scratch/tree.yaml"
"$program" anonymise "$scratch/zero.csv" --quasi city --k 2 --hierarchies "$scratch/tree.yaml" --out "$scratch/zero-out.csv" \
    >"$scratch/out" 2>"$scratch/err"
rc=$?
it "rows are counted from 1" said 2 'row 2'
done_testing
