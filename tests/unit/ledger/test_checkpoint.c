/*
 * test_checkpoint.c - the C2SP texts against a published vector, and all that must be refused.
 *
 * The vector: Ed25519 seed 00 01 .. 1f, origin and key name candor.example/ledger, the eight
 * reference leaves of RFC 6962's tests, and one witness's cosignature.
 */
#include <string.h>

#include "definition.h"

#define ORIGIN "candor.example/ledger"
#define ROOT "XcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg="
#define BODY ORIGIN "\n8\n" ROOT "\n"
#define DASH "\xE2\x80\x94 "
#define PAYLOAD \
    "nJa3zPC4KoBkHQ3bm8F/+SOjEMAO49wf9FDTLAX5rrTvwLD9yvE61q+HOBAcpiGDWgqHDaTa3LIxaMGM0mbH4T3Ykgk="
/* The same with one bit of the signature changed. */
#define PAYLOAD_BAD \
    "nJa3zPC4KoBkHQ3bm8F/+SOjEMAO49wf9FDTLAX5rrTvwLD9yvE61q+HOBAcpiGDWgqHDaTa3LIxaMGM0mbH4T3Ykgg="
#define SIGNATURE DASH ORIGIN " " PAYLOAD "\n"
#define SIGNATURE_BAD DASH ORIGIN " " PAYLOAD_BAD "\n"
#define WITNESS \
    DASH \
        "witness.example/w1 8e2MRwAAAABqsTuAdQSG/2GLPTm7bct90ZIzowZKWBunLZo2ebi8+Tm4GPtsYzlhe6d7k" \
        "00cF3hc+0b+0/L86va7CCbFbwbAV9+zDg==\n"
#define NOTE BODY "\n" SIGNATURE
#define TEXT(text) \
    { \
        (text), sizeof(text) - 1 \
    } /* a struct str in a table */
#define KEY_TEXT ORIGIN "+9c96b7cc+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4"

struct bench {
    struct job job;
    struct signer *signer;
    uint8_t public_key[PUBLIC_KEY_LEN];
};

static struct bench bench;

static struct signer *signer_with(uint8_t first)
{
    uint8_t seed[SECRET_LEN];
    struct secret *secret = secret_begin(bench.job.arena);
    for (size_t i = 0; i < sizeof seed; i++) {
        seed[i] = (uint8_t)(first + i);
    }
    secret_copy_from(secret, seed);
    return signer_make(bench.job.arena, secret);
}

static int bench_begin(void **state)
{
    (void)state;
    job_begin(&bench.job, host_real());
    must(crypto_start(&bench.job) == CANDOR_OK);
    bench.signer = signer_with(0);
    signer_public(bench.signer, bench.public_key);
    return 0;
}

static int bench_end(void **state)
{
    (void)state;
    job_end(&bench.job);
    return 0;
}

static enum candor_status note_of_ours(struct str text, struct checkpoint *checkpoint)
{
    return checkpoint_read(&bench.job, text, STR(ORIGIN), bench.public_key, checkpoint);
}

static void a_checkpoint_is_the_published_text(void **state)
{
    (void)state;
    struct merkle tree = {0};
    for (size_t i = 0; i < 8; i++) {
        must(merkle_append(&tree, vector_leaf(i), NULL, NULL) == CANDOR_OK);
    }
    const struct checkpoint checkpoint = {STR(ORIGIN), tree.leaf_count, merkle_root(&tree)};
    const struct str text = checkpoint_sign(&bench.job, &checkpoint, bench.signer);
    expect(str_equal(text, STR(NOTE)), "%.*s", STR_ARG(text));
}

static void a_signed_checkpoint_reads_back(void **state)
{
    (void)state;
    static const uint64_t size[] = {0, 1, 8, 10, 1000000, MERKLE_LEAVES_MAX};
    for (size_t i = 0; i < sizeof size / sizeof size[0]; i++) {
        struct checkpoint read;
        const struct digest root = size[i] == 0 ? digest_of(NULL, 0) : leaf_number((uint32_t)i);
        const struct checkpoint written = {STR(ORIGIN), size[i], root};
        const struct str text = checkpoint_sign(&bench.job, &written, bench.signer);
        expect(note_of_ours(text, &read) == CANDOR_OK, "row %zu: %s", i, bench.job.message);
        expect(str_equal(read.origin, STR(ORIGIN)) && read.size == size[i] &&
                   digest_equal(read.root, root),
               "row %zu", i);
    }
}

/* Texts that hold. */
static void a_checkpoint_may_carry_other_signatures(void **state)
{
    (void)state;
    static const struct {
        const char *why;
        struct str text;
    } row[] = {
        {"as published", TEXT(NOTE)},
        {"a witness after ours", TEXT(NOTE WITNESS)},
        {"a witness before ours", TEXT(BODY "\n" WITNESS SIGNATURE)},
        {"our signature twice", TEXT(NOTE SIGNATURE)},
        {"our name with another key id", TEXT(NOTE DASH ORIGIN " AAAAAAAAAAAA\n")},
        {"our key id under another name", TEXT(NOTE DASH "other.example " PAYLOAD_BAD "\n")},
        {"a name in another alphabet", TEXT(NOTE DASH "\xD0\xB6.example AAAAAAA=\n")},
    };
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        struct checkpoint read;
        expect(note_of_ours(row[i].text, &read) == CANDOR_OK, "%s: %s", row[i].why,
               bench.job.message);
        expect(read.size == 8 && digest_equal(read.root, digest_from("5dc9da79a70659a9ad559cb701ded"
                                                                     "9a2ab9d823aad2f4960cfe370eff4"
                                                                     "604328")),
               "%s", row[i].why);
    }
}

static const struct {
    const char *why;
    struct str text;
    const char *says;
} not_ours[] = {
    {"nothing", TEXT(""), "newline"},
    {"a newline", TEXT("\n"), "no signature lines"},
    {"the body alone", TEXT(BODY), "no signature lines"},
    {"no signature line", TEXT(BODY "\n"), "no signature lines"},
    {"no empty line", TEXT(BODY SIGNATURE), "no signature lines"},
    {"missing last newline", TEXT(BODY "\n" DASH ORIGIN " " PAYLOAD), "newline"},
    {"a hyphen for the dash", TEXT(BODY "\n- " ORIGIN " " PAYLOAD "\n"), "line 1"},
    {"two hyphens for the dash", TEXT(BODY "\n-- " ORIGIN " " PAYLOAD "\n"), "line 1"},
    {"an en dash", TEXT(BODY "\n\xE2\x80\x93 " ORIGIN " " PAYLOAD "\n"), "line 1"},
    {"no space after the dash", TEXT(BODY "\n\xE2\x80\x94" ORIGIN " " PAYLOAD "\n"), "line 1"},
    {"two spaces after the dash", TEXT(BODY "\n" DASH " " ORIGIN " " PAYLOAD "\n"), "line 1"},
    {"two spaces after the name", TEXT(BODY "\n" DASH ORIGIN "  " PAYLOAD "\n"), "line 1"},
    {"a space at the end", TEXT(BODY "\n" DASH ORIGIN " " PAYLOAD " \n"), "line 1"},
    {"a name with a plus", TEXT(NOTE DASH "a+b AAAAAAA=\n"), "line 2"},
    {"a name with a wide space",
     TEXT(NOTE DASH "a\xE2\x80\x83"
                    "b AAAAAAA=\n"),
     "line 2"},
    {"a name with a hard space",
     TEXT(NOTE DASH "a\xC2\xA0"
                    "b AAAAAAA=\n"),
     "line 2"},
    {"an empty name", TEXT(NOTE DASH " AAAAAAA=\n"), "line 2"},
    {"a signature without bytes", TEXT(NOTE DASH "a AAAAAA==\n"), "line 2"},
    {"a signature that is not base64", TEXT(NOTE DASH "a AAAA*AA=\n"), "line 2"},
    {"base64 in a second form", TEXT(NOTE DASH "a AAAAAAB=\n"), "line 2"},
    {"base64 without padding", TEXT(NOTE DASH "a AAAAAAA\n"), "line 2"},
    {"text after the signatures", TEXT(NOTE "thanks\n"), "line 2"},
    {"an empty line after them", TEXT(NOTE "\n"), "no signature lines"},
    {"a carriage return", TEXT(ORIGIN "\r\n8\n" ROOT "\n\n" SIGNATURE), "plain"},
    {"a tab", TEXT(ORIGIN "\t\n8\n" ROOT "\n\n" SIGNATURE), "plain"},
    {"a zero byte", TEXT(ORIGIN "\n8\n" ROOT "\n\0\n\n" SIGNATURE), "plain"},
    {"broken UTF-8",
     TEXT(NOTE DASH "a\xFF"
                    "b AAAAAAA=\n"),
     "plain"},
    {"an unknown key only", TEXT(BODY "\n" WITNESS), "not signed by"},
    {"our name, another key id", TEXT(BODY "\n" DASH ORIGIN " AAAAAAAAAAAA\n"), "not signed by"},
    {"another name, our key id", TEXT(BODY "\n" DASH "x.example " PAYLOAD "\n"), "not signed by"},
    {"a bad signature", TEXT(BODY "\n" SIGNATURE_BAD), "not by the key"},
    {"a bad one beside a good one", TEXT(NOTE SIGNATURE_BAD), "not by the key"},
    {"a good one after a bad one", TEXT(BODY "\n" SIGNATURE_BAD SIGNATURE), "not by the key"},
    {"a signature that is cut", TEXT(NOTE DASH ORIGIN " nJa3zPC4KoBkHQ3b\n"), "not by the key"},
    {"another size", TEXT(ORIGIN "\n9\n" ROOT "\n\n" SIGNATURE), "not by the key"},
    {"another origin", TEXT("candor.example/other\n8\n" ROOT "\n\n" SIGNATURE), "not by the key"},
    {"a line more in the text", TEXT(BODY "more\n\n" SIGNATURE), "not by the key"},
};

static void what_is_no_checkpoint_of_ours_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof not_ours / sizeof not_ours[0]; i++) {
        struct checkpoint read = {.size = 77};
        expect(note_of_ours(not_ours[i].text, &read) == CANDOR_CORRUPT, "%s", not_ours[i].why);
        expect(strstr(bench.job.message, not_ours[i].says) != NULL, "%s: %s", not_ours[i].why,
               bench.job.message);
        expect(read.size == 77, "%s: results hold only after CANDOR_OK", not_ours[i].why);
    }
}

/* A note over any text, correctly signed: what is wrong then is the text. */
static struct str note_over(struct str body)
{
    uint8_t payload[4 + SIGNATURE_LEN];
    struct buf note = buf_begin(bench.job.arena);
    note_key_id(payload, STR(ORIGIN), NOTE_ED25519, bench.public_key);
    signer_sign(bench.signer, bytes_of(body), payload + 4);
    buf_str(&note, body);
    buf_lit(&note, LIT("\n" DASH ORIGIN " "));
    buf_str(&note, base64_of(bench.job.arena, (struct bytes){payload, sizeof payload}));
    buf_lit(&note, LIT("\n"));
    return buf_text(&note);
}

static void a_signature_does_not_mend_a_malformed_text(void **state)
{
    (void)state;
    static const struct {
        const char *why;
        struct str body;
        const char *says;
    } row[] = {
        {"another origin", TEXT("candor.example/other\n8\n" ROOT "\n"), "line 1"},
        {"the start of the origin", TEXT("candor.example\n8\n" ROOT "\n"), "line 1"},
        {"an empty origin", TEXT("\n8\n" ROOT "\n"), "line 1"},
        {"no size", TEXT(ORIGIN "\n"), "line 2"},
        {"a leading zero", TEXT(ORIGIN "\n08\n" ROOT "\n"), "line 2"},
        {"two zeros", TEXT(ORIGIN "\n00\n" ROOT "\n"), "line 2"},
        {"a sign", TEXT(ORIGIN "\n+8\n" ROOT "\n"), "line 2"},
        {"a negative size", TEXT(ORIGIN "\n-8\n" ROOT "\n"), "line 2"},
        {"a space before the size", TEXT(ORIGIN "\n 8\n" ROOT "\n"), "line 2"},
        {"a fraction", TEXT(ORIGIN "\n8.0\n" ROOT "\n"), "line 2"},
        {"hex", TEXT(ORIGIN "\n0x8\n" ROOT "\n"), "line 2"},
        {"a size past all ledgers", TEXT(ORIGIN "\n281474976710656\n" ROOT "\n"), "line 2"},
        {"a size past 64 bits", TEXT(ORIGIN "\n18446744073709551616\n" ROOT "\n"), "line 2"},
        {"no root", TEXT(ORIGIN "\n8\n"), "line 3"},
        {"a root of 31 bytes", TEXT(ORIGIN "\n8\nXcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQw==\n"),
         "line 3"},
        {"a root in hex", TEXT(ORIGIN "\n8\n5dc9da79a70659a9\n"), "line 3"},
        {"a root in a second form",
         TEXT(ORIGIN "\n8\nXcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyh="
                     "\n"),
         "line 3"},
        {"a size of 0 with another root", TEXT(ORIGIN "\n0\n" ROOT "\n"), "line 3"},
        {"an empty line in the text", TEXT(BODY "\nmore\n"), "line 4"},
    };
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        struct checkpoint read;
        expect(note_of_ours(note_over(row[i].body), &read) == CANDOR_CORRUPT, "%s", row[i].why);
        expect(strstr(bench.job.message, row[i].says) != NULL, "%s: %s", row[i].why,
               bench.job.message);
    }
    struct checkpoint read;
    expect(note_of_ours(note_over(STR(BODY "extension\n")), &read) == CANDOR_OK,
           "a line after the root is allowed: %s", bench.job.message);
    expect(note_of_ours(note_over(STR(BODY)), &read) == CANDOR_OK, "the text itself");
}

static void any_changed_byte_is_noticed(void **state)
{
    (void)state;
    char text[] = NOTE;
    for (size_t at = 0; at < sizeof text - 1; at++) {
        struct checkpoint read;
        text[at] = (char)(text[at] ^ 1);
        expect(note_of_ours((struct str){text, sizeof text - 1}, &read) == CANDOR_CORRUPT,
               "byte %zu", at);
        text[at] = (char)(text[at] ^ 1);
    }
}

static void another_key_or_origin_does_not_accept_it(void **state)
{
    (void)state;
    uint8_t other[PUBLIC_KEY_LEN];
    struct checkpoint read;
    signer_public(signer_with(1), other);
    expect(checkpoint_read(&bench.job, STR(NOTE), STR(ORIGIN), other, &read) == CANDOR_CORRUPT,
           "another key");
    expect(checkpoint_read(&bench.job, STR(NOTE), STR("candor.example/other"), bench.public_key,
                           &read) == CANDOR_CORRUPT,
           "another origin");
}

static void the_number_and_size_of_signatures_have_a_limit(void **state)
{
    (void)state;
    struct checkpoint read;
    struct buf note = buf_begin(bench.job.arena);
    buf_lit(&note, LIT(NOTE));
    for (unsigned i = 1; i < 100; i++) {
        buf_lit(&note, LIT(DASH "w.example AAAAAAA=\n"));
    }
    expect(note_of_ours(buf_text(&note), &read) == CANDOR_OK, "100: %s", bench.job.message);
    buf_lit(&note, LIT(DASH "w.example AAAAAAA=\n"));
    expect(note_of_ours(buf_text(&note), &read) == CANDOR_CORRUPT, "101");

    struct buf large = buf_begin(bench.job.arena);
    for (size_t i = 0; i < (size_t)128 * 1024; i++) {
        buf_lit(&large, LIT("x"));
    }
    buf_lit(&large, LIT("\n"));
    expect(note_of_ours(buf_text(&large), &read) == CANDOR_CORRUPT, "too large");
    expect(strstr(bench.job.message, "the limit is 131072") != NULL, "%s", bench.job.message);
}

/* ---- verifier keys ------------------------------------------------------------------------- */

static void a_verifier_key_is_the_published_text(void **state)
{
    (void)state;
    struct str name;
    uint8_t public_key[PUBLIC_KEY_LEN];
    const struct str text = verifier_key_text(bench.job.arena, STR(ORIGIN), bench.public_key);
    expect(str_equal(text, STR(KEY_TEXT)), "%.*s", STR_ARG(text));
    expect(verifier_key_read(&bench.job, STR(KEY_TEXT), &name, public_key) == CANDOR_OK, "%s",
           bench.job.message);
    expect(str_equal(name, STR(ORIGIN)), "name");
    expect(memcmp(public_key, bench.public_key, sizeof public_key) == 0, "key");
}

static void what_is_no_verifier_key_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *why;
        struct str text;
    } row[] = {
        {"nothing", TEXT("")},
        {"a name", TEXT(ORIGIN)},
        {"no key", TEXT(ORIGIN "+9c96b7cc")},
        {"an empty key", TEXT(ORIGIN "+9c96b7cc+")},
        {"no name", TEXT("+9c96b7cc+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4")},
        {"another name", TEXT("x.example+9c96b7cc+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4")},
        {"another id", TEXT(ORIGIN "+9c96b7cd+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4")},
        {"an id in capitals",
         TEXT(ORIGIN "+9C96B7CC+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4")},
        {"a short id", TEXT(ORIGIN "+9c96b7+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4")},
        {"another key", TEXT(ORIGIN "+9c96b7cc+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG5")},
        {"a witness's algorithm", TEXT(ORIGIN "+9c96b7cc+BAOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVT"
                                              "G4")},
        {"31 bytes", TEXT(ORIGIN "+9c96b7cc+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTE=")},
        {"a newline", TEXT(KEY_TEXT "\n")},
        {"a space in the name", TEXT("a b+9c96b7cc+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4")},
    };
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        struct str name;
        uint8_t public_key[PUBLIC_KEY_LEN];
        expect(verifier_key_read(&bench.job, row[i].text, &name, public_key) == CANDOR_BAD_INPUT,
               "%s", row[i].why);
    }
}

/* ---- proof files --------------------------------------------------------------------------- */

#define HASH_4 "vBoGQ7EuTS18d5GPROD095qDi2z57FtcKD4fTYhZnms="
#define HASH_67 "yoVOoSjtBQtBs1/8G4e46yveRh6eO1WW7Oa51ZdaCuA="
#define PROOF_HEAD "c2sp.org/tlog-proof@v1\nindex 5\n"

static struct proof proof_of_5(void)
{
    struct proof proof = {.count = 3};
    proof.hash[0] = vector_leaf(4);
    proof.hash[1] = merkle_join(vector_leaf(6), vector_leaf(7));
    proof.hash[2] = merkle_join(merkle_join(vector_leaf(0), vector_leaf(1)),
                                merkle_join(vector_leaf(2), vector_leaf(3)));
    return proof;
}

static void a_proof_file_has_the_lines_of_the_format(void **state)
{
    (void)state;
    const struct proof proof = proof_of_5();
    const struct proof none = {0};
    struct bytes hash[3];
    struct buf expected = buf_begin(bench.job.arena);
    buf_lit(&expected, LIT(PROOF_HEAD));
    for (size_t i = 0; i < 3; i++) {
        hash[i] = (struct bytes){proof.hash[i].byte, 32};
        buf_str(&expected, base64_of(bench.job.arena, hash[i]));
        buf_lit(&expected, LIT("\n"));
    }
    buf_lit(&expected, LIT("\n" NOTE));
    expect(str_equal(proof_file_text(&bench.job, 5, &proof, STR(NOTE)), buf_text(&expected)),
           "three hashes");
    expect(str_equal(proof_file_text(&bench.job, 0, &none, STR("checkpoint\n")),
                     STR("c2sp.org/tlog-proof@v1\nindex 0\n\ncheckpoint\n")),
           "no hashes");
}

static void a_proof_file_reads_back_and_shows_its_entry(void **state)
{
    (void)state;
    static const uint8_t entry_5[] = {0x40, 0x41, 0x42, 0x43};
    const struct bytes entry = {entry_5, sizeof entry_5};
    const struct bytes other = {entry_5, sizeof entry_5 - 1};
    const struct proof proof = proof_of_5();
    struct job *job = &bench.job;
    const struct str text = proof_file_text(job, 5, &proof, STR(NOTE));
    const struct str moved = proof_file_text(job, 4, &proof, STR(NOTE));
    const struct str unsigned_one = proof_file_text(job, 5, &proof, STR(BODY "\n" WITNESS));
    uint64_t index = 0;
    struct proof read;
    struct str checkpoint;
    uint8_t other_key[PUBLIC_KEY_LEN];
    signer_public(signer_with(1), other_key);

    expect(proof_file_read(job, text, &index, &read, &checkpoint) == CANDOR_OK, "%s", job->message);
    expect(index == 5 && read.count == 3 && memcmp(read.hash, proof.hash, 96) == 0, "parts");
    expect(str_equal(checkpoint, STR(NOTE)), "checkpoint");

    const struct str origin = STR(ORIGIN);
    const uint8_t *key = bench.public_key;
    expect(proof_file_verify(job, text, entry, origin, key) == CANDOR_OK, "%s", job->message);
    expect(proof_file_verify(job, text, other, origin, key) == CANDOR_CORRUPT, "another entry");
    expect(proof_file_verify(job, moved, entry, origin, key) == CANDOR_CORRUPT, "another index");
    expect(proof_file_verify(job, unsigned_one, entry, origin, key) == CANDOR_CORRUPT, "unsigned");
    expect(proof_file_verify(job, text, entry, origin, other_key) == CANDOR_CORRUPT, "other key");
    expect(proof_file_verify(job, text, entry, STR("x"), key) == CANDOR_CORRUPT, "other origin");
    expect(proof_file_verify(job, STR("x"), entry, origin, key) == CANDOR_BAD_INPUT, "no proof");
}

static void extra_data_is_passed_over(void **state)
{
    (void)state;
    uint64_t index = 0;
    struct proof proof;
    struct str checkpoint;
    const struct str text =
        STR("c2sp.org/tlog-proof@v1\nextra ZXh0cmE=\nindex 5\n" HASH_4 "\n\ncheckpoint\n");
    expect(proof_file_read(&bench.job, text, &index, &proof, &checkpoint) == CANDOR_OK, "%s",
           bench.job.message);
    expect(index == 5 && proof.count == 1, "parts");
    expect(digest_equal(proof.hash[0], vector_leaf(4)), "hash");
}

static void what_is_no_proof_file_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *why;
        struct str text;
        const char *says;
    } row[] = {
        {"nothing", TEXT(""), "line 1"},
        {"another title", TEXT("c2sp.org/tlog-proof@v2\nindex 5\n\nx\n"), "line 1"},
        {"a title with more", TEXT("c2sp.org/tlog-proof@v1 \nindex 5\n\nx\n"), "line 1"},
        {"no index", TEXT("c2sp.org/tlog-proof@v1\n"), "line 2"},
        {"no index but hashes", TEXT("c2sp.org/tlog-proof@v1\n" HASH_4 "\n\nx\n"), "line 2"},
        {"an index without number", TEXT("c2sp.org/tlog-proof@v1\nindex \n\nx\n"), "line 2"},
        {"a leading zero", TEXT("c2sp.org/tlog-proof@v1\nindex 05\n\nx\n"), "line 2"},
        {"a negative index", TEXT("c2sp.org/tlog-proof@v1\nindex -5\n\nx\n"), "line 2"},
        {"extra after the index", TEXT(PROOF_HEAD "extra ZXh0cmE=\n\nx\n"), "hash 1"},
        {"extra that is not base64", TEXT("c2sp.org/tlog-proof@v1\nextra *\nindex 5\n\nx\n"),
         "extra"},
        {"extra and no index", TEXT("c2sp.org/tlog-proof@v1\nextra ZXh0cmE=\n\nx\n"), "line 3"},
        {"a hash of 31 bytes",
         TEXT(PROOF_HEAD "vBoGQ7EuTS18d5GPROD095qDi2z57FtcKD4fTYhZng==\n\nx"
                         "\n"),
         "hash 1"},
        {"a second hash in hex", TEXT(PROOF_HEAD HASH_4 "\nbc1a0643\n\nx\n"), "hash 2"},
        {"a space after a hash", TEXT(PROOF_HEAD HASH_4 " \n\nx\n"), "hash 1"},
        {"no empty line", TEXT(PROOF_HEAD HASH_4 "\n"), "no checkpoint"},
        {"no checkpoint", TEXT(PROOF_HEAD HASH_4 "\n\n"), "no checkpoint"},
        {"only a head", TEXT(PROOF_HEAD), "no checkpoint"},
    };
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        uint64_t index = 0;
        struct proof proof;
        struct str checkpoint;
        expect(proof_file_read(&bench.job, row[i].text, &index, &proof, &checkpoint) ==
                   CANDOR_BAD_INPUT,
               "%s", row[i].why);
        expect(strstr(bench.job.message, row[i].says) != NULL, "%s: %s", row[i].why,
               bench.job.message);
    }

    struct buf many = buf_begin(bench.job.arena);
    struct proof proof;
    struct str checkpoint;
    uint64_t index = 0;
    buf_lit(&many, LIT(PROOF_HEAD));
    for (size_t i = 0; i <= PROOF_HASHES_MAX; i++) {
        buf_lit(&many, LIT(HASH_67 "\n"));
    }
    buf_lit(&many, LIT("\nx\n"));
    expect(proof_file_read(&bench.job, buf_text(&many), &index, &proof, &checkpoint) ==
               CANDOR_BAD_INPUT,
           "more hashes than any tree is high");
}

int main(void)
{
    const struct CMUnitTest test[] = {
        cmocka_unit_test(a_checkpoint_is_the_published_text),
        cmocka_unit_test(a_signed_checkpoint_reads_back),
        cmocka_unit_test(a_checkpoint_may_carry_other_signatures),
        cmocka_unit_test(what_is_no_checkpoint_of_ours_is_refused),
        cmocka_unit_test(a_signature_does_not_mend_a_malformed_text),
        cmocka_unit_test(any_changed_byte_is_noticed),
        cmocka_unit_test(another_key_or_origin_does_not_accept_it),
        cmocka_unit_test(the_number_and_size_of_signatures_have_a_limit),
        cmocka_unit_test(a_verifier_key_is_the_published_text),
        cmocka_unit_test(what_is_no_verifier_key_is_refused),
        cmocka_unit_test(a_proof_file_has_the_lines_of_the_format),
        cmocka_unit_test(a_proof_file_reads_back_and_shows_its_entry),
        cmocka_unit_test(extra_data_is_passed_over),
        cmocka_unit_test(what_is_no_proof_file_is_refused),
    };
    return cmocka_run_group_tests_name("checkpoint", test, bench_begin, bench_end);
}
