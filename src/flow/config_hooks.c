/*
 * config_hooks.c - candor.yaml's section `webhooks`: who is told of what happens here.
 *
 *   webhooks:
 *     - name: crm
 *       url: https://crm.example/candor         or http:// to 127.0.0.1 or [::1]
 *       events: [consent.withdrawn, erase]      names of actions on the ledger
 *       contacts: true                          signed plans may be sent there; events may be left out
 *       private: true                           the address is in our own network; else it is refused
 *
 * What is told counts and dates acts, and names nobody. Acts of everyday use (a decision, a look, a
 * message sent) are no events: they come by the thousand, and a message about a message never ends.
 */
#include "hooks.h"

#include "outgoing.h"
#include "recipient.h"

static const enum ledger_action event[] = {
    LEDGER_CONSENT_GIVEN,
    LEDGER_CONSENT_REFUSED,
    LEDGER_CONSENT_WITHDRAWN,
    LEDGER_CONSENT_REVOKED,
    LEDGER_CONSENT_INVALIDATED,
    LEDGER_OBJECT,
    LEDGER_RESTRICT,
    LEDGER_IMPORT,
    LEDGER_CORRECT,
    LEDGER_ERASE,
    LEDGER_PLAN,
    LEDGER_APPROVE,
    LEDGER_SEND,
    LEDGER_RESULTS,
    LEDGER_MODEL_TRAIN,
    LEDGER_MODEL_PUBLISH,
    LEDGER_MODEL_RETIRE,
    LEDGER_POLICY_CHANGE,
    LEDGER_ALARM,
    LEDGER_INCIDENT,
    LEDGER_INCIDENT_NOTIFIED,
    LEDGER_REQUEST,
    LEDGER_REQUEST_EXTENDED,
    LEDGER_REQUEST_FULFILLED,
    LEDGER_REQUEST_REFUSED,
    LEDGER_REQUEST_CANCELLED,
    LEDGER_REQUEST_ESCALATED,
    LEDGER_SHARE,
    LEDGER_RECALL,
    LEDGER_BOARD_PROPOSED,
    LEDGER_BOARD_STATE,
    LEDGER_CONTENT_DEPLOYED,
};

#define EVENTS (sizeof event / sizeof event[0])

const struct hook *hook_find(const struct hooks *hooks, struct str name)
{
    for (size_t i = 0; i < hooks->count; i++) {
        if (str_equal(hooks->hook[i].name, name)) {
            return &hooks->hook[i];
        }
    }
    return NULL;
}

bool hook_is_public(const struct candor *candor, struct str name)
{
    const struct hook *hook = hook_find(candor->hooks, name);
    return hook == NULL || (!hook->is_private && str_starts(hook->url, STR("https://")));
}

static enum candor_status read_event(struct job *job, const struct value *item, struct hook *hook)
{
    struct str name;
    struct buf known = buf_begin(job->arena);
    TRY(value_text(job, item, "an event of a webhook", &name));
    for (size_t i = 0; i < EVENTS; i++) {
        if (str_is(name, ledger_action_name(event[i]))) {
            hook->wants[event[i]] = true;
            return CANDOR_OK;
        }
        buf_format(&known, "%s%s", i == 0 ? "" : ", ", ledger_action_name(event[i]));
    }
    return fail(job, CANDOR_BAD_INPUT,
                "webhook '%.*s': events%s: there is no event of that name; there are %.*s",
                STR_ARG(hook->name), value_where(job->arena, item), STR_ARG(buf_text(&known)));
}

/* The name is part of a file's name: keys/webhook-NAME.key. */
static bool is_file_name(struct str name)
{
    for (size_t i = 0; i < name.len; i++) {
        const char c = name.ptr[i];
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-')) {
            return false;
        }
    }
    return name.len > 0 && name.len <= 64;
}

static enum candor_status read_hook(struct job *job, const struct value *item,
                                    const struct inventory *inventory, struct hooks *hooks)
{
    static const char *const known[] = {"name", "url", "events", "private", "contacts"};
    struct hook *hook = &hooks->hook[hooks->count];
    struct section section;
    const struct value *list = NULL;
    TRY(section_open(job, item, "webhook", known, sizeof known / sizeof known[0], &section));
    TRY(section_need(job, &section, "name"));
    TRY(section_need(job, &section, "url"));
    TRY(section_text(job, &section, "name", &hook->name));
    TRY(section_text(job, &section, "url", &hook->url));
    TRY(section_bool(job, &section, "private", &hook->is_private));
    TRY(section_bool(job, &section, "contacts", &hook->takes_contacts));
    TRY(hook->takes_contacts ? CANDOR_OK : section_need(job, &section, "events"));
    TRY(section_list(job, &section, "events", EVENTS, &list));
    if (!is_file_name(hook->name)) {
        return section_fail(job, &section, "name", "is a-z, 0-9, '-' and '_', at most 64");
    }
    if (hook_find(hooks, hook->name) != NULL ||
        inventory_recipient(inventory, hook->name) != NONE) {
        return section_fail(job, &section, "name",
                            "is the name of another webhook or of a recipient");
    }
    if (!url_is_base(hook->url)) {
        return section_fail(job, &section, "url",
                            "is https://..., or http:// to 127.0.0.1 or [::1], without user, query "
                            "or fragment");
    }
    hook->is_told = list != NULL && list->count > 0;
    for (size_t i = 0; hook->is_told && i < list->count; i++) {
        TRY(read_event(job, &list->item[i], hook));
    }
    hooks->count++;
    return CANDOR_OK;
}

enum candor_status config_hooks(struct job *job, const struct value *root,
                                const struct inventory *inventory, const struct hooks **hooks)
{
    struct hooks *read = NEW(job->arena, struct hooks);
    const struct value *list = value_get(root, "webhooks");
    *hooks = read;
    if (list == NULL) {
        return CANDOR_OK;
    }
    TRY(value_is(job, list, VALUE_LIST, "webhooks"));
    if (list->count > HOOKS_MAX) {
        return fail(job, CANDOR_BAD_INPUT, "webhooks%s: at most %d", value_where(job->arena, list),
                    HOOKS_MAX);
    }
    for (size_t i = 0; i < list->count; i++) {
        TRY(read_hook(job, &list->item[i], inventory, read));
    }
    return CANDOR_OK;
}
