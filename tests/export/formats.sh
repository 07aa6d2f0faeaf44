#!/bin/sh
# Model files of every version: they are read, score as they did, become files of the present version,
# and leave as JSON and come back byte for byte. Then what `candor export` refuses.
#
#     formats.sh CANDOR
set -eu
export LC_ALL=C.UTF-8
candor=$1
here=$(cd "$(dirname "$0")" && pwd)
formats=$here/../formats
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
wrong=0
not_true() {
    printf 'not true: %s\n' "$*"
    wrong=$((wrong + 1))
}

# same_scores FILE FILE: to 1e-12 of their size.
same_scores() {
    paste -d, "$1" "$2" | awk -F, '
        NR > 1 { off = $2 - $4; size = $4 < 0 ? -$4 : $4; if (size < 1) size = 1
                 if (off > 1e-12 * size || off < -1e-12 * size || $1 != $3) bad++ }
        END { exit !(NR > 2 && !bad) }'
}

read_models=0
for model in "$formats"/*.model; do
    name=$(basename "$model" .model)
    version=${name##*-}
    read_models=$((read_models + 1))
    "$candor" export "$model" --model "$scratch/$name.model" --to-json "$scratch/$name.json" \
        --c "$scratch/$name.c" --onnx "$scratch/$name.onnx" --json >"$scratch/answer" ||
        { not_true "$name leaves in every form"; continue; }
    [ "$(grep -c '"form"' "$scratch/answer")" -eq 4 ] || not_true "$name: the answer names four files"
    "$candor" export "$scratch/$name.json" --model "$scratch/$name.again" >/dev/null
    cmp -s "$scratch/$name.model" "$scratch/$name.again" ||
        not_true "$name comes back from its JSON byte for byte"
    if [ "$version" = v3 ]; then
        cmp -s "$model" "$scratch/$name.model" || not_true "$name is written as it was read"
    fi
    [ -f "$formats/$name.csv" ] || continue
    for file in "$model" "$scratch/$name.model"; do
        "$candor" score "$file" "$formats/rows-$version.csv" --out "$scratch/scores.csv" >/dev/null
        same_scores "$scratch/scores.csv" "$formats/$name.csv" || not_true "$name scores as it did"
    done
done
[ "$read_models" -ge 12 ] || not_true "there are model files of every version: $read_models"

# refused PATTERN ARGUMENT...: exit 2, these words, and no file.
refused() {
    pattern=$1
    shift
    rm -f "$scratch/new"
    status=0
    "$candor" export "$@" >/dev/null 2>"$scratch/said" || status=$?
    [ "$status" -eq 2 ] || not_true "export $* ends with 2, not $status"
    grep -q -e "$pattern" "$scratch/said" || not_true "export $* says $pattern: $(cat "$scratch/said")"
    [ ! -e "$scratch/new" ] || not_true "export $* leaves no file behind"
}
cp "$formats/binary-v3.model" "$scratch/in.model"
sed 's/"task": "binary"/"task": "guess"/' "$scratch/binary-v3.json" >"$scratch/task.json"
sed 's/"sign": 1/"sign": 3/' "$scratch/binary-v3.json" >"$scratch/sign.json"
head -c 4000 "$scratch/binary-v3.json" >"$scratch/short.json"
refused 'name a file to write' "$scratch/in.model"
refused 'same file' "$scratch/in.model" --model "$scratch/in.model"
refused 'same file' "$scratch/in.model" --c "$scratch/new" --onnx "$scratch/new"
refused 'no such folder' "$scratch/in.model" --c "$scratch/none/new"
refused 'task: binary, regression' "$scratch/task.json" --model "$scratch/new"
refused 'factors\[0\].sign' "$scratch/sign.json" --model "$scratch/new"
refused 'line' "$scratch/short.json" --model "$scratch/new"
[ "$wrong" -eq 0 ]
