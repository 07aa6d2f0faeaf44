/*
 * candor_inventory.h - a chapter of the public door: what is held, how good it is, how long it stays.
 *
 *   quality     standards over what comes in and what is held; bad rows in quarantine, repaired
 *   retention   what is past its time is deleted, with proof; legal holds
 *
 * Reports hold counts, names of fields and numbers of rows, and no value that came from a person;
 * the one call that shows values says so, needs the role for it, and is on the ledger.
 *
 * candor.h includes this header.
 */
#ifndef CANDOR_INVENTORY_PUBLIC_H
#define CANDOR_INVENTORY_PUBLIC_H

#include "candor.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- quality ------------------------------------------------------------------------------- */

/*
 * candor_import with the name of whoever sent the file (NULL: the kind), under which its quality is
 * measured. Rows that break a rule go into quarantine: sealed, each with a key of its own, for as
 * long as candor.yaml says. Erasing a subject takes along the rows that go by one of their names.
 */
struct candor_import_order {
    const char *kind;
    const char *path;
    const char *map_path;
    const char *source;
    unsigned flags; /* enum candor_import_flag */
};
CANDOR_CHECK enum candor_status candor_import_from(struct job *job, struct candor *candor,
                                                   const struct candor_import_order *order,
                                                   struct candor_text *report);

/* The rows in quarantine: number, kind, source, line, field and reason. */
CANDOR_CHECK enum candor_status candor_quality_list(struct job *job, struct candor *candor,
                                                    struct candor_text *report);
/* One row. values: what stands in it, for whoever may read subjects. CANDOR_NOT_FOUND. */
CANDOR_CHECK enum candor_status candor_quality_show(struct job *job, struct candor *candor,
                                                    uint64_t row, bool values,
                                                    struct candor_text *report);
/* Another value for one column of a row; NULL or empty clears it. CANDOR_BAD_INPUT: no such column. */
CANDOR_CHECK enum candor_status candor_quality_repair(struct job *job, struct candor *candor,
                                                      uint64_t row, const char *column,
                                                      const char *value,
                                                      struct candor_text *report);
/* Destroy one row. */
CANDOR_CHECK enum candor_status candor_quality_drop(struct job *job, struct candor *candor,
                                                    uint64_t row, struct candor_text *report);
/* Import what is in quarantine again, one row or all (UINT64_MAX), under the rules of today. Rows that
 * are accepted leave it; the others stay, with the reason of today. */
CANDOR_CHECK enum candor_status candor_quality_reimport(struct job *job, struct candor *candor,
                                                        uint64_t row, struct candor_text *report);
/* The scores over time, of one source or all (NULL), oldest first. "held" is what is in the store. */
CANDOR_CHECK enum candor_status candor_quality_history(struct job *job, struct candor *candor,
                                                       const char *source,
                                                       struct candor_text *report);

/* ---- retention ----------------------------------------------------------------------------- */

/*
 * Delete what is past its time: values of fields and events by the days of the inventory, decisions
 * by the strictest of what went into them, the rest by `retention` in candor.yaml. dry: only say what
 * would go. Each subject of whom something went has an entry on the ledger, and the last entry
 * commits to the report, which has its receipt. Legal holds, and subjects who restricted the use of
 * their data, keep theirs; the report counts them.
 */
CANDOR_CHECK enum candor_status candor_retention_run(struct job *job, struct candor *candor,
                                                     bool dry, struct candor_text *report);
/* For a server: run it if `retention: hour` in candor.yaml says that it is time and nobody has, as a
 * server does that was down at that hour. No role is needed: candor.yaml has decided. One home is open
 * in one process and has one call at a time, so two runs never meet. report only when *ran. */
CANDOR_CHECK enum candor_status candor_retention_due(struct job *job, struct candor *candor,
                                                     bool *ran, struct candor_text *report);
/* Does candor.yaml name an hour at all? */
CANDOR_API bool candor_retention_has_hour(const struct candor *candor);
/* The reports of all runs, oldest first. */
CANDOR_CHECK enum candor_status candor_retention_list(struct job *job, struct candor *candor,
                                                      struct candor_text *report);

/* A legal hold: what it covers is neither deleted by retention nor erased. */
struct candor_hold_order {
    const char *identifier; /* NULL: everybody */
    const char *what;       /* a field or kind of event; NULL: everything */
    const char *matter;     /* the case, by its number: no personal data */
    const char *reason;
};
CANDOR_CHECK enum candor_status candor_hold_place(struct job *job, struct candor *candor,
                                                  const struct candor_hold_order *order,
                                                  struct candor_text *report);
/* id: its number, or the beginning of it. CANDOR_NOT_FOUND. */
CANDOR_CHECK enum candor_status candor_hold_lift(struct job *job, struct candor *candor,
                                                 const char *id, const char *because,
                                                 struct candor_text *report);
/* Those in force, then those that were lifted. */
CANDOR_CHECK enum candor_status candor_hold_list(struct job *job, struct candor *candor,
                                                 struct candor_text *report);

#ifdef __cplusplus
}
#endif

#endif
