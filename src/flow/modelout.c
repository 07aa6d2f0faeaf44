/*
 * modelout.c - models leave the home as files that say whose they are, and come back only if they are.
 *
 * In the home a model is sealed, as every document is, and signed; what decides is the one whose digest a person
 * published. A file that leaves is the same signed file, or that file sealed with a key of the home:
 *
 *     "CNDMSEAL" | version u8 = 1 | public key of the home 32 | a sealed block (crypto.h), bound to the first
 *     41 bytes
 *
 * A sealed file is opened in the home that made it, and nowhere else.
 */
#include <string.h>

#include "attack.h"
#include "frame.h"
#include "marked.h"
#include "model.h"

static const char magic[8] = {'C', 'N', 'D', 'M', 'S', 'E', 'A', 'L'};

enum { SEALED_VERSION = 1, HEAD_LEN = 8 + 1 + PUBLIC_KEY_LEN, GENERATION = 1 };

static enum candor_status sealing_key(struct job *job, const struct candor *candor,
                                      struct secret **key)
{
    return store_home_secret(job, candor->store, "mdlseal_", key);
}

static enum candor_status seal_file(struct job *job, const struct candor *candor,
                                    struct bytes plain, struct bytes *file)
{
    struct secret *key = NULL;
    struct bytes sealed;
    uint8_t own[PUBLIC_KEY_LEN];
    struct buf buf = buf_begin(job->arena);
    signer_public(candor->signer, own);
    buf_bytes(&buf, magic, sizeof magic);
    buf_u8(&buf, SEALED_VERSION);
    buf_bytes(&buf, own, sizeof own);
    const struct bytes head = {buf.ptr, buf.len};
    TRY(sealing_key(job, candor, &key));
    TRY(seal(job, key, GENERATION, head, plain, &sealed));
    buf_block(&buf, sealed);
    *file = buf_all(&buf);
    return CANDOR_OK;
}

static enum candor_status open_file(struct job *job, const struct candor *candor, struct bytes file,
                                    struct bytes *plain)
{
    struct reader reader = reader_of(file);
    struct secret *key = NULL;
    uint8_t own[PUBLIC_KEY_LEN];
    (void)read_bytes(&reader, sizeof magic);
    const uint8_t version = read_u8(&reader);
    const struct bytes home = read_bytes(&reader, PUBLIC_KEY_LEN);
    const struct bytes sealed = read_block(&reader);
    if (!reader_is_done(&reader)) {
        return fail(job, CANDOR_CORRUPT, "the sealed model is cut short or was added to");
    }
    if (version != SEALED_VERSION) {
        return fail(job, CANDOR_BAD_INPUT, "the model was sealed by a newer Candor");
    }
    signer_public(candor->signer, own);
    if (!bytes_same(home.ptr, own, sizeof own)) {
        return fail(job, CANDOR_REFUSED, "another home sealed this model; it is opened there");
    }
    TRY(sealing_key(job, candor, &key));
    return seal_open(job, key, (struct bytes){file.ptr, HEAD_LEN}, sealed, plain);
}

/* ---- out ----------------------------------------------------------------------------------- */

static enum candor_status model_export(struct job *job, struct candor *candor, struct str name,
                                       const char *out_path, bool is_sealed,
                                       struct candor_text *report)
{
    struct txn *txn = NULL;
    struct model *model = NULL;
    struct digest digest;
    struct bytes file;
    uint64_t index = 0;
    TRY(caller_may(job, candor, ACT_PUBLISH));
    TRY(path_may_be_written(job, out_path));
    TRY(home_begin(job, candor, &txn));
    TRY(model_trained(job, candor, txn, name, &model, &digest));
    TRY(store_document(job, txn, LIT("model"), name, &file));
    if (is_sealed) {
        TRY(seal_file(job, candor, file, &file));
    }
    const struct account account = {
        .action = LEDGER_MODEL_EXPORT, .outcome = OUTCOME_DONE, .policy = &digest};
    TRY(home_account(job, candor, txn, &account, &index, NULL));
    TRY(home_commit(job, candor, txn));
    TRY(file_replace(job, str_of(out_path), file, 0600));

    struct answer answer;
    answer_begin(job, &answer);
    json_map_begin(&answer.json);
    json_key(&answer.json, LIT("model"));
    json_text(&answer.json, name);
    json_key(&answer.json, LIT("file"));
    json_text(&answer.json, str_of(out_path));
    json_key(&answer.json, LIT("sealed"));
    json_bool(&answer.json, is_sealed);
    json_key(&answer.json, LIT("digest"));
    json_hex(&answer.json, (struct bytes){digest.byte, sizeof digest.byte});
    json_key(&answer.json, LIT("ledger_index"));
    json_u64(&answer.json, index);
    json_map_end(&answer.json);
    answer_end(&answer, report);
    return CANDOR_OK;
}

enum candor_status candor_model_export(struct job *job, struct candor *candor, const char *model,
                                       const char *out_path, bool is_sealed,
                                       struct candor_text *report)
{
    home_enter(candor);
    const enum candor_status status =
        model_export(job, candor, str_of(model), out_path, is_sealed, report);
    home_leave(candor);
    return status;
}

/* ---- and back ------------------------------------------------------------------------------ */

static enum candor_status model_check_file(struct job *job, struct candor *candor, const char *path,
                                           const char *out_path, struct candor_text *report)
{
    struct bytes file;
    struct model *model = NULL;
    struct digest digest;
    bool is_signed = false;
    uint8_t signed_by[PUBLIC_KEY_LEN];
    uint8_t own[PUBLIC_KEY_LEN];
    TRY(caller_may(job, candor, ACT_PUBLISH));
    TRY(path_may_be_written(job, out_path));
    TRY(file_read(job, str_of(path), MODEL_FILE_LEN_MAX, &file));
    const bool is_sealed = file.len >= sizeof magic && memcmp(file.ptr, magic, sizeof magic) == 0;
    if (is_sealed) {
        TRY(during(job, open_file(job, candor, file, &file), "%s", path));
    }
    TRY(during(job, modelfile_read(job, file, &model, &digest, &is_signed, signed_by), "%s", path));
    signer_public(candor->signer, own);
    if (!is_signed || !bytes_same(own, signed_by, sizeof own)) {
        return fail(job, CANDOR_REFUSED, "%s: %s", path,
                    is_signed ? "another home signed this model" : "nobody signed this model");
    }
    if (out_path != NULL) {
        TRY(file_replace(job, str_of(out_path), file, 0600));
    }
    struct answer answer;
    answer_begin(job, &answer);
    json_map_begin(&answer.json);
    json_key(&answer.json, LIT("ours"));
    json_bool(&answer.json, true);
    json_key(&answer.json, LIT("sealed"));
    json_bool(&answer.json, is_sealed);
    json_key(&answer.json, LIT("target"));
    json_text(&answer.json, model->target);
    json_key(&answer.json, LIT("rows_train"));
    json_u64(&answer.json, model->rows_train);
    json_key(&answer.json, LIT("digest"));
    json_hex(&answer.json, (struct bytes){digest.byte, sizeof digest.byte});
    json_map_end(&answer.json);
    answer_end(&answer, report);
    return CANDOR_OK;
}

enum candor_status candor_model_check(struct job *job, struct candor *candor, const char *path,
                                      const char *out_path, struct candor_text *report)
{
    home_enter(candor);
    const enum candor_status status = model_check_file(job, candor, path, out_path, report);
    home_leave(candor);
    return status;
}

/* ---- a suspect ----------------------------------------------------------------------------- */

static enum candor_status look(struct job *job, struct candor *candor,
                               const struct candor_watermark *asked, bool *is_proven,
                               struct candor_text *report)
{
    struct txn *txn = NULL;
    struct model *model = NULL;
    struct digest digest;
    struct secret *key = NULL;
    TRY(caller_may(job, candor, ACT_PUBLISH));
    TRY(home_begin(job, candor, &txn));
    TRY(model_trained(job, candor, txn, str_of(asked->model_path), &model, &digest));
    TRY(mark_key_of_home(job, candor, &key));
    return mark_look(job, key, model, asked, is_proven, report);
}

enum candor_status candor_model_watermark(struct job *job, struct candor *candor,
                                          const struct candor_watermark *asked, bool *is_proven,
                                          struct candor_text *report)
{
    home_enter(candor);
    const enum candor_status status = look(job, candor, asked, is_proven, report);
    home_leave(candor);
    return status;
}
