#!/usr/bin/env bash
# bench_learn.sh - training and scoring beside XGBoost; script/bench calls it with the build folder.
#
#   script/bench learn                what fits into two minutes, and scoring
#   script/bench learn PART...        only these parts: auc, cv, adult, million, sets, large, score
set -euo pipefail
build=$1
shift
[ $# -gt 0 ] || set -- auc adult million sets score
here=$(cd "$(dirname "$0")" && pwd)
export CANDOR_DATA=${CANDOR_DATA:-$here/../../shared/data}
status=0
for part in "$@"; do
    # Each part in a process of its own, so that the peak memory it names is its own.
    case $part in
    score) printf '\nscoring\n' && "$build/bench/bench_score" || status=1 ;;
    *) "$build/bench/bench_learn" "$part" || status=1 ;;
    esac
done
exit "$status"
