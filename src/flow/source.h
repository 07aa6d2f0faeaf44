/*
 * source.h - rows from outside, by the names the inventory knows: shared by source.c and ingest*.c.
 */
#ifndef CANDOR_FLOW_SOURCE_H
#define CANDOR_FLOW_SOURCE_H

#include "flow.h"
#include "tally.h"

#define SOURCE_TARGETS_MAX 2048
#define REJECTED_SHOWN_MAX 20

struct source;

/* One row: value[t] belongs to target t; ptr NULL: the row says nothing about it. Texts are views
 * that the next row ends. */
struct source_row {
    uint64_t line;
    struct str *value;
    const char *fault; /* NULL: well formed; else a code: "ragged", "not_json", "unknown_field",
                          "filled_twice", "nested" */
    bool is_held;      /* it comes out of quarantine, where its number is slot */
    uint32_t slot;
};

/* A row that is at hand already. */
struct given_row {
    uint64_t line;
    uint32_t slot;     /* in quarantine */
    struct str *value; /* target_count; ptr NULL: it says nothing */
};

/*
 * Open CSV or JSON lines (by the name: .jsonl, .ndjson, also .gz). Every column must be a target or
 * be mapped to one or ignored; map_path is a YAML file:
 *
 *     customer_no: ignore           a column that is not wanted
 *     identifier: customer_email    target: source column
 *     event: "=bought"              target: the same literal for every row
 *
 * One column may fill several targets, but a target has one source. What the map does not mention
 * goes by its own name.
 *
 * CANDOR_BAD_INPUT  an unknown column (named, with the nearest target), a line of the map whose
 *                   target or column there is not, two columns for one target
 */
CANDOR_MUST_USE enum candor_status source_open(struct job *job, const char *path,
                                               const char *map_path, const char *const *target,
                                               size_t target_count, struct source **source);
/* Rows out of quarantine. They must live as long as the source. */
struct source *source_of_rows(struct job *job, const struct given_row *row, size_t row_count,
                              size_t target_count);
/* CANDOR_NOT_FOUND: there is no more. */
CANDOR_MUST_USE enum candor_status source_next(struct job *job, struct source *source,
                                               struct source_row *row);

/* What an import says at its end: counts and the first rejected rows, never their values. */
struct rejected {
    uint64_t line;
    const char *code;
    struct str field;
    const char *sentence;
};

struct import_report {
    uint64_t rows;
    uint64_t imported;
    uint64_t created;
    uint64_t updated;
    uint64_t rejected;
    uint64_t resumed_after; /* rows that an interrupted import had done */
    uint64_t quarantined;   /* of the rejected: kept for repair */
    const char *last_code;  /* of the last rejection */
    struct str last_field;
    uint64_t shared_addresses; /* of another subject already: they find that one */
    struct tally reasons;
    struct rejected shown[REJECTED_SHOWN_MAX];
    size_t shown_count;
    uint64_t ledger_first;
    uint64_t ledger_last;
    bool has_ledger;
};

void import_reject(struct import_report *report, uint64_t line, const char *code, struct str field,
                   const char *sentence);
void import_accounted(struct import_report *report, uint64_t index);

#endif
