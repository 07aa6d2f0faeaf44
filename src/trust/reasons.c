/*
 * reasons.c - contributions turned into plain sentences.
 *
 * A contribution is compared with the average person: above zero it raises the score. The sentence
 * names what was seen and the direction; it claims no cause.
 */
#include <math.h>

#include "trust.h"

static const double worth_saying = 0.05; /* of the strongest */

static void fill_template(struct buf *buf, struct str template, const struct reason_part *part)
{
    while (template.len > 0) {
        const size_t brace = str_find(template, '{');
        buf_str(buf, str_slice(template, 0, brace));
        template = str_slice(template, brace, template.len);
        if (str_starts(template, STR("{label}"))) {
            buf_str(buf, part->label);
            template = str_slice(template, 7, template.len);
        } else if (str_starts(template, STR("{value}"))) {
            buf_str(buf, part->value);
            template = str_slice(template, 7, template.len);
        } else if (str_starts(template, STR("{unit}"))) {
            buf_str(buf, part->unit);
            template = str_slice(template, 6, template.len);
        } else if (template.len > 0) {
            buf_str(buf, str_slice(template, 0, 1));
            template = str_slice(template, 1, template.len);
        }
    }
}

static struct str sentence_of(struct arena *arena, const struct reason_part *part)
{
    const bool raises = part->contribution > 0;
    const struct str template = raises ? part->raises : part->lowers;
    struct buf buf = buf_begin(arena);
    if (template.len > 0 && part->value.len > 0) {
        fill_template(&buf, template, part);
        return buf_text(&buf);
    }
    buf_str(&buf, part->label);
    if (part->value.len == 0) {
        buf_lit(&buf, LIT(" is not known"));
    } else {
        buf_lit(&buf, LIT(": "));
        buf_str(&buf, part->value);
        if (part->unit.len > 0) {
            buf_lit(&buf, LIT(" "));
            buf_str(&buf, part->unit);
        }
    }
    buf_str(&buf, raises ? STR(", which makes interest more likely than average.")
                         : STR(", which makes interest less likely than average."));
    return buf_text(&buf);
}

/* The strongest in the asked direction that was not taken yet; the first of equals. */
static size_t strongest(const struct reason_part *part, size_t part_count, bool raising,
                        const size_t *taken, size_t taken_count)
{
    size_t best = SIZE_MAX;
    for (size_t p = 0; p < part_count; p++) {
        bool is_taken = false;
        for (size_t t = 0; t < taken_count; t++) {
            is_taken = is_taken || taken[t] == p;
        }
        const bool fits = raising ? part[p].contribution > 0 : part[p].contribution < 0;
        if (fits && !is_taken &&
            (best == SIZE_MAX || fabs(part[p].contribution) > fabs(part[best].contribution))) {
            best = p;
        }
    }
    return best;
}

enum { REASONS_AT_ONCE = 16 };

size_t reasons_of(struct arena *arena, const struct reason_part *part, size_t part_count,
                  bool raising, struct str *reason, size_t reason_max)
{
    size_t taken[REASONS_AT_ONCE];
    size_t count = 0;
    while (count < reason_max && count < REASONS_AT_ONCE) {
        const size_t best = strongest(part, part_count, raising, taken, count);
        if (best == SIZE_MAX ||
            (count > 0 &&
             fabs(part[best].contribution) < worth_saying * fabs(part[taken[0]].contribution))) {
            break;
        }
        taken[count] = best;
        reason[count++] = sentence_of(arena, &part[best]);
    }
    return count;
}
