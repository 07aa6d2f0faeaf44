#!/usr/bin/env bash
# What is held: quality with its quarantine, retention with legal holds, and the audit of the inventory,
# as commands with their exit codes. No report shows what stands in a row.
#
#   inventory.sh PROGRAM GENERATE
. "$(dirname "$0")/lib.sh"

new_home "$scratch/home"
fill_home 400 5

# ---- quality ---------------------------------------------------------------------------------

cat >"$scratch/people.csv" <<'CSV'
identifier,email,name,sex,age,region,loyalty_tier,joined,channel_preference
CANARY7319,zoltan@canary-bird.example,Zoltan Quixotte,male,244,Nord,gold,2020-02-02,email
CANARY7320,jonna@canary-bird.example,Jonna Quixotte,female,44,Nord,gold,,email
CANARY7321,karl@canary-bird.example,Karl Quixotte,male,44,Nord,none,2020-02-02,email
CSV
must candor import subjects "$scratch/people.csv" --source shop --json
it "two of three rows are in quarantine" value_is quarantined 2
must candor quality list --json
it "with field and reason" grep -q '"field": "age"' "$scratch/out"
it "the rule across fields too" grep -q '"field": "gold_members_have_joined"' "$scratch/out"
it "and no value" test -z "$(grep -iE 'zoltan|CANARY|quixotte' "$scratch/out")"
for row in $(sed -n 's/^ *"row": \([0-9]*\),/\1/p' "$scratch/out"); do
    must candor quality show "$row" --json
    if grep -q '"field": "age"' "$scratch/out"; then
        aged=$row
    elif grep -q '"line": 3' "$scratch/out" && grep -q '"source": "shop"' "$scratch/out"; then
        dated=$row
    fi
done
grep -q . <<<"$aged$dated" || exit 1
operator=bea candor quality show "$dated" --values
it "an approver may not look at values" said 3 'needs one of the roles'
must candor quality show "$dated" --values
it "who may read subjects can" grep -q 'Jonna' "$scratch/out"
must candor quality repair "$dated" --column joined --value 2021-01-01
candor quality repair "$dated" --column wealth --value 1
it "a column that is not there is refused" said 2 "no column 'wealth'"
candor quality reimport "$dated" --json
it "a repaired row is imported" value_is imported 1
it "and is a subject" candor subject show CANARY7320
candor quality drop 99999999
it "a row that is not there cannot be dropped" said 2 'no row of that number'
must candor audit quality
it "an audit shows each source" grep -q '^shop: ' "$scratch/out"
must candor quality history shop --json
it "the history has its measurement" value_is source shop
candor quality history nosuch
it "the history of a source that nobody measured is refused" said 2 "nothing was measured.*nosuch"
candor import subjects "$scratch/people.csv" --source 'No Name'
it "a source has a plain name" said 2 'name of a source'

sed -i 's/least: {completeness: 0.8/least: {completeness: 0.999/' "$home/candor.yaml"
candor train lead
it "training is refused below a threshold, with exit 3" said 3 'completeness of .* asks for 0.999'
candor audit quality
it "which an audit finds" test "$rc" -eq 1
sed -i 's/least: {completeness: 0.999/least: {completeness: 0.8/' "$home/candor.yaml"
must candor train lead

# ---- retention -------------------------------------------------------------------------------

candor audit retention --json
it "something is due and no run came" test "$rc" -eq 1
must candor hold place CANARY7320 --matter 2026-117 --reason 'a dispute'
candor subject erase CANARY7320
it "a legal hold stops an erasure and says which" said 3 "matter '2026-117'"
candor hold place --matter 1 --reason x
it "nobody is held by leaving something out" said 2 'everybody'
must candor retention run --dry-run --json
due=$(value deleted)
must candor retention run --json
it "a run deletes what the dry run said" value_is deleted "$due"
it "and gives its proof" grep -q '"receipt"' "$scratch/out"
must candor retention run --json
it "then nothing is left" value_is deleted 0
must candor audit retention
must candor hold list --json
held=$(value hold)
must candor hold lift "$held" --reason settled
must candor subject erase CANARY7320
must candor ledger verify

# ---- models ----------------------------------------------------------------------------------

for number in $(sed -n '2,200p' "$data/subjects.csv" | cut -d, -f1 | grep '^C'); do
    echo "$number"
done >"$scratch/gone.txt"
must candor request erase-batch "$scratch/gone.txt"
must candor model list
it "a model says that too many of its people are gone" grep -q 'train it again' "$scratch/out"
candor audit retention
it "and so does the audit" test "$rc" -eq 1

# ---- the inventory ---------------------------------------------------------------------------

candor audit inventory --json
it "what nobody uses is named" grep -q '"name": "channel_preference"' "$scratch/out"
it "and no value shows" test -z "$(grep -E '@|Quixotte|CANARY' "$scratch/out")"
candor audit inventories
it "an unknown audit is refused" said 2 'audit what'
done_testing
