/*
 * calls_signals.h - the calls of candor_signals.h for a desk without a home.
 */
#ifndef CALLS_SIGNALS_H
#define CALLS_SIGNALS_H

enum candor_status candor_permit_signals(struct job *job, struct candor *candor,
                                         const struct candor_choice *question,
                                         const struct candor_signals *signals,
                                         struct candor_text *report)
{
    (void)job;
    expect(signals != NULL, "only with signals");
    if (question->recipient != NULL) {
        return say(candor, "to-recipient", report);
    }
    return say(candor, signals->gpc ? "gpc" : "signals", report);
}

enum candor_status candor_gpc_statement(struct job *job, struct candor *candor,
                                        struct candor_text *report)
{
    (void)job;
    return say(candor, "statement", report);
}

enum candor_status candor_unsubscribe_look(struct job *job, struct candor *candor,
                                           const char *token, struct candor_text *report)
{
    (void)job;
    (void)token;
    (void)say(candor, "look", report);
    *report = (struct candor_text){"{\"title\":\"<News>\"}", 18};
    return candor->status;
}

/* The public header's parameters. NOLINTNEXTLINE(readability-function-size) */
enum candor_status candor_unsubscribe(struct job *job, struct candor *candor, const char *token,
                                      const char *content_type, const char *body, size_t body_len,
                                      struct candor_text *report)
{
    expect(str_is((struct str){body, body_len}, "body"), "the body as it came");
    (void)content_type;
    return candor_unsubscribe_look(job, candor, token, report);
}

#endif
