/*
 * watch.h - another door of the trust room: whether the world still looks as it did.
 *
 *   drift.c        one column, two tables: the statistics that people know, and a verdict
 *   drift_rank.c   those of them that sort the values
 *   monitor.c      a stream against what a model was trained on, row by row, in bounded memory
 *   monitor_make.c what is watched for, as tables of evidence
 *   monitor_limit.c   how much evidence is an alarm, found by simulation
 *   monitor_file.c    the state as bytes
 *   monitor_expect.c  how well a score must be doing before outcomes come, and how well it did
 */
#ifndef CANDOR_TRUST_WATCH_H
#define CANDOR_TRUST_WATCH_H

#include "base.h"
#include "frame.h"
#include "numeric.h"

/* ---- drift.c, drift_rank.c ------------------------------------------------------------------ */

#define DRIFT_LEVELS_MAX ((size_t)1 << 20)

/* The same shares of two tables under each convention that is in use; NaN where one has no value. */
struct shares {
    size_t bin_count;
    double psi;           /* each count + 1/2, over rows + bins / 2: ours, and always a number */
    double psi_floor_low; /* each share at least 0.0001 */
    double psi_floor;     /* at least 0.01 */
    double psi_plain;     /* NaN when a bin is empty on one side */
    double js;            /* Jensen-Shannon divergence, nats; its distance is the root */
    double hellinger;
    double total_variation;
    double most; /* the largest difference of a share */
    double kl;   /* of the first from the second, nats; NaN when a bin lost all its rows */
    double chi2; /* of the two tables of counts */
    size_t freedom;
    double chi2_p;
    double chi2_fixed; /* as if the first table were exact; NaN when a bin is new */
    double chi2_fixed_p;
};

/* Counts of the same bins; at least one row on each side. */
struct shares shares_of(const double *then, const double *now, size_t count);

/* What sorting says of two samples of numbers. */
struct ranks {
    double ks;
    double ks_p; /* two-sided, for the harmonic number of rows, as scipy's "asymp" has it */
    double wasserstein;
    double energy;         /* the root of twice the integral of the squared distance */
    double cramer;         /* Cramer-von Mises, from ranks */
    double mann_whitney;   /* U of the first */
    double mann_whitney_p; /* normal, ties and continuity corrected */
    double auc;            /* the chance that one of now is above one of then, ties half */
    double welch;          /* t; NaN without variance */
};

/* value, then spare: as long as their counts and used up. No value is NaN; each side has one at least. */
struct sample {
    double *value;
    size_t count;
};
CANDOR_MUST_USE enum candor_status ranks_of(struct job *job, struct sample then, struct sample now,
                                            struct ranks *ranks);

enum drift_verdict {
    DRIFT_STABLE = 0,
    DRIFT_SHIFTING,   /* surely not chance, and one row in twenty sits elsewhere */
    DRIFT_DRIFTED,    /* surely not chance, and one row in ten does */
    DRIFT_NOT_JUDGED, /* nearly every row has a text of its own, or a side is empty */
};
const char *drift_verdict_word(enum drift_verdict verdict); /* "stable" */

/*
 * One column of two tables.
 *
 * shares    of deciles of the first, as everybody computes them, or of all levels
 * own       of bins that a verdict can rest on: a number that holds a twentieth of the rows has a bin of
 *           its own, missing values have one, levels with fewer than five rows expected share one
 * moved     the share of the rows that sit elsewhere: of numbers the largest distance between the two
 *           distributions (ks), or of own if that is more
 * p         of the tests together, times how many there were: what the verdict rests on
 */
struct column_drift {
    struct str name;
    bool is_number;
    size_t rows[2];
    size_t missing[2];
    size_t level_count; /* of both together; of numbers 0 */
    size_t new_levels;  /* that only the second has */
    double new_share;
    double mean[2]; /* NaN for levels */
    struct shares shares;
    struct shares own;
    struct ranks ranks; /* all NaN for levels */
    double moved;
    double p;
    enum drift_verdict verdict;
    struct str
        reason; /* of DRIFT_NOT_JUDGED, and of a column that is text on one side only; else "" */
};

/*
 * Compare. test_count is how many columns are looked at: chance has so many tries.
 */
CANDOR_MUST_USE enum candor_status column_drift_of(struct job *job, const struct column *then,
                                                   size_t then_rows, const struct column *now,
                                                   size_t now_rows, size_t test_count,
                                                   struct column_drift *drift);

/* ---- monitor_make.c ------------------------------------------------------------------------- */

/*
 * A monitor watches columns of cells. A cell is a byte: the bin of an input, of the score, or what
 * happened in a part of the rows. For each column there are lanes: each stands for one way the world
 * may change (the mean by a fifth of a standard deviation, a level half as frequent again), and has for
 * each cell the logarithm of how much likelier the cell is then. A lane adds these up and never falls
 * below zero: Page 1954. The lane that passes the limit is an alarm, and all begin anew.
 */
#define MONITOR_LANES 8 /* of a vector; a column has some vectors */
#define MONITOR_COLUMNS_MAX 4200
#define MONITOR_CELLS_MAX 256
#define MONITOR_UNIT 4096 /* of evidence: one nat */

enum monitor_kind {
    MONITOR_NUMBER = 1, /* cells in order: place says where each is */
    MONITOR_LEVELS,     /* cells without order */
    MONITOR_RATES, /* cell 2 * part + 1: it happened in that part (a group), 2 * part: it did not */
    MONITOR_OUTCOME, /* the same, parts being tenths of the score: is it calibrated, does it still rank? */
};

struct monitor_column {
    struct str name;
    enum monitor_kind kind;
    size_t cell_count;    /* 1 .. MONITOR_CELLS_MAX; RATES, OUTCOME: even */
    const double *weight; /* how often each is, as a share */
    const double *place;  /* NUMBER: the value of each cell, NaN of those without one; else NULL */
};

struct monitor_plan;

/*
 * Make the tables. rows is how many the shares come from: a cell without rows is as rare as half a one.
 *
 * CANDOR_TOO_LARGE  more than MONITOR_COLUMNS_MAX columns
 */
CANDOR_MUST_USE enum candor_status monitor_make(struct job *job,
                                                const struct monitor_column *column,
                                                size_t column_count, uint64_t rows,
                                                struct monitor_plan **plan);
size_t monitor_lanes(const struct monitor_plan *plan); /* that stand for something */
/* Evidence, in nats, that is an alarm. Without a limit nothing is. */
void monitor_set_limit(struct monitor_plan *plan, double limit);
double monitor_limit_of(const struct monitor_plan *plan);

/* ---- monitor.c ------------------------------------------------------------------------------ */

struct monitor_alarm {
    size_t column;
    size_t lane;     /* of the column */
    const char *way; /* "mean up", "level down": how it changed */
    size_t cell;     /* of "level up", "level down", "part up", "part down": which; else 0 */
    uint64_t row;    /* rows seen when it was raised */
    double evidence; /* nats */
};

/* The state: a few bytes for each lane and cell, whatever comes. */
struct monitor;
struct monitor *monitor_begin(struct arena *arena, const struct monitor_plan *plan);

/*
 * Rows come in: cell[column][row]. All alarms are counted; those for which there is room are filled.
 * How rows are cut into calls changes nothing. Returns the number of alarms.
 */
size_t monitor_add(struct monitor *monitor, const uint8_t *const *cell, size_t row_count,
                   struct monitor_alarm *alarm, size_t alarm_max);

uint64_t monitor_rows(const struct monitor *monitor);
uint64_t monitor_alarms(const struct monitor *monitor);
/* The largest evidence now, as a share of the limit, and of one column. */
double monitor_level(const struct monitor *monitor);
double monitor_column_level(const struct monitor *monitor, size_t column);
/* Rows in each cell of a column lately: what fades by half every MONITOR_HALF rows. */
#define MONITOR_HALF 8192
const uint32_t *monitor_recent(const struct monitor *monitor, size_t column);

/*
 * A part of a stream that somebody else saw: rows after those of the monitor. Joined in order, parts
 * leave the monitor in the state in which it would be had it seen all rows, and an alarm is raised if it
 * would have been; only the row is that of the end of the part. A part raises none itself.
 */
struct monitor_part;
struct monitor_part *monitor_part_begin(struct arena *arena, const struct monitor_plan *plan);
void monitor_part_add(struct monitor_part *part, const uint8_t *const *cell, size_t row_count);
/* Put next behind part. */
void monitor_part_join(struct monitor_part *part, const struct monitor_part *next);
size_t monitor_join(struct monitor *monitor, const struct monitor_part *part,
                    struct monitor_alarm *alarm);

/* ---- monitor_expect.c ----------------------------------------------------------------------- */

/* What is to be expected of rows whose outcomes nobody knows yet; NaN where no row says. */
struct expected {
    uint64_t rows;
    double rate;     /* of yes */
    double accuracy; /* of saying yes from a chance of a half on */
    double brier;
    double auc;
};

/* chance is that of yes in each cell of the score, ascending, calibrated; count the rows now. */
struct expected expected_of(const double *chance, const uint32_t *count, size_t cell_count);
/* The same of rows whose outcomes came: outcome[2 * cell] was no, outcome[2 * cell + 1] yes. Rows within a
 * cell of the score are ties, as in expected_of, so that the two can stand side by side. */
struct expected observed_of(const double *chance, const uint32_t *outcome, size_t cell_count);

/* ---- monitor_limit.c ------------------------------------------------------------------------ */

/*
 * Find and set the limit at which one false alarm comes in so many rows, by simulation. Rows of the
 * reference are drawn again and again, each time from a reference that is itself drawn anew: what is
 * known of the world is a sample, and a rate that forgot this would not hold.
 *
 * cell       cell[column][row] of the reference; NULL: columns are drawn each for itself from the shares
 * row_count  of the reference
 * block      rows that follow each other are drawn together; 1: rows are exchangeable
 * part_rows  of a plan with one column of twos, cell NULL: how many rows each part's rate is known from; NULL: as
 *            many as the plan's
 * rows       to be simulated at the end, about; more is more exact: 1 / sqrt(rows / run_length)
 */
struct monitor_limit {
    const uint8_t *const *cell;
    size_t row_count;
    const double *part_rows;
    size_t block;
    double run_length; /* rows for one false alarm: 100,000 */
    double rows;
    uint64_t seed;
};
CANDOR_MUST_USE enum candor_status monitor_find_limit(struct job *job, struct monitor_plan *plan,
                                                      const struct monitor_limit *asked);

/*
 * The same in steps, for whoever has others waiting. The search and what it needs stand in the job's arena, and
 * the plan, which has no limit of its own meanwhile, must outlive it. A step simulates so many rows at most, in
 * some hundred microseconds a thousand; true: the limit is set. However it is cut, the limit is the same.
 */
struct monitor_search;
CANDOR_MUST_USE enum candor_status monitor_search_begin(struct job *job, struct monitor_plan *plan,
                                                        const struct monitor_limit *asked,
                                                        struct monitor_search **search);
bool monitor_search_step(struct monitor_search *search, size_t row_count);

/* ---- monitor_file.c ------------------------------------------------------------------------- */

/* The state as bytes, and back: only for a plan of the same tables.
 *
 * CANDOR_CORRUPT  other tables, cut short, or a state that cannot be
 */
void monitor_write(const struct monitor *monitor, struct buf *buf);
CANDOR_MUST_USE enum candor_status monitor_read(struct job *job, const struct monitor_plan *plan,
                                                struct bytes bytes, struct monitor **monitor);

#endif
