#!/usr/bin/env bash
# drive.sh PROGRAM - the calls that no other test makes over HTTP: each with a good request, and most with bad ones.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/../e2e/lib.sh"
# shellcheck source=tests/guard/lib.sh
. "$(dirname "$0")/../guard/lib.sh"
cd "$scratch" || exit 1
begin_provider

must "$program" --operator ana init shop --name shop
home=shop
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout shop/keys/opendsr.key -days 30 \
    -out shop/keys/opendsr.pem -subj /CN=opendsr.shop.example 2>/dev/null
chmod 600 shop/keys/opendsr.*
cat >shop/candor.yaml <<'YAML'
candor: 1
name: shop
channels: [email]
controller: {name: Shop Ltd, address: 1 Mill Lane, contact: p@shop.example}
purposes:
  - {name: news, basis: consent, wording: May we?, wording_version: "1", channels: [email], direct_marketing: true}
  - {name: letters, basis: consent, wording: Letters?, wording_version: "1", double_opt_in: true}
  - {name: "share:acme", basis: consent, wording: Share?, wording_version: "1"}
  - {name: service, basis: contract}
recipients:
  - {name: acme, title: Acme, contract: DPA 1, country: DE, purposes: ["share:acme"]}
tracking:
  begin: [service]
  events: [{screen: "*", event: seen}]
events:
  - {name: seen, purposes: [service]}
subjects:
  identifier: identifier
  fields:
    - {name: email, pii: email, lookup: true, purposes: [news, service, "share:acme"]}
    - {name: age, type: number, min: 0, max: 120, purposes: [service]}
campaigns:
  - {name: spring, purpose: news, channel: email, address: email, offers: [{name: gift, title: A gift}]}
governance: {team: [{operator: bea, function: Editor, reviews: [contents]}, {operator: ana, function: Owner, reviews: [contents]}]}
scan: {hosts: [shop.example]}
rights:
  opendsr: {domain: opendsr.shop.example, certificate: keys/opendsr.pem, key: keys/opendsr.key}
  deletion: {domain: shop.example, endpoint: "https://shop.example/v1/dsrdelete", keys: [k1]}
YAML
echo "guard: {providers: [{name: ours, url: 'http://127.0.0.1:$port/v1', models: [{name: openai}]}]}" >>shop/candor.yaml
[ -s shop/keys/opendsr.pem ] || sed -i '/^  opendsr:/d' shop/candor.yaml
printf '%s\n' identifier,email,age anna,anna@example.org,30 ben,ben@example.org,40 cleo,cleo@example.org,old \
    dora,dora@example.org,50 emil,emil@example.org,60 >subjects.csv
printf '%s\n' identifier,purpose,decision,time,surface,wording_version {anna,ben,dora,emil},{news,share:acme},given,2026-03-02,form,1 |
    awk -F, 'NF == 6' >consents.csv
candor import subjects subjects.csv
candor import consents consents.csv
must candor operator add bea --roles approver,privacy
key=$(value_of key key add ana-all --roles owner)
bea=$(operator=bea value_of key key add bea-key --roles privacy,approver)
tracker=$(value_of key key add app --roles tracker)
begin

# ask CODE METHOD PATH [BODY [CURL OPTION...]]: the answer in $scratch/out
ask() {
    local wanted=$1 method=$2 path=$3 body=${4-} found
    shift $(($# < 4 ? $# : 4))
    checked=$((checked + 1))
    found=$(curl -sS -X "$method" -o "$scratch/out" -w '%{http_code}' -H "Authorization: Bearer $key" \
        ${body:+--data-binary "$body"} "$@" "$url$path")
    [ "$found" = "$wanted" ] || not_true "$method $path answers $wanted; it was $found: $(head -c 300 "$scratch/out")"
}
json=(-H 'Content-Type: application/json')
text=(-H 'Content-Type: text/plain')
of() { # KEY: its last value in the answer
    grep -oE "\"$1\": ?\"?[A-Za-z0-9_.:-]+" "$scratch/out" | tail -n 1 | sed 's/.*[": ]//'
}

ask 200 GET /openapi.json
ask 200 POST /v1/decide '{"identifier":"anna","campaign":"spring"}' "${json[@]}"
decision=$(of decision)
entry=$(of ledger_index)
ask 200 GET "/v1/subjects/anna/decisions/$entry?language=de"
ask 400 GET "/v1/subjects/anna/decisions/$entry?language=tlh"
ask 404 GET /v1/subjects/anna/decisions/999999
ask 200 POST /v1/decide '{"identifier":"anna","purpose":"letters","offers":["Hats"]}' "${json[@]}"
ask 400 POST /v1/decide '{"identifier":"anna","offers":[]}' "${json[@]}"
ask 200 POST /v1/handoff "{\"identifier\":\"anna\",\"decision\":\"$decision\"}" "${json[@]}"
ask 404 POST /v1/handoff '{"identifier":"anna","decision":"00000000000000000000000000000000"}' "${json[@]}"
ask 200 POST /v1/may-ask '{"identifier":"anna","purpose":"letters"}' "${json[@]}"
ask 200 PUT /v1/subjects/anna/wishes '{"contacts":2,"days":30,"quiet":"22:00-08:00","clock":"+01:00"}' "${json[@]}"
ask 400 PUT /v1/subjects/anna/wishes '{"contacts":2}' "${json[@]}"
ask 200 PUT /v1/subjects/anna/wishes '{}' "${json[@]}"
ask 400 POST /v1/may-ask '{"identifier":"anna"}' "${json[@]}"
ask 200 POST /v1/subjects/anna/consents '{"purpose":"letters","decision":"give"}' "${json[@]}"
token=$(of confirm_token)
ask 200 POST /v1/confirm "{\"token\":\"$token\"}" "${json[@]}"
ask 404 POST /v1/confirm '{"token":"00"}' "${json[@]}"
ask 200 GET /v1/subjects/anna/consents/1/receipt
ask 404 GET /v1/subjects/anna/consents/77/receipt
ask 200 GET /v1/subjects/anna/package
ask 404 GET /v1/subjects/nobody/package
ask 200 GET /v1/roles

# ---- rights requests -----------------------------------------------------------------------------
ask 200 POST /v1/requests '{"identifier":"ben","right":"access"}' "${json[@]}"
request=$(of id)
ask 400 POST /v1/requests '{"identifier":"ben","right":"sing"}' "${json[@]}"
ask 200 POST /v1/requests '{"identifier":"nobody","right":"access"}' "${json[@]}"
ask 200 GET /v1/requests
ask 200 GET "/v1/requests/$request"
ask 404 GET /v1/requests/00000000000000000000000000000000
ask 200 POST "/v1/requests/$request/steps" '{"step":"acknowledge"}' "${json[@]}"
ask 200 POST "/v1/requests/$request/steps" '{"step":"prove","code":"match"}' "${json[@]}"
ask 400 POST "/v1/requests/$request/steps" '{"step":"jump"}' "${json[@]}"
ask 200 POST "/v1/requests/$request/answer" '{}' "${json[@]}"
ask 403 POST "/v1/requests/$request/answer" '{}' "${json[@]}"
ask 200 POST /v1/requests '{"identifier":"dora","right":"no_automation"}' "${json[@]}"
ask 200 POST /v1/decide '{"identifier":"dora","campaign":"spring"}' "${json[@]}"
ask 200 GET /v1/human-reviews
review=$(of id)
ask 200 POST "/v1/human-reviews/$review" '{"verdict":"withhold","reason":"she wrote to us"}' "${json[@]}"
ask 404 POST /v1/human-reviews/00000000000000000000000000000000 '{"verdict":"send","reason":"x"}' "${json[@]}"

# ---- protocols -----------------------------------------------------------------------------------
ask 200 GET /v1/opendsr/discovery
asked='"regulation":"gdpr","submitted_time":"2026-11-01T10:00:00Z","api_version":"2.0"'
who='"subject_identities":[{"identity_type":"controller_customer_id","identity_value":"emil","identity_format":"raw"}]'
ask 201 POST /v1/opendsr/requests \
    "{$asked,\"subject_request_id\":\"7a44ddb5-2a0b-4f4a-9a5c-0a2d9d3c5a11\",\"subject_request_type\":\"access\",$who}" "${json[@]}"
ask 400 POST /v1/opendsr/requests "{$asked}" "${json[@]}"
ask 200 GET /v1/opendsr/requests/7a44ddb5-2a0b-4f4a-9a5c-0a2d9d3c5a11
ask 404 GET /v1/opendsr/requests/7a44ddb5-2a0b-4f4a-9a5c-0a2d9d3c5a12
ask 202 DELETE /v1/opendsr/requests/7a44ddb5-2a0b-4f4a-9a5c-0a2d9d3c5a11
[ ! -s shop/keys/opendsr.pem ] || ask 200 GET /v1/opendsr/certificate
ask 200 GET /dsrdelete.json
ask 400 POST /v1/dsrdelete 'no.token.at-all' "${text[@]}"
ask 403 GET /v1/agent/nobody

ask 200 GET /v1/subjects/anna/signals
ask 404 GET /v1/subjects/nobody/signals
ask 200 GET /.well-known/gpc.json

# ---- the company ---------------------------------------------------------------------------------
ask 200 PUT /v1/operators/bea/roles '{"roles":"approver,privacy,analyst"}' "${json[@]}"
ask 404 PUT /v1/operators/nobody/roles '{"roles":"analyst"}' "${json[@]}"
ask 200 GET /v1/keys
ask 404 DELETE /v1/keys/nobody
ask 200 POST /v1/incidents '{"title":"a look too many","exposed":"operator","risk":"some"}' "${json[@]}"
ask 200 GET /v1/incidents
ask 200 POST /v1/scan '{"text":"to ada@shop-of-ada.de"}' "${json[@]}"
ask 200 POST /v1/scan '{"text":"DELETE FROM people","as":"a.sql"}' "${json[@]}"
ask 400 POST /v1/scan '{"text":"x","as":""}' "${json[@]}"
ask 400 POST /v1/scan '{"text":"x","only":"weather"}' "${json[@]}"
has() { # WHAT TEXT: it stands in the answer
    checked=$((checked + 1))
    grep -qF -- "$2" "$scratch/out" || not_true "$1: no $2 in $(head -c 300 "$scratch/out")"
}
reach='"text":"fetch(\"https://cdn.example/a\")","as":"a.js","only":"anomaly"'
ask 200 POST /v1/scan "{$reach}" "${json[@]}"
has 'a host that candor.yaml does not list is told' '"blocking": 1'
ask 200 POST /v1/scan "{$reach,\"hosts\":\"shop.example, *.example\"}" "${json[@]}"
has 'one that the call lists is not' '"findings": []'
ask 200 POST /v1/scan '{"text":"import left from \"left-pad\"","as":"a.js","only":"anomaly","packages":"react"}' "${json[@]}"
has 'a package that it does not list is told' '"blocking": 1'
ask 400 POST /v1/scan "{$reach,\"hosts\":\",\"}" "${json[@]}"

# ---- content: submitted, judged by another, handed out as approved -------------------------------
piece='"file":"spring.txt","purpose":"news"'
ask 200 POST /v1/content "{\"name\":\"spring\",$piece,\"text\":\"New coats are in the shop.\"}" "${json[@]}"
has 'it is scanned' '"state": "scanned"'
has '... in the name of who holds the key' '"submitted_by": "ana"'
ask 400 POST /v1/content "{\"name\":\"spring\",$piece}" "${json[@]}"
ask 400 POST /v1/content '{"name":"spring","file":"a.txt.approval.json","purpose":"news","text":"x"}' "${json[@]}"
ask 400 POST /v1/content '{"name":"spring","file":"a.txt","purpose":"none","text":"x"}' "${json[@]}"
printf '{"name":"long",%s,"text":"%s"}' "$piece" "$(head -c 200000 /dev/zero | tr '\0' ' ')" >long.json
ask 200 POST /v1/content @long.json "${json[@]}"
printf '{"name":"long",%s,"text":"%s"}' "$piece" "$(head -c 300000 /dev/zero | tr '\0' ' ')" >long.json
ask 413 POST /v1/content @long.json "${json[@]}"
ask 200 GET /v1/content
ask 200 GET "/v1/content?limit=1&after=a"
ask 400 GET "/v1/content?limit=0"
ask 400 GET "/v1/content?limit=many"
ask 200 GET /v1/content/spring
ask 404 GET /v1/content/nothing
ask 403 GET /v1/content/spring/approval
ask 403 POST /v1/content/spring/deploy
ask 200 POST /v1/reviews '{"kind":"content","name":"spring"}' "${json[@]}"
review=$(grep -oE '"id": "[0-9a-f]{32}"' "$scratch/out" | head -n 1 | grep -oE '[0-9a-f]{32}')
ask 403 POST "/v1/reviews/$review/votes" '{"act":"approve"}' "${json[@]}"
has 'its author does not review it' 'does not review'
ana=$key key=$bea
ask 200 POST "/v1/reviews/$review/votes" '{"act":"approve"}' "${json[@]}"
ask 403 POST /v1/content/spring/deploy
key=$tracker
ask 403 POST /v1/content "{\"name\":\"spring\",$piece,\"text\":\"x\"}" "${json[@]}"
key=$ana
ask 200 POST /v1/content/spring/deploy
has 'it is handed out as it was' 'New coats are in the shop.'
has '... and is deployed' '"state": "deployed"'
checked=$((checked + 1))
python3 -c 'import json, sys
o = json.load(open(sys.argv[1]))
open("spring.txt", "w").write(o["text"])
json.dump(o["approval"], open("spring.txt.approval.json", "w"))' "$scratch/out"
"$program" verify spring.txt --key shop/ledger.pub >/dev/null || not_true 'the approval that came along holds for these bytes'
ask 200 GET /v1/content/spring/approval
ask 200 POST /v1/content/spring/retire
ask 403 POST /v1/content/spring/deploy
ask 200 GET /v1/models
ask 200 POST /v1/chat/completions '{"model":"openai","messages":[{"role":"user","content":"hello"}]}' "${json[@]}"
ask 404 POST /v1/chat/completions '{"model":"none","messages":[{"role":"user","content":"hello"}]}' "${json[@]}"
ask 200 POST /v1/share/exports '{"recipient":"acme","fields":"email"}' "${json[@]}"
python3 -c 'import json, sys; print(json.load(sys.stdin)["csv"], end="")' <out >copy.csv
ask 200 POST /v1/share/trace @copy.csv "${text[@]}"
ask 200 DELETE /v1/subjects/emil
ask 200 GET /v1/share/recalls
recall=$(of id)
ask 200 POST "/v1/share/recalls/$recall/acknowledge" '{"reference":"A-7"}' "${json[@]}"
ask 200 GET /v1/quality/rows
row=$(of row)
ask 200 GET "/v1/quality/rows/$row"
ask 200 DELETE "/v1/quality/rows/$row"
ask 404 GET /v1/quality/rows/9999
ask 200 GET /v1/retention/runs
ask 200 POST /v1/holds '{"matter":"case-7","reason":"a law suit","identifier":"anna"}' "${json[@]}"
ask 200 GET /v1/holds

ask 200 GET /v1/reports/consent
ask 400 GET /v1/reports/weather
ask 200 GET /v1/audit/consent
ask 200 POST /v1/screen '{"userId":"anna","name":"Home","messageId":"m-1"}' "${json[@]}" -u "$tracker:"

# ---- the ledger as tiles --------------------------------------------------------------------------
ask 200 GET /checkpoint
ask 200 GET "/tile/0/000.p/$(sed -n 2p "$scratch/out")"
ask 200 GET /checkpoint
ask 200 GET "/tile/entries/000.p/$(sed -n 2p "$scratch/out")"
stop
done_testing
