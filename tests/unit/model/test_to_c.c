/*
 * test_to_c.c - what cannot leave as C or as a graph is refused; names and texts become harmless. That
 * the files compute what the model computes is the business of tests/export.
 */
#include <string.h>

#include "made_model.h"
#include "testing.h"

/* A binary model whose town has this level first. */
static struct model *with_level(struct job *job, struct str text)
{
    struct model *model = made_model(job, TASK_BINARY);
    struct model_feature *feature =
        NEW_ARRAY(job->arena, model->feature_count, struct model_feature);
    struct str *level = NEW_ARRAY(job->arena, 5, struct str);
    bytes_copy(feature, model->feature, model->feature_count * sizeof *feature);
    bytes_copy(level, feature[3].level, 5 * sizeof *level);
    level[0] = text;
    feature[3].level = level;
    model->feature = feature;
    return model;
}

static void the_empty_text_cannot_be_a_level(void **state)
{
    (void)state;
    struct job job;
    job_begin(&job, host_real());
    struct buf buf = buf_begin(job.arena);
    const struct model *model = with_level(&job, STR(""));
    assert_int_equal(model_check(&job, CANDOR_CORRUPT, model), CANDOR_OK);
    assert_int_equal(model_to_c(&job, model, STR("it"), &buf), CANDOR_BAD_INPUT);
    assert_non_null(strstr(job.message, "'town */'"));
    assert_int_equal(model_to_onnx(&job, model, &buf), CANDOR_BAD_INPUT);
    assert_non_null(strstr(job.message, "'town */'"));
    assert_int_equal(buf.len, 0);
    job_end(&job);
}

static void a_text_longer_than_c_promises_is_refused(void **state)
{
    (void)state;
    struct job job;
    job_begin(&job, host_real());
    char text[2001];
    memset(text, '!', sizeof text);
    struct buf buf = buf_begin(job.arena);
    assert_int_equal(model_to_c(&job, with_level(&job, (struct str){text, 2001}), STR("it"), &buf),
                     CANDOR_TOO_LARGE);
    assert_int_equal(model_to_c(&job, with_level(&job, (struct str){text, 2000}), STR("it"), &buf),
                     CANDOR_OK);
    job_end(&job);
}

static void names_become_names_of_c(void **state)
{
    (void)state;
    struct job job;
    job_begin(&job, host_real());
    static const struct {
        const char *name;
        const char *declared;
    } row[] = {
        {"bought", "double bought_score("},
        {"MyModel v2", "double my_model_v2_score("},
        {"2026", "double x2026_score("},
        {"", "double model_score("},
        {"\xc3\xa9t\xc3\xa9", "double x__t___score("},
    };
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        struct buf buf = buf_begin(job.arena);
        must(model_to_c(&job, made_model(&job, TASK_BINARY), str_of(row[i].name), &buf) ==
             CANDOR_OK);
        const char *text = str_z(job.arena, buf_text(&buf));
        expect(strstr(text, row[i].declared) != NULL, "row %zu", i);
        expect(strstr(text, "double monthly_income_____; ") != NULL, "row %zu: field", i);
        expect(strstr(text, "const char *int_2; ") != NULL, "row %zu: a word of C", i);
    }
    job_end(&job);
}

/* Not one byte of the file is other than plain text, whatever the names are. */
static void the_file_is_plain_ascii(void **state)
{
    (void)state;
    for (enum task task = TASK_BINARY; task <= TASK_CLASSES; task++) {
        struct job job;
        job_begin(&job, host_real());
        struct buf buf = buf_begin(job.arena);
        must(model_to_c(&job, made_model(&job, task), STR("it"), &buf) == CANDOR_OK);
        for (size_t i = 0; i < buf.len; i++) {
            expect(buf.ptr[i] == '\n' || (buf.ptr[i] >= ' ' && buf.ptr[i] <= '~'), "%s: byte %zu",
                   task_name(task), i);
        }
        job_end(&job);
    }
}

int main(void)
{
    const struct CMUnitTest test[] = {
        cmocka_unit_test(the_empty_text_cannot_be_a_level),
        cmocka_unit_test(a_text_longer_than_c_promises_is_refused),
        cmocka_unit_test(names_become_names_of_c),
        cmocka_unit_test(the_file_is_plain_ascii),
    };
    return cmocka_run_group_tests_name("to_c", test, NULL, NULL);
}
