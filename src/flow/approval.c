/*
 * approval.c - the approval of exact bytes, as others can check it.
 *
 *     {"payloadType": "application/vnd.in-toto+json", "payload": base64(statement),
 *      "signatures": [{"keyid": id of the verifier key, "sig": base64(Ed25519 over the PAE)}]}
 *
 *     PAE = "DSSEv1" SP len(type) SP type SP len(payload) SP payload        (DSSE 1.0, protocol.md)
 *
 * The statement (in-toto v1) has one subject, the file's name and the SHA-256 of its bytes, and our own
 * predicate: what was scanned with which rules, where the text comes from, who wrote it, who approved it
 * and where that stands on the ledger. The key is the ledger's: a verifier key that is known already.
 */
#include "contents.h"
#include "manifest.h"

struct bytes approval_signed_bytes(struct job *job, struct str type, struct str payload)
{
    struct buf buf = buf_begin(job->arena);
    buf_format(&buf, "DSSEv1 %zu ", type.len);
    buf_str(&buf, type);
    buf_format(&buf, " %zu ", payload.len);
    buf_str(&buf, payload);
    return buf_all(&buf);
}

/* ---- the predicate ------------------------------------------------------------------------- */

static void put_hex(struct json *json, struct lit key, const struct digest *digest)
{
    json_key(json, key);
    json_hex(json, (struct bytes){digest->byte, sizeof digest->byte});
}

static void put_u64(struct json *json, struct lit key, uint64_t number)
{
    json_key(json, key);
    json_u64(json, number);
}

/* The last vote of whoever took step i, and one that counts. */
static bool is_approval(const struct board_rules *rules, const struct board_record *record,
                        enum board_risk risk, size_t i)
{
    const struct board_review *review = &record->review;
    const struct str who = review->step[i].who;
    for (size_t k = i + 1; k < review->step_count; k++) {
        if (review->step[k].act <= BOARD_REJECT && str_equal(review->step[k].who, who)) {
            return false;
        }
    }
    return review->step[i].act == BOARD_APPROVE && board_has_vote(rules, review->kind, risk, who) &&
           !board_is_conflicted(rules, review, STR(""), who);
}

static void put_reviewers(struct job *job, struct json *json, const struct board_rules *rules,
                          const struct board_passage *passage)
{
    const struct board_record *record = passage->open;
    json_key(json, LIT("reviewers"));
    json_list_begin(json);
    for (size_t i = 0; i < record->review.step_count; i++) {
        const struct board_step *step = &record->review.step[i];
        if (is_approval(rules, record, passage->standing.risk, i)) {
            json_map_begin(json);
            put_text(json, LIT("name"), step->who);
            json_key(json, LIT("board"));
            json_bool(json, board_is_member(rules, step->who));
            put_text(json, LIT("time"), str_from_time(job->arena, step->time));
            put_text_or_null(json, LIT("reason"), step->note);
            put_u64(json, LIT("ledgerIndex"), record->mark[i].index);
            json_map_end(json);
        }
    }
    json_list_end(json);
}

static void put_authors(struct json *json, const struct board_review *review)
{
    json_key(json, LIT("authors"));
    json_list_begin(json);
    json_text(json, review->proposer);
    for (size_t i = 0; i < review->author_count; i++) {
        json_text(json, review->author[i]);
    }
    json_list_end(json);
}

static void put_origin(struct job *job, struct json *json, const struct content *content)
{
    const struct str form = manifest_form(job, content->text);
    json_key(json, LIT("origin"));
    json_map_begin(json);
    put_text(json, LIT("source"), str_of(mark_source_name(content->source)));
    put_text_or_null(json, LIT("digitalSourceType"), str_of(mark_source_iri(content->source)));
    put_text_or_null(json, LIT("model"), content->model);
    json_key(json, LIT("promptSha256"));
    if (content->has_prompt) {
        json_hex(json, (struct bytes){content->prompt.byte, sizeof content->prompt.byte});
    } else {
        json_null(json);
    }
    if (form.len > 0) {
        put_text(json, LIT("c2paManifest"), form);
    }
    if (content->generator.len > 0) {
        put_text(json, LIT("generator"), content->generator);
        put_hex(json, LIT("briefSha256"), &content->brief);
    }
    json_map_end(json);
}

static void put_scan(struct json *json, const struct content *content,
                     const struct board_standing *standing)
{
    json_key(json, LIT("scan"));
    json_map_begin(json);
    put_hex(json, LIT("sha256"), &content->scan);
    put_text(json, LIT("rules"), content->rules);
    put_u64(json, LIT("findings"), content->findings);
    put_u64(json, LIT("blocking"), content->blocking);
    put_text_or_null(json, LIT("override"), standing->is_overruled ? standing->overruled : STR(""));
    json_map_end(json);
}

static void put_predicate(struct job *job, struct json *json, const struct candor *candor,
                          const struct content *content, const struct board_passage *passage,
                          uint64_t index)
{
    json_key(json, LIT("predicate"));
    json_map_begin(json);
    put_text(json, LIT("decision"), STR("approved"));
    put_text(json, LIT("content"), content->name);
    put_text(json, LIT("media"), str_of(mark_media_name(content->media)));
    put_text(json, LIT("purpose"), content->purpose);
    put_text_or_null(json, LIT("market"), content->market);
    put_text(json, LIT("risk"), str_of(board_risk_name(passage->standing.risk)));
    put_authors(json, &passage->open->review);
    put_reviewers(job, json, &candor->governance->rules, passage);
    put_scan(json, content, &passage->standing);
    put_origin(job, json, content);
    put_text(json, LIT("review"), board_hex(job->arena, passage->open));
    put_text(json, LIT("home"), candor->origin);
    put_text(json, LIT("issued"), str_from_time(job->arena, job->now));
    put_text(json, LIT("validUntil"), str_from_time(job->arena, passage->standing.valid_until));
    put_u64(json, LIT("ledgerIndex"), index);
    json_map_end(json);
}

static struct str statement_of(struct job *job, const struct candor *candor,
                               const struct content *content, const struct board_passage *passage,
                               uint64_t index)
{
    struct buf buf = buf_begin(job->arena);
    struct json json;
    json_begin(&json, &buf, false);
    json_map_begin(&json);
    put_text(&json, LIT("_type"), STR(APPROVAL_STATEMENT));
    json_key(&json, LIT("subject"));
    json_list_begin(&json);
    json_map_begin(&json);
    put_text(&json, LIT("name"), content->file);
    json_key(&json, LIT("digest"));
    json_map_begin(&json);
    put_hex(&json, LIT("sha256"), &content->digest);
    json_map_end(&json);
    json_map_end(&json);
    json_list_end(&json);
    put_text(&json, LIT("predicateType"), STR(APPROVAL_PREDICATE));
    put_predicate(job, &json, candor, content, passage, index);
    json_map_end(&json);
    json_end(&json);
    return buf_text(&buf);
}

/* ---- the envelope -------------------------------------------------------------------------- */

static void put_envelope(struct job *job, const struct candor *candor, struct str statement,
                         struct candor_text *envelope)
{
    uint8_t public_key[PUBLIC_KEY_LEN];
    uint8_t id[4];
    uint8_t signature[SIGNATURE_LEN];
    struct answer answer;
    signer_public(candor->signer, public_key);
    note_key_id(id, candor->origin, NOTE_ED25519, public_key);
    signer_sign(candor->signer, approval_signed_bytes(job, STR(APPROVAL_PAYLOAD), statement),
                signature);
    answer_begin(job, &answer);
    json_map_begin(&answer.json);
    put_text(&answer.json, LIT("payloadType"), STR(APPROVAL_PAYLOAD));
    json_key(&answer.json, LIT("payload"));
    json_base64(&answer.json, bytes_of(statement));
    json_key(&answer.json, LIT("signatures"));
    json_list_begin(&answer.json);
    json_map_begin(&answer.json);
    json_key(&answer.json, LIT("keyid"));
    json_hex(&answer.json, (struct bytes){id, sizeof id});
    json_key(&answer.json, LIT("sig"));
    json_base64(&answer.json, (struct bytes){signature, sizeof signature});
    json_map_end(&answer.json);
    json_list_end(&answer.json);
    json_map_end(&answer.json);
    answer_end(&answer, envelope);
}

enum candor_status approval_write(struct job *job, struct candor *candor, struct txn *txn,
                                  const struct content *content, struct candor_text *envelope)
{
    struct board_thing thing;
    struct board_passage passage;
    uint64_t index = 0;
    const struct account account = {
        .action = LEDGER_CONTENT_APPROVAL,
        .outcome = OUTCOME_ALLOW,
        .payload = bytes_of(str_format(job->arena, "content %.*s", STR_ARG(content->name))),
        .object = content->digest.byte,
        .policy = &content->digest};
    TRY(board_thing_load(job, candor, txn, BOARD_CONTENT, content->name, &thing));
    TRY(board_passage_of(job, candor, txn, &thing, thing.digest, STR(""), &passage));
    if (passage.open == NULL) {
        return fail(job, CANDOR_REFUSED,
                    "content '%.*s' has no approval that holds for these bytes: candor board "
                    "propose content %.*s",
                    STR_ARG(content->name), STR_ARG(content->name));
    }
    if (!mark_holds(content->text, content->media, content->source)) {
        return fail(job, CANDOR_REFUSED,
                    "content '%.*s' has no mark that a machine wrote it, which it needs (AI Act "
                    "Article 50): submit it again with --mark",
                    STR_ARG(content->name));
    }
    if (!manifest_is_fine(job, content->text)) {
        return fail(
            job, CANDOR_REFUSED,
            "content '%.*s' has a C2PA manifest that does not hold (candor verify FILE says "
            "why): submit it again without it, or with --c2pa for a new one",
            STR_ARG(content->name));
    }
    TRY(home_account_kept(job, candor, txn, &account, LIT("content_entry"), &index));
    put_envelope(job, candor, statement_of(job, candor, content, &passage, index), envelope);
    return CANDOR_OK;
}
