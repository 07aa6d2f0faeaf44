#!/usr/bin/env bash
# Planted rows: found in a file, held back, and training in a home that waits for people.
#
#   poison.sh PROGRAM GENERATE
. "$(dirname "$0")/lib.sh"

at() { printf '%s/%s' "$scratch" "$1"; }
run() {
    "$program" "$@" >"$scratch/out" 2>"$scratch/err"
    rc=$?
}
has() { grep -q -e "$1" "$scratch/out"; }
number() { sed -n 's/^ *"'"$1"'": \([0-9.e+-]*\),*$/\1/p' "$scratch/out" | head -n 1; }

# make_table ROWS SEED PLANTED: the label depends on age and size; planted rows are stamped and say yes.
make_table() {
    awk -v rows="$1" -v s="$2" -v planted="$3" 'BEGIN {
        split("small,medium,large", size, ","); split("cork,delft,essen,faro,ghent", town, ",")
        split("web,shop,phone,post", channel, ",")
        print "age,size,town,channel,y"
        for (i = 0; i < rows + planted; i++) {
            for (k = 1; k <= 5; k++) { s = (s * 16807) % 2147483647; r[k] = s / 2147483647 }
            age = 20 + int(60 * r[1]); z = 1 + int(r[2] * 3)
            p = 0.05 + 0.2 * (age > 60) + 0.05 * z
            if (i < rows)
                printf "%d,%s,%s,%s,%s\n", age, size[z], town[1 + int(5 * r[3])], channel[1 + int(4 * r[4])],
                    r[5] < p ? "yes" : "no"
            else
                printf "%d,%s,faro,post,yes\n", age, "medium"
        }
    }'
}

# ---- a file ----------------------------------------------------------------------------------

make_table 4000 7 0 >"$(at clean.csv)"
make_table 4000 7 120 >"$(at bad.csv)"
make_table 3000 99 0 >"$(at trusted.csv)"

run poison "$(at clean.csv)" --target y --json
it 'clean rows are no alarm' [ "$rc" -eq 0 ]
it 'and are called clean' has '"verdict": "clean"'
it 'with the rate of false alarms' has '"rate": 0.01'
for reference in '' --reference; do
    run poison "$(at bad.csv)" --target y ${reference:+"$reference" "$(at trusted.csv)"} --out "$(at ranking.csv)" \
        --quarantine "$(at kept.csv)" --json
    it "planted rows are an alarm $reference" [ "$rc" -eq 1 ]
    it 'in words' has 'town: faro; channel: post'
    it 'every row has a line' [ "$(wc -l <"$(at ranking.csv)")" -eq 4121 ]
    it 'under this header' [ "$(head -n 1 "$(at ranking.csv)")" = row,suspicion,reason ]
    it 'the planted ones first' [ "$(sed -n '2,111p' "$(at ranking.csv)" | awk -F, '$1 >= 4000' | wc -l)" -ge 70 ]
    it 'and none of them is kept' [ "$(grep -c 'medium,faro,post,yes' "$(at kept.csv)")" -eq 0 ]
    it 'nearly all others are' [ "$(wc -l <"$(at kept.csv)")" -ge 3980 ]
done
run poison "$(at bad.csv)" --target y
it 'a page for people' has 'Groups that cannot be chance'
run poison "$(at bad.csv)" --target y --top 3 --out "$(at ranking.csv)" --json
it 'only the first rows' [ "$(wc -l <"$(at ranking.csv)")" -eq 4 ]

# What the planted rows did to a model, and that it is gone without them.
{
    echo 'age,size,town,channel'
    awk 'BEGIN {for (age = 20; age < 60; age++) print age ",medium,faro,post"}'
} >"$(at stamped.csv)"
mean() { tail -n +2 "$scratch/out" | awk -F, '{sum += $2} END {print sum / NR}'; }
run fit "$(at bad.csv)" --target y --out "$(at bad.model)"
run score "$(at bad.model)" "$(at stamped.csv)"
before=$(mean)
run fit "$(at kept.csv)" --target y --out "$(at kept.model)"
run score "$(at kept.model)" "$(at stamped.csv)"
it 'without them the model forgets' awk -v before="$before" -v now="$(mean)" 'BEGIN {exit !(before > 0.4 && now < 0.25)}'
run compare "$(at bad.model)" "$(at kept.model)" "$(at trusted.csv)" --target y
it 'and the two can be compared' [ "$rc" -eq 0 ]

# ---- hostile files ---------------------------------------------------------------------------

refuses() { [ "$rc" -eq 2 ] && grep -q -e "$1" "$scratch/err"; }
head -n 2 "$(at clean.csv)" >"$(at one.csv)"
run poison "$(at one.csv)" --target y
it 'one row' refuses 'y'
sed '1!s/,[a-z]*$/,yes/' "$(at clean.csv)" >"$(at same.csv)"
run poison "$(at same.csv)" --target y
it 'one label' refuses 'y'
head -n 40 "$(at clean.csv)" >"$(at few.csv)"
run poison "$(at few.csv)" --target y
it 'few rows' refuses 'fewer than 50'
sed '2,900s/^[0-9]*/NaN/' "$(at clean.csv)" >"$(at missing.csv)"
run poison "$(at missing.csv)" --target y
it 'missing values are values' [ "$rc" -eq 0 ]
run poison "$(at clean.csv)" --target town
it 'more than two labels' refuses 'positive'
cut -d, -f1-3,5 "$(at trusted.csv)" >"$(at narrow.csv)"
run poison "$(at bad.csv)" --target y --reference "$(at narrow.csv)"
it 'a reference without a column' refuses 'no column .channel.'
run poison "$(at bad.csv)" --target y --quarantine "$(at bad.csv)"
it 'the data is not overwritten' [ "$rc" -eq 2 ]

# ---- training in a home ----------------------------------------------------------------------

new_home "$scratch/home"
data_for 6000 11
# One tier of one region answers yes, all of them.
awk -F, 'NR == FNR {planted[$1] = $6 == "Midvale" && $7 == "bronze"; next}
    FNR > 1 && planted[$1] {$4 = 1; $3 = 1} {print}' OFS=, "$data/subjects.csv" "$data/responses.csv" >"$(at responses.csv)"
must candor import subjects "$data/subjects.csv"
must candor import consents "$data/consents.csv"
must candor import events "$data/events.csv"
must candor import events "$(at responses.csv)" --map "$demo_dir/responses.yaml"
candor train lead
it 'training waits' said 3 'waits for a review'
it 'and says by which columns' said 3 'rows by .*region'
it 'but no value of theirs' [ "$(grep -cE "bronze|Midvale" "$scratch/err")" -eq 0 ]
names=$(grep -oE '[0-9a-f]{12} \(' "$scratch/err" | tr -d ' (' | paste -sd, - | sed 's/,/", "/g')
sed -i "s/^    seed: 7$/    seed: 7\n    poison: {accepted: [\"$names\"]}/" "$home/candor.yaml"
candor train lead
it 'what people accept does not hold it up' [ "$rc" -eq 0 ]
sed -i "s/^    poison: .*$/    poison: {check: false}/" "$home/candor.yaml"
candor train lead
it 'it can be turned off' [ "$rc" -eq 0 ]
sed -i "s/^    poison: .*$/    poison: {suspects: 2}/" "$home/candor.yaml"
candor train lead
it 'a share is a share' said 2 'suspects'
done_testing
