/*
 * before_proxy.c - which columns, alone and in pairs, tell a protected attribute.
 *
 * Numbers are cut into sixteen bins of equal count; what is missing is a level of its own, since that
 * tells, too. Every share of information stands beside what chance alone would give.
 */
#include <math.h>
#include <stdlib.h>

#include "before.h"
#include "frame.h"
#include "numeric.h"

enum { NUMBER_BINS = 16, PAIR_LEVELS_MAX = 50000, PAIRS_OF = 8, PERMUTATIONS_MAX = 99 };

static const double strong_share = 0.1; /* of the entropy of the attribute */
static const double strong_auc = 0.7;

struct candidate {
    struct str name;
    struct parity_codes codes;
    struct parity_proxy proxy;
    bool is_protected;
};

/* How many values lie at or below each cut, without a search: the values are few bins apart. */
static uint32_t bin_of(const double *cut, size_t cut_count, double value)
{
    uint32_t bin = 0;
    while (bin < cut_count && value > cut[bin]) {
        bin++;
    }
    return bin;
}

static enum candor_status code_numbers(struct job *job, const struct column *column,
                                       size_t row_count, struct parity_codes *codes)
{
    double *sorted = NULL;
    uint32_t *code = NULL;
    double cut[NUMBER_BINS];
    size_t count = 0;
    size_t cut_count = 0;
    TRY_ALLOC(job, sorted, row_count + 1, double);
    TRY_ALLOC(job, code, row_count + 1, uint32_t);
    for (size_t row = 0; row < row_count; row++) {
        if (!isnan(column->number[row])) {
            sorted[count++] = column->number[row];
        }
    }
    TRY(sort_f64(job, sorted, count));
    for (size_t b = 1; b < NUMBER_BINS && count > 0; b++) {
        const double at = sorted[b * (count - 1) / NUMBER_BINS];
        if (cut_count == 0 || at > cut[cut_count - 1]) {
            cut[cut_count++] = at;
        }
    }
    for (size_t row = 0; row < row_count; row++) {
        code[row] =
            isnan(column->number[row]) ? 0 : 1 + bin_of(cut, cut_count, column->number[row]);
    }
    *codes = (struct parity_codes){code, cut_count + 2};
    return CANDOR_OK;
}

static enum candor_status code_levels(struct job *job, const struct column *column,
                                      size_t row_count, struct parity_codes *codes)
{
    uint32_t *code = NULL;
    TRY_ALLOC(job, code, row_count + 1, uint32_t);
    for (size_t row = 0; row < row_count; row++) {
        code[row] = column->code[row] == CODE_MISSING ? 0 : column->code[row] + 1;
    }
    *codes = (struct parity_codes){code, column->level_count + 1};
    return CANDOR_OK;
}

enum candor_status column_codes(struct job *job, const struct column *column, size_t row_count,
                                struct parity_codes *codes)
{
    return column->kind == COLUMN_NUMBER ? code_numbers(job, column, row_count, codes)
                                         : code_levels(job, column, row_count, codes);
}

static bool is_attribute(const struct before *before, const struct column *column)
{
    for (size_t a = 0; a < before->attributes.count; a++) {
        if (before->attributes.column[a] == column) {
            return true;
        }
    }
    return false;
}

bool column_names_people(const struct column *column, size_t row_count)
{
    return column->kind != COLUMN_NUMBER && column->level_count > row_count / 2 + 1;
}

static size_t permutations_for(size_t row_count)
{
    const size_t affordable = 4000000 / (row_count + 1);
    return affordable > PERMUTATIONS_MAX ? PERMUTATIONS_MAX : affordable < 19 ? 19 : affordable;
}

static enum candor_status judge(struct job *job, const struct before *before,
                                const struct grouping *grouping, struct candidate *candidate)
{
    return parity_proxy(job, &candidate->codes, grouping->group, grouping->count,
                        before->frame->row_count, before->asked->seed,
                        permutations_for(before->frame->row_count), &candidate->proxy);
}

static enum candor_status find_columns(struct job *job, const struct before *before,
                                       const struct cut *cut, const struct grouping *grouping,
                                       struct candidate *candidate, size_t *count)
{
    const struct column *own = before->attributes.column[cut->attribute[0]];
    const size_t row_count = before->frame->row_count;
    *count = 0;
    for (size_t c = 0; c < before->frame->column_count; c++) {
        const struct column *column = &before->frame->column[c];
        struct candidate *one = &candidate[*count];
        if (column == own || column == before->target || column_names_people(column, row_count)) {
            continue;
        }
        one->name = column->name;
        one->is_protected = is_attribute(before, column);
        TRY(column_codes(job, column, row_count, &one->codes));
        TRY(judge(job, before, grouping, one));
        (*count)++;
    }
    return CANDOR_OK;
}

/* The strongest first; ties by name, so that the order is the same everywhere. */
static int by_strength(const void *left, const void *right)
{
    const struct candidate *one = left;
    const struct candidate *other = right;
    const double a = isnan(one->proxy.share) ? -1 : one->proxy.share;
    const double b = isnan(other->proxy.share) ? -1 : other->proxy.share;
    return a > b ? -1 : a < b ? 1 : str_compare(one->name, other->name);
}

static enum candor_status find_pairs(struct job *job, const struct before *before,
                                     const struct grouping *grouping,
                                     const struct candidate *single, size_t single_count,
                                     struct candidate *pair, size_t *count)
{
    const size_t row_count = before->frame->row_count;
    const size_t of = before->asked->pairs == 0 ? PAIRS_OF : (size_t)before->asked->pairs;
    *count = 0;
    for (size_t a = 0; a < single_count && a < of; a++) {
        for (size_t b = 0; b < a; b++) {
            const struct candidate *one = &single[b];
            const struct candidate *other = &single[a];
            const size_t levels = one->codes.level_count * other->codes.level_count;
            struct candidate *both = &pair[*count];
            uint32_t *code = NULL;
            if (levels > PAIR_LEVELS_MAX) {
                continue;
            }
            TRY_ALLOC(job, code, row_count + 1, uint32_t);
            for (size_t row = 0; row < row_count; row++) {
                code[row] = one->codes.code[row] * (uint32_t)other->codes.level_count +
                            other->codes.code[row];
            }
            *both = (struct candidate){.codes = {code, levels}};
            both->name =
                str_format(job->arena, "%.*s,%.*s", STR_ARG(one->name), STR_ARG(other->name));
            both->is_protected = one->is_protected || other->is_protected;
            TRY(judge(job, before, grouping, both));
            (*count)++;
        }
    }
    return CANDOR_OK;
}

static void put_candidates(struct json *json, const char *key, const struct candidate *candidate,
                           size_t count)
{
    json_key_str(json, str_of(key));
    json_list_begin(json);
    for (size_t c = 0; c < count; c++) {
        const struct parity_proxy *proxy = &candidate[c].proxy;
        json_map_begin(json);
        json_key(json, LIT("column"));
        json_text(json, candidate[c].name);
        json_key(json, LIT("protected"));
        json_bool(json, candidate[c].is_protected);
        json_key(json, LIT("levels"));
        json_u64(json, candidate[c].codes.level_count);
        before_number(json, "auc", proxy->auc);
        before_number(json, "share", proxy->share);
        before_number(json, "share_by_chance", proxy->null_mean);
        before_number(json, "p", proxy->p);
        before_number(json, "mutual_information", proxy->information);
        before_number(json, "cramers_v", proxy->cramers_v);
        before_number(json, "cramers_v_corrected", proxy->cramers_v_corrected);
        before_number(json, "chi2", proxy->chi2);
        if (isnan(proxy->share)) {
            json_key(json, LIT("undefined"));
            json_text(json, STR("the column or the attribute has one value only"));
        }
        json_map_end(json);
    }
    json_list_end(json);
}

static bool is_strong(const struct parity_proxy *proxy)
{
    const double above = proxy->share - (isnan(proxy->null_mean) ? 0 : proxy->null_mean);
    return proxy->p <= 0.05 && (above >= strong_share || proxy->auc - 0.5 >= strong_auc - 0.5);
}

static void advise(struct job *job, struct before *before, const struct cut *cut,
                   const struct candidate *candidate, size_t count)
{
    for (size_t c = 0; c < count && c < 5; c++) {
        const struct parity_proxy *proxy = &candidate[c].proxy;
        if (!is_strong(proxy)) {
            continue;
        }
        const struct str area =
            isnan(proxy->auc) ? STR("") : str_format(job->arena, ", AUC %.3f", proxy->auc);
        before_advise(before,
                      str_format(job->arena,
                                 "%.*s tells %.1f %% of %.*s (%.1f %% by chance%.*s): leaving %.*s "
                                 "out does not hide it from a model",
                                 STR_ARG(candidate[c].name), 100 * proxy->share, STR_ARG(cut->name),
                                 100 * proxy->null_mean, STR_ARG(area), STR_ARG(cut->name)));
    }
}

enum candor_status before_proxies(struct job *job, struct before *before, const struct cut *cut,
                                  const struct grouping *grouping)
{
    struct candidate *single = NULL;
    struct candidate *pair = NULL;
    size_t single_count = 0;
    size_t pair_count = 0;
    const size_t of = before->asked->pairs == 0 ? PAIRS_OF : (size_t)before->asked->pairs;
    TRY_ALLOC(job, single, before->frame->column_count + 1, struct candidate);
    TRY_ALLOC(job, pair, of * of / 2 + 1, struct candidate);
    TRY(find_columns(job, before, cut, grouping, single, &single_count));
    qsort(single, single_count, sizeof *single, by_strength);
    TRY(find_pairs(job, before, grouping, single, single_count, pair, &pair_count));
    qsort(pair, pair_count, sizeof *pair, by_strength);
    put_candidates(before->json, "proxies", single, single_count);
    put_candidates(before->json, "proxy_pairs", pair, pair_count);
    advise(job, before, cut, single, single_count);
    return CANDOR_OK;
}
