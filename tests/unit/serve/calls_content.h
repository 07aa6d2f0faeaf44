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

enum candor_status candor_content_list(struct job *job, struct candor *candor, const char *after,
                                       size_t most, struct candor_text *report)
{
    char text[64];
    IGNORE_JOB;
    (void)snprintf(text, sizeof text, "contents after %s, at most %zu", after == NULL ? "-" : after,
                   most);
    return say(candor, text, report);
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
