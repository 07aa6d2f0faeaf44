/*
 * manifest_add.c - a C2PA manifest into content that a machine wrote.
 *
 * The manifest says where it stands in the text and how long it is, and is as long as that number and its
 * signature make it: so it is built until its length stays the same, which it does after a few rounds,
 * since a longer one never makes a shorter number. Then the text is hashed without it, and it is signed.
 *
 * It is put in before the scan and before anybody reads the text: what is approved are the bytes with it.
 */
#include "manifest.h"

enum { ROUNDS_MAX = 8, UUID_LEN = 16 };

struct making {
    const struct claim_signer *signer;
    struct c2pa_place place;
    struct str text;
    struct str source_iri;
    struct str agent;
    struct c2pa_claim claim;
};

/* A random one (RFC 9562, version 4), after a word. */
static enum candor_status draw_uuid(struct job *job, const char *before, struct str *uuid)
{
    uint8_t byte[UUID_LEN];
    TRY(host_random(job, byte, sizeof byte));
    byte[6] = (uint8_t)((byte[6] & 0x0f) | 0x40);
    byte[8] = (uint8_t)((byte[8] & 0x3f) | 0x80);
    const struct str hex = hex_of(job->arena, (struct bytes){byte, sizeof byte});
    *uuid = str_format(job->arena, "%s%.8s-%.4s-%.4s-%.4s-%.12s", before, hex.ptr, hex.ptr + 8,
                       hex.ptr + 12, hex.ptr + 16, hex.ptr + 20);
    return CANDOR_OK;
}

/* The store for a place of that length. is_signed: else with a signature of zeros, as long. */
static enum candor_status build(struct job *job, const struct making *making, size_t store_len,
                                const uint8_t hash[C2PA_HASH_LEN], bool is_signed,
                                struct bytes *store)
{
    size_t chain_count = 0;
    struct arena *arena = job->arena;
    const struct bytes *chain = claim_chain(making->signer, &chain_count);
    const struct c2pa_range range = c2pa_range_of(&making->place, making->text, store_len);
    const struct bytes actions = c2pa_actions(arena, making->source_iri, making->agent);
    const struct bytes data_hash = c2pa_data_hash(arena, range, hash);
    const struct digest first = digest_of_bytes(c2pa_hashed_part(actions));
    const struct digest second = digest_of_bytes(c2pa_hashed_part(data_hash));
    struct c2pa_claim said = making->claim;
    said.actions = first.byte;
    said.hash = second.byte;
    const struct bytes claim = c2pa_claim(arena, &said);
    const struct bytes header =
        c2pa_protected(arena, claim_algorithm(making->signer), chain, chain_count);
    struct bytes signature = {NEW_ARRAY(arena, claim_signature_len(making->signer), uint8_t),
                              claim_signature_len(making->signer)};
    if (is_signed) {
        TRY(claim_sign(job, making->signer, c2pa_signed(arena, header, claim), &signature));
    }
    *store = c2pa_store(arena, making->claim.label, actions, data_hash, claim,
                        c2pa_signature(arena, header, signature));
    return store->len <= C2PA_STORE_MAX
               ? CANDOR_OK
               : fail(job, CANDOR_TOO_LARGE, "the manifest would be larger than %zu bytes",
                      C2PA_STORE_MAX);
}

static enum candor_status make(struct job *job, const struct making *making, struct str *marked)
{
    static const uint8_t none[C2PA_HASH_LEN];
    struct bytes store = {NULL, 0};
    size_t len = 0;
    for (int round = 0; round < ROUNDS_MAX && (round == 0 || store.len != len); round++) {
        len = store.len;
        TRY(build(job, making, len, none, false, &store));
    }
    must(store.len == len);
    const struct c2pa_range range = c2pa_range_of(&making->place, making->text, len);
    const struct str without = c2pa_embed(job->arena, &making->place, making->text, store);
    const struct digest hash =
        digest_of_bytes(c2pa_hashed(job->arena, without, making->place.form, range));
    TRY(build(job, making, len, hash.byte, true, &store));
    must(store.len == len);
    *marked = c2pa_embed(job->arena, &making->place, making->text, store);
    return CANDOR_OK;
}

/* The place that the content's file takes one at, and the text around it. */
static bool find_place(struct job *job, const struct content *content, struct making *making)
{
    const bool is_page = content->media == MARK_HTML;
    making->text = content->text;
    if (!c2pa_place_of(content->file, making->text, is_page,
                       is_page ? mark_page_head(making->text) : 0, &making->place)) {
        return false;
    }
    if (making->place.form == C2PA_SELECTORS) {
        making->text = c2pa_composed(job->arena, making->text);
        making->place.at = making->text.len;
    }
    return true;
}

enum candor_status manifest_put(struct job *job, const struct claim_signer *signer,
                                const struct content *content, struct str *marked)
{
    struct making making = {.signer = signer,
                            .source_iri = str_of(mark_source_iri(content->source)),
                            .agent = content->model};
    struct manifest_verdict *verdict = NEW(job->arena, struct manifest_verdict);
    must(find_place(job, content, &making));
    TRY(draw_uuid(job, "urn:c2pa:", &making.claim.label));
    TRY(draw_uuid(job, "xmp:iid:", &making.claim.instance));
    making.claim.title = content->file;
    making.claim.generator = STR("Candor");
    making.claim.version = str_of(candor_version());
    TRY(make(job, &making, marked));
    TRY(manifest_check(job, *marked, STR(""), verdict));
    return verdict->is_sound /* nothing leaves here that others would call broken */
               ? CANDOR_OK
               : fail(job, CANDOR_IO, "the C2PA manifest that was made does not hold: %s",
                      manifest_check_sentence(manifest_broken(verdict)));
}

/* ---- what is asked ------------------------------------------------------------------------- */

/* What there is already, or who wrote it. *is_wanted: go on. */
static enum candor_status is_allowed(struct job *job, const struct content *content, bool is_asked,
                                     bool *is_wanted)
{
    struct c2pa_carried carried;
    struct making making;
    const enum c2pa_found found = c2pa_find(job->arena, content->text, &carried);
    const bool has_none = found == C2PA_NONE || found == C2PA_ELSEWHERE;
    const bool has_place = find_place(job, content, &making);
    *is_wanted = content->source != MARK_HUMAN && has_none && has_place;
    if (!is_asked || *is_wanted) {
        return CANDOR_OK;
    }
    if (content->source == MARK_HUMAN) {
        return fail(job, CANDOR_BAD_INPUT,
                    "--c2pa says that a machine wrote it: --source ai or mixed");
    }
    return !has_none ? fail(job, CANDOR_REFUSED,
                            "there is a C2PA manifest in it already, or a part of one, which a "
                            "second would void: submit it as it is, or without it")
                     : fail(job, CANDOR_BAD_INPUT,
                            "C2PA has no place for a manifest in this kind of file (JSON, CSV and "
                            "SVG have none, nor has PHP with pages in it): leave out --c2pa");
}

enum candor_status manifest_add(struct job *job, struct candor *candor, struct content *content,
                                bool is_asked)
{
    struct claim_signer *signer = NULL;
    struct str marked = {NULL, 0};
    bool is_wanted = false;
    TRY(is_allowed(job, content, is_asked, &is_wanted));
    if (!is_wanted) {
        return CANDOR_OK;
    }
    TRY(during(job, manifest_signer(job, candor, &signer), "the C2PA manifest"));
    TRY(manifest_put(job, signer, content, &marked));
    if (marked.len > CONTENT_MAX) {
        return fail(job, CANDOR_TOO_LARGE,
                    "content has at most %zu bytes, with its C2PA manifest this has %zu",
                    CONTENT_MAX, marked.len);
    }
    content->text = marked;
    return CANDOR_OK;
}
