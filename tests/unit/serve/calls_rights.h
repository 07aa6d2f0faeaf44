/*
 * calls_rights.h - the calls of candor_rights.h for a desk without a home.
 */
#ifndef CALLS_RIGHTS_H
#define CALLS_RIGHTS_H

enum candor_status candor_request_open(struct job *job, struct candor *candor,
                                       const struct candor_request_ask *ask,
                                       struct candor_text *report)
{
    (void)job;
    (void)ask;
    return say(candor, "request_open", report);
}

enum candor_status candor_request_list(struct job *job, struct candor *candor, const char *state,
                                       struct candor_text *report)
{
    (void)job;
    (void)state;
    return say(candor, "request_list", report);
}

enum candor_status candor_request_show(struct job *job, struct candor *candor, const char *id,
                                       struct candor_text *report)
{
    (void)job;
    (void)id;
    return say(candor, "request_show", report);
}

/* The public header's parameters. NOLINTNEXTLINE(readability-function-size) */
enum candor_status candor_request_step(struct job *job, struct candor *candor, const char *id,
                                       const char *step, const char *code, const char *note,
                                       struct candor_text *report)
{
    (void)job;
    (void)id;
    (void)step;
    (void)code;
    (void)note;
    return say(candor, "request_step", report);
}

enum candor_status candor_request_answer(struct job *job, struct candor *candor, const char *id,
                                         const struct candor_request_answer *answer,
                                         struct candor_text *report)
{
    (void)job;
    (void)id;
    (void)answer;
    return say(candor, "request_answer", report);
}

enum candor_status candor_subject_package(struct job *job, struct candor *candor,
                                          const char *identifier, bool portable,
                                          struct candor_text *zip)
{
    (void)job;
    (void)identifier;
    (void)portable;
    return say(candor, "subject_package", zip);
}

enum candor_status candor_review_list(struct job *job, struct candor *candor,
                                      struct candor_text *report)
{
    (void)job;
    return say(candor, "review_list", report);
}

/* The public header's parameters. NOLINTNEXTLINE(readability-function-size) */
enum candor_status candor_review_decide(struct job *job, struct candor *candor, const char *id,
                                        const char *verdict, const char *reason,
                                        struct candor_text *report)
{
    (void)job;
    (void)id;
    (void)verdict;
    (void)reason;
    return say(candor, "review_decide", report);
}

#endif
