#!/bin/sh
# The C file of a model of every task: no warning from any compiler at hand, as C and as C++, and the
# same links, contributions and scores.
set -eu
export LC_ALL=C.UTF-8
make_exports=$1
here=$(cd "$(dirname "$0")" && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
wrong=0
"$make_exports" "$scratch"

# What checks a model is compiled once, as C; the model itself by everybody.
for task in binary regression count amount classes; do
    mkdir "$scratch/$task"
    mv "$scratch/$task.c" "$scratch/$task/it.c"
    mv "$scratch/${task}_rows.h" "$scratch/$task/rows.h"
    case $task in classes) with=-DWITH_CLASSES ;; *) with=-DWITHOUT_CLASSES ;; esac
    cc -std=c99 -O0 "$with" -I"$scratch/$task" -c "$here/check_c.c" -o "$scratch/$task/check.o"
done

# compiled TASK COMPILER...: it compiles without a warning, and says what the model says.
compiled() {
    task=$1
    shift
    if ! "$@" -Wall -Wextra -Werror -pedantic -O1 -c "$scratch/$task/it.c" \
        -o "$scratch/it.o" >"$scratch/said" 2>&1; then
        printf 'not true: %s compiles with %s\n' "$task" "$*"
        head -n 20 "$scratch/said"
        wrong=$((wrong + 1))
        return
    fi
    cc "$scratch/$task/check.o" "$scratch/it.o" -o "$scratch/check" -lm
    "$scratch/check" || wrong=$((wrong + 1))
}

tried=0
for compiler in "gcc -std=c99" "gcc -std=gnu17" "clang -std=c99" "g++ -x c++ -std=c++11" \
    "clang++ -x c++ -std=c++11" "clang++ -x c++ -std=c++20"; do
    command -v "${compiler%% *}" >/dev/null || continue
    tried=$((tried + 1))
    for task in binary regression count amount classes; do
        # shellcheck disable=SC2086
        compiled "$task" $compiler
    done
done
printf '%d compilers and standards\n' "$tried"
[ "$tried" -gt 0 ] && [ "$wrong" -eq 0 ]
