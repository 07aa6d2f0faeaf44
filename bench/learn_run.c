/*
 * learn_run.c - one learner on one set: what it costs and how good its predictions are.
 *
 * The measures are written out here once more, so that no learner is judged by its own code.
 */
#include <math.h>
#include <stdio.h>
#include <sys/resource.h>

#include "bench_learn.h"

/* ---- clocks ---- */

static double cpu_s(void)
{
    struct rusage usage;
    must(getrusage(RUSAGE_SELF, &usage) == 0);
    return (double)usage.ru_utime.tv_sec + (double)usage.ru_utime.tv_usec / 1e6 +
           (double)usage.ru_stime.tv_sec + (double)usage.ru_stime.tv_usec / 1e6;
}

struct stopwatch watch_start(void)
{
    return (struct stopwatch){cpu_s(), (double)host_ticks() / 1e9};
}

struct cost watch_read(struct stopwatch watch)
{
    return (struct cost){cpu_s() - watch.cpu_s, (double)host_ticks() / 1e9 - watch.wall_s};
}

struct cost cost_least(struct cost old, struct cost new)
{
    return old.cpu_s == 0 || new.cpu_s < old.cpu_s ? new : old;
}

struct cost cost_sum(struct cost left, struct cost right)
{
    return (struct cost){left.cpu_s + right.cpu_s, left.wall_s + right.wall_s};
}

/* ---- how good a prediction is ---- */

static double class_loss(const struct target *target, const double *mean, size_t count)
{
    double sum = 0;
    for (size_t row = 0; row < count; row++) {
        const double chance = mean[row * target->class_count + (size_t)target->value[row]];
        sum -= log(fmax(chance, 1e-15));
    }
    return sum / (double)count;
}

/* Twice the log likelihood that the target itself would have more than the prediction. */
static double deviance(const struct target *target, const double *mean, size_t count)
{
    double sum = 0;
    for (size_t row = 0; row < count; row++) {
        const double y = target->value[row];
        const double m = fmax(mean[row], 1e-12);
        const double ratio = y > 0 ? log(y / m) : 0;
        sum += 2 * (target->task == TASK_COUNT ? y * ratio - (y - m) : (y - m) / m - ratio);
    }
    return sum / (double)count;
}

static struct quality quality_of(struct job *job, const struct rows *test, const double *mean)
{
    const size_t count = test->frame->row_count;
    const struct target *target = &test->target;
    const struct predictions of = {.label = target->value, .score = mean, .count = count};
    struct quality quality = {(double)NAN, (double)NAN, (double)NAN};
    switch (target->task) {
    case TASK_BINARY:
        must(auc_of(job, &of, &quality.auc) == CANDOR_OK);
        quality.loss = log_loss_of(&of);
        break;
    case TASK_CLASSES:
        quality.loss = class_loss(target, mean, count);
        break;
    case TASK_COUNT:
    case TASK_AMOUNT:
        quality.loss = deviance(target, mean, count);
        quality.rmse = rmse_of(&of);
        break;
    case TASK_REGRESSION:
        quality.rmse = rmse_of(&of);
        break;
    }
    return quality;
}

/* ---- one learner on one set ---- */

struct result ours_run(struct job *job, const struct rows *train, const struct rows *test,
                       const bool *use, unsigned pairs_max)
{
    struct result result = {.is_there = false};
    struct model *model;
    struct binding *binding;
    const struct fit_options options = {.threads = 1, .pairs_max = pairs_max, .use = use};
    const struct stopwatch watch = watch_start();
    if (fit_additive(job, train->frame, &train->target, &options, &model) != CANDOR_OK) {
        return result;
    }
    result.cost = watch_read(watch);
    result.is_there = true;
    result.pairs = model->term_count - model->feature_count;

    const size_t count = test->frame->row_count;
    double *mean = memory(job, count * model->class_count, sizeof *mean);
    must(model_bind(job, model, test->frame, &binding) == CANDOR_OK);
    binding_score(binding, 1, NULL, mean);
    result.quality = quality_of(job, test, mean);
    return result;
}

struct result their_run(struct job *job, const struct theirs *theirs, const struct rows *train,
                        const struct rows *test, const bool *use)
{
    struct their_answer answer;
    theirs_run(job, theirs, train, test, use, &answer);
    return (struct result){
        .is_there = true,
        .cost = answer.cost,
        .quality = quality_of(job, test, answer.mean),
        .pairs = (size_t)answer.trees,
    };
}

const struct theirs theirs_default = {.threads = 1, .trees_max = 500, .stops_early = true};

void print_seconds(const char *what, struct cost cost, struct goal goal)
{
    (void)printf("%-44s %8.3f CPU s %8.3f wall s", what, cost.cpu_s, cost.wall_s);
    if (goal.bar > 0) {
        (void)printf("   bar %.2f %s, aim %.2f %s", goal.bar,
                     cost.cpu_s <= goal.bar ? "ok" : "short", goal.aim,
                     cost.cpu_s <= goal.aim ? "ok" : "short");
    }
    (void)printf("\n");
    (void)fflush(stdout);
}
