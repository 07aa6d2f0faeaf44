/*
 * run_consent.c - one person's consents: choices, confirmation, receipts, hand-over.
 */
#include "run.h"

/* Alone, or with --purpose share, --recipient R is short for the purpose share:R. */
static const char *purpose_of(struct invocation *invocation, const char **recipient)
{
    const char *purpose = option(invocation, "purpose");
    *recipient = option(invocation, "recipient");
    if (*recipient == NULL || (purpose != NULL && !str_is(str_of(purpose), "share"))) {
        return purpose;
    }
    struct arena *arena = invocation->job->arena;
    purpose = str_z(arena, str_format(arena, "share:%s", *recipient));
    *recipient = NULL;
    return purpose;
}

static struct candor_choice choice_of(struct invocation *invocation)
{
    struct candor_choice choice = {.identifier = invocation->argument[0],
                                   .channel = option(invocation, "channel")};
    choice.purpose = purpose_of(invocation, &choice.recipient);
    return choice;
}

static enum candor_status change(struct invocation *invocation, const char *decision)
{
    const char *guardian = option(invocation, "guardian");
    struct candor_choice choice = choice_of(invocation);
    choice.decision = decision;
    choice.language = option(invocation, "language");
    choice.surface = option(invocation, "surface");
    choice.proof = option(invocation, "proof");
    choice.ui_evidence = option(invocation, "ui-evidence");
    if (guardian != NULL && choice.proof != NULL) {
        return fail(invocation->job, CANDOR_BAD_INPUT,
                    "--guardian PROOF takes no --proof beside it");
    }
    if (guardian != NULL) {
        choice.actor = "guardian";
        choice.proof = guardian;
    }
    TRY(open_home(invocation));
    invocation->show = show_generic;
    return candor_choose(invocation->job, invocation->candor, &choice, &invocation->report);
}

enum candor_status run_consent_give(struct invocation *invocation)
{
    return change(invocation, "give");
}

enum candor_status run_consent_refuse(struct invocation *invocation)
{
    return change(invocation, "refuse");
}

enum candor_status run_consent_withdraw(struct invocation *invocation)
{
    return change(invocation, "withdraw");
}

enum candor_status run_consent_defer(struct invocation *invocation)
{
    return change(invocation, "defer");
}

enum candor_status run_subject_object(struct invocation *invocation)
{
    return change(invocation, "object");
}

enum candor_status run_consent_confirm(struct invocation *invocation)
{
    TRY(open_home(invocation));
    invocation->show = show_generic;
    return candor_consent_confirm(invocation->job, invocation->candor, invocation->argument[0],
                                  &invocation->report);
}

enum candor_status run_consent_show(struct invocation *invocation)
{
    TRY(open_home(invocation));
    invocation->show = show_consents;
    return candor_subject_consents(invocation->job, invocation->candor, invocation->argument[0],
                                   &invocation->report);
}

enum candor_status run_consent_may_ask(struct invocation *invocation)
{
    const struct candor_choice question = choice_of(invocation);
    bool may = false;
    TRY(open_home(invocation));
    invocation->show = show_may_ask;
    TRY(candor_may_ask(invocation->job, invocation->candor, &question, &may, &invocation->report));
    invocation->has_findings = !may;
    return CANDOR_OK;
}

/* ---- receipts ------------------------------------------------------------------------------ */

static enum candor_status write_file(struct invocation *invocation, const char *path,
                                     struct candor_text text)
{
    if (path == NULL) {
        return CANDOR_OK;
    }
    const struct bytes bytes = {(const uint8_t *)text.ptr, text.len};
    return file_replace(invocation->job, str_of(path), bytes, 0600);
}

enum candor_status run_consent_receipt(struct invocation *invocation)
{
    const char *out = option(invocation, "out");
    const char *html = option(invocation, "html");
    struct candor_text page = {NULL, 0};
    uint64_t number = 0;
    TRY(option_u64(invocation, "number", 0, &number));
    TRY(candor_may_write(invocation->job, out));
    TRY(candor_may_write(invocation->job, html));
    TRY(open_home(invocation));
    TRY(candor_receipt(invocation->job, invocation->candor, invocation->argument[0],
                       option(invocation, "purpose"), number, &invocation->report, &page));
    TRY(write_file(invocation, out, invocation->report));
    TRY(write_file(invocation, html, page));
    invocation->show = NULL;
    if (out != NULL && !invocation->json) {
        invocation->report.ptr = NULL;
        put("The receipt is in %s.\n", out);
    }
    return CANDOR_OK;
}

enum candor_status run_consent_verify_receipt(struct invocation *invocation)
{
    static const size_t receipt_max = (size_t)1 << 20;
    struct bytes receipt;
    struct bytes key;
    bool sound = false;
    struct job *job = invocation->job;
    TRY(file_read(job, str_of(invocation->argument[0]), receipt_max, &receipt));
    TRY(file_read(job, str_of(option(invocation, "key")), 4096, &key));
    invocation->show = show_receipt_check;
    TRY(candor_receipt_verify(job, (const char *)receipt.ptr, receipt.len,
                              str_z(job->arena, (struct str){(const char *)key.ptr, key.len}),
                              &sound, &invocation->report));
    invocation->has_findings = !sound;
    return CANDOR_OK;
}

enum candor_status run_handoff(struct invocation *invocation)
{
    TRY(open_home(invocation));
    invocation->show = show_generic;
    return candor_handoff(invocation->job, invocation->candor, invocation->argument[0],
                          option(invocation, "decision"), &invocation->report);
}
