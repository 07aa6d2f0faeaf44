/*
 * figures.h - another door of the govern room: what many people said and asked, counted.
 *
 *   figures.c           consents: asked, given, refused, taken back, over a period
 *   figures_requests.c  rights requests: how many, how soon, how they ended
 *
 * Counts and lengths of time only; nothing of it is about one person. Who shows them decides from how
 * many on they are shown.
 */
#ifndef CANDOR_GOVERN_FIGURES_H
#define CANDOR_GOVERN_FIGURES_H

#include "govern.h"
#include "rights.h"

/* ---- figures.c ----------------------------------------------------------------------------- */

/* What happened in the period. A person counts once in each. */
enum said {
    SAID_ASKED, /* yes, no, later, or a yes that waits */
    SAID_GIVEN,
    SAID_REFUSED,
    SAID_WITHDRAWN,
    SAID_OBJECTED,
    SAID_EXPIRED, /* a yes came to its end, and nothing was said in between */
    SAID_DEFERRED,
    SAIDS,
};
const char *said_name(enum said said); /* "withdrawn" */

#define SAID_MONTHS_MAX 132
#define SAID_VERSIONS_MAX 256
#define SAID_DELAYS_MAX 1000000

struct said_cell {
    uint64_t people[SAIDS];
    uint64_t entries; /* on the ledger, of the records of the period; first and last of them */
    uint64_t first;
    uint64_t last;
};

/* The words that were shown. */
struct said_version {
    size_t purpose;
    struct str version;
    uint64_t shown; /* people */
    uint64_t given;
    uint64_t no;
};

struct said_month {
    int64_t begins;
    uint64_t given; /* people */
    uint64_t no;    /* refused, withdrawn or objected */
};

/* A period is from <= time < until; all that is asked about is what was said by then. */
struct said_figures {
    struct arena *arena;
    const struct inventory *inventory;
    int64_t from;
    int64_t until;
    uint64_t people; /* added */
    /* Row PURPOSES_MAX: about every purpose. Column CHANNELS_MAX: about no channel or every one. */
    struct said_cell cell[PURPOSES_MAX + 1][CHANNELS_MAX + 1];
    struct said_cell all; /* whatever it was about */
    struct said_month month[SAID_MONTHS_MAX];
    size_t month_count; /* a longer period shows its last months */
    struct said_version version[SAID_VERSIONS_MAX];
    size_t version_count;
    int64_t *delay; /* from a no to its being in force, microseconds; imports left out */
    size_t delay_count;
    size_t delay_room;
};
void said_begin(struct said_figures *figures, struct arena *arena,
                const struct inventory *inventory, int64_t from, int64_t until);
/* All records of one more person. Texts are copied. */
void said_add(struct said_figures *figures, const struct consent_record *record, size_t count);

/* ---- figures_requests.c -------------------------------------------------------------------- */

/* Which requests: those that came in the period, of a right (RIGHTS: any) and a law (empty: any). */
struct request_filter {
    enum right right;
    struct str jurisdiction;
    int64_t from;
    int64_t until;
};

struct request_figures {
    uint64_t received;
    uint64_t open;
    uint64_t overdue; /* of the open ones */
    uint64_t fulfilled;
    uint64_t refused;
    uint64_t cancelled;
    uint64_t extended;
    uint64_t in_time; /* of the fulfilled and refused */
    uint64_t late;
    uint64_t escalated[3]; /* reached 50, 80, 100 % of their time */
    uint64_t refusal[REFUSALS];
    double median_days; /* from arrival to answer, fulfilled and refused; NaN: there are none */
    double mean_days;
    double most_days;
};
void request_figures_of(struct arena *arena, const struct request *request, size_t count,
                        const struct holidays *holidays, int64_t now,
                        const struct request_filter *filter, struct request_figures *figures);

/* The middle of values, which are sorted; of an even number the mean of the two. NaN: none. */
double median_of(int64_t *value, size_t count);

#endif
