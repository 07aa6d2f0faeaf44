/*
 * schema.h - every statement by its number, for the store room only.
 */
#ifndef CANDOR_STORE_SCHEMA_H
#define CANDOR_STORE_SCHEMA_H

#include "base.h"

/* Written into the files, so that one is not taken for the other: "CNDD" and "CNDK". */
#define SCHEMA_DATA_FILE INT64_C(0x434e4444)
#define SCHEMA_KEYS_FILE INT64_C(0x434e444b)
#define SCHEMA_VERSION 6

enum schema_part {
    SCHEMA_DATA,   /* data.db, all of it */
    SCHEMA_LEDGER, /* data.db, only what anybody may read */
    SCHEMA_KEYS,   /* keys/keys.db */
    SCHEMA_PARTS,
};

enum sql {
    /* the home */
    SQL_META_GET,
    SQL_META_PUT,
    SQL_META_ADD,
    SQL_DRAWERS,
    SQL_DRAWER_ADD,
    /* subjects */
    SQL_SUBJECT_ADD,
    SQL_SUBJECT_ID,
    SQL_SUBJECT_NEXT,
    SQL_SUBJECT_NAME,
    SQL_SUBJECT_REMOVE,
    SQL_ALIAS_LAST,
    SQL_ALIAS_ADD,
    SQL_ALIAS_IS,
    SQL_ALIAS_REMOVE,
    SQL_ALIAS_CLEAR,
    /* what is kept about them */
    SQL_PROFILE_PUT,
    SQL_PROFILE_ALL,
    SQL_PROFILE_CLEAR,
    SQL_EVENT_LAST,
    SQL_EVENT_ADD,
    SQL_EVENT_ALL,
    SQL_EVENT_CLEAR,
    SQL_EVENT_REMOVE,
    SQL_CONSENT_LAST,
    SQL_CONSENT_ADD,
    SQL_CONSENT_ALL,
    SQL_CONSENT_CLEAR,
    SQL_CONTACT_LAST,
    SQL_CONTACT_ADD,
    SQL_CONTACT_ALL,
    SQL_CONTACT_CLEAR,
    SQL_CONTACT_REMOVE,
    SQL_DECISION_LAST,
    SQL_DECISION_ADD,
    SQL_DECISION_ALL,
    SQL_DECISION_CLEAR,
    SQL_DISCLOSURE_LAST,
    SQL_DISCLOSURE_ADD,
    SQL_DISCLOSURE_ALL,
    SQL_DISCLOSURE_CLEAR,
    SQL_DECISION_REMOVE,
    SQL_JOURNAL_LAST,
    SQL_JOURNAL_ADD,
    SQL_JOURNAL_PUT,
    SQL_JOURNAL_IS,
    SQL_JOURNAL_GET,
    SQL_JOURNAL_REMOVE,
    /* rows that were not good enough */
    SQL_QUARANTINE_ADD,
    SQL_QUARANTINE_GET,
    SQL_QUARANTINE_NEXT,
    SQL_QUARANTINE_COUNT,
    SQL_QUARANTINE_REMOVE,
    SQL_ACCESS_LAST,
    SQL_ACCESS_ADD,
    SQL_ACCESS_ALL,
    SQL_ACCESS_CLEAR,
    /* messages that came */
    SQL_SEEN_LOG_ALL,
    SQL_SEEN_LOG_ADD,
    SQL_SEEN_LOG_DROP,
    SQL_SEEN_LOG_FORGET,
    SQL_SEEN_DAYS,
    SQL_SEEN_IS,
    SQL_SEEN_ADD,
    SQL_SEEN_DROP,
    /* erasures on their way */
    SQL_PENDING_ADD,
    SQL_PENDING_ALL,
    SQL_PENDING_REMOVE,
    /* the home's documents */
    SQL_DOCUMENT_PUT,
    SQL_DOCUMENT_GET,
    SQL_DOCUMENT_NAMES,
    SQL_DOCUMENT_SOME,
    SQL_DOCUMENT_REMOVE,
    /* the ledger's shelves */
    SQL_LEAF_ADD,
    SQL_LEAF_LAST,
    SQL_LEAF_GET,
    SQL_LEAF_NEXT,
    SQL_NODE_PUT,
    SQL_NODE_GET,
    SQL_NODE_NEXT,
    SQL_READ_BEGIN,
    SQL_READ_END,
    SQL_CHECKPOINT_PUT,
    SQL_CHECKPOINT_GET,
    SQL_CHECKPOINT_LAST,
    SQL_CHECKPOINT_ALL,
    /* the key file */
    SQL_BLOCK_GET,
    SQL_BLOCK_PUT,
    SQL_BLOCK_DROP_AFTER,
    SQL_BLOCK_DROP_BEFORE,
    SQL_LOOKUP_GET,
    SQL_LOOKUP_PUT,
    SQL_LOOKUP_REMOVE,
    SQL_LOOKUP_CLEAR,
    SQL_HELD_ADD,
    SQL_HELD_OF_SUBJECT,
    SQL_HELD_CLEAR,
    SQL_ERASED_ADD,
    SQL_ERASED_LAST,
    SQL_ERASED_AFTER,
    SQL_COUNT,
};

/* The text of a statement, and the parts it is prepared in: bit p, part p. */
struct sql_text {
    unsigned parts;
    struct lit text;
};

const struct sql_text *schema_sql(enum sql sql);
/* Of a statement, for a file of an older schema that may not be written; empty: there is none. */
struct lit schema_sql_older(enum sql sql);

/* The tables of a part; of SCHEMA_LEDGER none. Zero-terminated. */
struct lit schema_tables(enum schema_part part);

/* The tables that came after version 1, made when they are not there: with the others in a fresh
 * home, and whenever an older one is opened. */
struct lit schema_tables_since(enum schema_part part);

/* What an older file of this version has to move into them. */
struct lit schema_moves(enum schema_part part, int64_t version);

#endif
