/*
 * review.h - the second door of the model room: a model in the hands of whoever answers for it.
 *
 *   card.c      what a person should know before using a model
 *   edit.c      what a person changes
 *   differ.c    where two models say different things
 *   drift.c     whether new rows still look like those of the training
 */
#ifndef MODEL_REVIEW_H
#define MODEL_REVIEW_H

#include "base.h"

struct arena;
struct model;
struct term;

/* ---- card.c -------------------------------------------------------------------------------- */

struct card_term {
    size_t term;
    double importance;
    double share; /* of all importances; 0 when nothing was learnt */
};

/* What a person should know before using the model; all of it follows from the model. */
struct card {
    const struct model *model;
    size_t term_count;
    struct card_term *term; /* the most important first */
    size_t limit_count;
    struct str *limit; /* sentences: where the model should not be trusted, and why */
};

CANDOR_MUST_USE enum candor_status model_card(struct job *job, const struct model *model,
                                              struct card *card);

/* ---- edit.c -------------------------------------------------------------------------------- */

#define EDIT_MAX 1e9 /* of a contribution, and of the base */

enum edit_act {
    EDIT_SET = 1, /* the contribution is value */
    EDIT_ADD,     /* value more than it was */
    EDIT_FLATTEN, /* all cells say their mean, by the training rows */
    EDIT_CAP,     /* between -value and value; without cells named: all of them */
};

/* What a person changes in the table of one feature: one cell, or those wholly in a range of values. */
struct edit {
    struct str feature;
    struct str class_name; /* TASK_CLASSES: whose link; else ptr NULL */
    struct str bin;        /* as feature_bin_label calls it, or a number in it; else ptr NULL ... */
    struct str from; /* ... and a number, or a level of an ordinal; ptr NULL: from the least */
    struct str to;   /* ptr NULL: to the greatest */
    enum edit_act act;
    double value;
};

struct edited_cell {
    size_t cell;
    double before; /* contribution */
    double after;  /* of the centred table */
    double change; /* of the link value of a row in this cell */
    double weight;
};

struct edit_result {
    size_t term;
    size_t class;
    double moved; /* from the table to the base */
    size_t cell_count;
    const struct edited_cell *cell;
};

/*
 * A model that says something else of these cells. The table is centred again and its mean moves to the
 * base: link values of rows in other cells stay as they are. What was measured on the old model is not
 * known of the new one: measures and link_decile. Cells that are set have sd 0.
 *
 * CANDOR_BAD_INPUT  no such feature, class or cell; no cell in the range; a value beyond EDIT_MAX
 */
CANDOR_MUST_USE enum candor_status model_edit(struct job *job, const struct model *model,
                                              const struct edit *edit, struct model **edited,
                                              struct edit_result *result);

/*
 * A model like another whose terms may be given other tables: term_count of them are its own, values and
 * all else are those of model until they are replaced; model_index is called then. What was measured on
 * model is not known of it.
 */
struct model *model_to_change(struct arena *arena, const struct model *model, struct term **term);

/*
 * Move the weighted mean out of cell_count values and return it, rounded to a grid on which the values of
 * a learnt table lie as well: then nothing is lost where it is taken away, and nothing where it is added.
 */
double term_centre(const struct term *term, double *value);

/* ---- differ.c ------------------------------------------------------------------------------ */

/* One summand, in two models. */
struct term_difference {
    struct str name;
    bool is_in[2];
    size_t term[2]; /* where it is in */
    double importance[2];
    double mean; /* mean |difference| of contributions over the training weights of both */
    double most; /* the largest, at a value that training rows have */
    double most_value[2];
    size_t most_class;
    struct str most_at; /* "37 to 41" */
};

/*
 * All terms of both, those that differ most first.
 *
 * CANDOR_BAD_INPUT  the models have different tasks or classes
 */
CANDOR_MUST_USE enum candor_status model_differences(struct job *job, const struct model *left,
                                                     const struct model *right,
                                                     struct term_difference **difference,
                                                     size_t *count);

/* ---- drift.c ------------------------------------------------------------------------------- */

#define DRIFT_SOME 0.1 /* of the population stability index: shifting from here on */
#define DRIFT_MUCH 0.25

/* Index 0: in training; 1: now. */
struct drift {
    struct str name;
    double psi;
    double chi_square;
    size_t freedom;
    double p;
    size_t group_count;
    double missing[2]; /* shares of the rows */
    double unseen[2];
    struct str most; /* what moved most, and its shares */
    double most_share[2];
};

/* "stable", "shifting" or "drifted". */
const char *drift_word(const struct drift *drift);
bool drift_is_much(const struct drift *drift);

/* The drift of a feature. count has the new rows in each of its bins; at least one row. */
struct drift model_drift_of(struct arena *arena, const struct model *model, size_t feature,
                            const uint64_t *count);

/* The drift of the link values (TASK_CLASSES: the largest of each row). false: the model does not know
 * those of its training. */
bool model_drift_of_links(const struct model *model, const double *link, size_t row_count,
                          struct drift *drift);

#endif
