/*
 * test_file.c - the bytes of a model come back as the model, and nothing else does.
 */
#include "learn.h"
#include "model.h"

#include <math.h>
#include <string.h>

#include "made.h"
#include "made_model.h"
#include "testing.h"

enum { ROWS = 2000 };

/* A small model with everything a file can hold. */
static struct model *model_with_everything(struct job *job, enum task task)
{
    const struct made made = made_begin(job, (struct made_options){ROWS, 31, task, true});
    const struct fit_options options = {
        .threads = 1, .pairs_max = 2, .bins_max = 12, .seed = UINT64_MAX};
    struct model *model;
    double mean[ROWS];
    struct binding *binding;
    must(fit_additive(job, made.frame, &made.target, &options, &model) == CANDOR_OK);
    must(model_bind(job, model, made.frame, &binding) == CANDOR_OK);
    binding_score(binding, 1, NULL, mean);
    must(measure(job, &made.target, mean, ROWS, &model->measures) == CANDOR_OK);
    must(model_note(job, model, STR("protected"), STR("town")) == CANDOR_OK);
    must(model_note(job, model, STR("purpose"), STR("e-mail, p\xc3\xa9riodique")) == CANDOR_OK);
    memset(model->data_digest, 0xd1, sizeof model->data_digest);
    must(model->term_count > 3);
    return model;
}

static void what_was_written_is_read_and_written_again(void **state)
{
    (void)state;
    static const enum task task[2] = {TASK_BINARY, TASK_REGRESSION};
    for (size_t t = 0; t < 2; t++) {
        struct job job;
        job_begin(&job, host_real());
        const struct model *model = model_with_everything(&job, task[t]);
        const struct bytes bytes = made_bytes(&job, model);
        struct model *again;
        must(model_read(&job, bytes, &again) == CANDOR_OK);
        const struct bytes written = made_bytes(&job, again);
        expect(written.len == bytes.len && bytes_same(written.ptr, bytes.ptr, bytes.len),
               "task %zu", t);
        expect(again->seed == UINT64_MAX && again->rows_train == ROWS, "task %zu: facts", t);
        expect(str_is(model_note_of(again, STR("protected")), "town"), "task %zu: note", t);
        expect(again->measures.rows == ROWS, "task %zu: measures", t);
        expect(str_equal(again->term[3].name, model->term[3].name), "task %zu: pair", t);
        job_end(&job);
    }
}

static void a_model_that_was_read_scores_the_same_bits(void **state)
{
    (void)state;
    struct job job;
    job_begin(&job, host_real());
    const struct model *model = model_with_everything(&job, TASK_BINARY);
    struct model *again;
    must(model_read(&job, made_bytes(&job, model), &again) == CANDOR_OK);
    struct rng rng = rng_of(1);
    for (size_t i = 0; i < 1000; i++) {
        const struct raw_value value[3] = {
            {.number = 10 + (double)rng_below(&rng, 80)},
            {.number = rng_below(&rng, 5) == 0 ? (double)NAN : 100 * rng_f64(&rng)},
            {.text = str_of(made_town[rng_below(&rng, MADE_TOWNS)])}};
        expect(model_score_row(model, value).link == model_score_row(again, value).link, "row %zu",
               i);
    }
    job_end(&job);
}

static void bytes_cut_short_anywhere_are_corrupt(void **state)
{
    (void)state;
    struct job job;
    job_begin(&job, host_real());
    const struct bytes bytes = made_bytes(&job, model_with_everything(&job, TASK_BINARY));
    for (size_t len = 0; len < bytes.len; len++) {
        const struct arena_mark mark = arena_mark(job.arena);
        struct model *model;
        expect(model_read(&job, (struct bytes){bytes.ptr, len}, &model) == CANDOR_CORRUPT,
               "%zu of %zu bytes", len, bytes.len);
        arena_rewind(job.arena, mark);
    }
    job_end(&job);
}

static void bytes_left_over_are_corrupt(void **state)
{
    (void)state;
    struct job job;
    job_begin(&job, host_real());
    struct buf buf = buf_begin(job.arena);
    model_write(model_with_everything(&job, TASK_BINARY), &buf);
    buf_u8(&buf, 0);
    struct model *model;
    assert_int_equal(model_read(&job, buf_all(&buf), &model), CANDOR_CORRUPT);
    job_end(&job);
}

/* Any byte set to any of a few values: refused, or a sound model that is written as it was read. */
static void a_changed_byte_is_refused_or_read_for_what_it_says(void **state)
{
    (void)state;
    struct job job;
    job_begin(&job, host_real());
    const struct bytes bytes = made_bytes(&job, model_with_everything(&job, TASK_BINARY));
    uint8_t *changed = arena_new(job.arena, bytes.len);
    bytes_copy(changed, bytes.ptr, bytes.len);
    static const uint8_t value[] = {0x00, 0x01, 0x7f, 0x80, 0xff};
    size_t refused = 0;
    for (size_t at = 0; at < bytes.len; at++) {
        for (size_t v = 0; v < sizeof value; v++) {
            const struct arena_mark mark = arena_mark(job.arena);
            struct model *model;
            changed[at] = value[v];
            const struct bytes input = {changed, bytes.len};
            if (model_read(&job, input, &model) == CANDOR_OK) {
                const struct bytes written = made_bytes(&job, model);
                expect(written.len == input.len && bytes_same(written.ptr, changed, input.len),
                       "byte %zu = %u", at, value[v]);
            } else {
                refused++;
            }
            arena_rewind(job.arena, mark);
        }
        changed[at] = bytes.ptr[at];
    }
    assert_true(refused > 100);
    job_end(&job);
}

static void every_task_comes_back_byte_for_byte(void **state)
{
    (void)state;
    for (enum task task = TASK_BINARY; task <= TASK_CLASSES; task++) {
        struct job job;
        job_begin(&job, host_real());
        const struct bytes bytes = made_model_bytes(&job, made_model(&job, task));
        struct model *again = NULL;
        expect(model_read(&job, bytes, &again) == CANDOR_OK, "%s: %s", task_name(task),
               job.message);
        const struct bytes written = made_model_bytes(&job, again);
        expect(written.len == bytes.len && bytes_same(written.ptr, bytes.ptr, bytes.len), "%s",
               task_name(task));
        job_end(&job);
    }
}

/* What the learner makes is what the readers take, whatever the task. */
static void what_is_learnt_is_sound_and_comes_back(void **state)
{
    (void)state;
    static const struct str class_name[3] = {{"a", 1}, {"b", 1}, {"c", 1}};
    for (enum task task = TASK_BINARY; task <= TASK_CLASSES; task++) {
        struct job job;
        job_begin(&job, host_real());
        struct made made = made_begin(&job, (struct made_options){ROWS, 5, TASK_BINARY, true});
        double *value = NEW_ARRAY(job.arena, ROWS, double);
        for (size_t row = 0; row < ROWS; row++) {
            value[row] = task == TASK_AMOUNT    ? exp(made.link[row])
                         : task == TASK_CLASSES ? fmin(2, fmax(0, round(made.link[row] + 1)))
                                                : made.target.value[row];
        }
        made.target.task = task;
        made.target.value = value;
        made.target.class_count = task == TASK_CLASSES ? 3 : 1;
        made.target.class_name = task == TASK_CLASSES ? class_name : NULL;
        struct model *model = NULL;
        const struct fit_options options = {.threads = 1, .pairs_max = 2, .bins_max = 12};
        expect(fit_additive(&job, made.frame, &made.target, &options, &model) == CANDOR_OK,
               "%s: %s", task_name(task), job.message);
        expect(model_check(&job, CANDOR_CORRUPT, model) == CANDOR_OK, "%s: %s", task_name(task),
               job.message);
        const struct bytes bytes = made_bytes(&job, model);
        struct model *again = NULL;
        struct buf json = buf_begin(job.arena);
        model_to_json(model, &json);
        expect(model_of_json(&job, buf_all(&json), "it", &again) == CANDOR_OK, "%s: %s",
               task_name(task), job.message);
        const struct bytes written = made_bytes(&job, again);
        expect(written.len == bytes.len && bytes_same(written.ptr, bytes.ptr, bytes.len), "%s",
               task_name(task));
        job_end(&job);
    }
}

/* Factors without lower halves take two bytes a cell, and only they. */
static void half_factors_take_half_the_bytes(void **state)
{
    (void)state;
    struct job job;
    job_begin(&job, host_real());
    struct model *model = made_model(&job, TASK_BINARY);
    const struct bytes whole = made_bytes(&job, model);
    float *factor = NEW_ARRAY(job.arena, model->factor_count * model->cell_count, float);
    for (size_t i = 0; i < model->factor_count * model->cell_count; i++) {
        uint32_t bits;
        memcpy(&bits, &model->factor[i], sizeof bits);
        bits &= 0xffff0000U;
        memcpy(&factor[i], &bits, sizeof bits);
    }
    model->factor = factor;
    const struct bytes half = made_bytes(&job, model);
    assert_int_equal(whole.len - half.len, model->factor_count * model->cell_count * 2);

    struct model *again;
    assert_int_equal(model_read(&job, half, &again), CANDOR_OK);
    assert_memory_equal(again->factor, factor,
                        model->factor_count * model->cell_count * sizeof *factor);
    const struct bytes written = made_bytes(&job, again);
    assert_true(written.len == half.len && bytes_same(written.ptr, half.ptr, half.len));

    /* The width of the last factor stands before its cells, at the end. */
    uint8_t *changed = arena_new(job.arena, half.len);
    bytes_copy(changed, half.ptr, half.len);
    changed[half.len - 1 - model->cell_count * 2] = 4;
    assert_int_equal(model_read(&job, (struct bytes){changed, half.len}, &again), CANDOR_CORRUPT);
    job_end(&job);
}

/* What is not known is one NaN on every processor; another is not what was written. */
static void a_nan_of_another_sign_is_corrupt(void **state)
{
    (void)state;
    struct job job;
    job_begin(&job, host_real());
    const struct bytes bytes = made_model_bytes(&job, made_model(&job, TASK_REGRESSION));
    static const uint8_t not_known[8] = {0, 0, 0, 0, 0, 0, 0xf8, 0x7f};
    uint8_t *changed = arena_new(job.arena, bytes.len);
    struct model *model;
    size_t found = 0;
    for (size_t at = 0; at + 8 <= bytes.len; at++) {
        if (bytes_same(bytes.ptr + at, not_known, 8)) {
            bytes_copy(changed, bytes.ptr, bytes.len);
            changed[at + 7] = 0xff;
            expect(model_read(&job, (struct bytes){changed, bytes.len}, &model) == CANDOR_CORRUPT,
                   "byte %zu", at);
            found++;
        }
    }
    assert_int_equal(found, 13); /* the measures; not even where the processor wrote -NaN */
    job_end(&job);
}

static void a_newer_version_says_that_it_is_newer(void **state)
{
    (void)state;
    struct job job;
    job_begin(&job, host_real());
    uint8_t bytes[64] = "CNDMODEL";
    bytes[8] = 4;
    struct model *model;
    assert_int_equal(model_read(&job, (struct bytes){bytes, sizeof bytes}, &model),
                     CANDOR_BAD_INPUT);
    assert_non_null(strstr(job.message, "newer"));
    bytes[8] = 0;
    assert_int_equal(model_read(&job, (struct bytes){bytes, sizeof bytes}, &model), CANDOR_CORRUPT);
    job_end(&job);
}

static void notes_are_kept_in_order_and_replaced(void **state)
{
    (void)state;
    struct job job;
    job_begin(&job, host_real());
    struct model model = {.note_count = 0};
    must(model_note(&job, &model, STR("b"), STR("2")) == CANDOR_OK);
    must(model_note(&job, &model, STR("a"), STR("1")) == CANDOR_OK);
    must(model_note(&job, &model, STR("b"), STR("3")) == CANDOR_OK);
    assert_int_equal(model.note_count, 2);
    assert_true(str_is(model.note[0].key, "a") && str_is(model.note[1].text, "3"));
    assert_true(str_is(model_note_of(&model, STR("a")), "1"));
    assert_null(model_note_of(&model, STR("c")).ptr);
    for (size_t i = 2; i < NOTES_MAX; i++) {
        must(model_note(&job, &model, str_format(job.arena, "n%zu", i), STR("")) == CANDOR_OK);
    }
    assert_int_equal(model_note(&job, &model, STR("z"), STR("")), CANDOR_TOO_LARGE);
    job_end(&job);
}

int main(void)
{
    const struct CMUnitTest test[] = {
        cmocka_unit_test(what_was_written_is_read_and_written_again),
        cmocka_unit_test(a_model_that_was_read_scores_the_same_bits),
        cmocka_unit_test(bytes_cut_short_anywhere_are_corrupt),
        cmocka_unit_test(bytes_left_over_are_corrupt),
        cmocka_unit_test(a_changed_byte_is_refused_or_read_for_what_it_says),
        cmocka_unit_test(every_task_comes_back_byte_for_byte),
        cmocka_unit_test(what_is_learnt_is_sound_and_comes_back),
        cmocka_unit_test(a_nan_of_another_sign_is_corrupt),
        cmocka_unit_test(half_factors_take_half_the_bytes),
        cmocka_unit_test(a_newer_version_says_that_it_is_newer),
        cmocka_unit_test(notes_are_kept_in_order_and_replaced),
    };
    return cmocka_run_group_tests_name("file", test, NULL, NULL);
}
