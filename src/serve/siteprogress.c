/*
 * siteprogress.c - how far the work of whoever asks has come, and the script that shows it while a form is on its
 * way.
 */
#include "site.h"
#include "webfile.h"

struct outcome site_progress(struct site *site)
{
    struct page_progress progress;
    struct arena *arena = site->job->arena;
    struct buf buf = buf_begin(arena);
    struct json json;
    json_begin(&json, &buf, false);
    json_map_begin(&json);
    if (works_of(&site->desk->works, site->who.name, &progress)) {
        const struct str done = site_count(arena, (int64_t)progress.done);
        const struct str what = word_with(arena, W_PROGRESS, str_of(progress.what), done);
        const bool has_share = progress.total >= progress.done && progress.total > 0;
        json_key(&json, LIT("text"));
        json_text(&json, has_share ? word_with(arena, W_PROGRESS_OF, what,
                                               site_count(arena, (int64_t)progress.total))
                                   : what);
        json_key(&json, LIT("share"));
        json_f64(&json, has_share ? (double)progress.done / (double)progress.total : -1);
    }
    json_map_end(&json);
    json_end(&json);
    return site_file(site, "application/json", buf_all(&buf), NULL);
}

struct outcome site_script(struct site *site)
{
    const struct web_file *file = web_file("progress.js");
    struct outcome outcome = site_file(site, "text/javascript; charset=utf-8",
                                       (struct bytes){file->ptr, file->len}, NULL);
    outcome.cache = STR("public, max-age=3600");
    return outcome;
}
