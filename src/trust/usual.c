/*
 * usual.c - which values go together, and which never did.
 *
 * The values of a field are joined into at most USUAL_GROUPS groups. Of every two fields the file has how
 * many rows had each pair of groups; from that comes the lift, how much more often the two stand together
 * than they would by chance:
 *
 *     lift(a, b) = log((rows of both + 2) / (rows that chance expects + 2))
 *
 * A field is surprising in a row when another value of it would agree better with all the others:
 *
 *     surprise = max over groups c of [prior(c) + sum of lift(c, other)] - the same of the own group
 *
 * so a field that was changed is the most surprising one: another value of it would put everything right,
 * while each of the others disagrees with it alone. How much surprise is too much is not guessed: the rows
 * of training themselves, each without its own count, say how often each field comes so far, and how many
 * rows have some field that does.
 *
 * Counts below USUAL_LEAST are kept as none: the tables tell of no few people. All is whole numbers: the
 * same on every machine.
 *
 *     bytes   "USU1" | rows u64 | features u16 | each: index u16, groups u8, bins u16, group of each bin
 *             | counts of groups u32, feature after feature | counts of pairs u32, j < k, rows of groups of j
 *             | limits i32, feature after feature, USUAL_LEVELS each | share f64 of each level
 */
#include <math.h>
#include <string.h>

#include "attack.h"
#include "numeric.h"

enum {
    UNIT = 256,         /* of surprise: one nat */
    JUDGED_MAX = 50000, /* rows that say how far surprise goes */
    LEVELS = USUAL_LEVELS,
    GROUPS = USUAL_GROUPS,
};

static const double softening = 1; /* rows: below about as many nothing is odd */
static const double first_level = 0.03;
static const double next_level = 0.86;
static const char mark[4] = {'U', 'S', 'U', '1'};

/* One field. */
struct usual_field {
    size_t feature;
    size_t group_count;
    size_t bin_count;
    uint8_t *group; /* of each bin */
    uint32_t count[GROUPS];
    int32_t prior[GROUPS]; /* log share */
    int32_t limit[LEVELS]; /* surprise that the share level_share(l) of the rows comes up to */
};

struct usual {
    uint64_t rows;
    size_t field_count;
    struct usual_field *field;
    uint32_t *pair;       /* GROUPS * GROUPS of each j < k */
    int16_t *lift;        /* [j][k][group of k][group of j] */
    double share[LEVELS]; /* of the rows of training that some field brings to this level */
};

double usual_share(const struct usual *usual, size_t level)
{
    must(level <= LEVELS);
    return level == 0 ? 1 : usual->share[level - 1];
}

static uint32_t *pair_of(const struct usual *usual, size_t j, size_t k)
{
    must(j < k);
    return usual->pair + (k * (k - 1) / 2 + j) * GROUPS * GROUPS;
}

static int16_t *lift_of(const struct usual *usual, size_t j, size_t k)
{
    return usual->lift + (j * usual->field_count + k) * GROUPS * GROUPS;
}

/* ---- groups -------------------------------------------------------------------------------- */

/* Neighbouring numbers, fewer toward both ends, where what is unusual is. */
static void group_numbers(const uint32_t *count, uint64_t rows, struct usual_field *field)
{
    static const double edge[GROUPS - 2] = {0.003, 0.015, 0.05, 0.13, 0.23, 0.33, 0.43,
                                            0.53,  0.63,  0.73, 0.83, 0.93, 0.98, 0.995};
    uint64_t below = 0;
    size_t group = 0;
    size_t at = 0;
    for (size_t b = 1; b < field->bin_count; b++) {
        const double middle = ((double)below + (double)count[b] / 2) / (double)rows;
        size_t next = at;
        while (next < GROUPS - 2 && edge[next] < middle) {
            next++;
        }
        group += b == 1 || next != at ? 1 : 0;
        at = next;
        field->group[b] = (uint8_t)group;
        below += count[b];
    }
    field->group_count = group + 1;
}

/* The most frequent ones alone, what is left together. */
static void group_levels(const uint32_t *count, struct usual_field *field)
{
    bool is_taken[BINS_MAX] = {false};
    field->group_count = 1;
    while (field->group_count < GROUPS) {
        size_t most = 0;
        for (size_t b = 1; b < field->bin_count; b++) {
            most = !is_taken[b] && (most == 0 || count[b] > count[most]) ? b : most;
        }
        if (most == 0) {
            return;
        }
        if (field->group_count < GROUPS - 1) {
            is_taken[most] = true;
            field->group[most] = (uint8_t)field->group_count;
        } else {
            for (size_t b = 1; b < field->bin_count; b++) {
                field->group[b] = is_taken[b] ? field->group[b] : GROUPS - 1;
            }
        }
        field->group_count++;
    }
}

static void group_field(struct job *job, const struct usual_table *table, struct usual_field *field)
{
    const struct model_feature *feature = &table->feature[field->feature];
    uint32_t count[BINS_MAX] = {0};
    field->bin_count = feature->bin_count;
    field->group = NEW_ARRAY(job->arena, feature->bin_count, uint8_t);
    for (size_t row = 0; row < table->row_count; row++) {
        count[table->bin[row * table->feature_count + field->feature]]++;
    }
    if (feature->kind == COLUMN_CATEGORY) {
        group_levels(count, field);
    } else {
        group_numbers(count, table->row_count, field);
    }
}

/* ---- counts -------------------------------------------------------------------------------- */

static void groups_of(const struct usual *usual, const uint8_t *bin, uint8_t *group)
{
    for (size_t j = 0; j < usual->field_count; j++) {
        const struct usual_field *field = &usual->field[j];
        const uint8_t own = bin[field->feature];
        group[j] = own < field->bin_count ? field->group[own] : 0;
    }
}

static void count_rows(struct usual *usual, const struct usual_table *table)
{
    uint8_t group[USUAL_FEATURES_MAX];
    for (size_t row = 0; row < table->row_count; row++) {
        groups_of(usual, table->bin + row * table->feature_count, group);
        for (size_t k = 0; k < usual->field_count; k++) {
            usual->field[k].count[group[k]]++;
            for (size_t j = 0; j < k; j++) {
                pair_of(usual, j, k)[group[j] * GROUPS + group[k]]++;
            }
        }
    }
}

static uint32_t kept(uint32_t count)
{
    return count < USUAL_LEAST ? 0 : count;
}

static int32_t units(double nats)
{
    return (int32_t)nearbyint(fmax(-100, fmin(100, nats)) * UNIT);
}

static int32_t lift_units(double both, double expected)
{
    return units(log_of((both + softening) / (expected + softening)));
}

/* From counts to logarithms. */
static void make_lifts(struct usual *usual)
{
    const double rows = (double)usual->rows;
    for (size_t j = 0; j < usual->field_count; j++) {
        for (size_t c = 0; c < GROUPS; c++) {
            usual->field[j].prior[c] =
                c < usual->field[j].group_count
                    ? units(log_of(((double)usual->field[j].count[c] + 0.5) / (rows + 1)))
                    : -100 * UNIT;
        }
    }
    for (size_t k = 1; k < usual->field_count; k++) {
        for (size_t j = 0; j < k; j++) {
            const uint32_t *pair = pair_of(usual, j, k);
            for (size_t c = 0; c < GROUPS * GROUPS; c++) {
                const size_t a = c / GROUPS;
                const size_t b = c % GROUPS;
                const double expected =
                    (double)usual->field[j].count[a] * (double)usual->field[k].count[b] / rows;
                const int32_t lift = lift_units(pair[c], expected);
                lift_of(usual, j, k)[b * GROUPS + a] = (int16_t)lift;
                lift_of(usual, k, j)[a * GROUPS + b] = (int16_t)lift;
            }
        }
    }
}

/* ---- surprise ------------------------------------------------------------------------------ */

/* Of field j with each of its groups, all others as they are. */
static void agreement(const struct usual *usual, const uint8_t *group, size_t j, int32_t *sum)
{
    memcpy(sum, usual->field[j].prior, GROUPS * sizeof *sum);
    for (size_t k = 0; k < usual->field_count; k++) {
        if (k != j) {
            const int16_t *lift = lift_of(usual, j, k) + (size_t)group[k] * GROUPS;
            for (size_t c = 0; c < GROUPS; c++) {
                sum[c] += lift[c];
            }
        }
    }
}

static int32_t surprise_of(const int32_t *sum, int32_t own)
{
    int32_t most = own;
    for (size_t c = 0; c < GROUPS; c++) {
        most = sum[c] > most ? sum[c] : most;
    }
    return most - own;
}

/* The agreement of the own group, had this row not been counted. */
static int32_t own_without(const struct usual *usual, const uint8_t *group, size_t j)
{
    const double rows = (double)usual->rows;
    const double own = (double)usual->field[j].count[group[j]];
    int32_t sum = units(log_of((own - 0.5) / (rows + 1)));
    for (size_t k = 0; k < usual->field_count; k++) {
        if (k != j) {
            const uint32_t both = j < k ? pair_of(usual, j, k)[group[j] * GROUPS + group[k]]
                                        : pair_of(usual, k, j)[group[k] * GROUPS + group[j]];
            const double expected = (own - 1) * (double)usual->field[k].count[group[k]] / rows;
            sum += lift_units(kept(both == 0 ? 0 : both - 1), expected);
        }
    }
    return sum;
}

/* ---- how much is too much ------------------------------------------------------------------ */

static double level_share(size_t level)
{
    double share = first_level;
    for (size_t l = 0; l < level; l++) {
        share *= next_level;
    }
    return share;
}

static size_t level_of(const struct usual_field *field, int32_t surprise)
{
    size_t level = 0;
    while (level < LEVELS && surprise > field->limit[level]) {
        level++;
    }
    return level;
}

/* The rows that are judged: evenly over all of them. */
static enum candor_status set_limits(struct job *job, struct usual *usual,
                                     const struct usual_table *table)
{
    const size_t count = table->row_count < JUDGED_MAX ? table->row_count : JUDGED_MAX;
    uint8_t group[USUAL_FEATURES_MAX];
    int32_t sum[GROUPS];
    double *surprise;
    double *sorted;
    TRY_ALLOC(job, surprise, size_mul(count + 1, usual->field_count), double);
    TRY_ALLOC(job, sorted, count + 1, double);
    for (size_t i = 0; i < count; i++) {
        const size_t row = i * table->row_count / count;
        groups_of(usual, table->bin + row * table->feature_count, group);
        for (size_t j = 0; j < usual->field_count; j++) {
            agreement(usual, group, j, sum);
            surprise[j * count + i] = surprise_of(sum, own_without(usual, group, j));
        }
    }
    for (size_t j = 0; j < usual->field_count; j++) {
        memcpy(sorted, surprise + j * count, count * sizeof *sorted);
        TRY(sort_f64(job, sorted, count));
        for (size_t l = 0; l < LEVELS; l++) {
            const size_t above = (size_t)(level_share(l) * (double)count);
            usual->field[j].limit[l] = (int32_t)sorted[count - 1 - above];
        }
    }
    uint64_t reached[LEVELS] = {0};
    for (size_t i = 0; i < count; i++) {
        size_t most = 0;
        for (size_t j = 0; j < usual->field_count; j++) {
            const size_t level = level_of(&usual->field[j], (int32_t)surprise[j * count + i]);
            most = level > most ? level : most;
        }
        for (size_t l = 0; l < most; l++) {
            reached[l]++;
        }
    }
    for (size_t l = 0; l < LEVELS; l++) {
        usual->share[l] = ((double)reached[l] + 1) / ((double)count + 1);
    }
    return CANDOR_OK;
}

/* ---- making -------------------------------------------------------------------------------- */

/* The fields that say most in the model, in the order of the model. */
static void choose_fields(struct job *job, const struct usual_table *table, struct usual *usual)
{
    bool *is_chosen = NEW_ARRAY(job->arena, table->feature_count + 1, bool);
    usual->field_count =
        table->feature_count < USUAL_FEATURES_MAX ? table->feature_count : USUAL_FEATURES_MAX;
    usual->field = NEW_ARRAY(job->arena, usual->field_count + 1, struct usual_field);
    for (size_t n = 0; n < usual->field_count; n++) {
        size_t best = SIZE_MAX;
        for (size_t f = 0; f < table->feature_count; f++) {
            const bool is_better =
                best == SIZE_MAX ||
                (table->importance != NULL && table->importance[f] > table->importance[best]);
            best = !is_chosen[f] && is_better ? f : best;
        }
        is_chosen[best] = true;
    }
    size_t at = 0;
    for (size_t f = 0; f < table->feature_count; f++) {
        if (is_chosen[f]) {
            usual->field[at++].feature = f;
        }
    }
}

static enum candor_status make_room(struct job *job, struct usual *usual)
{
    const size_t fields = usual->field_count;
    TRY_ALLOC(job, usual->pair, (fields * (fields - 1) / 2 + 1) * GROUPS * GROUPS, uint32_t);
    TRY_ALLOC(job, usual->lift, fields * fields * GROUPS * GROUPS, int16_t);
    memset(usual->pair, 0, (fields * (fields - 1) / 2 + 1) * GROUPS * GROUPS * sizeof(uint32_t));
    memset(usual->lift, 0, fields * fields * GROUPS * GROUPS * sizeof(int16_t));
    return CANDOR_OK;
}

static void drop_few(struct usual *usual)
{
    const size_t fields = usual->field_count;
    for (size_t c = 0; c < fields * (fields - 1) / 2 * GROUPS * GROUPS; c++) {
        usual->pair[c] = kept(usual->pair[c]);
    }
}

enum candor_status usual_of(struct job *job, const struct usual_table *table, struct usual **usual)
{
    struct usual *made = NEW(job->arena, struct usual);
    if (table->row_count < USUAL_ROWS_MIN || table->feature_count < 2) {
        return fail(job, CANDOR_BAD_INPUT,
                    "%zu rows of %zu features do not say what is usual: %d rows and 2 features are "
                    "needed",
                    table->row_count, table->feature_count, USUAL_ROWS_MIN);
    }
    made->rows = table->row_count;
    choose_fields(job, table, made);
    TRY(make_room(job, made));
    for (size_t j = 0; j < made->field_count; j++) {
        group_field(job, table, &made->field[j]);
    }
    count_rows(made, table);
    drop_few(made);
    make_lifts(made);
    TRY(set_limits(job, made, table));
    *usual = made;
    return CANDOR_OK;
}

/* ---- looking ------------------------------------------------------------------------------- */

/* Beside which other field the value is least usual. */
static void find_other(const struct usual *usual, const uint8_t *group, size_t j,
                       struct strange *strange)
{
    int16_t least = 0;
    for (size_t k = 0; k < usual->field_count; k++) {
        const int16_t lift = k == j ? 0 : lift_of(usual, j, k)[group[k] * GROUPS + group[j]];
        if (lift < least) {
            least = lift;
            strange->other = usual->field[k].feature;
        }
    }
    strange->lift = exp_of((double)least / UNIT);
}

void usual_look(const struct usual *usual, const uint8_t *bin, struct strange *strange)
{
    uint8_t group[USUAL_FEATURES_MAX];
    int32_t sum[GROUPS];
    size_t worst = 0;
    int32_t most = 0;
    *strange = (struct strange){.feature = SIZE_MAX, .other = SIZE_MAX, .lift = 1};
    groups_of(usual, bin, group);
    for (size_t j = 0; j < usual->field_count; j++) {
        agreement(usual, group, j, sum);
        const int32_t surprise = surprise_of(sum, sum[group[j]]);
        const size_t level = level_of(&usual->field[j], surprise);
        strange->level_of[j] = (uint8_t)level;
        if (level > strange->level || (level == strange->level && level > 0 && surprise > most)) {
            strange->level = level;
            most = surprise;
            worst = j;
        }
    }
    strange->rate = usual_share(usual, strange->level);
    if (strange->level > 0) {
        strange->feature = usual->field[worst].feature;
        find_other(usual, group, worst, strange);
    }
}

size_t usual_level(const struct usual *usual, double rate)
{
    size_t level = 1;
    while (level <= LEVELS && usual->share[level - 1] > rate) {
        level++;
    }
    return level;
}

size_t usual_fields(const struct usual *usual)
{
    return usual->field_count;
}

size_t usual_feature(const struct usual *usual, size_t field)
{
    must(field < usual->field_count);
    return usual->field[field].feature;
}

/* ---- bytes --------------------------------------------------------------------------------- */

void usual_write(const struct usual *usual, struct buf *buf)
{
    const size_t fields = usual->field_count;
    buf_bytes(buf, mark, sizeof mark);
    buf_u64le(buf, usual->rows);
    buf_u16le(buf, (uint16_t)fields);
    for (size_t j = 0; j < fields; j++) {
        const struct usual_field *field = &usual->field[j];
        buf_u16le(buf, (uint16_t)field->feature);
        buf_u8(buf, (uint8_t)field->group_count);
        buf_u16le(buf, (uint16_t)field->bin_count);
        buf_bytes(buf, field->group, field->bin_count);
        for (size_t c = 0; c < field->group_count; c++) {
            buf_u32le(buf, field->count[c]);
        }
    }
    for (size_t k = 1; k < fields; k++) {
        for (size_t j = 0; j < k; j++) {
            for (size_t a = 0; a < usual->field[j].group_count; a++) {
                for (size_t b = 0; b < usual->field[k].group_count; b++) {
                    buf_u32le(buf, pair_of(usual, j, k)[a * GROUPS + b]);
                }
            }
        }
    }
    for (size_t j = 0; j < fields; j++) {
        for (size_t l = 0; l < LEVELS; l++) {
            buf_u32le(buf, (uint32_t)usual->field[j].limit[l]);
        }
    }
    for (size_t l = 0; l < LEVELS; l++) {
        buf_f64le(buf, usual->share[l]);
    }
}

static void read_field(struct job *job, struct reader *reader, size_t feature_count,
                       const struct model_feature *feature, struct usual_field *field)
{
    field->feature = read_u16le(reader);
    field->group_count = read_u8(reader);
    field->bin_count = read_u16le(reader);
    reader->bad = reader->bad || field->feature >= feature_count || field->group_count < 1 ||
                  field->group_count > GROUPS ||
                  field->bin_count != feature[field->feature].bin_count;
    if (reader->bad) {
        field->group_count = 0;
        return;
    }
    const struct bytes group = read_bytes(reader, field->bin_count);
    field->group = NEW_ARRAY(job->arena, field->bin_count, uint8_t);
    for (size_t b = 0; b < field->bin_count && !reader->bad; b++) {
        field->group[b] = group.ptr[b];
        reader->bad = group.ptr[b] >= field->group_count;
    }
    for (size_t c = 0; c < field->group_count; c++) {
        field->count[c] = read_u32le(reader);
    }
}

static void read_pairs(struct reader *reader, struct usual *usual)
{
    for (size_t k = 1; k < usual->field_count; k++) {
        for (size_t j = 0; j < k; j++) {
            for (size_t a = 0; a < usual->field[j].group_count && !reader->bad; a++) {
                for (size_t b = 0; b < usual->field[k].group_count; b++) {
                    pair_of(usual, j, k)[a * GROUPS + b] = read_u32le(reader);
                }
            }
        }
    }
}

enum candor_status usual_read(struct job *job, struct bytes bytes,
                              const struct model_feature *feature, size_t feature_count,
                              struct usual **usual)
{
    struct reader reader = reader_of(bytes);
    struct usual *made = NEW(job->arena, struct usual);
    const struct bytes first = read_bytes(&reader, sizeof mark);
    made->rows = read_u64le(&reader);
    made->field_count = read_u16le(&reader);
    if (reader.bad || !bytes_same(first.ptr, mark, sizeof mark) || made->rows == 0 ||
        made->field_count > USUAL_FEATURES_MAX || made->field_count < 2) {
        return fail(job, CANDOR_CORRUPT, "the table of what is usual is damaged");
    }
    made->field = NEW_ARRAY(job->arena, made->field_count, struct usual_field);
    TRY(make_room(job, made));
    for (size_t j = 0; j < made->field_count && !reader.bad; j++) {
        read_field(job, &reader, feature_count, feature, &made->field[j]);
    }
    read_pairs(&reader, made);
    for (size_t j = 0; j < made->field_count; j++) {
        for (size_t l = 0; l < LEVELS; l++) {
            made->field[j].limit[l] = (int32_t)read_u32le(&reader);
        }
    }
    for (size_t l = 0; l < LEVELS; l++) {
        made->share[l] = read_f64le(&reader);
        reader.bad = reader.bad || !(made->share[l] >= 0 && made->share[l] <= 1) ||
                     (l > 0 && made->share[l] > made->share[l - 1]);
    }
    if (!reader_is_done(&reader)) {
        return fail(job, CANDOR_CORRUPT, "the table of what is usual is damaged");
    }
    make_lifts(made);
    *usual = made;
    return CANDOR_OK;
}
