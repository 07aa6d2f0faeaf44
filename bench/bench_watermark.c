/*
 * bench_watermark.c - what a mark costs, what proves it, what it survives, and how often it claims what is not so.
 *
 *     bench_watermark MODEL DATA.csv SPLIT      an unmarked model of candor fit --split, its rows, 1: held out
 *
 * Learned copies are models of all rows whose target is what the marked model answered, at so many digits. False
 * claims: models of random halves of the rows, none of them marked, each against 500 keys.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "attack.h"
#include "flow.h"
#include "frame.h"
#include "learn.h"
#include "model.h"
#include "numeric.h"
#include "review.h"
#include "study.h"

enum { INNOCENTS = 12, KEYS = 500, DELTAS = 3 };

static const double delta_of[DELTAS] = {0.05, 0.1, 0.2};

struct house {
    struct job job;
    struct model *plain;
    struct model *marked;
    struct table table;
    uint8_t *bin;
    bool *is_test;
    double *label;
    struct watermark_cell *cell;
    int8_t *sign;
    struct watermark mark;
};

static void need(struct job *job, enum candor_status status)
{
    if (status != CANDOR_OK) {
        fprintf(stderr, "bench_watermark: %s\n", job->message);
        exit(1);
    }
}

static void read_house(struct house *house, char **argument)
{
    struct digest digest;
    bool is_signed = false;
    struct binding *binding = NULL;
    struct bytes text;
    struct job *job = &house->job;
    job_begin(job, host_real());
    need(job, crypto_start(job));
    need(job, study_model(job, argument[1], &house->plain, &digest, &is_signed));
    const struct table_asked columns = {{house->plain}, str_z(job->arena, house->plain->target)};
    need(job, table_read(job, argument[2], &columns, &house->table));
    const size_t rows = house->table.row_count;
    need(job, model_bind(job, house->plain, house->table.frame, &binding));
    house->bin = NEW_ARRAY(job->arena, rows * house->plain->feature_count, uint8_t);
    binding_bin(binding, 0, house->bin);
    const double *label = NULL;
    need(job, study_labels(job, house->plain, &house->table, &label));
    house->label = NEW_ARRAY(job->arena, rows, double);
    memcpy(house->label, label, rows * sizeof *label);
    house->is_test = NEW_ARRAY(job->arena, rows, bool);
    need(job, file_read(job, str_of(argument[3]), (size_t)1 << 26, &text));
    size_t row = 0;
    for (size_t i = 0; i < text.len && row < rows; i++) {
        if (text.ptr[i] == '0' || text.ptr[i] == '1') {
            house->is_test[row++] = text.ptr[i] == '1';
        }
    }
}

static void draw_signs(struct house *house, uint64_t seed, double delta)
{
    size_t count = 0;
    struct rng rng = rng_of(seed);
    need(&house->job, watermark_cells(&house->job, house->plain, &house->cell, &count));
    house->sign = NEW_ARRAY(house->job.arena, count, int8_t);
    for (size_t i = 0; i < count; i++) {
        house->sign[i] = rng_below(&rng, 2) == 0 ? 1 : -1;
    }
    house->mark = (struct watermark){house->cell, house->sign, count, delta};
}

static struct watermark_proof prove_model(struct house *house, const struct model *suspect)
{
    double *x = NEW_ARRAY(house->job.arena, house->mark.count, double);
    watermark_in_model(house->marked, &house->mark, suspect, x);
    struct watermark_proof proof;
    need(&house->job, watermark_prove(&house->job, &house->mark, x, &proof));
    return proof;
}

static const uint8_t *row_of(const struct house *house, size_t row)
{
    return house->bin + row * house->plain->feature_count;
}

/* ---- what it costs ------------------------------------------------------------------------- */

static void cost(struct house *house)
{
    const size_t rows = house->table.row_count;
    double *label = NEW_ARRAY(house->job.arena, rows, double);
    double *score[2] = {NEW_ARRAY(house->job.arena, rows, double),
                        NEW_ARRAY(house->job.arena, rows, double)};
    size_t count = 0;
    size_t turned = 0;
    size_t right[2] = {0};
    double auc[2] = {0};
    for (size_t row = 0; row < rows; row++) {
        if (house->is_test[row]) {
            label[count] = house->label[row];
            score[0][count] = model_score_bins(house->plain, 0, row_of(house, row));
            score[1][count] = model_score_bins(house->marked, 0, row_of(house, row));
            for (size_t s = 0; s < 2; s++) {
                right[s] += (score[s][count] >= 0) == (label[count] != 0);
            }
            turned += (score[0][count] >= 0) != (score[1][count] >= 0);
            count++;
        }
    }
    for (size_t s = 0; s < 2; s++) {
        const struct predictions predictions = {label, score[s], NULL, count};
        need(&house->job, auc_of(&house->job, &predictions, &auc[s]));
    }
    printf("delta %.2f: %zu cells; AUC %.5f -> %.5f, accuracy %.5f -> %.5f, %.2f %% of decisions\n",
           house->mark.delta, house->mark.count, auc[0], auc[1], (double)right[0] / (double)count,
           (double)right[1] / (double)count, 100 * (double)turned / (double)count);
}

/* ---- what it survives ---------------------------------------------------------------------- */

static struct model *spoilt(struct house *house, double step, double share, uint64_t seed)
{
    struct term *term = NULL;
    struct rng rng = rng_of(seed);
    struct model *model = model_to_change(house->job.arena, house->marked, &term);
    for (size_t f = 0; f < model->feature_count; f++) {
        double *value = NEW_ARRAY(house->job.arena, term[f].cell_count, double);
        for (size_t c = 0; c < term[f].cell_count; c++) {
            const bool is_edited = rng_f64(&rng) < share;
            value[c] = is_edited ? 0 : term[f].value[c];
            value[c] = step > 0 ? step * nearbyint(value[c] / step) : value[c];
        }
        term[f].value = value;
    }
    need(&house->job, model_index(&house->job, model));
    return model;
}

static void say(const char *what, struct watermark_proof proof)
{
    printf("    %-44s z %6.2f   p <= 10^%.1f%s\n", what, proof.z, proof.log10_p,
           proof.log10_p <= -6 ? "   proven" : "");
}

static double answered(const struct house *house, size_t row, double step)
{
    const double chance =
        model_mean(house->marked, model_score_bins(house->marked, 0, row_of(house, row)));
    const double told = step > 0 ? step * nearbyint(chance / step) : chance;
    const double least = step > 0 ? step / 4 : 1e-9;
    const double kept = fmax(least, fmin(1 - least, told));
    return log_of(kept) - log_of(1 - kept);
}

static void answers(struct house *house, const char *what, double step)
{
    const size_t rows = house->table.row_count;
    double *link = NEW_ARRAY(house->job.arena, rows, double);
    double *x = NEW_ARRAY(house->job.arena, house->mark.count, double);
    for (size_t row = 0; row < rows; row++) {
        link[row] = answered(house, row, step);
    }
    need(&house->job,
         watermark_in_answers(&house->job, house->marked, &house->mark, house->bin, link, rows, x));
    struct watermark_proof proof;
    need(&house->job, watermark_prove(&house->job, &house->mark, x, &proof));
    say(what, proof);
}

static void learned(struct house *house, const char *what, double step)
{
    struct job *job = &house->job;
    const size_t rows = house->table.row_count;
    double *value = NEW_ARRAY(job->arena, rows, double);
    bool *use = NEW_ARRAY(job->arena, house->table.frame->column_count, bool);
    struct model *copy = NULL;
    for (size_t c = 0; c < house->table.frame->column_count; c++) {
        use[c] = !str_equal(house->table.frame->column[c].name, house->plain->target);
    }
    for (size_t row = 0; row < rows; row++) {
        value[row] = answered(house, row, step);
    }
    const struct target target = {
        .task = TASK_REGRESSION, .name = STR("link"), .value = value, .positive = STR("")};
    const struct fit_options options = {.seed = 1, .pairs_max = 0, .use = use};
    need(job, fit_additive(job, house->table.frame, &target, &options, &copy));
    say(what, prove_model(house, copy));
}

/* ---- innocents ----------------------------------------------------------------------------- */

static struct model *innocent(struct house *house, uint64_t seed)
{
    struct job *job = &house->job;
    const size_t rows = house->table.row_count;
    struct rng rng = rng_of(seed);
    bool *keep = NEW_ARRAY(job->arena, rows, bool);
    bool *use = NEW_ARRAY(job->arena, house->table.frame->column_count, bool);
    struct frame *half = NULL;
    struct target part;
    struct model *model = NULL;
    for (size_t row = 0; row < rows; row++) {
        keep[row] = rng_below(&rng, 2) == 0;
    }
    for (size_t c = 0; c < house->table.frame->column_count; c++) {
        use[c] = !str_equal(house->table.frame->column[c].name, house->plain->target);
    }
    const struct target all = {.task = TASK_BINARY,
                               .name = house->plain->target,
                               .positive = STR("yes"),
                               .negative = STR("no"),
                               .value = house->label};
    need(job, frame_take(job, house->table.frame, keep, &half));
    need(job, target_take(job, &all, rows, keep, &part));
    const struct fit_options options = {.seed = 1, .pairs_max = 0, .use = use};
    need(job, fit_additive(job, half, &part, &options, &model));
    return model;
}

static void false_claims(struct house *house)
{
    static const double level[] = {-1, -2, -3, -6};
    size_t claims[4] = {0};
    double most = 0;
    double squares = 0;
    for (size_t i = 0; i < INNOCENTS; i++) {
        const struct model *model = innocent(house, 100 + i);
        for (uint64_t key = 0; key < KEYS; key++) {
            draw_signs(house, 1000 + i * KEYS + key, 0.1);
            need(&house->job,
                 watermark_put(&house->job, house->plain, &house->mark, &house->marked));
            const struct watermark_proof proof = prove_model(house, model);
            most = fmax(most, proof.z);
            squares += proof.z * proof.z;
            for (size_t l = 0; l < 4; l++) {
                claims[l] += proof.log10_p <= level[l];
            }
        }
    }
    printf("%d unmarked models, %d keys each: z has deviation %.3f, the largest is %.2f\n",
           INNOCENTS, KEYS, sqrt(squares / (INNOCENTS * KEYS)), most);
    for (size_t l = 0; l < 4; l++) {
        printf("    p <= 10^%.0f stated: %.5f found (%zu of %d)\n", level[l],
               (double)claims[l] / (INNOCENTS * KEYS), claims[l], INNOCENTS * KEYS);
    }
}

int main(int argument_count, char **argument)
{
    struct house house = {0};
    if (argument_count != 4) {
        fprintf(stderr, "bench_watermark MODEL DATA.csv SPLIT\n");
        return 2;
    }
    read_house(&house, argument);
    for (size_t d = 0; d < DELTAS; d++) {
        draw_signs(&house, 7, delta_of[d]);
        need(&house.job, watermark_put(&house.job, house.plain, &house.mark, &house.marked));
        cost(&house);
        say("the file itself", prove_model(&house, house.marked));
        say("tables rounded to 0.01", prove_model(&house, spoilt(&house, 0.01, 0, 1)));
        say("tables rounded to 0.1", prove_model(&house, spoilt(&house, 0.1, 0, 1)));
        say("a fifth of all cells set to 0", prove_model(&house, spoilt(&house, 0, 0.2, 1)));
        say("half of all cells set to 0", prove_model(&house, spoilt(&house, 0, 0.5, 1)));
        answers(&house, "its answers, exact", 0);
        answers(&house, "its answers, two decimals", 0.01);
        answers(&house, "its answers, one decimal", 0.1);
        answers(&house, "its decisions alone", 1);
        learned(&house, "a copy learned from exact answers", 0);
        learned(&house, "a copy learned from two decimals", 0.01);
        learned(&house, "a copy learned from one decimal", 0.1);
        learned(&house, "a copy learned from decisions", 1);
    }
    false_claims(&house);
    job_end(&house.job);
    return 0;
}
