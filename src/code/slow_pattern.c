/*
 * slow_pattern.c - patterns that a backtracking engine tries in exponentially many ways (CWE-1333).
 *
 *     (\w+\s?)*$     a repeated group whose one repeated part may stand alone: "aa" is one round, or two
 *     (\w|\d)+x      a repeated group of single signs two of which are the same
 *
 * Only these two shapes, and only where something must follow that may fail. What is not understood says nothing.
 */
#include "inside.h"

#include <string.h>

enum { PARTS_MAX = 16 };

struct signs {
    uint64_t low;  /* 0 to 63 */
    uint64_t high; /* 64 to 127 */
};

struct part {
    struct signs signs;
    bool is_sign; /* one sign or class, no group */
    bool may_lack;
    bool is_repeated;
};

static void add(struct signs *signs, unsigned from, unsigned to)
{
    for (unsigned sign = from; sign <= to && sign < 128; sign++) {
        if (sign < 64) {
            signs->low |= 1ULL << sign;
        } else {
            signs->high |= 1ULL << (sign - 64);
        }
    }
}

static void turn(struct signs *signs)
{
    signs->low = ~signs->low;
    signs->high = ~signs->high;
}

static struct signs escaped(char letter)
{
    struct signs signs = {0};
    switch (letter | 0x20) {
    case 'd':
        add(&signs, '0', '9');
        break;
    case 'w':
        add(&signs, '0', '9');
        add(&signs, 'a', 'z');
        add(&signs, 'A', 'Z');
        add(&signs, '_', '_');
        break;
    case 's':
        add(&signs, 9, 13);
        add(&signs, ' ', ' ');
        break;
    default: {
        static const char control[] = "t\tn\nv\vf\fr\r";
        const char *known = strchr(control, letter);
        const bool is_control = known != NULL && (known - control) % 2 == 0;
        const unsigned char sign = (unsigned char)(is_control ? known[1] : letter);
        add(&signs, sign, sign);
        return signs;
    }
    }
    if (letter < 'a') {
        turn(&signs);
    }
    return signs;
}

/* [a-z\d_], from after the bracket; where it ends. */
static size_t read_class(struct str text, size_t at, struct signs *signs)
{
    const bool is_not = at < text.len && text.ptr[at] == '^';
    for (at += is_not; at < text.len && text.ptr[at] != ']'; at++) {
        if (text.ptr[at] == '\\' && at + 1 < text.len) {
            const struct signs more = escaped(text.ptr[++at]);
            signs->low |= more.low;
            signs->high |= more.high;
        } else if (at + 2 < text.len && text.ptr[at + 1] == '-' && text.ptr[at + 2] != ']') {
            add(signs, (unsigned char)text.ptr[at], (unsigned char)text.ptr[at + 2]);
            at += 2;
        } else {
            add(signs, (unsigned char)text.ptr[at], (unsigned char)text.ptr[at]);
        }
    }
    if (is_not) {
        turn(signs);
    }
    return at < text.len ? at + 1 : at;
}

/* One sign or class and what says how often; false: a group, or nothing that is understood. */
static bool read_part(struct str text, size_t *at, struct part *part)
{
    const char sign = text.ptr[*at];
    *part = (struct part){.is_sign = true};
    if (strchr("()|^$*+?{", sign) != NULL || (unsigned char)sign >= 128) {
        return false;
    }
    if (sign == '[') {
        *at = read_class(text, *at + 1, &part->signs);
    } else if (sign == '\\' && *at + 1 < text.len) {
        if (strchr("bBkpPxuc123456789", text.ptr[*at + 1]) != NULL) {
            return false;
        }
        part->signs = escaped(text.ptr[*at + 1]);
        *at += 2;
    } else if (sign == '.') {
        add(&part->signs, 0, 9);
        add(&part->signs, 11, 127);
        *at += 1;
    } else {
        add(&part->signs, (unsigned char)sign, (unsigned char)sign);
        *at += 1;
    }
    const char often = *at < text.len ? text.ptr[*at] : '\0';
    if (often == '{') {
        return false;
    }
    part->is_repeated = often == '*' || often == '+';
    part->may_lack = often == '*' || often == '?';
    *at += part->is_repeated || part->may_lack;
    return true;
}

/* Inside of a repeated group: can a text be cut into rounds in more than one way? */
static bool is_ambiguous(struct str body)
{
    struct part part[PARTS_MAX];
    size_t count = 0;
    size_t needed = 0;
    size_t bars = 0;
    bool is_open =
        false; /* the one part that must be there is repeated, or one of those that may lack */
    bool is_any = false;
    for (size_t at = 0; at < body.len;) {
        if (body.ptr[at] == '|') {
            bars++;
            at++;
            continue;
        }
        if (count == PARTS_MAX || !read_part(body, &at, &part[count])) {
            return false;
        }
        needed += !part[count].may_lack;
        is_open = is_open || (!part[count].may_lack && part[count].is_repeated);
        is_any = is_any || part[count].is_repeated;
        count++;
    }
    if (bars == 0) {
        return count > 0 && ((needed == 1 && is_open) || (needed == 0 && is_any && count == 1));
    }
    if (bars + 1 != count) { /* not one sign each */
        return false;
    }
    for (size_t a = 0; a < count; a++) {
        for (size_t b = a + 1; b < count; b++) {
            if ((part[a].signs.low & part[b].signs.low) != 0 ||
                (part[a].signs.high & part[b].signs.high) != 0) {
                return true;
            }
        }
    }
    return false;
}

/* Whether what follows the group can fail. */
static bool may_fail(struct str rest)
{
    size_t at = 0;
    while (at < rest.len && (rest.ptr[at] == ')' || rest.ptr[at] == '?')) {
        at++;
    }
    rest = str_slice(rest, at, rest.len);
    return rest.len > 0 && rest.ptr[0] != '|' && !str_is(rest, ".*") && !str_is(rest, ".*$");
}

bool is_slow_pattern(struct str pattern)
{
    size_t open[PARTS_MAX];
    size_t depth = 0;
    for (size_t at = 0; at < pattern.len && pattern.len < 1000; at++) {
        const char sign = pattern.ptr[at];
        if (sign == '\\') {
            at++;
        } else if (sign == '[') {
            struct signs unused = {0};
            at = read_class(pattern, at + 1, &unused) - 1;
        } else if (sign == '(') {
            if (depth == PARTS_MAX) {
                return false;
            }
            open[depth++] = at + 1;
        } else if (sign == ')' && depth > 0) {
            size_t from = open[--depth];
            const char often = at + 1 < pattern.len ? pattern.ptr[at + 1] : '\0';
            if (str_starts(str_slice(pattern, from, at), STR("?"))) {
                from += str_starts(str_slice(pattern, from, at), STR("?:")) ? 2 : at - from;
            }
            if ((often == '*' || often == '+') &&
                may_fail(str_slice(pattern, at + 2, pattern.len)) &&
                is_ambiguous(str_slice(pattern, from, at))) {
                return true;
            }
        }
    }
    return false;
}
