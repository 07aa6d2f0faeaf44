#!/usr/bin/env bash
# theft.sh PROGRAM GENERATE - what the holder of an API key is told of scores: coarsely, not for ever, and not
# at all once it has taken the model apart.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

new_home "$scratch/home"
fill_home 700 11
must candor train lead
must candor model publish lead
key=$(value_of key key add web --roles machine)

# ask COUNT: decisions about everybody, again and again, the scores that came in $scratch/told: a number, or why not.
ask() {
    python3 - "$where" "$key" "$data/subjects.csv" "$1" >"$scratch/told" <<'PY'
import csv, http.client, itertools, json, sys
host, key, path, count = sys.argv[1:]
who = [row["identifier"] for row in csv.DictReader(open(path)) if row["identifier"]]
connection = http.client.HTTPConnection(host, timeout=60)
for identifier in itertools.islice(itertools.cycle(who), int(count)):
    connection.request("POST", "/v1/decide", json.dumps({"identifier": identifier, "campaign": "spring"}),
                       {"Authorization": "Bearer " + key, "Content-Type": "application/json"})
    answer = connection.getresponse()
    body = json.loads(answer.read())
    if answer.status == 200 and (body["score"] is not None or "score_withheld" in body):
        print(repr(body["score"]) if body["score"] is not None else body["score_withheld"])
PY
}
told() { grep -cE "$1" "$scratch/told"; }
only() { [ "$(told "$1")" -gt 0 ] && [ "$(told "$1")" -eq "$(wc -l <"$scratch/told")" ]; }

begin
ask 300
it 'a new key is told scores' [ "$(told '^0')" -gt 5 ]
it 'of two decimals' only '^0(\.[0-9]{1,2})?$|^1(\.0)?$' # a chance below .005 is written 0
ask 6000
it 'as many as the model has unknowns' [ "$(told '^budget$')" -gt 100 ]
it 'and then no more' [ "$(tail -n 1 "$scratch/told")" = budget ]
stop
begin
ask 300
it 'a restart does not begin anew' only '^budget$'
# Whole to a file first: a grep that has seen enough would break curl's pipe.
must_be() { curl -sS -o "$scratch/metrics" "$url/metrics" && grep -q "^candor_keys_probing_total $1$" "$scratch/metrics"; }
it 'nobody is called a thief for ordinary rows' must_be 0
stop

for how in bands exact none; do
    must candor key scores web "$how"
    begin
    ask 300
    stop
    case $how in
    bands) it 'bands are the middles of tenths' only '^0\.[0-9]?5$' ;;
    exact) it 'exact ones are exact' [ "$(told '^0\.[0-9]{6,}')" -gt 5 ] ;;
    none) it 'none are none' only '^key$' ;;
    esac
done
candor key scores web fuzzy
it 'another way is refused' said 2 'exact, decimals, bands or none'
candor key scores nobody bands
it 'and a key that there is not' [ "$rc" -ne 0 ]
must candor key list --json
it 'the list of keys says how' value_is scores none
must candor key rotate web
must candor key list --json
it 'and a rotated key keeps it' value_is scores none

# Another model is another secret: the count begins anew.
must candor key scores web decimals
must candor train lead --repair reweigh
must candor model publish lead
key=$(value_of key key rotate web)
begin
ask 200
it 'another model begins anew' [ "$(told '^0')" -gt 5 ]
stop
done_testing
