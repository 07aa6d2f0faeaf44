#!/usr/bin/env bash
# reload.sh PROGRAM - SIGHUP: a new policy is in force whole or not at all, with its entry on the ledger; a
# certificate is renewed; what needs a restart is named; a terminal that has gone still ends the server.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
cd "$scratch" || exit 1

home=shop
must candor init shop --name shop
cat >policy.yaml <<'YAML'
candor: 1
name: shop
channels: [email]
purposes:
  - {name: news, basis: consent, wording: May we write?, wording_version: "1", channels: [email], direct_marketing: true}
  - {name: service, basis: contract}
subjects:
  identifier: identifier
  fields:
    - {name: email, pii: email, lookup: true, purposes: [news, service]}
    - {name: age, type: number, min: 16, max: 120, purposes: [service]}
campaigns:
  - {name: welcome, purpose: news, channel: email, address: email, offers: [{name: hello}]}
YAML
cp policy.yaml shop/candor.yaml
printf '%s\n' identifier,email,age anna,anna@example.org,30 ben,ben@example.org,40 >subjects.csv
printf '%s\n' identifier,purpose,decision,time anna,news,given,2026-01-01 >consents.csv
must candor import subjects subjects.csv
must candor import consents consents.csv
key=$(value_of key key add website --roles machine,privacy)

# ask CODE METHOD PATH [BODY]: the answer is in $scratch/page, without white space.
ask() {
    local found
    found=$(curl -sk -X "$2" -o raw -w '%{http_code}' -H "Authorization: Bearer $key" \
        ${4:+-d "$4" -H 'Content-Type: application/json'} "$url$3") || found=none
    tr -d ' \n' <raw >page
    [ "$found" = "$1" ] || { printf '      %s %s answers %s: %s\n' "$2" "$3" "$found" "$(head -c 200 raw)"; return 1; }
}
decides() { ask 200 POST /v1/decide "{\"identifier\":\"anna\",\"campaign\":\"$1\"}"; }
knows_no() { ask 404 POST /v1/decide "{\"identifier\":\"anna\",\"campaign\":\"$1\"}"; }
leaves() { curl -sk "$url/v1/ledger/checkpoint" | sed -n 2p; }
lines() { grep -cF -- "$1" log; }

# reload LINE: SIGHUP, until the log has one more line that says so.
reload() {
    local before
    before=$(lines "$1")
    kill -HUP "$server"
    for _ in $(seq 200); do
        [ "$(lines "$1")" -gt "$before" ] && return 0
        sleep 0.05
    done
    printf '      the log does not say "%s":\n' "$1"
    tail -n 3 log | sed 's/^/      | /'
    return 1
}
refuses() { # FAULT: not reloaded, for this reason, and all is as it was
    local before
    before=$(leaves)
    reload 'not reloaded: all stays as it was' && tail -n 1 log | grep -qF -- "$1" || {
        tail -n 1 log
        return 1
    }
    [ "$(leaves)" = "$before" ] && decides welcome
}

begin
before=$(leaves)
it 'a policy that is as it was is no entry' reload 'reloaded: candor.yaml is as it was'
it '... on the ledger' test "$(leaves)" = "$before"
it 'a campaign that is not there is none' knows_no autumn
echo '  - {name: autumn, purpose: news, channel: email, address: email, offers: [{name: leaf}]}' >>shop/candor.yaml
it 'a new policy is in force' reload 'reloaded: a new policy is in force'
after=$(leaves)
it '... and stands on the ledger' test "$after" = $((before + 1))
it '... and decides' decides autumn
it '... with what it offers' grep -q '"offer":"leaf"' page

# ---- what cannot be read changes nothing ---------------------------------------------------------

good=$(cat shop/candor.yaml)
broken() { printf '%s\n' "$good" | sed "$1" >shop/candor.yaml; }
broken 's/^purposes:/purposes: [/'
it 'a file that is no YAML is refused, with the line' refuses 'candor.yaml: line '
broken 's/purpose: news, channel/purpose: nothing, channel/'
it 'an unknown purpose is refused, with its name' refuses nothing
broken 's/May we write?/May we write often?/'
it 'other words under the same version are refused' refuses 'the wording of purpose'
broken 's/max: 120/max: old/'
it 'a number that is none is refused, with the field' refuses max
rm shop/candor.yaml
it 'a file that is not there is refused' refuses candor.yaml
echo '{' >shop/campaigns.yaml
printf '%s\n' "$good" >shop/candor.yaml
it 'and so is a broken campaigns.yaml' refuses campaigns.yaml
rm shop/campaigns.yaml
it 'and the old policy is still the one' reload 'reloaded: candor.yaml is as it was'

# ---- fields and wordings -------------------------------------------------------------------------

broken 's/May we write?", wording_version: "1"/x/; s/wording: May we write?, wording_version: "1"/wording: May we write often?, wording_version: "2"/; s/    - {name: age.*/&\n    - {name: city, type: text, purposes: [service]}/'
it 'new words under a new version are in force' reload 'reloaded: a new policy is in force'
it 'a new field can be filled' ask 200 PUT /v1/subjects/anna '{"field":"city","value":"Ulm"}'
it '... and is read' ask 200 GET /v1/subjects/anna
it '... as it was written' grep -q Ulm page
printf '%s\nserver: {connections_per_address: 20, requests_per_second: 3, request_burst: 3}\n' "$(cat shop/candor.yaml)" \
    >next && mv next shop/candor.yaml
it 'limits are in force' reload 'reloaded: a new policy is in force'
for _ in 1 2 3 4 5 6 7 8; do
    curl -s -o /dev/null -w '%{http_code}\n' -H "Authorization: Bearer $key" "$url/v1/subjects/anna"
done >codes
it '... at once' grep -qx 429 codes
it 'what needs a restart is named' grep -q 'needs a restart.*server.connections_per_address' log
printf '%s\n' "$good" | sed 's/May we write?, wording_version: "1"/May we write often?, wording_version: "2"/' >shop/candor.yaml
it 'a field may go' reload 'reloaded: a new policy is in force'
it '... with what was in it' ask 200 GET /v1/subjects/anna
it '... out of sight' bash -c '! grep -q Ulm page'

# Requests under way while the policy changes back and forth: each has an answer, of one policy or the other.
(for _ in $(seq 300); do
    curl -s -o /dev/null -w '%{http_code}\n' -H "Authorization: Bearer $key" \
        -d '{"identifier":"anna","campaign":"welcome"}' -H 'Content-Type: application/json' "$url/v1/decide"
done >answers) &
asking=$!
for i in $(seq 12); do
    printf '%s\n' "$(cat shop/candor.yaml)" "# $i" >next && mv next shop/candor.yaml
    reload 'reloaded: a new policy is in force' || not_true "reload $i under load"
done
wait "$asking"
it 'requests under way are answered' test "$(sort -u answers)" = 200
stop TERM
it 'the log holds nobody' bash -c '! grep -E "anna|ben|example\.org|cnd_" log'
it 'the ledger verifies' candor ledger verify

# ---- certificates --------------------------------------------------------------------------------

if command -v openssl >/dev/null; then
    certificate() { # NAME
        openssl req -x509 -newkey rsa:2048 -nodes -keyout tls.key -out tls.pem -days 1 -subj "/CN=$1" \
            -addext subjectAltName=IP:127.0.0.1 2>/dev/null
    }
    shown() { openssl s_client -connect "$where" </dev/null 2>/dev/null | openssl x509 -noout -subject; }
    certificate first
    begin --tls-cert tls.pem --tls-key tls.key
    it 'a certificate is shown' grep -q first <(shown)
    certificate second
    it 'a new one is read' reload 'the certificate was read again'
    it '... and shown' grep -q second <(shown)
    it '... and spoken with' ask 200 GET /healthz
    cp tls.key mine.key
    certificate third
    cp mine.key tls.key
    it 'a key of another is refused' reload 'not reloaded: the certificate stays as it was'
    it '... and the old one shown' grep -q second <(shown)
    rm tls.pem
    it 'a certificate that is not there is refused' reload 'not reloaded: the certificate stays as it was'
    it '... and the old one shown still' grep -q second <(shown)
    stop TERM
else
    skip 'openssl is missing: certificates are not tried'
fi

# ---- terminals -----------------------------------------------------------------------------------

if command -v python3 >/dev/null; then
    it 'a terminal that goes away ends the server' timeout 60 python3 "$tests_dir/restart.py" terminal \
        "$program" --home shop --operator ana serve --listen 127.0.0.1:0
else
    skip 'python3 is missing: no terminal'
fi
done_testing
