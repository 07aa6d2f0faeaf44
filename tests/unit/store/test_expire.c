/*
 * test_expire.c - what is past its time goes, and nothing else; only for the duty that asks for it.
 */
#include "home.h"

enum { DAY_COUNT = 10 };
#define AT(day) ((int64_t)(day)*MICROS_PER_DAY)

static struct subject fill(struct home *home)
{
    home_begin(home);
    const struct subject ann = home_add(home, "ann");
    for (int day = 0; day < DAY_COUNT; day++) {
        home_event(home, ann, day % 2 == 0 ? BOUGHT : VIEWED, AT(day), "thing");
        const struct contact contact = {.time = AT(day),
                                        .channel = CHANNEL_EMAIL,
                                        .campaign = STR("spring"),
                                        .offer = STR("gift")};
        OK(home, store_add_contact(&home->job, home->txn, ann, &contact));
        const struct decision_record decision = {.ledger_index = (uint64_t)day,
                                                 .payload = bytes_of(STR("why"))};
        OK(home, store_add_decision(&home->job, home->txn, ann, &decision));
    }
    home_commit(home);
    return ann;
}

static bool is_early(struct job *job, void *self, const struct decision_record *decision)
{
    (void)job;
    return decision->ledger_index < *(const uint64_t *)self;
}

struct kept {
    size_t events;
    size_t contacts;
    size_t decisions;
};

static struct kept kept_of(struct home *home, struct subject subject)
{
    struct kept kept = {0};
    struct event *event = NULL;
    struct contact *contact = NULL;
    struct decision_record *decision = NULL;
    const struct permit *permit = permit_for_right(&home->job, subject, RIGHT_ACCESS);
    OK(home, store_events(&home->job, home->txn, permit, &event, &kept.events));
    OK(home, store_contacts(&home->job, home->txn, subject, &contact, &kept.contacts));
    OK(home, store_decisions(&home->job, home->txn, permit, &decision, &kept.decisions));
    return kept;
}

static void what_is_past_its_time_goes_and_the_rest_stays(void **state)
{
    (void)state;
    struct home home;
    home_make(&home);
    const struct subject ann = fill(&home);
    const int64_t before[EVENT_KIND_COUNT] = {[BOUGHT] = AT(4), [VIEWED] = INT64_MIN};
    uint64_t early = 7;
    for (int dry = 1; dry >= 0; dry--) {
        uint64_t events[EVENT_KIND_COUNT] = {0};
        uint64_t contacts = 0;
        uint64_t decisions = 0;
        home_begin(&home);
        const struct permit *permit = permit_for_duty(&home.job, ann, DUTY_STORAGE_LIMIT);
        OK(&home, store_expire_events(&home.job, home.txn, permit, before, dry != 0, events));
        OK(&home, store_expire_contacts(&home.job, home.txn, permit, AT(3), dry != 0, &contacts));
        OK(&home, store_expire_decisions(&home.job, home.txn, permit, is_early, &early, dry != 0,
                                         &decisions));
        COUNTS(events[BOUGHT], 2); /* of days 0 and 2: at day 4 it is not yet past */
        COUNTS(events[VIEWED], 0);
        COUNTS(contacts, 3);
        COUNTS(decisions, 7);
        const struct kept kept = kept_of(&home, ann);
        COUNTS(kept.events, dry != 0 ? 10 : 8);
        COUNTS(kept.contacts, dry != 0 ? 10 : 7);
        COUNTS(kept.decisions, dry != 0 ? 10 : 3);
        if (dry != 0) {
            home_roll_back(&home); /* nothing was changed: a commit would need an account */
        } else {
            home_commit(&home);
        }
    }
    home_end(&home);
}

static void only_that_duty_may_delete(void **state)
{
    (void)state;
    struct home home;
    home_make(&home);
    const struct subject ann = fill(&home);
    const int64_t before[EVENT_KIND_COUNT] = {AT(99), AT(99)};
    uint64_t count[EVENT_KIND_COUNT] = {0};
    home_begin(&home);
    const struct permit *wrong[] = {permit_for_duty(&home.job, ann, DUTY_ACCURACY),
                                    permit_for_right(&home.job, ann, RIGHT_ERASURE)};
    for (size_t i = 0; i < 2; i++) {
        FAILS(&home, CANDOR_REFUSED,
              store_expire_events(&home.job, home.txn, wrong[i], before, false, count));
        FAILS(&home, CANDOR_REFUSED,
              store_expire_contacts(&home.job, home.txn, wrong[i], AT(99), false, count));
    }
    COUNTS(kept_of(&home, ann).events, 10);
    home_end(&home);
}

int main(void)
{
    const struct CMUnitTest test[] = {
        cmocka_unit_test(what_is_past_its_time_goes_and_the_rest_stays),
        cmocka_unit_test(only_that_duty_may_delete),
    };
    return cmocka_run_group_tests_name("expire", test, NULL, NULL);
}
