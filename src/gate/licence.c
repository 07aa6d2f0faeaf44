/*
 * licence.c - under which licence a text stands: SPDX headers, fields of packages, sentences, whole texts.
 *
 * Where the company says which licences it allows, another one is a finding that blocks; where it says nothing,
 * each licence is only noted.
 */
#include "originated.h"

#include <string.h>

enum {
    TEXTS_MAX = 16,
    EXPRESSION_MAX = 400,
    BEHIND_MAX = 60,
    SHORT_TEXT = 32 << 10,
    VERSIONS_MAX = 4
};

struct licensing {
    struct scan *scan;
    struct arena *arena;
    struct licence_match match[TEXTS_MAX];
    size_t match_count;
};

static bool has_allowed(const struct scan *scan, struct str expression)
{
    const struct gate_policy *policy = scan->asked->policy;
    return licence_is_allowed(expression, policy->licence, policy->licence_count);
}

static bool has_policy(const struct scan *scan)
{
    return scan->asked->policy != NULL && scan->asked->policy->has_licences;
}

/* about: what is told, never more than a name and a number. */
static void tell(struct scan *scan, struct str about, bool is_allowed, size_t start, size_t end)
{
    const struct remark forbidden = {
        "cdr.origin.licence", "a licence that the company does not allow",
        "leave out what stands under it, or allow the licence", GATE_ORIGIN, VERY_LIKELY};
    const struct remark noted = {"cdr.origin.licence-noted", "a licence",
                                 "list it among the allowed licences if it is", GATE_ORIGIN,
                                 LIKELY};
    const size_t before = scan->findings->count;
    if (has_policy(scan) && is_allowed) {
        return;
    }
    prose_add(scan, has_policy(scan) ? &forbidden : &noted, start, end);
    if (scan->findings->count > before) {
        scan->findings->item[before].about = str_copy(scan->findings->arena, about);
    }
}

static void tell_expression(struct scan *scan, struct str expression, size_t start, size_t end)
{
    const bool is_one = licence_is_expression(expression);
    const struct str about =
        is_one ? expression : STR("what stands there is no SPDX licence expression");
    tell(scan, about, has_policy(scan) && has_allowed(scan, expression), start, end);
}

/* ---- headers and fields --------------------------------------------------------------------- */

static size_t find_from(struct str text, size_t from, const char *part)
{
    const char *at =
        from < text.len ? memmem(text.ptr + from, text.len - from, part, strlen(part)) : NULL;
    return at == NULL ? text.len : (size_t)(at - text.ptr);
}

/* The expression ends with the line or with what ends a comment or a quote. */
static size_t expression_end(struct str text, size_t from)
{
    size_t end = from;
    while (end < text.len && end - from < EXPRESSION_MAX &&
           (is_alnum(text.ptr[end]) || is_among(text.ptr[end], " \t.-+:()"))) {
        end++;
    }
    if (end < text.len && text.ptr[end] == '>' && end - from >= 2) {
        end -= 2; /* --> */
    }
    while (end > from && is_among(text.ptr[end - 1], " \t-")) {
        end--;
    }
    return end;
}

static void look_for_headers(struct licensing *licensing)
{
    static const char mark[] = "SPDX-License-Identifier:";
    const struct str text = licensing->scan->text;
    for (size_t at = 0; (at = find_from(text, at, mark)) < text.len;) {
        size_t from = at + sizeof mark - 1;
        while (from < text.len && is_among(text.ptr[from], " \t")) {
            from++;
        }
        const size_t end = expression_end(text, from);
        tell_expression(licensing->scan, str_slice(text, from, end), at, end);
        at = end > at ? end : at + 1;
    }
}

/* "license": "MIT" in the files in which packages are described. */
static bool look_for_field(struct licensing *licensing)
{
    static const char *const file[] = {"package.json", "composer.json", "Cargo.toml",
                                       "pyproject.toml", "bower.json"};
    const struct str text = licensing->scan->text;
    const struct str path = licensing->scan->asked->path;
    bool is_described = false;
    for (size_t i = 0; i < sizeof file / sizeof file[0]; i++) {
        is_described = is_described || str_ends(path, str_of(file[i]));
    }
    const size_t at = is_described ? find_from(text, 0, "license") : text.len;
    size_t from = at + strlen("license");
    while (from < text.len && is_among(text.ptr[from], "\" \t:=")) {
        from++;
    }
    if (at < text.len && letter_before(text, from) == '"') {
        const size_t end = from + str_find(str_slice(text, from, from + EXPRESSION_MAX), '"');
        tell_expression(licensing->scan, str_slice(text, from, end), from, end);
        return true;
    }
    return false;
}

/* ---- sentences ------------------------------------------------------------------------------ */

struct notice {
    const char *words;
    const char *expression;
};

static const struct notice notice[] = {
#define NOTICE(words, expression) {words, expression},
#include "licence_notices.def"
#undef NOTICE
};
enum { NOTICES = sizeof notice / sizeof notice[0] };

/* How many words of ours the phrase is; 0: it does not stand here. */
static size_t phrase_len(const struct words *words, size_t at, const char *phrase)
{
    struct str rest = str_of(phrase);
    size_t count = 0;
    while (rest.ptr != NULL) {
        const struct str word = str_cut(&rest, ' ');
        if (at + count >= words->count || words->hash[at + count] != word_hash(word)) {
            return 0;
        }
        count++;
    }
    return count;
}

static bool stands_behind(const struct words *words, size_t at, const char *phrase)
{
    for (size_t i = at; i < at + BEHIND_MAX; i++) {
        if (phrase_len(words, i, phrase) > 0) {
            return true;
        }
    }
    return false;
}

/* "version 2 of the license, or (at your option) any later version" */
static struct str gnu_expression(struct arena *arena, const struct words *words, size_t at,
                                 const char *phrase)
{
    static const struct {
        const char *phrase;
        const char *version;
    } row[] = {
        {"version 3", "3.0"}, {"version 2 1", "2.1"}, {"version 2", "2.0"}, {"version 1", "1.0"}};
    const char *family = strstr(phrase, "lesser") != NULL || strstr(phrase, "library") != NULL
                             ? "LGPL"
                         : strstr(phrase, "affero") != NULL ? "AGPL"
                                                            : "GPL";
    for (size_t i = 0; i < VERSIONS_MAX; i++) {
        if (stands_behind(words, at, row[i].phrase)) {
            return str_format(arena, "%s-%s-%s", family, row[i].version,
                              stands_behind(words, at, "any later version") ? "or-later" : "only");
        }
    }
    return str_format(arena, "%s", family);
}

static bool is_within_text(const struct licensing *licensing, size_t start)
{
    for (size_t i = 0; i < licensing->match_count; i++) {
        if (start >= licensing->match[i].start && start < licensing->match[i].end) {
            return true;
        }
    }
    return false;
}

/* Each licence is told once: bundles name the same one at every file they are made of. */
static void look_for_notices(struct licensing *licensing)
{
    struct words words;
    bool told[NOTICES] = {false};
    uint32_t first[NOTICES];
    if (!licence_words(licensing->arena, licensing->scan->text, true, &words)) {
        licensing->scan->findings->is_cut = true;
        return;
    }
    for (size_t n = 0; n < NOTICES; n++) {
        struct str rest = str_of(notice[n].words);
        first[n] = word_hash(str_cut(&rest, ' '));
    }
    for (size_t at = 0; at < words.count; at++) {
        for (size_t n = 0; n < NOTICES; n++) {
            const size_t len =
                words.hash[at] == first[n] ? phrase_len(&words, at, notice[n].words) : 0;
            if (len == 0 || told[n] || is_within_text(licensing, words.start[at])) {
                continue;
            }
            const struct str expression =
                notice[n].expression[0] != '\0'
                    ? str_of(notice[n].expression)
                    : gnu_expression(licensing->arena, &words, at + len, notice[n].words);
            told[n] = true;
            tell_expression(licensing->scan, expression, words.start[at], words.end[at + len - 1]);
            at += len - 1;
            break;
        }
    }
}

/* ---- whole texts ---------------------------------------------------------------------------- */

/* Of identifiers of one text, the narrowest is told first: "-only", then the shortest. */
static struct str first_id(const struct licence *licence)
{
    struct str best = licence->id[0];
    for (size_t i = 1; i < licence->id_count; i++) {
        const struct str id = licence->id[i];
        const bool is_only = str_ends(id, STR("-only"));
        const bool best_only = str_ends(best, STR("-only"));
        if (is_only != best_only ? is_only : id.len < best.len) {
            best = id;
        }
    }
    return best;
}

static bool has_id(const struct licence *licence, struct str id)
{
    for (size_t i = 0; i < licence->id_count; i++) {
        if (str_equal(licence->id[i], id)) {
            return true;
        }
    }
    return false;
}

/* The name that SPDX had before for what it now calls "-or-later": GPL-2.0+. Empty: another name, or its text has
 * that one anyway; the list's texts of both may differ by signs. */
static struct str former_id(struct arena *arena, const struct licence *licence, struct str id)
{
    const struct str later = STR("-or-later");
    if (!str_ends(id, later) || !(begins_small(id, 0, "gpl-") || begins_small(id, 0, "lgpl-"))) {
        return STR("");
    }
    const struct str former = str_format(arena, "%.*s+", (int)(id.len - later.len), id.ptr);
    return has_id(licence, former) ? STR("") : former;
}

static void tell_id(struct buf *about, size_t *others, struct str id)
{
    if (id.len > 0) {
        buf_str(about, (*others)++ == 0 ? STR(", the same text as ") : STR(", "));
        buf_str(about, id);
    }
}

static void tell_text(struct licensing *licensing, const struct licence_match *match)
{
    const struct licence *licence = match->licence;
    const struct str best = first_id(licence);
    struct buf about = buf_begin(licensing->arena);
    bool is_allowed = false;
    size_t others = 0;
    buf_str(&about, best);
    for (size_t i = 0; i < licence->id_count; i++) {
        is_allowed = is_allowed ||
                     (has_policy(licensing->scan) && has_allowed(licensing->scan, licence->id[i]));
        tell_id(&about, &others, str_equal(licence->id[i], best) ? STR("") : licence->id[i]);
        tell_id(&about, &others, former_id(licensing->arena, licence, licence->id[i]));
    }
    if (match->alike < 995) {
        buf_format(&about, "; %u %% alike", match->alike / 10);
    }
    tell(licensing->scan, buf_text(&about), is_allowed, match->start, match->end);
}

static bool is_licence_file(struct str path)
{
    static const char *const name[] = {"license", "licence", "copying", "unlicense"};
    size_t at = path.len;
    while (at > 0 && path.ptr[at - 1] != '/') {
        at--;
    }
    for (size_t i = 0; i < sizeof name / sizeof name[0]; i++) {
        if (begins_small(path, at, name[i])) {
            return true;
        }
    }
    return false;
}

/* Words without which there is no licence in a long text. */
static bool may_have_licence(struct str text)
{
    if (text.len <= SHORT_TEXT) {
        return true;
    }
    static const char *const part[] = {"icens",         "icenc",     "ICENS",
                                       "ermission",     "ERMISSION", "redistribut",
                                       "public domain", "warrant",   "WARRANT"};
    for (size_t i = 0; i < sizeof part / sizeof part[0]; i++) {
        if (find_from(text, 0, part[i]) < text.len) {
            return true;
        }
    }
    return false;
}

static void look_for_texts(struct licensing *licensing)
{
    struct scan *scan = licensing->scan;
    const struct origin_index *index = scan->asked->licences;
    if (index == NULL) {
        return;
    }
    licensing->match_count =
        licence_texts_in(licensing->arena, index, scan->text, licensing->match, TEXTS_MAX);
    for (size_t i = 0; i < licensing->match_count; i++) {
        tell_text(licensing, &licensing->match[i]);
    }
    if (licensing->match_count == 0 && is_licence_file(scan->asked->path) && scan->text.len > 0 &&
        index->licence_count > 0) {
        tell(scan, STR("a text that is none of the licences that are known"), false, 0,
             str_find(scan->text, '\n'));
    }
}

void licence_scan(struct scan *scan)
{
    struct licensing licensing = {.scan = scan, .arena = arena_begin()};
    if (may_have_licence(scan->text)) {
        look_for_texts(&licensing);
        look_for_headers(&licensing);
        if (!look_for_field(&licensing)) {
            look_for_notices(&licensing);
        }
    }
    arena_end(licensing.arena);
}

void scan_origin(struct scan *scan)
{
    if ((scan->asked->kinds & GATE_ORIGIN) == 0 || scan->depth > 0 ||
        scan->text.len > TOKEN_TEXT_MAX) {
        return;
    }
    licence_scan(scan);
    if (scan->asked->corpus != NULL) {
        copied_scan(scan, scan->asked->corpus);
    }
}
