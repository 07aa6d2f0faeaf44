/*
 * test_licence.c - licences are known by headers, fields, sentences and whole texts; only what is not allowed
 * blocks.
 */
#include "originated.h"

#include "testing.h"

static struct job job;

static const struct expression_row {
    const char *text;
    bool is_one;
    bool is_allowed; /* where MIT, Apache-2.0, GPL-2.0-or-later and the Classpath pair are */
} expression_row[] = {
    {"MIT", true, true},
    {"mit", true, true},
    {"ISC", true, false},
    {"MIT OR ISC", true, true},
    {"MIT AND ISC", true, false},
    {"ISC OR MIT AND ISC", true, false},
    {"(ISC OR MIT) AND Apache-2.0", true, true},
    {"GPL-2.0-or-later", true, true},
    {"GPL-2.0+", true, true},
    {"GPL-2.0-only", true, false},
    {"GPL-3.0-only WITH Classpath-exception-2.0", true, true},
    {"GPL-3.0-only WITH Bison-exception-2.2", true, false},
    {"GPL-3.0-only", true, false},
    {"MIT WITH Bison-exception-2.2", true, true},
    {"LicenseRef-ours", true, false},
    {"DocumentRef-x:LicenseRef-y", true, false},
    {"a:b", false, false},
    {"", false, false},
    {"MIT OR", false, false},
    {"OR MIT", false, false},
    {"(MIT", false, false},
    {"MIT)", false, false},
    {"MIT MIT", false, false},
    {"MIT / ISC", false, false},
    {"MIT++", false, false},
    {"((((((((((((((((((((((((((((((((((((((((MIT))))))))))))))))))))))))))))))))))))))))", false,
     false},
};

static const struct str allowed[] = {{"MIT", 3},
                                     {"Apache-2.0", 10},
                                     {"GPL-2.0-or-later", 16},
                                     {"GPL-3.0-only WITH Classpath-exception-2.0", 41}};
enum { ALLOWED = sizeof allowed / sizeof allowed[0] };

static void expressions_are_judged(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof expression_row / sizeof expression_row[0]; i++) {
        const struct expression_row *row = &expression_row[i];
        if (licence_is_expression(str_of(row->text)) != row->is_one ||
            licence_is_allowed(str_of(row->text), allowed, ALLOWED) != row->is_allowed) {
            fail_msg("%s", row->text);
        }
    }
}

static const char text_a[] =
    "The Sample License\n\nCopyright (c) <year> <owner>\n\nYou may use, copy and change this work, "
    "as long as this notice stays in all copies of it.\n\nThe work comes as it is, and nobody "
    "answers for what it does or fails to do.\n";
static const char text_b[] =
    "The Sample License\n\nCopyright (c) <year> <owner>\n\nYou may use, copy and change this work, "
    "as long as this notice stays in all copies of it.\n\nYou may not use the names of its authors "
    "to promote what you made of it.\n\nThe work comes as it is, and nobody answers for what it "
    "does or fails to do.\n";

static struct origin_index *licences(void)
{
    struct origin_index *index = origin_begin(job.arena);
    assert_int_equal(origin_add_licence(&job, index, STR("Sample-A"), str_of(text_a)), CANDOR_OK);
    assert_int_equal(origin_add_licence(&job, index, STR("Sample-B"), str_of(text_b)), CANDOR_OK);
    assert_int_equal(origin_add_licence(&job, index, STR("Sample-A-only"), str_of(text_a)),
                     CANDOR_OK);
    assert_int_equal(origin_end(&job, index), CANDOR_OK);
    return index;
}

static struct gate_findings look(struct str text, const char *path,
                                 const struct gate_policy *policy, const struct origin_index *index)
{
    const struct gate *gate = gate_begin(job.arena);
    struct gate_findings found = gate_findings_in(job.arena, 1000);
    const struct gate_asked asked = {
        .kinds = GATE_ORIGIN, .path = str_of(path), .policy = policy, .licences = index};
    gate_scan(gate, text, &asked, &found);
    return found;
}

static const struct named_row {
    const char *path;
    const char *text;
    const char *about; /* NULL: nothing */
} named_row[] = {
    {"a.c", "/* SPDX-License-Identifier: GPL-2.0-only */", "GPL-2.0-only"},
    {"a.py", "# SPDX-License-Identifier: MIT OR Apache-2.0\n", "MIT OR Apache-2.0"},
    {"a.html", "<!-- SPDX-License-Identifier: ISC -->", "ISC"},
    {"a.c", "// SPDX-License-Identifier:\n", "what stands there is no SPDX licence expression"},
    {"package.json", "{\"name\": \"x\", \"license\": \"MIT\"}", "MIT"},
    {"data.json", "{\"name\": \"x\", \"license\": \"plate\"}", NULL},
    {"a.js", "/*! Released under the MIT license */", "MIT"},
    {"a.js", "/**\n * @license MIT\n */", "MIT"},
    {"a.js", " * Licensed under the Apache License,\n * Version 2.0 (the \"License\");",
     "Apache-2.0"},
    {"a.c",
     "it under the terms of the GNU General Public License as published by the Free Software "
     "Foundation; either version 2 of the License, or (at your option) any later version.",
     "GPL-2.0-or-later"},
    {"a.c",
     "under the terms of the GNU Lesser General Public License, version 2.1, as published by the "
     "Free Software Foundation",
     "LGPL-2.1-only"},
    {"a.txt", "Our license to operate was renewed in May.", NULL},
    {"a.txt", "You need a driving licence.", NULL},
};

static void licences_are_known_by_their_names(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof named_row / sizeof named_row[0]; i++) {
        const struct named_row *row = &named_row[i];
        const struct gate_findings found = look(str_of(row->text), row->path, NULL, NULL);
        if (found.count != (row->about != NULL) ||
            (row->about != NULL && !str_is(found.item[0].about, row->about))) {
            fail_msg("row %zu: %zu findings, %.*s", i, found.count,
                     found.count > 0 ? (int)found.item[0].about.len : 0,
                     found.count > 0 ? found.item[0].about.ptr : "");
        }
    }
}

static void whole_texts_are_known_and_the_longer_is_meant(void **state)
{
    (void)state;
    const struct origin_index *index = licences();
    const struct gate_findings a = look(
        STR("THE SAMPLE LICENCE\n(C) 2024 Somebody\n * you may use, copy and change this work, "
            "as long as\n * this notice stays in all copies of it. The work comes as it is, "
            "and nobody\n * answers for what it does or fails to do."),
        "a.js", NULL, index);
    assert_int_equal(a.count, 1);
    assert_true(str_is(a.item[0].about, "Sample-A-only, the same text as Sample-A"));
    const struct gate_findings b = look(str_of(text_b), "LICENSE", NULL, index);
    assert_int_equal(b.count, 1);
    assert_true(str_is(b.item[0].about, "Sample-B"));
    const struct gate_findings unknown =
        look(STR("Nobody may use this.\nAsk us."), "sub/LICENSE.md", NULL, index);
    assert_int_equal(unknown.count, 1);
}

/* GPL-2.0+ is the name that GPL-2.0-or-later once had; told with it once, whether the index has it or not. */
static void the_former_name_of_a_text_is_told(void **state)
{
    (void)state;
    struct origin_index *index = origin_begin(job.arena);
    static const struct {
        const char *id;
        const char *text;
    } row[] = {{"GPL-2.0-only", text_a},
               {"GPL-2.0-or-later", text_a},
               {"LGPL-3.0+", text_b},
               {"LGPL-3.0-or-later", text_b}};
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        assert_int_equal(origin_add_licence(&job, index, str_of(row[i].id), str_of(row[i].text)),
                         CANDOR_OK);
    }
    assert_int_equal(origin_end(&job, index), CANDOR_OK);
    const struct gate_findings a = look(str_of(text_a), "LICENSE", NULL, index);
    assert_int_equal(a.count, 1);
    assert_true(
        str_is(a.item[0].about, "GPL-2.0-only, the same text as GPL-2.0-or-later, GPL-2.0+"));
    const struct gate_findings b = look(str_of(text_b), "LICENSE", NULL, index);
    assert_int_equal(b.count, 1);
    assert_true(str_is(b.item[0].about, "LGPL-3.0+, the same text as LGPL-3.0-or-later"));
}

static void only_what_is_not_allowed_is_told(void **state)
{
    (void)state;
    const struct gate_policy policy = {
        .has_licences = true, .licence = allowed, .licence_count = ALLOWED};
    assert_int_equal(look(STR("// SPDX-License-Identifier: MIT"), "a.js", &policy, NULL).count, 0);
    const struct gate_findings found =
        look(STR("// SPDX-License-Identifier: AGPL-3.0-only"), "a.js", &policy, NULL);
    assert_int_equal(found.count, 1);
    assert_string_equal(found.item[0].rule, "cdr.origin.licence");
    assert_int_equal(look(str_of(text_b), "a.txt", &policy, licences()).count, 1);
}

static int begin(void **state)
{
    (void)state;
    job_begin(&job, host_real());
    return 0;
}

static int end(void **state)
{
    (void)state;
    job_end(&job);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(expressions_are_judged, begin, end),
        cmocka_unit_test_setup_teardown(licences_are_known_by_their_names, begin, end),
        cmocka_unit_test_setup_teardown(whole_texts_are_known_and_the_longer_is_meant, begin, end),
        cmocka_unit_test_setup_teardown(the_former_name_of_a_text_is_told, begin, end),
        cmocka_unit_test_setup_teardown(only_what_is_not_allowed_is_told, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
