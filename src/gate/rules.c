/*
 * rules.c - rules of the company over a text, line by line.
 */
#include "rules.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <string.h>

#include "prose.h"

enum {
    STEPS_MAX = 20000, /* from one place */
    HEAP_KB = 4096,
    STACK_MAX = 512 << 10, /* of the machine code */
    LINES_A_LOOK = 32,     /* lines between two looks at the clock */
    PART_MS = 2000,        /* of one rule over one part */
    MATCHES_MAX = 20000,
};

struct user_matcher {
    pcre2_code *code;
    pcre2_code *except;   /* NULL: none */
    pcre2_code *required; /* NULL: none */
    pcre2_match_context *context;
    pcre2_match_data *data;
    pcre2_jit_stack *stack;
    int first; /* a byte without which nothing fits; -1: none is known */
};

static void matcher_end(void *thing)
{
    struct user_matcher *matcher = thing;
    pcre2_code_free(matcher->code);
    pcre2_code_free(matcher->except);
    pcre2_code_free(matcher->required);
    pcre2_match_data_free(matcher->data);
    pcre2_match_context_free(matcher->context);
    pcre2_jit_stack_free(matcher->stack);
}

static enum candor_status compile(struct job *job, struct str pattern, pcre2_code **code)
{
    int error = 0;
    PCRE2_SIZE at = 0;
    char why[256];
    if (pattern.len > RULE_PATTERN_MAX) {
        return fail(job, CANDOR_TOO_LARGE, "the pattern is longer than %d bytes", RULE_PATTERN_MAX);
    }
    *code = pcre2_compile((PCRE2_SPTR)pattern.ptr, pattern.len,
                          PCRE2_UTF | PCRE2_MATCH_INVALID_UTF | PCRE2_NEVER_BACKSLASH_C |
                              PCRE2_MULTILINE,
                          &error, &at, NULL);
    if (*code == NULL) {
        (void)pcre2_get_error_message(error, (PCRE2_UCHAR *)why,
                                      sizeof why); /* ours is said then */
        return fail(job, CANDOR_BAD_INPUT, "the pattern is none, at letter %zu: %s", (size_t)at + 1,
                    why);
    }
    (void)pcre2_jit_compile(*code, PCRE2_JIT_COMPLETE); /* without, it is only slower */
    return CANDOR_OK;
}

enum candor_status user_rule_prepare(struct job *job, struct user_rule *rule)
{
    uint32_t kind = 0;
    uint32_t unit = 0;
    struct user_matcher *matcher = NEW(job->arena, struct user_matcher);
    arena_defer(job->arena, matcher_end, matcher);
    TRY(compile(job, rule->pattern, &matcher->code));
    if (rule->except.len > 0) {
        TRY(during(job, compile(job, rule->except, &matcher->except), "except"));
    }
    if (rule->required.len > 0) {
        TRY(during(job, compile(job, rule->required, &matcher->required), "required"));
    }
    matcher->context = pcre2_match_context_create(NULL);
    matcher->data = pcre2_match_data_create(64, NULL);
    matcher->stack = pcre2_jit_stack_create(32 << 10, STACK_MAX, NULL);
    if (matcher->context == NULL || matcher->data == NULL || matcher->stack == NULL) {
        return fail(job, CANDOR_NO_MEMORY, "no memory for a pattern");
    }
    (void)pcre2_set_match_limit(matcher->context, STEPS_MAX); /* these cannot fail */
    (void)pcre2_set_depth_limit(matcher->context, STEPS_MAX);
    (void)pcre2_set_heap_limit(matcher->context, HEAP_KB);
    pcre2_jit_stack_assign(matcher->context, NULL, matcher->stack);
    matcher->first = -1;
    if (pcre2_pattern_info(matcher->code, PCRE2_INFO_LASTCODETYPE, &kind) == 0 && kind == 1 &&
        pcre2_pattern_info(matcher->code, PCRE2_INFO_LASTCODEUNIT, &unit) == 0 && unit < 0x80 &&
        !is_letter((char)unit)) {
        matcher->first = (int)unit; /* a letter may be meant in any case */
    }
    rule->matcher = matcher;
    return CANDOR_OK;
}

/* ---- what must hold beside ------------------------------------------------------------------ */

static bool passes_luhn(struct str text)
{
    unsigned sum = 0;
    unsigned count = 0;
    for (size_t i = text.len; i > 0; i--) {
        if (!is_digit(text.ptr[i - 1])) {
            continue;
        }
        unsigned figure = (unsigned)(text.ptr[i - 1] - '0') << (count % 2);
        sum += figure > 9 ? figure - 9 : figure;
        count++;
    }
    return count > 1 && sum % 10 == 0;
}

/* ISO 7064, with the first four letters at the end, as an IBAN has it. */
static bool passes_mod97(struct str text)
{
    char letter[64];
    size_t count = 0;
    unsigned rest = 0;
    for (size_t i = 0; i < text.len && count < sizeof letter; i++) {
        if (is_alnum(text.ptr[i])) {
            letter[count++] = lower_of(text.ptr[i]);
        }
    }
    for (size_t i = 0; i < count; i++) {
        const char one = letter[(i + 4) % count];
        rest = is_digit(one) ? (rest * 10 + (unsigned)(one - '0')) % 97
                             : (rest * 100 + (unsigned)(one - 'a' + 10)) % 97;
    }
    return count > 4 && rest == 1;
}

static bool passes_checks(const struct user_rule *rule, struct str found)
{
    return ((rule->checks & CHECK_LUHN) == 0 || passes_luhn(found)) &&
           ((rule->checks & CHECK_MOD97) == 0 || passes_mod97(found)) &&
           ((rule->checks & CHECK_ENTROPY) == 0 || entropy_of(found) >= rule->entropy);
}

static bool contains_small(struct str text, struct str small)
{
    for (size_t at = 0; at + small.len <= text.len; at++) {
        size_t same = 0;
        while (same < small.len && lower_of(text.ptr[at + same]) == small.ptr[same]) {
            same++;
        }
        if (same == small.len) {
            return true;
        }
    }
    return false;
}

static bool is_excepted(const struct user_rule *rule, struct str found)
{
    for (size_t i = 0; i < rule->except_word_count; i++) {
        if (contains_small(found, rule->except_word[i])) {
            return true;
        }
    }
    return false;
}

static bool is_asked_for(const struct user_rule *rule, struct str markets)
{
    bool is_asked = rule->market_count == 0;
    while (markets.len > 0 && !is_asked) {
        const struct str market = str_cut(&markets, ' ');
        for (size_t i = 0; i < rule->market_count; i++) {
            is_asked = is_asked || str_equal(rule->market[i], market);
        }
    }
    return is_asked;
}

static bool looks_at(const struct user_rule *rule, struct str path)
{
    bool looks = rule->ending_count == 0 || path.len == 0;
    for (size_t i = 0; i < rule->ending_count; i++) {
        looks = looks || str_ends(path, rule->ending[i]);
    }
    for (size_t i = 0; i < rule->except_path_count; i++) {
        looks = looks && !str_contains(path, rule->except_path[i]);
    }
    return looks;
}

/* ---- the pass ------------------------------------------------------------------------------- */

struct user_pass {
    struct scan *scan;
    const struct user_rule *rule;
    size_t matches;
    bool is_over; /* a limit was met */
};

static enum likelihood likelihood_of(const struct user_pass *pass, size_t start, size_t end)
{
    const struct user_rule *rule = pass->rule;
    if (rule->near == NEAR_NOTHING) {
        return LIKELY;
    }
    const bool is_near =
        has_word_before(pass->scan->text, start, rule->near_window, rule->near_words) ||
        has_word(pass->scan->text, end,
                 end + rule->near_window < pass->scan->text.len ? end + rule->near_window
                                                                : pass->scan->text.len,
                 rule->near_words);
    switch (rule->near) {
    case NEAR_REQUIRES:
        return is_near ? LIKELY : 0;
    case NEAR_RAISES:
        return is_near ? VERY_LIKELY : POSSIBLE;
    case NEAR_LOWERS:
        return is_near ? UNLIKELY : LIKELY;
    case NEAR_NOTHING:
        break;
    }
    return LIKELY;
}

static void take(struct user_pass *pass, size_t start, size_t end)
{
    struct scan *scan = pass->scan;
    const struct user_rule *rule = pass->rule;
    const struct str found = str_slice(scan->text, start, end);
    const enum likelihood likelihood = likelihood_of(pass, start, end);
    const size_t before = scan->findings->count;
    if (likelihood == 0 || !passes_checks(rule, found) || is_excepted(rule, found)) {
        return;
    }
    scan_add(scan, rule->id.ptr, rule->message.ptr, GATE_RULE, likelihood, start, end);
    if (scan->findings->count > before) {
        struct gate_finding *finding = &scan->findings->item[before];
        finding->fix = rule->fix.len > 0 ? rule->fix.ptr : NULL;
        finding->cwe = rule->cwe.len > 0 ? rule->cwe.ptr : NULL;
        finding->severity = rule->severity;
        finding->is_secret = rule->is_secret;
    }
}

/* false: a limit was met */
static bool excepts(const struct user_pass *pass, struct str piece, bool *is_none)
{
    const struct user_matcher *matcher = pass->rule->matcher;
    *is_none = false;
    if (matcher->except == NULL) {
        return true;
    }
    const int count = pcre2_match(matcher->except, (PCRE2_SPTR)piece.ptr, piece.len, 0, 0,
                                  matcher->data, matcher->context);
    *is_none = count >= 0;
    return count >= PCRE2_ERROR_NOMATCH;
}

static void look_at_piece(struct user_pass *pass, size_t from, size_t to, size_t taken)
{
    const struct user_matcher *matcher = pass->rule->matcher;
    const struct str piece = str_slice(pass->scan->text, from, to);
    bool is_none = false;
    size_t at = 0;
    while (at < piece.len && !pass->is_over) {
        const int count = pcre2_match(matcher->code, (PCRE2_SPTR)piece.ptr, piece.len, at, 0,
                                      matcher->data, matcher->context);
        if (count == PCRE2_ERROR_NOMATCH) {
            return;
        }
        if (count < 0 || ++pass->matches > MATCHES_MAX) {
            pass->is_over = true;
            return;
        }
        const PCRE2_SIZE *place = pcre2_get_ovector_pointer(matcher->data);
        const size_t start = place[0];
        const size_t end = place[1];
        /* \K may turn them round. */
        at = end > at ? end : at + 1;
        if (start < end && from + start >= taken) {
            if (!excepts(pass, piece, &is_none)) {
                pass->is_over = true;
            } else if (!is_none) {
                take(pass, from + start, from + end);
            }
        }
    }
}

static void look_at_line(struct user_pass *pass, size_t from, size_t to)
{
    size_t taken = from;
    while (from < to && !pass->is_over) {
        const size_t end = to - from > RULE_PIECE ? from + RULE_PIECE : to;
        look_at_piece(pass, from, end, taken);
        taken = end < to ? end - RULE_OVERLAP / 2 : to;
        from = end < to ? end - RULE_OVERLAP : to;
    }
}

static void run(struct user_pass *pass, uint64_t (*ticks)(void))
{
    const struct str text = pass->scan->text;
    const uint64_t begun = ticks == NULL ? 0 : ticks();
    size_t lines = 0;
    const int first = pass->rule->matcher->first;
    if (first >= 0 && memchr(text.ptr, first, text.len) == NULL) {
        return;
    }
    for (size_t at = 0; at < text.len && !pass->is_over; lines++) {
        const size_t end = at + str_find(str_slice(text, at, text.len), '\n');
        look_at_line(pass, at, end);
        at = end + 1;
        if (ticks != NULL && lines % LINES_A_LOOK == 0 &&
            ticks() - begun > PART_MS * UINT64_C(1000000)) {
            pass->is_over = true;
        }
    }
}

/* A line has what must be said; a piece of a long one at a time. */
static bool is_said(struct user_pass *pass)
{
    const struct str text = pass->scan->text;
    const struct user_matcher *matcher = pass->rule->matcher;
    for (size_t at = 0; at < text.len && !pass->is_over;) {
        const size_t line = at + str_find(str_slice(text, at, text.len), '\n');
        const size_t end = line - at > RULE_PIECE ? at + RULE_PIECE : line;
        const struct str piece = str_slice(text, at, end);
        const int count = pcre2_match(matcher->required, (PCRE2_SPTR)piece.ptr, piece.len, 0, 0,
                                      matcher->data, matcher->context);
        if (count >= 0) {
            return true;
        }
        pass->is_over = count != PCRE2_ERROR_NOMATCH;
        at = end < line ? end - RULE_OVERLAP : line + 1;
    }
    return false;
}

/* What is missing can be told of a whole text only. */
static void look(struct user_pass *pass, const struct user_rules *rules)
{
    const bool has_required = pass->rule->required.len > 0;
    if (!has_required || (pass->scan->asked->is_whole && !is_said(pass) && !pass->is_over)) {
        run(pass, rules->ticks);
    }
}

void rules_scan(struct scan *scan)
{
    static const struct remark too_slow = {
        RULE_TOO_SLOW, "a rule took too long and did not see all of the text",
        "write its pattern so that it does not try everything: no star within a star", GATE_RULE,
        VERY_LIKELY};
    const struct user_rules *rules = scan->asked->rules;
    if (rules == NULL || (scan->asked->kinds & GATE_RULE) == 0 || scan->depth > 0 ||
        scan->text.len == 0) {
        return;
    }
    for (size_t r = 0; r < rules->count; r++) {
        struct user_pass pass = {.scan = scan, .rule = &rules->rule[r]};
        if (!looks_at(pass.rule, scan->asked->path) ||
            !is_asked_for(pass.rule, scan->asked->markets)) {
            continue;
        }
        look(&pass, rules);
        const size_t before = scan->findings->count;
        if (pass.is_over) {
            prose_add(scan, &too_slow, 0, 0);
        }
        if (scan->findings->count > before) {
            scan->findings->item[before].about = str_copy(scan->findings->arena, pass.rule->id);
            scan->findings->item[before].severity = 3;
        }
    }
}
