/*
 * calls_surface.h - the calls of candor_surface.h for a desk without a home.
 */
#ifndef CALLS_SURFACE_H
#define CALLS_SURFACE_H

enum candor_status candor_surface(struct job *job, struct candor *candor, const char *language,
                                  struct candor_text *report)
{
    (void)job;
    note(candor, language == NULL ? "asked" : language, 0);
    *report = (struct candor_text){"{}", 2};
    return CANDOR_OK;
}

enum candor_status candor_surface_choose(struct job *job, struct candor *candor,
                                         const char *request, size_t request_len, bool gpc,
                                         struct candor_text *report)
{
    (void)job;
    expect(request_len == strlen(request), "the body as it came");
    note(candor, gpc ? "said-gpc" : "said", 0);
    *report = (struct candor_text){"{}", 2};
    return CANDOR_OK;
}

void candor_surface_rules(struct candor *candor, struct candor_surface_rules *rules)
{
    (void)candor;
    *rules = (struct candor_surface_rules){.name = "Test", .demo_shop = ""};
}

#endif
