/*
 * hidden.c - what models read and people do not see, and links that carry out what a model knows.
 *
 * Letters of no width between the letters of a Latin word, runs of invisible twins of ASCII (tags), runs of
 * variation selectors, which can carry bytes, and marks of chat templates. Where scripts and emoji need such
 * letters they are left in peace: a joiner between emoji, tags behind a black flag, breaks between Khmer
 * words, a soft hyphen.
 */
#include "prose.h"

#include <string.h>

enum { URL_MAX = 2048, RUN_LEAST = 4, MANY = 8, TAGS_LEAST = 3, SELECTORS_LEAST = 4 };

static const char *const fix = "take it out: what nobody sees has no business in a text";

static void add(struct scan *scan, const char *rule, const char *what, enum likelihood likelihood,
                size_t start, size_t end)
{
    prose_add(scan, &(struct remark){rule, what, fix, GATE_INJECTION, likelihood}, start, end);
}

/* ---- letters that nobody sees ---------------------------------------------------------------- */

struct run {
    size_t start;
    size_t end;
    size_t tags;
    size_t selectors;
    size_t zeros; /* of no width, joiners among them */
};

static struct run run_from(struct str text, size_t at)
{
    struct run run = {.start = at, .end = at};
    while (run.end < text.len) {
        const struct letter letter = letter_of(text, run.end);
        if (letter.kind != LETTER_UNSEEN) {
            break;
        }
        run.tags += letter_is_tag(letter.point);
        run.selectors += letter_is_selector(letter.point);
        run.zeros += letter.point >= 0x200b && letter.point != 0xfeff && letter.point <= 0x2064 &&
                     !letter_is_bidi(letter.point);
        run.end += letter.len;
    }
    return run;
}

static bool is_flag_before(struct str text, size_t at)
{
    return at >= 4 && memcmp(text.ptr + at - 4, "\xf0\x9f\x8f\xb4", 4) == 0;
}

static void look_at_run(struct scan *scan, const struct run *run)
{
    const struct str text = scan->text;
    const bool in_word =
        is_letter(letter_before(text, run->start)) && is_letter(letter_at(text, run->end));
    if (run->tags >= TAGS_LEAST && !is_flag_before(text, run->start)) {
        add(scan, "cdr.injection.invisible-text", "text in invisible letters (Unicode tags)",
            VERY_LIKELY, run->start, run->end);
    } else if (run->selectors >= SELECTORS_LEAST) {
        add(scan, "cdr.injection.invisible-text",
            "bytes hidden in variation selectors; a mark of origin must be verified", LIKELY,
            run->start, run->end);
    } else if (run->zeros >= RUN_LEAST || (in_word && run->zeros > 0)) {
        add(scan, "cdr.injection.invisible-text", "letters of no width within a word or in a row",
            in_word || run->zeros >= MANY ? LIKELY : POSSIBLE, run->start, run->end);
    }
}

static void look_for_unseen(struct scan *scan)
{
    const struct str text = scan->text;
    for (size_t at = 0; at < text.len;) {
        const unsigned char byte = (unsigned char)text.ptr[at];
        /* Letters of no width begin with one of these bytes. */
        if (byte != 0xe2 && byte != 0xef && byte != 0xf3) {
            at++;
            continue;
        }
        const struct run run = run_from(text, at);
        if (run.end > at) {
            look_at_run(scan, &run);
            at = run.end;
        } else {
            at++;
        }
    }
}

/* ---- marks of chat templates ----------------------------------------------------------------- */

static void look_for_marks(struct scan *scan)
{
    static const char *const mark[] = {
        "<|im_start|>",        "<|im_end|>", "<|system|>",      "<|assistant|>",    "<|user|>",
        "<|endoftext|>",       "[INST]",     "[/INST]",         "<<SYS>>",          "<</SYS>>",
        "<|start_header_id|>", "<|eot_id|>", "<start_of_turn>", "### Instruction:", "### System:",
        "[System note:",       "[SYSTEM]",   "<system>",        "</system>"};
    const struct str text = scan->text;
    for (size_t at = 0; at < text.len; at++) {
        if (!is_among(text.ptr[at], "<[#")) {
            continue;
        }
        for (size_t i = 0; i < sizeof mark / sizeof mark[0]; i++) {
            const size_t len = strlen(mark[i]);
            if (text.len - at >= len && memcmp(text.ptr + at, mark[i], len) == 0) {
                add(scan, "cdr.injection.role-mark", "a mark that begins a turn in a chat template",
                    LIKELY, at, at + len);
                at += len - 1;
                break;
            }
        }
    }
}

/* ---- links that carry data out ---------------------------------------------------------------- */

static bool is_packed_value(struct str value)
{
    enum { LONG = 32 };
    size_t alike = 0;
    for (size_t i = 0; i < value.len; i++) {
        alike += is_alnum(value.ptr[i]) || is_among(value.ptr[i], "+/=_-");
    }
    return value.len >= LONG && alike == value.len && has_digit_in(value) && has_letter_in(value) &&
           entropy_of(value) >= 350;
}

/* Text, a placeholder, or packed bytes: no picture needs that in its address. */
static bool carries_data(struct str value, bool is_shown)
{
    enum { BLANKS_LEAST = 3 }; /* a label of a picture has fewer: "CSS gzip size" */
    size_t blanks = 0;
    for (size_t i = 0; i < value.len; i++) {
        blanks += value.ptr[i] == '+' || (value.ptr[i] == '%' && letter_at(value, i + 1) == '2' &&
                                          letter_at(value, i + 2) == '0');
    }
    const bool is_place =
        value.len > 1 && (is_among(value.ptr[0], "{[<") || str_starts(value, STR("${")) ||
                          str_starts(value, STR("%7B")) || str_starts(value, STR("%5B")));
    return is_place || (is_shown && (blanks >= BLANKS_LEAST || is_packed_value(value)));
}

static void look_at_link(struct scan *scan, size_t at, bool is_shown)
{
    struct str url = str_slice(scan->text, at, at + URL_MAX);
    size_t len = 0;
    while (len < url.len && !is_among(url.ptr[len], ")\n\"")) {
        len++;
    }
    url = str_slice(url, 0, len);
    struct str query = url;
    (void)str_cut(&query, '?');
    const bool is_web = str_starts(url, STR("http://")) || str_starts(url, STR("https://")) ||
                        str_starts(url, STR("//"));
    while (is_web && query.len > 0) {
        struct str value = str_cut(&query, '&');
        (void)str_cut(&value, '=');
        if (carries_data(value, is_shown)) {
            add(scan, "cdr.injection.exfiltration-link",
                is_shown ? "a picture whose address carries data out as soon as it is shown"
                         : "a link whose address has a place for data",
                is_shown ? VERY_LIKELY : LIKELY, at, at + len);
            return;
        }
    }
}

static void look_for_links(struct scan *scan)
{
    const struct str text = scan->text;
    for (size_t at = 0; at + 1 < text.len; at++) {
        const char *next = memchr(text.ptr + at, ']', text.len - at - 1);
        if (next == NULL) {
            return;
        }
        at = (size_t)(next - text.ptr);
        if (text.ptr[at + 1] != '(') {
            continue;
        }
        size_t open = at;
        while (open > 0 && at - open < 200 && text.ptr[open] != '[' && text.ptr[open] != '\n') {
            open--;
        }
        look_at_link(scan, at + 2, text.ptr[open] == '[' && letter_before(text, open) == '!');
    }
}

void hidden_scan(struct scan *scan, enum form form)
{
    look_for_unseen(scan);
    if (form == FORM_TEXT) {
        look_for_marks(scan);
        look_for_links(scan);
    }
}
