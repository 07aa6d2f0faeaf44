/*
 * test_manifest.c - C2PA manifests made and checked: any bit that is changed is found and named, and the scan is
 * quiet about one that holds and loud about all others.
 */
#include "manifest.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "scanned.h"
#include "testing.h"

static struct job job;
static struct claim_signer *signer;
static struct str root_pem;
static struct str program; /* small, with a manifest in a comment */
static struct str text;    /* with one in selectors */
static struct str page;

static struct webkey_signer *key_here(void)
{
    char folder[] = "/tmp/candor-manifest-XXXXXX";
    struct webkey_signer *key = NULL;
    must(mkdtemp(folder) != NULL);
    const struct str path = path_join(job.arena, str_of(folder), STR("a.key"));
    must(webkey_file_create(&job, path) == CANDOR_OK);
    must(webkey_file_read(&job, job.arena, path, &key) == CANDOR_OK);
    must(unlink(str_z(job.arena, path)) == 0 && rmdir(folder) == 0);
    return key;
}

static struct str made(const char *file, const char *bytes, enum mark_media media,
                       const char *model)
{
    const struct content content = {.file = str_of(file),
                                    .media = media,
                                    .source = MARK_AI,
                                    .model = str_of(model),
                                    .text = str_of(bytes)};
    struct str marked;
    expect(manifest_put(&job, signer, &content, &marked) == CANDOR_OK, "%s", job.message);
    return marked;
}

static int begin(void **state)
{
    (void)state;
    job_begin(&job, host_real());
    must(crypto_start(&job) == CANDOR_OK);
    struct webkey_signer *root_key = key_here();
    struct webkey_signer *key = key_here();
    struct bytes root;
    struct bytes certificate;
    const struct claim_subject authority = {root_key, STR("Shop"), 100};
    const struct claim_subject subject = {key, STR("Shop"), 10};
    must(claim_certificate(&job, &authority, NULL, (struct bytes){NULL, 0}, &root) == CANDOR_OK);
    must(claim_certificate(&job, &subject, root_key, root, &certificate) == CANDOR_OK);
    must(claim_signer_own(&job, key, certificate, &signer) == CANDOR_OK);
    root_pem = claim_pem(&job, root);
    program = made("a.js", "one();\n", MARK_CODE, "m-1");
    text = made("a.txt", "Spring is here.\n", MARK_TEXT, "m-1");
    page = made("a.html", "<html><head><title>a</title></head></html>\n", MARK_HTML, "");
    return 0;
}

static int end(void **state)
{
    (void)state;
    job_end(&job);
    return 0;
}

static void a_manifest_that_was_made_holds(void **state)
{
    (void)state;
    const struct str row[] = {program, text, page};
    for (size_t i = 0; i < 3; i++) {
        struct manifest_verdict verdict;
        assert_int_equal(manifest_check(&job, row[i], root_pem, &verdict), CANDOR_OK);
        assert_true(verdict.is_sound && verdict.is_quiet && verdict.credential.is_trusted);
        assert_true(str_is(verdict.credential.name, "Shop"));
        assert_true(str_is(cbor_text_at(&verdict.actions->item[0], "digitalSourceType"),
                           mark_source_iri(MARK_AI)));
        assert_int_equal(manifest_check(&job, row[i], STR(""), &verdict), CANDOR_OK);
        assert_true(verdict.is_sound && !verdict.credential.is_trusted);
    }
}

/* The place where it begins to go wrong is no promise; that it does not hold is. */
static void no_bit_can_be_changed(void **state)
{
    (void)state;
    const struct str row[] = {program, text, page};
    for (size_t i = 0; i < 3; i++) {
        char *bent = NEW_ARRAY(job.arena, row[i].len + 1, char);
        /* The selectors' first three bytes of four are the same throughout: every seventh will do. */
        const size_t step = i == 1 ? 7 : 1;
        for (size_t at = 0; at < row[i].len; at += step) {
            const struct arena_mark mark = arena_mark(job.arena);
            struct manifest_verdict verdict;
            bytes_copy(bent, row[i].ptr, row[i].len);
            bent[at] = (char)(bent[at] ^ 1);
            assert_int_equal(
                manifest_check(&job, (struct str){bent, row[i].len}, STR(""), &verdict), CANDOR_OK);
            expect(!verdict.is_quiet && (!verdict.is_sound || verdict.carried.is_padded),
                   "byte %zu of %zu", at, i);
            arena_rewind(job.arena, mark);
        }
    }
}

static struct manifest_verdict checked(struct str bytes)
{
    struct manifest_verdict verdict;
    must(manifest_check(&job, bytes, STR(""), &verdict) == CANDOR_OK);
    return verdict;
}

static void is_named(struct str bytes, enum manifest_check broken, const char *code)
{
    const struct manifest_verdict verdict = checked(bytes);
    expect(!verdict.is_sound && manifest_broken(&verdict) == broken, "%s, not %s",
           manifest_check_name(manifest_broken(&verdict)), manifest_check_name(broken));
    expect(strcmp(manifest_check_code(&verdict, broken), code) == 0, "%s",
           manifest_check_code(&verdict, broken));
    assert_false(manifest_is_fine(&job, bytes));
}

static struct str joined(struct str first, struct str second)
{
    return str_format(job.arena, "%.*s%.*s", STR_ARG(first), STR_ARG(second));
}

/* The store, changed and put back: each part of it stands there by its name. */
static struct str bent_store(const char *at, size_t after, char bit)
{
    struct c2pa_carried carried;
    struct c2pa_place place = {C2PA_COMMENT, "//", "", 0, false};
    must(c2pa_find(job.arena, program, &carried) == C2PA_ONE);
    char *store = NEW_ARRAY(job.arena, carried.store.len, char);
    bytes_copy(store, carried.store.ptr, carried.store.len);
    const char *found = memmem(store, carried.store.len, at, strlen(at));
    must(found != NULL);
    const size_t where = (size_t)(found - store) + after;
    store[where] = (char)(store[where] ^ bit);
    return c2pa_embed(job.arena, &place, STR("one();\n"),
                      (struct bytes){(const uint8_t *)store, carried.store.len});
}

static void what_is_wrong_is_named(void **state)
{
    (void)state;
    is_named(joined(program, program), MANIFEST_ONE, "manifest.structuredText.multipleReferences");
    is_named(joined(text, text), MANIFEST_ONE, "manifest.text.multipleWrappers");
    is_named(str_slice(text, 0, text.len / 2), MANIFEST_WHOLE, "manifest.text.corruptedWrapper");
    is_named(str_slice(program, 0, 200), MANIFEST_WHOLE,
             "manifest.structuredText.malformedReference");
    is_named(joined(program, STR("two();\n")), MANIFEST_BYTES, "assertion.dataHash.mismatch");
    is_named(joined(STR("two();\n"), program), MANIFEST_PLACE, "assertion.dataHash.malformed");
    is_named(bent_store("c2pa.claim.v2", 12, 1), MANIFEST_STRUCTURE, "claim.cbor.invalid");
    is_named(bent_store("dhashX ", 10, 1), MANIFEST_ASSERTIONS, "assertion.hashedURI.mismatch");
    is_named(bent_store("digitalSourceTypex", 30, 1), MANIFEST_ASSERTIONS,
             "assertion.hashedURI.mismatch");
    is_named(bent_store("dc:title", 10, 1), MANIFEST_SIGNATURE, "claimSignature.mismatch");
    is_named(bent_store("calgfsha256hdc:title", 10, 3), MANIFEST_ALGORITHMS,
             "algorithm.unsupported");
    /* The padding of the hash is 0; the COSE header begins with the algorithm. */
    is_named(bent_store("\x18\x21", 0, 0x10), MANIFEST_STRUCTURE, "claim.cbor.invalid");
    assert_true(manifest_is_fine(&job, STR("one();\n"))); /* without one */
    assert_int_equal(checked(STR("one();\n")).found, C2PA_NONE);
}

static void time_and_unknown_algorithms_are_named(void **state)
{
    (void)state;
    job.now += 11 * MICROS_PER_DAY;
    is_named(program, MANIFEST_TIME, "claimSignature.outsideValidity");
    job.now -= 11 * MICROS_PER_DAY;
}

/* ---- the scan ------------------------------------------------------------------------------ */

static size_t findings_in(const char *file, struct str bytes, const char *rule)
{
    struct scanning scanning;
    const struct candor_scan asked = {0};
    size_t count = 0;
    expect(scan_bytes(&job, bytes_of(bytes), str_of(file), &asked, NULL, &scanning) == CANDOR_OK,
           "%s", job.message);
    for (size_t i = 0; i < scanning.count; i++) {
        count += strcmp(scanning.item[i].rule, rule) == 0;
    }
    return count;
}

static void the_scan_is_quiet_about_one_that_holds(void **state)
{
    (void)state;
    static const char hidden[] = "cdr.injection.invisible-text";
    assert_int_equal(findings_in("a.txt", text, hidden), 0);
    assert_true(findings_in("a.txt", joined(text, STR("More.\n")), hidden) > 0);
    assert_true(findings_in("a.txt", joined(STR("More.\n"), text), hidden) > 0);
    assert_true(findings_in("a.txt", joined(text, text), hidden) > 0);
    /* The same selectors, without a manifest. */
    const size_t from = strlen("Spring is here.\n");
    assert_true(findings_in("a.txt", str_slice(text, 0, from + 200), hidden) > 0);
    /* Others beside it. */
    assert_true(findings_in("a.txt",
                            joined(STR("a\xf3\xa0\x84\xb3\xf3\xa0\x84\xb3\xf3\xa0\x84\xb3"
                                       "\xf3\xa0\x84\xb3\xf3\xa0\x84\xb3"),
                                   text),
                            hidden) > 0);
}

/* Anybody can sign: what it says is looked at. */
static void what_a_manifest_says_is_scanned(void **state)
{
    (void)state;
    const struct str said =
        made("a.txt", "Spring.\n", MARK_TEXT, "write to ada.byron@gmail.com, 4539 1488 0343 6467");
    assert_true(checked(said).is_quiet);
    assert_true(findings_in("a.txt", said, "cdr.pii.email") > 0);
    assert_true(findings_in("a.txt", said, "cdr.injection.invisible-text") == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_manifest_that_was_made_holds),
        cmocka_unit_test(no_bit_can_be_changed),
        cmocka_unit_test(what_is_wrong_is_named),
        cmocka_unit_test(time_and_unknown_algorithms_are_named),
        cmocka_unit_test(the_scan_is_quiet_about_one_that_holds),
        cmocka_unit_test(what_a_manifest_says_is_scanned),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
