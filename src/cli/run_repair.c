/*
 * run_repair.c - what treats groups differently: candor mitigate, candor fairness why.
 */
#include "candor_repair.h"
#include "run.h"

enum { BINS_TOLD_MAX = 256 };

static enum candor_status take_threads(struct invocation *invocation, unsigned *threads)
{
    uint64_t number = 0;
    TRY(option_u64(invocation, "threads", 0, &number));
    if (number > POOL_THREADS_MAX) {
        return fail(invocation->job, CANDOR_BAD_INPUT, "--threads is 0 to %d", POOL_THREADS_MAX);
    }
    *threads = (unsigned)number;
    return CANDOR_OK;
}

enum candor_status run_mitigate(struct invocation *invocation)
{
    struct candor_mitigate asked = {
        .data_path = invocation->argument[0],
        .method = option(invocation, "method"),
        .label = option(invocation, "label"),
        .positive = option(invocation, "positive"),
        .score = option(invocation, "score"),
        .groups = option(invocation, "group"),
        .value = option(invocation, "value"),
        .constraint = option(invocation, "constraint"),
        .has_limit = is_set(invocation, "limit"),
        .model_path = option(invocation, "model"),
        .columns = option(invocation, "columns"),
        .drop = option(invocation, "drop"),
        .split_path = option(invocation, "split"),
        .synthetic = is_set(invocation, "synthetic"),
        .out_path = option(invocation, "out"),
        .html_path = option(invocation, "html"),
    };
    if (asked.label == NULL) {
        asked.label = option(invocation, "target");
    } else if (is_set(invocation, "target")) {
        return fail(invocation->job, CANDOR_BAD_INPUT, "--label and --target are one thing");
    }
    TRY(option_f64(invocation, "limit", 0, &asked.limit));
    TRY(option_f64(invocation, "threshold", 0.5, &asked.threshold));
    TRY(option_u64(invocation, "seed", 1, &asked.seed));
    TRY(take_threads(invocation, &asked.threads));
    invocation->show = show_mitigate;
    return candor_mitigate(invocation->job, &asked, &invocation->report);
}

enum candor_status run_fairness_why(struct invocation *invocation)
{
    uint64_t bins = 0;
    struct candor_fairness_why asked = {
        .model_path = invocation->argument[0],
        .data_path = invocation->argument[1],
        .groups = option(invocation, "group"),
        .reference = option(invocation, "reference"),
        .has_threshold = is_set(invocation, "threshold"),
    };
    TRY(option_f64(invocation, "threshold", 0.5, &asked.threshold));
    TRY(option_u64(invocation, "bins", 0, &bins));
    if (is_set(invocation, "bins") && (bins < 1 || bins > BINS_TOLD_MAX)) {
        return fail(invocation->job, CANDOR_BAD_INPUT, "--bins is 1 to %d", BINS_TOLD_MAX);
    }
    asked.cells = (unsigned)bins;
    invocation->show = show_why;
    return candor_fairness_why(invocation->job, &asked, &invocation->report);
}
