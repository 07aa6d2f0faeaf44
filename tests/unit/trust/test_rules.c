/*
 * test_rules.c - rules against their definition, counted anew row by row; words against bins; limits.
 */
#include <math.h>
#include <string.h>

#include "distil.h"
#include "trust.h"

#include "random_model.h"
#include "testing.h"

enum { ROWS = 2000, FEATURES = 6, CLASSES = 3 };

/* A table of raw values and what a model says of them. */
struct said {
    struct job job;
    const struct model *model;
    struct frame *frame;
    struct rules_data data;
};

/* Numbers also fall between and beside what training saw; some values are missing or new. */
static void random_column(struct said *said, struct rng *rng, size_t f)
{
    const struct model_feature *feature = &said->model->feature[f];
    double *number = NEW_ARRAY(said->job.arena, ROWS, double);
    uint32_t *code = NEW_ARRAY(said->job.arena, ROWS, uint32_t);
    struct str *level = NEW_ARRAY(said->job.arena, feature->value_count + 1, struct str);
    for (size_t v = 0; v < feature->value_count; v++) {
        level[v] = str_of(random_level[v]);
    }
    level[feature->value_count] = STR("new");
    const size_t used = f % 2 == 0 ? feature->value_count + 1 : feature->value_count;
    for (size_t row = 0; row < ROWS; row++) {
        const bool is_missing = f % 3 == 0 && rng_below(rng, 12) == 0;
        number[row] =
            is_missing ? (double)NAN : rng_f64(rng) * 10 * (double)feature->value_count - 2;
        code[row] = is_missing ? CODE_MISSING : (uint32_t)rng_below(rng, used);
    }
    if (feature->kind == COLUMN_NUMBER) {
        must(frame_add_number_column(&said->job, said->frame, feature->name, number) == CANDOR_OK);
    } else {
        must(frame_add_category_column(&said->job, said->frame, feature->name, code, level, used) ==
             CANDOR_OK);
    }
}

static void random_labels(struct said *said, struct rng *rng)
{
    double *label = NEW_ARRAY(said->job.arena, ROWS, double);
    for (size_t row = 0; row < ROWS; row++) {
        const double mean = said->data.mean[row * said->model->class_count];
        label[row] = said->model->task == TASK_BINARY    ? rng_f64(rng) < mean
                     : said->model->task == TASK_CLASSES ? (double)rng_below(rng, CLASSES)
                                                         : mean + rng_normal(rng);
        label[row] = rng_below(rng, 20) == 0 ? (double)NAN : label[row];
    }
    said->data.label = label;
}

static void said_begin(struct said *said, uint64_t seed, enum task task)
{
    struct binding *binding;
    job_begin(&said->job, host_real());
    struct rng rng = rng_of(seed);
    const struct random_model asked = {.task = task,
                                       .feature_count = FEATURES,
                                       .value_max = 12,
                                       .pair_count = 4,
                                       .class_count = task == TASK_CLASSES ? CLASSES : 1};
    said->model = random_model(&said->job, &rng, &asked);
    must(frame_begin(&said->job, ROWS, FEATURES, &said->frame) == CANDOR_OK);
    for (size_t f = 0; f < FEATURES; f++) {
        random_column(said, &rng, f);
    }
    must(model_bind(&said->job, said->model, said->frame, &binding) == CANDOR_OK);
    uint8_t *bin = NEW_ARRAY(said->job.arena, ROWS * FEATURES, uint8_t);
    double *link = NEW_ARRAY(said->job.arena, ROWS * CLASSES, double);
    double *mean = NEW_ARRAY(said->job.arena, ROWS * CLASSES, double);
    binding_bin(binding, 1, bin);
    binding_score(binding, 1, link, mean);
    said->data = (struct rules_data){.row_count = ROWS, .bin = bin, .link = link, .mean = mean};
    if (seed % 2 == 0) {
        random_labels(said, &rng);
    }
}

static const enum task all_tasks[] = {TASK_BINARY, TASK_REGRESSION, TASK_COUNT, TASK_AMOUNT,
                                      TASK_CLASSES};
enum { TASKS = sizeof all_tasks / sizeof all_tasks[0], SEEDS = 6 };

/* ---- the definition ------------------------------------------------------------------------ */

static bool falls_under(const struct said *said, const struct rule *rule, size_t row)
{
    for (size_t c = 0; c < rule->condition_count; c++) {
        const size_t f = rule->condition[c].feature;
        if (!rule->condition[c].holds[said->data.bin[row * FEATURES + f]]) {
            return false;
        }
    }
    return true;
}

static size_t rule_of(const struct said *said, const struct rules *rules, size_t row)
{
    size_t found = SIZE_MAX;
    for (size_t r = 0; r < rules->rule_count; r++) {
        if (falls_under(said, &rules->rule[r], row)) {
            assert_true(found == SIZE_MAX);
            found = r;
        }
    }
    assert_true(found != SIZE_MAX);
    return found;
}

static uint32_t outcome_of(const struct said *said, double middle, size_t row)
{
    const double *mean = said->data.mean + row * said->model->class_count;
    if (said->model->task == TASK_CLASSES) {
        uint32_t best = 0;
        for (uint32_t c = 1; c < CLASSES; c++) {
            best = mean[c] > mean[best] ? c : best;
        }
        return best;
    }
    return mean[0] > middle || (said->model->task == TASK_BINARY && mean[0] >= 0.5);
}

static uint32_t truth_of(const struct said *said, const struct rules *rules, size_t row)
{
    const enum task task = said->model->task;
    if (!rules->by_label) {
        return outcome_of(said, rules->middle, row);
    }
    const double label = said->data.label[row];
    return task == TASK_BINARY || task == TASK_CLASSES ? (uint32_t)label : label > rules->middle;
}

static void near(double got, double expected, const char *what)
{
    expect((isnan(got) && isnan(expected)) || fabs(got - expected) < 1e-9, "%s: %.17g, not %.17g",
           what, got, expected);
}

/* Count one rule anew. */
static void check_rule(const struct said *said, const struct rules *rules, size_t r)
{
    const struct rule *rule = &rules->rule[r];
    const size_t class = said->model->task == TASK_CLASSES ? rule->outcome : 0;
    double rows = 0;
    double known = 0;
    double right = 0;
    double all_known = 0;
    double all_right = 0;
    double score = 0;
    for (size_t row = 0; row < ROWS; row++) {
        const bool is_known = !rules->by_label || !isnan(said->data.label[row]);
        const bool is_here = falls_under(said, rule, row);
        const bool is_right = is_known && truth_of(said, rules, row) == rule->outcome;
        rows += is_here;
        score += is_here ? said->data.mean[row * said->model->class_count + class] : 0;
        known += is_here && is_known;
        right += is_here && is_right;
        all_known += is_known;
        all_right += is_right;
    }
    assert_true(rule->rows == (uint64_t)rows && rows >= 10);
    near(rule->support, rows / ROWS, "support");
    near(rule->score, score / rows, "score");
    near(rule->precision, right / known, "precision");
    near(rule->lift, right / known / (all_right / all_known), "lift");
    assert_true(rule->precision_interval.low <= rule->precision &&
                rule->precision <= rule->precision_interval.high);
}

static void check_fidelity(const struct said *said, const struct rules *rules)
{
    double agree = 0;
    double most[CLASSES] = {0};
    double sum[64] = {0};
    double all = 0;
    double error = 0;
    double variance = 0;
    for (size_t row = 0; row < ROWS; row++) {
        const size_t r = rule_of(said, rules, row);
        const uint32_t outcome = outcome_of(said, rules->middle, row);
        agree += rules->rule[r].outcome == outcome;
        most[outcome]++;
        sum[r] += said->data.link[row];
        all += said->data.link[row];
    }
    for (size_t row = 0; row < ROWS; row++) {
        const size_t r = rule_of(said, rules, row);
        const double link = said->data.link[row];
        error += pow(link - sum[r] / (double)rules->rule[r].rows, 2);
        variance += pow(link - all / ROWS, 2);
    }
    near(rules->fidelity.agreement, agree / ROWS, "agreement");
    near(rules->fidelity.always_the_same, fmax(most[0], fmax(most[1], most[2])) / ROWS, "same");
    if (said->model->task != TASK_CLASSES) {
        near(rules->fidelity.r2, 1 - error / variance, "r2");
    }
    assert_true(rules->fidelity.agreement >= rules->fidelity.always_the_same - 1e-12);
}

static void every_row_falls_under_one_rule_and_all_is_as_counted(void **state)
{
    (void)state;
    for (uint64_t i = 0; i < SEEDS * TASKS; i++) {
        struct said said;
        struct rules rules;
        said_begin(&said, i / TASKS, all_tasks[i % TASKS]);
        const struct rules_options options = {1 + 4 * (i / TASKS), 1 + i % 4};
        assert_int_equal(rules_find(&said.job, said.model, &said.data, &options, &rules),
                         CANDOR_OK);
        assert_in_range(rules.rule_count, 1, options.rule_max);
        assert_true(rules.by_label == (said.data.label != NULL));
        for (size_t r = 0; r < rules.rule_count; r++) {
            assert_in_range(rules.rule[r].condition_count, 0, options.condition_max);
            check_rule(&said, &rules, r);
        }
        check_fidelity(&said, &rules);
        job_end(&said.job);
    }
}

/* ---- words --------------------------------------------------------------------------------- */

static bool is_listed(const struct condition_words *words, struct str level)
{
    for (size_t l = 0; l < words->level_count; l++) {
        if (str_equal(words->level[l], level)) {
            return true;
        }
    }
    return false;
}

/* What the words say of a value as it stands in the table. */
static bool words_hold(const struct condition_words *words, struct raw_value value, bool is_missing)
{
    if (is_missing) {
        return words->or_missing || words->operator== CONDITION_MISSING;
    }
    switch (words->operator) {
    case CONDITION_AT_LEAST:
        return value.number >= words->low;
    case CONDITION_AT_MOST:
        return value.number <= words->high;
    case CONDITION_BELOW:
        return value.number < words->high;
    case CONDITION_BETWEEN:
        return value.number >= words->low && value.number <= words->high;
    case CONDITION_FROM_TO:
        return value.number >= words->low && value.number < words->high;
    case CONDITION_IS:
        return words->is_number ? value.number == words->low
                                : str_equal(value.text, words->level[0]);
    case CONDITION_IS_NOT:
    case CONDITION_NOT_IN:
        return !is_listed(words, value.text);
    case CONDITION_IN:
        return is_listed(words, value.text);
    case CONDITION_MISSING:
        return false;
    case CONDITION_KNOWN:
        return true;
    }
    return false;
}

static void check_words(struct said *said, const struct rules *rules,
                        const struct rule_condition *condition, bool with_column)
{
    const size_t f = condition->feature;
    const struct column *column = frame_find(said->frame, said->model->feature[f].name);
    const struct condition_words words = condition_words(
        said->job.arena, said->model, rules, condition, with_column ? column : NULL, ROWS);
    for (size_t row = 0; row < ROWS; row++) {
        struct raw_value value = {.number = (double)NAN};
        bool is_missing = false;
        if (column->kind == COLUMN_NUMBER) {
            value.number = column->number[row];
            is_missing = isnan(value.number);
        } else {
            is_missing = column->code[row] == CODE_MISSING;
            value.text = is_missing ? STR("") : column->level[column->code[row]];
        }
        const bool holds = condition->holds[said->data.bin[row * FEATURES + f]];
        const struct str text =
            condition_text(said->job.arena, said->model->feature[f].name, &words);
        expect(words_hold(&words, value, is_missing) == holds, "%.*s: row %zu, %g '%.*s'",
               STR_ARG(text), row, value.number, STR_ARG(value.text));
    }
}

static void words_say_of_every_row_what_the_bins_say(void **state)
{
    (void)state;
    size_t used[CONDITION_KNOWN + 1] = {0};
    for (uint64_t i = 0; i < 4 * SEEDS; i++) {
        struct said said;
        struct rules rules;
        said_begin(&said, i, all_tasks[i % TASKS]);
        const struct rules_options options = {30, 3};
        assert_int_equal(rules_find(&said.job, said.model, &said.data, &options, &rules),
                         CANDOR_OK);
        for (size_t r = 0; r < rules.rule_count; r++) {
            for (size_t c = 0; c < rules.rule[r].condition_count; c++) {
                const struct rule_condition *condition = &rules.rule[r].condition[c];
                const struct column *column =
                    frame_find(said.frame, said.model->feature[condition->feature].name);
                used[condition_words(said.job.arena, said.model, &rules, condition, column, ROWS)
                         .operator]++;
                check_words(&said, &rules, condition, true);
                if (column->kind == COLUMN_NUMBER) {
                    continue;
                }
                check_words(&said, &rules, condition, false);
            }
        }
        job_end(&said.job);
    }
    assert_true(used[CONDITION_AT_LEAST] > 0 && used[CONDITION_BELOW] > 0 &&
                used[CONDITION_IN] > 0 && used[CONDITION_NOT_IN] > 0 && used[CONDITION_IS] > 0);
}

static const struct {
    struct condition_words words;
    const char *text;
} wording[] = {
    {{CONDITION_AT_LEAST, false, true, 37, 0, 0, NULL}, "age >= 37"},
    {{CONDITION_AT_MOST, true, true, 0, 37, 0, NULL}, "age <= 37 (or missing)"},
    {{CONDITION_BELOW, false, true, 0, 37.5, 0, NULL}, "age < 37.5"},
    {{CONDITION_BETWEEN, false, true, 18, 25, 0, NULL}, "age is 18 to 25"},
    {{CONDITION_FROM_TO, false, true, 18, 25.5, 0, NULL}, "age is from 18 to below 25.5"},
    {{CONDITION_IS, false, true, 18, 18, 0, NULL}, "age is 18"},
    {{CONDITION_MISSING, false, false, 0, 0, 0, NULL}, "age is missing"},
    {{CONDITION_KNOWN, false, true, 0, 0, 0, NULL}, "age is known"},
    {{CONDITION_IS, false, false, 0, 0, 1, NULL}, "age is a"},
    {{CONDITION_IS_NOT, false, false, 0, 0, 1, NULL}, "age is not a"},
    {{CONDITION_IN, false, false, 0, 0, 2, NULL}, "age is a or b"},
    {{CONDITION_NOT_IN, true, false, 0, 0, 3, NULL}, "age is not a, b or c (or missing)"},
};

static void a_condition_reads_as_a_person_would_say_it(void **state)
{
    (void)state;
    struct arena *arena = arena_begin();
    struct str level[] = {STR("a"), STR("b"), STR("c")};
    for (size_t i = 0; i < sizeof wording / sizeof wording[0]; i++) {
        struct condition_words words = wording[i].words;
        words.level = level;
        const struct str text = condition_text(arena, STR("age"), &words);
        expect(str_is(text, wording[i].text), "row %zu: %.*s", i, STR_ARG(text));
    }
    arena_end(arena);
}

/* ---- the tree ------------------------------------------------------------------------------ */

static double loss_of(const struct distilled *tree, size_t at)
{
    const struct distil_node *node = &tree->node[at];
    return node->left == 0 ? node->loss : loss_of(tree, node->left) + loss_of(tree, node->right);
}

static size_t leaves_of(const struct distilled *tree, size_t at)
{
    const struct distil_node *node = &tree->node[at];
    return node->left == 0 ? 1 : leaves_of(tree, node->left) + leaves_of(tree, node->right);
}

/* The least loss of all prunings with at most so many leaves, by trying every one. */
static double least_loss(const struct distilled *tree, size_t at, size_t leaves)
{
    const struct distil_node *node = &tree->node[at];
    double least = node->loss;
    for (size_t l = 1; l < leaves && node->left > 0; l++) {
        least = fmin(least,
                     least_loss(tree, node->left, l) + least_loss(tree, node->right, leaves - l));
    }
    return least;
}

/* Large leaves: the tree cannot grow beyond what every call grows. */
static void pruning_loses_as_little_as_any_pruning(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 10; seed++) {
        struct said said;
        struct distilled whole;
        said_begin(&said, seed, TASK_BINARY);
        uint32_t *decision = NEW_ARRAY(said.job.arena, ROWS, uint32_t);
        for (size_t row = 0; row < ROWS; row++) {
            decision[row] = said.data.mean[row] >= 0.5;
        }
        const struct distil_data data = {.model = said.model,
                                         .row_count = ROWS,
                                         .bin = said.data.bin,
                                         .output_count = 1,
                                         .output = said.data.mean,
                                         .decision = decision,
                                         .decision_count = 2};
        struct distil_limits limits = {100, 130, 6};
        assert_int_equal(distil(&said.job, &data, &limits, &whole), CANDOR_OK);
        assert_in_range(leaves_of(&whole, 0), 6, 16);
        for (limits.leaf_max = 2; limits.leaf_max <= 8; limits.leaf_max++) {
            struct distilled tree;
            assert_int_equal(distil(&said.job, &data, &limits, &tree), CANDOR_OK);
            assert_in_range(leaves_of(&tree, 0), 1, limits.leaf_max);
            near(loss_of(&tree, 0), least_loss(&whole, 0, limits.leaf_max), "loss");
        }
        job_end(&said.job);
    }
}

/* ---- limits -------------------------------------------------------------------------------- */

/* A model that is a rule: yes when town is c or d and age is 20 or more. */
static void a_model_that_is_a_rule_is_found(void **state)
{
    (void)state;
    struct said said;
    struct rules rules;
    said_begin(&said, 3, TASK_BINARY);
    double *link = NEW_ARRAY(said.job.arena, ROWS, double);
    double *mean = NEW_ARRAY(said.job.arena, ROWS, double);
    for (size_t row = 0; row < ROWS; row++) {
        const uint8_t *bin = said.data.bin + row * FEATURES;
        link[row] = bin[1] >= 2 && bin[4] >= 2 ? 3 : -3;
        mean[row] = 1 / (1 + exp(-link[row]));
    }
    said.data.link = link;
    said.data.mean = mean;
    said.data.label = NULL;
    const struct rules_options options = {10, 3};
    assert_int_equal(rules_find(&said.job, said.model, &said.data, &options, &rules), CANDOR_OK);
    near(rules.fidelity.agreement, 1, "agreement");
    near(rules.fidelity.r2, 1, "r2");
    assert_in_range(rules.rule_count, 3, 4);
    assert_int_equal(rules.rule[0].outcome, 1);
    near(rules.rule[0].precision, 1, "precision");
    job_end(&said.job);
}

static void rows_that_are_all_alike_give_one_rule_without_conditions(void **state)
{
    (void)state;
    for (size_t rows = 1; rows <= 1000; rows *= 10) {
        struct said said;
        struct rules rules;
        said_begin(&said, 1, TASK_BINARY);
        double *same = NEW_ARRAY(said.job.arena, ROWS, double);
        said.data.link = same;
        said.data.mean = same;
        said.data.row_count = rows;
        const struct rules_options options = {10, 3};
        assert_int_equal(rules_find(&said.job, said.model, &said.data, &options, &rules),
                         CANDOR_OK);
        assert_int_equal(rules.rule_count, 1);
        assert_int_equal(rules.rule[0].condition_count, 0);
        near(rules.rule[0].support, 1, "support");
        near(rules.rule[0].lift, 1, "lift");
        assert_true(isnan(rules.fidelity.r2));
        job_end(&said.job);
    }
}

static const struct {
    const char *name;
    size_t rows;
    struct rules_options options;
    const char *message;
} refused[] = {
    {"no rows", 0, {10, 3}, "none"},
    {"no rules", 100, {0, 3}, "1 to 200 rules"},
    {"too many rules", 100, {201, 3}, "1 to 200 rules"},
    {"no conditions", 100, {10, 0}, "1 to 6 conditions"},
    {"too many conditions", 100, {10, 7}, "1 to 6 conditions"},
};

static void what_makes_no_sense_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        struct said said;
        struct rules rules;
        said_begin(&said, 0, TASK_BINARY);
        said.data.row_count = refused[i].rows;
        expect(rules_find(&said.job, said.model, &said.data, &refused[i].options, &rules) ==
                   CANDOR_BAD_INPUT,
               "%s", refused[i].name);
        expect(strstr(said.job.message, refused[i].message) != NULL, "%s: %s", refused[i].name,
               said.job.message);
        job_end(&said.job);
    }
}

static void a_search_that_is_stopped_says_so(void **state)
{
    (void)state;
    struct said said;
    struct rules rules;
    said_begin(&said, 0, TASK_BINARY);
    said.job.cancelled = true;
    const struct rules_options options = {10, 3};
    assert_int_equal(rules_find(&said.job, said.model, &said.data, &options, &rules),
                     CANDOR_CANCELLED);
    job_end(&said.job);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_row_falls_under_one_rule_and_all_is_as_counted),
        cmocka_unit_test(words_say_of_every_row_what_the_bins_say),
        cmocka_unit_test(a_condition_reads_as_a_person_would_say_it),
        cmocka_unit_test(pruning_loses_as_little_as_any_pruning),
        cmocka_unit_test(a_model_that_is_a_rule_is_found),
        cmocka_unit_test(rows_that_are_all_alike_give_one_rule_without_conditions),
        cmocka_unit_test(what_makes_no_sense_is_refused),
        cmocka_unit_test(a_search_that_is_stopped_says_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
