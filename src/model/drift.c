/*
 * drift.c - whether new rows still look like those that a model was trained on.
 *
 * The model remembers the share of its training rows in every bin. Bins are joined into about ten
 * groups of neighbours, so that chance does not add up over hundreds of them; missing values and values
 * that training did not have are groups of their own. Over the groups,
 *
 *     PSI = sum of (now - then) * log(now / then)
 *
 * the population stability index, each share with half a row more, so that an empty group counts and
 * does not count without end; and the chi-square test of the two tables of counts, which says whether
 * chance alone does that. A feature has drifted when the index is large and it is not chance.
 */
#include "model.h"
#include "review.h"

#include <math.h>

#include "numeric.h"

enum { GROUPS = 10, GROUPS_MAX = BINS_MAX };

static const double share_alone = 0.02; /* a level with fewer rows is joined with others like it */
static const double chance_least = 0.01;

const char *drift_word(const struct drift *drift)
{
    if (drift->psi < DRIFT_SOME || drift->p > chance_least) {
        return "stable";
    }
    return drift->psi < DRIFT_MUCH ? "shifting" : "drifted";
}

bool drift_is_much(const struct drift *drift)
{
    return drift->psi >= DRIFT_MUCH && drift->p <= chance_least;
}

/* Rows then and now in each group. */
struct groups {
    size_t count;
    double then[GROUPS_MAX];
    double now[GROUPS_MAX];
    double rows_then;
    double rows_now;
};

static double smooth(const struct groups *groups, double rows, double total)
{
    return (rows + 0.5) / (total + 0.5 * (double)groups->count);
}

static double chi_square_of(const struct groups *groups, size_t *filled)
{
    const double all = groups->rows_then + groups->rows_now;
    double sum = 0;
    *filled = 0;
    for (size_t g = 0; g < groups->count; g++) {
        const double both = groups->then[g] + groups->now[g];
        if (!(both > 0)) {
            continue;
        }
        const double expected_then = both * groups->rows_then / all;
        const double expected_now = both * groups->rows_now / all;
        sum +=
            (groups->then[g] - expected_then) * (groups->then[g] - expected_then) / expected_then;
        sum += (groups->now[g] - expected_now) * (groups->now[g] - expected_now) / expected_now;
        (*filled)++;
    }
    return sum;
}

/* The index, the test, and the group that moved most. */
static size_t weigh_groups(const struct groups *groups, struct drift *drift)
{
    size_t most = 0;
    double largest = -1;
    drift->psi = 0;
    for (size_t g = 0; g < groups->count; g++) {
        if (!(groups->then[g] + groups->now[g] > 0)) {
            continue;
        }
        const double then = smooth(groups, groups->then[g], groups->rows_then);
        const double now = smooth(groups, groups->now[g], groups->rows_now);
        const double part = (now - then) * log(now / then);
        drift->psi += part;
        if (part > largest) {
            largest = part;
            most = g;
        }
    }
    size_t filled;
    drift->chi_square = chi_square_of(groups, &filled);
    drift->freedom = filled > 1 ? filled - 1 : 0;
    drift->p = filled > 1 ? chi_square_tail(drift->chi_square, (double)drift->freedom) : 1;
    drift->group_count = filled;
    drift->most_share[0] = groups->then[most] / groups->rows_then;
    drift->most_share[1] = groups->now[most] / groups->rows_now;
    return most;
}

/* ---- features ---- */

/* Which group each bin is in. Returns the number of groups. */
static size_t group_ordered(const struct model_feature *feature, const double *weight,
                            uint8_t *group)
{
    uint8_t place[BINS_MAX];
    const size_t places =
        feature->value_count == 0 ? 0 : share_out(weight + 1, feature->value_count, GROUPS, place);
    for (size_t v = 0; v < feature->value_count; v++) {
        group[v + 1] = place[v];
    }
    group[BIN_MISSING] = (uint8_t)places;
    if (feature->bin_count > feature->value_count + 1) {
        group[feature->value_count + 1] = (uint8_t)(places + 1);
    }
    return places + feature->bin_count - feature->value_count;
}

static size_t group_levels(const struct model_feature *feature, const double *weight,
                           uint8_t *group)
{
    size_t count = 0;
    for (size_t bin = 0; bin < feature->bin_count; bin++) {
        const bool is_level = bin != BIN_MISSING && bin <= feature->value_count;
        if (!is_level || weight[bin] >= share_alone) {
            group[bin] = (uint8_t)count;
            count++;
        }
    }
    bool is_rest = false;
    for (size_t bin = 1; bin <= feature->value_count; bin++) {
        if (weight[bin] < share_alone) {
            group[bin] = (uint8_t)count;
            is_rest = true;
        }
    }
    return count + (is_rest ? 1 : 0);
}

/* "37 to 41", "single", "rare values": what a group holds. */
static struct str group_label(struct arena *arena, const struct model_feature *feature,
                              const uint8_t *group, size_t wanted)
{
    size_t first = BINS_MAX;
    size_t last = 0;
    for (size_t bin = 0; bin < feature->bin_count; bin++) {
        if (group[bin] == wanted) {
            first = first == BINS_MAX ? bin : first;
            last = bin;
        }
    }
    if (first == last || first == BINS_MAX) {
        return feature_bin_label(arena, feature, last);
    }
    if (feature->kind == COLUMN_CATEGORY) {
        return STR("rare values");
    }
    if (feature->kind == COLUMN_NUMBER) {
        /* For people: no more digits than tell two groups apart. */
        return str_format(arena, "%.6g to %.6g", feature->low[first - 1], feature->high[last - 1]);
    }
    return str_format(arena, "%.*s to %.*s", STR_ARG(feature_bin_label(arena, feature, first)),
                      STR_ARG(feature_bin_label(arena, feature, last)));
}

struct drift model_drift_of(struct arena *arena, const struct model *model, size_t feature,
                            const uint64_t *count)
{
    const struct model_feature *of = &model->feature[feature];
    const double *weight = model->term[feature].weight;
    uint8_t group[BINS_MAX] = {0};
    struct groups groups = {.rows_then = (double)model->rows_train};
    groups.count = of->kind == COLUMN_CATEGORY ? group_levels(of, weight, group)
                                               : group_ordered(of, weight, group);
    must(groups.count <= GROUPS_MAX);
    for (size_t bin = 0; bin < of->bin_count; bin++) {
        groups.then[group[bin]] += weight[bin] * groups.rows_then;
        groups.now[group[bin]] += (double)count[bin];
        groups.rows_now += (double)count[bin];
    }
    must(groups.rows_now > 0 && groups.rows_then > 0);

    struct drift drift = {.name = of->name};
    const size_t most = weigh_groups(&groups, &drift);
    drift.most = group_label(arena, of, group, most);
    drift.missing[0] = weight[BIN_MISSING];
    drift.missing[1] = (double)count[BIN_MISSING] / groups.rows_now;
    const size_t other = of->value_count + 1;
    drift.unseen[0] = other < of->bin_count ? weight[other] : 0;
    drift.unseen[1] = other < of->bin_count ? (double)count[other] / groups.rows_now : 0;
    return drift;
}

/* ---- links ---- */

/*
 * The share of the rows up to a decile. Rows that are equal to it may be on either side: in training
 * as many of them were below as made it the decile, so now too as far as there are enough. A model
 * with few different scores does not seem to drift for that.
 */
static double share_up_to(const double *link, size_t row_count, double decile, double wanted)
{
    double below = 0;
    double equal = 0;
    for (size_t row = 0; row < row_count; row++) {
        below += link[row] < decile ? 1 : 0;
        equal += link[row] == decile ? 1 : 0;
    }
    const double rows = (double)row_count;
    return fmin(fmax(wanted, below / rows), (below + equal) / rows);
}

bool model_drift_of_links(const struct model *model, const double *link, size_t row_count,
                          struct drift *drift)
{
    must(row_count > 0);
    struct groups groups = {
        .count = DECILES + 1,
        .rows_then = (double)model->rows_train,
        .rows_now = (double)row_count,
    };
    double before = 0;
    *drift = (struct drift){.name = STR("score"), .most = STR("")};
    for (size_t d = 0; d <= DECILES; d++) {
        if (d < DECILES && isnan(model->link_decile[d])) {
            return false;
        }
        const double wanted = (double)(d + 1) / (DECILES + 1);
        const double share =
            d == DECILES ? 1 : share_up_to(link, row_count, model->link_decile[d], wanted);
        groups.now[d] = (share - before) * groups.rows_now;
        groups.then[d] = groups.rows_then / (DECILES + 1);
        before = share;
    }
    (void)weigh_groups(&groups, drift);
    return true;
}
