/*
 * fuzz_witness.c - any bytes as a request to a witness, as a path of a tile, as a witness's key.
 *
 * The first byte says what the rest is. A request needs a signature that no fuzzer finds, so with
 * '1' the note's text is signed here.
 */
#include "witness.h"

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

static struct str note_signed(struct job *job, const struct signer *signer, struct str body)
{
    uint8_t public_key[PUBLIC_KEY_LEN];
    uint8_t payload[4 + SIGNATURE_LEN];
    signer_public(signer, public_key);
    note_key_id(payload, origin, NOTE_ED25519, public_key);
    signer_sign(signer, bytes_of(body), payload + 4);
    return str_format(job->arena, "%.*s\n\xE2\x80\x94 %.*s %.*s\n", STR_ARG(body), STR_ARG(origin),
                      STR_ARG(base64_of(job->arena, (struct bytes){payload, sizeof payload})));
}

static void judge(struct job *job, struct str text, bool sign)
{
    const struct signer *signer = vector_signer(job);
    struct witness_request request;
    struct checkpoint checkpoint;
    struct str why;
    bool is_signed = false;
    if (witness_request_read(job, text, &request) != CANDOR_OK) {
        return;
    }
    must(str_equal(witness_request_text(job, &request), text));
    if (sign) {
        request.note = note_signed(job, signer, request.note);
    }
    struct witnessed known = {.origin = origin, .size = request.old_size % 5};
    signer_public(signer, known.public_key);
    const enum witness_verdict verdict =
        witness_judge(job, &known, &request, &checkpoint, &is_signed, &why);
    if (verdict == WITNESS_COSIGNS) {
        struct cosigner self = {.name = STR("witness.example/w1")};
        struct str line;
        int64_t time_s = 0;
        signer_public(signer, self.public_key);
        struct str alone;
        must(note_alone(job, request.note, origin, known.public_key, &alone) == CANDOR_OK);
        must(cosign(job, alone, &self, signer, 7, &line) == CANDOR_OK);
        struct str both;
        must(note_with_line(job, alone, line, &both) == CANDOR_OK);
        must(cosignature_find(job, both, &self, &line, &time_s) == CANDOR_OK && time_s == 7);
    }
}

static void read_tile(struct job *job, struct str text)
{
    struct tile tile;
    if (tile_read(text, &tile)) {
        const struct str path = tile_path(job->arena, &tile);
        must(str_equal(str_slice(path, 5, path.len), text));
    }
}

static void read_key(struct job *job, struct str text)
{
    uint8_t public_key[PUBLIC_KEY_LEN];
    struct str name;
    if (witness_key_read(job, text, &name, public_key) == CANDOR_OK) {
        must(str_equal(witness_key_text(job->arena, name, public_key), text));
    }
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
    case '1':
        judge(&job, text, data[0] == '1');
        break;
    case '2':
        read_tile(&job, text);
        break;
    default:
        read_key(&job, text);
        break;
    }
    job_end(&job);
    return 0;
}
