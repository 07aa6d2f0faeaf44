/*
 * c2pa.h - another door of the wire room: C2PA manifests (2.4), for text.
 *
 *   c2pa_write.c   a manifest store: JUMBF (ISO 19566-5) around a claim, its assertions and a signature
 *   c2pa_store.c   one that is read
 *   c2pa_text.c    a store put into a text: three forms
 *   c2pa_find.c    the one in a text
 *   c2pa_place.c   which form a file takes
 *
 * Pure: digests and signatures are computed by whoever calls, from the bytes that are given out here.
 *
 *     C2PA_SELECTORS  text without a place for it (A.8): U+FEFF and variation selectors, at the end
 *     C2PA_COMMENT    programs, sheets, Markdown (A.9): a comment between two lines of dashes
 *     C2PA_SCRIPT     HTML (A.7): <script type="application/c2pa"> in the head
 *
 * The one exclusion of c2pa.hash.data is exactly the place of the manifest: what is hashed is all else,
 * in the first form after Unicode's composition (NFC), in the others as it is.
 */
#ifndef CANDOR_WIRE_C2PA_H
#define CANDOR_WIRE_C2PA_H

#include "base.h"
#include "cbor.h"

#define C2PA_STORE_MAX ((size_t)64 * 1024)
#define C2PA_ASSERTIONS_MAX 32
#define C2PA_CHAIN_MAX 8
#define C2PA_HASH_LEN 32 /* of what is written: SHA-256 */

/* ---- writing a store ----------------------------------------------------------------------- */

struct c2pa_range {
    size_t start;
    size_t len;
};

/* An assertion as it stands in the store: a whole superbox. What its digest is over comes without its
 * first 8 bytes (15.10.3.1). */
struct bytes c2pa_hashed_part(struct bytes box);
/* c2pa.actions.v2 with one action, c2pa.created. agent: what wrote it; empty: not said. */
struct bytes c2pa_actions(struct arena *arena, struct str source_iri, struct str agent);
struct bytes c2pa_data_hash(struct arena *arena, struct c2pa_range excluded,
                            const uint8_t hash[C2PA_HASH_LEN]);

struct c2pa_claim {
    struct str label;    /* "urn:c2pa:UUID" */
    struct str instance; /* "xmp:iid:UUID" */
    struct str title;    /* the file's name */
    struct str generator;
    struct str version;
    const uint8_t *actions; /* digests of the two assertions */
    const uint8_t *hash;
};

/* The claim (c2pa.claim.v2), which is what is signed. */
struct bytes c2pa_claim(struct arena *arena, const struct c2pa_claim *claim);
/* The protected header of the signature, and what is to be signed (RFC 9052, section 4.4). */
struct bytes c2pa_protected(struct arena *arena, int64_t algorithm, const struct bytes *chain,
                            size_t chain_count);
struct bytes c2pa_signed(struct arena *arena, struct bytes header, struct bytes claim);
/* COSE_Sign1, tagged, its payload detached. */
struct bytes c2pa_signature(struct arena *arena, struct bytes header, struct bytes signature);
struct bytes c2pa_store(struct arena *arena, struct str label, struct bytes actions,
                        struct bytes hash, struct bytes claim, struct bytes signature);

/* ---- reading one --------------------------------------------------------------------------- */

struct c2pa_assertion {
    struct str label;
    struct bytes box;           /* the whole superbox */
    const struct cbor *content; /* NULL: it is not CBOR */
};

/* The active manifest of a store: the last. All are views of the store. */
struct c2pa_manifest {
    struct str label;
    size_t manifest_count;
    bool
        is_words; /* all boxes of the store are CBOR or JSON: nothing in it but words, numbers, keys */
    struct c2pa_assertion assertion[C2PA_ASSERTIONS_MAX];
    size_t assertion_count;
    struct bytes claim_bytes;
    struct cbor claim;
    struct bytes header;         /* the protected header, as it was signed */
    struct cbor unsigned_header; /* what anybody may have written: time stamps, padding */
    int64_t algorithm;           /* of COSE; 0: none is said */
    struct bytes chain[C2PA_CHAIN_MAX];
    size_t chain_count;
    struct bytes signature;
    struct str words; /* every text in the store, one a line */
};

/* NULL: it was read; else what is wrong with its form, in words. */
const char *c2pa_store_read(struct arena *arena, struct bytes store,
                            struct c2pa_manifest *manifest);
/* The assertion that "self#jumbf=..." names; NULL: it is none of this manifest. */
const struct c2pa_assertion *c2pa_assertion_at(const struct c2pa_manifest *manifest,
                                               struct str url);

/* ---- in a text ----------------------------------------------------------------------------- */

enum c2pa_form { C2PA_SELECTORS, C2PA_COMMENT, C2PA_SCRIPT, C2PA_FORMS };
enum c2pa_found {
    C2PA_NONE,
    C2PA_ONE,
    C2PA_MANY,
    C2PA_CUT,       /* it begins like one and does not end, or its letters carry no bytes */
    C2PA_ELSEWHERE, /* the text only names an address; nothing is fetched */
};

const char *c2pa_form_name(enum c2pa_form form); /* "selectors" */

/* Where and how a file takes a manifest. */
struct c2pa_place {
    enum c2pa_form form;
    const char *open; /* of a comment: "<!--" */
    const char *close;
    size_t at; /* it is put before this byte */
    bool is_end;
};

/*
 * page_head: where the head of a page begins. False: the file's kind has no form (JSON has no comments;
 * in a program of PHP the first line is taken and what follows the last may be shown).
 */
bool c2pa_place_of(struct str file, struct str text, bool is_page, size_t page_head,
                   struct c2pa_place *place);
/* What the manifest takes, to be left out of the hash. */
struct c2pa_range c2pa_range_of(const struct c2pa_place *place, struct str text, size_t store_len);
struct str c2pa_embed(struct arena *arena, const struct c2pa_place *place, struct str text,
                      struct bytes store);

struct c2pa_carried {
    enum c2pa_form form;
    struct c2pa_range range; /* all that belongs to it */
    struct bytes store;
    bool is_padded; /* after the store comes more than the padding of A.8 */
    bool
        is_alone; /* nothing else is left out of the hash with it: no other letters on its lines, no other
                       attributes of the element */
};

/* The one manifest in a text. */
enum c2pa_found c2pa_find(struct arena *arena, struct str text, struct c2pa_carried *carried);
/* What is hashed: the text without the range, composed if the form says so. Empty with a NULL pointer:
 * the text cannot be composed. */
struct bytes c2pa_hashed(struct arena *arena, struct str text, enum c2pa_form form,
                         struct c2pa_range range);
/* The text in Unicode's composed form (NFC); the same text where it is that already. */
struct str c2pa_composed(struct arena *arena, struct str text);

#endif
