/*
 * manifest_check.c - the C2PA manifest of a text, checked: C2PA 2.2, section 15, as far as it is about text.
 *
 * What is checked needs no home, no network, no list: whether the signer is trusted is a question of its
 * own (`roots`). Not looked at are earlier manifests in the store (it may keep those of what it was made
 * from), time stamps and revocation, which need others to be asked.
 */
#include "manifest.h"

#include <assert.h>

static const struct {
    const char *name;
    const char *code; /* of C2PA, section 15.2 */
    const char *sentence;
} row[MANIFEST_CHECKS] = {
    [MANIFEST_ONE] = {"one", "manifest.structuredText.multipleReferences",
                      "there is more than one C2PA manifest in it"},
    [MANIFEST_WHOLE] = {"whole", "manifest.structuredText.malformedReference",
                        "the C2PA manifest is cut, or its letters carry no manifest"},
    [MANIFEST_STRUCTURE] = {"structure", "claim.cbor.invalid", "the C2PA manifest cannot be read"},
    [MANIFEST_ALGORITHMS] = {"algorithms", "algorithm.unsupported",
                             "the C2PA manifest uses an algorithm that is not known"},
    [MANIFEST_ASSERTIONS] = {"assertions", "assertion.hashedURI.mismatch",
                             "the assertions of the C2PA manifest are not those of its claim"},
    [MANIFEST_SIGNATURE] = {"signature", "claimSignature.mismatch",
                            "the signature of the C2PA manifest is not over its claim"},
    [MANIFEST_CERTIFICATE] = {"certificate", "signingCredential.invalid",
                              "the certificate of the C2PA manifest may not sign claims"},
    [MANIFEST_TIME] = {"time", "claimSignature.outsideValidity",
                       "the certificate of the C2PA manifest has expired or is not valid yet"},
    [MANIFEST_PLACE] = {"place", "assertion.dataHash.malformed",
                        "the C2PA manifest leaves out of its hash other bytes than itself"},
    [MANIFEST_BYTES] = {"bytes", "assertion.dataHash.mismatch",
                        "the text was changed since the C2PA manifest was signed"},
    [MANIFEST_ACTIONS] = {"actions", "assertion.action.malformed",
                          "the C2PA manifest does not say how the text came to be"},
};

const char *manifest_check_name(enum manifest_check check)
{
    must((unsigned)check < MANIFEST_CHECKS);
    return row[check].name;
}

const char *manifest_check_sentence(enum manifest_check check)
{
    must((unsigned)check < MANIFEST_CHECKS);
    return row[check].sentence;
}

const char *manifest_check_code(const struct manifest_verdict *verdict, enum manifest_check check)
{
    must((unsigned)check < MANIFEST_CHECKS);
    if (verdict->found == C2PA_MANY && verdict->carried.form == C2PA_SELECTORS) {
        return "manifest.text.multipleWrappers";
    }
    if (verdict->found == C2PA_CUT && verdict->carried.form == C2PA_SELECTORS) {
        return "manifest.text.corruptedWrapper";
    }
    return row[check].code;
}

enum manifest_check manifest_broken(const struct manifest_verdict *verdict)
{
    unsigned check = 0;
    while (check < MANIFEST_CHECKS && verdict->holds[check]) {
        check++;
    }
    return (enum manifest_check)check;
}

/* ---- the claim and its assertions ---------------------------------------------------------- */

/* The algorithm that is said nearest: beside the hash, else in the claim. */
static struct str algorithm_near(const struct manifest_verdict *verdict, const struct cbor *near)
{
    const struct str own = cbor_text_at(near, "alg");
    return own.len > 0 ? own : cbor_text_at(&verdict->manifest.claim, "alg");
}

static bool hash_is_known(struct str algorithm)
{
    uint8_t digest[CLAIM_DIGEST_MAX];
    return claim_digest(algorithm, bytes_of(STR("candor")), digest) > 0;
}

static bool hash_is(struct str algorithm, struct bytes bytes, struct bytes said)
{
    uint8_t digest[CLAIM_DIGEST_MAX];
    const size_t len = claim_digest(algorithm, bytes, digest);
    return len > 0 && said.len == len && bytes_same(digest, said.ptr, len);
}

static const struct c2pa_assertion *assertion_named(const struct manifest_verdict *verdict,
                                                    const char *label)
{
    for (size_t i = 0; i < verdict->manifest.assertion_count; i++) {
        if (str_is(verdict->manifest.assertion[i].label, label)) {
            return &verdict->manifest.assertion[i];
        }
    }
    return NULL;
}

/* Each of a list of references is there as it was; *seen: which. */
static bool references_hold(const struct manifest_verdict *verdict, const char *key, uint32_t *seen)
{
    const struct cbor *list = cbor_get(&verdict->manifest.claim, key);
    for (size_t i = 0; list != NULL && i < list->count; i++) {
        const struct cbor *one = &list->item[i];
        const struct c2pa_assertion *assertion =
            list->kind == CBOR_LIST
                ? c2pa_assertion_at(&verdict->manifest, cbor_text_at(one, "url"))
                : NULL;
        if (assertion == NULL ||
            !hash_is(algorithm_near(verdict, one), c2pa_hashed_part(assertion->box),
                     cbor_bytes_at(one, "hash"))) {
            return false;
        }
        *seen |= UINT32_C(1) << (unsigned)(assertion - verdict->manifest.assertion);
    }
    return true;
}

static_assert(C2PA_ASSERTIONS_MAX <= 32, "a bit for each assertion");

/* Those of the claim, all of them, and no others; what binds the text is of the signer's own. */
static bool assertions_hold(const struct manifest_verdict *verdict)
{
    uint32_t created = 0;
    uint32_t gathered = 0;
    const struct c2pa_assertion *hash = assertion_named(verdict, "c2pa.hash.data");
    const uint64_t all = (UINT64_C(1) << verdict->manifest.assertion_count) - 1;
    return references_hold(verdict, "created_assertions", &created) &&
           references_hold(verdict, "gathered_assertions", &gathered) && hash != NULL &&
           (created >> (unsigned)(hash - verdict->manifest.assertion) & 1) != 0 &&
           (created | gathered) == all;
}

static bool algorithms_are_known(const struct manifest_verdict *verdict)
{
    static const char *const key[] = {"created_assertions", "gathered_assertions"};
    const struct c2pa_assertion *hash = assertion_named(verdict, "c2pa.hash.data");
    bool are_known = claim_algorithm_is_known(verdict->manifest.algorithm);
    for (size_t k = 0; k < sizeof key / sizeof key[0]; k++) {
        const struct cbor *list = cbor_get(&verdict->manifest.claim, key[k]);
        for (size_t i = 0; list != NULL && list->kind == CBOR_LIST && i < list->count; i++) {
            are_known = are_known && hash_is_known(algorithm_near(verdict, &list->item[i]));
        }
    }
    return are_known && (hash == NULL || hash_is_known(algorithm_near(verdict, hash->content)));
}

/* ---- the text ------------------------------------------------------------------------------ */

static bool number_is(const struct cbor *map, const char *key, size_t number)
{
    const struct cbor *value = cbor_get(map, key);
    return value != NULL && value->kind == CBOR_INT && value->integer >= 0 &&
           (uint64_t)value->integer == number;
}

static bool place_is_right(const struct manifest_verdict *verdict, const struct cbor *binding)
{
    const struct cbor *list = cbor_get(binding, "exclusions");
    return verdict->carried.is_alone && list != NULL && list->kind == CBOR_LIST &&
           list->count == 1 && number_is(&list->item[0], "start", verdict->carried.range.start) &&
           number_is(&list->item[0], "length", verdict->carried.range.len);
}

static bool bytes_are_right(struct job *job, const struct manifest_verdict *verdict,
                            struct str text, const struct cbor *binding)
{
    const struct bytes hashed =
        c2pa_hashed(job->arena, text, verdict->carried.form, verdict->carried.range);
    return hashed.ptr != NULL &&
           hash_is(algorithm_near(verdict, binding), hashed, cbor_bytes_at(binding, "hash"));
}

/* The first says how it began: made, or opened from something. */
static bool actions_are_right(struct manifest_verdict *verdict)
{
    const struct c2pa_assertion *assertion = assertion_named(verdict, "c2pa.actions.v2");
    assertion = assertion != NULL ? assertion : assertion_named(verdict, "c2pa.actions");
    const struct cbor *list = assertion == NULL ? NULL : cbor_get(assertion->content, "actions");
    if (list == NULL || list->kind != CBOR_LIST || list->count == 0) {
        return false;
    }
    const struct str first = cbor_text_at(&list->item[0], "action");
    verdict->actions = list;
    return str_is(first, "c2pa.created") || str_is(first, "c2pa.opened");
}

/* ---- what hides ---------------------------------------------------------------------------- */

static bool is_zero(struct bytes bytes)
{
    for (size_t i = 0; i < bytes.len; i++) {
        if (bytes.ptr[i] != 0) {
            return false;
        }
    }
    return true;
}

/* Bytes of which we do not know what they are could be anything: hashes have a length, padding is zero. */
static bool has_no_loose_bytes(const struct cbor *value)
{
    if (value->kind == CBOR_BYTES && value->bytes.len > CLAIM_DIGEST_MAX &&
        !is_zero(value->bytes)) {
        return false;
    }
    const size_t count = value->kind == CBOR_MAP ? value->count * 2 : value->count;
    for (size_t i = 0; i < count; i++) {
        if (!has_no_loose_bytes(&value->item[i])) {
            return false;
        }
    }
    return true;
}

static bool is_quiet(const struct manifest_verdict *verdict)
{
    bool is_plain = verdict->manifest.is_words && verdict->manifest.manifest_count == 1 &&
                    !verdict->carried.is_padded && has_no_loose_bytes(&verdict->manifest.claim) &&
                    has_no_loose_bytes(&verdict->manifest.unsigned_header);
    for (size_t i = 0; i < verdict->manifest.assertion_count; i++) {
        const struct cbor *content = verdict->manifest.assertion[i].content;
        is_plain = is_plain && (content == NULL || has_no_loose_bytes(content));
    }
    return is_plain;
}

/* ---- the whole ----------------------------------------------------------------------------- */

static enum candor_status check_parts(struct job *job, struct str text, struct str roots,
                                      struct manifest_verdict *verdict)
{
    struct c2pa_manifest *manifest = &verdict->manifest;
    bool *holds = verdict->holds;
    TRY(claim_credential_of(job, manifest->chain, manifest->chain_count, roots,
                            &verdict->credential));
    const struct c2pa_assertion *hash = assertion_named(verdict, "c2pa.hash.data");
    const struct cbor *binding = hash == NULL ? NULL : hash->content;
    const struct bytes message = c2pa_signed(job->arena, manifest->header, manifest->claim_bytes);
    holds[MANIFEST_ALGORITHMS] = algorithms_are_known(verdict);
    holds[MANIFEST_ASSERTIONS] = assertions_hold(verdict);
    holds[MANIFEST_SIGNATURE] =
        claim_holds(manifest->chain[0], manifest->algorithm, message, manifest->signature);
    holds[MANIFEST_CERTIFICATE] =
        verdict->credential.fault == NULL && verdict->credential.is_linked;
    holds[MANIFEST_TIME] = verdict->credential.is_in_time;
    holds[MANIFEST_PLACE] = place_is_right(verdict, binding);
    holds[MANIFEST_BYTES] = holds[MANIFEST_PLACE] && bytes_are_right(job, verdict, text, binding);
    holds[MANIFEST_ACTIONS] = actions_are_right(verdict);
    if (holds[MANIFEST_SIGNATURE]) { /* what nobody signed is not repeated */
        verdict->why = verdict->credential.fault != NULL ? verdict->credential.fault
                       : verdict->credential.is_linked
                           ? NULL
                           : "the next certificate does not vouch for it";
    }
    return CANDOR_OK;
}

enum candor_status manifest_check(struct job *job, struct str text, struct str roots,
                                  struct manifest_verdict *verdict)
{
    *verdict = (struct manifest_verdict){0};
    verdict->found = c2pa_find(job->arena, text, &verdict->carried);
    verdict->holds[MANIFEST_ONE] = verdict->found != C2PA_MANY;
    verdict->holds[MANIFEST_WHOLE] = verdict->found == C2PA_ONE;
    if (verdict->found != C2PA_ONE) {
        return CANDOR_OK;
    }
    verdict->why = c2pa_store_read(job->arena, verdict->carried.store, &verdict->manifest);
    verdict->holds[MANIFEST_STRUCTURE] = verdict->why == NULL;
    if (verdict->why != NULL) {
        return CANDOR_OK;
    }
    TRY(check_parts(job, text, roots, verdict));
    verdict->is_sound = manifest_broken(verdict) == MANIFEST_CHECKS;
    verdict->is_quiet = verdict->is_sound && is_quiet(verdict);
    return CANDOR_OK;
}

bool manifest_is_fine(struct job *job, struct str text)
{
    struct manifest_verdict verdict;
    return manifest_check(job, text, STR(""), &verdict) == CANDOR_OK &&
           (verdict.is_sound || verdict.found == C2PA_NONE || verdict.found == C2PA_ELSEWHERE);
}

struct str manifest_form(struct job *job, struct str text)
{
    struct c2pa_carried carried;
    return c2pa_find(job->arena, text, &carried) == C2PA_ONE ? str_of(c2pa_form_name(carried.form))
                                                             : STR("");
}
