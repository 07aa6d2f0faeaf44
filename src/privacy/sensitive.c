/*
 * sensitive.c - what must not be learnt of a class: l-diversity and t-closeness.
 *
 * The earth mover's distance between the shares p in a class and q in the table is, when all values are
 * equally far, half the sum of |p - q|; when they are in an order, the mean over the gaps between
 * neighbours of |P - Q|, the sums of shares up to there (Li, Li and Venkatasubramanian 2007, section 4).
 * Between two values that a class has, P stays while Q grows, so that a stretch of gaps is summed at once
 * from running sums of Q: the work is by the class's values, not by the table's.
 */
#include "numeric.h"
#include "privacy.h"

enum { INSERTION_MAX = 48 };

enum candor_status sensitive_of(struct job *job, const struct quasi *column, size_t row_count,
                                struct sensitive *sensitive)
{
    const size_t count = column->value_count + 1;
    *sensitive = (struct sensitive){
        .name = column->name,
        .rank = column->rank,
        .value_count = column->value_count,
        .is_ordered = column->kind == QUASI_NUMBER || column->kind == QUASI_DATE ||
                      column->kind == QUASI_ORDER,
        .row_count = row_count,
    };
    TRY_ALLOC(job, sensitive->count, count, uint64_t);
    TRY_ALLOC(job, sensitive->scratch, count, uint64_t);
    TRY_ALLOC(job, sensitive->share_before, count + 1, double);
    TRY_ALLOC(job, sensitive->area_before, count + 1, double);
    for (size_t row = 0; row < row_count; row++) {
        sensitive->count[column->rank[row]]++;
    }
    /* share_before[v]: Q up to and with value v - 1; area_before[v]: sum of Q over the gaps before v. */
    uint64_t before = 0;
    for (size_t v = 0; v < count; v++) {
        before += sensitive->count[v];
        sensitive->share_before[v + 1] = (double)before / (double)row_count;
        sensitive->area_before[v + 1] = sensitive->area_before[v] + sensitive->share_before[v + 1];
    }
    return CANDOR_OK;
}

static void sort_ranks(uint32_t *rank, uint32_t *spare, size_t count)
{
    if (count > INSERTION_MAX) {
        sort_u32_with(rank, spare, count);
        return;
    }
    for (size_t i = 1; i < count; i++) {
        const uint32_t moved = rank[i];
        size_t at = i;
        for (; at > 0 && rank[at - 1] > moved; at--) {
            rank[at] = rank[at - 1];
        }
        rank[at] = moved;
    }
}

/* The sum over the gaps after values first .. last - 1 of |share - Q|. */
static double stretch(const struct sensitive *sensitive, size_t first, size_t last, double share)
{
    const double *q = sensitive->share_before;
    const double *area = sensitive->area_before;
    size_t low = first;
    size_t high = last;
    while (low < high) { /* the first gap whose Q is not below the share */
        const size_t middle = low + (high - low) / 2;
        if (q[middle + 1] < share) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    const double below = share * (double)(low - first) - (area[low] - area[first]);
    const double above = (area[last] - area[low]) - share * (double)(last - low);
    return below + above;
}

static double distance_ordered(const struct sensitive *sensitive, const uint32_t *value,
                               size_t value_count, size_t count)
{
    const size_t last = sensitive->value_count; /* the place of missing, which is behind all */
    const size_t gaps = sensitive->count[last] > 0 ? last : last - 1;
    double sum = 0;
    uint64_t seen = 0;
    size_t from = 0;
    if (last == 0 || gaps == 0) {
        return 0;
    }
    for (size_t i = 0; i < value_count; i++) {
        const size_t to = value[i] < gaps ? value[i] : gaps;
        sum += stretch(sensitive, from, to, (double)seen / (double)count);
        seen += sensitive->scratch[value[i]];
        from = to;
    }
    sum += stretch(sensitive, from, gaps, (double)seen / (double)count);
    return sum / (double)gaps;
}

struct variety variety_of(const struct sensitive *sensitive, const uint32_t *row, size_t count,
                          uint32_t *spare)
{
    struct variety variety = {0};
    uint64_t *seen = sensitive->scratch;
    double entropy = 0;
    double more = 0; /* what the class has above the table */
    size_t value_count = 0;
    for (size_t i = 0; i < count; i++) {
        const uint32_t rank = sensitive->rank[row[i]];
        if (seen[rank]++ == 0) {
            spare[value_count++] = rank;
        }
    }
    sort_ranks(spare, spare + count, value_count);
    for (size_t i = 0; i < value_count; i++) {
        const double p = (double)seen[spare[i]] / (double)count;
        const double q = (double)sensitive->count[spare[i]] / (double)sensitive->row_count;
        entropy -= p * log_of(p);
        more += p > q ? p - q : 0;
    }
    variety.distinct = value_count;
    variety.entropy_l = exp_of(entropy);
    variety.distance =
        sensitive->is_ordered ? distance_ordered(sensitive, spare, value_count, count) : more;
    for (size_t i = 0; i < value_count; i++) {
        seen[spare[i]] = 0;
    }
    return variety;
}

bool variety_is_enough(const struct variety *variety, const struct asked *asked)
{
    /* What is equal on paper may differ in its last bits. */
    const double slack = 1e-9;
    const double l =
        asked->diversity == DIVERSITY_ENTROPY ? variety->entropy_l : (double)variety->distinct;
    if (asked->l > 0 && l < asked->l - slack) {
        return false;
    }
    return asked->t <= 0 || variety->distance <= asked->t + slack;
}
