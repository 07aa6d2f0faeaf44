/*
 * run_subject.c - one person: decisions and rights.
 */
#include "run.h"

enum candor_status run_decide(struct invocation *invocation)
{
    struct arena *arena = invocation->job->arena;
    const char *offer[CANDOR_OFFERS_MAX + 1];
    struct candor_question question = {.identifier = invocation->argument[0],
                                       .campaign = option(invocation, "campaign"),
                                       .purpose = option(invocation, "purpose"),
                                       .channel = option(invocation, "channel"),
                                       .offer = offer};
    struct str rest = option(invocation, "offers") == NULL ? (struct str){NULL, 0}
                                                           : str_of(option(invocation, "offers"));
    while (rest.ptr != NULL && question.offer_count <= CANDOR_OFFERS_MAX) {
        offer[question.offer_count++] = str_z(arena, str_cut(&rest, ','));
    }
    TRY(open_home(invocation));
    invocation->show = show_decide;
    return candor_decide(invocation->job, invocation->candor, &question, &invocation->report);
}

enum candor_status run_subject_show(struct invocation *invocation)
{
    TRY(open_home(invocation));
    invocation->show = show_subject;
    return candor_subject_show(invocation->job, invocation->candor, invocation->argument[0],
                               &invocation->report);
}

enum candor_status run_subject_link(struct invocation *invocation)
{
    uint64_t hours = 0;
    TRY(option_u64(invocation, "hours", 72, &hours));
    TRY(open_home(invocation));
    invocation->show = show_generic;
    return candor_subject_link(invocation->job, invocation->candor, invocation->argument[0], "/me/",
                               hours > UINT32_MAX ? UINT32_MAX : (uint32_t)hours,
                               &invocation->report);
}

static enum candor_status write_package(struct invocation *invocation, const char *path)
{
    struct candor_text zip;
    TRY(candor_subject_package(invocation->job, invocation->candor, invocation->argument[0],
                               is_set(invocation, "portable"), &zip));
    const struct bytes bytes = {(const uint8_t *)zip.ptr, zip.len};
    TRY(file_replace(invocation->job, str_of(path), bytes, 0600));
    put("The data is in %s.\n", path);
    return CANDOR_OK;
}

enum candor_status run_subject_export(struct invocation *invocation)
{
    const char *out = option(invocation, "out");
    TRY(candor_may_write(invocation->job, out));
    TRY(candor_may_write(invocation->job, option(invocation, "zip")));
    TRY(open_home(invocation));
    if (option(invocation, "zip") != NULL) {
        return write_package(invocation, option(invocation, "zip"));
    }
    TRY(candor_subject_export(invocation->job, invocation->candor, invocation->argument[0],
                              &invocation->report));
    if (out == NULL) {
        invocation->show = NULL;
        return CANDOR_OK;
    }
    const struct bytes bytes = {(const uint8_t *)invocation->report.ptr, invocation->report.len};
    TRY(file_replace(invocation->job, str_of(out), bytes, 0600));
    invocation->report.ptr = NULL;
    put("The data is in %s.\n", out);
    return CANDOR_OK;
}

enum candor_status run_subject_correct(struct invocation *invocation)
{
    TRY(open_home(invocation));
    invocation->show = show_generic;
    return candor_subject_correct(invocation->job, invocation->candor, invocation->argument[0],
                                  option(invocation, "field"), option(invocation, "value"),
                                  &invocation->report);
}

enum candor_status run_subject_erase(struct invocation *invocation)
{
    TRY(open_home(invocation));
    invocation->show = show_erase;
    return candor_subject_erase(invocation->job, invocation->candor, invocation->argument[0],
                                &invocation->report);
}

enum candor_status run_subject_restrict(struct invocation *invocation)
{
    TRY(open_home(invocation));
    invocation->show = show_generic;
    return candor_consent(invocation->job, invocation->candor, invocation->argument[0], NULL, NULL,
                          is_set(invocation, "lift") ? "unrestrict" : "restrict", NULL, NULL,
                          &invocation->report);
}
