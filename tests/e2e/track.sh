#!/usr/bin/env bash
# track.sh PROGRAM - the tracking API from outside: what is kept, for which purposes, what is not and
# why; duplicates, gzip and bombs, limits, bad keys, a public key, joins, quarantine, erasure.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
set -e
cd "$scratch"

# ---- a home --------------------------------------------------------------------------------------

home=shop
must candor init shop --name shop
cat >shop/candor.yaml <<'YAML'
candor: 1
name: shop
channels: [email]
purposes:
  - {name: news, basis: consent, wording: May we?, wording_version: "1", channels: [email], direct_marketing: true}
  - {name: profiling, basis: consent, wording: May we look?, wording_version: "1"}
  - {name: measurement, basis: consent, wording: May we count?, wording_version: "1"}
  - {name: service, basis: contract}
subjects:
  identifier: identifier
  fields:
    - {name: email, pii: email, lookup: true, purposes: [news, service]}
    - {name: age, type: number, min: 16, max: 120, purposes: [profiling]}
    - {name: company, type: category, purposes: [service]}
events:
  - name: bought
    purposes: [profiling, service]
    properties: [{name: amount, type: number, min: 0, required: true}, {name: item, type: text}]
  - {name: viewed, purposes: [measurement], properties: [{name: path, type: text}]}
signals:
  jurisdiction: DE
  purposes:
    - {purpose: profiling, opt_out: [targeting], track: [Advertising]}
    - {purpose: measurement, opt_out: [sharing], track: [Analytics]}
tracking:
  begin: [service]
  visitors: [measurement]
  join: [profiling]
  group: company
  new_per_hour: 6
  sources: [{source: web, public: true}]
  traits: {years: age, phone: ignore}
  events:
    - {track: Order Completed, event: bought, properties: {total: amount, currency: ignore}}
    - {page: "*", event: viewed}
YAML
printf '%s\n' identifier,email,age anna,anna@example.org,30 ben,ben@example.org,40 cleo,, >subjects.csv
printf '%s\n' identifier,purpose,decision,time anna,profiling,given,2026-01-01 \
    cleo,,restricted,2026-01-01 >consents.csv
must candor import subjects subjects.csv
must candor import consents consents.csv
backend_key=$(value_of key key add backend --roles tracker)
key=$backend_key
web_key=$(value_of key key add web --roles tracker)
all_key=$(value_of key key add all --roles privacy)

begin

# send CODE CALL BODY [CURL OPTION...]: with $key as tracking SDKs do; the answer is in the file body.
send() {
    local code=$1 call=$2 body=$3 found
    shift 3
    found=$(curl -sS -o raw -D head -w '%{http_code}' -u "$key:" --data-binary "$body" "$@" "$url/v1/$call") ||
        found=none
    tr -d ' \n' <raw >body
    [ "$found" = "$code" ] || not_true "$call answers $code; it was $found: $(head -c 400 raw)"
}
says() { grep -qF -- "$1" body || not_true "the last answer says $1: $(head -c 400 raw)"; }
silent() { ! grep -qF -- "$1" body || not_true "the last answer does not say $1: $(head -c 400 raw)"; }
look() { # IDENTIFIER: what is known of them
    curl -sS -o raw -w '' -H "Authorization: Bearer $all_key" "$url/v1/subjects/$1/export"
    tr -d ' \n' <raw >body
}

# ---- what is kept, and for what ------------------------------------------------------------------

order='{"userId":"anna","messageId":"m1","event":"Order Completed","properties":{"total":12.5,"currency":"EUR"},"timestamp":"2026-11-01T10:00:00Z","sentAt":"2026-11-01T10:00:00Z"}'
send 200 track "$order"
says '"kept":1'
send 200 track "$order"
says '"kept":0'
says '"duplicates":1'
send 200 identify '{"userId":"anna","traits":{"years":31,"email":"anna@new.example","phone":"1","shoe_size":44}}'
says '"kept":1'
says '"unknown_members":1'
says '"quarantined":1'
send 200 identify '{"userId":"anna","traits":{"shoe_size":45}}'
says '"quarantined":0' # one sample of a name is enough
says '"nothing_to_keep":1'
send 200 group '{"userId":"anna","groupId":"Acme"}'
says '"kept":1'
look anna
says '"amount":12.5'
says '"value":31'
says 'Acme'
silent '"value":"45"'
look anna@new.example
says '"amount":12.5'

# Nobody's consent: an order is kept for its delivery, and a look at a page is not.
send 200 track '{"userId":"ben","event":"Order Completed","properties":{"total":5}}'
says '"kept":1'
send 200 page '{"userId":"ben","name":"Home","properties":{"path":"/"}}'
says '"no_permit":1'
send 200 page '{"userId":"ben","name":"Home","properties":{"path":"/"},"context":{"consent":{"categoryPreferences":{"Analytics":true}}}}'
says '"kept":1'
send 200 identify '{"userId":"ben","traits":{"years":33}}'
says '"no_permit":1'
send 200 track '{"userId":"cleo","event":"Order Completed","properties":{"total":5}}'
says '"no_permit":1' # restricted: nothing more
# A browser's opt-out: what profiling alone would use is not kept.
send 200 identify '{"userId":"anna","traits":{"years":50}}' -H 'Sec-GPC: 1'
says '"signal":1'
send 200 identify '{"userId":"anna","traits":{"years":50},"context":{"consent":{"categoryPreferences":{"Advertising":false}}}}'
says '"signal":1'
look anna
says '"value":31'

# ---- faults --------------------------------------------------------------------------------------

send 400 track '{"userId":"anna"}'
says 'no_name'
send 400 track '{"userId":"anna","event":"Order Completed","properties":{"total":-5}}'
says 'below_min'
send 400 identify '{"userId":"anonymous:1","traits":{}}'
says 'bad_id'
send 400 batch '{"batch":{}}'
send 400 track 'nothing'
send 404 dance '{}'
send 200 track '{"userId":"anna","event":"Something Else"}'
says '"unknown_event":1'
send 200 batch '{"batch":[{"type":"track","userId":"anna","event":"Order Completed","properties":{"total":1}},{"type":"dance","userId":"anna"},7]}'
says '"kept":1'
says '"rejected":2'
says '{"message":1,"code":"unknown_type","field":null}'
key=cnd_0000 send 401 track "$order"
key=$all_key send 403 track "$order"
found=$(curl -sS -o raw -w '%{http_code}' -d "$order" "$url/v1/track")
[ "$found" = 401 ] || not_true "without a key it is 401, not $found"

# ---- bodies --------------------------------------------------------------------------------------

printf '{"batch":[{"type":"track","userId":"anna","messageId":"z1","event":"Order Completed","properties":{"total":2}}]}' | gzip >packed
send 200 batch @packed -H 'Content-Encoding: gzip'
says '"kept":1'
send 415 batch @packed -H 'Content-Encoding: br'
send 400 batch '{"batch":[]}' -H 'Content-Encoding: gzip'
head -c 200000000 /dev/zero | gzip -9 >bomb
send 413 batch @bomb -H 'Content-Encoding: gzip'
pad=$(head -c 900 /dev/zero | tr '\0' x)
{
    printf '{"batch":[{"type":"track","userId":"anna","messageId":"w0","event":"Order Completed"}'
    for i in $(seq 300); do
        printf ',{"type":"track","userId":"anna","messageId":"w%d","event":"Order Completed","properties":{"total":2,"note":"%s"}}' "$i" "$pad"
    done
    printf ']}'
} >many
send 200 batch @many
head -c 520000 /dev/zero | tr '\0' ' ' >large
send 413 batch @large
printf '[%.0s' $(seq 500) >deep
send 413 batch @deep
big=$(head -c 40000 /dev/zero | tr '\0' x)
send 413 track "{\"userId\":\"anna\",\"event\":\"x\",\"properties\":{\"path\":\"$big\"}}"
many=$(for i in $(seq 2000); do printf '"k%s":"%s",' "$i" 0123456789012; done)
send 400 track "{\"userId\":\"anna\",\"event\":\"x\",\"properties\":{${many%,}}}"

# ---- people who are new --------------------------------------------------------------------------

send 200 track '{"userId":"dora","event":"Order Completed","properties":{"total":9}}'
says '"kept":1'
look dora
says '"amount":9'
page='"type":"page","properties":{"path":"/shoes"},"context":{"consent":{"categoryPreferences":{"Analytics":true}}}'
send 200 page '{"anonymousId":"v1","properties":{"path":"/shoes"}}'
says '"no_permit":1' # a visitor who agreed to nothing is not kept
send 200 batch "{\"batch\":[{\"anonymousId\":\"v9\",$page}]}" -H 'Sec-GPC: 1'
says '"kept":0' # the browser's no is read before anything is stored: nobody is begun
look anonymous:v9
says 'not_found'
send 200 batch "{\"batch\":[{\"anonymousId\":\"v1\",$page},{\"anonymousId\":\"v1\",$page}]}"
says '"kept":2'
# Signing in ties them, if the person allows it: what they saw is theirs now, for what they allow.
send 200 batch "{\"batch\":[{\"type\":\"identify\",\"userId\":\"ben\",\"anonymousId\":\"v1\",\"traits\":{\"email\":\"ben@example.org\"}}]}"
look anonymous:v1
says '/shoes'
send 200 alias '{"userId":"anna","previousId":"v1"}'
says '"kept":1'
look anonymous:v1 # now finds anna
says '"amount":12.5'
send 200 alias '{"userId":"anna","previousId":"dora"}'
says '"two_people":1'
send 200 batch "{\"batch\":[{\"userId\":\"n1\",\"type\":\"identify\"},{\"userId\":\"n2\",\"type\":\"identify\"},{\"userId\":\"n3\",\"type\":\"identify\"},{\"userId\":\"n4\",\"type\":\"identify\"},{\"userId\":\"n5\",\"type\":\"identify\"}]}"
says '"too_many_new":1'

# ---- a key that everybody can read ---------------------------------------------------------------

key=$web_key
send 200 identify '{"userId":"anna","traits":{"years":99}}'
[ "$(cat body)" = '{"success":true}' ] || not_true "a public source learns nothing: $(cat body)"
send 200 track '{"userId":"nobody-at-all","event":"Order Completed","properties":{"total":1}}'
[ "$(cat body)" = '{"success":true}' ] || not_true "not even who is known"
look anna
says '"value":31'
curl -sS -o raw -H "Authorization: Bearer $all_key" "$url/v1/subjects/nobody-at-all" && tr -d ' \n' <raw >body
says 'not_found'

# ---- a restart, an erasure, a sound ledger -------------------------------------------------------

stop
! grep -q 'anna\|shoe_size\|Acme' log || not_true 'no personal value is in the log'
! grep -qa 'anna@new.example\|Acme\|shoe_size' shop/data.db shop/data.db-wal shop/keys/keys.db 2>/dev/null ||
    not_true 'no personal value lies in plain'
candor quality list --json || not_true "the quarantine is listed: $(head -c 300 err)"
grep -q unknown_member out || not_true "a sample of the unknown trait waits: $(head -c 300 out)"
begin
key=$backend_key
send 200 track "$order" # what came before the restart is known after it
says '"duplicates":1'
candor ledger verify --json || not_true "the ledger holds: $(cat out err | head -c 300)"
curl -sS -o raw -w '%{http_code}' -X DELETE -H "Authorization: Bearer $all_key" "$url/v1/subjects/anna" >code
[ "$(cat code)" = 200 ] || not_true "anna is erased: $(head -c 300 raw)"
look anonymous:v1
says 'not_found' # and with her the name of her device
stop

[ "$wrong" = 0 ] || exit 1
echo 'the tracking API is as it says'
