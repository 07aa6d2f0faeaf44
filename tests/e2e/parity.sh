#!/usr/bin/env bash
# parity.sh PROGRAM - groups compared before and after training, by the command: what is sure, what is
# undefined, and what hostile data is told.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

python3 - "$scratch" <<'PY'
import random, sys
random.seed(5)
out = sys.argv[1]
with open(out + "/pred.csv", "w") as file:
    print("y,s,sex,region,w", file=file)
    for i in range(4000):
        sex, region = random.choice("fm"), random.choice(["n", "e", "s"])
        score = round(random.random() * (0.9 if sex == "m" else 0.6), 4)
        print(f"{int(random.random() < score)},{score},{sex},{region},{random.randint(1, 3)}", file=file)
    for i in range(3):
        print("0,0.9,x,n,1", file=file)
with open(out + "/data.csv", "w") as file:
    print("bought,sex,copy,noise,region", file=file)
    for i in range(2000):
        sex = random.choice("fmm")
        noise = random.randint(1, 6)
        print(f"{int(random.random() < (0.4 if sex == 'm' else 0.1))},{sex},c{sex},k{noise},{random.choice('ns')}", file=file)
with open(out + "/population.csv", "w") as file:
    print("attribute,value,share\nsex,f,0.5\nsex,m,0.49\nsex,d,0.01", file=file)
with open(out + "/one.csv", "w") as file:
    print("y,s,g\n1,0.5,a", file=file)
with open(out + "/nan.csv", "w") as file:
    print("y,s,g\n1,0.5,a\n0,,b\n0,NaN,a\n0,0.25,b", file=file)
with open(out + "/many.csv", "w") as file:
    print("y,s,g", file=file)
    for i in range(4000):
        print(f"{i % 3 % 2},{i % 101 / 100},g{i % 1000}", file=file)
PY

# ask PYTHON: is it true of the report d that came last?
holds() { python3 -c 'import json, sys; d = json.load(open(sys.argv[1])); sys.exit(not eval(sys.argv[2]))' "$scratch/report" "$1"; }
ask() { it "$1" holds "$1"; }
report() {
    must "$program" "$@" --json
    cp "$scratch/out" "$scratch/report"
}

report fairness "$scratch/pred.csv" --label y --score s --group sex,region --intersect --top 100
ask 'list(d["groups"]) == ["sex", "region", "sex,region"] and set(d["metrics"]) == set(d["groups"])'
ask 'd["audit"]["by"]["sex"]["groups"]["x"]["rates"]["tpr"]["value"] is None'
ask 'd["audit"]["by"]["sex"]["groups"]["x"]["rates"]["tpr"]["undefined"] == "no rows of label 1"'
ask 'd["audit"]["by"]["sex"]["groups"]["f"]["rates"]["tpr"]["value"] == d["groups"]["sex"]["f"]["tpr"]'
ask 'all({"formula", "ci", "simultaneous", "p", "null_mean", "verdict", "limit"} <= set(g) for g in d["audit"]["by"]["sex"]["gaps"])'
ask 'sum(g["count"] for g in d["audit"]["by"]["sex,region"]["groups"].values()) == 4003'
ask 'd["audit"]["by"]["region"]["gaps"][2]["verdict"] in ("pass", "not enough evidence")'
cp "$scratch/report" "$scratch/again"
report fairness "$scratch/pred.csv" --label y --score s --group sex,region --intersect --top 100
it 'the same rows give the same report' cmp -s "$scratch/report" "$scratch/again"

for library in fairlearn aif360; do
    report fairness "$scratch/pred.csv" --label y --score s --group sex --weight w --compat "$library"
    ask 'd["compat"]["library"].startswith("'$library'") and d["audit"]["weight"] == "w"'
done
report fairness "$scratch/pred.csv" --label y --score s --group sex --compat fairlearn
ask 'd["compat"]["by"]["sex"]["by_group"]["x"]["tpr"] == 0'

report fairness "$scratch/pred.csv" --label s --score s --group sex --numbers
ask 'd["numbers"]["sex"]["all"]["rmse"] == 0 and d["numbers"]["sex"]["ks"]["value"] > 0.2'

report fairness data "$scratch/data.csv" --target bought --group sex --population "$scratch/population.csv"
ask 'd["by"]["sex"]["proxies"][0]["column"] == "copy" and d["by"]["sex"]["proxies"][0]["auc"] == 1'
ask '[p["p"] > 0.01 for p in d["by"]["sex"]["proxies"] if p["column"] == "noise"] == [True]'
ask 'any("sex=d" in a and "no row" in a for a in d["advice"]) and any("gather" in a for a in d["advice"])'
printf 'attribute,value,share\nsex,f,0.9\nsex,m,0.5\n' >"$scratch/more.csv"
candor fairness data "$scratch/data.csv" --target bought --group sex --population "$scratch/more.csv"
it 'shares of more than all are refused' said 2 "the shares of 'sex' add up to 1.400"
report fairness data "$scratch/data.csv" --target bought --group region --population "$scratch/population.csv"
ask 'any("--group does not name" in w for w in d["warnings"])'

report fairness "$scratch/one.csv" --label y --score s --group g
ask '{"one row only", "g: one group only, so nothing is compared"} <= set(d["warnings"])'
report fairness "$scratch/nan.csv" --label y --score s --group g
ask '"2 of 4 rows have no score and are left out" in d["warnings"]'
report fairness "$scratch/many.csv" --label y --score s --group g
ask 'any("1000 groups" in w for w in d["warnings"])'
report fairness data "$scratch/one.csv" --target y --group g
ask 'any(w.startswith("the target has one value only") for w in d["warnings"])'
printf 'y,s,g\n1,1,a\n1,1,b\n1,2,a\n' >"$scratch/yes.csv"
report fairness data "$scratch/yes.csv" --target y --group g
ask '"the target has one value only, which counts as 1: nothing can be learnt from it" in d["warnings"]'
ask '[g["base_rate"] for g in d["by"]["g"]["groups"].values()] == [1, 1]'
report fairness data "$scratch/one.csv" --target y --group g
ask '[p["share"] for p in d["by"]["g"]["proxies"]] == [None] and "undefined" in d["by"]["g"]["proxies"][0]'
must "$program" fairness "$scratch/pred.csv" --label y --score s --group sex
it 'a terminal has verdicts' grep -qE 'not enough evidence|pass|fail' "$scratch/out"
# ---- cells that are none ---------------------------------------------------------------------------

printf 'y,s,g,w\n1,0.9,a,1\n0,0.2,b,-1\n' >"$scratch/weights.csv"
printf 'y,s,g\n1,0.9,a\n0,1.5,b\n' >"$scratch/high.csv"
printf 'y,s,g\n1,0.9,a\n0,many,b\n' >"$scratch/words.csv"
candor fairness "$scratch/weights.csv" --label y --score s --group g --weight w
it 'a weight below 0 is refused' said 2 "row 1 of column 'w' is not a number of 0 or more"
candor fairness "$scratch/weights.csv" --label y --score s --group g --weight w --numbers
it '... of numbers too' said 2 "row 1 of column 'w' is not a number of 0 or more"
candor fairness "$scratch/high.csv" --label y --score s --group g
it 'a chance above 1 is refused with its row' said 2 "row 1 of column 's' is not a number from 0 to 1"
candor fairness "$scratch/words.csv" --label y --score s --group g
it 'a word among numbers is refused with its row' said 2 "row 1 of column 's' is no number"
printf 'y,s,g\n1,0.9,a\n1,0.8,b\n0,1e400,b\n' >"$scratch/over.csv"
candor fairness "$scratch/over.csv" --label y --score s --group g
it '... and so is a number beyond all' said 2 "row 2 of column 's' is no number"
printf 'y,s,g\n1,0.9,a\n0,0.8,a\n1,0.2,b\n0,0.1,b\n' >"$scratch/four.csv"
candor fairness "$scratch/four.csv" --label y --score s --group g --compat fairlearn
it 'gaps have headings' grep -qE '^ +gap +95 % of all pairs +by chance +p +verdict$' "$scratch/out"
it 'what a library says is told in text, too' grep -qE '^g, as fairlearn 0.13 has it' "$scratch/out"
candor fairness "$scratch/four.csv" --label y --score s --group g --compat aif360
it '... of each group against the others' grep -qE '^ +b against the rest: statistical_parity_difference +-1.0000' "$scratch/out"

done_testing
