#!/bin/sh
# embed.sh TARGET FILE... - files as arrays of C, each with the tag that HTTP knows it by: half of its SHA-256.
set -eu
export LC_ALL=C
target=$1
shift
{
    printf '#include "webfile.h"\n'
    for file; do
        name=$(basename "$file" | tr '.-' '__')
        printf '\nstatic const unsigned char bytes_%s[] = {\n' "$name"
        od -An -v -tx1 "$file" | sed 's/ \([0-9a-f][0-9a-f]\)/0x\1,/g'
        printf '};\n'
    done
    printf '\nconst struct web_file web_files[] = {\n'
    for file; do
        name=$(basename "$file" | tr '.-' '__')
        tag=$(sha256sum "$file" | cut -c 1-32)
        printf '    {"%s", bytes_%s, sizeof bytes_%s, "\\"%s\\""},\n' "$(basename "$file")" "$name" "$name" "$tag"
    done
    printf '    {0, 0, 0, 0},\n};\n'
} >"$target"
