#!/bin/sh
# Bank Marketing as a home, from its rows to a campaign's results. What is real and what is made
# stands in README.md.
# shellcheck disable=SC2016
. "$(dirname "$0")/lib.sh"
needs_data bank-marketing
bank=$data/bank-marketing

# ---- the files of a bank -----------------------------------------------------------------------

# facts.txt has a line per customer for the test to count with: number, wave (0 was called first),
# y, and whether there is an agreement to calls, to profiling, to training, and a telephone number.
write_files='
BEGIN {
    OFS = ","
    print "customer,phone,age_group,marital,job,education,in_default,balance,housing,loan,contact,pdays,previous,poutcome" >subjects
    print "customer,purpose,decision,time,channel,surface,wording_version" >consents
    print "customer,event,time,campaign,responded" >events
}
function known(text) { return text == "unknown" ? "" : text }
function age_group(age) {
    return age < 30 ? "under 30" : age < 40 ? "30-39" : age < 50 ? "40-49" : age < 60 ? "50-59" : \
           "60 and over"
}
function say(customer, purpose, decision, day, channel) {
    print customer, purpose, decision, day, channel, "branch", "2010-01" >consents
}
{
    customer = sprintf("B%05d", NR)
    has_phone = draw(NR, 1) >= 0.02
    print customer, (has_phone ? sprintf("+999000%05d", NR) : ""), age_group($2), $4, known($3), known($5), $6, $7, $8,
        $9, known($10), ($15 < 0 ? "" : $15), $16, known($17) >subjects

    calls = draw(NR, 2) # 0.60 yes, 0.12 yes and then no more, 0.20 no, the others were not asked
    if (calls >= 0.60 && calls < 0.72) say(customer, "phone_marketing", "withdrawn", "2010-06-01", "phone")
    if (calls < 0.72) say(customer, "phone_marketing", "given", "2010-01-15", "phone")
    else if (calls < 0.92) say(customer, "phone_marketing", "refused", "2010-01-15", "phone")
    profiling = draw(NR, 3) < 0.8
    say(customer, "profiling", profiling ? "given" : "refused", "2010-01-15", "")
    training = draw(NR, 4) < 0.75
    say(customer, "model_training", training ? "given" : "refused", "2010-01-15", "")

    if ($1 == 0) print customer, "campaign_result", "2010-11-01", "first-wave", $18 >events
    print customer, $1, $18 == "yes", calls < 0.60, profiling, training, has_phone >facts
}'
tail -n +2 "$bank/bank-full.csv" | tr -d '"' | paste -d';' "$bank/split80.txt" - |
    awk -F';' -v subjects="$scratch/subjects.csv" -v consents="$scratch/consents.csv" \
        -v events="$scratch/events.csv" -v facts="$scratch/facts.txt" "$draw_function$write_files"

# facts CONDITION: how many customers it holds for.
facts() {
    awk -F, '{ wave = $2; yes = $3; calls = $4; profiling = $5; training = $6; phone = $7 }
        '"$1"' { n++ } END { print n + 0 }' "$scratch/facts.txt"
}

# ---- a home, a model ---------------------------------------------------------------------------

must init "$candor" --operator ana init "$home" --name "A Portuguese bank" --json
cp "$here/bank.yaml" "$home/candor.yaml"
must operator ana operator add bea --roles approver,owner
imported subjects "$scratch/subjects.csv"
imported consents "$scratch/consents.csv"
imported events "$scratch/events.csv"

must train ana train deposit
is "the number of rows learned from" \
    "$(($(member "$answer" rows_train) + $(member "$answer" rows_test)))" \
    "$(facts 'wave == 0 && training')"
printf 'learned from %s rows; on %s others AUC %.4f, log loss %.4f; %.2f s\n' \
    "$(member "$answer" rows_train)" "$(member "$answer" rows_test)" "$(member "$answer" auc)" \
    "$(member "$answer" log_loss)" "$(member "$answer" train_seconds)"
refused "a plan with a model that nobody published" ana plan second-wave
must publish ana model publish deposit

# ---- the plan ----------------------------------------------------------------------------------

must plan ana plan second-wave --html "$scratch/plan.html" --out "$scratch/plan.csv"
allowed=$(facts 'calls && profiling')
reachable=$(facts 'calls && profiling && phone')
scored=$(facts 'calls && profiling && phone && wave == 1')
chosen=$((scored * 4 / 10))
is "the number of customers" "$(stair "$answer" customers)" "$(facts 1)"
is "the number of those who allow it" "$(stair "$answer" allowed)" "$allowed"
is "the number of those who allow no profiling" "$(left "$answer" no_profiling)" \
    "$(facts 'calls && !profiling')"
is "the number of those with a telephone" "$(stair "$answer" reachable)" "$reachable"
is "the number of those asked before" "$(left "$answer" not_in_audience)" "$((reachable - scored))"
is "the number of the likely" "$(stair "$answer" likely)" "$chosen"
held=$(member "$answer" holdout)
contacted=$(stair "$answer" contacted)
is "the number of the contacted and held out" "$((held + contacted))" "$chosen"
awk "BEGIN { exit !($held > 0.14 * $chosen && $held < 0.26 * $chosen) }" ||
    not_true "about a fifth is held out: $held of $chosen"
# Of every customer: nobody is chosen who did not allow it, has no telephone or was asked before.
awk -F, 'NR == FNR { may[$1] = $4 && $5 && $7 && $2; next }
    FNR > 1 && $2 != "withhold" && !may[$1] { wrong++ } FNR > 1 { n++ }
    END { exit wrong > 0 || n != 45211 }' "$scratch/facts.txt" "$scratch/plan.csv" ||
    not_true "only people who may be called are in the plan"
awk -F, 'NR == FNR { yes[$1] = $3; next } $4 != "" && FNR > 1 { print $4, yes[$1] }' \
    "$scratch/facts.txt" "$scratch/plan.csv" >"$scratch/scored.txt"
is "the number of those with a score" "$(wc -l <"$scratch/scored.txt")" "$scored"
second=$(auc "$scratch/scored.txt")
printf 'the second wave: AUC %s on the %d who may be scored\n' "$second" "$scored"
awk "BEGIN { exit !($second > 0.66) }" || not_true "the model orders the second wave"

# ---- signed, sent ------------------------------------------------------------------------------

refused "an approval by the plan's author" ana approve second-wave
refused "a send without approval" ana send second-wave --to "$scratch/contacts.csv"
[ ! -e "$scratch/contacts.csv" ] || not_true "nothing is handed over without approval"
printf 'fairness by %s: %s %.2f, passed: %s\n' "$(inner "$answer" attribute)" \
    "$(inner "$answer" measure)" "$(inner "$answer" value)" "$(inner "$answer" passed)"
is "whether age groups are chosen alike" "$(inner "$answer" passed)" false
refused "a plan that fails its fairness check" bea approve second-wave
must approve bea approve second-wave --override "age groups differ in what they need"
# Two change their minds between the plan and its hand-over.
awk -F, '$2 == "send" { print $1 }' "$scratch/plan.csv" >"$scratch/planned.txt"
first=$(sed -n 1p "$scratch/planned.txt")
second=$(sed -n 2p "$scratch/planned.txt")
must withdraw ana consent withdraw "$first" --purpose phone_marketing --surface "call centre"
must object ana subject object "$second"
must send ana send second-wave --to "$scratch/contacts.csv"
is "the number handed over" "$(member "$answer" handed_over)" "$((contacted - 2))"
is "the lines handed over" "$(wc -l <"$scratch/contacts.csv")" "$((contacted - 1))"
awk -F, 'FNR == 1 { file++; next }
    file == 1 { fate[$1] = $2; next }
    fate[$1] != "send" || $2 !~ /^\+999000[0-9]+$/ { wrong++ }
    END { exit wrong > 0 }' "$scratch/plan.csv" "$scratch/contacts.csv" ||
    not_true "nobody is handed over who was held out or left alone"
! grep -q -e "^$first," -e "^$second," "$scratch/contacts.csv" ||
    not_true "nobody is handed over who said no after the plan"
refused "a second hand-over" ana send second-wave --to "$scratch/again.csv"

# ---- results -----------------------------------------------------------------------------------

# Everybody was called in fact, those held out too: the difference is chance alone. The two who were
# not handed over have a row too, which must not count.
awk -F, -v OFS=, 'BEGIN { print "identifier", "responded" }
    FNR == 1 { file++ }
    file == 1 && FNR > 1 { if ($2 != "withhold") fate[$1] = $2; next }
    file == 2 && ($1 in fate) { print $1, $3 }
' "$scratch/plan.csv" "$scratch/facts.txt" >"$scratch/outcomes.csv"
must results ana results second-wave "$scratch/outcomes.csv" --html "$scratch/results.html"
is "the outcomes of those not handed over" "$(inner "$answer" not_in_plan)" 2
# yes_of FATE: how many of those with this fate responded.
yes_of() {
    awk -F, -v want="$1" 'FNR == 1 { file++; next } file == 1 { fate[$1] = $2; next }
        fate[$1] == want { n += $2 } END { print n + 0 }' "$scratch/plan.csv" "$scratch/$2.csv"
}
grep -v -e "^$first," -e "^$second," "$scratch/outcomes.csv" >"$scratch/counting.csv"
counted=$(yes_of send counting)
held_yes=$(yes_of holdout counting)
sed -n '/^  "results"/,/^  }/p' "$answer" >"$scratch/measured.json"
is "the responses of the contacted" "$(inner "$scratch/measured.json" contacted_responses)" "$counted"
is "the responses of the held out" "$(inner "$scratch/measured.json" holdout_responses)" "$held_yes"
is "the contacted with an outcome" "$(inner "$scratch/measured.json" contacted)" "$((contacted - 2))"
is "the held out with an outcome" "$(inner "$scratch/measured.json" holdout)" "$held"
printf 'results: %d of %d contacted and %d of %d held out said yes\n' "$counted" \
    "$((contacted - 2))" "$held_yes" "$held"

# ---- one person --------------------------------------------------------------------------------

person=$(sed -n 2p "$scratch/contacts.csv" | cut -d, -f1)
must decide ana decide "$person" --campaign second-wave
is "the decision about somebody called just now" "$(inner "$answer" code)" cap
must withdraw ana consent withdraw "$person" --purpose phone_marketing
must decide ana decide "$person" --campaign second-wave
is "the decision after a withdrawal" "$(inner "$answer" code)" withdrawn
must erase ana subject erase "$person"
is "whether somebody is erased" "$(member "$answer" erased)" true
before=$(inner "$answer" root_before)
case $(inner "$answer" root_after) in
'' | "$before") not_true "an erasure makes a new root key" ;;
esac
refused "showing somebody who was erased" ana subject show "$person"
must verify ana ledger verify
is "whether the ledger is sound" "$(member "$answer" sound)" true
printf 'ledger: %s entries, sound\n' "$(member "$answer" entries)"
done_testing
