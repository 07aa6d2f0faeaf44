#!/usr/bin/env bash
# Rights requests from the command line: opened, proven, answered, refused; a person's copy as a ZIP;
# batches; the table of clocks.
#
#   requests.sh PROGRAM GENERATE
. "$(dirname "$0")/lib.sh"

new_home "$scratch/shop"
fill_home 400 11
id_of() { value id; }
out_has() { grep -q -e "$1" "$scratch/out"; }

# ---- access, with proof and a ZIP --------------------------------------------------------------
must candor --json request open C000001 --right access
id=$(id_of)
it 'a request has an id of 32 digits' test "${#id}" -eq 32
candor --json request answer "$id" --out "$scratch/copy.zip"
it 'no answer before it is proven who asks' said 3 'not proven'
it 'and no file' test ! -e "$scratch/copy.zip"
must candor request prove "$id" --level match
must candor --json request answer "$id" --out "$scratch/copy.zip"
it 'answered' value_is state fulfilled
it 'the copy is for its owner alone' test "$(stat -c %a "$scratch/copy.zip")" = 600
if command -v python3 >/dev/null; then
    zip_is_whole() {
        python3 - "$scratch/copy.zip" <<'PYTHON'
import csv, hashlib, io, json, sys, zipfile
z = zipfile.ZipFile(sys.argv[1])
assert z.testzip() is None
data = json.loads(z.read("data.json"))
names = set(z.namelist())
assert {"data.json", "fields.csv", "events.csv", "consents.csv", "index.html", "manifest.txt"} <= names, names
rows = list(csv.DictReader(io.StringIO(z.read("events.csv").decode())))
assert len(rows) == len(data["events"]) == data["event_count"], (len(rows), data["event_count"])
lines = z.read("manifest.txt").decode().split("\n")
assert lines[0] == "candor-package-v1"
for line in lines[3:]:
    if not line:
        break
    digest, name = line.split(" ", 1)
    assert hashlib.sha256(z.read(name)).hexdigest() == digest, name
page = z.read("index.html").decode()
assert "<script" not in page and "http" not in page.replace("http-equiv", ""), "nothing is fetched"
PYTHON
    }
    it 'the ZIP is whole, its tables are its JSON, its digests hold' zip_is_whole
else
    skip 'python3 is not here to read the ZIP'
fi
candor request answer "$id"
it 'an answered request is closed' said 3 'fulfilled'

# ---- clocks ------------------------------------------------------------------------------------
must candor --json request open C000002 --right erasure --jurisdiction us-ca --later
late=$(id_of)
must candor --json request show "$late"
it 'its receipt has a clock' test "$(value acknowledge_by)" != null
must candor request acknowledge "$late"
candor request extend "$late" --reason ' '
it 'an extension needs a reason' said 2 'reason'
must candor --json request extend "$late" --reason 'an unusual number of requests'
it 'extended' value_is extended true
candor request extend "$late" --reason 'again'
it 'once' said 3 'once is all'
candor request refuse "$late" --grounds nonsense
it 'a refusal is named' said 2 'legal_obligation'
must candor --json request refuse "$late" --grounds legal_obligation
it 'refused with its name' value_is reason legal_obligation
candor request appeal "$late"
it 'California has no appeal' said 3 'refused'
candor request due
it 'nothing is due' test "$rc" -eq 0

# ---- in force when it is opened ------------------------------------------------------------------
must candor request open C000003 --right marketing_objection
candor --json decide C000003 --campaign spring
it 'an objection to marketing is in force' value_is decision withhold
must candor request open C000004 --right no_automation
must candor --json decide C000004 --campaign spring
it 'no machine decides alone' grep -qE '"code": "(wants_human|no_consent|refused|withdrawn|expired)"' "$scratch/out"
candor request open C000005 --right sing
it 'an unknown right lists those there are' said 2 'access, rectification'

# ---- erasure, and lists that come later ---------------------------------------------------------
must candor --json request open C000006 --right erasure --suppress
gone=$(id_of)
must candor request prove "$gone" --level match
must candor --json request answer "$gone"
it 'the certificate' test -n "$(value certificate)"
head -n 1 "$data/subjects.csv" >"$scratch/again.csv"
grep -a '^C000006,' "$data/subjects.csv" | head -n 1 >>"$scratch/again.csv"
candor --json import subjects "$scratch/again.csv"
it 'who asked not to come back does not' said 2 'asked not to be contacted again'
candor subject show C000006
it 'and is not there' said 2 'no such subject'
printf 'C000010\nC000011\nnobody\nC000012\n' >"$scratch/gone.txt"
must candor --json request erase-batch "$scratch/gone.txt"
it 'a batch with one root change' value_is erased 3
it 'and one unknown' value_is unknown 1
candor request erase-batch "$scratch/gone.txt"
it 'a second time nobody is left' said 2 'none of the'

# ---- the table, without a home -------------------------------------------------------------------
(cd "$scratch" && "$program" request jurisdictions --json >"$scratch/out" 2>"$scratch/err")
it 'the table of clocks needs no home' out_has '"jurisdiction": "us-ca"'
cp "$home/candor.yaml" "$scratch/policy.yaml"
cat >>"$home/candor.yaml" <<'YAML'
jurisdictions:
  - {jurisdiction: eu, right: access, answer: 9 days, acknowledge: none, extension: none,
     appeal: none, proof: none, mode: opt_in, source: our own promise, date: "2026-12-01"}
YAML
must candor --json request open C000020 --right access
it 'candor.yaml replaces a row' value_is law 'our own promise'
printf '  - {jurisdiction: eu, right: access}\n' >>"$home/candor.yaml"
candor request list
it 'a bad row is refused with its line' said 2 'line [0-9]+'
cp "$scratch/policy.yaml" "$home/candor.yaml"
must candor request list all
must candor ledger verify
done_testing
