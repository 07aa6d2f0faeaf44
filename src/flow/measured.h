/*
 * measured.h - how good data is, as it comes in and as it is held: what the files about quality
 * share, inside the flow room only.
 */
#ifndef CANDOR_FLOW_MEASURED_H
#define CANDOR_FLOW_MEASURED_H

#include "flow.h"
#include "ingest.h"
#include "quality.h"

#define SOURCE_HELD "held"     /* the name of what is in the store, among the sources */
#define QUALITY_KEPT_DAYS 1827 /* five years of measurements */

/* ---- quality.c ----------------------------------------------------------------------------- */

/* One measurement: of a file as it came in, or of what is held. Only counts. */
struct measured {
    struct str source;
    struct str kind; /* subjects, events, consents; of what is held, subjects */
    int64_t time;
    uint64_t rows;
    uint64_t rejected;
    uint64_t restricted; /* held, and left alone at their owner's request */
    struct quality_tally total;
    size_t field_count;
    struct str *field;
    size_t *standard; /* of each field: its place among the standards; NONE: it has none */
    struct quality_tally *of_field;
    struct quality_count *of_rule; /* one for each of the standards' rules */
    struct arena *seen_arena;
    struct map *seen; /* values of unique fields; NULL: nothing is looked for */
};

void measured_begin(struct job *job, const struct candor *candor, struct str source,
                    struct str kind, const struct str *field, size_t field_count,
                    struct measured *measured);
/* One value of a field: what stood there, and what became of it. */
void measured_value(const struct candor *candor, struct measured *measured, size_t field,
                    struct str text, enum cell_fault fault, const struct cell *cell);
/* The rules across the fields of one subject. */
void measured_rules(const struct candor *candor, struct measured *measured,
                    const struct cell *cell);
/* The sums over fields and rules. */
void measured_end(struct measured *measured);
/* A place where something is less than was asked. */
struct shortfall {
    struct str source;
    struct str field; /* empty: all of them together */
    enum quality quality;
    double score;
    double least;
};
/* Calls found for each; only the fields that are wanted (NULL: all). */
void measured_shortfalls(const struct candor *candor, const struct measured *measured,
                         const bool *wanted,
                         void (*found)(void *self, const struct shortfall *shortfall), void *self);
void measured_json(struct job *job, const struct candor *candor, struct json *json,
                   const struct measured *measured);
/* Put it into the history, with its entry on the ledger, in the transaction. */
CANDOR_MUST_USE enum candor_status measured_keep(struct job *job, struct candor *candor,
                                                 struct txn *txn, const struct measured *measured,
                                                 uint64_t *index);
/* Names of the history, oldest first; and one of it. */
CANDOR_MUST_USE enum candor_status measured_names(struct job *job, struct txn *txn,
                                                  struct str **name, size_t *count);
CANDOR_MUST_USE enum candor_status measured_read(struct job *job, const struct candor *candor,
                                                 struct txn *txn, struct str name,
                                                 struct measured *measured);
/* The latest of each source, but of what is held. */
CANDOR_MUST_USE enum candor_status measured_latest(struct job *job, const struct candor *candor,
                                                   struct txn *txn, struct measured **measured,
                                                   size_t *count);

/* ---- quality_held.c ------------------------------------------------------------------------ */

struct long_work; /* longwork.h; NULL: in one stay, else others come in between */
/* What is held now, of all who did not restrict its use. */
CANDOR_MUST_USE enum candor_status quality_of_held(struct job *job, struct candor *candor,
                                                   struct long_work *work,
                                                   struct measured *measured);
/* May a model be learnt from this? CANDOR_REFUSED: something is below its threshold. */
CANDOR_MUST_USE enum candor_status quality_gate(struct job *job, struct candor *candor,
                                                struct long_work *work,
                                                const struct model_spec *spec);
/* "quality": members of candor audit; the measurement is kept. */
CANDOR_MUST_USE enum candor_status quality_audit(struct job *job, struct candor *candor,
                                                 struct txn *txn, struct json *json,
                                                 size_t *findings);

/* ---- quarantine.c -------------------------------------------------------------------------- */

/* A row that broke a rule, as it lies in quarantine. */
struct bad_row {
    uint32_t slot;
    unsigned kind; /* of ingest.c */
    int64_t time;  /* when it came */
    uint64_t line;
    struct str source;
    struct str code;
    struct str field;
    size_t target_count;
    struct str *target;
    struct str *value; /* ptr NULL: the row says nothing about it */
};

/* Bad rows of a step on their way; `held` of the importing. */
struct quarantine;
struct quarantine *quarantine_begin(struct job *job, const struct candor *candor, unsigned kind,
                                    struct str source, const char *const *target,
                                    size_t target_count);
/* The row that was just rejected, as the report's last rejection says why. */
void quarantine_take(struct job *job, struct quarantine *quarantine, const struct source_row *row,
                     const struct import_report *report);
/* A row that comes as names and values, not as a row of a file; its kind stands in it, and when it
 * came is now. False: there is no room for more of this import. */
bool quarantine_take_row(struct job *job, struct quarantine *quarantine, const struct bad_row *row);
size_t quarantine_count(const struct quarantine *quarantine); /* taken and not yet flushed */
/* Those taken so far, into the store, in the transaction. */
CANDOR_MUST_USE enum candor_status quarantine_flush(struct job *job, struct txn *txn,
                                                    struct quarantine *quarantine,
                                                    struct import_report *report);
CANDOR_MUST_USE enum candor_status quarantine_load(struct job *job, struct txn *txn, uint32_t slot,
                                                   struct bad_row *row);
/* "quarantine": the rows that go by a name of the permit's subject, with what stands in them. */
CANDOR_MUST_USE enum candor_status quarantine_of_json(struct job *job, struct candor *candor,
                                                      struct txn *txn, const struct permit *permit,
                                                      struct json *json);
/* Delete rows older than standards say, in the transaction. */
CANDOR_MUST_USE enum candor_status quarantine_expire(struct job *job, struct candor *candor,
                                                     struct txn *txn, bool dry, uint64_t *count);

/* ---- ingest.c ------------------------------------------------------------------------------ */

/* Import rows of one kind that lie in quarantine: each leaves it when it is accepted. */
CANDOR_MUST_USE enum candor_status ingest_again(struct job *job, struct candor *candor,
                                                unsigned kind, struct str source,
                                                const struct bad_row *row, size_t count,
                                                struct import_report *report);
enum ingest_kind { KIND_SUBJECTS, KIND_EVENTS, KIND_CONSENTS, INGEST_KINDS };
const char *ingest_kind_name(unsigned kind); /* "subjects" */

#endif
