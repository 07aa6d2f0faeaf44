/*
 * c2pa_place.c - which form of a manifest a file takes, and where.
 *
 * In front of everything where that is allowed; at the end where the first line has a meaning of its own
 * (#!, <?xml, @charset, the --- of front matter, <?php).
 */
#include "c2pa.h"

#include <string.h>
#include <strings.h>

static const struct {
    const char *end; /* of the file's name */
    const char *open;
    const char *close;
} comment[] = {
    {".js", "//", ""},      {".mjs", "//", ""},      {".cjs", "//", ""},
    {".ts", "//", ""},      {".tsx", "//", ""},      {".jsx", "//", ""},
    {".css", "/*", "*/"},   {".py", "#", ""},        {".sh", "#", ""},
    {".rb", "#", ""},       {".yaml", "#", ""},      {".yml", "#", ""},
    {".toml", "#", ""},     {".sql", "--", ""},      {".php", "//", ""},
    {".md", "<!--", "-->"}, {".xml", "<!--", "-->"}, {".markdown", "<!--", "-->"},
};
static const char *const no_form[] = {".json", ".csv", ".svg"};

static bool ends_alike(struct str file, const char *end)
{
    const size_t len = strlen(end);
    return file.len >= len && strncasecmp(file.ptr + file.len - len, end, len) == 0;
}

static bool first_line_is_taken(struct str text)
{
    static const char *const start[] = {"#!", "<?", "@charset", "---", "\xef\xbb\xbf"};
    for (size_t i = 0; i < sizeof start / sizeof start[0]; i++) {
        if (str_starts(text, str_of(start[i]))) {
            return true;
        }
    }
    return false;
}

/* A comment is one in PHP only between its marks; what stands after the last is sent out. */
static bool can_end_in_php(struct str text)
{
    return str_starts(text, STR("<?php")) && !str_contains(text, STR("?>"));
}

bool c2pa_place_of(struct str file, struct str text, bool is_page, size_t page_head,
                   struct c2pa_place *place)
{
    *place = (struct c2pa_place){C2PA_SELECTORS, "", "", text.len, true};
    if (is_page) {
        *place = (struct c2pa_place){C2PA_SCRIPT, "", "", page_head, false};
        return true;
    }
    for (size_t i = 0; i < sizeof no_form / sizeof no_form[0]; i++) {
        if (ends_alike(file, no_form[i])) {
            return false;
        }
    }
    for (size_t i = 0; i < sizeof comment / sizeof comment[0]; i++) {
        if (ends_alike(file, comment[i].end)) {
            place->form = C2PA_COMMENT;
            place->open = comment[i].open;
            place->close = comment[i].close;
            place->is_end = first_line_is_taken(text);
            place->at = place->is_end ? text.len : 0;
            return !ends_alike(file, ".php") || can_end_in_php(text);
        }
    }
    return true;
}
