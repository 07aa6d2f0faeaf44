/*
 * witness.c - what is sent to a witness, and what a witness makes of it (c2sp.org/tlog-witness).
 *
 *     old 20852014                     what the sender believes to be cosigned already
 *     PlRNCrwHpqhGrupue0L7gxbjbM...    the consistency proof, a hash a line, at most 63
 *                                      an empty line
 *     example.com/ledger               the checkpoint, to the end
 *     ...
 *
 * Judging is pure: what the witness knows goes in, its answer comes out. Whoever keeps the state must
 * judge, keep and answer in this order and one request at a time, or a ledger could be put back
 * between two of them.
 */
#include "inside.h"

#define OLD "old "

struct str witness_request_text(struct job *job, const struct witness_request *request)
{
    struct buf text = buf_begin(job->arena);
    buf_format(&text, OLD "%llu\n", (unsigned long long)request->old_size);
    hashes_write(&text, &request->proof);
    buf_str(&text, request->note);
    return buf_text(&text);
}

enum candor_status witness_request_read(struct job *job, struct str text,
                                        struct witness_request *request)
{
    struct str rest = text;
    struct str line = {0};
    if (text.len > WITNESS_REQUEST_LEN_MAX) {
        return fail(job, CANDOR_BAD_INPUT, "the request has %zu bytes, the limit is %zu", text.len,
                    WITNESS_REQUEST_LEN_MAX);
    }
    if (!line_cut(&rest, &line) || !str_starts(line, STR(OLD)) ||
        !text_number(str_slice(line, sizeof OLD - 1, line.len), &request->old_size)) {
        return fail(job, CANDOR_BAD_INPUT, "request line 1: not 'old' and a number of entries");
    }
    TRY(hashes_read(job, &rest, "request", WITNESS_HASHES_MAX, &request->proof));
    if (rest.len == 0) {
        return fail(job, CANDOR_BAD_INPUT, "the request has no checkpoint");
    }
    request->note = rest;
    return CANDOR_OK;
}

enum candor_status note_origin(struct job *job, struct str note, struct str *origin)
{
    struct str rest = note;
    if (!line_cut(&rest, origin) || !note_name_is_allowed(*origin) ||
        origin->len > ORIGIN_LEN_MAX) {
        return fail(job, CANDOR_BAD_INPUT, "the checkpoint's first line names no ledger");
    }
    return CANDOR_OK;
}

/* ---- judging ------------------------------------------------------------------------------- */

/* By whom the checkpoint is, and what it says. */
static enum witness_verdict judge_note(struct job *job, const struct witnessed *known,
                                       struct str text, struct checkpoint *checkpoint,
                                       bool *is_signed)
{
    const struct verifier verifier = verifier_of(known->origin, NOTE_ED25519, known->public_key);
    struct note note;
    struct str origin;
    struct str line;
    if (note_origin(job, text, &origin) != CANDOR_OK || note_read(job, text, &note) != CANDOR_OK) {
        return WITNESS_MALFORMED;
    }
    if (!str_equal(origin, known->origin)) {
        (void)fail(job, CANDOR_NOT_FOUND, "the ledger is not known here");
        return WITNESS_KNOWS_NOT;
    }
    if (signatures_check(job, &note, &verifier, &line) != CANDOR_OK) {
        return WITNESS_DISTRUSTS;
    }
    if (head_read(job, note.text, known->origin, checkpoint) != CANDOR_OK) {
        return WITNESS_MALFORMED;
    }
    *is_signed = true;
    return WITNESS_COSIGNS;
}

static enum witness_verdict judge_growth(struct job *job, const struct witnessed *known,
                                         const struct witness_request *request,
                                         const struct checkpoint *checkpoint)
{
    if (request->old_size > checkpoint->size) {
        (void)fail(job, CANDOR_BAD_INPUT, "the old size is above the checkpoint's");
        return WITNESS_MALFORMED;
    }
    if (request->old_size != known->size) {
        (void)fail(job, CANDOR_REFUSED, "cosigned last was a checkpoint over %llu entries",
                   (unsigned long long)known->size);
        return WITNESS_IS_ELSEWHERE;
    }
    if (!checkpoint_is_possible(checkpoint)) {
        (void)fail(job, CANDOR_CORRUPT, "not the root of an empty ledger");
        return WITNESS_REFUTES;
    }
    const struct digest before = known->size == 0 ? digest_of(NULL, 0) : known->root;
    if (!proof_shows_consistency(&request->proof, known->size, before, checkpoint->size,
                                 checkpoint->root)) {
        (void)fail(job, CANDOR_CORRUPT,
                   "the proof does not show that %llu entries continue the %llu that were cosigned",
                   (unsigned long long)checkpoint->size, (unsigned long long)known->size);
        return WITNESS_REFUTES;
    }
    return WITNESS_COSIGNS;
}

enum witness_verdict witness_judge(struct job *job, const struct witnessed *known,
                                   const struct witness_request *request,
                                   struct checkpoint *checkpoint, bool *is_signed, struct str *why)
{
    *checkpoint = (struct checkpoint){.size = 0};
    *is_signed = false;
    enum witness_verdict verdict = judge_note(job, known, request->note, checkpoint, is_signed);
    if (verdict == WITNESS_COSIGNS) {
        verdict = judge_growth(job, known, request, checkpoint);
    }
    *why = STR("");
    if (verdict != WITNESS_COSIGNS) {
        *why = str_copy(job->arena, str_of(job->message));
        job_forgive(job);
    }
    return verdict;
}
