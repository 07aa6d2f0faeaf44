/*
 * poison_report.c - what a look for planted rows found, in words and as JSON.
 */
#include "poisoned.h"

enum { ODD_TOLD = 3 };

/* ---- words --------------------------------------------------------------------------------- */

struct str poison_finding_text(struct job *job, const struct poison_seen *seen, size_t finding)
{
    const struct finding *found = &seen->findings.finding[finding];
    const struct str cell = corner_text(job->arena, &seen->coarse, &found->cell);
    return str_format(
        job->arena, "%llu rows with %.*s are labelled %s where about %.0f were to be expected%s",
        (unsigned long long)found->rows, STR_ARG(cell), found->label ? "positive" : "negative",
        found->expected, seen->reference_rows > 0 ? " from the reference" : "");
}

static struct str flood_text(struct job *job, const struct poison_seen *seen, size_t flood)
{
    const struct flood *found = &seen->floods.flood[flood];
    if (found->free_column == SIZE_MAX) {
        return str_format(job->arena, "one of %llu rows that are the same in every column",
                          (unsigned long long)found->rows);
    }
    const struct str column = seen->coarse.feature[found->free_column].name;
    return str_format(job->arena, "one of %llu rows that are the same in every column but '%.*s'",
                      (unsigned long long)found->rows, STR_ARG(column));
}

struct str poison_reason(struct job *job, const struct poison_seen *seen, size_t row)
{
    struct str reason;
    const uint8_t finding = seen->findings.of_row[row];
    const uint8_t flood = seen->floods.of_row[row];
    if (finding != FINDING_NONE) {
        reason = poison_finding_text(job, seen, finding);
    } else {
        const bool label = seen->label[row] != 0;
        reason =
            str_format(job->arena, "labelled %s; rows like it are positive in %.1f %% of cases",
                       label ? "positive" : "negative", 100 * seen->chance[row]);
    }
    if (flood != FINDING_NONE) {
        const struct str told = flood_text(job, seen, flood);
        reason = str_format(job->arena, "%.*s; %.*s", STR_ARG(reason), STR_ARG(told));
    }
    if (seen->odd[row] >= ODD_TOLD) {
        reason = str_format(job->arena,
                            "%.*s; %u pairs of its values are common alone and nearly "
                            "unseen together",
                            STR_ARG(reason), (unsigned)seen->odd[row]);
    }
    return reason;
}

/* ---- JSON ---------------------------------------------------------------------------------- */

static void put_count(struct json *json, struct lit key, uint64_t count)
{
    json_key(json, key);
    json_u64(json, count);
}

static void put_number(struct json *json, struct lit key, double number)
{
    json_key(json, key);
    json_f64(json, number);
}

static void put_findings(struct job *job, struct json *json, const struct poison_seen *seen)
{
    json_key(json, LIT("findings"));
    json_list_begin(json);
    for (size_t f = 0; f < seen->findings.count; f++) {
        const struct finding *found = &seen->findings.finding[f];
        json_map_begin(json);
        put_text(json, LIT("cell"), corner_text(job->arena, &seen->coarse, &found->cell));
        put_text(json, LIT("words"), poison_finding_text(job, seen, f));
        put_text(json, LIT("label"), found->label ? STR("positive") : STR("negative"));
        put_count(json, LIT("rows"), found->rows);
        put_count(json, LIT("other_label"), found->others);
        put_number(json, LIT("expected"), found->expected);
        put_number(json, LIT("strength"), found->strength);
        if (seen->reference_rows > 0) {
            put_count(json, LIT("reference_rows"), found->reference[found->label]);
        }
        json_map_end(json);
    }
    json_list_end(json);
}

static void put_floods(struct job *job, struct json *json, const struct poison_seen *seen)
{
    put_count(json, LIT("duplicates"), seen->floods.duplicates);
    json_key(json, LIT("floods"));
    json_list_begin(json);
    for (size_t f = 0; f < seen->floods.count; f++) {
        json_map_begin(json);
        put_text(json, LIT("words"), flood_text(job, seen, f));
        put_count(json, LIT("rows"), seen->floods.flood[f].rows);
        put_count(json, LIT("first_row"), seen->floods.flood[f].first_row);
        json_map_end(json);
    }
    json_list_end(json);
}

/* What the alarm is held to: clean data sets that would raise it. */
static void put_promise(struct json *json, const struct poison_seen *seen)
{
    const struct scanned *scanned = &seen->scanned;
    json_key(json, LIT("false_alarm"));
    json_map_begin(json);
    put_number(json, LIT("rate"), POISON_FALSE_ALARM);
    put_count(json, LIT("cells"), scanned->cells);
    put_count(json, LIT("columns_in_threes"), scanned->tripled);
    put_number(json, LIT("inflation"), scanned->inflation);
    put_text(
        json, LIT("words"),
        seen->reference_rows > 0
            ? STR("of clean data from the reference's own population, at most 1 in 100 is "
                  "alarmed by its cells: exact binomial bound, all cells counted")
            : STR("of clean data that a sum over single columns describes, at most 1 in 100 is "
                  "alarmed by its cells: normal bound, all cells counted, at least 7 deviations"));
    json_map_end(json);
}

static void put_labels(struct json *json, const struct poison_seen *seen)
{
    json_key(json, LIT("labels"));
    json_map_begin(json);
    put_count(json, LIT("doubtful"), seen->doubtful);
    if (seen->reference_rows == 0) {
        put_number(json, LIT("zero_to_one"), seen->rates.zero_to_one);
        put_number(json, LIT("one_to_zero"), seen->rates.one_to_zero);
        json_key(json, LIT("one_rate_for_both"));
        json_bool(json, seen->rates.is_guarded);
    }
    json_map_end(json);
}

void poison_json(struct job *job, struct json *json, const struct poison_seen *seen)
{
    uint64_t odd = 0;
    for (size_t row = 0; row < seen->row_count; row++) {
        odd += seen->odd[row] >= ODD_TOLD;
    }
    const uint64_t suspects = poison_suspects(seen);
    put_text(json, LIT("verdict"), poison_is_alarm(seen) ? STR("alarm") : STR("clean"));
    put_count(json, LIT("rows"), seen->row_count);
    put_count(json, LIT("positives"), seen->positives);
    put_count(json, LIT("suspects"), suspects);
    put_number(json, LIT("share"), (double)suspects / (double)seen->row_count);
    if (seen->reference_rows > 0) {
        put_count(json, LIT("reference_rows"), seen->reference_rows);
        put_count(json, LIT("reference_positives"), seen->reference_positives);
    }
    put_promise(json, seen);
    put_findings(job, json, seen);
    put_floods(job, json, seen);
    put_count(json, LIT("odd_rows"), odd);
    put_labels(json, seen);
}
