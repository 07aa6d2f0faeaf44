/*
 * run_subject.c - one person: decisions and rights.
 */
#include "candor_me.h"
#include "run.h"

/* "a,b": at most max texts; what is NULL has none. */
static size_t cut_list(struct arena *arena, const char *text, const char **item, size_t max)
{
    size_t count = 0;
    struct str rest = text == NULL ? (struct str){NULL, 0} : str_of(text);
    while (rest.ptr != NULL && count < max) {
        item[count++] = str_z(arena, str_trim(str_cut(&rest, ',')));
    }
    return count;
}

enum candor_status run_decide(struct invocation *invocation)
{
    struct arena *arena = invocation->job->arena;
    const char *offer[CANDOR_OFFERS_MAX + 1];
    struct candor_question question = {.identifier = invocation->argument[0],
                                       .campaign = option(invocation, "campaign"),
                                       .purpose = option(invocation, "purpose"),
                                       .channel = option(invocation, "channel"),
                                       .offer = offer};
    question.offer_count =
        cut_list(arena, option(invocation, "offers"), offer, CANDOR_OFFERS_MAX + 1);
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

static enum candor_status count_of(struct invocation *invocation, const char *name, uint32_t *count)
{
    uint64_t number = 0;
    const char *text = option(invocation, name);
    if (text != NULL && (!str_to_uint64(str_of(text), &number) || number > UINT32_MAX)) {
        return fail(invocation->job, CANDOR_BAD_INPUT, "--%s takes a whole number", name);
    }
    *count = (uint32_t)number;
    return CANDOR_OK;
}

enum candor_status run_subject_wishes(struct invocation *invocation)
{
    enum { MAX = 64 };
    const char *topic[MAX];
    struct candor_wishes wishes = {.declined_topic = topic};
    TRY(count_of(invocation, "at-most", &wishes.contacts));
    TRY(count_of(invocation, "days", &wishes.days));
    TRY(candor_wishes_read(invocation->job, option(invocation, "quiet"),
                           option(invocation, "clock"), &wishes));
    wishes.topic_count =
        cut_list(invocation->job->arena, option(invocation, "decline"), topic, MAX);
    TRY(open_home(invocation));
    invocation->show = show_generic;
    return candor_wishes_choose(invocation->job, invocation->candor, invocation->argument[0],
                                &wishes, &invocation->report);
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
