/*
 * history.c - what someone looked at, bought, followed, returned and complained about.
 *
 * Events come at a steady rate set by engagement, with more of them in the last weeks for those
 * whose mood is near a purchase. A link in a message is followed only while the consent to that
 * message holds. Nothing happens before someone joins or after they lapse.
 */
#include "demo.h"

#include <math.h>

const char *const event_name[EVENT_KIND_COUNT] = {"viewed", "bought", "clicked", "returned",
                                                  "complained"};

#define DAYS_OF_MOOD 45

struct story {
    const struct world *world;
    const struct person *person;
    struct history *history;
    struct random random;
    int64_t begins;
    int64_t ends;
};

static void add_event(struct story *story, enum event_kind kind, enum category category,
                      const char *channel, int64_t time, int64_t cents)
{
    struct history *history = story->history;
    if (history->count < EVENTS_MAX && time < story->ends) {
        history->event[history->count++] =
            (struct event){time, story->person->number, kind, category, channel, cents};
    }
}

static enum category taste_of(struct story *story)
{
    return (enum category)random_choice(&story->random, story->person->taste, CATEGORY_COUNT);
}

static const char *place_of(struct story *story)
{
    static const char *const place[] = {"web", "app", "store"};
    static const double share[] = {0.55, 0.30, 0.15};
    return place[random_choice(&story->random, share, COUNT_OF(place))];
}

static int64_t price_of(struct story *story, enum category category)
{
    static const double mean[CATEGORY_COUNT] = {3.7, 3.5, 3.9, 4.5, 4.0, 3.7, 3.1, 2.9};
    const double units =
        exp(mean[category] + 0.35 * story->person->spending + 0.45 * random_normal(&story->random));
    return (int64_t)units * 100 + 90;
}

static void look(struct story *story, int64_t time)
{
    const enum category category = taste_of(story);
    const char *place = place_of(story);
    add_event(story, EVENT_VIEWED, category, place, time, -1);
}

static void buy(struct story *story, int64_t time)
{
    const enum category category = taste_of(story);
    const char *place = place_of(story);
    const int64_t cents = price_of(story, category);
    add_event(story, EVENT_BOUGHT, category, place, time, cents);

    if (random_chance(&story->random, category == CATEGORY_FASHION ? 0.16 : 0.06)) {
        const int64_t days = 3 + (int64_t)random_below(&story->random, 18);
        add_event(story, EVENT_RETURNED, category, place, time + days * SECONDS_PER_DAY, cents);
    }
    if (random_chance(&story->random, 0.015)) {
        const int64_t days = 1 + (int64_t)random_below(&story->random, 10);
        add_event(story, EVENT_COMPLAINED, category, place, time + days * SECONDS_PER_DAY, -1);
    }
}

static int64_t some_time(struct story *story, int64_t from)
{
    return random_between(&story->random, from > story->begins ? from : story->begins,
                          story->world->until);
}

/* Everything of the steady rate; times run to the story's end, and add_event drops what comes
 * after a lapse. */
static void live_steadily(struct story *story, const struct consent *consent, size_t consent_count)
{
    const struct person *person = story->person;
    const double months = (double)(story->world->until - story->begins) / 30.4 / SECONDS_PER_DAY;
    const double lively = exp(0.65 * person->engagement);
    const unsigned purchases = random_poisson(&story->random, 0.19 * lively * months);
    const unsigned views = random_poisson(&story->random, 0.36 * lively * months);
    const unsigned clicks = random_poisson(&story->random, 0.11 * lively * months);
    for (unsigned i = 0; i < purchases; i++) {
        buy(story, some_time(story, 0));
    }
    for (unsigned i = 0; i < views; i++) {
        look(story, some_time(story, 0));
    }
    for (unsigned i = 0; i < clicks; i++) {
        const int64_t time = some_time(story, 0);
        const enum category category = taste_of(story);
        if (consent_holds(consent, consent_count, PURPOSE_EMAIL, time)) {
            add_event(story, EVENT_CLICKED, category, "email", time, -1);
        } else if (consent_holds(consent, consent_count, PURPOSE_SMS, time)) {
            add_event(story, EVENT_CLICKED, category, "sms", time, -1);
        }
    }
}

static void follow_the_mood(struct story *story)
{
    const double mood = story->person->mood;
    const int64_t from = story->world->until - DAYS_OF_MOOD * SECONDS_PER_DAY;
    const unsigned views = random_poisson(&story->random, exp(-0.4 + 0.9 * mood));
    const unsigned purchases = random_poisson(&story->random, exp(-2.0 + 0.8 * mood));
    for (unsigned i = 0; i < views; i++) {
        look(story, some_time(story, from));
    }
    for (unsigned i = 0; i < purchases; i++) {
        buy(story, some_time(story, from));
    }
}

/* Tiers are given for a year's spending, and sometimes by courtesy. */
static enum tier tier_for(struct random *random, double spent_365d)
{
    const double counted = spent_365d * exp(0.15 * random_normal(random));
    if (counted < 80) {
        return TIER_NONE;
    }
    if (counted < 250) {
        return TIER_BRONZE;
    }
    return counted < 600 ? TIER_SILVER : TIER_GOLD;
}

static void behaviour_add(struct behaviour *behaviour, const struct event *event, double days_ago)
{
    const bool this_year = days_ago <= 365;
    switch (event->kind) {
    case EVENT_VIEWED:
        behaviour->views_30d += days_ago <= 30;
        break;
    case EVENT_BOUGHT:
        behaviour->purchases_365d += this_year;
        behaviour->spent_365d += this_year ? (double)event->cents / 100 : 0;
        behaviour->days_since_purchase = fmin(behaviour->days_since_purchase, days_ago);
        break;
    case EVENT_CLICKED:
        behaviour->clicks_180d += days_ago <= 180;
        break;
    case EVENT_RETURNED:
        behaviour->returns_365d += this_year;
        break;
    case EVENT_COMPLAINED:
        behaviour->complaints_365d += this_year;
        break;
    case EVENT_KIND_COUNT:
        break;
    }
}

static void behaviour_of(const struct world *world, struct history *history)
{
    struct behaviour *behaviour = &history->behaviour;
    unsigned views[CATEGORY_COUNT] = {0};
    *behaviour = (struct behaviour){.days_since_purchase = HISTORY_DAYS};
    for (size_t i = 0; i < history->count; i++) {
        const struct event *event = &history->event[i];
        const double days_ago = (double)(world->until - event->time) / SECONDS_PER_DAY;
        behaviour_add(behaviour, event, days_ago);
        views[event->category] += event->kind == EVENT_VIEWED;
    }
    for (enum category category = 0; category < CATEGORY_COUNT; category++) {
        if (views[category] > views[behaviour->favourite]) {
            behaviour->favourite = category;
        }
    }
}

void history_make(const struct world *world, const struct person *person,
                  const struct consent *consent, size_t consent_count, struct history *history)
{
    history->count = 0;
    struct story story = {
        .world = world,
        .person = person,
        .history = history,
        .random = random_of(world->seed, person->number, STREAM_HISTORY),
        .begins = world->until - HISTORY_DAYS * SECONDS_PER_DAY,
        .ends = person->lapses,
    };
    if (story.begins < person->joined) {
        story.begins = person->joined;
    }
    live_steadily(&story, consent, consent_count);
    follow_the_mood(&story);
    behaviour_of(world, history);
    history->behaviour.tier = tier_for(&story.random, history->behaviour.spent_365d);
}
