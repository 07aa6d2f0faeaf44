#!/usr/bin/env bash
# hooks.sh PROGRAM LATER - webhooks against somebody who really takes them (receiver.py): who fails, who is slow, who
# sees us killed in the middle; what is given up, and tried again; secrets that change; addresses that are refused.
# LATER is later.c as a library: days pass by it.
. "$(dirname "$0")/lib.sh"
later=$generate
box=$scratch/box
mkdir "$box"
: >"$box/got"
: >"$box/secrets"
echo 204 >"$box/mode"
python3 "$tests_dir/receiver.py" "$box" &
receiver=$!
cleanups+=('kill "$receiver" 2>/dev/null || true')
for _ in $(seq 100); do
    [ ! -f "$box/port" ] || break
    sleep 0.1
done
port=$(cat "$box/port")

home=$scratch/shop
operator=ana
must "$program" --operator ana init "$home" --name Shop
policy() { # URL OF CRM [MORE]
    cat >"$home/candor.yaml" <<YAML
candor: 1
name: Shop
channels: [email]
purposes:
  - {name: news, basis: consent, wording: May we?, wording_version: "1", channels: [email]}
subjects:
  identifier: identifier
  fields: [{name: email, pii: email, purposes: [news]}]
webhooks:
  - {name: crm, url: '$1', events: [consent.given, consent.withdrawn]}
${2-}
YAML
}
crm=http://127.0.0.1:$port/crm
policy "$crm"
{
    echo 'identifier,email'
    for i in $(seq 40); do echo "P$i,p$i@example.org"; done
} >"$scratch/people.csv"
must candor import subjects "$scratch/people.csv"

# ---- what the receiver has -------------------------------------------------------------------------

# got FILTER: how many of what came match, in Python, with `row` for one.
got() {
    python3 -c "
import json, sys
rows = [json.loads(line) for line in open(sys.argv[1])]
print(len([row for row in rows if $1]))" "$box/got"
}
# ids FILTER: their ids, each once.
ids() {
    python3 -c "
import json, sys
rows = [json.loads(line) for line in open(sys.argv[1])]
print(*dict.fromkeys(row['id'] for row in rows if $1))" "$box/got"
}
is() { [ "$1" = "$2" ] || { printf '      it is %s, not %s\n' "$1" "$2"; return 1; }; }
told=()
# What was told so far is looked at no more.
anew() {
    : >"$box/got"
    told=()
}
# tell WORD PERSON: a consent is given or withdrawn, and must be told.
tell() { told+=("$(value_of ledger_index consent "$1" "$2" --purpose news)"); }
# All that must be told was taken, by a message whose signature was right.
all_taken() {
    python3 -c "
import json, sys
taken = set()
for line in open(sys.argv[1]):
    row = json.loads(line)
    if 200 <= row.get('code', 0) < 300:
        taken |= set(row['events'])
missing = sorted(set(map(int, sys.argv[2:])) - taken)
print('      not told:', *missing) if missing else None
sys.exit(len(missing) > 0)" "$box/got" "${told[@]}"
}
waiting() { candor outgoing list --json || true; value_is waiting "$1" && value_is given_up "${2-0}"; }
the_id() { candor outgoing list --json || true; value id; }

# ---- the beginning ---------------------------------------------------------------------------------

tell give P1
must candor outgoing send
it 'what was before a webhook is not told' is "$(got True)" 0
anew
tell give P2
candor outgoing send
it 'without a secret nothing leaves' is "$rc $(got True)" '1 0'
value_of secret share secret crm >"$box/secrets"
must candor outgoing retry "$(the_id)"
must candor outgoing send
it 'with one it is taken' all_taken
it '... signed' is "$(got 'row["secret"] == 0')" 1
it '... by an id that is the key too' is "$(got 'row["id"] == row["key"]')" 1
it '... and nobody is named' is "$(got '"P2" in row["body"] or "example.org" in row["body"]')" 0
it 'nothing waits' waiting 0

# ---- who fails, and then works ---------------------------------------------------------------------

anew
echo 500x3 >"$box/mode"
tell give P3
for _ in 1 2 3; do
    candor outgoing send
    it 'not taken is said' is "$rc" 1
    tell withdraw P3
    tell give P3
    must candor outgoing retry "$(the_id)"
done
it 'one message waits, whatever happens meanwhile' waiting 1
must candor outgoing send
it 'the fourth try is taken' is "$(got 'row["code"] == 204')" 1
it '... of one id' is "$(ids True | wc -w)" 1
it '... of one body' is "$(python3 -c "
import json, sys
print(len({json.loads(line)['body'] for line in open(sys.argv[1])}))" "$box/got")" 1
must candor outgoing send
it 'then what came meanwhile' all_taken
it '... as another' is "$(ids True | wc -w)" 2

# ---- who leads us elsewhere, and who cannot know us -----------------------------------------------

anew
echo 302 >"$box/mode"
tell give P4
candor outgoing send
it 'a redirect is not taken' is "$rc $(got True)" '1 1'
it '... and not followed' is "$(got 'row["path"] == "/elsewhere"')" 0
echo 204 >"$box/mode"
cp "$box/secrets" "$box/kept"
echo whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA= >"$box/secrets"
must candor outgoing retry "$(the_id)"
candor outgoing send
it 'who has another secret refuses' is "$rc $(got 'row["code"] == 401')" '1 1'
cp "$box/kept" "$box/secrets"
must candor outgoing retry "$(the_id)"
must candor outgoing send
it 'with ours it is taken' all_taken

# ---- a new secret ----------------------------------------------------------------------------------

anew
new=$(value_of secret share secret crm --renew)
tell give P5
must candor outgoing send
it 'while it changes there are two signatures' is "$(got 'row["signatures"] == 2')" 1
it '... and the old secret opens it' is "$(got 'row["secret"] == 0')" 1
echo "$new" >"$box/secrets"
tell give P6
must candor outgoing send
it '... and the new one' is "$(got 'row["signatures"] == 2 and row["code"] == 204')" 2
candor audit security --json || true
it 'the audit says so' grep -q 'its old secret is valid beside the new one' "$scratch/out"
must candor share secret crm --retire
tell give P7
must candor outgoing send
it 'then there is one' is "$(got 'row["signatures"] == 1 and row["secret"] == 0')" 1
it 'and nothing was lost' all_taken
candor share secret crm --retire
it 'there is no older one' said 2 'no old secret'
candor share secret crm --renew --retire
it 'two steps at once' said 2 'two steps'

# ---- who is slow, and a server that is killed -----------------------------------------------------

anew
echo slow >"$box/mode"
tell give P8
candor outgoing send --json
it 'nobody is waited for for ever' is "$rc" 1
it '... and no answer is not a code' value_is code 0
it '... which a person can read' grep -q '"problem": ".' "$scratch/out"
must candor outgoing retry "$(the_id)"

# in_the_middle: the server is killed while the receiver has its message and does not answer.
in_the_middle() {
    local before
    before=$(got True)
    begin
    for _ in $(seq 100); do
        [ "$(got True)" -eq "$before" ] || break
        sleep 0.1
    done
    kill -9 "$server"
    wait "$server" 2>/dev/null
    server=
    [ "$(got True)" -gt "$before" ]
}
for person in 9 10 11; do
    it 'killed with kill -9 in the middle' in_the_middle
    tell give "P$person"
done
it 'the message still waits' waiting 1
echo 204 >"$box/mode"
begin
for _ in $(seq 100); do
    [ "$(got 'row["code"] == 204')" -eq 0 ] || break
    sleep 0.1
done
stop
it 'begun again it is taken' is "$(got 'row["code"] == 204')" 1
it '... under the id of the first try' is "$(ids True | wc -w)" 1
must candor outgoing send
it 'and what came meanwhile' all_taken
must candor ledger verify

# ---- nobody takes it --------------------------------------------------------------------------------

cp -a "$home" "$scratch/future"
present=$home
home=$scratch/future
anew
echo 503 >"$box/mode"
tell give P12
at() { LD_PRELOAD=$later LATER=$1 candor "${@:2}"; }
for day in $(seq 0 9); do
    at $((day * 172800)) outgoing send --json || true
done
it 'ten tries' is "$(got True)" 10
it '... of one id' is "$(ids True | wc -w)" 1
it '... the last of which gives it up' value_is outcome given_up
dead=$(value id)
it 'it lies aside' waiting 0 1
at 1800000 outgoing send
it '... and is not sent again' is "$(got True)" 10
at 1800000 outgoing list
it '... which is a finding' is "$rc" 1
echo 204 >"$box/mode"
at 1800000 consent give P13 --purpose news --json
told+=("$(value ledger_index)")
at 1800000 outgoing send
it 'what comes after it is told' is "$(got 'row["code"] == 204')" 1
must at 1800000 outgoing retry "$dead"
must at 1800000 outgoing send
it 'tried again it is taken' all_taken
it '... under its id' is "$(ids True | wc -w)" 2
at 1800000 outgoing drop "$dead"
it 'what was taken cannot be forgotten' said 2 'no outgoing of that name'
must at 1800000 ledger verify
home=$present

# ---- where we do not go -----------------------------------------------------------------------------

anew
tell give P14
echo 503 >"$box/mode"
candor outgoing send
policy "http://127.0.0.1:$port/other"
must candor outgoing retry "$(the_id)"
anew
candor outgoing send --json
it 'an address that candor.yaml has no more' is "$rc $(got True)" '1 0'
it '... is named as such' grep -q 'stands in candor.yaml no more' "$scratch/out"
must candor outgoing drop "$(the_id)"
for url in "https://127.0.0.1:$port/crm" "https://localhost:$port/crm" "https://[::1]:$port/crm" \
    "https://0.0.0.0:$port/crm" "https://2130706433:$port/crm" "https://10.0.0.1/crm" "https://169.254.169.254/latest"; do
    policy "$url"
    tell withdraw P14
    tell give P14
    candor outgoing send --json
    it "$url is not of the open Internet" is "$rc $(got True)" '1 0'
    it '... as it says' grep -qiE 'private|public|open internet|own network' "$scratch/out"
    must candor outgoing drop "$(the_id)"
done
for url in "http://crm.example/in" "http://localhost:$port/in" "https://u:p@crm.example/in" "ftp://127.0.0.1/in" \
    "https://crm.example/in?key=1" "file:///etc/passwd"; do
    policy "$url"
    candor outgoing list
    it "$url is no address for a webhook" said 2 'url'
done
it 'nobody was named in the log' sh -c "! grep -qE 'example.org' '$scratch/log'"
done_testing
