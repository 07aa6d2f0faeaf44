#!/bin/sh
# What `meson install` leaves is enough: a program of a few lines finds header and library through
# pkg-config and runs, with the shared library and with the static one.
. "$(dirname "$0")/lib.sh"

meson install -C "$build_dir" --no-rebuild --quiet --destdir "$scratch/root" >"$scratch/said" 2>&1 ||
    not_true "meson install works: $(tail -n 3 "$scratch/said")"
pc=$(find "$scratch/root" -name candor.pc)
[ -n "$pc" ] || {
    not_true "candor.pc is installed"
    done_testing
}
lib_dir=$(find "$scratch/root" -name 'libcandor.so' -exec dirname {} \;)

# The service names the program where it was installed, and lets it do little.
unit=$(find "$scratch/root" -name candor.service)
if [ -z "$unit" ]; then
    not_true "candor.service is installed"
elif command -v systemd-analyze >/dev/null; then
    started=$(sed -n 's/^ExecStart=\([^ ]*\).*/\1/p' "$unit")
    [ -x "$scratch/root$started" ] || not_true "candor.service starts the program: $started"
    sed "s,$started,$scratch/root$started," "$unit" >"$scratch/candor.service"
    said=$(systemd-analyze verify --man=no "$scratch/candor.service" 2>&1)
    [ -z "$said" ] || not_true "systemd takes candor.service: $said"
    systemd-analyze security --offline=true --threshold=20 "$scratch/candor.service" >"$scratch/said" 2>&1 ||
        not_true "candor.service is exposed little: $(tail -n 1 "$scratch/said")"
fi

export PKG_CONFIG_PATH="${pc%/candor.pc}" PKG_CONFIG_SYSROOT_DIR="$scratch/root"
# The sysroot is put before every -I and -L, also those of the system's own libraries: take it off
# where the folder is not in the sysroot.
flags() {
    for flag in $(pkg-config "$@" candor); do
        case $flag in
        -[IL]"$scratch/root"*)
            folder=${flag#-?}
            [ -d "$folder" ] || flag=$(printf '%s' "$flag" | sed "s,$scratch/root,,")
            ;;
        esac
        printf '%s ' "$flag"
    done
}

cat >"$scratch/program.c" <<'PROGRAM'
#include <candor.h>
#include <stdio.h>

/* A name that a room of the library has as well: the library must not mind. */
int fail(void);
int fail(void)
{
    return 0;
}

int main(void)
{
    struct job *job = candor_job_begin();
    size_t findings = 0;
    (void)findings;
    puts(candor_version());
    candor_job_end(job);
    return fail();
}
PROGRAM

# link_and_run KIND LIBRARIES COMPILER...
link_and_run() {
    kind=$1
    libraries=$2
    shift 2
    # shellcheck disable=SC2046,SC2086
    if ! "$@" -o "$scratch/program" "$scratch/program.c" $(flags --cflags) $libraries \
        >"$scratch/said" 2>&1; then
        not_true "a program links with the $kind library: $(head -n 5 "$scratch/said")"
        return
    fi
    said=$(LD_LIBRARY_PATH=$lib_dir "$scratch/program") || not_true "the $kind program runs"
    version=$(pkg-config --modversion candor)
    [ "$said" = "$version" ] || not_true "the $kind program says '$version', not '$said'"
}

link_and_run shared "$(flags --libs)" "$@"
# The static library by its own name, the system's libraries as they come.
link_and_run static "$(flags --libs --static | sed 's/-lcandor/-l:libcandor.a/')" "$@"
if ldd "$scratch/program" | grep -q libcandor; then
    not_true "the static program needs no libcandor.so"
fi

# The example: a model from the installed program, a row scored by the installed library.
program=$(find "$scratch/root" -path '*/bin/candor')
{
    echo age,job,bought
    for i in $(seq 1 300); do
        echo "$((20 + i % 40)),$([ $((i % 3)) -eq 0 ] && echo cook || echo smith),$((i % 40 > 20))"
    done
} >"$scratch/rows.csv"
# shellcheck disable=SC2046
if "$program" fit "$scratch/rows.csv" --target bought --out "$scratch/rows.model" >"$scratch/said" 2>&1 &&
    "$@" -o "$scratch/score" "$source_dir/examples/score.c" $(flags --cflags --libs) >"$scratch/said" 2>&1; then
    LD_LIBRARY_PATH=$lib_dir "$scratch/score" "$scratch/rows.model" >"$scratch/said" 2>&1 &&
        grep -q 'age *number' "$scratch/said" || not_true "the example says what a model asks"
    LD_LIBRARY_PATH=$lib_dir "$scratch/score" "$scratch/rows.model" age=55 job=cook >"$scratch/said" 2>&1 &&
        grep -q '^bought: 0\.' "$scratch/said" && grep -q 'age  *[+-]' "$scratch/said" ||
        not_true "the example scores a row: $(head -n 5 "$scratch/said")"
    if LD_LIBRARY_PATH=$lib_dir "$scratch/score" "$scratch/rows.csv" >"$scratch/said" 2>&1; then
        not_true "the example refuses a file that is no model"
    fi
else
    not_true "the example compiles beside an installation: $(head -n 5 "$scratch/said")"
fi

program=$(find "$scratch/root" -path '*/bin/candor')
[ -n "$program" ] && "$program" --help >"$scratch/said" 2>&1 || not_true "the installed candor runs"
done_testing
