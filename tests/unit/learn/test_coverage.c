/*
 * test_coverage.c - the stated uncertainty is honest: 95 % bands cover the truth 95 times of 100.
 *
 *     test_coverage [REPETITIONS]
 *
 * Rows are made again and again from one truth that is a sum of curves, and each time a model is
 * fitted. A band that the smoothing has chosen covers on average over a curve, not at every point of
 * it (Nychka 1988; Marra and Wood 2012), so what is counted is the share of the training rows whose
 * cell is covered:
 *
 *     |value - truth| <= 1.96 sd
 *
 * for each term, and for the link value of the rows with model_score_sd. The truth of a cell is the mean
 * of the true curve over the training rows in it; of a pair, what is left of that after its margins
 * have moved to the single features, as the model has it.
 */
#include "learn.h"

#include <math.h>
#include <string.h>

#include "made.h"
#include "testing.h"

enum { AGE, INCOME, TOWN, WALK, NOISE, FEATURES };
enum { TOWNS = 6, WALK_VALUES = 50, LINK_ROWS = 400, PURIFY_ROUNDS = 200 };

static const char *const town_name[TOWNS] = {"arles", "bruges", "cork", "delft", "emden", "faro"};
static const double town_lift[TOWNS] = {-0.8, -0.3, 0.0, 0.2, 0.4, 0.9};

/* How many repetitions; more by the program's argument. */
static uint64_t repetitions = 60;

/* ---- the truth ---- */

struct truth {
    struct frame *frame;
    struct target target;
    double *part[FEATURES]; /* of each row: what each feature adds */
    double *pair;           /* what age and town add together */
    double
        walk[WALK_VALUES]; /* a curve of its own for each repetition, such as the penalty expects */
    double *link;
};

struct kind {
    const char *name;
    enum task task;
    bool with_pair;
    size_t row_count;
    double unit; /* of the target, so that a regression is measured in something */
    double base;
};

static void made_link(const struct kind *kind, struct truth *truth, size_t row, struct rng *rng,
                      double *column[], uint32_t *town)
{
    column[AGE][row] = 20 + (double)rng_below(rng, 60);
    column[INCOME][row] = rng_below(rng, 10) == 0 ? (double)NAN : 50 + 20 * rng_normal(rng);
    column[WALK][row] = (double)rng_below(rng, WALK_VALUES);
    column[NOISE][row] = (double)rng_below(rng, 40);
    town[row] = (uint32_t)rng_below(rng, TOWNS);

    const double age = column[AGE][row];
    const double income = column[INCOME][row];
    truth->part[AGE][row] = kind->unit * sin((age - 20) / 10);
    truth->part[INCOME][row] = kind->unit * (isnan(income) ? 0.7 : 0.7 * sin(income / 25));
    truth->part[TOWN][row] = kind->unit * town_lift[town[row]];
    truth->part[WALK][row] = kind->unit * truth->walk[(size_t)column[WALK][row]];
    truth->part[NOISE][row] = 0;
    const double side = town[row] % 2 == 0 ? 1 : -1;
    truth->pair[row] = kind->with_pair ? kind->unit * side * cos((age - 20) / 12) : 0;
    truth->link[row] = kind->base + truth->pair[row];
    for (size_t i = 0; i < FEATURES; i++) {
        truth->link[row] += truth->part[i][row];
    }
}

static double drawn(const struct kind *kind, double link, struct rng *rng)
{
    if (kind->task == TASK_BINARY) {
        return rng_f64(rng) < 1 / (1 + exp(-link));
    }
    return link + kind->unit * rng_normal(rng);
}

static struct truth truth_begin(struct job *job, const struct kind *kind, uint64_t seed)
{
    const size_t rows = kind->row_count;
    struct truth truth = {.target = {.task = kind->task, .name = STR("y"), .class_count = 1}};
    struct rng rng = rng_of_stream(20250801, seed);
    double *column[FEATURES];
    for (size_t i = 0; i < FEATURES; i++) {
        column[i] = NEW_ARRAY(job->arena, rows, double);
        truth.part[i] = NEW_ARRAY(job->arena, rows, double);
    }
    for (size_t i = 1; i < WALK_VALUES; i++) {
        truth.walk[i] = truth.walk[i - 1] + 0.12 * rng_normal(&rng);
    }
    uint32_t *town = NEW_ARRAY(job->arena, rows, uint32_t);
    double *value = NEW_ARRAY(job->arena, rows, double);
    truth.pair = NEW_ARRAY(job->arena, rows, double);
    truth.link = NEW_ARRAY(job->arena, rows, double);
    for (size_t row = 0; row < rows; row++) {
        made_link(kind, &truth, row, &rng, column, town);
        value[row] = drawn(kind, truth.link[row], &rng);
    }

    struct str *level = NEW_ARRAY(job->arena, TOWNS, struct str);
    for (size_t i = 0; i < TOWNS; i++) {
        level[i] = str_of(town_name[i]);
    }
    truth.target.value = value;
    must(frame_begin(job, rows, FEATURES, &truth.frame) == CANDOR_OK);
    must(frame_add_number_column(job, truth.frame, STR("age"), column[AGE]) == CANDOR_OK);
    must(frame_add_number_column(job, truth.frame, STR("income"), column[INCOME]) == CANDOR_OK);
    must(frame_add_category_column(job, truth.frame, STR("town"), town, level, TOWNS) == CANDOR_OK);
    must(frame_add_number_column(job, truth.frame, STR("walk"), column[WALK]) == CANDOR_OK);
    must(frame_add_number_column(job, truth.frame, STR("noise"), column[NOISE]) == CANDOR_OK);
    return truth;
}

/* ---- the truth of each cell ---- */

static size_t cell_of(const struct term *term, const uint8_t *bin)
{
    if (term->feature_count == 1) {
        return bin[term->feature[0]];
    }
    return term->axis[0][bin[term->feature[0]]] * term->axis_count[1] +
           term->axis[1][bin[term->feature[1]]];
}

/* The mean of a curve over the rows in each cell. */
static double *cell_means(struct job *job, const struct term *term, const uint8_t *bin,
                          const double *curve, size_t row_count)
{
    double *mean = NEW_ARRAY(job->arena, term->cell_count, double);
    double *rows = NEW_ARRAY(job->arena, term->cell_count, double);
    for (size_t row = 0; row < row_count; row++) {
        const size_t cell = cell_of(term, bin + row * FEATURES);
        mean[cell] += curve[row];
        rows[cell]++;
    }
    for (size_t cell = 0; cell < term->cell_count; cell++) {
        mean[cell] /= fmax(rows[cell], 1);
    }
    return mean;
}

/* Move the weighted means along one axis into its margin. */
static void take_margin(const struct term *term, size_t axis, double *value, double *margin)
{
    const size_t step = axis == 0 ? 1 : term->axis_count[1];
    const size_t first = axis == 0 ? term->axis_count[1] : 1;
    for (size_t place = 0; place < term->axis_count[axis]; place++) {
        double sum = 0;
        double weight = 0;
        for (size_t i = 0; i < term->axis_count[1 - axis]; i++) {
            const size_t cell = place * first + i * step;
            sum += term->weight[cell] * value[cell];
            weight += term->weight[cell];
        }
        const double mean = weight > 0 ? sum / weight : 0;
        margin[place] += mean;
        for (size_t i = 0; i < term->axis_count[1 - axis]; i++) {
            value[place * first + i * step] -= mean;
        }
    }
}

/* The truth of every term: values that average to zero. */
struct tables {
    double *value[FEATURES + MODEL_PAIRS_MAX];
};

static void centre_truth(const struct term *term, double *value)
{
    double mean = 0;
    for (size_t cell = 0; cell < term->cell_count; cell++) {
        mean += term->weight[cell] * value[cell];
    }
    for (size_t cell = 0; cell < term->cell_count; cell++) {
        value[cell] -= mean;
    }
}

static void true_tables(struct job *job, const struct model *model, const struct truth *truth,
                        const uint8_t *bin, struct tables *tables)
{
    const size_t rows = truth->frame->row_count;
    for (size_t t = 0; t < FEATURES; t++) {
        tables->value[t] = cell_means(job, &model->term[t], bin, truth->part[t], rows);
    }
    for (size_t t = FEATURES; t < model->term_count; t++) {
        const struct term *term = &model->term[t];
        const bool is_true = term->feature[0] == AGE && term->feature[1] == TOWN;
        double *none = NEW_ARRAY(job->arena, rows, double);
        double *value = cell_means(job, term, bin, is_true ? truth->pair : none, rows);
        double margin[2][PAIR_AXIS_MAX + 1] = {{0}};
        for (size_t round = 0; round < PURIFY_ROUNDS; round++) {
            take_margin(term, 0, value, margin[0]);
            take_margin(term, 1, value, margin[1]);
        }
        for (size_t axis = 0; axis < 2; axis++) {
            const size_t feature = term->feature[axis];
            for (size_t b = 0; b < model->feature[feature].bin_count; b++) {
                tables->value[feature][b] += margin[axis][term->axis[axis][b]];
            }
        }
        tables->value[t] = value;
    }
    for (size_t t = 0; t < FEATURES; t++) {
        centre_truth(&model->term[t], tables->value[t]);
    }
}

/* ---- counting ---- */

/* What is counted: the terms of the features, pairs, all of those but the flat one, and the link. */
enum { PAIR = FEATURES, ALL, LINK, COUNTED };
static const char *const counted_name[COUNTED] = {"age",          "income", "town",      "walk",
                                                  "noise (flat)", "pair",   "all terms", "link"};

struct tally {
    double covered;
    double all;
    double squares; /* of the share of each repetition, for how sure it is */
    double repetitions;
};

static void count(struct tally *tally, double covered, double all)
{
    if (all > 0) {
        tally->covered += covered / all;
        tally->squares += covered / all * (covered / all);
        tally->repetitions++;
    }
}

static void count_term(const struct term *term, const double *truth, struct tally *tally)
{
    double covered = 0;
    double all = 0;
    for (size_t cell = 0; cell < term->cell_count; cell++) {
        const bool is_covered = fabs(term->value[cell] - truth[cell]) <= 1.96 * term->sd[cell];
        covered += is_covered ? term->weight[cell] : 0;
        all += term->weight[cell];
    }
    count(tally, covered, all);
}

static void count_link(const struct model *model, const struct truth *truth, const uint8_t *bin,
                       struct tally *tally)
{
    double covered = 0;
    for (size_t row = 0; row < LINK_ROWS; row++) {
        const uint8_t *here = bin + row * FEATURES;
        const double error = model_score_bins(model, 0, here) - truth->link[row];
        covered += fabs(error) <= 1.96 * model_score_sd(model, 0, here);
    }
    count(tally, covered, LINK_ROWS);
}

static void repeat_once(const struct kind *kind, uint64_t seed, struct tally *tally)
{
    struct job job;
    struct model *model;
    struct binding *binding;
    struct tables tables;
    job_begin(&job, host_real());
    const struct truth truth = truth_begin(&job, kind, seed);
    const struct fit_options options = {.threads = 1, .pairs_max = kind->with_pair ? 1 : 0};
    must(fit_additive(&job, truth.frame, &truth.target, &options, &model) == CANDOR_OK);
    must(model_bind(&job, model, truth.frame, &binding) == CANDOR_OK);
    uint8_t *bin = NEW_ARRAY(job.arena, kind->row_count * FEATURES, uint8_t);
    binding_bin(binding, 1, bin);
    true_tables(&job, model, &truth, bin, &tables);
    for (size_t t = 0; t < model->term_count; t++) {
        count_term(&model->term[t], tables.value[t], &tally[t < FEATURES ? t : PAIR]);
        if (t != NOISE) {
            count_term(&model->term[t], tables.value[t], &tally[ALL]);
        }
    }
    count_link(model, &truth, bin, &tally[LINK]);
    job_end(&job);
}

/*
 * All terms together, and the link, must come near to 95 %. A single curve may lie above, where it is
 * smoother than the penalty expects of it, and somewhat below, where it is so weak that the smoothing
 * sometimes takes it for none.
 */
static bool is_honest(size_t counted, double share, double error)
{
    const bool is_whole = counted == ALL || counted == LINK;
    const double least = is_whole ? 0.93 : 0.90;
    const double most = is_whole ? 0.97 : 1;
    return share >= least - 2 * error && share <= most + 2 * error;
}

static void bands_of(const struct kind *kind)
{
    struct tally tally[COUNTED] = {{0}};
    bool all_honest = true;
    for (uint64_t seed = 0; seed < repetitions; seed++) {
        repeat_once(kind, seed, tally);
    }
    for (size_t i = 0; i < COUNTED; i++) {
        if (tally[i].repetitions == 0) {
            continue;
        }
        const double share = tally[i].covered / tally[i].repetitions;
        const double spread = tally[i].squares / tally[i].repetitions - share * share;
        const double error = sqrt(fmax(spread, 0) / tally[i].repetitions);
        const bool honest = is_honest(i, share, error);
        print_message("%-26s %-13s %.1f %% of the rows are within their 95 %% band (+- %.1f, %.0f "
                      "repetitions)%s\n",
                      kind->name, counted_name[i], 100 * share, 100 * error, tally[i].repetitions,
                      honest ? "" : "  NOT HONEST");
        all_honest = all_honest && honest;
    }
    expect(all_honest, "%s", kind->name);
}

static void bands_of_a_binary_target_are_honest(void **state)
{
    (void)state;
    bands_of(&(struct kind){"binary", TASK_BINARY, false, 3000, 1, -0.5});
}

static void bands_of_a_binary_target_with_a_pair_are_honest(void **state)
{
    (void)state;
    bands_of(&(struct kind){"binary with a pair", TASK_BINARY, true, 3000, 1, -0.5});
}

static void bands_of_a_regression_are_honest(void **state)
{
    (void)state;
    bands_of(&(struct kind){"regression", TASK_REGRESSION, false, 2000, 10, 100});
}

static void bands_of_a_regression_with_a_pair_are_honest(void **state)
{
    (void)state;
    bands_of(&(struct kind){"regression with a pair", TASK_REGRESSION, true, 2000, 10, 100});
}

int main(int argc, char **argv)
{
    if (argc > 1 && (!str_to_uint64(str_of(argv[1]), &repetitions) || repetitions == 0)) {
        print_error("test_coverage [REPETITIONS]\n");
        return 2;
    }
    const struct CMUnitTest test[] = {
        cmocka_unit_test(bands_of_a_binary_target_are_honest),
        cmocka_unit_test(bands_of_a_binary_target_with_a_pair_are_honest),
        cmocka_unit_test(bands_of_a_regression_are_honest),
        cmocka_unit_test(bands_of_a_regression_with_a_pair_are_honest),
    };
    return cmocka_run_group_tests_name("coverage", test, NULL, NULL);
}
