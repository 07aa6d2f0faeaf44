/*
 * guard_weigh.c - what a request and an answer hold that they should not, and what follows of it.
 *
 *     results of tools, words of users ──▶ counted, or the request is refused
 *     answer ──window (gate room)──▶ what blocks never leaves; the rest is counted at the end, or told
 *
 * In an answer pseudonyms stand where values of the request did: whatever is found is of the model.
 */
#include <string.h>

#include "code.h"
#include "guard.h"

/* ---- programs in an answer -------------------------------------------------------------------- */

static enum code_language language_of(struct str language)
{
    static const struct {
        const char *name;
        enum code_language language;
    } row[] = {
        {"javascript", CODE_JAVASCRIPT},
        {"js", CODE_JAVASCRIPT},
        {"mjs", CODE_JAVASCRIPT},
        {"jsx", CODE_JAVASCRIPT},
        {"node", CODE_JAVASCRIPT},
        {"typescript", CODE_TYPESCRIPT},
        {"ts", CODE_TYPESCRIPT},
        {"tsx", CODE_TSX},
        {"python", CODE_PYTHON},
        {"py", CODE_PYTHON},
        {"python3", CODE_PYTHON},
        {"php", CODE_PHP},
        {"html", CODE_HTML},
        {"htm", CODE_HTML},
        {"vue", CODE_HTML},
        {"svg", CODE_HTML},
    };
    char name[16];
    size_t len = 0;
    while (len < language.len && len < sizeof name && language.ptr[len] > ' ' &&
           language.ptr[len] != '{') {
        const char letter = language.ptr[len];
        name[len++] = (char)(letter >= 'A' && letter <= 'Z' ? letter + ('a' - 'A') : letter);
    }
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        if (str_equal((struct str){name, len}, str_of(row[i].name))) {
            return row[i].language;
        }
    }
    return CODE_NONE;
}

/* Of what the scan of files would let block. What nobody could check does too. */
static const char *first_of(const struct code_findings *findings)
{
    for (size_t i = 0; i < findings->count; i++) {
        if (findings->item[i].rank >= CODE_MEDIUM || findings->item[i].is_open) {
            return findings->item[i].rule;
        }
    }
    return NULL;
}

static struct code_findings code_in(struct arena *arena, struct str language, struct str text)
{
    struct code_findings findings = {.arena = arena};
    const enum code_language known = language_of(language);
    if (known != CODE_NONE && code_is_built()) {
        code_scan(text, known, &findings);
    }
    return findings;
}

static const char *insecure(struct str language, struct str text)
{
    struct arena *arena = arena_begin();
    const struct code_findings findings = code_in(arena, language, text);
    const char *rule = first_of(&findings);
    arena_end(arena);
    return rule;
}

/* ---- the rules -------------------------------------------------------------------------------- */

void guard_window(struct guard_config *config)
{
    struct window_rules *rules = &config->window;
    rules->gate = config->gate;
    bytes_copy(rules->region, config->region, sizeof rules->region);
    rules->canary = config->canary;
    rules->canary_count = config->canary_count;
    rules->code = insecure;
    config->has_window = false;
    for (size_t kind = 0; kind < HEARD_KINDS; kind++) {
        rules->blocks[kind] = config->act[kind] == GUARD_BLOCK;
        config->has_window = config->has_window || rules->blocks[kind];
    }
}

/* ---- the request ------------------------------------------------------------------------------ */

static uint32_t weigh_text(struct candor_chat *chat, struct job *work, struct str text)
{
    const struct gate_asked look = {.kinds = GATE_INJECTION, .least = LIKELY};
    struct gate_findings findings = gate_findings_in(work->arena, GATE_FINDINGS_MAX);
    gate_scan(chat->config->gate, text, &look, &findings);
    for (size_t i = 0; i < findings.count; i++) {
        guard_count(chat->job.arena, &chat->suspected, findings.item[i].rule, 1);
    }
    return (uint32_t)findings.count;
}

static uint32_t weigh_value(struct candor_chat *chat, struct job *work, const struct value *value);

/* What tools answer is often JSON in a text: then its texts are looked at as what they mean. */
static uint32_t weigh_said(struct candor_chat *chat, struct job *work, struct str text)
{
    const struct value *tree = NULL;
    const struct str trimmed = str_trim(text);
    if (!str_starts(trimmed, STR("{")) && !str_starts(trimmed, STR("["))) {
        return weigh_text(chat, work, text);
    }
    if (json_read(work, bytes_of(text), NULL, "the result", &tree) != CANDOR_OK) {
        job_forgive(work);
        return weigh_text(chat, work, text);
    }
    return weigh_value(chat, work, tree);
}

static uint32_t weigh_value(struct candor_chat *chat, struct job *work, const struct value *value)
{
    uint32_t count = 0;
    if (value->kind == VALUE_TEXT) {
        return weigh_text(chat, work, value->text);
    }
    for (size_t i = 0; (value->kind == VALUE_MAP || value->kind == VALUE_LIST) && i < value->count;
         i++) {
        count += weigh_value(chat, work, &value->item[i]);
    }
    return count;
}

static uint32_t weigh_content(struct candor_chat *chat, struct job *work,
                              const struct value *content)
{
    uint32_t count = 0;
    if (content != NULL && content->kind == VALUE_TEXT) {
        return weigh_said(chat, work, content->text);
    }
    for (size_t i = 0; content != NULL && content->kind == VALUE_LIST && i < content->count; i++) {
        count += weigh_said(chat, work, value_text_at(&content->item[i], "text"));
    }
    return count;
}

void guard_weigh_request(struct candor_chat *chat, struct job *work, const struct value *request)
{
    const struct value *messages = value_get(request, "messages");
    uint32_t tools = 0;
    uint32_t users = 0;
    for (size_t i = 0; messages != NULL && messages->kind == VALUE_LIST && i < messages->count;
         i++) {
        const struct str role = value_text_at(&messages->item[i], "role");
        const struct value *content = value_get(&messages->item[i], "content");
        if (str_is(role, "tool") || str_is(role, "function")) {
            tools += weigh_content(chat, work, content);
        } else if (str_is(role, "user")) {
            users += weigh_content(chat, work, content);
        }
    }
    if ((tools > 0 && chat->config->refuses_tools) || (users > 0 && chat->config->refuses_users)) {
        guard_refuse(chat, 403, "injection_in_prompt",
                     "%s what tries to steer the model (%s): take it out, or see guard.injection",
                     tools > 0 && chat->config->refuses_tools ? "a result of a tool holds"
                                                              : "a message holds",
                     chat->suspected.item[0].rule);
    }
}

/* ---- the answer ------------------------------------------------------------------------------- */

static void count_heard(struct candor_chat *chat, enum heard_kind kind, const char *rule)
{
    guard_count(chat->job.arena, &chat->heard, rule, 1);
    if (chat->config->act[kind] == GUARD_MARK) {
        guard_count(chat->job.arena, &chat->marked, rule, 1);
    }
}

static void weigh_programs(struct candor_chat *chat, struct arena *arena, struct str text)
{
    struct fence fence;
    size_t at = 0;
    while (at < text.len && fence_find(text, at, &fence, &at)) {
        const struct code_findings findings = code_in(arena, fence.language, fence.body);
        for (size_t i = 0; i < findings.count; i++) {
            count_heard(chat, HEARD_CODE, findings.item[i].rule);
        }
    }
}

static void weigh_heard(struct candor_chat *chat, struct arena *arena, struct str text)
{
    const struct gate_asked look = {.kinds = GATE_ALL | GATE_INJECTION,
                                    .least = LIKELY,
                                    .region = {chat->config->region[0], chat->config->region[1]}};
    struct gate_findings findings = gate_findings_in(arena, GATE_FINDINGS_MAX);
    gate_scan(chat->config->gate, text, &look, &findings);
    for (size_t i = 0; i < findings.count; i++) {
        count_heard(chat, heard_kind_of(&findings.item[i]), findings.item[i].rule);
    }
    const struct str lower = str_lower(arena, text);
    for (size_t i = 0; i < chat->config->canary_count; i++) {
        if (str_contains(lower, chat->config->canary[i])) {
            count_heard(chat, HEARD_CANARY, "cdr.guard.canary");
        }
    }
    weigh_programs(chat, arena, text);
}

void guard_weigh_answer(struct candor_chat *chat)
{
    if (chat->is_weighed) {
        return;
    }
    chat->is_weighed = true;
    struct arena *arena = arena_begin();
    for (size_t t = 0; t < chat->text_count; t++) {
        weigh_heard(chat, arena, buf_text(&chat->text[t]->text));
    }
    arena_end(arena);
}

/* ---- what is said of it ----------------------------------------------------------------------- */

static struct value text_value(struct str text)
{
    return (struct value){.kind = VALUE_TEXT, .text = text};
}

static struct value number_value(uint64_t number)
{
    return (struct value){.kind = VALUE_NUMBER,
                          .is_integer = true,
                          .integer = (int64_t)number,
                          .number = (double)number};
}

static struct value counts_value(struct arena *arena, const struct guard_counts *counts)
{
    struct str *key = NEW_ARRAY(arena, counts->count, struct str);
    struct value *item = NEW_ARRAY(arena, counts->count, struct value);
    for (size_t i = 0; i < counts->count; i++) {
        key[i] = str_of(counts->item[i].rule);
        item[i] = number_value(counts->item[i].count);
    }
    return (struct value){.kind = VALUE_MAP, .count = counts->count, .key = key, .item = item};
}

const struct value *guard_mark(struct candor_chat *chat)
{
    static const char source[] =
        "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia";
    enum { MEMBERS = 7 };
    struct arena *arena = chat->job.arena;
    struct str *key = NEW_ARRAY(arena, MEMBERS, struct str);
    struct value *item = NEW_ARRAY(arena, MEMBERS, struct value);
    struct value *mark = NEW(arena, struct value);
    size_t count = 0;
    key[count] = STR("ai_generated");
    item[count++] = (struct value){.kind = VALUE_BOOL, .boolean = true};
    key[count] = STR("digital_source_type");
    item[count++] = text_value(str_of(source));
    key[count] = STR("provider");
    item[count++] = text_value(chat->provider->name);
    key[count] = STR("model");
    item[count++] = text_value(chat->model->name);
    key[count] = STR("ledger_index");
    item[count++] = number_value(chat->asked_index);
    if (chat->withheld != NULL) {
        key[count] = STR("withheld");
        item[count++] = text_value(str_of(chat->withheld));
    }
    if (chat->marked.count > 0) {
        key[count] = STR("found");
        item[count++] = counts_value(arena, &chat->marked);
    }
    *mark = (struct value){.kind = VALUE_MAP, .count = count, .key = key, .item = item};
    return mark;
}
