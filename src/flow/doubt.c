/*
 * doubt.c - a row is held against what is usual, before its score decides.
 *
 *     nothing odd        the score stands
 *     fall back          the odd fields, and all unverified ones, are left out: they add nothing, as if the
 *                        person were average in them, and the record says so
 *     review, refuse     a person decides; nobody is contacted
 *
 * The tables are learnt from the rows of training when a model is, and kept in a document beside it, under the
 * digest of the model:
 *
 *     digest 32 | the bytes of trust/usual.c
 */
#include "doubt.h"

#include <assert.h>

#include "attack.h"
#include "decided.h"
#include "flow.h"
#include "frame.h"
#include "model.h"

static const char *const verdict_name[DOUBT_VERDICTS] = {"accept", "fall_back", "review", "refuse"};
static const char *const cause_name[DOUBT_CAUSES] = {"none", "together", "rare", "changes"};

const char *doubt_verdict_name(enum doubt_verdict verdict)
{
    must((unsigned)verdict < DOUBT_VERDICTS);
    return verdict_name[verdict];
}

const char *doubt_cause_name(enum doubt_cause cause)
{
    must((unsigned)cause < DOUBT_CAUSES);
    return cause_name[cause];
}

static_assert((unsigned)CANDOR_VERDICTS == DOUBT_VERDICTS &&
                  (unsigned)CANDOR_CAUSES == DOUBT_CAUSES,
              "the public header counts them too");

/* ---- the tables ---------------------------------------------------------------------------- */

enum candor_status doubt_keep(struct job *job, struct txn *txn, struct str name,
                              const struct model *model, const struct frame *rows,
                              const uint8_t digest[32])
{
    struct binding *binding = NULL;
    struct usual *usual = NULL;
    uint8_t *bin = NULL;
    struct buf buf = buf_begin(job->arena);
    if (rows->row_count >= USUAL_ROWS_MIN && model->feature_count >= 2) {
        double *importance = NEW_ARRAY(job->arena, model->feature_count, double);
        for (size_t f = 0; f < model->feature_count; f++) {
            importance[f] = term_importance(model, &model->term[f]);
        }
        TRY(model_bind(job, model, rows, &binding));
        TRY_ALLOC(job, bin, size_mul(rows->row_count, model->feature_count), uint8_t);
        binding_bin(binding, 0, bin);
        const struct usual_table table = {model->feature, model->feature_count, importance, bin,
                                          rows->row_count};
        TRY(usual_of(job, &table, &usual));
    }
    buf_bytes(&buf, digest, 32);
    if (usual != NULL) {
        usual_write(usual, &buf);
    }
    return store_put_document(job, txn, LIT("usual"), name, buf_all(&buf));
}

static enum candor_status load_usual(struct job *job, struct txn *txn, struct published *published)
{
    struct bytes bytes;
    struct usual *usual = NULL;
    const enum candor_status status =
        store_document(job, txn, LIT("usual"), published->name, &bytes);
    if (status == CANDOR_NOT_FOUND) { /* trained before there was any */
        job_forgive(job);
        return CANDOR_OK;
    }
    TRY(status);
    if (bytes.len <= sizeof published->digest.byte ||
        !bytes_same(bytes.ptr, published->digest.byte, sizeof published->digest.byte)) {
        return CANDOR_OK;
    }
    const struct bytes table = {bytes.ptr + sizeof published->digest.byte,
                                bytes.len - sizeof published->digest.byte};
    TRY(usual_read(job, table, published->model->feature, published->model->feature_count, &usual));
    published->usual = usual;
    return CANDOR_OK;
}

enum candor_status doubt_load(struct job *job, const struct candor *candor, struct txn *txn,
                              struct published *published)
{
    TRY(home_model_spec(job, candor, published->name, &published->spec));
    const struct unverified_rule *rule = &published->spec->unverified;
    bool *is_unverified = NEW_ARRAY(job->arena, published->feature_count + 1, bool);
    for (size_t f = 0; f < published->feature_count; f++) {
        for (size_t i = 0; i < rule->count; i++) {
            is_unverified[f] = is_unverified[f] || rule->feature[i] == published->feature[f];
        }
    }
    published->is_unverified = is_unverified;
    return published->spec->doubt.is_on ? load_usual(job, txn, published) : CANDOR_OK;
}

/* ---- judging ------------------------------------------------------------------------------- */

static enum doubt_verdict verdict_at(const struct published *published, size_t level)
{
    const struct doubt_rule *rule = &published->spec->doubt;
    enum doubt_verdict verdict = DOUBT_ACCEPT;
    for (size_t v = DOUBT_FALL_BACK; v < DOUBT_VERDICTS; v++) {
        if (rule->rate[v] > 0 && level >= usual_level(published->usual, rule->rate[v])) {
            verdict = (enum doubt_verdict)v;
        }
    }
    return verdict;
}

static void judge_row(const struct published *published, const struct facts *facts,
                      struct strange *strange, struct doubt *doubt)
{
    const struct model *model = published->model;
    usual_look(published->usual, facts->bin, strange);
    doubt->verdict = verdict_at(published, strange->level);
    if (doubt->verdict == DOUBT_ACCEPT) {
        return;
    }
    doubt->rate = strange->rate;
    doubt->feature = model->feature[strange->feature].name;
    doubt->cause = strange->other == SIZE_MAX ? DOUBT_RARE : DOUBT_TOGETHER;
    doubt->other = strange->other == SIZE_MAX ? STR("") : model->feature[strange->other].name;
}

/* The odd fields, and all unverified ones. */
static void choose_left(struct arena *arena, const struct published *published,
                        const struct strange *strange, struct doubt *doubt)
{
    const struct model *model = published->model;
    bool *is_left = NEW_ARRAY(arena, model->feature_count + 1, bool);
    const double rate = published->spec->doubt.rate[DOUBT_FALL_BACK];
    bytes_copy(is_left, published->is_unverified, model->feature_count * sizeof *is_left);
    for (size_t j = 0; published->usual != NULL && rate > 0 && j < usual_fields(published->usual);
         j++) {
        if (strange->level_of[j] >= usual_level(published->usual, rate)) {
            is_left[usual_feature(published->usual, j)] = true;
        }
    }
    doubt->left = NEW_ARRAY(arena, model->feature_count + 1, struct str);
    for (size_t f = 0; f < model->feature_count; f++) {
        if (is_left[f]) {
            doubt->left[doubt->left_count++] = model->feature[f].name;
        }
    }
}

static bool is_among(struct str name, const struct str *list, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (str_equal(name, list[i])) {
            return true;
        }
    }
    return false;
}

double doubt_leave_out(const struct model *model, const struct str *left, size_t left_count,
                       double *contribution)
{
    double link = model->base;
    for (size_t t = 0; t < model->term_count; t++) {
        const struct term *term = &model->term[t];
        for (size_t i = 0; i < term->feature_count; i++) {
            if (is_among(model->feature[term->feature[i]].name, left, left_count)) {
                contribution[t] = 0;
            }
        }
        link += contribution[t];
    }
    return link;
}

void doubt_judge(struct arena *arena, const struct published *published, const struct doubt *paced,
                 struct facts *facts)
{
    struct strange strange = {0};
    struct doubt found = {.rate = 1};
    if (published->usual != NULL) {
        judge_row(published, facts, &strange, &found);
    }
    if (paced->verdict > found.verdict) {
        found = *paced;
    }
    found.changes = paced->changes;
    found.days = paced->days;
    facts->doubt = NULL;
    if (found.verdict == DOUBT_ACCEPT) {
        return;
    }
    if (found.verdict == DOUBT_FALL_BACK) {
        double *contribution = NEW_ARRAY(arena, published->model->term_count, double);
        choose_left(arena, published, &strange, &found);
        bytes_copy(contribution, facts->contribution,
                   published->model->term_count * sizeof *contribution);
        facts->link = doubt_leave_out(published->model, found.left, found.left_count, contribution);
        facts->score = model_mean(published->model, facts->link);
        facts->contribution = contribution;
    }
    struct doubt *kept = NEW(arena, struct doubt);
    *kept = found;
    facts->doubt = kept;
}

/* ---- for people ---------------------------------------------------------------------------- */

static struct str label_of(const struct inventory *inventory, struct str name)
{
    const size_t f = inventory_feature(inventory, name);
    return f == NONE ? name : inventory->feature[f].label;
}

static struct str odd_words(struct arena *arena, enum tongue tongue,
                            const struct inventory *inventory, const struct doubt *doubt)
{
    const struct tell_place place[] = {
        {"first", label_of(inventory, doubt->feature)},
        {"second", label_of(inventory, doubt->other)},
        {"count", str_format(arena, "%u", doubt->changes)},
        {"value", str_format(arena, "%u", doubt->days)},
    };
    const size_t places = sizeof place / sizeof place[0];
    switch (doubt->cause) {
    case DOUBT_TOGETHER:
        return tell(arena, tongue, TELL_ODD_TOGETHER, place, places);
    case DOUBT_RARE:
        return tell(arena, tongue, TELL_ODD_RARE, place, places);
    case DOUBT_CHANGES:
        return tell(arena, tongue, TELL_ODD_CHANGES, place, places);
    case DOUBT_NONE:
    case DOUBT_CAUSES:
        break;
    }
    return STR("");
}

struct str doubt_sentence(struct arena *arena, enum tongue tongue,
                          const struct inventory *inventory, const struct doubt *doubt)
{
    const struct str odd = odd_words(arena, tongue, inventory, doubt);
    return doubt->left_count == 0 ? odd
                                  : str_format(arena, "%.*s %.*s", STR_ARG(odd),
                                               STR_ARG(tell_words(tongue, TELL_ODD_LEFT_OUT)));
}

void doubt_json(struct json *json, const struct doubt *doubt)
{
    json_map_begin(json);
    json_key(json, LIT("verdict"));
    json_text(json, str_of(verdict_name[doubt->verdict]));
    json_key(json, LIT("cause"));
    json_text(json, str_of(cause_name[doubt->cause]));
    put_text_or_null(json, LIT("feature"), doubt->feature);
    put_text_or_null(json, LIT("beside"), doubt->other);
    json_key(json, LIT("rate"));
    json_f64(json, doubt->rate);
    json_key(json, LIT("changes"));
    json_u64(json, doubt->changes);
    json_key(json, LIT("left_out"));
    json_list_begin(json);
    for (size_t i = 0; i < doubt->left_count; i++) {
        json_text(json, doubt->left[i]);
    }
    json_list_end(json);
    json_map_end(json);
}

/* ---- in a record --------------------------------------------------------------------------- */

void doubt_write(const struct doubt *doubt, struct buf *buf)
{
    static const struct doubt none = {.verdict = DOUBT_ACCEPT, .cause = DOUBT_NONE, .rate = 1};
    const struct doubt *said = doubt == NULL ? &none : doubt;
    buf_u8(buf, (uint8_t)said->verdict);
    buf_u8(buf, (uint8_t)said->cause);
    buf_f64le(buf, said->rate);
    buf_block(buf, bytes_of(said->feature));
    buf_block(buf, bytes_of(said->other));
    buf_u32le(buf, said->changes);
    buf_u32le(buf, said->days);
    buf_u16le(buf, (uint16_t)said->left_count);
    for (size_t i = 0; i < said->left_count; i++) {
        buf_block(buf, bytes_of(said->left[i]));
    }
}

void doubt_read(struct arena *arena, struct reader *reader, struct doubt *doubt)
{
    const uint8_t verdict = read_u8(reader);
    const uint8_t cause = read_u8(reader);
    *doubt = (struct doubt){.rate = read_f64le(reader)};
    doubt->feature = read_text(reader);
    doubt->other = read_text(reader);
    doubt->changes = read_u32le(reader);
    doubt->days = read_u32le(reader);
    doubt->left_count = read_u16le(reader);
    reader->bad = reader->bad || verdict >= DOUBT_VERDICTS || cause >= DOUBT_CAUSES ||
                  doubt->left_count > MODEL_FEATURES_MAX;
    if (reader->bad) {
        doubt->left_count = 0;
        return;
    }
    doubt->verdict = (enum doubt_verdict)verdict;
    doubt->cause = (enum doubt_cause)cause;
    doubt->left = NEW_ARRAY(arena, doubt->left_count + 1, struct str);
    for (size_t i = 0; i < doubt->left_count; i++) {
        doubt->left[i] = read_text(reader);
    }
}
