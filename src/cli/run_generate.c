/*
 * run_generate.c - candor generate: campaign copy from a brief, and how it is shown.
 */
#include "candor_content.h"
#include "candor_generate.h"
#include "run.h"

enum { VARIANTS = 3 };

/* What was kept, as files to read; nobody has approved them. */
static enum candor_status write_files(struct invocation *invocation, const char *folder)
{
    struct job *job = invocation->job;
    const struct candor_text text = invocation->report;
    const struct value *report = NULL;
    TRY(json_read(job, (struct bytes){(const uint8_t *)text.ptr, text.len}, NULL, "the report",
                  &report));
    const struct value *list = value_get(report, "variants");
    for (size_t i = 0; i < list->count; i++) {
        const struct str file = value_text_at(&list->item[i], "file");
        const struct str path = str_format(job->arena, "%s/%.*s", folder, STR_ARG(file));
        TRY(candor_may_write(job, str_z(job->arena, path)));
        TRY(file_replace(job, path, bytes_of(value_text_at(&list->item[i], "text")), 0644));
    }
    return CANDOR_OK;
}

enum candor_status run_generate(struct invocation *invocation)
{
    struct job *job = invocation->job;
    const char *folder = option(invocation, "out");
    const struct candor_post post = {.post = invocation->server->post};
    struct bytes brief = {NULL, 0};
    uint64_t variants = VARIANTS;
    size_t dropped = 0;
    TRY(option_u64(invocation, "variants", VARIANTS, &variants));
    if (variants == 0 || variants > CANDOR_VARIANTS_MAX) {
        return fail(job, CANDOR_BAD_INPUT, "--variants is a number from 1 to %d",
                    CANDOR_VARIANTS_MAX);
    }
    TRY(file_read(job, str_of(option(invocation, "brief")), (size_t)1 << 20, &brief));
    TRY(open_home(invocation));
    const struct candor_generation asked = {
        .campaign = option(invocation, "campaign"),
        .file = option(invocation, "brief"),
        .brief = brief.len > 0 ? (const char *)brief.ptr : "",
        .len = brief.len,
        .variants = (unsigned)variants,
        .language = option(invocation, "language"),
        .model = option(invocation, "model"),
    };
    invocation->show = show_generate;
    TRY(candor_generate(job, invocation->candor, &asked, &post, &dropped, &invocation->report));
    invocation->has_findings = dropped > 0;
    return folder == NULL ? CANDOR_OK : write_files(invocation, folder);
}

/* ---- on a terminal ------------------------------------------------------------------------- */

/* A text, a little to the right. */
static void put_lines(const struct value *of)
{
    const struct value *lines = value_get(of, "lines");
    for (size_t i = 0; i < lines->count; i++) {
        put("%s%.*s\n", lines->item[i].text.len > 0 ? "    " : "", STR_ARG(lines->item[i].text));
    }
}

static void put_variant(const struct value *variant)
{
    put("%s%s%s  %s", bold(), text_at(variant, "name"), plain(), text_at(variant, "state"));
    put("%s  %llu letters", faint(), (unsigned long long)count_at(variant, "body_letters"));
    if (count_at(variant, "findings") > 0) {
        put(", %llu findings that do not block", (unsigned long long)count_at(variant, "findings"));
    }
    put("%s%s\n", bool_at(variant, "was_there") ? ", as it was" : "", plain());
    put_lines(variant);
    put("\n");
}

static void put_drop(const struct value *drop)
{
    const struct value *findings = value_get(drop, "findings");
    put("%sdropped%s  %s\n", bad(), plain(), text_at(drop, "why"));
    for (size_t i = 0; i < findings->count; i++) {
        put("    %s  %s\n", text_at(&findings->item[i], "rule"),
            text_at(&findings->item[i], "what"));
    }
    put("%s", faint());
    put_lines(drop);
    put("%s\n", plain());
}

void show_generate(struct invocation *invocation, const struct value *report)
{
    const struct value *kept = value_get(report, "variants");
    const struct value *dropped = value_get(report, "dropped");
    for (size_t i = 0; i < kept->count; i++) {
        put_variant(&kept->item[i]);
    }
    for (size_t i = 0; i < dropped->count; i++) {
        put_drop(&dropped->item[i]);
    }
    put("%llu of %llu kept for '%s', in '%s', on the ledger as %llu.\n",
        (unsigned long long)count_at(report, "kept"), (unsigned long long)count_at(report, "asked"),
        text_at(report, "campaign"), text_at(report, "language"),
        (unsigned long long)count_at(report, "ledger_index"));
    if (kept->count > 0) {
        put("Nobody has approved them. To have one judged:\n    %s --home %s board propose content "
            "%s\n",
            invocation->program, invocation->home, text_at(&kept->item[0], "name"));
    }
}
