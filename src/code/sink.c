/*
 * sink.c - which value does harm where: what comes from where it must not, and was not made safe for it.
 */
#include "inside.h"

/* ---- what is a sink for which value ------------------------------------------------------------------------ */

static unsigned risky_labels(enum rule_id rule)
{
    switch (rule) {
    case RULE_DOM_XSS:
        return (FROM_OUTSIDE & ~FROM_COMMAND) | FROM_PAGE;
    case RULE_STORAGE_PII:
    case RULE_URL_PII:
        return FROM_PERSON | FROM_SECRET;
    case RULE_LAYER_PII:
        return FROM_PERSON;
    case RULE_LOG_SECRET:
    case RULE_WEAK_HASH:
        return FROM_SECRET;
    case RULE_STACK:
        return FROM_ERROR;
    case RULE_RANDOM:
        return FROM_RANDOM;
    case RULE_STORED_XSS:
        return FROM_ANSWER;
    case RULE_REFLECTED_XSS:
    case RULE_LOG:
    case RULE_FORMAT:
    case RULE_SIZE:
    case RULE_CORS:
    case RULE_UNVERIFIED:
    case RULE_MEMBER_WRITE:
        return FROM_REQUEST;
    case RULE_PATH: /* who starts a program may say which file it reads */
        return (FROM_OUTSIDE & ~FROM_COMMAND) | FROM_FILES;
    case RULE_PATTERN:
        return FROM_OUTSIDE & ~FROM_COMMAND;
    case RULE_SSRF: /* a page may ask its own server as it likes */
        return FROM_REQUEST;
    case RULE_TEMP:
        return FROM_TEMP;
    case RULE_HOST_MAIL:
        return FROM_HOST;
    default:
        return FROM_OUTSIDE;
    }
}

static unsigned safe_for(enum rule_id rule)
{
    switch (rule) {
    case RULE_DOM_XSS:
    case RULE_REFLECTED_XSS:
    case RULE_STORED_XSS:
        return SAFE_HTML;
    case RULE_REDIRECT:
        return SAFE_URL;
    case RULE_SSRF:
        return SAFE_HOST;
    case RULE_SHELL:
        return SAFE_SHELL;
    case RULE_SQL:
        return SAFE_SQL;
    case RULE_PATH:
        return SAFE_PATH;
    case RULE_PATTERN:
        return SAFE_PATTERN;
    case RULE_LOG:
        return SAFE_LOG;
    case RULE_PROTOTYPE:
    case RULE_MEMBER_WRITE:
    case RULE_DYNAMIC_CALL:
        return SAFE_NAME;
    case RULE_TEMP:
        return SAFE_TEMP;
    default:
        return 0;
    }
}

/* It does not lead upwards, and something fixed stands before it; names in archives are put into a folder. */
static bool stays_below(struct value value)
{
    return (value.safe & SAFE_STEPS) != 0 &&
           (value.lead != LEAD_START || (value.labels & FROM_OUTSIDE) == 0);
}

bool label_is_risky(const struct analysis *analysis, enum rule_id rule, struct value value)
{
    unsigned labels = risky_labels(rule);
    if (rule == RULE_SIZE) { /* a number is as good as a text here */
        return (value.labels & labels) != 0 && (value.safe & SAFE_SIZE) == 0;
    }
    if (rule == RULE_PATH && stays_below(value)) {
        return false;
    }
    const bool takes_unseen = rule == RULE_EVAL || rule == RULE_SHELL || rule == RULE_SQL ||
                              rule == RULE_PATH || rule == RULE_PATTERN || rule == RULE_REQUIRE ||
                              rule == RULE_UNPICKLE;
    if (analysis->is_fragment && takes_unseen) {
        labels |= FROM_UNSEEN;
    }
    if (rule == RULE_URL_PII && value.lead != LEAD_QUERY) {
        return false;
    }
    if (rule == RULE_SHELL && value.is_built) {
        labels |= FROM_PLACE;
    }
    if ((rule == RULE_SHELL || rule == RULE_SQL || rule == RULE_EVAL) && value.is_built) {
        labels |= FROM_CALLER;
    }
    if ((value.labels & labels) == 0 ||
        (safe_for(rule) & ~(unsigned)value.safe) != safe_for(rule)) {
        return (value.labels & labels) != 0 && safe_for(rule) == 0 &&
               (value.safe & SAFE_MOST) != SAFE_MOST;
    }
    if ((value.safe & SAFE_ALL) == SAFE_ALL) {
        return false;
    }
    if ((rule == RULE_REFLECTED_XSS || rule == RULE_REDIRECT) && (value.safe & SAFE_OWN) != 0) {
        return false;
    }
    if (rule == RULE_REDIRECT) {
        return value.lead == LEAD_START || value.lead == LEAD_SLASH || value.lead == LEAD_OPEN ||
               value.lead == LEAD_HOST_OPEN;
    }
    if (rule == RULE_SSRF) {
        return value.lead != LEAD_QUERY && value.lead != LEAD_UNKNOWN;
    }
    return true;
}

/* A digest of somebody's address, sent after a yes. */
static bool is_agreed_digest(const struct analysis *analysis, node_id at, node_id given)
{
    const struct str text = text_of(analysis->tree, given == 0 ? at : given);
    return (has_small(text, "sha256") || has_small(text, "sha-256") || has_small(text, "digest")) &&
           waits_for_yes(analysis, at);
}

/* const query = {}; query.name = request.body.name: a member was given an object from outside. */
static bool has_outside_member(struct analysis *analysis, node_id given)
{
    if (given == 0 || kind_of(analysis->tree, given) != N_NAME) {
        return false;
    }
    const struct str name = text_of(analysis->tree, given);
    const uint32_t root = variable_of(analysis, name);
    analysis->work += analysis->variable_count / 16; /* as much as so many expressions */
    for (uint32_t v = 1; root != 0 && v < analysis->variable_count; v++) {
        const struct variable *member = &analysis->variable[v];
        if (member->owner == analysis->variable[root].owner && member->name.len > name.len &&
            member->name.ptr[name.len] == '.' && str_starts(member->name, name) &&
            member->when > analysis->variable[root].when && may_be_object(member->value)) {
            return true;
        }
    }
    return false;
}

/* The finding of a sink that was reached. */
static void reach(struct analysis *analysis, const struct named *row, node_id at, node_id given,
                  struct value value)
{
    enum rule_id rule = (enum rule_id)row->number;
    if (rule == RULE_DOM_XSS && one_of(row->name, "$ jQuery") && !value.has_markup &&
        !(value.lead == LEAD_START && analysis->step != NULL &&
          (value.labels & FROM_MESSAGE) != 0)) {
        return; /* a selector, unless it begins with a tag */
    }
    if (rule == RULE_PATTERN && one_of(row->name, "match search") &&
        label_is_risky(analysis, rule, value) && !is_text_searched(analysis, at, row)) {
        return;
    }
    if (rule == RULE_TEMPLATE_DATA) { /* the request itself, not an object with some of it */
        if (one_of(value.path, "req.body req.query request.body request.query ctx.request.body")) {
            report(analysis, rule, at, value.step);
        }
        return;
    }
    if (rule == RULE_STORAGE_PII && str_starts(row->name, STR("fs."))) {
        value.labels &= FROM_SECRET; /* data of people are kept in files, secrets are not */
        value.within &= FROM_SECRET;
    }
    const bool takes_within =
        rule == RULE_LAYER_PII || rule == RULE_STORAGE_PII || rule == RULE_PROTOTYPE;
    if (rule == RULE_SSRF && value.literal != 0 &&
        kind_of(analysis->tree, value.literal) == N_OBJECT) {
        if (is_given_outside(analysis, rule, value.literal) ||
            has_outside_address(analysis, given)) {
            report(analysis, rule, at, value.within_step);
        }
        return;
    }
    if ((rule == RULE_REFLECTED_XSS && is_plain_answer(analysis, at)) ||
        (rule == RULE_PATH && has_folder(analysis->tree, row, at)) ||
        (rule == RULE_SIZE && (value.safe & SAFE_ALL) != SAFE_ALL &&
         one_of(row->name, "Array Buffer"))) {
        return;
    }
    if (rule == RULE_SHELL && given != 0 && analysis->tree->language == CODE_PYTHON &&
        kind_of(analysis->tree, given) == N_ARRAY) { /* a list: only its first part is a program */
        value = eval(analysis, first_of(analysis->tree, given));
    }
    if (rule == RULE_QUERY_OBJECT) {
        if (may_be_object(value) || has_outside_member(analysis, given)) {
            report(analysis, rule, at, value.step == 0 ? value.within_step : value.step);
        }
        return;
    }
    if (rule == RULE_FORMAT && argument_of(analysis->tree, at, (size_t)row->argument + 1) == 0) {
        return; /* nothing to be formatted */
    }
    if (takes_within) { /* what is within counts as well */
        value.labels |= value.within;
        value.step = value.step == 0 ? value.within_step : value.step;
    }
    if (rule == RULE_LAYER_PII && is_agreed_digest(analysis, at, given)) {
        return;
    }
    if (rule == RULE_SQL) {
        look_at_query(analysis, given, value);
        if (str_starts(row->name, STR("db."))) {
            value.labels &= (uint16_t)~FROM_CALLER; /* it may be a store of keys */
        }
    }
    if (label_is_risky(analysis, rule, value) && is_harmful_here(analysis, row, at, value)) {
        report(analysis, rule, at, value.step);
    }
}

void check_sinks(struct analysis *analysis, enum role role, struct str path, node_id at,
                 node_id given, struct value value, int argument)
{
    const unsigned language = language_bit(analysis->tree->language);
    const struct named *row = NULL;
    while (path.len > 0 &&
           (row = match_next(analysis->matcher, language, path, role, row)) != NULL) {
        if (role == IS_SET_SINK || row->argument == -1 || row->argument == argument) {
            reach(analysis, row, at, given, value);
        }
    }
}
