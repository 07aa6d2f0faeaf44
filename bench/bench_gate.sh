#!/usr/bin/env bash
# bench_gate.sh BUILD [FOLDER] - all that is measured of the gate: what it finds on labelled texts and programs, how fast it
# reads beside PCRE2-JIT, copies that were renamed, and what the guard adds to a chat.
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
build=$1
folder=${2:-../shared/data/gate}
failed=0
part() { # NAME COMMAND...
    printf '\n-- %s\n' "$1"
    shift
    "$@" || failed=1
}
if [ -d "$folder" ]; then
    part 'personal data, secrets, injection, copy' bash "$here/bench_scan_quality.sh" "$build" "$folder"
    part 'insecure code' python3 "$here/code_quality.py" "$build/candor" "$folder"
    part 'speed' "$build/bench/bench_scan" "$folder"
    part 'copies' "$build/bench/bench_origin" "$folder"
else
    echo "skipped: no labelled texts in '$folder'; the folder is the second argument"
fi
part 'the guard' bash "$here/bench_guard.sh" "$build"
exit "$failed"
