/*
 * mitigate.h - repairing what treats groups differently: shared by mitigate.c, mitigate_*.c and why.c.
 */
#ifndef CANDOR_FLOW_MITIGATE_H
#define CANDOR_FLOW_MITIGATE_H

#include "candor_repair.h"
#include "flow.h"
#include "frame.h"
#include "grouped.h"
#include "repair.h"
#include "study.h"
#include "trust.h"

struct json;

/* ---- mitigate_table.c ---------------------------------------------------------------------- */

/* Rows as they stand in a file, with cells added to each; the header's are given first. */
struct extended;
CANDOR_MUST_USE enum candor_status extended_begin(struct job *job, const char *data_path,
                                                  const char *out_path, const char *added_header,
                                                  struct extended **extended);
/* The next row of the file, as it stands; the caller adds to line and calls extended_put. */
CANDOR_MUST_USE enum candor_status extended_next(struct job *job, struct extended *extended,
                                                 struct buf **line);
CANDOR_MUST_USE enum candor_status extended_put(struct job *job, struct extended *extended);
CANDOR_MUST_USE enum candor_status extended_end(struct job *job, struct extended *extended);

/* ---- mitigate.c ---------------------------------------------------------------------------- */

#define FRONTIER_MAX 32

struct frontier_point {
    double limit;
    double accuracy;
    double disparity;
    double by_lot;            /* NaN: not known */
    double strength;          /* repair: of the model; plugin: the first price; NaN: none */
    double held_out_accuracy; /* plugin: of the rows held out; NaN: there are none */
    double held_out_disparity;
};

struct mitigating {
    const struct candor_mitigate *asked;
    struct table table;
    struct grouping grouping;
    struct target label;
    uint8_t *happened;   /* label, 0 or 1 */
    const bool *is_test; /* NULL: nothing is held out */
    enum parity parity;
    double limit;
    uint8_t *before; /* decisions; NULL: the method makes none */
    uint8_t *after;
    const double *score; /* before; NULL: none */
    struct frontier_point frontier[FRONTIER_MAX];
    size_t frontier_count;
    struct str warning[8];
    size_t warning_count;
    struct json *json; /* the method's own members are put there */
};

/* The limits of a frontier, ascending. */
extern const double mitigate_limit[];
extern const size_t mitigate_limit_count;

void mitigate_warn(struct mitigating *mitigating, struct str sentence);
/* Whether a row chooses: it is not held out. */
bool mitigate_chooses(const struct mitigating *mitigating, size_t row);
/* Rows that choose, as an audit wants them. All of them when chooses is false: those held out. */
CANDOR_MUST_USE enum candor_status mitigate_rows(struct job *job,
                                                 const struct mitigating *mitigating, bool chooses,
                                                 const uint8_t *decision, const double *score,
                                                 struct audit_rows *rows);
/* The largest difference between groups; of odds, of either rate. Undefined rates are left out. */
double mitigate_disparity(const struct fairness *fairness, enum parity parity);
void put_member(struct json *json, struct lit key, double number);

/* ---- one file a method --------------------------------------------------------------------- */

CANDOR_MUST_USE enum candor_status mitigate_reweigh(struct job *job, struct mitigating *mitigating);
CANDOR_MUST_USE enum candor_status mitigate_resample(struct job *job,
                                                     struct mitigating *mitigating);
CANDOR_MUST_USE enum candor_status mitigate_threshold(struct job *job,
                                                      struct mitigating *mitigating);
CANDOR_MUST_USE enum candor_status mitigate_plugin(struct job *job, struct mitigating *mitigating);
CANDOR_MUST_USE enum candor_status mitigate_repair(struct job *job, struct mitigating *mitigating);

/* mitigatepage.c */
struct str mitigate_page(struct job *job, const struct mitigating *mitigating);

#endif
