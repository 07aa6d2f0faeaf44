/*
 * to_onnx.c - a model as a graph that ONNX Runtime computes without Candor.
 *
 *     number   GreaterOrEqual(x, cuts) -> Cast -> ReduceSum       how many cuts are not above x: its bin,
 *                                                                 since the first is -infinity; NaN: 0
 *     levels   LabelEncoder                                       "" is bin 0, what is not known the last
 *     term     Gather(table, bin)                                 [rows, 1], or [rows, 1, classes]
 *     pair     Gather(table, Gather(axis, bin) + Gather(axis, bin))
 *     link     base + term + term + ...                           one Add each, in the order of the model
 *     score    1 / (1 + exp(-link)), exp(link), softmax or the link itself
 *
 * All numbers are doubles and are added in the model's order, so link values and contributions are the
 * model's own, bit for bit; scores differ by the rounding of exp alone. With floats a value beside a cut
 * could fall on its other side.
 */
#include "model.h"

#include <math.h>

#include "onnx.h"
#include "text.h"

struct making {
    struct arena *arena;
    const struct model *model;
    struct onnx onnx;
    struct str *bin;  /* names of the bins of the features */
    struct str *term; /* names of the values of the terms */
};

/* ---- names ---- */

static bool is_taken(const struct model *model, struct str start)
{
    for (size_t i = 0; i < model->feature_count; i++) {
        if (str_starts(model->feature[i].name, start)) {
            return true;
        }
    }
    return false;
}

static bool is_feature(const struct model *model, struct str name)
{
    for (size_t i = 0; i < model->feature_count; i++) {
        if (str_equal(model->feature[i].name, name)) {
            return true;
        }
    }
    return false;
}

/* With as many '_' behind it as no feature has. */
static struct str output_name(const struct making *making, const char *wanted)
{
    struct str name = str_of(wanted);
    while (is_feature(making->model, name)) {
        name = str_format(making->arena, "%.*s_", STR_ARG(name));
    }
    return name;
}

static const char *inner_prefix(struct arena *arena, const struct model *model)
{
    struct str prefix = STR("candor");
    while (is_taken(model, prefix)) {
        prefix = str_format(arena, "%.*s_", STR_ARG(prefix));
    }
    return str_z(arena, prefix);
}

static struct str inner(const struct making *making, const char *what, size_t index)
{
    return str_format(making->arena, "%s/%s/%zu", making->onnx.prefix, what, index);
}

/* ---- nodes ---- */

static struct str node_1(struct making *making, const char *operator, struct str input,
                         struct str output)
{
    struct onnx_node node = onnx_node_begin(&making->onnx, operator, & input, 1, output);
    onnx_node_end(&node, "");
    return output;
}

static struct str node_2(struct making *making, const char *operator, struct str left,
                         struct str right, struct str output)
{
    const struct str input[2] = {left, right};
    struct onnx_node node = onnx_node_begin(&making->onnx, operator, input, 2, output);
    onnx_node_end(&node, "");
    return output;
}

/* ---- bins ---- */

/* A feature without values has one cut that nothing reaches. */
static void put_cuts(struct making *making, const struct model_feature *feature, struct str name)
{
    static const double none = (double)NAN;
    const double *cut = feature->value_count == 0 ? &none : feature->cut;
    const size_t count = feature->value_count == 0 ? 1 : feature->value_count;
    const int64_t dimension[2] = {1, (int64_t)count};
    onnx_doubles(&making->onnx, name, dimension, 2, cut, count);
}

static struct str bin_of_number(struct making *making, size_t index)
{
    const struct model_feature *feature = &making->model->feature[index];
    const struct str cuts = inner(making, "cuts", index);
    const struct str axis = inner(making, "axis", 1);
    put_cuts(making, feature, cuts);
    const struct str reached =
        node_2(making, "GreaterOrEqual", feature->name, cuts, inner(making, "reached", index));
    const struct str counted = inner(making, "counted", index);
    struct onnx_node cast = onnx_node_begin(&making->onnx, "Cast", &reached, 1, counted);
    onnx_attribute_integer(&cast, "to", ONNX_INT64);
    onnx_node_end(&cast, "");

    const struct str bin = inner(making, "bin", index);
    const struct str input[2] = {counted, axis};
    struct onnx_node sum = onnx_node_begin(&making->onnx, "ReduceSum", input, 2, bin);
    onnx_attribute_integer(&sum, "keepdims", 1);
    onnx_node_end(&sum, "");
    return bin;
}

static struct str bin_of_level(struct making *making, size_t index)
{
    const struct model_feature *feature = &making->model->feature[index];
    const size_t count = feature->value_count;
    struct str key[BINS_MAX];
    int64_t bin_of_key[BINS_MAX];
    key[0] = STR("");
    bin_of_key[0] = BIN_MISSING;
    for (size_t v = 0; v < count; v++) {
        key[v + 1] = feature->level[v];
        bin_of_key[v + 1] = (int64_t)(feature->rank == NULL ? v : feature->rank[v]) + 1;
    }
    const struct str bin = inner(making, "bin", index);
    struct onnx_node node = onnx_node_begin(&making->onnx, "LabelEncoder", &feature->name, 1, bin);
    onnx_attribute_texts(&node, "keys_strings", key, count + 1);
    onnx_attribute_integers(&node, "values_int64s", bin_of_key, count + 1);
    onnx_attribute_integer(&node, "default_int64", (int64_t)feature->bin_count - 1);
    onnx_node_end(&node, "ai.onnx.ml");
    return bin;
}

/* ---- terms ---- */

/* The table of a term: a row of classes for each cell. */
static struct str put_table(struct making *making, size_t t)
{
    const struct model *model = making->model;
    const struct term *term = &model->term[t];
    const size_t classes = model->class_count;
    double *value = NEW_ARRAY(making->arena, size_mul(term->cell_count, classes), double);
    for (size_t i = 0; i < term->cell_count; i++) {
        for (size_t class = 0; class < classes; class ++) {
            value[i * classes + class] = term->value[class * term->cell_count + i];
        }
    }
    const struct str name = inner(making, "table", t);
    const int64_t dimension[2] = {(int64_t)term->cell_count, (int64_t)classes};
    onnx_doubles(&making->onnx, name, dimension, model->task == TASK_CLASSES ? 2 : 1, value,
                 term->cell_count * classes);
    return name;
}

/* The part of a pair's cell that one side decides. */
static struct str side_of_cell(struct making *making, size_t t, size_t side)
{
    const struct term *term = &making->model->term[t];
    const size_t bins = making->model->feature[term->feature[side]].bin_count;
    int64_t place[BINS_MAX];
    for (size_t bin = 0; bin < bins; bin++) {
        place[bin] = term->axis[side][bin] * (side == 0 ? (int64_t)term->axis_count[1] : 1);
    }
    const struct str name = inner(making, side == 0 ? "left" : "right", t);
    const int64_t dimension = (int64_t)bins;
    onnx_integers(&making->onnx, name, &dimension, 1, place, bins);
    return node_2(making, "Gather", name, making->bin[term->feature[side]],
                  inner(making, side == 0 ? "row" : "column", t));
}

static struct str put_term(struct making *making, size_t t)
{
    const struct term *term = &making->model->term[t];
    const struct str table = put_table(making, t);
    struct str cell = making->bin[term->feature[0]];
    if (term->feature_count == 2) {
        const struct str row = side_of_cell(making, t, 0);
        const struct str column = side_of_cell(making, t, 1);
        cell = node_2(making, "Add", row, column, inner(making, "cell", t));
    }
    return node_2(making, "Gather", table, cell, inner(making, "term", t));
}

/* ---- what comes out ---- */

static void put_contributions(struct making *making)
{
    const struct model *model = making->model;
    const struct str name = output_name(making, "contributions");
    const int64_t dimension[2] = {(int64_t)model->term_count, (int64_t)model->class_count};
    struct onnx_node node =
        onnx_node_begin(&making->onnx, "Concat", making->term, model->term_count, name);
    onnx_attribute_integer(&node, "axis", 1);
    onnx_node_end(&node, "");
    onnx_output(&making->onnx, name, ONNX_DOUBLE, dimension, model->task == TASK_CLASSES ? 2 : 1);
}

/* The sum, one summand after the other: rows x 1, or rows x classes. */
static struct str put_link(struct making *making)
{
    const struct model *model = making->model;
    const int64_t classes = (int64_t)model->class_count;
    const struct str name = output_name(making, "link");
    const bool has_classes = model->task == TASK_CLASSES;
    struct str sum = inner(making, "base", 0);
    onnx_doubles(&making->onnx, sum, &classes, 1, model->class_base, model->class_count);
    for (size_t t = 0; t < model->term_count; t++) {
        const bool is_last = t + 1 == model->term_count && !has_classes;
        sum = node_2(making, "Add", sum, making->term[t], is_last ? name : inner(making, "sum", t));
    }
    if (has_classes) {
        const struct str shape = inner(making, "shape", 0);
        const int64_t two = 2;
        onnx_integers(&making->onnx, shape, &two, 1, (const int64_t[]){-1, classes}, 2);
        sum = node_2(making, "Reshape", sum, shape, name);
    }
    onnx_output(&making->onnx, sum, ONNX_DOUBLE, &classes, 1);
    return sum;
}

static struct str put_chance(struct making *making, struct str link, struct str name)
{
    const int64_t dimension = 1;
    const double unit = 1;
    const struct str one = inner(making, "one", 1);
    onnx_doubles(&making->onnx, one, &dimension, 1, &unit, 1);
    const struct str less = node_1(making, "Neg", link, inner(making, "score", 1));
    const struct str odds = node_1(making, "Exp", less, inner(making, "score", 2));
    const struct str more = node_2(making, "Add", one, odds, inner(making, "score", 3));
    return node_2(making, "Div", one, more, name);
}

/* The most likely class by name; the first of several. */
static void put_class(struct making *making, struct str link)
{
    const int64_t one = 1;
    const struct str names = inner(making, "classes", 0);
    const struct str index = inner(making, "most", 0);
    const struct str name = output_name(making, "class");
    onnx_texts(&making->onnx, names, making->model->class_name, making->model->class_count);
    struct onnx_node most = onnx_node_begin(&making->onnx, "ArgMax", &link, 1, index);
    onnx_attribute_integer(&most, "axis", 1);
    onnx_attribute_integer(&most, "keepdims", 1);
    onnx_node_end(&most, "");
    (void)node_2(making, "Gather", names, index, name);
    onnx_output(&making->onnx, name, ONNX_STRING, &one, 1);
}

static void put_score(struct making *making, struct str link)
{
    const struct model *model = making->model;
    const int64_t classes = (int64_t)model->class_count;
    const struct str name = output_name(making, "score");
    switch (model->task) {
    case TASK_BINARY:
        (void)put_chance(making, link, name);
        break;
    case TASK_REGRESSION:
        (void)node_1(making, "Identity", link, name);
        break;
    case TASK_COUNT:
    case TASK_AMOUNT:
        (void)node_1(making, "Exp", link, name);
        break;
    case TASK_CLASSES: {
        struct onnx_node node = onnx_node_begin(&making->onnx, "Softmax", &link, 1, name);
        onnx_attribute_integer(&node, "axis", 1);
        onnx_node_end(&node, "");
        put_class(making, link);
        break;
    }
    }
    onnx_output(&making->onnx, name, ONNX_DOUBLE, &classes, 1);
}

/* For people and programs that find the file: what it predicts and what its parts are called. */
static void put_metadata(struct making *making)
{
    const struct model *model = making->model;
    struct buf text = buf_begin(making->arena);
    struct json json;
    json_begin(&json, &text, false);
    json_list_begin(&json);
    for (size_t t = 0; t < model->term_count; t++) {
        json_text(&json, model->term[t].name);
    }
    json_list_end(&json);
    json_end(&json);
    onnx_metadata(&making->onnx, "task", str_of(task_name(model->task)));
    onnx_metadata(&making->onnx, "target", model->target);
    onnx_metadata(&making->onnx, "positive", model->positive);
    onnx_metadata(&making->onnx, "terms", buf_text(&text));

    text = buf_begin(making->arena);
    json_begin(&json, &text, false);
    json_list_begin(&json);
    for (size_t c = 0; c < model->class_count && model->task == TASK_CLASSES; c++) {
        json_text(&json, model->class_name[c]);
    }
    json_list_end(&json);
    json_end(&json);
    onnx_metadata(&making->onnx, "classes", buf_text(&text));
}

static enum candor_status check_levels(struct job *job, const struct model *model)
{
    for (size_t i = 0; i < model->feature_count; i++) {
        const struct model_feature *feature = &model->feature[i];
        for (size_t v = 0; v < feature->value_count && feature->level != NULL; v++) {
            if (feature->level[v].len == 0) {
                return fail(job, CANDOR_BAD_INPUT,
                            "a level of '%.*s' is the empty text, which ONNX cannot tell from "
                            "missing: give it a name and learn again",
                            STR_ARG(feature->name));
            }
        }
    }
    return CANDOR_OK;
}

static bool has_number(const struct model *model)
{
    for (size_t i = 0; i < model->feature_count; i++) {
        if (model->feature[i].kind == COLUMN_NUMBER) {
            return true;
        }
    }
    return false;
}

enum candor_status model_to_onnx(struct job *job, const struct model *model, struct buf *buf)
{
    struct arena *arena = job->arena;
    struct making making = {.arena = arena, .model = model};
    const int64_t one = 1;
    TRY(check_levels(job, model));
    making.onnx = onnx_begin(arena, inner_prefix(arena, model));
    making.bin = NEW_ARRAY(arena, model->feature_count, struct str);
    making.term = NEW_ARRAY(arena, model->term_count, struct str);
    if (has_number(model)) {
        onnx_integers(&making.onnx, inner(&making, "axis", 1), &one, 1, &one, 1);
    }
    for (size_t i = 0; i < model->feature_count; i++) {
        const bool is_number = model->feature[i].kind == COLUMN_NUMBER;
        onnx_input(&making.onnx, model->feature[i].name, is_number ? ONNX_DOUBLE : ONNX_STRING, 1);
        making.bin[i] = is_number ? bin_of_number(&making, i) : bin_of_level(&making, i);
    }
    for (size_t t = 0; t < model->term_count; t++) {
        making.term[t] = put_term(&making, t);
    }
    const struct str link = put_link(&making);
    put_score(&making, link);
    put_contributions(&making);
    put_metadata(&making);
    onnx_end(&making.onnx, model->target.len == 0 ? STR("model") : model->target, buf);
    return CANDOR_OK;
}
