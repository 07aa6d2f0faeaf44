/*
 * study_reading.h - what study_data.c and study_roles.c share: one reading of a file that fit learns from.
 */
#ifndef CANDOR_FLOW_STUDY_READING_H
#define CANDOR_FLOW_STUDY_READING_H

#include "flow.h"
#include "frame.h"
#include "study.h"

enum column_role { FOR_FEATURE = 0, FOR_TARGET, FOR_WEIGHT, FOR_NOTHING };

/* One reading of a file. */
struct reading {
    const struct candor_fit *fit;
    struct fit_data *data;
    struct job *side; /* small: the columns' memory, which ends before learning does */
    struct csv *csv;
    const struct csv_row *header;
    enum column_role *role;
    struct column_type *type;
    struct text_column **column; /* of target and weight; small: of features, too */
    struct binner *binner;       /* large */
    bool *is_test;               /* NULL: none is */
    size_t is_test_count;        /* by --split */
    struct digest_stream stream;
    struct buf cells;
    struct target target;
    const double *weight;
};

/* One 0 (train) or 1 (test) per row. CANDOR_BAD_INPUT names the row. */
CANDOR_MUST_USE enum candor_status reading_split(struct job *job, const char *path,
                                                 struct reading *reading);
/* When all rows were read: the split has one for each; or a share of them is drawn. */
CANDOR_MUST_USE enum candor_status reading_check_split(struct job *job, struct reading *reading);
bool reading_is_test(const struct reading *reading, size_t row);

/* What each column of the header is for. CANDOR_BAD_INPUT: an option names one that is not there. */
CANDOR_MUST_USE enum candor_status reading_roles(struct job *job, struct reading *reading);

#endif
