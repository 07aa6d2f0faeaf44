/*
 * run_home.c - the commands over a home.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "candor_insight.h"
#include "run.h"

enum candor_status run_init(struct invocation *invocation)
{
    const char *operator_name = invocation->operator;
    if (operator_name == NULL) {
        const char *user = getenv("USER"); /* NOLINT(concurrency-mt-unsafe): nobody sets it */
        operator_name = user != NULL && user[0] != '\0' ? user : "owner";
    }
    invocation->show = show_init;
    return candor_init(invocation->job, invocation->argument[0], option(invocation, "name"),
                       operator_name, &invocation->report);
}

/* With --strict one bad row is too many: a dry run first, and nothing is imported if it finds any. */
static enum candor_status must_be_clean(struct invocation *invocation)
{
    struct candor_text report;
    const struct value *tree = NULL;
    TRY(candor_import(invocation->job, invocation->candor, invocation->argument[0],
                      invocation->argument[1], option(invocation, "map"), CANDOR_IMPORT_DRY_RUN,
                      &report));
    TRY(json_read(invocation->job, (struct bytes){(const uint8_t *)report.ptr, report.len}, NULL,
                  "the report", &tree));
    if (count_at(tree, "rejected") == 0) {
        return CANDOR_OK;
    }
    const struct value *first = &value_get(tree, "first_rejected")->item[0];
    return fail(
        invocation->job, CANDOR_BAD_INPUT,
        "--strict: %llu rows cannot be imported, nothing was; the first, in line %llu: %s%s%s "
        "%s",
        (unsigned long long)count_at(tree, "rejected"), (unsigned long long)count_at(first, "line"),
        text_at(first, "field")[0] != '\0' ? "'" : "", text_at(first, "field"),
        text_at(first, "field")[0] != '\0' ? "'" : "the row", text_at(first, "sentence"));
}

enum candor_status run_import(struct invocation *invocation)
{
    TRY(open_home(invocation));
    if (is_set(invocation, "strict") && !is_set(invocation, "dry-run")) {
        TRY(must_be_clean(invocation));
    }
    const unsigned flags = (is_set(invocation, "dry-run") ? CANDOR_IMPORT_DRY_RUN : 0U) |
                           (is_set(invocation, "again") ? CANDOR_IMPORT_AGAIN : 0U);
    invocation->show = show_import;
    const struct candor_import_order order = {
        .kind = invocation->argument[0],
        .path = invocation->argument[1],
        .map_path = option(invocation, "map"),
        .source = option(invocation, "source"),
        .flags = flags,
    };
    return candor_import_from(invocation->job, invocation->candor, &order, &invocation->report);
}

enum candor_status run_train(struct invocation *invocation)
{
    TRY(open_home(invocation));
    invocation->show = show_train;
    return candor_train(invocation->job, invocation->candor, invocation->argument[0],
                        option(invocation, "repair"), &invocation->report);
}

enum candor_status run_model_list(struct invocation *invocation)
{
    TRY(open_home(invocation));
    invocation->show = show_models;
    return candor_model_list(invocation->job, invocation->candor, &invocation->report);
}

enum candor_status run_model_show(struct invocation *invocation)
{
    TRY(open_home(invocation));
    invocation->show = show_generic;
    return candor_model_show(invocation->job, invocation->candor, invocation->argument[0],
                             &invocation->report);
}

enum candor_status run_model_export(struct invocation *invocation)
{
    TRY(open_home(invocation));
    invocation->show = show_generic;
    return candor_model_export(invocation->job, invocation->candor, invocation->argument[0],
                               option(invocation, "out"), is_set(invocation, "sealed"),
                               &invocation->report);
}

enum candor_status run_model_check(struct invocation *invocation)
{
    TRY(open_home(invocation));
    invocation->show = show_generic;
    return candor_model_check(invocation->job, invocation->candor, invocation->argument[0],
                              option(invocation, "out"), &invocation->report);
}

enum candor_status run_model_watermark(struct invocation *invocation)
{
    bool is_proven = false;
    const struct candor_watermark asked = {
        .model_path = invocation->argument[0],
        .suspect_path = option(invocation, "suspect"),
        .data_path = option(invocation, "data"),
        .answers_path = option(invocation, "answers"),
    };
    TRY(open_home(invocation));
    invocation->show = show_generic;
    TRY(candor_model_watermark(invocation->job, invocation->candor, &asked, &is_proven,
                               &invocation->report));
    invocation->has_findings = !is_proven;
    return CANDOR_OK;
}

enum candor_status run_model_publish(struct invocation *invocation)
{
    TRY(open_home(invocation));
    invocation->show = show_generic;
    return candor_model_publish(invocation->job, invocation->candor, invocation->argument[0],
                                &invocation->report);
}

enum candor_status run_model_retire(struct invocation *invocation)
{
    TRY(open_home(invocation));
    invocation->show = show_generic;
    return candor_model_retire(invocation->job, invocation->candor, invocation->argument[0],
                               &invocation->report);
}

enum candor_status run_plan(struct invocation *invocation)
{
    TRY(open_home(invocation));
    invocation->show = show_plan;
    return candor_plan(invocation->job, invocation->candor, invocation->argument[0],
                       option(invocation, "html"), option(invocation, "out"), &invocation->report);
}

enum candor_status run_approve(struct invocation *invocation)
{
    TRY(open_home(invocation));
    invocation->show = show_generic;
    return candor_approve(invocation->job, invocation->candor, invocation->argument[0],
                          option(invocation, "override"), &invocation->report);
}

/* --to FILE, webhook or webhook:NAME; smtp is not built yet and says so. */
enum candor_status run_send(struct invocation *invocation)
{
    const char *to = option(invocation, "to");
    if (to == NULL) {
        to = str_z(invocation->job->arena,
                   str_format(invocation->job->arena, "%s-contacts.csv", invocation->argument[0]));
    }
    if (strcmp(to, "smtp") == 0) {
        return fail(invocation->job, CANDOR_BAD_INPUT,
                    "--to %s is not available in this version; hand over to a file or a webhook",
                    to);
    }
    TRY(open_home(invocation));
    invocation->show = show_generic;
    if (strcmp(to, "webhook") == 0 || strncmp(to, "webhook:", 8) == 0) {
        if (strcmp(to, "webhook:") == 0) {
            return fail(
                invocation->job, CANDOR_BAD_INPUT,
                "--to webhook:NAME names one of candor.yaml's webhooks; --to webhook is the "
                "only one");
        }
        return candor_send_to_webhook(invocation->job, invocation->candor, invocation->argument[0],
                                      to[7] == ':' ? to + 8 : NULL, &invocation->report);
    }
    return candor_send(invocation->job, invocation->candor, invocation->argument[0], to,
                       &invocation->report);
}

enum candor_status run_results(struct invocation *invocation)
{
    TRY(open_home(invocation));
    invocation->show = show_plan;
    return candor_results(invocation->job, invocation->candor, invocation->argument[0],
                          invocation->argument_count > 1 ? invocation->argument[1] : NULL,
                          option(invocation, "html"), &invocation->report);
}

enum candor_status run_audit(struct invocation *invocation)
{
    size_t findings = 0;
    TRY(open_home(invocation));
    invocation->show = show_audit;
    const struct candor_audit_files files = {option(invocation, "html"), option(invocation, "pdf")};
    TRY(candor_audit_to(invocation->job, invocation->candor, invocation->argument[0], &files,
                        &findings, &invocation->report));
    invocation->has_findings = findings > 0;
    return CANDOR_OK;
}

enum candor_status run_monitors(struct invocation *invocation)
{
    size_t alarms = 0;
    TRY(open_home(invocation));
    invocation->show = show_monitors;
    TRY(candor_monitors(invocation->job, invocation->candor, &alarms, &invocation->report));
    invocation->has_findings = alarms > 0;
    return CANDOR_OK;
}

enum candor_status run_key_add(struct invocation *invocation)
{
    uint64_t days = 0;
    TRY(option_u64(invocation, "days", 90, &days));
    TRY(open_home(invocation));
    invocation->show = show_generic;
    return candor_key_add(invocation->job, invocation->candor, invocation->argument[0],
                          option(invocation, "roles"), days > UINT32_MAX ? 0 : (uint32_t)days,
                          &invocation->report);
}

enum candor_status run_key_scores(struct invocation *invocation)
{
    TRY(open_home(invocation));
    invocation->show = show_generic;
    return candor_key_scores(invocation->job, invocation->candor, invocation->argument[0],
                             invocation->argument[1], &invocation->report);
}

enum candor_status run_key_rotate(struct invocation *invocation)
{
    uint64_t days = 0;
    uint64_t hours = 0;
    TRY(option_u64(invocation, "days", 90, &days));
    TRY(option_u64(invocation, "overlap", 24, &hours));
    TRY(open_home(invocation));
    invocation->show = show_generic;
    return candor_key_rotate(invocation->job, invocation->candor, invocation->argument[0],
                             days > UINT32_MAX ? 0 : (uint32_t)days,
                             hours > UINT32_MAX ? UINT32_MAX : (uint32_t)hours,
                             &invocation->report);
}

enum candor_status run_key_list(struct invocation *invocation)
{
    TRY(open_home(invocation));
    invocation->show = show_generic;
    return candor_key_list(invocation->job, invocation->candor, &invocation->report);
}

enum candor_status run_key_revoke(struct invocation *invocation)
{
    TRY(open_home(invocation));
    invocation->show = show_generic;
    return candor_key_revoke(invocation->job, invocation->candor, invocation->argument[0],
                             &invocation->report);
}

enum candor_status run_keys_rotate(struct invocation *invocation)
{
    TRY(open_home(invocation));
    invocation->show = show_generic;
    return candor_keys_rotate(invocation->job, invocation->candor, &invocation->report);
}

static void say_address(void *self, const char *address)
{
    (void)self;
    put("Serving on %s\n", address);
    (void)fflush(stdout); /* whoever waits for the address reads it now */
}

struct cli_listen listen_of(const struct invocation *invocation)
{
    return (struct cli_listen){
        .address = option(invocation, "listen"),
        .tls_cert = option(invocation, "tls-cert"),
        .tls_key = option(invocation, "tls-key"),
        .tls_clients = option(invocation, "tls-clients"),
        .ready = say_address,
    };
}

enum candor_status run_serve(struct invocation *invocation)
{
    TRY(open_home(invocation));
    const struct cli_listen listen = listen_of(invocation);
    return invocation->server->run(invocation->job, invocation->candor, &listen);
}

enum candor_status run_man(struct invocation *invocation)
{
    struct buf out = buf_begin(invocation->job->arena);
    help_man(&out);
    invocation->report.ptr = str_z(invocation->job->arena, buf_text(&out));
    invocation->report.len = out.len;
    return CANDOR_OK;
}
