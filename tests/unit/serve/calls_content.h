/*
 * calls_content.h - the calls about content, which say what they were asked, for test_desk.c.
 */

#include "candor_content.h"

enum candor_status candor_content_submit(struct job *job, struct candor *candor,
                                         const struct candor_content *content,
                                         struct candor_text *report)
{
    IGNORE_JOB;
    return say(candor, content->name, report);
}

enum candor_status candor_content_list(struct job *job, struct candor *candor,
                                       struct candor_text *report)
{
    IGNORE_JOB;
    return say(candor, "contents", report);
}

#define CONTENT_CALL(act) \
    enum candor_status candor_content_##act(struct job *job, struct candor *candor, \
                                            const char *name, struct candor_text *report) \
    { \
        IGNORE_JOB; \
        return say(candor, name, report); \
    }

CONTENT_CALL(show)
CONTENT_CALL(approval)
CONTENT_CALL(hand)
CONTENT_CALL(retire)
