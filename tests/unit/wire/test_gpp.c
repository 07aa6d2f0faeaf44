/*
 * test_gpp.c - GPP strings: every vector, headers and Fibonacci codes, back again, and the traps.
 */
#include "vectors.h"

#include "inside.h"

/* What the vectors leave raw, or give in the library's own words, is not compared by field. */
static bool is_described(const struct value *section)
{
    return value_get(section, "fields") != NULL;
}

static void check_fields(struct job *job, const struct gpp *gpp, const struct value *vector)
{
    const struct value *sections = value_get(value_get(vector, "expect"), "sections");
    const struct value *tree = NULL;
    DESCRIBED(job, tree, gpp_json(&described, job->arena, gpp));
    for (size_t i = 0; sections != NULL && i < sections->count; i++) {
        const struct value *expected = &sections->item[i];
        const struct value *got = value_get(value_get(tree, "sections"), sections->key[i].ptr);
        expect(got != NULL, "%s: %s", text_of(vector, "id").ptr, sections->key[i].ptr);
        if (value_get(expected, "library_fields") != NULL) {
            expect(value_same(value_get(got, "fields"), value_get(expected, "library_fields")),
                   "%s: %s", text_of(vector, "id").ptr, sections->key[i].ptr);
        }
        if (is_described(expected)) {
            expect(value_same(value_get(got, "fields"), value_get(expected, "fields")), "%s: %s",
                   text_of(vector, "id").ptr, sections->key[i].ptr);
        }
    }
}

static bool same_ids(const uint32_t *id, size_t count, const struct value *list)
{
    for (size_t i = 0; i < count && list->count == count; i++) {
        if (id[i] != (uint32_t)list->item[i].integer) {
            return false;
        }
    }
    return list->count == count;
}

/* The same values come back, whatever padding the first string had. */
static void check_again(struct job *job, const struct gpp *gpp, const struct value *vector)
{
    struct gpp again;
    const struct value *first = NULL;
    const struct value *second = NULL;
    const struct str text = gpp_encode(job->arena, gpp->section, gpp->count);
    assert_int_equal(gpp_decode(job->arena, text, &again), SIGNAL_FINE);
    for (size_t i = 0; i < gpp->count; i++) {
        again.section[i].raw = gpp->section[i].raw; /* the one thing that may differ */
    }
    DESCRIBED(job, first, gpp_json(&described, job->arena, gpp));
    DESCRIBED(job, second, gpp_json(&described, job->arena, &again));
    expect(value_same(second, first), "%s, written again", text_of(vector, "id").ptr);
}

static void check_string(struct job *job, const struct value *vector)
{
    const struct value *expected = value_get(vector, "expect");
    const bool is_header = value_get(expected, "header_only") != NULL;
    uint32_t id[GPP_SECTIONS_MAX];
    size_t count = 0;
    struct gpp gpp = {0};
    const struct str text = text_of(vector, "string");
    const enum signal_fault fault =
        is_header ? gpp_header_decode(text, id, &count) : gpp_decode(job->arena, text, &gpp);
    expect((fault == SIGNAL_FINE) == is_true(expected, "ok"), "%s: %s", text_of(vector, "id").ptr,
           signal_fault_code(fault));
    if (fault != SIGNAL_FINE) {
        expect(str_is(text_of(expected, "reason"), signal_fault_code(fault)), "%s: %s",
               text_of(vector, "id").ptr, signal_fault_code(fault));
        return;
    }
    for (size_t i = 0; i < gpp.count; i++) {
        id[i] = gpp.section[i].id;
        count = i + 1;
    }
    expect(same_ids(id, count, value_get(expected, "section_ids")), "%s",
           text_of(vector, "id").ptr);
    if (!is_header) {
        check_fields(job, &gpp, vector);
        check_again(job, &gpp, vector);
    }
}

static void check_file(const char *name, void (*check)(struct job *, const struct value *))
{
    struct job job;
    job_begin(&job, host_real());
    const struct value *list = vectors(&job, name);
    for (size_t i = 0; list != NULL && i < list->count; i++) {
        check(&job, &list->item[i]);
    }
    if (list != NULL) {
        print_message("%zu vectors of %s\n", list->count, name);
    }
    const bool is_absent = list == NULL;
    job_end(&job);
    if (is_absent) {
        skip();
    }
}

static void every_string_of_the_reference_libraries_is_read(void **state)
{
    (void)state;
    check_file("gpp/official.json", check_string);
}

static void every_generated_string_is_read(void **state)
{
    (void)state;
    check_file("gpp/generated.json", check_string);
}

static void every_malformed_string_is_refused_for_its_reason(void **state)
{
    (void)state;
    check_file("gpp/malformed.json", check_string);
}

/* ---- sections alone ------------------------------------------------------------------------ */

static enum signal_fault decode_alone(struct job *job, uint32_t id, struct str raw, struct tcf *tcf,
                                      struct gpp_section *section)
{
    switch (id) {
    case GPP_TCF_EU:
        return tcf_decode(job->arena, raw, tcf);
    case GPP_TCF_CA:
        return tcf_ca_decode(job->arena, raw, tcf);
    default:
        return gpp_section_decode(id, raw, section);
    }
}

static void check_us(struct job *job, struct gpp_section *section, const struct value *vector)
{
    const struct value *expected = value_get(vector, "expect");
    const struct value *fields = value_get(expected, "fields");
    const struct value *tree = NULL;
    const struct gpp gpp = {section, 1};
    fields = fields == NULL ? value_get(expected, "library_fields") : fields;
    DESCRIBED(job, tree, gpp_json(&described, job->arena, &gpp));
    const struct value *got = value_get(value_get(tree, "sections"), gpp_section_name(section->id));
    must(fields != NULL);
    for (size_t i = 0; i < fields->count; i++) {
        /* The library reports a missing GPC as false in the sections that it alone decoded. */
        const struct value *value = value_get(value_get(got, "fields"), fields->key[i].ptr);
        const bool is_absent_gpc = str_is(fields->key[i], "Gpc") && value != NULL &&
                                   value->kind == VALUE_NULL &&
                                   value_get(expected, "library_fields") != NULL;
        expect(is_absent_gpc || value_same(value, &fields->item[i]), "%s: %s",
               text_of(vector, "id").ptr, fields->key[i].ptr);
    }
}

static bool same_bits(const struct value *list, uint32_t set)
{
    for (size_t i = 0; i < list->count; i++) {
        if (list->item[i].boolean != ((set >> i & 1) == 1)) {
            return false;
        }
    }
    return true;
}

static bool same_vendors(const struct value *list, const struct idset *set)
{
    uint32_t next = 0;
    for (size_t i = 0; i < list->count; i++) {
        for (next++; next < (uint32_t)list->item[i].integer; next++) {
            if (idset_has(set, next)) {
                return false;
            }
        }
        if (!idset_has(set, next)) {
            return false;
        }
    }
    return !idset_has(set, next + 1);
}

static void check_canada(const struct tcf *tcf, const struct value *vector)
{
    const struct value *fields = value_get(value_get(vector, "expect"), "library_fields");
    const char *id = text_of(vector, "id").ptr;
    expect(tcf->cmp_id == value_get(fields, "CmpId")->integer, "%s", id);
    expect(tcf->vendor_list_version == value_get(fields, "VendorListVersion")->integer, "%s", id);
    expect(same_bits(value_get(fields, "SpecialFeatureExpressConsent"), tcf->special_features),
           "%s", id);
    expect(same_bits(value_get(fields, "PurposesExpressConsent"), tcf->purposes_consent), "%s", id);
    expect(same_bits(value_get(fields, "PurposesImpliedConsent"), tcf->purposes_interest), "%s",
           id);
    expect(same_vendors(value_get(fields, "VendorExpressConsent"), &tcf->vendor_consent), "%s", id);
    expect(same_vendors(value_get(fields, "VendorImpliedConsent"), &tcf->vendor_interest), "%s",
           id);
    const struct value *restrictions = value_get(fields, "PubRestrictions");
    expect(restrictions->count == tcf->restriction_count, "%s", id);
    for (size_t i = 0; i < tcf->restriction_count; i++) {
        expect(same_vendors(value_get(&restrictions->item[i], "ids"), &tcf->restriction[i].vendors),
               "%s", id);
    }
    if (tcf->has_disclosed) {
        expect(same_vendors(value_get(fields, "DisclosedVendors"), &tcf->disclosed), "%s", id);
    }
    if (tcf->has_publisher) {
        expect(same_bits(value_get(fields, "PubPurposesExpressConsent"), tcf->publisher.consent),
               "%s", id);
        expect(same_bits(value_get(fields, "CustomPurposesImpliedConsent"),
                         (uint32_t)tcf->publisher.custom_interest),
               "%s", id);
    }
}

static void check_section(struct job *job, const struct value *vector)
{
    const struct value *expected = value_get(vector, "expect");
    const uint32_t id = (uint32_t)value_get(vector, "section_id")->integer;
    struct tcf tcf;
    struct gpp_section section;
    assert_int_equal(gpp_section_of(text_of(vector, "section")), id);
    const enum signal_fault fault =
        decode_alone(job, id, text_of(vector, "string"), &tcf, &section);
    expect((fault == SIGNAL_FINE) == is_true(expected, "ok"), "%s: %s", text_of(vector, "id").ptr,
           signal_fault_code(fault));
    if (fault != SIGNAL_FINE) {
        return;
    }
    if (id == GPP_TCF_EU) {
        const struct value *tree = NULL;
        DESCRIBED(job, tree, json_key(&described, LIT("ok")); json_bool(&described, true);
                  tcf_json(&described, job->arena, &tcf));
        expect(value_same(tree, expected), "%s", text_of(vector, "id").ptr);
    } else if (id == GPP_TCF_CA) {
        check_canada(&tcf, vector);
    } else {
        check_us(job, &section, vector);
    }
}

static void every_section_alone_is_read(void **state)
{
    (void)state;
    check_file("gpp/sections-official.json", check_section);
}

/* ---- headers and codes --------------------------------------------------------------------- */

static void check_header(struct job *job, const struct value *vector)
{
    static const char *const form[] = {"header_pad6", "header_pad8_6"};
    uint32_t id[GPP_SECTIONS_MAX];
    size_t count = 0;
    const struct value *ids = value_get(vector, "section_ids");
    for (size_t f = 0; f < 2; f++) {
        const enum signal_fault fault = gpp_header_decode(text_of(vector, form[f]), id, &count);
        expect(fault == SIGNAL_FINE && same_ids(id, count, ids), "%s %s", form[f],
               text_of(vector, "id").ptr);
    }
    expect(str_equal(gpp_header_encode(job->arena, id, count), text_of(vector, form[1])), "%s",
           text_of(vector, "id").ptr);
}

static void every_header_is_read_in_both_paddings_and_written_in_the_libraries(void **state)
{
    (void)state;
    check_file("gpp/headers.json", check_header);
}

static void check_code(struct job *job, const struct value *vector)
{
    const struct str digits = text_of(vector, "bits");
    const uint32_t value = (uint32_t)value_get(vector, "value")->integer;
    struct bit_writer writer = bit_writer_begin(job->arena);
    struct bit_writer other = bit_writer_begin(job->arena);
    struct bits bits;
    put_fibonacci(&writer, value);
    for (size_t i = 0; i < digits.len; i++) {
        put_bits(&other, digits.ptr[i] == '1' ? 1 : 0, 1);
    }
    const struct str text = bit_writer_text(&writer);
    expect(str_equal(text, bit_writer_text(&other)), "%u", value);
    assert_int_equal(bits_decode(job->arena, text, &bits), SIGNAL_FINE);
    expect(bits_fibonacci(&bits) == value && bits.at == digits.len, "%u", value);
}

static void every_fibonacci_code_is_read_and_written(void **state)
{
    (void)state;
    check_file("gpp/fibonacci.json", check_code);
}

/* ---- traps --------------------------------------------------------------------------------- */

static void a_string_is_refused_for_what_no_reader_may_guess(void **state)
{
    static const struct {
        const char *text;
        enum signal_fault fault;
    } row[] = {
        {"", SIGNAL_EMPTY},
        {"DBAA", SIGNAL_FINE},
        {"DBABTA~1YNN", SIGNAL_FINE},
        {"DBABTA~1ynn", SIGNAL_BAD_CHARACTER},
        {"DBABTA~", SIGNAL_EMPTY},
        {"DBABTA~1YNN~", SIGNAL_SECTION_COUNT},
        {"DBABT_~1YNN", SIGNAL_TRAILING_DATA},
        {"DBABLA~BVQqAAAAAgA.QA", SIGNAL_FINE},
        {"DBABLA~BVQqAAAAAgA.QA.QA", SIGNAL_SEGMENT_TWICE},
        {"DBABLA~BVQqAAAAAgA.AA", SIGNAL_UNKNOWN_SEGMENT}, /* type 0 is the core's */
        {"DBABLA~BVQqAAAAAgA.", SIGNAL_TRUNCATED_SECTION},
        {"DBABLA~BVQqAAAAAgA.QB", SIGNAL_TRAILING_DATA},
        {"DBABLA~BVQqAAAAAgB", SIGNAL_FINE}, /* fields we do not know: see the reading */
        {"DBABLA~BVQqAAAAAgAAAAAAAAAAAAA", SIGNAL_TRAILING_DATA},
        {"DBABLA~DVQqAAAAAgA", SIGNAL_UNSUPPORTED_VERSION},
        {"DBABLA~BVQqAAAA", SIGNAL_TRUNCATED_SECTION},
        {"DBAB", SIGNAL_TRUNCATED_HEADER},
        {"DA", SIGNAL_UNSUPPORTED_VERSION},
        {"D", SIGNAL_TRUNCATED_HEADER},
        {"CBAA", SIGNAL_NOT_GPP},
    };
    struct job job;
    (void)state;
    job_begin(&job, host_real());
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        struct gpp gpp;
        const enum signal_fault fault = gpp_decode(job.arena, str_of(row[i].text), &gpp);
        expect(fault == row[i].fault, "'%s': %s", row[i].text, signal_fault_code(fault));
    }
    job_end(&job);
}

static void florida_utah_and_virginia_have_no_gpc(void **state)
{
    static const char *const name[] = {"usfl", "usut", "usva"};
    struct job job;
    (void)state;
    job_begin(&job, host_real());
    for (size_t i = 0; i < 3; i++) {
        struct gpp_section section = gpp_section_new(gpp_section_of(str_of(name[i])));
        const struct str text = gpp_encode(job.arena, &section, 1);
        struct gpp gpp;
        assert_int_equal(gpp_decode(job.arena, text, &gpp), SIGNAL_FINE);
        assert_int_equal(
            gpp_decode(job.arena, str_format(job.arena, "%.*s.QA", STR_ARG(text)), &gpp),
            SIGNAL_UNKNOWN_SEGMENT);
    }
    job_end(&job);
}

/* The documents of four sections put a header before the core: id, version, sub-sections. */
static void a_section_with_the_documents_header_is_read_too(void **state)
{
    struct job job;
    struct gpp_section plain;
    struct gpp_section with;
    (void)state;
    job_begin(&job, host_real());
    for (uint32_t id = 24; id <= 27; id++) {
        const struct str core = id == 24 ? STR("BVVU.YA") : STR("BVVV.kkk");
        struct bit_writer header = bit_writer_begin(job.arena);
        put_bits(&header, id, 6);
        put_bits(&header, 1, 6);
        put_bits(&header, 1, 12);
        put_bits(&header, 0, 1);
        put_fibonacci(&header, 1);
        assert_int_equal(gpp_section_decode(id, core, &plain), SIGNAL_FINE);
        const struct str text =
            str_format(job.arena, "%.*s.%.*s", STR_ARG(bit_writer_text(&header)), STR_ARG(core));
        expect(gpp_section_decode(id, text, &with) == SIGNAL_FINE, "section %u", id);
        assert_memory_equal(&plain.is.us, &with.is.us, sizeof plain.is.us);
    }
    job_end(&job);
}

static void a_section_with_more_than_its_layout_reads_as_opted_out(void **state)
{
    struct gpp_section section;
    (void)state;
    assert_int_equal(gpp_section_decode(GPP_US_NATIONAL, STR("BVQqAAAAAgA.QA"), &section),
                     SIGNAL_FINE);
    assert_false(gpp_read(&section).no_sale);
    assert_int_equal(gpp_section_decode(GPP_US_NATIONAL, STR("BVQqAAAAAgB.QA"), &section),
                     SIGNAL_FINE);
    assert_true(gpp_read(&section).no_sale && gpp_read(&section).no_targeting);
}

static void a_value_that_means_nothing_is_no_permission(void **state)
{
    struct gpp_section section = gpp_section_new(GPP_US_NATIONAL);
    (void)state;
    section.is.us.value[GPP_SALE_OPT_OUT] = 3;
    assert_true(gpp_read(&section).no_sale);
    section.is.us.value[GPP_SALE_OPT_OUT] = 2;
    assert_false(gpp_read(&section).no_sale);
    section.is.us.child[0] = 3;
    section.is.us.sensitive[4] = 3;
    assert_true(gpp_read(&section).no_profile);
    assert_int_equal(gpp_read(&section).sensitive, 1U << 4);
}

static void the_most_restrictive_reading_counts(void **state)
{
    struct gpp_section section = gpp_section_new(GPP_US_NATIONAL);
    struct gpp_us *us = &section.is.us;
    (void)state;
    struct gpp_reading reading = gpp_read(&section);
    assert_false(reading.no_sale || reading.no_profile || reading.only_processor);

    us->value[GPP_SHARING_OPT_OUT] = 1;
    reading = gpp_read(&section);
    assert_true(reading.no_sale && reading.no_sharing && reading.no_targeting);
    us->value[GPP_SHARING_OPT_OUT] = 2;
    assert_false(gpp_read(&section).no_sharing);

    us->value[GPP_SALE_NOTICE] = 2; /* never told of the choice, so never asked */
    assert_true(gpp_read(&section).no_sale);
    us->value[GPP_SALE_OPT_OUT] = 2;
    assert_false(gpp_read(&section).no_sale);

    us->has_gpc = us->gpc = true;
    assert_true(gpp_read(&section).no_targeting);
    us->child[2] = 1;
    assert_true(gpp_read(&section).no_profile);
    us->sensitive[15] = 1;
    assert_int_equal(gpp_read(&section).sensitive, 1U << 15);
    us->value[GPP_MSPA_SERVICE_PROVIDER] = 1;
    assert_true(gpp_read(&section).only_processor);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_string_of_the_reference_libraries_is_read),
        cmocka_unit_test(every_generated_string_is_read),
        cmocka_unit_test(every_malformed_string_is_refused_for_its_reason),
        cmocka_unit_test(every_section_alone_is_read),
        cmocka_unit_test(every_header_is_read_in_both_paddings_and_written_in_the_libraries),
        cmocka_unit_test(every_fibonacci_code_is_read_and_written),
        cmocka_unit_test(a_string_is_refused_for_what_no_reader_may_guess),
        cmocka_unit_test(florida_utah_and_virginia_have_no_gpc),
        cmocka_unit_test(a_section_with_the_documents_header_is_read_too),
        cmocka_unit_test(a_section_with_more_than_its_layout_reads_as_opted_out),
        cmocka_unit_test(a_value_that_means_nothing_is_no_permission),
        cmocka_unit_test(the_most_restrictive_reading_counts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
