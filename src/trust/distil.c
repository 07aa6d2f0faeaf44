/*
 * distil.c - a small tree that says nearly what a model says.
 *
 * The tree is grown to what the model says of each row, not to the labels: best split first, by least
 * squares (Breiman et al. 1984; best-first order as in Shi 2007), larger than wanted. Then it is pruned
 * to the wanted number of leaves, and that is done exactly: of all prunings of the grown tree with so
 * many leaves the one that loses least, by dynamic programming over the nodes (Bohanec and Bratko 1994):
 *
 *     least(node, 1) = loss(node)
 *     least(node, n) = min over l of least(left, l) + least(right, n - l)
 *
 * A leaf loses a row whose decision is not the leaf's, and squared error of what it says.
 *
 * A split sends bins to the left that stand before a place in an order: the order of the values, with
 * what is missing before or behind them all; or, of levels without order, ascending by their mean, which
 * is the best of all divisions into two for one output (Fisher 1958).
 */
#include "distil.h"

#include <math.h>
#include <stdlib.h>

enum { GROW_TIMES = 8, GROW_MAX = 1024 };

static const double hair = 1e-9; /* of the root's loss: less is rounding */

/* One bin of a feature within a node. */
struct pile {
    uint8_t bin;
    uint32_t rows;
    const double *sum; /* one per output */
    double key;        /* what it is ordered by */
};

struct distilling {
    const struct distil_data *data;
    struct distilled *tree;
    const struct distil_limits *limits;
    double gain_least;
    size_t *start;    /* of each feature, among all bins */
    size_t bin_count; /* of all features */
    uint32_t *rows;   /* per bin: of the node that is looked at */
    double *sum;      /* per bin and output */
    double *total;    /* per output, of that node */
    double *running;  /* per output */
    uint32_t *spare;  /* as long as order */
    uint32_t *votes;  /* per decision */
};

/* ---- what a node holds ---- */

static void count_rows(struct distilling *d, const struct distil_node *node)
{
    const size_t features = d->data->model->feature_count;
    const size_t outputs = d->data->output_count;
    for (size_t b = 0; b < d->bin_count; b++) {
        d->rows[b] = 0;
    }
    for (size_t i = 0; i < d->bin_count * outputs; i++) {
        d->sum[i] = 0;
    }
    for (size_t i = node->first; i < node->first + node->row_count; i++) {
        const size_t row = d->tree->order[i];
        const uint8_t *bin = d->data->bin + row * features;
        const double *output = d->data->output + row * outputs;
        for (size_t f = 0; f < features; f++) {
            const size_t at = d->start[f] + bin[f];
            d->rows[at]++;
            for (size_t o = 0; o < outputs; o++) {
                d->sum[at * outputs + o] += output[o];
            }
        }
    }
}

/* Totals and the loss of the node as a leaf. */
static void weigh_node(struct distilling *d, struct distil_node *node)
{
    const size_t outputs = d->data->output_count;
    double squares = 0;
    for (size_t o = 0; o < outputs; o++) {
        d->total[o] = 0;
    }
    for (size_t c = 0; c < d->data->decision_count; c++) {
        d->votes[c] = 0;
    }
    for (size_t i = node->first; i < node->first + node->row_count; i++) {
        const size_t row = d->tree->order[i];
        d->votes[d->data->decision[row]]++;
        for (size_t o = 0; o < outputs; o++) {
            const double output = d->data->output[row * outputs + o];
            d->total[o] += output;
            squares += output * output;
        }
    }
    uint32_t most = 0;
    for (size_t c = 0; c < d->data->decision_count; c++) {
        most = d->votes[c] > most ? d->votes[c] : most;
    }
    for (size_t o = 0; o < outputs; o++) {
        squares -= d->total[o] * d->total[o] / (double)node->row_count;
    }
    node->loss = (double)(node->row_count - most) + squares;
}

/* ---- splits ---- */

static int by_key(const void *left, const void *right)
{
    const struct pile *a = left;
    const struct pile *b = right;
    if (a->key != b->key) {
        return a->key < b->key ? -1 : 1;
    }
    return (a->bin > b->bin) - (a->bin < b->bin);
}

/* What squared error loses when the piles before a place part from the others. */
static double gain_at(const struct distilling *d, size_t rows_left, size_t rows_all)
{
    double gain = 0;
    for (size_t o = 0; o < d->data->output_count; o++) {
        const double left = d->running[o];
        const double right = d->total[o] - left;
        gain += left * left / (double)rows_left + right * right / (double)(rows_all - rows_left) -
                d->total[o] * d->total[o] / (double)rows_all;
    }
    return gain;
}

/* The bins of the piles before the place go left. A bin without rows goes with the value before it
 * where there is an order, else with the larger side. */
static void send(const struct model_feature *feature, const struct pile *pile, size_t pile_count,
                 size_t place, struct distil_node *node)
{
    uint64_t left_rows = 0;
    uint64_t right_rows = 0;
    bool is_there[BINS_MAX] = {false};
    for (size_t p = 0; p < pile_count; p++) {
        node->goes_left[pile[p].bin] = p < place;
        is_there[pile[p].bin] = true;
        left_rows += p < place ? pile[p].rows : 0;
        right_rows += p < place ? 0 : pile[p].rows;
    }
    size_t first = feature->bin_count;
    for (size_t b = feature->value_count; b >= 1; b--) {
        first = is_there[b] ? b : first;
    }
    bool before = first < feature->bin_count && node->goes_left[first];
    for (size_t b = 1; b <= feature->value_count && feature->kind != COLUMN_CATEGORY; b++) {
        before = is_there[b] ? node->goes_left[b] : before;
        node->goes_left[b] = before;
        is_there[b] = true;
    }
    for (size_t b = 0; b < feature->bin_count; b++) {
        node->goes_left[b] = is_there[b] ? node->goes_left[b] : left_rows > right_rows;
    }
}

/* The best place to part piles in this order. */
static void part_piles(struct distilling *d, size_t f, const struct pile *pile, size_t pile_count,
                       struct distil_node *node)
{
    const size_t outputs = d->data->output_count;
    size_t rows = 0;
    for (size_t o = 0; o < outputs; o++) {
        d->running[o] = 0;
    }
    for (size_t p = 0; p + 1 < pile_count; p++) {
        rows += pile[p].rows;
        for (size_t o = 0; o < outputs; o++) {
            d->running[o] += pile[p].sum[o];
        }
        if (rows < d->limits->rows_least || node->row_count - rows < d->limits->rows_least) {
            continue;
        }
        const double gain = gain_at(d, rows, node->row_count);
        if (gain > node->gain && gain > d->gain_least) {
            node->gain = gain;
            node->feature = f;
            send(&d->data->model->feature[f], pile, pile_count, p + 1, node);
        }
    }
}

/* Bins without a place among ordered values: missing, and what was not seen. */
static bool floats(const struct model_feature *feature, size_t bin)
{
    return bin == BIN_MISSING || bin > feature->value_count;
}

/* The bins of a feature that rows of the node are in. */
static size_t find_piles(const struct distilling *d, size_t f, struct pile *pile)
{
    size_t count = 0;
    for (size_t b = 0; b < d->data->model->feature[f].bin_count; b++) {
        const size_t at = d->start[f] + b;
        if (d->rows[at] > 0) {
            const double *sum = d->sum + at * d->data->output_count;
            pile[count++] = (struct pile){(uint8_t)b, d->rows[at], sum, 0};
        }
    }
    return count;
}

/* Levels by their mean of one output; values as they are, what floats in front of them or behind. */
static double key_of(const struct model_feature *feature, const struct pile *pile, size_t turn)
{
    if (feature->kind == COLUMN_CATEGORY) {
        return pile->sum[turn] / (double)pile->rows;
    }
    if (floats(feature, pile->bin)) {
        return turn == 0 ? -1 : BINS_MAX;
    }
    return (double)pile->bin;
}

static void split_feature(struct distilling *d, size_t f, struct distil_node *node)
{
    const struct model_feature *feature = &d->data->model->feature[f];
    const size_t turns = feature->kind == COLUMN_CATEGORY ? d->data->output_count : 2;
    struct pile pile[BINS_MAX];
    const size_t count = find_piles(d, f, pile);
    for (size_t turn = 0; turn < turns; turn++) {
        for (size_t p = 0; p < count; p++) {
            pile[p].key = key_of(feature, &pile[p], turn);
        }
        qsort(pile, count, sizeof *pile, by_key);
        part_piles(d, f, pile, count, node);
    }
}

static bool may_use(const struct distilling *d, const struct distil_node *node, size_t f)
{
    bool may = node->used_count < d->limits->feature_max;
    for (size_t u = 0; u < node->used_count; u++) {
        may = may || node->used[u] == f;
    }
    return may;
}

static void find_split(struct distilling *d, struct distil_node *node)
{
    weigh_node(d, node);
    d->gain_least = fmax(d->gain_least, hair * node->loss);
    node->gain = 0;
    if (node->row_count < 2 * d->limits->rows_least) {
        return;
    }
    count_rows(d, node);
    for (size_t f = 0; f < d->data->model->feature_count; f++) {
        if (may_use(d, node, f)) {
            split_feature(d, f, node);
        }
    }
}

/* ---- growing ---- */

/* Rows that go left come first; both sides keep their order. */
static size_t divide_rows(struct distilling *d, const struct distil_node *node)
{
    uint32_t *order = d->tree->order + node->first;
    const size_t features = d->data->model->feature_count;
    size_t left = 0;
    size_t right = 0;
    for (size_t i = 0; i < node->row_count; i++) {
        const uint8_t bin = d->data->bin[order[i] * features + node->feature];
        if (node->goes_left[bin]) {
            order[left++] = order[i];
        } else {
            d->spare[right++] = order[i];
        }
    }
    bytes_copy(order + left, d->spare, right * sizeof *order);
    return left;
}

static void add_child(struct distilling *d, size_t parent, size_t first, size_t row_count)
{
    const struct distil_node *from = &d->tree->node[parent];
    struct distil_node *node = &d->tree->node[d->tree->node_count++];
    *node = (struct distil_node){.first = first, .row_count = row_count, .parent = parent};
    bool is_used = false;
    for (size_t u = 0; u < from->used_count; u++) {
        node->used[u] = from->used[u];
        is_used = is_used || from->used[u] == from->feature;
    }
    node->used_count = from->used_count;
    if (!is_used) {
        node->used[node->used_count++] = from->feature;
    }
    find_split(d, node);
}

/* The leaf whose split gains most; the first of equals. SIZE_MAX: none gains. */
static size_t best_leaf(const struct distilled *tree)
{
    size_t best = SIZE_MAX;
    for (size_t n = 0; n < tree->node_count; n++) {
        const struct distil_node *node = &tree->node[n];
        if (node->left == 0 && node->gain > 0 &&
            (best == SIZE_MAX || node->gain > tree->node[best].gain)) {
            best = n;
        }
    }
    return best;
}

static enum candor_status grow(struct job *job, struct distilling *d, size_t leaves)
{
    for (size_t leaf = 1; leaf < leaves; leaf++) {
        const size_t best = best_leaf(d->tree);
        if (best == SIZE_MAX) {
            break;
        }
        if (job->cancelled) {
            return fail(job, CANDOR_CANCELLED, "the search for rules was stopped");
        }
        struct distil_node *node = &d->tree->node[best];
        const size_t left = divide_rows(d, node);
        node->left = d->tree->node_count;
        node->right = node->left + 1;
        add_child(d, best, node->first, left);
        add_child(d, best, node->first + left, node->row_count - left);
    }
    return CANDOR_OK;
}

/* ---- pruning ---- */

/* least[node * width + n]: the least loss of a pruning of the node with n leaves, 1 .. width - 1. */
static void find_least(const struct distilled *tree, size_t width, double *least)
{
    for (size_t n = tree->node_count; n-- > 0;) { /* children come behind their parents */
        const struct distil_node *node = &tree->node[n];
        double *own = least + n * width;
        for (size_t k = 0; k < width; k++) {
            own[k] = k == 1 ? node->loss : (double)INFINITY;
        }
        for (size_t l = 1; l < width && node->left > 0; l++) {
            const double left = least[node->left * width + l];
            for (size_t r = 1; l + r < width && left < (double)INFINITY; r++) {
                own[l + r] = fmin(own[l + r], left + least[node->right * width + r]);
            }
        }
    }
}

/* Cut what the best pruning with n leaves does without. NOLINTNEXTLINE(misc-no-recursion) */
static void cut(struct distilled *tree, size_t at, size_t n, size_t width, const double *least)
{
    struct distil_node *node = &tree->node[at];
    const double wanted = least[at * width + n];
    for (size_t l = 1; l < n && node->left > 0; l++) {
        if (least[node->left * width + l] + least[node->right * width + n - l] == wanted) {
            cut(tree, node->left, l, width, least);
            cut(tree, node->right, n - l, width, least);
            return;
        }
    }
    node->left = 0;
    node->right = 0;
}

static enum candor_status prune(struct job *job, struct distilled *tree, size_t leaf_max)
{
    const size_t width = leaf_max + 1;
    double *least;
    TRY_ALLOC(job, least, size_mul(tree->node_count, width), double);
    find_least(tree, width, least);
    size_t best = 1;
    for (size_t n = 2; n < width; n++) {
        best = least[n] < least[best] - hair * least[1] ? n : best;
    }
    cut(tree, 0, best, width, least);
    return CANDOR_OK;
}

static enum candor_status begin(struct job *job, struct distilling *d, size_t leaves)
{
    const struct distil_data *data = d->data;
    const struct model *model = data->model;
    d->start = NEW_ARRAY(job->arena, model->feature_count + 1, size_t);
    for (size_t f = 0; f < model->feature_count; f++) {
        d->start[f] = d->bin_count;
        d->bin_count += model->feature[f].bin_count;
    }
    TRY_ALLOC(job, d->rows, d->bin_count, uint32_t);
    TRY_ALLOC(job, d->sum, size_mul(d->bin_count, data->output_count), double);
    TRY_ALLOC(job, d->spare, data->row_count + 1, uint32_t);
    TRY_ALLOC(job, d->tree->order, data->row_count + 1, uint32_t);
    TRY_ALLOC(job, d->tree->node, 2 * leaves, struct distil_node);
    d->total = NEW_ARRAY(job->arena, data->output_count, double);
    d->running = NEW_ARRAY(job->arena, data->output_count, double);
    d->votes = NEW_ARRAY(job->arena, data->decision_count, uint32_t);
    for (size_t row = 0; row < data->row_count; row++) {
        d->tree->order[row] = (uint32_t)row;
    }
    return CANDOR_OK;
}

enum candor_status distil(struct job *job, const struct distil_data *data,
                          const struct distil_limits *limits, struct distilled *tree)
{
    must(data->row_count > 0 && data->row_count <= UINT32_MAX);
    must(limits->leaf_max >= 1 && limits->rows_least >= 1);
    must(limits->feature_max <= RULE_CONDITIONS_MAX);
    struct distilling d = {.data = data, .tree = tree, .limits = limits};
    const size_t many = limits->leaf_max * GROW_TIMES;
    const size_t leaves = many < GROW_MAX ? many : GROW_MAX;
    *tree = (struct distilled){.node_count = 1};
    TRY(begin(job, &d, leaves));
    tree->node[0] = (struct distil_node){.row_count = data->row_count};
    find_split(&d, &tree->node[0]);
    TRY(grow(job, &d, leaves));
    return prune(job, tree, limits->leaf_max);
}
