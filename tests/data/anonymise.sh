#!/bin/sh
# The census data beside what ARX's test suite publishes for it (docs/anonymise.md).
. "$(dirname "$0")/lib.sh"
needs_data adult
quasi=sex,age,race,marital-status,education,native-country,workclass,occupation,income

# The 30,162 complete rows of the first part.
zcat "$data/adult/adult.csv.gz" | head -n 32562 | grep -v '?' >"$scratch/adult.csv"

"$candor" anonymise risk "$scratch/adult.csv" --quasi $quasi --json >"$scratch/risk"
is "the average risk before, as ARX has it" 0.6465751607983555 \
    "$(member "$scratch/risk" prosecutor_average)"

printf '%-10s %8s %8s %10s %8s\n' k classes ncp discern. rows/class
# hide NAME CLASSES_MIN OPTION...: classes are counted again in the written file.
hide() {
    name=$1 least=$2
    shift 2
    "$candor" anonymise "$scratch/adult.csv" --quasi $quasi --json --out "$scratch/out.csv" "$@" \
        >"$scratch/report"
    classes=$(member "$scratch/report" classes)
    printf '%-10s %8d %8.4f %10d %8.2f\n' "$name" "$classes" "$(inner "$scratch/report" ncp)" \
        "$(inner "$scratch/report" discernibility)" "$(inner "$scratch/report" average_class)"
    is "the classes of $name, counted again" "$classes" "$(cut -d, -f1,2,4,6,7,9,10,14,15 \
        "$scratch/out.csv" | tail -n +2 | sort -u | wc -l)"
    is "the smallest class of $name" "$(member "$scratch/report" k)" "$(cut -d, -f1,2,4,6,7,9,10,14,15 \
        "$scratch/out.csv" | tail -n +2 | sort | uniq -c | sort -n | awk 'NR == 1 { print $1 }')"
    [ "$classes" -ge "$least" ] || not_true "$name has $least classes or more: $classes"
}
# ARX has 58 classes (average risk 0.001922949406538028) with k = 2 and nothing suppressed.
hide 2 9500 --k 2
hide 2-local 10000 --k 2 --local
hide 5 4000 --k 5
hide 10 2000 --k 10
[ "$wrong" -eq 0 ]
