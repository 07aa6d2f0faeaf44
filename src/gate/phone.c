/*
 * phone.c - telephone numbers by the plans of 245 regions.
 *
 * With a plus or two zeros the number says its country code; any plan of that code may fit. Without, the
 * plan of the region that was asked for must fit, with the prefix within the region or without it; where it
 * always stands, only a word beside makes one without it likely. Numbers that go on are tried at the end of
 * each group, the longest first.
 */
#include "inside.h"

#include <string.h>

struct plan {
    const char *region;
    unsigned code;
    const struct shape *prefix; /* NULL: none */
    const struct shape *national;
};

static const struct {
    const char *region;
    unsigned code;
    const char *prefix;
    const char *national;
} row[] = {
#define PHONE_REGION(region, code, prefix, national) {region, code, prefix, national},
#include "phone_plans.def"
#undef PHONE_REGION
};

enum { PLANS = sizeof row / sizeof row[0] };

struct phone_plans {
    struct plan plan[PLANS];
};

struct phone_plans *phone_plans_begin(struct arena *arena)
{
    struct phone_plans *plans = NEW(arena, struct phone_plans);
    for (size_t i = 0; i < PLANS; i++) {
        struct plan *plan = &plans->plan[i];
        plan->region = row[i].region;
        plan->code = row[i].code;
        plan->prefix = row[i].prefix[0] == '\0' ? NULL : shape_begin(arena, row[i].prefix);
        plan->national =
            shape_begin(arena, str_z(arena, str_format(arena, "(%s)\\z", row[i].national)));
        must(plan->national != NULL && (row[i].prefix[0] == '\0' || plan->prefix != NULL));
    }
    return plans;
}

bool phone_region_exists(const struct gate *gate, struct str region)
{
    for (size_t i = 0; i < PLANS; i++) {
        if (str_is(region, gate->phones->plan[i].region)) {
            return true;
        }
    }
    return false;
}

static bool fits_whole(const struct shape *shape, struct str digits)
{
    size_t end = 0;
    return shape_fits(shape, digits, 0, &end);
}

/* Few regions have no number of more than seven digits: there, four may be one. */
bool phone_region_is_short(const struct gate *gate, const char *region)
{
    for (size_t i = 0; i < PLANS; i++) {
        const struct plan *plan = &gate->phones->plan[i];
        if (strcmp(plan->region, region) == 0) {
            return shape_longest(plan->national) <= 7;
        }
    }
    return false;
}

static bool fits_national(const struct plan *plan, struct str digits)
{
    size_t end = 0;
    if (fits_whole(plan->national, digits)) {
        return true;
    }
    return plan->prefix != NULL && shape_fits(plan->prefix, digits, 0, &end) && end > 0 &&
           end < digits.len && fits_whole(plan->national, str_slice(digits, end, digits.len));
}

/* A country code has one to three digits, and none begins another. */
static bool fits_abroad(const struct phone_plans *plans, struct str digits)
{
    for (size_t len = 1; len <= 3 && len < digits.len; len++) {
        uint64_t code = 0;
        if (!str_to_uint64(str_slice(digits, 0, len), &code) || code == 0) {
            return false;
        }
        for (size_t i = 0; i < PLANS; i++) {
            const struct plan *plan = &plans->plan[i];
            if (plan->code == code && fits_national(plan, str_slice(digits, len, digits.len))) {
                return true;
            }
        }
    }
    return false;
}

/* There, each number is written with its zero, those that are free to call too. Elsewhere some have none: 1800 123 456. */
static bool is_always_with_zero(struct str region)
{
    static const char regions[] =
        "AT BE BG CH DE FI FR GB HR JP NL NZ RO RS SE SI SK UA ZA"; /* two letters and a blank */
    for (size_t i = 0; i < sizeof regions; i += 3) {
        if (str_equal(region, (struct str){regions + i, 2})) {
            return true;
        }
    }
    return false;
}

/* Where the zero always stands, a number without it is as often of something else. */
static enum likelihood fits_region(const struct scan *scan, struct str digits)
{
    const struct str region = str_of(scan->asked->region);
    for (size_t i = 0; i < PLANS && region.len > 0; i++) {
        const struct plan *plan = &scan->gate->phones->plan[i];
        if (str_is(region, plan->region)) {
            const bool is_whole = digits.ptr[0] == '0' || !is_always_with_zero(region);
            return !fits_national(plan, digits) ? 0 : is_whole ? LIKELY : POSSIBLE;
        }
    }
    return 0;
}

static bool is_free(struct str text, size_t end)
{
    const char next = letter_at(text, end);
    return !is_digit(next) && !(is_letter(next) && lower_of(next) != 'x') && next != '_';
}

enum likelihood phone_of(const struct scan *scan, const struct number *number, size_t *end)
{
    for (size_t g = number->group_count; g-- > 0;) {
        const struct str digits = {number->digit, number->group_digits[g]};
        *end = number->group_end[g];
        if (digits.len > 17 || digits.len < 3 || !is_free(scan->text, *end)) {
            continue;
        }
        if (number->has_plus && digits.len >= 7 && fits_abroad(scan->gate->phones, digits)) {
            return VERY_LIKELY;
        }
        if (!number->has_plus && digits.len > 9 && str_starts(digits, STR("00")) &&
            number->group_count > 1 &&
            fits_abroad(scan->gate->phones, str_slice(digits, 2, digits.len))) {
            return LIKELY;
        }
        const enum likelihood likelihood = number->has_plus ? 0 : fits_region(scan, digits);
        if (likelihood != 0) {
            return likelihood;
        }
    }
    return 0;
}
