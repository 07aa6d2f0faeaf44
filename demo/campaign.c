/*
 * campaign.c - how people answer a campaign, and the unfair history that is planted here.
 *
 * The truth: how gladly someone takes up an offer follows from their behaviour alone (see
 * interest_of). Sex is no part of it. Some would have bought anyway; being contacted adds the rest.
 *
 *     bought because contacted, or anyway   chance_of(person)
 *     bought anyway                         ANYWAY * chance_of(person)
 *
 * The history: the past campaign autumn-2026 went by e-mail to those who allowed it and as a letter
 * to others, chosen by a sales team. At equal behaviour they contacted women 0.4 times as often as
 * men (contact_share), and they had an eye on buyers of electronics, tools and outdoor gear, so
 * everyone else was contacted OTHER_TASTE times as often. So women's recorded responses are markedly
 * fewer, although their interest is the same: a model that learns from the record learns the sales
 * team's taste, through the favourite category even when it never sees the sex.
 */
#include "demo.h"

#include <math.h>

static const double contact_share[SEX_COUNT] = {
    [SEX_FEMALE] = 0.4, [SEX_MALE] = 1.0, [SEX_X] = 0.7};

#define CONTACTED 0.92 /* of those whom the sales team liked best */
#define OTHER_TASTE 0.7
#define ANYWAY 0.30 /* the share of responses that need no contact */

/* Log-odds of a response when contacted, from behaviour alone. */
static double interest_of(const struct behaviour *behaviour)
{
    static const double tier[TIER_COUNT] = {0.0, 0.1, 0.25, 0.4};
    double interest = -2.5;
    interest += 0.75 * log1p(behaviour->purchases_365d);
    interest += 0.15 * log1p(behaviour->spent_365d / 100);
    interest -= 0.55 * log1p(behaviour->days_since_purchase / 30);
    interest += 0.80 * log1p(behaviour->views_30d);
    interest += 0.55 * log1p(behaviour->clicks_180d);
    interest -= 0.30 * behaviour->returns_365d;
    interest -= 0.90 * behaviour->complaints_365d;
    interest += tier[behaviour->tier];
    return interest;
}

static bool liked_by_sales(enum category favourite)
{
    return favourite == CATEGORY_ELECTRONICS || favourite == CATEGORY_TOOLS ||
           favourite == CATEGORY_OUTDOOR;
}

static void respond(struct random *random, const struct behaviour *behaviour,
                    struct response *response)
{
    const double chance = sigmoid(interest_of(behaviour));
    /* Draw everything each time, so that one answer does not shift the next. */
    const double drawn = random_unit(random);
    const double annoyed = random_unit(random);
    const double spent = exp(3.9 + 0.5 * random_normal(random));
    response->responded = drawn < (response->contacted ? chance : ANYWAY * chance);
    response->cents = response->responded ? (int64_t)(spent * 100) : 0;
    /* Mail that nobody asked for annoys; the interested hardly mind. */
    const double annoyance = response->contacted ? 1.0 - chance : 0.0;
    response->complained = annoyed < 0.0025 * annoyance;
    response->unsubscribed = annoyed < 0.011 * annoyance;
}

void campaign_past(const struct world *world, const struct person *person,
                   const struct behaviour *behaviour, bool by_email, struct response *response)
{
    struct random random = random_of(world->seed, person->number, STREAM_PAST_CAMPAIGN);
    double chance = CONTACTED * contact_share[person->sex];
    if (!liked_by_sales(behaviour->favourite)) {
        chance *= OTHER_TASTE;
    }
    response->contacted = random_chance(&random, chance);
    respond(&random, behaviour, response);
    response->unsubscribed = response->unsubscribed && by_email;
}

void campaign_outcome(const struct world *world, const struct person *person,
                      const struct behaviour *behaviour, bool contacted, struct response *response)
{
    struct random random = random_of(world->seed, person->number, STREAM_OUTCOME);
    response->contacted = contacted;
    respond(&random, behaviour, response);
}
