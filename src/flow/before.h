/*
 * before.h - data before training: shared by study_before.c and before_proxy.c.
 */
#ifndef CANDOR_FLOW_BEFORE_H
#define CANDOR_FLOW_BEFORE_H

#include "candor_study.h"
#include "flow.h"
#include "grouped.h"

enum { BEFORE_SENTENCES = 64 };

struct before {
    const struct candor_before *asked;
    struct frame *frame;
    const struct column *target;
    struct attributes attributes;
    const uint8_t *label;
    uint8_t *nobody;                    /* no decision is made yet */
    bool has_labels;                    /* both of them */
    const struct column *population[3]; /* attribute, value, share */
    size_t population_rows;
    size_t known_rows; /* in a group, of the present cut */
    size_t small;      /* groups that are too small, over all cuts */
    struct json *json;
    struct str advice[BEFORE_SENTENCES]; /* beyond, the numbers alone say it */
    size_t advice_count;
    struct str warning[BEFORE_SENTENCES];
    size_t warning_count;
};

void before_advise(struct before *before, struct str sentence);
void before_number(struct json *json, const char *name, double value);

/* "proxies" and "proxy_pairs" of one attribute, the strongest first. */
CANDOR_MUST_USE enum candor_status before_proxies(struct job *job, struct before *before,
                                                  const struct cut *cut,
                                                  const struct grouping *grouping);

#endif
