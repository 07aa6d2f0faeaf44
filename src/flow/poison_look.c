/*
 * poison_look.c - looking for planted rows: who learns what, and in which order rows are suspect.
 *
 *     folds ──▶ chance of each row by a model that has not seen it ──▶ cells ──▶ findings
 *                                                                  └─▶ flip posterior of each label (poison_flips.c)
 *
 * Cells are held against a model of single columns, which cannot store a combination; single labels
 * against one with pairs, which knows more. With a reference nothing has to be guessed: cells are
 * compared with its own, and the chances come from a model of the reference alone.
 *
 * A row in a finding is more suspect than any other, first the strongest finding, and in it first the
 * rows whose label surprises most; all other rows follow by the chance that their label was turned.
 */
#include <math.h>

#include "frame.h"
#include "learn.h"
#include "model.h"
#include "poisoned.h"

static const double cell_suspicion = 0.9;
static const struct flip_rates even_rates = {0.05, 0.05, true};

/* ---- the rows ------------------------------------------------------------------------------ */

static enum candor_status check_labels(struct job *job, const struct labelled *labelled,
                                       const char *what)
{
    size_t positives = 0;
    const size_t rows = labelled->binned->row_count;
    for (size_t row = 0; row < rows; row++) {
        positives += labelled->label[row] > 0;
    }
    const size_t rarer = positives < rows - positives ? positives : rows - positives;
    if (rows < POISON_ROWS_MIN) {
        return fail(job, CANDOR_BAD_INPUT,
                    "%s has %zu rows; with fewer than %d nothing can be told", what, rows,
                    POISON_ROWS_MIN);
    }
    if (rarer < POISON_LABEL_MIN) {
        return fail(job, CANDOR_BAD_INPUT,
                    "%s has %zu rows of the rarer label; with fewer than %d nothing can be told",
                    what, rarer, POISON_LABEL_MIN);
    }
    return CANDOR_OK;
}

/* The data, then the reference. */
static enum candor_status join(struct job *job, const struct poison_look *look, struct binned *all,
                               double **label)
{
    const struct binned *data = look->data.binned;
    const struct binned *reference = look->reference.binned;
    const size_t more = reference == NULL ? 0 : reference->row_count;
    const uint8_t **bin = NULL;
    TRY_ALLOC(job, bin, data->feature_count + 1, const uint8_t *);
    TRY_ALLOC(job, *label, data->row_count + more + 1, double);
    bytes_copy(*label, look->data.label, data->row_count * sizeof **label);
    if (more > 0) {
        bytes_copy(*label + data->row_count, look->reference.label, more * sizeof **label);
    }
    for (size_t f = 0; f < data->feature_count; f++) {
        uint8_t *joined = NULL;
        bin[f] = data->bin[f];
        if (more > 0) {
            TRY_ALLOC(job, joined, data->row_count + more, uint8_t);
            bytes_copy(joined, data->bin[f], data->row_count);
            bytes_copy(joined + data->row_count, reference->bin[f], more);
            bin[f] = joined;
        }
    }
    *all = (struct binned){data->row_count + more, data->feature_count, data->feature, bin};
    return CANDOR_OK;
}

/* ---- the order of suspicion ---------------------------------------------------------------- */

static double surprise(const struct poison_seen *seen, size_t row)
{
    return seen->label[row] != 0 ? 1 - seen->chance[row] : seen->chance[row];
}

static void rank_rows(struct poison_seen *seen, bool is_flips)
{
    const double count = (double)seen->findings.count;
    for (size_t row = 0; row < seen->row_count; row++) {
        const uint8_t finding = seen->findings.of_row[row];
        const double turned =
            is_flips ? flip_posterior(&seen->rates, seen->chance[row], seen->label[row] != 0) : 0;
        if (finding != FINDING_NONE) {
            const double place = (count - 1 - finding + surprise(seen, row)) / count;
            seen->suspicion[row] = cell_suspicion + (1 - cell_suspicion) * place;
            continue;
        }
        seen->suspicion[row] = cell_suspicion * turned;
        seen->doubtful += turned > 0.5;
        if (seen->floods.of_row[row] != FINDING_NONE &&
            seen->floods.flood[seen->floods.of_row[row]].free_column == SIZE_MAX) {
            seen->suspicion[row] = cell_suspicion;
        }
    }
}

/* ---- memory -------------------------------------------------------------------------------- */

enum { BYTES_PER_CELL = 3, BYTES_PER_ROW = 160, BYTES_PER_PIECE = 400000 };

/* What the scan and one fold take beside what is held already. */
static uint64_t memory_needed(const struct poison_look *look, const struct binned *all)
{
    const struct target target = {.task = TASK_BINARY, .class_count = 1};
    const struct fit_options options = {.pairs_max = look->is_quick ? 0 : PAIRS_AUTO};
    const uint64_t columns = all->feature_count;
    const uint64_t pieces = columns < POISON_PAIRED_MAX ? columns : POISON_PAIRED_MAX;
    return host_memory_peak() +
           (uint64_t)all->row_count * (columns * BYTES_PER_CELL + BYTES_PER_ROW) +
           pieces * BYTES_PER_PIECE + fit_memory(all, &target, &options);
}

/* ---- the whole ----------------------------------------------------------------------------- */

static enum candor_status look_at_cells(struct job *job, const struct poison_look *look,
                                        struct poison_fold *fold, struct poison_seen *seen)
{
    const bool is_blind = look->reference.binned == NULL;
    const size_t rows = fold->all->row_count;
    uint8_t *label = NULL;
    double *mains = NULL;
    TRY_ALLOC(job, label, rows + 1, uint8_t);
    for (size_t row = 0; row < rows; row++) {
        label[row] = fold->label[row] > 0;
    }
    seen->label = label;
    if (is_blind) {
        TRY_ALLOC(job, mains, rows + 1, double);
        fold->pairs = 0;
        TRY(fold_out(job, fold, POISON_FOLDS, mains));
        seen->chance = mains;
    }
    TRY(coarse_of(job, fold->all, &seen->coarse));
    const struct scan scan = {.coarse = &seen->coarse,
                              .label = label,
                              .chance = mains,
                              .data_count = seen->row_count,
                              .threads = look->threads};
    TRY(scan_cells(job, &scan, &seen->scanned));
    return find_cells(job, &scan, &seen->scanned, &seen->findings);
}

static enum candor_status learn_labels(struct job *job, const struct poison_look *look,
                                       struct poison_fold *fold, struct poison_seen *seen)
{
    const bool is_blind = look->reference.binned == NULL;
    seen->rates = even_rates;
    if (look->is_quick && is_blind) {
        return flip_rates_of(job, seen->chance, seen->row_count, &seen->rates);
    }
    TRY_ALLOC(job, seen->chance, fold->all->row_count + 1, double);
    fold->pairs = PAIRS_AUTO;
    return is_blind ? poison_flips(job, fold, seen) : fold_by_reference(job, fold, seen->chance);
}

enum candor_status poison_look_at(struct job *job, const struct poison_look *look,
                                  struct poison_seen *seen)
{
    struct binned all;
    double *label = NULL;
    *seen = (struct poison_seen){.row_count = look->data.binned->row_count};
    TRY(check_labels(job, &look->data, "the data"));
    if (look->reference.binned != NULL) {
        TRY(check_labels(job, &look->reference, "the reference"));
        seen->reference_rows = look->reference.binned->row_count;
    }
    TRY(join(job, look, &all, &label));
    TRY(memory_must_do(job, memory_needed(look, &all), look->memory_max,
                       "looking for planted rows"));
    for (size_t row = 0; row < all.row_count; row++) {
        *(row < seen->row_count ? &seen->positives : &seen->reference_positives) += label[row] > 0;
    }
    struct poison_fold fold = {.look = look, .all = &all, .label = label};
    TRY_ALLOC(job, fold.role, all.row_count + 1, uint8_t);
    TRY_ALLOC(job, seen->suspicion, seen->row_count + 1, double);
    TRY_ALLOC(job, seen->odd, seen->row_count + 1, uint16_t);
    TRY(look_at_cells(job, look, &fold, seen));
    TRY(learn_labels(job, look, &fold, seen));
    TRY(find_floods(job, look->data.binned, seen->label, &seen->floods));
    TRY(count_odd_pairs(job, &seen->coarse, seen->row_count, seen->odd));
    rank_rows(seen, true);
    return CANDOR_OK;
}

static bool is_flooded(const struct poison_seen *seen, size_t row)
{
    const uint8_t flood = seen->floods.of_row[row];
    return flood != FINDING_NONE && seen->floods.flood[flood].free_column == SIZE_MAX &&
           row != seen->floods.flood[flood].first_row;
}

bool poison_is_suspect(const struct poison_seen *seen, size_t row)
{
    return seen->findings.of_row[row] != FINDING_NONE || is_flooded(seen, row);
}

uint64_t poison_suspects(const struct poison_seen *seen)
{
    uint64_t suspects = 0;
    for (size_t row = 0; row < seen->row_count; row++) {
        suspects += poison_is_suspect(seen, row);
    }
    return suspects;
}

bool poison_is_alarm(const struct poison_seen *seen)
{
    return poison_suspects(seen) > 0;
}
