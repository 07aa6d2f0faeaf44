/*
 * hooks.h - webhooks for events, inside the flow room only: other systems that candor.yaml names are
 * told what came to stand on the ledger.
 *
 *   config_hooks.c  `webhooks` in candor.yaml
 *   hooks.c         from the ledger to the queue of outgoing messages
 */
#ifndef CANDOR_FLOW_HOOKS_H
#define CANDOR_FLOW_HOOKS_H

#include "flow.h"

enum { HOOKS_MAX = 32, HOOK_ACTIONS = 256 };

struct hook {
    struct str name;
    struct str url;
    bool is_private;          /* the address may be one of our own network */
    bool takes_contacts;      /* a signed plan's people may be posted there */
    bool is_told;             /* of events: wants has some */
    bool wants[HOOK_ACTIONS]; /* by enum ledger_action */
};

struct hooks {
    struct hook hook[HOOKS_MAX];
    size_t count;
};

/* CANDOR_BAD_INPUT, with the line and the field. Never NULL afterwards. */
CANDOR_MUST_USE enum candor_status config_hooks(struct job *job, const struct value *root,
                                                const struct inventory *inventory,
                                                const struct hooks **hooks);
/* NULL: none of that name. */
const struct hook *hook_find(const struct hooks *hooks, struct str name);
/* Must the address be one of the open Internet? Not when candor.yaml says that it is private, and not
 * http://, which goes to this machine only. */
bool hook_is_public(const struct candor *candor, struct str name);

/*
 * Queue the next message of each webhook that has none waiting. Its own transactions; the home is
 * entered. A message holds up to a hundred events in the order of the ledger.
 */
CANDOR_MUST_USE enum candor_status hooks_queue(struct job *job, struct candor *candor);

#endif
