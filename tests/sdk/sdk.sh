#!/bin/sh
# The real SDKs of Segment and RudderStack, from npm, against the program's server.
#
#     sdk.sh CANDOR CACHE
#
# They are pinned by package-lock.json and installed into CACHE once. Without node, npm or their server
# the test says so and is skipped.
set -eu
export LC_ALL=C.UTF-8
candor=$1 cache=$2
here=$(cd "$(dirname "$0")" && pwd)
scratch=$(mktemp -d)
server=
trap 'if [ -n "$server" ]; then kill "$server" 2>/dev/null || true; fi; rm -rf "$scratch"' EXIT

for program in node npm; do
    command -v "$program" >/dev/null || {
        echo "skipped: no $program; apt-get install nodejs npm"
        exit 77
    }
done
mkdir -p "$cache"
if ! cmp -s "$here/package-lock.json" "$cache/installed"; then
    cp "$here/package.json" "$here/package-lock.json" "$cache"
    if ! (cd "$cache" && npm ci --ignore-scripts --no-audit --no-fund) >"$scratch/npm" 2>&1; then
        echo "skipped: npm cannot install the SDKs: $(grep -m 1 -i 'error' "$scratch/npm" || tail -n 1 "$scratch/npm")"
        exit 77
    fi
    cp "$here/package-lock.json" "$cache/installed"
fi
export NODE_PATH="$cache/node_modules"
cd "$scratch"
wrong=0

# ---- a home and its server -------------------------------------------------------------------------

"$candor" init shop --name shop --json >/dev/null
cat >shop/candor.yaml <<'YAML'
candor: 1
name: shop
channels: [email]
purposes:
  - {name: measurement, basis: consent, wording: May we count?, wording_version: "1"}
  - {name: service, basis: contract}
subjects:
  identifier: identifier
  fields:
    - {name: email, pii: email, lookup: true, purposes: [service]}
    - {name: age, type: number, min: 16, max: 120, purposes: [service]}
    - {name: company, type: category, purposes: [service]}
events:
  - name: bought
    purposes: [service]
    properties: [{name: amount, type: number, min: 0}]
  - {name: viewed, purposes: [measurement], properties: [{name: path, type: text}]}
signals:
  purposes: [{purpose: measurement, track: [Analytics]}]
tracking:
  begin: [service]
  join: [service]
  group: company
  traits: {years: age}
  events:
    - {track: Order Completed, event: bought, properties: {total: amount}}
    - {page: "*", event: viewed}
YAML
new_key() {
    "$candor" --home shop key add "$1" --roles "$2" --json |
        sed -n 's/.*"key": *"\(cnd_[0-9a-f]*\)".*/\1/p'
}
key=$(new_key backend tracker)
privacy_key=$(new_key privacy privacy)
"$candor" --home shop serve --listen 127.0.0.1:0 >address 2>log &
server=$!
url=
for _ in $(seq 600); do
    url=$(sed -n 's/.*\(http:[^ ]*\).*/\1/p' address)
    [ -z "$url" ] || break
    sleep 0.1
done

send() { # KEY WHAT
    node "$here/send.cjs" "$url" "$1" "$2" 2>said || return 1
}
not_true() {
    echo "not true: $*"
    wrong=1
}
look() { # IDENTIFIER
    curl -sS -H "Authorization: Bearer $privacy_key" "$url/v1/subjects/$1/export" | tr -d ' \n' >body
}
# PERSON ORDERS: what each person has after the calls were kept once.
check() {
    look "$1-user"
    for text in '"value":41' "$1-user@example.org" "$1-group" '"amount":12.5' '"amount":3' '"path":"/"'; do
        grep -qF -- "$text" body || not_true "$1 has $text: $(head -c 600 body)"
    done
    ! grep -q 'without-consent' body || not_true "$1: a page without consent is not kept"
    orders=$(grep -o '"amount":12.5' body | wc -l)
    [ "$orders" -eq 1 ] || not_true "$1 has one order of 12.5, not $orders"
}

# ---- every call, then all of it again, then over a bad line ----------------------------------------

send "$key" all || not_true "the SDKs send: $(cat said)"
check sam
check rob
send "$key" all || not_true "the SDKs send again: $(cat said)"
check sam
check rob
send "$key" flaky || not_true "the SDKs come through 503, 429 and a lost answer: $(cat said)"
check fay
check flo
! send cnd_000000000000000000000000000000000000000000000000 all || not_true 'a wrong key is a failure that the SDKs see'

kill "$server"
wait "$server" || true
server=
"$candor" --home shop ledger verify >said 2>&1 || not_true "the ledger holds: $(cat said)"
[ "$wrong" -eq 0 ] || exit 1
echo 'the SDKs of Segment and RudderStack work'
