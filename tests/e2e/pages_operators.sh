#!/usr/bin/env bash
# pages_operators.sh PROGRAM GENERATE - who works here, on a page for owners, with curl: invited, come in, reset,
# ended while the server runs; and everything that must not work: other roles, foreign forms, one's own doors,
# one person where two are wanted.
# shellcheck source=tests/e2e/pages.sh
. "$(dirname "$0")/pages.sh"

new_home "$scratch/shop"
must candor operator add mara --roles marketer
must candor operator add pia --roles privacy,analyst
must candor operator training pia --course privacy-basics --until 2099-01-01
declare -A invitation
for name in ana bea mara pia; do
    invitation[$name]=$(value_of path operator invite "$name")
done
begin
for name in ana bea mara pia; do
    come_in "$name" "${invitation[$name]}"
    must page 200 "$name" /account
    declare "$name=$(form_token)"
done
link() { sed -n 's,.*class="secret">[^<]*\(/invite/[^<]*\)<.*,\1,p' "$scratch/page"; }
leaves() { curl -s "$url/v1/ledger/checkpoint" | sed -n 2p; }

# ---- whose page it is ------------------------------------------------------------------------------

it 'nobody sees the page' page 303 nobody /operators
for who in bea mara pia; do
    it "$who does not" page 403 "$who" /operators
    it '... nor is the way shown' hides 'href="/operators"'
    it '... nor does a form of their own add anybody' page 403 "$who" /operators -d "form=${!who}" -d act=add -d name=eve -d role=owner
    it '... nor make themselves an owner' page 403 "$who" /operators -d "form=${!who}" -d act=add -d "name=$who" -d role=owner
    it '... nor make them a link for the owner' page 403 "$who" /operators -d "form=${!who}" -d act=invite -d name=ana
    it '... nor end the owner' page 403 "$who" /operators -d "form=${!who}" -d act=end -d name=ana
done
it 'an owner sees it' page 200 ana /operators
it '... with the way to it' shows 'href="/operators"'
for name in ana bea mara pia; do
    it "... and $name on it" shows "<h2>$name</h2>"
done
it '... when they came in' shows "Last sign-in</dt><dd>$(date -u +%Y-%m-%d)"
it '... what they learnt' shows 'privacy-basics, until 2099-01-01'
it '... and no secret' bash -c '! grep -qE "cnd_|/invite/" "$1"' _ "$scratch/page"

# ---- forms that are not theirs ---------------------------------------------------------------------

before=$(leaves)
it 'a form without its token' page 403 ana /operators -d act=add -d name=eve -d role=owner
it 'a form with the token of another' page 403 ana /operators -d "form=$mara" -d act=add -d name=eve -d role=owner
it 'a form of another site' page 403 ana /operators -H 'Sec-Fetch-Site: cross-site' -d "form=$ana" -d act=add -d name=eve -d role=owner
it 'a form of another origin' page 403 ana /operators -H 'Origin: https://evil.example' -d "form=$ana" -d act=add -d name=eve -d role=owner
it 'a link does nothing' page 200 ana "/operators?act=add&name=eve&role=owner&form=$ana"
for act in invite reset end add; do
    it "an owner does not $act themselves" page 403 ana /operators -d "form=$ana" -d act=$act -d name=ana -d role=owner
done
it 'an act that is none' page 400 ana /operators -d "form=$ana" -d act=promote -d name=bea
it 'somebody who is not there' page 404 ana /operators -d "form=$ana" -d act=invite -d name=eve
it 'a name that is a path' page 400 ana /operators -d "form=$ana" -d act=add -d 'name=../eve' -d role=owner
it 'a name that is markup' page 400 ana /operators -d "form=$ana" -d act=add --data-urlencode 'name=<script>alert(1)</script>' -d role=owner
it '... is put back escaped' hides '<script>alert'
it 'a name that is taken' page 409 ana /operators -d "form=$ana" -d act=add -d name=bea -d role=owner
it 'no role' page 400 ana /operators -d "form=$ana" -d act=add -d name=eve
it 'the role of a machine' page 400 ana /operators -d "form=$ana" -d act=add -d name=eve -d role=machine
it 'two roles in one' page 400 ana /operators -d "form=$ana" -d act=add -d name=eve -d 'role=marketer,owner'
it 'nothing of it is on the ledger' test "$(leaves)" = "$before"

# ---- somebody new ----------------------------------------------------------------------------------

it 'somebody is added' page 200 ana /operators -d "form=$ana" -d act=add -d name=nia -d role=analyst -d role=approver
first=$(link)
it '... with a link' test -n "$first"
it '... and entries on the ledger' test "$(leaves)" -gt "$before"
it '... which the list does not show' page 200 ana /operators
it '... any more' hides /invite/
it '... with their roles' shows '<dd>approver, analyst</dd>'
it '... and no password yet' shows 'never: no password yet'
it 'another link' page 200 ana /operators -d "form=$ana" -d act=invite -d name=nia
second=$(link)
it '... ends the first' page 404 nobody "$first"
come_in nia "$second"
it '... and lets them in' page 200 nia /account
nia=$(form_token)
it '... as what they are' shows 'approver, analyst'
it '... and no more' page 403 nia /operators
it '... once' page 404 nobody "$second"

# ---- a second factor that is lost ------------------------------------------------------------------

if command -v python3 >/dev/null; then
    must page 200 nia /account -d "form=$nia" -d act=begin
    secret=$(sed -n 's,.*class="secret">\([A-Z2-7]*\)<.*,\1,p' "$scratch/page")
    must page 200 nia /account -d "form=$nia" -d act=confirm -d "code=$(python3 "$tests_dir/raw.py" totp "$secret")"
    it 'a second factor is seen' page 200 ana /operators
    it '... that it is there' shows 'Second factor</dt><dd>set up'
    it 'nobody else takes it away' page 403 mara /operators -d "form=$mara" -d act=reset -d name=nia
    it 'an owner does' page 303 ana /operators -d "form=$ana" -d act=reset -d name=nia
    it '... which ends their session' page 303 nia /account
    it '... and is said' page 200 ana '/operators?done=operator-reset'
    it '... on the page' hides 'set up</dd>'
else
    skip 'python3 is missing: no code of a telephone'
fi

# ---- an end ----------------------------------------------------------------------------------------

it 'access ends' page 303 ana /operators -d "form=$ana" -d act=end -d name=mara
it '... with the session' page 303 mara /account
it '... and no link brings it back' page 403 ana /operators -d "form=$ana" -d act=invite -d name=mara
it '... as the list says' page 200 ana /operators
it '... with the day' shows "Ended on</dt><dd>$(date -u +%Y-%m-%d)"

# ---- two people ------------------------------------------------------------------------------------

must page 200 ana /operators -d "form=$ana" -d act=add -d name=ola -d role=owner
come_in ola "$(link)"
must page 200 ola /account
ola=$(form_token)
sed -i '/^people:/,/^[a-z]/{/two_people/d}' "$home/candor.yaml"
grep -q '^people:' "$home/candor.yaml" && sed -i 's/^people:.*/&\n  two_people: [operators]/' "$home/candor.yaml" ||
    printf 'people: {two_people: [operators]}\n' >>"$home/candor.yaml"
kill -HUP "$server"
for _ in $(seq 100); do
    grep -q 'a new policy is in force' "$scratch/log" && break
    sleep 0.1
done
it 'two people are wanted from now on' grep -q 'a new policy is in force' "$scratch/log"
number() { sed -n 's/.*second sign \([0-9a-f]*\).*/\1/p' "$scratch/page" | head -n 1; }
for act in invite end; do
    it "one alone does not $act somebody" page 403 ana /operators -d "form=$ana" -d "act=$act" -d name=bea
    it '... and is told' shows 'two people'
done
it 'nor add them' page 403 ana /operators -d "form=$ana" -d act=add -d name=eve -d role=owner
wish=$(number)
it '... who is not there then' page 200 ana /operators
it '... in the list' hides '<h2>eve</h2>'
it 'nobody signs their own wish' page 403 ana "/board/second/$wish" -d "form=$ana" -d act=sign
it 'nor does a role that may not' page 403 bea "/board/second/$wish" -d "form=$bea" -d act=sign
it 'another owner does' page 303 ola "/board/second/$wish" -d "form=$ola" -d act=sign
it 'with other roles it is another wish' page 403 ana /operators -d "form=$ana" -d act=add -d name=eve -d role=analyst
it 'then it is done' page 200 ana /operators -d "form=$ana" -d act=add -d name=eve -d role=owner
it '... with the first link' test -n "$(link)"
it 'whoever has a password is still in' page 200 bea /account

stop
it 'the log holds no link' bash -c '! grep -qE "invite/|nia|ola" "$1"' _ "$scratch/log"
it 'the ledger verifies' candor ledger verify
done_testing
