/*
 * candor_repair.h - the chapter about repairing what treats groups differently, over plain CSV files.
 * candor.h does not include it.
 *
 * A report is one JSON document, the same that the program prints with --json. docs/trust.md says what the
 * methods do and which one suits which case.
 */
#ifndef CANDOR_REPAIR_H
#define CANDOR_REPAIR_H

#include "candor.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * method        reads                  writes to out_path
 *   reweigh     rows with a label      the rows, with a column weight for candor fit --weight
 *   resample    rows with a label      rows drawn so that label and group are independent, with a column
 *                                      synthetic: 0, or 1 of a row that was made of two others
 *   threshold   label and score        the rows, with a column decision: one threshold a group, the best
 *                                      that there are within the limit
 *   plugin      rows with a label      the rows, with chance and decision: one rule that does not see the
 *                                      group; it learns what it needs
 *   repair      rows and a model       a model whose tables say less of the group
 *
 * CANDOR_BAD_INPUT where the rows have a column of an added name already.
 *
 * The rows that the split marks 1 choose nothing: they are decided, and measured on their own.
 */
struct candor_mitigate {
    const char *data_path;
    const char *method;
    const char *label;    /* the column of what happened */
    const char *positive; /* the value of it that counts as yes; NULL: found */
    const char *score;    /* threshold: the column of scores, any numbers */
    const char *groups;   /* comma-separated: every combination of their values is a group */
    const char *value;    /* plugin: this group against all others; NULL: there are two */
    const char
        *constraint; /* demographic_parity, equal_opportunity, fpr_parity, equalized_odds; NULL:
                               the first */
    bool has_limit;
    double limit;           /* 0 .. 1, on the difference between groups; without: 0.05 */
    double threshold;       /* what decides before; 0.5 in most cases */
    const char *model_path; /* repair */
    const char *columns;    /* repair: only the tables of these, comma-separated; NULL: all */
    const char *drop;       /* plugin: columns that it must not see, beside label and groups */
    const char *split_path; /* one 0 or 1 per row, or NULL */
    bool synthetic;         /* resample: make rows instead of repeating some */
    uint64_t seed;          /* resample */
    unsigned threads;       /* 0: all */
    const char *out_path;
    const char *html_path; /* also a page with the frontier, or NULL */
};

/*
 * CANDOR_BAD_INPUT  no such method, column or constraint; fewer than two groups; an option of another
 *                   method
 */
CANDOR_CHECK enum candor_status candor_mitigate(struct job *job,
                                                const struct candor_mitigate *question,
                                                struct candor_text *report);

/*
 * Which column, and which of its values, makes how much of the gap between the mean link values of each
 * group and those of a reference group, exactly; and what the gap between the shares that are decided yes
 * would be if a column said the same of everybody.
 */
struct candor_fairness_why {
    const char *model_path;
    const char *data_path;
    const char
        *groups; /* comma-separated: every combination is a group; they need not be features */
    const char *reference; /* the group to compare with; NULL: the largest */
    bool has_threshold;    /* false: 0.5 for chances; numbers have no decision without one */
    double threshold;      /* of the score: from it on is yes */
    unsigned cells;        /* values that are told of each column, at most; 0: 3 */
};
CANDOR_CHECK enum candor_status candor_fairness_why(struct job *job,
                                                    const struct candor_fairness_why *question,
                                                    struct candor_text *report);

#ifdef __cplusplus
}
#endif

#endif
