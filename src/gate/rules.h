/*
 * rules.h - the gate's door for rules that the company writes itself.
 *
 * A rule is a pattern of PCRE2 and what must hold beside it. It sees one line at a time, long ones in pieces, and
 * each look has a limit of steps, of memory and, over a part of a file, of time: a pattern that takes too long is
 * told as a finding of its own, and what it could not look at is not clean.
 */
#ifndef CANDOR_GATE_RULES_H
#define CANDOR_GATE_RULES_H

#include "gate.h"

enum {
    RULES_MAX = 2000,
    RULE_PATTERN_MAX = 4096,
    RULE_PIECE = 8192, /* bytes of a line that are looked at together */
    RULE_OVERLAP = 1024,
    RULE_WORDS_MAX = 1000,
};

enum rule_near { NEAR_NOTHING, NEAR_REQUIRES, NEAR_RAISES, NEAR_LOWERS };
enum rule_check { CHECK_LUHN = 1, CHECK_MOD97 = 2, CHECK_ENTROPY = 4 };

struct user_rule {
    struct str id; /* "shop.internal-host" */
    struct str message;
    struct str fix; /* may be empty */
    struct str cwe;
    struct str pattern;
    struct str except;        /* a pattern on the same line; may be empty */
    const struct str *ending; /* of the files that it looks at; none: all */
    size_t ending_count;
    struct str required;      /* told only where no line of the whole text has it; may be empty */
    const struct str *market; /* "DE": only where it is to be read there; none: everywhere */
    size_t market_count;
    const struct str *except_word; /* small; what contains one is none */
    size_t except_word_count;
    const struct str *except_path; /* what a path must not have in it */
    size_t except_path_count;
    enum rule_near near;
    const char *near_words; /* between blanks, as context.c wants them */
    size_t near_window;     /* bytes before */
    unsigned checks;        /* of enum rule_check */
    unsigned entropy;       /* hundredths of a bit */
    unsigned severity;      /* 1 low to 4 critical */
    bool is_secret;         /* what is found is starred */
    struct user_matcher *matcher;
};

struct user_rules {
    struct user_rule *rule;
    size_t count;
    uint64_t (*ticks)(void); /* nanoseconds; NULL: no limit of time */
};

/* Make the patterns ready; they end with the arena. CANDOR_BAD_INPUT: a pattern is none, with the place. */
CANDOR_MUST_USE enum candor_status user_rule_prepare(struct job *job, struct user_rule *rule);

#define RULE_TOO_SLOW "cdr.rule.too-slow"

#endif
