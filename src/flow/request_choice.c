/*
 * request_choice.c - rights that are choices: what they change are consent records, in force when
 * the transaction commits.
 *
 *     restriction           restricted
 *     marketing_objection   objected, to all direct marketing or to one purpose: no balancing
 *     no_automation         human_wanted
 *     opt_out_sale          withdrawn, for every purpose that has a recipient
 *     limit_sensitive       sensitive_limited
 *     objection             held as a restriction while it is weighed; then objected, and released
 */
#include "request.h"

bool right_is_choice(enum right right)
{
    switch (right) {
    case RIGHT_RESTRICTION:
    case RIGHT_OBJECTION:
    case RIGHT_MARKETING_OBJECTION:
    case RIGHT_NO_AUTOMATION:
    case RIGHT_OPT_OUT_SALE:
    case RIGHT_LIMIT_SENSITIVE:
        return true;
    case RIGHT_ACCESS:
    case RIGHT_RECTIFICATION:
    case RIGHT_ERASURE:
    case RIGHT_PORTABILITY:
    case RIGHT_EXPLANATION:
    case RIGHT_HUMAN_REVIEW:
    case RIGHTS:
        break;
    }
    return false;
}

static enum candor_status say_about(struct job *job, struct candor *candor, struct txn *txn,
                                    const struct request *request, struct disclosure about,
                                    enum consent_decision decision)
{
    const size_t purpose = about.purpose;
    uint64_t index = 0;
    struct consent_record record = {
        .purpose = purpose,
        .channel = EVERY,
        .recipient = about.recipient,
        .decision = decision,
        .time = job->now,
        .recorded = job->now,
        .surface = str_format(job->arena, "request %.*s", STR_ARG(request->source)),
        .proof = str_format(job->arena, "request:%.*s", STR_ARG(request_name(job, request))),
    };
    if (purpose != EVERY) {
        record.wording = candor->inventory->purpose[purpose].wording;
        record.wording_version = candor->inventory->purpose[purpose].wording_version;
        record.language = candor->inventory->purpose[purpose].language;
    }
    return consent_record_add(job, candor, txn, request->subject, &record, &index);
}

static enum candor_status say(struct job *job, struct candor *candor, struct txn *txn,
                              const struct request *request, size_t purpose,
                              enum consent_decision decision)
{
    return say_about(job, candor, txn, request, (struct disclosure){purpose, OURSELVES}, decision);
}

/* Article 21(1) speaks of public tasks and legitimate interests; what rests on consent is
 * withdrawn, what rests on a contract or a law stays. */
static bool can_be_objected_to(const struct purpose *purpose)
{
    return purpose->basis == BASIS_LEGITIMATE_INTEREST || purpose->basis == BASIS_PUBLIC_TASK ||
           purpose->direct_marketing;
}

enum candor_status choice_check(struct job *job, const struct candor *candor,
                                const struct request *request)
{
    size_t purpose = NONE;
    const enum right right = request->clause.right;
    if (request->argument.len == 0 ||
        (right != RIGHT_OBJECTION && right != RIGHT_MARKETING_OBJECTION)) {
        return CANDOR_OK;
    }
    TRY(home_purpose(job, candor, request->argument, &purpose));
    if (!can_be_objected_to(&candor->inventory->purpose[purpose])) {
        return fail(job, CANDOR_BAD_INPUT,
                    "one objects to legitimate interests, public tasks and direct marketing; "
                    "consent for '%.*s' is withdrawn instead",
                    STR_ARG(request->argument));
    }
    return CANDOR_OK;
}

/* To the purpose it names, or to every one that can be objected to. */
static enum candor_status object(struct job *job, struct candor *candor, struct txn *txn,
                                 const struct request *request)
{
    const struct inventory *inventory = candor->inventory;
    for (size_t p = 0; p < inventory->purpose_count; p++) {
        const struct purpose *purpose = &inventory->purpose[p];
        const bool is_named = request->argument.len == 0
                                  ? can_be_objected_to(purpose)
                                  : str_equal(purpose->name, request->argument);
        if (is_named) {
            TRY(say(job, candor, txn, request, p, CONSENT_OBJECTED));
        }
    }
    return CANDOR_OK;
}

static enum candor_status object_to_marketing(struct job *job, struct candor *candor,
                                              struct txn *txn, const struct request *request)
{
    size_t purpose = EVERY;
    if (request->argument.len > 0) {
        TRY(home_purpose(job, candor, request->argument, &purpose));
    }
    return say(job, candor, txn, request, purpose, CONSENT_OBJECTED);
}

static enum candor_status stop_sharing(struct job *job, struct candor *candor, struct txn *txn,
                                       const struct request *request)
{
    const struct inventory *inventory = candor->inventory;
    for (size_t p = 0; p < inventory->purpose_count; p++) {
        if (inventory->purpose[p].recipient.len > 0) {
            TRY(say(job, candor, txn, request, p, CONSENT_WITHDRAWN));
        }
    }
    /* A processor acts for us under the purpose itself: that is neither sale nor sharing. */
    for (size_t d = 0; d < inventory->disclosure_count; d++) {
        const struct disclosure about = inventory->disclosure[d];
        if (inventory->recipient[about.recipient].role != RECIPIENT_PROCESSOR) {
            TRY(say_about(job, candor, txn, request, about, CONSENT_WITHDRAWN));
        }
    }
    return CANDOR_OK;
}

enum candor_status choice_hold(struct job *job, struct candor *candor, struct txn *txn,
                               const struct request *request)
{
    return say(job, candor, txn, request, EVERY, CONSENT_RESTRICTED);
}

/* Only our own hold is lifted: one that they asked for themselves stays. */
static enum candor_status is_held_by_us_alone(struct job *job, struct txn *txn,
                                              const struct request *request, bool *is_alone)
{
    struct consent_record *record = NULL;
    size_t count = 0;
    const struct str mark =
        str_format(job->arena, "request:%.*s", STR_ARG(request_name(job, request)));
    int64_t ours = INT64_MIN;
    int64_t theirs = INT64_MIN;
    int64_t lifted = INT64_MIN;
    TRY(store_consents(job, txn, request->subject, &record, &count));
    for (size_t i = 0; i < count; i++) {
        int64_t *last = record[i].decision == CONSENT_UNRESTRICTED ? &lifted
                        : str_starts(record[i].proof, mark)        ? &ours
                                                                   : &theirs;
        const bool counts =
            record[i].decision == CONSENT_RESTRICTED || record[i].decision == CONSENT_UNRESTRICTED;
        if (counts && record[i].time > *last) {
            *last = record[i].time;
        }
    }
    *is_alone = ours > lifted && (theirs == INT64_MIN || theirs < lifted);
    return CANDOR_OK;
}

enum candor_status choice_release(struct job *job, struct candor *candor, struct txn *txn,
                                  const struct request *request)
{
    bool is_alone = false;
    TRY(is_held_by_us_alone(job, txn, request, &is_alone));
    return is_alone ? say(job, candor, txn, request, EVERY, CONSENT_UNRESTRICTED) : CANDOR_OK;
}

enum candor_status choice_execute(struct job *job, struct candor *candor, struct txn *txn,
                                  const struct request *request)
{
    switch (request->clause.right) {
    case RIGHT_RESTRICTION:
        return say(job, candor, txn, request, EVERY, CONSENT_RESTRICTED);
    case RIGHT_MARKETING_OBJECTION:
        return object_to_marketing(job, candor, txn, request);
    case RIGHT_NO_AUTOMATION:
        return say(job, candor, txn, request, EVERY, CONSENT_HUMAN_WANTED);
    case RIGHT_OPT_OUT_SALE:
        return stop_sharing(job, candor, txn, request);
    case RIGHT_LIMIT_SENSITIVE:
        return say(job, candor, txn, request, EVERY, CONSENT_SENSITIVE_LIMITED);
    case RIGHT_OBJECTION:
        TRY(object(job, candor, txn, request));
        return choice_release(job, candor, txn, request);
    case RIGHT_ACCESS:
    case RIGHT_RECTIFICATION:
    case RIGHT_ERASURE:
    case RIGHT_PORTABILITY:
    case RIGHT_EXPLANATION:
    case RIGHT_HUMAN_REVIEW:
    case RIGHTS:
        break;
    }
    base_broken("these rights are no choices", __FILE__, __LINE__);
}
