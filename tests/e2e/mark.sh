#!/usr/bin/env bash
# mark.sh PROGRAM GENERATE - models that can be shown to be ours: a watermark in a file and in a home; files that
# leave a home signed or sealed, and come back only unchanged.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

# ---- a study ---------------------------------------------------------------------------------
python3 - "$scratch" <<'PY'
import csv, random, sys
random.seed(3)
with open(sys.argv[1] + "/rows.csv", "w", newline="") as file:
    out = csv.writer(file)
    out.writerow(["age", "income", "visits", "job", "bought"])
    for _ in range(6000):
        age, income, visits = random.randint(18, 90), random.randint(8, 140), random.randint(0, 60)
        job = random.choice("abcdefgh")
        out.writerow([age, income, visits, job, int(random.gauss(income / 30 + visits / 15 - age / 40, 1) > 2)])
PY
fit() { # NAME OPTION...
    local name=$1
    shift
    must "$program" fit "$scratch/rows.csv" --target bought --holdout 0.2 --out "$scratch/$name" "$@"
}
mark() { # WORD...: candor watermark ours.model --key ...
    "$program" watermark "$scratch/ours.model" --key "$scratch/mark.key" "$@" --json >"$scratch/out" 2>"$scratch/err"
    rc=$?
}
fit plain.model
fit ours.model --watermark "$scratch/mark.key"
it 'the key is for its owner alone' [ "$(stat -c %a "$scratch/mark.key")" = 600 ]
mark --suspect "$scratch/ours.model"
it 'a copy of the file is proven' [ "$rc" -eq 0 ]
it 'and says so' value_is proven true
mark --suspect "$scratch/plain.model"
it 'the same model without the mark is not' [ "$rc" -eq 1 ]
fit other.model --watermark "$scratch/other.key"
mark --suspect "$scratch/other.model"
it 'nor one with the mark of another' [ "$rc" -eq 1 ]
must "$program" score "$scratch/ours.model" "$scratch/rows.csv" --out "$scratch/exact.csv"
must "$program" score "$scratch/plain.model" "$scratch/rows.csv" --out "$scratch/theirs.csv"
awk -F, 'NR == 1 {print; next} {printf "%s,%.2f\n", $1, $2}' "$scratch/exact.csv" >"$scratch/coarse.csv"
mark --data "$scratch/rows.csv" --answers "$scratch/coarse.csv"
it 'answers of two decimals prove it' value_is proven true
mark --data "$scratch/rows.csv" --answers "$scratch/theirs.csv"
it 'answers of another model do not' value_is proven false
"$program" watermark "$scratch/ours.model" --key "$scratch/other.key" --suspect "$scratch/ours.model" \
    >"$scratch/out" 2>"$scratch/err"
rc=$?
it 'another key proves nothing' said 2 'not made with this key'
"$program" watermark "$scratch/plain.model" --key "$scratch/mark.key" --suspect "$scratch/ours.model" \
    >"$scratch/out" 2>"$scratch/err"
rc=$?
it 'nor does a model that was never marked' said 2 'has no watermark'
mark
it 'a suspect is named' said 2 'suspect FILE'

# ---- a home ----------------------------------------------------------------------------------
new_home "$scratch/home"
sed -i 's/^    seed: 7$/    seed: 7\
    watermark: 0.05/' "$home/candor.yaml"
fill_home 1500 5
must candor train lead
must candor model publish lead
must candor model export lead --out "$scratch/lead.model"
must candor model export lead --out "$scratch/lead.sealed" --sealed --json
it 'leaving is on the ledger' [ "$(value ledger_index)" -gt 0 ]
candor model watermark lead --suspect "$scratch/lead.model" --json
it 'the file that left carries the mark of the home' value_is proven true
candor model check "$scratch/lead.model"
it 'a file of ours is ours' [ "$rc" -eq 0 ]
must candor model check "$scratch/lead.sealed" --out "$scratch/again.model"
it 'a sealed one opens to the same bytes' cmp -s "$scratch/lead.model" "$scratch/again.model"
it 'and tells nothing closed' [ "$(grep -c responded "$scratch/lead.sealed")" -eq 0 ]
"$program" card "$scratch/lead.sealed" >"$scratch/out" 2>"$scratch/err"
rc=$?
it 'it is no model outside of the home' [ "$rc" -ne 0 ]
candor model check "$scratch/plain.model"
it 'a model that nobody signed is refused' said 3 'nobody signed'

# Any byte that changes is found: in the file, in the sealed one.
spoil() { # FILE AT
    cp "$1" "$scratch/spoilt"
    python3 -c 'import sys
with open(sys.argv[1], "r+b") as f:
    f.seek(int(sys.argv[2])); b = f.read(1); f.seek(int(sys.argv[2])); f.write(bytes([b[0] ^ 1]))' "$scratch/spoilt" "$2"
}
for file in lead.model lead.sealed; do
    size=$(stat -c %s "$scratch/$file")
    found=0
    for step in 0 1 2 3 4 5 6 7; do
        spoil "$scratch/$file" $(((size - 1) * step / 7))
        candor model check "$scratch/spoilt" || found=$((found + 1))
    done
    it "each changed byte of $file is found" [ "$found" -eq 8 ]
done
home_before=$home
new_home "$scratch/another"
candor model check "$scratch/lead.sealed"
it 'another home does not open it' said 3 'another home'
candor model check "$scratch/lead.model"
it 'nor take it for its own' said 3 'another home signed'
home=$home_before
done_testing
