/*
 * config_rights.c - candor.yaml's sections `rights` and `jurisdictions`.
 *
 *   rights:
 *     jurisdiction: eu                    of requests that name no other
 *     holidays: ["2026-12-25"]            no business days, besides Saturday and Sunday
 *     business_id: CANDOR_SHOP            ours in the Data Rights Protocol
 *     agents:                             whose signed requests are taken
 *       - id: CR_AGENT
 *         verify_key: <base64 of 32 bytes>
 *         callback: https://agent.example    below it lies what a status_callback may name
 *
 *     deletion: ...                       config_deletion.c
 *     opendsr: ...                        controllers.c
 *
 * The rows of `jurisdictions` are read by the govern room. Both stand in candor.yaml and not in a
 * file of their own, so that a changed clock is a change of policy on the ledger.
 */
#include <stdlib.h>

#include "controllers.h"
#include "deletion.h"
#include "outgoing.h"
#include "request.h"

enum { HOLIDAYS_MAX = 1000, AGENTS_MAX = 1000, AGENT_ID_MAX = 128 };

static int compare_days(const void *left, const void *right)
{
    const int64_t first = *(const int64_t *)left;
    const int64_t second = *(const int64_t *)right;
    return (first > second) - (first < second);
}

static enum candor_status read_holidays(struct job *job, const struct section *section,
                                        struct holidays *holidays)
{
    const struct value *list = NULL;
    TRY(section_list(job, section, "holidays", HOLIDAYS_MAX, &list));
    const size_t count = list == NULL ? 0 : list->count;
    int64_t *day = NEW_ARRAY(job->arena, count + 1, int64_t);
    for (size_t i = 0; i < count; i++) {
        struct str text;
        int64_t time = 0;
        TRY(value_text(job, &list->item[i], section_what(job, section, "holidays"), &text));
        if (text.len != 10 || !str_to_time(text, &time)) {
            return section_fail(job, section, "holidays",
                                "each is a day in quotes: \"2026-12-25\"");
        }
        day[i] = time / MICROS_PER_DAY;
    }
    qsort(day, count, sizeof *day, compare_days);
    *holidays = (struct holidays){day, count};
    return CANDOR_OK;
}

static enum candor_status read_agent(struct job *job, const struct value *value,
                                     struct drp_agent *agent)
{
    static const char *const known[] = {"id", "verify_key", "callback"};
    struct section section;
    struct str key = STR("");
    struct bytes bytes;
    TRY(section_open(job, value, "agent of rights", known, 3, &section));
    TRY(section_need(job, &section, "id"));
    TRY(section_text(job, &section, "id", &agent->id));
    TRY(section_need(job, &section, "verify_key"));
    TRY(section_text(job, &section, "verify_key", &key));
    if (agent->id.len == 0 || agent->id.len > AGENT_ID_MAX || str_contains(agent->id, STR(" "))) {
        return section_fail(job, &section, "id", "has 1 to %d bytes and no spaces", AGENT_ID_MAX);
    }
    if (!base64_read(job->arena, key, &bytes) || bytes.len != sizeof agent->public_key) {
        return section_fail(job, &section, "verify_key", "is base64 of an Ed25519 key of 32 bytes");
    }
    bytes_copy(agent->public_key, bytes.ptr, bytes.len);
    agent->callback = STR("");
    TRY(section_text(job, &section, "callback", &agent->callback));
    if (agent->callback.len > 0 && !url_is_base(agent->callback)) {
        return section_fail(job, &section, "callback",
                            "begins with https:// and a host, without user, query or fragment");
    }
    return CANDOR_OK;
}

static enum candor_status read_agents(struct job *job, const struct section *section,
                                      struct candor *candor)
{
    const struct value *list = NULL;
    TRY(section_text(job, section, "business_id", &candor->business_id));
    TRY(section_list(job, section, "agents", AGENTS_MAX, &list));
    const size_t count = list == NULL ? 0 : list->count;
    if (count > 0 && candor->business_id.len == 0) {
        return section_fail(job, section, "agents", "need a business_id, which they write to");
    }
    candor->agent = NEW_ARRAY(job->arena, count + 1, struct drp_agent);
    for (size_t i = 0; i < count; i++) {
        TRY(read_agent(job, &list->item[i], &candor->agent[i]));
        for (size_t before = 0; before < i; before++) {
            if (str_equal(candor->agent[before].id, candor->agent[i].id)) {
                return section_fail(job, section, "agents", "an id stands there twice");
            }
        }
    }
    candor->agent_count = count;
    return CANDOR_OK;
}

enum candor_status config_rights(struct job *job, const struct value *root, struct candor *candor)
{
    static const char *const known[] = {"jurisdiction", "holidays", "business_id",
                                        "agents",       "deletion", "opendsr"};
    const struct value *map = value_get(root, "rights");
    struct section section;
    TRY(jurisdictions_read(job, root, &candor->jurisdictions));
    candor->jurisdiction = STR("eu");
    candor->holidays = (struct holidays){0};
    candor->business_id = STR("");
    candor->agent_count = 0;
    candor->deletion = NULL;
    candor->opendsr = NULL;
    if (map == NULL) {
        return CANDOR_OK;
    }
    TRY(section_open(job, map, "rights", known, sizeof known / sizeof known[0], &section));
    TRY(section_text(job, &section, "jurisdiction", &candor->jurisdiction));
    if (!jurisdictions_know(&candor->jurisdictions, candor->jurisdiction)) {
        return section_fail(job, &section, "jurisdiction",
                            "no row of the table is of that place; see: candor request "
                            "jurisdictions");
    }
    TRY(read_agents(job, &section, candor));
    TRY(config_deletion(job, candor->inventory, value_get(map, "deletion"), &candor->deletion));
    TRY(config_opendsr(job, value_get(map, "opendsr"), &candor->opendsr));
    return read_holidays(job, &section, &candor->holidays);
}
