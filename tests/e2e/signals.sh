#!/usr/bin/env bash
# signals.sh PROGRAM - consent strings and signals from outside: decoded, checked, weighed against what
# a person said, given out again, and a link in a message that unsubscribes by POST alone.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
set -e
cd "$scratch"
export CANDOR_OPERATOR=ana
exits() { # CODE ARGUMENT...
    local code=$1 found=0
    shift
    "$program" "$@" --json >said 2>&1 || found=$?
    [ "$found" = "$code" ] || not_true "exit $code of $*; it was $found: $(head -c 300 said)"
}
says() { tr -d ' \n' <said | grep -qF -- "$1" || not_true "the answer says $1: $(head -c 400 said)"; }

# ---- strings -------------------------------------------------------------------------------------

good=CPTtLAAPTtLAAAKAAAENAAFgALwAAEAAAAAAAOgAgABgAAAA.IAoAAgABgAAEAQAAEAAA.d4AACEAAAAAA
exits 0 consent decode "$good"
says '"vendor_consents":"11,28-29"'
exits 0 consent decode 'DBACNYA~CPSG_8APSG_8ANwAAAENAwCgAAAAAAAAAAAAAAAAAAAA.IAAA.YAAAAAAAAAAA~1YNN'
says '"section_ids":[2,6]'
exits 0 consent decode 1YYN
says '"sale_allowed":false'
exits 2 consent decode CP1VZMAP1VZMA_IABBENAyEgAIAAAAAAAAYgHCQAYFjABeAAAAA
grep -q range-end-before-start said || not_true "the refusal has its code"
exits 2 consent decode 1YNN --kind tcf
exits 2 consent decode 1YNN --kind what
exits 0 consent check "$good" --vendor 28 --purpose 3 --declared-purposes 1,3
says '{"allowed":true,"reason":"consent"}'
exits 1 consent check "$good" --vendor 12 --purpose 3 --declared-purposes 1,3
says '"reason":"vendor-not-disclosed"'
exits 1 consent check "$good" --vendor 28 --purpose 3 --declared-purposes 1,3 --at 2026-01-01
says '"reason":"too-old"'
exits 2 consent check "$good" --vendor 28
exits 2 consent check "$good" --vendor 0 --purpose 1
exits 2 consent check "$good" --vendor 28 --purpose 3 --declared-purposes 1,,3

# ---- a home --------------------------------------------------------------------------------------

exits 0 init shop --name shop
sed -i '/holdout:/d' shop/candor.yaml
cat >>shop/candor.yaml <<'YAML'
signals:
  public_url: https://shop.example
  jurisdiction: DE
  purposes:
    - {purpose: email_marketing, opt_out: [sale, sharing], consent_mode: [ad_user_data]}
YAML
printf '%s\n' identifier,email,age,sex anna,anna@example.org,30,f ben,ben@example.org,40,m >subjects.csv
printf '%s\n' identifier,purpose,decision,time anna,email_marketing,given,2026-01-01 \
    ben,email_marketing,given,2026-01-01 >consents.csv
exits 0 --home shop import subjects subjects.csv
exits 0 --home shop import consents consents.csv
exits 0 --home shop consent signals anna
says '"usp":"1YNN"'
says '"ad_user_data":"granted"'

# ---- a message with its links ---------------------------------------------------------------------

exits 0 --home shop operator add bea --roles approver
exits 0 --home shop plan welcome
exits 0 --home shop --operator bea approve welcome
exits 0 --home shop send welcome --to contacts.csv
head -1 contacts.csv | grep -q ',list_unsubscribe,list_unsubscribe_post$' ||
    not_true "the hand-over has the columns of RFC 8058"
grep -q '^anna,.*,<https://shop.example/unsubscribe/[A-Za-z0-9_-]*>,List-Unsubscribe=One-Click$' \
    contacts.csv || not_true "each message has its link: $(sed -n 2p contacts.csv)"
token=$(sed -n 's,^anna.*unsubscribe/\([A-Za-z0-9_-]*\)>.*,\1,p' contacts.csv)

# ---- a server ------------------------------------------------------------------------------------

home=shop
key=$(value_of key key add web --roles machine,privacy)
begin

ask() { # CODE PATH [CURL OPTION...]
    local code=$1 path=$2 found
    shift 2
    found=$(curl -sS -o said -D head -w '%{http_code}' "$@" "$url$path")
    [ "$found" = "$code" ] || not_true "$path answers $code; it was $found: $(head -c 300 said)"
}
asked() { ask "$@" -H "Authorization: Bearer $key" -H 'Content-Type: application/json'; }
who='"identifier":"ben","purpose":"email_marketing","channel":"email"'

asked 200 /v1/permit -d "{$who}"
says '{"allowed":true,"code":"ok_consent"}'
asked 200 /v1/permit -d "{$who}" -H 'Sec-GPC: 1'
says '"allowed":false,"code":"signal_gpc","rule":3'
says '"signal":"gpc"'
asked 200 /v1/permit -d "{$who}" -H 'Sec-GPC: 0' -H 'Sec-GPC: 1'
says '"rule":3'
asked 200 /v1/permit -d "{$who}" -H 'Sec-GPC: true'
says '{"allowed":true,"code":"ok_consent"}'
asked 200 /v1/permit -d "{$who,\"signals\":{\"usp\":\"1YYN\"}}"
says '"signal":"usp"'
asked 200 /v1/decide -d '{"identifier":"ben","campaign":"welcome","signals":{"gpc":true}}'
says '"code":"signal_gpc"'
asked 400 /v1/decide -d '{"identifier":"ben","campaign":"welcome","signals":{"gpp":7}}'
asked 400 /v1/decide -d '{"identifier":"ben","campaign":"welcome","signals":{"what":7}}'
asked 200 /v1/subjects/ben/signals
says '"gpp_sid":[7]'
ask 401 /v1/subjects/ben/signals
ask 200 /.well-known/gpc.json
says '{"gpc":true,"lastUpdate":"'

# ---- unsubscribing -------------------------------------------------------------------------------

form='application/x-www-form-urlencoded'
ask 200 "/unsubscribe/$token"
grep -q '<button class="main">' said || not_true "GET shows a button"
grep -qi "content-security-policy: default-src 'none'" head || not_true "the page loads nothing"
asked 200 /v1/permit -d '{"identifier":"anna","purpose":"email_marketing","channel":"email"}'
says '"allowed":true'
last=A # one token in four ends so
[ "${token: -1}" != A ] || last=Q
ask 404 "/unsubscribe/${token%?}$last" -d List-Unsubscribe=One-Click -H "Content-Type: $form"
ask 400 "/unsubscribe/$token" -d List-Unsubscribe=Two-Clicks -H "Content-Type: $form"
ask 400 "/unsubscribe/$token" -d '{}' -H 'Content-Type: application/json'
asked 200 /v1/permit -d '{"identifier":"anna","purpose":"email_marketing","channel":"email"}'
says '"allowed":true'
ask 200 "/unsubscribe/$token" -d List-Unsubscribe=One-Click -H "Content-Type: $form"
asked 200 /v1/permit -d '{"identifier":"anna","purpose":"email_marketing","channel":"email"}'
says '{"allowed":false,"code":"withdrawn"}'
ask 200 "/unsubscribe/$token" -F List-Unsubscribe=One-Click
asked 200 /v1/subjects/anna/signals
says '"usp":"1YYN"'

stop
exits 0 ledger verify shop
[ "$wrong" = 0 ] || exit 1
echo "signals: all as they should be"
