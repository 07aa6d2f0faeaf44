/*
 * test_of_json.c - JSON of a model comes back as the model, byte for byte; anything else is refused with
 * the place where it went wrong.
 */
#include <string.h>

#include "made_model.h"
#include "testing.h"

static struct str json_of(struct job *job, const struct model *model)
{
    struct buf buf = buf_begin(job->arena);
    model_to_json(model, &buf);
    return buf_text(&buf);
}

static void every_task_comes_back_byte_for_byte(void **state)
{
    (void)state;
    for (enum task task = TASK_BINARY; task <= TASK_CLASSES; task++) {
        struct job job;
        job_begin(&job, host_real());
        const struct model *model = made_model(&job, task);
        const struct str text = json_of(&job, model);
        struct model *again = NULL;
        expect(model_of_json(&job, bytes_of(text), "it", &again) == CANDOR_OK, "%s: %s",
               task_name(task), job.message);
        const struct bytes first = made_model_bytes(&job, model);
        const struct bytes second = made_model_bytes(&job, again);
        expect(first.len == second.len && bytes_same(first.ptr, second.ptr, first.len), "%s: bytes",
               task_name(task));
        expect(str_equal(json_of(&job, again), text), "%s: text", task_name(task));
        job_end(&job);
    }
}

/* The text with the first place of one part replaced by another. */
static struct str replaced(struct job *job, struct str text, const char *part, const char *by)
{
    struct buf buf = buf_begin(job->arena);
    const char *whole = str_z(job->arena, text);
    const char *found = strstr(whole, part);
    expect(found != NULL, "%s is in the text", part);
    buf_bytes(&buf, whole, (size_t)(found - whole));
    buf_str(&buf, str_of(by));
    buf_str(&buf, str_of(found + strlen(part)));
    return buf_text(&buf);
}

static void what_is_wrong_is_named_by_its_place(void **state)
{
    (void)state;
    static const struct {
        const char *part;
        const char *by;
        const char *said;
    } row[] = {
        {"{", "[", "line"},
        {"\"candor model\"", "\"a model\"", "format:"},
        {"\"version\": 1", "\"version\": 2", "version:"},
        {"\"version\": 1", "\"version\": \"1\"", "version: expected a number"},
        {"\"binary\"", "\"guess\"", "task:"},
        {"\"target\"", "\"traget\"", "unknown key 'traget'; did you mean 'target'?"},
        {"\"classes\": []", "\"classes\": [\"a\"]", "classes: 1 items, where 0 are needed"},
        {"\"base\": [", "\"base\": [1, ", "base: 2 items"},
        {"\"base_sd\": 0.125", "\"base_sd\": -1", "base_sd: negative"},
        {"\"base_sd\": 0.125", "\"base_sd\": null", "base_sd: expected a number"},
        {"\"rows_train\": 1000", "\"rows_train\": -1", "rows_train: a whole number"},
        {"\"rows_train\": 1000", "\"rows_train\": 0.5", "rows_train: expected a whole number"},
        {"\"18446744073709551615\"", "\"18446744073709551616\"", "seed:"},
        {"\"rounds\": 7", "\"rounds\": 4294967296", "rounds:"},
        {"\"data_digest\": \"00", "\"data_digest\": \"0", "data_digest:"},
        {"\"auc\": 0.875", "\"auc\": 2", "measures.auc"},
        {"\"auc\": 0.875", "\"aux\": 2", "measures: unknown key 'aux'"},
        {"\"observed\": 0.26", "\"observed\": null", "measures.calibration[0].observed"},
        {"\"purpose\": \"", "\"\": \"", "notes: a key is empty"},
        {"\"purpose\": ", "\"purpose\": 7, \"x\": ", "notes["},
        {"\"name\": \"never\"", "\"name\": \"age\"", "features[2].name"},
        {"\"kind\": \"number\"", "\"kind\": \"text\"", "features[0].kind"},
        {"\"low\": [17", "\"low\": [18", "features[0].low"},
        {"\"low\": [17", "\"low\": [\"17\"", "features[0].low[0]: expected a number"},
        {"\"low\": [17,", "\"low\": [", "features[0].high: 60 items, where 59"},
        {"\"value\": [", "\"value\": [0, ", "features[0].value: 62 items, where 61"},
        {"\"sd\": [", "\"sd\": [true, ", "features[0].sd: 62 items"},
        {"\"weight\": [", "\"weight\": [\"\", ", "features[0].weight: 62"},
        {"\"levels\": [", "\"levels\": [1, ", "features[3].levels[0]: expected a text"},
        {"\"levels\"", "\"low\"", "features[3]: unknown key 'low'"},
        {"\"low\",", "\"mid\",", "features[5].levels"},
        {"\"size\": [5,16]", "\"size\": [5,65]", "pairs[0].size[1]"},
        {"\"size\": [5,16]", "\"size\": [5,256]", "pairs[0].size[1]"},
        {"\"sign\": 1", "\"sign\": 2", "factors[0].sign"},
        {"\"sign\": -1", "\"sing\": -1", "factors[1]: unknown key 'sing'"},
        {"\"values\": [", "\"values\": [0, ", "factors[0].values:"},
        {"\"pairs\": [", "\"pairs\": [1, ", "pairs[0]: expected a map"},
        {"\"factors\": [", "\"factors\": {}, \"x\": [", "unknown key 'x'"},
    };
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        struct job job;
        job_begin(&job, host_real());
        const struct str text = json_of(&job, made_model(&job, TASK_BINARY));
        const struct str changed = replaced(&job, text, row[i].part, row[i].by);
        struct model *model = NULL;
        expect(model_of_json(&job, bytes_of(changed), "it", &model) == CANDOR_BAD_INPUT &&
                   strstr(job.message, row[i].said) != NULL,
               "row %zu: %s says %s", i, row[i].said, job.message);
        job_end(&job);
    }
}

static void classes_have_a_table_each(void **state)
{
    (void)state;
    struct job job;
    job_begin(&job, host_real());
    const struct str text = json_of(&job, made_model(&job, TASK_CLASSES));
    const struct str changed =
        replaced(&job, text, "\"classes\": [\n    \"no\",", "\"classes\": [");
    struct model *model = NULL;
    assert_int_equal(model_of_json(&job, bytes_of(changed), "it", &model), CANDOR_BAD_INPUT);
    assert_non_null(strstr(job.message, "classes: 2 items, where 3 to 64 are possible"));
    job_end(&job);
}

/* Levels in order are a person's order; a model keeps them by their bytes. */
static void an_ordinal_keeps_its_order(void **state)
{
    (void)state;
    struct job job;
    job_begin(&job, host_real());
    const struct model *model = made_model(&job, TASK_BINARY);
    const char *text = str_z(job.arena, json_of(&job, model));
    const char *low = strstr(text, "\"low\",");
    const char *mid = strstr(text, "\"mid\",");
    const char *high = strstr(text, "\"high\"\n");
    assert_true(low != NULL && low < mid && mid < high);
    job_end(&job);
}

int main(void)
{
    const struct CMUnitTest test[] = {
        cmocka_unit_test(every_task_comes_back_byte_for_byte),
        cmocka_unit_test(what_is_wrong_is_named_by_its_place),
        cmocka_unit_test(classes_have_a_table_each),
        cmocka_unit_test(an_ordinal_keeps_its_order),
    };
    return cmocka_run_group_tests_name("of_json", test, NULL, NULL);
}
