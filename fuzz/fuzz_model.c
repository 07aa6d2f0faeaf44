/*
 * fuzz_model.c - any bytes as a model file: refused, or a model that scores any row, the same on every
 * path, leaves in every form, and is written byte for byte as it was read, also by way of its JSON; one of
 * an older version as the present one.
 */
#include <math.h>

#include "model.h"
#include "review.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool is_same(double left, double right)
{
    return left == right || (isnan(left) && isnan(right));
}

static void score_bins(const struct model *model, const struct scorer *scorer, const uint8_t *bin)
{
    uint32_t cell[MODEL_TERMS_MAX];
    double contribution[MODEL_TERMS_MAX];
    const uint8_t *column[MODEL_FEATURES_MAX];
    for (size_t i = 0; i < model->feature_count; i++) {
        column[i] = &bin[i];
    }
    scorer_cells(scorer, bin, cell);
    for (size_t class = 0; class < model->class_count; class ++) {
        double link;
        const double expected = model_score_bins(model, class, bin);
        must(isfinite(expected) && isfinite(model_score_sd(model, class, bin)));
        scorer_links(scorer, class, column, 1, &link);
        must(is_same(link, expected));
        must(is_same(scorer_contributions(scorer, class, cell, contribution), expected));
        must(is_same(scorer_sd(scorer, class, cell), model_score_sd(model, class, bin)));
    }
}

/* Score the row whose every feature is in its first, then second ... then last bin. */
static void score_all_bins(const struct model *model, const struct scorer *scorer)
{
    for (size_t step = 0; step < BINS_MAX; step++) {
        uint8_t bin[MODEL_FEATURES_MAX];
        for (size_t i = 0; i < model->feature_count; i++) {
            const size_t last = model->feature[i].bin_count - 1;
            bin[i] = (uint8_t)(step < last ? step : last);
        }
        score_bins(model, scorer, bin);
    }
}

static void score_values(const struct model *model, const struct scorer *scorer)
{
    static const double number[] = {0, -1e308, 1e308, 1, (double)NAN};
    for (size_t n = 0; n < sizeof number / sizeof number[0]; n++) {
        struct raw_value value[MODEL_FEATURES_MAX];
        uint8_t bin[MODEL_FEATURES_MAX];
        uint8_t expected[MODEL_FEATURES_MAX];
        for (size_t i = 0; i < model->feature_count; i++) {
            value[i] = (struct raw_value){.number = number[n], .text = STR("town")};
        }
        scorer_bin_row(scorer, value, bin);
        model_bin_row(model, value, expected);
        must(bytes_same(bin, expected, model->feature_count));
    }
}

/* The version stands behind the eight bytes of the mark. */
static void write_again(struct job *job, const struct model *model, struct bytes read)
{
    enum { VERSION_AT = 8 };
    struct buf first = buf_begin(job->arena);
    struct buf second = buf_begin(job->arena);
    struct model *again;
    model_write(model, &first);
    if (first.ptr[VERSION_AT] == read.ptr[VERSION_AT]) {
        must(first.len == read.len && bytes_same(first.ptr, read.ptr, read.len));
        return;
    }
    must(model_read(job, buf_all(&first), &again) == CANDOR_OK);
    model_write(again, &second);
    must(second.len == first.len && bytes_same(second.ptr, first.ptr, first.len));
}

/* By way of JSON it is the same model; and no sound model breaks the other forms. */
static void leave_and_come_back(struct job *job, const struct model *model)
{
    struct buf bytes = buf_begin(job->arena);
    struct buf json = buf_begin(job->arena);
    struct buf again = buf_begin(job->arena);
    struct buf other = buf_begin(job->arena);
    struct model *read = NULL;
    model_write(model, &bytes);
    model_to_json(model, &json);
    must(model_of_json(job, buf_all(&json), "it", &read) == CANDOR_OK);
    model_write(read, &again);
    must(again.len == bytes.len && bytes_same(again.ptr, bytes.ptr, bytes.len));
    (void)model_to_onnx(job, model, &other);
    (void)model_to_c(job, model, model->target, &other);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct job job;
    struct model *model;
    job_begin(&job, host_real());
    if (model_read(&job, (struct bytes){data, size}, &model) == CANDOR_OK) {
        struct card card;
        const struct scorer *scorer;
        must(scorer_of(&job, model, &scorer) == CANDOR_OK);
        score_all_bins(model, scorer);
        score_values(model, scorer);
        must(model_card(&job, model, &card) == CANDOR_OK);
        write_again(&job, model, (struct bytes){data, size});
        leave_and_come_back(&job, model);
    }
    job_end(&job);
    return 0;
}
