/*
 * test_permits.c - the first lock, seen from outside: no read without a permit. The store's own
 * count of reads is compared with the number of permits that allow, and the fast path to a permit
 * with the law written down slowly, over random histories.
 */
#include "company.h"
#include "numeric.h"

enum {
    PEOPLE = 200, /* of the counted walks */
    ROUNDS = 125, /* of the property test; SUBJECTS new histories each */
    SUBJECTS = 16,
    FIRST_RECORDS = 10, /* at most, imported at once */
    MORE_RECORDS = 3,   /* one by one, each with a comparison */
    RECORDS_MAX = FIRST_RECORDS + MORE_RECORDS,
    PURPOSES = 7,
    DAYS = 9,
};

/* ---- the law, slowly ----------------------------------------------------------------------- */

/* Of company_policy, once more, so that a mistake in reading it shows. */
struct rule {
    const char *name;
    unsigned channels; /* bit 0: email, bit 1: sms; 0: none */
    bool needs_consent;
    bool can_be_refused;
    bool direct_marketing;
    int64_t valid_days;
};

static const struct rule rule[PURPOSES] = {
    {"news", 3, true, true, true, 365},     {"profiling", 0, true, true, false, 0},
    {"training", 0, true, true, false, 0},  {"research", 0, false, true, false, 0},
    {"letters", 2, false, true, true, 0},   {"audit", 0, false, false, false, 0},
    {"service", 0, false, false, false, 0},
};

static const char *const channel_name[2] = {"email", "sms"};

/* What somebody said. purpose -1: about everything; channel -1: on every channel. */
struct said {
    int purpose;
    int channel;
    enum consent_decision decision;
    int64_t time;
};

struct history {
    char name[24];
    struct said said[RECORDS_MAX];
    size_t count;
};

static bool is_restricted(const struct history *history)
{
    int64_t restricted = INT64_MIN;
    int64_t lifted = INT64_MIN;
    for (size_t i = 0; i < history->count; i++) {
        const struct said *said = &history->said[i];
        if (said->decision == CONSENT_RESTRICTED && said->time > restricted) {
            restricted = said->time;
        }
        if (said->decision == CONSENT_UNRESTRICTED && said->time > lifted) {
            lifted = said->time;
        }
    }
    return restricted != INT64_MIN && restricted >= lifted;
}

/* Is this word about the question? A no on one channel is a no to a purpose that has none. */
static bool is_about(const struct said *said, int purpose, int channel)
{
    if (said->decision == CONSENT_RESTRICTED || said->decision == CONSENT_UNRESTRICTED) {
        return false;
    }
    if (said->purpose == -1 && !rule[purpose].direct_marketing) {
        return false; /* an objection to everything is one to direct marketing */
    }
    return (said->purpose == -1 || said->purpose == purpose) &&
           (said->channel == -1 || said->channel == channel ||
            (channel == -1 && said->decision != CONSENT_GIVEN));
}

static int sternness(enum consent_decision decision)
{
    return decision == CONSENT_WITHDRAWN  ? 4
           : decision == CONSENT_OBJECTED ? 3
           : decision == CONSENT_REFUSED  ? 2
                                          : 1;
}

static bool is_allowed(const struct history *history, int purpose, int channel, int64_t now)
{
    const struct rule *asked = &rule[purpose];
    const struct said *last = NULL;
    const bool is_served =
        channel == -1 ? asked->channels == 0 : (asked->channels >> channel & 1) != 0;
    if (!is_served || is_restricted(history)) {
        return false;
    }
    if (!asked->can_be_refused) {
        return true;
    }
    for (size_t i = 0; i < history->count; i++) {
        const struct said *said = &history->said[i];
        const bool is_later =
            last == NULL || said->time > last->time ||
            (said->time == last->time && sternness(said->decision) > sternness(last->decision));
        if (is_about(said, purpose, channel) && is_later) {
            last = said;
        }
    }
    if (last == NULL) {
        return !asked->needs_consent;
    }
    const int64_t valid = asked->valid_days * MICROS_PER_DAY;
    return last->decision == CONSENT_GIVEN && (valid == 0 || now < last->time + valid);
}

/* ---- random histories ---------------------------------------------------------------------- */

static struct said said_at_random(struct rng *rng, int64_t today)
{
    /* Few days, so that many fall together; the last are past the valid days. */
    static const int64_t days_ago[DAYS] = {0, 1, 1, 2, 3, 30, 364, 366, 900};
    static const enum consent_decision decision[12] = {
        CONSENT_GIVEN,     CONSENT_GIVEN,    CONSENT_GIVEN,      CONSENT_GIVEN,
        CONSENT_GIVEN,     CONSENT_GIVEN,    CONSENT_REFUSED,    CONSENT_WITHDRAWN,
        CONSENT_WITHDRAWN, CONSENT_OBJECTED, CONSENT_RESTRICTED, CONSENT_UNRESTRICTED,
    };
    struct said said = {
        .purpose = (int)rng_below(rng, PURPOSES),
        .channel = (int)rng_below(rng, 3) - 1,
        .decision = decision[rng_below(rng, 12)],
        .time = today - days_ago[rng_below(rng, DAYS)] * MICROS_PER_DAY,
    };
    const bool is_about_all =
        said.decision == CONSENT_RESTRICTED || said.decision == CONSENT_UNRESTRICTED;
    if (is_about_all || (said.decision == CONSENT_OBJECTED && rng_below(rng, 2) == 0)) {
        said.purpose = -1;
        said.channel = -1;
    }
    return said;
}

static void put_said(struct buf *csv, const struct history *history, const struct said *said)
{
    buf_format(csv, "%s,%s,%s,%.*s,%s\n", history->name,
               said->purpose == -1 ? "*" : rule[said->purpose].name,
               consent_decision_name(said->decision),
               STR_ARG(str_from_time(csv->arena, said->time)),
               said->channel == -1 ? "" : channel_name[said->channel]);
}

/* New subjects, first without a word, then with some: the view has met them in between. */
static void begin_histories(struct company *company, struct history *history, size_t count,
                            const char *prefix)
{
    struct job job;
    job_begin(&job, host_real());
    struct buf csv = buf_begin(job.arena);
    buf_lit(&csv, LIT("identifier,email,sex,age\n"));
    for (size_t i = 0; i < count; i++) {
        history[i] = (struct history){0};
        (void)snprintf(history[i].name, sizeof history[i].name, "%s-%zu", prefix, i);
        buf_format(&csv, "%s,%s@example.org,%s,40\n", history[i].name, history[i].name,
                   i % 2 == 0 ? "female" : "male");
    }
    company_import(company, "subjects", buf_text(&csv));
    job_end(&job);
}

/* most is the most records of one; `given` purposes, the first of the rules, are agreed to before. */
struct telling {
    size_t most;
    size_t given;
};

static void import_histories(struct company *company, struct history *history, size_t count,
                             struct telling telling, struct rng *rng)
{
    struct job job;
    job_begin(&job, host_real());
    const int64_t today = job.now - job.now % MICROS_PER_DAY;
    struct buf csv = buf_begin(job.arena);
    buf_lit(&csv, LIT("identifier,purpose,decision,time,channel\n"));
    for (size_t i = 0; i < count; i++) {
        const size_t records = telling.given + (size_t)rng_below(rng, telling.most + 1);
        for (size_t r = 0; r < records; r++) {
            history[i].said[r] = r < telling.given ? (struct said){(int)r, -1, CONSENT_GIVEN,
                                                                   today - 60 * MICROS_PER_DAY}
                                                   : said_at_random(rng, today);
        }
        history[i].count = records;
        for (size_t r = records; r > 0; r--) { /* arrival is not the order of saying */
            put_said(&csv, &history[i], &history[i].said[r - 1]);
        }
    }
    company_import(company, "consents", buf_text(&csv));
    job_end(&job);
}

static int64_t now(void)
{
    struct job job;
    job_begin(&job, host_real());
    const int64_t instant = job.now;
    job_end(&job);
    return instant;
}

/* What to read when a row is wrong: everything that was said. */
static void print_history(const struct history *history, int64_t instant)
{
    for (size_t i = 0; i < history->count; i++) {
        const struct said *said = &history->said[i];
        print_message("  %10.4f days ago: %s, %s on %s\n",
                      (double)(instant - said->time) / (double)MICROS_PER_DAY,
                      consent_decision_name(said->decision),
                      said->purpose == -1 ? "everything" : rule[said->purpose].name,
                      said->channel == -1 ? "every channel" : channel_name[said->channel]);
    }
}

/* ---- the comparison ------------------------------------------------------------------------ */

struct comparing {
    struct company *company;
    struct rng *rng;
    uint64_t seed;
    uint64_t asked;
    uint64_t allowed;
};

static void compare_question(struct comparing *comparing, const struct history *history,
                             int purpose, int channel)
{
    struct job *job = candor_job_begin();
    struct candor_purpose question;
    const char *code = NULL;
    bool quick = false;
    const char *on = channel == -1 ? NULL : channel_name[channel];
    must(candor_purpose_find(job, comparing->company->candor, rule[purpose].name, on, &question) ==
         CANDOR_OK);
    expect(candor_permit_quick(job, comparing->company->candor, history->name, question, &quick,
                               &code) == CANDOR_OK,
           "%s", candor_job_message(job));
    const bool slow = is_allowed(history, purpose, channel, job->now);
    if (quick != slow) {
        print_history(history, job->now);
    }
    expect(quick == slow, "seed %llu, %s, %s on %s after %zu records: %s",
           (unsigned long long)comparing->seed, history->name, rule[purpose].name,
           on == NULL ? "no channel" : on, history->count, code);
    comparing->asked++;
    comparing->allowed += quick;
    candor_job_end(job);
}

static void compare(struct comparing *comparing, const struct history *history)
{
    for (int purpose = 0; purpose < PURPOSES; purpose++) {
        for (int channel = -1; channel < 2; channel++) {
            compare_question(comparing, history, purpose, channel);
        }
    }
}

/* One more word, through the call that answers only when it is in force. */
static void say(struct comparing *comparing, struct history *history)
{
    struct said said = said_at_random(comparing->rng, 0);
    struct candor_text report;
    struct job *job = candor_job_begin();
    said.time = job->now;
    expect(candor_consent(job, comparing->company->candor, history->name,
                          said.purpose == -1 ? NULL : rule[said.purpose].name,
                          said.channel == -1 ? NULL : channel_name[said.channel],
                          consent_decision_name(said.decision), NULL, NULL, &report) == CANDOR_OK,
           "%s", candor_job_message(job));
    candor_job_end(job);
    history->said[history->count++] = said;
}

static void the_fast_path_says_what_the_law_says_over_random_histories(void **state)
{
    (void)state;
    struct company company;
    struct rng rng;
    struct history history[SUBJECTS];
    struct comparing comparing = {.company = &company, .rng = &rng};
    uint64_t histories = 0;
    DONE(host_random(job, &comparing.seed, sizeof comparing.seed));
    rng = rng_of(comparing.seed);
    company_begin(&company);
    for (int round = 0; round < ROUNDS; round++) {
        char prefix[16];
        (void)snprintf(prefix, sizeof prefix, "R%d", round);
        begin_histories(&company, history, SUBJECTS, prefix);
        for (size_t i = 0; i < SUBJECTS; i += 2) {
            compare(&comparing, &history[i]);
        }
        import_histories(&company, history, SUBJECTS, (struct telling){.most = FIRST_RECORDS},
                         &rng);
        for (size_t i = 0; i < SUBJECTS; i++, histories++) {
            compare(&comparing, &history[i]);
        }
        for (size_t more = 0; more < MORE_RECORDS; more++, histories++) {
            struct history *one = &history[rng_below(&rng, SUBJECTS)];
            say(&comparing, one);
            compare(&comparing, one);
        }
    }
    company_end(&company);
    print_message("seed %llu: %llu histories, %llu questions, %llu allowed\n",
                  (unsigned long long)comparing.seed, (unsigned long long)histories,
                  (unsigned long long)comparing.asked, (unsigned long long)comparing.allowed);
    expect(histories >= 2000, "enough histories");
    expect(comparing.allowed > comparing.asked / 50, "and both answers among them");
}

/* ---- the counts ---------------------------------------------------------------------------- */

static void give_events(struct company *company, const struct history *history, size_t count)
{
    struct job job;
    job_begin(&job, host_real());
    struct buf csv = buf_begin(job.arena);
    buf_lit(&csv, LIT("identifier,event,time,amount,yes\n"));
    for (size_t i = 0; i < count; i++) {
        buf_format(&csv, "%s,bought,2025-12-01,10,\n%s,answer,2026-01-01,,%s\n", history[i].name,
                   history[i].name, i % 3 == 0 ? "true" : "false");
    }
    company_import(company, "events", buf_text(&csv));
    job_end(&job);
}

static uint64_t count_allowed(const struct history *history, size_t count, int64_t now,
                              bool for_training)
{
    uint64_t allowed = 0;
    for (size_t i = 0; i < count; i++) {
        allowed += for_training
                       ? is_allowed(&history[i], 2, -1, now)
                       : is_allowed(&history[i], 0, 0, now) && is_allowed(&history[i], 1, -1, now);
    }
    return allowed;
}

static void begin_people(struct company *company, struct history *history, uint64_t seed)
{
    struct rng rng = rng_of(seed);
    company_begin(company);
    begin_histories(company, history, PEOPLE, "P");
    import_histories(company, history, PEOPLE, (struct telling){.most = 4, .given = 3}, &rng);
    give_events(company, history, PEOPLE);
}

static void a_plan_reads_only_those_whose_permits_allow_it(void **state)
{
    (void)state;
    struct company company;
    struct history history[PEOPLE];
    struct candor_text report;
    for (uint64_t seed = 1; seed <= 4; seed++) {
        begin_people(&company, history, seed);
        const struct store_counts before = store_counts(company.candor->store);
        DONE(candor_plan(job, company.candor, "spring", NULL, NULL, &report));
        const struct store_counts after = store_counts(company.candor->store);
        const uint64_t allowed = count_allowed(history, PEOPLE, now(), false);
        /* One read for the address and the wish to be left alone, one to choose what fits. */
        expect(after.profile_reads - before.profile_reads == 2 * allowed,
               "seed %llu: %llu profiles were read for %llu", (unsigned long long)seed,
               (unsigned long long)(after.profile_reads - before.profile_reads),
               (unsigned long long)allowed);
        /* Events only for the wish: what chooses is the age, and nobody's events are opened for it. */
        expect(after.event_reads - before.event_reads == allowed, "events, seed %llu",
               (unsigned long long)seed);
        expect(after.permits_refused == before.permits_refused, "no read came with a wrong permit");
        expect(allowed > 0 && allowed < PEOPLE, "some may be read and some not");
        company_end(&company);
    }
}

static void training_reads_only_those_whose_permits_allow_it(void **state)
{
    (void)state;
    struct company company;
    struct history history[PEOPLE];
    struct candor_text report;
    begin_people(&company, history, 5);
    const struct store_counts before = store_counts(company.candor->store);
    DONE(candor_train(job, company.candor, "lead", NULL, &report));
    const struct store_counts after = store_counts(company.candor->store);
    const uint64_t allowed = count_allowed(history, PEOPLE, now(), true);
    expect(after.event_reads - before.event_reads == allowed, "%llu events for %llu",
           (unsigned long long)(after.event_reads - before.event_reads),
           (unsigned long long)allowed);
    expect(after.profile_reads - before.profile_reads == allowed, "profiles");
    company_end(&company);
}

static void a_decision_about_who_said_no_reads_nothing(void **state)
{
    (void)state;
    struct company company;
    struct history history[PEOPLE];
    begin_people(&company, history, 6);
    for (size_t i = 0; i < PEOPLE; i++) {
        struct candor_text report;
        const struct store_counts before = store_counts(company.candor->store);
        DONE(candor_decide(
            job, company.candor,
            &(struct candor_question){.identifier = history[i].name, .campaign = "spring"},
            &report));
        const struct store_counts after = store_counts(company.candor->store);
        const uint64_t expected = count_allowed(&history[i], 1, now(), false);
        expect(after.profile_reads - before.profile_reads == 2 * expected &&
                   after.event_reads - before.event_reads == expected,
               "person %zu: %llu", i,
               (unsigned long long)(after.profile_reads - before.profile_reads));
    }
    company_end(&company);
}

static void a_withdrawal_ends_reading_at_once(void **state)
{
    (void)state;
    struct company company;
    struct history history[PEOPLE];
    struct candor_text report;
    begin_people(&company, history, 7);
    for (size_t i = 0; i < PEOPLE; i++) {
        DONE(candor_consent(job, company.candor, history[i].name, "news", NULL, "withdraw", NULL,
                            NULL, &report));
    }
    const struct store_counts before = store_counts(company.candor->store);
    DONE(candor_plan(job, company.candor, "spring", NULL, NULL, &report));
    const struct store_counts after = store_counts(company.candor->store);
    expect(after.profile_reads == before.profile_reads, "profiles");
    expect(after.event_reads == before.event_reads, "events");
    company_end(&company);
}

/* ---- a crowd ------------------------------------------------------------------------------- */

enum { CROWD = 2500 }; /* the view's tables grow twice on the way */

static const char *quick(struct company *company, const char *name)
{
    struct candor_purpose question;
    bool allowed = false;
    const char *code = "";
    DONE(candor_purpose_find(job, company->candor, "news", "email", &question));
    DONE(candor_permit_quick(job, company->candor, name, question, &allowed, &code));
    return code;
}

static void check_crowd(struct company *company, size_t no_every, size_t no_from)
{
    char name[16];
    for (size_t i = 0; i < CROWD; i++) {
        (void)snprintf(name, sizeof name, "p%zu", i);
        const bool said_no = no_every > 0 && i % no_every == no_from;
        const char *code = quick(company, name);
        expect(strcmp(code, said_no      ? "withdrawn"
                            : i % 2 == 0 ? "ok_consent"
                                         : "no_consent") == 0,
               "%s: %s", name, code);
    }
}

/* The same people all at once, with a stranger among them, in numbers that do not divide. */
static void check_crowd_at_once(struct company *company)
{
    static char name[CROWD + 1][16];
    const char *who[CROWD + 1];
    const char *code[CROWD + 1];
    bool allowed[CROWD + 1];
    struct candor_purpose question;
    for (size_t i = 0; i <= CROWD; i++) {
        (void)snprintf(name[i], sizeof name[i], i == CROWD ? "stranger" : "p%zu", i);
        who[i] = name[i];
    }
    DONE(candor_purpose_find(job, company->candor, "news", "email", &question));
    DONE(candor_permit_many(job, company->candor, who, CROWD + 1, question, allowed, code));
    for (size_t i = 0; i < CROWD; i++) {
        expect(strcmp(code[i], quick(company, name[i])) == 0, "%s: %s", name[i], code[i]);
        expect(allowed[i] == (strcmp(code[i], "ok_consent") == 0), "%s", name[i]);
    }
    expect(strcmp(code[CROWD], "unknown_subject") == 0 && !allowed[CROWD], "%s", code[CROWD]);
    DONE(candor_permit_many(job, company->candor, NULL, 0, question, NULL, NULL));
    struct job *job = candor_job_begin();
    assert_int_equal(candor_permit_many(job, company->candor, who, CANDOR_DECISIONS_MAX + 1,
                                        question, allowed, code),
                     CANDOR_TOO_LARGE);
    candor_job_end(job);
}

/* Those who share a state part when one of them says no, and each is found by their own name. */
static void many_people_are_each_who_they_are(void **state)
{
    struct company company;
    struct candor_text report;
    struct job making;
    char name[16];
    (void)state;
    company_begin(&company);
    job_begin(&making, host_real());
    const struct str yesterday = str_from_time(making.arena, making.now - MICROS_PER_DAY);
    struct buf people = buf_begin(making.arena);
    struct buf said = buf_begin(making.arena);
    buf_lit(&people, LIT("identifier\n"));
    buf_lit(&said, LIT("identifier,purpose,decision,time\n"));
    for (size_t i = 0; i < CROWD; i++) {
        buf_format(&people, "p%zu\n", i);
        if (i % 2 == 0) {
            buf_format(&said, "p%zu,news,given,%.*s\n", i, STR_ARG(yesterday));
        }
    }
    company_import(&company, "subjects", buf_text(&people));
    company_import(&company, "consents", buf_text(&said));
    job_end(&making);
    check_crowd(&company, 0, 0);
    for (size_t i = 1; i < CROWD; i += 3) {
        (void)snprintf(name, sizeof name, "p%zu", i);
        DONE(candor_consent(job, company.candor, name, "news", NULL, "withdraw", NULL, NULL,
                            &report));
    }
    check_crowd(&company, 3, 1);
    check_crowd_at_once(&company);
    expect(strcmp(quick(&company, "p"), "unknown_subject") == 0 &&
               strcmp(quick(&company, "p2500"), "unknown_subject") == 0,
           "nobody");
    company_end(&company);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(many_people_are_each_who_they_are),
        cmocka_unit_test(the_fast_path_says_what_the_law_says_over_random_histories),
        cmocka_unit_test(a_plan_reads_only_those_whose_permits_allow_it),
        cmocka_unit_test(training_reads_only_those_whose_permits_allow_it),
        cmocka_unit_test(a_decision_about_who_said_no_reads_nothing),
        cmocka_unit_test(a_withdrawal_ends_reading_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
