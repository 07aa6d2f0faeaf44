# pages.sh - for the tests of the pages for operators, on top of lib.sh: whoever comes in has a cookie jar of
# their own, and the last answer is in $scratch/page, its headers in $scratch/head.
# shellcheck shell=bash source=tests/e2e/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

: >"$scratch/jar-nobody"

# come_in WHO PATH: by the link of an invitation, with a password.
come_in() {
    curl -sS -c "$scratch/jar-$1" -o /dev/null --data-urlencode 'password=four words put together' "$url$2"
}

# page CODE WHO PATH [CURL OPTION...]
page() {
    local wanted=$1 who=$2 path=$3 found
    shift 3
    found=$(curl -sS -b "$scratch/jar-$who" -o "$scratch/page" -D "$scratch/head" -w '%{http_code}' "$@" "$url$path")
    [ "$found" = "$wanted" ] || {
        printf '      %s answers %s with %s, not %s\n' "$path" "$who" "$found" "$wanted"
        sed -n '/<main/,$p' "$scratch/page" | sed 's/<[^>]*>/ /g' | head -c 600
        return 1
    }
}
shows() { grep -qF -- "$1" "$scratch/page" || { printf '      the page does not show %s\n' "$1"; return 1; }; }
hides() { ! grep -qiF -- "$1" "$scratch/page" || { printf '      the page shows %s\n' "$1"; return 1; }; }
