/*
 * poison_flood.c - rows that come again and again, and rows that are like no other.
 *
 * The hash of a row is the sum of a hash for each of its cells, so the hash without one column is a
 * subtraction, and rows that are the same but for one column are found as fast as equal ones. Some data has
 * equal rows by nature; what counts is a group far larger than the fiftieth largest, and than what
 * independent columns would bring together.
 */
#include "poison.h"

enum { ODD_EXPECTED = 10, ODD_ROWS = 2, GROUPS_MIN = 500 };
static const double flood_lift = 20;

static uint64_t mix(uint64_t column, uint64_t value)
{
    uint64_t x = (column << 32 | value) + UINT64_C(0x9E3779B97F4A7C15);
    x = (x ^ x >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    x = (x ^ x >> 27) * UINT64_C(0x94D049BB133111EB);
    return x ^ x >> 31;
}

struct group {
    uint64_t hash;
    uint32_t rows; /* 0: empty */
    uint32_t first;
};

struct grouping {
    const struct binned *binned;
    const uint8_t *label;
    const double *share; /* of the rows: share[column * BINS_MAX + bin] */
    uint64_t *hash;      /* of each row */
    struct group *group;
    size_t mask;
    size_t count;
};

static struct group *group_of(struct grouping *grouping, uint64_t hash)
{
    size_t at = (size_t)hash & grouping->mask;
    while (grouping->group[at].rows > 0 && grouping->group[at].hash != hash) {
        at = (at + 1) & grouping->mask;
    }
    return &grouping->group[at];
}

static uint64_t hash_without(const struct grouping *grouping, size_t column, size_t row)
{
    return column == SIZE_MAX
               ? grouping->hash[row]
               : grouping->hash[row] - mix(column, grouping->binned->bin[column][row]);
}

static void group_rows(struct grouping *grouping, size_t column)
{
    grouping->count = 0;
    for (size_t i = 0; i <= grouping->mask; i++) {
        grouping->group[i].rows = 0;
    }
    for (size_t row = 0; row < grouping->binned->row_count; row++) {
        const uint64_t hash = hash_without(grouping, column, row);
        struct group *group = group_of(grouping, hash);
        if (group->rows == 0) {
            *group = (struct group){hash, 0, (uint32_t)row};
            grouping->count++;
        }
        group->rows++;
    }
}

/* The size of the group at FLOOD_RANK, counted from the largest. */
static uint32_t size_at_rank(const struct grouping *grouping)
{
    uint32_t top[FLOOD_RANK] = {0}; /* descending */
    for (size_t i = 0; i <= grouping->mask; i++) {
        uint32_t size = grouping->group[i].rows;
        if (size <= top[FLOOD_RANK - 1]) {
            continue;
        }
        for (size_t k = 0; k < FLOOD_RANK; k++) {
            if (size > top[k]) {
                const uint32_t smaller = top[k];
                top[k] = size;
                size = smaller;
            }
        }
    }
    return top[FLOOD_RANK - 1];
}

/* Rows that independent columns would bring together in the group of this row. */
static double expected_rows(const struct grouping *grouping, size_t column, size_t row)
{
    double expected = (double)grouping->binned->row_count;
    for (size_t c = 0; c < grouping->binned->feature_count; c++) {
        expected *= c == column ? 1 : grouping->share[c * BINS_MAX + grouping->binned->bin[c][row]];
    }
    return expected;
}

static void keep_flood(struct floods *floods, const struct flood *flood)
{
    struct flood kept = *flood;
    for (size_t k = 0; k < floods->count; k++) {
        if (kept.rows > floods->flood[k].rows) {
            const struct flood smaller = floods->flood[k];
            floods->flood[k] = kept;
            kept = smaller;
        }
    }
    if (floods->count < FLOODS_MAX) {
        floods->flood[floods->count++] = kept;
    }
}

/* Mark the rows of the floods of one grouping; rows that are in another already are not counted twice. */
static void mark_floods(struct grouping *grouping, size_t column, struct floods *floods)
{
    struct floods found = {.count = 0};
    const uint32_t usual = size_at_rank(grouping);
    for (size_t i = 0; i <= grouping->mask && grouping->count >= GROUPS_MIN; i++) {
        const struct group *group = &grouping->group[i];
        if (group->rows >= FLOOD_ROWS_MIN && group->rows >= (uint64_t)usual * FLOOD_TIMES &&
            floods->of_row[group->first] == FINDING_NONE &&
            group->rows >= flood_lift * expected_rows(grouping, column, group->first)) {
            keep_flood(&found, &(struct flood){group->first, group->rows, column,
                                               grouping->label[group->first] != 0});
        }
    }
    for (size_t f = 0; f < found.count && floods->count < FLOODS_MAX; f++) {
        const uint64_t hash = hash_without(grouping, column, found.flood[f].first_row);
        for (size_t row = 0; row < grouping->binned->row_count; row++) {
            if (floods->of_row[row] == FINDING_NONE &&
                hash_without(grouping, column, row) == hash) {
                floods->of_row[row] = (uint8_t)floods->count;
                floods->rows++;
            }
        }
        floods->flood[floods->count++] = found.flood[f];
    }
}

static enum candor_status grouping_begin(struct job *job, const struct binned *binned,
                                         const uint8_t *label, struct grouping *grouping)
{
    size_t size = 16;
    double *share;
    const size_t rows = binned->row_count;
    while (size < 2 * rows) {
        size *= 2;
    }
    *grouping = (struct grouping){.binned = binned, .label = label, .mask = size - 1};
    TRY_ALLOC(job, grouping->group, size, struct group);
    TRY_ALLOC(job, grouping->hash, rows + 1, uint64_t);
    TRY_ALLOC(job, share, size_mul(binned->feature_count + 1, BINS_MAX), double);
    for (size_t row = 0; row < rows; row++) {
        grouping->hash[row] = mix(UINT32_MAX, label[row]);
    }
    for (size_t c = 0; c < binned->feature_count; c++) {
        for (size_t row = 0; row < rows; row++) {
            grouping->hash[row] += mix(c, binned->bin[c][row]);
            share[c * BINS_MAX + binned->bin[c][row]] += 1 / (double)rows;
        }
    }
    grouping->share = share;
    return CANDOR_OK;
}

enum candor_status find_floods(struct job *job, const struct binned *binned, const uint8_t *label,
                               struct floods *floods)
{
    struct grouping grouping;
    *floods = (struct floods){.count = 0};
    TRY_ALLOC(job, floods->of_row, binned->row_count + 1, uint8_t);
    for (size_t row = 0; row < binned->row_count; row++) {
        floods->of_row[row] = FINDING_NONE;
    }
    TRY(grouping_begin(job, binned, label, &grouping));
    group_rows(&grouping, SIZE_MAX);
    floods->duplicates = binned->row_count - grouping.count;
    mark_floods(&grouping, SIZE_MAX, floods);
    for (size_t c = 0; c < binned->feature_count && c < POISON_TRIPLED_MAX; c++) {
        if (job->cancelled) {
            return fail(job, CANDOR_CANCELLED, "stopped while looking for rows that come again");
        }
        group_rows(&grouping, c);
        mark_floods(&grouping, c, floods);
    }
    return CANDOR_OK;
}

enum candor_status count_odd_pairs(struct job *job, const struct coarse *coarse, size_t row_count,
                                   uint16_t *odd)
{
    const size_t columns =
        coarse->column_count < POISON_TRIPLED_MAX ? coarse->column_count : POISON_TRIPLED_MAX;
    enum { PLACES = POISON_PLACES };
    const double all = (double)coarse->row_count;
    for (size_t row = 0; row < row_count; row++) {
        odd[row] = 0;
    }
    for (size_t pair = 0; pair < columns * columns && !job->cancelled; pair++) {
        const size_t a = pair / columns;
        const size_t b = pair % columns;
        double of[2][PLACES] = {{0}};
        double both[PLACES * PLACES] = {0};
        if (b <= a) {
            continue;
        }
        for (size_t row = 0; row < coarse->row_count; row++) {
            both[coarse->place[a][row] * PLACES + coarse->place[b][row]] += 1;
        }
        for (size_t i = 0; i < (size_t)PLACES * PLACES; i++) {
            of[0][i / PLACES] += both[i];
            of[1][i % PLACES] += both[i];
        }
        for (size_t row = 0; row < row_count; row++) {
            const uint8_t left = coarse->place[a][row];
            const uint8_t right = coarse->place[b][row];
            const bool is_odd = both[left * PLACES + right] <= ODD_ROWS &&
                                of[0][left] * of[1][right] >= ODD_EXPECTED * all;
            odd[row] = (uint16_t)(odd[row] + (is_odd ? 1 : 0));
        }
    }
    return job->cancelled ? fail(job, CANDOR_CANCELLED, "stopped while looking for odd rows")
                          : CANDOR_OK;
}
