/*
 * tell.c - the sentences of telling.def, filled; numbers and dates as each language writes them.
 *
 * Marks of numbers are those of Unicode CLDR 43 for en, de, fr, es and it, with groups from five digits on in all
 * five, as Spanish and Italian have them: a year and a postal code are no thousands.
 */
#include "telling.h"

#include <math.h>
#include <string.h>

static const char *const name_row[] = {
#define TELL(name, en, de, fr, es, it) #name,
#define CODE(code, en, de, fr, es, it) "CODE_" #code,
#include "telling.def"
#undef TELL
#undef CODE
};

static const char *const words_row[][TONGUES] = {
#define TELL(name, en, de, fr, es, it) {en, de, fr, es, it},
#define CODE(code, en, de, fr, es, it) {en, de, fr, es, it},
#include "telling.def"
#undef TELL
#undef CODE
};

/* ---- languages ----------------------------------------------------------------------------- */

static const struct {
    const char *name;
    const char *decimal;
    const char *group;
    const char *date; /* d: the day, M: the month's name, y: the year */
    const char *month[12];
} language[TONGUES] = {
    [TONGUE_EN] = {"en",
                   ".",
                   ",",
                   "d M y",
                   {"January", "February", "March", "April", "May", "June", "July", "August",
                    "September", "October", "November", "December"}},
    [TONGUE_DE] = {"de",
                   ",",
                   ".",
                   "d. M y",
                   {"Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August",
                    "September", "Oktober", "November", "Dezember"}},
    [TONGUE_FR] = {"fr",
                   ",",
                   "\xe2\x80\xaf", /* U+202F */
                   "d M y",
                   {"janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août",
                    "septembre", "octobre", "novembre", "décembre"}},
    [TONGUE_ES] = {"es",
                   ",",
                   ".",
                   "d de M de y",
                   {"enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto",
                    "septiembre", "octubre", "noviembre", "diciembre"}},
    [TONGUE_IT] = {"it",
                   ",",
                   ".",
                   "d M y",
                   {"gennaio", "febbraio", "marzo", "aprile", "maggio", "giugno", "luglio",
                    "agosto", "settembre", "ottobre", "novembre", "dicembre"}},
};

const char *tongue_name(enum tongue tongue)
{
    must((unsigned)tongue < TONGUES);
    return language[tongue].name;
}

bool tongue_find(struct str tag, enum tongue *tongue)
{
    for (unsigned t = 0; t < TONGUES; t++) {
        const bool ends = tag.len == 2 || (tag.len > 2 && (tag.ptr[2] == '-' || tag.ptr[2] == '_'));
        const char *name = language[t].name;
        if (ends && (tag.ptr[0] | 0x20) == name[0] && (tag.ptr[1] | 0x20) == name[1]) {
            *tongue = (enum tongue)t;
            return true;
        }
    }
    return false;
}

/* The weight of "de;q=0.8"; what is written wrongly weighs nothing. */
static double weight_of(struct str parameters)
{
    double weight = 1;
    while (parameters.len > 0) {
        const struct str one = str_trim(str_cut(&parameters, ';'));
        if (one.len > 2 && (one.ptr[0] | 0x20) == 'q' && one.ptr[1] == '=' &&
            (!str_to_double(str_slice(one, 2, one.len), &weight) ||
             !(weight >= 0 && weight <= 1))) {
            return 0;
        }
    }
    return weight;
}

bool tongue_accepted(struct str header, enum tongue *tongue)
{
    double best = 0;
    while (header.len > 0) {
        struct str range = str_cut(&header, ',');
        const struct str tag = str_trim(str_cut(&range, ';'));
        const double weight = weight_of(range);
        enum tongue found;
        if (weight > best && tongue_find(tag, &found)) {
            best = weight;
            *tongue = found;
        }
    }
    return best > 0;
}

/* ---- sentences ----------------------------------------------------------------------------- */

const char *tell_name(enum tell tell)
{
    must((unsigned)tell < TELLS);
    return name_row[tell];
}

struct str tell_words(enum tongue tongue, enum tell tell)
{
    must((unsigned)tongue < TONGUES);
    must((unsigned)tell < TELLS);
    return str_of(words_row[tell][tongue]);
}

/* The length of "{name}" at the beginning; 0: another thing stands there. */
static size_t place_len(struct str text, const char *name)
{
    const size_t len = strlen(name);
    return text.len >= len + 2 && memcmp(text.ptr + 1, name, len) == 0 && text.ptr[len + 1] == '}'
               ? len + 2
               : 0;
}

struct str tell_fill(struct arena *arena, struct str text, const struct tell_place *place,
                     size_t place_count)
{
    struct buf buf = buf_begin(arena);
    while (text.len > 0) {
        const size_t brace = str_find(text, '{');
        buf_str(&buf, str_slice(text, 0, brace));
        text = str_slice(text, brace, text.len);
        size_t taken = text.len > 0 ? 1 : 0;
        struct str put = str_slice(text, 0, taken);
        for (size_t p = 0; p < place_count && text.len > 0; p++) {
            const size_t len = place_len(text, place[p].name);
            if (len > 0) {
                taken = len;
                put = place[p].text;
                break;
            }
        }
        buf_str(&buf, put);
        text = str_slice(text, taken, text.len);
    }
    return buf_text(&buf);
}

struct str tell(struct arena *arena, enum tongue tongue, enum tell tell,
                const struct tell_place *place, size_t place_count)
{
    return tell_fill(arena, tell_words(tongue, tell), place, place_count);
}

enum tell tell_plural(enum tongue tongue, double number, enum tell one)
{
    const double size = fabs(number);
    const bool is_one = tongue == TONGUE_FR ? size < 2 : size == 1;
    return is_one ? one : (enum tell)(one + 1);
}

bool tell_code(enum tongue tongue, struct str code, struct str *sentence)
{
    if (str_starts(code, STR("signal_"))) {
        code = STR("signal");
    }
    for (unsigned t = 0; t < TELLS; t++) {
        const struct str name = str_of(name_row[t]);
        if (str_starts(name, STR("CODE_")) && str_equal(str_slice(name, 5, name.len), code)) {
            *sentence = tell_words(tongue, (enum tell)t);
            return true;
        }
    }
    return false;
}

/* ---- numbers ------------------------------------------------------------------------------- */

enum { GROUP = 3, GROUPED_FROM = 5 };

/* "12345.5" with the language's marks. */
static void put_digits(struct buf *buf, enum tongue tongue, struct str plain)
{
    const size_t point = str_find(plain, '.');
    size_t digits = point;
    if (digits > 0 && plain.ptr[0] == '-') {
        buf_str(buf, STR("-"));
        plain = str_slice(plain, 1, plain.len);
        digits--;
    }
    for (size_t i = 0; i < digits; i++) {
        if (i > 0 && digits >= GROUPED_FROM && (digits - i) % GROUP == 0) {
            buf_str(buf, str_of(language[tongue].group));
        }
        buf_str(buf, str_slice(plain, i, i + 1));
    }
    if (digits < plain.len) {
        buf_str(buf, str_of(language[tongue].decimal));
        buf_str(buf, str_slice(plain, digits + 1, plain.len));
    }
}

/* Without zeros at the end of decimals. */
static struct str without_zeros(struct str plain)
{
    if (str_find(plain, '.') == plain.len) {
        return plain;
    }
    while (plain.ptr[plain.len - 1] == '0') {
        plain.len--;
    }
    if (plain.ptr[plain.len - 1] == '.') {
        plain.len--;
    }
    return str_is(plain, "-0") ? STR("0") : plain;
}

struct str tell_number(struct arena *arena, enum tongue tongue, double number, int decimals)
{
    must((unsigned)tongue < TONGUES);
    struct buf buf = buf_begin(arena);
    const double size = fabs(number);
    struct str plain = str_from_double(arena, number);
    if (!isfinite(number)) {
        return plain;
    }
    if (decimals >= 0 && size < 1e15) {
        plain = without_zeros(str_format(arena, "%.*f", decimals, number));
        if (str_is(plain, "0") &&
            size > 0) { /* something that is there is not said to be nothing */
            plain = str_format(arena, "%.3g", number);
        }
    }
    const size_t exponent = str_find(plain, 'e');
    put_digits(&buf, tongue, str_slice(plain, 0, exponent));
    buf_str(&buf, str_slice(plain, exponent, plain.len));
    return buf_text(&buf);
}

struct str tell_signed(struct arena *arena, enum tongue tongue, double number)
{
    struct buf buf = buf_begin(arena);
    const struct str plain = str_format(arena, "%+.2f", number);
    const bool is_nothing = str_is(plain, "-0.00") || str_is(plain, "+0.00");
    buf_str(&buf,
            is_nothing ? STR("\xc2\xb1") : str_slice(plain, 0, 1)); /* the sign for both ways */
    put_digits(&buf, tongue, str_slice(plain, 1, plain.len));
    return buf_text(&buf);
}

struct str tell_percent(struct arena *arena, enum tongue tongue, double share)
{
    const struct tell_place place[] = {{"value", tell_number(arena, tongue, 100 * share, 2)}};
    return tell(arena, tongue, TELL_PERCENT, place, 1);
}

struct str tell_date(struct arena *arena, enum tongue tongue, int64_t micros)
{
    must((unsigned)tongue < TONGUES);
    const struct str iso = str_from_date(arena, micros);
    uint64_t month = 0;
    uint64_t day = 0;
    const size_t tail = iso.len - (sizeof "-11-25" - 1);
    must(str_to_uint64(str_slice(iso, tail + 1, tail + 3), &month) && month >= 1 && month <= 12);
    must(str_to_uint64(str_slice(iso, tail + 4, tail + 6), &day));
    struct buf buf = buf_begin(arena);
    for (const char *c = language[tongue].date; *c != '\0'; c++) {
        const bool is_letter = c == language[tongue].date || c[-1] == ' ';
        if (is_letter && *c == 'd' && c[1] != 'e') {
            buf_str(&buf, str_format(arena, "%u", (unsigned)day));
            buf_str(&buf, tongue == TONGUE_FR && day == 1 ? STR("er") : STR(""));
        } else if (*c == 'M') {
            buf_str(&buf, str_of(language[tongue].month[month - 1]));
        } else if (*c == 'y') {
            buf_str(&buf, str_slice(iso, 0, tail));
        } else {
            buf_str(&buf, (struct str){c, 1});
        }
    }
    return buf_text(&buf);
}

/* ---- facts --------------------------------------------------------------------------------- */

/* The value without its unit; empty: not known. */
struct str fact_bare(struct arena *arena, enum tongue tongue, const struct fact *fact)
{
    switch (fact->kind) {
    case FACT_UNKNOWN:
        break;
    case FACT_TEXT:
        return fact->text;
    case FACT_NUMBER:
        return tell_number(arena, tongue, fact->number, fact->is_exact ? TELL_EXACT : 2);
    case FACT_DATE:
        return tell_date(arena, tongue, fact->time);
    case FACT_TRUTH:
        return tell_words(tongue, fact->number != 0 ? TELL_YES : TELL_NO);
    }
    return STR("");
}

struct str fact_value(struct arena *arena, enum tongue tongue, const struct fact *fact)
{
    const struct str bare = fact_bare(arena, tongue, fact);
    const struct tell_place place[] = {{"value", bare}};
    if (bare.len == 0) {
        return tell_words(tongue, TELL_NOT_KNOWN);
    }
    if (fact->kind != FACT_NUMBER || fact->unit.len == 0) {
        return bare;
    }
    if (str_is(fact->unit, "days") || str_is(fact->unit, "years")) {
        const enum tell one = str_is(fact->unit, "days") ? TELL_DAYS_ONE : TELL_YEARS_ONE;
        return tell(arena, tongue, tell_plural(tongue, fact->number, one), place, 1);
    }
    return str_format(arena, "%.*s %.*s", STR_ARG(bare), STR_ARG(fact->unit));
}
