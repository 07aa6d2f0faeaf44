#!/usr/bin/env bash
# bench_http.sh BUILD [SECONDS [SUBJECTS [CONNECTIONS]]] - decisions over HTTP, each durable on the
# ledger before it is answered, by the server's own processor time, beside nginx's `return 200` with the
# same requests and /healthz of our own server in the same run. On a machine that others use too, requests
# a second say little; time of the server's processors for a request says more. Needs wrk and nginx.
#
# Two homes: SUBJECTS people and a campaign without a model, and a demo company whose campaign chooses
# by a model, so that features, score and reasons are in the figure (a few of its rows are bad on purpose, and
# those people are not known: these are the failed).
#
# At half of what it can take, answers are timed from the instant at which each was due (http_paced), beside nginx at
# the same rate and beside the disk: what is durable comes no sooner than a sync of it. Last, tracked events.
set -euo pipefail
export LC_ALL=C.UTF-8
here=$(cd "$(dirname "$0")" && pwd)
program=$(readlink -f "$1/candor")
generate=$(readlink -f "$1/demo/generate")
seconds=${2:-10}
subjects=${3:-1000}
connections=${4:-64}
paced=$(readlink -f "$1/bench/http_paced")
batch=${BATCH:-100}
people_of_model=${PEOPLE_OF_MODEL:-2000}
export PATH=$PATH:/usr/sbin CANDOR_OPERATOR=ana
scratch=$(mktemp -d)
server=
trap 'if [ -n "$server" ]; then kill "$server" 2>/dev/null || true; fi; rm -rf "$scratch"' EXIT
cd "$scratch"

ticks=$(getconf CLK_TCK)
# Of a process and its children, in ticks.
spent() {
    cat "/proc/$1/stat" $(pgrep -P "$1" | sed 's|.*|/proc/&/stat|') 2>/dev/null |
        sed 's/.*) //' | awk '{t += $12 + $13} END {print t}'
}

cat >done.lua <<'LUA'
done = function(summary, latency)
    local errors = summary.errors
    io.write(string.format("%d %.0f %.2f %.2f %d\n", summary.requests,
        summary.requests / (summary.duration / 1e6), latency:percentile(50) / 1e3,
        latency:percentile(99) / 1e3,
        errors.status + errors.connect + errors.read + errors.write + errors.timeout))
end
LUA
base=
measure() { # NAME SCRIPT URL
    local before after count rate half most failed each
    wrk -t1 -c"$connections" -d1s -s "$2" "$3" >/dev/null
    before=$(spent "$server")
    wrk -t1 -c"$connections" -d"${seconds}s" -s "$2" "$3" >said
    after=$(spent "$server")
    read -r count rate half most failed < <(tail -1 said)
    each=$(awk -v t=$((after - before)) -v hz="$ticks" -v n="$count" 'BEGIN {printf "%.1f", t / hz * 1e6 / n}')
    base=${base:-$each}
    printf '%-34s %6s us  %5.1f x   %7s requests/s   p50 %s ms   p99 %s ms   failed %s\n' "$1" "$each" \
        "$(awk -v a="$each" -v b="$base" 'BEGIN {print a / b}')" "$rate" "$half" "$most" "$failed"
}

asking() { # KEY CAMPAIGN: wrk's script over the identifiers in who.txt
    cat <<LUA
local who = {}
for line in io.lines("$scratch/who.txt") do who[#who + 1] = line end
local at = 0
request = function()
    at = at % #who + 1
    return wrk.format("POST", "/v1/decide",
        {["Authorization"] = "Bearer $1", ["Content-Type"] = "application/json"},
        '{"identifier":"' .. who[at] .. '","campaign":"$2"}')
end
LUA
    cat done.lua
}

new_key() { "$program" --home "$1" key add bench --roles machine --json | sed -n 's/.*"key": *"\(cnd_[0-9a-f]*\)".*/\1/p'; }

serve() { # HOME: the server's address in $url
    : >address # before the server opens it
    "$program" --home "$1" serve --listen 127.0.0.1:0 >address 2>log &
    server=$!
    url=
    for _ in $(seq 100); do
        url=$(sed -n 's/.*\(http:[^ ]*\).*/\1/p' address)
        [ -z "$url" ] || break
        sleep 0.1
    done
}

stop() {
    kill -TERM "$server"
    wait "$server" || true
    server=
}

groups() {
    curl -sS "$url/metrics" | awk '/^candor_decisions_total/ {made = $2}
        /^candor_commit_groups_total/ {printf "%34s %.1f decisions a commit\n", "", made / $2}'
}

# ---- homes -------------------------------------------------------------------------------------

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

"$generate" --subjects "$people_of_model" --seed 7 --out data >/dev/null
"$program" init demo --name demo --json >/dev/null
cp "$here/../demo/candor.yaml" demo/candor.yaml
for kind in subjects consents events; do
    "$program" --home demo import "$kind" "data/$kind.csv" --json >/dev/null
done
"$program" --home demo import events data/responses.csv --map "$here/../demo/responses.yaml" --json >/dev/null
"$program" --home demo train lead --repair reweigh --json >/dev/null
"$program" --home demo model publish lead --json >/dev/null

# ---- measured ----------------------------------------------------------------------------------

printf '%s connections, %s s each, %s processors, load %s\n' "$connections" "$seconds" "$(nproc)" \
    "$(cut -d' ' -f1-3 /proc/loadavg)"

cat >nginx.conf <<CONF
worker_processes 2;
daemon off;
pid $scratch/nginx.pid;
error_log $scratch/nginx.log;
events { worker_connections 1024; }
http {
    access_log off;
    keepalive_requests 1000000000;
    server { listen unix:$scratch/unused; listen 127.0.0.1:18473; location / { return 200 "{}\n"; } }
}
CONF
chmod 755 "$scratch"
seq -f 's%g' "$subjects" >who.txt
asking cnd_0000000000000000000000000000000000000000000000000000000000000000 welcome >nginx.lua
nginx -e "$scratch/nginx.log" -c "$scratch/nginx.conf" &
server=$!
sleep 0.5
measure 'nginx, return 200' nginx.lua http://127.0.0.1:18473/v1/decide
stop

key=$(new_key shop)
asking "$key" welcome >decide.lua
serve shop
measure /healthz done.lua "$url/healthz"
measure "/v1/decide, $subjects people" decide.lua "$url/v1/decide"
sed 's|/v1/decide|/v1/permit|; s|"campaign":"welcome"|"purpose":"email_marketing","channel":"email"|' decide.lua >permit.lua
measure "/v1/permit, $subjects people" permit.lua "$url/v1/permit"
groups
stop
"$program" --home shop ledger verify | head -1

key=$(new_key demo)
tail -n +2 data/subjects.csv | cut -d, -f1 >who.txt
asking "$key" spring >spring.lua
serve demo
measure "/v1/decide with a model, $(wc -l <who.txt) people" spring.lua "$url/v1/decide"
groups
half=$(awk '{print int($2 / 2)}' <(tail -1 said))
printf '\nat half of that, %s a second\n' "$half"
paced() { "$paced" "$1" "$key" spring who.txt "$half" "$seconds" "$connections"; }
printf '%-34s ' '/v1/decide with a model' && paced "${url##*:}"
curl -sS "$url/metrics" | awk '/^candor_(sends|withheld)_total/'
stop
nginx -e "$scratch/nginx.log" -c "$scratch/nginx.conf" &
server=$!
sleep 0.5
printf '%-34s ' 'nginx, return 200' && paced 18473
stop
printf '%-34s ' 'the disk, 16 KB synced' && "$paced" --disk "$scratch/synced" "$seconds"
"$program" --home demo ledger verify | head -1

# ---- tracked events ------------------------------------------------------------------------------

key=$("$program" --home demo key add backend --roles tracker --json | sed -n 's/.*"key": *"\(cnd_[0-9a-f]*\)".*/\1/p')
basic=$(printf '%s:' "$key" | base64 -w0)
cat done.lua - >track.lua <<LUA
local who = {}
for line in io.lines("$scratch/who.txt") do who[#who + 1] = line end
local at = 0
local run = io.open("/proc/sys/kernel/random/uuid"):read() -- of each run: what came before is not kept again
request = function()
    local message = {}
    for i = 1, $batch do
        at = at + 1
        message[i] = '{"type":"track","event":"Product Viewed","userId":"' .. who[at % #who + 1] .. '","messageId":"' ..
            run .. "-" .. at .. '","properties":{"category":"home"},"timestamp":"2026-11-01T10:00:00Z"}'
    end
    return wrk.format("POST", "/v1/batch", {["Authorization"] = "Basic $basic", ["Content-Type"] = "application/json"},
        '{"batch":[' .. table.concat(message, ",") .. '],"sentAt":"2026-11-01T10:00:00Z"}')
end
LUA
cat >>track.lua <<'LUA'
local threads = {}
setup = function(thread) table.insert(threads, thread) end
response = function(status, headers, body) kept = (kept or 0) + tonumber(body:match('"kept": ?(%d+)') or 0) end
local told = done
done = function(summary, latency)
    io.write(string.format("%.0f\n", threads[1]:get("kept") / (summary.duration / 1e6)))
    told(summary, latency)
end
LUA
serve demo
printf '\n'
measure "/v1/batch of $batch events" track.lua "$url/v1/batch"
printf '%34s %s events sealed and kept a second\n' '' "$(tail -2 said | head -1)"
stop
"$program" --home demo ledger verify | head -1
