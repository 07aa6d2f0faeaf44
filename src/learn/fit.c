/*
 * fit.c - the additive model from rows: the order of it all.
 *
 *     rows -> bins -> unknowns by Newton -> tables that average to zero
 */
#include "fit.h"

#include <math.h>

#include "numeric.h"

/* ---- the fit ---- */

static size_t cells_of(const struct fitting *fitting)
{
    size_t cells = 0;
    for (size_t i = 0; i < fitting->feature_count; i++) {
        cells += fitting->feature[i].bin_count;
    }
    return cells;
}

enum candor_status fill_shares(struct job *job, struct fitting *fitting)
{
    TRY_ALLOC(job, fitting->share, fitting->feature_count * BINS_MAX, double);
    for (size_t i = 0; i < fitting->feature_count; i++) {
        TRY(rows_shares(job, &fitting->rows, fitting->bin[i], fitting->feature[i].bin_count,
                        fitting->share + i * BINS_MAX));
    }
    return CANDOR_OK;
}

enum { MAIN_SMOOTHINGS_MAX = 30, AGAIN_SMOOTHINGS_MAX = 6 };

/* The shapes that were asked for, in the design. */
enum candor_status hold_shapes(struct job *job, struct fitting *fitting)
{
    const enum shape *shape = fitting->options->shape;
    struct design *design = &fitting->design;
    TRY_ALLOC(job, design->hold, fitting->feature_count, struct hold);
    for (size_t i = 0; i < fitting->feature_count && shape != NULL; i++) {
        if (shape[i] != SHAPE_FREE && !fitting->is_idle[i]) {
            TRY(hold_begin(job, &fitting->feature[i], i, shape[i],
                           &design->hold[design->hold_count]));
            design->hold_count++;
        }
    }
    return CANDOR_OK;
}

static bool has_pairs(const struct fitting *fitting)
{
    return fitting->options->pairs_max > 0 && fitting->feature_count > 1;
}

enum candor_status fit_mains(struct job *job, struct fitting *fitting)
{
    TRY(design_of_features(job, fitting->feature, fitting->feature_count, fitting->bin,
                           fitting->is_idle, fitting->rows.row_count, &fitting->design));
    TRY(hold_shapes(job, fitting));
    fitting->newton.design = &fitting->design;
    fitting->newton.rows = &fitting->rows;
    fitting->newton.doing = "fitting features";
    fitting->newton.smoothings_max = MAIN_SMOOTHINGS_MAX;
    fitting->newton.is_draft = has_pairs(fitting);
    fitting->newton.deadline = fitting->deadline.ticks_ns == NULL ? NULL : &fitting->deadline;
    fitting->newton.is_wide = design_is_wide(&fitting->design, fitting->row_count);
    TRY_ALLOC(job, fitting->newton.unknown, fitting->design.cell_count + 1, double);
    TRY(rows_begin(job, &fitting->rows));
    return newton_fit(job, &fitting->newton);
}

/* How far the values of each feature move a row on average. */
static enum candor_status fill_importances(struct job *job, const struct fitting *fitting,
                                           double **importance)
{
    TRY_ALLOC(job, *importance, fitting->feature_count, double);
    for (size_t i = 0; i < fitting->feature_count; i++) {
        const struct block *block = &fitting->design.block[i];
        const double *share = fitting->share + i * BINS_MAX;
        const double *value = fitting->newton.unknown + block->start;
        double mean = 0;
        if (fitting->is_idle[i]) {
            (*importance)[i] = -1;
            continue;
        }
        for (size_t c = 0; c < block->cell_count; c++) {
            mean += share[c] * value[c];
        }
        for (size_t c = 0; c < block->cell_count; c++) {
            (*importance)[i] += share[c] * fabs(value[c] - mean);
        }
    }
    return CANDOR_OK;
}

enum candor_status pairs_input_of(struct job *job, struct fitting *fitting, const double *score,
                                  struct pairs_input *input)
{
    const struct fit_options *options = fitting->options;
    const size_t asked = options->pairs_max;
    double *importance;
    TRY(fill_importances(job, fitting, &importance));
    *input = (struct pairs_input){
        .rows = &fitting->rows,
        .feature = fitting->feature,
        .feature_count = fitting->feature_count,
        .bin = fitting->bin,
        .share = fitting->share,
        .importance = importance,
        .score = score,
        .scale = fitting->newton.scale,
        .shape = options->shape,
        .ban = options->ban,
        .ban_count = options->ban_count,
        .pairs_max = asked < MODEL_PAIRS_MAX ? asked : MODEL_PAIRS_MAX,
        .deadline = fitting->newton.deadline,
        .is_unpaired = fitting->is_unpaired,
    };
    return CANDOR_OK;
}

/* Pairs on top of the single features; then the single features once more beside the pairs. */
enum candor_status fit_pairs(struct job *job, struct fitting *fitting)
{
    double *score;
    struct pairs_input input;
    TRY_ALLOC(job, score, fitting->rows.row_count + 1, double);
    const struct scorer mains = {&fitting->design, fitting->newton.intercept,
                                 fitting->newton.unknown};
    rows_scores(&fitting->rows, &mains, score);
    TRY(pairs_input_of(job, fitting, score, &input));
    TRY(pairs_fit(job, &input, &fitting->pairs));

    const uint32_t rounds = fitting->newton.rounds;
    if (fitting->pairs.count > 0) {
        pairs_scores(&fitting->pairs, fitting->rows.row_count, score);
        TRY(rows_set_offset(job, &fitting->rows, score));
        fitting->newton.doing = "fitting features beside their pairs";
    }
    fitting->newton.smoothings_max = AGAIN_SMOOTHINGS_MAX;
    fitting->newton.is_draft = false;
    TRY(newton_fit(job, &fitting->newton));
    fitting->newton.rounds += rounds;
    pairs_purify(&fitting->pairs);
    return CANDOR_OK;
}

static void set_deadline(struct fitting *fitting)
{
    const struct fit_options *options = fitting->options;
    if (options->ticks_ns != NULL && options->time_limit_ms > 0) {
        fitting->deadline = (struct deadline){
            .at_ns = options->ticks_ns(options->ticks_context) + options->time_limit_ms * 1000000,
            .ticks_ns = options->ticks_ns,
            .context = options->ticks_context,
            .was_met = &fitting->was_late,
        };
    }
}

/* The model says itself that it was not learnt to the end. */
static enum candor_status note_deadline(struct job *job, const struct fitting *fitting,
                                        struct model *model)
{
    return !fitting->was_late
               ? CANDOR_OK
               : model_note(job, model, STR("time_limit"),
                            str_format(job->arena,
                                       "Learning was stopped after %.3g seconds, before all was "
                                       "learnt: smoothing may not be settled, and pairs may lack.",
                                       (double)fitting->options->time_limit_ms / 1000));
}

enum candor_status fit_binned(struct job *job, const struct binned *binned,
                              const struct target *target, const struct fit_options *options,
                              struct model **model)
{
    struct fitting fitting = {
        .options = options,
        .feature = binned->feature,
        .feature_count = binned->feature_count,
        .bin = binned->bin,
        .rows = {.row_count = binned->row_count},
    };
    const size_t cells = cells_of(&fitting);
    if (cells > MODEL_CELLS_MAX) {
        return fail(job, CANDOR_TOO_LARGE,
                    "%zu columns need %zu cells; at most %d fit: leave columns out",
                    fitting.feature_count, cells, MODEL_CELLS_MAX);
    }
    set_deadline(&fitting);
    TRY(take_rows(job, target, &fitting));
    TRY(fill_shares(job, &fitting));
    TRY(screen_features(job, &fitting));
    if (has_pairs(&fitting)) {
        TRY_ALLOC(job, fitting.is_unpaired, fitting.feature_count, bool);
        for (size_t i = 0; i < fitting.feature_count; i++) {
            fitting.is_unpaired[i] = !fitting.is_idle[i];
        }
    }
    if (target->task == TASK_CLASSES) {
        TRY(fit_classes(job, &fitting, target, model));
        return note_deadline(job, &fitting, *model);
    }
    TRY(fit_mains(job, &fitting));
    if (has_pairs(&fitting) && !deadline_is_past(fitting.newton.deadline)) {
        TRY(fit_pairs(job, &fitting));
    }

    *model = NEW(job->arena, struct model);
    TRY(make_model(job, &fitting, target, *model));
    TRY(note_left_out(job, &fitting, *model));
    return note_deadline(job, &fitting, *model);
}

/* What the options say of columns, said of features: those columns that are used. */
static enum candor_status options_of_features(struct job *job, const struct frame *frame,
                                              const struct fit_options *options,
                                              struct fit_options *of_features)
{
    const size_t columns = frame->column_count;
    size_t *place;
    enum shape *shape;
    struct pair_ban *ban;
    size_t next = 0;
    TRY_ALLOC(job, place, columns + 1, size_t);
    TRY_ALLOC(job, shape, columns + 1, enum shape);
    TRY_ALLOC(job, ban, options->ban_count + 1, struct pair_ban);
    for (size_t c = 0; c < columns; c++) {
        place[c] = SIZE_MAX;
        if (options->use == NULL || options->use[c]) {
            shape[next] = options->shape == NULL ? SHAPE_FREE : options->shape[c];
            place[c] = next++;
        }
    }
    for (size_t b = 0; b < options->ban_count; b++) {
        const size_t *column = options->ban[b].feature;
        must(column[0] < columns && column[1] < columns);
        ban[b] = (struct pair_ban){{place[column[0]], place[column[1]]}};
    }
    *of_features = *options;
    of_features->use = NULL;
    of_features->shape = options->shape == NULL ? NULL : shape;
    of_features->ban = ban;
    return CANDOR_OK;
}

enum candor_status fit_additive(struct job *job, const struct frame *frame,
                                const struct target *target, const struct fit_options *options,
                                struct model **model)
{
    const struct bin_options bin_options = {
        .values_max = options->bins_max,
        .cells_wanted = FIT_CELLS_WANTED,
        .threads = options->threads,
        .use = options->use,
    };
    struct fit_options of_features;
    struct binned binned;
    if (frame->row_count == 0) {
        return fail(job, CANDOR_BAD_INPUT, "there are no rows to learn from");
    }
    TRY(options_of_features(job, frame, options, &of_features));
    TRY(binned_of_frame(job, frame, &bin_options, &binned));
    return fit_binned(job, &binned, target, &of_features, model);
}
