/*
 * sql_agreed.c - whether what a condition lets through has agreed: consent = true AND ..., NOT EXISTS (... opt_outs ...).
 *
 * A condition is cut at OR, then at AND, brackets within brackets. All branches of an OR have to ask, one part of an AND is
 * enough. In a part the first word of consent or refusal counts, and whether it is turned around.
 */
#include "inside_sql.h"

enum { BRACKETS_MAX = 12 };

bool sql_says_yes(struct str name)
{
    static const char *const word[] = {
        "consent",    "opt_in",    "optin",       "opted_in",    "optedin",      "subscrib",
        "permission", "permit",    "accept",      "agree",       "einwillig",    "zustimm",
        "confirmed",  "can_email", "may_contact", "contactable", "gdpr",         "wants_",
        "allow_",     "allows_",   "allowed",     "granted",     "marketing_ok", "mailable"};
    return has_one_small(name, word, sizeof word / sizeof word[0]);
}

bool sql_says_no(struct str name)
{
    static const char *const word[] = {
        "opt_out",      "optout",     "opted_out",  "optedout",  "unsub",
        "suppress",     "do_not",     "donot",      "no_mail",   "no_email",
        "no_marketing", "blacklist",  "blocklist",  "denylist",  "revoked",
        "withdrawn",    "refused",    "objected",   "objection", "widerspr",
        "abgemeldet",   "abbestellt", "complained", "denied",    "robinson"};
    return has_one_small(name, word, sizeof word / sizeof word[0]) || sql_has_part(name, "dnc dnd");
}

/* ---- one part ------------------------------------------------------------------------------------------ */

static bool is_negative_value(const struct sql_scan *scan, uint32_t at)
{
    if (sql_is_word(scan, at, W_NULL) || sql_is_word(scan, at, W_FALSE)) {
        return true;
    }
    const struct str text = sql_content(scan, at);
    if (sql_at(scan, at)->kind == SQL_NUMBER) {
        return str_is(text, "0");
    }
    static const char *const no[] = {"no",  "n",     "f",    "false",  "0",
                                     "off", "never", "none", "pending"};
    for (size_t i = 0; i < sizeof no / sizeof no[0] && sql_at(scan, at)->kind == SQL_TEXT; i++) {
        if (same_small(text, no[i])) {
            return true;
        }
    }
    return sql_at(scan, at)->kind == SQL_TEXT && sql_says_no(text);
}

/* The first word of consent or refusal: 1 and -1; 0: there is none. */
static int word_of(struct sql_scan *scan, struct sql_range part, uint32_t *place)
{
    enum { WORDS_STEPS = 16 }; /* what looking for some dozens of words costs */
    for (uint32_t at = part.from; at < part.to && sql_spend(scan, WORDS_STEPS); at++) {
        const uint8_t kind = sql_at(scan, at)->kind;
        if (kind != SQL_WORD && kind != SQL_QUOTED && kind != SQL_TEXT) {
            continue;
        }
        *place = at;
        if (sql_says_no(sql_content(scan, at))) {
            return -1;
        }
        if (sql_says_yes(sql_content(scan, at))) {
            return 1;
        }
    }
    return 0;
}

static bool part_agrees(struct sql_scan *scan, struct sql_range part)
{
    uint32_t place = part.from;
    const int says = word_of(scan, part, &place);
    if (says == 0) {
        return false;
    }
    const uint16_t depth = sql_at(scan, part.from)->depth;
    bool is_turned = false;
    bool is_select = false;
    uint32_t last = place;
    for (uint32_t at = part.from; at < part.to && sql_spend(scan, 1); at++) {
        is_select = is_select || sql_is_word(scan, at, W_SELECT);
        const bool is_here = sql_at(scan, at)->depth == depth;
        is_turned ^= is_here && (sql_is_word(scan, at, W_NOT) || sql_is_sign(scan, at, "<>") ||
                                 sql_is_sign(scan, at, "!="));
        last = sql_is_sign(scan, at, ")") ? last : at;
    }
    /* Of a statement within, its own conditions do not turn it around. */
    const bool is_none = !is_select && last != place && is_negative_value(scan, last);
    return (says > 0) != (is_turned != is_none);
}

/* ---- conditions ------------------------------------------------------------------------------------------ */

/* The next word of its depth; BETWEEN 1 AND 2 is one part, and so is what stands between CASE and END. */
static uint32_t next_word(struct sql_scan *scan, struct sql_range range, enum sql_word word)
{
    const uint16_t depth = sql_at(scan, range.from)->depth;
    bool is_between = false;
    for (uint32_t at = range.from; at < range.to && sql_spend(scan, 1); at++) {
        if (sql_at(scan, at)->depth != depth) {
            continue;
        }
        if (sql_is_word(scan, at, W_BETWEEN)) {
            is_between = true;
        } else if (sql_is_word(scan, at, word)) {
            if (word != W_AND || !is_between) {
                return at;
            }
            is_between = false;
        }
    }
    return range.to;
}

static bool agrees(struct sql_scan *scan, struct sql_range range, uint32_t brackets);

static bool all_agree(struct sql_scan *scan, struct sql_range range, uint32_t brackets)
{
    while (range.from < range.to) {
        const uint32_t end = next_word(scan, range, W_OR);
        if (!agrees(scan, (struct sql_range){range.from, end}, brackets)) {
            return false;
        }
        range.from = end + 1;
    }
    return true;
}

static bool agrees(struct sql_scan *scan, struct sql_range range, uint32_t brackets)
{
    if (range.from >= range.to || brackets > BRACKETS_MAX) {
        return false;
    }
    if (next_word(scan, range, W_OR) < range.to) {
        return all_agree(scan, range, brackets);
    }
    while (range.from < range.to) {
        const uint32_t end = next_word(scan, range, W_AND);
        const struct sql_range part = {range.from, end};
        const bool is_bracket = sql_is_sign(scan, part.from, "(") && end > part.from + 2 &&
                                sql_close(scan, part.from) == end - 1 &&
                                !sql_is_word(scan, part.from + 1, W_SELECT);
        if (is_bracket ? agrees(scan, (struct sql_range){part.from + 1, end - 1}, brackets + 1)
                       : part_agrees(scan, part)) {
            return true;
        }
        range.from = end + 1;
    }
    return false;
}

bool sql_agrees(struct sql_scan *scan, struct sql_range condition)
{
    return agrees(scan, condition, 0);
}
