/*
 * run_content.c - copy, pages and code on their way out: candor content, candor verify.
 */
#include "candor_content.h"
#include "run.h"

static const size_t content_max = (size_t)1 << 20; /* the library says what is too much */

static enum candor_status take_text(struct invocation *invocation, const char *path,
                                    const char **text, size_t *len)
{
    struct bytes bytes = {NULL, 0};
    if (path == NULL) {
        return CANDOR_OK;
    }
    TRY(file_must_end(invocation->job, str_of(path)));
    TRY(file_read(invocation->job, str_of(path), content_max, &bytes));
    *text = bytes.len > 0 ? (const char *)bytes.ptr : "";
    *len = bytes.len;
    return CANDOR_OK;
}

enum candor_status run_content_submit(struct invocation *invocation)
{
    struct candor_content content = {
        .name = option(invocation, "as"),
        .file = invocation->argument[0],
        .media = option(invocation, "media"),
        .source = option(invocation, "source"),
        .model = option(invocation, "model"),
        .purpose = option(invocation, "purpose"),
        .market = option(invocation, "market"),
        .personalised = is_set(invocation, "personalised"),
        .mark = is_set(invocation, "mark"),
        .manifest = is_set(invocation, "c2pa"),
    };
    TRY(take_text(invocation, invocation->argument[0], &content.bytes, &content.len));
    TRY(take_text(invocation, option(invocation, "prompt-file"), &content.prompt,
                  &content.prompt_len));
    TRY(open_home(invocation));
    invocation->show = show_generic;
    return candor_content_submit(invocation->job, invocation->candor, &content,
                                 &invocation->report);
}

enum candor_status run_content_list(struct invocation *invocation)
{
    uint64_t most = 0;
    TRY(option_u64(invocation, "limit", 0, &most));
    TRY(open_home(invocation));
    invocation->show = show_generic;
    return candor_content_list(invocation->job, invocation->candor, option(invocation, "after"),
                               (size_t)most, &invocation->report);
}

enum candor_status run_content_show(struct invocation *invocation)
{
    TRY(open_home(invocation));
    invocation->show = show_generic;
    return candor_content_show(invocation->job, invocation->candor, invocation->argument[0],
                               &invocation->report);
}

enum candor_status run_content_approval(struct invocation *invocation)
{
    const char *out = option(invocation, "out");
    TRY(candor_may_write(invocation->job, out));
    TRY(open_home(invocation));
    TRY(candor_content_approval(invocation->job, invocation->candor, invocation->argument[0],
                                &invocation->report));
    invocation->show = NULL;
    if (out != NULL) {
        const struct candor_text text = invocation->report;
        TRY(file_replace(invocation->job, str_of(out),
                         (struct bytes){(const uint8_t *)text.ptr, text.len}, 0644));
    }
    if (out != NULL && !invocation->json) {
        invocation->report.ptr = NULL;
        put("The approval is in %s.\n", out);
    }
    return CANDOR_OK;
}

enum candor_status run_content_deploy(struct invocation *invocation)
{
    TRY(open_home(invocation));
    invocation->show = show_generic;
    return candor_content_deploy(invocation->job, invocation->candor, invocation->argument[0],
                                 option(invocation, "to"), &invocation->report);
}

enum candor_status run_content_retire(struct invocation *invocation)
{
    TRY(open_home(invocation));
    invocation->show = show_generic;
    return candor_content_retire(invocation->job, invocation->candor, invocation->argument[0],
                                 &invocation->report);
}

/* The C2PA manifest in a file. */
static enum candor_status verify_manifest(struct invocation *invocation)
{
    struct job *job = invocation->job;
    const char *text = "";
    const char *roots = "";
    size_t text_len = 0;
    size_t roots_len = 0;
    bool sound = false;
    if (option(invocation, "approval") != NULL) {
        return fail(job, CANDOR_BAD_INPUT, "an approval needs --key, the verifier key of its home");
    }
    TRY(take_text(invocation, invocation->argument[0], &text, &text_len));
    TRY(take_text(invocation, option(invocation, "roots"), &roots, &roots_len));
    invocation->show = show_generic;
    TRY(candor_manifest_verify(job, text, text_len,
                               str_z(job->arena, (struct str){roots, roots_len}), &sound,
                               &invocation->report));
    invocation->has_findings = !sound;
    return CANDOR_OK;
}

enum candor_status run_verify(struct invocation *invocation)
{
    struct job *job = invocation->job;
    const char *approval = option(invocation, "approval");
    const char *text = "";
    const char *envelope = "";
    const char *key = "";
    size_t text_len = 0;
    size_t envelope_len = 0;
    size_t key_len = 0;
    bool sound = false;
    if (option(invocation, "key") == NULL) {
        return verify_manifest(invocation);
    }
    if (option(invocation, "roots") != NULL) {
        return fail(job, CANDOR_BAD_INPUT, "--roots is about the C2PA manifest: leave out --key");
    }
    if (approval == NULL) {
        approval =
            str_z(job->arena, str_format(job->arena, "%s.approval.json", invocation->argument[0]));
    }
    TRY(take_text(invocation, invocation->argument[0], &text, &text_len));
    TRY(take_text(invocation, approval, &envelope, &envelope_len));
    TRY(take_text(invocation, option(invocation, "key"), &key, &key_len));
    invocation->show = show_generic;
    TRY(candor_approval_verify(job, text, text_len, envelope, envelope_len,
                               str_z(job->arena, (struct str){key, key_len}), &sound,
                               &invocation->report));
    invocation->has_findings = !sound;
    return CANDOR_OK;
}
