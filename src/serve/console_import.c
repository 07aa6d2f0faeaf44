/*
 * console_import.c - files in: customers, consents, events; outcomes of a campaign. With what was left out,
 * by line and reason.
 *
 * The file is never on disk: the library reads it from memory under a name of this process.
 */
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "console.h"

static const char *const kind_name[] = {"subjects", "consents", "events"};
static const enum word kind_word[] = {W_IMPORT_SUBJECTS, W_IMPORT_CONSENTS, W_IMPORT_EVENTS};

enum { KINDS = 3 };

/* ---- the file ------------------------------------------------------------------------------ */

/* The uploaded file under a path that only this process has; *fd is to be closed. */
static enum candor_status hold_file(struct site *site, int *fd, const char **path)
{
    const struct bytes file = site->file;
    size_t written = 0;
    *fd = memfd_create("upload", MFD_CLOEXEC);
    if (*fd < 0) {
        return fail(site->job, CANDOR_IO, "there is no memory for the file now");
    }
    while (written < file.len) {
        const ssize_t more = write(*fd, file.ptr + written, file.len - written);
        if (more <= 0) {
            (void)close(*fd);
            return fail(site->job, CANDOR_IO, "there is no memory for the file now");
        }
        written += (size_t)more;
    }
    *path = str_z(site->job->arena, str_format(site->job->arena, "/proc/self/fd/%d", *fd));
    return CANDOR_OK;
}

/* The library names the path it was given; a person knows the file by its own name. */
static struct str with_own_name(struct site *site, const char *path)
{
    const struct str message = str_of(candor_job_message(site->job));
    const struct str wanted = str_of(path);
    struct buf buf = buf_begin(site->job->arena);
    size_t at = 0;
    while (at < message.len) {
        if (str_starts(str_slice(message, at, message.len), wanted)) {
            buf_str(&buf, site->file_name);
            at += wanted.len;
        } else {
            buf_u8(&buf, (uint8_t)message.ptr[at++]);
        }
    }
    return buf_text(&buf);
}

/* ---- the form ------------------------------------------------------------------------------ */

static void put_kind(struct site *site, struct buf *html, size_t kind)
{
    const struct str chosen = site_field(site, "kind");
    const bool is_chosen = chosen.len == 0 ? kind == 0 : str_is(chosen, kind_name[kind]);
    html_lit(html, LIT("<label class=\"choice\"><input type=\"radio\" name=\"kind\" value=\""));
    html_text(html, str_of(kind_name[kind]));
    html_lit(html, is_chosen ? LIT("\" checked> ") : LIT("\"> "));
    say_in(html, LIT("<span>"), kind_word[kind], LIT("</span></label>"));
}

static void put_form(struct site *site, struct buf *html)
{
    html_lit(html,
             LIT("<form method=\"post\" action=\"/import\" enctype=\"multipart/form-data\">"));
    page_hidden(html, LIT("form"), str_of(site->who.form_token));
    say_in(html, LIT("<fieldset><legend>"), W_IMPORT_KIND, LIT("</legend>"));
    for (size_t kind = 0; kind < KINDS; kind++) {
        put_kind(site, html, kind);
    }
    say_in(html, LIT("</fieldset><div class=\"field\"><label for=\"file\">"), W_IMPORT_FILE,
           LIT("</label>"));
    say_in(html, LIT("<p class=\"hint\" id=\"file-hint\">"), W_IMPORT_HINT, LIT("</p>"));
    html_lit(html, LIT("<input type=\"file\" name=\"file\" id=\"file\" accept=\".csv,text/csv\" "
                       "aria-describedby=\"file-hint\" required></div><div class=\"acts\">"));
    page_answer(html, LIT("act"), LIT("import"), word(W_IMPORT_BUTTON), PAGE_BUTTON_MAIN);
    page_answer(html, LIT("act"), LIT("try"), word(W_IMPORT_TRY), PAGE_BUTTON_EQUAL);
    html_lit(html, LIT("</div></form>"));
}

/* ---- what came of it ------------------------------------------------------------------------ */

/* As many as the library names; how many there are in all is said above. */
static void put_rejected(struct site *site, struct buf *html, const struct value *first)
{
    static const enum word column[] = {W_COLUMN_LINE, W_COLUMN_FIELD, W_COLUMN_REASON};
    static const struct site_table table = {column, 3, 0};
    if (site_size(first) == 0) {
        return;
    }
    say_in(html, LIT("<h2>"), W_IMPORT_REJECTED_TABLE, LIT("</h2>"));
    site_table_begin(html, W_IMPORT_REJECTED_TABLE, &table);
    for (size_t i = 0; i < first->count; i++) {
        const struct value *row = &first->item[i];
        const struct str field = site_text(row, "field");
        const struct str cell[] = {word_with(site->job->arena, W_IMPORT_LINE,
                                             site_count(site->job->arena, site_whole(row, "line")),
                                             STR("")),
                                   field.len == 0 ? str_from(word(W_IMPORT_WHOLE_ROW)) : field,
                                   site_text(row, "sentence")};
        site_table_row(html, &table, cell);
    }
    site_table_end(html);
}

static void put_outcome(struct site *site, struct buf *html, const struct value *report)
{
    struct arena *arena = site->job->arena;
    const int64_t rejected = site_whole(report, "rejected");
    html_lit(html, LIT("<dl class=\"figures\">"));
    site_figure(html, W_IMPORT_ROWS, site_count(arena, site_whole(report, "rows")), STR(""));
    site_figure(html, W_IMPORT_TAKEN, site_count(arena, site_whole(report, "imported")), STR(""));
    site_figure(html, W_IMPORT_LEFT_OUT, site_count(arena, rejected), STR(""));
    html_lit(html, LIT("</dl>"));
    if (rejected > 0) {
        if (site_whole(report, "quarantined") > 0) {
            say_in(html, LIT("<p class=\"note\">"), W_IMPORT_QUARANTINE, LIT(" "));
            page_link(html, LIT("/data#quarantine"), word(W_IMPORT_TO_QUARANTINE));
            html_lit(html, LIT("</p>"));
        }
        put_rejected(site, html, value_get(report, "first_rejected"));
        say_in(html, LIT("<h2>"), W_IMPORT_ANOTHER, LIT("</h2>"));
    }
}

static struct outcome import_page(struct site *site, unsigned code, struct str error,
                                  const struct value *report)
{
    struct buf html = buf_begin(site->job->arena);
    site_begin(site, &html, str_from(word(W_IMPORT_TITLE)), "/data");
    say_in(&html, LIT("<p class=\"lead\">"), W_IMPORT_LEAD, LIT("</p>"));
    page_notice(&html, PAGE_NOTICE_BAD, error);
    if (report != NULL) {
        const bool is_dry = site_flag(report, "dry_run");
        page_notice(&html, PAGE_NOTICE_GOOD,
                    str_from(word(is_dry ? W_IMPORT_TRIED : W_IMPORT_DONE)));
        put_outcome(site, &html, report);
    }
    put_form(site, &html);
    return site_end_with(&html, code);
}

struct outcome console_import(struct site *site)
{
    return import_page(site, 200, STR(""), NULL);
}

struct outcome console_import_post(struct site *site)
{
    struct candor_text report;
    const char *path = NULL;
    const char *kind = site_field_z(site, "kind");
    const struct str act = site_field(site, "act");
    int fd = -1;
    if (!str_is(act, "import") && !str_is(act, "try")) {
        return site_stale(site);
    }
    if (site->file.len == 0 || kind == NULL) {
        return import_page(site, 400, str_from(word(W_IMPORT_NO_FILE)), NULL);
    }
    enum candor_status status = hold_file(site, &fd, &path);
    if (status != CANDOR_OK) {
        return site_failure(site, status);
    }
    const struct candor_import_order order = {
        .kind = kind, .path = path, .flags = str_is(act, "try") ? CANDOR_IMPORT_DRY_RUN : 0};
    status = candor_import_from(site->job, site->candor, &order, &report);
    (void)close(fd);
    if (status == CANDOR_OK) {
        return import_page(site, 200, STR(""), site_read(site, &report));
    }
    const struct str error = with_own_name(site, path);
    job_forgive(site->job);
    return import_page(site, (unsigned)status_http_code(status), error, NULL);
}

struct outcome console_results_post(struct site *site)
{
    struct candor_text report;
    const char *path = NULL;
    const struct str name = site->ask->parameter[0];
    int fd = -1;
    if (site->file.len == 0) {
        return site_refusal(site, 400, str_from(word(W_NOT_DONE)),
                            str_from(word(W_IMPORT_NO_FILE)));
    }
    enum candor_status status = hold_file(site, &fd, &path);
    if (status != CANDOR_OK) {
        return site_failure(site, status);
    }
    status =
        candor_results(site->job, site->candor, str_z(site->job->arena, name), path, NULL, &report);
    (void)close(fd);
    if (status != CANDOR_OK) {
        return site_refusal(site, (unsigned)status_http_code(status), str_from(word(W_NOT_DONE)),
                            with_own_name(site, path));
    }
    return site_go_saying(site, str_z(site->job->arena, console_path(site->job->arena, name, "")),
                          "results");
}
