#!/usr/bin/env bash
# Erasure: a person is planted whose every value is a canary, used everywhere, and erased. Before
# and after it no byte of the home says who they were; and no older copy of its files brings them
# back, as long as the present root key is the one that is there.
#
#   erase.sh PROGRAM GENERATE
. "$(dirname "$0")/lib.sh"

id=CANARY7319
email=zoltan.quixotte@canary-bird.example
name='Zoltan Quixotte-Vireo'
region=Kanarienvogelsund
category=peregrine-lanterns
proof=form-canary-55071
surface=kiosk-canary-20417
canary=("$id" "$email" "$name" "$region" "$category" "$proof" "$surface")

# ---- the scanner -----------------------------------------------------------------------------

# forms TEXT: all forms in which a text may stand in a file, in hex, one a line.
hex() { od -An -v -tx1 | tr -d ' \n'; }
# In base64 a text looks in three ways, by what stands before it; the first and last letters depend
# on the neighbours and are left off.
base64_forms() {
    local pad text
    for pad in '' x xx; do
        text=$(printf '%s%s' "$pad" "$1" | base64 -w 0 | tr -d =)
        [ -z "$pad" ] || text=${text:$((${#pad} + 1))}
        printf '%s' "${text%??}" | hex
        echo
        printf '%s' "${text%??}" | tr '+/' '-_' | hex
        echo
    done
}
wide() { sed 's/../&00/g'; }
forms() {
    local text
    for text in "$1" "${1^^}" "${1,,}"; do
        printf '%s' "$text" | hex
        echo
        printf '%s' "$text" | hex | wide
        echo
        printf '%s' "$text" | hex | hex # as hex digits, of both cases
        echo
        printf '%s' "$text" | hex | tr a-f A-F | hex
        echo
        base64_forms "$text"
        printf '%s' "$text" | rev | hex
        echo
    done
}

# scan FOLDER: how many canaries are found in the bytes of its files, in any form.
for text in "${canary[@]}"; do
    forms "$text"
done | sort -u >"$scratch/forms"
scan() {
    local file hits=0 found
    while IFS= read -r -d '' file; do
        hex <"$file" >"$scratch/hex"
        found=$(grep -oFf "$scratch/forms" "$scratch/hex" | sort -u | wc -l)
        [ "$found" -eq 0 ] || printf '      %s forms of canaries in %s\n' "$found" "${file#"$1"/}" >&2
        hits=$((hits + found))
    done < <(find "$1" -type f -print0)
    echo "$hits"
}
clean() { [ "$(scan "$1")" -eq 0 ]; }

# The control: what is planted is found, in each form.
mkdir "$scratch/control"
for plant in cat hex 'base64 -w 0' 'iconv -t UTF-16LE' 'tr a-z A-Z' rev; do
    # shellcheck disable=SC2086
    { noise=$(head -c 5000 /dev/urandom | base64) && printf '%s' "$noise" &&
        printf 'xy%s' "$email" | $plant; } >"$scratch/control/file"
    it "the scanner finds a canary by way of '$plant'" \
        test "$(scan "$scratch/control" 2>/dev/null)" -ge 1
done
head -c 500000 /dev/urandom >"$scratch/control/file"
it "and none where there is none" clean "$scratch/control"

# ---- a life ----------------------------------------------------------------------------------

new_home "$scratch/home"
sed -i 's/contacts: 3, days: 30/contacts: 9, days: 30/; s/min_score: 0.05/min_score: 0/' \
    "$home/candor.yaml"
sed -i 's/holdout: 0.15/holdout: 0/' "$home/candor.yaml"
fill_home 300 5
{
    echo 'identifier,email,name,sex,age,region,loyalty_tier,joined,channel_preference'
    echo "$id,$email,$name,female,44,$region,gold,2020-02-02,email"
} >"$scratch/subject.csv"
{
    echo 'identifier,purpose,decision,time,channel,surface,proof'
    for purpose in email_marketing profiling model_training; do
        echo "$id,$purpose,given,2026-03-01T10:00:00Z,,$surface,$proof"
    done
} >"$scratch/consents.csv"
{
    echo 'identifier,event,time,amount,category,channel'
    for day in 10 11 12 13 14; do
        echo "$id,bought,2026-10-${day}T09:00:00Z,77.10,$category,web"
        echo "$id,viewed,2026-10-${day}T08:00:00Z,,$category,web"
    done
} >"$scratch/events.csv"
must candor import subjects "$scratch/subject.csv"
must candor import consents "$scratch/consents.csv"
must candor import events "$scratch/events.csv"
must candor consent give "$id" --purpose share:acme-ads --surface "$surface" --proof "$proof"
must candor train lead
must candor model publish lead
must candor plan spring --out "$scratch/plan.csv" --html "$scratch/plan.html"
operator=bea must candor approve spring
must candor send spring --to "$scratch/contacts.csv"
it "the planted person was contacted" grep -q "$id" "$scratch/contacts.csv"
neighbour=$(sed -n 2p "$scratch/contacts.csv" | cut -d, -f1)
must candor decide "$id" --campaign spring
must candor subject correct "$id" --field age --value 45
must candor consent show "$id"
must candor subject show "$email"
it "and can be found by their address" grep -q "$name" "$scratch/out"
must candor subject export "$id" --json
it "everything about them can be exported" grep -q "$category" "$scratch/out"
it "before the erasure no file of the home says anything in plain" clean "$home"
cp -a "$home" "$scratch/before"

# ---- the end ---------------------------------------------------------------------------------

candor subject erase "$id" --json
it "they are erased" value_is erased true
it "no file of the home says who they were" clean "$home"
home_now=$scratch/home
# unknown HOME: nothing can be had about the person there, by any name or command.
unknown() {
    local words
    home=$1
    for words in "subject show $id" "subject show $email" "subject export $id" "consent show $id" \
        "decide $id --campaign spring"; do
        # shellcheck disable=SC2086
        candor $words
        if [ "$rc" -ne 2 ] || [ -s "$scratch/out" ]; then
            printf '      %s: exit %s\n' "${words%% "$id"*}" "$rc"
            return 1
        fi
        ! grep -qF -e "$name" -e "$email" -e "$region" "$scratch/err" || return 1
    done
}
neighbour_opens() {
    home=$1
    candor subject show "$neighbour" && grep -q 'E-mail' "$scratch/out"
}
it "and they are nobody" unknown "$home_now"
it "their neighbour is as before" neighbour_opens "$home_now"
home=$home_now
must candor ledger verify

# A later plan, a rotation of keys and a restart change nothing about that.
must candor keys rotate
it "after a rotation too" unknown "$home_now"
it "with the neighbour still there" neighbour_opens "$home_now"

# ---- older copies ----------------------------------------------------------------------------

# mixed NAME FILE...: the present home with these files from before the erasure.
mixed() {
    local file
    rm -rf "${scratch:?}/$1"
    cp -a "$home_now" "$scratch/$1"
    rm -f "$scratch/$1/data.db"-* "$scratch/$1/keys/keys.db"-*
    home=$scratch/$1
    shift
    for file in "$@"; do
        cp -a "$scratch/before/$file"* "$(dirname "$home/$file")/"
    done
}
mixed old-data data.db
it "an old data.db with the present keys: they are nobody" unknown "$home"
it "it still holds no plain text" clean "$home"
home=$scratch/old-data
candor train lead --json
it "a walk over everybody passes them by, or says that the data is damaged" test "$rc" -le 2
it "and does not learn from them" test -z "$(grep -F "$category" "$scratch/out")"

mixed old-keys keys/keys.db
candor subject show "$id"
it "an old keys.db with the present root is refused" said 2 'keys'
mixed both data.db keys/keys.db
candor subject show "$id"
it "so are both of them" said 2 'keys'
mixed old-root keys/root.key
candor subject show "$neighbour"
it "and the old root with the present keys.db" said 2 'keys'

# The control: only all three together are the old home, which no backup may ever have.
cp -a "$scratch/before" "$scratch/whole"
home=$scratch/whole
must candor subject show "$id"
it "only data, keys and root of one time together open them" grep -q "$name" "$scratch/out"
done_testing
