/*
 * scan_policy.c - what the company says of what it publishes: the section `scan` of candor.yaml, or of a file of
 * its own that has nothing else.
 *
 *   scan:
 *     licences: [MIT, Apache-2.0, "GPL-2.0-only WITH Classpath-exception-2.0"]
 *     packages: [react, "@shop/ui"]       what programs may import
 *     package_files: [package-lock.json]  and what these name, beside the policy; requirements.txt as well
 *     hosts: [shop.example, "*.cdn.example"]
 */
#include "origin.h"
#include "scanned.h"

enum { POLICY_MAX = 4 << 20, NAMES_MAX = 100000, PACKAGES_MAX = 64 << 20 };

static enum candor_status read_list(struct job *job, const struct value *section, const char *key,
                                    bool *is_there, const struct str **name, size_t *count)
{
    const struct value *list = value_get(section, key);
    *is_there = list != NULL;
    if (list == NULL) {
        return CANDOR_OK;
    }
    TRY(during(job, value_is(job, list, VALUE_LIST, key), "scan"));
    if (list->count > NAMES_MAX) {
        return fail(job, CANDOR_TOO_LARGE, "scan: %s%s has more than %d names", key,
                    value_where(job->arena, list), NAMES_MAX);
    }
    struct str *names = NEW_ARRAY(job->arena, list->count + 1, struct str);
    for (size_t i = 0; i < list->count; i++) {
        TRY(during(job, value_text(job, &list->item[i], key, &names[i]), "scan"));
    }
    *name = names;
    *count = list->count;
    return CANDOR_OK;
}

static enum candor_status check_licences(struct job *job, const struct value *section,
                                         const struct gate_policy *policy)
{
    const struct value *list = value_get(section, "licences");
    for (size_t i = 0; i < policy->licence_count; i++) {
        if (!licence_is_expression(policy->licence[i])) {
            return fail(job, CANDOR_BAD_INPUT,
                        "scan: licences%s: '%.*s' is no SPDX identifier, such as MIT or "
                        "GPL-2.0-only",
                        value_where(job->arena, &list->item[i]), STR_ARG(policy->licence[i]));
        }
    }
    return CANDOR_OK;
}

enum candor_status scan_policy_from(struct job *job, const struct value *section,
                                    struct gate_policy *policy)
{
    static const char *const known[] = {"licences", "packages", "package_files", "hosts"};
    *policy = (struct gate_policy){0};
    TRY(value_is(job, section, VALUE_MAP, "scan"));
    TRY(value_only(job, section, known, sizeof known / sizeof known[0], "scan"));
    TRY(read_list(job, section, "licences", &policy->has_licences, &policy->licence,
                  &policy->licence_count));
    TRY(read_list(job, section, "packages", &policy->has_packages, &policy->package,
                  &policy->package_count));
    TRY(read_list(job, section, "hosts", &policy->has_hosts, &policy->host, &policy->host_count));
    return check_licences(job, section, policy);
}

/* ---- packages that the company's own files name --------------------------------------------- */

struct names {
    struct arena *arena;
    struct str *name;
    size_t count;
    size_t room;
};

static void put_name(struct names *names, struct str name)
{
    if (names->count == names->room) {
        const size_t room = names->room == 0 ? 256 : names->room * 2;
        struct str *larger = NEW_ARRAY(names->arena, room, struct str);
        bytes_copy(larger, names->name, names->count * sizeof *larger);
        names->name = larger;
        names->room = room;
    }
    names->name[names->count++] = name;
}

static void put_keys(struct names *names, const struct value *map)
{
    for (size_t i = 0; map != NULL && map->kind == VALUE_MAP && i < map->count; i++) {
        struct str key = map->key[i];
        /* "node_modules/a/node_modules/@b/c" */
        const struct str folder = STR("node_modules/");
        for (size_t at = key.len; at > 0; at--) {
            if (str_starts(str_slice(key, at - 1, key.len), folder)) {
                key = str_slice(key, at - 1 + folder.len, key.len);
                break;
            }
        }
        if (key.len > 0) {
            put_name(names, key);
        }
    }
}

/* package.json and package-lock.json; of any other file the first word of each line. */
static enum candor_status put_file(struct job *job, struct str path, struct names *names)
{
    static const char *const key[] = {"dependencies", "devDependencies", "peerDependencies",
                                      "optionalDependencies", "packages"};
    struct bytes content;
    const struct value *document = NULL;
    TRY(during(job, file_read(job, path, PACKAGES_MAX, &content), "scan: package_files"));
    if (str_ends(path, STR(".json"))) {
        const struct text_limits limits = {.size_max = PACKAGES_MAX, .count_max = 5000000};
        TRY(during(job, json_read(job, content, &limits, "the list of packages", &document),
                   "reading '%.*s'", STR_ARG(path)));
        for (size_t i = 0; i < sizeof key / sizeof key[0]; i++) {
            put_keys(names, value_get(document, key[i]));
        }
        return CANDOR_OK;
    }
    struct str rest = {(const char *)content.ptr, content.len};
    while (rest.len > 0) {
        struct str line = str_trim(str_cut(&rest, '\n'));
        size_t end = 0;
        while (end < line.len && memchr(" \t=<>!~;[#,@", line.ptr[end], 13) == NULL) {
            end++;
        }
        if (end > 0) {
            put_name(names, str_slice(line, 0, end));
        }
    }
    return CANDOR_OK;
}

static struct str folder_of(struct str path)
{
    size_t at = path.len;
    while (at > 0 && path.ptr[at - 1] != '/') {
        at--;
    }
    return at == 0 ? STR(".") : str_slice(path, 0, at);
}

static enum candor_status put_package_files(struct job *job, const struct value *section,
                                            struct str path, struct gate_policy *policy)
{
    const struct str *file = NULL;
    size_t count = 0;
    bool is_there = false;
    struct names names = {.arena = job->arena};
    TRY(read_list(job, section, "package_files", &is_there, &file, &count));
    for (size_t i = 0; i < policy->package_count; i++) {
        put_name(&names, policy->package[i]);
    }
    for (size_t i = 0; i < count; i++) {
        const struct str one =
            file[i].ptr[0] == '/' ? file[i] : path_join(job->arena, folder_of(path), file[i]);
        TRY(put_file(job, one, &names));
    }
    policy->has_packages = policy->has_packages || is_there;
    policy->package = names.name;
    policy->package_count = names.count;
    return CANDOR_OK;
}

enum candor_status config_scan(struct job *job, const struct value *root, struct candor *candor)
{
    const struct value *section = value_get(root, "scan");
    struct gate_policy *policy = NEW(job->arena, struct gate_policy);
    candor->scan = NULL;
    if (section == NULL) {
        return CANDOR_OK;
    }
    TRY(scan_policy_from(job, section, policy));
    TRY(put_package_files(job, section, path_join(job->arena, candor->dir, STR("candor.yaml")),
                          policy));
    candor->scan = policy;
    return CANDOR_OK;
}

enum candor_status scan_policy_read(struct job *job, const char *path,
                                    const struct gate_policy **policy)
{
    struct bytes content;
    const struct value *document = NULL;
    struct gate_policy *read = NEW(job->arena, struct gate_policy);
    const struct text_limits limits = {.size_max = POLICY_MAX};
    TRY(file_read(job, str_of(path), POLICY_MAX, &content));
    TRY(during(job, yaml_read(job, content, &limits, "the policy", &document), "reading '%s'",
               path));
    const struct value *section = value_get(document, "scan");
    if (section == NULL) {
        return fail(job, CANDOR_BAD_INPUT,
                    "'%s' has no section 'scan', where the policy of a scan stands; see "
                    "docs/gate.md",
                    path);
    }
    TRY(during(job, scan_policy_from(job, section, read), "reading '%s'", path));
    TRY(put_package_files(job, section, str_of(path), read));
    *policy = read;
    return CANDOR_OK;
}
