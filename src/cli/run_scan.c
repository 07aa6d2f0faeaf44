/*
 * run_scan.c - candor scan, and its answer for people: the line with stars, and a caret below.
 */
#include <string.h>

#include "run.h"

enum candor_status run_scan(struct invocation *invocation)
{
    const char *format = option(invocation, "format");
    bool blocks = false;
    struct candor_scan asked = {
        .path = invocation->argument,
        .path_count = invocation->argument_count,
        .only = option(invocation, "only"),
        .region = option(invocation, "region"),
        .market = option(invocation, "market"),
        .least = option(invocation, "least"),
        .fail_on = option(invocation, "fail-on"),
        .baseline_path = option(invocation, "baseline"),
        .write_baseline_path = option(invocation, "write-baseline"),
        .policy_path = option(invocation, "policy"),
        .corpus_path = option(invocation, "corpus"),
        .rules_path = option(invocation, "rules"),
        .before_path = option(invocation, "before"),
        .licences_path = option(invocation, "licences"),
        .as = option(invocation, "as"),
    };
    if (format != NULL && strcmp(format, "sarif") == 0) {
        asked.format = CANDOR_SCAN_SARIF;
        invocation->json = true;
    } else if (format != NULL && strcmp(format, "json") == 0) {
        invocation->json = true;
    } else if (format != NULL && strcmp(format, "text") != 0) {
        return fail(invocation->job, CANDOR_BAD_INPUT, "--format is text, json or sarif");
    }
    invocation->show = show_scan;
    TRY(candor_scan(invocation->job, &asked, &blocks, &invocation->report));
    invocation->has_findings = blocks;
    return CANDOR_OK;
}

static void put_times(uint64_t count, const char *what)
{
    for (uint64_t i = 0; i < count; i++) {
        put("%s", what);
    }
}

static void show_finding(const struct value *finding)
{
    const bool blocks = bool_at(finding, "blocks");
    const char *suppressed = text_at(finding, "suppressed");
    put("%s%s:%llu:%llu%s  %s%s%s  %s  %s%s%s%s\n", bold(), text_at(finding, "file"),
        (unsigned long long)count_at(finding, "line"),
        (unsigned long long)count_at(finding, "column"), plain(), blocks ? bad() : faint(),
        text_at(finding, "severity"), plain(), text_at(finding, "message"), faint(),
        text_at(finding, "rule"), bool_at(finding, "known") ? ", known" : "", plain());
    if (suppressed[0] != '\0') {
        put("    %s: %s\n", suppressed, text_at(finding, "justification"));
    }
    put("    %s\n    ", text_at(finding, "excerpt"));
    put_times(count_at(finding, "caret"), " ");
    put("%s", blocks ? bad() : faint());
    put_times(count_at(finding, "caret_length"), "^");
    put("%s\n", plain());
}

void show_scan(struct invocation *invocation, const struct value *report)
{
    char number[32];
    const struct value *findings = value_get(report, "findings");
    const struct value *unread = value_get(report, "unread");
    (void)invocation;
    for (size_t i = 0; findings != NULL && i < findings->count; i++) {
        show_finding(&findings->item[i]);
    }
    for (size_t i = 0; unread != NULL && i < unread->count; i++) {
        put("%scannot read%s %s\n", bad(), plain(),
            str_z(invocation->job->arena, unread->item[i].text));
    }
    const uint64_t found = findings == NULL ? 0 : findings->count;
    const uint64_t blocking = count_at(report, "blocking");
    const uint64_t files = count_at(report, "files");
    put("%s %s, ", count_text(found, number), found == 1 ? "finding" : "findings");
    put("%s of them %s", count_text(blocking, number), blocking == 1 ? "blocks" : "block");
    put("; %s %s\n", count_text(files, number), files == 1 ? "file" : "files");
    const uint64_t packed = count_at(report, "packed_left_out");
    if (packed > 0) {
        put("%s of them packed (images, archives): nothing in them can be seen.\n",
            count_text(packed, number));
    }
    const struct value *licences = value_get(report, "licence_index");
    if (licences != NULL && !licences->boolean) {
        put("There is no index of licences: whole texts of licences are not known. Make one with\n"
            "script/licences, or candor origin index --spdx FOLDER --out FILE and --licences "
            "FILE.\n");
    }
    if (bool_at(report, "more_than_kept")) {
        put("There are more than are kept: mend these first, then scan again.\n");
    }
}

enum candor_status run_origin_index(struct invocation *invocation)
{
    const struct candor_origin asked = {.path = invocation->argument,
                                        .path_count = invocation->argument_count,
                                        .spdx_path = option(invocation, "spdx"),
                                        .out_path = option(invocation, "out")};
    invocation->show = show_origin;
    return candor_origin_index(invocation->job, &asked, &invocation->report);
}

void show_origin(struct invocation *invocation, const struct value *report)
{
    char number[32];
    (void)invocation;
    put("%s texts, ", count_text(count_at(report, "texts"), number));
    put("%s tokens; ", count_text(count_at(report, "tokens"), number));
    put("%s licences. ", count_text(count_at(report, "licences"), number));
    put("%s bytes in %s\n", count_text(count_at(report, "bytes"), number), text_at(report, "out"));
    if (count_at(report, "left_out") > 0) {
        put("%s files are no text, or too large, and were left out.\n",
            count_text(count_at(report, "left_out"), number));
    }
}

enum candor_status run_scan_rules_test(struct invocation *invocation)
{
    bool fails = false;
    invocation->show = show_rules_test;
    TRY(candor_scan_rules_test(invocation->job, invocation->argument[0], &fails,
                               &invocation->report));
    invocation->has_findings = fails;
    return CANDOR_OK;
}

void show_rules_test(struct invocation *invocation, const struct value *report)
{
    char number[32];
    const struct value *failures = value_get(report, "failures");
    (void)invocation;
    for (size_t i = 0; failures != NULL && i < failures->count; i++) {
        const struct value *one = &failures->item[i];
        put("%s%s%s %s in %s, test %llu: %s\n", bad(), "fails", plain(), text_at(one, "rule"),
            text_at(one, "file"), (unsigned long long)count_at(one, "test"), text_at(one, "why"));
    }
    put("%s rules, ", count_text(count_at(report, "rules"), number));
    put("%s tests, ", count_text(count_at(report, "tests"), number));
    put("%s failed\n", count_text(failures == NULL ? 0 : failures->count, number));
    put("digest %s\n", text_at(report, "digest"));
}
