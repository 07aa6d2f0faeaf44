/*
 * shapes.h - the pages and answers about models: shared by shapes.c, shapespage.c, card.c, cardpage.c,
 * versus.c, versuspage.c, drift.c and modelview.c.
 */
#ifndef CANDOR_FLOW_SHAPES_H
#define CANDOR_FLOW_SHAPES_H

#include "flow.h"

struct card;
struct model;
struct term_difference;

/* Members of the open map: base and every term with its cells, the most important first. */
void shapes_json(struct job *job, struct json *json, const struct model *model,
                 const struct card *card);
/* One self-contained page with a picture per term. */
struct str shapes_page(struct job *job, const struct card *card);

/* Where a model's note stands in its card, by its key. */
enum card_part {
    CARD_PURPOSE,
    CARD_DATA,
    CARD_FAIRNESS,
    CARD_PRIVACY,
    CARD_CHANGES, /* constraints, and what people changed */
    CARD_APPROVAL,
    CARD_OTHER,
};
enum card_part card_part_of(struct str key);

/* A name in words: "training_purpose" is "training purpose". */
struct str key_words(struct arena *arena, struct str key);
/* A note's key as its row is named, and its text for people: what a program noted is JSON. */
struct str note_label(struct arena *arena, struct str key);
struct str note_words(struct job *job, struct str note);

/* The model card as a page. */
struct str card_page(struct job *job, const struct card *card, const struct digest *digest);

/* A measure with its 95 % interval; NaN where it is not known. */
struct measured {
    const char *key;  /* "auc" */
    const char *name; /* "AUC" */
    double value;
    double low;
    double high;
};
enum { MEASURED_MAX = 8 };
/* The measures that the model's task has. Returns their number. */
size_t measured_of(const struct model *model, struct measured measured[MEASURED_MAX]);

/* Two models, and what held against rows that were not theirs. */
struct versus {
    const struct model *model[2];
    struct digest digest[2];
    struct str name[2]; /* of the files */
    const struct term_difference *difference;
    size_t difference_count;
    size_t row_count;           /* of the data; 0: none was given */
    double auc[2];              /* binary; else NaN */
    double auc_low, auc_high;   /* of the difference, second less first */
    double loss[2];             /* log loss, squared error, or unit deviance */
    double loss_low, loss_high; /* of the difference */
    double changed; /* share of rows that are decided otherwise; NaN: nothing is decided */
    double changed_low, changed_high;
};
struct str versus_page(struct job *job, const struct versus *versus);
/* ---- drift.c ------------------------------------------------------------------------------- */

struct drift_counts {
    const struct model *model;
    const uint64_t *count; /* BINS_MAX per feature: rows in each bin */
    const double *outside; /* per feature, the share beyond all that training had; NULL: not said */
};
/* "rows_train", "rows" and the limits, as members of the open map. */
void drift_limits_json(struct json *json, const struct model *model, uint64_t rows);
/* "features": each as the report of candor_drift has it. How many look otherwise now. */
size_t drift_features_json(struct job *job, struct json *json, const struct drift_counts *counts);
/* "score", or null where the model does not know the scores of its training. 1: otherwise now. */
size_t drift_score_json(struct json *json, const struct model *model, const double *link,
                        size_t row_count);

struct lit loss_word(const struct model *model); /* "log_loss" */

#endif
