/*
 * consent.c - what people allowed, and when they changed their mind.
 *
 * Everyone was asked when they joined. Thirty-two months before the end of the story the company
 * asked again, with a clearer wording; one in twenty-five never answered that, so only their old
 * answer stands, which may be older than a consent may become. Later some withdraw, and a few of
 * those come back.
 */
#include "demo.h"

#include <math.h>

const char *const purpose_name[PURPOSE_COUNT] = {"email_marketing", "sms_marketing", "profiling",
                                                 "model_training", "share:acme-ads"};
const char *const purpose_channel[PURPOSE_COUNT] = {"email", "sms", "", "", ""};
const char *const choice_name[CHOICE_COUNT] = {"given", "refused", "withdrawn", "objected"};

static const double share_given[PURPOSE_COUNT] = {0.62, 0.25, 0.55, 0.48, 0.09};
static const double share_objecting[PURPOSE_COUNT] = {0.005, 0.002, 0.015, 0.0, 0.0};

#define DAYS_SINCE_ASKED_AGAIN 975 /* 2024-03-01 when the story ends on 2026-11-01 */
#define DAYS_SINCE_REWORDED 245    /* 2026-03-01 */

static const char *wording_at(const struct world *world, int64_t time)
{
    if (time >= world->until - DAYS_SINCE_REWORDED * SECONDS_PER_DAY) {
        return "2026-03";
    }
    return time >= world->until - DAYS_SINCE_ASKED_AGAIN * SECONDS_PER_DAY ? "2024-03" : "2021-06";
}

static const char *surface_for(struct random *random)
{
    static const char *const surface[] = {"signup_form", "preference_page", "checkout",
                                          "store_form", "phone_call"};
    static const double share[] = {0.45, 0.25, 0.15, 0.12, 0.03};
    return surface[random_choice(random, share, COUNT_OF(surface))];
}

/* When this person gave the answer that matters. */
static int64_t asked_at(const struct world *world, const struct person *person,
                        struct random *random)
{
    const int64_t again = world->until - DAYS_SINCE_ASKED_AGAIN * SECONDS_PER_DAY;
    const bool answered_again = !random_chance(random, 0.04);
    const int64_t joined = random_between(random, person->joined, person->joined + SECONDS_PER_DAY);
    const int64_t later = random_between(random, again, again + 60 * SECONDS_PER_DAY);
    return person->joined < again && answered_again ? later : joined;
}

struct pen {
    const struct world *world;
    struct random *random;
    struct consent *consent;
    size_t count;
    size_t number;
};

static void write_consent(struct pen *pen, enum purpose purpose, enum choice choice, int64_t time)
{
    if (pen->count == CONSENTS_MAX) {
        stop(4, "a person has more than %d consent records", CONSENTS_MAX);
    }
    pen->consent[pen->count++] = (struct consent){
        .time = time,
        .number = pen->number,
        .purpose = purpose,
        .choice = choice,
        .surface = surface_for(pen->random),
        .wording_version = wording_at(pen->world, time),
    };
}

/* Those who trust say yes more often; the mean over all stays near the given share. */
static bool says_yes(const struct person *person, enum purpose purpose, struct random *random)
{
    const double share = share_given[purpose];
    return random_chance(random, sigmoid(log(share / (1 - share)) * 1.05 + 0.5 * person->trust));
}

static void answers_for(struct pen *pen, const struct person *person, enum purpose purpose,
                        int64_t asked)
{
    struct random *random = pen->random;
    const int64_t until = pen->world->until;
    const bool yes = says_yes(person, purpose, random);
    write_consent(pen, purpose, yes ? CHOICE_GIVEN : CHOICE_REFUSED, asked);

    const int64_t changed = random_between(random, asked + SECONDS_PER_DAY, until);
    if (changed >= until) {
        return;
    }
    if (yes && random_chance(random, 0.08)) {
        write_consent(pen, purpose, CHOICE_WITHDRAWN, changed);
        const int64_t back = random_between(random, changed + SECONDS_PER_DAY, until);
        if (back < until && random_chance(random, 0.15)) {
            write_consent(pen, purpose, CHOICE_GIVEN, back);
        }
    } else if (!yes && random_chance(random, 0.04)) {
        write_consent(pen, purpose, CHOICE_GIVEN, changed);
    } else if (random_chance(random, share_objecting[purpose])) {
        write_consent(pen, purpose, CHOICE_OBJECTED, changed);
    }
}

size_t consent_make(const struct world *world, const struct person *person,
                    struct consent consent[CONSENTS_MAX])
{
    /* Not everyone was asked for everything: no record at all is an answer too, and means no. */
    static const double share_asked[PURPOSE_COUNT] = {1.0, 0.90, 1.0, 0.97, 0.70};
    struct random random = random_of(world->seed, person->number, STREAM_CONSENT);
    struct pen pen = {world, &random, consent, 0, person->number};
    const int64_t asked = asked_at(world, person, &random);
    for (enum purpose purpose = 0; purpose < PURPOSE_COUNT; purpose++) {
        if (random_chance(&random, share_asked[purpose])) {
            answers_for(&pen, person, purpose, asked);
        }
    }
    return pen.count;
}

bool consent_holds(const struct consent *consent, size_t count, enum purpose purpose, int64_t at)
{
    bool holds = false;
    for (size_t i = 0; i < count; i++) {
        if (consent[i].purpose == purpose && consent[i].time <= at) {
            holds = consent[i].choice == CHOICE_GIVEN;
        }
    }
    return holds;
}
