/*
 * shape.c - the small patterns that the tables of rules are written in.
 *
 *     abc  [a-z]  [^a-z]  \d \w \s  .  (a|b)  ?  *  +  {3}  {2,4}  {2,}  \b \B  \z  \e
 *
 * \e is where a value ends: at a quote, white space, a semicolon, \n or \r as two letters, or the end of
 * the text. A pattern becomes a list of steps; matching tries the first choice and keeps the others on
 * a stack. Stack and steps have limits, beyond which nothing fits: no text can make it slow.
 */
#include "inside.h"

#include <string.h>

enum { STEPS_MAX = 2000, CHOICES_MAX = 600, BUDGET = 40000, REPEATS_MAX = 2000 };

enum step_kind {
    STEP_SET,
    STEP_SPLIT,
    STEP_JUMP,
    STEP_WORD_EDGE,
    STEP_NO_EDGE,
    STEP_TEXT_END,
    STEP_VALUE_END,
    STEP_DONE
};

struct step {
    enum step_kind kind;
    uint16_t least; /* of a set: how often */
    uint16_t most;
    uint16_t set;
    uint16_t first; /* of a split: what is tried first; of a jump: where to */
    uint16_t other;
};

struct set {
    uint64_t bits[4];
};

struct shape {
    struct step *step;
    size_t step_count;
    struct set *set;
    size_t set_count;
};

/* ---- from a pattern to steps --------------------------------------------------------------- */

struct compiling {
    const char *at;
    struct step step[STEPS_MAX];
    size_t step_count;
    struct set set[256];
    size_t set_count;
    bool is_bad;
};

static void set_add(struct set *set, unsigned from, unsigned to)
{
    for (unsigned letter = from; letter <= to; letter++) {
        set->bits[letter / 64] |= UINT64_C(1) << (letter % 64);
    }
}

static bool set_has(const struct set *set, char letter)
{
    const unsigned value = (unsigned char)letter;
    return (set->bits[value / 64] >> (value % 64) & 1) != 0;
}

static void put_step(struct compiling *c, struct step step)
{
    if (c->step_count == STEPS_MAX) {
        c->is_bad = true;
        return;
    }
    c->step[c->step_count++] = step;
}

static unsigned hex_value(char letter)
{
    return is_digit(letter) ? (unsigned)(letter - '0') : (unsigned)(lower_of(letter) - 'a') + 10;
}

/* After a backslash: a class, or one letter, which is returned. */
static int read_escape(struct compiling *c, struct set *set)
{
    const char letter = *c->at++;
    switch (letter) {
    case 'd':
        set_add(set, '0', '9');
        return -1;
    case 'w':
        set_add(set, '0', '9');
        set_add(set, 'a', 'z');
        set_add(set, 'A', 'Z');
        set_add(set, '_', '_');
        return -1;
    case 's':
        set_add(set, '\t', '\r');
        set_add(set, ' ', ' ');
        return -1;
    case 'x': {
        const unsigned value = hex_value(c->at[0]) * 16 + hex_value(c->at[1]);
        c->at += 2;
        return (int)value;
    }
    case '\0':
        c->at--;
        c->is_bad = true;
        return -1;
    default:
        return (unsigned char)letter;
    }
}

static void read_class(struct compiling *c, struct set *set)
{
    const bool is_negated = *c->at == '^';
    c->at += is_negated;
    while (*c->at != ']' && *c->at != '\0' && !c->is_bad) {
        int from = (unsigned char)*c->at++;
        if (from == '\\') {
            from = read_escape(c, set);
        }
        if (from < 0) {
            continue;
        }
        int to = from;
        if (c->at[0] == '-' && c->at[1] != ']' && c->at[1] != '\0') {
            c->at++;
            to = (unsigned char)*c->at++;
            to = to == '\\' ? read_escape(c, set) : to;
        }
        set_add(set, (unsigned)from, (unsigned)(to < from ? from : to));
    }
    c->is_bad = c->is_bad || *c->at != ']';
    c->at += *c->at == ']';
    for (size_t i = 0; is_negated && i < 4; i++) {
        set->bits[i] = ~set->bits[i];
    }
}

static void read_choices(struct compiling *c);

/* One letter, class, edge or group; a set is left open for a count. Returns whether it is a set. */
static bool read_one(struct compiling *c)
{
    struct set set = {{0}};
    const char letter = *c->at++;
    if (letter == '(') {
        read_choices(c);
        c->is_bad = c->is_bad || *c->at != ')';
        c->at += *c->at == ')';
        return false;
    }
    if (letter == '\\' && *c->at != '\0' && strchr("bBze", *c->at) != NULL) {
        const enum step_kind kind = *c->at == 'b'   ? STEP_WORD_EDGE
                                    : *c->at == 'B' ? STEP_NO_EDGE
                                    : *c->at == 'z' ? STEP_TEXT_END
                                                    : STEP_VALUE_END;
        c->at++;
        put_step(c, (struct step){.kind = kind});
        return false;
    }
    if (letter == '[') {
        read_class(c, &set);
    } else if (letter == '.') {
        set = (struct set){{~UINT64_C(0), ~UINT64_C(0), ~UINT64_C(0), ~UINT64_C(0)}};
        set.bits[0] &= ~(UINT64_C(1) << '\n');
    } else {
        const int one = letter == '\\' ? read_escape(c, &set) : (unsigned char)letter;
        if (one >= 0) {
            set_add(&set, (unsigned)one, (unsigned)one);
        }
    }
    size_t s = 0;
    while (s < c->set_count && memcmp(&c->set[s], &set, sizeof set) != 0) {
        s++;
    }
    if (s == sizeof c->set / sizeof c->set[0]) {
        c->is_bad = true;
        return false;
    }
    c->set[s] = set;
    c->set_count = s == c->set_count ? s + 1 : c->set_count;
    put_step(c, (struct step){.kind = STEP_SET, .least = 1, .most = 1, .set = (uint16_t)s});
    return true;
}

/* ?, *, +, {n}, {n,}, {n,m}; false: none stands there. */
static bool read_count(struct compiling *c, unsigned *least, unsigned *most)
{
    const char letter = *c->at;
    *least = letter == '+' ? 1 : 0;
    *most = letter == '?' ? 1 : REPEATS_MAX;
    if (letter == '?' || letter == '*' || letter == '+') {
        c->at++;
        return true;
    }
    if (letter != '{' || !is_digit(c->at[1])) {
        return false;
    }
    unsigned value = 0;
    for (c->at++; is_digit(*c->at); c->at++) {
        value = value * 10 + (unsigned)(*c->at - '0');
    }
    *least = value;
    *most = value;
    if (*c->at == ',') {
        c->at++;
        *most = is_digit(*c->at) ? 0 : REPEATS_MAX;
        for (; is_digit(*c->at); c->at++) {
            *most = *most * 10 + (unsigned)(*c->at - '0');
        }
    }
    c->is_bad = c->is_bad || *c->at != '}' || *most > REPEATS_MAX || *least > *most;
    c->at += *c->at == '}';
    return true;
}

static void open_step(struct compiling *c, size_t at)
{
    if (c->step_count == STEPS_MAX) {
        c->is_bad = true;
        return;
    }
    for (size_t i = c->step_count; i > at; i--) {
        c->step[i] = c->step[i - 1];
        struct step *step = &c->step[i];
        if (step->kind == STEP_SPLIT || step->kind == STEP_JUMP) {
            step->first = (uint16_t)(step->first + 1);
            step->other = (uint16_t)(step->other + 1);
        }
    }
    c->step_count++;
}

/* A group so many times: written out as often as it must be there, the rest may be left. */
static void repeat_group(struct compiling *c, size_t from, unsigned least, unsigned most)
{
    const size_t len = c->step_count - from;
    struct step body[64];
    if (len > sizeof body / sizeof body[0]) {
        c->is_bad = true;
        return;
    }
    for (size_t i = 0; i < len; i++) {
        body[i] = c->step[from + i];
    }
    c->step_count = from;
    most = most > least + 8 && most == REPEATS_MAX ? least + 8 : most;
    for (unsigned n = 0; n < most && !c->is_bad; n++) {
        const size_t at = c->step_count;
        const size_t split = n >= least ? 1 : 0;
        if (split == 1) {
            put_step(c, (struct step){.kind = STEP_SPLIT,
                                      .first = (uint16_t)(at + 1),
                                      .other = (uint16_t)(at + 1 + len)});
        }
        for (size_t i = 0; i < len; i++) {
            struct step step = body[i];
            const size_t move = at + split - from;
            if (step.kind == STEP_SPLIT || step.kind == STEP_JUMP) {
                step.first = (uint16_t)(step.first + move);
                step.other = (uint16_t)(step.other + move);
            }
            put_step(c, step);
        }
    }
}

static void read_row(struct compiling *c)
{
    while (*c->at != '\0' && *c->at != '|' && *c->at != ')' && !c->is_bad) {
        const size_t from = c->step_count;
        const bool is_set = read_one(c);
        unsigned least = 0;
        unsigned most = 0;
        if (!read_count(c, &least, &most)) {
            continue;
        }
        if (is_set) {
            c->step[from].least = (uint16_t)least;
            c->step[from].most = (uint16_t)most;
        } else {
            repeat_group(c, from, least, most);
        }
    }
}

/* a|b|c: split to a, or on to the rest; whoever is done jumps behind all. */
static void read_choices(struct compiling *c)
{
    size_t jump[64];
    size_t jump_count = 0;
    for (;;) {
        const size_t from = c->step_count;
        read_row(c);
        if (*c->at != '|' || c->is_bad) {
            break;
        }
        c->at++;
        if (jump_count == sizeof jump / sizeof jump[0]) {
            c->is_bad = true;
            return;
        }
        open_step(c, from);
        jump[jump_count++] = c->step_count;
        put_step(c, (struct step){.kind = STEP_JUMP});
        c->step[from] = (struct step){
            .kind = STEP_SPLIT, .first = (uint16_t)(from + 1), .other = (uint16_t)c->step_count};
    }
    for (size_t j = 0; j < jump_count; j++) {
        c->step[jump[j]].first = (uint16_t)c->step_count;
    }
}

const struct shape *shape_begin(struct arena *arena, const char *pattern)
{
    struct compiling
        whole; /* 40 KB, for each of hundreds of patterns: what is not counted is not cleared */
    struct compiling *c = &whole;
    struct shape *shape = NULL;
    c->at = pattern;
    c->step_count = 0;
    c->set_count = 0;
    c->is_bad = false;
    read_choices(c);
    put_step(c, (struct step){.kind = STEP_DONE});
    if (!c->is_bad && *c->at == '\0') {
        shape = NEW(arena, struct shape);
        shape->step_count = c->step_count;
        shape->set_count = c->set_count;
        shape->step = NEW_ARRAY(arena, c->step_count, struct step);
        shape->set = NEW_ARRAY(arena, c->set_count + 1, struct set);
        memcpy(shape->step, c->step, c->step_count * sizeof c->step[0]);
        memcpy(shape->set, c->set, c->set_count * sizeof c->set[0]);
    }
    return shape;
}

/* ---- matching ------------------------------------------------------------------------------ */

/* Go on at a step, at any place from low to high, the last first. */
struct choice {
    size_t step;
    size_t low;
    size_t high;
};

struct matching {
    struct choice choice[CHOICES_MAX];
    size_t count;
    bool is_full;
};

static bool is_word_letter(char letter)
{
    return is_alnum(letter) || letter == '_';
}

static bool is_edge(struct str text, size_t at)
{
    return is_word_letter(letter_before(text, at)) != is_word_letter(letter_at(text, at));
}

static bool is_value_end(struct str text, size_t at)
{
    const char letter = letter_at(text, at);
    const char next = letter_at(text, at + 1);
    return at >= text.len || is_among(letter, "`'\" \t\n\r\f\v;") ||
           (letter == '\\' && (next == 'n' || next == 'r'));
}

static bool holds(enum step_kind kind, struct str text, size_t at)
{
    switch (kind) {
    case STEP_WORD_EDGE:
        return is_edge(text, at);
    case STEP_NO_EDGE:
        return !is_edge(text, at);
    case STEP_TEXT_END:
        return at == text.len;
    case STEP_VALUE_END:
        return is_value_end(text, at);
    case STEP_SET:
    case STEP_SPLIT:
    case STEP_JUMP:
    case STEP_DONE:
        break;
    }
    return false;
}

static void push(struct matching *matching, size_t step, size_t low, size_t high)
{
    if (matching->count == CHOICES_MAX) {
        matching->is_full = true;
        return;
    }
    matching->choice[matching->count++] = (struct choice){step, low, high};
}

/* As many letters of the set as there are; fewer are kept for later. False: too few. */
static bool take_set(const struct shape *shape, const struct step *step, struct str text,
                     size_t *at, struct matching *matching, size_t next)
{
    const struct set *set = &shape->set[step->set];
    size_t end = *at;
    while (end < text.len && end - *at < step->most && set_has(set, text.ptr[end])) {
        end++;
    }
    if (end - *at < step->least) {
        return false;
    }
    if (end > *at + step->least) {
        push(matching, next, *at + step->least, end - 1);
    }
    *at = end;
    return true;
}

/* From a step and a place until it is done or stuck. */
static bool follow(const struct shape *shape, struct str text, size_t pc, size_t *at,
                   struct matching *matching, size_t *budget)
{
    while (*budget > 0) {
        const struct step *step = &shape->step[pc];
        --*budget;
        switch (step->kind) {
        case STEP_DONE:
            return true;
        case STEP_JUMP:
            pc = step->first;
            continue;
        case STEP_SPLIT:
            push(matching, step->other, *at, *at);
            pc = step->first;
            continue;
        case STEP_SET:
            if (!take_set(shape, step, text, at, matching, pc + 1)) {
                return false;
            }
            break;
        case STEP_WORD_EDGE:
        case STEP_NO_EDGE:
        case STEP_TEXT_END:
        case STEP_VALUE_END:
            if (!holds(step->kind, text, *at)) {
                return false;
            }
            break;
        }
        pc++;
    }
    return false;
}

bool shape_fits(const struct shape *shape, struct str text, size_t from, size_t *end)
{
    struct matching matching;
    size_t budget = BUDGET;
    size_t at = from;
    matching.count = 0;
    matching.is_full = false;
    push(&matching, 0, from, from);
    while (matching.count > 0 && budget > 0 && !matching.is_full) {
        struct choice *choice = &matching.choice[matching.count - 1];
        const size_t step = choice->step;
        at = choice->high;
        if (choice->high > choice->low) {
            choice->high--;
        } else {
            matching.count--;
        }
        if (follow(shape, text, step, &at, &matching, &budget)) {
            *end = at;
            return true;
        }
    }
    return false;
}

/* Steps lead forward only, so from the last to the first each needs to be looked at once. */
size_t shape_longest(const struct shape *shape)
{
    size_t longest[STEPS_MAX + 1] = {0};
    for (size_t i = shape->step_count; i-- > 0;) {
        const struct step *step = &shape->step[i];
        size_t rest = longest[i + 1];
        if (step->kind == STEP_JUMP) {
            rest = longest[step->first];
        } else if (step->kind == STEP_SPLIT) {
            rest = longest[step->first] > longest[step->other] ? longest[step->first]
                                                               : longest[step->other];
        } else if (step->kind == STEP_SET) {
            rest += step->most;
        }
        longest[i] = rest;
    }
    return longest[0];
}
