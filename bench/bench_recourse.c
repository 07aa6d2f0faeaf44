/*
 * bench_recourse.c - what it costs to prove the cheapest change that turns a refusal, beside trying everything.
 *
 *     bench_recourse MODEL DATA.csv FEATURE,FEATURE,...    features that may change; "all" for all of them
 *
 * Of everybody below a chance of 1/2: three diverse plans of up to three changes, or the certificate that there is
 * none, in processor time. Every plan is scored again from its values as they are told. On a sample the rival tries
 * every combination, each scored by the model; its cheapest must cost the same.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "flow.h"
#include "frame.h"
#include "model.h"
#include "study.h"
#include "tell.h"

enum { PEOPLE = 5000, RIVAL_PEOPLE = 20, CHANGES = 3, PLANS = 3 };

struct house {
    struct job job;
    struct model *model;
    struct table table;
    uint8_t *bin;
    struct recourse_options options;
    struct fact *fact;
};

static double cpu_us(void)
{
    struct timespec time;
    must(clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time) == 0);
    return (double)time.tv_sec * 1e6 + (double)time.tv_nsec / 1e3;
}

static enum candor_status open_house(struct house *house, const char *model, const char *data)
{
    struct job *job = &house->job;
    struct digest digest;
    bool is_signed = false;
    struct binding *binding = NULL;
    TRY(study_model(job, model, &house->model, &digest, &is_signed));
    const struct table_asked asked = {{house->model}, str_z(job->arena, house->model->target)};
    TRY(table_read(job, data, &asked, &house->table));
    TRY(model_bind(job, house->model, house->table.frame, &binding));
    TRY_ALLOC(job, house->bin, house->table.row_count * house->model->feature_count, uint8_t);
    binding_bin(binding, 0, house->bin);
    return CANDOR_OK;
}

static void set_moves(struct house *house, const char *names)
{
    const struct model *model = house->model;
    enum recourse_move *move =
        NEW_ARRAY(house->job.arena, model->feature_count, enum recourse_move);
    house->fact = NEW_ARRAY(house->job.arena, model->feature_count, struct fact);
    for (size_t f = 0; f < model->feature_count; f++) {
        struct str list = str_of(names);
        move[f] = strcmp(names, "all") == 0 ? MOVE_ANY : MOVE_NONE;
        while (list.ptr != NULL) {
            move[f] = str_equal(str_cut(&list, ','), model->feature[f].name) ? MOVE_ANY : move[f];
        }
        house->fact[f] = (struct fact){.label = model->feature[f].name, .is_exact = true};
    }
    house->options = (struct recourse_options){
        .threshold = 0.5, .move = move, .changes_max = CHANGES, .plans_max = PLANS};
}

/* ---- the rival: everything is tried --------------------------------------------------------- */

struct rival {
    const struct house *house;
    uint8_t *bin;
    bool *is_changed;
    double *cost; /* cost[feature * BINS_MAX + bin]; infinite: it may not be */
    double best;
};

static bool rival_is_seen(const struct rival *rival)
{
    const struct model *model = rival->house->model;
    for (size_t t = model->feature_count; t < model->term_count; t++) {
        const struct term *term = &model->term[t];
        if ((rival->is_changed[term->feature[0]] || rival->is_changed[term->feature[1]]) &&
            !(term->weight[term_cell(term, rival->bin)] > 0)) {
            return false;
        }
    }
    return true;
}

/* NOLINTNEXTLINE(misc-no-recursion): as deep as CHANGES */
static void rival_try(struct rival *rival, size_t feature, size_t left, double cost)
{
    const struct model *model = rival->house->model;
    if (cost > 0 && cost < rival->best - 1e-12 &&
        model_mean(model, model_score_bins(model, 0, rival->bin)) >= 0.5 && rival_is_seen(rival)) {
        rival->best = cost;
    }
    for (size_t f = feature; f < model->feature_count && left > 0; f++) {
        const uint8_t own = rival->bin[f];
        rival->is_changed[f] = true;
        for (size_t b = 1; b <= model->feature[f].value_count; b++) {
            if (b != own && isfinite(rival->cost[f * BINS_MAX + b])) {
                rival->bin[f] = (uint8_t)b;
                rival_try(rival, f + 1, left - 1, cost + rival->cost[f * BINS_MAX + b]);
            }
        }
        rival->bin[f] = own;
        rival->is_changed[f] = false;
    }
}

static double rival_best(struct house *house, const uint8_t *bin)
{
    const struct model *model = house->model;
    struct arena *arena = house->job.arena;
    struct rival rival = {.house = house, .best = (double)INFINITY};
    const double support = recourse_support(model, &house->options);
    rival.bin = NEW_ARRAY(arena, model->feature_count, uint8_t);
    rival.is_changed = NEW_ARRAY(arena, model->feature_count, bool);
    rival.cost = NEW_ARRAY(arena, model->feature_count * BINS_MAX, double);
    bytes_copy(rival.bin, bin, model->feature_count);
    for (size_t f = 0; f < model->feature_count; f++) {
        for (size_t b = 1; b <= model->feature[f].value_count; b++) {
            const bool may =
                house->options.move[f] == MOVE_ANY && recourse_has_support(model, f, b, support);
            rival.cost[f * BINS_MAX + b] =
                may ? recourse_cost(model, f, bin[f], b) : (double)INFINITY;
        }
    }
    rival_try(&rival, 0, CHANGES, 0);
    return rival.best;
}

/* ---- measured ------------------------------------------------------------------------------- */

static int by_size(const void *left, const void *right)
{
    const double a = *(const double *)left;
    const double b = *(const double *)right;
    return (a > b) - (a < b);
}

struct counted {
    size_t people;
    size_t plans;
    size_t none;
    size_t unproven;
    size_t broken; /* plans that did not hold when scored again */
    double *us;
    double rival_us;
    double ours_us; /* of the same people */
    size_t rival_people;
    size_t dearer; /* than the rival's cheapest */
};

static void one(struct house *house, const uint8_t *bin, struct counted *counted)
{
    struct job *job = &house->job;
    struct recourse recourse;
    struct told_turning told;
    const struct arena_mark mark = arena_mark(job->arena);
    const struct telling telling = {.model = house->model, .bin = bin, .fact = house->fact};
    const double began = cpu_us();
    must(recourse_find(job, house->model, &house->options, bin, &recourse) == CANDOR_OK);
    const double us = cpu_us() - began;
    counted->us[counted->people++] = us;
    counted->plans += recourse.plan_count;
    counted->none += recourse.plan_count == 0;
    counted->unproven += !recourse.is_proven;
    turning_tell(job->arena, &telling, &house->options, &recourse, &told);
    counted->broken += !turning_holds(job->arena, &telling, &house->options, &recourse, &told);
    if (counted->people % (PEOPLE / RIVAL_PEOPLE) == 1 && counted->rival_people < RIVAL_PEOPLE) {
        const double rival_began = cpu_us();
        const double best = rival_best(house, bin);
        counted->rival_us += cpu_us() - rival_began;
        counted->ours_us += us;
        counted->rival_people++;
        const double ours = recourse.plan_count == 0 ? (double)INFINITY : recourse.plan[0].cost;
        counted->dearer +=
            isfinite(ours) != isfinite(best) || (isfinite(best) && fabs(ours - best) > 1e-9);
    }
    arena_rewind(job->arena, mark);
}

static void tell_counted(const char *names, struct counted *counted)
{
    double sum = 0;
    qsort(counted->us, counted->people, sizeof *counted->us, by_size);
    for (size_t i = 0; i < counted->people; i++) {
        sum += counted->us[i];
    }
    printf("may change: %s\n", names);
    printf("  %zu refused: %zu plans, %zu certificates of none, %zu unproven, %zu not as told when "
           "scored again\n",
           counted->people, counted->plans, counted->none, counted->unproven, counted->broken);
    printf("  mean %.1f us, median %.1f, 99th hundredth %.1f, longest %.1f\n",
           sum / (double)counted->people, counted->us[counted->people / 2],
           counted->us[counted->people * 99 / 100], counted->us[counted->people - 1]);
    printf(
        "  trying everything for one plan: %.0f us (%zu people), ratio %.0f; %zu cheapest differ\n",
        counted->rival_us / (double)counted->rival_people, counted->rival_people,
        counted->rival_us / counted->ours_us, counted->dearer);
}

int main(int argc, char **argv)
{
    struct house house = {.fact = NULL};
    struct counted counted = {0};
    if (argc != 4) {
        (void)fputs("bench_recourse MODEL DATA.csv FEATURES\n", stderr);
        return 2;
    }
    job_begin(&house.job, host_real());
    if (open_house(&house, argv[1], argv[2]) != CANDOR_OK) {
        (void)fprintf(stderr, "bench_recourse: %s\n", house.job.message);
        return 1;
    }
    set_moves(&house, argv[3]);
    counted.us = NEW_ARRAY(house.job.arena, PEOPLE, double);
    for (size_t row = 0; row < house.table.row_count && counted.people < PEOPLE; row++) {
        const uint8_t *bin = house.bin + row * house.model->feature_count;
        if (model_mean(house.model, model_score_bins(house.model, 0, bin)) < 0.5) {
            one(&house, bin, &counted);
        }
    }
    tell_counted(argv[3], &counted);
    job_end(&house.job);
    return counted.broken > 0 || counted.dearer > 0;
}
