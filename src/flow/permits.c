/*
 * permits.c - may this be done to this subject, now? The fast path: the view and a mask test.
 */
#include "consenting.h"

enum candor_status candor_purpose_find(struct job *job, struct candor *candor, const char *purpose,
                                       const char *channel, struct candor_purpose *found)
{
    home_enter(candor);
    enum candor_status status = home_purpose(job, candor, str_of(purpose), &found->purpose);
    if (status == CANDOR_OK) {
        status = home_channel(job, candor, channel, &found->channel);
    }
    home_leave(candor);
    return status;
}

static enum candor_status permit_check(struct job *job, struct candor *candor,
                                       const char *identifier,
                                       const struct permit_question *question,
                                       enum permit_code *code)
{
    struct view_entry *entry = NULL;
    const enum candor_status status = view_find(job, candor, identifier, &entry);
    if (status == CANDOR_NOT_FOUND) {
        job_forgive(job);
        *code = PERMIT_UNKNOWN_SUBJECT;
        return CANDOR_OK;
    }
    TRY(status);
    struct permit_question asked = *question;
    asked.subject = entry->subject;
    *code = permit_ask(candor->inventory, entry->state, &asked, job->now);
    return CANDOR_OK;
}

static enum candor_status permit_count(struct job *job, struct candor *candor,
                                       const char *identifier,
                                       const struct permit_question *question,
                                       enum permit_code *code)
{
    const enum candor_status status = permit_check(job, candor, identifier, question, code);
    if (status == CANDOR_OK && !permit_code_allows(*code)) {
        candor->permits_denied++;
    }
    return status;
}

enum candor_status candor_permit_quick(struct job *job, struct candor *candor,
                                       const char *identifier, struct candor_purpose question,
                                       bool *allowed, const char **code)
{
    enum permit_code answer = PERMIT_UNKNOWN_SUBJECT;
    const struct permit_question asked = {.purpose = question.purpose, .channel = question.channel};
    home_enter(candor);
    const enum candor_status status = permit_count(job, candor, identifier, &asked, &answer);
    home_leave(candor);
    *allowed = permit_code_allows(answer);
    *code = permit_code_name(answer);
    return status;
}

static enum candor_status permit_many(struct job *job, struct candor *candor,
                                      const char *const *identifier, size_t count,
                                      struct candor_purpose question, enum permit_code *answer)
{
    const struct permit_question asked = {.purpose = question.purpose, .channel = question.channel};
    for (size_t i = 0; i < count; i++) {
        if (i % VIEW_AHEAD == 0) {
            const size_t left = count - i;
            view_expect(candor->view, identifier + i, left < VIEW_AHEAD ? left : VIEW_AHEAD);
        }
        TRY(permit_count(job, candor, identifier[i], &asked, &answer[i]));
    }
    return CANDOR_OK;
}

enum candor_status candor_permit_many(struct job *job, struct candor *candor,
                                      const char *const *identifier, size_t count,
                                      struct candor_purpose question, bool *allowed,
                                      const char **code)
{
    enum permit_code answer[CANDOR_DECISIONS_MAX];
    if (count > CANDOR_DECISIONS_MAX) {
        return fail(job, CANDOR_TOO_LARGE, "%zu people, at most %d at once", count,
                    CANDOR_DECISIONS_MAX);
    }
    home_enter(candor);
    const enum candor_status status = permit_many(job, candor, identifier, count, question, answer);
    home_leave(candor);
    for (size_t i = 0; status == CANDOR_OK && i < count; i++) {
        allowed[i] = permit_code_allows(answer[i]);
        code[i] = permit_code_name(answer[i]);
    }
    return status;
}

enum candor_status candor_permit(struct job *job, struct candor *candor, const char *identifier,
                                 const char *purpose, const char *channel, bool *allowed,
                                 const char **code)
{
    struct candor_purpose question;
    TRY(candor_purpose_find(job, candor, purpose, channel, &question));
    return candor_permit_quick(job, candor, identifier, question, allowed, code);
}

enum candor_status candor_permit_for(struct job *job, struct candor *candor,
                                     const struct candor_choice *question, bool *allowed,
                                     const char **code)
{
    enum permit_code answer = PERMIT_UNKNOWN_SUBJECT;
    struct permit_question asked = {0};
    home_enter(candor);
    enum candor_status status = choice_question(job, candor, question, &asked);
    if (status == CANDOR_OK) {
        status = permit_count(job, candor, question->identifier, &asked, &answer);
    }
    home_leave(candor);
    *allowed = permit_code_allows(answer);
    *code = permit_code_name(answer);
    return status;
}
