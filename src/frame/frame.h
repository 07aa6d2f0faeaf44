/*
 * frame.h - the door of the frame room: tables of features without identities, and their bins.
 *
 *   frame.c     columns side by side
 *   column.c    columns from text: number, date or category, by content; levels.c, their texts
 *   types.c     what a person says that a column is
 *   target.c    what is to be predicted
 *
 * The second door, bins.h, has the bins of its values.
 *
 * The room is pure: it opens no file and sees no identity.
 */
#ifndef FRAME_H
#define FRAME_H

#include "base.h"

/* ---- frame.c ------------------------------------------------------------------------------- */

#define FRAME_ROWS_MAX ((size_t)1 << 31)
#define FRAME_COLUMNS_MAX 4096
#define CODE_MISSING UINT32_MAX

enum column_kind {
    COLUMN_NUMBER = 1,
    COLUMN_CATEGORY = 2, /* levels without order */
    COLUMN_ORDINAL = 3,  /* levels in order: level[0] is the least */
};

struct column {
    struct str name;
    struct str source; /* of a part of a date: the column that holds the date; else "" */
    enum column_kind kind;
    const double *number;    /* COLUMN_NUMBER: row_count values, NaN is missing, none is infinite */
    const uint32_t *code;    /* else: row_count indexes into level, or CODE_MISSING */
    const struct str *level; /* level_count different names */
    size_t level_count;
};

/* Rows and columns; the memory is the job's. column has room for column_max, column_count are there. */
struct frame {
    size_t row_count;
    size_t column_count;
    size_t column_max;
    struct column *column;
};

/*
 * CANDOR_TOO_LARGE  above FRAME_ROWS_MAX or FRAME_COLUMNS_MAX
 */
CANDOR_MUST_USE enum candor_status frame_begin(struct job *job, size_t row_count, size_t column_max,
                                               struct frame **frame);

/*
 * Add a column. The arrays are borrowed: they hold row_count items and outlive the frame.
 *
 * CANDOR_BAD_INPUT  a name twice or empty, an infinite number, a code without a level, a level twice,
 *                   a name or level that is not UTF-8
 * CANDOR_TOO_LARGE  there are column_max columns already
 */
CANDOR_MUST_USE enum candor_status frame_add_number_column(struct job *job, struct frame *frame,
                                                           struct str name, const double *number);
CANDOR_MUST_USE enum candor_status frame_add_category_column(struct job *job, struct frame *frame,
                                                             struct str name, const uint32_t *code,
                                                             const struct str *level,
                                                             size_t level_count);

/* level[0] is the least. */
CANDOR_MUST_USE enum candor_status frame_add_ordinal_column(struct job *job, struct frame *frame,
                                                            struct str name, const uint32_t *code,
                                                            const struct str *level,
                                                            size_t level_count);

/* The column of that name, or NULL. */
const struct column *frame_find(const struct frame *frame, struct str name);

/* The rows whose keep is true, in their order, as a frame of their own. */
CANDOR_MUST_USE enum candor_status frame_take(struct job *job, const struct frame *frame,
                                              const bool *keep, struct frame **part);

/* ---- column.c ------------------------------------------------------------------------------ */

#define LEVELS_MAX ((size_t)1 << 20) /* different texts in one column */

/* What a person says that a column is. */
enum column_type_kind {
    TYPE_BY_CONTENT = 0,
    TYPE_NUMBER = COLUMN_NUMBER,
    TYPE_CATEGORY = COLUMN_CATEGORY,
    TYPE_ORDINAL = COLUMN_ORDINAL,
    TYPE_DATE,
    TYPE_DROP, /* not read at all */
};

struct column_type {
    enum column_type_kind kind;
    const struct str *level; /* TYPE_ORDINAL: all levels, the least first */
    size_t level_count;
};

/*
 * A column that is being read as text, cell by cell. Missing are, after trimming: the empty cell, NA,
 * NaN and ?. A column is of numbers, or of dates, when all that is not missing is, unless its type says
 * what it is. That is decided after TEXTS_UNTIL_DECIDED different texts at the latest; whole numbers turn
 * out to be categories later, too.
 *
 * A date or an instant (ISO 8601) is no feature itself. It becomes six columns of numbers: "COL (year)",
 * "COL (month)", "COL (weekday)" from Monday 1 to Sunday 7, "COL (day of month)", "COL (hour)", missing
 * without a clock, and "COL (days)" since 1970.
 */
struct text_column;

#define TEXTS_UNTIL_DECIDED 4096
#define COLUMNS_OF_TEXT_MAX 6

/* Whether a feature of this name is the column, or a part of it when it is a date. */
bool is_of_column(struct str feature, struct str column);

/* kind 0: by content. rows_expected is a hint; 0 when unknown. */
CANDOR_MUST_USE enum candor_status text_column_begin(struct job *job, struct str name,
                                                     enum column_kind kind, size_t rows_expected,
                                                     struct text_column **column);
/* NULL: by content. */
CANDOR_MUST_USE enum candor_status text_column_begin_as(struct job *job, struct str name,
                                                        const struct column_type *type,
                                                        struct text_column **column);

/*
 * Add the cell of the next row; it is copied.
 *
 * CANDOR_BAD_INPUT  not a number in a column of numbers, not a date in one of dates, not among the levels
 *                   of an ordinal; the message names column and row
 * CANDOR_TOO_LARGE  more than LEVELS_MAX different texts
 */
CANDOR_MUST_USE enum candor_status text_column_add(struct job *job, struct text_column *column,
                                                   struct str cell);

/* Add what was read to the frame: one column, six of dates, none when dropped. Rows must be those of the
 * frame. The column cannot be used afterwards. */
CANDOR_MUST_USE enum candor_status text_column_end(struct job *job, struct text_column *column,
                                                   struct frame *frame);

/* ---- types.c ------------------------------------------------------------------------------- */

struct value;

/*
 * The type of a column from a document of types: number, category, date, drop, ordinal [low, medium, high],
 * or a list [low, medium, high], which is an ordinal. Without an entry: by content.
 *
 * CANDOR_BAD_INPUT  another word; a level twice, no level, an empty one; the message names the line
 * CANDOR_TOO_LARGE  more levels than there are bins for
 */
CANDOR_MUST_USE enum candor_status column_type_of(struct job *job, const struct value *types,
                                                  struct str name, struct column_type *type);

/* ---- target.c ------------------------------------------------------------------------------ */

enum task {
    TASK_BINARY = 1,     /* a chance: link is the logit */
    TASK_REGRESSION = 2, /* a number, by squared error: link is the number */
    TASK_COUNT = 3,      /* a count of 0 or more, Poisson: link is the logarithm of the mean */
    TASK_AMOUNT = 4,     /* an amount above 0, Gamma: link is the logarithm of the mean */
    TASK_CLASSES = 5,    /* one of several: a link value for each class, chances by softmax */
};

#define CLASSES_MAX 64

const char *task_name(enum task task); /* "binary", "count" ... */

struct target {
    enum task task;
    struct str name;
    struct str positive;          /* TASK_BINARY: the value that counts as 1 ... */
    struct str negative;          /* ... and the one that is 0; "" when there are several */
    size_t class_count;           /* TASK_CLASSES: at least 3; else 1 */
    const struct str *class_name; /* TASK_CLASSES, ascending by bytes */
    const double *value;          /* one per row: 0 or 1, a number, or the index of the class */
};

/*
 * Read a column as the target. task 0: by content. Two different values are binary; more are regression
 * when they are numbers and classes when they are categories. positive "" means: of two, the one that
 * says so (1, yes, y, true, t, positive, in any case), else the rarer; a positive that is named makes the
 * task binary.
 *
 * CANDOR_BAD_INPUT  a missing value; one value only; positive is not among the values; a count that is
 *                   negative or an amount that is not above 0; text where the task needs numbers
 * CANDOR_TOO_LARGE  more than CLASSES_MAX classes
 */
CANDOR_MUST_USE enum candor_status target_of_column(struct job *job, const struct frame *frame,
                                                    struct str name, struct str positive,
                                                    enum task task, struct target *target);
/* Is it one of the words that say yes? */
bool target_says_yes(struct arena *arena, struct str text);

/* The target of the rows that frame_take keeps. */
CANDOR_MUST_USE enum candor_status target_take(struct job *job, const struct target *target,
                                               size_t row_count, const bool *keep,
                                               struct target *part);

#endif
