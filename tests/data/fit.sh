#!/bin/sh
# The learner on every set that has a target: held-out AUC and log loss, and the reference of a
# logistic regression with one-hot features. Then what one score says of itself, exactly.
. "$(dirname "$0")/lib.sh"
needs_data adult bank-marketing bank-marketing-additional telco-churn german-credit compas \
    marketing-campaign hillstrom rtb-synthetic reviews-clothing bandit-obd

printf '%-28s %6s %6s %8s %5s %8s %8s %8s %8s\n' \
    set rows tested features pairs AUC 'log loss' seconds reference

# fit NAME SET FILE TARGET REFERENCE OPTION...: one line of the table. REFERENCE is the AUC that
# logistic regression reaches on the same rows, - where none was measured.
fit() {
    name=$1 path=$data/$2/$3 target=$4 reference=$5
    split=$data/$2/split80.txt
    shift 5
    learn "$name" "$path" "$target" "$reference" "$@"
}

# learn NAME FILE TARGET REFERENCE ...: the same for a file of any place, with the split in $split.
learn() {
    name=$1 path=$2 target=$3 reference=$4
    shift 4
    answer=$scratch/$name.json
    if ! "$candor" fit "$path" --target "$target" --split "$split" \
        --out "$scratch/$name.model" --json "$@" >"$answer" 2>"$scratch/said"; then
        not_true "$name can be learned: $(cat "$scratch/said")"
        return
    fi
    first=$(member "$answer" auc) second=$(member "$answer" log_loss)
    if [ "$(member "$answer" task)" = regression ]; then
        first=$(member "$answer" rmse) second=$(member "$answer" r2)
        name="$name (RMSE, R2)"
    fi
    trained=$(member "$answer" rows_train)
    tested=$(member "$answer" rows_test)
    printf '%-28s %6d %6d %8d %5d %8.4f %8.4f %8.2f %8s\n' "$name" "$((trained + tested))" \
        "$tested" "$(member "$answer" features)" "$(member "$answer" pairs)" "$first" "$second" \
        "$(member "$answer" train_seconds)" "$reference"
    is "the number of held-out rows of $name" "$tested" "$(grep -c 1 "$split")"
    if [ "$reference" != - ] && awk "BEGIN { exit !($first < $reference) }"; then
        not_true "$name reaches logistic regression: $first is below $reference"
    fi
}

# Every column, as in the reference.
bank="bank-full.csv"
added="bank-additional-full.csv.gz"
telco="telco-customer-churn.csv"
fit adult adult adult.csv.gz income 0.9045
fit bank bank-marketing $bank y 0.9050
fit bank-nodur bank-marketing $bank y 0.7725 --drop duration
fit bank-add bank-marketing-additional $added y 0.9357
fit bank-add-nodur bank-marketing-additional $added y 0.7820 --drop duration
fit telco telco-churn $telco Churn 0.8356 --drop customerID

# As one would: protected attributes are kept out, and what is not known beforehand.
fit adult-protected adult adult.csv.gz income - --drop fnlwgt,relationship \
    --protect race,sex,age,native-country,marital-status
fit bank-protected bank-marketing $bank y - --drop duration --protect age,marital
fit telco-protected telco-churn $telco Churn - --drop customerID \
    --protect gender,SeniorCitizen,Partner,Dependents
fit german german-credit german-credit.csv class - --positive 2 \
    --protect age,personal_status_sex,foreign_worker
fit compas compas compas-two-years-deidentified.csv two_year_recid - --protect race,sex,age \
    --drop age_cat,is_recid,decile_score,score_text,v_decile_score,v_score_text
fit campaign marketing-campaign marketing-campaign.csv Response - \
    --drop ID,Dt_Customer,Z_CostContact,Z_Revenue --protect Year_Birth,Marital_Status
fit hillstrom-visit hillstrom hillstrom.csv visit - --drop conversion,spend
fit hillstrom-conversion hillstrom hillstrom.csv conversion - --drop visit,spend
fit hillstrom-spend hillstrom hillstrom.csv spend - --drop visit,conversion

# Sets with a split of their own. Codes that look like numbers are categories by --types; texts with
# stray quotes, which nothing here can learn from, are cut off first.
split=$scratch/split.txt
{
    gunzip -c "$data/rtb-synthetic/train.tsv.gz"
    gunzip -c "$data/rtb-synthetic/dev.tsv.gz" | tail -n +2
} >"$scratch/rtb.tsv"
awk 'BEGIN { for (i = 0; i < 400000; i++) print(i >= 300000) }' >"$split"
for code in weekday region exchange category slot device; do
    echo "$code: category"
done >"$scratch/types.yaml"
learn auctions "$scratch/rtb.tsv" click - --types "$scratch/types.yaml" \
    --drop consent,segments,floor,price
gunzip -c "$data/reviews-clothing/reviews.tsv.gz" | cut -f 1-10 >"$scratch/reviews.tsv"
tail -n +2 "$scratch/reviews.tsv" | awk -F'\t' '{ print($2 == 7) }' >"$split"
learn reviews "$scratch/reviews.tsv" recommended - --drop row,fold,rating --protect age
learn reviews-rating "$scratch/reviews.tsv" rating - --drop row,fold,recommended --protect age
awk 'BEGIN { for (i = 0; i < 10000; i++) print(i >= 8000) }' >"$split"
learn clicks "$data/bandit-obd/men-random.tsv.gz" click - --drop timestamp,propensity

# The same rows and seed on another number of threads: the same model, byte for byte.
"$candor" fit "$data/telco-churn/$telco" --target Churn --split "$data/telco-churn/split80.txt" \
    --drop customerID --threads 1 --out "$scratch/one.model" >/dev/null
cmp -s "$scratch/one.model" "$scratch/telco.model" ||
    not_true "one thread learns the model that all threads learn"

# explained MODEL FILE: row 0 is what its parts add up to, in the link and as a probability, and
# its score is the one that `score` gives.
explained() {
    "$candor" score "$scratch/$1.model" "$2" --out "$scratch/$1.csv" >/dev/null
    "$candor" explain "$scratch/$1.model" "$2" --row 0 --json >"$scratch/explain.json"
    scored=$(sed -n 's/^0,//p' "$scratch/$1.csv")
    awk -v scored="$scored" '
        { is_top = /^  "/; sub(/,$/, "", $2) }
        $1 == "\"score\":" && score == "" { score = $2 } # recourse has scores of its own
        is_top { is_part = $1 == "\"contributions\":" } # further in it is told in words, with sums of its own
        is_top && $1 == "\"base\":" { sum += $2; bases++ }
        is_top && $1 == "\"link\":" { link = $2 }
        is_part && $1 == "\"contribution\":" { sum += $2; parts++ }
        function off(a, b) { return a > b ? a - b : b - a }
        END {
            exit !(bases == 1 && parts > 0 && off(sum, link) < 1e-9 && score == scored &&
                   off(score, 1 / (1 + exp(-link))) < 1e-9)
        }' "$scratch/explain.json" || not_true "$1: the parts of row 0 add up to its score"
    is "the lines of the scores of $1" "$(wc -l <"$scratch/$1.csv")" "$3"
    "$candor" card "$scratch/$1.model" --json >"$scratch/card.json"
    is "the target on the card of $1" "$(member "$scratch/card.json" target)" "$4"
    is "the AUC on the card of $1" "$(inner "$scratch/card.json" auc)" \
        "$(member "$scratch/$1.json" auc)"
}
explained adult "$data/adult/adult.csv.gz" 48843 income
explained bank "$data/bank-marketing/$bank" 45212 y
explained telco "$data/telco-churn/$telco" 7044 Churn

# Adult by sex, on the held-out rows: the rates are those that awk counts.
gunzip -c "$data/adult/adult.csv.gz" | paste -d, - "$scratch/adult.csv" >"$scratch/scored.csv"
{ echo test; cat "$data/adult/split80.txt"; } | paste -d, "$scratch/scored.csv" - |
    awk -F, 'NR == 1 || $NF == 1' >"$scratch/held.csv"
"$candor" fairness "$scratch/held.csv" --label income --score score --group sex --json \
    >"$scratch/fairness.json"
awk -F, '
    FNR == 1 && NR == 1 { for (i = 1; i <= NF; i++) column[$i] = i; next }
    NR == FNR { n[$column["sex"]]++; chosen[$column["sex"]] += $column["score"] >= 0.5; next }
    /^  "groups"/ { inside = 1 } /^  "metrics"/ { inside = 0; metrics = 1 }
    { split($0, word, "\""); value = $0; sub(/.*: /, "", value); sub(/,$/, "", value) }
    inside && (word[2] in n) { group = word[2] }
    inside && word[2] == "selection_rate" && value + 0 > 0 { rate[group] = value }
    metrics && word[2] == "demographic_parity_difference" && value + 0 > 0 { difference = value }
    END {
        male = chosen["Male"] / n["Male"]
        female = chosen["Female"] / n["Female"]
        printf "adult by sex: %.4f of %d men and %.4f of %d women are predicted >50K, difference %.4f\n",
            male, n["Male"], female, n["Female"], difference
        exit !(near(rate["Male"], male) && near(rate["Female"], female) &&
               near(difference, male - female))
    }
    function near(a, b) { return a - b < 1e-9 && b - a < 1e-9 }
' "$scratch/held.csv" FS=' ' "$scratch/fairness.json" ||
    not_true "the audit counts what awk counts"
done_testing
