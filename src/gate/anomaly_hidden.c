/*
 * anomaly_hidden.c - what a program hides: text that is unpacked and run, text written in escapes, blobs, names
 * made unreadable, names that look like others, signs that turn the text around.
 */
#include "anomaly.h"

#include <string.h>

enum {
    INSIDE_MAX = 60,    /* tokens of a call that are looked at */
    ESCAPES_LEAST = 12, /* in one text, and most of it */
    CODES_LEAST = 12,   /* numbers that become letters */
    MANGLED_LEAST = 12, /* names such as _0x3fa2 */
    BLOB_LEAST = 4096,  /* bytes */
    RUN_LEAST = 60,     /* packed letters that are run */
};

static const struct remark turned = {
    "cdr.anomaly.bidirectional",
    "a sign that turns the text around: what is shown is not what runs", "take it out",
    GATE_ANOMALY, VERY_LIKELY};
static const struct remark unseen = {
    "cdr.anomaly.invisible-name", "a name with letters that nobody sees",
    "write the name in letters that are seen", GATE_ANOMALY, VERY_LIKELY};
static const struct remark alike = {"cdr.anomaly.look-alike-name",
                                    "a name of letters of two scripts that look the same",
                                    "write the name in one script", GATE_ANOMALY, VERY_LIKELY};
static const struct remark packed = {"cdr.anomaly.packed-code",
                                     "text is unpacked and run as a program",
                                     "write the program as it is", GATE_ANOMALY, VERY_LIKELY};
static const struct remark escaped = {"cdr.anomaly.escaped-text",
                                      "plain letters are written as escapes or numbers",
                                      "write the text as it is", GATE_ANOMALY, LIKELY};
static const struct remark mangled = {
    "cdr.anomaly.mangled-names", "its names were made unreadable by a tool that hides programs",
    "ask for the program as it was written", GATE_ANOMALY, LIKELY};
static const struct remark blob = {
    "cdr.anomaly.blob", "a large piece of packed bytes that nothing explains",
    "say what it is, or keep it in a file of its own", GATE_ANOMALY, LIKELY};

static void tell(struct scan *scan, const struct remark *remark, size_t start, size_t end)
{
    anomaly_tell(scan, remark, STR(""), start, end);
}

static bool is_one_of(struct str word, const char *const *list, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (str_is(word, list[i])) {
            return true;
        }
    }
    return false;
}

/* ---- letters -------------------------------------------------------------------------------- */

static void look_at_name(struct scan *scan, const struct code *code, size_t at)
{
    const struct token *token = &code->token[at];
    unsigned scripts = 0;
    bool has_unseen = false;
    for (size_t i = token->start; i < token->end;) {
        const struct letter letter = letter_of(code->text, i);
        const bool is_joiner = letter.point == 0x200d || letter_is_selector(letter.point);
        /* Emoji and Indic words in prose are joined; names with Latin letters are not. */
        has_unseen =
            has_unseen || (letter.kind == LETTER_UNSEEN && !is_joiner && letter.point != 0xfeff);
        scripts |= 1U << letter.script;
        i += letter.len;
    }
    const bool has_latin = (scripts & 1U << SCRIPT_LATIN) != 0;
    if (has_unseen) {
        tell(scan, &unseen, token->start, token->end);
    } else if (has_latin && (scripts & (1U << SCRIPT_CYRILLIC | 1U << SCRIPT_GREEK)) != 0) {
        const struct str name = token_text(code, at);
        /* A lone Greek letter at an end is mathematics: "deltaT", "µs", "λx". */
        size_t foreign = 0;
        size_t look_alikes = 0;
        for (size_t i = 0; i < name.len;) {
            const struct letter letter = letter_of(name, i);
            foreign += letter.script == SCRIPT_CYRILLIC || letter.script == SCRIPT_GREEK;
            look_alikes += letter_looks_latin(letter.folded);
            i += letter.len;
        }
        if (foreign > 0 && look_alikes == foreign) {
            tell(scan, &alike, token->start, token->end);
        }
    }
}

/* Overrides and isolates; the marks of direction in texts of right-to-left languages are none. */
static void look_for_turns(struct scan *scan, const struct code *code)
{
    if (code->count == 0) {
        return;
    }
    const struct str text = code->text;
    const size_t from = code->token[0].start;
    const size_t to = code->token[code->count - 1].end;
    for (size_t at = from; at < to; at++) {
        const char *next = memchr(text.ptr + at, '\xe2', to - at);
        if (next == NULL) {
            return;
        }
        at = (size_t)(next - text.ptr);
        const uint32_t point = letter_of(text, at).point;
        if ((point >= 0x202a && point <= 0x202e) || (point >= 0x2066 && point <= 0x2069)) {
            tell(scan, &turned, at, at + 3);
            at += 2;
        }
    }
}

/* ---- packed --------------------------------------------------------------------------------- */

static bool runs_text(const struct code *code, size_t at)
{
    static const char *const list[] = {"eval",       "Function", "setTimeout", "setInterval",
                                       "execScript", "exec",     "assert",     "create_function"};
    if (token_is(code, at, "assert") && code->tongue != TONGUE_SLASH) {
        return false; /* PHP runs its text, Python does not */
    }
    return is_one_of(token_text(code, at), list, sizeof list / sizeof list[0]) &&
           token_is(code, at + 1, "(") && (at == 0 || !token_is(code, at - 1, "function"));
}

static bool unpacks(const struct code *code, size_t at)
{
    static const char *const list[] = {
        "atob",          "unescape",  "fromCharCode",      "b64decode", "base64_decode",
        "gzinflate",     "str_rot13", "decompress",        "unhexlify", "fromhex",
        "gzuncompress",  "a85decode", "b32decode",         "b85decode", "hex2bin",
        "fromCodePoint", "unhex",     "decodeURIComponent"};
    const bool is_marshal = token_is(code, at, "loads") && at >= 2 &&
                            (token_is(code, at - 2, "marshal") || token_is(code, at - 2, "pickle"));
    return token_is(code, at + 1, "(") &&
           (is_marshal || is_one_of(token_text(code, at), list, sizeof list / sizeof list[0]));
}

static bool is_packed_text(struct str text)
{
    size_t inside = 0;
    for (size_t i = 0; i < text.len; i++) {
        inside += is_alnum(text.ptr[i]) || is_among(text.ptr[i], "+/=_%\\-");
    }
    return text.len >= RUN_LEAST && inside == text.len && entropy_of(text) >= 380;
}

/* eval(atob("...")), new Function(unescape(...)), exec(base64.b64decode(...)), and the packer's own form */
static void look_at_call(struct scan *scan, const struct code *code, size_t at)
{
    const bool only_text = token_is(code, at, "setTimeout") || token_is(code, at, "setInterval") ||
                           token_is(code, at, "assert");
    size_t deep = 0;
    for (size_t i = at + 1; i < code->count && i - at < INSIDE_MAX; i++) {
        deep += token_is(code, i, "(");
        if (token_is(code, i, ")") && --deep == 0) {
            return;
        }
        const bool is_function = token_is(code, i, "function") || token_is(code, i, ">");
        if (is_function && only_text) {
            return; /* a function is called, not a text */
        }
        const bool is_packer = i == at + 2 && token_is(code, i, "function") &&
                               token_is(code, i + 2, "p") && token_is(code, i + 4, "a") &&
                               token_is(code, i + 6, "c");
        if (is_packer || unpacks(code, i) || is_packed_text(token_quoted(code, i))) {
            tell(scan, &packed, code->token[at].start, code->token[i].end);
            return;
        }
    }
}

/* ---- escapes -------------------------------------------------------------------------------- */

/* Bytes that one escape takes, if it is one of a printable letter of ASCII. */
static size_t plain_escape(struct str text, size_t at)
{
    const size_t figures = letter_at(text, at + 1) == 'x'   ? 2
                           : letter_at(text, at + 1) == 'u' ? 4
                                                            : 0;
    unsigned point = 0;
    if (text.ptr[at] != '\\' || figures == 0 || at + 2 + figures > text.len) {
        return 0;
    }
    for (size_t i = at + 2; i < at + 2 + figures; i++) {
        const char letter = lower_of(text.ptr[i]);
        if (!is_hex(letter)) {
            return 0;
        }
        point = point * 16 + (unsigned)(is_digit(letter) ? letter - '0' : letter - 'a' + 10);
    }
    return point >= 0x20 && point < 0x7f ? figures + 2 : 0;
}

static void look_at_escapes(struct scan *scan, const struct code *code, size_t at)
{
    const struct str text = token_quoted(code, at);
    size_t escapes = 0;
    size_t bytes = 0;
    for (size_t i = 0; i < text.len; i++) {
        const size_t len = plain_escape(text, i);
        escapes += len > 0;
        bytes += len;
        i += len > 0 ? len - 1 : 0;
    }
    if (escapes >= ESCAPES_LEAST && bytes * 10 >= text.len * 6) {
        tell(scan, &escaped, code->token[at].start, code->token[at].end);
    }
}

/* fromCharCode(104, 101, ...) */
static void look_at_codes(struct scan *scan, const struct code *code, size_t at)
{
    size_t numbers = 0;
    size_t i = at + 2;
    while (i < code->count && (code->token[i].kind == TOKEN_NUMBER || token_is(code, i, ","))) {
        numbers += code->token[i++].kind == TOKEN_NUMBER;
    }
    if (numbers >= CODES_LEAST && token_is(code, i, ")")) {
        tell(scan, &escaped, code->token[at].start, code->token[i].end);
    }
}

/* ---- blobs ---------------------------------------------------------------------------------- */

static bool is_explained(struct str text)
{
    static const char *const begin[] = {"data:image/",
                                        "data:font/",
                                        "data:audio/",
                                        "data:video/",
                                        "data:application/font",
                                        "data:application/x-font",
                                        "iVBORw0KGgo",
                                        "R0lGOD",
                                        "/9j/",
                                        "d09GR",
                                        "AGFzbQ"};
    for (size_t i = 0; i < sizeof begin / sizeof begin[0]; i++) {
        if (str_starts(text, str_of(begin[i]))) {
            return true;
        }
    }
    return false;
}

/* The longest stretch without blanks and signs that has the look of packed bytes. */
static void look_at_blob(struct scan *scan, const struct code *code, size_t at)
{
    const struct str text = token_quoted(code, at);
    size_t from = 0;
    if (text.len < BLOB_LEAST || is_explained(text)) {
        return;
    }
    for (size_t i = 0; i <= text.len; i++) {
        if (i < text.len && (is_alnum(text.ptr[i]) || is_among(text.ptr[i], "+/=_-"))) {
            continue;
        }
        const struct str part = str_slice(text, from, i);
        if (part.len >= BLOB_LEAST && entropy_of(str_slice(part, 0, BLOB_LEAST)) >= 350) {
            tell(scan, &blob, code->token[at].start, code->token[at].end);
            return;
        }
        from = i + 1;
    }
}

/* ---- all ------------------------------------------------------------------------------------ */

static bool is_mangled(struct str name)
{
    if (!str_starts(name, STR("_0x")) || name.len < 6) {
        return false;
    }
    for (size_t i = 3; i < name.len; i++) {
        if (!is_hex(name.ptr[i])) {
            return false;
        }
    }
    return true;
}

static bool has_other_script(struct str name)
{
    for (size_t i = 0; i < name.len; i++) {
        if ((unsigned char)name.ptr[i] >= 0x80) {
            return true;
        }
    }
    return false;
}

void hidden_code(struct scan *scan, const struct code *code)
{
    size_t mangled_count = 0;
    size_t first = 0;
    look_for_turns(scan, code);
    for (size_t at = 0; at < code->count; at++) {
        const struct token *token = &code->token[at];
        const struct str text = token_text(code, at);
        if (token->kind == TOKEN_TEXT) {
            look_at_escapes(scan, code, at);
            look_at_blob(scan, code, at);
            continue;
        }
        if (token->kind == TOKEN_SIGN || token->kind == TOKEN_NUMBER) {
            continue;
        }
        if (has_other_script(text)) {
            look_at_name(scan, code, at);
        }
        if (is_mangled(text)) {
            first = mangled_count == 0 ? at : first;
            mangled_count++;
        }
        if (runs_text(code, at)) {
            look_at_call(scan, code, at);
        }
        if (str_is(text, "fromCharCode") && token_is(code, at + 1, "(")) {
            look_at_codes(scan, code, at);
        }
    }
    if (mangled_count >= MANGLED_LEAST) {
        tell(scan, &mangled, code->token[first].start, code->token[first].end);
    }
}
