/*
 * binned.c - a table whose values are bins: a byte a value, all that a learner walks over.
 *
 *     columns -> features (bins.c) -> one array of bins for each feature
 *
 * A feature gets the bins it asks for. When all together ask for more cells than are wanted, those
 * that ask for much get less.
 */
#include "frame.h"

enum { VALUES_LEAST = 8 };

struct binning {
    const struct bin_options *options;
    size_t row_count;
    size_t values_max;
    size_t feature_count;
    const struct column **column;
    struct model_feature *feature;
    const uint8_t **bin;
    struct lookup *lookup;
    uint8_t **into;
};

static enum candor_status take_columns(struct job *job, const struct frame *frame,
                                       struct binning *binning)
{
    const bool *use = binning->options->use;
    binning->column = NEW_ARRAY(job->arena, frame->column_count + 1, const struct column *);
    for (size_t i = 0; i < frame->column_count; i++) {
        if (use == NULL || use[i]) {
            binning->column[binning->feature_count] = &frame->column[i];
            binning->feature_count++;
        }
    }
    if (binning->feature_count == 0) {
        return fail(job, CANDOR_BAD_INPUT, "no column is left to learn from");
    }
    if (binning->feature_count > MODEL_FEATURES_MAX) {
        return fail(job, CANDOR_TOO_LARGE, "%zu columns to learn from; at most %d fit",
                    binning->feature_count, MODEL_FEATURES_MAX);
    }
    return CANDOR_OK;
}

static size_t cells_with(const struct binning *binning, size_t values_max)
{
    size_t cells = 0;
    for (size_t i = 0; i < binning->feature_count; i++) {
        const size_t here = binning->feature[i].bin_count;
        cells += here < values_max + 2 ? here : values_max + 2;
    }
    return cells;
}

static enum candor_status make_features(struct job *job, struct binning *binning)
{
    const size_t wanted = binning->options->cells_wanted;
    size_t values_max = binning->values_max;
    binning->feature = NEW_ARRAY(job->arena, binning->feature_count, struct model_feature);
    for (size_t i = 0; i < binning->feature_count; i++) {
        TRY(feature_of_column(job, binning->column[i], binning->row_count, values_max,
                              &binning->feature[i]));
    }
    while (wanted > 0 && values_max > VALUES_LEAST && cells_with(binning, values_max) > wanted) {
        values_max--;
    }
    for (size_t i = 0; i < binning->feature_count; i++) {
        if (binning->feature[i].value_count > values_max) {
            TRY(feature_of_column(job, binning->column[i], binning->row_count, values_max,
                                  &binning->feature[i]));
        }
    }
    return CANDOR_OK;
}

static void bin_feature(void *context, size_t piece)
{
    const struct binning *binning = context;
    lookup_bins(&binning->lookup[piece], 0, binning->row_count, binning->into[piece]);
}

static enum candor_status make_bins(struct job *job, struct binning *binning)
{
    const size_t features = binning->feature_count;
    binning->lookup = NEW_ARRAY(job->arena, features, struct lookup);
    binning->into = NEW_ARRAY(job->arena, features, uint8_t *);
    binning->bin = NEW_ARRAY(job->arena, features, const uint8_t *);
    for (size_t i = 0; i < features; i++) {
        TRY(lookup_begin(job, &binning->feature[i], binning->column[i], binning->row_count,
                         &binning->lookup[i]));
        TRY_ALLOC(job, binning->into[i], binning->row_count + 1, uint8_t);
        binning->bin[i] = binning->into[i];
    }
    const unsigned threads = binning->options->threads;
    pool_each(threads == 0 ? pool_default_threads() : threads, features, bin_feature, binning);
    return CANDOR_OK;
}

enum candor_status binned_of_frame(struct job *job, const struct frame *frame,
                                   const struct bin_options *options, struct binned *binned)
{
    const unsigned asked = options->values_max;
    struct binning binning = {.options = options, .row_count = frame->row_count};
    binning.values_max = asked == 0 || asked >= BINS_MAX ? BINS_MAX - 1 : asked < 2 ? 2 : asked;
    TRY(take_columns(job, frame, &binning));
    TRY(make_features(job, &binning));
    TRY(make_bins(job, &binning));
    *binned =
        (struct binned){frame->row_count, binning.feature_count, binning.feature, binning.bin};
    return CANDOR_OK;
}
