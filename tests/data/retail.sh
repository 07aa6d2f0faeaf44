#!/bin/sh
# The Complete Journey as a home: households, what they bought, the coupon books they got, and a
# later book planned and measured. What is real and what is made stands in README.md.
# shellcheck disable=SC2016
. "$(dirname "$0")/lib.sh"
needs_data retail-complete-journey
journey=$data/retail-complete-journey
table() { gunzip -c "$journey/$1.tsv.gz" | tail -n +2; }

# ---- the files of a grocer ---------------------------------------------------------------------

# The evening before campaign 18 is yesterday: every time is moved by the same number of days.
begins=2017-10-30
day_functions='
function day_number(text,    y, m, d) {
    y = substr(text, 1, 4) + 0; m = substr(text, 6, 2) + 0; d = substr(text, 9, 2) + 0
    if (m <= 2) { y--; m += 12 }
    return 365 * y + int(y / 4) - int(y / 100) + int(y / 400) + int((153 * (m - 3) + 2) / 5) + d
}
function day_text(n,    y, m, d, rest) {
    y = int((10000 * n + 14780) / 3652425)
    rest = n - (365 * y + int(y / 4) - int(y / 100) + int(y / 400))
    if (rest < 1) { y--; rest = n - (365 * y + int(y / 4) - int(y / 100) + int(y / 400)) }
    m = int((100 * (rest - 1) + 52) / 3060)
    d = rest - int((m * 306 + 5) / 10)
    return sprintf("%04d-%02d-%02d", m > 9 ? y + 1 : y, m > 9 ? m - 9 : m + 3, d)
}
BEGIN { shift_by = day_number(today) - day_number(begins) }
function moved(text) { return day_text(day_number(text) + shift_by) }
'
today=$(date -u +%Y-%m-%d)
convert() { awk -F'\t' -v OFS=, -v today="$today" -v begins="$begins" "$day_functions$1"; }

table demographics | awk -F'\t' '{ print $1 }' | sort >"$scratch/households.txt"
# known FIELD: lines about one of the households that we know; the others have no demographics.
known() { awk -F'\t' -v at="$1" 'NR == FNR { known[$1] = 1; next } $at in known' "$scratch/households.txt" -; }

# Subjects are real but for the address.
{
    echo household,address,age_group,income,home_ownership,marital_status,household_comp,kids
    table demographics |
        awk -F'\t' -v OFS=, '{ print "H" $1, "Household " $1 " at Example Street", $2, $3, $4, $5, $7, $8 }'
} >"$scratch/subjects.csv"

# facts.txt: household, and whether there is an agreement to post, to profiling, to training.
awk -v OFS=, -v consents="$scratch/consents.csv" -v facts="$scratch/facts.txt" "$draw_function"'
    BEGIN { print "household", "purpose", "decision", "time", "channel", "surface", "wording_version" >consents }
    function say(purpose, decision, day, channel) {
        print "H" $1, purpose, decision, day, channel, "loyalty card", "1" >consents
    }
    {
        post = draw($1, 1) # 0.80 yes, 0.08 yes and then no more, 0.08 no, the others were not asked
        if (post >= 0.80 && post < 0.88) say("post_marketing", "withdrawn", "2017-06-01", "post")
        if (post < 0.88) say("post_marketing", "given", "2017-01-01", "post")
        else if (post < 0.96) say("post_marketing", "refused", "2017-01-01", "post")
        say("profiling", draw($1, 2) < 0.85 ? "given" : "refused", "2017-01-01", "")
        say("model_training", draw($1, 3) < 0.90 ? "given" : "refused", "2017-01-01", "")
        print "H" $1, post < 0.80, draw($1, 2) < 0.85, draw($1, 3) < 0.90 >facts
    }' "$scratch/households.txt"

# Events are real, up to the evening before campaign 18.
table products >"$scratch/products.tsv"
table transactions_sample | known 1 | convert '
    BEGIN {
        while ((getline line <"'"$scratch/products.tsv"'") > 0) {
            split(line, cell, "\t")
            department[cell[1]] = cell[3]
        }
        print "household", "event", "time", "amount", "department", "coupon"
    }
    substr($11, 1, 10) < begins {
        print "H" $1, "bought", moved($11) "T" substr($11, 12) "Z", $6, department[$4],
            ($8 + $9 > 0 ? "true" : "false")
    }' >"$scratch/bought.csv"
table campaign_descriptions >"$scratch/books.tsv"
table coupon_redemptions | known 1 >"$scratch/redemptions.tsv"
table campaigns | known 2 >"$scratch/sent.tsv"
books='
    BEGIN {
        while ((getline line <"'"$scratch/books.tsv"'") > 0) {
            split(line, cell, "\t")
            kind[cell[1]] = cell[2]; first[cell[1]] = cell[3]; last[cell[1]] = cell[4]
        }
        while ((getline line <"'"$scratch/redemptions.tsv"'") > 0) {
            split(line, cell, "\t")
            used[cell[3], cell[1]] = 1
        }
    }'
convert "$books"'
    BEGIN { print "household", "event", "time", "campaign", "kind" }
    $4 < begins { print "H" $1, "redeemed", moved($4) "T12:00:00Z", "campaign-" $3, kind[$3] }
    ' <"$scratch/redemptions.tsv" >"$scratch/redeemed.csv"
convert "$books"'
    BEGIN { print "household", "event", "time", "campaign", "kind" }
    first[$1] < begins { print "H" $2, "mailed", moved(first[$1]), "campaign-" $1, kind[$1] }
    ' <"$scratch/sent.tsv" >"$scratch/mailed.csv"
convert "$books"'
    BEGIN { print "household", "event", "time", "campaign", "kind", "responded" }
    last[$1] < begins {
        print "H" $2, "campaign_result", moved(first[$1]), "campaign-" $1, kind[$1],
            (($1, $2) in used ? "true" : "false")
    }' <"$scratch/sent.tsv" >"$scratch/results.csv"
# truth.txt: the households that got campaign 18 in fact, and whether they used a coupon of it.
convert "$books"'$1 == 18 { print "H" $2, (($1, $2) in used) + 0 }' <"$scratch/sent.tsv" >"$scratch/truth.txt"

# facts CONDITION: how many households it holds for.
facts() {
    awk -F, '{ post = $2; profiling = $3; training = $4 }
        '"$1"' { n++ } END { print n + 0 }' "$scratch/facts.txt"
}

# ---- a home, a model ---------------------------------------------------------------------------

must init "$candor" --operator ana init "$home" --name "A complete journey" --json
cp "$here/retail.yaml" "$home/candor.yaml"
must operator ana operator add bea --roles approver
imported subjects "$scratch/subjects.csv"
imported consents "$scratch/consents.csv"
for file in bought redeemed mailed results; do
    imported events "$scratch/$file.csv"
done

must train ana train redeemer
asked=$(awk -F, 'NR == FNR { may[$1] = $4; next } $5 == "Type A" && may[$1] && !seen[$1]++ { n++ }
    END { print n }' "$scratch/facts.txt" "$scratch/results.csv")
is "the number of rows learned from" \
    "$(($(member "$answer" rows_train) + $(member "$answer" rows_test)))" "$asked"
printf 'learned from %s households; on %s others AUC %.4f, log loss %.4f; %.2f s\n' \
    "$(member "$answer" rows_train)" "$(member "$answer" rows_test)" "$(member "$answer" auc)" \
    "$(member "$answer" log_loss)" "$(member "$answer" train_seconds)"
must publish ana model publish redeemer

# ---- the plan ----------------------------------------------------------------------------------

must plan ana plan campaign-18 --html "$scratch/plan.html" --out "$scratch/plan.csv"
allowed=$(facts 'post && profiling')
active=$(awk -F, -v from="$(date -u -d '180 days ago' +%Y-%m-%d)" '
    NR == FNR { may[$1] = $2 && $3; next }
    may[$1] && $3 >= from && !seen[$1]++ { n++ } END { print n + 0 }
    ' "$scratch/facts.txt" "$scratch/bought.csv")
is "the number of households" "$(stair "$answer" customers)" 801
is "the number of those who allow it" "$(stair "$answer" allowed)" "$allowed"
is "the number of those with an address" "$(stair "$answer" reachable)" "$allowed"
held=$(member "$answer" holdout)
contacted=$(stair "$answer" contacted)
left_out=$(left "$answer" not_in_audience)
is "the number of the likely" "$(stair "$answer" likely)" "$(((allowed - left_out) * 6 / 10))"
is "the number of the contacted and held out" "$((held + contacted))" "$(stair "$answer" likely)"
# A purchase on the first day of the window may be before or after the hour of the plan.
off=$((allowed - left_out - active))
if [ "$off" -lt -5 ] || [ "$off" -gt 5 ]; then
    not_true "$active households bought something, not $((active + off))"
fi
printf 'fairness by %s: %s %.2f, passed: %s\n' "$(inner "$answer" attribute)" \
    "$(inner "$answer" measure)" "$(inner "$answer" value)" "$(inner "$answer" passed)"
awk -F, 'NR == FNR { may[$1] = $2 && $3; next }
    FNR > 1 && ($2 != "withhold" || $4 != "") && !may[$1] { wrong++ } END { exit wrong > 0 }
    ' "$scratch/facts.txt" "$scratch/plan.csv" || not_true "only those who allow it are scored and planned"
awk -F, 'NR == FNR { used[$1] = $2; next } FNR > 1 && $4 != "" && ($1 in used) { print $4, used[$1] }' \
    "$scratch/truth.txt" "$scratch/plan.csv" >"$scratch/scored.txt"
later=$(auc "$scratch/scored.txt")
printf 'campaign 18: AUC %s on the %d scored households that got it\n' "$later" "$(wc -l <"$scratch/scored.txt")"
awk "BEGIN { exit !($later > 0.6) }" || not_true "the model orders a later campaign"

# ---- signed, sent, measured --------------------------------------------------------------------

refused "an approval by the plan's author" ana approve campaign-18
must approve bea approve campaign-18
must send ana send campaign-18 --to "$scratch/contacts.csv"
is "the number handed over" "$(member "$answer" handed_over)" "$contacted"
awk -F, 'FNR == 1 { file++; next } file == 1 { fate[$1] = $2; next } fate[$1] != "send" { wrong++ }
    END { exit wrong > 0 }' "$scratch/plan.csv" "$scratch/contacts.csv" ||
    not_true "nobody is handed over who was held out or left alone"

# Outcomes are known only of households that got the book in fact, held out by us or not; one of
# those contacted also wants no more.
leaver=$(awk -F, 'NR == FNR { used[$1] = $2; next } FNR > 1 && ($1 in used) { print $1; exit }' \
    "$scratch/truth.txt" "$scratch/contacts.csv")
awk -F, -v OFS=, -v leaver="$leaver" 'BEGIN { print "identifier", "responded", "unsubscribed" }
    NR == FNR { used[$1] = $2; next }
    FNR > 1 && $2 != "withhold" && ($1 in used) { print $1, used[$1], ($1 == leaver) + 0 }
    ' "$scratch/truth.txt" "$scratch/plan.csv" >"$scratch/outcomes.csv"
must results ana results campaign-18 "$scratch/outcomes.csv" --html "$scratch/results.html"
sed -n '/^  "results"/,/^  }/p' "$answer" >"$scratch/measured.json"
awk -F, 'FNR == 1 { file++; next } file == 1 { fate[$1] = $2; next }
    { n[fate[$1]]++; yes[fate[$1]] += $2 }
    END { print n["send"] + 0, yes["send"] + 0, n["holdout"] + 0, yes["holdout"] + 0 }
    ' "$scratch/plan.csv" "$scratch/outcomes.csv" >"$scratch/counted.txt"
read -r sent sent_yes kept kept_yes <"$scratch/counted.txt"
is "the contacted with an outcome" "$(inner "$scratch/measured.json" contacted)" "$sent"
is "the responses of the contacted" "$(inner "$scratch/measured.json" contacted_responses)" "$sent_yes"
is "the held out with an outcome" "$(inner "$scratch/measured.json" holdout)" "$kept"
is "the responses of the held out" "$(inner "$scratch/measured.json" holdout_responses)" "$kept_yes"
is "the number of those who unsubscribed" "$(inner "$scratch/measured.json" unsubscribes)" 1
awk -v lift="$(inner "$scratch/measured.json" lift)" "BEGIN {
    off = lift - ($sent_yes / $sent - $kept_yes / $kept); exit !(off < 1e-9 && off > -1e-9) }" ||
    not_true "the lift is the difference of the two rates"
printf 'results: %d of %d contacted and %d of %d held out used a coupon\n' "$sent_yes" "$sent" \
    "$kept_yes" "$kept"

# ---- one household -----------------------------------------------------------------------------

must decide ana decide "$leaver" --campaign campaign-18
is "the decision about somebody who unsubscribed" "$(inner "$answer" code)" withdrawn
must show ana subject show "$leaver"
is "the events known of one household" "$(inner "$answer" event_count)" \
    "$(cat "$scratch/bought.csv" "$scratch/redeemed.csv" "$scratch/mailed.csv" "$scratch/results.csv" |
        grep -c "^$leaver,")"
must erase ana subject erase "$leaver"
refused "showing somebody who was erased" ana subject show "$leaver"
must verify ana ledger verify
is "whether the ledger is sound" "$(member "$answer" sound)" true
printf 'ledger: %s entries, sound\n' "$(member "$answer" entries)"
done_testing
