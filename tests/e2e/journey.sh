#!/usr/bin/env bash
# The whole journey once, small: customers, events and consents in; a model; a campaign planned,
# signed by another, sent and measured; a decision explained; consent withdrawn; a person erased;
# the ledger verified. And each gate on the way: nobody gets past it.
#
#   journey.sh PROGRAM GENERATE
. "$(dirname "$0")/lib.sh"

contacts() { cut -d, -f1 "$scratch/contacts.csv" | tail -n +2; }
lines() { wc -l <"$1" | tr -d ' '; }
at_least() {
    [ "${1:-0}" -ge "$2" ] 2>/dev/null || {
        printf '      %s is not %s or more\n' "$1" "$2"
        return 1
    }
}
has() {
    grep -qE -- "$1" "$scratch/out" || {
        printf '      nothing says %s\n' "$1"
        return 1
    }
}
count_of_code() { awk -F, -v code="$1" '$5 == code' "$scratch/plan.csv" | wc -l; }
# stair N: the count at the N-th step of the staircase.
stair() {
    sed -n '/"staircase"/,/^  \]/s/^ *"count": *\([0-9]*\),*$/\1/p' "$scratch/out" | sed -n "$1p"
}
falls() {
    local before='' now step
    for step in 1 2 3 4 5 6; do
        now=$(stair "$step")
        [ -n "$now" ] || { printf '      step %s has no count\n' "$step"; return 1; }
        [ -z "$before" ] || [ "$now" -le "$before" ] || return 1
        before=$now
    done
}

# ---- in --------------------------------------------------------------------------------------

new_home "$scratch/home"
data_for 2000 11
candor import subjects "$data/subjects.csv" --json
it "2,000 customers come in" value_is created 2000
it "what is broken is left out and counted" at_least "$(value rejected)" 1
it "with the line where it stands" has '"line": [0-9]+'
candor import subjects "$data/subjects.csv" --json
it "the same file again changes nobody's number" value_is created 0
candor import consents "$data/consents.csv" --json
it "their consents come in" at_least "$(value imported)" 5000
candor import events "$data/events.csv" --json
it "and what they did" at_least "$(value imported)" 10000
candor import events "$data/responses.csv" --map "$demo_dir/responses.yaml" --json
it "and how they answered a past campaign" value_is imported 2000

# ---- a model ---------------------------------------------------------------------------------

candor plan spring
it "there is no plan without a published model" said 2 'model'
candor train lead --json
it "a model is learnt" test "$rc" -eq 0
it "only from those who allow it" has '"(no_consent|refused|withdrawn)": [0-9]+'
candor plan spring
it "a proposed model is not used" said 2 'publish'
candor model publish lead --json
it "people publish it" test "$rc" -eq 0
operator=bea candor model publish lead
it "an approver may do so too" test "$rc" -eq 0
operator=eve candor model publish lead
it "an operator nobody knows is refused" said 3 'operator'

# ---- plan, approve, send ---------------------------------------------------------------------

candor plan spring --html "$scratch/plan.html" --out "$scratch/plan.csv" --json
it "the campaign is planned" test "$rc" -eq 0
digest=$(value digest)
it "the plan has a digest" test "${#digest}" -eq 64
it "the staircase only goes down" falls
it "it begins with everybody" test "$(stair 1)" = 2000
it "the plan's CSV has everybody" test "$(lines "$scratch/plan.csv")" -eq 2001
planned=$(count_of_code send)
it "as many are chosen as the last step says" test "$(stair 6)" = "$planned"
it "some are held out" at_least "$(count_of_code holdout)" 1
it "those who refused are left alone" at_least "$(count_of_code refused)" 1
it "the page is one file without scripts or requests" \
    test "$(grep -ciE '<script|src=|href=.?http|url\(|@import' "$scratch/plan.html")" -eq 0

candor send spring --to "$scratch/contacts.csv"
it "an unapproved plan is not sent" said 3 'not approved'
candor approve spring
it "its author cannot approve it" said 3 'another operator'
it "and nothing was handed over" test ! -e "$scratch/contacts.csv"

# The fairness rule is a gate too: a stricter one stops the plan, and an owner may answer for it.
cp "$home/candor.yaml" "$scratch/candor.yaml"
sed -i 's/limit: 0.5/limit: 0.9999/' "$home/candor.yaml"
must candor operator add cleo --roles owner
must candor plan spring --out "$scratch/strict.csv"
operator=bea candor approve spring
it "a plan that fails its fairness rule is not approved" said 3 'fairness rule'
operator=bea candor approve spring --override "because"
it "an approver cannot overrule that" said 3 'only an owner'
operator=cleo candor approve spring --override "ten people, checked by hand" --json
it "an owner can, with a reason" test "$rc" -eq 0
cp "$scratch/candor.yaml" "$home/candor.yaml"
candor send spring --to "$scratch/contacts.csv"
it "but a changed candor.yaml needs a new plan" said 3 'candor.yaml has changed'

must candor plan spring --out "$scratch/plan.csv"
planned=$(count_of_code send)
operator=bea candor approve spring --json
it "another operator approves it" test "$rc" -eq 0
it "knowing how many will hear of it" value_is contacts "$planned"

# Somebody changes their mind between plan and hand-over.
changed=$(awk -F, '$5 == "send" { print $1 }' "$scratch/plan.csv" | sed -n 3p)
gone=$(awk -F, '$5 == "send" { print $1 }' "$scratch/plan.csv" | sed -n 5p)
must candor consent withdraw "$changed" --purpose email_marketing
must candor subject erase "$gone"
candor send spring --to "$scratch/contacts.csv" --json
it "the approved plan is sent" test "$rc" -eq 0
it "but not to who withdrew or was erased since" value_is handed_over $((planned - 2))
it "and that is said" value_is dropped_at_hand_over 2
it "who withdrew is not in the file" test -z "$(contacts | grep -x "$changed")"
it "who was erased is not in the file" test -z "$(contacts | grep -x "$gone")"
it "everybody in it was planned" test -z "$(comm -23 <(contacts | sort) \
    <(awk -F, '$5 == "send" { print $1 }' "$scratch/plan.csv" | sort))"
it "the file is for its owner only" test "$(stat -c %a "$scratch/contacts.csv")" = 600
cp "$scratch/contacts.csv" "$scratch/first.csv"
candor send spring --to "$scratch/contacts.csv"
it "a second hand-over is refused" said 3 'sent already'
it "and leaves the file alone" cmp -s "$scratch/contacts.csv" "$scratch/first.csv"
operator=bea candor approve spring
it "nor is it approved twice" said 3 'sent already'

# ---- results ---------------------------------------------------------------------------------

must "$generate" --outcomes "$scratch/plan.csv" --seed 11 --subjects-dir "$data" \
    --out "$scratch/outcomes.csv"
candor results spring "$scratch/outcomes.csv" --html "$scratch/results.html" --json
it "outcomes come in" test "$rc" -eq 0
it "lift has an interval" has '"lift": -?[0-9.]+'
it "complaints are counted" has '"complaints": [0-9]+'
it "the page of results is written" test -s "$scratch/results.html"

# ---- a decision, a change of mind, an end ----------------------------------------------------

one=$(contacts | sed -n 1p)
candor decide "$one" --campaign spring --json
it "a decision has a reason" has '"reasons": \['
it "and a receipt" has 'c2sp.org/tlog-proof@v1'
it "it was a yes" value_is decision send
must candor consent withdraw "$one" --purpose email_marketing
candor decide "$one" --campaign spring --json
it "after the withdrawal it is a no" value_is decision withhold
it "because they withdrew" value_is code withdrawn
must candor consent give "$one" --purpose email_marketing --proof form-7
must candor subject restrict "$one"
candor decide "$one" --campaign spring --json
it "a restricted subject is left alone" value_is code restricted
must candor subject restrict "$one" --lift
must candor subject object "$one"
candor decide "$one" --campaign spring --json
it "so is one who objects" value_is code objected
candor subject export "$one" --json
it "they can have everything known about them" has '"email"'
candor subject erase "$one" --json
it "they are erased" value_is erased true
it "with a certificate" has '"certificate": "[0-9a-f]{32}"'
candor subject show "$one"
it "and then nobody" said 2 'no such subject'
candor decide "$one" --campaign spring
it "about whom nothing is decided" said 2 'no such subject'

# ---- the account -----------------------------------------------------------------------------

candor ledger verify --json
it "the ledger is sound" value_is sound true
must candor ledger checkpoint
cp "$scratch/out" "$scratch/checkpoint.txt"
must candor consent show "$(contacts | sed -n 2p)"
candor ledger verify --known "$scratch/checkpoint.txt" --json
it "and stands on the checkpoint that was kept" value_is sound true
rm -rf "$scratch/older"
cp -a "$home" "$scratch/older"
must candor decide "$(contacts | sed -n 2p)" --campaign spring
must candor ledger checkpoint
cp "$scratch/out" "$scratch/newer.txt"
home=$scratch/older
candor ledger verify --known "$scratch/newer.txt"
it "a home rolled back behind a known checkpoint is found" test "$rc" -ne 0
home=$scratch/home
candor audit security --json
it "the security audit runs" test "$rc" -le 1
done_testing
