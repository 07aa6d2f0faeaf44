/*
 * scan_file.c - one file, part by part.
 *
 *     |---------------- part ----------------|
 *     | before |   what is taken    | ahead  |
 *                          | before |   what is taken    | ahead  |
 *
 * A part has what was read before it, for the words beside a finding, and GATE_SPAN_MAX bytes ahead, so that
 * whatever begins in the middle ends within. Memory does not grow with the file, nor with a line. Lines and
 * columns are counted on the way; a column counts letters (UTF-8), and a stray byte counts as one.
 */
#include <fcntl.h>
#include <unistd.h>

#include "scanned.h"

enum {
    PART = 1 << 20,
    BEFORE = 1024,
    EXCERPT_SIDE = 60,
    SHOWN_MAX = 4,
    LINE_LOOK = 400,
    KEPT_MAX = 10000,
    BINARY_LOOK = 1024,
};

struct part {
    char *text;
    size_t len;
    uint64_t offset; /* of text[0] in the file */
    size_t from;     /* findings that begin from here to `to` are taken */
    size_t to;
    size_t counted; /* places are known up to here */
    struct place place;
    const struct gate_findings *found;
};

static void count_to(struct part *part, size_t at)
{
    for (; part->counted < at; part->counted++) {
        const unsigned char letter = (unsigned char)part->text[part->counted];
        if (letter == '\n') {
            part->place.line++;
            part->place.column = 1;
        } else {
            part->place.column += (letter & 0xc0) != 0x80;
        }
    }
}

/* ---- the line around ------------------------------------------------------------------------ */

static struct str line_of(const struct part *part, size_t start, size_t end, size_t side)
{
    size_t from = start;
    size_t to = end;
    while (from > 0 && start - from < side && part->text[from - 1] != '\n') {
        from--;
    }
    while (to < part->len && to - end < side && part->text[to] != '\n' && part->text[to] != '\r') {
        to++;
    }
    return (struct str){part->text + from, to - from};
}

/* All that was found in it becomes stars; of a long secret a few letters stay, so that it can be told. */
static void mask(const struct part *part, size_t from, struct buf *line)
{
    for (size_t f = 0; f < part->found->count; f++) {
        const struct gate_finding *one = &part->found->item[f];
        if ((one->kind & GATE_ALL) == 0 && !one->is_secret) {
            continue; /* words are no value */
        }
        const size_t len = one->end - one->start;
        const size_t shown = one->kind == GATE_SECRET && len >= 16 ? SHOWN_MAX : 0;
        for (size_t i = one->start + shown; i < one->end; i++) {
            if (i >= from && i < from + line->len) {
                line->ptr[i - from] = '*';
            }
        }
    }
}

static size_t letters_in(struct str text)
{
    size_t count = 0;
    for (size_t i = 0; i < text.len; i++) {
        count += ((unsigned char)text.ptr[i] & 0xc0) != 0x80;
    }
    return count;
}

static void put_excerpt(struct arena *arena, const struct part *part,
                        const struct gate_finding *finding, struct scanned *scanned)
{
    size_t end = finding->end - finding->start > 80 ? finding->start + 80 : finding->end;
    const char *newline = memchr(part->text + finding->start, '\n', end - finding->start);
    end = newline == NULL ? end : (size_t)(newline - part->text);
    const struct str line = line_of(part, finding->start, end, EXCERPT_SIDE);
    const size_t from = (size_t)(line.ptr - part->text);
    struct buf buf = buf_begin(arena);
    buf_bytes(&buf, line.ptr, line.len);
    mask(part, from, &buf);
    for (size_t i = 0; i < buf.len; i++) {
        buf.ptr[i] = buf.ptr[i] < ' ' || buf.ptr[i] == 0x7f ? ' ' : buf.ptr[i];
    }
    /* A letter that was cut at the front. */
    size_t cut = 0;
    while (cut < finding->start - from && (buf.ptr[cut] & 0xc0) == 0x80) {
        cut++;
    }
    scanned->excerpt = str_slice(buf_text(&buf), cut, buf.len);
    scanned->caret = letters_in(str_slice(scanned->excerpt, 0, finding->start - from - cut));
    scanned->caret_len = letters_in(str_slice(buf_text(&buf), finding->start - from, end - from));
}

/* Rule and the text around without blanks: it stays the same when lines above come and go. */
static struct digest context_of(const struct part *part, const struct gate_finding *finding)
{
    struct digest_stream stream = digest_begin();
    const struct str line = line_of(part, finding->start, finding->end, EXCERPT_SIDE);
    digest_add(&stream, bytes_of(str_of(finding->rule)));
    for (size_t i = 0; i < line.len; i++) {
        if (memchr(" \t\r\n", line.ptr[i], 4) == NULL) {
            digest_add(&stream, bytes_of(str_slice(line, i, i + 1)));
        }
    }
    return digest_end(&stream);
}

/* ---- findings ------------------------------------------------------------------------------- */

static struct scanned *new_scanned(struct scanning *scanning)
{
    if (scanning->count == KEPT_MAX) {
        scanning->is_cut = true;
        return NULL;
    }
    if (scanning->count == scanning->room) {
        const size_t room = scanning->room == 0 ? 32 : scanning->room * 2;
        struct scanned *larger = NEW_ARRAY(scanning->job->arena, room, struct scanned);
        bytes_copy(larger, scanning->item, scanning->count * sizeof *larger);
        scanning->item = larger;
        scanning->room = room;
    }
    return &scanning->item[scanning->count++];
}

/* That of the rule, else of its kind; "": none. */
static const char *cwe_of(const struct gate_finding *finding)
{
    if (finding->code != NULL) {
        return finding->code->cwe == NULL ? "" : finding->code->cwe;
    }
    return finding->cwe != NULL ? finding->cwe : scan_kind_of(finding->kind)->cwe;
}

static void take(struct scanning *scanning, struct part *part, struct str path,
                 const struct gate_finding *finding)
{
    struct arena *arena = scanning->job->arena;
    struct scanned *scanned = new_scanned(scanning);
    if (scanned == NULL) {
        return;
    }
    count_to(part, finding->start);
    const struct place start = part->place;
    struct part ahead = *part;
    count_to(&ahead, finding->end);
    *scanned = (struct scanned){
        .rule = finding->rule,
        .what = finding->what,
        .fix = finding->fix != NULL ? finding->fix : scan_kind_of(finding->kind)->fix,
        .cwe = cwe_of(finding),
        .kind = finding->kind,
        .likelihood = finding->likelihood,
        .rank = scan_rank_of(finding),
        .is_packed = finding->is_packed,
        .about = str_copy(arena, finding->about),
        .source = str_copy(arena, finding->source),
        .copied = finding->copied,
        .file = path,
        .offset = part->offset + finding->start,
        .len = finding->end - finding->start,
        .line = start.line,
        .column = start.column,
        .end_line = ahead.place.line,
        .end_column = ahead.place.column,
        .context = context_of(part, finding),
    };
    put_excerpt(arena, part, finding, scanned);
    if (finding->code != NULL) {
        scan_code_steps(scanning, finding->code, scanned);
    }
    scan_suppression(scanning, scanned, line_of(part, finding->start, finding->end, LINE_LOOK));
}

static void scan_part(struct scanning *scanning, struct part *part, struct str path)
{
    struct arena *scratch = arena_begin();
    struct gate_findings found = gate_findings_in(scratch, GATE_FINDINGS_MAX);
    gate_scan(scanning->gate, (struct str){part->text, part->len}, &scanning->look, &found);
    if (scanning->look.is_whole) {
        scan_code_guess(scanning, scratch, (struct str){part->text, part->len});
    }
    scan_code_add(scanning, part->offset, part->len, &found);
    scan_manifest(scanning, (struct str){part->text, part->len}, &found);
    part->found = &found;
    for (size_t i = 0; i < found.count; i++) {
        const struct gate_finding *finding = &found.item[i];
        const bool is_asked = (scanning->kinds & (unsigned)finding->kind) != 0;
        if (is_asked && finding->likelihood >= scanning->least && finding->start >= part->from &&
            finding->start < part->to) {
            take(scanning, part, path, finding);
        }
    }
    scanning->is_cut = scanning->is_cut || found.is_cut;
    arena_end(scratch);
}

/* ---- the file ------------------------------------------------------------------------------- */

/* Fill the part; false: it cannot be read. */
static bool fill(struct scan_source *source, struct part *part, bool *is_end)
{
    enum { LETTER_MAX = 4 };
    *is_end = false;
    while (PART - part->len >= LETTER_MAX && !*is_end) {
        size_t got = 0;
        if (!scan_source_read(source, part->text + part->len, PART - part->len, &got)) {
            return false;
        }
        *is_end = got == 0;
        part->len += got;
    }
    return true;
}

/* A zero, or a byte that no UTF-8 has, soon after the beginning. */
static bool is_binary(const struct part *part)
{
    for (size_t i = 0; i < part->len && i < BINARY_LOOK; i++) {
        if (part->text[i] == '\0' || (unsigned char)part->text[i] >= 0xf8) {
            return true;
        }
    }
    return false;
}

/* Images, sound, fonts and archives are packed: letters in them are there by chance. A text that only begins like
 * one is read: nobody gets around the scan by a word. */
static bool is_packed(const struct part *part)
{
    static const struct {
        size_t at;
        const char *bytes;
    } row[] = {{0, "\x89PNG\r\n"},
               {0, "\xff\xd8\xff"},
               {0, "GIF8"},
               {0, "PK\x03\x04"},
               {0, "\x1f\x8b"},
               {0, "BZh"},
               {0, "\xfd"
                   "7zXZ"},
               {0, "\x28\xb5\x2f\xfd"},
               {0, "wOFF"},
               {0, "wOF2"},
               {0, "7z\xbc\xaf"},
               {8, "WEBP"},
               {4, "ftyp"},
               {0, "OggS"},
               {0, "ID3"}};
    for (size_t i = 0; is_binary(part) && i < sizeof row / sizeof row[0]; i++) {
        const size_t len = strlen(row[i].bytes);
        if (part->len >= row[i].at + len &&
            memcmp(part->text + row[i].at, row[i].bytes, len) == 0) {
            return true;
        }
    }
    return false;
}

static bool scan_parts(struct scanning *scanning, int fd, struct part *part, struct str path)
{
    struct scan_source source = scan_source_of(fd, false);
    for (bool is_end = false; !is_end;) {
        if (!fill(&source, part, &is_end)) {
            return false;
        }
        const bool is_in_hand = scanning->shown.len > 0;
        if (part->offset == 0 && !is_in_hand && is_packed(part)) {
            scanning->packed++;
            return true;
        }
        part->to = is_end ? part->len + 1 : part->len - GATE_SPAN_MAX;
        scanning->look.is_whole = is_end && part->offset == 0;
        scan_part(scanning, part, path);
        if (is_end || atomic_load(&scanning->job->cancelled)) {
            break;
        }
        count_to(part, part->to);
        const size_t drop = part->to - BEFORE;
        scanning->bytes += drop;
        memmove(part->text, part->text + drop, part->len - drop);
        part->len -= drop;
        part->offset += drop;
        part->counted -= drop;
        part->from = BEFORE;
    }
    scanning->bytes += part->len;
    return true;
}

/* One for all files: to make it and wipe it again for each would cost more than to read a small file. */
static char *part_text(struct scanning *scanning)
{
    if (scanning->part == NULL) {
        scanning->part = TRY_ARRAY(scanning->job->arena, PART, char);
    }
    return scanning->part;
}

enum candor_status scan_file(struct scanning *scanning, struct str path)
{
    const bool is_named = str_is(path, "-") && scanning->input != NULL;
    path = is_named ? str_of(scanning->input) : path;
    const bool is_input = str_is(path, "-");
    scanning->has_no_name =
        is_input || (scanning->shown.len > 0 && str_is(scanning->shown, SCAN_NO_NAME));
    const int fd = is_input
                       ? STDIN_FILENO
                       : open(str_z(scanning->job->arena, path), O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0) {
        scan_cannot_read(scanning, path);
        return CANDOR_OK;
    }
    struct arena *scratch = arena_begin();
    struct part part = {.place = {1, 1}};
    path = scanning->shown.len > 0 ? scanning->shown : path;
    scanning->look.path = path;
    if (!is_input) {
        scan_code(scanning, scratch, fd, path);
    }
    part.text = part_text(scanning);
    const bool was_read = part.text != NULL && scan_parts(scanning, fd, &part, path);
    scanning->code = (struct code_findings){0};
    arena_end(scratch);
    if (!is_input) {
        (void)close(fd); /* it was only read */
    }
    if (!was_read) {
        scan_cannot_read(scanning, path);
    }
    return CANDOR_OK;
}
