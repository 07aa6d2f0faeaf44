/*
 * scan_rules.c - the rules that the company writes itself: read from a folder, tested, made ready.
 *
 * A rule (scan_rule.c), a list of them, or {"rules": [...]} in each *.json, *.yaml or *.yml of the folder. A rule
 * whose tests do not hold is not loaded, and neither is the rest: a pack is whole or none. The digest is that of
 * the names and bytes of all its files.
 */
#include "scan_rules.h"

enum { FILE_MAX = 4 << 20, FILES_MAX = 500 };

struct reading_rules {
    struct job *job;
    struct str file; /* below the folder */
    struct user_rules *rules;
    struct tested_rule *tested;
};

static enum candor_status read_rule(struct reading_rules *reading, const struct value *map)
{
    struct user_rules *rules = reading->rules;
    if (rules->count == RULES_MAX) {
        return fail(reading->job, CANDOR_TOO_LARGE, "more than %d rules", RULES_MAX);
    }
    struct user_rule *rule = &rules->rule[rules->count];
    reading->tested[rules->count].file = reading->file;
    TRY(scan_rule_read(reading->job, map, rule, &reading->tested[rules->count]));
    for (size_t r = 0; r < rules->count; r++) {
        if (str_equal(rules->rule[r].id, rule->id)) {
            return fail(reading->job, CANDOR_BAD_INPUT, "rule '%.*s' stands twice",
                        STR_ARG(rule->id));
        }
    }
    rules->count++;
    return CANDOR_OK;
}

/* ---- files ---------------------------------------------------------------------------------- */

static enum candor_status read_document(struct reading_rules *reading, const struct value *document)
{
    static const char *const known[] = {"rules"};
    const struct value *list = document;
    if (document->kind == VALUE_MAP && value_get(document, "rules") != NULL) {
        TRY(value_only(reading->job, document, known, 1, "the file"));
        list = value_get(document, "rules");
    }
    if (list->kind != VALUE_LIST) {
        return read_rule(reading, list);
    }
    for (size_t i = 0; i < list->count; i++) {
        TRY(read_rule(reading, &list->item[i]));
    }
    return CANDOR_OK;
}

static enum candor_status read_file(struct reading_rules *reading, struct str path,
                                    struct digest_stream *digest)
{
    struct job *job = reading->job;
    struct bytes content;
    const struct value *document = NULL;
    const struct text_limits limits = {.size_max = FILE_MAX};
    const bool is_json = str_ends(path, STR(".json"));
    TRY(file_read(job, path, FILE_MAX, &content));
    TRY(is_json ? json_read(job, content, &limits, "the rules", &document)
                : yaml_read(job, content, &limits, "the rules", &document));
    struct buf head = buf_begin(job->arena);
    buf_block(&head, bytes_of(reading->file));
    buf_u64le(&head, content.len);
    digest_add(digest, buf_all(&head));
    digest_add(digest, content);
    return read_document(reading, document);
}

static bool is_rule_file(struct str path)
{
    return str_ends(path, STR(".json")) || str_ends(path, STR(".yaml")) ||
           str_ends(path, STR(".yml"));
}

static enum candor_status read_folder(struct job *job, const char *folder,
                                      struct reading_rules *reading, struct digest *digest)
{
    struct scanning files = {.job = job};
    struct digest_stream stream = digest_begin();
    TRY(scan_gather(&files, str_of(folder)));
    if (files.unread_count > 0 || files.file_count > FILES_MAX) {
        return fail(job, files.unread_count > 0 ? CANDOR_IO : CANDOR_TOO_LARGE,
                    "'%s' cannot be read whole, or has more than %d files", folder, FILES_MAX);
    }
    for (size_t f = 0; f < files.file_count; f++) {
        const struct str path = files.file[f];
        const size_t below = strlen(folder);
        reading->file = path.len > below ? str_slice(path, below + 1, path.len) : path;
        if (is_rule_file(path)) {
            TRY(during(job, read_file(reading, path, &stream), "reading '%.*s'", STR_ARG(path)));
        }
    }
    *digest = digest_end(&stream);
    return reading->rules->count > 0
               ? CANDOR_OK
               : fail(job, CANDOR_BAD_INPUT, "'%s' has no rule: *.json, *.yaml or *.yml", folder);
}

/* ---- tests ---------------------------------------------------------------------------------- */

enum outcome { HELD, NOT_FOUND_BAD, FOUND_OK, TOO_SLOW };

static enum outcome outcome_of(struct job *job, const struct gate *gate,
                               const struct user_rule *rule, const struct rule_test *test)
{
    struct arena *arena = arena_begin();
    struct user_rule one = *rule;
    struct user_rules only = {.rule = &one, .count = 1, .ticks = host_ticks};
    struct gate_findings found = gate_findings_in(arena, 100);
    const struct gate_asked asked = {.kinds = GATE_RULE,
                                     .rules = &only,
                                     .is_whole = true,
                                     .markets =
                                         rule->market_count == 0 ? STR("") : rule->market[0]};
    enum outcome outcome = HELD;
    (void)job;
    gate_scan(gate, test->text, &asked, &found);
    bool is_found = false;
    for (size_t i = 0; i < found.count; i++) {
        is_found = is_found || strcmp(found.item[i].rule, RULE_TOO_SLOW) != 0;
        outcome = strcmp(found.item[i].rule, RULE_TOO_SLOW) == 0 ? TOO_SLOW : outcome;
    }
    if (outcome == HELD && is_found != test->is_bad) {
        outcome = test->is_bad ? NOT_FOUND_BAD : FOUND_OK;
    }
    arena_end(arena);
    return outcome;
}

static const char *const outcome_words[] = {"held", "finds nothing in a bad text",
                                            "finds something in an ok text",
                                            "takes too long over a text"};

static enum candor_status load(struct job *job, const char *folder, struct reading_rules *reading,
                               struct digest *digest)
{
    *reading =
        (struct reading_rules){.job = job,
                               .rules = NEW(job->arena, struct user_rules),
                               .tested = NEW_ARRAY(job->arena, RULES_MAX, struct tested_rule)};
    reading->rules->rule = NEW_ARRAY(job->arena, RULES_MAX, struct user_rule);
    reading->rules->ticks = host_ticks;
    return read_folder(job, folder, reading, digest);
}

enum candor_status scan_rules_load(struct job *job, const struct gate *gate, const char *folder,
                                   const struct user_rules **rules, struct digest *digest)
{
    struct reading_rules reading;
    TRY(load(job, folder, &reading, digest));
    for (size_t r = 0; r < reading.rules->count; r++) {
        const struct user_rule *rule = &reading.rules->rule[r];
        for (size_t t = 0; t < reading.tested[r].test_count; t++) {
            const enum outcome outcome = outcome_of(job, gate, rule, &reading.tested[r].test[t]);
            if (outcome != HELD) {
                return fail(job, CANDOR_BAD_INPUT,
                            "'%s/%.*s': rule '%.*s' %s (test %zu); see: candor scan rules test %s",
                            folder, STR_ARG(reading.tested[r].file), STR_ARG(rule->id),
                            outcome_words[outcome], t + 1, folder);
            }
        }
    }
    *rules = reading.rules;
    return CANDOR_OK;
}

enum candor_status candor_scan_rules_test(struct job *job, const char *folder, bool *fails,
                                          struct candor_text *report)
{
    struct reading_rules reading;
    struct digest digest;
    struct answer answer;
    size_t failed = 0;
    size_t tests = 0;
    const struct gate *gate = scan_gate();
    TRY(load(job, folder, &reading, &digest));
    answer_begin(job, &answer);
    struct json *json = &answer.json;
    json_map_begin(json);
    json_key(json, LIT("failures"));
    json_list_begin(json);
    for (size_t r = 0; r < reading.rules->count; r++) {
        for (size_t t = 0; t < reading.tested[r].test_count; t++) {
            const enum outcome outcome =
                outcome_of(job, gate, &reading.rules->rule[r], &reading.tested[r].test[t]);
            tests++;
            if (outcome == HELD) {
                continue;
            }
            failed++;
            json_map_begin(json);
            put_text(json, LIT("rule"), reading.rules->rule[r].id);
            put_text(json, LIT("file"), reading.tested[r].file);
            json_key(json, LIT("test"));
            json_u64(json, t + 1);
            put_text(json, LIT("why"), str_of(outcome_words[outcome]));
            json_map_end(json);
        }
    }
    json_list_end(json);
    json_key(json, LIT("rules"));
    json_u64(json, reading.rules->count);
    json_key(json, LIT("tests"));
    json_u64(json, tests);
    put_text(json, LIT("digest"),
             hex_of(job->arena, (struct bytes){digest.byte, sizeof digest.byte}));
    json_map_end(json);
    answer_end(&answer, report);
    *fails = failed > 0;
    return CANDOR_OK;
}
