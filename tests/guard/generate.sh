#!/usr/bin/env bash
# generate.sh PROGRAM - copy from a brief: from templates and by a model of ours that also makes things up; what is kept
# goes through review to an approval that holds without a home; what has no place in copy is refused by name.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/../e2e/lib.sh"
# shellcheck source=tests/guard/lib.sh
. "$(dirname "$0")/lib.sh"
cd "$scratch" || exit 1
begin_provider
must "$program" --operator ana init shop --name Shop
home=shop
for who in bea:approver cem:approver eva:approver mia:marketer zoe:analyst; do
    must candor operator add "${who%:*}" --roles "${who#*:}"
done
cat >shop/candor.yaml <<Y
candor: 1
name: shop
channels: [email, fax]
purposes:
  - {name: news, basis: consent, wording: May we?, wording_version: "1", channels: [email, fax], direct_marketing: true}
  - {name: service, basis: contract}
controller: {name: Lumen Ltd, address: "1 Mill Lane, Dublin"}
subjects:
  identifier: identifier
  fields:
    - {name: email, pii: email, lookup: true, purposes: [news]}
    - {name: first_name, pii: first_name, purposes: [news]}
    - {name: city, type: category, allowed: [Dublin, Cork], purposes: [news]}
    - {name: hobby, type: text, purposes: [news]}
    - {name: salary, type: number, purposes: [service]}
    - {name: sex, type: category, protected: true, purposes: [news]}
    - {name: illness, type: category, sensitivity: special, purposes: [news]}
    - {name: mood, type: category, allowed: [a, b], origin: inferred, purposes: [news]}
campaigns:
  - {name: desk, purpose: news, channel: email, address: email, offers: [{name: lamp}]}
  - {name: "a.campaign:with-a-very-long-name-of-fifty-letters-or-so", purpose: news, channel: email, offers: [{name: lamp}]}
  - {name: lines, purpose: news, channel: fax, offers: [{name: lamp}]}
governance:
  team: [{operator: bea, function: Head of marketing, reviews: [contents]}]
  ethics_board: {members: [cem, eva], chair: cem, quorum: 2}
guard:
  canaries: ["$canary"]
  keys: [{key: "operator:zoe", requests_per_day: 1}, {key: "operator:mia", requests_per_day: 4}]
  providers:
    - name: ours
      url: http://127.0.0.1:$port/v1
      first_byte_seconds: 5
      quiet_seconds: 5
      models: [{name: writer}, {name: fabulist}, {name: openai}, {name: html}]
Y
cat >brief.yaml <<'Y'
brief: 1
language: en
offer: lamp
product: the Lumen desk lamp
audience: people who read in the evening
tone: warm
facts:
  - {name: dimming, says: dims from 800 to 8 lumen, source: "Data sheet 3, August 2026"}
  - {name: parts, says: parts are kept for ten years, source: "Terms of service, section 4"}
benefits:
  - {text: The light dims to one per cent., headline: Light that dims to 1 %, fact: dimming}
  - {text: Every part can be replaced with a screwdriver., headline: A lamp that can be repaired, fact: parts}
  - {text: "Spare parts are sent to {{city}}.", headline: Spare parts by post, fact: parts}
fields:
  - {name: first_name, fallback: there, greeting: true}
  - {name: city, fallback: your town}
action: {text: See the lamp, link: "https://lumen.example/desk"}
Y
operator=mia
holds() { "$program" verify "site/$name.txt" --key shop/ledger.pub >out 2>err; }
write() { candor generate --campaign desk --brief "$@"; }
with() { # FROM TO: the brief with another line
    sed "s#$1#$2#" brief.yaml >other.yaml
    ! cmp -s brief.yaml other.yaml || not_true "the brief has '$1'"
}
refused() { # FIELD REASON: the field in the place of another
    with 'name: city' "name: $1"
    sed -i "s/{{city}}/{{$1}}/" other.yaml
    write other.yaml
    said 3 "'$1' has no place in .*$2"
}
count_is() { [ "$(grep -c "$1" "$scratch/out")" -eq "$2" ] || { sed 's/^/      | /' "$scratch/out"; return 1; }; }

# ---- from templates ------------------------------------------------------------------------------------

it 'a brief becomes copy' write brief.yaml --variants 5 --out . --json
it 'as many as were asked' value_is kept 5
it 'none is dropped' grep -q '"dropped": \[\]' out
it 'each is content' count_is '"state": "scanned"' 5
it 'by no model' value_is model null
name=$(value name)
index=$(value ledger_index)
cp out first
it 'it is there to read' grep -q '^Subject: ' "$name.txt"
it 'with places, and nobody in them' grep -qF '{{first_name|there}}' "$name.txt"
it 'with a sender' grep -qF 'Lumen Ltd, 1 Mill Lane, Dublin' "$name.txt"
it 'and a way out' grep -qF '{{unsubscribe}}' "$name.txt"
it 'and the source of each claim' grep -qE '^. (Data sheet 3|Terms of service)' "$name.txt"
it 'which the scan finds nothing in' "$program" scan ./*.txt --fail-on low
it 'the same brief gives the same copy' write brief.yaml --variants 5 --json
it '... under the same names' bash -c 'diff <(grep -E "\"(name|sha256)\"" first) <(grep -E "\"(name|sha256)\"" out)'
it '... which stay as they are' count_is '"was_there": true' 5
it 'on a terminal it can be read' write brief.yaml
it '... line by line' count_is '^    See the lamp: https' 3

# ---- reviewed, approved, verified ------------------------------------------------------------------------

candor board propose content "$name" --json
review=$(value id)
candor review approve "$review"
it 'its author does not approve it' said 3 'does not review'
operator=bea must candor review approve "$review" --note 'true and plain'
mkdir -p site
it 'what another approved is deployed' candor content deploy "$name" --to site
it '... and holds without a home' holds
base64 -d <<<"$(sed -n 's/^ *"payload": "\(.*\)".*/\1/p' "site/$name.txt.approval.json")" >statement
it '... with who wrote it from what' grep -q '"generator":"candor generate, templates","briefSha256":"[0-9a-f]\{64\}"' statement
write brief.yaml --variants 5 --json
it 'writing again leaves it deployed' count_is '"state": "deployed"' 1

# ---- what is refused -----------------------------------------------------------------------------------

it 'a protected attribute has no place' refused sex 'protected attribute'
it 'a special category' refused illness 'special category'
it 'a guess' refused mood 'inferred'
it 'free text' refused hobby 'free text'
it 'an address' refused email 'identifies a person'
it 'a field of another purpose' refused salary "purpose 'news'"
it '... and the line is named' grep -q 'other.yaml: line 16' err
with 'name: city' 'name: cty'
sed -i 's/{{city}}/{{cty}}/' other.yaml
write other.yaml
it 'a field that is none' said 2 "no field and no feature 'cty'"
with 'fact: dimming}' 'fact: brightness}'
write other.yaml
it 'a claim without its fact' said 2 'other.yaml: fact of benefit'
with 'offer: lamp' 'offer: chair'
write other.yaml
it 'an offer of another campaign' said 2 "no offer 'chair'"
write brief.yaml --language de
it 'another language' said 2 "needs a brief in 'de'"
write brief.yaml --variants 11
it 'too many' said 2 'from 1 to 10'
candor generate --campaign nothing --brief brief.yaml
it 'a campaign that is none' said 2 'no campaign of that name'
it 'a long name of a campaign gives a name' candor generate --campaign a.campaign:with-a-very-long-name-of-fifty-letters-or-so --brief brief.yaml
candor generate --campaign lines --brief brief.yaml
it 'a channel that nobody knows' said 2 'form: mail'
with 'The light dims to one per cent.' '"Hurry, only 2 left in stock!"'
write other.yaml --variants 3
it 'a brief that presses is dropped' test "$rc" -eq 1
it '... and said' grep -qF 'cdr.copy.' out

# ---- by a model ----------------------------------------------------------------------------------------

it 'a model writes too' write brief.yaml --model writer --variants 2 --json --out .
it 'both are kept' value_is kept 2
name=$(value name)
cp out by_model
it 'what the provider saw is the brief and places' grep -qF '{{city|your town}}' provider/got
it '... and no sender' bash -c '! grep -qF "Mill Lane" provider/got'
it 'it is marked as written by a machine' grep -qF 'digitalSourceType: http' "$name.txt"
it '... and says so to the reader' grep -qF 'written by an AI system' "$name.txt"
it 'places have what stands there else' grep -qF 'In {{city|your town}} too' "$name.txt"
candor content show "$name" --json
it 'model and prompt are on record' bash -c 'grep -qF "\"model\": \"writer\"" out && grep -q "\"generator\": \"candor generate, a model\"" out'
operator=ana
candor guard list --json
it 'and the chat, under whoever asked' grep -qF '"key": "operator:mia"' out
operator=mia
candor board propose content "$name" --json
review=$(value id)
operator=bea must candor review approve "$review"
it 'it is approved and deployed' candor content deploy "$name" --to site
it '... and holds' holds
write brief.yaml --model fabulist --variants 5
it 'what a model makes up is dropped' test "$rc" -eq 1
it '... a number' grep -qF 'a number that the brief does not have' out
it '... a place for what nobody may say' grep -qF 'a place for a value' out
it '... another link' grep -qF 'a link that is not' out
it '... what the scan blocks' grep -qF 'cdr.copy.' out
it '... and the rest is kept' grep -qF '1 of 5 kept' out
before=$(candor content list --json && grep -c '"state"' out)
write brief.yaml --model openai
it 'prose is no answer' said 2 'not the JSON that was asked for'
write brief.yaml --model html
it 'nor is a page' said 2 'could not be examined'
it '... and nothing is kept' test "$before" = "$(candor content list --json && grep -c '"state"' out)"
write brief.yaml --model writer
it 'a budget ends' said 3 'budget is spent'
write brief.yaml --model nobody
it 'a model that is not listed' said 2 'lists no such model'
with 'in the evening' "$canary"
write other.yaml --model writer
it 'a canary does not leave' said 3 'must never leave'
operator=zoe
write brief.yaml --model writer
it 'who may not chat does not' said 3 'chat'
it 'it stands on a ledger that holds' candor ledger verify
operator=ana
candor ledger show "$index" --json
it 'the generation is an entry' grep -qF '"content.generated"' out
done_testing
