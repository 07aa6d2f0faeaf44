/*
 * c_text.c - names, texts and numbers of a model as they may stand in a C file.
 *
 * Nothing of the data gets into the code as it is: names become letters, digits and '_', texts are
 * escaped byte by byte, and comments hold plain ASCII without anything that could end them.
 */
#include "c_text.h"

#include <math.h>
#include <string.h>

#include "model.h"

enum { NUMBERS_A_LINE = 6 };

/* ---- names --------------------------------------------------------------------------------- */

static bool is_lower(char byte)
{
    return byte >= 'a' && byte <= 'z';
}

static bool is_upper(char byte)
{
    return byte >= 'A' && byte <= 'Z';
}

static bool is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

/* "MonthlyCharges" is monthly_charges, "marital-status" marital_status. */
struct str c_name(struct arena *arena, struct str name)
{
    struct buf made = buf_begin(arena);
    for (size_t i = 0; i < name.len; i++) {
        const char byte = name.ptr[i];
        if (i == 0 && !is_lower(byte) && !is_upper(byte)) {
            buf_u8(&made, 'x');
        }
        if (i > 0 && is_upper(byte) && is_lower(name.ptr[i - 1])) {
            buf_u8(&made, '_');
        }
        if (is_upper(byte)) {
            buf_u8(&made, (uint8_t)(byte - 'A' + 'a'));
        } else {
            buf_u8(&made, is_lower(byte) || is_digit(byte) ? (uint8_t)byte : (uint8_t)'_');
        }
    }
    return made.len == 0 ? STR("model") : str_slice(buf_text(&made), 0, C_NAME_MAX);
}

/* Lower-case words that cannot name a field, in C or C++, or that compilers define. */
static bool is_reserved(struct str name)
{
    static const char words[] =
        " alignas alignof and and_eq asm auto bitand bitor bool break case catch char class compl "
        "concept const consteval constexpr constinit const_cast continue co_await co_return "
        "co_yield "
        "decltype default delete do double dynamic_cast else enum explicit export extern false "
        "float "
        "for friend goto i386 if inline int linux long mutable namespace new noexcept not not_eq "
        "nullptr operator or or_eq private protected public register reinterpret_cast requires "
        "restrict return short signed sizeof static static_assert static_cast struct switch "
        "template "
        "this thread_local throw true try typedef typeid typename typeof union unix unsigned using "
        "virtual void volatile wchar_t while xor xor_eq errno ";
    char padded[C_NAME_MAX + 3];
    if (name.len > C_NAME_MAX) {
        return false;
    }
    padded[0] = ' ';
    bytes_copy(padded + 1, name.ptr, name.len);
    padded[name.len + 1] = ' ';
    padded[name.len + 2] = '\0';
    return strstr(words, padded) != NULL;
}

/* The names of the fields: each once. */
const char *const *c_fields(struct arena *arena, const struct model *model)
{
    const char **field = NEW_ARRAY(arena, model->feature_count, const char *);
    struct map *taken = map_begin(arena);
    for (size_t i = 0; i < model->feature_count; i++) {
        const struct str wanted = c_name(arena, model->feature[i].name);
        struct str name = wanted;
        for (size_t more = 2; is_reserved(name) || map_get(taken, KEY(name)) != NULL; more++) {
            name = str_format(arena, "%.*s_%zu", STR_ARG(wanted), more);
        }
        map_put(taken, KEY(name), taken);
        field[i] = str_z(arena, name);
    }
    return field;
}

const char *c_upper(struct arena *arena, struct str name)
{
    char *big = arena_new(arena, name.len + 1);
    for (size_t i = 0; i < name.len; i++) {
        big[i] = (char)(is_lower(name.ptr[i]) ? name.ptr[i] - 'a' + 'A' : name.ptr[i]);
    }
    return big;
}

/* ---- texts and numbers --------------------------------------------------------------------- */

/* In a comment: plain ASCII, and neither the end of one nor the beginning. */
const char *c_comment(struct arena *arena, struct str text)
{
    struct buf plain = buf_begin(arena);
    for (size_t i = 0; i < text.len && i < C_NAME_MAX; i++) {
        const char byte = text.ptr[i];
        const bool is_plain =
            byte >= ' ' && byte <= '~' && byte != '*' && byte != '/' && byte != '\\' && byte != '?';
        buf_u8(&plain, is_plain ? (uint8_t)byte : (uint8_t)'.');
    }
    return str_z(arena, buf_text(&plain));
}

void c_literal(struct buf *out, struct str text)
{
    buf_format(out, "\"");
    for (size_t i = 0; i < text.len; i++) {
        const unsigned byte = (unsigned char)text.ptr[i];
        const bool is_plain =
            byte >= ' ' && byte <= '~' && byte != '"' && byte != '\\' && byte != '?';
        buf_format(out, is_plain ? "%c" : "\\%03o", byte);
    }
    buf_format(out, "\"");
}

static void put_double(struct buf *out, double value)
{
    if (isinf(value)) {
        buf_format(out, "-HUGE_VAL");
        return;
    }
    const struct str text = str_from_double(out->arena, value);
    bool is_whole = true;
    for (size_t i = 0; i < text.len; i++) {
        is_whole = is_whole && (is_digit(text.ptr[i]) || text.ptr[i] == '-');
    }
    buf_format(out, is_whole ? "%.*s.0" : "%.*s", STR_ARG(text));
}

static void put_separator(struct buf *out, size_t index, size_t count)
{
    if (index + 1 < count) {
        buf_format(out, (index + 1) % NUMBERS_A_LINE == 0 ? ",\n    " : ", ");
    }
}

void c_doubles(struct buf *out, const double *value, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        put_double(out, value[i]);
        put_separator(out, i, count);
    }
}

void c_bytes(struct buf *out, const uint8_t *value, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        buf_format(out, "%u", (unsigned)value[i]);
        put_separator(out, i, count);
    }
}
