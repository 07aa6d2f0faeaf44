/*
 * run_study.c - the commands over plain files.
 */
#include <math.h>
#include <string.h>

#include "run.h"

/* "auto", or a number. */
static enum candor_status read_pairs(struct invocation *invocation, unsigned *pairs)
{
    const char *text = option(invocation, "pairs");
    uint64_t number = CANDOR_PAIRS_AUTO;
    if (text != NULL && strcmp(text, "auto") != 0) {
        TRY(option_u64(invocation, "pairs", 0, &number));
    }
    if (number > 256) {
        return fail(invocation->job, CANDOR_BAD_INPUT, "--pairs is auto, or 0 to 256");
    }
    *pairs = (unsigned)number;
    return CANDOR_OK;
}

/* 500M, 2G, 1048576; K, M and G are thousands of each other. */
static enum candor_status read_size(struct invocation *invocation, const char *name, uint64_t *size)
{
    static const struct {
        char letter;
        uint64_t unit;
    } known[] = {{'K', 1000}, {'M', 1000000}, {'G', 1000000000}, {'T', 1000000000000}};
    struct str text = str_of(option(invocation, name));
    uint64_t unit = 1;
    double number = 0;
    *size = 0;
    if (text.ptr == NULL) {
        return CANDOR_OK;
    }
    if (str_ends(text, STR("B"))) {
        text = str_slice(text, 0, text.len - 1);
    }
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (text.len > 0 && text.ptr[text.len - 1] == known[i].letter) {
            unit = known[i].unit;
            text = str_slice(text, 0, text.len - 1);
            break;
        }
    }
    if (!str_to_double(text, &number) || !(number > 0) || number * (double)unit > 1e18) {
        return fail(invocation->job, CANDOR_BAD_INPUT, "--%s is a size: 500M, 2G", name);
    }
    *size = (uint64_t)(number * (double)unit);
    return CANDOR_OK;
}

static enum candor_status read_limits(struct invocation *invocation, struct candor_fit *fit)
{
    uint64_t bins = 0;
    double seconds = 0;
    TRY(option_u64(invocation, "bins", 0, &bins));
    TRY(option_f64(invocation, "time-limit", 0, &seconds));
    TRY(option_f64(invocation, "holdout", 0, &fit->holdout));
    TRY(read_size(invocation, "memory", &fit->memory_max));
    if (is_set(invocation, "bins") && (bins < 2 || bins > 255)) {
        return fail(invocation->job, CANDOR_BAD_INPUT, "--bins is 2 to 255");
    }
    if (is_set(invocation, "time-limit") && !(seconds > 0 && seconds < 1e9)) {
        return fail(invocation->job, CANDOR_BAD_INPUT,
                    "--time-limit is a number of seconds above 0");
    }
    fit->bins = (unsigned)bins;
    fit->time_limit_ms = (uint64_t)ceil(seconds * 1000);
    return CANDOR_OK;
}

static enum candor_status read_threads(struct invocation *invocation, unsigned *threads)
{
    uint64_t number = 0;
    TRY(option_u64(invocation, "threads", 0, &number));
    if (number > POOL_THREADS_MAX) {
        return fail(invocation->job, CANDOR_BAD_INPUT, "--threads is 0 to %d", POOL_THREADS_MAX);
    }
    *threads = (unsigned)number;
    return CANDOR_OK;
}

enum candor_status run_fit(struct invocation *invocation)
{
    unsigned threads = 0;
    struct candor_fit fit = {
        .data_path = invocation->argument[0],
        .target = option(invocation, "target"),
        .positive = option(invocation, "positive"),
        .drop = option(invocation, "drop"),
        .protect = option(invocation, "protect"),
        .split_path = option(invocation, "split"),
        .types_path = option(invocation, "types"),
        .out_path = option(invocation, "out"),
        .task = option(invocation, "task"),
        .weight = option(invocation, "weight"),
        .monotone = option(invocation, "monotone"),
        .shape = option(invocation, "shape"),
        .no_pair = option(invocation, "no-pair"),
        .fixed = option(invocation, "fixed"),
        .only_up = option(invocation, "only-up"),
        .only_down = option(invocation, "only-down"),
        .like_path = option(invocation, "like"),
        .run_path = option(invocation, "run"),
        .watermark = option(invocation, "watermark"),
    };
    TRY(read_limits(invocation, &fit));
    TRY(option_f64(invocation, "watermark-delta", 0, &fit.watermark_delta));
    TRY(option_u64(invocation, "seed", 1, &fit.seed));
    TRY(read_threads(invocation, &threads));
    fit.threads = threads;
    TRY(read_pairs(invocation, &fit.pairs));
    invocation->show = show_fit;
    return candor_fit(invocation->job, &fit, &invocation->report);
}

enum candor_status run_score(struct invocation *invocation)
{
    const char *out = option(invocation, "out");
    invocation->show = out == NULL ? NULL : show_generic;
    return candor_score(invocation->job, invocation->argument[0], invocation->argument[1], out,
                        &invocation->report);
}

/* A small number that a library option holds as unsigned; 0: not given. */
static enum candor_status read_small(struct invocation *invocation, const char *name, uint64_t most,
                                     unsigned *small)
{
    uint64_t number = 0;
    TRY(option_u64(invocation, name, 0, &number));
    if (option(invocation, name) != NULL && (number < 1 || number > most)) {
        return fail(invocation->job, CANDOR_BAD_INPUT, "--%s is 1 to %llu", name,
                    (unsigned long long)most);
    }
    *small = (unsigned)number;
    return CANDOR_OK;
}

enum candor_status run_explain(struct invocation *invocation)
{
    struct candor_explain question = {
        .model_path = invocation->argument[0],
        .data_path = invocation->argument[1],
        .class_name = option(invocation, "class"),
        .has_threshold = option(invocation, "threshold") != NULL,
        .fixed = option(invocation, "fixed"),
        .only_up = option(invocation, "only-up"),
        .only_down = option(invocation, "only-down"),
        .language = option(invocation, "lang"),
    };
    TRY(option_u64(invocation, "row", 0, &question.row));
    TRY(option_f64(invocation, "threshold", 0.5, &question.threshold));
    TRY(read_small(invocation, "changes", 6, &question.changes));
    TRY(read_small(invocation, "plans", 8, &question.plans));
    invocation->show = show_explain;
    return candor_explain(invocation->job, &question, &invocation->report);
}

enum candor_status run_rules(struct invocation *invocation)
{
    struct candor_rules question = {
        .model_path = invocation->argument[0],
        .data_path = invocation->argument[1],
    };
    TRY(read_small(invocation, "max", 200, &question.rules));
    TRY(read_small(invocation, "conditions", 6, &question.conditions));
    invocation->show = show_rules;
    return candor_rules(invocation->job, &question, &invocation->report);
}

enum candor_status run_card(struct invocation *invocation)
{
    invocation->show = show_generic;
    return candor_card(invocation->job, invocation->argument[0], option(invocation, "html"),
                       &invocation->report);
}

enum candor_status run_shapes(struct invocation *invocation)
{
    invocation->show = show_shapes;
    return candor_shapes(invocation->job, invocation->argument[0], option(invocation, "html"),
                         option(invocation, "svg"), &invocation->report);
}

enum candor_status run_compare(struct invocation *invocation)
{
    const struct candor_compare question = {
        .first_path = invocation->argument[0],
        .second_path = invocation->argument[1],
        .data_path = invocation->argument[2],
        .target = option(invocation, "target"),
        .html_path = option(invocation, "html"),
        .split_path = option(invocation, "split"),
    };
    invocation->show = show_compare;
    return candor_compare(invocation->job, &question, &invocation->report);
}

enum candor_status run_retrain(struct invocation *invocation)
{
    struct candor_retrain question = {
        .model_path = invocation->argument[0],
        .data_path = invocation->argument[1],
        .split_path = option(invocation, "split"),
        .out_path = option(invocation, "out"),
    };
    TRY(read_threads(invocation, &question.threads));
    invocation->show = show_retrain;
    return candor_retrain(invocation->job, &question, &invocation->report);
}

enum candor_status run_merge(struct invocation *invocation)
{
    struct candor_merge question = {
        .first_path = invocation->argument[0],
        .second_path = invocation->argument[1],
        .out_path = option(invocation, "out"),
        .run_path = option(invocation, "run"),
    };
    TRY(read_threads(invocation, &question.threads));
    invocation->show = show_fit;
    return candor_merge(invocation->job, &question, &invocation->report);
}

enum candor_status run_edit(struct invocation *invocation)
{
    const struct candor_edit edit = {
        .model_path = invocation->argument[0],
        .feature = option(invocation, "feature"),
        .class_name = option(invocation, "class"),
        .bin = option(invocation, "bin"),
        .from = option(invocation, "from"),
        .to = option(invocation, "to"),
        .set = option(invocation, "set"),
        .add = option(invocation, "add"),
        .cap = option(invocation, "cap"),
        .is_flat = is_set(invocation, "flatten"),
        .reason = option(invocation, "reason"),
        .out_path = option(invocation, "out"),
        .data_path = option(invocation, "data"),
        .target = option(invocation, "target"),
    };
    invocation->show = show_edit;
    return candor_edit(invocation->job, &edit, &invocation->report);
}

enum candor_status run_evasion(struct invocation *invocation)
{
    struct candor_evasion question = {
        .model_path = invocation->argument[0],
        .data_path = invocation->argument[1],
        .declared = option(invocation, "declared"),
        .seen_only = is_set(invocation, "seen-only"),
    };
    TRY(read_small(invocation, "changes", 6, &question.changes));
    TRY(option_f64(invocation, "threshold", 0.5, &question.threshold));
    TRY(option_f64(invocation, "limit", 0, &question.limit));
    invocation->show = show_evasion;
    return candor_evasion(invocation->job, &question, &invocation->report);
}

enum candor_status run_watermark(struct invocation *invocation)
{
    bool is_proven = false;
    const struct candor_watermark asked = {
        .model_path = invocation->argument[0],
        .key_path = option(invocation, "key"),
        .suspect_path = option(invocation, "suspect"),
        .data_path = option(invocation, "data"),
        .answers_path = option(invocation, "answers"),
    };
    invocation->show = show_generic;
    TRY(candor_watermark(invocation->job, &asked, &is_proven, &invocation->report));
    invocation->has_findings = !is_proven;
    return CANDOR_OK;
}

enum candor_status run_poison(struct invocation *invocation)
{
    bool is_alarm = false;
    struct candor_poison question = {
        .data_path = invocation->argument[0],
        .target = option(invocation, "target"),
        .positive = option(invocation, "positive"),
        .reference_path = option(invocation, "reference"),
        .source = option(invocation, "source"),
        .drop = option(invocation, "drop"),
        .types_path = option(invocation, "types"),
        .out_path = option(invocation, "out"),
        .quarantine_path = option(invocation, "quarantine"),
    };
    TRY(option_u64(invocation, "top", 0, &question.top));
    TRY(read_threads(invocation, &question.threads));
    TRY(read_size(invocation, "memory", &question.memory_max));
    invocation->show = show_poison;
    TRY(candor_poison(invocation->job, &question, &is_alarm, &invocation->report));
    invocation->has_findings = is_alarm;
    return CANDOR_OK;
}

enum candor_status run_drift(struct invocation *invocation)
{
    size_t drifted = 0;
    const struct candor_drift_tables question = {.reference_path = invocation->argument[0],
                                                 .current_path = invocation->argument[1],
                                                 .columns = option(invocation, "columns")};
    invocation->show = show_drift;
    TRY(question.columns != NULL
            ? candor_drift_tables(invocation->job, &question, &drifted, &invocation->report)
            : candor_drift(invocation->job, question.reference_path, question.current_path,
                           &drifted, &invocation->report));
    invocation->has_findings = drifted > 0;
    return CANDOR_OK;
}

enum candor_status run_export(struct invocation *invocation)
{
    const struct candor_export export = {
        .from_path = invocation->argument[0],
        .onnx_path = option(invocation, "onnx"),
        .c_path = option(invocation, "c"),
        .json_path = option(invocation, "to-json"),
        .model_path = option(invocation, "model"),
    };
    invocation->show = show_generic;
    return candor_export(invocation->job, &export, &invocation->report);
}

enum candor_status run_fairness(struct invocation *invocation)
{
    struct candor_fairness question = {
        .data_path = invocation->argument[0],
        .label = option(invocation, "label"),
        .score = option(invocation, "score"),
        .decision = option(invocation, "decision"),
        .groups = option(invocation, "group"),
        .intersect = is_set(invocation, "intersect"),
        .weight = option(invocation, "weight"),
        .reference = option(invocation, "reference"),
        .compat = option(invocation, "compat"),
        .numbers = is_set(invocation, "numbers"),
    };
    if (question.numbers && question.score == NULL) {
        return fail(invocation->job, CANDOR_BAD_INPUT, "--numbers needs --score COL");
    }
    if ((question.score == NULL) == (question.decision == NULL)) {
        return fail(invocation->job, CANDOR_BAD_INPUT,
                    "name the predictions: either --score COL or --decision COL");
    }
    TRY(option_f64(invocation, "threshold", 0.5, &question.threshold));
    TRY(option_f64(invocation, "limit", 0.1, &question.limit));
    TRY(option_f64(invocation, "ratio-limit", 0.8, &question.ratio_limit));
    TRY(option_u64(invocation, "seed", 1, &question.seed));
    TRY(option_u64(invocation, "top", 0, &question.top));
    invocation->show = show_fairness;
    return candor_fairness(invocation->job, &question, &invocation->report);
}

enum candor_status run_fairness_data(struct invocation *invocation)
{
    struct candor_before question = {
        .data_path = invocation->argument[0],
        .target = option(invocation, "target"),
        .positive = option(invocation, "positive"),
        .groups = option(invocation, "group"),
        .population = option(invocation, "population"),
    };
    TRY(option_u64(invocation, "seed", 1, &question.seed));
    TRY(option_u64(invocation, "pairs", 8, &question.pairs));
    if (question.pairs > 64) {
        return fail(invocation->job, CANDOR_BAD_INPUT, "--pairs: at most 64");
    }
    invocation->show = show_fairness_data;
    return candor_before(invocation->job, &question, &invocation->report);
}
