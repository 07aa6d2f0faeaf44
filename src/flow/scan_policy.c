/*
 * scan_policy.c - what the company says of what it publishes: the section `scan` of candor.yaml, or of a file of
 * its own that has nothing else.
 *
 *   scan:
 *     licences: [MIT, Apache-2.0, "GPL-2.0-only WITH Classpath-exception-2.0"]
 */
#include "origin.h"
#include "scanned.h"

enum { POLICY_MAX = 4 << 20, NAMES_MAX = 100000 };

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
    static const char *const known[] = {"licences"};
    *policy = (struct gate_policy){0};
    TRY(value_is(job, section, VALUE_MAP, "scan"));
    TRY(value_only(job, section, known, sizeof known / sizeof known[0], "scan"));
    TRY(read_list(job, section, "licences", &policy->has_licences, &policy->licence,
                  &policy->licence_count));
    return check_licences(job, section, policy);
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
    *policy = read;
    return CANDOR_OK;
}
