/*
 * window.c - a text of an answer that grows: nothing of what must not leave does, however it is cut.
 *
 * Looked at is always whole words with some text before them, so a cut of the stream is not seen. What is too
 * long to be a finding does not wait for one.
 */
#include "window.h"

#include <string.h>

#include "inside.h"

enum {
    CONTEXT_MAX = 1024,      /* of what has left */
    PERSONAL_MAX = 96,       /* a number, a date with blanks in it */
    LINK_TEXT_MAX = 256,     /* between the brackets of a link */
    PROGRAM_MAX = 64 * 1024, /* what waits for a fence */
    ARGUMENTS_MAX = 1 << 20, /* what waits for the end of a call */
};

enum heard_kind heard_kind_of(const struct gate_finding *finding)
{
    if (finding->kind == GATE_SECRET) {
        return HEARD_SECRET;
    }
    if (finding->kind == GATE_PII) {
        return HEARD_PERSONAL;
    }
    const bool is_link = strcmp(finding->rule, "cdr.injection.exfiltration-link") == 0;
    return is_link && finding->likelihood == VERY_LIKELY ? HEARD_LINK : HEARD_INJECTION;
}

struct window window_begin(struct arena *arena, const struct window_rules *rules, bool is_json)
{
    return (struct window){.rules = rules, .text = buf_begin(arena), .is_json = is_json};
}

bool window_waits(const struct window *window)
{
    return window->rules != NULL && window->left < window->text.len;
}

/* ---- fences --------------------------------------------------------------------------------- */

static struct str line_at(struct str text, size_t at)
{
    const char *end = memchr(text.ptr + at, '\n', text.len - at);
    return str_slice(text, at, end == NULL ? text.len : (size_t)(end - text.ptr));
}

bool fence_find(struct str text, size_t from, struct fence *fence, size_t *after)
{
    size_t body = 0;
    bool is_open = false;
    for (size_t at = from; at < text.len;) {
        const struct str line = line_at(text, at);
        const size_t next = at + line.len + 1;
        struct str mark = str_trim(line);
        if (str_starts(mark, STR("```")) && !is_open) {
            is_open = true;
            body = next < text.len ? next : text.len;
            *fence =
                (struct fence){.start = at, .language = str_trim(str_slice(mark, 3, mark.len))};
        } else if (str_starts(mark, STR("```"))) {
            fence->body = str_slice(text, body, at);
            fence->is_closed = next <= text.len; /* its line may go on */
            *after = next < text.len ? next : text.len;
            return true;
        }
        at = next;
    }
    if (is_open) {
        fence->body = str_slice(text, body, text.len);
        *after = text.len;
    }
    return is_open;
}

/* ---- what waits ------------------------------------------------------------------------------- */

/* A word may end here: behind white space, or a letter of a script that parts words by nothing. */
static bool is_between(struct str text, size_t at)
{
    enum { LEAD = 0xe3 };
    size_t lead = at - 1;
    if ((uint8_t)text.ptr[lead] <= ' ') {
        return true;
    }
    if ((uint8_t)text.ptr[lead] < 0x80 ||
        (at < text.len && ((uint8_t)text.ptr[at] & 0xc0) == 0x80)) {
        return false;
    }
    while (lead > 0 && ((uint8_t)text.ptr[lead] & 0xc0) == 0x80) {
        lead--;
    }
    return (uint8_t)text.ptr[lead] >= LEAD;
}

static size_t word_begin(struct str text, size_t from, size_t at)
{
    while (at > from && !is_between(text, at)) {
        at--;
    }
    return at;
}

static size_t least(size_t one, size_t other)
{
    return one < other ? one : other;
}

/* Where the longest end of the text stands that a canary may begin with. */
static size_t canary_begin(struct job *job, const struct window_rules *rules, struct str text,
                           size_t from)
{
    size_t begin = text.len;
    for (size_t c = 0; c < rules->canary_count; c++) {
        const struct str canary = rules->canary[c];
        const size_t most = least(canary.len - 1, text.len - from);
        const struct str tail = str_lower(job->arena, str_slice(text, text.len - most, text.len));
        for (size_t len = most; len > 0 && text.len - len < begin; len--) {
            if (memcmp(tail.ptr + most - len, canary.ptr, len) == 0) {
                begin = text.len - len;
            }
        }
    }
    return begin;
}

/* Of the bracket before, within a line. */
static size_t bracket_before(struct str text, size_t from, size_t at)
{
    const size_t stop = at - from > LINK_TEXT_MAX ? at - LINK_TEXT_MAX : from;
    while (at > stop && text.ptr[at] != '[' && text.ptr[at] != '\n') {
        at--;
    }
    return at > from && text.ptr[at] == '[' && text.ptr[at - 1] == '!' ? at - 1 : at;
}

/* Of a Markdown link or picture that is not over: its line ends it at the latest. */
static size_t link_begin(struct str text, size_t from)
{
    size_t line = text.len;
    while (line > from && text.ptr[line - 1] != '\n') {
        line--;
    }
    for (size_t at = text.len; at > line; at--) {
        const char letter = text.ptr[at - 1];
        if (letter == ')') {
            return text.len;
        }
        if (letter == ']' && (at == text.len || text.ptr[at] == '(')) {
            return bracket_before(text, from, at - 1);
        }
        if (letter == '[') {
            const bool is_open = memchr(text.ptr + at, ']', text.len - at) == NULL;
            return is_open && text.len - at < LINK_TEXT_MAX ? bracket_before(text, from, at - 1)
                                                            : text.len;
        }
    }
    return text.len;
}

/* Of a key in lines that is not over. */
static size_t key_begin(struct str text, size_t from)
{
    static const char begin[] = "-----BEGIN";
    static const char end[] = "-----END";
    static const char rule[] = "-----";
    const char *stop = text.ptr + text.len;
    const char *at = text.ptr + from;
    while ((at = memmem(at, (size_t)(stop - at), begin, sizeof begin - 1)) != NULL) {
        const size_t open = (size_t)(at - text.ptr);
        at = memmem(at, (size_t)(stop - at), end, sizeof end - 1);
        if (at == NULL) {
            return open;
        }
        at += sizeof end - 1;
        at = memmem(at, (size_t)(stop - at), rule, sizeof rule - 1);
        if (at == NULL) {
            return open;
        }
    }
    return text.len;
}

static size_t line_begin(struct str text, size_t from)
{
    size_t at = text.len;
    while (at > from && text.ptr[at - 1] != '\n') {
        at--;
    }
    return at;
}

static size_t fence_begin(struct str text, size_t from)
{
    struct fence fence;
    size_t at = line_begin((struct str){text.ptr, from}, 0); /* what left may end within a line */
    while (fence_find(text, at, &fence, &at)) {
        if (!fence.is_closed) {
            return fence.start;
        }
    }
    return text.len;
}

/* As far as nothing that blocks may begin and not be over. */
static size_t ready_to(struct job *job, const struct window *window)
{
    const struct window_rules *rules = window->rules;
    const struct str text = buf_text(&window->text);
    const size_t from = window->left;
    if (text.len == 0) {
        return 0;
    }
    size_t to = word_begin(text, from, text.len);
    if (rules->blocks[HEARD_CANARY]) {
        to = least(to, canary_begin(job, rules, text, from));
    }
    if (rules->blocks[HEARD_SECRET]) {
        to = least(to, key_begin(text, from));
    }
    if (rules->blocks[HEARD_LINK]) {
        to = least(to, link_begin(text, from));
    }
    if (rules->blocks[HEARD_PERSONAL]) {
        const size_t before = text.len - from > PERSONAL_MAX ? text.len - PERSONAL_MAX : from;
        to = least(to, word_begin(text, from, before));
    }
    if (rules->blocks[HEARD_INJECTION]) {
        to = least(to, line_begin(text, from));
    }
    if (text.len - to > GATE_SPAN_MAX) { /* no rule looks further */
        to = text.len - GATE_SPAN_MAX;
        while (((uint8_t)text.ptr[to] & 0xc0) == 0x80 && to < text.len - 1) {
            to++;
        }
    }
    return rules->blocks[HEARD_CODE] ? least(to, fence_begin(text, from)) : to;
}

/* ---- judging ---------------------------------------------------------------------------------- */

static bool has_canary(struct job *job, const struct window_rules *rules, struct str text)
{
    const struct str lower = str_lower(job->arena, text);
    for (size_t i = 0; i < rules->canary_count; i++) {
        if (str_contains(lower, rules->canary[i])) {
            return true;
        }
    }
    return false;
}

static const char *insecure(const struct window_rules *rules, struct str text, size_t from,
                            size_t to)
{
    struct fence fence;
    size_t at = line_begin((struct str){text.ptr, from}, 0);
    while (at < to && fence_find(str_slice(text, 0, to), at, &fence, &at)) {
        const char *rule = rules->code(fence.language, fence.body);
        if (rule != NULL) {
            return rule;
        }
    }
    return NULL;
}

/* The rule of what blocks in the text and begins before `to`; what has left was looked at when it did. */
static const char *blocked(struct job *job, const struct window_rules *rules, struct str text,
                           size_t from, size_t to)
{
    const bool *blocks = rules->blocks;
    const bool has_link = blocks[HEARD_LINK] && str_contains(text, STR("]("));
    const struct gate_asked look = {
        .kinds = (blocks[HEARD_SECRET] || blocks[HEARD_PERSONAL] ? (unsigned)GATE_ALL : 0) |
                 (has_link || blocks[HEARD_INJECTION] ? (unsigned)GATE_INJECTION : 0),
        .least = LIKELY,
        .region = {rules->region[0], rules->region[1]}};
    if (blocks[HEARD_CANARY] && has_canary(job, rules, text)) {
        return "cdr.guard.canary";
    }
    struct gate_findings findings = gate_findings_in(job->arena, GATE_FINDINGS_MAX);
    if (look.kinds != 0) {
        gate_scan(rules->gate, text, &look, &findings);
    }
    for (size_t i = 0; i < findings.count; i++) {
        const struct gate_finding *finding = &findings.item[i];
        const enum heard_kind kind = heard_kind_of(finding);
        const bool is_judged = finding->start < to || kind == HEARD_LINK; /* which begins before */
        if (is_judged && finding->end > from && blocks[kind]) {
            return finding->rule;
        }
    }
    return blocks[HEARD_CODE] ? insecure(rules, text, from, to) : NULL;
}

/* Every text in the arguments of a tool, without its escapes. */
static const char *blocked_leaf(struct job *job, const struct window_rules *rules,
                                const struct value *value)
{
    const char *rule = NULL;
    if (value->kind == VALUE_TEXT) {
        return blocked(job, rules, value->text, 0, value->text.len);
    }
    const bool is_map = value->kind == VALUE_MAP;
    for (size_t i = 0; (is_map || value->kind == VALUE_LIST) && i < value->count && rule == NULL;
         i++) {
        rule = is_map ? blocked(job, rules, value->key[i], 0, value->key[i].len) : NULL;
        rule = rule == NULL ? blocked_leaf(job, rules, &value->item[i]) : rule;
    }
    return rule;
}

static const char *blocked_arguments(struct job *job, const struct window_rules *rules,
                                     struct str text)
{
    const struct value *tree = NULL;
    const char *rule = blocked(job, rules, text, 0, text.len);
    if (rule == NULL && json_read(job, bytes_of(text), NULL, "the arguments", &tree) == CANDOR_OK) {
        rule = blocked_leaf(job, rules, tree);
    } else if (rule == NULL) {
        job_forgive(job);
    }
    return rule;
}

/* ---- the window ------------------------------------------------------------------------------- */

/* What has left tells something of what follows: some of it stays, from a word on. */
static void drop_context(struct window *window)
{
    if (window->left < (size_t)2 * CONTEXT_MAX) {
        return;
    }
    const struct str text = buf_text(&window->text);
    size_t keep = window->left - CONTEXT_MAX;
    while (keep < window->left && !is_between(text, keep)) {
        keep++;
    }
    memmove(window->text.ptr, window->text.ptr + keep, window->text.len - keep);
    window->text.len -= keep;
    window->left -= keep;
}

static const char *let_out(struct job *job, struct window *window, size_t to, struct str *ready)
{
    const struct str text = buf_text(&window->text);
    const char *rule = NULL;
    if (to > window->left) {
        rule = window->is_json ? blocked_arguments(job, window->rules, text)
                               : blocked(job, window->rules, text, window->left, to);
    }
    *ready = rule == NULL ? str_slice(text, window->left, to) : STR("");
    window->left = rule == NULL ? to : window->left;
    return rule;
}

const char *window_next(struct job *job, struct window *window, struct str piece, struct str *ready)
{
    *ready = STR("");
    drop_context(window);
    buf_str(&window->text, piece);
    const size_t waits = window->text.len - window->left;
    if (waits > (size_t)(window->is_json ? ARGUMENTS_MAX : PROGRAM_MAX + GATE_SPAN_MAX) &&
        piece.len < waits) {
        return "cdr.guard.not-examined";
    }
    return window->is_json ? NULL : let_out(job, window, ready_to(job, window), ready);
}

const char *window_last(struct job *job, struct window *window, struct str *ready)
{
    return let_out(job, window, window->text.len, ready);
}
