/*
 * markup.h - what the tests of pages ask of markup, and the pages in tests/golden/.
 */
#ifndef MARKUP_H
#define MARKUP_H

#include "base.h"

#include "testing.h"

enum { MARKUP_DEPTH_MAX = 32, GOLDEN_LEN_MAX = 1 << 20 };

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

/* tests/golden/NAME; this file is tests/unit/flow/markup.h of the tree. */
static inline struct str golden_path(struct arena *arena, const char *name)
{
    const struct str here = str_of(__FILE__);
    const struct str inside = STR("unit/flow/markup.h");
    must(str_ends(here, inside));
    return str_format(arena, "%.*sgolden/%s", (int)(here.len - inside.len), here.ptr, name);
}

/* update: write it anew, to be reviewed. */
static inline void must_be_golden(struct job *job, struct str page, const char *name, bool update)
{
    struct bytes golden;
    const struct str path = golden_path(job->arena, name);
    if (update) {
        expect(file_replace(job, path, bytes_of(page), 0644) == CANDOR_OK, "%s", job->message);
    }
    expect(file_read(job, path, GOLDEN_LEN_MAX, &golden) == CANDOR_OK, "%s", job->message);
    size_t same = 0;
    while (same < page.len && same < golden.len &&
           page.ptr[same] == ((const char *)golden.ptr)[same]) {
        same++;
    }
    expect(same == page.len && same == golden.len,
           "the page differs from byte %zu on: \"%.*s\"; when that is right, run this test with "
           "--update and review the difference",
           same, (int)(page.len - same < 60 ? page.len - same : 60), page.ptr + same);
}

#endif
