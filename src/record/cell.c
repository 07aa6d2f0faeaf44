/*
 * cell.c - one value: read from text against its field, written back as text.
 *
 * The checks run from the general to the special: length, encoding, missing, kind, range. The first
 * that fails names the fault; a fault never carries the value, which came from a person.
 */
#include "record.h"

#include <assert.h>

enum {
    EMAIL_LEN_MAX = 254,  /* RFC 5321, section 4.5.3.1.3, without the angle brackets */
    LOCAL_LEN_MAX = 64,   /* section 4.5.3.1.1 */
    LABEL_LEN_MAX = 63,   /* RFC 1035, section 2.3.4 */
    PHONE_DIGITS_MIN = 6, /* shorter ones are services, not people */
    PHONE_DIGITS_MAX = 15 /* ITU-T E.164, section 6.2.1 */
};

static bool is_missing(struct str text)
{
    return text.len == 0 || str_is(text, "NA") || str_is(text, "NaN") || str_is(text, "null") ||
           str_is(text, "?");
}

/* ---- numbers, booleans, dates -------------------------------------------------------------- */

static enum cell_fault number_read(const struct field *field, struct str text, struct cell *cell)
{
    double number = 0;
    if (!str_to_double(text, &number)) {
        return CELL_NOT_A_NUMBER;
    }
    if (field->has_min && number < field->min) {
        return CELL_BELOW_MIN;
    }
    if (field->has_max && number > field->max) {
        return CELL_ABOVE_MAX;
    }
    *cell = (struct cell){.kind = CELL_NUMBER, .number = number};
    return CELL_FINE;
}

static bool is_word(struct str text, const char *lower)
{
    size_t i = 0;
    while (i < text.len && lower[i] != '\0') {
        const int letter = (unsigned char)text.ptr[i];
        const int folded = letter >= 'A' && letter <= 'Z' ? letter + ('a' - 'A') : letter;
        if (folded != lower[i]) {
            return false;
        }
        i++;
    }
    return i == text.len && lower[i] == '\0';
}

static enum cell_fault boolean_read(struct str text, struct cell *cell)
{
    static const struct {
        const char *word;
        double number;
    } known[] = {{"true", 1}, {"false", 0}, {"yes", 1}, {"no", 0}, {"1", 1}, {"0", 0}};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (is_word(text, known[i].word)) {
            *cell = (struct cell){.kind = CELL_NUMBER, .number = known[i].number};
            return CELL_FINE;
        }
    }
    return CELL_NOT_A_BOOLEAN;
}

static enum cell_fault date_read(const struct field *field, struct str text, int64_t now,
                                 struct cell *cell)
{
    int64_t time = 0;
    if (!str_to_time(text, &time)) {
        return CELL_NOT_A_DATE;
    }
    /* A forecast may lie ahead; what was observed or told may not. */
    const bool is_fact = field->origin == ORIGIN_PROVIDED || field->origin == ORIGIN_OBSERVED;
    if (is_fact && time > now) {
        return CELL_IN_THE_FUTURE;
    }
    *cell = (struct cell){.kind = CELL_TIME, .time = time};
    return CELL_FINE;
}

/* ---- text ---------------------------------------------------------------------------------- */

static bool is_alphanumeric(char letter)
{
    return (letter >= '0' && letter <= '9') || (letter >= 'a' && letter <= 'z') ||
           (letter >= 'A' && letter <= 'Z') || (unsigned char)letter >= 0x80;
}

static bool is_local_letter(char letter)
{
    return is_alphanumeric(letter) ||
           (letter != '\0' && str_contains(STR("!#$%&'*+-/=?^_`{|}~."), (struct str){&letter, 1}));
}

/* The dot-atom of RFC 5322, section 3.2.3, and of RFC 6531 beyond ASCII. Quoted local parts are
 * legal and unused; refusing them keeps one spelling per address. */
static bool is_local_part(struct str local)
{
    if (local.len == 0 || local.len > LOCAL_LEN_MAX || local.ptr[0] == '.' ||
        local.ptr[local.len - 1] == '.' || str_contains(local, STR(".."))) {
        return false;
    }
    for (size_t i = 0; i < local.len; i++) {
        if (!is_local_letter(local.ptr[i])) {
            return false;
        }
    }
    return true;
}

static bool is_label(struct str label)
{
    if (label.len == 0 || label.len > LABEL_LEN_MAX || label.ptr[0] == '-' ||
        label.ptr[label.len - 1] == '-') {
        return false;
    }
    for (size_t i = 0; i < label.len; i++) {
        if (!is_alphanumeric(label.ptr[i]) && label.ptr[i] != '-') {
            return false;
        }
    }
    return true;
}

static bool is_domain(struct str domain)
{
    size_t label_count = 0;
    struct str rest = domain;
    while (rest.ptr != NULL) {
        if (!is_label(str_cut(&rest, '.'))) {
            return false;
        }
        label_count++;
    }
    return label_count >= 2;
}

static bool is_email(struct str text)
{
    const size_t at = str_find(text, '@');
    return text.len <= EMAIL_LEN_MAX && at < text.len && is_local_part(str_slice(text, 0, at)) &&
           is_domain(str_slice(text, at + 1, text.len));
}

static bool is_phone(struct str text)
{
    size_t digit_count = 0;
    for (size_t i = 0; i < text.len; i++) {
        const char letter = text.ptr[i];
        const bool is_digit = letter >= '0' && letter <= '9';
        const bool is_filler = letter == ' ' || letter == '-' || letter == '.' || letter == '(' ||
                               letter == ')' || letter == '/';
        if (!is_digit && !is_filler && !(letter == '+' && i == 0)) {
            return false;
        }
        digit_count += is_digit ? 1 : 0;
    }
    return digit_count >= PHONE_DIGITS_MIN && digit_count <= PHONE_DIGITS_MAX;
}

static bool is_allowed(const struct field *field, struct str text)
{
    for (size_t i = 0; i < field->allowed_count; i++) {
        if (str_equal(field->allowed[i], text)) {
            return true;
        }
    }
    return field->allowed_count == 0;
}

static enum cell_fault text_read(const struct field *field, struct str text, struct cell *cell)
{
    if (!is_allowed(field, text)) {
        return CELL_UNKNOWN_VALUE;
    }
    if (str_is(field->pii, "email") && !is_email(text)) {
        return CELL_BAD_EMAIL;
    }
    if (str_is(field->pii, "phone") && !is_phone(text)) {
        return CELL_BAD_PHONE;
    }
    *cell = (struct cell){.kind = CELL_TEXT, .text = text};
    return CELL_FINE;
}

/* ---- the door ------------------------------------------------------------------------------ */

static enum cell_fault value_read(const struct field *field, struct str text, int64_t now,
                                  struct cell *cell)
{
    switch (field->type) {
    case FIELD_NUMBER:
        return number_read(field, text, cell);
    case FIELD_BOOLEAN:
        return boolean_read(text, cell);
    case FIELD_DATE:
        return date_read(field, text, now, cell);
    case FIELD_CATEGORY:
    case FIELD_TEXT:
        return text_read(field, text, cell);
    }
    base_broken("a field has one of the known types", __FILE__, __LINE__);
}

enum cell_fault cell_read(const struct field *field, struct str text, int64_t now,
                          struct cell *cell)
{
    *cell = (struct cell){.kind = CELL_MISSING};
    if (text.len > CELL_TEXT_MAX) {
        return CELL_TOO_LONG;
    }
    if (!str_is_utf8(text)) {
        return CELL_NOT_UTF8;
    }
    const struct str trimmed = str_trim(text);
    if (is_missing(trimmed)) {
        return field->required ? CELL_REQUIRED : CELL_FINE;
    }
    return value_read(field, trimmed, now, cell);
}

static const struct {
    const char *code;
    const char *sentence;
} fault_text[] = {
    [CELL_FINE] = {"fine", "is accepted"},
    [CELL_REQUIRED] = {"required", "is missing, and the inventory requires it"},
    [CELL_NOT_A_NUMBER] = {"not_a_number", "is not a number"},
    [CELL_NOT_A_BOOLEAN] = {"not_a_boolean", "is not true, false, yes, no, 1 or 0"},
    [CELL_NOT_A_DATE] = {"not_a_date", "is not a date like 2026-03-31 or 2026-03-31T12:00:00Z"},
    [CELL_BELOW_MIN] = {"below_min", "is below the smallest allowed value"},
    [CELL_ABOVE_MAX] = {"above_max", "is above the largest allowed value"},
    [CELL_UNKNOWN_VALUE] = {"unknown_value", "is not one of the allowed values"},
    [CELL_IN_THE_FUTURE] = {"in_the_future", "is a date that lies in the future"},
    [CELL_TOO_LONG] = {"too_long", "is longer than 4096 bytes"},
    [CELL_NOT_UTF8] = {"not_utf8", "is not UTF-8 text"},
    [CELL_BAD_EMAIL] = {"bad_email", "is not an e-mail address"},
    [CELL_BAD_PHONE] = {"bad_phone", "is not a telephone number"},
};

static_assert(CELL_TEXT_MAX == 4096, "the sentence of too_long says it");

const char *cell_fault_code(enum cell_fault fault)
{
    must(fault < sizeof fault_text / sizeof fault_text[0]);
    return fault_text[fault].code;
}

const char *cell_fault_sentence(enum cell_fault fault)
{
    must(fault < sizeof fault_text / sizeof fault_text[0]);
    return fault_text[fault].sentence;
}

static struct str time_text(struct arena *arena, int64_t time)
{
    return time % MICROS_PER_DAY == 0 ? str_from_date(arena, time) : str_from_time(arena, time);
}

struct str cell_text(struct arena *arena, const struct field *field, const struct cell *cell)
{
    switch (cell->kind) {
    case CELL_MISSING:
        return STR("");
    case CELL_NUMBER:
        if (field->type == FIELD_BOOLEAN) {
            return cell->number != 0 ? STR("true") : STR("false");
        }
        return str_from_double(arena, cell->number);
    case CELL_TEXT:
        return str_copy(arena, cell->text);
    case CELL_TIME:
        return time_text(arena, cell->time);
    }
    base_broken("a cell has one of the known kinds", __FILE__, __LINE__);
}

bool cell_equal(const struct cell *left, const struct cell *right)
{
    if (left->kind != right->kind) {
        return false;
    }
    switch (left->kind) {
    case CELL_MISSING:
        return true;
    case CELL_NUMBER:
        return left->number == right->number;
    case CELL_TEXT:
        return str_equal(left->text, right->text);
    case CELL_TIME:
        return left->time == right->time;
    }
    base_broken("a cell has one of the known kinds", __FILE__, __LINE__);
}
