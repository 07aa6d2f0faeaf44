/*
 * model.c - models by name: listed, shown, published, retired, and read for decisions.
 */
#include "model.h"
#include "constraint.h"
#include "flow.h"
#include "frame.h"
#include "learn.h"
#include "monitors.h"
#include "retained.h"
#include "reviewed.h"
#include "staff.h"

/* Read and check: the digest, and that the home itself signed it. */
enum candor_status model_trained(struct job *job, struct candor *candor, struct txn *txn,
                                 struct str name, struct model **model, struct digest *digest)
{
    struct bytes file;
    bool is_signed = false;
    uint8_t signed_by[PUBLIC_KEY_LEN];
    uint8_t own[PUBLIC_KEY_LEN];
    const enum candor_status status = store_document(job, txn, LIT("model"), name, &file);
    if (status == CANDOR_NOT_FOUND) {
        job_forgive(job);
        return fail(job, CANDOR_NOT_FOUND,
                    "model '%.*s' was not trained yet; run: candor train %.*s", STR_ARG(name),
                    STR_ARG(name));
    }
    TRY(status);
    TRY(during(job, modelfile_read(job, file, model, digest, &is_signed, signed_by), "model '%.*s'",
               STR_ARG(name)));
    signer_public(candor->signer, own);
    if (!is_signed || !bytes_same(own, signed_by, sizeof own)) {
        return fail(job, CANDOR_CORRUPT, "model '%.*s' was not signed by this home", STR_ARG(name));
    }
    return CANDOR_OK;
}

static enum candor_status published_digest(struct job *job, struct txn *txn, struct str name,
                                           bool *is_published, struct digest *digest)
{
    struct bytes bytes;
    const enum candor_status status = store_document(job, txn, LIT("published"), name, &bytes);
    *is_published = status == CANDOR_OK && bytes.len == sizeof digest->byte;
    if (status == CANDOR_NOT_FOUND) {
        job_forgive(job);
        return CANDOR_OK;
    }
    TRY(status);
    if (*is_published) {
        bytes_copy(digest->byte, bytes.ptr, bytes.len);
    }
    return CANDOR_OK;
}

static enum candor_status load_published(struct job *job, struct candor *candor, struct txn *txn,
                                         struct str name, struct published *published)
{
    struct model *model = NULL;
    struct digest released;
    bool is_published = false;
    TRY(model_trained(job, candor, txn, name, &model, &published->digest));
    TRY(published_digest(job, txn, name, &is_published, &released));
    if (!is_published || !digest_equal(released, published->digest)) {
        return fail(job, CANDOR_NOT_FOUND,
                    "model '%.*s' is not published; look at it, then run: candor model publish "
                    "%.*s",
                    STR_ARG(name), STR_ARG(name));
    }
    must(model != NULL);
    published->name = name;
    published->model = model;
    published->feature_count = model->feature_count;
    published->feature = NEW_ARRAY(job->arena, model->feature_count, size_t);
    for (size_t f = 0; f < model->feature_count; f++) {
        published->feature[f] = inventory_feature(candor->inventory, model->feature[f].name);
        if (published->feature[f] == NONE) {
            return fail(job, CANDOR_BAD_INPUT,
                        "model '%.*s' needs the feature '%.*s', which candor.yaml no longer has",
                        STR_ARG(name), STR_ARG(model->feature[f].name));
        }
    }
    return doubt_load(job, candor, txn, published);
}

enum candor_status model_published(struct job *job, struct candor *candor, struct txn *txn,
                                   struct str name, const struct published **published)
{
    for (size_t m = 0; m < candor->model_spec_count; m++) {
        if (!str_equal(candor->model_spec[m].name, name)) {
            continue;
        }
        if (candor->published[m] == NULL) {
            /* It is kept as long as the home: made in the home's arena. */
            struct arena *lent = job->arena;
            job->arena = candor->arena;
            struct published *loaded = NEW(candor->arena, struct published);
            const enum candor_status status =
                load_published(job, candor, txn, candor->model_spec[m].name, loaded);
            job->arena = lent;
            TRY(status);
            candor->published[m] = loaded;
        }
        *published = candor->published[m];
        return CANDOR_OK;
    }
    return fail(job, CANDOR_NOT_FOUND, "candor.yaml has no model '%.*s'", STR_ARG(name));
}

void models_forget(struct candor *candor)
{
    for (size_t m = 0; m < candor->model_spec_count; m++) {
        candor->published[m] = NULL;
    }
    view_drop_all(candor);
    board_forget(candor); /* approvals of campaigns are for a model */
}

enum candor_status model_is_published(struct job *job, struct txn *txn, struct str name,
                                      const struct digest *digest, bool *is_published)
{
    struct digest released;
    bool is_released = false;
    TRY(published_digest(job, txn, name, &is_released, &released));
    *is_published = is_released && digest_equal(released, *digest);
    return CANDOR_OK;
}

/* ---- commands ------------------------------------------------------------------------------ */

/* Of a model that candor.yaml has no more, nothing is asked. */
static void put_constraint(struct job *job, struct json *json, const struct candor *candor,
                           struct str name, const struct model *model)
{
    bool fails = false;
    for (size_t m = 0; m < candor->model_spec_count; m++) {
        if (str_equal(candor->model_spec[m].name, name)) {
            constraint_json(job, json, candor, &candor->model_spec[m], model, NULL, &fails);
        }
    }
}

static enum candor_status put_model(struct job *job, struct candor *candor, struct txn *txn,
                                    struct json *json, struct str name, bool whole)
{
    struct model *model = NULL;
    struct digest digest;
    struct digest released;
    bool is_published = false;
    TRY(model_trained(job, candor, txn, name, &model, &digest));
    TRY(published_digest(job, txn, name, &is_published, &released));
    must(model != NULL);
    json_key(json, LIT("model"));
    json_text(json, name);
    json_key(json, LIT("published"));
    json_bool(json, is_published && digest_equal(released, digest));
    json_key(json, LIT("digest"));
    json_hex(json, (struct bytes){digest.byte, sizeof digest.byte});
    json_key(json, LIT("rows_train"));
    json_u64(json, model->rows_train);
    json_key(json, LIT("auc"));
    json_f64(json, model->measures.auc);
    json_key(json, LIT("log_loss"));
    json_f64(json, model->measures.log_loss);
    TRY(trained_json(job, candor, txn, name, json));
    put_constraint(job, json, candor, name, model);
    if (whole) {
        TRY(card_members(job, json, model));
        TRY(drivers_json(job, json, candor, model));
    }
    return CANDOR_OK;
}

static enum candor_status model_list(struct job *job, struct candor *candor,
                                     struct candor_text *report)
{
    struct txn *txn = NULL;
    struct str *name = NULL;
    size_t count = 0;
    TRY(home_begin(job, candor, &txn));
    TRY(store_documents(job, txn, LIT("model"), &name, &count));
    struct answer answer;
    answer_begin(job, &answer);
    json_map_begin(&answer.json);
    json_key(&answer.json, LIT("models"));
    json_list_begin(&answer.json);
    for (size_t i = 0; i < count; i++) {
        json_map_begin(&answer.json);
        TRY(put_model(job, candor, txn, &answer.json, name[i], false));
        json_map_end(&answer.json);
    }
    json_list_end(&answer.json);
    json_map_end(&answer.json);
    answer_end(&answer, report);
    return CANDOR_OK;
}

enum candor_status candor_model_list(struct job *job, struct candor *candor,
                                     struct candor_text *report)
{
    home_enter(candor);
    const enum candor_status status = model_list(job, candor, report);
    home_leave(candor);
    return status;
}

static enum candor_status model_show(struct job *job, struct candor *candor, struct str name,
                                     struct candor_text *report)
{
    struct txn *txn = NULL;
    struct answer answer;
    TRY(home_begin(job, candor, &txn));
    answer_begin(job, &answer);
    json_map_begin(&answer.json);
    TRY(put_model(job, candor, txn, &answer.json, name, true));
    json_map_end(&answer.json);
    answer_end(&answer, report);
    return CANDOR_OK;
}

enum candor_status candor_model_show(struct job *job, struct candor *candor, const char *model,
                                     struct candor_text *report)
{
    home_enter(candor);
    const enum candor_status status = model_show(job, candor, str_of(model), report);
    home_leave(candor);
    return status;
}

/* What decides must be there when a decision is to be explained, after later ones were trained. */
static enum candor_status keep_model(struct job *job, struct txn *txn, struct str name,
                                     struct digest digest)
{
    struct bytes file;
    const struct str mark = hex_of(job->arena, (struct bytes){digest.byte, sizeof digest.byte});
    TRY(store_document(job, txn, LIT("model"), name, &file));
    return store_put_document(job, txn, LIT("model_kept"), mark, file);
}

static enum candor_status release(struct job *job, struct candor *candor, struct str name,
                                  bool publish, struct candor_text *report)
{
    struct txn *txn = NULL;
    struct model *model = NULL;
    struct digest digest;
    uint64_t index = 0;
    struct str reason = STR("");
    TRY(caller_may(job, candor, ACT_PUBLISH));
    TRY(home_begin(job, candor, &txn));
    TRY(model_trained(job, candor, txn, name, &model, &digest));
    if (publish) {
        TRY(board_require(job, candor, txn, BOARD_MODEL, name, STR("")));
        TRY(board_require(job, candor, txn, BOARD_POLICY, STR(""), STR("")));
        const struct model_spec *spec = NULL;
        TRY(home_model_spec(job, candor, name, &spec));
        TRY(constraint_require(job, candor, txn, spec, model, &reason));
        TRY(unverified_require(job, candor->inventory, &spec->unverified, model));
        const struct str part[] = {
            name, hex_of(job->arena, (struct bytes){digest.byte, sizeof digest.byte})};
        TRY(second_require(job, candor, GUARD_PUBLISH, part, 2));
        TRY(home_begin(job, candor, &txn));
    }
    const struct account account = {.action = publish ? LEDGER_MODEL_PUBLISH : LEDGER_MODEL_RETIRE,
                                    .outcome = OUTCOME_DONE,
                                    .payload = bytes_of(reason),
                                    .policy = &digest};
    TRY(home_account(job, candor, txn, &account, &index, NULL));
    if (publish) {
        TRY(keep_model(job, txn, name, digest));
        TRY(trained_publish(job, txn, name));
        TRY(watch_prepare(job, candor, txn, name, model, digest));
        TRY(store_put_document(job, txn, LIT("published"), name,
                               (struct bytes){digest.byte, sizeof digest.byte}));
    } else {
        TRY(store_remove_document(job, txn, LIT("published"), name));
    }
    TRY(home_commit(job, candor, txn));
    models_forget(candor);

    struct answer answer;
    answer_begin(job, &answer);
    json_map_begin(&answer.json);
    json_key(&answer.json, LIT("model"));
    json_text(&answer.json, name);
    json_key(&answer.json, LIT("published"));
    json_bool(&answer.json, publish);
    put_text_or_null(&answer.json, LIT("fairness_override"), reason);
    json_key(&answer.json, LIT("digest"));
    json_hex(&answer.json, (struct bytes){digest.byte, sizeof digest.byte});
    json_key(&answer.json, LIT("ledger_index"));
    json_u64(&answer.json, index);
    json_map_end(&answer.json);
    answer_end(&answer, report);
    return CANDOR_OK;
}

enum candor_status candor_model_publish(struct job *job, struct candor *candor, const char *model,
                                        struct candor_text *report)
{
    home_enter(candor);
    const enum candor_status status = release(job, candor, str_of(model), true, report);
    home_leave(candor);
    return status;
}

enum candor_status candor_model_retire(struct job *job, struct candor *candor, const char *model,
                                       struct candor_text *report)
{
    home_enter(candor);
    const enum candor_status status = release(job, candor, str_of(model), false, report);
    home_leave(candor);
    return status;
}
