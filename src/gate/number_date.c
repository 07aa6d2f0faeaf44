/*
 * number_date.c - dates of birth: 16.2.1952, and as they are said, May 15, 1985 or 3. Mai 1985.
 *
 * A date alone is nobody's: a word about birth must stand beside. In words it is found by its year, which is read
 * backwards: two digits of a day and a month's name, in either order.
 */
#include "numbered.h"

#define BIRTH \
    "birth birthday birthdate birthdays born dob bday geboren geburtsdatum geburtstag geb " \
    "nacimiento nac\xc3\xad naci\xc3\xb3 nascimento nascido nascida geboortedatum " \
    "nacido nacida naissance naissances n\xc3\xa9 n\xc3\xa9" \
    "e nascita nato nata nasceu urodzony urodzona urodzenia ur f\xc3\xb6" \
    "dd f\xc3\xb6" \
    "delsedatum f\xc3\xb8" \
    "dt f\xc3\xb8" \
    "dselsdato syntynyt syntym\xc3\xa4" \
    "aika narozen narozena narozen\xc3\xad sz\xc3\xbclet\xc3\xa9si n\xc4\x83scut"
/* English, German, French, Spanish, Italian, Dutch, Portuguese; also as they are shortened. */
#define MONTHS \
    "january jan february feb march mar april apr may june jun july jul august aug september sep " \
    "sept " \
    "october oct november nov december dec januar j\xc3\xa4nner februar m\xc3\xa4rz maerz mai " \
    "juni " \
    "juli oktober okt dezember dez janvier janv f\xc3\xa9vrier fevrier f\xc3\xa9vr mars avril " \
    "avr juin " \
    "juillet juil ao\xc3\xbbt aout septembre octobre novembre d\xc3\xa9" \
    "cembre decembre d\xc3\xa9" \
    "c enero ene febrero marzo abril abr mayo junio julio agosto septiembre setiembre octubre " \
    "noviembre diciembre dic gennaio gen febbraio aprile maggio mag giugno giu luglio lug " \
    "settembre " \
    "set ottobre ott dicembre januari februari maart mei augustus janeiro fevereiro mar\xc3\xa7o " \
    "maio " \
    "junho julho setembro outubro novembro dezembro"

/* ---- in digits ----------------------------------------------------------------------------- */

static bool is_year(unsigned value, size_t len)
{
    return len == 2 || (len == 4 && value >= 1890 && value <= 2099);
}

static bool is_day_and_month(unsigned left, unsigned right)
{
    return left >= 1 && right >= 1 && left <= 31 && right <= 31 && (left <= 12 || right <= 12);
}

bool number_is_date(const struct number *number)
{
    if (number->group_count < 3 || number->between[1] != number->between[2] ||
        number->between[1] == ' ' || number->has_plus || number->has_bracket) {
        return false;
    }
    const size_t len[3] = {group_len(number, 0), group_len(number, 1), group_len(number, 2)};
    const unsigned value[3] = {group_value(number, 0), group_value(number, 1),
                               group_value(number, 2)};
    if (len[0] == 4 && len[1] <= 2 && len[2] <= 2) {
        return is_year(value[0], 4) && is_day_and_month(value[2], value[1]);
    }
    const bool may_be_short = len[2] == 4 || number->group_count == 3;
    return len[0] <= 2 && len[1] <= 2 && may_be_short && is_year(value[2], len[2]) &&
           is_day_and_month(value[0], value[1]);
}

void number_date(struct scan *scan, const struct number *number)
{
    const size_t end = number->group_end[2];
    if (has_word_near(scan->text, number->start, end, BIRTH)) {
        scan_add(scan, "cdr.pii.birth-date", "a date of birth", GATE_PII, LIKELY, number->start,
                 end);
    }
}

/* ---- in words ------------------------------------------------------------------------------ */

static bool is_word_byte(char letter)
{
    return is_letter(letter) || (unsigned char)letter >= 0x80;
}

static size_t back_over(struct str text, size_t at, const char *signs, size_t most)
{
    const size_t from = at;
    while (at > 0 && from - at < most && is_among(text.ptr[at - 1], signs)) {
        at--;
    }
    return at;
}

static size_t word_start(struct str text, size_t end)
{
    enum { MONTH_LEN_MAX = 12 };
    size_t at = end;
    while (at > 0 && end - at < MONTH_LEN_MAX && is_word_byte(text.ptr[at - 1])) {
        at--;
    }
    return at;
}

/* "15th", "1er", "3.", "3" that end at the place: where it begins, or SIZE_MAX. */
static size_t day_before(struct str text, size_t end)
{
    size_t at = back_over(text, end, ".", 1);
    const size_t word = word_start(text, at);
    if (word < at && has_word(text, word, at, "st nd rd th er \xc2\xba \xc2\xaa")) {
        at = word;
    }
    const size_t last = at;
    unsigned day = 0;
    unsigned ten = 1;
    while (at > 0 && is_digit(text.ptr[at - 1]) && last - at < 3) {
        day += ten * (unsigned)(text.ptr[at - 1] - '0');
        ten *= 10;
        at--;
    }
    const char before = letter_before(text, at);
    const bool is_one = last > at && last - at <= 2 && day >= 1 && day <= 31;
    return is_one && !is_alnum(before) && before != '_' ? at : SIZE_MAX;
}

/* Back over a blank and "of", "de", "del" before the place; the place itself without one. */
static size_t back_over_of(struct str text, size_t at)
{
    const size_t end = back_over(text, at, " ", 1);
    const size_t word = word_start(text, end);
    return end < at && word < end && has_word(text, word, end, "of de del di do") ? word : at;
}

/* "3. Mai ", "15 de mayo de ", "15-May-" before the year; SIZE_MAX: they do not stand there. */
static size_t day_and_month_before(struct str text, size_t year)
{
    const size_t end =
        back_over(text, back_over(text, back_over_of(text, year), " -/,", 2), ".", 1);
    const size_t month = word_start(text, end);
    if (end == year || end - month < 3) {
        return SIZE_MAX;
    }
    const size_t day_end = back_over(text, back_over_of(text, month), " -/", 1);
    const size_t day = day_end == month ? SIZE_MAX : day_before(text, day_end);
    return day != SIZE_MAX && has_word(text, month, end, MONTHS) ? day : SIZE_MAX;
}

/* "May 15, ", "Sept. 15th " before the year. */
static size_t month_and_day_before(struct str text, size_t year)
{
    const size_t day_end = back_over(text, year, " ,", 2);
    const size_t day = day_end == year ? SIZE_MAX : day_before(text, day_end);
    if (day == SIZE_MAX || letter_before(text, day) != ' ') {
        return SIZE_MAX;
    }
    const size_t end = back_over(text, day - 1, ".", 1);
    const size_t month = word_start(text, end);
    return end - month >= 3 && has_word(text, month, end, MONTHS) ? month : SIZE_MAX;
}

/* "15. 5. " before the year. */
static size_t digits_before(struct str text, size_t year)
{
    const size_t month_end = back_over(text, year, " ", 1);
    if (month_end == year || letter_before(text, month_end) != '.') {
        return SIZE_MAX;
    }
    const size_t month = day_before(text, month_end);
    if (month == SIZE_MAX || month < 2 || text.ptr[month - 1] != ' ' ||
        text.ptr[month - 2] != '.') {
        return SIZE_MAX;
    }
    return day_before(text, month - 1);
}

bool year_at(struct scan *scan, size_t at)
{
    const struct str text = scan->text;
    const bool is_near = begins_small(text, at, "19") || begins_small(text, at, "20");
    if (!is_near || at < 5 || !is_among(text.ptr[at - 1], " -/") || !ends_here(text, at + 4)) {
        return false;
    }
    size_t start = day_and_month_before(text, at);
    start = start == SIZE_MAX ? month_and_day_before(text, at) : start;
    start = start == SIZE_MAX ? digits_before(text, at) : start;
    if (start == SIZE_MAX || !has_word_near(text, start, at + 4, BIRTH)) {
        return false;
    }
    scan_add(scan, "cdr.pii.birth-date", "a date of birth", GATE_PII, LIKELY, start, at + 4);
    scan->number_done = at + 4;
    return true;
}
