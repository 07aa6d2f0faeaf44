/*
 * column.h - what column.c and levels.c share: a column of text on its way to numbers or levels.
 */
#ifndef FRAME_COLUMN_H
#define FRAME_COLUMN_H

#include "inside.h"

enum { LEVELS_COUNTED_MAX = 1 << 17 }; /* levels that are counted at the same time */

struct text_column {
    struct str name;
    enum column_type_kind kind; /* TYPE_BY_CONTENT: not decided */
    bool is_said;               /* by a person */
    struct arena *arena;        /* of all that follows; NULL: ended */
    size_t row_count;

    struct dictionary *levels;
    double *level_number; /* of each level: the number or the packed date; NaN: neither */
    size_t level_room;
    size_t number_count; /* levels that are numbers */
    size_t date_count;   /* levels that are dates */
    bool is_whole;       /* all numbers so far were whole, and written in the only way */

    void **chunk; /* of double or of uint32_t, CHUNK_ROWS each */
    size_t chunk_room;

    bool counts_only;
    uint64_t *level_rows;  /* counts_only: of each level, level_room of them */
    uint64_t level_error;  /* rows that were taken from every level's count so far */
    uint64_t levels_seen;  /* again, when they were forgotten */
    uint64_t rows_counted; /* and not missing */
    struct sketch *sketch; /* counts_only, when decided to be numbers or dates */
};

/* 0, 17, -4: no other text is this number. */
bool level_is_whole(struct str text);
/* The code of a text, which is kept if it is new. CANDOR_TOO_LARGE: more than LEVELS_MAX of them. */
CANDOR_MUST_USE enum candor_status level_add(struct job *job, struct text_column *column,
                                             struct str text, uint32_t *code);
/* Of a column that is only counted: make room by leaving out what few rows have. */
CANDOR_MUST_USE enum candor_status levels_forget_rare(struct job *job, struct text_column *column);

#endif
