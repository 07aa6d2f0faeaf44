/*
 * siteform.c - what was sent with a request: a form's fields and file, and the query.
 */
#include "site.h"

/* A form with files: texts become fields, and the file is site->file. */
static enum candor_status read_parts(struct site *site)
{
    struct net_parts parts;
    struct net_part part;
    enum net_part_found found = NET_PART_BAD;
    if (net_parts_begin(site->ask->request, &parts)) {
        found = net_part_next(&parts, &part);
    }
    site->field = NEW_ARRAY(site->job->arena, SITE_FIELDS_MAX, struct net_pair);
    while (found == NET_PART_FOUND && site->field_count < SITE_FIELDS_MAX) {
        const struct str text = {(const char *)part.content.ptr, part.content.len};
        if (part.file_name.ptr != NULL) {
            site->file = part.content;
            site->file_name = part.file_name;
        } else if (str_is_utf8(text)) {
            site->field[site->field_count++] = (struct net_pair){part.name, text};
        }
        found = net_part_next(&parts, &part);
    }
    return found == NET_PART_END
               ? CANDOR_OK
               : fail(site->job, CANDOR_BAD_INPUT, "the form with the file is not whole");
}

enum candor_status site_read_form(struct site *site)
{
    const struct bytes body = site->ask->request->body;
    struct str rest = {(const char *)body.ptr, body.len};
    if (body.len == 0) {
        return CANDOR_OK;
    }
    if (site->ask->route->is_upload) {
        return read_parts(site);
    }
    site->field = NEW_ARRAY(site->job->arena, SITE_FIELDS_MAX, struct net_pair);
    while (rest.ptr != NULL) {
        if (site->field_count == SITE_FIELDS_MAX) {
            return fail(site->job, CANDOR_TOO_LARGE, "a form has at most %d fields",
                        SITE_FIELDS_MAX);
        }
        if (!net_form_next(site->job->arena, &rest, &site->field[site->field_count++])) {
            return fail(site->job, CANDOR_BAD_INPUT, "the form is badly encoded, or not UTF-8");
        }
    }
    return CANDOR_OK;
}

bool site_has_field(const struct site *site, const char *name)
{
    for (size_t i = 0; i < site->field_count; i++) {
        if (str_is(site->field[i].name, name)) {
            return true;
        }
    }
    return false;
}

struct str site_field(const struct site *site, const char *name)
{
    for (size_t i = 0; i < site->field_count; i++) {
        if (str_is(site->field[i].name, name)) {
            return site->field[i].value;
        }
    }
    return STR("");
}

const char *site_field_z(const struct site *site, const char *name)
{
    const struct str value = site_field(site, name);
    return value.len == 0 ? NULL : str_z(site->job->arena, value);
}

struct str site_query(const struct site *site, const char *name)
{
    struct str value = STR("");
    return net_query(site->ask->request, name, &value) ? value : STR("");
}

const char *site_query_z(const struct site *site, const char *name)
{
    const struct str value = site_query(site, name);
    return value.len == 0 ? NULL : str_z(site->job->arena, value);
}
