/*
 * modelview.c - a model of the home before the eyes: what drives it, and whether people still look like
 * those it learnt from.
 *
 * Drift asks weigh() about everybody, as a decision does: whoever does not allow the model's purpose is
 * not looked at. It takes a slice of people at a time, so that decisions come in between, and keeps
 * counts and scores without names.
 */
#include "candor_insight.h"
#include "chart.h"
#include "flow.h"
#include "frame.h"
#include "model.h"
#include "review.h"
#include "shapes.h"
#include "study.h"
#include "weighing.h"

enum { SHAPES_SHOWN = 16, SLICE = 500 };

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

struct drift_walk {
    struct campaign campaign; /* chooses everybody whom the model may look at */
    const struct published *published;
    uint64_t total; /* when the walk began, and room in link */
    uint64_t cursor;
    uint64_t seen;
    bool is_over;
    uint64_t *count; /* BINS_MAX per feature */
    double *link;
    size_t row_count;
};

static enum candor_status walk_begin(struct job *job, struct candor *candor, const char *name,
                                     struct drift_walk *walk)
{
    const struct model_spec *spec = NULL;
    struct txn *txn = NULL;
    TRY(caller_may(job, candor, ACT_AUDIT));
    TRY(home_model_spec(job, candor, str_of(name), &spec));
    TRY(home_begin(job, candor, &txn));
    TRY(model_published(job, candor, txn, spec->name, &walk->published));
    TRY(store_subject_count(job, txn, &walk->total));
    walk->campaign = (struct campaign){.name = STR("(drift)"),
                                       .purpose = spec->uses,
                                       .uses = spec->uses,
                                       .channel = NONE,
                                       .address_field = NONE,
                                       .model = spec->name,
                                       .offer = NEW(job->arena, struct offer),
                                       .offer_count = 1};
    TRY_ALLOC(job, walk->count, size_mul(walk->published->feature_count + 1, BINS_MAX), uint64_t);
    TRY_ALLOC(job, walk->link, (size_t)walk->total + 1, double);
    return CANDOR_OK;
}

static void take_row(struct job *job, struct drift_walk *walk, const struct facts *facts)
{
    const size_t features = walk->published->feature_count;
    struct raw_value *raw = NEW_ARRAY(job->arena, features + 1, struct raw_value);
    uint8_t *bin = NEW_ARRAY(job->arena, features + 1, uint8_t);
    for (size_t f = 0; f < features; f++) {
        raw[f] = raw_of_cell(&facts->cell[f]);
    }
    model_bin_row(walk->published->model, raw, bin);
    for (size_t f = 0; f < features; f++) {
        walk->count[f * BINS_MAX + bin[f]]++;
    }
    walk->link[walk->row_count++] = facts->link;
}

static enum candor_status walk_slice(struct job *job, struct candor *candor,
                                     struct drift_walk *walk)
{
    struct txn *txn = NULL;
    TRY(home_begin(job, candor, &txn));
    for (size_t i = 0; i < SLICE; i++) {
        struct subject subject;
        struct weighed weighed;
        const struct arena_mark mark = arena_mark(job->arena);
        const enum candor_status status = store_next_subject(job, txn, &walk->cursor, &subject);
        if (status == CANDOR_NOT_FOUND || walk->seen == walk->total) {
            job_forgive(job);
            walk->is_over = true; /* whoever came in meanwhile is for the next time */
            return CANDOR_OK;
        }
        TRY(status);
        TRY(weigh_asked(job, candor, txn, subject, &walk->campaign, &weighed));
        if (weighed.withhold == SEND) {
            take_row(job, walk, weighed.facts);
        }
        walk->seen++;
        arena_rewind(job->arena, mark);
    }
    return job->cancelled ? fail(job, CANDOR_CANCELLED, "stopped; nothing was measured")
                          : CANDOR_OK;
}

static enum candor_status walk_end(struct job *job, struct candor *candor,
                                   const struct drift_walk *walk, size_t *drifted,
                                   struct candor_text *report)
{
    const struct model *model = walk->published->model;
    const struct drift_counts counts = {model, walk->count, NULL};
    struct txn *txn = NULL;
    struct answer answer;
    uint64_t index = 0;
    if (walk->row_count == 0) {
        return fail(job, CANDOR_NOT_FOUND, "nobody allows the model to look at them");
    }
    answer_begin(job, &answer);
    json_map_begin(&answer.json);
    drift_limits_json(&answer.json, model, walk->row_count);
    *drifted = drift_features_json(job, &answer.json, &counts);
    *drifted += drift_score_json(&answer.json, model, walk->link, walk->row_count);
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
    struct drift_walk *walk = NEW(job->arena, struct drift_walk);
    home_enter(candor);
    enum candor_status status = walk_begin(job, candor, model, walk);
    home_leave(candor);
    while (status == CANDOR_OK && !walk->is_over) {
        job_say_progress(job, "looking for drift", walk->seen, walk->total);
        home_enter(candor);
        status = walk_slice(job, candor, walk);
        home_leave(candor);
    }
    if (status != CANDOR_OK) {
        return status;
    }
    home_enter(candor);
    status = walk_end(job, candor, walk, drifted, report);
    home_leave(candor);
    return status;
}
