# lib.sh - for the tests from end to end. Each is called with the program and, if it needs one, the generator
# of demo data, works in a scratch folder of its own, and says in one line each what is not true.
# shellcheck shell=bash disable=SC2034
set -u -o pipefail
export LC_ALL=C.UTF-8
unset CANDOR_HOME CANDOR_OPERATOR
program=$(realpath "$1")
generate=${2:+$(realpath "$2")}
tests_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
demo_dir=$(cd "$tests_dir/../../demo" && pwd)
scratch=$(mktemp -d)
wrong=0
checked=0
skipped=0
rc=0
cleanups=()

clean_up() {
    local command
    for command in "${cleanups[@]}"; do
        eval "$command"
    done
    chmod -R u+rwx "$scratch" 2>/dev/null
    rm -rf "$scratch"
}
trap clean_up EXIT
trap 'exit 130' INT TERM

not_true() {
    printf 'not true: %s\n' "$*"
    wrong=$((wrong + 1))
}

# it LABEL COMMAND...: the command succeeds.
it() {
    local label=$1
    shift
    checked=$((checked + 1))
    if "$@"; then
        printf 'ok    %s\n' "$label"
    else
        not_true "$label"
    fi
}

skip() {
    printf 'skip  %s\n' "$*"
    skipped=$((skipped + 1))
}

# Where the grammars of programs could not be had at build time, every program is told as not checked, and blocks.
needs_grammars() {
    echo 'let one = 1' >"$scratch/one.js"
    "$program" scan "$scratch/one.js" --only code >"$scratch/one" 2>&1 || true
    ! grep -q not-checked "$scratch/one" || {
        echo 'skipped: the program was built without the grammars of programs: npm was not to be had'
        exit 77
    }
    rm "$scratch/one.js" "$scratch/one"
}

# A step without which nothing after it means anything.
must() {
    if ! "$@" >"$scratch/out" 2>"$scratch/err"; then
        printf 'not true: this works: %s\n' "${*##*/}"
        cat "$scratch/out" "$scratch/err"
        exit 1
    fi
}

done_testing() {
    printf '%d checked, %d skipped, %d not true\n' "$checked" "$skipped" "$wrong"
    [ "$wrong" -eq 0 ] || exit 1
}

# ---- the program -----------------------------------------------------------------------------

# candor WORD...: with the present $home and $operator; rc, $scratch/out and $scratch/err.
home=
operator=ana
candor() {
    "$program" --home "$home" --operator "$operator" "$@" >"$scratch/out" 2>"$scratch/err"
    rc=$?
    return "$rc"
}

# value KEY: the first value of that key in the JSON last printed.
value() {
    sed -n 's/^ *"'"$1"'": *\(.*[^,]\),\{0,1\}$/\1/p' "$scratch/out" | head -n 1 |
        sed 's/^"\(.*\)"$/\1/'
}

# value_of KEY COMMAND...: the first value of that key in what the command answers.
value_of() {
    local key=$1
    shift
    must candor "$@" --json >&2
    value "$key"
}

# value_is KEY VALUE
value_is() {
    local found
    found=$(value "$1")
    [ "$found" = "$2" ] || {
        printf '      "%s" is %s, not %s\n' "$1" "${found:-missing}" "$2"
        return 1
    }
}

# said EXIT PATTERN: how the last command ended, and that its message is one for people.
said() {
    local fault=
    [ "$rc" -eq "$1" ] || fault="exit $rc, not $1"
    grep -qiE -- "$2" "$scratch/err" || fault="$fault; the message does not say '$2'"
    ! grep -qE 'broken promise|Sanitizer|runtime error' "$scratch/err" || fault="$fault; it broke"
    grep -q '^candor: ' "$scratch/err" || fault="$fault; no line begins with 'candor: '"
    [ -z "$fault" ] || {
        printf '      %s:\n' "$fault"
        sed 's/^/      | /' "$scratch/err" | head -n 6
        return 1
    }
}

# ---- homes -----------------------------------------------------------------------------------

# data_for COUNT SEED: files of a demo company, made once; its folder in $data.
data_for() {
    data=$scratch/data-$1-$2
    [ -d "$data" ] || must "$generate" --subjects "$1" --seed "$2" --out "$data"
}

# new_home DIR: with the demo's candor.yaml, operators ana (owner) and bea (approver).
new_home() {
    home=$1
    operator=ana
    must "$program" --operator ana init "$home" --name "Marlow & Finch"
    sed "s/limit: 0.8$/limit: 0.5/" "$demo_dir/candor.yaml" >"$home/candor.yaml" # ids are random and groups small here
    must candor operator add bea --roles approver
}

# fill_home COUNT SEED: import a demo company.
fill_home() {
    data_for "$1" "$2"
    must candor import subjects "$data/subjects.csv"
    must candor import consents "$data/consents.csv"
    must candor import events "$data/events.csv"
    must candor import events "$data/responses.csv" --map "$demo_dir/responses.yaml"
}

# All that a home holds, but for the database's shared memory, the lock and files that begin with EXCEPT.
fingerprint() { # HOME [EXCEPT]
    (cd "$1" && find . -type f ! -name '*-shm' ! -name lock ! -name "${2:-lock}*" -size +0 -print0 | sort -z |
        xargs -0 sha256sum | sha256sum)
}

# ---- a server --------------------------------------------------------------------------------

# begin [OPTION...]: serve $home until stop; sets $server, $url and $where (HOST:PORT), and adds to $scratch/log.
server=
begin() {
    rm -f "$scratch/address"
    "$program" --home "$home" --operator "$operator" serve --listen 127.0.0.1:0 "$@" >"$scratch/address" \
        2>>"$scratch/log" &
    server=$!
    url=
    for _ in $(seq 600); do
        [ ! -f "$scratch/address" ] || url=$(sed -n 's/.*\(https\{0,1\}:[^ ]*\).*/\1/p' "$scratch/address")
        [ -z "$url" ] || break
        sleep 0.1
    done
    [ -n "$url" ] || {
        printf 'not true: the server says its address\n'
        cat "$scratch/log"
        exit 1
    }
    [ -z "${RECORD-}" ] || record
    where=${url#*//}
}

# What passes is written down in $RECORD, when that is set: tests/openapi.
recorder=
record() {
    [ "${url#http:}" != "$url" ] || return 0 # not what is encrypted
    rm -f "$scratch/recorder"
    python3 "$tests_dir/../openapi/proxy.py" "$url" "$RECORD" >"$scratch/recorder" < <(exec tail --pid=$$ -f /dev/null) &
    recorder=$!
    for _ in $(seq 100); do
        [ ! -s "$scratch/recorder" ] || break
        sleep 0.1
    done
    read -r url <"$scratch/recorder"
}

# stop [SIGNAL]: it ends, and well.
stop() {
    local ended=0 pid=$server
    server=
    [ -z "$recorder" ] || kill "$recorder" 2>/dev/null
    recorder=
    kill -s "${1-TERM}" "$pid"
    wait "$pid" || ended=$?
    [ "$ended" -eq 0 ] || not_true "${1-TERM} ends the server with 0; it was $ended"
}
cleanups+=('[ -z "$recorder" ] || kill "$recorder" 2>/dev/null || true')
cleanups+=('[ -z "$server" ] || { kill "$server" && wait "$server"; } 2>/dev/null || true')

# form_token [FILE]: the token of the forms of a page, the last one without FILE.
form_token() {
    sed -n 's/.*name="form" value="\([0-9a-f]*\)".*/\1/p' "${1-$scratch/page}" | head -n 1
}
