/*
 * schema.c - the tables and every statement over them.
 *
 * What belongs to a subject lies together, in the order of slots, so that a walk over all subjects
 * reads each file from front to back and an erasure touches few pages. The key of such a row is one
 * whole number:
 *
 *     place = slot << 39 | number of the row within its subject (in profile: of the drawer)
 *
 * Rows written in the order of time instead would be three times as fast to add (3.9 and 10.2 us of
 * processor time for each of 300,000 events in batches of 1,000) and twice as slow to read while
 * everything fits in memory, and one disk access for each when it does not. Events are added once.
 *
 * The ledger's tree grows at its end only, so a node's place is that of the leaf that completed it,
 * 64 apart, and its level: what one commit adds is beside each other. By level and index instead
 * each level would have a page of its own to write, for every commit.
 *
 * Nothing personal is in plain: a place tells how much there is about a random number.
 *
 *     data.db   meta        home: a sealed value that only this home's keys open
 *                           subjects: how many; erased: how much of keys.db's list is done here
 *               drawer      sets of purposes by name
 *               alias       confirms look-ups: those of keys.db count only with their alias here
 *               pending     erased here, their keys not yet destroyed
 *               document    tag: keyed hash of kind and name
 *               journal     decisions in groups, as they came; decision: pointers to them
 *               quarantine  rows of imports that broke a rule, each under a slot and key of its own
 *               seen        keyed hashes of the ids of messages that came, by day; seen_log: as they came
 *     keys.db   block       the key tree
 *               lookup      tag: keyed hash of a name; alias 0 is the identifier itself
 *               held        tags of the names in rows of the quarantine, so that an erasure finds them
 *               erased      slots whose keys were destroyed, so that a data.db put back from an
 *                           older copy is brought up to date
 */
#include "schema.h"

#define DATA (1U << SCHEMA_DATA)
#define LEDGER (1U << SCHEMA_LEDGER)
#define KEYS (1U << SCHEMA_KEYS)

/* LIT, where the language wants a constant. */
#define SQL(text) \
    { \
        "" text "", sizeof(text) - 1 \
    }

#define OF_SUBJECT " WHERE place BETWEEN ?1 AND ?2"

#define SEALED_TABLE(name) \
    "CREATE TABLE " name " (place INTEGER PRIMARY KEY, sealed BLOB NOT NULL) STRICT;"
#define DRAWER_TABLE(name) \
    "CREATE TABLE " name " (place INTEGER PRIMARY KEY, drawer INTEGER NOT NULL," \
    " sealed BLOB NOT NULL) STRICT;"

static const struct sql_text statement[SQL_COUNT] = {
    [SQL_META_GET] = {DATA, SQL("SELECT value FROM meta WHERE name = ?1")},
    [SQL_META_PUT] = {DATA, SQL("INSERT OR REPLACE INTO meta (name, value) VALUES (?1, ?2)")},
    [SQL_META_ADD] = {DATA, SQL("UPDATE meta SET value = value + ?2 WHERE name = ?1")},
    [SQL_DRAWERS] = {DATA, SQL("SELECT id, name FROM drawer ORDER BY id")},
    [SQL_DRAWER_ADD] = {DATA, SQL("INSERT INTO drawer (id, name) VALUES (?1, ?2)")},

    [SQL_SUBJECT_ADD] = {DATA, SQL("INSERT INTO subject (slot, id, sealed) VALUES (?1, ?2, ?3)")},
    [SQL_SUBJECT_ID] = {DATA, SQL("SELECT id FROM subject WHERE slot = ?1")},
    [SQL_SUBJECT_NEXT] = {DATA, SQL("SELECT slot, id FROM subject WHERE slot >= ?1"
                                    " ORDER BY slot LIMIT 1")},
    [SQL_SUBJECT_NAME] = {DATA, SQL("SELECT sealed FROM subject WHERE slot = ?1")},
    [SQL_SUBJECT_REMOVE] = {DATA, SQL("DELETE FROM subject WHERE slot = ?1")},
    [SQL_ALIAS_LAST] = {DATA, SQL("SELECT max(place) FROM alias" OF_SUBJECT)},
    [SQL_ALIAS_ADD] = {DATA, SQL("INSERT INTO alias (place) VALUES (?1)")},
    [SQL_ALIAS_IS] = {DATA, SQL("SELECT 1 FROM alias WHERE place = ?1")},
    [SQL_ALIAS_REMOVE] = {DATA, SQL("DELETE FROM alias WHERE place = ?1")},
    [SQL_ALIAS_CLEAR] = {DATA, SQL("DELETE FROM alias" OF_SUBJECT)},

    [SQL_PROFILE_PUT] = {DATA, SQL("INSERT INTO profile (place, sealed) VALUES (?1, ?2)")},
    [SQL_PROFILE_ALL] = {DATA,
                         SQL("SELECT place, sealed FROM profile" OF_SUBJECT " ORDER BY place")},
    [SQL_PROFILE_CLEAR] = {DATA, SQL("DELETE FROM profile" OF_SUBJECT)},
    [SQL_EVENT_LAST] = {DATA, SQL("SELECT max(place) FROM event" OF_SUBJECT)},
    [SQL_EVENT_ADD] = {DATA, SQL("INSERT INTO event (place, drawer, sealed) VALUES (?1, ?3, ?2)")},
    [SQL_EVENT_ALL] = {DATA,
                       SQL("SELECT place, sealed, drawer FROM event" OF_SUBJECT " ORDER BY place")},
    [SQL_EVENT_CLEAR] = {DATA, SQL("DELETE FROM event" OF_SUBJECT)},
    [SQL_EVENT_REMOVE] = {DATA, SQL("DELETE FROM event WHERE place = ?1")},
    [SQL_CONSENT_LAST] = {DATA, SQL("SELECT max(place) FROM consent" OF_SUBJECT)},
    [SQL_CONSENT_ADD] = {DATA, SQL("INSERT INTO consent (place, sealed) VALUES (?1, ?2)")},
    [SQL_CONSENT_ALL] = {DATA,
                         SQL("SELECT place, sealed FROM consent" OF_SUBJECT " ORDER BY place")},
    [SQL_CONSENT_CLEAR] = {DATA, SQL("DELETE FROM consent" OF_SUBJECT)},
    [SQL_CONTACT_LAST] = {DATA, SQL("SELECT max(place) FROM contact" OF_SUBJECT)},
    [SQL_CONTACT_ADD] = {DATA, SQL("INSERT INTO contact (place, sealed) VALUES (?1, ?2)")},
    [SQL_CONTACT_ALL] = {DATA,
                         SQL("SELECT place, sealed FROM contact" OF_SUBJECT " ORDER BY place")},
    [SQL_CONTACT_CLEAR] = {DATA, SQL("DELETE FROM contact" OF_SUBJECT)},
    [SQL_CONTACT_REMOVE] = {DATA, SQL("DELETE FROM contact WHERE place = ?1")},
    [SQL_DECISION_LAST] = {DATA, SQL("SELECT max(place) FROM decision" OF_SUBJECT)},
    [SQL_DECISION_ADD] = {DATA, SQL("INSERT INTO decision (place, sealed) VALUES (?1, ?2)")},
    [SQL_DECISION_ALL] = {DATA,
                          SQL("SELECT place, sealed FROM decision" OF_SUBJECT " ORDER BY place")},
    [SQL_DECISION_CLEAR] = {DATA, SQL("DELETE FROM decision" OF_SUBJECT)},
    [SQL_DISCLOSURE_LAST] = {DATA, SQL("SELECT max(place) FROM disclosure" OF_SUBJECT)},
    [SQL_DISCLOSURE_ADD] = {DATA, SQL("INSERT INTO disclosure (place, sealed) VALUES (?1, ?2)")},
    [SQL_DISCLOSURE_ALL] = {DATA, SQL("SELECT place, sealed FROM disclosure" OF_SUBJECT
                                      " ORDER BY place")},
    [SQL_DISCLOSURE_CLEAR] = {DATA, SQL("DELETE FROM disclosure" OF_SUBJECT)},
    [SQL_DECISION_REMOVE] = {DATA, SQL("DELETE FROM decision WHERE place = ?1")},
    [SQL_JOURNAL_LAST] = {DATA, SQL("SELECT max(idx) FROM journal")},
    [SQL_JOURNAL_ADD] = {DATA, SQL("INSERT INTO journal (idx, sealed) VALUES (?1, ?2)")},
    [SQL_JOURNAL_PUT] = {DATA, SQL("UPDATE journal SET sealed = ?2 WHERE idx = ?1")},
    [SQL_JOURNAL_IS] = {DATA, SQL("SELECT 1 FROM journal WHERE idx = ?1")},
    [SQL_JOURNAL_GET] = {DATA, SQL("SELECT sealed FROM journal WHERE idx = ?1")},
    [SQL_JOURNAL_REMOVE] = {DATA, SQL("DELETE FROM journal WHERE idx = ?1")},

    [SQL_QUARANTINE_ADD] = {DATA, SQL("INSERT OR REPLACE INTO quarantine (slot, id, sealed)"
                                      " VALUES (?1, ?2, ?3)")},
    [SQL_QUARANTINE_GET] = {DATA, SQL("SELECT id, sealed FROM quarantine WHERE slot = ?1")},
    [SQL_QUARANTINE_NEXT] = {DATA, SQL("SELECT slot FROM quarantine WHERE slot >= ?1"
                                       " ORDER BY slot LIMIT 1")},
    [SQL_QUARANTINE_COUNT] = {DATA, SQL("SELECT count(*) FROM quarantine")},
    [SQL_QUARANTINE_REMOVE] = {DATA, SQL("DELETE FROM quarantine WHERE slot = ?1")},

    [SQL_ACCESS_LAST] = {DATA, SQL("SELECT max(place) FROM access" OF_SUBJECT)},
    [SQL_ACCESS_ADD] = {DATA, SQL("INSERT INTO access (place, sealed) VALUES (?1, ?2)")},
    [SQL_ACCESS_ALL] = {DATA, SQL("SELECT place, sealed FROM access" OF_SUBJECT " ORDER BY place")},
    [SQL_ACCESS_CLEAR] = {DATA, SQL("DELETE FROM access" OF_SUBJECT)},

    [SQL_SEEN_LOG_ALL] = {DATA, SQL("SELECT idx, day, tags FROM seen_log ORDER BY idx")},
    [SQL_SEEN_LOG_ADD] = {DATA, SQL("INSERT INTO seen_log (idx, day, tags) VALUES (?1, ?2, ?3)")},
    [SQL_SEEN_LOG_DROP] = {DATA, SQL("DELETE FROM seen_log WHERE idx < ?1")},
    [SQL_SEEN_LOG_FORGET] = {DATA, SQL("DELETE FROM seen_log WHERE day < ?1")},
    [SQL_SEEN_DAYS] = {DATA,
                       SQL("SELECT (SELECT min(day) FROM seen), (SELECT max(day) FROM seen)")},
    [SQL_SEEN_IS] = {DATA, SQL("SELECT 1 FROM seen WHERE day = ?1 AND tag = ?2")},
    [SQL_SEEN_ADD] = {DATA, SQL("INSERT OR IGNORE INTO seen (day, tag) VALUES (?1, ?2)")},
    [SQL_SEEN_DROP] = {DATA, SQL("DELETE FROM seen WHERE (day, tag) IN (SELECT day, tag FROM seen"
                                 " WHERE day < ?1 ORDER BY day, tag LIMIT ?2)")},

    [SQL_PENDING_ADD] = {DATA, SQL("INSERT OR IGNORE INTO pending (slot) VALUES (?1)")},
    [SQL_PENDING_ALL] = {DATA, SQL("SELECT slot FROM pending ORDER BY slot")},
    [SQL_PENDING_REMOVE] = {DATA, SQL("DELETE FROM pending WHERE slot = ?1")},

    [SQL_DOCUMENT_PUT] = {DATA, SQL("INSERT OR REPLACE INTO document (kind, tag, name, sealed)"
                                    " VALUES (?1, ?2, ?3, ?4)")},
    [SQL_DOCUMENT_GET] = {DATA, SQL("SELECT sealed FROM document WHERE kind = ?1 AND tag = ?2")},
    [SQL_DOCUMENT_NAMES] = {DATA, SQL("SELECT tag, name FROM document WHERE kind = ?1")},
    [SQL_DOCUMENT_SOME] = {DATA, SQL("SELECT tag, name FROM document WHERE kind = ?1 AND tag >= ?2"
                                     " AND tag < ?3 ORDER BY tag LIMIT ?4")},
    [SQL_DOCUMENT_REMOVE] = {DATA, SQL("DELETE FROM document WHERE kind = ?1 AND tag = ?2")},

    [SQL_LEAF_ADD] = {DATA, SQL("INSERT INTO leaf (idx, bytes) VALUES (?1, ?2)")},
    [SQL_LEAF_LAST] = {DATA | LEDGER, SQL("SELECT max(idx) FROM leaf")},
    [SQL_LEAF_GET] = {DATA | LEDGER, SQL("SELECT bytes FROM leaf WHERE idx = ?1")},
    [SQL_LEAF_NEXT] = {DATA | LEDGER, SQL("SELECT idx, bytes FROM leaf WHERE idx >= ?1"
                                          " ORDER BY idx LIMIT ?2")},
    [SQL_NODE_PUT] = {DATA, SQL("INSERT OR REPLACE INTO tree (place, hash) VALUES (?1, ?2)")},
    [SQL_NODE_GET] = {DATA | LEDGER,
                      SQL("SELECT hash FROM tree WHERE place = ?1 AND ?2 >= 0 AND ?3 >= 0")},
    [SQL_NODE_NEXT] = {DATA | LEDGER, SQL("SELECT place, hash FROM tree WHERE place >= ?1 * 64"
                                          " AND place < ?2 * 64 ORDER BY place")},
    [SQL_READ_BEGIN] = {DATA | LEDGER, SQL("BEGIN")},
    [SQL_READ_END] = {DATA | LEDGER, SQL("COMMIT")},
    [SQL_CHECKPOINT_PUT] = {DATA, SQL("INSERT OR REPLACE INTO checkpoint (size, note)"
                                      " VALUES (?1, ?2)")},
    [SQL_CHECKPOINT_GET] = {DATA | LEDGER, SQL("SELECT note FROM checkpoint WHERE size = ?1")},
    [SQL_CHECKPOINT_LAST] = {DATA | LEDGER, SQL("SELECT size, note FROM checkpoint"
                                                " ORDER BY size DESC LIMIT 1")},
    [SQL_CHECKPOINT_ALL] = {DATA | LEDGER, SQL("SELECT size, note FROM checkpoint ORDER BY size")},

    [SQL_BLOCK_GET] = {KEYS, SQL("SELECT generation, bytes FROM block WHERE level = ?1 AND idx = ?2"
                                 " AND generation <= ?3 ORDER BY generation DESC LIMIT 1")},
    [SQL_BLOCK_PUT] = {KEYS, SQL("INSERT INTO block (level, idx, generation, bytes)"
                                 " VALUES (?1, ?2, ?3, ?4)"
                                 " ON CONFLICT DO UPDATE SET bytes = excluded.bytes")},
    [SQL_BLOCK_DROP_AFTER] = {KEYS, SQL("DELETE FROM block WHERE generation > ?1")},
    [SQL_BLOCK_DROP_BEFORE] = {KEYS, SQL("DELETE FROM block WHERE level = ?1 AND idx = ?2"
                                         " AND generation < ?3")},
    [SQL_LOOKUP_GET] = {KEYS, SQL("SELECT slot, alias, id FROM lookup WHERE tag = ?1")},
    [SQL_LOOKUP_PUT] = {KEYS, SQL("INSERT OR REPLACE INTO lookup (tag, slot, alias, id)"
                                  " VALUES (?1, ?2, ?3, ?4)")},
    [SQL_LOOKUP_REMOVE] = {KEYS, SQL("DELETE FROM lookup WHERE tag = ?1")},
    [SQL_LOOKUP_CLEAR] = {KEYS, SQL("DELETE FROM lookup WHERE slot = ?1")},
    [SQL_HELD_ADD] = {KEYS, SQL("INSERT OR IGNORE INTO held (tag, slot) VALUES (?1, ?2)")},
    [SQL_HELD_OF_SUBJECT] = {KEYS, SQL("SELECT DISTINCT slot FROM held WHERE tag IN"
                                       " (SELECT tag FROM lookup WHERE slot = ?1) ORDER BY slot")},
    [SQL_HELD_CLEAR] = {KEYS, SQL("DELETE FROM held WHERE slot = ?1")},
    [SQL_ERASED_ADD] = {KEYS, SQL("INSERT OR IGNORE INTO erased (slot) VALUES (?1)")},
    [SQL_ERASED_LAST] = {KEYS, SQL("SELECT max(seq) FROM erased")},
    [SQL_ERASED_AFTER] = {KEYS, SQL("SELECT slot FROM erased WHERE seq > ?1 ORDER BY seq")},
};

static const struct lit data_tables = SQL(
    "CREATE TABLE meta (name TEXT PRIMARY KEY, value ANY NOT NULL) STRICT, WITHOUT ROWID;"
    "CREATE TABLE drawer (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;"
    "CREATE TABLE subject (slot INTEGER PRIMARY KEY, id BLOB NOT NULL, sealed BLOB NOT NULL)"
    " STRICT;"
    "CREATE TABLE alias (place INTEGER PRIMARY KEY) STRICT;" SEALED_TABLE("profile")
        DRAWER_TABLE("event") SEALED_TABLE("consent") SEALED_TABLE("contact") SEALED_TABLE(
            "decision") "CREATE TABLE pending (slot INTEGER PRIMARY KEY) STRICT;"
                        "CREATE TABLE document (kind TEXT NOT NULL, tag BLOB NOT NULL, name BLOB "
                        "NOT NULL,"
                        " sealed BLOB NOT NULL, PRIMARY KEY (kind, tag)) STRICT;"
                        "CREATE TABLE leaf (idx INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT;"
                        "CREATE TABLE checkpoint (size INTEGER PRIMARY KEY, note TEXT NOT NULL) "
                        "STRICT;");

/* Version 2: who looked at a person, to whom their data went; rows of imports that broke a rule.
 * Version 3: which messages of the tracking API came. 4: decisions in groups.
 * Version 5: the ledger's tree in the order in which it grows. 6: a log of messages before their table. */
static const struct lit data_tables_since =
    SQL("CREATE TABLE IF NOT EXISTS access (place INTEGER PRIMARY KEY, sealed BLOB NOT NULL)"
        " STRICT;"
        "CREATE TABLE IF NOT EXISTS disclosure (place INTEGER PRIMARY KEY, sealed BLOB NOT NULL)"
        " STRICT;"
        "CREATE TABLE IF NOT EXISTS quarantine (slot INTEGER PRIMARY KEY, id BLOB NOT NULL,"
        " sealed BLOB NOT NULL) STRICT;"
        "CREATE TABLE IF NOT EXISTS seen (day INTEGER NOT NULL, tag BLOB NOT NULL,"
        " PRIMARY KEY (day, tag)) STRICT, WITHOUT ROWID;"
        "CREATE TABLE IF NOT EXISTS seen_log (idx INTEGER PRIMARY KEY, day INTEGER NOT NULL,"
        " tags BLOB NOT NULL) STRICT;"
        "CREATE TABLE IF NOT EXISTS journal (idx INTEGER PRIMARY KEY, sealed BLOB NOT NULL)"
        " STRICT;"
        "CREATE TABLE IF NOT EXISTS tree (place INTEGER PRIMARY KEY, hash BLOB NOT NULL) STRICT;");
static const struct lit data_moves_to_5 =
    SQL("INSERT INTO tree SELECT (((idx + 1) << level) - 1) * 64 + level, hash FROM node"
        " ORDER BY 1;"
        "DROP TABLE node;");
static const struct lit keys_tables_since =
    SQL("CREATE TABLE IF NOT EXISTS held (tag BLOB NOT NULL, slot INTEGER NOT NULL,"
        " PRIMARY KEY (tag, slot)) STRICT, WITHOUT ROWID;"
        "CREATE INDEX IF NOT EXISTS held_slot ON held (slot);");

static const struct lit keys_tables =
    SQL("CREATE TABLE block (level INTEGER NOT NULL, idx INTEGER NOT NULL,"
        " generation INTEGER NOT NULL, bytes BLOB NOT NULL, PRIMARY KEY (level, idx, generation))"
        " STRICT;"
        "CREATE TABLE lookup (tag BLOB PRIMARY KEY, slot INTEGER NOT NULL, alias INTEGER NOT NULL,"
        " id BLOB NOT NULL) STRICT, WITHOUT ROWID;"
        "CREATE INDEX lookup_slot ON lookup (slot);"
        "CREATE TABLE erased (seq INTEGER PRIMARY KEY, slot INTEGER NOT NULL UNIQUE) STRICT;");

const struct sql_text *schema_sql(enum sql sql)
{
    must((unsigned)sql < SQL_COUNT);
    return &statement[sql];
}

struct lit schema_sql_older(enum sql sql)
{
    if (sql == SQL_NODE_GET) {
        return LIT("SELECT hash FROM node WHERE level = ?2 AND idx = ?3 AND ?1 >= 0");
    }
    return sql == SQL_NODE_NEXT
               ? LIT("WITH RECURSIVE level (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM level"
                     " WHERE n < 47) SELECT (((idx + 1) << level) - 1) * 64 + level AS place, hash"
                     " FROM level JOIN node ON node.level = n AND idx >= ?1 >> n AND idx < ?2 >> n"
                     " ORDER BY place")
               : LIT("");
}

struct lit schema_tables(enum schema_part part)
{
    switch (part) {
    case SCHEMA_DATA:
        return data_tables;
    case SCHEMA_KEYS:
        return keys_tables;
    case SCHEMA_LEDGER:
    case SCHEMA_PARTS:
        break;
    }
    return LIT("");
}

struct lit schema_tables_since(enum schema_part part)
{
    switch (part) {
    case SCHEMA_DATA:
        return data_tables_since;
    case SCHEMA_KEYS:
        return keys_tables_since;
    case SCHEMA_LEDGER:
    case SCHEMA_PARTS:
        break;
    }
    return LIT("");
}

struct lit schema_moves(enum schema_part part, int64_t version)
{
    return part == SCHEMA_DATA && version < 5 ? data_moves_to_5 : LIT("");
}
