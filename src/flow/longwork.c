/*
 * longwork.c - long work and those who change in the meantime.
 *
 * Who changed is a bit by slot, so that an import of the same people again and again costs no more, and a
 * list in the order in which it happened. view.c tells of each change, for the same reason for which it
 * drops its own entry: a change is noted before it is answered.
 */
#include "longwork.h"

enum { BITS = 64, ROOM_FIRST = 64 };

/* ---- under way ----------------------------------------------------------------------------- */

enum candor_status long_begin(struct job *job, struct candor *candor, const char *what,
                              struct str name, struct long_work *work)
{
    for (const struct long_work *other = candor->long_work; other != NULL; other = other->next) {
        if (str_equal(str_of(other->what), str_of(what)) && str_equal(other->name, name)) {
            return fail(job, CANDOR_BUSY,
                        "%s '%.*s' is under way already; try again when it is done", what,
                        STR_ARG(name));
        }
    }
    *work = (struct long_work){.candor = candor,
                               .what = what,
                               .name = name,
                               .policy = candor->policy,
                               .arena = arena_begin(),
                               .next = candor->long_work};
    candor->long_work = work;
    return CANDOR_OK;
}

void long_end(struct long_work *work)
{
    struct long_work **at = &work->candor->long_work;
    while (*at != work) {
        must(*at != NULL);
        at = &(*at)->next;
    }
    *at = work->next;
    arena_end(work->arena);
}

static enum candor_status stands(struct job *job, const struct long_work *work)
{
    if (job->cancelled) {
        return fail(job, CANDOR_CANCELLED, "stopped; nothing came of %s '%.*s'", work->what,
                    STR_ARG(work->name));
    }
    if (!digest_equal(work->policy, work->candor->policy)) {
        return fail(job, CANDOR_BUSY, "candor.yaml was read again during %s '%.*s'; do it again",
                    work->what, STR_ARG(work->name));
    }
    return CANDOR_OK;
}

void long_leave(struct long_work *work)
{
    home_leave(work->candor);
}

enum candor_status long_return(struct job *job, struct long_work *work)
{
    home_enter(work->candor);
    return stands(job, work);
}

enum candor_status long_yield(struct job *job, struct long_work *work, uint64_t done,
                              uint64_t total)
{
    home_roll_back(work->candor);
    home_leave(work->candor);
    job_say_progress(job, work->what, done, total);
    home_give_way(work->candor);
    return long_return(job, work);
}

/* ---- who changed --------------------------------------------------------------------------- */

static void make_room(struct long_work *work, size_t slot)
{
    if (slot >= work->slot_room) {
        const size_t room = (slot / BITS + 1) * BITS * 2;
        uint64_t *is_changed = NEW_ARRAY(work->arena, room / BITS, uint64_t);
        bytes_copy(is_changed, work->is_changed, work->slot_room / BITS * sizeof *is_changed);
        work->is_changed = is_changed;
        work->slot_room = room;
    }
    if (work->changed_count == work->changed_room) {
        const size_t room = work->changed_room == 0 ? ROOM_FIRST : 2 * work->changed_room;
        uint32_t *changed = NEW_ARRAY(work->arena, room, uint32_t);
        bytes_copy(changed, work->changed, work->changed_count * sizeof *changed);
        work->changed = changed;
        work->changed_room = room;
    }
}

void long_note_slot(struct long_work *work, uint32_t slot)
{
    make_room(work, slot);
    uint64_t *bits = &work->is_changed[slot / BITS];
    const uint64_t bit = UINT64_C(1) << slot % BITS;
    if ((*bits & bit) == 0) {
        *bits |= bit;
        work->changed[work->changed_count++] = slot;
    }
}

void long_note(struct candor *candor, struct subject subject)
{
    for (struct long_work *work = candor->long_work; work != NULL; work = work->next) {
        long_note_slot(work, subject.slot);
    }
}

void long_note_everybody(struct candor *candor)
{
    for (struct long_work *work = candor->long_work; work != NULL; work = work->next) {
        work->is_everybody = true;
    }
}

/* ---- asking them again --------------------------------------------------------------------- */

static bool take_changed(struct long_work *work, uint32_t *slot)
{
    if (work->changed_count == 0) {
        return false;
    }
    *slot = work->changed[--work->changed_count];
    work->is_changed[*slot / BITS] &= ~(UINT64_C(1) << *slot % BITS);
    return true;
}

static enum candor_status ask(struct job *job, struct long_work *work,
                              const struct long_asking *asking, size_t count_max)
{
    uint32_t slot = 0;
    const int64_t before = job->now;
    job->now = job->host->now(job->host); /* what was said since the job began counts */
    for (size_t n = 0; n < count_max && take_changed(work, &slot); n++) {
        TRY(asking->ask(job, asking->self, slot));
    }
    job->now = before;
    return CANDOR_OK;
}

static size_t to_ask(struct long_work *work, const struct long_asking *asking)
{
    if (work->is_everybody) {
        work->is_everybody = false;
        asking->note_all(asking->self);
    }
    return work->changed_count;
}

/* Where people change faster than they are asked, what is left at the end is asked in one stay. */
enum candor_status long_settle(struct job *job, struct long_work *work,
                               const struct long_asking *asking)
{
    size_t steps_left = 4 * (asking->people / LONG_STEP) + 4;
    TRY(asking->begin(job, asking->self));
    while (to_ask(work, asking) > LONG_STEP && steps_left-- > 0) {
        TRY(ask(job, work, asking, LONG_STEP));
        TRY(asking->end(job, asking->self));
        TRY(long_yield(job, work, 0, 0));
        TRY(asking->begin(job, asking->self));
    }
    return ask(job, work, asking, SIZE_MAX);
}
