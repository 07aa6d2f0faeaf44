/*
 * witness.c - what a witness does with a request: whoever watches that the ledgers of others only
 * grow. It has no home; witnessdir.c has its folder.
 *
 * The state is replaced whole and synced before the answer leaves, and requests come one at a time,
 * as the protocol asks: what was cosigned is never less than what was answered.
 */
#include "watching.h"

static void say(struct job *job, struct candor_witness_answer *answer, enum witness_verdict code,
                struct str text)
{
    answer->code = (unsigned)code;
    answer->content_type = "text/plain; charset=utf-8";
    answer->body = text_of(job, str_format(job->arena, "%.*s\n", STR_ARG(text)));
}

/*
 * Two checkpoints over as many entries with other roots, both signed by the ledger, prove that it
 * shows two faces; so the second one is kept. With other sizes only a proof could tell, and a wrong
 * proof may be a clumsy sender's.
 */
static void keep_fork(struct job *job, const struct watched *watched,
                      const struct checkpoint *checkpoint, struct str note)
{
    if (checkpoint->size != watched->known.size ||
        digest_equal(checkpoint->root, watched->known.root)) {
        return;
    }
    const struct str path = str_format(job->arena, "%.*s.fork", STR_ARG(watched->file));
    /* The refusal stands whether or not the evidence could be kept. */
    if (file_replace(job, path, bytes_of(note), 0644) != CANDOR_OK) {
        job_forgive(job);
    }
}

/* The time never goes back, whatever the clock does. */
static int64_t time_after(const struct job *job, const struct watched *watched)
{
    const int64_t now_s = job->now / MICROS_PER_SECOND;
    const int64_t least = watched->time_s > 0 ? watched->time_s : 1;
    return now_s > least ? now_s : least;
}

/* Keep it, then say it. */
static enum candor_status sign(struct job *job, struct candor_witness *witness,
                               struct watched *watched, const struct checkpoint *checkpoint,
                               struct str note, struct candor_witness_answer *answer)
{
    struct str bare;
    struct str line;
    struct str kept;
    const int64_t time_s = time_after(job, watched);
    /* Other signatures are the sender's business: they could be so many that no more had room. */
    TRY(note_alone(job, note, watched->known.origin, watched->known.public_key, &bare));
    TRY(cosign(job, bare, &witness->self, witness->signer, time_s, &line));
    TRY(note_with_line(job, bare, line, &kept));
    TRY(during(job, watched_write(job, watched, kept), "keeping what is cosigned"));
    watched->time_s = time_s;
    watched->known.size = checkpoint->size;
    watched->known.root = checkpoint->root;
    answer->code = WITNESS_COSIGNS;
    answer->content_type = "text/plain; charset=utf-8";
    answer->body = text_of(job, line);
    return CANDOR_OK;
}

static enum candor_status take(struct job *job, struct candor_witness *witness,
                               const struct witness_request *request,
                               struct candor_witness_answer *answer)
{
    struct checkpoint checkpoint;
    struct str origin;
    struct str why;
    bool is_signed = false;
    if (note_origin(job, request->note, &origin) != CANDOR_OK) {
        say(job, answer, WITNESS_MALFORMED, str_of(job->message));
        job_forgive(job);
        return CANDOR_OK;
    }
    struct watched *watched = watched_find(witness, origin);
    if (watched == NULL) {
        say(job, answer, WITNESS_KNOWS_NOT, STR("the ledger is not known here"));
        return CANDOR_OK;
    }
    const enum witness_verdict verdict =
        witness_judge(job, &watched->known, request, &checkpoint, &is_signed, &why);
    if (verdict == WITNESS_COSIGNS) {
        return sign(job, witness, watched, &checkpoint, request->note, answer);
    }
    if (is_signed && watched->known.size > 0) {
        keep_fork(job, watched, &checkpoint, request->note);
    }
    say(job, answer, verdict, why);
    if (verdict == WITNESS_IS_ELSEWHERE) {
        answer->content_type = "text/x.tlog.size";
        answer->body =
            text_of(job, str_format(job->arena, "%llu\n", (unsigned long long)watched->known.size));
    }
    return CANDOR_OK;
}

enum candor_status candor_witness_take(struct job *job, struct candor_witness *witness,
                                       struct candor_text request,
                                       struct candor_witness_answer *answer)
{
    struct witness_request parts;
    if (witness_request_read(job, (struct str){request.ptr, request.len}, &parts) != CANDOR_OK) {
        say(job, answer, WITNESS_MALFORMED, str_of(job->message));
        job_forgive(job);
        return CANDOR_OK;
    }
    witness_enter(witness);
    const enum candor_status status = take(job, witness, &parts, answer);
    witness_leave(witness);
    return status;
}
