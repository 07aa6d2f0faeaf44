/*
 * poison_find.c - from cells to findings and rows.
 *
 * A planted group makes many cells stand out: its own, and each that holds a part of it. So the strongest
 * cell is taken, its rows of that label are put aside, and what they added to the other cells and to the
 * single values is taken out. What still stands out is another finding.
 */
#include "poison.h"

static void take_out(const struct scan *scan, size_t row, struct cell_sums *sums)
{
    const bool label = scan->label[row] != 0;
    sums->rows[label] -= 1;
    if (scan->chance != NULL) {
        const double chance = scan->chance[row];
        sums->residual -= (label ? 1 : 0) - chance;
        sums->variance -= chance * (1 - chance);
    }
}

/* Rows come out one by one, so what is left of a sum may be a rounding below nothing. */
static void settle(struct cell_sums *sums)
{
    sums->variance = sums->variance > 0 ? sums->variance : 0;
}

static void put_aside(const struct scan *scan, struct scanned *scanned, size_t row)
{
    for (size_t c = 0; c < scan->coarse->column_count; c++) {
        take_out(scan, row, &scanned->single[c][scan->coarse->place[c][row]]);
    }
    for (size_t i = 0; i < scanned->candidate_count; i++) {
        if (corner_holds(scan->coarse, &scanned->candidate[i].cell, row)) {
            take_out(scan, row, &scanned->candidate[i].sums);
        }
    }
}

static const struct candidate *strongest(const struct scanned *scanned, double least)
{
    const struct candidate *strongest = NULL;
    for (size_t i = 0; i < scanned->candidate_count; i++) {
        const struct candidate *candidate = &scanned->candidate[i];
        if (candidate->strength >= least &&
            (strongest == NULL || candidate->strength > strongest->strength)) {
            strongest = candidate;
        }
    }
    return strongest;
}

static void take_rows(const struct scan *scan, struct scanned *scanned,
                      const struct candidate *chosen, struct findings *findings)
{
    const struct candidate taken = *chosen; /* its sums change below */
    struct finding *finding = &findings->finding[findings->count];
    *finding = (struct finding){
        .cell = taken.cell,
        .label = taken.label,
        .expected = taken.expected,
        .strength = taken.strength,
        .reference = {(uint64_t)taken.sums.reference[0], (uint64_t)taken.sums.reference[1]}};
    for (size_t row = 0; row < scan->data_count; row++) {
        if (findings->of_row[row] != FINDING_NONE ||
            !corner_holds(scan->coarse, &taken.cell, row)) {
            continue;
        }
        if ((scan->label[row] != 0) != taken.label) {
            finding->others++;
            continue;
        }
        findings->of_row[row] = (uint8_t)findings->count;
        finding->rows++;
        put_aside(scan, scanned, row);
    }
    findings->suspects += finding->rows;
    findings->count++;
}

enum candor_status find_cells(struct job *job, const struct scan *scan, struct scanned *scanned,
                              struct findings *findings)
{
    findings->count = 0;
    findings->suspects = 0;
    TRY_ALLOC(job, findings->of_row, scan->data_count + 1, uint8_t);
    for (size_t row = 0; row < scan->data_count; row++) {
        findings->of_row[row] = FINDING_NONE;
    }
    while (findings->count < POISON_FINDINGS_MAX) {
        const bool is_bent = scan->chance != NULL && findings->count > 0;
        const struct candidate *chosen = strongest(scanned, is_bent ? POISON_LATER : 1);
        if (chosen == NULL) {
            return CANDOR_OK;
        }
        take_rows(scan, scanned, chosen, findings);
        if (job->cancelled) {
            return fail(job, CANDOR_CANCELLED, "stopped while putting rows aside");
        }
        for (size_t c = 0; c < scan->coarse->column_count; c++) {
            for (size_t place = 0; place < POISON_PLACES; place++) {
                settle(&scanned->single[c][place]);
            }
        }
        for (size_t i = 0; i < scanned->candidate_count; i++) {
            settle(&scanned->candidate[i].sums);
            candidate_weigh(scan, scanned, &scanned->candidate[i]);
        }
    }
    return CANDOR_OK;
}
