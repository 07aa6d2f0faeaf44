/*
 * markup.h - what the tests of pages ask of markup.
 */
#ifndef MARKUP_H
#define MARKUP_H

#include "base.h"

#include "golden.h"
#include "testing.h"

enum { MARKUP_DEPTH_MAX = 32 };

static inline size_t times(struct str text, const char *part)
{
    const struct str wanted = str_of(part);
    size_t count = 0;
    for (size_t at = 0; at + wanted.len <= text.len; at++) {
        count += str_equal(str_slice(text, at, at + wanted.len), wanted);
    }
    return count;
}

static inline bool markup_is_void(struct str name)
{
    return str_is(name, "meta") || str_is(name, "!doctype");
}

/* Every element that begins also ends, within the one it began in. */
static inline void must_be_balanced(struct str page, const char *name)
{
    struct str open[MARKUP_DEPTH_MAX];
    size_t depth = 0;
    page = str_slice(page, str_find(page, '<'), page.len);
    while (page.len > 0) {
        const struct str tag = str_slice(page, 1, str_find(page, '>'));
        const bool ends = str_starts(tag, STR("/"));
        const struct str word = str_slice(tag, ends ? 1 : 0, str_find(tag, ' '));
        if (ends) {
            expect(depth > 0 && str_equal(open[depth - 1], word), "%s: </%.*s> ends nothing", name,
                   STR_ARG(word));
            depth--;
        } else if (!markup_is_void(word)) {
            expect(depth < MARKUP_DEPTH_MAX, "%s: too deep", name);
            open[depth++] = word;
        }
        page = str_slice(page, 1, page.len);
        page = str_slice(page, str_find(page, '<'), page.len);
    }
    expect(depth == 0, "%s: <%.*s> does not end", name, STR_ARG(open[depth == 0 ? 0 : depth - 1]));
}

#endif
