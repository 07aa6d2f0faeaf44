/*
 * candor_me.h - a subject's own page: all that it shows, and what they say about single messages.
 *
 *   dashboard   what is known, concluded, done, shared, looked at, chosen and owed, in one report
 *   wishes      when, how often and about what they want to hear from us
 *   feedback    "not interested" and "this felt wrong": in force at once, and read by people
 *
 * A subject's session (candor_visit.h) reaches these about itself alone. candor.h does not include it.
 */
#ifndef CANDOR_ME_PUBLIC_H
#define CANDOR_ME_PUBLIC_H

#include "candor.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- dashboard ----------------------------------------------------------------------------- */

/*
 * As candor_subject_show, with its requests, reviews and feedback, and beside them: "notices" (each
 * purpose with its words, and how often it was used), "conclusions" (each feature with its value, and
 * how it is worked out), "campaigns" by their titles, "rights" with their clocks, "controller".
 */
CANDOR_CHECK enum candor_status candor_subject_dashboard(struct job *job, struct candor *candor,
                                                         const char *identifier,
                                                         struct candor_text *report);

/*
 * As candor_subject_erase; keep_mark: a keyed mark stays, so that no import brings them back and nobody
 * contacts them again. The report is the certificate. A subject's session ends with it.
 *
 * CANDOR_REFUSED  a legal hold, or two people have to sign; nothing was changed
 */
CANDOR_CHECK enum candor_status candor_subject_leave(struct job *job, struct candor *candor,
                                                     const char *identifier, bool keep_mark,
                                                     struct candor_text *report);

/* ---- wishes -------------------------------------------------------------------------------- */

/* Limits on what they allowed; all 0: none. */
struct candor_wishes {
    uint32_t contacts;   /* at most so many messages over all channels; 0: as many as come */
    uint32_t days;       /* ... in so many days; 0 with contacts 0 */
    uint32_t quiet_from; /* minutes of the day on their clock; both alike: no quiet hours */
    uint32_t quiet_until;
    int32_t utc_offset;                /* of their clock: minutes east of UTC */
    const char *const *declined_topic; /* of campaigns */
    size_t topic_count;
};

/*
 * They replace what was chosen before, and count in the next decision: "topic_declined", "own_limit" or
 * "quiet_hours" withholds. Plans ask them too, but for the hour, which counts when something is handed
 * over. The report has what was chosen, the entry on the ledger, the evidence that it commits to and its
 * salt; so have the dashboard and the copy of their data, under "wishes".
 *
 * CANDOR_NOT_FOUND  no such subject
 * CANDOR_BAD_INPUT  beyond a limit, or a topic that no campaign has
 */
CANDOR_CHECK enum candor_status candor_wishes_choose(struct job *job, struct candor *candor,
                                                     const char *identifier,
                                                     const struct candor_wishes *wishes,
                                                     struct candor_text *report);

/*
 * Quiet hours as people write them, "22:00-08:00", on a clock so far from UTC, "+01:00"; NULL: none, and UTC.
 *
 * CANDOR_BAD_INPUT
 */
CANDOR_CHECK enum candor_status candor_wishes_read(struct job *job, const char *quiet,
                                                   const char *clock, struct candor_wishes *wishes);

/* ---- feedback ------------------------------------------------------------------------------ */

/*
 * What the subject says about a decision, by its index on the ledger: "not_interested" or
 * "felt_wrong". From then on its campaign leaves them alone, also where a message was decided and not
 * handed over yet; "felt_wrong" waits for a person too. "take_back" ends it. Durable and effective
 * when it returns.
 *
 * CANDOR_NOT_FOUND  no such decision about this subject; of take_back: nothing was said
 * CANDOR_BAD_INPUT  another word
 */
CANDOR_CHECK enum candor_status candor_feedback(struct job *job, struct candor *candor,
                                                const char *identifier, uint64_t index,
                                                const char *word, struct candor_text *report);
/* The queue, the oldest first: {"feedback": [{"id","campaign","ledger_index","word","said","waits_days",
 * "handled","by"}], "waiting"}. Names nobody. Needs the act "audit". */
CANDOR_CHECK enum candor_status candor_feedback_list(struct job *job, struct candor *candor,
                                                     struct candor_text *report);
/* Somebody has read it. The campaign still leaves the subject alone. CANDOR_NOT_FOUND: no such id;
 * CANDOR_REFUSED: it was handled before. Needs "subject.change". */
CANDOR_CHECK enum candor_status candor_feedback_handle(struct job *job, struct candor *candor,
                                                       const char *id, struct candor_text *report);

#ifdef __cplusplus
}
#endif

#endif
