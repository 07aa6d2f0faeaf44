/*
 * explaining.h - a row that is being explained: shared by study_explain.c and study_recourse.c.
 */
#ifndef CANDOR_FLOW_EXPLAINING_H
#define CANDOR_FLOW_EXPLAINING_H

#include "explanation.h"
#include "study.h"

struct binding;
struct json;
struct model;

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
    struct telling telling;
};

/* The keys recourse, recourse_note, threshold, recourse_proven. *turning: NULL when there is none to
 * tell. */
CANDOR_MUST_USE enum candor_status put_recourse(struct job *job, struct json *json,
                                                const struct explaining *explaining,
                                                const struct turning **turning);

#endif
