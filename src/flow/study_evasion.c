/*
 * study_evasion.c - `candor evasion`: how far somebody gets who pretends, and what a cap would do about it.
 *
 * Of a model that is a sum, the best score that a few changed fields can give is an exact number, not the
 * finding of an attack that happened to be tried. Labels, where the file has them, price the cap.
 */
#include <math.h>

#include "attack.h"
#include "flow.h"
#include "frame.h"
#include "model.h"
#include "study.h"
#include "trust.h"

static const double caps[] = {2, 1, 0.5, 0.25}; /* of the link, up or down */

enum { CAPS = sizeof caps / sizeof caps[0], CHANGES_DEFAULT = 3 };

struct testing {
    const struct candor_evasion *asked;
    struct model *model;
    struct table table;
    size_t changes;
    bool *is_declared;
    size_t declared_count;
    const uint8_t *bin;
    const double *label; /* NULL: not known */
    uint64_t refused;
};

static const uint8_t *row_of(const struct testing *testing, size_t row)
{
    return testing->bin + row * testing->model->feature_count;
}

static struct evasion_options options_of(const struct testing *testing, const bool *may_change,
                                         size_t changes)
{
    return (struct evasion_options){.may_change = may_change,
                                    .changes_max = changes,
                                    .support_min =
                                        testing->asked->seen_only ? RECOURSE_SUPPORT : 0};
}

static struct evasion_rows rows_of(const struct testing *testing)
{
    return (struct evasion_rows){.bin = testing->bin,
                                 .row_count = testing->table.row_count,
                                 .least = testing->asked->threshold};
}

static enum candor_status count_turned(struct job *job, const struct testing *testing,
                                       const struct model *model, const bool *may_change,
                                       size_t changes, struct evasion_turned *turned)
{
    const struct evasion_options options = options_of(testing, may_change, changes);
    const struct evasion_rows rows = rows_of(testing);
    return evasion_turned(job, model, &options, &rows, turned);
}

static void put_share(struct json *json, struct lit rows_key, struct lit share_key, uint64_t rows,
                      uint64_t refused)
{
    json_key(json, rows_key);
    json_u64(json, rows);
    json_key(json, share_key);
    json_f64(json, refused == 0 ? NOT_KNOWN : (double)rows / (double)refused);
}

static enum candor_status put_changes(struct job *job, struct json *json, struct testing *testing)
{
    struct evasion_turned any;
    struct evasion_turned declared = {0};
    TRY(count_turned(job, testing, testing->model, NULL, testing->changes, &any));
    if (testing->declared_count > 0) {
        TRY(count_turned(job, testing, testing->model, testing->is_declared, testing->changes,
                         &declared));
    }
    testing->refused = any.refused;
    json_key(json, LIT("refused"));
    json_u64(json, any.refused);
    json_key(json, LIT("turned"));
    json_list_begin(json);
    for (size_t k = 1; k <= testing->changes; k++) {
        json_map_begin(json);
        json_key(json, LIT("changes"));
        json_u64(json, k);
        put_share(json, LIT("any_rows"), LIT("any"), any.rows[k], any.refused);
        if (testing->declared_count > 0) {
            put_share(json, LIT("declared_rows"), LIT("declared"), declared.rows[k], any.refused);
        }
        json_map_end(json);
    }
    json_list_end(json);
    return CANDOR_OK;
}

/* What one field alone turns, whichever value it takes. */
static enum candor_status put_fields(struct job *job, struct json *json,
                                     const struct testing *testing)
{
    const struct model *model = testing->model;
    bool *only = NEW_ARRAY(job->arena, model->feature_count + 1, bool);
    json_key(json, LIT("fields"));
    json_list_begin(json);
    for (size_t f = 0; f < model->feature_count; f++) {
        struct evasion_turned alone;
        const struct term *term = &model->term[f];
        double low = (double)INFINITY;
        double high = -(double)INFINITY;
        only[f] = true;
        TRY(count_turned(job, testing, model, only, 1, &alone));
        only[f] = false;
        for (size_t c = 0; c < term->cell_count; c++) {
            low = fmin(low, term->value[c]);
            high = fmax(high, term->value[c]);
        }
        json_map_begin(json);
        json_key(json, LIT("feature"));
        json_text(json, model->feature[f].name);
        json_key(json, LIT("is_declared"));
        json_bool(json, testing->is_declared[f]);
        json_key(json, LIT("range"));
        json_f64(json, high - low);
        put_share(json, LIT("rows"), LIT("share"), alone.rows[1], alone.refused);
        json_map_end(json);
    }
    json_list_end(json);
    return CANDOR_OK;
}

/* ---- caps ---------------------------------------------------------------------------------- */

/* Of the rows whose label is known. */
static enum candor_status put_quality(struct job *job, struct json *json,
                                      const struct testing *testing, const struct model *model)
{
    double *label;
    double *score;
    double auc = 0;
    uint64_t right = 0;
    size_t count = 0;
    TRY_ALLOC(job, label, testing->table.row_count + 1, double);
    TRY_ALLOC(job, score, testing->table.row_count + 1, double);
    for (size_t row = 0; row < testing->table.row_count; row++) {
        if (!isnan(testing->label[row])) {
            label[count] = testing->label[row];
            score[count] = model_mean(model, model_score_bins(model, 0, row_of(testing, row)));
            right += (score[count] >= testing->asked->threshold) == (label[count] != 0);
            count++;
        }
    }
    const struct predictions predictions = {label, score, NULL, count};
    TRY(auc_of(job, &predictions, &auc));
    json_key(json, LIT("accuracy"));
    json_f64(json, count == 0 ? NOT_KNOWN : (double)right / (double)count);
    json_key(json, LIT("auc"));
    json_f64(json, auc);
    return CANDOR_OK;
}

static enum candor_status put_cap(struct job *job, struct json *json, const struct testing *testing,
                                  const double *cap)
{
    struct model *model = testing->model;
    struct evasion_turned one;
    if (cap != NULL) {
        TRY(evasion_cap(job, testing->model, testing->is_declared, *cap, &model));
    }
    TRY(count_turned(job, testing, model, testing->is_declared, 1, &one));
    json_map_begin(json);
    json_key(json, LIT("cap"));
    if (cap == NULL) {
        json_null(json);
    } else {
        json_f64(json, *cap);
    }
    json_key(json, LIT("refused"));
    json_u64(json, one.refused);
    put_share(json, LIT("rows"), LIT("turned"), one.rows[1], one.refused);
    if (testing->label != NULL) {
        TRY(put_quality(job, json, testing, model));
    }
    json_map_end(json);
    return CANDOR_OK;
}

static enum candor_status put_caps(struct job *job, struct json *json,
                                   const struct testing *testing)
{
    json_key(json, LIT("caps"));
    json_list_begin(json);
    TRY(put_cap(job, json, testing, NULL));
    for (size_t c = 0; c < CAPS; c++) {
        TRY(put_cap(job, json, testing, &caps[c]));
    }
    json_list_end(json);
    return CANDOR_OK;
}

static enum candor_status put_cap_within(struct job *job, struct json *json,
                                         const struct testing *testing)
{
    const struct evasion_options options = options_of(testing, testing->is_declared, 1);
    const struct evasion_rows rows = rows_of(testing);
    bool is_found = false;
    double cap = 0;
    TRY(evasion_cap_within(job, testing->model, &options, &rows, testing->asked->limit, &is_found,
                           &cap));
    json_key(json, LIT("cap_within_limit"));
    if (!is_found) {
        json_null(json);
        return CANDOR_OK;
    }
    return put_cap(job, json, testing, &cap);
}

/* Pairs that a cap on a table of one feature does not reach. */
static void put_pairs(struct json *json, const struct testing *testing)
{
    const struct model *model = testing->model;
    json_key(json, LIT("pairs_of_declared"));
    json_list_begin(json);
    for (size_t t = model->feature_count; t < model->term_count; t++) {
        const struct term *term = &model->term[t];
        if (testing->is_declared[term->feature[0]] || testing->is_declared[term->feature[1]]) {
            json_text(json, term->name);
        }
    }
    json_list_end(json);
}

/* ---- asking -------------------------------------------------------------------------------- */

static enum candor_status find_declared(struct job *job, struct testing *testing)
{
    const struct model *model = testing->model;
    struct str rest = str_trim(str_of(testing->asked->declared));
    testing->is_declared = NEW_ARRAY(job->arena, model->feature_count + 1, bool);
    while (rest.len > 0) {
        const size_t comma = str_find(rest, ',');
        const struct str name = str_trim(str_slice(rest, 0, comma));
        bool is_found = false;
        for (size_t f = 0; f < model->feature_count; f++) {
            const bool is_this = str_equal(model->feature[f].name, name);
            testing->declared_count += is_this && !testing->is_declared[f];
            testing->is_declared[f] = testing->is_declared[f] || is_this;
            is_found = is_found || is_this;
        }
        if (!is_found) {
            return fail(job, CANDOR_BAD_INPUT, "--declared: the model has no feature '%.*s'",
                        STR_ARG(name));
        }
        rest = str_slice(rest, comma < rest.len ? comma + 1 : rest.len, rest.len);
    }
    return CANDOR_OK;
}

static enum candor_status read_all(struct job *job, struct testing *testing)
{
    const struct candor_evasion *asked = testing->asked;
    struct digest digest;
    bool is_signed = false;
    struct binding *binding = NULL;
    uint8_t *bin = NULL;
    TRY(study_model(job, asked->model_path, &testing->model, &digest, &is_signed));
    if (testing->model->task != TASK_BINARY) {
        return fail(job, CANDOR_BAD_INPUT, "only a model of yes or no refuses anybody; %s is none",
                    asked->model_path);
    }
    TRY(find_declared(job, testing));
    const struct table_asked columns = {{testing->model},
                                        str_z(job->arena, testing->model->target)};
    TRY(table_read(job, asked->data_path, &columns, &testing->table));
    TRY(during(job, model_bind(job, testing->model, testing->table.frame, &binding),
               "%s does not fit %s", asked->data_path, asked->model_path));
    TRY_ALLOC(job, bin, size_mul(testing->table.row_count + 1, testing->model->feature_count),
              uint8_t);
    binding_bin(binding, 0, bin);
    testing->bin = bin;
    return study_labels(job, testing->model, &testing->table, &testing->label);
}

enum candor_status candor_evasion(struct job *job, const struct candor_evasion *question,
                                  struct candor_text *report)
{
    struct candor_evasion asked = *question;
    struct answer answer;
    asked.threshold = asked.threshold == 0 ? 0.5 : asked.threshold;
    if (!(asked.threshold > 0 && asked.threshold < 1)) {
        return fail(job, CANDOR_BAD_INPUT, "a threshold is between 0 and 1");
    }
    if (!(asked.limit >= 0 && asked.limit < 1)) {
        return fail(job, CANDOR_BAD_INPUT, "--limit is a share of refusals, 0 to 1");
    }
    struct testing testing = {.asked = &asked,
                              .changes = asked.changes == 0 ? CHANGES_DEFAULT : asked.changes};
    TRY(read_all(job, &testing));
    answer_begin(job, &answer);
    struct json *json = &answer.json;
    json_map_begin(json);
    json_key(json, LIT("target"));
    json_text(json, testing.model->target);
    json_key(json, LIT("rows"));
    json_u64(json, testing.table.row_count);
    json_key(json, LIT("threshold"));
    json_f64(json, asked.threshold);
    TRY(put_changes(job, json, &testing));
    TRY(put_fields(job, json, &testing));
    if (asked.limit > 0 && testing.declared_count == 0) {
        return fail(job, CANDOR_BAD_INPUT, "--limit is for --declared fields");
    }
    if (testing.declared_count > 0) {
        TRY(put_caps(job, json, &testing));
        if (asked.limit > 0) {
            TRY(put_cap_within(job, json, &testing));
        }
        put_pairs(json, &testing);
    }
    json_map_end(json);
    answer_end(&answer, report);
    return CANDOR_OK;
}
