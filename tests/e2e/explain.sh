#!/usr/bin/env bash
# Why a row has its score, what would change it, and a model as rules: the answers of `explain` and
# `rules` against the data they speak of.
#
#   explain.sh PROGRAM
set -u
export LC_ALL=C.UTF-8
program=$1
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
wrong=0
not_true() {
    printf 'not true: %s\n' "$*"
    wrong=$((wrong + 1))
}
at() { printf '%s/%s' "$scratch" "$1"; }
run() { # NAME WORD...: the answer in NAME.json
    local name=$1
    shift
    "$program" "$@" --json >"$(at "$name.json")" 2>"$(at said)" || {
        cat "$(at said)"
        not_true "this works: $*"
        exit 1
    }
}
refused() { # PATTERN WORD...
    local pattern=$1 rc
    shift
    "$program" "$@" >"$(at out)" 2>"$(at said)"
    rc=$?
    [ "$rc" -eq 2 ] || not_true "exit 2, not $rc: $*"
    grep -q -e "$pattern" "$(at said)" || not_true "says '$pattern': $* ($(cat "$(at said)"))"
    [ ! -s "$(at out)" ] || not_true "nothing on standard output: $*"
}

# ---- made data: what is bought, how much, and how, from age, visits, town and sex ---------------

awk 'BEGIN {
    x = 4711
    print "age,visits,town,sex,bought,spent,how"
    split("arles,bruges,cork,delft", town, ",")
    for (i = 0; i < 3000; i++) {
        age = 18 + next_below(60); visits = next_below(30); t = 1 + next_below(4)
        score = (age > 40 ? 1 : -1) + visits / 8 - 2 + (t == 3 ? 1.5 : 0)
        yes = score + (next_below(1000) - 500) / 250 > 0
        how = t == 1 ? "shop" : visits > 15 ? "web" : "phone"
        if (next_below(10) == 0) how = "web"
        printf "%s,%d,%s,%s,%s,%.2f,%s\n", next_below(15) == 0 ? "" : age, visits, town[t],
            next_below(2) ? "f" : "m", yes ? "yes" : "no", 20 + 5 * score + next_below(10), how
    }
}
function next_below(n) { x = (x * 16807) % 2147483647; return x % n }' >"$(at data.csv)"
data=$(at data.csv)

run fit fit "$data" --target bought --drop spent,how --protect sex --only-up age --pairs 3 \
    --out "$(at yes.model)"
run fit fit "$data" --target spent --drop bought,how --protect sex --out "$(at spent.model)"
numbers_and_classes='yes spent'
if "$program" fit "$data" --target how --drop bought,spent --protect sex \
    --out "$(at how.model)" >"$(at out)" 2>&1; then
    numbers_and_classes='yes spent how'
else
    echo "skipped: what is about classes, since the program does not learn them"
fi
"$program" score "$(at yes.model)" "$data" >"$(at scores.csv)"

# ---- explain ---------------------------------------------------------------------------------

# adds_up FILE INVERSE: base and contributions are the link, and the score is its inverse.
adds_up() {
    awk -v inverse="$2" '
        { sub(/,$/, "", $2) }
        $1 == "\"score\":" && !seen++ { score = $2 + 0 }
        $1 == "\"base\":" { sum += $2 }
        $1 == "\"link\":" { link = $2 + 0 }
        $1 == "\"explanation\":" { is_told = 1 }
        $1 == "\"contribution\":" && !is_told { sum += $2; parts++ }
        $1 == "\"link_ci\":" { on = 1; next }
        on == 1 { low = $1 + 0; on = 2; next }
        on == 2 { high = $1 + 0; on = 0 }
        function off(a, b) { return a > b ? a - b : b - a }
        END {
            mean = inverse == "logistic" ? 1 / (1 + exp(-link)) : inverse == "same" ? link : score
            exit !(parts > 0 && off(sum, link) < 1e-9 && off(score, mean) < 1e-9 &&
                   low < link && link < high)
        }' "$1"
}

# told_adds_up FILE: the reasons, the rest and what is not named are what stands between base and link, and each
# reason is the sum of its cells.
told_adds_up() {
    awk '
        { value = $2; sub(/,$/, "", value) }
        $1 == "\"base\":" { base = value }
        $1 == "\"link\":" { link = value }
        $1 == "\"explanation\":" { is_told = 1 }
        is_told && /^        "contribution":/ { sum += value; reason = value; cells = 0; reasons++ }
        is_told && /^      "contribution":/ { sum += value }
        is_told && /^            "contribution":/ { cells += value }
        is_told && /^        \]/ { if (off(cells, reason) > 1e-9) exit bad = 1 }
        function off(a, b) { return a > b ? a - b : b - a }
        END { exit bad || !(reasons > 0 && off(base + sum, link) < 1e-9) }' "$1"
}

# plans FILE: one line a plan: feature=from>to ... | score
plans() {
    awk '/^  "recourse": \[/ { on = 1 } /^  "recourse_note"/ { on = 0 }
        !on { next }
        { value = $0; sub(/^[^:]*: /, "", value); sub(/,$/, "", value); gsub(/"/, "", value) }
        /"feature":/ { line = line value "=" }
        /"from":/ { line = line value ">" }
        /"to":/ { line = line value " " }
        /^      "score":/ { print line "| " value; line = "" }' "$1"
}

turned=0 without=0 rising=0
for row in 0 3 5 8 11 17 42 99 512 2999; do
    run why explain "$(at yes.model)" "$data" --row "$row"
    adds_up "$(at why.json)" logistic || not_true "row $row: the parts add up to the score"
    told_adds_up "$(at why.json)" || not_true "row $row: what is told adds up to the score"
    score=$(sed -n "s/^$row,//p" "$(at scores.csv)")
    grep -q "^  \"score\": $score," "$(at why.json)" || not_true "row $row: explain and score agree"
    grep -q 'recourse_proven": true' "$(at why.json)" || not_true "row $row: recourse is proven"
    plans "$(at why.json)" >"$(at plans)"
    [ -s "$(at plans)" ] || without=$((without + 1))
    while read -r plan; do
        # The row with the changes made, scored by the program itself.
        awk -F, -v OFS=, -v row="$row" -v plan="${plan%% |*}" '
            NR == 1 { for (i = 1; i <= NF; i++) column[$i] = i; print; next }
            NR == row + 2 {
                n = split(plan, change, " ")
                for (c = 1; c <= n; c++) {
                    split(change[c], part, "[=>]")
                    if ($column[part[1]] != (part[2] == "null" ? "" : part[2])) exit 1
                    $column[part[1]] = part[3]
                }
                print
            }' "$data" >"$(at changed.csv)" || not_true "row $row: '$plan' starts from the row"
        after=$("$program" score "$(at yes.model)" "$(at changed.csv)" | sed -n 's/^0,//p')
        [ "$after" = "${plan##*| }" ] || not_true "row $row: '$plan' gives $after"
        awk -v before="$score" -v after="$after" \
            'BEGIN { exit !((before >= 0.5) != (after >= 0.5)) }' ||
            not_true "row $row: '$plan' turns the decision"
        case $plan in *sex=*) not_true "row $row: a protected attribute changes" ;; esac
        turned=$((turned + 1))
        case $plan in
        *age=*)
            age=${plan#*age=}
            age=${age%% *}
            if [ "${age%>*}" = null ] || [ "${age#*>}" -le "${age%>*}" ]; then
                not_true "row $row: age only rises, by the model's own note"
            fi
            rising=$((rising + 1))
            ;;
        esac
    done <"$(at plans)"
done
[ "$turned" -ge 10 ] || not_true "there are plans: $turned"
[ "$rising" -ge 1 ] || not_true "some plan waits for age to rise"

# Nothing may change: an honest no.
run fixed explain "$(at yes.model)" "$data" --row 0 --fixed age,visits,town,sex
grep -q '"recourse": \[\]' "$(at fixed.json)" || not_true "what is fixed stays as it is"
grep -q 'No realistic change of up to 3 facts takes the score .*All were ruled out' "$(at fixed.json)" ||
    not_true "without a plan it says so"
# One change at a time, and another threshold.
run one explain "$(at yes.model)" "$data" --row 0 --changes 1 --plans 8 --threshold 0.3
plans "$(at one.json)" | grep -q '=.*=' && not_true "--changes 1 changes one feature"

# Numbers and classes.
run why explain "$(at spent.model)" "$data" --row 7 --threshold 40
adds_up "$(at why.json)" same || not_true "regression: the parts add up"
run why explain "$(at spent.model)" "$data" --row 7
grep -q 'Name a threshold' "$(at why.json)" || not_true "numbers have no threshold of their own"
if [ -e "$(at how.model)" ]; then
    run why explain "$(at how.model)" "$data" --row 7 --class web
    adds_up "$(at why.json)" class || not_true "classes: the parts add up to the link of the class"
    grep -q '"class": "web"' "$(at why.json)" || not_true "the class that was asked for"
    awk '/"chances"/ { on = 1; next } on && /}/ { on = 0 } on { sub(/.*: /, ""); sum += $0 }
        END { exit !(sum > 1 - 1e-12 && sum < 1 + 1e-12) }' "$(at why.json)" ||
        not_true "the chances of all classes add up to 1"
    grep -q 'how = web”' "$(at why.json)" || not_true "reasons name the class"
    refused "the model has no class 'post'" explain "$(at how.model)" "$data" --row 7 --class post
fi
refused 'has no classes' explain "$(at yes.model)" "$data" --row 7 --class yes
refused "no feature 'agee'" explain "$(at yes.model)" "$data" --row 7 --fixed agee
refused "'town' has no order" explain "$(at yes.model)" "$data" --row 7 --only-up town
refused 'above 0 and below 1' explain "$(at yes.model)" "$data" --row 7 --threshold 1
refused 'row 3000 of 3000' explain "$(at yes.model)" "$data" --row 3000
refused "no column 'agee'" fit "$data" --target bought --fixed agee --out "$(at x.model)"

# For people: a bar for each contribution, reasons and plans.
"$program" explain "$(at yes.model)" "$data" --row 3 >"$(at text)" 2>&1
for part in 'chance of bought = yes' '│' 'odds ×' '^Why$' 'What would change it' ' instead of ' \
    'A typical person has'; do
    grep -q "$part" "$(at text)" || not_true "the text has '$part'"
done

# The same in five languages: each its own words, and the same numbers.
for lang in en de fr es it; do
    run told explain "$(at yes.model)" "$data" --row 3 --lang "$lang"
    grep -q "\"language\": \"$lang\"" "$(at told.json)" || not_true "--lang $lang"
    grep -v '"\(sentence\|proof\|language\|baseline\|limits\|shown\|recourse_note\)":\|"\(reasons\|against\|turning\)": "\|^    "score":\|^    "[^"]*",*$' \
        "$(at told.json)" >"$(at numbers.$lang)"
    cmp -s "$(at numbers.en)" "$(at numbers.$lang)" || not_true "$lang has other numbers"
    grep -h '"sentence":' "$(at told.json)" >"$(at words.$lang)"
    [ "$lang" = en ] || ! cmp -s "$(at words.en)" "$(at words.$lang)" || not_true "$lang is not English"
done
refused '--lang: explanations are told in en, de, fr, es and it' explain "$(at yes.model)" "$data" --row 3 --lang nl

# ---- rules -------------------------------------------------------------------------------------

# sound FILE ROWS LEAST: the rules divide all rows, and agree with the model at least so often.
sound() {
    awk -v rows="$2" -v least="$3" '
        { value = $2; sub(/,$/, "", value) }
        $1 == "\"rows\":" && seen++ { sum += value }
        $1 == "\"support\":" { support += value }
        $1 == "\"precision\":" { if (value < 0 || value > 1) bad = 1 }
        $1 == "\"agreement\":" { agreement = value }
        END { exit !(!bad && sum == rows && support > 1 - 1e-9 && support < 1 + 1e-9 &&
                     agreement >= least) }' "$1"
}
for model in $numbers_and_classes; do
    for max in 1 3 10; do
        run rules rules "$(at "$model.model")" "$data" --max "$max"
        sound "$(at rules.json)" 3000 "$([ "$max" = 10 ] && echo 0.85 || echo 0.3)" ||
            not_true "$model, $max rules: they divide the rows and agree with the model"
        [ "$(grep -c '"text": ' "$(at rules.json)")" -le "$max" ] || not_true "at most $max rules"
        cp "$(at rules.json)" "$(at "$model-$max.json")"
    done
done
run rules rules "$(at yes.model)" "$data" --max 10
cmp -s "$(at rules.json)" "$(at yes-10.json)" || not_true "the same rules every time"
grep -q '"precision_by": "label"' "$(at rules.json)" || not_true "the labels count when they are there"

# One rule's words, counted by awk: the first that is about visits alone or with town.
run rules rules "$(at yes.model)" "$data" --max 2 --conditions 1
awk -F, '
    NR == FNR {
        if ($0 ~ /"operator":/ && op == "") { op = $1; gsub(/.*: "|"$/, "", op) }
        if ($0 ~ /"feature":/ && feature == "") { feature = $1; gsub(/.*: "|"/, "", feature) }
        if ($0 ~ /"value":/ && limit == "") { limit = $1; sub(/.*: /, "", limit) }
        if ($0 ~ /^      "rows":/ && rows == "") { rows = $1; sub(/.*: /, "", rows) }
        next
    }
    FNR == 1 { for (i = 1; i <= NF; i++) column[$i] = i; next }
    { v = $column[feature]; n += v != "" && (op == ">=" ? v >= limit + 0 : op == "<=" ? v <= limit + 0 : v < limit + 0) }
    END { exit !(op ~ /^[<>]/ && n == rows + 0) }' "$(at rules.json)" "$data" ||
    not_true "the first rule holds for as many rows as awk counts"

# Without the target's column the rules are judged by the model; without a feature they are refused.
cut -d, -f 1-4 "$data" >"$(at unlabelled.csv)"
run rules rules "$(at yes.model)" "$(at unlabelled.csv)"
grep -q '"precision_by": "model"' "$(at rules.json)" || not_true "without labels the model judges"
cut -d, -f 2- "$data" >"$(at less.csv)"
refused "column 'age'" rules "$(at yes.model)" "$(at less.csv)"
"$program" rules "$(at yes.model)" "$data" >"$(at text)" 2>&1
for part in '^ 1. If ' 'then' 'lift' 'decide as the model does on'; do
    grep -q "$part" "$(at text)" || not_true "the text of rules has '$part'"
done
echo "$turned plans turned a decision, $without rows had none"
[ "$wrong" -eq 0 ]
