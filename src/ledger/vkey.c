/*
 * vkey.c - verifier keys: one line that says whose signatures to believe.
 *
 *     name+hex id+base64(algorithm | public key)      algorithm 0x01: a log; 0x04: a witness
 */
#include "inside.h"

enum { KEY_BYTES_LEN = 1 + PUBLIC_KEY_LEN, KEY_ID_HEX_LEN = 2 * KEY_ID_LEN };

static struct str key_text(struct arena *arena, struct str name, enum note_algorithm algorithm,
                           const uint8_t public_key[PUBLIC_KEY_LEN])
{
    uint8_t id[KEY_ID_LEN];
    uint8_t key[KEY_BYTES_LEN] = {(uint8_t)algorithm};
    note_key_id(id, name, algorithm, public_key);
    bytes_copy(key + 1, public_key, PUBLIC_KEY_LEN);

    struct buf text = buf_begin(arena);
    buf_str(&text, name);
    buf_lit(&text, LIT("+"));
    buf_str(&text, hex_of(arena, (struct bytes){id, sizeof id}));
    buf_lit(&text, LIT("+"));
    buf_str(&text, base64_of(arena, (struct bytes){key, sizeof key}));
    return buf_text(&text);
}

static enum candor_status key_read(struct job *job, struct str text, enum note_algorithm algorithm,
                                   struct str *name, uint8_t public_key[PUBLIC_KEY_LEN])
{
    uint8_t id_given[KEY_ID_LEN];
    uint8_t id[KEY_ID_LEN];
    struct bytes key = {0};
    struct str rest = text; /* base64 may hold a plus too, so only the first two separate */
    const struct str name_part = str_cut(&rest, '+');
    const struct str id_part = str_cut(&rest, '+');

    if (rest.ptr == NULL || !note_name_is_allowed(name_part) || name_part.len > ORIGIN_LEN_MAX) {
        return fail(job, CANDOR_BAD_INPUT, "a verifier key has the form name+id+key");
    }
    if (id_part.len != KEY_ID_HEX_LEN || !hex_read(id_part, id_given, sizeof id_given)) {
        return fail(job, CANDOR_BAD_INPUT, "the verifier key's id is not 8 hex digits");
    }
    if (!base64_read(job->arena, rest, &key) || key.len != KEY_BYTES_LEN ||
        key.ptr[0] != (uint8_t)algorithm) {
        return fail(job, CANDOR_BAD_INPUT,
                    "the verifier key is not an Ed25519 key of a %s in base64",
                    algorithm == NOTE_ED25519 ? "ledger" : "witness");
    }
    note_key_id(id, name_part, algorithm, key.ptr + 1);
    if (!bytes_same(id, id_given, sizeof id)) {
        return fail(job, CANDOR_BAD_INPUT, "the verifier key's id is not that of its name and key");
    }
    *name = name_part;
    bytes_copy(public_key, key.ptr + 1, PUBLIC_KEY_LEN);
    return CANDOR_OK;
}

struct str verifier_key_text(struct arena *arena, struct str name, const uint8_t public_key[32])
{
    return key_text(arena, name, NOTE_ED25519, public_key);
}

enum candor_status verifier_key_read(struct job *job, struct str text, struct str *name,
                                     uint8_t public_key[32])
{
    return key_read(job, text, NOTE_ED25519, name, public_key);
}

struct str witness_key_text(struct arena *arena, struct str name, const uint8_t public_key[32])
{
    return key_text(arena, name, NOTE_COSIGNATURE, public_key);
}

enum candor_status witness_key_read(struct job *job, struct str text, struct str *name,
                                    uint8_t public_key[32])
{
    return key_read(job, text, NOTE_COSIGNATURE, name, public_key);
}
