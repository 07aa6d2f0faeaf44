/*
 * candor_share.h - data that goes to recipients: exports with permits, what was disclosed, recalls, and
 * whose copy a file is. Include candor.h, which includes this.
 *
 * Nothing leaves without a permit of each subject for the purpose, now. Every row that leaves is kept with
 * its subject and on the ledger; a correction, an erasure or a withdrawal is queued for all who got the data.
 */
#ifndef CANDOR_SHARE_H
#define CANDOR_SHARE_H

#include "candor.h"

#ifdef __cplusplus
extern "C" {
#endif

struct candor_share {
    const char *recipient; /* as in candor.yaml */
    const char *purpose;   /* NULL: the only one this recipient has */
    const char *fields;    /* comma-separated */
    const char *out_path;  /* CSV: pseudonym, then the fields; its order is a mark of the recipient.
                           NULL: the rows stand in the report, under "csv" */
    uint64_t min_group;    /* without names and addresses: rows that look alike, at least; 0: 5 */
};
/*
 * CANDOR_REFUSED  the purpose or a field is not for this recipient; the contract is over; a transfer has
 *                 no basis; undeclared personal data, or a small group, was found: nothing was written
 */
CANDOR_CHECK enum candor_status candor_share_export(struct job *job, struct candor *candor,
                                                    const struct candor_share *share,
                                                    struct candor_text *report);
/* What recipients must still be told; overdue: how many are. recipient, out_path: also a signed message
 * for this one, as JSON; or NULL. */
CANDOR_CHECK enum candor_status candor_share_recalls(struct job *job, struct candor *candor,
                                                     const char *recipient, const char *out_path,
                                                     size_t *overdue, struct candor_text *report);
/* What to do with the secret that a receiver shares with us. */
enum candor_secret_act {
    CANDOR_SECRET_MAKE,   /* the first one */
    CANDOR_SECRET_RENEW,  /* another; the one before stays valid beside it, an older one does not */
    CANDOR_SECRET_RETIRE, /* the one before is valid no more */
};

/*
 * The secret that a recipient with a `webhook`, or one of `webhooks`, in candor.yaml shares with us; it is
 * shown once, when it is made. Messages are then posted to it (candor_outgoing_send), signed as Standard
 * Webhooks has it, under each secret that is valid.
 * CANDOR_EXISTS: it has one. CANDOR_NOT_FOUND: no such address, or nothing to retire.
 */
CANDOR_CHECK enum candor_status candor_share_secret(struct job *job, struct candor *candor,
                                                    const char *recipient,
                                                    enum candor_secret_act act,
                                                    struct candor_text *report);
/* They have answered; reference: theirs, no personal data, or NULL. */
CANDOR_CHECK enum candor_status candor_share_acknowledge(struct job *job, struct candor *candor,
                                                         const char *id, const char *reference,
                                                         struct candor_text *report);
/* Whose copy a file is, from its pseudonyms and from the order of its rows, parts of it too. */
CANDOR_CHECK enum candor_status candor_share_trace(struct job *job, struct candor *candor,
                                                   const char *path, struct candor_text *report);
/* The same of a file that is at hand as text. */
CANDOR_CHECK enum candor_status candor_share_trace_text(struct job *job, struct candor *candor,
                                                        struct candor_text csv,
                                                        struct candor_text *report);

#ifdef __cplusplus
}
#endif

#endif
