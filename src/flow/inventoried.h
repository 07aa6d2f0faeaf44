/*
 * inventoried.h - the audit of the inventory: what its files share, inside the flow room only.
 *
 *   inventory_scan.c    values that look personal in fields that do not say so
 *   inventory_use.c     who uses what; what nobody uses
 *   inventory_cost.c    what it would cost a model to do without a source
 *   inventory_proxy.c   features that stand in for a protected attribute
 *   inventory.c         all of it as one answer
 *   inventory_list.c    what candor.yaml says alone: candor_inventory
 *
 * Nothing that leaves is about one person: shares, counts and measures over many.
 */
#ifndef CANDOR_FLOW_INVENTORIED_H
#define CANDOR_FLOW_INVENTORIED_H

#include "dataset.h"
#include "detect.h"
#include "flow.h"
#include "numeric.h"

/* ---- inventory.c --------------------------------------------------------------------------- */

/* Members of the open map: a field of subjects (kind NULL), or a property of a kind of event. */
void inventory_field_json(struct json *json, const struct candor *candor,
                          const struct event_kind *kind, const struct field *field);

/* ---- inventory_list.c ---------------------------------------------------------------------- */

/* "channels": on which this purpose is served. */
void purpose_channels_json(struct json *json, const struct inventory *inventory,
                           const struct purpose *purpose);

/* ---- inventory_scan.c ---------------------------------------------------------------------- */

/* What the values of one field or property look like. */
struct scanned {
    const struct event_kind *kind; /* NULL: a field of subjects */
    const struct field *field;
    uint64_t values;
    uint64_t found[DETECTIONS];
};

struct scan {
    struct scanned *scanned; /* fields first, then the properties of each kind */
    size_t count;
    uint64_t subjects;
    uint64_t restricted; /* left alone */
};
CANDOR_MUST_USE enum candor_status inventory_scan(struct job *job, struct candor *candor,
                                                  struct txn *txn, struct scan *scan);
/* What a field holds by the share of its values, or by its name; DETECTED_NOTHING where it says so
 * itself. share: not a number when only the name tells. */
enum detected scanned_undeclared(const struct scanned *scanned, double *share);

/* ---- inventory_use.c ----------------------------------------------------------------------- */

/* "used_by": what in candor.yaml looks at a field (event NULL) or a kind of event; how many do. */
size_t used_by_json(struct json *json, const struct candor *candor, size_t field, size_t event);
/* "unused": fields, kinds of events and features that nothing looks at. */
void unused_json(struct json *json, const struct candor *candor, const struct scan *scan);

/* ---- inventory_cost.c ---------------------------------------------------------------------- */

/* Held-out rows as a model without some columns scores them. */
struct scored {
    double *label;
    double *score;
    size_t count;
};
/* Learn from the rows that are known and not held out, with the columns of `use`, and score those that
 * are. CANDOR_NOT_FOUND: too few rows, or of one kind only. */
struct lesson {
    const struct dataset *data;
    const double *label;
    const bool *is_known; /* NULL: all */
    uint64_t seed;
};
CANDOR_MUST_USE enum candor_status lesson_learn(struct job *job, const struct lesson *lesson,
                                                const bool *use, struct scored *scored);
/* "cost": of each model, what every source of its features is worth. */
CANDOR_MUST_USE enum candor_status cost_json(struct job *job, struct candor *candor,
                                             struct txn *txn, struct json *json);

/* ---- inventory_proxy.c --------------------------------------------------------------------- */

/* "proxies": how well each feature of a model tells each of its protected attributes. */
CANDOR_MUST_USE enum candor_status proxies_json(struct job *job, struct candor *candor,
                                                struct txn *txn, struct json *json,
                                                size_t *findings);
/* The same of one model, as items of the open list. */
CANDOR_MUST_USE enum candor_status model_proxies_json(struct job *job, struct candor *candor,
                                                      struct txn *txn,
                                                      const struct model_spec *spec,
                                                      struct json *json, size_t *findings);
void interval_json(struct json *json, double value, double deviation, double least, double most);

/* ---- inventory.c --------------------------------------------------------------------------- */

CANDOR_MUST_USE enum candor_status inventory_audit(struct job *job, struct candor *candor,
                                                   struct txn *txn, struct json *json,
                                                   size_t *findings);

#endif
