/*
 * board_diff.c - what changed between two versions of a thing, line by line.
 *
 *     - a line that is gone
 *     + a line that is new
 *
 * Equal lines at both ends are cut off first, the rest is aligned by the longest common subsequence
 * (Hunt and Szymanski's problem, by the plain table). Where the rest is too long for a table of
 * CELLS_MAX it is shown as replaced: right, and longer than it need be.
 */
#include "reviewed.h"

enum { CELLS_MAX = 16 << 20 };

struct lines {
    struct str *line;
    size_t count;
};

static enum candor_status cut(struct job *job, struct str text, struct lines *lines)
{
    size_t count = 1;
    for (size_t i = 0; i < text.len; i++) {
        count += text.ptr[i] == '\n';
    }
    lines->count = 0;
    TRY_ALLOC(job, lines->line, count + 1, struct str);
    while (text.ptr != NULL && text.len > 0) {
        lines->line[lines->count++] = str_cut(&text, '\n');
    }
    return CANDOR_OK;
}

static void put(struct buf *buf, char mark, struct str line)
{
    buf_format(buf, "%c %.*s\n", mark, STR_ARG(str_trim(line)));
}

/* One middle part of each, with nothing equal at their ends. */
struct middle {
    const struct str *before;
    size_t before_count;
    const struct str *after;
    size_t after_count;
};

static enum candor_status align(struct job *job, const struct middle *middle, struct buf *buf)
{
    const size_t width = middle->after_count + 1;
    uint32_t *common = NULL; /* common[i * width + j]: of before from i on and after from j on */
    TRY_ALLOC(job, common, size_mul(middle->before_count + 1, width), uint32_t);
    for (size_t i = middle->before_count; i-- > 0;) {
        for (size_t j = middle->after_count; j-- > 0;) {
            const uint32_t skip = common[(i + 1) * width + j] > common[i * width + j + 1]
                                      ? common[(i + 1) * width + j]
                                      : common[i * width + j + 1];
            common[i * width + j] = str_equal(middle->before[i], middle->after[j])
                                        ? common[(i + 1) * width + j + 1] + 1
                                        : skip;
        }
    }
    size_t i = 0;
    size_t j = 0;
    while (i < middle->before_count || j < middle->after_count) {
        if (i < middle->before_count && j < middle->after_count &&
            str_equal(middle->before[i], middle->after[j])) {
            i++;
            j++;
        } else if (j == middle->after_count ||
                   (i < middle->before_count &&
                    common[(i + 1) * width + j] >= common[i * width + j + 1])) {
            put(buf, '-', middle->before[i++]);
        } else {
            put(buf, '+', middle->after[j++]);
        }
    }
    return CANDOR_OK;
}

static void replace(const struct middle *middle, struct buf *buf)
{
    for (size_t i = 0; i < middle->before_count; i++) {
        put(buf, '-', middle->before[i]);
    }
    for (size_t j = 0; j < middle->after_count; j++) {
        put(buf, '+', middle->after[j]);
    }
}

enum candor_status board_diff(struct job *job, struct str before, struct str after,
                              struct str *diff)
{
    struct lines old;
    struct lines fresh;
    struct buf buf = buf_begin(job->arena);
    size_t first = 0;
    size_t last = 0;
    TRY(cut(job, before, &old));
    TRY(cut(job, after, &fresh));
    const size_t least = old.count < fresh.count ? old.count : fresh.count;
    while (first < least && str_equal(old.line[first], fresh.line[first])) {
        first++;
    }
    while (first + last < least &&
           str_equal(old.line[old.count - 1 - last], fresh.line[fresh.count - 1 - last])) {
        last++;
    }
    const struct middle middle = {old.line + first, old.count - first - last, fresh.line + first,
                                  fresh.count - first - last};
    if ((middle.before_count + 1) <= CELLS_MAX / (middle.after_count + 1)) {
        TRY(align(job, &middle, &buf));
    } else {
        replace(&middle, &buf);
    }
    *diff = buf_text(&buf);
    return CANDOR_OK;
}
