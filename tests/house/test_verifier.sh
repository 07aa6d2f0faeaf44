#!/bin/sh
# What the program writes is checked by tests/verifier/verify.py, which shares no code with it; and
# whatever is changed by a byte, cut, swapped or of somebody else is refused.
. "$(dirname "$0")/lib.sh"
program=$(realpath "$build_dir/candor")
verify=$(realpath "$source_dir/tests/verifier/verify.py")
cd "$scratch"

check() {
    python3 "$verify" "$@" >out 2>err
}
holds() { # WHAT ARGUMENT...
    what=$1
    shift
    check "$@" || not_true "$what holds: $(cat err)"
}
fails() {
    what=$1
    shift
    if check "$@"; then
        not_true "$what does not hold"
    fi
    grep -q '^does not hold: ' err || not_true "$what is refused with a reason: $(head -n 3 err)"
}

# ---- what the program writes ------------------------------------------------------------------

"$program" init shop --name Shop --operator ann --json >/dev/null
"$program" init other --name Shop --operator bob --json >/dev/null # the same name, another key
sed -i '/holdout:/d' shop/candor.yaml
printf '%s\n' identifier,email,age,sex anna,anna@example.org,30,f ben,ben@example.org,40,m >subjects.csv
printf '%s\n' identifier,purpose,decision,time anna,email_marketing,given,2026-01-01 >consents.csv
"$program" --home shop import subjects subjects.csv --json >/dev/null
"$program" --home shop import consents consents.csv --json >/dev/null
"$program" --home shop ledger checkpoint --out old.txt >/dev/null
campaign=$(sed -n '/^campaigns:/,$s/^  - name: *//p' shop/candor.yaml | head -n 1)
"$program" --home shop decide anna --campaign "$campaign" --json >receipt.json
"$program" --home shop subject erase ben --json >certificate.json
"$program" --home shop consent receipt anna --purpose email_marketing --out consent.json --json >/dev/null
looked="notice=$(printf x | sha256sum | cut -d' ' -f1) buttons=refuse/accept sizes=equal defaults=off locale=de-AT screen=phone"
"$program" --home shop consent give anna --purpose email_marketing --ui-evidence "$looked" --json >/dev/null
"$program" --home shop consent receipt anna --purpose email_marketing --out looked.json --json >/dev/null
"$program" witness init watch --name watch.example/w1 --json >/dev/null
"$program" witness add watch "$(cat shop/ledger.pub)" --json >/dev/null
printf 'ledger:\n  witnesses:\n    - key: %s\n' "$(cat watch/witness.pub)" >>shop/candor.yaml
for round in 1 2; do
    "$program" --home shop ledger witness watch.example/w1 --file request.txt >/dev/null
    "$program" witness take watch request.txt --out answer.txt >/dev/null
    "$program" --home shop ledger witness watch.example/w1 --answer answer.txt --json >/dev/null
    "$program" --home shop key add "k$round" --roles machine --json >/dev/null
done
"$program" --home shop ledger witness watch.example/w1 --file request.txt >/dev/null
"$program" --home shop ledger checkpoint --out new.txt >/dev/null
cat shop/witnessed/*.checkpoint >cosigned.txt
"$program" --home shop ledger prove 0 --witnessed --out proof.txt >/dev/null
leaf=$("$program" --home shop ledger show 0 --json | sed -n 's/ *"bytes": "\(.*\)".*/\1/p')
other_leaf=$("$program" --home shop ledger show 1 --json | sed -n 's/ *"bytes": "\(.*\)".*/\1/p')
"$program" --home shop ledger export --tiles tiles --json >/dev/null

key=shop/ledger.pub
holds 'a checkpoint' checkpoint new.txt --key "$key"
holds 'a cosigned checkpoint' checkpoint cosigned.txt --key "$key" --witness watch/witness.pub
holds 'a proof file' proof proof.txt "$leaf" --key "$key" --witness watch/witness.pub
holds 'a proof of consistency' consistency cosigned.txt new.txt request.txt --key "$key"
holds 'a receipt' receipt receipt.json --key "$key"
holds 'a consent receipt' consent consent.json --key "$key"
holds 'a consent receipt with evidence of the notice' consent looked.json --key "$key"
holds 'a certificate' certificate certificate.json --key "$key"
holds 'an exported ledger' tiles tiles --key "$key"

# ---- what is not so ---------------------------------------------------------------------------

fails "a checkpoint under another ledger's key" checkpoint new.txt --key other/ledger.pub
fails 'a checkpoint that no witness signed' checkpoint new.txt --key "$key" --witness watch/witness.pub
fails "a witness's key as a ledger's" checkpoint new.txt --key watch/witness.pub
fails 'a proof of another entry' proof proof.txt "$other_leaf" --key "$key"
fails 'consistency the wrong way round' consistency new.txt cosigned.txt request.txt --key "$key"
fails 'consistency with another start' consistency old.txt new.txt request.txt --key "$key"
fails 'a receipt of a decision as a certificate' certificate receipt.json --key "$key"

# changed FILE SED-SCRIPT: the file with a change, in `changed`, which must be one.
changed() {
    sed "$2" "$1" >changed
    ! cmp -s "$1" changed || not_true "$1 was changed by $2"
}
changed cosigned.txt '2s/.*/1/'
fails 'another size' checkpoint changed --key "$key"
changed cosigned.txt '2s/^/0/'
fails 'a leading zero' checkpoint changed --key "$key"
changed cosigned.txt 's/^—/-/'
fails 'a hyphen for the dash' checkpoint changed --key "$key"
changed cosigned.txt '4a more'
fails 'a line more' checkpoint changed --key "$key"
printf %s "$(cat new.txt)" >changed
fails 'a missing last newline' checkpoint changed --key "$key"
changed proof.txt 's/^index 0/index 1/'
fails 'another index' proof changed "$leaf" --key "$key"
changed proof.txt '3d'
fails 'a hash less' proof changed "$leaf" --key "$key"
changed proof.txt '3p'
fails 'a hash more' proof changed "$leaf" --key "$key"
changed certificate.json 's/"certificate": "./"certificate": "x/'
fails 'a certificate of another number' certificate changed --key "$key"
changed certificate.json 's/"erased": true/"erased": false/'
fails 'a certificate that erased nothing' certificate changed --key "$key"
for change in 's/"completed": "20/"completed": "19/' 's/"profile": /&1/' 's/"requested": "20/"requested": "19/' \
    's/"allowed_now": true/"allowed_now": false/;s/"kept": \[/&"a copy"/' 's/"root_after": "./&0/' '/"signature"/d;s/^  },$/  }/'; do
    changed certificate.json "$change"
    fails "a certificate with $change" certificate changed --key "$key"
done
changed receipt.json 's/"ledger_index": /"ledger_index": 9/'
fails 'a receipt of another entry' receipt changed --key "$key"
for change in 's/"state": *"given"/"state":"refused"/' 's/"time": *"2026-01-01/"time":"2026-01-02/' \
    's/"ledger_index": */&1/' 's/"salt": *"./&0/' 's/"receipt_id": *"./&0/'; do
    changed consent.json "$change"
    fails "a consent receipt with $change" consent changed --key "$key"
done
fails "a consent receipt under another ledger's key" consent consent.json --key other/ledger.pub
fails 'a certificate as a consent receipt' consent certificate.json --key "$key"
echo '[]' >changed
fails 'no document' receipt changed --key "$key"

# Every byte of a cosigned checkpoint, and one of every exported file.
cat >each.py <<'PY'
import os, subprocess, sys
sys.path.insert(0, os.path.dirname(sys.argv[1]))
import verify
key, witness = verify.key_of("shop/ledger.pub", verify.LOG), verify.key_of("watch/witness.pub", verify.WITNESS)
def refused(call):
    try:
        call()
    except (verify.Wrong, ValueError, OSError):
        return True
    return False
raw = open("cosigned.txt", "rb").read()
verify.checkpoint(raw.decode(), key, [witness])
for at in range(len(raw)):
    new = raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1:]
    if not refused(lambda: verify.checkpoint(new.decode(), key, [witness])):
        print("not true: byte", at, "of a checkpoint is noticed")
for folder, _, files in os.walk("tiles"):
    for name in files:
        path = os.path.join(folder, name)
        raw = open(path, "rb").read()
        for at in (0, len(raw) // 2, len(raw) - 1):
            open(path, "wb").write(raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1:])
            if not refused(lambda: verify.tiles("tiles", key)):
                print("not true: byte", at, "of", path, "is noticed")
        open(path, "wb").write(raw)
verify.tiles("tiles", key)
# RFC 8032's own vectors, and the tree of RFC 6962's tests.
public = bytes.fromhex("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c")
signature = bytes.fromhex("92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
                          "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00")
if not verify.signature_holds(public, b"\x72", signature) or verify.signature_holds(public, b"\x73", signature):
    print("not true: RFC 8032's second vector")
leaves = [bytes.fromhex(h) for h in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657",
                                     "606162636465666768696a6b6c6d6e6f")]
if verify.tree_root([verify.leaf_hash(l) for l in leaves]).hex() != "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328":
    print("not true: RFC 6962's tree")
PY
python3 each.py "$verify" >found || not_true 'the verifier goes through all changes'
[ ! -s found ] || not_true "$(cat found)"
done_testing
