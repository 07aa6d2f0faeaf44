/*
 * withhold.c - the reasons to leave somebody alone, and the checks that need no score.
 *
 * A plan's staircase counts who still stands on each step. Everybody who falls, falls once: at the
 * first check that says no, so the steps' differences are the counts of the reasons.
 */
#include "decide.h"

static const struct {
    const char *name;
    const char *sentence;
    enum stair stair;
} row[WITHHOLD_CODES] = {
    [SEND] = {"send", "Contacted.", STAIR_COUNT},
    [WITHHOLD_ERASED] = {"erased", "Their data was erased at their request.", STAIR_ALLOWED},
    [WITHHOLD_PERMIT] = {"no_permit", "Their choices do not allow it.", STAIR_ALLOWED},
    [WITHHOLD_NO_PROFILING] = {"no_profiling",
                               "They do not allow their data to be used for choosing.",
                               STAIR_ALLOWED},
    [WITHHOLD_UNREACHABLE] = {"unreachable", "We have no address for this channel.",
                              STAIR_REACHABLE},
    [WITHHOLD_CAP] = {"cap", "They have had enough messages for now.", STAIR_REACHABLE},
    [WITHHOLD_NOT_INTERESTED] = {"not_interested", "They told us that they are not interested.",
                                 STAIR_REACHABLE},
    [WITHHOLD_NOT_IN_AUDIENCE] = {"not_in_audience", "This campaign is not meant for them.",
                                  STAIR_LIKELY},
    [WITHHOLD_NO_OFFER] = {"no_offer", "None of the offers fits them.", STAIR_LIKELY},
    [WITHHOLD_LOW_SCORE] = {"low_score", "They are unlikely to welcome it.", STAIR_LIKELY},
    [WITHHOLD_NOT_SELECTED] = {"not_selected", "Others were likelier to welcome it.", STAIR_LIKELY},
    [WITHHOLD_FAIRNESS] = {"fairness",
                           "The campaign was stopped because it treats groups unequally.",
                           STAIR_FAIR},
    [WITHHOLD_HOLDOUT] = {"holdout", "Left alone by lot, to measure what the campaign changes.",
                          STAIR_CONTACTED},
    [WITHHOLD_HUMAN] = {"wants_human", "They asked that a person decides, not a machine alone.",
                        STAIR_ALLOWED},
    [WITHHOLD_SIGNAL] = {"signal", "A signal of this request says no.", STAIR_ALLOWED},
    [WITHHOLD_REFERRED] = {"referred",
                           "A person decides about this offer: a machine alone may not say no.",
                           STAIR_LIKELY},
    [WITHHOLD_TOPIC] = {"topic_declined", "They want nothing about this topic.", STAIR_REACHABLE},
    [WITHHOLD_OWN_LIMIT] = {"own_limit", "They have had as many messages as they want for now.",
                            STAIR_REACHABLE},
    [WITHHOLD_DOUBTED] = {"doubted",
                          "What we know of them does not fit together; a person looks first.",
                          STAIR_LIKELY},
    [WITHHOLD_IMPLAUSIBLE] = {"implausible",
                              "What we know of them does not fit together: no machine decides.",
                              STAIR_LIKELY},
    [WITHHOLD_QUIET] = {"quiet_hours", "They do not want messages at this hour.", STAIR_REACHABLE},
};

const char *withhold_name(enum withhold withhold)
{
    must((unsigned)withhold < WITHHOLD_CODES);
    return row[withhold].name;
}

const char *withhold_sentence(enum withhold withhold)
{
    must((unsigned)withhold < WITHHOLD_CODES);
    return row[withhold].sentence;
}

enum stair withhold_stair(enum withhold withhold)
{
    must((unsigned)withhold < WITHHOLD_CODES);
    return row[withhold].stair;
}

static const struct {
    const char *name;
    const char *label;
} stair_row[STAIR_COUNT] = {
    [STAIR_CUSTOMERS] = {"customers", "Customers"},
    [STAIR_ALLOWED] = {"allowed", "Allowed by their own choices"},
    [STAIR_REACHABLE] = {"reachable", "Reachable and not asked too often"},
    [STAIR_LIKELY] = {"likely", "Likely to welcome it"},
    [STAIR_FAIR] = {"fair", "Chosen fairly"},
    [STAIR_CONTACTED] = {"contacted", "Contacted"},
};

const char *stair_name(enum stair stair)
{
    must((unsigned)stair < STAIR_COUNT);
    return stair_row[stair].name;
}

const char *stair_label(enum stair stair)
{
    must((unsigned)stair < STAIR_COUNT);
    return stair_row[stair].label;
}

static bool is_within(int64_t time, int64_t now, uint32_t days)
{
    must(days <= DAYS_MAX);
    const int64_t window = (int64_t)days * MICROS_PER_DAY;
    return now < INT64_MIN + window || time > now - window;
}

size_t contacts_within(const int64_t *time, size_t count, int64_t now, uint32_t days)
{
    size_t found = 0;
    for (size_t i = 0; i < count; i++) {
        found += is_within(time[i], now, days) ? 1 : 0;
    }
    return found;
}

static bool is_not_interested(const struct campaign *campaign,
                              const struct eligibility *eligibility)
{
    if (eligibility->has_declined) {
        return true;
    }
    return campaign->not_interested_days != 0 && eligibility->not_interested != 0 &&
           is_within(eligibility->not_interested, eligibility->now, campaign->not_interested_days);
}

enum withhold eligible_check(const struct campaign *campaign, const struct eligibility *eligibility)
{
    if (!permit_code_allows(eligibility->permit)) {
        return WITHHOLD_PERMIT;
    }
    if (campaign->uses != NONE && !permit_code_allows(eligibility->profiling)) {
        return WITHHOLD_NO_PROFILING;
    }
    if (eligibility->wants_human) {
        return WITHHOLD_HUMAN;
    }
    if (campaign->address_field != NONE && !eligibility->has_address) {
        return WITHHOLD_UNREACHABLE;
    }
    if (campaign->cap_contacts != 0 && eligibility->contacts_in_window >= campaign->cap_contacts) {
        return WITHHOLD_CAP;
    }
    return is_not_interested(campaign, eligibility) ? WITHHOLD_NOT_INTERESTED : SEND;
}
