/*
 * privacy.h - the door of the privacy room: tables in which nobody stands alone.
 *
 *   quasi.c      columns that others may know people by: their values in an order
 *   tree.c       hierarchies of values, from a document
 *   sensitive.c  what must not be learnt of a class: l-diversity and t-closeness
 *   mondrian.c   rows into classes that are large and varied enough
 *   recode.c     what a class is called, and how much was lost by it
 *   risk.c       how likely somebody is found again
 *
 * The room is pure. It draws nothing by chance: the same table gives the same classes.
 *
 * Words. A quasi-identifier is a column that others may know people by (age, place). Rows that look the
 * same in all of them are a class. k-anonymity: no class is smaller than k (Samarati and Sweeney 1998).
 */
#ifndef PRIVACY_H
#define PRIVACY_H

#include "base.h"

struct value;

#define QUASI_MAX 64
#define SENSITIVE_MAX 16

/* ---- tree.c -------------------------------------------------------------------------------- */

/* Values as the leaves of a tree; a node stands for all leaves under it. Node 0 is the root. */
struct tree_node {
    struct str name; /* of the root "*" */
    uint32_t parent; /* of the root 0 */
    uint32_t first;  /* leaves under it: first .. last */
    uint32_t last;
};

struct tree {
    struct tree_node *node;
    size_t node_count;
    struct str *leaf; /* in the order of the document */
    uint32_t *parent; /* of each leaf */
    size_t leaf_count;
};

#define TREE_LEAVES_MAX ((size_t)100000)

/*
 * A hierarchy from a document: a map from names to lists of values or to further maps.
 *
 *     higher: [Bachelors, Masters, Doctorate]
 *     school: {early: [1st-4th, 5th-6th], late: [9th, 10th]}
 *
 * CANDOR_BAD_INPUT  no map, an empty group, a value or a group twice; the message names the line
 * CANDOR_TOO_LARGE  more than TREE_LEAVES_MAX values
 */
CANDOR_MUST_USE enum candor_status tree_read(struct job *job, const struct value *value,
                                             struct tree **tree);
/* The smallest node over the leaves first .. last; first == last gives SIZE_MAX: the leaf itself. */
size_t tree_over(const struct tree *tree, uint32_t first, uint32_t last);

/* ---- quasi.c ------------------------------------------------------------------------------- */

/* How the values of a column are joined. */
enum quasi_kind {
    QUASI_BY_CONTENT = 0, /* numbers or dates when all values are, else a set */
    QUASI_NUMBER,         /* a range: 20 to 29 */
    QUASI_DATE,           /* the same of days and instants */
    QUASI_ORDER,          /* a range of levels: low to high */
    QUASI_SET,            /* a set of levels: a|b */
    QUASI_TREE,           /* a node of a hierarchy */
};

/* A column as text, which is how it is read: level_count different texts, a code for each row. */
struct text_codes {
    struct str name;
    const uint32_t *code; /* index into level, or UINT32_MAX: missing */
    const struct str *level;
    size_t level_count;
};

/* What a person says of a column. */
struct quasi_type {
    enum quasi_kind kind;
    const struct tree *tree; /* QUASI_TREE */
    const struct str *level; /* QUASI_ORDER: all of them, the least first */
    size_t level_count;
};

/*
 * A column in an order: rank r < value_count stands for value r, rank value_count for missing. Missing is
 * a value of its own; joined with others it can only be hidden.
 */
struct quasi {
    struct str name;
    enum quasi_kind kind;
    uint32_t *rank; /* of each row */
    size_t value_count;
    struct str *text;        /* as the data have it */
    double *number;          /* QUASI_NUMBER, QUASI_DATE: ascending */
    const struct tree *tree; /* QUASI_TREE */
};

/*
 * CANDOR_BAD_INPUT  a value that is not what its type says; the message names the row, never the value
 */
CANDOR_MUST_USE enum candor_status quasi_of(struct job *job, const struct text_codes *codes,
                                            size_t row_count, const struct quasi_type *type,
                                            struct quasi *quasi);

/*
 * The normalised certainty penalty (Xu et al. 2006) of calling a value by its class: 0 for a single value,
 * 1 for a hidden one; of a range its share of the column's, of a set or node its share of the values.
 *
 * low, high   the least and the largest rank in the class
 * distinct    how many different ranks it has
 */
double quasi_penalty(const struct quasi *quasi, uint32_t low, uint32_t high, size_t distinct);

/* ---- sensitive.c --------------------------------------------------------------------------- */

/* What a class must not give away. 0 in l or t asks nothing. */
enum diversity {
    DIVERSITY_DISTINCT = 0, /* l different values (Machanavajjhala et al. 2007) */
    DIVERSITY_ENTROPY,      /* e to the entropy is l or more */
};

struct asked {
    uint64_t k; /* 1 or more */
    double l;   /* 1 or more; 0: nothing */
    enum diversity diversity;
    double
        t; /* the earth mover's distance to the whole table, at most (Li et al. 2007); 0: nothing */
    bool is_local; /* rows that look the same may be called differently; less is lost */
};

struct sensitive {
    struct str name;
    const uint32_t *rank; /* as quasi's */
    size_t value_count;
    bool is_ordered; /* numbers, dates, orders: near values are near; else all are equally far */
    uint64_t *count; /* of each rank in the whole table, value_count + 1 items */
    double *share_before; /* ordered: sums for the distance, value_count + 2 items */
    double *area_before;
    size_t row_count;
    uint64_t *scratch; /* value_count + 1 zeros */
};

CANDOR_MUST_USE enum candor_status sensitive_of(struct job *job, const struct quasi *column,
                                                size_t row_count, struct sensitive *sensitive);

/* What some rows are like. */
struct variety {
    uint64_t distinct;
    double entropy_l; /* e to the entropy */
    double distance;  /* 0 .. 1, to the whole table */
};
/* spare has room for 2 * count numbers. */
struct variety variety_of(const struct sensitive *sensitive, const uint32_t *row, size_t count,
                          uint32_t *spare);
bool variety_is_enough(const struct variety *variety, const struct asked *asked);

/* ---- mondrian.c ---------------------------------------------------------------------------- */

struct rows {
    size_t row_count;
    const struct quasi *quasi;
    size_t quasi_count; /* 1 .. QUASI_MAX */
    const struct sensitive *sensitive;
    size_t sensitive_count;
};

/* Rows side by side: class c is row[start[c]] .. row[start[c + 1] - 1], ascending. */
struct classes {
    uint32_t *row;
    size_t *start; /* count + 1 */
    size_t count;
};

/*
 * Cut the rows in two again and again, as long as both parts are large and varied enough. Mondrian
 * (LeFevre, DeWitt and Ramakrishnan 2006), with the cut that leaves the least penalty instead of the median
 * of the widest column.
 *
 * CANDOR_REFUSED    the whole table is not large or not varied enough; nothing can be done
 * CANDOR_CANCELLED
 */
CANDOR_MUST_USE enum candor_status mondrian(struct job *job, const struct rows *rows,
                                            const struct asked *asked, struct classes *classes);

/* ---- recode.c ------------------------------------------------------------------------------ */

struct loss {
    double penalty;           /* mean of all cells, 0 .. 1 */
    double *penalty_of;       /* of each quasi-identifier */
    uint64_t discernibility;  /* sum of squared class sizes (Bayardo and Agrawal 2005) */
    double average_class;     /* rows for each class */
    double average_against_k; /* the same for each k: 1 is the best there can be */
};

/* What the classes are called. Classes of one name are one class to everybody who sees the table: they are
 * joined, which makes none of them smaller or less varied. */
struct recoded {
    struct str *cell;   /* class_count * quasi_count */
    uint32_t *class_of; /* of each row */
    uint64_t *size;     /* of each class */
    size_t class_count;
    struct loss loss;
};
CANDOR_MUST_USE enum candor_status recode(struct job *job, const struct rows *rows, uint64_t k,
                                          const struct classes *classes, struct recoded *recoded);
/* The least varied of the classes, of one sensitive column. */
CANDOR_MUST_USE enum candor_status variety_least(struct job *job, const struct recoded *recoded,
                                                 size_t row_count,
                                                 const struct sensitive *sensitive,
                                                 struct variety *least);

/* ---- risk.c -------------------------------------------------------------------------------- */

#define RISK_BANDS 9

/* Classes of low .. high rows; high 0: and more. */
struct risk_band {
    uint64_t low;
    uint64_t high;
    uint64_t classes;
    uint64_t rows;
};

/*
 * Three attackers (El Emam 2013): the prosecutor knows that somebody is in the table; the journalist does
 * not, and looks in the population; the marketer wants as many as possible.
 */
struct risk {
    uint64_t rows;
    uint64_t classes;
    uint64_t smallest;
    uint64_t uniques;          /* rows that are a class of their own */
    double prosecutor_highest; /* 1 / the smallest class */
    double prosecutor_average; /* classes / rows */
    uint64_t above_rows;       /* rows whose risk is above the threshold */
    double journalist_highest;
    double journalist_average;
    double marketer; /* share of rows that are expected to be found */
    struct risk_band band[RISK_BANDS];
};

/*
 * population   of each class, how many people look the same in the population: size or more. NULL: as
 *              many as size / fraction
 * fraction     of the population that is in the table, above 0, 1 at most
 */
void risk_of(const uint64_t *size, const double *population, size_t class_count, double fraction,
             double threshold, struct risk *risk);

/* The classes of rows as they are, before anything is joined. size is in the order of first rows. */
CANDOR_MUST_USE enum candor_status classes_as_they_are(struct job *job, const struct rows *rows,
                                                       uint32_t **class_of, uint64_t **size,
                                                       size_t *count);

#endif
