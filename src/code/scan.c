/*
 * scan.c - one text: which reader it goes to, and its findings in order.
 */
#include <stdlib.h>
#include <string.h>

#include "inside_page.h"

static const struct {
    const char *name;
    const char *cwe;
    enum code_rank rank;
    const char *what;
    const char *fix;
} rule[RULES] = {
#define RULE(id, name, cwe, rank, what, fix) {name, cwe, rank, what, fix},
#include "rules.def"
#undef RULE
};

static struct code_finding *add(struct code_findings *findings)
{
    if (findings->count == CODE_FINDINGS_MAX) {
        return NULL;
    }
    if (findings->count == findings->room) {
        const size_t room = findings->room == 0 ? 32 : findings->room * 2;
        struct code_finding *larger = NEW_ARRAY(findings->arena, room, struct code_finding);
        bytes_copy(larger, findings->item, findings->count * sizeof *larger);
        findings->item = larger;
        findings->room = room;
    }
    return &findings->item[findings->count++];
}

void report_at(struct code_findings *findings, enum rule_id id, size_t start, size_t end)
{
    struct code_finding *finding = add(findings);
    if (finding != NULL) {
        *finding = (struct code_finding){.rule = rule[id].name,
                                         .cwe = rule[id].cwe,
                                         .what = rule[id].what,
                                         .fix = rule[id].fix,
                                         .rank = rule[id].rank,
                                         .start = start,
                                         .end = end};
    }
}

void report_open(struct code_findings *findings, const char *what, size_t start, size_t end)
{
    const size_t before = findings->count;
    report_at(findings, RULE_NONE, start, end);
    if (findings->count > before) {
        findings->item[before].what = what;
        findings->item[before].is_open = true;
    }
}

bool seen_before(struct analysis *analysis, enum rule_id id, node_id node)
{
    const uint64_t key = (uint64_t)id << 32 | node;
    for (size_t i = 0; i < analysis->seen_count; i++) {
        if (analysis->seen[i] == key) {
            return true;
        }
    }
    if (analysis->seen_count == analysis->seen_room) {
        const size_t room = analysis->seen_room == 0 ? 64 : analysis->seen_room * 2;
        uint64_t *larger = NEW_ARRAY(analysis->arena, room, uint64_t);
        bytes_copy(larger, analysis->seen, analysis->seen_count * sizeof *larger);
        analysis->seen = larger;
        analysis->seen_room = room;
    }
    analysis->seen[analysis->seen_count++] = key;
    return false;
}

/* Where a reader looks: a call at the end of a chain over several lines begins at its own name. */
static size_t place_of(const struct tree *tree, node_id node)
{
    const struct node *whole = node_of(tree, node);
    const node_id callee = kind_of(tree, node) == N_CALL ? first_of(tree, node) : 0;
    const node_id name =
        callee != 0 && kind_of(tree, callee) == N_MEMBER ? nth_of(tree, callee, 1) : 0;
    if (name == 0 || str_starts(text_of(tree, name), STR("replace"))) {
        return whole->start; /* what is replaced is a matter of the whole chain */
    }
    const struct str before = str_slice(tree->text, whole->start, node_of(tree, name)->start);
    return str_find(before, '\n') < before.len ? node_of(tree, name)->start : whole->start;
}

void report(struct analysis *analysis, enum rule_id id, node_id node, uint32_t step)
{
    const struct node *at = node_of(analysis->tree, node);
    if (analysis->seen_count >= CODE_FINDINGS_MAX || seen_before(analysis, id, node)) {
        return;
    }
    report_at(analysis->findings, id, analysis->shift + place_of(analysis->tree, node),
              analysis->shift + at->end);
    if (analysis->findings->count == 0 || step == 0) {
        return;
    }
    struct code_finding *finding = &analysis->findings->item[analysis->findings->count - 1];
    struct code_step way[CODE_STEPS_MAX];
    size_t count = 0;
    for (; step != 0 && count < CODE_STEPS_MAX - 1; step = analysis->step[step].before) {
        const struct node *place = node_of(analysis->tree, analysis->step[step].node);
        way[count++] = (struct code_step){analysis->shift + place->start,
                                          analysis->shift + place->end, analysis->step[step].what};
    }
    for (size_t i = 0; i < count; i++) {
        finding->step[i] = way[count - 1 - i];
    }
    finding->step[count] = (struct code_step){finding->start, finding->end, "does harm here"};
    finding->step_count = count + 1;
}

/* A text whose first line is indented was cut out of another. */
static bool begins_within(struct str text)
{
    size_t at = 0;
    while (at < text.len && (text.ptr[at] == '\n' || text.ptr[at] == '\r')) {
        at++;
    }
    return at < text.len && (text.ptr[at] == ' ' || text.ptr[at] == '\t');
}

/* Signs that turn the direction of what is seen: U+202A to U+202E, U+2066 to U+2069. */
void look_for_hidden_signs(struct str text, size_t shift, struct code_findings *findings)
{
    for (size_t at = 0; at + 3 <= text.len; at++) {
        at += str_find(str_slice(text, at, text.len - 2), '\xe2');
        if (at + 3 > text.len) {
            break;
        }
        const unsigned char *sign = (const unsigned char *)text.ptr + at;
        if (sign[0] == 0xe2 && ((sign[1] == 0x80 && sign[2] >= 0xaa && sign[2] <= 0xae) ||
                                (sign[1] == 0x81 && sign[2] >= 0xa6 && sign[2] <= 0xa9))) {
            report_at(findings, RULE_HIDDEN_SIGNS, shift + at, shift + at + 3);
            at += 200;
        }
    }
}

static void scan_piece(struct str text, enum code_language language, size_t shift, bool is_part,
                       struct code_findings *findings, struct page *page)
{
    struct arena *scratch = arena_begin();
    struct tree tree = {0};
    struct analysis analysis = {.arena = scratch,
                                .tree = &tree,
                                .findings = findings,
                                .shift = shift,
                                .page = page,
                                .matcher = matcher_of_all()};
    switch (parse(scratch, text, language, &tree)) {
    case PARSED:
        analysis.is_fragment = !is_part && (tree.is_fragment || begins_within(text));
        look_for_hidden_signs(text, shift, findings);
        analyse(&analysis);
        if (language < CODE_PYTHON) {
            look_at_client(&analysis);
            look_at_merging(&analysis);
            look_at_program(&analysis);
        }
        if (page != NULL) {
            look_before_yes(&analysis);
        }
        if (tree.is_deep) {
            report_open(findings, "nested too deeply to be checked to the bottom", shift,
                        shift + (text.len < 40 ? text.len : 40));
        }
        if (analysis.is_cut) {
            report_open(findings, "too much to be checked to the end", shift,
                        shift + (text.len < 40 ? text.len : 40));
        }
        break;
    case PARSED_TOO_SLOW:
        report_open(findings, "it takes too long to be read: not checked", shift,
                    shift + (text.len < 40 ? text.len : 40));
        break;
    case PARSED_NO_MEMORY:
        report_open(findings, "too large for the memory: not checked", shift,
                    shift + (text.len < 40 ? text.len : 40));
        break;
    }
    arena_end(scratch);
}

static void scan_pieces(struct str text, enum code_language language, size_t shift,
                        struct code_findings *findings, struct page *page)
{
    for (size_t at = 0; at < text.len;) {
        const size_t end = piece_end(text, at);
        scan_piece(str_slice(text, at, end), language, shift + at, end - at < text.len, findings,
                   page);
        at = end;
    }
}

static size_t place_in(struct str text, struct str sign)
{
    for (size_t at = 0; at + sign.len <= text.len; at++) {
        const char *next = memchr(text.ptr + at, sign.ptr[0], text.len - at);
        if (next == NULL) {
            break;
        }
        at = (size_t)(next - text.ptr);
        if (str_starts(str_slice(text, at, text.len), sign)) {
            return at;
        }
    }
    return text.len;
}

/* A text that was cut out of another may begin within a comment, which ends before one begins; a docstring's end stands
 * alone on its line, and no line that ends in a colon before it. */
static size_t open_comment_end(struct str text, enum code_language language)
{
    if (language != CODE_PYTHON) {
        const size_t end = place_in(text, STR("*/"));
        const struct str before = str_slice(text, 0, end);
        static const char *const program[] = {"/*", "<?", "//", "{", "}", "="};
        bool is_words = end + 2 < text.len && text.ptr[end + 2] == '\n';
        for (size_t p = 0; p < sizeof program / sizeof program[0] && is_words; p++) {
            is_words = place_in(before, str_of(program[p])) == before.len;
        }
        return is_words ? end + 2 : 0;
    }
    const size_t quotes = begins_within(text) ? place_in(text, STR("\"\"\"")) : text.len;
    size_t from = quotes;
    while (from > 0 && (text.ptr[from - 1] == ' ' || text.ptr[from - 1] == '\t')) {
        from--;
    }
    const bool is_alone = quotes + 3 < text.len && text.ptr[quotes + 3] == '\n' && from > 0 &&
                          from < quotes && text.ptr[from - 1] == '\n';
    const struct str before = str_trim(str_slice(text, 0, from));
    return is_alone && before.len > 0 && !str_ends(before, STR(":")) ? quotes + 3 : 0;
}

/* A key of Google's services in an address: AIza and 35 signs. */
static void look_for_keys(struct str text, size_t shift, struct code_findings *findings)
{
    enum { KEY_LEN = 39 };
    const struct str start = STR("AIza");
    for (size_t at = place_in(text, start); at + KEY_LEN <= text.len;) {
        const size_t from = at;
        size_t end = from;
        while (end < text.len &&
               (((text.ptr[end] | 0x20) >= 'a' && (text.ptr[end] | 0x20) <= 'z') ||
                (text.ptr[end] >= '0' && text.ptr[end] <= '9') || text.ptr[end] == '-' ||
                text.ptr[end] == '_')) {
            end++;
        }
        if (end - from == KEY_LEN && from >= 4 && str_is(str_slice(text, from - 4, from), "key=")) {
            report_at(findings, RULE_KEY, shift + from, shift + end);
        }
        at = end + place_in(str_slice(text, end, text.len), start);
    }
}

void scan_program(struct str text, enum code_language language, size_t shift,
                  struct code_findings *findings)
{
    const size_t from = open_comment_end(text, language);
    look_for_keys(text, shift, findings);
    scan_pieces(str_slice(text, from, text.len), language, shift + from, findings, NULL);
}

void scan_script(struct page *page, struct str text, enum code_language language, size_t shift)
{
    scan_pieces(text, language, shift, page->findings, page);
}

static int by_place(const void *left, const void *right)
{
    const struct code_finding *a = left;
    const struct code_finding *b = right;
    return a->start != b->start ? (a->start < b->start ? -1 : 1)
           : a->end != b->end   ? (a->end < b->end ? -1 : 1)
                                : 0;
}

bool code_is_built(void)
{
    return true;
}

void code_scan(struct str text, enum code_language language, struct code_findings *findings)
{
    const size_t before = findings->count;
    if (language == CODE_NONE) {
        return;
    }
    if (text.len > CODE_TEXT_MAX) {
        report_open(findings, "longer than 4 MB: the program is not checked", 0, 40);
    } else if (language == CODE_HTML) {
        look_for_keys(text, 0, findings);
        scan_page(text, findings);
    } else if (language == CODE_CSS) {
        scan_style(text, 0, findings);
    } else if (language == CODE_SQL) {
        scan_sql(text, 0, findings);
    } else {
        scan_program(text, language, 0, findings);
    }
    if (findings->count > before + 1) {
        qsort(findings->item + before, findings->count - before, sizeof *findings->item, by_place);
    }
}
