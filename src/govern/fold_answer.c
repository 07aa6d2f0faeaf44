/*
 * fold_answer.c - what the slots of a fold answer: allowed or not, why, and which record decided.
 */
#include "fold.h"

/* Why there is no yes: what came nearest to one. */
static enum permit_code without_yes(const struct fold *fold, const struct slot *slot)
{
    if (slot->has_child) {
        return fold->age->is_known ? PERMIT_CHILD : PERMIT_AGE_UNKNOWN;
    }
    if (slot->has_future) {
        return PERMIT_NOT_YET;
    }
    return slot->has_undated ? PERMIT_EXPIRED : PERMIT_NO_CONSENT;
}

static enum permit_code code_of_rank(const struct fold *fold, const struct purpose *purpose,
                                     const struct slot *slot)
{
    const bool needs_yes = purpose->basis == BASIS_CONSENT;
    switch ((enum rank)slot->rank) {
    case RANK_NONE:
        return needs_yes ? without_yes(fold, slot) : PERMIT_OK_BASIS;
    case RANK_GIVEN:
        if (!needs_yes) {
            return PERMIT_OK_BASIS;
        }
        return fold->now < slot->end ? PERMIT_OK_CONSENT : PERMIT_EXPIRED;
    case RANK_REFUSED:
        return PERMIT_REFUSED;
    case RANK_OBJECTED:
        return PERMIT_OBJECTED;
    case RANK_INVALIDATED:
        return PERMIT_INVALIDATED;
    case RANK_REVOKED:
        return PERMIT_REVOKED;
    case RANK_WITHDRAWN:
        return PERMIT_WITHDRAWN;
    }
    base_broken("a slot has one of the ranks", __FILE__, __LINE__);
}

static enum permit_code slot_code(const struct fold *fold, const struct purpose *purpose,
                                  const struct slot *slot)
{
    if (fold->state->is_restricted) {
        return PERMIT_RESTRICTED;
    }
    const enum permit_code code = code_of_rank(fold, purpose, slot);
    const bool is_waiting =
        slot->pending > 0 && (slot->rank == RANK_NONE || slot->pending > slot->time);
    return is_waiting && !permit_code_allows(code) ? PERMIT_PENDING : code;
}

static uint32_t decided_by(const struct slot *slot, enum permit_code code)
{
    return code == PERMIT_PENDING ? slot->waiting : slot->record;
}

void fold_answer_purpose(const struct fold *fold, size_t at, struct consent_why *why)
{
    struct consent_state *state = fold->state;
    const struct purpose *purpose = &fold->inventory->purpose[at];
    for (size_t column = 0; column <= CHANNELS_MAX; column++) {
        const struct slot *slot = &fold->slot[at][column];
        const enum permit_code code =
            purpose_serves(purpose, column) ? slot_code(fold, purpose, slot) : PERMIT_WRONG_CHANNEL;
        state->code[at][column] = (uint8_t)code;
        if (permit_code_allows(code)) {
            state->allowed[column] |= UINT64_C(1) << at;
        }
        if (why != NULL) {
            why->record[at][column] = decided_by(slot, code);
        }
    }
}

void fold_answer_disclosure(const struct fold *fold, size_t d, struct consent_why *why)
{
    struct consent_state *state = fold->state;
    const struct disclosure *disclosure = &fold->inventory->disclosure[d];
    const struct purpose *purpose = &fold->inventory->purpose[disclosure->purpose];
    const bool follows =
        fold->inventory->recipient[disclosure->recipient].role == RECIPIENT_PROCESSOR;
    for (size_t column = 0; column <= CHANNELS_MAX; column++) {
        const struct slot *slot = &fold->disclosed[d][column];
        enum permit_code code =
            purpose_serves(purpose, column) ? slot_code(fold, purpose, slot) : PERMIT_WRONG_CHANNEL;
        uint32_t record = decided_by(slot, code);
        const enum permit_code of_purpose =
            (enum permit_code)state->code[disclosure->purpose][column];
        if (follows && (slot->rank <= RANK_GIVEN || !permit_code_allows(of_purpose))) {
            code = of_purpose;
            record = decided_by(&fold->slot[disclosure->purpose][column], code);
        }
        state->disclosed[d][column] = (uint8_t)code;
        if (why != NULL) {
            why->disclosed[d][column] = record;
        }
    }
}
