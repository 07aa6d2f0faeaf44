/*
 * ledger.c - the ledger's commands: verify, prove, checkpoint, one entry.
 *
 * verify opens no keys: it needs the data file and the verifier key, so that anyone with a copy can
 * do it, while the home is in use.
 */
#include "flow.h"

static enum candor_status read_verifier(struct job *job, const char *dir, struct str *origin,
                                        uint8_t public_key[PUBLIC_KEY_LEN])
{
    struct bytes content;
    TRY(file_read(job, path_join(job->arena, str_of(dir), STR("ledger.pub")), 4096, &content));
    const struct str text = {(const char *)content.ptr, content.len};
    return during(job, verifier_key_read(job, str_trim(text), origin, public_key), "ledger.pub");
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
