#!/usr/bin/env bash
# Reports of a home: every kind in every form, its period, its entry on the ledger, and its refusals.
#
#   reports.sh PROGRAM GENERATE
. "$(dirname "$0")/lib.sh"

at() { printf '%s/%s' "$scratch" "$1"; }
has() { grep -q -e "$1" "$scratch/out"; }
file_has() { grep -q -a -e "$2" "$(at "$1")"; }

new_home "$(at shop)"
fill_home 400 5
must candor train lead
must candor model publish lead
must candor plan spring
one=$(sed -n '2s/,.*//p' "$data/subjects.csv")
two=$(sed -n '3s/,.*//p' "$data/subjects.csv")
must candor request open "$one" --right access --jurisdiction us-ca
must candor request open "$two" --right opt_out_sale --jurisdiction us-ca
must candor subject show "$one"

# ---- every kind, every form ----
for kind in ropa dpia consent dsar ccpa ai-act board; do
    it "$kind is made" candor report "$kind" --html "$(at $kind.html)" --pdf "$(at $kind.pdf)" --out "$(at $kind.json)"
    it "$kind reads on a terminal" has 'Made on'
    it "$kind is a page" file_has $kind.html '</html>'
    it "$kind asks nobody outside" [ "$(grep -c -E 'src=|<script|https?://' "$(at $kind.html)")" -eq 0 ]
    it "$kind is a PDF" [ "$(head -c 5 "$(at $kind.pdf)")" = %PDF- ]
    it "$kind is whole" [ "$(tail -c 6 "$(at $kind.pdf)" | tr -d '\n')" = %%EOF ]
    it "$kind is the one that was made" candor report verify "$(at $kind.json)"
    it "$kind holds nobody's name" [ "$(grep -c -F -e "$one" "$(at $kind.json)")" -eq 0 ]
done
it "the card of a model is a report too" candor report card lead --html "$(at card.html)" --pdf "$(at card.pdf)"
it "and says how good it is" has 'Performance on'
candor report ropa --json
it "a script gets JSON" has '"report": "ropa"'
it "with the entries behind figures" has '"first"'
it "and the report's own" has '"ledger_index"'
index=$(value ledger_index)
candor ledger show "$index" --json
it "which is on the ledger" has '"action": "report"'

if command -v pdftotext >/dev/null && command -v pdfinfo >/dev/null; then
    it "pages are numbered" sh -c "pdftotext -layout '$(at ropa.pdf)' - | grep -q '1 of '"
    it "pages are A4" sh -c "pdfinfo '$(at ropa.pdf)' | grep -q 'A4'"
    it "the PDF has a title" sh -c "pdfinfo '$(at ropa.pdf)' | grep -q '^Title: *Record of processing'"
    it "its words can be found" sh -c "pdftotext '$(at dpia.pdf)' - | grep -q 'nine criteria'"
    it "and its fonts are in it" [ "$(pdffonts "$(at ropa.pdf)" | awk 'NR > 2 && $(NF - 4) != "yes"' | wc -l)" -eq 0 ]
else
    skip "what is in the PDF: needs poppler-utils"
fi

# ---- what went to recipients ----
must candor consent give "$one" --purpose share:acme-ads --surface "web form"
candor share export acme-ads --fields email --out "$(at acme.csv)" --json
shared=$(value rows)
candor report ropa --json
it "the record of processing names the recipient of a share purpose" has '"recipient": "Acme Ads"'
it "and what went to it" has "\"disclosures\": $shared"
cp "$home/candor.yaml" "$scratch/listed.yaml"
sed -i '/^recipients:/,/^$/d' "$home/candor.yaml"
candor report ropa --json
it "also when it was taken out of candor.yaml since" has "To recipients that candor.yaml does not list any more"
cp "$scratch/listed.yaml" "$home/candor.yaml"
printf 'governance:\n  data_protection_officer: {operator: bea, contact: dpo@board.example}\n' >"$scratch/officer"
sed -i -e '/^governance:/,$d' "$home/candor.yaml"
cat "$scratch/officer" >>"$home/candor.yaml"
candor report ropa --json
it "the officer who advises the board is the one it names" has 'dpo@board.example'
cp "$scratch/listed.yaml" "$home/candor.yaml"

# ---- figures ----
candor report ccpa --json
it "a request of California is counted" has '"received": 1'
candor report ccpa --from 2020-01-01 --until 2020-12-31 --json
it "in its own period only" [ "$(grep -c '"received": 1' "$scratch/out")" -eq 0 ]
candor report board --json
it "a look without a reason is counted" has 'Looks without a reason'
it "and has no limit where none is asked for" [ "$(grep -c 'Looks without a reason (' "$scratch/out")" -eq 0 ]
cp "$home/candor.yaml" "$scratch/candor.yaml"
printf 'people:\n  reason_required: true\n' >>"$home/candor.yaml"
candor report board --json
it "where one is asked for it is over its limit" has 'Looks without a reason ([1-9]'
cp "$scratch/candor.yaml" "$home/candor.yaml"
candor report consent --json
it "few people are not told" [ "$(grep -c -E '"(asked|yes|no|taken_back|objected|ended)": [1-9],?$' "$scratch/out")" -eq 0 ]

# ---- refusals ----
sed 's/"made": "2/"made": "1/' "$(at ropa.json)" >"$(at changed.json)"
candor report verify "$(at changed.json)"
it "a changed report is not the one" [ "$rc" -eq 1 ]
sed 's/"ledger_index": [0-9]*/"ledger_index": 1/' "$(at ropa.json)" >"$(at moved.json)"
candor report verify "$(at moved.json)"
it "nor one under another number" [ "$rc" -eq 1 ]
printf '{}' >"$(at empty.json)"
candor report verify "$(at empty.json)"
it "what is no report is refused" [ "$rc" -eq 2 ]
before=$(must candor ledger checkpoint && sed -n 2p "$scratch/out")
candor report gossip
it "an unknown kind is refused" [ "$rc" -eq 2 ]
candor report card
it "a card needs its model" [ "$rc" -eq 2 ]
candor report card nobody
it "which must be there" [ "$rc" -eq 2 ]
candor report ropa --from yesterday
it "a day is a day" [ "$rc" -eq 2 ]
candor report ropa --from 2026-02-01 --until 2026-01-01
it "a period does not end before it begins" [ "$rc" -eq 2 ]
candor report ropa --from 2999-01-01
it "nothing ran in the future" said 2 'from lies in the future'
candor report ropa --until 2999-01-01
it "nor until then" said 2 'until lies in the future'
candor report ropa lead
it "only the card is about one model" said 2 'one model'
candor report ropa --html "$home/ropa.html"
it "nothing is written into the home" [ "$rc" -eq 2 ]
candor report ropa --pdf "$(at x)" --html "$(at x)"
it "two forms are two files" [ "$rc" -eq 2 ]
it "and nothing was changed by what was refused" [ "$before" = "$(must candor ledger checkpoint && sed -n 2p "$scratch/out")" ]
must candor operator add mark --roles marketer

# ---- over HTTP ----
if command -v curl >/dev/null; then
    candor key add auditor --roles analyst --json
    key=$(value key)
    begin
    # get PATH [CURL OPTION...]: the answer in $scratch/out, its head in $scratch/head, code in $rc
    get() {
        rc=$(curl -sS -o "$scratch/out" -D "$scratch/head" -w '%{http_code}' -H "Authorization: Bearer $key" "${@:2}" "$url$1")
    }
    get /v1/reports/ropa
    it "a report is served as JSON" has '"report": "ropa"'
    get "/v1/reports/ropa?format=html"
    it "or as a page" has '<h1>'
    it "that may have its style and no script" grep -qi "^content-security-policy: default-src 'none'; style-src 'unsafe-inline'" "$scratch/head"
    get /v1/reports/board -H 'Accept: application/pdf'
    it "or as a PDF, as Accept says" [ "$rc $(head -c 5 "$scratch/out")" = "200 %PDF-" ]
    it "which is called one" grep -qi '^content-type: application/pdf' "$scratch/head"
    get "/v1/reports/card?model=lead&format=text"
    it "a card by its model" has 'Performance on'
    get "/v1/reports/ccpa?from=2020-01-01&until=2020-12-31"
    it "in a period" has '"from": "2020-01-01T00:00:00Z"'
    get "/v1/reports/gossip"
    it "an unknown kind is a bad request" [ "$rc" = 400 ]
    get "/v1/reports/ropa?format=doc"
    it "so is an unknown form" [ "$rc" = 400 ]
    key=nobody
    get /v1/reports/ropa
    it "nobody gets one without a key" [ "$rc" = 401 ]
    stop
else
    skip "over HTTP: needs curl"
fi

operator=mark
candor report ropa
it "reports are for those who may audit" [ "$rc" -eq 3 ]
done_testing
