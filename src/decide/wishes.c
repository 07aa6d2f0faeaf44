/*
 * wishes.c - what a person chose about messages that they did allow: when, how often, and what about.
 *
 * A wish takes away and never gives: it is asked after every permit, and a campaign's own cap holds beside it.
 */
#include "decide.h"

enum { DAY_MINUTES = 24 * 60 };

#define MICROS_PER_MINUTE (60 * MICROS_PER_SECOND)

/* The minute of the day on their clock. */
static int64_t minute_of(const struct wishes *wishes, int64_t now)
{
    const int64_t minute = now / MICROS_PER_MINUTE - (now % MICROS_PER_MINUTE < 0 ? 1 : 0);
    const int64_t theirs = (minute % DAY_MINUTES + wishes->utc_offset) % DAY_MINUTES;
    return theirs < 0 ? theirs + DAY_MINUTES : theirs;
}

bool wishes_are_quiet(const struct wishes *wishes, int64_t now)
{
    const int64_t minute = minute_of(wishes, now);
    const int64_t from = wishes->quiet_from;
    const int64_t until = wishes->quiet_until;
    if (from == until) {
        return false;
    }
    return from < until ? minute >= from && minute < until : minute >= from || minute < until;
}

enum withhold wishes_check(const struct wishes *wishes, size_t contacts, bool is_for_later,
                           int64_t now)
{
    if (wishes->declines_topic) {
        return WITHHOLD_TOPIC;
    }
    if (wishes->contacts != 0 && contacts >= wishes->contacts) {
        return WITHHOLD_OWN_LIMIT;
    }
    return !is_for_later && wishes_are_quiet(wishes, now) ? WITHHOLD_QUIET : SEND;
}
