#!/usr/bin/env bash
# content.sh PROGRAM GENERATE - copy, pages and code on their way out: scanned, judged by others than their
# authors, signed by digest, deployed only as approved; and the approval checked without our code.
. "$(dirname "$0")/lib.sh"
needs_grammars
cd "$scratch" || exit 1

by() { # NAME WORD...: as that operator
    operator=$1
    shift
    candor "$@" --json
}
proposed() { # NAME CONTENT: its review's number in $review
    by "$1" board propose content "$2"
    review=$(value id)
    [ -n "$review" ] || cat "$scratch/err"
}
state_is() {
    by ana content show "$1"
    value_is state "$2"
}

new_home shop
for who in cem:approver dan:analyst eva:approver; do
    operator=ana must candor operator add "${who%:*}" --roles "${who#*:}"
done
sed -i '/^governance:/,$d' shop/candor.yaml
cat >>shop/candor.yaml <<'Y'
governance:
  team: [{operator: bea, function: Head of marketing, reviews: [contents]}]
  ethics_board: {members: [cem, eva], chair: cem, quorum: 2}
Y
purpose=$(sed -n 's/^ *- {\{0,1\}name: \([a-z_]*\).*/\1/p' shop/candor.yaml | head -n 1)
printf 'Spring is here.\nOur new coats are in the shop.\n' >spring.txt
printf '<!doctype html><html><head><title>Spring</title></head><body><p>New coats.</p></body></html>\n' >page.html
printf 'Write to 4539 1488 0343 6467 or ada.byron@gmail.com\n' >leak.txt

# ---- submitting --------------------------------------------------------------------------------

operator=dan
candor content submit spring.txt --as spring --purpose nothing
it 'a purpose that is none is refused' said 2 'purpose'
candor content submit spring.txt --as spring --purpose "$purpose" --market Germany
it 'so is a market' said 2 'market'
candor content submit spring.txt --as spring --purpose "$purpose" --source human --model m
it 'so is a work of people with a model' said 2 'source'
head -c 300000 /dev/zero | tr '\0' a >large.txt
candor content submit large.txt --as large --purpose "$purpose"
it 'so is what is too large' said 2 'at most'
mkfifo pipe.txt
candor content submit pipe.txt --as pipe --purpose "$purpose"
it 'so is a pipe, which may never begin' said 2 'pipe'
cp spring.txt spring.txt.approval.json
candor content submit spring.txt.approval.json --as pipe --purpose "$purpose"
it 'so is the name of an approval' said 2 'approval.json'
rm spring.txt.approval.json
it 'content is submitted' by dan content submit spring.txt --as spring --purpose "$purpose" --market DE
it '... and scanned' value_is state scanned
operator=ana
candor content deploy spring --to .
it 'what nobody reviewed is not deployed' said 3 'approval'
proposed dan spring
it 'it goes to the board' state_is spring in_review
by dan review approve "$review"
it 'its author does not approve it' said 3 'does not review'
operator=ana
candor content deploy spring --to .
it 'what is in review is not deployed' said 3 'in_review'
it 'another does' by bea review approve "$review" --note 'plain and true'
it '... and it is approved' state_is spring approved

# ---- the approval ------------------------------------------------------------------------------

mkdir -p site
it 'it is deployed' by ana content deploy spring --to site
it '... as it was' cmp -s spring.txt site/spring.txt
it '... and says so' state_is spring deployed
cp shop/ledger.pub ledger.pub
verify() { "$program" verify "$@" --key ledger.pub --json >"$scratch/out" 2>"$scratch/err"; }
it 'the approval holds without a home' verify site/spring.txt
cat >other.py <<'P'
"""The approval by another hand: DSSE, in-toto, SHA-256 in Python; Ed25519 by openssl."""
import base64, hashlib, json, subprocess, sys
envelope = json.load(open(sys.argv[2]))
payload = base64.b64decode(envelope["payload"], validate=True)
kind = envelope["payloadType"].encode()
assert kind == b"application/vnd.in-toto+json"
pae = b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(payload), payload)
name, keyid, key = open(sys.argv[3]).read().strip().split("+", 2)
raw = base64.b64decode(key)
assert raw[0] == 1 and len(raw) == 33
assert envelope["signatures"][0]["keyid"] == keyid
assert hashlib.sha256(name.encode() + b"\n" + raw).digest()[:4].hex() == keyid
open("key.der", "wb").write(bytes.fromhex("302a300506032b6570032100") + raw[1:])
open("pae", "wb").write(pae)
open("sig", "wb").write(base64.b64decode(envelope["signatures"][0]["sig"], validate=True))
subprocess.run("openssl pkeyutl -verify -pubin -inkey key.der -keyform DER -rawin -in pae -sigfile sig".split(),
               check=True, stdout=subprocess.DEVNULL)
said = json.loads(payload)
assert said["_type"] == "https://in-toto.io/Statement/v1"
assert said["subject"][0]["digest"]["sha256"] == hashlib.sha256(open(sys.argv[1], "rb").read()).hexdigest()
assert not {r["name"] for r in said["predicate"]["reviewers"]} & set(said["predicate"]["authors"])
P
if command -v python3 >/dev/null && command -v openssl >/dev/null; then
    it '... and by another program' python3 other.py site/spring.txt site/spring.txt.approval.json ledger.pub
else
    skip 'no python3 or openssl to check with'
fi
broken() { # every byte of the file, one bit each
    local length at
    length=$(wc -c <site/spring.txt)
    for ((at = 0; at < length; at++)); do
        cp site/spring.txt bent
        printf "\\x$(printf %02x $(($(od -An -tu1 -j "$at" -N 1 bent) ^ 1)))" | dd of=bent bs=1 seek="$at" conv=notrunc 2>/dev/null
        ! verify bent --approval site/spring.txt.approval.json || return 1
    done
}
it 'one changed byte, any, voids it' broken
: >empty
it 'so does nothing at all' eval '! verify empty --approval site/spring.txt.approval.json'
sed 's/"sig": "\(.\)/"sig": "A\1/' site/spring.txt.approval.json >bent.json
it 'a bent signature does not hold' eval '! verify site/spring.txt --approval bent.json'
python3 - site/spring.txt.approval.json >forged.json <<'P'
import base64, json, sys
e = json.load(open(sys.argv[1]))
p = json.loads(base64.b64decode(e["payload"]))
p["predicate"]["validUntil"] = "2099-01-01T00:00:00Z"
e["payload"] = base64.b64encode(json.dumps(p).encode()).decode()
print(json.dumps(e))
P
verify site/spring.txt --approval forged.json
it 'nor does a forged statement' value_is signature false
new_home other
cp other/ledger.pub other.pub
it 'nor another key' eval '! "$program" verify site/spring.txt --key other.pub >out 2>&1'
home=shop
printf '{}' >nothing.json
verify site/spring.txt --approval nothing.json
rc=$?
it 'what is no envelope is said' said 2 'no approval'

# ---- one name, two contents --------------------------------------------------------------------

it 'it is deployed again over itself' by ana content deploy spring --to site
mkdir -p other-text more
printf 'Autumn is here.\n' >other-text/spring.txt
by dan content submit other-text/spring.txt --as autumn --purpose "$purpose"
kept=$review
proposed dan autumn
by bea review approve "$review"
operator=ana
candor content deploy autumn --to site
it "another content's file is not replaced" said 2 "is of content 'spring'"
it '... it stands as it was' cmp -s spring.txt site/spring.txt
it '... nor does it count as deployed' state_is autumn approved
it '... elsewhere it is' by ana content deploy autumn --to more
printf '{}' >more/spring.txt.approval.json
operator=ana
candor content deploy autumn --to more
it 'what is no approval of ours is not replaced either' said 2 'no approval of ours'
review=$kept

# ---- other bytes -------------------------------------------------------------------------------

printf 'Spring is nearly here.\n' >spring.txt
it 'other bytes begin anew' by ana content submit spring.txt --as spring --purpose "$purpose"
it '... scanned' value_is state scanned
operator=ana
candor content approval spring
it '... without an approval' said 3 'no approval'
by ana review show "$review"
it 'the review before is void' value_is state void
proposed ana spring
by dan review approve "$review"
it 'who wrote what was there before does not approve what is there now' said 3 'does not review'
it 'changes can be asked for' by bea review request-changes "$review" --note 'say which coats'
it '... and that is where it stands' state_is spring changes_requested

# ---- what blocks -------------------------------------------------------------------------------

it 'what blocks is kept' by dan content submit leak.txt --as leak --purpose "$purpose"
it '... and counted' eval '[ "$(value blocking)" -gt 0 ]'
by dan content show leak
it 'its values are not shown' eval '! grep -qE "4539 1488|ada.byron" "$scratch/out"'
proposed dan leak
by bea review approve "$review"
it 'one reviewer of the team is not enough' said 3 'no vote'
by cem review approve "$review" --note 'checked'
by eva review approve "$review" --note 'checked'
it 'two of the board approve, and it waits for a reason' state_is leak in_review
operator=ana
candor content deploy leak --to site
it '... undeployed' said 3 'in_review'
it 'the chair writes it down' by cem board overrule "$review" --note 'a number for tests'
it '... and it is approved' state_is leak approved
it '... and deployed' by ana content deploy leak --to site
it '... with the reason in the approval' verify site/leak.txt
it 'no reviewer, no reason leaks a value' eval '! by ana review show "$review" || ! grep -qE "4539 1488|ada.byron" "$scratch/out"'

# ---- marks -------------------------------------------------------------------------------------

printf 'Write about coats.' >prompt
it 'what a machine wrote is kept' by dan content submit page.html --as page --purpose "$purpose" --model m-1 --prompt-file prompt
it '... and needs a mark' value_is mark_there false
proposed dan page
it '... it may be approved' by bea review approve "$review"
operator=ana
candor content deploy page --to site
it '... and does not leave without the mark' said 3 'Article 50'
it 'with it' by dan content submit page.html --as page --purpose "$purpose" --model m-1 --prompt-file prompt --mark
proposed dan page
it '... it is approved anew' by bea review approve "$review"
it '... and leaves' by ana content deploy page --to site
it 'a reader of pages finds it' grep -q 'trainedAlgorithmicMedia' site/page.html
it '... and the approval holds' verify site/page.html
it 'what is personalised by a machine is for the board' eval 'by dan content submit page.html --as each --purpose "$purpose" --model m-1 --personalised --mark && proposed dan each && value_is risk high'

# ---- manifests of C2PA -------------------------------------------------------------------------

manifest() { "$program" verify "$@" --json >"$scratch/out" 2>"$scratch/err"; }
printf 'Des cafe\xcc\x81s, et des manteaux.\n' >carte.txt
printf 'export const one = 1;\n' >one.js
printf '<!doctype html><html><head><title>One</title></head><body><p>Coats.</p></body></html>\n' >one.html
operator=dan
candor content submit spring.txt --as said --purpose "$purpose" --c2pa
it 'a manifest says that a machine wrote it' said 2 'source'
printf '{}' >one.json
candor content submit one.json --as json --purpose "$purpose" --model m-1 --c2pa
it 'some files have no place for one' said 2 'no place'
signed() { # FILE
    by dan content submit "$1" --as c2pa-"${1##*.}" --purpose "$purpose" --model m-1 --mark --c2pa || return 1
    proposed dan c2pa-"${1##*.}"
    by bea review approve "$review" --note read
    by cem review approve "$review" --note read
    by eva review approve "$review" --note read
    by ana content deploy c2pa-"${1##*.}" --to site && manifest "site/$1" && value_is sound true
}
for file in carte.txt one.js one.html; do
    it "$file leaves with a manifest" signed "$file"
    it '... that nobody trusts without its root' grep -q 'signer not trusted' "$scratch/out"
    it '... and who has it does' eval 'manifest site/"$file" --roots shop/c2pa-root.pem && value_is trusted true'
    it '... the approval is of the bytes with it' verify "site/$file"
    it '... and the scan is quiet about it' eval '"$program" scan "site/$file" >"$scratch/out" && ! grep -qE "injection|anomaly|secret" "$scratch/out"'
    if command -v python3 >/dev/null && command -v openssl >/dev/null; then
        it '... by another program' python3 "$tests_dir/c2pa.py" "site/$file" shop/c2pa-root.pem
    fi
done
manifest site/one.js --roots spring.txt
rc=$?
it 'roots that are none are refused' said 2 'no certificates'
sed 's/Coats/Boats/' site/one.html >bent.html
it 'a changed letter is found' eval '! manifest bent.html && value_is code assertion.dataHash.mismatch'
it '... by the approval too' eval '! verify bent.html --approval site/one.html.approval.json && value_is manifest false'
sed 's/ -----END C2PA MANIFEST-----//' site/one.js >bent.js
it 'so is one that is cut' eval '! manifest bent.js && value_is whole false'
cat site/one.js site/one.js >bent.js
it '... and one too many' eval '! manifest bent.js && value_is one false'
(cat site/carte.txt && echo more) >bent.txt
it 'selectors that prove nothing are hidden text' eval '! "$program" scan bent.txt >"$scratch/out" && grep -q invisible-text "$scratch/out"'
manifest spring.txt
it 'a text without one has none' grep -q 'no C2PA manifest' "$scratch/out"
by dan content submit bent.js --as bent --purpose "$purpose" --model m-1
proposed dan bent
by bea review approve "$review"
by cem review approve "$review" --note read
by eva review approve "$review" --note read
operator=ana
candor content deploy bent --to site
it 'what claims what does not hold does not leave' said 3 'does not hold'

# ---- the certificate of the company ------------------------------------------------------------

if command -v openssl >/dev/null; then
    cat >c2pa.cnf <<'C'
[leaf]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = 1.3.6.1.4.1.62558.2.1, emailProtection
authorityKeyIdentifier = keyid
C
    {
        openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-384 -nodes -keyout root.key -out root.pem \
            -subj '/O=Authority/CN=Root' -days 30 -config /dev/null -addext basicConstraints=critical,CA:TRUE
        openssl genpkey -algorithm ed25519 -out shop/keys/company.pem
        openssl req -new -key shop/keys/company.pem -subj '/O=Company/CN=Company' -config /dev/null -out company.csr
        openssl x509 -req -in company.csr -CA root.pem -CAkey root.key -CAcreateserial -days 20 \
            -extfile c2pa.cnf -extensions leaf -out shop/company.crt
    } >"$scratch/openssl" 2>&1
    chmod 600 shop/keys/company.pem
    printf 'c2pa: {always: true, certificate: company.crt, key: keys/company.pem}\n' >>shop/candor.yaml
    printf 'Our new coats are here.\n' >ours.txt
    it 'the company signs with its own certificate, with every mark' \
        by dan content submit ours.txt --as ours --purpose "$purpose" --model m-1 --mark
    it '... and it is in the text' value_is c2pa_manifest selectors
    proposed dan ours
    by bea review approve "$review"
    it '... which leaves' by ana content deploy ours --to site
    it '... and who trusts the authority trusts it' eval 'manifest site/ours.txt --roots root.pem && value_is name Company'
    chmod 644 shop/keys/company.pem
    operator=dan
    candor content submit ours.txt --as ours --purpose "$purpose" --model m-1 --mark
    it 'a key that others may read signs nothing' said 3 'chmod 600'
fi

# ---- a hook that needs no home -----------------------------------------------------------------

examples=$(cd "$tests_dir/../../examples" && pwd)
if command -v git >/dev/null; then
    export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@example.org GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@example.org
    git init -q --bare live.git
    cp "$examples/deploy/pre-receive" live.git/hooks/pre-receive
    chmod +x live.git/hooks/pre-receive
    git init -q -b main work
    push() {
        git -C work add -A
        git -C work commit -q -m "$1"
        CANDOR="$program" CANDOR_KEY="$scratch/ledger.pub" git -C work push -q ../live.git main >"$scratch/push" 2>&1
    }
    cp site/* work/
    it 'git takes what is approved' push approved
    printf ' ' >>work/spring.txt
    it '... and not one byte more' eval '! push changed'
    it '... and says which' grep -q 'spring.txt' push
else
    skip 'no git to push with'
fi

# ---- the end -----------------------------------------------------------------------------------

it 'it is retired' by ana content retire page
it '... for good' state_is page retired
operator=ana
candor content deploy page --to site
it '... and not deployed again' said 3 'retired'
it 'all of it is on a ledger that holds' candor ledger verify
candor ledger list --json
it 'the list has each' by ana content list
names() { sed -n 's/^ *"name": "\(.*\)",$/\1/p' "$scratch/out"; }
candor content list --json
names >all
it '... more than two' test "$(wc -l <all)" -gt 2
it '... and says that there is no more' grep -q '"next": null' "$scratch/out"
: >pieces
last=
while candor content list --limit 2 ${last:+--after "$last"} --json && names >>pieces; do
    last=$(sed -n 's/^ *"next": "\(.*\)".*/\1/p' "$scratch/out")
    [ -n "$last" ] || break
done
it 'pages of two come to the same, each once' cmp -s all pieces
it 'no name of a person, no value is in what is listed' eval '! grep -qE "4539|byron" "$scratch/out"'
done_testing
