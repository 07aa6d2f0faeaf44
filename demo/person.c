/*
 * person.c - who someone is, and the inclinations behind what they do.
 *
 * Sex is planted in one place only: in what people like to look at (taste_mean). It changes neither
 * how much they buy nor how gladly they take up an offer, so that any difference between the sexes
 * in those comes from how the company treated them (campaign.c).
 */
#include "demo.h"

#include <math.h>

const char *const sex_name[SEX_COUNT] = {"female", "male", "x"};
const char *const tier_name[TIER_COUNT] = {"none", "bronze", "silver", "gold"};
const char *const category_name[CATEGORY_COUNT] = {"home",  "garden",  "outdoor", "electronics",
                                                   "tools", "fashion", "beauty",  "books"};

static const double sex_share[SEX_COUNT] = {0.515, 0.470, 0.015};

static const struct {
    const char *name;
    double share;
} region[] = {
    {"Northmark", 0.06}, {"Eastfold", 0.09},    {"Westfold", 0.08},   {"Southmere", 0.13},
    {"Highlands", 0.05}, {"Lakeland", 0.07},    {"Rivermouth", 0.11}, {"Old Harbour", 0.10},
    {"Midvale", 0.12},   {"Stonebridge", 0.07}, {"Fairhaven", 0.08},  {"Islands", 0.04},
};

/* Logarithms of how much the categories are liked, by sex, in the order of enum category. */
static const double taste_mean[SEX_COUNT][CATEGORY_COUNT] = {
    [SEX_FEMALE] = {0.4, 0.2, -0.3, -0.9, -1.5, 0.7, 1.0, 0.2},
    [SEX_MALE] = {0.3, 0.1, 0.5, 0.8, 0.7, -0.6, -1.8, 0.0},
    [SEX_X] = {0.3, 0.1, 0.1, 0.0, -0.4, 0.2, -0.2, 0.3},
};

static const char *region_for(struct random *random)
{
    double share[COUNT_OF(region)];
    for (size_t i = 0; i < COUNT_OF(region); i++) {
        share[i] = region[i].share;
    }
    const char *chosen = region[random_choice(random, share, COUNT_OF(region))].name;
    return random_chance(random, 0.01) ? "" : chosen;
}

/* Two humps, of the young and of the middle-aged; one in thirty never said. */
static unsigned age_for(struct random *random)
{
    const bool young = random_chance(random, 0.35);
    const double years = young ? 28 + 6 * random_normal(random) : 51 + 14 * random_normal(random);
    const bool known = !random_chance(random, 1.0 / 30.0);
    return known ? (unsigned)fmin(fmax(years, 18), 94) : 0;
}

/* Over nine years, more of them lately; a few in the last days. */
static int64_t joined_for(const struct world *world, struct random *random)
{
    const double days_ago = 3300.0 * pow(random_unit(random), 1.6) + 3;
    const int64_t day = world->until / SECONDS_PER_DAY - (int64_t)days_ago;
    return day * SECONDS_PER_DAY;
}

static const char *reached_by_for(struct random *random)
{
    static const char *const way[] = {"email", "sms", "post", ""};
    static const double share[] = {0.60, 0.18, 0.17, 0.05};
    return way[random_choice(random, share, COUNT_OF(way))];
}

void person_make(const struct world *world, size_t number, struct person *person)
{
    struct random random = random_of(world->seed, number, STREAM_PERSON);
    person->number = number;
    person->sex = (enum sex)random_choice(&random, sex_share, SEX_COUNT);
    person->name = name_for(&random, person->sex);
    person->age = age_for(&random);
    person->region = region_for(&random);
    person->reached_by = reached_by_for(&random);
    person->joined = joined_for(world, &random);

    person->engagement = random_normal(&random);
    person->spending = random_normal(&random);
    person->mood = random_normal(&random);
    person->trust = random_normal(&random);
    for (size_t i = 0; i < CATEGORY_COUNT; i++) {
        person->taste[i] = exp(taste_mean[person->sex][i] + 0.8 * random_normal(&random));
    }
    person->lapses = world->until;
    if (random_chance(&random, 0.22)) {
        person->lapses -= (int64_t)(random_unit(&random) * HISTORY_DAYS) * SECONDS_PER_DAY;
    }
}

void person_email(const struct person *person, char *target, size_t target_size)
{
    name_email(person->name, person->number, target, target_size);
}
