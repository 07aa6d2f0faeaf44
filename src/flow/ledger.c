/*
 * ledger.c - the ledger's commands: verify, prove, checkpoint, one entry, one tile.
 *
 * verify opens no keys: it needs the data file and the verifier key, so that anyone with a copy can
 * do it, while the home is in use.
 */
#include "witnesses.h"

static enum candor_status read_verifier(struct job *job, const char *dir, struct str *origin,
                                        uint8_t public_key[PUBLIC_KEY_LEN])
{
    struct bytes content;
    TRY(file_read(job, path_join(job->arena, str_of(dir), STR("ledger.pub")), 4096, &content));
    const struct str text = {(const char *)content.ptr, content.len};
    return during(job, verifier_key_read(job, str_trim(text), origin, public_key), "ledger.pub");
}

/* What a copy of a ledger is verified with. */
struct verifying {
    struct store *store;
    struct str dir;
    struct str origin;
    uint8_t public_key[PUBLIC_KEY_LEN];
    struct cosigner *cosigner;
    size_t cosigner_count;
    size_t evidence_count;
};

static enum candor_status signers_check(struct job *job, void *visitor, struct str path,
                                        struct str note)
{
    const struct verifying *verifying = visitor;
    (void)path;
    return note_signers_check(job, note, verifying->origin, verifying->public_key,
                              verifying->cosigner, verifying->cosigner_count);
}

/* Signatures of witnesses, kept beside ours in the database and in files. */
static enum candor_status check_cosignatures(struct job *job, struct verifying *verifying)
{
    uint64_t *size = NULL;
    struct str *note = NULL;
    size_t count = 0;
    TRY(evidence_cosigners(job, verifying->dir, &verifying->cosigner, &verifying->cosigner_count));
    TRY(store_checkpoints(job, verifying->store, &size, &note, &count));
    for (size_t i = 0; i < count; i++) {
        const struct arena_mark mark = arena_mark(job->arena);
        /* Ours alone was looked at already, and there may be a million of them. */
        if (note_signature_count(note[i]) > 1) {
            TRY(during(job, signers_check(job, verifying, STR(""), note[i]),
                       "the checkpoint over %llu entries", (unsigned long long)size[i]));
        }
        arena_rewind(job->arena, mark);
    }
    return evidence_each(job, verifying->dir, signers_check, verifying);
}

/* The nodes are sound by now, so the tree at any size is. */
static enum candor_status verify_evidence(struct job *job, struct verifying *verifying,
                                          struct ledger_report *found)
{
    enum candor_status status =
        evidence_check(job, verifying->store, verifying->dir, verifying->origin,
                       verifying->public_key, &verifying->evidence_count);
    if (status == CANDOR_OK) {
        status = check_cosignatures(job, verifying);
    }
    if (status != CANDOR_CORRUPT && status != CANDOR_BAD_INPUT) {
        return status;
    }
    found->finding = str_copy(job->arena, str_of(job->message));
    job_forgive(job);
    return CANDOR_OK;
}

enum candor_status candor_ledger_verify(struct job *job, const char *dir, const char *known_path,
                                        bool *sound, struct candor_text *report)
{
    struct store *store = NULL;
    struct str origin;
    struct str known = {NULL, 0};
    uint8_t public_key[PUBLIC_KEY_LEN];
    struct ledger_report found;
    TRY(crypto_start(job));
    TRY(read_verifier(job, dir, &origin, public_key));
    if (known_path != NULL) {
        struct bytes content;
        TRY(file_read(job, str_of(known_path), 65536, &content));
        known = (struct str){(const char *)content.ptr, content.len};
        if (str_trim(known).len == 0) {
            return fail(job, CANDOR_BAD_INPUT, "'%s' is empty: it is no checkpoint", known_path);
        }
    }
    TRY(store_open_public(job, arena_beside(job), str_of(dir), &store));
    TRY(ledger_verify(job, store, origin, public_key, known, &found));
    struct verifying verifying = {.store = store, .dir = str_of(dir), .origin = origin};
    bytes_copy(verifying.public_key, public_key, sizeof public_key);
    if (found.finding.len == 0) {
        TRY(verify_evidence(job, &verifying, &found));
    }
    *sound = found.finding.len == 0;

    struct answer answer;
    answer_begin(job, &answer);
    json_map_begin(&answer.json);
    json_key(&answer.json, LIT("sound"));
    json_bool(&answer.json, *sound);
    json_key(&answer.json, LIT("origin"));
    json_text(&answer.json, origin);
    json_key(&answer.json, LIT("entries"));
    json_u64(&answer.json, found.entries);
    json_key(&answer.json, LIT("checkpoints"));
    json_u64(&answer.json, found.checkpoints);
    json_key(&answer.json, LIT("witnessed"));
    json_u64(&answer.json, verifying.evidence_count);
    json_key(&answer.json, LIT("root"));
    json_hex(&answer.json, (struct bytes){found.root.byte, sizeof found.root.byte});
    if (!*sound) {
        json_key(&answer.json, LIT("finding"));
        json_text(&answer.json, found.finding);
        json_key(&answer.json, LIT("first_bad"));
        if (found.first_bad == UINT64_MAX) {
            json_null(&answer.json);
        } else {
            json_u64(&answer.json, found.first_bad);
        }
    }
    json_map_end(&answer.json);
    answer_end(&answer, report);
    return CANDOR_OK;
}

enum candor_status candor_ledger_prove(struct job *job, struct candor *candor, uint64_t index,
                                       struct candor_text *proof)
{
    struct str text;
    home_enter(candor);
    const enum candor_status status = ledger_prove(job, candor->ledger, index, &text);
    home_leave(candor);
    TRY(status);
    *proof = text_of(job, text);
    return CANDOR_OK;
}

enum candor_status candor_ledger_checkpoint(struct job *job, struct candor *candor,
                                            struct candor_text *checkpoint)
{
    struct str text;
    home_enter(candor);
    const enum candor_status status = ledger_checkpoint(job, candor->ledger, &text);
    home_leave(candor);
    TRY(status);
    *checkpoint = text_of(job, text);
    return CANDOR_OK;
}

static enum candor_status entry(struct job *job, struct candor *candor, uint64_t index,
                                struct candor_text *report)
{
    struct bytes bytes;
    struct ledger_leaf leaf;
    TRY(store_leaf(job, candor->store, index, &bytes));
    TRY(leaf_read(job, bytes, &leaf));
    const struct digest hash = merkle_leaf(bytes);
    struct answer answer;
    answer_begin(job, &answer);
    json_map_begin(&answer.json);
    json_key(&answer.json, LIT("index"));
    json_u64(&answer.json, index);
    json_key(&answer.json, LIT("action"));
    json_text(&answer.json, str_of(ledger_action_name(leaf.action)));
    json_key(&answer.json, LIT("time"));
    json_text(&answer.json, str_from_time(job->arena, leaf.time));
    json_key(&answer.json, LIT("hash"));
    json_hex(&answer.json, (struct bytes){hash.byte, sizeof hash.byte});
    if (leaf.has_commitment) {
        json_key(&answer.json, LIT("commitment"));
        json_hex(&answer.json, (struct bytes){leaf.commitment, sizeof leaf.commitment});
    }
    if (leaf.has_actor) { /* a keyed hash of the operator's name: the same for all that they did */
        json_key(&answer.json, LIT("actor"));
        json_hex(&answer.json, (struct bytes){leaf.actor, sizeof leaf.actor});
    }
    json_key(&answer.json, LIT("bytes"));
    json_base64(&answer.json, bytes);
    json_map_end(&answer.json);
    answer_end(&answer, report);
    return CANDOR_OK;
}

enum candor_status candor_ledger_entry(struct job *job, struct candor *candor, uint64_t index,
                                       struct candor_text *report)
{
    home_enter(candor);
    const enum candor_status status = entry(job, candor, index, report);
    home_leave(candor);
    return status;
}

/* ---- against what witnesses signed --------------------------------------------------------- */

/* The largest checkpoint that a witness signed and that covers the entry. */
struct choosing {
    struct store *store;
    struct str origin;
    uint8_t public_key[PUBLIC_KEY_LEN];
    uint64_t index;
    uint64_t size; /* 0: none yet */
};

static enum candor_status choose(struct job *job, void *visitor, struct str path, struct str note)
{
    struct choosing *choosing = visitor;
    uint64_t size = 0;
    (void)path;
    TRY(known_check(job, choosing->store, choosing->origin, choosing->public_key, note, &size));
    if (size > choosing->index && size > choosing->size) {
        choosing->size = size;
    }
    return CANDOR_OK;
}

static enum candor_status prove_witnessed(struct job *job, struct candor *candor, uint64_t index,
                                          struct candor_text *proof)
{
    struct choosing choosing = {.store = candor->store, .origin = candor->origin, .index = index};
    struct str note;
    struct str text;
    signer_public(candor->signer, choosing.public_key);
    TRY(evidence_each(job, candor->dir, choose, &choosing));
    if (choosing.size == 0) {
        return fail(job, CANDOR_NOT_FOUND,
                    "no witness has signed a checkpoint that covers entry %llu yet",
                    (unsigned long long)index);
    }
    TRY(store_checkpoint_of(job, candor->store, choosing.size, &note));
    TRY(known_prove(job, candor->store, index, choosing.size, note, &text));
    *proof = text_of(job, text);
    return CANDOR_OK;
}

enum candor_status candor_ledger_prove_witnessed(struct job *job, struct candor *candor,
                                                 uint64_t index, struct candor_text *proof)
{
    home_enter(candor);
    const enum candor_status status = prove_witnessed(job, candor, index, proof);
    home_leave(candor);
    return status;
}

/* ---- tiles --------------------------------------------------------------------------------- */

enum candor_status candor_ledger_tile(struct job *job, struct candor *candor, const char *path,
                                      struct candor_text *bytes)
{
    struct tile tile;
    struct bytes content;
    if (!tile_read(str_of(path), &tile)) {
        return fail(job, CANDOR_NOT_FOUND, "no tile has a name of this form");
    }
    home_enter(candor);
    const enum candor_status status =
        tile_bytes(job, candor->store, ledger_size(candor->ledger), &tile, &content);
    home_leave(candor);
    TRY(status);
    *bytes = (struct candor_text){(const char *)content.ptr, content.len};
    return CANDOR_OK;
}
