/*
 * c2pa_write.c - a C2PA manifest store, written: JUMBF boxes around CBOR.
 *
 *     jumb { jumd c2pa "c2pa"
 *       jumb { jumd c2ma "urn:c2pa:UUID"
 *         jumb { jumd c2as "c2pa.assertions"
 *           jumb { jumd cbor "c2pa.actions.v2" | cbor }
 *           jumb { jumd cbor "c2pa.hash.data"  | cbor } }
 *         jumb { jumd c2cl "c2pa.claim.v2"  | cbor }
 *         jumb { jumd c2cs "c2pa.signature" | cbor: COSE_Sign1 } } }
 *
 * C2PA 2.2, sections 10, 11 and 13. CBOR's keys stand in their order.
 */
#include "boxed.h"
#include "c2pa.h"

static void put_u32be(struct buf *buf, size_t value)
{
    must(value <= UINT32_MAX);
    buf_u16be(buf, (uint16_t)(value >> 16));
    buf_u16be(buf, (uint16_t)(value & 0xffff));
}

static void put_box(struct buf *buf, const char type[4], struct bytes content)
{
    put_u32be(buf, content.len + BOX_HEAD);
    buf_bytes(buf, type, 4);
    buf_bytes(buf, content.ptr, content.len);
}

/* kind: the first four letters of the UUID. */
static struct bytes superbox(struct arena *arena, const char kind[4], struct str label,
                             struct bytes content)
{
    struct buf description = buf_begin(arena);
    struct buf inside = buf_begin(arena);
    struct buf whole = buf_begin(arena);
    buf_bytes(&description, kind, 4);
    buf_bytes(&description, BOX_UUID_TAIL, BOX_UUID_LEN - 4);
    buf_u8(&description, BOX_TOGGLES);
    buf_str(&description, label);
    buf_u8(&description, 0);
    put_box(&inside, "jumd", buf_all(&description));
    buf_bytes(&inside, content.ptr, content.len);
    put_box(&whole, "jumb", buf_all(&inside));
    return buf_all(&whole);
}

static struct bytes cbor_superbox(struct arena *arena, const char kind[4], struct str label,
                                  struct bytes cbor)
{
    struct buf box = buf_begin(arena);
    put_box(&box, "cbor", cbor);
    return superbox(arena, kind, label, buf_all(&box));
}

struct bytes c2pa_actions(struct arena *arena, struct str source_iri, struct str agent)
{
    struct buf buf = buf_begin(arena);
    cbor_put_map(&buf, 1);
    cbor_put_text(&buf, STR("actions"));
    cbor_put_list(&buf, 1);
    cbor_put_map(&buf, agent.len > 0 ? 3 : 2);
    cbor_put_text(&buf, STR("action"));
    cbor_put_text(&buf, STR("c2pa.created"));
    if (agent.len > 0) {
        cbor_put_text(&buf, STR("softwareAgent"));
        cbor_put_map(&buf, 1);
        cbor_put_text(&buf, STR("name"));
        cbor_put_text(&buf, agent);
    }
    cbor_put_text(&buf, STR("digitalSourceType"));
    cbor_put_text(&buf, source_iri);
    return cbor_superbox(arena, "cbor", STR("c2pa.actions.v2"), buf_all(&buf));
}

struct bytes c2pa_data_hash(struct arena *arena, struct c2pa_range excluded,
                            const uint8_t hash[C2PA_HASH_LEN])
{
    struct buf buf = buf_begin(arena);
    cbor_put_map(&buf, 5);
    cbor_put_text(&buf, STR("alg"));
    cbor_put_text(&buf, STR("sha256"));
    cbor_put_text(&buf, STR("pad"));
    cbor_put_bytes(&buf, (struct bytes){NULL, 0});
    cbor_put_text(&buf, STR("hash"));
    cbor_put_bytes(&buf, (struct bytes){hash, C2PA_HASH_LEN});
    cbor_put_text(&buf, STR("name"));
    cbor_put_text(&buf, STR("the text"));
    cbor_put_text(&buf, STR("exclusions"));
    cbor_put_list(&buf, 1);
    cbor_put_map(&buf, 2);
    cbor_put_text(&buf, STR("start"));
    cbor_put_int(&buf, (int64_t)excluded.start);
    cbor_put_text(&buf, STR("length"));
    cbor_put_int(&buf, (int64_t)excluded.len);
    return cbor_superbox(arena, "cbor", STR("c2pa.hash.data"), buf_all(&buf));
}

static void put_reference(struct buf *buf, const char *label, const uint8_t *hash)
{
    cbor_put_map(buf, 2);
    cbor_put_text(buf, STR("url"));
    cbor_put_text(buf, str_format(buf->arena, "self#jumbf=c2pa.assertions/%s", label));
    cbor_put_text(buf, STR("hash"));
    cbor_put_bytes(buf, (struct bytes){hash, C2PA_HASH_LEN});
}

struct bytes c2pa_claim(struct arena *arena, const struct c2pa_claim *claim)
{
    struct buf buf = buf_begin(arena);
    cbor_put_map(&buf, 6);
    cbor_put_text(&buf, STR("alg"));
    cbor_put_text(&buf, STR("sha256"));
    cbor_put_text(&buf, STR("dc:title"));
    cbor_put_text(&buf, claim->title);
    cbor_put_text(&buf, STR("signature"));
    cbor_put_text(&buf,
                  str_format(arena, "self#jumbf=/c2pa/%.*s/c2pa.signature", STR_ARG(claim->label)));
    cbor_put_text(&buf, STR("instanceID"));
    cbor_put_text(&buf, claim->instance);
    cbor_put_text(&buf, STR("created_assertions"));
    cbor_put_list(&buf, 2);
    put_reference(&buf, "c2pa.actions.v2", claim->actions);
    put_reference(&buf, "c2pa.hash.data", claim->hash);
    cbor_put_text(&buf, STR("claim_generator_info"));
    cbor_put_map(&buf, 2);
    cbor_put_text(&buf, STR("name"));
    cbor_put_text(&buf, claim->generator);
    cbor_put_text(&buf, STR("version"));
    cbor_put_text(&buf, claim->version);
    return buf_all(&buf);
}

struct bytes c2pa_protected(struct arena *arena, int64_t algorithm, const struct bytes *chain,
                            size_t chain_count)
{
    struct buf buf = buf_begin(arena);
    cbor_put_map(&buf, 2);
    cbor_put_int(&buf, COSE_ALGORITHM);
    cbor_put_int(&buf, algorithm);
    cbor_put_int(&buf, COSE_CHAIN);
    if (chain_count != 1) { /* one certificate stands without a list (RFC 9360) */
        cbor_put_list(&buf, chain_count);
    }
    for (size_t i = 0; i < chain_count; i++) {
        cbor_put_bytes(&buf, chain[i]);
    }
    return buf_all(&buf);
}

struct bytes c2pa_signed(struct arena *arena, struct bytes header, struct bytes claim)
{
    struct buf buf = buf_begin(arena);
    cbor_put_list(&buf, 4);
    cbor_put_text(&buf, STR("Signature1"));
    cbor_put_bytes(&buf, header);
    cbor_put_bytes(&buf, (struct bytes){NULL, 0});
    cbor_put_bytes(&buf, claim);
    return buf_all(&buf);
}

struct bytes c2pa_signature(struct arena *arena, struct bytes header, struct bytes signature)
{
    struct buf buf = buf_begin(arena);
    cbor_put_tag(&buf, COSE_SIGN1);
    cbor_put_list(&buf, 4);
    cbor_put_bytes(&buf, header);
    cbor_put_map(&buf, 0);
    cbor_put_null(&buf);
    cbor_put_bytes(&buf, signature);
    return buf_all(&buf);
}

struct bytes c2pa_store(struct arena *arena, struct str label, struct bytes actions,
                        struct bytes hash, struct bytes claim, struct bytes signature)
{
    struct buf assertions = buf_begin(arena);
    struct buf parts = buf_begin(arena);
    buf_bytes(&assertions, actions.ptr, actions.len);
    buf_bytes(&assertions, hash.ptr, hash.len);
    const struct bytes part[] = {
        superbox(arena, "c2as", STR("c2pa.assertions"), buf_all(&assertions)),
        cbor_superbox(arena, "c2cl", STR("c2pa.claim.v2"), claim),
        cbor_superbox(arena, "c2cs", STR("c2pa.signature"), signature)};
    for (size_t i = 0; i < sizeof part / sizeof part[0]; i++) {
        buf_bytes(&parts, part[i].ptr, part[i].len);
    }
    return superbox(arena, "c2pa", STR("c2pa"), superbox(arena, "c2ma", label, buf_all(&parts)));
}
