/*
 * sitepart.c - what all pages are made of: members of the library's reports, figures in words, links.
 */
#include <math.h>
#include <string.h>

#include "site.h"

/* ---- reports ------------------------------------------------------------------------------- */

/* It is our own: nobody aims at us with its size. */
static const struct text_limits all_of_it = {
    .size_max = SIZE_MAX, .depth_max = TEXT_DEPTH_MAX, .count_max = SIZE_MAX, .text_max = SIZE_MAX};

const struct value *site_read(struct site *site, const struct candor_text *report)
{
    const struct value *tree = NULL;
    const struct bytes bytes = {(const uint8_t *)report->ptr, report->len};
    const enum candor_status status =
        json_read(site->job, bytes, &all_of_it, "the library's report", &tree);
    if (status != CANDOR_OK) {
        site->unread = status == CANDOR_NO_MEMORY ? CANDOR_NO_MEMORY : CANDOR_CORRUPT;
        return NULL;
    }
    return tree;
}

enum candor_status site_member(struct site *site, enum candor_status status,
                               const struct candor_text *report, const char *key,
                               const struct value **member)
{
    *member = NULL;
    if (status == CANDOR_FORBIDDEN || status == CANDOR_REFUSED) {
        job_forgive(site->job);
        return CANDOR_OK;
    }
    if (status == CANDOR_OK) {
        const struct value *tree = site_read(site, report);
        *member = key == NULL ? tree : value_get(tree, key);
    }
    return status;
}

struct str site_text(const struct value *map, const char *key)
{
    return value_text_at(map, key);
}

int64_t site_whole(const struct value *map, const char *key)
{
    const struct value *value = value_get(map, key);
    return value != NULL && value->kind == VALUE_NUMBER && value->is_integer ? value->integer : 0;
}

double site_number(const struct value *map, const char *key)
{
    const struct value *value = value_get(map, key);
    return value != NULL && value->kind == VALUE_NUMBER ? value->number : 0.0;
}

bool site_flag(const struct value *map, const char *key)
{
    const struct value *value = value_get(map, key);
    return value != NULL && value->kind == VALUE_BOOL && value->boolean;
}

size_t site_size(const struct value *list)
{
    return list == NULL ? 0 : list->count;
}

const struct value *site_find(const struct value *list, const char *key, struct str text)
{
    for (size_t i = 0; i < site_size(list); i++) {
        if (str_equal(site_text(&list->item[i], key), text)) {
            return &list->item[i];
        }
    }
    return NULL;
}

/* ---- in words ------------------------------------------------------------------------------ */

struct str site_time(struct arena *arena, struct str time)
{
    return time.len < 16 ? time
                         : str_format(arena, "%.*s %.*s UTC", 10, time.ptr, 5, time.ptr + 11);
}

struct str site_day(struct str time)
{
    return str_slice(time, 0, 10);
}

struct str site_count(struct arena *arena, int64_t count)
{
    struct buf buf = buf_begin(arena);
    page_count(&buf, count < 0 ? 0 : (uint64_t)count);
    return buf_text(&buf);
}

struct str site_percent(struct arena *arena, double share)
{
    return isnan(share) ? str_from(word(W_UNKNOWN))
                        : str_format(arena, "%.1f\xc2\xa0%%", 100 * share);
}

struct str site_points(struct arena *arena, double difference)
{
    return str_format(arena, "%s%.1f", difference < 0 ? "\xe2\x88\x92" : "+",
                      fabs(100 * difference));
}

struct str site_spaced(struct arena *arena, struct str name)
{
    struct buf buf = buf_begin(arena);
    for (size_t i = 0; i < name.len; i++) {
        buf_u8(&buf, name.ptr[i] == '_' ? ' ' : (uint8_t)name.ptr[i]);
    }
    return buf_text(&buf);
}

/* ---- links --------------------------------------------------------------------------------- */

/* RFC 3986, section 2.3: unreserved; and ':', which may stand in a path, a query and a fragment. */
static bool is_plain(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
           (byte >= '0' && byte <= '9') || (byte != '\0' && strchr("-_.~:", byte) != NULL);
}

struct str site_encoded(struct arena *arena, struct str text)
{
    struct buf buf = buf_begin(arena);
    for (size_t i = 0; i < text.len; i++) {
        if (is_plain(text.ptr[i])) {
            buf_u8(&buf, (uint8_t)text.ptr[i]);
        } else {
            buf_format(&buf, "%%%02X", (unsigned)(unsigned char)text.ptr[i]);
        }
    }
    return buf_text(&buf);
}

struct str site_path(struct arena *arena, const char *before, struct str part, const char *after)
{
    return str_format(arena, "%s%.*s%s", before, STR_ARG(site_encoded(arena, part)), after);
}

void site_link(struct buf *html, struct str path, struct str text)
{
    page_tag(html, LIT("<a href=\""), path, LIT("\">"));
    page_tag(html, LIT(""), text, LIT("</a>"));
}

void site_link_button(struct buf *html, struct str path, enum word words)
{
    page_tag(html, LIT("<a class=\"button\" href=\""), path, LIT("\">"));
    say_in(html, LIT(""), words, LIT("</a>"));
}

/* ---- parts of pages ------------------------------------------------------------------------ */

void site_heading(struct buf *html, enum word which)
{
    say_in(html, LIT("<h2>"), which, LIT("</h2>"));
}

void site_figure(struct buf *html, enum word what, struct str value, struct str remark)
{
    say_in(html, LIT("<div class=\"figure\"><dt>"), what, LIT("</dt>"));
    page_tag(html, LIT("<dd>"), value, LIT(""));
    if (remark.len > 0) {
        page_tag(html, LIT("<small>"), remark, LIT("</small>"));
    }
    html_lit(html, LIT("</dd></div>"));
}

void site_fact(struct buf *html, enum word label, struct str text)
{
    if (text.len > 0) {
        say_in(html, LIT("<dt>"), label, LIT("</dt>"));
        page_tag(html, LIT("<dd>"), text, LIT("</dd>"));
    }
}
