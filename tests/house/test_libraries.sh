#!/bin/sh
# A library is known to one room only. Debian keeps all headers in one folder, where include paths
# cannot tell them apart, so this is read from the text.
. "$(dirname "$0")/lib.sh"

# only_in ROOM[|ROOM] HEADER...
only_in() {
    rooms=$1
    shift
    for header in "$@"; do
        found=$(cd "$source_dir" && grep -rnE "#include *[<\"]${header}[>\"]" src include |
            grep -vE "^src/($rooms)/" || true)
        [ -z "$found" ] || not_true "only $rooms includes $header: $found"
    done
}

only_in base jansson.h yaml.h csv.h zlib.h zip.h
only_in crypto sodium.h gnutls/crypto.h
only_in 'crypto|net' gnutls/gnutls.h gnutls/x509.h gnutls/abstract.h # net: certificates, its own and those of clients (tls.c)
only_in numeric cblas.h lapacke.h openblas_config.h
only_in store sqlite3.h
only_in gate pcre2.h
only_in wire uninorm.h
only_in print 'cairo[a-z-]*.h' 'pango/.*'
only_in net microhttpd.h curl/curl.h

# Rooms that think touch no disk, clock, network or thread.
for room in numeric record govern learn trust decide gate; do
    [ -d "$source_dir/src/$room" ] || continue
    found=$(cd "$source_dir" && grep -rnE \
        '#include *<(fcntl|unistd|time|sys/(socket|stat|time)|dirent|netdb|signal|pthread)\.h>|\b(fopen|open|getenv|time|clock_gettime|rand|random)\(' \
        "src/$room" | grep -vE '^[^:]*:[0-9]+: *(/?\*|//)' || true)
    [ -z "$found" ] || not_true "$room touches no disk, clock, network or thread: $found"
done
done_testing
