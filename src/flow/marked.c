/*
 * marked.c - a watermark: the signs from a key, the note that ties a model to it, the proof against a suspect.
 *
 *     sign of a cell    one bit of BLAKE2b(key, "candor-watermark-v1", feature, the words for its bin)
 *     note "watermark"  delta, a blank, BLAKE2b-128(key, "candor-watermark-note-v1", delta, target, cells)
 *
 * Who claims a copy must have been bound before: to a key, or they could try keys until one fits, and to delta, or
 * a larger one would find itself. The note binds both, and stands under the digest of the model, which in a
 * home is on the ledger since the training.
 */
#include "marked.h"

#include <math.h>

#include "attack.h"
#include "frame.h"
#include "model.h"
#include "numeric.h"
#include "study.h"

static const double log10_p_proven = -6;
static const double chance_least = 0.0025; /* half of what two decimals tell */

enum { TAG_LEN = 16 };

/* ---- the mark ------------------------------------------------------------------------------ */

static int8_t sign_of(const struct secret *key, struct str feature, struct str label)
{
    uint8_t tag[TAG_LEN];
    const struct bytes part[] = {bytes_of(STR("candor-watermark-v1\n")), bytes_of(feature),
                                 bytes_of(STR("\n")), bytes_of(label)};
    tag_of(tag, sizeof tag, key, part, sizeof part / sizeof part[0]);
    return (tag[0] & 1) != 0 ? 1 : -1;
}

enum candor_status mark_of(struct job *job, const struct secret *key, double delta,
                           const struct model *model, struct watermark *mark)
{
    struct watermark_cell *cell = NULL;
    int8_t *sign = NULL;
    size_t count = 0;
    TRY(watermark_cells(job, model, &cell, &count));
    TRY_ALLOC(job, sign, count + 1, int8_t);
    for (size_t i = 0; i < count; i++) {
        const struct model_feature *feature = &model->feature[cell[i].feature];
        sign[i] = sign_of(key, feature->name, feature_bin_label(job->arena, feature, cell[i].bin));
    }
    *mark = (struct watermark){cell, sign, count, delta};
    return CANDOR_OK;
}

static struct str note_text(struct job *job, const struct secret *key, const struct model *model,
                            const struct watermark *mark)
{
    uint8_t tag[TAG_LEN];
    const struct str delta = str_format(job->arena, "%g", mark->delta);
    const struct str cells = str_format(job->arena, "\n%zu", mark->count);
    const struct bytes part[] = {bytes_of(STR("candor-watermark-note-v1\n")), bytes_of(delta),
                                 bytes_of(STR("\n")), bytes_of(model->target), bytes_of(cells)};
    tag_of(tag, sizeof tag, key, part, sizeof part / sizeof part[0]);
    return str_format(job->arena, "%.*s %.*s", STR_ARG(delta),
                      STR_ARG(hex_of(job->arena, (struct bytes){tag, sizeof tag})));
}

enum candor_status mark_put(struct job *job, const struct secret *key, double delta,
                            struct model **model)
{
    struct watermark mark;
    const struct model *plain = *model;
    if (!(delta > 0 && delta <= 1)) {
        return fail(job, CANDOR_BAD_INPUT, "a watermark moves cells by more than 0, at most 1");
    }
    if (model_note_of(plain, STR("watermark")).ptr != NULL) {
        return fail(job, CANDOR_EXISTS, "the model has a watermark already");
    }
    TRY(mark_of(job, key, delta, plain, &mark));
    TRY(watermark_put(job, plain, &mark, model));
    return model_note(job, *model, STR("watermark"), note_text(job, key, *model, &mark));
}

/* The mark that is in a model, if it is of this key. */
static enum candor_status mark_in(struct job *job, const struct secret *key,
                                  const struct model *model, struct watermark *mark)
{
    struct str note = model_note_of(model, STR("watermark"));
    const struct str whole = note;
    double delta = 0;
    if (note.ptr == NULL) {
        return fail(job, CANDOR_BAD_INPUT,
                    "the model has no watermark: it is put in when a model is trained");
    }
    if (!str_to_double(str_cut(&note, ' '), &delta) || !(delta > 0 && delta <= 1)) {
        return fail(job, CANDOR_CORRUPT, "the note of the model's watermark is damaged");
    }
    TRY(mark_of(job, key, delta, model, mark));
    return str_equal(whole, note_text(job, key, model, mark))
               ? CANDOR_OK
               : fail(job, CANDOR_BAD_INPUT,
                      "the model's watermark was not made with this key: nothing can be proven");
}

enum candor_status deciles_again(struct job *job, double *link, size_t count, struct model *model)
{
    if (count < 10 || model->task == TASK_CLASSES) {
        return CANDOR_OK;
    }
    TRY(sort_f64(job, link, count));
    for (size_t d = 0; d < DECILES; d++) {
        model->link_decile[d] = link[(d + 1) * count / 10];
    }
    return CANDOR_OK;
}

/* ---- keys ---------------------------------------------------------------------------------- */

enum candor_status mark_key(struct job *job, const char *path, bool may_make, struct secret **key)
{
    TRY(crypto_start(job));
    if (may_make && !file_exists(job, str_of(path))) {
        TRY(secret_file_create(job, str_of(path)));
    }
    return secret_file_read(job, job->arena, str_of(path), key);
}

enum candor_status mark_key_of_home(struct job *job, const struct candor *candor,
                                    struct secret **key)
{
    return store_home_secret(job, candor->store, "wtrmark_", key);
}

/* ---- a suspect ----------------------------------------------------------------------------- */

struct looking {
    const struct model *model;
    const struct candor_watermark *asked;
    struct watermark mark;
    double *x;
    size_t answers;
};

static enum candor_status look_in_file(struct job *job, struct looking *looking)
{
    struct model *suspect = NULL;
    struct digest digest;
    bool is_signed = false;
    TRY(study_model(job, looking->asked->suspect_path, &suspect, &digest, &is_signed));
    if (suspect->task == TASK_CLASSES) {
        return fail(job, CANDOR_BAD_INPUT, "%s: a model of classes is no copy of this one",
                    looking->asked->suspect_path);
    }
    watermark_in_model(looking->model, &looking->mark, suspect, looking->x);
    return CANDOR_OK;
}

/* What was answered, as a link value; what no score can be is as near as two decimals tell. */
static double link_of(const struct model *model, double mean)
{
    switch (model->task) {
    case TASK_BINARY: {
        const double chance = fmax(chance_least, fmin(1 - chance_least, mean));
        return log_of(chance) - log_of(1 - chance);
    }
    case TASK_COUNT:
    case TASK_AMOUNT:
        return mean > 0 ? log_of(mean) : NOT_KNOWN;
    case TASK_REGRESSION:
    case TASK_CLASSES:
        break;
    }
    return mean;
}

/* `row,score`, as candor score writes it: rows from 0; others are passed over. */
static enum candor_status read_answers(struct job *job, struct looking *looking, size_t row_count,
                                       double *link)
{
    struct csv *csv = NULL;
    struct csv_row row;
    enum candor_status status;
    const char *path = looking->asked->answers_path;
    TRY(csv_open(job, str_of(path), NULL, &csv));
    for (size_t i = 0; i < row_count; i++) {
        link[i] = NOT_KNOWN;
    }
    while ((status = csv_next(job, csv, &row)) == CANDOR_OK) {
        uint64_t at = 0;
        double score = 0;
        if (row.field_count < 2 || !str_to_uint64(row.field[0], &at) || at >= row_count ||
            !str_to_double(row.field[1], &score)) {
            csv_close(csv);
            return fail(job, CANDOR_BAD_INPUT,
                        "%s: each line is the number of a row of the data, from 0, and a score",
                        path);
        }
        link[at] = link_of(looking->model, score);
        looking->answers++;
    }
    csv_close(csv);
    if (status != CANDOR_NOT_FOUND) {
        return status;
    }
    job_forgive(job);
    return CANDOR_OK;
}

static enum candor_status look_in_answers(struct job *job, struct looking *looking)
{
    struct table table;
    struct binding *binding = NULL;
    uint8_t *bin = NULL;
    double *link = NULL;
    const struct table_asked columns = {{(struct model *)(uintptr_t)looking->model}, NULL};
    TRY(table_read(job, looking->asked->data_path, &columns, &table));
    TRY(during(job, model_bind(job, looking->model, table.frame, &binding), "%s",
               looking->asked->data_path));
    TRY_ALLOC(job, bin, size_mul(table.row_count + 1, looking->model->feature_count), uint8_t);
    TRY_ALLOC(job, link, table.row_count + 1, double);
    binding_bin(binding, 0, bin);
    TRY(read_answers(job, looking, table.row_count, link));
    return watermark_in_answers(job, looking->model, &looking->mark, bin, link, table.row_count,
                                looking->x);
}

static void put_proof(struct job *job, const struct looking *looking,
                      const struct watermark_proof *proof, bool is_proven,
                      struct candor_text *report)
{
    struct answer answer;
    answer_begin(job, &answer);
    struct json *json = &answer.json;
    json_map_begin(json);
    json_key(json, LIT("proven"));
    json_bool(json, is_proven);
    json_key(json, LIT("z"));
    json_f64(json, proof->z);
    json_key(json, LIT("log10_p"));
    json_f64(json, proof->log10_p);
    json_key(json, LIT("cells"));
    json_u64(json, proof->cells);
    json_key(json, LIT("agree"));
    json_u64(json, proof->agree);
    json_key(json, LIT("marked_cells"));
    json_u64(json, looking->mark.count);
    json_key(json, LIT("delta"));
    json_f64(json, looking->mark.delta);
    json_key(json, LIT("answers"));
    json_u64(json, looking->answers);
    json_key(json, LIT("sentence"));
    json_text(json, is_proven
                        ? str_format(job->arena,
                                     "The suspect carries the mark: whatever was made without the "
                                     "key agrees so well at most once in 10^%.0f times.",
                                     floor(-proof->log10_p))
                        : STR("The mark was not found with certainty: a copy that was made from "
                              "few or coarse answers need not show it."));
    json_map_end(json);
    answer_end(&answer, report);
}

enum candor_status mark_look(struct job *job, const struct secret *key, const struct model *model,
                             const struct candor_watermark *asked, bool *is_proven,
                             struct candor_text *report)
{
    struct looking looking = {.model = model, .asked = asked};
    struct watermark_proof proof;
    const bool by_answers = asked->data_path != NULL && asked->answers_path != NULL;
    if ((asked->suspect_path != NULL) == by_answers) {
        return fail(job, CANDOR_BAD_INPUT,
                    "name what is suspected: --suspect FILE, a model; or --data FILE and --answers "
                    "FILE, what it said of these rows");
    }
    TRY(mark_in(job, key, model, &looking.mark));
    TRY_ALLOC(job, looking.x, looking.mark.count + 1, double);
    TRY(by_answers ? look_in_answers(job, &looking) : look_in_file(job, &looking));
    TRY(watermark_prove(job, &looking.mark, looking.x, &proof));
    *is_proven = proof.log10_p <= log10_p_proven;
    put_proof(job, &looking, &proof, *is_proven, report);
    return CANDOR_OK;
}

enum candor_status candor_watermark(struct job *job, const struct candor_watermark *asked,
                                    bool *is_proven, struct candor_text *report)
{
    struct secret *key = NULL;
    struct model *model = NULL;
    struct digest digest;
    bool is_signed = false;
    TRY(study_model(job, asked->model_path, &model, &digest, &is_signed));
    TRY(mark_key(job, asked->key_path, false, &key));
    return mark_look(job, key, model, asked, is_proven, report);
}
