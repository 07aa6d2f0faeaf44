/*
 * record.c - the bytes of a consent record.
 *
 * The payload is what the ledger's entry commits to, and what a receipt shows: docs/receipts.md
 * describes it for those who check receipts without our code. It is never written again, so that it
 * opens the commitment for ever.
 *
 *     payload   u8 2, u8 decision, u8 actor, names: purpose, channel, recipient (u8 len; 0: every,
 *               every, ourselves), u64 time, u64 recorded, u64 until, blocks (u32 len): surface,
 *               wording version, language, wording, proof, u8 32 or 0 and the token's digest,
 *               u8 32 or 0 and the SHA-256 of the payload before
 *               with evidence of how the notice looked the first byte is 4, and a block follows: its
 *               text (ui_evidence.h)
 *     kept      u8 3, block: payload, u64 ledger index, 32 bytes salt
 *
 * Version 1, which older homes hold, had no language, actor, recipient, until, token and prev, and
 * kept index and salt at the end of the proof: "... ledger:INDEX:SALT". Its payload had the proof
 * without them.
 */
#include "govern.h"
#include "ui_evidence.h"

enum { PAYLOAD_V1 = 1, PAYLOAD_V2 = 2, KEPT = 3, PAYLOAD_V4 = 4, DIGEST_LEN = 32, SALT_LEN = 32 };

static void name_write(struct str name, struct buf *buf)
{
    must(name.len <= NAME_LEN_MAX);
    buf_u8(buf, (uint8_t)name.len);
    buf_str(buf, name);
}

static struct str name_read(struct reader *reader)
{
    const struct bytes bytes = read_bytes(reader, read_u8(reader));
    reader->bad = reader->bad || bytes.len > NAME_LEN_MAX;
    return (struct str){(const char *)bytes.ptr, bytes.len};
}

static void digest_write(struct bytes digest, struct buf *buf)
{
    must(digest.len == 0 || digest.len == DIGEST_LEN);
    buf_u8(buf, (uint8_t)digest.len);
    buf_bytes(buf, digest.ptr, digest.len);
}

static struct bytes digest_read(struct reader *reader)
{
    const uint8_t len = read_u8(reader);
    reader->bad = reader->bad || (len != 0 && len != DIGEST_LEN);
    return read_bytes(reader, len);
}

/* ---- writing ------------------------------------------------------------------------------- */

void consent_write(const struct inventory *inventory, const struct consent_record *record,
                   struct buf *buf)
{
    must(record->purpose == EVERY || record->purpose < inventory->purpose_count);
    must(record->channel == EVERY || record->channel < inventory->channel_count);
    must(record->recipient == OURSELVES || record->recipient < inventory->recipient_count);
    must((unsigned)record->decision <= CONSENT_INVALIDATED);
    must((unsigned)record->actor <= ACTOR_IMPORT);

    buf_u8(buf, record->ui_evidence.len > 0 ? PAYLOAD_V4 : PAYLOAD_V2);
    buf_u8(buf, (uint8_t)record->decision);
    buf_u8(buf, (uint8_t)record->actor);
    name_write(record->purpose == EVERY ? STR("") : inventory->purpose[record->purpose].name, buf);
    name_write(record->channel == EVERY ? STR("") : inventory->channel[record->channel], buf);
    name_write(record->recipient == OURSELVES ? STR("")
                                              : inventory->recipient[record->recipient].name,
               buf);
    buf_u64le(buf, (uint64_t)record->time);
    buf_u64le(buf, (uint64_t)record->recorded);
    buf_u64le(buf, (uint64_t)record->until);
    buf_block(buf, bytes_of(record->surface));
    buf_block(buf, bytes_of(record->wording_version));
    buf_block(buf, bytes_of(record->language));
    buf_block(buf, bytes_of(record->wording));
    buf_block(buf, bytes_of(record->proof));
    digest_write(record->token, buf);
    digest_write(record->prev, buf);
    if (record->ui_evidence.len > 0) {
        buf_block(buf, bytes_of(record->ui_evidence));
    }
}

void consent_keep(const struct inventory *inventory, const struct consent_record *record,
                  struct buf *buf)
{
    struct bytes payload = record->payload;
    if (payload.len == 0) {
        struct buf fresh = buf_begin(buf->arena);
        consent_write(inventory, record, &fresh);
        payload = buf_all(&fresh);
    }
    if (!record->has_entry) {
        buf_bytes(buf, payload.ptr, payload.len);
        return;
    }
    buf_u8(buf, KEPT);
    buf_block(buf, payload);
    buf_u64le(buf, record->ledger_index);
    buf_bytes(buf, record->salt, sizeof record->salt);
}

/* ---- reading ------------------------------------------------------------------------------- */

static enum candor_status is_damaged(struct job *job)
{
    return fail(job, CANDOR_CORRUPT, "a stored consent record is damaged or was changed");
}

static void read_v1(struct reader *reader, struct consent_names *names,
                    struct consent_record *record)
{
    names->purpose = name_read(reader);
    names->channel = name_read(reader);
    record->time = (int64_t)read_u64le(reader);
    record->recorded = (int64_t)read_u64le(reader);
    record->surface = read_text(reader);
    record->wording_version = read_text(reader);
    record->wording = read_text(reader);
    record->proof = read_text(reader);
}

static void read_v2(struct reader *reader, struct consent_names *names,
                    struct consent_record *record)
{
    const uint8_t actor = read_u8(reader);
    reader->bad = reader->bad || actor > ACTOR_IMPORT;
    record->actor = (enum consent_actor)(reader->bad ? 0 : actor);
    names->purpose = name_read(reader);
    names->channel = name_read(reader);
    names->recipient = name_read(reader);
    record->time = (int64_t)read_u64le(reader);
    record->recorded = (int64_t)read_u64le(reader);
    record->until = (int64_t)read_u64le(reader);
    record->surface = read_text(reader);
    record->wording_version = read_text(reader);
    record->language = read_text(reader);
    record->wording = read_text(reader);
    record->proof = read_text(reader);
    record->token = digest_read(reader);
    record->prev = digest_read(reader);
}

static void read_v4(struct reader *reader, struct consent_names *names,
                    struct consent_record *record)
{
    struct ui_evidence evidence;
    read_v2(reader, names, record);
    record->ui_evidence = read_text(reader);
    reader->bad = reader->bad || ui_evidence_read(record->ui_evidence, &evidence) != NULL;
}

enum candor_status consent_payload_read(struct job *job, struct bytes payload,
                                        struct consent_names *names, struct consent_record *record)
{
    struct reader reader = reader_of(payload);
    const uint8_t version = read_u8(&reader);
    const uint8_t decision = read_u8(&reader);
    struct consent_record found = {.payload = payload};
    *names = (struct consent_names){.recipient = STR("")};
    if (version == PAYLOAD_V1) {
        reader.bad = reader.bad || decision > CONSENT_SENSITIVE_ALLOWED;
        read_v1(&reader, names, &found);
    } else if (version == PAYLOAD_V2 || version == PAYLOAD_V4) {
        reader.bad = reader.bad || decision > CONSENT_INVALIDATED;
        (version == PAYLOAD_V2 ? read_v2 : read_v4)(&reader, names, &found);
    } else {
        reader.bad = true;
    }
    if (!reader_is_done(&reader)) {
        return is_damaged(job);
    }
    found.decision = (enum consent_decision)decision;
    *record = found;
    return CANDOR_OK;
}

/* Take "ledger:INDEX:SALT" off the end of a version 1 proof; false: it is not there. */
static bool split_proof(struct consent_record *record)
{
    static const size_t tail_max = sizeof "ledger:" + 20 + 1 + 2 * (size_t)SALT_LEN;
    const struct str proof = record->proof;
    size_t at = proof.len;
    const size_t least = proof.len > tail_max ? proof.len - tail_max : 0;
    while (at > least && proof.ptr[at - 1] != ' ') {
        at--;
    }
    struct str tail = str_slice(proof, at, proof.len);
    uint64_t index = 0;
    if (!str_starts(tail, STR("ledger:"))) {
        return false;
    }
    (void)str_cut(&tail, ':');
    const struct str number = str_cut(&tail, ':');
    if (!str_to_uint64(number, &index) || !hex_read(tail, record->salt, sizeof record->salt)) {
        return false;
    }
    record->ledger_index = index;
    record->has_entry = true;
    record->proof = str_slice(proof, 0, at > 0 ? at - 1 : 0);
    return true;
}

/* The payload that a version 1 record was committed to: up to its proof, which is the last block. */
static void payload_of_v1(struct job *job, struct bytes bytes, size_t proof_len,
                          struct consent_record *record)
{
    struct buf buf = buf_begin(job->arena);
    buf_bytes(&buf, bytes.ptr, bytes.len - proof_len - 4);
    buf_block(&buf, bytes_of(record->proof));
    record->payload = buf_all(&buf);
}

static enum candor_status read_kept(struct job *job, struct bytes bytes,
                                    struct consent_names *names, struct consent_record *record)
{
    struct reader reader = reader_of(bytes);
    (void)read_u8(&reader);
    const struct bytes payload = read_block(&reader);
    const uint64_t index = read_u64le(&reader);
    const struct bytes salt = read_bytes(&reader, SALT_LEN);
    if (!reader_is_done(&reader)) {
        return is_damaged(job);
    }
    TRY(consent_payload_read(job, payload, names, record));
    record->has_entry = true;
    record->ledger_index = index;
    bytes_copy(record->salt, salt.ptr, salt.len);
    return CANDOR_OK;
}

static enum candor_status read_any(struct job *job, struct bytes bytes, struct consent_names *names,
                                   struct consent_record *record)
{
    if (bytes.len > 0 && bytes.ptr[0] == KEPT) {
        return read_kept(job, bytes, names, record);
    }
    TRY(consent_payload_read(job, bytes, names, record));
    const size_t proof_len = record->proof.len;
    if (bytes.ptr[0] == PAYLOAD_V1 && split_proof(record)) {
        payload_of_v1(job, bytes, proof_len, record);
    }
    return CANDOR_OK;
}

enum candor_status consent_kept_payload(struct job *job, struct bytes bytes, struct bytes *payload)
{
    struct consent_names names;
    struct consent_record record;
    TRY(read_any(job, bytes, &names, &record));
    *payload = record.payload;
    return CANDOR_OK;
}

enum candor_status consent_read(struct job *job, const struct inventory *inventory,
                                struct bytes bytes, struct consent_record *record)
{
    struct consent_names names;
    struct consent_record found;
    TRY(read_any(job, bytes, &names, &found));
    found.purpose = names.purpose.len == 0 ? EVERY : inventory_purpose(inventory, names.purpose);
    found.channel = names.channel.len == 0 ? EVERY : inventory_channel(inventory, names.channel);
    found.recipient =
        names.recipient.len == 0 ? OURSELVES : inventory_recipient(inventory, names.recipient);
    /* EVERY and NONE are one number: a name that is gone must not come to mean everything. */
    if ((names.purpose.len != 0 && found.purpose == NONE) ||
        (names.channel.len != 0 && found.channel == NONE) || found.recipient == NONE) {
        return fail(job, CANDOR_NOT_FOUND,
                    "a consent record names a purpose, channel or recipient that the inventory no "
                    "longer has");
    }
    *record = found;
    return CANDOR_OK;
}
