#!/usr/bin/env bash
# about.sh PROGRAM LATER - chats about a person: they see them, on their page and in their copy; they end after their
# time and with the person. LATER is tests/e2e/later.c as a library: days pass by it.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/../e2e/lib.sh"
# shellcheck source=tests/guard/lib.sh
. "$(dirname "$0")/lib.sh"
later=$generate
cd "$scratch" || exit 1
begin_provider
patience=60
new_shop
link=$(value_of path subject link anna)
begin

# ask TEXT [CURL OPTION...]
ask() {
    local text=$1
    shift
    code=$(curl -sS -o body -w '%{http_code}' -H "Authorization: Bearer $key" "$@" "$url/v1/chat/completions" \
        -d "{\"model\":\"openai\",\"messages\":[{\"role\":\"user\",\"content\":\"$text\"}]}")
}
on() { LD_PRELOAD=$later LATER=$(($1 * 86400)) candor "${@:2}"; }
says() { grep -qF -- "$1" "${2-out}" || { head -c 1500 "${2-out}" | sed 's/^/      | /'; return 1; }; }
says_not() { ! grep -qF -- "$1" "${2-out}"; }
ask "Does $mail like herons?" -H 'Candor-Subject: anna' -H 'Candor-Purpose: support'
it 'a chat about a person' test "$code" = 200
ask 'Does otto like herons?' -H 'Candor-Subject: otto' -H 'Candor-Purpose: support'
it 'and one about somebody who did not agree' test "$code" = 403
ask 'and otters in general'
it 'and one about nobody' test "$code" = 200

# ---- they see it --------------------------------------------------------------------------------------

curl -sS -o /dev/null -c jar -X POST -H 'Content-Type: application/x-www-form-urlencoded' -d '' "$url$link"
curl -sS -o page -b jar "$url/me/data"
it 'the person sees the chat' says 'Chats with language models about you' page
it 'with what was sent, as it was sent' says 'user: Does [[EMAIL_1]] like herons?' page
it 'and what came back' says 'You said: Does [[EMAIL_1]] like herons?' page
it 'and no other' says_not otter page
stop
candor subject export anna --json
it 'it is in their copy' says 'user: Does [[EMAIL_1]] like herons?'
it 'with how it went' says '"outcome": "answered"'
it 'and until when it is kept' says '"kept_until": "20'
candor subject show anna --json
it 'who looks at them sees that there was one' says '"chat_count": 1'
it 'and not what was said' says_not herons
candor subject export otto --json
it 'what was refused is there' says '"code": "no_consent"'
it 'without words' says_not herons

# ---- after their time ---------------------------------------------------------------------------------

on 182 retention run --json
it 'half a year is not over' value_is chats 0
must candor hold place otto --matter 2026-1 --reason dispute
on 184 retention run --dry-run --json
it 'then they would go' value_is chats 4
on 184 guard list --json
it 'and are there' value_is on_record 5
on 184 retention run --json
it 'then they go' value_is chats 4
on 184 guard list --json
it 'but what a legal hold keeps' value_is on_record 1
on 184 subject export anna --json
it 'and are no more in their copy' value_is chat_count 0
it 'the ledger holds' candor ledger verify

# ---- with the person ----------------------------------------------------------------------------------

begin
ask "Does $mail like herons?" -H 'Candor-Subject: anna' -H 'Candor-Purpose: support'
index=$(sed -n 's/.*"ledger_index":\([0-9]*\).*/\1/p' body)
stop
candor guard show "$index" --json
it 'what was said can be read' says herons
must candor subject erase anna --json
it 'the certificate counts what was said' value_is chats 2
candor guard show "$index" --json
it 'nobody can read it any more' value_is erased true
it 'and that it was, is on record' says '"provider": "ours"'
candor ledger verify
done_testing
