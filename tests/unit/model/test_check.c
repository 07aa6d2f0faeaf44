/*
 * test_check.c - what holds of every model, and that each way of breaking it is found and named.
 */
#include <float.h>
#include <string.h>

#include "made_model.h"
#include "testing.h"

/* A model whose parts may be changed. */
struct open_model {
    struct model *model;
    struct model_feature *feature;
    struct term *term;
};

static struct open_model open_model(struct job *job, enum task task)
{
    struct model *model = made_model(job, task);
    struct open_model open = {.model = model};
    open.feature = NEW_ARRAY(job->arena, model->feature_count, struct model_feature);
    open.term = NEW_ARRAY(job->arena, model->term_count, struct term);
    bytes_copy(open.feature, model->feature, model->feature_count * sizeof *open.feature);
    bytes_copy(open.term, model->term, model->term_count * sizeof *open.term);
    model->feature = open.feature;
    model->term = open.term;
    return open;
}

static double *numbers(struct job *job, const double *from, size_t count, size_t at, double value)
{
    double *copy = NEW_ARRAY(job->arena, count + 1, double);
    bytes_copy(copy, from, count * sizeof *copy);
    copy[at] = value;
    return copy;
}

static uint8_t *byte_list(struct job *job, const uint8_t *from, size_t count, size_t at,
                          uint8_t value)
{
    uint8_t *copy = NEW_ARRAY(job->arena, count + 1, uint8_t);
    bytes_copy(copy, from, count);
    copy[at] = value;
    return copy;
}

static void every_made_model_is_sound(void **state)
{
    (void)state;
    for (enum task task = TASK_BINARY; task <= TASK_CLASSES; task++) {
        struct job job;
        job_begin(&job, host_real());
        expect(model_check(&job, CANDOR_CORRUPT, made_model(&job, task)) == CANDOR_OK, "%s: %s",
               task_name(task), job.message);
        job_end(&job);
    }
}

enum breach {
    BREACH_TASK,
    BREACH_TOO_FEW_CLASSES,
    BREACH_ONE_CLASS_MORE,
    BREACH_CLASS_ORDER,
    BREACH_BASE,
    BREACH_BASE_SD,
    BREACH_BASE_SD_LARGE,
    BREACH_DISPERSION,
    BREACH_FREEDOM,
    BREACH_ROWS,
    BREACH_DECILE_ORDER,
    BREACH_DECILE_INFINITE,
    BREACH_AUC,
    BREACH_R2,
    BREACH_MEASURES_OF_NO_ROWS,
    BREACH_CALIBRATION,
    BREACH_CALIBRATION_COUNT,
    BREACH_NOTE_KEY,
    BREACH_NOTE_ORDER,
    BREACH_FEATURE_NAME,
    BREACH_FEATURE_TWICE,
    BREACH_KIND,
    BREACH_BINS,
    BREACH_LOW,
    BREACH_OVERLAP,
    BREACH_LEVEL_TWICE,
    BREACH_RANK_TWICE,
    BREACH_RANK_OUTSIDE,
    BREACH_PAIR_ORDER,
    BREACH_PAIR_TWICE,
    BREACH_AXIS_EMPTY,
    BREACH_AXIS_LONG,
    BREACH_PLACE,
    BREACH_VALUE,
    BREACH_SD,
    BREACH_SD_LARGE,
    BREACH_WEIGHT,
    BREACH_WEIGHTS,
    BREACH_SUM,
    BREACH_SIGN,
    BREACH_FACTOR,
    BREACH_FACTORS_OF_CLASSES,
};

/* Of a feature or a term. */
static void break_part(struct job *job, struct open_model *open, enum breach breach)
{
    struct model_feature *age = &open->feature[0];
    struct model_feature *town = &open->feature[3];
    struct model_feature *grade = &open->feature[5];
    struct term *term = &open->term[0];
    struct term *pair = &open->term[MADE_FEATURES];
    struct str *level = NEW_ARRAY(job->arena, 5, struct str);
    bytes_copy(level, town->level, 5 * sizeof *level);
    switch ((int)breach) {
    case BREACH_FEATURE_NAME:
        age->name = STR("");
        break;
    case BREACH_FEATURE_TWICE:
        town->name = age->name;
        break;
    case BREACH_KIND:
        town->kind = 4;
        break;
    case BREACH_BINS:
        age->bin_count++;
        break;
    case BREACH_LOW:
        age->low = numbers(job, age->low, 60, 3, age->high[3] + 0.5);
        break;
    case BREACH_OVERLAP:
        age->low = numbers(job, age->low, 60, 3, age->high[2]);
        break;
    case BREACH_LEVEL_TWICE:
        level[2] = level[1];
        town->level = level;
        break;
    case BREACH_RANK_TWICE:
        grade->rank = byte_list(job, grade->rank, 3, 0, 1);
        break;
    case BREACH_RANK_OUTSIDE:
        grade->rank = byte_list(job, grade->rank, 3, 0, 3);
        break;
    case BREACH_PAIR_ORDER:
        pair->feature[0] = pair->feature[1];
        break;
    case BREACH_PAIR_TWICE:
        pair[1] = pair[0];
        break;
    case BREACH_AXIS_EMPTY:
        pair->axis_count[0] = 0;
        break;
    case BREACH_AXIS_LONG:
        pair->axis_count[1] = PAIR_AXIS_MAX + 1;
        break;
    case BREACH_PLACE:
        pair->axis[0] = byte_list(job, pair->axis[0], 61, 7, 5);
        break;
    case BREACH_VALUE:
        term->value = numbers(job, term->value, 61, 7, (double)INFINITY);
        break;
    case BREACH_SD:
        term->sd = numbers(job, term->sd, 61, 7, -1);
        break;
    case BREACH_SD_LARGE:
        term->sd = numbers(job, term->sd, 61, 7, 1e160);
        break;
    case BREACH_WEIGHT:
        term->weight = numbers(job, term->weight, 61, 7, -0.5);
        break;
    case BREACH_WEIGHTS:
        term->weight = numbers(job, term->weight, 61, 7, 0.5);
        break;
    case BREACH_SUM:
        term->value = numbers(job, term->value, 61, 7, DBL_MAX);
        pair->value = numbers(job, pair->value, 80, 7, -DBL_MAX);
        break;
    default:
        break;
    }
}

static void break_model(struct job *job, struct open_model *open, enum breach breach)
{
    struct model *model = open->model;
    const size_t classes = model->class_count;
    static const struct str disordered[3] = {{"no", 2}, {"a", 1}, {"yes", 3}};
    switch ((int)breach) {
    case BREACH_TASK:
        model->task = 0;
        break;
    case BREACH_TOO_FEW_CLASSES:
    case BREACH_ONE_CLASS_MORE:
        model->class_count = 2;
        break;
    case BREACH_CLASS_ORDER:
        model->class_name = disordered;
        break;
    case BREACH_BASE:
        model->class_base = numbers(job, model->class_base, classes, classes - 1, (double)INFINITY);
        break;
    case BREACH_BASE_SD:
        model->base_sd = -1;
        break;
    case BREACH_BASE_SD_LARGE:
        model->base_sd = 1e160; /* found by the fuzzer: its square was infinite */
        break;
    case BREACH_DISPERSION:
        model->dispersion = (double)NAN;
        break;
    case BREACH_FREEDOM:
        model->freedom = (double)INFINITY;
        break;
    case BREACH_ROWS:
        model->rows_train = ((uint64_t)1 << 53) + 1;
        break;
    case BREACH_DECILE_ORDER:
        model->link_decile[4] = -9;
        break;
    case BREACH_DECILE_INFINITE:
        model->link_decile[8] = (double)INFINITY;
        break;
    case BREACH_AUC:
        model->measures.auc = 1.01;
        break;
    case BREACH_R2:
        model->measures.r2 = 1.01;
        break;
    case BREACH_MEASURES_OF_NO_ROWS:
        model->measures.rows = 0;
        break;
    case BREACH_CALIBRATION:
        model->measures.calibration[0].observed = 1.5;
        break;
    case BREACH_CALIBRATION_COUNT:
        model->measures.calibration_count = CALIBRATION_MAX + 1;
        break;
    case BREACH_NOTE_KEY:
        model->note[0].key = STR("");
        break;
    case BREACH_NOTE_ORDER:
        model->note[1].key = model->note[0].key;
        break;
    case BREACH_SIGN:
        model->factor_sign = numbers(job, model->factor_sign, 2, 1, 0.5);
        break;
    case BREACH_FACTOR: {
        float *factor = NEW_ARRAY(job->arena, 2 * model->cell_count, float);
        factor[model->cell_count + 3] = INFINITY;
        model->factor = factor;
        break;
    }
    case BREACH_FACTORS_OF_CLASSES:
        model->factor_count = 1;
        break;
    default:
        break_part(job, open, breach);
        break;
    }
}

static void what_is_wrong_is_named_by_its_place(void **state)
{
    (void)state;
    static const struct {
        enum breach breach;
        enum task task;
        const char *said;
    } row[] = {
        {BREACH_TASK, TASK_BINARY, "task:"},
        {BREACH_TOO_FEW_CLASSES, TASK_CLASSES, "classes: 2"},
        {BREACH_ONE_CLASS_MORE, TASK_COUNT, "classes: 2"},
        {BREACH_CLASS_ORDER, TASK_CLASSES, "classes[1]"},
        {BREACH_BASE, TASK_CLASSES, "base[2]"},
        {BREACH_BASE_SD, TASK_BINARY, "base_sd:"},
        {BREACH_BASE_SD_LARGE, TASK_BINARY, "base_sd:"},
        {BREACH_DISPERSION, TASK_AMOUNT, "dispersion:"},
        {BREACH_FREEDOM, TASK_BINARY, "freedom:"},
        {BREACH_ROWS, TASK_BINARY, "rows_train:"},
        {BREACH_DECILE_ORDER, TASK_BINARY, "link_deciles[4]"},
        {BREACH_DECILE_INFINITE, TASK_BINARY, "link_deciles[8]"},
        {BREACH_AUC, TASK_BINARY, "measures.auc"},
        {BREACH_R2, TASK_REGRESSION, "measures.r2"},
        {BREACH_MEASURES_OF_NO_ROWS, TASK_BINARY, "measures.rows"},
        {BREACH_CALIBRATION, TASK_BINARY, "measures.calibration[0]"},
        {BREACH_CALIBRATION_COUNT, TASK_BINARY, "measures.calibration:"},
        {BREACH_NOTE_KEY, TASK_BINARY, "notes:"},
        {BREACH_NOTE_ORDER, TASK_BINARY, "notes:"},
        {BREACH_FEATURE_NAME, TASK_BINARY, "features[0].name"},
        {BREACH_FEATURE_TWICE, TASK_BINARY, "features[3].name"},
        {BREACH_KIND, TASK_BINARY, "features[3].kind"},
        {BREACH_BINS, TASK_BINARY, "features[0]:"},
        {BREACH_LOW, TASK_BINARY, "features[0].low[3]"},
        {BREACH_OVERLAP, TASK_BINARY, "features[0].low[3]"},
        {BREACH_LEVEL_TWICE, TASK_BINARY, "features[3].levels"},
        {BREACH_RANK_TWICE, TASK_BINARY, "features[5].levels"},
        {BREACH_RANK_OUTSIDE, TASK_BINARY, "features[5].levels"},
        {BREACH_PAIR_ORDER, TASK_BINARY, "pairs[0].features"},
        {BREACH_PAIR_TWICE, TASK_BINARY, "pairs[1]:"},
        {BREACH_AXIS_EMPTY, TASK_BINARY, "pairs[0].size[0]"},
        {BREACH_AXIS_LONG, TASK_BINARY, "pairs[0].size[1]"},
        {BREACH_PLACE, TASK_BINARY, "pairs[0].places[0][7]"},
        {BREACH_VALUE, TASK_BINARY, "features[0].value[7]"},
        {BREACH_SD, TASK_BINARY, "features[0].sd[7]"},
        {BREACH_SD_LARGE, TASK_BINARY, "features[0].sd[7]"},
        {BREACH_WEIGHT, TASK_BINARY, "features[0].weight[7]"},
        {BREACH_WEIGHTS, TASK_BINARY, "features[0].weight: the shares add up to"},
        {BREACH_SUM, TASK_BINARY, "their sum is not finite"},
        {BREACH_SIGN, TASK_BINARY, "factors[1].sign"},
        {BREACH_FACTOR, TASK_BINARY, "factors[1].values[3]"},
        {BREACH_FACTORS_OF_CLASSES, TASK_CLASSES, "factors:"},
    };
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        struct job job;
        job_begin(&job, host_real());
        struct open_model open = open_model(&job, row[i].task);
        break_model(&job, &open, row[i].breach);
        expect(model_check(&job, CANDOR_BAD_INPUT, open.model) == CANDOR_BAD_INPUT &&
                   strstr(job.message, row[i].said) != NULL,
               "row %zu: %s says %s", i, row[i].said, job.message);
        job_end(&job);
    }
}

/* Names of their own, and as many bins each as there can be. */
static void more_cells_than_a_model_may_have_are_refused(void **state)
{
    (void)state;
    struct job job;
    job_begin(&job, host_real());
    struct model *model = made_model(&job, TASK_BINARY);
    const size_t count = MODEL_CELLS_MAX / BINS_MAX + 1;
    struct model_feature *feature = NEW_ARRAY(job.arena, count, struct model_feature);
    struct term *term = NEW_ARRAY(job.arena, count, struct term);
    struct rng rng = rng_of(1);
    for (size_t i = 0; i < count; i++) {
        const struct str name = str_format(job.arena, "f%zu", i);
        made_number(&job, &feature[i], str_z(job.arena, name),
                    (struct made_bins){BINS_MAX - 1, 0, 1, 0});
        term[i] = (struct term){.name = name, .feature_count = 1, .feature = {i, i}};
        made_table(&job, model, &rng, BINS_MAX, &term[i]);
    }
    model->feature = feature;
    model->term = term;
    model->factor_count = 0;
    model->feature_count = count - 1;
    model->term_count = count - 1;
    assert_int_equal(model_check(&job, CANDOR_CORRUPT, model), CANDOR_OK);
    model->feature_count = count;
    model->term_count = count;
    assert_int_equal(model_check(&job, CANDOR_CORRUPT, model), CANDOR_CORRUPT);
    const struct str said = str_format(job.arena, "features: %zu bins", count * BINS_MAX);
    assert_non_null(strstr(job.message, str_z(job.arena, said)));
    job_end(&job);
}

int main(void)
{
    const struct CMUnitTest test[] = {
        cmocka_unit_test(every_made_model_is_sound),
        cmocka_unit_test(what_is_wrong_is_named_by_its_place),
        cmocka_unit_test(more_cells_than_a_model_may_have_are_refused),
    };
    return cmocka_run_group_tests_name("check", test, NULL, NULL);
}
