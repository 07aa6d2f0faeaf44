/*
 * c2pa_store.c - a C2PA manifest store: JUMBF boxes around CBOR.
 *
 *     jumb { jumd c2pa "c2pa"
 *       jumb { jumd c2ma "urn:c2pa:UUID"
 *         jumb { jumd c2as "c2pa.assertions"
 *           jumb { jumd cbor "c2pa.actions.v2" | cbor }
 *           jumb { jumd cbor "c2pa.hash.data"  | cbor } }
 *         jumb { jumd c2cl "c2pa.claim.v2"  | cbor }
 *         jumb { jumd c2cs "c2pa.signature" | cbor: COSE_Sign1 } } }
 *
 *     box: length u32be, itself included | type, 4 letters | content
 *     jumd: UUID 16 | toggles u8 | label, ends in a zero | a salt, which not all have
 *
 * C2PA 2.2, sections 10, 11 and 13 (2.4 changed none of it); ISO 19566-5, annex A. A store that somebody
 * else wrote may have salts, other assertions and earlier manifests: the last manifest is the one that
 * counts, and of the others only the words are taken.
 */
#include "c2pa.h"

#include <string.h>

enum { TOGGLES = 3 /* may be asked for, has a label */, TOGGLE_SALT = 16 };
enum { BOX_HEAD = 8, UUID_LEN = 16, JUMBF_DEPTH_MAX = 6, WORDS_MAX = 64 * 1024 };
enum { COSE_ALGORITHM = 1, COSE_CHAIN = 33, COSE_SIGN1 = 18 };

static const char uuid_tail[] = "\x00\x11\x00\x10\x80\x00\x00\xaa\x00\x38\x9b\x71";

/* ---- writing ------------------------------------------------------------------------------- */

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
    buf_bytes(&description, uuid_tail, UUID_LEN - 4);
    buf_u8(&description, TOGGLES);
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

struct bytes c2pa_hashed_part(struct bytes box)
{
    must(box.len >= BOX_HEAD);
    return (struct bytes){box.ptr + BOX_HEAD, box.len - BOX_HEAD};
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
    cbor_put_text(&buf, str_format(arena, "self#jumbf=/c2pa/%.*s/c2pa.signature",
                                   STR_ARG(claim->label)));
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

/* ---- boxes --------------------------------------------------------------------------------- */

struct box {
    struct bytes whole;
    struct bytes content;
    char type[4];
};

/* The next box; false: there is none, or it is cut. */
static bool next_box(struct bytes *rest, struct box *box)
{
    struct reader reader = reader_of(*rest);
    size_t len = (size_t)read_u16be(&reader) << 16;
    len |= read_u16be(&reader);
    if (rest->len < BOX_HEAD || len < BOX_HEAD || len > rest->len) {
        return false;
    }
    memcpy(box->type, rest->ptr + 4, 4);
    box->whole = (struct bytes){rest->ptr, len};
    box->content = (struct bytes){rest->ptr + BOX_HEAD, len - BOX_HEAD};
    *rest = (struct bytes){rest->ptr + len, rest->len - len};
    return true;
}

static bool is_type(const struct box *box, const char *type)
{
    return memcmp(box->type, type, 4) == 0;
}

struct superbox {
    struct str label;
    struct bytes kind; /* UUID */
    struct bytes inside;
};

static bool open_superbox(const struct box *box, struct superbox *super)
{
    struct box description;
    super->inside = box->content;
    if (!is_type(box, "jumb") || !next_box(&super->inside, &description) ||
        !is_type(&description, "jumd") || description.content.len < UUID_LEN + 1) {
        return false;
    }
    const struct bytes said = description.content;
    const struct str rest = {(const char *)said.ptr + UUID_LEN + 1, said.len - UUID_LEN - 1};
    super->kind = (struct bytes){said.ptr, UUID_LEN};
    super->label = str_slice(rest, 0, str_find(rest, '\0'));
    const bool has_salt = said.ptr[UUID_LEN] == (TOGGLES | TOGGLE_SALT);
    const size_t after = super->label.len + 1; /* a salt is a box of its own */
    return (has_salt || said.ptr[UUID_LEN] == TOGGLES) && super->label.len > 0 &&
           (has_salt ? after < rest.len : after == rest.len) && str_is_utf8(super->label);
}

static bool is_kind(const struct superbox *super, const char *kind)
{
    return memcmp(super->kind.ptr, kind, 4) == 0 &&
           memcmp(super->kind.ptr + 4, uuid_tail, UUID_LEN - 4) == 0;
}

/* The one CBOR box of a superbox. */
static bool cbor_inside(const struct superbox *super, struct bytes *cbor)
{
    struct bytes rest = super->inside;
    struct box box;
    if (!next_box(&rest, &box) || !is_type(&box, "cbor") || rest.len > 0) {
        return false;
    }
    *cbor = box.content;
    return true;
}

/* ---- words --------------------------------------------------------------------------------- */

static void add_word(struct buf *words, struct str text)
{
    if (words->len + text.len < WORDS_MAX) {
        buf_str(words, text);
        buf_u8(words, '\n');
    }
}

static void add_words(struct buf *words, const struct cbor *value)
{
    if (value->kind == CBOR_TEXT) {
        add_word(words, value->text);
    }
    const size_t count = value->kind == CBOR_MAP ? value->count * 2 : value->count;
    for (size_t i = 0; i < count; i++) {
        add_words(words, &value->item[i]);
    }
}

/* All that somebody could read in it; false: there is a box of which that cannot be said, or a broken one. */
static bool words_of(struct buf *words, struct bytes boxes, unsigned depth)
{
    struct box box;
    bool is_words = depth < JUMBF_DEPTH_MAX;
    while (is_words && boxes.len > 0) {
        struct superbox super;
        struct cbor value;
        if (!next_box(&boxes, &box)) {
            return false;
        }
        if (is_type(&box, "jumb")) {
            is_words = open_superbox(&box, &super) && words_of(words, super.inside, depth + 1);
            add_word(words, is_words ? super.label : STR(""));
        } else if (is_type(&box, "cbor")) {
            is_words = cbor_read(words->arena, box.content, &value);
            if (is_words) {
                add_words(words, &value);
            }
        } else {
            const struct str text = {(const char *)box.content.ptr, box.content.len};
            is_words = is_type(&box, "json") && str_is_utf8(text);
            add_word(words, is_words ? text : STR(""));
        }
    }
    return is_words;
}

/* ---- reading ------------------------------------------------------------------------------- */

static const char *read_assertions(struct arena *arena, const struct superbox *store,
                                   struct c2pa_manifest *manifest)
{
    struct bytes rest = store->inside;
    struct box box;
    while (rest.len > 0) {
        struct superbox super;
        struct bytes content;
        if (!next_box(&rest, &box) || !open_superbox(&box, &super)) {
            return "a box of its assertions is cut or has no label";
        }
        if (manifest->assertion_count == C2PA_ASSERTIONS_MAX) {
            return "it has more assertions than are read";
        }
        struct c2pa_assertion *one = &manifest->assertion[manifest->assertion_count++];
        *one = (struct c2pa_assertion){.label = super.label, .box = box.whole};
        for (size_t i = 0; i + 1 < manifest->assertion_count; i++) {
            if (str_equal(manifest->assertion[i].label, super.label)) {
                return "two of its assertions have one label";
            }
        }
        if (is_kind(&super, "cbor")) {
            struct cbor *value = NEW(arena, struct cbor);
            if (!cbor_inside(&super, &content) || !cbor_read(arena, content, value)) {
                return "an assertion is no CBOR, or CBOR with a key twice";
            }
            one->content = value;
        }
    }
    return NULL;
}

static bool read_chain(const struct cbor *chain, struct c2pa_manifest *manifest)
{
    const struct cbor *item = chain;
    const size_t count = chain != NULL && chain->kind == CBOR_LIST ? chain->count : 1;
    if (chain == NULL || count == 0 || count > C2PA_CHAIN_MAX) {
        return false;
    }
    if (chain->kind == CBOR_LIST) {
        item = chain->item;
    }
    for (size_t i = 0; i < count; i++) {
        if (item[i].kind != CBOR_BYTES || item[i].bytes.len == 0) {
            return false;
        }
        manifest->chain[i] = item[i].bytes;
    }
    manifest->chain_count = count;
    return true;
}

static const char *read_signature(struct arena *arena, struct bytes bytes,
                                  struct c2pa_manifest *manifest)
{
    struct cbor value;
    struct cbor header;
    if (!cbor_read(arena, bytes, &value) || value.kind != CBOR_TAG ||
        value.integer != COSE_SIGN1 || value.item[0].kind != CBOR_LIST ||
        value.item[0].count != 4) {
        return "its signature is no COSE_Sign1";
    }
    const struct cbor *part = value.item[0].item;
    if (part[0].kind != CBOR_BYTES || part[1].kind != CBOR_MAP || part[2].kind != CBOR_NULL ||
        part[3].kind != CBOR_BYTES || !cbor_read(arena, part[0].bytes, &header) ||
        header.kind != CBOR_MAP) {
        return "its signature is no COSE_Sign1 with a detached payload";
    }
    const struct cbor *algorithm = cbor_get_int(&header, COSE_ALGORITHM);
    const struct cbor *chain = cbor_get_int(&header, COSE_CHAIN);
    manifest->header = part[0].bytes;
    manifest->signature = part[3].bytes;
    manifest->unsigned_header = part[1];
    manifest->algorithm =
        algorithm != NULL && algorithm->kind == CBOR_INT ? algorithm->integer : 0;
    chain = chain != NULL ? chain : cbor_get(&header, "x5chain"); /* an earlier spelling */
    return read_chain(chain, manifest)
               ? NULL
               : "its signature names no certificates in the part that is signed";
}

/* The claim is of this manifest: it says where its signature is. */
static bool names_signature(struct arena *arena, const struct c2pa_manifest *manifest)
{
    const struct str said = cbor_text_at(&manifest->claim, "signature");
    return str_is(said, "self#jumbf=c2pa.signature") ||
           str_equal(said, str_format(arena, "self#jumbf=/c2pa/%.*s/c2pa.signature",
                                      STR_ARG(manifest->label)));
}

static const char *read_parts(struct arena *arena, const struct superbox *whole,
                              struct c2pa_manifest *manifest)
{
    struct bytes rest = whole->inside;
    struct bytes signature = {NULL, 0};
    bool has_assertions = false;
    struct box box;
    manifest->label = whole->label;
    while (rest.len > 0) {
        struct superbox super;
        const char *fault = NULL;
        if (!next_box(&rest, &box) || !open_superbox(&box, &super)) {
            return "a box of it is cut or has no label";
        }
        if (is_kind(&super, "c2as")) {
            fault = has_assertions || !str_is(super.label, "c2pa.assertions")
                        ? "it has two sets of assertions, or one of another name"
                        : read_assertions(arena, &super, manifest);
            has_assertions = true;
        } else if (is_kind(&super, "c2cl")) {
            fault = manifest->claim_bytes.ptr != NULL ? "it has two claims"
                    : !str_is(super.label, "c2pa.claim.v2")
                        ? "its claim is of an earlier version, which is not read"
                    : cbor_inside(&super, &manifest->claim_bytes) ? NULL
                                                                  : "its claim is no CBOR";
        } else if (is_kind(&super, "c2cs")) {
            fault = signature.ptr != NULL || !str_is(super.label, "c2pa.signature")
                        ? "it has two signatures, or one of another name"
                    : cbor_inside(&super, &signature) ? NULL
                                                      : "its signature is no CBOR";
        }
        if (fault != NULL) {
            return fault;
        }
    }
    if (!has_assertions || manifest->claim_bytes.ptr == NULL || signature.ptr == NULL) {
        return "its claim, its assertions or its signature is missing";
    }
    if (!cbor_read(arena, manifest->claim_bytes, &manifest->claim) ||
        manifest->claim.kind != CBOR_MAP) {
        return "its claim is no CBOR, or CBOR with a key twice";
    }
    if (!names_signature(arena, manifest)) {
        return "its claim names another manifest's signature";
    }
    return read_signature(arena, signature, manifest);
}

const char *c2pa_store_read(struct arena *arena, struct bytes store, struct c2pa_manifest *manifest)
{
    struct bytes rest = store;
    struct superbox super;
    struct superbox last = {0};
    struct box box;
    struct buf words = buf_begin(arena);
    *manifest = (struct c2pa_manifest){0};
    if (store.len > C2PA_STORE_MAX) {
        return "it is larger than is read";
    }
    if (!next_box(&rest, &box) || rest.len > 0 || !open_superbox(&box, &super) ||
        !is_kind(&super, "c2pa") || !str_is(super.label, "c2pa")) {
        return "it is no manifest store (JUMBF), or not a whole one";
    }
    manifest->is_words = words_of(&words, super.inside, 0);
    manifest->words = buf_text(&words);
    for (struct bytes inside = super.inside; inside.len > 0;) {
        if (!next_box(&inside, &box) || !open_superbox(&box, &last)) {
            return "a manifest in it is cut or has no label";
        }
        manifest->manifest_count++;
    }
    if (manifest->manifest_count == 0 || !is_kind(&last, "c2ma")) {
        return "its last manifest is none of the kind that is read (c2ma)";
    }
    return read_parts(arena, &last, manifest);
}

/* "self#jumbf=c2pa.assertions/LABEL", or the same with "/c2pa/MANIFEST/" before it. */
const struct c2pa_assertion *c2pa_assertion_at(const struct c2pa_manifest *manifest, struct str url)
{
    const struct str start = STR("self#jumbf=");
    if (!str_starts(url, start)) {
        return NULL;
    }
    struct str path = str_slice(url, start.len, url.len);
    if (str_starts(path, STR("/c2pa/"))) {
        path = str_slice(path, 6, path.len);
        if (!str_starts(path, manifest->label)) {
            return NULL;
        }
        path = str_slice(path, manifest->label.len, path.len);
        path = str_starts(path, STR("/")) ? str_slice(path, 1, path.len) : STR("");
    }
    const struct str folder = STR("c2pa.assertions/");
    for (size_t i = 0; str_starts(path, folder) && i < manifest->assertion_count; i++) {
        if (str_equal(manifest->assertion[i].label, str_slice(path, folder.len, path.len))) {
            return &manifest->assertion[i];
        }
    }
    return NULL;
}
