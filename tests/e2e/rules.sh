#!/usr/bin/env bash
# Rules of the company's own: found, tested, refused where they are none, and bounded.
#
#   rules.sh PROGRAM
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/e2e/scanning.sh
. "$(dirname "$0")/scanning.sh"

complains() { grep -q -- "$1" "$scratch/err"; }
pack() { # JSON: a folder with one rule file
    rm -rf "$(at pack)"
    mkdir "$(at pack)"
    printf '%s' "$1" >"$(at pack/a.json)"
}

rules=$tests_dir/../../examples/gate/rules
mkdir "$(at site)"
printf 'const db = "db1.corp.shop.example";\n' >"$(at site/a.js)"
printf 'The cheapest shoes. customer C-79927398 says so.\n' >"$(at site/a.txt)"
it 'the tests of the examples hold' exits 0 scan rules test "$rules" --json
it 'ten of them' says '"tests": 10'
it 'what they find blocks' exits 1 scan "$(at site)" --rules "$rules" --json
it 'the host' says '"rule": "shop.internal-host"'
it 'with its severity' says '"severity": "high"'
it 'and its own weakness' says '"cwe": "CWE-200"'
it 'the word, in prose' says 'shop.copy.cheap'
it 'the customer is found' says 'shop.customer-number'
it 'and starred' silent 'C-79927398'
it 'the digest of the rules is in the verdict' says '"rules_digest": "[0-9a-f]\{64\}"'
digest=$(grep -o '"rules_digest": "[0-9a-f]*"' "$scratch/out")
it 'in SARIF as well' exits 1 scan "$(at site)" --only rules --rules "$rules" --format sarif
it 'by its own name' says "$(printf '%s' "$digest" | grep -o '[0-9a-f]\{64\}')"
cp -r "$rules" "$(at changed)"
printf ' ' >>"$(at changed/shop.json)"
it 'one more byte is another digest' bash -c '! "$1" scan "$2" --rules "$3" --json | grep -qF "$4"' bash "$program" "$(at site)" "$(at changed)" "$digest"
printf 'Gewinnspiel: jetzt mitmachen\n' >"$(at raffle.txt)"
it 'a rule of a market is silent elsewhere' exits 0 scan "$(at raffle.txt)" --only rules --rules "$rules" --market FR
it 'and there it asks for what must be said' exits 1 scan "$(at raffle.txt)" --only rules --rules "$rules" --market FR,DE
it 'by its name' says 'shop.copy.raffle-de'
printf 'Teilnahmeschluss: 1. Mai\n' >>"$(at raffle.txt)"
it 'which is there now' exits 0 scan "$(at raffle.txt)" --only rules --rules "$rules" --market DE
it 'rules alone need a folder' exits 2 scan "$(at site)" --only rules

pack '{"id":"a.b","version":1,"message":"m","severity":"low","match":"x"}'
it 'a rule without tests is not loaded' exits 2 scan "$(at site)" --rules "$(at pack)"
it 'and that is said' complains "tests"
pack '{"id":"a.b","version":1,"message":"m","severity":"low","match":"x","tests":{"bad":["x"],"ok":[]}}'
it 'nor one without an ok text' exits 2 scan "$(at site)" --rules "$(at pack)"
pack '{"id":"a.b","version":1,"message":"m","severity":"low","match":"x","tests":{"bad":["y"],"ok":["z"]}}'
it 'nor one whose test does not hold' exits 2 scan "$(at site)" --rules "$(at pack)"
it 'which test is said' complains 'finds nothing in a bad text (test 1)'
it 'and reported by its command' exits 1 scan rules test "$(at pack)"
pack '{"id":"a.b","version":1,"message":"m","severity":"low","match":"(x","tests":{"bad":["x"],"ok":["z"]}}'
it 'a pattern that is none is refused' exits 2 scan rules test "$(at pack)"
it 'with the place' complains "at letter 3"
pack '{"id":"cdr.b","version":1,"message":"m","severity":"low","match":"x","tests":{"bad":["x"],"ok":["z"]}}'
it 'our names are not for others' exits 2 scan rules test "$(at pack)"
pack '{"id":"a.b","version":1,"mesage":"m","severity":"low","match":"x","tests":{"bad":["x"],"ok":["z"]}}'
it 'a field that is none is named' exits 2 scan rules test "$(at pack)"
it 'with the nearest' complains "message"
mkdir "$(at empty)"
it 'a folder without rules is none' exits 2 scan "$(at site)" --rules "$(at empty)"

# A pattern that tries everything: with a test that shows it, it is refused; without, the scan ends and says so.
a=$(printf 'a%.0s' {1..60})
pack "{\"id\":\"a.slow\",\"version\":1,\"message\":\"m\",\"severity\":\"low\",\"match\":\"(a+)+\$\",\"tests\":{\"bad\":[\"aa\"],\"ok\":[\"${a}b\"]}}"
it 'a pattern that tries everything is refused by its test' exits 2 scan "$(at site)" --rules "$(at pack)"
it 'with the reason' complains 'takes too long'
pack '{"id":"a.slow","version":1,"message":"m","severity":"low","match":"(a+)+$","tests":{"bad":["aa"],"ok":["b"]}}'
printf '%sb\n' "$a" >"$(at site/slow.txt)"
it 'and over a text it ends and blocks' exits 1 scan "$(at site/slow.txt)" --only rules --rules "$(at pack)"
it 'under a name of its own' says 'cdr.rule.too-slow'
it 'with the rule' says 'a.slow'
pack '{"id":"a.square","version":1,"message":"m","severity":"low","match":".*x.*y.*z","tests":{"bad":["xyz"],"ok":["b"]}}'
head -c 3000000 /dev/zero | tr '\0' 'x' >"$(at site/long.txt)"
begun=$SECONDS
run scan "$(at site/long.txt)" --only rules --rules "$(at pack)"
it 'a square of a long line is bounded' [ $((SECONDS - begun)) -lt 60 ]
done_testing
