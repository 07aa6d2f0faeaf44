/*
 * scan_kind.c - what each kind of finding is called, how bad it is, and what to do about it.
 */
#include "scanned.h"

static const struct scan_kind kind[] = {
    {GATE_PII, "pii", "pii", "privacy", "CWE-359", "remove it, or put a token in its place"},
    {GATE_SECRET, "secrets", "secret", "security", "CWE-798",
     "revoke it, then keep the new one where only the program that needs it can read it"},
    {GATE_INJECTION, "injection", "injection", "security", "CWE-1427",
     "keep text from outside apart from instructions, and take the sentence out"},
    {GATE_CODE, "code", "code", "security", "", "see the rule"},
    {GATE_COPY, "copy", "copy", "marketing", "", "say it so that it can be shown to be true"},
    {GATE_ANOMALY, "anomaly", "anomaly", "security", "CWE-506",
     "ask what it is for, and write it openly"},
    {GATE_RULE, "rules", "rule", "company", "", "see the rule"},
    {GATE_ORIGIN, "origin", "origin", "licence", "", "ask whose it is"},
    {GATE_ORIGIN, "licence", "origin", "licence", "", "ask whose it is"},
};
enum { KINDS = sizeof kind / sizeof kind[0] };

const struct scan_kind *scan_kind_of(enum gate_kind of)
{
    size_t i = 0;
    while (i + 1 < KINDS && kind[i].kind != of) {
        i++;
    }
    return &kind[i];
}

bool scan_kinds_from(const char *only, unsigned *kinds)
{
    *kinds = 0;
    for (size_t i = 0; i < KINDS; i++) {
        /* Where a text comes from is told where it is asked, or what is allowed is known. */
        if (only == NULL ? kind[i].kind != GATE_ORIGIN && kind[i].kind != GATE_RULE
                         : strcmp(only, kind[i].option) == 0) {
            *kinds |= (unsigned)kind[i].kind;
        }
    }
    return *kinds != 0;
}

static bool is_one_of(const char *rule, const char *const *rules, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(rule, rules[i]) == 0) {
            return true;
        }
    }
    return false;
}

static enum severity_rank rank_of_personal(const char *rule)
{
    static const char *const grave[] = {"cdr.pii.card", "cdr.pii.iban", "cdr.pii.national-id",
                                        "cdr.pii.us-ssn"};
    static const char *const light[] = {
        "cdr.pii.ip-address", "cdr.pii.mac-address", "cdr.pii.device-id",
        "cdr.pii.person",     "cdr.pii.place",       "cdr.pii.organisation",
        "cdr.pii.date",       "cdr.pii.age",         "cdr.pii.website"};
    if (is_one_of(rule, grave, sizeof grave / sizeof grave[0])) {
        return RANK_HIGH;
    }
    return is_one_of(rule, light, sizeof light / sizeof light[0]) ? RANK_LOW : RANK_MEDIUM;
}

static enum severity_rank rank_of_copy(const struct gate_finding *finding)
{
    static const char *const light[] = {"cdr.copy.wording", "cdr.copy.hard-to-read",
                                        "cdr.copy.no-ai-disclosure", "cdr.copy.gendered"};
    static const char *const grave[] = {"cdr.copy.forbidden-claim", "cdr.copy.sensitive-targeting"};
    if (is_one_of(finding->rule, grave, sizeof grave / sizeof grave[0])) {
        return RANK_HIGH;
    }
    return is_one_of(finding->rule, light, sizeof light / sizeof light[0]) ? RANK_LOW : RANK_MEDIUM;
}

enum severity_rank scan_rank_of(const struct gate_finding *finding)
{
    if (finding->severity > 0) {
        return (enum severity_rank)(finding->severity - 1);
    }
    switch (finding->kind) {
    case GATE_SECRET:
        return finding->likelihood == VERY_LIKELY ? RANK_CRITICAL : RANK_HIGH;
    case GATE_INJECTION:
        return finding->likelihood == VERY_LIKELY ? RANK_HIGH : RANK_MEDIUM;
    case GATE_COPY:
        return rank_of_copy(finding);
    case GATE_ANOMALY:
        return finding->likelihood == VERY_LIKELY ? RANK_HIGH : RANK_MEDIUM;
    case GATE_ORIGIN:
        return finding->likelihood == VERY_LIKELY ? RANK_MEDIUM : RANK_LOW;
    case GATE_RULE:
        return RANK_MEDIUM;
    case GATE_CODE:
        return (enum severity_rank)finding->code->rank;
    case GATE_PII:
    case GATE_ALL:
        break;
    }
    return rank_of_personal(finding->rule);
}
