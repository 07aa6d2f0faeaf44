/*
 * callback.h - whom to tell when a request of a machine moves on, inside the flow room only.
 */
#ifndef CANDOR_FLOW_CALLBACK_H
#define CANDOR_FLOW_CALLBACK_H

#include "outgoing.h"
#include "request.h"

#define CALLBACKS_MAX 4

struct callback {
    enum outgoing_kind kind; /* OUTGOING_DRP_STATUS or OUTGOING_OPENDSR_STATUS */
    struct str to;           /* the agent or controller, as candor.yaml calls them */
    struct str url[CALLBACKS_MAX];
    size_t count;
};

/* Tell them from the next step on. */
CANDOR_MUST_USE enum candor_status callback_keep(struct job *job, struct txn *txn,
                                                 const struct request *request,
                                                 const struct callback *callback);
/* Queue the present status for those who want it, if anybody does and still may. */
CANDOR_MUST_USE enum candor_status callback_tell(struct job *job, struct candor *candor,
                                                 struct txn *txn, const struct request *request);
/* The request is forgotten, and so are they. */
CANDOR_MUST_USE enum candor_status callback_forget(struct job *job, struct txn *txn,
                                                   struct str request_name);

/* The agent of candor.yaml of this id; NULL: there is none (any more). */
const struct drp_agent *drp_agent_find(const struct candor *candor, struct str id);

#endif
