/*
 * scan.c - one text: which reader it goes to, and its findings in order.
 */
#include <stdlib.h>

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

void report(struct analysis *analysis, enum rule_id id, node_id node, uint32_t step)
{
    const struct node *at = node_of(analysis->tree, node);
    if (analysis->seen_count >= CODE_FINDINGS_MAX || seen_before(analysis, id, node)) {
        return;
    }
    report_at(analysis->findings, id, analysis->shift + at->start, analysis->shift + at->end);
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

void scan_program(struct str text, enum code_language language, size_t shift,
                  struct code_findings *findings)
{
    scan_pieces(text, language, shift, findings, NULL);
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
