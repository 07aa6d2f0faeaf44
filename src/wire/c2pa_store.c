/*
 * c2pa_store.c - a C2PA manifest store, read. c2pa_write.c has how it is built.
 *
 * A store that somebody else wrote may have salts, other assertions and earlier manifests: the last manifest
 * is the one that counts, and of the others only the words are taken. Fields of a box that are not needed are
 * refused: nobody signs a box's head, and what nobody signed must not be able to change.
 */
#include "c2pa.h"

#include <string.h>

#include "boxed.h"

enum { JUMBF_DEPTH_MAX = 6, WORDS_MAX = 64 * 1024 };

struct bytes c2pa_hashed_part(struct bytes box)
{
    must(box.len >= BOX_HEAD);
    return (struct bytes){box.ptr + BOX_HEAD, box.len - BOX_HEAD};
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
        !is_type(&description, "jumd") || description.content.len < BOX_UUID_LEN + 1) {
        return false;
    }
    const struct bytes said = description.content;
    const struct str rest = {(const char *)said.ptr + BOX_UUID_LEN + 1,
                             said.len - BOX_UUID_LEN - 1};
    super->kind = (struct bytes){said.ptr, BOX_UUID_LEN};
    super->label = str_slice(rest, 0, str_find(rest, '\0'));
    const bool has_salt = said.ptr[BOX_UUID_LEN] == (BOX_TOGGLES | BOX_TOGGLE_SALT);
    const size_t after = super->label.len + 1; /* a salt is a box of its own */
    return (has_salt || said.ptr[BOX_UUID_LEN] == BOX_TOGGLES) && super->label.len > 0 &&
           (has_salt ? after < rest.len : after == rest.len) && str_is_utf8(super->label);
}

static bool is_kind(const struct superbox *super, const char *kind)
{
    return super->kind.len == BOX_UUID_LEN && memcmp(super->kind.ptr, kind, 4) == 0 &&
           memcmp(super->kind.ptr + 4, BOX_UUID_TAIL, BOX_UUID_LEN - 4) == 0;
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

static bool words_of(struct buf *words, struct bytes boxes, unsigned depth);

static bool words_of_box(struct buf *words, const struct box *box, unsigned depth)
{
    struct superbox super;
    struct cbor value;
    const struct str text = {(const char *)box->content.ptr, box->content.len};
    if (is_type(box, "jumb")) {
        if (!open_superbox(box, &super)) {
            return false;
        }
        add_word(words, super.label);
        return words_of(words, super.inside, depth + 1);
    }
    if (is_type(box, "cbor")) {
        if (!cbor_read(words->arena, box->content, &value)) {
            return false;
        }
        add_words(words, &value);
        return true;
    }
    add_word(words, str_is_utf8(text) ? text : STR(""));
    return is_type(box, "json") && str_is_utf8(text);
}

/* All that somebody could read in it; false: there is a box of which that cannot be said, or a broken one. */
static bool words_of(struct buf *words, struct bytes boxes, unsigned depth)
{
    struct box box;
    while (boxes.len > 0) {
        if (depth == JUMBF_DEPTH_MAX || !next_box(&boxes, &box) ||
            !words_of_box(words, &box, depth)) {
            return false;
        }
    }
    return true;
}

/* ---- reading ------------------------------------------------------------------------------- */

static bool has_label(const struct c2pa_manifest *manifest, struct str label)
{
    for (size_t i = 0; i < manifest->assertion_count; i++) {
        if (str_equal(manifest->assertion[i].label, label)) {
            return true;
        }
    }
    return false;
}

static const char *add_assertion(struct arena *arena, const struct superbox *super,
                                 struct bytes whole, struct c2pa_manifest *manifest)
{
    struct bytes content;
    struct cbor *value = NULL;
    if (manifest->assertion_count == C2PA_ASSERTIONS_MAX) {
        return "it has more assertions than are read";
    }
    if (has_label(manifest, super->label)) {
        return "two of its assertions have one label";
    }
    if (is_kind(super, "cbor")) {
        value = NEW(arena, struct cbor);
        if (!cbor_inside(super, &content) || !cbor_read(arena, content, value)) {
            return "an assertion is no CBOR, or CBOR with a key twice";
        }
    }
    manifest->assertion[manifest->assertion_count++] =
        (struct c2pa_assertion){.label = super->label, .box = whole, .content = value};
    return NULL;
}

static const char *read_assertions(struct arena *arena, const struct superbox *store,
                                   struct c2pa_manifest *manifest)
{
    struct bytes rest = store->inside;
    const char *fault = NULL;
    while (fault == NULL && rest.len > 0) {
        struct box box;
        struct superbox super;
        fault = next_box(&rest, &box) && open_superbox(&box, &super)
                    ? add_assertion(arena, &super, box.whole, manifest)
                    : "a box of its assertions is cut or has no label";
    }
    return fault;
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
    if (!cbor_read(arena, bytes, &value) || value.kind != CBOR_TAG || value.integer != COSE_SIGN1 ||
        value.item[0].kind != CBOR_LIST || value.item[0].count != 4) {
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
    manifest->algorithm = algorithm != NULL && algorithm->kind == CBOR_INT ? algorithm->integer : 0;
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

/* Of each kind there is one. */
struct parts {
    bool has_assertions;
    struct bytes signature;
};

static const char *take_claim(const struct superbox *super, struct c2pa_manifest *manifest)
{
    if (manifest->claim_bytes.ptr != NULL) {
        return "it has two claims";
    }
    if (!str_is(super->label, "c2pa.claim.v2")) {
        return "its claim is of an earlier version, which is not read";
    }
    return cbor_inside(super, &manifest->claim_bytes) ? NULL : "its claim is no CBOR";
}

static const char *take_part(struct arena *arena, const struct superbox *super, struct parts *parts,
                             struct c2pa_manifest *manifest)
{
    if (is_kind(super, "c2as")) {
        if (parts->has_assertions || !str_is(super->label, "c2pa.assertions")) {
            return "it has two sets of assertions, or one of another name";
        }
        parts->has_assertions = true;
        return read_assertions(arena, super, manifest);
    }
    if (is_kind(super, "c2cl")) {
        return take_claim(super, manifest);
    }
    if (!is_kind(super, "c2cs")) {
        return NULL; /* what others may have put there */
    }
    if (parts->signature.ptr != NULL || !str_is(super->label, "c2pa.signature")) {
        return "it has two signatures, or one of another name";
    }
    return cbor_inside(super, &parts->signature) ? NULL : "its signature is no CBOR";
}

static const char *read_claim(struct arena *arena, const struct parts *parts,
                              struct c2pa_manifest *manifest)
{
    if (!parts->has_assertions || manifest->claim_bytes.ptr == NULL ||
        parts->signature.ptr == NULL) {
        return "its claim, its assertions or its signature is missing";
    }
    if (!cbor_read(arena, manifest->claim_bytes, &manifest->claim) ||
        manifest->claim.kind != CBOR_MAP) {
        return "its claim is no CBOR, or CBOR with a key twice";
    }
    return names_signature(arena, manifest) ? read_signature(arena, parts->signature, manifest)
                                            : "its claim names another manifest's signature";
}

static const char *read_parts(struct arena *arena, const struct superbox *whole,
                              struct c2pa_manifest *manifest)
{
    struct bytes rest = whole->inside;
    struct parts parts = {0};
    const char *fault = NULL;
    manifest->label = whole->label;
    while (fault == NULL && rest.len > 0) {
        struct box box;
        struct superbox super;
        fault = next_box(&rest, &box) && open_superbox(&box, &super)
                    ? take_part(arena, &super, &parts, manifest)
                    : "a box of it is cut or has no label";
    }
    return fault != NULL ? fault : read_claim(arena, &parts, manifest);
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
