/*
 * candor_study.h - the study chapter of candor.h: learners and audits over plain CSV files, with no home.
 * Include candor.h, which includes this.
 *
 * CSV as in RFC 4180 with a header line; the separator (comma, semicolon, tab) is found; .gz is read as
 * it is. A report is one JSON document, the same that the program prints with --json.
 */
#ifndef CANDOR_STUDY_H
#define CANDOR_STUDY_H

#include "candor.h"

#ifdef __cplusplus
extern "C" {
#endif

#define CANDOR_PAIRS_AUTO 20

struct candor_fit {
    const char *data_path;
    const char *target;
    const char *positive;   /* NULL: found (yes, 1, true, >50K ... the rarer of two) */
    const char *drop;       /* comma-separated, or NULL */
    const char *protect;    /* comma-separated, or NULL */
    const char *split_path; /* one 0 or 1 per row, or NULL */
    const char *types_path; /* YAML `column: number|category|date|drop|ordinal [a, b]`, or NULL */
    const char *out_path;
    uint64_t seed;
    unsigned threads;       /* 0: all */
    unsigned pairs;         /* of features, at most; 0: none; CANDOR_PAIRS_AUTO suits most data */
    const char *task;       /* auto, binary, regression, count, amount, classes; NULL: auto */
    const char *weight;     /* a column of weights, 0 or more, or NULL */
    const char *monotone;   /* COL=+,COL=- or NULL */
    const char *shape;      /* COL=up|down|convex|concave,... or NULL */
    const char *no_pair;    /* A:B,... pairs that get no table, or NULL */
    double holdout;         /* share of the rows that are held out by chance; 0: none */
    uint64_t time_limit_ms; /* of training; 0: none */
    uint64_t memory_max;    /* bytes; 0: what the machine has */
    const char *types;      /* what a file at types_path would hold; NULL: types_path */
    const char *like_path;  /* a model or run whose bins, target and task are used, or NULL */
    const char *run_path;   /* also write the run there, or NULL */
    unsigned bins;          /* values of a column with a bin of their own, 2 to 255; 0: 255 */
    const char *fixed;      /* comma-separated: what recourse must not change, or NULL */
    const char *only_up;    /* ... what it may only raise */
    const char *only_down;  /* ... or lower */
    const char *watermark; /* the file of a secret key, made if there is none; NULL: no watermark */
    double watermark_delta; /* how far it moves a cell, on the link scale; 0: 0.05 */
};
CANDOR_CHECK enum candor_status candor_fit(struct job *job, const struct candor_fit *fit,
                                           struct candor_text *report);
/*
 * CSV: row, score. Of classes the score is the chance of the most likely one; its name and the chances of
 * all follow. The rows go by in blocks, so the data need not fit into memory. out_path NULL: the CSV is
 * the report.
 */
CANDOR_CHECK enum candor_status candor_score(struct job *job, const char *model_path,
                                             const char *data_path, const char *out_path,
                                             struct candor_text *report);

struct candor_explain {
    const char *model_path;
    const char *data_path;
    uint64_t row;           /* from 0 */
    const char *class_name; /* of a model of classes; NULL: the one it predicts */
    bool has_threshold;     /* false: 0.5 for chances; numbers have no recourse without one */
    double threshold;       /* of the score: from it on is yes */
    unsigned changes;       /* features that may change at once, 1 to 6; 0: 3 */
    unsigned plans;         /* different ones, 1 to 8; 0: 3 */
    const char *fixed;      /* comma-separated features that must not change, or NULL */
    const char *only_up;    /* ... that only rise */
    const char *only_down;
    const char *language; /* of the sentences: en, de, fr, es or it; NULL: en */
};
/* Contributions, reasons and recourse of one row. "explanation" has every sentence with the table cells that it
 * was made of; base and all its contributions add up to the link value. What the model's notes fixed, only_up and only_down
 * name holds too. */
CANDOR_CHECK enum candor_status candor_explain(struct job *job,
                                               const struct candor_explain *question,
                                               struct candor_text *report);

struct candor_rules {
    const char *model_path;
    const char *data_path;
    unsigned rules;      /* at most; 0: 10 */
    unsigned conditions; /* of one rule, at most; 0: 3 */
};
CANDOR_CHECK enum candor_status candor_rules(struct job *job, const struct candor_rules *question,
                                             struct candor_text *report);
CANDOR_CHECK enum candor_status candor_card(struct job *job, const char *model_path,
                                            const char *html_path, struct candor_text *report);
/*
 * Importances and every term with its cells: value, 95 % band, share of the training rows. html_path,
 * or NULL: one page with a picture per term. svg_dir, or NULL: a folder for one SVG file per term.
 */
CANDOR_CHECK enum candor_status candor_shapes(struct job *job, const char *model_path,
                                              const char *html_path, const char *svg_dir,
                                              struct candor_text *report);

/* Where two models say different things; with data and what happened there, which one is better. */
struct candor_compare {
    const char *first_path;
    const char *second_path;
    const char *data_path; /* or NULL */
    const char *target;    /* with data: the column of what happened */
    const char *html_path; /* or NULL */
    const char
        *split_path; /* with data: one 0 or 1 per row; only rows with 1 are asked about. Or NULL */
};
CANDOR_CHECK enum candor_status candor_compare(struct job *job,
                                               const struct candor_compare *question,
                                               struct candor_text *report);

/*
 * Learn again from new rows, as the model was learnt: it holds the recipe. The report has two members:
 * fit, as candor_fit's, and compare, as candor_compare's, on the rows that are held out.
 */
struct candor_retrain {
    const char *model_path;
    const char *data_path;
    const char *split_path; /* or NULL: as many rows are held out by chance as the recipe says */
    const char *out_path;
    unsigned threads; /* 0: all */
};
CANDOR_CHECK enum candor_status candor_retrain(struct job *job,
                                               const struct candor_retrain *question,
                                               struct candor_text *report);

/*
 * The model that one fit over the rows of two runs would give. Runs are written by candor_fit; the second
 * one was learnt like the first one (like_path), whose recipe is used. They hold rows of people.
 */
struct candor_merge {
    const char *first_path;
    const char *second_path;
    const char *out_path;
    const char *run_path; /* also write the run of both there, or NULL */
    unsigned threads;     /* 0: all */
};
CANDOR_CHECK enum candor_status candor_merge(struct job *job, const struct candor_merge *question,
                                             struct candor_text *report);

/*
 * A person changes what a model says of a feature, on the link scale, and the new model keeps a note of
 * it. The cells are named by bin (as shapes calls them), or by from, to or both: those wholly within.
 */
struct candor_edit {
    const char *model_path;
    const char *feature;
    const char *class_name; /* of a model of classes: whose table; else NULL */
    const char *bin;        /* or NULL */
    const char *from;       /* a number or an ordinal's level, or NULL */
    const char *to;
    const char *set; /* one of the four: the new contribution, ... */
    const char *add; /* ... how much more, ... */
    const char *cap; /* ... no more than this up or down (all cells when none are named), ... */
    bool is_flat;    /* ... or all their mean */
    const char *reason;
    const char *out_path;
    const char *data_path; /* measure again on these rows, or NULL: measures are not known */
    const char *target;    /* NULL: the model's own */
};
CANDOR_CHECK enum candor_status candor_edit(struct job *job, const struct candor_edit *edit,
                                            struct candor_text *report);

/*
 * How far somebody gets who pretends: which refusals of the rows turn when up to so many fields are
 * changed, by the exact best score, and what a cap on what those fields say would do about it.
 */
/* Is a suspect a copy of a model with a watermark? Either its file, or what it answered to rows. */
struct candor_watermark {
    const char *model_path; /* ours, with the watermark */
    const char *key_path;
    const char *suspect_path; /* a model file; or NULL, and: */
    const char *data_path;    /* the rows that were asked about */
    const char *answers_path; /* CSV: row (from 0), score */
};
CANDOR_CHECK enum candor_status candor_watermark(struct job *job,
                                                 const struct candor_watermark *asked,
                                                 bool *is_proven, struct candor_text *report);

struct candor_evasion {
    const char *model_path;
    const char *data_path;
    const char *declared; /* comma-separated: what people say of themselves and nobody verifies;
                           * NULL: any field */
    double threshold;     /* of the score: below it is refused; 0: 0.5 */
    unsigned changes;     /* fields at once, 1 to 6; 0: 3 */
    double limit;         /* find a cap that leaves one declared field this share; 0: none */
    bool seen_only;       /* only values that training saw often enough (see explain) */
};
CANDOR_CHECK enum candor_status candor_evasion(struct job *job,
                                               const struct candor_evasion *question,
                                               struct candor_text *report);

/*
 * Rows that look planted, and labels that look wrong. --reference: rows that are trusted, with the same
 * columns. See docs/trust.md for what is looked at and how often clean data is alarmed.
 */
struct candor_poison {
    const char *data_path;
    const char *target;         /* two values, or positive says which one is meant */
    const char *positive;       /* or NULL, as candor_fit's */
    const char *reference_path; /* or NULL: blind */
    const char
        *source;      /* a column that says where a row is from, or NULL: nothing learns from it */
    const char *drop; /* comma-separated, or NULL */
    const char *types_path;      /* as candor_fit's */
    const char *out_path;        /* CSV row,suspicion,reason, the most suspect first; or NULL */
    const char *quarantine_path; /* the rows without the suspects, or NULL */
    uint64_t top;                /* rows to list; 0: all in the file, 20 in the report */
    unsigned threads;            /* 0: all */
    uint64_t memory_max;         /* bytes; 0: half of what the machine has */
};
/*
 * is_alarm: something was found that clean data does not have.
 *
 * CANDOR_BAD_INPUT  below 50 rows or 10 of one label; a target that is not of two values; a column that
 *                   the reference has not
 */
CANDOR_CHECK enum candor_status candor_poison(struct job *job, const struct candor_poison *question,
                                              bool *is_alarm, struct candor_text *report);

/* Do these rows still look like those that the model was trained on? drifted: how many features, and
 * the score, no longer do. A reference that is no model but a CSV file: as candor_drift_tables. */
CANDOR_CHECK enum candor_status candor_drift(struct job *job, const char *reference_path,
                                             const char *data_path, size_t *drifted,
                                             struct candor_text *report);

/*
 * Does one table look like another? Per column of the reference: psi of its deciles or levels, the
 * Kolmogorov-Smirnov distance and chi-square with their chances, Jensen-Shannon divergence (nats),
 * Wasserstein distance, and a verdict that rests on bins of its own (docs/trust.md). drifted: how many
 * columns have.
 *
 * CANDOR_BAD_INPUT  a column that is named or compared is in only one of the files
 */
struct candor_drift_tables {
    const char *reference_path;
    const char *current_path;
    const char *columns; /* comma-separated; NULL: all of the reference */
};
CANDOR_CHECK enum candor_status candor_drift_tables(struct job *job,
                                                    const struct candor_drift_tables *question,
                                                    size_t *drifted, struct candor_text *report);

/* A model file, or the JSON of one, in other forms; what is NULL is not written. Neither form has the
 * signature of the home it may come from. docs/model-format.md describes them. */
struct candor_export {
    const char *from_path;  /* what `candor fit` wrote, or JSON from here */
    const char *onnx_path;  /* a graph for ONNX Runtime */
    const char *c_path;     /* one C file; its name begins the names of its functions */
    const char *json_path;  /* everything in the model, to be read back */
    const char *model_path; /* a model file of this version */
};
CANDOR_CHECK enum candor_status candor_export(struct job *job, const struct candor_export *export,
                                              struct candor_text *report);
/* From JSON only. CANDOR_BAD_INPUT names the place: features[3].value[7]. */
CANDOR_CHECK enum candor_status candor_model_import_json(struct job *job, const char *json_path,
                                                         const char *model_path,
                                                         struct candor_text *report);

/* ---- one row at a time ----------------------------------------------------------------------- */

/*
 * A model held open to score single rows: no file, no memory and no lock is touched after
 * candor_model_open, and any number of threads may score with it.
 */
struct candor_model;

enum candor_task {
    CANDOR_BINARY = 1,     /* score is a probability, link its logit */
    CANDOR_REGRESSION = 2, /* score and link are the number */
    CANDOR_COUNT = 3,      /* score is the mean, link its logarithm */
    CANDOR_AMOUNT = 4,     /* the same */
    CANDOR_CLASSES = 5,    /* scores are the probabilities of the classes */
};

enum candor_feature_kind {
    CANDOR_NUMBER = 1,
    CANDOR_CATEGORY = 2, /* text */
    CANDOR_ORDINAL = 3,  /* text; its values have an order */
};

struct candor_feature {
    const char *name;
    enum candor_feature_kind kind;
};

/* One summand of the link value: of one feature or of a pair. */
struct candor_term {
    const char *name; /* "age", "age & job" */
    size_t feature_count;
    size_t feature[2];
};

/* What is asked and answered; lives until candor_model_close. */
struct candor_model_facts {
    enum candor_task task;
    const char *target;
    const char *positive; /* CANDOR_BINARY: the value whose probability is the score; else "" */
    size_t feature_count;
    const struct candor_feature *feature;
    size_t term_count;
    const struct candor_term *term;
    size_t class_count;            /* CANDOR_CLASSES: 3 or more; else 1 */
    const char *const *class_name; /* CANDOR_CLASSES; else NULL */
    const double *base;            /* class_count link values of nobody in particular */
};

/* number for a CANDOR_NUMBER (NaN: missing), text for the others (NULL: missing; UTF-8, not
 * zero-terminated). A value that the model has never seen is one too. */
struct candor_value {
    double number;
    const char *text;
    size_t text_len;
};

/*
 * Room for the answer: class_count items each, or NULL when not wanted. For each class, base +
 * contribution[0] + ... in this order is the link value, exactly.
 */
struct candor_row_score {
    double *score;
    double *link;
    double *link_sd;      /* of the link value: what was learnt might have come out otherwise */
    double *contribution; /* class_count * term_count, class by class */
};

/*
 * CANDOR_NOT_FOUND, CANDOR_IO    no such file, or not to be read
 * CANDOR_CORRUPT                 not a model, or changed since it was written
 * CANDOR_BAD_INPUT               written by a newer version
 */
CANDOR_CHECK enum candor_status candor_model_open(struct job *job, const char *path,
                                                  struct candor_model **model);
CANDOR_API void candor_model_close(struct candor_model *model); /* NULL is fine */

CANDOR_API const struct candor_model_facts *candor_model_facts(const struct candor_model *model);

/* value holds feature_count items. The same bits as candor_score. */
CANDOR_API void candor_model_score_row(const struct candor_model *model,
                                       const struct candor_value *value,
                                       const struct candor_row_score *row);

struct candor_fairness {
    const char *data_path;
    const char *label;
    const char *score;     /* or NULL */
    const char *decision;  /* or NULL: one of the two */
    const char *groups;    /* comma-separated */
    double threshold;      /* for score; 0.5 by default */
    bool intersect;        /* also every pair, every triple, and all attributes together */
    const char *weight;    /* a column of weights, 0 or more; NULL: each row counts 1 */
    const char *reference; /* the group that others are compared with; NULL: the largest */
    const char *compat;    /* NULL, or "fairlearn" or "aif360": also their values, to 1e-12 */
    double limit;          /* a difference may be this much: 0.1 */
    double ratio_limit;    /* a ratio must be this much: 0.8 */
    uint64_t seed;         /* of the null of the largest gap */
    uint64_t top;          /* also as a ranking, of which the first so many are shown; 0: not */
    bool numbers;          /* label and score are numbers: residuals instead of rates */
};

/*
 * Compare groups. The report has "overall", "groups" and "metrics" (counts of rows), and "audit", where
 * every number has its formula, denominators, interval and reference group, every gap its null, its
 * simultaneous interval and a verdict; what is undefined is null with its reason. With numbers it has
 * "numbers" alone. Sources: Wilson 1927, Newcombe 1998, Katz et al. 1978, Tukey 1953, Hayter 1984,
 * Speicher et al. 2018, Geyik et al. 2019.
 *
 * CANDOR_NOT_FOUND, CANDOR_IO  no such file, or not to be read
 * CANDOR_BAD_INPUT             no such column or group; a label, score, weight or limit that cannot be;
 *                              compat "fairlearn" where Fairlearn itself raises
 * CANDOR_TOO_LARGE             more than 16 attributes or 100,000 groups
 */
CANDOR_CHECK enum candor_status candor_fairness(struct job *job,
                                                const struct candor_fairness *question,
                                                struct candor_text *report);

/* What is wrong with data before anything is learnt from it. */
struct candor_before {
    const char *data_path;
    const char *target;     /* a column of two values */
    const char *positive;   /* which of them is 1; NULL: as candor_fit chooses */
    const char *groups;     /* comma-separated protected attributes */
    const char *population; /* NULL, or a CSV file with the columns attribute, value and share */
    uint64_t seed;          /* of the permutations */
    uint64_t pairs;         /* the strongest so many features are also looked at in pairs; 8 */
};

/*
 * Of each attribute and each intersection: how many, against the population if there is one; base rates
 * with intervals and their largest gap; cells missing by group; small groups. Of each attribute: which
 * columns and pairs of columns stand in for it, with the share that chance would have. And advice.
 *
 * CANDOR_NOT_FOUND, CANDOR_IO  no such file, or not to be read
 * CANDOR_BAD_INPUT             no such column; a target that has not two values; a population whose
 *                              shares are not shares
 */
CANDOR_CHECK enum candor_status candor_before(struct job *job, const struct candor_before *question,
                                              struct candor_text *report);

#ifdef __cplusplus
}
#endif

#endif
