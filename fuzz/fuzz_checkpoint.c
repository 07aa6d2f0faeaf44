/*
 * fuzz_checkpoint.c - any text as a checkpoint, a verifier key or a proof file. What is accepted is
 * written again as it was.
 *
 * The first byte says what the rest is. A checkpoint needs a signature that no fuzzer finds, so
 * with '1' the rest is a text that is signed here; with '0' it is a whole note as it came.
 */
#include "ledger.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct str origin = {"candor.example/ledger", 21};

/* The key of the published vector: seed 00 01 .. 1f. */
static struct signer *vector_signer(struct job *job)
{
    uint8_t seed[SECRET_LEN];
    struct secret *secret = secret_begin(job->arena);
    for (size_t i = 0; i < sizeof seed; i++) {
        seed[i] = (uint8_t)i;
    }
    secret_copy_from(secret, seed);
    return signer_make(job->arena, secret);
}

static void read_note(struct job *job, const struct signer *signer, struct str text)
{
    uint8_t public_key[PUBLIC_KEY_LEN];
    struct checkpoint checkpoint;
    signer_public(signer, public_key);
    if (checkpoint_read(job, text, origin, public_key, &checkpoint) == CANDOR_OK) {
        const struct str again = checkpoint_sign(job, &checkpoint, signer);
        must(checkpoint_read(job, again, origin, public_key, &checkpoint) == CANDOR_OK);
        must(str_starts(text, str_slice(again, 0, str_find(again, '='))));
    }
}

static void read_signed(struct job *job, const struct signer *signer, struct str body)
{
    uint8_t public_key[PUBLIC_KEY_LEN];
    uint8_t payload[4 + SIGNATURE_LEN];
    struct buf note = buf_begin(job->arena);
    signer_public(signer, public_key);
    note_key_id(payload, origin, NOTE_ED25519, public_key);
    signer_sign(signer, bytes_of(body), payload + 4);
    buf_str(&note, body);
    buf_lit(&note, LIT("\n\xE2\x80\x94 "));
    buf_str(&note, origin);
    buf_lit(&note, LIT(" "));
    buf_str(&note, base64_of(job->arena, (struct bytes){payload, sizeof payload}));
    buf_lit(&note, LIT("\n"));
    read_note(job, signer, buf_text(&note));
}

static void read_key(struct job *job, struct str text)
{
    uint8_t public_key[PUBLIC_KEY_LEN];
    struct str name;
    if (verifier_key_read(job, text, &name, public_key) == CANDOR_OK) {
        must(note_name_is_allowed(name));
        must(str_equal(verifier_key_text(job->arena, name, public_key), text));
    }
}

static void read_proof(struct job *job, struct str text)
{
    uint64_t index = 0;
    struct proof proof;
    struct str checkpoint;
    if (proof_file_read(job, text, &index, &proof, &checkpoint) != CANDOR_OK) {
        return;
    }
    const struct str again = proof_file_text(job, index, &proof, checkpoint);
    must(str_contains(text, STR("\nextra ")) || str_equal(again, text));
    (void)proof_shows_inclusion(&proof, digest_of(NULL, 0), index, index + 1, digest_of(NULL, 0));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct job job;
    if (size == 0) {
        return 0;
    }
    job_begin(&job, host_real());
    const struct str text = {(const char *)data + 1, size - 1};
    switch (data[0]) {
    case '0':
        read_note(&job, vector_signer(&job), text);
        break;
    case '1':
        read_signed(&job, vector_signer(&job), text);
        break;
    case '2':
        read_key(&job, text);
        break;
    default:
        read_proof(&job, text);
        break;
    }
    job_end(&job);
    return 0;
}
