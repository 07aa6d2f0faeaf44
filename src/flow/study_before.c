/*
 * study_before.c - `candor fairness data`: what is wrong with data before anything is learnt from it.
 *
 *     who is there         each group's share, against a population if one is stated
 *     what happened        base rates and their largest gap
 *     what is missing      by group
 *     what stands in       columns, and pairs of columns, that tell the group: before_proxy.c
 *
 * Each finding becomes a sentence of advice with its numbers.
 */
#include <math.h>

#include "before.h"
#include "frame.h"
#include "learn.h"

enum { SMALL_GROUP = 30, FEW_ONES = 10, PERMUTATIONS = 999 };

static const double z95 = 1.959963984540054;
static const double four_fifths = 0.8;    /* EEOC Uniform Guidelines, 29 CFR 1607.4 D */
static const double missing_apart = 0.05; /* told from here on, when it is sure */

void before_advise(struct before *before, struct str sentence)
{
    if (before->advice_count < BEFORE_SENTENCES) {
        before->advice[before->advice_count++] = sentence;
    }
}

void before_number(struct json *json, const char *name, double value)
{
    json_key_str(json, str_of(name));
    json_f64(json, value);
}

static void put_interval(struct json *json, const char *name, struct interval interval)
{
    json_key_str(json, str_of(name));
    confidence_json(json, interval);
}

static void warn(struct before *before, struct str sentence)
{
    if (before->warning_count < BEFORE_SENTENCES) {
        before->warning[before->warning_count++] = sentence;
    }
}

/* ---- population ---------------------------------------------------------------------------- */

static bool is_asked(const struct before *before, struct str attribute)
{
    struct str rest = attribute;
    while (rest.len > 0) {
        const struct str part = str_trim(str_cut(&rest, ','));
        bool is_there = false;
        for (size_t a = 0; a < before->attributes.count; a++) {
            is_there = is_there || str_equal(part, before->attributes.name[a]);
        }
        if (!is_there) {
            return false;
        }
    }
    return true;
}

/* The shares of an attribute are parts of one whole; of an attribute that is not looked at nothing comes. */
static enum candor_status check_population(struct job *job, struct before *before)
{
    const struct column *attribute = before->population[0];
    double *sum = NULL;
    if (attribute->kind == COLUMN_NUMBER || attribute->code == NULL) {
        return CANDOR_OK;
    }
    TRY_ALLOC(job, sum, attribute->level_count + 1, double);
    for (size_t row = 0; row < before->population_rows; row++) {
        if (attribute->code[row] != CODE_MISSING) {
            sum[attribute->code[row]] += before->population[2]->number[row];
        }
    }
    for (size_t level = 0; level < attribute->level_count; level++) {
        const struct str name = attribute->level[level];
        if (sum[level] > 1.005) { /* shares are told rounded */
            return fail(job, CANDOR_BAD_INPUT,
                        "--population: the shares of '%.*s' add up to %.3f, which is more than all",
                        STR_ARG(name), sum[level]);
        }
        if (!is_asked(before, name)) {
            warn(before,
                 str_format(job->arena,
                            "the population has shares of '%.*s', which --group does not name",
                            STR_ARG(name)));
        }
    }
    return CANDOR_OK;
}

static enum candor_status read_population(struct job *job, struct before *before)
{
    static const char *const wanted[3] = {"attribute", "value", "share"};
    struct table table;
    const struct table_asked asked = {{NULL}, NULL};
    if (before->asked->population == NULL) {
        return CANDOR_OK;
    }
    TRY(table_read(job, before->asked->population, &asked, &table));
    for (size_t c = 0; c < 3; c++) {
        before->population[c] = frame_find(table.frame, str_of(wanted[c]));
        if (before->population[c] == NULL) {
            return fail(job, CANDOR_BAD_INPUT, "--population: '%s' has no column '%s'",
                        before->asked->population, wanted[c]);
        }
    }
    before->population_rows = table.row_count;
    for (size_t row = 0; row < table.row_count; row++) {
        const struct column *share = before->population[2];
        if (share->kind != COLUMN_NUMBER || !(share->number[row] >= 0 && share->number[row] <= 1)) {
            return fail(job, CANDOR_BAD_INPUT,
                        "--population: row %zu: a share is a number from 0 to 1", row);
        }
    }
    return check_population(job, before);
}

/* The share that a group has in the population; NaN: not stated. */
static double population_share(struct job *job, const struct before *before, struct str attribute,
                               struct str value)
{
    for (size_t row = 0; row < before->population_rows; row++) {
        if (str_equal(cell_name(job, before->population[0], row), attribute) &&
            str_equal(cell_name(job, before->population[1], row), value)) {
            return before->population[2]->number[row];
        }
    }
    return (double)NAN;
}

/* ---- who is there, and what happened ------------------------------------------------------- */

static void advise_on_share(struct job *job, struct before *before, const struct cut *cut,
                            struct str group, struct parity_share share, double wanted)
{
    const struct interval interval = parity_wilson(share, z95);
    const double held = parity_value(share);
    if (!(interval.high < wanted) || held >= wanted * four_fifths) {
        return;
    }
    const double more = wanted < 1 ? (wanted * share.trials - share.hits) / (1 - wanted) : 0;
    before_advise(
        before, str_format(job->arena,
                           "%.*s=%.*s is %.1f %% of the rows and %.1f %% of the population: gather "
                           "%.0f more rows of it, or weigh each %.2f times",
                           STR_ARG(cut->name), STR_ARG(group), 100 * held, 100 * wanted, ceil(more),
                           held > 0 ? wanted / held : 0));
}

static void advise_on_size(struct job *job, struct before *before, const struct cut *cut,
                           struct str group, const struct parity_group *sums)
{
    const double ones = sums->mass[OUTCOME_FN];
    const struct parity_share rate = parity_share(sums, PARITY_BASE_RATE);
    const struct interval interval = parity_wilson(rate, z95);
    if (sums->count >= SMALL_GROUP && (!before->has_labels || ones >= FEW_ONES)) {
        return;
    }
    before->small++;
    if (before->small > 10) { /* the rest is in the counts */
        return;
    }
    before_advise(
        before, str_format(job->arena,
                           "%.*s=%.*s has %llu rows, %.0f of them positive: its base rate is known "
                           "to %.0f points only; 385 rows make it 5 at most",
                           STR_ARG(cut->name), STR_ARG(group), (unsigned long long)sums->count,
                           ones, 50 * (interval.high - interval.low)));
}

static void put_group(struct job *job, struct before *before, const struct cut *cut,
                      const struct grouping *grouping, const struct parity_cells *cells, size_t g)
{
    struct json *json = before->json;
    const struct parity_group *sums = &cells->group[g];
    const double known = (double)before->known_rows;
    const struct parity_share share = {(double)sums->count, known, known};
    const struct parity_share base = parity_share(sums, PARITY_BASE_RATE);
    const double wanted = population_share(job, before, cut->name, grouping->name[g]);
    json_key_str(json, grouping->name[g]);
    json_map_begin(json);
    json_key(json, LIT("count"));
    json_u64(json, sums->count);
    before_number(json, "share", parity_value(share));
    put_interval(json, "share_ci", parity_wilson(share, z95));
    if (!isnan(wanted)) {
        before_number(json, "population", wanted);
        before_number(json, "representation",
                      wanted > 0 ? parity_value(share) / wanted : (double)NAN);
        advise_on_share(job, before, cut, grouping->name[g], share, wanted);
    }
    before_number(json, "positives", base.hits);
    before_number(json, "base_rate", parity_value(base));
    put_interval(json, "base_rate_ci", parity_wilson(base, z95));
    json_map_end(json);
    advise_on_size(job, before, cut, grouping->name[g], sums);
}

/* Groups of the population that the data has not at all. */
static void look_for_absent(struct job *job, struct before *before, const struct cut *cut,
                            const struct grouping *grouping)
{
    for (size_t row = 0; row < before->population_rows; row++) {
        const struct str value = cell_name(job, before->population[1], row);
        const double wanted = before->population[2]->number[row];
        bool is_there = !str_equal(cell_name(job, before->population[0], row), cut->name);
        for (size_t g = 0; g < grouping->count && !is_there; g++) {
            is_there = str_equal(grouping->name[g], value);
        }
        if (!is_there && wanted > 0) {
            before_advise(before,
                          str_format(job->arena,
                                     "%.*s=%.*s is %.1f %% of the population and no row at all: "
                                     "nothing can be said of it",
                                     STR_ARG(cut->name), STR_ARG(value), 100 * wanted));
        }
    }
}

static enum candor_status put_base_gap(struct job *job, struct before *before,
                                       const struct cut *cut, const struct grouping *grouping,
                                       const struct parity_cells *cells)
{
    struct json *json = before->json;
    struct parity_share *share = NULL;
    struct parity_gap gap;
    TRY_ALLOC(job, share, grouping->count + 1, struct parity_share);
    for (size_t g = 0; g < grouping->count; g++) {
        share[g] = parity_share(&cells->group[g], PARITY_BASE_RATE);
    }
    const struct parity_asked asked = {share, grouping->count,     false,       0.1,
                                       0.95,  before->asked->seed, PERMUTATIONS};
    TRY(parity_gap(job, &asked, &gap));
    json_key(json, LIT("base_rate_gap"));
    json_map_begin(json);
    before_number(json, "value", gap.value);
    put_interval(json, "simultaneous", gap.simultaneous);
    before_number(json, "p", gap.p);
    before_number(json, "null_mean", gap.null_mean);
    if (gap.low != SIZE_MAX) {
        json_key(json, LIT("low"));
        json_text(json, grouping->name[gap.low]);
        json_key(json, LIT("high"));
        json_text(json, grouping->name[gap.high]);
    } else {
        json_key(json, LIT("undefined"));
        json_text(json, STR("fewer than two groups have rows"));
    }
    json_map_end(json);
    if (cut->count == 1 && gap.low != SIZE_MAX && gap.simultaneous.low > 0.02) {
        const double n = (double)cells->group[cells->group_count].count;
        const double all = parity_share(&cells->group[cells->group_count], PARITY_BASE_RATE).hits;
        const struct parity_share low = share[gap.low];
        before_advise(
            before,
            str_format(job->arena,
                       "%.*s: the target happens to %.1f %% of %.*s and %.1f %% of %.*s, surely at "
                       "least %.1f points apart: a model will learn that; candor mitigate --method "
                       "reweigh would weigh the positives of %.*s %.2f times",
                       STR_ARG(cut->name), 100 * parity_value(share[gap.high]),
                       STR_ARG(grouping->name[gap.high]), 100 * parity_value(low),
                       STR_ARG(grouping->name[gap.low]), 100 * gap.simultaneous.low,
                       STR_ARG(grouping->name[gap.low]),
                       low.hits > 0 ? low.trials * all / (n * low.hits) : 0));
    }
    return CANDOR_OK;
}

/* ---- what is missing ----------------------------------------------------------------------- */

static bool is_missing(const struct column *column, size_t row)
{
    return column->kind == COLUMN_NUMBER ? isnan(column->number[row])
                                         : column->code[row] == CODE_MISSING;
}

static enum candor_status put_missing(struct job *job, struct before *before, const struct cut *cut,
                                      const struct grouping *grouping)
{
    struct json *json = before->json;
    struct parity_share *share = NULL;
    TRY_ALLOC(job, share, grouping->count + 1, struct parity_share);
    json_key(json, LIT("missing"));
    json_map_begin(json);
    for (size_t c = 0; c < before->frame->column_count; c++) {
        const struct column *column = &before->frame->column[c];
        struct parity_gap gap;
        double missing = 0;
        for (size_t g = 0; g < grouping->count; g++) {
            share[g] = (struct parity_share){0, 0, 0};
        }
        for (size_t row = 0; row < before->frame->row_count; row++) {
            if (grouping->group[row] != UINT32_MAX) {
                struct parity_share *one = &share[grouping->group[row]];
                one->hits += is_missing(column, row);
                one->trials += 1;
                one->size += 1;
                missing += is_missing(column, row);
            }
        }
        if (missing == 0) {
            continue;
        }
        const struct parity_asked asked = {share, grouping->count,     false,       missing_apart,
                                           0.95,  before->asked->seed, PERMUTATIONS};
        TRY(parity_gap(job, &asked, &gap));
        json_key_str(json, column->name);
        json_map_begin(json);
        before_number(json, "missing", missing);
        before_number(json, "gap", gap.value);
        put_interval(json, "simultaneous", gap.simultaneous);
        before_number(json, "p", gap.p);
        json_map_end(json);
        if (gap.low != SIZE_MAX && gap.value >= missing_apart && gap.simultaneous.low > 0) {
            before_advise(before,
                          str_format(job->arena,
                                     "%.*s is missing in %.1f %% of %.*s=%.*s and %.1f %% of %.*s: "
                                     "find out why before it is learnt from",
                                     STR_ARG(column->name), 100 * parity_value(share[gap.high]),
                                     STR_ARG(cut->name), STR_ARG(grouping->name[gap.high]),
                                     100 * parity_value(share[gap.low]),
                                     STR_ARG(grouping->name[gap.low])));
        }
    }
    json_map_end(json);
    return CANDOR_OK;
}

/* ---- together ------------------------------------------------------------------------------ */

static enum candor_status put_cut(struct job *job, struct before *before, const struct cut *cut)
{
    struct json *json = before->json;
    struct grouping grouping;
    struct parity_cells cells;
    const size_t row_count = before->frame->row_count;
    TRY(cut_rows(job, &before->attributes, cut, row_count, &grouping));
    const struct audit_rows rows = {.row_count = row_count,
                                    .label = before->label,
                                    .decision = before->nobody,
                                    .group = grouping.group,
                                    .group_count = grouping.count};
    TRY(parity_count(job, &rows, NULL, &cells));
    before->known_rows = 0;
    for (size_t g = 0; g < grouping.count; g++) {
        before->known_rows += cells.group[g].count;
    }
    if (grouping.count < 2) {
        warn(before, str_format(job->arena, "%.*s: one group only, so nothing is compared",
                                STR_ARG(cut->name)));
    }
    json_key_str(json, cut->name);
    json_map_begin(json);
    json_key(json, LIT("unknown"));
    json_u64(json, row_count - before->known_rows);
    json_key(json, LIT("groups"));
    json_map_begin(json);
    for (size_t g = 0; g < grouping.count; g++) {
        put_group(job, before, cut, &grouping, &cells, g);
    }
    json_map_end(json);
    look_for_absent(job, before, cut, &grouping);
    TRY(put_base_gap(job, before, cut, &grouping, &cells));
    if (cut->count == 1) {
        TRY(put_missing(job, before, cut, &grouping));
        TRY(before_proxies(job, before, cut, &grouping));
    }
    json_map_end(json);
    return CANDOR_OK;
}

/* Of a target with one value all rows are a yes, or none is. */
static enum candor_status read_same(struct job *job, struct before *before, struct str positive,
                                    uint8_t *label)
{
    const struct str only = cell_name(job, before->target, 0);
    double one = 0;
    double wanted = 0;
    bool is_yes = positive.len > 0 ? str_equal(only, positive) : target_says_yes(job->arena, only);
    if (str_to_double(only, &one) && str_to_double(positive, &wanted)) {
        is_yes = one == wanted;
    }
    if (positive.len > 0 && !is_yes) {
        return fail(job, CANDOR_BAD_INPUT, "--target: target '%s': no row has the positive value",
                    before->asked->target);
    }
    for (size_t row = 0; row < before->frame->row_count; row++) {
        label[row] = is_yes;
    }
    warn(before, str_format(job->arena,
                            "the target has one value only, which counts as %d: nothing can be "
                            "learnt from it",
                            is_yes));
    return CANDOR_OK;
}

/* A target of one value only is told, since nothing can be learnt from it; of many is refused. */
static enum candor_status read_target(struct job *job, struct before *before)
{
    const struct candor_before *asked = before->asked;
    const size_t row_count = before->frame->row_count;
    const struct str positive = asked->positive == NULL ? STR("") : str_of(asked->positive);
    struct target target;
    uint8_t *label = NULL;
    size_t same = 1;
    TRY_ALLOC(job, label, row_count + 1, uint8_t);
    TRY_ALLOC(job, before->nobody, row_count + 1, uint8_t);
    before->label = label;
    while (same < row_count &&
           str_equal(cell_name(job, before->target, same), cell_name(job, before->target, 0))) {
        same++;
    }
    if (same >= row_count) {
        return read_same(job, before, positive, label);
    }
    before->has_labels = true;
    TRY(during(
        job,
        target_of_column(job, before->frame, str_of(asked->target), positive, TASK_BINARY, &target),
        "--target"));
    for (size_t row = 0; row < row_count; row++) {
        label[row] = target.value[row] != 0;
    }
    return CANDOR_OK;
}

static enum candor_status read_data(struct job *job, struct before *before)
{
    const struct candor_before *asked = before->asked;
    const struct table_asked by_content = {{NULL}, NULL};
    struct table table;
    size_t missing = 0;
    TRY(table_read(job, asked->data_path, &by_content, &table));
    const struct column *target = frame_find(table.frame, str_of(asked->target));
    if (target == NULL) {
        return fail(job, CANDOR_BAD_INPUT, "--target: the data has no column '%s'", asked->target);
    }
    TRY(rows_with(job, &table, target, &missing));
    before->frame = table.frame;
    if (before->frame->row_count == 0) {
        return fail(job, CANDOR_BAD_INPUT, "--target: no row of column '%s' has a value",
                    asked->target);
    }
    if (missing > 0) {
        warn(before, str_format(job->arena, "%zu of %zu rows have no target and are left out",
                                missing, table.row_count));
    }
    if (before->frame->row_count == 1) {
        warn(before, STR("one row only"));
    }
    before->target = frame_find(before->frame, str_of(asked->target));
    TRY(attributes_read(job, before->frame, asked->groups, &before->attributes));
    TRY(read_target(job, before));
    return read_population(job, before);
}

static void put_list(struct json *json, const char *key, const struct str *sentence, size_t count)
{
    json_key_str(json, str_of(key));
    json_list_begin(json);
    for (size_t i = 0; i < count; i++) {
        json_text(json, sentence[i]);
    }
    json_list_end(json);
}

enum candor_status candor_before(struct job *job, const struct candor_before *question,
                                 struct candor_text *report)
{
    struct before before = {.asked = question};
    struct cut *cut = NULL;
    struct answer answer;
    TRY(crypto_start(job));
    TRY(read_data(job, &before));
    TRY_ALLOC(job, cut, CUTS_MAX, struct cut);
    const size_t count = attribute_cuts(job->arena, &before.attributes, true, cut);
    answer_begin(job, &answer);
    before.json = &answer.json;
    json_map_begin(&answer.json);
    json_key(&answer.json, LIT("rows"));
    json_u64(&answer.json, before.frame->row_count);
    json_key(&answer.json, LIT("target"));
    json_text(&answer.json, str_of(question->target));
    json_key(&answer.json, LIT("by"));
    json_map_begin(&answer.json);
    for (size_t c = 0; c < count; c++) {
        TRY(put_cut(job, &before, &cut[c]));
    }
    json_map_end(&answer.json);
    json_key(&answer.json, LIT("small_groups"));
    json_u64(&answer.json, before.small);
    put_list(&answer.json, "advice", before.advice, before.advice_count);
    put_list(&answer.json, "warnings", before.warning, before.warning_count);
    json_map_end(&answer.json);
    answer_end(&answer, report);
    return CANDOR_OK;
}
