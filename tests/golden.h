/*
 * golden.h - what is worth reading as a whole stands in tests/golden/, and is compared with what is made.
 */
#ifndef GOLDEN_H
#define GOLDEN_H

#include "base.h"

#include "testing.h"

enum { GOLDEN_LEN_MAX = 1 << 20 };

/* tests/golden/NAME; this file is tests/golden.h of the tree. */
static inline struct str golden_path(struct arena *arena, const char *name)
{
    const struct str here = str_of(__FILE__);
    const struct str inside = STR("golden.h");
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
           "%s differs from byte %zu on: \"%.*s\"; when that is right, run this test with "
           "--update and review the difference",
           name, same, (int)(page.len - same < 60 ? page.len - same : 60), page.ptr + same);
}

#endif
