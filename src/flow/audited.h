/*
 * audited.h - parts of an audit that have a file of their own: audit_security.c, auditpage.c.
 */
#ifndef CANDOR_FLOW_AUDITED_H
#define CANDOR_FLOW_AUDITED_H

#include "flow.h"

/* "security" and "security_findings", as members of the open map; what is high is a finding. */
CANDOR_MUST_USE enum candor_status security_audit(struct job *job, struct candor *candor,
                                                  struct txn *txn, struct json *json,
                                                  size_t *findings);

struct document;
/* The answer of an audit as a document to be read. */
CANDOR_MUST_USE enum candor_status audit_document(struct job *job, const struct candor *candor,
                                                  struct str what, const struct candor_text *report,
                                                  struct document *document);

#endif
