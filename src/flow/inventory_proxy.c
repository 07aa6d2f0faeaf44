/*
 * inventory_proxy.c - features that stand in for a protected attribute.
 *
 * A model that never sees an attribute can know it all the same. For each feature, and for all together,
 * it is measured how well it tells one value of the attribute from the others:
 *
 *     area under the curve   of the share of that value among rows with the same bin of the feature,
 *                            learnt on one half of the rows and tried on the other, with its 95 %
 *                            interval (DeLong et al. 1988); the value that is told best is shown
 *     uncertainty            the part of the attribute's entropy that the feature takes away (Theil's U)
 *
 * Attributes are opened for the audit's own purpose, and only of those who allow it.
 */
#include <math.h>

#include "inventoried.h"
#include "model.h"

enum { BINS = 16, LEVELS_MOST = 4096, GROUPS_MOST = 16, ROWS_LEAST = 100, OF_EACH_LEAST = 10 };
static const double strong_from = 0.7;
static const double some_from = 0.6;
static const double within_95 = 1.959963984540054;

/* Rows with a known group: their bins of a feature, and who is who. */
struct comparing {
    size_t row_count;
    uint32_t *bin;
    size_t bin_count;
    uint32_t *group;
    bool *second; /* half of the rows */
    double *label;
    double *score;
    double *placement;
};

struct strength {
    double area;
    double deviation;
    size_t group;
};

/* ---- bins ---------------------------------------------------------------------------------- */

/* Sixteen bins of equal size; equal values share one; the last is for missing ones. */
static enum candor_status bin_numbers(struct job *job, const double *number, size_t rows,
                                      uint32_t *bin)
{
    double *known = NULL;
    uint32_t *order = NULL;
    uint32_t *row = NULL;
    size_t count = 0;
    TRY_ALLOC(job, known, rows + 1, double);
    TRY_ALLOC(job, order, rows + 1, uint32_t);
    TRY_ALLOC(job, row, rows + 1, uint32_t);
    for (size_t i = 0; i < rows; i++) {
        bin[i] = BINS;
        if (!isnan(number[i])) {
            known[count] = number[i];
            row[count++] = (uint32_t)i;
        }
    }
    TRY(order_f64(job, known, count, order));
    for (size_t i = 0, first = 0; i < count; i++) {
        first = i > 0 && known[order[i]] != known[order[i - 1]] ? i : first;
        bin[row[order[i]]] = (uint32_t)(first * BINS / count);
    }
    return CANDOR_OK;
}

static enum candor_status bin_column(struct job *job, const struct column *column,
                                     const struct dataset *data, struct comparing *comparing)
{
    uint32_t *all = NULL;
    size_t kept = 0;
    TRY_ALLOC(job, all, data->row_count + 1, uint32_t);
    if (column->kind == COLUMN_NUMBER) {
        TRY(bin_numbers(job, column->number, data->row_count, all));
        comparing->bin_count = BINS + 1;
    } else {
        comparing->bin_count = column->level_count + 1;
        for (size_t i = 0; i < data->row_count; i++) {
            all[i] =
                column->code[i] == CODE_MISSING ? (uint32_t)column->level_count : column->code[i];
        }
    }
    for (size_t i = 0; i < data->row_count; i++) {
        if (data->group[i] != UINT32_MAX) {
            comparing->bin[kept++] = all[i];
        }
    }
    return CANDOR_OK;
}

/* ---- one feature --------------------------------------------------------------------------- */

/* The share of the group in each bin of one half, drawn a little to the share in all of it, is the
 * score of the rows of the other half. */
static void cross_score(struct arena *arena, const struct comparing *comparing, size_t group)
{
    for (unsigned half = 0; half < 2; half++) {
        double *ones = NEW_ARRAY(arena, comparing->bin_count + 1, double);
        double *rows = NEW_ARRAY(arena, comparing->bin_count + 1, double);
        double all_ones = 0;
        double all_rows = 0;
        for (size_t i = 0; i < comparing->row_count; i++) {
            if (comparing->second[i] == (half == 1)) {
                const double is_one = comparing->group[i] == group ? 1 : 0;
                ones[comparing->bin[i]] += is_one;
                rows[comparing->bin[i]] += 1;
                all_ones += is_one;
                all_rows += 1;
            }
        }
        const double share = all_rows > 0 ? all_ones / all_rows : 0;
        for (size_t i = 0; i < comparing->row_count; i++) {
            if (comparing->second[i] != (half == 1)) {
                const uint32_t bin = comparing->bin[i];
                comparing->score[i] = (ones[bin] + share) / (rows[bin] + 1);
            }
        }
    }
}

static enum candor_status measure_area(struct job *job, const struct comparing *comparing,
                                       size_t count, struct strength *strength)
{
    const struct predictions predictions = {comparing->label, comparing->score, NULL, count};
    TRY(auc_placements(job, &predictions, comparing->placement, &strength->area));
    const double variance =
        isnan(strength->area)
            ? NOT_KNOWN
            : auc_covariance(comparing->label, count, comparing->placement, strength->area,
                             comparing->placement, strength->area);
    strength->deviation = sqrt(fmax(variance, 0));
    return CANDOR_OK;
}

static size_t set_labels(const struct comparing *comparing, size_t group)
{
    size_t ones = 0;
    for (size_t i = 0; i < comparing->row_count; i++) {
        comparing->label[i] = comparing->group[i] == group;
        ones += comparing->group[i] == group;
    }
    return ones;
}

/* The lower end of the 95 % interval: a few rows tell anything by chance. */
static double surely_at_least(const struct strength *strength)
{
    return strength->area - within_95 * strength->deviation;
}

/* The group that is told best. */
static enum candor_status strength_of(struct job *job, const struct comparing *comparing,
                                      size_t groups, struct strength *best)
{
    best->area = NOT_KNOWN;
    for (size_t g = 0; g < groups && g < GROUPS_MOST; g++) {
        struct strength strength = {.group = g};
        const struct arena_mark mark = arena_mark(job->arena);
        const size_t ones = set_labels(comparing, g);
        if (ones < OF_EACH_LEAST || comparing->row_count - ones < OF_EACH_LEAST) {
            continue;
        }
        cross_score(job->arena, comparing, g);
        TRY(measure_area(job, comparing, comparing->row_count, &strength));
        arena_rewind(job->arena, mark);
        if (isnan(best->area) || surely_at_least(&strength) > surely_at_least(best)) {
            *best = strength;
        }
    }
    return CANDOR_OK;
}

static double plogp(double count, double all)
{
    return count > 0 ? -(count / all) * log_of(count / all) : 0;
}

/* 1 - H(group | bin) / H(group); of rare bins it is too kind, so it is shown beside the area. */
static double uncertainty_of(struct arena *arena, const struct comparing *comparing, size_t groups)
{
    double *cell = NEW_ARRAY(arena, comparing->bin_count * groups + 1, double);
    double *bin = NEW_ARRAY(arena, comparing->bin_count + 1, double);
    double *group = NEW_ARRAY(arena, groups + 1, double);
    const double all = (double)comparing->row_count;
    double whole = 0;
    double left = 0;
    for (size_t i = 0; i < comparing->row_count; i++) {
        cell[comparing->bin[i] * groups + comparing->group[i]] += 1;
        bin[comparing->bin[i]] += 1;
        group[comparing->group[i]] += 1;
    }
    for (size_t g = 0; g < groups; g++) {
        whole += plogp(group[g], all);
    }
    for (size_t b = 0; b < comparing->bin_count; b++) {
        for (size_t g = 0; g < groups && bin[b] > 0; g++) {
            left += bin[b] / all * plogp(cell[b * groups + g], bin[b]);
        }
    }
    return whole > 0 ? 1 - left / whole : NOT_KNOWN;
}

/* ---- answers ------------------------------------------------------------------------------- */

static void put_strength(struct json *json, struct str model, struct str attribute,
                         struct str feature, const struct dataset *data,
                         const struct strength *strength, double uncertainty, size_t rows,
                         size_t *findings)
{
    const double low = surely_at_least(strength);
    const bool is_strong = low >= strong_from;
    json_map_begin(json);
    json_key(json, LIT("model"));
    json_text(json, model);
    json_key(json, LIT("attribute"));
    json_text(json, attribute);
    json_key(json, LIT("feature"));
    json_text(json, feature);
    json_key(json, LIT("subjects"));
    json_u64(json, rows);
    json_key(json, LIT("tells"));
    json_text(json, data->group_name[strength->group]);
    json_key(json, LIT("auc"));
    json_f64(json, strength->area);
    interval_json(json, strength->area, strength->deviation, 0, 1);
    json_key(json, LIT("uncertainty"));
    json_f64(json, uncertainty);
    json_key(json, LIT("verdict"));
    json_lit(json, is_strong          ? LIT("stands in for it")
                   : low >= some_from ? LIT("tells something of it")
                                      : LIT("tells little of it"));
    json_map_end(json);
    *findings += is_strong;
}

static enum candor_status begin_comparing(struct job *job, const struct dataset *data,
                                          struct comparing *comparing)
{
    *comparing = (struct comparing){0};
    TRY_ALLOC(job, comparing->bin, data->row_count + 1, uint32_t);
    TRY_ALLOC(job, comparing->group, data->row_count + 1, uint32_t);
    TRY_ALLOC(job, comparing->second, data->row_count + 1, bool);
    TRY_ALLOC(job, comparing->label, data->row_count + 1, double);
    TRY_ALLOC(job, comparing->score, data->row_count + 1, double);
    TRY_ALLOC(job, comparing->placement, data->row_count + 1, double);
    for (size_t i = 0; i < data->row_count; i++) {
        if (data->group[i] != UINT32_MAX) {
            comparing->group[comparing->row_count] = data->group[i];
            comparing->second[comparing->row_count] = comparing->row_count % 2 == 1;
            comparing->row_count++;
        }
    }
    return CANDOR_OK;
}

/* All features together, as a model that is asked for the attribute: the group of which there are
 * most. */
static enum candor_status put_together(struct job *job, const struct dataset *data,
                                       const struct model_spec *spec, struct str attribute,
                                       struct comparing *comparing, struct json *json,
                                       size_t *findings)
{
    double *label = NULL;
    bool *is_known = NULL;
    size_t *count = NEW_ARRAY(job->arena, data->group_count + 1, size_t);
    struct strength strength = {0};
    struct scored scored;
    TRY_ALLOC(job, label, data->row_count + 1, double);
    TRY_ALLOC(job, is_known, data->row_count + 1, bool);
    for (size_t i = 0; i < comparing->row_count; i++) {
        count[comparing->group[i]]++;
    }
    for (size_t g = 1; g < data->group_count; g++) {
        strength.group = count[g] > count[strength.group] ? g : strength.group;
    }
    for (size_t i = 0; i < data->row_count; i++) {
        is_known[i] = data->group[i] != UINT32_MAX;
        label[i] = data->group[i] == strength.group;
    }
    const struct lesson lesson = {data, label, is_known, spec->seed};
    const enum candor_status status = lesson_learn(job, &lesson, NULL, &scored);
    if (status == CANDOR_NOT_FOUND) {
        job_forgive(job);
        return CANDOR_OK;
    }
    TRY(status);
    struct comparing held_out = *comparing;
    held_out.label = scored.label;
    held_out.score = scored.score;
    TRY(measure_area(job, &held_out, scored.count, &strength));
    put_strength(json, spec->name, attribute, STR("all together"), data, &strength, NOT_KNOWN,
                 scored.count, findings);
    return CANDOR_OK;
}

static enum candor_status put_attribute(struct job *job, struct candor *candor, struct txn *txn,
                                        const struct model_spec *spec, size_t p, struct json *json,
                                        size_t *findings)
{
    const struct str attribute = candor->inventory->field[spec->protect[p]].name;
    struct model_spec one = *spec;
    struct dataset data;
    struct comparing comparing;
    one.protect = &spec->protect[p];
    one.protect_count = 1;
    TRY(dataset_gather(job, candor, txn, &one, &data));
    TRY(begin_comparing(job, &data, &comparing));
    if (comparing.row_count < ROWS_LEAST || data.group_count < 2 ||
        data.group_count > LEVELS_MOST) {
        return CANDOR_OK; /* nothing can be said */
    }
    for (size_t c = 0; c < data.frame->column_count; c++) {
        const struct column *column = &data.frame->column[c];
        struct strength strength;
        TRY(bin_column(job, column, &data, &comparing));
        TRY(strength_of(job, &comparing, data.group_count, &strength));
        if (!isnan(strength.area)) {
            put_strength(json, spec->name, attribute, column->name, &data, &strength,
                         uncertainty_of(job->arena, &comparing, data.group_count),
                         comparing.row_count, findings);
        }
    }
    return put_together(job, &data, spec, attribute, &comparing, json, findings);
}

enum candor_status model_proxies_json(struct job *job, struct candor *candor, struct txn *txn,
                                      const struct model_spec *spec, struct json *json,
                                      size_t *findings)
{
    for (size_t p = 0; p < spec->protect_count && spec->audit != NONE; p++) {
        TRY(put_attribute(job, candor, txn, spec, p, json, findings));
    }
    return CANDOR_OK;
}

enum candor_status proxies_json(struct job *job, struct candor *candor, struct txn *txn,
                                struct json *json, size_t *findings)
{
    json_key(json, LIT("proxies"));
    json_list_begin(json);
    for (size_t m = 0; m < candor->model_spec_count; m++) {
        TRY(model_proxies_json(job, candor, txn, &candor->model_spec[m], json, findings));
    }
    json_list_end(json);
    return CANDOR_OK;
}
