/*
 * witnesses.h - what witnesses.c, evidence.c and restored.c share: the witnesses of candor.yaml.
 */
#ifndef CANDOR_FLOW_WITNESSES_H
#define CANDOR_FLOW_WITNESSES_H

#include "candor_ledger.h"
#include "flow.h"
#include "witness.h"

struct witness_spec {
    struct cosigner who;
    struct str id;  /* of the key, 8 hex digits: the name of its file */
    struct str url; /* empty: asked by hand */
};

/* By name, or by address. CANDOR_NOT_FOUND: candor.yaml has no such witness. */
CANDOR_MUST_USE enum candor_status witness_named(struct job *job, const struct candor *candor,
                                                 struct str which,
                                                 const struct witness_spec **spec);

/* The file of what a witness signed last. */
struct str evidence_path(struct arena *arena, struct str dir, const struct witness_spec *spec);
/* What it signed last; empty: nothing yet. */
CANDOR_MUST_USE enum candor_status evidence_read(struct job *job, struct str dir,
                                                 const struct witness_spec *spec, struct str *note);
CANDOR_MUST_USE enum candor_status evidence_keep(struct job *job, struct str dir,
                                                 const struct witness_spec *spec, struct str note);
/* All who ever signed. CANDOR_BAD_INPUT: a key there was damaged. */
CANDOR_MUST_USE enum candor_status evidence_cosigners(struct job *job, struct str dir,
                                                      struct cosigner **cosigner, size_t *count);
/* Call visit for each checkpoint in DIR/witnessed. None at all: CANDOR_OK. */
CANDOR_MUST_USE enum candor_status evidence_each(
    struct job *job, struct str dir,
    enum candor_status (*visit)(struct job *job, void *visitor, struct str path, struct str note),
    void *visitor);

#endif
