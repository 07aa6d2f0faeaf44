/*
 * test_receipt.c - receipts: what is issued is sound, whatever is changed is found, and the file is
 * checked once more here by its description (docs/receipts.md) and not by its code.
 */
#include "company.h"
#include "consenting.h"

static const char policy[] =
    "candor: 1\n"
    "name: Test\n"
    "channels: [email, sms]\n"
    "controller: {name: Test Ltd, address: 1 Mill Lane, contact: p@test.example, storage: Dublin}\n"
    "purposes:\n"
    "  - {name: news, basis: consent, wording: \"May we \\\"write\\\"?\", wording_version: '7',"
    " translations: {de: D\xc3\xbcrfen wir?}, channels: [email, sms], valid_days: 365,"
    " terms: [DirectMarketing]}\n"
    "  - {name: profiling, basis: consent, wording: May we look?, wording_version: '1'}\n"
    "recipients:\n"
    "  - {name: mailer, role: processor, contract: c, country: IE, purposes: [news]}\n"
    "  - {name: brand, contract: d, country: US, transfer: adequacy, purposes: [news]}\n"
    "subjects:\n"
    "  identifier: identifier\n"
    "  fields: [{name: email, pii: email, purposes: [news]}]\n";

static struct company company;
static char *key_text;

static int begin(void **state)
{
    char path[128];
    (void)state;
    company_found(&company);
    company_write(&company, "home/candor.yaml", policy, path);
    company_open(&company);
    company_import(&company, "subjects", STR("identifier,email\nanna,a@x.example\n"));
    (void)snprintf(path, sizeof path, "%s/ledger.pub", company.home);
    FILE *file = fopen(path, "re");
    must(file != NULL);
    key_text = calloc(1, 512);
    must(key_text != NULL && fread(key_text, 1, 511, file) > 0 && fclose(file) == 0);
    return 0;
}

static int end(void **state)
{
    (void)state;
    free(key_text);
    company_end(&company);
    return 0;
}

static void choose(const struct candor_choice *choice)
{
    struct candor_text report;
    DONE(candor_choose(job, company.candor, choice, &report));
}

#define EVIDENCE \
    "notice=0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef " \
    "buttons=refuse/accept sizes=equal defaults=off locale=de screen=phone"

static char last_page[1 << 16];

/* The receipt of record `number`, to be freed. */
static char *receipt_of(uint64_t number, const char *purpose)
{
    struct job *job = candor_job_begin();
    struct candor_text receipt = {NULL, 0};
    struct candor_text page = {NULL, 0};
    const enum candor_status status =
        candor_receipt(job, company.candor, "anna", purpose, number, &receipt, &page);
    expect(status == CANDOR_OK, "%s", candor_job_message(job));
    (void)snprintf(last_page, sizeof last_page, "%s", page.ptr);
    expect(strstr(page.ptr, "<script") == NULL && strstr(page.ptr, "</html>") != NULL, "the page");
    char *copy = strdup(receipt.ptr);
    must(copy != NULL);
    candor_job_end(job);
    return copy;
}

/* "sound", or the finding, or the status. */
static const char *verdict(const char *receipt, const char *key, char text[256])
{
    struct job *job = candor_job_begin();
    struct candor_text report = {NULL, 0};
    bool sound = false;
    const enum candor_status status =
        candor_receipt_verify(job, receipt, strlen(receipt), key, &sound, &report);
    if (status != CANDOR_OK) {
        (void)snprintf(text, 256, "%s", candor_status_name(status));
    } else if (sound) {
        (void)snprintf(text, 256, "sound");
    } else {
        const char *finding = strstr(report.ptr, "\"finding\": ");
        (void)snprintf(text, 256, "%s", finding == NULL ? "no finding" : finding);
    }
    candor_job_end(job);
    return text;
}

static void every_kind_of_record_has_a_sound_receipt(void **state)
{
    static const struct candor_choice choice[] = {
        {.identifier = "anna", .purpose = "news", .decision = "give", .language = "de"},
        {.identifier = "anna",
         .purpose = "news",
         .channel = "sms",
         .decision = "refuse",
         .proof = "call 7 \"quoted\" \\ \t"},
        {.identifier = "anna",
         .purpose = "news",
         .recipient = "brand",
         .decision = "give",
         .actor = "guardian",
         .proof = "form 1"},
        {.identifier = "anna", .purpose = "profiling", .decision = "defer"},
        {.identifier = "anna", .purpose = "news", .decision = "give", .ui_evidence = EVIDENCE},
        {.identifier = "anna", .purpose = "news", .decision = "withdraw"},
        {.identifier = "anna", .decision = "object"},
        {.identifier = "anna", .decision = "restrict"},
        {.identifier = "anna", .decision = "unrestrict"},
        {.identifier = "anna", .decision = "want_human"},
        {.identifier = "anna", .decision = "limit_sensitive"},
        {.identifier = "anna", .purpose = "profiling", .decision = "revoke"},
        {.identifier = "anna", .purpose = "profiling", .decision = "invalidate"},
    };
    char text[256];
    (void)state;
    for (size_t i = 0; i < sizeof choice / sizeof choice[0]; i++) {
        choose(&choice[i]);
        char *receipt = receipt_of(i + 1, NULL);
        expect(strcmp(verdict(receipt, key_text, text), "sound") == 0, "%s: %s", choice[i].decision,
               text);
        expect(strstr(receipt, "anna") == NULL, "%s: the identifier is in it", choice[i].decision);
        free(receipt);
    }
    char *latest = receipt_of(0, "news");
    expect(strstr(latest, "\"state\": \"withdrawn\"") != NULL, "the latest of its purpose");
    free(latest);
    char *shown = receipt_of(5, NULL);
    expect(strstr(shown, "\"ui_evidence\": \"" EVIDENCE "\"") != NULL, "how the notice looked");
    char *changed = strstr(shown, "refuse/accept");
    must(changed != NULL);
    bytes_copy(changed, "accept/refuse", strlen("accept/refuse"));
    expect(strstr(verdict(shown, key_text, text), "signature") != NULL, "%s", text);
    free(shown);
    expect(strstr(last_page, "<td>refuse, accept</td>") != NULL, "it is on the page");
    char *first = receipt_of(1, NULL);
    expect(strstr(last_page, "How it looked") == NULL, "nothing is known of this one");
    expect(strstr(first, "D\xc3\xbcrfen wir?") != NULL, "as it was shown");
    expect(strstr(first, "\"mailer\"") != NULL && strstr(first, "\"brand\"") == NULL, "recipients");
    free(first);
}

/* Another digit or letter for each one: the file is then another, or no receipt at all. */
static void a_change_anywhere_is_found(void **state)
{
    char text[256];
    (void)state;
    char *receipt = receipt_of(1, NULL);
    const size_t len = strlen(receipt);
    size_t tried = 0;
    for (size_t at = 0; at < len; at += 7) { /* a prime step meets every member */
        const char before = receipt[at];
        if (before == ' ' || before == '\n') {
            continue; /* white space between members is not signed, and says nothing */
        }
        receipt[at] = before == 'b' ? 'c' : 'b';
        expect(strcmp(verdict(receipt, key_text, text), "sound") != 0, "byte %zu", at);
        receipt[at] = before;
        tried++;
    }
    expect(tried > 300, "%zu bytes were changed", tried);
    expect(strcmp(verdict(receipt, key_text, text), "sound") == 0, "%s", text);
    free(receipt);
}

static void what_is_no_receipt_is_refused(void **state)
{
    static const char *const other[] = {
        "",
        "{}",
        "[]",
        "null",
        "{\"format\":\"candor-consent-receipt-v1\"}",
        "{\"format\":\"candor-consent-receipt-v2\",\"evidence\":{}}",
        "{\"format\":\"candor-consent-receipt-v1\",\"evidence\":{\"leaf\":\"AAAA\"}}"};
    char text[256];
    (void)state;
    for (size_t i = 0; i < sizeof other / sizeof other[0]; i++) {
        expect(strcmp(verdict(other[i], key_text, text), "bad_input") == 0, "%zu: %s", i, text);
    }
    char *receipt = receipt_of(1, NULL);
    expect(strcmp(verdict(receipt, "no key", text), "bad_input") == 0, "%s", text);
    expect(strstr(verdict(receipt,
                          "candor.example/ledger+9c96b7cc+"
                          "AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4",
                          text),
                  "signature") != NULL,
           "%s", text);
    free(receipt);
}

/* ---- by its description -------------------------------------------------------------------- */

static struct str text_of_member(const struct value *map, const char *key)
{
    const struct value *value = value_get(map, key);
    must(value != NULL && value->kind == VALUE_TEXT);
    return value->text;
}

static void the_file_is_as_its_page_describes_it(void **state)
{
    struct job job;
    const struct value *document = NULL;
    struct bytes payload;
    struct bytes leaf;
    uint8_t salt[32];
    uint8_t id[32];
    (void)state;
    char *receipt = receipt_of(2, NULL);
    job_begin(&job, host_real());
    must(json_read(&job, bytes_of(str_of(receipt)), NULL, "it", &document) == CANDOR_OK);
    const struct value *evidence = value_get(document, "evidence");
    must(base64_read(job.arena, text_of_member(evidence, "payload"), &payload));
    must(base64_read(job.arena, text_of_member(evidence, "leaf"), &leaf));
    must(hex_read(text_of_member(evidence, "salt"), salt, sizeof salt));
    must(hex_read(text_of_member(document, "record_id"), id, sizeof id));

    const struct bytes part[] = {bytes_of(STR("\0")), leaf};
    const struct digest leaf_hash = digest_of(part, 2);
    expect(memcmp(leaf_hash.byte, id, sizeof id) == 0, "record_id is the leaf's hash");
    expect(memcmp(leaf.ptr, "CNL1\1", 5) == 0 && leaf.ptr[17] == 1 && leaf.ptr[36] == 2,
           "the leaf's first two fields");
    const struct digest commitment = commitment_of(salt, payload);
    expect(memcmp(leaf.ptr + 39, commitment.byte, 32) == 0, "field 2 is the commitment");

    struct reader reader = reader_of(payload);
    expect(read_u8(&reader) == 2 && read_u8(&reader) == 1 && read_u8(&reader) == 0,
           "version, refused, person");
    expect(read_u8(&reader) == 4 && memcmp(read_bytes(&reader, 4).ptr, "news", 4) == 0, "purpose");
    expect(read_u8(&reader) == 3 && memcmp(read_bytes(&reader, 3).ptr, "sms", 3) == 0, "channel");
    expect(read_u8(&reader) == 0, "no recipient");
    const int64_t time = (int64_t)read_u64le(&reader);
    expect(str_equal(text_of_member(value_get(document, "event"), "time"),
                     str_from_time(job.arena, time)),
           "time");
    expect((int64_t)read_u64le(&reader) == time && read_u64le(&reader) == 0, "recorded, until");
    expect(str_is(read_text(&reader), "operator") && str_is(read_text(&reader), "7") &&
               str_is(read_text(&reader), "en") &&
               str_is(read_text(&reader), "May we \"write\"?") &&
               str_is(read_text(&reader), "call 7 \"quoted\" \\ \t"),
           "the five texts");
    expect(read_u8(&reader) == 0, "no token");
    expect(read_u8(&reader) == 32 && read_bytes(&reader, 32).len == 32, "prev");
    expect(reader_is_done(&reader), "no more");
    job_end(&job);
    free(receipt);
}

static void canonical_bytes_are_those_of_rfc_8785(void **state)
{
    static const char given[] = "{\"b\": [1, true, null, -7], \"a\": "
                                "\"\\u20ac$\\u000F\\u000aA'\\u0042\\u0022\\u005c\\\\\\\"/\","
                                " \"signature\": \"x\", \"c\": {\"signature\": \"kept\", \"\": 0}}";
    static const char wanted[] = RECEIPT_FORMAT
        "\n{\"a\":\"\xe2\x82\xac$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\",\"b\":[1,true,null,-7],"
        "\"c\":{\"\":0,\"signature\":\"kept\"}}";
    struct job job;
    const struct value *document = NULL;
    (void)state;
    job_begin(&job, host_real());
    must(json_read(&job, bytes_of(str_of(given)), NULL, "it", &document) == CANDOR_OK);
    const struct bytes found = receipt_signed_bytes(&job, document);
    expect(found.len == sizeof wanted - 1 && memcmp(found.ptr, wanted, found.len) == 0, "%.*s",
           (int)found.len, (const char *)found.ptr);
    job_end(&job);
}

int main(void)
{
    const struct CMUnitTest test[] = {
        cmocka_unit_test(every_kind_of_record_has_a_sound_receipt),
        cmocka_unit_test(a_change_anywhere_is_found),
        cmocka_unit_test(what_is_no_receipt_is_refused),
        cmocka_unit_test(the_file_is_as_its_page_describes_it),
        cmocka_unit_test(canonical_bytes_are_those_of_rfc_8785),
    };
    return cmocka_run_group_tests_name("receipt", test, begin, end);
}
