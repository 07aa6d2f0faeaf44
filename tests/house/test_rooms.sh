#!/bin/sh
# A room cannot open a door that the plan does not give it: the include does not compile.
#
# For every room the compiler gets exactly the include paths with which that room's own files are
# compiled (from compile_commands.json), and a file of one line. Every header of a room that is not
# on the list must not be found; every door on the list must compile alone.
#
# The list repeats the plan of meson.build and of DESIGN.md on purpose: to change the house, change
# it here as well.
. "$(dirname "$0")/lib.sh"

may_open() {
    case $1 in
    base) echo ;;
    crypto | numeric | record | code | page | net | cli) echo base ;;
    wire | govern) echo base record ;;
    store) echo base crypto record govern ;;
    ledger) echo base crypto record store ;;
    frame) echo base numeric ;;
    model) echo base numeric frame ;;
    learn | trust) echo base numeric frame model ;;
    privacy) echo base numeric frame ;;
    decide) echo base record govern ;;
    gate) echo base numeric record ;;
    flow) echo base crypto numeric record wire govern store ledger frame model learn trust privacy decide gate code page print ;;
    print) echo base page ;;
    serve) echo base net page ;;
    *) return 1 ;;
    esac
}

# The -I options of the first file of a room, one a line.
include_paths() {
    awk -v room="/src/$1/" '
        /"command":/ { command = $0 }
        /"file":/ && index($0, room) && !found {
            count = split(command, word, " ")
            for (i = 1; i <= count; i++) if (word[i] ~ /^-I/) print word[i]
            found = 1
        }' "$build_dir/compile_commands.json"
}

# compile ROOM HEADER COMPILER...: the compiler's words are in $scratch/said.
compile() {
    room=$1
    header=$2
    shift 2
    printf '#include "%s"\nint compiled;\n' "$header" >"$scratch/one.c"
    # shellcheck disable=SC2046
    (cd "$build_dir" && "$@" -std=gnu17 $(cat "$scratch/paths") -fsyntax-only "$scratch/one.c") \
        >"$scratch/said" 2>&1
}

# found ROOM COMPILER...: which of the headers named on standard input an include in this room finds, one a
# line. One run of the preprocessor asks for all of them.
found() {
    shift
    while read -r header; do
        printf '#if __has_include("%s")\nfound %s\n#endif\n' "$header" "$header"
    done >"$scratch/ask.c"
    # shellcheck disable=SC2046
    (cd "$build_dir" && "$@" -std=gnu17 $(cat "$scratch/paths") -E -P "$scratch/ask.c") |
        sed -n 's/^found \(.*\)/\1/p'
}

# Has this room, or one that it opens, a header of this name? Then a name says nothing about where
# the header is; the reading of includes below does.
is_near() {
    for near in $room $opened; do
        [ ! -f "$source_dir/src/$near/$1" ] || return 0
    done
    return 1
}

# Some rooms have a second door.
is_door() {
    case $2/$1 in
    "$2/$2.h" | base/text.h | crypto/certificate.h | crypto/claim.h | crypto/webkey.h | frame/bins.h | gate/chat.h | gate/draft.h | gate/mark.h | gate/origin.h | gate/rules.h | gate/vault.h | govern/board.h | govern/content.h | govern/figures.h | govern/people.h | govern/precedence.h | govern/retention.h | govern/rights.h | govern/ui_evidence.h | ledger/witness.h | model/review.h | record/detect.h | record/quality.h | record/recipient.h | trust/attack.h | trust/parity.h | trust/poison.h | trust/repair.h | trust/tell.h | trust/watch.h | wire/c2pa.h | wire/cbor.h | wire/exchange.h | wire/jwt.h | wire/message.h | wire/web.h) ;;
    *) return 1 ;;
    esac
}

# A header beside a door is private to its room: what a room includes is its own, or a door it opens.
read_includes() {
    (cd "$source_dir/src/$room" && grep -hoE '^ *# *include *"[^"]+"' ./*.c ./*.h 2>/dev/null) |
        sed 's/.*"\(.*\)"/\1/' | sort -u >"$scratch/included"
    while read -r header; do
        [ ! -f "$source_dir/src/$room/$header" ] || continue
        [ ! -f "$source_dir/include/$header" ] || continue
        found=no
        for near in $opened; do
            ! is_door "$header" "$near" || found=yes
        done
        [ "$found" = yes ] || not_true "$room includes only its own headers and doors, not $header"
    done <"$scratch/included"
}

rooms=$(cd "$source_dir/src" && find . -mindepth 1 -maxdepth 1 -type d | sed 's,^\./,,' | sort)
[ -n "$rooms" ] || not_true "src/ has rooms"
forbidden=0
allowed=0
for room in $rooms; do
    opened=$(may_open "$room") || {
        not_true "the room '$room' is in the plan of this test"
        continue
    }
    include_paths "$room" >"$scratch/paths"
    if ! [ -s "$scratch/paths" ]; then
        not_true "a file of the room '$room' is compiled"
        continue
    fi
    read_includes
    : >"$scratch/forbidden"
    for other in $rooms; do
        case " $room $opened " in
        *" $other "*)
            if ! compile "$room" "$other.h" "$@"; then
                not_true "$room may include $other.h: $(grep -m 1 error "$scratch/said")"
            fi
            allowed=$((allowed + 1))
            ;;
        *)
            for path in "$source_dir/src/$other"/*.h; do
                [ -f "$path" ] || continue
                header=${path##*/}
                is_near "$header" || echo "$header"
            done >>"$scratch/forbidden"
            ;;
        esac
    done
    forbidden=$((forbidden + $(wc -l <"$scratch/forbidden")))
    strays=$(found "$room" "$@" <"$scratch/forbidden")
    [ -z "$strays" ] ||
        not_true "$room cannot include what is another room's: $(echo "$strays" | tr '\n' ' ')"
    own=$(echo "$room.h" | found "$room" "$@") # that nothing is found must not be all that is ever said
    [ "$own" = "$room.h" ] || [ ! -f "$source_dir/src/$room/$room.h" ] ||
        not_true "$room finds its own door"
done

# A path in an include would walk around the plan.
around=$(cd "$source_dir" && grep -rnE '#include *"[^"]*/' src include || true)
[ -z "$around" ] || not_true "no include names a path: $around"

[ "$forbidden" -ge 50 ] || not_true "at least 50 wrong includes were tried, not $forbidden"
echo "$forbidden wrong includes find nothing, $allowed right ones did"
done_testing
