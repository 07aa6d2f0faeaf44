/*
 * names_street.c - addresses that their form alone gives away: no model is asked.
 *
 *     Kirchgasse 12a          an ending that only streets have, and a number
 *     via dei Giardini 9      a word for streets, particles, a word with a capital that is in no list, and a number
 *     ul. Długa 15/3
 *
 * What else an address has (its place, its postcode) is for the model to say; the longer finding stays.
 */
#include "names.h"

#include <string.h>

enum { NUMBER_MAX = 3 }; /* digits: 2023 is a year */

/* Of the first words hardly any is of something else; "Arbeitsplatz 4" and "Radweg 7" are of the others. */
static const struct {
    const char *small;
    size_t len;
} ending[] = {
#define END(small) \
    { \
        small, sizeof(small) - 1 \
    }
    END("str"),
    END("gasse"),
    END("gatan"),
    END("straat"),
    END("gracht"),
    END("strasse"),
    END("stra\xc3\x9f"
        "e"),
    END("v\xc3\xa4gen"),
    END("weg"),
    END("platz"),
    END("allee"),
    END("vej"),
    END("gade"),
    END("laan"),
    END("veien"),
    END("katu"),
#undef END
};

enum { ENDINGS_ONLY = 8, ENDINGS = sizeof ending / sizeof ending[0] };

static bool ends_with(struct str text, const struct name_token *token, size_t endings)
{
    const size_t len = token->end - token->start;
    const char last = lower_of(text.ptr[token->end - 1]);
    for (size_t i = 0; i < endings; i++) {
        if (last == ending[i].small[ending[i].len - 1] && len > ending[i].len + 2 &&
            begins_small(text, token->end - ending[i].len, ending[i].small)) {
            return true;
        }
    }
    return false;
}

bool name_ends_like_street(struct str text, const struct name_token *token)
{
    return ends_with(text, token, ENDINGS);
}

static bool is_word(struct str text, const struct name_token *token, const char *const word[],
                    size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (token->end - token->start == strlen(word[i]) &&
            begins_small(text, token->start, word[i])) {
            return true;
        }
    }
    return false;
}

static bool is_sign(const struct name_token *token, char sign)
{
    return token->shape == SHAPE_SIGN && token->word == (unsigned char)sign;
}

/* Behind the number of a house: 9, 12a, 15/3, 7-9; the place itself: none, or one that counts or measures. */
static size_t house_end(struct str text, const struct name_token token[], size_t count, size_t at)
{
    const bool is_number =
        at < count &&
        ((token[at].shape >= SHAPE_NUMBER && token[at].shape < SHAPE_NUMBER + NUMBER_MAX) ||
         (token[at].shape == SHAPE_PART && is_digit(text.ptr[token[at].start]) &&
          token[at].end - token[at].start <= NUMBER_MAX + 1));
    if (!is_number) {
        return at;
    }
    size_t end = at + 1;
    if (end + 1 < count && (is_sign(&token[end], '/') || is_sign(&token[end], '-')) &&
        token[end + 1].shape >= SHAPE_NUMBER && token[end + 1].shape <= SHAPE_PART) {
        end += 2;
    }
    const char next = letter_at(text, token[end - 1].end);
    const bool goes_on =
        is_among(next, "%:") ||
        (is_among(next, ".,") && is_digit(letter_at(text, token[end - 1].end + 1)));
    return goes_on ? at : end;
}

static bool is_capital(const struct name_token *token)
{
    return token->shape == SHAPE_CAPITAL || token->shape == SHAPE_MIXED;
}

static bool is_blank_between(const struct name_token *before, const struct name_token *after)
{
    return after->start - before->end <= 2;
}

/* via dei Giardini 9: behind its last token; the place itself: none begins here. */
static size_t named_street_end(struct str text, const struct name_token token[], size_t count,
                               size_t at)
{
    static const char *const street[] = {"via",   "viale", "vicolo", "rua",    "avenida", "calle",
                                         "rue",   "ul",    "ulica",  "ulicy",  "avenue",  "piazza",
                                         "corso", "calle", "chemin", "impasse"};
    static const char *const particle[] = {
        "dei", "delle", "della", "del", "di", "da",    "das",  "dos", "de",  "la", "des", "du",
        "san", "los",   "las",   "el",  "do", "degli", "dell", "le",  "les", "l",  "d"};
    enum { NAME_MAX = 4, PARTICLES_MAX = 3 };
    size_t i = at + 1;
    size_t words = 0;
    size_t unknown = 0;
    if (!is_word(text, &token[at], street, sizeof street / sizeof street[0])) {
        return at;
    }
    i += i < count && is_sign(&token[i], '.');
    for (size_t p = 0; i < count && p < PARTICLES_MAX &&
                       (is_word(text, &token[i], particle, sizeof particle / sizeof particle[0]) ||
                        is_sign(&token[i], '\''));
         p++) {
        i++;
    }
    for (; i < count && words < NAME_MAX && is_capital(&token[i]) &&
           is_blank_between(&token[i - 1], &token[i]);
         i++) {
        words++;
        unknown += !token[i].is_known;
    }
    if (words == 0 || unknown == 0) {
        return at;
    }
    i += i < count && is_sign(&token[i], ',');
    const size_t end = house_end(text, token, count, i);
    return end == i || !is_blank_between(&token[i - 1], &token[i]) ? at : end;
}

/* Kirchgasse 12a, Droldenstr. 15: at the token of the number, where it begins; the place itself: it is none. */
static size_t ended_street_start(struct str text, const struct name_token token[], size_t at)
{
    const size_t back = at > 1 && is_sign(&token[at - 1], '.') ? 2 : 1;
    const bool is_one = at >= back && is_capital(&token[at - back]) &&
                        is_blank_between(&token[at - 1], &token[at]) &&
                        ends_with(text, &token[at - back], ENDINGS_ONLY);
    return is_one ? at - back : at;
}

bool is_of_company(struct str text, size_t start, size_t end)
{
    enum { REACH = 40 };
    size_t from = start;
    while (from > 0 && start - from < REACH && text.ptr[from - 1] != '\n') {
        from--;
    }
    /* A word ends where a capital begins: "GmbH" is read as "gmb" and "h". */
    return has_word(text, from, end,
                    "ltd limited plc llp llc inc corp gmbh gmb kg ohg ug sarl srl bv aps sro");
}

void streets_look(struct scan *scan, const struct name_token token[], size_t count)
{
    const struct str text = scan->text;
    for (size_t i = 0; i < count; i++) {
        size_t start = i;
        size_t end = i;
        if (token[i].shape >= SHAPE_NUMBER && token[i].shape <= SHAPE_PART) {
            start = ended_street_start(text, token, i);
            end = start < i ? house_end(text, token, count, i) : i;
        } else if ((token[i].classes >> CLASS_STREET & 1) != 0) {
            end = named_street_end(text, token, count, i);
        }
        if (end > i) {
            scan_add(scan, "cdr.pii.address", "an address", GATE_PII,
                     is_of_company(text, token[start].start, token[end - 1].end) ? POSSIBLE
                                                                                 : LIKELY,
                     token[start].start, token[end - 1].end);
            i = end - 1;
        }
    }
}
