/*
 * scan_rule.c - one rule of the company: its fields.
 *
 *   {"id": "shop.internal-host", "version": 1, "severity": "high", "cwe": "CWE-200",
 *    "message": "the name of a machine of ours", "fix": "name the public host",
 *    "markets": ["DE"], "required": "(?i)public hosts only",
 *    "languages": ["js", "html", ".conf"], "match": "\\b[a-z0-9-]+\\.corp\\.shop\\.example\\b",
 *    "validate": ["entropy>=2.5"],
 *    "near": {"words": ["host", "server"], "window": 60, "effect": "raise"},
 *    "except": {"words": ["sample"], "match": "# ok$", "path": ["docs/"]},
 *    "tests": {"bad": ["see db1.corp.shop.example"], "ok": ["see www.shop.example"]},
 *    "references": ["https://..."], "licence": "Apache-2.0", "secret": false}
 */
#include "scan_rules.h"

enum { MARKETS_MAX = 50, TESTS_MAX = 1000, WINDOW = 60, WINDOW_MAX = 1000 };

static enum candor_status read_texts(struct job *job, const struct value *list, const char *what,
                                     size_t count_max, const struct str **text, size_t *count)
{
    *text = NULL;
    *count = 0;
    if (list == NULL) {
        return CANDOR_OK;
    }
    TRY(value_is(job, list, VALUE_LIST, what));
    if (list->count > count_max) {
        return fail(job, CANDOR_TOO_LARGE, "%s has %zu entries, at most %zu", what, list->count,
                    count_max);
    }
    struct str *item = NEW_ARRAY(job->arena, list->count + 1, struct str);
    for (size_t i = 0; i < list->count; i++) {
        TRY(value_text(job, &list->item[i], what, &item[i]));
        if (item[i].len == 0) {
            return fail(job, CANDOR_BAD_INPUT, "%s%s: an empty text", what,
                        value_where(job->arena, &list->item[i]));
        }
    }
    *text = item;
    *count = list->count;
    return CANDOR_OK;
}

static enum candor_status read_severity(struct job *job, const struct value *map,
                                        struct user_rule *rule)
{
    struct str word;
    TRY(value_text(job, value_get(map, "severity"), "severity", &word));
    for (unsigned r = 0; r < RANKS; r++) {
        if (str_is(word, rank_name[r])) {
            rule->severity = r + 1;
            return CANDOR_OK;
        }
    }
    return fail(job, CANDOR_BAD_INPUT, "severity%s is low, medium, high or critical",
                value_where(job->arena, value_get(map, "severity")));
}

static const struct {
    const char *name;
    const char *ending; /* between blanks */
} language[] = {{"js", ".js .mjs .cjs .jsx"},
                {"ts", ".ts .tsx"},
                {"html", ".html .htm"},
                {"css", ".css .scss"},
                {"py", ".py"},
                {"php", ".php"},
                {"sql", ".sql"},
                {"json", ".json"},
                {"yaml", ".yaml .yml"},
                {"text", ".txt .md .eml"}};
enum { LANGUAGES = sizeof language / sizeof language[0], ENDINGS_EACH = 4 };

static enum candor_status read_languages(struct job *job, const struct value *map,
                                         struct user_rule *rule)
{
    const struct str *name = NULL;
    size_t count = 0;
    TRY(read_texts(job, value_get(map, "languages"), "languages", 50, &name, &count));
    struct str *ending = NEW_ARRAY(job->arena, count * ENDINGS_EACH + 1, struct str);
    for (size_t i = 0; i < count; i++) {
        size_t l = 0;
        while (l < LANGUAGES && !str_is(name[i], language[l].name)) {
            l++;
        }
        if (l == LANGUAGES && name[i].ptr[0] != '.') {
            return fail(job, CANDOR_BAD_INPUT,
                        "languages%s: '%.*s' is none of js, ts, html, css, py, php, sql, json, "
                        "yaml, text, and no ending such as .conf",
                        value_where(job->arena, value_get(map, "languages")), STR_ARG(name[i]));
        }
        struct str rest = l == LANGUAGES ? name[i] : str_of(language[l].ending);
        while (rest.ptr != NULL) {
            ending[rule->ending_count++] = str_cut(&rest, ' ');
        }
    }
    rule->ending = ending;
    return CANDOR_OK;
}

static enum candor_status read_markets(struct job *job, const struct value *map,
                                       struct user_rule *rule)
{
    TRY(read_texts(job, value_get(map, "markets"), "markets", MARKETS_MAX, &rule->market,
                   &rule->market_count));
    for (size_t i = 0; i < rule->market_count; i++) {
        if (!is_market(rule->market[i])) {
            return fail(job, CANDOR_BAD_INPUT, "markets%s: a country of two capitals, such as DE",
                        value_where(job->arena, value_get(map, "markets")));
        }
    }
    return CANDOR_OK;
}

static enum candor_status read_checks(struct job *job, const struct value *map,
                                      struct user_rule *rule)
{
    const struct str *name = NULL;
    size_t count = 0;
    const struct str entropy = STR("entropy>=");
    TRY(read_texts(job, value_get(map, "validate"), "validate", 10, &name, &count));
    for (size_t i = 0; i < count; i++) {
        double bits = 0;
        if (str_is(name[i], "luhn")) {
            rule->checks |= CHECK_LUHN;
        } else if (str_is(name[i], "mod97")) {
            rule->checks |= CHECK_MOD97;
        } else if (str_starts(name[i], entropy) &&
                   str_to_double(str_slice(name[i], entropy.len, name[i].len), &bits) &&
                   bits >= 0 && bits <= 8) {
            rule->checks |= CHECK_ENTROPY;
            rule->entropy = (unsigned)(bits * 100 + 0.5);
        } else {
            return fail(job, CANDOR_BAD_INPUT,
                        "validate%s: an entry is none of luhn, mod97, entropy>=BITS (0 to 8)",
                        value_where(job->arena, value_get(map, "validate")));
        }
    }
    return CANDOR_OK;
}

static enum candor_status read_near(struct job *job, const struct value *map,
                                    struct user_rule *rule)
{
    static const char *const known[] = {"words", "window", "effect"};
    const struct value *near = value_get(map, "near");
    const struct str *word = NULL;
    size_t count = 0;
    int64_t window = WINDOW;
    struct str effect;
    if (near == NULL) {
        return CANDOR_OK;
    }
    TRY(value_is(job, near, VALUE_MAP, "near"));
    TRY(value_only(job, near, known, 3, "near"));
    TRY(value_is(job, value_get(near, "words"), VALUE_LIST, "the words of near"));
    TRY(read_texts(job, value_get(near, "words"), "the words of near", RULE_WORDS_MAX, &word,
                   &count));
    TRY(value_text(job, value_get(near, "effect"), "the effect of near", &effect));
    if (value_get(near, "window") != NULL) {
        TRY(value_int(job, value_get(near, "window"), "the window of near", &window));
    }
    rule->near = str_is(effect, "require") ? NEAR_REQUIRES
                 : str_is(effect, "raise") ? NEAR_RAISES
                 : str_is(effect, "lower") ? NEAR_LOWERS
                                           : NEAR_NOTHING;
    if (rule->near == NEAR_NOTHING || window < 1 || window > WINDOW_MAX) {
        return fail(job, CANDOR_BAD_INPUT,
                    "near: its effect is require, raise or lower, its window 1 to %d bytes",
                    WINDOW_MAX);
    }
    struct buf words = buf_begin(job->arena);
    for (size_t i = 0; i < count; i++) {
        buf_lit(&words, LIT(" "));
        buf_str(&words, str_lower(job->arena, word[i]));
    }
    buf_lit(&words, LIT(" "));
    rule->near_words = str_z(job->arena, buf_text(&words));
    rule->near_window = (size_t)window;
    return CANDOR_OK;
}

static enum candor_status read_except(struct job *job, const struct value *map,
                                      struct user_rule *rule)
{
    static const char *const known[] = {"words", "match", "path"};
    const struct value *except = value_get(map, "except");
    const struct str *word = NULL;
    if (except == NULL) {
        return CANDOR_OK;
    }
    TRY(value_is(job, except, VALUE_MAP, "except"));
    TRY(value_only(job, except, known, 3, "except"));
    TRY(read_texts(job, value_get(except, "words"), "the words of except", RULE_WORDS_MAX, &word,
                   &rule->except_word_count));
    struct str *small = NEW_ARRAY(job->arena, rule->except_word_count + 1, struct str);
    for (size_t i = 0; i < rule->except_word_count; i++) {
        small[i] = str_lower(job->arena, word[i]);
    }
    rule->except_word = small;
    TRY(read_texts(job, value_get(except, "path"), "the paths of except", RULE_WORDS_MAX,
                   &rule->except_path, &rule->except_path_count));
    return value_get(except, "match") == NULL
               ? CANDOR_OK
               : value_text(job, value_get(except, "match"), "the match of except", &rule->except);
}

static enum candor_status read_tests(struct job *job, const struct value *map,
                                     struct tested_rule *tested)
{
    static const char *const known[] = {"bad", "ok"};
    const struct value *tests = value_get(map, "tests");
    const struct str *bad = NULL;
    const struct str *good = NULL;
    size_t bad_count = 0;
    size_t good_count = 0;
    TRY(value_is(job, tests, VALUE_MAP, "tests"));
    TRY(value_only(job, tests, known, 2, "tests"));
    TRY(read_texts(job, value_get(tests, "bad"), "the bad tests", TESTS_MAX, &bad, &bad_count));
    TRY(read_texts(job, value_get(tests, "ok"), "the ok tests", TESTS_MAX, &good, &good_count));
    if (bad_count == 0 || good_count == 0) {
        return fail(job, CANDOR_BAD_INPUT,
                    "tests%s: a rule needs at least one bad and one ok text to be loaded",
                    value_where(job->arena, tests));
    }
    tested->test = NEW_ARRAY(job->arena, bad_count + good_count, struct rule_test);
    for (size_t i = 0; i < bad_count; i++) {
        tested->test[tested->test_count++] = (struct rule_test){bad[i], true};
    }
    for (size_t i = 0; i < good_count; i++) {
        tested->test[tested->test_count++] = (struct rule_test){good[i], false};
    }
    return CANDOR_OK;
}

static bool is_id(struct str id)
{
    size_t dots = 0;
    for (size_t i = 0; i < id.len; i++) {
        const char letter = id.ptr[i];
        dots += letter == '.';
        if (!((letter >= 'a' && letter <= 'z') || (letter >= '0' && letter <= '9') ||
              letter == '-' || letter == '.')) {
            return false;
        }
    }
    return dots > 0 && id.len <= 80 && !str_starts(id, STR("cdr."));
}

static enum candor_status optional_text(struct job *job, const struct value *map, const char *key,
                                        struct str *text)
{
    const struct value *value = value_get(map, key);
    *text = STR("");
    return value == NULL ? CANDOR_OK : value_text(job, value, key, text);
}

static enum candor_status read_fields(struct job *job, const struct value *map,
                                      struct user_rule *rule)
{
    struct str unused;
    int64_t version = 0;
    const struct str *reference = NULL;
    size_t references = 0;
    TRY(value_text(job, value_get(map, "message"), "message", &rule->message));
    TRY(value_text(job, value_get(map, "match"), "match", &rule->pattern));
    TRY(value_int(job, value_get(map, "version"), "version", &version));
    TRY(optional_text(job, map, "fix", &rule->fix));
    TRY(optional_text(job, map, "cwe", &rule->cwe));
    TRY(optional_text(job, map, "licence", &unused));
    TRY(optional_text(job, map, "required", &rule->required));
    TRY(read_markets(job, map, rule));
    TRY(read_texts(job, value_get(map, "references"), "references", 50, &reference, &references));
    if (value_get(map, "secret") != NULL) {
        TRY(value_bool(job, value_get(map, "secret"), "secret", &rule->is_secret));
    }
    TRY(read_severity(job, map, rule));
    TRY(read_languages(job, map, rule));
    TRY(read_checks(job, map, rule));
    TRY(read_near(job, map, rule));
    TRY(read_except(job, map, rule));
    return user_rule_prepare(job, rule);
}

enum candor_status scan_rule_read(struct job *job, const struct value *map, struct user_rule *rule,
                                  struct tested_rule *tested)
{
    static const char *const known[] = {"id",        "version", "message",    "severity", "cwe",
                                        "languages", "match",   "validate",   "near",     "except",
                                        "tests",     "fix",     "references", "licence",  "secret",
                                        "markets",   "required"};
    struct str id;
    TRY(value_is(job, map, VALUE_MAP, "a rule"));
    TRY(value_text(job, value_get(map, "id"), "id", &id));
    if (!is_id(id)) {
        return fail(job, CANDOR_BAD_INPUT,
                    "id%s is small letters, figures, - and at least one dot, as in "
                    "shop.internal-host; cdr. is ours",
                    value_where(job->arena, value_get(map, "id")));
    }
    rule->id = id;
    TRY(during(job, value_only(job, map, known, sizeof known / sizeof known[0], "the rule"),
               "rule '%.*s'", STR_ARG(id)));
    TRY(during(job, read_tests(job, map, tested), "rule '%.*s'", STR_ARG(id)));
    return during(job, read_fields(job, map, rule), "rule '%.*s'", STR_ARG(id));
}
