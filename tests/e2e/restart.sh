#!/usr/bin/env bash
# restart.sh PROGRAM - a server that is ended and begun again under load, by SIGTERM and by SIGKILL, on a socket
# that stays: no connection is refused, all that was answered is there, and the ledger verifies.
#
#   ROUNDS   how many restarts; 30 is a good look
#   SEED     of the order, printed
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
cd "$scratch" || exit 1
command -v python3 >/dev/null || { echo 'python3 is missing' >&2; exit 77; }
rounds=${ROUNDS:-6}
seed=${SEED:-$RANDOM}
printf 'seed %s, %s restarts\n' "$seed" "$rounds"

home=shop
must candor init shop --name shop
cat >shop/candor.yaml <<'YAML'
candor: 1
name: shop
channels: [email]
purposes:
  - {name: news, basis: consent, wording: May we write?, wording_version: "1", channels: [email], direct_marketing: true}
  - {name: service, basis: contract}
subjects:
  identifier: identifier
  fields: [{name: email, pii: email, lookup: true, purposes: [news, service]}]
events:
  - {name: bought, purposes: [service], properties: [{name: amount, type: number, min: 0, required: true}]}
tracking:
  begin: [service]
  events: [{track: Order Completed, event: bought, properties: {total: amount}}]
campaigns:
  - {name: welcome, purpose: news, channel: email, address: email, offers: [{name: hello}]}
YAML
{
    echo identifier,email
    for i in 0 1 2 3; do
        for j in 0 1 2 3 4; do
            echo "p$i-$j,p$i.$j@example.org"
        done
    done
} >subjects.csv
must candor import subjects subjects.csv
key=$(value_of key key add website --roles machine,privacy)
tracker=$(value_of key key add web --roles tracker)
it 'no answer is lost and no connection refused' timeout 600 python3 "$tests_dir/restart.py" load "$key" "$tracker" \
    "$seed" "$rounds" "$program" --home shop --operator ana serve 2>log
it 'every server took the socket that was handed over' test "$(grep -c '"handed_over":1' log)" = $((rounds + 1))
it 'nothing failed' bash -c '! grep -q "\"level\":\"error\"" log'
it 'the ledger verifies' candor ledger verify
LISTEN_PID=1 LISTEN_FDS=1 begin
it 'a socket that was meant for another is left alone' curl -sf -o /dev/null "$url/healthz"
stop
done_testing
