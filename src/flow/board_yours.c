/*
 * board_yours.c - what the one who asks may do in a review, and why not: a page offers only what would be
 * taken, and says to whoever has a conflict that they have one.
 */
#include "reviewed.h"

/* A reason is asked for where the step is taken; whether they may at all does not hang on it. */
static struct board_step step_of(const struct job *job, const struct candor *candor,
                                 enum board_act act, struct lit note)
{
    return (struct board_step){.act = act,
                               .who = candor->self.name,
                               .time = job->now,
                               .note = str_from(note),
                               .conflict = STR("")};
}

static void put_act(struct job *job, struct candor *candor, const struct board_thing *thing,
                    const struct board_record *record, enum board_act act, struct json *json)
{
    const struct board_step reasoned = step_of(job, candor, act, LIT("-"));
    const struct board_step bare = step_of(job, candor, act, LIT(""));
    const bool may = board_may_step(job, candor, thing, record, &reasoned) == CANDOR_OK;
    const struct str why = may ? STR("") : str_copy(job->arena, str_of(job->message));
    job_forgive(job);
    const bool wants_reason =
        may && board_may_step(job, candor, thing, record, &bare) == CANDOR_BAD_INPUT;
    job_forgive(job);
    json_map_begin(json);
    json_key(json, LIT("act"));
    json_text(json, str_of(board_act_name(act)));
    json_key(json, LIT("may"));
    json_bool(json, may);
    put_text_or_null(json, LIT("why"), why);
    json_key(json, LIT("reason_needed"));
    json_bool(json, wants_reason);
    json_map_end(json);
}

void board_yours(struct job *job, struct candor *candor, const struct board_thing *thing,
                 const struct board_record *record, struct json *json)
{
    json_key(json, LIT("yours"));
    json_list_begin(json);
    for (unsigned act = 0; act < BOARD_ACTS; act++) {
        put_act(job, candor, thing, record, (enum board_act)act, json);
    }
    json_list_end(json);
}
