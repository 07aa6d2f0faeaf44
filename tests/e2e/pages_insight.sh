#!/usr/bin/env bash
# pages_insight.sh PROGRAM GENERATE - the console's pages about people in numbers, models and data, with curl:
# who may see them, what they count against the command line, what they refuse, and hostile names.
. "$(dirname "$0")/pages.sh"

# ---- a home, its people, a server -----------------------------------------------------------------

new_home "$scratch/shop"
must candor operator add mara --roles marketer
must candor operator add pia --roles privacy
must candor operator add tom --roles machine
# A name that a page must not take for its own words.
sed -i 's|^    - name: region$|    - name: region\n      label: "<script>alert(1)</script>"|' "$home/candor.yaml"
sed -i 's|{name: region, measure: field, field: region}|{name: region, label: "<script>alert(2)</script>", measure: field, field: region}|' "$home/candor.yaml"
must candor operator list
fill_home 1500 7

must candor train lead
must candor --operator bea model publish lead
must candor plan spring --json
planned=$(tr -d ' \n' <"$scratch/out" | sed -n 's/.*"step":"reachable","label":"[^"]*","count":\([0-9]*\).*/\1/p')
must candor --operator bea model retire lead # so that its page is that of a proposed one first

declare -A invitation
for name in ana bea mara pia tom; do
    invitation[$name]=$(value_of path operator invite "$name")
done

number() { printf '%s' "${1//,/}"; }
total() { sed -n 's/.*<p class="total"><b>\([^<]*\)<.*/\1/p' "$scratch/page"; }

printf 'identifier,age\nQ1,999\nQ2,998\n' >"$scratch/wrong.csv"
candor import subjects "$scratch/wrong.csv"
candor quality list --json
mapfile -t rows < <(tr -d '\n' <"$scratch/out" | grep -o '{[^{}]*"field": *"age"[^{}]*}' | sed 's/.*"row": *\([0-9]*\).*/\1/' | tail -2)
begin
for name in ana bea mara pia tom; do
    come_in "$name" "${invitation[$name]}"
done

# ---- who may --------------------------------------------------------------------------------------

for path in /audience /models /models/lead /data; do
    it "nobody sees $path" page 303 nobody "$path"
done
it 'a marketer counts an audience' page 200 mara /audience
it 'an approver does not' page 403 bea /audience
it 'a privacy officer does not' page 403 pia /audience
it 'a marketer sees the data' page 200 mara /data
it 'without the rows of an audit, and told why' shows "&#39;audit&#39; needs one of the roles"
it 'a machine sees no data' page 403 tom /data
it 'nor models' page 403 tom /models
it 'a marketer sees models' page 200 mara /models

# ---- an audience ----------------------------------------------------------------------------------

base='/audience?reach=email_marketing/email&uses=profiling&limits=spring'
it 'the first visit counts at once' page 200 ana /audience
it 'with the steps of a plan' shows 'Reachable and not asked too often'
it 'and their reasons' shows 'They were asked and said no.'
it 'it says what is protected, and why' shows 'A protected attribute: it must not decide who is contacted.'
it 'and never offers it' hides 'value="sex"'
it 'nor an address' hides 'value="email">E-mail'
it 'hostile names are escaped' hides '<script>alert'
it 'a total of all' shows 'of 1,500 people'
it 'everybody' page 200 ana "$base"
everybody=$(total)
it "as many are reachable as the plan found: $planned" \
    test "$(number "$everybody")" = "$(((planned + 5) / 10 * 10))"
it 'a condition takes some out' page 200 ana "$base&f1=age&t1=at_least&v1=40"
older=$(total)
it 'and its opposite the others' page 200 ana "$base&f1=age&t1=below&v1=40"
younger=$(total)
it "they add up but for rounding and unknown ages: $older and $younger of $everybody" \
    test "$(($(number "$older") + $(number "$younger")))" -le "$(($(number "$everybody") + 10))"
it 'nobody is not told from one' page 200 ana "$base&f1=age&t1=above&v1=109"
it 'it is fewer than ten' test "$(total)" = 'fewer than 10'
it 'the question stands in the form' shows 'value="109"'
it 'a protected field is refused though the address has it' page 400 ana "$base&f1=sex&t1=equals&v1=female"
it 'with the reason' shows 'must not decide who is contacted'
it 'a value that is none is refused' page 400 ana "$base&f1=age&t1=at_least&v1=<script>old"
it 'and escaped where it is shown again' hides '<script>old'
it 'an unknown purpose is refused' page 400 ana '/audience?reach=nothing/email'
it 'an unknown field is refused' page 400 ana "$base&f1=shoe_size&t1=equals&v1=4"
it 'without conditions' page 200 ana "$base&f1=&t1=at_least&v1="


# ---- models ---------------------------------------------------------------------------------------

it 'the list has the model' page 200 ana /models
it 'which is proposed' shows 'Proposed, not in use'
it 'its page' page 200 ana /models/lead
it 'has pictures that can be heard' shows 'role="img"'
it 'within what a first view may weigh' test "$(wc -c <"$scratch/page")" -lt 100000
it 'and its limits' shows 'Model card'
it 'no drift is offered before it is published' hides 'Look for drift now'
it 'hostile names are escaped there' hides '<script>alert'
form=$(form_token)
it 'a model that is none' page 404 ana /models/other
it 'nor one that is a path' page 400 ana /models/..%2F..%2Fetc
it 'fairness without the form token' page 403 ana /models/lead -d act=fairness
it 'from another site' page 403 ana /models/lead -d act=fairness -d "form=$form" -H 'Origin: https://elsewhere.example'
it 'another act' page 400 ana /models/lead -d act=publish -d "form=$form"
it 'drift before it is published' page 404 ana /models/lead -d act=drift -d "form=$form"
it 'fairness says that it needs a published one' page 200 ana /models/lead -d act=fairness -d "form=$form"
it 'in words' shows 'Fairness is measured of a published model.'
it 'a marketer sees its page' page 200 mara /models/lead
it 'a marketer measures nothing' page 403 mara /models/lead -d act=fairness -d "form=$(form_token)"
stop
must candor --operator bea model publish lead
begin
it 'sessions outlive the server' page 200 ana /models/lead
form=$(form_token)
it 'fairness is measured' page 200 ana /models/lead -d act=fairness -d "form=$form"
it 'by group' shows 'female'
it 'drift is measured' page 200 ana /models/lead -d act=drift -d "form=$form"
it 'against all who allow it' shows 'the score itself'
it 'and has a verdict for each' shows 'stable'
it 'all pictures' page 200 ana '/models/lead?pictures=all'

# ---- data -----------------------------------------------------------------------------------------

it 'what is held' page 200 ana /data
it 'with purposes in words' shows 'Choosing what fits you'
it 'how long it stays' shows '3 years'
it 'how good it is' shows 'Field by field, of subjects'
it 'why rows wait' shows 'above max'
it 'hostile names are escaped in it' hides '<script>alert'
form=$(form_token)
it 'an audit without the form token' page 403 ana /data -d act=audit
it 'what is due' page 200 ana /data -d act=due -d "form=$form"
it 'is said' shows 'past their time'
it 'an audit' page 200 ana /data -d act=audit -d "form=$form"
it 'says what nobody uses' shows 'nothing here looks at it'
row=/data/quarantine/${rows[0]}
it 'the rows that wait' page 200 ana /data
it 'each lead to their page' shows "href=\"$row\""
it 'a row' page 200 ana "$row"
it 'with its values hidden' shows '•••'
it 'for who may audit alone' page 403 mara "$row"
it 'an approver sees it' page 200 bea "$row"
it 'and cannot mend it' hides 'value="mend"'
it 'nor see what stands in it' page 403 bea "$row" -d act=show -d "form=$(form_token)"
it 'nor by a form of their own' page 403 bea "$row" -d act=drop -d "form=$(page 200 bea /data && form_token)"
it 'without the form token' page 403 ana "$row" -d act=drop
it 'its values, for who may see people' page 200 ana "$row" -d act=show -d "form=$form"
it 'are there' hides '•••'
it 'a value that is wrong too' page 400 ana "$row" -d act=mend -d column=age -d value=777 -d "form=$form"
it 'is said' shows 'still breaks a rule'
it 'a column that is none' page 400 ana "$row" -d act=mend -d 'column=<script>' -d value=1 -d "form=$form"
it 'is escaped' hides '<script>'
it 'the right value' page 303 ana "$row" -d act=mend -d column=age -d value=44 -d "form=$form"
it 'takes it out of quarantine' page 404 ana "$row"
it 'another is discarded' page 303 ana "/data/quarantine/${rows[1]}" -d act=drop -d "form=$form"
it 'and gone' page 404 ana "/data/quarantine/${rows[1]}"
it 'a row that is no number' page 404 ana /data/quarantine/x
it 'what is due is deleted by who may erase' page 303 ana /data -d act=run -d "form=$form"
it 'and not by an approver' page 403 bea /data -d act=run -d "form=$(page 200 bea /data && form_token)"
it 'another act there' page 400 ana /data -d act=erase -d "form=$form"
it 'a marketer sees the data still' page 200 mara /data
it 'a marketer audits nothing' page 403 mara /data -d act=audit -d "form=$(form_token)"
stop
must candor ledger verify
must grep -q . "$scratch/log"
it 'no name in the log' sh -c "! grep -qE 'C0000|example.org' '$scratch/log'"

# ---- a home with nothing in it --------------------------------------------------------------------

home=$scratch/empty
must "$program" --operator ana init "$home" --name Empty
first=$(value_of path operator invite ana)
begin
come_in ana "$first"
it 'an audience of nobody' page 200 ana /audience
it 'is fewer than ten' shows 'fewer than 10'
it 'no models, and what to do' page 200 ana /models
it 'says how to train one' shows 'candor train'
it 'no quality yet' page 200 ana /data
it 'says what to do' shows 'Import a file'
it 'and that no row waits' shows 'No row waits.'
stop
done_testing
