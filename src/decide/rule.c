/*
 * rule.c - asking audience rules, and putting them into words. Reading them is rule_read.c.
 *
 * A rule is a tree of nodes: all, any and not over tests of one field or feature. Evaluation has
 * three values. A test of a missing value is unknown, and unknown spreads as in Kleene's logic:
 *
 *     all   no if any part is no, else unknown if any is unknown, else yes
 *     any   yes if any part is yes, else unknown if any is unknown, else no
 *     not   unknown stays unknown
 *
 * Only yes holds. So nobody gets into an audience because we know nothing about them, neither by a
 * comparison nor by the negation of one; is_missing is the one test that always knows.
 */
#include "rule.h"

/* ---- evaluation ---------------------------------------------------------------------------- */

enum truth { NO, UNKNOWN, YES };

/* Below, equal, above: -1, 0, 1. Of texts only equality is asked. */
static int compare(const struct cell *left, const struct cell *right)
{
    if (left->kind == CELL_TIME) {
        return (left->time > right->time) - (left->time < right->time);
    }
    return (left->number > right->number) - (left->number < right->number);
}

static bool is_one_of(const struct node *node, const struct cell *cell)
{
    for (size_t i = 0; i < node->value_count; i++) {
        if (cell_equal(cell, &node->value[i])) {
            return true;
        }
    }
    return false;
}

static bool passes(const struct node *node, const struct cell *cell)
{
    switch (node->test) {
    case TEST_AT_LEAST:
        return compare(cell, node->value) >= 0;
    case TEST_AT_MOST:
        return compare(cell, node->value) <= 0;
    case TEST_ABOVE:
        return compare(cell, node->value) > 0;
    case TEST_BELOW:
        return compare(cell, node->value) < 0;
    case TEST_EQUALS:
    case TEST_ONE_OF:
        return is_one_of(node, cell);
    case TEST_IS_MISSING:
        return (cell->kind == CELL_MISSING) == (node->value->number != 0);
    case TEST_COUNT:
        break;
    }
    base_broken("a test is one of those known", __FILE__, __LINE__);
}

static enum truth test_truth(const struct node *node, const struct cell *field_cell,
                             const struct cell *feature_cell)
{
    const struct cell *cells = node->is_feature ? feature_cell : field_cell;
    must(cells != NULL);
    const struct cell *cell = &cells[node->index];
    if (node->test != TEST_IS_MISSING) {
        /* A value of another kind than the rule was written for is as good as none. */
        if (cell->kind == CELL_MISSING || cell->kind != node->value->kind) {
            return UNKNOWN;
        }
    }
    return passes(node, cell) ? YES : NO;
}

static enum truth node_truth(const struct node *node, const struct cell *field_cell,
                             const struct cell *feature_cell)
{
    if (node->kind == NODE_TEST) {
        return test_truth(node, field_cell, feature_cell);
    }
    if (node->kind == NODE_NOT) {
        return (enum truth)(YES - node_truth(node->part[0], field_cell, feature_cell));
    }
    /* With no < unknown < yes, all is the least of its parts and any the greatest. */
    enum truth truth = node->kind == NODE_ALL ? YES : NO;
    for (size_t i = 0; i < node->part_count; i++) {
        const enum truth part = node_truth(node->part[i], field_cell, feature_cell);
        const bool decides = node->kind == NODE_ALL ? part < truth : part > truth;
        truth = decides ? part : truth;
    }
    return truth;
}

bool rule_holds(const struct rule *rule, const struct cell *field_cell,
                const struct cell *feature_cell)
{
    return rule == NULL || node_truth(rule->root, field_cell, feature_cell) == YES;
}

struct rule_needs rule_needs(const struct rule *rule)
{
    const struct rule_needs nothing = {0};
    return rule == NULL ? nothing : rule->needs;
}

/* ---- in words ------------------------------------------------------------------------------ */

static void put_value(struct buf *buf, const struct node *node, size_t at)
{
    const struct cell *cell = &node->value[at];
    const struct field as_field = {.type = node->type};
    buf_str(buf, cell_text(buf->arena, &as_field, cell));
}

static void put_test(struct buf *buf, const struct inventory *inventory, const struct node *node)
{
    static const char *const word[TEST_COUNT] = {"at least", "at most", "above", "below",
                                                 "is",       "is",      ""};
    buf_str(buf, node->is_feature ? inventory->feature[node->index].label
                                  : inventory->field[node->index].label);
    if (node->test == TEST_IS_MISSING) {
        buf_format(buf, " is %s", node->value->number != 0 ? "missing" : "known");
        return;
    }
    buf_format(buf, " %s ", word[node->test]);
    for (size_t i = 0; i < node->value_count; i++) {
        buf_format(buf, "%s", i == 0 ? "" : i + 1 == node->value_count ? " or " : ", ");
        put_value(buf, node, i);
    }
}

static void put_node(struct buf *buf, const struct inventory *inventory, const struct node *node,
                     bool is_inside)
{
    if (node->kind == NODE_TEST) {
        put_test(buf, inventory, node);
        return;
    }
    const bool is_bracketed = node->kind == NODE_NOT || (is_inside && node->part_count > 1);
    buf_format(buf, "%s%s", node->kind == NODE_NOT ? "not " : "", is_bracketed ? "(" : "");
    for (size_t i = 0; i < node->part_count; i++) {
        buf_format(buf, "%s", i == 0 ? "" : node->kind == NODE_ANY ? " or " : " and ");
        put_node(buf, inventory, node->part[i], node->kind != NODE_NOT && node->part_count > 1);
    }
    buf_format(buf, "%s", is_bracketed ? ")" : "");
}

struct str rule_text(struct arena *arena, const struct inventory *inventory,
                     const struct rule *rule)
{
    struct buf buf = buf_begin(arena);
    if (rule == NULL) {
        return STR("everyone");
    }
    put_node(&buf, inventory, rule->root, false);
    return buf_text(&buf);
}
