#!/usr/bin/env bash
# Where a text comes from: what was copied, under which licence it stands, and what the company allows.
#
#   origin.sh PROGRAM
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/e2e/scanning.sh
. "$(dirname "$0")/scanning.sh"
needs_grammars

mkdir -p "$(at shop)" "$(at site)" "$(at list)"
cat >"$(at shop/cart.js)" <<'CODE'
export function total(cart, rate) {
    let sum = 0;
    for (const line of cart.lines) {
        if (!line.free && line.count > 0) sum += line.price * line.count; // what they pay
    }
    return { net: sum, gross: Math.round(sum * (1 + rate)), tax: sum * rate, lines: cart.lines.length };
}
CODE
sed 's/cart/basket/g; s/line/row/g; s/sum/result/g; s/rate/vat/g; s,//.*,,' "$(at shop/cart.js)" >"$(at site/mine.js)"
printf 'console.log("hello");\n' >"$(at site/other.js)"
cat >"$(at list/Sample-1.txt)" <<'TEXT'
Copyright (c) <year> <owner>

You may use, copy and change this work, as long as this notice stays in all copies of it.
The work comes as it is, and nobody answers for what it does or fails to do.
TEXT

it 'texts are indexed' exits 0 origin index "$(at shop)" --out "$(at shop.index)" --json
it 'and counted' says '"texts": 1'
it 'nothing of a text stands in the index' bash -c '! grep -aq "gross\|what they pay" "$1"' bash "$(at shop.index)"
it 'what was copied and renamed blocks' exits 1 scan "$(at site)" --corpus "$(at shop.index)" --json
it 'with its source' says '"source": "cart.js"'
it 'and its length' says '"longest_run": '
it 'in SARIF as well' exits 1 scan "$(at site)" --only origin --corpus "$(at shop.index)" --format sarif
it 'by its rule' says '"ruleId": "cdr.origin.copied-code"'
it 'the text itself is no copy of itself' exits 0 scan "$(at shop)" --only origin --corpus "$(at shop.index)"
it 'a damaged index is refused' bash -c 'printf x | dd of="$2" bs=1 seek=40 conv=notrunc 2>/dev/null
    "$1" scan "$3" --corpus "$2" >/dev/null 2>"$4"; [ $? -eq 2 ] && grep -q "digest" "$4"' \
    bash "$program" "$(at shop.index)" "$(at site)" "$(at err)"
it 'and so is any file' exits 2 scan "$(at site)" --corpus "$(at shop/cart.js)"
it 'a folder without licences is none' exits 2 origin index --spdx "$(at shop)" --out "$(at none.index)"
it 'nothing is left of it' bash -c '! [ -e "$1" ]' bash "$(at none.index)"

it 'licences are indexed' exits 0 origin index --spdx "$(at list)" --out "$(at list.index)"
printf '# Shop\n\nCopyright 2024 the shop\n\n%s\n' "$(tail -n 2 "$(at list/Sample-1.txt)")" >"$(at site/LICENSE)"
printf '// SPDX-License-Identifier: AGPL-3.0-only\n' >"$(at site/header.js)"
it 'without a policy licences are only noted' exits 0 scan "$(at site)" --only licence --licences "$(at list.index)" --fail-on medium
it 'a header' says 'AGPL-3.0-only'
it 'and a whole text' says 'Sample-1'
it 'nobody is asked for where nothing is allowed or forbidden' bash -c '"$1" scan "$2" | grep -q "0 findings"' bash "$program" "$(at site)"
printf 'scan:\n  licences: [MIT, Sample-1]\n' >"$(at policy.yaml)"
it 'with one what is not allowed blocks' exits 1 scan "$(at site)" --policy "$(at policy.yaml)" --licences "$(at list.index)"
it 'and is named' says 'does not allow: AGPL-3.0-only'
it 'what is allowed is silent' silent 'Sample-1'
printf 'scan:\n  licences: [MIT, "AGPL-3.0-only OR"]\n' >"$(at wrong.yaml)"
it 'a policy that is none is refused' exits 2 scan "$(at site)" --policy "$(at wrong.yaml)"
it 'with its line' grep -q 'line 2' "$(at err)"
printf 'scans:\n' >"$(at none.yaml)"
it 'and one without the section' exits 2 scan "$(at site)" --policy "$(at none.yaml)"
must "$program" init "$(at home)"
printf '\nscan:\n  licences: [MIT]\n' >>"$(at home/candor.yaml)"
it 'candor.yaml may hold it' exits 0 --home "$(at home)" audit retention
it 'and is a policy for scans' exits 1 scan "$(at site)" --policy "$(at home/candor.yaml)"
done_testing
