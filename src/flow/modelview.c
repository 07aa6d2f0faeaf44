/*
 * modelview.c - a model of the home before the eyes: what drives it, and whether people still look like
 * those it learnt from.
 *
 * Drift asks weigh() about everybody, as a decision does: whoever does not allow the model's purpose is
 * not looked at. It keeps counts and scores without names.
 */
#include "audited.h"
#include "candor_insight.h"
#include "chart.h"
#include "flow.h"
#include "frame.h"
#include "model.h"
#include "review.h"
#include "shapes.h"
#include "study.h"
#include "weighing.h"

enum { SHAPES_SHOWN = 16 };

/* ---- what drives it -------------------------------------------------------------------------- */

static struct str label_of(const struct candor *candor, const struct term *term)
{
    const size_t feature =
        term->feature_count == 1 ? inventory_feature(candor->inventory, term->name) : NONE;
    return feature == NONE ? term->name : candor->inventory->feature[feature].label;
}

static void put_picture(struct job *job, struct json *json, const struct model *model,
                        const struct term *term, struct str label)
{
    struct buf svg = buf_begin(job->arena);
    struct plot plot = {.arena = job->arena, .series = {{model, term, 0}}, .series_count = 1};
    plot.range = series_range(&plot.series[0]);
    plot_term(&svg, &plot, label);
    json_key(json, LIT("says"));
    json_text(json, shape_words(job->arena, &plot.series[0]));
    json_key(json, LIT("svg"));
    json_text(json, buf_text(&svg));
}

static void put_terms(struct job *job, struct json *json, const struct candor *candor,
                      const struct card *card)
{
    json_key(json, LIT("terms"));
    json_list_begin(json);
    for (size_t t = 0; t < card->term_count; t++) {
        const struct term *term = &card->model->term[card->term[t].term];
        const struct str label = label_of(candor, term);
        json_map_begin(json);
        json_key(json, LIT("term"));
        json_text(json, term->name);
        json_key(json, LIT("label"));
        json_text(json, label);
        json_key(json, LIT("importance"));
        json_f64(json, card->term[t].importance);
        json_key(json, LIT("share"));
        json_f64(json, card->term[t].share);
        if (t < SHAPES_SHOWN) {
            put_picture(job, json, card->model, term, label);
        }
        json_map_end(json);
    }
    json_list_end(json);
}

static enum candor_status shapes(struct job *job, struct candor *candor, const char *name,
                                 struct candor_text *report)
{
    struct txn *txn = NULL;
    struct model *model = NULL;
    struct digest digest;
    struct card card;
    struct answer answer;
    TRY(home_begin(job, candor, &txn));
    TRY(model_trained(job, candor, txn, str_of(name), &model, &digest));
    TRY(model_card(job, model, &card));
    answer_begin(job, &answer);
    json_map_begin(&answer.json);
    json_key(&answer.json, LIT("model"));
    json_text(&answer.json, str_of(name));
    json_key(&answer.json, LIT("unit"));
    json_text(&answer.json, unit_words(job->arena, model));
    put_terms(job, &answer.json, candor, &card);
    json_map_end(&answer.json);
    answer_end(&answer, report);
    return CANDOR_OK;
}

enum candor_status candor_model_shapes(struct job *job, struct candor *candor, const char *model,
                                       struct candor_text *report)
{
    home_enter(candor);
    const enum candor_status status = shapes(job, candor, model, report);
    home_leave(candor);
    return status;
}

/* ---- drift ----------------------------------------------------------------------------------- */

struct measuring {
    struct campaign campaign; /* chooses everybody whom the model may look at */
    const struct published *published;
    uint64_t total;  /* when the walk began, and room in link */
    uint64_t *count; /* BINS_MAX per feature */
    double *link;
    size_t row_count;
};

static enum candor_status begin(struct job *job, struct candor *candor, const char *name,
                                struct measuring *measuring)
{
    const struct model_spec *spec = NULL;
    struct txn *txn = NULL;
    TRY(caller_may(job, candor, ACT_AUDIT));
    TRY(home_model_spec(job, candor, str_of(name), &spec));
    TRY(home_begin(job, candor, &txn));
    TRY(model_published(job, candor, txn, spec->name, &measuring->published));
    TRY(store_subject_count(job, txn, &measuring->total));
    measuring->campaign = (struct campaign){.name = STR("(drift)"),
                                            .purpose = spec->uses,
                                            .uses = spec->uses,
                                            .channel = NONE,
                                            .address_field = NONE,
                                            .model = spec->name,
                                            .offer = NEW(job->arena, struct offer),
                                            .offer_count = 1};
    TRY_ALLOC(job, measuring->count, size_mul(measuring->published->feature_count + 1, BINS_MAX),
              uint64_t);
    TRY_ALLOC(job, measuring->link, (size_t)measuring->total + 1, double);
    return CANDOR_OK;
}

/* Other calls went between. Features and bins of another model are not those that were counted. */
static enum candor_status must_be_the_model(struct job *job, struct candor *candor, struct txn *txn,
                                            void *visitor)
{
    const struct measuring *measuring = visitor;
    const struct published *published = NULL;
    TRY(model_published(job, candor, txn, measuring->campaign.model, &published));
    return published == measuring->published
               ? CANDOR_OK
               : fail(job, CANDOR_BUSY, "models were published meanwhile; ask again");
}

/* Whoever came in meanwhile is for the next time. */
static void take_row(struct job *job, void *visitor, const struct weighed *weighed)
{
    struct measuring *measuring = visitor;
    const size_t features = measuring->published->feature_count;
    if (weighed->withhold != SEND || measuring->row_count == measuring->total) {
        return;
    }
    struct raw_value *raw = NEW_ARRAY(job->arena, features + 1, struct raw_value);
    uint8_t *bin = NEW_ARRAY(job->arena, features + 1, uint8_t);
    for (size_t f = 0; f < features; f++) {
        raw[f] = raw_of_cell(&weighed->facts->cell[f]);
    }
    model_bin_row(measuring->published->model, raw, bin);
    for (size_t f = 0; f < features; f++) {
        measuring->count[f * BINS_MAX + bin[f]]++;
    }
    measuring->link[measuring->row_count++] = weighed->facts->link;
}

enum candor_status model_drift_measure(struct job *job, struct candor *candor, const char *model,
                                       const struct measuring **measured)
{
    struct measuring *measuring = NEW(job->arena, struct measuring);
    *measured = measuring;
    home_enter(candor);
    const enum candor_status status = begin(job, candor, model, measuring);
    home_leave(candor);
    TRY(status);
    struct weigh_walk walk = {.campaign = &measuring->campaign,
                              .doing = "looking for drift",
                              .total = measuring->total,
                              .visitor = measuring,
                              .step = must_be_the_model,
                              .visit = take_row};
    return weigh_walk_run(job, candor, &walk);
}

size_t model_drift_json(struct job *job, struct json *json, const struct measuring *measured)
{
    const struct model *model = measured->published->model;
    const struct drift_counts counts = {model, measured->count, NULL};
    drift_limits_json(json, model, measured->row_count);
    if (measured->row_count == 0) {
        return 0;
    }
    const size_t drifted = drift_features_json(job, json, &counts);
    return drifted + drift_score_json(json, model, measured->link, measured->row_count);
}

static enum candor_status finish(struct job *job, struct candor *candor,
                                 const struct measuring *measuring, size_t *drifted,
                                 struct candor_text *report)
{
    struct txn *txn = NULL;
    struct answer answer;
    uint64_t index = 0;
    if (measuring->row_count == 0) {
        return fail(job, CANDOR_NOT_FOUND, "nobody allows the model to look at them");
    }
    answer_begin(job, &answer);
    json_map_begin(&answer.json);
    *drifted = model_drift_json(job, &answer.json, measuring);
    const struct account account = {.action = LEDGER_AUDIT,
                                    .outcome = *drifted == 0 ? OUTCOME_DONE : OUTCOME_FAILED};
    TRY(home_begin(job, candor, &txn));
    TRY(home_account(job, candor, txn, &account, &index, NULL));
    TRY(home_commit(job, candor, txn));
    json_key(&answer.json, LIT("drifted"));
    json_u64(&answer.json, *drifted);
    json_key(&answer.json, LIT("ledger_index"));
    json_u64(&answer.json, index);
    json_map_end(&answer.json);
    answer_end(&answer, report);
    return CANDOR_OK;
}

enum candor_status candor_model_drift(struct job *job, struct candor *candor, const char *model,
                                      size_t *drifted, struct candor_text *report)
{
    const struct measuring *measuring = NULL;
    TRY(model_drift_measure(job, candor, model, &measuring));
    home_enter(candor);
    const enum candor_status status = finish(job, candor, measuring, drifted, report);
    home_leave(candor);
    return status;
}
