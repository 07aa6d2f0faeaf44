#!/usr/bin/env bash
# witness.sh PROGRAM GENERATE - two companies watch each other's ledger; then somebody puts a ledger
# back, shows two of them, or changes a byte, and each is found.
. "$(dirname "$0")/lib.sh"

# ---- two companies ---------------------------------------------------------------------------

cd "$scratch" || exit 1
servers=()
cleanups+=('for pid in "${servers[@]}"; do kill "$pid" 2>/dev/null; done')

# serve_witness DIR: its address is in $url afterwards.
serve_witness() {
    "$program" witness serve "$1" --listen 127.0.0.1:0 >"$1.address" 2>"$1.log" &
    servers+=($!)
    url=
    for _ in $(seq 600); do
        url=$(sed -n 's/.*\(http:[^ ]*\).*/\1/p' "$1.address")
        [ -z "$url" ] || return 0
        sleep 0.1
    done
    echo 'the witness said no address'
    exit 1
}

# watched_by HOME WITNESS URL: HOME's candor.yaml names the witness.
watched_by() {
    printf 'ledger:\n  witnesses:\n    - key: %s\n      url: %s\n' "$(cat "$2/witness.pub")" "$3" >>"$1/candor.yaml"
}

must "$program" --operator ana init shop --name Shop
must "$program" --operator ana init bank --name Bank
must "$program" witness init shop-watch --name shop.example/witness
must "$program" witness init bank-watch --name bank.example/witness
must "$program" witness add shop-watch "$(cat bank/ledger.pub)"
must "$program" witness add bank-watch "$(cat shop/ledger.pub)"
serve_witness shop-watch
watched_by bank shop-watch "$url"
serve_witness bank-watch
watched_by shop bank-watch "$url"
bank_url=$url

# grow HOME: one entry more.
grow() {
    home=$1
    candor key add "k$RANDOM$RANDOM" --roles machine --json >/dev/null
}

# witnessed HOME: ask; the JSON is in $scratch/out.
witnessed() {
    home=$1
    candor ledger witness --json
}

# signed_by HOME WITNESS: the entries under what that witness signed last.
signed_by() {
    sed -n 2p "$(grep -l "^— $2" "$1"/witnessed/*.checkpoint)"
}

it 'a witness signs the first checkpoint' witnessed shop
it '... with all entries' value_is entries 2
grow shop
it 'a witness signs a checkpoint that continues the last' witnessed shop
it '... of the grown ledger' value_is entries 3
it 'the same checkpoint is signed again' witnessed shop
it 'the other company watches too' witnessed bank
home=shop
it 'a proof can be given against a witnessed checkpoint' candor ledger prove 0 --witnessed
it '... and carries both signatures' test "$(grep -c '^— ' "$scratch/out")" -eq 2
grow shop
candor ledger prove 3 --witnessed
it 'an entry that no witness has seen has no such proof' said 2 'no witness has signed'
candor ledger witness nobody.example
it 'a witness that candor.yaml does not name is not asked' said 2 'no such witness'
it 'a sound ledger verifies, with what was witnessed' candor ledger verify --json
it '... one checkpoint' value_is witnessed 1

# ---- by hand ---------------------------------------------------------------------------------

must "$program" witness init desk-watch --name desk.example/witness
must "$program" witness add desk-watch "$(cat shop/ledger.pub)"
printf '    - key: %s\n' "$(cat desk-watch/witness.pub)" >>shop/candor.yaml
it 'a request is written for a witness without an address' \
    candor ledger witness desk.example/witness --file request.txt
grow shop # the answer may come when the ledger has grown
it 'the witness answers it' "$program" witness take desk-watch request.txt --out answer.txt
it 'the answer is taken in' candor ledger witness desk.example/witness --answer answer.txt
it 'the next request goes on from there' candor ledger witness desk.example/witness --file request.txt
it '...' grep -q '^old [1-9]' request.txt
echo '— desk.example/witness AAAAAAAA' >answer.txt
candor ledger witness desk.example/witness --answer answer.txt
it 'a made-up answer is refused' said 2 'not desk.example/witness'
sed 's/^old .*/old 1/' request.txt >older.txt
"$program" witness take desk-watch older.txt >"$scratch/out" 2>"$scratch/err"
it 'an older request is answered with the size' test "$?" -eq 1 -a "$(grep -c '^[0-9]*$' "$scratch/out")" -eq 1
echo 'nonsense' >bad.txt
"$program" witness take desk-watch bad.txt >"$scratch/out" 2>"$scratch/err"
it 'nonsense is refused' test "$?" -eq 1

# ---- the protocol over HTTP ------------------------------------------------------------------

code_of() { # FILE
    curl -s -o "$scratch/out" -w '%{http_code}' --data-binary "@$1" "$bank_url/add-checkpoint"
}
it 'HTTP 400 for nonsense' test "$(code_of bad.txt)" = 400
sed '/^candor\/shop$/s/.*/candor\/else/' request.txt >unknown.txt
it 'HTTP 404 for an unknown ledger' test "$(code_of unknown.txt)" = 404
it 'HTTP 409 for another old size' test "$(code_of older.txt)" = 409
it '... with the size that is known' grep -qx '[0-9]\+' "$scratch/out"
size=$(cat "$scratch/out")
home=shop
candor ledger checkpoint
{ printf 'old %s\n\n' "$size"; cat "$scratch/out"; } >unproved.txt
it 'HTTP 422 for a missing proof' test "$(code_of unproved.txt)" = 422
candor ledger checkpoint
{ printf 'old %s\n\n' "$size"; sed '2s/.*/999/' "$scratch/out"; } >changed.txt
it 'HTTP 403 for a changed checkpoint' test "$(code_of changed.txt)" = 403
it 'none of it changed what is known' witnessed shop

# ---- a crash loses nothing that was signed ----------------------------------------------------

kill -9 "${servers[1]}"
wait "${servers[1]}" 2>/dev/null
"$program" witness list bank-watch --json >"$scratch/out"
it 'a witness that was killed knows what it signed' value_is entries "$(signed_by shop bank.example)"
serve_witness bank-watch
sed -i "s|url: $bank_url|url: $url|" shop/candor.yaml
bank_url=$url
it '... and goes on from there' witnessed shop

# ---- somebody puts the ledger back -----------------------------------------------------------

cp -a shop older
for _ in 1 2 3; do grow shop; done
witnessed shop >/dev/null
cp -a shop whole

# The data of an older copy beside the keys and the witnessed checkpoints of today.
cp -a whole back
rm -f back/data.db*
cp older/data.db* back/
cp older/keys/keys.db* older/keys/root.key back/keys/
home=back
candor key list
it 'rolled back: an older copy of the data does not open' said 2 'rolled back'
"$program" ledger verify back >"$scratch/out" 2>"$scratch/err"
it 'rolled back: the older copy is found by verifying' test "$?" -eq 1

# The whole folder of an older copy: only the witness can tell.
home=older
candor ledger witness --json
it 'rolled back: a whole older home is found by its witness' test "$rc" -eq 1
it '... which says so' grep -q 'rolled_back' "$scratch/out"

# ---- somebody shows two ledgers --------------------------------------------------------------

size_now=$(signed_by whole bank.example)
while :; do
    grow older
    candor ledger checkpoint
    [ "$(sed -n 2p "$scratch/out")" -lt "$size_now" ] || break
done
candor ledger witness --json
it 'forked: a second ledger is found by its witness' test "$rc" -eq 1
it '... which says so' grep -q 'forked' "$scratch/out"
candor ledger checkpoint
{ printf 'old %s\n\n' "$size_now"; cat "$scratch/out"; } >two.txt
it 'forked: two signed checkpoints of one size are refused' test "$(code_of two.txt)" = 422
it 'forked: the second one is kept as proof' test -n "$(ls bank-watch/logs/*.fork 2>/dev/null)"
cp whole/witnessed/* older/witnessed/
candor key list
it 'forked: what was witnessed does not fit the data' said 2 'forked'

# ---- a restore that is said ------------------------------------------------------------------

home=back
candor ledger restored
it 'a restore needs a reason' said 2 'reason'
it 'a restore is written on the ledger' candor ledger restored --reason 'disk failed' --json
restored=$(value ledger_index)
it '... which opens again' candor ledger show "$restored" --json
it '... and has the entry' value_is action restored
it '... and verifies' candor ledger verify
it '... and keeps what had been signed' test -n "$(ls back/witnessed/*.lost-1 2>/dev/null)"
candor ledger witness --json
it 'witnesses still refuse the restored ledger' test "$rc" -eq 1
kill "${servers[2]}"
wait "${servers[2]}" 2>/dev/null
"$program" witness forget bank-watch candor/shop --reason 'agreed by phone' >"$scratch/out" 2>&1
it 'until their own people agree' test "$?" -eq 0
serve_witness bank-watch
sed -i "s|url: $bank_url|url: $url|" back/candor.yaml
it '... and then sign it' candor ledger witness --json
"$program" witness list bank-watch --json >"$scratch/out" 2>"$scratch/err"
rc=$?
it 'a witness that is served is locked' said 2 'held by process'

# ---- any byte --------------------------------------------------------------------------------

# The first, middle and last byte of every leaf, node and checkpoint: each change is found.
cat >spoil.py <<'PY'
import shutil, sqlite3, subprocess, sys
program, whole, spoilt = sys.argv[1:]
rows = []
db = sqlite3.connect(f"{whole}/data.db")
for table, column, keys in (("leaf", "bytes", "idx"), ("tree", "hash", "place"),
                            ("checkpoint", "note", "size")):
    for *key, value in db.execute(f"SELECT {keys}, {column} FROM {table}").fetchall():
        where = " AND ".join(f"{k} = {v}" for k, v in zip(keys.split(", "), key))
        rows.append((table, column, where, value))
db.close()
changed = found = 0
for table, column, where, value in rows:
    raw = value.encode() if isinstance(value, str) else value
    for at in {0, len(raw) // 2, len(raw) - 1}:
        new = raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1:]
        db = sqlite3.connect(f"{spoilt}/data.db")
        kind = "CAST(? AS TEXT)" if isinstance(value, str) else "?"
        db.execute(f"UPDATE {table} SET {column} = {kind} WHERE {where}", (new,))
        db.commit()
        code = subprocess.run([program, "ledger", "verify", spoilt], capture_output=True).returncode
        db.execute(f"UPDATE {table} SET {column} = {kind} WHERE {where}", (raw,))
        db.commit()
        db.close()
        changed += 1
        found += code != 0
        if code == 0:
            print("not found:", table, where, "byte", at)
code = subprocess.run([program, "ledger", "verify", spoilt], capture_output=True).returncode
print(f"{found} of {changed} changes were found; put back, the ledger is {'sound' if code == 0 else 'not sound'}")
sys.exit(not (found == changed > 50 and code == 0))
PY
if command -v python3 >/dev/null; then
    cp -a whole spoilt
    it 'tampered: a changed byte of any leaf, node or checkpoint is found' \
        python3 spoil.py "$program" whole spoilt
else
    skip 'tampered: no python3'
fi
done_testing
