/*
 * bench_learn.h - how the files of bench_learn share their work.
 *
 *   learn_sets.c     the data sets: files, splits, folds, and two made from purchase histories
 *   learn_made.c     rows made from a seed, of any number
 *   learn_theirs.c   XGBoost on the same rows
 *   learn_run.c      one learner on one set: what it costs and how good it is
 *   learn_tasks.c    numbers, counts, amounts and classes
 *   learn_large.c    made rows, many of them
 *   bench_learn.c    six sets with a binary outcome; the program
 *
 * Whatever goes wrong in a benchmark ends it.
 */
#ifndef BENCH_LEARN_H
#define BENCH_LEARN_H

#include "frame.h"
#include "learn.h"
#include "model.h"
#include "numeric.h"

enum { SEED = 20250801, TURNS = 3 };

/* What a piece of work cost. */
struct cost {
    double cpu_s; /* user and system time of the whole process */
    double wall_s;
};

struct stopwatch {
    double cpu_s;
    double wall_s;
};

struct stopwatch watch_start(void);
struct cost watch_read(struct stopwatch watch);

/* Zeroed memory of the job, or the end. */
void *memory(struct job *job, size_t count, size_t size);

/* ---- learn_sets.c -------------------------------------------------------------------------- */

/* A file with a target. */
struct set {
    const char *name;
    const char *path;         /* within the folder of the data */
    const char *split;        /* a 0 or 1 per row; NULL: a fifth of the rows, drawn from the seed */
    const char *split_column; /* or a column: rows of split_value are the test */
    const char *split_value;
    const char *target;
    const char *dropped; /* names between commas */
    enum task task;      /* 0: by content */
    /* Instead of a file: makes the frame. NULL: path is read. */
    struct frame *(*make)(struct job *job, struct str folder);
};

struct rows {
    struct frame *frame;
    struct target target;
};

struct table {
    struct rows all;
    bool *use;     /* columns that are features */
    bool *is_test; /* rows */
};

/* The folder of the data: CANDOR_DATA, or ../shared/data beside the source tree, where one stands. */
struct str data_folder(struct arena *arena);

/* Whether the set was there; says so when it was not. */
bool set_read(struct job *job, struct str folder, const struct set *set, struct table *table);

/* The rows that are test, or those that are not. */
struct rows table_take(struct job *job, const struct table *table, bool is_test);

/* Make the rows of one fold of fold_count the test: folds are alike in the target's classes. */
void table_fold(struct job *job, struct table *table, size_t fold, size_t fold_count);

/* How often each customer will buy in the second half of the time, from what is known of the first. */
struct frame *make_purchases(struct job *job, struct str folder);
/* What a line of a basket costs. */
struct frame *make_baskets(struct job *job, struct str folder);

/* ---- learn_made.c -------------------------------------------------------------------------- */

/*
 * Rows of numbers and a binary outcome that smooth curves of them decide, with noise. Every row is
 * made from the seed and its own number, so a part is the same whatever was made before.
 */
struct made {
    uint64_t seed;
    size_t features; /* 4 .. 32 */
};

/* Rows first .. first + count - 1, into column[feature] and label. */
void made_rows(const struct made *made, size_t first, size_t count, double *const *column,
               double *label);

/* ---- learn_theirs.c ------------------------------------------------------------------------ */

struct theirs {
    unsigned threads;
    int trees_max;
    bool stops_early; /* after 30 trees without gain on 15 % of the rows to train */
};

struct their_answer {
    struct cost cost; /* matrices, sketches, trees; not what makes the numbers */
    int trees;
    double *mean; /* of each row of the test: class by class */
};

/*
 * Train XGBoost with its defaults (eta 0.3, depth 6, hist) on one-hot features and predict. use: the
 * columns that are features.
 */
void theirs_run(struct job *job, const struct theirs *theirs, const struct rows *train,
                const struct rows *test, const bool *use, struct their_answer *answer);

/* ---- learn_run.c --------------------------------------------------------------------------- */

/* What does not apply is NaN. */
struct quality {
    double auc;
    double loss; /* log loss; of counts and amounts, the mean unit deviance */
    double rmse;
};

struct result {
    bool is_there; /* false: the learner refused, and said why */
    struct cost cost;
    struct quality quality;
    size_t pairs; /* of theirs: trees */
};

struct result ours_run(struct job *job, const struct rows *train, const struct rows *test,
                       const bool *use, unsigned pairs_max);
struct result their_run(struct job *job, const struct theirs *theirs, const struct rows *train,
                        const struct rows *test, const bool *use);

extern const struct theirs theirs_default; /* one thread, stopped early */

struct cost cost_least(struct cost old, struct cost new);
struct cost cost_sum(struct cost left, struct cost right);

/* What the figure should reach; 0: nothing is asked. */
struct goal {
    double bar;
    double aim;
};

/* One line: what took how long, beside its goal. */
void print_seconds(const char *what, struct cost cost, struct goal goal);

/* ---- learn_tasks.c, learn_large.c ---------------------------------------------------------- */

#define BANK "bank-marketing/bank-full.csv"
#define BANK_SPLIT "bank-marketing/split80.txt"
#define ADDED "bank-marketing-additional/bank-additional-full.csv.gz"
#define ADDED_SPLIT "bank-marketing-additional/split80.txt"
#define ADULT "adult/adult.csv.gz"
#define ADULT_SPLIT "adult/split80.txt"
#define TELCO "telco-churn/telco-customer-churn.csv"
#define TELCO_SPLIT "telco-churn/split80.txt"

void run_sets(void);
void run_million(void);
void run_large(void);

#endif
