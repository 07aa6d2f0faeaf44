/*
 * precedence.c - seven rules in their order: see the door.
 *
 * Signals can only take away from what a person told us, with one exception that the door names: a
 * framework's yes stands in where the person has said nothing at all. Tests show that another no
 * never allows what was denied before.
 */
#include "precedence.h"

const char *signal_source_name(enum signal_source source)
{
    static const char *const name[SOURCES] = {
        [SOURCE_GPC] = "gpc", [SOURCE_TCF] = "tcf",     [SOURCE_GPP] = "gpp",
        [SOURCE_USP] = "usp", [SOURCE_TRACK] = "track", [SOURCE_CONSENT_MODE] = "consent_mode",
    };
    must((unsigned)source < SOURCES);
    return name[source];
}

const char *ruling_by_name(enum ruling_by by)
{
    switch (by) {
    case BY_LAW:
        return "law";
    case BY_RECORD:
        return "record";
    case BY_SIGNAL:
        return "signal";
    case BY_DEFAULT:
        return "default";
    }
    base_broken("a ruling is by one of the four", __FILE__, __LINE__);
}

/* What kind of answer the records give. */
enum said { SAID_FORBIDDEN, SAID_OBJECTED, SAID_NO, SAID_NOTHING, SAID_YES, SAID_BASIS };

static enum said said_by(enum permit_code code)
{
    switch (code) {
    case PERMIT_OK_CONSENT:
    case PERMIT_OK_RIGHT: /* their own right: no signal is asked */
    case PERMIT_OK_DUTY:
        return SAID_YES;
    case PERMIT_OK_BASIS:
        return SAID_BASIS;
    case PERMIT_NO_CONSENT:
        return SAID_NOTHING;
    case PERMIT_OBJECTED:
        return SAID_OBJECTED;
    case PERMIT_REFUSED:
    case PERMIT_WITHDRAWN:
    case PERMIT_EXPIRED:
    case PERMIT_NOT_YET:
    case PERMIT_PENDING:
    case PERMIT_REVOKED:
    case PERMIT_INVALIDATED:
    case PERMIT_SUPERSEDED:
        return SAID_NO;
    case PERMIT_RESTRICTED:
    case PERMIT_UNKNOWN_PURPOSE:
    case PERMIT_UNKNOWN_SUBJECT:
    case PERMIT_WRONG_CHANNEL:
    case PERMIT_WRONG_RECIPIENT:
    case PERMIT_CHILD: /* legal blocks: no signal lifts them */
    case PERMIT_AGE_UNKNOWN:
    case PERMIT_CODES:
        break;
    }
    return SAID_FORBIDDEN; /* also a code that is new and that nobody has thought about here */
}

/* The newest signal that says no, of those a rule looks at. */
static const struct evidence *newest_no(const struct precedence_question *question, bool is_opt_out)
{
    const struct evidence *found = NULL;
    for (size_t i = 0; i < question->evidence_count; i++) {
        const struct evidence *evidence = &question->evidence[i];
        if (!evidence->allows && evidence->is_opt_out == is_opt_out &&
            (found == NULL || evidence->time > found->time)) {
            found = evidence;
        }
    }
    return found;
}

static const struct evidence *first_yes(const struct precedence_question *question)
{
    for (size_t i = 0; i < question->evidence_count; i++) {
        if (question->evidence[i].allows && !question->evidence[i].is_opt_out) {
            return &question->evidence[i];
        }
    }
    return NULL;
}

static const struct evidence *first_child(const struct precedence_question *question)
{
    for (size_t i = 0; i < question->evidence_count; i++) {
        if (question->evidence[i].is_child) {
            return &question->evidence[i];
        }
    }
    return NULL;
}

/* Later, specific and provable: only a consent to this very purpose folds to PERMIT_OK_CONSENT. At
 * the same instant the signal wins. */
static bool consent_beats(const struct precedence_question *question,
                          const struct evidence *evidence)
{
    return question->code == PERMIT_OK_CONSENT && question->consent_is_proven &&
           question->consent_time > evidence->time;
}

static struct ruling by_default(const struct precedence_question *question, enum said said)
{
    struct ruling ruling = {.by = BY_DEFAULT, .rule = question->regime == REGIME_UNKNOWN ? 7 : 6};
    ruling.allowed =
        said == SAID_BASIS || (question->regime == REGIME_OPT_OUT && question->was_told);
    return ruling;
}

/* Rules 3 to 7, for somebody who did not say no. */
static struct ruling by_signals(const struct precedence_question *question, enum said said)
{
    const struct evidence *opt_out = question->opt_out_binds ? newest_no(question, true) : NULL;
    const struct evidence *framework = newest_no(question, false);
    const struct evidence *yes = first_yes(question);
    if (opt_out != NULL && !consent_beats(question, opt_out)) {
        return (struct ruling){.rule = 3, .by = BY_SIGNAL, .evidence = opt_out};
    }
    if (framework != NULL && !consent_beats(question, framework)) {
        return (struct ruling){.rule = 5, .by = BY_SIGNAL, .evidence = framework};
    }
    if (said == SAID_YES) {
        return (struct ruling){.allowed = true,
                               .rule = 4,
                               .by = BY_RECORD,
                               .against = opt_out != NULL ? opt_out : framework};
    }
    if (said == SAID_NOTHING && yes != NULL) {
        return (struct ruling){.allowed = true, .rule = 5, .by = BY_SIGNAL, .evidence = yes};
    }
    return by_default(question, said);
}

struct ruling precedence_decide(const struct precedence_question *question)
{
    const enum said said = said_by(question->code);
    const struct evidence *child = first_child(question);
    switch (said) {
    case SAID_FORBIDDEN:
        return (struct ruling){.rule = 1, .by = BY_LAW};
    case SAID_OBJECTED:
    case SAID_NO:
    case SAID_NOTHING:
    case SAID_YES:
    case SAID_BASIS:
        break;
    }
    if (child != NULL) {
        return (struct ruling){.rule = 1, .by = BY_SIGNAL, .evidence = child};
    }
    if (said == SAID_OBJECTED) {
        return (struct ruling){.rule = 2, .by = BY_RECORD};
    }
    if (said == SAID_NO) {
        /* Whatever rule 3 would say, it is a no; the person's own word is the better reason. */
        return (struct ruling){.rule = 4, .by = BY_RECORD};
    }
    return by_signals(question, said);
}

/* ---- places -------------------------------------------------------------------------------- */

static bool is_letter(char letter)
{
    return (letter >= 'A' && letter <= 'Z') || (letter >= 'a' && letter <= 'z');
}

bool place_is_written_well(struct str place)
{
    if (place.len != 2 && (place.len != 5 || place.ptr[2] != '-')) {
        return false;
    }
    for (size_t i = 0; i < place.len; i++) {
        if (i != 2 && !is_letter(place.ptr[i])) {
            return false;
        }
    }
    return true;
}

static char upper(char letter)
{
    return letter >= 'a' ? (char)(letter - 'a' + 'A') : letter;
}

void place_country(struct str place, char country[3])
{
    must(place_is_written_well(place));
    country[0] = upper(place.ptr[0]);
    country[1] = upper(place.ptr[1]);
    country[2] = 0;
}

/* Where consent comes first: the EEA, the United Kingdom and Switzerland. */
static bool is_opt_in(struct str country)
{
    return country_is_in_eea(country) || str_is(country, "GB") || str_is(country, "CH");
}

enum regime regime_of(struct str place)
{
    char country[3];
    if (!place_is_written_well(place)) {
        return REGIME_UNKNOWN;
    }
    place_country(place, country);
    if (is_opt_in(str_of(country))) {
        return REGIME_OPT_IN;
    }
    return str_is(str_of(country), "US") ? REGIME_OPT_OUT : REGIME_UNKNOWN;
}
