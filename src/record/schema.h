/*
 * schema.h - inside the record room only: the readers of candor.yaml's sections, one after the
 * other, each relying on what those before it filled in.
 */
#ifndef CANDOR_RECORD_SCHEMA_H
#define CANDOR_RECORD_SCHEMA_H

#include "record.h"

/* schema_recipient.c */
CANDOR_MUST_USE enum candor_status schema_recipients(struct job *job, const struct value *root,
                                                     struct inventory *inventory);

/* schema_field.c */
CANDOR_MUST_USE enum candor_status schema_subjects(struct job *job, const struct value *root,
                                                   struct inventory *inventory);
CANDOR_MUST_USE enum candor_status schema_events(struct job *job, const struct value *root,
                                                 struct inventory *inventory);

/* schema_feature.c */
CANDOR_MUST_USE enum candor_status schema_features(struct job *job, const struct value *root,
                                                   struct inventory *inventory);

/* Letters, digits and dashes, as in BCP 47. */
bool schema_is_language(struct str text);

/* A section of the root; NULL: it is not there, or nothing stands behind its name. */
const struct value *schema_section(const struct value *root, const char *key);
/* The same, which must be a list of at most count_max items, or not there: *list is NULL. */
CANDOR_MUST_USE enum candor_status schema_list(struct job *job, const struct value *root,
                                               const char *key, size_t count_max,
                                               const struct value **list);

#endif
