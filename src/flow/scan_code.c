/*
 * scan_code.c - programs and pages are read whole, by the code room, before the parts of their file are scanned.
 */
#include "scanned.h"

/* The file from its beginning, a block more than is checked at most; its place stays where it was. */
static bool read_whole(struct arena *arena, int fd, struct str *text)
{
    struct buf buf = buf_begin(arena);
    struct scan_source source = scan_source_of(fd, true);
    char block[1 << 14];
    bool was_read = true;
    for (size_t got = 1; was_read && got > 0 && buf.len <= CODE_TEXT_MAX;) {
        was_read = scan_source_read(&source, block, sizeof block, &got);
        buf_bytes(&buf, block, got);
    }
    *text = buf_text(&buf);
    return was_read;
}

void scan_code(struct scanning *scanning, struct arena *arena, int fd, struct str path)
{
    const enum code_language language = code_language_of(path);
    scanning->code = (struct code_findings){.arena = arena};
    scanning->code_text = STR("");
    scanning->code_place = NULL;
    if (language == CODE_NONE || (scanning->kinds & GATE_CODE) == 0) {
        return;
    }
    if (read_whole(arena, fd, &scanning->code_text)) {
        code_scan(scanning->code_text, language, &scanning->code);
    } /* else: reading it for the rest fails as well, and that is told */
}

void scan_code_guess(struct scanning *scanning, struct arena *arena, struct str text)
{
    const bool is_asked = scanning->has_no_name && (scanning->kinds & GATE_CODE) != 0;
    const enum code_language language = is_asked ? code_language_guess(text) : CODE_NONE;
    if (language != CODE_NONE) {
        scanning->code = (struct code_findings){.arena = arena};
        scanning->code_text = text;
        code_scan(text, language, &scanning->code);
    }
}

void scan_code_add(const struct scanning *scanning, uint64_t offset, size_t len,
                   struct gate_findings *found)
{
    for (size_t i = 0; i < scanning->code.count; i++) {
        const struct code_finding *one = &scanning->code.item[i];
        if (one->start < offset || one->start - offset >= len || found->count == found->count_max) {
            continue;
        }
        if (found->count == found->room) {
            const size_t room = found->room == 0 ? 32 : found->room * 2;
            struct gate_finding *item = NEW_ARRAY(found->arena, room, struct gate_finding);
            bytes_copy(item, found->item, found->count * sizeof *item);
            found->item = item;
            found->room = room;
        }
        const size_t start = (size_t)(one->start - offset);
        const size_t end = (size_t)(one->end - offset);
        size_t at = found->count++; /* by place, as all of them stand */
        for (; at > 0 && found->item[at - 1].start > start; at--) {
            found->item[at] = found->item[at - 1];
        }
        found->item[at] = (struct gate_finding){.rule = one->rule,
                                                .what = one->what,
                                                .fix = one->fix,
                                                .kind = GATE_CODE,
                                                .likelihood = LIKELY,
                                                .start = start,
                                                .end = end > len ? len : end,
                                                .code = one};
    }
}

/* ---- where a step stands --------------------------------------------------------------------- */

enum { PLACES_APART = 1024 };

static struct place place_behind(struct place place, struct str text)
{
    for (size_t i = 0; i < text.len; i++) {
        const unsigned char letter = (unsigned char)text.ptr[i];
        place.column = letter == '\n' ? 1 : place.column + ((letter & 0xc0) != 0x80);
        place.line += letter == '\n';
    }
    return place;
}

/* Places are counted once through the text, so that a step costs what lies before it in its block. */
static void count_places(struct scanning *scanning)
{
    const struct str text = scanning->code_text;
    const size_t count = text.len / PLACES_APART + 1;
    struct place *place = NEW_ARRAY(scanning->code.arena, count, struct place);
    place[0] = (struct place){1, 1};
    for (size_t i = 1; i < count; i++) {
        place[i] =
            place_behind(place[i - 1], str_slice(text, (i - 1) * PLACES_APART, i * PLACES_APART));
    }
    scanning->code_place = place;
}

static struct place place_at(struct scanning *scanning, size_t at)
{
    const struct str text = scanning->code_text;
    at = at < text.len ? at : text.len;
    if (scanning->code_place == NULL) {
        count_places(scanning);
    }
    const size_t mark = at / PLACES_APART;
    return place_behind(scanning->code_place[mark], str_slice(text, mark * PLACES_APART, at));
}

void scan_code_steps(struct scanning *scanning, const struct code_finding *finding,
                     struct scanned *scanned)
{
    scanned->is_open = finding->is_open;
    scanned->step_count = finding->step_count;
    scanned->step = NEW_ARRAY(scanning->job->arena, finding->step_count + 1, struct scan_step);
    for (size_t s = 0; s < finding->step_count; s++) {
        const struct code_step *one = &finding->step[s];
        const struct place place = place_at(scanning, one->start);
        scanned->step[s] = (struct scan_step){.offset = one->start,
                                              .len = one->end - one->start,
                                              .line = place.line,
                                              .column = place.column,
                                              .what = one->what};
    }
}
