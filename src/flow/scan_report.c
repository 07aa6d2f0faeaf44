/*
 * scan_report.c - the findings as our own JSON and as SARIF 2.1.0 (OASIS, 2020).
 *
 * Neither holds a value: the excerpt is masked, the message names the rule.
 */
#include "scanned.h"

static struct str message_of(struct arena *arena, const struct scanned *one)
{
    if (one->kind == GATE_CODE) {
        return str_of(one->what);
    }
    return str_format(arena, "%s%s%s%.*s (%s)", one->what, one->is_packed ? ", encoded" : "",
                      one->about.len > 0 ? ": " : "", STR_ARG(one->about),
                      likelihood_name(one->likelihood));
}

static struct str fingerprint_of(struct arena *arena, const struct scanned *one)
{
    return hex_of(arena, (struct bytes){one->fingerprint.byte, sizeof one->fingerprint.byte});
}

bool scan_blocks(const struct scanning *scanning, const struct scanned *one)
{
    return one->rank >= scanning->fail_on && !one->is_known && one->suppressed != ACCEPTED;
}

/* ---- our own -------------------------------------------------------------------------------- */

static void put_number(struct json *json, struct lit key, uint64_t value)
{
    json_key(json, key);
    json_u64(json, value);
}

static void put_copied(const struct scanned *one, struct json *json)
{
    if (one->copied.run == 0) {
        return;
    }
    json_key(json, LIT("copied"));
    json_map_begin(json);
    put_text(json, LIT("source"), one->source);
    put_number(json, LIT("tokens"), one->copied.run);
    put_number(json, LIT("longest_run"), one->copied.longest);
    json_key(json, LIT("share"));
    json_f64(json, one->copied.share / 100.0);
    json_map_end(json);
}

static void put_place(struct json *json, const struct scan_step *step)
{
    put_number(json, LIT("line"), step->line);
    put_number(json, LIT("column"), step->column);
    put_number(json, LIT("byte_offset"), step->offset);
    put_number(json, LIT("byte_length"), step->len);
    put_text(json, LIT("what"), str_of(step->what));
}

static void put_way(const struct scanned *one, struct json *json)
{
    if (one->step_count == 0) {
        return;
    }
    json_key(json, LIT("way"));
    json_list_begin(json);
    for (size_t s = 0; s < one->step_count; s++) {
        json_map_begin(json);
        put_place(json, &one->step[s]);
        json_map_end(json);
    }
    json_list_end(json);
}

static void put_finding(const struct scanning *scanning, const struct scanned *one,
                        struct json *json)
{
    struct arena *arena = scanning->job->arena;
    json_map_begin(json);
    put_text(json, LIT("rule"), str_of(one->rule));
    put_text(json, LIT("kind"), str_of(scan_kind_of(one->kind)->name));
    put_text(json, LIT("severity"), str_of(rank_name[one->rank]));
    put_text(json, LIT("likelihood"), str_of(likelihood_name(one->likelihood)));
    put_text(json, LIT("file"), one->file);
    put_number(json, LIT("line"), one->line);
    put_number(json, LIT("column"), one->column);
    put_number(json, LIT("end_line"), one->end_line);
    put_number(json, LIT("end_column"), one->end_column);
    put_number(json, LIT("byte_offset"), one->offset);
    put_number(json, LIT("byte_length"), one->len);
    put_text(json, LIT("message"), message_of(arena, one));
    put_text(json, LIT("excerpt"), one->excerpt);
    put_number(json, LIT("caret"), one->caret);
    put_number(json, LIT("caret_length"), one->caret_len);
    put_text_or_null(json, LIT("about"), one->about);
    put_copied(one, json);
    put_text_or_null(json, LIT("cwe"), str_of(one->cwe));
    put_text(json, LIT("fix"), str_of(one->fix));
    put_text(json, LIT("fingerprint"), fingerprint_of(arena, one));
    put_way(one, json);
    json_key(json, LIT("open"));
    json_bool(json, one->is_open);
    json_key(json, LIT("known"));
    json_bool(json, one->is_known);
    put_text_or_null(json, LIT("suppressed"),
                     one->suppressed == NOT_SUPPRESSED ? STR("")
                     : one->suppressed == ACCEPTED     ? STR("accepted")
                                                       : STR("under review"));
    put_text_or_null(json, LIT("justification"), one->justification);
    json_key(json, LIT("blocks"));
    json_bool(json, scan_blocks(scanning, one));
    json_map_end(json);
}

static struct str rules_digest(const struct scanning *scanning)
{
    return hex_of(scanning->job->arena,
                  (struct bytes){scanning->rules.byte, sizeof scanning->rules.byte});
}

void put_scan_json(const struct scanning *scanning, struct json *json)
{
    size_t blocking = 0;
    json_map_begin(json);
    json_key(json, LIT("findings"));
    json_list_begin(json);
    for (size_t i = 0; i < scanning->count; i++) {
        blocking += scan_blocks(scanning, &scanning->item[i]);
        put_finding(scanning, &scanning->item[i], json);
    }
    json_list_end(json);
    put_number(json, LIT("files"), scanning->file_count);
    put_number(json, LIT("bytes"), scanning->bytes);
    put_number(json, LIT("blocking"), blocking);
    put_number(json, LIT("links_left_out"), scanning->links);
    put_number(json, LIT("packed_left_out"), scanning->packed);
    if (scanning->look.rules != NULL) {
        put_text(json, LIT("rules_digest"), rules_digest(scanning));
    }
    if ((scanning->kinds & GATE_ORIGIN) != 0) {
        json_key(json, LIT("licence_index"));
        json_bool(json, scanning->look.licences != NULL);
    }
    json_key(json, LIT("more_than_kept"));
    json_bool(json, scanning->is_cut);
    json_key(json, LIT("unread"));
    json_list_begin(json);
    for (size_t i = 0; i < scanning->unread_count; i++) {
        json_text(json, scanning->unread[i]);
    }
    json_list_end(json);
    json_map_end(json);
}

/* ---- SARIF ---------------------------------------------------------------------------------- */

static const char *level_of(const struct scanned *one)
{
    return one->rank >= RANK_HIGH ? "error" : one->rank == RANK_MEDIUM ? "warning" : "note";
}

static void put_region(const struct scanned *one, struct json *json, bool is_baseline)
{
    json_key(json, LIT("physicalLocation"));
    json_map_begin(json);
    json_key(json, LIT("artifactLocation"));
    json_map_begin(json);
    put_text(json, LIT("uri"), one->file);
    json_map_end(json);
    if (!is_baseline) {
        json_key(json, LIT("region"));
        json_map_begin(json);
        put_number(json, LIT("startLine"), one->line);
        put_number(json, LIT("startColumn"), one->column);
        put_number(json, LIT("endLine"), one->end_line);
        put_number(json, LIT("endColumn"), one->end_column);
        put_number(json, LIT("byteOffset"), one->offset);
        put_number(json, LIT("byteLength"), one->len);
        json_map_end(json);
    }
    json_map_end(json);
}

static void put_suppressions(const struct scanned *one, struct json *json)
{
    if (one->suppressed == NOT_SUPPRESSED) {
        return;
    }
    json_key(json, LIT("suppressions"));
    json_list_begin(json);
    json_map_begin(json);
    put_text(json, LIT("kind"), STR("inSource"));
    put_text(json, LIT("status"),
             one->suppressed == ACCEPTED ? STR("accepted") : STR("underReview"));
    put_text(json, LIT("justification"), one->justification);
    json_map_end(json);
    json_list_end(json);
}

static void put_location(const struct scanned *one, const struct scan_step *step, struct json *json)
{
    json_map_begin(json);
    json_key(json, LIT("location"));
    json_map_begin(json);
    json_key(json, LIT("physicalLocation"));
    json_map_begin(json);
    json_key(json, LIT("artifactLocation"));
    json_map_begin(json);
    put_text(json, LIT("uri"), one->file);
    json_map_end(json);
    json_key(json, LIT("region"));
    json_map_begin(json);
    put_number(json, LIT("startLine"), step->line);
    put_number(json, LIT("startColumn"), step->column);
    put_number(json, LIT("byteOffset"), step->offset);
    put_number(json, LIT("byteLength"), step->len);
    json_map_end(json);
    json_map_end(json);
    json_key(json, LIT("message"));
    json_map_begin(json);
    put_text(json, LIT("text"), str_of(step->what));
    json_map_end(json);
    json_map_end(json);
    json_map_end(json);
}

static void put_code_flow(const struct scanned *one, struct json *json)
{
    if (one->step_count == 0) {
        return;
    }
    json_key(json, LIT("codeFlows"));
    json_list_begin(json);
    json_map_begin(json);
    json_key(json, LIT("threadFlows"));
    json_list_begin(json);
    json_map_begin(json);
    json_key(json, LIT("locations"));
    json_list_begin(json);
    for (size_t s = 0; s < one->step_count; s++) {
        put_location(one, &one->step[s], json);
    }
    json_list_end(json);
    json_map_end(json);
    json_list_end(json);
    json_map_end(json);
    json_list_end(json);
}

static void put_result(const struct scanning *scanning, const struct scanned *one,
                       struct json *json, bool is_baseline)
{
    struct arena *arena = scanning->job->arena;
    json_map_begin(json);
    put_text(json, LIT("ruleId"), str_of(one->rule));
    if (one->is_open) { /* SARIF: a kind that is no failure has no level */
        put_text(json, LIT("kind"), STR("open"));
    }
    put_text(json, LIT("level"), one->is_open ? STR("none") : str_of(level_of(one)));
    json_key(json, LIT("message"));
    json_map_begin(json);
    put_text(json, LIT("text"), is_baseline ? str_of(one->what) : message_of(arena, one));
    json_map_end(json);
    json_key(json, LIT("locations"));
    json_list_begin(json);
    json_map_begin(json);
    put_region(one, json, is_baseline);
    json_map_end(json);
    json_list_end(json);
    json_key(json, LIT("partialFingerprints"));
    json_map_begin(json);
    put_text(json, LIT("cdrContext/v1"), fingerprint_of(arena, one));
    json_map_end(json);
    if (!is_baseline) {
        put_code_flow(one, json);
        if (scanning->asked->baseline_path != NULL) {
            put_text(json, LIT("baselineState"), one->is_known ? STR("unchanged") : STR("new"));
        }
        put_suppressions(one, json);
    }
    json_map_end(json);
}

static int by_rule(const void *left, const void *right)
{
    return strcmp((*(const struct scanned *const *)left)->rule,
                  (*(const struct scanned *const *)right)->rule);
}

static void put_rule(const struct scanning *scanning, const struct scanned *one, struct json *json)
{
    static const char *const score[RANKS] = {"3.0", "5.0", "8.0", "9.5"};
    json_map_begin(json);
    put_text(json, LIT("id"), str_of(one->rule));
    json_key(json, LIT("shortDescription"));
    json_map_begin(json);
    put_text(json, LIT("text"), str_of(one->what));
    json_map_end(json);
    json_key(json, LIT("help"));
    json_map_begin(json);
    put_text(json, LIT("text"), str_of(one->fix));
    json_map_end(json);
    json_key(json, LIT("properties"));
    json_map_begin(json);
    json_key(json, LIT("tags"));
    json_list_begin(json);
    const struct scan_kind *kind = scan_kind_of(one->kind);
    json_text(json, str_of(kind->tag));
    if (one->cwe[0] != '\0') {
        json_text(json, str_format(scanning->job->arena, "external/cwe/%.*s",
                                   STR_ARG(str_lower(scanning->job->arena, str_of(one->cwe)))));
    }
    json_list_end(json);
    put_text(json, LIT("security-severity"), str_of(score[one->rank]));
    json_map_end(json);
    json_map_end(json);
}

static void put_rules(const struct scanning *scanning, struct json *json)
{
    const struct scanned **one =
        NEW_ARRAY(scanning->job->arena, scanning->count + 1, const struct scanned *);
    for (size_t i = 0; i < scanning->count; i++) {
        one[i] = &scanning->item[i];
    }
    qsort(one, scanning->count, sizeof *one, by_rule);
    json_key(json, LIT("rules"));
    json_list_begin(json);
    for (size_t i = 0; i < scanning->count; i++) {
        if (i == 0 || strcmp(one[i]->rule, one[i - 1]->rule) != 0) {
            put_rule(scanning, one[i], json);
        }
    }
    json_list_end(json);
}

/* What could not be read is told to the tool that reads this: the scan is not whole. */
static void put_invocation(const struct scanning *scanning, struct json *json)
{
    json_key(json, LIT("invocations"));
    json_list_begin(json);
    json_map_begin(json);
    json_key(json, LIT("executionSuccessful"));
    json_bool(json, scanning->unread_count == 0 && !scanning->is_cut);
    json_key(json, LIT("toolExecutionNotifications"));
    json_list_begin(json);
    for (size_t i = 0; i < scanning->unread_count; i++) {
        json_map_begin(json);
        put_text(json, LIT("level"), STR("error"));
        json_key(json, LIT("message"));
        json_map_begin(json);
        put_text(json, LIT("text"),
                 str_format(scanning->job->arena, "could not be read: %.*s",
                            STR_ARG(scanning->unread[i])));
        json_map_end(json);
        json_map_end(json);
    }
    json_list_end(json);
    json_map_end(json);
    json_list_end(json);
}

void put_scan_sarif(const struct scanning *scanning, struct json *json, bool is_baseline)
{
    json_map_begin(json);
    put_text(json, LIT("$schema"), STR("https://json.schemastore.org/sarif-2.1.0.json"));
    put_text(json, LIT("version"), STR("2.1.0"));
    json_key(json, LIT("runs"));
    json_list_begin(json);
    json_map_begin(json);
    json_key(json, LIT("tool"));
    json_map_begin(json);
    json_key(json, LIT("driver"));
    json_map_begin(json);
    put_text(json, LIT("name"), STR("candor"));
    put_text(json, LIT("version"), STR(CANDOR_VERSION));
    if (scanning->look.rules != NULL) {
        json_key(json, LIT("properties"));
        json_map_begin(json);
        put_text(json, LIT("rulesDigest"), rules_digest(scanning));
        json_map_end(json);
    }
    put_rules(scanning, json);
    json_map_end(json);
    json_map_end(json);
    put_text(json, LIT("columnKind"), STR("unicodeCodePoints"));
    put_invocation(scanning, json);
    json_key(json, LIT("results"));
    json_list_begin(json);
    for (size_t i = 0; i < scanning->count; i++) {
        put_result(scanning, &scanning->item[i], json, is_baseline);
    }
    json_list_end(json);
    json_map_end(json);
    json_list_end(json);
    json_map_end(json);
}
