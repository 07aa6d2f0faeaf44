/*
 * candor_people.h - the company's own people, and what goes wrong.
 *
 *   operators   roles, ends, training that lapses
 *   second      acts that need a second operator's signature
 *   access      who looked at whom
 *   incidents   the register, its 72 hours, who is affected, drafts of what must be told
 */
#ifndef CANDOR_PEOPLE_PUBLIC_H
#define CANDOR_PEOPLE_PUBLIC_H

#include "candor.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- operators ----------------------------------------------------------------------------- */

/* Change an operator's roles; roles NULL: show who may do what. The last owner stays one. */
CANDOR_CHECK enum candor_status candor_operator_roles(struct job *job, struct candor *candor,
                                                      const char *name, const char *roles,
                                                      struct candor_text *report);
/* From this day on they cannot sign in; on NULL: from now on. The last owner cannot end. */
CANDOR_CHECK enum candor_status candor_operator_expire(struct job *job, struct candor *candor,
                                                       const char *name, const char *on,
                                                       struct candor_text *report);
/* Put down that an operator took a course, and until when that counts. Once it is over, or a course
 * that candor.yaml requires is missing, they see no personal data: CANDOR_FORBIDDEN. */
CANDOR_CHECK enum candor_status candor_operator_training(struct job *job, struct candor *candor,
                                                         const char *name, const char *course,
                                                         const char *until,
                                                         struct candor_text *report);

/* ---- second -------------------------------------------------------------------------------- */

/* Acts that wait for a second operator. */
CANDOR_CHECK enum candor_status candor_second_list(struct job *job, struct candor *candor,
                                                   struct candor_text *report);
/* Sign or refuse one, by its number. CANDOR_FORBIDDEN: whoever asked, or may not do such a thing. */
CANDOR_CHECK enum candor_status candor_second_sign(struct job *job, struct candor *candor,
                                                   const char *number, bool grant,
                                                   struct candor_text *report);

/* ---- access -------------------------------------------------------------------------------- */

/* Why the present operator looks at people, from now on until the home is closed: a case number, a
 * call. It stands in the access log, which the subject sees. CANDOR_BAD_INPUT: too long. */
CANDOR_CHECK enum candor_status candor_because(struct job *job, struct candor *candor,
                                               const char *why);
/* Who looked at how many people, when and why; of one operator, from a day on (both or NULL).
 * *findings counts looks without a reason where candor.yaml wants one. */
CANDOR_CHECK enum candor_status candor_access_log(struct job *job, struct candor *candor,
                                                  const char *operator_name, const char *since,
                                                  size_t *findings, struct candor_text *report);

/* ---- incidents ----------------------------------------------------------------------------- */

struct candor_incident {
    const char *title;         /* what happened, without personal data */
    const char *aware;         /* when we knew: the clock begins; NULL: now */
    const char *from;          /* when it happened: an instant or day; NULL: unknown */
    const char *until;         /* NULL: it goes on */
    const char *operator_name; /* whose looks are part of it; NULL: nobody's */
    const char *campaign;      /* whose hand-over is part of it; NULL: none's */
    const char *recipient;     /* who was given data in that time; NULL: none */
    const char *exposed;       /* "data,keys,root,export,operator" */
    const char *measures;      /* what was done about it; NULL: nothing yet */
    const char *risk;          /* "none", "some", "high"; NULL: not judged yet */
};

/* Open one; its number is in the report. */
CANDOR_CHECK enum candor_status candor_incident_open(struct job *job, struct candor *candor,
                                                     const struct candor_incident *facts,
                                                     struct candor_text *report);
/* Members that are not NULL replace what stood there; note is added with its time and author;
 * notified: "authority" or "people", just told. */
CANDOR_CHECK enum candor_status candor_incident_update(struct job *job, struct candor *candor,
                                                       const char *number,
                                                       const struct candor_incident *facts,
                                                       const char *note, const char *notified,
                                                       struct candor_text *report);
CANDOR_CHECK enum candor_status candor_incident_list(struct job *job, struct candor *candor,
                                                     size_t *overdue, struct candor_text *report);
/* With who is affected, computed from the access log and the hand-overs now. people_path (or NULL):
 * write their identifiers there, to tell them. */
CANDOR_CHECK enum candor_status candor_incident_show(struct job *job, struct candor *candor,
                                                     const char *number, const char *people_path,
                                                     struct candor_text *report);
/* A draft for the "authority" (GDPR Article 33(3)) or the "people" (34(2)), as plain text. */
CANDOR_CHECK enum candor_status candor_incident_draft(struct job *job, struct candor *candor,
                                                      const char *number, const char *whom,
                                                      struct candor_text *draft);
/* CANDOR_REFUSED: somebody who must be told was not, and no reason says why. */
CANDOR_CHECK enum candor_status candor_incident_close(struct job *job, struct candor *candor,
                                                      const char *number, const char *reason,
                                                      struct candor_text *report);

#ifdef __cplusplus
}
#endif

#endif
