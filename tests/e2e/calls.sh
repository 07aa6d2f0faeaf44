#!/usr/bin/env bash
# calls.sh PROGRAM GENERATE - what people do by command they do by a call: each with a key of their own, each
# named as themselves; two people behind an act are two keys; incidents, quarantine, holds, recipients.
. "$(dirname "$0")/lib.sh"
cd "$scratch" || exit 1

printf '%s\n' identifier,email,age,sex anna,anna@example.org,30,f ben,ben@example.org,40,m \
    cleo,cleo@example.org,not-a-number,f >subjects.csv
must "$program" --operator ana init small --name Small
home=small
printf 'people:\n  two_people: [erase]\n' >>small/candor.yaml
must candor import subjects subjects.csv
must candor operator add pia --roles privacy
must candor operator add bea --roles privacy,analyst

key_of() { # OPERATOR ROLES: a key that this operator made
    operator=$1 value_of key key add "$1-key" --roles "$2"
}
owner=$(key_of ana owner)
pia=$(key_of pia privacy)
bea=$(key_of bea privacy)
leaked=$(operator=pia value_of key key add leaky --roles privacy)
analyst=$(operator=bea value_of key key add bea-narrow --roles analyst)
operator=pia
candor key add more --roles owner
it 'nobody makes a key for more than they are' said 3 'these roles only'
operator=ana

begin

# ask KEY METHOD PATH [BODY]: $code, and the answer in out
ask() {
    local -a options=(-sS -X "$2" -o "$scratch/out" -w '%{http_code}' -H "Authorization: Bearer $1")
    [ -n "${4-}" ] && options+=(-d "$4" -H 'Content-Type: application/json')
    code=$(curl "${options[@]}" -H 'Candor-Because: case 12' "$url$3")
}
answers() { # CODE PATTERN
    [ "$code" = "$1" ] && grep -qE -- "$2" "$scratch/out" && return
    printf '%s: ' "$code"
    head -c 400 "$scratch/out"
    return 1
}

# ---- people ------------------------------------------------------------------------------------

ask "$owner" GET /v1/operators
it 'operators are listed' answers 200 '"name": "pia"'
ask "$pia" POST /v1/operators '{"name":"eve","roles":"owner"}'
it 'the privacy role adds nobody' answers 403 'administer'
ask "$owner" POST /v1/operators '{"name":"eve","roles":"analyst"}'
it 'an owner does' answers 200 '"name": "eve"'
ask "$owner" PUT /v1/operators/eve/end '{}'
it 'and ends them' answers 200 '"expired": true'
ask "$owner" PUT /v1/operators/pia/training '{"course":"data-protection","until":"2099-01-01"}'
it 'a course is put down' answers 200 'data-protection'

with_key() { # KEY METHOD PATH: for curl -K
    printf 'url = "%s%s"\nrequest = %s\nheader = "Authorization: Bearer %s"\nheader = "Candor-Because: a test"\noutput = "%s"\nwrite-out = "%%{http_code} %%{num_connects}\\n"\n' \
        "$url" "$3" "$2" "$1" "$scratch/out"
}
revoked_on_the_line() { # on one connection: a key is good, is revoked, and is good no more
    {
        with_key "$leaked" GET /v1/subjects/anna && echo next
        with_key "$pia" DELETE /v1/keys/leaky && echo next
        with_key "$owner" DELETE /v1/keys/leaky && echo next
        with_key "$leaked" GET /v1/subjects/anna
    } | curl -sS -K - | tr '\n' ' ' >"$scratch/codes"
    grep -q '^200 1 403 0 200 0 401 0 $' "$scratch/codes" || { cat "$scratch/codes"; return 1; }
}
it 'a key is revoked while the server runs, on open connections too' revoked_on_the_line
ask "$owner" GET /v1/keys
it 'the others stay, and none is shown' answers 200 '"last_used": "20'
it '... not even to an owner' bash -c '! grep -q cnd_ "$1"' _ "$scratch/out"

ask "$pia" GET /v1/subjects/anna
it 'a look by a key names its holder' answers 200 '"operator": "pia"'
it '... with the reason' answers 200 '"why": "case 12"'
ask "$bea" GET '/v1/access-log'
it 'the access log too' answers 200 '"operator": "pia"'
ask "$bea" GET '/v1/access-log?by=bea'
it '... of one operator' answers 200 '"operators": \[\]'

ask "$pia" DELETE /v1/subjects/ben
it 'an act for two waits' answers 403 'second sign'
number=$(grep -oE 'sign [0-9a-f]{32}' out | cut -d' ' -f2)
ask "$pia" POST "/v1/second/$number" '{"verdict":"sign"}'
it 'whoever asked is not the second' answers 403 'whoever asked'
ask "$analyst" POST "/v1/second/$number" '{"verdict":"sign"}'
it 'nor is a key without the role' answers 403 'subject.erase'
ask "$bea" GET /v1/second
it 'it is listed' answers 200 '"asked_by": "pia"'
ask "$bea" POST "/v1/second/$number" '{"verdict":"sign"}'
it 'another signs' answers 200 '"granted": true'
ask "$pia" DELETE /v1/subjects/ben
it 'and it is done' answers 200 'certificate'

# ---- incidents ---------------------------------------------------------------------------------

ask "$bea" POST /v1/incidents '{"title":"a look too many","by":"pia","exposed":"operator","risk":"some"}'
it 'an incident is opened' answers 200 '"opened_by": "bea"'
number=$(grep -oE '"number": "[0-9a-f]{32}' out | grep -oE '[0-9a-f]{32}')
ask "$bea" GET "/v1/incidents/$number"
it '... with whom it concerns' answers 200 '"people": 1,'
ask "$bea" GET "/v1/incidents/$number/draft?whom=authority"
it '... and a draft' answers 200 'Article 33'
ask "$bea" PUT "/v1/incidents/$number" '{"note":"asked pia","notified":"authority"}'
it '... a note' answers 200 'authority_told'
ask "$bea" POST "/v1/incidents/$number/close" '{}'
it '... and its end' answers 200 '"closed": "20'

# ---- what is kept ------------------------------------------------------------------------------

ask "$bea" GET /v1/quality/rows
it 'the row that broke a rule waits' answers 200 '"field": "age"'
row=$(grep -oE '"row": [0-9]+' out | head -1 | grep -oE '[0-9]+')
ask "$analyst" PUT "/v1/quality/rows/$row" '{"column":"age","value":"50"}'
it '... is repaired' answers 200 'age'
ask "$analyst" POST /v1/quality/reimport "{\"row\":$row}"
it '... and comes in' answers 200 '"imported": 1'
ask "$bea" GET /v1/quality/history
it 'scores have a history' answers 200 '"'
ask "$pia" POST /v1/holds '{"matter":"2026-117","reason":"dispute","identifier":"anna"}'
it 'a hold is placed' answers 200 '"placed_by": "pia"'
hold=$(grep -oE '"[a-z]+": "[0-9a-f]{32}' out | head -1 | grep -oE '[0-9a-f]{32}$')
ask "$pia" POST "/v1/holds/$hold/lift" '{"reason":"settled"}'
it '... and lifted' answers 200 'settled'
ask "$bea" GET /v1/retention/due
it 'what is due is said' answers 200 '"'
ask "$pia" POST /v1/retention/runs
it 'and deleted, with proof' answers 200 'receipt'
ask "$bea" GET /v1/audit/inventory
it 'the inventory is audited' answers 200 '"'
ask "$bea" GET /v1/audit/everything
it '... and nothing else' answers 400 'inventory'
ask "$bea" GET /v1/share/recalls
it 'recalls are listed' answers 200 '"recalls"'
ask "$bea" POST /v1/share/exports '{"recipient":"nobody","fields":"email"}'
it 'nothing goes to nobody' answers 404 'no recipient'

stop
candor ledger verify small
it 'the ledger is sound' [ "$rc" -eq 0 ]
done_testing
