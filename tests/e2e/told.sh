#!/usr/bin/env bash
# told.sh PROGRAM GENERATE - one decision explained: the same text by command, API and page, in five languages and in the
# subject's own; it adds up to the score; what would have turned it does, when it is made true.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
set -e
cd "$scratch"
home=shop

"$generate" --subjects 1500 --seed 7 --out data >/dev/null
must "$program" --operator ana init shop --name Demo
# Each person's own language is a field, and candor.yaml names it.
sed -e 's/^  identifier: .*/&\n  language: tongue/' \
    -e '0,/^  fields:/s//  fields:\n    - {name: tongue, type: category, purposes: [service]}/' \
    "$demo_dir/candor.yaml" >shop/candor.yaml
for kind in subjects consents events; do
    candor import $kind data/$kind.csv || true # some rows are broken on purpose
done
candor import events data/responses.csv --map "$demo_dir/responses.yaml" || not_true "answers come in"
candor train lead || not_true "a model is learnt"
candor model publish lead || not_true "and published"

# The first who was refused for a low score.
who='' index=''
for i in $(seq 1 200); do
    one=$(printf 'C%06d' "$i")
    candor decide "$one" --campaign spring --json || continue
    [ "$(value code)" = low_score ] || continue
    who=$one
    index=$(value ledger_index)
    break
done
[ -n "$who" ] || { echo "not true: somebody has a low score"; exit 1; }

# ---- by command, in five languages ----
for lang in en de fr es it; do
    candor subject decision "$who" "$index" --lang "$lang" --json || not_true "--lang $lang"
    cp out "command.$lang"
done
candor subject decision "$who" "$index" --lang nl || true
it 'a language that is not spoken is refused' said 2 'en, de, fr, es and it'
candor subject decision "$who" "$index" --json
cp out own.before
candor subject correct "$who" --field tongue --value fr-CH || not_true "a language is set"
candor subject decision "$who" "$index" --json
cp out own.after
it "without a setting it is told in the home's language" grep -q '"language": "en"' own.before
it 'their own setting chooses the language' grep -q '"language": "fr"' own.after
candor subject correct "$who" --field tongue --value "" || not_true "and cleared"

# ---- by API and on the page ----
key=$(value_of key key add ana-all --roles owner)
link=$(value_of path subject link "$who")
begin
curl -sS -H "Authorization: Bearer $key" "$url/v1/subjects/$who/decisions/$index?language=de" >api.de
curl -sS -H "Authorization: Bearer $key" -H 'Accept-Language: it-CH, en;q=0.3' \
    "$url/v1/subjects/$who/decisions/$index" >api.it
curl -sS -o bad -w '%{http_code}' -H "Authorization: Bearer $key" \
    "$url/v1/subjects/$who/decisions/$index?language=nl" >code
it 'the API refuses a language that is not spoken' grep -qx 400 code
curl -sS -c jar -o /dev/null -X POST -H 'Content-Type: application/x-www-form-urlencoded' -d '' "$url$link"
curl -sS -b jar "$url/me/messages/$index?lang=de" >page.de
curl -sS -b jar -H 'Accept-Language: it' "$url/me/messages/$index" >page.it
stop

cat >same.py <<'PY'
import html, json
told = {lang: json.load(open('command.' + lang)) for lang in ('en', 'de', 'fr', 'es', 'it')}
wrong = []
def sentences(e):
    yield e['decision']; yield e['baseline']; yield e['limits']; yield e['score']
    for r in e['reasons'] + e['against']: yield r['sentence']
    if e['rest']: yield e['rest']['sentence']
    yield e['turning']['sentence']
    for p in e['turning']['plans']: yield p['sentence']
for lang, t in told.items():
    e, d = t['explanation'], t['decision']
    assert e['language'] == lang, lang
    parts = e['reasons'] + e['against'] + ([e['rest']] if e['rest'] else [])
    off = d['base'] + sum(p['contribution'] for p in parts) - t['replay']['link']
    assert abs(off) < 1e-9, (lang, off)
    for r in e['reasons'] + e['against']:
        assert abs(sum(c['contribution'] for c in r['cells']) - r['contribution']) < 1e-9
        assert 'sex' not in r['columns']
    assert e['turning']['threshold'] > d['score'] and e['turning']['proven']
    for p in e['turning']['plans']: assert p['score'] >= e['turning']['threshold']
    numbers = [p['score'] for p in e['turning']['plans']] + [p['contribution'] for p in parts]
    assert numbers == [p['score'] for p in told['en']['explanation']['turning']['plans']] + \
        [p['contribution'] for p in told['en']['explanation']['reasons'] + told['en']['explanation']['against']
         + ([told['en']['explanation']['rest']] if told['en']['explanation']['rest'] else [])]
for lang in ('de', 'it'):
    assert json.load(open('api.' + lang))['explanation'] == told[lang]['explanation'], 'API ' + lang
    page = html.unescape(open('page.' + lang, encoding='utf8').read())
    for s in sentences(told[lang]['explanation']):
        assert s in page, (lang, s)
assert len({json.dumps(list(sentences(t['explanation']))) for t in told.values()}) == 5
PY
it 'command, API and page tell the same, and it adds up' python3 same.py
it 'the ledger is sound' candor ledger verify
done_testing
