/*
 * unverified.c - what people say of themselves may move a score only so far.
 *
 * In a model that is a sum, a cap on the table of a field is all that it takes, as long as no pair says more of
 * it: training with unverified features bans their pairs. The cap is the one that candor.yaml states, or the
 * largest that leaves one of these fields no more than a share of refusals, counted on the rows held out; refused
 * is whoever is not among the best fifth. Both are noted in the model, under its signature.
 */
#include <math.h>

#include "attack.h"
#include "doubt.h"
#include "flow.h"
#include "frame.h"
#include "model.h"
#include "numeric.h"
#include "review.h"

static const double share_chosen = 0.2; /* as the audit of groups has it */

/* Accuracy of saying yes from a half on, and the area under the curve. */
static enum candor_status quality_of(struct job *job, const struct model *model,
                                     const struct evasion_rows *rows, const double *label,
                                     double *accuracy, double *auc)
{
    double *score;
    uint64_t right = 0;
    TRY_ALLOC(job, score, rows->row_count + 1, double);
    for (size_t row = 0; row < rows->row_count; row++) {
        score[row] =
            model_mean(model, model_score_bins(model, 0, rows->bin + row * model->feature_count));
        right += (score[row] >= 0.5) == (label[row] != 0);
    }
    const struct predictions predictions = {label, score, NULL, rows->row_count};
    *accuracy = rows->row_count == 0 ? NOT_KNOWN : (double)right / (double)rows->row_count;
    return auc_of(job, &predictions, auc);
}

static enum candor_status measure_side(struct job *job, const struct model *model,
                                       const struct evasion_options *options,
                                       const struct evasion_rows *rows, const double *label,
                                       size_t side, struct capped *capped)
{
    struct evasion_turned turned;
    TRY(evasion_turned(job, model, options, rows, &turned));
    capped->refused = turned.refused;
    capped->turned[side] =
        turned.refused == 0 ? NOT_KNOWN : (double)turned.rows[1] / (double)turned.refused;
    return quality_of(job, model, rows, label, &capped->accuracy[side], &capped->auc[side]);
}

static struct str names_of(struct job *job, const struct inventory *inventory,
                           const struct unverified_rule *rule)
{
    struct buf names = buf_begin(job->arena);
    for (size_t i = 0; i < rule->count; i++) {
        buf_lit(&names, i == 0 ? LIT("") : LIT(","));
        buf_str(&names, inventory->feature[rule->feature[i]].name);
    }
    return buf_text(&names);
}

static enum candor_status note_cap(struct job *job, const struct inventory *inventory,
                                   const struct unverified_rule *rule, const struct capped *capped,
                                   struct model *model)
{
    TRY(model_note(job, model, STR("unverified"), names_of(job, inventory, rule)));
    TRY(model_note(job, model, STR("unverified_cap"), str_format(job->arena, "%g", capped->cap)));
    return model_note(job, model, STR("unverified_turned"),
                      str_format(job->arena, "%.4f", capped->turned[1]));
}

enum candor_status unverified_cap(struct job *job, const struct inventory *inventory,
                                  const struct unverified_rule *rule, const struct frame *test,
                                  const double *label, struct model **model, struct capped *capped)
{
    struct binding *binding = NULL;
    uint8_t *bin = NULL;
    bool is_found = true;
    *capped = (struct capped){.is_capped = rule->count > 0, .cap = rule->cap};
    if (rule->count == 0) {
        return CANDOR_OK;
    }
    bool *is_declared = NEW_ARRAY(job->arena, (*model)->feature_count + 1, bool);
    for (size_t f = 0; f < (*model)->feature_count; f++) {
        for (size_t i = 0; i < rule->count; i++) {
            is_declared[f] = is_declared[f] || str_equal((*model)->feature[f].name,
                                                         inventory->feature[rule->feature[i]].name);
        }
    }
    TRY(model_bind(job, *model, test, &binding));
    TRY_ALLOC(job, bin, size_mul(test->row_count + 1, (*model)->feature_count), uint8_t);
    binding_bin(binding, 0, bin);
    const struct evasion_rows rows = {
        .bin = bin, .row_count = test->row_count, .share = share_chosen};
    const struct evasion_options options = {.may_change = is_declared, .changes_max = 1};
    TRY(measure_side(job, *model, &options, &rows, label, 0, capped));
    if (!rule->has_cap) {
        TRY(evasion_cap_within(job, *model, &options, &rows, rule->share_max, &is_found,
                               &capped->cap));
        must(is_found); /* at a cap of 0 none of them turns anybody: they are in no pair */
    }
    TRY(evasion_cap(job, *model, is_declared, capped->cap, model));
    TRY(measure_side(job, *model, &options, &rows, label, 1, capped));
    return note_cap(job, inventory, rule, capped, *model);
}

enum candor_status unverified_require(struct job *job, const struct inventory *inventory,
                                      const struct unverified_rule *rule, const struct model *model)
{
    double cap = 0;
    double turned = 0;
    if (rule->count == 0) {
        return CANDOR_OK;
    }
    if (!str_equal(model_note_of(model, STR("unverified")), names_of(job, inventory, rule)) ||
        !str_to_double(model_note_of(model, STR("unverified_cap")), &cap) ||
        !str_to_double(model_note_of(model, STR("unverified_turned")), &turned) ||
        (rule->has_cap ? cap > rule->cap : turned > rule->share_max)) {
        return fail(job, CANDOR_REFUSED,
                    "candor.yaml says other things of unverified features than this model was "
                    "capped by: train it again");
    }
    return CANDOR_OK;
}

static void put_both(struct json *json, struct lit key, const double value[2])
{
    json_key(json, key);
    json_map_begin(json);
    json_key(json, LIT("before"));
    json_f64(json, value[0]);
    json_key(json, LIT("after"));
    json_f64(json, value[1]);
    json_map_end(json);
}

void capped_json(struct json *json, const struct capped *capped)
{
    json_key(json, LIT("unverified"));
    if (!capped->is_capped) {
        json_null(json);
        return;
    }
    json_map_begin(json);
    json_key(json, LIT("cap"));
    json_f64(json, capped->cap);
    json_key(json, LIT("refused"));
    json_u64(json, capped->refused);
    put_both(json, LIT("one_field_turns"), capped->turned);
    put_both(json, LIT("accuracy"), capped->accuracy);
    put_both(json, LIT("auc"), capped->auc);
    json_map_end(json);
}
