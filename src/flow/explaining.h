/*
 * explaining.h - a row that is being explained: shared by study_explain.c and study_recourse.c.
 */
#ifndef CANDOR_FLOW_EXPLAINING_H
#define CANDOR_FLOW_EXPLAINING_H

#include "flow.h"
#include "study.h"

struct binding;
struct json;
struct model;

#define Z_95 1.959963984540054 /* standard deviations on either side that hold 95 % */

struct explaining {
    const struct candor_explain *asked;
    struct model *model;
    struct table table;
    struct binding *binding;
    size_t class;
    uint8_t *bin;
    double *contribution; /* per term */
    double *sd;           /* per term */
    double *link;         /* per class */
    double *mean;         /* per class: the chance, or the number */
    double *link_sd;      /* per class */
};

/* What stands in the table; ptr NULL: missing. */
struct str explained_value(struct job *job, const struct explaining *explaining, size_t feature);

void put_interval(struct json *json, struct lit key, double low, double high);

/* The keys recourse, recourse_note, threshold, recourse_proven. */
CANDOR_MUST_USE enum candor_status put_recourse(struct job *job, struct json *json,
                                                const struct explaining *explaining);

#endif
