/*
 * candor_privacy.h - tables in which nobody stands alone, over plain CSV files; with no home.
 * Include candor.h, which includes this.
 *
 * CSV as candor_study.h reads it.
 */
#ifndef CANDOR_PRIVACY_H
#define CANDOR_PRIVACY_H

#include "candor.h"

#ifdef __cplusplus
extern "C" {
#endif

struct candor_anonymise {
    const char *data_path;
    const char *quasi;            /* comma-separated: what others may know people by */
    const char *sensitive;        /* comma-separated: what must not be learnt of anybody, or NULL */
    const char *drop;             /* comma-separated: columns that are left out, or NULL */
    const char *types_path;       /* YAML `column: number|category|date|ordinal [a, b]`, or NULL */
    const char *hierarchies_path; /* YAML `column: {group: [value, ...]}`, or NULL */
    const char *out_path;
    uint64_t k;      /* rows that look the same, at least; 1 or more */
    double l;        /* different sensitive values in each class; 0: not asked */
    bool is_entropy; /* l is about e to the entropy instead of a count */
    double t;        /* distance of sensitive values to those of the table, at most; 0: not asked */
    bool is_local;   /* rows that look the same may be called differently; less is lost */
    double risk_above; /* a row's risk that is counted as high; 0: 0.2 */
};
/*
 * The table with quasi-identifiers joined until every class has k rows and is varied enough. The report
 * has the loss and the risk before and after. The same table gives the same bytes.
 *
 * CANDOR_REFUSED  no joining can do that: fewer than k rows, or less varied than l as a whole
 */
CANDOR_CHECK enum candor_status candor_anonymise(struct job *job,
                                                 const struct candor_anonymise *asked,
                                                 struct candor_text *report);

struct candor_reidentify {
    const char *data_path;
    const char *quasi;
    const char *types_path;      /* or NULL */
    const char *population_path; /* CSV of everybody, with the same columns; or NULL */
    double fraction;             /* of the population that is in the table; 0: 1 */
    double risk_above;           /* 0: 0.2 */
};
/* How likely people in a table are found again, as it is. is_above: somebody's risk is above. */
CANDOR_CHECK enum candor_status candor_reidentify(struct job *job,
                                                  const struct candor_reidentify *asked,
                                                  bool *is_above, struct candor_text *report);

#ifdef __cplusplus
}
#endif

#endif
