/*
 * rule.h - inside the decide room only: what a rule is made of. rule_read.c makes it, rule.c asks
 * it and puts it into words.
 */
#ifndef CANDOR_DECIDE_RULE_H
#define CANDOR_DECIDE_RULE_H

#include "decide.h"

enum node_kind { NODE_ALL, NODE_ANY, NODE_NOT, NODE_TEST };

enum test {
    TEST_AT_LEAST,
    TEST_AT_MOST,
    TEST_ABOVE,
    TEST_BELOW,
    TEST_EQUALS,
    TEST_ONE_OF,
    TEST_IS_MISSING,
    TEST_COUNT,
};

struct node {
    enum node_kind kind;
    const struct node **part; /* of all, any, not */
    size_t part_count;
    bool is_feature;      /* of a test */
    size_t index;         /* field or feature */
    enum field_type type; /* as what it is compared */
    enum test test;
    struct cell *value; /* what is compared with; of is_missing: a number, 0 or 1 */
    size_t value_count;
};

struct rule {
    const struct node *root;
    struct rule_needs needs;
};

#endif
