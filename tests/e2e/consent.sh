#!/usr/bin/env bash
# consent.sh PROGRAM - consents from the command line: recipients, confirmation, asking again, receipts
# that are checked where there is no home, and the hand-over's fence. Exit codes are part of the surface.
set -uo pipefail
export LC_ALL=C.UTF-8
unset CANDOR_HOME CANDOR_OPERATOR
program=$(readlink -f "$1")
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch" || exit 1
wrong=0

# run CODE PATTERN WORD...: how a command ends, and what it says (on either stream).
run() {
    local code=$1 pattern=$2 found
    shift 2
    "$program" --home shop --operator ana "$@" >out 2>err
    found=$?
    if [ $found -ne "$code" ] || ! cat out err | grep -qE -- "$pattern"; then
        printf 'not true: %s ends with %d and says %s; it was %d:\n' "$*" "$code" "$pattern" $found
        head -n 5 out err
        wrong=$((wrong + 1))
    fi
}

"$program" --operator ana init shop --name Shop >/dev/null || exit 1
cat >shop/candor.yaml <<'YAML'
candor: 1
name: Shop
channels: [email, sms]
controller: {name: Shop Ltd, address: 1 Mill Lane, contact: p@shop.example}
purposes:
  - {name: news, title: News, basis: consent, wording: May we?, wording_version: "1", channels: [email, sms], translations: {de: Dürfen wir?}}
  - {name: letters, basis: consent, wording: Letters?, wording_version: "1", double_opt_in: true}
  - {name: all_in_one, basis: consent, wording: All?, wording_version: "1", terms: [DirectMarketing, Profiling]}
  - {name: "share:acme", basis: consent, wording: Share?, wording_version: "1"}
  - {name: protection, basis: legal_obligation}
recipients:
  - {name: mailer, role: processor, contract: c, country: IE, purposes: [news]}
  - {name: brand, contract: d, country: IE, purposes: [news]}
children: {purpose: protection, birth: born}
subjects:
  identifier: identifier
  fields:
    - {name: email, pii: email, purposes: [news]}
    - {name: born, type: date, purposes: [protection]}
campaigns:
  - {name: spring, purpose: news, channel: email, address: email, offers: [{name: gift, title: A gift}]}
YAML
printf 'identifier,email,born\nanna,a@x.example,1980-01-01\nkim,k@x.example,2018-01-01\n' >people.csv
run 0 '2 of 2' import subjects people.csv

# ---- choices -------------------------------------------------------------------------------------
run 0 'given' consent give anna --purpose news --language de
run 0 'given' consent give anna --purpose news --recipient brand
run 0 'given' consent give anna --recipient acme
run 2 'no recipient of that name' consent give anna --purpose news --recipient nobody
run 2 'no wording in that language' consent give anna --purpose news --language fr
run 3 'child' consent give kim --purpose news
run 0 'guardian' consent give kim --purpose news --guardian 'form 7'
run 2 'takes no --proof' consent give kim --purpose news --guardian 'form 7' --proof x
run 0 'brand +given' consent show anna
run 0 '"recipient": "mailer"' consent show anna --json
run 0 'Share|share:acme' consent show anna

# ---- double opt-in -------------------------------------------------------------------------------
run 0 'confirm token' consent give anna --purpose letters
token=$(sed -n 's/^confirm token *//p' out)
run 0 'requested' consent show anna
run 2 'nothing waits' consent confirm 00
run 0 'confirmed +yes' consent confirm "$token"
run 0 'confirmed before +yes' consent confirm "$token"

# ---- asking again --------------------------------------------------------------------------------
run 0 'refused' consent refuse anna --purpose all_in_one
run 1 'They may be asked again from' consent may-ask anna --purpose all_in_one
run 1 '"may_ask": false' consent may-ask anna --purpose all_in_one --json
run 1 'agreed already' consent may-ask anna --purpose news --channel email
run 0 'deferred' consent defer kim --purpose all_in_one
run 1 'put it off' consent may-ask kim --purpose all_in_one
run 2 'no purpose of that name' consent may-ask anna --purpose nws

# ---- how the notice looked -----------------------------------------------------------------------
notice=$(printf '%s' '<p>May we?</p>' | sha256sum | cut -d' ' -f1)
looked="notice=$notice buttons=refuse/accept sizes=equal defaults=off locale=de-AT screen=phone"
run 0 "ui.evidence +$looked" consent give anna --purpose news --ui-evidence "$looked"
run 2 "ui_evidence needs 'screen='" consent give anna --purpose news --ui-evidence "${looked%phone}anna"
run 3 'ticked beforehand' consent give anna --purpose news --ui-evidence "${looked/=off/=on}"
{
    echo identifier,purpose,decision,time,ui_evidence
    printf 'anna,news,given,2026-01-01,%s\n' "$looked" "${looked/equal/big}" "${looked/=off/=on}"
} >seen.csv
run 0 "1 of 3" import consents seen.csv
grep -q "needs 'sizes='" out err && grep -q 'ticked beforehand' out err ||
    { echo 'not true: what was refused of a file says why'; wrong=$((wrong + 1)); }

# ---- receipts, checked in a folder that knows no home --------------------------------------------
run 0 'receipt is in' consent receipt anna --purpose news --out receipt.json --html receipt.html
grep -q '"ui_evidence": "notice=' receipt.json && grep -q 'How it looked' receipt.html ||
    { echo 'not true: the receipt says how the notice looked'; wrong=$((wrong + 1)); }
grep -q 'Consent receipt' receipt.html || { echo 'not true: the page is written'; wrong=$((wrong + 1)); }
mkdir away && cp receipt.json shop/ledger.pub away/
mv shop hidden
run 0 'Sound' consent verify-receipt away/receipt.json --key away/ledger.pub
sed 's,refuse/accept,accept/refuse,' away/receipt.json >away/other.json
run 1 'Not sound' consent verify-receipt away/other.json --key away/ledger.pub
sed 's/"state": "given"/"state": "refused"/' away/receipt.json >away/forged.json
run 1 'Not sound' consent verify-receipt away/forged.json --key away/ledger.pub
run 1 '"signature": false' consent verify-receipt away/forged.json --key away/ledger.pub --json
run 2 'the receipt: line 1' consent verify-receipt away/ledger.pub --key away/ledger.pub
run 2 'verifier key' consent verify-receipt away/receipt.json --key away/receipt.json
run 2 'key' consent verify-receipt away/receipt.json
mv hidden shop
run 2 'no such consent record' consent receipt anna --number 99

# ---- the hand-over -------------------------------------------------------------------------------
run 0 'send' decide anna --campaign spring --json
id=$(sed -n 's/^  "id": "\([0-9a-f]*\)".*/\1/p' out)
run 0 'handed over +yes' handoff anna --decision "$id"
run 2 'already' handoff anna --decision "$id"
run 0 'send' decide anna --campaign spring --json
id=$(sed -n 's/^  "id": "\([0-9a-f]*\)".*/\1/p' out)
run 0 'withdrawn' consent withdraw anna --purpose news
run 3 'withdrawn:' handoff anna --decision "$id"
run 0 'given' consent give anna --purpose news
run 3 'superseded:' handoff anna --decision "$id"

# ---- the policy ----------------------------------------------------------------------------------
run 1 'all_in_one +glues together' audit consent
run 1 'share:acme +shares with' audit consent
run 0 'Sound' ledger verify
[ $wrong -eq 0 ] || exit 1
