/*
 * names_find.c - what the labels of names.c make of a part of a text.
 *
 * What the model says is possible; what also has the form of an address, or a word beside it that only names have, is
 * likely.
 */
#include "names.h"
#include "special.h"

#include <string.h>

#include "prose.h"

enum {
    SURE_LIKELY = 36, /* 2.25 logits a token, before its neighbours are heard */
    SURE_TOLD = 16,
    JOIN_MAX = 4,
};

struct found {
    enum name_label label;
    size_t first; /* tokens */
    size_t last;
    bool has_number;
    bool has_place;
};

/* ---- spans ----------------------------------------------------------------------------------- */

static bool is_address(enum name_label label)
{
    return label == LABEL_STREET || label == LABEL_PLACE;
}

static bool is_like(enum name_label one, enum name_label other)
{
    return one == other || (is_address(one) && is_address(other));
}

/* What may stand within a name: a dash, a point behind an initial; in an address also commas and ends of lines. */
static bool may_join(struct str text, size_t from, size_t to, enum name_label label)
{
    if (to - from > JOIN_MAX) {
        return false;
    }
    for (size_t i = from; i < to; i++) {
        const char *signs = is_address(label)        ? " ,.\n\r-/>'"
                            : label == LABEL_COMPANY ? " ,.-&'/"
                            : label == LABEL_TIME    ? " ,.-/:"
                                                     : " .-'";
        if (!is_among(text.ptr[i], signs)) {
            return false;
        }
    }
    return true;
}

/* A point behind a word that is no abbreviation, a blank, and no number: the next sentence. 80331 Berlin. Dort ... */
static bool is_next_sentence(struct str text, const struct name_token *before,
                             const struct name_token *after)
{
    enum { ABBREVIATION_LEN_MAX = 4 };
    return letter_at(text, before->end) == '.' &&
           is_among(letter_at(text, before->end + 1), " \n\r") && before->end + 1 < text.len &&
           before->end - before->start > ABBREVIATION_LEN_MAX && !is_digit(text.ptr[after->start]);
}

static bool is_word_token(const struct name_token *token)
{
    return token->shape < SHAPE_SIGN;
}

/* The next run of tokens of like labels from `at` on; it begins and ends with words. */
static bool next_found(struct str text, const struct name_token token[], size_t count,
                       const uint8_t label[], size_t *at, struct found *found)
{
    size_t i = *at;
    while (i < count && (label[i] == LABEL_NONE || !is_word_token(&token[i]))) {
        i++;
    }
    if (i >= count) {
        return false;
    }
    *found = (struct found){.label = label[i], .first = i, .last = i};
    for (; i < count; i++) {
        if (!is_word_token(&token[i])) {
            continue;
        }
        if (!is_like(label[i], found->label)) {
            break;
        }
        if (i > found->first &&
            (!may_join(text, token[found->last].end, token[i].start, found->label) ||
             (is_address(found->label) &&
              is_next_sentence(text, &token[found->last], &token[i])))) {
            break;
        }
        found->label = label[i] == LABEL_STREET ? LABEL_STREET : found->label;
        found->has_number |= token[i].shape >= SHAPE_NUMBER && token[i].shape <= SHAPE_PART;
        found->has_place |= label[i] == LABEL_PLACE;
        found->last = i;
    }
    *at = found->last + 1;
    return true;
}

/* ---- how likely ------------------------------------------------------------------------------ */

static bool has_class(const struct name_token token[], size_t from, size_t to, unsigned class)
{
    for (size_t i = from; i < to; i++) {
        if ((token[i].classes >> class & 1) != 0) {
            return true;
        }
    }
    return false;
}

static int mean_of(const struct found *found, const uint8_t label[], int16_t sure[][LABELS])
{
    int sum = 0;
    int count = 0;
    for (size_t i = found->first; i <= found->last; i++) {
        if (label[i] != LABEL_NONE) {
            sum += sure[i][label[i]];
            count++;
        }
    }
    return count == 0 ? 0 : sum / count;
}

static bool is_word(struct str text, const struct name_token *token, const char *small)
{
    size_t len = 0;
    while (small[len] != '\0') {
        len++;
    }
    return token->end - token->start == len && begins_small(text, token->start, small);
}

/* How something is called by others: "The collection is called Summer Dream" tells of nobody. */
static bool is_of_thing(struct str text, const struct name_token token[], size_t first)
{
    static const char *const called[] = {
        "named",  "called", "calls", "heisst", "hei\xc3\x9ft", "llama",  "chiama", "nomme",  "name",
        "nombre", "nom",    "nome",  "heet",   "heter",        "hedder", "nazywa", "appelle"};
    static const uint64_t people =
        UINT64_C(1) << CLASS_PEOPLE | UINT64_C(1) << SPECIAL_ABOUT | UINT64_C(1) << CLASS_HONORIFIC;
    enum { REACH = 6 };
    const size_t before = first > 3 ? first - 3 : 0;
    bool is_called = false;
    bool is_of_somebody = false;
    for (size_t i = before; i < first; i++) {
        for (size_t c = 0; c < sizeof called / sizeof called[0]; c++) {
            is_called = is_called || (is_word(text, &token[i], called[c]) &&
                                      letter_at(text, token[i].end) == ' ');
        }
    }
    for (size_t i = before > REACH ? before - REACH : 0; i < first && is_called; i++) {
        is_of_somebody = is_of_somebody || (token[i].classes & people) != 0;
    }
    return is_called && !is_of_somebody;
}

/* A word before, or within, that only names have. */
static bool is_told(const struct name_token token[], const struct found *found)
{
    const size_t before = found->first > 3 ? found->first - 3 : 0;
    return has_class(token, before, found->first, CLASS_NAMED) ||
           has_class(token, before, found->first, CLASS_HONORIFIC) ||
           (found->last > found->first &&
            has_class(token, found->first, found->first + 1, CLASS_HONORIFIC));
}

static bool is_written_so(const struct name_token *token)
{
    return token->shape == SHAPE_CAPITAL || token->shape == SHAPE_INITIAL ||
           token->shape == SHAPE_MIXED || token->shape == SHAPE_SIGN ||
           has_class(token, 0, 1, CLASS_PARTICLE) || has_class(token, 0, 1, CLASS_HONORIFIC);
}

/* "Lumen. Conviene": the end of a sentence lies within. */
static bool spans_sentences(struct str text, const struct name_token token[],
                            const struct found *found)
{
    enum { SHORT_WORD = 3 }; /* "Dr. Ada", "J. Roe" */
    for (size_t i = found->first; i < found->last; i++) {
        const char behind = letter_at(text, token[i].end);
        if (token[i].end - token[i].start > SHORT_WORD &&
            (behind == '.' || behind == '!' || behind == '?')) {
            return true;
        }
    }
    return false;
}

/* "Die Schreibtischlampe Lumen": German things have capitals too, and an article; people hardly. */
static bool has_article(struct str text, const struct name_token token[], const struct found *found)
{
    static const char *const article[] = {"der",  "die",   "das",   "den",   "dem", "des",
                                          "eine", "einer", "einen", "einem", "ein", "eines"};
    for (size_t a = 0; found->first > 0 && a < sizeof article / sizeof article[0]; a++) {
        const struct name_token *before = &token[found->first - 1];
        if (before->end + 1 == token[found->first].start && is_word(text, before, article[a])) {
            return true;
        }
    }
    return false;
}

/* Likely: written with capitals, and told, or two words and more in a line that has small ones too. */
static enum likelihood likelihood_of_person(struct str text, const struct name_token token[],
                                            const struct found *found, int mean)
{
    bool is_written = token[found->first].end - token[found->first].start > 1;
    bool is_short = false;
    size_t words = 0;
    for (size_t i = found->first; i <= found->last; i++) {
        words += is_word_token(&token[i]);
        is_written = is_written && is_written_so(&token[i]);
        is_short = is_short || token[i].is_known;
    }
    if (mean < 0) {
        return UNLIKELY;
    }
    const bool is_plain = token[found->first].casing == CASING_USUAL;
    const bool is_sure = (mean >= SURE_TOLD && is_told(token, found)) ||
                         (is_plain && !is_short && words > 1 && mean >= SURE_LIKELY &&
                          !has_article(text, token, found) && !spans_sentences(text, token, found));
    return is_written && is_sure && !is_of_thing(text, token, found->first) ? LIKELY : POSSIBLE;
}

/* Likely: a number, and a word for streets; or a number, a long number and a place. */
static enum likelihood likelihood_of_address(struct str text, const struct name_token token[],
                                             const struct found *found, int mean)
{
    bool is_street = false;
    bool is_word = false;
    for (size_t i = found->first; i <= found->last; i++) {
        const bool has_street = has_class(token, i, i + 1, CLASS_STREET);
        is_street = is_street || name_ends_like_street(text, &token[i]) ||
                    (has_street && token[i].end - token[i].start > 1);
        is_word = is_word || token[i].shape == SHAPE_CAPITAL || token[i].shape == SHAPE_UPPER;
    }
    return found->label == LABEL_STREET && found->has_number && is_street && is_word &&
                   mean >= SURE_TOLD
               ? LIKELY
               : POSSIBLE;
}

static void put_found(struct scan *scan, const struct name_token token[], const uint8_t label[],
                      int16_t sure[][LABELS], const struct found *found)
{
    static const char *const rule[LABELS] = {
        "",
        "cdr.pii.person",
        "cdr.pii.address",
        "cdr.pii.place",
        "cdr.pii.organisation",
        "cdr.pii.date",
        "cdr.pii.age",
        "cdr.pii.special-origin",
    };
    static const char *const what[LABELS] = {
        "",
        "the name of a person",
        "an address",
        "a place",
        "the name of a company",
        "a date",
        "an age",
        "an origin",
    };
    const int mean = mean_of(found, label, sure);
    const enum likelihood likelihood =
        found->label == LABEL_PERSON ? likelihood_of_person(scan->text, token, found, mean)
        : found->label == LABEL_STREET &&
                !is_of_company(scan->text, token[found->first].start, token[found->last].end)
            ? likelihood_of_address(scan->text, token, found, mean)
            : POSSIBLE;
    size_t end = token[found->last].end;
    const bool is_short = end - token[found->last].start < 4 && !is_digit(scan->text.ptr[end - 1]);
    end += is_short && letter_at(scan->text, end) == '.' &&
           is_among(letter_at(scan->text, end + 1), " ,");
    scan_add(scan, rule[found->label], what[found->label], GATE_PII, likelihood,
             token[found->first].start, end);
}

/* ---- beside names ---------------------------------------------------------------------------- */

/* https://www.shop.example/ and nothing behind: somebody's page. */
static void page_at(struct scan *scan, const struct name_token *token)
{
    const struct str text = scan->text;
    size_t end = token->end + 3;
    if (!str_starts(str_slice(text, token->end, text.len), STR("://"))) {
        return;
    }
    while (is_alnum(letter_at(text, end)) || is_among(letter_at(text, end), ".-")) {
        end++;
    }
    if (end == token->end + 3) {
        return;
    }
    end += letter_at(text, end) == '/';
    const char next = letter_at(text, end);
    if (next == '\0' || is_among(next, " \t\r\n\"'<>),")) {
        scan_add(scan, "cdr.pii.website", "a page of somebody", GATE_PII, POSSIBLE, token->start,
                 end);
    }
}

/* Nor has one behind "passport": six to nine digits and capitals. */
static bool is_passport(struct str text, const struct name_token token[], size_t at, size_t len)
{
    static const char *const word[] = {"passport",   "reisepass", "passeport", "pasaporte",
                                       "passaporto", "paspoort",  "paszportu", "passnummer"};
    enum { REACH = 5, LEN_LEAST = 6, LEN_MOST = 9 };
    for (size_t i = at > REACH ? at - REACH : 0; i < at; i++) {
        for (size_t w = 0; w < sizeof word / sizeof word[0]; w++) {
            if (len >= LEN_LEAST && len <= LEN_MOST && is_word(text, &token[i], word[w])) {
                return true;
            }
        }
    }
    return false;
}

/* A number behind "licence" and "driver" has no check digit that is everywhere the same. */
static void licence_at(struct scan *scan, const struct name_token token[], size_t count, size_t at)
{
    static const char *const beside[] = {"driver",   "drivers",  "driving",
                                         "conduire", "conducir", "dl"};
    static const char *const word[] = {"licence",
                                       "license",
                                       "permis",
                                       "carnet",
                                       "f\xc3\xbchrerschein",
                                       "f\xc3\xbchrerscheinnummer"};
    enum { REACH = 8, LEN_LEAST = 5, LEN_MOST = 20 };
    bool is_licence = false;
    bool is_driver = false;
    for (size_t i = at > REACH ? at - REACH : 0; i < at; i++) {
        for (size_t w = 0; w < sizeof word / sizeof word[0]; w++) {
            const bool is = is_word(scan->text, &token[i], word[w]);
            is_licence = is_licence || is;
            is_driver = is_driver || (is && w >= 4);
        }
        for (size_t b = 0; b < sizeof beside / sizeof beside[0]; b++) {
            is_driver = is_driver || is_word(scan->text, &token[i], beside[b]);
        }
    }
    size_t end = token[at].end;
    for (size_t i = at + 1;
         i < count && token[i].start - end <= 1 &&
         (token[i].shape == SHAPE_PART ||
          (token[i].shape >= SHAPE_NUMBER && token[i].shape <= SHAPE_PART) || token[i].word == '-');
         i++) {
        end = token[i].end;
    }
    const size_t len = end - token[at].start;
    if (is_passport(scan->text, token, at, len)) {
        scan_add(scan, "cdr.pii.passport", "the number of a passport", GATE_PII, LIKELY,
                 token[at].start, end);
    }
    if (is_licence && is_driver && len >= LEN_LEAST && len <= LEN_MOST) {
        scan_add(scan, "cdr.pii.driver-licence", "the number of a driver's licence", GATE_PII,
                 LIKELY, token[at].start, end);
    }
}

static void look_beside(struct scan *scan, const struct name_token token[], size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const bool has_digit = token[i].shape >= SHAPE_NUMBER && token[i].shape <= SHAPE_PART;
        if (has_digit && (i == 0 || token[i - 1].word != '-')) {
            licence_at(scan, token, count, i);
        } else if (letter_at(scan->text, token[i].start) == 'h' &&
                   (is_word(scan->text, &token[i], "http") ||
                    is_word(scan->text, &token[i], "https"))) {
            page_at(scan, &token[i]);
        }
    }
}

/* ---- parts ----------------------------------------------------------------------------------- */

size_t names_look(struct scan *scan, size_t from, size_t to, bool has_licences)
{
    struct name_token token[NAME_TOKENS_MAX];
    uint8_t label[NAME_TOKENS_MAX];
    int16_t sure[NAME_TOKENS_MAX][LABELS];
    size_t count = 0;
    size_t at = 0;
    struct found found;
    const size_t end = name_tokens(scan->gate->name_words, scan->text, from, to, token, &count);
    if (has_licences) {
        look_beside(scan, token, count);
    }
    if (!scan->has_doubtful && !names_may_be_likely(scan->text, token, count)) {
        return end;
    }
    streets_look(scan, token, count);
    name_labels(scan->gate->name_model, token, count, label, sure);
    while (next_found(scan->text, token, count, label, &at, &found)) {
        put_found(scan, token, label, sure, &found);
    }
    special_look(scan, token, count, label);
    return end;
}
