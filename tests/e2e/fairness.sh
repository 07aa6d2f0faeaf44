#!/usr/bin/env bash
# fairness.sh PROGRAM GENERATE - what treats groups differently is found, repaired, and not published: candor
# mitigate and candor fairness why over plain files; a model's fairness rule, the board's override, and live
# decisions counted by group.
. "$(dirname "$0")/lib.sh"
cd "$scratch" || exit 1
home=shop

# ---- plain files -------------------------------------------------------------------------------

# Two groups that differ in what happened, a column that stands in for the group, and one that does not.
awk 'BEGIN {
    srand(7)
    print "id,region,visits,group,bought,score"
    for (i = 0; i < 3000; i++) {
        g = rand() < 0.4
        v = int(rand() * 20) + (g ? 0 : 4)
        p = 1 / (1 + exp(3 - v / 6))
        print i "," (rand() < 0.8 ? (g ? "north" : "south") : "west") "," v "," (g ? "a" : "b") "," (rand() < p) "," p
    }
}' >people.csv

gap() { # FILE: the demographic parity difference of its decisions
    must candor fairness "$1" --label bought --decision decision --group group --json >&2
    value demographic_parity_difference
}
at_most() { awk -v a="$1" -v b="$2" 'BEGIN { exit !(a <= b) }'; }

mitigate() { candor mitigate people.csv --label bought --group group "$@" --json; }
it 'thresholds are found' mitigate --method threshold --score score --limit 0.01 --out decided.csv --html page.html
it '... nobody is decided by lot' value_is decided_by_lot 0
it '... the cost of that is told' grep -q '"cost_of_determinism"' "$scratch/out"
it '... the limit holds' at_most "$(gap decided.csv)" 0.01
it '... a page shows the frontier' grep -q '<svg' page.html
cp decided.csv first.csv
must candor mitigate people.csv --label bought --group group --method threshold --score score --limit 0.01 --out decided.csv
it '... the same each time' cmp -s first.csv decided.csv
it 'odds can be relaxed' mitigate --method threshold --score score --constraint equalized_odds --limit 0.05 --out decided.csv
it 'a rule that does not see the group' mitigate --method plugin --drop id,score --limit 0.02 --out decided.csv
it '... says so' value_is sees_group false
it '... the limit holds' at_most "$(gap decided.csv)" 0.02
it 'rows are weighed' mitigate --method reweigh --out weighed.csv
it '... and learnt from' candor fit weighed.csv --target bought --weight weight --protect group --drop id,score --out fair.model
it 'rows are drawn' mitigate --method resample --synthetic --out drawn.csv
it '... and label and group are independent then' candor mitigate drawn.csv --method reweigh --label bought --group group --out again.csv --json
it '... within one row' awk -F'[:,]' '/"weight"/ { if ($2 < 0.99 || $2 > 1.01) bad = 1 } END { exit bad }' "$scratch/out"
must candor fit people.csv --target bought --protect group --drop id,score --out plain.model
it 'shapes are repaired' mitigate --method repair --model plain.model --limit 0.05 --out flat.model
it '... and the model keeps a note of it' eval 'candor card flat.model --json && grep -q "model_before" "$scratch/out"'

it 'why there is a gap' candor fairness why plain.model people.csv --group group --json
it '... in parts that add up to it' awk -F'[:,]' '
    /"gap"/ { gap = $2 } /"sum_of_terms"/ { sum = $2; d = gap - sum; exit !(d < 1e-12 && d > -1e-12) }' "$scratch/out"
it '... in words too' eval 'candor fairness why plain.model people.csv --group group && grep -q "sum of the columns" "$scratch/out"'

while IFS='|' read -r words wanted; do
    # shellcheck disable=SC2086
    candor mitigate people.csv --out x.csv $words
    it "refused: $words" said 2 "$wanted"
done <<'END'
--method lottery --group group --label bought|--method is
--method threshold --group group --label bought|needs --score
--method reweigh --group group --label bought --score score|takes no --score
--method reweigh --group nothing --label bought|no column
--method reweigh --group group|--label
--method threshold --group group --label bought --score region|numbers
--method threshold --group group --label bought --score score --constraint justice|demographic_parity
--method threshold --group group --label bought --score score --limit 2|--limit
--method plugin --group region --label bought|--value
--method repair --group group --label bought|--model
END
candor mitigate decided.csv --label bought --group group --method threshold --score score --out x.csv
it 'refused: a column is there already' said 2 "decision.*already"
candor fairness why plain.model people.csv --group group --reference c
it 'refused: no such reference' said 2 'reference'
while IFS='|' read -r words wanted; do
    # shellcheck disable=SC2086
    candor fairness people.csv $words
    it "refused: fairness $words" said 2 "$wanted"
done <<'END'
--label region --score score --group group|--label: row [0-9]* of column .region. has a third value
--label bought --decision region --group group|--decision: row
--label bought --score score --group group,region --reference nobody|no attribute has a group
--label bought --score score --group group,group|named twice
END
it 'two words are read, and the report says which is 1' eval 'candor fairness people.csv --label group --score score --group region && grep -q "Warning: --label: .a. counts as 1 and .b. as 0" "$scratch/out"'

# ---- a model's rule ----------------------------------------------------------------------------

new_home shop
fill_home 800 7
for who in cem:approver dan:analyst dora:privacy eva:approver finn:approver; do
    operator=ana must candor operator add "${who%:*}" --roles "${who#*:}"
done
operator=ana
sed -i '/^governance:/,$d' shop/candor.yaml
cp shop/candor.yaml plain.yaml
rule() { # RULE [EXTRA...]: candor.yaml with a fairness rule of the model, and more sections
    sed "s/^    audit: fairness_audit\$/&\n    fairness: $1/" plain.yaml >shop/candor.yaml
    shift
    [ $# -eq 0 ] || printf '%s\n' "$@" >>shop/candor.yaml
}
while IFS='|' read -r text wanted; do
    rule "$text"
    candor model list
    it "refused with its line: $text" said 2 "$wanted"
done <<'END'
{group: age}|protect
{measure: demographic_parity_ratio}|group
{group: sex, measure: parity}|measure.*line
{group: sex, limit: 3}|limit.*line
{group: sex, who: all}|who
END

rule '{group: sex, measure: demographic_parity_difference, limit: 0}'
must candor train lead
candor model publish lead
it 'a model whose rule does not hold is not published' said 3 'does not hold its fairness rule'
it '... whoever asks' eval '! candor model publish lead'
rule '{group: sex, measure: demographic_parity_difference, limit: 1}'
it 'a limit that holds lets it pass' candor model publish lead --json
it '... without a reason' value_is fairness_override null
it 'the model shows its rule' eval 'candor model show lead --json && grep -q "\"constraint\": {" "$scratch/out"'
rule '{group: sex, measure: equal_opportunity_difference, limit: 1}'
must candor model retire lead
candor model publish lead
it 'another measure has to be measured first' said 3 'train'

rule '{group: sex, measure: demographic_parity_difference, limit: 0}' 'governance:' \
    '  data_protection_officer: {operator: dora, contact: dpo@example.org}' \
    '  team: [{operator: dan, function: Data science, reviews: [models]}]' \
    '  ethics_board: {members: [cem, eva, finn], chair: cem, quorum: 2}' \
    '  approvals: {ordinary: 1, high: 2}' '  review: [models]' '  high_risk: ["model:lead"]'
operator=dan must candor board propose model lead --json
review=$(value id)
operator=eva must candor review approve "$review" --note 'looked at'
operator=cem must candor review approve "$review" --note 'looked at'
operator=dora must candor board advise "$review" --for --note 'fine'
operator=ana
candor model publish lead
it 'an approval alone does not let it pass' said 3 'does not hold its fairness rule'
operator=cem must candor board overrule "$review" --note 'a difference of so little is no harm here'
operator=ana
it "the board's written reason does" candor model publish lead --json
it '... and stands on the ledger' value_is fairness_override 'a difference of so little is no harm here'
it '... which verifies' candor ledger verify
candor audit fairness --json
it '... while the audit still finds it' eval 'test "$rc" -eq 1 && grep -q "\"passed\": false" "$scratch/out"'

# ---- live decisions ----------------------------------------------------------------------------

cp plain.yaml shop/candor.yaml
must candor train lead
must candor model publish lead
for identifier in $(sed -n '2,41s/,.*//p' "$data/subjects.csv"); do
    candor decide "$identifier" --campaign spring
done
candor audit fairness --json
it 'live decisions are counted by group' grep -q '"fairness_live"' "$scratch/out"
it '... for the campaign that states a rule' grep -q '"campaign": "spring"' "$scratch/out"
it '... those who allow it' test "$(value counted)" -gt 0
done_testing
