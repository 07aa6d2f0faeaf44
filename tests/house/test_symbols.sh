#!/bin/sh
# Only candor_* leaves the libraries, and every function that candor.h declares is there.
. "$(dirname "$0")/lib.sh"

# Names that the compiler sees before a parenthesis in the header, without comments and macros.
"$@" -E -P -I"$source_dir/include" "$source_dir/include/candor.h" |
    grep -oE '\bcandor_[a-z0-9_]+ *\(' | tr -d ' (' | sort -u >"$scratch/declared"
[ -s "$scratch/declared" ] || not_true "candor.h declares functions"

check() {
    library=$1
    shift
    [ -f "$build_dir/$library" ] || {
        not_true "$library was built"
        return
    }
    # Names of defined global symbols. The sanitizers and the linker have names of their own.
    "$@" "$build_dir/$library" | awk 'NF == 3 && $2 ~ /[A-Z]/ { print $3 }' | sort -u >"$scratch/names"
    strangers=$(grep -vE '^candor_|^_(init|fini|edata|end|_bss_start)$' "$scratch/names" || true)
    [ -z "$strangers" ] || not_true "$library shows only candor_*: $strangers"
    absent=$(comm -23 "$scratch/declared" "$scratch/names")
    [ -z "$absent" ] || not_true "$library has what candor.h declares: $absent"
}

check libcandor.so nm -D --defined-only
check libcandor.a nm -g --defined-only
echo "$(wc -l <"$scratch/declared") functions declared and exported"
done_testing
