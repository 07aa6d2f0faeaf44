# scanning.sh - for the tests of `candor scan`: a run, how it ends and what it says. Needs lib.sh.
# shellcheck shell=bash disable=SC2034,SC2154
at() { printf '%s/%s' "$scratch" "$1"; }
run() {
    "$program" "$@" >"$scratch/out" 2>"$scratch/err"
    rc=$?
}
exits() { # CODE ARGUMENTS...
    local want=$1
    shift
    run "$@"
    [ "$rc" -eq "$want" ] || { printf '      | exit %s\n' "$rc"; sed 's/^/      | /' "$scratch/err" "$scratch/out"; return 1; }
}
says() { grep -q -- "$1" "$scratch/out"; }
silent() { ! grep -q -- "$1" "$scratch/out"; }
