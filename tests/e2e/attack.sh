#!/usr/bin/env bash
# attack.sh PROGRAM - somebody means harm: every check is an attack, and that it is refused.
#
# What a request may look like at all is shown byte by byte in tests/unit/net/test_server.c and
# test_check.c, deadlines in test_life.c, refusals of the API in serve.sh, that a hash is computed for
# names that nobody has, and that sessions end, in tests/unit/flow/test_visits.c. Here it is the whole
# program, as an attacker meets it.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
cd "$scratch" || exit 1
raw=$tests_dir/raw.py
command -v python3 >/dev/null || { echo 'python3 is missing' >&2; exit 77; }

# ---- a home, and another that somebody else owns ----------------------------------------------

words='seven green herons walk'
evil='<script>alert(1)</script>'
sql="x' OR '1'='1"

make_home() { # DIR
    home=$scratch/$1
    must "$program" --operator ana init "$home" --name "$1"
    sed -i '/holdout:/d' "$home/candor.yaml"
    cat >>"$home/candor.yaml" <<'END'
server:
  password: {passes: 2, memory_mib: 19}
  session: {idle_minutes: 30, hours: 12}
END
    printf '%s\n' identifier,email,age,sex anna,anna@example.org,30,f ben,ben@example.org,40,m \
        cleo,cleo@example.org,50,f "$evil,evil@example.org,60,f" "$sql,sql@example.org,61,m" >subjects.csv
    printf '%s\n' identifier,purpose,decision,time anna,email_marketing,given,2026-01-01 >consents.csv
    must candor import subjects subjects.csv
    must candor import consents consents.csv
    must candor operator add bea --roles approver
}

make_home other
other_invite=$(value_of path operator invite ana)
other_link=$(value_of path subject link anna)
other_key=$(value_of key key add website --roles machine,privacy)
make_home shop
old_invite=$(value_of path operator invite ana)
ana_invite=$(value_of path operator invite ana) # the one before is over now
bea_invite=$(value_of path operator invite bea)
anna_link=$(value_of path subject link anna)
anna_link_2=$(value_of path subject link anna)
cleo_link=$(value_of path subject link cleo)
key=$(value_of key key add website --roles machine,privacy,owner)

# ---- passwords by command -----------------------------------------------------------------------

must candor operator add cy --roles approver
must candor operator add dee --roles analyst
set_password() { # NAME, the password on standard input
    candor operator password "$@" && ! grep -q herons "$scratch/out" "$scratch/err"
}
it 'a password is read from standard input' set_password cy <<<"$words"
refuses_password() { # EXIT PATTERN NAME
    candor operator password "$3" --json
    said "$1" "$2"
}
it '... a weak one is refused' refuses_password 2 'at least 12' cy <<<'short'
it '... nothing is refused' refuses_password 2 'at least 12' cy </dev/null
it '... two lines are refused' refuses_password 2 'one line' cy <<<"$words"$'\n'"$words"
it '... a NUL is refused' refuses_password 2 'one line' cy < <(printf 'seven green\0 herons walk')
it '... for nobody it is refused' refuses_password 2 "no operator 'zoe'" zoe <<<"$words"
operator=dee
it "... for somebody else's account it is refused" refuses_password 3 administer cy <<<"$words"
it '... for their own it is not' set_password dee <<<"$words"
operator=ana
it 'a terminal shows nothing of a password' python3 "$raw" type "$words" "$words" -- \
    "$program" --home "$home" --operator ana operator password cy
fails() { ! "$@" >/dev/null; }
it '... and wants the same one twice' fails python3 "$raw" type "$words" "$words." -- \
    "$program" --home "$home" --operator ana operator password cy
it '... and shows what is typed again after Ctrl-C' python3 "$raw" type -- \
    "$program" --home "$home" --operator ana operator password cy

# ---- a server ----------------------------------------------------------------------------------

# A request with the cookies in the file $jar, which is not changed: the answer is in head and body.
jar=nobody
: >nobody
ask() { # METHOD PATH [CURL OPTION...]
    local method=$1 path=$2
    shift 2
    : >body
    code=$(curl -sS --path-as-is -X "$method" -b "$jar" -D head -o body -w '%{http_code}' "$@" "$url$path" 2>curl_err) || code=none
}
# What is set as session is in $session afterwards, and what is set as device in $device.
keep() {
    session=$(tr -d '\r' <head | sed -n 's/^set-cookie: \(__Host-\)\{0,1\}candor=\([^;]*\).*/\2/ip')
    device=$(tr -d '\r' <head | sed -n 's/^set-cookie: \(__Host-\)\{0,1\}candor-device=\([^;]*\).*/\2/ip')
}
jar_of() { # FILE SESSION [DEVICE]
    printf '127.0.0.1\tFALSE\t/\tFALSE\t0\tcandor\t%s\n' "$2" >"$1"
    [ -z "${3-}" ] || printf '127.0.0.1\tFALSE\t/\tFALSE\t0\tcandor-device\t%s\n' "$3" >>"$1"
}
answers() { # CODE METHOD PATH [CURL OPTION...]
    local wanted=$1
    shift
    ask "$@"
    [ "$code" = "$wanted" ] || {
        printf '      %s %.80s answers %s, not %s: %.200s\n' "$1" "$2" "$code" "$wanted" "$(cat curl_err body | tr '\n' ' ')"
        return 1
    }
}
goes_to() { # PATH METHOD PATH [CURL OPTION...]: a redirect, exactly there
    local wanted=$1 found
    shift
    ask "$@"
    found=$(tr -d '\r' <head | sed -n 's/^location: //ip')
    [ "$code" = 303 ] && [ "$found" = "$wanted" ] || {
        printf '      %s %.80s answers %s and goes to "%s"\n' "$1" "$2" "$code" "$found"
        return 1
    }
}
lacks() { # TEXT FILE
    ! grep -qiF -- "$1" "$2" || {
        printf '      it says %s\n' "$1"
        return 1
    }
}
is_in() { # as far as the account page is open
    jar=$1 answers 200 GET /account
}
is_out() {
    jar=$1 goes_to '/login?next=/account' GET /account
}

begin
shop_server=$server

# Slow ones go on beside all else: see below.
for kind in head body form; do
    python3 "$raw" slow "$where" "$kind" "$key" >"slow.$kind" 2>&1 &
done

# ---- one-time links -----------------------------------------------------------------------------

same_refusal() { # PATH...: each is refused, by the same page
    local path first=
    for path in "$@"; do
        answers 404 GET "$path" || return 1
        [ -z "$first" ] || cmp -s body first || { echo "      another page for $path"; return 1; }
        cp body first
        first=yes
        answers 404 POST "$path" --data-urlencode "password=$words" || return 1
    done
}
flipped() { # the same with one letter changed, in the middle
    local at=$((${#1} - 20)) letter=A
    [ "${1:at:1}" != A ] || letter=B
    printf '%s%s%s' "${1:0:at}" "$letter" "${1:at+1}"
}
it 'an invitation that a newer one replaced is over' same_refusal "$old_invite"
it 'an invitation of another home, changed, cut, or made up is refused, and nobody learns which' \
    same_refusal "$other_invite" "$(flipped "$ana_invite")" "${ana_invite%????}" "${ana_invite}A" /invite/AAAA "$old_invite"
it "a subject's link is no invitation" same_refusal "/invite/${anna_link##*/}"
it "an invitation is no subject's link" same_refusal "/me/enter/${ana_invite##*/}"
it "a subject's link of another home, changed, cut, or made up is refused, and nobody learns which" \
    same_refusal "$other_link" "$(flipped "$anna_link")" "${anna_link%????}" /me/enter/AAAA
it 'looking at a link, as scanners of mail do, does not use it up' answers 200 GET "$ana_invite"
it '... nor does HEAD' answers 200 HEAD "$ana_invite" --head
it '... nor a password that is too weak' answers 400 POST "$ana_invite" -d password=short
it 'it is good once' answers 303 POST "$ana_invite" --data-urlencode "password=$words"
keep
jar_of ana "$session" "$device"
it '... and no second time' same_refusal "$ana_invite" "$old_invite"
it "a subject's link is good once" answers 303 POST "$anna_link" -d ''
keep
jar_of anna "$session"
it '... and no second time' same_refusal "$anna_link"
answers 303 POST "$bea_invite" --data-urlencode "password=$words" || exit 1
keep
jar_of bea "$session" "$device"
bea_device=$device

it 'two who use one link at once: one gets in' bash -c '
    for i in 1 2 3 4; do
        curl -sS -o /dev/null -w "%{http_code}\n" -d "" "'"$url$anna_link_2"'" >"race.$i" &
    done
    wait
    [ "$(cat race.? | grep -c 303)" = 1 ] && [ "$(cat race.? | grep -c 404)" = 3 ] || { cat race.?; exit 1; }'

answers 200 DELETE /v1/subjects/cleo -H "Authorization: Bearer $key" || not_true 'cleo is erased'
it 'the link of somebody who was erased says what any used one says' same_refusal "$cleo_link" "$anna_link" /me/enter/AAAA

# ---- whose session ------------------------------------------------------------------------------

login() { # NAME [CURL OPTION...]
    local name=$1
    shift
    ask POST /login --data-urlencode "name=$name" --data-urlencode "password=$words" "$@"
}
planted=$(printf 'ab%.0s' $(seq 32))
jar_of planted "$planted"
it 'a cookie that somebody planted is nobody' is_out planted
adopted() {
    jar=planted login ana
    keep
    [ "$code" = 303 ] && [ "${#session}" = 64 ] && [ "$session" != "$planted" ] || return 1
    jar_of ana2 "$session" "$device"
    is_out planted && is_in ana2
}
it '... and is not adopted by a login' adopted
by_command() {
    ask POST /login -d name=cy --data-urlencode "password=$words"
    [ "$code" = 303 ]
}
it 'a password that was set by command lets in' by_command
fresh() {
    local before
    before=$(awk '$6 == "candor" {print $7}' ana2)
    jar=ana2 login ana
    keep
    [ "$code" = 303 ] && [ "$session" != "$before" ] || return 1
    is_out ana2 && jar_of ana2 "$session" "$device" && is_in ana2
}
it 'each login is a new session, and the one before ends' fresh
it 'whoever only looks gets no cookie that could be fixed' bash -c '! grep -qi ^set-cookie head' \
    "$(ask GET /login)"
it 'a cookie is out of reach of scripts and other sites' grep -qiE \
    '^set-cookie: candor=[0-9a-f]{64}; Path=/; HttpOnly; SameSite=Lax' <(jar=nobody login ana && cat head)
keep
for value in '' x "$sql" "$(printf 'a%.0s' $(seq 600))" '%00' '../../../etc/passwd'; do
    it "a session of '${value:0:12}' is nobody's" goes_to '/login?next=/account' GET /account -H "Cookie: candor=$value"
done
jar=anna
it "a subject's session is no operator's" answers 403 GET /account
jar=nobody

# ---- forms of other sites -----------------------------------------------------------------------

jar=ana
ask GET /account
ana_form=$(form_token body)
jar=bea
ask GET /account
bea_form=$(form_token body)
[ -n "$ana_form" ] && [ "$ana_form" != "$bea_form" ] || not_true 'sessions have form tokens of their own'
jar=ana
refused_form() { # LABEL CODE [CURL OPTION...]
    local label=$1 wanted=$2
    shift 2
    it "a form $label is refused" answers "$wanted" POST /account "$@"
}
refused_form 'without its token' 403 -d act=others
refused_form 'with an empty token' 403 -d 'act=others&form='
refused_form 'with a token of somebody else' 403 -d "act=others&form=$bea_form"
refused_form 'with a token that is cut' 403 -d "act=others&form=${ana_form%?}"
refused_form 'with the session as its token' 403 -d "act=others&form=$(awk '$6 == "candor" {print $7}' ana)"
refused_form 'with its token in the address only' 403 -d act=others --url-query "form=$ana_form"
refused_form 'of another origin' 403 -d "act=others&form=$ana_form" -H 'Origin: https://evil.example'
refused_form 'of no origin' 403 -d "act=others&form=$ana_form" -H 'Origin: null'
refused_form 'of an origin that begins like ours' 403 -d "act=others&form=$ana_form" -H "Origin: $url.evil.example"
refused_form 'of an origin on another port' 403 -d "act=others&form=$ana_form" -H "Origin: http://127.0.0.1:1"
refused_form 'that came across sites' 403 -d "act=others&form=$ana_form" -H 'Sec-Fetch-Site: cross-site'
refused_form 'that came from a sister site' 403 -d "act=others&form=$ana_form" -H 'Sec-Fetch-Site: same-site'
refused_form 'that says both' 400 -d "act=others&form=$ana_form" -H "Origin: $url" -H 'Origin: https://evil.example'
refused_form 'that says both the other way round' 400 -d "act=others&form=$ana_form" \
    -H 'Sec-Fetch-Site: same-origin' -H 'Sec-Fetch-Site: cross-site'
refused_form 'as plain text' 415 -d "act=others&form=$ana_form" -H 'Content-Type: text/plain'
refused_form 'as JSON' 415 -d "{\"act\":\"others\",\"form\":\"$ana_form\"}" -H 'Content-Type: application/json'
refused_form 'in parts' 415 -F act=others -F "form=$ana_form"
refused_form 'without a type' 415 -d "act=others&form=$ana_form" -H 'Content-Type:'
it 'a login that another site begins is refused' answers 403 POST /login -d 'name=bea' \
    --data-urlencode "password=$words" -H 'Origin: https://evil.example'
it 'a logout that another site begins is refused' answers 403 POST /logout -H 'Sec-Fetch-Site: cross-site' -d ''
it 'no address acts when it is only looked at' bash -c '[ "$1" = "405 405" ]' - \
    "$(ask GET /logout && printf '%s ' "$code" && ask GET /account/password && echo "$code")"
it 'the session is still there after all that' is_in ana
it 'the same form, from our own page, is taken' answers 303 POST /account -d "act=others&form=$ana_form" \
    -H "Origin: $url" -H 'Sec-Fetch-Site: same-origin'
it '... and ended the other sessions' is_out ana2

# ---- other hosts, other headers -----------------------------------------------------------------

jar=nobody
for next in //evil.example '/\evil.example' https://evil.example '\\evil.example' $'/\t/evil.example' \
    'javascript:alert(1)' 'account' ' /account' $'/a\r\nSet-Cookie: candor=x' $'/a\tb' '/"><script>' '/é'; do
    it "a login does not go on to '${next//[$'\r\n\t']/ }'" goes_to / POST /login -b ana \
        --data-urlencode "name=ana" --data-urlencode "password=$words" --data-urlencode "next=$next"
    keep
    it '... nor is a cookie planted' [ "${#session}" = 64 ]
    jar_of ana "$session" "$device"
done
it 'it goes where it should' goes_to '/account?x=1' POST /login -b ana --data-urlencode "name=ana" \
    --data-urlencode "password=$words" --data-urlencode 'next=/account?x=1'
keep
jar_of ana "$session" "$device"
it 'a new line in an address is none in a header' bash -c '[ "$1" = 400 ]' - \
    "$(ask GET '/account%0d%0aSet-Cookie:%20a=b' && echo "$code")"
ask GET '/login?next=%0d%0aSet-Cookie:%20a=b'
it '... nor in a query' bash -c '! grep -qi ^set-cookie head'
it 'a host of somebody else is nowhere in the answer' lacks evil.example \
    <(ask GET /account -H 'Host: evil.example' && cat head body)

# ---- text that would be HTML --------------------------------------------------------------------

for text in "$evil" '"><img src=x onerror=alert(1)>' "' onmouseover='alert(1)" '</title><script>' '&lt;script&gt;'; do
    ask POST /login --data-urlencode "name=$text" -d password=x
    it "a name like ${text:0:12} is shown as text" bash -c '! grep -qF "$1" body' - "name=\"name\" value=\"$text"
    it '... and makes no element' bash -c '! grep -qiE "<script|<img|onmouseover=.alert" body'
done
ask GET "/login?next=%22%3E%3Cscript%3Ealert(1)%3C/script%3E&done=%3Cscript%3E"
it 'a query is shown as text' bash -c '! grep -qi "<script" body'
it 'every page forbids scripts of others, frames and bases' grep -qi \
    "^content-security-policy: default-src 'none'.*base-uri 'none'; frame-ancestors 'none'" head
it '... and is kept nowhere' grep -qi '^cache-control: no-store' head
it '... and is of the type that it says' grep -qi '^x-content-type-options: nosniff' head
ask GET "/v1/subjects/%3Cscript%3Ealert(1)%3C%2Fscript%3E" -H "Authorization: Bearer $key"
it 'a hostile identifier comes back as JSON, and never as a page' bash -c \
    '[ "$1" = 200 ] && grep -qi "^content-type: application/json" head' - "$code"

# ---- paths that climb ---------------------------------------------------------------------------

for path in /../candor.yaml /tile/../../candor.yaml /tile/..%2f..%2fcandor.yaml /%2e%2e/candor.yaml \
    /style.css/../../candor.yaml '/..\..\candor.yaml' /tile/%5c..%5c..%5ccandor.yaml //etc/passwd \
    /tile/0/x000/../../../keys/root.key /v1/audits/..%2F..%2Fkeys /invite/..%2F..%2Fkeys \
    /v1/subjects/..%2Fkeys/export /%2fetc%2fpasswd /tile/entries/000%00.p/1; do
    climbs() {
        ask GET "$path" -H "Authorization: Bearer $key"
        case $code in 400 | 404 | 405) ;; *) echo "      $code"; return 1 ;; esac
        lacks 'candor: 1' body && lacks root: body
    }
    it "$path leads nowhere" climbs
done

# ---- too much -----------------------------------------------------------------------------------

many() { # TEXT COUNT
    printf "$1%.0s" $(seq "$2")
}
it 'an address that is too long is refused' answers 431 GET "/login?next=$(many a 20000)"
it 'a header that is too long is refused' answers 431 GET /login -H "X-A: $(many a 20000)"
it 'cookies that are too many are refused' answers 431 GET /login -H "Cookie: $(many 'a=b; ' 5000)"
lines=()
for i in $(seq 300); do lines+=(-H "X-$i: a"); done
it 'lines that are too many are refused' answers 431 GET /login "${lines[@]}"
head -c 70000 /dev/zero | tr '\0' a >large
it 'a form that is too long is refused' answers 413 POST /login --data-binary @large
it 'a body that is too long is refused, whoever sends it' answers 413 POST /v1/decide --data-binary @large
it 'fields that are too many are refused' answers 413 POST /login -d "$(many 'a=b&' 300)"
it 'a form that is badly encoded is refused' answers 400 POST /login -d 'name=%zz&password=%'
it '... or holds a NUL' answers 400 POST /login -d 'name=a%00b&password=c'
it '... or is no UTF-8' answers 400 POST /login -d 'name=%ff%fe&password=c'
it 'a password that is too long is refused' answers 400 POST /login -d "name=ana&password=$(many a 5000)"

for kind in depth maps count digits exponent fraction text surrogate nul unfinished; do
    python3 "$raw" bomb "$kind" >bomb
    bursts() {
        ask POST /v1/decide --data-binary @bomb -H "Authorization: Bearer $key"
        case $code in 400 | 413) ;; *) echo "      $code $(head -c 200 body)"; return 1 ;; esac
    }
    it "JSON with $kind bursts nothing" bursts
done
it 'a key named twice is refused' answers 400 POST /v1/decide -H "Authorization: Bearer $key" \
    -d '{"identifier":"anna","identifier":"ben","campaign":"welcome"}'
it 'who has no key is refused before the body is read as JSON' answers 401 POST /v1/decide -d '{"'
by_head() { # CODES BYTES: of a head alone, whose body never comes
    printf "$2\r\n\r\n" | python3 "$raw" send "$where" >codes
    [ "$(cat codes)" = "$1" ] || { echo "      $(cat codes)"; return 1; }
}
decide='POST /v1/decide HTTP/1.1\r\nHost: a\r\nContent-Length: 60000\r\nAuthorization: Bearer'
it '... and who has one that is none, by the head alone' by_head '401 closed' "$decide cnd_$(many a 48)"
it '... and is not told to go on' by_head '401 closed' "$decide cnd_$(many a 48)\r\nExpect: 100-continue"
it '... while whoever has a good one is' by_head '100' "$decide $key\r\nExpect: 100-continue"
it 'no route has no body read' by_head '404 closed' 'POST /nowhere HTTP/1.1\r\nHost: a\r\nContent-Length: 60000'
upload='POST /import HTTP/1.1\r\nHost: a\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: 9000000'
it 'a file of nobody is refused by the head' by_head '413 closed' "$upload\r\nCookie: candor=$(many ab 32)"

# ---- text that would be SQL ---------------------------------------------------------------------

subjects() {
    curl -sS "$url/metrics" | sed -n 's/^candor_subjects \(.*\)/\1/p'
}
people=$(subjects)
for text in "' OR '1'='1" "anna'--" "anna'; DROP TABLE subject;--" '%' '_nna' 'anna\' '" OR ""="' \
    "anna' UNION SELECT 1,2,3--" $'anna\x27/**/OR/**/1=1' 'NULL' '0x616e6e61'; do
    encoded=$(python3 -c 'import sys, urllib.parse; print(urllib.parse.quote(sys.argv[1], safe=""))' "$text")
    it "'$text' is nobody" answers 404 GET "/v1/subjects/$encoded" -H "Authorization: Bearer $key"
    body=$(python3 -c 'import sys, json; print(json.dumps({"identifier": sys.argv[1], "campaign": "welcome"}))' "$text")
    it '... to a decision as well' answers 404 POST /v1/decide -d "$body" -H "Authorization: Bearer $key"
done
it "'$sql', who is somebody, is one person" answers 200 GET \
    "/v1/subjects/x%27%20OR%20%271%27%3D%271" -H "Authorization: Bearer $key"
it '... and everybody is still there' [ "$people" = "$(subjects)" ]

# ---- keys of others -----------------------------------------------------------------------------

it "another home's key is nobody's" answers 401 GET /v1/subjects/anna -H "Authorization: Bearer $other_key"
cp body first
it 'a key that never was says the same' bash -c '[ "$1" = 401 ] && cmp -s body first' - \
    "$(ask GET /v1/subjects/anna -H "Authorization: Bearer cnd_$(many a 48)" && echo "$code")"
it 'a key in the address is none' answers 401 GET "/v1/subjects/anna?key=$key&access_token=$key"
it 'a key as a cookie is none' answers 401 GET /v1/subjects/anna -H "Cookie: key=$key; candor=$key"
it 'a session is no key' answers 401 GET /v1/subjects/anna -b ana
it 'a key is no session' goes_to '/login?next=/account' GET /account -H "Authorization: Bearer $key"

# ---- names that nobody has ----------------------------------------------------------------------

same_as_unknown() {
    jar=nobody ask POST /login -d 'name=bea' -d 'password=not this one'
    local known=$code
    sed 's/value="bea"/value="NAME"/' body >first
    ask POST /login -d 'name=zoe' -d 'password=not this one'
    [ "$known" = 403 ] && [ "$code" = 403 ] && sed 's/value="zoe"/value="NAME"/' body | cmp - first
}
it 'a wrong password and a wrong name are told with the same page' same_as_unknown

# ---- guessing -----------------------------------------------------------------------------------

guess() { # NAME COUNT [CURL OPTION...]: the codes
    local name=$1 count=$2
    shift 2
    for _ in $(seq "$count"); do
        ask POST /login -d "name=$name" -d 'password=not this one' "$@"
        printf '%s ' "$code"
    done
}
must_wait() { # NAME COUNT...: of some guesses that follow each other, one comes too early
    [[ $(guess "$@") = *429* ]]
}
wait_long() { # NAME: guess, and wait as told, until the wait is long enough for a slow machine
    local wait=0 i
    for i in $(seq 20); do
        sleep "$wait"
        ask POST /login -d "name=$1" -d 'password=not this one'
        wait=$(tr -d '\r' <head | sed -n 's/^retry-after: //ip')
        [ "${wait:-0}" -lt 20 ] || return 0
        wait=${wait:-0}
    done
    return 1
}
jar=nobody
it 'whoever guesses must wait, each time longer' wait_long bea
ask POST /login -d 'name=bea' --data-urlencode "password=$words"
it '... even with the right password' [ "$code" = 429 ]
it '... and is told how long' grep -qiE '^retry-after: [1-9]' head
it 'a name that nobody has waits alike' must_wait zoe 9
jar_of known 0 "$bea_device"
knows() {
    jar=known login bea
    [ "$code" = 303 ]
}
it 'a device that signed in before is not locked out with the name' knows
jar_of forged 0 "$(flipped "$bea_device")"
it '... a device that was made up is' eval 'jar=forged must_wait bea 9'
spray() { # one password, many names: the address waits
    local i
    for i in $(seq 28); do
        guess "name-$i" 1 -H "X-Forwarded-For: 192.0.2.$i" -H "Forwarded: for=192.0.2.$i"
    done >codes
    grep -q 429 codes
}
it 'whoever tries many names waits as an address, wherever they say they are' spray
it '... and the known device does not' knows

# ---- the second factor --------------------------------------------------------------------------

jar=ana
ask GET /account
ana_form=$(form_token body)
answers 200 POST /account -d "act=begin&form=$ana_form" || not_true 'a second factor begins'
secret=$(sed -n 's/.*class="secret">\([A-Z2-7]*\)<.*/\1/p' body | head -n 1)
it 'a code of nothing does not confirm it' answers 403 POST /account -d "act=confirm&code=000000&form=$ana_form"
used=$(python3 "$raw" totp "$secret")
it 'the code of the telephone does' answers 200 POST /account -d "act=confirm&code=$used&form=$ana_form"
recovery=$(grep -oE '<li>[0-9a-z-]+' body | sed 's/<li>//' | head -n 1)
half() { # a half session: password, no code
    jar=ana login ana
    keep
    [ -n "$session" ] || return 1
    jar_of half "$session" "$(awk '$6 == "candor-device" {print $7}' ana)"
}
half_is_nobody() {
    half || return 1
    jar=half goes_to /login/code GET /account || return 1
    jar=half answers 403 POST /login/code -d 'code=123456'
}
it 'a password without its code opens nothing' half_is_nobody
jar=half
code_form() { # CODE
    ask GET /login/code
    half_form=$(form_token body)
    ask POST /login/code -d "form=$half_form" --data-urlencode "code=$1"
}
code_form "$used"
it 'a code that was used once is not taken again' [ "$code" = 403 ]
old_half=$(awk '$6 == "candor" {print $7}' half)
code_form "$(python3 "$raw" totp "$secret" 1)"
keep
new_session() {
    [ "$code" = 303 ] && [ "$session" != "$old_half" ] || { echo "      $code"; return 1; }
    jar_of ana "$session" "$device"
    jar=nobody
    is_in ana && is_out half
}
it 'the next one is, and the session after it is another one' new_session
recover() {
    half || return 1
    jar=half
    code_form "$recovery"
    keep
    [ "$code" = 303 ] || { echo "      $code"; return 1; }
    jar_of ana "$session" "$device"
    half || return 1
    jar=half
    code_form "$recovery"
    [ "$code" = 403 ]
}
it 'a recovery code is good once' recover
tries() { # some too early, and five at most: then the password is wanted again
    half || return 1
    jar=half
    local i
    for i in 1 2 3 4 5 6 7; do
        code_form "00000$i"
        keep
        [ -z "$session" ] || return 1
        printf '%s ' "$code"
    done >codes
    jar=nobody
    grep -q 429 codes || goes_to '/login?next=/login/code' GET /login/code -b half ||
        goes_to '/login?next=/account' GET /account -b half
}
it 'whoever guesses codes must wait, or begin again' tries

# ---- the end of a session -----------------------------------------------------------------------

leaves() {
    jar=known login bea
    keep
    jar_of bea "$session"
    is_in bea || return 1
    jar=bea goes_to '/login?done=left' POST /logout -d '' || return 1
    grep -qi '^set-cookie: candor=;.*Max-Age=0' head || return 1
    is_out bea
}
it 'a logout ends the session, not just the cookie' leaves
it "a subject's too" bash -c '[ "$1" = 303 ]' - "$(jar=anna ask POST /logout -d '' && echo "$code")"
out_for_good() { # the operator's end, by a call
    jar=known login bea
    keep
    jar_of bea "$session"
    is_in bea || return 1
    ask PUT /v1/operators/bea/end -H "Authorization: Bearer $key" -d '{"on":"2026-01-01"}'
    is_out bea
}
it 'whoever left the company is out at once' out_for_good
gone() {
    jar=known login bea
    [ "$code" != 303 ]
}
it '... and stays out' gone

# ---- requests that are two ----------------------------------------------------------------------

smuggles() { # BYTES: one refusal, and the connection is over
    printf "$1" | python3 "$raw" send "$where" >codes
    case $(cat codes) in
    '400 closed' | '501 closed' | '400 400 closed') ;; # libmicrohttpd says some twice
    *)
        echo "      $(cat codes)"
        return 1
        ;;
    esac
}
rest='GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n'
it 'a length and a coding are refused' smuggles \
    "POST /login HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n$rest"
it 'two lengths are refused' smuggles \
    "POST /login HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nContent-Length: 40\r\n\r\n$rest"
it 'a coding that only some read is refused' smuggles \
    "POST /login HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n$rest"
it 'a folded line is refused' smuggles "GET /healthz HTTP/1.1\r\nHost: a\r\nX-A: b\r\n c: d\r\n\r\n$rest"
it 'a bare line feed is refused' smuggles "GET /healthz HTTP/1.1\r\nHost: a\nX-A: b\r\n\r\n$rest"
it 'a space before the colon is refused' smuggles \
    "POST /login HTTP/1.1\r\nHost: a\r\nContent-Length : 40\r\n\r\n$rest"
it 'two hosts are refused' smuggles "GET /healthz HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n$rest"
it 'a NUL in a line is refused' smuggles "GET /healthz HTTP/1.1\r\nHost: a\r\nX-A: b\\0c\r\n\r\n$rest"

# ---- those who are slow -------------------------------------------------------------------------

cut_off() { # KIND
    for _ in $(seq 900); do
        [ -s "slow.$1" ] && break
        sleep 0.1
    done
    grep -q 'closed$' "slow.$1" || { cat "slow.$1"; return 1; }
}
it 'the others are answered meanwhile' answers 200 GET /healthz
it 'a head that comes a line a second is cut off' cut_off head
it 'a body that comes a byte a second is cut off' cut_off body
it 'a form that comes a byte a second is cut off' cut_off form

# ---- many at once -------------------------------------------------------------------------------

stop
sed -i 's/^server:$/&\n  requests_per_second: 1\n  request_burst: 5\n  connections_per_address: 8/' "$home/candor.yaml"
other_key=$(value_of key key add kiosk --roles machine)
begin
shop_server=$server
codes_of() { # COUNT KEY
    for _ in $(seq "$1"); do
        ask POST /v1/permit -d '{' -H "Authorization: Bearer $2"
        printf '%s ' "$code"
    done
}
codes_of 40 "$key" >codes
it 'a key gets its burst' grep -q '^400 400 400 400 400 ' codes
it '... and is refused beyond it, before the body is read' grep -q 429 codes
codes_of 40 "$key" >codes # so that the last is refused, however slow we are
for _ in $(seq 60); do
    [ "$code" = 429 ] && break
    codes_of 1 "$key" >codes
done
it '... and told when to come again' grep -qiE '^retry-after: [1-9]' head
it '... in a problem document' grep -q '"status": *429' body
it 'another key is not' answers 200 POST /v1/permit -d '{"identifier":"anna","purpose":"email_marketing"}' -H "Authorization: Bearer $other_key"
it 'it is counted' grep -qE '^candor_http_limited_total [1-9]' <(curl -sS "$url/metrics")
tries_keys() {
    local i
    for i in $(seq 400); do
        printf 'url = "%s/v1/subjects/anna"\nheader = "Authorization: Bearer cnd_%048d"\noutput = /dev/null\nwrite-out = "%%{http_code}\\n"\nnext\n' "$url" "$i"
    done | sed '$d' | curl -sS -K - >codes
    grep -q 401 codes && grep -q 429 codes && ! grep -qvE '401|429' codes || {
        sort codes | uniq -c
        return 1
    }
}
it 'whoever tries keys is refused before they are looked up' tries_keys
it '... and a key that was good before still is' answers 400 POST /v1/permit -d '{' -H "Authorization: Bearer $other_key"
python3 "$raw" hold "$where" 20 >codes
it 'one address holds so many connections and no more' [ "$(cat codes)" -le 8 ]
it '... and is answered again when they are gone' curl -sS --retry 20 --retry-all-errors --retry-delay 1 -o /dev/null "$url/healthz"

jar=nobody
keeps() {
    ask POST /login -d name=cy --data-urlencode "password=$words"
    keep
    jar_of kept "$session"
    is_in kept
}
it 'somebody signs in' keeps

# ---- over TLS -----------------------------------------------------------------------------------

stop
if command -v openssl >/dev/null; then
    sed -i '/requests_per_second\|request_burst\|connections_per_address/d' "$home/candor.yaml"
    certificate() { # NAME OPTION...
        openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=$1" -days 2 \
            -keyout "$1.key" -out "$1.pem" "${@:2}" 2>/dev/null
    }
    certificate server -addext subjectAltName=IP:127.0.0.1
    certificate client
    certificate stranger
    cookies=$(value_of path operator invite dee)
    begin --tls-cert server.pem --tls-key server.key
    it 'a cookie over TLS is of this host alone, and of TLS' grep -qE \
        '^(set-cookie|Set-Cookie): __Host-candor=[0-9a-f]{64}; Path=/; HttpOnly; SameSite=Lax; Secure' \
        <(ask POST "$cookies" --cacert server.pem --data-urlencode "password=$words" && cat head)
    it 'nobody is led back to plain HTTP' grep -qi '^strict-transport-security: max-age=31536000' \
        <(ask GET /login --cacert server.pem && cat head)
    it '... nor spoken to in it' bash -c '! curl -sS -o /dev/null "http://$1/healthz" 2>/dev/null' - "$where"
    it '... nor in TLS of old' bash -c '! curl -sS -o /dev/null --cacert server.pem --tls-max 1.1 "$1/healthz" 2>/dev/null' - "$url"
    stop
    begin --tls-cert server.pem --tls-key server.key --tls-clients client.pem
    it 'where clients need certificates, one without is refused' answers 403 GET /healthz --cacert server.pem
    it '... one with another too' answers 403 GET /healthz --cacert server.pem --cert stranger.pem --key stranger.key
    it '... one that is known is not' answers 200 GET /healthz --cacert server.pem --cert client.pem --key client.key
    it '... and still needs a key' answers 401 GET /v1/subjects/anna --cacert server.pem --cert client.pem --key client.key
    stop
else
    skip 'openssl is missing'
fi
begin
shop_server=$server
it 'whoever was signed in when the server stopped still is' is_in kept

# ---- what remains -------------------------------------------------------------------------------

it 'the server lives' kill -0 "$shop_server"
stop
it 'the log holds no name, key, password or link' bash -c \
    "! grep -E 'anna|bea|cleo|example\.org|cnd_|herons|${ana_invite##*/}|${anna_link##*/}|script' log"
it 'nothing broke' bash -c '! grep -qE "broken promise|Sanitizer|runtime error" log'
it 'the ledger is sound' candor ledger verify
done_testing
