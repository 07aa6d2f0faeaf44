/*
 * run_ledger.c - the commands over a ledger, its witnesses, and those of a witness.
 */
#include <string.h>

#include "run.h"

/* ---- the ledger ---------------------------------------------------------------------------- */

enum candor_status run_ledger_verify(struct invocation *invocation)
{
    bool sound = false;
    const char *dir = invocation->argument_count > 0 ? invocation->argument[0] : invocation->home;
    invocation->show = show_verify;
    TRY(candor_ledger_verify(invocation->job, dir, option(invocation, "known"), &sound,
                             &invocation->report));
    invocation->has_findings = !sound;
    return CANDOR_OK;
}

static enum candor_status index_argument(struct invocation *invocation, uint64_t *index)
{
    if (!str_to_uint64(str_of(invocation->argument[0]), index)) {
        return fail(invocation->job, CANDOR_BAD_INPUT, "an index is a whole number");
    }
    return CANDOR_OK;
}

/* Texts in C2SP formats are printed as they are; with --json as one text. */
static void as_json(struct invocation *invocation, const char *key)
{
    if (!invocation->json) {
        return;
    }
    struct buf buf = buf_begin(invocation->job->arena);
    struct json json;
    json_begin(&json, &buf, true);
    json_map_begin(&json);
    json_key_str(&json, str_of(key));
    json_text(&json, (struct str){invocation->report.ptr, invocation->report.len});
    json_map_end(&json);
    json_end(&json);
    invocation->report.ptr = str_z(invocation->job->arena, buf_text(&buf));
    invocation->report.len = buf.len;
}

enum candor_status text_out(struct invocation *invocation, const char *key, const char *path)
{
    if (path == NULL) {
        as_json(invocation, key);
        return CANDOR_OK;
    }
    const struct bytes text = {(const uint8_t *)invocation->report.ptr, invocation->report.len};
    TRY(file_replace(invocation->job, str_of(path), text, 0644));
    invocation->report.ptr = str_z(invocation->job->arena, str_of(path));
    invocation->report.len = strlen(path);
    as_json(invocation, "written");
    if (!invocation->json) {
        invocation->report = (struct candor_text){NULL, 0};
        put("Written: %s\n", path);
    }
    return CANDOR_OK;
}

enum candor_status run_ledger_prove(struct invocation *invocation)
{
    uint64_t index = 0;
    TRY(index_argument(invocation, &index));
    TRY(candor_may_write(invocation->job, option(invocation, "out")));
    TRY(open_home(invocation));
    TRY(is_set(invocation, "witnessed")
            ? candor_ledger_prove_witnessed(invocation->job, invocation->candor, index,
                                            &invocation->report)
            : candor_ledger_prove(invocation->job, invocation->candor, index, &invocation->report));
    return text_out(invocation, "proof", option(invocation, "out"));
}

enum candor_status run_ledger_checkpoint(struct invocation *invocation)
{
    TRY(candor_may_write(invocation->job, option(invocation, "out")));
    TRY(open_home(invocation));
    TRY(candor_ledger_checkpoint(invocation->job, invocation->candor, &invocation->report));
    return text_out(invocation, "checkpoint", option(invocation, "out"));
}

enum candor_status run_ledger_show(struct invocation *invocation)
{
    uint64_t index = 0;
    TRY(index_argument(invocation, &index));
    TRY(open_home(invocation));
    invocation->show = show_generic;
    return candor_ledger_entry(invocation->job, invocation->candor, index, &invocation->report);
}

enum candor_status run_ledger_export(struct invocation *invocation)
{
    const char *tiles = option(invocation, "tiles");
    const char *out = tiles != NULL ? tiles : option(invocation, "out");
    if (out == NULL || (tiles != NULL && option(invocation, "out") != NULL)) {
        return fail(invocation->job, CANDOR_BAD_INPUT, "name the folder to write: --tiles DIR");
    }
    invocation->show = show_generic;
    return candor_ledger_export(invocation->job, invocation->home, out, &invocation->report);
}

/* ---- its witnesses ------------------------------------------------------------------------- */

static enum candor_status must_name_witness(struct invocation *invocation)
{
    if (invocation->argument_count == 0) {
        return fail(invocation->job, CANDOR_BAD_INPUT,
                    "with --file and --answer, say which witness");
    }
    return CANDOR_OK;
}

static enum candor_status take_answer(struct invocation *invocation, const char *path)
{
    struct bytes content;
    TRY(must_name_witness(invocation));
    TRY(file_read(invocation->job, str_of(path), 65536, &content));
    const struct str text = {(const char *)content.ptr, content.len};
    TRY(open_home(invocation));
    return candor_ledger_witness_answer(invocation->job, invocation->candor,
                                        invocation->argument[0],
                                        str_z(invocation->job->arena, text), &invocation->report);
}

enum candor_status run_ledger_witness(struct invocation *invocation)
{
    const char *which = invocation->argument_count > 0 ? invocation->argument[0] : NULL;
    const char *answer = option(invocation, "answer");
    const char *file = option(invocation, "file");
    size_t refused = 0;
    invocation->show = show_generic;
    if (answer != NULL && file != NULL) {
        return fail(invocation->job, CANDOR_BAD_INPUT, "either --file or --answer");
    }
    if (answer != NULL) {
        return take_answer(invocation, answer);
    }
    if (file != NULL) {
        TRY(must_name_witness(invocation));
        TRY(candor_may_write(invocation->job, file));
        TRY(open_home(invocation));
        TRY(candor_ledger_witness_request(invocation->job, invocation->candor, which,
                                          &invocation->report));
        invocation->show = NULL;
        return text_out(invocation, "request", file);
    }
    TRY(open_home(invocation));
    const struct candor_post post = {.post = invocation->server->post};
    TRY(candor_ledger_witness(invocation->job, invocation->candor, which, &post, &refused,
                              &invocation->report));
    invocation->has_findings = refused > 0;
    return CANDOR_OK;
}

enum candor_status run_ledger_restored(struct invocation *invocation)
{
    invocation->show = show_generic;
    return candor_ledger_restored(invocation->job, invocation->home, invocation->operator,
                                  option(invocation, "reason"), &invocation->report);
}

/* ---- being a witness ----------------------------------------------------------------------- */

enum candor_status run_witness_init(struct invocation *invocation)
{
    invocation->show = show_generic;
    return candor_witness_init(invocation->job, invocation->argument[0], option(invocation, "name"),
                               &invocation->report);
}

enum candor_status run_witness_add(struct invocation *invocation)
{
    struct candor_witness *witness = NULL;
    invocation->show = show_generic;
    TRY(candor_witness_open(invocation->job, invocation->argument[0], &witness));
    const enum candor_status status =
        candor_witness_add(invocation->job, witness, invocation->argument[1], &invocation->report);
    candor_witness_close(witness);
    return status;
}

enum candor_status run_witness_list(struct invocation *invocation)
{
    struct candor_witness *witness = NULL;
    invocation->show = show_generic;
    TRY(candor_witness_open(invocation->job, invocation->argument[0], &witness));
    const enum candor_status status =
        candor_witness_list(invocation->job, witness, &invocation->report);
    candor_witness_close(witness);
    return status;
}

enum candor_status run_witness_forget(struct invocation *invocation)
{
    struct candor_witness *witness = NULL;
    invocation->show = show_generic;
    TRY(candor_witness_open(invocation->job, invocation->argument[0], &witness));
    const enum candor_status status =
        candor_witness_forget(invocation->job, witness, invocation->argument[1],
                              option(invocation, "reason"), &invocation->report);
    candor_witness_close(witness);
    return status;
}

/* One request from a file; the answer is what a server would send. Exit 1 when it is no signature. */
enum candor_status run_witness_take(struct invocation *invocation)
{
    struct candor_witness *witness = NULL;
    struct candor_witness_answer answer = {0};
    struct bytes content;
    TRY(candor_may_write(invocation->job, option(invocation, "out")));
    TRY(file_read(invocation->job, str_of(invocation->argument[1]), (size_t)1 << 20, &content));
    const struct candor_text request = {(const char *)content.ptr, content.len};
    TRY(candor_witness_open(invocation->job, invocation->argument[0], &witness));
    const enum candor_status status =
        candor_witness_take(invocation->job, witness, request, &answer);
    candor_witness_close(witness);
    TRY(status);
    invocation->has_findings = answer.code != 200;
    invocation->report = answer.body;
    return text_out(invocation, answer.code == 200 ? "cosignature" : "refusal",
                    option(invocation, "out"));
}

enum candor_status run_witness_serve(struct invocation *invocation)
{
    struct candor_witness *witness = NULL;
    const struct cli_listen listen = listen_of(invocation);
    TRY(candor_witness_open(invocation->job, invocation->argument[0], &witness));
    const enum candor_status status =
        invocation->server->run_witness(invocation->job, witness, &listen);
    candor_witness_close(witness);
    return status;
}
