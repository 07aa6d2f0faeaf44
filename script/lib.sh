# lib.sh - what the scripts share: packages, builds, stages. It is sourced, never run.
#
#   need_packages NAME...      install what is missing; silent and quick when nothing is
#   configure FOLDER OPTION... make a build folder, or bring it to these options
#   build FOLDER TARGET...     compile; shows only what went wrong
#   stage TEXT COMMAND...      run COMMAND, print one line with the seconds, details on failure;
#                              always returns 0 and leaves what COMMAND returned in stage_status
#   into NAME COMMAND...       the lines that COMMAND prints, as an array
#   closing_line               "N passed, N failed" over all stages
#
# shellcheck shell=bash disable=SC2034
set -euo pipefail
export LC_ALL=C.UTF-8
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"

# ---- what Candor needs from Debian 12 ---------------------------------------------------------

# libc6-dev is only recommended by gcc, and we install without recommendations.
packages_build=(gcc libc6-dev meson ninja-build pkg-config libsodium-dev libsqlite3-dev
    libmicrohttpd-dev libcurl4-gnutls-dev libgnutls28-dev libunistring-dev libjansson-dev libyaml-dev libcsv-dev libzip-dev zlib1g-dev
    libpcre2-dev libcairo2-dev libpango1.0-dev fonts-liberation libtree-sitter-dev ca-certificates)
packages_clang=(clang libclang-rt-14-dev)
packages_test=(libcmocka-dev curl openssl poppler-utils)
packages_onnx=(nodejs npm)
packages_browser=(nodejs npm chromium)
packages_lint=(clang-tidy clang-format cppcheck)
packages_bench=(libxgboost-dev wrk nginx-light)

# Options of `meson setup` that turn a tree into the kind of build each folder is for.
# Line numbers are all that a report needs of debug information.
options_sanitize=(-Dwerror=false -Doptimization=1 -Db_lundef=false -Dfuzz=false -Ddebug=false -Dc_args=-g1)
# The one build by clang: its warnings are errors, and fuzzers need its instruments.
options_fuzz=(-Dfuzz=true -Dtests=disabled -Doptimization=1 -Db_lundef=false -Db_sanitize=address,undefined
    -Ddebug=false "-Dc_args=-g1 -fsanitize=fuzzer-no-link")

say() {
    printf 'candor: %s\n' "$*" >&2
}

die() {
    printf 'candor: %s\n' "$@" >&2
    exit 4
}

usage_error() {
    printf 'candor: %s\n' "$@" >&2
    exit 2
}

# into NAME COMMAND...: the lines that COMMAND prints become the array NAME. Bash's own `< <(...)`
# needs /proc, which a bare chroot may lack.
into() {
    local -n into_array=$1
    local into_text
    shift
    into_text=$("$@")
    into_array=()
    [ -z "$into_text" ] || mapfile -t into_array <<<"$into_text"
}

# Print the comment block at the top of the calling script when it is asked for help.
help_if_asked() {
    case "${1-}" in
    -h | --help)
        sed -n '2,/^[^#]/{/^#/!d; s/^# \{0,1\}//; p}' "$0"
        exit 0
        ;;
    esac
}

# ---- packages ---------------------------------------------------------------------------------

missing_packages() {
    local installed name
    # dpkg-query fails when it does not know one of them; what it knows it still prints.
    installed=$(dpkg-query -W -f='${db:Status-Status} ${Package}\n' "$@" 2>/dev/null || true)
    for name in "$@"; do
        case $'\n'"$installed"$'\n' in
        *$'\n'"installed $name"$'\n'*) ;;
        *) printf '%s\n' "$name" ;;
        esac
    done
}

# Why apt-get failed, in words, from what it printed.
explain_apt() {
    local log=$1
    if grep -qE 'Could not get lock|Unable to (acquire|lock)' "$log"; then
        echo "another program holds apt's lock: wait until it is done, then run this again"
    elif grep -qE 'No space left|enough free space' "$log"; then
        echo "the disk is full: the packages need about 1.5 GB"
    elif grep -qE 'Temporary failure resolving|Could not (resolve|connect)|Connection (failed|timed out|refused)|Failed to fetch|Unable to connect' "$log"; then
        echo "the package server cannot be reached: check the network (or the proxy in http_proxy), then run this again"
    elif grep -qE 'Unable to locate package|no installation candidate' "$log"; then
        echo "apt does not know these packages even after 'apt-get update': the sources in /etc/apt must include Debian 12 (bookworm) main"
    elif grep -qE 'unmet dependencies|held broken packages|dpkg was interrupted' "$log"; then
        echo "apt's own state is broken: 'apt-get -f install' and 'dpkg --configure -a' repair it"
    else
        echo "apt-get's last words are above"
    fi
}

need_packages() {
    local missing=() as_root=() log
    if ! command -v dpkg-query >/dev/null; then
        command -v meson >/dev/null && return 0
        die "this is not Debian, so nothing can be installed from here" \
            "install your system's equal of: $*"
    fi
    into missing missing_packages "$@"
    [ "${#missing[@]}" -gt 0 ] || return 0

    if [ "$(id -u)" -ne 0 ]; then
        if command -v sudo >/dev/null && { [ -t 0 ] || sudo -n true 2>/dev/null; }; then
            as_root=(sudo)
        else
            die "these packages are missing, and installing needs root or sudo:" "  ${missing[*]}" \
                "as root, run: apt-get install --no-install-recommends ${missing[*]}"
        fi
    fi

    say "installing ${#missing[@]} Debian packages (once): ${missing[*]}"
    log=$(mktemp)
    local install=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get
        -o DPkg::Lock::Timeout=120 -o Dpkg::Use-Pty=0)
    # A machine that has never asked has no package lists, or old ones: ask and try again.
    if ! "${install[@]}" install -y --no-install-recommends "${missing[@]}" >"$log" 2>&1 </dev/null; then
        "${install[@]}" update >"$log" 2>&1 </dev/null || true
        if ! "${install[@]}" install -y --no-install-recommends "${missing[@]}" >>"$log" 2>&1 </dev/null; then
            tail -n 3 "$log" >&2
            die "installing ${missing[*]} failed" "$(explain_apt "$log")" "everything apt said: $log"
        fi
    fi
    rm -f "$log"
}

# ---- builds -----------------------------------------------------------------------------------

# configure FOLDER OPTION...: options that the folder has had before cost nothing.
configure() {
    local folder=$1 option log
    shift
    # A folder that was copied or moved with its tree still names the old place.
    if [ -f "$folder/.candor-root" ] && [ "$(cat "$folder/.candor-root")" != "$root" ]; then
        say "$folder was made for another place: making it anew"
        rm -rf "${root:?}/$folder"
    fi

    local known=no
    if [ -f "$folder/build.ninja" ]; then
        known=yes
        for option in "$@"; do
            grep -qxF -e "$option" "$folder/.candor-options" 2>/dev/null || known=no
        done
    fi
    [ "$known" = no ] || return 0

    log=$(mktemp)
    local how=()
    [ ! -f "$folder/build.ninja" ] || how=(--reconfigure)
    if ! meson setup "${how[@]}" "$folder" "$@" >"$log" 2>&1; then
        tail -n 15 "$log" >&2
        rm -f "$log"
        die "configuring $folder failed; when the lines above do not help, remove the folder and try again"
    fi
    rm -f "$log"
    printf '%s\n' "$root" >"$folder/.candor-root"
    printf '%s\n' "$@" >>"$folder/.candor-options"
}

# build FOLDER TARGET...: no target means all.
build() {
    local folder=$1 log
    shift
    log=$(mktemp)
    if ! ninja -C "$folder" "$@" >"$log" 2>&1; then
        grep -vE '^\[[0-9]+/[0-9]+\]|^ninja: (Entering|job)' "$log" | head -n 60 >&2
        rm -f "$log"
        say "building $folder failed: the first messages are above"
        return 1
    fi
    rm -f "$log"
}

# The program, the libraries and the demo's generator in build/, without the tests. Leaves what is
# there alone when it is up to date.
build_program() {
    need_packages "${packages_build[@]}"
    [ -f build/build.ninja ] || say "configuring and building in build/"
    configure build
    build build program
}

# ---- stages: one line each --------------------------------------------------------------------

passed_count=0
failed_count=0
skipped_count=0

# Count a meson test log (one JSON object a line) as "passed failed skipped". A cmocka program
# counts each of its tests, any other program counts as one.
count_tests() {
    awk '
    {
        ok = gsub(/\[ +OK \] /, "")
        bad = gsub(/\[  FAILED  \] [a-z0-9_]+\\n/, "")
        result = ""
        if (match($0, /"result": "[A-Z]+"/)) result = substr($0, RSTART + 11, RLENGTH - 12)
        if (result == "SKIP") skipped++
        else if (result == "OK" || result == "EXPECTEDFAIL") passed += ok > 0 ? ok : 1
        else { passed += ok; failed++ }
    }
    END { printf "%d %d %d\n", passed, failed, skipped }' "$1" 2>/dev/null
}

# COMMAND's 0 is passed, 77 is skipped with its last line as the reason, all else is failed. A stage
# that ran tests writes the path of their log into the file $stage_tests and counts as its tests,
# any other stage counts as one.
stage() {
    local text=$1 log since=$SECONDS
    shift
    log=$(mktemp)
    stage_tests=$(mktemp)
    printf '%-58s' "$text"
    # Not in a condition: there bash would ignore set -e inside COMMAND as well.
    set +e
    (
        set -e
        "$@"
    ) >"$log" 2>&1
    stage_status=$?
    set -e

    local note=
    count_stage
    case $stage_status in
    0) printf 'ok   %4d s%s\n' $((SECONDS - since)) "$note" ;;
    77) printf 'skip %4d s  %s\n' $((SECONDS - since)) "$(tail -n 1 "$log")" ;;
    *)
        printf 'FAIL %4d s%s\n' $((SECONDS - since)) "$note"
        tail -n 80 "$log" | sed 's/^/    /'
        ;;
    esac
    rm -f "$log" "$stage_tests"
}

count_stage() {
    local counts=(0 0 0)
    if [ -s "$stage_tests" ]; then
        read -ra counts <<<"$(count_tests "$(cat "$stage_tests")")"
        note="  ${counts[0]} tests"
        [ "${counts[2]}" -eq 0 ] || note="$note, ${counts[2]} programs skipped"
        # The stage failed and no test says so: count the failure itself.
        [ "$stage_status" -eq 0 ] || [ "${counts[1]}" -gt 0 ] || counts[1]=1
    else
        case $stage_status in
        0) counts[0]=1 ;;
        77) counts[2]=1 ;;
        *) counts[1]=1 ;;
        esac
    fi
    passed_count=$((passed_count + counts[0]))
    failed_count=$((failed_count + counts[1]))
    skipped_count=$((skipped_count + counts[2]))
}

closing_line() {
    [ "$skipped_count" -eq 0 ] || printf '%d skipped\n' "$skipped_count"
    printf '%d passed, %d failed\n' "$passed_count" "$failed_count"
}
