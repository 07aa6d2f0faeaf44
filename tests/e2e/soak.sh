#!/usr/bin/env bash
# soak.sh PROGRAM GENERATE - a home of the demo company under mixed load: soak.py says what is asked of it, and
# what it may take of memory, descriptors and threads meanwhile. The ledger verifies at the end.
#
#   SOAK_SECONDS   how long; script/soak takes 600
#   SEED           of what is asked, printed
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
command -v python3 >/dev/null || { echo 'python3 is missing' >&2; exit 77; }
seconds=${SOAK_SECONDS:-20}
seed=${SEED:-$RANDOM}
printf 'seed %s, %s seconds\n' "$seed" "$seconds"

new_home "$scratch/shop"
sed -i 's/min_score: 0.05/min_score: 0/; s/on_fail: stop/on_fail: warn/' "$home/candor.yaml"
fill_home 800 7
must candor train lead
must candor model publish lead
awk -F, 'NR > 1 && $1 ~ /^C0/ && NF == 9 { print $1 }' "$data/subjects.csv" | sort -u | head -n 600 >"$scratch/people"
printf '{"machine": "%s", "tracker": "%s"}\n' "$(value_of key key add shop --roles machine,privacy)" \
    "$(value_of key key add web --roles tracker)" >"$scratch/keys"
invitation=$(value_of path operator invite ana)
begin
it 'the load is borne' timeout $((seconds + 300)) python3 "$tests_dir/soak.py" "$url" "$server" "$seconds" "$seed" \
    "$scratch/keys" "$scratch/people" "$invitation"
stop
it 'nothing failed' bash -c '! grep -E "\"level\":\"error\"" "$1" | head -n 3 | grep .' _ "$scratch/log"
it 'the log holds nobody and no key' bash -c '! grep -qE "C0[0-9]{4}|example\.org|cnd_" "$1"' _ "$scratch/log"
it 'the ledger verifies' candor ledger verify
done_testing
