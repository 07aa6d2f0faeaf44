#!/usr/bin/env bash
# A text without personal data, and back, byte by byte; the map is only its owner's; POST /v1/scan.
# Numbers that a text holds behind "_" are left out: 1 of EMAIL_1, 2 of ghp_2...
#
#   redact.sh PROGRAM GENERATE
. "$(dirname "$0")/lib.sh"
cd "$scratch" || exit 1

mail=ada.l@shop-of-ada.de
token=ghp_2z5i6mnkg7x288c9ls1fotf18udz4dpk9upx
printf 'To %s (and %s),\r\nkey "%s", not EMAIL_1.\377\nno end' "$mail" "$mail" "$token" >prompt
cp prompt prompt.before

exits() { # CODE COMMAND...
    local want=$1
    shift
    "$program" "$@" >out 2>err
    [ $? -eq "$want" ] || { sed 's/^/      | /' err; return 1; }
}
silent() { ! grep -qaF -e "$mail" -e "$token" "$1"; }

it 'a text is redacted' exits 0 redact prompt --map map
cp out redacted
it 'nothing personal is left' silent redacted
it 'equal values have one name, and numbers of the text are left out' \
    grep -qa 'To \[\[EMAIL_3\]\] (and \[\[EMAIL_3\]\])' redacted
it 'the text stays as it was' cmp prompt prompt.before
it 'the map is its owner'"'"'s alone' test "$(stat -c %a map)" = 600
it 'the map says nothing in plain' silent map
it 'a text is restored' exits 0 restore redacted --map map
it 'byte by byte' cmp prompt out
printf 'Dear email\\_3, [SECRET_3] and [[EMAIL_1]]' >reply
it 'a damaged reply is restored' exits 0 restore reply --map map
it 'and only what was given out' grep -qF "Dear $mail, $token and [[EMAIL_1]]" out
it 'standard input' bash -c 'printf "to %s" "$2" | "$1" redact | grep -qF "to [[EMAIL_1]]"' bash "$program" "$mail"

printf 'eve@shop-of-ada.de and %s' "$mail" >second
it 'a map grows' exits 0 redact second --map map
it 'with the same names' grep -qF '[[EMAIL_4]] and [[EMAIL_3]]' out
it 'what a map gave out is in no new text' exits 2 redact redacted --map map
it 'a key is made' exits 0 redact --make-key key
it 'and not replaced' exits 2 redact --make-key key
it 'pseudonyms come from the key' bash -c '"$1" redact second --key key >one && "$1" redact second --key key >two &&
    cmp one two && grep -Eq "EMAIL_[0-9]{4,}" one' bash "$program"
printf '{"base64":{"EMAIL_1":"YQ==","EMAIL_01":"YQ=="}}' >bad
it 'a broken map is refused' exits 2 restore reply --map bad
it 'a map is needed' exits 2 restore reply
iconv -f UTF-8 -t UTF-16 second >wide
it 'UTF-16 is not let through unread' exits 2 redact wide
it 'no such text' exits 2 redact none
it 'a word that is none' exits 2 redact prompt --only everything

# ---- the call ------------------------------------------------------------------------------------
printf '%s\n' identifier,email,age,sex anna,anna@example.org,30,f >subjects.csv
must "$program" --operator ana init small --name Small
home=small
operator=ana
machine=$(value_of key key add machine --roles machine)
reader=$(value_of key key add reader --roles analyst)
begin
scan() { # KEY BODY
    code=$(curl -sS -o out -w '%{http_code}' -H "Authorization: Bearer $1" -H 'Content-Type: application/json' \
        -d "$2" "$url/v1/scan")
}
answers() { # CODE PATTERN
    [ "$code" = "$1" ] && grep -qE -- "$2" out && return
    printf '%s: ' "$code"
    head -c 400 out
    return 1
}
scan "$machine" "{\"text\":\"{\\\"to\\\": \\\"$mail\\\"}\"}"
it 'a text is scanned' answers 200 '"rule": "cdr.pii.email"'
it 'it would block' answers 200 '"blocking": 1'
it 'the answer holds no value' silent out
scan "$machine" "{\"text\":\"$mail\",\"only\":\"secrets\"}"
it 'secrets alone' answers 200 '"findings": \[\]'
scan "$machine" '{"text":"x","only":"everything"}'
it 'a word that is none' answers 400 'only'
scan "$machine" '{}'
it 'no text' answers 400 'text'
scan "$reader" '{"text":"x"}'
it 'a key without the role' answers 403 'decide'
scan "" '{"text":"x"}'
it 'no key' answers 401 .
scan "$machine" "{\"text\":\"$(head -c 70000 /dev/zero | tr '\0' a)\"}"
it 'too much' answers 413 .
stop
it 'no value stands in the log' silent log
done_testing
