/*
 * people.h - another door of the govern room: the company's own people.
 *
 *   people.c    training that lapses, acts that need two people, whose data are unreadable
 *
 * Roles stand in role.c. Like the rest of the room these are pure functions: what is configured and
 * the instant go in, an answer with its reason comes out.
 */
#ifndef CANDOR_PEOPLE_H
#define CANDOR_PEOPLE_H

#include "govern.h"

#define COURSES_MAX 16
#define COURSE_LEN_MAX 64

/* A course that an operator says to have taken, and until when that counts. */
struct acknowledgement {
    struct str course;
    int64_t until;    /* it no longer counts from this instant on */
    int64_t recorded; /* when it was put down */
};

/* Does an act show people's data to whoever does it, or hand them on? Decisions by the machine, and
 * what protects people (consents, objections, erasure), are not among them. */
bool act_is_personal(enum act act);
/* May a person do this about themselves, whose data it is? */
bool act_is_subjects_own(enum act act);

/*
 * May somebody with these acknowledgements see personal data at all? Every required course must be
 * there, and none that is there may have lapsed. *lapsed names what is missing (*until 0) or over.
 * Whoever has the machine's role alone is no human and takes no courses.
 */
bool training_is_current(unsigned roles, const struct str *required, size_t required_count,
                         const struct acknowledgement *taken, size_t taken_count, int64_t now,
                         struct str *lapsed, int64_t *until);

/* Acts that a company may want two people behind. One list: candor.yaml names them. */
enum guarded {
    GUARD_OPERATORS, /* operators, their roles and ends */
    GUARD_API_KEYS,
    GUARD_ROTATE,  /* new root and node keys for everybody */
    GUARD_PUBLISH, /* of models */
    GUARD_EXPORT,  /* a subject's data in full */
    GUARD_ERASE,   /* of subjects */
    GUARD_INCIDENT_CLOSE,
    GUARDS,
};
const char *guarded_name(enum guarded guarded); /* "operators" */
bool guarded_read(struct str text, enum guarded *guarded);
enum act guarded_act(enum guarded guarded); /* what a second signer must be allowed to do */

/* What got into wrong hands in an incident. */
enum exposed {
    EXPOSED_DATA = 1,      /* data.db, or a backup of it: sealed values */
    EXPOSED_KEYS = 2,      /* keys/keys.db: wrapped keys */
    EXPOSED_ROOT = 4,      /* keys/root.key: opens them */
    EXPOSED_EXPORT = 8,    /* an export, a hand-over file, a page: in plain */
    EXPOSED_OPERATOR = 16, /* somebody looked who should not have */
    EXPOSED_KINDS = 5,
};
const char *exposed_name(enum exposed exposed); /* "data" */
bool exposed_read(struct str text, enum exposed *exposed);

/* Were the data unintelligible to whoever got them (GDPR Article 34(3)(a))? Values in data.db are
 * sealed under keys that only keys.db and root.key together open. *why is a sentence. */
bool exposed_is_unintelligible(unsigned exposed, const char **why);

/* The 72 hours of GDPR Article 33(1), from the moment of knowing. level 0 .. 3: 50, 80, 100 % are
 * over. */
#define BREACH_CLOCK (INT64_C(72) * 3600 * MICROS_PER_SECOND)
unsigned breach_level(int64_t aware, int64_t now);

#endif
