/*
 * ask.c - may the subject be asked (again)?
 *
 * A yes is there to be asked for once: a refusal is remembered (CNIL 2020-091: six months, California
 * for opt-outs twelve), an objection to direct marketing for ever (Article 21(3): nothing but a new
 * choice of their own lifts it), and who agreed is asked again only when the end is near.
 */
#include "govern.h"

enum { RENEW_DAYS = 30, DEFERRED_DAYS = 30 };

static const int64_t never = INT64_MAX;

static int64_t days_after(int64_t time, uint32_t days)
{
    int64_t end = 0;
    return __builtin_add_overflow(time, (int64_t)days * MICROS_PER_DAY, &end) ? never : end;
}

static struct ask_answer yes_because(enum ask_reason reason, int64_t now)
{
    return (struct ask_answer){.may = true, .reason = reason, .from = now};
}

static struct ask_answer no_because(enum ask_reason reason, int64_t from)
{
    return (struct ask_answer){.may = false, .reason = reason, .from = from};
}

/* A no from when it was said; without a date, from when it reached us. */
static struct ask_answer after_no(const struct purpose *purpose,
                                  const struct consent_record *record, int64_t now)
{
    const int64_t said = record == NULL ? 0 : record->time > 0 ? record->time : record->recorded;
    const int64_t from = said <= 0 ? never : days_after(said, purpose->ask_again_days);
    return now >= from ? yes_because(ASK_LONG_AGO, now) : no_because(ASK_SAID_NO, from);
}

static struct ask_answer while_given(const struct purpose *purpose,
                                     const struct consent_record *record, int64_t now)
{
    const int64_t end = record == NULL ? never : consent_end(purpose, record);
    const int64_t from = end == never ? never : days_after(end, 0) - RENEW_DAYS * MICROS_PER_DAY;
    return now >= from ? yes_because(ASK_ENDS_SOON, now) : no_because(ASK_GIVEN, from);
}

static struct ask_answer by_code(const struct purpose *asked, enum permit_code code,
                                 const struct consent_record *record, int64_t now)
{
    switch (code) {
    case PERMIT_OK_CONSENT:
        return while_given(asked, record, now);
    case PERMIT_NO_CONSENT:
        return yes_because(ASK_NEVER_ASKED, now);
    case PERMIT_EXPIRED:
    case PERMIT_NOT_YET:
        return yes_because(ASK_EXPIRED, now);
    case PERMIT_REFUSED:
    case PERMIT_WITHDRAWN:
    case PERMIT_REVOKED:
    case PERMIT_INVALIDATED:
    case PERMIT_SUPERSEDED:
        return asked->basis == BASIS_CONSENT ? after_no(asked, record, now)
                                             : no_because(ASK_NO_BASIS, never);
    case PERMIT_OBJECTED:
        return no_because(ASK_OBJECTED, never);
    case PERMIT_RESTRICTED:
        return no_because(ASK_RESTRICTED, never);
    case PERMIT_PENDING:
        return no_because(ASK_PENDING, record == NULL ? never : record->until);
    case PERMIT_CHILD:
    case PERMIT_AGE_UNKNOWN:
        return no_because(ASK_CHILD, never);
    case PERMIT_OK_BASIS:
    case PERMIT_OK_DUTY:
    case PERMIT_OK_RIGHT:
        return no_because(ASK_NO_BASIS, never);
    case PERMIT_UNKNOWN_PURPOSE:
    case PERMIT_UNKNOWN_SUBJECT:
    case PERMIT_WRONG_CHANNEL:
    case PERMIT_WRONG_RECIPIENT:
    case PERMIT_CODES:
        break;
    }
    return no_because(ASK_WRONG, never);
}

struct ask_answer ask_may(const struct purpose *purpose, enum permit_code code,
                          const struct consent_record *record, int64_t deferred, int64_t now)
{
    const struct ask_answer answer = by_code(purpose, code, record, now);
    const int64_t from = deferred > 0 ? days_after(deferred, DEFERRED_DAYS) : now;
    return answer.may && now < from ? no_because(ASK_DEFERRED, from) : answer;
}

int64_t ask_deferred(const struct consent_record *record, size_t record_count,
                     const struct permit_question *question)
{
    int64_t latest = 0;
    for (size_t i = 0; i < record_count; i++) {
        const bool is_about =
            record[i].decision == CONSENT_DEFERRED &&
            (record[i].purpose == EVERY || record[i].purpose == question->purpose) &&
            (record[i].channel == EVERY || record[i].channel == question->channel) &&
            record[i].recipient == question->recipient;
        if (is_about && record[i].time > latest) {
            latest = record[i].time;
        }
    }
    return latest;
}

static const struct {
    const char *name;
    const char *sentence;
} reason_text[ASK_REASONS] = {
    [ASK_NEVER_ASKED] = {"never_asked", "They were never asked."},
    [ASK_EXPIRED] = {"expired", "Their agreement has run out."},
    [ASK_ENDS_SOON] = {"ends_soon", "Their agreement ends within a month."},
    [ASK_LONG_AGO] = {"long_ago", "It is long enough since they were asked."},
    [ASK_NO_BASIS] = {"no_basis",
                      "This does not rest on their agreement: there is nothing to ask."},
    [ASK_WRONG] = {"wrong", "This is not served so."},
    [ASK_GIVEN] = {"given", "They agreed already."},
    [ASK_PENDING] = {"pending", "They agreed and have yet to confirm it."},
    [ASK_DEFERRED] = {"deferred", "They were asked of late and put it off."},
    [ASK_SAID_NO] = {"said_no", "They said no of late."},
    [ASK_OBJECTED] = {"objected", "They objected: only they can change that, of themselves."},
    [ASK_RESTRICTED] = {"restricted", "Use of their data is restricted at their request."},
    [ASK_CHILD] = {"child", "They are or may be a child: only a guardian may be asked."},
    [ASK_SIGNAL] = {"signal", "Their browser asks not to sell or share their data: nobody asks."},
};

const char *ask_reason_name(enum ask_reason reason)
{
    must((unsigned)reason < ASK_REASONS);
    return reason_text[reason].name;
}

const char *ask_reason_sentence(enum ask_reason reason)
{
    must((unsigned)reason < ASK_REASONS);
    return reason_text[reason].sentence;
}
