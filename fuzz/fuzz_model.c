/*
 * fuzz_model.c - any bytes as a model file: refused, or a model that scores any row and is written
 * byte for byte as it was read.
 */
#include <math.h>

#include "model.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Score the row whose every feature is in its first, then second ... then last bin. */
static void score_all_bins(const struct model *model)
{
    for (size_t step = 0; step < BINS_MAX; step++) {
        uint8_t bin[MODEL_FEATURES_MAX];
        for (size_t i = 0; i < model->feature_count; i++) {
            const size_t last = model->feature[i].bin_count - 1;
            bin[i] = (uint8_t)(step < last ? step : last);
        }
        (void)model_score_bins(model, 0, bin);
    }
}

static void score_values(const struct model *model)
{
    static const double number[] = {0, -1e308, 1e308, 1, (double)NAN};
    for (size_t n = 0; n < sizeof number / sizeof number[0]; n++) {
        struct raw_value value[MODEL_FEATURES_MAX];
        for (size_t i = 0; i < model->feature_count; i++) {
            value[i] = (struct raw_value){.number = number[n], .text = STR("town")};
        }
        (void)model_score_row(model, value);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct job job;
    struct model *model;
    job_begin(&job, host_real());
    if (model_read(&job, (struct bytes){data, size}, &model) == CANDOR_OK) {
        struct buf buf = buf_begin(job.arena);
        struct card card;
        score_all_bins(model);
        score_values(model);
        must(model_card(&job, model, &card) == CANDOR_OK);
        model_write(model, &buf);
        must(buf.len == size && bytes_same(buf.ptr, data, size));
    }
    job_end(&job);
    return 0;
}
