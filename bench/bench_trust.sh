#!/usr/bin/env bash
# bench_trust.sh BUILD [NAME...|all] - what is promised of trust, measured from ../shared/data. Without a name: all
# goals in one table, the short form. Names are theft, usual, watermark, repair, blind, poison, recourse, watch; `all`
# is each of them at its full length.
set -euo pipefail
export LC_ALL=C.UTF-8
build=$(readlink -f "$1")
shift
data=$(cd "$(dirname "$0")/.." && pwd)/../shared/data
[ -f "$data/adult/adult.csv.gz" ] || { echo "skip: there is no $data/adult/adult.csv.gz"; exit 0; }
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
zcat "$data/adult/adult.csv.gz" >"$scratch/adult.csv"

if [ $# -eq 0 ]; then
    python3 "$(dirname "$0")/trust_goals.py" "$build" "$data"
    exit
fi

wanted() { [ $# -eq 1 ] || return 1; [[ " ${names[*]} " == *" all "* ]] || [[ " ${names[*]} " == *" $1 "* ]]; }
names=("$@")

if wanted theft; then
    for pairs in auto 0; do
        "$build/candor" fit "$scratch/adult.csv" --target income --split "$data/adult/split80.txt" --pairs "$pairs" \
            --out "$scratch/adult.model" --json >/dev/null
        "$build/bench/bench_theft" "$scratch/adult.model" "$scratch/adult.csv"
    done
fi

if wanted usual; then
    usual() { # NAME DATA SPLIT OPTION...
        local name=$1 rows=$2 split=$3
        shift 3
        "$build/candor" fit "$rows" --split "$split" "$@" --out "$scratch/$name.model" --json >/dev/null
        "$build/bench/bench_usual" "$scratch/$name.model" "$rows" "$split"
    }
    usual adult "$scratch/adult.csv" "$data/adult/split80.txt" --target income
    usual bank "$data/bank-marketing/bank-full.csv" "$data/bank-marketing/split80.txt" --target y
    usual telco "$data/telco-churn/telco-customer-churn.csv" "$data/telco-churn/split80.txt" --target Churn --drop customerID
fi

if wanted watermark; then
    "$build/candor" fit "$scratch/adult.csv" --target income --split "$data/adult/split80.txt" \
        --out "$scratch/plain.model" --json >/dev/null
    "$build/bench/bench_watermark" "$scratch/plain.model" "$scratch/adult.csv" "$data/adult/split80.txt"
fi

if wanted repair; then
    CANDOR_DATA=$data bash "$(dirname "$0")/trust_repair.sh" "$build"
fi

if wanted blind; then
    python3 "$(dirname "$0")/trust_blind.py" "$build/candor" "$data"
fi

if wanted poison; then
    "$build/bench/bench_poison"
    python3 "$(dirname "$0")/trust_poison.py" "$build/candor" "$data"
    python3 "$(dirname "$0")/trust_poison_made.py" "$build/candor" "$data"
fi

if wanted recourse; then
    "$build/candor" fit "$scratch/adult.csv" --target income --positive '>50K' --protect sex,race \
        --out "$scratch/recourse.model" --json >/dev/null
    for features in workclass,education-num,occupation,hours-per-week,capital-gain all; do
        "$build/bench/bench_recourse" "$scratch/recourse.model" "$scratch/adult.csv" "$features"
    done
fi

if wanted watch; then
    "$build/bench/bench_trust_watch" "$data" 40
    "$build/bench/bench_trust_outcomes"
fi
