/*
 * audited.h - parts of an audit that have a file of their own: audit_security.c, audit_drift.c, auditpage.c.
 */
#ifndef CANDOR_FLOW_AUDITED_H
#define CANDOR_FLOW_AUDITED_H

#include "flow.h"

/* "security" and "security_findings", as members of the open map; what is high is a finding. */
CANDOR_MUST_USE enum candor_status security_audit(struct job *job, struct candor *candor,
                                                  struct txn *txn, struct json *json,
                                                  size_t *findings);

/* ---- modelview.c ---- */

/* Whom a published model may look at, as they are now. Called without the lock: other calls go between. */
struct measuring;
CANDOR_MUST_USE enum candor_status model_drift_measure(struct job *job, struct candor *candor,
                                                       const char *model,
                                                       const struct measuring **measured);
/* Members of the open map, as candor_drift has them; without a row no "features". How many drifted. */
size_t model_drift_json(struct job *job, struct json *json, const struct measuring *measured);

/* ---- audit_drift.c ---- */

struct drift_audit {
    struct drift_audited {
        struct str model;
        const struct measuring *measured;
    } *model;
    size_t count; /* of published models */
};
/* Every published model. Called without the lock. */
CANDOR_MUST_USE enum candor_status drift_audit_measure(struct job *job, struct candor *candor,
                                                       struct drift_audit *audit);
/* "drift" and "drift_alarms", as members of the open map; under the lock. A model whose people look otherwise now
 * is a finding, and so is a monitor that raised an alarm in these thirty days. */
CANDOR_MUST_USE enum candor_status drift_audit_json(struct job *job, struct candor *candor,
                                                    struct txn *txn,
                                                    const struct drift_audit *audit,
                                                    struct json *json, size_t *findings);

struct document;
/* The answer of an audit as a document to be read. */
CANDOR_MUST_USE enum candor_status audit_document(struct job *job, const struct candor *candor,
                                                  struct str what, const struct candor_text *report,
                                                  struct document *document);

#endif
