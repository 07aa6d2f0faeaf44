#!/usr/bin/env bash
# What a person can say of a fit: types, dates, weights, shapes, hold-outs, limits. A table that goes by
# twice gives the same bytes of model as one that is kept.
#
#   fit.sh PROGRAM GENERATE
. "$(dirname "$0")/lib.sh"

at() { printf '%s/%s' "$scratch" "$1"; }

# fit OPTION...: over the present data; rc, out and err.
fit() {
    rm -f "$(at new.model)"
    "$program" fit "$data" --target y --out "$(at new.model)" --pairs 0 --json "$@" \
        >"$scratch/out" 2>"$scratch/err"
    rc=$?
}
out_has() { grep -q -e "$1" "$scratch/out"; }
refuses() { [ "$rc" -eq 2 ] && grep -q -e "$1" "$scratch/err" && [ ! -e "$(at new.model)" ]; }

# Dates, an ordinal, weights, an identifier; drawn by a small generator of its own, so that it is the same.
make_table() {
    awk -v rows="$1" 'BEGIN {
        s = 7
        split("small,medium,large", size, ",")
        print "joined,size,amount,id,y,w,visits"
        for (i = 0; i < rows; i++) {
            for (k = 1; k <= 6; k++) { s = (s * 16807) % 2147483647; r[k] = s / 2147483647 }
            month = 1 + int(r[1] * 12); hour = int(r[2] * 24); z = 1 + int(r[3] * 3)
            p = 0.1 + 0.3 * (hour > 17) + 0.2 * (month > 6) + 0.1 * z
            printf "202%d-%02d-%02d %02d:30,%s,%.2f,u%d,%d,%d,%d\n", int(r[4] * 5), month, \
                1 + int(r[5] * 28), hour, size[z], 20 + 60 * r[4], i, r[6] < p, i % 3, int(r[5] * 9)
        }
    }'
}

data=$(at data.csv)
make_table 3000 >"$data"
echo 'size: ordinal [small, medium, large]' >"$(at types.yaml)"
types=(--types "$(at types.yaml)")

fit "${types[@]}" --holdout 0.3 --weight w
it 'dates, ordinals, weights and a hold-out make a model' [ "$rc" -eq 0 ]
it 'the parts of the date drive it' out_has '"feature": "joined (hour)"'
it 'the rows that are held out are measured' out_has '"auc": 0\.[6-9]'
it 'an identifier is named' out_has "'id' looks like an identifier"
it 'the memory is said' out_has '"memory_bytes": [0-9]'
it 'and what it was' out_has '"memory_peak_bytes": [0-9]'
it 'nothing was cut short' out_has '"cut_short": false'
cp "$(at new.model)" "$(at first.model)"
fit "${types[@]}" --holdout 0.3 --weight w --threads 2
it 'the same rows are held out again' cmp -s "$(at new.model)" "$(at first.model)"

it 'what was derived in training is derived in scoring' \
    "$program" score "$(at first.model)" "$data" --out "$(at scores.csv)" >"$scratch/out"
it 'each row has a score' [ "$(wc -l <"$(at scores.csv)")" -eq 3001 ]
head -2 "$data" >"$(at one.csv)"
"$program" score "$(at first.model)" "$(at one.csv)" >"$(at one.out)" 2>"$scratch/err"
head -2 "$(at scores.csv)" >"$(at one.expected)"
it 'one row alone scores as it does among others' cmp -s "$(at one.out)" "$(at one.expected)"

# Levels are texts, whatever stands beside them: 007 is not 7, also in a file where all are digits.
{ echo zip,y; for i in $(seq 1 60); do printf '007,1\n7,0\nX1,%s\n' $((i % 2)); done; } >"$(at zip.csv)"
must "$program" fit "$(at zip.csv)" --target y --out "$(at zip.model)"
printf 'zip\n007\n7\n7.0\n' >"$(at digits.csv)"
printf 'zip\n007\n7\n7.0\nX1\n' >"$(at mixed.csv)"
"$program" score "$(at zip.model)" "$(at digits.csv)" >"$(at digits.out)"
"$program" score "$(at zip.model)" "$(at mixed.csv)" | head -4 >"$(at mixed.out)"
it 'a level is a text, whatever is beside it' cmp -s "$(at digits.out)" "$(at mixed.out)"
it 'and three spellings are three' \
    [ "$(tail -n +2 "$(at digits.out)" | cut -d, -f2 | sort -u | wc -l)" -eq 3 ]

fit "${types[@]}" --monotone size=+ --shape amount=concave --no-pair amount:size --bins 16
it 'shapes, pairs and bins can be said' [ "$rc" -eq 0 ]
fit --drop joined,id,w --task regression --time-limit 0.000001
it 'a fit that ran out of time says so' out_has 'Learning was stopped'
fit --drop joined,id,w --task regression
it 'the task can be said' out_has '"task": "regression"'
it 'a date is dropped with all its parts' out_has '"features": 3,'

while IFS='|' read -r label pattern words; do
    read -r -a word <<<"$words"
    fit "${word[@]}"
    it "$label" refuses "$pattern"
done <<'END'
a task that is none is refused|--task is auto|--task binari
a shape of levels without order is refused|levels without an order|--monotone size=+
a shape that is none is refused|a shape is up|--shape amount=wavy
a shape of no feature is refused|no feature of this model|--shape amounts=up
two shapes of one feature are refused|another shape already|--monotone amount=+ --shape amount=convex
a pair of no features is refused|a pair is A:B|--no-pair amount:sizes
a date as the target is refused|is a date|--target joined
a weight that is no column is refused|--weight|--weight weights
a hold-out of all is refused|--holdout is a share|--holdout 1
a size that is none is refused|--memory is a size|--memory much
bins beyond a byte are refused|--bins is 2 to 255|--bins 256
a time that is none is refused|--time-limit|--time-limit 0
a column that is not there is refused|has no column|--drop amounts
the target is not protected from itself|'y' is the target|--protect y
the target is not dropped|'y' is the target|--drop id,y
a protected attribute weighs no rows|'w' is the weight|--weight w --protect w
END

fit --memory 100K
it 'too little memory is said before training' [ "$rc" -eq 2 ]
it 'and how much is needed' grep -q 'needs up to [0-9]* MB; --memory allows 10[0-9] kB' "$scratch/err"

# A large packed file goes by twice; the same rows unpacked are kept.
data=$(at large.csv)
make_table 900000 >"$data"
fit --drop id,joined,w --holdout 0.2 --memory 2G
it 'a table that is kept' out_has '"streamed": false'
cp "$(at new.model)" "$(at kept.model)"
gzip -1 "$data"
data=$data.gz
fit --drop id,joined,w --holdout 0.2
it 'a table that goes by twice' out_has '"streamed": true'
it 'the same bytes of model either way' cmp -s "$(at new.model)" "$(at kept.model)"

# Eighty columns of which three matter: what is left out is said, and the estimate holds.
data=$(at wide.csv)
awk 'BEGIN {
    s = 11
    for (j = 0; j < 80; j++) printf "c%d,", j
    print "y"
    for (i = 0; i < 2000; i++) {
        p = 0
        for (j = 0; j < 80; j++) {
            s = (s * 16807) % 2147483647; r = s / 2147483647
            printf "%.2f,", r
            p += j < 3 ? r / 3 : 0
        }
        s = (s * 16807) % 2147483647
        print s / 2147483647 < p * p
    }
}' >"$data"
# names KEY: how many names the list of that key has.
names() { sed -n "/\"$1\": \[/,/\]/p" "$scratch/out" | grep -c '"c[0-9]*"'; }
held_of_three() { sed -n '/"held_at_zero": \[/,/\]/p' "$scratch/out" | grep -c '"c[0-2]"'; }
whole() { sed -n "s/.*\"$1\": \([0-9]*\),*/\1/p" "$scratch/out"; }
fit --holdout 0.2
it 'many columns make a model' [ "$rc" -eq 0 ]
it 'of all of them' out_has '"features": 80'
it 'most of those that say nothing are held at zero' [ "$(names held_at_zero)" -gt 40 ]
it 'never those that matter' [ "$(held_of_three)" -eq 0 ]
it 'and the card names them' sh -c '"$0" card "$1" | grep -q "at zero"' "$program" "$(at new.model)"
it 'the memory was no more than was said' [ "$(whole memory_peak_bytes)" -le "$(whole memory_bytes)" ]
fit --pairs auto --time-limit 0.000001
it 'a time limit still makes a model' [ "$rc" -eq 0 ]
it 'which says that it was cut short' out_has '"cut_short": true'

done_testing
