#!/bin/sh
# archive.sh TARGET ARCHIVE... - the static library: every object in one, in which only candor_* is
# still a global name, so that a program may have a fail() of its own beside ours.
set -eu
target=$1
shift
object=$target.o
trap 'rm -f "$object"' EXIT
ld -r --whole-archive "$@" -o "$object"
objcopy --wildcard --keep-global-symbol='candor_*' "$object"
rm -f "$target"
ar rcs "$target" "$object"
