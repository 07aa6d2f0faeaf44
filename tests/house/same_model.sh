#!/bin/sh
# same_model.sh PROGRAM... - the same rows and seed give the same bytes of model: on any number of
# threads, from every compiler (one program of each), with any vector instructions of this machine.
#
# Rows are drawn here, once, for every kind of target; counts and amounts are learnt as numbers as long
# as fit takes the kind from the content. CANDOR_SIMD limits what our own loops use, the
# tunable of the C library what libm uses, OPENBLAS_CORETYPE what OpenBLAS uses where it is linked in.
set -eu
export LC_ALL=C.UTF-8
for program in "$@"; do
    [ -x "$program" ] || {
        printf 'there is no program %s\n' "$program"
        exit 1
    }
done
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
wrong=0
fits=0

# 2,500 customers: whole numbers, numbers with cents of which some are missing, two categories, and a
# target of each kind that depends on them and on one pair.
awk '
    function draw() { # a multiple of 1 / (2^26 - 5), by cubing: the same in every awk
        state = (state + 104729) % 67108859
        mixed = state
        for (i = 0; i < 3; i++) mixed = (mixed * ((mixed * mixed) % 67108859) + 7919) % 67108859
        return mixed / 67108859
    }
    BEGIN {
        split("monthly yearly biennial", contract)
        split("card transfer cheque cash", payment)
        print "tenure,charges,contract,payment,calls,segment,churn,spend,orders,value,plan"
        for (row = 0; row < 2500; row++) {
            tenure = int(draw() * 72)
            charges = 20 + int(draw() * draw() * 10000) / 100
            c = 1 + int(draw() * 3)
            p = 1 + int(draw() * 4)
            calls = int(draw() * draw() * 12)
            link = 1.5 - tenure / 24 + charges / 80 - 0.9 * (c - 1) + 0.2 * calls
            link += (tenure > 30) == (p > 2) ? 0.7 : -0.7
            noise = draw() + draw() + draw() - 1.5
            print tenure "," (draw() < 0.1 ? "" : charges) "," contract[c] "," payment[p] "," calls "," \
                int(draw() * 40) "," (link + 2 * noise > 0 ? "Yes" : "No") "," \
                int(1000 * (link + noise)) / 1000 "," int(exp(link / 2 + noise)) "," \
                int(1000 * exp(link / 2 + noise)) / 1000 + 0.001 "," \
                (link + noise > 1 ? "a" : link - noise > 0 ? "b" : "c")
        }
    }' >"$scratch/rows.csv"

# fit PROGRAM TARGET VARIABLE=VALUE THREADS: the digest of the model.
fit() {
    drop=$(echo churn,spend,orders,value,plan | sed "s/$2//; s/,,/,/; s/^,//; s/,\$//")
    if env "$3" "$1" fit "$scratch/rows.csv" --target "$2" --drop "$drop" --threads "$4" \
        --out "$scratch/model" >"$scratch/said" 2>&1; then
        sha256sum <"$scratch/model" | cut -d' ' -f1
    else
        printf 'no model, but: %s\n' "$(head -n 1 "$scratch/said")"
    fi
}

# compare PROGRAM TARGET VARIABLE=VALUE THREADS: with the first model of this target.
compare() {
    found=$(fit "$@")
    fits=$((fits + 1))
    : "${first:=$found}"
    if [ "$found" != "$first" ] || [ "${found#no model}" != "$found" ]; then
        printf 'not true: %s learns the same %s with %s on %s threads: %s, not %s\n' "$@" "$found" \
            "$first"
        wrong=$((wrong + 1))
    fi
}

has() { grep -qw "$1" /proc/cpuinfo 2>/dev/null; }
hwcaps=GLIBC_TUNABLES=glibc.cpu.hwcaps

for target in churn spend orders value plan; do
    first=
    for program in "$@"; do
        for threads in 1 2 8; do
            compare "$program" "$target" CANDOR_SIMD= "$threads"
        done
        compare "$program" "$target" CANDOR_SIMD=plain 2
        compare "$program" "$target" CANDOR_SIMD=avx2 2
        compare "$program" "$target" $hwcaps=-AVX512F,-AVX512VL 2
        compare "$program" "$target" $hwcaps=-AVX512F,-AVX512VL,-AVX2,-FMA,-FMA4 2
        ldd "$program" 2>/dev/null | grep -q openblas || continue
        compare "$program" "$target" OPENBLAS_CORETYPE=Prescott 2
        ! has avx2 || compare "$program" "$target" OPENBLAS_CORETYPE=Haswell 2
        ! has avx512f || compare "$program" "$target" OPENBLAS_CORETYPE=SkylakeX 2
    done
    printf '%s: %s\n' "$target" "$first"
done
printf '%d fits by %d programs, %d differ\n' "$fits" "$#" "$wrong"
[ "$wrong" -eq 0 ]
