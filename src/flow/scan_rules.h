/*
 * scan_rules.h - a rule of the company as it is read: for scan_rule.c and scan_rules.c.
 */
#ifndef CANDOR_SCAN_RULES_H
#define CANDOR_SCAN_RULES_H

#include "rules.h"
#include "scanned.h"

struct rule_test {
    struct str text;
    bool is_bad;
};

struct tested_rule {
    struct str file;
    struct rule_test *test;
    size_t test_count;
};

/* scan_rule.c: one rule, ready for use; its tests are not tried yet. CANDOR_BAD_INPUT: which field, and why. */
CANDOR_MUST_USE enum candor_status scan_rule_read(struct job *job, const struct value *map,
                                                  struct user_rule *rule,
                                                  struct tested_rule *tested);

#endif
