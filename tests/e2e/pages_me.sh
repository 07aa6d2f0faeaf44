#!/usr/bin/env bash
# pages_me.sh PROGRAM - a subject's own pages: each opens for its person alone, each form does what it
# says, at once; nothing about anybody else can be reached; no dark pattern in what was served; leaving
# ends with the certificate.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
set -e
cd "$scratch"

# ---- a home --------------------------------------------------------------------------------------

home=shop
must candor init shop --name 'Bun & Bean'
cat >shop/candor.yaml <<'YAML'
candor: 1
name: Bun & Bean
channels: [email, sms]
controller: {name: Bun & Bean Ltd, contact: privacy@bun.example, authority: The Authority}
purposes:
  - {name: news, title: News by e-mail, basis: consent, wording: May we send you news?, wording_version: "2", channels: [email, sms], direct_marketing: true}
  - {name: profiling, title: Choosing what fits you, basis: consent, wording: May we look at what you bought?, wording_version: "1"}
  - {name: club, title: The club, basis: consent, wording: May the club write to you?, wording_version: "1", channels: [email], double_opt_in: true, confirm_days: 7}
  - {name: "share:acme", title: Sharing with Acme, basis: consent, wording: May we give your address to Acme?, wording_version: "1"}
  - {name: letters, title: Letters, basis: legitimate_interest, direct_marketing: true}
  - {name: service, title: What you ordered, basis: contract}
recipients:
  - {name: acme, title: Acme Ads, contract: of 2026-01-15, country: IE, purposes: ["share:acme"]}
subjects:
  identifier: identifier
  fields:
    - {name: email, label: E-mail address, pii: email, lookup: true, purposes: [news, service, "share:acme"]}
    - {name: name, pii: name, purposes: [news, service]}
    - {name: age, type: number, min: 16, max: 110, purposes: [profiling]}
    - {name: tier, type: category, allowed: [none, gold], purposes: [profiling]}
    - {name: joined, type: date, purposes: [service]}
events:
  - {name: bought, label: Bought something, purposes: [profiling], properties: [{name: amount, type: number, min: 0, max: 1000, unit: EUR}]}
features:
  - {name: bought_days, label: Purchases in a year, measure: count, event: bought, days: 365}
campaigns:
  - name: spring
    title: Spring <i>sale</i>
    topic: Buns & <b>cake</b>
    purpose: news
    channel: email
    uses: profiling
    address: email
    offers: [{name: gift, title: A gift}]
rights: {jurisdiction: eu}
YAML
printf '%s\n' identifier,email,name,age,tier,joined \
    'anna,anna@example.org,<script>alert(1)</script>,30,gold,2024-05-03' \
    'ben,ben@example.org,Benedict Unseen,40,none,2024-05-04' \
    'cleo,cleo@example.org,Cleo,50,none,2024-05-05' 'dora,,,,,' >subjects.csv
printf '%s\n' identifier,purpose,decision,time anna,news,given,2026-01-01 \
    anna,profiling,given,2026-01-01 ben,news,given,2026-01-01 ben,profiling,given,2026-01-01 \
    >consents.csv
printf '%s\n' identifier,event,time,amount anna,bought,2026-10-01,12 >events.csv
for kind in subjects consents events; do
    must candor import $kind $kind.csv
done
must candor hold place cleo --matter 1 --reason dispute
must candor subject show ben --because 'call 7'
must candor subject show ben --json
bens_look=$(sed -n 's/.*"ledger_index": *\([0-9]*\).*/\1/p' out | tail -n 1) # its own entry, after those it shows
must candor subject show anna --because 'call 8 <b>'
bens_decision=$(value_of ledger_index decide ben --campaign spring)
annas_decision=$(value_of ledger_index decide anna --campaign spring)
bens_request=$(value_of id request open ben --right access)
anna_link=$(value_of path subject link anna)
ben_link=$(value_of path subject link ben)
cleo_link=$(value_of path subject link cleo)
dora_link=$(value_of path subject link dora)
ana_link=$(value_of path operator invite ana)
key=$(value_of key key add shop --roles machine,privacy)

# ---- a server ------------------------------------------------------------------------------------

begin

jar=anna
# page CODE PATH [CURL OPTION...]: as whoever's jar it is
page() {
    local code=$1 path=$2 found
    shift 2
    found=$(curl -sS -b "$jar.jar" -D head -o body -w '%{http_code}' "$@" "$url$path")
    [ "$found" = "$code" ] || not_true "$jar: $path answers $code; it was $found: $(head -c 200 body)"
}
says() { grep -qF -- "$1" body || not_true "$jar: the page says $1"; }
hides() { ! grep -qF -- "$1" body || not_true "$jar: the page does not say $1"; }
# send CODE PATH FIELD=VALUE...: a form of the page, with its token
send() {
    local code=$1 path=$2 field
    shift 2
    local -a options=(-X POST --data-urlencode "form=$(cat "$jar.token")")
    for field in "$@"; do options+=(--data-urlencode "$field"); done
    page "$code" "$path" "${options[@]}"
}
enter() { # NAME LINK
    jar=$1
    curl -sS -c "$jar.jar" -o /dev/null -X POST -H 'Content-Type: application/x-www-form-urlencoded' -d '' "$url$2"
    page 200 /me/
    form_token body >"$jar.token"
    [ -s "$jar.token" ] || not_true "$jar has a form token"
}
enter anna "$anna_link"
enter ben "$ben_link"
enter cleo "$cleo_link"
enter dora "$dora_link"
curl -sS -c staff.jar -o /dev/null --data-urlencode 'password=seven green herons walk' "$url$ana_link"

# api METHOD PATH [BODY]: what machines see, without white space, in the file machine
api() {
    local -a options=(-sS -X "$1" -H "Authorization: Bearer $key")
    [ $# -lt 3 ] || options+=(-d "$3" -H 'Content-Type: application/json')
    curl "${options[@]}" "$url$2" | tr -d ' \n' >machine
}
decided() { # SUBJECT TEXT
    api POST /v1/decide "{\"identifier\":\"$1\",\"campaign\":\"spring\"}"
    grep -qF -- "$2" machine || not_true "a decision about $1 has $2: $(head -c 300 machine)"
}

# ---- every page, for its person alone ---------------------------------------------------------------

all="/me/ /me/data /me/data/name /me/messages /me/messages/$annas_decision /me/people /me/rights /me/leave
/me/receipts /me/receipts/1"
number=0
for path in $all; do
    jar=anna
    page 200 "$path"
    number=$((number + 1))
    cp body "page$number.html"
    hides '<script'
    hides 'Unseen'
    hides 'ben@example.org'
    hides '<i>sale'
    grep -qi '^cache-control: no-store' head || not_true "$path is not kept by caches"
    grep -qi "^content-security-policy: default-src 'none'" head || not_true "$path has its policy"
    jar=nobody
    page 403 "$path"
    jar=staff
    page 403 "$path"
done
jar=anna
page 200 /me/data
says '&lt;script&gt;alert(1)&lt;/script&gt;'
says 'Purchases in a year'
says '3 May 2024'
page 200 /me/people
says 'call 8 &lt;b&gt;'
hides 'call 7'
page 200 /me/receipts/1
says 'We checked it just now: the signature is good'
page 200 /me/receipts/1/file
grep -q 'ISO/IEC TS 27560' body || not_true 'a receipt can be downloaded'
page 404 /me/receipts/99
page 404 /me/receipts/0
page 404 /me/receipts/x
page 404 /me/data/salary
page 404 "/me/data/%3Cscript%3E"
jar=dora # nothing known, nothing sent
page 200 /me/data
says 'We hold no facts about you.'
page 200 /me/messages
says 'Nothing was decided about you'
page 200 /me/people
says 'Nobody who works here has opened your data.'
page 200 /me/receipts
says 'You have made no choice yet'

# ---- nothing about anybody else ---------------------------------------------------------------------

jar=anna
page 404 "/me/messages/$bens_decision"
page 404 "/me/messages/$bens_decision/proof"
send 404 "/me/messages/$bens_decision/feedback" word=felt_wrong
send 404 "/me/messages/$bens_decision/review"
send 404 "/me/people/$bens_look"
send 404 "/me/requests/$bens_request" step=cancel
send 404 /me/requests/00000000000000000000000000000000 step=cancel
send 400 "/me/requests/$bens_request" step=prove code=strong
send 303 /me/choice identifier=ben purpose=news channel=email recipient= answer=no
send 303 /me/data/age identifier=ben value=31 act=save
send 303 /me/choice purpose=news channel=email recipient= answer=yes
page 400 '/me/download/..%2Fkeys'
page 404 /me/download/keys
api GET /v1/subjects/ben
grep -q '"value":40' machine || not_true "ben's age is his own"
decided ben '"decision":"send"'
api GET /v1/requests
grep -q "$bens_request" machine || not_true "ben's request is still open"

# ---- forms are our own ---------------------------------------------------------------------------------

page 403 /me/choice -X POST -d 'purpose=news&channel=email&recipient=&answer=no'
page 403 /me/choice -X POST -d "form=$(cat ben.token)&purpose=news&channel=email&recipient=&answer=no"
page 403 /me/leave -X POST -d 'mark=no'
page 403 /me/leave -X POST -H 'Origin: https://elsewhere.example' -d "form=$(cat anna.token)&mark=no"
page 403 /me/wishes -X POST -d 'often=any&clock=0'
page 403 /me/stop -X POST -H 'Sec-Fetch-Site: cross-site' -d "form=$(cat anna.token)&what=marketing"
page 415 /me/leave -X POST -H 'Content-Type: application/json' -d '{"mark":"no"}'
send 400 /me/choice purpose=news channel=email recipient= answer=maybe
send 400 /me/choice purpose=salary channel=email recipient= answer=no
send 400 /me/choice purpose=news channel=fax recipient= answer=no
send 400 /me/leave mark=perhaps
decided anna '"decision":"send"'

# ---- switches ----------------------------------------------------------------------------------------------

send 303 /me/choice purpose=news channel=email recipient= answer=no
decided anna '"code":"withdrawn"'
page 200 '/me/?done=me-no'
says 'You said no. It counts from now on.'
says 'You took your yes back on'
says 'Used 0 times since.'
send 303 /me/choice purpose=news channel=email recipient= answer=yes
decided anna '"decision":"send"'
page 200 /me/receipts
says 'version 2'
send 303 /me/choice purpose=club channel=email recipient= answer=yes # double opt-in: they came by their link
api POST /v1/permit '{"identifier":"anna","purpose":"club","channel":"email"}'
grep -q '"allowed":true' machine || not_true "a yes of whoever came by their own link counts"
send 303 /me/choice purpose=letters channel= recipient= answer=no
api POST /v1/permit '{"identifier":"anna","purpose":"letters"}'
grep -q '"allowed":false' machine || not_true 'one can say no to what we do without asking'
send 303 /me/choice purpose=share:acme channel= recipient=acme answer=yes
api POST /v1/permit '{"identifier":"anna","purpose":"share:acme"}'
grep -q '"allowed":true' machine || not_true 'one can say yes to sharing'
page 200 /me/people
says 'Acme Ads'
send 303 /me/choice purpose=share:acme channel= recipient=acme answer=no
page 200 /me/ -H 'Sec-GPC: 1'
says 'do not sell or share my data'
page 200 /me/choice -H 'Sec-GPC: 1' -X POST \
    -d "form=$(cat anna.token)&purpose=share%3Aacme&channel=&recipient=acme&answer=yes"
says 'Which of the two do you mean?'
api POST /v1/permit '{"identifier":"anna","purpose":"share:acme"}'
grep -q '"allowed":false' machine || not_true 'a yes against the signal of the browser is asked about first'
# their own limits: the topic is there when it is not ticked, an hour of theirs by their clock
topic='topic=yes:Buns & <b>cake</b>'
page 200 /me/
says 'Buns &amp; &lt;b&gt;cake&lt;/b&gt;'
send 400 /me/wishes often=hourly clock=0 from=none until=none
send 400 /me/wishes often=any clock=17 from=none until=none
send 400 /me/wishes often=any clock=0 from=22:00 until=none
send 400 /me/wishes often=any clock=0 from=22:00 until=22:00
send 400 /me/wishes often=any clock=0 from=25:00 until=07:00
send 303 /me/wishes often=any clock=0 from=none until=none "topic=no:Buns & <b>cake</b>"
decided anna '"code":"topic_declined"'
hour=$(date -u +%H)
send 303 /me/wishes often=any clock=0 "from=$hour:00" "until=$(printf %02d $(((10#$hour + 2) % 24))):00" "$topic"
decided anna '"code":"quiet_hours"'
page 200 /me/
says 'shows that you did'
send 303 /me/wishes often=month clock=0 from=none until=none "$topic"
decided anna '"decision":"send"'
send 303 /me/stop what=marketing
decided anna '"code":"objected"'
send 303 /me/choice purpose=news channel=email recipient= answer=yes
decided anna '"code":"no_profiling"' # choosing what to advertise is marketing too
send 303 /me/choice purpose=profiling channel= recipient= answer=yes
decided anna '"decision":"send"'
send 303 /me/limits limit=pause answer=on
decided anna '"code":"restricted"'
send 303 /me/limits limit=pause answer=off
decided anna '"decision":"send"'
send 303 /me/limits limit=human answer=on
decided anna '"code":"wants_human"'
send 303 /me/limits limit=human answer=off
send 400 /me/limits limit=everything answer=on
send 400 /me/limits limit=pause answer=perhaps

# ---- putting it right -----------------------------------------------------------------------------------------

send 400 /me/data/age value=7 act=save
says 'aria-invalid="true"'
send 303 /me/data/age value=33 act=save
page 200 /me/data/age
says 'value="33"'
send 303 /me/data/tier act=clear
page 200 /me/data
says 'You need not tell us:'
send 409 /me/data/email value=ben@example.org act=save
send 404 /me/data/salary value=1 act=save

# ---- feedback, a person, requests ---------------------------------------------------------------------------------

send 400 "/me/messages/$annas_decision/feedback" word=loved
send 303 "/me/messages/$annas_decision/feedback" word=felt_wrong
decided anna '"code":"not_interested"'
decided ben '"decision":"send"'
page 200 "/me/messages/$annas_decision"
says 'We leave you alone with it'
send 303 "/me/messages/$annas_decision/feedback" word=take_back
decided anna '"decision":"send"'
send 404 "/me/messages/$annas_decision/feedback" word=take_back
send 303 "/me/messages/$annas_decision/review"
page 200 "/me/messages/$annas_decision"
says 'A person looks at this.'
api GET /v1/human-reviews
grep -q "\"ledger_index\":$annas_decision" machine || not_true 'the decision waits for a person'
send 303 /me/rights right=access
page 200 '/me/rights?done=me-asked'
says 'You get an answer by'
cp body requests.html
request=$(sed -n 's/.*\/me\/requests\/\([0-9a-f]\{32\}\).*/\1/p' body | head -n 1)
send 303 "/me/requests/$request" step=cancel
send 400 /me/rights right=erasure
send 400 /me/rights right=everything
page 200 /me/people
look=$(sed -n 's/.*\/me\/people\/\([0-9]*\).*/\1/p' body | head -n 1)
send 303 "/me/people/$look"

# ---- taking it away -----------------------------------------------------------------------------------------------

page 200 /me/download/all.json
says 'anna@example.org'
hides 'Unseen'
page 200 /me/download/all.zip
[ "$(head -c 2 body)" = PK ] || not_true 'the copy is a ZIP'
page 200 /me/download/portable.zip
page 200 "/me/messages/$annas_decision/proof"
says 'c2sp.org'

# ---- dark patterns -----------------------------------------------------------------------------------------------------

if command -v python3 >/dev/null; then
    lint() { python3 "$tests_dir/fair_pages.py" "$tests_dir/../../src/serve/words.def" "$@"; }
    lint page*.html requests.html >linted || not_true "the pages are fair: $(cat linted)"
    # ... and each rule can fail.
    sed 's|<button name="answer" value="yes">|<button class="main" name="answer" value="yes">|' page1.html >bad1.html
    sed 's|<button name="answer" value="no">[^<]*</button>||' page1.html >bad2.html
    sed 's|<input type="hidden"|<input type="checkbox" checked id="form-x"|' page1.html >bad3.html
    sed 's|</main>|<p>Hurry: you will miss out!</p></main>|' page1.html >bad4.html
    sed 's|href="/me/"|href="/elsewhere"|g' page1.html >bad5.html
    sed 's|value="no">No<|value="no">No, I hate good offers<|' page1.html >bad6.html
    for bad in bad?.html; do
        ! lint "$bad" >linted || not_true "the lint finds what is wrong in $bad"
    done
else
    printf 'skip  python3 is not here: no lint of the pages\n'
fi
curl -sS -o style.css "$url/style.css"
icon=$(sed -n 's/.*rel="icon"[^>]*href="\([^"]*\)".*/\1/p' page1.html | head -n 1)
[ "$(curl -sS -o icon.svg -w '%{http_code} %{content_type}' "$url$icon")" = '200 image/svg+xml' ] || not_true "the icon of the tab is ours"
first=$(($(wc -c <page1.html) + $(wc -c <style.css)))
[ "$first" -le 102400 ] || not_true "the first view has at most 100 KB; it has $first"

# ---- leaving --------------------------------------------------------------------------------------------------------------

jar=cleo # a legal hold: a request and its clock instead
send 303 /me/leave mark=no
page 200 /me/rights
says 'Be forgotten'
says 'You get an answer by'
jar=anna
send 200 /me/leave mark=yes
says 'Your data is deleted'
says 'key_destroyed'
says 'download="erasure-certificate.json"'
hides 'Sign out'
grep -qi '^set-cookie: candor=;.*max-age=0' head || not_true 'the cookie goes with the data'
sed -n 's/.*href="data:application\/json;base64,\([^"]*\)".*/\1/p' body | base64 -d >certificate.json
grep -q '"certificate"' certificate.json || not_true 'the certificate can be kept'
! grep -q 'anna' certificate.json || not_true 'the certificate names nobody'
for path in $all; do
    page 403 "$path"
done
jar=ben
page 200 /me/

# ---- the end ----------------------------------------------------------------------------------------------------------------

stop
if grep -E 'anna|Unseen|example\.org|felt_wrong' log; then
    not_true 'the log holds nobody'
fi
candor ledger verify || not_true "the ledger is sound: $(cat out err)"
printf '%s' 'identifier,email
anna,anna@example.org
' >again.csv
candor import subjects again.csv || true
if candor subject show anna; then
    not_true 'a mark keeps whoever left from being brought back'
fi
[ "$wrong" -eq 0 ] && printf 'all true; first view %d bytes; %s\n' "$first" "$(head -n 1 linted 2>/dev/null || true)"
[ "$wrong" -eq 0 ]
