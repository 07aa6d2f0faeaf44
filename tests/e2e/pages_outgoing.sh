#!/usr/bin/env bash
# pages_outgoing.sh PROGRAM LATER - the page of messages to other systems: what nobody takes is tried again or
# forgotten by those whose role lets them, and by nobody else. LATER is later.c as a library: days pass by it.
. "$(dirname "$0")/pages.sh"
later=$generate
home=$scratch/shop
operator=ana
must "$program" --operator ana init "$home" --name Shop
cat >"$home/candor.yaml" <<'YAML'
candor: 1
name: Shop
channels: [email]
purposes:
  - {name: news, basis: consent, wording: May we?, wording_version: "1", channels: [email]}
subjects:
  identifier: identifier
  fields: [{name: email, pii: email, purposes: [news]}]
webhooks:
  - {name: crm, url: 'http://127.0.0.1:1/in', events: [consent.given]}
  - {name: erp, url: 'http://127.0.0.1:1/in', events: [consent.given]}
  - {name: lake, url: 'http://127.0.0.1:1/in', events: [consent.withdrawn]}
YAML
must candor operator add mara --roles marketer
must candor operator add pia --roles privacy
printf 'identifier,email\nP1,p1@example.org\n' >"$scratch/people.csv"
must candor import subjects "$scratch/people.csv"
for hook in crm erp lake; do must candor share secret "$hook"; done
must candor outgoing send
must candor consent give P1 --purpose news

# come_in_all: everybody with a new link, as of the clock of now.
come_in_all() {
    local name
    declare -gA invitation
    for name in "$@"; do invitation[$name]=$(value_of path operator invite "$name"); done
    begin
    for name in "$@"; do
        come_in "$name" "${invitation[$name]}"
        must page 200 "$name" /account
        declare -g "$name=$(form_token)"
    done
}

# ---- nothing is dead ---------------------------------------------------------------------------------

come_in_all pia mara
it 'nobody sees it' page 303 nobody /outgoing
it 'a marketer does not' page 403 mara /outgoing
it '... nor settles any' page 403 mara /outgoing -d "form=$mara" -d act=drop -d id=00000000000000000000000000000000
it 'who may sees what waits' page 200 pia /outgoing
it '... by name' shows 'On their way'
it '... and what came back' shows 'Nobody answered'
it '... and nothing that is dead' hides 'Nobody takes these'
it 'today, while nothing is dead' page 200 pia /
it '... says nothing of it' hides 'href="/outgoing"'
it 'the data' page 200 pia /data
it '... leads there' shows 'href="/outgoing"'
it '... not who may not' page 200 mara /data
it '... where there is no way' hides 'href="/outgoing"'
stop

# ---- ten tries ---------------------------------------------------------------------------------------

for day in $(seq 9); do
    LD_PRELOAD=$later LATER=$((day * 172800)) candor outgoing send
done
candor outgoing list --json
it 'two lie aside' value_is given_up 2
crm=$(grep -B2 '"to": "crm"' "$scratch/out" | sed -n 's/.*"id": "\([0-9a-f]*\)".*/\1/p')
erp=$(grep -B2 '"to": "erp"' "$scratch/out" | sed -n 's/.*"id": "\([0-9a-f]*\)".*/\1/p')
LD_PRELOAD=$later LATER=1800000 candor outgoing list
export LD_PRELOAD=$later LATER=1800000
come_in_all pia mara ana
it 'today' page 200 pia /
it '... counts the dead' shows 'messages to other systems that nobody takes'
it '... and leads to them' shows 'href="/outgoing"'
it 'not for a marketer' page 200 mara /
it '... who cannot settle them' hides 'href="/outgoing"'
it 'the page' page 200 pia /outgoing
it '... has both' shows 'Nobody takes these'
it '... with their tries' shows '<dd>10</dd>'
it '... a way to try again' shows 'value="retry"'
it '... and one to forget' shows 'value="drop"'
it '... and names nobody' hides 'example.org'
it 'without the form token' page 403 pia /outgoing -d act=drop -d "id=$crm"
it 'from elsewhere' page 403 pia /outgoing -H 'Origin: https://evil.example' -d "form=$pia" -d act=drop -d "id=$crm"
it 'another act' page 400 pia /outgoing -d "form=$pia" -d act=burn -d "id=$crm"
it 'a message without a name' page 400 pia /outgoing -d "form=$pia" -d act=retry
it 'a name that is none' page 400 pia /outgoing -d "form=$pia" -d act=retry --data-urlencode 'id=<script>../'
it '... escaped' hides '<script>'
it 'one that is not there' page 404 pia /outgoing -d "form=$pia" -d act=retry -d id=00000000000000000000000000000000
it '... says what may have been' shows 'taken meanwhile'
it '... on the page itself' shows 'Nobody takes these'
it 'one is tried again' page 303 pia /outgoing -d "form=$pia" -d act=retry -d "id=$crm"
it '... and goes back to the page' grep -qi '^location: /outgoing?done=outgoing-again' "$scratch/head"
it '... which says so' page 200 pia '/outgoing?done=outgoing-again'
it '... in words' shows 'tried again in a moment'
it '... and has it on its way' shows 'On their way'
it 'one is forgotten, by an owner' page 303 ana /outgoing -d "form=$ana" -d act=drop -d "id=$erp"
it '... for good' page 404 ana /outgoing -d "form=$ana" -d act=drop -d "id=$erp"
it 'today again' page 200 pia /
it '... nothing is dead' hides 'href="/outgoing"'
stop
candor outgoing list --json
it 'on the command line too' value_is given_up 0
it 'the other one waits' value_is waiting 1
must candor ledger verify
it 'no name in the log' sh -c "! grep -qE 'example.org' '$scratch/log'"
done_testing
