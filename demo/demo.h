/*
 * demo.h - the door of the demo company: people who never were, and what they did.
 *
 *   random.c     numbers that depend on the seed, the person and the subject matter only
 *   names.c      names of many cultures
 *   person.c     who someone is, and the inclinations behind what they do
 *   consent.c    what they allowed, and when they changed their mind
 *   history.c    what they looked at, bought, returned
 *   campaign.c   a past campaign with an unfair history, and the answers to a new one
 *   text.c       dates as text, files
 *   files.c      the CSV files, with the broken rows that real files have
 *   outcomes.c   what came of a plan that was sent
 *   generate.c   the program
 *
 * Every person is made from the seed and their number alone. So the answers to a campaign that is
 * sent long after the files were written come from the same inclinations as the files.
 */
#ifndef DEMO_H
#define DEMO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define SECONDS_PER_DAY INT64_C(86400)
#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/* Say what is wrong and end: 2 for a mistake of the caller, 4 for the machine's. */
_Noreturn void stop(int exit_code, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* ---- random.c ------------------------------------------------------------------------------ */

/* Each subject matter draws from a stream of its own, so that a change in one leaves the others. */
enum stream {
    STREAM_PERSON,
    STREAM_CONSENT,
    STREAM_HISTORY,
    STREAM_PAST_CAMPAIGN,
    STREAM_OUTCOME,
    STREAM_BROKEN,
};

struct random { /* xoshiro256**, by Blackman and Vigna; seeded with splitmix64 */
    uint64_t state[4];
};

struct random random_of(uint64_t seed, uint64_t number, enum stream stream);
uint64_t random_next(struct random *random);
double random_unit(struct random *random);                /* 0 <= u < 1 */
size_t random_below(struct random *random, size_t bound); /* bound above 0 */
bool random_chance(struct random *random, double chance);
double random_normal(struct random *random);
unsigned random_poisson(struct random *random, double mean); /* mean below 500 */
size_t random_choice(struct random *random, const double *weight, size_t count);
int64_t random_between(struct random *random, int64_t from, int64_t to); /* from when to <= from */
double sigmoid(double logit);

/* ---- the world ----------------------------------------------------------------------------- */

struct world {
    uint64_t seed;
    size_t subject_count;
    int64_t until; /* seconds since 1970 UTC: nothing happens later */
};

#define HISTORY_DAYS 548 /* 18 months */

enum sex { SEX_FEMALE, SEX_MALE, SEX_X, SEX_COUNT };
enum tier { TIER_NONE, TIER_BRONZE, TIER_SILVER, TIER_GOLD, TIER_COUNT };
enum category {
    CATEGORY_HOME,
    CATEGORY_GARDEN,
    CATEGORY_OUTDOOR,
    CATEGORY_ELECTRONICS,
    CATEGORY_TOOLS,
    CATEGORY_FASHION,
    CATEGORY_BEAUTY,
    CATEGORY_BOOKS,
    CATEGORY_COUNT,
};

extern const char *const sex_name[SEX_COUNT];
extern const char *const tier_name[TIER_COUNT];
extern const char *const category_name[CATEGORY_COUNT];

/* ---- names.c ------------------------------------------------------------------------------- */

struct name {
    const char *first;
    const char *last;
};

struct name name_for(struct random *random, enum sex sex);
/* first.lastNUMBER@example.org in ASCII: always a name under example.com, .org or .net. */
void name_email(struct name name, size_t number, char *target, size_t target_size);

/* ---- person.c ------------------------------------------------------------------------------ */

struct person {
    size_t number; /* 1 is the first: C000001 */
    struct name name;
    enum sex sex;
    unsigned age;           /* 0: not known */
    const char *region;     /* "" when not known */
    const char *reached_by; /* email, sms or post */
    int64_t joined;         /* midnight */

    /* What nobody sees, and what drives the rest. Standard normal but for the last two. */
    double engagement;
    double spending;
    double mood; /* how close to a purchase they are these weeks */
    double trust;
    double taste[CATEGORY_COUNT]; /* weights */
    int64_t lapses;               /* does nothing after this; most never lapse */
};

void person_make(const struct world *world, size_t number, struct person *person);
void person_email(const struct person *person, char *target, size_t target_size);

/* ---- consent.c ----------------------------------------------------------------------------- */

enum purpose {
    PURPOSE_EMAIL,
    PURPOSE_SMS,
    PURPOSE_PROFILING,
    PURPOSE_TRAINING,
    PURPOSE_SHARE,
    PURPOSE_COUNT,
};
enum choice { CHOICE_GIVEN, CHOICE_REFUSED, CHOICE_WITHDRAWN, CHOICE_OBJECTED, CHOICE_COUNT };

extern const char *const purpose_name[PURPOSE_COUNT];
extern const char *const purpose_channel[PURPOSE_COUNT]; /* "" when the purpose has none */
extern const char *const choice_name[CHOICE_COUNT];

struct consent {
    int64_t time;
    size_t number; /* of the person */
    enum purpose purpose;
    enum choice choice;
    const char *surface;
    const char *wording_version;
};

#define CONSENTS_MAX 20 /* of one person */

/* Returns how many; for one purpose they are in order of time. */
size_t consent_make(const struct world *world, const struct person *person,
                    struct consent consent[CONSENTS_MAX]);
bool consent_holds(const struct consent *consent, size_t count, enum purpose purpose, int64_t at);

/* ---- history.c ----------------------------------------------------------------------------- */

enum event_kind {
    EVENT_VIEWED,
    EVENT_BOUGHT,
    EVENT_CLICKED,
    EVENT_RETURNED,
    EVENT_COMPLAINED,
    EVENT_KIND_COUNT,
};

extern const char *const event_name[EVENT_KIND_COUNT];

struct event {
    int64_t time;
    size_t number; /* of the person */
    enum event_kind kind;
    enum category category;
    const char *channel;
    int64_t cents; /* bought and returned only, else -1 */
};

#define EVENTS_MAX 400 /* of one person */

/* What a marketer could know about someone from the events alone. */
struct behaviour {
    unsigned purchases_365d;
    unsigned views_30d;
    unsigned clicks_180d;
    unsigned returns_365d;
    unsigned complaints_365d;
    double spent_365d;          /* currency units */
    double days_since_purchase; /* HISTORY_DAYS when never */
    enum category favourite;    /* looked at most */
    enum tier tier;
};

struct history {
    size_t count;
    struct event event[EVENTS_MAX];
    struct behaviour behaviour;
};

void history_make(const struct world *world, const struct person *person,
                  const struct consent *consent, size_t consent_count, struct history *history);

/* ---- campaign.c ---------------------------------------------------------------------------- */

struct response {
    bool contacted;
    bool responded;
    bool complained;
    bool unsubscribed;
    int64_t cents; /* spent because of it, 0 without a response */
};

/* The past campaign. Its contacts were chosen unfairly, see campaign.c. */
void campaign_past(const struct world *world, const struct person *person,
                   const struct behaviour *behaviour, bool by_email, struct response *response);
/* A new campaign, sent to this person or not: the same inclinations, nobody disfavoured. */
void campaign_outcome(const struct world *world, const struct person *person,
                      const struct behaviour *behaviour, bool contacted, struct response *response);

/* ---- text.c -------------------------------------------------------------------------------- */

/* Days since 1970 of a date, and back. Howard Hinnant's algorithms. */
int64_t date_days(int64_t year, unsigned month, unsigned day);
void date_text(int64_t seconds, char target[16]); /* 2026-11-01 */
void time_text(int64_t seconds, char target[32]); /* 2026-11-01T08:30:00Z */

struct file {
    FILE *stream;
    char path[4096];
};

/* Both stop the program when the file cannot be opened, or was not wholly written. */
struct file file_open(const char *dir, const char *name, const char *mode); /* dir may be NULL */
void file_close(struct file *file);
/* Whether all was written is looked at once, in file_close. */
#define PUT(file, ...) ((void)fprintf((file)->stream, __VA_ARGS__))

/* ---- files.c ------------------------------------------------------------------------------- */

#define SUBJECTS_HEADER \
    "identifier,email,name,sex,age,region,loyalty_tier,joined,channel_preference"

/* Everything about one person. Large: keep it out of the stack. */
struct life {
    struct person person;
    struct consent consent[CONSENTS_MAX];
    size_t consent_count;
    struct history history;
};

void life_make(const struct world *world, size_t number, struct life *life);
void *grown(void *array, size_t count, size_t size); /* realloc that stops the program */

/* Writes subjects.csv, events.csv, consents.csv and responses.csv. */
void files_write(const struct world *world, const char *dir);

/* ---- outcomes.c ---------------------------------------------------------------------------- */

/* Reads the plan that was sent; writes what came of it for those contacted and held out. */
void outcomes_write(const struct world *world, const char *subjects_dir, const char *plan_path,
                    const char *out_path);

#endif
