/*
 * copied.c - runs of a text that stand in the index as well.
 *
 * Each mark of the text is looked up; where it stands in the index, the run is followed both ways, token by
 * token, to its true ends. What is shorter than ORIGIN_SHARED tokens may be chance and is not told. Of runs
 * that overlap the longest is told. Following has a budget, so that no text makes it slow.
 */
#include "originated.h"

#include <stdlib.h>

enum {
    RUNS_MAX = 4096,
    TOLD_MAX = 200,
    LONG_RUN = 70,
    FOLLOW_TIMES = 64,
    TRIGRAMS_LOOKED = 128,
    TRIGRAMS_LEAST = 10
};

struct run {
    uint32_t text;  /* of the index */
    uint32_t start; /* in our tokens */
    uint32_t end;
    uint32_t there; /* the same token in the index */
};

struct copying {
    struct scan *scan;
    const struct origin_index *corpus;
    struct values values;
    struct run *run;
    size_t run_count;
    size_t budget; /* tokens that may still be followed */
};

/* Whether the place was already seen to be part of such a run. */
static bool is_followed(const struct copying *copying, const struct mark *mark, uint32_t place)
{
    for (size_t i = copying->run_count; i > 0 && copying->run_count - i < 64; i--) {
        const struct run *run = &copying->run[i - 1];
        if (run->text == mark->text && place >= run->start && place + ORIGIN_RUN <= run->end &&
            place - run->start == mark->place - run->there) {
            return true;
        }
    }
    return false;
}

static bool is_same(const struct copying *copying, const struct indexed *text, size_t here,
                    size_t there)
{
    return fold_value(copying->values.value[here]) == copying->corpus->value[text->first + there];
}

static struct run follow(struct copying *copying, const struct mark *mark, uint32_t place)
{
    const struct indexed *text = &copying->corpus->text[mark->text];
    size_t before = 0;
    size_t behind = 0;
    while (before < place && before < mark->place && copying->budget > 0 &&
           is_same(copying, text, place - before - 1, mark->place - before - 1)) {
        before++;
        copying->budget--;
    }
    while (place + behind < copying->values.count && mark->place + behind < text->count &&
           (copying->budget > 0 || behind < ORIGIN_SHARED) &&
           is_same(copying, text, place + behind, mark->place + behind)) {
        behind++;
        copying->budget -= copying->budget > 0;
    }
    return (struct run){mark->text, place - (uint32_t)before, place + (uint32_t)behind,
                        mark->place - (uint32_t)before};
}

/* The file that is scanned may stand in the index itself. */
static bool is_itself(struct str name, struct str path)
{
    const struct str shorter = name.len < path.len ? name : path;
    const struct str longer = name.len < path.len ? path : name;
    return str_ends(longer, shorter) &&
           (longer.len == shorter.len || longer.ptr[longer.len - shorter.len - 1] == '/');
}

static void look_up(void *context, uint64_t hash, uint32_t place)
{
    struct copying *copying = context;
    const struct origin_index *corpus = copying->corpus;
    const uint64_t bit = hash & ((UINT64_C(1) << corpus->filter_bits) - 1);
    if ((corpus->filter[bit / 64] >> (bit % 64) & 1) == 0) {
        return;
    }
    const size_t end = corpus->mark_bucket[(hash >> 48) + 1];
    size_t low = corpus->mark_bucket[hash >> 48];
    for (size_t high = end; low < high;) {
        const size_t middle = low + (high - low) / 2;
        if (corpus->mark[middle].hash < hash) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    for (; low < end && corpus->mark[low].hash == hash; low++) {
        const struct mark *mark = &corpus->mark[low];
        if (copying->run_count == RUNS_MAX || is_followed(copying, mark, place)) {
            continue;
        }
        const struct run run = follow(copying, mark, place);
        if (run.end - run.start >= ORIGIN_SHARED &&
            !is_itself(corpus->text[mark->text].name, copying->scan->asked->path)) {
            copying->run[copying->run_count++] = run;
        }
    }
}

/* ---- what is told --------------------------------------------------------------------------- */

static int by_length(const void *left, const void *right)
{
    const struct run *a = left;
    const struct run *b = right;
    const uint32_t a_len = a->end - a->start;
    const uint32_t b_len = b->end - b->start;
    if (a_len != b_len) {
        return a_len > b_len ? -1 : 1;
    }
    if (a->start != b->start) {
        return a->start < b->start ? -1 : 1;
    }
    return a->text < b->text ? -1 : a->text > b->text;
}

static int by_start(const void *left, const void *right)
{
    const struct run *a = left;
    const struct run *b = right;
    return a->start < b->start ? -1 : a->start > b->start;
}

/* Longest first; each run must be mostly of its own. */
static size_t choose(struct run *run, size_t count)
{
    size_t kept = 0;
    for (size_t i = 0; i < count && kept < TOLD_MAX; i++) {
        size_t covered = 0;
        for (size_t k = 0; k < kept; k++) {
            const uint32_t from = run[i].start > run[k].start ? run[i].start : run[k].start;
            const uint32_t to = run[i].end < run[k].end ? run[i].end : run[k].end;
            covered += to > from ? to - from : 0;
        }
        if (covered * 2 < run[i].end - run[i].start) {
            run[kept++] = run[i];
        }
    }
    return kept;
}

/* Of all runs from one text: how much of ours they are, in hundredths, and the longest. */
static struct gate_copied sum_of(const struct copying *copying, uint32_t text, size_t count)
{
    struct gate_copied sum = {0};
    uint64_t shared = 0;
    uint32_t done = 0;
    for (size_t i = 0; i < count; i++) {
        const struct run *run = &copying->run[i];
        if (run->text != text) {
            continue;
        }
        const uint32_t from = run->start > done ? run->start : done;
        shared += run->end > from ? run->end - from : 0;
        done = run->end > done ? run->end : done;
        sum.longest = run->end - run->start > sum.longest ? run->end - run->start : sum.longest;
    }
    sum.share = (uint32_t)(shared * 100 / copying->values.count);
    return sum;
}

/* How many different threes of tokens it has, of the first few: lists of properties and of imports are alike
 * everywhere, and have few. */
static bool is_telling(const struct copying *copying, const struct run *run)
{
    uint64_t seen[TRIGRAMS_LOOKED];
    size_t count = 0;
    const uint32_t *value = copying->values.value;
    for (size_t at = run->start; at + 3 <= run->end && at - run->start < TRIGRAMS_LOOKED; at++) {
        const uint64_t three = fold_value(value[at]) | (uint64_t)fold_value(value[at + 1]) << 16 |
                               (uint64_t)fold_value(value[at + 2]) << 32;
        size_t i = 0;
        while (i < count && seen[i] != three) {
            i++;
        }
        seen[i] = three;
        count += i == count;
    }
    return count >= TRIGRAMS_LEAST;
}

static void tell_run(const struct copying *copying, const struct run *run, size_t count)
{
    struct scan *scan = copying->scan;
    const bool is_program = tongue_is_program(scan->asked->path);
    const uint32_t len = run->end - run->start;
    const size_t start = copying->values.start[run->start];
    const size_t end =
        value_end(scan->text, scan->asked->path, copying->values.start[run->end - 1]);
    const size_t before = scan->findings->count;
    prose_add(scan,
              &(struct remark){is_program ? "cdr.origin.copied-code" : "cdr.origin.copied-text",
                               is_program ? "code that stands in another text as well"
                                          : "wording that stands in another text as well",
                               "ask whose it is, keep its licence, or write it anew", GATE_ORIGIN,
                               !is_telling(copying, run) ? POSSIBLE
                               : len >= LONG_RUN         ? VERY_LIKELY
                                                         : LIKELY},
              start, end);
    if (scan->findings->count > before) {
        struct gate_finding *finding = &scan->findings->item[before];
        const struct str name = copying->corpus->text[run->text].name;
        finding->copied = sum_of(copying, run->text, count);
        finding->copied.run = len;
        finding->about =
            str_format(scan->findings->arena, "%.*s: %u tokens in a row; %u %% of this text",
                       STR_ARG(name), len, finding->copied.share);
        finding->source = str_copy(scan->findings->arena, name);
    }
}

void copied_scan(struct scan *scan, const struct origin_index *corpus)
{
    struct arena *scratch = arena_begin();
    struct copying copying = {.scan = scan, .corpus = corpus};
    copying.run = NEW_ARRAY(scratch, RUNS_MAX, struct run);
    if (!values_of(scratch, scan->text, scan->asked->path, false, &copying.values)) {
        scan->findings->is_cut = true;
    } else if (corpus->mark_count > 0) {
        copying.budget = copying.values.count * FOLLOW_TIMES;
        winnow(copying.values.value, copying.values.count, look_up, &copying);
    }
    /* Where the tokens stand is only read again for a text that has something. */
    if (copying.run_count > 0 &&
        !values_of(scratch, scan->text, scan->asked->path, true, &copying.values)) {
        scan->findings->is_cut = true;
    } else if (copying.run_count > 0) {
        qsort(copying.run, copying.run_count, sizeof *copying.run, by_length);
        const size_t count = choose(copying.run, copying.run_count);
        qsort(copying.run, count, sizeof *copying.run, by_start);
        for (size_t i = 0; i < count; i++) {
            tell_run(&copying, &copying.run[i], count);
        }
    }
    arena_end(scratch);
}
