/*
 * c2pa_find.c - the manifest store in a text: c2pa_text.c has the three forms.
 *
 * A text that only speaks of these (dashes without a store after them) carries none. What belongs to a
 * manifest is left out of its hash, so it is told whether anything else stands there with it.
 */
#include "c2pa.h"

#include <string.h>
#include <strings.h>

#include "carried.h"

enum { VERSION_AT = 8, TAG_MAX = 512, BASE64_MAX = (int)(C2PA_STORE_MAX / 3 * 4 + 8) };

struct search {
    struct arena *arena;
    struct str text;
    struct c2pa_carried *carried;
    size_t count;
    bool is_cut;
    enum c2pa_form cut; /* the form of what is cut */
    bool is_elsewhere;
};

static void found_one(struct search *search, struct c2pa_carried carried)
{
    search->count++;
    *search->carried = carried;
}

static void found_cut(struct search *search, enum c2pa_form form)
{
    search->is_cut = true;
    search->cut = form;
}

/* The next place of a part; text.len: nowhere. */
static size_t find_part(struct str text, size_t from, const char *part)
{
    const size_t len = strlen(part);
    const char *at = from < text.len ? memmem(text.ptr + from, text.len - from, part, len) : NULL;
    return at == NULL ? text.len : (size_t)(at - text.ptr);
}

static bool base64_store(struct search *search, size_t from, size_t to, struct bytes *store)
{
    const struct str said = str_slice(search->text, from, to);
    return said.len <= (size_t)BASE64_MAX && base64_read(search->arena, said, store) &&
           store->len > 0;
}

/* ---- A.8 ----------------------------------------------------------------------------------- */

/* The byte that the selector here stands for; -1: there is none. */
static int selector_at(struct str text, size_t at, size_t *len)
{
    const unsigned char *c = (const unsigned char *)text.ptr + at;
    if (text.len - at >= 3 && c[0] == 0xef && c[1] == 0xb8 && c[2] >= 0x80 && c[2] <= 0x8f) {
        *len = 3;
        return c[2] - 0x80;
    }
    if (text.len - at >= 4 && c[0] == 0xf3 && c[1] == 0xa0 && c[2] >= 0x84 && c[2] <= 0x87 &&
        c[3] >= 0x80 && c[3] <= 0xbf) {
        const int point = (c[2] - 0x84) * 64 + (c[3] - 0x80);
        *len = 4;
        return point < 240 ? point + 16 : -1;
    }
    return -1;
}

static bool is_padding(struct str bytes)
{
    for (size_t i = 0; i < bytes.len; i++) {
        if (bytes.ptr[i] != 0x00 && bytes.ptr[i] != 0x10) {
            return false;
        }
    }
    return bytes.len <= C2PA_STORE_MAX;
}

/* The run of selectors after a marker: its bytes, and where it ends. */
static struct bytes run_from(struct search *search, size_t *at)
{
    struct buf run = buf_begin(search->arena);
    size_t len = 0;
    for (int byte = 0; (byte = selector_at(search->text, *at, &len)) >= 0; *at += len) {
        buf_u8(&run, (uint8_t)byte);
    }
    return buf_all(&run);
}

static void look_at_marker(struct search *search, size_t start, size_t *at)
{
    *at = start + C2PA_MARKER_LEN;
    const struct bytes run = run_from(search, at);
    if (run.len < C2PA_MAGIC_LEN || memcmp(run.ptr, C2PA_MAGIC, C2PA_MAGIC_LEN) != 0) {
        return; /* a byte order mark, or a selector of an emoji */
    }
    struct reader reader = reader_of(run);
    (void)read_bytes(&reader, VERSION_AT);
    const uint8_t version = read_u8(&reader);
    size_t len = (size_t)read_u16be(&reader) << 16;
    len |= read_u16be(&reader);
    if (reader.bad || version != 1 || len == 0 || len > run.len - C2PA_HEADER_LEN) {
        found_cut(search, C2PA_SELECTORS);
        return;
    }
    const struct str rest = {(const char *)run.ptr + C2PA_HEADER_LEN + len,
                             run.len - C2PA_HEADER_LEN - len};
    found_one(search, (struct c2pa_carried){.form = C2PA_SELECTORS,
                                            .range = {start, *at - start},
                                            .store = {run.ptr + C2PA_HEADER_LEN, len},
                                            .is_padded = !is_padding(rest),
                                            .is_alone = true});
}

static void look_for_selectors(struct search *search)
{
    size_t at = find_part(search->text, 0, C2PA_MARKER);
    while (at < search->text.len) {
        const size_t start = at;
        look_at_marker(search, start, &at);
        at = find_part(search->text, at, C2PA_MARKER);
    }
}

/* ---- A.9 ----------------------------------------------------------------------------------- */

static size_t past_blanks(struct str text, size_t at)
{
    while (at < text.len && (text.ptr[at] == ' ' || text.ptr[at] == '\t' || text.ptr[at] == '\n' ||
                             text.ptr[at] == '\r')) {
        at++;
    }
    return at;
}

static size_t past_word(struct str text, size_t at)
{
    while (at < text.len && (unsigned char)text.ptr[at] > ' ') {
        at++;
    }
    return at;
}

/* The lines of the comment, and at the end of the text the line break before them. */
static struct c2pa_range lines_around(struct str text, size_t from, size_t to)
{
    while (from > 0 && text.ptr[from - 1] != '\n') {
        from--;
    }
    while (to < text.len && text.ptr[to] != '\n') {
        to++;
    }
    to += to < text.len;
    if (to == text.len && from > 0) {
        from--;
        from -= from > 0 && text.ptr[from - 1] == '\r';
    }
    return (struct c2pa_range){from, to - from};
}

static bool is_among_words(struct str text, const char *const *word, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (str_is(text, word[i])) {
            return true;
        }
    }
    return false;
}

/* Beside the dashes stands what opens and closes a comment, and no more. */
static bool is_comment(struct str before, struct str after)
{
    static const char *const open[] = {"//", "#", "--", "/*", "<!--", ";", "%", "NOTE", ""};
    static const char *const close[] = {"*/", "-->", ""};
    return is_among_words(str_trim(before), open, sizeof open / sizeof open[0]) &&
           is_among_words(str_trim(after), close, sizeof close / sizeof close[0]);
}

static size_t look_at_comment(struct search *search, size_t start)
{
    struct bytes store;
    const struct str text = search->text;
    const size_t said = past_blanks(text, start + strlen(C2PA_BEGIN));
    const size_t end = past_word(text, said);
    const struct str reference = str_slice(text, said, end);
    const size_t after = past_blanks(text, end);
    const bool is_ended = str_starts(str_slice(text, after, text.len), STR(C2PA_END));
    if (str_starts(reference, STR("https://")) || str_starts(reference, STR("http://"))) {
        search->is_elsewhere = search->is_elsewhere || is_ended;
    } else if (!str_starts(reference, STR(C2PA_DATA))) {
        return said; /* it speaks of manifests */
    } else if (!is_ended || !base64_store(search, said + strlen(C2PA_DATA), end, &store)) {
        found_cut(search, C2PA_COMMENT);
    } else {
        const size_t last = after + strlen(C2PA_END);
        const struct c2pa_range lines = lines_around(text, start, last);
        const bool is_alone = is_comment(str_slice(text, lines.start, start),
                                         str_slice(text, last, lines.start + lines.len));
        found_one(search,
                  (struct c2pa_carried){
                      .form = C2PA_COMMENT, .range = lines, .store = store, .is_alone = is_alone});
    }
    return end;
}

static void look_for_comments(struct search *search)
{
    size_t at = find_part(search->text, 0, C2PA_BEGIN);
    while (at < search->text.len) {
        at = find_part(search->text, look_at_comment(search, at), C2PA_BEGIN);
    }
}

/* ---- A.7 ----------------------------------------------------------------------------------- */

/* The beginning of the tag around a place; SIZE_MAX: it is none of a script. */
static size_t tag_before(struct str text, size_t at)
{
    const size_t least = at > TAG_MAX ? at - TAG_MAX : 0;
    while (at > least && text.ptr[at] != '<' && text.ptr[at] != '>') {
        at--;
    }
    const struct str tag = str_slice(text, at, at + 7);
    return tag.len == 7 && strncasecmp(tag.ptr, "<script", 7) == 0 ? at : SIZE_MAX;
}

static size_t look_at_script(struct search *search, size_t at)
{
    struct bytes store;
    const struct str text = search->text;
    const size_t start = tag_before(text, at);
    const size_t inside = at + str_find(str_slice(text, at, text.len), '>') + 1;
    const size_t after = at + strlen(C2PA_MEDIA_TYPE);
    if (start == SIZE_MAX || inside >= text.len || strchr("\"' \t\n>", text.ptr[after]) == NULL) {
        return at + 1;
    }
    const size_t from = past_blanks(text, inside);
    const size_t to = from + str_find(str_slice(text, from, text.len), '<');
    size_t last = to;
    while (last > from && past_blanks(text, last - 1) == to) {
        last--;
    }
    const struct str close = str_slice(text, to, to + strlen(C2PA_SCRIPT_CLOSE));
    if (close.len != strlen(C2PA_SCRIPT_CLOSE) ||
        strncasecmp(close.ptr, C2PA_SCRIPT_CLOSE, close.len) != 0 ||
        !base64_store(search, from, last, &store)) {
        found_cut(search, C2PA_SCRIPT);
        return inside;
    }
    const struct str tag = str_slice(text, start, inside);
    found_one(search, (struct c2pa_carried){
                          .form = C2PA_SCRIPT,
                          .range = {start, to + close.len - start},
                          .store = store,
                          .is_alone = tag.len == strlen(C2PA_SCRIPT_OPEN) &&
                                      strncasecmp(tag.ptr, C2PA_SCRIPT_OPEN, tag.len) == 0});
    return to;
}

static void look_for_scripts(struct search *search)
{
    size_t at = find_part(search->text, 0, C2PA_MEDIA_TYPE);
    while (at < search->text.len) {
        at = find_part(search->text, look_at_script(search, at), C2PA_MEDIA_TYPE);
    }
}

enum c2pa_found c2pa_find(struct arena *arena, struct str text, struct c2pa_carried *carried)
{
    struct search search = {.arena = arena, .text = text, .carried = carried};
    *carried = (struct c2pa_carried){0};
    look_for_selectors(&search);
    look_for_comments(&search);
    look_for_scripts(&search);
    if (search.count > 1) {
        return C2PA_MANY;
    }
    if (search.is_cut) {
        carried->form = search.cut;
        return C2PA_CUT;
    }
    return search.count == 1 ? C2PA_ONE : search.is_elsewhere ? C2PA_ELSEWHERE : C2PA_NONE;
}
