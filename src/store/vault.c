/*
 * vault.c - sealing and opening values with their subject's key.
 *
 * A subject's key is never used itself. Each use has a sub-key, and each drawer of fields and of
 * events one more, so that who holds the sub-key of one set of purposes cannot open another:
 *
 *     subject's key --"fields__", drawer--> key of the fields with these purposes
 *                   --"events__", drawer--> key of the events with these purposes
 *                   --"consent_", 0      --> ... "contact_" "decision" "identify" "ledgtag_" "quarant_"
 *
 * What a value is bound to, as associated data, all of fixed length but the first:
 *
 *     label_len u8 | "profile.sealed" | row u64le | subject id 16 | drawer's digest 32, or zeros
 *
 * A value that was moved to another column, row, subject or set of purposes does not open.
 */
#include <string.h>

#include "inside.h"

enum {
    KEY_GENERATION = 1, /* a subject's key is made once and never changed */
    LABEL_LEN_MAX = 32,
    BOUND_LEN_MAX = 1 + LABEL_LEN_MAX + 8 + 16 + 32,
};

static const struct {
    char context[8];
    const char *label;
} use_row[VAULT_USES] = {
    [USE_IDENTIFIER] = {{'i', 'd', 'e', 'n', 't', 'i', 'f', 'y'}, "subject.sealed"},
    [USE_PROFILE] = {{'f', 'i', 'e', 'l', 'd', 's', '_', '_'}, "profile.sealed"},
    [USE_EVENT] = {{'e', 'v', 'e', 'n', 't', 's', '_', '_'}, "event.sealed"},
    [USE_CONSENT] = {{'c', 'o', 'n', 's', 'e', 'n', 't', '_'}, "consent.sealed"},
    [USE_CONTACT] = {{'c', 'o', 'n', 't', 'a', 'c', 't', '_'}, "contact.sealed"},
    [USE_DECISION] = {{'d', 'e', 'c', 'i', 's', 'i', 'o', 'n'}, "decision.sealed"},
    [USE_ACCESS] = {{'a', 'c', 'c', 'e', 's', 's', 'e', 's'}, "access.sealed"},
    [USE_DISCLOSURE] = {{'d', 'i', 's', 'c', 'l', 'o', 's', 'e'}, "disclosure.sealed"},
    [USE_JOURNAL] = {{'j', 'o', 'u', 'r', 'n', 'a', 'l', '_'}, "journal.record"},
    [USE_TAG] = {{'l', 'e', 'd', 'g', 't', 'a', 'g', '_'}, "tag"},
    [USE_QUARANTINE] = {{'q', 'u', 'a', 'r', 'a', 'n', 't', '_'}, "quarantine.sealed"},
};

void vault_init(struct vault *vault, struct arena *arena)
{
    *vault = (struct vault){.person = secret_begin(arena)};
    for (unsigned i = 0; i < VAULT_KEYS; i++) {
        vault->key[i].key = secret_begin(arena);
    }
}

void vault_close(struct vault *vault)
{
    if (!vault->is_open) {
        return;
    }
    vault->is_open = false;
    secret_wipe(vault->person);
    for (unsigned i = 0; i < VAULT_KEYS; i++) {
        vault->key[i].is_set = false;
        secret_wipe(vault->key[i].key);
    }
}

static bool is_open_for(const struct vault *vault, struct subject subject)
{
    return vault->is_open && vault->subject.slot == subject.slot &&
           memcmp(vault->subject.id, subject.id, sizeof subject.id) == 0;
}

enum candor_status vault_open_new(struct job *job, struct txn *txn, struct subject subject)
{
    struct vault *vault = &txn->store->vault;
    if (is_open_for(vault, subject)) {
        return CANDOR_OK;
    }
    vault_close(vault);
    const struct arena_mark mark = arena_mark(job->arena);
    struct secret *key = NULL;
    const enum candor_status status = keyring_key(job, txn->store->keyring, subject.slot, &key);
    if (status == CANDOR_OK) {
        secret_copy(vault->person, key);
        vault->subject = subject;
        vault->is_open = true;
    }
    arena_rewind(job->arena, mark);
    return status;
}

/* The row is asked for, not only the key: between the transaction that erases a subject and the
 * destruction of its key the key is still there. */
static enum candor_status must_exist(struct job *job, struct txn *txn, struct subject subject)
{
    struct query *query = db_query(txn->store->data, SQL_SUBJECT_ID);
    bool found = false;
    bool is_same = false;
    query_number(query, 1, subject.slot);
    TRY(query_row(job, query, &found));
    if (found) {
        const struct bytes id = query_get_bytes(query, 0);
        is_same = id.len == sizeof subject.id && memcmp(id.ptr, subject.id, id.len) == 0;
        query_end(query);
    }
    if (is_same) {
        return CANDOR_OK;
    }
    return found ? fail(job, CANDOR_REFUSED, "the place of this subject is another's")
                 : fail(job, CANDOR_NOT_FOUND, "no such subject");
}

enum candor_status vault_open(struct job *job, struct txn *txn, struct subject subject)
{
    if (is_open_for(&txn->store->vault, subject)) {
        return CANDOR_OK;
    }
    TRY(must_exist(job, txn, subject));
    return vault_open_new(job, txn, subject);
}

const struct secret *vault_key(struct vault *vault, enum vault_use use, uint64_t number)
{
    must(vault->is_open);
    for (unsigned i = 0; i < VAULT_KEYS; i++) {
        const struct vault_key *known = &vault->key[i];
        if (known->is_set && known->use == use && known->number == number) {
            return known->key;
        }
    }
    struct vault_key *fresh = &vault->key[vault->next++ % VAULT_KEYS];
    secret_derive(fresh->key, vault->person, use_row[use].context, number);
    fresh->use = use;
    fresh->number = number;
    fresh->is_set = true;
    return fresh->key;
}

struct bound {
    uint8_t byte[BOUND_LEN_MAX];
    size_t len;
};

static void bind_bytes(struct bound *bound, const void *ptr, size_t len)
{
    must(len <= sizeof bound->byte - bound->len);
    memcpy(bound->byte + bound->len, ptr, len);
    bound->len += len;
}

static struct bytes bind_place(struct bound *bound, struct subject subject,
                               struct vault_place place)
{
    const struct digest none = {0};
    const struct str label = str_of(use_row[place.use].label);
    const uint8_t label_len = (uint8_t)label.len;
    uint8_t row[8];
    for (unsigned i = 0; i < 8; i++) {
        row[i] = (uint8_t)((uint64_t)place.row >> 8 * i);
    }
    bound->len = 0;
    bind_bytes(bound, &label_len, 1);
    bind_bytes(bound, label.ptr, label.len);
    bind_bytes(bound, row, sizeof row);
    bind_bytes(bound, subject.id, sizeof subject.id);
    bind_bytes(bound, place.drawer == NULL ? none.byte : place.drawer->digest.byte,
               sizeof none.byte);
    return (struct bytes){bound->byte, bound->len};
}

static const struct secret *key_for(struct vault *vault, struct vault_place place)
{
    return vault_key(vault, place.use, place.drawer == NULL ? 0 : place.drawer->number);
}

enum candor_status vault_seal(struct job *job, struct txn *txn, struct vault_place place,
                              struct bytes plain, struct bytes *sealed)
{
    struct vault *vault = &txn->store->vault;
    struct bound bound;
    return seal(job, key_for(vault, place), KEY_GENERATION,
                bind_place(&bound, vault->subject, place), plain, sealed);
}

enum candor_status vault_unseal(struct job *job, struct txn *txn, struct vault_place place,
                                struct bytes sealed, struct bytes *plain)
{
    struct vault *vault = &txn->store->vault;
    struct bound bound;
    const enum candor_status status = seal_open(
        job, key_for(vault, place), bind_place(&bound, vault->subject, place), sealed, plain);
    return during(job, status, "row %lld of %s", (long long)place.row, use_row[place.use].label);
}
