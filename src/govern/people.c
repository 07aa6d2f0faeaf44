/*
 * people.c - the company's own people: training, acts that need two of them, and what an incident
 * laid open.
 *
 * All of it fails closed: a course that nobody put down was not taken, one without an end is over,
 * and what is not known to be sealed counts as read.
 */
#include "people.h"

/* ---- training ------------------------------------------------------------------------------ */

bool act_is_personal(enum act act)
{
    switch (act) {
    case ACT_IMPORT:
    case ACT_PLAN:
    case ACT_SEND:
    case ACT_RESULTS:
    case ACT_SUBJECT_READ:
    case ACT_SUBJECT_CHANGE:
    case ACT_SHARE:
        return true;
    case ACT_TRAIN:
    case ACT_PUBLISH:
    case ACT_APPROVE:
    case ACT_DECIDE:
    case ACT_SUBJECT_ERASE:
    case ACT_CONSENT:
    case ACT_AUDIT:
    case ACT_LEDGER_READ:
    case ACT_TRACK:
    case ACT_CHAT:
    case ACT_ADMINISTER:
        break;
    }
    return false;
}

static const struct acknowledgement *find(const struct acknowledgement *taken, size_t count,
                                          struct str course)
{
    for (size_t i = 0; i < count; i++) {
        if (str_equal(taken[i].course, course)) {
            return &taken[i];
        }
    }
    return NULL;
}

bool training_is_current(unsigned roles, const struct str *required, size_t required_count,
                         const struct acknowledgement *taken, size_t taken_count, int64_t now,
                         struct str *lapsed, int64_t *until)
{
    *until = 0;
    if (roles != 0 && (roles & ~(unsigned)(ROLE_MACHINE | ROLE_TRACKER)) == 0) {
        return true;
    }
    for (size_t i = 0; i < taken_count; i++) {
        if (taken[i].until <= now) {
            *lapsed = taken[i].course;
            *until = taken[i].until;
            return false;
        }
    }
    for (size_t i = 0; i < required_count; i++) {
        if (find(taken, taken_count, required[i]) == NULL) {
            *lapsed = required[i];
            return false;
        }
    }
    return true;
}

/* ---- two people ---------------------------------------------------------------------------- */

static const struct {
    const char *name;
    enum act act;
} guard_row[GUARDS] = {
    [GUARD_OPERATORS] = {"operators", ACT_ADMINISTER},
    [GUARD_API_KEYS] = {"api_keys", ACT_ADMINISTER},
    [GUARD_ROTATE] = {"rotate", ACT_ADMINISTER},
    [GUARD_PUBLISH] = {"publish", ACT_PUBLISH},
    [GUARD_EXPORT] = {"export", ACT_SUBJECT_READ},
    [GUARD_ERASE] = {"erase", ACT_SUBJECT_ERASE},
    [GUARD_INCIDENT_CLOSE] = {"incident_close", ACT_SUBJECT_CHANGE},
};

const char *guarded_name(enum guarded guarded)
{
    must((unsigned)guarded < GUARDS);
    return guard_row[guarded].name;
}

bool guarded_read(struct str text, enum guarded *guarded)
{
    for (unsigned i = 0; i < GUARDS; i++) {
        if (str_is(text, guard_row[i].name)) {
            *guarded = (enum guarded)i;
            return true;
        }
    }
    return false;
}

enum act guarded_act(enum guarded guarded)
{
    must((unsigned)guarded < GUARDS);
    return guard_row[guarded].act;
}

/* ---- incidents ----------------------------------------------------------------------------- */

static const char *const exposed_text[EXPOSED_KINDS] = {"data", "keys", "root", "export",
                                                        "operator"};

const char *exposed_name(enum exposed exposed)
{
    for (unsigned bit = 0; bit < EXPOSED_KINDS; bit++) {
        if (exposed == (enum exposed)(1U << bit)) {
            return exposed_text[bit];
        }
    }
    base_broken("what is exposed is one bit of those known", __FILE__, __LINE__);
}

bool exposed_read(struct str text, enum exposed *exposed)
{
    for (unsigned bit = 0; bit < EXPOSED_KINDS; bit++) {
        if (str_is(text, exposed_text[bit])) {
            *exposed = (enum exposed)(1U << bit);
            return true;
        }
    }
    return false;
}

bool exposed_is_unintelligible(unsigned exposed, const char **why)
{
    if (exposed == 0) {
        *why = "It is not known what was exposed, so the data count as readable.";
        return false;
    }
    if ((exposed & (EXPOSED_EXPORT | EXPOSED_OPERATOR)) != 0) {
        *why = "Data were seen or copied in plain.";
        return false;
    }
    if ((exposed & EXPOSED_DATA) != 0 && (exposed & EXPOSED_KEYS) != 0 &&
        (exposed & EXPOSED_ROOT) != 0) {
        *why = "The sealed values, the wrapped keys and the root that opens them were exposed "
               "together.";
        return false;
    }
    if ((exposed & EXPOSED_DATA) == 0) {
        *why = "Keys alone open nothing; no sealed values were exposed.";
        return true;
    }
    *why = "Every value is sealed (XChaCha20-Poly1305) under a key of its own person, and the keys "
           "or the root that opens them were not exposed.";
    return true;
}

unsigned breach_level(int64_t aware, int64_t now)
{
    const int64_t passed = now - aware;
    if (passed >= BREACH_CLOCK) {
        return 3;
    }
    if (passed >= BREACH_CLOCK / 10 * 8) {
        return 2;
    }
    return passed >= BREACH_CLOCK / 2 ? 1 : 0;
}
