/*
 * bench_usual.c - what the tables of usual pairs see of made attacks, how often they are wrong, what a look costs.
 *
 *     bench_usual MODEL DATA.csv SPLIT      a model of candor fit --split, its rows, and the split: 1 is held out
 *
 * The tables and their limits come from the rows of training alone; all that is counted are rows held out.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "attack.h"
#include "flow.h"
#include "frame.h"
#include "model.h"
#include "numeric.h"
#include "study.h"

enum { RATES = 2, LOOKS = 20 };

static const double rate[RATES] = {0.01, 0.001};

struct house {
    struct job job;
    struct model *model;
    struct table table;
    uint8_t *train;
    uint8_t *test;
    size_t train_count;
    size_t test_count;
    struct usual *usual;
};

static double cpu_ns(void)
{
    struct timespec time;
    must(clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time) == 0);
    return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

static void need(struct job *job, enum candor_status status)
{
    if (status != CANDOR_OK) {
        fprintf(stderr, "bench_usual: %s\n", job->message);
        exit(1);
    }
}

static void divide(struct house *house, const char *split, const uint8_t *bin)
{
    const size_t features = house->model->feature_count;
    struct bytes text;
    size_t row = 0;
    need(&house->job, file_read(&house->job, str_of(split), (size_t)1 << 26, &text));
    house->train = NEW_ARRAY(house->job.arena, house->table.row_count * features, uint8_t);
    house->test = NEW_ARRAY(house->job.arena, house->table.row_count * features, uint8_t);
    for (size_t i = 0; i < text.len && row < house->table.row_count; i++) {
        if (text.ptr[i] == '0') {
            memcpy(house->train + features * house->train_count++, bin + features * row++,
                   features);
        } else if (text.ptr[i] == '1') {
            memcpy(house->test + features * house->test_count++, bin + features * row++, features);
        }
    }
}

static void read_house(struct house *house, char **argument)
{
    struct digest digest;
    bool is_signed = false;
    struct binding *binding = NULL;
    job_begin(&house->job, host_real());
    need(&house->job, crypto_start(&house->job));
    need(&house->job, study_model(&house->job, argument[1], &house->model, &digest, &is_signed));
    const struct table_asked columns = {{house->model}, NULL};
    need(&house->job, table_read(&house->job, argument[2], &columns, &house->table));
    need(&house->job, model_bind(&house->job, house->model, house->table.frame, &binding));
    uint8_t *bin =
        NEW_ARRAY(house->job.arena, house->table.row_count * house->model->feature_count, uint8_t);
    binding_bin(binding, 1, bin);
    divide(house, argument[3], bin);
}

/* ---- attacks ------------------------------------------------------------------------------- */

static const uint8_t *any_row(const struct house *house, struct rng *rng)
{
    return house->test + rng_below(rng, house->test_count) * house->model->feature_count;
}

/* A field gets another value, one that somebody has. */
static size_t replace_field(const struct house *house, struct rng *rng, uint8_t *row)
{
    const size_t f = rng_below(rng, house->model->feature_count);
    const uint8_t before = row[f];
    for (size_t tries = 0; tries < 100 && row[f] == before; tries++) {
        row[f] = any_row(house, rng)[f];
    }
    return f;
}

/* One field set to the most favourable of the values that fewer than one row in a hundred has. */
static size_t rare_value(const struct house *house, struct rng *rng, uint8_t *row)
{
    const size_t f = rng_below(rng, house->model->feature_count);
    const struct term *term = &house->model->term[f];
    size_t best = row[f];
    for (size_t b = 1; b < term->cell_count; b++) {
        if (term->weight[b] > 0 && term->weight[b] < 0.01 && term->value[b] > term->value[best]) {
            best = b;
        }
    }
    row[f] = (uint8_t)best;
    return f;
}

/*
 * Two values that contradict each other: one field gets a value that never stood beside another one's in the rows
 * of training, where chance would have put them together ten times. false: this row has no such field.
 */
static bool contradict(const struct house *house, struct rng *rng, const uint32_t *pair,
                       const uint32_t *count, uint8_t *row, size_t *changed)
{
    const size_t features = house->model->feature_count;
    for (size_t tries = 0; tries < 200; tries++) {
        const size_t f = rng_below(rng, features);
        const size_t other = rng_below(rng, features);
        const uint8_t value = any_row(house, rng)[f];
        const uint32_t *cell = pair + ((f * features + other) << 16);
        const double expected = (double)count[f * BINS_MAX + value] *
                                (double)count[other * BINS_MAX + row[other]] /
                                (double)house->train_count;
        if (f != other && value != row[f] && expected >= 10 &&
            cell[((size_t)value << 8) + row[other]] == 0) {
            row[f] = value;
            *changed = f;
            return true;
        }
    }
    return false;
}

/* Of every two fields, how often each two bins stood together. */
static void count_pairs(struct house *house, uint32_t **pair, uint32_t **count)
{
    const size_t features = house->model->feature_count;
    *pair = NEW_ARRAY(house->job.arena, features * features << 16, uint32_t);
    *count = NEW_ARRAY(house->job.arena, features * BINS_MAX, uint32_t);
    for (size_t i = 0; i < house->train_count; i++) {
        const uint8_t *row = house->train + i * features;
        for (size_t f = 0; f < features; f++) {
            (*count)[f * BINS_MAX + row[f]]++;
            for (size_t other = 0; other < features; other++) {
                (*pair)[((f * features + other) << 16) + ((size_t)row[f] << 8) + row[other]]++;
            }
        }
    }
}

static bool is_money(const struct house *house, size_t f)
{
    return str_starts(house->model->feature[f].name, STR("capital"));
}

/* Whoever is refused changes what gains most, until they are not; false: they never were, or stay so. */
static bool greedy(const struct house *house, bool without_money, uint8_t *row, size_t *changes)
{
    const struct model *model = house->model;
    double link = model_score_bins(model, 0, row);
    *changes = 0;
    if (link >= 0) {
        return false;
    }
    while (link < 0 && *changes < 6) {
        size_t field = 0;
        uint8_t value = row[0];
        double most = link;
        for (size_t f = 0; f < model->feature_count; f++) {
            const uint8_t before = row[f];
            for (size_t b = 1;
                 b < model->term[f].cell_count && !(without_money && is_money(house, f)); b++) {
                row[f] = (uint8_t)b;
                const double now =
                    model->term[f].weight[b] > 0 ? model_score_bins(model, 0, row) : link;
                if (now > most) {
                    most = now;
                    field = f;
                    value = (uint8_t)b;
                }
            }
            row[f] = before;
        }
        if (!(most > link)) {
            return false;
        }
        row[field] = value;
        link = most;
        (*changes)++;
    }
    return link >= 0;
}

enum attack {
    CLEAN,
    ONE_FIELD,
    TWO_FIELDS,
    ALL_FIELDS,
    CONTRADICTION,
    RARE,
    GREEDY,
    GREEDY_WITHOUT_MONEY,
    ATTACKS
};

static const char *const attack_name[] = {
    "as they come",           "one field of another row",  "two fields of other rows",
    "all columns dealt anew", "two values never together", "one rare, favourable value",
    "greedy, any field",      "greedy, without capital-*"};

static void measure_attack(const struct house *house, const uint32_t *pair, const uint32_t *count,
                           enum attack attack)
{
    const size_t features = house->model->feature_count;
    struct rng rng = rng_of(11 + (uint64_t)attack);
    uint8_t row[MODEL_FEATURES_MAX];
    size_t caught[RATES] = {0};
    size_t named = 0;
    size_t rows = 0;
    size_t changes = 0;
    const size_t step = attack == GREEDY || attack == GREEDY_WITHOUT_MONEY ? 20 : 1;
    for (size_t i = 0; i < house->test_count; i += step) {
        struct strange strange;
        size_t changed = SIZE_MAX;
        memcpy(row, house->test + i * features, features);
        if (attack == ONE_FIELD || attack == TWO_FIELDS) {
            changed = replace_field(house, &rng, row);
        }
        if (attack == TWO_FIELDS) {
            (void)replace_field(house, &rng, row);
        }
        for (size_t f = 0; attack == ALL_FIELDS && f < features; f++) {
            row[f] = any_row(house, &rng)[f];
        }
        if (attack == CONTRADICTION && !contradict(house, &rng, pair, count, row, &changed)) {
            continue;
        }
        if (attack == RARE) {
            changed = rare_value(house, &rng, row);
        }
        if ((attack == GREEDY || attack == GREEDY_WITHOUT_MONEY) &&
            !greedy(house, attack == GREEDY_WITHOUT_MONEY, row, &changes)) {
            continue;
        }
        rows++;
        usual_look(house->usual, row, &strange);
        for (size_t r = 0; r < RATES; r++) {
            caught[r] += strange.level >= usual_level(house->usual, rate[r]);
        }
        named += strange.level >= usual_level(house->usual, rate[0]) && strange.feature == changed;
    }
    printf("%-28s %7zu rows  %6.2f %%  %6.2f %%", attack_name[attack], rows,
           100 * (double)caught[0] / (double)rows, 100 * (double)caught[1] / (double)rows);
    if (attack == ONE_FIELD || attack == RARE || attack == CONTRADICTION) {
        printf("   the field named in %.0f %% of those", 100 * (double)named / (double)caught[0]);
    }
    printf("\n");
}

static void measure_time(const struct house *house)
{
    const size_t features = house->model->feature_count;
    double least = 1e30;
    size_t sum = 0;
    for (size_t look = 0; look < LOOKS; look++) {
        const double began = cpu_ns();
        for (size_t i = 0; i < house->test_count; i++) {
            struct strange strange;
            usual_look(house->usual, house->test + i * features, &strange);
            sum += strange.level;
        }
        const double each = (cpu_ns() - began) / (double)house->test_count;
        least = each < least ? each : least;
    }
    printf("a look: %.0f ns (%zu features; the best of %d passes; %zu)\n", least, features, LOOKS,
           sum % 10);
}

int main(int argument_count, char **argument)
{
    struct house house = {0};
    if (argument_count != 4) {
        fprintf(stderr, "bench_usual MODEL DATA.csv SPLIT\n");
        return 2;
    }
    read_house(&house, argument);
    const double began = cpu_ns();
    const struct usual_table table = {.feature = house.model->feature,
                                      .feature_count = house.model->feature_count,
                                      .bin = house.train,
                                      .row_count = house.train_count};
    need(&house.job, usual_of(&house.job, &table, &house.usual));
    printf("%s: tables from %zu rows in %.2f s\n", argument[2], house.train_count,
           (cpu_ns() - began) / 1e9);
    printf("%-28s %12s  stated %.1f %%  %.1f %%\n", "", "", 100 * rate[0], 100 * rate[1]);
    uint32_t *pair = NULL;
    uint32_t *count = NULL;
    count_pairs(&house, &pair, &count);
    for (size_t a = 0; a < ATTACKS; a++) {
        measure_attack(&house, pair, count, (enum attack)a);
    }
    measure_time(&house);
    job_end(&house.job);
    return 0;
}
