# lib.sh - for the tests of the house: each is called with the source folder, the build folder and
# the compiler, and says in one line each what is not true.
# shellcheck shell=sh disable=SC2034
set -eu
export LC_ALL=C.UTF-8
source_dir=$1
build_dir=$2
shift 2
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
wrong=0

not_true() {
    printf 'not true: %s\n' "$*"
    wrong=$((wrong + 1))
}

# The test's last line.
done_testing() {
    [ "$wrong" -eq 0 ] || exit 1
}
