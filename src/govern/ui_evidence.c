/*
 * ui_evidence.c - the evidence of how a notice looked, read strictly.
 *
 * A part that is missing, in another place or in other words is refused, never repaired: what is
 * stored is what was sent, and who checks a receipt compares bytes.
 */
#include "ui_evidence.h"

enum { DIGEST_DIGITS = 64 };

static bool is_one_of(struct str word, const char *const *known)
{
    for (; *known != NULL; known++) {
        if (str_is(word, *known)) {
            return true;
        }
    }
    return false;
}

/* All of the text, and at least one byte, between two bytes. */
static bool is_all(struct str text, char least, char most)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] < least || text.ptr[i] > most) {
            return false;
        }
    }
    return text.len > 0;
}

static bool is_digest(struct str text)
{
    for (size_t i = 0; i < text.len; i++) {
        const struct str digit = str_slice(text, i, i + 1);
        if (!is_all(digit, '0', '9') && !is_all(digit, 'a', 'f')) {
            return false;
        }
    }
    return text.len == DIGEST_DIGITS;
}

static bool is_buttons(struct str text)
{
    static const char *const known[] = {"refuse", "accept", "settings", "save", "close", NULL};
    struct str rest = text;
    while (rest.ptr != NULL) {
        const struct str button = str_cut(&rest, '/');
        struct str later = rest;
        if (!is_one_of(button, known)) {
            return false;
        }
        while (later.ptr != NULL) {
            if (str_equal(str_cut(&later, '/'), button)) {
                return false;
            }
        }
    }
    return text.len > 0;
}

static bool is_sizes(struct str text)
{
    static const char *const known[] = {"equal", "different", NULL};
    return is_one_of(text, known);
}

static bool is_defaults(struct str text)
{
    static const char *const known[] = {"off", "on", "none", NULL};
    return is_one_of(text, known);
}

static bool is_screen(struct str text)
{
    static const char *const known[] = {"phone", "tablet", "desktop", NULL};
    return is_one_of(text, known);
}

static bool is_script(struct str text)
{
    return text.len == 4 && is_all(str_slice(text, 0, 1), 'A', 'Z') &&
           is_all(str_slice(text, 1, 4), 'a', 'z');
}

static bool is_region(struct str text)
{
    return (text.len == 2 && is_all(text, 'A', 'Z')) || (text.len == 3 && is_all(text, '0', '9'));
}

/* BCP 47 without variants and private use, which are free text. */
static bool is_locale(struct str text)
{
    struct str rest = text;
    const struct str language = str_cut(&rest, '-');
    if (!is_all(language, 'a', 'z') || language.len < 2 || language.len > 3) {
        return false;
    }
    if (rest.ptr == NULL) {
        return true;
    }
    struct str next = str_cut(&rest, '-');
    if (is_script(next)) {
        if (rest.ptr == NULL) {
            return true;
        }
        next = str_cut(&rest, '-');
    }
    return is_region(next) && rest.ptr == NULL;
}

static const struct {
    const char *name;
    bool (*fits)(struct str text);
    const char *rule;
} part_row[UI_PARTS] = {
    [UI_NOTICE] = {"notice", is_digest, "needs 'notice=' first: a SHA-256, 64 digits 0-9 and a-f"},
    [UI_BUTTONS] =
        {"buttons", is_buttons,
         "needs 'buttons=' second: refuse, accept, settings, save, close in the order in "
         "which they were shown, as refuse/accept, each at most once"},
    [UI_SIZES] = {"sizes", is_sizes, "needs 'sizes=' third: equal or different"},
    [UI_DEFAULTS] = {"defaults", is_defaults, "needs 'defaults=' fourth: off, on or none"},
    [UI_LOCALE] =
        {"locale", is_locale,
         "needs 'locale=' fifth: a language, script and region, as de, de-AT or zh-Hant-TW"},
    [UI_SCREEN] = {"screen", is_screen, "needs 'screen=' last: phone, tablet or desktop"},
};

const char *ui_part_name(enum ui_part part)
{
    return part_row[part].name;
}

const char *ui_evidence_read(struct str text, struct ui_evidence *evidence)
{
    struct str rest = text;
    for (unsigned p = 0; p < UI_PARTS; p++) {
        struct str value = str_cut(&rest, ' ');
        const struct str name = str_cut(&value, '=');
        if (!str_is(name, part_row[p].name) || !part_row[p].fits(value)) {
            return part_row[p].rule;
        }
        evidence->part[p] = value;
    }
    return rest.ptr == NULL ? NULL : "has more after 'screen='";
}

bool ui_evidence_is_preticked(const struct ui_evidence *evidence)
{
    return str_is(evidence->part[UI_DEFAULTS], "on");
}
