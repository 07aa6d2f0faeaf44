#!/usr/bin/env bash
# people.sh PROGRAM GENERATE - the company's own people: who may see, whose training is over, what needs
# two of them, who looked at whom, and an incident from its opening to its end.
. "$(dirname "$0")/lib.sh"
cd "$scratch" || exit 1

new_home shop
printf '%s\n' identifier,email,age,sex anna,anna@example.org,30,f ben,ben@example.org,40,m >subjects.csv
must "$program" --operator ana init small --name Small
home=small
must candor import subjects subjects.csv
must candor operator add pia --roles privacy
must candor operator add bea --roles owner
yesterday=2026-01-01
later=2099-01-01

# ---- roles, ends -------------------------------------------------------------------------------

it 'anybody may see who may do what' candor operator roles --json
operator=pia
it 'the privacy role reads people' candor subject show anna --json
candor operator add eve --roles owner
it 'and adds nobody' said 3 'owner'
operator=ana
it 'roles can be changed' candor operator roles pia --set analyst --json
operator=pia
candor subject show anna
it '... and count at once' said 3 'privacy'
operator=ana
must candor operator roles pia --set privacy
candor operator roles nobody --set privacy
it 'an unknown operator has no roles' said 2 'no operator'
it 'an operator can be ended' candor operator expire pia --on "$yesterday" --json
operator=pia
candor ledger checkpoint
it '... and signs in no more' said 3 'ended'
operator=ana
it '... until the end is moved' candor operator expire pia --on "$later"
it 'one owner may go while another stays' candor operator roles bea --set approver
candor operator expire ana
it 'the last owner stays' said 3 'last owner'
must candor operator roles bea --set owner,approver,privacy

# ---- training ----------------------------------------------------------------------------------

operator=ana
it 'a course is put down' candor operator training pia --course data-protection --until "$later"
operator=pia
it 'and people may be seen' candor subject show anna --json
operator=ana
must candor operator training pia --course data-protection --until "$yesterday"
operator=pia
for command in 'subject show anna' 'subject export anna' 'consent show anna' 'subject correct anna --field age --value 31' \
    'import subjects subjects.csv'; do
    # shellcheck disable=SC2086
    candor $command
    it "training over: no $command" said 3 'data-protection|needs one of the roles'
done
it 'training over: a withdrawal is taken all the same' candor consent withdraw anna --purpose email_marketing
operator=ana
candor operator training pia --course data-protection --until tomorrow
it 'an end that is no day is refused' said 2 'until'
must candor operator training pia --course data-protection --until "$later"
printf 'people:\n  required_training: [data-protection, security]\n' >>small/candor.yaml
operator=pia
candor subject show anna
it 'a required course that is missing: nothing is seen' said 3 "'security'"
sed -i '/^people:/,$d' small/candor.yaml

# ---- who looked at whom ------------------------------------------------------------------------

operator=pia
it 'a look is put down with its reason' candor --because 'case 12' subject show anna --json
it '... and shown to the person' grep -q '"why": "case 12"' "$scratch/out"
it '... with who looked' grep -q '"operator": "pia"' "$scratch/out"
it 'an export shows all looks' candor subject export anna --json
it '... each of them' test "$(grep -c '"what": "subject\.' "$scratch/out")" -ge 3
it 'the log counts looks by operator' candor audit access --json
it '... without naming anybody' test "$(grep -c 'anna' "$scratch/out")" -eq 0
it '... of pia' value_is operator pia
candor audit access --since soon
it 'a day that is none is refused' said 2 'since'
printf 'people:\n  reason_required: true\n' >>small/candor.yaml
candor subject show anna
it 'where a reason is wanted, nothing is seen without' said 3 'because'
it '... and with one it is' candor --because 'case 13' subject show anna --json
candor audit access
it '... earlier looks without one are findings' test "$rc" -eq 1
sed -i '/^people:/,$d' small/candor.yaml

# ---- two people --------------------------------------------------------------------------------

printf 'people:\n  two_people: [operators, erase, export, rotate]\n' >>small/candor.yaml
operator=pia
candor subject erase ben
it 'an erasure waits for a second operator' said 3 'second sign'
number=$(sed -n "s/.*second sign \([0-9a-f]*\).*/\1/p" "$scratch/err")
it 'the person is still there' candor subject show ben --json
candor second sign "$number"
it 'whoever asked cannot be the second' said 3 'whoever asked'
operator=bea
it 'another operator sees what waits' candor second list --json
it '... by whom' value_is asked_by pia
it '... and signs' candor second sign "$number" --json
candor subject erase anna
it 'the signature is for this act by this operator only' said 3 'second sign'
operator=pia
candor subject erase anna
it '... and for this person only' said 3 'second sign'
it 'then it is done' candor subject erase ben --json
candor subject show ben
it 'the person is gone' said 2 'no such subject'
candor subject erase ben
it 'a signature is used up' said 3 'second sign'
operator=ana
candor operator add eve --roles owner
it 'nobody makes an owner alone' said 3 'two people'
number=$(sed -n "s/.*second sign \([0-9a-f]*\).*/\1/p" "$scratch/err")
operator=bea
it 'the second may refuse' candor second refuse "$number" --json
operator=ana
candor operator add eve --roles owner
it '... and then nothing is done' said 3 'second sign'
candor keys rotate
number=$(sed -n "s/.*second sign \([0-9a-f]*\).*/\1/p" "$scratch/err")
operator=bea
must candor second sign "$number"
operator=ana
it 'keys are rotated by two' candor keys rotate --json
it 'the ledger has it all, and is sound' candor ledger verify
sed -i '/^people:/,$d' small/candor.yaml
printf 'people:\n  two_people: [everything]\n' >>small/candor.yaml
candor ledger checkpoint
it 'an act that is none is refused with its line' said 2 'two_people.*line'
sed -i '/^people:/,$d' small/candor.yaml

# ---- incidents ---------------------------------------------------------------------------------

printf 'people:\n  contact: Data protection officer, dpo@example.org\n' >>small/candor.yaml
operator=bea
it 'an incident is opened' candor incident open --title 'an operator looked without a case' --by pia \
    --exposed operator --json
incident=$(value number)
it '... readable' value_is unintelligible false
it 'it says whom it concerns, from the access log' candor incident show "$incident" --json
it '... anna alone' value_is people 1
it 'their identifiers go into a file, to tell them' candor incident show "$incident" --people told.csv --json
it '... of its own' test "$(tail -n 1 told.csv)" = anna
it '... which is a look itself' candor subject show anna --json
it '... that she sees' grep -q 'incident.people' "$scratch/out"
it 'a draft for the authority has what the law asks' candor incident show "$incident" --draft authority
for part in 'What happened' '1 people' 'Categories' 'consequences' 'Measures' 'dpo@example.org'; do
    it "... $part" grep -q "$part" "$scratch/out"
done
it 'a draft for the people names nobody' candor incident show "$incident" --draft people
candor incident close "$incident"
it 'it cannot be closed before the risk is judged' said 3 'risk'
must candor incident update "$incident" --risk high --note 'asked pia'
candor incident close "$incident"
it '... nor before the authority is told' said 3 'authority'
must candor incident update "$incident" --notified authority
candor incident close "$incident"
it '... nor before the people are told' said 3 'people'
must candor incident update "$incident" --notified people
it 'then it is closed' candor incident close "$incident" --json
candor incident update "$incident" --note more
it '... for good' said 3 'closed'

must candor incident open --title 'backup lost' --exposed data --risk high --aware 2026-01-01
candor incident list --json
it 'a clock that ran out is a finding' test "$rc" -eq 1
it '... with its level' grep -q '"level": 3' "$scratch/out"
it 'sealed data are unintelligible: the people need not be told' grep -q '"must_tell_people": false' "$scratch/out"
before=$(candor ledger checkpoint; sed -n 2p "$scratch/out")
candor incident list >/dev/null
after=$(candor ledger checkpoint; sed -n 2p "$scratch/out")
it 'each step of a clock is put on the ledger once' test "$before" = "$after"
candor incident open --title x --exposed everything
it 'what cannot be exposed is refused' said 2 'exposed'
candor incident open --title x --aware 2999-01-01
it 'knowing in the future is refused' said 2 'future'
candor incident open --title ''
it 'an incident has a title' said 2 'what happened'
candor incident show 12
it 'a number that is none is refused' said 2 'number'

# A slip of the pen must not say that there is nobody to tell.
candor incident open --title x --by piaa
it 'an operator whom nobody knows has looked at nobody' said 2 "no operator 'piaa'"
candor audit access --by piaa
it '... in the access log neither' said 2 "no operator 'piaa'"
must candor incident open --title 'a mail to the wrong list' --exposed export --aware 2026-11-01 --json
incident=$(value number)
before=$(candor ledger checkpoint; sed -n 2p "$scratch/out")
candor incident update "$incident"
it 'an update without anything new is refused' said 2 'what changed'
candor incident update "$incident" --aware 2026-11-05
it 'the clock is not put back without a reason' said 2 'note'
candor incident show "$incident" --out draft.txt
it 'a file without a draft is refused' said 2 'draft'
after=$(candor ledger checkpoint; sed -n 2p "$scratch/out")
it '... and nothing of it is on the ledger' test "$before" = "$after"
it 'with a reason it is put back' candor incident update "$incident" --aware 2026-11-05 --note 'the day was a slip'
it 'the authority is told' candor incident update "$incident" --notified authority --json
told=$(value authority_told)
candor incident update "$incident" --notified authority
it '... once: the first time counts' said 2 'first'
candor incident show "$incident" --json
it '... and stays' value_is authority_told "$told"
it 'the ledger is sound' candor ledger verify
done_testing
