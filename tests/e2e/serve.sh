#!/usr/bin/env bash
# serve.sh PROGRAM - the server from outside: a home, a key, every route, every refusal, a withdrawal
# that is a fence, an erasure, a hundred decisions at once, a graceful end and a sound ledger.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
set -e
cd "$scratch"

# ---- a home --------------------------------------------------------------------------------------

home=shop
must candor init shop --name shop
sed -i '/holdout:/d' shop/candor.yaml # every permitted subject is sent to
printf '%s\n' identifier,email,age,sex anna,anna@example.org,30,f ben,ben@example.org,40,m \
    cleo,cleo@example.org,50,f 'd/1?#é,dora@example.org,60,f' >subjects.csv
printf '%s\n' identifier,purpose,decision,time anna,email_marketing,given,2026-01-01 \
    ben,email_marketing,given,2026-01-01 cleo,email_marketing,refused,2026-01-01 >consents.csv
must candor import subjects subjects.csv
must candor import consents consents.csv

key=$(value_of key key add website --roles machine,privacy)
weak_key=$(value_of key key add kiosk --roles machine)

# ---- a server ------------------------------------------------------------------------------------

begin

# ask CODE METHOD PATH [BODY [CURL OPTION...]], with the key in $key: the answer is in the file body,
# without white space.
ask() {
    local code=$1 method=$2 path=$3 body=${4-} found
    shift $(($# < 4 ? $# : 4))
    local -a options=(-sS -X "$method" -D head -o raw -w '%{http_code}')
    [ -n "$key" ] && options+=(-H "Authorization: Bearer $key")
    [ "$method" = HEAD ] && options+=(--head)
    [ -n "$body" ] && options+=(-d "$body" -H 'Content-Type: application/json')
    : >raw
    found=$(curl "${options[@]}" "$@" "$url$path") || found=none
    tr -d ' \n' <raw >body
    [ "$found" = "$code" ] || not_true "$method $path answers $code; it was $found: $(head -c 300 raw)"
}

says() { # TEXT: the last answer holds it
    grep -qF -- "$1" body || not_true "the last answer says $1: $(head -c 300 raw)"
}

header() { # PATTERN: the last answer has such a header
    grep -qi -- "$1" head || not_true "the last answer has a header $1"
}

# ---- open routes ---------------------------------------------------------------------------------

ask 200 GET /healthz
ask 200 HEAD /healthz
ask 200 GET /readyz
ask 200 GET /openapi.json
says '"openapi":"3.1.0"'
says '"/v1/subjects/{id}/consents":{"get"'
key='' ask 200 GET /metrics
says 'candor_subjects4'
key='' ask 401 GET /metrics '' -H 'X-Forwarded-For: 192.0.2.1'
key='' ask 200 GET /v1/ledger/checkpoint
says 'candor/shop'
header '^content-type: text/plain'

# ---- decisions -----------------------------------------------------------------------------------

ask 200 POST /v1/decide '{"identifier":"anna","campaign":"welcome"}'
says '"decision":"send"'
says '"offer":"hello"'
header '^cache-control: no-store'
index=$(sed -n 's/.*"ledger_index":\([0-9]*\).*/\1/p' body)
key='' ask 200 GET "/v1/ledger/proof/$index"
says 'c2sp.org'
key=$weak_key ask 403 GET "/v1/ledger/entry/$index"
ask 200 GET "/v1/ledger/entry/$index"
says "\"index\":$index"
ask 200 POST /v1/decide '{"identifier":"cleo","campaign":"welcome"}'
says '"decision":"withhold"'
ask 404 POST /v1/decide '{"identifier":"nobody","campaign":"welcome"}'
says '"code":"not_found"'
ask 404 POST /v1/decide '{"identifier":"anna","campaign":"spring"}'
ask 200 POST /v1/decide '{"identifier":"anna","purpose":"email_marketing","channel":"email","offers":["Hats","Shoes"]}'
says '"offer":"Hats"'
ask 200 POST /v1/decide '{"identifier":"anna","campaign":"welcome","channel":"email","offers":["hello"]}'
says '"offer":"hello"'
ask 200 POST /v1/decide '{"identifier":"cleo","purpose":"email_marketing","channel":"email"}'
says '"decision":"withhold"'
ask 400 POST /v1/decide '{"identifier":"anna","purpose":"email_marketing","channel":"email","offers":"Hats"}'
ask 400 POST /v1/decide '{"identifier":"anna","purpose":"email_marketing","channel":"email","offers":[7]}'
ask 400 POST /v1/decide '{"identifier":"anna","purpose":"email_marketing","campaign":"welcome"}'
ask 200 POST /v1/permit '{"identifier":"ben","purpose":"email_marketing","channel":"email"}'
says '"allowed":true'

ask 200 GET /v1/subjects/d%2F1%3F%23%C3%A9 # an identifier of any text, percent-encoded
says 'dora@example.org'
ask 200 GET /v1/subjects/d%2f1%3f%23%c3%a9/consents
ask 404 GET /v1/subjects/d/1

ask 200 PUT /v1/subjects/ben/wishes '{"contacts":1,"days":30,"quiet":"22:00-08:00","clock":"+01:00"}'
says '"quiet_from":"22:00"'
ask 400 PUT /v1/subjects/ben/wishes '{"quiet":"late"}'
ask 400 PUT /v1/subjects/ben/wishes '{"contacts":1}'
ask 404 PUT /v1/subjects/nobody/wishes '{}'
ask 200 PUT /v1/subjects/ben/wishes '{}'
says '"quiet_from":null'

# ---- refusals ------------------------------------------------------------------------------------

key='' ask 401 POST /v1/decide '{"identifier":"anna","campaign":"welcome"}'
header '^www-authenticate: bearer'
header '^content-type: application/problem+json'
key=cnd_0 ask 401 POST /v1/decide '{"identifier":"anna","campaign":"welcome"}'
header '^www-authenticate: bearer.*invalid_token'
key=cnd_0 ask 401 GET /v1/subjects/anna
key=$weak_key ask 403 GET /v1/subjects/anna
ask 404 GET /v1/nothing
ask 405 GET /v1/decide
header '^allow: POST'
ask 405 POST /v1/subjects/anna '{}'
header '^allow: GET, HEAD, PUT, DELETE'
ask 400 POST /v1/decide '{"identifier":"anna"'
ask 400 POST /v1/decide '{"identifier":"anna"}'
ask 400 POST /v1/decide '{"identifier":7,"campaign":"welcome"}'
ask 400 POST /v1/decide '{"identifier":"anna","campaign":"welcome","surprise":1}'
says 'surprise'
ask 400 POST /v1/decide '{"identifier":"anna","identifier":"ben","campaign":"welcome"}'
ask 400 GET /v1/ledger/proof/first
ask 404 GET /v1/ledger/proof/99999999
ask 400 GET "/v1/subjects/$(printf 'a%.0s' $(seq 257))"
head -c 70000 /dev/zero | tr '\0' ' ' >large
ask 413 POST /v1/decide @large

# ---- rights --------------------------------------------------------------------------------------

ask 200 GET /v1/subjects/anna
says '"identifier":"anna"'
ask 200 GET /v1/subjects/anna%40example.org # a field that is a look-up
ask 200 GET /v1/subjects/anna/decisions
says '"campaign":"welcome"'
ask 200 GET /v1/subjects/anna/export
ask 200 PUT /v1/subjects/anna '{"field":"age","value":31}'
ask 200 PUT /v1/subjects/anna '{"fields":{"age":32,"email":"a@example.org"}}'
ask 200 GET /v1/subjects/anna
says '"value":32'
ask 400 PUT /v1/subjects/anna '{"field":"age"}'
ask 400 PUT /v1/subjects/anna '{"field":"age","value":7000}'

ask 200 PUT /v1/subjects/anna/consents \
    '{"purpose":"email_marketing","decision":"withdraw","proof":"form 7"}'
ask 200 POST /v1/decide '{"identifier":"anna","campaign":"welcome"}'
says '"decision":"withhold"'
says '"code":"withdrawn"'
ask 200 GET /v1/subjects/anna/consents
says '"decision":"withdrawn"'
ask 200 POST /v1/subjects/anna/consents '{"purpose":"email_marketing","decision":"give"}'
ask 200 POST /v1/permit '{"identifier":"anna","purpose":"email_marketing","channel":"email"}'
says '"allowed":true'
ask 400 PUT /v1/subjects/anna/consents '{"purpose":"email_marketing","decision":"perhaps"}'

ask 200 DELETE /v1/subjects/anna
cp body certificate
grep -q key_destroyed certificate || not_true 'an erasure is answered with its certificate'
ask 404 GET /v1/subjects/anna
ask 404 DELETE /v1/subjects/anna

# ---- many at once --------------------------------------------------------------------------------

good=$(curl -sS --no-progress-meter --parallel --parallel-max 50 -o '#1.out' -w '%{http_code}\n' \
    -H "Authorization: Bearer $key" -d '{"identifier":"ben","campaign":"welcome"}' \
    "$url/v1/decide?n=[1-100]" | grep -c '^200$' || true)
[ "$good" = 100 ] || not_true "a hundred decisions at once are answered; $good were"
indexes=$(cat ./*.out | grep -o '"ledger_index":[0-9]*' | sort -u | wc -l)
[ "$indexes" = 100 ] || not_true "each decision has its own entry; there were $indexes"
ask 200 GET /metrics
says 'candor_http_requests_total{route="decide",code="2xx"}106'

# ---- the end -------------------------------------------------------------------------------------

stop TERM
if grep -E 'anna|ben|cleo|example\.org|cnd_' log; then
    not_true 'the log holds nobody and no key'
fi
candor ledger verify || not_true "the ledger is sound: $(cat out err)"

# ---- TLS, and what cannot be served --------------------------------------------------------------

if command -v openssl >/dev/null; then
    openssl req -x509 -newkey rsa:2048 -nodes -keyout tls.key -out tls.pem -days 1 \
        -subj /CN=localhost -addext subjectAltName=IP:127.0.0.1 2>/dev/null
    begin --tls-cert tls.pem --tls-key tls.key
    ask 200 POST /v1/permit '{"identifier":"ben","purpose":"email_marketing"}' --cacert tls.pem
    [ "${url%%:*}" = https ] || not_true 'the address says https'
    stop INT
    begin
    stop TERM
fi

refuses() { # CODE OPTION...
    local code=0 wanted=$1
    shift
    timeout 60 "$program" --home shop --operator ana serve "$@" >out 2>&1 || code=$?
    [ "$code" = "$wanted" ] || not_true "serve $* ends with $wanted; it was $code: $(cat out)"
}
refuses 2 --listen 127.0.0.1:0 --tls-cert tls.pem
refuses 2 --listen 127.0.0.1:0 --tls-cert none.pem --tls-key none.key
refuses 2 --listen nowhere
[ "$wrong" -eq 0 ]
