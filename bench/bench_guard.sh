#!/usr/bin/env bash
# bench_guard.sh BUILD - what the guard adds to a chat with a language model, beside a direct connection in the
# same run, and the memory of a thousand streams. Provider and client are one process with one clock.
set -euo pipefail
export LC_ALL=C.UTF-8
here=$(cd "$(dirname "$0")" && pwd)
candor=$(readlink -f "$1")/candor
scratch=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null || true; rm -rf "$scratch"' EXIT
command -v python3 >/dev/null || {
    echo "skipped: no python3"
    exit 0
}
ulimit -n 8192 2>/dev/null || true
cd "$scratch"
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
"$candor" --operator ana init shop --name shop --json >/dev/null
cat >shop/candor.yaml <<YAML
candor: 1
name: shop
purposes: [{name: service, basis: contract}]
subjects: {identifier: identifier, fields: [{name: age, type: number, min: 0, max: 120, purposes: [service]}]}
server: {requests_per_second: 100000, request_burst: 100000}
guard:
  providers: [{name: ours, url: "http://127.0.0.1:$port/v1", models: [{name: m}]}]
YAML
key=$("$candor" --home shop --operator ana key add app --roles machine --json | sed -n 's/.*"key": *"\(cnd_[0-9a-f]*\)".*/\1/p')
"$candor" --home shop --operator ana serve --listen 127.0.0.1:0 >address 2>log &
server=$!
url=
for _ in $(seq 100); do
    url=$(sed -n 's/.*http:\/\/\([^ ]*\).*/\1/p' address)
    [ -z "$url" ] || break
    sleep 0.1
done
python3 "$here/guard_streams.py" "$port" "${url##*:}" "$key" "$server" "${2-1000}"
