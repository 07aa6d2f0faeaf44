#!/usr/bin/env bash
# watch.sh PROGRAM GENERATE - what the home watches while it decides, and what it says about itself when it is
# asked as somebody would look at it who wants to break in.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

new_home "$scratch/home"
fill_home 700 11

# ---- two tables ------------------------------------------------------------------------------

awk 'BEGIN {print "spent,town"; for (i = 0; i < 3000; i++) printf "%d,%s\n", i % 20 ? 0 : i, i % 3 ? "cork" : "delft"}' >"$scratch/a.csv"
awk 'BEGIN {print "spent,town"; for (i = 0; i < 2000; i++) printf "%d,%s\n", i % 5 ? 0 : i, i % 3 ? "cork" : "delft"}' >"$scratch/b.csv"
drift() { "$program" drift "$@" >"$scratch/out" 2>"$scratch/err"; rc=$?; }
drift "$scratch/a.csv" "$scratch/b.csv" --json
it 'a column of zeros that fills is drift' [ "$rc" -eq 1 ]
it 'its deciles see nothing' grep -qE '"psi": ([0-9.]+e-0[4-9]|0\.00)' "$scratch/out"
drift "$scratch/a.csv" "$scratch/b.csv" --columns town
it 'the other column is as it was' [ "$rc" -eq 0 ]
it 'in words' grep -q 'town.*stable' "$scratch/out"
drift "$scratch/a.csv" "$scratch/b.csv" --columns nowhere
it 'a column that is not there is said' said 2 "no column 'nowhere'"
drift "$scratch/none.csv" "$scratch/b.csv"
it 'and a file that is not there' [ "$rc" -eq 2 ]

# ---- the home watches ------------------------------------------------------------------------

box=$scratch/box
mkdir "$box"
: >"$box/got"
echo 204 >"$box/mode"
: >"$box/secrets"
python3 "$tests_dir/receiver.py" "$box" &
receiver=$!
cleanups+=('kill "$receiver" 2>/dev/null || true')
for _ in $(seq 100); do
    [ ! -f "$box/port" ] || break
    sleep 0.1
done
printf '\nwebhooks:\n  - {name: oncall, url: "http://127.0.0.1:%s/alarms", events: [alarm]}\n' "$(cat "$box/port")" >>"$home/candor.yaml"
value_of secret share secret oncall >"$box/secrets"
must candor outgoing send
must candor train lead
must candor model publish lead
key=$(value_of key key add web --roles machine)

# ask COUNT FILE: decisions about those of the file, in an order drawn once.
ask() {
    python3 - "$where" "$key" "$2" "$1" <<'PY'
import csv, http.client, json, random, sys
host, key, path, count = sys.argv[1:]
who = [row["identifier"] for row in csv.DictReader(open(path)) if row["identifier"]]
draw = random.Random(5)
connection = http.client.HTTPConnection(host, timeout=60)
for _ in range(int(count)):
    connection.request("POST", "/v1/decide", json.dumps({"identifier": draw.choice(who), "campaign": "spring"}),
                       {"Authorization": "Bearer " + key, "Content-Type": "application/json"})
    connection.getresponse().read()
PY
}
# of MONITOR KEY: in the JSON last printed.
of() {
    python3 -c 'import json,sys
for m in json.load(open(sys.argv[1]))["monitors"]:
    if m["monitor"] == sys.argv[2]: v = m[sys.argv[3]]; print(len(v) if isinstance(v, list) else v)' "$scratch/out" "$1" "$2"
}
alarms() { curl -sS "$url/metrics" | sed -n 's/^candor_alarms_total //p'; }

path=$(value_of path operator invite ana)
# What the monitors raised stands among the board's key figures, each with its entry.
look_at_board() {
    curl -sS -c "$scratch/jar" -o /dev/null --data-urlencode 'password=seven green herons walk' "$url$path"
    curl -sS -b "$scratch/jar" -o "$scratch/board" "$url/board/kpis"
}
candor monitors --json
it 'a model that was just published is watched' [ "$(of 'model lead' state)" = watching ]
it 'nothing came yet' [ "$(of 'model lead' rows)" = 0 ]
begin
ask 600 "$data/subjects.csv"
it 'the level is a gauge' [ "$(curl -sS "$url/metrics" | grep -c '^candor_alarm_level [01]\.')" -eq 1 ]
stop
candor monitors --json
kept=$(of 'model lead' rows)
it 'what was seen is kept' [ "$kept" -gt 50 ]
it 'refusals are counted, too' [ "$(of withheld rows)" -gt "$kept" ]
before=$(value_of alarms monitors)

# One person again and again: no crowd looks like that.
candor audience spring >/dev/null 2>&1 || true
python3 - "$data/subjects.csv" "$scratch/few.csv" <<'PY'
import csv, sys
rows = list(csv.DictReader(open(sys.argv[1])))
out = csv.DictWriter(open(sys.argv[2], "w"), rows[0].keys())
out.writeheader()
out.writerows(rows[40:80])
PY
begin
ask 3500 "$scratch/few.csv"
raised=$(alarms)
look_at_board
it 'forty people instead of a crowd are an alarm' [ "${raised:-0}" -ge 1 ]
it 'the board lists it' grep -q 'What the monitors raised' "$scratch/board"
it '... with the model' grep -q 'href="/models/lead"' "$scratch/board"
it '... and its entry' grep -q 'class="entry" href="/board/ledger/[0-9]' "$scratch/board"
it 'the log says so' grep -q 'the world changed' "$scratch/log"
stop
candor monitors
it 'the command ends with 1' [ "$rc" -eq 1 ]
it 'and says what and when' grep -q '! 20.*: .*, at row' "$scratch/out"
candor audit drift
it 'an audit of drift finds the alarm' grep -qE '! 20.*: model lead, ' "$scratch/out"
it '... as a finding' [ "$rc" -eq 1 ]
it '... beside the people whom the model may look at' grep -qE 'rows against the .* of the training' "$scratch/out"
candor monitors --json
it 'after an alarm it learns anew, or has learnt' [ "$(of 'model lead' alarms)" -ge 1 ]
candor ledger verify
it 'the ledger holds' [ "$rc" -eq 0 ]
must candor outgoing send
it 'who asked for alarms is told, and of nothing else' python3 - "$box/got" <<'PY'
import json, sys
rows = [json.loads(line) for line in open(sys.argv[1])]
events = [event["type"] for row in rows for event in json.loads(row["body"])["data"]["events"]]
assert rows and events and set(events) == {"alarm"}, (rows, events)
assert all(row["secret"] == 0 and row["path"] == "/alarms" for row in rows), rows
PY
candor report board --json
it 'the board counts it' grep -q 'Alarms of the monitors' "$scratch/out"

# ---- as somebody would look at it who wants to break in ---------------------------------------

severities() { sed -n '/"security_findings"/,/}/p' "$scratch/out" | sed -n "s/^ *\"$1\": \([0-9]*\),*/\1/p"; }
has() { grep -qF -- "$1" "$scratch/out"; }
candor audit security --json
it 'a home that was just made has nothing high' [ "$(severities high)" = 0 ]
it 'and ends well' [ "$rc" -eq 0 ]
it 'but nobody watches its ledger' has 'nobody outside watches it'

weakness() { # LABEL SENTENCE, after it was planted
    candor audit security --json
    it "$1" has "$2"
}
chmod 644 "$home/keys/root.key"
candor audit security
it 'with a key that others may read it does not even open' said 3 'chmod 600'
chmod 600 "$home/keys/root.key"
chmod 644 "$home/data.db"
weakness 'data that others may read' 'others may open it'
it 'are high, and end with 1' [ "$rc" -eq 1 ]
chmod 600 "$home/data.db"
chmod 666 "$home/candor.yaml"
weakness 'rules that others may change' 'others may change it'
chmod 600 "$home/candor.yaml"
cp "$home/data.db" "$home/data.db.old"
chmod 644 "$home/data.db.old"
candor audit security
it 'a copy of the data in a folder of its owner alone is nobody else'"'"'s' sh -c "! grep -qF data.db.old '$scratch/out'"
chmod 755 "$home"
weakness 'in a folder that others may enter it is' 'others may open both'
chmod 700 "$home"
rm "$home/data.db.old"
touch -d '3 years ago' "$home/keys/root.key"
weakness 'a root key of three years' 'was not changed for 10'
it '... which a command that exists changes' has 'candor keys rotate'
cp "$home/keys/operator-bea.key" "$home/keys/operator-zoe.key"
weakness 'a key of nobody' 'whom the home does not know'
rm -f "$home/keys/operator-zoe.key"
must candor key add wide --roles owner --days 3000
weakness 'a key for ten years' 'holds for more than a year'
it 'that may do everything' has 'may do more than a machine needs'
it 'and that nobody used' has 'was never used'
must candor key scores web exact
weakness 'a key that is told exact scores' 'some hundred are the model'
cp "$home/candor.yaml" "$scratch/yaml"
printf '\nserver:\n  password: {passes: 1, memory_mib: 8}\n' >>"$home/candor.yaml"
candor audit security --json
if [ "$rc" -le 1 ]; then
    it 'passwords that are hashed too cheaply' has 'more cheaply than they should'
else
    it 'passwords that are hashed too cheaply are refused at once' [ "$rc" -eq 2 ]
fi
cp "$scratch/yaml" "$home/candor.yaml"
candor audit security
it 'each has a fix' [ "$(grep -c -- '->' "$scratch/out")" -ge 5 ]
candor audit all
it 'all of it is one report' [ "$rc" -le 1 ]
it 'with the security in it' grep -q 'holds for more than a year' "$scratch/out"
candor audit all --html "$scratch/audit.html" --pdf "$scratch/audit.pdf" --json
it 'and as a page' [ "$rc" -le 1 ]
for section in Consent Security Fairness Drift Retention Inventory Quality; do
    it "... with $section" grep -q ">$section<" "$scratch/audit.html"
done
it '... that says what the answer says' grep -q 'holds for more than a year' "$scratch/audit.html"
it '... and how many findings' grep -qE "$(value findings) (finding needs|findings need) care" "$scratch/audit.html"
it '... without a script' sh -c "! grep -q '<script' '$scratch/audit.html'"
it '... and on paper' sh -c "head -c 5 '$scratch/audit.pdf' | grep -q '%PDF-'"
candor audit all --html "$scratch/same" --pdf "$scratch/same"
it 'the two are not one file' [ "$rc" -eq 2 ]
# ---- somebody blinds a monitor ---------------------------------------------------------------

damage() { python3 -c 'import sqlite3, sys
store = sqlite3.connect(sys.argv[1])
store.execute("UPDATE document SET sealed = substr(sealed, 1, length(sealed) / 2) WHERE kind = ?", ("watch",))
store.commit()' "$home/data.db"; }
damage
candor monitors
it 'a state that was cut is told' [ "$rc" -eq 1 ]
it '... of the monitor that has it' grep -qE 'model lead +.*damaged' "$scratch/out"
candor audit drift
it '... by the audit, too' grep -q 'model lead, what was kept damaged' "$scratch/out"
candor monitors
it 'it is an alarm, and the monitor learns anew' grep -qE '! 20.*what was kept: damaged' "$scratch/out"
candor audit drift
it '... which is told for thirty days' [ "$rc" -eq 1 ]
candor ledger verify
it 'and the ledger holds' [ "$rc" -eq 0 ]

done_testing
