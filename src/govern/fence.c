/*
 * fence.c - may what was decided before still be handed over?
 *
 * A withdrawal is a fence: once it is acknowledged, nothing that was decided before it goes out.
 * Whoever hands over asks the permit again; beside that, each no raises the subject's epoch, and a
 * decision carries the epoch it was made in. So a decision stays dead when the subject says yes again
 * after their no: what they agreed to now is not what was decided then.
 *
 *     decide (epoch 1) ... no (epoch 2) ... yes ... hand over: superseded
 *
 * tests/unit/govern/test_fence.c walks every order in which two workers, a queue and a crash can come
 * together, and shows that without this file's test something would go out.
 */
#include "govern.h"

static const int64_t fence_valid = INT64_C(3600) * FENCE_HOURS * MICROS_PER_SECOND;

enum permit_code fence_ask(const struct inventory *inventory, const struct consent_state *state,
                           const struct fence_ticket *ticket, int64_t now)
{
    const enum permit_code code = permit_ask(inventory, state, &ticket->question, now);
    if (!permit_code_allows(code)) {
        return code;
    }
    if (ticket->epoch != state->epoch) {
        return PERMIT_SUPERSEDED;
    }
    /* Subtracting could overflow for times that are no times. */
    const bool is_fresh =
        ticket->decided > 0 && ticket->decided <= now && now - ticket->decided < fence_valid;
    return is_fresh ? code : PERMIT_EXPIRED;
}
