/*
 * inside.h - what the files of the gate room share. Inside the room only.
 */
#ifndef CANDOR_GATE_INSIDE_H
#define CANDOR_GATE_INSIDE_H

#include "gate.h"

/* ---- letters ------------------------------------------------------------------------------- */

static inline bool is_digit(char letter)
{
    return (unsigned char)(letter - '0') < 10;
}

static inline char lower_of(char letter)
{
    if (letter >= 'A' && letter <= 'Z') {
        letter = (char)(letter + 32);
    }
    return letter;
}

static inline bool is_letter(char letter)
{
    return (unsigned char)((letter | 0x20) - 'a') < 26;
}

static inline bool is_hex(char letter)
{
    return is_digit(letter) || (unsigned char)((letter | 0x20) - 'a') < 6;
}

static inline bool is_alnum(char letter)
{
    return is_digit(letter) || is_letter(letter);
}

/* Whether it is one of the signs; a zero never is. */
static inline bool is_among(char letter, const char *signs)
{
    for (; *signs != '\0'; signs++) {
        if (*signs == letter) {
            return true;
        }
    }
    return false;
}

/* The letter at a place, or a zero beyond the text. */
static inline char letter_at(struct str text, size_t at)
{
    if (at >= text.len) {
        return '\0';
    }
    return text.ptr[at];
}

static inline char letter_before(struct str text, size_t at)
{
    if (at == 0 || at > text.len) {
        return '\0';
    }
    return text.ptr[at - 1];
}

/* Whether the text goes on with these small letters, in any case. */
static inline bool begins_small(struct str text, size_t at, const char *small)
{
    for (size_t i = 0; small[i] != '\0'; i++) {
        if (lower_of(letter_at(text, at + i)) != small[i]) {
            return false;
        }
    }
    return true;
}

/* Where the small letters stand next; SIZE_MAX: nowhere before `to`. */
static inline size_t find_letters(struct str text, size_t from, size_t to, const char *small)
{
    to = to < text.len ? to : text.len;
    for (size_t i = from; i < to; i++) {
        if (lower_of(text.ptr[i]) == small[0] && begins_small(text, i, small)) {
            return i;
        }
    }
    return SIZE_MAX;
}

/* Behind the signs that stand there, of which there are at most so many. */
static inline size_t skip_signs(struct str text, size_t at, const char *signs, size_t most)
{
    const size_t from = at;
    while (at < text.len && at - from < most && is_among(text.ptr[at], signs)) {
        at++;
    }
    return at;
}

/* ---- masks.c ------------------------------------------------------------------------------- */

enum { MASK_BITS = 64 };

/* One bit for each of 64 bytes, the first the lowest. */
struct masks {
    uint64_t digit;
    uint64_t word; /* letters, digits, _ and - */
    uint64_t at;
    uint64_t colon;
    uint64_t dot;
    uint64_t literal; /* one of the rare literals may begin here */
    uint64_t blank;
    uint64_t upper; /* A to Z */
    uint64_t sign;  /* of programs: # $ & ( ) * ; < = [ ] ^ _ { | } ~ */
};

struct mask_tables;
struct mask_tables *mask_tables_begin(struct arena *arena);

/* The same bits from both; text has 64 * count + 3 readable bytes. masks_of takes the machine's best. */
void masks_of(const struct mask_tables *tables, const char *text, size_t count,
              struct masks masks[]);
void masks_plain(const struct mask_tables *tables, const char *text, size_t count,
                 struct masks masks[]);
bool is_program_sign(char letter);

/* A block and those beside it. */
struct block {
    const struct masks *here;
    const struct masks *next;
    const struct masks *before; /* NULL: the text begins here */
    size_t start;               /* of the block in the text */
};

/* The bits from `bit` of this block on, over its end. */
static inline uint64_t from_bit(uint64_t here, uint64_t next, unsigned bit)
{
    return bit == 0 ? here : here >> bit | next << (MASK_BITS - bit);
}

/* The bits before `bit` of this block, the last the highest. */
static inline uint64_t before_bit(uint64_t here, uint64_t before, unsigned bit)
{
    return bit == 0 ? before : here << (MASK_BITS - bit) | before >> bit;
}

static inline unsigned lowest(uint64_t bits)
{
    return (unsigned)__builtin_ctzll(bits);
}

/* Where runs of bits begin. */
static inline uint64_t run_starts(uint64_t bits, uint64_t before)
{
    return bits & ~(bits << 1 | before >> (MASK_BITS - 1));
}

/* ---- shape.c ------------------------------------------------------------------------------- */

struct shape;
/* NULL: the pattern is not one; that is a mistake in a table. */
const struct shape *shape_begin(struct arena *arena, const char *pattern);
/* Whether the text from `from` on begins with the shape; the longest choice first. */
bool shape_fits(const struct shape *shape, struct str text, size_t from, size_t *end);

/* The most letters that a shape may take. */
size_t shape_longest(const struct shape *shape);

/* ---- the rest ------------------------------------------------------------------------------ */

/* One scan under way. */
struct scan {
    const struct gate *gate;
    const struct gate_asked *asked;
    struct gate_findings *findings;
    struct str text;
    size_t number_done; /* numbers before here were looked at */
    size_t token_done;
    size_t name_done;  /* names before here were looked at */
    size_t names_done; /* and those of people: names_find.c */
    size_t licences_done;
    size_t prose_done;   /* behind the last block that was prose */
    bool has_names;      /* they are looked for */
    bool has_doubtful;   /* and so are those that are less than likely */
    unsigned place;      /* what kind of file it is: assigned.c */
    int digits_least;    /* among sixteen bytes, for a number to be looked at */
    unsigned depth;      /* of what was unpacked */
    size_t packed_start; /* where in the outer text it stood */
    size_t packed_end;
};

struct gate {
    struct mask_tables *masks;
    struct phone_plans *phones;
    struct secret_rules *secrets;
    struct word_set *name_parts; /* assigned.c */
    struct word_set *name_ends;
    struct word_set *value_runs;
    struct value_table *values; /* assigned_value.c */
    struct injection_rules *injection;
    struct lexicon *injection_said; /* injection_said.c */
    struct lexicon *copy_said;      /* copy_said.c */
    struct copy_rules *copy;
    struct name_words *name_words; /* names_read.c */
    struct name_model *name_model;
    struct name_triggers *name_triggers; /* names_trigger.c */
    struct name_phrases *name_phrases;   /* names_said.c */
};

/* names_where.c: names and addresses about this block */
void names_in_block(struct scan *scan, const struct block *window);
/* read.c: the text as prose, if that is asked */
void scan_prose(struct scan *scan);
/* rules.c: rules of the company itself, if there are any */
void rules_scan(struct scan *scan);
/* anomaly.c: what it hides or newly does, if that is asked */
void anomaly_scan(struct scan *scan);
/* licence.c, copied.c: where it comes from, if that is asked */
void scan_origin(struct scan *scan);

void scan_text(struct scan *scan);
void scan_add(struct scan *scan, const char *rule, const char *what, enum gate_kind kind,
              enum likelihood likelihood, size_t start, size_t end);

/* wordset.c: words that are looked for within a text, whatever stands around them. */
struct word_set;
struct word_set *word_set_begin(struct arena *arena, const char *const word[], size_t count);
/* Whether one of them begins at a place of the text, or anywhere in it; small letters both. */
bool word_set_at(const struct word_set *set, struct str small, size_t at);
bool word_set_in(const struct word_set *set, struct str small);
/* Whether it is one of them. */
bool word_set_is(const struct word_set *set, struct str small);
/* Sets seen[w] for each word w of the list that stands in it. */
void word_set_mark(const struct word_set *set, struct str small, bool seen[]);

/* context.c: whether one of the words, between blanks, stands as a whole word in the part of the text.
 * Letters of any case; "_" and "-" part words, and so does a capital after a small letter. */
bool has_word(struct str text, size_t from, size_t to, const char *words);
bool has_word_before(struct str text, size_t at, size_t window, const char *words);
bool has_word_near(struct str text, size_t start, size_t end, const char *words);

/* number.c, contact.c: a candidate is looked at; what it is goes to the findings. */
void digits_at(struct scan *scan, size_t at);
bool year_at(struct scan *scan, size_t at); /* number_date.c: four digits */
void dots_at(struct scan *scan, size_t at);
void email_at(struct scan *scan, size_t at);
void colons_at(struct scan *scan, size_t at);
/* device.c: 001b.4411.3ab7 at its first dot, fe80::1 at its first colon */
void bare_mac_at(struct scan *scan, size_t start); /* of twelve letters */
void dotted_mac_at(struct scan *scan, size_t dot);
void short_ip6_at(struct scan *scan, size_t colon);
void packed_email_at(struct scan *scan, size_t at);
bool iban_at(struct scan *scan, size_t digit_at);
/* device.c: a word that may be an identifier of a device, or of a click */
void device_at(struct scan *scan, size_t start, size_t end);
void click_at(struct scan *scan, size_t start, size_t end);
/* said.c: a password in a sentence, at one of the words for it */
void password_said_at(struct scan *scan, size_t at);
void identifier_at(struct scan *scan, size_t start, size_t end);

/* A number as it is written. */
enum { NUMBER_DIGITS_MAX = 24, NUMBER_GROUPS_MAX = 12 };
struct number {
    char digit[NUMBER_DIGITS_MAX];
    size_t count;
    size_t group_count;
    size_t group_digits[NUMBER_GROUPS_MAX]; /* digits up to and with this group */
    size_t group_end[NUMBER_GROUPS_MAX];    /* where it ends in the text */
    char between[NUMBER_GROUPS_MAX];        /* the sign before this group */
    size_t start;                           /* with a plus or a bracket */
    bool has_plus;
    bool has_bracket;
};

/* contact.c: an identity number that begins with these digits and ends with letters. */
bool lettered_at(struct scan *scan, const struct number *number, size_t *end);

/* phone.c */
struct phone_plans *phone_plans_begin(struct arena *arena);
bool phone_region_is_short(const struct gate *gate, const char *region);
enum likelihood phone_of(const struct scan *scan, const struct number *number, size_t *end);

/* secret.c, packed.c */
struct secret_rules *secret_rules_begin(struct arena *arena);
bool token_may_be_secret(const struct scan *scan, size_t at);
void token_at(struct scan *scan, size_t start, size_t end);
void literal_at(struct scan *scan, const struct block *window, unsigned bit); /* literal.c */

/* ---- command.c ----------------------------------------------------------------------------- */

/* Words that stand for a password; no password is one of them alone. */
#define COMMON_WORDS \
    "change changeit changeme password passwort pass passwd pwd test token secret user username " \
    "example x xx xxx your my null none"

/* What stands for a password that somebody else puts there: $NAME, {{ name }}, <name>, ***. */
bool is_placeholder(struct str value);

void curl_at(struct scan *scan, size_t at);
/* assigned.c: what a model thinks, where nothing surer is found. */
#define ASSIGNED_RULE "cdr.secret.assigned"
void assigned_at(struct scan *scan, const struct block *window, unsigned bit);
struct word_set *assigned_parts_begin(struct arena *arena);
struct word_set *assigned_ends_begin(struct arena *arena);
struct word_set *assigned_runs_begin(struct arena *arena);
struct value_table *value_table_begin(struct arena *arena);
unsigned assigned_place(struct str path);
bool assigned_begins(struct str text, size_t at);
bool has_harmless_part(const struct gate *gate, struct str small); /* secret.c: "keyboard" */
bool has_common_part(const struct gate *gate,
                     struct str value); /* a word that no secret has in it */
bool has_digit_in(struct str text);
bool has_letter_in(struct str text);
unsigned entropy_of(struct str text); /* hundredths of a bit for each letter */
void packed_at(struct scan *scan, size_t start, size_t end);

#endif
