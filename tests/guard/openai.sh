#!/usr/bin/env bash
# openai.sh PROGRAM CACHE - the real client of OpenAI's interface, from npm, against the program's server and a
# provider of ours. It is pinned by package-lock.json and installed into CACHE once. Without node or npm the
# test says so and is skipped.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/../e2e/lib.sh"
# shellcheck source=tests/guard/lib.sh
. "$(dirname "$0")/lib.sh"
cache=$2
for needed in node npm; do
    command -v "$needed" >/dev/null || {
        echo "skipped: no $needed; apt-get install nodejs npm"
        exit 77
    }
done
mkdir -p "$cache"
cache=$(cd "$cache" && pwd)
if ! cmp -s "$guard_dir/package-lock.json" "$cache/installed"; then
    cp "$guard_dir/package.json" "$guard_dir/package-lock.json" "$cache"
    if ! (cd "$cache" && npm ci --ignore-scripts --no-audit --no-fund --fetch-retries=1 --fetch-timeout=30000) >"$scratch/npm" 2>&1; then
        echo "skipped: npm cannot install the client: $(grep -m 1 -i 'error' "$scratch/npm" || tail -n 1 "$scratch/npm")"
        exit 77
    fi
    cp "$guard_dir/package-lock.json" "$cache/installed"
fi
export NODE_PATH="$cache/node_modules"
cd "$scratch" || exit 1
begin_provider
patience=60 # a busy machine is no fault
new_shop
begin
it 'the client is served as it wants' node "$guard_dir/client.cjs" "$url" "$key"
stop
config 'budget: {requests_per_day: 3}'
printf 'server: {requests_per_second: 1}\n' >>shop/candor.yaml
key=$(value_of key key add few --roles machine)
begin
it 'the client waits as it is told' node "$guard_dir/client.cjs" "$url" "$key" again
stop
it 'the ledger holds' candor ledger verify
it 'no value and no canary left' bash -c '! grep -qF -e "$1" -e "$2" -e person provider/got' bash "$mail" "$canary"
done_testing
