/*
 * grouped.h - rows of a file by attribute: shared by all that compares or repairs groups.
 */
#ifndef CANDOR_FLOW_GROUPED_H
#define CANDOR_FLOW_GROUPED_H

#include "parity.h"
#include "study.h"

enum { ATTRIBUTES_MAX = 16, GROUPS_MAX = 100000, CUTS_MAX = 720 };

struct grouping {
    uint32_t *group; /* of each row; UINT32_MAX: a value is missing */
    struct str *name;
    size_t count;
};

/* One attribute, or several together. */
struct cut {
    size_t attribute[ATTRIBUTES_MAX];
    size_t count;
    struct str name; /* "sex,region" */
};

/* The largest weight or number: squares of their sums are finite. */
#define SUMMED_MAX 1e50

/* A column whose cells are all numbers from low to high, and none beyond SUMMED_MAX.
 *
 * CANDOR_BAD_INPUT: there is none, it holds words, or the first row that is not one, counted from 0 */
CANDOR_MUST_USE enum candor_status numbers_of(struct job *job, const struct table *table,
                                              const char *option, const char *name, double low,
                                              double high, const double **number);

/* [low, high]; null: not known. */
void confidence_json(struct json *json, struct interval interval);

/* The attributes of a list "A,B" and their columns. */
struct attributes {
    struct str name[ATTRIBUTES_MAX];
    const struct column *column[ATTRIBUTES_MAX];
    size_t count;
};

/* CANDOR_BAD_INPUT: none, one that the data has not, or one twice. CANDOR_TOO_LARGE: more than ATTRIBUTES_MAX. */
CANDOR_MUST_USE enum candor_status attributes_read(struct job *job, const struct frame *frame,
                                                   const char *list, struct attributes *attributes);

/* Each attribute; with intersect also all pairs, all triples, and all attributes together. */
size_t attribute_cuts(struct arena *arena, const struct attributes *attributes, bool intersect,
                      struct cut cut[CUTS_MAX]);

/* CANDOR_TOO_LARGE: more than GROUPS_MAX groups. */
CANDOR_MUST_USE enum candor_status cut_rows(struct job *job, const struct attributes *attributes,
                                            const struct cut *cut, size_t row_count,
                                            struct grouping *grouping);

/*
 * The groups of all columns of a list "A,B" together.
 *
 * CANDOR_BAD_INPUT: no such column, or no row is in a group.
 */
CANDOR_MUST_USE enum candor_status grouping_of(struct job *job, const struct table *table,
                                               const char *columns, struct grouping *grouping);

/*
 * The finest groups, of all attributes with a missing value as one of its own; row[g] is the first row of
 * group g. Coarser groups are then cut from these few rows: coarse->group[g] is that of the fine group g.
 */
struct fine {
    struct grouping grouping;
    size_t *row;
};
CANDOR_MUST_USE enum candor_status fine_rows(struct job *job, const struct attributes *attributes,
                                             size_t row_count, struct fine *fine);
CANDOR_MUST_USE enum candor_status cut_fine(struct job *job, const struct attributes *attributes,
                                            const struct cut *cut, const struct fine *fine,
                                            struct grouping *coarse);

/* Leave the rows in which the column has a value; missing counts the others. */
CANDOR_MUST_USE enum candor_status rows_with(struct job *job, struct table *table,
                                             const struct column *column, size_t *missing);

struct str cell_name(struct job *job, const struct column *column, size_t row);

/* ---- before_proxy.c ---- */

/* A column as codes: numbers in sixteen ranges of equal count; what is missing is a level of its own. */
CANDOR_MUST_USE enum candor_status column_codes(struct job *job, const struct column *column,
                                                size_t row_count, struct parity_codes *codes);
/* A column with a value of its own for every other row names people; it is not a feature. */
bool column_names_people(const struct column *column, size_t row_count);

/* ---- compare_audit.c ---- */

struct candor_fairness;
struct candor_text;

struct compared {
    struct str attribute;
    struct grouping grouping; /* of rows */
    struct fairness fairness;
    struct parity_cells cells;
    struct parity_cells plain;  /* without weights */
    struct parity_score *score; /* group_count + 1, or NULL */
    struct parity_ranking ranking;
    struct parity_numbers numbers;
    size_t reference; /* the group that others are compared with */
};

/* compare_number.c: a predicted number in place of a decision. */
CANDOR_MUST_USE enum candor_status compare_numbers(struct job *job,
                                                   const struct candor_fairness *asked,
                                                   const struct table *table,
                                                   const struct attributes *attributes,
                                                   struct candor_text *report);

/* The keys "audit" and, where asked, "compat". */
CANDOR_MUST_USE enum candor_status audit_json(struct job *job, struct json *json,
                                              const struct candor_fairness *asked,
                                              const struct compared *compared, size_t count);

/* The same key of rows that are there already, by one attribute; against the largest group. */
struct rows_audited {
    struct str attribute;
    const struct audit_rows *rows;
    struct str *group_name;
    double limit;       /* of a difference */
    double ratio_limit; /* of a ratio */
};
CANDOR_MUST_USE enum candor_status rows_audit_json(struct job *job, struct json *json,
                                                   const struct rows_audited *audited);

#endif
