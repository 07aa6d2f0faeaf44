/*
 * witnesses.c - who watches our ledger: asking them for signatures.
 *
 * We say what we believe the witness signed last, and send the proof that our latest checkpoint
 * continues it. A witness that signed another size says so, and is asked once more from there. One
 * that signed more entries than we have has seen what we lost; one that finds our proof wrong has
 * seen other entries than ours. Both are said as they are.
 *
 * The home is not held while a witness thinks: the request is made inside, sent outside, and the
 * answer taken in inside.
 */
#include <string.h>

#include "witnesses.h"

/* ---- one round ----------------------------------------------------------------------------- */

/* What was asked for. */
struct asking {
    const struct witness_spec *spec;
    struct str note;
    uint64_t size;
    uint64_t old_size;
};

static enum candor_status note_size(struct job *job, const struct candor *candor, struct str note,
                                    uint64_t *size)
{
    struct checkpoint checkpoint;
    uint8_t public_key[PUBLIC_KEY_LEN];
    signer_public(candor->signer, public_key);
    TRY(checkpoint_read(job, note, candor->origin, public_key, &checkpoint));
    *size = checkpoint.size;
    return CANDOR_OK;
}

static enum candor_status old_size_of(struct job *job, const struct candor *candor,
                                      struct asking *asking)
{
    struct str before;
    asking->old_size = 0;
    TRY(evidence_read(job, candor->dir, asking->spec, &before));
    return before.len == 0 ? CANDOR_OK : note_size(job, candor, before, &asking->old_size);
}

/* Inside the home: what to send. old_size is already there. */
static enum candor_status request_of(struct job *job, struct candor *candor, struct asking *asking,
                                     struct str *text)
{
    struct witness_request request = {.old_size = asking->old_size};
    TRY(ledger_checkpoint(job, candor->ledger, &asking->note));
    TRY(note_size(job, candor, asking->note, &asking->size));
    if (request.old_size > 0) {
        TRY(ledger_prove_consistency(job, candor->ledger, request.old_size, asking->size,
                                     &request.proof));
    }
    request.note = asking->note;
    *text = witness_request_text(job, &request);
    return CANDOR_OK;
}

/* Inside: the signature goes beside its checkpoint in the database, and into the witness's file. */
static enum candor_status answer_in(struct job *job, struct candor *candor,
                                    const struct asking *asking, struct str answer, int64_t *time_s)
{
    struct str line;
    struct str kept;
    struct txn *txn = NULL;
    struct asking before = {.spec = asking->spec};
    const struct str both =
        str_format(job->arena, "%.*s%.*s", STR_ARG(asking->note), STR_ARG(answer));
    TRY(cosignature_find(job, both, &asking->spec->who, &line, time_s));
    TRY(home_begin(job, candor, &txn));
    TRY(store_checkpoint_of(job, candor->store, asking->size, &kept));
    TRY(note_with_line(job, kept, line, &kept));
    TRY(store_put_checkpoint(job, txn, asking->size, kept));
    TRY(home_commit(job, candor, txn));
    TRY(old_size_of(job, candor, &before));
    if (before.old_size > asking->size) {
        return CANDOR_OK; /* an answer by hand that comes late: the witness has signed more since */
    }
    TRY(note_with_line(job, asking->note, line, &kept));
    return evidence_keep(job, candor->dir, asking->spec, kept);
}

static void signed_json(struct job *job, struct json *json, const struct asking *asking,
                        int64_t time_s)
{
    json_key(json, LIT("witness"));
    json_text(json, asking->spec->who.name);
    json_key(json, LIT("signed"));
    json_bool(json, true);
    json_key(json, LIT("entries"));
    json_u64(json, asking->size);
    json_key(json, LIT("time"));
    json_text(json, str_from_time(job->arena, time_s * MICROS_PER_SECOND));
}

static void not_signed_json(struct json *json, const struct witness_spec *spec, struct lit outcome,
                            struct str sentence)
{
    json_key(json, LIT("witness"));
    json_text(json, spec->who.name);
    json_key(json, LIT("signed"));
    json_bool(json, false);
    json_key(json, LIT("outcome"));
    json_lit(json, outcome);
    json_key(json, LIT("sentence"));
    json_text(json, sentence);
}

/* The size in a 409. */
static bool size_read(struct str answer, uint64_t *size)
{
    return str_ends(answer, STR("\n")) && str_to_uint64(str_slice(answer, 0, answer.len - 1), size);
}

/* ---- with a client ------------------------------------------------------------------------- */

static enum candor_status send(struct job *job, struct candor *candor, struct asking *asking,
                               const struct candor_post *post, unsigned *code, struct str *answer)
{
    struct str text;
    struct candor_text back = {NULL, 0};
    home_enter(candor);
    const enum candor_status status = request_of(job, candor, asking, &text);
    home_leave(candor);
    TRY(status);
    const struct str url = asking->spec->url;
    const struct str path = str_format(job->arena, "%.*s%sadd-checkpoint", STR_ARG(url),
                                       str_ends(url, STR("/")) ? "" : "/");
    const struct candor_letter letter = {.url = str_z(job->arena, path),
                                         .content_type = "text/plain; charset=utf-8",
                                         .body = text_of(job, text)};
    TRY(post->post(job, post->self, &letter, code, &back));
    *answer = (struct str){back.ptr, back.len};
    return CANDOR_OK;
}

/* Once, and once more from where the witness says that it is. */
static enum candor_status send_twice(struct job *job, struct candor *candor, struct asking *asking,
                                     const struct candor_post *post, unsigned *code,
                                     struct str *answer)
{
    uint64_t size = 0;
    TRY(send(job, candor, asking, post, code, answer));
    if (*code == WITNESS_IS_ELSEWHERE && size_read(*answer, &size) && size <= asking->size &&
        size != asking->old_size) {
        asking->old_size = size;
        return send(job, candor, asking, post, code, answer);
    }
    return CANDOR_OK;
}

static void refusal_json(struct job *job, struct json *json, const struct asking *asking,
                         unsigned code, struct str answer)
{
    uint64_t size = 0;
    if (code == WITNESS_IS_ELSEWHERE && size_read(answer, &size) && size > asking->size) {
        not_signed_json(json, asking->spec, LIT("rolled_back"),
                        str_format(job->arena,
                                   "The witness has signed %llu entries of this ledger, and it has "
                                   "%llu: it was rolled back.",
                                   (unsigned long long)size, (unsigned long long)asking->size));
        return;
    }
    if (code == WITNESS_REFUTES) {
        not_signed_json(json, asking->spec, LIT("forked"),
                        STR("The witness has signed other entries of this ledger than it has now: "
                            "it was forked."));
        return;
    }
    not_signed_json(
        json, asking->spec, LIT("refused"),
        code == WITNESS_KNOWS_NOT
            ? STR("The witness does not watch this ledger; give it the line in ledger.pub.")
        : code == WITNESS_DISTRUSTS ? STR("The witness has another key for this ledger.")
                                    : str_format(job->arena, "The witness answered %u.", code));
}

static enum candor_status ask(struct job *job, struct candor *candor,
                              const struct witness_spec *spec, const struct candor_post *post,
                              bool *is_signed, struct json *json)
{
    struct asking asking = {.spec = spec};
    struct str answer;
    unsigned code = 0;
    int64_t time_s = 0;
    TRY(old_size_of(job, candor, &asking));
    TRY(send_twice(job, candor, &asking, post, &code, &answer));
    if (code != WITNESS_COSIGNS) {
        refusal_json(job, json, &asking, code, answer);
        return CANDOR_OK;
    }
    home_enter(candor);
    const enum candor_status status = answer_in(job, candor, &asking, answer, &time_s);
    home_leave(candor);
    TRY(status);
    *is_signed = true;
    signed_json(job, json, &asking, time_s);
    return CANDOR_OK;
}

/* A witness that cannot be reached does not keep the others from being asked. */
static void ask_in_list(struct job *job, struct candor *candor, const struct witness_spec *spec,
                        const struct candor_post *post, size_t *refused, struct json *json)
{
    bool is_signed = false;
    json_map_begin(json);
    if (ask(job, candor, spec, post, &is_signed, json) != CANDOR_OK) {
        not_signed_json(json, spec, LIT("unreachable"), str_of(job->message));
        job_forgive(job);
    }
    json_map_end(json);
    *refused += is_signed ? 0 : 1;
}

enum candor_status candor_ledger_witness(struct job *job, struct candor *candor, const char *which,
                                         const struct candor_post *post, size_t *refused,
                                         struct candor_text *report)
{
    const struct witness_spec *only = NULL;
    struct answer answer;
    TRY(caller_may(job, candor, ACT_LEDGER_READ));
    if (which != NULL) {
        TRY(witness_named(job, candor, str_of(which), &only));
        if (only->url.len == 0) {
            return fail(job, CANDOR_BAD_INPUT,
                        "this witness has no url in candor.yaml: ask it with --file and --answer");
        }
    }
    *refused = 0;
    answer_begin(job, &answer);
    json_map_begin(&answer.json);
    json_key(&answer.json, LIT("witnesses"));
    json_list_begin(&answer.json);
    for (size_t i = 0; i < candor->witness_count; i++) {
        const struct witness_spec *spec = &candor->witness[i];
        if (spec->url.len > 0 && (only == NULL || only == spec)) {
            ask_in_list(job, candor, spec, post, refused, &answer.json);
        }
    }
    json_list_end(&answer.json);
    json_key(&answer.json, LIT("refused"));
    json_u64(&answer.json, *refused);
    json_map_end(&answer.json);
    answer_end(&answer, report);
    return CANDOR_OK;
}

/* ---- by hand ------------------------------------------------------------------------------- */

static enum candor_status request(struct job *job, struct candor *candor, const char *which,
                                  struct candor_text *text)
{
    struct asking asking = {0};
    struct str made;
    TRY(caller_may(job, candor, ACT_LEDGER_READ));
    TRY(witness_named(job, candor, str_of(which), &asking.spec));
    TRY(old_size_of(job, candor, &asking));
    TRY(request_of(job, candor, &asking, &made));
    *text = text_of(job, made);
    return CANDOR_OK;
}

enum candor_status candor_ledger_witness_request(struct job *job, struct candor *candor,
                                                 const char *which, struct candor_text *text)
{
    home_enter(candor);
    const enum candor_status status = request(job, candor, which, text);
    home_leave(candor);
    return status;
}

/* The answer may come when the ledger has grown: it is held against each checkpoint, newest first. */
static enum candor_status asked_for(struct job *job, struct candor *candor, struct str answer,
                                    struct asking *asking)
{
    uint64_t *size = NULL;
    struct str *note = NULL;
    size_t count = 0;
    uint8_t public_key[PUBLIC_KEY_LEN];
    signer_public(candor->signer, public_key);
    TRY(store_checkpoints(job, candor->store, &size, &note, &count));
    for (size_t i = count; i > 0; i--) {
        struct str bare; /* of an earlier answer too */
        struct str line;
        int64_t time_s = 0;
        TRY(note_alone(job, note[i - 1], candor->origin, public_key, &bare));
        const struct str both = str_format(job->arena, "%.*s%.*s", STR_ARG(bare), STR_ARG(answer));
        if (cosignature_find(job, both, &asking->spec->who, &line, &time_s) == CANDOR_OK) {
            asking->size = size[i - 1];
            asking->note = bare;
            return CANDOR_OK;
        }
        job_forgive(job);
    }
    return fail(job, CANDOR_CORRUPT, "this is not %.*s's signature on a checkpoint of this ledger",
                STR_ARG(asking->spec->who.name));
}

static enum candor_status answer_by_hand(struct job *job, struct candor *candor, const char *which,
                                         struct str text, struct candor_text *report)
{
    struct asking asking = {0};
    uint64_t size = 0;
    int64_t time_s = 0;
    TRY(caller_may(job, candor, ACT_LEDGER_READ));
    TRY(witness_named(job, candor, str_of(which), &asking.spec));
    if (size_read(text, &size)) {
        return fail(job, CANDOR_REFUSED,
                    "the witness has signed %llu entries, and the ledger has %llu%s",
                    (unsigned long long)size, (unsigned long long)ledger_size(candor->ledger),
                    size > ledger_size(candor->ledger) ? ": the ledger was rolled back"
                                                       : "; make a new request");
    }
    TRY(asked_for(job, candor, text, &asking));
    TRY(answer_in(job, candor, &asking, text, &time_s));

    struct answer answer;
    answer_begin(job, &answer);
    json_map_begin(&answer.json);
    signed_json(job, &answer.json, &asking, time_s);
    json_map_end(&answer.json);
    answer_end(&answer, report);
    return CANDOR_OK;
}

enum candor_status candor_ledger_witness_answer(struct job *job, struct candor *candor,
                                                const char *which, const char *answer,
                                                struct candor_text *report)
{
    home_enter(candor);
    const enum candor_status status = answer_by_hand(job, candor, which, str_of(answer), report);
    home_leave(candor);
    return status;
}
