#!/usr/bin/env bash
# Data that goes to recipients: only with permits, on record, recalled, traced, and checked before it leaves.
#
#   share.sh PROGRAM GENERATE
. "$(dirname "$0")/lib.sh"

at() { printf '%s/%s' "$scratch" "$1"; }
has() { grep -q -e "$1" "$scratch/out"; }

# Two recipients for whom people may say yes or no, one whose contract is over.
new_home "$(at shop)"
grep -q '^recipients:' "$home/candor.yaml" || cat >>"$home/candor.yaml" <<'YAML'
recipients:
  - {name: acme-ads, title: Acme Ads, contract: DPA of 2026-02-01, country: DE, purposes: ["share:acme-ads"]}
YAML
sed -i 's/^recipients:$/recipients:\
  - {name: nile, title: Nile Data, contract: DPA 7, country: US, transfer: standard_clauses, purposes: ["share:nile"]}\
  - {name: gone, title: Gone Ltd, contract: DPA 1, contract_until: "2020-01-01", country: FR, purposes: ["share:gone"]}/
s/^  - name: fairness_audit$/  - {name: "share:nile", basis: consent, wording: May we?, wording_version: "1"}\
  - {name: "share:gone", basis: consent, wording: May we?, wording_version: "1"}\
&/
s/share:acme-ads\]$/share:acme-ads, "share:nile"]/
s/^      purposes: \[service\]$/      purposes: [service, "share:acme-ads", "share:nile"]/
s/^      purposes: \[email_marketing, sms_marketing, service\]$/      purposes: [email_marketing, sms_marketing, service, "share:acme-ads"]/' "$home/candor.yaml"
fill_home 400 5
one=$(sed -n '2s/,.*//p' "$data/subjects.csv")
awk -F, 'NR == 1 { print "identifier,purpose,decision,time,surface,wording_version"; next }
    { print $1 ",share:nile,given,2026-03-02T10:00:00Z,web form,1" }' "$data/subjects.csv" >"$(at nile.csv)"
must candor import consents "$(at nile.csv)"
must candor consent give "$one" --purpose share:acme-ads --surface "web form"

# ---- export ----
it "data goes to a recipient" candor share export acme-ads --fields email --out "$(at acme.csv)" --json
rows=$(value rows)
it "to those who allow it and nobody else" [ "$rows" -gt 20 -a "$rows" -lt 400 ]
it "and those who are left out are counted by reason" has '"left_out"'
it "the file has a row for each" [ "$(tail -n +2 "$(at acme.csv)" | wc -l)" -eq "$rows" ]
it "and what was asked for" [ "$(head -1 "$(at acme.csv)")" = pseudonym,email ]
it "a second recipient gets its own" candor share export nile --fields email --out "$(at nile_out.csv)"
cut -d, -f1 "$(at acme.csv)" | tail -n +2 | sort >"$(at a)"
cut -d, -f1 "$(at nile_out.csv)" | tail -n +2 | sort >"$(at b)"
it "no pseudonym is in both" [ "$(comm -12 "$(at a)" "$(at b)" | wc -l)" -eq 0 ]
must candor share export acme-ads --fields email --out "$(at again.csv)"
it "the same recipient gets the same pseudonyms in the same order" cmp "$(at acme.csv)" "$(at again.csv)"
candor subject show "$one" --json
it "the subject sees what went where" has '"recipient": "nile"'
it "and which fields" has '"fields": "email"'
candor subject export "$one" --json
it "their copy has it too" has '"title": "Acme Ads"'
candor ledger verify "$home"
it "all is on the ledger" [ "$rc" -eq 0 ]

# ---- what is refused ----
refuses() { # EXIT PATTERN WORD...
    local exit=$1 pattern=$2
    shift 2
    rm -f "$(at no.csv)"
    candor share export "$@" --out "$(at no.csv)"
    said "$exit" "$pattern" && [ ! -e "$(at no.csv)" ]
}
it "an unknown recipient" refuses 2 "no recipient" nobody --fields email
it "a field that is not for it" refuses 3 "may not be used" acme-ads --fields age
it "a contract that is over" refuses 3 "ended on 2020-01-01" gone --fields email
it "a purpose that is not its own" refuses 3 "no purpose of this recipient" acme-ads --purpose share:nile --fields email
it "a small group without names" refuses 3 "could be found again" nile --fields channel_preference --min-group 10000
candor share export acme-ads --fields email --out "$home/x.csv"
it "a file inside the home" said 2 "."
must candor subject correct "$one" --field name --value "Ann, call +49 151 23456789"
it "personal data where none is declared" refuses 3 "holds a phone number in 1 of" acme-ads --fields name
it "and the message has no value" eval '! grep -q 23456789 "$scratch/err"'
must candor subject correct "$one" --field name --value "Ann"

# ---- recall ----
candor share recalls --json
it "a field that never went is not recalled" value_is waiting 0
must candor subject correct "$one" --field email --value new.address@example.org
candor share recalls --json
it "a correction is told to both" value_is waiting 2
must candor consent withdraw "$one" --purpose share:nile
candor share recalls --recipient nile --out "$(at message.json)" --json
it "a withdrawal to the one it is about" value_is waiting 2
it "as a signed message" grep -q '"signature"' "$(at message.json)"
it "with the pseudonym that recipient knows" grep -q "$(sed -n "s/,.*$(sed -n 2p "$data/subjects.csv" | cut -d, -f2).*//p" "$(at nile_out.csv)" | head -1)" "$(at message.json)"
id=$(sed -n 's/^ *"id": "\([0-9a-f]*\)",$/\1/p' "$scratch/out" | head -1)
it "they acknowledge" candor share acknowledge "$id" --reference T-17 --json
it "which is kept" value_is state acknowledged
candor share acknowledge "$id"
it "once" said 2 "already"
candor share recalls --recipient nile --json
it "one is left" value_is waiting 1
candor share recalls --recipient niel
it "a recipient that nobody knows has none, and that is said" said 2 "no recipient 'niel'"
must candor subject erase "$one"
candor share recalls --json
it "an erasure is told to both" value_is waiting 4
candor share export nile --fields email --out "$(at later.csv)"
it "nothing of them goes out afterwards" eval '! grep -q new.address "$(at later.csv)"'

# ---- an incident at a recipient ----
candor incident open --title "nile lost a disk" --recipient nile --exposed export --risk high --json
incident=$(value number)
it "an incident at a recipient is opened" test -n "$incident"
must candor incident show "$incident" --people "$(at tell.csv)" --json
it "it concerns those of whom something went there" value_is disclosed "$(value people)"
it "everybody who is still here, and nobody else" test "$(value people)" -eq "$(tail -n +2 "$(at later.csv)" | wc -l)"
it "they can be told" test "$(tail -n +2 "$(at tell.csv)" | sort -u | wc -l)" -eq "$(value people)"
must candor incident update "$incident" --recipient acme-ads
must candor incident show "$incident" --json
it "at another recipient it concerns others" test "$(value people)" -lt "$(tail -n +2 "$(at later.csv)" | wc -l)"
must candor incident update "$incident" --recipient nile --until 2026-01-01
must candor incident show "$incident" --json
it "before anything went there, nobody" value_is people 0
must candor incident update "$incident" --until 2999-01-01 --from 2998-01-01
must candor incident show "$incident" --json
it "nor after" value_is people 0
candor incident open --title x --recipient niel
it "no incident is at a recipient that nobody knows" said 2 "no recipient"

# ---- trace ----
it "a copy names its recipient" candor share trace "$(at acme.csv)" --json
it "by its pseudonyms" value_is recipient acme-ads
cut -d, -f2 "$(at nile_out.csv)" | awk 'NR == 1 || NR % 3 == 0' >"$(at part.csv)"
candor share trace "$(at part.csv)" --json
it "a third of the rows without pseudonyms too" value_is recipient nile
it "by their order" value_is found_by "row order"
{ echo email; cut -d, -f2 "$(at nile_out.csv)" | tail -n +2 | sort; } >"$(at sorted.csv)"
candor share trace "$(at sorted.csv)" --json
it "a sorted list names nobody" value_is recipient null
candor ledger verify "$home"
it "and the ledger still stands" [ "$rc" -eq 0 ]
done_testing
