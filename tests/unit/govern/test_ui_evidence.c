/*
 * test_ui_evidence.c - the evidence of how a notice looked: what is one, and what is not.
 *
 * The definition is a regular expression of the C library, and that no button comes twice; the code
 * is held against it on every text that is one edit away from a good one.
 */
#include <regex.h>
#include <stdio.h>
#include <string.h>

#include "ui_evidence.h"
#include "testing.h"

#define HEX "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define REST " sizes=equal defaults=off locale=de-AT screen=phone"
#define GOOD "notice=" HEX " buttons=refuse/accept/settings" REST
#define BUTTON "(refuse|accept|settings|save|close)"

static const char definition[] =
    "^notice=[0-9a-f]{64} buttons=" BUTTON "(/" BUTTON ")* sizes=(equal|different) "
    "defaults=(off|on|none) locale=[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))? "
    "screen=(phone|tablet|desktop)$";

static bool has_twice(const char *text, const char *button)
{
    const char *first = strstr(text, button);
    return first != NULL && strstr(first + 1, button) != NULL;
}

static bool is_good(const regex_t *regex, const char *text)
{
    return regexec(regex, text, 0, NULL, 0) == 0 && !has_twice(text, "refuse") &&
           !has_twice(text, "accept") && !has_twice(text, "settings") && !has_twice(text, "save") &&
           !has_twice(text, "close");
}

static const char *wrong_with(const char *text)
{
    struct ui_evidence evidence;
    return ui_evidence_read(str_of(text), &evidence);
}

static void agree(const regex_t *regex, const char *text)
{
    expect((wrong_with(text) == NULL) == is_good(regex, text), "'%s': %s", text,
           wrong_with(text) == NULL ? "taken" : wrong_with(text));
}

static void each_edit_is_judged_by_the_definition(void **state)
{
    static const char *const start[] = {
        GOOD,
        "notice=" HEX " buttons=save sizes=different defaults=none locale=zh-Hant-TW screen=tablet",
        "notice=" HEX " buttons=close/save sizes=equal defaults=on locale=es-419 screen=desktop",
        "notice=" HEX " buttons=accept/refuse sizes=equal defaults=off locale=sr-Latn screen=phone",
        "notice=" HEX " buttons=accept/accept sizes=equal defaults=off locale=gsw screen=phone",
    };
    static const char byte[] = "aezA09 =/-+\t\"";
    regex_t regex;
    (void)state;
    must(regcomp(&regex, definition, REG_EXTENDED | REG_NOSUB) == 0);
    for (size_t s = 0; s < sizeof start / sizeof start[0]; s++) {
        const size_t len = strlen(start[s]);
        agree(&regex, start[s]);
        for (size_t at = 0; at < len; at++) {
            char text[512];
            (void)snprintf(text, sizeof text, "%.*s%s", (int)at, start[s], start[s] + at + 1);
            agree(&regex, text); /* one less */
            for (size_t b = 0; byte[b] != '\0'; b++) {
                (void)snprintf(text, sizeof text, "%s", start[s]);
                text[at] = byte[b];
                agree(&regex, text); /* another */
                (void)snprintf(text, sizeof text, "%.*s%c%s", (int)at, start[s], byte[b],
                               start[s] + at);
                agree(&regex, text); /* one more */
            }
            (void)snprintf(text, sizeof text, "%.*s", (int)at, start[s]);
            agree(&regex, text); /* cut */
        }
    }
    regfree(&regex);
}

static void what_is_wrong_is_said(void **state)
{
    static const struct {
        const char *text;
        const char *said;
    } row[] = {
        {"", "'notice='"},
        {"anna@example.org", "'notice='"},
        {"notice=" HEX, "'buttons='"},
        {"notice=" HEX "0 buttons=refuse/accept" REST, "'notice='"},
        {"notice=0123456789ABCDEF0123456789abcdef0123456789abcdef0123456789abcdef "
         "buttons=accept" REST,
         "'notice='"},
        {"notice=" HEX " buttons=" REST, "'buttons='"},
        {"notice=" HEX " buttons=accept/" REST, "'buttons='"},
        {"notice=" HEX " buttons=accept/refuse/accept" REST, "'buttons='"},
        {"notice=" HEX " buttons=Accept" REST, "'buttons='"},
        {"notice=" HEX " buttons=accept sizes=12x8 defaults=off locale=de screen=phone",
         "'sizes='"},
        {"notice=" HEX " buttons=accept sizes=equal defaults=yes locale=de screen=phone",
         "'defaults='"},
        {"notice=" HEX " buttons=accept sizes=equal defaults=off locale=de-x-anna screen=phone",
         "'locale='"},
        {"notice=" HEX " buttons=accept sizes=equal defaults=off locale=de screen=iPhone14,3",
         "'screen='"},
        {"notice=" HEX " buttons=accept defaults=off sizes=equal locale=de screen=phone",
         "'sizes='"},
        {GOOD " ", "more"},
        {GOOD " by=anna", "more"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        const char *wrong = wrong_with(row[i].text);
        expect(wrong != NULL && strstr(wrong, row[i].said) != NULL, "'%s': %s", row[i].text,
               wrong == NULL ? "taken" : wrong);
    }
}

static void parts_are_views_of_the_text(void **state)
{
    static const char *const value[UI_PARTS] = {
        HEX, "refuse/accept/settings", "equal", "off", "de-AT", "phone"};
    struct ui_evidence evidence;
    (void)state;
    must(ui_evidence_read(str_of(GOOD), &evidence) == NULL);
    for (unsigned p = 0; p < UI_PARTS; p++) {
        expect(str_is(evidence.part[p], value[p]), "%s", ui_part_name((enum ui_part)p));
    }
    expect(!ui_evidence_is_preticked(&evidence), "off");
    must(ui_evidence_read(str_of("notice=" HEX " buttons=accept sizes=equal defaults=on locale=de "
                                 "screen=phone"),
                          &evidence) == NULL);
    expect(ui_evidence_is_preticked(&evidence), "on");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_edit_is_judged_by_the_definition),
        cmocka_unit_test(what_is_wrong_is_said),
        cmocka_unit_test(parts_are_views_of_the_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
