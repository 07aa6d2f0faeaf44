/*
 * jurisdiction.c - spans of time, and the rows of `jurisdictions` in candor.yaml.
 *
 *   jurisdictions:
 *     - jurisdiction: eu
 *       right: access
 *       answer: 1 month              at once, N days, N business days, N months
 *       acknowledge: none
 *       extension: 2 months
 *       appeal: none
 *       pause: true                  waiting for proof or clarity stops the clock
 *       proof: match                 none, contact, match, strong
 *       mode: opt_in
 *       signals: [tcf, gpp]
 *       reask_days: 180
 *       source: GDPR Articles 12(3) and 15
 *       date: "2026-11-27"
 *
 * A row takes the place of the built-in one of the same jurisdiction and right. Nothing in it is
 * optional but what the law does not have: a forgotten clock would be an endless one.
 */
#include "rights.h"
#include "text.h"

/* ---- spans --------------------------------------------------------------------------------- */

static int64_t day_of(int64_t micros)
{
    return micros / MICROS_PER_DAY - (micros % MICROS_PER_DAY < 0 ? 1 : 0);
}

static bool is_holiday(const struct holidays *holidays, int64_t day)
{
    for (size_t i = 0; holidays != NULL && i < holidays->count; i++) {
        if (holidays->day[i] == day) {
            return true;
        }
    }
    return false;
}

/* 1970-01-01 was a Thursday. */
static bool is_business_day(const struct holidays *holidays, int64_t day)
{
    const int64_t weekday = ((day + 3) % 7 + 7) % 7; /* 0: Monday */
    return weekday < 5 && !is_holiday(holidays, day);
}

static int64_t add_business_days(int64_t from, unsigned count, const struct holidays *holidays)
{
    int64_t day = day_of(from);
    for (unsigned left = count; left > 0;) {
        day++;
        left -= is_business_day(holidays, day) ? 1 : 0;
    }
    return from + (day - day_of(from)) * MICROS_PER_DAY;
}

int64_t span_end(int64_t from, struct span span, const struct holidays *holidays)
{
    must(span.count <= SPAN_COUNT_MAX);
    switch (span.unit) {
    case SPAN_NONE:
        break;
    case SPAN_DAYS:
        return from + (int64_t)span.count * MICROS_PER_DAY;
    case SPAN_BUSINESS_DAYS:
        return add_business_days(from, span.count, holidays);
    case SPAN_MONTHS:
        return time_add_months(from, span.count);
    }
    base_broken("a clock that does not exist has no end", __FILE__, __LINE__);
}

static const char *const unit_name[] = {
    [SPAN_DAYS] = "day", [SPAN_BUSINESS_DAYS] = "business day", [SPAN_MONTHS] = "month"};

struct str span_text(struct arena *arena, struct span span)
{
    if (span.unit == SPAN_NONE) {
        return STR("none");
    }
    if (span.count == 0) {
        return STR("at once");
    }
    return str_format(arena, "%u %s%s", span.count, unit_name[span.unit],
                      span.count == 1 ? "" : "s");
}

bool span_read(struct str text, struct span *span)
{
    struct str rest = text;
    const struct str number = str_cut(&rest, ' ');
    uint64_t count = 0;
    if (str_is(text, "none") || str_is(text, "at once")) {
        *span = (struct span){0, str_is(text, "none") ? SPAN_NONE : SPAN_DAYS};
        return true;
    }
    if (rest.ptr == NULL || !str_to_uint64(number, &count) || count == 0 ||
        count > SPAN_COUNT_MAX) {
        return false;
    }
    for (unsigned unit = SPAN_DAYS; unit <= SPAN_MONTHS; unit++) {
        const struct str one = str_of(unit_name[unit]);
        const bool is_many = rest.len == one.len + 1 && rest.ptr[one.len] == 's';
        if (str_starts(rest, one) && (rest.len == one.len || is_many)) {
            *span = (struct span){(uint16_t)count, (enum span_unit)unit};
            return true;
        }
    }
    return false;
}

/* ---- words --------------------------------------------------------------------------------- */

static const char *const proof_word[PROOF_LEVELS] = {"none", "contact", "match", "strong"};
static const char *const mode_word[] = {"opt_in", "opt_out"};
static const char *const signal_word[SIGNAL_KINDS] = {"gpc", "gpp", "tcf", "usp", "unsubscribe"};

const char *proof_level_name(enum proof_level level)
{
    must((unsigned)level < PROOF_LEVELS);
    return proof_word[level];
}

bool proof_level_read(struct str text, enum proof_level *level)
{
    for (unsigned i = 0; i < PROOF_LEVELS; i++) {
        if (str_is(text, proof_word[i])) {
            *level = (enum proof_level)i;
            return true;
        }
    }
    return false;
}

const char *choice_mode_name(enum choice_mode mode)
{
    return mode_word[mode == MODE_OPT_OUT];
}

const char *signal_kind_name(unsigned bit)
{
    must(bit < SIGNAL_KINDS);
    return signal_word[bit];
}

bool right_read(struct str text, enum right *right)
{
    for (unsigned i = 0; i < RIGHTS; i++) {
        if (str_is(text, right_name((enum right)i))) {
            *right = (enum right)i;
            return true;
        }
    }
    return false;
}

/* ---- looking up ---------------------------------------------------------------------------- */

const struct clause *jurisdictions_find(const struct jurisdictions *jurisdictions,
                                        struct str jurisdiction, enum right right)
{
    for (size_t i = 0; i < jurisdictions->count; i++) {
        const struct clause *clause = &jurisdictions->clause[i];
        if (clause->right == right && str_equal(clause->jurisdiction, jurisdiction)) {
            return clause;
        }
    }
    return NULL;
}

enum proof_level jurisdictions_proof(struct str jurisdiction, enum right right)
{
    const struct jurisdictions built_in = jurisdictions_built_in();
    const struct clause *clause = jurisdictions_find(&built_in, jurisdiction, right);
    if (clause == NULL) {
        clause = jurisdictions_find(&built_in, STR("eu"), right);
    }
    return clause == NULL ? PROOF_NONE : clause->proof;
}

bool jurisdictions_know(const struct jurisdictions *jurisdictions, struct str jurisdiction)
{
    for (size_t i = 0; i < jurisdictions->count; i++) {
        if (str_equal(jurisdictions->clause[i].jurisdiction, jurisdiction)) {
            return true;
        }
    }
    return false;
}

bool jurisdictions_hear(const struct jurisdictions *jurisdictions, struct str place,
                        enum signal_kind signal)
{
    char lower[JURISDICTION_NAME_MAX];
    if (place.len > sizeof lower) {
        return false;
    }
    for (size_t i = 0; i < place.len; i++) {
        const char letter = place.ptr[i];
        lower[i] = (char)(letter >= 'A' && letter <= 'Z' ? letter - 'A' + 'a' : letter);
    }
    const struct clause *clause =
        jurisdictions_find(jurisdictions, (struct str){lower, place.len}, RIGHT_OPT_OUT_SALE);
    return clause != NULL && (clause->signals & (unsigned)signal) != 0;
}

/* ---- reading ------------------------------------------------------------------------------- */

static enum candor_status read_span(struct job *job, const struct section *section, const char *key,
                                    struct span *span)
{
    struct str text = STR("");
    TRY(section_need(job, section, key));
    TRY(section_text(job, section, key, &text));
    if (!span_read(text, span)) {
        return section_fail(job, section, key,
                            "is 'none', 'at once', or a number of days, business days or months "
                            "up to %d: 45 days",
                            SPAN_COUNT_MAX);
    }
    return CANDOR_OK;
}

static enum candor_status read_spans(struct job *job, const struct section *section,
                                     struct clause *clause)
{
    TRY(read_span(job, section, "answer", &clause->answer));
    TRY(read_span(job, section, "acknowledge", &clause->acknowledge));
    TRY(read_span(job, section, "extension", &clause->extension));
    TRY(read_span(job, section, "appeal", &clause->appeal));
    if (clause->answer.unit == SPAN_NONE) {
        return section_fail(job, section, "answer", "a right has a clock, even if it is long");
    }
    return section_bool(job, section, "pause", &clause->pause);
}

static enum candor_status read_choice(struct job *job, const struct section *section,
                                      const char *key, const char *const *word, size_t word_count,
                                      unsigned *index)
{
    TRY(section_need(job, section, key));
    return section_choice(job, section, key, word, word_count, index);
}

static enum candor_status read_signals(struct job *job, const struct section *section,
                                       unsigned *signals)
{
    const struct value *list = NULL;
    *signals = 0;
    TRY(section_list(job, section, "signals", SIGNAL_KINDS, &list));
    for (size_t i = 0; list != NULL && i < list->count; i++) {
        struct str word;
        unsigned bit = 0;
        TRY(value_text(job, &list->item[i], section_what(job, section, "signals"), &word));
        while (bit < SIGNAL_KINDS && !str_is(word, signal_word[bit])) {
            bit++;
        }
        if (bit == SIGNAL_KINDS || (*signals >> bit & 1) == 1) {
            return section_fail(job, section, "signals",
                                "each of gpc, gpp, tcf, usp, unsubscribe at most once");
        }
        *signals |= 1U << bit;
    }
    return CANDOR_OK;
}

static enum candor_status read_source(struct job *job, const struct section *section,
                                      struct clause *clause)
{
    int64_t time = 0;
    TRY(section_need(job, section, "source"));
    TRY(section_text(job, section, "source", &clause->source));
    TRY(section_need(job, section, "date"));
    TRY(section_text(job, section, "date", &clause->date));
    if (clause->source.len == 0 || clause->source.len > 200) {
        return section_fail(job, section, "source", "names the law in 1 to 200 bytes");
    }
    if (clause->date.len != 10 || !str_to_time(clause->date, &time)) {
        return section_fail(job, section, "date", "is a day in quotes: \"2026-11-27\"");
    }
    return CANDOR_OK;
}

static enum candor_status read_place(struct job *job, const struct section *section,
                                     struct clause *clause)
{
    const char *word[RIGHTS];
    unsigned right = 0;
    TRY(section_need(job, section, "jurisdiction"));
    TRY(section_text(job, section, "jurisdiction", &clause->jurisdiction));
    const struct str place = clause->jurisdiction;
    bool is_fine = place.len > 0 && place.len <= JURISDICTION_NAME_MAX;
    for (size_t i = 0; i < place.len; i++) {
        is_fine = is_fine && ((place.ptr[i] >= 'a' && place.ptr[i] <= 'z') || place.ptr[i] == '-');
    }
    if (!is_fine) {
        return section_fail(job, section, "jurisdiction", "a name has 1 to %d of a-z -",
                            JURISDICTION_NAME_MAX);
    }
    for (unsigned i = 0; i < RIGHTS; i++) {
        word[i] = right_name((enum right)i);
    }
    TRY(read_choice(job, section, "right", word, RIGHTS, &right));
    clause->right = (enum right)right;
    return CANDOR_OK;
}

static enum candor_status read_clause(struct job *job, const struct value *value,
                                      struct clause *clause)
{
    static const char *const known[] = {
        "jurisdiction", "right", "answer",  "acknowledge", "extension", "appeal",    "pause",
        "proof",        "mode",  "signals", "source",      "date",      "reask_days"};
    struct section section;
    unsigned proof = 0;
    unsigned mode = 0;
    uint32_t reask_days = 0;
    *clause = (struct clause){0};
    TRY(section_open(job, value, "row of jurisdictions", known, sizeof known / sizeof known[0],
                     &section));
    TRY(read_place(job, &section, clause));
    TRY(read_spans(job, &section, clause));
    TRY(read_choice(job, &section, "proof", proof_word, PROOF_LEVELS, &proof));
    TRY(read_choice(job, &section, "mode", mode_word, 2, &mode));
    TRY(read_signals(job, &section, &clause->signals));
    TRY(section_count(job, &section, "reask_days", 0, SPAN_COUNT_MAX, &reask_days));
    clause->proof = (enum proof_level)proof;
    clause->mode = (enum choice_mode)mode;
    clause->reask_days = (uint16_t)reask_days;
    return read_source(job, &section, clause);
}

enum candor_status jurisdictions_read(struct job *job, const struct value *root,
                                      struct jurisdictions *jurisdictions)
{
    const struct value *list = value_get(root, "jurisdictions");
    const struct jurisdictions built_in = jurisdictions_built_in();
    *jurisdictions = built_in;
    if (list == NULL) {
        return CANDOR_OK;
    }
    TRY(value_is(job, list, VALUE_LIST, "jurisdictions"));
    if (list->count > CLAUSES_MAX) {
        return fail(job, CANDOR_BAD_INPUT, "jurisdictions%s: %zu rows, at most %d",
                    value_where(job->arena, list), list->count, CLAUSES_MAX);
    }
    struct clause *clause = NEW_ARRAY(job->arena, built_in.count + list->count, struct clause);
    struct jurisdictions read = {clause, built_in.count};
    bytes_copy(clause, built_in.clause, built_in.count * sizeof *clause);
    bool *is_theirs = NEW_ARRAY(job->arena, built_in.count + list->count, bool);
    for (size_t i = 0; i < list->count; i++) {
        struct clause row;
        TRY(read_clause(job, &list->item[i], &row));
        const struct clause *found = jurisdictions_find(&read, row.jurisdiction, row.right);
        const size_t at = found == NULL ? read.count++ : (size_t)(found - clause);
        if (is_theirs[at]) {
            return fail(job, CANDOR_BAD_INPUT, "jurisdictions%s: '%.*s' has '%s' twice",
                        value_where(job->arena, &list->item[i]), STR_ARG(row.jurisdiction),
                        right_name(row.right));
        }
        is_theirs[at] = true;
        clause[at] = row;
    }
    *jurisdictions = read;
    return CANDOR_OK;
}
