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
};

/* Read a CSV file whole; every row must have the header's columns. types_path may be NULL. */
CANDOR_MUST_USE enum candor_status table_read(struct job *job, const char *path,
                                              const char *types_path, struct table *table);
CANDOR_MUST_USE enum candor_status study_model(struct job *job, const char *path,
                                               struct model **model, struct digest *digest,
                                               bool *is_signed);

#endif
