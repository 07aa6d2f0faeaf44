/*
 * anomaly.c - what generated code should not be like: told where it hides something, reaches where it may not,
 * or does what the version before it did not do.
 */
#include "anomaly.h"

#include <string.h>

enum { SCRIPTS_MAX = 2000 };

static const struct remark near_package = {
    "cdr.anomaly.near-package", "a package whose name is nearly that of a known one",
    "check its name: it may be somebody's trap", GATE_ANOMALY, VERY_LIKELY};
static const struct remark unknown_package = {
    "cdr.anomaly.unknown-package", "a package that is not among the known ones",
    "list it if it is meant; models invent packages", GATE_ANOMALY, LIKELY};
static const struct remark unlisted_host = {"cdr.anomaly.unlisted-host",
                                            "it sends to or loads from a host that is not listed",
                                            "list the host if it is meant", GATE_ANOMALY, LIKELY};
static const struct remark numbered_host = {"cdr.anomaly.numbered-host",
                                            "it sends to or loads from an address of numbers",
                                            "name the host", GATE_ANOMALY, LIKELY};
static const struct remark new_behaviour = {"cdr.anomaly.new-behaviour",
                                            "the version before did not do this",
                                            "ask why it does now", GATE_ANOMALY, LIKELY};

void anomaly_tell(struct scan *scan, const struct remark *remark, struct str about, size_t start,
                  size_t end)
{
    const size_t before = scan->findings->count;
    prose_add(scan, remark, start, end);
    if (scan->findings->count > before) {
        scan->findings->item[before].about = str_copy(scan->findings->arena, about);
    }
}

/* ---- programs and pages --------------------------------------------------------------------- */

static bool is_page(struct str path)
{
    static const char *const ending[] = {".html", ".htm", ".xhtml", ".vue",    ".svelte",
                                         ".php",  ".hbs", ".tpl",   ".liquid", ".mjml"};
    for (size_t i = 0; i < sizeof ending / sizeof ending[0]; i++) {
        if (str_ends(path, str_of(ending[i]))) {
            return true;
        }
    }
    return false;
}

/* Without a name a text is a page if it has a script, and else a program if it has what only programs have. */
static bool looks_like_program(struct str text)
{
    static const char *const part[] = {"function ", "function(", "=> {", "const ", "require(",
                                       "import ",   "eval(",     "def ", "<?php"};
    size_t count = 0;
    for (size_t i = 0; i < sizeof part / sizeof part[0]; i++) {
        count += memmem(text.ptr, text.len, part[i], strlen(part[i])) != NULL;
    }
    const bool has_signs =
        memchr(text.ptr, ';', text.len) != NULL || memchr(text.ptr, '{', text.len) != NULL;
    return count >= 1 && has_signs && memchr(text.ptr, '(', text.len) != NULL;
}

static size_t find_small(struct str text, size_t from, const char *small)
{
    while (from < text.len && !begins_small(text, from, small)) {
        const char *next =
            from + 1 < text.len ? memchr(text.ptr + from + 1, small[0], text.len - from - 1) : NULL;
        from = next == NULL ? text.len : (size_t)(next - text.ptr);
    }
    return from;
}

struct looking {
    struct scan *scan; /* NULL: only traits are asked */
    struct arena *arena;
    struct traits *traits;
    bool is_cut;
};

static void look_at_code(struct looking *looking, struct str text, size_t from, size_t to,
                         enum tongue tongue)
{
    const struct arena_mark mark = arena_mark(looking->arena);
    const size_t room = to - from < ANOMALY_TOKENS_MAX ? to - from + 1 : ANOMALY_TOKENS_MAX;
    struct token *token = TRY_ARRAY(looking->arena, room, struct token);
    struct token_reader reader = token_reader_of(str_slice(text, 0, to), tongue);
    reader.at = from;
    if (token == NULL) {
        looking->is_cut = true;
        return;
    }
    const size_t count = token_next(&reader, token, room);
    looking->is_cut = looking->is_cut || reader.at < to;
    const struct code code = {text, token, count, tongue};
    if (looking->scan != NULL) {
        hidden_code(looking->scan, &code);
    }
    code_traits(&code, looking->traits);
    arena_rewind(looking->arena, mark);
}

/* Each script of a page; one without an end goes on to the end of the text. */
static void look_at_page(struct looking *looking, struct str text)
{
    size_t at = 0;
    for (size_t scripts = 0; scripts < SCRIPTS_MAX; scripts++) {
        at = find_small(text, at, "<script");
        const size_t begin = at < text.len ? at + str_find(str_slice(text, at, text.len), '>') : at;
        if (begin + 1 >= text.len) {
            break;
        }
        const size_t end = find_small(text, begin, "</script");
        look_at_code(looking, text, begin + 1, end, TONGUE_SLASH);
        at = end;
    }
    page_traits(text, looking->traits);
}

static void look_at(struct looking *looking, struct str text, struct str path)
{
    const enum tongue tongue = tongue_of(path);
    if (is_page(path) || (tongue == TONGUE_WORDS && find_small(text, 0, "<script") < text.len)) {
        look_at_page(looking, text);
    }
    if (tongue != TONGUE_WORDS && !str_ends(path, STR(".vue")) && !str_ends(path, STR(".svelte"))) {
        look_at_code(looking, text, 0, text.len, tongue);
    } else if (path.len == 0 || memchr(path.ptr, '.', path.len) == NULL) {
        if (looks_like_program(text) && find_small(text, 0, "<script") == text.len) {
            look_at_code(looking, text, 0, text.len, TONGUE_SLASH);
        }
    }
    list_traits(text, path, looking->traits);
}

/* ---- what it reaches for -------------------------------------------------------------------- */

void trait_add(struct traits *traits, const struct trait *trait)
{
    if (trait->name.len == 0 || trait->name.len > 256) {
        return;
    }
    const struct str key =
        str_format(traits->arena, "%d%.*s", (int)trait->kind, STR_ARG(trait->name));
    if (map_get(traits->seen, bytes_of(key)) != NULL) {
        return;
    }
    if (traits->count == ANOMALY_TRAITS_MAX) {
        traits->is_cut = true;
        return;
    }
    if (traits->count == traits->room) {
        const size_t room = traits->room == 0 ? 64 : traits->room * 2;
        struct trait *larger = NEW_ARRAY(traits->arena, room, struct trait);
        bytes_copy(larger, traits->item, traits->count * sizeof *larger);
        traits->item = larger;
        traits->room = room;
    }
    map_put(traits->seen, bytes_of(key), traits);
    traits->item[traits->count] = *trait;
    traits->item[traits->count++].name = str_copy(traits->arena, trait->name);
}

static bool is_of_numbers(struct str host)
{
    size_t dots = 0;
    for (size_t i = 0; i < host.len; i++) {
        dots += host.ptr[i] == '.';
        if (!is_digit(host.ptr[i]) && host.ptr[i] != '.') {
            return false;
        }
    }
    return dots == 3 && !str_starts(host, STR("127.")) && !str_starts(host, STR("10.")) &&
           !str_starts(host, STR("192.168.")) && !str_is(host, "0.0.0.0");
}

static void judge_package(struct scan *scan, const struct trait *trait)
{
    const struct gate_policy *policy = scan->asked->policy;
    if (policy == NULL || !policy->has_packages || package_is_known(policy, trait)) {
        return;
    }
    const struct str near = package_near(policy, trait->name);
    if (near.len > 0) {
        const struct str about = str_format(scan->findings->arena, "%.*s, not %.*s",
                                            STR_ARG(trait->name), STR_ARG(near));
        anomaly_tell(scan, &near_package, about, trait->start, trait->end);
    } else if (!trait->is_import) {
        anomaly_tell(scan, &unknown_package, trait->name, trait->start, trait->end);
    }
}

static void judge(struct scan *scan, const struct trait *trait, const struct traits *before)
{
    static const char *const word[] = {"it reaches ", "it uses the package ", "it uses "};
    const struct gate_policy *policy = scan->asked->policy;
    if (trait->kind == TRAIT_PACKAGE) {
        judge_package(scan, trait);
    } else if (trait->kind == TRAIT_HOST && policy != NULL && policy->has_hosts) {
        if (!host_is_allowed(policy, trait->name)) {
            anomaly_tell(scan, &unlisted_host, trait->name, trait->start, trait->end);
        }
    } else if (trait->kind == TRAIT_HOST && is_of_numbers(trait->name)) {
        anomaly_tell(scan, &numbered_host, STR(""), trait->start, trait->end);
    }
    const struct str key =
        str_format(scan->findings->arena, "%d%.*s", (int)trait->kind, STR_ARG(trait->name));
    if (before != NULL && map_get(before->seen, bytes_of(key)) == NULL) {
        anomaly_tell(
            scan, &new_behaviour,
            str_format(scan->findings->arena, "%s%.*s", word[trait->kind], STR_ARG(trait->name)),
            trait->start, trait->end);
    }
}

void anomaly_scan(struct scan *scan)
{
    if ((scan->asked->kinds & GATE_ANOMALY) == 0 || scan->depth > 0 || scan->text.len == 0 ||
        scan->text.len > TOKEN_TEXT_MAX) {
        return;
    }
    struct arena *arena = arena_begin();
    struct traits now = {.arena = arena, .seen = map_begin(arena)};
    struct traits before = {.arena = arena, .seen = map_begin(arena)};
    struct looking looking = {.scan = scan, .arena = arena_begin(), .traits = &now};
    look_at(&looking, scan->text, scan->asked->path);
    const bool has_before = scan->asked->has_before;
    if (has_before && scan->asked->before.len > 0) {
        struct looking then = {.arena = looking.arena, .traits = &before};
        look_at(&then, scan->asked->before, scan->asked->path);
    }
    for (size_t i = 0; i < now.count; i++) {
        judge(scan, &now.item[i], has_before ? &before : NULL);
    }
    scan->findings->is_cut = scan->findings->is_cut || looking.is_cut || now.is_cut;
    arena_end(looking.arena);
    arena_end(arena);
}
