#!/usr/bin/env bash
# pages_board.sh PROGRAM GENERATE - the review board's pages: who sees what, a reviewer who approves and one
# in conflict who cannot, requests, incidents, decisions for a person, second signatures, key figures.
. "$(dirname "$0")/pages.sh"
cd "$scratch" || exit 1

hostile='<script>alert(1)</script>"&'

new_home shop
fill_home 400 7
for who in cem:approver dan:analyst dora:privacy eva:approver finn:approver mia:marketer; do
    must candor operator add "${who%:*}" --roles "${who#*:}"
done
robot=$(value_of key key add robot --roles machine)
must candor train lead
must candor model publish lead
must candor plan spring
identifier=$(sed -n 2p "$data/subjects.csv" | cut -d, -f1)
other=$(sed -n 3p "$data/subjects.csv" | cut -d, -f1)
must candor decide "$identifier" --campaign spring --json
index=$(value ledger_index)
sed -i '/^governance:/,$d' shop/candor.yaml
cat >>shop/candor.yaml <<'YAML'
governance:
  data_protection_officer: {operator: dora, contact: dpo@example.org}
  team:
    - {operator: bea, function: Head of marketing, reviews: [campaigns, notices]}
    - {operator: dan, function: Data science, reviews: [models]}
  ethics_board: {members: [cem, eva, finn], chair: cem, quorum: 2}
  approvals: {ordinary: 1, high: 2}
  review: [models, notices]
  conflicts: [{name: family, people: [ana, finn]}]
  high_risk: ["campaign:spring"]
people: {two_people: [erase]}
YAML
must candor board propose model lead --note "$hostile" --json
model=$(value id)
must candor board propose campaign spring --note 'the yearly one' --json
campaign=$(value id)
printf 'Write to ada.byron@gmail.com\n%s\n' "$hostile" >coats.html
must candor content submit coats.html --as coats --purpose profiling --model m-1
must candor board propose content coats --json
content=$(value id)
operator=dora
must candor request open "$identifier" --right access --json
request=$(value id)
must candor request open "$other" --right rectification --json
second_request=$(value id)
must candor request open "$identifier" --right human_review --about "$index" --json
must candor request review --json
human=$(value id)

candor subject erase "$other"
it 'an erasure waits for a second person' said 3 'second sign'
wish=$(sed -n 's/.*second sign \([0-9a-f]*\).*/\1/p' "$scratch/err" | head -1)

# ---- at the door -------------------------------------------------------------------------------

operator=ana
declare -A path
for who in ana bea cem dan dora eva finn mia; do
    path[$who]=$(value_of path operator invite "$who")
done
subject_path=$(value_of path subject link "$identifier")
begin
for who in "${!path[@]}"; do
    come_in "$who" "${path[$who]}"
done
curl -sS -o /dev/null -c jar-subject -d 'go=1' "$url$subject_path"

# gets WHO CODE PATH [PATTERN]: the page answers so, and says that.
gets() {
    page "$2" "$1" "$3" || return 1
    [ -z "${4-}" ] || grep -qE -- "$4" page || {
        printf '      %s: it does not say %s\n' "$3" "$4"
        return 1
    }
}
# posts WHO CODE PATH FIELD...: with the token of their session, as their pages have it.
posts() {
    local who=$1 wanted=$2 where=$3
    local -a fields=()
    shift 3
    page 200 "$who" /account || return 1
    for field; do fields+=(--data-urlencode "$field"); done
    page "$wanted" "$who" "$where" --data-urlencode "form=$(form_token)" "${fields[@]}"
}

# ---- who sees what -----------------------------------------------------------------------------

it 'nobody is sent to the door' gets nobody 303 /board/
it 'a subject does not see the board' gets subject 403 /board/ 'people who work here'
it 'nor does a machine with its key' test "$(curl -sS -o page -w '%{http_code}' -H "Authorization: Bearer $robot" "$url/board/")" = 303
it 'a reviewer sees the queues' gets cem 200 /board/ 'Reviews waiting'
it '... with what waits' gets cem 200 /board/ "/board/reviews/$model"
it '... and is told that requests are not theirs' gets cem 200 /board/ 'do not open this queue'
it '... nor open to them' gets cem 403 "/board/requests/$request" 'subject.read'
it '... nor decisions about people' gets cem 403 "/board/decisions/$human"
it 'the officer sees requests' gets dora 200 /board/ "/board/requests/$request"
it 'a marketer sees no incidents' gets mia 403 /board/incidents/new 'audit'
it '... and no key figures' gets mia 403 /board/kpis
it 'what has no review is offered' gets ana 200 /board/ 'kind=notice&#38;name=profiling|kind=notice&amp;name=profiling'
it 'nobody has such a review' gets cem 404 /board/reviews/00000000000000000000000000000000
it 'nor such an entry' gets cem 404 /board/ledger/999999999
it 'an entry is shown' gets cem 200 "/board/ledger/$index" 'checkpoint'

# ---- a review ----------------------------------------------------------------------------------

it 'the evidence stands beside it' gets dan 200 "/board/reviews/$model" 'What drives it'
it '... with the picture said in words' gets dan 200 "/board/reviews/$model" '<desc>Foretold'
it '... and the note of who proposed it, escaped' gets dan 200 "/board/reviews/$model" '&lt;script&gt;alert\(1\)'
it '... never as it came' hides "$hostile"
it 'whoever trained it cannot vote, and reads why' gets ana 200 "/board/reviews/$model" 'cannot vote.*trained'
it '... nor is asked to' hides 'value="approve"'
it 'who has a conflict cannot either' gets finn 200 "/board/reviews/$model" 'conflict of interest in it'
it '... and is refused when they try' posts finn 403 "/board/reviews/$model" act=approve 'reason=let me'
it '... with the reason on the page' grep -q 'conflict of interest' page
it 'nor does the author by a form of their own making' posts ana 403 "/board/reviews/$model" act=approve reason=x
it 'a form without the token is refused' test "$(curl -sS -b jar-dan -o page -w '%{http_code}' -d act=approve "$url/board/reviews/$model")" = 403
it '... and one from another site' test "$(curl -sS -b jar-dan -o page -w '%{http_code}' -H 'Origin: https://evil.example' -d act=approve "$url/board/reviews/$model")" = 403
it '... and changes nothing' gets dan 200 "/board/reviews/$model" '0 of 1'
it 'an act that there is not is refused' posts dan 400 "/board/reviews/$model" act=bribe reason=x
it 'a reviewer approves' posts dan 303 "/board/reviews/$model" act=approve "reason=right $hostile"
it '... and the page says so' gets dan 200 "/board/reviews/$model?done=board-step" 'signed and on the ledger'
it '... with the reason, escaped' hides "$hostile"
it '... and the entry of the step' gets dan 200 "/board/reviews/$model" 'approve .*entry [0-9]+'
it 'an approval is taken once' posts dan 403 "/board/reviews/$model" act=reject 'reason=no'

it 'high risk shows the quorum' gets cem 200 "/board/reviews/$campaign" 'Votes for the quorum.*0 of 2'
it '... and the figures of the plan' gets bea 200 "/board/reviews/$campaign" 'People it would reach'
it 'a vote without a reason is sent back' posts cem 400 "/board/reviews/$campaign" act=approve reason=
it '... beside its field' grep -q 'id="reason-error"' page
it 'the team does not vote then' gets bea 200 "/board/reviews/$campaign" 'gives you no vote'
it 'with one it counts' posts cem 303 "/board/reviews/$campaign" act=approve 'reason=plain and fair'
it '... and stands in the way to the quorum' gets eva 200 "/board/reviews/$campaign" '1 of 2'
it '... but is not there yet' gets eva 200 "/board/reviews/$campaign" 'class="badge [a-z]*">[^<]*in review'
it 'another agrees' posts eva 303 "/board/reviews/$campaign" act=approve 'reason=agreed after all'
it 'the officer is offered an opinion' gets dora 200 "/board/reviews/$campaign" 'value="advise_against"'
it '... gives it' posts dora 303 "/board/reviews/$campaign" act=advise_against 'advice=age is not needed'
it 'only the chair overrules' posts eva 403 "/board/reviews/$campaign" act=overrule 'chairs=no'
it '... in writing' posts cem 303 "/board/reviews/$campaign" act=overrule 'chairs=age leaves after this one'
it 'then it is approved' gets eva 200 "/board/reviews/$campaign" 'class="badge [a-z]*">[^<]*approved'
it 'a recusal takes the vote back' posts eva 303 "/board/reviews/$campaign" act=recuse 'recusal=my sister' 'conflict=family'
it '... so it waits again' gets cem 200 "/board/reviews/$campaign" 'class="badge [a-z]*">[^<]*in review'
it 'what is needed is put before the board' posts ana 303 /board/propose kind=notice name=profiling 'note=words for all'
it '... once' posts ana 409 /board/propose kind=notice name=profiling
it '... and what is not there, not' posts ana 400 /board/propose kind=notice "name=$hostile"
it '... whose name stands escaped' hides "$hostile"

it 'content stands in the queue' gets cem 200 /board/ "/board/reviews/$content"
it '... beside what its scan found' gets cem 200 "/board/reviews/$content" 'cdr.pii.email'
it '... which is starred' hides 'ada.byron'
it '... and itself escaped' hides "$hostile"
it '... and told to lack its mark' gets cem 200 "/board/reviews/$content" 'cannot be deployed like this'

# ---- requests ----------------------------------------------------------------------------------

it 'a request shows its clock' gets dora 200 "/board/requests/$request" 'Due .* in [0-9]+ days'
it 'it is started' posts dora 303 "/board/requests/$request" act=start
it 'extended only with a reason' posts dora 400 "/board/requests/$request" act=extend extend_note=
it '... beside the field' grep -q 'id="extend_note-error"' page
it '... with one' posts dora 303 "/board/requests/$request" act=extend 'extend_note=many systems'
it 'not answered before they are known' posts dora 403 "/board/requests/$request" act=answer
it 'no copy before it is answered' posts dora 403 "/board/requests/$request/copy"
it 'proven' posts dora 303 "/board/requests/$request" act=prove level=match
it 'answered' posts dora 303 "/board/requests/$request" act=answer
it '... and closed' gets dora 200 "/board/requests/$request" 'It is closed'
it '... with every step on the ledger' gets dora 200 "/board/requests/$request" 'request.fulfilled'
it 'the copy is a ZIP' posts dora 200 "/board/requests/$request/copy"
it '... that is saved' grep -qi 'content-disposition: attachment; filename="answer.zip"' head
it '... truly' test "$(head -c 2 page)" = PK
it 'a refusal has a named reason' posts dora 400 "/board/requests/$second_request" act=refuse code=because
it '... and is kept' posts dora 303 "/board/requests/$second_request" act=refuse code=data_correct 'refusal_note=checked twice'
it '... in words for the person' gets dora 200 "/board/requests/$second_request" 'found them correct'

# ---- a decision before a person ----------------------------------------------------------------

it 'the reviewer sees what weighed' gets dora 200 "/board/decisions/$human" 'All that it looked at|reasons it gave'
it '... and not whom it is about' hides "$identifier"
it 'a verdict needs a reason' posts dora 400 "/board/decisions/$human" act=send reason=
it 'a person decides' posts dora 303 "/board/decisions/$human" act=withhold "reason=they asked twice $hostile"
it '... once' posts dora 403 "/board/decisions/$human" act=send reason=again
it '... and the words stand, escaped' hides "$hostile"

# ---- second signatures -------------------------------------------------------------------------

it 'who asked for it is not offered to sign' eval 'gets dora 200 /board/ "somebody else signs" && hides "/board/second/$wish"'
it '... nor may' posts dora 403 "/board/second/$wish" act=sign
it 'who may not do such a thing does not sign it' posts cem 403 "/board/second/$wish" act=sign
it 'another is offered' gets ana 200 /board/ "/board/second/$wish"
it '... only with the token' test "$(curl -sS -b jar-ana -o page -w '%{http_code}' -d act=sign "$url/board/second/$wish")" = 403
it '... and signs' posts ana 303 "/board/second/$wish" act=sign
it '... which the page says' gets dora 200 /board/ 'Signed by ana'

# ---- incidents ---------------------------------------------------------------------------------

it 'an incident says what happened' posts dora 400 /board/incidents/new act=open title=
it 'it is opened' posts dora 303 /board/incidents/new act=open "title=A letter $hostile" exposed-export=yes risk=high
incident=$(sed -n 's|.*[Ll]ocation: /board/incidents/\([0-9a-f]*\).*|\1|p' head)
it '... and its clock runs' gets dora 200 "/board/incidents/$incident" 'hours left to tell the authority'
it '... its title escaped' hides "$hostile"
it 'on the list too' gets dora 200 /board/ '&lt;script&gt;alert'
it '... escaped' hides "$hostile"
it 'the draft is there' gets dora 200 "/board/incidents/$incident/draft?whom=authority" 'GDPR Article 33'
it '... escaped' hides "$hostile"
it 'it is not closed while nobody was told' posts dora 403 "/board/incidents/$incident" act=close close_reason=
it 'what came to be known is added' posts dora 303 "/board/incidents/$incident" act=update "note=found $hostile" 'measures=called back' exposed-export=yes
it 'the authority was told' posts dora 303 "/board/incidents/$incident" act=told-authority
it '... and the people' posts dora 303 "/board/incidents/$incident" act=told-people
it 'then it is closed' posts dora 303 "/board/incidents/$incident" act=close
it '... and escaped throughout' eval 'gets dora 200 "/board/incidents/$incident" closed && hides "$hostile"'
it 'a bad day is refused' posts dora 400 /board/incidents/new act=open title=x from=yesterday
it 'an approver follows none' posts cem 403 "/board/incidents/$incident" act=update note=x

# ---- key figures -------------------------------------------------------------------------------

it 'key figures stand there' gets cem 200 /board/kpis 'Is it lawful'
it '... with the trend in words' gets cem 200 /board/kpis '<desc>From the oldest period'
it '... and as a table' gets cem 200 /board/kpis '<th scope="row">Rights requests</th>'
it '... and what is over its limit first' gets cem 200 /board/kpis 'over the limit: '
it 'the pack opens' posts cem 200 /board/pack act=html
it '... as a page' grep -q 'Is it lawful' page
it '... and as JSON' posts cem 200 /board/pack act=json
it '... whose entry is on the ledger' grep -q '"ledger_index"' page
it 'not for a marketer' posts mia 403 /board/pack act=html
it 'no page has a script or a style within it, or from elsewhere' eval \
    'gets cem 200 /board/kpis && [ "$(sed "s,<script defer src=./progress.js.></script>,," page | grep -cE "<script| style=")" -eq 0 ]' 
stop

# ---- as the command line sees it ---------------------------------------------------------------

operator=ana
it 'what was done on pages is what there is' candor review show "$model"
must candor review show "$model" --json
it '... by whom it was done' grep -q '"by": "dan"' "$scratch/out"
operator=dora
must candor request show "$request" --json
it '... also of requests' value_is state fulfilled
operator=ana
it 'the ledger is sound' candor ledger verify
done_testing
