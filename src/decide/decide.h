/*
 * decide.h - the door of the decide room: who gets what, and why somebody does not.
 *
 *   rule.c       audience rules over fields and features; rule_read.c reads them
 *   campaign.c   the section `campaigns` of candor.yaml, checked
 *   regulated.c  offers of jobs, credit, housing ...: what strict mode asks of a campaign
 *   withhold.c   the reasons to leave somebody alone, and the checks that need no score
 *   wishes.c     what a person chose about when, how often and about what they are written to
 *   select.c     the best scores, the hold-out, the offer
 *   expect.c     what a plan may expect, and the lift that was measured
 *
 * Nothing here reads a person: the caller opens fields and computes features against permits and
 * hands the cells in. The room opens base, record and govern. It is pure.
 */
#ifndef CANDOR_DECIDE_H
#define CANDOR_DECIDE_H

#include "base.h"
#include "govern.h"
#include "record.h"

struct value; /* text.h: a parsed YAML or JSON tree */

/* ---- rule.c -------------------------------------------------------------------------------- */

#define RULE_DEPTH_MAX 16
#define RULE_PARTS_MAX 1024 /* of one rule, counted over all its levels */

/*
 * A tree of tests:
 *
 *   all: [RULE, ...]   any: [RULE, ...]   not: RULE
 *   {field: NAME, TEST...}   {feature: NAME, TEST...}      several tests in one leaf: all of them
 *
 *   at_least at_most above below   a number, or a date (2026-03-01) against a date field
 *   equals one_of                  a value, or a list of them
 *   is_missing                     true or false
 *
 * A missing value satisfies no comparison and no negation of one either: logic has three values,
 * and only what is surely true holds. is_missing alone is sure about missing values.
 */
struct rule;

/*
 * Read a rule. NULL value: everyone, and *rule is NULL. Every field and feature must allow the
 * purpose under which the rule will be asked; protected attributes are refused.
 *
 * CANDOR_BAD_INPUT  with the line
 */
CANDOR_MUST_USE enum candor_status rule_read(struct job *job, const struct inventory *inventory,
                                             const struct value *value, size_t purpose,
                                             const struct rule **rule);

/* What a rule looks at: inventory indexes, ascending, each once. A NULL rule needs nothing. */
struct rule_needs {
    const size_t *field;
    size_t field_count;
    const size_t *feature;
    size_t feature_count;
};
struct rule_needs rule_needs(const struct rule *rule);

/* Both arrays are indexed by inventory index; only the cells that the rule needs are read. Either
 * may be NULL when nothing of its kind is needed. A NULL rule holds for everyone. */
bool rule_holds(const struct rule *rule, const struct cell *field_cell,
                const struct cell *feature_cell);

/* "age at least 18 and country is DE or AT"; of NULL "everyone". */
struct str rule_text(struct arena *arena, const struct inventory *inventory,
                     const struct rule *rule);

/* ---- campaign.c ---------------------------------------------------------------------------- */

#define CAMPAIGNS_MAX 256
#define OFFERS_MAX 64
#define CAMPAIGN_LIST_MAX 32 /* protected attributes, not-interested events */
#define HOLDOUT_SHARE_MAX 0.5
#define CAMPAIGN_DAYS_MAX 3660
#define TOPIC_LEN_MAX 80

struct offer {
    struct str name;
    struct str title;        /* for people; defaults to the name with spaces */
    const struct rule *when; /* NULL: for everyone */
    double value;            /* what a response to it is worth; 0 unless stated, not below 0 */
};

enum offer_choice {
    OFFER_FIRST,         /* the first whose `when` holds */
    OFFER_HIGHEST_VALUE, /* of those whose `when` holds, the most valuable; ties: the first */
};

/* Who of those with a score is chosen. All limits that are set hold together; none set: all. */
struct selection {
    bool has_min_score;
    bool has_top;
    bool has_share;
    double min_score; /* scores at least this, 0 .. 1 */
    size_t top;       /* at most so many, at least 1 */
    double share;     /* at most this part of all that have a score, above 0 .. 1 */
};

enum campaign_measure {
    CAMPAIGN_PARITY_RATIO,           /* demographic_parity_ratio: fails below the limit */
    CAMPAIGN_PARITY_DIFFERENCE,      /* demographic_parity_difference: fails above it */
    CAMPAIGN_OPPORTUNITY_DIFFERENCE, /* equal_opportunity_difference: fails above it */
};

enum campaign_on_fail { CAMPAIGN_STOP, CAMPAIGN_WARN };

struct campaign_fairness {
    size_t *attribute; /* protected fields; none: no check */
    size_t attribute_count;
    size_t audit; /* purpose under which the attributes may be compared; NONE without a check */
    enum campaign_measure measure;
    double limit; /* 0 .. 1 */
    enum campaign_on_fail on_fail;
};

struct campaign_outcome {
    size_t event_kind;      /* what counts as a response; NONE: an outcomes file says it */
    size_t amount_property; /* of that event, a number; NONE */
    uint32_t days;          /* responses count so long after the contact; 30 unless stated */
    double value;           /* of one response, in the home's currency; NaN: unknown */
    double cost;            /* of one contact; NaN: unknown */
};

/* Offers that decide about lives; regulated.c has the law. */
enum regulated {
    REGULATED_NONE,
    REGULATED_CREDIT,
    REGULATED_EMPLOYMENT,
    REGULATED_HOUSING,
    REGULATED_INSURANCE,
    REGULATED_EDUCATION,
    REGULATED_HEALTH,
    REGULATED_KINDS,
};

/* So begins the name of what stands for a campaign where a purpose alone is asked about. */
#define PURPOSE_PREFIX "purpose:"

struct campaign {
    struct str name;
    struct str title; /* defaults to the name with spaces */
    struct str topic; /* what it is about, in words for people, who may decline it; empty: none */
    size_t purpose;   /* for which subjects are contacted */
    size_t uses;      /* under which features are computed and scores made; NONE: neither is */
    size_t channel;   /* NONE: the purpose has no channel */
    size_t address_field;        /* must be present to be reachable; NONE: everybody is */
    const struct rule *audience; /* NULL: everyone */
    struct rule_needs needs;     /* of the audience and every offer together */
    struct str model;            /* empty: no model, and nobody has a score */
    struct selection selection;
    uint32_t cap_contacts; /* at most so many contacts on the channel ...; 0: no cap */
    uint32_t cap_days;     /* ... in so many days, counted over all campaigns */
    double holdout;        /* share of the chosen who are left alone to measure, 0 .. 0.5 */
    struct offer *offer;   /* at least one */
    size_t offer_count;
    enum offer_choice choose;
    uint32_t not_interested_days; /* so long nobody is asked again; 0: no such rule */
    size_t *not_interested;       /* event kinds that say so */
    size_t not_interested_count;
    struct campaign_outcome outcome;
    struct campaign_fairness fairness;
    enum regulated regulated; /* strict mode */
};

/*
 * Read the section `campaigns`; without one there are none. Per campaign:
 *
 *   name title topic purpose uses channel address model audience
 *   select: {min_score, top, share}      cap: {contacts, days}      holdout: 0 .. 0.5
 *   offers: [{name, title, when, value}]         choose: first | highest_value
 *   not_interested: {days, events: [...]}
 *   outcome: {event, amount, days, value, cost}
 *   fairness: {attributes: [...], audit, measure, limit, on_fail: stop | warn}
 *   regulated: credit | employment | housing | insurance | education | health
 *
 * name, purpose and offers are required, and `channel` when the purpose has channels. A field that
 * is looked at under `uses` (rules) or `purpose` (address, rules without `uses`) must allow it. A
 * rule over features or a model needs `uses`. min_score needs a model. Unknown keys are
 * refused with the nearest known one. fairness defaults to demographic_parity_ratio, 0.8, stop; a
 * difference to 0.1. The purpose in `uses` is one without channels.
 *
 * CANDOR_BAD_INPUT  with the line and the campaign
 */
CANDOR_MUST_USE enum candor_status campaigns_read(struct job *job,
                                                  const struct inventory *inventory,
                                                  const struct value *root,
                                                  struct campaign **campaign, size_t *count);

/* Index of the offer for one subject; NONE: no `when` holds. Cells as in rule_holds. */
size_t campaign_offer(const struct campaign *campaign, const struct cell *field_cell,
                      const struct cell *feature_cell);

const char *campaign_measure_name(enum campaign_measure measure); /* "demographic_parity_ratio" */

/* ---- regulated.c --------------------------------------------------------------------------- */

const char *regulated_name(enum regulated regulated); /* "credit"; of none the empty text */
const char *regulated_law(enum regulated regulated);  /* what to hold it against */
/* Why a field may not choose who gets a regulated offer: "age"; NULL: it may. */
const char *regulated_bars(const struct field *field);
const char *regulated_bars_feature(const struct inventory *inventory, size_t feature);
/* Read `regulated` of a campaign whose other members were read, and hold them against it: fairness
 * stated, with stop; no audience or offer by age, sex or place; a basis that Article 22(2) knows.
 * CANDOR_BAD_INPUT  with the line */
CANDOR_MUST_USE enum candor_status regulated_read(struct job *job,
                                                  const struct inventory *inventory,
                                                  const struct section *section,
                                                  struct campaign *campaign);

/* ---- withhold.c ---------------------------------------------------------------------------- */

/* Why somebody is left alone. SEND is zero and the only one that contacts. In the order in which
 * they are asked; WITHHOLD_ERASED is only met at hand-over. */
enum withhold {
    SEND,
    WITHHOLD_ERASED,
    WITHHOLD_PERMIT, /* the permit's code says why */
    WITHHOLD_NO_PROFILING,
    WITHHOLD_UNREACHABLE,
    WITHHOLD_CAP,
    WITHHOLD_NOT_INTERESTED,
    WITHHOLD_NOT_IN_AUDIENCE,
    WITHHOLD_NO_OFFER,
    WITHHOLD_LOW_SCORE,
    WITHHOLD_NOT_SELECTED,
    WITHHOLD_FAIRNESS,
    WITHHOLD_HOLDOUT,
    WITHHOLD_HUMAN, /* a person is to decide; asked after WITHHOLD_NO_PROFILING, last in the files */
    WITHHOLD_SIGNAL,   /* a signal of the request says no; never in a plan */
    WITHHOLD_REFERRED, /* of a regulated offer: a machine alone may not say no, a person decides */
    WITHHOLD_TOPIC,    /* their own wishes, asked after WITHHOLD_NOT_INTERESTED: wishes.c */
    WITHHOLD_OWN_LIMIT,
    WITHHOLD_QUIET,       /* never in a plan: it is of the moment in which something is sent */
    WITHHOLD_DOUBTED,     /* their data does not fit together: a person looks first */
    WITHHOLD_IMPLAUSIBLE, /* so little that a machine does not decide on it, or a person said no */
    WITHHOLD_CODES,
};

/* The steps of a plan's staircase, from everybody down to the contacted. */
enum stair {
    STAIR_CUSTOMERS,
    STAIR_ALLOWED,
    STAIR_REACHABLE,
    STAIR_LIKELY,
    STAIR_FAIR,
    STAIR_CONTACTED,
    STAIR_COUNT,
};

const char *withhold_name(enum withhold withhold);     /* "low_score"; of SEND "send" */
const char *withhold_sentence(enum withhold withhold); /* for people, with a full stop */
/* The first step somebody does not stand on any more; STAIR_COUNT for SEND. */
enum stair withhold_stair(enum withhold withhold);
const char *stair_name(enum stair stair);  /* "reachable" */
const char *stair_label(enum stair stair); /* "Reachable and not asked too often" */

/* What is known of a subject without looking at their data. */
struct eligibility {
    enum permit_code permit;    /* for the campaign's purpose and channel */
    enum permit_code profiling; /* for its `uses`; not looked at when that is NONE */
    bool wants_human;           /* they do not accept a machine's word, and no person gave one */
    bool has_address;           /* not looked at without an address field */
    size_t contacts_in_window;  /* contacts_within of the cap's channel and days */
    int64_t not_interested;     /* when they last said so; 0: never */
    int64_t now;
    bool has_declined; /* they said so of this campaign, and did not take it back */
};

/* Permit, profiling, human, reachability, cap, not interested: the first that says no, else SEND. */
enum withhold eligible_check(const struct campaign *campaign,
                             const struct eligibility *eligibility);

/* How many of the times lie in the `days` before now. A time after now counts: a clock that went
 * back must not open the cap. */
size_t contacts_within(const int64_t *time, size_t count, int64_t now, uint32_t days);

/* ---- wishes.c ------------------------------------------------------------------------------ */

/* What a person chose about messages that they allowed. All 0: nothing. */
struct wishes {
    uint32_t contacts;   /* at most so many, over all channels; 0: they set no limit */
    uint32_t days;       /* ... in so many days */
    uint16_t quiet_from; /* minutes of the day on their clock; both alike: no quiet hours */
    uint16_t quiet_until;
    int16_t utc_offset;  /* of their clock, minutes east of UTC */
    bool declines_topic; /* of the campaign that is asked about */
};

/* Are these hours of theirs in which nothing is sent? From the first minute to before the last. */
bool wishes_are_quiet(const struct wishes *wishes, int64_t now);
/* The first wish that says no, else SEND. contacts: contacts_within of their days; is_for_later: nothing
 * is sent now, so that quiet hours are not asked about. */
enum withhold wishes_check(const struct wishes *wishes, size_t contacts, bool is_for_later,
                           int64_t now);

/* ---- select.c ------------------------------------------------------------------------------ */

/*
 * Choose among count candidates: the highest scores first, at equal scores the smaller tie bytes,
 * so the choice does not depend on the order of the candidates. tie is 16 bytes each, different
 * for every candidate, and unrelated to anything about them. A NaN score is never chosen and does
 * not count for a share; a share is rounded down. Without a model give everybody the same score:
 * the tie bytes then draw the sample. O(n log n).
 *
 * CANDOR_NO_MEMORY
 */
CANDOR_MUST_USE enum candor_status select_top(struct job *job, const double *score,
                                              const uint8_t (*tie)[16], size_t count,
                                              const struct selection *selection, bool *chosen);

/* tag is 64 random bits, fixed for a subject and campaign: a keyed hash. True for a share of all
 * tags; a larger share holds out everybody that a smaller one did. */
bool holdout_takes(uint64_t tag, double share);

/* ---- expect.c ------------------------------------------------------------------------------ */

/* How many respond, 95 %. */
struct expectation {
    double mean;
    double low;
    double high;
};

/*
 * From the probabilities of those chosen, none of them NaN: sum p, with the normal approximation
 * to the Poisson binomial distribution, variance sum p (1 - p), clipped to what is possible. It
 * is about chance alone: a model that is wrong as a whole shows in the measured lift, not here.
 */
struct expectation expectation_of(const double *probability, size_t count);

/* What contacting changed: the contacted against those held out at random. */
struct lift {
    double contacted_rate; /* NaN: there was nobody on that side, and then no difference */
    double holdout_rate;
    double difference;
    double low; /* Newcombe 1998, method 10, 95 % */
    double high;
    double extra; /* difference times contacted: responses that would not have been */
};

/* No more responses than subjects, which the caller has checked. */
struct lift lift_of(uint64_t contacted, uint64_t contacted_responses, uint64_t holdout,
                    uint64_t holdout_responses);

#endif
