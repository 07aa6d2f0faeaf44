#!/bin/sh
# The ONNX graph of a model of every task, and of one that `candor fit` made, in the real ONNX Runtime.
#
#     onnx.sh MAKE_EXPORTS CANDOR CACHE
#
# ONNX Runtime comes from npm, pinned by package-lock.json, into CACHE; it is downloaded once. Without
# node, npm or their server the test says so and is skipped.
set -eu
export LC_ALL=C.UTF-8
make_exports=$1 candor=$2 cache=$3
here=$(cd "$(dirname "$0")" && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

for program in node npm; do
    command -v "$program" >/dev/null || {
        echo "skipped: no $program; script/onnx installs it"
        exit 77
    }
done
mkdir -p "$cache"
if ! cmp -s "$here/package-lock.json" "$cache/installed"; then
    cp "$here/package.json" "$here/package-lock.json" "$cache"
    # Its install script would only fetch what graphics cards need.
    if ! (cd "$cache" && npm ci --ignore-scripts --no-audit --no-fund) >"$scratch/npm" 2>&1; then
        echo "skipped: npm cannot install ONNX Runtime: $(grep -m 1 -i 'error' "$scratch/npm" || tail -n 1 "$scratch/npm")"
        exit 77
    fi
    cp "$here/package-lock.json" "$cache/installed"
fi
export NODE_PATH="$cache/node_modules"
"$make_exports" "$scratch"

# A model of the program's own: numbers, categories, missing values, and one town that is not learnt.
awk 'BEGIN {
    print "age,income,town,bought"
    for (i = 0; i < 1500; i++) {
        x = (x * 7919 + 104729) % 65521; age = 20 + x % 60
        x = (x * 7919 + 104729) % 65521; income = x / 7
        x = (x * 7919 + 104729) % 65521; town = x % 4
        x = (x * 7919 + 104729) % 65521
        yes = x / 65521 < 1 / (1 + exp(1.5 - (age > 45) - income / 6000 - (town == 1)))
        printf "%d,%s,%s,%s\n", age, i % 11 == 0 ? "" : income, i % 13 == 0 ? "" : substr("cork   bruges arles  delft  ", town * 7 + 1, town == 1 ? 6 : town == 0 ? 4 : 5), yes ? "yes" : "no"
    }
}' >"$scratch/fit.csv"
{
    cat "$scratch/fit.csv"
    echo "33,7000.25,unseen,no"
    echo ",,,no"
} >"$scratch/score.csv"
"$candor" fit "$scratch/fit.csv" --target bought --out "$scratch/fit.model" >/dev/null
"$candor" export "$scratch/fit.model" --onnx "$scratch/fit.onnx" >/dev/null
"$candor" score "$scratch/fit.model" "$scratch/score.csv" --out "$scratch/scores.csv" >/dev/null
paste -d, "$scratch/score.csv" "$scratch/scores.csv" | awk -F, '
    NR > 1 {
        age = age (NR > 2 ? "," : "") ($1 == "" ? "null" : $1)
        income = income (NR > 2 ? "," : "") ($2 == "" ? "null" : $2)
        town = town (NR > 2 ? "," : "") "\"" $3 "\""
        score = score (NR > 2 ? "," : "") $6
    }
    END {
        printf "{\"inputs\":{\"age\":{\"type\":\"float64\",\"values\":[%s]},", age
        printf "\"income\":{\"type\":\"float64\",\"values\":[%s]},", income
        printf "\"town\":{\"type\":\"string\",\"values\":[%s]}},\"score\":[%s]}\n", town, score
    }' >"$scratch/fit_rows.json"
node "$here/check_onnx.cjs" "$scratch"
