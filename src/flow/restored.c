/*
 * restored.c - after the data were put back from a copy: it is said on the ledger, by whom and why.
 *
 * Nobody can tell a restore after a broken disk from one that is to undo something, so both are said
 * in the same way, and those who watch can ask. Entries that witnesses had signed and that the copy
 * lacks are lost for good; what was signed over them stays in HOME/witnessed as it was, and the
 * restore's own record, which the entry commits to, repeats it. The witnesses go on refusing this
 * ledger until their own people tell them to begin anew (`candor witness forget`).
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "witnesses.h"

enum { REASON_LEN_MAX = 1000, LOST_MAX = 1000 };

struct restoring {
    struct candor *candor;
    uint8_t public_key[PUBLIC_KEY_LEN];
    struct buf record; /* what the entry commits to */
    struct buf moved;  /* struct str: files to set aside once the entry is durable */
    size_t lost;       /* checkpoints that the data no longer bear out */
    uint64_t most;     /* entries under the largest of them */
};

static enum candor_status look(struct job *job, void *visitor, struct str path, struct str note)
{
    struct restoring *restoring = visitor;
    struct candor *candor = restoring->candor;
    struct checkpoint checkpoint;
    uint64_t size = 0;
    /* Who damaged the file can only be found by hand. */
    TRY(checkpoint_read(job, note, candor->origin, restoring->public_key, &checkpoint));
    const enum candor_status status =
        known_check(job, candor->store, candor->origin, restoring->public_key, note, &size);
    if (status != CANDOR_CORRUPT) {
        return status;
    }
    job_forgive(job);
    restoring->lost++;
    restoring->most = size > restoring->most ? size : restoring->most;
    buf_bytes(&restoring->moved, &path, sizeof path);
    buf_block(&restoring->record, bytes_of(note));
    return CANDOR_OK;
}

/* PATH.lost-<n>, the first that is free. */
static enum candor_status set_aside(struct job *job, struct str path)
{
    for (unsigned n = 1; n <= LOST_MAX; n++) {
        const struct str aside = str_format(job->arena, "%.*s.lost-%u", STR_ARG(path), n);
        if (file_exists(job, aside)) {
            continue;
        }
        if (rename(str_z(job->arena, path), str_z(job->arena, aside)) != 0) {
            return fail(job, CANDOR_IO, "cannot set %.*s aside: %s", STR_ARG(path),
                        strerrordesc_np(errno));
        }
        return CANDOR_OK;
    }
    return fail(job, CANDOR_TOO_LARGE, "%.*s was set aside %d times already", STR_ARG(path),
                LOST_MAX);
}

static enum candor_status account_for(struct job *job, struct restoring *restoring, uint64_t *index)
{
    struct candor *candor = restoring->candor;
    struct txn *txn = NULL;
    const struct account account = {
        .action = LEDGER_RESTORED, .outcome = OUTCOME_DONE, .payload = buf_all(&restoring->record)};
    TRY(home_begin(job, candor, &txn));
    TRY(home_account_kept(job, candor, txn, &account, LIT("restore"), index));
    return home_commit(job, candor, txn);
}

static enum candor_status restored(struct job *job, struct candor *candor, struct str reason,
                                   struct candor_text *report)
{
    struct restoring restoring = {
        .candor = candor, .record = buf_begin(job->arena), .moved = buf_begin(job->arena)};
    uint64_t index = 0;
    TRY(caller_may(job, candor, ACT_ADMINISTER));
    const uint64_t entries = ledger_size(candor->ledger);
    signer_public(candor->signer, restoring.public_key);
    buf_block(&restoring.record, bytes_of(reason));
    TRY(evidence_each(job, candor->dir, look, &restoring));
    TRY(account_for(job, &restoring, &index));
    const struct str *moved = (const void *)restoring.moved.ptr; /* aligned for any type */
    for (size_t i = 0; i < restoring.lost; i++) {
        TRY(set_aside(job, moved[i]));
    }

    struct answer answer;
    answer_begin(job, &answer);
    json_map_begin(&answer.json);
    json_key(&answer.json, LIT("restored"));
    json_bool(&answer.json, true);
    json_key(&answer.json, LIT("entries"));
    json_u64(&answer.json, entries);
    json_key(&answer.json, LIT("contradicted"));
    json_u64(&answer.json, restoring.lost);
    json_key(&answer.json, LIT("signed_before"));
    json_u64(&answer.json, restoring.lost > 0 ? restoring.most : entries);
    json_key(&answer.json, LIT("ledger_index"));
    json_u64(&answer.json, index);
    json_map_end(&answer.json);
    answer_end(&answer, report);
    return CANDOR_OK;
}

enum candor_status candor_ledger_restored(struct job *job, const char *dir,
                                          const char *operator_name, const char *reason,
                                          struct candor_text *report)
{
    struct candor *candor = NULL;
    const struct str why = str_of(reason);
    if (why.len == 0 || why.len > REASON_LEN_MAX || !str_is_utf8(why)) {
        return fail(job, CANDOR_BAD_INPUT, "give the reason, in 1 to %d bytes", REASON_LEN_MAX);
    }
    TRY(home_open_restored(job, dir, operator_name, &candor));
    home_enter(candor);
    const enum candor_status status = restored(job, candor, why, report);
    home_leave(candor);
    candor_close(candor);
    return status;
}
