/*
 * test_witness.c - cosignatures against the published vector, and a witness's judgement in every case
 * that C2SP tlog-witness names.
 */
#include "definition.h"
#include "witness.h"

#define ORIGIN "candor.example/ledger"
#define ROOT "XcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg="
#define BODY ORIGIN "\n8\n" ROOT "\n"
#define DASH "\xE2\x80\x94 "
#define SIGNATURE \
    DASH ORIGIN " nJa3zPC4KoBkHQ3bm8F/" \
                "+SOjEMAO49wf9FDTLAX5rrTvwLD9yvE61q+HOBAcpiGDWgqHDaTa3LIxaMGM0mbH4T3Yk" \
                "gk=\n"
#define COSIGNATURE \
    DASH \
        "witness.example/w1 8e2MRwAAAABqsTuAdQSG/2GLPTm7bct90ZIzowZKWBunLZo2ebi8+Tm4GPtsYzlhe6d7k" \
        "00cF3hc+0b+0/L86va7CCbFbwbAV9+zDg==\n"
#define NOTE BODY "\n" SIGNATURE
#define TIME_S INT64_C(1790000000)
#define TEXT(text) \
    { \
        (text), sizeof(text) - 1 \
    } /* a struct str in a table */

enum { LEAVES = 20 };

struct bench {
    struct job job;
    struct signer *log;
    struct signer *other;
    struct signer *signer; /* the witness's */
    struct cosigner witness;
    uint8_t public_key[PUBLIC_KEY_LEN];
    struct digest leaf[LEAVES];
};

static struct bench bench;

static struct signer *signer_of(uint8_t first, uint8_t step)
{
    uint8_t seed[SECRET_LEN];
    struct secret *secret = secret_begin(bench.job.arena);
    for (size_t i = 0; i < sizeof seed; i++) {
        seed[i] = (uint8_t)(first + step * i);
    }
    secret_copy_from(secret, seed);
    return signer_make(bench.job.arena, secret);
}

static int bench_begin(void **state)
{
    (void)state;
    job_begin(&bench.job, host_real());
    must(crypto_start(&bench.job) == CANDOR_OK);
    bench.log = signer_of(0, 1);
    bench.other = signer_of(100, 1);
    bench.signer = signer_of(0x42, 0);
    bench.witness.name = STR("witness.example/w1");
    signer_public(bench.signer, bench.witness.public_key);
    signer_public(bench.log, bench.public_key);
    for (uint32_t i = 0; i < LEAVES; i++) {
        bench.leaf[i] = leaf_number(i);
    }
    return 0;
}

static int bench_end(void **state)
{
    (void)state;
    job_end(&bench.job);
    return 0;
}

/* ---- cosignatures -------------------------------------------------------------------------- */

static void a_cosignature_is_the_published_one(void **state)
{
    (void)state;
    struct str line;
    expect(cosign(&bench.job, STR(NOTE), &bench.witness, bench.signer, TIME_S, &line) == CANDOR_OK,
           "%s", bench.job.message);
    expect(str_equal(line, STR(COSIGNATURE)), "%.*s", STR_ARG(line));
}

static void a_cosignature_is_found_with_its_time(void **state)
{
    (void)state;
    struct str line;
    int64_t time_s = 0;
    static const struct str note[] = {TEXT(NOTE COSIGNATURE), TEXT(BODY "\n" COSIGNATURE SIGNATURE),
                                      TEXT(BODY "\n" COSIGNATURE)};
    for (size_t i = 0; i < sizeof note / sizeof note[0]; i++) {
        expect(cosignature_find(&bench.job, note[i], &bench.witness, &line, &time_s) == CANDOR_OK,
               "%zu: %s", i, bench.job.message);
        expect(time_s == TIME_S && str_equal(line, STR(COSIGNATURE)), "%zu", i);
    }
}

static void what_is_no_cosignature_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *why;
        struct str note;
    } row[] = {
        {"none", TEXT(NOTE)},
        {"over another text", TEXT(ORIGIN "\n9\n" ROOT "\n\n" COSIGNATURE)},
        {"over an extension more", TEXT(BODY "more\n\n" COSIGNATURE)},
        {"another time",
         TEXT(BODY
              "\n" DASH
              "witness.example/w1 8e2MRwAAAABqsTuBdQSG/2GLPTm7bct90ZIzowZKWBunLZo2ebi8+Tm4GPtsY"
              "zlhe6d7k00cF3hc+0b+0/L86va7CCbFbwbAV9+zDg==\n")},
        {"another name",
         TEXT(BODY "\n" DASH "witness.example/w2 8e2MRwAAAABqsTuAdQSG/2GLPTm7bct90ZIzowZKWBunLZ"
                   "o2ebi8+Tm4GPtsYzlhe6d7k00cF3hc+0b+0/L86va7CCbFbwbAV9+zDg==\n")},
        {"cut", TEXT(BODY "\n" DASH "witness.example/w1 8e2MRwAAAABqsTuAdQSG\n")},
        {"no note", TEXT("x")},
    };
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        struct str line;
        int64_t time_s = 0;
        expect(cosignature_find(&bench.job, row[i].note, &bench.witness, &line, &time_s) ==
                   CANDOR_CORRUPT,
               "%s", row[i].why);
    }
}

static void any_changed_byte_of_a_cosigned_checkpoint_is_noticed(void **state)
{
    (void)state;
    static const char note[] = BODY "\n" COSIGNATURE;
    char copy[sizeof note];
    for (size_t at = 0; at + 1 < sizeof note; at++) {
        struct str line;
        int64_t time_s = 0;
        memcpy(copy, note, sizeof note);
        copy[at] = (char)(copy[at] ^ 1);
        const struct str changed = {copy, sizeof note - 1};
        expect(cosignature_find(&bench.job, changed, &bench.witness, &line, &time_s) ==
                   CANDOR_CORRUPT,
               "byte %zu", at);
    }
}

static void a_witness_key_is_its_name_id_and_key(void **state)
{
    (void)state;
    struct str name;
    uint8_t key[PUBLIC_KEY_LEN];
    const struct str text =
        witness_key_text(bench.job.arena, bench.witness.name, bench.witness.public_key);
    expect(str_starts(text, STR("witness.example/w1+f1ed8c47+BCFS")), "%.*s", STR_ARG(text));
    expect(witness_key_read(&bench.job, text, &name, key) == CANDOR_OK, "%s", bench.job.message);
    expect(str_equal(name, bench.witness.name) &&
               memcmp(key, bench.witness.public_key, sizeof key) == 0,
           "parts");
    expect(verifier_key_read(&bench.job, text, &name, key) == CANDOR_BAD_INPUT,
           "a witness's key is no ledger's");
    expect(witness_key_read(&bench.job,
                            verifier_key_text(bench.job.arena, STR(ORIGIN), bench.public_key),
                            &name, key) == CANDOR_BAD_INPUT,
           "a ledger's key is no witness's");
}

static void a_note_alone_has_the_ledgers_signature_only(void **state)
{
    (void)state;
    struct str alone;
    expect(note_alone(&bench.job, STR(BODY "\n" COSIGNATURE SIGNATURE), STR(ORIGIN),
                      bench.public_key, &alone) == CANDOR_OK,
           "%s", bench.job.message);
    expect(str_equal(alone, STR(NOTE)), "%.*s", STR_ARG(alone));
    expect(note_alone(&bench.job, STR(BODY "\n" COSIGNATURE), STR(ORIGIN), bench.public_key,
                      &alone) == CANDOR_CORRUPT,
           "not signed by the ledger");
    struct str more;
    struct str again;
    expect(note_with_line(&bench.job, alone, STR(COSIGNATURE), &more) == CANDOR_OK, "note");
    expect(str_equal(more, STR(NOTE COSIGNATURE)), "one line more");
    struct str later;
    expect(cosign(&bench.job, alone, &bench.witness, bench.signer, TIME_S + 1, &later) == CANDOR_OK,
           "%s", bench.job.message);
    expect(note_with_line(&bench.job, more, later, &again) == CANDOR_OK, "note");
    expect(str_equal(again, str_format(bench.job.arena, NOTE "%.*s", STR_ARG(later))),
           "in the place of the earlier one");
}

static void every_signature_beside_must_be_by_a_known_witness(void **state)
{
    (void)state;
    const struct cosigner *known = &bench.witness;
    struct job *job = &bench.job;
    expect(note_signers_check(job, STR(NOTE COSIGNATURE), STR(ORIGIN), bench.public_key, known,
                              1) == CANDOR_OK,
           "%s", job->message);
    expect(note_signers_check(job, STR(NOTE), STR(ORIGIN), bench.public_key, known, 1) == CANDOR_OK,
           "%s", job->message);
    expect(note_signers_check(job, STR(NOTE COSIGNATURE), STR(ORIGIN), bench.public_key, NULL, 0) ==
               CANDOR_CORRUPT,
           "nobody is known");
    static const char note[] = NOTE COSIGNATURE;
    char copy[sizeof note];
    for (size_t at = 0; at + 1 < sizeof note; at++) {
        memcpy(copy, note, sizeof note);
        copy[at] = (char)(copy[at] ^ 1);
        const struct str changed = {copy, sizeof note - 1};
        expect(note_signers_check(job, changed, STR(ORIGIN), bench.public_key, known, 1) ==
                   CANDOR_CORRUPT,
               "byte %zu", at);
    }
}

/* ---- requests ------------------------------------------------------------------------------ */

#define HASH "vBoGQ7EuTS18d5GPROD095qDi2z57FtcKD4fTYhZnms="

static void a_request_is_written_and_read(void **state)
{
    (void)state;
    struct witness_request read;
    const struct str text = STR("old 5\n" HASH "\n\n" NOTE);
    expect(witness_request_read(&bench.job, text, &read) == CANDOR_OK, "%s", bench.job.message);
    expect(read.old_size == 5 && read.proof.count == 1 && str_equal(read.note, STR(NOTE)), "parts");
    expect(str_equal(witness_request_text(&bench.job, &read), text), "as it was");
}

static void what_is_no_request_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *why;
        struct str text;
    } row[] = {
        {"nothing", TEXT("")},
        {"no old size", TEXT("\n" NOTE)},
        {"a leading zero", TEXT("old 05\n\n" NOTE)},
        {"a sign", TEXT("old +5\n\n" NOTE)},
        {"no number", TEXT("old \n\n" NOTE)},
        {"two spaces", TEXT("old  5\n\n" NOTE)},
        {"past all ledgers", TEXT("old 281474976710656\n\n" NOTE)},
        {"a hash of 31 bytes",
         TEXT("old 5\nvBoGQ7EuTS18d5GPROD095qDi2z57FtcKD4fTYhZng==\n\n" NOTE)},
        {"no base64", TEXT("old 5\nhash\n\n" NOTE)},
        {"no checkpoint", TEXT("old 5\n\n")},
        {"no empty line", TEXT("old 5\n" HASH "\n")},
    };
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        struct witness_request read;
        expect(witness_request_read(&bench.job, row[i].text, &read) == CANDOR_BAD_INPUT, "%s",
               row[i].why);
    }
    struct buf many = buf_begin(bench.job.arena);
    struct witness_request read;
    buf_lit(&many, LIT("old 5\n"));
    for (size_t i = 0; i < WITNESS_HASHES_MAX; i++) {
        buf_lit(&many, LIT(HASH "\n"));
    }
    const struct str head = str_copy(bench.job.arena, buf_text(&many));
    buf_lit(&many, LIT("\n" NOTE));
    expect(witness_request_read(&bench.job, buf_text(&many), &read) == CANDOR_OK, "63 hashes");
    const struct str one_more = str_format(bench.job.arena, "%.*s" HASH "\n\n" NOTE, STR_ARG(head));
    expect(witness_request_read(&bench.job, one_more, &read) == CANDOR_BAD_INPUT, "64 hashes");
    for (size_t i = 0; i < WITNESS_REQUEST_LEN_MAX; i++) {
        buf_u8(&many, 'x');
    }
    expect(witness_request_read(&bench.job, buf_text(&many), &read) == CANDOR_BAD_INPUT,
           "too large");
}

/* ---- judging ------------------------------------------------------------------------------- */

static struct str note_over(size_t size, struct digest root, const struct signer *signer)
{
    const struct checkpoint checkpoint = {STR(ORIGIN), size, root};
    return checkpoint_sign(&bench.job, &checkpoint, signer);
}

static struct digest root_of(size_t size)
{
    return size == 0 ? digest_of(NULL, 0) : defined_root(bench.leaf, size);
}

static struct witnessed known_at(size_t size)
{
    struct witnessed known = {.origin = STR(ORIGIN), .size = size, .root = root_of(size)};
    memcpy(known.public_key, bench.public_key, sizeof known.public_key);
    return known;
}

static struct witness_request grown(size_t first, size_t second)
{
    struct witness_request request = {.old_size = first};
    if (first > 0) {
        defined_subproof(bench.leaf, first, second, true, &request.proof);
    }
    request.note = note_over(second, root_of(second), bench.log);
    return request;
}

static enum witness_verdict judge(const struct witnessed *known,
                                  const struct witness_request *request, bool *is_signed)
{
    struct checkpoint checkpoint;
    struct str why;
    const enum witness_verdict verdict =
        witness_judge(&bench.job, known, request, &checkpoint, is_signed, &why);
    expect((verdict == WITNESS_COSIGNS) == (why.len == 0), "a refusal says why");
    return verdict;
}

static void every_growth_is_cosigned(void **state)
{
    (void)state;
    for (size_t first = 0; first <= LEAVES; first++) {
        for (size_t second = first; second <= LEAVES; second++) {
            const struct witnessed known = known_at(first);
            const struct witness_request request = grown(first, second);
            bool is_signed = false;
            expect(judge(&known, &request, &is_signed) == WITNESS_COSIGNS && is_signed,
                   "%zu to %zu", first, second);
        }
    }
}

static void each_refusal_has_its_code(void **state)
{
    (void)state;
    const struct witnessed known = known_at(5);
    const struct witness_request good = grown(5, 9);
    bool is_signed = false;

    struct witness_request request = good;
    request.note = STR("x");
    expect(judge(&known, &request, &is_signed) == WITNESS_MALFORMED, "no note");
    request.note = STR("candor.example/other\n9\n" ROOT "\n\n" SIGNATURE);
    expect(judge(&known, &request, &is_signed) == WITNESS_KNOWS_NOT, "another ledger");
    request.note = note_over(9, root_of(9), bench.other);
    expect(judge(&known, &request, &is_signed) == WITNESS_DISTRUSTS && !is_signed, "another key");
    request.note = STR(ORIGIN "\n9\n" ROOT "\n\n" SIGNATURE);
    expect(judge(&known, &request, &is_signed) == WITNESS_DISTRUSTS && !is_signed, "bad signature");
    request = grown(5, 9);
    request.old_size = 10;
    expect(judge(&known, &request, &is_signed) == WITNESS_MALFORMED, "old size above the new");
    request = grown(4, 9);
    expect(judge(&known, &request, &is_signed) == WITNESS_IS_ELSEWHERE, "older than known");
    request = grown(6, 9);
    expect(judge(&known, &request, &is_signed) == WITNESS_IS_ELSEWHERE, "newer than known");
    request = grown(0, 3);
    expect(judge(&known, &request, &is_signed) == WITNESS_IS_ELSEWHERE, "rolled back");
    request = good;
    request.proof.count--;
    expect(judge(&known, &request, &is_signed) == WITNESS_REFUTES && is_signed, "proof cut");
    request = good;
    request.proof.hash[0].byte[0] ^= 1;
    expect(judge(&known, &request, &is_signed) == WITNESS_REFUTES, "proof changed");
    request = good;
    request.proof.hash[request.proof.count++] = root_of(1);
    expect(judge(&known, &request, &is_signed) == WITNESS_REFUTES, "proof longer");
    request = good;
    request.note = note_over(9, root_of(8), bench.log);
    expect(judge(&known, &request, &is_signed) == WITNESS_REFUTES, "another root");
    request = grown(5, 5);
    request.note = note_over(5, root_of(4), bench.log);
    expect(judge(&known, &request, &is_signed) == WITNESS_REFUTES && is_signed, "forked");

    const struct witnessed fresh = known_at(0);
    request = grown(0, 9);
    request.proof.hash[request.proof.count++] = root_of(1);
    expect(judge(&fresh, &request, &is_signed) == WITNESS_REFUTES, "hashes from nothing");
    request = grown(0, 0);
    request.note = note_over(0, root_of(1), bench.log);
    expect(judge(&fresh, &request, &is_signed) == WITNESS_REFUTES, "an empty ledger with a root");
}

int main(void)
{
    const struct CMUnitTest test[] = {
        cmocka_unit_test(a_cosignature_is_the_published_one),
        cmocka_unit_test(a_cosignature_is_found_with_its_time),
        cmocka_unit_test(what_is_no_cosignature_is_refused),
        cmocka_unit_test(any_changed_byte_of_a_cosigned_checkpoint_is_noticed),
        cmocka_unit_test(a_witness_key_is_its_name_id_and_key),
        cmocka_unit_test(a_note_alone_has_the_ledgers_signature_only),
        cmocka_unit_test(every_signature_beside_must_be_by_a_known_witness),
        cmocka_unit_test(a_request_is_written_and_read),
        cmocka_unit_test(what_is_no_request_is_refused),
        cmocka_unit_test(every_growth_is_cosigned),
        cmocka_unit_test(each_refusal_has_its_code),
    };
    return cmocka_run_group_tests_name("witness", test, bench_begin, bench_end);
}
