/*
 * longwork.h - work that takes minutes and lets others into the home between its steps: plan.c, train.c.
 *
 *     long_begin ── step ── long_yield ── step ── long_leave, compute, long_return ── step ── long_end
 *                   home's   others come           nobody waits                     home's
 *
 * What was read in one step may be over in the next: somebody said no, was erased, candor.yaml is another.
 * So each work notes who was changed since it began, and asks them again before it hands anything over;
 * and it ends when the policy it began under is no longer in force.
 */
#ifndef CANDOR_FLOW_LONGWORK_H
#define CANDOR_FLOW_LONGWORK_H

#include "flow.h"

#define LONG_STEP 100 /* people in one stay: a decision waits some milliseconds */

/* The home lists those under way; what it points to is its own. */
struct long_work {
    struct candor *candor;
    const char *what; /* "planning": for messages */
    struct str name;
    struct digest policy;
    struct arena *arena;
    uint64_t *is_changed; /* a bit for each slot */
    size_t slot_room;
    uint32_t *changed; /* slots, as they came */
    size_t changed_count;
    size_t changed_room;
    bool is_everybody; /* changed, and who it was is not known */
    struct long_work *next;
};

/*
 * In the home. work lives until long_end, which is called in the home too, whatever came in between.
 *
 * CANDOR_BUSY  the same of that name is under way
 */
CANDOR_MUST_USE enum candor_status long_begin(struct job *job, struct candor *candor,
                                              const char *what, struct str name,
                                              struct long_work *work);
void long_end(struct long_work *work);

/*
 * Let those who wait come first. The open transaction is rolled back, and nothing of the home that was
 * looked at before stands after it. Whoever listens to the job is told outside of the home, and may use it.
 * After a failure we are in the home as well.
 *
 * CANDOR_CANCELLED  the job is to stop
 * CANDOR_BUSY       candor.yaml was read again meanwhile
 */
CANDOR_MUST_USE enum candor_status long_yield(struct job *job, struct long_work *work,
                                              uint64_t done, uint64_t total);
/* Out of the home for as long as is computed, and back: as long_yield. */
void long_leave(struct long_work *work);
CANDOR_MUST_USE enum candor_status long_return(struct job *job, struct long_work *work);

/* How a work asks those who were changed; self is its own. */
struct long_asking {
    void *self;
    /* A stay begins; a stay is about to end. */
    enum candor_status (*begin)(struct job *job, void *self);
    enum candor_status (*end)(struct job *job, void *self);
    /* Somebody was changed, maybe nobody of this work's. job->now is the present instant. */
    enum candor_status (*ask)(struct job *job, void *self, uint32_t slot);
    /* Who was changed is not known: long_note_slot for each who may be meant. */
    void (*note_all)(void *self);
    size_t people; /* of this work */
};

/*
 * In the home: ask whoever was changed since it began or since they were asked. When it returns CANDOR_OK,
 * nobody is left, which stays so until the stay ends. Many are asked in several stays.
 *
 * Statuses of the questions and of long_yield.
 */
CANDOR_MUST_USE enum candor_status long_settle(struct job *job, struct long_work *work,
                                               const struct long_asking *asking);
void long_note_slot(struct long_work *work, uint32_t slot);

/* Tell all that is under way that something about this person is not as it was; about any of them. */
void long_note(struct candor *candor, struct subject subject);
void long_note_everybody(struct candor *candor);

#endif
