/*
 * modelfile.c - a model with its digest and, when it comes from a home, its signature.
 *
 *     "CNDMFILE" | version u8 = 1 | model (a block) | SHA-256 of the block 32
 *     | signed u8 | when signed: public key 32, Ed25519 signature of the digest 64
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "flow.h"
#include "frame.h"
#include "learn.h"
#include "model.h"

static const char magic[8] = {'C', 'N', 'D', 'M', 'F', 'I', 'L', 'E'};

enum { MODELFILE_VERSION = 1 };

struct bytes modelfile_write(struct job *job, const struct model *model,
                             const struct signer *signer, struct digest *digest)
{
    struct buf part = buf_begin(job->arena);
    struct buf file = buf_begin(job->arena);
    model_write(model, &part);
    *digest = digest_of_bytes(buf_all(&part));
    buf_bytes(&file, magic, sizeof magic);
    buf_u8(&file, MODELFILE_VERSION);
    buf_block(&file, buf_all(&part));
    buf_bytes(&file, digest->byte, sizeof digest->byte);
    buf_u8(&file, signer != NULL);
    if (signer != NULL) {
        uint8_t public_key[PUBLIC_KEY_LEN];
        uint8_t signature[SIGNATURE_LEN];
        signer_public(signer, public_key);
        signer_sign(signer, (struct bytes){digest->byte, sizeof digest->byte}, signature);
        buf_bytes(&file, public_key, sizeof public_key);
        buf_bytes(&file, signature, sizeof signature);
    }
    return buf_all(&file);
}

static enum candor_status check_signature(struct job *job, struct reader *reader,
                                          const struct digest *digest, bool *is_signed,
                                          uint8_t public_key[PUBLIC_KEY_LEN])
{
    *is_signed = read_u8(reader) != 0;
    if (!*is_signed) {
        return CANDOR_OK;
    }
    const struct bytes key = read_bytes(reader, PUBLIC_KEY_LEN);
    const struct bytes signature = read_bytes(reader, SIGNATURE_LEN);
    if (reader->bad) {
        return fail(job, CANDOR_CORRUPT, "the model file is cut short");
    }
    bytes_copy(public_key, key.ptr, PUBLIC_KEY_LEN);
    if (!signature_holds(public_key, (struct bytes){digest->byte, sizeof digest->byte},
                         signature.ptr)) {
        return fail(job, CANDOR_CORRUPT, "the model's signature does not hold: it was changed");
    }
    return CANDOR_OK;
}

enum candor_status modelfile_read(struct job *job, struct bytes bytes, struct model **model,
                                  struct digest *digest, bool *is_signed,
                                  uint8_t public_key[PUBLIC_KEY_LEN])
{
    struct reader reader = reader_of(bytes);
    const struct bytes mark = read_bytes(&reader, sizeof magic);
    if (reader.bad || memcmp(mark.ptr, magic, sizeof magic) != 0) {
        const bool is_json = bytes.len > 0 && bytes.ptr[0] == '{';
        return fail(job, CANDOR_CORRUPT, "this is not a Candor model file%s",
                    is_json ? "; from JSON, candor export --model FILE makes one" : "");
    }
    if (read_u8(&reader) != MODELFILE_VERSION) {
        return fail(job, CANDOR_BAD_INPUT, "the model file was written by a newer Candor");
    }
    const struct bytes part = read_block(&reader);
    const struct bytes written = read_bytes(&reader, sizeof digest->byte);
    if (reader.bad) {
        return fail(job, CANDOR_CORRUPT, "the model file is cut short");
    }
    *digest = digest_of_bytes(part);
    if (!bytes_same(digest->byte, written.ptr, sizeof digest->byte)) {
        return fail(job, CANDOR_CORRUPT, "the model file is damaged: its digest does not fit");
    }
    TRY(check_signature(job, &reader, digest, is_signed, public_key));
    if (!reader_is_done(&reader)) {
        return fail(job, CANDOR_CORRUPT, "the model file is damaged: its length does not fit");
    }
    return model_read(job, part, model);
}

enum candor_status modelfile_is(struct job *job, const char *path, bool *is_model)
{
    char mark[sizeof magic] = {0};
    FILE *file = fopen(path, "re");
    if (file == NULL) {
        return fail(job, errno == ENOENT ? CANDOR_NOT_FOUND : CANDOR_IO, "cannot read '%s': %s",
                    path, strerror(errno));
    }
    *is_model = fread(mark, sizeof mark, 1, file) == 1 && memcmp(mark, magic, sizeof magic) == 0;
    (void)fclose(file); /* it was only read */
    return CANDOR_OK;
}
