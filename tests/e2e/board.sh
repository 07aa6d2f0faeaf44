#!/usr/bin/env bash
# board.sh PROGRAM GENERATE - who judges what before it is used: reviews of models, campaigns, the policy
# and notices, conflicts of interest, the ethics board, and offers that decide about lives.
. "$(dirname "$0")/lib.sh"
cd "$scratch" || exit 1

# by NAME WORD...: as that operator.
by() {
    operator=$1
    shift
    candor "$@" --json
}
# proposed NAME KIND [THING]: propose it as NAME; its number in $review.
proposed() {
    by "$@"
    review=$(value id)
    [ -n "$review" ] || cat "$scratch/err"
}
state_is() { value_is state "$1"; }

new_home shop
fill_home 600 7
for who in cem:approver dan:analyst dora:privacy eva:approver finn:approver; do
    operator=ana must candor operator add "${who%:*}" --roles "${who#*:}"
done
operator=ana
must candor operator roles bea --set approver,marketer
sed -i '/^governance:/,$d' shop/candor.yaml
cp shop/candor.yaml plain.yaml

# ---- without a section nothing is asked --------------------------------------------------------

must candor train lead
it 'without governance a model is published as before' candor model publish lead
it '... and a campaign planned' candor plan spring
by ana board propose model lead
it '... and nothing can be proposed' said 3 'governance'

govern() { # EXTRA: candor.yaml with a section governance
    {
        cat plain.yaml
        printf 'governance:\n'
        printf '  data_protection_officer: {operator: dora, contact: dpo@example.org}\n'
        printf '  team:\n'
        printf '    - {operator: bea, function: Head of marketing, reviews: [campaigns, notices, policies]}\n'
        printf '    - {operator: dan, function: Data science, reviews: [models]}\n'
        printf '  ethics_board: {members: [cem, eva, finn], chair: cem, quorum: 2}\n'
        printf '  approvals: {ordinary: 1, high: 2}\n'
        printf '%s\n' "$@"
    } >shop/candor.yaml
}

# ---- bad input ---------------------------------------------------------------------------------

operator=ana
for row in 'review: [offers]|review.*line' 'valid_days: 0|valid_days.*line' 'proxies: [shoe]|proxies.*line.*shoe' \
    'high_risk: [lead]|high_risk.*line.*KIND:NAME' 'conflicts: [{name: x}]|people' 'quorum: 2|quorum.*line'; do
    govern "  ${row%%|*}"
    candor board status
    it "refused with its line: ${row%%|*}" said 2 "${row#*|}"
done
sed 's/members: \[cem/members: [dora, cem/' shop/candor.yaml >x && sed '/quorum: 2$/d' x >shop/candor.yaml
candor board status
it 'the data protection officer is no member' said 2 'advises'

# ---- a model -----------------------------------------------------------------------------------

govern '  review: [models]'
must candor model retire lead
candor model publish lead
it 'a model without a review is not published' said 3 'candor board propose model lead'
candor board status
it '... and that is a finding' test "$rc" -eq 1
proposed dan board propose model lead
it 'it can be proposed' state_is in_review
it '... once' eval '! by dan board propose model lead && said 2 "already"'
by ana review approve "$review"
it 'who trained it does not vote' said 3 'trained'
by dan review approve "$review"
it 'nor does who proposed it' said 3 'proposed'
by bea review approve "$review"
it 'nor who reviews other things' said 3 'no vote'
by dora review approve "$review"
it 'nor the data protection officer' said 3 'advises'
operator=ana
candor model publish lead
it 'while it is in review it is not published' said 3 'still in review'
it 'a member of the board may' by eva review approve "${review:0:8}" --note 'looks right'
it '... and it is approved' state_is approved
operator=ana
it 'then it is published' candor model publish lead
it 'what reviewers see has the card' by eva review show "$review"
it '... with the digest' grep -q '"data_digest"' "$scratch/out"
it '... and each step' grep -q '"reason": "looks right"' "$scratch/out"
it '... in words too' candor review show "$review"
operator=ana
must candor train lead --repair reweigh
candor model publish lead
it 'a model trained anew needs a review anew' said 3 'void'
proposed ana board propose model lead --authors dan
by dan review approve "$review"
it 'a named author does not vote' said 3 'proposed'
it 'changes can be asked for' by cem review request-changes "$review" --note 'leave the region out'
it '... and that ends it' state_is changes_requested
by ana board propose model lead
it 'the same bytes are not proposed again' said 3 'change it'
by ana review show "$review"
it 'the version approved before is shown' grep -q '"approved_before": {' "$scratch/out"
it '... and how it differs' grep -q '"difference"' "$scratch/out"

operator=ana
must candor train lead
it 'the bytes that were approved are approved still' candor model publish lead

# ---- a campaign --------------------------------------------------------------------------------

govern '  review: [campaigns]' '  conflicts: [{name: family, people: [ana, eva]}]'
operator=ana
candor plan spring
it 'a campaign without a review is not planned' said 3 'board propose campaign spring'
identifier=$(sed -n 2p "$data/subjects.csv" | cut -d, -f1)
candor decide "$identifier" --campaign spring
it 'nor is anything decided for it' said 3 'board propose campaign spring'
proposed ana board propose campaign spring
by eva review approve "$review"
it 'who shares an interest with its author does not vote' said 3 'conflict'
it 'another does' by bea review approve "$review"
by bea plan spring
it 'who approved a campaign does not plan it' said 3 'in review'
operator=ana
it 'its author does' candor plan spring
it '... and decides' candor decide "$identifier" --campaign spring
must by bea approve spring
operator=ana
it '... and sends' candor send spring --to out.csv
sed -i 's/top: 2500/top: 2499/' shop/candor.yaml
candor decide "$identifier" --campaign spring
it 'one changed digit voids the approval' said 3 'void'
sed -i 's/top: 2499/top: 2500/' shop/candor.yaml
it '... and with the old one it holds again' candor decide "$identifier" --campaign spring
sed -i 's/^name: /# a comment\nname: /' shop/candor.yaml
it 'a comment voids nothing' candor decide "$identifier" --campaign spring
it 'an approval can be taken back' by bea board withdraw "$review" --note 'second thoughts'
operator=ana
candor decide "$identifier" --campaign spring
it '... at once' said 3 'withdrawn'

# ---- notices -----------------------------------------------------------------------------------

govern '  review: [notices]'
operator=ana
candor consent give "$identifier" --purpose profiling
it 'a yes to words that nobody reviewed is not taken' said 3 'board propose notice profiling'
it 'a no is' candor consent withdraw "$identifier" --purpose profiling
printf 'identifier,purpose,decision,time\n%s,profiling,given,2026-11-01\n%s,email_marketing,withdrawn,2026-11-02\n' \
    "$identifier" "$identifier" >said.csv
candor import consents said.csv --json
it 'in a file, the yes is left out' value_is rejected 1
it '... for that reason' grep -q 'notice_not_reviewed' "$scratch/out"
it '... and the no comes in' value_is imported 1
proposed ana board propose notice profiling
it 'the notice is reviewed' by bea review approve "$review"
operator=ana
it '... and then a yes is taken' candor consent give "$identifier" --purpose profiling

# ---- the policy --------------------------------------------------------------------------------

govern '  review: [policies]' '  valid_days: 30'
operator=ana
candor import subjects "$data/subjects.csv"
it 'nothing is imported under a policy that nobody reviewed' said 3 'candor board propose policy'
it 'a withdrawal is taken all the same' candor consent withdraw "$identifier" --purpose profiling
proposed ana board propose policy
it 'the policy is reviewed' by bea review approve "$review"
operator=ana
it '... and holds' candor import subjects "$data/subjects.csv"
it 'until a value of it changes' eval 'sed -i "s/valid_days: 30/valid_days: 31/" shop/candor.yaml
    ! candor import subjects "$data/subjects.csv" && said 3 void'

# ---- high risk ---------------------------------------------------------------------------------

govern '  review: [campaigns]' '  high_risk: ["campaign:spring"]'
proposed ana board propose campaign spring --note 'the yearly one'
it 'the company can call a risk high' value_is risk high
by bea review approve "$review" --note fine
it '... then the team does not vote' said 3 'no vote'
by eva review approve "$review"
it '... a vote has a reason' said 2 'note'
by finn board advise "$review" --for --note x
it '... only the officer advises' said 3 'officer'
must by eva review approve "$review" --note 'plain and fair'
must by cem review approve "$review" --note 'agreed'
it 'two of three, and it waits for the officer' value_is waits "It waits for the data protection officer's opinion."
must by dora board advise "$review" --against --note 'age is not needed'
it 'who is against it: it waits for a reason' state_is in_review
by eva board overrule "$review" --note 'no'
it '... of the chair alone' said 3 'chair'
it '... in writing' by cem board overrule "$review" --note 'age leaves after this one'
it 'then it is approved' state_is approved
by eva board recuse "$review" --note 'my sister leads the agency'
it 'a conflict that comes to light takes the vote back' state_is in_review
operator=ana
candor decide "$identifier" --campaign spring
it '... and the campaign is stopped' said 3 'quorum|votes'
must by finn review reject "$review" --note 'too many messages'
it 'a tie rejects' state_is rejected

# ---- regulated offers --------------------------------------------------------------------------

operator=ana
loan() { # SED...: candor.yaml with a campaign of credit
    govern '  proxies: [region]'
    sed -i -e 's/^  - name: spring/  - name: loan\n    regulated: credit/' -e 's/age, region, loyalty_tier/loyalty_tier/' "$@" shop/candor.yaml
}
loan
candor train lead >/dev/null
it 'a regulated offer is read' candor model list
must candor model publish lead
candor plan loan
it '... and needs the ethics board, whatever is reviewed' said 3 'board propose campaign loan'
loan -e 's/features: \[loyalty_tier/features: [age, loyalty_tier/'
candor model list
it 'its model does not look at age' said 2 'age'
loan -e 's/features: \[loyalty_tier/features: [region, loyalty_tier/'
candor model list
it '... nor at what stands in for something' said 2 "region.*proxies"
loan -e 's/{feature: complaints_365d, below: 2}/{feature: age, below: 60}/'
candor model list
it 'its audience is not chosen by age' said 2 'age'
loan -e 's/on_fail: stop/on_fail: warn/'
candor model list
it 'it stops when it is unfair' said 2 'on_fail'
loan -e 's/regulated: credit/regulated: lottery/'
candor model list
it 'kinds are a closed list' said 2 'regulated'
loan -e 's/min_score: 0.05/min_score: 0.2/'
proposed ana board propose campaign loan
it 'its risk is high' value_is risk high
must by eva review approve "$review" --note 'needed and fair'
must by cem review approve "$review" --note 'agreed'
must by dora board advise "$review" --for --note 'explicit consent is asked'
it 'the board approves it' state_is approved
it 'reviewers see the law' by eva review show "$review"
it '... of credit' grep -q '1002.9' "$scratch/out"
operator=ana
candor plan loan --out plan.csv --json
if [ "$rc" -ne 0 ]; then
    it 'a measured stand-in stops it' said 3 'stands in'
    must by cem board overrule "$review" --note 'tenure must stay: losses follow it, and no other measure does'
    operator=ana
    must candor plan loan --out plan.csv --json
fi
it 'no machine says no alone: such rows wait for a person' grep -q ',withhold,.*,referred,' plan.csv
it '... none is refused for its score' test "$(grep -c ',low_score,\|,not_selected,' plan.csv)" -eq 0
someone=$(grep ',referred,' plan.csv | head -1 | cut -d, -f1)
candor decide "$someone" --campaign loan --json
it 'so is a single decision' value_is code referred
it '... with its reasons' test "$(grep -c '^ *"[A-Z].*\."' "$scratch/out")" -ge 1
operator=dora
must candor request review --json
waiting=$(value id)
it 'the queue has them' test -n "$waiting"
operator=ana
candor approve loan --override 'we know better' >/dev/null
it 'no reason stands in for fairness' test "$rc" -ne 0
it 'the ledger is sound' candor ledger verify

# ---- whom people and the authority ask ---------------------------------------------------------

must candor report ropa
it 'the record of processing names the officer' grep -q 'dpo@example\.org' "$scratch/out"
must candor incident open --title 'A letter went astray' --json
incident=$(value number)
candor incident show "$incident" --draft authority
it '... and so does the notification' grep -q 'Contact: dpo@example\.org' "$scratch/out"

# ---- by HTTP -----------------------------------------------------------------------------------

govern '  review: [notices]'
key_of() { # OPERATOR ROLES
    operator=$1 value_of key key add "$1-key" --roles "$2"
}
ana_key=$(key_of ana owner)
bea_key=$(key_of bea approver)
robot_key=$(operator=ana value_of key key add robot --roles machine)
begin
# answers CODE PATTERN KEY METHOD PATH [BODY]
answers() {
    local -a options=(-sS -X "$4" -o "$scratch/out" -w '%{http_code}' -H "Authorization: Bearer $3")
    [ -n "${6-}" ] && options+=(-d "$6" -H 'Content-Type: application/json')
    local code
    code=$(curl "${options[@]}" "$url$5")
    [ "$code" = "$1" ] && grep -qE -- "$2" "$scratch/out" && return
    printf '%s: ' "$code"
    head -c 300 "$scratch/out"
    return 1
}
it 'where everything stands' answers 200 '"not_proposed"' "$ana_key" GET /v1/governance
it 'a machine asks nothing of it' answers 403 'ledger.read' "$robot_key" GET /v1/reviews
it 'a notice is proposed' answers 200 '"in_review"' "$ana_key" POST /v1/reviews \
    '{"kind":"notice","name":"model_training"}'
review=$(value id)
it 'it is listed' answers 200 "$review" "$bea_key" GET /v1/reviews
it 'who proposed it does not vote, whoever serves' answers 403 'does not review it' "$ana_key" POST \
    "/v1/reviews/$review/votes" '{"act":"approve"}'
it 'another key is another person' answers 200 '"approved"' "$bea_key" POST \
    "/v1/reviews/$review/votes" '{"act":"approve","note":"plain words"}'
it '... whose name stands there' answers 200 '"by": "bea"' "$ana_key" GET "/v1/reviews/$review"
it 'what is decided is decided' answers 403 'decided' "$bea_key" POST "/v1/reviews/$review/votes" \
    '{"act":"reject"}'
it 'nobody has such a number' answers 404 'no such review' "$ana_key" GET \
    /v1/reviews/00000000000000000000000000000000
stop
done_testing
