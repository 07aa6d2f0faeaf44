/*
 * train.c - models, trained only on those who allow it; proposed by training, published by people.
 *
 * A model is kept as a signed file in a document. What is published is a second document that names
 * the digest, so that what decides is exactly what a person looked at.
 *
 *     gather      in steps, so that decisions come in between (longwork.h)
 *     settle      whoever said no or was erased since: their rows are taken out (dataset_drop.c)
 *     learn       on the copy of the rows; the home is free all the while
 *     settle      has anybody gone in the meantime? then learn again, without them
 *     keep        in the stay of the last settling
 *
 * A withdrawal is a fence for training too: what is kept was learnt from nobody who had said no by then.
 * Whoever says no afterwards is counted by trained.c, as for every model.
 */
#include <math.h>

#include "constraint.h"
#include "dataset.h"
#include "flow.h"
#include "frame.h"
#include "learn.h"
#include "longwork.h"
#include "marked.h"
#include "measured.h"
#include "model.h"
#include "numeric.h"
#include "poisoned.h"
#include "retained.h"
#include "review.h"
#include "reviewed.h"
#include "trust.h"

/* Whoever says no during a fit costs another one. */
enum { ROWS_LEAST = 50, FITS_MAX = 5 };
static const double share_chosen = 0.2; /* the audit asks who is in the best fifth */

/* ---- training ------------------------------------------------------------------------------ */

struct training {
    struct long_work work;
    const struct model_spec *spec;
    struct dataset data;
    struct frame *train;
    struct frame *test;
    struct target train_target;
    struct target test_target;
    struct model *model;
    const struct inventory *inventory; /* read, as the key, while in the home */
    struct secret *mark_key;
    struct capped capped;
    double *test_score;
    bool is_repaired;
    struct poison_gate gate;
    struct fairness fairness;
    size_t fits;
    double seconds;
    struct digest digest;
};

static enum candor_status split(struct job *job, struct training *training)
{
    const struct dataset *data = &training->data;
    bool *keep = NULL;
    double *value = NULL;
    struct target all = {.task = TASK_BINARY,
                         .name = training->spec->name,
                         .positive = STR("yes"),
                         .negative = STR("no")};
    TRY_ALLOC(job, keep, data->row_count + 1, bool);
    TRY_ALLOC(job, value, data->row_count + 1, double);
    for (size_t i = 0; i < data->row_count; i++) {
        value[i] = data->label[i];
        keep[i] = !data->is_test[i];
    }
    all.value = value;
    TRY(frame_take(job, data->frame, keep, &training->train));
    TRY(target_take(job, &all, data->row_count, keep, &training->train_target));
    for (size_t i = 0; i < data->row_count; i++) {
        keep[i] = data->is_test[i];
    }
    TRY(frame_take(job, data->frame, keep, &training->test));
    return target_take(job, &all, data->row_count, keep, &training->test_target);
}

/* The rows of one side of the split, for an audit. */
static enum candor_status side_of(struct job *job, const struct dataset *data, bool test,
                                  struct audit_rows *rows)
{
    uint8_t *label = NULL;
    uint32_t *group = NULL;
    *rows = (struct audit_rows){.group_count = data->group_count};
    TRY_ALLOC(job, label, data->row_count + 1, uint8_t);
    TRY_ALLOC(job, group, data->row_count + 1, uint32_t);
    for (size_t i = 0; i < data->row_count; i++) {
        if (data->is_test[i] == test) {
            label[rows->row_count] = data->label[i];
            group[rows->row_count++] = data->group[i];
        }
    }
    rows->label = label;
    rows->group = group;
    return CANDOR_OK;
}

static bool is_unverified(const struct inventory *inventory, const struct unverified_rule *rule,
                          struct str name)
{
    for (size_t i = 0; i < rule->count; i++) {
        if (str_equal(inventory->feature[rule->feature[i]].name, name)) {
            return true;
        }
    }
    return false;
}

/* What people say of themselves is in no pair, which a cap would not reach. */
static enum candor_status ban_unverified(struct job *job, const struct inventory *inventory,
                                         const struct training *training,
                                         struct fit_options *options)
{
    const struct unverified_rule *rule = &training->spec->unverified;
    const struct frame *frame = training->train;
    struct pair_ban *ban = NULL;
    if (rule->count == 0) {
        return CANDOR_OK;
    }
    TRY_ALLOC(job, ban, size_mul(rule->count, frame->column_count) + 1, struct pair_ban);
    for (size_t c = 0; c < frame->column_count; c++) {
        for (size_t other = 0;
             other < frame->column_count && is_unverified(inventory, rule, frame->column[c].name);
             other++) {
            if (other != c) {
                ban[options->ban_count++] = (struct pair_ban){{c, other}};
            }
        }
    }
    options->ban = ban;
    return CANDOR_OK;
}

/* What the cap and the mark changed is known again of the rows of training. */
static enum candor_status change_fitted(struct job *job, struct training *training)
{
    struct binding *binding = NULL;
    double *link = NULL;
    const size_t rows = training->train->row_count;
    TRY(unverified_cap(job, training->inventory, &training->spec->unverified, training->test,
                       training->test_target.value, &training->model, &training->capped));
    if (training->spec->watermark > 0) {
        TRY(mark_put(job, training->mark_key, training->spec->watermark, &training->model));
    }
    if (!isnan(training->model->link_decile[0])) {
        return CANDOR_OK;
    }
    TRY_ALLOC(job, link, rows + 1, double);
    TRY(model_bind(job, training->model, training->train, &binding));
    binding_score(binding, 0, link, NULL);
    return deciles_again(job, link, rows, training->model);
}

static enum candor_status fit(struct job *job, struct training *training)
{
    double *weight = NULL;
    struct audit_rows rows;
    const uint64_t began = host_ticks();
    if (training->is_repaired) {
        TRY(side_of(job, &training->data, false, &rows));
        TRY_ALLOC(job, weight, rows.row_count + 1, double);
        TRY(fairness_reweigh(job, &rows, weight));
    }
    struct fit_options options = {
        .seed = training->spec->seed, .pairs_max = PAIRS_AUTO, .weight = weight};
    TRY(ban_unverified(job, training->inventory, training, &options));
    TRY(fit_within_limits(job, training->train, &training->train_target, &options,
                          &training->model));
    TRY(change_fitted(job, training));
    training->seconds = (double)(host_ticks() - began) / 1e9;
    return CANDOR_OK;
}

static enum candor_status measure_test(struct job *job, struct training *training)
{
    struct binding *binding = NULL;
    const size_t rows = training->test->row_count;
    TRY_ALLOC(job, training->test_score, rows + 1, double);
    TRY(model_bind(job, training->model, training->test, &binding));
    binding_score(binding, 0, NULL, training->test_score);
    return measure(job, &training->test_target, training->test_score, rows,
                   &training->model->measures);
}

/* Who would be among the best fifth of those held out? */
enum candor_status audit_scores(struct job *job, const struct dataset *data, const double *score,
                                struct fairness *fairness, struct audit_rows *measured)
{
    struct audit_rows rows;
    double *sorted = NULL;
    uint8_t *decision = NULL;
    TRY(side_of(job, data, true, &rows));
    TRY_ALLOC(job, sorted, rows.row_count + 1, double);
    TRY_ALLOC(job, decision, rows.row_count + 1, uint8_t);
    bytes_copy(sorted, score, rows.row_count * sizeof *sorted);
    TRY(sort_f64(job, sorted, rows.row_count));
    const double least = sorted[(size_t)((double)rows.row_count * (1 - share_chosen))];
    for (size_t i = 0; i < rows.row_count; i++) {
        decision[i] = score[i] >= least;
    }
    rows.decision = decision;
    rows.score = score;
    if (measured != NULL) {
        *measured = rows;
    }
    return fairness_measure(job, &rows, fairness);
}

static enum candor_status note_facts(struct job *job, const struct candor *candor,
                                     struct training *training)
{
    struct model *model = training->model;
    const struct model_spec *spec = training->spec;
    const struct purpose *purpose = candor->inventory->purpose;
    const struct digest digest = dataset_digest(job, &training->data);
    bytes_copy(model->data_digest, digest.byte, sizeof model->data_digest);
    TRY(model_note(job, model, STR("title"), spec->title));
    TRY(model_note(job, model, STR("training_purpose"), purpose[spec->training].name));
    TRY(model_note(job, model, STR("uses_purpose"), purpose[spec->uses].name));
    if (spec->protect_count > 0) {
        TRY(model_note(job, model, STR("protected"),
                       candor->inventory->field[spec->protect[0]].name));
    }
    return model_note(job, model, STR("repair"),
                      training->is_repaired ? STR("reweigh") : STR("none"));
}

/* Whom it was learnt from, so that it is known when too many of them are gone. */
static enum candor_status keep_subjects(struct job *job, struct txn *txn,
                                        const struct training *training)
{
    const struct dataset *data = &training->data;
    struct trained trained = {.time = job->now, .oldest = data->oldest_target};
    TRY_ALLOC(job, trained.slot, data->row_count + 1, uint32_t);
    TRY_ALLOC(job, trained.has_lost, data->row_count + 1, uint8_t);
    for (size_t i = 0; i < data->row_count; i++) {
        if (!data->is_test[i]) {
            trained.slot[trained.count++] = data->slot[i];
        }
    }
    return trained_put(job, txn, LIT("trained"), training->spec->name, &trained);
}

static enum candor_status keep(struct job *job, struct candor *candor, struct txn *txn,
                               struct training *training, uint64_t *index)
{
    const struct bytes file =
        modelfile_write(job, training->model, candor->signer, &training->digest);
    const struct account account = {
        .action = LEDGER_MODEL_TRAIN, .outcome = OUTCOME_DONE, .policy = &training->digest};
    TRY(home_account(job, candor, txn, &account, index, NULL));
    TRY(store_put_document(job, txn, LIT("model"), training->spec->name, file));
    TRY(keep_subjects(job, txn, training));
    TRY(doubt_keep(job, txn, training->spec->name, training->model, training->train,
                   training->digest.byte));
    TRY(board_note_trainer(job, candor, txn, training->spec->name, &training->digest));
    return home_commit(job, candor, txn);
}

/* ---- the report ---------------------------------------------------------------------------- */

static void put_left_out(struct json *json, const struct dataset *data)
{
    json_key(json, LIT("left_out"));
    json_map_begin(json);
    for (size_t c = 0; c < PERMIT_CODES; c++) {
        if (data->refused[c] > 0) {
            json_key_str(json, str_of(permit_code_name((enum permit_code)c)));
            json_u64(json, data->refused[c]);
        }
    }
    if (data->without_outcome > 0) {
        json_key(json, LIT("no_outcome"));
        json_u64(json, data->without_outcome);
    }
    json_map_end(json);
}

enum candor_status drivers_json(struct job *job, struct json *json, const struct candor *candor,
                                const struct model *model)
{
    struct card card;
    TRY(model_card(job, model, &card));
    json_key(json, LIT("drivers"));
    json_list_begin(json);
    for (size_t t = 0; t < card.term_count; t++) {
        const struct term *term = &model->term[card.term[t].term];
        const size_t feature = term->feature_count == 1 && candor != NULL
                                   ? inventory_feature(candor->inventory, term->name)
                                   : NONE;
        json_map_begin(json);
        json_key(json, LIT("feature"));
        json_text(json, term->name);
        json_key(json, LIT("label"));
        json_text(json, feature == NONE ? term->name : candor->inventory->feature[feature].label);
        json_key(json, LIT("importance"));
        json_f64(json, card.term[t].importance);
        json_key(json, LIT("share"));
        json_f64(json, card.term[t].share);
        json_map_end(json);
    }
    json_list_end(json);
    return CANDOR_OK;
}

void fairness_json(struct json *json, const struct fairness *fairness, const struct str *group_name)
{
    json_key(json, LIT("groups"));
    json_list_begin(json);
    for (size_t g = 0; g < fairness->group_count; g++) {
        const struct group_rates *group = &fairness->group[g];
        json_map_begin(json);
        json_key(json, LIT("value"));
        json_text(json, group_name[g]);
        json_key(json, LIT("count"));
        json_u64(json, group->count);
        for (size_t m = 0; m < GROUP_MEASURES; m++) {
            json_key_str(json, str_of(group_measure_name((enum group_measure)m)));
            json_f64(json, group->rate[m]);
        }
        json_key(json, LIT("mean_score"));
        json_f64(json, group->mean_score);
        json_map_end(json);
    }
    json_list_end(json);
    json_key(json, LIT("metrics"));
    json_map_begin(json);
    for (size_t m = 0; m < FAIRNESS_MEASURES; m++) {
        json_key_str(json, str_of(fairness_measure_name((enum fairness_measure)m)));
        json_f64(json, fairness->value[m].value);
    }
    json_map_end(json);
}

static enum candor_status report_on(struct job *job, struct candor *candor,
                                    const struct training *training, uint64_t index,
                                    struct candor_text *report)
{
    const struct fairness *fairness = &training->fairness;
    const struct model *model = training->model;
    struct answer answer;
    answer_begin(job, &answer);
    struct json *json = &answer.json;
    json_map_begin(json);
    json_key(json, LIT("model"));
    json_text(json, training->spec->name);
    json_key(json, LIT("title"));
    json_text(json, training->spec->title);
    json_key(json, LIT("subjects"));
    json_u64(json, training->data.subjects);
    put_left_out(json, &training->data);
    json_key(json, LIT("rows_train"));
    json_u64(json, training->train->row_count);
    json_key(json, LIT("rows_test"));
    json_u64(json, training->test->row_count);
    json_key(json, LIT("auc"));
    json_f64(json, model->measures.auc);
    json_key(json, LIT("log_loss"));
    json_f64(json, model->measures.log_loss);
    json_key(json, LIT("train_seconds"));
    json_f64(json, training->seconds);
    json_key(json, LIT("repair"));
    json_text(json, training->is_repaired ? STR("reweigh") : STR("none"));
    capped_json(json, &training->capped);
    TRY(drivers_json(job, json, candor, model));
    json_key(json, LIT("fairness"));
    json_map_begin(json);
    json_key(json, LIT("attribute"));
    json_text(json, training->spec->protect_count == 0
                        ? STR("")
                        : candor->inventory->field[training->spec->protect[0]].name);
    json_key(json, LIT("decision"));
    json_text(json, STR("among the best fifth of those held out"));
    fairness_json(json, fairness, training->data.group_name);
    bool fails = false;
    constraint_json(job, json, candor, training->spec, model, fairness, &fails);
    json_map_end(json);
    json_key(json, LIT("digest"));
    json_hex(json, (struct bytes){training->digest.byte, sizeof training->digest.byte});
    json_key(json, LIT("published"));
    json_bool(json, false);
    json_key(json, LIT("ledger_index"));
    json_u64(json, index);
    json_map_end(json);
    answer_end(&answer, report);
    return CANDOR_OK;
}

/* ---- the run ------------------------------------------------------------------------------- */

static enum candor_status look_outside(struct job *job, struct training *training)
{
    TRY(split(job, training));
    const struct labelled_frame rows = {training->train, training->train_target.value};
    return poison_gate_look(job, training->spec, &rows, &training->gate);
}

static enum candor_status learn_outside(struct job *job, struct training *training)
{
    TRY(fit(job, training));
    TRY(measure_test(job, training));
    return audit_scores(job, &training->data, training->test_score, &training->fairness, NULL);
}

/* What is computed on the copy of the rows, while the home is free. */
static enum candor_status outside(struct job *job, struct training *training,
                                  enum candor_status (*compute)(struct job *job,
                                                                struct training *training))
{
    home_roll_back(training->work.candor);
    long_leave(&training->work);
    const enum candor_status status = compute(job, training);
    const enum candor_status returned = long_return(job, &training->work);
    return status != CANDOR_OK ? status : returned;
}

static enum candor_status learn(struct job *job, struct candor *candor, struct training *training)
{
    struct txn *txn = NULL;
    if (training->data.row_count < ROWS_LEAST) {
        return fail(job, CANDOR_BAD_INPUT,
                    "only %zu subjects allow training and have an outcome; at least %d are needed",
                    training->data.row_count, ROWS_LEAST);
    }
    if (training->fits == FITS_MAX) {
        return fail(job, CANDOR_BUSY,
                    "somebody said no, or was erased, during each of %d fits; nothing was kept: "
                    "train again at a quieter hour",
                    FITS_MAX);
    }
    TRY(outside(job, training, look_outside));
    TRY(home_begin(job, candor, &txn));
    TRY(poison_gate_judge(job, candor, txn, training->spec, &training->gate));
    TRY(outside(job, training, learn_outside));
    training->fits++;
    return CANDOR_OK;
}

static enum candor_status train_and_keep(struct job *job, struct candor *candor,
                                         struct training *training, struct candor_text *report)
{
    struct txn *txn = NULL;
    uint64_t index = 0;
    size_t dropped = 0;
    training->inventory = candor->inventory;
    if (training->spec->watermark > 0) {
        TRY(mark_key_of_home(job, candor, &training->mark_key));
    }
    TRY(quality_gate(job, candor, &training->work, training->spec));
    TRY(dataset_gather_long(job, &training->work, training->spec, &training->data));
    TRY(dataset_settle(job, &training->work, training->spec, &training->data, &dropped));
    do {
        TRY(learn(job, candor, training));
        TRY(dataset_settle(job, &training->work, training->spec, &training->data, &dropped));
    } while (dropped > 0);
    TRY(home_begin(job, candor, &txn));
    TRY(caller_may(job, candor, ACT_TRAIN));
    TRY(note_facts(job, candor, training));
    TRY(constraint_note(job, candor, training->spec, &training->fairness, training->model));
    TRY(keep(job, candor, txn, training, &index));
    return report_on(job, candor, training, index, report);
}

static enum candor_status train(struct job *job, struct candor *candor, const char *name,
                                const char *repair, struct candor_text *report)
{
    struct training *training = NEW(job->arena, struct training);
    TRY(caller_may(job, candor, ACT_TRAIN));
    TRY(home_model_spec(job, candor, str_of(name), &training->spec));
    training->is_repaired = repair != NULL;
    if (repair != NULL && !str_is(str_of(repair), "reweigh")) {
        return fail(job, CANDOR_BAD_INPUT, "unknown repair; use reweigh");
    }
    TRY(long_begin(job, candor, "training", training->spec->name, &training->work));
    const enum candor_status status = train_and_keep(job, candor, training, report);
    long_end(&training->work);
    return status;
}

enum candor_status candor_train(struct job *job, struct candor *candor, const char *model,
                                const char *repair, struct candor_text *report)
{
    home_enter(candor);
    const enum candor_status status =
        during(job, train(job, candor, model, repair, report), "training");
    home_leave(candor);
    return status;
}
