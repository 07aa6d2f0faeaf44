#!/usr/bin/env bash
# race.sh PROGRAM RACE - no send after no: threads on one home, processes on one server, and commands
# that contend for the home's lock. ROUNDS=10000 is the full form (script/race); 400 without.
set -uo pipefail
export LC_ALL=C.UTF-8
unset CANDOR_HOME CANDOR_OPERATOR
program=$(readlink -f "$1")
race=$(readlink -f "$2")
rounds=${ROUNDS:-400}
scratch=$(mktemp -d)
server=
trap 'if [ -n "$server" ]; then kill "$server" 2>/dev/null; wait "$server" 2>/dev/null; fi; rm -rf "$scratch"' EXIT
cd "$scratch" || exit 1
wrong=0

not_true() {
    printf 'not true: %s\n' "$*"
    wrong=$((wrong + 1))
}

new_home() { # DIR SUBJECTS CAMPAIGNS
    "$program" --operator ana init "$1" >/dev/null || exit 1
    cat >"$1/candor.yaml" <<'YAML'
candor: 1
name: Race
channels: [email]
purposes:
  - {name: news, basis: consent, wording: May we?, wording_version: "1", channels: [email]}
subjects:
  identifier: identifier
  fields: [{name: email, pii: email, purposes: [news]}]
campaigns:
YAML
    for ((i = 0; i < $3; i++)); do
        echo "  - {name: spring$i, purpose: news, channel: email, address: email," \
            "offers: [{name: gift, title: A gift}]}"
    done >>"$1/candor.yaml"
    { echo identifier,email; for ((i = 0; i < $2; i++)); do echo "s$i,s$i@x.example"; done; } >people.csv
    "$program" --home "$1" import subjects people.csv >/dev/null || exit 1
}

# Half for each; each subject has twenty rounds, and there are two who speak: multiples of forty.
half=$(((rounds / 2 + 39) / 40 * 40))

# ---- threads -------------------------------------------------------------------------------------
new_home threads $((half / 20)) 1
"$race" threads threads $half || not_true 'threads: nothing goes out after its no'
"$program" ledger verify threads >/dev/null || not_true 'threads: the ledger is sound'

# ---- processes -----------------------------------------------------------------------------------
new_home processes $((half / 20)) 1
key=$("$program" --home processes key add race --roles machine,privacy --json |
    sed -n 's/.*"key": *"\(cnd_[0-9a-f]*\)".*/\1/p')
"$program" --home processes serve --listen 127.0.0.1:0 >address 2>log &
server=$!
for _ in $(seq 600); do
    port=$(sed -n 's/.*127.0.0.1:\([0-9]*\).*/\1/p' address)
    [ -n "$port" ] && break
    sleep 0.1
done
"$race" processes processes $half "$port" "$key" || not_true 'processes: nothing goes out after its no'
"$program" --home processes consent withdraw s0 --purpose news >/dev/null 2>&1 &&
    not_true 'a command changes nothing while the server has the home'
kill "$server" && wait "$server"
server=
"$program" ledger verify processes >/dev/null || not_true 'processes: the ledger is sound'

# ---- commands: a plan is handed over while somebody says no --------------------------------------
commands=$((rounds / 50 < 8 ? 8 : rounds / 50 < 60 ? rounds / 50 : 60)) # a campaign is sent once
new_home commands 3 $commands
"$program" --home commands operator add bea --roles approver >/dev/null
sent=0
dropped=0
until_done() { # COMMAND...: the home has one user at a time; wait for the turn
    until "$program" --home commands "$@" --json >"$out" 2>"$out.err"; do
        grep -q 'held by' "$out.err" || return 1
    done
}
for ((i = 0; i < commands; i++)); do
    for s in s0 s1 s2; do out=$scratch/give until_done consent give $s --purpose news; done
    out=$scratch/plan until_done plan "spring$i" || not_true "plan: $(cat "$scratch/plan.err")"
    out=$scratch/approve until_done --operator bea approve "spring$i" || not_true "approve: $(cat "$scratch/approve.err")"
    rm -f contacts.csv
    { # either may come first
        sleep "0.0$((RANDOM % 4))"
        out=$scratch/send until_done send "spring$i" --to contacts.csv
    } &
    sender=$!
    {
        sleep "0.0$((RANDOM % 4))"
        out=$scratch/no until_done consent withdraw s1 --purpose news
    } &
    speaker=$!
    wait $sender || not_true "send: $(cat "$scratch/send.err")"
    wait $speaker || not_true "withdraw: $(cat "$scratch/no.err")"
    no_index=$(sed -n 's/.*"ledger_index": \([0-9]*\).*/\1/p' "$scratch/no" | tail -n 1)
    send_index=$(sed -n 's/.*"ledger_index": \([0-9]*\).*/\1/p' "$scratch/send" | tail -n 1)
    if grep -q '^s1,' contacts.csv; then
        sent=$((sent + 1)) # the ledger has the order: the hand-over was over before the no
        [ "$send_index" -lt "$no_index" ] || not_true "round $i: handed over after the no"
    else
        dropped=$((dropped + 1))
        [ "$no_index" -lt "$send_index" ] || not_true "round $i: dropped before the no"
    fi
done
printf 'commands: %d rounds, %d handed over before the no, %d dropped after it\n' "$commands" $sent $dropped
[ $wrong -eq 0 ]
