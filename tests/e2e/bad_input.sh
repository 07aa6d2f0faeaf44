#!/usr/bin/env bash
# Bad input: each kind gets a clear message and exit 2, and nothing is changed by it.
#
#   bad_input.sh PROGRAM GENERATE
. "$(dirname "$0")/lib.sh"

# refused EXIT PATTERN WORD...: a command over the present home that must change nothing in it.
refused() {
    local exit=$1 pattern=$2 before after
    shift 2
    before=$(fingerprint "$home")
    candor "$@"
    after=$(fingerprint "$home")
    it "$label" said "$exit" "$pattern"
    [ "$before" = "$after" ] || not_true "$label: and nothing was changed"
    [ ! -s "$scratch/out" ] || not_true "$label: and nothing stands on standard output"
}

# study EXIT PATTERN WORD...: a command over plain files, that must not leave its output.
study() {
    local exit=$1 pattern=$2
    shift 2
    rm -f "$scratch/new.model"
    "$program" "$@" >"$scratch/out" 2>"$scratch/err"
    rc=$?
    it "$label" said "$exit" "$pattern"
    [ ! -e "$scratch/new.model" ] || not_true "$label: and no file was written"
}

# bad NAME: a file of the scratch folder with what stands on standard input.
bad() { cat >"$scratch/$1"; }
at() { printf '%s/%s' "$scratch" "$1"; }

# broken_home: a copy of the sound home, to be damaged.
broken_home() {
    chmod -R u+rwx "$scratch/broken" 2>/dev/null
    rm -rf "$scratch/broken"
    cp -a "$scratch/sound" "$scratch/broken"
    home=$scratch/broken
}

noise() { head -c "$1" /dev/urandom; }
overwrite() { # FILE OFFSET
    printf 'XXXXXXXX' | dd of="$1" bs=1 seek="$2" conv=notrunc 2>/dev/null
}

new_home "$scratch/sound"
fill_home 300 5
must candor train lead
must candor model publish lead
must candor ledger checkpoint
cp "$scratch/out" "$scratch/checkpoint.txt"

# ---- files that cannot be imported or studied ------------------------------------------------

: | bad empty.csv
noise 200000 | bad noise.csv
cp "$program" "$scratch/program.csv"
printf 'identifier|age\nN1|30\nN2|31\n' | bad separator.csv
printf 'identifier,age\nN1,30,1\nN2\n' | bad ragged.csv
printf 'identifier,age\nN1,30\nN1,31\n' | bad twice.csv
printf 'identifier,passport\nN1,30\n' | bad unknown.csv
printf 'identifier,age,age\nN1,30,31\n' | bad columns.csv
printf 'identifier,region\nN1,K\xf6ln\n' | bad latin.csv
printf 'identifier,joined\nN1,2020-01-01\nN2,2999-01-01\n' | bad future.csv
printf 'identifier,age\n"N1,30\nN2,31\n' | bad quote.csv
printf '\037\213 this is no gzip' | bad broken.csv.gz
printf '{"identifier":"N1","age":' | bad broken.jsonl
printf 'identifier,purpose,decision,time\nC000001,world_domination,given,2026-01-01\n' |
    bad purpose.csv
printf 'identifier,purpose,decision,time\nC000001,profiling,maybe,2026-01-01\n' | bad decision.csv
printf 'identifier,purpose,decision,time\nC000001,profiling,given,2999-01-01\n' | bad later.csv
printf 'identifier,event,time\nC000001,bought,2999-01-01\n' | bad tomorrow.csv
printf 'identifier,event,time\nNOBODY,bought,2026-01-01\n' | bad nobody.csv
printf 'nonsense: identifier\n' | bad map.yaml
mkfifo "$scratch/pipe.csv"

while IFS='|' read -r name pattern options; do
    label="import: $name"
    # shellcheck disable=SC2086
    refused 2 "$pattern" import subjects "$(at "$name")" $options
done <<'ROWS'
missing.csv|no such file
empty.csv|empty
noise.csv|UTF-8
program.csv|zero byte
separator.csv|none of the 1 columns is in the inventory
ragged.csv|more or fewer columns
ragged.csv|more or fewer columns|--strict
twice.csv|earlier row|--strict
unknown.csv|'passport' is not in the inventory
columns.csv|two columns
latin.csv|line 2.*UTF-8
future.csv|line 3.*future|--strict
quote.csv|line 2.*never closed
broken.csv.gz|damaged
broken.jsonl|not a JSON object
pipe.csv|is a pipe
.|folder
ROWS

label="import consents: an unknown purpose"
refused 2 "'purpose' is not a purpose" import consents "$(at purpose.csv)"
label="import consents: an unknown decision"
refused 2 "'decision' is not given" import consents "$(at decision.csv)"
label="import consents: given in the future"
refused 2 "future" import consents "$(at later.csv)" --strict
label="import events: in the future"
refused 2 "future" import events "$(at tomorrow.csv)" --strict
label="import events: about nobody we know"
refused 2 "nobody we know" import events "$(at nobody.csv)"
label="import: a map for names that nobody knows"
refused 2 "map.*'nonsense'" import subjects "$data/subjects.csv" --map "$(at map.yaml)"
label="import: of what there is not"
refused 2 "subjects, events or consents" import persons "$data/subjects.csv"
label="consent: an unknown purpose"
refused 2 "no purpose of that name" consent give C000003 --purpose world_domination
label="consent: an unknown channel"
refused 2 "no channel of that name" consent give C000003 --purpose profiling --channel pigeon
label="consent: an unknown subject"
refused 2 "no such subject" consent give NOBODY --purpose profiling
label="results: before anything was sent"
refused 2 "plan" results spring "$data/responses.csv"
label="plan: an unknown campaign"
refused 2 "no campaign of that name.*spring" plan autumn
label="train: an unknown model"
refused 2 "no model of that name.*lead" train leed

while IFS='|' read -r name pattern; do
    label="fit: $name"
    study 2 "$pattern" fit "$(at "$name")" --target age --out "$scratch/new.model"
    label="fairness: $name"
    study 2 "$pattern|no column" fairness "$(at "$name")" --label age --score age --group age
done <<'ROWS'
missing.csv|no such file
empty.csv|empty
noise.csv|UTF-8
program.csv|zero byte
separator.csv|no column 'age'
ragged.csv|line 2: 3 columns
latin.csv|UTF-8
quote.csv|never closed
broken.csv.gz|damaged
ROWS

# ---- a line of a gigabyte --------------------------------------------------------------------

line_bytes=1073741824
room=$(df -k --output=avail "$scratch" | tail -n 1)
[ "$room" -gt 2200000 ] || line_bytes=67108864
{
    printf 'identifier,age\n'
    head -c "$line_bytes" /dev/zero | tr '\0' x
} >"$scratch/long.csv"
ln -s long.csv "$scratch/long.jsonl"
# Less address space than the line is long must do. A sanitizer reserves terabytes, and a linear
# algebra library some for each processor.
limit=900000
! grep -qa '__asan_init\|__tsan_init' "$program" || limit=unlimited
long_line() {
    (ulimit -v "$limit" && env OPENBLAS_NUM_THREADS=1 "$@") >"$scratch/out" 2>"$scratch/err"
    rc=$?
    it "a line of $((line_bytes >> 20)) MB: $label" said 2 '(more|longer|larger) than'
}
before=$(fingerprint "$home")
label=import long_line "$program" --home "$home" --operator ana import subjects "$scratch/long.csv"
label="import of JSON lines" long_line "$program" --home "$home" --operator ana import events \
    "$scratch/long.jsonl"
label=fit long_line "$program" fit "$scratch/long.csv" --target age --out "$scratch/new.model"
label="a model" long_line "$program" score "$scratch/long.csv" "$scratch/ragged.csv"
broken_home
rm "$home/candor.yaml"
ln -s "$scratch/long.csv" "$home/candor.yaml"
label=candor.yaml long_line "$program" --home "$home" operator list
home=$scratch/sound
it "and nothing was changed by them" test "$before" = "$(fingerprint "$home")"
rm -f "$scratch/long.csv" "$scratch/long.jsonl" "$scratch/broken/candor.yaml"

# ---- models ----------------------------------------------------------------------------------

{
    echo 'a,b,y'
    seq 200 | awk '{ print $1 % 7 ",x" $1 % 3 "," $1 % 2 }'
} | bad good.csv
printf 'c,d\n1,2\n' | bad other.csv
printf 'a,b\n1,x1\n,,,\n' | bad ragged-score.csv
must "$program" fit "$(at good.csv)" --target y --out "$scratch/good.model"
size=$(stat -c %s "$scratch/good.model")
for offset in 0 9 $((size / 3)) $((size / 2)) $((size - 20)); do
    cp "$scratch/good.model" "$scratch/bad.model"
    overwrite "$scratch/bad.model" "$offset"
    label="score: a model with byte $offset changed"
    study 2 'model' score "$(at bad.model)" "$(at good.csv)"
done
head -c $((size / 2)) "$scratch/good.model" | bad half.model
for command in score explain; do
    row=()
    [ "$command" = score ] || row=(--row 0)
    label="$command: data for another model"
    study 2 "does not fit.*column 'a'" "$command" "$(at good.model)" "$(at other.csv)" "${row[@]}"
    [ "$command" = score ] || row=(--row 1) # what stands after the row is not read
    label="$command: ragged data"
    study 2 'columns' "$command" "$(at good.model)" "$(at ragged-score.csv)" "${row[@]}"
    label="$command: no data"
    study 2 'no such file' "$command" "$(at good.model)" "$(at missing.csv)" "${row[@]}"
    label="$command: empty data"
    study 2 'empty' "$command" "$(at good.model)" "$(at empty.csv)" "${row[@]}"
    label="$command: half a model"
    study 2 'cut short' "$command" "$(at half.model)" "$(at good.csv)" "${row[@]}"
    label="$command: an empty model"
    study 2 'not a Candor model' "$command" "$(at empty.csv)" "$(at good.csv)" "${row[@]}"
    label="$command: data as a model"
    study 2 'not a Candor model' "$command" "$(at good.csv)" "$(at good.csv)" "${row[@]}"
done
label="explain: a row there is not"
study 2 'row 999 of 200' explain "$(at good.model)" "$(at good.csv)" --row 999
label="fit: no such target"
study 2 "no column 'z'" fit "$(at good.csv)" --target z --out "$scratch/new.model"
label="fit: a split for other rows"
study 2 'split' fit "$(at good.csv)" --target y --split "$(at other.csv)" --out "$scratch/new.model"
label="fit: a place that is not there"
study 2 'cannot write' fit "$(at good.csv)" --target y --out "$scratch/nowhere/new.model"

# ---- wrong usage -----------------------------------------------------------------------------

while IFS='|' read -r pattern words; do
    label="usage: candor $words"
    # shellcheck disable=SC2086
    study 2 "$pattern" $words
done <<'ROWS'
unknown command|frobnicate
needs one more word|subject
usage: candor import|import subjects
usage: candor fit|fit a.csv b.csv --target y --out m
--target COL is needed|fit a.csv --out m
unknown option --targett; did you mean --target|fit a.csv --targett y --out m
--home needs a value|--home
which command|--json
unknown option --wrong|--wrong fit
whole number|explain m d --row minus
no Candor home here|--home /nonexistent operator list
ROWS

# ---- damage ----------------------------------------------------------------------------------

while IFS='|' read -r file harm pattern; do
    broken_home
    case $harm in
    empty) : >"$home/$file" ;;
    missing) rm "$home/$file" ;;
    noise) noise 4096 | dd of="$home/$file" bs=1 conv=notrunc 2>/dev/null ;;
    half) truncate -s $(($(stat -c %s "$home/$file") / 8192 * 4096)) "$home/$file" ;;
    *) overwrite "$home/$file" "$harm" ;;
    esac
    label="$file: $harm"
    if [ "$harm" = empty ] && [ "${file%.db}" != "$file" ]; then
        candor operator list # a journal without its database is no loss any more
        it "$label" said 2 "$pattern"
    else
        refused 2 "$pattern" operator list
    fi
done <<'ROWS'
data.db|empty|data.db' is empty
data.db|missing|data.db' is missing
data.db|noise|data.db' is damaged
data.db|half|data.db' is damaged
data.db|0|data.db' is damaged
keys/keys.db|empty|keys.db' is empty
keys/keys.db|missing|keys.db' is missing
keys/keys.db|noise|keys.db' is damaged
keys/keys.db|half|keys.db' is damaged
keys/root.key|empty|root.key has 0 bytes
keys/root.key|missing|no key file .*root.key
keys/root.key|60|root.key was damaged
keys/root.key|noise|root.key
keys/ledger.key|empty|ledger.key has 0 bytes
keys/ledger.key|missing|no key file .*ledger.key
keys/ledger.key|60|ledger.key was damaged
keys/operator-ana.key|empty|operator-ana.key has 0 bytes
keys/operator-ana.key|missing|no key file .*operator-ana.key
keys/operator-ana.key|60|operator-ana.key was damaged
ledger.pub|empty|ledger.pub
ledger.pub|20|ledger.pub
candor.yaml|empty|candor: candor.yaml is empty
candor.yaml|missing|no candor.yaml
candor.yaml|noise|candor.yaml
ROWS

# The keys of another home: sound files, the wrong ones.
new_home "$scratch/other"
broken_home
cp "$scratch/other/keys/"* "$home/keys/"
label="the keys of another home"
refused 2 '.' operator list
broken_home
cp "$scratch/other/keys/ledger.key" "$home/keys/ledger.key"
label="the ledger key of another home"
refused 2 'ledger' operator list

# Answers are written to files that the command names: never over what a home or a witness keeps.
broken_home
must "$program" witness init "$home/../watch" --name watch.example/w
printf 'age,city\n30,a\n31,a\n' >"$scratch/table.csv"
while read -r words; do
    label="no answer over the home: ${words%% --*}"
    # shellcheck disable=SC2086
    refused 2 'inside a home' $words
done <<WORDS
ledger prove 1 --out $home/data.db
ledger checkpoint --out $home/keys/root.key
ledger export --tiles $home/keys
ledger export --tiles $home/keys/new
ledger export --tiles $home
subject export C000003 --out $home/data.db
subject export C000003 --zip $home/candor.yaml
consent receipt C000003 --out $home/ledger.pub
share recalls --recipient acme-ads --out $home/data.db
incident show 0 --draft people --out $home/data.db
anonymise $scratch/table.csv --quasi age --k 2 --out $home/data.db
witness take $scratch/watch $scratch/table.csv --out $scratch/watch/witness.key
WORDS
ln -s "$home" "$scratch/elsewhere"
label="nor by another way"
refused 2 'inside a home' ledger prove 1 --out "$scratch/elsewhere/data.db"
it "the witness's key is its own" grep -q . "$scratch/watch/witness.key"
rm -rf "$scratch/elsewhere" "$scratch/watch" "$scratch/table.csv"

# Any byte of the store: what is damaged is said to be, never taken for sound.
harmed=0
size=$(stat -c %s "$scratch/sound/data.db")
for step in $(seq 24); do
    broken_home
    overwrite "$home/data.db" $((size * step / 25))
    candor ledger verify --known "$scratch/checkpoint.txt"
    first=$rc
    ! grep -qE 'broken promise|Sanitizer' "$scratch/err" || not_true "byte $step of data.db: it broke"
    candor plan spring
    ! grep -qE 'broken promise|Sanitizer' "$scratch/err" || not_true "byte $step of data.db: it broke"
    [ "$rc" -le 3 ] || not_true "byte $step of data.db: exit $rc"
    [ "$first" -eq 0 ] || harmed=$((harmed + 1))
done
it "damage in the store is refused, and verify finds it in the ledger ($harmed of 24)" \
    test "$harmed" -ge 1

# A home that may not be looked into is there all the same.
if [ "$(id -u)" -eq 0 ] && command -v setpriv >/dev/null; then
    broken_home
    chmod 700 "$home"
    chmod 711 "$scratch"
    cp "$program" "$scratch/program"
    setpriv --reuid=65534 --regid=65534 --clear-groups "$scratch/program" --home "$home" --operator ana operator list \
        >"$scratch/out" 2>"$scratch/err"
    rc=$?
    it "a home of somebody else is not called missing" said 2 'permission'
    rm "$scratch/program"
else
    skip "a home of somebody else: needs root and setpriv"
fi

# ---- a second process, a read-only home, a full disk -----------------------------------------

# The home is held by an import that is stopped in the middle of it.
home=$scratch/sound
broken_home
"$program" --home "$home" --operator ana import events "$data/events.csv" >/dev/null 2>&1 &
holder=$!
held=no
for _ in $(seq 500); do
    if kill -STOP "$holder" 2>/dev/null; then
        candor operator list
        if [ "$rc" -ne 0 ] && grep -q 'another process' "$scratch/err"; then
            held=yes
            break
        fi
        kill -CONT "$holder" 2>/dev/null
    else
        break
    fi
done
if [ "$held" = yes ]; then
    label="a second process on the same home"
    refused 2 "another process has this home open" consent give C000003 --purpose profiling
    candor ledger verify "$home"
    it "may still verify its ledger" test "$rc" -eq 0
else
    skip "a second process on the same home: the first was too fast"
fi
kill -CONT "$holder" 2>/dev/null
wait "$holder"

as_other=()
broken_home
if [ "$(id -u)" -eq 0 ] && command -v setpriv >/dev/null; then
    as_other=(setpriv --reuid=65534 --regid=65534 --clear-groups)
    chown -R 65534:65534 "$home"
    chmod 711 "$scratch"
fi
chmod -R a-w "$home"
before=$(fingerprint "$home")
for words in "subject show C000003" "consent withdraw C000003 --purpose profiling" "operator list"; do
    # shellcheck disable=SC2086
    "${as_other[@]}" "$program" --home "$home" --operator ana $words \
        >"$scratch/out" 2>"$scratch/err"
    rc=$?
    it "a read-only home: $words" said 2 'permission denied|read-only'
done
it "and nothing was changed" test "$before" = "$(fingerprint "$home")"

disk=$scratch/disk
mkdir "$disk"
if [ "$(id -u)" -eq 0 ] && mount -t tmpfs -o size=4m candor-test "$disk" 2>/dev/null; then
    cleanups+=("umount '$disk'")
    cp -a "$scratch/sound" "$disk/home"
    home=$disk/home
    room=$(df -k --output=avail "$disk" | tail -n 1)
    head -c $(((room - 300) * 1024)) /dev/zero >"$disk/ballast"
    # Keys are durable before what they seal; without it they mean nothing.
    before=$(fingerprint "$home" keys.db)
    candor import events "$data/events.csv" --again
    it "a full disk: import" said 2 'disk is full|No space'
    it "and nothing was changed but keys that nothing uses" \
        test "$before" = "$(fingerprint "$home" keys.db)"
    head -c 1048576 /dev/zero >>"$disk/ballast" 2>/dev/null
    before=$(fingerprint "$home")
    for words in "import consents $data/consents.csv --again" "consent withdraw C000003 --purpose profiling" \
        "subject erase C000004" "plan spring"; do
        # shellcheck disable=SC2086
        candor $words
        it "a full disk: ${words%% /*}" said 2 'disk'
    done
    it "and nothing was changed" test "$before" = "$(fingerprint "$home")"
    rm "$disk/ballast"
    candor subject show C000004
    it "with room again, all is as it was" test "$rc" -eq 0
    candor ledger verify --known "$scratch/checkpoint.txt"
    it "and the ledger is sound" test "$rc" -eq 0
else
    skip "a full disk: needs root and a tmpfs"
fi
done_testing
