/*
 * receipt.c - the receipt of a consent record, after ISO/IEC TS 27560 (docs/receipts.md).
 *
 *     the record as it was said    notice, purpose, data, recipients, controller, event
 *     evidence                     leaf, salt and payload that open its commitment, inclusion proof
 *                                  with the signed checkpoint, verifier key
 *     signature                    over all of the above, by the ledger's key
 *
 * The payload proves what was said and when; the signature, who answers for the rest. Whoever holds
 * the file can check both with the verifier key alone, also when the home is gone. It holds no
 * identifier: the subject is the tag of the ledger's entry.
 */
#include "consenting.h"
#include "staff.h"

/* ---- the bytes that are signed: RFC 8785 --------------------------------------------------- */

static void put_canonical_text(struct buf *buf, struct str text)
{
    static const char short_of[] = "btnvfr"; /* 8 .. 13; \v has none */
    buf_u8(buf, '"');
    for (size_t i = 0; i < text.len; i++) {
        const unsigned char byte = (unsigned char)text.ptr[i];
        if (byte == '"' || byte == '\\') {
            buf_u8(buf, '\\');
            buf_u8(buf, byte);
        } else if (byte >= 8 && byte <= 13 && byte != 11) {
            buf_u8(buf, '\\');
            buf_u8(buf, (uint8_t)short_of[byte - 8]);
        } else if (byte < 0x20) {
            buf_format(buf, "\\u%04x", byte);
        } else {
            buf_u8(buf, byte);
        }
    }
    buf_u8(buf, '"');
}

/* Insertion into a list of indexes: maps here have a dozen keys. Keys are ASCII, so that bytes sort as
 * UTF-16 does. */
static size_t *sorted_keys(struct job *job, const struct value *map)
{
    size_t *order = NEW_ARRAY(job->arena, map->count + 1, size_t);
    for (size_t i = 0; i < map->count; i++) {
        size_t at = i;
        while (at > 0 && str_compare(map->key[order[at - 1]], map->key[i]) > 0) {
            order[at] = order[at - 1];
            at--;
        }
        order[at] = i;
    }
    return order;
}

/* Trees from our reader are no deeper than its limit. NOLINTNEXTLINE(misc-no-recursion) */
static void put_canonical(struct job *job, struct buf *buf, const struct value *value,
                          const char *left_out)
{
    switch (value->kind) {
    case VALUE_NULL:
        buf_lit(buf, LIT("null"));
        return;
    case VALUE_BOOL:
        buf_lit(buf, value->boolean ? LIT("true") : LIT("false"));
        return;
    case VALUE_NUMBER: /* receipts have whole numbers only; another has other bytes than any */
        buf_format(buf, "%lld", (long long)(value->is_integer ? value->integer : 0));
        return;
    case VALUE_TEXT:
        put_canonical_text(buf, value->text);
        return;
    case VALUE_LIST:
        buf_u8(buf, '[');
        for (size_t i = 0; i < value->count; i++) {
            buf_lit(buf, i == 0 ? LIT("") : LIT(","));
            put_canonical(job, buf, &value->item[i], NULL);
        }
        buf_u8(buf, ']');
        return;
    case VALUE_MAP:
        break;
    }
    const size_t *order = sorted_keys(job, value);
    bool is_first = true;
    buf_u8(buf, '{');
    for (size_t i = 0; i < value->count; i++) {
        if (left_out != NULL && str_is(value->key[order[i]], left_out)) {
            continue;
        }
        buf_lit(buf, is_first ? LIT("") : LIT(","));
        put_canonical_text(buf, value->key[order[i]]);
        buf_u8(buf, ':');
        put_canonical(job, buf, &value->item[order[i]], NULL);
        is_first = false;
    }
    buf_u8(buf, '}');
}

/* The key signs other things too: the format says which. */
static struct bytes signed_bytes(struct job *job, struct lit format, const struct value *document)
{
    struct buf buf = buf_begin(job->arena);
    buf_lit(&buf, format);
    buf_u8(&buf, '\n');
    put_canonical(job, &buf, document, "signature");
    return buf_all(&buf);
}

struct bytes receipt_signed_bytes(struct job *job, const struct value *document)
{
    return signed_bytes(job, LIT(RECEIPT_FORMAT), document);
}

/* ---- the parts ----------------------------------------------------------------------------- */

static void put_when(struct job *job, struct json *json, struct lit key, int64_t time)
{
    put_text_or_null(json, key, time > 0 ? str_from_time(job->arena, time) : STR(""));
}

static void put_controller(struct json *json, const struct candor *candor)
{
    const struct controller *controller = candor->controller;
    json_key(json, LIT("pii_controllers"));
    json_list_begin(json);
    json_map_begin(json);
    put_text_or_null(json, LIT("party_id"), controller->name);
    put_text_or_null(json, LIT("party_name"), controller->name);
    put_text_or_null(json, LIT("party_address"), controller->address);
    put_text_or_null(json, LIT("party_contact"), controller->contact);
    put_text_or_null(json, LIT("party_url"), controller->url);
    put_text_or_null(json, LIT("party_type"), STR("organisation"));
    put_text_or_null(json, LIT("party_role"), STR("controller"));
    put_text_or_null(json, LIT("data_protection_officer"), controller_officer(candor));
    json_map_end(json);
    json_list_end(json);
}

static void put_field(struct json *json, const struct field *field, struct str id)
{
    json_map_begin(json);
    put_text_or_null(json, LIT("attribute_id"), id);
    put_text_or_null(json, LIT("pii_type"), field->label);
    put_text_or_null(json, LIT("origin"), str_of(origin_name(field->origin)));
    json_key(json, LIT("optional"));
    json_bool(json, !field->required);
    json_key(json, LIT("sensitive"));
    json_bool(json, field->sensitivity != SENSITIVITY_ORDINARY);
    json_key(json, LIT("special_category"));
    json_bool(json, field->sensitivity == SENSITIVITY_SPECIAL);
    json_key(json, LIT("retention_days"));
    json_u64(json, field->retention_days);
    json_map_end(json);
}

/* What the purpose may use, as the inventory says at this instant. */
static void put_data(struct job *job, struct json *json, const struct inventory *inventory,
                     size_t purpose)
{
    json_key(json, LIT("pii_information"));
    json_list_begin(json);
    for (size_t f = 0; f < inventory->field_count; f++) {
        if ((inventory->field[f].purposes >> purpose & 1) != 0) {
            put_field(json, &inventory->field[f], inventory->field[f].name);
        }
    }
    for (size_t k = 0; k < inventory->event_kind_count; k++) {
        const struct event_kind *kind = &inventory->event_kind[k];
        if ((kind->purposes >> purpose & 1) != 0) {
            const struct field event = {.label = kind->label,
                                        .origin = ORIGIN_OBSERVED,
                                        .retention_days = kind->retention_days};
            put_field(json, &event, str_format(job->arena, "event:%.*s", STR_ARG(kind->name)));
        }
    }
    json_list_end(json);
}

static void put_recipient(struct json *json, const struct recipient *recipient)
{
    json_map_begin(json);
    put_text_or_null(json, LIT("name"), recipient->name);
    put_text_or_null(json, LIT("title"), recipient->title);
    put_text_or_null(json, LIT("role"), str_of(recipient_role_name(recipient->role)));
    put_text_or_null(json, LIT("country"), recipient->country);
    put_text_or_null(json, LIT("transfer"), str_of(transfer_name(recipient->transfer)));
    json_map_end(json);
}

/* Whom the record names; without a name, those who act for us. */
static void put_recipients(struct json *json, const struct inventory *inventory,
                           const struct consent_record *record)
{
    const struct purpose *purpose = &inventory->purpose[record->purpose];
    const size_t own = inventory_recipient(inventory, purpose->recipient);
    json_key(json, LIT("recipients"));
    json_list_begin(json);
    for (size_t r = OURSELVES + 1; r < inventory->recipient_count; r++) {
        const bool acts = inventory->recipient[r].role == RECIPIENT_PROCESSOR &&
                          inventory_disclosure(inventory, record->purpose, r) != NONE;
        if (record->recipient == r || own == r || (record->recipient == OURSELVES && acts)) {
            put_recipient(json, &inventory->recipient[r]);
        }
    }
    if (purpose->recipient.len > 0 && own == NONE) {
        const struct recipient unknown = {.name = purpose->recipient};
        put_recipient(json, &unknown);
    }
    json_list_end(json);
}

static void put_terms(struct json *json, const struct purpose *purpose)
{
    size_t count = 0;
    const struct dpv_term *term = dpv_terms(&count);
    json_key(json, LIT("purpose_types"));
    json_list_begin(json);
    for (size_t t = 0; t < count; t++) {
        if ((purpose->terms >> t & 1) != 0) {
            json_text(json, term[t].name);
        }
    }
    json_list_end(json);
}

static void put_rights(struct json *json)
{
    json_key(json, LIT("pii_principal_rights"));
    json_list_begin(json);
    for (unsigned right = 0; right < RIGHTS; right++) {
        json_text(json, str_of(right_name((enum right)right)));
    }
    json_list_end(json);
}

static void put_processing(struct job *job, struct json *json, const struct candor *candor,
                           const struct consent_record *record)
{
    const struct inventory *inventory = candor->inventory;
    const struct controller *controller = candor->controller;
    json_key(json, LIT("processing"));
    json_map_begin(json);
    if (record->purpose == EVERY) {
        put_text_or_null(json, LIT("purpose"), STR("*"));
    } else {
        const struct purpose *purpose = &inventory->purpose[record->purpose];
        put_text_or_null(json, LIT("purpose"), purpose->name);
        put_text_or_null(json, LIT("purpose_title"), purpose->title);
        put_terms(json, purpose);
        put_text_or_null(json, LIT("lawful_basis"), str_of(basis_name(purpose->basis)));
        put_data(job, json, inventory, record->purpose);
        put_recipients(json, inventory, record);
    }
    put_text_or_null(json, LIT("channel"),
                     record->channel == EVERY ? STR("") : inventory->channel[record->channel]);
    put_text_or_null(json, LIT("recipient"),
                     record->recipient == OURSELVES ? STR("")
                                                    : inventory->recipient[record->recipient].name);
    put_text_or_null(json, LIT("collection_method"), record->surface);
    put_text_or_null(json, LIT("storage_locations"), controller->storage);
    put_text_or_null(json, LIT("jurisdiction"), controller->jurisdiction);
    put_text_or_null(json, LIT("withdrawal_method"), controller->withdrawal);
    put_text_or_null(json, LIT("supervisory_authority"), controller->authority);
    put_rights(json);
    json_map_end(json);
}

static void put_event(struct job *job, struct json *json, const struct consent_record *record)
{
    json_key(json, LIT("event"));
    json_map_begin(json);
    put_text_or_null(json, LIT("state"), str_of(consent_decision_name(record->decision)));
    put_text_or_null(json, LIT("type"), STR("explicit"));
    put_text_or_null(json, LIT("entity"), str_of(consent_actor_name(record->actor)));
    put_when(job, json, LIT("time"), record->time);
    put_when(job, json, LIT("recorded"), record->recorded);
    put_when(job, json, LIT("valid_until"), record->until);
    put_text_or_null(json, LIT("proof"), record->proof);
    json_map_end(json);
}

static enum candor_status put_evidence(struct job *job, struct candor *candor, struct json *json,
                                       const struct consent_record *record, struct bytes leaf)
{
    uint8_t public_key[PUBLIC_KEY_LEN];
    struct str proof;
    TRY(ledger_prove(job, candor->ledger, record->ledger_index, &proof));
    signer_public(candor->signer, public_key);
    json_key(json, LIT("evidence"));
    json_map_begin(json);
    json_key(json, LIT("ledger_index"));
    json_u64(json, record->ledger_index);
    json_key(json, LIT("payload"));
    json_base64(json, record->payload);
    json_key(json, LIT("salt"));
    json_hex(json, (struct bytes){record->salt, sizeof record->salt});
    json_key(json, LIT("leaf"));
    json_base64(json, leaf);
    json_key(json, LIT("proof"));
    json_text(json, proof);
    json_key(json, LIT("verifier_key"));
    json_text(json, verifier_key_text(job->arena, candor->origin, public_key));
    json_map_end(json);
    return CANDOR_OK;
}

/* ---- the document -------------------------------------------------------------------------- */

static enum candor_status put_head(struct job *job, struct json *json, const struct candor *candor,
                                   struct bytes leaf)
{
    struct ledger_leaf read;
    uint8_t id[16];
    const struct digest record_id = merkle_leaf(leaf);
    TRY(leaf_read(job, leaf, &read));
    TRY(host_random(job, id, sizeof id));
    put_text_or_null(json, LIT("format"), STR(RECEIPT_FORMAT));
    put_text_or_null(json, LIT("schema_version"), STR("ISO/IEC TS 27560:2023"));
    put_text_or_null(json, LIT("receipt_id"), hex_of(job->arena, (struct bytes){id, sizeof id}));
    put_text_or_null(json, LIT("record_id"),
                     hex_of(job->arena, (struct bytes){record_id.byte, sizeof record_id.byte}));
    put_text_or_null(json, LIT("pii_principal_id"),
                     hex_of(job->arena, (struct bytes){read.subject_tag, sizeof read.subject_tag}));
    put_when(job, json, LIT("issued"), job->now);
    put_controller(json, candor);
    return CANDOR_OK;
}

static enum candor_status write_unsigned(struct job *job, struct candor *candor,
                                         const struct consent_record *record, struct json *json)
{
    struct bytes leaf;
    TRY(store_leaf(job, candor->store, record->ledger_index, &leaf));
    TRY(put_head(job, json, candor, leaf));
    json_key(json, LIT("notice"));
    json_map_begin(json);
    put_text_or_null(json, LIT("text"), record->wording);
    put_text_or_null(json, LIT("version"), record->wording_version);
    put_text_or_null(json, LIT("language"), record->language);
    put_text_or_null(json, LIT("ui_evidence"), record->ui_evidence);
    json_map_end(json);
    put_processing(job, json, candor, record);
    put_event(job, json, record);
    return put_evidence(job, candor, json, record, leaf);
}

/* "origin base64(key id || signature)", as a line of a C2SP note without its dash. */
static struct str signature_of(struct job *job, const struct candor *candor, struct bytes message)
{
    uint8_t public_key[PUBLIC_KEY_LEN];
    uint8_t signature[4 + SIGNATURE_LEN];
    signer_public(candor->signer, public_key);
    note_key_id(signature, candor->origin, NOTE_ED25519, public_key);
    signer_sign(candor->signer, message, signature + 4);
    const struct str text = base64_of(job->arena, (struct bytes){signature, sizeof signature});
    return str_format(job->arena, "%.*s %.*s", STR_ARG(candor->origin), STR_ARG(text));
}

/* What is signed is read back from what was written, so that who checks reads the same. */
enum candor_status sign_document(struct job *job, const struct candor *candor, struct lit format,
                                 struct bytes written, struct candor_text *signed_text,
                                 const struct value **document)
{
    struct answer answer;
    TRY(json_read(job, written, NULL, "what is signed", document));
    answer_begin(job, &answer);
    json_map_begin(&answer.json);
    for (size_t i = 0; i < (*document)->count; i++) {
        json_key_str(&answer.json, (*document)->key[i]);
        json_value(&answer.json, &(*document)->item[i]);
    }
    json_key(&answer.json, LIT("signature"));
    json_text(&answer.json, signature_of(job, candor, signed_bytes(job, format, *document)));
    json_map_end(&answer.json);
    answer_end(&answer, signed_text);
    return CANDOR_OK;
}

static enum candor_status write_receipt(struct job *job, struct candor *candor,
                                        const struct consent_record *record,
                                        struct candor_text *receipt, const struct value **document)
{
    struct answer copy;
    answer_begin(job, &copy);
    json_map_begin(&copy.json);
    TRY(write_unsigned(job, candor, record, &copy.json));
    json_map_end(&copy.json);
    return sign_document(job, candor, LIT(RECEIPT_FORMAT), buf_all(&copy.buf), receipt, document);
}

static const struct consent_record *choose_record(const struct standing *standing, size_t purpose,
                                                  uint64_t number)
{
    for (size_t i = standing->record_count; i > 0; i--) {
        const struct consent_record *record = &standing->record[i - 1];
        const bool is_it =
            number > 0 ? record->number == number : purpose == NONE || record->purpose == purpose;
        if (is_it) {
            return record;
        }
    }
    return NULL;
}

static enum candor_status find_record(struct job *job, struct candor *candor, struct txn *txn,
                                      struct subject subject, const char *purpose_name,
                                      uint64_t number, const struct consent_record **record)
{
    struct standing *standing = NEW(job->arena, struct standing);
    size_t purpose = NONE;
    if (purpose_name != NULL && purpose_name[0] != '\0') {
        TRY(home_purpose(job, candor, str_of(purpose_name), &purpose));
    }
    TRY(standing_of(job, candor, txn, subject, standing));
    *record = choose_record(standing, purpose, number);
    if (*record == NULL) {
        return fail(job, CANDOR_NOT_FOUND, "there is no such consent record");
    }
    return (*record)->has_entry
               ? CANDOR_OK
               : fail(job, CANDOR_NOT_FOUND, "this record was made before receipts and has none");
}

static enum candor_status make_receipt(struct job *job, struct candor *candor,
                                       const char *identifier, const char *purpose, uint64_t number,
                                       struct candor_text *receipt, struct candor_text *page)
{
    struct txn *txn = NULL;
    struct subject subject;
    const struct consent_record *record = NULL;
    const struct value *document = NULL;
    uint64_t index = 0;
    TRY(caller_may_own(job, candor, ACT_SUBJECT_READ));
    TRY(home_begin(job, candor, &txn));
    TRY(home_subject(job, candor, txn, identifier, &subject));
    TRY(find_record(job, candor, txn, subject, purpose, number, &record));
    const struct account account = {
        .action = LEDGER_READ, .outcome = OUTCOME_DONE, .subject = &subject};
    TRY(home_account(job, candor, txn, &account, &index, NULL));
    TRY(access_note(job, candor, txn, subject, LIT("consent.receipt"), index));
    TRY(home_commit(job, candor, txn));
    TRY(write_receipt(job, candor, record, receipt, &document));
    if (page != NULL) {
        *page = text_of(job, receipt_page(job, document));
    }
    return CANDOR_OK;
}

enum candor_status candor_receipt(struct job *job, struct candor *candor, const char *identifier,
                                  const char *purpose, uint64_t number, struct candor_text *text,
                                  struct candor_text *page)
{
    home_enter(candor);
    const enum candor_status status =
        make_receipt(job, candor, identifier, purpose, number, text, page);
    home_leave(candor);
    return status;
}
