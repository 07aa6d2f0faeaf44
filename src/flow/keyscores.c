/*
 * keyscores.c - what the holder of an API key is told of scores, so that asking does not take the model.
 *
 * A model that is a sum is known to whoever has seen enough of its exact scores: some hundred, not some
 * million. So a key is told them coarsely, unless it was given more (candor key scores), and of one
 * published model only so often; rows one change apart, asked for by whoever takes a table apart, end it
 * sooner. From then on the decision and its reasons are told, the score is not, and the answer says so.
 * The record of the decision has the exact score all the same.
 *
 * How often is kept in the store, in advance by a step, so that nothing is forgotten with the power:
 *
 *     key_scores   KEY:MODEL   version u8 = 1 | digest of the model 32 | told u64 | is_probing u8
 *
 * What was seen of the tables (theft.c) is kept in memory alone: a new server begins with the count, and
 * with the stop, but not with the rows.
 */
#include <math.h>
#include <string.h>

#include "attack.h"
#include "decision.h"
#include "staff.h"

enum { SCORES_VERSION = 1, STEP = 64, BANDS = 10, BANDS_TIMES = 5 };

/* Of the differences between cells (theft_swept); bench_theft has what honest clients reach. */
static const double swept_max = 0.2;

/* What one key has been told of one model. */
struct told {
    struct told *next;
    struct str key;
    struct str model;
    struct digest digest; /* of the published file */
    struct arena *arena;  /* of the meter */
    struct theft_meter *meter;
    uint64_t kept; /* as the store has it: never below what was told */
    uint64_t unknowns;
    bool is_probing; /* found out */
};

static const char *const detail_name[] = {"decimals", "exact", "bands", "none"};

const char *score_detail_name(enum score_detail detail)
{
    return detail_name[detail];
}

static enum candor_status detail_read(struct job *job, const char *text, enum score_detail *detail)
{
    for (size_t d = 0; d < SCORE_DETAILS; d++) {
        if (str_is(str_of(text), detail_name[d])) {
            *detail = (enum score_detail)d;
            return CANDOR_OK;
        }
    }
    return fail(job, CANDOR_BAD_INPUT, "scores are told as exact, decimals, bands or none");
}

/* ---- what was told ------------------------------------------------------------------------- */

static struct str name_of(struct job *job, const struct told *told)
{
    return str_format(job->arena, "%.*s:%.*s", STR_ARG(told->key), STR_ARG(told->model));
}

static enum candor_status told_load(struct job *job, struct txn *txn, struct told *told)
{
    struct bytes bytes;
    const enum candor_status status =
        store_document(job, txn, LIT("key_scores"), name_of(job, told), &bytes);
    if (status == CANDOR_NOT_FOUND) {
        job_forgive(job);
        return CANDOR_OK;
    }
    TRY(status);
    struct reader reader = reader_of(bytes);
    const uint8_t version = read_u8(&reader);
    const struct bytes digest = read_bytes(&reader, sizeof told->digest.byte);
    const uint64_t count = read_u64le(&reader);
    const bool is_probing = read_u8(&reader) != 0;
    if (!reader_is_done(&reader) || version != SCORES_VERSION) {
        return fail(job, CANDOR_CORRUPT, "the record of scores told to an API key is damaged");
    }
    if (memcmp(digest.ptr, told->digest.byte, digest.len) == 0) {
        theft_told_before(told->meter, count); /* of another model nothing was told */
        told->kept = count;
        told->is_probing = is_probing;
    }
    return CANDOR_OK;
}

static enum candor_status told_keep(struct job *job, struct txn *txn, const struct told *told)
{
    struct buf record = buf_begin(job->arena);
    buf_u8(&record, SCORES_VERSION);
    buf_bytes(&record, told->digest.byte, sizeof told->digest.byte);
    buf_u64le(&record, told->kept);
    buf_u8(&record, told->is_probing);
    return store_put_document(job, txn, LIT("key_scores"), name_of(job, told), buf_all(&record));
}

static void told_end(void *thing)
{
    struct told *told = thing;
    arena_end(told->arena);
}

/* This key's account of this model; a new one when the model is another. */
static enum candor_status told_of(struct job *job, struct candor *candor, struct txn *txn,
                                  struct str key, const struct published *published,
                                  struct told **found)
{
    struct told *told = candor->told;
    while (told != NULL &&
           !(str_equal(told->key, key) && str_equal(told->model, published->name))) {
        told = told->next;
    }
    if (told != NULL && digest_equal(told->digest, published->digest)) {
        *found = told;
        return CANDOR_OK;
    }
    if (told == NULL) {
        told = NEW(candor->arena, struct told);
        *told = (struct told){.next = candor->told,
                              .key = str_copy(candor->arena, key),
                              .model = str_copy(candor->arena, published->name),
                              .arena = arena_begin()};
        arena_defer(candor->arena, told_end, told);
        candor->told = told;
    } else {
        arena_end(told->arena);
        told->arena = arena_begin();
    }
    told->digest = published->digest;
    told->meter = theft_begin(told->arena, published->model);
    told->unknowns = theft_unknowns(published->model);
    told->kept = 0;
    told->is_probing = false;
    *found = told;
    const enum candor_status status = told_load(job, txn, told);
    if (status != CANDOR_OK) {
        told->digest = (struct digest){{0}}; /* to be read again */
    }
    return status;
}

/* How many scores of a model a key is told: as many as the model has unknowns, or more if they say less. */
static uint64_t budget_of(const struct told *told, enum score_detail detail)
{
    switch (detail) {
    case SCORES_EXACT:
        return UINT64_MAX; /* somebody decided that */
    case SCORES_DECIMALS:
        return told->unknowns;
    case SCORES_BANDS:
        return BANDS_TIMES * told->unknowns;
    case SCORES_NONE:
    case SCORE_DETAILS:
        break;
    }
    return 0;
}

static double coarse(double score, enum score_detail detail)
{
    switch (detail) {
    case SCORES_DECIMALS:
        return round(score * 100) / 100;
    case SCORES_BANDS: /* the middle of a tenth */
        return (fmin(floor(score * BANDS), BANDS - 1) + 0.5) / BANDS;
    case SCORES_EXACT:
    case SCORES_NONE:
    case SCORE_DETAILS:
        break;
    }
    return score;
}

/* ---- telling ------------------------------------------------------------------------------- */

static void say_stopped(struct job *job, const struct told *told)
{
    log_event(job, LOG_WARN, LIT("an API key is told no more scores: rows one change apart"),
              LOG_U64("told", theft_count(told->meter)),
              LOG_F64("exposed", theft_exposed(told->meter)));
}

static enum candor_status tell(struct job *job, struct candor *candor, struct txn *txn,
                               const struct api_key *key, const struct published *published,
                               const struct facts *facts, struct decision *decision)
{
    struct told *told = NULL;
    TRY(told_of(job, candor, txn, key->name, published, &told));
    const bool is_probing = told->is_probing && key->scores != SCORES_EXACT;
    if (is_probing || theft_count(told->meter) >= budget_of(told, key->scores)) {
        decision->has_score = false;
        decision->score_withheld = is_probing ? "probing" : "budget";
        return CANDOR_OK;
    }
    decision->score = coarse(decision->score, key->scores);
    theft_told(told->meter, facts->bin);
    const bool is_found_out = !told->is_probing && theft_swept(told->meter) >= swept_max;
    if (is_found_out) {
        told->is_probing = true;
        candor->keys_probing++;
        say_stopped(job, told);
    }
    if (theft_count(told->meter) <= told->kept && !is_found_out) {
        return CANDOR_OK;
    }
    told->kept = theft_count(told->meter) + STEP;
    return told_keep(job, txn, told);
}

enum candor_status key_scores_tell(struct job *job, struct candor *candor, struct txn *txn,
                                   const struct campaign *campaign, const struct facts *facts,
                                   struct decision *decision)
{
    const struct published *published = NULL;
    const struct str name = caller_key(candor);
    if (name.len == 0 || !decision->has_score) {
        return CANDOR_OK;
    }
    for (size_t i = 0; i < candor->api_key_count; i++) {
        const struct api_key *key = &candor->api_key[i];
        if (!str_equal(key->name, name)) {
            continue;
        }
        if (key->scores == SCORES_NONE) {
            decision->has_score = false;
            decision->score_withheld = "key";
            return CANDOR_OK;
        }
        TRY(model_published(job, candor, txn, campaign->model, &published));
        return tell(job, candor, txn, key, published, facts, decision);
    }
    return CANDOR_OK; /* a key of this moment, revoked since */
}

/* ---- commands ------------------------------------------------------------------------------ */

static enum candor_status key_scores(struct job *job, struct candor *candor, struct str name,
                                     const char *detail, struct candor_text *report)
{
    struct txn *txn = NULL;
    struct api_key key;
    uint64_t index = 0;
    struct answer answer;
    enum score_detail asked = SCORES_DECIMALS;
    const struct account account = {.action = LEDGER_ROLE_CHANGE, .outcome = OUTCOME_DONE};
    TRY(detail_read(job, detail, &asked));
    TRY(caller_may(job, candor, ACT_ADMINISTER));
    const struct str part[] = {STR("scores"), name, str_of(detail)};
    TRY(second_require(job, candor, GUARD_API_KEYS, part, 3));
    TRY(home_begin(job, candor, &txn));
    TRY(api_key_read(job, txn, name, &key));
    key.scores = asked;
    TRY(api_key_write(job, txn, &key));
    TRY(home_account(job, candor, txn, &account, &index, NULL));
    TRY(home_commit(job, candor, txn));
    keys_forget(candor);
    answer_begin(job, &answer);
    json_map_begin(&answer.json);
    json_key(&answer.json, LIT("name"));
    json_text(&answer.json, name);
    json_key(&answer.json, LIT("scores"));
    json_text(&answer.json, str_of(detail_name[asked]));
    json_key(&answer.json, LIT("ledger_index"));
    json_u64(&answer.json, index);
    json_map_end(&answer.json);
    answer_end(&answer, report);
    return CANDOR_OK;
}

enum candor_status candor_key_scores(struct job *job, struct candor *candor, const char *name,
                                     const char *detail, struct candor_text *report)
{
    home_enter(candor);
    const enum candor_status status = key_scores(job, candor, str_of(name), detail, report);
    home_leave(candor);
    return status;
}
