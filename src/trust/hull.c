/*
 * hull.c - the best that could be done if people at the margin were decided by lot: a bound that no
 * thresholds can beat, and the direction in which to look for them.
 *
 * Between two thresholds a lot reaches every mixture of what they do, so that a group attains the convex
 * hull of its staircase. With one constrained rate r a group's best is the upper hull C(r) of what is
 * decided rightly, a concave function; with the rate between low and low + limit it is C at its peak,
 * moved into that window. The sum over groups is concave in low, and a search by thirds finds its top.
 *
 * With odds a group attains a polygon of (FPR, TPR) between a lower and an upper hull, and both rates have
 * a window. The largest over the windows of TPR is concave in the low end of that of FPR: a search inside
 * a search.
 */
#include <math.h>

#include "numeric.h"
#include "stairs.h"

/* ---- one hull ------------------------------------------------------------------------------ */

/* Corners with x and y that never fall, and y as a function of x. */
struct hull {
    size_t count;
    double *x;
    double *y;
};

/* Whether corner b lies on the wrong side of the line from a to c. sign 1: upper hull; -1: lower. */
static bool is_inside(const struct hull *hull, double x, double y, double sign)
{
    const size_t b = hull->count - 1;
    const size_t a = b - 1;
    const double left = (hull->y[b] - hull->y[a]) * (x - hull->x[a]);
    const double right = (y - hull->y[a]) * (hull->x[b] - hull->x[a]);
    return sign * (left - right) <= 0;
}

/* Points come with x that never falls. Of those with equal x, the highest (lowest) counts. */
static void hull_add(struct hull *hull, double x, double y, double sign)
{
    if (hull->count > 0 && hull->x[hull->count - 1] >= x) {
        if (sign * (y - hull->y[hull->count - 1]) <= 0) {
            return;
        }
        hull->count--;
    }
    while (hull->count >= 2 && is_inside(hull, x, y, sign)) {
        hull->count--;
    }
    hull->x[hull->count] = x;
    hull->y[hull->count++] = y;
}

static enum candor_status hull_begin(struct job *job, size_t count, struct hull *hull)
{
    hull->count = 0;
    TRY_ALLOC(job, hull->x, count, double);
    TRY_ALLOC(job, hull->y, count, double);
    return CANDOR_OK;
}

/* The last corner that is not beyond, by value of x or of y; 0 when all are. */
static size_t last_not_beyond(const double *value, size_t count, double at)
{
    size_t low = 0;
    size_t high = count;
    while (high - low > 1) {
        const size_t middle = low + (high - low) / 2;
        if (value[middle] <= at) {
            low = middle;
        } else {
            high = middle;
        }
    }
    return low;
}

static double between(const double *from, const double *to, size_t i, size_t count, double at)
{
    if (at <= from[i] || i + 1 == count) {
        return to[i];
    }
    return to[i] + (to[i + 1] - to[i]) * ((at - from[i]) / (from[i + 1] - from[i]));
}

static double hull_y(const struct hull *hull, double x)
{
    return between(hull->x, hull->y, last_not_beyond(hull->x, hull->count, x), hull->count, x);
}

/* The largest x whose y is not above; of a lower hull. */
static double hull_last_x(const struct hull *hull, double y)
{
    return between(hull->y, hull->x, last_not_beyond(hull->y, hull->count, y), hull->count, y);
}

/* The smallest x whose y is not below; of an upper hull. The last x when there is none. */
static double hull_first_x(const struct hull *hull, double y)
{
    size_t i = last_not_beyond(hull->y, hull->count, y);
    while (i > 0 && hull->y[i] >= y) {
        i--;
    }
    return between(hull->y, hull->x, i, hull->count, y);
}

/* ---- all of them --------------------------------------------------------------------------- */

struct group_hull {
    bool is_bound[2]; /* whether the rate constrains it */
    double positives;
    double negatives;
    struct hull upper; /* one rate: what is decided rightly; odds: TPR by FPR */
    struct hull lower; /* odds */
    double peak;       /* x where the group decides best */
    double best;       /* of a group that nothing constrains */
};

struct hulls {
    enum parity parity;
    double limit;
    size_t group_count;
    struct group_hull *group;
};

static double value_at(const struct group_hull *group, double x, double y)
{
    return group->positives * y - group->negatives * x + group->negatives;
}

static void find_peak(struct group_hull *group, bool is_odds)
{
    double most = -1;
    for (size_t i = 0; i < group->upper.count; i++) {
        const double y = group->upper.y[i];
        const double value = is_odds ? value_at(group, group->upper.x[i], y) : y;
        if (value > most) {
            most = value;
            group->peak = group->upper.x[i];
        }
    }
}

static enum candor_status group_of(struct job *job, const struct stairs *stairs, bool is_odds,
                                   struct group_hull *group)
{
    group->positives = (double)stairs->positives;
    group->negatives = (double)stairs->negatives;
    for (size_t i = 0; i < stairs->count; i++) {
        group->best = fmax(group->best, (double)stairs->correct[i]);
    }
    for (size_t r = 0; r < 2; r++) {
        group->is_bound[r] = stairs->rate[r] != NULL;
    }
    if (is_odds ? !group->is_bound[0] || !group->is_bound[1] : !group->is_bound[0]) {
        return CANDOR_OK;
    }
    TRY(hull_begin(job, stairs->count, &group->upper));
    TRY(hull_begin(job, stairs->count, &group->lower));
    for (size_t i = 0; i < stairs->count; i++) {
        const double x = stairs->rate[0][i];
        hull_add(&group->upper, x, is_odds ? stairs->rate[1][i] : (double)stairs->correct[i], 1);
        if (is_odds) {
            hull_add(&group->lower, x, stairs->rate[1][i], -1);
        }
    }
    find_peak(group, is_odds);
    return CANDOR_OK;
}

enum candor_status hulls_of(struct job *job, const struct staircase *staircase, double limit,
                            struct hulls **hulls)
{
    struct hulls *made = NEW(job->arena, struct hulls);
    *made = (struct hulls){staircase->parity, limit, staircase->group_count, NULL};
    TRY_ALLOC(job, made->group, staircase->group_count + 1, struct group_hull);
    for (size_t g = 0; g < staircase->group_count; g++) {
        TRY(group_of(job, &staircase->group[g], made->parity == EQUAL_ODDS, &made->group[g]));
    }
    *hulls = made;
    return CANDOR_OK;
}

/* ---- one rate ------------------------------------------------------------------------------ */

static double clamp(double x, double low, double high)
{
    return x < low ? low : x > high ? high : x;
}

static double best_of_rate(const struct hulls *hulls, double low)
{
    double sum = 0;
    for (size_t g = 0; g < hulls->group_count; g++) {
        const struct group_hull *group = &hulls->group[g];
        if (!group->is_bound[0]) {
            sum += group->best;
            continue;
        }
        sum += hull_y(&group->upper, clamp(group->peak, low, low + hulls->limit));
    }
    return sum;
}

/* ---- odds ---------------------------------------------------------------------------------- */

/* The windows: FPR from x to x + limit, TPR from y to y + limit. */
static double best_in_box(const struct hulls *hulls, const struct group_hull *group, double x,
                          double y)
{
    const double x_high = fmin(x + hulls->limit, 1);
    const double y_high = fmin(y + hulls->limit, 1);
    if (!group->is_bound[0]) { /* nobody has label 0: whoever is selected is so rightly */
        return group->is_bound[1] ? group->positives * y_high : 0;
    }
    if (!group->is_bound[1]) {
        return group->negatives * (1 - x);
    }
    /* Along the upper hull until the window of TPR ends; from there on only FPR would grow. */
    const double least = fmax(x, hull_first_x(&group->upper, y));
    const double most = fmin(x_high, hull_last_x(&group->lower, y_high));
    const double wanted = fmin(group->peak, hull_first_x(&group->upper, y_high));
    const double at = fmax(fmin(wanted, most), least);
    return value_at(group, at, fmin(hull_y(&group->upper, at), y_high));
}

static double best_of_boxes(const struct hulls *hulls, double x, double y)
{
    double sum = 0;
    for (size_t g = 0; g < hulls->group_count; g++) {
        sum += best_in_box(hulls, &hulls->group[g], x, y);
    }
    return sum;
}

enum { SEARCH_STEPS = 64 }; /* each leaves two thirds: 2e-11, and the slopes are those of counts */

/* Which low ends of the window of TPR leave every group a point, when that of FPR begins at x. */
static void y_range(const struct hulls *hulls, double x, double *low, double *high)
{
    *low = 0;
    *high = 1;
    for (size_t g = 0; g < hulls->group_count; g++) {
        const struct group_hull *group = &hulls->group[g];
        if (group->is_bound[0] && group->is_bound[1]) {
            *low = fmax(*low, hull_y(&group->lower, x) - hulls->limit);
            *high = fmin(*high, hull_y(&group->upper, fmin(x + hulls->limit, 1)));
        }
    }
    *high = fmax(*high, *low);
}

static double best_of_odds(const struct hulls *hulls, double x)
{
    double low = 0;
    double high = 0;
    double best = 0;
    y_range(hulls, x, &low, &high);
    best = fmax(best_of_boxes(hulls, x, low), best_of_boxes(hulls, x, high));
    for (size_t i = 0; i < SEARCH_STEPS && high > low; i++) {
        const double third = (high - low) / 3;
        const double left = best_of_boxes(hulls, x, low + third);
        const double right = best_of_boxes(hulls, x, high - third);
        best = fmax(best, fmax(left, right));
        if (left < right) {
            low += third;
        } else {
            high -= third;
        }
    }
    return best;
}

double hulls_best_from(const struct hulls *hulls, double low)
{
    return hulls->parity == EQUAL_ODDS ? best_of_odds(hulls, low) : best_of_rate(hulls, low);
}

double hulls_best(const struct hulls *hulls, double *low)
{
    double from = 0;
    double to = 1;
    double best = hulls_best_from(hulls, 0);
    *low = 0;
    for (size_t i = 0; i < SEARCH_STEPS; i++) {
        const double third = (to - from) / 3;
        const double at[2] = {from + third, to - third};
        const double value[2] = {hulls_best_from(hulls, at[0]), hulls_best_from(hulls, at[1])};
        for (size_t k = 0; k < 2; k++) {
            if (value[k] > best) {
                best = value[k];
                *low = at[k];
            }
        }
        if (value[0] < value[1]) {
            from = at[0];
        } else {
            to = at[1];
        }
    }
    return best;
}
