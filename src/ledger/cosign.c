/*
 * cosign.c - cosignatures (c2sp.org/tlog-cosignature, version 1): a witness's statement that, as of a
 * time, this is the largest checkpoint it has seen of the ledger, and that it continues all before.
 *
 *     — witness.example/w1 base64(key id (4) | time in seconds (8, big-endian) | signature (64))
 *
 * The signature is over "cosignature/v1", the time, and the text of the checkpoint: three times a
 * line, so that it can never be taken for a plain signature over the checkpoint.
 */
#include "inside.h"

enum candor_status cosign(struct job *job, struct str note, const struct cosigner *cosigner,
                          const struct signer *signer, int64_t time_s, struct str *line)
{
    struct note parts;
    uint8_t id[KEY_ID_LEN];
    uint8_t signature[SIGNATURE_LEN];
    must(time_s > 0);
    TRY(note_read(job, note, &parts));

    const struct str message = cosigned_text(job->arena, (uint64_t)time_s, parts.text);
    struct buf payload = buf_begin(job->arena);
    note_key_id(id, cosigner->name, NOTE_COSIGNATURE, cosigner->public_key);
    signer_sign(signer, bytes_of(message), signature);
    buf_bytes(&payload, id, sizeof id);
    buf_u64be(&payload, (uint64_t)time_s);
    buf_bytes(&payload, signature, sizeof signature);
    *line = str_format(job->arena, DASH "%.*s %.*s\n", STR_ARG(cosigner->name),
                       STR_ARG(base64_of(job->arena, buf_all(&payload))));
    return CANDOR_OK;
}

enum candor_status cosignature_find(struct job *job, struct str note,
                                    const struct cosigner *cosigner, struct str *line,
                                    int64_t *time_s)
{
    const struct verifier verifier =
        verifier_of(cosigner->name, NOTE_COSIGNATURE, cosigner->public_key);
    struct note parts;
    struct signature_line found;
    struct str bare;
    TRY(note_read(job, note, &parts));
    TRY(signatures_check(job, &parts, &verifier, &bare));
    TRY(signature_line_take(job, bare, &found));
    struct reader reader = reader_of(found.payload);
    (void)read_bytes(&reader, KEY_ID_LEN);
    *time_s = (int64_t)read_u64be(&reader);
    *line = str_format(job->arena, "%.*s\n", STR_ARG(bare));
    return CANDOR_OK;
}

enum candor_status note_alone(struct job *job, struct str note, struct str origin,
                              const uint8_t public_key[PUBLIC_KEY_LEN], struct str *alone)
{
    const struct verifier verifier = verifier_of(origin, NOTE_ED25519, public_key);
    struct note parts;
    struct str line;
    TRY(note_read(job, note, &parts));
    TRY(signatures_check(job, &parts, &verifier, &line));
    *alone = str_format(job->arena, "%.*s\n%.*s\n", STR_ARG(parts.text), STR_ARG(line));
    return CANDOR_OK;
}

/* Whether two lines are by the same key under the same name. */
static bool same_signer(struct job *job, struct str left, struct str right)
{
    struct signature_line one;
    struct signature_line other;
    return signature_line_take(job, left, &one) == CANDOR_OK &&
           signature_line_take(job, right, &other) == CANDOR_OK &&
           str_equal(one.name, other.name) &&
           bytes_same(one.payload.ptr, other.payload.ptr, KEY_ID_LEN);
}

enum candor_status note_with_line(struct job *job, struct str note, struct str line,
                                  struct str *with)
{
    struct note parts;
    struct buf text = buf_begin(job->arena);
    struct str one;
    TRY(note_read(job, note, &parts));
    const struct str bare = str_slice(line, 0, str_find(line, '\n'));
    buf_str(&text, parts.text);
    buf_lit(&text, LIT("\n"));
    while (line_cut(&parts.signatures, &one)) {
        if (!same_signer(job, one, bare)) {
            buf_str(&text, one);
            buf_lit(&text, LIT("\n"));
        }
    }
    buf_str(&text, line);
    *with = buf_text(&text);
    return CANDOR_OK;
}

size_t note_signature_count(struct str note)
{
    size_t count = 0;
    for (size_t at = note.len; at > 0; at--) {
        const bool is_end = note.ptr[at - 1] == '\n';
        if (is_end && at >= 2 && note.ptr[at - 2] == '\n') {
            return count;
        }
        count += is_end ? 1 : 0;
    }
    return 0;
}

enum candor_status note_signers_check(struct job *job, struct str note, struct str origin,
                                      const uint8_t public_key[PUBLIC_KEY_LEN],
                                      const struct cosigner *cosigner, size_t cosigner_count)
{
    struct note parts;
    struct str line;
    size_t known = 1;
    const size_t lines = note_signature_count(note);
    TRY(note_read(job, note, &parts));
    struct verifier verifier = verifier_of(origin, NOTE_ED25519, public_key);
    TRY(signatures_check(job, &parts, &verifier, &line));
    for (size_t i = 0; i < cosigner_count; i++) {
        verifier = verifier_of(cosigner[i].name, NOTE_COSIGNATURE, cosigner[i].public_key);
        if (signatures_check(job, &parts, &verifier, &line) == CANDOR_OK) {
            known++;
        } else {
            job_forgive(job); /* not there, or it does not hold and is one too many below */
        }
    }
    if (lines != known) {
        return fail(job, CANDOR_CORRUPT,
                    "the checkpoint has %zu signatures, and %zu of them are by the ledger and its "
                    "witnesses",
                    lines, known);
    }
    return CANDOR_OK;
}
