# lib.sh - for the tests on real data: each is called with the program, and says in one line each
# what is not true. The data is found by CANDOR_DATA or beside the source folder, is read where it
# lies and never copied into the project; without it a test says so and is skipped.
# shellcheck shell=sh disable=SC2034
set -eu
export LC_ALL=C.UTF-8
candor=$1
here=$(cd "$(dirname "$0")" && pwd)
data=${CANDOR_DATA:-$here/../../../shared/data}
scratch=${KEEP:-$(mktemp -d)}
[ -n "${KEEP:-}" ] || trap 'rm -rf "$scratch"' EXIT
wrong=0

# needs_data SET...: every set is there, or the test is skipped.
needs_data() {
    for set in "$@"; do
        [ -r "$data/$set/README.md" ] || {
            printf 'skipped: no data at %s\n' "$data/$set"
            exit 77
        }
    done
}

not_true() {
    printf 'not true: %s\n' "$*"
    wrong=$((wrong + 1))
}

# is WHAT FOUND EXPECTED
is() {
    [ "$2" = "$3" ] || not_true "$1 is $3, not $2"
}

# member FILE KEY: the value of a key of the outermost map of a JSON answer.
member() {
    sed -n 's/^  "'"$2"'": "\{0,1\}\([^",]*\)"\{0,1\},\{0,1\}$/\1/p' "$1" | head -n 1
}

# inner FILE KEY: the same at any depth; the first in the file.
inner() {
    sed -n 's/^ *"'"$2"'": "\{0,1\}\([^",]*\)"\{0,1\},\{0,1\}$/\1/p' "$1" | head -n 1
}

# stair FILE STEP: how many stand on a step of a plan's staircase.
stair() {
    awk -v step="\"$2\"," '$1 == "\"step\":" { on = $2 == step }
        on && $1 == "\"count\":" { print $2 + 0; exit }' "$1"
}

# left FILE CODE: how many a plan leaves out for a reason; 0 when nobody.
left() {
    awk -v code="\"$2\":" '$1 == "\"staircase\":" { on = 1 } $1 == "\"expected\":" { on = 0 }
        on && $1 == code { n += $2 } END { print n + 0 }' "$1"
}

# auc FILE: of lines "score label", by ranks; ties count half.
auc() {
    sort -g "$1" | awk '
        function flush() {
            rank_sum += yes_here * (first + last) / 2
            yes += yes_here
        }
        $1 != score || NR == 1 { if (NR > 1) flush(); score = $1; first = NR; yes_here = 0 }
        { last = NR; yes_here += $2 }
        END {
            if (NR > 0) flush()
            no = NR - yes
            if (yes == 0 || no == 0) print "nan"
            else printf "%.4f\n", (rank_sum - yes * (yes + 1) / 2) / (yes * no)
        }'
}

# An awk function that every generated part is drawn with: the same on every machine and every awk.
# draw(n, salt) is uniform in 0 .. 1 for a number and a purpose. Rounds of cubing modulo 2^26 - 5,
# which is a permutation, so that draws of two purposes have nothing to do with each other.
draw_function='
function draw(n, salt,    x, i) {
    x = n
    for (i = 0; i < 4; i++) {
        x = (x + salt * 7919 + i * 104729 + 20250801) % 67108859
        x = (x * ((x * x) % 67108859)) % 67108859
    }
    return x / 67108859
}'

# ---- a home ------------------------------------------------------------------------------------

home=$scratch/home
ana() { "$candor" --home "$home" --operator ana "$@" --json; }
bea() { "$candor" --home "$home" --operator bea "$@" --json; }

# must NAME COMMAND...: run it, keep its answer in NAME.json, stop when it fails.
must() {
    answer=$scratch/$1.json
    shift
    "$@" >"$answer" 2>"$scratch/said" || {
        cat "$scratch/said"
        not_true "this works: $*"
        exit 1
    }
}

# refused WHAT COMMAND...: it must fail.
refused() {
    what=$1
    shift
    ! "$@" >/dev/null 2>&1 || not_true "$what is refused"
}

# imported KIND FILE: every row of the file gets in.
imported() {
    must "import-$1" ana import "$1" "$2"
    is "the rows of $1 that were rejected" "$(member "$answer" rejected)" 0
    is "the rows of $1 that were imported" "$(member "$answer" imported)" \
        "$(($(wc -l <"$2") - 1))"
}

# The test's last line.
done_testing() {
    [ "$wrong" -eq 0 ] || exit 1
}
