/*
 * mitigate_repair.c - a model whose tables say less of the group.
 *
 * What a table is moved by is known at full strength, and a link value moves in proportion: the whole
 * frontier is measured without making a model for each strength.
 */
#include "mitigate.h"

#include <math.h>

#include "model.h"
#include "numeric.h"

enum { STRENGTHS = 21 };

struct repairing {
    struct mitigating *mitigating;
    struct model *model;
    struct digest digest;
    bool was_signed;
    double *moved;
    double *link;
    double *change; /* of each link value, at full strength */
    double from;    /* of the link: decided yes */
    double strength;
    struct model *flat;
};

/* ---- what moves ---------------------------------------------------------------------------- */

static enum candor_status read_model(struct job *job, struct repairing *repairing)
{
    const struct candor_mitigate *asked = repairing->mitigating->asked;
    TRY(study_model(job, asked->model_path, &repairing->model, &repairing->digest,
                    &repairing->was_signed));
    if (repairing->model->task != TASK_BINARY) {
        return fail(job, CANDOR_BAD_INPUT, "--method repair is for models that say yes or no");
    }
    if (!(asked->threshold > 0 && asked->threshold < 1)) {
        return fail(job, CANDOR_BAD_INPUT, "--threshold is a chance between 0 and 1");
    }
    repairing->from = log_of(asked->threshold) - log_of(1 - asked->threshold);
    return CANDOR_OK;
}

static enum candor_status choose_terms(struct job *job, const struct repairing *repairing,
                                       bool **term)
{
    const struct model *model = repairing->model;
    const char *columns = repairing->mitigating->asked->columns;
    struct str rest = str_of(columns);
    *term = NEW_ARRAY(job->arena, model->term_count + 1, bool);
    while (rest.ptr != NULL) {
        const struct str name = str_trim(str_cut(&rest, ','));
        bool is_there = false;
        for (size_t f = 0; f < model->feature_count; f++) {
            is_there |= str_equal(model->feature[f].name, name);
        }
        if (!is_there) {
            return fail(job, CANDOR_BAD_INPUT, "--columns: the model uses no column '%.*s'",
                        STR_ARG(name));
        }
    }
    for (size_t t = 0; t < model->term_count; t++) {
        const struct term *it = &model->term[t];
        (*term)[t] = columns == NULL;
        for (size_t f = 0; f < it->feature_count && columns != NULL; f++) {
            (*term)[t] |= list_holds(columns, model->feature[it->feature[f]].name);
        }
    }
    return CANDOR_OK;
}

static enum candor_status find_moves(struct job *job, struct repairing *repairing)
{
    const struct candor_mitigate *asked = repairing->mitigating->asked;
    const struct model *model = repairing->model;
    const struct table_asked reading = {{model}, NULL};
    const size_t rows = repairing->mitigating->table.row_count;
    struct table table;
    struct binding *binding = NULL;
    uint8_t *bin = NULL;
    uint32_t *group = NULL;
    bool *term = NULL;
    TRY(choose_terms(job, repairing, &term));
    TRY(table_read(job, asked->data_path, &reading, &table));
    TRY(during(job, model_bind(job, model, table.frame, &binding), "%s does not fit %s",
               asked->data_path, asked->model_path));
    TRY_ALLOC(job, bin, size_mul(rows, model->feature_count), uint8_t);
    TRY_ALLOC(job, group, rows, uint32_t);
    binding_bin(binding, asked->threads, bin);
    for (size_t row = 0; row < rows; row++) {
        const bool chooses = mitigate_chooses(repairing->mitigating, row);
        group[row] = chooses ? repairing->mitigating->grouping.group[row] : UINT32_MAX;
    }
    const struct flattening flattening = {.model = model,
                                          .bin = bin,
                                          .row_count = rows,
                                          .group = group,
                                          .group_count = repairing->mitigating->grouping.count,
                                          .term = term};
    TRY(flatten_moves(job, &flattening, &repairing->moved));
    TRY_ALLOC(job, repairing->link, rows, double);
    TRY_ALLOC(job, repairing->change, rows, double);
    for (size_t row = 0; row < rows; row++) {
        const uint8_t *of_row = bin + row * model->feature_count;
        repairing->link[row] = model_score_bins(model, 0, of_row);
        for (size_t t = 0; t < model->term_count; t++) {
            repairing->change[row] +=
                repairing->moved[model->start[t] + term_cell(&model->term[t], of_row)];
        }
    }
    return CANDOR_OK;
}

/* ---- how much ------------------------------------------------------------------------------ */

static void decide(const struct repairing *repairing, double strength, uint8_t *decision)
{
    for (size_t row = 0; row < repairing->mitigating->table.row_count; row++) {
        decision[row] = repairing->link[row] + strength * repairing->change[row] >= repairing->from;
    }
}

/* The most accurate of the strengths within the limit; without one, the least unequal. */
static enum candor_status choose_strength(struct job *job, struct repairing *repairing)
{
    struct mitigating *mitigating = repairing->mitigating;
    double best = -1;
    double least = 2;
    for (size_t i = 0; i < STRENGTHS; i++) {
        const struct arena_mark mark = arena_mark(job->arena);
        const double strength = (double)i / (STRENGTHS - 1);
        struct audit_rows rows;
        struct fairness fairness;
        decide(repairing, strength, mitigating->after);
        TRY(mitigate_rows(job, mitigating, true, mitigating->after, NULL, &rows));
        TRY(fairness_measure(job, &rows, &fairness));
        const double disparity = mitigate_disparity(&fairness, mitigating->parity);
        const double accuracy = fairness.overall.rate[GROUP_ACCURACY];
        arena_rewind(job->arena, mark);
        mitigating->frontier[mitigating->frontier_count++] = (struct frontier_point){
            (double)NAN, accuracy, disparity, (double)NAN, strength, (double)NAN, (double)NAN};
        if (disparity <= mitigating->limit && accuracy > best) {
            best = accuracy;
            repairing->strength = strength;
        }
        if (best < 0 && disparity < least) {
            least = disparity;
            repairing->strength = strength;
        }
    }
    if (best < 0) {
        mitigate_warn(mitigating,
                      str_format(job->arena,
                                 "No strength keeps the difference within %g; this one leaves the "
                                 "least, %.4g.",
                                 mitigating->limit, least));
    }
    return CANDOR_OK;
}

/* ---- the new model ------------------------------------------------------------------------- */

static double moved_mass(const struct repairing *repairing, size_t t)
{
    const struct term *term = &repairing->model->term[t];
    double sum = 0;
    for (size_t c = 0; c < term->cell_count; c++) {
        sum += term->weight[c] * fabs(repairing->moved[repairing->model->start[t] + c]);
    }
    return sum * repairing->strength;
}

static void put_terms(struct json *json, const struct repairing *repairing)
{
    json_key(json, LIT("strength"));
    json_f64(json, repairing->strength);
    json_key(json, LIT("moved"));
    json_list_begin(json);
    for (size_t t = 0; t < repairing->model->term_count; t++) {
        const double mass = moved_mass(repairing, t);
        if (mass > 0) {
            json_map_begin(json);
            json_key(json, LIT("term"));
            json_text(json, repairing->model->term[t].name);
            put_member(json, LIT("mean_change"), mass);
            json_map_end(json);
        }
    }
    json_list_end(json);
}

static enum candor_status write_note(struct job *job, struct repairing *repairing)
{
    const struct mitigating *mitigating = repairing->mitigating;
    struct buf buf = buf_begin(job->arena);
    struct json json;
    json_begin(&json, &buf, false);
    json_map_begin(&json);
    json_key(&json, LIT("method"));
    json_text(&json, STR("repair"));
    json_key(&json, LIT("group"));
    json_text(&json, str_of(mitigating->asked->groups));
    json_key(&json, LIT("constraint"));
    json_text(&json, str_of(parity_name(mitigating->parity)));
    put_terms(&json, repairing);
    json_key(&json, LIT("model_before"));
    json_hex(&json, (struct bytes){repairing->digest.byte, sizeof repairing->digest.byte});
    json_map_end(&json);
    json_end(&json);
    return model_note(job, repairing->flat, STR("repair"), buf_text(&buf));
}

enum candor_status mitigate_repair(struct job *job, struct mitigating *mitigating)
{
    struct repairing repairing = {.mitigating = mitigating};
    struct digest digest;
    TRY(read_model(job, &repairing));
    TRY(find_moves(job, &repairing));
    TRY_ALLOC(job, mitigating->before, mitigating->table.row_count, uint8_t);
    TRY_ALLOC(job, mitigating->after, mitigating->table.row_count, uint8_t);
    decide(&repairing, 0, mitigating->before);
    TRY(choose_strength(job, &repairing));
    decide(&repairing, repairing.strength, mitigating->after);
    TRY(flatten_model(job, repairing.model, repairing.moved, repairing.strength, &repairing.flat));
    TRY(write_note(job, &repairing));
    put_terms(mitigating->json, &repairing);
    const struct bytes file = modelfile_write(job, repairing.flat, NULL, &digest);
    json_key(mitigating->json, LIT("digest"));
    json_hex(mitigating->json, (struct bytes){digest.byte, sizeof digest.byte});
    mitigate_warn(mitigating, STR("What was measured on the model before is not kept; candor "
                                  "compare judges both on rows that neither has seen."));
    if (repairing.was_signed) {
        mitigate_warn(mitigating, STR("The model before was signed; this one is not."));
    }
    return file_replace(job, str_of(mitigating->asked->out_path), file, 0644);
}
