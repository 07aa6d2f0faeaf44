/*
 * poisoned.h - looking for planted rows: shared by study_poison.c, poison_report.c and poison_gate.c.
 */
#ifndef CANDOR_FLOW_POISONED_H
#define CANDOR_FLOW_POISONED_H

#include "flow.h"

#include "bins.h"
#include "poison.h"

struct json;
struct model;

enum { POISON_ROWS_MIN = 50, POISON_LABEL_MIN = 10, POISON_FOLDS = 5 };

/* Binned rows with their labels. */
struct labelled {
    const struct binned *binned;
    const double *label; /* 0 or 1 */
};

struct poison_look {
    struct labelled data;
    struct labelled reference; /* binned NULL: none */
    const bool *
        is_source; /* of each feature: it says where a row is from, and no model learns from it; NULL: none */
    unsigned threads;
    uint64_t memory_max; /* bytes; 0: half of the machine's */
    bool is_quick;       /* only the verdict: no ranking of single labels */
};

/* What was found. Rows are those of the data. */
struct poison_seen {
    size_t row_count;
    size_t positives;
    uint8_t *label;
    double *chance; /* of label 1, by a model that has not seen the row */
    struct flip_rates rates;
    struct coarse coarse;
    struct scanned scanned;
    struct findings findings;
    struct floods floods;
    uint16_t *odd;
    double *suspicion; /* 0 .. 1 */
    uint64_t doubtful; /* labels that are more likely wrong than right, outside of findings */
    size_t reference_rows;
    size_t reference_positives;
};

/*
 * Learn without each row and look at all cells, floods and odd rows.
 *
 * CANDOR_BAD_INPUT  too few rows, or too few of one label, to say anything
 */
CANDOR_MUST_USE enum candor_status poison_look_at(struct job *job, const struct poison_look *look,
                                                  struct poison_seen *seen);

bool poison_is_alarm(const struct poison_seen *seen);
/* Whether a row is kept back by a quarantine. */
bool poison_is_suspect(const struct poison_seen *seen, size_t row);
uint64_t poison_suspects(const struct poison_seen *seen);

/* poison_fold.c */
struct poison_fold {
    const struct poison_look *look;
    const struct binned *all; /* rows of the data, then those of the reference */
    const double *label;
    uint8_t *role;
    unsigned pairs;
    const double *turned; /* the chance that each label was turned; NULL: none was */
};

/*
 * The chances of the rows of the data, by models of the others of the data: of the first `folds` of
 * POISON_FOLDS parts; chance of other rows stays as it is.
 */
CANDOR_MUST_USE enum candor_status fold_out(struct job *job, struct poison_fold *fold, size_t folds,
                                            double *chance);
/* ... by a model of the reference. */
CANDOR_MUST_USE enum candor_status fold_by_reference(struct job *job, struct poison_fold *fold,
                                                     double *chance);

/* poison_flips.c: seen->rates, and seen->chance of each label as it would stand with them. */
CANDOR_MUST_USE enum candor_status poison_flips(struct job *job, struct poison_fold *fold,
                                                struct poison_seen *seen);

/* poison_gate.c: look at the rows that a model is to learn from, without the home; then judge in it:
 * CANDOR_REFUSED while too many rows look planted and nobody accepted them. */
struct frame;
struct labelled_frame {
    const struct frame *frame;
    const double *label; /* 0 or 1 */
};
struct poison_gate {
    bool has_looked; /* at enough rows, where the model asks for it */
    struct poison_seen seen;
};
CANDOR_MUST_USE enum candor_status poison_gate_look(struct job *job, const struct model_spec *spec,
                                                    const struct labelled_frame *rows,
                                                    struct poison_gate *gate);
CANDOR_MUST_USE enum candor_status poison_gate_judge(struct job *job, struct candor *candor,
                                                     struct txn *txn, const struct model_spec *spec,
                                                     const struct poison_gate *gate);

/* poison_report.c: why a row is where it is, in words; what was found, as members of the open map. */
struct str poison_reason(struct job *job, const struct poison_seen *seen, size_t row);
void poison_json(struct job *job, struct json *json, const struct poison_seen *seen);
struct str poison_finding_text(struct job *job, const struct poison_seen *seen, size_t finding);

#endif
