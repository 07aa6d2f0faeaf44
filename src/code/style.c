/*
 * style.c - sheets and styles, by a reader of our own: selectors, declarations, and the addresses in them.
 *
 * What stands before a brace is a selector or an at-rule, what stands before a semicolon a declaration; blocks within
 * blocks need no more than a stack. Addresses are read with quotes and escapes as a browser reads them.
 */
#include <math.h>
#include <string.h>

#include "inside_page.h"

enum { BLOCKS_MAX = 16 };

struct look {
    double text; /* luminance, 0 to 1; negative: it does not say */
    double ground;
    double size; /* pixels */
    double opacity;
    bool is_away; /* far outside of what is seen */
};

struct sheet {
    struct str text;
    struct code_findings *findings;
    size_t shift;
    struct str selector[BLOCKS_MAX];
    struct look look[BLOCKS_MAX];
    size_t depth;
    bool is_leak_told;
};

static const struct look nothing = {-1, -1, -1, -1, false};

/* ---- values ---------------------------------------------------------------------------------------------- */

static double number_at(struct str text, size_t *at)
{
    double value = 0;
    double place = 0;
    const bool is_minus = *at < text.len && text.ptr[*at] == '-';
    *at += is_minus;
    for (; *at < text.len; (*at)++) {
        const char sign = text.ptr[*at];
        if (sign >= '0' && sign <= '9') {
            value = place > 0 ? value + (sign - '0') * place : value * 10 + (sign - '0');
            place = place / 10;
        } else if (sign == '.' && place == 0) {
            place = 0.1;
        } else {
            break;
        }
    }
    return is_minus ? -value : value;
}

static double luminance(double red, double green, double blue)
{
    const double part[3] = {red / 255, green / 255, blue / 255};
    static const double weight[3] = {0.2126, 0.7152, 0.0722};
    double sum = 0;
    for (size_t i = 0; i < 3; i++) {
        sum += weight[i] *
               (part[i] <= 0.04045 ? part[i] / 12.92 : pow((part[i] + 0.055) / 1.055, 2.4));
    }
    return sum;
}

static int digit_of(char sign)
{
    return sign >= '0' && sign <= '9'                 ? sign - '0'
           : (sign | 32) >= 'a' && (sign | 32) <= 'f' ? (sign | 32) - 'a' + 10
                                                      : -1;
}

/* The luminance of a colour; negative: it is not one that is known. */
static double colour_of(struct str value)
{
    value = str_trim(value);
    if (same_small(value, "white")) {
        return 1;
    }
    if (same_small(value, "black")) {
        return 0;
    }
    if (value.len >= 4 && value.ptr[0] == '#') {
        double part[6] = {0};
        size_t count = 0;
        while (count < 6 && count + 1 < value.len && digit_of(value.ptr[count + 1]) >= 0) {
            part[count] = digit_of(value.ptr[count + 1]);
            count++;
        }
        return count == 6   ? luminance(part[0] * 16 + part[1], part[2] * 16 + part[3],
                                        part[4] * 16 + part[5])
               : count >= 3 ? luminance(part[0] * 17, part[1] * 17, part[2] * 17)
                            : -1;
    }
    if (same_small(str_slice(value, 0, 3), "rgb")) {
        double part[3] = {0};
        size_t at = str_find(value, '(') + 1;
        for (size_t i = 0; i < 3; i++) {
            while (at < value.len && strchr(" ,/", value.ptr[at]) != NULL) {
                at++;
            }
            part[i] = number_at(value, &at);
        }
        return luminance(part[0], part[1], part[2]);
    }
    return -1;
}

/* A length in pixels, as far as it can be told. */
static double length_of(struct str value)
{
    size_t at = 0;
    value = str_trim(value);
    const double number = number_at(value, &at);
    const struct str unit = str_slice(value, at, at + 3);
    return at == 0                       ? -1
           : str_starts(unit, STR("em")) ? number * 16
           : same_small(unit, "rem")     ? number * 16
           : str_starts(unit, STR("pt")) ? number * 4 / 3
           : str_starts(unit, STR("%"))  ? number * 16 / 100
                                         : number;
}

/* ---- addresses ----------------------------------------------------------------------------------------------- */

static void tell(struct sheet *sheet, enum rule_id rule, struct str place)
{
    const size_t from = sheet->shift + (size_t)(place.ptr - sheet->text.ptr);
    report_at(sheet->findings, rule, from, from + place.len);
}

/* A selector that asks what stands in a field, sign by sign. */
static bool asks_values(struct str selector)
{
    const bool is_part = str_contains(selector, STR("^=")) || str_contains(selector, STR("$=")) ||
                         str_contains(selector, STR("*="));
    return (is_part && has_small(selector, "[value")) ||
           (is_part && has_small(selector, "input[") && has_small(selector, "value"));
}

static void look_at_url(struct sheet *sheet, struct str url, bool is_import)
{
    const struct str selector = sheet->depth == 0 ? STR("") : sheet->selector[sheet->depth - 1];
    const bool is_other = address_host(url).len > 0;
    if (same_small(str_slice(str_trim(url), 0, 11), "javascript:")) {
        tell(sheet, RULE_SCRIPT_ADDRESS, url);
    }
    if (is_open_address(url)) {
        tell(sheet, RULE_MIXED, url);
    }
    if (is_tracker_address(url)) {
        tell(sheet, RULE_PIXEL, url);
    }
    if (is_font_address(url) || (is_other && has_small(selector, "@font-face"))) {
        tell(sheet, RULE_FONT, url);
    } else if (is_import && is_other) {
        tell(sheet, RULE_THIRD_PARTY, url);
    }
    if (is_other && asks_values(selector) && !sheet->is_leak_told) {
        tell(sheet, RULE_CSS_LEAK, url);
        sheet->is_leak_told = true;
    }
    if (has_personal_query(url)) {
        tell(sheet, RULE_URL_PII, url);
    }
}

static struct str unquoted(struct str text)
{
    text = str_trim(text);
    const bool is_quoted = text.len >= 2 && (text.ptr[0] == '"' || text.ptr[0] == '\'') &&
                           text.ptr[text.len - 1] == text.ptr[0];
    return is_quoted ? str_slice(text, 1, text.len - 1) : text;
}

static size_t after_quote(struct str text, size_t at)
{
    const char quote = text.ptr[at++];
    while (at < text.len && text.ptr[at] != quote && text.ptr[at] != '\n') {
        at += text.ptr[at] == '\\' ? 2 : 1;
    }
    return at < text.len ? at + 1 : text.len;
}

static void look_for_urls(struct sheet *sheet, struct str text)
{
    const bool is_import = same_small(str_slice(text, 0, 7), "@import");
    for (size_t at = 0; at < text.len; at++) {
        const char sign = text.ptr[at];
        if (sign == '"' || sign == '\'') {
            const size_t end = after_quote(text, at);
            if (is_import || has_small(str_slice(text, 0, at), "image-set(")) {
                look_at_url(sheet, unquoted(str_slice(text, at, end)), is_import);
            }
            at = end - 1;
        } else if ((sign | 32) == 'u' && same_small(str_slice(text, at, at + 4), "url(")) {
            size_t end = at + 4;
            while (end < text.len && text.ptr[end] != ')') {
                end = text.ptr[end] == '"' || text.ptr[end] == '\'' ? after_quote(text, end)
                                                                    : end + 1;
            }
            look_at_url(sheet, unquoted(str_slice(text, at + 4, end)), is_import);
            at = end;
        }
    }
}

/* ---- what is hardly seen ------------------------------------------------------------------------------------------ */

static bool is_hidden(const struct look *look)
{
    const double light = look->text > look->ground ? look->text : look->ground;
    const double dark = look->text > look->ground ? look->ground : look->text;
    const bool is_alike =
        look->text >= 0 && look->ground >= 0 && (light + 0.05) / (dark + 0.05) < 1.3;
    return is_alike || look->is_away || (look->size >= 0 && look->size < 7) ||
           (look->opacity >= 0 && look->opacity < 0.2);
}

static void look_at_declaration(struct sheet *sheet, struct str text, struct look *look)
{
    const size_t colon = str_find(text, ':');
    const struct str name = str_trim(str_slice(text, 0, colon));
    const struct str value = str_trim(str_slice(text, colon + 1, text.len));
    look_for_urls(sheet, text);
    if (colon == text.len) {
        return;
    }
    const bool is_program = has_small(value, "expression(") ||
                            ((same_small(name, "behavior") || same_small(name, "-moz-binding")) &&
                             has_small(value, "url("));
    if (is_program) {
        tell(sheet, RULE_SCRIPT_ADDRESS, text);
    }
    if (same_small(name, "color")) {
        look->text = colour_of(value);
    } else if (same_small(name, "background") || same_small(name, "background-color")) {
        look->ground = colour_of(value);
    } else if (same_small(name, "font-size")) {
        look->size = length_of(value);
    } else if (same_small(name, "opacity")) {
        size_t at = 0;
        look->opacity = number_at(value, &at);
        look->opacity /= at < value.len && value.ptr[at] == '%' ? 100 : 1;
    } else if (same_small(name, "left") || same_small(name, "top") ||
               same_small(name, "text-indent") || same_small(name, "right")) {
        size_t at = 0;
        const double number = number_at(value, &at);
        look->is_away = look->is_away || number <= -500;
    }
}

/* ---- reading ------------------------------------------------------------------------------------------------------- */

static size_t after_comment(struct str text, size_t at)
{
    for (at += 2; at + 1 < text.len; at++) {
        if (text.ptr[at] == '*' && text.ptr[at + 1] == '/') {
            return at + 2;
        }
    }
    return text.len;
}

/* Without the comments before it. */
static struct str begun(struct str text)
{
    text = str_trim(text);
    while (str_starts(text, STR("/*"))) {
        text = str_trim(str_slice(text, after_comment(text, 0), text.len));
    }
    return text;
}

static void open_block(struct sheet *sheet, struct str selector)
{
    if (sheet->depth < BLOCKS_MAX) {
        sheet->selector[sheet->depth] = selector;
        sheet->look[sheet->depth] = nothing;
    }
    sheet->depth++;
}

static void close_block(struct sheet *sheet)
{
    if (sheet->depth == 0) {
        return;
    }
    sheet->depth--;
    if (sheet->depth < BLOCKS_MAX && is_hidden(&sheet->look[sheet->depth]) &&
        says_choice(sheet->selector[sheet->depth])) {
        tell(sheet, RULE_HIDDEN_CHOICE, sheet->selector[sheet->depth]);
    }
}

static void end_part(struct sheet *sheet, struct str part)
{
    part = begun(part);
    if (part.len == 0) {
        return;
    }
    if (sheet->depth == 0 || part.ptr[0] == '@') {
        look_for_urls(sheet, part);
    } else {
        const size_t depth = sheet->depth < BLOCKS_MAX ? sheet->depth : BLOCKS_MAX;
        look_at_declaration(sheet, part, &sheet->look[depth - 1]);
    }
}

void scan_style(struct str text, size_t shift, struct code_findings *findings)
{
    struct sheet sheet = {.text = text, .findings = findings, .shift = shift};
    size_t from = 0;
    for (size_t at = 0; at < text.len;) {
        const char sign = text.ptr[at];
        if (sign == '"' || sign == '\'') {
            at = after_quote(text, at);
            continue;
        }
        if (sign == '/' && at + 1 < text.len && text.ptr[at + 1] == '*') {
            at = after_comment(text, at);
            continue;
        }
        if ((sign | 32) == 'u' && same_small(str_slice(text, at, at + 4), "url(")) {
            while (at < text.len && text.ptr[at] != ')' && text.ptr[at] != '\n') {
                at = text.ptr[at] == '"' || text.ptr[at] == '\'' ? after_quote(text, at) : at + 1;
            }
            continue;
        }
        if (sign == '{') {
            open_block(&sheet, begun(str_slice(text, from, at)));
        } else if (sign == ';' || sign == '}') {
            end_part(&sheet, str_slice(text, from, at));
        }
        if (sign == '}') {
            close_block(&sheet);
        }
        if (sign == '{' || sign == ';' || sign == '}') {
            from = at + 1;
        }
        at++;
    }
    end_part(&sheet, str_slice(text, from, text.len));
}

void scan_declarations(struct str text, struct str words, size_t shift,
                       struct code_findings *findings)
{
    struct sheet sheet = {.text = text, .findings = findings, .shift = shift};
    struct look look = nothing;
    struct str rest = text;
    while (rest.ptr != NULL) {
        const struct str from = rest;
        size_t at = 0;
        while (at < rest.len && rest.ptr[at] != ';') {
            at = rest.ptr[at] == '"' || rest.ptr[at] == '\'' ? after_quote(rest, at)
                 : rest.ptr[at] == '(' ? at + str_find(str_slice(rest, at, rest.len), ')')
                                       : at + 1;
        }
        const struct str part = str_trim(str_slice(from, 0, at));
        if (part.len > 0) {
            look_at_declaration(&sheet, part, &look);
        }
        rest = at < from.len ? str_slice(from, at + 1, from.len) : (struct str){0};
    }
    if (is_hidden(&look) && says_choice(words)) {
        tell(&sheet, RULE_HIDDEN_CHOICE, text);
    }
}
