#!/usr/bin/env bash
# The hook before a commit and the step in CI, really run: on a repository of their own.
#
#   hooks_ci.sh PROGRAM
. "$(dirname "$0")/lib.sh"

gate=$tests_dir/../../packaging/gate
export CANDOR=$program GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null
command -v git >/dev/null || {
    skip 'there is no git'
    done_testing
}
repo=$scratch/repo
must git init -q "$repo"
cd "$repo" || exit 1
git config user.name ana && git config user.email ana@shop.example && git config commit.gpgsign false
cp "$gate/staged" .git/hooks/pre-commit
commits() { git commit -q -m "$1" >"$scratch/out" 2>&1; }
refuses() { ! commits "$@"; }

echo 'nothing here' >a.txt
git add a.txt
it 'what is clean is committed' commits first
echo 'write to ada.l@shop-of-ada.de today' >b.txt
it 'what is not staged is not looked at' git commit -q --allow-empty -m none
git add b.txt
it 'an address blocks' refuses second
it 'the file is told as the repository has it' grep -q '^[^ ]*b.txt:1:10' "$scratch/out"
it 'the address is not' bash -c '! grep -q ada.l "$1"' bash "$scratch/out"
echo 'write to us today' >b.txt
it 'a clean working tree does not hide the index' refuses second
git add b.txt
it 'mended and staged it goes' commits second
mkdir -p 'a b/c' .candor
echo 'write to eve.m@shop-of-eve.de' >'a b/c/d e.txt'
git add 'a b'
it 'names with blanks are read' refuses third
it 'and told' grep -q 'a b/c/d e.txt:1:10' "$scratch/out"
(cd "$repo" && "$program" scan . --write-baseline .candor/baseline.sarif >/dev/null)
it 'what the baseline knows goes' commits third
git rm -q b.txt
it 'taking away is no finding' commits fourth
it 'a program that is not there is no pass' bash -c 'CANDOR=/none/candor git commit -q --allow-empty -m x 2>/dev/null; [ $? -ne 0 ]'
ln -s /etc/passwd link
git add link
it 'a link is not followed' commits fifth

if command -v pre-commit >/dev/null; then
    it 'pre-commit takes the hook' pre-commit try-repo "$tests_dir/../.." candor-gate
else
    it 'the hook of pre-commit names a script that is there' bash -c \
        '[ -x "$1/$(sed -n "s/^ *entry: //p" "$1/.pre-commit-hooks.yaml")" ]' bash "$tests_dir/../.."
fi

rm -rf .candor
export RUNNER_TEMP=$scratch GITHUB_OUTPUT=$scratch/output
: >"$GITHUB_OUTPUT"
it 'in CI a finding fails the step' bash -c '"$1/ci" >"$2" 2>&1; [ $? -eq 1 ]' bash "$gate" "$scratch/out"
it 'people read it' grep -q 'd e.txt:1:10' "$scratch/out"
sarif=$(sed -n 's/^sarif=//p' "$GITHUB_OUTPUT")
it 'machines too' grep -q '"ruleId": "cdr.pii.email"' "$sarif"
it 'options are passed on' env GATE_OPTIONS='--only secrets' "$gate/ci"
it 'no report is no pass' bash -c 'GATE_OPTIONS="--only nothing" "$1/ci" >/dev/null 2>&1; [ $? -eq 2 ]' bash "$gate"
it 'the action calls it' grep -q 'GITHUB_ACTION_PATH/ci' "$gate/action.yml"
if command -v python3 >/dev/null && python3 -c 'import yaml' 2>/dev/null; then
    it 'and is YAML' python3 -c 'import sys, yaml
a = yaml.safe_load(open(sys.argv[1])); h = yaml.safe_load(open(sys.argv[2]))
assert a["runs"]["using"] == "composite" and h[0]["id"] == "candor-gate"' "$gate/action.yml" "$tests_dir/../../.pre-commit-hooks.yaml"
fi
done_testing
