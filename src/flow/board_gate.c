/*
 * board_gate.c - what needs a review and has none that holds is not used.
 *
 * Asked where a thing is used, at that instant, about the bytes that are used. Without a section
 * `governance` nothing is asked, but for a regulated offer, which needs the ethics board in any case. A
 * single decision is asked thousands of times a second: what was found open for a campaign is kept
 * until the first of its approvals lapses, or anything about reviews or models changes.
 */
#include "reviewed.h"

/* ---- looking ------------------------------------------------------------------------------- */

enum candor_status board_passage_of(struct job *job, struct candor *candor, struct txn *txn,
                                    const struct board_thing *thing, const uint8_t *digest,
                                    struct str author, struct board_passage *passage)
{
    struct board_record *record = NULL;
    size_t count = 0;
    const struct board_now now = {.digest = digest,
                                  .risk = thing->risk,
                                  .author = author,
                                  .now = job->now,
                                  .needs_reason = thing->is_blocked};
    *passage = (struct board_passage){0};
    TRY(board_of(job, txn, thing->kind, thing->name, &record, &count));
    for (size_t i = 0; i < count; i++) {
        const struct board_standing standing =
            board_stand(&candor->governance->rules, &record[i].review, &now);
        if (standing.state == BOARD_APPROVED &&
            (passage->open == NULL || passage->standing.valid_until < standing.valid_until)) {
            TRY(board_check(job, candor, txn, &record[i]));
            passage->open = &record[i];
            passage->standing = standing;
        }
        if (passage->latest == NULL) {
            passage->latest = &record[i];
            passage->standing = passage->open == NULL ? standing : passage->standing;
        }
    }
    return CANDOR_OK;
}

/* ---- saying no ----------------------------------------------------------------------------- */

static enum candor_status refuse(struct job *job, const struct board_thing *thing,
                                 const struct board_passage *passage)
{
    const bool is_policy = thing->kind == BOARD_POLICY;
    const char *kind = board_kind_name(thing->kind);
    const struct str what = is_policy
                                ? STR("the policy, candor.yaml,")
                                : str_format(job->arena, "%s '%.*s'", kind, STR_ARG(thing->name));
    const struct str again =
        str_format(job->arena, "candor board propose %s%s%.*s", kind, is_policy ? "" : " ",
                   STR_ARG(is_policy ? STR("") : thing->name));
    if (passage->latest == NULL) {
        return fail(job, CANDOR_REFUSED,
                    "candor.yaml wants a review of %.*s first, and nobody proposed it: %.*s",
                    STR_ARG(what), STR_ARG(again));
    }
    const struct str id = board_hex(job->arena, passage->latest);
    switch (passage->standing.state) {
    case BOARD_IN_REVIEW:
    case BOARD_APPROVED: /* not for whoever asks */
        return fail(job, CANDOR_REFUSED,
                    "%.*s is still in review %.8s. %s See: candor review show "
                    "%.8s",
                    STR_ARG(what), id.ptr, board_wait_sentence(passage->standing.wait), id.ptr);
    case BOARD_CHANGES_REQUESTED:
    case BOARD_REJECTED:
        return fail(job, CANDOR_REFUSED,
                    "review %.8s of %.*s ended with '%s': see candor review show %.8s, change it, "
                    "then %.*s",
                    id.ptr, STR_ARG(what), board_state_name(passage->standing.state), id.ptr,
                    STR_ARG(again));
    case BOARD_VOID:
        return fail(job, CANDOR_REFUSED,
                    "%.*s is not what review %.8s was about any more, so that it is void; propose "
                    "it as it is: %.*s",
                    STR_ARG(what), id.ptr, STR_ARG(again));
    case BOARD_WITHDRAWN:
    case BOARD_LAPSED:
    case BOARD_STATES:
        break;
    }
    return fail(job, CANDOR_REFUSED, "review %.8s of %.*s %s: %.*s", id.ptr, STR_ARG(what),
                passage->standing.state == BOARD_LAPSED ? "has lapsed" : "was withdrawn",
                STR_ARG(again));
}

/* The digest that is used: of a model, the one given; else the thing's own. */
static enum candor_status gate(struct job *job, struct candor *candor, struct txn *txn,
                               const struct board_thing *thing, const uint8_t *digest,
                               struct str author, int64_t *until)
{
    struct board_passage passage;
    TRY(board_passage_of(job, candor, txn, thing, digest, author, &passage));
    if (passage.open == NULL) {
        return refuse(job, thing, &passage);
    }
    *until = passage.standing.valid_until < *until ? passage.standing.valid_until : *until;
    return CANDOR_OK;
}

static bool is_reviewed(const struct candor *candor, enum board_kind kind)
{
    return (candor->governance->rules.reviewed >> kind & 1) != 0;
}

enum candor_status board_require(struct job *job, struct candor *candor, struct txn *txn,
                                 enum board_kind kind, struct str name, struct str author)
{
    struct board_thing thing;
    int64_t until = INT64_MAX;
    if (!is_reviewed(candor, kind)) {
        return CANDOR_OK;
    }
    TRY(board_thing_load(job, candor, txn, kind, name, &thing));
    return gate(job, candor, txn, &thing, thing.digest, author, &until);
}

/* ---- campaigns ----------------------------------------------------------------------------- */

static enum candor_status gate_model(struct job *job, struct candor *candor, struct txn *txn,
                                     struct str name, int64_t *until)
{
    struct board_thing thing;
    if (name.len == 0 || !is_reviewed(candor, BOARD_MODEL)) {
        return CANDOR_OK;
    }
    TRY(board_thing_load(job, candor, txn, BOARD_MODEL, name, &thing));
    /* Of a model that is not published, the one who needs it says so. */
    return thing.is_in_use ? gate(job, candor, txn, &thing, thing.in_use, STR(""), until)
                           : CANDOR_OK;
}

static enum candor_status gate_campaign(struct job *job, struct candor *candor, struct txn *txn,
                                        const struct campaign *campaign, struct str author,
                                        int64_t *until)
{
    struct board_thing thing;
    if (campaign->regulated != REGULATED_NONE && candor->governance->rules.member_count == 0) {
        return fail(job, CANDOR_REFUSED,
                    "campaign '%.*s' is an offer of %s, which an ethics board reviews; candor.yaml "
                    "has none under governance: see docs/governance.md",
                    STR_ARG(campaign->name), regulated_name(campaign->regulated));
    }
    if (is_reviewed(candor, BOARD_POLICY)) {
        TRY(board_thing_load(job, candor, txn, BOARD_POLICY, STR(""), &thing));
        TRY(gate(job, candor, txn, &thing, thing.digest, STR(""), until));
    }
    if (campaign->regulated != REGULATED_NONE || is_reviewed(candor, BOARD_CAMPAIGN)) {
        TRY(board_thing_load(job, candor, txn, BOARD_CAMPAIGN, campaign->name, &thing));
        TRY(gate(job, candor, txn, &thing, thing.digest, author, until));
    }
    return gate_model(job, candor, txn, campaign->model, until);
}

enum candor_status board_require_campaign(struct job *job, struct candor *candor, struct txn *txn,
                                          const struct campaign *campaign, size_t campaign_index,
                                          struct str author)
{
    int64_t *kept = &candor->governance->campaign_until[campaign_index];
    int64_t until = INT64_MAX;
    if (campaign->regulated == REGULATED_NONE && candor->governance->rules.reviewed == 0) {
        return CANDOR_OK;
    }
    if (author.len == 0 && job->now < *kept) {
        return CANDOR_OK;
    }
    TRY(gate_campaign(job, candor, txn, campaign, author, &until));
    if (author.len == 0) {
        *kept = until;
    }
    return CANDOR_OK;
}

void board_forget(struct candor *candor)
{
    for (size_t c = 0; c < candor->campaign_count; c++) {
        candor->governance->campaign_until[c] = 0;
    }
}

/* ---- notices and overrides ----------------------------------------------------------------- */

enum candor_status board_require_notice(struct job *job, struct candor *candor, struct txn *txn,
                                        size_t purpose)
{
    const struct purpose *it = &candor->inventory->purpose[purpose];
    return it->wording.len == 0 ? CANDOR_OK
                                : board_require(job, candor, txn, BOARD_NOTICE, it->name, STR(""));
}

enum candor_status board_override(struct job *job, struct candor *candor, struct txn *txn,
                                  enum board_kind kind, struct str name, struct str *reason)
{
    struct board_thing thing;
    struct board_passage passage;
    TRY(board_thing_load(job, candor, txn, kind, name, &thing));
    TRY(board_passage_of(job, candor, txn, &thing, thing.digest, STR(""), &passage));
    *reason = passage.open != NULL && passage.standing.is_overruled ? passage.standing.overruled
                                                                    : STR("");
    return CANDOR_OK;
}
