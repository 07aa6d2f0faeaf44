#!/usr/bin/env bash
# pages_console.sh PROGRAM GENERATE - the marketer's console with curl: from an empty home and files to a signed
# plan, as a marketer and an approver would; who may not, and what is refused.
. "$(dirname "$0")/pages.sh"

new_home "$scratch/shop"
must candor operator add mara --roles marketer
must candor operator add pia --roles privacy
data=$scratch/data
must "$generate" --subjects 800 --seed 7 --until 2026-11-20 --out "$data"
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

# ---- today -----------------------------------------------------------------------------------------

for path in / /campaigns /campaigns/spring /campaigns/new /import; do
    it "nobody sees $path" page 303 nobody "$path"
done
it 'the first visit shows the way' page 200 mara /
it '... to a first plan' shows 'Bring in customers'

# ---- files -----------------------------------------------------------------------------------------

it 'a file without the form token' page 403 mara /import -F kind=subjects -F "file=@$data/subjects.csv"
it 'a try keeps nothing' page 200 mara /import -F "form=$mara" -F kind=subjects -F act=try -F "file=@$data/subjects.csv"
it '... and says so' shows 'Nothing was kept'
it 'today' page 200 mara /
it '... nobody is known yet' shows '<dt>Customers</dt><dd>0'
it 'who may not import is told' page 403 pia /import -F "form=$pia" -F kind=subjects -F "file=@$data/subjects.csv"
it 'a file that is none' page 400 mara /import -F "form=$mara" -F kind=subjects -F 'file=@/dev/null;filename=x.csv'
printf 'a,b\n1,2\n' >"$scratch/<b>.csv"
it 'a file of something else' page 400 mara /import -F "form=$mara" -F kind=subjects -F "file=@$scratch/<b>.csv"
it '... named as the person knows it, escaped' hides '<b>.csv'
it '... and not by our own path' hides '/proc/'
it 'a kind that is none' page 400 mara /import -F "form=$mara" -F kind=passwords -F "file=@$data/subjects.csv"
printf -- '--B\r\nContent-Disposition: form-data; name="form"\r\n\r\n%s' "$mara" >"$scratch/torn"
it 'a form that is torn' page 400 mara /import -H 'Content-Type: multipart/form-data; boundary=B' --data-binary "@$scratch/torn"
for kind in subjects consents events; do
    it "$kind come in" page 200 mara /import -F "form=$mara" -F kind=$kind -F act=import -F "file=@$data/$kind.csv"
done
it 'the same consents again' page 409 mara /import -F "form=$mara" -F kind=consents -F act=import -F "file=@$data/consents.csv"
head -c 17000000 /dev/zero >"$scratch/large"
it 'too large a file' page 413 mara /import -F "form=$mara" -F kind=events -F "file=@$scratch/large"
it 'today again' page 200 mara /
it '... the customers are counted' shows '<dt>Customers</dt><dd>800'

# ---- a model ---------------------------------------------------------------------------------------

it 'who may not import has no such page' page 403 pia /import
it '... and it names the roles that may' shows 'needs one of the roles'
it '... under the way that they have' hides 'href="/audience"'
it 'today, for who may not import' page 200 pia /
it '... offers no file' hides 'href="/import"'
it 'an owner can train' page 200 ana /models
it '... on the page' shows 'Train lead'
it 'a marketer sees models' page 200 mara /models
it '... and cannot train' hides 'Train lead'
it '... nor by a form of their own' page 403 mara /models -d "form=$mara" -d act=train -d model=lead
it 'without outcomes there is nothing to learn from' page 400 ana /models -d "form=$ana" -d act=train -d model=lead
it '... which is said' shows 'have an outcome'
it 'a model that is none' page 404 ana /models -d "form=$ana" -d act=publish -d model=nothing

# ---- a campaign ------------------------------------------------------------------------------------

fields=(-d 'title=Autumn <script>' -d purpose=email_marketing -d channel=email -d address=email
    -d uses=profiling -d top=200 -d contacts=3 -d days=30 -d holdout=0.1 -d 'offer1=Free delivery'
    -d attribute=sex -d audit=fairness_audit)
it 'who may not plan makes no campaign' page 403 bea /campaigns/new
it 'nor does a form without its token' page 403 mara /campaigns/new -d name=autumn "${fields[@]}"
it 'a campaign without a purpose of ours' page 400 mara /campaigns/new -d "form=$mara" -d name=autumn -d title=x -d purpose=nothing -d offer1=x
it '... keeps what was typed' shows 'value="autumn"'
it 'a name that is a path' page 400 mara /campaigns/new -d "form=$mara" -d 'name=../x' "${fields[@]}"
it 'a name that candor.yaml has' page 409 mara /campaigns/new -d "form=$mara" -d name=spring "${fields[@]}"
it 'a campaign is made' page 303 mara /campaigns/new -d "form=$mara" -d name=autumn "${fields[@]}"
it '... and stands in the list' page 200 mara /campaigns
it '... escaped' hides '<script>'
it '... not planned yet' shows 'Not planned yet'
it 'nobody else has it' page 404 mara /campaigns/winter
it 'it is planned' page 303 mara /campaigns/autumn -d "form=$mara" -d act=plan
it 'its staircase' page 200 mara /campaigns/autumn
it '... says why' shows 'They were asked and said no.'
it '... is fair or not, in words' shows 'Is it fair?'
it '... leads nowhere for who may not see people' hides '/people?code='
it '... and has no button for its author to sign with' hides 'value="approve"'
it '... but the reason why' shows 'somebody else signs it'
it 'the people of a step are for those who may see people' page 403 mara '/campaigns/autumn/people?code=refused'
it 'the people of a step' page 200 ana '/campaigns/autumn/people?code=refused'
it '... are named' shows 'C000'
it '... not for an approver, who sees nobody' page 403 bea '/campaigns/autumn/people?code=refused'
it 'a step that is none' page 400 ana '/campaigns/autumn/people?code=%27%20or%201'
it 'a place that is no number of ours' page 200 ana '/campaigns/autumn/people?code=refused&from=18446744073709551615'
it '... is the beginning' shows 'C000'
it 'far beyond their end' page 200 ana '/campaigns/autumn/people?code=refused&from=9223372036854775807'
it '... nobody comes after' hides 'The next ones'
it 'a step of nobody' page 200 ana '/campaigns/autumn/people?code=nothing_at_all'
it 'the plan as a page' page 200 mara /campaigns/autumn/page
it 'its author cannot sign it' page 403 mara /campaigns/autumn -d "form=$mara" -d act=approve
it 'an approver sees it' page 200 bea /campaigns/autumn
it '... with a button to sign' shows 'value="approve"'
it '... and none to plan or change it' hides 'value="plan"'
it '... nor a way to the form' hides '/campaigns/autumn/edit'
it 'the list, for an approver' page 200 bea /campaigns
it '... makes no new one' hides 'href="/campaigns/new"'
it 'who sees people' page 200 ana /campaigns/autumn
it '... gets to them' shows '/people?code=refused'
it 'an approver signs it' page 303 bea /campaigns/autumn -d "form=$bea" -d act=approve
it '... and it is signed' page 200 mara /campaigns/autumn
it '... by name' shows 'Signed by bea.'
it 'who may not send' page 200 bea /campaigns/autumn
it '... is offered no list' hides 'value="send"'
it '... and gets none' page 403 bea /campaigns/autumn -d "form=$bea" -d act=send
it 'a list without the form token' page 403 mara /campaigns/autumn -d act=send
it 'a marketer' page 200 mara /campaigns/autumn
it '... is offered it' shows 'value="send"'
it 'a change is possible' page 303 mara /campaigns/autumn/edit -d "form=$mara" "${fields[@]}" -d 'offer2=A second one'
it 'another act' page 400 mara /campaigns/autumn -d "form=$mara" -d act=burn
it 'results of what was not sent' page 403 mara /campaigns/autumn/results -F "form=$mara" -F "file=@$data/subjects.csv"

# ---- the list is handed over -----------------------------------------------------------------------

it 'the changed campaign' page 200 mara /campaigns/autumn
it '... has nothing to hand over' page 403 mara /campaigns/autumn -d "form=$mara" -d act=send
it '... because candor.yaml has changed' shows 'plan again'
must page 303 mara /campaigns/autumn -d "form=$mara" -d act=plan
it 'a plan that nobody signed' page 403 mara /campaigns/autumn -d "form=$mara" -d act=send
it '... says so' shows 'is not approved'
must page 303 bea /campaigns/autumn -d "form=$bea" -d act=approve
must page 200 ana '/campaigns/autumn/people?code=send'
no=$(grep -o 'C[0-9]\{6\}' "$scratch/page" | head -n 1)
chosen=$(grep -o 'C[0-9]\{6\}' "$scratch/page" | sed -n 2p)
stop
must candor consent withdraw "$no" --purpose email_marketing
begin
it 'the list is handed over' page 200 mara /campaigns/autumn -d "form=$mara" -d act=send
it '... as a file' grep -qi '^content-disposition: attachment; filename="autumn-contacts.csv"' "$scratch/head"
it '... that nobody keeps' grep -qi '^cache-control:.*no-store' "$scratch/head"
it '... with its columns' shows 'identifier,address,offer,offer_title,ledger_index'
it '... and those who were chosen' shows "$chosen"
it '... without whoever said no after the signature' hides "$no"
it 'a second time' page 403 mara /campaigns/autumn -d "form=$mara" -d act=send
it '... it was sent' shows 'was sent already'
it 'its page' page 200 mara /campaigns/autumn
it '... counts whom it left out' shows '<dt>Left out at the end</dt><dd>1'
it '... and offers no list' hides 'value="send"'
stop
candor send autumn --to "$scratch/contacts.csv"
it 'nor is it sent again by command' said 3 'sent already'
must candor ledger verify
it 'no name in the log' sh -c "! grep -qE 'C0000|example.org' '$scratch/log'"
done_testing
