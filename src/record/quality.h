/*
 * quality.h - the second door of the record room: what good data is, and how good it is.
 *
 *   quality.c       counting, scores, what falls short; consistency across the fields of one subject
 *   quality_read.c  the section `quality` of candor.yaml
 *
 * Five standards, each a share between 0 and 1 of what could be right:
 *
 *     completeness   values that are there
 *     validity       values that are what their field says
 *     uniqueness     values of a field marked unique, and identifiers, that nobody else has
 *     consistency    rules across fields that hold, of those that apply
 *     timeliness     values that came in, or events that happened, recently enough
 *
 * What was not looked at has no score: not a number, which falls short of nothing.
 */
#ifndef CANDOR_QUALITY_H
#define CANDOR_QUALITY_H

#include "record.h"

#define QUALITY_RULES_MAX 256
#define QUALITY_SOURCES_MAX 64
#define QUARANTINE_DAYS 30 /* kept for repair so long, where candor.yaml says nothing */

enum quality {
    QUALITY_COMPLETENESS,
    QUALITY_VALIDITY,
    QUALITY_UNIQUENESS,
    QUALITY_CONSISTENCY,
    QUALITY_TIMELINESS,
    QUALITIES,
};

const char *quality_name(enum quality quality); /* "completeness" */

/* ---- standards ----------------------------------------------------------------------------- */

/* The smallest score that is enough; not a number: none is asked. */
struct quality_least {
    double of[QUALITIES];
};

enum quality_ask {
    ASK_PRESENT, /* `present: true`; false is ASK_MISSING */
    ASK_MISSING,
    ASK_EQUALS,
    ASK_DIFFERS,
    ASK_AT_LEAST,
    ASK_AT_MOST,
    ASK_SAME_AS, /* the next three compare with another field */
    ASK_NOT_BEFORE,
    ASK_NOT_AFTER,
};

/* One question to a profile. */
struct quality_test {
    size_t field;
    enum quality_ask ask;
    struct cell value; /* of equals, differs, at_least, at_most */
    size_t other;      /* field of the last three; NONE */
};

/* Where `when` holds, or is not there, `then` must. */
struct quality_rule {
    struct str name;
    bool has_when;
    struct quality_test when;
    struct quality_test then;
    bool rejects; /* a row that breaks it stays out; else it is counted only */
};

struct quality_field {
    bool is_unique;
    uint32_t fresh_days; /* 0: no age is too old */
    struct quality_least least;
};

/* A source is whoever sends files: `candor import --source NAME`. */
struct quality_source {
    struct str name;
    uint32_t fresh_days; /* an event may have happened so long before it comes in */
    struct quality_least least;
};

struct quality_standards {
    struct quality_least least;  /* of what is held, where a field says nothing of its own */
    struct quality_field *field; /* one for each of the inventory's */
    size_t field_count;
    struct quality_rule *rule;
    size_t rule_count;
    struct quality_source *source;
    size_t source_count;
    uint32_t quarantine_days;
};

/* The section may be missing: then nothing is asked. Fields whose age counts are marked so in the
 * inventory, which is not in use yet. CANDOR_BAD_INPUT with the line. */
CANDOR_MUST_USE enum candor_status quality_read(struct job *job, const struct inventory *inventory,
                                                const struct value *root,
                                                struct quality_standards *standards);
/* NULL: the section does not speak of this source. */
const struct quality_source *quality_source(const struct quality_standards *standards,
                                            struct str name);

enum quality_verdict {
    RULE_HOLDS,
    RULE_BROKEN,
    RULE_SILENT /* it does not apply, or cannot tell */
};

/* A rule over the fields of one subject. A comparison with a missing value cannot tell. */
enum quality_verdict quality_judge(const struct quality_rule *rule, const struct cell *cell);
/* The first rule that rejects and is broken; NULL: none. */
const struct quality_rule *quality_rejects(const struct quality_standards *standards,
                                           const struct cell *cell);

/* ---- counting ------------------------------------------------------------------------------ */

struct quality_count {
    uint64_t right;
    uint64_t all;
};

struct quality_tally {
    struct quality_count of[QUALITIES];
};

void quality_add(struct quality_tally *tally, enum quality quality, bool is_right);
/* Of several fields, all their values together. */
void quality_merge(struct quality_tally *sum, const struct quality_tally *part);
double quality_score(struct quality_count count); /* not a number of nothing */
/* Whether a score is below what is asked; `own` goes before `home`. */
bool quality_falls_short(struct quality_count count, enum quality quality,
                         const struct quality_least *own, const struct quality_least *home,
                         double *least);
/* Is any threshold set? */
bool quality_asks(const struct quality_standards *standards);

#endif
