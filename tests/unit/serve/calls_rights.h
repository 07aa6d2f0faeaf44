/*
 * calls_rights.h - the calls of candor_rights.h and candor_exchange.h for a desk without a home.
 */
#ifndef CALLS_RIGHTS_H
#define CALLS_RIGHTS_H

#include "candor_me.h"

/* What the desk hands on as it hands on the calls above: who it is about does not matter here. */
#define PLAIN_CALL(name, ...) \
    enum candor_status name(struct job *job, struct candor *candor, __VA_ARGS__, \
                            struct candor_text *report) \
    { \
        (void)job; \
        return say(candor, #name, report); \
    }

/* Their parameters are the public header's. NOLINTBEGIN(misc-unused-parameters) */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-parameter"
PLAIN_CALL(candor_wishes_choose, const char *identifier, const struct candor_wishes *wishes)
PLAIN_CALL(candor_subject_package, const char *identifier, bool portable)
PLAIN_CALL(candor_request_open, const struct candor_request_ask *ask)
PLAIN_CALL(candor_request_list, const char *state)
PLAIN_CALL(candor_request_show, const char *id)
PLAIN_CALL(candor_request_step, const char *id, const char *step, const char *code,
           const char *note)
PLAIN_CALL(candor_request_answer, const char *id, const struct candor_request_answer *with)
PLAIN_CALL(candor_review_decide, const char *id, const char *verdict, const char *reason)
PLAIN_CALL(candor_drp_agent, const char *agent, const char *body)
PLAIN_CALL(candor_drp_agent_check, const char *agent, const char *token)
PLAIN_CALL(candor_drp_exercise, const char *token, const char *body)
PLAIN_CALL(candor_drp_status, const char *token, const char *id)
PLAIN_CALL(candor_drp_revoke, const char *token, const char *id, const char *body)
PLAIN_CALL(candor_opendsr_request, const char *body)
PLAIN_CALL(candor_opendsr_status, const char *id)
PLAIN_CALL(candor_opendsr_cancel, const char *id)
PLAIN_CALL(candor_deletion_request, const char *body)
#pragma GCC diagnostic pop
/* NOLINTEND(misc-unused-parameters) */

enum candor_status candor_wishes_read(struct job *job, const char *quiet, const char *clock,
                                      struct candor_wishes *wishes)
{
    (void)job;
    (void)quiet;
    (void)clock;
    (void)wishes;
    return CANDOR_OK;
}

enum candor_status candor_review_list(struct job *job, struct candor *candor,
                                      struct candor_text *report)
{
    (void)job;
    return say(candor, "reviews", report);
}

enum candor_status candor_opendsr_certificate(struct job *job, struct candor *candor,
                                              struct candor_text *report)
{
    (void)job;
    return say(candor, "certificate", report);
}

enum candor_status candor_opendsr_sign(struct job *job, struct candor *candor,
                                       const struct candor_text *body, const char **domain,
                                       struct candor_text *signature)
{
    (void)job;
    (void)candor;
    (void)body;
    *domain = "us.example";
    *signature = (struct candor_text){"c2ln", 4};
    return CANDOR_OK;
}

enum candor_status candor_deletion_discovery(struct job *job, struct candor *candor,
                                             struct candor_text *report)
{
    (void)job;
    return say(candor, "dsrdelete", report);
}

enum candor_status candor_opendsr_discovery(struct job *job, struct candor *candor,
                                            struct candor_text *report)
{
    (void)job;
    return say(candor, "discovery", report);
}

#endif
