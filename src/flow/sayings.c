/*
 * sayings.c - what was said about one subject and a campaign, kept as documents of the home: a person's
 * verdict on a decision (review.c), the subject's own word on it (feedback.c), their wishes (wishes.c), and how often they changed what they say (pace.c).
 *
 * Their names begin with the subject's random number, so those of one subject stand together; they
 * end with the subject.
 */
#include "request.h"

static struct lit kind_of(size_t kind)
{
    return kind == SAID_REVIEW     ? LIT("review")
           : kind == SAID_FEEDBACK ? LIT("feedback")
           : kind == SAID_WISHES   ? LIT("wishes")
                                   : LIT("pace");
}

struct str sayings_name(struct job *job, struct subject subject, struct str campaign)
{
    const struct str id = hex_of(job->arena, (struct bytes){subject.id, sizeof subject.id});
    return str_format(job->arena, "%.*s %.*s", STR_ARG(id), STR_ARG(campaign));
}

enum candor_status sayings_load(struct job *job, struct txn *txn, struct sayings *said)
{
    for (size_t k = 0; k < SAID_KINDS; k++) {
        struct str *name = NULL;
        TRY(store_documents(job, txn, kind_of(k), &name, &said->count[k]));
        said->name[k] = name;
    }
    return CANDOR_OK;
}

/* Names are sorted by bytes: the first that is not before the id. */
static size_t first_of(const struct str *name, size_t count, struct str id)
{
    size_t low = 0;
    for (size_t high = count; low < high;) {
        const size_t middle = low + (high - low) / 2;
        if (str_compare(name[middle], id) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

enum candor_status sayings_drop(struct job *job, struct txn *txn, struct subject subject,
                                const struct sayings *said)
{
    const struct str id = hex_of(job->arena, (struct bytes){subject.id, sizeof subject.id});
    for (size_t k = 0; k < SAID_KINDS; k++) {
        const struct str *name = said->name[k];
        for (size_t i = first_of(name, said->count[k], id);
             i < said->count[k] && str_starts(name[i], id); i++) {
            TRY(store_remove_document(job, txn, kind_of(k), name[i]));
        }
    }
    return CANDOR_OK;
}
