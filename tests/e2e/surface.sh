#!/usr/bin/env bash
# surface.sh PROGRAM - what pages ask of the server: the script and its tag, the words and their version,
# choices on record, CORS for origins of candor.yaml and for no other, keys, limits, the demo shop.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
set -e
cd "$scratch"

# ---- a home --------------------------------------------------------------------------------------

home=shop
must candor init shop --name shop
cat >shop/candor.yaml <<'YAML'
candor: 1
name: Shop & <Sons>
purposes:
  - {name: counting, title: Counting, basis: consent, wording: May we count?, wording_version: "1", translations: {de: Dürfen wir zählen?}}
  - {name: "share:north", basis: consent, wording: May North?, wording_version: "1", translations: {de: Darf Nord?}}
  - {name: service, basis: contract}
recipients: [{name: north, title: North Ads, country: SE, contract: of 2026-01-01, purposes: ["share:north"]}]
subjects:
  identifier: identifier
  fields: [{name: age, type: number, min: 0, max: 120, purposes: [service]}]
events: [{name: visited, purposes: [counting], properties: [{name: path, type: text}]}]
tracking:
  visitors: [counting]
  sources: [{source: web, public: true}]
  events: [{page: "*", event: visited}]
surface: {origins: ["https://shop.example"]}
YAML
printf '%s\n' identifier,age anna,30 >subjects.csv
must candor import subjects subjects.csv
web=$(value_of key key add web --roles tracker)
machine=$(value_of key key add machine --roles machine)
privacy=$(value_of key key add privacy --roles privacy)

begin

# call CODE METHOD PATH [CURL OPTION...]: the answer is in the file body, its headers in head.
call() {
    local code=$1 method=$2 path=$3 found
    shift 3
    : >raw
    found=$(curl -sS -o raw -D head -w '%{http_code}' -X "$method" "$@" "$url$path") || found=none
    tr -d ' \n' <raw >body
    [ "$found" = "$code" ] || not_true "$method $path answers $code; it was $found: $(head -c 300 raw)"
}
says() { grep -qF -- "$1" body || not_true "the last answer says $1: $(head -c 400 raw)"; }
silent() { ! grep -qF -- "$1" body || not_true "the last answer does not say $1: $(head -c 400 raw)"; }
header() { grep -qiF -- "$1" head || not_true "the last answer has the header $1: $(cat head)"; }
no_header() { ! grep -qiF -- "$1" head || not_true "the last answer has no header $1: $(cat head)"; }
choose() { # CODE BODY [CURL OPTION...]: with the public key
    local code=$1 body=$2
    shift 2
    call "$code" POST /v1/surface/choices -u "$web:" --data-binary "$body" "$@"
}

# ---- the script ----------------------------------------------------------------------------------

call 200 GET /candor.js
header 'content-type: text/javascript; charset=utf-8'
header 'cache-control: public, max-age=3600'
header 'x-content-type-options: nosniff'
tag=$(sed -n 's/^[Ee][Tt]ag: *\("[0-9a-f]*"\).*/\1/p' head)
[ -n "$tag" ] || not_true 'the script has a tag'
call 304 GET /candor.js -H "If-None-Match: W/\"0\", $tag"
[ ! -s raw ] || not_true 'what has not changed is not sent'
call 200 GET /candor.js -H 'If-None-Match: "0"'
packed=$(gzip -9c raw | wc -c)
[ "$packed" -le 15360 ] || not_true "the script has 15 KB at most with gzip; it has $packed"
call 405 POST /candor.js

# ---- the words -----------------------------------------------------------------------------------

call 200 GET /v1/surface
header 'vary: origin'
header 'cache-control: public, max-age=60'
no_header 'access-control-allow-origin'
says '"wording":"Maywecount?"'
says '"title":"NorthAds"'
silent 'service'
version=$(sed -n 's/^ *"version": "\([0-9a-f]*\)",$/\1/p' raw)
[ "${#version}" -eq 32 ] || not_true 'there is a version'
call 200 GET '/v1/surface?language=de-AT'
says '"language":"de"'
says 'Dürfenwirzählen?'
german=$(sed -n 's/^ *"version": "\([0-9a-f]*\)",$/\1/p' raw)
[ "$german" != "$version" ] || not_true 'other words are another version'
call 200 GET '/v1/surface?language=%22%3E%3Cscript%3E'
says '"language":"en"'

# ---- a no, a yes, a no ---------------------------------------------------------------------------

id=00112233445566778899aabbccddeeff
no="{\"anonymousId\":\"$id\",\"version\":\"$version\",\"language\":\"en\",\"choices\":{\"counting\":false,\"share:north\":false}}"
yes=${no/\"counting\":false/\"counting\":true}
choose 200 "$no"
says '"decision":"refused"'
says '"gpp":"'
call 200 POST /v1/page -u "$web:" --data "{\"anonymousId\":\"$id\",\"name\":\"a\"}"
choose 200 "$yes" -H 'Sec-GPC: 1'
says '"decision":"given"'
says '"gpp_sid":[7]'
call 200 POST /v1/page -u "$web:" --data "{\"anonymousId\":\"$id\",\"name\":\"b\"}"
choose 403 "${yes/\"share:north\":false/\"share:north\":true}" -H 'Sec-GPC: 1'
choose 200 "$no"
says '"decision":"withdrawn"'
call 200 GET "/v1/subjects/anonymous%3A$id/consents" -H "Authorization: Bearer $privacy"
says '"surface":"candor.js"'
says "surface$version"
call 200 GET "/v1/subjects/anonymous%3A$id/export" -H "Authorization: Bearer $privacy"
[ "$(grep -o '"kind":"visited"\|"event":"visited"\|"name":"visited"' body | wc -l)" -eq 1 ] || not_true "a visit is kept under a yes only: $(head -c 2000 raw)"

# ---- what is refused -----------------------------------------------------------------------------

choose 403 "${no/$version/$german}"
says 'wordshavechanged'
choose 400 "${no/\"share:north\":false/\"share:north\":\"no\"}"
choose 400 "${no/,\"share:north\":false/}"
choose 400 "${no/\"language\"/\"speech\"}"
choose 400 '{'
choose 400 '[]'
choose 400 ''
choose 400 "${no/$id/short}"
choose 403 "${no/\"anonymousId\":\"$id\"/\"userId\":\"anna\"}"
choose 403 "${no/\"anonymousId\":\"$id\"/\"userId\":\"nobody\"}"
silent nosuchsubject # a public key does not find out who is known
head -c 70000 /dev/zero | tr '\0' ' ' >large
choose 413 @large
call 401 POST /v1/surface/choices --data "$no"
call 401 POST /v1/surface/choices -u 'cnd_0:' --data "$no"
call 403 POST /v1/surface/choices -H "Authorization: Bearer $privacy" --data "$no"
call 200 POST /v1/surface/choices -H "Authorization: Bearer $machine" --data "${no/\"anonymousId\":\"$id\"/\"userId\":\"anna\"}"

# ---- other origins -------------------------------------------------------------------------------

ask=(-H 'Access-Control-Request-Method: POST' -H 'Access-Control-Request-Headers: authorization,content-type')
for path in /v1/surface/choices /v1/track /v1/page /v1/batch; do
    call 204 OPTIONS "$path" -H 'Origin: https://shop.example' "${ask[@]}"
    header 'access-control-allow-origin: https://shop.example'
    header 'access-control-allow-methods: POST'
    header 'access-control-allow-headers: Authorization'
    header 'vary: origin'
    no_header 'access-control-allow-credentials'
    for origin in https://evil.example https://shop.example.evil.example http://shop.example null; do
        call 403 OPTIONS "$path" -H "Origin: $origin" "${ask[@]}"
        no_header 'access-control-allow-origin'
    done
done
call 405 OPTIONS /v1/decide -H 'Origin: https://shop.example' "${ask[@]}"
no_header 'access-control-allow-origin'
call 405 OPTIONS /v1/surface/choices -H 'Origin: https://shop.example'
call 404 OPTIONS /v1/none -H 'Origin: https://shop.example' "${ask[@]}"
choose 200 "$no" -H 'Origin: https://shop.example'
header 'access-control-allow-origin: https://shop.example'
choose 400 '{' -H 'Origin: https://shop.example'
header 'access-control-allow-origin: https://shop.example' # the page may read why
choose 200 "$no" -H "Origin: $url"
no_header 'access-control-allow-origin'
for origin in https://evil.example null "${url/127.0.0.1/127.0.0.1.evil.example}"; do
    choose 403 "$no" -H "Origin: $origin"
    says 'surface.origins'
done
call 200 GET /v1/subjects/anna/consents -H "Authorization: Bearer $privacy" -H 'Origin: https://shop.example'
no_header 'access-control-allow-origin'


# ---- the description, and no shop --------------------------------------------------------------------

call 200 GET /openapi.json
says '"/v1/surface/choices"'
says '"text/javascript"'
# docs/api.md lists the same calls, each with the act it needs.
python3 - raw "$tests_dir/../../docs/api.md" >"$scratch/calls" <<'PYTHON'
import json, re, sys
described = set()
for path, calls in json.load(open(sys.argv[1]))["paths"].items():
    for method, call in calls.items():
        act = re.search("allow '([a-z.]+)'", call.get("description", ""))
        described.add((method.upper(), path, act.group(1) if act else "anybody"))
listed = set(re.findall(r"^\| `([A-Z]+) (\S+)` \| `?([a-z.]+)`? \|", open(sys.argv[2]).read(), re.M))
print(*(f"only described: {call}" for call in sorted(described - listed)), sep="\n", end="")
print(*(f"only listed: {call}" for call in sorted(listed - described)), sep="\n", end="")
PYTHON
it 'docs/api.md lists the calls of the description' test ! -s "$scratch/calls"
call 404 GET /demo/shop
call 404 GET /demo/shop.js
stop

# ---- the demo shop -------------------------------------------------------------------------------

sed -i "s|surface: {origins|surface: {demo_shop: $web, origins|" shop/candor.yaml
begin
call 200 GET /demo/shop
header 'content-type: text/html; charset=utf-8'
header "content-security-policy: default-src 'none'"
says "data-write-key=\"$web\""
says 'Shop&amp;&lt;Sons&gt;'
silent '<Sons>'
silent 'style='
call 200 GET /demo/measure.js
call 200 GET /demo/shop.css
header 'content-type: text/css; charset=utf-8'
call 404 GET /demo/candor.yaml
call 400 GET /demo/..%2Fcandor.js
stop
! grep -qF "$id" log || not_true 'no visitor is named in the log'
candor ledger verify || not_true "the ledger holds: $(cat out err)"

[ "$wrong" -eq 0 ] || exit 1
echo 'what pages ask is answered, and nothing else'
