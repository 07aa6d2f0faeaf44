/*
 * rules.c - if-then rules that summarise a model, and how well they do.
 *
 * The rules are the leaves of a small tree that was grown to what the model says (distil.c). So every
 * row falls under exactly one rule, in whatever order they are read. The conditions on a path that are
 * about the same feature become one: a range of neighbouring values, or a set of levels.
 *
 * Numbers that summarise can deceive: each rule carries its share of the rows and how often it is right,
 * and all together how far they agree with the model, beside what saying always the same would reach.
 */
#include <math.h>
#include <stdlib.h>

#include "distil.h"

struct ruling {
    const struct model *model;
    const struct rules_data *data;
    struct distil_data distil;
    double middle;  /* of the predictions: above it is high; not for chances */
    uint32_t *leaf; /* the rule of each row */
};

static bool chooses(const struct model *model)
{
    return model->task == TASK_BINARY || model->task == TASK_CLASSES;
}

/* ---- what the model says ---- */

/* What is decided of a row: yes or no, the class, or above the middle or not. */
static uint32_t decision_of(const struct ruling *ruling, const double *mean)
{
    const struct model *model = ruling->model;
    if (model->task == TASK_CLASSES) {
        size_t best = 0;
        for (size_t c = 1; c < model->class_count; c++) {
            best = mean[c] > mean[best] ? c : best;
        }
        return (uint32_t)best;
    }
    return model->task == TASK_BINARY ? mean[0] >= 0.5 : mean[0] > ruling->middle;
}

/* The same for what really happened; not for NaN. */
static uint32_t happened(const struct ruling *ruling, double label)
{
    return chooses(ruling->model) ? (uint32_t)label : label > ruling->middle;
}

/*
 * What a leaf should say. The chance alone is enough to agree with the model's decisions, the link alone
 * tells more apart where the decision is clear. Both together, the link at 0.3 of its own spread: with
 * ten rules on Adult, Bank and Telco they agree on .922, .947 and .926 of the rows and explain .75, .70
 * and .88 of the link; the chance alone .921, .951, .926 and .71, .48, .83; the link alone .921, .933,
 * .926 and .77, .75, .88.
 */
static const double link_share = 0.3;

static void scale_links(const struct rules_data *data, double scale, size_t stride, double *output)
{
    const double mean = mean_of(data->link, NULL, data->row_count);
    const double variance = variance_of(data->link, NULL, data->row_count);
    const double spread = variance > 0 ? sqrt(variance) : 1;
    for (size_t row = 0; row < data->row_count; row++) {
        output[row * stride] = scale * (data->link[row] - mean) / spread;
    }
}

static enum candor_status outputs_of(struct job *job, const struct ruling *ruling,
                                     struct distil_data *distil)
{
    const struct rules_data *data = ruling->data;
    double *output;
    if (ruling->model->task == TASK_CLASSES) {
        distil->output_count = ruling->model->class_count;
        distil->output = data->mean;
        return CANDOR_OK;
    }
    const bool is_chance = ruling->model->task == TASK_BINARY;
    const size_t count = is_chance ? 2 : 1;
    TRY_ALLOC(job, output, size_mul(data->row_count, count), double);
    scale_links(data, is_chance ? link_share : 1, count, output);
    for (size_t row = 0; row < data->row_count && is_chance; row++) {
        output[2 * row + 1] = data->mean[row];
    }
    distil->output_count = count;
    distil->output = output;
    return CANDOR_OK;
}

static enum candor_status listen_to_model(struct job *job, struct ruling *ruling)
{
    const struct model *model = ruling->model;
    const struct rules_data *data = ruling->data;
    uint32_t *decision;
    TRY_ALLOC(job, decision, data->row_count, uint32_t);
    ruling->middle = chooses(model) ? 0.5 : mean_of(data->mean, NULL, data->row_count);
    for (size_t row = 0; row < data->row_count; row++) {
        decision[row] = decision_of(ruling, data->mean + row * model->class_count);
    }
    ruling->distil = (struct distil_data){
        .model = model,
        .row_count = data->row_count,
        .bin = data->bin,
        .decision = decision,
        .decision_count = model->task == TASK_CLASSES ? model->class_count : 2,
    };
    return outputs_of(job, ruling, &ruling->distil);
}

/* ---- from leaves to rules ---- */

static struct rule_condition *condition_on(struct rule *rule, const struct model *model, size_t f)
{
    for (size_t c = 0; c < rule->condition_count; c++) {
        if (rule->condition[c].feature == f) {
            return &rule->condition[c];
        }
    }
    must(rule->condition_count < RULE_CONDITIONS_MAX);
    struct rule_condition *condition = &rule->condition[rule->condition_count++];
    *condition = (struct rule_condition){.feature = f};
    for (size_t b = 0; b < model->feature[f].bin_count; b++) {
        condition->holds[b] = true;
    }
    return condition;
}

/* The conditions on the way from the root to a leaf; what is decided first stands first. */
static void read_path(const struct distilled *tree, const struct model *model, size_t leaf,
                      struct rule *rule)
{
    if (leaf == 0) {
        return;
    }
    const struct distil_node *parent = &tree->node[tree->node[leaf].parent];
    read_path(tree, model, tree->node[leaf].parent, rule);
    struct rule_condition *condition = condition_on(rule, model, parent->feature);
    const bool is_left = parent->left == leaf;
    for (size_t b = 0; b < model->feature[parent->feature].bin_count; b++) {
        condition->holds[b] = condition->holds[b] && parent->goes_left[b] == is_left;
    }
}

/* The leaves that can be reached, as rules, and the rule of each row. */
static void read_leaves(struct ruling *ruling, const struct distilled *tree, size_t at,
                        struct rules *rules)
{
    const struct distil_node *node = &tree->node[at];
    if (node->left > 0) {
        read_leaves(ruling, tree, node->left, rules);
        read_leaves(ruling, tree, node->right, rules);
        return;
    }
    struct rule *rule = &rules->rule[rules->rule_count];
    *rule = (struct rule){.rows = node->row_count};
    read_path(tree, ruling->model, at, rule);
    for (size_t i = node->first; i < node->first + node->row_count; i++) {
        ruling->leaf[tree->order[i]] = (uint32_t)rules->rule_count;
    }
    rules->rule_count++;
}

/* ---- how good they are ---- */

struct tally {
    double *mean;       /* per output of the model */
    double link;        /* sum of the first class */
    uint64_t *votes;    /* per decision of the model */
    uint64_t *happened; /* per decision, of the rows whose label is known */
    double label;       /* sum */
    uint64_t labelled;
};

static struct tally *count_all(struct job *job, struct ruling *ruling, const struct rules *rules)
{
    const size_t classes = ruling->model->class_count;
    const size_t decisions = ruling->distil.decision_count;
    const struct rules_data *data = ruling->data;
    struct tally *tally = NEW_ARRAY(job->arena, rules->rule_count, struct tally);
    for (size_t r = 0; r < rules->rule_count; r++) {
        tally[r].mean = NEW_ARRAY(job->arena, classes, double);
        tally[r].votes = NEW_ARRAY(job->arena, decisions, uint64_t);
        tally[r].happened = NEW_ARRAY(job->arena, decisions, uint64_t);
    }
    for (size_t row = 0; row < data->row_count; row++) {
        struct tally *here = &tally[ruling->leaf[row]];
        for (size_t c = 0; c < classes; c++) {
            here->mean[c] += data->mean[row * classes + c];
        }
        here->link += data->link[row * classes];
        here->votes[ruling->distil.decision[row]]++;
        if (data->label != NULL && !isnan(data->label[row])) {
            here->happened[happened(ruling, data->label[row])]++;
            here->label += data->label[row];
            here->labelled++;
        }
    }
    return tally;
}

static uint32_t most_votes(const uint64_t *votes, size_t count)
{
    uint32_t best = 0;
    for (uint32_t c = 1; c < count; c++) {
        best = votes[c] > votes[best] ? c : best;
    }
    return best;
}

static double share_of(uint64_t part, uint64_t all)
{
    return all > 0 ? (double)part / (double)all : (double)NAN;
}

/* How often each outcome is the true one over all rows: by label, or by the model's decision. */
static struct rate base_rate(const struct rules *rules, const struct tally *tally, uint32_t outcome)
{
    struct rate rate = {0, 0};
    for (size_t r = 0; r < rules->rule_count; r++) {
        rate.hits += rules->by_label ? tally[r].happened[outcome] : tally[r].votes[outcome];
        rate.trials += rules->by_label ? tally[r].labelled : rules->rule[r].rows;
    }
    return rate;
}

static void judge(const struct ruling *ruling, const struct rules *rules, const struct tally *tally,
                  size_t r)
{
    struct rule *rule = &rules->rule[r];
    const struct tally *here = &tally[r];
    const bool has_classes = ruling->model->task == TASK_CLASSES;
    rule->support = (double)rule->rows / (double)ruling->data->row_count;
    rule->score = here->mean[has_classes ? rule->outcome : 0] / (double)rule->rows;
    const struct rate right = {rules->by_label ? here->happened[rule->outcome]
                                               : here->votes[rule->outcome],
                               rules->by_label ? here->labelled : rule->rows};
    const struct rate base = base_rate(rules, tally, rule->outcome);
    rule->precision = share_of(right.hits, right.trials);
    rule->precision_interval = wilson_interval(right, 0.95);
    rule->observed = here->labelled == 0 ? (double)NAN
                     : has_classes       ? rule->precision
                                         : here->label / (double)here->labelled;
    rule->lift = rule->precision / share_of(base.hits, base.trials);
}

/* 1 - squared error / variance, of the link values; of classes, of all chances together. */
static double explained(const struct ruling *ruling, const struct rules *rules,
                        const struct tally *tally)
{
    const struct rules_data *data = ruling->data;
    const size_t classes = ruling->model->class_count;
    double error = 0;
    double variance = 0;
    for (size_t c = 0; c < classes; c++) {
        double all = 0;
        for (size_t r = 0; r < rules->rule_count; r++) {
            all += classes > 1 ? tally[r].mean[c] : tally[r].link;
        }
        all /= (double)data->row_count;
        for (size_t row = 0; row < data->row_count; row++) {
            const size_t r = ruling->leaf[row];
            const double sum = classes > 1 ? tally[r].mean[c] : tally[r].link;
            const double value = classes > 1 ? data->mean[row * classes + c] : data->link[row];
            const double off = value - sum / (double)rules->rule[r].rows;
            error += off * off;
            variance += (value - all) * (value - all);
        }
    }
    return variance > 0 ? 1 - error / variance : (double)NAN;
}

static void compare_with_model(const struct ruling *ruling, const struct tally *tally,
                               struct rules *rules)
{
    uint64_t agree = 0;
    uint64_t right = 0;
    uint64_t labelled = 0;
    uint64_t most = 0;
    for (uint32_t c = 0; c < ruling->distil.decision_count; c++) {
        uint64_t votes = 0;
        for (size_t r = 0; r < rules->rule_count; r++) {
            votes += tally[r].votes[c];
        }
        most = votes > most ? votes : most;
    }
    for (size_t r = 0; r < rules->rule_count; r++) {
        agree += tally[r].votes[rules->rule[r].outcome];
        right += tally[r].happened[rules->rule[r].outcome];
        labelled += tally[r].labelled;
    }
    rules->fidelity = (struct rules_fidelity){
        .agreement = share_of(agree, ruling->data->row_count),
        .always_the_same = share_of(most, ruling->data->row_count),
        .r2 = explained(ruling, rules, tally),
        .accuracy = share_of(right, labelled),
    };
}

/* ---- order ---- */

/* Yes before no, classes in order; then what says most about most rows (weighted relative accuracy;
 * Lavrac et al. 2004); of equals the larger. */
static int by_weight(const void *left, const void *right)
{
    const struct rule *a = left;
    const struct rule *b = right;
    if (a->rank != b->rank) {
        return a->rank < b->rank ? -1 : 1;
    }
    if (a->weight != b->weight) {
        return a->weight > b->weight ? -1 : 1;
    }
    return (a->first_row > b->first_row) - (a->first_row < b->first_row);
}

static void put_in_order(const struct ruling *ruling, struct rules *rules)
{
    for (size_t r = 0; r < rules->rule_count; r++) {
        struct rule *rule = &rules->rule[r];
        const bool is_known = rule->lift > 0;
        const double base = is_known ? rule->precision / rule->lift : 0;
        rule->rank = ruling->model->task == TASK_CLASSES ? rule->outcome : 1 - rule->outcome;
        rule->weight = is_known ? rule->support * (rule->precision - base) : -1;
        if (!chooses(ruling->model)) {
            rule->weight = rule->support * fabs(rule->score - ruling->middle);
        }
        rule->first_row = r;
    }
    qsort(rules->rule, rules->rule_count, sizeof *rules->rule, by_weight);
}

static bool has_labels(const struct rules_data *data)
{
    for (size_t row = 0; data->label != NULL && row < data->row_count; row++) {
        if (!isnan(data->label[row])) {
            return true;
        }
    }
    return false;
}

/* A leaf of less than this says little of anything but chance. */
static size_t rows_least(size_t row_count)
{
    const size_t share = row_count / 500;
    return share > 10 ? share : 10;
}

static enum candor_status check(struct job *job, const struct rules_data *data,
                                const struct rules_options *options)
{
    if (options->rule_max < 1 || options->rule_max > RULES_MAX) {
        return fail(job, CANDOR_BAD_INPUT, "1 to %d rules can be asked for", RULES_MAX);
    }
    if (options->condition_max < 1 || options->condition_max > RULE_CONDITIONS_MAX) {
        return fail(job, CANDOR_BAD_INPUT, "a rule has 1 to %d conditions", RULE_CONDITIONS_MAX);
    }
    if (data->row_count == 0) {
        return fail(job, CANDOR_BAD_INPUT, "rules need rows to be read from, and there are none");
    }
    return CANDOR_OK;
}

/* The bins that some row is in: what no row has makes no difference to what a rule says. */
static void find_seen(struct job *job, const struct model *model, const struct rules_data *data,
                      struct rules *rules)
{
    const size_t features = model->feature_count;
    bool **seen = NEW_ARRAY(job->arena, features + 1, bool *);
    for (size_t f = 0; f < features; f++) {
        seen[f] = NEW_ARRAY(job->arena, model->feature[f].bin_count, bool);
    }
    for (size_t row = 0; row < data->row_count; row++) {
        for (size_t f = 0; f < features; f++) {
            seen[f][data->bin[row * features + f]] = true;
        }
    }
    rules->seen = (const bool *const *)seen;
}

enum candor_status rules_find(struct job *job, const struct model *model,
                              const struct rules_data *data, const struct rules_options *options,
                              struct rules *rules)
{
    struct ruling ruling = {.model = model, .data = data};
    struct distilled tree;
    TRY(check(job, data, options));
    *rules = (struct rules){.by_label = has_labels(data)};
    rules->rule = NEW_ARRAY(job->arena, options->rule_max, struct rule);
    TRY(listen_to_model(job, &ruling));
    const struct distil_limits limits = {options->rule_max, rows_least(data->row_count),
                                         options->condition_max};
    TRY(distil(job, &ruling.distil, &limits, &tree));
    TRY_ALLOC(job, ruling.leaf, data->row_count, uint32_t);
    read_leaves(&ruling, &tree, 0, rules);
    const struct tally *tally = count_all(job, &ruling, rules);
    for (size_t r = 0; r < rules->rule_count; r++) {
        rules->rule[r].outcome = most_votes(tally[r].votes, ruling.distil.decision_count);
        judge(&ruling, rules, tally, r);
    }
    compare_with_model(&ruling, tally, rules);
    find_seen(job, model, data, rules);
    rules->middle = ruling.middle;
    put_in_order(&ruling, rules);
    return CANDOR_OK;
}
