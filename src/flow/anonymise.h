/*
 * anonymise.h - a table whose people are to be hidden: shared by anonymise.c and anonymise_table.c.
 */
#ifndef CANDOR_FLOW_ANONYMISE_H
#define CANDOR_FLOW_ANONYMISE_H

#include "flow.h"
#include "privacy.h"

/* What a column of the file is here. */
enum part_of_table { PART_KEPT = 0, PART_QUASI, PART_SENSITIVE, PART_DROPPED };

struct wanted {
    const char *data_path;
    const char *quasi;
    const char *sensitive; /* or NULL */
    const char *drop;      /* or NULL */
    const char *types_path;
    const char *hierarchies_path;
};

struct hidden_table {
    const struct csv_row *header;
    enum part_of_table *part; /* of each column */
    size_t *place;            /* of each quasi or sensitive column: its index among those */
    struct quasi quasi[QUASI_MAX];
    size_t quasi_count;
    struct sensitive sensitive[SENSITIVE_MAX];
    size_t sensitive_count;
    struct rows rows; /* of the above */
    struct str *warning;
    size_t warning_count;
};

/*
 * Read the columns that are asked for; the others are looked at for a warning and not kept.
 *
 * CANDOR_BAD_INPUT  a column there is not, or one that is named twice
 */
CANDOR_MUST_USE enum candor_status hidden_table_read(struct job *job, const struct wanted *wanted,
                                                     struct hidden_table *table);
/* The file once more, with what classes are called in place of the quasi-identifiers. */
CANDOR_MUST_USE enum candor_status hidden_table_write(struct job *job, const char *data_path,
                                                      const char *out_path,
                                                      const struct hidden_table *table,
                                                      const struct recoded *recoded);

#endif
