/*
 * drift_tables.c - `candor drift` of two tables: does this one look like that one, column by column?
 */
#include <math.h>

#include "flow.h"
#include "frame.h"
#include "study.h"
#include "watch.h"

struct comparing {
    const struct candor_drift_tables *question;
    struct table table[2];
    size_t column_count;
    struct column_drift *drift;
};

/* ---- comparing ------------------------------------------------------------------------------ */

static bool is_asked(const char *columns, struct str name)
{
    return columns == NULL || list_holds(columns, name);
}

/* Each name of the list is a column of the reference, or the date that columns are made of. */
static enum candor_status check_names(struct job *job, const struct comparing *comparing)
{
    const struct frame *frame = comparing->table[0].frame;
    struct str rest = str_of(comparing->question->columns);
    while (rest.len > 0) {
        const struct str name = str_trim(str_cut(&rest, ','));
        bool is_there = false;
        for (size_t c = 0; c < frame->column_count; c++) {
            is_there |= is_of_column(frame->column[c].name, name);
        }
        if (!is_there) {
            return fail(job, CANDOR_BAD_INPUT, "--columns: %s has no column '%.*s'",
                        comparing->question->reference_path, STR_ARG(name));
        }
    }
    return CANDOR_OK;
}

static enum candor_status compare_columns(struct job *job, struct comparing *comparing)
{
    const struct frame *then = comparing->table[0].frame;
    const struct frame *now = comparing->table[1].frame;
    size_t tests = 0;
    for (size_t c = 0; c < then->column_count; c++) {
        const struct str name = then->column[c].name;
        if (!is_asked(comparing->question->columns, name)) {
            continue;
        }
        if (frame_find(now, name) == NULL) {
            return fail(
                job, CANDOR_BAD_INPUT,
                "%s has no column '%.*s', which %s has; name those to compare with --columns",
                comparing->question->current_path, STR_ARG(name),
                comparing->question->reference_path);
        }
        tests++;
    }
    for (size_t c = 0; c < then->column_count; c++) {
        const struct column *column = &then->column[c];
        if (is_asked(comparing->question->columns, column->name)) {
            TRY(column_drift_of(job, column, then->row_count, frame_find(now, column->name),
                                now->row_count, tests,
                                &comparing->drift[comparing->column_count++]));
        }
    }
    return CANDOR_OK;
}

/* ---- as JSON -------------------------------------------------------------------------------- */

static void put_number(struct json *json, struct lit key, double value)
{
    json_key(json, key);
    if (isfinite(value)) {
        json_f64(json, value);
    } else {
        json_null(json);
    }
}

static void put_count(struct json *json, struct lit key, size_t value)
{
    json_key(json, key);
    json_u64(json, value);
}

/* Every convention under its own name, so that a number of another tool finds its like. */
static void put_conventions(struct json *json, const struct column_drift *drift)
{
    const struct shares *shares = &drift->shares;
    json_key(json, LIT("conventions"));
    json_map_begin(json);
    put_number(json, LIT("psi_half_count_smoothed"), shares->psi);
    put_number(json, LIT("psi_floor_1e-4"), shares->psi_floor_low);
    put_number(json, LIT("psi_floor_0.01"), shares->psi_floor);
    put_number(json, LIT("psi_unsmoothed"), shares->psi_plain);
    put_number(json, LIT("js_divergence_nats"), shares->js);
    put_number(json, LIT("js_distance_base_e"), sqrt(shares->js));
    put_number(json, LIT("js_distance_base_2"), sqrt(shares->js / log(2)));
    put_number(json, LIT("hellinger"), shares->hellinger);
    put_number(json, LIT("total_variation"), shares->total_variation);
    put_number(json, LIT("l_infinity"), shares->most);
    put_number(json, LIT("kl_ref_to_cur_nats"), shares->kl);
    put_number(json, LIT("chi2_one_sample"), shares->chi2_fixed);
    put_number(json, LIT("chi2_one_sample_p"), shares->chi2_fixed_p);
    put_number(json, LIT("energy_distance"), drift->ranks.energy);
    put_number(json, LIT("cramer_von_mises"), drift->ranks.cramer);
    put_number(json, LIT("mann_whitney_u"), drift->ranks.mann_whitney);
    put_number(json, LIT("mann_whitney_p"), drift->ranks.mann_whitney_p);
    put_number(json, LIT("auc_cur_gt_ref"), drift->ranks.auc);
    put_number(json, LIT("welch_t"), drift->ranks.welch);
    json_map_end(json);
}

static void put_pair(struct json *json, struct lit key, double first, double second)
{
    json_key(json, key);
    json_list_begin(json);
    json_f64(json, first);
    json_f64(json, second);
    json_list_end(json);
}

static void put_column(struct json *json, const struct column_drift *drift)
{
    json_map_begin(json);
    json_key(json, LIT("column"));
    json_text(json, drift->name);
    json_key(json, LIT("kind"));
    json_text(json, drift->is_number ? STR("number") : STR("category"));
    json_key(json, LIT("verdict"));
    json_text(json, str_of(drift_verdict_word(drift->verdict)));
    if (drift->reason.len > 0) {
        json_key(json, LIT("reason"));
        json_text(json, drift->reason);
    }
    put_number(json, LIT("psi"), drift->shares.psi);
    put_number(json, LIT("ks"), drift->ranks.ks);
    put_number(json, LIT("ks_p"), drift->ranks.ks_p);
    put_number(json, LIT("chi2"), drift->shares.chi2);
    put_count(json, LIT("freedom"), drift->shares.freedom);
    put_number(json, LIT("chi2_p"), drift->shares.chi2_p);
    put_number(json, LIT("js"), drift->shares.js);
    put_number(json, LIT("wasserstein"), drift->ranks.wasserstein);
    put_number(json, LIT("moved"), drift->moved);
    put_number(json, LIT("p"), drift->p);
    put_number(json, LIT("psi_own_bins"), drift->own.psi);
    put_pair(json, LIT("missing"), (double)drift->missing[0] / (double)drift->rows[0],
             (double)drift->missing[1] / (double)drift->rows[1]);
    if (drift->is_number) {
        put_number(json, LIT("mean_before"), drift->mean[0]);
        put_number(json, LIT("mean_now"), drift->mean[1]);
    } else {
        put_count(json, LIT("levels"), drift->level_count);
        put_count(json, LIT("new_levels"), drift->new_levels);
        put_number(json, LIT("new_share"), drift->new_share);
    }
    put_conventions(json, drift);
    json_map_end(json);
}

static void put_report(struct json *json, const struct comparing *comparing, size_t *drifted)
{
    json_map_begin(json);
    put_count(json, LIT("rows_reference"), comparing->table[0].row_count);
    put_count(json, LIT("rows"), comparing->table[1].row_count);
    json_key(json, LIT("columns"));
    json_list_begin(json);
    for (size_t c = 0; c < comparing->column_count; c++) {
        *drifted += comparing->drift[c].verdict == DRIFT_DRIFTED ? 1 : 0;
        put_column(json, &comparing->drift[c]);
    }
    json_list_end(json);
    put_count(json, LIT("drifted"), *drifted);
    json_map_end(json);
}

enum candor_status candor_drift_tables(struct job *job, const struct candor_drift_tables *question,
                                       size_t *drifted, struct candor_text *report)
{
    const struct table_asked asked = {{NULL}, NULL};
    struct comparing comparing = {.question = question};
    struct answer answer;
    *drifted = 0;
    TRY(table_read(job, question->reference_path, &asked, &comparing.table[0]));
    TRY(table_read(job, question->current_path, &asked, &comparing.table[1]));
    TRY(check_names(job, &comparing));
    TRY_ALLOC(job, comparing.drift, comparing.table[0].frame->column_count + 1,
              struct column_drift);
    TRY(compare_columns(job, &comparing));
    answer_begin(job, &answer);
    put_report(&answer.json, &comparing, drifted);
    answer_end(&answer, report);
    return CANDOR_OK;
}
