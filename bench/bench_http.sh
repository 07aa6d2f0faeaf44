#!/usr/bin/env bash
# bench_http.sh BUILD [SECONDS [SUBJECTS [CONNECTIONS]]] - decisions over HTTP, each durable on the
# ledger before it is answered, beside /healthz of the same server in the same run: the difference
# is what a decision costs, the rest is HTTP. Needs wrk.
set -euo pipefail
export LC_ALL=C.UTF-8
program=$(readlink -f "$1/candor")
seconds=${2:-10}
subjects=${3:-1000}
connections=${4:-64}
scratch=$(mktemp -d)
server=
trap 'if [ -n "$server" ]; then kill "$server" 2>/dev/null || true; fi; rm -rf "$scratch"' EXIT
cd "$scratch"

"$program" init shop --name shop --json >/dev/null
{
    echo identifier,email,age,sex
    for i in $(seq "$subjects"); do echo "s$i,s$i@example.org,$((18 + i % 60)),f"; done
} >subjects.csv
{
    echo identifier,purpose,decision,time
    for i in $(seq "$subjects"); do echo "s$i,email_marketing,given,2026-01-01"; done
} >consents.csv
"$program" --home shop import subjects subjects.csv --json >/dev/null
"$program" --home shop import consents consents.csv --json >/dev/null
key=$("$program" --home shop key add bench --roles machine --json |
    sed -n 's/.*"key": *"\(cnd_[0-9a-f]*\)".*/\1/p')

cat >decide.lua <<LUA
local at = 0
request = function()
    at = at % $subjects + 1
    return wrk.format("POST", "/v1/decide",
        {["Authorization"] = "Bearer $key", ["Content-Type"] = "application/json"},
        '{"identifier":"s' .. at .. '","campaign":"welcome"}')
end
LUA
cat >done.lua <<'LUA'
done = function(summary, latency)
    local errors = summary.errors
    io.write(string.format("%.0f requests/s   p50 %.2f ms   p99 %.2f ms   failed %d\n",
        summary.requests / (summary.duration / 1e6), latency:percentile(50) / 1e3,
        latency:percentile(99) / 1e3,
        errors.status + errors.connect + errors.read + errors.write + errors.timeout))
end
LUA
cat done.lua >>decide.lua

: >address # before the server opens it
"$program" --home shop serve --listen 127.0.0.1:0 >address 2>log &
server=$!
url=
for _ in $(seq 100); do
    url=$(sed -n 's/.*\(http:[^ ]*\).*/\1/p' address)
    [ -n "$url" ] && break
    sleep 0.1
done

measure() { # NAME SCRIPT PATH
    printf '%-12s %s\n' "$1" "$(wrk -t2 -c"$connections" -d"${seconds}s" -s "$2" "$url$3" | tail -1)"
}
printf '%s subjects, %s connections, %s s each, %s processors\n' "$subjects" "$connections" \
    "$seconds" "$(nproc)"
measure /healthz done.lua /healthz
measure /v1/decide decide.lua /v1/decide
curl -sS "$url/metrics" | awk '/^candor_decisions_total/ {made = $2}
    /^candor_commit_groups_total/ {printf "%.1f decisions a commit\n", made / $2}'
kill -TERM "$server"
wait "$server"
server=
"$program" --home shop ledger verify | head -3
