#!/usr/bin/env bash
# A model after it was learnt: edited by a person, and learnt again with the same recipe.
#
#   life.sh PROGRAM GENERATE
. "$(dirname "$0")/lib.sh"

at() { printf '%s/%s' "$scratch" "$1"; }
run() {
    "$program" "$@" >"$scratch/out" 2>"$scratch/err"
    rc=$?
}
out_has() { grep -q -e "$1" "$scratch/out"; }
err_has() { grep -q -e "$1" "$scratch/err"; }
refuses() { [ "$rc" -eq 2 ] && err_has "$1"; }

# make_table ROWS SEED: by a small generator of its own, so that it is the same everywhere.
make_table() {
    awk -v rows="$1" -v s="$2" 'BEGIN {
        split("small,medium,large", size, ",")
        print "age,size,town,w,y"
        for (i = 0; i < rows; i++) {
            for (k = 1; k <= 5; k++) { s = (s * 16807) % 2147483647; r[k] = s / 2147483647 }
            age = 20 + int(60 * r[1]); z = 1 + int(r[2] * 3)
            p = 0.1 + 0.5 * (age > 60) + 0.1 * z
            printf "%d,%s,%s,%d,%s\n", age, size[z], r[3] < 0.5 ? "cork" : "delft", \
                1 + int(r[4] * 3), r[5] < p ? "yes" : "no"
        }
    }'
}
make_table 3000 7 >"$(at old.csv)"
make_table 1000 77 >"$(at test.csv)"
make_table 3000 99 >"$(at new.csv)"
echo 'size: ordinal [small, medium, large]' >"$(at types.yaml)"

run fit "$(at old.csv)" --target y --types "$(at types.yaml)" --weight w --drop town --pairs 1 \
    --holdout 0.2 --no-pair age:size --bins 40 --out "$(at old.model)"
it 'a model to begin with' [ "$rc" -eq 0 ]

edit() { run edit "$(at old.model)" --out "$(at edited.model)" --json "$@"; }

edit --feature age --from 70 --set 0 --reason 'few rows there'
it 'a person edits' [ "$rc" -eq 0 ]
it 'its note has a number' out_has '"note": "edit.1"'
it 'measures are not kept' out_has '"measures": {}'
run card "$(at edited.model)" --json
it 'the card has the edit' out_has '"edit.1"'
it 'and the reason' out_has 'few rows there'
it 'and says that not all was learnt' out_has 'A person has edited it (1 edit)'
cp "$(at edited.model)" "$(at first.model)"
run edit "$(at first.model)" --feature size --bin small --add 0.5 --reason 'they come back' \
    --data "$(at test.csv)" --out "$(at edited.model)" --json
it 'a second edit' out_has '"note": "edit.2"'
it 'measured again' out_has '"auc": 0'
edit --feature size --from medium --flatten --reason 'no difference'
it 'a range of an ordinal' [ "$rc" -eq 0 ]
it 'has its levels' out_has '"cell": "medium"'
edit --feature age --cap 0.2 --reason 'people say so themselves'
it 'a cap on all cells' [ "$rc" -eq 0 ]
it 'none says more, up or down' awk -F'[:,]' '/"after"/ {a = $2 < 0 ? -$2 : $2; if (a > most) most = a} /"moved_to_base"/ {m = $2 < 0 ? -$2 : $2}
    END {exit !(most > 0.1 && most <= 0.2 + m + 1e-9)}' "$scratch/out"
run edit "$(at first.model)" --feature age --cap 0 --reason 'nothing of it' --out "$(at nothing.model)"
it 'what is nothing has no minus' sh -c "! grep -q -- '-0\.0000' '$scratch/out'"
edit --feature age --cap -1 --reason x
it 'no cap below nothing' refuses 'cap is 0 or more'
edit --feature age --from 70 --set 0
it 'no edit without a reason' refuses 'reason'
edit --feature age --from 70 --set 0 --add 1 --reason x
it 'no edit that says two things' refuses 'one of --set'
evasion() { run evasion "$(at old.model)" "$(at test.csv)" --json "$@"; }
share() { # NUMBER: of the refusals that so many fields turn, the first named share
    sed -n "s/.*\"$1\": \([0-9.e+-]*\).*/\1/p" "$scratch/out"
}
grows() { share "$1" | awk '$1 < before {exit 1} {before = $1} END {exit NR == 0}'; }
evasion --declared age --changes 2 --limit 0.05
it 'how far pretending gets' [ "$rc" -eq 0 ]
it 'more fields get as far or further' grows any
it 'declared ones too' grows declared
it 'each cap has its price' out_has '"auc": 0'
it 'and one keeps to the limit' awk -F'[:,]' '/cap_within_limit/ {on = 1} on && /"turned"/ {found = 1; ok = $2 <= 0.05}
    END {exit !(found && ok)}' "$scratch/out"
evasion --declared nobody
it 'declared fields are of the model' refuses "no feature 'nobody'"
evasion --limit 0.1
it 'a limit is for declared fields' refuses 'for --declared'
evasion --declared age --limit 0
it 'a limit of nothing is refused, not passed over' refuses 'above 0 and below 1'
evasion --changes 7
it 'not more than six at once' [ "$rc" -eq 2 ]
run edit "$(at old.model)" --out "$(at old.model)" --feature age --bin 30 --set 0 --reason x
it 'no edit over the model itself' [ "$rc" -eq 2 ]

# The same rows, the same recipe: the same model, byte for byte, and nothing to tell them apart.
run retrain "$(at old.model)" "$(at old.csv)" --out "$(at again.model)" --json
it 'the same rows again' [ "$rc" -eq 0 ]
it 'give the same bytes' cmp -s "$(at old.model)" "$(at again.model)"
it 'judged on the rows held out' out_has '"auc_difference": 0'
run retrain "$(at old.model)" "$(at new.csv)" --out "$(at again.model)" --json
it 'new rows' [ "$rc" -eq 0 ]
it 'give another model' [ "$(cmp -s "$(at old.model)" "$(at again.model)"; echo $?)" -eq 1 ]
it 'that is compared' out_has '"loss_difference": '
run card "$(at again.model)" --json
it 'and has the recipe, too' out_has 'no_pair.*age:size.*ordinal \[small, medium, large\].*holdout.*0.2'
awk 'BEGIN { for (i = 0; i < 3000; i++) print i % 4 == 0 }' >"$(at split.txt)"
run fit "$(at new.csv)" --target y --types "$(at types.yaml)" --weight w --drop town --pairs 1 \
    --split "$(at split.txt)" --no-pair age:size --bins 40 --out "$(at direct.model)"
run retrain "$(at old.model)" "$(at new.csv)" --split "$(at split.txt)" --out "$(at again.model)" \
    --json
it 'rows held out by a split' out_has '"rows_test": 750'
it 'are those it is judged on' out_has '"rows": 750'
run compare "$(at direct.model)" "$(at again.model)" --json
it 'what fit would have learnt' out_has '"difference": 0'
it 'and nothing else' [ "$(grep -c '"difference": 0[.0]*,' "$scratch/out")" -eq 2 ]
run compare "$(at old.model)" "$(at again.model)" "$(at new.csv)" --target y \
    --split "$(at split.txt)" --json
it 'compared on the rows of a split' out_has '"rows": 750'
run compare "$(at old.model)" "$(at again.model)" --split "$(at split.txt)"
it 'which needs rows' err_has '--split needs DATA'
must "$program" fit "$(at old.csv)" --target y --pairs 0 --out "$(at plain.model)"
cut -d, -f1-2,4- "$(at new.csv)" >"$(at fewer.csv)"
run retrain "$(at plain.model)" "$(at fewer.csv)" --out "$(at fewer.model)" --json
it 'a feature that is gone is named' out_has "'town' was a feature before"
run retrain "$(at first.model)" "$(at new.csv)" --out "$(at again.model)" --json
it 'edits are not learnt again, and that is said' out_has 'edited by a person (1 edit)'
run retrain "$(at old.model)" "$(at new.csv)" --out "$(at old.model)"
it 'no model over the one it is of' [ "$rc" -eq 2 ]

# Two runs together are one fit over the rows of both, byte for byte but for what it was read from.
how=(--target y --types "$(at types.yaml)" --weight w --pairs 2 --json)
run fit "$(at old.csv)" "${how[@]}" --out "$(at a.model)" --run "$(at a.run)"
it 'a run is kept' [ "$rc" -eq 0 ]
it 'that only its owner can read' [ "$(stat -c %a "$(at a.run)")" = 600 ]
run fit "$(at old.csv)" "${how[@]}" --like "$(at a.run)" --out "$(at b.model)"
it 'the same rows with their own bins' cmp -s "$(at a.model)" "$(at b.model)"
run fit "$(at test.csv)" "${how[@]}" --like "$(at a.model)" --out "$(at b.model)" --run "$(at b.run)"
it 'other rows with the same bins' [ "$rc" -eq 0 ]
run merge "$(at a.run)" "$(at b.run)" --out "$(at merged.model)" --run "$(at ab.run)" --json
it 'two runs are put together' [ "$rc" -eq 0 ]
it 'all rows are there' out_has '"rows_train": 4000'
{ cat "$(at old.csv)"; tail -n +2 "$(at test.csv)"; } >"$(at both.csv)"
run fit "$(at both.csv)" "${how[@]}" --like "$(at a.model)" --out "$(at one.model)"
# The digest of the data, the note of the merge and the digest of the file stand in other places only.
run compare "$(at one.model)" "$(at merged.model)" --json
it 'no table differs' [ "$(grep -c '"largest": 0[.0]*,' "$scratch/out")" -eq "$(grep -c '"term":' "$scratch/out")" ]
"$program" score "$(at one.model)" "$(at new.csv)" --out "$(at one.csv)" >/dev/null
"$program" score "$(at merged.model)" "$(at new.csv)" --out "$(at merged.csv)" >/dev/null
it 'the same scores to the last digit' cmp -s "$(at one.csv)" "$(at merged.csv)"
run fit "$(at test.csv)" "${how[@]}" --bins 20 --out "$(at c.model)" --run "$(at c.run)"
run merge "$(at a.run)" "$(at c.run)" --out "$(at no.model)"
it 'other bins are refused' refuses 'different bins'
run merge "$(at a.run)" "$(at a.run)" --out "$(at no.model)"
it 'no row counts twice' refuses 'are the same'
printf x | dd of="$(at b.run)" bs=1 seek=5000 conv=notrunc status=none
run merge "$(at a.run)" "$(at b.run)" --out "$(at no.model)"
it 'a damaged run is refused' err_has 'damaged'
run merge "$(at a.run)" "$(at a.model)" --out "$(at no.model)"
it 'a model is no run' err_has 'not a run'
it 'and nothing was written' [ ! -e "$(at no.model)" ]

done_testing
