/*
 * form.c - what a text is before any of it is read: prose, a program, neither; a letter.
 */
#include "prose.h"

#include <string.h>

/* ---- prose or program ------------------------------------------------------------------------ */

/* A point within its last name: "notes" and ".profile" have none. */
static bool path_has_ending(struct str path)
{
    size_t at = path.len;
    while (at > 0 && path.ptr[at - 1] != '/' && path.ptr[at - 1] != '.') {
        at--;
    }
    return at > 1 && path.ptr[at - 1] == '.' && path.ptr[at - 2] != '/';
}

/* Prose by its ending or for want of one; whatever else has an ending is taken for a program. */
enum form form_of(struct str path)
{
    static const char *const none[] = {".css",  ".scss", ".png", ".jpg",  ".jpeg", ".gif",
                                       ".webp", ".woff", ".zip", ".gz",   ".pdf",  ".ico",
                                       ".p12",  ".pfx",  ".pem", ".lock", ".map",  ".woff2"};
    static const char *const prose[] = {".txt",  ".md",   ".markdown", ".html",   ".htm", ".xhtml",
                                        ".eml",  ".rst",  ".adoc",     ".json",   ".csv", ".tsv",
                                        ".xml",  ".yml",  ".yaml",     ".liquid", ".hbs", ".tpl",
                                        ".mjml", ".svg",  ".rtf",      ".tex",    ".po",  ".srt",
                                        ".org",  ".text", ".jsonl",    ".log"};
    static const char *const made[] = {"Makefile",    "makefile",    "GNUmakefile",   "Dockerfile",
                                       "Jenkinsfile", "Vagrantfile", "Gemfile",       "Rakefile",
                                       "Procfile",    "configure",   "CMakeLists.txt"};
    if (path.len == 0) { /* a prompt, an answer: often, and short */
        return FORM_TEXT;
    }
    for (size_t i = 0; i < sizeof made / sizeof made[0]; i++) {
        const struct str name = str_of(made[i]);
        if (str_ends(path, name) &&
            (path.len == name.len || path.ptr[path.len - name.len - 1] == '/')) {
            return FORM_CODE;
        }
    }
    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++) {
        if (str_ends(path, str_of(none[i]))) {
            return FORM_NONE;
        }
    }
    for (size_t i = 0; i < sizeof prose / sizeof prose[0]; i++) {
        if (str_ends(path, str_of(prose[i]))) {
            return FORM_TEXT;
        }
    }
    return path_has_ending(path) ? FORM_CODE : FORM_TEXT;
}

/* Signs that no writing has, one in fifty of the first ones: a program that was translated, a picture. */
static bool is_binary(struct str text)
{
    enum { LOOK = 4096, OF = 50 };
    const struct str first = str_slice(text, 0, LOOK);
    size_t count = 0;
    for (size_t i = 0; i < first.len; i++) {
        const unsigned char sign = (unsigned char)first.ptr[i];
        count += sign < '\t' || (sign > '\r' && sign < ' ' && sign != 0x1b);
    }
    return count * OF > first.len;
}

enum form text_form(struct str path, struct str text)
{
    const enum form form = form_of(path);
    const bool may_be_binary = path.len > 0 && (form == FORM_CODE || !path_has_ending(path));
    if (may_be_binary && is_binary(text)) {
        return FORM_NONE; /* what says that it is text is read, whatever stands in it */
    }
    return form == FORM_TEXT && path.len > 0 && str_starts(text, STR("#!/")) ? FORM_CODE : form;
}

/* ---- letters ---------------------------------------------------------------------------------- */

static bool begins_with_one_of(struct str text, size_t at, const char *const list[], size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (begins_small(text, at, list[i])) {
            return true;
        }
    }
    return false;
}

/* A subject, or a greeting at the beginning of a line. */
static bool begins_as_mail(struct str text)
{
    static const char *const greeting[] = {"hi ",   "dear ",        "hello ",  "hallo ",
                                           "liebe", "sehr geehrte", "bonjour", "hola "};
    static const char *const head[] = {"subject:", "betreff:"};
    enum { HEAD_LEN = 7 }; /* of both, without the colon */
    bool found = begins_with_one_of(text, 0, greeting, sizeof greeting / sizeof greeting[0]);
    for (const char *at = text.ptr; !found && at != NULL;) {
        at = memchr(at, '\n', text.len - (size_t)(at - text.ptr));
        at = at == NULL ? NULL : at + 1;
        found = at != NULL && begins_with_one_of(text, (size_t)(at - text.ptr), greeting,
                                                 sizeof greeting / sizeof greeting[0]);
    }
    for (size_t at = 0; !found && at < text.len; at++) {
        const char *colon = memchr(text.ptr + at, ':', text.len - at);
        at = colon == NULL ? text.len : (size_t)(colon - text.ptr);
        found = colon != NULL && at >= HEAD_LEN && begins_with_one_of(text, at - HEAD_LEN, head, 2);
    }
    return found;
}

bool text_is_mail(struct str text)
{
    enum { LOOK = 4096 };
    static const char *const leave[] = {"unsubscribe", "reply to this email"};
    if (text.len > 0 && begins_as_mail(str_slice(text, 0, LOOK))) {
        return true;
    }
    for (size_t at = text.len < LOOK ? 0 : text.len - LOOK; at < text.len; at++) {
        if (is_among(text.ptr[at], "uUrR") && begins_with_one_of(text, at, leave, 2)) {
            return true;
        }
    }
    return false;
}
