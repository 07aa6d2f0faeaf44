/*
 * study.h - plain files, no home: shared by study.c, card.c and compare.c.
 */
#ifndef CANDOR_FLOW_STUDY_H
#define CANDOR_FLOW_STUDY_H

#include "flow.h"

struct frame;

struct table {
    struct frame *frame;
    size_t row_count;
    struct digest digest; /* SHA-256 of all cells in order */
    const size_t *row_of; /* where each row stands in the file, from 0, once some were left out; else NULL */
};

/* The number under which the reader of a message finds a row. */
size_t table_row(const struct table *table, size_t row);

/*
 * Whom a table is read for. What a model has as a number, a category or a date is read as such, so that
 * the reading of a row does not depend on the rows beside it; target is read by content, and all else is
 * left out. Without a model every column is read by content.
 */
struct table_asked {
    const struct model *model[2]; /* or NULL */
    const char *target;           /* or NULL */
};

struct column_type;
struct str;
struct column_type type_of_column(const struct table_asked *asked, struct str column);

/* Read a CSV file whole; every row must have the header's columns. */
CANDOR_MUST_USE enum candor_status table_read(struct job *job, const char *path,
                                              const struct table_asked *asked, struct table *table);

/*
 * The same in parts: skip rows, or take so many; a table of 0 rows is the end. What was taken may be
 * rewound, the reader stays.
 *
 * CANDOR_NOT_FOUND  of table_skip: there are fewer rows
 */
struct table_reader;
CANDOR_MUST_USE enum candor_status table_open(struct job *job, const char *path,
                                              const struct table_asked *asked,
                                              struct table_reader **reader);
CANDOR_MUST_USE enum candor_status table_skip(struct job *job, struct table_reader *reader,
                                              uint64_t count);
CANDOR_MUST_USE enum candor_status table_take(struct job *job, struct table_reader *reader,
                                              size_t row_max, struct table *table);
/* Columns that are read, and rows so far. */
size_t table_width(const struct table_reader *reader);
uint64_t table_rows(const struct table_reader *reader);

/* ---- study_data.c: what fit learns from; study_roles.c, which rows and columns of it ---- */

struct candor_fit;
struct model;

struct fit_data {
    struct binned *train;
    struct binned *test; /* row_count 0: nothing is held out */
    struct target *train_target;
    struct target *test_target;
    const double *weight;  /* of the rows of train; NULL: all 1 */
    struct digest digest;  /* SHA-256 of all cells in order */
    struct model *like;    /* bins are its; NULL: they are made */
    struct str merge_note; /* of rows that come from runs; else ptr NULL */
    size_t row_count;
    bool is_streamed; /* the file was read twice instead of being kept */
    size_t warning_count;
    struct str *warning;
};

/*
 * Read a CSV file into bins. A file of more than STREAM_FROM bytes, or one that memory_max would not hold,
 * goes by twice; what is learnt is the same as long as no column has more than 65,536 different numbers.
 */
#define STREAM_FROM ((uint64_t)64 << 20)
CANDOR_MUST_USE enum candor_status fit_data_read(struct job *job, const struct candor_fit *fit,
                                                 struct fit_data *data);

/* Which of the rows a fit of this file holds out; NULL: none. */
CANDOR_MUST_USE enum candor_status held_out_rows(struct job *job, const struct candor_fit *fit,
                                                 size_t row_count, bool **is_test);

/* ---- study_fit.c, versus.c: the commands, as one value of a report ---- */

struct candor_compare;
CANDOR_MUST_USE enum candor_status fit_report(struct job *job, const struct candor_fit *fit,
                                              struct json *json);
/* What follows when the rows are read. */
CANDOR_MUST_USE enum candor_status fit_data_report(struct job *job, const struct candor_fit *fit,
                                                   const struct fit_data *data, struct json *json);
/* fit: judge only on the rows that it holds out; NULL: on all. */
CANDOR_MUST_USE enum candor_status compare_report(struct job *job,
                                                  const struct candor_compare *asked,
                                                  const struct candor_fit *fit, struct json *json);

/* ---- study_recipe.c: how a model was learnt, as its note "recipe" ---- */

struct model;
CANDOR_MUST_USE enum candor_status recipe_note(struct job *job, const struct candor_fit *asked,
                                               struct model *model);
/* Set what a recipe is made of; paths and limits stay. CANDOR_BAD_INPUT: there is none. */
CANDOR_MUST_USE enum candor_status recipe_read(struct job *job, const struct model *model,
                                               struct candor_fit *fit);

/* ---- study_run.c ---- */

struct run;
/* path NULL: nothing is saved. */
CANDOR_MUST_USE enum candor_status run_save(struct job *job, const char *path,
                                            const struct run *run);
/* The model of a model file, or of a run. */
CANDOR_MUST_USE enum candor_status like_read(struct job *job, const char *path,
                                             struct model **model);

/* ---- study_options.c: what a person says of a fit ---- */

struct pair_ban;

/* NULL or "auto": 0. */
CANDOR_MUST_USE enum candor_status task_of_word(struct job *job, const char *word, int *task);
/* One shape for each of the features. */
CANDOR_MUST_USE enum candor_status shapes_of_words(struct job *job, const struct candor_fit *fit,
                                                   const struct binned *binned, int **shape);
CANDOR_MUST_USE enum candor_status bans_of_words(struct job *job, const char *words,
                                                 const struct binned *binned, struct pair_ban **ban,
                                                 size_t *count);
/* Whether a comma-separated list holds the column, or the part of a date that a feature is. */
bool list_holds(const char *list, struct str feature);

/* ---- study.c ---- */

struct value;
struct csv_row;
struct digest_stream;
CANDOR_MUST_USE enum candor_status types_read(struct job *job, const char *path,
                                              const struct csv_row *header,
                                              const struct value **types);
CANDOR_MUST_USE enum candor_status types_of_text(struct job *job, struct bytes text,
                                                 const struct csv_row *header,
                                                 const struct value **types);
/* Refuse a row that has not as many cells as the header. */
CANDOR_MUST_USE enum candor_status check_width(struct job *job, const char *path,
                                               const struct csv_row *header,
                                               const struct csv_row *row);
/* Add the cells of a row to the digest. */
void row_digest(const struct csv_row *row, struct buf *cells, struct digest_stream *stream);

CANDOR_MUST_USE enum candor_status study_model(struct job *job, const char *path,
                                               struct model **model, struct digest *digest,
                                               bool *is_signed);

/* study_labels.c: each row's label, as a model means it: 0 or 1, the index of the class, or the number;
 * NaN when the value means nothing. NULL without the target's column. */
CANDOR_MUST_USE enum candor_status study_labels(struct job *job, const struct model *model,
                                                const struct table *table, const double **labels);

/* versus.c: what happened, as the model knows it: classes by the model's own numbers. */
struct model;
struct target;
CANDOR_MUST_USE enum candor_status study_target(struct job *job, const struct model *model,
                                                const struct frame *frame, const char *column,
                                                struct target *target);

#endif
